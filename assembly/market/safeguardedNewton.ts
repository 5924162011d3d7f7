// Newton's method on the log flow in log prices. One good's price is fixed and its equation
// dropped. Steps are shortened until they pass the natural monotonicity test (Deuflhard 2011,
// Newton Methods for Nonlinear Problems, section 3.3). It is affine invariant: no scaling of the
// equations matters.

import * as economy from "../economy/economy";
import { factor, largestSize, lengthOf, solve } from "../math/linear";
import { doubles } from "../simd/memory";
import { evaluateDemand } from "./demand";
import { evaluateFlow, evaluateJacobian, largestFlow } from "./flow";
import * as state from "./state";

const HALVINGS = 14;

/** The residual and step, in logs, at which the iteration has converged. */
const SMALL_RESIDUAL: f64 = 1e-11;
const SMALL_STEP: f64 = 1e-8;
/** A residual that is accepted where rounding keeps the test from passing; the audit judges it. */
const ROUNDING_RESIDUAL: f64 = 1e-9;

/**
 * A pivot below this means a singular Jacobian, since its rows are shares of flows. In random
 * economies pivots stay above a thousandth.
 */
const CRITICAL: f64 = 1e-5;

/**
 * The sign of det(-J), reduced, as last factored; 0 where it is too close to singular to tell.
 * Where the iteration has converged it is the index of the equilibrium.
 */
export let index: i32 = 0;

/** max_j |F_j| at the last iterate of Newton's method, and the step from there, uncapped. */
export let flowResidual: f64 = 0;
export let fullStep: f64 = 0;

/**
 * Makes one iteration from logPrices, where demand has been evaluated, and evaluates demand at its
 * end. No log price moves by more than `cap`. Returns GOES_ON, SOLVED or FAILED.
 */
export function newtonStep(cap: f64): i32 {
  const d = doubles;
  const m = economy.m;
  flowResidual = evaluateFlow(true);
  if (!(flowResidual < Infinity)) return state.FAILED;
  if (m === 1) return state.SOLVED;
  const dropped = largestFlow();
  evaluateJacobian(false);
  const sign = factorReduced(dropped);
  if (sign === 0) return state.FAILED;
  const length = solveReduced(dropped, state.step);
  const largest = largestSize(state.step, m);
  fullStep = largest;
  if (flowResidual < SMALL_RESIDUAL && largest < SMALL_STEP) {
    for (let j = 0; j < m; j++) d[state.logPrices + j] += d[state.step + j];
    evaluateDemand(state.logPrices);
    return state.SOLVED;
  }

  let part = largest > cap ? cap / largest : 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    for (let j = 0; j < m; j++) d[state.trial + j] = d[state.logPrices + j] + part * d[state.step + j];
    evaluateDemand(state.trial);
    evaluateFlow(false);
    if (solveReduced(dropped, state.correction) <= (1 - 0.25 * part) * length) {
      for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.trial + j];
      return state.GOES_ON;
    }
    part *= 0.5;
  }
  evaluateDemand(state.logPrices);
  return flowResidual < ROUNDING_RESIDUAL ? state.SOLVED : state.FAILED;
}

/**
 * Factors the Jacobian without row and column `dropped`, and sets the index. Returns the sign of
 * its determinant, 0 where a pivot is 0.
 */
export function factorReduced(dropped: i32): i32 {
  const m = economy.m;
  reduce(dropped);
  const sign = factor(state.factors, m - 1, state.pivots);
  index = smallestPivot() < CRITICAL ? 0 : m & 1 ? sign : -sign;
  return sign;
}

/** Copies the Jacobian without row and column `dropped` to where it is factored. */
function reduce(dropped: i32): void {
  const d = doubles;
  const m = economy.m;
  let to = state.factors;
  for (let j = 0; j < m; j++) {
    if (j === dropped) continue;
    for (let k = 0; k < m; k++) {
      if (k === dropped) continue;
      d[to] = d[state.jacobian + j * m + k];
      to++;
    }
  }
}

/** Writes -J^-1 F to out (m), with 0 for the good dropped. Returns its Euclidean length. */
function solveReduced(dropped: i32, out: i32): f64 {
  const d = doubles;
  const m = economy.m;
  for (let j = 0; j < m - 1; j++) d[out + j] = -d[state.residual + (j < dropped ? j : j + 1)];
  solve(state.factors, m - 1, state.pivots, out);
  for (let j = m - 1; j > dropped; j--) d[out + j] = d[out + j - 1];
  d[out + dropped] = 0;
  return lengthOf(out, m);
}

/** The smallest pivot, in size, of the Jacobian last factored. */
export function smallestPivot(): f64 {
  const d = doubles;
  const m = economy.m;
  let smallest = Infinity;
  for (let k = 0; k < m - 1; k++) smallest = Math.min(smallest, Math.abs(d[state.factors + k * m]));
  return smallest;
}

/** Forgets the index, the residual and the step of an earlier market. */
export function resetNewton(): void {
  index = 0;
  flowResidual = Infinity;
  fullStep = Infinity;
}

let attemptsLeft: i32 = 0;
let attemptCap: f64 = 0;

/**
 * Begins an attempt of up to `iterations` iterations from logPrices, at the endowments in force.
 */
export function beginAttempt(iterations: i32, cap: f64): void {
  attemptsLeft = iterations;
  attemptCap = cap;
  evaluateDemand(state.logPrices);
}

/** Makes one iteration of the attempt, which has FAILED if it was the last and did not converge. */
export function attemptStep(): i32 {
  const outcome = newtonStep(attemptCap);
  return outcome === state.GOES_ON && --attemptsLeft === 0 ? state.FAILED : outcome;
}

// Newton's method on the log flow in log prices, one good's price fixed and its equation dropped, with the natural monotonicity test
// (Deuflhard 2011, Newton Methods for Nonlinear Problems, section 3.3): affine invariant, so that no scaling of the equations matters.

import { factor, largestSize, lengthOf, solve } from "../math/linear";
import { doubles } from "../simd/memory";
import { evaluateDemand } from "./demand";
import { chooseModes, evaluateFlow, evaluateJacobian, largestFlow } from "./flow";
import { ARRIVED, correction, FAILED, factors, GOES_ON, jacobian, m, pivots, q, residual, step, trial } from "./state";

const HALVINGS = 14;

/** The residual and step, in logs, at which an iterate has arrived. */
const SMALL_RESIDUAL: f64 = 1e-11;
const SMALL_STEP: f64 = 1e-8;
/** Where rounding keeps the test from passing, an iterate this good is as good as it gets; the audit judges it. */
const ROUNDING_RESIDUAL: f64 = 1e-9;

/** A pivot this small, where rows are shares of flows, means a singular Jacobian: in random economies they stay above a thousandth. */
const CRITICAL: f64 = 1e-5;

/**
 * The sign of det(-J), reduced, where Newton last factored it, 0 where it is too close to singular to tell: the index of the
 * equilibrium it has arrived at.
 */
export let index: i32 = 0;

/** max_j |F_j| where Newton last stood. */
export let flowResidual: f64 = 0;

/**
 * One iteration from q, where demand has been evaluated; leaves q where it ends, with demand evaluated there. No log price moves
 * by more than `cap`.
 */
export function newtonStep(cap: f64): i32 {
  const d = doubles;
  chooseModes();
  flowResidual = evaluateFlow();
  if (!(flowResidual < Infinity)) return FAILED;
  if (m === 1) return ARRIVED;
  const dropped = largestFlow();
  evaluateJacobian();
  const sign = factorReduced(dropped);
  if (sign === 0) return FAILED;
  const length = solveReduced(dropped, step);
  const largest = largestSize(step, m);
  if (flowResidual < SMALL_RESIDUAL && largest < SMALL_STEP) {
    for (let j = 0; j < m; j++) d[q + j] += d[step + j];
    evaluateDemand(q);
    return ARRIVED;
  }

  let part = largest > cap ? cap / largest : 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    for (let j = 0; j < m; j++) d[trial + j] = d[q + j] + part * d[step + j];
    evaluateDemand(trial);
    evaluateFlow();
    if (solveReduced(dropped, correction) <= (1 - 0.25 * part) * length) {
      for (let j = 0; j < m; j++) d[q + j] = d[trial + j];
      return GOES_ON;
    }
    part *= 0.5;
  }
  evaluateDemand(q);
  return flowResidual < ROUNDING_RESIDUAL ? ARRIVED : FAILED;
}

/** Factors the Jacobian without row and column `dropped`, and sets the index. Returns the sign of its determinant, 0 where a pivot is 0. */
export function factorReduced(dropped: i32): i32 {
  reduce(dropped);
  const sign = factor(factors, m - 1, pivots);
  index = smallestPivot() < CRITICAL ? 0 : m & 1 ? sign : -sign;
  return sign;
}

/** The Jacobian without row and column `dropped`, to be factored. */
function reduce(dropped: i32): void {
  const d = doubles;
  let to = factors;
  for (let j = 0; j < m; j++) {
    if (j === dropped) continue;
    for (let k = 0; k < m; k++) {
      if (k === dropped) continue;
      d[to] = d[jacobian + j * m + k];
      to++;
    }
  }
}

/** out = -J^-1 F, 0 for the good dropped. Returns its Euclidean length. */
function solveReduced(dropped: i32, out: i32): f64 {
  const d = doubles;
  for (let j = 0; j < m - 1; j++) d[out + j] = -d[residual + (j < dropped ? j : j + 1)];
  solve(factors, m - 1, pivots, out);
  for (let j = m - 1; j > dropped; j--) d[out + j] = d[out + j - 1];
  d[out + dropped] = 0;
  return lengthOf(out, m);
}

/** Of the Jacobian last factored. */
export function smallestPivot(): f64 {
  const d = doubles;
  let smallest = Infinity;
  for (let k = 0; k < m - 1; k++) smallest = Math.min(smallest, Math.abs(d[factors + k * m]));
  return smallest;
}

/** Forgets what an earlier search found. */
export function resetNewton(): void {
  index = 0;
  flowResidual = Infinity;
}

/** Up to `iterations` iterations from q at the endowments that le holds. Returns whether they arrived. */
export function newton(iterations: i32, cap: f64): bool {
  evaluateDemand(q);
  let state = GOES_ON;
  for (let iteration = 0; iteration < iterations && state === GOES_ON; iteration++) state = newtonStep(cap);
  return state === ARRIVED;
}

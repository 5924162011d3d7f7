// The notebook's share demand, with incomes Y fixed:
//   x_ij = Y_i alpha_ij p_j^(-omega_ij) / sum_k alpha_ik p_k^(-omega_ik).
// It is not the demand of the stated utilities (docs/decisions.md). Its excess demands add up to
// sum Y - sum E whatever the prices. So its Jacobian has rank m - 1 at most, and a root is one
// point of a curve until a normalisation b.p = v picks one.

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace } from "../economy/workspace";
import { factor, minimumNorm, solve } from "../math/linear";
import { logSum } from "../math/logSumExp";
import { CONVERGED, DIVERGED, EVALUATIONS, ITERATIONS, MAX_ITERATIONS, RANK, STALLED } from "../protocol";
import { doubles } from "../simd/memory";

// m each.
let scratch: i32 = 0;
let step: i32 = 0;
let trial: i32 = 0;
let excess: i32 = 0;
let right: i32 = 0;
let pivots: i32 = 0;

let derivatives: i32 = 0; // m m

/** Places the blocks at `base`. */
export function bind(base: i32): void {
  const m = economy.m;
  openWorkspace(base);
  scratch = block(m);
  step = block(m);
  trial = block(m);
  excess = block(m);
  right = block(m);
  pivots = block(m);
  derivatives = matrix(m, m);
}

/**
 * Writes the open economy's share demand x (n m) at prices (m) and incomes (n). It is computed in
 * logs until the end, so that no curvature overflows. `workspace` is that of Solver.SHARES.
 */
export function shareDemand(incomes: i32, prices: i32, x: i32, workspace: i32): void {
  bind(workspace);
  evaluateDemand(incomes, prices, x);
}

function evaluateDemand(incomes: i32, prices: i32, x: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  for (let i = 0; i < n; i++) {
    const row = x + i * m;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      d[row + j] = Math.log(d[alpha + c]) - d[omega + c] * Math.log(d[prices + j]);
    }
    const sum = logSum(m, row, scratch);
    for (let j = 0; j < m; j++) d[row + j] = d[incomes + i] * Math.exp(d[row + j] - sum);
  }
}

/**
 * Writes the Jacobian (m m) of excess demand in prices (m) at share demand x (n m):
 * dx_ij/dp_k = x_ij (omega_ik s_ik / p_k - [j = k] omega_ij / p_j), s_ik = x_ik / Y_i.
 */
export function shareJacobian(incomes: i32, prices: i32, x: i32, jacobian: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const omega = economy.omega;
  for (let c = 0; c < m * m; c++) d[jacobian + c] = 0;
  for (let i = 0; i < n; i++) {
    const income = d[incomes + i];
    for (let k = 0; k < m; k++) {
      const elasticity = d[omega + i * m + k] / d[prices + k];
      const held = d[x + i * m + k];
      const cross = (elasticity * held) / income;
      for (let j = 0; j < m; j++) {
        d[jacobian + j * m + k] += d[x + i * m + j] * cross;
      }
      d[jacobian + k * m + k] -= held * elasticity;
    }
  }
}

/** A trial step shorter than this part of the Newton step ends the search. */
const SHORTEST: f64 = 1e-9;

/**
 * Finds prices at which the excess demands vanish, by Newton's method from the prices given (m),
 * which it overwrites; x (n m) becomes demand. Returns a status. The report holds iterations,
 * evaluations and the rank met last.
 *
 * `basket` has m coefficients b, and behind them v. The normalisation b.p = v takes the place of
 * the last equation, and the start is scaled to meet it. If `basket` is -1, each step is the
 * shortest that solves the linearised system. Steps keep prices positive and make the largest
 * |z_j| / E_j smaller.
 */
export function shareEquilibrium(
  incomes: i32,
  basket: i32,
  maxIterations: i32,
  tolerance: f64,
  prices: i32,
  x: i32,
  report: i32,
  workspace: i32,
): i32 {
  const d = doubles;
  const m = economy.m;
  bind(workspace);
  if (basket >= 0) rescale(prices, basket);
  evaluateDemand(incomes, prices, x);
  let residual = measureExcess(x);
  let evaluations = 1;
  let iterations = 0;
  let status = MAX_ITERATIONS;
  let rank = m - 1;

  for (; iterations <= maxIterations; iterations++) {
    if (residual <= tolerance) status = CONVERGED;
    else if (!(residual < Infinity)) status = DIVERGED;
    if (status !== MAX_ITERATIONS || iterations === maxIterations) break;

    shareJacobian(incomes, prices, x, derivatives);
    rank = newtonStep(basket);
    if (rank === 0) {
      status = STALLED;
      break;
    }
    let length = longestStep(prices);
    const before = residual;
    for (; length >= SHORTEST; length *= 0.5) {
      for (let j = 0; j < m; j++) {
        d[trial + j] = d[prices + j] + length * d[step + j];
      }
      evaluateDemand(incomes, trial, x);
      residual = measureExcess(x);
      evaluations++;
      if (residual < before) break;
    }
    if (length < SHORTEST) {
      // No step helps: go back to the best prices known.
      evaluateDemand(incomes, prices, x);
      status = STALLED;
      break;
    }
    for (let j = 0; j < m; j++) d[prices + j] = d[trial + j];
  }
  d[report + ITERATIONS] = iterations;
  d[report + EVALUATIONS] = evaluations;
  d[report + RANK] = rank;
  return status;
}

function rescale(prices: i32, basket: i32): void {
  const d = doubles;
  const m = economy.m;
  const value = d[basket + m];
  let worth: f64 = 0;
  for (let j = 0; j < m; j++) worth += d[basket + j] * d[prices + j];
  for (let j = 0; j < m; j++) d[prices + j] = (d[prices + j] * value) / worth;
}

/** Computes the excess of demand x over the totals; returns the largest over its total. */
function measureExcess(x: i32): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const totals = economy.totals;
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) {
    const total = d[totals + j];
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += d[x + i * m + j];
    d[excess + j] = sum - total;
    largest = Math.max(largest, Math.abs(sum - total) / total);
  }
  return largest;
}

/**
 * Solves J step = -excess, with the basket's row last or by least norm. Returns the rank, 0 if the
 * system is singular.
 */
function newtonStep(basket: i32): i32 {
  const d = doubles;
  const m = economy.m;
  const jacobian = derivatives;
  if (basket < 0) {
    for (let j = 0; j < m; j++) d[right + j] = -d[excess + j];
    return minimumNorm(jacobian, m, right, step, scratch, pivots);
  }
  for (let j = 0; j < m; j++) {
    d[step + j] = j < m - 1 ? -d[excess + j] : 0;
    d[jacobian + (m - 1) * m + j] = d[basket + j];
  }
  if (factor(jacobian, m, pivots) === 0) return 0;
  solve(jacobian, m, pivots, step);
  return m - 1;
}

/** Returns the largest part of the step, 1 at most, that leaves each price a tenth of itself. */
function longestStep(prices: i32): f64 {
  const d = doubles;
  const m = economy.m;
  let length: f64 = 1;
  for (let j = 0; j < m; j++) {
    const fall = -d[step + j] / d[prices + j];
    if (fall * length > 0.9) length = 0.9 / fall;
  }
  return length;
}

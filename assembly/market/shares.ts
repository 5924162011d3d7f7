// The notebook's demand system: x_ij = Y_i alpha_ij p_j^(-omega_ij) / sum_k alpha_ik p_k^(-omega_ik), incomes Y fixed.
// It is not the demand of the stated utilities (docs/decisions.md). Its excess demands add up to sum Y - sum E whatever the prices, so
// its Jacobian has rank m - 1 at most and a root is one point of a curve, until a normalisation b.p = v picks one.

import { factor, minimumNorm, solve } from "../math/linear";
import { logSum } from "../math/logSumExp";
import { CONVERGED, DIVERGED, EVALUATIONS, ITERATIONS, MAX_ITERATIONS, padded, RANK, STALLED } from "../protocol";
import { doubles } from "../simd/memory";

/** Demand x (n m) at prices (m), in logs until the end, so that no curvature overflows. `work`: m doubles. */
export function shareDemand(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  incomes: i32,
  prices: i32,
  x: i32,
  work: i32,
): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    const row = x + i * m;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      d[row + j] = Math.log(d[alpha + c]) - d[omega + c] * Math.log(d[prices + j]);
    }
    const sum = logSum(m, row, work);
    for (let j = 0; j < m; j++) d[row + j] = d[incomes + i] * Math.exp(d[row + j] - sum);
  }
}

/**
 * The Jacobian (m m) of excess demand in prices, at demand x:
 * dx_ij/dp_k = x_ij (omega_ik s_ik / p_k - [j = k] omega_ij / p_j), s_ik = x_ik / Y_i.
 */
export function shareJacobian(n: i32, m: i32, omega: i32, incomes: i32, prices: i32, x: i32, jacobian: i32): void {
  const d = doubles;
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
 * Newton's method for prices at which the excess demands vanish, from the prices given, which it overwrites; x (n m) becomes demand.
 * With a basket (address of m coefficients) the last equation gives way to basket.p = value, and the start is scaled to meet it; with
 * basket < 0 each step is the shortest that solves the linearised system. Steps keep prices positive and make the largest
 * |z_j| / E_j smaller. Returns a status; the header holds iterations, evaluations and, without a basket, the rank met last.
 */
export function shareEquilibrium(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  incomes: i32,
  totals: i32,
  basket: i32,
  value: f64,
  maxIterations: i32,
  tolerance: f64,
  prices: i32,
  x: i32,
  header: i32,
  work: i32,
): i32 {
  const d = doubles;
  const row = padded(m);
  const step = work + row;
  const trial = work + 2 * row;
  const excess = work + 3 * row;
  const jacobian = work + 6 * row;
  if (basket >= 0) rescale(m, prices, basket, value);
  shareDemand(n, m, alpha, omega, incomes, prices, x, work);
  let residual = excessDemand(n, m, totals, x, excess);
  let evaluations = 1;
  let iterations = 0;
  let status = MAX_ITERATIONS;
  let rank = m - 1;

  for (; iterations <= maxIterations; iterations++) {
    if (residual <= tolerance) status = CONVERGED;
    else if (!(residual < Infinity)) status = DIVERGED;
    if (status !== MAX_ITERATIONS || iterations === maxIterations) break;

    shareJacobian(n, m, omega, incomes, prices, x, jacobian);
    rank = newtonStep(m, jacobian, excess, basket, step, work);
    if (rank === 0) {
      status = STALLED;
      break;
    }
    let length = longestStep(m, prices, step);
    const before = residual;
    for (; length >= SHORTEST; length *= 0.5) {
      for (let j = 0; j < m; j++) {
        d[trial + j] = d[prices + j] + length * d[step + j];
      }
      shareDemand(n, m, alpha, omega, incomes, trial, x, work);
      residual = excessDemand(n, m, totals, x, excess);
      evaluations++;
      if (residual < before) break;
    }
    if (length < SHORTEST) {
      // No step helps: go back to the best prices known.
      shareDemand(n, m, alpha, omega, incomes, prices, x, work);
      status = STALLED;
      break;
    }
    for (let j = 0; j < m; j++) d[prices + j] = d[trial + j];
  }
  d[header + ITERATIONS] = iterations;
  d[header + EVALUATIONS] = evaluations;
  d[header + RANK] = rank;
  return status;
}

function rescale(m: i32, prices: i32, basket: i32, value: f64): void {
  const d = doubles;
  let worth: f64 = 0;
  for (let j = 0; j < m; j++) worth += d[basket + j] * d[prices + j];
  for (let j = 0; j < m; j++) d[prices + j] = (d[prices + j] * value) / worth;
}

/** excess = what is demanded beyond the totals; returns the largest in parts of its total. */
function excessDemand(n: i32, m: i32, totals: i32, x: i32, excess: i32): f64 {
  const d = doubles;
  let worst: f64 = 0;
  for (let j = 0; j < m; j++) {
    const total = d[totals + j];
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += d[x + i * m + j];
    d[excess + j] = sum - total;
    worst = Math.max(worst, Math.abs(sum - total) / total);
  }
  return worst;
}

/** Solves jacobian step = -excess, with the basket's row last or by least norm. Returns the rank, 0 if the system is singular. */
function newtonStep(m: i32, jacobian: i32, excess: i32, basket: i32, step: i32, work: i32): i32 {
  const d = doubles;
  const row = padded(m);
  const right = work + 4 * row;
  const pivots = work + 5 * row;
  if (basket < 0) {
    for (let j = 0; j < m; j++) d[right + j] = -d[excess + j];
    return minimumNorm(jacobian, m, right, step, work, pivots);
  }
  for (let j = 0; j < m; j++) {
    d[step + j] = j < m - 1 ? -d[excess + j] : 0;
    d[jacobian + (m - 1) * m + j] = d[basket + j];
  }
  if (factor(jacobian, m, pivots) === 0) return 0;
  solve(jacobian, m, pivots, step);
  return m - 1;
}

/** The largest part of the step, 1 at most, that leaves every price at least a tenth of itself. */
function longestStep(m: i32, prices: i32, step: i32): f64 {
  const d = doubles;
  let length: f64 = 1;
  for (let j = 0; j < m; j++) {
    const fall = -d[step + j] / d[prices + j];
    if (fall * length > 0.9) length = 0.9 / fall;
  }
  return length;
}

// The planner's problem by Adam, in two forms. Penalty, the notebook's: x = softplus(y), and what is made small is
// -sum_i lambda_i u_i(x_i) + rho sum_j max(0, sum_i x_ij - E_j)^2. Shares: x_ij = E_j exp y_ij / sum_k exp y_kj, feasible at every step,
// and what is made small is -sum_i lambda_i u_i(x_i).

import { CONVERGED, DIVERGED, MAX_ITERATIONS, padded } from "../layout";
import { doubles } from "../simd/memory";
import { adamUpdate, addRow, exp, penaltyRow, power, softplus } from "../simd/passes";

/** Asks for the shares form, where a penalty is expected. */
export const SHARES: f64 = -1;

/**
 * `count` steps of Adam (Kingma & Ba 2015, algorithm 1) on y (n m), in the penalty form with `penalty` as rho, or in the shares form
 * where it is SHARES. Between calls its state lies in first and second (n m each; Kingma & Ba's moments divided by 1 - beta, at first
 * zeros), decays (beta1^t and beta2^t, at first ones) and done (how many steps were taken). The shares form stops before a step at
 * which stationarity is within the tolerance, with CONVERGED. Else MAX_ITERATIONS, or DIVERGED once y is not finite.
 */
export function adamSteps(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  penalty: f64,
  y: i32,
  first: i32,
  second: i32,
  decays: i32,
  done: i32,
  count: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  tolerance: f64,
  work: i32,
): i32 {
  const d = doubles;
  coefficients(n, m, alpha, weights, work);
  for (let step = 0; step < count; step++) {
    const stationarity = gradient(n, m, omega, totals, penalty, y, work);
    if (stationarity <= tolerance) return CONVERGED;
    // Corrected moments m / (1 - beta1^t) and v / (1 - beta2^t), with the corrections moved into the rate and epsilon.
    d[decays] *= beta1;
    d[decays + 1] *= beta2;
    const root = Math.sqrt((1 - beta2) / (1 - d[decays + 1]));
    const rate = (learningRate * (1 - beta1)) / (1 - d[decays]) / root;
    adamUpdate(y, first, second, work + 3 * padded(n * m), n * m, beta1, beta2, rate, epsilon / root);
    d[done] += 1;
  }
  return finite(y, n * m) ? MAX_ITERATIONS : DIVERGED;
}

/** The gradient in y of what is made small, left in the fourth block of `work`. */
export function adamGradient(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  penalty: f64,
  y: i32,
  work: i32,
): void {
  coefficients(n, m, alpha, weights, work);
  gradient(n, m, omega, totals, penalty, y, work);
}

/**
 * The allocation x (n m) that y stands for, and estimated shadow prices (m): each good's marginal social values, averaged over its
 * units. Returns sum_j max(0, sum_i x_ij - E_j)^2, what the penalty multiplies.
 */
export function adamPoint(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  penalty: f64,
  y: i32,
  x: i32,
  prices: i32,
  work: i32,
): f64 {
  const d = doubles;
  const size = padded(n * m);
  const marginal = work + 3 * size;
  const use = work + 4 * size;
  coefficients(n, m, alpha, weights, work);
  if (penalty === SHARES) softmax(n, m, totals, y, x, use);
  else softplus(y, x, work + 2 * size, n * m);
  power(x, omega, work, marginal, n * m);
  averageMarginal(n, m, x, marginal, prices);
  let overuse: f64 = 0;
  for (let j = 0; j < m; j++) {
    let units: f64 = 0;
    for (let i = 0; i < n; i++) units += d[x + i * m + j];
    const over = Math.max(0, units - d[totals + j]);
    overuse += over * over;
  }
  return overuse;
}

// Blocks of the work: lambda alpha, x, the slope of softplus, the gradient; then, m long, each good's price and a sum.

function coefficients(n: i32, m: i32, alpha: i32, weights: i32, work: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    const weight = d[weights + i];
    for (let j = 0; j < m; j++) d[work + i * m + j] = weight * d[alpha + i * m + j];
  }
}

/** The gradient in the form asked for. Returns stationarity in the shares form; the penalty form does not stop on it. */
function gradient(n: i32, m: i32, omega: i32, totals: i32, penalty: f64, y: i32, work: i32): f64 {
  if (penalty === SHARES) return sharesGradient(n, m, omega, totals, y, work);
  penaltyGradient(n, m, omega, totals, penalty, y, work);
  return Infinity;
}

function penaltyGradient(n: i32, m: i32, omega: i32, totals: i32, penalty: f64, y: i32, work: i32): void {
  const d = doubles;
  const size = padded(n * m);
  const x = work + size;
  const slope = work + 2 * size;
  const out = work + 3 * size;
  const price = work + 4 * size;
  softplus(y, x, slope, n * m);

  for (let j = 0; j < m; j++) d[price + j] = 0;
  for (let i = 0; i < n; i++) addRow(price, x + i * m, m);
  for (let j = 0; j < m; j++) d[price + j] = 2 * penalty * Math.max(0, d[price + j] - d[totals + j]);

  power(x, omega, work, out, n * m);
  for (let i = 0; i < n; i++) penaltyRow(out + i * m, slope + i * m, out + i * m, price, m);
}

/** gradient_ij = x_ij (mu_j - lambda_i MU_ij), mu_j the mean of lambda_i MU_ij over the good's units. */
function sharesGradient(n: i32, m: i32, omega: i32, totals: i32, y: i32, work: i32): f64 {
  const d = doubles;
  const size = padded(n * m);
  const x = work + size;
  const out = work + 3 * size;
  const price = work + 4 * size;
  softmax(n, m, totals, y, x, price);
  power(x, omega, work, out, n * m);
  averageMarginal(n, m, x, out, price);
  let stationarity: f64 = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const gap = d[price + j] - d[out + c];
      if (d[work + c] > 0) stationarity = Math.max(stationarity, Math.abs(gap) / d[price + j]);
      d[out + c] = d[x + c] * gap;
    }
  }
  return stationarity;
}

/** x_ij = E_j exp y_ij / sum_k exp y_kj. `column`: 2 m doubles of work. */
function softmax(n: i32, m: i32, totals: i32, y: i32, x: i32, column: i32): void {
  const d = doubles;
  const sum = column + padded(m);
  for (let j = 0; j < m; j++) {
    d[column + j] = d[y + j];
    d[sum + j] = 0;
  }
  for (let i = 1; i < n; i++) for (let j = 0; j < m; j++) d[column + j] = Math.max(d[column + j], d[y + i * m + j]);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) d[x + i * m + j] = d[y + i * m + j] - d[column + j];
  exp(x, x, n * m);
  for (let i = 0; i < n; i++) addRow(sum, x + i * m, m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) d[x + i * m + j] *= d[totals + j] / d[sum + j];
}

/** prices_j = sum_i x_ij marginal_ij / sum_i x_ij. */
function averageMarginal(n: i32, m: i32, x: i32, marginal: i32, prices: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) {
    let units: f64 = 0;
    let value: f64 = 0;
    for (let i = 0; i < n; i++) {
      units += d[x + i * m + j];
      value += d[x + i * m + j] * d[marginal + i * m + j];
    }
    d[prices + j] = value / units;
  }
}

function finite(y: i32, n: i32): bool {
  const d = doubles;
  // A sum is finite only if every term is; terms here are far from overflow.
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += d[y + i] * 0;
  return sum === 0;
}

// The passes of ../simd/passes.ts in plain arithmetic, for JavaScript engines. Addresses and lengths count doubles.

import { doubles } from "./memory";

/** out = exp(x); arguments outside [-708, 709] are moved to that interval. */
export function exp(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.exp(Math.min(Math.max(d[x + i], -708), 709));
}

/** out = ln(x) for positive x. */
export function log(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.log(d[x + i]);
}

/** out = scale x^exponent, cell by cell, for positive x. `out` may be none of the others. */
export function power(x: i32, exponent: i32, scale: i32, out: i32, n: i32): void {
  const d = doubles;
  // exp(w ln x) is three times as fast as Math.pow in V8.
  for (let i = 0; i < n; i++) d[out + i] = d[scale + i] * Math.exp(d[exponent + i] * Math.log(d[x + i]));
}

/** x = softplus(y) = ln(1 + exp y) and slope = softplus'(y) = 1/(1 + exp -y). Both stay positive: y below -708 counts as -708. */
export function softplus(y: i32, x: i32, slope: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    const v = d[y + i];
    const e = Math.exp(Math.max(-Math.abs(v), -708));
    // ln(1 + e), with the rounding of 1 + e made good to first order: faster than Math.log1p in V8.
    const sum = 1 + e;
    const logSum = Math.log(sum) - (sum - 1 - e) / sum;
    d[x + i] = Math.max(v, 0) + logSum;
    d[slope + i] = (v >= 0 ? 1 : e) / sum;
  }
}

/** total += row. */
export function addRow(total: i32, row: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[total + i] += d[row + i];
}

/** gradient = slope (price - marginal): of the penalised objective, to be made small, in one agent's row. */
export function penaltyRow(gradient: i32, slope: i32, marginal: i32, price: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[gradient + i] = d[slope + i] * (d[price + i] - d[marginal + i]);
}

/** One Adam update with unscaled moments: m = beta1 m + g, v = beta2 v + g^2, y = y - rate m / (sqrt v + epsilon). */
export function adamUpdate(
  y: i32,
  m: i32,
  v: i32,
  gradient: i32,
  n: i32,
  beta1: f64,
  beta2: f64,
  rate: f64,
  epsilon: f64,
): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    const g = d[gradient + i];
    const first = d[m + i] * beta1 + g;
    const second = d[v + i] * beta2 + g * g;
    d[m + i] = first;
    d[v + i] = second;
    d[y + i] -= (first * rate) / (Math.sqrt(second) + epsilon);
  }
}

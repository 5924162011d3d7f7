// The passes of ../simd/passes.ts in plain arithmetic, for JavaScript engines. Addresses and lengths count doubles.

import { doubles } from "./memory";

/** out = exp(x). */
export function exp(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.exp(d[x + i]);
}

/** out = ln(x). */
export function log(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.log(d[x + i]);
}

/** out = scale x^exponent, cell by cell, for positive x; exponents come times EXPONENT_UNIT. */
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
    d[x + i] = Math.max(v, 0) + (Math.log(sum) - (sum - 1 - e) / sum);
    d[slope + i] = (v >= 0 ? 1 : e) / sum;
  }
}

/** out = exp(y - level), level a row of `period` that repeats; differences below -708 count as -708. */
export function expBelow(y: i32, level: i32, out: i32, n: i32, period: i32): void {
  const d = doubles;
  for (let i = 0, j = 0; i < n; i++) {
    d[out + i] = Math.exp(Math.max(d[y + i] - d[level + j], -708));
    if (++j === period) j = 0;
  }
}

/** x = x factor, factor a repeating row. */
export function timesRow(x: i32, factor: i32, n: i32, period: i32): void {
  const d = doubles;
  for (let i = 0, j = 0; i < n; i++) {
    d[x + i] *= d[factor + j];
    if (++j === period) j = 0;
  }
}

/** out_k = the sum of every period-th double from x_k on, k below period. */
export function sumRows(x: i32, out: i32, n: i32, period: i32): void {
  const d = doubles;
  for (let k = 0; k < period; k++) d[out + k] = 0;
  for (let i = 0, j = 0; i < n; i++) {
    d[out + j] += d[x + i];
    if (++j === period) j = 0;
  }
}

/** out_k = the sum of every period-th product x y from k on. */
export function sumProducts(x: i32, y: i32, out: i32, n: i32, period: i32): void {
  const d = doubles;
  for (let k = 0; k < period; k++) d[out + k] = 0;
  for (let i = 0, j = 0; i < n; i++) {
    d[out + j] += d[x + i] * d[y + i];
    if (++j === period) j = 0;
  }
}

/**
 * One Adam update against the gradient slope (price - marginal), price a repeating row, with unscaled moments:
 * m = beta1 m + g, v = beta2 v + g^2, y = y - rate m / (sqrt v + epsilon).
 */
export function adamUpdate(
  y: i32,
  m: i32,
  v: i32,
  slope: i32,
  marginal: i32,
  price: i32,
  n: i32,
  period: i32,
  beta1: f64,
  beta2: f64,
  rate: f64,
  epsilon: f64,
): void {
  const d = doubles;
  for (let i = 0, j = 0; i < n; i++) {
    const g = d[slope + i] * (d[price + j] - d[marginal + i]);
    const first = d[m + i] * beta1 + g;
    const second = d[v + i] * beta2 + g * g;
    d[m + i] = first;
    d[v + i] = second;
    d[y + i] -= (first * rate) / (Math.sqrt(second) + epsilon);
    if (++j === period) j = 0;
  }
}

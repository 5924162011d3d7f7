// The functions of ../simd/singles.ts in plain arithmetic: numbers are singles in memory and
// doubles in between. Addresses count doubles, lengths and periods singles.

import { singles } from "./memory";

/** How many numbers a vector holds: widths and periods are multiples of it. */
export const LANES_SINGLES: i32 = 1;

/** out = scale x^exponent, cell by cell, for positive x. */
export function powerSingles(x: i32, exponent: i32, scale: i32, out: i32, n: i32): void {
  const s = singles;
  // exp(w ln x) is three times as fast as Math.pow in V8.
  for (let i = 0; i < n; i++)
    s[2 * out + i] = s[2 * scale + i] * Math.exp(s[2 * exponent + i] * Math.log(s[2 * x + i]));
}

/**
 * x = softplus(y) = ln(1 + exp y) and slope = softplus'(y) = 1 / (1 + exp -y). Both stay positive:
 * y below -87 counts as -87.
 */
export function softplusSingles(y: i32, x: i32, slope: i32, n: i32): void {
  const s = singles;
  for (let i = 0; i < n; i++) {
    const v = s[2 * y + i];
    const e = Math.exp(Math.max(-Math.abs(v), -87));
    // ln(1 + e), with the rounding of 1 + e made good to first order: faster than Math.log1p in V8.
    const sum = 1 + e;
    s[2 * x + i] = Math.max(v, 0) + (Math.log(sum) - (sum - 1 - e) / sum);
    s[2 * slope + i] = (v >= 0 ? 1 : e) / sum;
  }
}

/** out = exp(y - level), level a repeating row. Differences below -87 count as -87. */
export function expBelowSingles(y: i32, level: i32, out: i32, n: i32, period: i32): void {
  const s = singles;
  for (let i = 0, j = 0; i < n; i++) {
    s[2 * out + i] = Math.exp(Math.max(s[2 * y + i] - s[2 * level + j], -87));
    if (++j === period) j = 0;
  }
}

/** x = x factor, factor a repeating row. */
export function timesRowSingles(x: i32, factor: i32, n: i32, period: i32): void {
  const s = singles;
  for (let i = 0, j = 0; i < n; i++) {
    s[2 * x + i] *= s[2 * factor + j];
    if (++j === period) j = 0;
  }
}

/** out_k = the sum of every period-th single from x_k on, k below period. */
export function sumRowsSingles(x: i32, out: i32, n: i32, period: i32): void {
  const s = singles;
  for (let k = 0; k < period; k++) s[2 * out + k] = 0;
  for (let i = 0, j = 0; i < n; i++) {
    s[2 * out + j] += s[2 * x + i];
    if (++j === period) j = 0;
  }
}

/** out_k = the sum of every period-th product x y from k on. */
export function sumProductsSingles(x: i32, y: i32, out: i32, n: i32, period: i32): void {
  const s = singles;
  for (let k = 0; k < period; k++) s[2 * out + k] = 0;
  for (let i = 0, j = 0; i < n; i++) {
    s[2 * out + j] += s[2 * x + i] * s[2 * y + i];
    if (++j === period) j = 0;
  }
}

let beta1: f64 = 0;
let beta2: f64 = 0;
let rate: f64 = 0;
let epsilon: f64 = 0;

/** Sets the decays, learning rate and epsilon that adamUpdateSingles() uses for one step. */
export function adamConstantsSingles(decay1: f64, decay2: f64, stepRate: f64, leastRoot: f64): void {
  beta1 = decay1;
  beta2 = decay2;
  rate = stepRate;
  epsilon = leastRoot;
}

/**
 * One Adam update against the gradient slope (price - marginal), where price is a repeating row.
 * Moments are unscaled: m = beta1 m + g, v = beta2 v + g^2, y = y - rate m / (sqrt v + epsilon).
 */
export function adamUpdateSingles(
  y: i32,
  m: i32,
  v: i32,
  slope: i32,
  marginal: i32,
  price: i32,
  n: i32,
  period: i32,
): void {
  const s = singles;
  for (let i = 0, j = 0; i < n; i++) {
    const g = s[2 * slope + i] * (s[2 * price + j] - s[2 * marginal + i]);
    const first = s[2 * m + i] * beta1 + g;
    const second = s[2 * v + i] * beta2 + g * g;
    s[2 * m + i] = first;
    s[2 * v + i] = second;
    s[2 * y + i] -= (first * rate) / (Math.sqrt(second) + epsilon);
    if (++j === period) j = 0;
  }
}

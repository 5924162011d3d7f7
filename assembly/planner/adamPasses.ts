// The loops of Adam, over blocks of doubles. Lengths and periods are multiples of LANES, or the
// block has padding behind it.
//
// Each pass is short and a function of its own. A long fused chain is bound by latency, short ones
// keep the machine full; and the engine optimises a function from its second call on, not while it
// runs.

import { abs, all, exp2, LANES, log, log1p, pmax, positiveExp, select, sqrt, vectors } from "../simd/vector";

/**
 * out = scale x^exponent, cell by cell, for positive normal x. Exponents come times EXPONENT_UNIT.
 * `out` may be none of the others.
 */
export function power(x: i32, exponent: i32, scale: i32, out: i32, n: i32): void {
  logTimes(x, exponent, out, n);
  exp2Times(scale, out, n);
}

/** out = factor ln x. */
function logTimes(x: i32, factor: i32, out: i32, n: i32): void {
  const v = vectors;
  for (let k = 0; k < n; k += LANES) v[out + k] = log(v[x + k]) * v[factor + k];
}

/** x = scale exp x, where x comes times EXPONENT_UNIT. */
function exp2Times(scale: i32, x: i32, n: i32): void {
  const v = vectors;
  for (let k = 0; k < n; k += LANES) v[x + k] = exp2(v[x + k]) * v[scale + k];
}

/**
 * x = softplus(y) = ln(1 + exp y) and slope = softplus'(y) = 1 / (1 + exp -y). Both stay positive:
 * y below -708 counts as -708.
 */
export function softplus(y: i32, x: i32, slope: i32, n: i32): void {
  expOfMinusSize(y, slope, n);
  softplusFromExp(y, x, slope, n);
}

/** out = exp(-|y|). */
function expOfMinusSize(y: i32, out: i32, n: i32): void {
  const v = vectors;
  for (let k = 0; k < n; k += LANES) v[out + k] = positiveExp(-abs(v[y + k]));
}

/**
 * x = max(y, 0) + ln(1 + e), slope = (y >= 0 ? 1 : e) / (1 + e), where slope held e = exp(-|y|)
 * before.
 */
function softplusFromExp(y: i32, x: i32, slope: i32, n: i32): void {
  const v = vectors;
  const zero = all(0);
  const one = all(1);
  for (let k = 0; k < n; k += LANES) {
    const at = v[y + k];
    const e = v[slope + k];
    v[x + k] = pmax(at, zero) + log1p(e);
    v[slope + k] = select(at >= zero, one, e) / (one + e);
  }
}

// Rows that repeat: `period` doubles are laid along a block again and again.

/** out = exp(y - level), above 0; level is a repeating row. */
export function expBelow(y: i32, level: i32, out: i32, n: i32, period: i32): void {
  const v = vectors;
  let j = 0;
  for (let k = 0; k < n; k += LANES) {
    v[out + k] = positiveExp(v[y + k] - v[level + j]);
    j += LANES;
    if (j >= period) j = 0;
  }
}

/** x = x factor; factor is a repeating row. */
export function timesRow(x: i32, factor: i32, n: i32, period: i32): void {
  const v = vectors;
  let j = 0;
  for (let k = 0; k < n; k += LANES) {
    v[x + k] = v[x + k] * v[factor + j];
    j += LANES;
    if (j >= period) j = 0;
  }
}

/** out_k = the sum of every period-th double from x_k on, k below period. */
export function sumRows(x: i32, out: i32, n: i32, period: i32): void {
  const v = vectors;
  for (let k = 0; k < period; k += LANES) {
    let even = all(0);
    let odd = all(0);
    let at = k;
    for (; at + period < n; at += 2 * period) {
      even = even + v[x + at];
      odd = odd + v[x + at + period];
    }
    if (at < n) even = even + v[x + at];
    v[out + k] = even + odd;
  }
}

/** out_k = the sum of every period-th product x y from k on. */
export function sumProducts(x: i32, y: i32, out: i32, n: i32, period: i32): void {
  const v = vectors;
  for (let k = 0; k < period; k += LANES) {
    let sum = all(0);
    for (let at = k; at < n; at += period) sum = sum + v[x + at] * v[y + at];
    v[out + k] = sum;
  }
}

let beta1: f64 = 0;
let beta2: f64 = 0;
let rate: f64 = 0;
let epsilon: f64 = 0;

/** Sets what adamUpdate() takes for one step: decays of the moments, learning rate and epsilon. */
export function adamConstants(decay1: f64, decay2: f64, stepRate: f64, leastRoot: f64): void {
  beta1 = decay1;
  beta2 = decay2;
  rate = stepRate;
  epsilon = leastRoot;
}

/**
 * One Adam update against the gradient slope (price - marginal), where price is a repeating row.
 * Moments are unscaled: m = beta1 m + g, v = beta2 v + g^2, y = y - rate m / (sqrt v + epsilon).
 */
export function adamUpdate(y: i32, m: i32, v: i32, slope: i32, marginal: i32, price: i32, n: i32, period: i32): void {
  const d = vectors;
  const b1 = all(beta1);
  const b2 = all(beta2);
  const step = all(rate);
  const least = all(epsilon);
  let j = 0;
  for (let k = 0; k < n; k += LANES) {
    const gradient = d[slope + k] * (d[price + j] - d[marginal + k]);
    const mean = d[m + k] * b1 + gradient;
    const square = d[v + k] * b2 + gradient * gradient;
    d[m + k] = mean;
    d[v + k] = square;
    d[y + k] = d[y + k] - (mean * step) / (sqrt(square) + least);
    j += LANES;
    if (j >= period) j = 0;
  }
}

// The loops of Adam, over blocks of doubles. Lengths and periods are multiples of LANES, or the
// block has padding behind it.
//
// Each pass is short and a function of its own. A long fused chain is bound by latency, short ones
// keep the machine full; and the engine optimises a function from its second call on, not while it
// runs.

import {
  abs,
  all,
  exp2,
  LANES,
  log,
  log1p,
  one,
  pmax,
  pointed,
  pointer,
  positiveExp,
  select,
  sqrt,
  VECTOR,
  vectors,
} from "../simd/vector";

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
  const p = pointed;
  let from = pointer(x);
  let by = pointer(factor);
  let to = pointer(out);
  for (let k = 0; k < n; k += LANES, from += VECTOR, by += VECTOR, to += VECTOR) {
    p[to] = log(p[from]) * p[by];
  }
}

/** x = scale exp x, where x comes times EXPONENT_UNIT. */
function exp2Times(scale: i32, x: i32, n: i32): void {
  const p = pointed;
  let at = pointer(x);
  let by = pointer(scale);
  for (let k = 0; k < n; k += LANES, at += VECTOR, by += VECTOR) p[at] = exp2(p[at]) * p[by];
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
  const p = pointed;
  let from = pointer(y);
  let to = pointer(out);
  for (let k = 0; k < n; k += LANES, from += VECTOR, to += VECTOR) p[to] = positiveExp(-abs(p[from]));
}

/**
 * x = max(y, 0) + ln(1 + e), slope = (y >= 0 ? 1 : e) / (1 + e), where slope held e = exp(-|y|)
 * before.
 */
function softplusFromExp(y: i32, x: i32, slope: i32, n: i32): void {
  const p = pointed;
  const zero = all(0);
  let from = pointer(y);
  let to = pointer(x);
  let by = pointer(slope);
  for (let k = 0; k < n; k += LANES, from += VECTOR, to += VECTOR, by += VECTOR) {
    const at = p[from];
    const e = p[by];
    p[to] = pmax(at, zero) + log1p(e);
    p[by] = select(at >= zero, one(), e) / (one() + e);
  }
}

// Rows that repeat: `period` doubles are laid along a block again and again.

/** out = exp(y - level), above 0; level is a repeating row. */
export function expBelow(y: i32, level: i32, out: i32, n: i32, period: i32): void {
  const v = vectors;
  const p = pointed;
  let from = pointer(y);
  let to = pointer(out);
  let j = 0;
  for (let k = 0; k < n; k += LANES, from += VECTOR, to += VECTOR) {
    p[to] = positiveExp(p[from] - v[level + j]);
    j += LANES;
    if (j >= period) j = 0;
  }
}

/** x = x factor; factor is a repeating row. */
export function timesRow(x: i32, factor: i32, n: i32, period: i32): void {
  const v = vectors;
  const p = pointed;
  let at = pointer(x);
  let j = 0;
  for (let k = 0; k < n; k += LANES, at += VECTOR) {
    p[at] = p[at] * v[factor + j];
    j += LANES;
    if (j >= period) j = 0;
  }
}

/** out_k = the sum of every period-th double from x_k on, k below period. */
export function sumRows(x: i32, out: i32, n: i32, period: i32): void {
  const v = vectors;
  const p = pointed;
  const row = pointer(period);
  for (let k = 0; k < period; k += LANES) {
    let even = all(0);
    let odd = all(0);
    let at = k;
    let from = pointer(x + k);
    for (; at + period < n; at += 2 * period, from += 2 * row) {
      even = even + p[from];
      odd = odd + p[from + row];
    }
    if (at < n) even = even + p[from];
    v[out + k] = even + odd;
  }
}

/** out_k = the sum of every period-th product x y from k on. */
export function sumProducts(x: i32, y: i32, out: i32, n: i32, period: i32): void {
  const v = vectors;
  const p = pointed;
  const row = pointer(period);
  for (let k = 0; k < period; k += LANES) {
    let sum = all(0);
    let first = pointer(x + k);
    let second = pointer(y + k);
    for (let at = k; at < n; at += period, first += row, second += row) sum = sum + p[first] * p[second];
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
  const p = pointed;
  const b1 = all(beta1);
  const b2 = all(beta2);
  const step = all(rate);
  const least = all(epsilon);
  const end = pointer(period);
  const row = pointer(price);
  let at = pointer(y);
  let first = pointer(m);
  let second = pointer(v);
  let by = pointer(slope);
  let less = pointer(marginal);
  let j = 0;
  for (let k = 0; k < n; k += LANES) {
    const gradient = p[by] * (p[row + j] - p[less]);
    const mean = p[first] * b1 + gradient;
    const square = p[second] * b2 + gradient * gradient;
    p[first] = mean;
    p[second] = square;
    p[at] = p[at] - (mean * step) / (sqrt(square) + least);
    at += VECTOR;
    first += VECTOR;
    second += VECTOR;
    by += VECTOR;
    less += VECTOR;
    j += VECTOR;
    if (j >= end) j = 0;
  }
}

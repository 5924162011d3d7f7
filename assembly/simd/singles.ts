// The loops of an Adam run in single precision, four singles at a time. Addresses count doubles, as
// everywhere. Lengths and periods count singles and are multiples of four.

import { F32, ONE_4, SIGN_4 } from "./formulas";

/** How many numbers a vector holds: widths and periods are multiples of it. */
export const LANES_SINGLES: i32 = 4;

/** out = scale x^exponent, cell by cell, for positive normal x. `out` may be none of the others. */
export function powerSingles(x: i32, exponent: i32, scale: i32, out: i32, n: i32): void {
  logTimes(x, exponent, out, n);
  expTimes(scale, out, n);
}

/** out = factor ln x. */
function logTimes(x: i32, factor: i32, out: i32, n: i32): void {
  const end = ((<usize>x) << 3) + ((<usize>n) << 2);
  let f = (<usize>factor) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, f += 16, q += 16) {
    v128.store(q, f32x4.mul(F32.log(v128.load(p)), v128.load(f)));
  }
}

/** x = scale exp x. */
function expTimes(scale: i32, x: i32, n: i32): void {
  const end = ((<usize>x) << 3) + ((<usize>n) << 2);
  let s = (<usize>scale) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, s += 16) {
    v128.store(p, f32x4.mul(F32.exp(v128.load(p)), v128.load(s)));
  }
}

/**
 * x = softplus(y) = ln(1 + exp y) and slope = softplus'(y) = 1 / (1 + exp -y). Both stay positive:
 * y below -87 counts as -87.
 */
export function softplusSingles(y: i32, x: i32, slope: i32, n: i32): void {
  expOfMinusSize(y, slope, n);
  softplusFromExp(y, x, slope, n);
}

/** out = exp(-|y|). */
function expOfMinusSize(y: i32, out: i32, n: i32): void {
  const sign = v128.load(SIGN_4);
  const end = ((<usize>y) << 3) + ((<usize>n) << 2);
  let q = (<usize>out) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16) v128.store(q, F32.exp(v128.or(v128.load(p), sign)));
}

/**
 * x = max(y, 0) + ln(1 + e), slope = (y >= 0 ? 1 : e) / (1 + e), where slope held e = exp(-|y|)
 * before.
 */
function softplusFromExp(y: i32, x: i32, slope: i32, n: i32): void {
  const zero = f32x4.splat(0);
  const one = v128.load(ONE_4);
  const end = ((<usize>y) << 3) + ((<usize>n) << 2);
  let q = (<usize>x) << 3;
  let s = (<usize>slope) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16, s += 16) {
    const v = v128.load(p);
    const e = v128.load(s);
    v128.store(q, f32x4.add(f32x4.pmax(v, zero), F32.log1p(e)));
    const numerator = v128.bitselect(one, e, f32x4.ge(v, zero));
    v128.store(s, f32x4.div(numerator, f32x4.add(one, e)));
  }
}

// Rows that repeat: `period` singles are laid along a block again and again.

/** out = exp(y - level), level a repeating row. */
export function expBelowSingles(y: i32, level: i32, out: i32, n: i32, period: i32): void {
  const end = ((<usize>y) << 3) + ((<usize>n) << 2);
  const width = (<usize>period) << 2;
  let q = (<usize>out) << 3;
  let j: usize = 0;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16) {
    v128.store(q, F32.exp(f32x4.sub(v128.load(p), v128.load(((<usize>level) << 3) + j))));
    j += 16;
    if (j >= width) j = 0;
  }
}

/** x = x factor, factor a repeating row. */
export function timesRowSingles(x: i32, factor: i32, n: i32, period: i32): void {
  const end = ((<usize>x) << 3) + ((<usize>n) << 2);
  const width = (<usize>period) << 2;
  let j: usize = 0;
  for (let p = (<usize>x) << 3; p < end; p += 16) {
    v128.store(p, f32x4.mul(v128.load(p), v128.load(((<usize>factor) << 3) + j)));
    j += 16;
    if (j >= width) j = 0;
  }
}

/** out_k = the sum of every period-th single from x_k on, k below period. */
export function sumRowsSingles(x: i32, out: i32, n: i32, period: i32): void {
  const end = ((<usize>x) << 3) + ((<usize>n) << 2);
  const width = (<usize>period) << 2;
  for (let k: usize = 0; k < width; k += 16) {
    let even = f32x4.splat(0);
    let odd = even;
    let p = ((<usize>x) << 3) + k;
    for (; p + width < end; p += 2 * width) {
      even = f32x4.add(even, v128.load(p));
      odd = f32x4.add(odd, v128.load(p + width));
    }
    if (p < end) even = f32x4.add(even, v128.load(p));
    v128.store(((<usize>out) << 3) + k, f32x4.add(even, odd));
  }
}

/** out_k = the sum of every period-th product x y from k on. */
export function sumProductsSingles(x: i32, y: i32, out: i32, n: i32, period: i32): void {
  const end = ((<usize>x) << 3) + ((<usize>n) << 2);
  const width = (<usize>period) << 2;
  const offset = (<usize>y - <usize>x) << 3;
  for (let k: usize = 0; k < width; k += 16) {
    let sum = f32x4.splat(0);
    for (let p = ((<usize>x) << 3) + k; p < end; p += width) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(p), v128.load(p + offset)));
    }
    v128.store(((<usize>out) << 3) + k, sum);
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
  const b1 = f32x4.splat(<f32>beta1);
  const b2 = f32x4.splat(<f32>beta2);
  const step = f32x4.splat(<f32>rate);
  const least = f32x4.splat(<f32>epsilon);
  const end = ((<usize>y) << 3) + ((<usize>n) << 2);
  const width = (<usize>period) << 2;
  const row = (<usize>price) << 3;
  let first = (<usize>m) << 3;
  let second = (<usize>v) << 3;
  let s = (<usize>slope) << 3;
  let u = (<usize>marginal) << 3;
  let j: usize = 0;
  for (let p = (<usize>y) << 3; p < end; p += 16, first += 16, second += 16, s += 16, u += 16) {
    const g = f32x4.mul(v128.load(s), f32x4.sub(v128.load(row + j), v128.load(u)));
    const mean = f32x4.add(f32x4.mul(v128.load(first), b1), g);
    const square = f32x4.add(f32x4.mul(v128.load(second), b2), f32x4.mul(g, g));
    v128.store(first, mean);
    v128.store(second, square);
    v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(mean, step), f32x4.add(f32x4.sqrt(square), least))));
    j += 16;
    if (j >= width) j = 0;
  }
}

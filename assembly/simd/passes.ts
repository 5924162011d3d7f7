// Passes over blocks of doubles, two at a time. Addresses and lengths count doubles. Where n is odd a pass also reads and writes the one
// double of padding behind the block.
//
// Each pass is short and a function of its own: a long fused chain is bound by latency, short ones keep the machine full; and the
// engine optimises a function from its second call on, not while it runs.

import { F64, ONE, SIGN } from "./formulas";

const OVERFLOW = memory.data<f64>([709.78, 709.78], 16);
const UNDERFLOW = memory.data<f64>([-708.0, -708.0], 16);
const INFINITE = memory.data<f64>([Infinity, Infinity], 16);
const LEAST_NORMAL = memory.data<f64>([2.2250738585072014e-308, 2.2250738585072014e-308], 16);

/** out = exp(x), within 1.1 ulp: NaN of NaN, infinity beyond 709.78 (where doubles end), 0 below -708. */
export function exp(x: i32, out: i32, n: i32): void {
  const end = (<usize>x + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, q += 16) {
    const v = v128.load(p);
    const inside = v128.bitselect(v128.load(INFINITE), F64.exp(v), f64x2.gt(v, v128.load(OVERFLOW)));
    v128.store(q, v128.andnot(inside, f64x2.lt(v, v128.load(UNDERFLOW))));
  }
}

/** out = ln(x), within 1.9 ulp: minus infinity of 0, NaN below. */
export function log(x: i32, out: i32, n: i32): void {
  const end = (<usize>x + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, q += 16) {
    const v = v128.load(p);
    v128.store(q, F64.log(v));
    // Whatever is not a positive normal number goes the slow way.
    const normal = v128.and(f64x2.ge(v, v128.load(LEAST_NORMAL)), f64x2.lt(v, v128.load(INFINITE)));
    if (!i64x2.all_true(normal)) {
      if (i64x2.extract_lane(normal, 0) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 0)));
      // Padding, which holds anything, does not.
      if (p + 8 < end && i64x2.extract_lane(normal, 1) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 1)), 8);
    }
  }
}

/**
 * out = scale x^exponent, cell by cell, for positive normal x; exponents come times EXPONENT_UNIT. `out` may be none of the
 * others.
 */
export function power(x: i32, exponent: i32, scale: i32, out: i32, n: i32): void {
  logTimes(x, exponent, out, n);
  exp2Times(scale, out, n);
}

/** out = factor ln x. */
function logTimes(x: i32, factor: i32, out: i32, n: i32): void {
  const end = (<usize>x + n) << 3;
  let f = (<usize>factor) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, f += 16, q += 16) {
    v128.store(q, f64x2.mul(F64.log(v128.load(p)), v128.load(f)));
  }
}

/** x = scale 2^(x/256). */
function exp2Times(scale: i32, x: i32, n: i32): void {
  const end = (<usize>x + n) << 3;
  let s = (<usize>scale) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, s += 16) {
    v128.store(p, f64x2.mul(F64.exp2(v128.load(p)), v128.load(s)));
  }
}

/** x = softplus(y) = ln(1 + exp y) and slope = softplus'(y) = 1/(1 + exp -y). Both stay positive: y below -708 counts as -708. */
export function softplus(y: i32, x: i32, slope: i32, n: i32): void {
  expOfMinusSize(y, slope, n);
  softplusFromExp(y, x, slope, n);
}

/** out = exp(-|y|). */
function expOfMinusSize(y: i32, out: i32, n: i32): void {
  const sign = v128.load(SIGN);
  const end = (<usize>y + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16) v128.store(q, F64.exp(v128.or(v128.load(p), sign)));
}

/** Where slope holds e = exp(-|y|): x = max(y, 0) + ln(1 + e), slope = (y >= 0 ? 1 : e) / (1 + e). */
function softplusFromExp(y: i32, x: i32, slope: i32, n: i32): void {
  const zero = f64x2.splat(0);
  const one = v128.load(ONE);
  const end = (<usize>y + n) << 3;
  let q = (<usize>x) << 3;
  let s = (<usize>slope) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16, s += 16) {
    const v = v128.load(p);
    const e = v128.load(s);
    v128.store(q, f64x2.add(f64x2.pmax(v, zero), F64.log1p(e)));
    const numerator = v128.bitselect(one, e, f64x2.ge(v, zero));
    v128.store(s, f64x2.div(numerator, f64x2.add(one, e)));
  }
}

// Rows that repeat: `period` doubles, an even number, are laid along a block again and again.

/** out = exp(y - level), level a repeating row. */
export function expBelow(y: i32, level: i32, out: i32, n: i32, period: i32): void {
  const end = (<usize>y + n) << 3;
  const width = (<usize>period) << 3;
  let q = (<usize>out) << 3;
  let j: usize = 0;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16) {
    v128.store(q, F64.exp(f64x2.sub(v128.load(p), v128.load(((<usize>level) << 3) + j))));
    j += 16;
    if (j >= width) j = 0;
  }
}

/** x = x factor, factor a repeating row. */
export function timesRow(x: i32, factor: i32, n: i32, period: i32): void {
  const end = (<usize>x + n) << 3;
  const width = (<usize>period) << 3;
  let j: usize = 0;
  for (let p = (<usize>x) << 3; p < end; p += 16) {
    v128.store(p, f64x2.mul(v128.load(p), v128.load(((<usize>factor) << 3) + j)));
    j += 16;
    if (j >= width) j = 0;
  }
}

/** out_k = the sum of every period-th double from x_k on, k below period. */
export function sumRows(x: i32, out: i32, n: i32, period: i32): void {
  const end = (<usize>x + n) << 3;
  const width = (<usize>period) << 3;
  for (let k: usize = 0; k < width; k += 16) {
    let even = f64x2.splat(0);
    let odd = even;
    let p = ((<usize>x) << 3) + k;
    for (; p + width < end; p += 2 * width) {
      even = f64x2.add(even, v128.load(p));
      odd = f64x2.add(odd, v128.load(p + width));
    }
    if (p < end) even = f64x2.add(even, v128.load(p));
    v128.store(((<usize>out) << 3) + k, f64x2.add(even, odd));
  }
}

/** out_k = the sum of every period-th product x y from k on. */
export function sumProducts(x: i32, y: i32, out: i32, n: i32, period: i32): void {
  const end = (<usize>x + n) << 3;
  const width = (<usize>period) << 3;
  const offset = (<usize>y - <usize>x) << 3;
  for (let k: usize = 0; k < width; k += 16) {
    let sum = f64x2.splat(0);
    for (let p = ((<usize>x) << 3) + k; p < end; p += width) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(p), v128.load(p + offset)));
    }
    v128.store(((<usize>out) << 3) + k, sum);
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
  const b1 = f64x2.splat(beta1);
  const b2 = f64x2.splat(beta2);
  const step = f64x2.splat(rate);
  const least = f64x2.splat(epsilon);
  const end = (<usize>y + n) << 3;
  const width = (<usize>period) << 3;
  const row = (<usize>price) << 3;
  let first = (<usize>m) << 3;
  let second = (<usize>v) << 3;
  let s = (<usize>slope) << 3;
  let u = (<usize>marginal) << 3;
  let j: usize = 0;
  for (let p = (<usize>y) << 3; p < end; p += 16, first += 16, second += 16, s += 16, u += 16) {
    const g = f64x2.mul(v128.load(s), f64x2.sub(v128.load(row + j), v128.load(u)));
    const mean = f64x2.add(f64x2.mul(v128.load(first), b1), g);
    const square = f64x2.add(f64x2.mul(v128.load(second), b2), f64x2.mul(g, g));
    v128.store(first, mean);
    v128.store(second, square);
    v128.store(p, f64x2.sub(v128.load(p), f64x2.div(f64x2.mul(mean, step), f64x2.add(f64x2.sqrt(square), least))));
    j += 16;
    if (j >= width) j = 0;
  }
}

// Exponentials, logarithms and dense algebra over blocks of doubles, two at a time, tuned by hand.
// Addresses and lengths count doubles. exp() and log() also read and write the one double of
// padding behind a block of odd length. The others write exactly n doubles.
//
// Each loop is short and a function of its own. Long fused chains are bound by latency. The engine
// optimises a function from its second call on, not while it runs.

import { F64 } from "./formulas";

const OVERFLOW = memory.data<f64>([709.78, 709.78], 16);
const UNDERFLOW = memory.data<f64>([-708.0, -708.0], 16);
const INFINITE = memory.data<f64>([Infinity, Infinity], 16);
const LEAST_NORMAL = memory.data<f64>([2.2250738585072014e-308, 2.2250738585072014e-308], 16);

/**
 * out = exp(x), within 1.1 ulp. NaN gives NaN, x beyond 709.78, where doubles end, gives infinity,
 * and x below -708 gives 0.
 */
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
    // Numbers that are not positive and normal are computed one by one.
    const normal = v128.and(f64x2.ge(v, v128.load(LEAST_NORMAL)), f64x2.lt(v, v128.load(INFINITE)));
    if (!i64x2.all_true(normal)) {
      if (i64x2.extract_lane(normal, 0) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 0)));
      // Padding may hold anything, so it is left out.
      if (p + 8 < end && i64x2.extract_lane(normal, 1) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 1)), 8);
    }
  }
}

/** y_k = y_k + factor x_k. */
export function addScaled(y: i32, factor: f64, x: i32, n: i32): void {
  const by = f64x2.splat(factor);
  const end = (<usize>y + (n & ~1)) << 3;
  let q = (<usize>x) << 3;
  let p = (<usize>y) << 3;
  for (; p < end; p += 16, q += 16) v128.store(p, f64x2.add(v128.load(p), f64x2.mul(by, v128.load(q))));
  if (n & 1) store<f64>(p, load<f64>(p) + factor * load<f64>(q));
}

/**
 * Subtracts multiples of row k of a (m m) from the rows below, so that their column k becomes 0.
 * The multiples are kept there.
 */
export function eliminateBelow(a: i32, k: i32, m: i32): void {
  const stride = (<usize>m) << 3;
  const from = (<usize>a + k * m + k) << 3;
  const pivot = load<f64>(from);
  const wide = (<usize>((m - k - 1) & ~1)) << 3;
  const odd = (m - k - 1) & 1;
  let row = from + stride;
  for (let i = k + 1; i < m; i++, row += stride) {
    const ratio = load<f64>(row) / pivot;
    store<f64>(row, ratio);
    if (ratio === 0) continue;
    const by = f64x2.splat(ratio);
    let q = from + 8;
    let p = row + 8;
    const end = p + wide;
    for (; p < end; p += 16, q += 16) v128.store(p, f64x2.sub(v128.load(p), f64x2.mul(by, v128.load(q))));
    if (odd) store<f64>(p, load<f64>(p) - ratio * load<f64>(q));
  }
}

/** sum_k x_k y_k. */
export function dot(x: i32, y: i32, n: i32): f64 {
  let even = f64x2.splat(0);
  let odd = even;
  const end = (<usize>x + (n & ~3)) << 3;
  let q = (<usize>y) << 3;
  let p = (<usize>x) << 3;
  for (; p < end; p += 32, q += 32) {
    even = f64x2.add(even, f64x2.mul(v128.load(p), v128.load(q)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(p, 16), v128.load(q, 16)));
  }
  const both = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let k = n & ~3; k < n; k++, p += 8, q += 8) sum += load<f64>(p) * load<f64>(q);
  return sum;
}

/**
 * Adds to rows j to j + 3 of out (m m) those of the product of a transposed and b, both n m:
 * out_jk += sum_i a_ij b_ik for all k.
 * Four rows and four columns at a time stay in registers.
 */
export function addProductRows(a: i32, b: i32, out: i32, j: i32, n: i32, m: i32): void {
  const stride = (<usize>m) << 3;
  const column = (<usize>a + j) << 3;
  const row0 = (<usize>out + j * m) << 3;
  const row1 = row0 + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  const wide = (<usize>(m & ~3)) << 3;
  for (let k: usize = 0; k < wide; k += 32) {
    let s00 = v128.load(row0 + k);
    let s01 = v128.load(row0 + k, 16);
    let s10 = v128.load(row1 + k);
    let s11 = v128.load(row1 + k, 16);
    let s20 = v128.load(row2 + k);
    let s21 = v128.load(row2 + k, 16);
    let s30 = v128.load(row3 + k);
    let s31 = v128.load(row3 + k, 16);
    let p = column;
    let q = ((<usize>b) << 3) + k;
    for (let i = 0; i < n; i++, p += stride, q += stride) {
      const low = v128.load(q);
      const high = v128.load(q, 16);
      const a0 = v128.load64_splat(p);
      s00 = f64x2.add(s00, f64x2.mul(a0, low));
      s01 = f64x2.add(s01, f64x2.mul(a0, high));
      const a1 = v128.load64_splat(p, 8);
      s10 = f64x2.add(s10, f64x2.mul(a1, low));
      s11 = f64x2.add(s11, f64x2.mul(a1, high));
      const a2 = v128.load64_splat(p, 16);
      s20 = f64x2.add(s20, f64x2.mul(a2, low));
      s21 = f64x2.add(s21, f64x2.mul(a2, high));
      const a3 = v128.load64_splat(p, 24);
      s30 = f64x2.add(s30, f64x2.mul(a3, low));
      s31 = f64x2.add(s31, f64x2.mul(a3, high));
    }
    v128.store(row0 + k, s00);
    v128.store(row0 + k, s01, 16);
    v128.store(row1 + k, s10);
    v128.store(row1 + k, s11, 16);
    v128.store(row2 + k, s20);
    v128.store(row2 + k, s21, 16);
    v128.store(row3 + k, s30);
    v128.store(row3 + k, s31, 16);
  }
  // The last columns, one by one.
  for (let k = wide; k < stride; k += 8) {
    let s0 = load<f64>(row0 + k);
    let s1 = load<f64>(row1 + k);
    let s2 = load<f64>(row2 + k);
    let s3 = load<f64>(row3 + k);
    let p = column;
    let q = ((<usize>b) << 3) + k;
    for (let i = 0; i < n; i++, p += stride, q += stride) {
      const v = load<f64>(q);
      s0 += load<f64>(p) * v;
      s1 += load<f64>(p, 8) * v;
      s2 += load<f64>(p, 16) * v;
      s3 += load<f64>(p, 24) * v;
    }
    store<f64>(row0 + k, s0);
    store<f64>(row1 + k, s1);
    store<f64>(row2 + k, s2);
    store<f64>(row3 + k, s3);
  }
}

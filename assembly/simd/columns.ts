// Passes over goods that lie side by side, two at a time: number k of a row belongs to good k of the tile, row i to agent i. Rows are
// `width` doubles long, an even number. Slopes are in the units of power(): exponents come times 256 / ln 2.

import { F64, HALF, ONE } from "./formulas";

/** What slopes are multiplied by: 256 / ln 2. */
const UNIT = memory.data<f64>([369.3299304675746, 369.3299304675746], 16);
const PER_UNIT = memory.data<f64>([0.0027076061740622863, 0.0027076061740622863], 16);
// The reciprocals of factorials.
const FACTORIAL_3 = memory.data<f64>([0.16666666666666666, 0.16666666666666666], 16);
const FACTORIAL_4 = memory.data<f64>([0.041666666666666664, 0.041666666666666664], 16);
const FACTORIAL_5 = memory.data<f64>([0.008333333333333333, 0.008333333333333333], 16);
const FACTORIAL_6 = memory.data<f64>([0.001388888888888889, 0.001388888888888889], 16);
const FACTORIAL_7 = memory.data<f64>([0.0001984126984126984, 0.0001984126984126984], 16);
const FACTORIAL_8 = memory.data<f64>([0.0000248015873015873, 0.0000248015873015873], 16);
const MINUS_HALF = memory.data<f64>([-0.5, -0.5], 16);
const LEAST = memory.data<f64>([1e-300, 1e-300], 16);
const MOST = memory.data<f64>([1e300, 1e300], 16);
const LOWEST = memory.data<f64>([-Infinity, -Infinity], 16);
const MILLIONTH = memory.data<f64>([1e-6, 1e-6], 16);
const ZERO = memory.data<f64>([0.0, 0.0], 16);

/**
 * What does not change with weights and totals: ln alpha in alpha's place, slopes a = 1 / omega, and a row of the steepest of them: minus
 * infinity where some alpha is not a positive normal number or some omega is not below 0; those are taken to be 1 and -0.5.
 */
export function prepareColumns(n: i32, width: i32, alpha: i32, omega: i32, a: i32, steepest: i32): void {
  const stride = (<usize>width) << 3;
  for (let k: usize = 0; k < stride; k += 16) {
    const unit = v128.load(UNIT);
    let p = ((<usize>alpha) << 3) + k;
    let q = ((<usize>omega) << 3) + k;
    let r = ((<usize>a) << 3) + k;
    let most = v128.load(ZERO);
    let fit = f64x2.eq(most, most);
    for (let i = 0; i < n; i++, p += stride, q += stride, r += stride) {
      const wanted = v128.load(p);
      const bend = v128.load(q);
      const normal = v128.and(f64x2.ge(wanted, v128.load(LEAST)), f64x2.le(wanted, v128.load(MOST)));
      const concave = v128.and(normal, f64x2.lt(bend, v128.load(ZERO)));
      const bent = v128.bitselect(bend, v128.load(MINUS_HALF), concave);
      const slope = f64x2.div(unit, bent);
      fit = v128.and(fit, concave);
      v128.store(q, bent);
      v128.store(r, slope);
      v128.store(p, F64.log(v128.bitselect(wanted, v128.load(ONE), concave)));
      most = f64x2.pmin(most, slope);
    }
    v128.store(((<usize>steepest) << 3) + k, v128.bitselect(most, v128.load(LOWEST), fit));
  }
}

/**
 * c = a (logAlpha + logWeight + logTotal) + logTotal, log weights n numbers and log totals a row; and a row `t` near which sum_i exp(a t - c)
 * is 1: where the mean of these logs is -ln n, moved by what half their variance (at most 1) adds to the log of the sum, and by `offset`.
 */
export function levelColumns(
  n: i32,
  width: i32,
  logAlpha: i32,
  a: i32,
  logWeights: i32,
  logTotal: i32,
  c: i32,
  t: i32,
  offset: f64,
): void {
  const stride = (<usize>width) << 3;
  const each = Math.log(n) * 369.3299304675746;
  const share = f64x2.splat(-each * n);
  const evenSquares = f64x2.splat(each * each * n);
  const widest = f64x2.splat(369.3299304675746 * n);
  const moved = f64x2.splat(offset);
  for (let k: usize = 0; k < stride; k += 16) {
    const total = v128.load(((<usize>logTotal) << 3) + k);
    const levelled = f64x2.mul(total, v128.load(UNIT));
    let p = ((<usize>logAlpha) << 3) + k;
    let r = ((<usize>a) << 3) + k;
    let s = ((<usize>c) << 3) + k;
    let weight = (<usize>logWeights) << 3;
    let slopes = v128.load(ZERO);
    let levels = slopes;
    let squares = slopes;
    let products = slopes;
    let levelSquares = slopes;
    for (let i = 0; i < n; i++, p += stride, r += stride, s += stride, weight += 8) {
      const slope = v128.load(r);
      const log = f64x2.add(f64x2.add(v128.load(p), v128.load64_splat(weight)), total);
      const level = f64x2.add(f64x2.mul(slope, log), levelled);
      v128.store(s, level);
      slopes = f64x2.add(slopes, slope);
      levels = f64x2.add(levels, level);
      squares = f64x2.add(squares, f64x2.mul(slope, slope));
      products = f64x2.add(products, f64x2.mul(slope, level));
      levelSquares = f64x2.add(levelSquares, f64x2.mul(level, level));
    }
    const even = f64x2.div(f64x2.add(levels, share), slopes);
    const linear = f64x2.sub(f64x2.mul(even, squares), f64x2.add(products, products));
    const spread = f64x2.add(f64x2.mul(even, linear), f64x2.sub(levelSquares, evenSquares));
    const bend = f64x2.pmin(f64x2.mul(f64x2.mul(spread, v128.load(HALF)), v128.load(PER_UNIT)), widest);
    v128.store(((<usize>t) << 3) + k, f64x2.add(f64x2.sub(even, f64x2.div(bend, slopes)), moved));
  }
}

/**
 * y = exp(a t - c) of every agent, and one step of Halley's iteration on ln sum y = 0: t moves by `step`. Returns the largest |a step|, by
 * which some ln y has to change.
 */
export function evaluateColumns(n: i32, width: i32, a: i32, c: i32, y: i32, t: i32, steepest: i32, step: i32): f64 {
  const stride = (<usize>width) << 3;
  let most = f64x2.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const at = v128.load(((<usize>t) << 3) + k);
    let p = ((<usize>a) << 3) + k;
    let q = ((<usize>c) << 3) + k;
    let r = ((<usize>y) << 3) + k;
    let zeroth = v128.load(ZERO);
    let first = zeroth;
    let second = zeroth;
    for (let i = 0; i < n; i++, p += stride, q += stride, r += stride) {
      const slope = v128.load(p);
      const part = F64.exp2(f64x2.sub(f64x2.mul(slope, at), v128.load(q)));
      const sloped = f64x2.mul(slope, part);
      v128.store(r, part);
      zeroth = f64x2.add(zeroth, part);
      first = f64x2.add(first, sloped);
      second = f64x2.add(second, f64x2.mul(slope, sloped));
    }
    const move = Halley.step(zeroth, first, second);
    v128.store(((<usize>step) << 3) + k, move);
    v128.store(((<usize>t) << 3) + k, f64x2.add(at, move));
    most = f64x2.max(most, f64x2.abs(f64x2.mul(move, v128.load(((<usize>steepest) << 3) + k))));
  }
  return Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)) * 0.0027076061740622863;
}

/** The same after a `step` so short that exp(a step) is a polynomial of degree 8: |a step| at most 0.06. */
export function correctColumns(n: i32, width: i32, a: i32, y: i32, t: i32, steepest: i32, step: i32): f64 {
  const stride = (<usize>width) << 3;
  let most = f64x2.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const moved = f64x2.mul(v128.load(((<usize>step) << 3) + k), v128.load(PER_UNIT));
    let p = ((<usize>a) << 3) + k;
    let r = ((<usize>y) << 3) + k;
    let zeroth = v128.load(ZERO);
    let first = zeroth;
    let second = zeroth;
    for (let i = 0; i < n; i++, p += stride, r += stride) {
      const slope = v128.load(p);
      const z = f64x2.mul(slope, moved);
      const z2 = f64x2.mul(z, z);
      const top = f64x2.add(f64x2.mul(v128.load(FACTORIAL_8), z), v128.load(FACTORIAL_7));
      const high = f64x2.add(f64x2.mul(v128.load(FACTORIAL_6), z), v128.load(FACTORIAL_5));
      const middle = f64x2.add(f64x2.mul(v128.load(FACTORIAL_4), z), v128.load(FACTORIAL_3));
      const low = f64x2.add(f64x2.mul(v128.load(HALF), z), v128.load(ONE));
      const upper = f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(top, z2), high), z2), middle);
      const slight = f64x2.mul(z, f64x2.add(f64x2.mul(upper, z2), low));
      const old = v128.load(r);
      const part = f64x2.add(old, f64x2.mul(old, slight));
      const sloped = f64x2.mul(slope, part);
      v128.store(r, part);
      zeroth = f64x2.add(zeroth, part);
      first = f64x2.add(first, sloped);
      second = f64x2.add(second, f64x2.mul(slope, sloped));
    }
    const move = Halley.step(zeroth, first, second);
    const at = ((<usize>t) << 3) + k;
    v128.store(((<usize>step) << 3) + k, move);
    v128.store(at, f64x2.add(v128.load(at), move));
    most = f64x2.max(most, f64x2.abs(f64x2.mul(move, v128.load(((<usize>steepest) << 3) + k))));
  }
  return Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)) * 0.0027076061740622863;
}

/**
 * After the last step, |a step| at most 0.0001: y follows it; and rows of by how much what all agents have together differs from 1, and of
 * the largest |omega (y / exp(a t - c) - 1)|, by which a first-order condition is missed: infinity from a millionth on, and where `steepest`
 * is.
 */
export function finishColumns(
  n: i32,
  width: i32,
  a: i32,
  c: i32,
  omega: i32,
  y: i32,
  t: i32,
  steepest: i32,
  step: i32,
  excess: i32,
  gap: i32,
): void {
  const stride = (<usize>width) << 3;
  for (let k: usize = 0; k < stride; k += 16) {
    const moved = f64x2.mul(v128.load(((<usize>step) << 3) + k), v128.load(PER_UNIT));
    const at = v128.load(((<usize>t) << 3) + k);
    const one = v128.load(ONE);
    const half = v128.load(HALF);
    let p = ((<usize>a) << 3) + k;
    let q = ((<usize>c) << 3) + k;
    let r = ((<usize>y) << 3) + k;
    let s = ((<usize>omega) << 3) + k;
    let sum = v128.load(ZERO);
    let most = sum;
    for (let i = 0; i < n; i++, p += stride, q += stride, r += stride, s += stride) {
      const slope = v128.load(p);
      const z = f64x2.mul(slope, moved);
      const old = v128.load(r);
      const low = f64x2.add(f64x2.mul(v128.load(FACTORIAL_3), z), half);
      const part = f64x2.add(old, f64x2.mul(old, f64x2.mul(z, f64x2.add(one, f64x2.mul(low, z)))));
      v128.store(r, part);
      sum = f64x2.add(sum, part);
      const perPart = F64.exp2(f64x2.sub(v128.load(q), f64x2.mul(slope, at)));
      most = f64x2.pmax(most, f64x2.abs(f64x2.mul(v128.load(s), f64x2.sub(f64x2.mul(part, perPart), one))));
    }
    v128.store(((<usize>excess) << 3) + k, f64x2.abs(f64x2.sub(sum, one)));
    const fit = f64x2.gt(v128.load(((<usize>steepest) << 3) + k), v128.load(LOWEST));
    const small = v128.and(fit, f64x2.lt(most, v128.load(MILLIONTH)));
    v128.store(((<usize>gap) << 3) + k, v128.bitselect(most, f64x2.neg(v128.load(LOWEST)), small));
  }
}

/** The sum over goods of value y / (1 + omega): an agent's weighted utility, value_k being exp t_k. */
export function utilityOfRow(width: i32, y: i32, omega: i32, value: i32): f64 {
  const stride = (<usize>width) << 3;
  const one = v128.load(ONE);
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const worth = f64x2.mul(v128.load(((<usize>y) << 3) + k), v128.load(((<usize>value) << 3) + k));
    sum = f64x2.add(sum, f64x2.div(worth, f64x2.add(one, v128.load(((<usize>omega) << 3) + k))));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** out = factor x, n numbers. */
export function copyRow(x: i32, factor: f64, out: i32, n: i32): void {
  const by = f64x2.splat(factor);
  const end = (<usize>x + (n & ~1)) << 3;
  let q = (<usize>out) << 3;
  let p = (<usize>x) << 3;
  for (; p < end; p += 16, q += 16) v128.store(q, f64x2.mul(by, v128.load(p)));
  if (n & 1) store<f64>(q, factor * load<f64>(p));
}

/** out = x y, n numbers. */
export function multiplyRow(x: i32, y: i32, out: i32, n: i32): void {
  const end = (<usize>x + (n & ~1)) << 3;
  let r = (<usize>y) << 3;
  let q = (<usize>out) << 3;
  let p = (<usize>x) << 3;
  for (; p < end; p += 16, q += 16, r += 16) v128.store(q, f64x2.mul(v128.load(p), v128.load(r)));
  if (n & 1) store<f64>(q, load<f64>(p) * load<f64>(r));
}

class Halley {
  /** The step in t for ln zeroth(t) = 0. */
  @inline
  static step(zeroth: v128, first: v128, second: v128): v128 {
    const value = F64.log(zeroth);
    const square = f64x2.mul(first, first);
    const curvature = f64x2.sub(f64x2.mul(second, zeroth), square);
    const bend = f64x2.sub(square, f64x2.mul(f64x2.mul(value, v128.load(HALF)), curvature));
    const product = f64x2.mul(f64x2.mul(value, v128.load(UNIT)), f64x2.mul(first, zeroth));
    return f64x2.div(f64x2.neg(product), bend);
  }
}

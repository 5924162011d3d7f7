// Passes over goods that lie side by side: number k of a row belongs to good k of the tile, row i to agent i. Rows are `width` doubles long, a
// multiple of LANES. Slopes are in the units of power(): exponents come times EXPONENT_UNIT.

import { doubles } from "../simd/memory";

import {
  abs,
  all,
  EXPONENT_UNIT,
  exp2,
  LANES,
  log,
  max,
  maxOf,
  pmax,
  pmin,
  select,
  sumOf,
  Vector,
  vectors,
} from "../simd/vector";

/** Wants from the least to the most are positive normal numbers. */
const LEAST: f64 = 1e-300;
const MOST: f64 = 1e300;

/**
 * What does not change with weights and totals: ln alpha in alpha's place, slopes a = 1 / omega, and a row of the steepest of them: minus
 * infinity where some alpha is not a positive normal number or some omega is not below 0; those are taken to be 1 and -0.5.
 */
export function prepareColumns(n: i32, width: i32, alpha: i32, omega: i32, a: i32, steepest: i32): void {
  const v = vectors;
  for (let k = 0; k < width; k += LANES) {
    let most = all(0);
    for (let i = 0, c = k; i < n; i++, c += width) {
      const wanted = v[alpha + c];
      const bend = v[omega + c];
      const concave = (wanted >= all(LEAST)) & (wanted <= all(MOST)) & (bend < all(0));
      const bent = select(concave, bend, all(-0.5));
      const slope = all(EXPONENT_UNIT) / bent;
      v[omega + c] = bent;
      v[a + c] = slope;
      v[alpha + c] = log(select(concave, wanted, all(1)));
      most = select(concave, pmin(most, slope), all(-Infinity));
    }
    v[steepest + k] = most;
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
  const d = doubles;
  const v = vectors;
  const each = Math.log(n) * EXPONENT_UNIT;
  const share = all(each * n);
  const evenSquares = all(each * each * n);
  const widest = all(EXPONENT_UNIT * n);
  for (let k = 0; k < width; k += LANES) {
    const total = v[logTotal + k];
    const levelled = total * all(EXPONENT_UNIT);
    let slopes = all(0);
    let levels = all(0);
    let squares = all(0);
    let products = all(0);
    let levelSquares = all(0);
    for (let i = 0, cell = k; i < n; i++, cell += width) {
      const slope = v[a + cell];
      const level = slope * (v[logAlpha + cell] + all(d[logWeights + i]) + total) + levelled;
      v[c + cell] = level;
      slopes = slopes + slope;
      levels = levels + level;
      squares = squares + slope * slope;
      products = products + slope * level;
      levelSquares = levelSquares + level * level;
    }
    const even = (levels - share) / slopes;
    const spread = even * (even * squares - (products + products)) + (levelSquares - evenSquares);
    const bend = pmin(spread * all(0.5 / EXPONENT_UNIT), widest);
    v[t + k] = even - bend / slopes + all(offset);
  }
}

/**
 * y = exp(a t - c) of every agent, and one step of Halley's iteration on ln sum y = 0: t moves by `step`. Returns the largest |a step|, by
 * which some ln y has to change.
 */
export function evaluateColumns(n: i32, width: i32, a: i32, c: i32, y: i32, t: i32, steepest: i32, step: i32): f64 {
  const v = vectors;
  let most = all(0);
  for (let k = 0; k < width; k += LANES) {
    const at = v[t + k];
    let zeroth = all(0);
    let first = all(0);
    let second = all(0);
    for (let i = 0, cell = k; i < n; i++, cell += width) {
      const slope = v[a + cell];
      const part = exp2(slope * at - v[c + cell]);
      const sloped = slope * part;
      v[y + cell] = part;
      zeroth = zeroth + part;
      first = first + sloped;
      second = second + slope * sloped;
    }
    const move = halley(zeroth, first, second);
    v[step + k] = move;
    v[t + k] = at + move;
    most = max(most, abs(move * v[steepest + k]));
  }
  return maxOf(most) / EXPONENT_UNIT;
}

/** The same after a `step` so short that exp(a step) is a polynomial of degree 8: |a step| at most 0.06. */
export function correctColumns(n: i32, width: i32, a: i32, y: i32, t: i32, steepest: i32, step: i32): f64 {
  const v = vectors;
  const one = all(1);
  const half = all(0.5);
  let most = all(0);
  for (let k = 0; k < width; k += LANES) {
    const moved = v[step + k] * all(1 / EXPONENT_UNIT);
    let zeroth = all(0);
    let first = all(0);
    let second = all(0);
    for (let i = 0, cell = k; i < n; i++, cell += width) {
      const slope = v[a + cell];
      const z = slope * moved;
      const z2 = z * z;
      const upper = ((all(1 / 40320) * z + all(1 / 5040)) * z2 + (all(1 / 720) * z + all(1 / 120))) * z2;
      const series = z * ((upper + (all(1 / 24) * z + all(1 / 6))) * z2 + (half * z + one));
      const old = v[y + cell];
      const part = old + old * series;
      const sloped = slope * part;
      v[y + cell] = part;
      zeroth = zeroth + part;
      first = first + sloped;
      second = second + slope * sloped;
    }
    const move = halley(zeroth, first, second);
    v[step + k] = move;
    v[t + k] = v[t + k] + move;
    most = max(most, abs(move * v[steepest + k]));
  }
  return maxOf(most) / EXPONENT_UNIT;
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
  const v = vectors;
  const one = all(1);
  const half = all(0.5);
  const sixth = all(1 / 6);
  for (let k = 0; k < width; k += LANES) {
    const moved = v[step + k] * all(1 / EXPONENT_UNIT);
    const at = v[t + k];
    let sum = all(0);
    let most = all(0);
    for (let i = 0, cell = k; i < n; i++, cell += width) {
      const slope = v[a + cell];
      const z = slope * moved;
      const old = v[y + cell];
      const part = old + old * (z * (one + (sixth * z + half) * z));
      v[y + cell] = part;
      sum = sum + part;
      const perPart = exp2(v[c + cell] - slope * at);
      most = pmax(most, abs(v[omega + cell] * (part * perPart - one)));
    }
    const small = (v[steepest + k] > all(-Infinity)) & (most < all(1e-6));
    v[excess + k] = abs(sum - one);
    v[gap + k] = select(small, most, all(Infinity));
  }
}

/** The sum over goods of value y / (1 + omega): an agent's weighted utility, value_k being exp t_k. */
export function utilityOfRow(width: i32, y: i32, omega: i32, value: i32): f64 {
  const v = vectors;
  let sum = all(0);
  for (let k = 0; k < width; k += LANES) sum = sum + (v[y + k] * v[value + k]) / (all(1) + v[omega + k]);
  return sumOf(sum);
}

/** out = factor x, n numbers. */
export function copyRow(x: i32, factor: f64, out: i32, n: i32): void {
  const d = doubles;
  const v = vectors;
  const whole = n - (n % LANES);
  for (let k = 0; k < whole; k += LANES) v[out + k] = v[x + k] * all(factor);
  for (let k = whole; k < n; k++) d[out + k] = d[x + k] * factor;
}

/** out = x y, n numbers. */
export function multiplyRow(x: i32, y: i32, out: i32, n: i32): void {
  const d = doubles;
  const v = vectors;
  const whole = n - (n % LANES);
  for (let k = 0; k < whole; k += LANES) v[out + k] = v[x + k] * v[y + k];
  for (let k = whole; k < n; k++) d[out + k] = d[x + k] * d[y + k];
}

/** The step in t for ln zeroth(t) = 0. */
function halley(zeroth: Vector, first: Vector, second: Vector): Vector {
  const value = log(zeroth);
  const square = first * first;
  const bend = square - value * all(0.5) * (second * zeroth - square);
  return -(value * all(EXPONENT_UNIT) * (first * zeroth)) / bend;
}

// The loops of tiles.ts, over goods that lie side by side: number k of a row belongs to good k of
// the tile, row i of a block to agent i. Rows are `width` doubles long, a multiple of LANES.
// Elasticities come times EXPONENT_UNIT, as exp2() takes them.

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

// The preferences of a tile are three blocks of n rows, ln alpha, omega and elasticities 1 / omega,
// and a row of the steepest elasticities: minus infinity where a good is not for this method.

// Single rows of a tile, by their order.
export const LOG_PRICE = 0;
export const LOG_TOTAL = 1;
/** The last change of the log price. */
export const STEP = 2;
/** By how much the amounts of all agents together differ from 1. */
export const EXCESS = 3;
/** By how much a first-order condition is missed. */
export const GAP = 4;
export const VALUE = 5;
/** The log prices that the iteration began with. */
export const START = 6;
export const ROWS = 7;

/** Alpha of the goods of this method: positive normal numbers. */
const MIN_ALPHA: f64 = 1e-300;
const MAX_ALPHA: f64 = 1e300;

/**
 * Sets the part of a tile's preferences that does not change with weights and totals: ln alpha
 * takes alpha's place; elasticities; and the steepest of them. Where an alpha is not a positive
 * normal number or an omega is not below 0, they are taken to be 1 and -0.5, and steepest is minus
 * infinity.
 */
export function prepareTile(n: i32, width: i32, preferences: i32): void {
  const v = vectors;
  const cells = n * width;
  const alpha = preferences;
  const omega = alpha + cells;
  const elasticity = omega + cells;
  const steepest = elasticity + cells;
  for (let k = 0; k < width; k += LANES) {
    let lowest = all(0);
    for (let i = 0, c = k; i < n; i++, c += width) {
      const wanted = v[alpha + c];
      const given = v[omega + c];
      const concave = (wanted >= all(MIN_ALPHA)) & (wanted <= all(MAX_ALPHA)) & (given < all(0));
      const used = select(concave, given, all(-0.5));
      const slope = all(EXPONENT_UNIT) / used;
      v[omega + c] = used;
      v[elasticity + c] = slope;
      v[alpha + c] = log(select(concave, wanted, all(1)));
      lowest = select(concave, pmin(lowest, slope), all(-Infinity));
    }
    v[steepest + k] = lowest;
  }
}

/**
 * Sets level = elasticity (ln alpha + ln weight + ln total) + ln total, and the log price near
 * which sum_i exp(elasticity t - level) is 1. There the mean of these logs is -ln n; half their
 * variance (at most 1), which adds to the log of the sum, and `offset` move it.
 */
export function levelTile(
  n: i32,
  width: i32,
  preferences: i32,
  level: i32,
  logWeights: i32,
  rows: i32,
  offset: f64,
): void {
  const d = doubles;
  const v = vectors;
  const logAlpha = preferences;
  const elasticity = preferences + 2 * n * width;
  const logPrice = rows + LOG_PRICE * width;
  const logTotal = rows + LOG_TOTAL * width;
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
    for (let i = 0, c = k; i < n; i++, c += width) {
      const slope = v[elasticity + c];
      const own = slope * (v[logAlpha + c] + all(d[logWeights + i]) + total) + levelled;
      v[level + c] = own;
      slopes = slopes + slope;
      levels = levels + own;
      squares = squares + slope * slope;
      products = products + slope * own;
      levelSquares = levelSquares + own * own;
    }
    const even = (levels - share) / slopes;
    const spread = even * (even * squares - (products + products)) + (levelSquares - evenSquares);
    const variance = pmin(spread * all(0.5 / EXPONENT_UNIT), widest);
    v[logPrice + k] = even - variance / slopes + all(offset);
  }
}

/**
 * Sets every agent's amount exp(elasticity t - level), and takes one step of Halley's iteration on
 * the log of their sum. Returns the largest |elasticity step|, by which some log amount has to
 * change.
 */
export function evaluateTile(n: i32, width: i32, preferences: i32, level: i32, amount: i32, rows: i32): f64 {
  const v = vectors;
  const elasticity = preferences + 2 * n * width;
  const steepest = preferences + 3 * n * width;
  const logPrice = rows + LOG_PRICE * width;
  const step = rows + STEP * width;
  let largest = all(0);
  for (let k = 0; k < width; k += LANES) {
    const at = v[logPrice + k];
    let zeroth = all(0);
    let first = all(0);
    let second = all(0);
    for (let i = 0, c = k; i < n; i++, c += width) {
      const slope = v[elasticity + c];
      const part = exp2(slope * at - v[level + c]);
      const sloped = slope * part;
      v[amount + c] = part;
      zeroth = zeroth + part;
      first = first + sloped;
      second = second + slope * sloped;
    }
    const move = halley(zeroth, first, second);
    v[step + k] = move;
    v[logPrice + k] = at + move;
    largest = max(largest, abs(move * v[steepest + k]));
  }
  return maxOf(largest) / EXPONENT_UNIT;
}

/**
 * Does the same after a step so short that exp(elasticity step) is a polynomial of degree 8:
 * |elasticity step| is at most 0.06.
 */
export function correctTile(n: i32, width: i32, preferences: i32, amount: i32, rows: i32): f64 {
  const v = vectors;
  const elasticity = preferences + 2 * n * width;
  const steepest = preferences + 3 * n * width;
  const logPrice = rows + LOG_PRICE * width;
  const step = rows + STEP * width;
  const one = all(1);
  const half = all(0.5);
  // The reciprocals of factorials.
  const third = all(1 / 6);
  const fourth = all(1 / 24);
  const fifth = all(1 / 120);
  const sixth = all(1 / 720);
  const seventh = all(1 / 5040);
  const eighth = all(1 / 40320);
  let largest = all(0);
  for (let k = 0; k < width; k += LANES) {
    const moved = v[step + k] * all(1 / EXPONENT_UNIT);
    let zeroth = all(0);
    let first = all(0);
    let second = all(0);
    for (let i = 0, c = k; i < n; i++, c += width) {
      const slope = v[elasticity + c];
      const z = slope * moved;
      const z2 = z * z;
      const top = (eighth * z + seventh) * z2 + (sixth * z + fifth);
      const upper = top * z2 + (fourth * z + third);
      const series = z * (upper * z2 + (half * z + one));
      const old = v[amount + c];
      const part = old + old * series;
      const sloped = slope * part;
      v[amount + c] = part;
      zeroth = zeroth + part;
      first = first + sloped;
      second = second + slope * sloped;
    }
    const move = halley(zeroth, first, second);
    v[step + k] = move;
    v[logPrice + k] = v[logPrice + k] + move;
    largest = max(largest, abs(move * v[steepest + k]));
  }
  return maxOf(largest) / EXPONENT_UNIT;
}

/**
 * Lets the amounts follow the last step, |elasticity step| at most 0.0001. Sets the rows EXCESS and
 * GAP, the largest |omega (amount / exp(elasticity t - level) - 1)|: infinity from a millionth on,
 * and where steepest is.
 */
export function finishTile(n: i32, width: i32, preferences: i32, level: i32, amount: i32, rows: i32): void {
  const v = vectors;
  const omega = preferences + n * width;
  const elasticity = preferences + 2 * n * width;
  const steepest = preferences + 3 * n * width;
  const logPrice = rows + LOG_PRICE * width;
  const step = rows + STEP * width;
  const excess = rows + EXCESS * width;
  const gap = rows + GAP * width;
  const one = all(1);
  const half = all(0.5);
  const sixth = all(1 / 6);
  for (let k = 0; k < width; k += LANES) {
    const moved = v[step + k] * all(1 / EXPONENT_UNIT);
    const at = v[logPrice + k];
    let sum = all(0);
    let largest = all(0);
    for (let i = 0, c = k; i < n; i++, c += width) {
      const slope = v[elasticity + c];
      const z = slope * moved;
      const old = v[amount + c];
      const part = old + old * (z * (one + (sixth * z + half) * z));
      v[amount + c] = part;
      sum = sum + part;
      const perPart = exp2(v[level + c] - slope * at);
      largest = pmax(largest, abs(v[omega + c] * (part * perPart - one)));
    }
    const small = (v[steepest + k] > all(-Infinity)) & (largest < all(1e-6));
    v[excess + k] = abs(sum - one);
    v[gap + k] = select(small, largest, all(Infinity));
  }
}

/** The sum over goods of value amount / (1 + omega): an agent's weighted utility. */
export function utilityOfRow(width: i32, amount: i32, omega: i32, value: i32): f64 {
  const v = vectors;
  let sum = all(0);
  for (let k = 0; k < width; k += LANES) sum = sum + (v[amount + k] * v[value + k]) / (all(1) + v[omega + k]);
  return sumOf(sum);
}

/** out = factor x, `length` numbers. */
export function copyRow(x: i32, factor: f64, out: i32, length: i32): void {
  const d = doubles;
  const v = vectors;
  const whole = length - (length % LANES);
  for (let k = 0; k < whole; k += LANES) v[out + k] = v[x + k] * all(factor);
  for (let k = whole; k < length; k++) d[out + k] = d[x + k] * factor;
}

/** out = x y, `length` numbers. */
export function multiplyRow(x: i32, y: i32, out: i32, length: i32): void {
  const d = doubles;
  const v = vectors;
  const whole = length - (length % LANES);
  for (let k = 0; k < whole; k += LANES) v[out + k] = v[x + k] * v[y + k];
  for (let k = whole; k < length; k++) d[out + k] = d[x + k] * d[y + k];
}

/** The step in t for ln zeroth(t) = 0. */
function halley(zeroth: Vector, first: Vector, second: Vector): Vector {
  const value = log(zeroth);
  const square = first * first;
  const curvature = square - value * all(0.5) * (second * zeroth - square);
  return -(value * all(EXPONENT_UNIT) * (first * zeroth)) / curvature;
}

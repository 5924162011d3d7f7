// The loops of tiles.ts, over goods that lie side by side: number k of a row belongs to good k of
// the tile, row i of a block to agent i. Rows are `width` doubles long, a multiple of LANES.
// Elasticities come times EXPONENT_UNIT, as exp2() takes them.

import { doubles } from "../simd/memory";
import {
  abs,
  all,
  EXPONENT_UNIT,
  exp2,
  half,
  isOrdinary,
  LANES,
  log,
  max,
  maxOf,
  minusHalf,
  minusInfinity,
  one,
  perFactorial,
  pmax,
  pmin,
  pointed,
  pointer,
  select,
  sumOf,
  unit,
  VECTOR,
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
/** Sums over agents of the amounts, and of them times elasticity and its square. */
export const SUM = 7;
export const FIRST = 8;
export const SECOND = 9;
export const ROWS = 10;

/**
 * Sets the part of a tile's preferences that does not change with weights and totals: ln alpha
 * takes alpha's place; elasticities; and the steepest of them. Where an alpha is not a positive
 * normal number or an omega is not below 0, they are taken to be 1 and -0.5, and steepest is minus
 * infinity.
 */
export function prepareTile(n: i32, width: i32, preferences: i32): void {
  const v = vectors;
  const p = pointed;
  const row = pointer(width);
  const cells = n * width;
  const alpha = preferences;
  const omega = alpha + cells;
  const elasticity = omega + cells;
  const steepest = elasticity + cells;
  const zero = all(0);
  for (let k = 0; k < width; k += LANES) {
    let lowest = zero;
    let atAlpha = pointer(alpha + k);
    let atOmega = pointer(omega + k);
    let atElasticity = pointer(elasticity + k);
    for (let i = 0; i < n; i++, atAlpha += row, atOmega += row, atElasticity += row) {
      const wanted = p[atAlpha];
      const given = p[atOmega];
      const concave = isOrdinary(wanted) & (given < zero);
      const used = select(concave, given, minusHalf());
      const slope = unit() / used;
      p[atOmega] = used;
      p[atElasticity] = slope;
      p[atAlpha] = log(select(concave, wanted, one()));
      lowest = select(concave, pmin(lowest, slope), minusInfinity());
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
  const p = pointed;
  const row = pointer(width);
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
    let atAlpha = pointer(logAlpha + k);
    let atElasticity = pointer(elasticity + k);
    let atLevel = pointer(level + k);
    for (let i = 0; i < n; i++, atAlpha += row, atElasticity += row, atLevel += row) {
      const slope = p[atElasticity];
      const own = slope * (p[atAlpha] + all(d[logWeights + i]) + total) + levelled;
      p[atLevel] = own;
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
export function evaluateTile(n: i32, width: i32, preferences: i32, level: i32, amount: i32, rows: i32): void {
  const v = vectors;
  const p = pointed;
  const row = pointer(width);
  const elasticity = preferences + 2 * n * width;
  const logPrice = rows + LOG_PRICE * width;
  const zeroths = rows + SUM * width;
  const firsts = rows + FIRST * width;
  const seconds = rows + SECOND * width;
  for (let k = 0; k < width; k += LANES) {
    const at = v[logPrice + k];
    let zeroth = all(0);
    let first = all(0);
    let second = all(0);
    let atElasticity = pointer(elasticity + k);
    let atLevel = pointer(level + k);
    let atAmount = pointer(amount + k);
    for (let i = 0; i < n; i++, atElasticity += row, atLevel += row, atAmount += row) {
      const slope = p[atElasticity];
      const part = exp2(slope * at - p[atLevel]);
      const sloped = slope * part;
      p[atAmount] = part;
      zeroth = zeroth + part;
      first = first + sloped;
      second = second + slope * sloped;
    }
    v[zeroths + k] = zeroth;
    v[firsts + k] = first;
    v[seconds + k] = second;
  }
}

/**
 * Does the same after a step so short that exp(elasticity step) is a polynomial of degree 8:
 * |elasticity step| is at most 0.06.
 */
export function correctTile(n: i32, width: i32, preferences: i32, amount: i32, rows: i32): void {
  const v = vectors;
  const p = pointed;
  const row = pointer(width);
  const elasticity = preferences + 2 * n * width;
  const step = rows + STEP * width;
  const zeroths = rows + SUM * width;
  const firsts = rows + FIRST * width;
  const seconds = rows + SECOND * width;
  for (let k = 0; k < width; k += LANES) {
    const moved = v[step + k] * all(1 / EXPONENT_UNIT);
    let zeroth = all(0);
    let first = all(0);
    let second = all(0);
    let atElasticity = pointer(elasticity + k);
    let atAmount = pointer(amount + k);
    for (let i = 0; i < n; i++, atElasticity += row, atAmount += row) {
      const slope = p[atElasticity];
      const z = slope * moved;
      const z2 = z * z;
      const top = (perFactorial(8) * z + perFactorial(7)) * z2 + (perFactorial(6) * z + perFactorial(5));
      const upper = top * z2 + (perFactorial(4) * z + perFactorial(3));
      const series = z * (upper * z2 + (half() * z + one()));
      const old = p[atAmount];
      const part = old + old * series;
      const sloped = slope * part;
      p[atAmount] = part;
      zeroth = zeroth + part;
      first = first + sloped;
      second = second + slope * sloped;
    }
    v[zeroths + k] = zeroth;
    v[firsts + k] = first;
    v[seconds + k] = second;
  }
}

/**
 * Lets the amounts follow the last step, |elasticity step| at most 0.0001. Sets the rows EXCESS and
 * GAP, the largest |omega (amount / exp(elasticity t - level) - 1)|: infinity from a millionth on,
 * and where steepest is.
 */
export function finishTile(n: i32, width: i32, preferences: i32, level: i32, amount: i32, rows: i32): void {
  const v = vectors;
  const p = pointed;
  const row = pointer(width);
  const omega = preferences + n * width;
  const elasticity = preferences + 2 * n * width;
  const steepest = preferences + 3 * n * width;
  const logPrice = rows + LOG_PRICE * width;
  const step = rows + STEP * width;
  const excess = rows + EXCESS * width;
  const gap = rows + GAP * width;
  for (let k = 0; k < width; k += LANES) {
    const moved = v[step + k] * all(1 / EXPONENT_UNIT);
    const at = v[logPrice + k];
    let sum = all(0);
    let largest = all(0);
    let atOmega = pointer(omega + k);
    let atElasticity = pointer(elasticity + k);
    let atLevel = pointer(level + k);
    let atAmount = pointer(amount + k);
    for (let i = 0; i < n; i++, atOmega += row, atElasticity += row, atLevel += row, atAmount += row) {
      const slope = p[atElasticity];
      const z = slope * moved;
      const old = p[atAmount];
      const part = old + old * (z * (one() + (perFactorial(3) * z + half()) * z));
      p[atAmount] = part;
      sum = sum + part;
      const perPart = exp2(p[atLevel] - slope * at);
      largest = pmax(largest, abs(p[atOmega] * (part * perPart - one())));
    }
    const small = (v[steepest + k] > all(-Infinity)) & (largest < all(1e-6));
    v[excess + k] = abs(sum - one());
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

/** out = x, `length` numbers. */
export function copyRow(x: i32, out: i32, length: i32): void {
  const p = pointed;
  const whole = length - (length % LANES);
  let from = pointer(x);
  let to = pointer(out);
  for (let k = 0; k < whole; k += LANES, from += VECTOR, to += VECTOR) p[to] = p[from];
  if (whole < length) doubles[out + whole] = doubles[x + whole];
}

/** out = x y, `length` numbers. */
export function multiplyRow(x: i32, y: i32, out: i32, length: i32): void {
  const p = pointed;
  const whole = length - (length % LANES);
  let first = pointer(x);
  let second = pointer(y);
  let to = pointer(out);
  for (let k = 0; k < whole; k += LANES, first += VECTOR, second += VECTOR, to += VECTOR) {
    p[to] = p[first] * p[second];
  }
  if (whole < length) doubles[out + whole] = doubles[x + whole] * doubles[y + whole];
}

/**
 * Takes one step of Halley's iteration on the log of the sum of each good's amounts. Returns the
 * largest |elasticity step|, by which some log amount has to change.
 */
export function stepTile(width: i32, steepest: i32, rows: i32): f64 {
  const v = vectors;
  const logPrice = rows + LOG_PRICE * width;
  const step = rows + STEP * width;
  const zeroths = rows + SUM * width;
  const firsts = rows + FIRST * width;
  const seconds = rows + SECOND * width;
  let largest = all(0);
  for (let k = 0; k < width; k += LANES) {
    const zeroth = v[zeroths + k];
    const first = v[firsts + k];
    const value = log(zeroth);
    const square = first * first;
    const curvature = square - value * half() * (v[seconds + k] * zeroth - square);
    const move = -(value * unit() * (first * zeroth)) / curvature;
    v[step + k] = move;
    v[logPrice + k] = v[logPrice + k] + move;
    largest = max(largest, abs(move * v[steepest + k]));
  }
  return maxOf(largest) / EXPONENT_UNIT;
}

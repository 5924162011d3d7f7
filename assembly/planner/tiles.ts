// The exact plan where every utility is concave and everybody wants everything: many goods side by side, whether one economy's or those
// of many small ones. Each good's log shadow price t solves ln sum_i exp(a_i (t - l_i)) = 0 (dual.ts), here by Halley's iteration without
// a bracket: exponentials until a step is short, then a polynomial. It judges its answers; what does not meet the first-order
// conditions, and what is not concave throughout, is for the caller to solve otherwise.

import { padded } from "../protocol";
import { doubles } from "../simd/memory";
import { exp, log } from "../simd/passes";
import {
  copyRow,
  correctColumns,
  evaluateColumns,
  finishColumns,
  levelColumns,
  multiplyRow,
  prepareColumns,
  utilityOfRow,
} from "./tilePasses";

/** Goods side by side, at most: an even number. */
const WIDEST = 64;
const NARROWEST = 8;
/** Cells of a tile, so that its five blocks stay in the nearer caches. */
const TILE_CELLS = 16_384;

const MOST_PASSES = 10;
/** |a step| up to which a polynomial of degree 8 is exact to rounding; and up to which one of degree 3 is, and so is the step. */
const SHORT: f64 = 0.06;
const SHORTEST: f64 = 2e-5;

/** The most goods a tile of n agents has. */
function mostOf(n: i32): i32 {
  const fitting = (TILE_CELLS / n) & ~7;
  return fitting < NARROWEST ? NARROWEST : fitting > WIDEST ? WIDEST : fitting;
}

/** Goods a tile, so that tiles are alike. */
function widthOf(n: i32, columns: i32): i32 {
  const most = mostOf(n);
  const tiles = ((columns + most - 1) / most) | 0;
  return padded(((columns + tiles - 1) / tiles) | 0);
}

/** Doubles of work that planColumns needs. */
export function columnsWork(n: i32): i32 {
  return (5 * n + 8) * mostOf(n) + padded(n);
}

/** Doubles that a prepared economy takes: of each tile logs of alpha, omega, slopes, and a row of the steepest. */
export function preparedSize(n: i32, m: i32): i32 {
  const width = widthOf(n, m);
  return (((m + width - 1) / width) | 0) * (3 * n + 1) * width;
}

/**
 * Prepares alpha and omega (n m each) of an economy at `out`, preparedSize(n, m) doubles. Returns 1, or 0 where it is not one for this method.
 */
export function prepare(n: i32, m: i32, alpha: i32, omega: i32, out: i32): i32 {
  const d = doubles;
  const width = widthOf(n, m);
  const cells = n * width;
  let concave = 1;
  let to = out;
  for (let j = 0; j < m; j += width, to += 3 * cells + width) {
    const taken = m - j < width ? m - j : width;
    const steepest = to + 3 * cells;
    gather(taken, width, n, m, 0, j, alpha, 0, omega, 0, -1, 0, to, to + cells);
    prepareColumns(n, width, to, to + cells, to + 2 * cells, steepest);
    for (let k = 0; k < taken; k++) if (!(d[steepest + k] > -Infinity)) concave = 0;
  }
  return concave;
}

/**
 * Plans of `count` economies of n agents and m goods; blocks and strides as in bulk.ts. Writes allocations, prices, and to `residuals` two
 * numbers an economy, feasibility and stationarity, recomputed from the allocation; infinity where an economy is not one for this
 * method. Of a single economy alone: `prepared` is where prepare() put it, or -1; `utilities`, or -1, n sums over goods,
 * weighted by the agents' weights; not finite where an omega is -1.
 */
export function planColumns(
  count: i32,
  n: i32,
  m: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  weights: i32,
  weightsStride: i32,
  totals: i32,
  totalsStride: i32,
  prepared: i32,
  x: i32,
  prices: i32,
  residuals: i32,
  utilities: i32,
  work: i32,
): void {
  const d = doubles;
  const columns = count * m;
  const width = widthOf(n, columns);
  const cells = n * width;
  const c = work;
  const y = c + cells;
  const t = y + cells;
  const logTotal = t + width;
  const step = logTotal + width;
  const excess = step + width;
  const gap = excess + width;
  const value = gap + width;
  const started = value + width;
  const logWeights = started + width;
  let logAlpha = prepared >= 0 ? prepared : logWeights + padded(n);
  for (let e = 0; e < 2 * count; e++) d[residuals + e] = 0;
  if (utilities >= 0) for (let i = 0; i < n; i++) d[utilities + i] = 0;
  // Of one economy the agents' weights, of many a part of alpha.
  const alone = count === 1;
  for (let i = 0; i < n; i++) d[logWeights + i] = alone ? d[weights + i] : 1;
  log(logWeights, logWeights, n);

  let offset: f64 = 0;
  for (let column = 0; column < columns; column += width) {
    const taken = columns - column < width ? columns - column : width;
    const e0 = (column / m) | 0;
    const j0 = column - e0 * m;
    const bends = logAlpha + cells;
    const a = bends + cells;
    const steepest = a + cells;
    if (prepared < 0) {
      const by = alone ? -1 : weights;
      gather(taken, width, n, m, e0, j0, alpha, alphaStride, omega, omegaStride, by, weightsStride, logAlpha, bends);
      prepareColumns(n, width, logAlpha, bends, a, steepest);
    }
    gatherTotals(taken, width, m, e0, j0, totals, totalsStride, value);
    log(value, logTotal, width);
    levelColumns(n, width, logAlpha, a, logWeights, logTotal, c, t, offset);
    for (let k = 0; k < width; k++) d[started + k] = d[t + k];

    let change = Infinity;
    for (let pass = 0; pass < MOST_PASSES && !(change <= SHORTEST); pass++) {
      change =
        change <= SHORT
          ? correctColumns(n, width, a, y, t, steepest, step)
          : evaluateColumns(n, width, a, c, y, t, steepest, step);
    }
    finishColumns(n, width, a, c, bends, y, t, steepest, step, excess, gap);
    // Goods are alike: the next start where these ended up.
    let moved: f64 = 0;
    for (let k = 0; k < taken; k++) moved += d[t + k] - d[started + k];
    if (Math.abs(moved) < Infinity) offset += moved / taken;

    scatter(taken, width, n, m, e0, j0, y, value, x);
    if (utilities >= 0) {
      exp(t, step, width);
      for (let k = taken; k < width; k++) d[step + k] = 0;
      for (let i = 0; i < n; i++) d[utilities + i] += utilityOfRow(width, y + i * width, bends + i * width, step);
    }
    for (let k = 0; k < width; k++) d[t + k] -= d[logTotal + k];
    exp(t, t, width);
    copyRow(t, 1, prices + column, taken);
    judge(taken, m, e0, j0, excess, gap, residuals);
    if (prepared >= 0) logAlpha = steepest + width;
  }
}

/** The worst of the goods of a tile, to the residuals of their economies. */
function judge(taken: i32, m: i32, e0: i32, j0: i32, excess: i32, gap: i32, residuals: i32): void {
  const d = doubles;
  let at = residuals + 2 * e0;
  let left = m - j0;
  for (let k = 0; k < taken; at += 2, left = m) {
    const end = k + left < taken ? k + left : taken;
    let feasibility = d[at];
    let stationarity = d[at + 1];
    for (; k < end; k++) {
      feasibility = Math.max(feasibility, d[excess + k]);
      stationarity = Math.max(stationarity, d[gap + k]);
    }
    d[at] = feasibility;
    d[at + 1] = stationarity;
  }
}

/** Alpha, times weights where they are given, and omega of the goods of a tile; 1 and -0.5 where there is none. */
function gather(
  taken: i32,
  width: i32,
  n: i32,
  m: i32,
  e0: i32,
  j0: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  weights: i32,
  weightsStride: i32,
  want: i32,
  bends: i32,
): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    let e = e0;
    let j = j0;
    let to = i * width;
    const end = to + taken;
    while (to < end) {
      const weight = weights < 0 ? 1 : d[weights + e * weightsStride + i];
      const count = m - j < end - to ? m - j : end - to;
      copyRow(alpha + e * alphaStride + i * m + j, weight, want + to, count);
      copyRow(omega + e * omegaStride + i * m + j, 1, bends + to, count);
      to += count;
      j = 0;
      e++;
    }
    for (let k = taken; k < width; k++) {
      d[want + i * width + k] = 1;
      d[bends + i * width + k] = -0.5;
    }
  }
}

/** The totals of the goods of a tile. */
function gatherTotals(
  taken: i32,
  width: i32,
  m: i32,
  e0: i32,
  j0: i32,
  totals: i32,
  totalsStride: i32,
  out: i32,
): void {
  const d = doubles;
  let e = e0;
  let j = j0;
  for (let k = 0; k < taken; k++) {
    d[out + k] = d[totals + e * totalsStride + j];
    j++;
    if (j === m) {
      j = 0;
      e++;
    }
  }
  for (let k = taken; k < width; k++) d[out + k] = 1;
}

/** Amounts from parts y of totals, to where they belong in the allocations x. */
function scatter(taken: i32, width: i32, n: i32, m: i32, e0: i32, j0: i32, y: i32, totals: i32, x: i32): void {
  for (let i = 0; i < n; i++) {
    let e = e0;
    let j = j0;
    for (let k = 0; k < taken; ) {
      const count = m - j < taken - k ? m - j : taken - k;
      multiplyRow(y + i * width + k, totals + k, x + (e * n + i) * m + j, count);
      k += count;
      j = 0;
      e++;
    }
  }
}

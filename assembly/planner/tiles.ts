// The exact plan where every utility is concave and everybody wants everything: many goods of the
// open economy side by side. Each good's log shadow price t solves
// ln sum_i exp(e_i (t - l_i)) = 0 (concaveGood.ts), here by Halley's iteration without a bracket:
// exponentials until a step is short, then a polynomial. The tiles judge their answers. The caller
// uses another method where first-order conditions fail or a utility is not concave. A few tiles are
// a part, of which nothing is carried to the next.

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace } from "../economy/workspace";
import { goodsPerPart, maxTileWidth, padded } from "../protocol";
import { exp, log } from "../simd/blocks";
import { doubles } from "../simd/memory";
import * as passes from "./tilePasses";

const MAX_PASSES = 10;
/**
 * Changes of some ln y up to which a polynomial of degree 8 is exact to rounding; and up to which
 * one of degree 3 is, and so is the step.
 */
const SHORT: f64 = 0.06;
const SHORTEST: f64 = 2e-5;

// The tile: how many goods it may hold and holds, and the good that it begins with.
let width: i32 = 0;
let held: i32 = 0;
let firstGood: i32 = 0;

// Its blocks, as tilePasses.ts lays them out.
let preferences: i32 = 0; // of one tile, or in a prepared economy of one tile after the other
let level: i32 = 0;
let amount: i32 = 0;
let rows: i32 = 0;
let logWeights: i32 = 0; // n

/**
 * Goes to the part that begins with good `first`. Sets the width of its tiles, so that they are
 * alike, and returns the good behind its last.
 */
function enterPart(first: i32): i32 {
  const max = maxTileWidth(economy.n);
  const part = goodsPerPart(economy.n);
  const count = economy.m - first < part ? economy.m - first : part;
  const tiles = ((count + max - 1) / max) | 0;
  width = padded(((count + tiles - 1) / tiles) | 0);
  return first + count;
}

/** Doubles that the preferences of a tile take. */
function preferencesLength(): i32 {
  return (3 * economy.n + 1) * width;
}

/** Places the workspace of planTiles() at `base`. */
export function bind(base: i32): void {
  const n = economy.n;
  width = maxTileWidth(n);
  openWorkspace(base);
  level = matrix(n, width);
  amount = matrix(n, width);
  rows = matrix(passes.ROWS, width);
  logWeights = block(n);
  preferences = block(preferencesLength());
}

/** Places a prepared economy at `base`. */
export function bindPrepared(base: i32): void {
  openWorkspace(base);
  preferences = base;
  for (let first = 0; first < economy.m; ) {
    const end = enterPart(first);
    matrix(((end - first + width - 1) / width) | 0, preferencesLength());
    first = end;
  }
}

/**
 * Prepares alpha and omega of the open economy at `prepared`, the workspace of Solver.PREPARED.
 * Returns 1, or 0 where the economy is not one for this method.
 */
export function prepare(prepared: i32): i32 {
  const d = doubles;
  const n = economy.n;
  let concave = 1;
  bindPrepared(prepared);
  for (let first = 0; first < economy.m; ) {
    const end = enterPart(first);
    for (firstGood = first; firstGood < end; firstGood += width) {
      held = end - firstGood < width ? end - firstGood : width;
      gatherPreferences();
      passes.prepareTile(n, width, preferences);
      const steepest = preferences + 3 * n * width;
      for (let k = 0; k < held; k++) if (!(d[steepest + k] > -Infinity)) concave = 0;
      preferences += preferencesLength();
    }
    first = end;
  }
  return concave;
}

/**
 * Plans the open economy. Writes shadow prices, the allocation x, and to `residuals` feasibility and
 * stationarity, recomputed from the allocation; infinity where the economy is not one for this
 * method. `prepared` is where prepare() put it, or -1; `utilities`, or -1, are for each part n sums
 * over its goods, weighted by the agents' weights, which are not finite where an omega is -1.
 */
export function planTiles(prepared: i32, prices: i32, x: i32, residuals: i32, utilities: i32, workspace: i32): void {
  const d = doubles;
  const n = economy.n;
  bind(workspace);
  if (prepared >= 0) preferences = prepared;
  d[residuals] = 0;
  d[residuals + 1] = 0;
  for (let i = 0; i < n; i++) d[logWeights + i] = d[economy.weights + i];
  log(logWeights, logWeights, n);
  for (let first = 0; first < economy.m; ) {
    const end = enterPart(first);
    planPart(first, end, prepared, prices, x, residuals, utilities);
    if (utilities >= 0) utilities += n;
    first = end;
  }
}

/** Plans the goods of a part, tile by tile. */
function planPart(from: i32, end: i32, prepared: i32, prices: i32, x: i32, residuals: i32, utilities: i32): void {
  const d = doubles;
  const n = economy.n;
  if (utilities >= 0) for (let i = 0; i < n; i++) d[utilities + i] = 0;
  const logPrice = rows + passes.LOG_PRICE * width;
  const logTotal = rows + passes.LOG_TOTAL * width;
  const value = rows + passes.VALUE * width;
  const start = rows + passes.START * width;
  let offset: f64 = 0;
  for (firstGood = from; firstGood < end; firstGood += width) {
    held = end - firstGood < width ? end - firstGood : width;
    if (prepared < 0) {
      gatherPreferences();
      passes.prepareTile(n, width, preferences);
    }
    gatherTotals(value);
    log(value, logTotal, width);
    passes.levelTile(n, width, preferences, level, logWeights, rows, offset);
    for (let k = 0; k < width; k++) d[start + k] = d[logPrice + k];
    solveTile();
    passes.finishTile(n, width, preferences, level, amount, rows);
    // Goods are alike: the next start where these ended up.
    let moved: f64 = 0;
    for (let k = 0; k < held; k++) moved += d[logPrice + k] - d[start + k];
    if (Math.abs(moved) < Infinity) offset += moved / held;

    scatterAmounts(value, x);
    if (utilities >= 0) addUtilities(utilities);
    for (let k = 0; k < width; k++) d[logPrice + k] -= d[logTotal + k];
    exp(logPrice, logPrice, width);
    passes.copyRow(logPrice, prices + firstGood, held);
    judge(residuals);
    if (prepared >= 0) preferences += preferencesLength();
  }
}

/** Halley's iteration until the steps of all goods are short. */
function solveTile(): void {
  const n = economy.n;
  const steepest = preferences + 3 * n * width;
  let change = Infinity;
  for (let pass = 0; pass < MAX_PASSES && !(change <= SHORTEST); pass++) {
    if (change <= SHORT) passes.correctTile(n, width, preferences, amount, rows);
    else passes.evaluateTile(n, width, preferences, level, amount, rows);
    change = passes.stepTile(width, steepest, rows);
  }
}

/** Adds each agent's weighted utility of the goods of a tile, at the log prices of all there is. */
function addUtilities(utilities: i32): void {
  const d = doubles;
  const n = economy.n;
  const price = rows + passes.STEP * width;
  const omega = preferences + n * width;
  exp(rows + passes.LOG_PRICE * width, price, width);
  for (let k = held; k < width; k++) d[price + k] = 0;
  for (let i = 0; i < n; i++) {
    d[utilities + i] += passes.utilityOfRow(width, amount + i * width, omega + i * width, price);
  }
}

/** Takes the worst of the goods of a tile into the residuals. */
function judge(residuals: i32): void {
  const d = doubles;
  const excess = rows + passes.EXCESS * width;
  const gap = rows + passes.GAP * width;
  for (let k = 0; k < held; k++) {
    d[residuals] = Math.max(d[residuals], d[excess + k]);
    d[residuals + 1] = Math.max(d[residuals + 1], d[gap + k]);
  }
}

/** Gathers alpha and omega of the goods of a tile. Empty places get 1 and -0.5. */
function gatherPreferences(): void {
  const d = doubles;
  const alpha = preferences;
  const omega = preferences + economy.n * width;
  for (let i = 0; i < economy.n; i++) {
    const from = i * economy.m + firstGood;
    const to = i * width;
    passes.copyRow(economy.alpha + from, alpha + to, held);
    passes.copyRow(economy.omega + from, omega + to, held);
    for (let k = held; k < width; k++) {
      d[alpha + to + k] = 1;
      d[omega + to + k] = -0.5;
    }
  }
}

/** Gathers the totals of the goods of a tile; fills up with 1. */
function gatherTotals(out: i32): void {
  const d = doubles;
  passes.copyRow(economy.totals + firstGood, out, held);
  for (let k = held; k < width; k++) d[out + k] = 1;
}

/** Scatters amounts, from parts of totals, to where they belong in the allocation x. */
function scatterAmounts(totals: i32, x: i32): void {
  for (let i = 0; i < economy.n; i++) {
    passes.multiplyRow(amount + i * width, totals, x + i * economy.m + firstGood, held);
  }
}

// The planner's problem by Adam, in two forms. Penalty, the notebook's: x = softplus(y), and the
// objective made small is -sum_i lambda_i u_i(x_i) + rho sum_j max(0, sum_i x_ij - E_j)^2. Shares:
// x_ij = E_j exp y_ij / sum_k exp y_kj, feasible at every step, and the objective made small is
// -sum_i lambda_i u_i(x_i).
//
// Nothing ties one good to another, so goods are taken a few at a time: a tile, small enough to
// stay in the near caches while it makes all the steps of a call. Its cells are agent-major,
// `width` goods per agent, padded to whole vectors. Rows that repeat from agent to agent (a good's
// price, its sum) are laid out over `period` cells, the least common multiple of the width and the
// vector.

import * as economy from "../economy/economy";
import { block, openWorkspace } from "../economy/workspace";
import { adamTileWidth, CONVERGED, DIVERGED, MAX_ITERATIONS, SHARES } from "../protocol";
import { doubles, singles } from "../simd/memory";
import {
  adamConstantsSingles,
  adamUpdateSingles,
  expBelowSingles,
  LANES_SINGLES,
  powerSingles,
  softplusSingles,
  sumProductsSingles,
  sumRowsSingles,
  timesRowSingles,
} from "../simd/singles";
import { EXPONENT_UNIT, LANES } from "../simd/vector";
import * as passes from "./adamPasses";

/** The y of cells of padding: as good as nothing of the good. */
const NOTHING: f64 = -1e3;

// The run: its sizes and precision, and its blocks.
let n: i32 = 0;
let m: i32 = 0;
let single: bool = false;
let lanes: i32 = 0;
let maxWidth: i32 = 0; // goods of a tile, but for the last
let decays: i32 = 0; // beta1^t and beta2^t
let totals: i32 = 0;
let tiles: i32 = 0;

/** Whether the run is read, which changes nothing of it. */
let looking: bool = false;

// The tile: its goods, and its blocks.
let width: i32 = 0;
let period: i32 = 0;
let cells: i32 = 0;
let y: i32 = 0;
let firstMoment: i32 = 0;
let secondMoment: i32 = 0;
let exponent: i32 = 0;
let coefficient: i32 = 0;
let level: i32 = 0; // of the shares form: ln sum_i exp y_ij, about
let slope: i32 = 0;
let amount: i32 = 0;
let marginal: i32 = 0;
let price: i32 = 0;
let sum: i32 = 0;

/** Places the state of a run at `base`; `inSingles` is 1 where singles hold it. */
export function bind(base: i32, inSingles: i32): void {
  n = economy.n;
  m = economy.m;
  single = inSingles === 1;
  lanes = single ? LANES_SINGLES : LANES;
  maxWidth = adamTileWidth(n, lanes);
  if (maxWidth > m) maxWidth = m;
  openWorkspace(base);
  decays = block(2);
  totals = block(m);
  slope = placeCells(n, maxWidth);
  amount = placeCells(n, maxWidth);
  marginal = placeCells(n, maxWidth);
  price = placeRow();
  sum = placeRow();
  tiles = block(0);
  for (let j = 0; j < m; j += maxWidth) bindTile(j);
}

/** Makes the tile from good j on the one worked on; tiles lie one behind the other. */
function bindTile(j: i32): void {
  width = m - j < maxWidth ? m - j : maxWidth;
  period = width;
  while (period % lanes !== 0) period += width;
  cells = n * width;
  while (cells % lanes !== 0) cells++;
  y = placeCells(1, cells);
  firstMoment = placeCells(1, cells);
  secondMoment = placeCells(1, cells);
  exponent = placeCells(1, cells);
  coefficient = placeCells(1, cells);
  level = placeRow();
}

/** A block of rows times columns cells, with a vector to spare. */
function placeCells(rows: i32, columns: i32): i32 {
  if (!single) return block(rows * columns + 2);
  return block((((rows * columns) >> 1) + 3) | 0);
}

/** A block of a repeating row, which is at most `lanes` widths long. */
function placeRow(): i32 {
  return block(maxWidth * lanes + 2);
}

/**
 * Starts a run on the open economy from y (n m). Singles hold y, the moments and all that a step
 * computes where `inSingles` is 1. The workspace is Solver.ADAM's, or ADAM_SINGLE's.
 */
export function startAdam(start: i32, inSingles: i32, workspace: i32): void {
  const d = doubles;
  bind(workspace, inSingles);
  d[decays] = 1;
  d[decays + 1] = 1;
  for (let j = 0; j < m; j++) d[totals + j] = d[economy.totals + j];
  const unit = single ? 1 : EXPONENT_UNIT;
  openTiles();
  for (let j = 0; j < m; j += maxWidth) {
    bindTile(j);
    for (let c = 0; c < cells; c++) {
      const i = <i32>Math.floor(c / width);
      const real = i < n;
      const from = i * m + j + (c - i * width);
      put(y, c, real ? d[start + from] : NOTHING);
      put(firstMoment, c, 0);
      put(secondMoment, c, 0);
      put(exponent, c, real ? d[economy.omega + from] * unit : 0);
      put(coefficient, c, real ? d[economy.weights + i] * d[economy.alpha + from] : 0);
    }
    for (let k = 0; k < period; k++) {
      let top = -Infinity;
      for (let i = 0; i < n; i++) top = Math.max(top, d[start + i * m + j + (k % width)]);
      put(level, k, top);
    }
  }
}

/** Goes back to the first tile. */
function openTiles(): void {
  openWorkspace(tiles);
}

/**
 * Makes `count` steps of Adam (Kingma & Ba 2015, algorithm 1), in the penalty form with `penalty`
 * as rho, or in the shares form where it is SHARES. The moments are kept without the
 * factor 1 - beta. Returns DIVERGED once y is not finite; in the shares form CONVERGED where
 * stationarity is within the tolerance after the last step; else MAX_ITERATIONS.
 */
export function stepAdam(
  penalty: f64,
  count: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  tolerance: f64,
): i32 {
  const d = doubles;
  let decay1: f64 = 0;
  let decay2: f64 = 0;
  let stationarity: f64 = 0;
  let finite = true;
  openTiles();
  for (let j = 0; j < m; j += maxWidth) {
    bindTile(j);
    decay1 = d[decays];
    decay2 = d[decays + 1];
    for (let step = 0; step < count; step++) {
      // Corrected moments m / (1 - beta1^t) and v / (1 - beta2^t), with the corrections moved into
      // the rate and epsilon.
      decay1 *= beta1;
      decay2 *= beta2;
      const root = Math.sqrt((1 - beta2) / (1 - decay2));
      const rate = (learningRate * (1 - beta1)) / (1 - decay1) / root;
      evaluateTile(j, penalty);
      if (single) adamConstantsSingles(beta1, beta2, rate, epsilon / root);
      else passes.adamConstants(beta1, beta2, rate, epsilon / root);
      updateTile(penalty === SHARES ? amount : slope);
    }
    if (!isTileFinite()) finite = false;
    if (penalty === SHARES && tolerance > 0) {
      evaluateTile(j, penalty);
      const part = stationarityOfTile();
      stationarity = Math.max(stationarity, part);
    }
  }
  d[decays] = decay1;
  d[decays + 1] = decay2;
  if (!finite) return DIVERGED;
  return penalty === SHARES && tolerance > 0 && stationarity <= tolerance ? CONVERGED : MAX_ITERATIONS;
}

/**
 * Reads the allocation x (n m) where the run stands and estimated shadow prices (m): each good's
 * marginal social values, averaged over its units.
 */
export function readAdam(penalty: f64, prices: i32, x: i32): void {
  const d = doubles;
  looking = true;
  openTiles();
  for (let j = 0; j < m; j += maxWidth) {
    bindTile(j);
    evaluateTile(j, penalty);
    for (let k = 0; k < width; k++) {
      let units: f64 = 0;
      let value: f64 = 0;
      for (let i = 0; i < n; i++) {
        const c = i * width + k;
        const held = get(amount, c);
        d[x + i * m + j + k] = held;
        units += held;
        value += held * get(marginal, c);
      }
      d[prices + j + k] = value / units;
    }
  }
  looking = false;
}

/** Reads the first moment (n m). After one step from a new start it is the objective's gradient. */
export function readAdamMoment(moment: i32): void {
  const d = doubles;
  openTiles();
  for (let j = 0; j < m; j += maxWidth) {
    bindTile(j);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < width; k++) d[moment + i * m + j + k] = get(firstMoment, i * width + k);
    }
  }
}

/**
 * Sets x, its slope and marginal social values, and each good's price: the cost of its overuse by
 * the penalty, or the mean marginal value.
 */
function evaluateTile(j: i32, penalty: f64): void {
  if (penalty === SHARES) {
    softmax(j);
    marginalValues();
    if (single) sumProductsSingles(amount, marginal, sum, cells, period);
    else passes.sumProducts(amount, marginal, sum, cells, period);
    foldSums();
    for (let k = 0; k < period; k++) put(price, k, get(sum, k) / doubles[totals + j + (k % width)]);
    return;
  }
  if (single) softplusSingles(y, amount, slope, cells);
  else passes.softplus(y, amount, slope, cells);
  sumGoods();
  for (let k = 0; k < period; k++) {
    put(price, k, 2 * penalty * Math.max(0, get(sum, k) - doubles[totals + j + (k % width)]));
  }
  marginalValues();
}

/** x_ij = E_j exp y_ij / sum_k exp y_kj, which is also its slope; sums become the next levels. */
function softmax(j: i32): void {
  if (single) expBelowSingles(y, level, amount, cells, period);
  else passes.expBelow(y, level, amount, cells, period);
  sumGoods();
  for (let k = 0; k < period; k++) {
    const total = get(sum, k);
    put(price, k, doubles[totals + j + (k % width)] / total);
    if (!looking) put(level, k, get(level, k) + Math.log(total));
  }
  if (single) timesRowSingles(amount, price, cells, period);
  else passes.timesRow(amount, price, cells, period);
}

function marginalValues(): void {
  if (single) powerSingles(amount, exponent, coefficient, marginal, cells);
  else passes.power(amount, exponent, coefficient, marginal, cells);
}

function updateTile(slopes: i32): void {
  if (single) adamUpdateSingles(y, firstMoment, secondMoment, slopes, marginal, price, cells, period);
  else passes.adamUpdate(y, firstMoment, secondMoment, slopes, marginal, price, cells, period);
}

/** Sums each good's x over agents. */
function sumGoods(): void {
  if (single) sumRowsSingles(amount, sum, cells, period);
  else passes.sumRows(amount, sum, cells, period);
  foldSums();
}

/** Sums over a period become sums of each good, again over the period. */
function foldSums(): void {
  for (let k = 0; k < width; k++) {
    let total: f64 = 0;
    for (let l = k; l < period; l += width) total += get(sum, l);
    for (let l = k; l < period; l += width) put(sum, l, total);
  }
}

function stationarityOfTile(): f64 {
  let worst: f64 = 0;
  for (let c = 0; c < n * width; c++) {
    if (get(coefficient, c) === 0) continue;
    worst = Math.max(worst, Math.abs(get(marginal, c) / get(price, c % width) - 1));
  }
  return worst;
}

/** Whether all y of the tile are finite. */
function isTileFinite(): bool {
  // A sum is finite only if every term is; terms here are far from overflow.
  let total: f64 = 0;
  for (let c = 0; c < n * width; c++) total += get(y, c) * 0;
  return total === 0;
}

function get(address: i32, k: i32): f64 {
  return single ? singles[2 * address + k] : doubles[address + k];
}

function put(address: i32, k: i32, value: f64): void {
  if (single) singles[2 * address + k] = <f32>value;
  else doubles[address + k] = value;
}

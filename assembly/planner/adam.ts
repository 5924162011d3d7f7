// The planner's problem by Adam, in two forms. Penalty, the notebook's: x = softplus(y), and what is made small is
// -sum_i lambda_i u_i(x_i) + rho sum_j max(0, sum_i x_ij - E_j)^2. Shares: x_ij = E_j exp y_ij / sum_k exp y_kj, feasible at every step,
// and what is made small is -sum_i lambda_i u_i(x_i).
//
// Nothing ties one good to another, so goods are taken a few at a time: a tile, small enough to stay in the near caches while it makes
// all the steps of a call. Its cells are agent-major, `width` goods an agent, padded to whole vectors; rows that repeat from agent to agent
// (a good's price, its sum) are laid out over `period` cells, the least common multiple of width and vector.

import { CONVERGED, DIVERGED, MAX_ITERATIONS, padded, SHARES } from "../protocol";
import { doubles, singles } from "../simd/memory";
import { adamUpdate, expBelow, power, softplus, sumProducts, sumRows, timesRow } from "../simd/passes";
import {
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

/** Cells a tile has, about: five blocks kept and three of work then take some 130 KB. */
const TILE_CELLS: i32 = 2048;

/** What y is in cells of padding: as good as nothing of the good. */
const NOTHING: f64 = -1e3;

// The run: its sizes, form and precision; the blocks of the state, in doubles.
let n: i32 = 0;
let m: i32 = 0;
let single: bool = false;
let lanes: i32 = 0;
let columns: i32 = 0; // goods a tile has, but for the last
let decays: i32 = 0; // beta1^t and beta2^t
let goodsTotals: i32 = 0;
let tiles: i32 = 0;
// The tile: its goods, and its blocks.
let width: i32 = 0;
let period: i32 = 0;
let cells: i32 = 0;
let y: i32 = 0;
let first: i32 = 0;
let second: i32 = 0;
let exponent: i32 = 0;
let coefficient: i32 = 0;
let level: i32 = 0; // of the shares form: ln sum_i exp y_ij, about
let slope: i32 = 0;
let x: i32 = 0;
let marginal: i32 = 0;
let price: i32 = 0;
let sum: i32 = 0;

/** How many doubles the state of a run takes. */
export function adamSize(agents: i32, goods: i32, inSingles: i32): i32 {
  bind(agents, goods, inSingles, 0);
  let end = tiles;
  for (let j = 0; j < m; j += columns) end = bindTile(j, end);
  return end;
}

/**
 * Takes up a run in `state` (adamSize doubles), from y (n m): alpha, omega (n m), weights (n), totals (m). Singles hold y, the moments, and
 * all that a step computes where `inSingles` is 1.
 */
export function adamStart(
  agents: i32,
  goods: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  start: i32,
  inSingles: i32,
  state: i32,
): void {
  const d = doubles;
  bind(agents, goods, inSingles, state);
  d[decays] = 1;
  d[decays + 1] = 1;
  for (let j = 0; j < m; j++) d[goodsTotals + j] = d[totals + j];
  const unit = single ? 1 : EXPONENT_UNIT;
  let at = tiles;
  for (let j = 0; j < m; j += columns) {
    at = bindTile(j, at);
    for (let c = 0; c < cells; c++) {
      const i = <i32>Math.floor(c / width);
      const real = i < n;
      const from = i * m + j + (c - i * width);
      put(y, c, real ? d[start + from] : NOTHING);
      put(first, c, 0);
      put(second, c, 0);
      put(exponent, c, real ? d[omega + from] * unit : 0);
      put(coefficient, c, real ? d[weights + i] * d[alpha + from] : 0);
    }
    for (let k = 0; k < period; k++) {
      let top = -Infinity;
      for (let i = 0; i < n; i++) top = Math.max(top, d[start + i * m + j + (k % width)]);
      put(level, k, top);
    }
  }
}

/**
 * `count` steps of Adam (Kingma & Ba 2015, algorithm 1), in the penalty form with `penalty` as rho, or in the shares form where it is
 * SHARES. The moments are kept without the factor 1 - beta. Returns DIVERGED once y is not finite; in the shares form CONVERGED where
 * stationarity is within the tolerance after the last step; else MAX_ITERATIONS.
 */
export function adamSteps(
  agents: i32,
  goods: i32,
  inSingles: i32,
  state: i32,
  penalty: f64,
  count: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  tolerance: f64,
): i32 {
  const d = doubles;
  bind(agents, goods, inSingles, state);
  let decay1: f64 = 0;
  let decay2: f64 = 0;
  let stationarity: f64 = 0;
  let ok = true;
  let at = tiles;
  for (let j = 0; j < m; j += columns) {
    at = bindTile(j, at);
    decay1 = d[decays];
    decay2 = d[decays + 1];
    for (let step = 0; step < count; step++) {
      // Corrected moments m / (1 - beta1^t) and v / (1 - beta2^t), with the corrections moved into the rate and epsilon.
      decay1 *= beta1;
      decay2 *= beta2;
      const root = Math.sqrt((1 - beta2) / (1 - decay2));
      const rate = (learningRate * (1 - beta1)) / (1 - decay1) / root;
      evaluateTile(j, penalty);
      updateTile(penalty === SHARES ? x : slope, beta1, beta2, rate, epsilon / root);
    }
    if (!finiteTile()) ok = false;
    if (penalty === SHARES && tolerance > 0) {
      evaluateTile(j, penalty);
      const part = stationarityOfTile();
      stationarity = Math.max(stationarity, part);
    }
  }
  d[decays] = decay1;
  d[decays + 1] = decay2;
  if (!ok) return DIVERGED;
  return penalty === SHARES && stationarity <= tolerance ? CONVERGED : MAX_ITERATIONS;
}

/**
 * The allocation (n m) where the run stands, and estimated shadow prices (m): each good's marginal social values, averaged over its
 * units. Returns sum_j max(0, sum_i x_ij - E_j)^2, what the penalty multiplies.
 */
export function adamPoint(
  agents: i32,
  goods: i32,
  inSingles: i32,
  state: i32,
  penalty: f64,
  allocation: i32,
  prices: i32,
): f64 {
  const d = doubles;
  bind(agents, goods, inSingles, state);
  let overuse: f64 = 0;
  let at = tiles;
  for (let j = 0; j < m; j += columns) {
    at = bindTile(j, at);
    evaluateTile(j, penalty);
    for (let k = 0; k < width; k++) {
      let units: f64 = 0;
      let value: f64 = 0;
      for (let i = 0; i < n; i++) {
        const c = i * width + k;
        const held = get(x, c);
        d[allocation + i * m + j + k] = held;
        units += held;
        value += held * get(marginal, c);
      }
      d[prices + j + k] = value / units;
      const over = Math.max(0, units - d[goodsTotals + j + k]);
      overuse += over * over;
    }
  }
  return overuse;
}

/** The first moment (n m): after one step from a fresh start, the gradient of what is made small. */
export function adamMoment(agents: i32, goods: i32, inSingles: i32, state: i32, out: i32): void {
  const d = doubles;
  bind(agents, goods, inSingles, state);
  let at = tiles;
  for (let j = 0; j < m; j += columns) {
    at = bindTile(j, at);
    for (let i = 0; i < n; i++) for (let k = 0; k < width; k++) d[out + i * m + j + k] = get(first, i * width + k);
  }
}

/** x, its slope and marginal social values, and each good's price: what the penalty makes its overuse cost, or the mean marginal value. */
function evaluateTile(j: i32, penalty: f64): void {
  if (penalty === SHARES) {
    softmax(j);
    marginalValues(x);
    if (single) sumProductsSingles(x, marginal, sum, cells, period);
    else sumProducts(x, marginal, sum, cells, period);
    foldSums();
    for (let k = 0; k < period; k++) put(price, k, get(sum, k) / doubles[goodsTotals + j + (k % width)]);
    return;
  }
  if (single) {
    softplusSingles(y, x, slope, cells);
    sumRowsSingles(x, sum, cells, period);
  } else {
    softplus(y, x, slope, cells);
    sumRows(x, sum, cells, period);
  }
  foldSums();
  for (let k = 0; k < period; k++) {
    put(price, k, 2 * penalty * Math.max(0, get(sum, k) - doubles[goodsTotals + j + (k % width)]));
  }
  marginalValues(x);
}

/** x_ij = E_j exp y_ij / sum_k exp y_kj, which is also its slope; the sums become the levels of the next step. */
function softmax(j: i32): void {
  if (single) {
    expBelowSingles(y, level, x, cells, period);
    sumRowsSingles(x, sum, cells, period);
  } else {
    expBelow(y, level, x, cells, period);
    sumRows(x, sum, cells, period);
  }
  foldSums();
  for (let k = 0; k < period; k++) {
    const total = get(sum, k);
    put(price, k, doubles[goodsTotals + j + (k % width)] / total);
    put(level, k, get(level, k) + Math.log(total));
  }
  if (single) timesRowSingles(x, price, cells, period);
  else timesRow(x, price, cells, period);
}

function marginalValues(held: i32): void {
  if (single) powerSingles(held, exponent, coefficient, marginal, cells);
  else power(held, exponent, coefficient, marginal, cells);
}

function updateTile(slopes: i32, beta1: f64, beta2: f64, rate: f64, epsilon: f64): void {
  if (single) {
    adamUpdateSingles(y, first, second, slopes, marginal, price, cells, period, beta1, beta2, rate, epsilon);
  } else adamUpdate(y, first, second, slopes, marginal, price, cells, period, beta1, beta2, rate, epsilon);
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

function finiteTile(): bool {
  // A sum is finite only if every term is; terms here are far from overflow.
  let total: f64 = 0;
  for (let c = 0; c < n * width; c++) total += get(y, c) * 0;
  return total === 0;
}

function get(block: i32, k: i32): f64 {
  return single ? singles[2 * block + k] : doubles[block + k];
}

function put(block: i32, k: i32, value: f64): void {
  if (single) singles[2 * block + k] = <f32>value;
  else doubles[block + k] = value;
}

function bind(agents: i32, goods: i32, inSingles: i32, state: i32): void {
  n = agents;
  m = goods;
  single = inSingles === 1;
  lanes = single ? LANES_SINGLES : LANES;
  const most = <i32>Math.floor(TILE_CELLS / n);
  const whole = most - (most % lanes);
  columns = whole < lanes ? lanes : whole;
  if (columns > m) columns = m;
  decays = state;
  goodsTotals = state + 2;
  slope = goodsTotals + padded(m);
  const block = blockLength(n * columns);
  x = slope + block;
  marginal = x + block;
  price = marginal + block;
  sum = price + rowLength();
  tiles = sum + rowLength();
}

/** Makes the tile from good j on, at `at`, the one worked on. Returns where the next begins. */
function bindTile(j: i32, at: i32): i32 {
  width = m - j < columns ? m - j : columns;
  period = width;
  while (period % lanes !== 0) period += width;
  cells = n * width;
  while (cells % lanes !== 0) cells++;
  const block = blockLength(cells);
  y = at;
  first = y + block;
  second = first + block;
  exponent = second + block;
  coefficient = exponent + block;
  level = coefficient + block;
  return level + rowLength();
}

/** Doubles that a block of so many cells takes, with a vector to spare. */
function blockLength(count: i32): i32 {
  return single ? padded((count >> 1) + 3) : padded(count + 2);
}

/** Doubles that a repeating row takes: it is at most `lanes` widths long. */
function rowLength(): i32 {
  return padded(columns * lanes + 2);
}

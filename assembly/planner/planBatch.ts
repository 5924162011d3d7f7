// The exact plan of many small economies side by side, where every utility is concave and everybody
// wants everything. Each good's log shadow price t solves ln sum_i exp(e_i (t - l_i)) = 0
// (concaveGood.ts), here by Halley's iteration without a bracket. The same good of LANES economies
// shares a record of vectors: number k of a vector belongs to economy k of them. All that a step
// needs of them lies in a few cache lines, at distances from one pointer that are constants. The
// records judge their answers. The caller uses another method where first-order conditions fail or
// a utility is not concave. No number depends on the other economies of its record.
//
// Logs are in units of 1 / EXPONENT_UNIT, as exp2() takes them, but for steps.

import * as economy from "../economy/economy";
import { matrix, openWorkspace } from "../economy/workspace";
import {
  abs,
  all,
  anyOf,
  EXPONENT_UNIT,
  exp2,
  half,
  isOrdinary,
  LANES,
  log,
  max,
  minusInfinity,
  one,
  pmax,
  pmin,
  pointed,
  pointer,
  putSpaced,
  select,
  spaced,
  unit,
  VECTOR,
  Vector,
  vectors,
} from "../simd/vector";

// A record has a head, then its agents. The fields of each are counted in vectors.

// Of the head.
const LOG_PRICE = 0; // of all there is of the good
const STEP = 1; // of the log price
const SHORTEST = 2; // the longest step that may be the last; infinity where the good is not for this method
const TOTAL = 3;
const LOG_TOTAL = 4;
const HEAD = 5;

// Of an agent.
const CURVATURE = 0; // omega
const ELASTICITY = 1; // 1 / omega
const LEVEL = 2; // elasticity (ln alpha + ln weight + ln total) + ln total
const AMOUNT = 3; // over the total
const AGENT = 4;

/** Records that are worked on at once, at least: the processor goes on with one while it waits for another. */
const AT_ONCE = 4;
const MAX_STEPS = 10;
/** The change of some ln y up to which a step is exact to rounding, and so is a polynomial of degree 2. */
const SHORT: f64 = 1e-5;

let n: i32 = 0;
let m: i32 = 0;
let size: i32 = 0; // of a record, as a pointer
let records: i32 = 0;
let together: i32 = 0; // economies
let logAgents: f64 = 0;

// How far the numbers of an economy are from those of the next: 0 where they share them.
let alphaApart: i32 = 0;
let omegaApart: i32 = 0;
let totalsApart: i32 = 0;
let weightsApart: i32 = 0;
let pricesApart: i32 = 0;
let xApart: i32 = 0;

/** Places the workspace of planBatches() at `base`. */
export function bind(base: i32): void {
  n = economy.n;
  m = economy.m;
  size = (HEAD + n * AGENT) * VECTOR;
  together = LANES * (((AT_ONCE + m - 1) / m) | 0);
  logAgents = Math.log(n) * EXPONENT_UNIT;
  // A single economy lies in all lanes.
  const apart = economy.count < LANES ? 0 : 1;
  alphaApart = apart * economy.nextAlpha;
  omegaApart = apart * economy.nextOmega;
  totalsApart = apart * economy.nextTotals;
  weightsApart = apart * economy.nextWeights;
  pricesApart = apart * m;
  xApart = apart * n * m;
  openWorkspace(base);
  records = matrix(together * m, HEAD + n * AGENT);
}

/**
 * Plans the economies that were laid. Writes shadow prices, allocations x, and to `residuals` (one
 * for each, and room for a whole number of vectors) the worse of feasibility and stationarity,
 * recomputed from the allocation; infinity where an economy is not one for this method.
 */
export function planBatches(prices: i32, x: i32, residuals: i32, workspace: i32): void {
  bind(workspace);
  const count = economy.count;
  const begin = pointer(records);
  // Where economies are left over, their records have some of those before once more.
  const last = count < LANES ? 0 : count - LANES;
  for (let first = 0; first < count; first += together) {
    const end = first + together < count ? first + together : count;
    let behind = begin;
    for (let e = first; e < end; e += LANES) {
      economy.openEconomy(e < last ? e : last);
      for (let j = 0; j < m; j++, behind += size) {
        gatherGood(behind, j);
        startGood(behind);
      }
    }
    for (let record = begin; record < behind; record += size) approachGood(record);
    for (let record = begin; record < behind; record += size) settleGood(record);
    let record = begin;
    for (let e = first; e < end; e += LANES) {
      const at = e < last ? e : last;
      let worst = all(0);
      for (let j = 0; j < m; j++, record += size) {
        worst = max(worst, finishGood(record, prices + at * m + j, x + at * n * m + j));
      }
      vectors[residuals + at] = worst;
    }
  }
}

/** Gathers good j of the open economy and the next. */
function gatherGood(record: i32, j: i32): void {
  const v = pointed;
  const behind = record + size;
  const total = spaced(economy.totals + j, totalsApart);
  const logTotal = log(total) * unit();
  let atAlpha = economy.alpha + j;
  let atOmega = economy.omega + j;
  let atWeight = economy.weights;
  let least = total;
  let most = total;
  let flattest = minusInfinity();
  for (let agent = record + HEAD * VECTOR; agent < behind; agent += AGENT * VECTOR) {
    const omega = spaced(atOmega, omegaApart);
    const wanted = spaced(atAlpha, alphaApart) * spaced(atWeight, weightsApart);
    const slope = one() / omega;
    v[agent + CURVATURE * VECTOR] = omega;
    v[agent + ELASTICITY * VECTOR] = slope;
    v[agent + LEVEL * VECTOR] = slope * (log(wanted) * unit() + logTotal) + logTotal;
    least = pmin(least, wanted);
    most = pmax(most, wanted);
    flattest = pmax(flattest, omega);
    atAlpha += m;
    atOmega += m;
    atWeight++;
  }
  const suited = isOrdinary(least) & isOrdinary(most) & (flattest < all(0));
  v[record + SHORTEST * VECTOR] = select(suited, flattest * all(-SHORT), all(Infinity));
  v[record + TOTAL * VECTOR] = total;
  v[record + LOG_TOTAL * VECTOR] = logTotal;
}

/**
 * Sets the log price near which sum_i exp(elasticity t - level) is 1. There the mean of these logs is
 * -ln n; half their variance (at most n), which adds to the log of the sum, moves it.
 */
function startGood(record: i32): void {
  const v = pointed;
  const behind = record + size;
  let slopes = all(0);
  let levels = all(0);
  let squares = all(0);
  let products = all(0);
  let levelSquares = all(0);
  for (let agent = record + HEAD * VECTOR; agent < behind; agent += AGENT * VECTOR) {
    const slope = v[agent + ELASTICITY * VECTOR];
    const level = v[agent + LEVEL * VECTOR];
    slopes = slopes + slope;
    levels = levels + level;
    squares = squares + slope * slope;
    products = products + slope * level;
    levelSquares = levelSquares + level * level;
  }
  const perSlope = one() / slopes;
  const mean = (levels - all(logAgents * n)) * perSlope;
  const spread = mean * (mean * squares - (products + products)) + (levelSquares - all(logAgents * logAgents * n));
  const variance = pmin(spread * all(0.5 / EXPONENT_UNIT), all(EXPONENT_UNIT * n));
  v[record + LOG_PRICE * VECTOR] = mean - variance * perSlope;
}

/** Takes a first step. */
function approachGood(record: i32): void {
  const v = pointed;
  const step = evaluateGood(record);
  v[record + LOG_PRICE * VECTOR] = v[record + LOG_PRICE * VECTOR] + step * unit();
}

/** Takes steps until one is short, which it leaves to finishGood(). */
function settleGood(record: i32): void {
  const v = pointed;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const step = evaluateGood(record);
    v[record + STEP * VECTOR] = step;
    const isLong = abs(step) > v[record + SHORTEST * VECTOR];
    if (!anyOf(isLong)) return;
    v[record + LOG_PRICE * VECTOR] = v[record + LOG_PRICE * VECTOR] + select(isLong, step * unit(), all(0));
  }
}

/**
 * Sets every agent's amount exp(elasticity t - level), and returns the step of Halley's iteration on
 * the log of their sum. The log is taken to the fifth order in the sum's distance from 1, between -3
 * and 3.
 */
function evaluateGood(record: i32): Vector {
  const v = pointed;
  const at = v[record + LOG_PRICE * VECTOR];
  const behind = record + size;
  let zeroth = all(0);
  let first = all(0);
  let second = all(0);
  for (let agent = record + HEAD * VECTOR; agent < behind; agent += AGENT * VECTOR) {
    const slope = v[agent + ELASTICITY * VECTOR];
    const part = exp2(slope * at - v[agent + LEVEL * VECTOR]);
    const sloped = slope * part;
    v[agent + AMOUNT * VECTOR] = part;
    zeroth = zeroth + part;
    first = first + sloped;
    second = second + slope * sloped;
  }
  // The log is value / scale.
  const value = all(3) * ((zeroth - one()) * (zeroth + one()));
  const scale = zeroth * (zeroth + all(4)) + one();
  const square = first * first;
  const curvature = value * half() * (second * zeroth - square) - scale * square;
  return (value * (first * zeroth)) / curvature;
}

/**
 * Takes the last step, and lets the amounts follow. Writes them and the shadow prices, and returns
 * the worse of by how much amounts do not add up and the largest
 * |omega (amount / exp(elasticity t - level) - 1)|.
 */
function finishGood(record: i32, prices: i32, x: i32): Vector {
  const v = pointed;
  const step = v[record + STEP * VECTOR];
  const at = v[record + LOG_PRICE * VECTOR] + step * unit();
  const total = v[record + TOTAL * VECTOR];
  const behind = record + size;
  let to = x;
  let sum = all(0);
  let largest = all(0);
  for (let agent = record + HEAD * VECTOR; agent < behind; agent += AGENT * VECTOR) {
    const slope = v[agent + ELASTICITY * VECTOR];
    const z = slope * step;
    const old = v[agent + AMOUNT * VECTOR];
    const first = old * z;
    const part = old + (first + first * z * half());
    const perPart = exp2(v[agent + LEVEL * VECTOR] - slope * at);
    sum = sum + part;
    largest = pmax(largest, abs(v[agent + CURVATURE * VECTOR] * (part * perPart - one())));
    putSpaced(to, xApart, part * total);
    to += m;
  }
  const price = exp2(at - v[record + LOG_TOTAL * VECTOR]);
  putSpaced(prices, pricesApart, price);
  const known = isOrdinary(price) & (v[record + SHORTEST * VECTOR] < all(Infinity));
  return select(known, max(largest, abs(sum - one())), all(Infinity));
}

// The equilibria of one market that can be found, by the joint Newton method (jointBatch.ts) from a
// range of starts side by side. A start that has converged, or has had its iterations, makes way for
// the next of the range, until all have ended. A start depends on the seed and its number alone, so
// that ranges can be computed anywhere and in any order.
//
// Starts come from two families by turns, since each misses what the other finds. One draws
// planners' weights around those at which the joint Newton starts, with spreads from 1 to 40. The
// other draws prices uniform in the range in which every equilibrium lies
// (docs/methods/equilibria.md).

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace, workspaceLength } from "../economy/workspace";
import * as batch from "../market/jointBatch";
import { PLACES } from "../market/jointBatch";
import { fillUniform } from "../math/random";
import {
  CONVERGED,
  MAX_CANDIDATES,
  RUNNING,
  SEARCH_CANDIDATES,
  SEARCH_CONVERGED,
  SEARCH_STAGNATED,
  SEARCH_STARTS,
} from "../protocol";
import { doubles } from "../simd/memory";
import { all, EXPONENT_UNIT, exp2, half, LANES, one, spaced, sumOf } from "../simd/vector";

/** Starts side by side. */
const BATCH = 32;
const MAX_ITERATIONS: f64 = 16;
/** How far a log price moves in a step, at most, unless the way is between two candidates. */
const CAP: f64 = 2;
/** The mean residual and the last step of a start that has converged. */
const SMALL_RESIDUAL: f64 = 1e-11;
const SMALL_STEP: f64 = 1e-5;
/** Log prices less their mean that are this close are one equilibrium's. */
const SAME: f64 = 1e-6;
/** Steps towards a planner's prices, or towards balanced budgets, before a start is let go. */
const APPROACH_STEPS = 3;
/** The greatest spread of log weights. */
const WIDEST: f64 = 40;
/** The age of a place of the batch in which no start is. */
const EMPTY: f64 = -1;

let n: i32 = 0;
let m: i32 = 0;
let firstSeed: i32 = 0;
let manyKnown: bool = false;
let cap: f64 = CAP; // no log price moves farther in a step
let next: i32 = 0; // the number of the next start
let end: i32 = 0; // the number behind the last start
let starts: i32 = 0; // begun
let converged: i32 = 0;
let candidates: i32 = 0;
let stagnated: i32 = 0;

let uniforms: i32 = 0; // n + m + 2
let centre: i32 = 0; // n
let age: i32 = 0; // BATCH
let point: i32 = 0; // m
let prints: i32 = 0; // MAX_CANDIDATES: a number that tells candidates apart
let found: i32 = 0; // MAX_CANDIDATES m
let stagnation: i32 = 0; // m + 1: where the last start stagnated, and how far its last step was

/** Doubles of workspace of a search, with those of its batch. */
export function multistartLength(): f64 {
  batch.bindBatch(0, BATCH);
  const batched = workspaceLength();
  bind(0);
  return batched + workspaceLength();
}

/** Places the blocks of a search, which lie behind those of its batch. */
function bind(base: i32): void {
  n = economy.n;
  m = economy.m;
  openWorkspace(base);
  uniforms = block(n + m + 2);
  centre = block(n);
  age = block(BATCH);
  point = block(m);
  stagnation = block(m + 1);
  prints = block(MAX_CANDIDATES);
  found = matrix(MAX_CANDIDATES, m);
}

/**
 * Begins a search for the equilibria of the open economy, in which everything is connected and
 * owned, and every omega is below 0 where alpha is above 0, from `count` starts, number `first` and
 * those behind it. If many equilibria are known (`many` is 1), three starts in four draw weights:
 * then their family finds more. The workspace must be left alone until the search is over.
 */
export function startMultistart(seed: i32, first: i32, count: i32, many: i32, workspace: i32): void {
  const d = doubles;
  batch.bindBatch(workspace, BATCH);
  bind(workspace + <i32>workspaceLength());
  firstSeed = seed;
  manyKnown = many === 1;
  cap = CAP;
  next = first;
  end = first + count;
  starts = 0;
  converged = 0;
  candidates = 0;
  stagnated = 0;
  for (let k = 0; k < BATCH; k += LANES) batch.startMarkets(k, 0);
  for (let i = 0; i < n; i++) d[centre + i] = -d[batch.tauOf(0, i)];
  for (let k = 0; k < BATCH; k++) nextStart(k);
}

/**
 * Makes up to `passes` iterations of all starts. Returns RUNNING, or CONVERGED once all of them have
 * ended. Records in which no start is left cost nothing.
 */
export function stepMultistart(passes: i32): i32 {
  for (let pass = 0; pass < passes; pass++) {
    let running = false;
    for (let first = 0; first < BATCH; first += PLACES) {
      if (isEmpty(first)) continue;
      batch.evaluateBatch(first, true);
      if (endStarts(first)) {
        if (isEmpty(first)) continue;
        batch.evaluateBatch(first, true);
      }
      batch.stepBatch(first, cap, true);
      running = true;
    }
    if (!running) return CONVERGED;
  }
  return RUNNING;
}

/** Whether there is no start in any of the PLACES places from `first` on. */
function isEmpty(first: i32): bool {
  const d = doubles;
  for (let k = first; k < first + PLACES; k++) if (d[age + k] !== EMPTY) return false;
  return true;
}

/** Ends what is done of PLACES starts, and puts others in their places. Returns whether there are. */
function endStarts(first: i32): bool {
  const d = doubles;
  let ended = false;
  for (let k = first; k < first + PLACES; k++) {
    if (d[age + k] === EMPTY) continue;
    const small = d[batch.missedOf(k)] <= SMALL_RESIDUAL * (n + m);
    const still = d[age + k] > 0 && d[batch.movedOf(k)] <= SMALL_STEP;
    if (small && still) {
      converged++;
      keepCandidate(k);
    } else if (d[age + k] < MAX_ITERATIONS && d[batch.missedOf(k)] < Infinity) {
      d[age + k] += 1;
      continue;
    } else if (small) keepCritical(k);
    nextStart(k);
    ended = true;
  }
  return ended;
}

/**
 * Writes how many starts were begun, how many converged, to how many candidates, and how many
 * stagnated: at a critical point, or next to one.
 */
export function reportMultistart(search: i32): void {
  const d = doubles;
  d[search + SEARCH_STARTS] = starts;
  d[search + SEARCH_CONVERGED] = converged;
  d[search + SEARCH_CANDIDATES] = candidates;
  d[search + SEARCH_STAGNATED] = stagnated;
}

/** Writes candidate k: log prices of all there is of each good, less their mean (m). */
export function readCandidate(k: i32, logPrices: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[logPrices + j] = d[found + k * m + j];
}

/** Lists a candidate that is known: what converges to it is no news. Like candidates that it reads. */
export function listCandidate(logPrices: i32): void {
  const d = doubles;
  let print: f64 = 0;
  for (let j = 0; j < m; j++) {
    d[point + j] = d[logPrices + j];
    print += d[point + j] / (j + 1.5);
  }
  list(print);
}

/**
 * Writes log prices of all there is of each good (m) of start number k, for another method. No start
 * may be running.
 */
export function readStart(k: i32, logPrices: i32): void {
  const d = doubles;
  draw(k, 0);
  for (let j = 0; j < m; j++) d[logPrices + j] = d[batch.logPriceOf(0, j)] / EXPONENT_UNIT;
}

/**
 * Writes the log prices, less their mean, at which the last start stagnated (m), and how far its
 * last step was.
 */
export function readCritical(critical: i32): void {
  const d = doubles;
  for (let j = 0; j <= m; j++) d[critical + j] = d[stagnation + j];
}

/**
 * Begins starts all along the way from one candidate to another, each m log prices less their mean,
 * which go in steps of at most half of it. No start may be running.
 */
export function startBetween(from: i32, to: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[point + j] = d[to + j];
  cap = 0.5 * farthest(from);
  for (let side = 0; side < BATCH; side++) {
    const part = 0.2 + (0.6 * (side + 0.5)) / BATCH;
    for (let j = 0; j < m; j++) {
      d[batch.logPriceOf(side, j)] = ((1 - part) * d[from + j] + part * d[to + j]) * EXPONENT_UNIT;
    }
    balanceBudgets(side);
    d[age + side] = 0;
    starts++;
  }
}

/** Keeps the point that market k converged to, unless it is known. */
function keepCandidate(k: i32): void {
  const d = doubles;
  const print = readPoint(k);
  const slack = SAME * m;
  for (let l = 0; l < candidates; l++) {
    if (Math.abs(d[prints + l] - print) < slack && farthest(found + l * m) < SAME) return;
  }
  list(print);
}

/** Appends `point` to the candidates, if there is room. */
function list(print: f64): void {
  const d = doubles;
  if (candidates === MAX_CANDIDATES) return;
  d[prints + candidates] = print;
  for (let j = 0; j < m; j++) d[found + candidates * m + j] = d[point + j];
  candidates++;
}

/** Writes log prices less their mean to `point`; returns a number that tells points apart. */
function readPoint(k: i32): f64 {
  const d = doubles;
  let mean: f64 = 0;
  for (let j = 0; j < m; j++) mean += d[batch.logPriceOf(k, j)];
  mean /= m;
  let print: f64 = 0;
  for (let j = 0; j < m; j++) {
    const level = (d[batch.logPriceOf(k, j)] - mean) / EXPONENT_UNIT;
    d[point + j] = level;
    print += level / (j + 1.5);
  }
  return print;
}

function farthest(other: i32): f64 {
  const d = doubles;
  let most: f64 = 0;
  for (let j = 0; j < m; j++) most = Math.max(most, Math.abs(d[point + j] - d[other + j]));
  return most;
}

function keepCritical(k: i32): void {
  const d = doubles;
  stagnated++;
  readPoint(k);
  for (let j = 0; j < m; j++) d[stagnation + j] = d[point + j];
  d[stagnation + m] = d[batch.movedOf(k)];
}

/** Puts the next start in place k; leaves the place empty if there is none. */
function nextStart(k: i32): void {
  const d = doubles;
  d[age + k] = EMPTY;
  if (next === end) return;
  draw(next, k);
  d[age + k] = 0;
  next++;
  starts++;
}

/** Draws start number `start` in place k. */
function draw(start: i32, k: i32): void {
  fillUniform(uniforms, n + m + 2, (firstSeed + start) | 0);
  const byWeights = manyKnown ? (start & 3) !== 0 : (start & 1) === 0;
  if (byWeights) drawWeights(k);
  else drawPrices(k);
}

/**
 * Draws log weights around those at which the joint Newton starts, logistic instead of normal with
 * the same spread, and computes prices near the planner's at these weights.
 */
function drawWeights(k: i32): void {
  const d = doubles;
  const spread = 0.55 * Math.exp(d[uniforms] * Math.log(WIDEST)) * EXPONENT_UNIT;
  for (let i = 0; i < n; i++) {
    const u = d[uniforms + 2 + i];
    d[batch.tauOf(k, i)] = spread * (Math.log(1 - u) - Math.log(u + 1e-300)) - d[centre + i];
  }
  const toNextAgent = batch.elasticityOf(k, 1, 0) - batch.elasticityOf(k, 0, 0);
  const toNextTau = batch.tauOf(k, 1) - batch.tauOf(k, 0);
  for (let j = 0; j < m; j++) {
    // From the left, where one agent takes all of the good.
    let price = -Infinity;
    for (let i = 0; i < n; i++) price = Math.max(price, logValueOf(k, i, j) - d[batch.tauOf(k, i)]);
    for (let step = 0; step < APPROACH_STEPS; step++) {
      const at = all(price);
      let sums = all(0);
      let slopes = all(0);
      for (let i = 0; i < n; i += LANES) {
        // The last of an odd number is there twice, by halves.
        const isWhole = i + LANES <= n;
        const stride = isWhole ? toNextAgent : 0;
        const elasticity = spaced(batch.elasticityOf(k, i, j), stride);
        const level = elasticity * (at + spaced(batch.tauOf(k, i), isWhole ? toNextTau : 0));
        const part = exp2(level - spaced(batch.scaledValueOf(k, i, j), stride)) * (isWhole ? one() : half());
        sums = sums + part;
        slopes = slopes + elasticity * part;
      }
      const sum = sumOf(sums);
      price -= (Math.log(sum) * sum * EXPONENT_UNIT) / sumOf(slopes);
    }
    d[batch.logPriceOf(k, j)] = price;
  }
}

/** Log marginal utility of all there is of good j to agent i of market k. */
function logValueOf(k: i32, i: i32, j: i32): f64 {
  return doubles[batch.scaledValueOf(k, i, j)] / doubles[batch.elasticityOf(k, i, j)];
}

/** Draws prices, relative to one good's, uniform between the bounds of those of all equilibria. */
function drawPrices(k: i32): void {
  const d = doubles;
  const base = <i32>Math.floor(d[uniforms] * m);
  const each = Math.log(n) * EXPONENT_UNIT;
  for (let j = 0; j < m; j++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < n; i++) {
      const gap = logValueOf(k, i, j) - logValueOf(k, i, base);
      // Agents that do not want both goods say nothing.
      if (Math.abs(gap) > 500 * EXPONENT_UNIT) continue;
      low = Math.min(low, gap + each / d[batch.elasticityOf(k, i, base)]);
      high = Math.max(high, gap - each / d[batch.elasticityOf(k, i, j)]);
    }
    if (low > high) {
      low = -EXPONENT_UNIT;
      high = EXPONENT_UNIT;
    }
    d[batch.logPriceOf(k, j)] = j === base ? 0 : low + (high - low) * d[uniforms + 2 + n + j];
  }
  balanceBudgets(k);
}

/** Computes the tau of market k near those at which every agent spends its wealth. */
function balanceBudgets(k: i32): void {
  const d = doubles;
  const toNextCell = batch.elasticityOf(k, 0, 1) - batch.elasticityOf(k, 0, 0);
  const toNextPrice = batch.logPriceOf(k, 1) - batch.logPriceOf(k, 0);
  for (let i = 0; i < n; i++) {
    let wealths = all(0);
    for (let j = 0; j < m; j += LANES) {
      const isWhole = j + LANES <= m;
      const value = exp2(spaced(batch.logPriceOf(k, j), isWhole ? toNextPrice : 0)) * (isWhole ? one() : half());
      wealths = wealths + value * spaced(batch.ownedOf(k, i, j), isWhole ? toNextCell : 0);
    }
    const income = Math.log(sumOf(wealths)) * EXPONENT_UNIT;
    // From the left, where the agent spends it all on one good.
    let level = -Infinity;
    for (let j = 0; j < m; j++) {
      const price = d[batch.logPriceOf(k, j)];
      const elasticity = d[batch.elasticityOf(k, i, j)];
      level = Math.max(level, (income - price + d[batch.scaledValueOf(k, i, j)]) / elasticity - price);
    }
    for (let step = 0; step < APPROACH_STEPS; step++) {
      const at = all(level);
      let spendings = all(0);
      let slopes = all(0);
      for (let j = 0; j < m; j += LANES) {
        const isWhole = j + LANES <= m;
        const stride = isWhole ? toNextCell : 0;
        const price = spaced(batch.logPriceOf(k, j), isWhole ? toNextPrice : 0);
        const elasticity = spaced(batch.elasticityOf(k, i, j), stride);
        const amount = elasticity * (price + at) - spaced(batch.scaledValueOf(k, i, j), stride);
        const value = exp2(price + amount) * (isWhole ? one() : half());
        spendings = spendings + value;
        slopes = slopes + elasticity * value;
      }
      const spent = sumOf(spendings);
      level -= ((Math.log(spent) * EXPONENT_UNIT - income) * spent) / sumOf(slopes);
    }
    d[batch.tauOf(k, i)] = level;
  }
}

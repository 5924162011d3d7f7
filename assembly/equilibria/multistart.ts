// All equilibria that can be found of one market: Newton's method (lanes.ts) from many starts side by side. A start that has arrived, or
// has had its iterations, makes room for the next.
//
// Starts come from two families by turns, since each misses what the other finds: planners' weights, log-normal around those of the equal split
// with spreads from 1 to 40; and prices uniform in the range in which every equilibrium lies (docs/solvers.md).

import * as economy from "../economy/economy";
import { workspaceLength } from "../economy/workspace";
import {
  elasticity as a,
  BATCH,
  bindBatch,
  scaledValue as c,
  computeLevels,
  evaluateBatch,
  gatherMarket,
  maxResidual,
  moved,
  owned,
  logPrices as q,
  startBatch,
  stepBatch,
  tau,
} from "../market/jointBatch";
import { fillUniform } from "../math/random";
import { padded, SEARCH_ARRIVED, SEARCH_CANDIDATES, SEARCH_STANDING, SEARCH_STARTS } from "../protocol";
import { doubles } from "../simd/memory";
import { EXPONENT_UNIT, LANES } from "../simd/vector";

const MOST_ITERATIONS: f64 = 16;
/** No log price moves farther in a step. */
const CAP: f64 = 2;
/** The residual and the last step of one that has arrived. */
const SMALL_RESIDUAL: f64 = 1e-11;
const SMALL_STEP: f64 = 1e-5;
/** Log prices less their mean that are this close are one equilibrium's. */
const SAME: f64 = 1e-6;
/** Steps towards a planner's prices, or towards balanced budgets, before a start is let go. */
const SETTLING = 3;
/** The greatest spread of log weights. */
const WIDEST: f64 = 40;
/** Candidates from which on weights are drawn three times in four: then their family finds more. */
const MANY = 8;
/** What a want of 0 counts as, with omega = -1: less than any amount. */
const UNWANTED: f64 = 1e-307;

let n: i32 = 0;
let m: i32 = 0;
let capacity: i32 = 0;
let seed: i32 = 0;
let starts: i32 = 0;
let arrived: i32 = 0;
let candidates: i32 = 0;
let standing: i32 = 0;

let draw: i32 = 0; // n + m + 2 uniform numbers
let centre: i32 = 0; // n
let age: i32 = 0; // BATCH
let point: i32 = 0; // m
let prints: i32 = 0; // capacity: a number that tells candidates apart
let found: i32 = 0; // capacity m
let critical: i32 = 0; // m + 1: where a start stood almost still at the end of its iterations, and its last step

/** Doubles of work for a search that keeps `most` candidates. */
export function searchWork(agents: i32, goods: i32, most: i32): i32 {
  const small = padded(agents + goods + 2) + padded(agents) + BATCH + 2 * padded(goods + 1);
  economy.setSize(agents, goods, 1);
  bindBatch(0);
  return <i32>workspaceLength() + small + padded(most) + most * goods;
}

/**
 * Takes up a market: alpha, omega (below 0 where alpha is above), endowments (n m each) and totals (m), everything connected and owned.
 * Keeps `most` candidates. `work`: searchWork(agents, goods, most), to be left alone until the search is over.
 */
export function startSearch(
  agents: i32,
  goods: i32,
  alpha: i32,
  omega: i32,
  endowments: i32,
  totals: i32,
  most: i32,
  seeded: i32,
  work: i32,
): void {
  const d = doubles;
  n = agents;
  m = goods;
  capacity = most;
  seed = seeded;
  starts = 0;
  arrived = 0;
  candidates = 0;
  standing = 0;
  bindBatch(work);
  draw = work + <i32>workspaceLength();
  centre = draw + padded(n + m + 2);
  age = centre + padded(n);
  point = age + BATCH;
  critical = point + padded(m);
  prints = critical + padded(m + 1);
  found = prints + padded(most);
  for (let k = 0; k < n * m; k++) {
    if (d[alpha + k] > 0) continue;
    d[alpha + k] = UNWANTED;
    d[omega + k] = -1;
  }
  for (let k = 0; k < BATCH; k++) gatherMarket(k, alpha, omega, endowments, totals);
  computeLevels();
  startBatch();
  for (let i = 0; i < n; i++) d[centre + i] = -d[tau + i * BATCH];
  for (let k = 0; k < BATCH; k++) nextStart(k);
}

/** `passes` iterations of all. */
export function stepSearch(passes: i32): void {
  const d = doubles;
  for (let pass = 0; pass < passes; pass++) {
    evaluateBatch(0, BATCH);
    for (let k = 0; k < BATCH; k++) {
      const small = d[maxResidual + k] <= SMALL_RESIDUAL;
      const still = d[age + k] > 0 && d[moved + k] <= SMALL_STEP;
      if (small && still) {
        arrived++;
        keepCandidate(k);
      } else if (d[age + k] < MOST_ITERATIONS && d[maxResidual + k] < Infinity) {
        d[age + k] += 1;
        continue;
      } else if (small) keepCritical(k);
      nextStart(k);
      const first = k - (k % LANES);
      evaluateBatch(first, first + LANES);
    }
    stepBatch(CAP);
  }
}

/** Writes how many starts were made, how many arrived, at how many candidates, and how many stood almost still: at a critical point. */
export function reportSearch(out: i32): void {
  const d = doubles;
  d[out + SEARCH_STARTS] = starts;
  d[out + SEARCH_ARRIVED] = arrived;
  d[out + SEARCH_CANDIDATES] = candidates;
  d[out + SEARCH_STANDING] = standing;
}

/** Writes candidate k: log prices of all there is of each good, less their mean (m). */
export function takeCandidate(k: i32, out: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[out + j] = d[found + k * m + j];
}

/** Draws a start and writes its log prices of all there is of each good (m), for another method; the start in the first place is given up. */
export function takeStart(out: i32): void {
  const d = doubles;
  nextStart(0);
  for (let j = 0; j < m; j++) d[out + j] = d[q + j * BATCH];
  evaluateBatch(0, LANES);
}

/** Writes the log prices, less their mean, at which the last start stood almost still (m), and how far its last step was. */
export function takeCritical(out: i32): void {
  const d = doubles;
  for (let j = 0; j <= m; j++) d[out + j] = d[critical + j];
}

/** Tries starts all along the way from candidate k to candidate l, in steps of at most half of it; then the search goes on. */
export function searchBetween(k: i32, l: i32): void {
  const d = doubles;
  const from = found + k * m;
  const to = found + l * m;
  for (let j = 0; j < m; j++) d[point + j] = d[to + j];
  const cap = 0.5 * farthest(from);
  for (let side = 0; side < BATCH; side++) {
    const part = 0.2 + (0.6 * (side + 0.5)) / BATCH;
    for (let j = 0; j < m; j++) d[q + j * BATCH + side] = (1 - part) * d[from + j] + part * d[to + j];
    balanceBudgets(side);
    d[age + side] = 0;
    starts++;
  }
  for (let pass = 0; pass < MOST_ITERATIONS; pass++) {
    evaluateBatch(0, BATCH);
    stepBatch(cap);
  }
  evaluateBatch(0, BATCH);
  for (let side = 0; side < BATCH; side++) {
    if (d[maxResidual + side] <= SMALL_RESIDUAL && d[moved + side] <= SMALL_STEP) {
      arrived++;
      keepCandidate(side);
    }
    nextStart(side);
  }
}

/** Keeps where market k has arrived, unless it is known. */
function keepCandidate(k: i32): void {
  const d = doubles;
  const print = readPoint(k);
  const slack = SAME * m;
  for (let l = 0; l < candidates; l++) {
    if (Math.abs(d[prints + l] - print) < slack && farthest(found + l * m) < SAME) return;
  }
  if (candidates === capacity) return;
  d[prints + candidates] = print;
  for (let j = 0; j < m; j++) d[found + candidates * m + j] = d[point + j];
  candidates++;
}

/** Writes log prices less their mean to `point`; returns a number that tells points apart. */
function readPoint(k: i32): f64 {
  const d = doubles;
  let mean: f64 = 0;
  for (let j = 0; j < m; j++) mean += d[q + j * BATCH + k];
  mean /= m;
  let print: f64 = 0;
  for (let j = 0; j < m; j++) {
    const level = d[q + j * BATCH + k] - mean;
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
  standing++;
  readPoint(k);
  for (let j = 0; j < m; j++) d[critical + j] = d[point + j];
  d[critical + m] = d[moved + k];
}

/** Puts the next start in place k. */
function nextStart(k: i32): void {
  const d = doubles;
  fillUniform(draw, n + m + 2, (seed + starts) | 0);
  const byWeights = candidates < MANY ? (starts & 1) === 0 : (starts & 3) !== 0;
  if (byWeights) drawWeights(k);
  else drawPrices(k);
  d[age + k] = 0;
  starts++;
}

/** Log weights normal around those of the equal split (here logistic, of the same spread), and near the planner's prices at them. */
function drawWeights(k: i32): void {
  const d = doubles;
  const spread = 0.55 * Math.exp(d[draw] * Math.log(WIDEST));
  for (let i = 0; i < n; i++) {
    const u = d[draw + 2 + i];
    d[tau + i * BATCH + k] = spread * (Math.log(1 - u) - Math.log(u + 1e-300)) - d[centre + i];
  }
  for (let j = 0; j < m; j++) {
    // From the left, where somebody alone takes all of the good.
    let price = -Infinity;
    for (let i = 0; i < n; i++) {
      const row = (i * m + j) * BATCH + k;
      price = Math.max(price, d[c + row] / d[a + row] - d[tau + i * BATCH + k]);
    }
    for (let step = 0; step < SETTLING; step++) {
      let sum: f64 = 0;
      let bent: f64 = 0;
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * BATCH + k;
        const part = Math.exp((d[a + row] * (price + d[tau + i * BATCH + k]) - d[c + row]) / EXPONENT_UNIT);
        sum += part;
        bent += d[a + row] * part;
      }
      price -= (Math.log(sum) * sum * EXPONENT_UNIT) / bent;
    }
    d[q + j * BATCH + k] = price;
  }
}

/** Prices uniform between the least and the greatest, over one good's, that any equilibrium can have. */
function drawPrices(k: i32): void {
  const d = doubles;
  const base = <i32>Math.floor(d[draw] * m);
  const each = Math.log(n) * EXPONENT_UNIT;
  for (let j = 0; j < m; j++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < n; i++) {
      const row = (i * m + j) * BATCH + k;
      const other = (i * m + base) * BATCH + k;
      const gap = d[c + row] / d[a + row] - d[c + other] / d[a + other];
      // Not of those who do not want both.
      if (Math.abs(gap) > 500) continue;
      low = Math.min(low, gap + each / d[a + other]);
      high = Math.max(high, gap - each / d[a + row]);
    }
    if (low > high) {
      low = -1;
      high = 1;
    }
    d[q + j * BATCH + k] = j === base ? 0 : low + (high - low) * d[draw + 2 + n + j];
  }
  balanceBudgets(k);
}

/** The tau of market k near those at which everybody spends what he owns at its prices. */
function balanceBudgets(k: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    let wealth: f64 = 0;
    for (let j = 0; j < m; j++) wealth += Math.exp(d[q + j * BATCH + k]) * d[owned + (i * m + j) * BATCH + k];
    const income = Math.log(wealth);
    // From the left, where he spends it all on one good.
    let level = -Infinity;
    for (let j = 0; j < m; j++) {
      const row = (i * m + j) * BATCH + k;
      const price = d[q + j * BATCH + k];
      level = Math.max(level, ((income - price) * EXPONENT_UNIT + d[c + row]) / d[a + row] - price);
    }
    for (let step = 0; step < SETTLING; step++) {
      let spent: f64 = 0;
      let bent: f64 = 0;
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * BATCH + k;
        const price = d[q + j * BATCH + k];
        const value = Math.exp(price + (d[a + row] * (price + level) - d[c + row]) / EXPONENT_UNIT);
        spent += value;
        bent += d[a + row] * value;
      }
      level -= ((Math.log(spent) - income) * spent * EXPONENT_UNIT) / bent;
    }
    d[tau + i * BATCH + k] = level;
  }
}

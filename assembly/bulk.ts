// Many economies of one size in one call. Every answer is judged by the same residuals as the
// answer for a single economy.

import * as auditor from "./audit";
import * as economy from "./economy/economy";
import { block, openWorkspace, workspaceLength } from "./economy/workspace";
import * as enumeration from "./equilibria/enumeration";
import { readMarket, startMarket, stepMarket } from "./market/equilibrium";
import * as batch from "./market/jointBatch";
import { MAX_CELLS, PLACES } from "./market/jointBatch";
import * as market from "./market/state";
import { logSum } from "./math/logSumExp";
import * as planner from "./planner/plan";
import * as planBatch from "./planner/planBatch";
import * as tiles from "./planner/tiles";
import {
  BRACKET,
  BUDGET,
  CONVERGED,
  FEASIBILITY,
  FOUND,
  FOUND_INDEX,
  FOUND_POINT,
  FOUND_ROOT,
  FOUND_SIZE,
  isThin,
  MAX_FOUND,
  NET_FLOW,
  NEWTON,
  REPORT_SIZE,
  STALLED,
  STATIONARITY,
} from "./protocol";
import { doubles } from "./simd/memory";
import { all, allOf, LANES, vectors } from "./simd/vector";

/** Whether `length` numbers from `values` on are all from `least` to `greatest`; NaN is not. */
export function areWithin(values: i32, length: i32, least: f64, greatest: f64): bool {
  const d = doubles;
  const v = vectors;
  const low = all(least);
  const high = all(greatest);
  const whole = length - (length % (4 * LANES));
  for (let k = 0; k < whole; k += 4 * LANES) {
    const at = values + k;
    const first = (v[at] >= low) & (v[at] <= high);
    const second = (v[at + LANES] >= low) & (v[at + LANES] <= high);
    const third = (v[at + 2 * LANES] >= low) & (v[at + 2 * LANES] <= high);
    const fourth = (v[at + 3 * LANES] >= low) & (v[at + 3 * LANES] <= high);
    if (!allOf(first & second & (third & fourth))) return false;
  }
  for (let k = whole; k < length; k++) if (!(d[values + k] >= least && d[values + k] <= greatest)) return false;
  return true;
}

/**
 * Writes the sums of the endowments of the economies that were laid to their totals. Returns whether
 * all of them are finite and above 0 and, where `owners` is 1, every agent owns something.
 */
export function sumEndowments(owners: i32): bool {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  let fine = true;
  for (let e = 0; e < economy.count; e++) {
    economy.openEconomy(e);
    const totals = economy.totals;
    for (let j = 0; j < m; j++) d[totals + j] = 0;
    let cell = economy.endowments;
    for (let i = 0; i < n; i++) {
      let owned: f64 = 0;
      for (let j = 0; j < m; j++, cell++) {
        owned += d[cell];
        d[totals + j] += d[cell];
      }
      if (!(owned > 0) && owners === 1) fine = false;
    }
    for (let j = 0; j < m; j++) if (!(d[totals + j] > 0 && d[totals + j] < Infinity)) fine = false;
  }
  return fine;
}

const FOREVER: i32 = 2147483647;

const MAX_STEPS = 5000;
/** More steps than any solver makes. */
const UNLIMITED = 2147483647;

/** Cells up to which economies are planned in batches. */
const MAX_PLAN_CELLS = 2048;
const MAX_BATCH_STEPS = 9;
/** No log price moves farther in a step of a batch. */
const BATCH_CAP: f64 = 4;
const CONVERGED_RESIDUAL: f64 = 1e-13;
/** Residuals beyond this, and pivots below that, send a market to be solved by itself. */
const ACCURATE: f64 = 1e-11;
const CRITICAL: f64 = 1e-3;

// Blocks of planMany.
let pair: i32 = 0; // the residuals that tiles write
let ties: i32 = 0;
let gaps: i32 = 0; // 2 m
let audit: i32 = 0;
let solver: i32 = 0;

/** Doubles of workspace that planMany() needs for the economies that were laid. */
export function planManyLength(): f64 {
  auditor.bind(0);
  const auditing = workspaceLength();
  if (arePlannedTogether()) planBatch.bind(0);
  else tiles.bind(0);
  const first = workspaceLength();
  planner.bind(0);
  const alone = workspaceLength();
  bindPlanMany(0);
  return workspaceLength() + auditing + Math.max(first, alone);
}

function bindPlanMany(base: i32): void {
  openWorkspace(base);
  pair = block(2);
  ties = block(economy.m);
  gaps = block(2 * economy.m);
  audit = block(0);
}

/** Returns whether plans are small enough to be made in batches: their records stay in a near cache. */
function arePlannedTogether(): bool {
  return economy.n * economy.m <= MAX_PLAN_CELLS;
}

/**
 * Plans the economies that were laid: allocations x (count n m), shadow prices (count m), the worst
 * residual of each (count) and its status (count).
 */
export function planMany(tolerance: f64, prices: i32, x: i32, residuals: i32, statuses: i32, workspace: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  bindPlanMany(workspace);
  auditor.bind(audit);
  solver = audit + <i32>workspaceLength();
  const together = arePlannedTogether();
  if (together) planBatch.planBatches(prices, x, residuals, solver);
  for (let e = 0; e < economy.count; e++) {
    const allocation = x + e * n * m;
    const price = prices + e * m;
    if (!together) planInTiles(e, price, allocation, residuals + e);
    d[statuses + e] = CONVERGED;
    if (d[residuals + e] <= Math.min(tolerance, ACCURATE)) continue;
    // Solve this economy by itself with the bracketed method, which takes any omega.
    economy.openEconomy(e);
    planner.plan(0, m, price, allocation, ties, gaps, solver);
    auditor.auditPlan(price, allocation, audit);
    const firstOrder = Math.max(d[audit + FEASIBILITY], d[audit + STATIONARITY]);
    let worst = firstOrder;
    for (let j = 0; j < m; j++) worst = Math.max(worst, d[gaps + m + j]);
    d[residuals + e] = worst;
    d[statuses + e] = worst <= tolerance ? CONVERGED : STALLED;
  }
}

/** Plans economy e with its goods side by side. */
function planInTiles(e: i32, prices: i32, x: i32, residual: i32): void {
  const d = doubles;
  economy.openEconomy(e);
  tiles.planTiles(-1, prices, x, pair, -1, solver);
  d[residual] = Math.max(d[pair], d[pair + 1]);
  // A price too small for 53 bits may be that of a good that nobody wants: the audit tells.
  for (let j = 0; j < economy.m; j++) {
    const price = d[prices + j];
    if (!(price >= auditor.MIN_NORMAL && price < Infinity)) d[residual] = Infinity;
  }
}

// Blocks of equilibriumMany.
let logs: i32 = 0; // of the prices of one economy
let marketAudit: i32 = 0;
let marketSolver: i32 = 0; // of a batch; later of one market

/** Doubles of workspace that equilibriumMany() needs for the economies that were laid. */
export function equilibriumManyLength(): f64 {
  auditor.bind(0);
  const auditing = workspaceLength();
  let together: f64 = 0;
  if (isBatched()) {
    batch.bindBatch(0, PLACES);
    together = workspaceLength();
  }
  market.bind(0, isThin(economy.n, economy.m) ? 0 : 1);
  const alone = workspaceLength();
  bindEquilibriumMany(0);
  return workspaceLength() + auditing + Math.max(together, alone);
}

function bindEquilibriumMany(base: i32): void {
  openWorkspace(base);
  logs = block(economy.m);
  marketAudit = block(0);
}

/** Returns whether markets are small enough to be solved in batches. */
function isBatched(): bool {
  return economy.n > 1 && economy.m > 1 && economy.n * economy.m <= MAX_CELLS;
}

/**
 * Solves the markets that were laid, each connected: prices adding up to 1 (count m), allocations x
 * (count n m), the worst residual of each (count) and its status (count).
 */
export function equilibriumMany(
  tolerance: f64,
  prices: i32,
  x: i32,
  residuals: i32,
  statuses: i32,
  workspace: i32,
): void {
  const d = doubles;
  const count = economy.count;
  bindEquilibriumMany(workspace);
  auditor.bind(marketAudit);
  marketSolver = marketAudit + <i32>workspaceLength();
  if (isBatched()) solveBatches(prices, x, residuals);
  else for (let e = 0; e < count; e++) d[residuals + e] = Infinity;
  for (let e = 0; e < count; e++) {
    d[statuses + e] = CONVERGED;
    if (d[residuals + e] <= Math.min(tolerance, ACCURATE)) continue;
    economy.openEconomy(e);
    solveAlone(tolerance, prices + e * economy.m, x + e * economy.n * economy.m, residuals + e, statuses + e);
  }
}

/** Solves the markets that were laid, a record at a time; residuals are Infinity where that fails. */
function solveBatches(prices: i32, x: i32, residuals: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const count = economy.count;
  batch.bindBatch(marketSolver, PLACES);
  for (let first = 0; first < count; first += PLACES) {
    for (let k = 0; k < PLACES; k += LANES) {
      openPlaces(first + k);
      batch.startMarkets(k, spread);
    }
    solveBatch();
    for (let k = 0; k < PLACES; k += LANES) {
      const e = openPlaces(first + k);
      batch.finishMarkets(k, spread, prices + e * m, x + e * n * m);
    }
    for (let k = 0; k < PLACES && first + k < count; k++) {
      const accurate = d[batch.minPivotOf(k)] > CRITICAL;
      d[residuals + first + k] = accurate ? d[batch.residualBoundOf(k)] : Infinity;
    }
  }
}

/** 1 where a vector holds economies one behind the other, 0 where it repeats one. */
let spread: i32 = 0;

/** Opens economy e, for a vector that begins with it; beyond the last, which then is repeated, that one. */
function openPlaces(e: i32): i32 {
  const first = e < economy.count ? e : economy.count - 1;
  spread = first + LANES <= economy.count ? 1 : 0;
  economy.openEconomy(first);
  return first;
}

/** Newton's method for a record of markets, until all have converged or seem not to. */
function solveBatch(): void {
  const d = doubles;
  for (let step = 0; step < MAX_BATCH_STEPS; step++) {
    batch.evaluateBatch(0, true);
    let worst: f64 = 0;
    for (let k = 0; k < PLACES; k++) worst = Math.max(worst, d[batch.missedOf(k)]);
    if (worst <= CONVERGED_RESIDUAL) break;
    batch.stepBatch(0, BATCH_CAP, true);
  }
}

/** Solves the open market by the safeguarded methods and audits it. */
function solveAlone(tolerance: f64, prices: i32, x: i32, residual: i32, status: i32): void {
  const d = doubles;
  const m = economy.m;
  startMarket(isThin(economy.n, m) ? BRACKET : NEWTON, -1, marketSolver);
  const code = stepMarket(UNLIMITED, MAX_STEPS);
  readMarket(prices, x);
  const level = logSum(m, prices, logs);
  for (let j = 0; j < m; j++) d[prices + j] = Math.exp(d[prices + j] - level);
  auditor.auditMarket(prices, x, marketAudit);
  const goods = Math.max(d[marketAudit + FEASIBILITY], d[marketAudit + NET_FLOW]);
  const agents = Math.max(d[marketAudit + BUDGET], d[marketAudit + STATIONARITY]);
  const largest = Math.max(goods, agents);
  d[residual] = largest;
  d[status] = largest <= tolerance ? CONVERGED : code === CONVERGED ? STALLED : code;
}

// Blocks of equilibriaMany.
let listReport: i32 = 0;
let entry: i32 = 0;
let candidate: i32 = 0;
let logTerms: i32 = 0;
let enumerationBase: i32 = 0;

/** Doubles of workspace that equilibriaMany() needs for the economies that were laid. */
export function equilibriaManyLength(): f64 {
  enumeration.bind(0, overGoods());
  const solving = workspaceLength();
  bindEquilibriaMany(0);
  return workspaceLength() + solving;
}

/** 1 where the economies have two goods, so that their relative price is the unknown. */
function overGoods(): i32 {
  return economy.m === 2 ? 1 : 0;
}

function bindEquilibriaMany(base: i32): void {
  openWorkspace(base);
  listReport = block(REPORT_SIZE);
  entry = block(FOUND_SIZE);
  candidate = block(economy.m);
  logTerms = block(economy.m);
  enumerationBase = block(0);
}

/**
 * Enumerates the economies that were laid until all are done, or `capacity` equilibria might not
 * suffice for the next; returns how many are done. Of each economy: how many equilibria it has, the
 * sum of all indices, and whether the list is proved complete. Of each equilibrium: prices (m)
 * adding up to 1 and the index, 0 where an unresolved interval must have one; within an economy in
 * ascending order of the first price. No economy gets more than `maxIntervals`.
 */
export function equilibriaMany(
  maxIntervals: i32,
  capacity: i32,
  counts: i32,
  indexSums: i32,
  complete: i32,
  prices: i32,
  indices: i32,
  workspace: i32,
): i32 {
  const d = doubles;
  const m = economy.m;
  bindEquilibriaMany(workspace);
  let total = 0;
  for (let e = 0; e < economy.count; e++) {
    if (total + MAX_FOUND > capacity) return e;
    economy.openEconomy(e);
    enumeration.startEnumeration(overGoods(), enumerationBase);
    let proved = enumeration.stepEnumeration(FOREVER, maxIntervals) === CONVERGED;
    enumeration.reportEnumeration(listReport);
    const first = total;
    let sum: f64 = 0;
    const entries = <i32>d[listReport + FOUND];
    for (let k = 0; k < entries; k++) {
      enumeration.readEntry(k, entry);
      sum += d[entry + FOUND_INDEX];
      const root = d[entry + FOUND_ROOT];
      const point = d[entry + FOUND_POINT];
      if (root === 0) proved = false;
      if (!(point > -Infinity)) continue; // NaN: there may be none
      enumeration.readPoint(point, candidate, -1);
      const level = logSum(m, candidate, logTerms);
      for (let j = 0; j < m; j++) d[candidate + j] = Math.exp(d[candidate + j] - level);
      const from = prices + first * m;
      const place = insertSorted(from, total - first, indices + first);
      d[indices + first + place] = root * d[entry + FOUND_INDEX];
      total++;
    }
    d[counts + e] = total - first;
    d[indexSums + e] = sum;
    d[complete + e] = proved ? 1 : 0;
  }
  return economy.count;
}

/**
 * Inserts the candidate's prices by its first one into a list of `length` price vectors, and makes
 * room for its index. Returns its place.
 */
function insertSorted(prices: i32, length: i32, indices: i32): i32 {
  const d = doubles;
  const m = economy.m;
  let place = length;
  while (place > 0 && d[prices + (place - 1) * m] > d[candidate]) {
    for (let j = 0; j < m; j++) d[prices + place * m + j] = d[prices + (place - 1) * m + j];
    d[indices + place] = d[indices + place - 1];
    place--;
  }
  for (let j = 0; j < m; j++) d[prices + place * m + j] = d[candidate + j];
  return place;
}

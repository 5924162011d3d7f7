// Many economies of one size in one call. Every answer is judged by the same residuals as the
// answer for a single economy.

import * as auditor from "./audit";
import * as economy from "./economy/economy";
import { block, openWorkspace, workspaceLength } from "./economy/workspace";
import { startMarket, stepMarket, takeMarket } from "./market/equilibrium";
import {
  bindSide,
  evaluateSide,
  giveSide,
  pivot,
  proof,
  proveSide,
  SIDE,
  sideWork,
  startSide,
  stepSide,
  takeSide,
  worst,
} from "./market/jointBatch";
import { marketSize } from "./market/state";
import { logSum } from "./math/logSumExp";
import * as planner from "./planner/plan";
import * as tiles from "./planner/tiles";
import { BUDGET, CONVERGED, FEASIBILITY, NET_FLOW, NEWTON, REPORT_SIZE, STALLED, STATIONARITY } from "./protocol";
import { doubles } from "./simd/memory";

const MOST_STEPS = 5000;

/** Cells up to which markets are solved side by side. */
const MOST_SIDE_CELLS = 64;
const MOST_SIDE_PASSES = 9;
/** No log price moves farther in a step. */
const SIDE_CAP: f64 = 4;
const ARRIVED: f64 = 1e-13;
/** Residuals beyond this, and pivots below that, send a market to be solved alone. */
const TRUSTED: f64 = 1e-11;
const CRITICAL: f64 = 1e-3;

/** Doubles of work for equilibriumMany of `count` economies. */
export function bulkWork(count: i32, n: i32, m: i32): i32 {
  const alone = marketSize(n, m);
  const together = n * m <= MOST_SIDE_CELLS ? sideWork(n, m) : 0;
  const solver = Math.max(alone, together);
  return REPORT_SIZE + m + 8 + auditLength() + 2 * count + <i32>solver;
}

function auditLength(): i32 {
  auditor.bind(0);
  return <i32>workspaceLength();
}

// Blocks of planMany.
let pairs: i32 = 0; // two residuals of each economy
let ties: i32 = 0;
let report: i32 = 0;
let audit: i32 = 0;
let solver: i32 = 0;

/** Doubles of workspace that planMany() needs for the economies that were laid. */
export function planManyLength(): f64 {
  auditor.bind(0);
  const auditing = workspaceLength();
  tiles.bind(0);
  const together = workspaceLength();
  planner.bind(0);
  const alone = workspaceLength();
  bindPlanMany(0);
  return workspaceLength() + auditing + Math.max(together, alone);
}

function bindPlanMany(base: i32): void {
  openWorkspace(base);
  pairs = block(2 * economy.count);
  ties = block(economy.m);
  report = block(REPORT_SIZE);
  audit = block(0);
}

/**
 * Plans the economies that were laid: allocations x (count n m), shadow prices (count m), the worst
 * residual of each (count) and its status (count).
 */
export function planMany(tolerance: f64, prices: i32, x: i32, residuals: i32, statuses: i32, workspace: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const count = economy.count;
  bindPlanMany(workspace);
  auditor.bind(audit);
  solver = audit + <i32>workspaceLength();
  tiles.planTiles(-1, prices, x, pairs, -1, solver);
  for (let e = 0; e < count; e++) {
    d[residuals + e] = Math.max(d[pairs + 2 * e], d[pairs + 2 * e + 1]);
    for (let j = 0; j < m; j++) if (!(d[prices + e * m + j] < Infinity)) d[residuals + e] = Infinity;
  }
  for (let e = 0; e < count; e++) {
    d[statuses + e] = CONVERGED;
    if (d[residuals + e] <= tolerance) continue;
    // Solve this economy by itself with the bracketed method, which takes any omega.
    economy.openEconomy(e);
    const allocation = x + e * n * m;
    const price = prices + e * m;
    planner.plan(price, allocation, ties, report, solver);
    auditor.auditPlan(price, allocation, audit);
    const worst = Math.max(d[audit + FEASIBILITY], d[audit + STATIONARITY]);
    d[residuals + e] = worst;
    d[statuses + e] = worst <= tolerance ? CONVERGED : STALLED;
  }
}

/**
 * Equilibria of `count` markets, each connected: allocations x (count n m), prices adding up to 1
 * (count m), the worst residual of each (count) and its status (count).
 */
function equilibriumManyAt(
  count: i32,
  n: i32,
  m: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  endowments: i32,
  endowmentsStride: i32,
  totals: i32,
  totalsStride: i32,
  tolerance: f64,
  x: i32,
  prices: i32,
  residual: i32,
  status: i32,
  work: i32,
): void {
  const d = doubles;
  if (n > 1 && m > 1 && n * m <= MOST_SIDE_CELLS) {
    bindSide(n, m, work);
    for (let e = 0; e < count; e += SIDE) {
      const some = count - e < SIDE ? count - e : SIDE;
      takeSide(
        some,
        alpha + e * alphaStride,
        alphaStride,
        omega + e * omegaStride,
        omegaStride,
        endowments + e * endowmentsStride,
        endowmentsStride,
        totals + e * totalsStride,
        totalsStride,
      );
      solveSide();
      for (let k = 0; k < some; k++) {
        const at = e + k;
        d[residual + at] = d[pivot + k] > CRITICAL ? d[proof + k] : Infinity;
        giveSide(k, totals + at * totalsStride, prices + at * m, x + at * n * m);
      }
    }
  } else for (let e = 0; e < count; e++) d[residual + e] = Infinity;

  const audit = work;
  const judge = audit + auditLength();
  const solver = judge + m + (m & 1);
  for (let e = 0; e < count; e++) {
    d[status + e] = CONVERGED;
    if (d[residual + e] <= Math.min(tolerance, TRUSTED)) continue;
    // Alone, with care.
    const a = alpha + e * alphaStride;
    const w = omega + e * omegaStride;
    const own = endowments + e * endowmentsStride;
    const t = totals + e * totalsStride;
    const out = x + e * n * m;
    const price = prices + e * m;
    startMarket(n, m, a, w, own, t, NEWTON, -1, solver);
    const code = stepMarket(MOST_STEPS, MOST_STEPS);
    takeMarket(price, out);
    const level = logSum(m, price, judge);
    for (let j = 0; j < m; j++) d[price + j] = Math.exp(d[price + j] - level);
    economy.openEconomy(e);
    auditor.auditMarket(price, out, audit);
    const goods = Math.max(d[audit + FEASIBILITY], d[audit + NET_FLOW]);
    const agents = Math.max(d[audit + BUDGET], d[audit + STATIONARITY]);
    const most = Math.max(goods, agents);
    d[residual + e] = most;
    d[status + e] = most <= tolerance ? CONVERGED : code === CONVERGED ? STALLED : code;
  }
}

/** Newton's method for the markets taken side by side, until all have arrived or seem not to. */
function solveSide(): void {
  const d = doubles;
  startSide();
  for (let pass = 0; pass < MOST_SIDE_PASSES; pass++) {
    evaluateSide(0, SIDE);
    let most: f64 = 0;
    for (let k = 0; k < SIDE; k++) most = Math.max(most, d[worst + k]);
    if (most <= ARRIVED) break;
    stepSide(SIDE_CAP);
  }
  proveSide();
}

export function equilibriumMany(
  tolerance: f64,
  prices: i32,
  x: i32,
  residuals: i32,
  statuses: i32,
  workspace: i32,
): void {
  economy.openEconomy(0);
  equilibriumManyAt(
    economy.count,
    economy.n,
    economy.m,
    economy.alpha,
    economy.nextAlpha,
    economy.omega,
    economy.nextOmega,
    economy.endowments,
    economy.nextEndowments,
    economy.totals,
    economy.nextTotals,
    tolerance,
    x,
    prices,
    residuals,
    statuses,
    workspace,
  );
}

// Many economies of one size, one after the other. A stride of 0 means that all share a block; else economy e's lies e strides behind the
// first. Every answer is judged by the
// same measures as a single one.

import * as auditor from "./audit";
import * as economy from "./economy/economy";
import { workspaceLength } from "./economy/workspace";
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
import { plan, planWork } from "./planner/plan";
import { columnsWork, planColumns } from "./planner/tiles";
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

/** Doubles of work for planMany and equilibriumMany of `count` economies. */
export function bulkWork(count: i32, n: i32, m: i32): i32 {
  const alone = Math.max(planWork(n, m), marketSize(n, m));
  const together = Math.max(columnsWork(n), n * m <= MOST_SIDE_CELLS ? sideWork(n, m) : 0);
  const solver = Math.max(alone, together);
  return REPORT_SIZE + m + 8 + auditLength(n, m) + 2 * count + <i32>solver;
}

function auditLength(n: i32, m: i32): i32 {
  economy.setSize(n, m, 1);
  auditor.bind(0);
  return <i32>workspaceLength();
}

/**
 * Plans of `count` economies: allocations x (count n m), shadow prices (count m), the worst residual of each (count) and its status (count).
 */
export function planMany(
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
  tolerance: f64,
  x: i32,
  prices: i32,
  residual: i32,
  status: i32,
  work: i32,
): void {
  const d = doubles;
  const header = work;
  const ties = header + REPORT_SIZE;
  const audit = ties + m + (m & 1);
  const residuals = audit + auditLength(n, m);
  economy.layEconomies(
    n,
    m,
    count,
    alpha,
    alphaStride,
    omega,
    omegaStride,
    0,
    0,
    totals,
    totalsStride,
    weights,
    weightsStride,
  );
  const solver = residuals + 2 * count;
  planColumns(
    count,
    n,
    m,
    alpha,
    alphaStride,
    omega,
    omegaStride,
    weights,
    weightsStride,
    totals,
    totalsStride,
    -1,
    x,
    prices,
    residuals,
    -1,
    solver,
  );
  for (let e = 0; e < count; e++) {
    d[residual + e] = Math.max(d[residuals + 2 * e], d[residuals + 2 * e + 1]);
    for (let j = 0; j < m; j++) if (!(d[prices + e * m + j] < Infinity)) d[residual + e] = Infinity;
  }
  for (let e = 0; e < count; e++) {
    d[status + e] = CONVERGED;
    if (d[residual + e] <= tolerance) continue;
    // Alone, with a bracket, whatever its curvatures.
    const a = alpha + e * alphaStride;
    const w = omega + e * omegaStride;
    const l = weights + e * weightsStride;
    const t = totals + e * totalsStride;
    const out = x + e * n * m;
    const price = prices + e * m;
    plan(n, m, a, w, l, t, out, price, ties, header, solver);
    economy.openEconomy(e);
    auditor.auditPlan(price, out, audit);
    const most = Math.max(d[audit + FEASIBILITY], d[audit + STATIONARITY]);
    d[residual + e] = most;
    d[status + e] = most <= tolerance ? CONVERGED : STALLED;
  }
}

/**
 * Equilibria of `count` markets, each connected: allocations x (count n m), prices adding up to 1 (count m), the worst residual of each
 * (count) and its status (count).
 */
export function equilibriumMany(
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
  const judge = audit + auditLength(n, m);
  const solver = judge + m + (m & 1);
  economy.layEconomies(
    n,
    m,
    count,
    alpha,
    alphaStride,
    omega,
    omegaStride,
    endowments,
    endowmentsStride,
    totals,
    totalsStride,
    0,
    0,
  );
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

// The planner's problem, exactly, whatever the curvatures: maximise sum_i lambda_i u_i(x_i) subject
// to sum_i x_ij <= E_j. It separates by good. Each good goes to the method for the agents who want
// it.

import * as economy from "../economy/economy";
import { amountOf, logPreferences, logsOf, TINY_PART } from "../economy/logForm";
import { block, matrix, openWorkspace } from "../economy/workspace";
import { exp } from "../simd/blocks";
import { doubles } from "../simd/memory";
import { concaveGood, logFormWorkspace, openLogForm } from "./concaveGood";
import { convexGood } from "./convexGood";
import { MIXED_WORKSPACE, mixedGood, relativeGap } from "./mixedGood";

let elasticity: i32 = 0; // n m
let logValue: i32 = 0; // n m
let logAllocation: i32 = 0; // n m
let logTotals: i32 = 0; // m
let logPrices: i32 = 0; // m
let scale: i32 = 0; // n
let logWeights: i32 = 0; // n
let logAmounts: i32 = 0; // n: of the good last planned, and the rest of its workspace
let intervals: i32 = 0;

/** Places the workspace of plan() at `base`. */
export function bind(base: i32): void {
  const n = economy.n;
  const m = economy.m;
  openWorkspace(base);
  elasticity = matrix(n, m);
  logValue = matrix(n, m);
  logAllocation = matrix(n, m);
  logTotals = block(m);
  logPrices = block(m);
  scale = block(n);
  logWeights = block(n);
  logAmounts = block(logFormWorkspace(n));
  intervals = block(MIXED_WORKSPACE);
}

/**
 * Plans goods `first` to `end` - 1 of the open economy. Writes their places in the allocation x (n m),
 * in the shadow prices (m), and in the numbers of agents that tie for each good (m; 1 but where the
 * good goes whole to one of several). `gaps` are m numbers by how much, at most, the welfare of each
 * good falls short of the maximum, and m numbers for the part of it that this is: 0 but for goods
 * that concave and convex agents share.
 */
export function plan(first: i32, end: i32, prices: i32, x: i32, ties: i32, gaps: i32, workspace: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  bind(workspace);
  logsOf(economy.totals, logTotals, m);
  logPreferences(n, m, alpha, omega, logTotals, elasticity, logValue, scale);
  for (let i = 0; i < n; i++) d[logWeights + i] = Math.log(d[economy.weights + i]) + d[scale + i];
  openLogForm(n, m, elasticity, logValue, logWeights, logPrices, logAllocation, logAmounts);

  for (let j = first; j < end; j++) {
    let concave = 0;
    let convex = 0;
    for (let i = 0; i < n; i++) {
      if (d[alpha + i * m + j] === 0) continue;
      if (d[omega + i * m + j] < 0) concave++;
      else convex++;
    }
    d[logPrices + j] = NaN;
    d[ties + j] = 1;
    d[gaps + j] = 0;
    d[gaps + m + j] = 0;
    if (convex === 0) {
      concaveGood(j, 0);
      d[prices + j] = Math.exp(d[logPrices + j] - d[logTotals + j]);
      exp(logAmounts, logAmounts, n);
      const total = d[economy.totals + j];
      for (let i = 0; i < n; i++) {
        const c = i * m + j;
        d[x + c] = d[logAllocation + c] < TINY_PART ? amountOf(d[logAllocation + c], total) : total * d[logAmounts + i];
      }
    } else if (concave === 0) d[ties + j] = convexGood(j, prices, x);
    else {
      d[gaps + j] = mixedGood(j, prices, x, intervals);
      d[gaps + m + j] = relativeGap;
    }
  }
}

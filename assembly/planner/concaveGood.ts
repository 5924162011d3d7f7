// The planner's problem with concave utilities, exactly. It separates by good, and each good's log
// shadow price t solves ln sum_i exp(e_ij (t - w_i - v_ij)) = ln r: e elasticities 1 / omega, w log
// weights, v log values, r the part of the good there is to give, in the units of
// economy/logForm.ts.

import { exponents, logSumRoot, NONE } from "../math/logSumExp";
import { doubles } from "../simd/memory";

// The log form that plans are made in; openLogForm() sets it.
let n: i32 = 0;
let m: i32 = 0;
let elasticity: i32 = 0; // n m
let logValue: i32 = 0; // n m
let logWeights: i32 = 0; // n
/** m: log shadow prices. A good's may hold a guess. */
export let logPrices: i32 = 0;
/** n m: log amounts; of NONE and below: nothing. */
export let logAllocation: i32 = 0;
/**
 * 4 n + 4. At its head are left the n log amounts of the good last planned, and behind them n logs
 * of the weighted marginal utility of all of it.
 */
export let workspace: i32 = 0;

/** Doubles of workspace of a log form. */
export function logFormWorkspace(agents: i32): i32 {
  return 4 * agents + 4;
}

/** Makes this log form the one that concaveGood() plans in. */
export function openLogForm(
  agents: i32,
  goods: i32,
  elasticities: i32,
  logValues: i32,
  logParetoWeights: i32,
  prices: i32,
  allocation: i32,
  base: i32,
): void {
  n = agents;
  m = goods;
  elasticity = elasticities;
  logValue = logValues;
  logWeights = logParetoWeights;
  logPrices = prices;
  logAllocation = allocation;
  workspace = base;
}

/** Plans every good, all of it; the parameters are those of openLogForm(). */
export function planInLogs(
  agents: i32,
  goods: i32,
  elasticities: i32,
  logValues: i32,
  logParetoWeights: i32,
  prices: i32,
  allocation: i32,
  base: i32,
): void {
  openLogForm(agents, goods, elasticities, logValues, logParetoWeights, prices, allocation, base);
  for (let j = 0; j < goods; j++) concaveGood(j, 0);
}

/**
 * Plans exp(logPart) of one good: its log shadow price and log allocation. A good that nobody wants
 * has the log price NONE and is split evenly.
 */
export function concaveGood(j: i32, logPart: f64): void {
  const d = doubles;
  const level = workspace + n;
  const zeros = workspace + 2 * n;
  let wanted = false;
  for (let i = 0; i < n; i++) {
    const c = i * m + j;
    d[workspace + i] = d[elasticity + c];
    d[level + i] = d[logWeights + i] + d[logValue + c];
    d[zeros + i] = 0;
    if (d[logValue + c] > NONE) wanted = true;
  }
  const guess = d[logPrices + j];
  const root = wanted ? logSumRoot(n, workspace, level, zeros, logPart, guess, workspace + 3 * n) : NONE;
  d[logPrices + j] = root;
  if (wanted) exponents(workspace, level, zeros, root, workspace, n);
  else for (let i = 0; i < n; i++) d[workspace + i] = -Math.log(n);
  for (let i = 0; i < n; i++) d[logAllocation + i * m + j] = d[workspace + i];
}

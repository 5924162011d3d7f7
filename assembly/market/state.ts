// The blocks of the safeguarded methods for the open economy, bound to a workspace. The files of
// this folder read them.
//
// Everything is in logs and in units in which there is 1 of every good: y_ij = x_ij / E_j and
// q_j = ln p_j + ln E_j. Matrices are n m, agent-major. A log of NONE or below is the log of 0.

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace } from "../economy/workspace";

// Returned by one step of a method.
export const GOES_ON = 0;
export const SOLVED = 1;
export const FAILED = 2;

// Data, n m each.
export let elasticity: i32 = 0; // 1 / omega
export let logValue: i32 = 0; // log marginal utility at y = 1, less the agent's largest
export let logOwned: i32 = 0; // log shares of the totals that agents own

// n m each.
export let logEndowments: i32 = 0; // in force: on a homotopy not yet logOwned
export let endowmentSlope: i32 = 0; // of logEndowments in the homotopy's parameter
export let logAllocation: i32 = 0; // at which the homotopy starts

// Evaluated at logPrices, n m each.
export let logSpending: i32 = 0; // log value that an agent spends on a good
export let logIncomeParts: i32 = 0; // log value that an agent owns of a good
export let inflow: i32 = 0; // of trade, over the largest of the good
export let outflow: i32 = 0;
export let wealthResponse: i32 = 0; // of tau to each log price, times wealthSlope
export let flowWeight: i32 = 0; // of each agent's response in each good's flow

// Used up where the Jacobian is formed, n m each: what an agent owns and spends of a good, over the
// most of any but its main one. They lie where the Jacobian's parts will.
export let ownedTerm: i32 = 0;
export let spentTerm: i32 = 0;

// n each.
export let topOwned: i32 = 0; // the logs of that most
export let topSpent: i32 = 0;
export let othersOwned: i32 = 0; // the logs of the sums over all but the main good
export let othersSpent: i32 = 0;
export let tau: i32 = 0; // log marginal utility of wealth
export let logWealth: i32 = 0;
export let wealthSlope: i32 = 0; // the sum of elasticities times spending shares
export let budgetGood: i32 = 0; // the good whose trade is read off the budget, or -1
export let logWeights: i32 = 0; // Pareto weights
export let scale: i32 = 0; // the largest log marginal utility, taken out of logValue

export let scratch: i32 = 0; // 4 max(n, m + 1) + 4 and more

// m each.
export let logPrices: i32 = 0; // q
export let trial: i32 = 0; // log prices at the end of a trial step
export let predicted: i32 = 0; // log prices
export let best: i32 = 0; // the best log prices so far
export let logTotals: i32 = 0;
export let totalIn: i32 = 0; // log of the sum of inflows
export let totalOut: i32 = 0;
export let perIn: i32 = 0; // one over the sum of inflows, over the largest
export let perOut: i32 = 0;
export let residual: i32 = 0; // totalIn - totalOut
export let parameterSlope: i32 = 0; // of the residual in the homotopy's parameter
export let step: i32 = 0;
export let correction: i32 = 0;
export let tangent: i32 = 0; // m + 1, the parameter's part last
export let nextTangent: i32 = 0;
export let pivots: i32 = 0;
export let logit: i32 = 0; // of two agents: the log of the first share of each good over the second

// m m each, for the methods that form a Jacobian.
export let jacobian: i32 = 0;
export let factors: i32 = 0;

/** Places the blocks at `base`: those over pairs of goods only where `dense` is 1. */
export function bind(base: i32, dense: i32): void {
  const n = economy.n;
  const m = economy.m;
  openWorkspace(base);
  elasticity = matrix(n, m);
  logValue = matrix(n, m);
  logOwned = matrix(n, m);
  logEndowments = matrix(n, m);
  endowmentSlope = matrix(n, m);
  logAllocation = matrix(n, m);
  logSpending = matrix(n, m);
  logIncomeParts = matrix(n, m);
  inflow = matrix(n, m);
  outflow = matrix(n, m);
  wealthResponse = matrix(n, m);
  flowWeight = matrix(n, m);
  ownedTerm = wealthResponse;
  spentTerm = flowWeight;
  topOwned = block(n);
  topSpent = block(n);
  othersOwned = block(n);
  othersSpent = block(n);
  tau = block(n);
  logWealth = block(n);
  wealthSlope = block(n);
  budgetGood = block(n);
  logWeights = block(n);
  scale = block(n);
  scratch = block(4 * (n > m ? n : m) + 12);
  logPrices = block(m + 1);
  trial = block(m + 1);
  predicted = block(m + 1);
  best = block(m + 1);
  logTotals = block(m + 1);
  totalIn = block(m + 1);
  totalOut = block(m + 1);
  perIn = block(m + 1);
  perOut = block(m + 1);
  residual = block(m + 1);
  parameterSlope = block(m + 1);
  step = block(m + 1);
  correction = block(m + 1);
  tangent = block(m + 1);
  nextTangent = block(m + 1);
  pivots = block(m + 1);
  logit = block(n === 2 ? m : 0);
  jacobian = dense ? matrix(m, m) : block(0);
  factors = dense ? matrix(m, m) : block(0);
}

// Incomes and demand at log prices q. With elasticities a, the log value that agent i spends on
// good j is a_ij (q_j + tau_i - logValue_ij) + q_j. Here tau_i, the log marginal utility of wealth,
// makes spending equal wealth.

import * as economy from "../economy/economy";
import { logSum, logSumRoot } from "../math/logSumExp";
import { doubles } from "../simd/memory";
import * as state from "./state";

/** How often demand was evaluated over the whole economy since it was last set to 0. */
export let evaluations: i32 = 0;

export function resetEvaluations(): void {
  evaluations = 0;
}

/** Counts an evaluation made elsewhere, by a plan. */
export function countEvaluation(): void {
  evaluations++;
}

/**
 * Evaluates incomes, wealth, tau and spending at log prices (m). The present values of tau serve as
 * guesses.
 */
export function evaluateDemand(prices: i32): void {
  const n = economy.n;
  evaluations++;
  for (let i = 0; i < n; i++) demandOf(i, prices);
}

function demandOf(i: i32, prices: i32): void {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  for (let j = 0; j < m; j++) {
    d[state.logIncomeParts + row + j] = d[state.logEndowments + row + j] + d[prices + j];
    d[state.scratch + j] = d[state.logValue + row + j] - d[prices + j];
  }
  const wealth = logSum(m, state.logIncomeParts + row, state.scratch + m);
  const root = logSumRoot(
    m,
    state.elasticity + row,
    state.scratch,
    prices,
    wealth,
    d[state.tau + i],
    state.scratch + m,
  );
  d[state.logWealth + i] = wealth;
  d[state.tau + i] = root;
  for (let j = 0; j < m; j++)
    d[state.logSpending + row + j] = d[state.elasticity + row + j] * (root - d[state.scratch + j]) + d[prices + j];
}

/** Forgets the guesses of tau, for prices that have jumped. */
export function forgetGuesses(): void {
  const d = doubles;
  const n = economy.n;
  for (let i = 0; i < n; i++) d[state.tau + i] = NaN;
}

/**
 * Writes excess demand over the total, (sum_i x_ij - E_j) / E_j, of each good (m) at log prices
 * (m), in the market last started.
 */
export function excessDemand(logPrices: i32, excess: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const prices = state.logPrices;
  const spending = state.logSpending;
  for (let j = 0; j < m; j++) d[prices + j] = d[logPrices + j] + d[state.logTotals + j];
  evaluateDemand(prices);
  for (let j = 0; j < m; j++) {
    let sum: f64 = -1;
    for (let i = 0; i < n; i++) sum += Math.exp(d[spending + i * m + j] - d[prices + j]);
    d[excess + j] = sum;
  }
}

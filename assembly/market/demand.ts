// What agents own and demand at prices q. Log value spent: lx_ij = a_ij (q_j + tau_i - la_ij) + q_j, where tau_i, the log marginal
// utility of wealth, makes spending equal wealth.

import { logSum, logSumRoot } from "../math/logSumExp";
import { doubles } from "../simd/memory";
import { a, la, le, lo, lw, lx, m, n, scratch, tau } from "./state";

/** How often demand was evaluated over the whole economy since it was last set to 0. */
export let evaluations: i32 = 0;

export function resetEvaluations(): void {
  evaluations = 0;
}

/** Evaluates lo, lw, tau and lx at prices (m). What tau holds serves as a guess. */
export function evaluateDemand(prices: i32): void {
  evaluations++;
  for (let i = 0; i < n; i++) demandOf(i, prices);
}

function demandOf(i: i32, prices: i32): void {
  const d = doubles;
  const row = i * m;
  for (let j = 0; j < m; j++) {
    d[lo + row + j] = d[le + row + j] + d[prices + j];
    d[scratch + j] = d[la + row + j] - d[prices + j];
  }
  const wealth = logSum(m, lo + row, scratch + m);
  const root = logSumRoot(m, a + row, scratch, prices, wealth, d[tau + i], scratch + m);
  d[lw + i] = wealth;
  d[tau + i] = root;
  for (let j = 0; j < m; j++) d[lx + row + j] = d[a + row + j] * (root - d[scratch + j]) + d[prices + j];
}

/** Forgets the guesses for tau, where prices have jumped. */
export function forgetGuesses(): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[tau + i] = NaN;
}

// The log form of preferences, in which every solver for concave utilities works.

import { NONE } from "../math/logSumExp";
import { log } from "../simd/blocks";
import { doubles } from "../simd/memory";

/** Logs below this are of parts that a double may not hold, though it may hold the amounts. */
export const TINY_PART: f64 = -690;

/** The amount, of `total` units, of which this is the log part. */
export function amountOf(logPart: f64, total: f64): f64 {
  return logPart < TINY_PART ? Math.exp(logPart + Math.log(total)) : total * Math.exp(logPart);
}

/**
 * Writes the log form of preferences, in units in which there is 1 of every good: y_ij = x_ij
 * E_j. `elasticity` (n m) gets 1 / omega_ij. `logValue` (n m) gets the log of marginal utility at
 * y_ij = 1, which is ln alpha_ij + (1 + omega_ij) ln E_j, less the agent's largest. The largest
 * goes to `scale` (n). Where alpha_ij = 0 or omega_ij >= 0 the agent is not among the concave ones
 * for good j: elasticity is -1 and logValue is NONE.
 */
export function logPreferences(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  logTotals: i32,
  elasticity: i32,
  logValue: i32,
  scale: i32,
): void {
  const d = doubles;
  log(alpha, logValue, n * m);
  for (let i = 0; i < n; i++) {
    let top: f64 = NONE;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const wanted = d[alpha + c] > 0 && d[omega + c] < 0;
      d[elasticity + c] = wanted ? 1 / d[omega + c] : -1;
      d[logValue + c] = wanted ? d[logValue + c] + (1 + d[omega + c]) * d[logTotals + j] : NONE;
      top = Math.max(top, d[logValue + c]);
    }
    d[scale + i] = top;
    for (let j = 0; j < m; j++) if (d[logValue + i * m + j] > NONE) d[logValue + i * m + j] -= top;
  }
}

/** logs = ln(values), and NONE for 0. Both blocks begin at even addresses and are padded. */
export function logsOf(values: i32, logs: i32, n: i32): void {
  const d = doubles;
  log(values, logs, n);
  for (let k = 0; k < n; k++) d[logs + k] = Math.max(d[logs + k], NONE);
}

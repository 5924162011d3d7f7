// Marginal utility alpha x^omega of one good, and the log form of an economy's preferences in which every solver for concave utilities
// works.

import { NONE } from "../math/logSumExp";
import { log } from "../simd/blocks";
import { doubles } from "../simd/memory";

/** Marginal utility alpha x^omega of x units; at x = 0 its limit. */
export function marginalUtility(alpha: f64, omega: f64, x: f64): f64 {
  if (alpha === 0) return 0;
  if (omega === 0) return alpha;
  return alpha * Math.exp(omega * Math.log(x));
}

/**
 * The log form, in units in which there is 1 of every good: y_ij = x_ij / E_j. Writes elasticities 1 / omega_ij to `a` (n m) and to `la`
 * (n m) the logs of marginal utility at y = 1, ln alpha_ij + (1 + omega_ij) ln E_j, less the agent's largest, which goes to `scale` (n).
 * Where alpha_ij = 0 or omega_ij >= 0, a = -1 and la = NONE: those cells
 * are not among the concave ones.
 */
export function logPreferences(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  logTotals: i32,
  a: i32,
  la: i32,
  scale: i32,
): void {
  const d = doubles;
  log(alpha, la, n * m);
  for (let i = 0; i < n; i++) {
    let top: f64 = NONE;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const wanted = d[alpha + c] > 0 && d[omega + c] < 0;
      d[a + c] = wanted ? 1 / d[omega + c] : -1;
      d[la + c] = wanted ? d[la + c] + (1 + d[omega + c]) * d[logTotals + j] : NONE;
      top = Math.max(top, d[la + c]);
    }
    d[scale + i] = top;
    for (let j = 0; j < m; j++) if (d[la + i * m + j] > NONE) d[la + i * m + j] -= top;
  }
}

/** logs = ln(values), and NONE for 0; both begin on a pair and are padded. */
export function logsOf(values: i32, logs: i32, n: i32): void {
  const d = doubles;
  log(values, logs, n);
  for (let k = 0; k < n; k++) d[logs + k] = Math.max(d[logs + k], NONE);
}

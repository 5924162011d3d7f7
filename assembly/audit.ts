// Residuals of an answer, from the economy and the answer alone, whoever found it.

import { FEASIBILITY, STATIONARITY, WELFARE } from "./layout";
import { marginalUtility, utility } from "./preferences";
import { doubles } from "./simd/memory";

/**
 * Judges an allocation x (n m) with shadow prices (m) as an answer to the planner's problem. Writes each agent's utility (n), and to
 * `audit` welfare, feasibility max_j |sum_i x_ij - E_j| / E_j, and stationarity: the largest |lambda_i alpha_ij x_ij^omega_ij / mu_j - 1|
 * where x_ij > 0, and at x_ij = 0 the part by which the first unit would be worth more than its price.
 */
export function auditPlan(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  x: i32,
  prices: i32,
  utilities: i32,
  audit: i32,
): void {
  const d = doubles;
  let welfare: f64 = 0;
  let stationarity: f64 = 0;
  for (let i = 0; i < n; i++) {
    const weight = d[weights + i];
    let own: f64 = 0;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const a = d[alpha + c];
      if (a === 0) continue;
      const w = d[omega + c];
      const held = d[x + c];
      own += utility(a, w, held);
      const gain = (weight * marginalUtility(a, w, held)) / d[prices + j] - 1;
      const violation = held > 0 ? Math.abs(gain) : Math.max(0, gain);
      stationarity = Math.max(stationarity, violation);
    }
    d[utilities + i] = own;
    welfare += weight * own;
  }
  d[audit + WELFARE] = welfare;
  d[audit + STATIONARITY] = stationarity;
  d[audit + FEASIBILITY] = clearing(n, m, totals, x);
}

/** max_j |sum_i x_ij - E_j| / E_j. */
export function clearing(n: i32, m: i32, totals: i32, x: i32): f64 {
  const d = doubles;
  let worst: f64 = 0;
  for (let j = 0; j < m; j++) {
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += d[x + i * m + j];
    const total = d[totals + j];
    worst = Math.max(worst, Math.abs(sum - total) / total);
  }
  return worst;
}

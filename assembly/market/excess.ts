// Excess demand at any prices, for what moves prices otherwise than a solver does.

import { doubles } from "../simd/memory";
import { evaluateDemand } from "./demand";
import { logTotals, lx, m, n, q } from "./state";

/** Writes excess demand over the total, (sum_i x_ij - E_j) / E_j, for each good (m) at log prices (m), in the market last started. */
export function excessDemand(logPrices: i32, out: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[q + j] = d[logPrices + j] + d[logTotals + j];
  evaluateDemand(q);
  for (let j = 0; j < m; j++) {
    let sum: f64 = -1;
    for (let i = 0; i < n; i++) sum += Math.exp(d[lx + i * m + j] - d[q + j]);
    d[out + j] = sum;
  }
}

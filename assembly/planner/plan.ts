// The planner's problem, exactly, whatever the curvatures: maximise sum_i lambda_i u_i(x_i) subject to sum_i x_ij <= E_j. It separates by
// good; each good goes to the method for the agents who want it.

import { logPreferences, logsOf } from "../economy/logForm";
import { GAP, padded } from "../protocol";
import { doubles } from "../simd/memory";
import { exp } from "../simd/passes";
import { planGood } from "./concaveGood";
import { vertexGood } from "./convexGood";
import { MIXED_WORK, mixedGood } from "./mixedGood";

/** Doubles of work that plan() needs. */
export function planWork(n: i32, m: i32): i32 {
  return 3 * padded(n * m) + 2 * padded(m) + 2 * padded(n) + MIXED_WORK + 4 * padded(n) + 4;
}

/**
 * Writes the allocation x (n m), shadow prices (m), how many agents tie for each good (m; 1 but where the good goes whole to one of
 * several), and to the header by how much, at most, welfare falls short of the maximum: 0 but for goods that concave and convex
 * agents share.
 */
export function plan(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  x: i32,
  prices: i32,
  ties: i32,
  header: i32,
  work: i32,
): void {
  const d = doubles;
  const a = work;
  const la = a + padded(n * m);
  const ly = la + padded(n * m);
  const logTotals = ly + padded(n * m);
  const t = logTotals + padded(m);
  const scale = t + padded(m);
  const ll = scale + padded(n);
  const rest = ll + padded(n);
  logsOf(totals, logTotals, m);
  logPreferences(n, m, alpha, omega, logTotals, a, la, scale);
  for (let i = 0; i < n; i++) d[ll + i] = Math.log(d[weights + i]) + d[scale + i];

  let gap: f64 = 0;
  for (let j = 0; j < m; j++) {
    const total = d[totals + j];
    let concave = 0;
    let convex = 0;
    for (let i = 0; i < n; i++) {
      if (d[alpha + i * m + j] === 0) continue;
      if (d[omega + i * m + j] < 0) concave++;
      else convex++;
    }
    d[t + j] = NaN;
    d[ties + j] = 1;
    if (convex === 0) {
      planGood(n, m, j, a, la, ll, 0, t, ly, rest);
      d[prices + j] = Math.exp(d[t + j] - d[logTotals + j]);
      exp(rest, rest, n);
      for (let i = 0; i < n; i++) d[x + i * m + j] = total * d[rest + i];
    } else if (concave === 0) vertexGood(n, m, j, alpha, omega, weights, total, x, prices, ties);
    else gap += mixedGood(n, m, j, alpha, omega, weights, total, a, la, ll, t, ly, x, prices, rest);
  }
  d[header + GAP] = gap;
}

// What the derivatives of an equilibrium are made of: the inverse of the log flow's Jacobian, from one factorisation, and where it was taken.

import { solve } from "../math/linear";
import { CONDITION, PIVOT } from "../protocol";
import { doubles } from "../simd/memory";
import { chooseModes, evaluateFlow, evaluateJacobian, largestFlow } from "./flow";
import { factorReduced, index, smallestPivot } from "./safeguardedNewton";
import { factors, logTotals, lx, m, mode, n, pivots, q, step, totalIn } from "./state";

/**
 * At the prices that startMarket was given, writes the logs of what agents demand (n m), the good whose trade is read off each
 * agent's budget or -1 (n), the logs of the flows (m), the inverse of the Jacobian of the log flow in log prices (m m; the
 * row and column of the good with the largest flow, whose price and equation are left out, are 0), and to `measures` the Jacobian's
 * smallest pivot and the maximum norm of the inverse, Infinity where there is none. Returns the index: sign det(-J), 0 where it is too
 * close to singular.
 */
export function marketSlopes(logX: i32, modes: i32, logFlows: i32, inverse: i32, measures: i32): i32 {
  const d = doubles;
  chooseModes();
  evaluateFlow();
  for (let i = 0; i < n; i++) d[modes + i] = d[mode + i];
  for (let j = 0; j < m; j++) d[logFlows + j] = d[totalIn + j];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) d[logX + i * m + j] = d[lx + i * m + j] - d[q + j] + d[logTotals + j];
  }
  for (let c = 0; c < m * m; c++) d[inverse + c] = 0;
  d[measures + PIVOT] = 1;
  d[measures + CONDITION] = 0;
  if (m === 1) return 1;

  const dropped = largestFlow();
  evaluateJacobian();
  const sign = factorReduced(dropped);
  d[measures + PIVOT] = sign === 0 ? 0 : smallestPivot();
  d[measures + CONDITION] = Infinity;
  if (sign === 0) return 0;
  for (let k = 0; k < m; k++) if (k !== dropped) inverseColumn(k, dropped, inverse);
  d[measures + CONDITION] = maximumNorm(inverse);
  return index;
}

/** Column k of the inverse: how prices answer to a unit of the residual of good k, with the sign of the residual. */
function inverseColumn(k: i32, dropped: i32, inverse: i32): void {
  const d = doubles;
  for (let j = 0; j < m - 1; j++) d[step + j] = 0;
  d[step + (k < dropped ? k : k - 1)] = 1;
  solve(factors, m - 1, pivots, step);
  for (let j = 0; j < m - 1; j++) d[inverse + (j < dropped ? j : j + 1) * m + k] = d[step + j];
}

/** The largest sum of sizes along a row of an m m matrix. */
function maximumNorm(matrix: i32): f64 {
  const d = doubles;
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) {
    let sum: f64 = 0;
    for (let k = 0; k < m; k++) sum += Math.abs(d[matrix + j * m + k]);
    largest = Math.max(largest, sum);
  }
  return largest;
}

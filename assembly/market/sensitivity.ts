// The inverse of the log flow's Jacobian, from one factorisation: the derivatives of an equilibrium
// are made of it.

import * as economy from "../economy/economy";
import { solve } from "../math/linear";
import { CONDITION, PIVOT } from "../protocol";
import { doubles } from "../simd/memory";
import { evaluateFlow, evaluateJacobian, largestFlow } from "./flow";
import { factorReduced, index, smallestPivot } from "./safeguardedNewton";
import * as state from "./state";

/**
 * Writes what the derivatives need, at the prices that startMarket() was given: the logs of the
 * agents' demand (n m), each agent's budget good or -1 (n), the logs of the flows (m) and the
 * inverse of the Jacobian of the log flow in log prices (m m). A budget good is one whose trade is
 * read off the budget. The price and the equation of the good with the largest flow are left out:
 * its row and column of the inverse are 0. `measures` gets the Jacobian's smallest pivot and the
 * maximum norm of the inverse, Infinity if there is none. Returns the index, sign det(-J), or 0 if
 * the Jacobian is too close to singular.
 */
export function sensitivity(logX: i32, budgetGoods: i32, logFlows: i32, inverse: i32, measures: i32): i32 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  evaluateFlow(true);
  for (let i = 0; i < n; i++) d[budgetGoods + i] = d[state.budgetGood + i];
  for (let j = 0; j < m; j++) d[logFlows + j] = d[state.totalIn + j];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++)
      d[logX + i * m + j] = d[state.logSpending + i * m + j] - d[state.logPrices + j] + d[state.logTotals + j];
  }
  for (let c = 0; c < m * m; c++) d[inverse + c] = 0;
  d[measures + PIVOT] = 1;
  d[measures + CONDITION] = 0;
  if (m === 1) return 1;

  const dropped = largestFlow();
  evaluateJacobian(false);
  const sign = factorReduced(dropped);
  d[measures + PIVOT] = sign === 0 ? 0 : smallestPivot();
  d[measures + CONDITION] = Infinity;
  if (sign === 0) return 0;
  for (let k = 0; k < m; k++) if (k !== dropped) inverseColumn(k, dropped, inverse);
  d[measures + CONDITION] = maximumNorm(inverse);
  return index;
}

/**
 * Writes column k of the inverse: by how much log prices move for one unit of the residual of good
 * k, with the residual's sign.
 */
function inverseColumn(k: i32, dropped: i32, inverse: i32): void {
  const d = doubles;
  const m = economy.m;
  for (let j = 0; j < m - 1; j++) d[state.step + j] = 0;
  d[state.step + (k < dropped ? k : k - 1)] = 1;
  solve(state.factors, m - 1, state.pivots, state.step);
  for (let j = 0; j < m - 1; j++) d[inverse + (j < dropped ? j : j + 1) * m + k] = d[state.step + j];
}

/** Returns the largest sum of sizes along a row of an m m matrix. */
function maximumNorm(matrix: i32): f64 {
  const d = doubles;
  const m = economy.m;
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) {
    let sum: f64 = 0;
    for (let k = 0; k < m; k++) sum += Math.abs(d[matrix + j * m + k]);
    largest = Math.max(largest, sum);
  }
  return largest;
}

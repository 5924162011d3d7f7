// The residual of equilibrium: the log flow of trade, F_j = ln inflow_j - ln outflow_j, and its
// Jacobian. Unlike relative excess demand it has no plateau far from equilibrium, and it keeps full
// relative precision where little is traded.
//
// An agent's inflow of a good is the value it spends on it, its outflow the value it owns of it. An
// agent's main good is the one that most of its wealth is in. An agent that trades little of its
// main good has the flows of that good read off its budget instead: the inflow is the value of all
// its other endowments, and the outflow is its spending on other goods.

import * as economy from "../economy/economy";
import { expLess, expLessRow, logSum, NONE } from "../math/logSumExp";
import { addProductRows, addScaled } from "../simd/blocks";
import { doubles } from "../simd/memory";
import * as state from "./state";

/**
 * Decides for each agent whether the trade of its main good is read off its budget. The decision
 * stays within a line search.
 */
export function chooseBudgetGoods(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let i = 0; i < n; i++) {
    const row = i * m;
    let main = 0;
    for (let j = 1; j < m; j++) if (d[state.logIncomeParts + row + j] > d[state.logIncomeParts + row + main]) main = j;
    const others = Math.max(logSumBut(state.logSpending + row, main), logSumBut(state.logIncomeParts + row, main));
    const own = Math.max(d[state.logSpending + row + main], d[state.logIncomeParts + row + main]);
    d[state.budgetGood + i] = others < own ? main : -1;
  }
}

/** Returns ln sum_{k != but} exp x_k of the m logs at x. */
function logSumBut(x: i32, but: i32): f64 {
  const d = doubles;
  const m = economy.m;
  const kept = d[x + but];
  d[x + but] = NONE;
  const sum = logSum(m, x, state.scratch);
  d[x + but] = kept;
  return sum;
}

/** Evaluates the flows and F at the demand last evaluated. Returns max_j |F_j|. */
export function evaluateFlow(): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let c = 0; c < n * m; c++) {
    d[state.inflow + c] = d[state.logSpending + c];
    d[state.outflow + c] = d[state.logIncomeParts + c];
  }
  for (let i = 0; i < n; i++) {
    const main = <i32>d[state.budgetGood + i];
    if (main < 0) continue;
    d[state.inflow + i * m + main] = logSumBut(state.logIncomeParts + i * m, main);
    d[state.outflow + i * m + main] = logSumBut(state.logSpending + i * m, main);
  }
  logSumColumns(state.inflow, state.totalIn);
  logSumColumns(state.outflow, state.totalOut);
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) {
    d[state.residual + j] = d[state.totalIn + j] - d[state.totalOut + j];
    largest = Math.max(largest, Math.abs(d[state.residual + j]));
  }
  return largest;
}

/** out_j = ln sum_i exp flow_ij. */
function logSumColumns(flow: i32, out: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let j = 0; j < m; j++) {
    d[out + j] = d[flow + j];
    d[state.scratch + j] = 0;
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < m; j++) d[out + j] = Math.max(d[out + j], d[flow + i * m + j]);
  }
  for (let i = 0; i < n; i++) {
    expLessRow(flow + i * m, out, state.scratch + m, m);
    addScaled(state.scratch, 1, state.scratch + m, m);
  }
  for (let j = 0; j < m; j++) d[out + j] += Math.log(d[state.scratch + j]);
}

/**
 * Computes the Jacobian of F in log prices (m m; its rows sum to 0) at the flows last evaluated. It
 * is a diagonal, the terms of budget goods, and for each agent one product of a column, its flow
 * weights, and a row, its wealth response v_ik = own_ik - sh_ik (1 + a_ik). Here a_ik is the
 * elasticity, own and sh are the agent's shares of wealth owned and spent, and dtau_i/dq_k = v_ik /
 * wealthSlope_i.
 */
export function evaluateJacobian(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let c = 0; c < m * m; c++) d[state.jacobian + c] = 0;
  for (let i = 0; i < n; i++) {
    respond(i);
    weighFlows(i);
  }
  // The sum of the products, four rows at a time.
  const whole = m - (m % 4);
  for (let j = 0; j < whole; j += 4) addProductRows(state.flowWeight, state.wealthResponse, state.jacobian, j, n, m);
  for (let i = 0; i < n; i++) {
    for (let j = whole; j < m; j++)
      addScaled(state.jacobian + j * m, d[state.flowWeight + i * m + j], state.wealthResponse + i * m, m);
  }
}

/** Computes the wealth response and slope of agent i. */
function respond(i: i32): void {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  const shares = state.scratch;
  expLess(state.logSpending + row, d[state.logWealth + i], shares, m);
  expLess(state.logIncomeParts + row, d[state.logWealth + i], state.wealthResponse + row, m);
  let sum: f64 = 0;
  for (let k = 0; k < m; k++) {
    const slope = d[state.elasticity + row + k];
    d[state.wealthResponse + row + k] -= d[shares + k] * (1 + slope);
    sum += slope * d[shares + k];
  }
  d[state.wealthSlope + i] = sum;
}

/**
 * Computes by how much each good's F moves with agent i's tau, over its wealth slope. Adds the
 * agent's part of the diagonal and the terms of its budget good.
 */
function weighFlows(i: i32): void {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  const main = <i32>d[state.budgetGood + i];
  const sharesIn = state.scratch;
  const sharesOut = state.scratch + m;
  expLessRow(state.inflow + row, state.totalIn, sharesIn, m);
  expLessRow(state.outflow + row, state.totalOut, sharesOut, m);
  for (let j = 0; j < m; j++) {
    const slope = d[state.elasticity + row + j];
    d[state.flowWeight + row + j] = (d[sharesIn + j] * slope) / d[state.wealthSlope + i];
    if (j !== main) d[state.jacobian + j * m + j] += d[sharesIn + j] * (1 + slope) - d[sharesOut + j];
  }
  if (main >= 0) addMainGood(i, main, d[sharesIn + main], d[sharesOut + main]);
}

function addMainGood(i: i32, main: i32, shareIn: f64, shareOut: f64): void {
  const d = doubles;
  const m = economy.m;
  const row = state.jacobian + main * m;
  const sold = state.scratch;
  const bought = state.scratch + m;
  expLess(state.logIncomeParts + i * m, d[state.inflow + i * m + main], sold, m);
  expLess(state.logSpending + i * m, d[state.outflow + i * m + main], bought, m);
  let slope: f64 = 0;
  for (let k = 0; k < m; k++) {
    if (k === main) continue;
    const c = i * m + k;
    d[row + k] += shareIn * d[sold + k] - shareOut * d[bought + k] * (1 + d[state.elasticity + c]);
    slope += d[state.elasticity + c] * d[bought + k];
  }
  d[state.flowWeight + i * m + main] = (-shareOut * slope) / d[state.wealthSlope + i];
}

/** Computes dF/dr, where endowments move with r by endowmentSlope; after evaluateJacobian(). */
export function evaluateParameterSlope(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let j = 0; j < m; j++) d[state.parameterSlope + j] = 0;
  for (let i = 0; i < n; i++) {
    const main = <i32>d[state.budgetGood + i];
    let wealth: f64 = 0;
    for (let k = 0; k < m; k++) {
      const c = i * m + k;
      wealth += Math.exp(d[state.logIncomeParts + c] - d[state.logWealth + i]) * d[state.endowmentSlope + c];
    }
    const moved = wealth / d[state.wealthSlope + i];
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const shareIn = Math.exp(d[state.inflow + c] - d[state.totalIn + j]);
      const shareOut = Math.exp(d[state.outflow + c] - d[state.totalOut + j]);
      let into = d[state.elasticity + c] * moved;
      let out = d[state.endowmentSlope + c];
      if (j === main) {
        into = 0;
        out = 0;
        for (let k = 0; k < m; k++) {
          if (k === main) continue;
          into +=
            Math.exp(d[state.logIncomeParts + i * m + k] - d[state.inflow + c]) * d[state.endowmentSlope + i * m + k];
          out +=
            Math.exp(d[state.logSpending + i * m + k] - d[state.outflow + c]) * d[state.elasticity + i * m + k] * moved;
        }
      }
      d[state.parameterSlope + j] += shareIn * into - shareOut * out;
    }
  }
}

/**
 * The good with the largest flow. Its equation is the one to drop, since the error that Walras' law
 * leaves is smallest there.
 */
export function largestFlow(): i32 {
  const d = doubles;
  const m = economy.m;
  let best = 0;
  let max = -Infinity;
  for (let j = 0; j < m; j++) {
    const flow = Math.max(d[state.totalIn + j], d[state.totalOut + j]);
    if (flow > max) {
      max = flow;
      best = j;
    }
  }
  return best;
}

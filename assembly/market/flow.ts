// The residual of equilibrium: the log flow of trade, F_j = ln inflow_j - ln outflow_j, and its
// Jacobian. Unlike relative excess demand it has no plateau far from equilibrium, and it keeps full
// relative precision where little is traded.
//
// An agent's inflow of a good is the value it spends on it, its outflow the value it owns of it. An
// agent's main good is the one that most of its wealth is in. An agent that trades little of its
// main good has the flows of that good read off its budget instead: the inflow is the value of all
// its other endowments, and the outflow is its spending on other goods.

import * as economy from "../economy/economy";
import { expLess, expLessRow, NONE } from "../math/logSumExp";
import { addProductRows, addScaled, log } from "../simd/blocks";
import { doubles } from "../simd/memory";
import * as state from "./state";

/**
 * Evaluates the flows and F at the demand last evaluated. Returns max_j |F_j|. With `choosing` it
 * decides for each agent whether the trade of its main good is read off the budget, which stays as it
 * is within a line search.
 */
export function evaluateFlow(choosing: bool): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let i = 0; i < n; i++) {
    const row = i * m;
    let main = choosing ? 0 : <i32>d[state.budgetGood + i];
    if (main < 0) continue;
    for (let j = 1; choosing && j < m; j++)
      if (d[state.logIncomeParts + row + j] > d[state.logIncomeParts + row + main]) main = j;
    weighOthers(i, main);
    if (!choosing) continue;
    const spent = d[state.logSpending + row + main];
    const owned = d[state.logIncomeParts + row + main];
    const isRead = Math.max(d[state.othersOwned + i], d[state.othersSpent + i]) < Math.max(spent, owned);
    d[state.budgetGood + i] = isRead ? main : -1;
    if (isRead) continue;
    // It counts like the others.
    addTerm(owned, main, state.ownedTerm + row, state.topOwned + i);
    addTerm(spent, main, state.spentTerm + row, state.topSpent + i);
  }
  return sumFlows();
}

/** Sums what agent i owns, and spends, of goods other than one, in terms over the largest of them. */
function weighOthers(i: i32, main: i32): void {
  const row = i * economy.m;
  weighRow(state.logIncomeParts + row, main, state.ownedTerm + row, state.topOwned + i, state.othersOwned + i);
  weighRow(state.logSpending + row, main, state.spentTerm + row, state.topSpent + i, state.othersSpent + i);
}

/** Writes terms_k = exp(x_k - top) of m logs but one, whose term is 0, their top, and the log of their sum. */
function weighRow(x: i32, but: i32, terms: i32, top: i32, logOfSum: i32): void {
  const d = doubles;
  const m = economy.m;
  const kept = d[x + but];
  d[x + but] = NONE;
  let most = NONE;
  for (let k = 0; k < m; k++) most = Math.max(most, d[x + k]);
  const sum = expLess(x, most, terms, m);
  d[x + but] = kept;
  d[terms + but] = 0;
  d[top] = most;
  d[logOfSum] = most + Math.log(sum);
}

/** Adds the term of a log x to the terms of others, at place `at`, over the larger of x and their top. */
function addTerm(x: f64, at: i32, terms: i32, top: i32): void {
  const d = doubles;
  const m = economy.m;
  const most = Math.max(x, d[top]);
  const scale = Math.exp(d[top] - most);
  for (let k = 0; k < m; k++) d[terms + k] *= scale;
  d[terms + at] = Math.exp(x - most);
  d[top] = most;
}

/** Sums the flows of each good. They are terms over the good's largest afterwards. */
function sumFlows(): f64 {
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
    d[state.inflow + i * m + main] = d[state.othersOwned + i];
    d[state.outflow + i * m + main] = d[state.othersSpent + i];
  }
  logSumColumns(state.inflow, state.totalIn, state.perIn);
  logSumColumns(state.outflow, state.totalOut, state.perOut);
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) {
    d[state.residual + j] = d[state.totalIn + j] - d[state.totalOut + j];
    largest = Math.max(largest, Math.abs(d[state.residual + j]));
  }
  return largest;
}

/**
 * out_j = ln sum_i exp flow_ij. Each flow becomes a term over the largest of its column, and `per` gets
 * what one over their sum is.
 */
function logSumColumns(flow: i32, out: i32, per: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let j = 0; j < m; j++) {
    d[out + j] = d[flow + j];
    d[per + j] = 0;
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < m; j++) d[out + j] = Math.max(d[out + j], d[flow + i * m + j]);
  }
  for (let i = 0; i < n; i++) {
    expLessRow(flow + i * m, out, flow + i * m, m);
    addScaled(per, 1, flow + i * m, m);
  }
  log(per, state.scratch, m);
  for (let j = 0; j < m; j++) {
    d[out + j] += d[state.scratch + j];
    d[per + j] = 1 / d[per + j];
  }
}

/**
 * Computes the Jacobian of F in log prices (m m; its rows sum to 0) at the flows that evaluateFlow()
 * has evaluated; once, as their terms are used up. It is a diagonal, the terms of budget goods, and
 * for each agent one product of a column, its flow weights, and a row, its wealth response v_ik =
 * own_ik - sh_ik (1 + a_ik). Here a_ik is the elasticity, own and sh are the agent's shares of wealth
 * owned and spent, and dtau_i/dq_k = v_ik / wealthSlope_i.
 *
 * With `alongPath` also dF/dr, where endowments move with r by endowmentSlope.
 */
export function evaluateJacobian(alongPath: bool): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let c = 0; c < m * m; c++) d[state.jacobian + c] = 0;
  for (let j = 0; j < m; j++) d[state.parameterSlope + j] = 0;
  for (let i = 0; i < n; i++) {
    const wealthMoved = respond(i);
    weighFlows(i);
    if (alongPath) addParameterSlope(i, wealthMoved / d[state.wealthSlope + i]);
  }
  // The sum of the products, four rows at a time.
  const whole = m - (m % 4);
  for (let j = 0; j < whole; j += 4) addProductRows(state.flowWeight, state.wealthResponse, state.jacobian, j, n, m);
  for (let i = 0; i < n; i++) {
    for (let j = whole; j < m; j++)
      addScaled(state.jacobian + j * m, d[state.flowWeight + i * m + j], state.wealthResponse + i * m, m);
  }
}

/**
 * Computes the wealth response and slope of agent i. Its terms become shares of all that is owned, and
 * spent, of other goods than the main one, and are in scratch afterwards. Returns by how much its log
 * wealth moves with endowments that move by endowmentSlope.
 */
function respond(i: i32): f64 {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  const wealth = d[state.logWealth + i];
  const main = <i32>d[state.budgetGood + i];
  const owned = Math.exp(d[state.topOwned + i] - wealth);
  const spent = Math.exp(d[state.topSpent + i] - wealth);
  const ownedOfOthers = Math.exp(d[state.topOwned + i] - d[state.othersOwned + i]);
  const spentOnOthers = Math.exp(d[state.topSpent + i] - d[state.othersSpent + i]);
  let slopes: f64 = 0;
  let moved: f64 = 0;
  for (let k = 0; k < m; k++) {
    const isMain = k === main;
    const ownedTerm = d[state.ownedTerm + row + k];
    const spentTerm = d[state.spentTerm + row + k];
    const share = isMain ? Math.exp(d[state.logSpending + row + k] - wealth) : spent * spentTerm;
    const own = isMain ? Math.exp(d[state.logIncomeParts + row + k] - wealth) : owned * ownedTerm;
    const slope = d[state.elasticity + row + k];
    d[state.scratch + k] = ownedOfOthers * ownedTerm;
    d[state.scratch + m + k] = spentOnOthers * spentTerm;
    d[state.wealthResponse + row + k] = own - share * (1 + slope);
    slopes += slope * share;
    moved += own * d[state.endowmentSlope + row + k];
  }
  d[state.wealthSlope + i] = slopes;
  return moved;
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
  const perSlope = 1 / d[state.wealthSlope + i];
  for (let j = 0; j < m; j++) {
    const slope = d[state.elasticity + row + j];
    const shareIn = d[state.inflow + row + j] * d[state.perIn + j];
    const shareOut = d[state.outflow + row + j] * d[state.perOut + j];
    d[state.flowWeight + row + j] = shareIn * slope * perSlope;
    if (j !== main) d[state.jacobian + j * m + j] += shareIn * (1 + slope) - shareOut;
    else addMainGood(i, main, shareIn, shareOut, perSlope);
  }
}

function addMainGood(i: i32, main: i32, shareIn: f64, shareOut: f64, perSlope: f64): void {
  const d = doubles;
  const m = economy.m;
  const row = state.jacobian + main * m;
  let slope: f64 = 0;
  // Of the main good itself both are 0.
  for (let k = 0; k < m; k++) {
    const sold = d[state.scratch + k];
    const bought = d[state.scratch + m + k];
    const elasticity = d[state.elasticity + i * m + k];
    d[row + k] += shareIn * sold - shareOut * bought * (1 + elasticity);
    slope += elasticity * bought;
  }
  d[state.flowWeight + i * m + main] = -shareOut * slope * perSlope;
}

/** Adds agent i's part of dF/dr, where its tau moves by -`moved`. */
function addParameterSlope(i: i32, moved: f64): void {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  const main = <i32>d[state.budgetGood + i];
  for (let j = 0; j < m; j++) {
    const shareIn = d[state.inflow + row + j] * d[state.perIn + j];
    const shareOut = d[state.outflow + row + j] * d[state.perOut + j];
    let into = d[state.elasticity + row + j] * moved;
    let out = d[state.endowmentSlope + row + j];
    if (j === main) {
      into = 0;
      out = 0;
      for (let k = 0; k < m; k++) {
        into += d[state.scratch + k] * d[state.endowmentSlope + row + k];
        out += d[state.scratch + m + k] * d[state.elasticity + row + k] * moved;
      }
    }
    d[state.parameterSlope + j] += shareIn * into - shareOut * out;
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

// The residual of equilibrium: the log flow of trade, F_j = ln inflow_j - ln outflow_j, and its Jacobian. Unlike relative excess demand it
// has no plateau far from equilibrium, and it keeps full relative precision where little is traded.
//
// An agent's inflow of a good is the value spent on it, his outflow the value owned of it. Of his main good, the one that most of his
// wealth is in, an agent who trades little of it has the difference from his budget instead: inflow is what all his other goods sell
// for, outflow what he spends on other goods.

import { expLess, expLessRow, logSum, NONE } from "../math/logSumExp";
import { addProductRows, addScaled } from "../simd/blocks";
import { doubles } from "../simd/memory";
import {
  a,
  byParameter,
  den,
  dle,
  inflow,
  jacobian,
  lo,
  lw,
  lx,
  m,
  mode,
  n,
  outflow,
  residual,
  response,
  scratch,
  totalIn,
  totalOut,
  weightOf,
} from "./state";

/** Decides for each agent whether his main good's trade is read off his budget. Kept as it is within a line search. */
export function chooseModes(): void {
  const d = doubles;
  for (let i = 0; i < n; i++) {
    const row = i * m;
    let main = 0;
    for (let j = 1; j < m; j++) if (d[lo + row + j] > d[lo + row + main]) main = j;
    const others = Math.max(logSumBut(lx + row, main), logSumBut(lo + row, main));
    const own = Math.max(d[lx + row + main], d[lo + row + main]);
    d[mode + i] = others < own ? main : -1;
  }
}

/** ln sum_{k != but} exp x_k of the m logs at x. */
function logSumBut(x: i32, but: i32): f64 {
  const d = doubles;
  const kept = d[x + but];
  d[x + but] = NONE;
  const sum = logSum(m, x, scratch);
  d[x + but] = kept;
  return sum;
}

/** Evaluates the flows and F at the demand that evaluateDemand left. Returns max_j |F_j|. */
export function evaluateFlow(): f64 {
  const d = doubles;
  for (let c = 0; c < n * m; c++) {
    d[inflow + c] = d[lx + c];
    d[outflow + c] = d[lo + c];
  }
  for (let i = 0; i < n; i++) {
    const main = <i32>d[mode + i];
    if (main < 0) continue;
    d[inflow + i * m + main] = logSumBut(lo + i * m, main);
    d[outflow + i * m + main] = logSumBut(lx + i * m, main);
  }
  logSumColumns(inflow, totalIn);
  logSumColumns(outflow, totalOut);
  let worst: f64 = 0;
  for (let j = 0; j < m; j++) {
    d[residual + j] = d[totalIn + j] - d[totalOut + j];
    worst = Math.max(worst, Math.abs(d[residual + j]));
  }
  return worst;
}

/** out_j = ln sum_i exp flow_ij. */
function logSumColumns(flow: i32, out: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) {
    d[out + j] = d[flow + j];
    d[scratch + j] = 0;
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < m; j++) d[out + j] = Math.max(d[out + j], d[flow + i * m + j]);
  }
  for (let i = 0; i < n; i++) {
    expLessRow(flow + i * m, out, scratch + m, m);
    addScaled(scratch, 1, scratch + m, m);
  }
  for (let j = 0; j < m; j++) d[out + j] += Math.log(d[scratch + j]);
}

/**
 * The Jacobian of F in q (m m; its rows sum to 0), at the flows last evaluated: a diagonal, what main goods add, and for each agent one
 * product of a column and the row v_ik = own_ik - sh_ik (1 + a_ik), own and sh his shares of wealth owned and spent;
 * dtau_i/dq_k = v_ik / den_i.
 */
export function evaluateJacobian(): void {
  const d = doubles;
  for (let c = 0; c < m * m; c++) d[jacobian + c] = 0;
  for (let i = 0; i < n; i++) {
    respond(i);
    weighResponse(i);
  }
  // The sum of the products, four rows at a time.
  const whole = m - (m % 4);
  for (let j = 0; j < whole; j += 4) addProductRows(weightOf, response, jacobian, j, n, m);
  for (let i = 0; i < n; i++) {
    for (let j = whole; j < m; j++) addScaled(jacobian + j * m, d[weightOf + i * m + j], response + i * m, m);
  }
}

/** v and den of agent i. */
function respond(i: i32): void {
  const d = doubles;
  const row = i * m;
  const shares = scratch;
  expLess(lx + row, d[lw + i], shares, m);
  expLess(lo + row, d[lw + i], response + row, m);
  let sum: f64 = 0;
  for (let k = 0; k < m; k++) {
    const slope = d[a + row + k];
    d[response + row + k] -= d[shares + k] * (1 + slope);
    sum += slope * d[shares + k];
  }
  d[den + i] = sum;
}

/** By how much each good's F moves with agent i's tau, over den_i; the diagonal, and what his main good adds. */
function weighResponse(i: i32): void {
  const d = doubles;
  const row = i * m;
  const main = <i32>d[mode + i];
  const sharesIn = scratch;
  const sharesOut = scratch + m;
  expLessRow(inflow + row, totalIn, sharesIn, m);
  expLessRow(outflow + row, totalOut, sharesOut, m);
  for (let j = 0; j < m; j++) {
    const slope = d[a + row + j];
    d[weightOf + row + j] = (d[sharesIn + j] * slope) / d[den + i];
    if (j !== main) d[jacobian + j * m + j] += d[sharesIn + j] * (1 + slope) - d[sharesOut + j];
  }
  if (main >= 0) addMainGood(i, main, d[sharesIn + main], d[sharesOut + main]);
}

function addMainGood(i: i32, main: i32, shareIn: f64, shareOut: f64): void {
  const d = doubles;
  const row = jacobian + main * m;
  const sold = scratch;
  const bought = scratch + m;
  expLess(lo + i * m, d[inflow + i * m + main], sold, m);
  expLess(lx + i * m, d[outflow + i * m + main], bought, m);
  let slope: f64 = 0;
  for (let k = 0; k < m; k++) {
    if (k === main) continue;
    const c = i * m + k;
    d[row + k] += shareIn * d[sold + k] - shareOut * d[bought + k] * (1 + d[a + c]);
    slope += d[a + c] * d[bought + k];
  }
  d[weightOf + i * m + main] = (-shareOut * slope) / d[den + i];
}

/** dF/dr, where endowments move with r by dle; after evaluateJacobian. */
export function evaluateByParameter(): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[byParameter + j] = 0;
  for (let i = 0; i < n; i++) {
    const main = <i32>d[mode + i];
    let wealth: f64 = 0;
    for (let k = 0; k < m; k++) {
      const c = i * m + k;
      wealth += Math.exp(d[lo + c] - d[lw + i]) * d[dle + c];
    }
    const moved = wealth / d[den + i];
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const shareIn = Math.exp(d[inflow + c] - d[totalIn + j]);
      const shareOut = Math.exp(d[outflow + c] - d[totalOut + j]);
      let into = d[a + c] * moved;
      let out = d[dle + c];
      if (j === main) {
        into = 0;
        out = 0;
        for (let k = 0; k < m; k++) {
          if (k === main) continue;
          into += Math.exp(d[lo + i * m + k] - d[inflow + c]) * d[dle + i * m + k];
          out += Math.exp(d[lx + i * m + k] - d[outflow + c]) * d[a + i * m + k] * moved;
        }
      }
      d[byParameter + j] += shareIn * into - shareOut * out;
    }
  }
}

/** The good with the largest flow: its equation is the one to drop, since what Walras' law leaves of the error is least there. */
export function largestFlow(): i32 {
  const d = doubles;
  let best = 0;
  let most = -Infinity;
  for (let j = 0; j < m; j++) {
    const flow = Math.max(d[totalIn + j], d[totalOut + j]);
    if (flow > most) {
      most = flow;
      best = j;
    }
  }
  return best;
}

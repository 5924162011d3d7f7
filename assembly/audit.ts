// Residuals of an answer, from the economy and the answer alone, whoever found it.

import { logSum } from "./math/logSumExp";
import { BUDGET, FEASIBILITY, NET_FLOW, padded, STATIONARITY, WELFARE } from "./protocol";
import { doubles } from "./simd/memory";
import { exp, log } from "./simd/passes";

/** Amounts whose logarithm is below this may be 0 or have lost digits in a double. */
const UNDERFLOW: f64 = -700;

/** Doubles of work that an audit needs. */
export function auditWork(n: i32, m: i32): i32 {
  return 6 * padded(m) + padded(n);
}

/**
 * Judges an allocation x (n m) with shadow prices (m) as an answer to the planner's problem. Writes each agent's utility (n), and to
 * `audit` welfare, feasibility max_j |sum_i x_ij - E_j| / E_j, and stationarity, the largest violation() of
 * lambda_i alpha_ij x_ij^omega_ij = mu_j. `work`: auditWork(n, m).
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
  work: i32,
): void {
  const d = doubles;
  const logPrices = work + 5 * padded(m);
  log(prices, logPrices, m);
  let welfare: f64 = 0;
  let stationarity: f64 = 0;
  // A price that no double holds supports nothing.
  for (let j = 0; j < m; j++) if (!(d[prices + j] < Infinity)) stationarity = Infinity;
  for (let i = 0; i < n; i++) {
    takeRow(i, m, alpha, omega, x, work);
    const part = violations(i, m, alpha, omega, x, logPrices, -Math.log(d[weights + i]), work);
    stationarity = Math.max(stationarity, part);
    d[utilities + i] = utilityOf(i, m, alpha, omega, work);
    welfare += d[weights + i] * d[utilities + i];
  }
  d[audit + WELFARE] = welfare;
  d[audit + STATIONARITY] = stationarity;
  d[audit + FEASIBILITY] = clearing(n, m, totals, x);
}

/**
 * Judges prices (m) and an allocation x (n m) as a competitive equilibrium from the endowments (n m). Writes utilities, incomes and
 * Negishi weights (n each; the weights are the reciprocals of the marginal utilities of income, adding up to 1), net trades (n m), and to
 * `audit`: clearing max_j |sum_i x_ij - E_j| / E_j; budget max_i |p.x_i - W_i| / W_i; stationarity, the largest violation() of
 * alpha_ij x_ij^omega_ij = kappa_i p_j; and net flow, max_j |in_j - out_j| / max(in_j, out_j) of the flows of market/flow.ts, which sees
 * what clearing does not where little is traded. `work`: auditWork(n, m).
 */
export function auditMarket(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  endowments: i32,
  totals: i32,
  prices: i32,
  x: i32,
  utilities: i32,
  incomes: i32,
  weights: i32,
  netTrades: i32,
  audit: i32,
  work: i32,
): void {
  const d = doubles;
  const logPrices = work + 5 * padded(m);
  log(prices, logPrices, m);
  let budget: f64 = 0;
  let stationarity: f64 = 0;
  for (let i = 0; i < n; i++) {
    takeRow(i, m, alpha, omega, x, work);
    let income: f64 = 0;
    let spending: f64 = 0;
    let onWanted: f64 = 0;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const value = d[prices + j] * d[x + c];
      income += d[prices + j] * d[endowments + c];
      spending += value;
      if (d[alpha + c] > 0) onWanted += value;
    }
    // The log marginal utility of income: of the goods she buys, weighted by what she spends.
    const kappa = logMarginalValue(i, m, x, work) - Math.log(onWanted);
    const part = violations(i, m, alpha, omega, x, logPrices, kappa, work);
    stationarity = Math.max(stationarity, part);
    budget = Math.max(budget, Math.abs(spending - income) / income);
    d[incomes + i] = income;
    d[weights + i] = -kappa;
    d[utilities + i] = utilityOf(i, m, alpha, omega, work);
  }
  const flowIn = work;
  const flowOut = work + m;
  for (let j = 0; j < 2 * m; j++) d[work + j] = 0;
  for (let i = 0; i < n; i++) addFlows(i, m, endowments, prices, x, netTrades, flowIn, flowOut);
  let netFlow: f64 = 0;
  for (let j = 0; j < m; j++) {
    const gross = Math.max(d[flowIn + j], d[flowOut + j]);
    if (gross !== 0) netFlow = Math.max(netFlow, Math.abs(d[flowIn + j] - d[flowOut + j]) / gross);
  }
  const sum = logSum(n, weights, work + 6 * padded(m));
  for (let i = 0; i < n; i++) d[weights + i] = Math.exp(d[weights + i] - sum);
  d[audit + BUDGET] = budget;
  d[audit + STATIONARITY] = stationarity;
  d[audit + FEASIBILITY] = clearing(n, m, totals, x);
  d[audit + NET_FLOW] = netFlow;
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

// Rows of the work, m each: ln alpha, ln x, (1 + omega) ln x + ln alpha, its exponential and a spare, log prices; then n more.

/** The rows of agent i. */
function takeRow(i: i32, m: i32, alpha: i32, omega: i32, x: i32, work: i32): void {
  const d = doubles;
  const logX = work + padded(m);
  const power = logX + padded(m);
  const value = power + padded(m);
  const spare = value + padded(m);
  // The passes run over pairs, rows of the matrices may not begin on one.
  for (let j = 0; j < m; j++) {
    d[spare + j] = d[alpha + i * m + j];
    d[value + j] = d[x + i * m + j];
  }
  log(spare, work, m);
  log(value, logX, m);
  for (let j = 0; j < m; j++) {
    const logAlpha = d[work + j];
    d[power + j] = logAlpha === -Infinity ? logAlpha : logAlpha + (1 + d[omega + i * m + j]) * d[logX + j];
  }
  exp(power, value, m);
}

/** ln sum_j alpha_ij x_ij^(1 + omega_ij) over the goods that agent i holds some of. */
function logMarginalValue(i: i32, m: i32, x: i32, work: i32): f64 {
  const d = doubles;
  const power = work + 2 * padded(m);
  const value = power + padded(m);
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) if (d[x + i * m + j] !== 0) sum += d[value + j];
  if (sum > 1e-290 && sum < Infinity) return Math.log(sum);
  // Beyond what a double holds.
  const spare = value + padded(m);
  for (let j = 0; j < m; j++) d[spare + j] = d[x + i * m + j] === 0 ? -Infinity : d[power + j];
  return logSum(m, spare, spare);
}

/**
 * The largest violation in agent i's row of alpha_ij x_ij^omega_ij = exp(level) price_j: |left / right - 1|. At x = 0 only the part by
 * which the first unit would be worth more counts; where the right amount is too small for a double, any such amount is right; and
 * where alpha = 0, holding any of what has a price counts as 1.
 */
function violations(i: i32, m: i32, alpha: i32, omega: i32, x: i32, logPrices: i32, level: f64, work: i32): f64 {
  const d = doubles;
  const logX = work + padded(m);
  let worst: f64 = 0;
  for (let j = 0; j < m; j++) {
    const c = i * m + j;
    const held = d[x + c];
    const w = d[omega + c];
    const price = d[logPrices + j] + level - d[work + j];
    let part: f64 = 0;
    if (d[alpha + c] === 0) part = held > 0 && price === Infinity ? 1 : 0;
    else if (held < 1e-300 && w < 0 && price / w < UNDERFLOW) part = 0;
    else if (held === 0) part = w > 0 ? 0 : w < 0 ? Infinity : Math.max(0, Math.exp(-price) - 1);
    else {
      const gap = w * d[logX + j] - price;
      // Near 0 the series, which is all that most answers need.
      part = Math.abs(gap) < 1e-6 ? Math.abs(gap + 0.5 * gap * gap) : Math.abs(Math.exp(gap) - 1);
    }
    worst = Math.max(worst, part);
  }
  return worst;
}

/** Utility of the row last taken: sum_j alpha x^(1 + omega) / (1 + omega), and alpha ln x at omega = -1. */
function utilityOf(i: i32, m: i32, alpha: i32, omega: i32, work: i32): f64 {
  const d = doubles;
  const logX = work + padded(m);
  const value = work + 3 * padded(m);
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) {
    const c = i * m + j;
    if (d[alpha + c] === 0) continue;
    const power = 1 + d[omega + c];
    sum += power === 0 ? d[alpha + c] * d[logX + j] : d[value + j] / power;
  }
  return sum;
}

/** Adds agent i's flows of value, and writes what she buys less what she sells. */
function addFlows(
  i: i32,
  m: i32,
  endowments: i32,
  prices: i32,
  x: i32,
  netTrades: i32,
  flowIn: i32,
  flowOut: i32,
): void {
  const d = doubles;
  const row = i * m;
  let main = 0;
  for (let j = 1; j < m; j++) {
    if (d[prices + j] * d[endowments + row + j] > d[prices + main] * d[endowments + row + main]) main = j;
  }
  let sold: f64 = 0;
  let bought: f64 = 0;
  for (let j = 0; j < m; j++) {
    const price = d[prices + j];
    const owned = d[endowments + row + j];
    const held = d[x + row + j];
    d[netTrades + row + j] = held - owned;
    if (j === main) continue;
    sold += price * owned;
    bought += price * held;
    d[flowIn + j] += price * held;
    d[flowOut + j] += price * owned;
  }
  // Of the good that most of her income comes from she may trade next to nothing: then her budget tells it, not a difference.
  const held = d[prices + main] * d[x + row + main];
  const owned = d[prices + main] * d[endowments + row + main];
  const throughBudget = Math.max(sold, bought) < Math.max(held, owned);
  if (throughBudget) d[netTrades + row + main] = (sold - bought) / d[prices + main];
  d[flowIn + main] += throughBudget ? sold : held;
  d[flowOut + main] += throughBudget ? bought : owned;
}

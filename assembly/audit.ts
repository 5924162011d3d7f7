// Residuals of an answer, from the economy and the answer alone, whoever found it.

import { BUDGET, FEASIBILITY, NET_FLOW, STATIONARITY, WELFARE } from "./layout";
import { utility } from "./preferences";
import { logSum } from "./root";
import { doubles } from "./simd/memory";

/** Amounts whose logarithm is below this may be 0 or have lost digits in a double. */
const UNDERFLOW: f64 = -700;

/**
 * Judges an allocation x (n m) with shadow prices (m) as an answer to the planner's problem. Writes each agent's utility (n), and to
 * `audit` welfare, feasibility max_j |sum_i x_ij - E_j| / E_j, and stationarity, the largest violation() of
 * lambda_i alpha_ij x_ij^omega_ij = mu_j.
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
    const logWeight = Math.log(d[weights + i]);
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const price = Math.log(d[prices + j]) - logWeight - Math.log(d[alpha + c]);
      const part = violation(d[alpha + c], d[omega + c], d[x + c], price);
      stationarity = Math.max(stationarity, part);
    }
    d[utilities + i] = utilityOf(i, m, alpha, omega, x);
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
 * what clearing does not where little is traded. `work`: 2 m doubles.
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
  const flowIn = work;
  const flowOut = work + m;
  let budget: f64 = 0;
  let stationarity: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = i * m;
    const kappa = marginalUtilityOfIncome(i, m, alpha, omega, prices, x, work);
    let income: f64 = 0;
    let spending: f64 = 0;
    for (let j = 0; j < m; j++) {
      const c = row + j;
      income += d[prices + j] * d[endowments + c];
      spending += d[prices + j] * d[x + c];
      const price = kappa + Math.log(d[prices + j]) - Math.log(d[alpha + c]);
      const part = violation(d[alpha + c], d[omega + c], d[x + c], price);
      stationarity = Math.max(stationarity, part);
    }
    budget = Math.max(budget, Math.abs(spending - income) / income);
    d[incomes + i] = income;
    d[weights + i] = -kappa;
    d[utilities + i] = utilityOf(i, m, alpha, omega, x);
  }
  for (let j = 0; j < 2 * m; j++) d[work + j] = 0;
  for (let i = 0; i < n; i++) addFlows(i, m, endowments, prices, x, netTrades, flowIn, flowOut);
  let netFlow: f64 = 0;
  for (let j = 0; j < m; j++) {
    const gross = Math.max(d[flowIn + j], d[flowOut + j]);
    if (gross !== 0) netFlow = Math.max(netFlow, Math.abs(d[flowIn + j] - d[flowOut + j]) / gross);
  }
  const sum = logSum(n, weights);
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

/**
 * By how much x^omega misses exp(price), price less ln alpha: |x^omega / exp(price) - 1|. Where alpha = 0, 1 if any is held of what
 * has a price. At x = 0 only the part by which the first unit would be worth more
 * counts; and where the right amount is too small for a double, any such amount is right.
 */
function violation(alpha: f64, omega: f64, x: f64, price: f64): f64 {
  if (alpha === 0) return x > 0 && price === Infinity ? 1 : 0;
  if (omega < 0 && x < 1e-300 && price / omega < UNDERFLOW) return 0;
  if (x === 0) return omega > 0 ? 0 : omega < 0 ? Infinity : Math.max(0, Math.exp(-price) - 1);
  return Math.abs(Math.exp(omega * Math.log(x) - price) - 1);
}

function utilityOf(i: i32, m: i32, alpha: i32, omega: i32, x: i32): f64 {
  const d = doubles;
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) sum += utility(d[alpha + i * m + j], d[omega + i * m + j], d[x + i * m + j]);
  return sum;
}

/** ln of agent i's marginal utility of income: of the goods she buys, weighted by what she spends. `work`: m doubles. */
function marginalUtilityOfIncome(i: i32, m: i32, alpha: i32, omega: i32, prices: i32, x: i32, work: i32): f64 {
  const d = doubles;
  let spending: f64 = 0;
  for (let j = 0; j < m; j++) {
    const c = i * m + j;
    const held = d[x + c];
    const bought = d[alpha + c] > 0 && held > 0;
    if (bought) spending += d[prices + j] * held;
    d[work + j] = bought ? Math.log(d[alpha + c]) + (1 + d[omega + c]) * Math.log(held) : -Infinity;
  }
  return logSum(m, work) - Math.log(spending);
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

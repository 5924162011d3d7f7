// Residuals of an answer, from the open economy and the answer alone, whoever found it.

import * as economy from "./economy/economy";
import { block, openWorkspace } from "./economy/workspace";
import { logSum } from "./math/logSumExp";
import { BUDGET, FEASIBILITY, NET_FLOW, STATIONARITY, UTILITIES, WELFARE } from "./protocol";
import { exp, log } from "./simd/blocks";
import { doubles } from "./simd/memory";

/** Amounts whose logarithm is below this may be 0 or have lost digits in a double. */
const UNDERFLOW: f64 = -700;
/** Between these a utility has all its digits, and room for a sum. */
const SMALLEST: f64 = 1e-290;
const LARGEST: f64 = 1e300;

/** The smallest double with 53 bits. */
export const MIN_NORMAL: f64 = 2.2250738585072014e-308;
/** Between these, products of prices and amounts keep their digits even where they are 1e-100. */
const SMALL_VALUE: f64 = 1e-150;
const LARGE_VALUE: f64 = 1e150;

// One over the unit of value of chooseUnit(), in two factors.
let perPrice: f64 = 1;
let perAmount: f64 = 1;

// What an audit writes, at the places of protocol.ts.
let utilities: i32 = 0; // n
let incomes: i32 = 0; // n
let negishiWeights: i32 = 0; // n
let netTrades: i32 = 0; // n m

// m each, of one agent at a time: ln alpha, ln x, ln alpha + (1 + omega) ln x, its exponential, and
// room for a row.
let logAlpha: i32 = 0;
let logX: i32 = 0;
let logWorth: i32 = 0;
let worth: i32 = 0;
let spare: i32 = 0;
// m each: what an agent's endowment and amount of each good are worth, in the unit chosen.
let valueOwned: i32 = 0;
let valueHeld: i32 = 0;
// m each: ln p, and how much of each good flows in and out.
let logPrices: i32 = 0;
let flowIn: i32 = 0;
let flowOut: i32 = 0;
// n.
let terms: i32 = 0;

/** Places an audit at `base`: what it writes, then its workspace. */
export function bind(base: i32): void {
  const n = economy.n;
  const m = economy.m;
  openWorkspace(base);
  utilities = block(UTILITIES + 3 * n + n * m) + UTILITIES;
  incomes = utilities + n;
  negishiWeights = incomes + n;
  netTrades = negishiWeights + n;
  logAlpha = block(m);
  logX = block(m);
  logWorth = block(m);
  worth = block(m);
  spare = block(m);
  valueOwned = block(m);
  valueHeld = block(m);
  logPrices = block(m);
  flowIn = block(m);
  flowOut = block(m);
  terms = block(n);
}

/**
 * Judges an allocation x (n m) with shadow prices (m) as a plan at the open economy's weights.
 * Writes to `audit` each agent's utility, welfare, feasibility max_j |sum_i x_ij - E_j| / E_j, and
 * stationarity, the largest violation() of lambda_i alpha_ij x_ij^omega_ij = mu_j.
 */
export function auditPlan(prices: i32, x: i32, audit: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const weights = economy.weights;
  bind(audit);
  log(prices, logPrices, m);
  let welfare: f64 = 0;
  let stationarity: f64 = 0;
  let lost = false;
  if (losesPrice(prices)) stationarity = Infinity;
  for (let i = 0; i < n; i++) {
    evaluateAgent(i, x);
    const part = largestViolation(i, x, -Math.log(d[weights + i]));
    stationarity = Math.max(stationarity, part);
    const utility = utilityOf(i);
    d[utilities + i] = utility;
    const size = Math.abs(utility);
    if (!(size > SMALLEST && size < LARGEST)) lost = true;
    welfare += d[weights + i] * utility;
  }
  d[audit + WELFARE] = lost || !(Math.abs(welfare) < Infinity) ? welfareInLogs(x) : welfare;
  d[audit + STATIONARITY] = stationarity;
  d[audit + FEASIBILITY] = clearing(x);
}

/**
 * Judges prices (m) and an allocation x (n m) as an equilibrium from the open economy's endowments.
 * Writes to `audit` utilities, incomes, Negishi weights (the reciprocals of the marginal utilities
 * of income, adding up to 1), net trades, and four residuals: clearing
 * max_j |sum_i x_ij - E_j| / E_j; budget max_i |p.x_i - W_i| / W_i; stationarity, the largest
 * violation() of alpha_ij x_ij^omega_ij = kappa_i p_j; and net flow,
 * max_j |in_j - out_j| / max(in_j, out_j) of the flows of market/flow.ts, which sees what clearing
 * does not where little is traded.
 */
export function auditMarket(prices: i32, x: i32, audit: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const alpha = economy.alpha;
  const endowments = economy.endowments;
  bind(audit);
  log(prices, logPrices, m);
  let budget: f64 = 0;
  let stationarity: f64 = losesPrice(prices) ? Infinity : 0;
  for (let j = 0; j < m; j++) {
    d[flowIn + j] = 0;
    d[flowOut + j] = 0;
  }
  for (let i = 0; i < n; i++) {
    evaluateAgent(i, x);
    const level = chooseUnit(i, prices);
    let income: f64 = 0;
    let spending: f64 = 0;
    let onWanted: f64 = 0;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      const owned = worthOf(prices + j, d[endowments + c]);
      const value = worthOf(prices + j, d[x + c]);
      d[valueOwned + j] = owned;
      d[valueHeld + j] = value;
      income += owned;
      spending += value;
      if (d[alpha + c] > 0) onWanted += value;
    }
    // The log marginal utility of income: of the goods that the agent buys, weighted by spending.
    const kappa = logMarginalValue(i, x) - Math.log(onWanted) - level;
    const part = largestViolation(i, x, kappa);
    stationarity = Math.max(stationarity, part);
    budget = Math.max(budget, Math.abs(spending - income) / income);
    d[incomes + i] = income / perPrice / perAmount;
    d[negishiWeights + i] = -kappa;
    d[utilities + i] = utilityOf(i);
    addFlows(i, prices, x);
  }
  let netFlow: f64 = 0;
  for (let j = 0; j < m; j++) {
    const gross = Math.max(d[flowIn + j], d[flowOut + j]);
    if (gross !== 0) netFlow = Math.max(netFlow, Math.abs(d[flowIn + j] - d[flowOut + j]) / gross);
  }
  const sum = logSum(n, negishiWeights, terms);
  for (let i = 0; i < n; i++) d[negishiWeights + i] = Math.exp(d[negishiWeights + i] - sum);
  d[audit + BUDGET] = budget;
  d[audit + STATIONARITY] = stationarity;
  d[audit + FEASIBILITY] = clearing(x);
  d[audit + NET_FLOW] = netFlow;
}

/** max_j |sum_i x_ij - E_j| / E_j. */
export function clearing(x: i32): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const totals = economy.totals;
  let worst: f64 = 0;
  for (let j = 0; j < m; j++) {
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += d[x + i * m + j];
    const total = d[totals + j];
    worst = Math.max(worst, Math.abs(sum - total) / total);
  }
  return worst;
}

/** Sets the rows of agent i: ln alpha, ln x, and marginal utility times x with its log. */
function evaluateAgent(i: i32, x: i32): void {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  const alpha = economy.alpha + row;
  const omega = economy.omega + row;
  // Of odd rows the logarithm of what lies behind is taken, too, and never used.
  log(alpha, logAlpha, m);
  log(x + row, logX, m);
  for (let j = 0; j < m; j++) {
    const wanted = d[logAlpha + j];
    d[logWorth + j] = wanted === -Infinity ? wanted : wanted + (1 + d[omega + j]) * d[logX + j];
  }
  exp(logWorth, worth, m);
}

/** ln sum_j alpha_ij x_ij^(1 + omega_ij) over the goods that agent i holds some of. */
function logMarginalValue(i: i32, x: i32): f64 {
  const d = doubles;
  const m = economy.m;
  const row = x + i * m;
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) if (d[row + j] !== 0) sum += d[worth + j];
  if (sum > 1e-290 && sum < Infinity) return Math.log(sum);
  // Beyond what a double holds.
  for (let j = 0; j < m; j++) d[spare + j] = d[row + j] === 0 ? -Infinity : d[logWorth + j];
  return logSum(m, spare, spare);
}

/**
 * The largest violation in agent i's row of alpha_ij x_ij^omega_ij = exp(level) price_j:
 * |left / right - 1|. At x = 0 only the part counts by which the first unit would be worth more;
 * where the right amount is too small for a double, any such amount is right; and where alpha = 0,
 * holding any of what has a price counts as 1.
 */
function largestViolation(i: i32, x: i32, level: f64): f64 {
  const d = doubles;
  const m = economy.m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  let worst: f64 = 0;
  for (let j = 0; j < m; j++) {
    const c = i * m + j;
    const held = d[x + c];
    const w = d[omega + c];
    const price = d[logPrices + j] + level - d[logAlpha + j];
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

/** Agent i's utility: sum_j alpha x^(1 + omega) / (1 + omega), and alpha ln x at omega = -1. */
function utilityOf(i: i32): f64 {
  const d = doubles;
  const m = economy.m;
  const alpha = economy.alpha + i * m;
  const omega = economy.omega + i * m;
  let sum: f64 = 0;
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) {
    if (d[alpha + j] === 0) continue;
    const power = 1 + d[omega + j];
    const term = power === 0 ? d[alpha + j] * d[logX + j] : d[worth + j] / power;
    sum += term;
    largest = Math.max(largest, Math.abs(term));
  }
  if (largest > SMALLEST && largest < LARGEST) return sum;
  const top = largestTerm(i);
  return timesExp(termsLess(i, top), top);
}

/** Welfare, where utilities leave the doubles before or after they are weighted. */
function welfareInLogs(x: i32): f64 {
  const d = doubles;
  const n = economy.n;
  const weights = economy.weights;
  let top = -Infinity;
  for (let i = 0; i < n; i++) {
    evaluateAgent(i, x);
    const largest = Math.log(d[weights + i]) + largestTerm(i);
    top = Math.max(top, largest);
  }
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    evaluateAgent(i, x);
    sum += termsLess(i, top - Math.log(d[weights + i]));
  }
  return timesExp(sum, top);
}

/** The log of the size of good j's term in the utility of agent i, whose rows are set. */
function logTerm(i: i32, j: i32): f64 {
  const d = doubles;
  const c = i * economy.m + j;
  if (d[economy.alpha + c] === 0) return -Infinity;
  const power = 1 + d[economy.omega + c];
  if (power === 0) return d[logAlpha + j] + Math.log(Math.abs(d[logX + j]));
  return d[logWorth + j] - Math.log(Math.abs(power));
}

/** The largest logTerm() of agent i. */
function largestTerm(i: i32): f64 {
  const m = economy.m;
  let top = -Infinity;
  for (let j = 0; j < m; j++) {
    const log = logTerm(i, j);
    top = Math.max(top, log);
  }
  return top;
}

/** Agent i's utility over exp(level). */
function termsLess(i: i32, level: f64): f64 {
  const d = doubles;
  const m = economy.m;
  const omega = economy.omega + i * m;
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) {
    const log = logTerm(i, j);
    if (log === -Infinity) continue;
    const power = 1 + d[omega + j];
    const negative = power === 0 ? d[logX + j] < 0 : power < 0;
    // At a level of infinity, terms of infinity alone count.
    const size = level === Infinity ? (log === Infinity ? 1 : 0) : Math.exp(log - level);
    sum += negative ? -size : size;
  }
  return sum;
}

/** sum exp(log), beyond the doubles only where the product is. */
function timesExp(sum: f64, log: f64): f64 {
  if (sum === 0) return 0;
  const size = Math.exp(Math.log(Math.abs(sum)) + log);
  return sum < 0 ? -size : size;
}

/** Whether a good that somebody wants has a price that no double holds with all its digits. */
function losesPrice(prices: i32): bool {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let j = 0; j < m; j++) {
    if (d[prices + j] >= MIN_NORMAL && d[prices + j] < Infinity) continue;
    for (let i = 0; i < n; i++) if (d[economy.alpha + i * m + j] > 0) return true;
  }
  return false;
}

/**
 * Chooses the unit in which values of agent i are measured, and returns its log. It is 1, unless
 * products of prices and amounts leave the doubles: then it is near the largest part of its income.
 */
function chooseUnit(i: i32, prices: i32): f64 {
  const d = doubles;
  const m = economy.m;
  const owned = economy.endowments + i * m;
  perPrice = 1;
  perAmount = 1;
  let largest: f64 = 0;
  for (let j = 0; j < m; j++) largest = Math.max(largest, d[prices + j] * d[owned + j]);
  if (largest > SMALL_VALUE && largest < LARGE_VALUE) return 0;
  let top = -Infinity;
  for (let j = 0; j < m; j++) {
    if (d[owned + j] > 0) top = Math.max(top, Math.log(d[prices + j]) + Math.log(d[owned + j]));
  }
  if (!(Math.abs(top) < Infinity)) return 0;
  // In two factors, since one may leave the doubles; powers of 2, which round nothing.
  const half = Math.round((-0.5 * top) / Math.LN2);
  perPrice = powerOf2(half);
  perAmount = perPrice;
  return -2 * half * Math.LN2;
}

function powerOf2(exponent: f64): f64 {
  const base: f64 = exponent < 0 ? 0.5 : 2;
  let power: f64 = 1;
  for (let k = Math.abs(exponent); k > 0; k--) power *= base;
  return power;
}

/** The value of an amount at a price, in the unit chosen. Of nothing it is 0 at any price. */
function worthOf(price: i32, amount: f64): f64 {
  if (amount === 0) return 0; // the price in the unit may be beyond the doubles
  return doubles[price] * perPrice * (amount * perAmount);
}

/**
 * Adds agent i's flows, in units of each good, and writes what it buys less what it sells. The
 * values of its goods are known.
 */
function addFlows(i: i32, prices: i32, x: i32): void {
  const d = doubles;
  const m = economy.m;
  const row = i * m;
  const endowments = economy.endowments;
  let main = 0;
  let most: f64 = -1;
  for (let j = 0; j < m; j++) {
    if (d[valueOwned + j] > most) {
      most = d[valueOwned + j];
      main = j;
    }
  }
  let sold: f64 = 0;
  let bought: f64 = 0;
  for (let j = 0; j < m; j++) {
    const owned = d[endowments + row + j];
    const held = d[x + row + j];
    d[netTrades + row + j] = held - owned;
    if (j === main) continue;
    sold += d[valueOwned + j];
    bought += d[valueHeld + j];
    d[flowIn + j] += held;
    d[flowOut + j] += owned;
  }
  // Of the good that most of its income comes from the agent may trade next to nothing. Then its
  // budget tells the trade, not a difference.
  const held = d[x + row + main];
  const owned = d[endowments + row + main];
  if (Math.max(sold, bought) < Math.max(d[valueHeld + main], most)) {
    const price = d[prices + main] * perPrice;
    d[netTrades + row + main] = (sold - bought) / price / perAmount;
    d[flowIn + main] += sold / price / perAmount;
    d[flowOut + main] += bought / price / perAmount;
  } else {
    d[flowIn + main] += held;
    d[flowOut + main] += owned;
  }
}

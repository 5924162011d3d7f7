// The loops of the joint Newton method over one agent's row, LANES goods at a time. Exactly m
// numbers are written. The last good of an odd row is computed alone.

import * as economy from "../economy/economy";
import { doubles } from "../simd/memory";
import { abs, all, exp, LANES, minOf, partial, pmin, putPartial, select, sumOf, vectors } from "../simd/vector";
import * as joint from "./jointState";

/**
 * Writes agent i's elasticities 1 / omega, and turns its log values from ln alpha into the log of
 * marginal utility at the total, ln alpha + (1 + omega) ln total.
 */
export function levelRow(i: i32): void {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const omega = economy.omega + i * m;
  const elasticity = joint.elasticity + i * m;
  const logValue = joint.logValue + i * m;
  const logTotals = joint.logTotals;
  const one = all(1);
  const whole = m - (m % LANES);
  for (let j = 0; j < whole; j += LANES) {
    const curvature = v[omega + j];
    v[elasticity + j] = one / curvature;
    v[logValue + j] = v[logValue + j] + (one + curvature) * v[logTotals + j];
  }
  for (let j = whole; j < m; j++) {
    const curvature = d[omega + j];
    d[elasticity + j] = 1 / curvature;
    d[logValue + j] += (1 + curvature) * d[logTotals + j];
  }
}

/** A part of all goods below this counts as this. */
const SMALLEST_PART: f64 = 1e-300;

/**
 * Writes agent i's part of all goods, what it owns of them on average, to `spending`, the part's log
 * to `wealth`, and the tau at which these goods are worth the same to it on average. Adds the log
 * prices at which it would keep them, times their weights, to `logPrices`, and the weights, its
 * part times its elasticities, to `demandSlope`. `scratch` has 1 / totals.
 */
export function splitRow(i: i32): void {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const omega = economy.omega + i * m;
  const endowments = economy.endowments + i * m;
  const elasticity = joint.elasticity + i * m;
  const logValue = joint.logValue + i * m;
  const perTotals = joint.scratch;
  const logPrices = joint.logPrices;
  const weights = joint.demandSlope;
  const none = all(0);
  const lowest = all(-Infinity);
  const whole = m - (m % LANES);
  let owns = none;
  let sums = none;
  let curvatures = none;
  let counts = none; // of goods that it wants
  for (let j = 0; j < whole; j += LANES) {
    const value = v[logValue + j];
    const wanted = value > lowest;
    owns = owns + v[endowments + j] * v[perTotals + j];
    sums = sums + select(wanted, value, none);
    curvatures = curvatures + select(wanted, v[omega + j], none);
    counts = counts + select(wanted, all(1), none);
  }
  let own = sumOf(owns);
  let sum = sumOf(sums);
  let curvature = sumOf(curvatures);
  let count = sumOf(counts);
  for (let j = whole; j < m; j++) {
    own += d[endowments + j] * d[perTotals + j];
    if (!(d[logValue + j] > -Infinity)) continue;
    sum += d[logValue + j];
    curvature += d[omega + j];
    count += 1;
  }
  const part = Math.max(own / m, SMALLEST_PART);
  const logPart = Math.log(part);
  const tau = (sum + curvature * logPart) / count + Math.log(m);
  d[joint.spending + i] = part;
  d[joint.wealth + i] = logPart;
  d[joint.tau + i] = tau;
  const parts = all(part);
  const logParts = all(logPart);
  const taus = all(tau);
  for (let j = 0; j < whole; j += LANES) {
    const value = v[logValue + j];
    const wanted = value > lowest;
    const a = v[elasticity + j];
    v[logPrices + j] = v[logPrices + j] + select(wanted, parts * (a * (value - taus) + logParts), none);
    v[weights + j] = v[weights + j] + select(wanted, parts * a, none);
  }
  for (let j = whole; j < m; j++) {
    if (!(d[logValue + j] > -Infinity)) continue;
    const a = d[elasticity + j];
    d[logPrices + j] += part * (a * (d[logValue + j] - tau) + logPart);
    d[weights + j] += part * a;
  }
}

/** After splitRow(), at prices of the totals in `value`: moves agent i's tau until it spends its wealth. */
export function balanceRow(i: i32): void {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const endowments = economy.endowments + i * m;
  const elasticity = joint.elasticity + i * m;
  const logValue = joint.logValue + i * m;
  const logPrices = joint.logPrices;
  const values = joint.value;
  const perTotals = joint.scratch;
  const part = d[joint.spending + i];
  const logPart = d[joint.wealth + i];
  const tau = d[joint.tau + i];
  const logParts = all(logPart);
  const taus = all(tau);
  const none = all(0);
  const lowest = all(-Infinity);
  const whole = m - (m % LANES);
  let incomes = none;
  let spendings = none; // over the part
  let slopes = none;
  let pushes = none;
  for (let j = 0; j < whole; j += LANES) {
    const level = v[logValue + j];
    const wanted = level > lowest;
    const value = v[values + j];
    const worth = select(wanted, value, none);
    const a = v[elasticity + j];
    const moved = a * (v[logPrices + j] + taus - level) - logParts;
    incomes = incomes + value * v[perTotals + j] * v[endowments + j];
    spendings = spendings + worth;
    slopes = slopes + select(wanted, value * a, none);
    pushes = pushes + select(wanted, value * moved, none);
  }
  let income = sumOf(incomes);
  let spending = sumOf(spendings);
  let slope = sumOf(slopes);
  let push = sumOf(pushes);
  for (let j = whole; j < m; j++) {
    const value = d[values + j];
    income += value * d[perTotals + j] * d[endowments + j];
    if (!(d[logValue + j] > -Infinity)) continue;
    const a = d[elasticity + j];
    spending += value;
    slope += value * a;
    push += value * (a * (d[logPrices + j] + tau - d[logValue + j]) - logPart);
  }
  d[joint.tau + i] += (spending * Math.log(income / (part * spending)) - push) / slope;
}

/**
 * Evaluates agent i at the log prices q and its tau: allocation y = exp(a (q + tau - l)) with
 * elasticity a and log value l. Adds y to demand and a y to its slope. Writes spending, the value
 * of y, and wealthSlope, the value of a y.
 */
export function spendRow(i: i32): void {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const elasticity = joint.elasticity + i * m;
  const logValue = joint.logValue + i * m;
  const allocation = joint.allocation + i * m;
  const logPrices = joint.logPrices;
  const value = joint.value;
  const demand = joint.demand;
  const demandSlope = joint.demandSlope;
  const tau = all(d[joint.tau + i]);
  let spent = all(0);
  let slope = all(0);
  const whole = m - (m % LANES);
  for (let j = 0; j < whole; j += LANES) {
    const a = v[elasticity + j];
    const y = exp(a * (v[logPrices + j] + tau - v[logValue + j]));
    const ay = a * y;
    const worth = v[value + j];
    v[allocation + j] = y;
    v[demand + j] = v[demand + j] + y;
    v[demandSlope + j] = v[demandSlope + j] + ay;
    spent = spent + worth * y;
    slope = slope + worth * ay;
  }
  if (whole < m) {
    const a = partial(elasticity + whole, 1);
    const y = exp(a * (partial(logPrices + whole, 1) + tau - partial(logValue + whole, 1)));
    const ay = a * y;
    const worth = partial(value + whole, 1);
    putPartial(allocation + whole, y, 1);
    putPartial(demand + whole, partial(demand + whole, 1) + y, 1);
    putPartial(demandSlope + whole, partial(demandSlope + whole, 1) + ay, 1);
    spent = spent + worth * y;
    slope = slope + worth * ay;
  }
  d[joint.spending + i] = sumOf(spent);
  d[joint.wealthSlope + i] = sumOf(slope);
}

/**
 * Writes agent i's wealth response, its shares of wealth owned less (1 + a) times its shares spent,
 * and replaces its allocation y by its flow weights, a y times demandSlope over wealthSlope.
 */
export function respondRow(i: i32): void {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const endowments = economy.endowments + i * m;
  const elasticity = joint.elasticity + i * m;
  const allocation = joint.allocation + i * m;
  const wealthResponse = joint.wealthResponse + i * m;
  const price = joint.price;
  const value = joint.value;
  const scale = joint.demandSlope;
  const perWealth = 1 / d[joint.wealth + i];
  const perSpending = 1 / d[joint.spending + i];
  const perSlope = 1 / d[joint.wealthSlope + i];
  const one = all(1);
  const owning = all(perWealth);
  const buying = all(perSpending);
  const responding = all(perSlope);
  const whole = m - (m % LANES);
  for (let j = 0; j < whole; j += LANES) {
    const a = v[elasticity + j];
    const y = v[allocation + j];
    const owned = v[price + j] * v[endowments + j] * owning;
    const spent = v[value + j] * y * buying;
    v[wealthResponse + j] = owned - spent * (one + a);
    v[allocation + j] = a * y * v[scale + j] * responding;
  }
  for (let j = whole; j < m; j++) {
    const a = d[elasticity + j];
    const y = d[allocation + j];
    const owned = d[price + j] * d[endowments + j] * perWealth;
    const spent = d[value + j] * y * perSpending;
    d[wealthResponse + j] = owned - spent * (1 + a);
    d[allocation + j] = a * y * d[scale + j] * perSlope;
  }
}

/**
 * Adds what agent i trades of each good, over its total, to `trade` (m). Returns the smallest
 * amount, over its total, of a good that it wants, 1 at most.
 */
export function tradeRow(i: i32, trade: i32): f64 {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const endowments = economy.endowments + i * m;
  const totals = economy.totals;
  const allocation = joint.allocation + i * m;
  const logValue = joint.logValue + i * m;
  const one = all(1);
  const lowest = all(-Infinity);
  let smallest = one;
  const whole = m - (m % LANES);
  for (let j = 0; j < whole; j += LANES) {
    const y = v[allocation + j];
    v[trade + j] = v[trade + j] + abs(y - v[endowments + j] / v[totals + j]);
    smallest = pmin(smallest, select(v[logValue + j] > lowest, y, one));
  }
  let min = minOf(smallest);
  for (let j = whole; j < m; j++) {
    d[trade + j] += Math.abs(d[allocation + j] - d[endowments + j] / d[totals + j]);
    if (d[logValue + j] > -Infinity) min = Math.min(min, d[allocation + j]);
  }
  return min;
}

/** Writes agent i's amounts to x (m), in units of the goods; 0 of a good that it does not want. */
export function amountRow(i: i32, x: i32): void {
  const d = doubles;
  const v = vectors;
  const m = economy.m;
  const totals = economy.totals;
  const allocation = joint.allocation + i * m;
  const logValue = joint.logValue + i * m;
  const none = all(0);
  const lowest = all(-Infinity);
  const whole = m - (m % LANES);
  for (let j = 0; j < whole; j += LANES) {
    const amount = v[allocation + j] * v[totals + j];
    v[x + j] = select(v[logValue + j] > lowest, amount, none);
  }
  for (let j = whole; j < m; j++) {
    d[x + j] = d[logValue + j] > -Infinity ? d[allocation + j] * d[totals + j] : 0;
  }
}

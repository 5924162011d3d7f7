// Excess demand of an economy with three goods as a function of log relative prices
// (docs/methods/equilibria.md, "Three goods"). In units in which there is 1 of every good, with
// logs throughout. Each agent is a term of the sums.

import * as economy from "../../economy/economy";
import { block, matrix } from "../../economy/workspace";
import { doubles } from "../../simd/memory";
import { ROUNDING, WIDER } from "../rounding";
import { logValue, maxPriceRatio } from "./range";
import * as system from "./system";
import { firstOf, firstOther, largestOf, secondOf, secondOther, sizeOf } from "./system";

/** Log relative prices beyond this make exponentials that doubles do not hold. */
const FARTHEST: f64 = 600;

/** The good that prices are relative to, the last of the three. */
let numeraire: i32 = 0;

// n 3, agent i and good j at 3 i + j: |1 / omega|, log marginal utility of all of a good, shares of
// endowments and their logs.
let elasticity: i32 = 0;
let level: i32 = 0;
let owned: i32 = 0;
let logOwned: i32 = 0;

// n 3, at the centre: amounts with their logs and the errors of these; log ratios of spending on
// pairs of goods, by agent and pair, and n errors of these.
let logAmount: i32 = 0;
let amount: i32 = 0;
let error: i32 = 0;
let logRatio: i32 = 0;
let ratioError: i32 = 0;

// Bounds of p_j / p_k, at 3 j + k: 9 each.
let lowerPrice: i32 = 0;
let upperPrice: i32 = 0;

// Of one agent at a time: shares in wealth and in spending; amounts, 3 each; and the slopes of the
// log marginal utility of wealth tau along the log price of k at k, 1 more at 2 + k: 4 each.
let wealth: i32 = 0;
let spending: i32 = 0;
let lowerAmount: i32 = 0;
let upperAmount: i32 = 0;
let lowerSlope: i32 = 0;
let upperSlope: i32 = 0;

/** n: log marginal utilities of wealth, which evaluations begin with and leave behind. */
export let guesses: i32 = 0;

/** Places the blocks. */
export function bind(): void {
  const n = economy.n;
  elasticity = matrix(n, 3);
  level = matrix(n, 3);
  owned = matrix(n, 3);
  logOwned = matrix(n, 3);
  logAmount = matrix(n, 3);
  amount = matrix(n, 3);
  error = matrix(n, 3);
  logRatio = matrix(n, 3);
  ratioError = block(n);
  lowerPrice = block(9);
  upperPrice = block(9);
  wealth = block(system.SHARES_SIZE);
  spending = block(system.SHARES_SIZE);
  lowerAmount = block(3);
  upperAmount = block(3);
  lowerSlope = block(4);
  upperSlope = block(4);
  guesses = block(n);
}

/** The economy's good that good j is here. */
function goodOf(j: i32): i32 {
  return (numeraire + 1 + j) % 3;
}

/**
 * Takes up the open economy, in which all three goods are wanted by all, priced in one of them.
 * Returns false where no range of prices is proved.
 */
export function start(goodOfPrices: i32): bool {
  const d = doubles;
  const n = economy.n;
  numeraire = goodOfPrices;
  for (let i = 0; i < n; i++) {
    let top = -Infinity;
    for (let j = 0; j < 3; j++) {
      const good = goodOf(j);
      const c = 3 * i + good;
      const k = 3 * i + j;
      d[elasticity + k] = -1 / d[economy.omega + c];
      d[level + k] = logValue(i, good);
      d[owned + k] = d[economy.endowments + c] / d[economy.totals + good];
      d[logOwned + k] = Math.log(d[owned + k]);
      top = Math.max(top, d[level + k]);
    }
    for (let j = 0; j < 3; j++) d[level + 3 * i + j] -= top;
    d[guesses + i] = 0;
  }
  for (let j = 0; j < 3; j++) {
    for (let k = 0; k < 3; k++) {
      d[system.maxApart + 3 * j + k] = j === k ? 0 : maxPriceRatio(goodOf(j), goodOf(k));
    }
  }
  system.fill(lowerPrice, 9, 1);
  system.fill(upperPrice, 9, 1);
  return system.enclose(FARTHEST);
}

/** Writes log prices of the economy's goods (3) at a point. */
export function readPoint(x: f64, y: f64, logPrices: i32): void {
  const d = doubles;
  for (let j = 0; j < 3; j++) {
    const good = goodOf(j);
    const log = j === 0 ? x : j === 1 ? y : 0;
    d[logPrices + good] = log - Math.log(d[economy.totals + good]);
  }
}

/**
 * Bounds p_j / p_k over the box, and returns false where the box lies outside the range. The bounds
 * are cut to what equilibria can have, unless that would lose the centre, from which slopes are
 * taken.
 */
export function spans(j: i32, k: i32, middle: f64, half: f64): bool {
  const d = doubles;
  if (!system.spans(j, k, middle, half)) return false;
  const margin = WIDER * (1 + Math.abs(middle) + half);
  let least = middle - half - margin;
  let most = middle + half + margin;
  const floor = -d[system.maxApart + 3 * k + j];
  const ceiling = d[system.maxApart + 3 * j + k];
  if (middle >= floor && middle <= ceiling) {
    least = Math.max(least, floor);
    most = Math.min(most, ceiling);
  }
  d[lowerPrice + 3 * j + k] = Math.exp(least) * (1 - WIDER);
  d[upperPrice + 3 * j + k] = Math.exp(most) * (1 + WIDER);
  d[lowerPrice + 3 * k + j] = Math.exp(-most) * (1 - WIDER);
  d[upperPrice + 3 * k + j] = Math.exp(-least) * (1 + WIDER);
  return true;
}

/** Whether the box lies in the range, so that bounds are of all of it and not of what is left of it. */
export function boundsAll(): bool {
  const x = doubles[system.centre];
  const y = doubles[system.centre + 1];
  if (!system.contains(0, 2, x, system.wide) || !system.contains(1, 2, y, system.high)) return false;
  return system.contains(0, 1, x - y, system.wide + system.high);
}

/** Adds every agent's excess demand at the centre. */
export function addValues(): void {
  for (let i = 0; i < economy.n; i++) {
    spend(i);
    for (let j = 0; j < 3; j++) trade(3 * i, j);
  }
}

/** Sets the amounts that agent i buys, and how wrong they may be. */
function spend(i: i32): void {
  const d = doubles;
  const c = 3 * i;
  const at0 = d[system.centre];
  const at1 = d[system.centre + 1];
  const p = d[elasticity + c];
  const q = d[elasticity + c + 1];
  const r = d[elasticity + c + 2];
  const income = logSum(d[logOwned + c] + at0, d[logOwned + c + 1] + at1, d[logOwned + c + 2]);
  const x = (1 - p) * at0 + p * d[level + c];
  const y = (1 - q) * at1 + q * d[level + c + 1];
  const z = r * d[level + c + 2];
  const prices = Math.abs(at0) * (1 + p) + Math.abs(at1) * (1 + q);
  const largest = largestOf(Math.abs(x), Math.abs(y), Math.abs(z));
  const size = 4 + Math.abs(income) + largest + prices;
  system.setTerms(x, y, z, p, q, r);
  system.solve(income, size, d[guesses + i]);
  const tau = system.root;
  d[guesses + i] = tau;
  d[logRatio + c] = x - y - (p - q) * tau;
  d[logRatio + c + 1] = x - z - (p - r) * tau;
  d[logRatio + c + 2] = y - z - (q - r) * tau;
  let ratioDoubt = ROUNDING * (size + 2 * Math.abs(tau) * largestOf(p, q, r));
  for (let j = 0; j < 3; j++) {
    const k = c + j;
    const at = d[system.centre + j];
    const b = d[elasticity + k];
    d[logAmount + k] = -b * (at + tau - d[level + k]);
    d[amount + k] = Math.exp(d[logAmount + k]);
    const parts = Math.abs(at) + Math.abs(tau) + Math.abs(d[level + k]);
    d[error + k] = b * (system.doubt + ROUNDING * parts) + 2 * ROUNDING;
    ratioDoubt += d[error + k];
  }
  d[ratioError + i] = ratioDoubt;
}

/**
 * Adds an agent's net trade of good j: what it buys less what it owns, or what it has left from its
 * other goods for it, whichever loses less.
 */
function trade(row: i32, j: i32): void {
  const d = doubles;
  const at = system.centre;
  const c = row + j;
  const k = row + firstOther(j);
  const l = row + secondOther(j);
  const priceK = Math.exp(d[at + firstOther(j)] - d[at + j]);
  const priceL = Math.exp(d[at + secondOther(j)] - d[at + j]);
  const gross = Math.max(d[amount + c], d[owned + c]);
  const others = priceK * Math.max(d[amount + k], d[owned + k]) + priceL * Math.max(d[amount + l], d[owned + l]);
  if (gross < others) {
    d[system.excess + j] += d[amount + c] - d[owned + c];
    d[system.slack + j] += d[amount + c] * d[error + c] + 3 * ROUNDING * gross;
  } else {
    d[system.excess + j] += priceK * (d[owned + k] - d[amount + k]) + priceL * (d[owned + l] - d[amount + l]);
    const size = 3 + Math.abs(d[at]) + Math.abs(d[at + 1]);
    d[system.slack + j] +=
      priceK * d[amount + k] * d[error + k] + priceL * d[amount + l] * d[error + l] + 3 * ROUNDING * size * others;
  }
}

/** Adds the bounds of every agent's excess demand and its slopes over the box. */
export function addBounds(): void {
  for (let i = 0; i < economy.n; i++) {
    boundSpending(i);
    for (let j = 0; j < 3; j++) boundAmount(3 * i, j);
    for (let j = 0; j < 3; j++) boundTrade(3 * i, j);
  }
}

/** Bounds each good's shares in agent i's wealth and spending, and the slopes of tau. */
function boundSpending(i: i32): void {
  for (let k = 0; k < 3; k++) boundWealth(3 * i, k);
  system.openShares(spending);
  system.openRatios();
  for (let round = 0; round < system.ROUNDS; round++) {
    boundSlope(3 * i, 0);
    boundSlope(3 * i, 1);
    for (let pair = 0; pair < 3; pair++) boundRatio(i, pair);
    system.boundShares(spending, 1, 1, 1);
  }
}

/** Bounds good k's share in wealth: extreme where k costs most or least in terms of both others. */
function boundWealth(row: i32, k: i32): void {
  const d = doubles;
  const l = firstOther(k);
  const o = secondOther(k);
  const least = d[owned + row + l] * d[lowerPrice + 3 * l + k] + d[owned + row + o] * d[lowerPrice + 3 * o + k];
  const most = d[owned + row + l] * d[upperPrice + 3 * l + k] + d[owned + row + o] * d[upperPrice + 3 * o + k];
  const own = d[owned + row + k];
  d[wealth + system.LOWER + k] = (own / (own + most)) * (1 - WIDER);
  d[wealth + system.UPPER + k] = (own / (own + least)) * (1 + WIDER);
  d[wealth + system.LOWER_REST + k] = (least / (own + least)) * (1 - WIDER);
  d[wealth + system.UPPER_REST + k] = (most / (own + most)) * (1 + WIDER);
}

/**
 * Bounds d tau / dq_k = ((1 - b_k) s - o) / (b_k s + (1 - s) B): o and s are the shares of good k
 * in wealth and spending, B is the mean of the others' b. It is monotone in each of the three, so
 * that corners bound it. Bounds 1 + that as well, without cancellation.
 */
function boundSlope(row: i32, k: i32): void {
  const d = doubles;
  const b = d[elasticity + row + k];
  const last = d[elasticity + row + secondOther(k)];
  const apart = d[elasticity + row + firstOther(k)] - last;
  // For goods 0 and 1, the pair of the other two.
  const pair = 2 - k;
  const x = last + apart / (1 + Math.exp(-d[system.lowerRatio + pair]));
  const y = last + apart / (1 + Math.exp(-d[system.upperRatio + pair]));
  const wealthLower = d[wealth + system.LOWER + k];
  const wealthUpper = d[wealth + system.UPPER + k];
  const wealthLowerRest = d[wealth + system.LOWER_REST + k];
  const wealthUpperRest = d[wealth + system.UPPER_REST + k];
  const spendingUpper = d[spending + system.UPPER + k];
  const spendingUpperRest = d[spending + system.UPPER_REST + k];
  let least = Infinity;
  let most = -Infinity;
  let leastNext = Infinity;
  let mostNext = -Infinity;
  for (let corner = 0; corner < 4; corner++) {
    const mean = corner & 1 ? x : y;
    const spent = corner & 2 ? spendingUpper : d[spending + system.LOWER + k];
    const rest = corner & 2 ? d[spending + system.LOWER_REST + k] : spendingUpperRest;
    const per = 1 / (b * spent + mean * rest);
    const buying = (1 - b) * spent;
    const saving = (1 - mean) * rest;
    least = Math.min(least, (buying - wealthUpper) * per);
    most = Math.max(most, (buying - wealthLower) * per);
    leastNext = Math.min(leastNext, (wealthLowerRest - saving) * per);
    mostNext = Math.max(mostNext, (wealthUpperRest - saving) * per);
  }
  const mean = Math.min(x, y);
  const margin = (8 * WIDER) / Math.min(b, mean);
  const size = wealthUpper + spendingUpper * (1 + b);
  const sizeNext = wealthUpperRest + spendingUpperRest * (1 + Math.max(x, y));
  d[lowerSlope + k] = least - margin * size;
  d[upperSlope + k] = most + margin * size;
  d[lowerSlope + 2 + k] = leastNext - margin * sizeNext;
  d[upperSlope + 2 + k] = mostNext + margin * sizeNext;
}

/** Narrows the log ratio of spending on the two goods of a pair, by its slopes. */
function boundRatio(i: i32, pair: i32): void {
  const d = doubles;
  const c = 3 * i;
  const j = firstOf(pair);
  const k = secondOf(pair);
  const apart = d[elasticity + c + k] - d[elasticity + c + j];
  const byFirst: f64 = j === 0 ? 1 - d[elasticity + c] : 0;
  const sign: f64 = j === 1 ? 1 : k === 1 ? -1 : 0;
  const bySecond = sign * (1 - d[elasticity + c + 1]);
  const first = sizeOf(byFirst + apart * d[lowerSlope], byFirst + apart * d[upperSlope]);
  const second = sizeOf(bySecond + apart * d[lowerSlope + 1], bySecond + apart * d[upperSlope + 1]);
  system.narrowRatio(pair, d[logRatio + c + pair], first, second, d[ratioError + i]);
}

/**
 * Bounds the amount of good j that an agent buys, by its slopes and by the agent's wealth, and adds
 * its part in the slopes of excess demand.
 */
function boundAmount(row: i32, j: i32): void {
  const d = doubles;
  const b = d[elasticity + row + j];
  const k = firstOther(j);
  const l = secondOther(j);
  const first = j === 0 ? 2 : 0;
  const second = j === 1 ? 3 : 1;
  const move =
    sizeOf(d[lowerSlope + first], d[upperSlope + first]) * system.wide +
    sizeOf(d[lowerSlope + second], d[upperSlope + second]) * system.high;
  const middle = d[logAmount + row + j];
  const reach = b * move * (1 + WIDER) + d[error + row + j] + ROUNDING * Math.abs(middle);
  const own = d[owned + row + j];
  const poorest = own + d[owned + row + k] * d[lowerPrice + 3 * k + j] + d[owned + row + l] * d[lowerPrice + 3 * l + j];
  const richest = own + d[owned + row + k] * d[upperPrice + 3 * k + j] + d[owned + row + l] * d[upperPrice + 3 * l + j];
  const poor = d[spending + system.LOWER + j] * poorest;
  const rich = d[spending + system.UPPER + j] * richest;
  const least = Math.max(Math.exp(middle - reach), poor) * (1 - WIDER);
  const most = Math.min(Math.exp(middle + reach), rich) * (1 + WIDER);
  d[lowerAmount + j] = least;
  d[upperAmount + j] = most;
  for (let slope = 0; slope < 2; slope++) {
    const by = slope === 0 ? first : second;
    const falling = d[upperSlope + by];
    const rising = d[lowerSlope + by];
    d[system.lowerSlope + 2 * j + slope] -= b * falling * (falling > 0 ? most : least);
    d[system.upperSlope + 2 * j + slope] -= b * rising * (rising > 0 ? least : most);
  }
}

/** Adds the bounds of an agent's net trade of good j, directly and from its budget. */
function boundTrade(row: i32, j: i32): void {
  const d = doubles;
  const own = d[owned + row + j];
  let leastOther: f64 = 0;
  let mostOther: f64 = 0;
  for (let other = 0; other < 2; other++) {
    const k = other === 0 ? firstOther(j) : secondOther(j);
    const sold = d[owned + row + k] - d[upperAmount + k];
    const kept = d[owned + row + k] - d[lowerAmount + k];
    const least = d[lowerPrice + 3 * k + j];
    const most = d[upperPrice + 3 * k + j];
    const margin = 4 * ROUNDING * most * Math.max(d[owned + row + k], d[upperAmount + k]);
    leastOther += (sold > 0 ? least : most) * sold - margin;
    mostOther += (kept > 0 ? most : least) * kept + margin;
  }
  const margin = 4 * ROUNDING * own;
  const least = Math.max(d[lowerAmount + j] - own - margin, leastOther);
  const most = Math.min(d[upperAmount + j] - own + margin, mostOther);
  d[system.lower + j] += least - WIDER * Math.abs(least);
  d[system.upper + j] += most + WIDER * Math.abs(most);
}

/** ln(exp x + exp y + exp z). */
function logSum(x: f64, y: f64, z: f64): f64 {
  const top = largestOf(x, y, z);
  return top + Math.log(Math.exp(x - top) + Math.exp(y - top) + Math.exp(z - top));
}

// Three agents' gains beyond their wealth, each in units of its own utility, as functions of log
// relative Pareto weights (docs/methods/equilibria.md, "Three agents"). In units in which there is
// 1 of every good, with logs throughout. Each good is a term of the sums.

import * as economy from "../../economy/economy";
import { block, matrix } from "../../economy/workspace";
import { doubles } from "../../simd/memory";
import { ROUNDING, WIDER } from "../rounding";
import { logValue, maxPriceRatio } from "./range";
import * as system from "./system";
import { firstOf, firstOther, largestOf, secondOf, secondOther, sizeOf } from "./system";

/** Log relative weights beyond this leave logs too few digits. */
const FARTHEST: f64 = 1e5;
/** Values below this may be made of numbers that doubles do not hold. */
const UNDERFLOW: f64 = 1e-290;

/** The agent that weights are relative to, the last of the three. */
let numeraire: i32 = 0;

// m 3, good j and agent i at 3 j + i: |1 / omega|, log marginal utility of all of a good, shares of
// endowments.
let elasticity: i32 = 0;
let level: i32 = 0;
let owned: i32 = 0;

/** 3: the log of the unit in which an agent's value is counted, of the size of the largest term. */
export let unit: i32 = 0;

// m 3, at the centre: amounts with their logs and the errors of these; log ratios of pairs of
// agents' amounts, by good and pair, and m errors of these.
let logAmount: i32 = 0;
let amount: i32 = 0;
let error: i32 = 0;
let logRatio: i32 = 0;
let ratioError: i32 = 0;

// Of one good at a time: shares in the good; shares of elasticity times amount, which are the
// slopes of its log price; logs of amounts, 3 each.
let amounts: i32 = 0;
let pulls: i32 = 0;
let lowerLog: i32 = 0;
let upperLog: i32 = 0;

/** m: log shadow prices, which evaluations begin with and leave behind. */
export let guesses: i32 = 0;

/** Places the blocks. */
export function bind(): void {
  const m = economy.m;
  elasticity = matrix(m, 3);
  level = matrix(m, 3);
  owned = matrix(m, 3);
  unit = block(3);
  logAmount = matrix(m, 3);
  amount = matrix(m, 3);
  error = matrix(m, 3);
  logRatio = matrix(m, 3);
  ratioError = block(m);
  amounts = block(system.SHARES_SIZE);
  pulls = block(system.SHARES_SIZE);
  lowerLog = block(3);
  upperLog = block(3);
  guesses = block(m);
}

/**
 * Takes up the open economy, in which three agents want all goods, in units of the weight of one of
 * them. Returns false where no range of weights is proved.
 */
export function start(agentOfWeights: i32): bool {
  const d = doubles;
  const m = economy.m;
  numeraire = agentOfWeights;
  for (let i = 0; i < 3; i++) {
    const agent = (numeraire + 1 + i) % 3;
    let top = -Infinity;
    for (let j = 0; j < m; j++) {
      const c = agent * m + j;
      const k = 3 * j + i;
      d[elasticity + k] = -1 / d[economy.omega + c];
      d[level + k] = logValue(agent, j);
      d[owned + k] = d[economy.endowments + c] / d[economy.totals + j];
      top = Math.max(top, d[level + k]);
    }
    for (let j = 0; j < m; j++) d[level + 3 * j + i] -= top;
  }
  for (let j = 0; j < m; j++) d[guesses + j] = 0;
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 3; k++) d[system.maxApart + 3 * i + k] = i === k ? 0 : maxWeightRatio(i, k);
  }
  return system.enclose(FARTHEST);
}

/**
 * The most that ln(lambda_i / lambda_k) can be. Agent k spends at least an m-th of its wealth on
 * some good j, so that it has at least p_l e_kl / (m p_j) of it for every l, which bounds its
 * shadow price from above in terms of k's weight. Agent i has no more than all of it, which bounds
 * it from below in terms of i's.
 */
function maxWeightRatio(i: i32, k: i32): f64 {
  const d = doubles;
  const m = economy.m;
  let largest = -Infinity;
  for (let j = 0; j < m; j++) {
    let scarce = Infinity;
    for (let l = 0; l < m; l++) {
      scarce = Math.min(scarce, maxPriceRatio(j, l) - Math.log(d[owned + 3 * l + k]));
    }
    const least = Math.max(0, scarce + Math.log(m)) / d[elasticity + 3 * j + k];
    largest = Math.max(largest, d[level + 3 * j + k] - d[level + 3 * j + i] + least);
  }
  return largest;
}

/** Writes log prices of the economy's goods (m) at the centre, where addValues() has been. */
export function readCentre(logPrices: i32): void {
  const d = doubles;
  for (let j = 0; j < economy.m; j++) {
    d[logPrices + j] = d[guesses + j] - Math.log(d[economy.totals + j]);
  }
}

/** Adds every good's part in the agents' values at the centre. */
export function addValues(): void {
  system.fill(unit, 3, -Infinity);
  for (let j = 0; j < economy.m; j++) share(j);
  for (let j = 0; j < economy.m; j++) for (let i = 0; i < 3; i++) trade(3 * j, i);
}

/** Sets the agents' amounts of good j, and how wrong they may be. */
function share(j: i32): void {
  const d = doubles;
  const at = system.centre;
  const c = 3 * j;
  const p = d[elasticity + c];
  const q = d[elasticity + c + 1];
  const r = d[elasticity + c + 2];
  const x = p * (d[at] + d[level + c]);
  const y = q * (d[at + 1] + d[level + c + 1]);
  const z = r * d[level + c + 2];
  let size = 4 + Math.abs(z);
  for (let i = 0; i < 2; i++) {
    size += d[elasticity + c + i] * (Math.abs(d[at + i]) + Math.abs(d[level + c + i]));
  }
  system.setTerms(x, y, z, p, q, r);
  system.solve(0, size, d[guesses + j]);
  const price = system.root;
  d[guesses + j] = price;
  d[logRatio + c] = x - y - (p - q) * price;
  d[logRatio + c + 1] = x - z - (p - r) * price;
  d[logRatio + c + 2] = y - z - (q - r) * price;
  let ratioDoubt = ROUNDING * (size + 2 * Math.abs(price) * largestOf(p, q, r));
  for (let i = 0; i < 3; i++) {
    const k = c + i;
    const b = d[elasticity + k];
    d[logAmount + k] = -b * (price - d[at + i] - d[level + k]);
    d[amount + k] = Math.exp(d[logAmount + k]);
    const parts = Math.abs(price) + Math.abs(d[at + i]) + Math.abs(d[level + k]);
    d[error + k] = b * (system.doubt + ROUNDING * parts) + 2 * ROUNDING;
    ratioDoubt += d[error + k];
    d[unit + i] = Math.max(d[unit + i], price - d[at + i]);
  }
  d[ratioError + j] = ratioDoubt;
}

/**
 * Adds agent i's net trade of a good at its marginal utility: what it gets less what it owns, or
 * what the others give of it, whichever loses less.
 */
function trade(column: i32, i: i32): void {
  const d = doubles;
  const c = column + i;
  const k = column + firstOther(i);
  const l = column + secondOther(i);
  const b = d[elasticity + c];
  const log = d[level + c] - d[logAmount + c] / b;
  const value = Math.exp(log - d[unit + i]);
  const sizes = 4 + Math.abs(d[level + c]) + Math.abs(d[logAmount + c] / b) + Math.abs(d[unit + i]);
  const doubt = d[error + c] / b + ROUNDING * sizes;
  const gross = Math.max(d[amount + c], d[owned + c]);
  const others = Math.max(d[amount + k], d[owned + k]) + Math.max(d[amount + l], d[owned + l]);
  const direct = gross < others;
  const net = direct ? d[amount + c] - d[owned + c] : d[owned + k] - d[amount + k] + (d[owned + l] - d[amount + l]);
  const wrong = direct
    ? d[amount + c] * d[error + c] + 3 * ROUNDING * gross
    : d[amount + k] * d[error + k] + d[amount + l] * d[error + l] + 3 * ROUNDING * others;
  d[system.excess + i] += value * net;
  d[system.slack + i] += value * (wrong + Math.abs(net) * doubt) * (1 + WIDER) + UNDERFLOW;
}

/** Adds the bounds of every good's part in the values and their slopes over the box. */
export function addBounds(): void {
  for (let j = 0; j < economy.m; j++) {
    boundAmounts(j);
    for (let i = 0; i < 3; i++) {
      boundTrade(3 * j, i);
      boundSlopes(3 * j, i);
    }
  }
}

/** Bounds the slopes of good j's log price and the amounts of it. */
function boundAmounts(j: i32): void {
  const d = doubles;
  const c = 3 * j;
  system.openShares(pulls);
  system.openRatios();
  for (let round = 0; round < system.ROUNDS; round++) {
    for (let pair = 0; pair < 3; pair++) boundRatio(j, pair);
    system.boundShares(pulls, d[elasticity + c], d[elasticity + c + 1], d[elasticity + c + 2]);
  }
  system.boundShares(amounts, 1, 1, 1);
  for (let i = 0; i < 3; i++) {
    const first = i === 0 ? d[pulls + system.UPPER_REST] : d[pulls + system.UPPER];
    const second = i === 1 ? d[pulls + system.UPPER_REST + 1] : d[pulls + system.UPPER + 1];
    const middle = d[logAmount + c + i];
    const move = d[elasticity + c + i] * (first * system.wide + second * system.high) * (1 + WIDER);
    const reach = move + d[error + c + i] + ROUNDING * Math.abs(middle);
    d[lowerLog + i] = Math.max(middle - reach, Math.log(d[amounts + system.LOWER + i]) - WIDER);
    d[upperLog + i] = Math.min(middle + reach, Math.log(d[amounts + system.UPPER + i]) + WIDER);
  }
}

/** Narrows the log ratio of two agents' amounts of good j, by its slopes. */
function boundRatio(j: i32, pair: i32): void {
  const d = doubles;
  const c = 3 * j;
  const i = firstOf(pair);
  const k = secondOf(pair);
  const apart = d[elasticity + c + k] - d[elasticity + c + i];
  const byFirst: f64 = i === 0 ? d[elasticity + c] : 0;
  const bySecond: f64 = i === 1 ? d[elasticity + c + 1] : k === 1 ? -d[elasticity + c + 1] : 0;
  const least = pulls + system.LOWER;
  const most = pulls + system.UPPER;
  const first = sizeOf(byFirst + apart * d[least], byFirst + apart * d[most]);
  const second = sizeOf(bySecond + apart * d[least + 1], bySecond + apart * d[most + 1]);
  system.narrowRatio(pair, d[logRatio + c + pair], first, second, d[ratioError + j]);
}

/** Agent i's marginal utility at a log amount, in the agent's unit. */
function marginalUtility(c: i32, i: i32, log: f64): f64 {
  const d = doubles;
  return Math.exp(d[level + c] - d[unit + i] - log / d[elasticity + c]);
}

/** How wrong marginalUtility() may be, relatively. */
function spread(c: i32, i: i32): f64 {
  const d = doubles;
  const log = sizeOf(d[lowerLog + i], d[upperLog + i]) / d[elasticity + c];
  return 4 * WIDER * (1 + Math.abs(d[level + c]) + Math.abs(d[unit + i]) + log);
}

/**
 * Adds the bounds of agent i's part in a good: the value m (y - e) of what it gets beyond what it
 * owns, which rises with the amount y up to e / (1 - b) and falls beyond.
 */
function boundTrade(column: i32, i: i32): void {
  const d = doubles;
  const c = column + i;
  const b = d[elasticity + c];
  const own = d[owned + c];
  const doubt = spread(c, i);
  const small = Math.exp(d[lowerLog + i]) * (1 - WIDER) - own;
  const large = Math.exp(d[upperLog + i]) * (1 + WIDER) - own;
  const atLower = marginalUtility(c, i, d[lowerLog + i]);
  const atUpper = marginalUtility(c, i, d[upperLog + i]);
  const less = 1 - doubt;
  const more = 1 + doubt;
  const peak = b < 1 ? own / (1 - b) : Infinity;
  let least = Math.min(small * atLower * (small > 0 ? less : more), large * atUpper * (large > 0 ? less : more));
  let most: f64 = 0;
  if (large + own <= peak) most = large * atUpper * (large > 0 ? more : less);
  else if (small + own >= peak) most = small * atLower * (small > 0 ? more : less);
  else most = (peak - own) * marginalUtility(c, i, Math.log(peak)) * more * more;
  // The others' side of it, which loses less where the agent owns and keeps most.
  const k = firstOther(i);
  const l = secondOther(i);
  const theirs = d[owned + column + k] + d[owned + column + l];
  const leastLeft = Math.exp(d[lowerLog + k]) + Math.exp(d[lowerLog + l]);
  const mostLeft = Math.exp(d[upperLog + k]) + Math.exp(d[upperLog + l]);
  const margin = WIDER * (theirs + mostLeft);
  const given = theirs - mostLeft - margin;
  const got = theirs - leastLeft + margin;
  const rounding = 4 * ROUNDING * own * atLower * more;
  least = Math.max(least - rounding, given * (given > 0 ? atUpper * less : atLower * more));
  most = Math.min(most + rounding, got * (got > 0 ? atLower * more : atUpper * less));
  d[system.lower + i] += least - WIDER * Math.abs(least) - UNDERFLOW;
  d[system.upper + i] += most + WIDER * Math.abs(most) + UNDERFLOW;
}

/**
 * Adds a good's part in the slopes of agent i's value: m (e - (1 - b) y), which falls with y up to
 * e / (1 - b)^2 and rises beyond, times 1 where k = i, less the slope of the good's log price.
 */
function boundSlopes(column: i32, i: i32): void {
  const d = doubles;
  const c = column + i;
  const b = d[elasticity + c];
  const own = d[owned + c];
  const small = Math.exp(d[lowerLog + i]);
  const large = Math.exp(d[upperLog + i]);
  const valueAtLower = marginalUtility(c, i, d[lowerLog + i]);
  const valueAtUpper = marginalUtility(c, i, d[upperLog + i]);
  const atLower = (own - (1 - b) * small) * valueAtLower;
  const atUpper = (own - (1 - b) * large) * valueAtUpper;
  const bottom = own / ((1 - b) * (1 - b));
  let least = Math.min(atLower, atUpper);
  let size = valueAtLower * (own + Math.abs(1 - b) * small) + valueAtUpper * (own + Math.abs(1 - b) * large);
  if (bottom > small && bottom < large) {
    least = (marginalUtility(c, i, Math.log(bottom)) * own * b) / (b - 1);
    size += Math.abs(least);
  }
  const margin = spread(c, i) * size + UNDERFLOW;
  least -= margin;
  const most = Math.max(atLower, atUpper) + margin;
  for (let k = 0; k < 2; k++) {
    const leastTurn = i === k ? d[pulls + system.LOWER_REST + k] : -d[pulls + system.UPPER + k];
    const mostTurn = i === k ? d[pulls + system.UPPER_REST + k] : -d[pulls + system.LOWER + k];
    const p = least * leastTurn;
    const q = least * mostTurn;
    const r = most * leastTurn;
    const s = most * mostTurn;
    const below = Math.min(p, q);
    const above = Math.max(p, q);
    const belowLast = Math.min(r, s);
    const aboveLast = Math.max(r, s);
    d[system.lowerSlope + 2 * i + k] += Math.min(below, belowLast);
    d[system.upperSlope + 2 * i + k] += Math.max(above, aboveLast);
  }
}

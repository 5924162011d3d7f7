// A good that concave agents (omega < 0) and convex ones (omega >= 0) both want. At most one convex
// agent holds some of it: two would gain by moving all to one of them. So for each convex agent k
// the maximum of V(r) + U_k(1 - r) is sought over r, the part of the good that the concave agents
// share at best; V is concave and U_k convex. On an interval V lies below its tangents and U_k
// below its chord. The largest value of their sum bounds the maximum there, and intervals whose
// bound does not beat the best value found are cut (branch and bound).
//
// Amounts are parts of the total E, and welfare is divided by the largest lambda_i alpha_ij
// E_j^(1 + omega_ij), so that neither leaves the doubles, whatever the units of the good.

import * as economy from "../economy/economy";
import { amountOf } from "../economy/logForm";
import { expm1, log1p } from "../math/nearZero";
import { doubles } from "../simd/memory";
import * as concave from "./concaveGood";

/**
 * Intervals kept open at a time. Each is a row: its bound, and for both ends r, 1 - r, V and V'. Of
 * r and 1 - r the smaller one has all its digits.
 */
const MAX_INTERVALS = 200;
const INTERVAL = 9;
const LOW = 1;
const HIGH = 5;
const PART = 0;
const REST = 1;
const VALUE = 2;
const SLOPE = 3;
const MAX_CUTS = 4000;
/** The relative gap at which the search ends. */
const GAP: f64 = 1e-13;

/** Logarithm of the smallest part, or rest, told from none: a double holds no smaller one. */
const MIN_LOG: f64 = -720;
const MIN_PART: f64 = 1e-300;
/** Exponents below which expm1 keeps digits that a difference of exponentials loses. */
const SMALL_EXPONENT: f64 = 1;

/** Doubles of workspace of a mixed good, beside the log form of concaveGood.ts. */
export const MIXED_WORKSPACE: i32 = MAX_INTERVALS * INTERVAL;

// The good, the log of the unit of welfare, and the convex agent being searched: its omega, and the
// log of its weighted marginal utility of all of the good, in that unit.
let good: i32 = 0;
let logUnit: f64 = 0;
let intervals: i32 = 0;
let holder: i32 = 0;
let holderLevel: f64 = 0;
let holderOmega: f64 = 0;

// The best found, over all convex agents: the part that the concave agents share, the rest, the
// agent that holds it, and the value.
let bestHolder: i32 = -1;
let bestPart: f64 = 0;
let bestRest: f64 = 0;
let bestValue: f64 = 0;

/** By what part of its welfare the good planned last falls short of the maximum, at most. */
export let relativeGap: f64 = 0;

// V, its derivative and the logarithm of that, where it was evaluated last.
let value: f64 = 0;
let slope: f64 = 0;
let logSlope: f64 = 0;

/**
 * Plans good j: writes the allocation x (n m) and the shadow price. Returns by how much, at most,
 * its welfare falls short of the maximum; `relativeGap` says by what part. The log form of the
 * concave agents is open (concaveGood.ts); `workspace` is MIXED_WORKSPACE doubles.
 */
export function mixedGood(j: i32, prices: i32, x: i32, workspace: i32): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  good = j;
  intervals = workspace;
  logUnit = -Infinity;
  for (let i = 0; i < n; i++) {
    const level = logLevel(i);
    logUnit = Math.max(logUnit, level);
  }

  evaluateConcave(1, 0);
  bestHolder = -1;
  bestPart = 1;
  bestRest = 0;
  bestValue = value;
  let bound = value;
  for (let i = 0; i < n; i++) {
    if (!isConvex(i)) continue;
    choose(i);
    const found = search();
    bound = Math.max(bound, found);
  }

  // A linear agent that values the first unit more than the concave ones value the last holds some,
  // if too little for the search to see.
  evaluateConcave(bestPart, bestRest);
  let highest = logSlope;
  if (bestHolder < 0) {
    for (let i = 0; i < n; i++) {
      if (!isConvex(i) || d[economy.omega + i * m + good] > 0) continue;
      const level = logLevel(i) - logUnit;
      if (level <= highest) continue;
      highest = level;
      bestHolder = i;
    }
  }
  holder = bestHolder;
  if (holder >= 0) {
    choose(holder);
    polish();
  }
  evaluateConcave(bestPart, bestRest);
  const total = d[economy.totals + good];
  // Where the concave agents' part is too small for a double, the holder's marginal value is the
  // price.
  const logPrice = holder >= 0 && bestPart < MIN_PART ? logMarginal(bestRest) : logSlope;
  d[prices + good] = Math.exp(logPrice + logUnit - Math.log(total));
  for (let i = 0; i < n; i++) {
    const c = i * m + good;
    if (i === holder) d[x + c] = total * bestRest;
    else d[x + c] = isConcave(i) ? amountOf(d[concave.logAllocation + c], total) : 0;
  }
  const gap = bound - bestValue;
  if (gap <= 0) {
    relativeGap = 0;
    return 0;
  }
  relativeGap = gap / (Math.abs(bestValue) + (holder >= 0 ? convexUtility(bestRest) : 0));
  return gap * Math.exp(logUnit);
}

/** Whether agent i wants the good with a concave utility. */
function isConcave(i: i32): bool {
  const c = i * economy.m + good;
  return doubles[economy.alpha + c] > 0 && doubles[economy.omega + c] < 0;
}

/** Whether agent i wants the good with a convex utility. */
function isConvex(i: i32): bool {
  const c = i * economy.m + good;
  return doubles[economy.alpha + c] > 0 && doubles[economy.omega + c] >= 0;
}

/** ln of lambda_i alpha_ij E_j^(1 + omega_ij); -Infinity where the agent does not want the good. */
function logLevel(i: i32): f64 {
  const d = doubles;
  const c = i * economy.m + good;
  if (d[economy.alpha + c] === 0) return -Infinity;
  const logTotal = Math.log(d[economy.totals + good]);
  return Math.log(d[economy.weights + i]) + Math.log(d[economy.alpha + c]) + (1 + d[economy.omega + c]) * logTotal;
}

/** Makes convex agent i the one that holds what the concave agents leave. */
function choose(i: i32): void {
  holder = i;
  holderLevel = logLevel(i) - logUnit;
  holderOmega = doubles[economy.omega + i * economy.m + good];
}

/**
 * Sets V and its derivative: the welfare that the concave agents make of a part of the good. `rest`
 * is 1 - part.
 */
function evaluateConcave(part: f64, rest: f64): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  concave.concaveGood(good, part <= rest ? Math.log(part) : log1p(-rest));
  logSlope = d[concave.logPrices + good] - logUnit;
  slope = Math.exp(logSlope);
  value = 0;
  for (let i = 0; i < n; i++) {
    if (!isConcave(i)) continue;
    // Measured from the utility of all of the good: that has no pole at omega = -1, where
    // 1 / (1 + omega) has one.
    const c = i * m + good;
    const power = 1 + d[economy.omega + c];
    const exponent = power * d[concave.logAllocation + c];
    const level = d[concave.workspace + n + i] - logUnit;
    if (power === 0) value += Math.exp(level) * d[concave.logAllocation + c];
    else if (exponent < SMALL_EXPONENT) value += (Math.exp(level) * expm1(exponent)) / power;
    else value += (Math.exp(level + exponent) - Math.exp(level)) / power;
  }
}

/** Returns the holder's weighted utility of a part of the good. */
function convexUtility(part: f64): f64 {
  if (part === 0) return 0;
  const power = 1 + holderOmega;
  return Math.exp(holderLevel + power * Math.log(part)) / power;
}

/** Searches all of [0, 1] for the present holder. Returns an upper bound of the value. */
function search(): f64 {
  const d = doubles;
  evaluateConcave(1, 0);
  let open = 1;
  let kept = bestValue;
  setEnd(intervals + LOW, 0, 1, 0, Infinity);
  setEnd(intervals + HIGH, 1, 0, value, slope);
  setBound(intervals);
  for (let cut = 0; open > 0; cut++) {
    open--;
    const top = intervals + open * INTERVAL;
    const bound = d[top];
    const near = bestValue + GAP * (Math.abs(bestValue) + convexUtility(bestRest));
    if (bound <= near) {
      kept = Math.max(kept, Math.min(bound, near));
      continue;
    }
    if (cut >= MAX_CUTS || open + 2 > MAX_INTERVALS || !divide(top)) kept = Math.max(kept, bound);
    else open += 2;
  }
  return kept;
}

/** Divides an interval, whose second part becomes the row behind it. False where it is too short. */
function divide(row: i32): bool {
  const d = doubles;
  const next = row + INTERVAL;
  const lowPart = d[row + LOW + PART];
  const highPart = d[row + HIGH + PART];
  const lowRest = d[row + LOW + REST];
  const highRest = d[row + HIGH + REST];
  // By the rest where that is the smaller one.
  const byRest = highRest < lowPart;
  const middle = byRest ? between(highRest, lowRest) : between(lowPart, highPart);
  const part = byRest ? 1 - middle : middle;
  const rest = byRest ? middle : 1 - middle;
  const inside = byRest ? middle > highRest && middle < lowRest : middle > lowPart && middle < highPart;
  if (!inside) return false;
  evaluateConcave(part, rest);
  const sum = value + convexUtility(rest);
  if (sum > bestValue) {
    bestValue = sum;
    bestPart = part;
    bestRest = rest;
    bestHolder = holder;
  }
  setEnd(next + HIGH, highPart, highRest, d[row + HIGH + VALUE], d[row + HIGH + SLOPE]);
  setEnd(next + LOW, part, rest, value, slope);
  setEnd(row + HIGH, part, rest, value, slope);
  setBound(row);
  setBound(next);
  return true;
}

/** A point between two. Small ones differ by orders of magnitude: there it divides their ratio. */
function between(low: f64, high: f64): f64 {
  return low === 0 ? high / 64 : high > 4 * low ? Math.sqrt(low) * Math.sqrt(high) : 0.5 * (low + high);
}

function setEnd(end: i32, part: f64, rest: f64, valueThere: f64, slopeThere: f64): void {
  const d = doubles;
  d[end + PART] = part;
  d[end + REST] = rest;
  d[end + VALUE] = valueThere;
  d[end + SLOPE] = slopeThere;
}

/**
 * Bounds the value on an interval. The sum of chord and tangents is greatest at an end or where the
 * tangents meet. There the tangent from above is evaluated: the one from below, from a large value
 * with a large slope, would lose all its digits.
 */
function setBound(row: i32): void {
  const d = doubles;
  const highPart = d[row + HIGH + PART];
  const width = highPart <= 0.5 ? highPart - d[row + LOW + PART] : d[row + LOW + REST] - d[row + HIGH + REST];
  const lowConvex = convexUtility(d[row + LOW + REST]);
  const highConvex = convexUtility(d[row + HIGH + REST]);
  const lowValue = d[row + LOW + VALUE];
  const highValue = d[row + HIGH + VALUE];
  const lowSlope = d[row + LOW + SLOPE];
  const highSlope = d[row + HIGH + SLOPE];
  let bound = highValue + highConvex;
  if (lowSlope < Infinity) {
    bound = Math.max(bound, lowValue + lowConvex);
    // How far below the upper end they meet.
    const below = (lowSlope * width - (highValue - lowValue)) / (lowSlope - highSlope);
    if (below > 0 && below < width) {
      const chord = (lowConvex - highConvex) / width;
      bound = Math.max(bound, highValue - highSlope * below + highConvex + chord * below);
    }
  } else bound = Math.max(bound, highValue - highSlope * width + lowConvex);
  d[row] = bound;
}

/**
 * Moves the best part uphill to where marginal values meet. It bisects the logit of the part,
 * between the best one found and the nearest in the direction of the gain at which the gain has
 * changed sign. Where it does not change before the holder has nothing, only rounding had given it
 * some, and nobody is the holder.
 */
function polish(): void {
  const up = gain(bestPart, bestRest) > 0;
  let low = Math.log(bestPart) - (bestRest === 0 ? MIN_LOG : Math.log(bestRest));
  let high = low;
  let crossed = false;
  for (let reach: f64 = 1e-7; reach < 4000 && !crossed; reach *= 4) {
    if (up) high = Math.min(-MIN_LOG, low + reach);
    else low = Math.max(MIN_LOG, high - reach);
    const there = gainAt(up ? high : low);
    crossed = up ? there < 0 : there > 0;
  }
  if (up && !crossed) {
    holder = -1;
    bestPart = 1;
    bestRest = 0;
    return;
  }
  for (let k = 0; k < 100; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (gainAt(middle) > 0) low = middle;
    else high = middle;
  }
  const at = 0.5 * (low + high);
  bestPart = 1 / (1 + Math.exp(-at));
  bestRest = 1 / (1 + Math.exp(at));
}

/** gain() at the logit of a part. */
function gainAt(logit: f64): f64 {
  return gain(1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit)));
}

/** The log of the concave agents' marginal value of a part less that of the holder's of the rest. */
function gain(part: f64, rest: f64): f64 {
  evaluateConcave(part, rest);
  return logSlope - logMarginal(rest);
}

/** The log of the holder's weighted marginal utility of a part of the good. */
function logMarginal(part: f64): f64 {
  return holderOmega === 0 ? holderLevel : holderLevel + holderOmega * Math.log(part);
}

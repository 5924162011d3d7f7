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
import { doubles } from "../simd/memory";
import * as concave from "./concaveGood";

/** Intervals kept open at a time; each takes 7 doubles: r, V and V' at both ends, and the bound. */
const MAX_INTERVALS = 200;
const INTERVAL = 7;
const MAX_CUTS = 4000;
/** The relative gap at which the search ends. */
const GAP: f64 = 1e-13;

/** Logarithm of the smallest part told from none: a double holds no smaller one. */
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

// The best found, over all convex agents: the part that the concave agents share, the agent that
// holds what they leave, and the value.
let bestHolder: i32 = -1;
let bestPart: f64 = 0;
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

  evaluateConcave(1);
  bestHolder = -1;
  bestPart = 1;
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
  evaluateConcave(bestPart);
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
    // The optimum gives the convex agent nothing; only rounding had given it some.
    if (bestPart >= 1 - 1e-15 && gain(bestPart) > 0) {
      holder = -1;
      bestPart = 1;
    }
  }
  evaluateConcave(bestPart);
  const total = d[economy.totals + good];
  // Where the concave agents' part is too small for a double, the holder's marginal value is the
  // price.
  const logPrice = holder >= 0 && bestPart < MIN_PART ? logMarginal(bestPart) : logSlope;
  d[prices + good] = Math.exp(logPrice + logUnit - Math.log(total));
  for (let i = 0; i < n; i++) {
    const c = i * m + good;
    if (i === holder) d[x + c] = total * (1 - bestPart);
    else d[x + c] = isConcave(i) ? amountOf(d[concave.logAllocation + c], total) : 0;
  }
  const gap = bound - bestValue;
  if (gap <= 0) {
    relativeGap = 0;
    return 0;
  }
  relativeGap = gap / (Math.abs(bestValue) + (holder >= 0 ? convexUtility(bestPart) : 0));
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

/** Sets V(part) and V'(part): the welfare that the concave agents make of that part of the good. */
function evaluateConcave(part: f64): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  concave.concaveGood(good, Math.log(part));
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
    else if (exponent < SMALL_EXPONENT) value += (Math.exp(level) * Math.expm1(exponent)) / power;
    else value += (Math.exp(level + exponent) - Math.exp(level)) / power;
  }
}

/** Returns the holder's weighted utility of what the concave agents leave. */
function convexUtility(part: f64): f64 {
  if (part >= 1) return 0;
  const power = 1 + holderOmega;
  return Math.exp(holderLevel + power * Math.log1p(-part)) / power;
}

/** Searches all of [0, 1] for the present holder. Returns an upper bound of the value. */
function search(): f64 {
  const d = doubles;
  evaluateConcave(1);
  let open = 1;
  let kept = bestValue;
  store(intervals, 0, 0, Infinity, 1, value, slope);
  for (let cut = 0; open > 0; cut++) {
    open--;
    const top = intervals + open * INTERVAL;
    const bound = d[top + 6];
    const near = bestValue + GAP * (Math.abs(bestValue) + convexUtility(bestPart));
    if (bound <= near) {
      kept = Math.max(kept, Math.min(bound, near));
      continue;
    }
    if (cut >= MAX_CUTS || open + 2 > MAX_INTERVALS) {
      kept = Math.max(kept, bound);
      continue;
    }
    const low = d[top];
    const lowValue = d[top + 1];
    const lowSlope = d[top + 2];
    const high = d[top + 3];
    const highValue = d[top + 4];
    const highSlope = d[top + 5];
    // Small parts differ by orders of magnitude: cut there by ratios.
    const middle = low === 0 ? high / 64 : high > 4 * low ? Math.sqrt(low * high) : 0.5 * (low + high);
    if (!(middle > low && middle < high)) {
      kept = Math.max(kept, bound);
      continue;
    }
    evaluateConcave(middle);
    const sum = value + convexUtility(middle);
    if (sum > bestValue) {
      bestValue = sum;
      bestPart = middle;
      bestHolder = holder;
    }
    const middleValue = value;
    const middleSlope = slope;
    store(top, low, lowValue, lowSlope, middle, middleValue, middleSlope);
    store(top + INTERVAL, middle, middleValue, middleSlope, high, highValue, highSlope);
    open += 2;
  }
  return kept;
}

/**
 * Keeps an interval with the bound on it. The sum of chord and tangents is greatest at an end or
 * where the tangents meet.
 */
function store(at: i32, low: f64, lowValue: f64, lowSlope: f64, high: f64, highValue: f64, highSlope: f64): void {
  const d = doubles;
  const lowConvex = convexUtility(low);
  const highConvex = convexUtility(high);
  const chord = (highConvex - lowConvex) / (high - low);
  let bound = highValue + highConvex;
  if (lowSlope < Infinity) {
    bound = Math.max(bound, lowValue + lowConvex);
    const meet = (highValue - lowValue + lowSlope * low - highSlope * high) / (lowSlope - highSlope);
    if (meet > low && meet < high) {
      bound = Math.max(bound, lowValue + lowSlope * (meet - low) + lowConvex + chord * (meet - low));
    }
  } else bound = Math.max(bound, highValue - highSlope * (high - low) + lowConvex);
  d[at] = low;
  d[at + 1] = lowValue;
  d[at + 2] = lowSlope;
  d[at + 3] = high;
  d[at + 4] = highValue;
  d[at + 5] = highSlope;
  d[at + 6] = bound;
}

/**
 * Moves the best part uphill to where marginal values meet. It bisects the logarithm of the part,
 * between the best one found and the nearest in the direction of the gain at which the gain has
 * changed sign.
 */
function polish(): void {
  const up = gain(bestPart) > 0;
  let low = Math.log(bestPart);
  let high = low;
  let reach: f64 = 1e-7;
  for (; reach < 4000; reach *= 4) {
    if (up) high = Math.min(0, low + reach);
    else low = Math.max(MIN_LOG, high - reach);
    const crossed = up ? gain(Math.exp(high)) < 0 : gain(Math.exp(low)) > 0;
    if (crossed) break;
  }
  for (let k = 0; k < 100; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (gain(Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  bestPart = Math.exp(0.5 * (low + high));
}

/** The logarithm of the concave agents' marginal value less that of the holder's. */
function gain(part: f64): f64 {
  evaluateConcave(part);
  return logSlope - logMarginal(part);
}

/** The logarithm of the holder's weighted marginal utility of what the concave agents leave. */
function logMarginal(part: f64): f64 {
  return holderOmega === 0 ? holderLevel : holderLevel + holderOmega * Math.log1p(-part);
}

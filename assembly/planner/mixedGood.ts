// A good that concave agents (omega < 0) and convex ones (omega >= 0) both want. At most one convex
// agent holds some of it: two would gain by moving all to one of them. So for each convex agent k
// the maximum of V(r) + U_k(E - r) is sought over r, the part that the concave agents share at
// best; V is concave and U_k convex. On an interval V lies below its tangents and U_k below its
// chord. The largest value of their sum bounds the maximum there, and intervals whose bound does
// not beat the best value found are cut (branch and bound).

import * as economy from "../economy/economy";
import { marginalUtility } from "../economy/logForm";
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

/** Doubles of workspace of a mixed good, beside the log form of concaveGood.ts. */
export const MIXED_WORKSPACE: i32 = MAX_INTERVALS * INTERVAL;

// The good, and the convex agent, being searched.
let good: i32 = 0;
let total: f64 = 0;
let intervals: i32 = 0;
let holder: i32 = 0;

// The best found, over all convex agents: the part that the concave agents share, the agent that
// holds what they leave, and the value.
let bestHolder: i32 = -1;
let bestPart: f64 = 0;
let bestValue: f64 = 0;

// V and its derivative where it was evaluated last.
let value: f64 = 0;
let slope: f64 = 0;

/**
 * Plans good j: writes the allocation x (n m) and the shadow price. Returns by how much, at most,
 * its welfare falls short of the maximum. The log form of the concave agents is open
 * (concaveGood.ts); `workspace` is MIXED_WORKSPACE doubles.
 */
export function mixedGood(j: i32, prices: i32, x: i32, workspace: i32): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  const weights = economy.weights;
  good = j;
  total = d[economy.totals + j];
  intervals = workspace;

  evaluateConcave(total);
  bestHolder = -1;
  bestPart = total;
  bestValue = value;
  let bound = value;
  for (holder = 0; holder < n; holder++) {
    const c = holder * m + good;
    if (d[alpha + c] === 0 || d[omega + c] < 0) continue;
    const found = search();
    bound = Math.max(bound, found);
  }
  const gap = Math.max(0, bound - bestValue);

  // A linear agent that values the first unit more than the concave ones value the last holds some,
  // if too little for the search to see.
  evaluateConcave(bestPart);
  for (let i = 0; i < n && bestHolder < 0; i++) {
    const c = i * m + good;
    if (d[omega + c] === 0 && d[weights + i] * d[alpha + c] > slope) bestHolder = i;
  }
  holder = bestHolder;
  if (holder >= 0) polish();
  // The optimum gives the convex agent nothing; only rounding had given it some.
  if (bestPart >= total * (1 - 1e-15) && gain(bestPart) > 0) {
    holder = -1;
    bestPart = total;
  }
  evaluateConcave(bestPart);
  // Where the concave agents' part is too small for a double, the holder's marginal value is the
  // price.
  const c = holder * m + good;
  d[prices + good] =
    holder >= 0 && bestPart < MIN_PART
      ? d[weights + holder] * marginalUtility(d[alpha + c], d[omega + c], total - bestPart)
      : slope;
  for (let i = 0; i < n; i++) {
    const c = i * m + good;
    const convex = d[omega + c] >= 0 || d[alpha + c] === 0;
    d[x + c] = i === holder ? total - bestPart : convex ? 0 : total * Math.exp(d[concave.logAllocation + c]);
  }
  return gap;
}

/** Sets V(part) and V'(part): the welfare that the concave agents make of that much of the good. */
function evaluateConcave(part: f64): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  const weights = economy.weights;
  concave.concaveGood(good, Math.log(part / total));
  slope = Math.exp(d[concave.logPrices + good]) / total;
  value = 0;
  for (let i = 0; i < n; i++) {
    const c = i * m + good;
    if (d[omega + c] < 0) {
      // Measured from the utility of all of the good: that has no pole at omega = -1, where
      // 1 / (1 + omega) has one.
      const power = 1 + d[omega + c];
      const gained =
        power === 0 ? d[concave.logAllocation + c] : Math.expm1(power * d[concave.logAllocation + c]) / power;
      value += d[weights + i] * d[alpha + c] * Math.exp(power * Math.log(total)) * gained;
    }
  }
}

/** Returns the convex agent's weighted utility of what the concave agents leave. */
function convexUtility(part: f64): f64 {
  const d = doubles;
  const c = holder * economy.m + good;
  if (part >= total) return 0;
  const power = 1 + d[economy.omega + c];
  return (d[economy.weights + holder] * d[economy.alpha + c] * Math.exp(power * Math.log(total - part))) / power;
}

/** Searches all of [0, E] for the present holder. Returns an upper bound of the value. */
function search(): f64 {
  const d = doubles;
  evaluateConcave(total);
  let open = 1;
  let kept = bestValue;
  store(intervals, 0, 0, Infinity, total, value, slope);
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
    if (up) high = Math.min(Math.log(total), low + reach);
    else low = Math.max(MIN_LOG, high - reach);
    const crossed = up ? gain(Math.min(total, Math.exp(high))) < 0 : gain(Math.exp(low)) > 0;
    if (crossed) break;
  }
  for (let k = 0; k < 100; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (gain(Math.min(total, Math.exp(middle))) > 0) low = middle;
    else high = middle;
  }
  bestPart = Math.min(total, Math.exp(0.5 * (low + high)));
}

/** The concave agents' marginal value less the convex agent's. */
function gain(part: f64): f64 {
  const d = doubles;
  const c = holder * economy.m + good;
  evaluateConcave(part);
  const value = marginalUtility(d[economy.alpha + c], d[economy.omega + c], total - part);
  return slope - d[economy.weights + holder] * value;
}

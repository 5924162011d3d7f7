// One equilibrium of two agents, by bisection on the log relative Pareto weight. Every weight has a
// plan, and at an equilibrium the plan costs each agent what it owns. So what agent 1 sells less
// what it buys, at the plan's prices, is a continuous function of the weight: above 0 far to the
// left and below 0 far to the right. Work and memory are proportional to the goods.
//
// At the log weight t of agent 1 over that of agent 2, the agents' shares z and s = 1 - z of a good
// follow from v = ln(z / s). With p = |omega_1j| and q = |omega_2j|, and logs of marginal utilities
// at all of the good, v solves
//   logValue_1j - logValue_2j + t + p softplus(-v) = q softplus(v).
// So shares add up to 1 whatever the rounding. They and the prices stay in logs: any of them may be
// beyond the doubles where their products matter.

import * as economy from "../economy/economy";
import { amountOf } from "../economy/logForm";
import { logAdd, logSum, NONE } from "../math/logSumExp";
import { log1p } from "../math/nearZero";
import { doubles } from "../simd/memory";
import { countEvaluation } from "./demand";
import * as state from "./state";

/** Evaluations in a step. */
const EVALUATIONS = 6;
const FIRST_REACH: f64 = 1;
const MAX_REACH: f64 = 1e12;
/** Where an equilibrium is polished: the first distance, and the largest. */
const SHORT_REACH: f64 = 1e-15;
const MAX_SHORT_REACH: f64 = 1e-6;
/** Length of the bracket, over the size of the log weight, at which its middle becomes the base. */
const COARSE: f64 = 1e-10;
/** Length of the bracket at which bisection ends. */
const FINE: f64 = 1e-16;
/** A log of sales over purchases that is accepted where the bracket ends; the audit judges it. */
const ROUNDING_RESIDUAL: f64 = 1e-9;
/** A slope smaller than this beside the terms that it is the sum of may be 0. */
const CRITICAL: f64 = 1e-5;

const MAX_PASSES = 100;
/** The error of Newton's method for v is below the square of its last step. */
const NEARLY: f64 = 1e-8;
const ROUNDING: f64 = 4e-16;

// What the next evaluation is for.
const LOOKING: i32 = 0; // at the centre: on which side of it is the root?
const WIDENING: i32 = 1; // to that side, until the sign changes
const HALVING: i32 = 2;
let phase: i32 = LOOKING;

// The log weight is base + offset. The sum is never rounded: at a log weight of 50 000 its last
// digit would move some demands by 1e-8. What the base rounds counts as part of the logs of
// marginal utilities.
let base: f64 = 0;
let low: f64 = 0; // offset, at which the function has the sign of `sign`
let high: f64 = 0;
let sign: f64 = 1;
let reach: f64 = 0;
let refined: bool = false; // whether the base is next to the root

/** The log of what agent 1 sells over what it buys, at the last evaluation. */
export let saleResidual: f64 = Infinity;
/** The index of the equilibrium found; 0 where the slope there may be 0. */
export let weightIndex: i32 = 0;
/** How far the equilibrium found is from where polishing began. */
export let weightStep: f64 = Infinity;

/** Starts at the log weights in force. */
export function startAtWeights(): void {
  const d = doubles;
  startAt(d[state.logWeights] - d[state.logWeights + 1]);
}

/** Starts at the weights to which the demand last evaluated belongs. */
export function startAtDemand(): void {
  const d = doubles;
  startAt(d[state.tau + 1] - d[state.tau]);
}

function startAt(centre: f64): void {
  const d = doubles;
  base = Math.abs(centre) < MAX_REACH ? centre : 0;
  for (let j = 0; j < economy.m; j++) d[state.logit + j] = 0;
  refined = false;
  saleResidual = Infinity;
  weightIndex = 0;
  weightStep = Infinity;
  look(FIRST_REACH);
}

function look(first: f64): void {
  phase = LOOKING;
  low = 0;
  high = 0;
  reach = first;
}

/** Makes a few evaluations. Returns GOES_ON, SOLVED or FAILED. */
export function stepWeight(): i32 {
  for (let k = 0; k < EVALUATIONS; k++) {
    const outcome = phase === HALVING ? halve() : widen();
    if (outcome !== state.GOES_ON) return outcome;
  }
  return state.GOES_ON;
}

/** Evaluates the centre, or moves the bracket on from it, twice as far each time. */
function widen(): i32 {
  if (phase === LOOKING) {
    phase = WIDENING;
    sign = evaluate(0) > 0 ? 1 : -1;
    return saleResidual === 0 ? end() : state.GOES_ON;
  }
  if (reach > MAX_REACH) return state.FAILED;
  low = high;
  high = sign * reach;
  reach *= 2;
  if (!(evaluate(high) * sign > 0)) phase = HALVING;
  return state.GOES_ON;
}

function halve(): i32 {
  const middle = 0.5 * (low + high);
  const length = Math.abs(high - low);
  const inside = middle !== low && middle !== high;
  if (!refined && (!inside || length <= COARSE * (1 + Math.abs(base + middle)))) {
    base += middle;
    refined = true;
    look(length);
    return state.GOES_ON;
  }
  if (!inside || length <= FINE) {
    evaluate(middle);
    return end();
  }
  const value = evaluate(middle);
  if (value === 0) return end();
  if (value * sign > 0) low = middle;
  else high = middle;
  return state.GOES_ON;
}

/**
 * Finds the equilibrium next to the weights started at, wherever the function goes there. Returns
 * SOLVED or FAILED.
 */
export function polishWeight(): i32 {
  refined = true;
  const first = evaluate(0);
  if (first === 0) return end();
  let inner: f64 = 0;
  for (let outer = SHORT_REACH; outer <= MAX_SHORT_REACH; outer *= 4) {
    for (let side = -1; side <= 1; side += 2) {
      high = <f64>side * outer;
      if (evaluate(high) * first > 0) continue;
      low = <f64>side * inner;
      sign = first > 0 ? 1 : -1;
      let outcome = state.GOES_ON;
      while (outcome === state.GOES_ON) outcome = halve();
      return outcome;
    }
    inner = outer;
  }
  return state.FAILED;
}

/** Judges the last evaluation, with which the search ends. */
function end(): i32 {
  weightStep = Math.abs(0.5 * (low + high));
  weightIndex = indexOfSlope();
  return Math.abs(saleResidual) < ROUNDING_RESIDUAL ? state.SOLVED : state.FAILED;
}

/**
 * Computes the plan, log prices and log shares, at this offset. Returns the log of what agent 1
 * sells over what it buys. The same is added to both wherever that makes neither more accurate:
 * each good counts as agent 1's part that it had and has, or as the other's that it has and had,
 * whichever are less.
 */
function evaluate(offset: f64): f64 {
  const d = doubles;
  const m = economy.m;
  const sold = state.inflow;
  const bought = state.outflow;
  countEvaluation();
  for (let j = 0; j < m; j++) {
    planGood(j, offset);
    const q = d[state.logPrices + j];
    const first = Math.max(d[state.logOwned + j], d[state.logAllocation + j]);
    const second = Math.max(d[state.logOwned + m + j], d[state.logAllocation + m + j]);
    d[sold + j] = q + (first < second ? d[state.logOwned + j] : d[state.logAllocation + m + j]);
    d[bought + j] = q + (first < second ? d[state.logAllocation + j] : d[state.logOwned + m + j]);
  }
  saleResidual = logSum(m, sold, state.scratch) - logSum(m, bought, state.scratch);
  return saleResidual;
}

/** Plans good j: its log price, over exp(base), and log shares. */
function planGood(j: i32, offset: f64): void {
  const d = doubles;
  const m = economy.m;
  const second = m + j;
  const value = d[state.logValue + j];
  const otherValue = d[state.logValue + second] - base;
  if (!(value > NONE) || !(d[state.logValue + second] > NONE)) {
    // Who alone wants a good gets it.
    const isFirst = value > NONE;
    d[state.logPrices + j] = isFirst ? value + offset : otherValue;
    d[state.logAllocation + j] = isFirst ? 0 : NONE;
    d[state.logAllocation + second] = isFirst ? NONE : 0;
    return;
  }
  const p = -1 / d[state.elasticity + j];
  const q = -1 / d[state.elasticity + second];
  const level = value - otherValue + offset;
  // The left side less the right falls in v and is convex or concave: from wherever Newton's method
  // starts, its second iterate is on the side from which it goes straight to the root.
  let v = d[state.logit + j];
  let less: f64 = 0; // softplus(-v)
  let more: f64 = 0; // softplus(v)
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const e = Math.exp(-Math.abs(v));
    const tail = log1p(e);
    less = v > 0 ? tail : tail - v;
    more = v > 0 ? tail + v : tail;
    const slope = (v > 0 ? p * e + q : p + q * e) / (1 + e);
    const step = (level + p * less - q * more) / slope;
    v += step;
    if (!(Math.abs(step) > NEARLY + ROUNDING * Math.abs(v))) {
      // What the last step changes is as good as linear.
      less -= (step * (v > 0 ? e : 1)) / (1 + e);
      more += (step * (v > 0 ? 1 : e)) / (1 + e);
      break;
    }
  }
  d[state.logit + j] = v;
  d[state.logAllocation + j] = -less;
  d[state.logAllocation + second] = -more;
  // By the agent for whom rounding is less.
  const byFirst = value + offset + p * less;
  const bySecond = otherValue + q * more;
  d[state.logPrices + j] = p * less < q * more + Math.abs(base) ? byFirst : bySecond;
}

/**
 * The sign of minus the function's slope, sum_j M (eta B - kappa), where M is a good's price,
 * D = ps + qz, eta = qz / D, kappa = zs / D, and B what agent 1 sells of it; 0 where it may be 0.
 */
function indexOfSlope(): i32 {
  const d = doubles;
  const m = economy.m;
  const up = state.inflow;
  const down = state.outflow;
  for (let j = 0; j < m; j++) {
    const logZ = d[state.logAllocation + j];
    const logS = d[state.logAllocation + m + j];
    const p = -1 / d[state.elasticity + j];
    const q = -1 / d[state.elasticity + m + j];
    const price = d[state.logPrices + j];
    const logD = Math.log(p * Math.exp(logS) + q * Math.exp(logZ));
    const first = Math.max(d[state.logOwned + j], logZ);
    const second = Math.max(d[state.logOwned + m + j], logS);
    const top = Math.min(first, second);
    const gap =
      first < second
        ? Math.exp(d[state.logOwned + j] - top) - Math.exp(logZ - top)
        : Math.exp(logS - top) - Math.exp(d[state.logOwned + m + j] - top);
    const income = gap === 0 ? NONE : price + Math.log(q) + logZ - logD + top + Math.log(Math.abs(gap));
    const substitution = price + logZ + logS - logD;
    d[up + j] = gap > 0 ? income : NONE;
    d[down + j] = gap < 0 ? logAdd(substitution, income) : substitution;
  }
  const rise = logSum(m, up, state.scratch);
  const fall = logSum(m, down, state.scratch);
  const net = 1 - Math.exp(Math.min(rise, fall) - Math.max(rise, fall));
  return net < CRITICAL ? 0 : rise < fall ? 1 : -1;
}

/** Writes log prices (m) and the agents' plan (n m), in the economy's own units. */
export function readWeight(logPrices: i32, x: i32): void {
  const d = doubles;
  const m = economy.m;
  for (let j = 0; j < m; j++) {
    d[logPrices + j] = d[state.logPrices + j] - d[state.logTotals + j];
    d[x + j] = amountOf(d[state.logAllocation + j], d[economy.totals + j]);
    d[x + m + j] = amountOf(d[state.logAllocation + m + j], d[economy.totals + j]);
  }
}

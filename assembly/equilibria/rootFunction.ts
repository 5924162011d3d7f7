// The root function of an economy with two goods or two agents, at a point, and where it cannot
// have a root.
//
// Both are f(t) = sum_k M_k (z_k - r_k), with the same structure (docs/methods/equilibria.md): two
// goods:  t is the log relative price of good 1; k an agent, M its wealth, z and r the shares of
//               good 1 in what it spends and owns;
// two agents: t is the log relative Pareto weight of agent 1; k a good, M its shadow price, z and r
//               agent 2's shares in its allocation and in its endowments.
// f is above 0 far to the left and below 0 far to the right.

import * as economy from "../economy/economy";
import { logPreferences, logsOf } from "../economy/logForm";
import { block, matrix } from "../economy/workspace";
import { logSum, NONE } from "../math/logSumExp";
import { padded } from "../protocol";
import { doubles } from "../simd/memory";
import * as bounds from "./bounds";
import * as field from "./fields";
import { PASS_ROUNDING } from "./rounding";

/**
 * Stands for the log of a share that is 0: small beside all that occurs, yet without costing other
 * logs their digits.
 */
const NOTHING: f64 = -2048;
const MAX_STEPS = 60;
/** A step of third order below this leaves an error beyond rounding. */
const NEARLY: f64 = 4e-6;

/** 1 where there are two goods, 0 where there are two agents. */
export let twoGoods: i32 = 0;
/** Terms, padded to an even number. */
export let width: i32 = 0;

let elasticity: i32 = 0;
let logMarginal: i32 = 0;
let logOwned: i32 = 0;
let logTotals: i32 = 0;
let scale: i32 = 0;
let level: i32 = 0;
let softplus: i32 = 0;
let workspace: i32 = 0;
let constantR: i32 = 0;
let constantO: i32 = 0;
export let data: i32 = 0;

/** How many nodes were evaluated since it was last set to 0. */
export let evaluations: i32 = 0;

/** Doubles of a node. */
export function nodeSize(): i32 {
  return field.NODE_HEAD + field.NODE_FIELDS * width;
}

/**
 * Places the blocks of the open economy's root function: of the price of two goods where
 * `overGoods` is 1, else of the weight of two agents.
 */
export function bind(overGoods: i32): void {
  const n = economy.n;
  const m = economy.m;
  twoGoods = overGoods;
  width = padded(twoGoods ? n : m);
  elasticity = matrix(n, m);
  logMarginal = matrix(n, m);
  logOwned = matrix(n, m);
  logTotals = block(m);
  scale = block(n);
  level = block(width);
  softplus = block(width);
  constantR = block(width);
  constantO = block(width);
  workspace = block(2 * width);
  data = matrix(field.DATA_FIELDS, width);
}

/** Reads the open economy, in the units of economy/logForm.ts, into the data of the terms. */
export function readEconomy(): void {
  const n = economy.n;
  const m = economy.m;
  evaluations = 0;
  logsOf(economy.totals, logTotals, m);
  logPreferences(n, m, economy.alpha, economy.omega, logTotals, elasticity, logMarginal, scale);
  logsOf(economy.endowments, logOwned, n * m);
  const terms = twoGoods ? n : m;
  for (let k = 0; k < width; k++) {
    const first = twoGoods ? 2 * k : m + k;
    const second = twoGoods ? 2 * k + 1 : k;
    if (k < terms) readTerm(k, first, second);
    else emptyTerm(k);
  }
  if (!twoGoods) for (let k = 0; k < m; k++) readShares(k);
}

/** Term k, of the cells whose shares are z and s. */
function readTerm(k: i32, first: i32, second: i32): void {
  const d = doubles;
  const omega = economy.omega;
  const wantsFirst = d[logMarginal + first] > NONE;
  const wantsSecond = d[logMarginal + second] > NONE;
  // Who wants only one of the two has the shares 1 and exp(NOTHING), whatever else.
  const p = wantsFirst && wantsSecond ? -d[omega + first] : 1;
  const q = wantsFirst && wantsSecond ? -d[omega + second] : 1;
  const both = wantsFirst && wantsSecond;
  d[data + field.P * width + k] = p;
  d[data + field.Q * width + k] = q;
  d[data + field.LEVEL * width + k] = both
    ? d[logMarginal + first] - d[logMarginal + second]
    : wantsFirst
      ? -NOTHING
      : NOTHING;
  d[data + field.FIRST * width + k] = twoGoods ? d[logOwned + first] - d[logTotals] : d[logMarginal + first];
  d[data + field.SECOND * width + k] = twoGoods ? d[logOwned + second] - d[logTotals + 1] : d[logMarginal + second];
  const root = Math.sqrt(p);
  const sum = root + Math.sqrt(q);
  d[data + field.PEAK_PLACE * width + k] = root / sum;
  d[data + field.PEAK * width + k] = 1 / (sum * sum);
  d[data + field.DATA_ERROR * width + k] =
    PASS_ROUNDING *
    (2 +
      Math.abs(d[data + field.LEVEL * width + k]) +
      sizeOf(d[data + field.FIRST * width + k]) +
      sizeOf(d[data + field.SECOND * width + k]));
}

/** |log|, and 0 of the log of 0, which is exact. */
function sizeOf(log: f64): f64 {
  return log > 0.5 * NONE ? Math.abs(log) : 0;
}

/** A term that pads a pair: it weighs nothing. */
function emptyTerm(k: i32): void {
  const d = doubles;
  for (let row = 0; row < field.DATA_FIELDS; row++) d[data + row * width + k] = 0;
  d[data + field.P * width + k] = 1;
  d[data + field.Q * width + k] = 1;
  d[data + field.PEAK_PLACE * width + k] = 0.5;
  d[data + field.PEAK * width + k] = 0.25;
  d[data + field.FIRST * width + k] = NONE;
  d[data + field.SECOND * width + k] = NONE;
  d[constantR + k] = 0.5;
  d[constantO + k] = 0.5;
}

/**
 * Two agents: their shares in the endowment of good k, and what a good means that only one of them
 * wants.
 */
function readShares(k: i32): void {
  const d = doubles;
  const m = economy.m;
  const endowments = economy.endowments;
  const totals = economy.totals;
  d[constantR + k] = d[endowments + m + k] / d[totals + k];
  d[constantO + k] = d[endowments + k] / d[totals + k];
  const first = data + field.FIRST * width + k;
  const second = data + field.SECOND * width + k;
  // At p = q = 1 the shadow price is alpha_2 + weight alpha_1.
  if (d[first] <= NONE) d[first] = d[second] + NOTHING;
  else if (d[second] <= NONE) d[second] = d[first] + NOTHING;
}

/**
 * Where to begin: the mean log marginal rate of substitution at the equal split, or the log ratio
 * of what it is worth to the agents.
 */
export function centre(): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const each = Math.log(n);
  if (!twoGoods) {
    for (let c = 0; c < m; c++)
      d[workspace + c] = Math.max(d[logMarginal + m + c] - each / d[elasticity + m + c], NONE);
    const second = logSum(m, workspace, workspace);
    for (let c = 0; c < m; c++) d[workspace + c] = Math.max(d[logMarginal + c] - each / d[elasticity + c], NONE);
    return second - logSum(m, workspace, workspace);
  }
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    sum += d[data + field.LEVEL * width + i] + (d[data + field.P * width + i] - d[data + field.Q * width + i]) * each;
  }
  return sum / n;
}

/** Evaluates a node at t. Its logits hold guesses. */
export function evaluateNode(node: i32, t: f64): void {
  const d = doubles;
  evaluations++;
  d[node + field.POINT] = t;
  const fields = node + field.NODE_HEAD;
  if (twoGoods) bounds.ownedShares(data, node, level, t, width);
  else {
    for (let k = 0; k < width; k++) {
      d[level + k] = d[data + field.LEVEL * width + k] - t;
      d[fields + field.R * width + k] = d[constantR + k];
      d[fields + field.O * width + k] = d[constantO + k];
      d[fields + field.LOGIT_SLOPE_NUMERATOR * width + k] = -1;
    }
  }
  let step = 0;
  while (step < MAX_STEPS && !(bounds.splitStep(data, node, level, softplus, width) < NEARLY)) step++;
  bounds.nodeErrors(data, node, softplus, t, twoGoods, width);
  // Then nothing is known, and no bound of it excludes anything.
  if (step === MAX_STEPS) for (let k = 0; k < width; k++) d[fields + field.ERROR * width + k] = Infinity;
  let top: f64 = NONE;
  for (let k = 0; k < width; k++) top = Math.max(top, d[fields + field.WEIGHT * width + k]);
  d[node + field.SCALE] = top;
  bounds.nodeSums(data, node, width);
}

/**
 * Guesses for a node at t, from two others by cubic interpolation, or where they are the same one
 * from its slopes.
 */
export function guess(node: i32, left: i32, right: i32, t: f64): void {
  const d = doubles;
  const h = d[right + field.POINT] - d[left + field.POINT];
  const x = h > 0 ? (t - d[left + field.POINT]) / h : 0;
  const y = 1 - x;
  const ahead = h > 0 ? h * x * y * y : t - d[left + field.POINT];
  const back = h > 0 ? -h * x * x * y : 0;
  bounds.guessLogits(data, node, left, right, y * y * (1 + 2 * x), ahead, back, width);
}

/** Guesses from nothing: the root of the level's straight asymptotes. */
export function guessAfresh(node: i32): void {
  const d = doubles;
  for (let k = 0; k < width; k++) d[node + field.NODE_HEAD + field.LOGIT * width + k] = 0;
}

/**
 * Whether f is above 0 (side 1) on everything left of a node, or below 0 (side -1) on everything
 * right of it; false where that cannot be told. Two goods: an agent that buys good 1 on balance
 * buys more of it at a lower price, and one that sells it sells no more than it owns. Two agents:
 * where agent 2 gets more than it owns it gets still more, of goods whose shadow price is at least
 * the marginal utility of all of the good, while the goods that agent 1 gets beyond its own are
 * worth less.
 */
export function beyond(node: i32, side: f64): bool {
  const d = doubles;
  const fields = node + field.NODE_HEAD;
  let gain: f64 = 0;
  let loss: f64 = 0;
  for (let k = 0; k < width; k++) {
    const z = d[fields + field.Z * width + k];
    const s = d[fields + field.S * width + k];
    const r = d[fields + field.R * width + k];
    const o = d[fields + field.O * width + k];
    const byFirst = z + r < s + o;
    const gap = side * (byFirst ? z - r : o - s);
    const doubt =
      d[fields + field.ERROR * width + k] * (Math.abs(gap) + z * s + r * o) + PASS_ROUNDING * (byFirst ? z + r : s + o);
    const weight = Math.exp(d[fields + field.WEIGHT * width + k] - d[node + field.SCALE]);
    if (twoGoods) {
      if (gap > doubt) gain += weight * (gap - doubt);
      else loss += weight * (side > 0 ? r : o);
    } else if (gap > doubt) {
      const least =
        side > 0 ? d[data + field.FIRST * width + k] : d[data + field.SECOND * width + k] + d[node + field.POINT];
      gain += Math.exp(least - d[node + field.SCALE]) * (gap - doubt);
    } else loss += weight * (doubt - gap);
  }
  // Exponentials of logs in the thousands lose some digits.
  return gain > loss * (1 + 1e-9) && gain > 1e-260;
}

/**
 * Reads log prices (m), in the economy's own units, and the allocation x (n m; -1: none) at a node.
 */
export function readNode(node: i32, logPrices: i32, x: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const totals = economy.totals;
  const fields = node + field.NODE_HEAD;
  const t = d[node + field.POINT];
  for (let j = 0; j < m; j++) {
    const q = twoGoods ? (j === 0 ? t : 0) : d[fields + field.WEIGHT * width + j];
    d[logPrices + j] = q - d[logTotals + j];
  }
  if (x < 0) return;
  const terms = twoGoods ? n : m;
  for (let k = 0; k < terms; k++) {
    const z = d[fields + field.Z * width + k];
    const s = d[fields + field.S * width + k];
    if (twoGoods) {
      const wealth = d[fields + field.WEIGHT * width + k];
      d[x + 2 * k] = z * Math.exp(wealth - t) * d[totals];
      d[x + 2 * k + 1] = s * Math.exp(wealth) * d[totals + 1];
    } else {
      d[x + m + k] = z * d[totals + k];
      d[x + k] = s * d[totals + k];
    }
  }
}

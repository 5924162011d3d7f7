// The root function of an economy with two goods or two agents, at a point, and where it cannot have a root.
//
// Both are f(t) = sum_k M_k (z_k - r_k), with the same structure (docs/solvers.md):
//   two goods:  t the log relative price of good 1; k an agent, M her wealth, z and r the shares of good 1 in what she spends and owns;
//   two agents: t the log relative Pareto weight of agent 1; k a good, M its shadow price, z and r agent 2's shares in its allocation
//               and in its endowments.
// f is above 0 far to the left and below 0 far to the right.

import { logPreferences, logsOf } from "../economy/logForm";
import { logSum, NONE } from "../math/logSumExp";
import { padded, TWO_GOODS } from "../protocol";
import { doubles } from "../simd/memory";
import { guessLogits, nodeErrors, nodeSums, ownedShares, splitStep } from "./bounds";
import {
  BEND,
  DATA_ERROR,
  DATA_FIELDS,
  ERROR,
  FIRST,
  LEVEL,
  LOGIT,
  NODE_FIELDS,
  NODE_HEAD,
  O,
  P,
  PEAK,
  POINT,
  Q,
  R,
  S,
  SCALE,
  SECOND,
  TURN,
  WEIGHT,
  Z,
} from "./fields";

/** In the place of the log of a share that is 0: small beside all that occurs, yet without costing other logs their digits. */
const NOTHING: f64 = -2048;
const ROUNDING: f64 = 1e-15;
const MOST_STEPS = 60;
/** Where what a step of third order leaves of the error is beyond rounding. */
const NEARLY: f64 = 4e-6;

export let n: i32 = 0;
export let m: i32 = 0;
export let twoGoods: i32 = 0;
/** Terms, padded to an even number. */
export let width: i32 = 0;

let a: i32 = 0;
let la: i32 = 0;
let owned: i32 = 0;
let logTotals: i32 = 0;
let scale: i32 = 0;
let level: i32 = 0;
let softplus: i32 = 0;
let scratch: i32 = 0;
let constantR: i32 = 0;
let constantO: i32 = 0;
export let data: i32 = 0;

/** How many nodes were evaluated since it was last set to 0. */
export let evaluations: i32 = 0;

/** Doubles of a node. */
export function nodeSize(): i32 {
  return NODE_HEAD + NODE_FIELDS * width;
}

/** Places the family's blocks at `base`; returns their length in doubles. */
export function bindFamily(family: i32, agents: i32, goods: i32, base: i32): i32 {
  n = agents;
  m = goods;
  twoGoods = family === TWO_GOODS ? 1 : 0;
  width = padded(twoGoods ? n : m);
  const cells = padded(n * m);
  a = base;
  la = a + cells;
  owned = la + cells;
  logTotals = owned + cells;
  scale = logTotals + padded(m);
  level = scale + padded(n);
  softplus = level + width;
  constantR = softplus + width;
  constantO = constantR + width;
  scratch = constantO + width;
  data = scratch + 2 * width;
  return data + DATA_FIELDS * width - base;
}

/** Reads the economy, in the units of preferences.ts, into the data of the terms. */
export function readEconomy(alpha: i32, omega: i32, endowments: i32, totals: i32): void {
  evaluations = 0;
  logsOf(totals, logTotals, m);
  logPreferences(n, m, alpha, omega, logTotals, a, la, scale);
  logsOf(endowments, owned, n * m);
  const terms = twoGoods ? n : m;
  for (let k = 0; k < width; k++) {
    const first = twoGoods ? 2 * k : m + k;
    const second = twoGoods ? 2 * k + 1 : k;
    if (k < terms) readTerm(k, first, second, omega, twoGoods ? k : -1);
    else emptyTerm(k);
  }
  if (!twoGoods) for (let k = 0; k < m; k++) readShares(k, endowments, totals);
}

/** Term k, of the cells whose shares are z and s. */
function readTerm(k: i32, first: i32, second: i32, omega: i32, agent: i32): void {
  const d = doubles;
  const wantsFirst = d[la + first] > NONE;
  const wantsSecond = d[la + second] > NONE;
  // Who wants only one of the two has the shares 1 and exp(NOTHING), whatever else.
  const p = wantsFirst && wantsSecond ? -d[omega + first] : 1;
  const q = wantsFirst && wantsSecond ? -d[omega + second] : 1;
  const both = wantsFirst && wantsSecond;
  d[data + P * width + k] = p;
  d[data + Q * width + k] = q;
  d[data + LEVEL * width + k] = both ? d[la + first] - d[la + second] : wantsFirst ? -NOTHING : NOTHING;
  const agentOwned = agent >= 0;
  d[data + FIRST * width + k] = agentOwned ? d[owned + first] - d[logTotals] : d[la + first];
  d[data + SECOND * width + k] = agentOwned ? d[owned + second] - d[logTotals + 1] : d[la + second];
  const root = Math.sqrt(p);
  const sum = root + Math.sqrt(q);
  d[data + BEND * width + k] = root / sum;
  d[data + PEAK * width + k] = 1 / (sum * sum);
  d[data + DATA_ERROR * width + k] =
    ROUNDING *
    (2 +
      Math.abs(d[data + LEVEL * width + k]) +
      sizeOf(d[data + FIRST * width + k]) +
      sizeOf(d[data + SECOND * width + k]));
}

/** |log|, and 0 of the log of 0, which is exact. */
function sizeOf(log: f64): f64 {
  return log > 0.5 * NONE ? Math.abs(log) : 0;
}

/** A term that pads a pair: it weighs nothing. */
function emptyTerm(k: i32): void {
  const d = doubles;
  for (let field = 0; field < DATA_FIELDS; field++) d[data + field * width + k] = 0;
  d[data + P * width + k] = 1;
  d[data + Q * width + k] = 1;
  d[data + BEND * width + k] = 0.5;
  d[data + PEAK * width + k] = 0.25;
  d[data + FIRST * width + k] = NONE;
  d[data + SECOND * width + k] = NONE;
  d[constantR + k] = 0.5;
  d[constantO + k] = 0.5;
}

/** Two agents: their shares in the endowment of good k, and what a good means that only one of them wants. */
function readShares(k: i32, endowments: i32, totals: i32): void {
  const d = doubles;
  d[constantR + k] = d[endowments + m + k] / d[totals + k];
  d[constantO + k] = d[endowments + k] / d[totals + k];
  const first = data + FIRST * width + k;
  const second = data + SECOND * width + k;
  // At p = q = 1 the shadow price is alpha_2 + weight alpha_1.
  if (d[first] <= NONE) d[first] = d[second] + NOTHING;
  else if (d[second] <= NONE) d[second] = d[first] + NOTHING;
}

/** Where to begin: the mean log marginal rate of substitution at the equal split, or the log ratio of what it is worth to the agents. */
export function centre(): f64 {
  const d = doubles;
  const each = Math.log(n);
  if (!twoGoods) {
    for (let c = 0; c < m; c++) d[scratch + c] = Math.max(d[la + m + c] - each / d[a + m + c], NONE);
    const second = logSum(m, scratch, scratch);
    for (let c = 0; c < m; c++) d[scratch + c] = Math.max(d[la + c] - each / d[a + c], NONE);
    return second - logSum(m, scratch, scratch);
  }
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    sum += d[data + LEVEL * width + i] + (d[data + P * width + i] - d[data + Q * width + i]) * each;
  }
  return sum / n;
}

/** Evaluates a node at t. Its logits hold guesses. */
export function evaluateNode(node: i32, t: f64): void {
  const d = doubles;
  evaluations++;
  d[node + POINT] = t;
  const fields = node + NODE_HEAD;
  if (twoGoods) ownedShares(data, node, level, t, width);
  else {
    for (let k = 0; k < width; k++) {
      d[level + k] = d[data + LEVEL * width + k] - t;
      d[fields + R * width + k] = d[constantR + k];
      d[fields + O * width + k] = d[constantO + k];
      d[fields + TURN * width + k] = -1;
    }
  }
  let step = 0;
  while (step < MOST_STEPS && !(splitStep(data, node, level, softplus, width) < NEARLY)) step++;
  nodeErrors(data, node, softplus, t, twoGoods, width);
  // Then nothing is known, and no bound of it excludes anything.
  if (step === MOST_STEPS) for (let k = 0; k < width; k++) d[fields + ERROR * width + k] = Infinity;
  let top: f64 = NONE;
  for (let k = 0; k < width; k++) top = Math.max(top, d[fields + WEIGHT * width + k]);
  d[node + SCALE] = top;
  nodeSums(data, node, width);
}

/** Guesses for a node at t, from two others by cubic interpolation, or where they are the same one from its slopes. */
export function guess(node: i32, left: i32, right: i32, t: f64): void {
  const d = doubles;
  const h = d[right + POINT] - d[left + POINT];
  const x = h > 0 ? (t - d[left + POINT]) / h : 0;
  const y = 1 - x;
  const ahead = h > 0 ? h * x * y * y : t - d[left + POINT];
  const back = h > 0 ? -h * x * x * y : 0;
  guessLogits(data, node, left, right, y * y * (1 + 2 * x), ahead, back, width);
}

/** Guesses from nothing: the root of the level's straight asymptotes. */
export function guessAfresh(node: i32): void {
  const d = doubles;
  for (let k = 0; k < width; k++) d[node + NODE_HEAD + LOGIT * width + k] = 0;
}

/**
 * Whether f is above 0 (side 1) on everything left of a node, or below 0 (side -1) on everything right of it; false where that cannot be
 * told. Two goods: who buys good 1 on balance buys more of it the cheaper it is, and who sells it sells no more than she owns. Two agents:
 * where agent 2 gets more than she owns she gets still more, of goods whose shadow price is at least the marginal utility of all of it,
 * while what agent 1 gets beyond what he owns is worth less.
 */
export function beyond(node: i32, side: f64): bool {
  const d = doubles;
  const fields = node + NODE_HEAD;
  let gain: f64 = 0;
  let loss: f64 = 0;
  for (let k = 0; k < width; k++) {
    const z = d[fields + Z * width + k];
    const s = d[fields + S * width + k];
    const r = d[fields + R * width + k];
    const o = d[fields + O * width + k];
    const byFirst = z + r < s + o;
    const gap = side * (byFirst ? z - r : o - s);
    const doubt =
      d[fields + ERROR * width + k] * (Math.abs(gap) + z * s + r * o) + ROUNDING * (byFirst ? z + r : s + o);
    const weight = Math.exp(d[fields + WEIGHT * width + k] - d[node + SCALE]);
    if (twoGoods) {
      if (gap > doubt) gain += weight * (gap - doubt);
      else loss += weight * (side > 0 ? r : o);
    } else if (gap > doubt) {
      const least = side > 0 ? d[data + FIRST * width + k] : d[data + SECOND * width + k] + d[node + POINT];
      gain += Math.exp(least - d[node + SCALE]) * (gap - doubt);
    } else loss += weight * (doubt - gap);
  }
  // Exponentials of logs in the thousands lose some digits.
  return gain > loss * (1 + 1e-9) && gain > 1e-260;
}

/** Log prices (m), in the economy's own units, and the allocation (n m) at a node. */
export function takeNode(node: i32, logPrices: i32, x: i32, totals: i32): void {
  const d = doubles;
  const fields = node + NODE_HEAD;
  const t = d[node + POINT];
  for (let j = 0; j < m; j++) {
    const q = twoGoods ? (j === 0 ? t : 0) : d[fields + WEIGHT * width + j];
    d[logPrices + j] = q - d[logTotals + j];
  }
  if (x < 0) return;
  const terms = twoGoods ? n : m;
  for (let k = 0; k < terms; k++) {
    const z = d[fields + Z * width + k];
    const s = d[fields + S * width + k];
    if (twoGoods) {
      const wealth = d[fields + WEIGHT * width + k];
      d[x + 2 * k] = z * Math.exp(wealth - t) * d[totals];
      d[x + 2 * k + 1] = s * Math.exp(wealth) * d[totals + 1];
    } else {
      d[x + m + k] = z * d[totals + k];
      d[x + k] = s * d[totals + k];
    }
  }
}

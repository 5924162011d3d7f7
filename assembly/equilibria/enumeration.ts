// All roots of a root function (family.ts) by bisection with proof: an interval is dropped where bounds exclude a root, settled where they
// prove the function monotone, rescaled by exp(-c t), and divided otherwise. Moore 1966, Interval Analysis; Hansen & Walster 2004, chapter 9.

import {
  CONVERGED,
  FOUND,
  FOUND_FROM,
  FOUND_INDEX,
  FOUND_POINT,
  FOUND_ROOT,
  FOUND_SIZE,
  FOUND_TO,
  INTERVALS,
  MAX_ITERATIONS,
  MOST_FOUND,
  NODES,
  REMAINDER,
  RUNNING,
} from "../protocol";
import { doubles } from "../simd/memory";
import { intervalSums } from "./bounds";
import {
  GROWTH,
  INTERVAL_SUMS,
  LEAST,
  LEAST_BEND,
  LEAST_SLOPE,
  MOST,
  MOST_BEND,
  MOST_SLOPE,
  NODE_HEAD,
  POINT,
  SCALE,
  SIZE,
  SLACK,
  SLOPE,
  SLOPE_SLACK,
  VALUE,
  VALUE_SLACK,
} from "./fields";
import {
  beyond,
  bindFamily,
  centre,
  data,
  evaluateNode,
  evaluations,
  guess,
  guessAfresh,
  nodeSize,
  readEconomy,
  takeNode,
  twoGoods,
  width,
} from "./rootFunction";

/** Nodes held at a time: the steps outwards and the divisions that are open. */
const SLOTS: i32 = 128;
/** Not the middle: where the economy is symmetric there is a root just there. */
const DIVISION: f64 = 0.4871;
/** Steps outwards double from the first; beyond the farthest no range is proved. */
const FIRST_REACH: f64 = 4;
const FARTHEST: f64 = 1e6;
/** An interval this short, relative to where it is, is divided no more. */
const SHORTEST: f64 = 1e-12;
/** As is one whose bounds are this close together, in units of their rounding. */
const ROUNDED: f64 = 6;
/** Bounds from here on are overflows, and flows below the other say nothing. */
const OVERFLOW: f64 = 1e200;
const UNDERFLOW: f64 = 1e-260;
const MOST_STEPS = 100;

// What bounds say of an interval: which way the function is monotone there, if any, or that it has no root.
const FALLING = 1;
const RISING = -1;
const MIXED = 0;
const EXCLUDED = 2;

let sums: i32 = 0;
let found: i32 = 0;
let slots: i32 = 0;
let stack: i32 = 0;
let free: i32 = 0;

let stacked: i32 = 0;
let freed: i32 = 0;
let left: i32 = 0;
let intervals: i32 = 0;
let entries: i32 = 0;

/** The sign of the function at the present node, or where an undecided stretch began: known, not just computed. */
let sign: i32 = 1;

// The undecided stretch that ends at the present node, if any: its first node, and which way all of it is monotone.
let open: i32 = -1;
let direction: i32 = 0;

/** Whether the bounds last taken are free of overflow and underflow. */
let usable: bool = false;

/** Doubles of work that an enumeration needs. */
export function enumerationWork(family: i32, agents: i32, goods: i32): i32 {
  return bind(family, agents, goods, 0);
}

function bind(family: i32, agents: i32, goods: i32, base: i32): i32 {
  sums = base + bindFamily(family, agents, goods, base);
  found = sums + INTERVAL_SUMS;
  stack = found + FOUND_SIZE * MOST_FOUND;
  free = stack + SLOTS;
  slots = free + SLOTS;
  return slots + SLOTS * nodeSize() - base;
}

/**
 * Takes up an economy, connected, with alpha (0 or more), omega (below 0 where alpha is above), endowments (n m each) and totals (m), of
 * the family TWO_GOODS or TWO_AGENTS, and finds a range outside which it has no equilibrium. `base`: enumerationWork() doubles, to be left
 * alone until the answers have been taken.
 */
export function startEnumeration(
  family: i32,
  agents: i32,
  goods: i32,
  alpha: i32,
  omega: i32,
  endowments: i32,
  totals: i32,
  base: i32,
): void {
  const d = doubles;
  bind(family, agents, goods, base);
  readEconomy(alpha, omega, endowments, totals);
  intervals = 0;
  entries = 0;
  stacked = 0;
  open = -1;
  sign = 1;
  // The last slot is for polishing roots.
  freed = SLOTS - 1;
  for (let k = 0; k < freed; k++) d[free + k] = slots + k * nodeSize();

  const middle = takeSlot();
  guessAfresh(middle);
  evaluateNode(middle, centre());
  // To the right the farthest node lies deepest in the stack, to the left the nearest.
  let reach: f64 = FIRST_REACH;
  let last = middle;
  while (!beyond(last, -1) && reach < FARTHEST) {
    last = outwards(last, reach);
    push(last);
    reach *= 2;
  }
  let bounded = reach < FARTHEST;
  for (let k = 0; k < stacked >> 1; k++) {
    const other = stacked - 1 - k;
    const kept = d[stack + k];
    d[stack + k] = d[stack + other];
    d[stack + other] = kept;
  }
  reach = FIRST_REACH;
  last = middle;
  while (!beyond(last, 1) && reach < FARTHEST) {
    push(last);
    last = outwards(last, -reach);
    reach *= 2;
  }
  left = last;
  bounded = bounded && reach < FARTHEST;
  if (bounded) return;
  // Flows beyond what doubles hold: nothing can be said of the line.
  enter(-Infinity, Infinity, 1, 0, NaN);
  stacked = 0;
}

function outwards(node: i32, reach: f64): i32 {
  const d = doubles;
  const next = takeSlot();
  const t = d[node + POINT] + reach;
  guess(next, node, node, t);
  evaluateNode(next, t);
  return next;
}

function takeSlot(): i32 {
  freed--;
  return <i32>doubles[free + freed];
}

function freeSlot(node: i32): void {
  doubles[free + freed] = node;
  freed++;
}

function push(node: i32): void {
  doubles[stack + stacked] = node;
  stacked++;
}

/**
 * Up to `budget` intervals; no more than `most` in all. RUNNING; CONVERGED when every point of the range is accounted for, be it as part of
 * an unresolved entry; or MAX_ITERATIONS, with what is left of the range in one such entry.
 */
export function stepEnumeration(budget: i32, most: i32): i32 {
  const d = doubles;
  for (let step = 0; step < budget; step++) {
    if (stacked === 0) {
      // The range ends where the function is proved to be below 0.
      close(-1);
      return CONVERGED;
    }
    if (intervals >= most || entries >= MOST_FOUND - 3) {
      if (open < 0) open = left;
      else freeSlot(left);
      left = <i32>d[stack];
      stacked = 0;
      direction = MIXED;
      close(-1);
      return MAX_ITERATIONS;
    }
    intervals++;
    settle(<i32>d[stack + stacked - 1]);
  }
  return RUNNING;
}

/** Decides on the interval between the present node and the next, or divides it. */
function settle(right: i32): void {
  const way = assess(right);
  if (way === EXCLUDED) {
    close(doubles[sums + LEAST] > 0 ? 1 : -1);
    advance(right);
  } else if (way !== MIXED && (open < 0 || certain(left)) && certain(right)) {
    if (open >= 0) close(signOf(left));
    if (sign !== signOf(right)) add(left, right, way);
    sign = signOf(right);
    advance(right);
  } else if (way !== MIXED || indivisible(right)) leaveOpen(right, way);
  else divide(right);
}

/** What bounds say of the interval up to the next node: EXCLUDED, or which way the function is monotone there. Leaves the bounds in sums. */
function assess(right: i32): i32 {
  const d = doubles;
  const h = d[right + POINT] - d[left + POINT];
  const c = 0.5 * (d[left + GROWTH] + d[right + GROWTH]);
  const scale = Math.max(d[left + SCALE], d[right + SCALE] - c * h);
  const factorA = Math.exp(d[left + SCALE] - scale);
  const factorB = Math.exp(d[right + SCALE] - c * h - scale);
  intervalSums(data, left, right, c, scale, twoGoods, sums, width);
  usable =
    d[sums + SLACK] < OVERFLOW &&
    d[sums + MOST_BEND] - d[sums + LEAST_BEND] < OVERFLOW &&
    Math.max(factorA * d[left + SIZE], factorB * d[right + SIZE]) > UNDERFLOW;
  if (!usable) return MIXED;
  if (excluded()) return EXCLUDED;
  const way = refine(right, h, c, factorA, factorB);
  return excluded() ? EXCLUDED : way;
}

function excluded(): bool {
  return doubles[sums + LEAST] > 0 || doubles[sums + MOST] < 0;
}

/** Whether the interval just assessed is so short, or its bounds so close, that rounding rules. */
function indivisible(right: i32): bool {
  const d = doubles;
  const a = d[left + POINT];
  const short = d[right + POINT] - a < SHORTEST * (1 + Math.abs(a));
  return short || freed === 0 || (usable && d[sums + MOST] - d[sums + LEAST] < ROUNDED * d[sums + SLACK]);
}

function divide(right: i32): void {
  const d = doubles;
  const node = takeSlot();
  const t = d[left + POINT] + DIVISION * (d[right + POINT] - d[left + POINT]);
  guess(node, left, right, t);
  evaluateNode(node, t);
  push(node);
}

function signOf(node: i32): i32 {
  return doubles[node + VALUE] > 0 ? 1 : -1;
}

/** Whether the sign of a node's value is certain. */
function certain(node: i32): bool {
  const d = doubles;
  return Math.abs(d[node + VALUE]) > d[node + VALUE_SLACK];
}

/**
 * Narrows the bounds of the slope by those of the second derivative and the nodes' slopes, then the bounds of the value by those of the
 * slope. Returns which way the function is monotone.
 */
function refine(right: i32, h: f64, c: f64, factorA: f64, factorB: f64): i32 {
  const d = doubles;
  const valueA = factorA * d[left + VALUE];
  const valueB = factorB * d[right + VALUE];
  const slackA = factorA * d[left + VALUE_SLACK];
  const slackB = factorB * d[right + VALUE_SLACK];
  const slopeA = factorA * d[left + SLOPE] - c * valueA;
  const slopeB = factorB * d[right + SLOPE] - c * valueB;
  const marginA = factorA * d[left + SLOPE_SLACK] + slackA;
  const marginB = factorB * d[right + SLOPE_SLACK] + slackB;
  const leastBend = d[sums + LEAST_BEND];
  const mostBend = d[sums + MOST_BEND];
  const least = Math.max(d[sums + LEAST_SLOPE], lowest(slopeA - marginA, slopeB - marginB, leastBend, mostBend, h));
  const most = Math.min(d[sums + MOST_SLOPE], -lowest(-slopeA - marginA, -slopeB - marginB, -mostBend, -leastBend, h));
  d[sums + LEAST] = Math.max(d[sums + LEAST], lowest(valueA - slackA, valueB - slackB, least, most, h));
  d[sums + MOST] = Math.min(d[sums + MOST], -lowest(-valueA - slackA, -valueB - slackB, -most, -least, h));
  if (!(least <= most && d[sums + LEAST] <= d[sums + MOST])) return MIXED;
  return most < 0 ? FALLING : least > 0 ? RISING : MIXED;
}

/** The least over [0, h] of a function that is at least x and y at its ends, with slopes in [least, most]. */
function lowest(x: f64, y: f64, least: f64, most: f64, h: f64): f64 {
  if (!(least < 0 && most > 0)) return Math.min(x, y);
  // Where the steepest fall from the left meets the steepest rise to the right.
  const meeting = (most * h - y + x) / (most - least);
  const fall = Math.min(meeting > 0 ? meeting : 0, h);
  const bottom = x + least * fall;
  return Math.min(bottom, x < y ? x : y);
}

/** Goes on from the next node. */
function advance(right: i32): void {
  freeSlot(left);
  left = right;
  stacked--;
}

/** Makes the interval part of the undecided stretch. */
function leaveOpen(right: i32, way: i32): void {
  if (open >= 0 && way !== direction && certain(left)) close(signOf(left));
  if (open < 0) {
    open = left;
    direction = way;
  } else {
    freeSlot(left);
    if (direction !== way) direction = MIXED;
  }
  left = right;
  stacked--;
}

/** Ends the undecided stretch, if there is one, at the present node, where the function has the sign `there`. */
function close(there: i32): void {
  const d = doubles;
  if (open >= 0) {
    const net = (sign - there) / 2;
    // A function that goes one way throughout has no more roots than its ends tell.
    if (direction === MIXED || net * direction < 0) {
      enter(d[open + POINT], d[left + POINT], net, 0, net === 0 ? NaN : polish(open, left));
    } else if (net !== 0) add(open, left, direction);
    freeSlot(open);
    open = -1;
  }
  sign = there;
}

function enter(from: f64, to: f64, index: i32, root: i32, point: f64): void {
  const d = doubles;
  const entry = found + FOUND_SIZE * entries;
  d[entry + FOUND_FROM] = from;
  d[entry + FOUND_TO] = to;
  d[entry + FOUND_INDEX] = index;
  d[entry + FOUND_ROOT] = root;
  d[entry + FOUND_POINT] = point;
  entries++;
}

/** Enters the one root between two nodes. */
function add(from: i32, to: i32, index: i32): void {
  const t = polish(from, to);
  enter(t, t, index, 1, t);
}

/**
 * The root between two nodes of different signs: Newton's method on exp(-c t) f(t), which bends least, kept in the bracket and from
 * creeping by bisection.
 */
function polish(from: i32, to: i32): f64 {
  const d = doubles;
  const trial = slots + (SLOTS - 1) * nodeSize();
  let low = d[from + POINT];
  let high = d[to + POINT];
  let last = high - low;
  let t = low + firstStep(from, to, last);
  for (let step = 0; step < MOST_STEPS; step++) {
    guess(trial, from, to, t);
    evaluateNode(trial, t);
    const value = d[trial + VALUE];
    if (Math.abs(value) < 0.1 * d[trial + VALUE_SLACK]) return t;
    if (value > 0 === sign > 0) low = t;
    else high = t;
    let move = newtonMove(trial);
    if (!(t + move > low && t + move < high && Math.abs(move) < 0.5 * last)) move = 0.5 * (low + high) - t;
    else if (Math.abs(move) < 1e-9 * (1 + Math.abs(t))) return t + move;
    if (t + move === t) return t;
    t += move;
    last = Math.abs(move);
  }
  return t;
}

/** Newton's step at a node. */
function newtonMove(node: i32): f64 {
  const d = doubles;
  return -d[node + VALUE] / (d[node + SLOPE] - d[node + GROWTH] * d[node + VALUE]);
}

/** Where to begin between two nodes: Newton's step from one of them, the shorter, if it stays between them. */
function firstStep(from: i32, to: i32, h: f64): f64 {
  const ahead = newtonMove(from);
  const back = newtonMove(to);
  const forwards = ahead > 0 && ahead < h;
  const backwards = back < 0 && back > -h;
  if (forwards && (!backwards || ahead < -back)) return ahead;
  return backwards ? h + back : 0.5 * h;
}

/** Writes counts of intervals, nodes and entries, and how much of the range is left. */
export function reportEnumeration(header: i32): void {
  const d = doubles;
  d[header + INTERVALS] = intervals;
  d[header + NODES] = evaluations;
  d[header + FOUND] = entries;
  const last = stacked > 0 ? <i32>d[stack] : left;
  d[header + REMAINDER] = d[last + POINT] - d[left + POINT];
}

/** Copies entry k (FOUND_SIZE doubles) to `out`. */
export function takeFound(k: i32, out: i32): void {
  const d = doubles;
  for (let slot = 0; slot < FOUND_SIZE; slot++) d[out + slot] = d[found + FOUND_SIZE * k + slot];
}

/** Log prices (m) and the allocation (n m; -1: none) at t, the point of a root or an end of an unresolved interval. */
export function takePoint(t: f64, logPrices: i32, x: i32, totals: i32): void {
  const trial = slots + (SLOTS - 1) * nodeSize();
  doubles[trial + POINT] = t;
  // With two goods the point is the price.
  if (!twoGoods || x >= 0) {
    guessAfresh(trial);
    evaluateNode(trial, t);
  }
  takeNode(trial, logPrices, x, totals);
}

/** For tests: the head of a node at t of the economy last taken up, to `out` (NODE_HEAD). */
export function probePoint(t: f64, out: i32): void {
  const d = doubles;
  const trial = slots + (SLOTS - 1) * nodeSize();
  guessAfresh(trial);
  evaluateNode(trial, t);
  for (let k = 0; k < NODE_HEAD; k++) d[out + k] = d[trial + k];
}

/** For tests: the bounds over [from, to], and the scale that they are of, to `out` (INTERVAL_SUMS + 1). */
export function probeInterval(from: f64, to: f64, c: f64, out: i32): void {
  const d = doubles;
  const first = slots + (SLOTS - 2) * nodeSize();
  const second = slots + (SLOTS - 1) * nodeSize();
  guessAfresh(first);
  evaluateNode(first, from);
  guessAfresh(second);
  evaluateNode(second, to);
  const scale = Math.max(d[first + SCALE], d[second + SCALE] - c * (to - from));
  intervalSums(data, first, second, c, scale, twoGoods, out, width);
  d[out + INTERVAL_SUMS] = scale;
}

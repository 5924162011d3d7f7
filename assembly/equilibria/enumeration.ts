// All roots of a root function (rootFunction.ts) by bisection with proof. An interval, rescaled by
// exp(-c t), is dropped where bounds exclude a root, decided where they prove the function
// monotone, and divided otherwise. Moore 1966, Interval Analysis; Hansen & Walster 2004, chapter 9.

import { block, matrix, openWorkspace } from "../economy/workspace";
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
  MAX_FOUND,
  MAX_ITERATIONS,
  NODES,
  REMAINDER,
  RUNNING,
} from "../protocol";
import { doubles } from "../simd/memory";
import { intervalSums } from "./bounds";
import * as field from "./fields";
import * as root from "./rootFunction";
import { DIVISION } from "./rounding";

/** Nodes held at a time: the steps outwards and the divisions that are open. */
const SLOTS: i32 = 128;
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
const MAX_STEPS = 100;

// What bounds say of an interval: which way the function is monotone there, if any, or that it has
// no root.
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

/**
 * The sign of the function at the present node, or where an undecided stretch began: known, not
 * just computed.
 */
let sign: i32 = 1;

// The undecided stretch that ends at the present node, if any: its first node, and which way all of
// it is monotone.
let open: i32 = -1;
let direction: i32 = 0;

/** Whether the bounds last taken are free of overflow and underflow. */
let usable: bool = false;

/** Places the workspace of an enumeration at `base`: over two goods where `overGoods` is 1. */
export function bind(base: i32, overGoods: i32): void {
  openWorkspace(base);
  root.bind(overGoods);
  sums = block(field.INTERVAL_SUMS);
  found = block(FOUND_SIZE * MAX_FOUND);
  stack = block(SLOTS);
  free = block(SLOTS);
  slots = matrix(SLOTS, root.nodeSize());
}

/**
 * Takes up the open economy, connected, with two goods where `overGoods` is 1, else with two
 * agents, and omega below 0 where alpha is above. Finds a range outside which it has no
 * equilibrium.
 */
export function startEnumeration(overGoods: i32, workspace: i32): void {
  const d = doubles;
  bind(workspace, overGoods);
  root.readEconomy();
  intervals = 0;
  entries = 0;
  stacked = 0;
  open = -1;
  sign = 1;
  // The last slot is for polishing roots.
  freed = SLOTS - 1;
  for (let k = 0; k < freed; k++) d[free + k] = slots + k * root.nodeSize();

  const middle = allocateSlot();
  root.guessAfresh(middle);
  root.evaluateNode(middle, root.centre());
  // To the right the farthest node lies deepest in the stack, to the left the nearest.
  let reach: f64 = FIRST_REACH;
  let last = middle;
  while (!root.beyond(last, -1) && reach < FARTHEST) {
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
  while (!root.beyond(last, 1) && reach < FARTHEST) {
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
  const next = allocateSlot();
  const t = d[node + field.POINT] + reach;
  root.guess(next, node, node, t);
  root.evaluateNode(next, t);
  return next;
}

function allocateSlot(): i32 {
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
 * Decides up to `budget` intervals; no more than `maxIntervals` in all. RUNNING; CONVERGED when every point of the
 * range is accounted for, be it as part of an unresolved entry; or MAX_ITERATIONS, with what is
 * left of the range in one such entry.
 */
export function stepEnumeration(budget: i32, maxIntervals: i32): i32 {
  const d = doubles;
  for (let step = 0; step < budget; step++) {
    if (stacked === 0) {
      // The range ends where the function is proved to be below 0.
      close(-1);
      return CONVERGED;
    }
    if (intervals >= maxIntervals || entries >= MAX_FOUND - 3) {
      if (open < 0) open = left;
      else freeSlot(left);
      left = <i32>d[stack];
      stacked = 0;
      direction = MIXED;
      close(-1);
      return MAX_ITERATIONS;
    }
    intervals++;
    decide(<i32>d[stack + stacked - 1]);
  }
  return RUNNING;
}

/** Decides on the interval between the present node and the next, or divides it. */
function decide(right: i32): void {
  const way = assess(right);
  if (way === EXCLUDED) {
    close(doubles[sums + field.LOWER] > 0 ? 1 : -1);
    advance(right);
  } else if (way !== MIXED && (open < 0 || certain(left)) && certain(right)) {
    if (open >= 0) close(signOf(left));
    if (sign !== signOf(right)) add(left, right, way);
    sign = signOf(right);
    advance(right);
  } else if (way !== MIXED || indivisible(right)) leaveOpen(right, way);
  else divide(right);
}

/**
 * What bounds say of the interval up to the next node: EXCLUDED, or which way the function is
 * monotone there. Leaves the bounds in sums.
 */
function assess(right: i32): i32 {
  const d = doubles;
  const h = d[right + field.POINT] - d[left + field.POINT];
  const c = 0.5 * (d[left + field.SCALING] + d[right + field.SCALING]);
  const scale = Math.max(d[left + field.SCALE], d[right + field.SCALE] - c * h);
  const factorA = Math.exp(d[left + field.SCALE] - scale);
  const factorB = Math.exp(d[right + field.SCALE] - c * h - scale);
  intervalSums(root.data, left, right, c, scale, root.twoGoods, sums, root.width);
  usable =
    d[sums + field.SLACK] < OVERFLOW &&
    d[sums + field.UPPER_CURVATURE] - d[sums + field.LOWER_CURVATURE] < OVERFLOW &&
    Math.max(factorA * d[left + field.SIZE], factorB * d[right + field.SIZE]) > UNDERFLOW;
  if (!usable) return MIXED;
  if (excluded()) return EXCLUDED;
  const way = refine(right, h, c, factorA, factorB);
  return excluded() ? EXCLUDED : way;
}

function excluded(): bool {
  return doubles[sums + field.LOWER] > 0 || doubles[sums + field.UPPER] < 0;
}

/** Whether the interval just assessed is so short, or its bounds so close, that rounding rules. */
function indivisible(right: i32): bool {
  const d = doubles;
  const a = d[left + field.POINT];
  const short = d[right + field.POINT] - a < SHORTEST * (1 + Math.abs(a));
  return (
    short || freed === 0 || (usable && d[sums + field.UPPER] - d[sums + field.LOWER] < ROUNDED * d[sums + field.SLACK])
  );
}

function divide(right: i32): void {
  const d = doubles;
  const node = allocateSlot();
  const t = d[left + field.POINT] + DIVISION * (d[right + field.POINT] - d[left + field.POINT]);
  root.guess(node, left, right, t);
  root.evaluateNode(node, t);
  push(node);
}

function signOf(node: i32): i32 {
  return doubles[node + field.VALUE] > 0 ? 1 : -1;
}

/** Whether the sign of a node's value is certain. */
function certain(node: i32): bool {
  const d = doubles;
  return Math.abs(d[node + field.VALUE]) > d[node + field.VALUE_SLACK];
}

/**
 * Narrows the bounds of the slope by those of the second derivative and the nodes' slopes, then the
 * bounds of the value by those of the slope. Returns which way the function is monotone.
 */
function refine(right: i32, h: f64, c: f64, factorA: f64, factorB: f64): i32 {
  const d = doubles;
  const valueA = factorA * d[left + field.VALUE];
  const valueB = factorB * d[right + field.VALUE];
  const slackA = factorA * d[left + field.VALUE_SLACK];
  const slackB = factorB * d[right + field.VALUE_SLACK];
  const slopeA = factorA * d[left + field.SLOPE] - c * valueA;
  const slopeB = factorB * d[right + field.SLOPE] - c * valueB;
  const marginA = factorA * d[left + field.SLOPE_SLACK] + slackA;
  const marginB = factorB * d[right + field.SLOPE_SLACK] + slackB;
  const lowerCurvature = d[sums + field.LOWER_CURVATURE];
  const upperCurvature = d[sums + field.UPPER_CURVATURE];
  const lower = Math.max(
    d[sums + field.LOWER_SLOPE],
    lowest(slopeA - marginA, slopeB - marginB, lowerCurvature, upperCurvature, h),
  );
  const upper = Math.min(
    d[sums + field.UPPER_SLOPE],
    -lowest(-slopeA - marginA, -slopeB - marginB, -upperCurvature, -lowerCurvature, h),
  );
  d[sums + field.LOWER] = Math.max(d[sums + field.LOWER], lowest(valueA - slackA, valueB - slackB, lower, upper, h));
  d[sums + field.UPPER] = Math.min(
    d[sums + field.UPPER],
    -lowest(-valueA - slackA, -valueB - slackB, -upper, -lower, h),
  );
  if (!(lower <= upper && d[sums + field.LOWER] <= d[sums + field.UPPER])) return MIXED;
  return upper < 0 ? FALLING : lower > 0 ? RISING : MIXED;
}

/**
 * The least over [0, h] of a function that is at least x and y at its ends. Its slopes are in
 * [least, most].
 */
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

/**
 * Ends the undecided stretch, if there is one, at the present node, where the function has the sign
 * `there`.
 */
function close(there: i32): void {
  const d = doubles;
  if (open >= 0) {
    const net = (sign - there) / 2;
    // A function that goes one way throughout has no more roots than its ends tell.
    if (direction === MIXED || net * direction < 0) {
      enter(d[open + field.POINT], d[left + field.POINT], net, 0, net === 0 ? NaN : polish(open, left));
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
 * The root between two nodes of different signs: Newton's method on exp(-c t) f(t), which bends
 * least, kept in the bracket and from creeping by bisection.
 */
function polish(from: i32, to: i32): f64 {
  const d = doubles;
  const trial = slots + (SLOTS - 1) * root.nodeSize();
  let low = d[from + field.POINT];
  let high = d[to + field.POINT];
  let last = high - low;
  let t = low + firstStep(from, to, last);
  for (let step = 0; step < MAX_STEPS; step++) {
    root.guess(trial, from, to, t);
    root.evaluateNode(trial, t);
    const value = d[trial + field.VALUE];
    if (Math.abs(value) < 0.1 * d[trial + field.VALUE_SLACK]) return t;
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
  return -d[node + field.VALUE] / (d[node + field.SLOPE] - d[node + field.SCALING] * d[node + field.VALUE]);
}

/**
 * Where to begin between two nodes: Newton's step from one of them, the shorter, if it stays
 * between them.
 */
function firstStep(from: i32, to: i32, h: f64): f64 {
  const ahead = newtonMove(from);
  const back = newtonMove(to);
  const forwards = ahead > 0 && ahead < h;
  const backwards = back < 0 && back > -h;
  if (forwards && (!backwards || ahead < -back)) return ahead;
  return backwards ? h + back : 0.5 * h;
}

/** Writes counts of intervals, nodes and entries, and how much of the range is left. */
export function reportEnumeration(report: i32): void {
  const d = doubles;
  d[report + INTERVALS] = intervals;
  d[report + NODES] = root.evaluations;
  d[report + FOUND] = entries;
  const last = stacked > 0 ? <i32>d[stack] : left;
  d[report + REMAINDER] = d[last + field.POINT] - d[left + field.POINT];
}

/** Copies entry k (FOUND_SIZE doubles) to `out`. */
export function readEntry(k: i32, entry: i32): void {
  const d = doubles;
  for (let slot = 0; slot < FOUND_SIZE; slot++) d[entry + slot] = d[found + FOUND_SIZE * k + slot];
}

/**
 * Log prices (m) and the allocation (n m; -1: none) at t, the point of a root or an end of an
 * unresolved interval.
 */
export function readPoint(t: f64, logPrices: i32, x: i32): void {
  const trial = slots + (SLOTS - 1) * root.nodeSize();
  doubles[trial + field.POINT] = t;
  // With two goods the point is the price.
  if (!root.twoGoods || x >= 0) {
    root.guessAfresh(trial);
    root.evaluateNode(trial, t);
  }
  root.readNode(trial, logPrices, x);
}

/** For tests: the head of a node at t of the economy last taken up, to `out` (NODE_HEAD). */
export function probePoint(t: f64, out: i32): void {
  const d = doubles;
  const trial = slots + (SLOTS - 1) * root.nodeSize();
  root.guessAfresh(trial);
  root.evaluateNode(trial, t);
  for (let k = 0; k < field.NODE_HEAD; k++) d[out + k] = d[trial + k];
}

/**
 * For tests: writes the bounds over [from, to], and the scale that they are of, to `out`
 * (INTERVAL_SUMS + 1).
 */
export function probeInterval(from: f64, to: f64, c: f64, out: i32): void {
  const d = doubles;
  const first = slots + (SLOTS - 2) * root.nodeSize();
  const second = slots + (SLOTS - 1) * root.nodeSize();
  root.guessAfresh(first);
  root.evaluateNode(first, from);
  root.guessAfresh(second);
  root.evaluateNode(second, to);
  const scale = Math.max(d[first + field.SCALE], d[second + field.SCALE] - c * (to - from));
  intervalSums(root.data, first, second, c, scale, root.twoGoods, out, root.width);
  d[out + field.INTERVAL_SUMS] = scale;
}

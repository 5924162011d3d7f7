// The state that proofs over relative prices of three goods and over relative weights of three
// agents share: three values as functions of two unknowns, at the centre of a box, and bounds over
// the box.
//
// A value belongs to each of three parts, goods or agents. It is a function of the parts' logs, log
// prices or log weights, of which the last is 0. Weighted by numbers above 0 the values add up to 0
// everywhere; an equilibrium is where all three are 0.

import { block } from "../../economy/workspace";
import { doubles } from "../../simd/memory";
import { ROUNDING, WIDER } from "../rounding";

/** Rounds in which bounds of shares and of slopes narrow each other. */
export const ROUNDS = 3;
/** More than 1 / exp x where exp x is beyond what doubles hold. */
const TINY: f64 = 1e-307;
const MAX_STEPS = 60;

/** The values at the centre, and bounds of their rounding errors: 3 each. */
export let excess: i32 = 0;
export let slack: i32 = 0;
/** Bounds of the values over the box: 3 each. */
export let lower: i32 = 0;
export let upper: i32 = 0;
/** Bounds of the slope of value j along unknown k, at 2 j + k: 6 each. */
export let lowerSlope: i32 = 0;
export let upperSlope: i32 = 0;
/** The unknowns at the centre and the 0 behind them: 3. */
export let centre: i32 = 0;
/** The most that the difference of unknowns j and k can be, at 3 j + k: 9. */
export let maxApart: i32 = 0;
/** Of one term at a time: bounds of the log ratios of the three parts' shares, by pair: 3 each. */
export let lowerRatio: i32 = 0;
export let upperRatio: i32 = 0;

/** Half the sides of the box. */
export let wide: f64 = 0;
export let high: f64 = 0;

/** The box that holds every zero: its centre and half its sides. */
export let rangeX: f64 = 0;
export let rangeY: f64 = 0;
export let rangeWide: f64 = 0;
export let rangeHigh: f64 = 0;

/** The root that solve() found, and how wrong it may be. */
export let root: f64 = 0;
export let doubt: f64 = 0;

/** Places the blocks of the state. */
export function bind(): void {
  excess = block(3);
  slack = block(3);
  lower = block(3);
  upper = block(3);
  lowerSlope = block(6);
  upperSlope = block(6);
  centre = block(3);
  maxApart = block(9);
  lowerRatio = block(3);
  upperRatio = block(3);
}

/** The other two of three parts, in ascending order. */
export function firstOther(part: i32): i32 {
  return part === 0 ? 1 : 0;
}

export function secondOther(part: i32): i32 {
  return part === 2 ? 1 : 2;
}

/** The parts of a pair: (0, 1), (0, 2) and (1, 2). */
export function firstOf(pair: i32): i32 {
  return pair === 2 ? 1 : 0;
}

export function secondOf(pair: i32): i32 {
  return pair === 0 ? 1 : 2;
}

export function fill(address: i32, count: i32, value: f64): void {
  for (let k = 0; k < count; k++) doubles[address + k] = value;
}

/** The larger size of a number between two bounds. */
export function sizeOf(least: f64, most: f64): f64 {
  return Math.max(Math.abs(least), Math.abs(most));
}

/** The largest of three numbers. */
export function largestOf(x: f64, y: f64, z: f64): f64 {
  const first = Math.max(x, y);
  return Math.max(first, z);
}

/** Turns to a box: its centre and half its sides. */
export function place(x: f64, y: f64, halfWide: f64, halfHigh: f64): void {
  const d = doubles;
  d[centre] = x;
  d[centre + 1] = y;
  d[centre + 2] = 0;
  wide = halfWide;
  high = halfHigh;
}

/** Whether unknowns j and k can be as far apart as they are somewhere in the box. */
export function spans(j: i32, k: i32, middle: f64, half: f64): bool {
  const d = doubles;
  const margin = WIDER * (1 + Math.abs(middle) + half);
  const above = middle + half + margin >= -d[maxApart + 3 * k + j];
  return above && middle - half - margin <= d[maxApart + 3 * j + k];
}

/** Whether unknowns j and k can be as far apart as they are anywhere in the box. */
export function contains(j: i32, k: i32, middle: f64, half: f64): bool {
  const d = doubles;
  const reach = half + WIDER * (1 + Math.abs(middle) + half);
  return middle + reach <= d[maxApart + 3 * j + k] && middle - reach >= -d[maxApart + 3 * k + j];
}

/** Sets values and slacks to 0, before terms are added. */
export function clearValues(): void {
  fill(excess, 3, 0);
  fill(slack, 3, 0);
}

/** Covers, in the slacks, the rounding of a sum of so many terms: each one's is ten times that. */
export function coverSums(terms: i32): void {
  const d = doubles;
  for (let j = 0; j < 3; j++) d[slack + j] *= 1 + <f64>terms / 8;
}

/** Sets the bounds of values and slopes to 0, before terms are added. */
export function clearBounds(): void {
  fill(lowerSlope, 6, 0);
  fill(upperSlope, 6, 0);
  fill(lower, 3, 0);
  fill(upper, 3, 0);
}

/** Whether the bounds exclude a zero: some value cannot be 0 in the box. */
export function boundsExclude(): bool {
  const d = doubles;
  for (let j = 0; j < 3; j++) {
    const k = 2 * j;
    const first = Math.max(-d[lowerSlope + k], d[upperSlope + k]) * wide;
    const second = Math.max(-d[lowerSlope + k + 1], d[upperSlope + k + 1]) * high;
    const reach = d[slack + j] + (first + second) * (1 + WIDER);
    const value = d[excess + j];
    if (d[lower + j] > 0 || d[upper + j] < 0 || value > reach || value < -reach) return true;
  }
  return false;
}

/**
 * Sets the range: the box around the differences that maxApart allows, widened by rounding. Returns
 * false where they reach `farthest`.
 */
export function enclose(farthest: f64): bool {
  const d = doubles;
  for (let k = 0; k < 9; k++) {
    if (k % 4 !== 0) d[maxApart + k] += 1e-9 * (1 + Math.abs(d[maxApart + k]));
  }
  for (let k = 0; k < 9; k++) if (!(Math.abs(d[maxApart + k]) < farthest)) return false;
  const left = -d[maxApart + 6];
  const right = d[maxApart + 2];
  const bottom = -d[maxApart + 7];
  const top = d[maxApart + 5];
  rangeX = (left + right) / 2;
  rangeY = (bottom + top) / 2;
  rangeWide = (right - left) / 2;
  rangeHigh = (top - bottom) / 2;
  return true;
}

// The three exponentials of solve(): constants and slopes.
let constant0: f64 = 0;
let constant1: f64 = 0;
let constant2: f64 = 0;
let slope0: f64 = 0;
let slope1: f64 = 0;
let slope2: f64 = 0;

/** Sets the terms exp(x - p t), exp(y - q t) and exp(z - r t) of solve(). */
export function setTerms(x: f64, y: f64, z: f64, p: f64, q: f64, r: f64): void {
  constant0 = x;
  constant1 = y;
  constant2 = z;
  slope0 = p;
  slope1 = q;
  slope2 = r;
}

/**
 * Solves ln(exp(x - p t) + exp(y - q t) + exp(z - r t)) = target for the root t, by Newton's method
 * on a convex function, and bounds its error. `size` is that of all that went into the numbers.
 */
export function solve(target: f64, size: f64, guess: f64): void {
  const steepest = largestOf(slope0, slope1, slope2);
  root = Math.abs(guess) < Infinity ? guess : 0;
  doubt = Infinity;
  for (let step = 0; step < MAX_STEPS; step++) {
    const a = constant0 - slope0 * root;
    const b = constant1 - slope1 * root;
    const c = constant2 - slope2 * root;
    const top = largestOf(a, b, c);
    const u = Math.exp(a - top);
    const v = Math.exp(b - top);
    const w = Math.exp(c - top);
    const sum = u + v + w;
    const value = top + Math.log(sum) - target;
    const slope = (slope0 * u + slope1 * v + slope2 * w) / sum;
    const noise = ROUNDING * (size + Math.abs(root) * steepest);
    if (Math.abs(value) <= noise) {
      doubt = (2 * (Math.abs(value) + noise)) / slope;
      return;
    }
    root += value / slope;
  }
}

/** Nothing is known of the log ratios. */
export function openRatios(): void {
  fill(lowerRatio, 3, -Infinity);
  fill(upperRatio, 3, Infinity);
}

/**
 * Narrows a log ratio to what slopes of at most `first` and `second` in size make of its value
 * `middle` at the centre.
 */
export function narrowRatio(pair: i32, middle: f64, first: f64, second: f64, error: f64): void {
  const d = doubles;
  const move = first * wide + second * high;
  const reach = move + error + WIDER * (1 + move + Math.abs(middle));
  d[lowerRatio + pair] = Math.max(d[lowerRatio + pair], middle - reach);
  d[upperRatio + pair] = Math.min(d[upperRatio + pair], middle + reach);
}

// Bounds of three shares that add up to 1, and of the rest that each leaves, in full precision
// where that is little: four rows of three.
export const LOWER = 0;
export const UPPER = 3;
export const LOWER_REST = 6;
export const UPPER_REST = 9;
export const SHARES_SIZE = 12;

/** Nothing is known of the shares. */
export function openShares(shares: i32): void {
  fill(shares + LOWER, 3, 0);
  fill(shares + UPPER, 3, 1);
  fill(shares + LOWER_REST, 3, 0);
  fill(shares + UPPER_REST, 3, 1);
}

/** Bounds the three parts' shares, weighted by p, q and r, by the log ratios. */
export function boundShares(shares: i32, p: f64, q: f64, r: f64): void {
  const d = doubles;
  const qp = q / p;
  const rp = r / p;
  const rq = r / q;
  const low0 = d[lowerRatio];
  const low1 = d[lowerRatio + 1];
  const low2 = d[lowerRatio + 2];
  const top0 = d[upperRatio];
  const top1 = d[upperRatio + 1];
  const top2 = d[upperRatio + 2];
  boundShare(shares, qp * Math.exp(-top0) + rp * Math.exp(-top1), qp * Math.exp(-low0) + rp * Math.exp(-low1));
  boundShare(shares + 1, Math.exp(low0) / qp + rq * Math.exp(-top2), Math.exp(top0) / qp + rq * Math.exp(-low2));
  boundShare(shares + 2, Math.exp(low1) / rp + Math.exp(low2) / rq, Math.exp(top1) / rp + Math.exp(top2) / rq);
}

/** Bounds one share, where the other two together are from `least` to `most` times as much. */
function boundShare(share: i32, least: f64, most: f64): void {
  const d = doubles;
  d[share + LOWER] = (1 - 2 * WIDER) / (1 + most);
  d[share + UPPER] = (1 + 2 * WIDER) / (1 + least) + TINY;
  d[share + LOWER_REST] = (1 - 2 * WIDER) / (1 + 1 / least);
  d[share + UPPER_REST] = (1 + 2 * WIDER) / (1 + 1 / most);
}

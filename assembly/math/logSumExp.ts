// The equation of one unknown that the planner and the consumer share:
//   ln sum_k exp(a_k (t - l_k) + c_k) = target, every a_k < 0.
// Over the agents of a good it is the resource constraint, and t the good's log shadow price. Over
// the goods of an agent it is the budget, and t the agent's log marginal utility of wealth.

import { doubles } from "../simd/memory";
import { all, exp, LANES, maxOf, partial, pmax, putPartial, sumOf, Vector, vectors } from "../simd/vector";

/** A log so low that its exponential is 0 beside any number that occurs: the log of 0. */
export const NONE: f64 = -1e30;

const MAX_PASSES = 100;

/** Terms below exp(FAR) times a level count as that: nothing beside 1, and yet quick to compute with. */
const FAR: f64 = -600;

/** Below this the next step of the third-order iteration is exact to rounding. */
const NEARLY: f64 = 1e-7;

/** A number of terms, and its log: most calls have as many as the one before. */
let terms: i32 = 1;
let logTerms: f64 = 0;

/**
 * Returns the root t for n terms at a, l and c. The left side is convex and falls in t. Its root
 * lies between the largest t at which one term alone makes the target and the largest at which one
 * makes an n-th of it. Halley's iteration is kept in that bracket by Newton's and by bisection.
 * `guess` may be anything; a number inside the bracket saves passes. `work`: n + 4 doubles.
 */
export function logSumRoot(n: i32, a: i32, l: i32, c: i32, target: f64, guess: f64, work: i32): f64 {
  const d = doubles;
  const exponent = work + 4;
  if (n !== terms) {
    terms = n;
    logTerms = Math.log(n);
  }
  let low = -Infinity;
  let high = -Infinity;
  for (let k = 0; k < n; k++) {
    // Where the term alone makes the target, and by how much earlier it makes an n-th of it.
    const alone = d[l + k] + (target - d[c + k]) / d[a + k];
    low = Math.max(low, alone);
    high = Math.max(high, alone - logTerms / d[a + k]);
  }
  let t = guess > low && guess < high ? guess : low;
  for (let pass = 0; pass < MAX_PASSES && low < high; pass++) {
    // The sum and its first two derivatives, all divided by exp(top).
    const top = exponents(a, l, c, t, exponent, n);
    exponentialSums(exponent, a, top, work, n);
    const sum = d[work];
    const first = d[work + 1];
    const second = d[work + 2];
    const value = top + Math.log(sum) - target;
    if (value > 0) low = t;
    else if (value < 0) high = t;
    else return t;
    const slope = first / sum;
    const curvature = second / sum - slope * slope;
    const newton = -value / slope;
    const halley = newton / (1 - (0.5 * value * curvature) / (slope * slope));
    const last = t;
    t = last + halley;
    if (Math.abs(value) < NEARLY) return t;
    if (!(t > low && t < high)) t = last + newton;
    if (!(t > low && t < high)) t = 0.5 * (low + high);
    if (t === last) return t;
  }
  return t;
}

/** Returns ln(exp x + exp y), for logs that may be NONE. */
export function logAdd(x: f64, y: f64): f64 {
  const top = Math.max(x, y);
  return top + Math.log(1 + Math.exp(Math.min(x, y) - top));
}

/**
 * Returns ln sum_k exp x_k of the n logs at x. `work`: n doubles; x itself if it may be
 * overwritten.
 */
export function logSum(n: i32, x: i32, work: i32): f64 {
  const d = doubles;
  let top = d[x];
  for (let k = 1; k < n; k++) top = Math.max(top, d[x + k]);
  return top + Math.log(expLess(x, top, work, n));
}

/** Writes out_k = a_k (t - l_k) + c_k for n terms; returns the largest. */
export function exponents(a: i32, l: i32, c: i32, t: f64, out: i32, n: i32): f64 {
  const d = doubles;
  const v = vectors;
  const at = all(t);
  let top = all(-Infinity);
  const whole = n - (n % LANES);
  for (let k = 0; k < whole; k += LANES) {
    const exponent = v[a + k] * (at - v[l + k]) + v[c + k];
    v[out + k] = exponent;
    top = pmax(top, exponent);
  }
  let max = maxOf(top);
  for (let k = whole; k < n; k++) {
    const exponent = d[a + k] * (t - d[l + k]) + d[c + k];
    d[out + k] = exponent;
    max = Math.max(max, exponent);
  }
  return max;
}

/**
 * Replaces each x_k by exp(x_k - top). Writes to `sums` their sum, and the sums of a_k and of a_k^2
 * times them.
 */
function exponentialSums(x: i32, a: i32, top: f64, sums: i32, n: i32): void {
  const d = doubles;
  const v = vectors;
  const level = all(top);
  const far = all(FAR);
  let zeroth = all(0);
  let first = all(0);
  let second = all(0);
  const whole = n - (n % LANES);
  for (let k = 0; k < whole; k += LANES) {
    const slope = v[a + k];
    const term = exp(pmax(v[x + k] - level, far));
    const sloped = slope * term;
    v[x + k] = term;
    zeroth = zeroth + term;
    first = first + sloped;
    second = second + slope * sloped;
  }
  if (whole < n) {
    putLast(x + whole, partial(x + whole, 1) - level);
    const slope = partial(a + whole, 1);
    const term = partial(x + whole, 1);
    const sloped = slope * term;
    zeroth = zeroth + term;
    first = first + sloped;
    second = second + slope * sloped;
  }
  d[sums] = sumOf(zeroth);
  d[sums + 1] = sumOf(first);
  d[sums + 2] = sumOf(second);
}

/** Writes out_k = exp(x_k - level) for n terms; returns their sum. */
export function expLess(x: i32, level: f64, out: i32, n: i32): f64 {
  const v = vectors;
  const by = all(level);
  const far = all(FAR);
  let sum = all(0);
  const whole = n - (n % LANES);
  for (let k = 0; k < whole; k += LANES) {
    const term = exp(pmax(v[x + k] - by, far));
    v[out + k] = term;
    sum = sum + term;
  }
  let total = sumOf(sum);
  if (whole < n) {
    putLast(out + whole, partial(x + whole, 1) - by);
    total += doubles[out + whole];
  }
  return total;
}

/** Writes out_k = exp(x_k - level_k) for n terms. */
export function expLessRow(x: i32, level: i32, out: i32, n: i32): void {
  const v = vectors;
  const far = all(FAR);
  const whole = n - (n % LANES);
  for (let k = 0; k < whole; k += LANES) v[out + k] = exp(pmax(v[x + k] - v[level + k], far));
  if (whole < n) putLast(out + whole, partial(x + whole, 1) - partial(level + whole, 1));
}

/** Writes the exponential of the last of an odd number of logs. */
function putLast(out: i32, x: Vector): void {
  putPartial(out, exp(pmax(x, all(FAR))), 1);
}

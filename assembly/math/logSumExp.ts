// The scalar equation that the planner and the consumer share: ln sum_k exp(a_k (t - l_k) + c_k) = target, every a_k < 0.
// Down a good's column it is the resource constraint, and t its log shadow price; along an agent's row it is the budget, and t the log
// marginal utility of wealth.

import { doubles } from "../simd/memory";
import { expLess, exponentialSums, exponents } from "../simd/rows";

/** A log so low that its exponential is 0 beside any number that occurs: the log of 0. */
export const NONE: f64 = -1e30;

const MOST_PASSES = 100;

/** Below this the next step of the third-order iteration is exact to rounding. */
const NEARLY: f64 = 1e-7;

/**
 * The root t, for n terms at a, l and c. The left side is convex and falls in t; its root lies between the largest t at which one term alone
 * makes the target and the largest at which one makes an n-th of it. Halley's iteration, kept in that bracket by Newton's and by
 * bisection. `guess` may be anything; a number inside the bracket saves passes. `work`:
 * n + 4 doubles.
 */
export function logSumRoot(n: i32, a: i32, l: i32, c: i32, target: f64, guess: f64, work: i32): f64 {
  const d = doubles;
  const terms = work + 4;
  const share = target - Math.log(n);
  let low = -Infinity;
  let high = -Infinity;
  for (let k = 0; k < n; k++) {
    low = Math.max(low, d[l + k] + (target - d[c + k]) / d[a + k]);
    high = Math.max(high, d[l + k] + (share - d[c + k]) / d[a + k]);
  }
  let t = guess > low && guess < high ? guess : low;
  for (let pass = 0; pass < MOST_PASSES && low < high; pass++) {
    // The sum and its first two derivatives, all divided by exp(top).
    const top = exponents(a, l, c, t, terms, n);
    exponentialSums(terms, a, top, work, n);
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

/** ln(exp x + exp y), for logs that may be NONE. */
export function logAdd(x: f64, y: f64): f64 {
  const top = Math.max(x, y);
  return top + Math.log(1 + Math.exp(Math.min(x, y) - top));
}

/** ln sum_k exp x_k of the n logs at x. `work`: n doubles, which may be x itself if it is done with. */
export function logSum(n: i32, x: i32, work: i32): f64 {
  const d = doubles;
  let top = d[x];
  for (let k = 1; k < n; k++) top = Math.max(top, d[x + k]);
  return top + Math.log(expLess(x, top, work, n));
}

// The passes of ../simd/lanes.ts in plain arithmetic, for JavaScript engines.

import { doubles } from "./memory";

/** a = 1 / omega, l = value + (1 + omega) total, and t = the larger of t and l, or l where `fresh` is 1. */
export function startLevels(value: i32, omega: i32, total: i32, a: i32, l: i32, t: i32, fresh: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) {
    const bend = d[omega + k];
    const level = d[value + k] + (1 + bend) * d[total + k];
    d[a + k] = 1 / bend;
    d[l + k] = level;
    d[t + k] = fresh ? level : Math.max(d[t + k], level);
  }
}

/** Adds e = exp(a (t - l)) to zeroth, a e to first, a^2 e to second, and writes e to out. */
export function addTerms(a: i32, l: i32, t: i32, out: i32, zeroth: i32, first: i32, second: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) {
    const slope = d[a + k];
    const term = Math.exp(slope * (d[t + k] - d[l + k]));
    d[out + k] = term;
    d[zeroth + k] += term;
    d[first + k] += slope * term;
    d[second + k] += slope * slope * term;
  }
}

/** One step of Halley's iteration on ln zeroth(t) = 0, with the sums that addTerms made at t. Returns the largest |ln zeroth|. */
export function halleySteps(t: i32, zeroth: i32, first: i32, second: i32, n: i32): f64 {
  const d = doubles;
  let most = 0;
  for (let k = 0; k < n; k++) {
    const sum = d[zeroth + k];
    const value = Math.log(sum);
    const slope = d[first + k] / sum;
    const curvature = d[second + k] / sum - slope * slope;
    d[t + k] -= value / (slope * (1 - (0.5 * value * curvature) / (slope * slope)));
    most = Math.max(most, Math.abs(value));
  }
  return most;
}

/** worst = the larger of worst and |ln y / a - (t - l)|, by which the first-order condition is missed in logs. */
export function worstGaps(y: i32, a: i32, l: i32, t: i32, worst: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) {
    const gap = Math.log(d[y + k]) / d[a + k] - (d[t + k] - d[l + k]);
    d[worst + k] = Math.max(d[worst + k], Math.abs(gap));
  }
}

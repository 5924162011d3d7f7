// The passes of ../simd/columns.ts in plain arithmetic, for JavaScript engines. Slopes are times 1 here.

import { doubles } from "./memory";

/**
 * What does not change with weights and totals: ln alpha in alpha's place, slopes a = 1 / omega, and a row of the steepest of them: minus
 * infinity where some alpha is not a positive normal number or some omega is not below 0; those are taken to be 1 and -0.5.
 */
export function prepareColumns(n: i32, width: i32, alpha: i32, omega: i32, a: i32, steepest: i32): void {
  const d = doubles;
  for (let k = 0; k < width; k++) d[steepest + k] = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < width; k++) {
      const cell = i * width + k;
      const wanted = d[alpha + cell];
      const concave = wanted >= 1e-300 && wanted <= 1e300 && d[omega + cell] < 0;
      if (!concave) d[omega + cell] = -0.5;
      d[alpha + cell] = concave ? Math.log(wanted) : 0;
      d[a + cell] = 1 / d[omega + cell];
      d[steepest + k] = Math.min(d[steepest + k], concave ? d[a + cell] : -Infinity);
    }
  }
}

/**
 * c = a (logAlpha + logWeight + logTotal) + logTotal, log weights n numbers and log totals a row; and a row `t` near which sum_i exp(a t - c)
 * is 1: where the mean of these logs is -ln n, moved by what half their variance (at most 1) adds to the log of the sum, and by `offset`.
 */
export function levelColumns(
  n: i32,
  width: i32,
  logAlpha: i32,
  a: i32,
  logWeights: i32,
  logTotal: i32,
  c: i32,
  t: i32,
  offset: f64,
): void {
  const d = doubles;
  for (let k = 0; k < width; k++) {
    let slopes = 0;
    let levels = 0;
    let squares = 0;
    let products = 0;
    let levelSquares = 0;
    for (let i = 0; i < n; i++) {
      const cell = i * width + k;
      const slope = d[a + cell];
      const level = slope * (d[logAlpha + cell] + d[logWeights + i] + d[logTotal + k]) + d[logTotal + k];
      d[c + cell] = level;
      slopes += slope;
      levels += level;
      squares += slope * slope;
      products += slope * level;
      levelSquares += level * level;
    }
    const each = Math.log(n);
    const even = (levels - n * each) / slopes;
    const spread = even * (even * squares - 2 * products) + levelSquares - n * each * each;
    d[t + k] = even - Math.min(0.5 * spread, n) / slopes + offset;
  }
}

/**
 * y = exp(a t - c) of every agent, and one step of Halley's iteration on ln sum y = 0: t moves by `step`. Returns the largest |a step|, by
 * which some ln y has to change.
 */
export function evaluateColumns(n: i32, width: i32, a: i32, c: i32, y: i32, t: i32, steepest: i32, step: i32): f64 {
  const d = doubles;
  let most = 0;
  for (let k = 0; k < width; k++) {
    let zeroth = 0;
    let first = 0;
    let second = 0;
    for (let i = 0; i < n; i++) {
      const cell = i * width + k;
      const slope = d[a + cell];
      const part = Math.exp(slope * d[t + k] - d[c + cell]);
      d[y + cell] = part;
      zeroth += part;
      first += slope * part;
      second += slope * slope * part;
    }
    const move = halley(zeroth, first, second);
    d[step + k] = move;
    d[t + k] += move;
    most = Math.max(most, Math.abs(move * d[steepest + k]));
  }
  return most;
}

/** The same after a `step` so short that exp(a step) is a polynomial of degree 8: |a step| at most 0.06. */
export function correctColumns(n: i32, width: i32, a: i32, y: i32, t: i32, steepest: i32, step: i32): f64 {
  const d = doubles;
  let most = 0;
  for (let k = 0; k < width; k++) {
    let zeroth = 0;
    let first = 0;
    let second = 0;
    for (let i = 0; i < n; i++) {
      const cell = i * width + k;
      const slope = d[a + cell];
      const z = slope * d[step + k];
      const high = 1 / 720 + z * (1 / 5040 + z / 40320);
      const low = 1 / 6 + z * (1 / 24 + z * (1 / 120 + z * high));
      const part = d[y + cell] * (1 + z * (1 + z * (0.5 + z * low)));
      d[y + cell] = part;
      zeroth += part;
      first += slope * part;
      second += slope * slope * part;
    }
    const move = halley(zeroth, first, second);
    d[step + k] = move;
    d[t + k] += move;
    most = Math.max(most, Math.abs(move * d[steepest + k]));
  }
  return most;
}

/**
 * After the last step, |a step| at most 0.0001: y follows it; and rows of by how much what all agents have together differs from 1, and of
 * the largest |omega (y / exp(a t - c) - 1)|, by which a first-order condition is missed: infinity from a millionth on, and where `steepest`
 * is.
 */
export function finishColumns(
  n: i32,
  width: i32,
  a: i32,
  c: i32,
  omega: i32,
  y: i32,
  t: i32,
  steepest: i32,
  step: i32,
  excess: i32,
  gap: i32,
): void {
  const d = doubles;
  for (let k = 0; k < width; k++) {
    let sum = 0;
    let most = 0;
    for (let i = 0; i < n; i++) {
      const cell = i * width + k;
      const z = d[a + cell] * d[step + k];
      const part = d[y + cell] * (1 + z * (1 + z * (0.5 + z / 6)));
      d[y + cell] = part;
      sum += part;
      const perPart = Math.exp(d[c + cell] - d[a + cell] * d[t + k]);
      most = Math.max(most, Math.abs(d[omega + cell] * (part * perPart - 1)));
    }
    d[excess + k] = Math.abs(sum - 1);
    d[gap + k] = d[steepest + k] > -Infinity && most < 1e-6 ? most : Infinity;
  }
}

/** The sum over goods of value y / (1 + omega): an agent's weighted utility, value_k being exp t_k. */
export function utilityOfRow(width: i32, y: i32, omega: i32, value: i32): f64 {
  const d = doubles;
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (d[y + k] * d[value + k]) / (1 + d[omega + k]);
  return sum;
}

/** out = factor x, n numbers. */
export function copyRow(x: i32, factor: f64, out: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) d[out + k] = factor * d[x + k];
}

/** out = x y, n numbers. */
export function multiplyRow(x: i32, y: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) d[out + k] = d[x + k] * d[y + k];
}

/** The step in t for ln zeroth(t) = 0. */
function halley(zeroth: f64, first: f64, second: f64): f64 {
  const value = Math.log(zeroth);
  const square = first * first;
  return (-value * first * zeroth) / (square - 0.5 * value * (second * zeroth - square));
}

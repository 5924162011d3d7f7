// The passes of ../simd/rows.ts in plain arithmetic, for JavaScript engines.

import { doubles } from "./memory";

/** out_k = a_k (t - l_k) + c_k; returns the largest. */
export function exponents(a: i32, l: i32, c: i32, t: f64, out: i32, n: i32): f64 {
  const d = doubles;
  let top = -Infinity;
  for (let k = 0; k < n; k++) {
    const v = d[a + k] * (t - d[l + k]) + d[c + k];
    d[out + k] = v;
    if (v > top) top = v;
  }
  return top;
}

/** x_k = exp(x_k - top); to sums go the sum of them, of a_k times them, and of a_k^2 times them. */
export function exponentialSums(x: i32, a: i32, top: f64, sums: i32, n: i32): void {
  const d = doubles;
  let zeroth = 0;
  let first = 0;
  let second = 0;
  for (let k = 0; k < n; k++) {
    const slope = d[a + k];
    const term = Math.exp(d[x + k] - top);
    d[x + k] = term;
    zeroth += term;
    first += slope * term;
    second += slope * slope * term;
  }
  d[sums] = zeroth;
  d[sums + 1] = first;
  d[sums + 2] = second;
}

/** out_k = exp(x_k - level); returns their sum. */
export function expLess(x: i32, level: f64, out: i32, n: i32): f64 {
  const d = doubles;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const term = Math.exp(d[x + k] - level);
    d[out + k] = term;
    sum += term;
  }
  return sum;
}

/** out_k = exp(x_k - level_k). */
export function expLessRow(x: i32, level: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) d[out + k] = Math.exp(d[x + k] - d[level + k]);
}

/** y_k = y_k + factor x_k. */
export function addScaled(y: i32, factor: f64, x: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) d[y + k] += factor * d[x + k];
}

/** Takes multiples of row k of a (m m) from the rows below, so that their column k becomes 0; the multiples are kept there. */
export function eliminateBelow(a: i32, k: i32, m: i32): void {
  const d = doubles;
  const from = a + k * m;
  for (let i = k + 1; i < m; i++) {
    const row = a + i * m;
    const ratio = d[row + k] / d[from + k];
    d[row + k] = ratio;
    if (ratio !== 0) for (let j = k + 1; j < m; j++) d[row + j] -= ratio * d[from + j];
  }
}

/** sum_k x_k y_k. */
export function dot(x: i32, y: i32, n: i32): f64 {
  const d = doubles;
  let sum = 0;
  for (let k = 0; k < n; k++) sum += d[x + k] * d[y + k];
  return sum;
}

/**
 * Rows j to j + 3 of out (m m) += those of the product of a transposed and b, a and b n m: out_jk += sum_i a_ij b_ik, for all k.
 */
export function addProductRows(a: i32, b: i32, out: i32, j: i32, n: i32, m: i32): void {
  const d = doubles;
  const row0 = out + j * m;
  const row1 = row0 + m;
  const row2 = row1 + m;
  const row3 = row2 + m;
  for (let i = 0; i < n; i++) {
    const p = a + i * m + j;
    const q = b + i * m;
    const a0 = d[p];
    const a1 = d[p + 1];
    const a2 = d[p + 2];
    const a3 = d[p + 3];
    for (let k = 0; k < m; k++) {
      const v = d[q + k];
      d[row0 + k] += a0 * v;
      d[row1 + k] += a1 * v;
      d[row2 + k] += a2 * v;
      d[row3 + k] += a3 * v;
    }
  }
}

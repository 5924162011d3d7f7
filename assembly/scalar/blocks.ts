// The functions of ../simd/blocks.ts in plain arithmetic, for JavaScript engines. Addresses and
// lengths count doubles.

import { doubles } from "./memory";

/** out = exp(x). */
export function exp(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.exp(d[x + i]);
}

/** out = ln(x). */
export function log(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.log(d[x + i]);
}

/** y_k = y_k + factor x_k. */
export function addScaled(y: i32, factor: f64, x: i32, n: i32): void {
  const d = doubles;
  for (let k = 0; k < n; k++) d[y + k] += factor * d[x + k];
}

/**
 * Subtracts multiples of row k of a (m m) from the rows below, so that their column k becomes 0.
 * The multiples are kept there.
 */
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
 * Adds to rows j to j + 3 of out (m m) those of the product of a transposed and b, both n m:
 * out_jk += sum_i a_ij b_ik for all k.
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

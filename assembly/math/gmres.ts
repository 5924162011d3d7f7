// Linear systems of which only products with vectors are known.

import { padded } from "../protocol";
import { addScaled, dot } from "../simd/blocks";
import { doubles } from "../simd/memory";
import { lengthOf } from "./linear";

/** A remainder of a product below this, in a system of order one, is rounding and no direction. */
const EXHAUSTED: f64 = 1e-8;

/** Returns the length of the workspace for `maxProducts` products with a system of order m. */
export function krylovLength(m: i32, maxProducts: i32): i32 {
  return (maxProducts + 1) * padded(m) + (maxProducts + 5) * maxProducts;
}

/**
 * Solves A x = b of order m, up to `tolerance` times the length of b, by the generalised minimal
 * residual method (Saad & Schultz 1986). `apply` writes A times its first argument to its second.
 * Returns the part of b that is left after at most `maxProducts` products. A may be singular if b
 * is in its range.
 */
export function solveByProducts(
  apply: (x: i32, out: i32) => void,
  m: i32,
  b: i32,
  x: i32,
  tolerance: f64,
  maxProducts: i32,
  workspace: i32,
): f64 {
  const d = doubles;
  const length = padded(m);
  const h = workspace + (maxProducts + 1) * length;
  const cosine = h + maxProducts * maxProducts;
  const sine = cosine + maxProducts;
  const left = sine + maxProducts; // of b in the basis: maxProducts + 1
  const y = left + maxProducts + 1;

  const norm = lengthOf(b, m);
  for (let j = 0; j < m; j++) d[x + j] = 0;
  if (norm === 0) return 0;
  for (let j = 0; j < m; j++) d[workspace + j] = d[b + j] / norm;
  d[left] = 1;
  let count = 0;
  while (count < maxProducts && Math.abs(d[left + count]) > tolerance) {
    const k = count;
    const from = workspace + k * length;
    const to = from + length;
    apply(from, to);
    // Orthogonal to those before it (modified Gram-Schmidt).
    for (let l = 0; l <= k; l++) {
      const part = dot(to, workspace + l * length, m);
      d[h + l * maxProducts + k] = part;
      addScaled(to, -part, workspace + l * length, m);
    }
    const size = lengthOf(to, m);
    if (size > 0) for (let j = 0; j < m; j++) d[to + j] /= size;
    // Earlier rotations, then the one that takes the size away.
    for (let l = 0; l < k; l++) {
      const upper = d[h + l * maxProducts + k];
      const lower = d[h + (l + 1) * maxProducts + k];
      d[h + l * maxProducts + k] = d[cosine + l] * upper + d[sine + l] * lower;
      d[h + (l + 1) * maxProducts + k] = d[cosine + l] * lower - d[sine + l] * upper;
    }
    const corner = d[h + k * maxProducts + k];
    const radius = Math.sqrt(corner * corner + size * size);
    if (radius <= EXHAUSTED) break;
    d[cosine + k] = corner / radius;
    d[sine + k] = size / radius;
    d[h + k * maxProducts + k] = radius;
    d[left + k + 1] = -d[sine + k] * d[left + k];
    d[left + k] *= d[cosine + k];
    count++;
    if (size <= EXHAUSTED) break;
  }

  for (let k = count - 1; k >= 0; k--) {
    let sum = d[left + k];
    for (let l = k + 1; l < count; l++) sum -= d[h + k * maxProducts + l] * d[y + l];
    d[y + k] = sum / d[h + k * maxProducts + k];
  }
  for (let j = 0; j < m; j++) d[x + j] = 0;
  for (let k = 0; k < count; k++) addScaled(x, norm * d[y + k], workspace + k * length, m);
  return Math.abs(d[left + count]);
}

// Linear systems that are known by their products alone.

import { padded } from "../protocol";
import { addScaled, dot } from "../simd/blocks";
import { doubles } from "../simd/memory";
import { lengthOf } from "./linear";

/** What is left of a product, beside a system of order one, once the space is exhausted: rounding, which is no direction. */
const EXHAUSTED: f64 = 1e-8;

/** Doubles of work for solveByProducts with at most `most` products with systems of order m. */
export function krylovWork(m: i32, most: i32): i32 {
  return (most + 1) * padded(m) + (most + 5) * most;
}

/**
 * x (m) such that A x is b, to `tolerance` times the length of b, by the generalised minimal residual method (Saad & Schultz 1986);
 * `apply` writes A times its first argument to its second. Makes at most `most` products, and returns the part of b that is left. A may
 * be singular where b is in its range.
 */
export function solveByProducts(
  apply: (x: i32, out: i32) => void,
  m: i32,
  b: i32,
  x: i32,
  tolerance: f64,
  most: i32,
  work: i32,
): f64 {
  const d = doubles;
  const length = padded(m);
  const h = work + (most + 1) * length;
  const cosine = h + most * most;
  const sine = cosine + most;
  const left = sine + most; // of b in the basis: most + 1
  const y = left + most + 1;

  const whole = lengthOf(b, m);
  for (let j = 0; j < m; j++) d[x + j] = 0;
  if (whole === 0) return 0;
  for (let j = 0; j < m; j++) d[work + j] = d[b + j] / whole;
  d[left] = 1;
  let count = 0;
  while (count < most && Math.abs(d[left + count]) > tolerance) {
    const k = count;
    const from = work + k * length;
    const to = from + length;
    apply(from, to);
    // Orthogonal to those before it (modified Gram-Schmidt).
    for (let l = 0; l <= k; l++) {
      const part = dot(to, work + l * length, m);
      d[h + l * most + k] = part;
      addScaled(to, -part, work + l * length, m);
    }
    const size = lengthOf(to, m);
    if (size > 0) for (let j = 0; j < m; j++) d[to + j] /= size;
    // Earlier rotations, then the one that takes the size away.
    for (let l = 0; l < k; l++) {
      const upper = d[h + l * most + k];
      const lower = d[h + (l + 1) * most + k];
      d[h + l * most + k] = d[cosine + l] * upper + d[sine + l] * lower;
      d[h + (l + 1) * most + k] = d[cosine + l] * lower - d[sine + l] * upper;
    }
    const corner = d[h + k * most + k];
    const radius = Math.sqrt(corner * corner + size * size);
    if (radius <= EXHAUSTED) break;
    d[cosine + k] = corner / radius;
    d[sine + k] = size / radius;
    d[h + k * most + k] = radius;
    d[left + k + 1] = -d[sine + k] * d[left + k];
    d[left + k] *= d[cosine + k];
    count++;
    if (size <= EXHAUSTED) break;
  }

  for (let k = count - 1; k >= 0; k--) {
    let sum = d[left + k];
    for (let l = k + 1; l < count; l++) sum -= d[h + k * most + l] * d[y + l];
    d[y + k] = sum / d[h + k * most + k];
  }
  for (let j = 0; j < m; j++) d[x + j] = 0;
  for (let k = 0; k < count; k++) addScaled(x, whole * d[y + k], work + k * length, m);
  return Math.abs(d[left + count]);
}

// Whether an equilibrium is locally stable under tatonnement, d ln p_j / dt = excess demand for good j over its total.

import { factor, lengthOf, solve } from "../linear";
import { doubles } from "../simd/memory";
import { a, den, lx, m, n, q, response } from "./state";

const SQUARINGS = 60;

/** Doubles of work that the test needs. */
export function stabilityWork(goods: i32): i32 {
  return 3 * goods * goods + 2 * goods;
}

/**
 * 1 stable, -1 unstable, 0 too close to tell, at the equilibrium just found. Relative prices follow the linear system B, excess demand
 * in log prices less its last row; (s - B)^-1 (s + B) has its eigenvalues in the unit circle exactly where those of B have negative real
 * parts (Cayley), and its powers, by repeated squaring, vanish or grow.
 */
export function stability(work: i32): i32 {
  const d = doubles;
  const k = m - 1;
  if (k === 0 || n === 1) return 1;
  const left = work;
  const power = work + k * k;
  const product = power + k * k;
  const column = product + k * k;
  const pivots = column + k;

  const size = excessDemandSlopes(power);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const b = d[power + i * k + j];
      d[left + i * k + j] = (i === j ? size : 0) - b;
      d[power + i * k + j] = (i === j ? size : 0) + b;
    }
  }
  if (factor(left, k, pivots) === 0) return -1;
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < k; i++) d[column + i] = d[power + i * k + j];
    solve(left, k, pivots, column);
    for (let i = 0; i < k; i++) d[power + i * k + j] = d[column + i];
  }
  for (let round = 0; round < SQUARINGS; round++) {
    const norm = lengthOf(power, k * k);
    if (norm < 0.5) return 1;
    if (!(norm < 1e8)) return -1;
    square(power, product, k);
  }
  return 0;
}

/** B (k k), k = m - 1; returns its size. */
function excessDemandSlopes(out: i32): f64 {
  const d = doubles;
  const k = m - 1;
  for (let c = 0; c < k * k; c++) d[out + c] = 0;
  for (let i = 0; i < n; i++) {
    const last = i * m + k;
    const lastSlope = d[a + last] * Math.exp(d[lx + last] - d[q + k]);
    for (let j = 0; j < k; j++) {
      const c = i * m + j;
      const slope = d[a + c] * Math.exp(d[lx + c] - d[q + j]);
      d[out + j * k + j] += slope;
      for (let l = 0; l < k; l++) d[out + j * k + l] += ((slope - lastSlope) * d[response + i * m + l]) / d[den + i];
    }
  }
  const size = lengthOf(out, k * k) / Math.sqrt(k);
  return size > 0 ? size : 1;
}

/** x = x x, by way of `product`. */
function square(x: i32, product: i32, k: i32): void {
  const d = doubles;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) d[product + i * k + j] = 0;
    for (let l = 0; l < k; l++) {
      const factor = d[x + i * k + l];
      for (let j = 0; j < k; j++) d[product + i * k + j] += factor * d[x + l * k + j];
    }
  }
  for (let c = 0; c < k * k; c++) d[x + c] = d[product + c];
}

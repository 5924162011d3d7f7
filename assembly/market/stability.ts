// Whether an equilibrium is locally stable under tatonnement, d ln p_j / dt = excess demand for good j over its total.

import { factor, largestSize, lengthOf, solve } from "../math/linear";
import { doubles } from "../simd/memory";

const SQUARINGS = 60;

/** Doubles of work that the test needs. */
export function stabilityWork(goods: i32): i32 {
  return 3 * goods * goods + 4 * goods;
}

/**
 * 1 stable, -1 unstable, 0 too close to tell, at an equilibrium: log prices (m) and the allocation x (n m) of a market with omega and
 * endowments (n m) and totals (m). Relative prices follow the linear system B, excess demand in log prices less its last row;
 * (s - B)^-1 (s + B) has its eigenvalues in the unit circle exactly where those of B have negative real parts (Cayley), and its
 * powers, by repeated squaring, vanish or grow.
 */
export function stability(
  n: i32,
  m: i32,
  omega: i32,
  endowments: i32,
  totals: i32,
  logPrices: i32,
  x: i32,
  work: i32,
): i32 {
  const d = doubles;
  const k = m - 1;
  if (k === 0 || n === 1) return 1;
  const left = work;
  const power = work + k * k;
  const product = power + k * k;
  const column = product + k * k;
  const pivots = column + k;
  const price = pivots + k;
  const response = price + m;

  let top = -Infinity;
  for (let j = 0; j < m; j++) top = Math.max(top, d[logPrices + j]);
  for (let j = 0; j < m; j++) d[price + j] = Math.exp(d[logPrices + j] - top);
  for (let c = 0; c < k * k; c++) d[power + c] = 0;
  for (let i = 0; i < n; i++) {
    addSlopes(m, omega + i * m, endowments + i * m, totals, price, x + i * m, response, power);
  }
  const size = lengthOf(power, k * k) / Math.sqrt(k);
  if (!(largestSize(power, k * k) < Infinity)) return 0;
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

/** Adds one agent's part of B (k k), k = m - 1, in demand over totals; rows of m, and `response` room for m. */
function addSlopes(m: i32, omega: i32, owned: i32, totals: i32, price: i32, x: i32, response: i32, out: i32): void {
  const d = doubles;
  const k = m - 1;
  let wealth: f64 = 0;
  let den: f64 = 0;
  for (let j = 0; j < m; j++) wealth += d[price + j] * d[owned + j];
  for (let j = 0; j < m; j++) {
    // What is not wanted may have any omega.
    const slope = d[x + j] > 0 ? 1 / d[omega + j] : -1;
    const share = (d[price + j] * d[x + j]) / wealth;
    d[response + j] = (d[price + j] * d[owned + j]) / wealth - share * (1 + slope);
    den += slope * share;
  }
  const lastSlope = d[x + k] > 0 ? d[x + k] / (d[omega + k] * d[totals + k]) : 0;
  for (let j = 0; j < k; j++) {
    const slope = d[x + j] > 0 ? d[x + j] / (d[omega + j] * d[totals + j]) : 0;
    d[out + j * k + j] += slope;
    for (let l = 0; l < k; l++) d[out + j * k + l] += ((slope - lastSlope) * d[response + l]) / den;
  }
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

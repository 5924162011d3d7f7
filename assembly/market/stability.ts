// Whether an equilibrium is locally stable under tatonnement,
// d ln p_j / dt = excess demand for good j over its total.

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace } from "../economy/workspace";
import { factor, largestSize, lengthOf, solve } from "../math/linear";
import { doubles } from "../simd/memory";

const SQUARINGS = 60;

// k k each, k = m - 1.
let left: i32 = 0;
let power: i32 = 0;
let product: i32 = 0;
// m each.
let column: i32 = 0;
let pivots: i32 = 0;
let price: i32 = 0;
let response: i32 = 0;

/** Places the blocks at `base`. */
export function bind(base: i32): void {
  const m = economy.m;
  const k = m - 1;
  openWorkspace(base);
  left = matrix(k, k);
  power = matrix(k, k);
  product = matrix(k, k);
  column = block(m);
  pivots = block(m);
  price = block(m);
  response = block(m);
}

/**
 * Returns 1 if an equilibrium of the open economy is stable, -1 if unstable, 0 if too close to
 * tell, at log prices (m) and the allocation x (n m). Relative prices follow the linear system B,
 * excess demand in log prices less its last row. (s - B)^-1 (s + B) has its eigenvalues in the unit
 * circle exactly where those of B have negative real parts (Cayley). Its powers, by repeated
 * squaring, vanish or grow. `workspace` is that of Solver.STABILITY.
 */
export function stability(logPrices: i32, x: i32, stability: i32): i32 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const k = m - 1;
  if (k === 0 || n === 1) return 1;
  bind(stability);

  let top = -Infinity;
  for (let j = 0; j < m; j++) top = Math.max(top, d[logPrices + j]);
  for (let j = 0; j < m; j++) d[price + j] = Math.exp(d[logPrices + j] - top);
  for (let c = 0; c < k * k; c++) d[power + c] = 0;
  for (let i = 0; i < n; i++) addSlopes(i, x + i * m);
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
    square(k);
  }
  return 0;
}

/**
 * Adds agent i's part of B (k k) to `power`, in demand over totals; x is its row of the allocation.
 */
function addSlopes(i: i32, x: i32): void {
  const d = doubles;
  const m = economy.m;
  const omega = economy.omega + i * m;
  const owned = economy.endowments + i * m;
  const totals = economy.totals;
  const k = m - 1;
  let wealth: f64 = 0;
  let wealthSlope: f64 = 0;
  for (let j = 0; j < m; j++) wealth += d[price + j] * d[owned + j];
  for (let j = 0; j < m; j++) {
    // A good that the agent does not want may have any omega.
    const slope = d[x + j] > 0 ? 1 / d[omega + j] : -1;
    const share = (d[price + j] * d[x + j]) / wealth;
    d[response + j] = (d[price + j] * d[owned + j]) / wealth - share * (1 + slope);
    wealthSlope += slope * share;
  }
  const lastSlope = d[x + k] > 0 ? d[x + k] / (d[omega + k] * d[totals + k]) : 0;
  for (let j = 0; j < k; j++) {
    const slope = d[x + j] > 0 ? d[x + j] / (d[omega + j] * d[totals + j]) : 0;
    d[power + j * k + j] += slope;
    for (let l = 0; l < k; l++) d[power + j * k + l] += ((slope - lastSlope) * d[response + l]) / wealthSlope;
  }
}

/** Squares `power`, by way of `product`. */
function square(k: i32): void {
  const d = doubles;
  const x = power;
  const out = product;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) d[out + i * k + j] = 0;
    for (let l = 0; l < k; l++) {
      const factor = d[x + i * k + l];
      for (let j = 0; j < k; j++) d[out + i * k + j] += factor * d[x + l * k + j];
    }
  }
  for (let c = 0; c < k * k; c++) d[x + c] = d[out + c];
}

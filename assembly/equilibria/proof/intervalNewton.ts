// The interval Newton test of a box: how the slopes of the values narrow where the box can hold a
// zero, whether it can hold more than one, and whether it does hold one. Hansen & Sengupta 1981,
// "Bounding solutions of systems of equations using interval analysis"; Neumaier 1990, Interval
// methods for systems of equations, chapter 5.

import { block } from "../../economy/workspace";
import { doubles } from "../../simd/memory";
import { PRODUCT, SEAM } from "../rounding";
import * as system from "./system";
import { firstOther, secondOther } from "./system";

/** Rows more alike than this are no basis. */
const SINGULAR: f64 = 1e-12;

/** Whether the box holds no zero. */
export let excluded: bool = false;
/** Whether it holds one at most. */
export let regular: bool = false;
/** Whether it holds exactly one. */
export let proved: bool = false;
/** The index of a zero in a regular box: the sign of the determinant of the slopes. */
export let index: i32 = 1;
/** The box in which zeros can be: its centre and half its sides. */
export let restX: f64 = 0;
export let restY: f64 = 0;
export let restWide: f64 = 0;
export let restHigh: f64 = 0;

let sign: f64 = 1;

// Of the two rows: values and their slacks, times the inverse of the slopes' middle; the remaining
// range of each coordinate, from the centre; half the sides of the box. 2 each.
let value: i32 = 0;
let slack: i32 = 0;
let from: i32 = 0;
let to: i32 = 0;
let half: i32 = 0;
// Bounds of the slopes times the inverse of their middle: near the identity. 4 each.
let lower: i32 = 0;
let upper: i32 = 0;

/** Places the blocks. */
export function bind(): void {
  value = block(2);
  slack = block(2);
  from = block(2);
  to = block(2);
  half = block(2);
  lower = block(4);
  upper = block(4);
}

/**
 * Tests the box whose values and slopes are known, by each two of the three parts; Walras' law says
 * the same of the third.
 */
export function testBox(x: f64, y: f64, wide: f64, high: f64): void {
  const d = doubles;
  excluded = false;
  regular = false;
  proved = false;
  d[from] = -wide;
  d[to] = wide;
  d[from + 1] = -high;
  d[to + 1] = high;
  for (let left = 0; left < 3 && !excluded; left++) {
    d[half] = wide;
    d[half + 1] = high;
    if (precondition(left)) test();
  }
  restX = x + (d[from] + d[to]) / 2;
  restY = y + (d[from + 1] + d[to + 1]) / 2;
  restWide = (d[to] - d[from]) / 2 + SEAM * (Math.abs(x) + wide);
  restHigh = (d[to + 1] - d[from + 1]) / 2 + SEAM * (Math.abs(y) + high);
}

/** The middle of the bounds of slope k. */
export function middle(k: i32): f64 {
  const d = doubles;
  return 0.5 * (d[system.lowerSlope + k] + d[system.upperSlope + k]);
}

/**
 * Multiplies values and slopes of all parts but `left` by the inverse of the slopes' middle.
 * Returns false where that is singular.
 */
function precondition(left: i32): bool {
  const d = doubles;
  const first = 2 * firstOther(left);
  const second = 2 * secondOther(left);
  const scaleA = 1 / (Math.abs(middle(first)) + Math.abs(middle(first + 1)));
  const scaleB = 1 / (Math.abs(middle(second)) + Math.abs(middle(second + 1)));
  const a = middle(first) * scaleA;
  const b = middle(first + 1) * scaleA;
  const c = middle(second) * scaleB;
  const e = middle(second + 1) * scaleB;
  const det = a * e - b * c;
  if (!(Math.abs(det) > SINGULAR)) return false;
  // Without part 1 the two rows have come in the other order than Walras' law gives them.
  sign = det > 0 === (left !== 1) ? 1 : -1;
  const valueA = d[system.excess + (first >> 1)];
  const valueB = d[system.excess + (second >> 1)];
  for (let row = 0; row < 2; row++) {
    const u = ((row === 0 ? e : -c) / det) * scaleA;
    const v = ((row === 0 ? -b : a) / det) * scaleB;
    d[value + row] = u * valueA + v * valueB;
    d[slack + row] = Math.abs(u) * d[system.slack + (first >> 1)] + Math.abs(v) * d[system.slack + (second >> 1)];
    d[slack + row] += PRODUCT * (Math.abs(u * valueA) + Math.abs(v * valueB));
    for (let k = 0; k < 2; k++) {
      const p = d[system.lowerSlope + first + k];
      const q = d[system.upperSlope + first + k];
      const r = d[system.lowerSlope + second + k];
      const s = d[system.upperSlope + second + k];
      const margin = PRODUCT * (Math.abs(u) * Math.max(-p, q) + Math.abs(v) * Math.max(-r, s));
      d[lower + 2 * row + k] = u * (u > 0 ? p : q) + v * (v > 0 ? r : s) - margin;
      d[upper + 2 * row + k] = u * (u > 0 ? q : p) + v * (v > 0 ? s : r) + margin;
    }
  }
  return true;
}

function sizeAt(k: i32): f64 {
  const d = doubles;
  return system.sizeOf(d[lower + k], d[upper + k]);
}

/** Tests the box by the two rows, and narrows its coordinates. */
function test(): void {
  const d = doubles;
  for (let row = 0; row < 2; row++) {
    const reach = sizeAt(2 * row) * d[half] + sizeAt(2 * row + 1) * d[half + 1];
    if (Math.abs(d[value + row]) - d[slack + row] > reach * (1 + PRODUCT)) excluded = true;
  }
  const diagonal = d[lower] * d[lower + 3];
  const isRegular = d[lower] > 0 && d[lower + 3] > 0 && diagonal > sizeAt(1) * sizeAt(2) * (1 + PRODUCT);
  if (isRegular) {
    regular = true;
    index = sign > 0 ? 1 : -1;
  }
  const first = narrow(0);
  const second = narrow(1);
  if (isRegular && first && second) proved = true;
}

/** Narrows one coordinate by its row. Returns true where what is left is inside the box. */
function narrow(row: i32): bool {
  const d = doubles;
  const least = d[lower + 3 * row];
  const most = d[upper + 3 * row];
  if (!(least > 0)) return false;
  const other = 1 - row;
  const doubt = sizeAt(2 * row + other) * d[half + other] * (1 + PRODUCT) + d[slack + row];
  const low = -d[value + row] - doubt;
  const top = -d[value + row] + doubt;
  let start = low / (low < 0 ? least : most);
  let end = top / (top > 0 ? least : most);
  start -= PRODUCT * Math.abs(start);
  end += PRODUCT * Math.abs(end);
  const inside = start > -d[half + row] && end < d[half + row];
  if (start > d[from + row]) d[from + row] = start;
  if (end < d[to + row]) d[to + row] = end;
  if (d[from + row] > d[to + row]) excluded = true;
  const reach = Math.max(Math.abs(start), Math.abs(end));
  if (reach < d[half + row]) d[half + row] = reach;
  return inside;
}

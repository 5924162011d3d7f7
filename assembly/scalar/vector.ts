// Vectors of one number, for JavaScript engines: the names of ../simd/vector.ts.

import { doubles } from "./memory";

export type Vector = f64;
export type Mask = boolean;

/** How many numbers a vector holds. */
export const LANES: i32 = 1;

/** What exponents of exp2() are multiplied by beforehand. */
export const EXPONENT_UNIT: f64 = 1;

/** Memory as vectors: here the same as doubles. */
export { doubles as vectors };

/** The number at an address. */
export function partial(address: i32, _left: i32): f64 {
  return doubles[address];
}

export function putPartial(address: i32, x: f64, _left: i32): void {
  doubles[address] = x;
}

export function all(x: f64): f64 {
  return x;
}

/** x where the mask is set, else y. */
export function select(mask: Mask, x: f64, y: f64): f64 {
  return mask ? x : y;
}

export const abs = Math.abs;
export const sqrt = Math.sqrt;

/** The larger of two numbers; NaN where one of them is. */
export const max = Math.max;

/** The smaller of two numbers; NaN where one of them is. */
export const min = Math.min;

// V8 knows these better than a comparison.
export const pmax = Math.max;
export const pmin = Math.min;

export function sumOf(x: f64): f64 {
  return x;
}

export function maxOf(x: f64): f64 {
  return x;
}

export function minOf(x: f64): f64 {
  return x;
}

export function anyOf(mask: Mask): boolean {
  return mask;
}

export const exp = Math.exp;

/** exp x, but above 0: x below -708 counts as -708. */
export function positiveExp(x: f64): f64 {
  return Math.exp(Math.max(x, -708));
}

export const exp2 = Math.exp;
export const log = Math.log;

/** ln(1 + x) of x from 0 to 1. */
export function log1p(x: f64): f64 {
  // With the rounding of 1 + x made good to first order: faster than Math.log1p in V8.
  const sum = 1 + x;
  return Math.log(sum) - (sum - 1 - x) / sum;
}

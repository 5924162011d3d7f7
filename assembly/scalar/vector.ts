// Vectors of one number, for JavaScript engines: the names of ../simd/vector.ts.

import { doubles } from "./memory";

export type Vector = f64;
export type Mask = boolean;

/** How many numbers a vector holds. */
export const LANES: i32 = 1;

/** What exponents of exp2() are multiplied by beforehand. */
export const EXPONENT_UNIT: f64 = 1;

/** Memory as vectors, by addresses or by pointers: here both are the same as doubles. */
export { doubles as pointed, doubles as vectors };

export function pointer(address: i32): i32 {
  return address;
}

/** How far a pointer moves from one vector to the next. */
export const VECTOR: i32 = 1;

/** The number at an address. */
export function partial(address: i32, _left: i32): f64 {
  return doubles[address];
}

export function putPartial(address: i32, x: f64, _left: i32): void {
  doubles[address] = x;
}

export function spaced(address: i32, _stride: i32): f64 {
  return doubles[address];
}

export function putSpaced(address: i32, _stride: i32, x: f64): void {
  doubles[address] = x;
}

export function all(x: f64): f64 {
  return x;
}

export function one(): f64 {
  return 1;
}

export function half(): f64 {
  return 0.5;
}

export function minusHalf(): f64 {
  return -0.5;
}

export function unit(): f64 {
  return EXPONENT_UNIT;
}

export function minusInfinity(): f64 {
  return -Infinity;
}

/** 1 / k!, k a constant from 0 to 8. */
export function perFactorial(k: i32): f64 {
  if (k < 3) return k === 2 ? 1 / 2 : 1;
  if (k < 6) return k === 3 ? 1 / 6 : k === 4 ? 1 / 24 : 1 / 120;
  return k === 6 ? 1 / 720 : k === 7 ? 1 / 5040 : 1 / 40320;
}

/** Whether x is a positive normal number, from 1e-300 to 1e300. */
export function isOrdinary(x: f64): Mask {
  return x >= 1e-300 && x <= 1e300;
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

export function allOf(mask: Mask): boolean {
  return mask;
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

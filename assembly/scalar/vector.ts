// The arithmetic of ../simd/vector.ts on one number at a time, for JavaScript engines.

import { doubles } from "./memory";

/** The numbers at an address. */
export function take(address: i32): f64 {
  return doubles[address];
}

export function put(address: i32, x: f64): void {
  doubles[address] = x;
}

/** The same number everywhere. */
export function all(x: f64): f64 {
  return x;
}

export function add(x: f64, y: f64): f64 {
  return x + y;
}

export function sub(x: f64, y: f64): f64 {
  return x - y;
}

export function mul(x: f64, y: f64): f64 {
  return x * y;
}

export function div(x: f64, y: f64): f64 {
  return x / y;
}

export function abs(x: f64): f64 {
  return Math.abs(x);
}

/** NaN where one of them is. */
export function larger(x: f64, y: f64): f64 {
  return Math.max(x, y);
}

/** NaN where one of them is. */
export function smaller(x: f64, y: f64): f64 {
  return Math.min(x, y);
}

/** exp x. */
export function expOf(x: f64): f64 {
  return Math.exp(x);
}

/** exp of x, which comes times EXPONENT_UNIT of passes.ts. */
export function powerOf(x: f64): f64 {
  return Math.exp(x);
}

/** ln x. */
export function logOf(x: f64): f64 {
  return Math.log(x);
}

/** ln x near 1, to the fifth order, and between -3 and 3: what Newton's method needs of a logarithm, in a fifth of the time. */
export function nearLog(x: f64): f64 {
  return (3 * (x * x - 1)) / (x * x + 4 * x + 1);
}

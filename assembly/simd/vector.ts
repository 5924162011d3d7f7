// Numbers of LANES problems (passes.ts) side by side, and arithmetic on them. Addresses count doubles and are even.

import { F64 } from "./formulas";

export type Vector = v128;

/** The numbers at an address. */
export function take(address: i32): Vector {
  return v128.load((<usize>address) << 3);
}

export function put(address: i32, x: Vector): void {
  v128.store((<usize>address) << 3, x);
}

/** The same number everywhere. */
export function all(x: f64): Vector {
  return f64x2.splat(x);
}

export function add(x: Vector, y: Vector): Vector {
  return f64x2.add(x, y);
}

export function sub(x: Vector, y: Vector): Vector {
  return f64x2.sub(x, y);
}

export function mul(x: Vector, y: Vector): Vector {
  return f64x2.mul(x, y);
}

export function div(x: Vector, y: Vector): Vector {
  return f64x2.div(x, y);
}

export function abs(x: Vector): Vector {
  return f64x2.abs(x);
}

/** NaN where one of them is. */
export function larger(x: Vector, y: Vector): Vector {
  return f64x2.max(x, y);
}

/** NaN where one of them is. */
export function smaller(x: Vector, y: Vector): Vector {
  return f64x2.min(x, y);
}

/** exp x of x from -708 to 709; beyond, of the end. */
export function expOf(x: Vector): Vector {
  return F64.exp(x);
}

/** exp of x, which comes times EXPONENT_UNIT of passes.ts. */
export function powerOf(x: Vector): Vector {
  return F64.exp2(x);
}

/** ln x of positive normal x. */
export function logOf(x: Vector): Vector {
  return F64.log(x);
}

/** ln x near 1, to the fifth order, and between -3 and 3: what Newton's method needs of a logarithm, in a fifth of the time. */
export function nearLog(x: Vector): Vector {
  const square = f64x2.mul(x, x);
  const one = f64x2.splat(1);
  const above = f64x2.mul(f64x2.splat(3), f64x2.sub(square, one));
  const below = f64x2.add(f64x2.add(square, f64x2.mul(f64x2.splat(4), x)), one);
  return f64x2.div(above, below);
}

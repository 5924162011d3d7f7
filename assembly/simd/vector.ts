// Vectors: the numbers of LANES problems side by side, and what arithmetic on them needs beside the
// operators of operators.ts. Addresses count doubles.

import { F64, HALF, ONE } from "./formulas";

export type Vector = v128;
/** Of each number, whether a comparison holds: the masks that <, >, <=, >= give and & joins. */
export type Mask = v128;

/** How many numbers a vector holds: widths and periods are multiples of it. */
export const LANES: i32 = 2;

/** What exponents of exp2() are multiplied by beforehand: 256 / ln 2. */
export const EXPONENT_UNIT: f64 = 369.3299304675746;

@unmanaged
class Vectors {
  @inline
  @operator("[]")
  get(address: i32): v128 {
    return v128.load((<usize>address) << 3);
  }

  @inline
  @operator("[]=")
  set(address: i32, value: v128): void {
    v128.store((<usize>address) << 3, value);
  }
}

/** Memory as vectors: vectors[k] holds doubles k to k + LANES - 1. */
export const vectors: Vectors = changetype<Vectors>(0);

@unmanaged
class Pointed {
  @inline
  @operator("[]")
  get(pointer: i32): v128 {
    return v128.load(<usize>pointer);
  }

  @inline
  @operator("[]=")
  set(pointer: i32, value: v128): void {
    v128.store(<usize>pointer, value);
  }
}

// The innermost loops walk along rows with pointers: an address takes two more operations to load
// from, which cost such a loop a tenth of its time.

/** Where an address lies; pointers move on by distances that are pointers, too. */
@inline
export function pointer(address: i32): i32 {
  return address << 3;
}

/** How far a pointer moves from one vector to the next. */
export const VECTOR: i32 = 16;

/** Memory as vectors, by pointers. */
export const pointed: Pointed = changetype<Pointed>(0);

/** The first `left` doubles at an address, 1 or LANES of them; 0 in the other lanes. */
export function partial(address: i32, left: i32): Vector {
  const at = (<usize>address) << 3;
  return left === 1 ? v128.load64_zero(at) : v128.load(at);
}

/** Stores the first `left` numbers of x, 1 or LANES of them. */
export function putPartial(address: i32, x: Vector, left: i32): void {
  const at = (<usize>address) << 3;
  if (left === 1) store<f64>(at, f64x2.extract_lane(x, 0));
  else v128.store(at, x);
}

/** The numbers at an address, and `stride` doubles behind it, and so on. */
@inline
export function spaced(address: i32, stride: i32): Vector {
  const at = (<usize>address) << 3;
  return v128.load64_lane(at + ((<usize>stride) << 3), v128.load64_zero(at), 1);
}

/** Stores the numbers of x at an address, `stride` doubles behind it, and so on. */
@inline
export function putSpaced(address: i32, stride: i32, x: Vector): void {
  const at = (<usize>address) << 3;
  store<f64>(at, f64x2.extract_lane(x, 0));
  store<f64>(at + ((<usize>stride) << 3), f64x2.extract_lane(x, 1));
}

/** The same number everywhere. */
export function all(x: f64): Vector {
  return f64x2.splat(x);
}

// Constants that innermost loops take from memory: all() of a constant is built anew in every
// round.

const MINUS_HALF = memory.data<f64>([-0.5, -0.5], 16);
const UNIT = memory.data<f64>([369.3299304675746, 369.3299304675746], 16);
const LOWEST = memory.data<f64>([-Infinity, -Infinity], 16);
const SMALLEST = memory.data<f64>([1e-300, 1e-300], 16);
const LARGEST = memory.data<f64>([1e300, 1e300], 16);
const PER_FACTORIAL = memory.data<f64>(
  [
    1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.16666666666666666, 0.16666666666666666, 0.041666666666666664,
    0.041666666666666664, 0.008333333333333333, 0.008333333333333333, 0.001388888888888889,
    0.001388888888888889, 0.0001984126984126984, 0.0001984126984126984, 0.0000248015873015873,
    0.0000248015873015873,
  ],
  16,
);

@inline
export function one(): Vector {
  return v128.load(ONE);
}

@inline
export function half(): Vector {
  return v128.load(HALF);
}

@inline
export function minusHalf(): Vector {
  return v128.load(MINUS_HALF);
}

/** EXPONENT_UNIT everywhere. */
@inline
export function unit(): Vector {
  return v128.load(UNIT);
}

@inline
export function minusInfinity(): Vector {
  return v128.load(LOWEST);
}

/** 1 / k!, k a constant from 0 to 8. */
@inline
export function perFactorial(k: i32): Vector {
  return v128.load(PER_FACTORIAL + ((<usize>k) << 4));
}

/** Where x is a positive normal number, from 1e-300 to 1e300. */
@inline
export function isOrdinary(x: Vector): Mask {
  return v128.and(f64x2.ge(x, v128.load(SMALLEST)), f64x2.le(x, v128.load(LARGEST)));
}

/** x where the mask is set, else y. */
export function select(mask: Mask, x: Vector, y: Vector): Vector {
  return v128.bitselect(x, y, mask);
}

export function abs(x: Vector): Vector {
  return f64x2.abs(x);
}

export function sqrt(x: Vector): Vector {
  return f64x2.sqrt(x);
}

/** The larger of two numbers; NaN where one of them is. */
export function max(x: Vector, y: Vector): Vector {
  return f64x2.max(x, y);
}

/** The smaller of two numbers; NaN where one of them is. */
export function min(x: Vector, y: Vector): Vector {
  return f64x2.min(x, y);
}

/** x < y ? y : x. Faster than max(), but NaN may slip through. */
export function pmax(x: Vector, y: Vector): Vector {
  return f64x2.pmax(x, y);
}

/** y < x ? y : x. Faster than min(), but NaN may slip through. */
export function pmin(x: Vector, y: Vector): Vector {
  return f64x2.pmin(x, y);
}

/** The sum of the numbers of a vector. */
export function sumOf(x: Vector): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** The largest of the numbers of a vector. */
export function maxOf(x: Vector): f64 {
  return Math.max(f64x2.extract_lane(x, 0), f64x2.extract_lane(x, 1));
}

/** The smallest of the numbers of a vector. */
export function minOf(x: Vector): f64 {
  return Math.min(f64x2.extract_lane(x, 0), f64x2.extract_lane(x, 1));
}

/** Whether a mask is set everywhere. */
export function allOf(mask: Mask): bool {
  return i64x2.all_true(mask);
}

/** Whether a mask is set anywhere. */
export function anyOf(mask: Mask): bool {
  return v128.any_true(mask);
}

/** exp x of x from -708 to 709.78; beyond, the value at the nearer end. */
@inline
export function exp(x: Vector): Vector {
  return F64.exp(x);
}

/** exp x, but above 0: x below -708 counts as -708. Here the same; JavaScript has to cut. */
@inline
export function positiveExp(x: Vector): Vector {
  return F64.exp(x);
}

/** exp of x, which comes times EXPONENT_UNIT. */
@inline
export function exp2(x: Vector): Vector {
  return F64.exp2(x);
}

/** ln x of positive normal x. */
@inline
export function log(x: Vector): Vector {
  return F64.log(x);
}

/** ln(1 + x) of x from 0 to 1. */
@inline
export function log1p(x: Vector): Vector {
  return F64.log1p(x);
}

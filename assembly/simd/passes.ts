// Passes over blocks of doubles, two at a time. Addresses and lengths count doubles. Where n is odd a pass also reads and writes the one
// double of padding behind the block.
//
// Each pass is short and a function of its own: a long fused chain is bound by latency, short ones keep the machine full; and the
// engine optimises a function from its second call on, not while it runs.

import { F64 } from "./formulas";

const OVERFLOW = memory.data<f64>([709.78, 709.78], 16);
const UNDERFLOW = memory.data<f64>([-708.0, -708.0], 16);
const INFINITE = memory.data<f64>([Infinity, Infinity], 16);
const LEAST_NORMAL = memory.data<f64>([2.2250738585072014e-308, 2.2250738585072014e-308], 16);

/** out = exp(x), within 1.1 ulp: NaN of NaN, infinity beyond 709.78 (where doubles end), 0 below -708. */
export function exp(x: i32, out: i32, n: i32): void {
  const end = (<usize>x + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, q += 16) {
    const v = v128.load(p);
    const inside = v128.bitselect(v128.load(INFINITE), F64.exp(v), f64x2.gt(v, v128.load(OVERFLOW)));
    v128.store(q, v128.andnot(inside, f64x2.lt(v, v128.load(UNDERFLOW))));
  }
}

/** out = ln(x), within 1.9 ulp: minus infinity of 0, NaN below. */
export function log(x: i32, out: i32, n: i32): void {
  const end = (<usize>x + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, q += 16) {
    const v = v128.load(p);
    v128.store(q, F64.log(v));
    // Whatever is not a positive normal number goes the slow way.
    const normal = v128.and(f64x2.ge(v, v128.load(LEAST_NORMAL)), f64x2.lt(v, v128.load(INFINITE)));
    if (!i64x2.all_true(normal)) {
      if (i64x2.extract_lane(normal, 0) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 0)));
      // Padding, which holds anything, does not.
      if (p + 8 < end && i64x2.extract_lane(normal, 1) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 1)), 8);
    }
  }
}

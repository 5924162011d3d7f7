// What Math is in the core, as asconfig.json says: exp and ln of one double by the formulas for two.
// The compiler's own functions have tables of their own, of 6 KB. In JavaScript
// scalar/elementary.ts takes this place.

import { F64 } from "./formulas";

const TO_NORMAL: f64 = 18014398509481984; // 2^54

@global
export class Elementary {
  static readonly LN2: f64 = NativeMath.LN2;

  /** exp x, within 1.1 ulp for x from -708 to 709.78. */
  static exp(x: f64): f64 {
    if (x >= -708 && x <= 709.78) return f64x2.extract_lane(F64.exp(f64x2.splat(x)), 0);
    // Infinite, 0 or next to one of them, or NaN.
    const root = f64x2.extract_lane(F64.exp(f64x2.splat(0.5 * x)), 0);
    return root * root;
  }

  /** ln x, within 1.9 ulp: minus infinity of 0, NaN below. */
  static log(x: f64): f64 {
    if (x >= f64.MIN_NORMAL_VALUE && x < Infinity) return f64x2.extract_lane(F64.log(f64x2.splat(x)), 0);
    if (x > 0) {
      return x < 1 ? f64x2.extract_lane(F64.log(f64x2.splat(x * TO_NORMAL)), 0) - 54 * Math.LN2 : x;
    }
    return x === 0 ? -Infinity : NaN;
  }

  @inline
  static abs(x: f64): f64 {
    return NativeMath.abs(x);
  }

  @inline
  static sqrt(x: f64): f64 {
    return NativeMath.sqrt(x);
  }

  @inline
  static ceil(x: f64): f64 {
    return NativeMath.ceil(x);
  }

  @inline
  static floor(x: f64): f64 {
    return NativeMath.floor(x);
  }

  @inline
  static round(x: f64): f64 {
    return NativeMath.round(x);
  }

  @inline
  static max(x: f64, y: f64): f64 {
    return NativeMath.max(x, y);
  }

  @inline
  static min(x: f64, y: f64): f64 {
    return NativeMath.min(x, y);
  }

  @inline
  static hypot(x: f64, y: f64): f64 {
    return NativeMath.hypot(x, y);
  }
}

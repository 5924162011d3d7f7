// The elementary functions of two doubles or four singles at a time, as formulas that passes expand
// in their loops.
//
// Constants are loaded: a splat would be rebuilt in every round of a loop. Polynomials are minimax
// on their interval.

import { EXP_TABLE, LOG_TABLE, LOG1P_TABLE } from "./tables";

export const ONE = memory.data<f64>([1.0, 1.0], 16);
export const HALF = memory.data<f64>([0.5, 0.5], 16);

const LOWEST = memory.data<f64>([-708.0, -708.0], 16);
const HIGHEST = memory.data<f64>([709.78, 709.78], 16);
const UNITS = memory.data<f64>([369.3299304675746, 369.3299304675746], 16); // 256 / ln 2
const TO_INTEGER = memory.data<f64>([6755399441055744.0, 6755399441055744.0], 16); // 1.5 2^52: adding it rounds to an integer
const UNIT_HIGH = memory.data<f64>([0.00270760617331689, 0.00270760617331689], 16); // ln 2 / 256 in two parts (Cody & Waite)
const UNIT_LOW = memory.data<f64>([7.453964567463233e-13, 7.453964567463233e-13], 16);
const EXP_3 = memory.data<f64>([0.16666667812385064, 0.16666667812385064], 16);
const EXP_4 = memory.data<f64>([0.04166666857619731, 0.04166666857619731], 16);
const LEAST_EXPONENT = memory.data<f64>([-261632.0, -261632.0], 16);
const GREATEST_EXPONENT = memory.data<f64>([261888.0, 261888.0], 16);
const EXP2_1 = memory.data<f64>([0.0027076061740622767, 0.0027076061740622767], 16);
const EXP2_2 = memory.data<f64>([3.665565596910102e-6, 3.665565596910102e-6], 16);
const EXP2_3 = memory.data<f64>([3.308302983711395e-9, 3.308302983711395e-9], 16);
const EXP2_4 = memory.data<f64>([2.2393953276859936e-12, 2.2393953276859936e-12], 16);

const LOG_CUT = memory.data<u64>([0x0006a40000000000, 0x0006a40000000000], 16); // mantissa bits at which the binade is cut
const LOG_BASE = memory.data<u64>([0x3fe6a40000000000, 0x3fe6a40000000000], 16); // the bits of the least z
const LOG_CENTRE = memory.data<u64>([0x3fe6a80000000000, 0x3fe6a80000000000], 16); // the bits of the first c
const MANTISSA = memory.data<u64>([0x000fffffffffffff, 0x000fffffffffffff], 16);
const GRID = memory.data<u64>([0x000ff80000000000, 0x000ff80000000000], 16);
const EXPONENT_MAGIC = memory.data<u64>([0x4330000000000000, 0x4330000000000000], 16); // 2^52: or-ing an integer in makes it a double
const EXPONENT_BIAS = memory.data<f64>([4503599627371518.0, 4503599627371518.0], 16); // 2^52 + 1022
// biome-ignore lint/suspicious/noApproximativeNumericConstant: memory.data takes literals only
const LN2 = memory.data<f64>([0.6931471805599453, 0.6931471805599453], 16);
const LOG_3 = memory.data<f64>([0.3333333333333333, 0.3333333333333333], 16);
const LOG_4 = memory.data<f64>([-0.2500001194478915, -0.2500001194478915], 16);
const LOG_5 = memory.data<f64>([0.20000010238390908, 0.20000010238390908], 16);

const TO_GRID = memory.data<f64>([52776558133248.0, 52776558133248.0], 16); // 1.5 2^45: adding it rounds to a multiple of 1/128
const LOG1P_3 = memory.data<f64>([0.33333333332915893, 0.33333333332915893], 16);
const LOG1P_4 = memory.data<f64>([-0.2499999999963474, -0.2499999999963474], 16);
const LOG1P_5 = memory.data<f64>([0.20000218421157, 0.20000218421157], 16);
const LOG1P_6 = memory.data<f64>([-0.1666685778523586, -0.1666685778523586], 16);

/** Two doubles. */
export class F64 {
  /** exp x, within 1.1 ulp on [-708, 709.78]; arguments beyond are moved to that interval. */
  @inline
  static exp(x: v128): v128 {
    // x = (256 k + i) ln2/256 + r, |r| <= ln2/512; exp x = 2^k 2^(i/256) (1 + r + r^2 q(r)).
    const v = f64x2.pmin(f64x2.pmax(x, v128.load(LOWEST)), v128.load(HIGHEST));
    const toInteger = v128.load(TO_INTEGER);
    const shifted = f64x2.add(f64x2.mul(v, v128.load(UNITS)), toInteger);
    const k = f64x2.sub(shifted, toInteger);
    const r = f64x2.sub(f64x2.sub(v, f64x2.mul(k, v128.load(UNIT_HIGH))), f64x2.mul(k, v128.load(UNIT_LOW)));
    const first = (<usize>i32x4.extract_lane(shifted, 0) & 255) << 3;
    const second = (<usize>i32x4.extract_lane(shifted, 2) & 255) << 3;
    const entry = v128.load64_lane(second + EXP_TABLE, v128.load64_zero(first + EXP_TABLE), 1);
    const scale = i64x2.add(entry, i64x2.shl(shifted, 44));
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(v128.load(EXP_3), r), v128.load(HALF));
    const poly = f64x2.add(f64x2.mul(v128.load(EXP_4), r2), low);
    const tail = f64x2.add(f64x2.mul(poly, r2), r);
    return f64x2.add(f64x2.mul(tail, scale), scale);
  }

  /**
   * 2^(t/256), within 1.1 ulp; arguments outside 256 times [-1022, 1023] are moved to that
   * interval.
   */
  @inline
  static exp2(x: v128): v128 {
    const toInteger = v128.load(TO_INTEGER);
    const t = f64x2.pmin(f64x2.pmax(x, v128.load(LEAST_EXPONENT)), v128.load(GREATEST_EXPONENT));
    const shifted = f64x2.add(t, toInteger);
    const r = f64x2.sub(t, f64x2.sub(shifted, toInteger));
    const first = (<usize>i32x4.extract_lane(shifted, 0) & 255) << 3;
    const second = (<usize>i32x4.extract_lane(shifted, 2) & 255) << 3;
    const entry = v128.load64_lane(second + EXP_TABLE, v128.load64_zero(first + EXP_TABLE), 1);
    const scale = i64x2.add(entry, i64x2.shl(shifted, 44));
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(v128.load(EXP2_2), r), v128.load(EXP2_1));
    const high = f64x2.add(f64x2.mul(v128.load(EXP2_4), r), v128.load(EXP2_3));
    const poly = f64x2.add(f64x2.mul(high, r2), low);
    return f64x2.add(f64x2.mul(f64x2.mul(r, poly), scale), scale);
  }

  /** ln x for positive normal x, within 1.9 ulp. */
  @inline
  static log(x: v128): v128 {
    // x = 2^k z with z in [1/sqrt 2, sqrt 2), c the grid point nearest to z, r = z/c - 1;
    // ln x = k ln 2 + ln c + r - r^2/2 + r^3 q(r).
    const shifted = i64x2.sub(x, v128.load(LOG_CUT));
    const k = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), v128.load(EXPONENT_MAGIC)), v128.load(EXPONENT_BIAS));
    const z = i64x2.add(v128.and(shifted, v128.load(MANTISSA)), v128.load(LOG_BASE));
    const c = i64x2.add(v128.and(shifted, v128.load(GRID)), v128.load(LOG_CENTRE));
    const first = v128.load((<usize>(<u64>i64x2.extract_lane(shifted, 0) >> 39) & 0x1ff0) + LOG_TABLE);
    const second = v128.load((<usize>(<u64>i64x2.extract_lane(shifted, 1) >> 39) & 0x1ff0) + LOG_TABLE);
    const reciprocal = v128.shuffle<i64>(first, second, 0, 2);
    const logC = v128.shuffle<i64>(first, second, 1, 3);
    const r = f64x2.mul(f64x2.sub(z, c), reciprocal);
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(v128.load(LOG_4), r), v128.load(LOG_3));
    const poly = f64x2.add(f64x2.mul(v128.load(LOG_5), r2), low);
    const tail = f64x2.add(r, f64x2.mul(r2, f64x2.sub(f64x2.mul(r, poly), v128.load(HALF))));
    return f64x2.add(f64x2.add(f64x2.mul(k, v128.load(LN2)), logC), tail);
  }

  /** ln(1 + e) for e from 0 to 1. */
  @inline
  static log1p(e: v128): v128 {
    // From the nearest c = 1 + i/128.
    const toGrid = v128.load(TO_GRID);
    const shifted = f64x2.add(e, toGrid);
    const first = v128.load(((<usize>i32x4.extract_lane(shifted, 0) & 255) << 4) + LOG1P_TABLE);
    const second = v128.load(((<usize>i32x4.extract_lane(shifted, 2) & 255) << 4) + LOG1P_TABLE);
    const reciprocal = v128.shuffle<i64>(first, second, 0, 2);
    const logC = v128.shuffle<i64>(first, second, 1, 3);
    const r = f64x2.mul(f64x2.sub(e, f64x2.sub(shifted, toGrid)), reciprocal);
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(v128.load(LOG1P_4), r), v128.load(LOG1P_3));
    const high = f64x2.add(f64x2.mul(v128.load(LOG1P_6), r), v128.load(LOG1P_5));
    const poly = f64x2.add(f64x2.mul(high, r2), low);
    const tail = f64x2.add(r, f64x2.mul(r2, f64x2.sub(f64x2.mul(r, poly), v128.load(HALF))));
    return f64x2.add(logC, tail);
  }
}

export const ONE_4 = memory.data<f32>([1.0, 1.0, 1.0, 1.0], 16);
export const SIGN_4 = memory.data<u32>([0x80000000, 0x80000000, 0x80000000, 0x80000000], 16);
const LOWEST_4 = memory.data<f32>([-87.3, -87.3, -87.3, -87.3], 16);
const HIGHEST_4 = memory.data<f32>([88.3, 88.3, 88.3, 88.3], 16);
const PER_LN2_4 = memory.data<f32>([1.44269502, 1.44269502, 1.44269502, 1.44269502], 16);
const TO_INTEGER_4 = memory.data<f32>([12582912.0, 12582912.0, 12582912.0, 12582912.0], 16); // 1.5 2^23
const LN2_HIGH_4 = memory.data<f32>([0.693359375, 0.693359375, 0.693359375, 0.693359375], 16);
const LN2_LOW_4 = memory.data<f32>([-2.1219444e-4, -2.1219444e-4, -2.1219444e-4, -2.1219444e-4], 16);
const BIAS_4 = memory.data<i32>([127, 127, 127, 127], 16);
const HALF_4 = memory.data<f32>([0.5, 0.5, 0.5, 0.5], 16);
const EXP_3_4 = memory.data<f32>([0.16666576666, 0.16666576666, 0.16666576666, 0.16666576666], 16);
const EXP_4_4 = memory.data<f32>([0.04166655421, 0.04166655421, 0.04166655421, 0.04166655421], 16);
const EXP_5_4 = memory.data<f32>([0.00836323288, 0.00836323288, 0.00836323288, 0.00836323288], 16);
const EXP_6_4 = memory.data<f32>([0.00139262507, 0.00139262507, 0.00139262507, 0.00139262507], 16);
const ROOT_HALF_4 = memory.data<u32>([0x3f3504f3, 0x3f3504f3, 0x3f3504f3, 0x3f3504f3], 16);
const MANTISSA_4 = memory.data<u32>([0x007fffff, 0x007fffff, 0x007fffff, 0x007fffff], 16);
const TWO_4 = memory.data<f32>([2.0, 2.0, 2.0, 2.0], 16);
const LOG_1_4 = memory.data<f32>([0.66666685044, 0.66666685044, 0.66666685044, 0.66666685044], 16);
const LOG_2_4 = memory.data<f32>([0.39988778433, 0.39988778433, 0.39988778433, 0.39988778433], 16);
const LOG_3_4 = memory.data<f32>([0.29580046168, 0.29580046168, 0.29580046168, 0.29580046168], 16);
const LOG1P_1_4 = memory.data<f32>([0.66666640336, 0.66666640336, 0.66666640336, 0.66666640336], 16);
const LOG1P_2_4 = memory.data<f32>([0.40007560644, 0.40007560644, 0.40007560644, 0.40007560644], 16);
const LOG1P_3_4 = memory.data<f32>([0.28236619805, 0.28236619805, 0.28236619805, 0.28236619805], 16);
const LOG1P_4_4 = memory.data<f32>([0.26851498022, 0.26851498022, 0.26851498022, 0.26851498022], 16);

/** Four singles. */
export class F32 {
  /** exp x, within 1.1 ulp; arguments outside [-87.3, 88.3] are moved to that interval. */
  @inline
  static exp(x: v128): v128 {
    const v = f32x4.pmin(f32x4.pmax(x, v128.load(LOWEST_4)), v128.load(HIGHEST_4));
    const toInteger = v128.load(TO_INTEGER_4);
    const shifted = f32x4.add(f32x4.mul(v, v128.load(PER_LN2_4)), toInteger);
    const k = f32x4.sub(shifted, toInteger);
    const r = f32x4.sub(f32x4.sub(v, f32x4.mul(k, v128.load(LN2_HIGH_4))), f32x4.mul(k, v128.load(LN2_LOW_4)));
    const r2 = f32x4.mul(r, r);
    const low = f32x4.add(f32x4.mul(v128.load(EXP_3_4), r), v128.load(HALF_4));
    const high = f32x4.add(f32x4.mul(v128.load(EXP_5_4), r), v128.load(EXP_4_4));
    const top = f32x4.mul(v128.load(EXP_6_4), r2);
    const poly = f32x4.add(f32x4.mul(f32x4.add(top, high), r2), low);
    const value = f32x4.add(f32x4.add(f32x4.mul(poly, r2), r), v128.load(ONE_4));
    return f32x4.mul(value, i32x4.shl(i32x4.add(shifted, v128.load(BIAS_4)), 23));
  }

  /** ln x for positive normal x, within 0.8 ulp. */
  @inline
  static log(x: v128): v128 {
    // x = 2^k (1 + f); ln(1 + f) = 2 atanh s, s = f / (2 + f).
    const shifted = i32x4.sub(x, v128.load(ROOT_HALF_4));
    const k = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
    const z = i32x4.add(v128.and(shifted, v128.load(MANTISSA_4)), v128.load(ROOT_HALF_4));
    const f = f32x4.sub(z, v128.load(ONE_4));
    const h = f32x4.mul(v128.load(HALF_4), f32x4.mul(f, f));
    const s = f32x4.div(f, f32x4.add(f, v128.load(TWO_4)));
    const s2 = f32x4.mul(s, s);
    const inner = f32x4.add(f32x4.mul(v128.load(LOG_3_4), s2), v128.load(LOG_2_4));
    const poly = f32x4.mul(s2, f32x4.add(f32x4.mul(inner, s2), v128.load(LOG_1_4)));
    const low = f32x4.add(f32x4.mul(s, f32x4.add(h, poly)), f32x4.mul(k, v128.load(LN2_LOW_4)));
    return f32x4.sub(f32x4.mul(k, v128.load(LN2_HIGH_4)), f32x4.sub(f32x4.sub(h, low), f));
  }

  /** ln(1 + e) for e from 0 to 1. */
  @inline
  static log1p(e: v128): v128 {
    const s = f32x4.div(e, f32x4.add(e, v128.load(TWO_4)));
    const z = f32x4.mul(s, s);
    const z2 = f32x4.mul(z, z);
    const low = f32x4.add(f32x4.mul(v128.load(LOG1P_2_4), z), v128.load(LOG1P_1_4));
    const high = f32x4.add(f32x4.mul(v128.load(LOG1P_4_4), z), v128.load(LOG1P_3_4));
    const poly = f32x4.add(f32x4.mul(high, z2), low);
    return f32x4.sub(e, f32x4.mul(s, f32x4.sub(e, f32x4.mul(z, poly))));
  }
}

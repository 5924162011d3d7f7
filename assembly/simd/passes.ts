// Passes over blocks of doubles, two at a time. Addresses and lengths count doubles.
//
// Flat passes (exp, log, softplus, power, adamUpdate) run over pairs: where n is odd they also read and write the one double of
// padding behind the block. Row passes (addRow, penaltyRow) touch exactly n.
//
// Each pass is short and a function of its own. A long fused chain is bound by latency, short ones keep the machine full; and the
// engine optimises a function from its second call on, not while it runs. Constants are loaded: a splat would be rebuilt in every round.

import { EXP_TABLE, LOG_TABLE, LOG1P_TABLE } from "./tables";

const HALF = memory.data<f64>([0.5, 0.5], 16);
const ONE = memory.data<f64>([1.0, 1.0], 16);
const SIGN = memory.data<u64>([0x8000000000000000, 0x8000000000000000], 16);

// exp: x = (256 k + i) ln2/256 + r, |r| <= ln2/512; exp(x) = 2^k 2^(i/256) (1 + r + r^2 q(r)).
const EXP_LOWEST = memory.data<f64>([-708.0, -708.0], 16);
const EXP_HIGHEST = memory.data<f64>([709.0, 709.0], 16);
const PER_LN2 = memory.data<f64>([369.3299304675746, 369.3299304675746], 16); // 256 / ln 2
const TO_INTEGER = memory.data<f64>([6755399441055744.0, 6755399441055744.0], 16); // 1.5 2^52: adding it rounds to an integer
const LN2_HIGH = memory.data<f64>([0.00270760617331689, 0.00270760617331689], 16); // ln2/256 in two parts (Cody & Waite)
const LN2_LOW = memory.data<f64>([7.453964567463233e-13, 7.453964567463233e-13], 16);
const EXP_2 = memory.data<f64>([0.5, 0.5], 16);
const EXP_3 = memory.data<f64>([0.16666667812385064, 0.16666667812385064], 16);
const EXP_4 = memory.data<f64>([0.04166666857619731, 0.04166666857619731], 16);

/** out = exp(x), within 1.1 ulp on [-708, 709]; arguments beyond are moved to that interval. */
export function exp(x: i32, out: i32, n: i32): void {
  const perLn2 = v128.load(PER_LN2);
  const toInteger = v128.load(TO_INTEGER);
  const ln2High = v128.load(LN2_HIGH);
  const ln2Low = v128.load(LN2_LOW);
  const c2 = v128.load(EXP_2);
  const c3 = v128.load(EXP_3);
  const c4 = v128.load(EXP_4);
  const lowest = v128.load(EXP_LOWEST);
  const highest = v128.load(EXP_HIGHEST);
  const end = (<usize>x + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, q += 16) {
    const v = f64x2.pmin(f64x2.pmax(v128.load(p), lowest), highest);
    const shifted = f64x2.add(f64x2.mul(v, perLn2), toInteger);
    const k = f64x2.sub(shifted, toInteger);
    const r = f64x2.sub(f64x2.sub(v, f64x2.mul(k, ln2High)), f64x2.mul(k, ln2Low));
    const first = (<usize>i32x4.extract_lane(shifted, 0) & 255) << 3;
    const second = (<usize>i32x4.extract_lane(shifted, 2) & 255) << 3;
    const entry = v128.load64_lane(second + EXP_TABLE, v128.load64_zero(first + EXP_TABLE), 1);
    const scale = i64x2.add(entry, i64x2.shl(shifted, 44));
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(c3, r), c2);
    const poly = f64x2.add(f64x2.mul(c4, r2), low);
    const tail = f64x2.add(f64x2.mul(poly, r2), r);
    v128.store(q, f64x2.add(f64x2.mul(tail, scale), scale));
  }
}

// log: x = 2^k z with z in [1/sqrt 2, sqrt 2), c the grid point nearest to z, r = z/c - 1; ln x = k ln 2 + ln c + r - r^2/2 + r^3 q(r).
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

/** out = ln(x) for positive normal x, within 1.9 ulp. */
export function log(x: i32, out: i32, n: i32): void {
  const cut = v128.load(LOG_CUT);
  const base = v128.load(LOG_BASE);
  const centre = v128.load(LOG_CENTRE);
  const mantissa = v128.load(MANTISSA);
  const grid = v128.load(GRID);
  const magic = v128.load(EXPONENT_MAGIC);
  const bias = v128.load(EXPONENT_BIAS);
  const ln2 = v128.load(LN2);
  const half = v128.load(HALF);
  const c3 = v128.load(LOG_3);
  const c4 = v128.load(LOG_4);
  const c5 = v128.load(LOG_5);
  const end = (<usize>x + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>x) << 3; p < end; p += 16, q += 16) {
    const shifted = i64x2.sub(v128.load(p), cut);
    const k = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), magic), bias);
    const z = i64x2.add(v128.and(shifted, mantissa), base);
    const c = i64x2.add(v128.and(shifted, grid), centre);
    const first = v128.load((<usize>(<u64>i64x2.extract_lane(shifted, 0) >> 39) & 0x1ff0) + LOG_TABLE);
    const second = v128.load((<usize>(<u64>i64x2.extract_lane(shifted, 1) >> 39) & 0x1ff0) + LOG_TABLE);
    const reciprocal = v128.shuffle<i64>(first, second, 0, 2);
    const logC = v128.shuffle<i64>(first, second, 1, 3);
    const r = f64x2.mul(f64x2.sub(z, c), reciprocal);
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(c4, r), c3);
    const poly = f64x2.add(f64x2.mul(c5, r2), low);
    const tail = f64x2.add(r, f64x2.mul(r2, f64x2.sub(f64x2.mul(r, poly), half)));
    v128.store(q, f64x2.add(f64x2.add(f64x2.mul(k, ln2), logC), tail));
  }
}

/** How many doubles a pass made of several runs over at a time, so that what one part writes the next finds in the nearest cache. */
const CHUNK: i32 = 512;

/** out = scale x^exponent, cell by cell, for positive normal x. `out` may be none of the others. */
export function power(x: i32, exponent: i32, scale: i32, out: i32, n: i32): void {
  for (let first = 0; first < n; first += CHUNK) {
    const count = min(CHUNK, n - first);
    log(x + first, out + first, count);
    multiply(out + first, exponent + first, count);
    exp(out + first, out + first, count);
    multiply(out + first, scale + first, count);
  }
}

/** a = a b. */
function multiply(a: i32, b: i32, n: i32): void {
  const end = (<usize>a + n) << 3;
  let q = (<usize>b) << 3;
  for (let p = (<usize>a) << 3; p < end; p += 16, q += 16) v128.store(p, f64x2.mul(v128.load(p), v128.load(q)));
}

/** x = softplus(y) = ln(1 + exp y) and slope = softplus'(y) = 1/(1 + exp -y). Both stay positive: y below -708 counts as -708. */
export function softplus(y: i32, x: i32, slope: i32, n: i32): void {
  for (let first = 0; first < n; first += CHUNK) {
    const count = min(CHUNK, n - first);
    negativeSize(y + first, slope + first, count);
    exp(slope + first, slope + first, count);
    softplusFromExp(y + first, x + first, slope + first, count);
  }
}

/** out = -|y|. */
function negativeSize(y: i32, out: i32, n: i32): void {
  const sign = v128.load(SIGN);
  const end = (<usize>y + n) << 3;
  let q = (<usize>out) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16) v128.store(q, v128.or(v128.load(p), sign));
}

const TO_GRID = memory.data<f64>([52776558133248.0, 52776558133248.0], 16); // 1.5 2^45: adding it rounds to a multiple of 1/128
const LOG1P_3 = memory.data<f64>([0.33333333332915893, 0.33333333332915893], 16);
const LOG1P_4 = memory.data<f64>([-0.2499999999963474, -0.2499999999963474], 16);
const LOG1P_5 = memory.data<f64>([0.20000218421157, 0.20000218421157], 16);
const LOG1P_6 = memory.data<f64>([-0.1666685778523586, -0.1666685778523586], 16);

/** Where slope holds e = exp(-|y|): x = max(y, 0) + ln(1 + e), slope = (y >= 0 ? 1 : e) / (1 + e). */
function softplusFromExp(y: i32, x: i32, slope: i32, n: i32): void {
  const zero = f64x2.splat(0);
  const one = v128.load(ONE);
  const half = v128.load(HALF);
  const toGrid = v128.load(TO_GRID);
  const c3 = v128.load(LOG1P_3);
  const c4 = v128.load(LOG1P_4);
  const c5 = v128.load(LOG1P_5);
  const c6 = v128.load(LOG1P_6);
  const end = (<usize>y + n) << 3;
  let q = (<usize>x) << 3;
  let s = (<usize>slope) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16, s += 16) {
    const v = v128.load(p);
    const e = v128.load(s);
    // ln(1 + e) from the nearest c = 1 + i/128.
    const shifted = f64x2.add(e, toGrid);
    const first = v128.load(((<usize>i32x4.extract_lane(shifted, 0) & 255) << 4) + LOG1P_TABLE);
    const second = v128.load(((<usize>i32x4.extract_lane(shifted, 2) & 255) << 4) + LOG1P_TABLE);
    const reciprocal = v128.shuffle<i64>(first, second, 0, 2);
    const logC = v128.shuffle<i64>(first, second, 1, 3);
    const r = f64x2.mul(f64x2.sub(e, f64x2.sub(shifted, toGrid)), reciprocal);
    const r2 = f64x2.mul(r, r);
    const low = f64x2.add(f64x2.mul(c4, r), c3);
    const high = f64x2.add(f64x2.mul(c6, r), c5);
    const poly = f64x2.add(f64x2.mul(high, r2), low);
    const tail = f64x2.add(r, f64x2.mul(r2, f64x2.sub(f64x2.mul(r, poly), half)));
    v128.store(q, f64x2.add(f64x2.pmax(v, zero), f64x2.add(logC, tail)));
    const numerator = v128.bitselect(one, e, f64x2.ge(v, zero));
    v128.store(s, f64x2.div(numerator, f64x2.add(one, e)));
  }
}

/** total += row. */
export function addRow(total: i32, row: i32, n: i32): void {
  const even = (<usize>total + (n & ~1)) << 3;
  let p = (<usize>total) << 3;
  let q = (<usize>row) << 3;
  for (; p < even; p += 16, q += 16) v128.store(p, f64x2.add(v128.load(p), v128.load(q)));
  if (n & 1) store<f64>(p, load<f64>(p) + load<f64>(q));
}

/** gradient = slope (price - marginal): of the penalised objective, to be made small, in one agent's row. */
export function penaltyRow(gradient: i32, slope: i32, marginal: i32, price: i32, n: i32): void {
  const even = (<usize>gradient + (n & ~1)) << 3;
  let g = (<usize>gradient) << 3;
  let s = (<usize>slope) << 3;
  let u = (<usize>marginal) << 3;
  let p = (<usize>price) << 3;
  for (; g < even; g += 16, s += 16, u += 16, p += 16) {
    v128.store(g, f64x2.mul(v128.load(s), f64x2.sub(v128.load(p), v128.load(u))));
  }
  if (n & 1) store<f64>(g, load<f64>(s) * (load<f64>(p) - load<f64>(u)));
}

/** One Adam update with unscaled moments: m = beta1 m + g, v = beta2 v + g^2, y = y - rate m / (sqrt v + epsilon). */
export function adamUpdate(
  y: i32,
  m: i32,
  v: i32,
  gradient: i32,
  n: i32,
  beta1: f64,
  beta2: f64,
  rate: f64,
  epsilon: f64,
): void {
  const b1 = f64x2.splat(beta1);
  const b2 = f64x2.splat(beta2);
  const step = f64x2.splat(rate);
  const least = f64x2.splat(epsilon);
  const end = (<usize>y + n) << 3;
  let q = (<usize>m) << 3;
  let s = (<usize>v) << 3;
  let g = (<usize>gradient) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16, s += 16, g += 16) {
    const slope = v128.load(g);
    const first = f64x2.add(f64x2.mul(v128.load(q), b1), slope);
    const second = f64x2.add(f64x2.mul(v128.load(s), b2), f64x2.mul(slope, slope));
    v128.store(q, first);
    v128.store(s, second);
    v128.store(p, f64x2.sub(v128.load(p), f64x2.div(f64x2.mul(first, step), f64x2.add(f64x2.sqrt(second), least))));
  }
}

// Passes over many economies at a time: block k of a field holds the field's number for economy k. Lengths are even.

import { F64, HALF, ONE } from "./formulas";

const ZERO = memory.data<f64>([0.0, 0.0], 16);

/** a = 1 / omega, l = value + (1 + omega) total, and t = the larger of t and l, or l where `fresh` is 1. */
export function startLevels(value: i32, omega: i32, total: i32, a: i32, l: i32, t: i32, fresh: i32, n: i32): void {
  const one = v128.load(ONE);
  const end = (<usize>value + n) << 3;
  let q = (<usize>omega) << 3;
  let r = (<usize>total) << 3;
  let s = (<usize>a) << 3;
  let u = (<usize>l) << 3;
  let w = (<usize>t) << 3;
  for (let p = (<usize>value) << 3; p < end; p += 16, q += 16, r += 16, s += 16, u += 16, w += 16) {
    const bend = v128.load(q);
    const level = f64x2.add(v128.load(p), f64x2.mul(f64x2.add(one, bend), v128.load(r)));
    v128.store(s, f64x2.div(one, bend));
    v128.store(u, level);
    v128.store(w, fresh ? level : f64x2.pmax(v128.load(w), level));
  }
}

/** Adds e = exp(a (t - l)) to zeroth, a e to first, a^2 e to second, and writes e to out. */
export function addTerms(a: i32, l: i32, t: i32, out: i32, zeroth: i32, first: i32, second: i32, n: i32): void {
  const end = (<usize>a + n) << 3;
  let q = (<usize>l) << 3;
  let r = (<usize>t) << 3;
  let s = (<usize>out) << 3;
  let s0 = (<usize>zeroth) << 3;
  let s1 = (<usize>first) << 3;
  let s2 = (<usize>second) << 3;
  for (let p = (<usize>a) << 3; p < end; p += 16, q += 16, r += 16, s += 16, s0 += 16, s1 += 16, s2 += 16) {
    const slope = v128.load(p);
    const term = F64.exp(f64x2.mul(slope, f64x2.sub(v128.load(r), v128.load(q))));
    const sloped = f64x2.mul(slope, term);
    v128.store(s, term);
    v128.store(s0, f64x2.add(v128.load(s0), term));
    v128.store(s1, f64x2.add(v128.load(s1), sloped));
    v128.store(s2, f64x2.add(v128.load(s2), f64x2.mul(slope, sloped)));
  }
}

/** One step of Halley's iteration on ln zeroth(t) = 0, with the sums that addTerms made at t. Returns the largest |ln zeroth|. */
export function halleySteps(t: i32, zeroth: i32, first: i32, second: i32, n: i32): f64 {
  const zero = v128.load(ZERO);
  let most = zero;
  const end = (<usize>t + n) << 3;
  let s0 = (<usize>zeroth) << 3;
  let s1 = (<usize>first) << 3;
  let s2 = (<usize>second) << 3;
  for (let p = (<usize>t) << 3; p < end; p += 16, s0 += 16, s1 += 16, s2 += 16) {
    const sum = v128.load(s0);
    const value = F64.log(sum);
    const slope = f64x2.div(v128.load(s1), sum);
    const square = f64x2.mul(slope, slope);
    const curvature = f64x2.sub(f64x2.div(v128.load(s2), sum), square);
    const bend = f64x2.div(f64x2.mul(f64x2.mul(value, v128.load(HALF)), curvature), square);
    const step = f64x2.div(value, f64x2.mul(slope, f64x2.sub(v128.load(ONE), bend)));
    v128.store(p, f64x2.sub(v128.load(p), step));
    most = f64x2.max(most, f64x2.abs(value));
  }
  return Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

/** worst = the larger of worst and |ln y / a - (t - l)|, by which the first-order condition is missed in logs. */
export function worstGaps(y: i32, a: i32, l: i32, t: i32, worst: i32, n: i32): void {
  const end = (<usize>y + n) << 3;
  let q = (<usize>a) << 3;
  let r = (<usize>l) << 3;
  let s = (<usize>t) << 3;
  let w = (<usize>worst) << 3;
  for (let p = (<usize>y) << 3; p < end; p += 16, q += 16, r += 16, s += 16, w += 16) {
    const marginal = f64x2.div(F64.log(v128.load(p)), v128.load(q));
    const gap = f64x2.sub(marginal, f64x2.sub(v128.load(s), v128.load(r)));
    v128.store(w, f64x2.max(v128.load(w), f64x2.abs(gap)));
  }
}

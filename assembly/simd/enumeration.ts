// Passes over the terms of a root function (../enumerate/family.ts), two at a time. Widths are even; fields are as in ../enumerate/fields.ts.
// Minima and maxima are the quick ones, which NaN can slip through: nodes hold finite numbers, and sums that overflow exclude nothing.

import {
  BEND,
  DATA_ERROR,
  ERROR,
  FIRST,
  GROWTH,
  LEAST,
  LEAST_BEND,
  LEAST_SLOPE,
  LEVEL,
  LOGIT,
  MOST,
  MOST_BEND,
  MOST_SLOPE,
  NODE_HEAD,
  O,
  P,
  PEAK,
  POINT,
  Q,
  R,
  RATE,
  S,
  SCALE,
  SECOND,
  SIZE,
  SLACK,
  SLOPE,
  SLOPE_SLACK,
  TURN,
  VALUE,
  VALUE_SLACK,
  WEIGHT,
  Z,
} from "../equilibria/fields";
import { F64, HALF, ONE } from "./formulas";

const ZERO = memory.data<f64>([0.0, 0.0], 16);
const TWO = memory.data<f64>([2.0, 2.0], 16);
const FIVE = memory.data<f64>([5.0, 5.0], 16);
const QUARTER = memory.data<f64>([0.25, 0.25], 16);
const MINUS_HALF = memory.data<f64>([-0.5, -0.5], 16);
/** Bound of the relative error of a few operations, an exponential or a logarithm. */
const ROUNDING = memory.data<f64>([1e-15, 1e-15], 16);
const TWO_ROUNDINGS = memory.data<f64>([2e-15, 2e-15], 16);
const FOUR_ROUNDINGS = memory.data<f64>([4e-15, 4e-15], 16);

/** Formulas that the passes expand. */
class Pair {
  /** x where the mask is set, else y. */
  @inline
  static pick(mask: v128, x: v128, y: v128): v128 {
    return v128.bitselect(x, y, mask);
  }

  @inline
  static sum(x: v128): f64 {
    return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  }

  /** Whether a slope crosses 0: least < 0 < most. */
  @inline
  static crosses(least: v128, most: v128): v128 {
    return v128.and(f64x2.lt(least, v128.load(ZERO)), f64x2.gt(most, v128.load(ZERO)));
  }

  /** The most over [0, h] of what is x and y at its ends, with slopes in [least, most]. */
  @inline
  static top(x: v128, y: v128, least: v128, most: v128, h: v128): v128 {
    const reach = f64x2.sub(f64x2.sub(y, x), f64x2.mul(least, h));
    const rise = f64x2.pmin(f64x2.pmax(f64x2.div(reach, f64x2.sub(most, least)), v128.load(ZERO)), h);
    const ends = f64x2.pmax(x, y);
    const inside = f64x2.pmax(ends, f64x2.add(x, f64x2.mul(most, rise)));
    const crossing = v128.and(f64x2.lt(least, v128.load(ZERO)), f64x2.gt(most, v128.load(ZERO)));
    return v128.bitselect(inside, ends, crossing);
  }

  /** The least, likewise. */
  @inline
  static bottom(x: v128, y: v128, least: v128, most: v128, h: v128): v128 {
    const reach = f64x2.add(f64x2.sub(f64x2.mul(most, h), y), x);
    const fall = f64x2.pmin(f64x2.pmax(f64x2.div(reach, f64x2.sub(most, least)), v128.load(ZERO)), h);
    const ends = f64x2.pmin(x, y);
    const inside = f64x2.pmin(ends, f64x2.add(x, f64x2.mul(least, fall)));
    const crossing = v128.and(f64x2.lt(least, v128.load(ZERO)), f64x2.gt(most, v128.load(ZERO)));
    return v128.bitselect(inside, ends, crossing);
  }

  /** 1 / (1 + exp -v). */
  @inline
  static logistic(v: v128): v128 {
    const one = v128.load(ONE);
    return f64x2.div(one, f64x2.add(one, F64.exp(f64x2.neg(v))));
  }

  /** x times `small` where x is above 0, else times `large`: the least of x times what lies between; swap them for the most. */
  @inline
  static times(x: v128, small: v128, large: v128): v128 {
    return f64x2.mul(x, v128.bitselect(small, large, f64x2.gt(x, v128.load(ZERO))));
  }
}

/**
 * Two goods, at log relative price t: each agent's log wealth, the shares of good 1 and good 2 in what he owns, the rate and the turn;
 * and to `level` what split() is to solve.
 */
export function ownedShares(data: i32, node: i32, level: i32, t: f64, width: i32): void {
  const stride = (<usize>width) << 3;
  const at = f64x2.splat(t);
  const one = v128.load(ONE);
  let to = (<usize>(node + NODE_HEAD)) << 3;
  let out = (<usize>level) << 3;
  let from = (<usize>data) << 3;
  for (const end = from + stride; from < end; from += 16, to += 16, out += 16) {
    const p = v128.load(from + stride * P);
    const q = v128.load(from + stride * Q);
    const first = f64x2.add(at, v128.load(from + stride * FIRST));
    const second = v128.load(from + stride * SECOND);
    const e = F64.exp(f64x2.neg(f64x2.abs(f64x2.sub(first, second))));
    const larger = f64x2.div(one, f64x2.add(one, e));
    const smaller = f64x2.mul(e, larger);
    const mask = f64x2.gt(first, second);
    const r = Pair.pick(mask, larger, smaller);
    const wealth = f64x2.add(f64x2.pmax(first, second), F64.log1p(e));
    const less = f64x2.sub(one, p);
    const apart = f64x2.sub(q, p);
    v128.store(to + stride * WEIGHT, wealth);
    v128.store(to + stride * R, r);
    v128.store(to + stride * O, Pair.pick(mask, smaller, larger));
    v128.store(to + stride * RATE, r);
    v128.store(to + stride * TURN, f64x2.sub(f64x2.mul(apart, r), less));
    const fixed = f64x2.sub(v128.load(from + stride * LEVEL), f64x2.mul(at, less));
    v128.store(out, f64x2.add(fixed, f64x2.mul(apart, wealth)));
  }
}

/** A node's logits: the others' by weights that add up to 1, and their slopes N / D times `ahead` and `back`. */
export function guessLogits(
  data: i32,
  node: i32,
  left: i32,
  right: i32,
  weight: f64,
  ahead: f64,
  back: f64,
  width: i32,
): void {
  const stride = (<usize>width) << 3;
  const weightA = f64x2.splat(weight);
  const weightB = f64x2.splat(1 - weight);
  const stepA = f64x2.splat(ahead);
  const stepB = f64x2.splat(back);
  let a = (<usize>(left + NODE_HEAD)) << 3;
  let b = (<usize>(right + NODE_HEAD)) << 3;
  let to = (<usize>(node + NODE_HEAD)) << 3;
  let from = (<usize>data) << 3;
  for (const end = from + stride; from < end; from += 16, a += 16, b += 16, to += 16) {
    const p = v128.load(from + stride * P);
    const q = v128.load(from + stride * Q);
    const slopeA = f64x2.add(f64x2.mul(p, v128.load(a + stride * S)), f64x2.mul(q, v128.load(a + stride * Z)));
    const slopeB = f64x2.add(f64x2.mul(p, v128.load(b + stride * S)), f64x2.mul(q, v128.load(b + stride * Z)));
    const risen = f64x2.mul(stepA, f64x2.div(v128.load(a + stride * TURN), slopeA));
    const fallen = f64x2.mul(stepB, f64x2.div(v128.load(b + stride * TURN), slopeB));
    const logitA = f64x2.mul(weightA, v128.load(a + stride * LOGIT));
    const logitB = f64x2.mul(weightB, v128.load(b + stride * LOGIT));
    v128.store(to + stride * LOGIT, f64x2.add(f64x2.add(logitA, logitB), f64x2.add(risen, fallen)));
  }
}

/**
 * One step towards the root v of level + p softplus(-v) - q softplus(v) = 0, for every term, with z, s and softplus(-v) there to
 * second order in the step. Newton's step of third order (Halley). Returns the largest step.
 */
export function splitStep(data: i32, node: i32, level: i32, softplus: i32, width: i32): f64 {
  const stride = (<usize>width) << 3;
  const one = v128.load(ONE);
  const half = v128.load(HALF);
  const zero = v128.load(ZERO);
  let most = zero;
  let to = (<usize>(node + NODE_HEAD)) << 3;
  let at = (<usize>level) << 3;
  let out = (<usize>softplus) << 3;
  let from = (<usize>data) << 3;
  for (const end = from + stride; from < end; from += 16, to += 16, at += 16, out += 16) {
    const p = v128.load(from + stride * P);
    const q = v128.load(from + stride * Q);
    const v = v128.load(to + stride * LOGIT);
    const e = F64.exp(f64x2.neg(f64x2.abs(v)));
    const larger = f64x2.div(one, f64x2.add(one, e));
    const smaller = f64x2.mul(e, larger);
    const mask = f64x2.gt(v, zero);
    const z = Pair.pick(mask, larger, smaller);
    const s = Pair.pick(mask, smaller, larger);
    const log = F64.log1p(e);
    const below = f64x2.sub(log, f64x2.pmin(v, zero));
    const above = f64x2.add(log, f64x2.pmax(v, zero));
    const value = f64x2.sub(f64x2.add(v128.load(at), f64x2.mul(p, below)), f64x2.mul(q, above));
    const per = f64x2.div(one, f64x2.add(f64x2.mul(p, s), f64x2.mul(q, z)));
    const newton = f64x2.mul(value, per);
    const zs = f64x2.mul(z, s);
    const curve = f64x2.mul(f64x2.mul(f64x2.mul(half, newton), f64x2.mul(f64x2.sub(q, p), zs)), per);
    const step = f64x2.div(newton, f64x2.add(one, f64x2.pmin(f64x2.pmax(curve, v128.load(MINUS_HALF)), one)));
    most = f64x2.max(most, f64x2.abs(step));
    const moved = f64x2.mul(f64x2.mul(zs, step), f64x2.add(one, f64x2.mul(f64x2.mul(half, f64x2.sub(s, z)), step)));
    v128.store(to + stride * LOGIT, f64x2.add(v, step));
    v128.store(to + stride * Z, f64x2.add(z, moved));
    v128.store(to + stride * S, f64x2.sub(s, moved));
    const shorter = f64x2.sub(one, f64x2.mul(f64x2.mul(half, z), step));
    v128.store(out, f64x2.sub(below, f64x2.mul(f64x2.mul(s, step), shorter)));
  }
  return Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

/** Bounds the rounding errors of a node; with two agents, also ln M and its rate. */
export function nodeErrors(data: i32, node: i32, softplus: i32, t: f64, twoGoods: i32, width: i32): void {
  const stride = (<usize>width) << 3;
  const one = v128.load(ONE);
  const size = f64x2.splat(Math.abs(t));
  let to = (<usize>(node + NODE_HEAD)) << 3;
  let at = (<usize>softplus) << 3;
  let from = (<usize>data) << 3;
  for (const end = from + stride; from < end; from += 16, to += 16, at += 16) {
    const p = v128.load(from + stride * P);
    const q = v128.load(from + stride * Q);
    const below = v128.load(at);
    const wanted = f64x2.mul(p, v128.load(to + stride * S));
    const per = f64x2.div(one, f64x2.add(wanted, f64x2.mul(q, v128.load(to + stride * Z))));
    const above = f64x2.mul(q, f64x2.abs(f64x2.add(below, v128.load(to + stride * LOGIT))));
    const spent = f64x2.mul(p, below);
    const parts = f64x2.add(f64x2.abs(v128.load(from + stride * LEVEL)), f64x2.add(spent, above));
    let error: v128;
    if (twoGoods) {
      const wealth = f64x2.add(f64x2.add(f64x2.abs(v128.load(to + stride * WEIGHT)), size), one);
      const priced = f64x2.mul(size, f64x2.abs(f64x2.sub(one, p)));
      const owned = f64x2.mul(f64x2.abs(f64x2.sub(q, p)), wealth);
      error = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(parts, priced), owned), per), wealth);
    } else {
      v128.store(to + stride * WEIGHT, f64x2.add(v128.load(from + stride * FIRST), spent));
      v128.store(to + stride * RATE, f64x2.mul(wanted, per));
      const all = f64x2.add(parts, size);
      error = f64x2.add(f64x2.mul(all, per), all);
    }
    const given = v128.load(from + stride * DATA_ERROR);
    v128.store(to + stride * ERROR, f64x2.add(f64x2.mul(v128.load(ROUNDING), error), given));
  }
}

/** Writes a node's value, slope and what belongs to them; all but the growth times exp(-scale). */
export function nodeSums(data: i32, node: i32, width: i32): void {
  const stride = (<usize>width) << 3;
  const one = v128.load(ONE);
  const two = v128.load(TWO);
  const rounding = v128.load(ROUNDING);
  const head = (<usize>node) << 3;
  const scale = f64x2.splat(load<f64>(head + (SCALE << 3)));
  let value = v128.load(ZERO);
  let valueSlack = value;
  let slopes = value;
  let slopeSlack = value;
  let grown = value;
  let gaps = value;
  let size = value;
  let at = (<usize>(node + NODE_HEAD)) << 3;
  let from = (<usize>data) << 3;
  for (const end = from + stride; from < end; from += 16, at += 16) {
    const p = v128.load(from + stride * P);
    const q = v128.load(from + stride * Q);
    const z = v128.load(at + stride * Z);
    const s = v128.load(at + stride * S);
    const r = v128.load(at + stride * R);
    const o = v128.load(at + stride * O);
    const error = v128.load(at + stride * ERROR);
    const weight = F64.exp(f64x2.sub(v128.load(at + stride * WEIGHT), scale));
    const byFirst = f64x2.add(z, r);
    const bySecond = f64x2.add(s, o);
    const gross = f64x2.pmin(byFirst, bySecond);
    const gap = Pair.pick(f64x2.lt(byFirst, bySecond), f64x2.sub(z, r), f64x2.sub(o, s));
    const distance = f64x2.abs(gap);
    const wanted = f64x2.mul(p, s);
    const per = f64x2.div(one, f64x2.add(wanted, f64x2.mul(q, z)));
    const effect = f64x2.mul(wanted, per);
    const zs = f64x2.mul(z, s);
    const kappa = f64x2.mul(zs, per);
    const moved = f64x2.add(zs, f64x2.mul(r, o));
    const doubt = f64x2.mul(error, f64x2.add(distance, moved));
    const wider = f64x2.mul(error, f64x2.add(f64x2.add(distance, kappa), f64x2.add(distance, kappa)));
    const widest = f64x2.add(wider, f64x2.mul(error, moved));
    const coarse = f64x2.mul(f64x2.mul(two, rounding), f64x2.add(gross, kappa));
    const weighed = f64x2.mul(weight, distance);
    value = f64x2.add(value, f64x2.mul(weight, gap));
    valueSlack = f64x2.add(valueSlack, f64x2.mul(weight, f64x2.add(doubt, f64x2.mul(rounding, gross))));
    slopes = f64x2.add(slopes, f64x2.mul(weight, f64x2.sub(f64x2.mul(effect, gap), kappa)));
    slopeSlack = f64x2.add(slopeSlack, f64x2.mul(weight, f64x2.add(widest, coarse)));
    grown = f64x2.add(grown, f64x2.mul(weighed, effect));
    gaps = f64x2.add(gaps, weighed);
    size = f64x2.add(size, f64x2.mul(weight, gross));
  }
  const gap = Pair.sum(gaps);
  store<f64>(head + (VALUE << 3), Pair.sum(value));
  store<f64>(head + (VALUE_SLACK << 3), Pair.sum(valueSlack));
  store<f64>(head + (SLOPE << 3), Pair.sum(slopes));
  store<f64>(head + (SLOPE_SLACK << 3), Pair.sum(slopeSlack));
  store<f64>(head + (GROWTH << 3), gap > 0 ? Pair.sum(grown) / gap : 0.5);
  store<f64>(head + (SIZE << 3), Pair.sum(size));
}

/**
 * Bounds over the interval between two nodes of g(t) = exp(-c (t - left)) f(t), f the root function, and of its first two derivatives, all
 * times exp(-scale), rounding included; and to SLACK the part of rounding in those of g. `moves`: 1 where r changes with t, else 0.
 */
export function intervalSums(
  data: i32,
  left: i32,
  right: i32,
  c: f64,
  scale: f64,
  moves: f64,
  sums: i32,
  width: i32,
): void {
  const stride = (<usize>width) << 3;
  const zero = v128.load(ZERO);
  const one = v128.load(ONE);
  const length = load<f64>((<usize>(right + POINT)) << 3) - load<f64>((<usize>(left + POINT)) << 3);
  const h = f64x2.splat(length);
  const longer = f64x2.splat(1 + length);
  const growth = f64x2.splat(c);
  const scaleA = f64x2.splat(scale);
  const scaleB = f64x2.splat(scale + c * length);
  const moving = f64x2.splat(moves);
  let least = zero;
  let most = zero;
  let leastSlope = zero;
  let mostSlope = zero;
  let leastBend = zero;
  let mostBend = zero;
  let slacks = zero;
  let a = (<usize>(left + NODE_HEAD)) << 3;
  let b = (<usize>(right + NODE_HEAD)) << 3;
  let from = (<usize>data) << 3;
  for (const end = from + stride; from < end; from += 16, a += 16, b += 16) {
    const p = v128.load(from + stride * P);
    const q = v128.load(from + stride * Q);
    const error = f64x2.mul(longer, f64x2.pmax(v128.load(a + stride * ERROR), v128.load(b + stride * ERROR)));

    // The range of v, from its slope N / D, and with it those of z, s and D.
    const turnA = v128.load(a + stride * TURN);
    const turnB = v128.load(b + stride * TURN);
    const turnLow = f64x2.pmin(turnA, turnB);
    const turnHigh = f64x2.pmax(turnA, turnB);
    const va = v128.load(a + stride * LOGIT);
    const vb = v128.load(b + stride * LOGIT);
    let low = f64x2.pmin(va, vb);
    let high = f64x2.pmax(va, vb);
    if (v128.any_true(Pair.crosses(turnLow, turnHigh))) {
      // Once with D between p and q, then with its range over what that leaves of z.
      let steep = f64x2.pmin(p, q);
      let flat = f64x2.pmax(p, q);
      for (let pass = 0; pass < 2; pass++) {
        if (pass > 0) {
          const least = f64x2.sub(low, error);
          const most = f64x2.add(high, error);
          const first = f64x2.mul(p, Pair.logistic(f64x2.neg(least)));
          const second = f64x2.mul(p, Pair.logistic(f64x2.neg(most)));
          const slopeA = f64x2.add(first, f64x2.mul(q, Pair.logistic(least)));
          const slopeB = f64x2.add(second, f64x2.mul(q, Pair.logistic(most)));
          steep = f64x2.pmin(slopeA, slopeB);
          flat = f64x2.pmax(slopeA, slopeB);
        }
        const falling = f64x2.div(turnLow, Pair.pick(f64x2.lt(turnLow, zero), steep, flat));
        const rising = f64x2.div(turnHigh, Pair.pick(f64x2.gt(turnHigh, zero), steep, flat));
        low = Pair.bottom(va, vb, falling, rising, h);
        high = Pair.top(va, vb, falling, rising, h);
      }
    }
    low = f64x2.sub(low, error);
    high = f64x2.add(high, error);
    let e = F64.exp(f64x2.neg(f64x2.abs(low)));
    let larger = f64x2.div(one, f64x2.add(one, e));
    let smaller = f64x2.mul(e, larger);
    let mask = f64x2.gt(low, zero);
    const zLow = Pair.pick(mask, larger, smaller);
    const sHigh = Pair.pick(mask, smaller, larger);
    e = F64.exp(f64x2.neg(f64x2.abs(high)));
    larger = f64x2.div(one, f64x2.add(one, e));
    smaller = f64x2.mul(e, larger);
    mask = f64x2.gt(high, zero);
    const zHigh = Pair.pick(mask, larger, smaller);
    const sLow = Pair.pick(mask, smaller, larger);
    const perA = f64x2.div(one, f64x2.add(f64x2.mul(p, sHigh), f64x2.mul(q, zLow)));
    const perB = f64x2.div(one, f64x2.add(f64x2.mul(p, sLow), f64x2.mul(q, zHigh)));
    const perLow = f64x2.pmin(perA, perB);
    const perHigh = f64x2.pmax(perA, perB);
    const effectLow = f64x2.mul(f64x2.mul(p, sLow), perB);
    const effectHigh = f64x2.mul(f64x2.mul(p, sHigh), perA);
    const kappaA = f64x2.mul(f64x2.mul(zLow, sHigh), perA);
    const kappaB = f64x2.mul(f64x2.mul(zHigh, sLow), perB);
    const kappaLow = f64x2.pmin(kappaA, kappaB);
    const bend = v128.load(from + stride * BEND);
    const peaks = v128.and(f64x2.lt(zLow, bend), f64x2.lt(bend, zHigh));
    const kappaHigh = Pair.pick(peaks, v128.load(from + stride * PEAK), f64x2.pmax(kappaA, kappaB));

    // The gap B = z - r = o - s, the way that loses less; from the ranges, and from its slope kappa N - r o.
    const ra = v128.load(a + stride * R);
    const rb = v128.load(b + stride * R);
    const oa = v128.load(a + stride * O);
    const ob = v128.load(b + stride * O);
    const firstGross = f64x2.add(zHigh, rb);
    const secondGross = f64x2.add(sHigh, oa);
    const byFirst = f64x2.lt(firstGross, secondGross);
    const gross = f64x2.pmin(firstGross, secondGross);
    const ownA = f64x2.mul(ra, oa);
    const ownB = f64x2.mul(rb, ob);
    const half = v128.load(HALF);
    const straddles = v128.and(f64x2.lt(ra, half), f64x2.gt(rb, half));
    const own = Pair.pick(straddles, v128.load(QUARTER), f64x2.pmax(ownA, ownB));
    const gapA = Pair.pick(byFirst, f64x2.sub(v128.load(a + stride * Z), ra), f64x2.sub(oa, v128.load(a + stride * S)));
    const gapB = Pair.pick(byFirst, f64x2.sub(v128.load(b + stride * Z), rb), f64x2.sub(ob, v128.load(b + stride * S)));
    const sinking = f64x2.sub(Pair.times(turnLow, kappaLow, kappaHigh), f64x2.mul(moving, own));
    const climbing = f64x2.sub(Pair.times(turnHigh, kappaHigh, kappaLow), f64x2.mul(moving, f64x2.pmin(ownA, ownB)));
    const gapError = f64x2.add(
      f64x2.mul(error, f64x2.add(own, f64x2.pmin(zHigh, sHigh))),
      f64x2.mul(v128.load(ROUNDING), gross),
    );
    const gapLow = f64x2.pmax(
      Pair.pick(byFirst, f64x2.sub(zLow, rb), f64x2.sub(ob, sHigh)),
      f64x2.sub(Pair.bottom(gapA, gapB, sinking, climbing, h), gapError),
    );
    const gapHigh = f64x2.pmin(
      Pair.pick(byFirst, f64x2.sub(zHigh, ra), f64x2.sub(oa, sLow)),
      f64x2.add(Pair.top(gapA, gapB, sinking, climbing, h), gapError),
    );
    const gap = f64x2.pmax(f64x2.abs(gapLow), f64x2.abs(gapHigh));

    // The weight: its log is convex, so largest at an end and above its tangents there.
    const la = f64x2.sub(v128.load(a + stride * WEIGHT), scaleA);
    const lb = f64x2.sub(v128.load(b + stride * WEIGHT), scaleB);
    const rateLeft = v128.load(a + stride * RATE);
    const rateRight = v128.load(b + stride * RATE);
    const rateA = f64x2.sub(rateLeft, growth);
    const rateB = f64x2.sub(rateRight, growth);
    const tangents = f64x2.div(f64x2.sub(f64x2.sub(lb, la), f64x2.mul(rateB, h)), f64x2.sub(rateA, rateB));
    const meeting = f64x2.add(la, f64x2.mul(rateA, tangents));
    const lower = Pair.pick(f64x2.lt(rateA, zero), lb, la);
    const weightLow = F64.exp(Pair.pick(Pair.crosses(rateA, rateB), meeting, lower));
    const weightHigh = F64.exp(f64x2.pmax(la, lb));

    // The three brackets that the weight multiplies.
    const shiftLow = f64x2.sub(effectLow, growth);
    const shiftHigh = f64x2.sub(effectHigh, growth);
    const p1 = f64x2.mul(shiftLow, gapLow);
    const p2 = f64x2.mul(shiftLow, gapHigh);
    const p3 = f64x2.mul(shiftHigh, gapLow);
    const p4 = f64x2.mul(shiftHigh, gapHigh);
    const slopeLeast = f64x2.sub(f64x2.pmin(f64x2.pmin(p1, p2), f64x2.pmin(p3, p4)), kappaHigh);
    const slopeMost = f64x2.sub(f64x2.pmax(f64x2.pmax(p1, p2), f64x2.pmax(p3, p4)), kappaLow);

    const pq = f64x2.mul(p, q);
    const bentA = f64x2.sub(f64x2.mul(p, f64x2.mul(sHigh, sHigh)), f64x2.mul(q, f64x2.mul(zLow, zLow)));
    const bentB = f64x2.sub(f64x2.mul(p, f64x2.mul(sLow, sLow)), f64x2.mul(q, f64x2.mul(zHigh, zHigh)));
    const turning = f64x2.add(f64x2.mul(bentA, perA), f64x2.mul(pq, Pair.times(gapHigh, perHigh, perLow)));
    const returning = f64x2.add(f64x2.mul(bentB, perB), f64x2.mul(pq, Pair.times(gapLow, perLow, perHigh)));
    const vLow = Pair.times(turnLow, perLow, perHigh);
    const vHigh = Pair.times(turnHigh, perHigh, perLow);
    const t1 = f64x2.mul(vLow, returning);
    const t2 = f64x2.mul(vLow, turning);
    const t3 = f64x2.mul(vHigh, returning);
    const t4 = f64x2.mul(vHigh, turning);
    const twice = f64x2.add(growth, growth);
    const leadBase = f64x2.sub(f64x2.add(effectLow, rateLeft), twice);
    const lagBase = f64x2.sub(f64x2.add(effectHigh, rateRight), twice);
    const lead = f64x2.add(leadBase, f64x2.pmin(f64x2.pmin(t1, t2), f64x2.pmin(t3, t4)));
    const lag = f64x2.add(lagBase, f64x2.pmax(f64x2.pmax(t1, t2), f64x2.pmax(t3, t4)));
    const squareLow = f64x2.mul(shiftLow, shiftLow);
    const squareHigh = f64x2.mul(shiftHigh, shiftHigh);
    const square = f64x2.pmax(squareLow, squareHigh);
    const leastSquare = Pair.pick(Pair.crosses(shiftLow, shiftHigh), zero, f64x2.pmin(squareLow, squareHigh));
    const bendLeast = f64x2.sub(Pair.times(gapLow, leastSquare, square), Pair.times(lag, kappaHigh, kappaLow));
    const bendMost = f64x2.sub(Pair.times(gapHigh, square, leastSquare), Pair.times(lead, kappaLow, kappaHigh));

    // Rounding: of r, of the weight, and of the few operations above.
    const noise = f64x2.add(error, v128.load(FOUR_ROUNDINGS));
    const doubt = f64x2.add(f64x2.mul(noise, f64x2.add(gap, own)), f64x2.mul(v128.load(TWO_ROUNDINGS), gross));
    const slack = f64x2.mul(weightHigh, doubt);
    const kappaSlack = f64x2.mul(f64x2.mul(weightHigh, noise), kappaHigh);
    const slopeSlack = f64x2.add(slack, kappaSlack);
    const speed = f64x2.add(one, f64x2.pmax(f64x2.abs(vLow), f64x2.abs(vHigh)));
    const turns = f64x2.add(v128.load(FIVE), f64x2.pmax(f64x2.abs(lead), f64x2.abs(lag)));
    const bendSlack = f64x2.mul(speed, f64x2.add(slack, f64x2.mul(kappaSlack, turns)));
    least = f64x2.add(least, f64x2.sub(Pair.times(gapLow, weightLow, weightHigh), slack));
    most = f64x2.add(most, f64x2.add(Pair.times(gapHigh, weightHigh, weightLow), slack));
    leastSlope = f64x2.add(leastSlope, f64x2.sub(Pair.times(slopeLeast, weightLow, weightHigh), slopeSlack));
    mostSlope = f64x2.add(mostSlope, f64x2.add(Pair.times(slopeMost, weightHigh, weightLow), slopeSlack));
    leastBend = f64x2.add(leastBend, f64x2.sub(Pair.times(bendLeast, weightLow, weightHigh), bendSlack));
    mostBend = f64x2.add(mostBend, f64x2.add(Pair.times(bendMost, weightHigh, weightLow), bendSlack));
    slacks = f64x2.add(slacks, slack);
  }
  const to = (<usize>sums) << 3;
  store<f64>(to + (LEAST << 3), Pair.sum(least));
  store<f64>(to + (MOST << 3), Pair.sum(most));
  store<f64>(to + (LEAST_SLOPE << 3), Pair.sum(leastSlope));
  store<f64>(to + (MOST_SLOPE << 3), Pair.sum(mostSlope));
  store<f64>(to + (LEAST_BEND << 3), Pair.sum(leastBend));
  store<f64>(to + (MOST_BEND << 3), Pair.sum(mostBend));
  store<f64>(to + (SLACK << 3), Pair.sum(slacks));
}

// Passes over the terms of a root function (rootFunction.ts), LANES at a time. Widths are multiples
// of LANES; fields are as in fields.ts. NaN can slip through minima and maxima here (pmin, pmax):
// nodes hold finite numbers, and sums that overflow exclude nothing.

import { doubles } from "../simd/memory";
import {
  abs,
  all,
  anyOf,
  exp,
  LANES,
  log1p,
  Mask,
  max,
  maxOf,
  pmax,
  pmin,
  select,
  sumOf,
  Vector,
  vectors,
} from "../simd/vector";
import * as field from "./fields";
import { PASS_ROUNDING } from "./rounding";

/** Whether a slope crosses 0: least < 0 < most. */
function crosses(least: Vector, most: Vector): Mask {
  return (least < all(0)) & (most > all(0));
}

/** The most over [0, h] of what is x and y at its ends, with slopes in [least, most]. */
function top(x: Vector, y: Vector, least: Vector, most: Vector, h: Vector): Vector {
  const rise = pmin(pmax((y - x - least * h) / (most - least), all(0)), h);
  const ends = pmax(x, y);
  return select(crosses(least, most), pmax(ends, x + most * rise), ends);
}

/** The least, likewise. */
function bottom(x: Vector, y: Vector, least: Vector, most: Vector, h: Vector): Vector {
  const fall = pmin(pmax((most * h - y + x) / (most - least), all(0)), h);
  const ends = pmin(x, y);
  return select(crosses(least, most), pmin(ends, x + least * fall), ends);
}

/** 1 / (1 + exp -v). */
function logistic(v: Vector): Vector {
  const one = all(1);
  return one / (one + exp(-v));
}

/**
 * x times `small` where x is above 0, else times `large`: the least of x times what lies between;
 * swap them for the most.
 */
function times(x: Vector, small: Vector, large: Vector): Vector {
  return x * select(x > all(0), small, large);
}

/**
 * Two goods, at log relative price t: each agent's log wealth, the shares of good 1 and good 2 in
 * its endowment, the slope of the log weight and the numerator of the logit's slope; and to `level`
 * the constants of splitStep().
 */
export function ownedShares(data: i32, node: i32, level: i32, t: f64, width: i32): void {
  const d = vectors;
  const at = all(t);
  const one = all(1);
  const to = node + field.NODE_HEAD;
  for (let k = 0; k < width; k += LANES) {
    const p = d[data + field.P * width + k];
    const q = d[data + field.Q * width + k];
    const first = at + d[data + field.FIRST * width + k];
    const second = d[data + field.SECOND * width + k];
    const e = exp(-abs(first - second));
    const larger = one / (one + e);
    const smaller = e * larger;
    const mask = first > second;
    const r = select(mask, larger, smaller);
    const wealth = pmax(first, second) + log1p(e);
    const less = one - p;
    const apart = q - p;
    d[to + field.WEIGHT * width + k] = wealth;
    d[to + field.R * width + k] = r;
    d[to + field.O * width + k] = select(mask, smaller, larger);
    d[to + field.WEIGHT_SLOPE * width + k] = r;
    d[to + field.LOGIT_SLOPE_NUMERATOR * width + k] = apart * r - less;
    const fixed = d[data + field.LEVEL * width + k] - at * less;
    d[level + k] = fixed + apart * wealth;
  }
}

/**
 * A node's logits: the others' by weights that add up to 1, and their slopes N / D times `ahead`
 * and `back`.
 */
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
  const d = vectors;
  const weightA = all(weight);
  const weightB = all(1 - weight);
  const stepA = all(ahead);
  const stepB = all(back);
  const a = left + field.NODE_HEAD;
  const b = right + field.NODE_HEAD;
  const to = node + field.NODE_HEAD;
  for (let k = 0; k < width; k += LANES) {
    const p = d[data + field.P * width + k];
    const q = d[data + field.Q * width + k];
    const slopeA = p * d[a + field.S * width + k] + q * d[a + field.Z * width + k];
    const slopeB = p * d[b + field.S * width + k] + q * d[b + field.Z * width + k];
    const risen = stepA * (d[a + field.LOGIT_SLOPE_NUMERATOR * width + k] / slopeA);
    const fallen = stepB * (d[b + field.LOGIT_SLOPE_NUMERATOR * width + k] / slopeB);
    const logitA = weightA * d[a + field.LOGIT * width + k];
    const logitB = weightB * d[b + field.LOGIT * width + k];
    d[to + field.LOGIT * width + k] = logitA + logitB + (risen + fallen);
  }
}

/**
 * One step towards the root v of level + p softplus(-v) - q softplus(v) = 0, for every term, with
 * z, s and softplus(-v) there to second order in the step. Newton's step of third order (Halley).
 * Returns the largest step.
 */
export function splitStep(data: i32, node: i32, level: i32, softplus: i32, width: i32): f64 {
  const d = vectors;
  const one = all(1);
  const half = all(0.5);
  const zero = all(0);
  let largest = zero;
  const to = node + field.NODE_HEAD;
  for (let k = 0; k < width; k += LANES) {
    const p = d[data + field.P * width + k];
    const q = d[data + field.Q * width + k];
    const v = d[to + field.LOGIT * width + k];
    const e = exp(-abs(v));
    const larger = one / (one + e);
    const smaller = e * larger;
    const mask = v > zero;
    const z = select(mask, larger, smaller);
    const s = select(mask, smaller, larger);
    const log = log1p(e);
    const below = log - pmin(v, zero);
    const above = log + pmax(v, zero);
    const value = d[level + k] + p * below - q * above;
    const per = one / (p * s + q * z);
    const newton = value * per;
    const zs = z * s;
    const curve = half * newton * ((q - p) * zs) * per;
    const step = newton / (one + pmin(pmax(curve, all(-0.5)), one));
    largest = max(largest, abs(step));
    const moved = zs * step * (one + half * (s - z) * step);
    d[to + field.LOGIT * width + k] = v + step;
    d[to + field.Z * width + k] = z + moved;
    d[to + field.S * width + k] = s - moved;
    const shorter = one - half * z * step;
    d[softplus + k] = below - s * step * shorter;
  }
  return maxOf(largest);
}

/** Bounds the rounding errors of a node; with two agents, also ln M and its rate. */
export function nodeErrors(data: i32, node: i32, softplus: i32, t: f64, twoGoods: i32, width: i32): void {
  const d = vectors;
  const one = all(1);
  const size = all(Math.abs(t));
  const to = node + field.NODE_HEAD;
  for (let k = 0; k < width; k += LANES) {
    const p = d[data + field.P * width + k];
    const q = d[data + field.Q * width + k];
    const below = d[softplus + k];
    const wanted = p * d[to + field.S * width + k];
    const per = one / (wanted + q * d[to + field.Z * width + k]);
    const above = q * abs(below + d[to + field.LOGIT * width + k]);
    const spent = p * below;
    const parts = abs(d[data + field.LEVEL * width + k]) + (spent + above);
    let error = all(0);
    if (twoGoods) {
      const wealth = abs(d[to + field.WEIGHT * width + k]) + size + one;
      const priced = size * abs(one - p);
      const owned = abs(q - p) * wealth;
      error = (parts + priced + owned) * per + wealth;
    } else {
      d[to + field.WEIGHT * width + k] = d[data + field.FIRST * width + k] + spent;
      d[to + field.WEIGHT_SLOPE * width + k] = wanted * per;
      const whole = parts + size;
      error = whole * per + whole;
    }
    const given = d[data + field.DATA_ERROR * width + k];
    d[to + field.ERROR * width + k] = all(PASS_ROUNDING) * error + given;
  }
}

/** Writes a node's value, slope and what belongs to them; all but the growth times exp(-scale). */
export function nodeSums(data: i32, node: i32, width: i32): void {
  const d = vectors;
  const one = all(1);
  const two = all(2);
  const rounding = all(PASS_ROUNDING);
  const m = doubles;
  const scale = all(m[node + field.SCALE]);
  let value = all(0);
  let valueSlack = value;
  let slopes = value;
  let slopeSlack = value;
  let grown = value;
  let gaps = value;
  let size = value;
  const at = node + field.NODE_HEAD;
  for (let k = 0; k < width; k += LANES) {
    const p = d[data + field.P * width + k];
    const q = d[data + field.Q * width + k];
    const z = d[at + field.Z * width + k];
    const s = d[at + field.S * width + k];
    const r = d[at + field.R * width + k];
    const o = d[at + field.O * width + k];
    const error = d[at + field.ERROR * width + k];
    const weight = exp(d[at + field.WEIGHT * width + k] - scale);
    const byFirst = z + r;
    const bySecond = s + o;
    const gross = pmin(byFirst, bySecond);
    const gap = select(byFirst < bySecond, z - r, o - s);
    const distance = abs(gap);
    const wanted = p * s;
    const per = one / (wanted + q * z);
    const effect = wanted * per;
    const zs = z * s;
    const kappa = zs * per;
    const moved = zs + r * o;
    const doubt = error * (distance + moved);
    const wider = error * (distance + kappa + (distance + kappa));
    const widest = wider + error * moved;
    const coarse = two * rounding * (gross + kappa);
    const weighed = weight * distance;
    value = value + weight * gap;
    valueSlack = valueSlack + weight * (doubt + rounding * gross);
    slopes = slopes + weight * (effect * gap - kappa);
    slopeSlack = slopeSlack + weight * (widest + coarse);
    grown = grown + weighed * effect;
    gaps = gaps + weighed;
    size = size + weight * gross;
  }
  const gap = sumOf(gaps);
  m[node + field.VALUE] = sumOf(value);
  m[node + field.VALUE_SLACK] = sumOf(valueSlack);
  m[node + field.SLOPE] = sumOf(slopes);
  m[node + field.SLOPE_SLACK] = sumOf(slopeSlack);
  m[node + field.SCALING] = gap > 0 ? sumOf(grown) / gap : 0.5;
  m[node + field.SIZE] = sumOf(size);
}

/**
 * Bounds over the interval between two nodes of g(t) = exp(-c (t - left)) f(t), f the root
 * function, and of its first two derivatives, all times exp(-scale), rounding included; and to
 * SLACK the part of rounding in those of g. `moves`: 1 where r changes with t, else 0.
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
  const d = vectors;
  const zero = all(0);
  const one = all(1);
  const length = doubles[right + field.POINT] - doubles[left + field.POINT];
  const h = all(length);
  const longer = all(1 + length);
  const scaling = all(c);
  const scaleA = all(scale);
  const scaleB = all(scale + c * length);
  const moving = all(moves);
  let lower = zero;
  let upper = zero;
  let lowerSlope = zero;
  let upperSlope = zero;
  let lowerCurvature = zero;
  let upperCurvature = zero;
  let slacks = zero;
  const a = left + field.NODE_HEAD;
  const b = right + field.NODE_HEAD;
  for (let k = 0; k < width; k += LANES) {
    const p = d[data + field.P * width + k];
    const q = d[data + field.Q * width + k];
    const error = longer * pmax(d[a + field.ERROR * width + k], d[b + field.ERROR * width + k]);

    // The range of v, from its slope N / D, and with it those of z, s and D.
    const numeratorA = d[a + field.LOGIT_SLOPE_NUMERATOR * width + k];
    const numeratorB = d[b + field.LOGIT_SLOPE_NUMERATOR * width + k];
    const numeratorLow = pmin(numeratorA, numeratorB);
    const numeratorHigh = pmax(numeratorA, numeratorB);
    const va = d[a + field.LOGIT * width + k];
    const vb = d[b + field.LOGIT * width + k];
    let low = pmin(va, vb);
    let high = pmax(va, vb);
    if (anyOf(crosses(numeratorLow, numeratorHigh))) {
      // Once with D between p and q, then with its range over what that leaves of z.
      let denominatorLow = pmin(p, q);
      let denominatorHigh = pmax(p, q);
      for (let pass = 0; pass < 2; pass++) {
        if (pass > 0) {
          const least = low - error;
          const most = high + error;
          const first = p * logistic(-least);
          const second = p * logistic(-most);
          const slopeA = first + q * logistic(least);
          const slopeB = second + q * logistic(most);
          denominatorLow = pmin(slopeA, slopeB);
          denominatorHigh = pmax(slopeA, slopeB);
        }
        const falling = numeratorLow / select(numeratorLow < zero, denominatorLow, denominatorHigh);
        const rising = numeratorHigh / select(numeratorHigh > zero, denominatorLow, denominatorHigh);
        low = bottom(va, vb, falling, rising, h);
        high = top(va, vb, falling, rising, h);
      }
    }
    low = low - error;
    high = high + error;
    let e = exp(-abs(low));
    let larger = one / (one + e);
    let smaller = e * larger;
    let mask = low > zero;
    const zLow = select(mask, larger, smaller);
    const sHigh = select(mask, smaller, larger);
    e = exp(-abs(high));
    larger = one / (one + e);
    smaller = e * larger;
    mask = high > zero;
    const zHigh = select(mask, larger, smaller);
    const sLow = select(mask, smaller, larger);
    const perA = one / (p * sHigh + q * zLow);
    const perB = one / (p * sLow + q * zHigh);
    const perLow = pmin(perA, perB);
    const perHigh = pmax(perA, perB);
    const effectLow = p * sLow * perB;
    const effectHigh = p * sHigh * perA;
    const kappaA = zLow * sHigh * perA;
    const kappaB = zHigh * sLow * perB;
    const kappaLow = pmin(kappaA, kappaB);
    const peakPlace = d[data + field.PEAK_PLACE * width + k];
    const peaks = (zLow < peakPlace) & (peakPlace < zHigh);
    const kappaHigh = select(peaks, d[data + field.PEAK * width + k], pmax(kappaA, kappaB));

    // The gap B = z - r = o - s, the way that loses less; from the ranges, and from its slope kappa
    // N - r o.
    const ra = d[a + field.R * width + k];
    const rb = d[b + field.R * width + k];
    const oa = d[a + field.O * width + k];
    const ob = d[b + field.O * width + k];
    const firstGross = zHigh + rb;
    const secondGross = sHigh + oa;
    const byFirst = firstGross < secondGross;
    const gross = pmin(firstGross, secondGross);
    const ownA = ra * oa;
    const ownB = rb * ob;
    const half = all(0.5);
    const straddles = (ra < half) & (rb > half);
    const ownSlope = select(straddles, all(0.25), pmax(ownA, ownB));
    const gapA = select(byFirst, d[a + field.Z * width + k] - ra, oa - d[a + field.S * width + k]);
    const gapB = select(byFirst, d[b + field.Z * width + k] - rb, ob - d[b + field.S * width + k]);
    const gapSlopeLow = times(numeratorLow, kappaLow, kappaHigh) - moving * ownSlope;
    const gapSlopeHigh = times(numeratorHigh, kappaHigh, kappaLow) - moving * pmin(ownA, ownB);
    const gapError = error * (ownSlope + pmin(zHigh, sHigh)) + all(PASS_ROUNDING) * gross;
    const gapLow = pmax(
      select(byFirst, zLow - rb, ob - sHigh),
      bottom(gapA, gapB, gapSlopeLow, gapSlopeHigh, h) - gapError,
    );
    const gapHigh = pmin(
      select(byFirst, zHigh - ra, oa - sLow),
      top(gapA, gapB, gapSlopeLow, gapSlopeHigh, h) + gapError,
    );
    const gap = pmax(abs(gapLow), abs(gapHigh));

    // The weight: its log is convex, so largest at an end and above its tangents there.
    const la = d[a + field.WEIGHT * width + k] - scaleA;
    const lb = d[b + field.WEIGHT * width + k] - scaleB;
    const weightSlopeLeft = d[a + field.WEIGHT_SLOPE * width + k];
    const weightSlopeRight = d[b + field.WEIGHT_SLOPE * width + k];
    const slopeAtA = weightSlopeLeft - scaling;
    const slopeAtB = weightSlopeRight - scaling;
    const tangents = (lb - la - slopeAtB * h) / (slopeAtA - slopeAtB);
    const meeting = la + slopeAtA * tangents;
    const lowerEnd = select(slopeAtA < zero, lb, la);
    const weightLow = exp(select(crosses(slopeAtA, slopeAtB), meeting, lowerEnd));
    const weightHigh = exp(pmax(la, lb));

    // The three brackets that the weight multiplies.
    const shiftLow = effectLow - scaling;
    const shiftHigh = effectHigh - scaling;
    const p1 = shiftLow * gapLow;
    const p2 = shiftLow * gapHigh;
    const p3 = shiftHigh * gapLow;
    const p4 = shiftHigh * gapHigh;
    const bracketLower = pmin(pmin(p1, p2), pmin(p3, p4)) - kappaHigh;
    const bracketUpper = pmax(pmax(p1, p2), pmax(p3, p4)) - kappaLow;

    const pq = p * q;
    const numeratorSlopeA = p * (sHigh * sHigh) - q * (zLow * zLow);
    const numeratorSlopeB = p * (sLow * sLow) - q * (zHigh * zHigh);
    const turning = numeratorSlopeA * perA + pq * times(gapHigh, perHigh, perLow);
    const returning = numeratorSlopeB * perB + pq * times(gapLow, perLow, perHigh);
    const vLow = times(numeratorLow, perLow, perHigh);
    const vHigh = times(numeratorHigh, perHigh, perLow);
    const t1 = vLow * returning;
    const t2 = vLow * turning;
    const t3 = vHigh * returning;
    const t4 = vHigh * turning;
    const twice = scaling + scaling;
    const leadBase = effectLow + weightSlopeLeft - twice;
    const lagBase = effectHigh + weightSlopeRight - twice;
    const lead = leadBase + pmin(pmin(t1, t2), pmin(t3, t4));
    const lag = lagBase + pmax(pmax(t1, t2), pmax(t3, t4));
    const squareLow = shiftLow * shiftLow;
    const squareHigh = shiftHigh * shiftHigh;
    const square = pmax(squareLow, squareHigh);
    const squareLeast = select(crosses(shiftLow, shiftHigh), zero, pmin(squareLow, squareHigh));
    const curvatureLower = times(gapLow, squareLeast, square) - times(lag, kappaHigh, kappaLow);
    const curvatureUpper = times(gapHigh, square, squareLeast) - times(lead, kappaLow, kappaHigh);

    // Rounding: of r, of the weight, and of the few operations above.
    const noise = error + all(4 * PASS_ROUNDING);
    const doubt = noise * (gap + ownSlope) + all(2 * PASS_ROUNDING) * gross;
    const slack = weightHigh * doubt;
    const kappaSlack = weightHigh * noise * kappaHigh;
    const slopeSlack = slack + kappaSlack;
    const speed = one + pmax(abs(vLow), abs(vHigh));
    const turns = all(5) + pmax(abs(lead), abs(lag));
    const curvatureSlack = speed * (slack + kappaSlack * turns);
    lower = lower + (times(gapLow, weightLow, weightHigh) - slack);
    upper = upper + (times(gapHigh, weightHigh, weightLow) + slack);
    lowerSlope = lowerSlope + (times(bracketLower, weightLow, weightHigh) - slopeSlack);
    upperSlope = upperSlope + (times(bracketUpper, weightHigh, weightLow) + slopeSlack);
    lowerCurvature = lowerCurvature + (times(curvatureLower, weightLow, weightHigh) - curvatureSlack);
    upperCurvature = upperCurvature + (times(curvatureUpper, weightHigh, weightLow) + curvatureSlack);
    slacks = slacks + slack;
  }
  const m = doubles;
  m[sums + field.LOWER] = sumOf(lower);
  m[sums + field.UPPER] = sumOf(upper);
  m[sums + field.LOWER_SLOPE] = sumOf(lowerSlope);
  m[sums + field.UPPER_SLOPE] = sumOf(upperSlope);
  m[sums + field.LOWER_CURVATURE] = sumOf(lowerCurvature);
  m[sums + field.UPPER_CURVATURE] = sumOf(upperCurvature);
  m[sums + field.SLACK] = sumOf(slacks);
}

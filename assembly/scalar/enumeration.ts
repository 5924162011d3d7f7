// The passes of ../simd/enumeration.ts in plain arithmetic, for JavaScript engines.

import {
  BEND,
  DATA_ERROR,
  ERROR,
  FIRST,
  GROWTH,
  INTERVAL_SUMS,
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
import { doubles } from "./memory";

/** Bound of the relative error of a few operations, an exponential or a logarithm. */
const ROUNDING: f64 = 1e-15;

/**
 * Two goods, at log relative price t: each agent's log wealth, the shares of good 1 and good 2 in what he owns, the rate and the turn;
 * and to `level` what split() is to solve.
 */
export function ownedShares(data: i32, node: i32, level: i32, t: f64, width: i32): void {
  const d = doubles;
  const fields = node + NODE_HEAD;
  for (let k = 0; k < width; k++) {
    const p = d[data + P * width + k];
    const q = d[data + Q * width + k];
    const first = t + d[data + FIRST * width + k];
    const second = d[data + SECOND * width + k];
    const e = Math.exp(-Math.abs(first - second));
    const larger = 1 / (1 + e);
    const r = first > second ? larger : e * larger;
    const wealth = Math.max(first, second) + Math.log(1 + e);
    d[fields + WEIGHT * width + k] = wealth;
    d[fields + R * width + k] = r;
    d[fields + O * width + k] = first > second ? e * larger : larger;
    d[fields + RATE * width + k] = r;
    d[fields + TURN * width + k] = (q - p) * r - (1 - p);
    d[level + k] = d[data + LEVEL * width + k] - t * (1 - p) + (q - p) * wealth;
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
  const d = doubles;
  const from = left + NODE_HEAD;
  const to = right + NODE_HEAD;
  for (let k = 0; k < width; k++) {
    const p = d[data + P * width + k];
    const q = d[data + Q * width + k];
    const slopeA = d[from + TURN * width + k] / (p * d[from + S * width + k] + q * d[from + Z * width + k]);
    const slopeB = d[to + TURN * width + k] / (p * d[to + S * width + k] + q * d[to + Z * width + k]);
    const between = weight * d[from + LOGIT * width + k] + (1 - weight) * d[to + LOGIT * width + k];
    d[node + NODE_HEAD + LOGIT * width + k] = between + ahead * slopeA + back * slopeB;
  }
}

/**
 * One step towards the root v of level + p softplus(-v) - q softplus(v) = 0, for every term, with z, s and softplus(-v) there to
 * second order in the step. Newton's step of third order (Halley). Returns the largest step.
 */
export function splitStep(data: i32, node: i32, level: i32, softplus: i32, width: i32): f64 {
  const d = doubles;
  const fields = node + NODE_HEAD;
  let most: f64 = 0;
  for (let k = 0; k < width; k++) {
    const p = d[data + P * width + k];
    const q = d[data + Q * width + k];
    const v = d[fields + LOGIT * width + k];
    const e = Math.exp(-Math.abs(v));
    const sum = 1 + e;
    const larger = 1 / sum;
    const z = v > 0 ? larger : e * larger;
    const s = v > 0 ? e * larger : larger;
    const log = Math.log(sum) - (sum - 1 - e) * larger;
    const below = log - Math.min(v, 0);
    const value = d[level + k] + p * below - q * (log + Math.max(v, 0));
    const slope = p * s + q * z;
    const newton = value / slope;
    const bend = Math.min(Math.max((0.5 * newton * (q - p) * z * s) / slope, -0.5), 1);
    const step = newton / (1 + bend);
    most = Math.max(most, Math.abs(step));
    d[fields + LOGIT * width + k] = v + step;
    d[fields + Z * width + k] = z + z * s * step * (1 + 0.5 * (s - z) * step);
    d[fields + S * width + k] = s - z * s * step * (1 + 0.5 * (s - z) * step);
    d[softplus + k] = below - s * step * (1 - 0.5 * z * step);
  }
  return most;
}

/** Bounds the rounding errors of a node; with two agents, also ln M and its rate. */
export function nodeErrors(data: i32, node: i32, softplus: i32, t: f64, twoGoods: i32, width: i32): void {
  const d = doubles;
  const fields = node + NODE_HEAD;
  const size = Math.abs(t);
  for (let k = 0; k < width; k++) {
    const p = d[data + P * width + k];
    const q = d[data + Q * width + k];
    const below = d[softplus + k];
    const s = d[fields + S * width + k];
    const slope = p * s + q * d[fields + Z * width + k];
    const parts =
      Math.abs(d[data + LEVEL * width + k]) + p * below + q * Math.abs(below + d[fields + LOGIT * width + k]);
    let error: f64 = 0;
    if (twoGoods) {
      const wealth = Math.abs(d[fields + WEIGHT * width + k]) + size + 1;
      error = (parts + size * Math.abs(1 - p) + Math.abs(q - p) * wealth) / slope + wealth;
    } else {
      d[fields + WEIGHT * width + k] = d[data + FIRST * width + k] + p * below;
      d[fields + RATE * width + k] = (p * s) / slope;
      error = (parts + size) / slope + parts + size;
    }
    d[fields + ERROR * width + k] = ROUNDING * error + d[data + DATA_ERROR * width + k];
  }
}

/** Writes a node's value, slope and what belongs to them; all but the growth times exp(-scale). */
export function nodeSums(data: i32, node: i32, width: i32): void {
  const d = doubles;
  const fields = node + NODE_HEAD;
  const scale = d[node + SCALE];
  let value: f64 = 0;
  let valueSlack: f64 = 0;
  let slopes: f64 = 0;
  let slopeSlack: f64 = 0;
  let grown: f64 = 0;
  let gaps: f64 = 0;
  let size: f64 = 0;
  for (let k = 0; k < width; k++) {
    const p = d[data + P * width + k];
    const q = d[data + Q * width + k];
    const z = d[fields + Z * width + k];
    const s = d[fields + S * width + k];
    const r = d[fields + R * width + k];
    const o = d[fields + O * width + k];
    const error = d[fields + ERROR * width + k];
    const weight = Math.exp(d[fields + WEIGHT * width + k] - scale);
    const gross = Math.min(z + r, s + o);
    const gap = z + r < s + o ? z - r : o - s;
    const slope = p * s + q * z;
    const effect = (p * s) / slope;
    const kappa = (z * s) / slope;
    const moved = z * s + r * o;
    value += weight * gap;
    valueSlack += weight * (error * (Math.abs(gap) + moved) + ROUNDING * gross);
    slopes += weight * (effect * gap - kappa);
    slopeSlack += weight * (error * (2 * Math.abs(gap) + moved + 2 * kappa) + 2 * ROUNDING * (gross + kappa));
    grown += weight * Math.abs(gap) * effect;
    gaps += weight * Math.abs(gap);
    size += weight * gross;
  }
  d[node + VALUE] = value;
  d[node + VALUE_SLACK] = valueSlack;
  d[node + SLOPE] = slopes;
  d[node + SLOPE_SLACK] = slopeSlack;
  d[node + GROWTH] = gaps > 0 ? grown / gaps : 0.5;
  d[node + SIZE] = size;
}

let lowest: f64 = 0;
let highest: f64 = 0;

/** The range over [0, h] of a function that is x and y at its ends, with slopes in [least, most]: to lowest and highest. */
function hull(x: f64, y: f64, least: f64, most: f64, h: f64): void {
  lowest = Math.min(x, y);
  highest = Math.max(x, y);
  if (least < 0 && most > 0) {
    const across = 1 / (most - least);
    const rise = Math.min(Math.max((y - x - least * h) * across, 0), h);
    const fall = Math.min(Math.max((most * h - y + x) * across, 0), h);
    highest = Math.max(highest, x + most * rise);
    lowest = Math.min(lowest, x + least * fall);
  }
}

let share: f64 = 0;
let rest: f64 = 0;

/** 1 / (1 + exp -v) and 1 / (1 + exp v): to share and rest. */
function logistic(v: f64): void {
  const e = Math.exp(-Math.abs(v));
  const larger = 1 / (1 + e);
  share = v > 0 ? larger : e * larger;
  rest = v > 0 ? e * larger : larger;
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
  const d = doubles;
  const from = left + NODE_HEAD;
  const to = right + NODE_HEAD;
  const h = d[right + POINT] - d[left + POINT];
  for (let k = 0; k < INTERVAL_SUMS; k++) d[sums + k] = 0;
  for (let k = 0; k < width; k++) {
    const p = d[data + P * width + k];
    const q = d[data + Q * width + k];
    const error = (1 + h) * Math.max(d[from + ERROR * width + k], d[to + ERROR * width + k]);

    // The range of v, from its slope N / D, and with it those of z, s and D.
    const turnA = d[from + TURN * width + k];
    const turnB = d[to + TURN * width + k];
    const turnLow = Math.min(turnA, turnB);
    const turnHigh = Math.max(turnA, turnB);
    const va = d[from + LOGIT * width + k];
    const vb = d[to + LOGIT * width + k];
    let slopeLow = Math.min(p, q);
    const slopeHigh = Math.max(p, q);
    hull(va, vb, turnLow / (turnLow < 0 ? slopeLow : slopeHigh), turnHigh / (turnHigh > 0 ? slopeLow : slopeHigh), h);
    logistic(lowest - error);
    let zLow = share;
    let sHigh = rest;
    logistic(highest + error);
    let zHigh = share;
    let sLow = rest;
    if (turnLow < 0 && turnHigh > 0) {
      slopeLow = Math.min(p * sHigh + q * zLow, p * sLow + q * zHigh);
      hull(va, vb, turnLow / slopeLow, turnHigh / slopeLow, h);
      logistic(lowest - error);
      zLow = share;
      sHigh = rest;
      logistic(highest + error);
      zHigh = share;
      sLow = rest;
    }
    const slopeA = p * sHigh + q * zLow;
    const slopeB = p * sLow + q * zHigh;
    const perA = 1 / slopeA;
    const perB = 1 / slopeB;
    const perLow = Math.min(perA, perB);
    const perHigh = Math.max(perA, perB);
    const effectLow = p * sLow * perB;
    const effectHigh = p * sHigh * perA;
    const kappaA = zLow * sHigh * perA;
    const kappaB = zHigh * sLow * perB;
    const bend = d[data + BEND * width + k];
    const kappaLow = Math.min(kappaA, kappaB);
    const kappaHigh = zLow < bend && bend < zHigh ? d[data + PEAK * width + k] : Math.max(kappaA, kappaB);

    // The gap B = z - r = o - s, the way that loses less; from the ranges, and from its slope kappa N - r o.
    const ra = d[from + R * width + k];
    const rb = d[to + R * width + k];
    const oa = d[from + O * width + k];
    const ob = d[to + O * width + k];
    const byFirst = zHigh + rb < sHigh + oa;
    const gross = byFirst ? zHigh + rb : sHigh + oa;
    const ownA = ra * oa;
    const ownB = rb * ob;
    const own = ra < 0.5 && rb > 0.5 ? 0.25 : Math.max(ownA, ownB);
    const gapA = byFirst ? d[from + Z * width + k] - ra : oa - d[from + S * width + k];
    const gapB = byFirst ? d[to + Z * width + k] - rb : ob - d[to + S * width + k];
    hull(
      gapA,
      gapB,
      turnLow * (turnLow < 0 ? kappaHigh : kappaLow) - moves * own,
      turnHigh * (turnHigh > 0 ? kappaHigh : kappaLow) - moves * Math.min(ownA, ownB),
      h,
    );
    const gapError = error * (own + Math.min(zHigh, sHigh)) + ROUNDING * gross;
    const gapLow = Math.max(byFirst ? zLow - rb : ob - sHigh, lowest - gapError);
    const gapHigh = Math.min(byFirst ? zHigh - ra : oa - sLow, highest + gapError);
    const gap = Math.max(Math.abs(gapLow), Math.abs(gapHigh));

    // The weight: its log is convex, so largest at an end and above its tangents there.
    const la = d[from + WEIGHT * width + k] - scale;
    const lb = d[to + WEIGHT * width + k] - scale - c * h;
    const rateA = d[from + RATE * width + k] - c;
    const rateB = d[to + RATE * width + k] - c;
    let low = rateA < 0 ? lb : la;
    if (rateA < 0 && rateB > 0) low = la + (rateA * (lb - la - rateB * h)) / (rateA - rateB);
    const weightLow = Math.exp(low);
    const weightHigh = Math.exp(Math.max(la, lb));

    // The three brackets that the weight multiplies.
    const shiftLow = effectLow - c;
    const shiftHigh = effectHigh - c;
    const p1 = shiftLow * gapLow;
    const p2 = shiftLow * gapHigh;
    const p3 = shiftHigh * gapLow;
    const p4 = shiftHigh * gapHigh;
    const slopeLeast = Math.min(Math.min(p1, p2), Math.min(p3, p4)) - kappaHigh;
    const slopeMost = Math.max(Math.max(p1, p2), Math.max(p3, p4)) - kappaLow;

    const turning = (p * sHigh * sHigh - q * zLow * zLow) * perA + p * q * gapHigh * (gapHigh > 0 ? perHigh : perLow);
    const returning = (p * sLow * sLow - q * zHigh * zHigh) * perB + p * q * gapLow * (gapLow < 0 ? perHigh : perLow);
    const vLow = turnLow * (turnLow < 0 ? perHigh : perLow);
    const vHigh = turnHigh * (turnHigh > 0 ? perHigh : perLow);
    const t1 = vLow * returning;
    const t2 = vLow * turning;
    const t3 = vHigh * returning;
    const t4 = vHigh * turning;
    const lead = effectLow + d[from + RATE * width + k] - 2 * c + Math.min(Math.min(t1, t2), Math.min(t3, t4));
    const lag = effectHigh + d[to + RATE * width + k] - 2 * c + Math.max(Math.max(t1, t2), Math.max(t3, t4));
    const square = Math.max(shiftLow * shiftLow, shiftHigh * shiftHigh);
    const leastSquare = shiftLow < 0 && shiftHigh > 0 ? 0 : Math.min(shiftLow * shiftLow, shiftHigh * shiftHigh);
    const bendLeast = gapLow * (gapLow < 0 ? square : leastSquare) - lag * (lag > 0 ? kappaHigh : kappaLow);
    const bendMost = gapHigh * (gapHigh > 0 ? square : leastSquare) - lead * (lead < 0 ? kappaHigh : kappaLow);

    // Rounding: of r, of the weight, and of the few operations above.
    const noise = error + 4 * ROUNDING;
    const slack = weightHigh * (noise * (gap + own) + 2 * ROUNDING * gross);
    const slopeSlack = slack + weightHigh * noise * kappaHigh;
    const speed = 1 + Math.max(Math.abs(vLow), Math.abs(vHigh));
    const bendSlack = speed * (slack + weightHigh * noise * kappaHigh * (5 + Math.max(Math.abs(lead), Math.abs(lag))));
    d[sums + LEAST] += gapLow * (gapLow < 0 ? weightHigh : weightLow) - slack;
    d[sums + MOST] += gapHigh * (gapHigh > 0 ? weightHigh : weightLow) + slack;
    d[sums + LEAST_SLOPE] += slopeLeast * (slopeLeast < 0 ? weightHigh : weightLow) - slopeSlack;
    d[sums + MOST_SLOPE] += slopeMost * (slopeMost > 0 ? weightHigh : weightLow) + slopeSlack;
    d[sums + LEAST_BEND] += bendLeast * (bendLeast < 0 ? weightHigh : weightLow) - bendSlack;
    d[sums + MOST_BEND] += bendMost * (bendMost > 0 ? weightHigh : weightLow) + bendSlack;
    d[sums + SLACK] += slack;
  }
}

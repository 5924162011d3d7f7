// The fallback: from endowments at which an equilibrium is known, a planner's allocation, to the true ones, e(s) = (1 - s) x* + s e with
// s = 1 / (1 + exp(-r)), along the path of equilibria in (q, r) by arc length (Allgower & Georg 2003, Introduction to Numerical
// Continuation Methods, chapter 6), which may turn back in r. In r neither end is ever stepped on, however fast prices move there;
// on the way Newton's method is tried at s = 1.

import { factor, largestSize, lengthOf, solve } from "../math/linear";
import { logAdd } from "../math/logSumExp";
import { planInLogs } from "../planner/concaveGood";
import { doubles } from "../simd/memory";
import { evaluateDemand, forgetGuesses } from "./demand";
import { chooseModes, evaluateByParameter, evaluateFlow, evaluateJacobian, largestFlow } from "./flow";
import { newton } from "./safeguardedNewton";
import {
  ARRIVED,
  a,
  byParameter,
  correction,
  dle,
  FAILED,
  factors,
  GOES_ON,
  jacobian,
  la,
  le,
  ll,
  ly,
  m,
  n,
  nextTangent,
  owned,
  pivots,
  predicted,
  q,
  residual,
  scratch,
  tangent,
  trial,
} from "./state";

const FIRST_LENGTH: f64 = 0.2;
const GREATEST_LENGTH: f64 = 20;
const LEAST_LENGTH: f64 = 1e-12;
const CORRECTIONS = 8;
/** Newton at s = 1 is tried from r = 1.5 on, every further 1.5. */
const TRY_EVERY: f64 = 1.5;
/** By then what is left of the plan, exp(-r) of it, is far below what prices can make up for. */
const GREATEST_PARAMETER: f64 = 3000;
const MOST_STEPS = 3000;
const STARTS_BACK = 7;

let r: f64 = 0;
let least: f64 = 0; // of r: a path that falls below its start is lost
let length: f64 = 0;
let nextTry: f64 = 0;
let steps: i32 = 0;

/** Makes the true endowments the ones in force. */
export function useOwned(): void {
  const d = doubles;
  for (let c = 0; c < n * m; c++) d[le + c] = d[owned + c];
}

/** Prices q and allocation ly of the planner at log weights ll. */
export function planAtWeights(): void {
  forgetGuesses();
  const d = doubles;
  for (let j = 0; j < m; j++) d[q + j] = NaN;
  planInLogs(n, m, a, la, ll, q, ly, scratch);
}

/** Finds the path's first point, near the planner's allocation at log weights ll. */
export function startHomotopy(): i32 {
  const d = doubles;
  planAtWeights();
  let surplus: f64 = 0;
  for (let i = 0; i < n; i++) {
    let most = -Infinity;
    let planned = -Infinity;
    for (let j = 0; j < m; j++) {
      most = Math.max(most, d[q + j] + d[owned + i * m + j]);
      planned = Math.max(planned, d[q + j] + d[ly + i * m + j]);
    }
    surplus = Math.max(surplus, most - planned);
  }
  // Far enough back for the endowments to be all but those of the plan, as the flows see it, and farther where Newton's method fails.
  r = -surplus - 3;
  let back: f64 = 15;
  for (let attempt = 0; attempt < STARTS_BACK; attempt++) {
    if (attempt > 0) {
      planAtWeights();
      r -= back;
      back *= 2;
    }
    setParameter(r);
    if (newton(40, 100) && firstTangent()) {
      least = r - 30;
      length = FIRST_LENGTH;
      nextTry = TRY_EVERY;
      steps = 0;
      return GOES_ON;
    }
  }
  return FAILED;
}

/** The tangent at the path's first point, pointing to greater r. */
function firstTangent(): bool {
  const d = doubles;
  const dropped = largestFlow();
  for (let j = 0; j < m; j++) d[tangent + j] = 0;
  d[tangent + m] = 1;
  evaluateJacobian();
  evaluateByParameter();
  if (!augment(dropped)) return false;
  takeTangent(dropped);
  for (let j = 0; j <= m; j++) d[tangent + j] = d[nextTangent + j];
  return true;
}

/** Endowments at parameter value, and how they move with it. */
function setParameter(value: f64): void {
  const d = doubles;
  const s = 1 / (1 + Math.exp(-value));
  const rest = 1 / (1 + Math.exp(value));
  const logS = -logAdd(0, -value);
  const logRest = -logAdd(0, value);
  for (let c = 0; c < n * m; c++) {
    const planned = logRest + d[ly + c];
    const own = logS + d[owned + c];
    const sum = logAdd(planned, own);
    d[le + c] = sum;
    d[dle + c] = Math.exp(own - sum) * rest - Math.exp(planned - sum) * s;
  }
}

/** One step along the path, tried; where r has come far enough, Newton's method at its end. */
export function homotopyStep(): i32 {
  if (++steps > MOST_STEPS || length < LEAST_LENGTH || r < least || r > GREATEST_PARAMETER) return FAILED;
  if (!correctedStep()) {
    length *= 0.4;
    return GOES_ON;
  }
  const d = doubles;
  if (r < nextTry || d[tangent + m] <= 0) return GOES_ON;
  nextTry = r + TRY_EVERY;
  for (let j = 0; j < m; j++) d[predicted + j] = d[q + j];
  useOwned();
  if (newton(12, 5)) return ARRIVED;
  for (let j = 0; j < m; j++) d[q + j] = d[predicted + j];
  return GOES_ON;
}

/** Predicts along the tangent and corrects at right angles to it. Moves q, r, tangent and length only if all goes well. */
function correctedStep(): bool {
  const d = doubles;
  const dropped = largestFlow();
  regauge(dropped);
  for (let j = 0; j < m; j++) {
    d[predicted + j] = d[q + j] + length * d[tangent + j];
    d[trial + j] = d[predicted + j];
  }
  const predictedR = r + length * d[tangent + m];
  let at = predictedR;
  let before: f64 = 0;
  let first: f64 = 0;
  for (let round = 0; round < CORRECTIONS; round++) {
    setParameter(at);
    evaluateDemand(trial);
    chooseModes();
    if (!(evaluateFlow() < Infinity)) return false;
    evaluateJacobian();
    evaluateByParameter();
    if (!augment(dropped)) return false;
    let offset = d[tangent + m] * (at - predictedR);
    for (let j = 0; j < m; j++) offset += d[tangent + j] * (d[trial + j] - d[predicted + j]);
    for (let j = 0; j < m - 1; j++) d[correction + j] = -d[residual + (j < dropped ? j : j + 1)];
    d[correction + m - 1] = -offset;
    solve(factors, m, pivots, correction);
    const size = largestSize(correction, m);
    if (round === 0) first = size;
    if (!(round === 0 ? size <= 0.4 * length : size <= 0.5 * before)) return false;
    before = size;
    for (let j = 0; j < m - 1; j++) d[trial + (j < dropped ? j : j + 1)] += d[correction + j];
    at += d[correction + m - 1];
    if (size < 1e-7 * (1 + length)) {
      if (!turn(dropped)) return false;
      for (let j = 0; j < m; j++) d[q + j] = d[trial + j];
      r = at;
      length = Math.min(GREATEST_LENGTH, length * (first < 0.1 * length && round < 2 ? 2 : 1.3));
      return true;
    }
  }
  return false;
}

/** Measures log prices from that of the good now dropped. */
function regauge(dropped: i32): void {
  const d = doubles;
  const shift = d[tangent + dropped];
  if (shift === 0) return;
  for (let j = 0; j < m; j++) d[tangent + j] -= shift;
  normalise(tangent);
}

/** Factors the derivative of (F, position along the tangent) in (q without the good dropped, r). */
function augment(dropped: i32): bool {
  const d = doubles;
  let to = factors;
  for (let j = 0; j <= m; j++) {
    if (j === dropped) continue;
    for (let k = 0; k < m; k++) {
      if (k === dropped) continue;
      d[to] = j < m ? d[jacobian + j * m + k] : d[tangent + k];
      to++;
    }
    d[to] = j < m ? d[byParameter + j] : d[tangent + m];
    to++;
  }
  return factor(factors, m, pivots) !== 0;
}

/** Takes the tangent at the new point, unless it has turned too far from the old one. */
function turn(dropped: i32): bool {
  const d = doubles;
  takeTangent(dropped);
  let cosine: f64 = 0;
  for (let j = 0; j <= m; j++) cosine += d[tangent + j] * d[nextTangent + j];
  if (!(cosine >= 0.8)) return false;
  for (let j = 0; j <= m; j++) d[tangent + j] = d[nextTangent + j];
  return true;
}

/** nextTangent, from the factors of augment(): the direction in which F stays 0 and the old tangent leads on. */
function takeTangent(dropped: i32): void {
  const d = doubles;
  for (let j = 0; j < m - 1; j++) d[correction + j] = 0;
  d[correction + m - 1] = 1;
  solve(factors, m, pivots, correction);
  d[nextTangent + dropped] = 0;
  for (let j = 0; j < m - 1; j++) d[nextTangent + (j < dropped ? j : j + 1)] = d[correction + j];
  d[nextTangent + m] = d[correction + m - 1];
  normalise(nextTangent);
}

function normalise(vector: i32): void {
  const d = doubles;
  const size = lengthOf(vector, m + 1);
  for (let j = 0; j <= m; j++) d[vector + j] /= size;
}

// One equilibrium by a homotopy, if Newton's method has failed. Endowments move from a planner's
// allocation x*, at which an equilibrium is known, to the true ones: e(s) = (1 - s) x* + s e, with
// s = 1 / (1 + exp(-r)). The path of equilibria in (q, r) is followed by arc length, since it may
// turn back in r (Allgower & Georg 2003, Introduction to Numerical Continuation Methods, chapter
// 6). No step reaches either end in r, however fast prices move there. Newton's method at s = 1 is
// tried on the way.
//
// The same paths join equilibria of the true economy. At x* there is one equilibrium, so only one
// path leads there; traced back from any other equilibrium, a path turns and comes again to s = 1,
// at an equilibrium of the opposite index (Mas-Colell 1985, The Theory of General Economic
// Equilibrium, section 5.5). The search for all equilibria finds those that are missing by it.

import * as economy from "../economy/economy";
import { factor, largestSize, lengthOf, solve } from "../math/linear";
import { expLessRow, logAdd } from "../math/logSumExp";
import { planInLogs } from "../planner/concaveGood";
import { addScaled, log } from "../simd/blocks";
import { doubles } from "../simd/memory";
import { evaluateDemand, forgetGuesses } from "./demand";
import { evaluateFlow, evaluateJacobian, largestFlow } from "./flow";
import { attemptStep, beginAttempt } from "./safeguardedNewton";
import * as state from "./state";

const FIRST_LENGTH: f64 = 0.2;
const MAX_LENGTH: f64 = 20;
const MIN_LENGTH: f64 = 1e-12;
const CORRECTIONS = 8;
/** Newton's method at s = 1 is tried from r = 1.5 on, after every further 1.5. */
const TRY_EVERY: f64 = 1.5;
/** There the plan's part of the endowments, exp(-r), is too small for any prices to matter. */
const MAX_PARAMETER: f64 = 3000;
const MAX_STEPS = 3000;
/** Attempts to start the path, each at a smaller r than the one before. */
const STARTS_BACK = 7;

/** Where a path is traced back from: the plan's part of the endowments is exp(-25) or less there. */
const FAR: f64 = 25;
const FARTHER: f64 = 20;
const MAX_TRACE_LENGTH: f64 = 2;
/**
 * How far an equilibrium's log prices may move from s = 1 to FAR, and from the point of a path at
 * which it is tried.
 */
const NEAR: f64 = 0.01;
const TRACE_ITERATIONS = 20;

// What the next step does: one attempt of Newton's method to start the path, one step along it, or
// one iteration of Newton's method at its end. So no step is long.
const STARTING: i32 = 0;
const FOLLOWING: i32 = 1;
const TRYING: i32 = 2;
/** Newton iterations at a start, at most, and at the end; and how far each may move a log price. */
const START_ITERATIONS = 40;
const START_CAP: f64 = 100;
const END_ITERATIONS = 12;
const END_CAP: f64 = 5;

let phase: i32 = STARTING;
let attempt: i32 = 0; // to start
let back: f64 = 0; // by how much the next attempt starts farther back

let r: f64 = 0;
let minParameter: f64 = 0; // a path that falls back behind its start is given up
let length: f64 = 0;
let maxLength: f64 = 0;
let tracing: bool = false; // back from an equilibrium
let nextTry: f64 = 0;
let steps: i32 = 0;

/** Puts the true endowments in force. */
export function useOwned(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let c = 0; c < n * m; c++) d[state.logEndowments + c] = d[state.logOwned + c];
}

/** Computes the planner's log prices and log allocation at the log weights. */
export function planAtWeights(): void {
  const d = doubles;
  const m = economy.m;
  forgetGuesses();
  for (let j = 0; j < m; j++) d[state.logPrices + j] = NaN;
  planInLogs(
    economy.n,
    m,
    state.elasticity,
    state.logValue,
    state.logWeights,
    state.logPrices,
    state.logAllocation,
    state.scratch,
  );
}

/** Begins a path near the planner's allocation at the log weights. */
export function startHomotopy(): void {
  tracing = false;
  maxLength = MAX_LENGTH;
  planAtWeights();
  // Far enough back that flows are almost those of the plan, and farther if Newton's method fails.
  r = -surplusOfOwned() - 3;
  back = 15;
  attempt = 0;
  beginStart();
}

/**
 * Begins the path that leads back from the equilibrium of the true economy at logPrices, towards the
 * planner's allocation at the log weights.
 */
export function startTracing(): void {
  const d = doubles;
  const m = economy.m;
  tracing = true;
  maxLength = MAX_TRACE_LENGTH;
  for (let j = 0; j < m; j++) d[state.best + j] = d[state.logPrices + j];
  planAtWeights();
  minParameter = -surplusOfOwned() - 3;
  for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.best + j];
  r = FAR;
  attempt = 0;
  beginStart();
}

/** Begins an attempt at the present r, near the plan or the equilibrium. */
function beginStart(): void {
  phase = STARTING;
  setParameter(r);
  if (tracing) beginAttempt(TRACE_ITERATIONS, NEAR);
  else beginAttempt(START_ITERATIONS, START_CAP);
}

/** Makes one Newton iteration at the start of the path. */
function startStep(): i32 {
  const d = doubles;
  const m = economy.m;
  const outcome = attemptStep();
  if (outcome === state.GOES_ON) return state.GOES_ON;
  const there = outcome === state.SOLVED && (!tracing || distanceTo(state.best) <= NEAR);
  if (there && firstTangent()) {
    if (tracing) for (let j = 0; j <= m; j++) d[state.tangent + j] *= -1;
    else minParameter = r - 30;
    length = FIRST_LENGTH;
    nextTry = TRY_EVERY;
    steps = 0;
    phase = FOLLOWING;
    return state.GOES_ON;
  }
  if (++attempt === STARTS_BACK) return state.FAILED;
  if (tracing) {
    for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.best + j];
    r += FARTHER;
  } else {
    planAtWeights();
    r -= back;
    back *= 2;
  }
  beginStart();
  return state.GOES_ON;
}

/** The largest difference of log prices from those of a point, whatever their levels. */
function distanceTo(point: i32): f64 {
  const d = doubles;
  const m = economy.m;
  let least = Infinity;
  let most = -Infinity;
  for (let j = 0; j < m; j++) {
    const gap = d[state.logPrices + j] - d[point + j];
    least = Math.min(least, gap);
    most = Math.max(most, gap);
  }
  return most - least;
}

/** The largest log of an agent's dearest endowment over its dearest amount in the plan, 0 at least. */
function surplusOfOwned(): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  let surplus: f64 = 0;
  for (let i = 0; i < n; i++) {
    let owned = -Infinity;
    let planned = -Infinity;
    for (let j = 0; j < m; j++) {
      owned = Math.max(owned, d[state.logPrices + j] + d[state.logOwned + i * m + j]);
      planned = Math.max(planned, d[state.logPrices + j] + d[state.logAllocation + i * m + j]);
    }
    surplus = Math.max(surplus, owned - planned);
  }
  return surplus;
}

/** Computes the tangent at the path's first point, in the direction of larger r. */
function firstTangent(): bool {
  const d = doubles;
  const m = economy.m;
  evaluateFlow(true);
  const dropped = largestFlow();
  for (let j = 0; j < m; j++) d[state.tangent + j] = 0;
  d[state.tangent + m] = 1;
  evaluateJacobian(true);
  if (!augment(dropped)) return false;
  computeTangent(dropped);
  for (let j = 0; j <= m; j++) d[state.tangent + j] = d[state.nextTangent + j];
  return true;
}

/** Computes endowments at a value of the parameter, and their slope in it. */
function setParameter(value: f64): void {
  const d = doubles;
  const cells = economy.n * economy.m;
  const s = 1 / (1 + Math.exp(-value));
  const rest = 1 / (1 + Math.exp(value));
  const logS = -logAdd(0, -value);
  const logRest = -logAdd(0, value);
  // In the place of incomes, which are evaluated next.
  const larger = state.logIncomeParts;
  for (let c = 0; c < cells; c++) {
    const planned = logRest + d[state.logAllocation + c];
    const own = logS + d[state.logOwned + c];
    d[state.logEndowments + c] = Math.max(planned, own);
    d[state.endowmentSlope + c] = Math.min(planned, own);
  }
  // With e the smaller part over the larger, the sum of both is the larger times 1 + e.
  expLessRow(state.endowmentSlope, state.logEndowments, state.endowmentSlope, cells);
  for (let c = 0; c < cells; c++) {
    const e = d[state.endowmentSlope + c];
    const part = 1 / (1 + e);
    const ownLess = logS + d[state.logOwned + c] < d[state.logEndowments + c];
    d[state.endowmentSlope + c] = (ownLess ? e * part : part) * rest - (ownLess ? part : e * part) * s;
    d[larger + c] = 1 + e;
  }
  log(larger, larger, cells);
  addScaled(state.logEndowments, 1, larger, cells);
}

/** Whether the last step was one along the path, which counts as an iteration. */
export let followed: bool = false;

/**
 * Makes one step: along the path, or a Newton iteration at its start, or at its end if r has come
 * far enough.
 */
export function homotopyStep(): i32 {
  followed = phase === FOLLOWING;
  if (phase === STARTING) return startStep();
  if (phase === TRYING) return endStep();
  const m = economy.m;
  if (++steps > MAX_STEPS || length < MIN_LENGTH || r < minParameter || r > MAX_PARAMETER) return state.FAILED;
  if (!correctedStep()) {
    length *= 0.4;
    return state.GOES_ON;
  }
  const d = doubles;
  if (r < nextTry || d[state.tangent + m] <= 0) return state.GOES_ON;
  nextTry = r + TRY_EVERY;
  for (let j = 0; j < m; j++) d[state.predicted + j] = d[state.logPrices + j];
  useOwned();
  beginAttempt(END_ITERATIONS, END_CAP);
  phase = TRYING;
  return state.GOES_ON;
}

/** Makes one Newton iteration at the end of the path; goes back to the path if that fails. */
function endStep(): i32 {
  const d = doubles;
  const m = economy.m;
  const outcome = attemptStep();
  // What leads away may end at an equilibrium that is not on the path.
  const strays = tracing && r <= FAR && distanceTo(state.predicted) > NEAR;
  if (!strays && outcome !== state.FAILED) return outcome;
  for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.predicted + j];
  phase = FOLLOWING;
  return state.GOES_ON;
}

/**
 * Predicts along the tangent and corrects at right angles to it. Returns whether that succeeded:
 * only then log prices, r, tangent and length have changed.
 */
function correctedStep(): bool {
  const d = doubles;
  const m = economy.m;
  const dropped = largestFlow();
  regauge(dropped);
  for (let j = 0; j < m; j++) {
    d[state.predicted + j] = d[state.logPrices + j] + length * d[state.tangent + j];
    d[state.trial + j] = d[state.predicted + j];
  }
  const predictedR = r + length * d[state.tangent + m];
  let at = predictedR;
  let before: f64 = 0;
  let first: f64 = 0;
  for (let round = 0; round < CORRECTIONS; round++) {
    setParameter(at);
    evaluateDemand(state.trial);
    if (!(evaluateFlow(true) < Infinity)) return false;
    evaluateJacobian(true);
    if (!augment(dropped)) return false;
    let offset = d[state.tangent + m] * (at - predictedR);
    for (let j = 0; j < m; j++) offset += d[state.tangent + j] * (d[state.trial + j] - d[state.predicted + j]);
    for (let j = 0; j < m - 1; j++) d[state.correction + j] = -d[state.residual + (j < dropped ? j : j + 1)];
    d[state.correction + m - 1] = -offset;
    solve(state.factors, m, state.pivots, state.correction);
    const size = largestSize(state.correction, m);
    if (round === 0) first = size;
    if (!(round === 0 ? size <= 0.4 * length : size <= 0.5 * before)) return false;
    before = size;
    for (let j = 0; j < m - 1; j++) d[state.trial + (j < dropped ? j : j + 1)] += d[state.correction + j];
    at += d[state.correction + m - 1];
    if (size < 1e-4 * (1 + length)) {
      if (!updateTangent(dropped)) return false;
      for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.trial + j];
      r = at;
      length = Math.min(maxLength, length * (first < 0.1 * length && round < 2 ? 2 : 1.3));
      return true;
    }
  }
  return false;
}

/** Measures the tangent's log prices from that of the good now dropped. */
function regauge(dropped: i32): void {
  const d = doubles;
  const m = economy.m;
  const shift = d[state.tangent + dropped];
  if (shift === 0) return;
  for (let j = 0; j < m; j++) d[state.tangent + j] -= shift;
  normalise(state.tangent);
}

/** Factors the derivative of (F, position along the tangent) in (q without the good dropped, r). */
function augment(dropped: i32): bool {
  const d = doubles;
  const m = economy.m;
  let to = state.factors;
  for (let j = 0; j <= m; j++) {
    if (j === dropped) continue;
    for (let k = 0; k < m; k++) {
      if (k === dropped) continue;
      d[to] = j < m ? d[state.jacobian + j * m + k] : d[state.tangent + k];
      to++;
    }
    d[to] = j < m ? d[state.parameterSlope + j] : d[state.tangent + m];
    to++;
  }
  return factor(state.factors, m, state.pivots) !== 0;
}

/** Moves the tangent to the new point. Returns false if it has turned too far. */
function updateTangent(dropped: i32): bool {
  const d = doubles;
  const m = economy.m;
  computeTangent(dropped);
  let cosine: f64 = 0;
  for (let j = 0; j <= m; j++) cosine += d[state.tangent + j] * d[state.nextTangent + j];
  if (!(cosine >= 0.8)) return false;
  for (let j = 0; j <= m; j++) d[state.tangent + j] = d[state.nextTangent + j];
  return true;
}

/** Computes nextTangent from the factors of augment(): F stays 0, and the old tangent leads on. */
function computeTangent(dropped: i32): void {
  const d = doubles;
  const m = economy.m;
  for (let j = 0; j < m - 1; j++) d[state.correction + j] = 0;
  d[state.correction + m - 1] = 1;
  solve(state.factors, m, state.pivots, state.correction);
  d[state.nextTangent + dropped] = 0;
  for (let j = 0; j < m - 1; j++) d[state.nextTangent + (j < dropped ? j : j + 1)] = d[state.correction + j];
  d[state.nextTangent + m] = d[state.correction + m - 1];
  normalise(state.nextTangent);
}

function normalise(vector: i32): void {
  const d = doubles;
  const m = economy.m;
  const size = lengthOf(vector, m + 1);
  for (let j = 0; j <= m; j++) d[vector + j] /= size;
}

// Competitive equilibrium, without options: Newton's method from the planner's prices; where that fails, bisection if there are two
// agents or two goods, else the homotopy, from up to nine planners' allocations. One agent or one good needs no method.

import { logPreferences, logsOf } from "../economy/logForm";
import { logSum } from "../math/logSumExp";
import { fillUniform } from "../math/random";
import {
  BRACKET,
  CLOSED_FORM,
  CONVERGED,
  ENUMERATION,
  EVALUATIONS,
  FLOW,
  HOMOTOPY,
  INDEX,
  ITERATIONS,
  MAX_ITERATIONS,
  METHOD,
  NEWTON,
  RUNNING,
  STALLED,
} from "../protocol";
import { doubles } from "../simd/memory";
import { bracketStep, startBracket } from "./bisection";
import { evaluateDemand, evaluations, forgetGuesses, resetEvaluations } from "./demand";
import { homotopyStep, planAtWeights, startHomotopy, useOwned } from "./homotopy";
import { flowResidual, index, newtonStep, resetNewton } from "./safeguardedNewton";
import {
  ARRIVED,
  a,
  best,
  bind,
  FAILED,
  GOES_ON,
  la,
  ll,
  logTotals,
  lx,
  m,
  n,
  owned,
  q,
  scale,
  scratch,
} from "./state";

const NEWTON_ITERATIONS = 40;
const NEWTON_CAP: f64 = 100;
/** Allocations that homotopies start from, and how far, in logs, the weights behind the later ones are drawn. */
const STARTS = 9;
const SPREAD: f64 = 1.7;

let method: i32 = 0;
let iterations: i32 = 0;
let starts: i32 = 0;
let arrived: bool = false;

/**
 * Takes up a market: alpha, omega (below 0 where alpha is above), endowments (n m each) and totals (m), everything connected
 * and owned. `first` is the method to try first: NEWTON, unless a test wants another. start: address of m prices for Newton to begin with,
 * or -1. `base` is marketSize(n, m) doubles of work, to be left alone until the
 * answer has been taken.
 */
export function startMarket(
  agents: i32,
  goods: i32,
  alpha: i32,
  omega: i32,
  endowments: i32,
  totals: i32,
  first: i32,
  start: i32,
  base: i32,
): void {
  const d = doubles;
  bind(agents, goods, base);
  logsOf(totals, logTotals, m);
  logPreferences(n, m, alpha, omega, logTotals, a, la, scale);
  logsOf(endowments, owned, n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) d[owned + i * m + j] -= d[logTotals + j];
  resetEvaluations();
  resetNewton();
  iterations = 0;
  starts = 0;
  arrived = false;
  for (let j = 0; j < m; j++) d[best + j] = 0;
  begin(first);
  if (start >= 0) for (let j = 0; j < m; j++) d[q + j] = Math.log(d[start + j]) + d[logTotals + j];
  if (first === NEWTON) evaluateDemand(q);
}

/**
 * Places the market just taken up at log prices (m) that another solver found, and polishes them by up to `steps` Newton steps, none of which
 * moves a log price by more than `cap`: short ones cannot lead to another equilibrium. May be
 * called again and again after startMarket. Leaves everything as after an arrival, and returns
 * CONVERGED, or STALLED where Newton's method fails there.
 */
export function settleMarket(logPrices: i32, steps: i32, cap: f64): i32 {
  const d = doubles;
  method = ENUMERATION;
  arrived = true;
  iterations = 0;
  resetEvaluations();
  resetNewton();
  forgetGuesses();
  for (let j = 0; j < m; j++) d[q + j] = d[logPrices + j] + d[logTotals + j];
  evaluateDemand(q);
  let state = GOES_ON;
  for (; iterations < steps && state === GOES_ON; iterations++) state = newtonStep(cap);
  return state === FAILED ? STALLED : CONVERGED;
}

/** Log weights at which agents' marginal value of the equal split is the same: what it is worth to them at its own marginal utilities. */
function equalSplitWeights(): void {
  const d = doubles;
  const each = Math.log(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) d[scratch + j] = d[la + i * m + j] - each / d[a + i * m + j] - each;
    d[ll + i] = -logSum(m, scratch, scratch);
  }
}

/** Up to `budget` steps; each is one Newton iteration, a few bisections, or one step along the homotopy. RUNNING, or how it ended. */
export function stepMarket(budget: i32, maxIterations: i32): i32 {
  for (let step = 0; step < budget; step++) {
    if (iterations >= maxIterations) return MAX_ITERATIONS;
    iterations++;
    const state = advance();
    if (state === FAILED) return STALLED;
    if (state === ARRIVED) {
      arrived = true;
      return CONVERGED;
    }
  }
  return RUNNING;
}

function advance(): i32 {
  const d = doubles;
  if (n === 1 || m === 1) return closedForm();
  if (method === NEWTON) {
    const state = newtonStep(NEWTON_CAP);
    if (state === ARRIVED || (state === GOES_ON && iterations < NEWTON_ITERATIONS)) return state;
    for (let j = 0; j < m; j++) d[best + j] = d[q + j];
    return begin(n > 2 && m > 2 ? HOMOTOPY : BRACKET);
  }
  if (method === BRACKET) return bracketStep();
  const state = homotopyStep();
  return state === FAILED ? nextStart() : state;
}

/** Begins a method from the planner's prices at the equal split's weights. */
function begin(chosen: i32): i32 {
  method = chosen;
  if (method === HOMOTOPY) return nextStart();
  equalSplitWeights();
  planAtWeights();
  useOwned();
  return method === BRACKET ? startBracket() : GOES_ON;
}

/** One agent keeps what she has, at the prices that make her want it; one good has the price 1. */
function closedForm(): i32 {
  const d = doubles;
  method = CLOSED_FORM;
  for (let j = 0; j < m; j++) d[q + j] = m === 1 ? 0 : d[la + j];
  evaluateDemand(q);
  return ARRIVED;
}

/** Starts the homotopy from the next planner's allocation: the first at the weights of the equal split, later ones drawn around them. */
function nextStart(): i32 {
  const d = doubles;
  while (starts < STARTS) {
    equalSplitWeights();
    if (starts > 0) {
      fillUniform(scratch, n, starts);
      for (let i = 0; i < n; i++) {
        const draw = d[scratch + i];
        // Of the logistic distribution.
        d[ll + i] += SPREAD * (Math.log(draw + 1e-300) - Math.log(1 - draw));
      }
    }
    starts++;
    if (startHomotopy() === GOES_ON) return GOES_ON;
  }
  return FAILED;
}

/** Writes where the search stands to the header: iterations, evaluations, method, index and max_j |F_j| where Newton last stood. */
export function reportMarket(header: i32): void {
  const d = doubles;
  d[header + ITERATIONS] = iterations;
  d[header + EVALUATIONS] = evaluations;
  d[header + METHOD] = method;
  d[header + INDEX] = method === CLOSED_FORM ? 1 : index;
  d[header + FLOW] = flowResidual;
}

/**
 * Writes log prices (m; a double may not hold the prices) and what agents demand at them (n m): those found, or where the search has not
 * arrived those where Newton's method stood, since other methods have left the true economy.
 */
export function takeMarket(logPrices: i32, x: i32): void {
  const d = doubles;
  if (!arrived && method !== NEWTON) {
    for (let j = 0; j < m; j++) d[q + j] = d[best + j];
    useOwned();
    evaluateDemand(q);
  }
  for (let j = 0; j < m; j++) d[logPrices + j] = d[q + j] - d[logTotals + j];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      d[x + c] = Math.exp(d[lx + c] - d[q + j] + d[logTotals + j]);
    }
  }
}

// One competitive equilibrium by the safeguarded methods. Newton's method starts from the planner's
// prices. Where it fails, bisection takes over if there are two agents or two goods, else the
// homotopy, from up to nine planners' allocations. Two agents with very many goods are left to
// bisection from the start. One agent or one good needs no method.

import * as economy from "../economy/economy";
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
  isThin,
  MAX_ITERATIONS,
  METHOD,
  NEWTON,
  RUNNING,
  STALLED,
  STEP,
} from "../protocol";
import { doubles } from "../simd/memory";
import { bisected, bracketStep, startBracket } from "./bisection";
import { evaluateDemand, evaluations, forgetGuesses, resetEvaluations } from "./demand";
import { evaluateFlow } from "./flow";
import { followed, homotopyStep, planAtWeights, startHomotopy, startTracing, useOwned } from "./homotopy";
import { flowResidual, fullStep, index, newtonStep, resetNewton } from "./safeguardedNewton";
import * as state from "./state";
import {
  polishWeight,
  readWeight,
  saleResidual,
  startAtDemand,
  startAtWeights,
  stepWeight,
  weightIndex,
  weightStep,
} from "./twoAgents";

const NEWTON_ITERATIONS = 40;
const NEWTON_CAP: f64 = 100;
/** Where Newton's method has ended, only rounding leaves log flows above this. */
const ROUNDING_RESIDUAL: f64 = 1e-12;
/**
 * Allocations to start homotopies from, and how far the weights of later ones are drawn, in logs.
 */
const STARTS = 9;
const SPREAD: f64 = 1.7;

let method: i32 = 0;
let iterations: i32 = 0;
let starts: i32 = 0;
let converged: bool = false;
/** Whether bisection of the weight alone is to find and polish equilibria. */
let thin: bool = false;
/** Whether the answer is a plan of two agents. */
let byWeight: bool = false;

/**
 * Takes up the open economy, in which everything is connected and owned, and omega is below 0
 * wherever alpha is above 0. `first` is the method to try first: NEWTON, unless the market isThin()
 * or a test wants another. `start` is the address of m prices from which that starts, or -1. The
 * workspace is that of Solver.MARKET, and must be left alone until the answer has been read. If it
 * is that of MARKET_DENSE, `first` may be NEWTON and paths may be traced whatever the size.
 */
export function startMarket(first: i32, start: i32, workspace: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  thin = n === 2 && first === BRACKET;
  state.bind(workspace, thin && isThin(n, m) ? 0 : 1);
  const logTotals = state.logTotals;
  const logOwned = state.logOwned;
  logsOf(economy.totals, logTotals, m);
  logPreferences(n, m, economy.alpha, economy.omega, logTotals, state.elasticity, state.logValue, state.scale);
  logsOf(economy.endowments, logOwned, n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) d[logOwned + i * m + j] -= d[logTotals + j];
  resetEvaluations();
  resetNewton();
  iterations = 0;
  starts = 0;
  converged = false;
  byWeight = false;
  for (let j = 0; j < m; j++) d[state.best + j] = 0;
  begin(first);
  if (start >= 0) for (let j = 0; j < m; j++) d[state.logPrices + j] = Math.log(d[start + j]) + d[logTotals + j];
  if (first === NEWTON || (thin && start >= 0)) evaluateDemand(state.logPrices);
  if (!thin) return;
  for (let j = 0; j < m; j++) d[state.best + j] = d[state.logPrices + j];
  if (start >= 0) startAtDemand();
}

/**
 * Moves the market just taken up to log prices (m) that another solver found, and polishes them by
 * up to `steps` Newton steps. No step moves a log price by more than `cap`: short steps cannot lead
 * to another equilibrium. May be called again and again after startMarket(). Returns CONVERGED, or
 * STALLED where Newton's method fails; the answer can be read in either case.
 */
export function polishMarket(logPrices: i32, steps: i32, cap: f64): i32 {
  const d = doubles;
  const m = economy.m;
  method = ENUMERATION;
  converged = true;
  iterations = 0;
  resetEvaluations();
  resetNewton();
  forgetGuesses();
  for (let j = 0; j < m; j++) d[state.logPrices + j] = d[logPrices + j] + d[state.logTotals + j];
  evaluateDemand(state.logPrices);
  byWeight = thin;
  if (thin) {
    for (let j = 0; j < m; j++) d[state.best + j] = d[state.logPrices + j];
    startAtDemand();
    converged = polishWeight() === state.SOLVED;
    return converged ? CONVERGED : STALLED;
  }
  let outcome = state.GOES_ON;
  for (; iterations < steps && outcome === state.GOES_ON; iterations++) outcome = newtonStep(cap);
  return outcome === state.FAILED ? STALLED : CONVERGED;
}

/**
 * Begins to trace a path of equilibria back from one of the market just taken up, at log prices (m),
 * towards a planner's allocation, at weights drawn around those of the equal split with this spread
 * of their logs; `seed` is above 0.
 */
export function startTrace(logPrices: i32, seed: i32, spread: f64): void {
  const d = doubles;
  const m = economy.m;
  method = HOMOTOPY;
  converged = false;
  byWeight = false;
  iterations = 0;
  resetEvaluations();
  resetNewton();
  drawWeights(seed, spread);
  for (let j = 0; j < m; j++) d[state.logPrices + j] = d[logPrices + j] + d[state.logTotals + j];
  startTracing();
}

/**
 * Makes up to `budget` steps along the path. Returns RUNNING; CONVERGED where it has come back to an
 * equilibrium, which can be read; or STALLED where it is lost or has ended at the plan.
 */
export function stepTrace(budget: i32): i32 {
  for (let step = 0; step < budget; step++) {
    const outcome = homotopyStep();
    if (followed) iterations++;
    if (outcome === state.FAILED) return STALLED;
    if (outcome === state.SOLVED) {
      converged = true;
      return CONVERGED;
    }
  }
  return RUNNING;
}

/**
 * Sets the log weights at which all agents value the equal split alike. Each agent values it at the
 * marginal utilities that it has there.
 */
function equalSplitWeights(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const each = Math.log(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++)
      d[state.scratch + j] = d[state.logValue + i * m + j] - each / d[state.elasticity + i * m + j] - each;
    d[state.logWeights + i] = -logSum(m, state.scratch, state.scratch);
  }
}

/**
 * Makes up to `budget` steps. Each is one Newton iteration, a few bisections, or one step along the
 * homotopy; only Newton iterations on the way of the others do not count as iterations. Returns
 * RUNNING or how the search ended.
 */
export function stepMarket(budget: i32, maxIterations: i32): i32 {
  for (let step = 0; step < budget; step++) {
    if (iterations >= maxIterations) return MAX_ITERATIONS;
    iterations++;
    const outcome = advance();
    if (outcome === state.FAILED) return STALLED;
    if (outcome === state.SOLVED) {
      converged = true;
      return CONVERGED;
    }
  }
  return RUNNING;
}

function advance(): i32 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  if (n === 1 || m === 1) return closedForm();
  if (method === NEWTON) {
    const outcome = newtonStep(NEWTON_CAP);
    if (outcome === state.SOLVED && n === 2) refineByWeight();
    if (outcome === state.SOLVED || (outcome === state.GOES_ON && iterations < NEWTON_ITERATIONS)) return outcome;
    for (let j = 0; j < m; j++) d[state.best + j] = d[state.logPrices + j];
    return begin(n > 2 && m > 2 ? HOMOTOPY : BRACKET);
  }
  // Tries of Newton's method on the way are steps of their own, but belong to one iteration.
  if (method === BRACKET && n === 2) return stepWeight();
  if (method === BRACKET) {
    const outcome = bracketStep();
    if (!bisected) iterations--;
    return outcome;
  }
  const outcome = homotopyStep();
  if (!followed) iterations--;
  return outcome === state.FAILED ? nextStart() : outcome;
}

/**
 * Replaces the equilibrium of two agents that Newton's method has found by the plan next to it, if
 * demand there is so steep that rounding shows: a plan's shares lose no digits by that.
 */
function refineByWeight(): void {
  const d = doubles;
  const m = economy.m;
  if (evaluateFlow(true) <= ROUNDING_RESIDUAL) return;
  for (let j = 0; j < m; j++) d[state.best + j] = d[state.logPrices + j];
  startAtDemand();
  byWeight = polishWeight() === state.SOLVED;
  if (byWeight) return;
  for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.best + j];
  evaluateDemand(state.logPrices);
}

/** Begins a method from the planner's prices at the equal split's weights. */
function begin(chosen: i32): i32 {
  method = chosen;
  if (method === HOMOTOPY) return nextStart();
  equalSplitWeights();
  planAtWeights();
  useOwned();
  if (method !== BRACKET) return state.GOES_ON;
  if (economy.n > 2) return startBracket();
  byWeight = true;
  startAtWeights();
  return state.GOES_ON;
}

/** One agent keeps its endowment, at the prices at which it wants to; one good has the price 1. */
function closedForm(): i32 {
  const d = doubles;
  const m = economy.m;
  method = CLOSED_FORM;
  for (let j = 0; j < m; j++) d[state.logPrices + j] = m === 1 ? 0 : d[state.logValue + j];
  evaluateDemand(state.logPrices);
  return state.SOLVED;
}

/**
 * Starts the homotopy from the next planner's allocation. The first is at the weights of the equal
 * split; later ones are drawn around them.
 */
function nextStart(): i32 {
  if (starts === STARTS) return state.FAILED;
  drawWeights(starts, SPREAD);
  starts++;
  startHomotopy();
  return state.GOES_ON;
}

/** Sets log weights: those of the equal split if `seed` is 0, else drawn around them. */
function drawWeights(seed: i32, spread: f64): void {
  const d = doubles;
  const n = economy.n;
  equalSplitWeights();
  if (seed === 0) return;
  fillUniform(state.scratch, n, seed);
  for (let i = 0; i < n; i++) {
    const draw = d[state.scratch + i];
    // Of the logistic distribution.
    d[state.logWeights + i] += spread * (Math.log(draw + 1e-300) - Math.log(1 - draw));
  }
}

/**
 * Writes to the report: iterations, evaluations, method, index, and at the last iterate of Newton's
 * method max_j |F_j| and the largest change of a log price in the step from there. The bisection of
 * two agents has the log of sales over purchases instead.
 */
export function reportMarket(report: i32): void {
  const d = doubles;
  d[report + ITERATIONS] = iterations;
  d[report + EVALUATIONS] = evaluations;
  d[report + METHOD] = method;
  d[report + INDEX] = method === CLOSED_FORM ? 1 : byWeight ? weightIndex : index;
  d[report + FLOW] = byWeight ? Math.abs(saleResidual) : flowResidual;
  d[report + STEP] = byWeight ? weightStep : fullStep;
}

/**
 * Writes log prices (m; a double may not hold the prices) and the agents' demand at them (n m). If
 * the search has not converged, they are those of Newton's last iterate, since the other methods
 * have left the true economy.
 */
export function readMarket(logPrices: i32, x: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const q = state.logPrices;
  const logTotals = state.logTotals;
  if (converged && byWeight) {
    readWeight(logPrices, x);
    return;
  }
  if (!converged && method !== NEWTON) {
    for (let j = 0; j < m; j++) d[q + j] = d[state.best + j];
    useOwned();
    evaluateDemand(q);
  }
  for (let j = 0; j < m; j++) d[logPrices + j] = d[q + j] - d[logTotals + j];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      d[x + c] = Math.exp(d[state.logSpending + c] - d[q + j] + d[logTotals + j]);
    }
  }
}

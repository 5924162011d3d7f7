// The joint Newton method: finds prices and the agents' marginal utilities of wealth together, from
// two sets of equations in logs. The market of every good clears, G_j = ln sum_i y_ij = 0, and
// every agent spends its wealth, H_i = ln spending_i - ln wealth_i = 0. It takes one exponential
// per cell and no inner root. Both diagonal blocks of the Jacobian are diagonal, so that
// eliminating the tau leaves a diagonal plus n products of a column and a row. Small systems are
// factored. Large ones are solved by Krylov's method, which never forms the matrix.
//
// The method is not safeguarded. Where it does not converge, or where too little is traded for its
// residuals to be accurate, the methods of equilibrium.ts take over.

import * as economy from "../economy/economy";
import { workspaceLength } from "../economy/workspace";
import { solveByProducts } from "../math/gmres";
import { factor, largestSize, solve } from "../math/linear";
import {
  CONVERGED,
  EVALUATIONS,
  FLOW,
  INDEX,
  ITERATIONS,
  JOINT,
  MAX_DENSE_GOODS,
  MAX_ITERATIONS,
  METHOD,
  RUNNING,
  STALLED,
} from "../protocol";
import { addProductRows, addScaled, dot, exp, log } from "../simd/blocks";
import { doubles } from "../simd/memory";
import * as batch from "./jointBatch";
import { MAX_CELLS, PLACES } from "./jointBatch";
import { amountRow, balanceRow, levelRow, respondRow, spendRow, splitRow, tradeRow } from "./jointPasses";
import * as joint from "./jointState";

/** A market whose residuals at the start are below this, on average, is solved in a record. */
const NEAR: f64 = 1;
const MAX_NEWTON_ITERATIONS = 12;
/** After so many iterations a residual, a log, above this is seldom mended. */
const TRIAL = 5;
const HOPELESS: f64 = 10;
/** No log price moves farther in one step. */
const CAP: f64 = 4;

/** Residuals at which to stop, and at which an iteration that gains nothing more may. */
const SMALL: f64 = 1e-13;
const ROUNDING: f64 = 1e-11;
/**
 * A good's residual over the part of it that is traded; the audit's net flow is about twice that.
 */
const ACCURATE: f64 = 5e-11;
/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;
/**
 * A pivot, with rows over their diagonal, below which the safeguarded methods must tell the index.
 */
const CRITICAL: f64 = 1e-3;

/** Whether the market is in a record of jointBatch.ts, all by itself. */
let inRecord: bool = false;
let mustIndex: i32 = 0;
let base: i32 = 0; // of the workspace
let index: i32 = 0;
let iterations: i32 = 0;
let evaluations: i32 = 0;
let maxResidual: f64 = 0; // at the present prices; in a record the sum of all in size

/**
 * Takes up the open economy, in which everything is connected and owned, and omega is below 0
 * wherever alpha is above 0. `indexed` is 1 if the index has to be computed, 0 if it is known to be
 * 1. The workspace is that of Solver.JOINT_INDEXED or Solver.JOINT, and must be left alone until
 * the answer has been read.
 */
export function startJoint(indexed: i32, workspace: i32): void {
  mustIndex = indexed;
  base = workspace;
  index = 1;
  iterations = 0;
  evaluations = 0;
  inRecord = fitsRecord(indexed) && wantsAll() && startRecord();
  if (!inRecord) startRows();
}

/** Doubles of workspace that the method needs for the open economy. */
export function jointLength(indexed: i32): f64 {
  joint.bind(indexed, 0);
  const rows = workspaceLength();
  if (!fitsRecord(indexed)) return rows;
  batch.bindBatch(0, PLACES);
  return Math.max(rows, workspaceLength());
}

// A small market takes less time in a record, which knows no index, and where a step falls short far
// from the equilibrium.

function fitsRecord(indexed: i32): bool {
  if (indexed !== 0 || economy.m > MAX_DENSE_GOODS) return false;
  return <f64>economy.n * <f64>economy.m <= MAX_CELLS;
}

function wantsAll(): bool {
  const d = doubles;
  const count = economy.n * economy.m;
  for (let c = 0; c < count; c++) if (!(d[economy.alpha + c] > 0)) return false;
  return true;
}

/** Returns whether the market begins near enough to its equilibrium. */
function startRecord(): bool {
  batch.bindBatch(base, PLACES);
  batch.startMarkets(0, 0);
  maxResidual = evaluateRecord();
  return maxResidual <= NEAR * (economy.n + economy.m);
}

function evaluateRecord(): f64 {
  evaluations++;
  batch.evaluateBatch(0, false);
  return doubles[batch.missedOf(0)];
}

function startRows(): void {
  joint.bind(mustIndex, base);
  computeLevels();
  startAtSplit();
  maxResidual = evaluate();
}

/**
 * Makes up to `budget` iterations. Returns RUNNING, CONVERGED, MAX_ITERATIONS, or STALLED where
 * this method is not the one for this market.
 */
export function stepJoint(budget: i32, maxIterations: i32): i32 {
  for (let step = 0; step < budget; step++) {
    if (maxResidual <= SMALL) return isAccurate() ? CONVERGED : STALLED;
    if (iterations >= maxIterations) return MAX_ITERATIONS;
    if (!(maxResidual < Infinity) || iterations === MAX_NEWTON_ITERATIONS) return STALLED;
    if (iterations >= TRIAL && maxResidual > HOPELESS) return STALLED;
    const last = maxResidual;
    const stepped = inRecord ? recordStep() : rowStep();
    maxResidual = inRecord ? evaluateRecord() : evaluate();
    if (!stepped) return STALLED;
    iterations++;
    const gainsNothing = maxResidual <= ROUNDING && maxResidual > 0.5 * last;
    if (maxResidual <= SMALL || gainsNothing) return isAccurate() ? CONVERGED : STALLED;
  }
  return RUNNING;
}

function recordStep(): bool {
  batch.stepBatch(0, CAP, false);
  return doubles[batch.minPivotOf(0)] > CRITICAL;
}

function rowStep(): bool {
  linearise();
  return newtonStep();
}

/** Writes counts, the method, the index and the largest residual, in a record their sum, to the report. */
export function reportJoint(report: i32): void {
  const d = doubles;
  d[report + ITERATIONS] = iterations;
  d[report + EVALUATIONS] = evaluations;
  d[report + METHOD] = JOINT;
  d[report + INDEX] = index;
  d[report + FLOW] = maxResidual;
}

/** Writes log prices (m) and the agents' demand x (n m) at the present prices. */
export function readJoint(logPrices: i32, x: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  if (inRecord) {
    batch.readMarket(logPrices, x);
    return;
  }
  for (let j = 0; j < m; j++) d[logPrices + j] = d[joint.logPrices + j] - d[joint.logTotals + j];
  for (let i = 0; i < n; i++) amountRow(i, x + i * m);
}

/** Writes the logs of totals, elasticities and log values. */
function computeLevels(): void {
  const n = economy.n;
  const m = economy.m;
  log(economy.totals, joint.logTotals, m);
  log(economy.alpha, joint.logValue, n * m);
  for (let i = 0; i < n; i++) levelRow(i);
}

/**
 * Starts near a split at which every agent has the same part of all goods, what it owns of them on
 * average. At first each tau makes the goods of the split worth the same, on average, to the agent.
 * Then each price clears its market, and each tau balances its agent's budget, to first order in the
 * logs.
 */
function startAtSplit(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const logPrices = joint.logPrices;
  for (let j = 0; j < m; j++) {
    d[logPrices + j] = 0;
    d[joint.demandSlope + j] = 0;
    d[joint.scratch + j] = 1 / d[economy.totals + j];
  }
  for (let i = 0; i < n; i++) splitRow(i);
  for (let j = 0; j < m; j++) d[logPrices + j] /= d[joint.demandSlope + j];
  exp(logPrices, joint.value, m);
  for (let i = 0; i < n; i++) balanceRow(i);
}

/** Evaluates allocation, demand, spending and wealth; returns the largest residual. */
function evaluate(): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const demand = joint.demand;
  const demandSlope = joint.demandSlope;
  const price = joint.price;
  evaluations++;
  exp(joint.logPrices, joint.value, m);
  for (let j = 0; j < m; j++) {
    d[demand + j] = 0;
    d[demandSlope + j] = 0;
    d[price + j] = Math.exp(d[joint.logPrices + j] - d[joint.logTotals + j]);
  }
  for (let i = 0; i < n; i++) {
    spendRow(i);
    const spending = d[joint.spending + i];
    const wealth = dot(price, economy.endowments + i * m, m);
    d[joint.wealth + i] = wealth;
    d[joint.budgetResidual + i] = spending / wealth;
    d[joint.wealthSlope + i] /= spending;
  }
  log(demand, joint.marketResidual, m);
  log(joint.budgetResidual, joint.budgetResidual, n);
  const uncleared = largestSize(joint.marketResidual, m);
  return Math.max(uncleared, largestSize(joint.budgetResidual, n));
}

/**
 * Computes the Jacobian in log prices, the tau eliminated and its rows over -demandSlope:
 * J = -1 + sum_i w_i v_i', v_i the wealth response and w_ij = a y / (-demandSlope wealthSlope) the
 * flow weights, which take the allocation's place.
 */
function linearise(): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const demandSlope = joint.demandSlope;
  for (let j = 0; j < m; j++) d[demandSlope + j] = -1 / d[demandSlope + j];
  for (let i = 0; i < n; i++) respondRow(i);
}

/**
 * Makes one step in log prices and tau: dH = -H gives dtau_i = (v_i.dq - H_i) / wealthSlope_i,
 * which is put into dG = -G. Returns false where no step was found.
 */
function newtonStep(): bool {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const rightSide = joint.rightSide;
  const step = joint.step;
  for (let j = 0; j < m; j++) {
    d[rightSide + j] = -d[joint.demand + j] * d[joint.marketResidual + j] * d[joint.demandSlope + j];
  }
  for (let i = 0; i < n; i++) {
    addScaled(rightSide, d[joint.budgetResidual + i], joint.allocation + i * m, m);
  }
  if (m > MAX_DENSE_GOODS) {
    // A step makes residuals about as small as their squares; smaller than SMALL they need not be.
    const tolerance = Math.max(Math.min(0.1, maxResidual), (0.1 * SMALL) / maxResidual);
    const left = solveByProducts(applyJacobian, m, rightSide, step, tolerance, joint.MAX_PRODUCTS, joint.krylov);
    if (!(left < 0.95)) return false;
    // The level of prices is arbitrary: as in the dense case, one price stays.
    const level = d[step + largestValue()];
    for (let j = 0; j < m; j++) d[step + j] -= level;
  } else {
    if (factorJacobian() === 0) return false;
    for (let j = 0; j < m; j++) d[step + j] = d[rightSide + j];
    d[step + largestValue()] = 0;
    solve(joint.jacobian, m, joint.pivots, step);
  }
  const max = largestSize(step, m);
  const part = max > CAP ? CAP / max : 1;
  for (let j = 0; j < m; j++) d[joint.logPrices + j] += part * d[step + j];
  for (let i = 0; i < n; i++) {
    const moved = dot(joint.wealthResponse + i * m, step, m) - d[joint.budgetResidual + i];
    d[joint.tau + i] += (part * moved) / d[joint.wealthSlope + i];
  }
  return true;
}

/** out = J x. */
function applyJacobian(x: i32, out: i32): void {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  for (let j = 0; j < m; j++) d[out + j] = -d[x + j];
  for (let i = 0; i < n; i++) {
    addScaled(out, dot(joint.wealthResponse + i * m, x, m), joint.allocation + i * m, m);
  }
}

/**
 * Forms J with the price of the good worth most fixed, and factors it. Returns the sign of det(-J)
 * without that good, or 0 where it is singular or close to it.
 */
function factorJacobian(): i32 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const jacobian = joint.jacobian;
  const weights = joint.allocation;
  const responses = joint.wealthResponse;
  const fixed = largestValue();
  for (let c = 0; c < m * m; c++) d[jacobian + c] = 0;
  const whole = m - (m % 4);
  for (let j = 0; j < whole; j += 4) addProductRows(weights, responses, jacobian, j, n, m);
  for (let i = 0; i < n; i++) {
    for (let j = whole; j < m; j++) addScaled(jacobian + j * m, d[weights + i * m + j], responses + i * m, m);
  }
  for (let j = 0; j < m; j++) {
    d[jacobian + j * m + j] -= 1;
    d[jacobian + fixed * m + j] = j === fixed ? 1 : 0;
  }
  const sign = factor(jacobian, m, joint.pivots);
  for (let k = 0; k < m; k++) if (!(Math.abs(d[jacobian + k * m + k]) > CRITICAL)) return 0;
  return m & 1 ? sign : -sign;
}

/** The good whose total is worth most. */
function largestValue(): i32 {
  const d = doubles;
  const m = economy.m;
  const logPrices = joint.logPrices;
  let best = 0;
  for (let j = 1; j < m; j++) if (d[logPrices + j] > d[logPrices + best]) best = j;
  return best;
}

/**
 * Whether the residuals are accurate: each good's is small beside its trade, and no amount is too
 * small for a double. The audit has the last word. Where asked for, computes the index, which must
 * be certain. The allocation stays as it was.
 */
function isAccurate(): bool {
  if (inRecord) return batch.isAccurate(ACCURATE);
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const trade = joint.scratch;
  for (let j = 0; j < m; j++) d[trade + j] = 0;
  for (let i = 0; i < n; i++) if (tradeRow(i, trade) < SMALLEST) return false;
  for (let j = 0; j < m; j++) {
    if (!(Math.abs(d[joint.marketResidual + j]) <= ACCURATE * d[trade + j])) return false;
  }
  if (mustIndex === 0) return true;
  linearise();
  index = factorJacobian();
  // The allocation again, whose place the Jacobian took.
  evaluate();
  return index !== 0;
}

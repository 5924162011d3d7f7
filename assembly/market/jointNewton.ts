// Prices and the agents' marginal utilities of wealth found together, by Newton's method on two sets of equations in logs: of every good
// as much is demanded as there is, G_j = ln sum_i y_ij = 0, and every agent spends what he owns, H_i = ln spending_i - ln wealth_i = 0.
// One exponential a cell and no inner root; and both diagonal blocks of the Jacobian are diagonal, so that eliminating the tau leaves
// a diagonal plus n products of a column and a row. Small ones are solved by factors, large ones by Krylov's method without ever
// forming the matrix.
//
// It is not safeguarded: where it does not arrive, or too little is traded for its residuals to prove an equilibrium, the methods of
// equilibrium.ts take over.

import { krylovWork, solveByProducts } from "../math/gmres";
import { factor, largestSize, solve } from "../math/linear";
import { logSum } from "../math/logSumExp";
import {
  CONVERGED,
  EVALUATIONS,
  FLOW,
  INDEX,
  ITERATIONS,
  JOINT,
  MAX_ITERATIONS,
  METHOD,
  padded,
  RUNNING,
  STALLED,
} from "../protocol";
import { addProductRows, addScaled, dot, exp, log } from "../simd/blocks";
import { amountRow, levelRow, respondRow, spendRow, tradeRow } from "../simd/market";
import { doubles } from "../simd/memory";

const MOST_ITERATIONS = 12;
/** After so many iterations a residual, a log, above this is seldom mended. */
const TRIAL = 5;
const HOPELESS: f64 = 10;
/** No log price moves farther in one step. */
const CAP: f64 = 4;

/** Residuals at which to stop, and at which an iteration that gains nothing more may. */
const SMALL: f64 = 1e-13;
const ROUNDING: f64 = 1e-11;
/** A good's residual over the part of it that is traded, which the audit's net flow is about twice of. */
const PROVED: f64 = 5e-11;
/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;
/** A pivot of the Jacobian, its rows over their diagonal, below which the index is for the careful method to tell. */
const CRITICAL: f64 = 1e-3;

/** Goods up to which the Jacobian is formed and factored. */
const MOST_DENSE = 24;
/** Products with the Jacobian, beyond that, in a step. */
const MOST_PRODUCTS = 40;

let n: i32 = 0;
let m: i32 = 0;
let endowments: i32 = 0;
let totals: i32 = 0;
let toBeIndexed: i32 = 0;
let index: i32 = 0;
let iterations: i32 = 0;
let evaluations: i32 = 0;
let worst: f64 = 0; // residual where it stands

// n m each: 1 / omega; log marginal utility at y = 1; y; w and v of linearise().
let a: i32 = 0;
let la: i32 = 0;
let y: i32 = 0;
let v: i32 = 0;
// n each.
let tau: i32 = 0;
let spending: i32 = 0;
let wealth: i32 = 0;
let den: i32 = 0;
let budget: i32 = 0; // H
// m each.
let q: i32 = 0;
let logTotals: i32 = 0;
let value: i32 = 0; // exp q: what all there is of a good is worth
let price: i32 = 0; // of a unit
let demand: i32 = 0;
let slope: i32 = 0; // of demand in its own log price, tau held; then -1 over it
let market: i32 = 0; // G
let right: i32 = 0;
let step: i32 = 0;
let pivots: i32 = 0;
let room: i32 = 0;
// The Jacobian, or Krylov vectors.
let matrix: i32 = 0;

/** Doubles of work that the method needs; `indexed`: 1 where it is to work out the index. */
export function jointSize(agents: i32, goods: i32, indexed: i32): i32 {
  return bind(agents, goods, indexed, 0);
}

function bind(agents: i32, goods: i32, indexed: i32, base: i32): i32 {
  n = agents;
  m = goods;
  const cells = padded(n * m);
  const rows = padded(n);
  const columns = padded(m);
  a = base;
  la = a + cells;
  y = la + cells;
  v = y + cells;
  tau = v + cells;
  spending = tau + rows;
  wealth = spending + rows;
  den = wealth + rows;
  budget = den + rows;
  q = budget + rows;
  logTotals = q + columns;
  value = logTotals + columns;
  price = value + columns;
  demand = price + columns;
  slope = demand + columns;
  market = slope + columns;
  right = market + columns;
  step = right + columns;
  pivots = step + columns;
  room = pivots + columns;
  matrix = room + columns;
  const dense = indexed || m <= MOST_DENSE ? padded(m * m) : 0;
  const krylov = m > MOST_DENSE ? krylovWork(m, MOST_PRODUCTS) : 0;
  return matrix - base + (dense > krylov ? dense : krylov);
}

/**
 * Takes up a market: alpha, omega (below 0 where alpha is above), endowments (n m each) and totals (m), everything connected and owned.
 * `indexed` is 1 where the index has to be worked out, 0 where it is known to be 1. `work`: jointSize(agents, goods, indexed) doubles, to
 * be left alone until the answer has been taken.
 */
export function startJointly(
  agents: i32,
  goods: i32,
  alpha: i32,
  omega: i32,
  owned: i32,
  totalsOf: i32,
  indexed: i32,
  work: i32,
): void {
  bind(agents, goods, indexed, work);
  endowments = owned;
  totals = totalsOf;
  toBeIndexed = indexed;
  index = 1;
  iterations = 0;
  evaluations = 0;
  takeLevels(alpha, omega);
  startAtEqualSplit();
  worst = evaluate();
}

/** Up to `budget` iterations. RUNNING; CONVERGED; MAX_ITERATIONS; or STALLED, where this method is not the one for this market. */
export function stepJointly(budget: i32, maxIterations: i32): i32 {
  for (let step = 0; step < budget; step++) {
    if (worst <= SMALL) return proved() ? CONVERGED : STALLED;
    if (iterations >= maxIterations) return MAX_ITERATIONS;
    if (!(worst < Infinity) || iterations === MOST_ITERATIONS) return STALLED;
    if (iterations >= TRIAL && worst > HOPELESS) return STALLED;
    linearise();
    if (!newtonStep()) {
      evaluate();
      return STALLED;
    }
    iterations++;
    const last = worst;
    worst = evaluate();
    if (worst <= SMALL || (worst <= ROUNDING && worst > 0.5 * last)) return proved() ? CONVERGED : STALLED;
  }
  return RUNNING;
}

/** Writes counts, the method, the index and the largest residual to the header. */
export function reportJointly(header: i32): void {
  const d = doubles;
  d[header + ITERATIONS] = iterations;
  d[header + EVALUATIONS] = evaluations;
  d[header + METHOD] = JOINT;
  d[header + INDEX] = index;
  d[header + FLOW] = worst;
}

/** Writes log prices (m) and what agents demand (n m) where the search stands. */
export function takeJointly(logPrices: i32, x: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[logPrices + j] = d[q + j] - d[logTotals + j];
  for (let i = 0; i < n; i++) amountRow(y + i * m, la + i * m, totals, x + i * m, m);
}

function takeLevels(alpha: i32, omega: i32): void {
  log(totals, logTotals, m);
  log(alpha, la, n * m);
  for (let i = 0; i < n; i++) levelRow(omega + i * m, logTotals, a + i * m, la + i * m, m);
}

/**
 * The tau at which the equal split of everything is worth the same to everybody at his marginal utilities, and the mean, over
 * agents, of the log prices at which they would be content with it.
 */
function startAtEqualSplit(): void {
  const d = doubles;
  const each = Math.log(n);
  for (let j = 0; j < m; j++) {
    d[q + j] = 0;
    d[room + j] = 0;
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) d[step + j] = d[la + i * m + j] - each / d[a + i * m + j];
    d[tau + i] = logSum(m, step, right);
    for (let j = 0; j < m; j++) {
      if (!(d[step + j] > -Infinity)) continue;
      d[q + j] += d[step + j] - d[tau + i];
      d[room + j] += 1;
    }
  }
  for (let j = 0; j < m; j++) d[q + j] /= d[room + j];
}

/** y, demand and spending at q and tau; returns the largest residual. */
function evaluate(): f64 {
  const d = doubles;
  evaluations++;
  exp(q, value, m);
  for (let j = 0; j < m; j++) {
    d[demand + j] = 0;
    d[slope + j] = 0;
    d[price + j] = Math.exp(d[q + j] - d[logTotals + j]);
  }
  for (let i = 0; i < n; i++) {
    const row = i * m;
    spendRow(a + row, la + row, q, d[tau + i], value, y + row, demand, slope, spending + i, den + i, m);
    d[wealth + i] = dot(price, endowments + row, m);
    d[budget + i] = d[spending + i] / d[wealth + i];
    d[den + i] /= d[spending + i];
  }
  log(demand, market, m);
  log(budget, budget, n);
  const uncleared = largestSize(market, m);
  return Math.max(uncleared, largestSize(budget, n));
}

/**
 * The Jacobian in q, the tau eliminated and its rows over -slope: J = -1 + sum_i w_i v_i', with v_i of demand.ts, w_ij = a y / (-slope den). w
 * takes y's place.
 */
function linearise(): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[slope + j] = -1 / d[slope + j];
  for (let i = 0; i < n; i++) {
    const row = i * m;
    const owning = 1 / d[wealth + i];
    const buying = 1 / d[spending + i];
    respondRow(a + row, y + row, endowments + row, price, value, slope, owning, buying, 1 / d[den + i], v + row, m);
  }
}

/** One step in q and tau, from dH = 0: dtau_i = (v_i.dq - H_i) / den_i, put into dG = 0. False where none was found. */
function newtonStep(): bool {
  const d = doubles;
  for (let j = 0; j < m; j++) d[right + j] = -d[demand + j] * d[market + j] * d[slope + j];
  for (let i = 0; i < n; i++) addScaled(right, d[budget + i], y + i * m, m);
  if (m > MOST_DENSE) {
    const left = solveByProducts(applyJacobian, m, right, step, Math.min(0.1, worst), MOST_PRODUCTS, matrix);
    if (!(left < 0.95)) return false;
    // The level of prices is anybody's: as in the dense way one price stays.
    const level = d[step + largestValue()];
    for (let j = 0; j < m; j++) d[step + j] -= level;
  } else {
    if (factorJacobian() === 0) return false;
    for (let j = 0; j < m; j++) d[step + j] = d[right + j];
    d[step + largestValue()] = 0;
    solve(matrix, m, pivots, step);
  }
  const most = largestSize(step, m);
  const part = most > CAP ? CAP / most : 1;
  for (let j = 0; j < m; j++) d[q + j] += part * d[step + j];
  for (let i = 0; i < n; i++) d[tau + i] += (part * (dot(v + i * m, step, m) - d[budget + i])) / d[den + i];
  return true;
}

/** out = J x. */
function applyJacobian(x: i32, out: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[out + j] = -d[x + j];
  for (let i = 0; i < n; i++) addScaled(out, dot(v + i * m, x, m), y + i * m, m);
}

/**
 * Forms J, puts into the row of the good worth most that its price stays, and factors it. Returns the sign of det(-J) without that good, or 0
 * where it is singular or close to it.
 */
function factorJacobian(): i32 {
  const d = doubles;
  const fixed = largestValue();
  for (let c = 0; c < m * m; c++) d[matrix + c] = 0;
  const whole = m - (m % 4);
  for (let j = 0; j < whole; j += 4) addProductRows(y, v, matrix, j, n, m);
  for (let i = 0; i < n; i++) {
    for (let j = whole; j < m; j++) addScaled(matrix + j * m, d[y + i * m + j], v + i * m, m);
  }
  for (let j = 0; j < m; j++) {
    d[matrix + j * m + j] -= 1;
    d[matrix + fixed * m + j] = j === fixed ? 1 : 0;
  }
  const sign = factor(matrix, m, pivots);
  for (let k = 0; k < m; k++) if (!(Math.abs(d[matrix + k * m + k]) > CRITICAL)) return 0;
  return m & 1 ? sign : -sign;
}

/** The good of which all there is is worth most. */
function largestValue(): i32 {
  const d = doubles;
  let best = 0;
  for (let j = 1; j < m; j++) if (d[q + j] > d[q + best]) best = j;
  return best;
}

/**
 * Whether the residuals tell of an equilibrium: each good's is small beside what is traded of it, and no amount is beyond what
 * doubles hold. The audit has the last word. Where asked for, works out the index, which must be beyond doubt. y stays what it was.
 */
function proved(): bool {
  const d = doubles;
  for (let j = 0; j < m; j++) d[room + j] = 0;
  for (let i = 0; i < n; i++) {
    const row = i * m;
    if (tradeRow(y + row, la + row, endowments + row, totals, room, m) < SMALLEST) return false;
  }
  for (let j = 0; j < m; j++) if (!(Math.abs(d[market + j]) <= PROVED * d[room + j])) return false;
  if (!toBeIndexed) return true;
  linearise();
  index = factorJacobian();
  // y again, whose place the Jacobian took.
  evaluate();
  return index !== 0;
}

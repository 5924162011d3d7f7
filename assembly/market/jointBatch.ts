// The joint Newton method for many small markets side by side, or for one market from many starts.
// Markets 0 to LANES - 1 share a record of vectors, the next LANES another, and so on: number k of a
// vector belongs to market k of the record. All that a step needs of LANES markets lies in a few
// cache lines, at distances from one pointer that are constants. The markets of a record take the
// same steps at the same time. A market that has not converged, or whose residuals are not accurate,
// is left to the caller, to be solved by itself.
//
// Logs are in units of 1 / EXPONENT_UNIT, as exp2() takes them.

import * as economy from "../economy/economy";
import { matrix, openWorkspace } from "../economy/workspace";
import { doubles } from "../simd/memory";
import {
  abs,
  all,
  EXPONENT_UNIT,
  exp2,
  LANES,
  log,
  max,
  min,
  one,
  pmax,
  pointed,
  pointer,
  VECTOR,
  Vector,
} from "../simd/vector";

// A record has a head, then its goods, its agents, its cells, agent by agent, and the Jacobian without
// the last good. The fields of each are counted in vectors.

// Of the head.
const MAX_RESIDUAL = 0;
const MIN_PIVOT = 1; // the smallest pivot, in size
const BOUND = 2; // on the residuals of an audit, or Infinity
const MOVED = 3; // the largest step
const HEAD = 4;

// Of a good.
const LOG_PRICE = 0; // of the total of a good
const VALUE = 1; // of the total of a good
const DEMAND = 2;
const DEMAND_SLOPE = 3; // later its reciprocal
const MARKET_MISS = 4; // ln demand
const STEP = 5; // the right side, then the step
const LOG_TOTAL = 6;
const PER_TOTAL = 7; // 1 / the total
const GOOD = 8;

// Of an agent.
const TAU = 0; // log marginal utility of wealth
const BUDGET_MISS = 1; // ln spending - ln wealth
const BUYING = 2; // 1 / spending
const OWNING = 3; // 1 / wealth
const RESPONDING = 4; // 1 / wealthSlope
const AGENT = 5;

// Of a cell.
const ELASTICITY = 0; // 1 / omega
const CURVATURE = 1; // omega
const SCALED_VALUE = 2; // elasticity times log marginal utility at y = 1
const OWNED = 3; // the agent's part of the total of the good
const DEMANDED = 4; // the agent's demand, over the total
const WEALTH_RESPONSE = 5; // of jointState.ts
const CELL = 6;

let n: i32 = 0;
let m: i32 = 0;
let records: i32 = 0;
let size: i32 = 0; // of a record, in doubles
// Where they begin in a record, as pointers.
let agents: i32 = 0;
let cells: i32 = 0;
let jacobian: i32 = 0;

/** Places the records of so many economies, a multiple of LANES, of the size of the open one. */
export function bindBatch(base: i32, places: i32): void {
  n = economy.n;
  m = economy.m;
  agents = (HEAD + m * GOOD) * VECTOR;
  cells = agents + n * AGENT * VECTOR;
  jacobian = cells + n * m * CELL * VECTOR;
  size = (HEAD + m * GOOD + n * AGENT + n * m * CELL + (m - 1) * (m - 1)) * LANES;
  openWorkspace(base);
  records = matrix(places, HEAD + m * GOOD + n * AGENT);
  matrix(places * n, m * CELL);
  matrix(places * (m - 1), m - 1);
}

/** The address of a number of market k, so many vectors behind the beginning of its record. */
function numberOf(k: i32, vectors: i32): i32 {
  return records + (k / LANES) * size + vectors * LANES + (k % LANES);
}

/** Where the record of markets k to k + LANES - 1 begins. */
function recordOf(k: i32): i32 {
  return pointer(records + (k / LANES) * size);
}

// Addresses of numbers of market k.

export function maxResidualOf(k: i32): i32 {
  return numberOf(k, MAX_RESIDUAL);
}

export function minPivotOf(k: i32): i32 {
  return numberOf(k, MIN_PIVOT);
}

export function residualBoundOf(k: i32): i32 {
  return numberOf(k, BOUND);
}

/** How far the last step went, in log prices. */
export function movedOf(k: i32): i32 {
  return numberOf(k, MOVED);
}

export function logPriceOf(k: i32, j: i32): i32 {
  return numberOf(k, HEAD + j * GOOD + LOG_PRICE);
}

export function tauOf(k: i32, i: i32): i32 {
  return numberOf(k, HEAD + m * GOOD + i * AGENT + TAU);
}

export function elasticityOf(k: i32, i: i32, j: i32): i32 {
  return cellOf(k, i, j) + ELASTICITY * LANES;
}

export function scaledValueOf(k: i32, i: i32, j: i32): i32 {
  return cellOf(k, i, j) + SCALED_VALUE * LANES;
}

export function ownedOf(k: i32, i: i32, j: i32): i32 {
  return cellOf(k, i, j) + OWNED * LANES;
}

function cellOf(k: i32, i: i32, j: i32): i32 {
  return numberOf(k, HEAD + m * GOOD + n * AGENT + (i * m + j) * CELL);
}

/** A want of 0 counts as this, with omega = -1: less than any amount. */
const UNWANTED: f64 = 1e-307;

/**
 * Gathers the open economy as market k of the batch. All places of a record have to be filled before
 * startBatch().
 */
export function gatherMarket(k: i32): void {
  const d = doubles;
  const count = n * m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  const endowments = economy.endowments;
  const totals = economy.totals;
  const goods = numberOf(k, HEAD);
  for (let j = 0; j < m; j++) d[goods + (j * GOOD + PER_TOTAL) * LANES] = d[totals + j];
  let to = cellOf(k, 0, 0);
  for (let cell = 0; cell < count; cell++) {
    const wanted = d[alpha + cell] > 0;
    d[to + SCALED_VALUE * LANES] = wanted ? d[alpha + cell] : UNWANTED;
    d[to + CURVATURE * LANES] = wanted ? d[omega + cell] : -1;
    d[to + OWNED * LANES] = d[endowments + cell];
    to += CELL * LANES;
  }
}

/**
 * Turns the data gathered of markets k to k + LANES - 1 into elasticities, scaled log values and
 * parts owned, and starts the markets from the equal split. Each tau makes the goods of the split
 * worth the same, on average, to every agent; prices are the means of the agents' own.
 */
export function startBatch(k: i32): void {
  const v = pointed;
  const each = all(Math.log(n) * EXPONENT_UNIT);
  const spread = all(Math.log(m) * EXPONENT_UNIT);
  const unit = all(EXPONENT_UNIT);
  const perGood = all(1 / m);
  const perAgent = all(1 / n);
  const record = recordOf(k);
  v[record + MIN_PIVOT * VECTOR] = one();
  for (let j = 0, good = record + HEAD * VECTOR; j < m; j++, good += GOOD * VECTOR) {
    const total = v[good + PER_TOTAL * VECTOR];
    v[good + PER_TOTAL * VECTOR] = one() / total;
    v[good + LOG_TOTAL * VECTOR] = log(total);
    v[good + LOG_PRICE * VECTOR] = all(0);
  }
  let cell = record + cells;
  for (let i = 0, agent = record + agents; i < n; i++, agent += AGENT * VECTOR) {
    const first = cell;
    let sum = all(0);
    for (let j = 0, good = record + HEAD * VECTOR; j < m; j++, good += GOOD * VECTOR) {
      const omega = v[cell + CURVATURE * VECTOR];
      const elastic = one() / omega;
      const weighed = (one() + omega) * v[good + LOG_TOTAL * VECTOR];
      const level = (log(v[cell + SCALED_VALUE * VECTOR]) + weighed) * unit;
      v[cell + ELASTICITY * VECTOR] = elastic;
      v[cell + SCALED_VALUE * VECTOR] = elastic * level;
      v[cell + OWNED * VECTOR] = v[cell + OWNED * VECTOR] * v[good + PER_TOTAL * VECTOR];
      // ln of marginal utility at y = 1 / n.
      const worth = level - each * omega;
      v[cell + WEALTH_RESPONSE * VECTOR] = worth;
      sum = sum + worth;
      cell += CELL * VECTOR;
    }
    const mean = sum * perGood;
    const tau = mean + spread;
    v[agent + TAU * VECTOR] = tau;
    cell = first;
    for (let j = 0, good = record + HEAD * VECTOR; j < m; j++, good += GOOD * VECTOR) {
      const price = v[cell + WEALTH_RESPONSE * VECTOR] - tau;
      v[good + LOG_PRICE * VECTOR] = v[good + LOG_PRICE * VECTOR] + price * perAgent;
      cell += CELL * VECTOR;
    }
  }
}

/** Evaluates demand, spending and the largest residual of markets k to k + LANES - 1. */
export function evaluateBatch(k: i32): void {
  const v = pointed;
  const record = recordOf(k);
  for (let j = 0, good = record + HEAD * VECTOR; j < m; j++, good += GOOD * VECTOR) {
    v[good + VALUE * VECTOR] = exp2(v[good + LOG_PRICE * VECTOR]);
    v[good + DEMAND * VECTOR] = all(0);
    v[good + DEMAND_SLOPE * VECTOR] = all(0);
  }
  let largest = all(0);
  let cell = record + cells;
  for (let i = 0, agent = record + agents; i < n; i++, agent += AGENT * VECTOR) {
    const tau = v[agent + TAU * VECTOR];
    let spent = all(0);
    let sloped = all(0);
    let wealth = all(0);
    for (let j = 0, good = record + HEAD * VECTOR; j < m; j++, good += GOOD * VECTOR) {
      const elastic = v[cell + ELASTICITY * VECTOR];
      const price = v[good + VALUE * VECTOR];
      const part = exp2(elastic * (v[good + LOG_PRICE * VECTOR] + tau) - v[cell + SCALED_VALUE * VECTOR]);
      const sloping = elastic * part;
      v[cell + DEMANDED * VECTOR] = part;
      v[good + DEMAND * VECTOR] = v[good + DEMAND * VECTOR] + part;
      v[good + DEMAND_SLOPE * VECTOR] = v[good + DEMAND_SLOPE * VECTOR] + sloping;
      spent = spent + price * part;
      sloped = sloped + price * sloping;
      wealth = wealth + price * v[cell + OWNED * VECTOR];
      cell += CELL * VECTOR;
    }
    const perWealth = one() / wealth;
    const miss = nearLog(spent * perWealth);
    v[agent + BUDGET_MISS * VECTOR] = miss;
    v[agent + BUYING * VECTOR] = one() / spent;
    v[agent + OWNING * VECTOR] = perWealth;
    v[agent + RESPONDING * VECTOR] = spent / sloped;
    largest = max(largest, abs(miss));
  }
  for (let j = 0, good = record + HEAD * VECTOR; j < m; j++, good += GOOD * VECTOR) {
    const miss = nearLog(v[good + DEMAND * VECTOR]);
    v[good + MARKET_MISS * VECTOR] = miss;
    largest = max(largest, abs(miss));
  }
  v[record + MAX_RESIDUAL * VECTOR] = largest * all(1 / EXPONENT_UNIT);
}

/**
 * Makes one Newton step of markets k to k + LANES - 1. No log price moves by more than `cap`; the
 * last good's price stays.
 */
export function stepBatch(k: i32, cap: f64): void {
  const v = pointed;
  const record = recordOf(k);
  const goods = record + HEAD * VECTOR;
  const system = record + jacobian;
  const r = m - 1;
  // J = -1 + sum_i w_i v_i', its rows over -demandSlope, and the right side.
  let entry = system;
  for (let j = 0, good = goods; j < r; j++, good += GOOD * VECTOR) {
    const perSlope = one() / v[good + DEMAND_SLOPE * VECTOR];
    v[good + DEMAND_SLOPE * VECTOR] = perSlope;
    v[good + STEP * VECTOR] = v[good + DEMAND * VECTOR] * v[good + MARKET_MISS * VECTOR] * perSlope;
    for (let l = 0; l < r; l++) {
      v[entry] = all(j === l ? -1 : 0);
      entry += VECTOR;
    }
  }
  let first = record + cells;
  for (let i = 0, agent = record + agents; i < n; i++, agent += AGENT * VECTOR) {
    const perSpending = v[agent + BUYING * VECTOR];
    const perWealth = v[agent + OWNING * VECTOR];
    const perSlope = v[agent + RESPONDING * VECTOR];
    const miss = v[agent + BUDGET_MISS * VECTOR];
    let cell = first;
    for (let j = 0, good = goods; j < m; j++, good += GOOD * VECTOR) {
      const own = v[cell + OWNED * VECTOR] * perWealth;
      const spent = v[cell + DEMANDED * VECTOR] * perSpending;
      const response = own - spent * (one() + v[cell + ELASTICITY * VECTOR]);
      v[cell + WEALTH_RESPONSE * VECTOR] = v[good + VALUE * VECTOR] * response;
      cell += CELL * VECTOR;
    }
    cell = first;
    entry = system;
    for (let j = 0, good = goods; j < r; j++, good += GOOD * VECTOR) {
      const sloping = v[cell + ELASTICITY * VECTOR] * v[cell + DEMANDED * VECTOR];
      const w = sloping * perSlope * v[good + DEMAND_SLOPE * VECTOR];
      v[good + STEP * VECTOR] = v[good + STEP * VECTOR] - w * miss;
      for (let l = 0, other = first; l < r; l++, other += CELL * VECTOR) {
        v[entry] = v[entry] - w * v[other + WEALTH_RESPONSE * VECTOR];
        entry += VECTOR;
      }
      cell += CELL * VECTOR;
    }
    first += m * CELL * VECTOR;
  }
  v[record + MIN_PIVOT * VECTOR] = eliminate(goods, system, r);

  let largest = all(0);
  for (let j = 0, good = goods; j < r; j++, good += GOOD * VECTOR) largest = max(largest, abs(v[good + STEP * VECTOR]));
  v[record + MOVED * VECTOR] = largest * all(1 / EXPONENT_UNIT);
  const part = min(one(), all(cap * EXPONENT_UNIT) / pmax(all(1e-300), largest));
  for (let j = 0, good = goods; j < r; j++, good += GOOD * VECTOR)
    v[good + LOG_PRICE * VECTOR] = v[good + LOG_PRICE * VECTOR] + part * v[good + STEP * VECTOR];
  let cell = record + cells;
  for (let i = 0, agent = record + agents; i < n; i++, agent += AGENT * VECTOR) {
    let push = all(0) - v[agent + BUDGET_MISS * VECTOR];
    for (let j = 0, good = goods; j < r; j++, good += GOOD * VECTOR) {
      push = push + v[cell + WEALTH_RESPONSE * VECTOR] * v[good + STEP * VECTOR];
      cell += CELL * VECTOR;
    }
    cell += CELL * VECTOR;
    v[agent + TAU * VECTOR] = v[agent + TAU * VECTOR] + part * (push * v[agent + RESPONDING * VECTOR]);
  }
}

/**
 * Solves the systems of a record in place, without exchanging rows, and returns their smallest
 * pivots.
 */
function eliminate(goods: i32, system: i32, r: i32): Vector {
  const v = pointed;
  const row = r * VECTOR;
  let smallest = all(Infinity);
  for (let j = 0, from = system, good = goods; j < r; j++, from += row + VECTOR, good += GOOD * VECTOR) {
    const diagonal = v[from];
    smallest = min(smallest, abs(diagonal));
    const reciprocal = one() / diagonal;
    v[from] = reciprocal;
    let to = from + row;
    let right = good + GOOD * VECTOR;
    for (let i = j + 1; i < r; i++) {
      const ratio = v[to] * reciprocal;
      for (let l = 1; l < r - j; l++) v[to + l * VECTOR] = v[to + l * VECTOR] - ratio * v[from + l * VECTOR];
      v[right + STEP * VECTOR] = v[right + STEP * VECTOR] - ratio * v[good + STEP * VECTOR];
      to += row;
      right += GOOD * VECTOR;
    }
  }
  for (let j = r - 1; j >= 0; j--) {
    const good = goods + j * GOOD * VECTOR;
    const diagonal = system + j * (row + VECTOR);
    let left = v[good + STEP * VECTOR];
    let other = good + GOOD * VECTOR;
    for (let l = 1; l < r - j; l++) {
      left = left - v[diagonal + l * VECTOR] * v[other + STEP * VECTOR];
      other += GOOD * VECTOR;
    }
    v[good + STEP * VECTOR] = left * v[diagonal];
  }
  return smallest;
}

/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;

/**
 * Writes the largest of the residuals that an audit of markets k to k + LANES - 1 measures: clearing,
 * budget, stationarity, and a bound on the net flow by the trade of a good. Where an amount is too
 * small for a double, the smallest pivot becomes almost 0. After evaluateBatch().
 */
export function boundResiduals(k: i32): void {
  const v = pointed;
  const perUnit = all(1 / EXPONENT_UNIT);
  const record = recordOf(k);
  const goods = record + HEAD * VECTOR;
  // The trade of each good, in the place of what only a step needs.
  for (let j = 0, good = goods; j < m; j++, good += GOOD * VECTOR) v[good + STEP * VECTOR] = all(0);
  let largest = all(0);
  let unbalanced = all(0);
  let smallest = one();
  let cell = record + cells;
  for (let i = 0, agent = record + agents; i < n; i++, agent += AGENT * VECTOR) {
    const tau = v[agent + TAU * VECTOR];
    for (let j = 0, good = goods; j < m; j++, good += GOOD * VECTOR) {
      const part = v[cell + DEMANDED * VECTOR];
      // omega ln y, less what it should be.
      const meant =
        v[cell + ELASTICITY * VECTOR] * (v[good + LOG_PRICE * VECTOR] + tau) - v[cell + SCALED_VALUE * VECTOR];
      const miss = log(part) - meant * perUnit;
      largest = max(largest, abs(miss * v[cell + CURVATURE * VECTOR]));
      smallest = min(smallest, part);
      v[good + STEP * VECTOR] = v[good + STEP * VECTOR] + abs(part - v[cell + OWNED * VECTOR]);
      cell += CELL * VECTOR;
    }
    const miss = abs(v[agent + BUDGET_MISS * VECTOR]) * perUnit;
    largest = max(largest, miss);
    unbalanced = unbalanced + miss / v[agent + OWNING * VECTOR];
  }
  for (let j = 0, good = goods; j < m; j++, good += GOOD * VECTOR) {
    const price = v[good + VALUE * VECTOR];
    const excess = abs(v[good + DEMAND * VECTOR] - one());
    const net = excess * price + unbalanced;
    const gross = v[good + STEP * VECTOR] * price * all(0.5);
    largest = max(largest, max(excess, net / gross));
  }
  v[record + BOUND * VECTOR] = largest;
  v[record + MIN_PIVOT * VECTOR] = min(v[record + MIN_PIVOT * VECTOR], smallest * all(1 / SMALLEST));
}

/**
 * Writes market k's prices, adding up to 1 (m), and its allocation x (n m); totals (m) are its own.
 */
export function scatterMarket(k: i32, totals: i32, prices: i32, x: i32): void {
  const d = doubles;
  const goods = numberOf(k, HEAD);
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) {
    const price = d[goods + (j * GOOD + VALUE) * LANES] / d[totals + j];
    d[prices + j] = price;
    sum += price;
  }
  for (let j = 0; j < m; j++) d[prices + j] /= sum;
  let cell = cellOf(k, 0, 0) + DEMANDED * LANES;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      d[x + i * m + j] = d[cell] * d[totals + j];
      cell += CELL * LANES;
    }
  }
}

/** ln x near 1, to the fifth order; between -3 and 3. It is all that Newton's method needs. */
function nearLog(x: Vector): Vector {
  const square = x * x;
  return (all(3 * EXPONENT_UNIT) * (square - one())) / (square + all(4) * x + one());
}

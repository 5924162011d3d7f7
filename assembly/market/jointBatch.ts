// The joint Newton method for many small markets side by side, or for one market from many starts.
// Markets 0 to PLACES - 1 share a record of vectors, the next PLACES another, and so on. All that a
// step needs of them lies in a few cache lines, at distances from one pointer that are constants. The
// markets of a record take the same steps at the same time. A market that has not converged, or whose
// residuals are not accurate, is left to the caller, to be solved by itself.
//
// A record has SIDES vectors of every number, side by side: while one waits for a result, the other
// goes on. What can be done for one agent is done for both sides in turn. One market by itself has the
// first side alone: then `wide` is false.
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
  half,
  LANES,
  log,
  one,
  pmax,
  pmin,
  pointed,
  pointer,
  putSpaced,
  select,
  spaced,
  unit,
  VECTOR,
  Vector,
} from "../simd/vector";

/** Cells up to which a market takes less time in a record than by itself. */
export const MAX_CELLS = 64;

const SIDES: i32 = 2;
/** How many markets a record holds. */
export const PLACES: i32 = SIDES * LANES;
/** How far a pointer moves from one field to the next. */
const FIELD: i32 = SIDES * VECTOR;

// A record has a head, then its goods, its agents, its cells, agent by agent, and the Jacobian without
// the last good. These are the fields of each.

// Of the head.
const MISSED = 0; // the sum of all residuals, in size
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
const TOTAL = 7;
const PER_TOTAL = 8; // 1 / the total
const GOOD = 9;

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

/** At the start: the elasticity, or 0 where the good is not wanted. */
const WANTED = DEMANDED;

let n: i32 = 0;
let m: i32 = 0;
let logGoods: f64 = 0;
let records: i32 = 0;
let size: i32 = 0; // of a record, in doubles
// Where they begin in a record, as pointers.
let agents: i32 = 0;
let cells: i32 = 0;
let jacobian: i32 = 0;

/** Places the records of so many economies, a multiple of PLACES, of the size of the open one. */
export function bindBatch(base: i32, places: i32): void {
  n = economy.n;
  m = economy.m;
  logGoods = Math.log(m) * EXPONENT_UNIT;
  agents = (HEAD + m * GOOD) * FIELD;
  cells = agents + n * AGENT * FIELD;
  jacobian = cells + n * m * CELL * FIELD;
  size = (HEAD + m * GOOD + n * AGENT + n * m * CELL + (m - 1) * (m - 1)) * PLACES;
  openWorkspace(base);
  records = matrix(places, HEAD + m * GOOD + n * AGENT);
  matrix(places * n, m * CELL);
  matrix(places * (m - 1), m - 1);
}

/** The address of a number of market k, so many fields behind the beginning of its record. */
function numberOf(k: i32, fields: i32): i32 {
  const place = k % PLACES;
  return records + ((k - place) / PLACES) * size + fields * PLACES + place;
}

/** Where the side of a record begins that begins with market k; of the first side, the record. */
function sideOf(k: i32): i32 {
  return pointer(numberOf(k, 0));
}

// Addresses of numbers of market k.

/** The sum of all residuals, in size: never less than the largest, and NaN if one of them is. */
export function missedOf(k: i32): i32 {
  return numberOf(k, MISSED);
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
  return cellOf(k, i, j) + ELASTICITY * PLACES;
}

export function scaledValueOf(k: i32, i: i32, j: i32): i32 {
  return cellOf(k, i, j) + SCALED_VALUE * PLACES;
}

export function ownedOf(k: i32, i: i32, j: i32): i32 {
  return cellOf(k, i, j) + OWNED * PLACES;
}

function cellOf(k: i32, i: i32, j: i32): i32 {
  return numberOf(k, HEAD + m * GOOD + n * AGENT + (i * m + j) * CELL);
}

/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;

/** A want of 0 counts as this, with omega = -1: less than any amount. */
const UNWANTED: f64 = 1e-307;

/**
 * Makes the open economy, and with `spread` = 1 those behind it, the markets k to k + LANES - 1; with
 * 0 all of these are the open one.
 *
 * They start near a split at which every agent has the same part of all goods, what it owns of them on
 * average. Each tau makes the goods of the split worth the same, on average, to the agent. Then each
 * price clears its market, to first order in the logs.
 */
export function startMarkets(k: i32, spread: i32): void {
  const v = pointed;
  const share = all(logGoods);
  const perGood = all(1 / m);
  const none = all(0);
  const nextAlpha = spread * economy.nextAlpha;
  const nextOmega = spread * economy.nextOmega;
  const nextEndowments = spread * economy.nextEndowments;
  const nextTotals = spread * economy.nextTotals;
  let alpha = economy.alpha;
  let omegas = economy.omega;
  let endowments = economy.endowments;
  let totals = economy.totals;
  const record = sideOf(k);
  const goods = record + HEAD * FIELD;
  const people = record + agents;
  v[record + MIN_PIVOT * FIELD] = one();
  for (let good = goods; good < people; good += GOOD * FIELD) {
    const total = spaced(totals, nextTotals);
    v[good + TOTAL * FIELD] = total;
    v[good + PER_TOTAL * FIELD] = one() / total;
    v[good + LOG_TOTAL * FIELD] = log(total);
    v[good + LOG_PRICE * FIELD] = none;
    v[good + DEMAND_SLOPE * FIELD] = none;
    totals++;
  }
  let cell = record + cells;
  for (let i = 0, agent = people; i < n; i++, agent += AGENT * FIELD) {
    const first = cell;
    let count = none; // of goods that it wants
    let owns = none;
    let levels = none;
    let curvatures = none;
    for (let good = goods; good < people; good += GOOD * FIELD) {
      const want = spaced(alpha, nextAlpha);
      const wanted = want > none;
      const omega = select(wanted, spaced(omegas, nextOmega), all(-1));
      const elastic = one() / omega;
      const weighed = (one() + omega) * v[good + LOG_TOTAL * FIELD];
      const level = (log(select(wanted, want, all(UNWANTED))) + weighed) * unit();
      const owned = spaced(endowments, nextEndowments) * v[good + PER_TOTAL * FIELD];
      v[cell + ELASTICITY * FIELD] = elastic;
      v[cell + CURVATURE * FIELD] = omega;
      v[cell + SCALED_VALUE * FIELD] = elastic * level;
      v[cell + OWNED * FIELD] = owned;
      v[cell + WANTED * FIELD] = select(wanted, elastic, none);
      owns = owns + owned;
      count = count + select(wanted, one(), none);
      levels = levels + select(wanted, level, none);
      curvatures = curvatures + select(wanted, omega, none);
      cell += CELL * FIELD;
      alpha++;
      omegas++;
      endowments++;
    }
    const part = pmax(owns * perGood, all(SMALLEST));
    const logPart = log(part) * unit();
    const tau = (levels + curvatures * logPart) / count + share;
    v[agent + TAU * FIELD] = tau;
    cell = first;
    for (let good = goods; good < people; good += GOOD * FIELD) {
      const price = v[cell + CURVATURE * FIELD] * (v[cell + SCALED_VALUE * FIELD] + logPart) - tau;
      const weight = part * v[cell + WANTED * FIELD];
      v[good + LOG_PRICE * FIELD] = v[good + LOG_PRICE * FIELD] + weight * price;
      v[good + DEMAND_SLOPE * FIELD] = v[good + DEMAND_SLOPE * FIELD] + weight;
      cell += CELL * FIELD;
    }
  }
  for (let good = goods; good < people; good += GOOD * FIELD)
    v[good + LOG_PRICE * FIELD] = v[good + LOG_PRICE * FIELD] / v[good + DEMAND_SLOPE * FIELD];
}

/** Evaluates demand, spending and what is missed of the record that begins with market k. */
export function evaluateBatch(k: i32, wide: bool): void {
  const v = pointed;
  const record = sideOf(k);
  const goods = record + HEAD * FIELD;
  const people = record + agents;
  const width = wide ? FIELD : VECTOR;
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let side = 0; side < width; side += VECTOR) v[record + side + MISSED * FIELD] = all(0);
  for (let first = goods; first < people; first += GOOD * FIELD) {
    for (let good = first; good < first + width; good += VECTOR) {
      v[good + VALUE * FIELD] = exp2(v[good + LOG_PRICE * FIELD]);
      v[good + DEMAND * FIELD] = all(0);
      v[good + DEMAND_SLOPE * FIELD] = all(0);
    }
  }
  let row = record + cells;
  for (let i = 0, first = people; i < n; i++, first += AGENT * FIELD) {
    for (let side = 0; side < width; side += VECTOR) {
      const agent = first + side;
      const tau = v[agent + TAU * FIELD];
      let spent = all(0);
      let sloped = all(0);
      let wealth = all(0);
      let cell = row + side;
      for (let good = goods + side; good < people; good += GOOD * FIELD) {
        const elastic = v[cell + ELASTICITY * FIELD];
        const price = v[good + VALUE * FIELD];
        const part = exp2(elastic * (v[good + LOG_PRICE * FIELD] + tau) - v[cell + SCALED_VALUE * FIELD]);
        const sloping = elastic * part;
        v[cell + DEMANDED * FIELD] = part;
        v[good + DEMAND * FIELD] = v[good + DEMAND * FIELD] + part;
        v[good + DEMAND_SLOPE * FIELD] = v[good + DEMAND_SLOPE * FIELD] + sloping;
        spent = spent + price * part;
        sloped = sloped + price * sloping;
        wealth = wealth + price * v[cell + OWNED * FIELD];
        cell += CELL * FIELD;
      }
      const perWealth = one() / wealth;
      const miss = nearLog(spent * perWealth);
      v[agent + BUDGET_MISS * FIELD] = miss;
      v[agent + BUYING * FIELD] = one() / spent;
      v[agent + OWNING * FIELD] = perWealth;
      v[agent + RESPONDING * FIELD] = spent / sloped;
      const missed = record + side + MISSED * FIELD;
      v[missed] = v[missed] + abs(miss) * perUnit;
    }
    row += m * CELL * FIELD;
  }
  for (let first = goods; first < people; first += GOOD * FIELD) {
    for (let side = 0; side < width; side += VECTOR) {
      const good = first + side;
      const miss = nearLog(v[good + DEMAND * FIELD]);
      v[good + MARKET_MISS * FIELD] = miss;
      const missed = record + side + MISSED * FIELD;
      v[missed] = v[missed] + abs(miss) * perUnit;
    }
  }
}

/**
 * Makes one Newton step of the record that begins with market k. No log price moves by more than
 * `cap`; the last good's price stays.
 */
export function stepBatch(k: i32, cap: f64, wide: bool): void {
  const v = pointed;
  const record = sideOf(k);
  const goods = record + HEAD * FIELD;
  const people = record + agents;
  const system = record + jacobian;
  const width = wide ? FIELD : VECTOR;
  const r = m - 1;
  const last = goods + r * GOOD * FIELD;
  const line = r * FIELD;
  const row = m * CELL * FIELD;
  // J = -1 + sum_i w_i v_i', its rows over -demandSlope, and the right side.
  for (let side = 0; side < width; side += VECTOR) {
    let entry = system + side;
    let diagonal = entry;
    for (let good = goods + side; good < last; good += GOOD * FIELD) {
      const perSlope = one() / v[good + DEMAND_SLOPE * FIELD];
      v[good + DEMAND_SLOPE * FIELD] = perSlope;
      v[good + STEP * FIELD] = v[good + DEMAND * FIELD] * v[good + MARKET_MISS * FIELD] * perSlope;
      for (const end = entry + line; entry < end; entry += FIELD) v[entry] = all(0);
      v[diagonal] = all(-1);
      diagonal += line + FIELD;
    }
  }
  let firstCell = record + cells;
  for (let i = 0, firstAgent = people; i < n; i++, firstAgent += AGENT * FIELD) {
    for (let side = 0; side < width; side += VECTOR) {
      const agent = firstAgent + side;
      const perSpending = v[agent + BUYING * FIELD];
      const perWealth = v[agent + OWNING * FIELD];
      const perSlope = v[agent + RESPONDING * FIELD];
      const miss = v[agent + BUDGET_MISS * FIELD];
      const first = firstCell + side;
      let cell = first;
      for (let good = goods + side; good < people; good += GOOD * FIELD) {
        const own = v[cell + OWNED * FIELD] * perWealth;
        const spent = v[cell + DEMANDED * FIELD] * perSpending;
        const response = own - spent * (one() + v[cell + ELASTICITY * FIELD]);
        v[cell + WEALTH_RESPONSE * FIELD] = v[good + VALUE * FIELD] * response;
        cell += CELL * FIELD;
      }
      cell = first;
      let entry = system + side;
      for (let good = goods + side; good < last; good += GOOD * FIELD) {
        const sloping = v[cell + ELASTICITY * FIELD] * v[cell + DEMANDED * FIELD];
        const w = sloping * perSlope * v[good + DEMAND_SLOPE * FIELD];
        v[good + STEP * FIELD] = v[good + STEP * FIELD] - w * miss;
        let other = first;
        for (const end = entry + line; entry < end; entry += FIELD) {
          v[entry] = v[entry] - w * v[other + WEALTH_RESPONSE * FIELD];
          other += CELL * FIELD;
        }
        cell += CELL * FIELD;
      }
    }
    firstCell += row;
  }
  eliminate(record, width);

  for (let side = 0; side < width; side += VECTOR) {
    let largest = all(0);
    for (let good = goods + side; good < last; good += GOOD * FIELD)
      largest = pmax(largest, abs(v[good + STEP * FIELD]));
    v[record + side + MOVED * FIELD] = largest * all(1 / EXPONENT_UNIT);
    const part = pmin(one(), all(cap * EXPONENT_UNIT) / pmax(all(1e-300), largest));
    for (let good = goods + side; good < last; good += GOOD * FIELD)
      v[good + LOG_PRICE * FIELD] = v[good + LOG_PRICE * FIELD] + part * v[good + STEP * FIELD];
    let first = record + cells + side;
    for (let i = 0, agent = people + side; i < n; i++, agent += AGENT * FIELD) {
      let push = -v[agent + BUDGET_MISS * FIELD];
      let cell = first;
      for (let good = goods + side; good < last; good += GOOD * FIELD) {
        push = push + v[cell + WEALTH_RESPONSE * FIELD] * v[good + STEP * FIELD];
        cell += CELL * FIELD;
      }
      first += row;
      v[agent + TAU * FIELD] = v[agent + TAU * FIELD] + part * (push * v[agent + RESPONDING * FIELD]);
    }
  }
}

/** Solves the systems of a record in place, without exchanging rows, and writes their smallest pivots. */
function eliminate(record: i32, width: i32): void {
  const v = pointed;
  const r = m - 1;
  const line = r * FIELD;
  const goods = record + HEAD * FIELD;
  const system = record + jacobian;
  for (let side = 0; side < width; side += VECTOR) v[record + side + MIN_PIVOT * FIELD] = all(Infinity);
  for (let j = 0; j < r; j++) {
    const length = (r - j) * FIELD;
    for (let side = 0; side < width; side += VECTOR) {
      const from = system + j * (line + FIELD) + side;
      const good = goods + j * GOOD * FIELD + side;
      const smallest = record + side + MIN_PIVOT * FIELD;
      const diagonal = v[from];
      v[smallest] = pmin(v[smallest], abs(diagonal));
      const reciprocal = one() / diagonal;
      v[from] = reciprocal;
      let to = from + line;
      let right = good + GOOD * FIELD;
      for (let i = j + 1; i < r; i++) {
        const ratio = v[to] * reciprocal;
        for (let l = FIELD; l < length; l += FIELD) v[to + l] = v[to + l] - ratio * v[from + l];
        v[right + STEP * FIELD] = v[right + STEP * FIELD] - ratio * v[good + STEP * FIELD];
        to += line;
        right += GOOD * FIELD;
      }
    }
  }
  for (let j = r - 1; j >= 0; j--) {
    const length = (r - j) * FIELD;
    for (let side = 0; side < width; side += VECTOR) {
      const diagonal = system + j * (line + FIELD) + side;
      const good = goods + j * GOOD * FIELD + side;
      let left = v[good + STEP * FIELD];
      let other = good + GOOD * FIELD;
      for (let l = FIELD; l < length; l += FIELD) {
        left = left - v[diagonal + l] * v[other + STEP * FIELD];
        other += GOOD * FIELD;
      }
      v[good + STEP * FIELD] = left * v[diagonal];
    }
  }
}

/**
 * After evaluateBatch(): writes the prices, adding up to 1 (m), and the allocation x (n m) of market
 * k, and with `spread` = 1 those of the markets up to k + LANES - 1 behind them. Keeps the largest of
 * the residuals that an audit of each measures: clearing, budget, stationarity, and a bound on the net
 * flow by the trade of a good. Where an amount is too small for a double, the smallest pivot becomes
 * almost 0.
 */
export function finishMarkets(k: i32, spread: i32, prices: i32, x: i32): void {
  const v = pointed;
  const perUnit = all(1 / EXPONENT_UNIT);
  const record = sideOf(k);
  const goods = record + HEAD * FIELD;
  const people = record + agents;
  const nextX = spread * n * m;
  // The trade of each good, in the place of what only a step needs.
  for (let good = goods; good < people; good += GOOD * FIELD) v[good + STEP * FIELD] = all(0);
  let largest = all(0);
  let sum = all(0); // of what is missed: NaN where one of them is, which pmax() lets slip
  let unbalanced = all(0);
  let smallest = one();
  let cell = record + cells;
  for (let i = 0, agent = people; i < n; i++, agent += AGENT * FIELD) {
    const tau = v[agent + TAU * FIELD];
    for (let good = goods; good < people; good += GOOD * FIELD) {
      const part = v[cell + DEMANDED * FIELD];
      // omega ln y, less what it should be.
      const meant = v[cell + ELASTICITY * FIELD] * (v[good + LOG_PRICE * FIELD] + tau) - v[cell + SCALED_VALUE * FIELD];
      const miss = abs((log(part) - meant * perUnit) * v[cell + CURVATURE * FIELD]);
      largest = pmax(largest, miss);
      sum = sum + miss;
      smallest = pmin(smallest, part);
      v[good + STEP * FIELD] = v[good + STEP * FIELD] + abs(part - v[cell + OWNED * FIELD]);
      putSpaced(x, nextX, part * v[good + TOTAL * FIELD]);
      x++;
      cell += CELL * FIELD;
    }
    const miss = abs(v[agent + BUDGET_MISS * FIELD]) * perUnit;
    largest = pmax(largest, miss);
    unbalanced = unbalanced + miss / v[agent + OWNING * FIELD];
  }
  sum = sum + unbalanced;
  let worth = all(0); // of one unit of every good
  for (let good = goods; good < people; good += GOOD * FIELD) {
    const value = v[good + VALUE * FIELD];
    const excess = abs(v[good + DEMAND * FIELD] - one());
    const net = excess * value + unbalanced;
    const gross = v[good + STEP * FIELD] * value * half();
    const flow = net / gross;
    largest = pmax(largest, pmax(excess, flow));
    sum = sum + flow;
    const price = value * v[good + PER_TOTAL * FIELD];
    v[good + STEP * FIELD] = price;
    worth = worth + price;
  }
  const perWorth = one() / worth;
  for (let good = goods; good < people; good += GOOD * FIELD) {
    putSpaced(prices, spread * m, v[good + STEP * FIELD] * perWorth);
    prices++;
  }
  v[record + BOUND * FIELD] = select(sum < all(Infinity), largest, all(Infinity));
  v[record + MIN_PIVOT * FIELD] = pmin(v[record + MIN_PIVOT * FIELD], smallest * all(1 / SMALLEST));
}

// Of market 0, after evaluateBatch().

/**
 * Whether its residuals are accurate. Each good's is at most `accurate` times its trade, and no amount
 * is too small for a double.
 */
export function isAccurate(accurate: f64): bool {
  const d = doubles;
  let good = records + HEAD * PLACES;
  let column = records + (HEAD + m * GOOD + n * AGENT) * PLACES;
  for (let j = 0; j < m; j++, good += GOOD * PLACES, column += CELL * PLACES) {
    let trade: f64 = 0;
    for (let i = 0, cell = column; i < n; i++, cell += m * CELL * PLACES) {
      const part = d[cell + DEMANDED * PLACES];
      if (!(part >= SMALLEST)) return false;
      trade += Math.abs(part - d[cell + OWNED * PLACES]);
    }
    if (!(Math.abs(d[good + MARKET_MISS * PLACES]) <= accurate * EXPONENT_UNIT * trade)) return false;
  }
  return true;
}

/** Writes its log prices (m) and its allocation x (n m). */
export function readMarket(logPrices: i32, x: i32): void {
  const d = doubles;
  let good = records + HEAD * PLACES;
  let column = records + (HEAD + m * GOOD + n * AGENT) * PLACES;
  for (let j = 0; j < m; j++, good += GOOD * PLACES, column += CELL * PLACES) {
    d[logPrices + j] = d[good + LOG_PRICE * PLACES] / EXPONENT_UNIT - d[good + LOG_TOTAL * PLACES];
    for (let i = 0, cell = column; i < n; i++, cell += m * CELL * PLACES) {
      d[x + i * m + j] = d[cell + DEMANDED * PLACES] * d[good + TOTAL * PLACES];
    }
  }
}

/**
 * ln x near 1, to the fifth order: 3 (x^2 - 1) / (x^2 + 4 x + 1), which is between -3 and 3. It is all
 * that Newton's method needs.
 */
function nearLog(x: Vector): Vector {
  const sum = x + one();
  const third = (x - one()) * sum * unit();
  return (third + third + third) / (sum * sum + (x + x));
}

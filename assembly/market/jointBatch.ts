// The joint Newton method for many small markets side by side, or for one market from many starts.
// Number k of a row belongs to market k, and a row holds BATCH numbers. All markets take the same
// steps at the same time. A market that has not converged, or whose residuals are not accurate, is
// left to the caller, to be solved by itself.

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace } from "../economy/workspace";
import { doubles } from "../simd/memory";
import { abs, all, EXPONENT_UNIT, exp, exp2, LANES, log, max, min, Vector, vectors } from "../simd/vector";

/** Markets side by side: few enough for their rows to stay in the near caches at 3x3. */
export const BATCH: i32 = 32;

let n: i32 = 0;
let m: i32 = 0;

// One row for each cell.
export let elasticity: i32 = 0; // 1 / omega, times EXPONENT_UNIT
export let scaledValue: i32 = 0; // elasticity times log marginal utility at y = 1
export let owned: i32 = 0; // the agent's part of the total of the good
let y: i32 = 0; // the agent's demand, over the total
let wealthResponse: i32 = 0; // of jointState.ts

// One row for each agent.
export let tau: i32 = 0; // log marginal utility of wealth
let budgetResidual: i32 = 0; // ln spending - ln wealth
let buying: i32 = 0; // 1 / spending
let owning: i32 = 0; // 1 / wealth
let responding: i32 = 0; // 1 / wealthSlope

// One row for each good.
export let logPrices: i32 = 0; // of the total of a good
let value: i32 = 0; // of the total of a good
let demand: i32 = 0;
let demandSlope: i32 = 0;
let marketResidual: i32 = 0; // ln demand
let step: i32 = 0; // the right side, then the step
let logTotals: i32 = 0;

// One row.
export let maxResidual: i32 = 0;
export let minPivot: i32 = 0; // the smallest pivot, in size
export let residualBound: i32 = 0; // on the residuals of an audit, or Infinity
export let moved: i32 = 0; // the largest step

/** One row for each entry of the Jacobian without the last good. */
let jacobian: i32 = 0;

/** Places the rows of BATCH economies of the size of the open one at `base`. */
export function bindBatch(base: i32): void {
  n = economy.n;
  m = economy.m;
  const row = m * BATCH;
  openWorkspace(base);
  elasticity = matrix(n, row);
  scaledValue = matrix(n, row);
  owned = matrix(n, row);
  y = matrix(n, row);
  wealthResponse = matrix(n, row);
  tau = matrix(n, BATCH);
  budgetResidual = matrix(n, BATCH);
  buying = matrix(n, BATCH);
  owning = matrix(n, BATCH);
  responding = matrix(n, BATCH);
  logPrices = block(row);
  value = block(row);
  demand = block(row);
  demandSlope = block(row);
  marketResidual = block(row);
  step = block(row);
  logTotals = block(row);
  maxResidual = block(BATCH);
  minPivot = block(BATCH);
  residualBound = block(BATCH);
  moved = block(BATCH);
  jacobian = matrix(m - 1, (m - 1) * BATCH);
}

/** A want of 0 counts as this, with omega = -1: less than any amount. */
const UNWANTED: f64 = 1e-307;

/**
 * Gathers the open economy as market k of the batch. Every place of the batch has to be filled
 * before computeLevels().
 */
export function gatherMarket(k: i32): void {
  const d = doubles;
  const cells = n * m;
  const alpha = economy.alpha;
  const omega = economy.omega;
  const endowments = economy.endowments;
  const totals = economy.totals;
  for (let j = 0; j < m; j++) d[logTotals + j * BATCH + k] = d[totals + j];
  for (let cell = 0; cell < cells; cell++) {
    const row = cell * BATCH + k;
    const wanted = d[alpha + cell] > 0;
    d[scaledValue + row] = wanted ? d[alpha + cell] : UNWANTED;
    d[elasticity + row] = wanted ? d[omega + cell] : -1;
    d[owned + row] = d[endowments + cell];
  }
}

/** Turns the data gathered into elasticities, scaled log values and parts owned. */
export function computeLevels(): void {
  const v = vectors;
  const one = all(1);
  const unit = all(EXPONENT_UNIT);
  for (let k = 0; k < BATCH; k += LANES) {
    for (let j = 0; j < m; j++) {
      const total = v[logTotals + j * BATCH + k];
      const logTotal = log(total);
      v[logTotals + j * BATCH + k] = logTotal;
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * BATCH + k;
        const omega = v[elasticity + row];
        const slope = unit / omega;
        const weighed = (one + omega) * logTotal;
        const level = log(v[scaledValue + row]) + weighed;
        v[elasticity + row] = slope;
        v[scaledValue + row] = slope * level;
        v[owned + row] = v[owned + row] / total;
      }
    }
  }
}

/**
 * Starts all markets from the equal split. Each tau makes the goods of the split worth the same, on
 * average, to every agent; prices are the means of the agents' own.
 */
export function startBatch(): void {
  const v = vectors;
  const each = all(Math.log(n) * EXPONENT_UNIT);
  const perGood = all(1 / m);
  const perAgent = all(1 / n);
  const spread = all(Math.log(m));
  for (let k = 0; k < BATCH; k += LANES) {
    v[minPivot + k] = all(1);
    for (let j = 0; j < m; j++) v[logPrices + j * BATCH + k] = all(0);
    for (let i = 0; i < n; i++) {
      let sum = all(0);
      for (let j = 0; j < m; j++) {
        // ln of marginal utility at y = 1 / n.
        const row = (i * m + j) * BATCH + k;
        const worth = (v[scaledValue + row] - each) / v[elasticity + row];
        v[wealthResponse + row] = worth;
        sum = sum + worth;
      }
      const mean = sum * perGood;
      const level = mean + spread;
      v[tau + i * BATCH + k] = level;
      for (let j = 0; j < m; j++) {
        const at = logPrices + j * BATCH + k;
        const price = v[wealthResponse + (i * m + j) * BATCH + k] - level;
        v[at] = v[at] + price * perAgent;
      }
    }
  }
}

/**
 * Evaluates demand, spending and the largest residual of the markets from `first` to before `end`,
 * multiples of LANES.
 */
export function evaluateBatch(first: i32, end: i32): void {
  const v = vectors;
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = first; k < end; k += LANES) {
    for (let j = 0; j < m; j++) {
      const at = j * BATCH + k;
      v[value + at] = exp(v[logPrices + at]);
      v[demand + at] = all(0);
      v[demandSlope + at] = all(0);
    }
    let largest = all(0);
    for (let i = 0; i < n; i++) {
      const level = v[tau + i * BATCH + k];
      let spent = all(0);
      let sloped = all(0);
      let wealth = all(0);
      for (let j = 0; j < m; j++) {
        const at = j * BATCH + k;
        const row = (i * m + j) * BATCH + k;
        const elastic = v[elasticity + row];
        const price = v[value + at];
        const part = exp2(elastic * (v[logPrices + at] + level) - v[scaledValue + row]);
        const sloping = elastic * part;
        v[y + row] = part;
        v[demand + at] = v[demand + at] + part;
        v[demandSlope + at] = v[demandSlope + at] + sloping;
        spent = spent + price * part;
        sloped = sloped + price * sloping;
        wealth = wealth + price * v[owned + row];
      }
      const at = i * BATCH + k;
      const one = all(1);
      const miss = nearLog(spent / wealth);
      v[budgetResidual + at] = miss;
      v[buying + at] = one / spent;
      v[owning + at] = one / wealth;
      v[responding + at] = spent / (sloped * perUnit);
      largest = max(largest, abs(miss));
    }
    for (let j = 0; j < m; j++) {
      const at = j * BATCH + k;
      v[demandSlope + at] = v[demandSlope + at] * perUnit;
      const miss = nearLog(v[demand + at]);
      v[marketResidual + at] = miss;
      largest = max(largest, abs(miss));
    }
    v[maxResidual + k] = largest;
  }
}

/**
 * Makes one Newton step of the markets from `first` to before `end`, multiples of LANES. No log
 * price moves by more than `cap`; the last good's price stays.
 */
export function stepBatch(first: i32, end: i32, cap: f64): void {
  const v = vectors;
  const r = m - 1;
  const one = all(1);
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = first; k < end; k += LANES) {
    // J = -1 + sum_i w_i v_i', its rows over -demandSlope, and the right side.
    for (let j = 0; j < r; j++) {
      const at = j * BATCH + k;
      v[step + at] = (v[demand + at] * v[marketResidual + at]) / v[demandSlope + at];
      for (let l = 0; l < r; l++) v[jacobian + (j * r + l) * BATCH + k] = all(j === l ? -1 : 0);
    }
    for (let i = 0; i < n; i++) {
      const at = i * BATCH + k;
      const perSpending = v[buying + at];
      const perWealth = v[owning + at];
      const perSlope = v[responding + at];
      const miss = v[budgetResidual + at];
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * BATCH + k;
        const price = v[value + j * BATCH + k];
        const elastic = v[elasticity + row] * perUnit;
        const own = price * v[owned + row] * perWealth;
        const spent = price * v[y + row] * perSpending;
        v[wealthResponse + row] = own - spent * (one + elastic);
      }
      for (let j = 0; j < r; j++) {
        const row = (i * m + j) * BATCH + k;
        const elastic = v[elasticity + row] * perUnit;
        const sloping = elastic * v[y + row];
        const w = (sloping * perSlope) / (all(0) - v[demandSlope + j * BATCH + k]);
        const right = step + j * BATCH + k;
        v[right] = v[right] + w * miss;
        for (let l = 0; l < r; l++) {
          const to = jacobian + (j * r + l) * BATCH + k;
          v[to] = v[to] + w * v[wealthResponse + (i * m + l) * BATCH + k];
        }
      }
    }
    eliminate(k, r);

    let largest = all(0);
    for (let j = 0; j < r; j++) largest = max(largest, abs(v[step + j * BATCH + k]));
    v[moved + k] = largest;
    const limit = all(cap);
    const part = min(one, limit / max(largest, all(1e-300)));
    for (let j = 0; j < r; j++) {
      const at = j * BATCH + k;
      v[logPrices + at] = v[logPrices + at] + part * v[step + at];
    }
    for (let i = 0; i < n; i++) {
      const at = i * BATCH + k;
      let push = all(0) - v[budgetResidual + at];
      for (let j = 0; j < r; j++) push = push + v[wealthResponse + (i * m + j) * BATCH + k] * v[step + j * BATCH + k];
      const move = push * v[responding + at];
      v[tau + at] = v[tau + at] + part * move;
    }
  }
}

/**
 * Solves the systems of markets k to k + LANES - 1 in place, without exchanging rows, and writes
 * their smallest pivots.
 */
function eliminate(k: i32, r: i32): void {
  const v = vectors;
  let smallest = all(Infinity);
  for (let j = 0; j < r; j++) {
    const diagonal = v[jacobian + (j * r + j) * BATCH + k];
    smallest = min(smallest, abs(diagonal));
    const reciprocal = all(1) / diagonal;
    for (let i = j + 1; i < r; i++) {
      const ratio = v[jacobian + (i * r + j) * BATCH + k] * reciprocal;
      for (let l = j + 1; l < r; l++) {
        const to = jacobian + (i * r + l) * BATCH + k;
        v[to] = v[to] - ratio * v[jacobian + (j * r + l) * BATCH + k];
      }
      const right = step + i * BATCH + k;
      v[right] = v[right] - ratio * v[step + j * BATCH + k];
    }
  }
  for (let i = r - 1; i >= 0; i--) {
    let left = v[step + i * BATCH + k];
    for (let l = i + 1; l < r; l++) {
      const known = v[jacobian + (i * r + l) * BATCH + k] * v[step + l * BATCH + k];
      left = left - known;
    }
    v[step + i * BATCH + k] = left / v[jacobian + (i * r + i) * BATCH + k];
  }
  v[minPivot + k] = smallest;
}

/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;

/**
 * Writes the largest of the residuals that an audit measures: clearing, budget, stationarity, and a
 * bound on the net flow by the trade of a good. Where an amount is too small for a double, the
 * smallest pivot becomes almost 0. After evaluateBatch().
 */
export function boundResiduals(): void {
  const v = vectors;
  const one = all(1);
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = 0; k < BATCH; k += LANES) {
    let largest = all(0);
    let unbalanced = all(0);
    let smallest = one;
    for (let i = 0; i < n; i++) {
      const level = v[tau + i * BATCH + k];
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * BATCH + k;
        const part = v[y + row];
        // omega ln y, less what it should be.
        const meant = v[elasticity + row] * (v[logPrices + j * BATCH + k] + level) - v[scaledValue + row];
        const miss = log(part) - meant * perUnit;
        largest = max(largest, abs(miss / (v[elasticity + row] * perUnit)));
        smallest = min(smallest, part);
      }
      const miss = abs(v[budgetResidual + i * BATCH + k]);
      largest = max(largest, miss);
      unbalanced = unbalanced + miss / v[owning + i * BATCH + k];
    }
    for (let j = 0; j < m; j++) {
      const at = j * BATCH + k;
      let traded = all(0);
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * BATCH + k;
        traded = traded + abs(v[y + row] - v[owned + row]);
      }
      const price = v[value + at];
      const excess = abs(v[demand + at] - one);
      const net = excess * price + unbalanced;
      const gross = traded * price * all(0.5);
      largest = max(largest, max(excess, net / gross));
    }
    v[residualBound + k] = largest;
    v[minPivot + k] = min(v[minPivot + k], smallest / all(SMALLEST));
  }
}

/**
 * Writes market k's prices, adding up to 1 (m), and its allocation x (n m); totals (m) are its own.
 */
export function scatterMarket(k: i32, totals: i32, prices: i32, x: i32): void {
  const d = doubles;
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) {
    const price = d[value + j * BATCH + k] / d[totals + j];
    d[prices + j] = price;
    sum += price;
  }
  for (let j = 0; j < m; j++) d[prices + j] /= sum;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) d[x + i * m + j] = d[y + (i * m + j) * BATCH + k] * d[totals + j];
  }
}

/** ln x near 1, to the fifth order; between -3 and 3. It is all that Newton's method needs. */
function nearLog(x: Vector): Vector {
  const one = all(1);
  const square = x * x;
  return (all(3) * (square - one)) / (square + all(4) * x + one);
}

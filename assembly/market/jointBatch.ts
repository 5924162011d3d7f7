// The equations of joint.ts for many small markets side by side, or for one from many starts: number k of a row belongs to market k, and a
// row holds SIDE of them. All take the same steps at the same time. What has not arrived, and what its residuals do not
// prove, is left to the caller to solve alone.

import { doubles } from "../simd/memory";
import { abs, all, EXPONENT_UNIT, exp, exp2, LANES, log, max, min, Vector, vectors } from "../simd/vector";

/** Markets side by side: few enough for their rows to stay in the near caches at 3x3. */
export const SIDE: i32 = 32;

let n: i32 = 0;
let m: i32 = 0;

// A row for each cell: 1 / omega times EXPONENT_UNIT; that times log marginal utility at y = 1; the part of a good owned; y; wealthResponse of demand.ts.
export let a: i32 = 0;
export let c: i32 = 0;
export let owned: i32 = 0;
let y: i32 = 0;
let wealthResponse: i32 = 0;
// A row for each agent: log marginal utility of wealth, the log of spending over wealth, and 1 / spending, 1 / wealth, 1 / den.
export let tau: i32 = 0;
let budget: i32 = 0;
let buying: i32 = 0;
let owning: i32 = 0;
let responding: i32 = 0;
// A row for each good: log price, exp of it, demand, its slope, the log of demand, the right side and then the step.
export let q: i32 = 0;
let value: i32 = 0;
let demand: i32 = 0;
let slope: i32 = 0;
let market: i32 = 0;
let step: i32 = 0;
// A row for each entry of the Jacobian without the last good.
let jacobian: i32 = 0;
// One row each.
export let worst: i32 = 0; // residual
export let pivot: i32 = 0; // the smallest, in size
export let sign: i32 = 0; // of the product of the pivots, each times -1
export let proof: i32 = 0; // residuals that prove an equilibrium, or infinity
export let moved: i32 = 0; // the largest step
let logTotals: i32 = 0; // a row for each good

/** Doubles of work for SIDE markets of this size. */
export function sideWork(agents: i32, goods: i32): i32 {
  return bindSide(agents, goods, 0);
}

/** Makes the rows at `base` those of the markets being solved. Returns their length in doubles. */
export function bindSide(agents: i32, goods: i32, base: i32): i32 {
  n = agents;
  m = goods;
  const cells = n * m * SIDE;
  const rows = n * SIDE;
  const columns = m * SIDE;
  a = base;
  c = a + cells;
  owned = c + cells;
  y = owned + cells;
  wealthResponse = y + cells;
  tau = wealthResponse + cells;
  budget = tau + rows;
  buying = budget + rows;
  owning = buying + rows;
  responding = owning + rows;
  q = responding + rows;
  value = q + columns;
  demand = value + columns;
  slope = demand + columns;
  market = slope + columns;
  step = market + columns;
  logTotals = step + columns;
  worst = logTotals + columns;
  pivot = worst + SIDE;
  sign = pivot + SIDE;
  proof = sign + SIDE;
  moved = proof + SIDE;
  jacobian = moved + SIDE;
  return jacobian + (m - 1) * (m - 1) * SIDE - base;
}

/**
 * Takes `count` markets, SIDE at most: alpha (above 0), omega (below 0), endowments (n m each) and totals (m), each block a stride behind that of the
 * market before. Rows beyond them repeat the first.
 */
export function takeSide(
  count: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  endowments: i32,
  endowmentsStride: i32,
  totals: i32,
  totalsStride: i32,
): void {
  const d = doubles;
  const v = vectors;
  for (let k = 0; k < SIDE; k++) {
    const e = k < count ? k : 0;
    const from = totals + e * totalsStride;
    for (let j = 0; j < m; j++) d[logTotals + j * SIDE + k] = d[from + j];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const cell = i * m + j;
        const row = cell * SIDE + k;
        d[c + row] = d[alpha + e * alphaStride + cell];
        d[a + row] = d[omega + e * omegaStride + cell];
        d[owned + row] = d[endowments + e * endowmentsStride + cell];
      }
    }
  }
  const one = all(1);
  const unit = all(EXPONENT_UNIT);
  for (let k = 0; k < SIDE; k += LANES) {
    for (let j = 0; j < m; j++) {
      const total = v[logTotals + j * SIDE + k];
      const logTotal = log(total);
      v[logTotals + j * SIDE + k] = logTotal;
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * SIDE + k;
        const bend = v[a + row];
        const bent = unit / bend;
        const weighed = (one + bend) * logTotal;
        const level = log(v[c + row]) + weighed;
        v[a + row] = bent;
        v[c + row] = bent * level;
        v[owned + row] = v[owned + row] / total;
      }
    }
  }
}

/** Starts all from the equal split: where its goods are worth the same to everybody, on average, and its mean prices. */
export function startSide(): void {
  const v = vectors;
  const each = all(Math.log(n) * EXPONENT_UNIT);
  const perGood = all(1 / m);
  const perAgent = all(1 / n);
  const spread = all(Math.log(m));
  for (let k = 0; k < SIDE; k += LANES) {
    v[pivot + k] = all(1);
    for (let j = 0; j < m; j++) v[q + j * SIDE + k] = all(0);
    for (let i = 0; i < n; i++) {
      let sum = all(0);
      for (let j = 0; j < m; j++) {
        // ln of marginal utility at y = 1 / n.
        const row = (i * m + j) * SIDE + k;
        const worth = (v[c + row] - each) / v[a + row];
        v[wealthResponse + row] = worth;
        sum = sum + worth;
      }
      const mean = sum * perGood;
      const level = mean + spread;
      v[tau + i * SIDE + k] = level;
      for (let j = 0; j < m; j++) {
        const at = q + j * SIDE + k;
        const price = v[wealthResponse + (i * m + j) * SIDE + k] - level;
        v[at] = v[at] + price * perAgent;
      }
    }
  }
}

/** y, demand and spending at q and tau of the markets from `first` to before `end`, multiples of LANES; leaves their largest residuals in `worst`. */
export function evaluateSide(first: i32, end: i32): void {
  const v = vectors;
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = first; k < end; k += LANES) {
    for (let j = 0; j < m; j++) {
      const at = j * SIDE + k;
      v[value + at] = exp(v[q + at]);
      v[demand + at] = all(0);
      v[slope + at] = all(0);
    }
    let most = all(0);
    for (let i = 0; i < n; i++) {
      const level = v[tau + i * SIDE + k];
      let spent = all(0);
      let sloped = all(0);
      let wealth = all(0);
      for (let j = 0; j < m; j++) {
        const at = j * SIDE + k;
        const row = (i * m + j) * SIDE + k;
        const bend = v[a + row];
        const price = v[value + at];
        const part = exp2(bend * (v[q + at] + level) - v[c + row]);
        const bent = bend * part;
        v[y + row] = part;
        v[demand + at] = v[demand + at] + part;
        v[slope + at] = v[slope + at] + bent;
        spent = spent + price * part;
        sloped = sloped + price * bent;
        wealth = wealth + price * v[owned + row];
      }
      const at = i * SIDE + k;
      const one = all(1);
      const miss = nearLog(spent / wealth);
      v[budget + at] = miss;
      v[buying + at] = one / spent;
      v[owning + at] = one / wealth;
      v[responding + at] = spent / (sloped * perUnit);
      most = max(most, abs(miss));
    }
    for (let j = 0; j < m; j++) {
      const at = j * SIDE + k;
      v[slope + at] = v[slope + at] * perUnit;
      const miss = nearLog(v[demand + at]);
      v[market + at] = miss;
      most = max(most, abs(miss));
    }
    v[worst + k] = most;
  }
}

/** One Newton step of all, in which no log price moves by more than `cap`; the last good's price stays. */
export function stepSide(cap: f64): void {
  const v = vectors;
  const r = m - 1;
  const one = all(1);
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = 0; k < SIDE; k += LANES) {
    // J = -1 + sum_i w_i v_i', its rows over -slope, and the right side.
    for (let j = 0; j < r; j++) {
      const at = j * SIDE + k;
      v[step + at] = (v[demand + at] * v[market + at]) / v[slope + at];
      for (let l = 0; l < r; l++) v[jacobian + (j * r + l) * SIDE + k] = all(j === l ? -1 : 0);
    }
    for (let i = 0; i < n; i++) {
      const at = i * SIDE + k;
      const perSpending = v[buying + at];
      const perWealth = v[owning + at];
      const perDen = v[responding + at];
      const miss = v[budget + at];
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * SIDE + k;
        const price = v[value + j * SIDE + k];
        const bend = v[a + row] * perUnit;
        const own = price * v[owned + row] * perWealth;
        const spent = price * v[y + row] * perSpending;
        v[wealthResponse + row] = own - spent * (one + bend);
      }
      for (let j = 0; j < r; j++) {
        const row = (i * m + j) * SIDE + k;
        const bend = v[a + row] * perUnit;
        const bent = bend * v[y + row];
        const w = (bent * perDen) / (all(0) - v[slope + j * SIDE + k]);
        const right = step + j * SIDE + k;
        v[right] = v[right] + w * miss;
        for (let l = 0; l < r; l++) {
          const to = jacobian + (j * r + l) * SIDE + k;
          v[to] = v[to] + w * v[wealthResponse + (i * m + l) * SIDE + k];
        }
      }
    }
    eliminate(k, r);

    let most = all(0);
    for (let j = 0; j < r; j++) most = max(most, abs(v[step + j * SIDE + k]));
    v[moved + k] = most;
    const limit = all(cap);
    const part = min(one, limit / max(most, all(1e-300)));
    for (let j = 0; j < r; j++) {
      const at = j * SIDE + k;
      v[q + at] = v[q + at] + part * v[step + at];
    }
    for (let i = 0; i < n; i++) {
      const at = i * SIDE + k;
      let push = all(0) - v[budget + at];
      for (let j = 0; j < r; j++) push = push + v[wealthResponse + (i * m + j) * SIDE + k] * v[step + j * SIDE + k];
      const move = push * v[responding + at];
      v[tau + at] = v[tau + at] + part * move;
    }
  }
}

/** Solves the systems of markets k in place, without exchanging rows; leaves what their pivots tell. */
function eliminate(k: i32, r: i32): void {
  const v = vectors;
  let least = all(Infinity);
  let product = all(1);
  for (let j = 0; j < r; j++) {
    const diagonal = v[jacobian + (j * r + j) * SIDE + k];
    least = min(least, abs(diagonal));
    product = all(0) - product * diagonal;
    const reciprocal = all(1) / diagonal;
    for (let i = j + 1; i < r; i++) {
      const ratio = v[jacobian + (i * r + j) * SIDE + k] * reciprocal;
      for (let l = j + 1; l < r; l++) {
        const to = jacobian + (i * r + l) * SIDE + k;
        v[to] = v[to] - ratio * v[jacobian + (j * r + l) * SIDE + k];
      }
      const right = step + i * SIDE + k;
      v[right] = v[right] - ratio * v[step + j * SIDE + k];
    }
  }
  for (let i = r - 1; i >= 0; i--) {
    let left = v[step + i * SIDE + k];
    for (let l = i + 1; l < r; l++) {
      const known = v[jacobian + (i * r + l) * SIDE + k] * v[step + l * SIDE + k];
      left = left - known;
    }
    v[step + i * SIDE + k] = left / v[jacobian + (i * r + i) * SIDE + k];
  }
  v[pivot + k] = least;
  v[sign + k] = product;
}

/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;

/**
 * To `proof` goes the largest of the residuals of an audit, or infinity where an amount is beyond doubles: clearing, budget, stationarity, and a
 * bound on the net flow, by what of a good is traded. After evaluateSide.
 */
export function proveSide(): void {
  const v = vectors;
  const one = all(1);
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = 0; k < SIDE; k += LANES) {
    let most = all(0);
    let unbalanced = all(0);
    let least = one;
    for (let i = 0; i < n; i++) {
      const level = v[tau + i * SIDE + k];
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * SIDE + k;
        const part = v[y + row];
        // omega ln y, less what it should be.
        const meant = v[a + row] * (v[q + j * SIDE + k] + level) - v[c + row];
        const miss = log(part) - meant * perUnit;
        most = max(most, abs(miss / (v[a + row] * perUnit)));
        least = min(least, part);
      }
      const miss = abs(v[budget + i * SIDE + k]);
      most = max(most, miss);
      unbalanced = unbalanced + miss / v[owning + i * SIDE + k];
    }
    for (let j = 0; j < m; j++) {
      const at = j * SIDE + k;
      let traded = all(0);
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * SIDE + k;
        traded = traded + abs(v[y + row] - v[owned + row]);
      }
      const price = v[value + at];
      const excess = abs(v[demand + at] - one);
      const net = excess * price + unbalanced;
      const gross = traded * price * all(0.5);
      most = max(most, max(excess, net / gross));
    }
    v[proof + k] = most;
    v[pivot + k] = min(v[pivot + k], least / all(SMALLEST));
  }
}

/** Writes market k's prices, adding up to 1 (m), and its allocation (n m); totals (m) are those of takeSide. */
export function giveSide(k: i32, totals: i32, prices: i32, x: i32): void {
  const d = doubles;
  let sum: f64 = 0;
  for (let j = 0; j < m; j++) {
    const price = d[value + j * SIDE + k] / d[totals + j];
    d[prices + j] = price;
    sum += price;
  }
  for (let j = 0; j < m; j++) d[prices + j] /= sum;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) d[x + i * m + j] = d[y + (i * m + j) * SIDE + k] * d[totals + j];
  }
}

/** ln x near 1, to the fifth order; between -3 and 3. It is all that Newton's method needs. */
function nearLog(x: Vector): Vector {
  const one = all(1);
  const square = x * x;
  return (all(3) * (square - one)) / (square + all(4) * x + one);
}

// The equations of joint.ts for many small markets side by side, or for one from many starts: number k of a row belongs to market k, and a
// row holds SIDE of them. All take the same steps at the same time. What has not arrived, and what its residuals do not
// prove, is left to the caller to solve alone.

import { doubles } from "../simd/memory";
import { EXPONENT_UNIT, LANES } from "../simd/passes";
import {
  abs,
  add,
  all,
  div,
  expOf,
  larger,
  logOf,
  mul,
  nearLog,
  powerOf,
  put,
  smaller,
  sub,
  take,
} from "../simd/vector";

/** Markets side by side: few enough for their rows to stay in the near caches at 3x3. */
export const SIDE: i32 = 32;

let n: i32 = 0;
let m: i32 = 0;

// A row for each cell: 1 / omega times EXPONENT_UNIT; that times log marginal utility at y = 1; the part of a good owned; y; v of demand.ts.
export let a: i32 = 0;
export let c: i32 = 0;
export let owned: i32 = 0;
let y: i32 = 0;
let v: i32 = 0;
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
  v = y + cells;
  tau = v + cells;
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
      const total = take(logTotals + j * SIDE + k);
      const logTotal = logOf(total);
      put(logTotals + j * SIDE + k, logTotal);
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * SIDE + k;
        const bend = take(a + row);
        const bent = div(unit, bend);
        const weighed = mul(add(one, bend), logTotal);
        const level = add(logOf(take(c + row)), weighed);
        put(a + row, bent);
        put(c + row, mul(bent, level));
        put(owned + row, div(take(owned + row), total));
      }
    }
  }
}

/** Starts all from the equal split: where its goods are worth the same to everybody, on average, and its mean prices. */
export function startSide(): void {
  const each = all(Math.log(n) * EXPONENT_UNIT);
  const perGood = all(1 / m);
  const perAgent = all(1 / n);
  const spread = all(Math.log(m));
  for (let k = 0; k < SIDE; k += LANES) {
    put(pivot + k, all(1));
    for (let j = 0; j < m; j++) put(q + j * SIDE + k, all(0));
    for (let i = 0; i < n; i++) {
      let sum = all(0);
      for (let j = 0; j < m; j++) {
        // ln of marginal utility at y = 1 / n.
        const row = (i * m + j) * SIDE + k;
        const worth = div(sub(take(c + row), each), take(a + row));
        put(v + row, worth);
        sum = add(sum, worth);
      }
      const mean = mul(sum, perGood);
      const level = add(mean, spread);
      put(tau + i * SIDE + k, level);
      for (let j = 0; j < m; j++) {
        const at = q + j * SIDE + k;
        const price = sub(take(v + (i * m + j) * SIDE + k), level);
        put(at, add(take(at), mul(price, perAgent)));
      }
    }
  }
}

/** y, demand and spending at q and tau of the markets from `first` to before `end`, multiples of LANES; leaves their largest residuals in `worst`. */
export function evaluateSide(first: i32, end: i32): void {
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = first; k < end; k += LANES) {
    for (let j = 0; j < m; j++) {
      const at = j * SIDE + k;
      put(value + at, expOf(take(q + at)));
      put(demand + at, all(0));
      put(slope + at, all(0));
    }
    let most = all(0);
    for (let i = 0; i < n; i++) {
      const level = take(tau + i * SIDE + k);
      let spent = all(0);
      let sloped = all(0);
      let wealth = all(0);
      for (let j = 0; j < m; j++) {
        const at = j * SIDE + k;
        const row = (i * m + j) * SIDE + k;
        const bend = take(a + row);
        const price = take(value + at);
        const part = powerOf(sub(mul(bend, add(take(q + at), level)), take(c + row)));
        const bent = mul(bend, part);
        put(y + row, part);
        put(demand + at, add(take(demand + at), part));
        put(slope + at, add(take(slope + at), bent));
        spent = add(spent, mul(price, part));
        sloped = add(sloped, mul(price, bent));
        wealth = add(wealth, mul(price, take(owned + row)));
      }
      const at = i * SIDE + k;
      const one = all(1);
      const miss = nearLog(div(spent, wealth));
      put(budget + at, miss);
      put(buying + at, div(one, spent));
      put(owning + at, div(one, wealth));
      put(responding + at, div(spent, mul(sloped, perUnit)));
      most = larger(most, abs(miss));
    }
    for (let j = 0; j < m; j++) {
      const at = j * SIDE + k;
      put(slope + at, mul(take(slope + at), perUnit));
      const miss = nearLog(take(demand + at));
      put(market + at, miss);
      most = larger(most, abs(miss));
    }
    put(worst + k, most);
  }
}

/** One Newton step of all, in which no log price moves by more than `cap`; the last good's price stays. */
export function stepSide(cap: f64): void {
  const r = m - 1;
  const one = all(1);
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = 0; k < SIDE; k += LANES) {
    // J = -1 + sum_i w_i v_i', its rows over -slope, and the right side.
    for (let j = 0; j < r; j++) {
      const at = j * SIDE + k;
      put(step + at, div(mul(take(demand + at), take(market + at)), take(slope + at)));
      for (let l = 0; l < r; l++) put(jacobian + (j * r + l) * SIDE + k, all(j === l ? -1 : 0));
    }
    for (let i = 0; i < n; i++) {
      const at = i * SIDE + k;
      const perSpending = take(buying + at);
      const perWealth = take(owning + at);
      const perDen = take(responding + at);
      const miss = take(budget + at);
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * SIDE + k;
        const price = take(value + j * SIDE + k);
        const bend = mul(take(a + row), perUnit);
        const own = mul(mul(price, take(owned + row)), perWealth);
        const spent = mul(mul(price, take(y + row)), perSpending);
        put(v + row, sub(own, mul(spent, add(one, bend))));
      }
      for (let j = 0; j < r; j++) {
        const row = (i * m + j) * SIDE + k;
        const bend = mul(take(a + row), perUnit);
        const bent = mul(bend, take(y + row));
        const w = div(mul(bent, perDen), sub(all(0), take(slope + j * SIDE + k)));
        const right = step + j * SIDE + k;
        put(right, add(take(right), mul(w, miss)));
        for (let l = 0; l < r; l++) {
          const to = jacobian + (j * r + l) * SIDE + k;
          put(to, add(take(to), mul(w, take(v + (i * m + l) * SIDE + k))));
        }
      }
    }
    eliminate(k, r);

    let most = all(0);
    for (let j = 0; j < r; j++) most = larger(most, abs(take(step + j * SIDE + k)));
    put(moved + k, most);
    const limit = all(cap);
    const part = smaller(one, div(limit, larger(most, all(1e-300))));
    for (let j = 0; j < r; j++) {
      const at = j * SIDE + k;
      put(q + at, add(take(q + at), mul(part, take(step + at))));
    }
    for (let i = 0; i < n; i++) {
      const at = i * SIDE + k;
      let push = sub(all(0), take(budget + at));
      for (let j = 0; j < r; j++) push = add(push, mul(take(v + (i * m + j) * SIDE + k), take(step + j * SIDE + k)));
      const move = mul(push, take(responding + at));
      put(tau + at, add(take(tau + at), mul(part, move)));
    }
  }
}

/** Solves the systems of markets k in place, without exchanging rows; leaves what their pivots tell. */
function eliminate(k: i32, r: i32): void {
  let least = all(Infinity);
  let product = all(1);
  for (let j = 0; j < r; j++) {
    const diagonal = take(jacobian + (j * r + j) * SIDE + k);
    least = smaller(least, abs(diagonal));
    product = sub(all(0), mul(product, diagonal));
    const reciprocal = div(all(1), diagonal);
    for (let i = j + 1; i < r; i++) {
      const ratio = mul(take(jacobian + (i * r + j) * SIDE + k), reciprocal);
      for (let l = j + 1; l < r; l++) {
        const to = jacobian + (i * r + l) * SIDE + k;
        put(to, sub(take(to), mul(ratio, take(jacobian + (j * r + l) * SIDE + k))));
      }
      const right = step + i * SIDE + k;
      put(right, sub(take(right), mul(ratio, take(step + j * SIDE + k))));
    }
  }
  for (let i = r - 1; i >= 0; i--) {
    let left = take(step + i * SIDE + k);
    for (let l = i + 1; l < r; l++) {
      const known = mul(take(jacobian + (i * r + l) * SIDE + k), take(step + l * SIDE + k));
      left = sub(left, known);
    }
    put(step + i * SIDE + k, div(left, take(jacobian + (i * r + i) * SIDE + k)));
  }
  put(pivot + k, least);
  put(sign + k, product);
}

/** Amounts below this may have been cut off. */
const SMALLEST: f64 = 1e-300;

/**
 * To `proof` goes the largest of the residuals of an audit, or infinity where an amount is beyond doubles: clearing, budget, stationarity, and a
 * bound on the net flow, by what of a good is traded. After evaluateSide.
 */
export function proveSide(): void {
  const one = all(1);
  const perUnit = all(1 / EXPONENT_UNIT);
  for (let k = 0; k < SIDE; k += LANES) {
    let most = all(0);
    let unbalanced = all(0);
    let least = one;
    for (let i = 0; i < n; i++) {
      const level = take(tau + i * SIDE + k);
      for (let j = 0; j < m; j++) {
        const row = (i * m + j) * SIDE + k;
        const part = take(y + row);
        // omega ln y, less what it should be.
        const meant = sub(mul(take(a + row), add(take(q + j * SIDE + k), level)), take(c + row));
        const miss = sub(logOf(part), mul(meant, perUnit));
        most = larger(most, abs(div(miss, mul(take(a + row), perUnit))));
        least = smaller(least, part);
      }
      const miss = abs(take(budget + i * SIDE + k));
      most = larger(most, miss);
      unbalanced = add(unbalanced, div(miss, take(owning + i * SIDE + k)));
    }
    for (let j = 0; j < m; j++) {
      const at = j * SIDE + k;
      let traded = all(0);
      for (let i = 0; i < n; i++) {
        const row = (i * m + j) * SIDE + k;
        traded = add(traded, abs(sub(take(y + row), take(owned + row))));
      }
      const price = take(value + at);
      const excess = abs(sub(take(demand + at), one));
      const net = add(mul(excess, price), unbalanced);
      const gross = mul(mul(traded, price), all(0.5));
      most = larger(most, larger(excess, div(net, gross)));
    }
    put(proof + k, most);
    put(pivot + k, smaller(take(pivot + k), div(least, all(SMALLEST))));
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

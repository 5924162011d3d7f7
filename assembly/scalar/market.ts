// The passes of ../simd/market.ts in plain arithmetic, for JavaScript engines.

import { doubles } from "./memory";

/** a = 1 / omega, and l, which holds ln alpha, becomes ln alpha + (1 + omega) logTotal. */
export function levelRow(omega: i32, logTotals: i32, a: i32, l: i32, m: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) {
    d[a + j] = 1 / d[omega + j];
    d[l + j] += (1 + d[omega + j]) * d[logTotals + j];
  }
}

/** y = exp(a (q + tau - l)), added to demand, and a y to slope; to spending and den go the sums of value y and of value a y. */
export function spendRow(
  a: i32,
  l: i32,
  q: i32,
  tau: f64,
  value: i32,
  y: i32,
  demand: i32,
  slope: i32,
  spending: i32,
  den: i32,
  m: i32,
): void {
  const d = doubles;
  let spent = 0;
  let sloped = 0;
  for (let j = 0; j < m; j++) {
    const amount = Math.exp(d[a + j] * (d[q + j] + tau - d[l + j]));
    const part = d[a + j] * amount;
    d[y + j] = amount;
    d[demand + j] += amount;
    d[slope + j] += part;
    spent += d[value + j] * amount;
    sloped += d[value + j] * part;
  }
  d[spending] = spent;
  d[den] = sloped;
}

/** v = price owned owning - value y (1 + a) buying, and y becomes a y scale responding. */
export function respondRow(
  a: i32,
  y: i32,
  owned: i32,
  price: i32,
  value: i32,
  scale: i32,
  owning: f64,
  buying: f64,
  responding: f64,
  v: i32,
  m: i32,
): void {
  const d = doubles;
  for (let j = 0; j < m; j++) {
    const bend = d[a + j];
    const amount = d[y + j];
    d[v + j] = d[price + j] * d[owned + j] * owning - d[value + j] * amount * buying * (1 + bend);
    d[y + j] = bend * amount * d[scale + j] * responding;
  }
}

/** Adds |y - owned / total| to trade. Returns the least y among goods wanted, those whose l is a number. */
export function tradeRow(y: i32, l: i32, owned: i32, totals: i32, trade: i32, m: i32): f64 {
  const d = doubles;
  let least = 1;
  for (let j = 0; j < m; j++) {
    d[trade + j] += Math.abs(d[y + j] - d[owned + j] / d[totals + j]);
    if (d[l + j] > -Infinity) least = Math.min(least, d[y + j]);
  }
  return least;
}

/** x = y total, and 0 where l is minus infinity: the good is not wanted. */
export function amountRow(y: i32, l: i32, totals: i32, x: i32, m: i32): void {
  const d = doubles;
  for (let j = 0; j < m; j++) d[x + j] = d[l + j] > -Infinity ? d[y + j] * d[totals + j] : 0;
}

// Passes over one agent's row of a market, two goods at a time: exactly m doubles are written. A row's odd last double goes alone, beside
// a lane that counts for nothing.

import { F64, ONE } from "./formulas";

/** a = 1 / omega, and l, which holds ln alpha, becomes ln alpha + (1 + omega) logTotal. */
export function levelRow(omega: i32, logTotals: i32, a: i32, l: i32, m: i32): void {
  const one = v128.load(ONE);
  const end = (<usize>omega + (m & ~1)) << 3;
  let p = (<usize>omega) << 3;
  let q = (<usize>logTotals) << 3;
  let r = (<usize>a) << 3;
  let s = (<usize>l) << 3;
  for (; p < end; p += 16, q += 16, r += 16, s += 16) {
    const bend = v128.load(p);
    v128.store(r, f64x2.div(one, bend));
    v128.store(s, f64x2.add(v128.load(s), f64x2.mul(f64x2.add(one, bend), v128.load(q))));
  }
  if (m & 1) {
    const bend = load<f64>(p);
    store<f64>(r, 1 / bend);
    store<f64>(s, load<f64>(s) + (1 + bend) * load<f64>(q));
  }
}

/**
 * y = exp(a (q + tau - l)), added to demand, and a y to slope; to spending and den go the sums of value y and of value a y.
 */
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
  const level = f64x2.splat(tau);
  let spent = f64x2.splat(0);
  let sloped = spent;
  const end = (<usize>a + (m & ~1)) << 3;
  let p = (<usize>a) << 3;
  let pl = (<usize>l) << 3;
  let pq = (<usize>q) << 3;
  let pv = (<usize>value) << 3;
  let py = (<usize>y) << 3;
  let pd = (<usize>demand) << 3;
  let ps = (<usize>slope) << 3;
  for (; p < end; p += 16, pl += 16, pq += 16, pv += 16, py += 16, pd += 16, ps += 16) {
    const bend = v128.load(p);
    const amount = F64.exp(f64x2.mul(bend, f64x2.sub(f64x2.add(v128.load(pq), level), v128.load(pl))));
    const part = f64x2.mul(bend, amount);
    const worth = v128.load(pv);
    v128.store(py, amount);
    v128.store(pd, f64x2.add(v128.load(pd), amount));
    v128.store(ps, f64x2.add(v128.load(ps), part));
    spent = f64x2.add(spent, f64x2.mul(worth, amount));
    sloped = f64x2.add(sloped, f64x2.mul(worth, part));
  }
  if (m & 1) {
    const bend = v128.load64_zero(p);
    const log = f64x2.mul(bend, f64x2.sub(f64x2.add(v128.load64_zero(pq), level), v128.load64_zero(pl)));
    const amount = F64.exp(log);
    const part = f64x2.mul(bend, amount);
    const worth = v128.load64_zero(pv);
    store<f64>(py, f64x2.extract_lane(amount, 0));
    store<f64>(pd, load<f64>(pd) + f64x2.extract_lane(amount, 0));
    store<f64>(ps, load<f64>(ps) + f64x2.extract_lane(part, 0));
    spent = f64x2.add(spent, f64x2.mul(worth, amount));
    sloped = f64x2.add(sloped, f64x2.mul(worth, part));
  }
  store<f64>((<usize>spending) << 3, f64x2.extract_lane(spent, 0) + f64x2.extract_lane(spent, 1));
  store<f64>((<usize>den) << 3, f64x2.extract_lane(sloped, 0) + f64x2.extract_lane(sloped, 1));
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
  const one = v128.load(ONE);
  const perWealth = f64x2.splat(owning);
  const perSpending = f64x2.splat(buying);
  const perDen = f64x2.splat(responding);
  const end = (<usize>a + (m & ~1)) << 3;
  let p = (<usize>a) << 3;
  let py = (<usize>y) << 3;
  let po = (<usize>owned) << 3;
  let pp = (<usize>price) << 3;
  let pv = (<usize>value) << 3;
  let ps = (<usize>scale) << 3;
  let out = (<usize>v) << 3;
  for (; p < end; p += 16, py += 16, po += 16, pp += 16, pv += 16, ps += 16, out += 16) {
    const bend = v128.load(p);
    const amount = v128.load(py);
    const own = f64x2.mul(f64x2.mul(v128.load(pp), v128.load(po)), perWealth);
    const spent = f64x2.mul(f64x2.mul(v128.load(pv), amount), perSpending);
    v128.store(out, f64x2.sub(own, f64x2.mul(spent, f64x2.add(one, bend))));
    v128.store(py, f64x2.mul(f64x2.mul(f64x2.mul(bend, amount), v128.load(ps)), perDen));
  }
  if (m & 1) {
    const bend = load<f64>(p);
    const amount = load<f64>(py);
    const own = load<f64>(pp) * load<f64>(po) * owning;
    store<f64>(out, own - load<f64>(pv) * amount * buying * (1 + bend));
    store<f64>(py, bend * amount * load<f64>(ps) * responding);
  }
}

/** Adds |y - owned / total| to trade. Returns the least y among goods wanted, those whose l is a number. */
export function tradeRow(y: i32, l: i32, owned: i32, totals: i32, trade: i32, m: i32): f64 {
  const one = v128.load(ONE);
  const lowest = f64x2.splat(-Infinity);
  let least = one;
  const end = (<usize>y + (m & ~1)) << 3;
  let p = (<usize>y) << 3;
  let pl = (<usize>l) << 3;
  let q = (<usize>owned) << 3;
  let r = (<usize>totals) << 3;
  let s = (<usize>trade) << 3;
  for (; p < end; p += 16, pl += 16, q += 16, r += 16, s += 16) {
    const part = v128.load(p);
    const net = f64x2.sub(part, f64x2.div(v128.load(q), v128.load(r)));
    v128.store(s, f64x2.add(v128.load(s), f64x2.abs(net)));
    least = f64x2.pmin(least, v128.bitselect(part, one, f64x2.gt(v128.load(pl), lowest)));
  }
  let most = Math.min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  if (m & 1) {
    store<f64>(s, load<f64>(s) + Math.abs(load<f64>(p) - load<f64>(q) / load<f64>(r)));
    if (load<f64>(pl) > -Infinity) most = Math.min(most, load<f64>(p));
  }
  return most;
}

/** x = y total, and 0 where l is minus infinity: the good is not wanted. */
export function amountRow(y: i32, l: i32, totals: i32, x: i32, m: i32): void {
  const lowest = f64x2.splat(-Infinity);
  const end = (<usize>y + (m & ~1)) << 3;
  let p = (<usize>y) << 3;
  let pl = (<usize>l) << 3;
  let q = (<usize>totals) << 3;
  let r = (<usize>x) << 3;
  for (; p < end; p += 16, pl += 16, q += 16, r += 16) {
    v128.store(r, v128.and(f64x2.mul(v128.load(p), v128.load(q)), f64x2.gt(v128.load(pl), lowest)));
  }
  if (m & 1) store<f64>(r, load<f64>(pl) > -Infinity ? load<f64>(p) * load<f64>(q) : 0);
}

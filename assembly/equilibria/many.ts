// All equilibria of many economies of one size, one after the other; strides as in bulk.ts.

import * as economy from "../economy/economy";
import { logSum } from "../math/logSumExp";
import {
  CONVERGED,
  FOUND,
  FOUND_INDEX,
  FOUND_POINT,
  FOUND_ROOT,
  FOUND_SIZE,
  MOST_FOUND,
  REPORT_SIZE,
  TWO_AGENTS,
  TWO_GOODS,
} from "../protocol";
import { doubles } from "../simd/memory";
import {
  enumerationWork,
  reportEnumeration,
  startEnumeration,
  stepEnumeration,
  takeFound,
  takePoint,
} from "./enumeration";

const FOREVER: i32 = 2147483647;

/** Doubles of work for equilibriaMany. */
export function equilibriaWork(family: i32, n: i32, m: i32): i32 {
  return REPORT_SIZE + FOUND_SIZE + 2 * m + enumerationWork(family, n, m);
}

/**
 * Enumerates economies until `count` are done or `room` equilibria might not suffice for the next; returns how many are done. Of each economy: how
 * many equilibria it has, the sum of all indices, and whether the list is proved complete. Of each equilibrium: prices (m) adding up to
 * 1 and the index, 0 where an unresolved interval must have one; within an economy in ascending order of the first price. `most`: intervals an economy.
 */
function equilibriaManyAt(
  family: i32,
  count: i32,
  n: i32,
  m: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  endowments: i32,
  endowmentsStride: i32,
  totals: i32,
  totalsStride: i32,
  most: i32,
  room: i32,
  counts: i32,
  indexSums: i32,
  complete: i32,
  prices: i32,
  indices: i32,
  work: i32,
): i32 {
  const d = doubles;
  const header = work;
  const entry = header + REPORT_SIZE;
  const spare = entry + FOUND_SIZE;
  const solver = spare + 2 * m;
  let total = 0;
  for (let e = 0; e < count; e++) {
    if (total + MOST_FOUND > room) return e;
    const t = totals + e * totalsStride;
    const data = alpha + e * alphaStride;
    startEnumeration(family, n, m, data, omega + e * omegaStride, endowments + e * endowmentsStride, t, solver);
    let proved = stepEnumeration(FOREVER, most) === CONVERGED;
    reportEnumeration(header);
    const first = total;
    let sum: f64 = 0;
    const entries = <i32>d[header + FOUND];
    for (let k = 0; k < entries; k++) {
      takeFound(k, entry);
      sum += d[entry + FOUND_INDEX];
      const root = d[entry + FOUND_ROOT];
      const point = d[entry + FOUND_POINT];
      if (root === 0) proved = false;
      if (!(point > -Infinity)) continue; // NaN: there may be none
      takePoint(point, spare, -1, t);
      const level = logSum(m, spare, spare + m);
      for (let j = 0; j < m; j++) d[spare + j] = Math.exp(d[spare + j] - level);
      insert(prices, indices, first, total, m, spare, root * d[entry + FOUND_INDEX]);
      total++;
    }
    d[counts + e] = total - first;
    d[indexSums + e] = sum;
    d[complete + e] = proved ? 1 : 0;
  }
  return count;
}

export function equilibriaMany(
  maxIntervals: i32,
  capacity: i32,
  counts: i32,
  indexSums: i32,
  complete: i32,
  prices: i32,
  indices: i32,
  workspace: i32,
): i32 {
  economy.openEconomy(0);
  return equilibriaManyAt(
    economy.m === 2 ? TWO_GOODS : TWO_AGENTS,
    economy.count,
    economy.n,
    economy.m,
    economy.alpha,
    economy.nextAlpha,
    economy.omega,
    economy.nextOmega,
    economy.endowments,
    economy.nextEndowments,
    economy.totals,
    economy.nextTotals,
    maxIntervals,
    capacity,
    counts,
    indexSums,
    complete,
    prices,
    indices,
    workspace,
  );
}

/** Puts an equilibrium where it belongs by its first price among those from `first` to before `end`. */
function insert(prices: i32, indices: i32, first: i32, end: i32, m: i32, found: i32, index: f64): void {
  const d = doubles;
  let place = end;
  while (place > first && d[prices + (place - 1) * m] > d[found]) {
    for (let j = 0; j < m; j++) d[prices + place * m + j] = d[prices + (place - 1) * m + j];
    d[indices + place] = d[indices + place - 1];
    place--;
  }
  for (let j = 0; j < m; j++) d[prices + place * m + j] = d[found + j];
  d[indices + place] = index;
}

// Lists of all equilibria of many economies of one size, one after the other.

import * as economy from "../economy/economy";
import { block, openWorkspace, workspaceLength } from "../economy/workspace";
import { logSum } from "../math/logSumExp";
import {
  CONVERGED,
  FOUND,
  FOUND_INDEX,
  FOUND_POINT,
  FOUND_ROOT,
  FOUND_SIZE,
  MAX_FOUND,
  REPORT_SIZE,
} from "../protocol";
import { doubles } from "../simd/memory";
import * as enumeration from "./enumeration";

const FOREVER: i32 = 2147483647;

// Blocks of equilibriaMany.
let listReport: i32 = 0;
let entry: i32 = 0;
let candidate: i32 = 0;
let terms: i32 = 0;
let enumerationBase: i32 = 0;

/** Doubles of workspace that equilibriaMany() needs for the economies that were laid. */
export function equilibriaManyLength(): f64 {
  enumeration.bind(0, overGoods());
  const solving = workspaceLength();
  bindEquilibriaMany(0);
  return workspaceLength() + solving;
}

/** 1 where the economies have two goods, so that their relative price is the unknown. */
function overGoods(): i32 {
  return economy.m === 2 ? 1 : 0;
}

function bindEquilibriaMany(base: i32): void {
  openWorkspace(base);
  listReport = block(REPORT_SIZE);
  entry = block(FOUND_SIZE);
  candidate = block(economy.m);
  terms = block(economy.m);
  enumerationBase = block(0);
}

/**
 * Enumerates the economies that were laid until all are done, or `capacity` equilibria might not
 * suffice for the next; returns how many are done. Of each economy: how many equilibria it has, the
 * sum of all indices, and whether the list is proved complete. Of each equilibrium: prices (m)
 * adding up to 1 and the index, 0 where an unresolved interval must have one; within an economy in
 * ascending order of the first price. No economy gets more than `maxIntervals`.
 */
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
  const d = doubles;
  const m = economy.m;
  bindEquilibriaMany(workspace);
  let total = 0;
  for (let e = 0; e < economy.count; e++) {
    if (total + MAX_FOUND > capacity) return e;
    economy.openEconomy(e);
    enumeration.startEnumeration(overGoods(), enumerationBase);
    let proved = enumeration.stepEnumeration(FOREVER, maxIntervals) === CONVERGED;
    enumeration.reportEnumeration(listReport);
    const first = total;
    let sum: f64 = 0;
    const entries = <i32>d[listReport + FOUND];
    for (let k = 0; k < entries; k++) {
      enumeration.readEntry(k, entry);
      sum += d[entry + FOUND_INDEX];
      const root = d[entry + FOUND_ROOT];
      const point = d[entry + FOUND_POINT];
      if (root === 0) proved = false;
      if (!(point > -Infinity)) continue; // NaN: there may be none
      enumeration.readPoint(point, candidate, -1);
      const level = logSum(m, candidate, terms);
      for (let j = 0; j < m; j++) d[candidate + j] = Math.exp(d[candidate + j] - level);
      const from = prices + first * m;
      const place = insertSorted(from, total - first, indices + first);
      d[indices + first + place] = root * d[entry + FOUND_INDEX];
      total++;
    }
    d[counts + e] = total - first;
    d[indexSums + e] = sum;
    d[complete + e] = proved ? 1 : 0;
  }
  return economy.count;
}

/**
 * Inserts the candidate's prices by its first one into a list of `length` price vectors, and makes
 * room for its index. Returns its place.
 */
function insertSorted(prices: i32, length: i32, indices: i32): i32 {
  const d = doubles;
  const m = economy.m;
  let place = length;
  while (place > 0 && d[prices + (place - 1) * m] > d[candidate]) {
    for (let j = 0; j < m; j++) d[prices + place * m + j] = d[prices + (place - 1) * m + j];
    d[indices + place] = d[indices + place - 1];
    place--;
  }
  for (let j = 0; j < m; j++) d[prices + place * m + j] = d[candidate + j];
  return place;
}

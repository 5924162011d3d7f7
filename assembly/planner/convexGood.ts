// A good for which every omega is 0 or more. Utilities of it are convex, so it goes whole to one
// agent.

import * as economy from "../economy/economy";
import { doubles } from "../simd/memory";

/** Values this close, relatively, count as equal. */
const TIE: f64 = 1e-12;

/** Factors above this have all their digits. */
const SMALLEST: f64 = 1e-290;

/**
 * Gives good j to the first agent among those whose weighted utility of the whole of it is
 * greatest: a convex function on a simplex is greatest at a corner (Rockafellar 1970, theorem
 * 32.2). Writes the allocation x (n m) and the shadow price, which is the holder's marginal social
 * value. Returns how many agents tie.
 */
export function convexGood(j: i32, prices: i32, x: i32): i32 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  const total = d[economy.totals + j];
  let holder = 0;
  let greatest = -Infinity;
  for (let i = 0; i < n; i++) {
    const value = logUtilityOfAll(i, j);
    if (value > greatest) {
      greatest = value;
      holder = i;
    }
  }
  let ties = 0;
  for (let i = 0; i < n; i++) {
    if (logUtilityOfAll(i, j) >= greatest - TIE) ties++;
    d[x + i * m + j] = i === holder ? total : 0;
  }
  const cell = holder * m + j;
  const valued = d[economy.weights + holder] * d[economy.alpha + cell];
  const power = Math.exp(d[economy.omega + cell] * Math.log(total));
  // A factor may leave the doubles where the price does not.
  const safe = valued > SMALLEST && power > SMALLEST && power < Infinity;
  d[prices + j] = safe ? valued * power : Math.exp(greatest - Math.log(total) + Math.log(1 + d[economy.omega + cell]));
  return ties;
}

/** ln of agent i's weighted utility of all of good j, whose size may be beyond a double. */
function logUtilityOfAll(i: i32, j: i32): f64 {
  const d = doubles;
  const cell = i * economy.m + j;
  const alpha = d[economy.alpha + cell];
  if (alpha === 0) return -Infinity;
  const power = 1 + d[economy.omega + cell];
  const total = d[economy.totals + j];
  return Math.log(d[economy.weights + i]) + Math.log(alpha) + power * Math.log(total) - Math.log(power);
}

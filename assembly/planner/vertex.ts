// The planner's problem where every omega is 0 or more: utilities are convex, so each good goes whole to one agent.

import { marginalUtility, utility } from "../preferences";
import { doubles } from "../simd/memory";

/** Values this close, relatively, count as equal. */
const TIE: f64 = 1e-12;

/**
 * Gives each good to the first agent among those whose weighted utility of the whole of it is greatest: a convex function on a simplex
 * is greatest at a corner (Rockafellar 1970, theorem 32.2). Writes the allocation x (n m), shadow prices (m; the holder's marginal
 * social value), and how many agents tie for each good (m).
 */
export function planVertex(
  n: i32,
  m: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  totals: i32,
  x: i32,
  prices: i32,
  ties: i32,
): void {
  const d = doubles;
  for (let j = 0; j < m; j++) {
    const total = d[totals + j];
    let holder = 0;
    let greatest: f64 = -1;
    for (let i = 0; i < n; i++) {
      const value = socialValue(alpha + i * m + j, omega + i * m + j, weights + i, total);
      if (value > greatest) {
        greatest = value;
        holder = i;
      }
      d[x + i * m + j] = 0;
    }
    let count = 0;
    for (let i = 0; i < n; i++) {
      if (socialValue(alpha + i * m + j, omega + i * m + j, weights + i, total) >= greatest * (1 - TIE)) count++;
    }
    const cell = holder * m + j;
    d[x + cell] = total;
    d[ties + j] = count;
    d[prices + j] = d[weights + holder] * marginalUtility(d[alpha + cell], d[omega + cell], total);
  }
}

function socialValue(alpha: i32, omega: i32, weight: i32, total: f64): f64 {
  const d = doubles;
  return d[weight] * utility(d[alpha], d[omega], total);
}

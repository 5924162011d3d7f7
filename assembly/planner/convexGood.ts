// A good for which every omega is 0 or more: utilities of it are convex, so it goes whole to one agent.

import { marginalUtility } from "../economy/logForm";
import { doubles } from "../simd/memory";

/** Values this close, relatively, count as equal. */
const TIE: f64 = 1e-12;

/**
 * Gives good j to the first agent among those whose weighted utility of the whole of it is greatest: a convex function on a simplex
 * is greatest at a corner (Rockafellar 1970, theorem 32.2). Writes the allocation x (n m), the shadow price (the holder's marginal
 * social value), and how many agents tie.
 */
export function vertexGood(
  n: i32,
  m: i32,
  j: i32,
  alpha: i32,
  omega: i32,
  weights: i32,
  total: f64,
  x: i32,
  prices: i32,
  ties: i32,
): void {
  const d = doubles;
  let holder = 0;
  let greatest = -Infinity;
  for (let i = 0; i < n; i++) {
    const value = logValue(alpha + i * m + j, omega + i * m + j, weights + i, total);
    if (value > greatest) {
      greatest = value;
      holder = i;
    }
  }
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (logValue(alpha + i * m + j, omega + i * m + j, weights + i, total) >= greatest - TIE) count++;
    d[x + i * m + j] = i === holder ? total : 0;
  }
  const cell = holder * m + j;
  d[ties + j] = count;
  d[prices + j] = d[weights + holder] * marginalUtility(d[alpha + cell], d[omega + cell], total);
}

/** ln of the weighted utility of all of the good: its size may be beyond a double. */
function logValue(alpha: i32, omega: i32, weight: i32, total: f64): f64 {
  const d = doubles;
  if (d[alpha] === 0) return -Infinity;
  const power = 1 + d[omega];
  return Math.log(d[weight]) + Math.log(d[alpha]) + power * Math.log(total) - Math.log(power);
}

// How far apart prices can be at an equilibrium in which all agents want all goods.

import * as economy from "../../economy/economy";
import { doubles } from "../../simd/memory";

/**
 * The most that ln(p_j E_j / (p_k E_k)) can be. Some agent has at least an n-th of good j and no
 * more than all of good k, so that it is at most v_ij - v_ik + |omega_ij| ln n for that one, v the
 * log of marginal utility of all of a good.
 */
export function maxPriceRatio(j: i32, k: i32): f64 {
  const d = doubles;
  if (j === k) return 0;
  const parts = Math.log(economy.n);
  let largest = -Infinity;
  for (let i = 0; i < economy.n; i++) {
    const ratio = logValue(i, j) - logValue(i, k);
    largest = Math.max(largest, ratio - d[economy.omega + i * economy.m + j] * parts);
  }
  return largest;
}

/** ln of agent i's marginal utility of all of good j, times all of it. */
export function logValue(i: i32, j: i32): f64 {
  const d = doubles;
  const c = i * economy.m + j;
  return Math.log(d[economy.alpha + c]) + (1 + d[economy.omega + c]) * Math.log(d[economy.totals + j]);
}

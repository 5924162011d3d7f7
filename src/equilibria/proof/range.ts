// How far apart prices can be at an equilibrium in which all want all.

import type { Economy } from "../../economy/economy.js";

/**
 * m m: the most that ln(p_j E_j / (p_k E_k)) can be. Some agent has at least an n-th of good j and no more than all of good k, so that it is
 * at most la_ij - la_ik + |omega_ij| ln n for that one.
 */
export function mostPriceRatios({ alpha, omega, totals, agents }: Economy): Float64Array {
  const m = totals.length;
  const level = alpha.map((a, c) => Math.log(a) + (1 + omega[c]) * Math.log(totals[c % m]));
  const parts = Math.log(agents.length);
  return Float64Array.from({ length: m * m }, (_, cell) => {
    const j = Math.floor(cell / m);
    const k = cell % m;
    if (j === k) return 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < level.length; row += m) {
      most = Math.max(most, level[row + j] - level[row + k] - omega[row + j] * parts);
    }
    return most;
  });
}

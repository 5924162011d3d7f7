// Agents whose demands add up to that of one agent.

import type { Economy } from "./economy.js";
import { subEconomy } from "./groups.js";

/**
 * The economy in which agents with proportional alpha, and one omega for all goods that they share, are
 * one agent that owns what all of them own. Their demands add up to that agent's (Gorman 1953), so
 * that prices are the same.
 */
export function mergeIdentical(economy: Economy): Economy {
  const { alpha, omega } = economy;
  const endowments = economy.endowments as Float64Array;
  const m = economy.goods.length;
  const leaders: number[] = [];
  const owned: Float64Array[] = [];
  const byPreferences = new Map<string, number>();
  economy.agents.forEach((_, i) => {
    const row = i * m;
    const wants = alpha.subarray(row, row + m);
    const first = wants.find((a) => a > 0) as number;
    const wanted = Array.from(wants.keys()).filter((j) => wants[j] > 0);
    const curvature = omega[row + wanted[0]];
    const homothetic = wanted.every((j) => omega[row + j] === curvature);
    // Fifteen digits: proportional up to rounding.
    const key = homothetic ? `${curvature}:${Array.from(wants, (a) => (a / first).toPrecision(15)).join()}` : `${i}`;
    const place = byPreferences.get(key);
    if (place === undefined) {
      byPreferences.set(key, leaders.length);
      leaders.push(i);
      owned.push(endowments.slice(row, row + m));
    } else for (let j = 0; j < m; j++) owned[place][j] += endowments[row + j];
  });
  if (leaders.length === economy.agents.length) return economy;
  const goods = economy.goods.map((_, j) => j);
  return {
    ...subEconomy(economy, { agents: leaders, goods }),
    endowments: Float64Array.from(owned.flatMap((row) => [...row])),
    totals: economy.totals,
  };
}

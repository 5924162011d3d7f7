// Agents whose demands add up to that of one agent.

import type { Economy } from "./economy.js";
import { type Market, requireMarket, subEconomy } from "./groups.js";

/**
 * Returns the economy in which agents with proportional alpha, and one omega for all goods that
 * they share, are one agent that owns all their endowments. Their demands add up to that agent's
 * demand (Gorman 1953), so prices are the same. Without such agents the economy itself is returned.
 */
export function mergeIdentical(economy: Economy): Market {
  const market = requireMarket(economy);
  const { alpha, omega, endowments } = market;
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
  if (leaders.length === economy.agents.length) return market;
  const goods = economy.goods.map((_, j) => j);
  return {
    ...subEconomy(economy, { agents: leaders, goods }),
    endowments: Float64Array.from(owned.flatMap((row) => [...row])),
    totals: economy.totals,
  };
}

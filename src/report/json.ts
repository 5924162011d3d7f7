// The JSON form of a solution: plain arrays, matrices as rows.

import type { Economy } from "../economy.js";
import type { Solution } from "../solution.js";

/** Everything a solution carries, with every n m matrix as n rows of m. Numbers are full doubles. */
export function solutionToJson(solution: Solution, economy: Economy): Record<string, unknown> {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const matrices = new Set(["allocation", "netTrades"]);
  return Object.fromEntries(
    Object.entries(solution).map(([key, value]) => {
      if (!ArrayBuffer.isView(value)) return [key, value];
      const flat = Array.from(value as Float64Array);
      return [key, matrices.has(key) ? Array.from({ length: n }, (_, i) => flat.slice(i * m, (i + 1) * m)) : flat];
    }),
  );
}

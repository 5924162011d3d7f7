// numeric.js: its minimiser uncmin as its users would call it, and its linear solver inside
// Newton's method.

import numeric from "numeric";
import { demandSystem, newton } from "./plain.js";
import { shadowPricesOf, sharesOf, welfare } from "./shares.js";

export const version = numeric.version;

export const solvers = {
  uncmin: {
    // Unknowns: log shares of each good, the last agent's 0. The gradient is uncmin's own.
    plan(work) {
      const objective = (y) => -welfare(work, sharesOf(work, y));
      const start = new Array((work.agents - 1) * work.goods).fill(0);
      return () => {
        const { solution } = numeric.uncmin(objective, start, 1e-12, undefined, 1000);
        const allocation = sharesOf(work, solution);
        return { allocation, shadowPrices: shadowPricesOf(work, allocation) };
      };
    },
    // Unknowns: log prices, the last good's 0; the sum of squared log excess demands.
    equilibrium(work) {
      const objective = (q, market) => numeric.norm2Squared([...market.excess([...q, 0])]);
      return () => {
        const market = demandSystem(work);
        const start = new Array(work.goods - 1).fill(0);
        const { solution } = numeric.uncmin((q) => objective(q, market), start, 1e-14, undefined, 1000);
        return { prices: numeric.exp([...solution, 0]) };
      };
    },
  },
  newton: {
    equilibrium: (work) => () => ({ prices: newton(work, solve) }),
  },
};

function solve(matrix, right, n) {
  const rows = Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, (i + 1) * n)]);
  return numeric.solve(rows, [...right.subarray(0, n)]);
}

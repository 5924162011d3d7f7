// nlopt-js: NLopt compiled to WebAssembly, with gradients. SLSQP on the planner's problem as it
// stands; L-BFGS on squared log excess demand.

import { readFileSync } from "node:fs";
import nlopt from "nlopt-js";
import { demandSystem } from "./plain.js";
import { marginals, shadowPricesOf, welfare } from "./shares.js";

await nlopt.ready;
const manifest = new URL("../package.json", import.meta.resolve("nlopt-js"));
export const version = JSON.parse(readFileSync(manifest)).version;

export const solvers = { slsqp: { plan }, lbfgs: { equilibrium } };

function plan(work) {
  const { agents: n, goods: m, totals } = work;
  const start = Array.from({ length: n * m }, (_, c) => totals[c % m] / n);
  return () => {
    const problem = new nlopt.Optimize(nlopt.Algorithm.LD_SLSQP, n * m);
    problem.setMaxObjective((x, gradient) => {
      const at = Float64Array.from(x);
      if (gradient) {
        marginals(work, at).forEach((value, c) => {
          gradient[c] = value;
        });
      }
      return welfare(work, at);
    }, 1e-15);
    problem.setLowerBounds(start.map(() => 1e-6));
    for (let j = 0; j < m; j++) {
      problem.addEqualityConstraint((x, gradient) => {
        if (gradient) for (let c = 0; c < n * m; c++) gradient[c] = c % m === j ? 1 : 0;
        let used = 0;
        for (let i = 0; i < n; i++) used += x[i * m + j];
        return used - totals[j];
      }, 1e-12);
    }
    problem.setMaxeval(1000);
    const allocation = Float64Array.from(problem.optimize(start).x);
    nlopt.GC.flush();
    return { allocation, shadowPrices: shadowPricesOf(work, allocation) };
  };
}

function equilibrium(work) {
  const free = work.goods - 1;
  return () => {
    const market = demandSystem(work);
    const problem = new nlopt.Optimize(nlopt.Algorithm.LD_LBFGS, free);
    problem.setMinObjective((q, gradient) => {
      const excess = market.excess(Float64Array.of(...q, 0)).subarray(0, free);
      if (gradient) {
        const rows = market.jacobian();
        for (let k = 0; k < free; k++) {
          gradient[k] = excess.reduce((sum, value, j) => sum + 2 * value * rows[j * free + k], 0);
        }
      }
      return excess.reduce((sum, value) => sum + value * value, 0);
    }, 1e-16);
    problem.setMaxeval(2000);
    const { x } = problem.optimize(new Array(free).fill(0));
    nlopt.GC.flush();
    return { prices: Float64Array.of(...x, 0).map(Math.exp) };
  };
}

// ml-levenberg-marquardt: a curve fitter, here fitting zeros. Point k of the curve is equation k.

import { readFileSync } from "node:fs";
import { levenbergMarquardt } from "ml-levenberg-marquardt";
import { demandSystem } from "./plain.js";
import { marginals, shadowPricesOf, sharesOf } from "./shares.js";

const manifest = new URL("../package.json", import.meta.resolve("ml-levenberg-marquardt"));
export const version = JSON.parse(readFileSync(manifest)).version;

const settings = { damping: 1e-6, improvementThreshold: 1e-6, maxIterations: 200, errorTolerance: 1e-26 };

export const solvers = {
  // It takes differences by itself.
  differences: {
    plan(work) {
      const { agents: n, goods: m } = work;
      const equations = (y) => {
        const logs = marginals(work, sharesOf(work, y)).map(Math.log);
        return (k) => logs[k] - logs[(n - 1) * m + (k % m)];
      };
      return () => {
        const allocation = sharesOf(work, fit((n - 1) * m, equations, { gradientDifference: 1e-6 }));
        return { allocation, shadowPrices: shadowPricesOf(work, allocation) };
      };
    },
    equilibrium: (work) => () => clear(work, () => ({ gradientDifference: 1e-6 })),
  },
  jacobian: {
    equilibrium: (work) => () =>
      clear(work, (market) => ({
        jacobianFunction(q) {
          const free = q.length;
          market.excess(Float64Array.of(...q, 0));
          const rows = market.jacobian();
          return (k) => [...rows.subarray(k * free, (k + 1) * free)];
        },
      })),
  },
};

function clear(work, derivatives) {
  const market = demandSystem(work);
  const equations = (q) => {
    const excess = market.excess(Float64Array.of(...q, 0));
    return (k) => excess[k];
  };
  const q = fit(work.goods - 1, equations, derivatives(market));
  return { prices: Float64Array.of(...q, 0).map(Math.exp) };
}

function fit(unknowns, equations, derivatives) {
  const x = Array.from({ length: unknowns }, (_, k) => k);
  const initialValues = new Array(unknowns).fill(0);
  const data = { x, y: initialValues };
  return levenbergMarquardt(data, equations, { ...settings, ...derivatives, initialValues }).parameterValues;
}

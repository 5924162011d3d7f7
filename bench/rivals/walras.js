// walras itself, through its public API; copies and audit included.

import { readFileSync } from "node:fs";
import { load } from "../../dist/index.js";
import { loadPool } from "../../dist/pool.js";

export const version = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url))).version;

export const solvers = {
  wasm: onEngine("wasm", "double"),
  single: onEngine("wasm", "single"),
  js: onEngine("js", "double"),
  pool: onEngine("wasm", "double", 2),
  poolSingle: onEngine("wasm", "single", 2),
};

/** With `workers` a pool of so many, whose answers are promises. */
function onEngine(engine, precision, workers) {
  return {
    async adam(work) {
      const { steps: maxSteps, penalty, rate: learningRate, beta1, beta2, epsilon } = work;
      const start = work.start.map((y) => Math.log1p(Math.exp(y)));
      const options = {
        formulation: "penalty",
        precision,
        start,
        maxSteps,
        penalty,
        learningRate,
        beta1,
        beta2,
        epsilon,
      };
      const { walras, economy } = await given(engine, work, workers);
      return () => walras.planWithAdam(economy, options);
    },
    async plan(work) {
      const { walras, economy } = await given(engine, work);
      return () => walras.plan(economy);
    },
    async equilibrium(work) {
      const { walras, economy } = await given(engine, work);
      return () => walras.equilibrium(economy);
    },
    async plans({ agents, goods, count, alpha, omega, totals, weights }) {
      const walras = await load({ engine });
      return () => walras.planMany({ agents, goods, count, alpha, omega, totals, weights });
    },
    async equilibria({ agents, goods, count, alpha, omega, endowments }) {
      const walras = await load({ engine });
      return () => walras.equilibriumMany({ agents, goods, count, alpha, omega, endowments });
    },
  };
}

async function given(engine, work, workers) {
  const walras = workers ? await loadPool({ engine, workers }) : await load({ engine });
  const { agents, goods, alpha, omega, totals, weights, endowments } = work;
  const stock = endowments ? { endowments } : { totals, weights };
  return { walras, economy: walras.economy({ size: { agents, goods }, alpha, omega, ...stock }) };
}

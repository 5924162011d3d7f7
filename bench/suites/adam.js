// Adam on the penalised planner's problem, through the public API: one step, and a thousand after a
// cold start.

import { performance } from "node:perf_hooks";
import { plannerEconomy } from "../economies.js";
import { measure, spread, use } from "../harness.js";

/** The steps of a run by size, enough to make the set-up negligible. */
const STEPS = { 10: 2000, 100: 200, 1000: 30 };
/** The form of the notebook, which takes all the steps asked for. */
const formulation = "penalty";

export async function adamStep(engines) {
  const tasks = Object.entries(STEPS).flatMap(([size, maxSteps]) =>
    engines.flatMap((walras) =>
      ["double", "single"].map((precision) => {
        const economy = walras.economy(plannerEconomy(Number(size), Number(size)));
        return {
          name: `${size} ${walras.engine} ${precision}`,
          work: `step ${size}x${size}, ${precision}`,
          engine: walras.engine,
          cells: maxSteps * size * size,
          run: () => use(walras.planWithAdam(economy, { formulation, precision, maxSteps }).welfare),
        };
      }),
    ),
  );
  return measure("adam", tasks, { time: 300, iterations: 1 });
}

/**
 * The first call of a new engine: a thousand steps, with compilation and warm-up. A figure is of
 * five engines.
 */
export async function adamCold(load) {
  const results = [];
  for (const engine of ["wasm", "js"]) {
    const size = 10;
    const times = [];
    for (let round = 0; round < 5; round++) {
      const walras = await load({ engine });
      const economy = walras.economy(plannerEconomy(size, size));
      const start = performance.now();
      use(walras.planWithAdam(economy, { formulation, maxSteps: 1000 }).welfare);
      times.push(((performance.now() - start) * 1e6) / (1000 * size * size));
    }
    const [least, nsPerCell, most] = spread(times);
    results.push({ suite: "adam", work: "1000 steps 10x10, cold", engine, nsPerCell, least, most });
  }
  return results;
}

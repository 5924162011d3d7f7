// Exact plans and equilibria through the public API, with copies and audit: one at a time, and many
// in one call.

import { hardMarket, manyEconomies, mildMarket, plannerEconomy } from "../economies.js";
import { measure, use } from "../harness.js";

export async function plans(engines) {
  const tasks = [3, 10, 100, 1000].flatMap((size) =>
    engines.map((walras) => {
      const economy = walras.economy(plannerEconomy(size, size));
      return {
        name: `plan ${size} ${walras.engine}`,
        work: `plan ${size}x${size}`,
        engine: walras.engine,
        cells: size * size,
        run: () => use(walras.plan(economy).welfare),
      };
    }),
  );
  const prepared = [100, 1000].flatMap((size) =>
    engines.map((walras) => {
      const ready = walras.prepare(walras.economy(plannerEconomy(size, size)));
      return {
        name: `prepared ${size} ${walras.engine}`,
        work: `plan ${size}x${size}, prepared`,
        engine: walras.engine,
        cells: size * size,
        run: () => use(walras.plan(ready).welfare),
      };
    }),
  );
  return measure("plan", [...tasks, ...prepared]);
}

export async function equilibria(engines) {
  const mild = [3, 10, 100, 200].flatMap((size) =>
    engines.map((walras) => task(walras, `${size}x${size}`, mildMarket(size, size))),
  );
  const hard = engines.map((walras) => task(walras, "10x10, hard", hardMarket(7, { agents: 10, goods: 10 })));
  const results = await measure("equilibrium", [...mild, ...hard]);
  const wasm = engines.filter(({ engine }) => engine === "wasm");
  for (const agents of [1000, 10_000]) {
    const tasks = wasm.map((walras) => task(walras, `${agents}x1000`, mildMarket(agents, 1000)));
    results.push(...(await measure("equilibrium", tasks, { iterations: 1, time: 20, warmup: false })));
  }
  return results;
}

function task(walras, what, data) {
  const economy = walras.economy(data);
  return {
    name: `equilibrium ${what} ${walras.engine}`,
    work: `equilibrium ${what}`,
    engine: walras.engine,
    cells: economy.alpha.length,
    run: () => use(walras.equilibrium(economy).prices[0]),
  };
}

/** The number of economies in a call. */
const COUNT = 20_000;

export async function bulk(engines) {
  const { planner, market } = manyEconomies(COUNT);
  const tasks = engines.flatMap((walras) => [
    {
      name: `plans ${walras.engine}`,
      work: `plans 3x3, ${COUNT} a call`,
      engine: walras.engine,
      cells: 9 * COUNT,
      run: () => use(walras.planMany(planner).residual[0]),
    },
    {
      name: `equilibria ${walras.engine}`,
      work: `equilibria 3x3, ${COUNT} a call`,
      engine: walras.engine,
      cells: 9 * COUNT,
      run: () => use(walras.equilibriumMany(market).residual[0]),
    },
  ]);
  return measure("bulk", tasks, { time: 400, iterations: 1 });
}

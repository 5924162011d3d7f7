// Exact plans and equilibria through the public API, copies and audit included: one at a time, and many in one call.

import { hardMarket, mildMarket, plannerEconomy, uniform } from "./economies.js";
import { measure, use } from "./harness.js";

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
  return measure("plan", tasks);
}

export async function equilibria(engines) {
  const mild = [3, 10, 100, 200].flatMap((size) =>
    engines.map((walras) => task(walras, `${size}x${size}`, mildMarket(size, size))),
  );
  const hard = engines.map((walras) => task(walras, "10x10, hard", hardMarket(7, { agents: 10, goods: 10 })));
  return measure("equilibrium", [...mild, ...hard]);
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

/** Economies a call. */
const COUNT = 20_000;

export async function bulk(engines) {
  const draw = uniform(11);
  const numbers = (length, least, most) => Float64Array.from({ length }, () => least + (most - least) * draw());
  const shared = {
    agents: 3,
    goods: 3,
    count: COUNT,
    alpha: numbers(9 * COUNT, 0.7, 1.3),
    omega: numbers(9 * COUNT, -0.8, -0.3),
  };
  const planner = { ...shared, totals: numbers(3 * COUNT, 20, 40), weights: numbers(3 * COUNT, 0.8, 1.2) };
  const market = { ...shared, endowments: numbers(9 * COUNT, 1, 10) };
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
  return measure("bulk", tasks, { time: 400 });
}

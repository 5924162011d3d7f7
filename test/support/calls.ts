// One small call of every method that works in the engine, with the numbers that it answers.

import { hardMarket } from "../../bench/economies.js";
import type { Walras } from "../../src/index.js";
import { UNLIKE } from "./economies.js";

/** Numbers that differ, between 1 and 2. */
export const various = (length: number) => Float64Array.from({ length }, (_, c) => 1 + ((c * 7919) % 101) / 101);

/** Options with others added; getters stay getters. */
function joined(own: object, more: object = {}): never {
  return Object.defineProperties({ ...own }, Object.getOwnPropertyDescriptors(more)) as never;
}

/**
 * Calls of all methods, by name, on economies made by the same engine. Each takes options that are
 * added to its own.
 */
export function everyCall(walras: Walras): Record<string, (more?: object) => unknown> {
  const market = walras.economy(hardMarket(5));
  const pair = walras.economy({ ...hardMarket(3, { agents: 2, goods: 2 }), incomes: [1, 1] });
  const box = walras.economy({ ...UNLIKE, totals: undefined, endowments: [[1, 0.4], [1, 0.6]] }); // biome-ignore format: rows
  const steep = walras.economy({ alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }); // biome-ignore format: rows
  const trio = walras.economy(hardMarket(7, { agents: 3, goods: 3 }));
  const four = walras.economy(hardMarket(11, { agents: 4, goods: 4 }));
  const shares = walras.economy({ ...UNLIKE, incomes: [1, 2] });
  const found = walras.equilibrium(market);
  const planned = walras.plan(trio);
  const many = { agents: 3, goods: 2, count: 3, alpha: various(18), omega: -2 };
  return {
    plan: (more) => walras.plan(market, joined({}, more)),
    "plan of a prepared economy": (more) => {
      const ready = walras.prepare(trio);
      try {
        return walras.plan(ready, joined({}, more));
      } finally {
        ready.dispose();
      }
    },
    planWithAdam: (more) => walras.planWithAdam(market, joined({ maxSteps: 120 }, more)),
    "planWithAdam in singles": (more) =>
      walras.planWithAdam(trio, joined({ maxSteps: 120, precision: "single" }, more)),
    equilibrium: (more) => walras.equilibrium(market, joined({}, more)),
    "equilibrium from prices": (more) => walras.equilibrium(four, joined({ start: [1, 2, 3, 4] }, more)),
    "equilibrium of shares": (more) => walras.equilibrium(shares, joined({ demand: "shares" }, more)),
    "equilibria of two goods": (more) => walras.equilibria(steep, joined({}, more)),
    "equilibria of three goods": (more) => walras.equilibria(trio, joined({}, more)),
    "equilibria by search": (more) => walras.equilibria(four, joined({ maxStarts: 200 }, more)),
    frontier: (more) => walras.frontier(pair, joined({ points: 40 }, more)),
    edgeworthBox: (more) => walras.edgeworthBox(box, joined({ points: 20 }, more)),
    tatonnement: (more) => walras.tatonnement(market, joined({ maxSteps: 50 }, more)),
    check: (more) => walras.check(market, found, joined({}, more)),
    "check of a plan": (more) => walras.check(trio, planned, joined({}, more)),
    statics: (more) => walras.statics(market, found, joined({}, more)).matrices(),
    "statics of a plan": (more) => walras.statics(trio, planned, joined({}, more)).matrices(),
    transferParadox: () => walras.transferParadox(market, found),
    planMany: (more) => walras.planMany(joined({ ...many, totals: 1 }, more)),
    equilibriumMany: (more) => walras.equilibriumMany(joined({ ...many, endowments: various(18) }, more)),
    equilibriaMany: (more) => walras.equilibriaMany(joined({ ...many, endowments: various(18) }, more)),
  };
}

// The Edgeworth box of two agents and two goods: one of all curves, and what a page draws at every
// frame while a point is dragged, two boxes with indifference curves through the point.

import { mildMarket } from "../economies.js";
import { measure, use } from "../harness.js";

/** Kehoe's economy (1985), which has three equilibria. */
const KEHOE = { alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }; // biome-ignore format: rows

export async function boxes(engines) {
  const tasks = engines.flatMap((walras) => {
    const { engine } = walras;
    const [kehoe, mild] = [KEHOE, mildMarket(2, 2)].map((data) => walras.economy(data));
    const prices = walras.equilibria(kehoe).equilibria.map((equilibrium) => equilibrium.prices);
    const draw = (economy, options) => use(walras.edgeworthBox(economy, options).contract.points.length);
    const task = (work, run) => ({ name: `${work} ${engine}`, work, engine, cells: 1, run });
    return [
      task("one box, three equilibria", () => draw(kehoe, { prices })),
      task("one box, one equilibrium", () => draw(mild)),
      task("two boxes, and curves through a point", () => {
        for (const economy of [kehoe, mild])
          draw(economy, { prices, through: [economy.totals.map((total) => 0.4 * total)] });
      }),
      task("contract curve alone", () => draw(kehoe, { curves: ["contract"] })),
    ];
  });
  return measure("box", tasks);
}

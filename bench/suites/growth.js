// How the time of a plan and of an equilibrium grows with n m in square economies: an exponent, by
// least squares in logs.

import { mildMarket, plannerEconomy } from "../economies.js";
import { measure, spread, use } from "../harness.js";

const SIZES = [10, 20, 50, 100, 200, 400];

export async function growth(engines) {
  const results = [];
  for (const walras of engines) {
    for (const [kind, build, solve] of [
      ["plan", plannerEconomy, (economy) => use(walras.plan(economy).welfare)],
      ["equilibrium", mildMarket, (economy) => use(walras.equilibrium(economy).prices[0])],
    ]) {
      const tasks = SIZES.map((size) => {
        const economy = walras.economy(build(size, size));
        const work = `${kind} ${size}x${size}`;
        return { name: work, work, engine: walras.engine, cells: size * size, run: () => solve(economy) };
      });
      const times = await measure("growth", tasks, { time: 60, iterations: 1 });
      results.push(...times, exponent(kind, walras.engine, times));
    }
  }
  return results;
}

/**
 * The exponent of n m in the time, which is the slope of ln time over ln n m; its spread is that of
 * fits to the smallest, median and largest times.
 */
function exponent(kind, engine, times) {
  const fitted = (key) => slope(times.map(({ cells, [key]: ns }) => [Math.log(cells), Math.log(ns * cells)]));
  const figure = fitted("nsPerCell");
  const [least, , most] = spread([fitted("least"), figure, fitted("most")]);
  const labels = { suite: "growth", work: `${kind}, exponent of n m`, engine };
  return { ...labels, unit: "", figure, least, most };
}

/** The slope of the line through points, by least squares. */
function slope(points) {
  const mean = (k) => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

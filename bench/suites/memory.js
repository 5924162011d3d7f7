// The memory of an engine after it has solved one economy, in bytes per byte of the economy's data.

import { mildMarket, plannerEconomy } from "../economies.js";
import { use } from "../harness.js";

export async function memory(load) {
  const results = [];
  for (const engine of ["wasm", "js"]) {
    for (const [kind, build, sizes, solve] of [
      ["plan", plannerEconomy, [10, 100, 1000], (walras, economy) => walras.plan(economy).welfare],
      ["equilibrium", mildMarket, [10, 100, 300], (walras, economy) => walras.equilibrium(economy).prices[0]],
    ]) {
      for (const size of sizes) {
        const walras = await load({ engine });
        const data = build(size, size);
        use(solve(walras, walras.economy(data)));
        const bytes = Object.values(data).reduce((sum, values) => sum + (values.byteLength ?? 0), 0);
        const figure = walras.memory / bytes;
        const labels = { suite: "memory", work: `${kind} ${size}x${size}`, engine, bytes: walras.memory };
        results.push({ ...labels, unit: "times the data", figure, least: figure, most: figure });
      }
    }
  }
  return results;
}

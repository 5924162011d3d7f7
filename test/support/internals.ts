// Modules of the core in plain JavaScript, for tests of functions that it does not export: bundled
// from the sources as they are, with scalar/ in the place of simd/.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { scalarPasses } from "../../scripts/bundle.js";

type Functions = Record<string, (...numbers: number[]) => number>;

export interface Internals {
  /** Its `doubles` are the memory that addresses are of. */
  memory: { reserve(count: number): number; readonly doubles: Float64Array };
  economy: Functions;
  state: Record<string, number>;
  gmres: {
    krylovLength(m: number, maxProducts: number): number;
    solveByProducts(
      apply: (x: number, out: number) => void,
      ...rest: [m: number, b: number, x: number, tolerance: number, maxProducts: number, workspace: number]
    ): number;
  };
  linear: Functions;
  logSumExp: Functions;
  market: Functions;
  homotopy: Functions;
  demand: Functions;
  flow: Functions;
}

const FILES = {
  memory: "scalar/memory",
  economy: "economy/economy",
  state: "market/state",
  gmres: "math/gmres",
  linear: "math/linear",
  logSumExp: "math/logSumExp",
  market: "market/equilibrium",
  homotopy: "market/homotopy",
  demand: "market/demand",
  flow: "market/flow",
};

/** Modules of the core, with a memory of their own. */
export async function startInternals(): Promise<Internals> {
  const { outputFiles } = await build({
    stdin: {
      contents: Object.entries(FILES)
        .map(([name, file]) => `export * as ${name} from "./${file}";`)
        .join("\n"),
      resolveDir: fileURLToPath(new URL("../../assembly", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [scalarPasses],
    tsconfigRaw: {},
  });
  return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

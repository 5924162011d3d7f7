// Modules of the core in plain JavaScript, for tests of functions that it does not export: bundled
// from the sources as they are, with scalar/ in the place of simd/.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { scalarPasses } from "../../scripts/bundle.js";

type Functions<Names extends string> = { readonly [Name in Names]: (...numbers: number[]) => number };
type Addresses<Names extends string> = { readonly [Name in Names]: number };

export interface Internals {
  /** Its `doubles` are the memory that addresses are of. */
  memory: Functions<"origin"> & { extend(length: number, kept: number): boolean; readonly doubles: Float64Array };
  economy: Functions<"layEconomies" | "setSize">;
  gmres: {
    krylovLength(m: number, maxProducts: number): number;
    solveByProducts(
      apply: (x: number, out: number) => void,
      ...rest: [m: number, b: number, x: number, tolerance: number, maxProducts: number, workspace: number]
    ): number;
  };
  linear: Functions<"factor" | "solve" | "minimumNorm">;
  logSumExp: Functions<"logSumRoot" | "logAdd">;
  workspaces: Functions<"workspaceFor">;
  market: Functions<"startMarket" | "stepMarket">;
  demand: Functions<"evaluateDemand">;
  flow: Functions<"chooseBudgetGoods" | "evaluateFlow" | "evaluateJacobian" | "evaluateParameterSlope">;
  state: Addresses<
    | ("logPrices" | "logEndowments" | "endowmentSlope" | "logAllocation" | "logOwned")
    | ("residual" | "jacobian" | "parameterSlope" | "budgetGood")
  >;
  batch: Functions<
    "bindBatch" | "gatherMarket" | "computeLevels" | "startBatch" | "evaluateBatch" | "stepBatch" | "boundResiduals"
  > &
    Addresses<"maxResidual" | "minPivot" | "residualBound" | "logPrices">;
  system: Functions<"bind" | "place"> & Addresses<"excess" | "slack" | "lowerSlope" | "upperSlope" | "maxApart">;
  branchAndBound: Functions<"startProof" | "stepProof" | "reportProof">;
  intervalNewton: Functions<"bind" | "testBox"> &
    Addresses<"index" | "restX" | "restY" | "restWide" | "restHigh"> & {
      readonly excluded: boolean;
      readonly regular: boolean;
      readonly proved: boolean;
    };
  workspace: Functions<"openWorkspace">;
}

const FILES: Record<keyof Internals, string> = {
  memory: "scalar/memory",
  economy: "economy/economy",
  gmres: "math/gmres",
  linear: "math/linear",
  logSumExp: "math/logSumExp",
  workspaces: "workspaces",
  market: "market/equilibrium",
  demand: "market/demand",
  flow: "market/flow",
  state: "market/state",
  batch: "market/jointBatch",
  system: "equilibria/proof/system",
  branchAndBound: "equilibria/proof/branchAndBound",
  intervalNewton: "equilibria/proof/intervalNewton",
  workspace: "economy/workspace",
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

/** Lays numbers, or room for so many, one behind the other; returns their addresses. */
export function layInside(memory: Internals["memory"], ...blocks: (number | number[])[]): number[] {
  const lengths = blocks.map((block) => (typeof block === "number" ? block : block.length));
  let next = memory.origin();
  memory.extend(next + lengths.reduce((sum, length) => sum + length + (length & 1), 0), 0);
  return blocks.map((block, k) => {
    const address = next;
    next += lengths[k] + (lengths[k] & 1);
    if (typeof block === "number") memory.doubles.fill(Number.NaN, address, next);
    else memory.doubles.set(block, address);
    return address;
  });
}

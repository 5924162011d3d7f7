// Modules of the core in plain JavaScript, for tests of functions that it does not export: bundled
// from the sources as they are, with scalar/ in the place of simd/.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { portable } from "../../scripts/bundle.js";

type Functions<Names extends string> = { readonly [Name in Names]: (...numbers: number[]) => number };
type Addresses<Names extends string> = { readonly [Name in Names]: number };

export interface Internals {
  /** Its `doubles` are the memory that addresses are of. */
  memory: Functions<"origin"> & { extend(length: number, kept: number): boolean; readonly doubles: Float64Array };
  economy: Functions<"layEconomies" | "setSize"> & Addresses<"totals">;
  logForm: Functions<"logsOf">;
  vector: Functions<"perFactorial">;
  tilePasses: Functions<"correctTile" | "finishTile"> & Addresses<"STEP" | "GAP" | "ROWS">;
  multistart: Functions<"startMultistart" | "startBetween">;
  homotopy: Functions<"homotopyStep"> & { readonly followed: boolean };
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
  market: Functions<"startMarket" | "stepMarket" | "polishMarket" | "reportMarket">;
  audit: Functions<"auditMarket">;
  demand: Functions<"evaluateDemand">;
  flow: { evaluateFlow(choosing: boolean): number; evaluateJacobian(alongPath: boolean): void };
  state: Addresses<
    | ("logPrices" | "logSpending" | "logEndowments" | "endowmentSlope" | "logAllocation" | "logOwned" | "logTotals")
    | ("residual" | "trial" | "jacobian" | "parameterSlope" | "budgetGood" | "logWeights" | "tangent")
  >;
  batch: Functions<
    "bindBatch" | "startMarkets" | "finishMarkets" | "missedOf" | "minPivotOf" | "residualBoundOf" | "logPriceOf"
  > & {
    evaluateBatch(k: number, wide: boolean): void;
    stepBatch(k: number, cap: number, wide: boolean): void;
    readonly PLACES: number;
  };
  branchAndBound: Functions<"startProof" | "stepProof" | "reportProof" | "clearProof" | "addRow" | "readRow">;
  system: Functions<"bind" | "place" | "coverSums" | "fill" | "setTerms" | "solve"> & {
    boundsExclude(): boolean;
    spans(j: number, k: number, middle: number, half: number): boolean;
  } & Addresses<
      | ("maxApart" | "root" | "doubt")
      | ("excess" | "slack" | "lower" | "upper" | "lowerSlope" | "upperSlope")
      | ("lowerRatio" | "upperRatio" | "rangeX" | "rangeY" | "rangeWide" | "rangeHigh")
    >;
  intervalNewton: Functions<"bind" | "testBox"> &
    Addresses<"index" | "restX" | "restY" | "restWide" | "restHigh"> & {
      readonly excluded: boolean;
      readonly regular: boolean;
      readonly proved: boolean;
    };
  bounds: Functions<"intervalSums" | "nodeErrors" | "nodeSums" | "splitStep">;
  rootFunction: Functions<"bind" | "nodeSize" | "readEconomy" | "evaluateNode" | "guessAfresh"> &
    Addresses<"data" | "width"> & { beyond(node: number, side: number): boolean };
  enumeration: Functions<"assess" | "leaveOpen" | "refine" | "setStretch"> &
    Addresses<"sums" | "entries" | "found"> & {
      bind(base: number, overGoods: number): void;
      close(there: number): void;
      certain(node: number): boolean;
    };
  proof: Functions<"startProof" | "enter" | "evaluate" | "excludes">;
  goods: Functions<"bind" | "boundSlope" | "trade"> &
    Addresses<
      | ("logAmount" | "error" | "logRatio" | "ratioError" | "amount" | "elasticity" | "owned")
      | ("wealth" | "spending" | "lowerSlope" | "upperSlope")
    >;
  agents: Functions<"bind" | "boundTrade" | "boundSlopes"> &
    Addresses<
      | ("logAmount" | "error" | "logRatio" | "ratioError" | "unit" | "elasticity" | "level" | "owned")
      | ("pulls" | "lowerLog" | "upperLog")
    >;
  newton: Functions<"newtonStep" | "factorReduced" | "smallestPivot"> &
    Addresses<"index" | "flowResidual" | "fullStep">;
  workspace: Functions<"openWorkspace">;
}

/** What modules do not export, but tests of them call. */
const INNER: Record<string, string> = {
  "equilibria/proof/branchAndBound": "export { enter, evaluate, excludes };",
  "equilibria/proof/threeGoods": `export { amount, elasticity, error, logAmount, logRatio, owned, ratioError };
    export { boundSlope, lowerSlope, spending, trade, upperSlope, wealth };`,
  "equilibria/proof/threeAgents": `export { elasticity, error, level, logAmount, logRatio, owned, ratioError };
    export { boundSlopes, boundTrade, lowerLog, pulls, upperLog };`,
  "equilibria/enumeration": `export { assess, certain, close, entries, found, leaveOpen, refine, sums };
    export function setStretch(present, first, way, signThere) {
      left = present; open = first; direction = way; sign = signThere; entries = 0; stacked = 1; freed = 0;
    }`,
};

const FILES: Record<keyof Internals, string> = {
  memory: "scalar/memory",
  economy: "economy/economy",
  logForm: "economy/logForm",
  vector: "scalar/vector",
  tilePasses: "planner/tilePasses",
  multistart: "equilibria/multistart",
  homotopy: "market/homotopy",
  gmres: "math/gmres",
  linear: "math/linear",
  logSumExp: "math/logSumExp",
  workspaces: "workspaces",
  market: "market/equilibrium",
  audit: "audit",
  demand: "market/demand",
  flow: "market/flow",
  state: "market/state",
  batch: "market/jointBatch",
  system: "equilibria/proof/system",
  branchAndBound: "equilibria/proof/branchAndBound",
  intervalNewton: "equilibria/proof/intervalNewton",
  bounds: "equilibria/bounds",
  rootFunction: "equilibria/rootFunction",
  enumeration: "equilibria/enumeration",
  proof: "equilibria/proof/branchAndBound",
  goods: "equilibria/proof/threeGoods",
  agents: "equilibria/proof/threeAgents",
  newton: "market/safeguardedNewton",
  workspace: "economy/workspace",
};

/** Adds to modules of the core what tests need of their insides. */
const innerParts: Plugin = {
  name: "inner-parts",
  setup({ onLoad }) {
    for (const [file, exports] of Object.entries(INNER)) {
      onLoad({ filter: new RegExp(`/assembly/${file}\\.ts$`) }, async ({ path }) => ({
        contents: `${await readFile(path, "utf8")}\n${exports}`,
        loader: "ts",
      }));
    }
  },
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
    ...portable,
    plugins: [...portable.plugins, innerParts],
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

/**
 * The entry `walras/solvers`: plans, equilibria of one market, bulk calls and the audit, with
 * kernels of their own, which are smaller than all of them.
 * @module walras/solvers
 */

import wasm from "../../build/solvers.wasm";
import type { LoadOptions } from "../engine/options.js";
import { type Kernelled, startEngine } from "../engine/start.js";
import { Solvers } from "../solvers.js";

export * from "../solverNames.js";

const KERNELS: Kernelled = {
  text: wasm,
  contents: ["solvers", "walras"],
  portable: () => import("../../build/solvers.js"),
};

/**
 * Starts an engine and returns the object with the solvers.
 * @throws OptionError for an unknown engine; the engine's own error if "wasm" cannot start;
 *   EngineError for a `module` that is not of this version
 * @example
 * import { load } from "walras/solvers";
 *
 * const walras = await load();
 * const economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, totals: [6, 5] });
 * walras.plan(economy).shadowPrices; // 0.207336, 0.233137
 */
export async function load(options: LoadOptions = {}): Promise<Solvers> {
  return new Solvers(await startEngine(options, KERNELS));
}

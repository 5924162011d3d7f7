// load() of the whole package.

import wasm from "../build/walras.wasm";
import type { LoadOptions } from "./engine/options.js";
import { type Kernelled, startEngine } from "./engine/start.js";
import { Walras } from "./walras.js";

/** The kernels of all methods. */
export const ALL_KERNELS: Kernelled = {
  text: wasm,
  contents: ["walras"],
  portable: () => import("../build/kernels.js"),
};

/**
 * Starts an engine and returns the object with all methods.
 * @throws OptionError for an unknown engine; the engine's own error if "wasm" cannot start;
 *   EngineError for a `module` that is not of this version
 * @example
 * import { load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] });
 * walras.equilibrium(economy).prices; // 0.452687, 0.547313
 */
export async function load(options: LoadOptions = {}): Promise<Walras> {
  return new Walras(await startEngine(options, ALL_KERNELS));
}

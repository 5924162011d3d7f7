/**
 * The entry `walras/js`: everything, on the JavaScript engine alone, without the text of
 * WebAssembly.
 * @module walras/js
 */

import startAll from "../../build/kernels.js";
import startSolvers from "../../build/solvers.js";
import { startJavaScript } from "../engine/javascript.js";
import { Solvers } from "../solvers.js";
import { Findings, OptionError } from "../violations.js";
import { Walras } from "../walras.js";

export * from "../names.js";

/** "auto" and "js" are the same here, so that this entry can take the place of others. */
export interface JavaScriptOptions {
  /** "auto" (default) or "js". */
  engine?: "auto" | "js";
}

/**
 * Starts the JavaScript engine and returns the object with all methods.
 * @throws OptionError for another engine
 * @example
 * import { load } from "walras/js";
 *
 * const walras = await load();
 * walras.engine; // "js"
 */
export async function load(options: JavaScriptOptions = {}): Promise<Walras> {
  requireJavaScript(options);
  return new Walras(startJavaScript(startAll));
}

/**
 * Starts the JavaScript engine and returns the object with the methods of `walras/solvers` alone. A
 * bundle that calls nothing else leaves the rest out.
 * @throws OptionError for another engine
 * @example
 * import { loadSolvers } from "walras/js";
 *
 * const walras = await loadSolvers();
 * walras.engine; // "js"
 */
export async function loadSolvers(options: JavaScriptOptions = {}): Promise<Solvers> {
  requireJavaScript(options);
  return new Solvers(startJavaScript(startSolvers));
}

function requireJavaScript(options: JavaScriptOptions): void {
  const findings = new Findings();
  const { engine } = findings.keys(options, ["engine"]);
  findings.choice("engine", engine, ["auto", "js"]);
  findings.throwIfAny(OptionError);
}

// Chooses the engine that load() starts.

import { Findings, OptionError } from "../violations.js";
import type { Engine } from "./engine.js";
import { type StartPortable, startJavaScript } from "./javascript.js";
import { checkLoadOptions, type LoadOptions } from "./options.js";
import { startBundled, startGiven } from "./webassembly.js";

/** What an entry has of both engines. */
export interface Kernelled {
  /** The WebAssembly, in base 64. */
  readonly text: string;
  /** The names of files, without `.wasm`, that `module` may be. */
  readonly contents: readonly string[];
  /** The kernels in JavaScript: a file of its own, which pages that run WebAssembly never fetch. */
  portable(): Promise<{ default: StartPortable }>;
}

/**
 * Starts an engine.
 * @throws OptionError for an unknown engine; the engine's own error where "wasm" was asked for and
 *   cannot start; EngineError for a module that is not of this version
 */
export async function startEngine(given: LoadOptions, { text, contents, portable }: Kernelled): Promise<Engine> {
  const findings = new Findings();
  const { engine: wanted = "auto", module } = findings.keys(given, ["engine", "module"]);
  checkLoadOptions(findings, { engine: wanted, module });
  findings.throwIfAny(OptionError);
  if (wanted === "js") return startJavaScript((await portable()).default);
  // A module that was given and is wrong is told, not replaced.
  if (module !== undefined) return await startGiven(module, contents);
  try {
    return await startBundled(text);
  } catch (error) {
    if (wanted === "wasm") throw error;
    return startJavaScript((await portable()).default, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (typeof WebAssembly === "undefined") return "this host has no WebAssembly";
  return error instanceof Error ? error.message : String(error);
}

// Starts the kernels in JavaScript.

import type { Kernels } from "../../build/kernels.js";
import { type Engine, engineOf } from "./engine.js";

/** What build/kernels.js exports: starts kernels with a memory of their own at each call. */
export type StartPortable = () => Kernels & { readonly doubles: Float64Array };

/** An engine in JavaScript; `reason` says why it is not WebAssembly. */
export function startJavaScript(startPortable: StartPortable, reason?: string): Engine {
  const kernels = startPortable();
  return engineOf("js", kernels, () => kernels.doubles, reason);
}

// The only file that knows WebAssembly and as-bind: it starts the kernels there.

import { instantiate, instantiateSync } from "as-bind/dist/as-bind.esm.js";
import { type Engine, engineOf, type Kernels } from "./engine.js";
import { EngineError } from "./errors.js";
import { addressOf, type WasmModule } from "./options.js";
import { VERSION } from "./version.js";

/**
 * Where bytes are decoded natively, and where asynchronous as-bind would load all of fetch first,
 * which takes ten times as long as the rest.
 */
const IN_NODE = typeof process !== "undefined" && process.versions?.node !== undefined;

/** The section of a file in which the build says what it is. */
const SECTION = "walras";

/** Starts the kernels that are bundled as text. */
export async function startBundled(text: string): Promise<Engine> {
  // as-bind's own wrappers convert arguments; kernels take and return numbers alone, so they are
  // called directly.
  const { loadedModule } = IN_NODE
    ? instantiateSync(Uint8Array.from(Buffer.from(text, "base64")), {})
    : await instantiate(fromBase64(text), {});
  return started(loadedModule.instance);
}

/**
 * Starts kernels that are given.
 * @param contents the names that the file may give its kernels
 * @throws EngineError where it is a file of something else, or of another version
 */
export async function startGiven(given: WasmModule, contents: readonly string[]): Promise<Engine> {
  const module = await compiled(given);
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const found = section ? new TextDecoder().decode(section) : "something else";
  const wanted = contents.map((name) => `${name}.wasm ${VERSION}`);
  if (!wanted.includes(found)) throw new EngineError(`module must be ${wanted.join(" or ")}; it is ${found}`);
  // Not by as-bind, which compiles from bytes: some hosts only run what is compiled already.
  return started(await WebAssembly.instantiate(module, {}));
}

async function compiled(given: WasmModule): Promise<WebAssembly.Module> {
  if (given instanceof WebAssembly.Module) return given;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return await WebAssembly.compile(given);
  // What is no address has been refused.
  return await WebAssembly.compile(await bytesAt(given instanceof URL ? given : (addressOf(given) as URL)));
}

async function bytesAt(url: URL): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  if (IN_NODE && url.protocol === "file:") {
    const { readFile } = process.getBuiltinModule("node:fs/promises");
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new EngineError(`${url} answers ${response.status}`);
  return await response.arrayBuffer();
}

function started({ exports }: WebAssembly.Instance): Engine {
  const memory = exports["memory"] as WebAssembly.Memory;
  let view = new Float64Array(memory.buffer);
  // Properties of a plain object are found sooner than exports.
  return engineOf("wasm", { ...exports } as unknown as Kernels, () => {
    // A view dies when the memory grows.
    if (view.length === 0) view = new Float64Array(memory.buffer);
    return view;
  });
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let k = 0; k < letters.length; k++) bytes[k] = letters.charCodeAt(k);
  return bytes;
}

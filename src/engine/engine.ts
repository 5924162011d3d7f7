// The only file that knows WebAssembly and as-bind: it starts an engine, lays blocks into its memory and copies results out.

import { instantiate, instantiateSync } from "as-bind/dist/as-bind.esm.js";
import { padded } from "../../assembly/protocol.js";
import wasm from "../../build/walras.wasm";

export type EngineName = "wasm" | "js";

/** The functions of assembly/index.ts, alike on both engines. Blocks are addresses in doubles. */
export type Kernels = Record<
  | "adamMoment"
  | "adamPoint"
  | "adamSize"
  | "adamStart"
  | "adamSteps"
  | "auditMarket"
  | "auditPlan"
  | "auditWork"
  | "bulkWork"
  | "clearing"
  | "columnsWork"
  | "enumerationWork"
  | "equilibriaMany"
  | "equilibriaWork"
  | "equilibriumMany"
  | "excessDemand"
  | "exp"
  | "fillUniform"
  | "jointSize"
  | "keep"
  | "log"
  | "marketSize"
  | "marketSlopes"
  | "plan"
  | "planColumns"
  | "planMany"
  | "prepare"
  | "preparedSize"
  | "planWork"
  | "power"
  | "release"
  | "reportJointly"
  | "probeInterval"
  | "probePoint"
  | "reportEnumeration"
  | "reportMarket"
  | "reportSearch"
  | "reserve"
  | "searchBetween"
  | "searchWork"
  | "settleMarket"
  | "shareDemand"
  | "shareEquilibrium"
  | "shareJacobian"
  | "softplus"
  | "stability"
  | "stabilityWork"
  | "startJointly"
  | "startMarket"
  | "startSearch"
  | "stepJointly"
  | "stepMarket"
  | "stepSearch"
  | "takeCandidate"
  | "takeCritical"
  | "startEnumeration"
  | "stepEnumeration"
  | "takeFound"
  | "takeJointly"
  | "takeMarket"
  | "takePoint"
  | "takeStart",
  (...args: number[]) => number
>;

export interface Engine {
  readonly name: EngineName;
  readonly kernels: Kernels;
  /**
   * Lays blocks one behind the other into the arena and returns their addresses under the same names: an array is copied in, a
   * number n makes room for n numbers, whatever they were before. All that the arena held before is given up.
   */
  lay<Names extends string>(blocks: Record<Names, ArrayLike<number> | number>): Record<Names, number>;
  /** A copy of `count` doubles from `address`. */
  read(address: number, count: number): Float64Array;
  /** Copies `count` doubles from `address` into an array, from its element `offset` on. */
  copyTo(target: Float64Array, offset: number, address: number, count: number): void;
  /** Copies an array in, to `address`. */
  write(address: number, values: Float64Array): void;
  /** One double. */
  value(address: number): number;
  /** The size of the engine's memory, in bytes. */
  memory(): number;
  /** Whether a solver that tells of its progress still works in the arena: lay() refuses meanwhile. */
  solving: boolean;
}

/** The most doubles an engine holds at a time: 4 GiB of 32-bit memory, less 16 MiB for the program itself. */
export const MOST_DOUBLES = 2 ** 29 - 2 ** 21;

/**
 * Starts an engine. "auto" takes WebAssembly where it and its 128-bit SIMD are there and allowed, else JavaScript.
 * @throws the WebAssembly error where "wasm" was asked for and cannot start
 */
export async function startEngine(wanted: EngineName | "auto"): Promise<Engine> {
  if (wanted === "js") return await startJs();
  try {
    return await startWasm();
  } catch (error) {
    if (wanted === "wasm") throw error;
    return await startJs();
  }
}

/** Where bytes are decoded natively, and where asynchronous as-bind would load all of fetch first, which takes ten times as long as the rest. */
const IN_NODE = typeof process !== "undefined" && process.versions?.node !== undefined;

async function startJs(): Promise<Engine> {
  // A file of its own, which pages that run WebAssembly never fetch.
  const { default: startPortable } = await import("../../build/kernels.js");
  const kernels = startPortable();
  return engine("js", kernels, () => kernels.doubles);
}

async function startWasm(): Promise<Engine> {
  // as-bind's own wrappers convert arguments; kernels take and return numbers alone, so they are called directly.
  const { loadedModule } = IN_NODE
    ? instantiateSync(Uint8Array.from(Buffer.from(wasm, "base64")), {})
    : await instantiate(fromBase64(wasm), {});
  const { exports } = loadedModule.instance;
  const memory = exports["memory"] as WebAssembly.Memory;
  let view = new Float64Array(memory.buffer);
  return engine("wasm", exports as unknown as Kernels, () => {
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

/** Blocks up to this length are copied in a loop: for them the built-in copies take longer to start than to run. */
const SHORT = 64;

function engine(name: EngineName, kernels: Kernels, doubles: () => Float64Array): Engine {
  const self: Engine = {
    name,
    kernels,
    solving: false,
    lay(blocks) {
      if (self.solving) throw new Error("onStep must not call the engine that is solving; load() another");
      let total = 0;
      for (const key in blocks) total += padded(lengthOf(blocks[key]));
      if (total > MOST_DOUBLES) {
        throw new RangeError(`this problem needs ${total} doubles of memory; an engine holds ${MOST_DOUBLES} at most`);
      }
      let address = kernels.reserve(total);
      const view = doubles();
      // A copy has its keys already, which takes less time than one after the other.
      const addresses = { ...blocks } as Record<keyof typeof blocks, number>;
      for (const key in blocks) {
        const block = blocks[key];
        const length = lengthOf(block);
        const end = address + padded(length);
        if (typeof block !== "number") {
          view[end - 1] = 0;
          if (length > SHORT) view.set(block, address);
          else for (let k = 0; k < length; k++) view[address + k] = block[k];
        }
        addresses[key] = address;
        address = end;
      }
      return addresses;
    },
    read(address, count) {
      const view = doubles();
      if (count > SHORT) return view.slice(address, address + count);
      const copy = new Float64Array(count);
      for (let k = 0; k < count; k++) copy[k] = view[address + k];
      return copy;
    },
    copyTo(target, offset, address, count) {
      target.set(doubles().subarray(address, address + count), offset);
    },
    write(address, values) {
      doubles().set(values, address);
    },
    value: (address) => doubles()[address],
    memory: () => doubles().byteLength,
  };
  return self;
}

/** Tells a caller of a solver's progress, and keeps him from calling the engine meanwhile. */
export function tellProgress<P>(engine: Engine, onStep: (progress: P) => void, progress: P): void {
  engine.solving = true;
  try {
    onStep(progress);
  } finally {
    engine.solving = false;
  }
}

function lengthOf(block: ArrayLike<number> | number): number {
  return typeof block === "number" ? block : block.length;
}

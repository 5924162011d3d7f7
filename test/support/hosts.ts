// Hosts that have little memory: engines run out of it there long before 4 GiB.

import { load, type Walras } from "../../src/index.js";

const PAGE = 2 ** 16;

/**
 * An engine whose host refuses more memory than this. `inside` runs with the host's limit in force,
 * which JavaScript's engine meets whenever it grows.
 */
export async function engineOf(
  name: "wasm" | "js",
  bytes: number,
): Promise<{ walras: Walras; inside: <T>(call: () => T) => T }> {
  if (name === "js") return { walras: await load({ engine: "js" }), inside: (call) => withSmallArrays(bytes, call) };
  const { Module } = WebAssembly;
  WebAssembly.Module = new Proxy(Module, {
    construct: (target, [program]) => new target(withMaximum(program, Math.floor(bytes / PAGE))),
  });
  try {
    return { walras: await load({ engine: "wasm" }), inside: (call) => call() };
  } finally {
    WebAssembly.Module = Module;
  }
}

/** Runs a call while typed arrays of more bytes are refused, as a host refuses them. */
function withSmallArrays<T>(bytes: number, call: () => T): T {
  const { Float64Array: doubles } = globalThis;
  globalThis.Float64Array = new Proxy(doubles, {
    construct(target, args, self) {
      if (typeof args[0] === "number" && args[0] * 8 > bytes) throw new RangeError("Array buffer allocation failed");
      return Reflect.construct(target, args, self);
    },
  });
  try {
    return call();
  } finally {
    globalThis.Float64Array = doubles;
  }
}

/** The same WebAssembly program with a memory of so many pages at most. */
function withMaximum(program: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const MEMORY_SECTION = 5;
  let at = 8;
  while (program[at] !== MEMORY_SECTION) {
    const [size, end] = readNumber(program, at + 1);
    at = end + size;
  }
  const [size, start] = readNumber(program, at + 1);
  // One memory, without a maximum.
  if (program[start] !== 1 || program[start + 1] !== 0) throw new Error("the memory section is not as expected");
  const [least] = readNumber(program, start + 2);
  const section = [1, 1, ...writeNumber(least), ...writeNumber(pages)];
  return Uint8Array.from([
    ...program.subarray(0, at),
    ...[MEMORY_SECTION, ...writeNumber(section.length), ...section],
    ...program.subarray(start + size),
  ]);
}

/** A number in LEB128, and where it ends. */
function readNumber(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    value |= (bytes[at] & 127) << shift;
    if (bytes[at++] < 128) return [value, at];
  }
}

function writeNumber(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...writeNumber(value >> 7)];
}

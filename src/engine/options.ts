// What load() is asked for.

import type { Findings } from "../violations.js";
import type { EngineName } from "./engine.js";

/** WebAssembly.Module; any object in projects that do not know it, as those for Node alone may not. */
type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;

/** A file that the build wrote for `load({ module })`: a WebAssembly.Module, its bytes, or where it lies. */
export type WasmModule = CompiledModule | ArrayBuffer | ArrayBufferView<ArrayBuffer> | URL | string;

/** The options of `load`. */
export interface LoadOptions {
  /**
   * "auto" (default): WebAssembly if it is available with SIMD and allowed, else JavaScript.
   * `engineReason` then says why.
   */
  engine?: EngineName | "auto";
  /**
   * The kernels to run instead of those that are bundled as text: the file `walras/walras.wasm` (or
   * `walras/solvers.wasm`, for `walras/solvers`) as a compiled module, as its bytes, or as a URL. For
   * hosts that compile no bytes at run time, and pages that fetch the file beside. Default: the
   * bundled ones. Not with the engine "js".
   */
  module?: WasmModule;
}

/** Requires an engine that there is, and a module that one can be. */
export function checkLoadOptions(findings: Findings, { engine, module }: LoadOptions): void {
  findings.choice("engine", engine, ["auto", "wasm", "js"]);
  if (module === undefined) return;
  if (engine === "js") findings.add("module", `is for the engine "wasm" or "auto"`, module);
  else if (!isWasmModule(module)) findings.add("module", "must be a WebAssembly.Module, its bytes or a URL", module);
  else if (typeof module === "string" && !addressOf(module)) {
    const requirement = "must be a whole address outside of pages, as new URL(path, import.meta.url) is one";
    findings.add("module", requirement, module);
  }
}

/**
 * Where a file lies. A path is relative to the page, or to the file of the worker; elsewhere it leads
 * nowhere, and undefined is returned.
 */
export function addressOf(path: string): URL | undefined {
  try {
    return new URL(path, globalThis.location?.href);
  } catch {
    return undefined;
  }
}

export function isWasmModule(value: unknown): value is WasmModule {
  if (typeof value === "string" || value instanceof URL || value instanceof ArrayBuffer) return true;
  return ArrayBuffer.isView(value) || (typeof WebAssembly !== "undefined" && value instanceof WebAssembly.Module);
}

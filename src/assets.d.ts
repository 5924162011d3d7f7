// What the build makes of assembly/, and the runtime of as-bind, which declares no types of its own.

declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

declare module "*/build/kernels.js" {
  /** A memory and kernels of their own at each call. */
  export default function start(): import("./engine.js").Kernels & { readonly doubles: Float64Array };
}

declare module "as-bind/dist/as-bind.esm.js" {
  export function instantiate(
    bytes: BufferSource,
    imports: WebAssembly.Imports,
  ): Promise<{ loadedModule: { instance: WebAssembly.Instance } }>;
}

/** AssemblyScript's name, in the files of assembly/ that both sides import. */
type i32 = number;

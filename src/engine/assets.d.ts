// What the build makes of assembly/, and the runtime of as-bind, which declares no types of its
// own.

declare module "*.wasm" {
  /** The bytes, in base 64. */
  const text: string;
  export default text;
}

declare module "as-bind/dist/as-bind.esm.js" {
  interface Bound {
    loadedModule: { instance: WebAssembly.Instance };
  }
  export function instantiate(bytes: BufferSource, imports: WebAssembly.Imports): Promise<Bound>;
  export function instantiateSync(bytes: BufferSource, imports: WebAssembly.Imports): Bound;
}

/** AssemblyScript's name, in the files of assembly/ that both sides import. */
type i32 = number;

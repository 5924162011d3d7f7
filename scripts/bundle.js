// What bundling assembly/ and src/ have in common, for the build, the tests and scripts/faults.js.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Puts own functions in the place of Math.exp and others that every host rounds in its own way. */
const inject = [fileURLToPath(new URL("elementary.js", import.meta.url))];

/** What esbuild is asked for, whatever it bundles. */
export const bundling = {
  bundle: true,
  format: "esm",
  target: "es2022",
  inject,
  loader: { ".wasm": "base64" },
  logLevel: "warning",
  // Names the inputs, for their licences.
  metafile: true,
};

/** Puts assembly/scalar/ in the place of assembly/simd/. */
const scalarPasses = {
  name: "scalar-passes",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/simd\// }, ({ path, ...from }) =>
      resolve(path.replace("/simd/", "/scalar/"), { ...from, kind: "import-statement" }),
    );
  },
};

/** What turns the core's sources into JavaScript. */
export const portable = { inject, plugins: [scalarPasses], tsconfigRaw: {} };

/** Bundles the kernels of the tree at `root` to build/`name`.js; returns esbuild's result. */
export async function bundleKernels(root, name = "kernels", entry = "assembly/index.ts") {
  // Wrapped in a function: every engine gets a memory of its own.
  return await build({
    ...bundling,
    absWorkingDir: root,
    format: "iife",
    globalName: "kernels",
    banner: { js: "export default function () {" },
    footer: { js: "return kernels;\n}" },
    entryPoints: [entry],
    outfile: `build/${name}.js`,
    ...portable,
  });
}

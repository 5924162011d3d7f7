// What bundling assembly/ and src/ have in common, for the build, the tests and scripts/faults.js.
import { build } from "esbuild";

/** What esbuild is asked for, whatever it bundles. */
export const bundling = {
  bundle: true,
  format: "esm",
  target: "es2022",
  loader: { ".wasm": "base64" },
  logLevel: "warning",
  // Names the inputs, for their licences.
  metafile: true,
};

/** Puts assembly/scalar/ in the place of assembly/simd/. */
export const scalarPasses = {
  name: "scalar-passes",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/simd\// }, ({ path, ...from }) =>
      resolve(path.replace("/simd/", "/scalar/"), { ...from, kind: "import-statement" }),
    );
  },
};

/** Bundles the kernels of the tree at `root` to build/kernels.js; returns esbuild's result. */
export async function bundleKernels(root) {
  // Wrapped in a function: every engine gets a memory of its own.
  return await build({
    ...bundling,
    absWorkingDir: root,
    format: "iife",
    globalName: "kernels",
    banner: { js: "export default function () {" },
    footer: { js: "return kernels;\n}" },
    entryPoints: ["assembly/index.ts"],
    outfile: "build/kernels.js",
    plugins: [scalarPasses],
    tsconfigRaw: {},
  });
}

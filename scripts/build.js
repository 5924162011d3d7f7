// Builds the package: `node scripts/build.js`.
//   assembly/ -> build/walras.wasm (asc) and build/kernels.js (esbuild, with scalar/ in the place of simd/)
//   src/      -> dist/index.js, dist/kernels.js (loaded where there is no WebAssembly), dist/cli.js, dist/types/
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (tool, ...args) =>
  execFileSync(process.execPath, [`${root}node_modules/${tool}`, ...args], { cwd: root, stdio: "inherit" });

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}build`, { recursive: true });

run("assemblyscript/bin/asc", "assembly/index.ts", "--target", "release");

const scalarPasses = {
  name: "scalar-passes",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/simd\// }, ({ path, ...from }) =>
      resolve(path.replace("/simd/", "/scalar/"), { ...from, kind: "import-statement" }),
    );
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  loader: { ".wasm": "base64" },
  logLevel: "warning",
};

// Wrapped in a function: every engine gets a memory of its own.
await build({
  ...shared,
  format: "iife",
  globalName: "kernels",
  banner: { js: "export default function () {" },
  footer: { js: "return kernels;\n}" },
  entryPoints: ["assembly/index.ts"],
  outfile: "build/kernels.js",
  plugins: [scalarPasses],
  tsconfigRaw: {},
});

await Promise.all([
  build({
    ...shared,
    entryPoints: ["src/index.ts"],
    outdir: "dist",
    splitting: true,
    chunkNames: "[name]",
    minify: true,
    lineLimit: 160,
    sourcemap: true,
  }),
  build({
    ...shared,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.js",
    platform: "node",
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
  }),
]);
chmodSync(`${root}dist/cli.js`, 0o755);
run("typescript/bin/tsc", "--project", "tsconfig.build.json");

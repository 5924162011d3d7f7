// Builds the package: `node scripts/build.js`.
//   assembly/ -> build/walras.wasm (asc) and build/kernels.js (esbuild, with scalar/ in the place of simd/)
//   src/      -> dist/index.js, dist/pool.js, dist/pool-worker.js (with dist/chunk.js, which the first two share, and
//                dist/kernels.js, loaded where there is no WebAssembly), dist/cli.js, dist/types/,
//                dist/THIRD_PARTY_LICENSES
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleKernels, bundling } from "./bundle.js";
import { compileKernels } from "./compile.js";
import { licencesOf } from "./licences.js";

const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}build`, { recursive: true });

await compileKernels(root, ["--target", "release", "--tsdFile", "build/core.d.ts"]);

// The kernels' declarations, for src/ to be checked against. A parameter takes any number, and of
// addresses only those of a block of its own name: in a wrong order they do not compile.
const functions = [...readFileSync(`${root}build/core.d.ts`, "utf8").matchAll(/^export function (.*)$/gm)];
const signatures = functions.map(([, signature]) =>
  signature.replace(/(\w+): (?:i32|f64)(?=[,)])/g, '$1: Block<"$1">').replace(/: (?:i32|f64|bool);/, ": number;"),
);
writeFileSync(
  `${root}build/kernels.d.ts`,
  `/** The address of a block that was laid under this name. */
export type Block<Name extends string> = number & { readonly block?: Name };

/** The functions of assembly/index.ts, alike on both engines. Addresses count doubles. */
export interface Kernels {
${signatures.map((signature) => `  ${signature}`).join("\n")}
}

/** Starts the kernels in JavaScript, with a memory of their own at each call. */
export default function start(): Kernels & { readonly doubles: Float64Array };
`,
);

const kernels = await bundleKernels(root);

const shared = { ...bundling, absWorkingDir: root };
const minified = {
  outdir: "dist",
  splitting: true,
  chunkNames: "[name]",
  // Without a limit of line lengths: it would cut the worker's address, and bundlers read that.
  minify: true,
  sourcemap: true,
};

const bundles = await Promise.all([
  build({
    ...shared,
    ...minified,
    entryPoints: { index: "src/index.ts", pool: "src/pool/index.ts" },
  }),
  // The worker stands alone, but for kernels.js: a page serves it as a file.
  build({
    ...shared,
    ...minified,
    entryPoints: { "pool-worker": "src/pool/worker.ts" },
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
writeFileSync(`${root}dist/THIRD_PARTY_LICENSES`, licencesOf(root, [kernels, ...bundles]));
chmodSync(`${root}dist/cli.js`, 0o755);
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "--project", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
mkdirSync(`${root}dist/types/build`, { recursive: true });
copyFileSync(`${root}build/kernels.d.ts`, `${root}dist/types/build/kernels.d.ts`);

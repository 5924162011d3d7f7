// Builds the package: `node scripts/build.js`.
//   assembly/ -> build/walras.wasm, build/solvers.wasm (asc), and the same in JavaScript: build/kernels.js,
//                build/solvers.js (esbuild, with scalar/ in the place of simd/)
//   src/      -> dist/index.js, solvers.js, js.js and pool.js, with the chunks that they share; dist/kernels.js and
//                solvers-kernels.js, loaded where there is no WebAssembly; dist/pool-worker.js, dist/cli.js
//                with dist/sweep-worker.js and dist/report.js, dist/types/, dist/THIRD_PARTY_LICENSES
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleKernels, bundling } from "./bundle.js";
import { compileKernels } from "./compile.js";
import { licencesOf } from "./licences.js";

const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}build`, { recursive: true });

const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
await compileKernels(root, ["--target", "release", "--tsdFile", "build/core.d.ts"]);
await compileKernels(root, ["--target", "release", "--binaryFile", "build/solvers.wasm"], "assembly/solvers.ts");

// The kernels' declarations, for src/ to be checked against. A parameter takes any number, and of
// addresses only those of a block of its own name: in a wrong order they do not compile.
const functions = [...readFileSync(`${root}build/core.d.ts`, "utf8").matchAll(/^export function (.*)$/gm)];
const signatures = functions.map(([, signature]) =>
  signature
    .replace(/(\w+): (?:i32|f64)(?=[,)])/g, '$1: Block<"$1">')
    .replace(/: (?:i32|f64|bool);/, ": number;")
    // Of the compiler's own functions.
    .replace(/: (?:u32|usize)\b/g, ": number"),
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
export default function startPortable(): Kernels & { readonly doubles: Float64Array };
`,
);

writeFileSync(`${root}build/solvers.d.ts`, 'export { default } from "./kernels.js";\n');

/** The section in which as-bind's transform says what there is to bind. */
const BINDINGS = "as-bind_bindings";

const kernels = [await bundleKernels(root), await bundleKernels(root, "solvers", "assembly/solvers.ts")];
for (const name of ["walras", "solvers"]) sign(`${root}build/${name}.wasm`, `${name}.wasm ${manifest.version}`);

/** Leaves reports out of the command line's bundle: they draw, which takes longer to load than all else. */
const reportBeside = {
  name: "report-beside",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/report\/index\.js$/ }, () => ({ path: "./report.js", external: true }));
  },
};

/** Leaves the kernels in JavaScript out of a bundle: they lie beside it, as files of their own. */
const kernelsBeside = {
  name: "kernels-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\/build\/(kernels|solvers)\.js$/ }, ({ path }) => ({
      path: `./${OUTPUTS[basename(path)]}`,
      external: true,
    }));
  },
};
const OUTPUTS = { "kernels.js": "kernels.js", "solvers.js": "solvers-kernels.js" };

const shared = { ...bundling, absWorkingDir: root };
const minified = {
  outdir: "dist",
  // Without a limit of line lengths: it would cut the worker's address, and bundlers read that.
  minify: true,
  sourcemap: true,
};

const bundles = await Promise.all([
  build({
    ...shared,
    ...minified,
    splitting: true,
    chunkNames: "chunk-[hash]",
    plugins: [kernelsBeside],
    entryPoints: {
      index: "src/index.ts",
      pool: "src/pool/index.ts",
      solvers: "src/entries/solvers.ts",
      js: "src/entries/js.ts",
      sweep: "src/sweep/index.ts",
    },
  }),
  // The worker stands alone, but for kernels.js: a page serves it as a file.
  build({
    ...shared,
    ...minified,
    plugins: [kernelsBeside],
    entryPoints: { "pool-worker": "src/pool/worker.ts" },
  }),
  build({
    ...shared,
    ...minified,
    inject: [],
    entryPoints: Object.entries(OUTPUTS).map(([from, to]) => ({ in: `build/${from}`, out: to.replace(".js", "") })),
  }),
  build({
    ...shared,
    plugins: [reportBeside],
    entryPoints: { cli: "src/cli/main.ts", "sweep-worker": "src/parts/worker.ts", report: "src/report/index.ts" },
    outdir: "dist",
    platform: "node",
    // Packages that users of a queue install themselves.
    external: ["bullmq", "ioredis", "pg"],
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
  }),
]);
for (const name of ["walras", "solvers"]) copyFileSync(`${root}build/${name}.wasm`, `${root}dist/${name}.wasm`);
writeFileSync(`${root}dist/THIRD_PARTY_LICENSES`, licencesOf(root, [...kernels, ...bundles]));
chmodSync(`${root}dist/cli.js`, 0o755);
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "--project", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
// Who uses the package does not know the compiler's names of types.
const protocol = `${root}dist/types/assembly/protocol.d.ts`;
writeFileSync(protocol, readFileSync(protocol, "utf8").replace(/: i32\b/g, ": number"));
mkdirSync(`${root}dist/types/build`, { recursive: true });
for (const name of ["kernels", "solvers"]) {
  copyFileSync(`${root}build/${name}.d.ts`, `${root}dist/types/build/${name}.d.ts`);
}

/** A section of a name of its own, whose length takes one byte. */
function sectionOf(name, text) {
  const section = Buffer.concat([Buffer.from([name.length]), Buffer.from(name + text)]);
  if (section.length > 127) throw new Error("the length of a section takes one byte here");
  return Buffer.concat([Buffer.from([0, section.length]), section]);
}

/**
 * Writes into a file of kernels what it is, for `load({ module })`, and that as-bind has nothing to
 * bind: kernels take and return numbers alone, and to wrap them would take a fifth of load()'s time.
 */
function sign(path, text) {
  const bytes = readFileSync(path);
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    let length = 0;
    let from = at + 1;
    for (let shift = 0, more = 1; more; shift += 7) {
      const byte = bytes[from++];
      length |= (byte & 127) << shift;
      more = byte & 128;
    }
    const end = from + length;
    if (bytes.subarray(from + 1, end).indexOf(BINDINGS) !== 0) kept.push(bytes.subarray(at, end));
    at = end;
  }
  const nothing = JSON.stringify({ typeIds: {}, importedFunctions: {}, exportedFunctions: {} });
  writeFileSync(path, Buffer.concat([...kept, sectionOf(BINDINGS, nothing), sectionOf("walras", text)]));
}

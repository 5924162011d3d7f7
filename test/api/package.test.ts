// The package as users get it.

import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "walras-package-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the packed package", () => {
  const [{ files }] = JSON.parse(
    execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { encoding: "utf8" }),
  ) as [{ files: { path: string; mode: number }[] }];
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  execFileSync("tar", ["-xzf", join(folder, `walras-${manifest.version}.tgz`), "-C", folder]);
  const root = join(folder, "package");

  it("stands alone: no dependencies, types where the manifest says, and both engines", async () => {
    const packed = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(packed.dependencies).toBeUndefined();
    expect(readFileSync(join(root, packed.exports["."].types), "utf8")).toContain("load");
    const { load } = await import(pathToFileURL(join(root, packed.exports["."].default)).href);
    for (const engine of ["wasm", "js"]) {
      const walras = await load({ engine });
      const { prices } = walras.equilibrium(
        walras.economy({
          alpha: 1,
          omega: -1,
          endowments: [
            [3, 1],
            [1, 1],
          ],
        }),
      );
      expect(prices[1] / prices[0]).toBeCloseTo(2, 12);
    }
  });

  it("has what is built and what explains it, and nothing else", () => {
    const paths = files.map(({ path }) => path).filter((path) => !path.startsWith("dist/types/"));
    const names = new Set(paths.map((path) => path.replace(/chunk-[0-9A-Z]{8}/, "chunk-HASH")));
    expect([...names].sort()).toEqual(
      [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "dist/THIRD_PARTY_LICENSES",
        "dist/chunk-HASH.js",
        "dist/chunk-HASH.js.map",
        "dist/cli.js",
        ...["index", "js", "kernels", "pool-worker", "pool", "solvers-kernels", "solvers", "sweep"].flatMap((name) => [
          `dist/${name}.js`,
          `dist/${name}.js.map`,
        ]),
        "dist/solvers.wasm",
        "dist/report.js",
        "dist/sweep-worker.js",
        "dist/walras.wasm",
        "economy.schema.json",
        "package.json",
        "sweep.schema.json",
      ].sort(),
    );
    const types = files.filter(({ path }) => path.startsWith("dist/types/"));
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter(({ path }) => !path.endsWith(".d.ts"))).toEqual([]);
  });

  it("has no code that makes code of text", () => {
    const code = files.filter(({ path }) => path.startsWith("dist/") && path !== "dist/THIRD_PARTY_LICENSES");
    expect(code.length).toBeGreaterThan(9);
    for (const { path } of code) {
      const text = readFileSync(join(root, path), "utf8");
      expect([path, /\bnew\s+Function\b|\bFunction\s*\(|\beval\s*\(/.exec(text)?.[0]]).toEqual([path, undefined]);
    }
  });

  it("installs nothing and runs nothing when it is installed", () => {
    const packed = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const kind of ["dependencies", "optionalDependencies", "bundleDependencies"]) {
      expect(packed[kind]).toBeUndefined();
    }
    // npm does not install peers that are optional.
    const optional = Object.keys(packed.peerDependencies).map((name) => [name, { optional: true }]);
    expect(packed.peerDependenciesMeta).toEqual(Object.fromEntries(optional));
    const scripts = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
    expect(Object.keys(packed.scripts).filter((script) => scripts.includes(script))).toEqual([]);
    // npm would compile for itself what has such a file.
    expect(existsSync(join(root, "binding.gyp"))).toBe(false);
  });

  it("has the licence of every package whose code it contains, all of them permissive", () => {
    const text = readFileSync(join(root, "dist/THIRD_PARTY_LICENSES"), "utf8");
    const listed = [...text.matchAll(/^(\S+) (\d+\.\d+\.\d+) \((.+)\)$/gm)].map(([, name, version, kind]) => ({
      name,
      version,
      kind,
    }));
    const bundled = new Set(["assemblyscript", "@assemblyscript/loader"]);
    const maps = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".map"));
    const sources = maps.flatMap(
      (name) => JSON.parse(readFileSync(join(root, "dist", name), "utf8")).sources as string[],
    );
    const comments = ["cli.js", "report.js", "sweep-worker.js"].flatMap(
      (name) => readFileSync(join(root, "dist", name), "utf8").match(/^\s*\/\/ node_modules\/.*$/gm) ?? [],
    );
    for (const path of [...sources, ...comments]) {
      const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
      if (name) bundled.add(name);
    }
    expect(bundled.size).toBeGreaterThan(5);
    expect(listed.map(({ name }) => name).sort()).toEqual([...bundled].sort());
    for (const { name, version, kind } of listed) {
      expect(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"]).toContain(kind);
      expect(version).toBe(JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version);
    }
    const texts = text.split(/^-{80}$/m);
    expect(texts).toHaveLength(listed.length);
    for (const licence of texts) expect(licence).toMatch(/permi(ssion|t)|Apache License/i);
  });

  it.each([
    ["nodenext", "nodenext", ["es2022", "dom"], []],
    ["bundler", "esnext", ["es2022", "dom"], []],
    ["nodenext", "nodenext", ["es2022"], ["node"]],
  ])("has types that a strict project takes as they are: %s, %s, %s, %s", (moduleResolution, module, lib, types) => {
    const project = mkdtempSync(join(folder, "typed-"));
    mkdirSync(join(project, "node_modules"));
    symlinkSync(root, join(project, "node_modules/walras"));
    for (const name of ["@types", "undici-types"])
      symlinkSync(resolve("node_modules", name), join(project, "node_modules", name));
    writeFileSync(join(project, "package.json"), '{ "type": "module" }');
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: "es2022",
    };
    const compilerOptions = { ...options, module, moduleResolution, lib, types, resolveJsonModule: true, noEmit: true };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
    writeFileSync(
      join(project, "app.ts"),
      `import { type Economy, type Equilibrium, load } from "walras";
import schema from "walras/economy.schema.json" with { type: "json" };
import { load as loadJavaScript, loadSolvers } from "walras/js";
import { loadPool } from "walras/pool";
import { load as loadFew } from "walras/solvers";
import { type SweepSpecification, sweep } from "walras/sweep";

const walras = await load();
const economy: Economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] });
const { prices, uniqueness }: Equilibrium = walras.equilibrium(economy, { numeraire: 0 });
const first: number | undefined = prices[0];
const { signal } = new AbortController();
walras.planMany({ agents: 2, goods: 2, count: 1, alpha: 1, omega: -1, totals: 1, signal, onStep: ({ done }) => done });
(await loadFew()).plan(economy);
(await loadJavaScript()).plan(economy);
(await loadSolvers()).plan(economy);
const pool = await loadPool({ workers: 1 });
const specification: SweepSpecification = { economy: { alpha: 1, omega: -1, totals: [1, 2] }, solve: "plan" };
for await (const { columns } of sweep(pool, specification)) columns.map(({ name }) => name);
await pool.close();
export default [first, uniqueness, schema.$id];
`,
    );
    const tsc = [resolve("node_modules/typescript/bin/tsc"), "--project", project, "--pretty", "false"];
    expect(spawnSync(process.execPath, tsc, { encoding: "utf8" }).stdout).toBe("");
  });

  it("runs from the command line, and ships its schema and licence", () => {
    const help = execFileSync(process.execPath, [join(root, "dist/cli.js"), "--help"], { encoding: "utf8" });
    expect(help).toMatch(/plan[\s\S]*equilibrium[\s\S]*check[\s\S]*reproduce/);
    expect(JSON.parse(readFileSync(join(root, "economy.schema.json"), "utf8")).title).toMatch(/walras/);
    expect(readFileSync(join(root, "LICENSE"), "utf8")).toMatch(/^MIT/);
  });
});

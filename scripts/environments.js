// npm run environments: packs the package, installs it into an empty folder, and runs every solver
// in Node, Bun, Deno, an edge worker, Chromium and behind four bundlers. Prints a table of hosts,
// each with its engine and the hash of all answers, and the sizes of small apps. Judges the package
// with publint and "Are the types wrong?". Exits with 1 where a hash is not that of
// scripts/environments/hashes.json, or an app is larger than its budget.
//
//   --update   writes the hashes that the first host has found, after a change of a method
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { openBrowser } from "../bench/browser.js";

const { update } = parseArgs({ options: { update: { type: "boolean", default: false } } }).values;
const root = fileURLToPath(new URL("..", import.meta.url));
const here = join(root, "scripts/environments");
const hashesFile = join(here, "hashes.json");

/** Gzipped bytes of an app that calls `equilibrium` alone, of the files that it loads at once. */
const BUDGETS = { "walras/solvers": 70 * 1024, "walras/js, loadSolvers": 60 * 1024 };

if (!existsSync(join(here, "node_modules/publint"))) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}
const { hostsOf, layPrograms, sizesOf } = await import("./environments/hosts.js");

const folder = mkdtempSync(join(tmpdir(), "walras-environments-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const problems = [];

// One package, and nothing with it.
const [{ filename }] = JSON.parse(
  execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: root }),
);
const tarball = join(folder, filename);
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
execFileSync("npm", ["install", "--no-audit", "--no-fund", tarball], { cwd: folder, stdio: "pipe" });
const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
if (installed.join() !== "walras") problems.push(`installed with the package: ${installed.join(", ")}`);

// Files for a worker, and for load({ module }): nobody imports their types.
const untyped = ["pool-worker.js", "walras.wasm", "solvers.wasm"];
for (const [name, args] of [
  ["publint/src/cli.js", ["run", join(folder, "node_modules/walras"), "--strict"]],
  [
    "@arethetypeswrong/cli/dist/index.js",
    [tarball, "--profile", "esm-only", "--exclude-entrypoints", ...untyped, "--format", "ascii"],
  ],
]) {
  try {
    execFileSync(process.execPath, [join(here, "node_modules", name), ...args], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    problems.push(`${name}: ${error.stdout}${error.stderr}`);
  }
}

await layPrograms(folder);
const known = existsSync(hashesFile) ? JSON.parse(readFileSync(hashesFile, "utf8")) : {};
const found = {};
const browser = await openBrowser();
const table = new Table({
  head: ["host", "engine", "hash on WebAssembly", "on JavaScript", "scripts, gzipped", "why JavaScript"],
  style: { head: [], border: [] },
});
for (const [name, ask] of Object.entries(hostsOf(folder, browser))) {
  try {
    const { engine, reason, hashes, size = "" } = await ask();
    for (const [on, hash] of Object.entries(hashes)) {
      found[on] ??= hash;
      if (hash !== (update ? found : known)[on]) problems.push(`${name}: the answers on ${on} have the hash ${hash}`);
    }
    const [wasm = "", js] = [hashes.wasm, hashes.js].map((hash) => hash?.slice(0, 12));
    table.push([name, engine, wasm, js, size, (reason ?? "").slice(0, 40)]);
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
    table.push([name, "failed", "", "", "", ""]);
  }
}
await browser.close();
if (update) writeFileSync(hashesFile, `${JSON.stringify(found, null, 2)}\n`);
console.log(table.toString());

const sizes = new Table({
  head: ["app that calls equilibrium alone", "gzipped bytes", "budget"],
  style: { head: [], border: [] },
});
for (const [name, size] of Object.entries(await sizesOf(folder))) {
  const budget = BUDGETS[name];
  sizes.push([name, size, budget ?? ""]);
  if (size > budget) problems.push(`${name}: ${size} bytes are more than ${budget}`);
}
console.log(sizes.toString());
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

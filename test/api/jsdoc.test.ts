// The examples in JSDoc comments: every method and function has one, which compiles, runs, and gives what it says.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { type Documented, documentedIn } from "../support/jsdoc.js";
import { difference, instrumented, statesValue } from "../support/snippets.js";

/** The files that have what users call, and which of it they can call. */
const FILES: Record<string, RegExp> = {
  "src/solvers.ts": /./,
  "src/walras.ts": /./,
  "src/statics/statics.ts": /^(Statics\b|EquilibriumStatics$)/,
  "src/engine/prepared.ts": /^PreparedEconomy\b/,
  "src/load.ts": /./,
  "src/entries/solvers.ts": /./,
  "src/entries/js.ts": /^load/,
  "src/economy/economy.ts": /^(parse|define)Economy$/,
  "src/economy/csv.ts": /./,
  "src/json.ts": /^(economy|solution|equilibria)ToJson$/,
  "src/pool/pool.ts": /^(loadPool|Pool)\b/,
  "src/pool/statics.ts": /^PooledStatics\b/,
  "src/sweep/sweep.ts": /^sweep$/,
};
/** The built files of what examples import, each the sources' own. */
const ENTRIES: Record<string, string> = {
  walras: "index",
  "walras/solvers": "solvers",
  "walras/js": "js",
  "walras/pool": "pool",
  "walras/sweep": "sweep",
};
const all = Object.entries(FILES).flatMap(([file, callable]) =>
  documentedIn(file)
    .filter(({ name }) => callable.test(name))
    .map((documented) => ({ file, ...documented })),
);
const programs = all.flatMap(({ file, name, examples, before }) =>
  examples.map((example) => ({ name, place: `${file}:${example.line}`, snippets: [...before, example] })),
);

it("every method and every function has an example that states a result", () => {
  expect(all.length).toBeGreaterThan(60);
  const states = ({ examples }: Documented) =>
    examples.some(({ text }) => text.split("\n").some((line) => statesValue(/; \/\/ (.*)$/.exec(line)?.[1] ?? "")));
  const without = all.filter((documented) => !states(documented)).map(({ name }) => name);
  // Those of classes are where those of their methods begin, and these methods give nothing.
  expect(without).toEqual([
    ...["Solvers", "Walras", "Statics", "PreparedEconomy.dispose"],
    ...["Pool", "Pool.close", "PooledStatics", "PooledStatics.dispose"],
  ]);
  expect(all.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
});

it("their types are right", () => {
  const project = "build/jsdoc";
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  programs.forEach(({ place, snippets }, k) => {
    const text = snippets.map(({ text }) => text).join("\n\n");
    writeFileSync(`${project}/${k}.ts`, `// ${place}\n${text}\nexport {};\n`);
  });
  const paths = Object.fromEntries(
    Object.keys(ENTRIES).map((name) => {
      const entry = name.slice("walras/".length);
      const source = /^(solvers|js)$/.test(entry) ? `entries/${entry}` : [...(entry ? [entry] : []), "index"].join("/");
      return [name, [`../../src/${source}.ts`]];
    }),
  );
  const compilerOptions = { rootDir: "../..", noEmit: true, noUnusedLocals: false, paths };
  const include = ["*.ts", "../../src/engine/assets.d.ts"];
  writeFileSync(
    `${project}/tsconfig.json`,
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include }),
  );
  const tsc = ["node_modules/typescript/bin/tsc", "--project", project, "--pretty", "false"];
  const { stdout, status } = spawnSync(process.execPath, tsc, { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

describe("the example of", () => {
  it.each(programs)("$name at $place gives what it says", async ({ snippets }) => {
    // A pool may be left open by an example that shows something else.
    const code = [...snippets.map(instrumented), 'if (typeof pool !== "undefined") await pool.close();'].join("\n");
    const { code: script } = transformSync(code, { loader: "ts", target: "es2022" });
    const AsyncFunction = (async () => {}).constructor as new (
      ...texts: string[]
    ) => (...args: unknown[]) => Promise<void>;
    const differences: string[] = [];
    const compare = (line: number, value: unknown, comment: string) => {
      const said = difference(value, comment);
      if (said !== undefined) differences.push(`line ${line}: ${said}`);
    };
    const load = (name: string) => import(pathToFileURL(resolve("dist", `${ENTRIES[name]}.js`)).href);
    await new AsyncFunction("$load", "$compare", script)(load, compare);
    expect(differences).toEqual([]);
  });
});

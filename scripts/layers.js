// Checks the layout: `node scripts/layers.js`. In both folders imports, types included, go from a
// layer to those listed before it. (Circles within a layer are for Biome's noImportCycles.)
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

const root = fileURLToPath(new URL("..", import.meta.url));

// From the bottom up. Layers on one line do not import each other.
const LAYERS = {
  assembly: `
    protocol.ts
    simd scalar
    allocator.ts
    math
    economy
    audit.ts
    planner
    market
    equilibria
    bulk.ts
    solverWorkspaces.ts
    workspaces.ts
    index.ts solvers.ts`,
  src: `
    violations.ts
    economy
    options
    engine
    solution.ts
    audit.ts
    planner
    market
    equilibria
    bulkInput.ts
    bulk.ts check.ts
    welfare
    statics
    frontier
    tatonnement
    pieces.ts
    export
    json.ts
    solvers.ts
    walras.ts
    load.ts
    notebook
    solverNames.ts
    names.ts
    index.ts entries
    pool
    sweep
    parts
    queue study
    report
    cli`,
};

/** The files of `folder` that one of its files imports, all of them as paths from that folder. */
function importsOf(folder, file) {
  const path = `${root}${folder}/${file}`;
  const { staticImports, staticExports } = parseSync(path, readFileSync(path, "utf8")).module;
  const exported = staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest));
  return [...staticImports.map(({ moduleRequest }) => moduleRequest), ...exported]
    .filter((request) => request?.value.startsWith("."))
    .map(({ value }) => join(dirname(file), value).replace(/(\.js)?$/, ".ts"))
    .filter((other) => !other.startsWith(".."));
}

const problems = [];
for (const [folder, text] of Object.entries(LAYERS)) {
  const lines = text.trim().split("\n");
  const levels = new Map(
    lines.flatMap((line, level) =>
      line
        .trim()
        .split(" ")
        .map((name) => [name, level]),
    ),
  );
  const layerOf = (file) => file.split("/")[0];
  for (const file of readdirSync(`${root}${folder}`, { recursive: true })) {
    if (!file.endsWith(".ts") || file.endsWith(".d.ts")) continue;
    if (!levels.has(layerOf(file))) problems.push(`${folder}/${file} is in no layer`);
    for (const other of importsOf(folder, file)) {
      const below = levels.get(layerOf(other)) < levels.get(layerOf(file));
      if (layerOf(other) === layerOf(file) || below) continue;
      problems.push(`${folder}/${file} imports ${other}, which is not in a layer below`);
    }
  }
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

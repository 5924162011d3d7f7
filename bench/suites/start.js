// Cold start: the time of importing the package and of load() in a new process, and the size of the
// package's file.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { spread } from "../harness.js";

const PROCESSES = 9;
const file = new URL("../../dist/index.js", import.meta.url);

export function start() {
  const runs = { wasm: [], js: [] };
  for (let round = 0; round < PROCESSES; round++) {
    for (const engine of Object.keys(runs)) runs[engine].push(timesOfProcess(engine));
  }
  const bytes = readFileSync(file);
  const size = (work, length) => result(work, "both", "KB", [length / 1000]);
  return [
    ...Object.entries(runs).flatMap(([engine, times]) => [
      result(
        "import",
        engine,
        "ms",
        times.map((t) => t.imported),
      ),
      result(
        "load()",
        engine,
        "ms",
        times.map((t) => t.loaded),
      ),
    ]),
    size("dist/index.js", bytes.length),
    size("dist/index.js, gzip", gzipSync(bytes, { level: 9 }).length),
  ];
}

/** The milliseconds that import and load() take in a new process. */
function timesOfProcess(engine) {
  const program = `
    const start = performance.now();
    const { load } = await import(${JSON.stringify(file.href)});
    const imported = performance.now();
    await load({ engine: "${engine}" });
    console.log(JSON.stringify({ imported: imported - start, loaded: performance.now() - imported }));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));
}

function result(work, engine, unit, figures) {
  const [least, figure, most] = spread(figures);
  return { suite: "start", work, engine, unit, figure, least, most };
}

// npm run bench:fuzz [-- COUNT [SEED [KIND]]]: generated and mutated input of every kind, on both
// engines by turns. Prints how each kind ended. At the first input that ends in anything but an
// answer, a status or one of the package's errors, prints the smallest such input and exits with 1.
// A call that does not end within two minutes ends the process, with the kind, seed and number.

import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import * as library from "../../dist/index.js";
import { startCommands } from "../commands.js";
import { commandLines, kindsOf } from "../fuzzing.js";
import { tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 0);
const only = process.argv[4];

/** The part of all inputs that each kind has. Solvers and command lines take longer than texts. */
const PARTS = {
  "economies as objects": 0.304,
  "economies as JSON": 0.24,
  "economies as CSV": 0.16,
  "bulk calls": 0.14,
  "options of solvers": 0.06,
  solutions: 0.095,
  "command lines": 0.001,
};
/** Milliseconds without progress after which a call counts as hanging. */
const PATIENCE = 120_000;

const walrases = [await library.load({ engine: "wasm" }), await library.load({ engine: "js" })];
const commands = startCommands();
const kinds = { ...kindsOf(library, walrases), "command lines": { arbitrary: commandLines, run: commands.run } };

// A thread of its own sees a call that does not end: this one cannot.
const progress = new Int32Array(new SharedArrayBuffer(8));
const watchdog = new Worker(
  `const { workerData: { progress, names, seed, patience } } = require("node:worker_threads");
   let last = -1;
   setInterval(() => {
     const now = progress[1];
     if (now === last) {
       require("node:fs").writeSync(2, "\\nhangs: " + names[progress[0]] + ", seed " + seed + ", input " + now + "\\n");
       process.kill(process.pid, "SIGKILL");
     }
     last = now;
   }, patience);`,
  { eval: true, workerData: { progress, names: Object.keys(kinds), seed, patience: PATIENCE } },
);
watchdog.unref();

const rows = [];
let failed = false;
for (const [k, [name, { arbitrary, run }]] of Object.entries(kinds).entries()) {
  if (failed || (only !== undefined && only !== name)) continue;
  progress[0] = k;
  const ends = new Map();
  const property = fc.asyncProperty(arbitrary, async (input) => {
    const end = await run(input);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    progress[1]++;
    if (progress[1] % 1000 === 0) process.stderr.write(`\r${progress[1]} of ${count}`);
  });
  const numRuns = Math.max(1, Math.round(count * (only === undefined ? PARTS[name] : 1)));
  const details = await fc.check(property, { numRuns, seed });
  const tried = [...ends.values()].reduce((a, b) => a + b, 0);
  const of = (test) => [...ends].reduce((sum, [end, times]) => sum + (test(end) ? times : 0), 0);
  const refused = of((end) => /^refused(, refused)*$|^exit status 2$/.test(end));
  const own = of((end) => end === "the caller's own error");
  const most = [...ends].sort((a, b) => b[1] - a[1]).slice(0, 12);
  rows.push([
    name,
    tried,
    tried - refused - own,
    refused,
    own,
    most.map(([end, times]) => `${end} ${times}`).join("\n"),
  ]);
  if (details.failed) {
    failed = true;
    process.stderr.write("\r");
    console.log(
      `${name}, seed ${details.seed}, path ${details.counterexamplePath}: after ${details.numShrinks} shrinks`,
    );
    console.log(inspect(details.counterexample, { depth: 8 }));
    console.log(details.errorInstance?.stack);
  }
}
process.stderr.write("\r");
console.log(tableOf(["kind", "inputs", "answered", "refused", "own error", "ends"], rows));
await commands.end();
await watchdog.terminate();
process.exitCode = failed ? 1 : 0;

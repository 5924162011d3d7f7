// npm run bench:canaries [-- RUNS [SEED]]: kernels with random numbers, finite and not, in their
// blocks, sizes from 1 to 12, and canaries around all blocks, on both engines. Prints how many runs
// each subject had and the slowest. The exit status is 1 where a kernel traps, changes memory
// outside its blocks, or takes more than ten seconds of processor time.

import { runOnce, SUBJECTS, startKernels } from "../canaries.js";
import { tableOf } from "../harness.js";

const runs = Number(process.argv[2] ?? 33_800);
const first = Number(process.argv[3] ?? 0);
/** Milliseconds of processor time that the kernels of one run may take. */
const PATIENCE = 10_000;
const ENGINES = ["wasm", "js"];

const subjects = Object.keys(SUBJECTS);
const each = Math.ceil(runs / (ENGINES.length * subjects.length));
const rows = [];
const failures = [];
for (const name of ENGINES) {
  const engine = await startKernels(name);
  for (const subject of subjects) {
    let slowest = { took: 0, seed: first };
    for (let seed = first; seed < first + each; seed++) {
      try {
        const took = runOnce(engine, subject, seed);
        if (took > slowest.took) slowest = { took, seed };
        if (took > PATIENCE) failures.push(`${subject} on ${name}, seed ${seed}: takes ${took.toFixed(0)} ms`);
      } catch (error) {
        failures.push(`${subject} on ${name}, seed ${seed}: ${error.message}`);
      }
    }
    rows.push([name, subject, each, `${slowest.took.toFixed(0)} ms (seed ${slowest.seed})`]);
    process.stderr.write(`\r${rows.length} of ${ENGINES.length * subjects.length}`);
  }
}
process.stderr.write("\r");
console.log(tableOf(["engine", "subject", "runs", "slowest"], rows));
for (const failure of failures.slice(0, 20)) console.log(failure);
process.exitCode = failures.length > 0 ? 1 : 0;

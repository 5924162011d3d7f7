// node one.js FILE SOLVER: measures one rival on the work that is given as JSON on standard input.
// Prints its version, times and answer as JSON.

import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";
import { measure, use } from "../harness.js";

const [file, solver] = process.argv.slice(2);
const { version, solvers } = await import(file);
const given = Object.entries(JSON.parse(await text(process.stdin)));
const work = Object.fromEntries(given.map(([key, v]) => [key, Array.isArray(v) ? Float64Array.from(v) : v]));
const run = await solvers[solver][work.kind](work);
const start = performance.now();
const promised = run();
const isAsync = promised instanceof Promise;
const answer = await promised;
const took = performance.now() - start;

// Slow rivals are timed by single runs, and the slowest by one run.
const options = took > 300 ? { iterations: 1, warmup: false, rounds: took > 3000 ? 1 : 3 } : { time: 100 };
options.isAsync = isAsync;
const task = {
  name: work.work,
  cells: work.cells,
  run: isAsync ? async () => use((await run()) ? 1 : 0) : () => use(run() ? 1 : 0),
};
const [{ nsPerCell, least, most, perExp }] = await measure(work.kind, [task], options);

const lists = ["allocation", "shadowPrices", "prices"].filter((key) => answer[key]);
const plain = Object.fromEntries(lists.map((key) => [key, [...answer[key]]]));
process.stdout.write(JSON.stringify({ version, nsPerCell, least, most, perExp, answer: plain }));

// npm run bench:stream [-- MILLIONS]: the resident memory of the process while a stream of 3x3 economies,
// plans and equilibria by turns, goes through a pool of two workers; 10 million economies by default.
// The exit status is 1 if memory in the second half is more than a tenth above that of the first.

import { loadPool } from "../../dist/pool.js";
import { manyEconomies } from "../economies.js";
import { tableOf } from "../harness.js";

const MILLIONS = Number(process.argv[2] ?? 10);
const CHUNK = 20_000;
const CHUNKS = (MILLIONS * 1e6) / CHUNK;

const pool = await loadPool({ workers: 2 });
const { planner, market } = manyEconomies(CHUNK);

/** The same economies again and again, in new arrays. */
function* chunks(options) {
  for (let k = 0; k < CHUNKS / 2; k++) {
    const copy = { ...options };
    for (const [name, values] of Object.entries(options)) if (ArrayBuffer.isView(values)) copy[name] = values.slice();
    yield copy;
  }
}

const rows = [];
const megabytes = [];
let economies = 0;
let converged = 0;
const begun = performance.now();
for (const [stream, options] of [
  [pool.planStream, planner],
  [pool.equilibriumStream, market],
]) {
  for await (const { status, statuses } of stream.call(pool, chunks(options))) {
    economies += status.length;
    for (const code of status) if (statuses[code] === "converged") converged++;
    const { rss } = process.memoryUsage();
    megabytes.push(rss / 2 ** 20);
    if (economies % 1e6 === 0) {
      const seconds = (performance.now() - begun) / 1000;
      rows.push([economies / 1e6, (rss / 2 ** 20).toFixed(0), converged, seconds.toFixed(1)]);
    }
  }
}
await pool.close();
console.log(tableOf(["million economies", "resident memory, MiB", "converged", "seconds"], rows));
const half = megabytes.length >> 1;
const [first, second] = [megabytes.slice(0, half), megabytes.slice(half)].map((list) => Math.max(...list.slice(-200)));
process.exitCode = second > 1.1 * first ? 1 : 0;

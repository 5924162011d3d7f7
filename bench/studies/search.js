// npm run bench:search [-- COUNT [ENGINE]]: all equilibria of economies for which no method proves a list complete. How many are found of the
// symmetric families, from how many seeds, in what time; and in COUNT random 4x4 economies, whether ten further searches of each find
// anything that the first did not. Exit status 1 where something was missed.

import { performance } from "node:perf_hooks";
import Table from "cli-table3";
import { load } from "../../dist/index.js";
import { hardMarket, symmetric } from "../economies.js";
import { environment, spread } from "../harness.js";

const count = Number(process.argv[2] ?? 600);
const walras = await load({ engine: process.argv[3] ?? "auto" });
const SEEDS = 20;
/** Log prices that differ by less are one equilibrium's. */
const SAME = 1e-4;

const FAMILIES = [
  [3, {}, 7],
  [4, {}, 15],
  [5, {}, 31],
  [6, {}, 63],
  [8, { want: 2 ** 14, omega: -7 }, 255],
];

const families = FAMILIES.flatMap(([n, options, known]) =>
  [0, 0.02].map((noise) => {
    const economy = walras.economy(symmetric(n, { ...options, noise }));
    const runs = Array.from({ length: SEEDS }, (_, seed) => {
      const start = performance.now();
      const { equilibria, indexSum } = walras.equilibria(economy, { seed });
      return { found: equilibria.length, indexSum, milliseconds: performance.now() - start };
    });
    process.stderr.write(`${n}x${n}\n`);
    return {
      economy: `${n}x${n}${noise > 0 ? `, ${100 * noise} % noise` : ""}`,
      known: noise > 0 ? undefined : known,
      found: spread(runs.map(({ found }) => found)),
      balanced: runs.filter(({ indexSum }) => indexSum === 1).length,
      milliseconds: spread(runs.map(({ milliseconds }) => milliseconds)),
    };
  }),
);

const random = { count, several: 0, missed: [], unbalanced: [], milliseconds: 0 };
for (let seed = 0; seed < count; seed++) {
  const economy = walras.economy(hardMarket(100_000 + seed, { least: 2, agents: 4, goods: 4 }));
  const start = performance.now();
  const first = walras.equilibria(economy);
  random.milliseconds += performance.now() - start;
  if (first.equilibria.length > 1) random.several++;
  if (first.indexSum !== 1) random.unbalanced.push(seed);
  const isKnown = ({ prices }) =>
    first.equilibria.some((known) => known.prices.every((p, j) => Math.abs(Math.log(p / prices[j])) < SAME));
  const again = Array.from({ length: 10 }, (_, k) => walras.equilibria(economy, { seed: 1000 + k }).equilibria).flat();
  if (!again.every(isKnown)) random.missed.push(seed);
  if (seed % 100 === 99) process.stderr.write(`\r${seed + 1} of ${count}`);
}
random.milliseconds /= count;

const table = new Table({
  head: ["economy", "known", "found", "index sum 1", "ms"],
  style: { head: [], compact: true },
});
for (const { economy, known, found, balanced, milliseconds } of families) {
  const [least, median, most] = milliseconds.map((ms) => ms.toFixed(1));
  const range = found[0] === found[2] ? `${found[0]}` : `${found[0]} to ${found[2]}`;
  table.push([economy, known ?? "", range, `${balanced} of ${SEEDS}`, `${median} (${least} to ${most})`]);
}
console.error(`\r${table}
${count} random 4x4 economies, omega from -20 to -2: ${random.several} with several equilibria, ${random.unbalanced.length} with indices that do not add up to 1, ${random.milliseconds.toFixed(2)} ms each; ten further searches found more in ${random.missed.length}`);
console.log(JSON.stringify({ environment: environment(), engine: walras.engine, families, random }, null, 2));
const complete = families.every(({ known, found }) => known === undefined || found[0] === known);
process.exitCode = complete && random.missed.length === 0 ? 0 : 1;

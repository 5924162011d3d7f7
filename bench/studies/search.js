// npm run bench:search [-- COUNT [ENGINE]]: searches for all equilibria of economies for which no
// method proves a list complete. Prints how many are found of the symmetric economies, from 20
// seeds each, and in what time; and for COUNT random economies of 4 agents and 4 goods, whether ten
// more searches of each find an equilibrium that the first did not. The exit status is 1 if one was
// missed.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { hardMarket, symmetric } from "../economies.js";
import { environment, spread, tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 600);
const walras = await load({ engine: process.argv[3] ?? "auto" });
const SEEDS = 20;
/** Two lists of log prices that differ by less are of the same equilibrium. */
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
  const economy = walras.economy(hardMarket(100_000 + seed, { minGamma: 2, agents: 4, goods: 4 }));
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

const rows = families.map(({ economy, known, found, balanced, milliseconds }) => {
  const [min, median, max] = milliseconds.map((ms) => ms.toFixed(1));
  const range = found[0] === found[2] ? `${found[0]}` : `${found[0]} to ${found[2]}`;
  return [economy, known ?? "", range, `${balanced} of ${SEEDS}`, `${median} (${min} to ${max})`];
});
console.error(`\r${tableOf(["economy", "known", "found", "index sum 1", "ms"], rows)}
${count} random 4x4 economies, omega from -20 to -2: ${random.several} with several equilibria, ${random.unbalanced.length} with indices that do not add up to 1, ${random.milliseconds.toFixed(2)} ms each; ten further searches found more in ${random.missed.length}`);
console.log(JSON.stringify({ environment: environment(), engine: walras.engine, families, random }, null, 2));
const complete = families.every(({ known, found }) => known === undefined || found[0] === known);
process.exitCode = complete && random.missed.length === 0 ? 0 : 1;

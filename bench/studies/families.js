// npm run bench:families [-- COUNT]: searches for all equilibria of steep markets and of blocks like
// Kehoe's, 4x4 and wider, in which many starts miss some. Prints how many were found, whether indices
// add up to 1, and in what time. The exit status is 1 if a sum of a converged list is not 1 and
// `searched` does not say so.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { kehoeMarket, steepMarket } from "../economies.js";
import { countsOf, countsText, environment, spread, tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 1000);
const walras = await load();

const SETS = [
  { family: "steep 4x4", part: 1, make: (seed) => steepMarket(seed) },
  { family: "blocks 4x4", part: 1, make: (seed) => kehoeMarket(seed) },
  { family: "steep 10x4", part: 0.06, make: (seed) => steepMarket(seed, 10, 4) },
  { family: "steep 4x10", part: 0.06, make: (seed) => steepMarket(seed, 4, 10) },
  { family: "blocks 6x6", part: 0.06, make: (seed) => kehoeMarket(seed, 6) },
];

const results = SETS.map(({ family, part, make }) => {
  const size = Math.max(1, Math.round(count * part));
  const runs = Array.from({ length: size }, (_, seed) => {
    const start = performance.now();
    const { equilibria, indexSum, searched } = walras.equilibria(walras.economy(make(seed)));
    const certain = equilibria.every(({ converged, index }) => converged && index !== 0);
    const said = /do not add up to 1|too close to 0/.test(searched);
    const milliseconds = performance.now() - start;
    return { seed, found: equilibria.length, balanced: indexSum === 1 && certain, said, milliseconds };
  });
  process.stderr.write(`${family}\n`);
  return {
    family,
    count: size,
    distribution: countsOf(runs.map(({ found }) => found)),
    unbalanced: runs.filter(({ balanced }) => !balanced).map(({ seed }) => seed),
    silent: runs.filter(({ balanced, said }) => !balanced && !said).map(({ seed }) => seed),
    milliseconds: spread(runs.map(({ milliseconds }) => milliseconds)),
  };
});

const head = ["family", "economies", "equilibria: economies", "sum not 1", "and not said", "ms: median (min to max)"];
const rows = results.map((r) => [
  r.family,
  r.count,
  countsText(r.distribution),
  r.unbalanced.length,
  r.silent.length,
  `${r.milliseconds[1].toFixed(1)} (${r.milliseconds[0].toFixed(1)} to ${r.milliseconds[2].toFixed(0)})`,
]);
console.error(tableOf(head, rows));
console.log(JSON.stringify({ environment: environment(), results }, null, 2));
process.exitCode = results.some(({ silent }) => silent.length > 0) ? 1 : 0;

// npm run bench:equilibria [-- COUNT [ENGINE]]: enumerates the equilibria of hard random economies
// with two goods or two agents, in bulk. Prints how many equilibria they have, in how many
// intervals and what time, and how many lists are not proved complete. The exit status is 1 if one
// is not, or if its indices do not add up to 1.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { hardMarket } from "../economies.js";
import { countsOf, countsText, environment, tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 10_000);
const walras = await load({ engine: process.argv[3] ?? "auto" });
const ROUNDS = 5;
/** How many of the economies are also solved one by one, to count intervals and evaluations. */
const COUNTED = 500;

const SETS = [
  { agents: 2, goods: 2, minGamma: 2 },
  { agents: 2, goods: 5, minGamma: 2 },
  { agents: 5, goods: 2, minGamma: 2 },
  { agents: 2, goods: 2, minGamma: 0.05 },
  { agents: 20, goods: 2, minGamma: 0.05, part: 0.1 },
  { agents: 2, goods: 20, minGamma: 0.05, part: 0.1 },
];

const results = SETS.map(({ agents, goods, minGamma, part = 1 }) => {
  const size = Math.max(1, Math.round(count * part));
  const economies = Array.from({ length: size }, (_, seed) => hardMarket(seed, { minGamma, agents, goods }));
  const flat = (key) => Float64Array.from(economies.flatMap((economy) => economy[key].flat()));
  const bulk = { agents, goods, count: size };
  for (const key of ["alpha", "omega", "endowments"]) bulk[key] = flat(key);
  const times = [];
  let answer;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    answer = walras.equilibriaMany(bulk);
    times.push(((performance.now() - start) * 1000) / size);
  }
  const failures = [];
  for (let e = 0; e < size; e++) if (!answer.complete[e] || answer.indexSum[e] !== 1) failures.push(e);
  const work = economies.slice(0, COUNTED).map((economy) => walras.equilibria(walras.economy(economy)));
  const intervals = work.map(({ iterations }) => iterations);
  return {
    agents,
    goods,
    omega: [-20, -minGamma],
    count: size,
    distribution: countsOf(answer.counts),
    failures,
    meanIntervals: intervals.reduce((a, b) => a + b, 0) / work.length,
    maxIntervals: Math.max(...intervals),
    meanEvaluations: work.reduce((sum, { evaluations }) => sum + evaluations, 0) / work.length,
    microseconds: times.toSorted((a, b) => a - b)[ROUNDS >> 1],
    minMicroseconds: Math.min(...times),
  };
});

const head = [
  "agents",
  "goods",
  "omega",
  "economies",
  "equilibria: economies",
  "intervals (max)",
  "evaluations",
  "µs each (min)",
  "unproved",
];
const rows = results.map((r) => [
  r.agents,
  r.goods,
  r.omega.join(" to "),
  r.count,
  countsText(r.distribution),
  `${r.meanIntervals.toFixed(1)} (${r.maxIntervals})`,
  r.meanEvaluations.toFixed(1),
  `${r.microseconds.toFixed(1)} (${r.minMicroseconds.toFixed(1)})`,
  r.failures.length,
]);
console.error(`${tableOf(head, rows)}\n${walras.engine}`);
console.log(JSON.stringify({ environment: environment(), engine: walras.engine, results }, null, 2));
process.exitCode = results.some(({ failures }) => failures.length > 0) ? 1 : 0;

// npm run bench:equilibria [-- COUNT [ENGINE]]: all equilibria of hard random economies with two goods or two agents, in bulk. How many equilibria
// they have, what it takes, and how many lists are not proved complete. Exit status 1 where one is not, or its indices do not add up to 1.

import { performance } from "node:perf_hooks";
import Table from "cli-table3";
import { load } from "../../dist/index.js";
import { hardMarket } from "../economies.js";
import { environment } from "../harness.js";

const count = Number(process.argv[2] ?? 10_000);
const walras = await load({ engine: process.argv[3] ?? "auto" });
const ROUNDS = 5;
/** Economies whose intervals and evaluations are counted, one by one. */
const COUNTED = 500;

const SETS = [
  { agents: 2, goods: 2, least: 2 },
  { agents: 2, goods: 5, least: 2 },
  { agents: 5, goods: 2, least: 2 },
  { agents: 2, goods: 2, least: 0.05 },
  { agents: 20, goods: 2, least: 0.05, part: 0.1 },
  { agents: 2, goods: 20, least: 0.05, part: 0.1 },
];

const results = SETS.map(({ agents, goods, least, part = 1 }) => {
  const size = Math.max(1, Math.round(count * part));
  const economies = Array.from({ length: size }, (_, seed) => hardMarket(seed, { least, agents, goods }));
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
  const distribution = {};
  for (const found of answer.counts) distribution[found] = (distribution[found] ?? 0) + 1;
  const failures = [];
  for (let e = 0; e < size; e++) if (!answer.complete[e] || answer.indexSum[e] !== 1) failures.push(e);
  const work = economies.slice(0, COUNTED).map((economy) => walras.equilibria(walras.economy(economy)));
  const intervals = work.map(({ iterations }) => iterations);
  return {
    agents,
    goods,
    omega: [-20, -least],
    count: size,
    distribution,
    failures,
    meanIntervals: intervals.reduce((a, b) => a + b, 0) / work.length,
    mostIntervals: Math.max(...intervals),
    meanEvaluations: work.reduce((sum, { evaluations }) => sum + evaluations, 0) / work.length,
    microseconds: times.toSorted((a, b) => a - b)[ROUNDS >> 1],
    least: Math.min(...times),
  };
});

const head = [
  "agents",
  "goods",
  "omega",
  "economies",
  "equilibria: economies",
  "intervals (most)",
  "evaluations",
  "µs each (least)",
  "unproved",
];
const table = new Table({ head, style: { head: [], compact: true } });
for (const r of results) {
  table.push([
    r.agents,
    r.goods,
    r.omega.join(" to "),
    r.count,
    Object.entries(r.distribution)
      .map(([found, times]) => `${found}: ${times}`)
      .join(", "),
    `${r.meanIntervals.toFixed(1)} (${r.mostIntervals})`,
    r.meanEvaluations.toFixed(1),
    `${r.microseconds.toFixed(1)} (${r.least.toFixed(1)})`,
    r.failures.length,
  ]);
}
console.error(`${table}\n${walras.engine}`);
console.log(JSON.stringify({ environment: environment(), engine: walras.engine, results }, null, 2));
process.exitCode = results.some(({ failures }) => failures.length > 0) ? 1 : 0;

// npm run bench:against -- DIST [ROUNDS]: times this build against another one, whose built entry
// (dist/index.js) is DIST, call by call in one process. In every round both builds do the same work
// one after the other, each of them first by turns; a figure is the median of the rounds' ratios of
// CPU time, below 1 where this build is faster. The table goes to standard error, JSON to standard
// output.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hardMarket, manyEconomies, mildMarket, plannerEconomy } from "./economies.js";
import { environment, spread, tableOf, use } from "./harness.js";

const OWN = new URL("../dist/index.js", import.meta.url).href;
const [given, rounds = "15"] = process.argv.slice(2);
if (given === undefined || !(Number(rounds) >= 3)) {
  console.error("usage: npm run bench:against -- DIST [ROUNDS], where ROUNDS is 3 or more");
  process.exit(2);
}

/** Milliseconds of CPU time that a build should take in a round, at least. */
const ROUND = 30;

/** Flat data of many random economies with all equilibria of each to be listed. */
function lists(agents, goods) {
  const economies = Array.from({ length: 300 }, (_, seed) => hardMarket(seed, { agents, goods }));
  const flat = (key) => Float64Array.from(economies.flatMap((economy) => economy[key].flat()));
  const data = { alpha: flat("alpha"), omega: flat("omega"), endowments: flat("endowments") };
  return { agents, goods, count: economies.length, ...data };
}

const { planner, market } = manyEconomies(4000);
const planOf = (size) => (walras) => {
  const economy = walras.economy(plannerEconomy(size, size));
  return () => walras.plan(economy).welfare;
};
const preparedOf = (size) => (walras) => {
  const ready = walras.prepare(walras.economy(plannerEconomy(size, size)));
  return () => walras.plan(ready).welfare;
};
const equilibriumOf = (data) => (walras) => {
  const economy = walras.economy(data);
  return () => walras.equilibrium(economy).prices[0];
};
const equilibriaOf = (data) => (walras) => {
  const economy = walras.economy(data);
  return () => walras.equilibria(economy).evaluations;
};
const adamOf = (size, options) => (walras) => {
  const economy = walras.economy(plannerEconomy(size, size));
  return () => walras.planWithAdam(economy, { tolerance: 0, ...options }).welfare;
};
const staticsOf = (size) => (walras) => {
  const economy = walras.economy(mildMarket(size, size));
  const solution = walras.equilibrium(economy);
  return () => walras.statics(economy, solution).matrices({ of: ["prices"], by: ["endowments"] }) && 1;
};
const small = lists(2, 2);
const long = lists(5, 2);
const wide = lists(2, 5);

/** Every work: a build's engine -> a call that returns a number. */
const WORKS = {
  "plan 3x3": planOf(3),
  "plan 10x10": planOf(10),
  "plan 100x100": planOf(100),
  "plan 1000x1000": planOf(1000),
  "plan 100x100, prepared": preparedOf(100),
  "plan 1000x1000, prepared": preparedOf(1000),
  "plans 3x3, 4000 per call": (walras) => () => walras.planMany(planner).residual[0],
  "equilibrium 3x3": equilibriumOf(mildMarket(3, 3)),
  "equilibrium 10x10": equilibriumOf(mildMarket(10, 10)),
  "equilibrium 10x10, hard": equilibriumOf(hardMarket(7, { agents: 10, goods: 10 })),
  "equilibrium 100x100": equilibriumOf(mildMarket(100, 100)),
  "equilibria 3x3, 4000 per call": (walras) => () => walras.equilibriumMany(market).residual[0],
  "lists 2x2, 300 per call": (walras) => () => walras.equilibriaMany(small).counts[0],
  "lists 5x2, 300 per call": (walras) => () => walras.equilibriaMany(long).counts[0],
  "lists 2x5, 300 per call": (walras) => () => walras.equilibriaMany(wide).counts[0],
  "list 3x3, by proof": equilibriaOf(hardMarket(2, { agents: 3, goods: 3 })),
  "list 3x5, by proof": equilibriaOf(hardMarket(1, { agents: 3, goods: 5 })),
  "list 4x4, by search": equilibriaOf(hardMarket(5, { agents: 4, goods: 4, minGamma: 2 })),
  "statics 10x10": staticsOf(10),
  "Adam 10x10, 200 steps": adamOf(10, { maxSteps: 200 }),
  "Adam 100x100, shares": adamOf(100, { maxSteps: 50 }),
  "Adam 100x100, penalty": adamOf(100, { maxSteps: 50, formulation: "penalty" }),
  "Adam 100x100, single": adamOf(100, { maxSteps: 50, precision: "single" }),
};

/** Microseconds of CPU time that `times` calls take. */
function cpuTime(call, times) {
  const start = process.cpuUsage();
  for (let k = 0; k < times; k++) use(call());
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** How many calls fill a round, after a warm-up. */
function callsOf(call) {
  let times = 1;
  for (;;) {
    const taken = cpuTime(call, times);
    if (taken >= 1000 * ROUND) return times;
    times = Math.ceil(times * Math.max(2, Math.min(100, (1100 * ROUND) / Math.max(taken, 1))));
  }
}

const builds = await Promise.all([OWN, pathToFileURL(resolve(given)).href].map((entry) => import(entry)));
const results = [];
for (const engine of (process.env.ENG ?? 'wasm js').split(' ')) {
  for (const [work, make] of Object.entries(WORKS).filter(([w]) => new RegExp(process.env.W ?? '.').test(w))) {
    const calls = await Promise.all(builds.map(async ({ load }) => make(await load({ engine }))));
    const times = Math.max(...calls.map(callsOf));
    const ratios = [];
    for (let round = 0; round < Number(rounds); round++) {
      const taken = [0, 0];
      for (const k of round % 2 === 0 ? [0, 1] : [1, 0]) taken[k] = cpuTime(calls[k], times);
      ratios.push(taken[0] / taken[1]);
    }
    const [least, ratio, most] = spread(ratios);
    results.push({ work, engine, ratio, least, most, calls: times });
    process.stderr.write(`${engine}, ${work}: ${ratio.toFixed(3)}\n`);
  }
}
const lines = results.map(({ work, engine, ratio, least, most }) => [
  ...[work, engine, ratio.toFixed(3), `${least.toFixed(2)} to ${most.toFixed(2)}`],
]);
console.error(tableOf(["work", "engine", "this build over the other", "spread"], lines));
console.log(JSON.stringify({ environment: environment(), rounds: Number(rounds), results }, null, 2));

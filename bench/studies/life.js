// npm run bench:life [-- --small COUNT] [--large COUNT] [--loads COUNT] [--workers COUNT]
//   [--limit BYTES] [--engine wasm|js]: a long life. Solves many small and large economies by every
// solver, holds prepared economies up to the engine's limit (or up to --limit bytes), loads many
// engines at once, and ends workers while they solve. Prints the memory of the process and of the
// engine before, at every quarter and after. The exit status is 1 if memory has grown after the
// first quarter, if an answer differs from the first one by a bit, or if a call that does not fit
// is not refused as it should.

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { load, MemoryError } from "../../dist/index.js";
import { hardMarket, manyEconomies, mildMarket, plannerEconomy, uniform } from "../economies.js";
import { environment, tableOf } from "../harness.js";

const { values: options } = parseArgs({
  options: {
    small: { type: "string", default: "10000000" },
    large: { type: "string", default: "10000" },
    loads: { type: "string", default: "200" },
    workers: { type: "string", default: "50" },
    limit: { type: "string", default: "Infinity" },
    engine: { type: "string" },
  },
});
const MIB = 2 ** 20;
/** What the process may have more after the last quarter than after the first: V8's own moods. */
const SLACK = 64 * MIB;
/** Economies that calls take by turns. */
const SEEDS = 8;

const failures = [];
const results = [];
/** Notes what a part found, and says so at once: the parts take long. */
function note(result) {
  results.push(result);
  console.error(
    `${result.part}, ${result.engine}, ${result.count}: process ${result.process} MiB; engine ${result.memory} MiB`,
  );
}
const fail = (text) => {
  failures.push(text);
  console.error(text);
};
const inMib = (bytes) => (bytes / MIB).toFixed(1);
/** Resident bytes of the process, once the garbage is gone. */
function resident() {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** The numbers of an answer that must be the same, bit for bit, whenever it is asked. */
function digest(answer) {
  const hash = createHash("sha256");
  for (const values of Object.values(answer)) if (ArrayBuffer.isView(values)) hash.update(values);
  return hash.digest("hex");
}

/**
 * Calls by name, each with the number of solves in it. They take one of SEEDS economies and return
 * the answer.
 */
function smallCalls(walras) {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
  const planners = seeds.map((seed) => walras.economy(plannerEconomy(2 + (seed % 4), 3, seed)));
  const markets = seeds.map((seed) => walras.economy(hardMarket(seed, { agents: 3, goods: 2 + (seed % 4) })));
  const pairs = seeds.map((seed) => walras.economy(hardMarket(seed, { agents: 2 + (seed % 3), goods: 2 })));
  const many = seeds.map((seed) => manyEconomies(1000, seed));
  const lists = seeds.map((seed) => {
    const { alpha, endowments } = manyEconomies(20, seed).market;
    const flat = { alpha: alpha.slice(0, 120), omega: -3, endowments: endowments.slice(0, 120) };
    return { agents: 3, goods: 2, count: 20, ...flat };
  });
  return {
    plan: [1, 1000, (k) => walras.plan(planners[k])],
    equilibrium: [1, 600, (k) => walras.equilibrium(markets[k])],
    planMany: [1000, 4, (k) => walras.planMany(many[k].planner)],
    equilibriumMany: [1000, 4, (k) => walras.equilibriumMany(many[k].market)],
    equilibriaMany: [20, 4, (k) => walras.equilibriaMany(lists[k])],
    equilibria: [1, 40, (k) => walras.equilibria(pairs[k]).equilibria[0]],
    "prepare, plan, dispose": [
      1,
      200,
      (k) => {
        const ready = walras.prepare(planners[k]);
        const answer = walras.plan(ready);
        ready.dispose();
        return answer;
      },
    ],
  };
}

function largeCalls(walras) {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
  const planners = seeds.map((seed) => walras.economy(plannerEconomy(200 + 50 * seed, 600 - 50 * seed, seed)));
  const markets = seeds.map((seed) => walras.economy(mildMarket(100 + 20 * seed, 250 - 20 * seed, seed)));
  const wide = seeds.map((seed) => walras.economy(hardMarket(seed, { agents: 2, goods: 200 })));
  const many = seeds.map((seed) => {
    const { alpha, omega, endowments } = mildMarket(40, 40 * 10, seed);
    return { agents: 40, goods: 40, count: 10, alpha, omega, endowments };
  });
  return {
    plan: [1, 4, (k) => walras.plan(planners[k])],
    equilibrium: [1, 3, (k) => walras.equilibrium(markets[k])],
    equilibriumMany: [10, 1, (k) => walras.equilibriumMany(many[k])],
    equilibria: [1, 1, (k) => walras.equilibria(wide[k]).equilibria[0]],
    "prepare, plan, dispose": [
      1,
      2,
      (k) => {
        const ready = walras.prepare(planners[k]);
        const answer = walras.plan(ready);
        ready.dispose();
        return answer;
      },
    ],
  };
}

/** Makes rounds of all calls until so many economies are solved, and looks at memory on the way. */
function live(walras, part, calls, count) {
  const first = Object.entries(calls).map(([name, [, , call]]) => [
    name,
    Array.from({ length: SEEDS }, (_, k) => digest(call(k))),
  ]);
  const firstOf = Object.fromEntries(first);
  const check = () => {
    for (const [name, [, , call]] of Object.entries(calls)) {
      for (let k = 0; k < SEEDS; k++) {
        if (digest(call(k)) !== firstOf[name][k]) fail(`${part} on ${walras.engine}: ${name} ${k} has another answer`);
      }
    }
  };
  const marks = [[resident(), walras.memory]];
  const each = Object.fromEntries(Object.keys(calls).map((name) => [name, 0]));
  let solved = 0;
  for (let round = 0; solved < count; round++) {
    for (const [name, [solves, times, call]] of Object.entries(calls)) {
      for (let time = 0; time < times; time++) call((round + time) % SEEDS);
      each[name] += times * solves;
      solved += times * solves;
    }
    if (solved >= (count * marks.length) / 4 && marks.length < 5) {
      check();
      marks.push([resident(), walras.memory]);
      process.stderr.write(`\r${part} on ${walras.engine}: ${solved} of ${count}`);
    }
  }
  process.stderr.write("\r");
  const [, firstQuarter, , , last] = marks;
  if (last[0] > firstQuarter[0] + SLACK) fail(`${part} on ${walras.engine}: the process has grown`);
  if (marks.some(([, bytes]) => bytes !== marks[0][1])) fail(`${part} on ${walras.engine}: the engine has grown`);
  note({
    ...{ part, engine: walras.engine, count: solved, each },
    process: marks.map(([bytes]) => inMib(bytes)).join(", "),
    memory: marks.map(([, bytes]) => inMib(bytes)).join(", "),
  });
}

/** Holds prepared economies up to the limit, again and again, and uses those that are held. */
function hold(walras, limit) {
  const part = "prepared";
  // About 300 of the larger ones fill 4 GiB.
  const size = Math.round(Math.sqrt(Math.min(limit, 2 ** 32) / (3 * 8 * 300)));
  const economies = [size, Math.round(size / 2), 5].map((goods, k) => walras.economy(plannerEconomy(size, goods, k)));
  const expected = economies.map((economy) => digest(walras.plan(walras.prepare(economy))));
  const draw = uniform(1);
  let held = [];
  let prepared = 0;
  let refused = 0;
  const marks = [[resident(), walras.memory]];
  const use = (ready) => {
    try {
      return digest(walras.plan(ready));
    } catch (error) {
      if (!(error instanceof MemoryError)) fail(`${part} on ${walras.engine}: ${error}`);
      return undefined;
    }
  };
  for (let round = 0; round < 4; round++) {
    for (;;) {
      const kind = Math.floor(draw() * 3);
      if (walras.memory > limit) break;
      try {
        held.push({ ready: walras.prepare(economies[kind]), kind });
        prepared++;
      } catch (error) {
        if (!(error instanceof MemoryError && error.bytes > error.limit)) fail(`${part}: ${error}`);
        refused++;
        break;
      }
    }
    const sample = held.filter((_, k) => k % Math.ceil(held.length / 40) === 0);
    for (const { ready, kind } of sample) {
      const answer = use(ready);
      if (answer !== undefined && answer !== expected[kind])
        fail(`${part} on ${walras.engine}: another plan when full`);
    }
    const rest = held.filter(({ ready }) => {
      const stays = draw() < 0.5;
      if (!stays) ready.dispose();
      return stays;
    });
    for (const { ready, kind } of rest.filter((_, k) => k % Math.ceil(rest.length / 40) === 0)) {
      if (use(ready) !== expected[kind]) fail(`${part} on ${walras.engine}: another plan, or none, after dispose`);
    }
    held = rest;
    marks.push([resident(), walras.memory]);
  }
  for (const { ready } of held) ready.dispose();
  const ready = walras.prepare(economies[0]);
  if (use(ready) !== expected[0]) fail(`${part} on ${walras.engine}: another plan after all`);
  ready.dispose();
  note({
    ...{ part, engine: walras.engine, count: prepared, each: { refused } },
    process: marks.map(([bytes]) => inMib(bytes)).join(", "),
    memory: marks.map(([, bytes]) => inMib(bytes)).join(", "),
  });
}

/** Starts many engines at once, and asks each of them. */
async function loadMany(count) {
  const engines = await Promise.all(
    Array.from({ length: count }, (_, k) => load({ engine: k % 2 === 0 ? "wasm" : "js" })),
  );
  const answers = engines.map((walras, k) => digest(smallCalls(walras).equilibrium[2](k % SEEDS)));
  const again = engines.map((walras, k) => digest(smallCalls(walras).equilibrium[2](k % SEEDS)));
  for (let k = 0; k < count; k++) {
    // Engine, seed: the same every 2 SEEDS.
    if (answers[k] !== answers[k % (2 * SEEDS)] || again[k] !== answers[k]) fail(`load ${k} has another answer`);
  }
  note({
    ...{ part: "loaded at once", engine: "both", count, each: {}, process: inMib(resident()) },
    memory: inMib(engines.reduce((sum, { memory }) => sum + memory, 0)),
  });
}

/** Ends workers somewhere in their solves. */
async function endWorkers(count) {
  const walras = await load();
  const { equilibrium } = smallCalls(walras);
  const expected = digest(equilibrium[2](1));
  const program = `
    import { parentPort, workerData } from "node:worker_threads";
    const { load } = await import(workerData.entry);
    const { hardMarket, plannerEconomy } = await import(workerData.economies);
    const walras = await load({ engine: workerData.engine });
    const economy = walras.economy(plannerEconomy(300, 300, 1));
    const market = walras.economy(hardMarket(1, { agents: 8, goods: 8 }));
    const ready = walras.prepare(economy);
    parentPort.postMessage("solving");
    for (;;) { walras.plan(ready); walras.planWithAdam(economy, { maxSteps: 5 }); walras.equilibria(market); }`;
  const entry = new URL("../../dist/index.js", import.meta.url).href;
  const economies = new URL("../economies.js", import.meta.url).href;
  const source = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const draw = uniform(2);
  const marks = [resident()];
  let solving = 0;
  for (let k = 0; k < count; k++) {
    const engine = k % 2 === 0 ? "wasm" : "js";
    const worker = new Worker(source, { workerData: { entry, economies, engine } });
    await new Promise((done, failed) => {
      worker.on("message", done);
      worker.on("error", failed);
    });
    solving++;
    await new Promise((done) => setTimeout(done, 30 * draw()));
    await worker.terminate();
    if (digest(equilibrium[2](1)) !== expected) fail(`after worker ${k} there is another answer`);
    if (k + 1 >= (count * marks.length) / 4 && marks.length < 5) marks.push(resident());
  }
  if (marks.at(-1) > marks[1] + SLACK) fail("workers: the process has grown");
  note({
    ...{ part: "workers ended", engine: "both", count: solving, each: {} },
    ...{ process: marks.map(inMib).join(", "), memory: inMib(walras.memory) },
  });
}

for (const engine of options.engine ? [options.engine] : ["wasm", "js"]) {
  const walras = await load({ engine });
  if (Number(options.small) > 0) live(walras, "small", smallCalls(walras), Number(options.small));
  if (Number(options.large) > 0) live(walras, "large", largeCalls(walras), Number(options.large));
  if (Number(options.limit) > 0) hold(walras, Number(options.limit));
}
if (Number(options.loads) > 0) await loadMany(Number(options.loads));
if (Number(options.workers) > 0) await endWorkers(Number(options.workers));

const rows = results.map((result) => [result.part, result.engine, result.count, result.process, result.memory]);
console.error(`${tableOf(["part", "engine", "count", "process, MiB", "engine, MiB"], rows)}
${failures.length} failures; memory before, at every quarter and after`);
console.log(JSON.stringify({ environment: environment(), results, failures }, null, 2));
process.exitCode = failures.length > 0 ? 1 : 0;

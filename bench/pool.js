// npm run bench:pool [-- WORD...]: the same calls alone, and in pools of one and of two workers, in
// interleaved rounds of one run. A table goes to standard error, JSON to standard output. Times are
// medians in milliseconds with the smallest and the largest, and the median of the rounds' ratios of
// the time alone to that in a pool. With words, only works whose names contain one of them.

import { load } from "../dist/index.js";
import { loadPool } from "../dist/pool.js";
import { manyEconomies, mildMarket, plannerEconomy, steepMarket } from "./economies.js";
import { environment, spread, tableOf } from "./harness.js";

const ROUNDS = 7;
const COUNT = 200_000;

const walras = await load();
const pools = [await loadPool({ workers: 1 }), await loadPool({ workers: 2 })];

/** The same numbers in memory that threads share. */
function shared(options) {
  const copy = { ...options };
  for (const [name, values] of Object.entries(options)) {
    if (!ArrayBuffer.isView(values)) continue;
    copy[name] = new values.constructor(new SharedArrayBuffer(values.byteLength));
    copy[name].set(values);
  }
  return copy;
}

/** Works by name: each runs on Walras and on a pool alike, and `setUp` makes what it needs on each. */
function* works() {
  const { planner, market } = manyEconomies(COUNT);
  const [sharedPlanner, sharedMarket] = [shared(planner), shared(market)];
  yield ["200 000 plans 3x3", (w) => () => w.planMany(planner)];
  yield ["200 000 plans 3x3, shared memory", (w) => () => w.planMany(sharedPlanner)];
  yield [
    "200 000 plans 3x3, shared memory, into",
    (w) => {
      const into = shared(walras.planMany(planner));
      return () => w.planMany({ ...sharedPlanner, into });
    },
  ];
  yield ["200 000 equilibria 3x3", (w) => () => w.equilibriumMany(market)];
  yield ["200 000 equilibria 3x3, shared memory", (w) => () => w.equilibriumMany(sharedMarket)];
  yield [
    "200 000 equilibria 3x3, shared memory, into",
    (w) => {
      const into = shared(walras.equilibriumMany(market));
      return () => w.equilibriumMany({ ...sharedMarket, into });
    },
  ];
  for (const size of [4, 6]) {
    const markets = Array.from({ length: 20 }, (_, k) => walras.economy(steepMarket(k + 1, size, size)));
    yield [`lists of 20 steep markets ${size}x${size}`, (w) => () => Promise.all(markets.map((e) => w.equilibria(e)))];
  }
  for (const [size, seed] of [
    [6, 9],
    [8, 10],
    [12, 6],
  ]) {
    const market = walras.economy(steepMarket(seed, size, size));
    yield [`list of a steep market ${size}x${size}`, (w) => () => w.equilibria(market)];
  }
  const proved = walras.economy(steepMarket(16, 10, 3));
  yield ["proof of a market 10x3, 3 700 boxes", (w) => () => w.equilibria(proved)];
  const large = walras.economy(plannerEconomy(1000, 1000));
  for (const precision of ["single", "double"]) {
    const options = { precision, maxSteps: 300, tolerance: 0 };
    yield [`Adam 1000x1000, ${precision}, 300 steps`, (w) => () => w.planWithAdam(large, options)];
  }
  yield ["plan 1000x1000", (w) => () => w.plan(large)];
  yield [
    "plan 1000x1000, prepared",
    async (w) => {
      const ready = await w.prepare(large);
      return () => w.plan(ready);
    },
  ];
  const middling = walras.economy(mildMarket(30, 30));
  const equilibrium = walras.equilibrium(middling);
  yield [
    "statics 30x30, all matrices",
    async (w) => {
      const statics = await w.statics(middling, equilibrium);
      return () => statics.matrices();
    },
  ];
  const curve = walras.economy(plannerEconomy(50, 50));
  const ends = { from: new Array(50).fill(1), to: Array.from({ length: 50 }, (_, i) => 1 + i) };
  yield [
    "frontier 50x50, 2 000 points",
    (w) => () => w.frontier(curve, { ...ends, points: 2000, chordTolerance: 1e-12 }),
  ];
}

const words = process.argv.slice(2);
const asked = (name) => words.length === 0 || words.some((word) => name.includes(word));
const results = [];
for (const [work, setUp] of works()) {
  if (!asked(work)) continue;
  const runs = [];
  for (const w of [walras, ...pools]) runs.push(await setUp(w));
  const times = runs.map(() => []);
  for (let round = -1; round < ROUNDS; round++) {
    // Every round begins with another of them.
    for (let k = 0; k < runs.length; k++) {
      const which = (k + round + 1) % runs.length;
      const begun = performance.now();
      await runs[which]();
      if (round >= 0) times[which].push(performance.now() - begun);
    }
  }
  const ratio = (k) => spread(times[0].map((time, round) => time / times[k][round]));
  results.push({
    work,
    alone: spread(times[0]),
    one: spread(times[1]),
    two: spread(times[2]),
    gainOfOne: ratio(1),
    gainOfTwo: ratio(2),
  });
  process.stderr.write(`measured ${work}\n`);
}
await Promise.all(pools.map((pool) => pool.close()));

const figure = ([least, median, most], digits) =>
  `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
const rows = results.map(({ work, alone, one, two, gainOfOne, gainOfTwo }) => [
  work,
  ...[alone, one, two].map((times) => figure(times, 1)),
  ...[gainOfOne, gainOfTwo].map((ratios) => figure(ratios, 2)),
]);
const head = ["work", "alone, ms", "one worker, ms", "two workers, ms", "alone / one", "alone / two"];
process.stderr.write(`${tableOf(head, rows)}\n`);
console.log(JSON.stringify({ environment: environment(), rounds: ROUNDS, results }, null, 2));

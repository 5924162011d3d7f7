// How the time of every call grows with the size of its question: an exponent by least squares in
// logs, and whether the time stops growing as promised from some size on.

import { parseEconomyCsv } from "../../dist/index.js";
import { hardMarket, manyEconomies, mildMarket, plannerEconomy } from "../economies.js";
import { measure, spread, use } from "../harness.js";

/** The milliseconds of CPU time: other processes lengthen long calls more often than short ones. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How many milliseconds a run takes at least: CPU time is told in microseconds. */
const LEAST = 1;

/** How far an exponent between neighbouring sizes may be above the promised one. */
const ALLOWED = 0.3;

/** Sides of square economies: 9 to 102 400 cells, or fewer where a call takes long. */
const SIDES = [3, 10, 32, 100, 320];
const DENSE = [3, 10, 32, 100];
const COUNTS = [10, 100, 1000, 10_000];

const twoGoods = (agents) => hardMarket(7, { agents, goods: 2, minGamma: 2 });
const twoAgents = (goods) => hardMarket(7, { agents: 2, goods, minGamma: 2 });
/** All points are used: no curve is as straight as this asks for. */
const curve = (points) => ({ points, chordTolerance: 1e-12 });
const ones = (length, last = 1) => Float64Array.from({ length }, (_, k) => (k === length - 1 ? last : 1));

/**
 * The calls: what is measured, the sizes, the promised exponent of the measure, why, and what makes
 * a call of one size. `measure` is the size itself unless it is "n m", for the cells of squares.
 * Calls that never enter the engine are measured once.
 */
const CALLS = [
  ["plan", "n m", SIDES, 1, "a few passes over all cells", planner((w, e) => w.plan(e).welfare)],
  ["plan, prepared", "n m", SIDES, 1, "a few passes over all cells", prepared],
  ["planWithAdam, a step", "n m", SIDES, 1, "a step is a pass over all cells", planner(tenSteps)],
  ["equilibrium", "n m", SIDES, 1, "beyond 24 goods, products with two n m matrices", market(equilibrium)],
  ["equilibria, two goods", "agents", [5, 50, 500, 5000], 1, "an evaluation is a pass over agents", lists(twoGoods)],
  ["equilibria, two agents", "goods", [5, 50, 500, 5000], 1, "an evaluation is a pass over goods", lists(twoAgents)],
  ["equilibria, search", "n m", [4, 6, 9, 14], 1.5, "as many starts, each of dense steps in m^3", lists(steep)],
  ["planMany 3x3", "count", COUNTS, 1, "economy by economy", many("planMany", "planner")],
  ["equilibriumMany 3x3", "count", COUNTS, 1, "economy by economy", many("equilibriumMany", "market")],
  ["statics, forward", "n m", DENSE, 1.5, "a factorisation in n m^2 + m^3", derivatives(forward)],
  ["statics, matrices of prices", "n m", DENSE, 1.5, "m rows, each in n m + m^2", derivatives(priceMatrices)],
  ["statics, all matrices", "n m", [3, 6, 10, 18, 30], 2, "n^2 m^2 numbers", derivatives(allMatrices)],
  ["statics of a plan, forward", "n m", SIDES, 1, "in closed form", planStatics],
  [
    "transferParadox",
    "n m",
    DENSE,
    1.5,
    "a factorisation, and n rows",
    solved((w, e, found) => w.transferParadox(e, found)),
  ],
  ["frontier 5x5", "points", [10, 100, 1000], 1, "plan by plan", frontierPoints],
  ["frontier of 9 points", "n m", DENSE, 1, "9 plans", frontierSize],
  ["edgeworthBox", "points", [10, 100, 1000, 10_000], 1, "point by point", boxPoints, "once"],
  ["edgeworthBox, through points", "points through", [1, 10, 100, 1000], 1, "curve by curve", boxThrough, "once"],
  ["tatonnement of 20 steps", "n m", SIDES, 1, "a step is a pass over all cells", market(tatonnement)],
  ["transfers", "n m", SIDES, 1, "a pass over all cells", transfers, "once"],
  [
    "compare",
    "n m",
    SIDES,
    1,
    "a few passes over all cells",
    solved((w, e, found) => w.compare(e, split(e), found)),
    "once",
  ],
  [
    "fairness",
    "n m",
    DENSE,
    1.5,
    "every agent values every bundle",
    solved((w, e, found) => w.fairness(e, found)),
    "once",
  ],
  ["check", "n m", SIDES, 1, "a few passes over all cells", solved((w, e, found) => w.check(e, found))],
  [
    "economy",
    "n m",
    SIDES,
    1,
    "a pass over all cells",
    (walras, size) => reads(walras, mildMarket(size, size)),
    "once",
  ],
  ["economy, of JSON", "n m", SIDES, 1, "a pass over the text", (walras, size) => reads(walras, json(size)), "once"],
  ["parseEconomyCsv", "n m", SIDES, 1, "a pass over the text", csv, "once"],
];

export async function growth(engines) {
  const results = [];
  for (const [call, measured, sizes, promised, reason, make, once] of CALLS) {
    for (const walras of once ? engines.slice(0, 1) : engines) {
      const tasks = sizes.map((size) => {
        const work = measured === "n m" ? `${call} ${size}x${size}` : `${call}, ${size} ${measured}`;
        const cells = measured === "n m" ? size * size : size;
        return repeated({ name: work, work, engine: walras.engine, size: cells }, make(walras, size));
      });
      const times = await measure("growth", tasks, { time: 20, iterations: 1, now: cpuTime });
      const labels = { work: `${call}, exponent of ${measured}`, engine: walras.engine, promised, reason };
      results.push(...times, exponent(labels, times));
    }
  }
  return results;
}

/** A task that makes a call so often that a run takes long enough. */
function repeated(labels, call) {
  const run = (times) => {
    for (let k = 0; k < times; k++) use(call() ? 1 : 0);
  };
  let times = 1;
  for (let start = cpuTime(); ; start = cpuTime()) {
    run(times);
    if (cpuTime() - start >= LEAST) return { ...labels, cells: labels.size * times, run: () => run(times) };
    times *= 2;
  }
}

/**
 * The exponent of the size in the time, which is the slope of ln time over ln size; its spread is
 * that of fits to the smallest, median and largest times. The exponents between neighbouring sizes
 * are those of the smallest times, which other processes disturb least.
 */
function exponent(labels, times) {
  const points = (key) => times.map(({ size, [key]: ns }) => [Math.log(size), Math.log(ns * size)]);
  const figure = slope(points("nsPerCell"));
  const [least, , most] = spread([slope(points("least")), figure, slope(points("most"))]);
  const local = points("least").flatMap((point, k, all) => (k > 0 ? [slope([all[k - 1], point])] : []));
  const above = local.findIndex((value) => value > labels.promised + ALLOWED);
  const where = above < 0 ? "as promised" : `from ${times[above].work} on: ${local[above].toFixed(2)}`;
  const between = local.map((value) => value.toFixed(2)).join(" ");
  const said = `(${between}; promised ${labels.promised}: ${where})`;
  return { suite: "growth", ...labels, unit: "", figure, said, least, most, local };
}

/** The slope of the line through points, by least squares. */
function slope(points) {
  const mean = (k) => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function planner(call) {
  return (walras, size) => {
    const economy = walras.economy(plannerEconomy(size, size));
    return () => call(walras, economy);
  };
}

function market(call) {
  return (walras, size) => {
    const economy = walras.economy(mildMarket(size, size));
    return () => call(walras, economy);
  };
}

/** Calls that are given an equilibrium. */
function solved(call) {
  return (walras, size) => {
    const economy = walras.economy(mildMarket(size, size));
    const found = walras.equilibrium(economy);
    return () => call(walras, economy, found);
  };
}

function derivatives(call) {
  return solved((walras, economy, found) => call(walras.statics(economy, found), economy));
}

function lists(build) {
  return (walras, size) => {
    const economy = walras.economy(build(size));
    return () => walras.equilibria(economy).equilibria.length;
  };
}

function many(method, kind) {
  return (walras, count) => {
    const economies = manyEconomies(count)[kind];
    return () => walras[method](economies).count;
  };
}

function prepared(walras, size) {
  const ready = walras.prepare(walras.economy(plannerEconomy(size, size)));
  return () => walras.plan(ready).welfare;
}

function tenSteps(walras, economy) {
  return walras.planWithAdam(economy, { maxSteps: 10, tolerance: 0 }).steps;
}

function equilibrium(walras, economy) {
  return walras.equilibrium(economy).prices;
}

function tatonnement(walras, economy) {
  return walras.tatonnement(economy, { step: 0.1, maxSteps: 20, tolerance: 0 }).count;
}

/** Agents of unlike tastes without gross substitutes, so that no theorem ends the search. */
function steep(size) {
  return hardMarket(7, { agents: size, goods: size, minGamma: 2 });
}

function forward(statics, economy) {
  return statics.forward({ endowments: ones(economy.alpha.length) }).prices;
}

function priceMatrices(statics) {
  return statics.matrices({ of: ["prices"] }).prices;
}

function allMatrices(statics) {
  return statics.matrices().prices;
}

function planStatics(walras, size) {
  const economy = walras.economy(plannerEconomy(size, size));
  const plan = walras.plan(economy);
  return () => walras.statics(economy, plan).forward({ totals: ones(size) }).welfare;
}

function transfers(walras, size) {
  const economy = walras.economy(mildMarket(size, size));
  const plan = walras.plan(economy);
  return () => walras.transfers(economy, plan);
}

function frontierPoints(walras, points) {
  const economy = walras.economy(plannerEconomy(5, 5));
  return () => walras.frontier(economy, { from: ones(5), to: ones(5, 9), ...curve(points) }).count;
}

function frontierSize(walras, size) {
  const economy = walras.economy(plannerEconomy(size, size));
  return () => walras.frontier(economy, { from: ones(size), to: ones(size, 9), ...curve(9) }).count;
}

function boxPoints(walras, points) {
  const economy = walras.economy(mildMarket(2, 2));
  return () => walras.edgeworthBox(economy, curve(points)).contract.points;
}

function boxThrough(walras, count) {
  const economy = walras.economy(mildMarket(2, 2));
  const through = Array.from({ length: count }, (_, k) =>
    economy.totals.map((total) => (total * (k + 1)) / (count + 1)),
  );
  return () => walras.edgeworthBox(economy, { curves: ["contract"], through }).contract.points;
}

/** Everybody keeps what they have, at prices of 1. */
function split({ goods, endowments }) {
  return { prices: ones(goods.length), allocation: endowments };
}

function reads(walras, data) {
  return () => walras.economy(data).alpha;
}

function json(size) {
  const { alpha, omega, endowments } = rowsOf(size);
  return JSON.stringify({ alpha, omega, endowments });
}

function csv(_, size) {
  const { alpha, omega, endowments } = rowsOf(size);
  const columns = ["alpha", "omega", "endowment"].flatMap((name) => alpha.map((_, j) => `${name}:good ${j + 1}`));
  const lines = alpha.map((row, i) => [`agent ${i + 1}`, ...row, ...omega[i], ...endowments[i]].join(","));
  const text = [`agent,${columns.join(",")}`, ...lines].join("\n");
  return () => parseEconomyCsv(text).alpha;
}

/** The matrices of a square market, row by row. */
function rowsOf(size) {
  const { alpha, omega, endowments } = mildMarket(size, size);
  const rows = (matrix) => Array.from({ length: size }, (_, i) => [...matrix.subarray(i * size, (i + 1) * size)]);
  return { alpha: rows(alpha), omega: rows(omega), endowments: rows(endowments) };
}

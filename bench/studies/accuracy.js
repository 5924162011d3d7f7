// npm run bench:accuracy [-- COUNT]: compares answers with solutions of 60 digits (bench/precise.js)
// on both engines, over the domain of docs/accuracy.md: COUNT economies a family, default 20.
// Prints the worst relative error of each kind of number, and the worst residual recomputed in 50
// digits beside the one reported. The exit status is 1 if an error is larger than promised, or an
// answer called converged has no solution next to it.

import { load } from "../../dist/index.js";
import { hardMarket, uniform } from "../economies.js";
import { environment, tableOf } from "../harness.js";
import { Big, exact, largest, Market, relativeError, sharedGood, sumOf, utilityOf } from "../precise.js";

const count = Number(process.argv[2] ?? 20);

/** What is promised: relative errors, times the condition number where there is one. */
const PROMISED = {
  prices: 1e-10,
  allocation: 1e-10,
  utilities: 1e-9,
  welfare: 1e-9,
  incomes: 1e-10,
  weights: 1e-9,
  "derivatives of prices": 1e-8,
  "allocation by Adam": 1e-5,
  "residual recomputed": 1.05e-10,
};
/** Amounts and prices below this have fewer digits than 53 bits. */
const SMALLEST = 1e-300;

const zero = new Big(0);
const rows = new Map();
const broken = [];
let skipped = 0;

/** Takes an error into the table. */
function note(solver, family, engine, number, error, seed) {
  const key = `${solver}|${family}|${number}`;
  const row = rows.get(key) ?? { solver, family, number, wasm: 0, js: 0 };
  row[engine] = Math.max(row[engine], error);
  rows.set(key, row);
  if (!(error <= PROMISED[number])) broken.push({ solver, family, engine, number, error, seed });
}

/** The largest relative error of doubles that are not too small. */
function errorOf(values, solutions) {
  let worst = 0;
  solutions.forEach((solution, k) => {
    if (solution.abs().lt(SMALLEST)) return;
    worst = Math.max(worst, relativeError(exact(values[k]), solution));
  });
  return worst;
}

/** The error of sums, relative to the sum of the sizes of their terms. */
const errorOfSums = (values, terms) =>
  Math.max(
    ...terms.map((list, k) => {
      const size = sumOf(list.map((term) => term.abs()));
      if (size.lt(SMALLEST) || size.gt("1e300")) return 0;
      return exact(values[k]).minus(sumOf(list)).abs().div(size).toNumber();
    }),
  );

/** A planner's economy of 1 to 8 agents and goods; numbers are log-uniform over `decades`. */
function planner(seed, { omega, decades, weights = 2 }) {
  const draw = uniform(seed);
  const size = () => 1 + Math.floor(8 * draw());
  const [n, m] = [size(), size()];
  const over = (width) => 10 ** (width * (draw() - 0.5));
  const matrix = (cell) => Array.from({ length: n }, () => Array.from({ length: m }, cell));
  return {
    alpha: matrix(() => over(decades)),
    omega: matrix(() => omega(draw)),
    totals: Array.from({ length: m }, () => over(decades)),
    weights: Array.from({ length: n }, () => over(weights)),
  };
}
const between = (from, to) => (draw) => -from * (to / from) ** draw();
const curved = (draw) => 0.01 * 2000 ** draw();
const FAMILIES = {
  "concave, everyday": { omega: between(0.3, 3), decades: 2 },
  "concave, omega from -20 to -0.05": { omega: between(0.05, 20), decades: 8 },
  "concave, omega from -200 to -0.001": { omega: between(0.001, 200), decades: 6 },
  "concave, weights over 200 decades": { omega: between(0.05, 20), decades: 6, weights: 200 },
  "convex, omega from 0.01 to 20": { omega: curved, decades: 8 },
  linear: { omega: () => 0, decades: 16 },
  "linear and concave": { omega: (draw) => (draw() < 0.4 ? 0 : between(0.05, 5)(draw)), decades: 4 },
  "convex and concave": { omega: (draw) => (draw() < 0.4 ? curved(draw) : between(0.05, 5)(draw)), decades: 4 },
};

/** The exact plan of good j: the price and the amounts. `found` is the answer's allocation. */
function planOfGood(economy, j, found) {
  const { agents, goods, totals, weights } = economy;
  const m = goods.length;
  const cell = (block, i) => exact(economy[block][i * m + j]);
  const total = exact(totals[j]);
  const all = agents.map((_, i) => i);
  const value = all.map((i) => exact(weights[i]).times(cell("alpha", i)));
  const omega = all.map((i) => cell("omega", i));
  const concave = all.filter((i) => omega[i].lt(0));
  const convex = all.filter((i) => !omega[i].lt(0));
  const holder = convex.find((i) => found[i * m + j] > 0);
  const share = (part) =>
    sharedGood(
      concave.map((i) => value[i]),
      concave.map((i) => omega[i]),
      part,
    );
  const spread = ({ price, amounts }, kept) => ({
    price,
    x: all.map((i) => (i === holder ? kept : concave.includes(i) ? amounts[concave.indexOf(i)] : zero)),
  });
  const marginal = (x) => value[holder].times(x.ln().times(omega[holder]).exp());
  if (holder === undefined) return spread(share(total), zero);
  if (concave.length === 0) return spread({ price: marginal(total), amounts: [] }, total);
  // Where marginal values meet, next to what the answer gives the holder: Newton's method in the
  // log of the rest, by difference quotients.
  const gap = (log) =>
    share(log.exp())
      .price.ln()
      .minus(marginal(total.minus(log.exp())).ln());
  let log = largest([exact(1e-320), sumOf(concave.map((i) => exact(found[i * m + j])))]).ln();
  const h = new Big("1e-30");
  for (let pass = 0; pass < 12; pass++) {
    const at = gap(log);
    const step = at
      .times(h)
      .div(gap(log.plus(h)).minus(at))
      .neg();
    log = log.plus(step);
    if (step.abs().lt("1e-25")) break;
  }
  return spread(share(log.exp()), total.minus(log.exp()));
}

function planAccuracy(walras, family, seed) {
  const economy = walras.economy(planner(seed, FAMILIES[family]));
  const plan = walras.plan(economy);
  if (!plan.converged) {
    skipped++;
    return;
  }
  const m = economy.goods.length;
  const { agents, weights } = economy;
  const goods = economy.goods.map((_, j) => planOfGood(economy, j, plan.allocation));
  const x = agents.flatMap((_, i) => goods.map((good) => good.x[i]));
  const terms = agents.map((_, i) =>
    goods.map((_, j) => {
      const c = i * m + j;
      return x[c].isZero() ? zero : utilityOf(exact(economy.alpha[c]), exact(economy.omega[c]), x[c]);
    }),
  );
  const weighted = terms.flatMap((list, i) => list.map((term) => term.times(exact(weights[i]))));
  const say = (number, error) => note("plan", family, walras.engine, number, error, seed);
  say("prices", errorOf(plan.shadowPrices, goods.map(({ price }) => price))); // biome-ignore format: one line
  say("allocation", errorOf(plan.allocation, x));
  say("utilities", errorOfSums(plan.utilities, terms));
  say("welfare", errorOfSums([plan.welfare], [weighted]));
}

/** Where Adam stops, stationarity is 1e-6: amounts are within that over the smallest -omega. */
function adamAccuracy(walras, seed) {
  const economy = walras.economy(planner(seed, { omega: between(0.3, 1), decades: 1 }));
  const plan = walras.planWithAdam(economy);
  if (!plan.converged) {
    skipped++;
    return;
  }
  const { agents, goods } = economy;
  const exactly = goods.map((_, j) => planOfGood(economy, j, plan.allocation));
  const x = agents.flatMap((_, i) => exactly.map((good) => good.x[i]));
  const error = errorOf(plan.allocation, x);
  note("planWithAdam", "omega from -1 to -0.3", walras.engine, "allocation by Adam", error, seed);
}

const MARKETS = {
  everyday: { minGamma: 0.3, maxGamma: 3, decades: 2 },
  "omega from -20 to -0.05": {},
  "omega from -200 to -0.001": { minGamma: 0.001, maxGamma: 200, decades: 16 },
  "two agents": { agents: 2 },
  "two goods": { goods: 2 },
};

/** Judges one equilibrium; returns the solution next to it. */
function judgeEquilibrium(walras, solver, family, seed, economy, found) {
  const say = (number, error) => note(solver, family, walras.engine, number, error, seed);
  const market = new Market(economy);
  const recomputed = market.residuals(found.prices, found.allocation);
  say("residual recomputed", Math.max(...Object.values(recomputed)));
  const solution = market.nearest(found.prices);
  if (!solution) {
    say("prices", Infinity);
    return undefined;
  }
  const { demand, logPrices } = solution;
  const n = economy.agents.length;
  const m = economy.goods.length;
  // Errors of the answer are those of the data and of rounding, times the condition number.
  const { condition } = walras.statics(economy, found);
  const scale = Math.max(1, condition);
  const prices = logPrices.map((q) => q.exp());
  const level = sumOf(prices);
  const x = demand.flatMap((agent) => agent.x);
  const elasticity = Math.max(1, ...Array.from(economy.omega, (w) => -1 / w));
  say("prices", errorOf(found.prices, prices.map((p) => p.div(level))) / scale); // biome-ignore format: one line
  say("allocation", errorOf(found.allocation, x) / scale / elasticity);
  say("incomes", errorOf(found.incomes, demand.map(({ income }) => income.div(level))) / scale); // biome-ignore format: one line
  const reciprocals = demand.map(({ tau }) => tau.neg().exp());
  const sum = sumOf(reciprocals);
  const steepest = Math.max(1, ...Array.from(economy.omega, (w) => -w));
  say("weights", errorOf(found.weights, reciprocals.map((v) => v.div(sum))) / scale / steepest); // biome-ignore format: one line
  const terms = Array.from({ length: n }, (_, i) =>
    Array.from({ length: m }, (_, j) => {
      const c = i * m + j;
      return x[c].isZero() ? zero : utilityOf(exact(economy.alpha[c]), exact(economy.omega[c]), x[c]);
    }),
  );
  say("utilities", errorOfSums(found.utilities, terms) / scale / steepest / elasticity);
  return solution;
}

function marketAccuracy(walras, family, seed) {
  const economy = walras.economy(hardMarket(seed, MARKETS[family]));
  const found = walras.equilibrium(economy);
  if (!found.converged) {
    skipped++;
    return;
  }
  judgeEquilibrium(walras, "equilibrium", family, seed, economy, found);
}

function listAccuracy(walras, family, seed) {
  const economy = walras.economy(hardMarket(seed, { ...MARKETS[family], minGamma: 2 }));
  for (const found of walras.equilibria(economy).equilibria) {
    if (found.converged) judgeEquilibrium(walras, "equilibria", family, seed, economy, found);
    else skipped++;
  }
}

/** Derivatives of log prices by one ln alpha, against a difference quotient of two solutions. */
function staticsAccuracy(walras, family, seed) {
  const data = hardMarket(seed, { ...MARKETS[family], agents: 3, goods: 3 });
  const economy = walras.economy(data);
  const found = walras.equilibrium(economy, { numeraire: 0 });
  if (!found.converged) {
    skipped++;
    return;
  }
  const statics = walras.statics(economy, found);
  if (statics.singular) return;
  const derivatives = statics.matrices({ of: ["prices"], by: ["alpha"] }).prices.alpha;
  // Exact: alpha moves by a power of 2 that a double holds, both ways.
  const k = seed % 9;
  const step = 2 ** -26;
  const solve = (factor) => {
    const moved = { ...economy, alpha: economy.alpha.map((a, c) => (c === k ? a * factor : a)) };
    const market = new Market(moved);
    const levels = market.agents[Math.floor(k / 3)].levels;
    levels[k % 3] = exact(economy.alpha[k]).times(exact(factor)).ln();
    return market.nearest(found.prices)?.logPrices;
  };
  const ends = [1 + step, 1 - step, 1 + 2 * step, 1 - 2 * step].map((factor) => [exact(factor).ln(), solve(factor)]);
  if (ends.some(([, q]) => !q)) return;
  // Two central quotients and Richardson's extrapolation: the error is of the fourth order.
  const relative = (q, j) => q[j].minus(q[0]);
  const quotient = ([a, p], [b, q], j) => relative(p, j).minus(relative(q, j)).div(a.minus(b));
  let [worst, size] = [0, 1];
  for (let j = 1; j < 3; j++) {
    const exactly = quotient(ends[0], ends[1], j).times(4).minus(quotient(ends[2], ends[3], j)).div(3); // biome-ignore format: one formula
    worst = Math.max(worst, exactly.minus(exact(derivatives[j * 9 + k])).abs().toNumber()); // biome-ignore format: one formula
    size = Math.max(size, Math.abs(derivatives[j * 9 + k]));
  }
  note("statics", family, walras.engine, "derivatives of prices", worst / size / Math.max(1, statics.condition), seed);
}

for (const engine of ["wasm", "js"]) {
  const walras = await load({ engine });
  for (let seed = 0; seed < count; seed++) {
    for (const family of Object.keys(FAMILIES)) planAccuracy(walras, family, seed);
    adamAccuracy(walras, seed);
    for (const family of Object.keys(MARKETS)) marketAccuracy(walras, family, seed);
    for (const family of ["two agents", "two goods"]) listAccuracy(walras, family, seed);
    for (const family of ["everyday", "omega from -20 to -0.05"]) staticsAccuracy(walras, family, seed);
    process.stderr.write(`\r${engine}: ${seed + 1} of ${count}`);
  }
}
process.stderr.write("\r");

const table = [...rows.values()].map(({ solver, family, number, wasm, js }) => [
  ...[solver, family, number, wasm.toExponential(1), js.toExponential(1), PROMISED[number].toExponential(1)],
]);
console.error(tableOf(["solver", "economies", "number", "wasm", "js", "promised"], table));
console.error(`${count} economies a family on each engine; ${skipped} answers had not converged and said so`);
console.log(
  JSON.stringify({ environment: environment(), count, errors: [...rows.values()], skipped, broken }, null, 2),
);
process.exitCode = broken.length > 0 ? 1 : 0;

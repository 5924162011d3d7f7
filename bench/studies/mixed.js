// npm run bench:mixed [-- COUNT]: plans random goods that concave agents, convex ones and some who do
// not want them share, on both engines, one by one and in bulk, and compares their welfare with a
// brute-force search in plain JavaScript. Prints how many fall short, and how many have a gap that
// is no number. The exit status is 1 if one does.

import { load } from "../../dist/index.js";
import { uniform } from "../economies.js";
import { environment, tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 5000);
/** Parts of a good that the grid tries, from both ends. */
const GRID = 160;
const SMALLEST = -60;
/** How far welfare may fall short of the best that brute force found, of the terms' size. */
const SLACK = 1e-9;

const FAMILIES = {
  "one convex, one concave, one that does not want it": { agents: [3, 3], unwanted: "last", spread: 1 },
  "2 to 6 agents, a third of them do not want it": { agents: [2, 6], unwanted: "third", spread: 1 },
  "the same, curvatures to -60 and 20, totals and weights over many decades": {
    agents: [2, 6],
    unwanted: "third",
    spread: 10,
  },
};

/** One good: alpha, omega, weights and its total; at least one convex and one concave agent want it. */
function draw(seed, { agents: [least, most], unwanted, spread }) {
  const next = uniform(seed);
  const logUniform = (low, high) => low * (high / low) ** next();
  const n = least + Math.floor(next() * (most - least + 1));
  const convex = () => (next() < 0.2 ? 0 : logUniform(0.01, 2 * spread));
  const concave = () => (next() < 0.2 ? -1 : -logUniform(0.05 / spread, 6 * spread));
  const wants = (i) => i < 2 || (unwanted === "last" ? i < n - 1 : next() >= 1 / 3);
  const scale = 10 ** (spread === 1 ? 1 : 6);
  const cells = Array.from({ length: n }, (_, i) => ({
    alpha: wants(i) ? logUniform(0.1, 10) : 0,
    omega: i === 0 ? convex() : i === 1 || next() < 0.6 ? concave() : convex(),
    weight: logUniform(1 / Math.sqrt(scale), Math.sqrt(scale)),
  }));
  return { cells, total: logUniform(1 / scale, scale) };
}

/** The logs of what concave agents get of exp(logPart), at equal weighted marginal utilities. */
function share(concave, logPart) {
  // ln x_i = (t - ln(weight alpha)) / omega falls in t.
  const amounts = (t) => concave.map(({ alpha, omega, weight }) => (t - Math.log(weight * alpha)) / omega);
  const logSum = (logs) => {
    const top = Math.max(...logs);
    return top + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - top), 0));
  };
  // One agent alone gets all of it at most, and one gets an equal part of it at least.
  const alone = (part) =>
    Math.max(...concave.map(({ alpha, omega, weight }) => Math.log(weight * alpha) + omega * part));
  let [low, high] = [alone(logPart), alone(logPart - Math.log(concave.length))];
  for (let k = 0; k < 60 && low < high; k++) {
    const middle = 0.5 * (low + high);
    if (logSum(amounts(middle)) > logPart) low = middle;
    else high = middle;
  }
  const logs = amounts(0.5 * (low + high));
  const excess = logSum(logs) - logPart;
  return logs.map((l) => l - excess);
}

/** alpha x^(1 + omega) / (1 + omega) at ln x, weighted. */
function value({ alpha, omega, weight }, logX) {
  const power = 1 + omega;
  return power === 0 ? weight * alpha * logX : (weight * alpha * Math.exp(power * logX)) / power;
}

/** Welfare of the best allocation found in which one convex agent at most holds some. */
function bruteForce({ cells, total }) {
  const concave = cells.filter(({ alpha, omega }) => alpha > 0 && omega < 0);
  const convex = cells.filter(({ alpha, omega }) => alpha > 0 && omega >= 0);
  // `at` is the logit of the part of the concave agents.
  const welfare = (holder, at) => {
    const logPart = -Math.log1p(Math.exp(-at));
    const logs = share(concave, Math.log(total) + logPart);
    const own = at === Number.POSITIVE_INFINITY ? 0 : value(holder, Math.log(total) + logPart - at);
    return concave.reduce((sum, agent, i) => sum + value(agent, logs[i]), own);
  };
  let best = Number.NEGATIVE_INFINITY;
  for (const holder of convex) {
    const at = (k) => SMALLEST + ((40 - SMALLEST) * k) / GRID;
    const values = Array.from({ length: GRID + 1 }, (_, k) => welfare(holder, at(k)));
    values.push(welfare(holder, Number.POSITIVE_INFINITY));
    best = Math.max(best, ...values);
    // Refine around every maximum of the grid by golden sections.
    for (let k = 1; k < GRID; k++) {
      if (values[k] < values[k - 1] || values[k] < values[k + 1]) continue;
      let [low, high] = [at(k - 1), at(k + 1)];
      const golden = (Math.sqrt(5) - 1) / 2;
      for (let step = 0; step < 36; step++) {
        const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
        if (welfare(holder, a) < welfare(holder, b)) low = a;
        else high = b;
      }
      best = Math.max(best, welfare(holder, 0.5 * (low + high)));
    }
  }
  return best;
}

const engines = [await load({ engine: "wasm" }), await load({ engine: "js" })];
const results = [];
for (const [family, options] of Object.entries(FAMILIES)) {
  const both = engines.map(({ engine }) => ({
    ...{ engine, family, count, worst: 0 },
    ...{ wrong: [], notANumber: [], notConverged: [] },
  }));
  for (let seed = 0; seed < count; seed++) {
    const good = draw(seed, options);
    const { cells, total } = good;
    const best = bruteForce(good);
    engines.forEach((walras, e) => {
      const result = both[e];
      const column = (key) => cells.map((cell) => [cell[key]]);
      // Everybody wants the second good, so that nobody wants nothing.
      const beside = (key, other) => column(key).map(([v]) => [v, other]);
      const weights = cells.map(({ weight }) => weight);
      const data = { alpha: beside("alpha", 1), omega: beside("omega", -1), totals: [total, 1] };
      const plan = walras.plan(walras.economy({ ...data, weights }));
      const bulk = walras.planMany({
        agents: cells.length,
        goods: 2,
        count: 1,
        alpha: data.alpha.flat(),
        omega: data.omega.flat(),
        totals: data.totals,
        weights,
      });
      if (!(plan.gap >= 0) || !(plan.residuals.optimality >= 0)) result.notANumber.push(seed);
      if (!plan.converged || bulk.statuses[bulk.status[0]] !== "converged") result.notConverged.push(seed);
      for (const { allocation } of [plan, bulk]) {
        const terms = cells.map((cell, i) => (cell.alpha === 0 ? 0 : value(cell, Math.log(allocation[2 * i]))));
        const welfare = terms.reduce((sum, term) => sum + term, 0);
        const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
        // Both may be beyond a double.
        const short = best === welfare ? 0 : (best - welfare) / size;
        result.worst = Math.max(result.worst, short);
        if (!(short <= SLACK)) result.wrong.push(seed);
      }
    });
  }
  results.push(...both);
  process.stderr.write(`${family}\n`);
}

const head = ["engine", "goods", "drawn", "wrong", "gap is NaN", "not converged", "worst shortfall"];
const rows = results.map((r) => [
  r.engine,
  r.family,
  r.count,
  r.wrong.length,
  r.notANumber.length,
  r.notConverged.length,
  r.worst.toExponential(1),
]);
console.error(tableOf(head, rows));
console.log(JSON.stringify({ environment: environment(), results }, null, 2));
process.exitCode = results.some(({ wrong, notANumber }) => wrong.length + notANumber.length > 0) ? 1 : 0;

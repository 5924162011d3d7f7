// npm run bench:statics [-- COUNT [ENGINE]]: derivatives of equilibria of random economies, mild and hard, against differences of economies
// solved again; and what all derivatives take against one solution. Exit status 1 where an error exceeds 1e-6.

import { performance } from "node:perf_hooks";
import Table from "cli-table3";
import { load } from "../../dist/index.js";
import { derivative } from "../differences.js";
import { hardMarket, mildMarket, uniform } from "../economies.js";
import { environment } from "../harness.js";

const count = Number(process.argv[2] ?? 200);
const walras = await load({ engine: process.argv[3] ?? "auto" });
const ACCEPTED = 1e-6;
const PARAMETERS = ["alpha", "omega", "endowments"];
/** Logs of amounts below this have lost digits in a double. */
const UNDERFLOW = 1e-280;

/** The economy moved by t along a direction in one parameter: alpha in logs, omega and endowments as they are. */
function moved(economy, name, direction, t) {
  const { agents, goods, alpha, omega, endowments } = economy;
  const data = { size: { agents: agents.length, goods: goods.length }, alpha, omega, endowments };
  data[name] = data[name].map((v, c) => (name === "alpha" ? v * Math.exp(t * direction[c]) : v + t * direction[c]));
  return walras.economy(data);
}

/** The largest error of each outcome, relative to its largest element, along a random direction in one parameter. */
function errorsAlong(economy, solution, name, draw) {
  const scale = { alpha: () => 1, omega: (c) => economy.omega[c], endowments: (c) => economy.endowments[c] }[name];
  const direction = economy.alpha.map((_, c) => (2 * draw() - 1) * scale(c));
  const outcomes = { prices: (s) => s.prices, logAllocation: (s) => s.allocation, utilities: (s) => s.utilities };
  const analytic = walras.statics(economy, solution).forward({ [name]: direction });
  const sizes = Object.values(outcomes).map((of) => of(solution).length);
  const difference = derivative((t) => {
    const again = walras.equilibrium(moved(economy, name, direction, t), { start: solution });
    return Object.values(outcomes).flatMap((of) =>
      of === outcomes.utilities ? [...of(again)] : [...of(again)].map(Math.log),
    );
  }, 0.003).value;
  return Object.keys(outcomes).map((outcome, o) => {
    const offset = sizes.slice(0, o).reduce((a, b) => a + b, 0);
    const largest = analytic[outcome].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return analytic[outcome].reduce((worst, value, k) => {
      if (outcome === "logAllocation" && solution.allocation[k] < UNDERFLOW) return worst;
      return Math.max(worst, Math.abs(value - difference[offset + k]) / largest);
    }, 0);
  });
}

function timed(run) {
  for (let k = 0; k < 3; k++) run();
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[3];
}

const worst = Object.fromEntries(
  ["mild", "hard"].flatMap((kind) => PARAMETERS.map((name) => [`${kind}, ${name}`, [0, 0, 0]])),
);
let largestCondition = 0;
for (let seed = 0; seed < count; seed++) {
  const kind = seed % 2 === 0 ? "mild" : "hard";
  const draw = uniform(1000 + seed);
  const size = () => 2 + Math.floor(11 * draw());
  const economy = walras.economy(kind === "mild" ? mildMarket(size(), size(), seed) : hardMarket(seed));
  const solution = walras.equilibrium(economy, { throwOnFailure: true });
  largestCondition = Math.max(largestCondition, walras.statics(economy, solution).condition);
  for (const name of PARAMETERS) {
    errorsAlong(economy, solution, name, draw).forEach((error, o) => {
      worst[`${kind}, ${name}`][o] = Math.max(worst[`${kind}, ${name}`][o], error);
    });
  }
}
const accuracy = new Table({
  head: ["worst relative error", "prices", "log allocation", "utilities"],
  style: { head: [], compact: true },
});
for (const [label, errors] of Object.entries(worst)) accuracy.push([label, ...errors.map((e) => e.toExponential(1))]);

const speed = [
  [3, 3],
  [10, 10],
  [30, 30],
  [100, 100],
].map(([n, m]) => {
  const economy = walras.economy(mildMarket(n, m));
  const solution = walras.equilibrium(economy);
  const point = walras.statics(economy, solution);
  const direction = { alpha: economy.alpha };
  const cotangent = { prices: solution.prices, utilities: solution.utilities };
  return {
    size: `${n}x${m}`,
    solve: timed(() => walras.equilibrium(moved(economy, "alpha", economy.alpha, 1e-3), { start: solution })),
    statics: timed(() => walras.statics(economy, solution)),
    forward: timed(() => point.forward(direction)),
    adjoint: timed(() => point.adjoint(cotangent)),
    pricesAndUtilities: timed(() => point.matrices({ of: ["prices", "utilities"] })),
    all: n * m > 900 ? undefined : timed(() => point.matrices()),
  };
});
const times = new Table({
  head: ["ms", "solved again", "statics()", "forward()", "adjoint()", "matrices() of prices, utilities", "matrices()"],
  style: { head: [], compact: true },
});
for (const { size, ...row } of speed) {
  times.push([size, ...Object.values(row).map((t) => (t === undefined ? "" : t.toPrecision(3)))]);
}
console.error(`${accuracy}
${count} economies on ${walras.engine}, a random direction in each parameter; condition up to ${largestCondition.toExponential(1)}
${times}`);
console.log(
  JSON.stringify({ environment: environment(), engine: walras.engine, count, worst, largestCondition, speed }, null, 2),
);
process.exitCode = Object.values(worst)
  .flat()
  .every((error) => error < ACCEPTED)
  ? 0
  : 1;

// npm run bench:random [-- COUNT [ENGINE]]: solves hard random economies with default options.
// Prints how many each method solved and in how many evaluations, the largest residuals, and the
// slowest economy. The exit status is 1 if one was not solved.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { hardMarket } from "../economies.js";
import { environment, tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 30_000);
const walras = await load({ engine: process.argv[3] ?? "auto" });
const ACCEPTED = 1e-9;

const methods = new Map();
const worst = { netFlow: 0, budget: 0, stationarity: 0, marketClearing: 0 };
const slowest = { evaluations: 0, milliseconds: 0 };
const failures = [];
let evaluations = 0;
let milliseconds = 0;
let unstable = 0;
for (let seed = 0; seed < count; seed++) {
  const economy = walras.economy(hardMarket(seed));
  const start = performance.now();
  const solution = walras.equilibrium(economy);
  const took = performance.now() - start;
  milliseconds += took;
  evaluations += solution.evaluations;
  const entry = methods.get(solution.method) ?? { solved: 0, evaluations: 0 };
  const { netFlow, budget, stationarity } = solution.residuals;
  if (solution.converged && Math.max(netFlow, budget, stationarity) < ACCEPTED) entry.solved++;
  else failures.push({ seed, status: solution.status, residuals: solution.residuals });
  entry.evaluations += solution.evaluations;
  methods.set(solution.method, entry);
  for (const key of Object.keys(worst)) worst[key] = Math.max(worst[key], solution.residuals[key]);
  if (solution.evaluations > slowest.evaluations) Object.assign(slowest, { evaluations: solution.evaluations, seed });
  if (took > slowest.milliseconds) slowest.milliseconds = took;
  if (solution.stability === "unstable") unstable++;
  if (seed % 1000 === 999) process.stderr.write(`\r${seed + 1} of ${count}`);
}
process.stderr.write("\r");

const rows = [...methods].map(([method, { solved, evaluations: taken }]) => [
  method,
  solved,
  (taken / solved).toFixed(1),
]);
console.error(`${tableOf(["method", "solved", "evaluations each"], rows)}
${count - failures.length} of ${count} solved on ${walras.engine}; ${(evaluations / count).toFixed(1)} evaluations and ${(milliseconds / count).toFixed(3)} ms on average
largest residuals: ${Object.entries(worst)
  .map(([key, value]) => `${key} ${value.toExponential(1)}`)
  .join(", ")}
slowest: ${slowest.evaluations} evaluations (seed ${slowest.seed}), ${slowest.milliseconds.toFixed(1)} ms; ${unstable} found unstable`);
console.log(
  JSON.stringify(
    {
      environment: environment(),
      engine: walras.engine,
      count,
      methods: Object.fromEntries(methods),
      worst,
      slowest,
      failures,
    },
    null,
    2,
  ),
);
process.exitCode = failures.length > 0 ? 1 : 0;

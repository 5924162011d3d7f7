// npm run bench:domain [-- COUNT [ENGINE]]: solves random economies over the whole domain that is
// promised (docs/accuracy.md): omega log-uniform in [-200, -0.001], alpha and endowments over 16
// decades, up to 60x60, 5x200 and 200x5. Prints the shares of statuses, how large residuals are
// when recomputed from the answer in 50 digits (of every SAMPLE-th economy), the slowest call, and
// the longest time between two calls of onStep. The exit status is 1 if the promise is broken: an
// answer called converged is wrong, or a call is silent for longer than SILENCE.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { wideMarket } from "../economies.js";
import { environment, tableOf } from "../harness.js";
import { Market } from "../precise.js";

const count = Number(process.argv[2] ?? 100_000);
const walras = await load({ engine: process.argv[3] ?? "auto" });
/** Every how many economies residuals are recomputed, where there are few cells. */
const SAMPLE = Math.max(1, Math.floor(count / 2000));
const FEW_CELLS = 400;
/** Residuals of a converged answer, recomputed: the tolerance, and room for its own rounding. */
const ACCURATE = 1.05e-10;
const SILENCE = 10_000;
/** Calls longer than this are cancelled, and counted as such. */
const PATIENCE = 60_000;

const SIZES = ["2x2 to 12x12", "up to 60x60", "5x200", "200x5"];
const bySize = new Map(SIZES.map((size) => [size, { economies: 0, converged: 0, priceLost: 0, slowest: 0, gap: 0 }]));
const statuses = {};
const methods = {};
const failures = [];
const wrong = [];
const worst = { marketClearing: 0, netFlow: 0, budget: 0, stationarity: 0 };
let sampled = 0;
let milliseconds = 0;

for (let seed = 0; seed < count; seed++) {
  const { size, data } = wideMarket(seed);
  const economy = walras.economy(data);
  let last = performance.now();
  const start = last;
  let gap = 0;
  const onStep = () => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
    if (now - start > PATIENCE) controller.abort();
  };
  const controller = new AbortController();
  const solution = walras.equilibrium(economy, { onStep, signal: controller.signal });
  onStep();
  const took = last - start;
  milliseconds += took;

  const entry = bySize.get(size);
  entry.economies++;
  entry.slowest = Math.max(entry.slowest, took);
  entry.gap = Math.max(entry.gap, gap);
  const { status, converged, method, residuals } = solution;
  const lost = !converged && /beyond what a double holds/.test(solution.message);
  const outcome = lost ? `${status}, a price beyond the doubles` : status;
  statuses[outcome] = (statuses[outcome] ?? 0) + 1;
  methods[method] = (methods[method] ?? 0) + 1;
  if (converged) entry.converged++;
  else if (lost) entry.priceLost++;
  else failures.push({ seed, size, status, method, residuals });

  if (converged && seed % SAMPLE === 0 && economy.alpha.length <= FEW_CELLS) {
    sampled++;
    const precise = new Market(economy).residuals(solution.prices, solution.allocation);
    for (const key of Object.keys(worst)) worst[key] = Math.max(worst[key], precise[key]);
    if (!Object.values(precise).every((residual) => residual <= ACCURATE)) wrong.push({ seed, precise, residuals });
  }
  if (seed % 1000 === 999) process.stderr.write(`\r${seed + 1} of ${count}`);
}
process.stderr.write("\r");

const share = (part, all) => `${((100 * part) / all).toFixed(3)} %`;
const rows = [...bySize].map(([size, { economies, converged, priceLost, slowest, gap }]) => [
  size,
  economies,
  share(converged, economies),
  share(priceLost, economies),
  `${slowest.toFixed(0)} ms`,
  `${gap.toFixed(0)} ms`,
]);
const list = (counts) => Object.entries(counts).map(([key, value]) => `${key} ${value}`).join(", "); // biome-ignore format: one line
const longest = Math.max(...[...bySize.values()].map(({ gap }) => gap));
console.error(`${tableOf(["size", "economies", "converged", "price lost", "slowest call", "longest silence"], rows)}
statuses on ${walras.engine}: ${list(statuses)}
methods: ${list(methods)}
${(milliseconds / 1000).toFixed(0)} s in all; residuals of ${sampled} converged answers, recomputed in 50 digits: ${Object.entries(
  worst,
)
  .map(([key, value]) => `${key} ${value.toExponential(1)}`)
  .join(", ")}; ${wrong.length} above ${ACCURATE}`);
console.log(
  JSON.stringify(
    {
      environment: environment(),
      engine: walras.engine,
      count,
      bySize: Object.fromEntries(bySize),
      statuses,
      methods,
      sampled,
      worst,
      wrong,
      failures,
    },
    null,
    2,
  ),
);
process.exitCode = wrong.length > 0 || longest > SILENCE ? 1 : 0;

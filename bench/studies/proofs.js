// npm run bench:proofs [-- COUNT]: proves that lists of equilibria are complete, for hard random
// economies with three goods or three agents. Prints how many are proved, in what time and in how
// many boxes. The exit status is 1 if one is not, or if its indices do not add up to 1.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { hardMarket } from "../economies.js";
import { countsOf, countsText, environment, tableOf } from "../harness.js";

const count = Number(process.argv[2] ?? 1000);

const walras = await load();

const SETS = [
  { agents: 3, goods: 3, minGamma: 2, part: 1 },
  { agents: 3, goods: 3, minGamma: 0.05, part: 1 },
  { agents: 2, goods: 3, minGamma: 2, part: 1 },
  { agents: 10, goods: 3, minGamma: 2, part: 0.1 },
  { agents: 30, goods: 3, minGamma: 2, part: 0.03 },
  { agents: 3, goods: 4, minGamma: 2, part: 0.3 },
  { agents: 3, goods: 10, minGamma: 2, part: 0.1 },
  { agents: 3, goods: 30, minGamma: 2, part: 0.03 },
];

const results = SETS.map(({ agents, goods, minGamma, part }) => {
  const size = Math.max(1, Math.round(count * part));
  const runs = Array.from({ length: size }, (_, seed) => {
    const economy = walras.economy(hardMarket(seed, { minGamma, agents, goods }));
    const start = performance.now();
    const { complete, equilibria, indexSum, iterations } = walras.equilibria(economy);
    const milliseconds = performance.now() - start;
    const converged = equilibria.every((equilibrium) => equilibrium.converged);
    const proved = complete && converged && indexSum === 1;
    return { seed, proved, found: equilibria.length, boxes: iterations, milliseconds };
  });
  const sorted = (key) => runs.map((run) => run[key]).toSorted((a, b) => a - b);
  const [boxes, times] = [sorted("boxes"), sorted("milliseconds")];
  return {
    agents,
    goods,
    omega: [-20, -minGamma],
    count: size,
    distribution: countsOf(runs.map(({ found }) => found)),
    failures: runs.filter(({ proved }) => !proved).map(({ seed }) => seed),
    boxes: [boxes[size >> 1], boxes[Math.floor(0.99 * (size - 1))], boxes[size - 1]],
    milliseconds: [times[size >> 1], times[Math.floor(0.99 * (size - 1))], times[size - 1]],
  };
});

const head = [
  "agents",
  "goods",
  "omega",
  "economies",
  "equilibria: economies",
  "boxes: median, 99 %, max",
  "ms",
  "unproved",
];
const rows = results.map((r) => [
  r.agents,
  r.goods,
  r.omega.join(" to "),
  r.count,
  countsText(r.distribution),
  r.boxes.join(", "),
  r.milliseconds.map((ms) => ms.toFixed(1)).join(", "),
  r.failures.length,
]);
console.error(tableOf(head, rows));
console.log(JSON.stringify({ environment: environment(), results }, null, 2));
process.exitCode = results.some(({ failures }) => failures.length > 0) ? 1 : 0;

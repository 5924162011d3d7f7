// npm run bench:folds: lists the equilibria of the symmetric 3x3 economy next to the fold at which
// seven become one, and of two blocks of a 4x4 economy that hardly trade with each other; then
// cancels every list on its way. Prints what was found, the time, and how long a cancelled call went
// on. The exit status is 1 if a list takes more than 5 s or a wrong one is called complete.

import { performance } from "node:perf_hooks";
import { load } from "../../dist/index.js";
import { symmetric } from "../economies.js";
import { environment, tableOf } from "../harness.js";

const FOLD = 12.727436591721832;
const MOST_SECONDS = 5;
const walras = await load();

const tenths = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => 10 ** (from + k));
const distances = [...tenths(-14, -2).map((d) => -d), 0, ...tenths(-14, -2)];
const blocks = (c) => ({
  alpha: [
    [1, 2, c, 2 * c],
    [2, 1, c, c],
    [3 * c, c, 1, 3],
    [c, c, 2, 1],
  ],
  omega: -2,
  endowments: [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 2, 0],
    [0, 0, 0, 1],
  ],
});
const CASES = [
  ...distances.map((distance) => ({
    name: `3x3, ${distance === 0 ? "at the fold" : `${distance.toExponential(0)} from the fold`}`,
    data: symmetric(3, { owned: FOLD * (1 + distance) }),
    // Whoever calls the list complete must count right.
    count: distance < 0 ? 1 : distance > 0 ? 7 : undefined,
  })),
  ...tenths(-30, -4).map((c) => ({ name: `two blocks, cross wants ${c.toExponential(0)}`, data: blocks(c) })),
];

/** Cancels the list when `after` ms have gone by; returns how long it went on after that. */
function cancelled(economy, after) {
  const controller = new AbortController();
  const start = performance.now();
  let at = Number.NaN;
  walras.equilibria(economy, {
    signal: controller.signal,
    onStep: () => {
      if (controller.signal.aborted || performance.now() - start < after) return;
      at = performance.now();
      controller.abort();
    },
  });
  return performance.now() - at;
}

const results = CASES.map(({ name, data, count }) => {
  const economy = walras.economy(data);
  const start = performance.now();
  const { equilibria, indexSum, complete, unresolved, searched } = walras.equilibria(economy);
  const milliseconds = performance.now() - start;
  const wentOn = [0, 0.3, 0.6, 0.9].map((part) => cancelled(economy, part * milliseconds)).filter((ms) => ms >= 0);
  const wrong = complete && count !== undefined && equilibria.length !== count;
  return {
    ...{ name, found: equilibria.length, indexSum, complete, unresolved: unresolved.length, wrong },
    ...{ milliseconds, wentOn: Math.max(0, ...wentOn), searched },
  };
});

const head = ["economy", "found", "index sum", "complete", "unresolved", "ms", "ms after cancelling"];
const rows = results.map((r) => [
  ...[r.name, r.found, r.indexSum, r.complete ? "yes" : "no", r.unresolved],
  ...[r.milliseconds.toFixed(0), r.wentOn.toFixed(1)],
]);
console.error(tableOf(head, rows));
console.log(JSON.stringify({ environment: environment(), results }, null, 2));
process.exitCode = results.some(({ wrong, milliseconds }) => wrong || milliseconds > 1000 * MOST_SECONDS) ? 1 : 0;

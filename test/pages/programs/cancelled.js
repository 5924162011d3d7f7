// Cancels searches in the middle and writes how long their rejections took, whether the pool works on
// afterwards, and how many workers it has started.

import { loadPool } from "/dist/pool.js";
import { symmetric } from "../../../bench/economies.js";

let started = 0;
const worker = () => {
  started++;
  return new Worker("/dist/pool-worker.js", { type: "module" });
};
const pool = await loadPool({ workers: 2, worker });
const long = pool.economy(symmetric(8, { want: 2 ** 14, omega: -7 }));

const cancelled = [];
for (let k = 0; k < 4; k++) {
  const controller = new AbortController();
  let atWork;
  const works = new Promise((resolve) => {
    atWork = resolve;
  });
  const call = pool.equilibria(long, { seed: k, signal: controller.signal, onStep: atWork });
  const rejected = call.then(
    () => "it was not cancelled",
    (reason) => reason,
  );
  await works;
  const begin = performance.now();
  controller.abort(`reason ${k}`);
  const reason = await rejected;
  cancelled.push({ reason, milliseconds: performance.now() - begin });
}

// Answers that need both workers.
const found = await Promise.all([3, 4, 5].map((n) => pool.equilibria(pool.economy(symmetric(n)))));
const counts = found.map(({ equilibria }) => equilibria.length);
await pool.close();
const shared = typeof SharedArrayBuffer === "function";
document.body.textContent = JSON.stringify({ shared, cancelled, counts, started });

// A page that does one work of a pool again and again for some seconds:
// /page?/bench/pages/work.js&work=NAME&seconds=5. Marks of the user timing tell when that began and
// when each run ended. With &ticks=1 the page's thread ticks meanwhile, and the longest gap between two
// ticks is written, in milliseconds.

import { load } from "/dist/index.js";
import { loadPool } from "/dist/pool.js";
import { manyEconomies, plannerEconomy, symmetric } from "../economies.js";

const options = new URLSearchParams(location.search);
const pool = await loadPool({ workers: 2, engine: options.get("engine") ?? "auto" });

const large = () => pool.economy(plannerEconomy(1000, 1000));
const WORKS = {
  search() {
    const economy = pool.economy(symmetric(8, { want: 2 ** 14, omega: -7 }));
    return (k) => pool.equilibria(economy, { seed: k, onStep() {} });
  },
  async searchAlone() {
    const walras = await load({ engine: pool.engine });
    const economy = walras.economy(symmetric(6));
    return async () => {
      await new Promise((resolve) => setTimeout(resolve));
      walras.equilibria(economy);
    };
  },
  planMany() {
    const { planner } = manyEconomies(300_000);
    return () => pool.planMany(planner);
  },
  plan() {
    const economy = large();
    return () => pool.plan(economy);
  },
  planWithAdam() {
    const economy = large();
    return () => pool.planWithAdam(economy, { maxSteps: 100 });
  },
};

const work = await WORKS[options.get("work")]();
await work(0);

let longest = 0;
let last = performance.now();
const { port1: from, port2: to } = new MessageChannel();
from.onmessage = () => {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  to.postMessage(0);
};
if (options.has("ticks")) {
  to.postMessage(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  longest = 0;
}

performance.mark("work begins");
const end = performance.now() + 1000 * Number(options.get("seconds") ?? 5);
let runs = 0;
while (performance.now() < end) {
  await work(++runs);
  performance.mark("run ends");
}
document.body.textContent = JSON.stringify({ engine: pool.engine, runs, gap: longest });
from.close();

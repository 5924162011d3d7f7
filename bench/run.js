// npm run bench [-- SUITE...]: measures all suites or those named. Tables go to standard error,
// JSON to standard output.

import { load } from "../dist/index.js";
import { report } from "./harness.js";
import { adamCold, adamStep } from "./suites/adam.js";
import { boxes } from "./suites/box.js";
import { growth } from "./suites/growth.js";
import { kernels } from "./suites/kernels.js";
import { memory } from "./suites/memory.js";
import { bulk, equilibria, plans } from "./suites/solvers.js";
import { start } from "./suites/start.js";

const SUITES = {
  start,
  adam: async (engines) => [...(await adamCold(load)), ...(await adamStep(engines))],
  kernels,
  plan: plans,
  equilibrium: equilibria,
  bulk,
  box: boxes,
  growth,
  memory: () => memory(load),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`no suite is called ${unknown.join(" or ")}; there are ${Object.keys(SUITES).join(", ")}`);
  process.exit(2);
}
const engines = [await load({ engine: "wasm" }), await load({ engine: "js" })];
const results = [];
for (const [name, suite] of Object.entries(SUITES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  results.push(...(await suite(engines)));
  process.stderr.write(`measured ${name}\n`);
}
report(results);

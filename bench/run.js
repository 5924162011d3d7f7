// npm run bench: tables on standard error, JSON on standard output.

import { load } from "../dist/index.js";
import { adamCold, adamStep } from "./adam.js";
import { report } from "./harness.js";
import { bulk, equilibria, plans } from "./solvers.js";

const cold = await adamCold(load);
const engines = [await load({ engine: "wasm" }), await load({ engine: "js" })];
const results = [...cold];
for (const suite of [adamStep, plans, equilibria, bulk]) {
  results.push(...(await suite(engines)));
  process.stderr.write(`measured ${suite.name}\n`);
}
report(results);

// npm run bench: tables on standard error, JSON on standard output.

import { load } from "../dist/index.js";
import { adamCold, adamStep } from "./adam.js";
import { measureUnit, report } from "./harness.js";

const unit = await measureUnit();
const cold = await adamCold(load);
const engines = [await load({ engine: "wasm" }), await load({ engine: "js" })];
report(unit, [...cold, ...(await adamStep(engines))]);

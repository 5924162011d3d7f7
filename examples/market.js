// The shortest program: the equilibrium of an economy in a file, as JSON. `node market.js [economy.json]`

import { readFileSync } from "node:fs";
import { load, solutionToJson } from "walras";

const file = process.argv[2] ?? new URL("economy.json", import.meta.url);
const walras = await load();
const economy = walras.economy(readFileSync(file, "utf8"));
const market = walras.equilibrium(economy, { throwOnFailure: true });
console.log(JSON.stringify(solutionToJson(market, economy), null, 2));

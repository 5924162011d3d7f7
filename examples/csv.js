// CSV in, CSV out: reads an economy, one row for each agent, and writes what each agent buys (above 0) and sells, with
// prices in the last row. `node csv.js [village.csv] > trades.csv`

import { readFileSync } from "node:fs";
import { load, parseEconomyCsv } from "walras";

const file = process.argv[2] ?? new URL("village.csv", import.meta.url);
const economy = parseEconomyCsv(readFileSync(file, "utf8"));
const walras = await load();
const { prices, netTrades } = walras.equilibrium(economy, { throwOnFailure: true });

/** A field of CSV: in quotes if it has to be. A name that a spreadsheet would take for a formula gets an apostrophe. */
const field = (name) => {
  const text = /^[=+\-@\t\r\n]/.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const m = economy.goods.length;
const rows = [
  ["agent", ...economy.goods.map(field)],
  ...economy.agents.map((agent, i) => [field(agent), ...netTrades.subarray(i * m, (i + 1) * m)]),
  ["price", ...prices],
];
process.stdout.write(rows.map((row) => `${row.join(",")}\n`).join(""));

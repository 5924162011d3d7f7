// node bench/rivals/table.js RESULTS.json: prints the results of npm run bench:rivals as Markdown,
// one table for each kind of work.

import { readRun } from "../compare.js";

const { results, environment } = readRun(process.argv[2]);
const KINDS = [["Adam step"], ["plan"], ["equilibrium"], ["plans", "equilibria"]];

console.log(`Node ${environment.node}, ${environment.python}, ${environment.date.slice(0, 10)}.`);
for (const kinds of KINDS) {
  const rows = results.filter(({ work }) => kinds.some((kind) => work.startsWith(`${kind} `)));
  const works = [...new Set(rows.map(({ work }) => work))];
  console.log(`\n| ns per cell | ${works.join(" | ")} |\n| --- |${" --- |".repeat(works.length)}`);
  for (const rival of new Set(rows.map((row) => row.rival))) {
    const own = rows.filter((row) => row.rival === rival);
    const version = own.find((row) => row.version)?.version;
    const cells = works.map((work) => cell(own, rows, work));
    console.log(`| ${rival}${version ? ` ${version}` : ""} | ${cells.join(" | ")} |`);
  }
}

/** A time, its ratio to that of walras on WebAssembly, and the residual, as text. */
function cell(own, rows, work) {
  const found = own.find((row) => row.work === work);
  if (!found) return "";
  if (found.failed) return found.failed;
  const base = rows.find((row) => row.work === work && row.rival === "walras wasm")?.nsPerCell;
  const ratio = found.rival === "walras wasm" || !base ? "" : `×${digits(found.nsPerCell / base, 2)}, `;
  return `${digits(found.nsPerCell, 3)} (${ratio}${found.residual.toExponential(0)})`;
}

function digits(value, count) {
  return Number(value.toPrecision(count)).toLocaleString("en-GB", { useGrouping: true });
}

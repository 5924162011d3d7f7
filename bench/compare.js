// npm run bench:compare A.json B.json: compares two runs of npm run bench, work by work. The exit
// status is 2 if they cannot be compared.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import Table from "cli-table3";

/**
 * The works that two runs measured, side by side: `ratio` is the second median over the first,
 * `apart` says that their spreads do not overlap.
 * @param {any[]} runs
 * @returns {{ suite: string, work: string, engine: string, before: any, after: any, ratio: number, apart: boolean }[]}
 * @throws Error naming what differs: the machine, the major version of Node, suites or works
 */
export function compare(...runs) {
  const [a, b] = runs.map((run) => ({ ...run, results: run.results.filter((result) => !result.failed) }));
  const unlike = differences(a, b);
  if (unlike.length > 0) throw new Error(`these runs are unlike: ${unlike.join("; ")}`);
  const second = new Map(b.results.map((result) => [nameOf(result), result]));
  return a.results.map((before) => {
    const after = second.get(nameOf(before));
    const apart = before.most < after.least || after.most < before.least;
    return { ...labels(before), before, after, ratio: figureOf(after) / figureOf(before), apart };
  });
}

/** The reasons why two runs cannot be compared, in words. */
function differences(a, b) {
  const found = [];
  const differ = (what, first, second) => {
    if (first !== second) found.push(`${what} is ${first} in the first and ${second} in the second`);
  };
  differ("Node's major version", major(a.environment.node), major(b.environment.node));
  differ("the processor", a.environment.cpu, b.environment.cpu);
  differ("the architecture", a.environment.arch, b.environment.arch);
  const suites = (run) => new Set(run.results.map((result) => result.suite));
  const missing = [lacking("suite", suites(a), suites(b)), lacking("suite", suites(b), suites(a))];
  found.push(...missing[0].map((text) => `${text} is missing in the second`));
  found.push(...missing[1].map((text) => `${text} is missing in the first`));
  if (a.results.length + b.results.length === 0) found.push("neither measured anything");
  if (found.length > 0) return found;
  const works = (run) => new Set(run.results.map(nameOf));
  found.push(...lacking("work", works(a), works(b)).map((text) => `${text} is missing in the second`));
  found.push(...lacking("work", works(b), works(a)).map((text) => `${text} is missing in the first`));
  return found;
}

function lacking(kind, there, elsewhere) {
  return [...there].filter((name) => !elsewhere.has(name)).map((name) => `the ${kind} ${name}`);
}

const figureOf = (result) => result.nsPerCell ?? result.figure;
const major = (version) => /^v?\d+/.exec(version)?.[0];
const labels = ({ suite, work, engine }) => ({ suite, work, engine });
const nameOf = (result) => `${result.suite}: ${result.work}, ${result.engine}`;

function main([first, second, ...rest]) {
  try {
    if (!second || rest.length > 0) throw new Error("two files are needed: npm run bench:compare A.json B.json");
    const [a, b] = [first, second].map(readRun);
    const table = new Table({
      head: ["suite", "work", "engine", "first", "second", "second over first", "spreads"],
      style: { head: [], border: [], compact: true },
    });
    for (const { suite, work, engine, before, after, ratio, apart } of compare(a, b)) {
      const figures = [figureOf(before).toPrecision(4), figureOf(after).toPrecision(4), ratio.toFixed(2)];
      table.push([suite, work, engine, ...figures, apart ? "apart" : "overlap"]);
    }
    console.log(`${table}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}

/**
 * The results that a run printed to a file, which may begin with lines of npm.
 * @throws Error that names the file
 */
export function readRun(file) {
  let run;
  try {
    const text = readFileSync(file, "utf8");
    run = JSON.parse(text.slice(Math.max(0, text.search(/^\{/m))));
  } catch (error) {
    throw new Error(`${file}: ${error.message}`);
  }
  if (!Array.isArray(run?.results) || !run.environment) throw new Error(`${file}: must be the JSON of npm run bench`);
  return run;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv.slice(2));

// Do the tests notice when the core is wrong? `npm run faults` seeds the faults of test/faults/ into
// assembly/, one at a time, and runs the tests that are to kill it. It works in copies of the tree,
// so that nothing here is touched.
//
//   --only TEXT   only faults whose file or description contains TEXT; may be given again
//   --all         what lives is run against the whole suite before it counts as living
//   --jobs N      so many copies at a time, default 2
//
// The exit status is 1 where a fault lives that is not said to be equivalent, where one that is
// said to be is killed, and where a fault does not compile; 2 where the list is stale.
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { bundleKernels } from "./bundle.js";
import { compileKernels } from "./compile.js";

const root = fileURLToPath(new URL("..", import.meta.url));

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    all: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
  },
});

/** A run of a test file that takes longer than this has been sent into an endless loop. */
const TIMEOUT = 240_000;
const SUITE_TIMEOUT = 1_800_000;

const KILLED = "killed";
const LIVES = "lives";
const EQUIVALENT = "equivalent";
const UNBUILT = "does not compile";

/** The faults of all lists, each with its file and the tests that are to kill it. */
async function readFaults() {
  const lists = readdirSync(`${root}test/faults`).sort();
  const files = await Promise.all(
    lists.map(async (list) => (await import(new URL(`../test/faults/${list}`, import.meta.url))).default),
  );
  return files.flat().flatMap(({ file, tests, faults }) => faults.map((fault) => ({ tests, ...fault, file })));
}

/** Sentences about faults whose text is not found exactly once, and about tests that are not there. */
function stale(faults) {
  const sources = new Map();
  return faults.flatMap(({ file, text, fault, breaks, tests }) => {
    if (!sources.has(file)) sources.set(file, readFileSync(`${root}assembly/${file}`, "utf8"));
    const times = sources.get(file).split(text).length - 1;
    const missing = tests.filter((test) => !existsSync(`${root}${pathOf(test)}`));
    return [
      ...(times === 1 ? [] : [`${file}: "${breaks}": its text is found ${times} times: ${text}`]),
      ...(text === fault ? [`${file}: "${breaks}" changes nothing`] : []),
      ...missing.map((test) => `${file}: "${breaks}": there is no ${pathOf(test)}`),
    ];
  });
}

function pathOf(test) {
  return `test/${test}.test.ts`;
}

/** Copies the tree, as it is, to a new folder; packages are linked. */
function copyTree() {
  const copy = `${mkdtempSync(`${tmpdir()}/walras-faults-`)}/`;
  const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", listed, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of new Set(files)) {
    if (!file || !existsSync(`${root}${file}`)) continue;
    mkdirSync(dirname(`${copy}${file}`), { recursive: true });
    cpSync(`${root}${file}`, `${copy}${file}`);
  }
  // A folder of links, in which the test runner can keep a cache of its own.
  mkdirSync(`${copy}node_modules`);
  for (const name of readdirSync(`${root}node_modules`)) {
    if (name !== ".vite") symlinkSync(`${root}node_modules/${name}`, `${copy}node_modules/${name}`);
  }
  mkdirSync(`${copy}build`);
  return copy;
}

// Faults are compiled one at a time, since the compiler keeps state of its own. It does not
// optimise: that takes a minute, and the answers are the same.
let compiling = Promise.resolve();

/** Compiles both engines of a copy. Returns whether that succeeded. */
function compile(copy) {
  const result = compiling.then(async () => {
    try {
      await compileKernels(copy, ["--optimizeLevel", "0", "--noAssert", "--binaryFile", "build/walras.wasm"]);
      await bundleKernels(copy);
      return true;
    } catch {
      return false;
    }
  });
  compiling = result;
  return result;
}

/** Runs test files in a copy; undefined if they pass, else the name of the first that fails. */
async function firstFailure(copy, files, timeout) {
  const output = `${copy}build/results.json`;
  rmSync(output, { force: true });
  const runner = `${root}node_modules/vitest/vitest.mjs`;
  const flags = ["run", "--bail", "1", "--maxWorkers", "1", "--reporter", "json", "--outputFile", output];
  // A group of its own, so that an endless loop in a worker can be ended with it.
  const child = spawn(process.execPath, [runner, ...flags, ...files], { cwd: copy, stdio: "ignore", detached: true });
  running.add(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-child.pid, "SIGKILL");
  }, timeout);
  const code = await new Promise((done) => child.on("exit", done));
  clearTimeout(timer);
  running.delete(child);
  if (late) return `${files.join(" ") || "the suite"} does not end`;
  if (code === 0) return undefined;
  if (!existsSync(output)) return `${files.join(" ") || "the suite"} breaks off`;
  const { testResults } = JSON.parse(readFileSync(output, "utf8"));
  for (const { name, assertionResults, status } of testResults) {
    const failed = assertionResults.find((result) => result.status === "failed");
    if (failed) return failed.fullName;
    if (status === "failed") return `${name.slice(copy.length)} cannot be run`;
  }
  return `vitest ends with ${code}`;
}

const running = new Set();
const copies = [];

function cleanUp() {
  for (const child of running) process.kill(-child.pid, "SIGKILL");
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}

/** What becomes of a fault, and by what. */
async function seed(copy, { file, text, fault, tests, equivalent }) {
  const path = `${copy}assembly/${file}`;
  const source = readFileSync(path, "utf8");
  writeFileSync(
    path,
    source.replace(text, () => fault),
  );
  try {
    if (!(await compile(copy))) return { outcome: UNBUILT };
    for (const test of tests) {
      const by = await firstFailure(copy, [pathOf(test)], TIMEOUT);
      if (by) return { outcome: KILLED, by };
    }
    if (equivalent) return { outcome: EQUIVALENT };
    if (options.all) {
      execFileSync(process.execPath, [`${copy}scripts/build.js`], { cwd: copy, stdio: "ignore" });
      const by = await firstFailure(copy, [], SUITE_TIMEOUT);
      if (by) return { outcome: KILLED, by };
    }
    return { outcome: LIVES };
  } finally {
    writeFileSync(path, source);
  }
}

const all = await readFaults();
const problems = stale(all);
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(2);
}
const chosen = all.filter(
  ({ file, breaks }) => !options.only || options.only.some((part) => file.includes(part) || breaks.includes(part)),
);
if (chosen.length === 0) {
  console.error("no fault has that in its file or description");
  process.exit(2);
}
process.on("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

// Without a fault every test has to pass, or a failure would tell nothing.
const jobs = Math.max(1, Math.min(Number(options.jobs), chosen.length));
for (let job = 0; job < jobs; job++) copies.push(copyTree());
if (!(await compile(copies[0]))) throw new Error("assembly/ does not compile without a fault");
const used = [...new Set(chosen.flatMap(({ tests }) => tests))];
const failure = await firstFailure(copies[0], used.map(pathOf), SUITE_TIMEOUT);
if (failure) {
  console.error(`without a fault, this fails: ${failure}`);
  process.exit(2);
}

const results = new Map();
const queue = [...chosen];
await Promise.all(
  copies.map(async (copy) => {
    for (let fault = queue.shift(); fault; fault = queue.shift()) {
      const result = await seed(copy, fault);
      results.set(fault, result);
      const { file, breaks } = fault;
      console.log(
        `${results.size}/${chosen.length} ${result.outcome}: ${file}: ${breaks}${result.by ? ` <- ${result.by}` : ""}`,
      );
    }
  }),
);

const files = [...new Set(chosen.map(({ file }) => file))].sort();
const count = (faults, wanted) => faults.filter((fault) => results.get(fault).outcome === wanted).length;
const row = (name, faults) => [
  name,
  faults.length,
  ...[KILLED, LIVES, EQUIVALENT, UNBUILT].map((o) => count(faults, o)),
];
const table = new Table({
  head: ["assembly/", "faults", KILLED, LIVES, EQUIVALENT, UNBUILT],
  colAligns: ["left", "right", "right", "right", "right", "right"],
  style: { head: [], border: [], compact: true },
});
for (const file of files)
  table.push(
    row(
      file,
      chosen.filter((fault) => fault.file === file),
    ),
  );
table.push(row("all", chosen));
console.log(table.toString());

let wrong = 0;
for (const fault of chosen) {
  const { file, breaks, equivalent } = fault;
  const { outcome, by } = results.get(fault);
  if (outcome === EQUIVALENT) console.log(`equivalent: ${file}: ${breaks}: ${equivalent}`);
  if (outcome === (equivalent ? EQUIVALENT : KILLED)) continue;
  wrong++;
  console.log(
    `${equivalent ? "said to be equivalent, but " : ""}${outcome}: ${file}: ${breaks}${by ? ` <- ${by}` : ""}`,
  );
}
const told = chosen.length - count(chosen, EQUIVALENT);
console.log(
  `${count(chosen, KILLED)} of ${told} faults are killed (${((100 * count(chosen, KILLED)) / told).toFixed(1)} %)`,
);
process.exitCode = wrong > 0 ? 1 : 0;

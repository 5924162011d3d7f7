// npm run bench:rivals [-- WORD...]: measures the same works on walras and its rivals, each in a
// process of its own. A table goes to standard error, JSON to standard output. With words, only
// rivals and works whose names contain one of them are measured. PYTHON names another python3.

import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { load } from "../../dist/index.js";
import { report } from "../harness.js";
import { judge, works } from "./works.js";

/** The milliseconds after which a rival's process is ended, from its start. */
const LIMIT = 40_000;

/** The rivals: name, file, the solver in it, and the largest size of each kind of work. */
const RIVALS = [
  [
    "walras wasm",
    "walras.js",
    "wasm",
    { adam: 1000, longAdam: 1000, plan: 1000, equilibrium: 200, plans: 3, equilibria: 3 },
  ],
  ["walras wasm, single", "walras.js", "single", { adam: 1000, longAdam: 1000 }],
  ["walras pool, two workers", "walras.js", "pool", { adam: 1000, longAdam: 1000 }],
  ["walras pool, two workers, single", "walras.js", "poolSingle", { adam: 1000, longAdam: 1000 }],
  ["walras js", "walras.js", "js", { adam: 1000, plan: 1000, equilibrium: 200, plans: 3, equilibria: 3 }],
  ["native C", "native.js", "double", { adam: 1000, longAdam: 1000, plan: 1000, plans: 3, equilibria: 3 }],
  ["native C, single", "native.js", "float", { adam: 1000, longAdam: 1000 }],
  ["plain JavaScript", "plain.js", "plain", { adam: 1000, plan: 1000, equilibrium: 200, plans: 3, equilibria: 3 }],
  ["tfjs cpu, single", "tfjs.js", "cpu", { adam: 1000 }],
  ["tfjs wasm, single", "tfjs.js", "wasm", { adam: 1000 }],
  ["jax-js, single", "jax.js", "single", { adam: 1000 }],
  ["jax-js", "jax.js", "double", { adam: 1000 }],
  ["numeric uncmin", "numeric.js", "uncmin", { plan: 10, equilibrium: 10 }],
  ["numeric solve in Newton", "numeric.js", "newton", { equilibrium: 10 }],
  ["nlopt-js SLSQP", "nlopt.js", "slsqp", { plan: 10 }],
  ["nlopt-js L-BFGS", "nlopt.js", "lbfgs", { equilibrium: 10 }],
  ["ml-levenberg-marquardt", "levenberg.js", "differences", { plan: 3, equilibrium: 10 }],
  ["ml-levenberg-marquardt, Jacobian", "levenberg.js", "jacobian", { equilibrium: 10 }],
  ["numpy", "by_numpy.py", "numpy", { adam: 1000, plan: 1000, equilibrium: 200, plans: 3, equilibria: 3 }],
  ["numba", "by_numba.py", "numba", { adam: 1000, plan: 1000, plans: 3 }],
  ["SciPy fsolve, conditions", "by_scipy.py", "conditions", { equilibrium: 10 }],
  ["SciPy fsolve", "by_scipy.py", "fsolve", { equilibrium: 200, equilibria: 3 }],
  ["SciPy fsolve, Jacobian", "by_scipy.py", "jacobian", { equilibrium: 200, equilibria: 3 }],
  ["SciPy root krylov", "by_scipy.py", "krylov", { equilibrium: 200 }],
  ["PyTorch, one thread, single", "by_torch.py", "single", { adam: 1000, longAdam: 1000 }],
  ["PyTorch, one thread", "by_torch.py", "double", { adam: 1000, longAdam: 1000 }],
  ["PyTorch, two threads, single", "by_torch.py", "single two", { adam: 1000, longAdam: 1000 }],
  ["PyTorch, two threads", "by_torch.py", "double two", { adam: 1000, longAdam: 1000 }],
];

const folder = fileURLToPath(new URL(".", import.meta.url));
const python = process.env.PYTHON ?? "python3";
const words = process.argv.slice(2);
const asked = (name) => words.length === 0 || words.some((word) => name.includes(word));

if (!existsSync(`${folder}node_modules`)) {
  // If they cannot be installed, these rivals are reported as absent.
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
  } catch {
    process.stderr.write("the JavaScript rivals could not be installed\n");
  }
}
const judging = await load();
const results = [];
for (const work of works()) {
  const data = JSON.stringify(work, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value));
  for (const [name, file, solver, largest] of RIVALS) {
    if (!(work.size <= largest[work.entry ?? work.kind]) || !(asked(name) || asked(work.work))) continue;
    const start = performance.now();
    const found = await measured(file, solver, work, data);
    const engine = found.version ? `${name} (${found.version})` : name;
    results.push({ suite: "rivals", work: work.work, rival: name, engine, ...found });
    process.stderr.write(`${work.work}: ${name}, ${((performance.now() - start) / 1000).toFixed(1)} s in all\n`);
  }
}
report(results, { python: pythonVersion() });

/** A rival's times with the residual of its answer, or the reason why there is none. */
async function measured(file, solver, work, data) {
  const [command, ...script] = program(file);
  const child = spawn(command, [...script, solver], { cwd: folder, timeout: LIMIT, killSignal: "SIGKILL" });
  const ended = new Promise((resolve) => {
    child.on("error", () => resolve("absent"));
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  child.stdin.on("error", () => {}); // a child that ends early is judged by how it ends
  child.stdin.end(data);
  const [output, errors, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (end === "SIGKILL") return { failed: `none after ${LIMIT / 1000} s` };
  if (end === "absent") return { failed: `absent: no ${command}` };
  if (end !== 0) return { failed: reason(errors) };
  const { answer, version, ...times } = JSON.parse(output.slice(output.lastIndexOf('{"version"')));
  try {
    return { ...times, version, residual: judge(judging, work, answer) };
  } catch (error) {
    return { version, failed: `no answer: ${error.message}` };
  }
}

/** The command of a rival's process, without its solver. */
function program(file) {
  if (file.endsWith(".py")) return [python, file];
  return file === "native.js" ? [process.execPath, file] : [process.execPath, "one.js", `./${file}`];
}

/** The reason why a process failed, from its errors: a missing module or compiler, or the last line. */
function reason(errors) {
  const missing = /(No module named|Cannot find (?:package|module|compiler)) '([^']+)'/.exec(errors);
  if (missing) return `absent: no ${missing[2]}`;
  const lines = errors.trim().split("\n");
  return `failed: ${lines.findLast((line) => /Error/.test(line)) ?? lines.at(-1)}`.slice(0, 80);
}

function pythonVersion() {
  try {
    return execFileSync(python, ["--version"], { encoding: "utf8" }).trim();
  } catch {
    return "none";
  }
}

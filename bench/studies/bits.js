// npm run bench:bits [-- DIST [OTHER]] [--count COUNT] [--near TOLERANCE]: solves seeded economies
// with every solver on both engines, and prints a hash of each solver's answers, bit for bit.
// DIST and OTHER are built entries, `dist/index.js` of this or of another checkout. Without them,
// this checkout's entry is taken.
//
// With two builds, the solvers whose answers differ are named, and the exit status is 1 if there
// are any. With --near, their largest difference is printed, and differences up to TOLERANCE are
// accepted on the JavaScript engine. On WebAssembly every bit counts.

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { answerOf, bytesOf, solversOf } from "../solved.js";

const { values: options, positionals } = parseArgs({
  options: { count: { type: "string" }, near: { type: "string" } },
  allowPositionals: true,
});
const count = Number(options.count ?? 1000);
const near = options.near === undefined ? undefined : Number(options.near);
if (!(count >= 1) || (near !== undefined && !(near >= 0)) || positionals.length > 2) {
  console.error("usage: node bench/studies/bits.js [DIST [OTHER]] [--count COUNT] [--near TOLERANCE]");
  process.exit(2);
}

/** Every solver's answers on both engines of a build, by "solver, engine". */
async function run(dist) {
  const { load } = await import(pathToFileURL(resolve(dist)).href);
  const found = new Map();
  for (const engine of ["wasm", "js"]) {
    const walras = await load({ engine });
    for (const [solver, { part = 1, ask }] of Object.entries(solversOf(count))) {
      const asked = Math.max(1, Math.round(part * count));
      const answers = Array.from({ length: asked }, (_, seed) => answerOf(ask, walras, seed));
      found.set(`${solver}, ${engine}`, { solver, engine, asked, answers });
    }
  }
  return found;
}

function hashOf(answers) {
  return createHash("sha256").update(bytesOf(answers)).digest("hex");
}

/**
 * The largest difference of two runs' numbers, relative to the largest number of their block, or to
 * 1 if that is larger. It is infinite if words or lengths differ. `steps` counts the economies whose
 * numbers of steps differ.
 */
function distance(first, second) {
  let largest = 0;
  let steps = 0;
  first.forEach((one, k) => {
    const other = second[k];
    if (`${one.steps}` !== `${other.steps}`) steps++;
    const alike = one.blocks.length === other.blocks.length && one.words.join("\n") === other.words.join("\n");
    if (!alike) largest = Number.POSITIVE_INFINITY;
    else
      one.blocks.forEach((block, b) => {
        largest = Math.max(largest, blockDistance(block, other.blocks[b]));
      });
  });
  return { largest, steps };
}

function blockDistance(a, b) {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let [scale, largest] = [1, 0];
  for (let k = 0; k < a.length; k++) {
    if (Object.is(a[k], b[k])) continue;
    if (!Number.isFinite(a[k]) || !Number.isFinite(b[k])) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(a[k] - b[k]));
  }
  for (const v of a) if (Number.isFinite(v)) scale = Math.max(scale, Math.abs(v));
  return largest / scale;
}

const paths = positionals.length > 0 ? positionals : [fileURLToPath(new URL("../../dist/index.js", import.meta.url))];
const builds = [];
for (const path of paths) builds.push(await run(path));
const hashes = builds.map((build) => new Map([...build].map(([name, { answers }]) => [name, hashOf(answers)])));

const results = [...builds[0]].map(([name, { solver, engine, asked }]) => ({
  ...{ solver, engine, asked },
  hashes: hashes.map((of) => of.get(name)),
}));
if (builds.length === 2) {
  for (const result of results.filter(({ hashes: [one, other] }) => one !== other)) {
    const name = `${result.solver}, ${result.engine}`;
    Object.assign(result, distance(...builds.map((build) => build.get(name).answers)));
    result.accepted = result.engine === "js" && near !== undefined && result.largest <= near;
    const steps = result.steps > 0 ? `; another number of steps in ${result.steps} of ${result.asked}` : "";
    const apart = near === undefined ? "" : ` by up to ${result.largest.toExponential(1)}${steps}`;
    console.error(`${name}: answers differ${apart}${result.accepted ? ", accepted" : ""}`);
    if (!result.accepted) process.exitCode = 1;
  }
}
console.log(JSON.stringify({ builds: paths, count, results }, null, 2));

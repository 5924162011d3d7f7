// npm run bench:bits [-- DIST [OTHER]] [--count COUNT] [--near TOLERANCE]: hashes of the answers of every solver, bit for bit, to seeded
// economies on both engines. DIST and OTHER are built entries, `dist/index.js` of this or of another checkout; DIST is this one's by default.
// With two builds, the solvers whose answers differ are named, and the exit status is 1 if there are any. With --near, differences up to
// TOLERANCE are accepted on the JavaScript engine; on WebAssembly every bit counts.

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { hardMarket, mildMarket, symmetric, uniform } from "../economies.js";

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

/** Texts for people, which may be reworded, and the numbers of steps, which are compared apart from answers. */
const TEXTS = ["message", "searched"];
const STEPS = ["iterations", "evaluations"];

/** A planner's economy of 1 to 12 agents and goods; `omega` maps a uniform number to a curvature, `wanted` is the part of alphas above 0. */
function planner(seed, { omega, wanted = 1, agents, goods }) {
  const draw = uniform(seed);
  const size = () => 1 + Math.floor(12 * draw());
  const [n, m] = [agents ?? size(), goods ?? size()];
  const logUniform = (from, to) => from * (to / from) ** draw();
  const matrix = (cell) => Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => cell(i, j)));
  return {
    alpha: matrix((i, j) => (j === i % m || draw() < wanted ? logUniform(1e-3, 1e3) : 0)),
    omega: matrix(() => omega(draw())),
    totals: Array.from({ length: m }, () => logUniform(1e-3, 1e3)),
    weights: Array.from({ length: n }, () => logUniform(0.1, 10)),
  };
}
const concave = (u) => -0.05 * 400 ** u;
const convex = (u) => 2 * u;
const mixed = (u) => 4 * u - 3;

/** A hard market in which a third of the agents' wants are 0, so that some economies fall into groups. */
function sparse(seed) {
  const { alpha, ...rest } = hardMarket(seed);
  const draw = uniform(seed + 1);
  const kept = alpha.map((row, i) => row.map((a, j) => (j === i % row.length || draw() > 1 / 3 ? a : 0)));
  return { alpha: kept, ...rest };
}

const mild = (seed) => mildMarket(2 + (seed % 7), 2 + (seed % 5), seed);
const spread = (agents, goods) => (seed) => hardMarket(seed, { least: 2, agents, goods });

/** An economy for the share demand, in which all incomes are just enough for all goods at prices of 1. */
function shares(seed) {
  const economy = planner(seed, { omega: (u) => 0.2 + 0.7 * u });
  const sum = (values) => values.reduce((a, b) => a + b);
  const worth = sum(economy.totals) / sum(economy.weights);
  return { ...economy, incomes: economy.weights.map((w) => w * worth) };
}

/** Economies of one size, flat, as the bulk calls take them. */
function flat(size, make) {
  const economies = Array.from({ length: size }, (_, seed) => make(seed));
  const [n, m] = [economies[0].alpha.length, economies[0].alpha[0].length];
  const keys = ["alpha", "omega", "endowments", "totals", "weights"].filter((key) => key in economies[0]);
  const blocks = keys.map((key) => [key, Float64Array.from(economies.flatMap((economy) => economy[key].flat()))]);
  return { agents: n, goods: m, count: size, ...Object.fromEntries(blocks) };
}

/** Each solver's answers to one economy, or to a call of many: what is asked, and for which part of COUNT. */
const SOLVERS = {
  "plan, concave": plans({ omega: concave }),
  "plan, convex": plans({ omega: convex }),
  "plan, mixed": plans({ omega: mixed }),
  "plan, with zero wants": plans({ omega: concave, wanted: 2 / 3 }),
  "plan, mixed with zero wants": { part: 0.3, ...plans({ omega: mixed, wanted: 2 / 3 }) },
  "plan, large": { part: 0.01, ...plans({ omega: concave, agents: 300, goods: 40 }) },
  "prepared plan": {
    ask(walras, seed) {
      const economy = planner(seed, { omega: concave });
      const ready = walras.prepare(walras.economy(economy));
      const weights = economy.weights.map((w) => w * w);
      const answers = [walras.plan(ready), walras.plan(ready, { weights })];
      ready.dispose();
      return answers;
    },
  },
  ...Object.fromEntries(
    ["shares", "penalty"].flatMap((formulation) =>
      ["double", "single"].map((precision) => [
        `planWithAdam, ${formulation}, ${precision}`,
        adam(formulation, precision),
      ]),
    ),
  ),
  "equilibrium, mild": equilibrium(mild),
  "equilibrium, hard": equilibrium(hardMarket),
  "equilibrium, two agents or two goods": equilibrium((seed) =>
    hardMarket(seed, seed % 2 === 0 ? { agents: 2 } : { goods: 2 }),
  ),
  "equilibrium, with zero wants": equilibrium(sparse),
  "equilibrium, from a start": equilibrium(hardMarket, (economy) => ({ start: economy.goods.map((_, j) => 1 + j) })),
  "equilibrium, large": { part: 0.01, ...equilibrium((seed) => mildMarket(60, 50, seed)) },
  "equilibrium, share demand": equilibrium(shares, () => ({ demand: "shares" })),
  "equilibria, two goods": equilibria(spread(undefined, 2), 1),
  "equilibria, two agents": equilibria(spread(2, undefined), 1),
  "equilibria, three goods": equilibria(spread(undefined, 3), 0.1),
  "equilibria, three agents": equilibria(spread(3, undefined), 0.1),
  "equilibria, searched": equilibria((seed) => (seed === 0 ? symmetric(4) : spread(4, 4)(seed)), 0.02),
  planMany: many("planMany", [[3, 3], [2, 5], [8, 4]], (n, m) => (seed) => planner(seed, { omega: concave, agents: n, goods: m })), // biome-ignore format: sizes
  equilibriumMany: many("equilibriumMany", [[3, 3], [2, 5], [5, 2], [6, 4]], (agents, goods) => (seed) => hardMarket(seed, { agents, goods, greatest: 5 })), // biome-ignore format: sizes
  equilibriaMany: many("equilibriaMany", [[2, 2], [2, 5], [5, 2]], spread), // biome-ignore format: sizes
  "statics of plans": {
    part: 0.3,
    ask(walras, seed) {
      const economy = walras.economy(planner(seed, { omega: (u) => -0.3 - 3 * u }));
      return walras.statics(economy, walras.plan(economy)).matrices();
    },
  },
  "statics of equilibria": market(hardMarket, 0.3, (walras, economy, solution) => {
    const { forward, adjoint, matrices, ...measures } = walras.statics(economy, solution);
    return [measures, matrices()];
  }),
  frontier: {
    part: 0.1,
    ask(walras, seed) {
      const agents = 2 + (seed % 3);
      const economy = planner(seed, { omega: concave, agents });
      const between = { from: economy.weights, to: economy.weights.toReversed(), points: 17 };
      return walras.frontier(walras.economy(economy), [{ points: 33 }, { divisions: 6 }, between][agents - 2]);
    },
  },
  tatonnement: {
    part: 0.1,
    ask: (walras, seed) => walras.tatonnement(walras.economy(mild(seed)), { maxSteps: 40, points: 41 }),
  },
  edgeworthBox: market(
    (seed) => mildMarket(2, 2, seed),
    0.1,
    (walras, economy, { prices }) => walras.edgeworthBox(economy, { prices }),
  ),
  check: market(mild, 1, (walras, economy, { prices, allocation }) => [
    walras.check(economy, { prices, allocation }),
    walras.check(economy, { prices }),
  ]),
  compare: market(mild, 1, (walras, economy, solution) => {
    const [n, m] = [economy.agents.length, economy.goods.length];
    const allocation = Array.from({ length: n }, (_, i) => economy.endowments.slice(i * m, (i + 1) * m));
    return walras.compare(economy, { prices: new Array(m).fill(1 / m), allocation }, solution);
  }),
  fairness: market(mild, 1, (walras, economy, solution) => walras.fairness(economy, solution)),
  transferParadox: market(mild, 1, (walras, economy, solution) => walras.transferParadox(economy, solution)),
};

function plans(kind) {
  return { ask: (walras, seed) => walras.plan(walras.economy(planner(seed, kind))) };
}

function adam(formulation, precision) {
  const ask = (walras, seed) => {
    const economy = walras.economy(planner(seed, { omega: (u) => -0.3 - u }));
    return walras.planWithAdam(economy, { formulation, precision, maxSteps: 20, trace: 5, seed });
  };
  return { ask };
}

function equilibrium(make, asked = () => ({})) {
  return {
    ask(walras, seed) {
      const economy = walras.economy(make(seed));
      return walras.equilibrium(economy, asked(economy));
    },
  };
}

function equilibria(make, part) {
  return { part, ask: (walras, seed) => walras.equilibria(walras.economy(make(seed))) };
}

/** What is made of a market's equilibrium. */
function market(make, part, judge) {
  return {
    part,
    ask(walras, seed) {
      const economy = walras.economy(make(seed));
      return judge(walras, economy, walras.equilibrium(economy));
    },
  };
}

/** One call for each size, of COUNT economies in all. */
function many(call, sizes, make) {
  const size = Math.ceil(count / sizes.length);
  return {
    part: sizes.length / count,
    ask: (walras, seed) => walras[call](flat(size, make(...sizes[seed]))),
  };
}

/** The numbers of an answer block by block, the rest of it in words, and the numbers of steps; in the order of the keys' names. */
function parts(answer, into = { blocks: [], words: [], steps: [] }) {
  if (typeof answer === "number") into.blocks.push([answer]);
  else if (ArrayBuffer.isView(answer)) into.blocks.push(answer);
  else if (typeof answer !== "object" || answer === null) into.words.push(`${answer}`);
  else if (Array.isArray(answer) && answer.length > 0 && answer.every((v) => typeof v === "number"))
    into.blocks.push(answer);
  else if (Array.isArray(answer)) for (const element of answer) parts(element, into);
  else {
    for (const key of Object.keys(answer).sort()) {
      if (TEXTS.includes(key) || typeof answer[key] === "function") continue;
      if (STEPS.includes(key)) into.steps.push(answer[key]);
      else parts(answer[key], into);
    }
  }
  return into;
}

/** Asks a solver; what it throws is its answer. */
function answerOf(ask, walras, seed) {
  try {
    return parts(ask(walras, seed));
  } catch (error) {
    return parts({ thrown: error.name });
  }
}

/** Every solver's answers on every engine of a build, by the names of both. */
async function run(dist) {
  const { load } = await import(pathToFileURL(resolve(dist)).href);
  const found = new Map();
  for (const engine of ["wasm", "js"]) {
    const walras = await load({ engine });
    for (const [solver, { part = 1, ask }] of Object.entries(SOLVERS)) {
      const asked = Math.max(1, Math.round(part * count));
      const answers = Array.from({ length: asked }, (_, seed) => answerOf(ask, walras, seed));
      found.set(`${solver}, ${engine}`, { solver, engine, asked, answers });
    }
  }
  return found;
}

/** SHA-256 of all of it: bits of numbers, lengths of blocks, words and steps. */
function hashOf(answers) {
  const hash = createHash("sha256");
  for (const { blocks, words, steps } of answers) {
    for (const block of [...blocks, steps]) hash.update(`${block.length}`).update(Float64Array.from(block));
    hash.update(words.join("\n"));
  }
  return hash.digest("hex");
}

/**
 * How far two runs of a solver are apart: the largest difference of numbers, relative to the largest number of the block they are in, or to
 * 1 if that is larger; infinite if words or lengths differ. Also for how many economies the numbers of steps differ.
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

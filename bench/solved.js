// Seeded economies for every solver, and answers as numbers, for the comparison of bits. Runs wherever
// JavaScript does: scripts/environments.js takes it to browsers, workers and other hosts.

import { hardMarket, mildMarket, symmetric, uniform } from "./economies.js";

/** Texts for people, which may be reworded. */
const TEXTS = ["message", "searched"];
/** Numbers of steps, which count in hashes but not as differences of answers. */
const STEPS = ["iterations", "evaluations"];

/**
 * A planner's economy of 1 to 12 agents and goods; `omega` maps a uniform number to a curvature,
 * `wanted` is the part of alphas above 0.
 */
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

/** A hard market in which a third of the wants are 0, so that some fall into groups. */
function sparse(seed) {
  const { alpha, ...rest } = hardMarket(seed);
  const draw = uniform(seed + 1);
  const kept = alpha.map((row, i) => row.map((a, j) => (j === i % row.length || draw() > 1 / 3 ? a : 0)));
  return { alpha: kept, ...rest };
}

const mild = (seed) => mildMarket(2 + (seed % 7), 2 + (seed % 5), seed);
const steep = (agents, goods) => (seed) => hardMarket(seed, { minGamma: 2, agents, goods });

/** An economy for the share demand, in which incomes add up to the totals. */
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

/**
 * The solvers by name: `ask` returns the answers for one seed, `part` is the part of `count` seeds
 * that is asked.
 */
export const solversOf = (count) => ({
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
  "equilibria, two goods": equilibria(steep(undefined, 2), 1),
  "equilibria, two agents": equilibria(steep(2, undefined), 1),
  "equilibria, three goods": equilibria(steep(undefined, 3), 0.1),
  "equilibria, three agents": equilibria(steep(3, undefined), 0.1),
  "equilibria, searched": equilibria((seed) => (seed === 0 ? symmetric(4) : steep(4, 4)(seed)), 0.02),
  planMany: many(count, "planMany", [[3, 3], [2, 5], [8, 4]], (n, m) => (seed) => planner(seed, { omega: concave, agents: n, goods: m })), // biome-ignore format: sizes
  equilibriumMany: many(count, "equilibriumMany", [[3, 3], [2, 5], [5, 2], [6, 4]], (agents, goods) => (seed) => hardMarket(seed, { agents, goods, maxGamma: 5 })), // biome-ignore format: sizes
  equilibriaMany: many(count, "equilibriaMany", [[2, 2], [2, 5], [5, 2]], steep), // biome-ignore format: sizes
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
});

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

/** A solver that starts from a market's equilibrium. */
function market(make, part, judge) {
  return {
    part,
    ask(walras, seed) {
      const economy = walras.economy(make(seed));
      return judge(walras, economy, walras.equilibrium(economy));
    },
  };
}

/** One call for each size, of `count` economies in all. */
function many(count, call, sizes, make) {
  const size = Math.ceil(count / sizes.length);
  return {
    part: sizes.length / count,
    ask: (walras, seed) => walras[call](flat(size, make(...sizes[seed]))),
  };
}

/**
 * The numbers of an answer block by block, the rest of it in words, and the numbers of steps; in
 * the order of the keys' names.
 */
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
export function answerOf(ask, walras, seed) {
  try {
    return parts(ask(walras, seed));
  } catch (error) {
    return parts({ thrown: error.name });
  }
}

/** Answers as bytes for a hash: bits of numbers, lengths of blocks, words and steps. */
export function bytesOf(answers) {
  const encoder = new TextEncoder();
  const pieces = answers.flatMap(({ blocks, words, steps }) => [
    ...[...blocks, steps].flatMap((block) => [
      encoder.encode(`${block.length}`),
      new Uint8Array(Float64Array.from(block).buffer),
    ]),
    encoder.encode(words.join("\n")),
  ]);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

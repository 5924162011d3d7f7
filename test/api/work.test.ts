// Calls whose pieces are computed anywhere, in any order: the answer is that of one engine alone, to
// the last bit.

import { describe, expect, it } from "vitest";
import { hardMarket, kehoeMarket, steepMarket, symmetric, uniform } from "../../bench/economies.js";
import type { Engine } from "../../src/engine/engine.js";
import { finishWork, type Piece, type Work } from "../../src/engine/work.js";
import { equilibria } from "../../src/equilibria/equilibria.js";
import type { EconomyData, EquilibriaOptions } from "../../src/index.js";
import { checkEquilibriaOptions } from "../../src/options/options.js";
import { runPiece } from "../../src/pieces.js";
import { engineNamed, engines } from "../support/engines.js";
import { linked } from "../support/markets.js";

const helpers: Record<string, Engine[]> = {
  wasm: [await engineNamed("wasm"), await engineNamed("wasm")],
  js: [await engineNamed("js"), await engineNamed("js")],
};

/**
 * Runs a call as a pool might: pieces begun ahead are computed in random order, by other engines, in
 * part before they are needed and in part when they are. What is sent is cloned both ways. Returns the
 * answer and the names of the pieces that were needed.
 */
function runElsewhere<T>(work: Work<T>, others: readonly Engine[], random: () => number) {
  const begun: Piece[] = [];
  const answers = new Map<Piece, unknown>();
  const needed: string[] = [];
  const compute = (piece: Piece) => {
    const engine = others[Math.floor(random() * others.length)];
    const sent = structuredClone({ name: piece.name, given: piece.given });
    answers.set(piece, structuredClone(runPiece(engine, sent, {})));
  };
  let step = work.next();
  while (!step.done) {
    const request = step.value;
    if (!request.needed) {
      begun.push(request.piece);
      step = work.next();
      continue;
    }
    while (begun.length > 0 && random() < 0.7) compute(begun.splice(Math.floor(random() * begun.length), 1)[0]);
    if (!answers.has(request.piece)) compute(request.piece);
    needed.push(request.piece.name);
    step = work.next(answers.get(request.piece));
  }
  return { answer: step.value, needed };
}

const FOLD = 12.727436591721832;

const CASES: [name: string, data: EconomyData, options?: EquilibriaOptions][] = [
  ...[0, 1, 2].map((seed): [string, EconomyData] => [
    `a random 4x4, ${seed}`,
    hardMarket(100_000 + seed, { minGamma: 2, agents: 4, goods: 4 }),
  ]),
  ["a random 5x5", hardMarket(3, { agents: 5, goods: 5 })],
  ["a random 6x4", hardMarket(4, { agents: 6, goods: 4, minGamma: 1 })],
  ["a symmetric 4x4", symmetric(4)],
  ["a symmetric 5x5 with noise", symmetric(5, { noise: 0.02 }), { seed: 7 }],
  ...[0, 1, 2].map((seed): [string, EconomyData] => [`blocks like Kehoe's, ${seed}`, kehoeMarket(seed)]),
  ["a steep market, with paths", steepMarket(58)],
  ["a steep market of few starts", steepMarket(83), { maxStarts: 300 }],
  ["a proof over goods", hardMarket(87, { agents: 10, goods: 3, minGamma: 2 })],
  [
    "a proof over goods that is cut short",
    hardMarket(87, { agents: 10, goods: 3, minGamma: 2 }),
    { maxIntervals: 700 },
  ],
  ["a proof over agents", hardMarket(9, { agents: 3, goods: 10, minGamma: 2 })],
  ["a critical economy", symmetric(3, { owned: FOLD })],
  ["an economy next to a critical one", symmetric(3, { owned: FOLD * (1 + 1e-6) })],
  ["blocks that do not trade", linked(1e-60)],
  ["an enumeration", hardMarket(4, { agents: 5, goods: 2 })],
];

for (const [name, walras, engine] of engines) {
  describe(`equilibria in pieces, computed elsewhere, on ${name}`, () => {
    it.each(CASES)("are the same for %s", (_, data, options = {}) => {
      const economy = walras.economy(data);
      const alone = walras.equilibria(economy, options);
      const work = () => equilibria(engine, economy, checkEquilibriaOptions(economy, options));
      for (const seed of [1, 2]) {
        expect(runElsewhere(work(), helpers[name], uniform(seed)).answer).toEqual(alone);
      }
      // On the engine of the call itself, piece after piece.
      expect(finishWork(engine, work(), runPiece)).toEqual(alone);
    });
  });
}

describe("the cases", () => {
  it("ask for every kind of piece", () => {
    const [[name, walras, engine]] = engines;
    const names = CASES.flatMap(([, data, options = {}]) => {
      const economy = walras.economy(data);
      const work = equilibria(engine, economy, checkEquilibriaOptions(economy, options));
      return runElsewhere(work, helpers[name], uniform(3)).needed;
    });
    expect([...new Set(names)].sort()).toEqual(["between", "boxes", "paths", "safeguarded", "starts"]);
  });
});

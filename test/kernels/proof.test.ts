// Proofs that lists of equilibria of three goods or three agents are complete, and their bounds.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONVERGED, OPEN_ROWS, PROVED, ProofList, REPORT_SIZE, ROOTS, Solver } from "../../assembly/protocol.js";
import { hardMarket, symmetric as symmetricMarket } from "../../bench/economies.js";
import type { Engine } from "../../src/engine/engine.js";
import { finishWork } from "../../src/engine/work.js";
import { merge, type Proof, type ProofOptions, proveComplete } from "../../src/equilibria/proof.js";
import { addRows, continueProof, type Rows, readRows } from "../../src/equilibria/proofPieces.js";
import type { Economy, EconomyData } from "../../src/index.js";
import { runPiece } from "../../src/pieces.js";
import { engines, logUniform, matrixOf, negative, relativeDifference } from "../support/engines.js";
import { CASES } from "../support/fixtures.js";
import { layInside, startInternals } from "../support/internals.js";
import { type Market, ownersOf } from "../support/markets.js";

const [[, walras, engine]] = engines;

const { memory, economy: laidEconomy, workspaces, system, branchAndBound } = await startInternals();

/** The proof, computed by one engine alone. */
function proofOf(economy: Economy, options: ProofOptions = {}): Proof | undefined {
  return finishWork(engine, proveComplete(engine, economy, options), runPiece, options.signal);
}

function prove(data: EconomyData, options: ProofOptions = {}): Proof {
  const proof = proofOf(walras.economy(data), options);
  if (!proof) throw new Error("no proof was tried");
  return proof;
}

/**
 * The prices of all equilibria found, each list adding up to 1, in ascending order of the first
 * price.
 */
function pricesOf({ found }: Proof): number[][] {
  const prices = found.map(({ logPrices }) => {
    const parts = Array.from(logPrices, (p) => Math.exp(p - Math.max(...logPrices)));
    const sum = parts.reduce((a, b) => a + b);
    return parts.map((p) => p / sum);
  });
  return prices.sort((a, b) => a[0] - b[0]);
}

const indexSum = ({ found }: Proof) => found.reduce((sum, { index }) => sum + index, 0);

/** Each agent owns `own` of one good and 1 of the others, and wants its own good most. */
function symmetric(own: number): EconomyData {
  const matrix = (diagonal: number) => [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? diagonal : 1)));
  return { alpha: matrix(1024), omega: -5, endowments: matrix(own) };
}

/** Markets in which half of the endowments are 0. */
const marketsOf = (n: number, m: number) =>
  fc.record({
    alpha: matrixOf(logUniform(0.01, 100), n, m),
    omega: matrixOf(negative(0.1, 20), n, m),
    endowments: ownersOf(logUniform(0.01, 100), n, m, 2),
  });
const threeGoods = fc.integer({ min: 2, max: 4 }).chain((n) => marketsOf(n, 3));
const threeAgents = fc.integer({ min: 2, max: 5 }).chain((m) => marketsOf(3, m));

describe("completeness proofs", () => {
  const provable = CASES.filter(
    ({ expected, economy: { alpha, endowments } }) =>
      expected.allKnown &&
      Array.isArray(endowments) &&
      (endowments.length === 3 || (endowments as number[][])[0].length === 3) &&
      (alpha as number[][]).flat().every((a) => a > 0),
  );

  it.each(provable.map((c) => [c.name, c] as const))("find all of %s and no more", (_, { economy, expected }) => {
    const proof = prove(economy);
    const { equilibria: known = [] } = expected;
    expect(proof.complete).toBe(true);
    expect(proof.unresolved).toEqual([]);
    const wanted = known.toSorted((a, b) => a.prices[0] - b.prices[0]);
    pricesOf(proof).forEach((prices, k) => {
      // Equilibria whose first prices are close may come in another order.
      const nearest = Math.min(...wanted.map((w) => relativeDifference(prices, w.prices)));
      expect(nearest, `${k}`).toBeLessThan(1e-9);
    });
    expect(proof.found).toHaveLength(known.length);
    expect(indexSum(proof)).toBe(1);
  });

  it.each([
    [3, 3, 2, 100],
    [3, 3, 0.05, 40],
    [10, 3, 2, 10],
    [30, 3, 0.05, 3],
    [3, 5, 2, 40],
    [3, 5, 0.05, 20],
    [3, 20, 2, 3],
  ])("succeed for hard markets of %d agents and %d goods, omega from -20 to -%f", (agents, goods, minGamma, count) => {
    for (let seed = 0; seed < count; seed++) {
      const economy = walras.economy(hardMarket(seed, { minGamma, agents, goods }));
      const proof = proofOf(economy) as Proof;
      expect([seed, proof.complete, indexSum(proof)]).toEqual([seed, true, 1]);
      const list = pricesOf(proof);
      const distance = (prices: ArrayLike<number>) => Math.min(...list.map((own) => relativeDifference(prices, own)));
      expect(distance(walras.equilibrium(economy).prices)).toBeLessThan(1e-4);
      // Each is an equilibrium, of the index that the sign of its determinant gives.
      proof.found.forEach(({ logPrices, index }) => {
        const top = Math.max(...logPrices);
        const own = walras.equilibrium(economy, { start: Array.from(logPrices, (p) => Math.exp(p - top)) });
        expect(own.converged).toBe(true);
        const sum = logPrices.reduce((total, p) => total + Math.exp(p - top), 0);
        const moved = relativeDifference(
          own.prices,
          Array.from(logPrices, (p) => Math.exp(p - top) / sum),
        );
        expect(moved).toBeLessThan(1e-4);
        if (own.index !== 0) expect(index).toBe(own.index);
      });
    }
  });

  it("over three weights agree with the enumeration over two, where two agents demand as one", () => {
    let several = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { alpha, omega, endowments } = hardMarket(seed, { minGamma: 2, agents: 2, goods: 4 });
      // The first agent has one omega for all goods, so two agents with its endowments between them
      // demand what it demands.
      omega[0].fill(omega[0][0]);
      const part = (share: number) => endowments[0].map((e, j) => e * (j === 0 ? 1 - share : share));
      const split = { alpha: [alpha[0], ...alpha], omega: [omega[0], ...omega] };
      const proof = prove({ ...split, endowments: [part(0.3), part(0.7), endowments[1]] });
      const { equilibria, complete } = walras.equilibria(walras.economy({ alpha, omega, endowments }));
      expect([seed, complete, proof.complete, proof.found.length]).toEqual([seed, true, true, equilibria.length]);
      const list = pricesOf(proof);
      for (const { prices } of equilibria) {
        expect(Math.min(...list.map((own) => relativeDifference(own, prices)))).toBeLessThan(1e-5);
      }
      if (list.length > 1) several++;
    }
    expect(several).toBeGreaterThan(0);
  });

  it("agree with the enumeration over the weights of two agents", () => {
    let several = 0;
    for (let seed = 0; seed < 150; seed++) {
      const data = hardMarket(seed, { minGamma: 2, agents: 2, goods: 3 });
      const { equilibria, complete } = walras.equilibria(walras.economy(data));
      if (!complete) continue;
      const proof = prove(data);
      const list = pricesOf(proof);
      expect([seed, proof.complete, list.length]).toEqual([seed, true, equilibria.length]);
      for (const { prices } of equilibria) {
        expect(Math.min(...list.map((own) => relativeDifference(own, prices)))).toBeLessThan(1e-5);
      }
      if (list.length > 1) several++;
    }
    expect(several).toBeGreaterThan(0);
  });

  it("find the seven equilibria of a symmetric economy", () => {
    const proof = prove(symmetric(100));
    expect(proof.complete).toBe(true);
    expect(proof.found.map(({ index }) => index).sort()).toEqual([-1, -1, -1, 1, 1, 1, 1]);
  });

  it("are not claimed at a fold, where equilibria are about to merge", () => {
    // Three pairs appear at once, at 12.72743659...: seven equilibria above, one below.
    expect(prove(symmetric(12.72743659 * (1 + 1e-7))).found).toHaveLength(7);
    expect(prove(symmetric(12.72743659 * (1 - 1e-7))).found).toHaveLength(1);
    const { complete, unresolved, boxes } = prove(symmetric(12.727436591));
    expect(complete).toBe(false);
    expect(boxes).toBeLessThan(50_000);
    expect(unresolved.length).toBeGreaterThan(0);
    for (const { logPrices } of unresolved) {
      expect(logPrices).toHaveLength(4);
      const ratios = logPrices.map((p) => p[0] - p[1]);
      expect(Math.max(...ratios) - Math.min(...ratios)).toBeLessThan(1e-2);
    }
  });

  it("turn with goods and agents, and do not see units", () => {
    fc.assert(
      fc.property(threeGoods, logUniform(1e-3, 1e3), (data, unit) => {
        const proof = prove(data);
        if (!proof.complete) return;
        expect(indexSum(proof)).toBe(1);
        const turn = (rows: number[][]) => rows.map((row) => [row[2], row[0], row[1]]).reverse();
        const turned = prove({
          alpha: turn(data.alpha.map((row, i) => [row[0] * unit ** -(1 + data.omega[i][0]), row[1], row[2]])),
          omega: turn(data.omega),
          endowments: turn(data.endowments.map(([e, f, g]) => [e * unit, f, g])),
        });
        expect(turned.found).toHaveLength(proof.found.length);
        const ratios = ({ found }: Proof, j: number, k: number, more: number) =>
          found.map(({ logPrices: p }) => p[j] - p[k] + more).sort((a, b) => a - b);
        const own = ratios(proof, 0, 2, 0);
        ratios(turned, 1, 0, Math.log(unit)).forEach((ratio, k) => {
          expect(Math.abs(ratio - own[k])).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("can be watched, cut short and cancelled, and then say what is left", () => {
    const cut = prove(symmetric(100), { maxIntervals: 20 });
    expect(cut.boxes).toBe(20);
    expect(cut.complete).toBe(false);
    expect(cut.unresolved.length).toBeGreaterThan(0);
    const controller = new AbortController();
    const seen: number[] = [];
    const stopped = prove(symmetric(100), {
      signal: controller.signal,
      onStep: ({ iteration, residual, method }) => {
        expect(method).toBe("enumeration");
        expect(residual).toBeGreaterThan(0);
        expect(residual).toBeLessThan(1);
        seen.push(iteration);
        controller.abort();
      },
    });
    expect(seen).toEqual([64]);
    expect(stopped.boxes).toBe(64);
    expect(stopped.complete).toBe(false);
  });

  it("are tried only where they apply", () => {
    const { alpha, endowments } = symmetric(100) as { alpha: number[][]; endowments: number[][] };
    const tried = (data: EconomyData) => proofOf(walras.economy(data)) !== undefined;
    expect(tried({ alpha, omega: -5, endowments })).toBe(true);
    const four = [...alpha, [1, 2, 3]];
    expect(tried({ alpha: four, omega: -5, endowments: [...endowments, [1, 1, 1]] })).toBe(true);
    expect(tried({ alpha: four, omega: -1000, endowments: [...endowments, [1, 1, 1]] })).toBe(false);
    expect(tried({ alpha: alpha.map((row, i) => (i ? row : [1, 1, 0])), omega: -5, endowments })).toBe(false);
    expect(tried(hardMarket(1, { agents: 4, goods: 4 }))).toBe(false);
  });
});

describe("a proof over prices", () => {
  // By symmetry the log prices of its one equilibrium are 0.
  const { alpha, omega, endowments } = symmetric(4) as { alpha: number[][]; omega: number; endowments: number[][] };

  it.each([
    [0, 2],
    [2, 0],
    [1, 2],
    [2, 1],
    [0, 1],
    [1, 0],
  ])("shows that an equilibrium exists only in a box within the range, for goods %d and %d", (j, k) => {
    const length = workspaces.workspaceFor(Solver.PROOF_GOODS, 3, 3, 1);
    const inputs = [alpha.flat(), new Array(9).fill(omega), endowments.flat(), [6, 6, 6]];
    const [a, w, e, t, report, workspace] = layInside(memory, ...inputs, REPORT_SIZE, length);
    laidEconomy.layEconomies(3, 3, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
    for (const [beyond, proved] of [
      [1e-7, 1],
      [1e-12, 0],
    ]) {
      branchAndBound.startProof(1, 2, workspace);
      // As if the range ended so far beyond the equilibrium. Bounds are then cut to it, so that they
      // say nothing of the rest of a box around the equilibrium.
      memory.doubles[system.maxApart + 3 * j + k] = beyond;
      branchAndBound.stepProof(10_000, 10_000);
      branchAndBound.reportProof(report);
      const found = [memory.doubles[report + PROVED], memory.doubles[report + ROOTS]];
      expect(found).toEqual([proved, proved]);
    }
  });
});

describe("a proof that takes up", () => {
  const size = { BOX: 4, ROOT: 5 };

  /** Lays an economy and takes up the proof over prices, or over weights. Returns spare memory. */
  const layProof = ({ alpha, omega, endowments }: Market, overGoods: number) => {
    const [n, m] = [alpha.length, alpha[0].length];
    const totals = alpha[0].map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
    const length = workspaces.workspaceFor(overGoods ? Solver.PROOF_GOODS : Solver.PROOF_AGENTS, n, m, 1);
    const inputs = [alpha.flat(), omega.flat(), endowments.flat(), totals];
    const [a, w, e, t, report, spare, workspace] = layInside(memory, ...inputs, REPORT_SIZE, 100, length);
    laidEconomy.layEconomies(n, m, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
    expect(branchAndBound.startProof(overGoods, 2, workspace)).toBeTruthy();
    return { report, spare };
  };

  const rowsOf = (list: ProofList, count: number, at: number, length: number) =>
    Array.from({ length: count }, (_, k) => {
      branchAndBound.readRow(list, k, at);
      return [...memory.doubles.subarray(at, at + length)];
    });

  it("equilibria whose indices do not add up to 1 is none", () => {
    const { alpha, omega, endowments } = symmetric(4) as { alpha: number[][]; omega: number; endowments: number[][] };
    const { report, spare } = layProof({ alpha, omega: alpha.map((row) => row.map(() => omega)), endowments }, 1);
    const provedOf = (...indices: number[]) => {
      branchAndBound.clearProof();
      indices.forEach((index, k) => {
        memory.doubles.set([k, k, index, 1e-3, 0.1], spare);
        branchAndBound.addRow(ProofList.ROOTS, spare);
      });
      branchAndBound.reportProof(report);
      expect(memory.doubles[report + ROOTS]).toBe(indices.length);
      return memory.doubles[report + PROVED];
    };
    expect([[1], [1, -1, 1], [1, 1, -1, -1, 1]].map((indices) => provedOf(...indices))).toEqual([1, 1, 1]);
    expect([[], [-1], [1, 1], [1, -1], [1, -1, -1], [1, 1, 1]].map((indices) => provedOf(...indices))).toEqual(
      new Array(6).fill(0),
    );
  });

  it.each([
    ["prices", 1],
    ["weights", 0],
  ])("a box finds every equilibrium in it, or leaves it open: over %s", (_, overGoods) => {
    const corner = fc.constantFrom(-1, 1).chain((sign) => logUniform(1e-7, 1).map((by) => sign * (1 - by)));
    const boxes = fc.record({
      seed: fc.integer({ min: 0, max: 39 }),
      which: fc.nat(),
      places: fc.tuple(corner, corner),
      half: fc.tuple(logUniform(0.01, 30), logUniform(0.01, 30)),
    });
    const known = new Map<number, number[][]>();
    const marketAt = (seed: number): Market => {
      if (seed >= 10) return hardMarket(seed, { minGamma: 2, agents: 3, goods: 3, decades: 2 });
      const { alpha, omega, endowments } = symmetricMarket(3, { noise: 0.02 * seed });
      return { alpha, omega: alpha.map((row) => row.map(() => omega)), endowments };
    };
    let inside = 0;
    fc.assert(
      fc.property(boxes, ({ seed, which, places, half }) => {
        const { report, spare } = layProof(marketAt(seed), overGoods);
        const d = memory.doubles;
        const finish = () => {
          expect(branchAndBound.stepProof(100_000, 100_000)).toBe(CONVERGED);
          branchAndBound.reportProof(report);
          return rowsOf(ProofList.ROOTS, d[report + ROOTS], spare, size.ROOT);
        };
        if (!known.has(seed)) {
          known.set(seed, finish());
          expect(d[report + PROVED]).toBe(1);
        }
        const all = known.get(seed) as number[][];
        const [x, y] = [0, 1].map((k) => all[which % all.length][k] - places[k] * half[k]);
        branchAndBound.clearProof();
        d.fill(0, spare, spare + 10);
        d.set([x, y, ...half], spare);
        branchAndBound.addRow(ProofList.WAITING, spare);
        const found = finish();
        const open = rowsOf(ProofList.OPEN, d[report + OPEN_ROWS], spare, size.BOX);
        for (const root of all) {
          if (!(Math.abs(root[0] - x) < half[0] && Math.abs(root[1] - y) < half[1])) continue;
          inside++;
          const listed = found.some((own) => Math.hypot(own[0] - root[0], own[1] - root[1]) < 1e-6);
          const left = open.some((b) => Math.abs(root[0] - b[0]) <= b[2] && Math.abs(root[1] - b[1]) <= b[3]);
          expect(listed || left).toBe(true);
        }
      }),
      {
        numRuns: 400,
        // What is left of these is no box in whose middle the equilibrium is.
        examples: [
          [{ seed: 1, which: 0, places: [-0.9967280984116067, 0.9999998999999993], half: [1, 1] }],
          [{ seed: 37, which: 0, places: [0.9535381229879293, 0], half: [1, 1] }],
        ],
      },
    );
    expect(inside).toBeGreaterThan(400);
  });
});

describe("pieces of a proof", () => {
  /** A proof that takes 1860 boxes. */
  const long = hardMarket(90, { minGamma: 2, agents: 3, goods: 3 });

  /** Whether an equilibrium's relative prices lie in a region left open. */
  const lies = (logPrices: Float64Array, corners: Float64Array[]) =>
    [0, 1].every((j) => {
      const ratios = corners.map((p) => p[j] - p[2]);
      const ratio = logPrices[j] - logPrices[2];
      return ratio >= Math.min(...ratios) - 1e-9 && ratio <= Math.max(...ratios) + 1e-9;
    });

  it("are cut short at any number of boxes, and leave open what they have not examined", () => {
    const whole = prove(long);
    expect([whole.complete, whole.boxes]).toEqual([true, 1860]);
    for (const maxIntervals of [256, 257, 300, 511, 700, 1000, 1800, 1859]) {
      const cut = prove(long, { maxIntervals });
      expect([maxIntervals, cut.complete, cut.boxes]).toEqual([maxIntervals, false, maxIntervals]);
      for (const { logPrices } of whole.found) {
        const found = cut.found.some((own) => relativeDifference(own.logPrices, logPrices) < 1e-6);
        expect(found || cut.unresolved.some((box) => lies(logPrices, box.logPrices))).toBe(true);
      }
    }
    expect(prove(long, { maxIntervals: 1860 }).complete).toBe(true);
  });

  it("can be cancelled, and leave open what they have not examined", () => {
    for (const least of [256, 400, 1000]) {
      const controller = new AbortController();
      let last = 1;
      const cut = prove(long, {
        signal: controller.signal,
        onStep: ({ iteration, residual }) => {
          expect(residual).toBeLessThanOrEqual(last);
          expect(residual).toBeGreaterThan(0);
          last = residual;
          if (iteration >= least) controller.abort();
        },
      });
      expect(cut.complete).toBe(false);
      expect(cut.boxes).toBeLessThan(1860);
      expect(cut.boxes).toBeGreaterThanOrEqual(least);
      for (const { logPrices } of prove(long).found) {
        const found = cut.found.some((own) => relativeDifference(own.logPrices, logPrices) < 1e-6);
        expect(found || cut.unresolved.some((box) => lies(logPrices, box.logPrices))).toBe(true);
      }
    }
  });

  const row = (...values: number[]) => Float64Array.from(values);
  const none = { roots: [], open: [], waiting: [], boxes: 0, evaluations: 0 };
  const box = row(0, 0, 8, 8, 1);
  const known = row(1, 2, 1, 1e-11, 0.1);
  /** What is known after a piece, drawn when `drawn` was known, has found one equilibrium. */
  const merged = (root: Float64Array, drawn: Float64Array[] = []) => {
    const rows: Rows = { ...none, roots: [known], open: [], waiting: [], boxes: 100, evaluations: 200 };
    const answer = { roots: [root], open: [row(1, 1, 1, 1)], waiting: [row(2, 2, 2, 2, 2)], boxes: 5, evaluations: 6 };
    merge(rows, answer, { waiting: [box], roots: drawn });
    expect([rows.boxes, rows.evaluations]).toEqual([105, 206]);
    return rows;
  };

  it("find an equilibrium twice that lies where another is the only one", () => {
    for (const same of [row(1.05, 2.05, 1, 1e-2, 2e-2), row(1.05, 2.05, 1, 1e-11, 0.2), row(1.15, 2, 1, 1e-3, 1)]) {
      const { roots, open, waiting } = merged(same);
      expect({ roots, open, waiting }).toEqual({
        roots: [known],
        open: [row(1, 1, 1, 1)],
        waiting: [row(2, 2, 2, 2, 2)],
      });
    }
  });

  it("find two where the smallest boxes do not touch", () => {
    for (const other of [row(1.15, 2, -1, 1e-11, 1e-2), row(1, 2.15, -1, 1e-11, 0.05)]) {
      expect(merged(other).roots).toEqual([known, other]);
    }
  });

  it("are examined again where it is open whether one is the other, unless the core has compared them", () => {
    const doubtful = row(1.15, 2, 1, 0.15, 0.15);
    const { roots, open, waiting } = merged(doubtful);
    expect({ roots, open, waiting }).toEqual({ roots: [known], open: [], waiting: [box] });
    expect(merged(doubtful, [known]).roots).toEqual([known, doubtful]);
  });

  it("leave open where an equilibrium is for which there is no room", () => {
    const rows: Rows = { ...none, roots: Array.from({ length: 512 }, (_, k) => row(k, 0, 1, 1e-11, 0.1)), open: [] };
    merge(rows, { ...none, roots: [row(-1, 0, 1, 1e-3, 0.1)] }, { waiting: [box], roots: [] });
    expect(rows.roots).toHaveLength(512);
    expect(rows.open).toEqual([row(-1, 0, 1e-3, 1e-3)]);
  });

  it("keep every box that is added, the last ones in one", () => {
    const at = continueProof(engine, walras.economy(long), [Solver.PROOF_GOODS, 2]);
    const { kernels } = engine;
    const add = (k: number) => addRows(engine, at, ProofList.OPEN, [row(k / 16, 0, 1e-3, 1e-3)]);
    for (let k = 0; k < 1500; k++) add(k);
    const { open } = readRows(engine, at, [Solver.PROOF_GOODS, 2], walras.economy(long));
    expect(open).toHaveLength(1024);
    for (let k = 0; k < 1500; k++) {
      expect(open.some(([x, , wide]) => Math.abs(x - k / 16) <= wide + 1e-9 - 1e-3)).toBe(true);
    }
    // A proof that leaves boxes is none.
    kernels.reportProof(at.report);
    expect(engine.value(at.report + PROVED)).toBe(0);
  });
});

/** Values and bounds over a box, as the kernel tells them of an economy it has taken up. */
interface Probe {
  excluded: boolean;
  values: Float64Array;
  slacks: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  /** Of the slope of value j along unknown k, at 2 j + k. */
  lowerSlopes: Float64Array;
  upperSlopes: Float64Array;
  /** The logs of the units in which values are counted. */
  units: Float64Array;
}

const OUT = 27;

/** Takes up an economy for a proof. Undefined where the range is beyond doubles. */
function takeUp({ kernels, open, read }: Engine, data: EconomyData, solver: Solver, numeraire: number) {
  const at = open(walras.economy(data), solver, { out: OUT });
  if (kernels.startProof(solver === Solver.PROOF_GOODS ? 1 : 0, numeraire, at.workspace) === 0) return undefined;
  kernels.probeRange(at.out);
  const [x, y, wide, high] = read(at.out, 4);
  const probe = (x: number, y: number, wide: number, high: number): Probe | undefined => {
    const code = kernels.probeBox(x, y, wide, high, at.out);
    if (code === 0) return undefined;
    const out = read(at.out, OUT);
    const part = (from: number, count: number) => out.subarray(from, from + count);
    return {
      excluded: code === 2,
      ...{ values: part(0, 3), slacks: part(3, 3), lower: part(6, 3), upper: part(9, 3) },
      ...{ lowerSlopes: part(12, 6), upperSlopes: part(18, 6), units: part(24, 3) },
    };
  };
  return { range: { x, y, wide, high }, probe };
}

const SYSTEMS = engines.flatMap(([name, , engine]) => [
  [`prices on ${name}`, engine, threeGoods, Solver.PROOF_GOODS] as const,
  [`weights on ${name}`, engine, threeAgents, Solver.PROOF_AGENTS] as const,
]);

describe.each(SYSTEMS)("bounds over boxes of %s", (_, engine, markets, solver) => {
  const inside = fc.double({ min: -1, max: 1, noNaN: true });
  const place = fc.oneof(inside, fc.constantFrom(-1, 1));
  const boxes = fc.record({
    data: markets,
    numeraire: fc.integer({ min: 0, max: 2 }),
    x: inside,
    y: inside,
    wide: logUniform(1e-9, 1),
    high: logUniform(1e-9, 1),
    points: fc.array(fc.tuple(place, place)),
  });

  it("hold the values and slopes at points of the box", () => {
    fc.assert(
      fc.property(boxes, ({ data, numeraire, points, ...part }) => {
        const system = takeUp(engine, data, solver, numeraire);
        if (!system) throw new Error("the range is beyond doubles");
        const { range, probe } = system;
        const box = {
          x: range.x + part.x * range.wide,
          y: range.y + part.y * range.high,
          wide: part.wide * range.wide,
          high: part.high * range.high,
        };
        const over = probe(box.x, box.y, box.wide, box.high);
        if (!over) return;
        for (const [right, up] of points) {
          const moves = [right * box.wide, up * box.high];
          const at = probe(box.x + moves[0], box.y + moves[1], 0, 0);
          if (!at) continue;
          for (let j = 0; j < 3; j++) {
            const scale = at.units[j] - over.units[j];
            const inUnit = (value: number) => value * Math.exp(scale);
            // By the slopes from the centre, of which exclusion makes use as well.
            let [least, most] = [over.values[j], over.values[j]];
            for (const [k, move] of moves.entries()) {
              const slopes = [over.lowerSlopes[2 * j + k] * move, over.upperSlopes[2 * j + k] * move];
              least += Math.min(...slopes);
              most += Math.max(...slopes);
              const slope = inUnit((at.lowerSlopes[2 * j + k] + at.upperSlopes[2 * j + k]) / 2);
              const doubt = inUnit(at.upperSlopes[2 * j + k] - at.lowerSlopes[2 * j + k]);
              expect(slope < over.lowerSlopes[2 * j + k] - doubt).toBe(false);
              expect(slope > over.upperSlopes[2 * j + k] + doubt).toBe(false);
            }
            const value = inUnit(at.values[j]);
            const doubt = inUnit(at.slacks[j]) + over.slacks[j] + 1e-12 * (Math.abs(least) + Math.abs(most));
            // A bound that has overflown is NaN, and excludes nothing.
            for (const bound of [least, over.lower[j]]) expect(value < bound - doubt).toBe(false);
            for (const bound of [most, over.upper[j]]) expect(value > bound + doubt).toBe(false);
          }
          if (over.excluded) expect(at.values.some((z, j) => Math.abs(z) > at.slacks[j])).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("at a point are the differences of values, which keep Walras' law", () => {
    const near = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(markets, near, near, (data, x, y) => {
        const system = takeUp(engine, data, solver, 2);
        if (!system) throw new Error("the range is beyond doubles");
        const middle = system.probe(x, y, 0, 0);
        if (!middle) return;
        const { units, values } = middle;
        const valuesAt = (dx: number, dy: number) => {
          const at = system.probe(x + dx, y + dy, 0, 0);
          return at?.values.map((value, j) => value * Math.exp(at.units[j] - units[j]));
        };
        const weights = [x, y, 0].map((log, j) => Math.exp(log + units[j]));
        const sum = values.reduce((total, value, j) => total + weights[j] * value, 0);
        const gross = values.reduce((total, value, j) => total + weights[j] * (Math.abs(value) + 1), 0);
        expect(Math.abs(sum)).toBeLessThan(1e-9 * gross);
        const step = 1e-5;
        for (const k of [0, 1]) {
          const ahead = valuesAt(k === 0 ? step : 0, k === 1 ? step : 0);
          const back = valuesAt(k === 0 ? -step : 0, k === 1 ? -step : 0);
          if (!ahead || !back) return;
          for (let j = 0; j < 3; j++) {
            const difference = (ahead[j] - back[j]) / (2 * step);
            expect(Math.abs(difference - middle.lowerSlopes[2 * j + k])).toBeLessThan(
              1e-4 * (1 + Math.abs(difference)),
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

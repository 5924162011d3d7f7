// Proofs that lists of equilibria of three goods are complete, and the bounds they stand on.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardMarket } from "../bench/economies.js";
import type { EconomyData } from "../src/index.js";
import { ThreeGoods } from "../src/proof/threeGoods.js";
import { type Proof, type ProofOptions, proveComplete } from "../src/proof.js";
import { engines, logUniform, matrixOf, relativeDifference } from "./engines.js";
import { CASES } from "./fixtures.js";

const [[, walras, engine]] = engines;

function prove(data: EconomyData, known: ArrayLike<number>[] = [], options: ProofOptions = {}): Proof {
  const proof = proveComplete(engine, walras.economy(data), known, options);
  if (!proof) throw new Error("no proof was tried");
  return proof;
}

/** Prices of all that was found, adding up to 1, in ascending order of the first. */
function pricesOf({ found }: Proof): number[][] {
  const prices = found.map(({ logPrices }) => {
    const parts = Array.from(logPrices, (p) => Math.exp(p - Math.max(...logPrices)));
    const sum = parts.reduce((a, b) => a + b);
    return parts.map((p) => p / sum);
  });
  return prices.sort((a, b) => a[0] - b[0]);
}

const indexSum = ({ found }: Proof) => found.reduce((sum, { index }) => sum + index, 0);

/** Every agent owns `own` of one good and 1 of each other, and wants the own one most. */
function symmetric(own: number): EconomyData {
  const matrix = (diagonal: number) => [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? diagonal : 1)));
  return { alpha: matrix(1024), omega: -5, endowments: matrix(own) };
}

/** Markets with three goods, some endowments 0, that nobody leaves with nothing and no good is missing from. */
const markets = fc.integer({ min: 2, max: 5 }).chain((n) =>
  fc.record({
    alpha: matrixOf(logUniform(0.01, 100), n, 3),
    omega: matrixOf(
      logUniform(0.1, 20).map((w) => -w),
      n,
      3,
    ),
    endowments: fc
      .tuple(matrixOf(logUniform(0.01, 100), n, 3), matrixOf(fc.integer({ min: 0, max: 1 }), n, 3))
      .map(([rows, keep]) =>
        rows.map((row, i) => row.map((e, j) => (keep[i][j] > 0 || i % 3 === j || j % n === i ? e : 0))),
      ),
  }),
);

describe("completeness proofs", () => {
  const provable = CASES.filter(
    ({ expected, economy: { alpha, endowments } }) =>
      expected.allKnown &&
      (endowments as number[][] | undefined)?.[0].length === 3 &&
      (alpha as number[][]).flat().every((a) => a > 0),
  );

  it.each(provable.map((c) => [c.name, c] as const))("find all of %s and no more", (_, { economy, expected }) => {
    const proof = prove(economy);
    const { equilibria: known = [] } = expected;
    expect(proof.complete).toBe(true);
    expect(proof.unresolved).toEqual([]);
    const wanted = known.toSorted((a, b) => a.prices[0] - b.prices[0]);
    pricesOf(proof).forEach((prices, k) => {
      // Prices that are alike may come in another order.
      const nearest = Math.min(...wanted.map((w) => relativeDifference(prices, w.prices)));
      expect(nearest, `${k}`).toBeLessThan(1e-9);
    });
    expect(proof.found).toHaveLength(known.length);
    expect(indexSum(proof)).toBe(1);
  });

  it.each([
    [3, 2, 100],
    [3, 0.05, 40],
    [10, 2, 10],
    [30, 0.05, 3],
  ])("succeed for hard markets of %d agents, omega from -20 to -%f", (agents, least, count) => {
    for (let seed = 0; seed < count; seed++) {
      const data = hardMarket(seed, { least, agents, goods: 3 });
      const proof = prove(data);
      expect([seed, proof.complete, indexSum(proof)]).toEqual([seed, true, 1]);
      const economy = walras.economy(data);
      const start = walras.equilibrium(economy);
      const list = pricesOf(proof);
      expect(Math.min(...list.map((prices) => relativeDifference(prices, start.prices)))).toBeLessThan(1e-4);
      // Each is an equilibrium, of the index that its determinant has.
      proof.found.forEach(({ logPrices, index }) => {
        const top = Math.max(...logPrices);
        const own = walras.equilibrium(economy, { start: Array.from(logPrices, (p) => Math.exp(p - top)) });
        expect(own.converged).toBe(true);
        expect(Math.min(...list.map((prices) => relativeDifference(prices, own.prices)))).toBeLessThan(1e-4);
        if (own.index !== 0 && list.length === 1) expect(index).toBe(own.index);
      });
    }
  });

  it("agree with the enumeration over the weights of two agents", () => {
    let several = 0;
    for (let seed = 0; seed < 150; seed++) {
      const data = hardMarket(seed, { least: 2, agents: 2, goods: 3 });
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

  it("find the seven equilibria of a symmetric economy, with or without knowing some", () => {
    const proof = prove(symmetric(100));
    expect(proof.complete).toBe(true);
    expect(proof.found.map(({ index }) => index).sort()).toEqual([-1, -1, -1, 1, 1, 1, 1]);
    const known = proof.found.slice(3).map(({ logPrices }) => logPrices);
    const again = prove(symmetric(100), known);
    expect(again.complete).toBe(true);
    expect(again.found).toHaveLength(7);
    pricesOf(again).forEach((prices, k) => {
      expect(relativeDifference(prices, pricesOf(proof)[k])).toBeLessThan(1e-9);
    });
  });

  it("are not claimed at a fold, where equilibria are about to merge", () => {
    // Three pairs appear at once, at 12.72743659...: seven equilibria above, one below.
    expect(prove(symmetric(12.72743659 + 1e-4)).found).toHaveLength(7);
    expect(prove(symmetric(12.72743659 - 1e-4)).found).toHaveLength(1);
    const { complete, unresolved, boxes } = prove(symmetric(12.727436591));
    expect(complete).toBe(false);
    expect(boxes).toBeLessThan(50_000);
    for (const { numeraire, least, greatest } of unresolved) {
      expect([least[numeraire], greatest[numeraire]]).toEqual([1, 1]);
      expect(relativeDifference(least, greatest)).toBeLessThan(1e-2);
      expect(least.every((p, j) => p <= greatest[j])).toBe(true);
    }
  });

  it("turn with goods and agents, and do not see units", () => {
    fc.assert(
      fc.property(markets, logUniform(1e-3, 1e3), (data, unit) => {
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
    const cut = prove(symmetric(100), [], { maxIntervals: 20 });
    expect(cut.boxes).toBe(20);
    expect(cut.complete).toBe(false);
    expect(cut.unresolved.length).toBeGreaterThan(0);
    const controller = new AbortController();
    const seen: number[] = [];
    const stopped = prove(symmetric(100), [], {
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
    const tried = (data: EconomyData) => proveComplete(engine, walras.economy(data), []) !== undefined;
    expect(tried({ alpha, omega: -5, endowments })).toBe(true);
    expect(tried({ alpha, omega: -1000, endowments })).toBe(false);
    expect(tried({ alpha: alpha.map((row, i) => (i ? row : [1, 1, 0])), omega: -5, endowments })).toBe(false);
    expect(tried(hardMarket(1, { agents: 3, goods: 4 }))).toBe(false);
  });
});

describe("bounds over boxes of prices", () => {
  const boxes = fc.record({
    data: markets,
    numeraire: fc.integer({ min: 0, max: 2 }),
    x: fc.double({ min: -1, max: 1, noNaN: true }),
    y: fc.double({ min: -1, max: 1, noNaN: true }),
    wide: logUniform(1e-9, 1),
    high: logUniform(1e-9, 1),
    points: fc.array(
      fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    ),
  });

  it("hold what excess demand and its slopes are at points of the box", () => {
    fc.assert(
      fc.property(boxes, ({ data, numeraire, points, ...part }) => {
        const economy = walras.economy(data);
        const [over, at] = [new ThreeGoods(economy, numeraire), new ThreeGoods(economy, numeraire)];
        const { range } = over;
        if (!range) throw new Error("the range is beyond doubles");
        const box = {
          x: range.x + part.x * range.wide,
          y: range.y + part.y * range.high,
          wide: part.wide * range.wide,
          high: part.high * range.high,
        };
        if (!over.enter(box)) return;
        over.evaluate();
        const excluded = over.excludes();
        for (const [right, up] of points) {
          const point = { x: box.x + right * box.wide, y: box.y + up * box.high, wide: 0, high: 0 };
          if (!at.enter(point)) continue;
          at.evaluate();
          at.excludes();
          // The mean value form, of which exclusion makes use too.
          const moved = [0, 1, 2].map((j) => {
            const [least, most] = [0, 1].map((k) => {
              const by = (k === 0 ? right : up) * (k === 0 ? box.wide : box.high);
              const slopes = [over.leastSlope[2 * j + k] * by, over.mostSlope[2 * j + k] * by];
              return [Math.min(...slopes), Math.max(...slopes)];
            });
            return [over.excess[j] + least[0] + most[0], over.excess[j] + least[1] + most[1]];
          });
          for (let j = 0; j < 3; j++) {
            const doubt = at.slack[j] + over.slack[j] + 1e-12 * (Math.abs(moved[j][0]) + Math.abs(moved[j][1]));
            expect(at.excess[j]).toBeGreaterThanOrEqual(over.least[j] - doubt);
            expect(at.excess[j]).toBeLessThanOrEqual(over.most[j] + doubt);
            expect(at.excess[j]).toBeGreaterThanOrEqual(moved[j][0] - doubt);
            expect(at.excess[j]).toBeLessThanOrEqual(moved[j][1] + doubt);
          }
          for (let s = 0; s < 6; s++) {
            const slope = (at.leastSlope[s] + at.mostSlope[s]) / 2;
            expect(slope).toBeGreaterThanOrEqual(over.leastSlope[s]);
            expect(slope).toBeLessThanOrEqual(over.mostSlope[s]);
          }
          if (excluded) expect(at.excess.some((z, j) => Math.abs(z) > at.slack[j])).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("at a point are the differences of excess demand, and keep Walras' law", () => {
    fc.assert(
      fc.property(
        markets,
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (data, x, y) => {
          const market = new ThreeGoods(walras.economy(data), 2);
          const valueAt = (dx: number, dy: number) => {
            if (!market.enter({ x: x + dx, y: y + dy, wide: 0, high: 0 })) return undefined;
            market.evaluate();
            market.excludes();
            return Array.from(market.excess);
          };
          const middle = valueAt(0, 0);
          if (!middle) return;
          const slopes = [...market.leastSlope];
          const gross = middle.map((z) => Math.abs(z) + 1);
          const value = Math.exp(x) * middle[0] + Math.exp(y) * middle[1] + middle[2];
          expect(Math.abs(value)).toBeLessThan(1e-9 * (Math.exp(x) * gross[0] + Math.exp(y) * gross[1] + gross[2]));
          const step = 1e-5;
          for (const k of [0, 1]) {
            const ahead = valueAt(k === 0 ? step : 0, k === 1 ? step : 0);
            const back = valueAt(k === 0 ? -step : 0, k === 1 ? -step : 0);
            if (!ahead || !back) return;
            for (let j = 0; j < 3; j++) {
              const difference = (ahead[j] - back[j]) / (2 * step);
              expect(Math.abs(difference - slopes[2 * j + k])).toBeLessThan(1e-4 * (1 + Math.abs(difference)));
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

// All equilibria, and the proof that there are no more, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONVERGED, FOUND, FOUND_SIZE, NEWTON, Solver } from "../../assembly/protocol.js";
import { hardMarket } from "../../bench/economies.js";
import { mergeIdentical } from "../../src/economy/identical.js";
import type { Engine } from "../../src/engine/engine.js";
import { type EconomyData, EconomyError, OptionError } from "../../src/index.js";
import { CROSSED } from "../support/economies.js";
import { engines, laid, logUniform, matrixOf, negative, relativeDifference } from "../support/engines.js";
import { CASES, caseNamed } from "../support/fixtures.js";
import { ownersOf } from "../support/markets.js";

/** A market with two goods or two agents, as bulk calls take it. */
interface Flat {
  agents: number;
  goods: number;
  alpha: Float64Array;
  omega: Float64Array;
  endowments: Float64Array;
}

function flat(data: { alpha: number[][]; omega: number[][]; endowments: number[][] }): Flat {
  const array = (rows: number[][]) => Float64Array.from(rows.flat());
  const { alpha, omega, endowments } = data;
  return {
    agents: alpha.length,
    goods: alpha[0].length,
    alpha: array(alpha),
    omega: array(omega),
    endowments: array(endowments),
  };
}

/** `count` hard markets of one size, one after the other. */
function hardMarkets(count: number, agents: number, goods: number, minGamma: number) {
  const all = Array.from({ length: count }, (_, seed) => flat(hardMarket(seed, { minGamma, agents, goods })));
  const join = (key: "alpha" | "omega" | "endowments") => Float64Array.from(all.flatMap((one) => [...one[key]]));
  return { agents, goods, count, alpha: join("alpha"), omega: join("omega"), endowments: join("endowments") };
}

/**
 * Kehoe's economy with this endowment of the first good for the first agent. It has three
 * equilibria above 11.58151817, and one below.
 */
function kehoeWith(owned: number): EconomyData {
  const { economy } = caseNamed("kehoe-1024");
  return { ...economy, endowments: [[owned, 1], [1, 12]] }; // biome-ignore format: rows
}

/**
 * Markets with two goods and up to 4 agents, or the other way round; some endowments and wants are
 * 0.
 */
const markets = fc.tuple(fc.integer({ min: 2, max: 4 }), fc.boolean()).chain(([size, wide]) => {
  const [n, m] = wide ? [2, size] : [size, 2];
  const sparse = ownersOf(logUniform(0.01, 100), n, m, 4);
  return fc.record({
    alpha: fc.oneof(matrixOf(logUniform(0.01, 100), n, m), sparse),
    omega: matrixOf(negative(0.1, 15), n, m),
    endowments: sparse,
  });
});

for (const [name, walras, engine] of engines) {
  const all = (data: EconomyData) => walras.equilibria(walras.economy(data));

  describe(`equilibria on ${name}`, () => {
    const provable = CASES.filter(({ expected, economy: { endowments } }) => {
      const rows = endowments as number[][] | undefined;
      return expected.allKnown && rows && (rows.length <= 2 || rows[0].length <= 2);
    });

    it.each(provable.map((c) => [c.name, c] as const))("of %s are exactly those known", (_, { economy, expected }) => {
      const { equilibria, complete, indexSum, unresolved } = all(economy);
      const { equilibria: known = [], priceTolerance } = expected;
      expect(equilibria).toHaveLength(known.length);
      expect(indexSum).toBe(1);
      expect(complete).toBe(priceTolerance === undefined);
      expect(unresolved).toHaveLength(priceTolerance === undefined ? 0 : 1);
      equilibria.forEach((found, k) => {
        expect(found.converged).toBe(true);
        expect(relativeDifference(found.prices, known[k].prices)).toBeLessThan(
          priceTolerance === undefined ? 1e-9 : 1e-3,
        );
        expect(found.index).toBe(priceTolerance === undefined ? known[k].index : 0);
        if (found.index < 0) expect(found.stability).toBe("unstable");
        expect(found.uniqueness).toBe(complete && known.length === 1 ? "proved" : "unknown");
      });
    });

    it("of the critical economy lie in an interval with its triple root, of net index 1", () => {
      const { unresolved, searched } = all(caseNamed("critical-triple-root").economy);
      const [{ group, least, greatest, prices, index, quantity }] = unresolved;
      expect(group).toEqual({ agents: [0, 1], goods: [0, 1] });
      expect(index).toBe(1);
      expect(quantity).toBe("price");
      expect(least).toBeLessThan(1);
      expect(greatest).toBeGreaterThan(1);
      expect(greatest - least).toBeLessThan(1e-3);
      expect(prices[0][0] / prices[0][1]).toBeCloseTo(least, 12);
      expect(prices[1][0] / prices[1][1]).toBeCloseTo(greatest, 12);
      expect(searched).toMatch(/indistinguishable in double precision/);
    });

    it("change from three to one across a fold, and never silently to two", () => {
      expect(all(kehoeWith(11.58151817 + 1e-6)).equilibria.map(({ index }) => index)).toEqual([1, -1, 1]);
      expect(all(kehoeWith(11.58151817 - 1e-6)).equilibria.map(({ index }) => index)).toEqual([1]);
      for (let k = 0; k < 60; k++) {
        const owned = 11.58151817 + (k % 2 ? 1 : -1) * 10 ** (-6 - k / 10);
        const { equilibria, complete, indexSum, unresolved } = all(kehoeWith(owned));
        expect(indexSum).toBe(1);
        expect(complete).toBe(unresolved.length === 0);
        expect(equilibria.filter(({ index }) => index !== 0).length % 2).toBe(1);
      }
    });

    it.each([
      [2, 2, 2],
      [2, 5, 2],
      [5, 2, 2],
      [2, 2, 0.05],
      [2, 7, 0.05],
      [7, 2, 0.05],
    ])("of 300 hard markets of %d agents and %d goods are proved complete, omega from -20 to -%f", (n, m, minGamma) => {
      const count = 300;
      const answer = walras.equilibriaMany(hardMarkets(count, n, m, minGamma));
      expect([...answer.complete]).toEqual(new Array(count).fill(1));
      expect([...answer.indexSum]).toEqual(new Array(count).fill(1));
      expect(answer.prices.every((p) => p > 0 && p <= 1)).toBe(true);
    });

    it("are equilibria, judged by the audit", () => {
      for (let seed = 0; seed < 60; seed++) {
        for (const [agents, goods] of [
          [2, 2],
          [3, 2],
          [2, 4],
        ]) {
          const { equilibria } = all(hardMarket(seed, { minGamma: 2, agents, goods }));
          for (const { residuals, converged } of equilibria) {
            expect([seed, converged]).toEqual([seed, true]);
            expect(Math.max(...Object.values(residuals))).toBeLessThan(1e-10);
          }
        }
      }
    });

    it("are the same in the relative price and in the relative weight", () => {
      const list = (overGoods: number, { agents: n, goods: m, alpha, omega, endowments }: Flat) => {
        const totals = [0, 1].map((j) => endowments[j] + endowments[2 + j]);
        const { kernels, read, value } = engine;
        const economy = laid(n, m, { alpha, omega, endowments, totals });
        const at = engine.open(economy, Solver.ENUMERATION, { logPrices: 2, entry: FOUND_SIZE });
        kernels.startEnumeration(overGoods, at.workspace);
        expect(kernels.stepEnumeration(1e6, 1e6)).toBe(CONVERGED);
        kernels.reportEnumeration(at.report);
        return Array.from({ length: value(at.report + FOUND) }, (_, k) => {
          kernels.readEntry(k, at.entry);
          const [, , index, root, point] = read(at.entry, FOUND_SIZE);
          kernels.readPoint(point, at.logPrices, at.x);
          const [first, second] = read(at.logPrices, 2);
          return { price: first - second, index, root, x: read(at.x, 4) };
        }).sort((a, b) => a.price - b.price);
      };
      for (let seed = 0; seed < 300; seed++) {
        const data = flat(hardMarket(seed, { minGamma: 1, agents: 2, goods: 2 }));
        const byPrice = list(1, data);
        const byWeight = list(0, data);
        expect(byWeight.map(({ index, root }) => [seed, index, root])).toEqual(
          byPrice.map(({ index, root }) => [seed, index, root]),
        );
        byPrice.forEach(({ price, x }, k) => {
          expect(Math.abs(byWeight[k].price - price)).toBeLessThan(1e-9);
          const differences = x.map(
            (v, c) => Math.abs(v - byWeight[k].x[c]) / (data.endowments[c % 2] + data.endowments[2 + (c % 2)]),
          );
          expect(Math.max(...differences)).toBeLessThan(1e-9);
        });
      }
    });

    it("are as many as the changes of sign of excess demand along a fine scan", () => {
      for (let seed = 0; seed < 40; seed++) {
        const data = hardMarket(seed, { minGamma: 2, agents: 2, goods: 2 });
        const { equilibria } = all(data);
        const at = equilibria.map(({ prices }) => Math.log(prices[0] / prices[1]));
        const [low, high] = [Math.min(...at) - 3, Math.max(...at) + 3];
        let changes = 0;
        let last = 1;
        const steps = 600;
        for (let k = 0; k <= steps; k++) {
          const p = Math.exp(low + ((high - low) * k) / steps);
          const sign = Math.sign(excessDemand(engine, flat(data), p));
          if (sign !== 0 && sign !== last) {
            changes++;
            last = sign;
          }
        }
        expect([seed, changes]).toEqual([seed, equilibria.length]);
      }
    });

    it("do not depend on units or on the order of agents and goods", () => {
      fc.assert(
        fc.property(markets, logUniform(1e-4, 1e4), logUniform(1e-4, 1e4), (data, unit, utility) => {
          let original: ReturnType<typeof all>;
          try {
            original = all(data);
          } catch (error) {
            // An economy that is not connected has no equilibrium.
            expect(error).toBeInstanceOf(EconomyError);
            return;
          }
          expect(original.indexSum).toBe(1);
          // A subnormal price holds fewer than the digits that `converged` promises.
          const held = (price: number) => price === 0 || price >= 2 ** -1022;
          const sure = original.equilibria.filter(({ prices }) => prices.every(held));
          for (const { converged } of sure) expect(converged).toBe(true);
          if (sure.length < original.equilibria.length) return;
          const reversed = (rows: number[][]) => rows.map((row) => [...row].reverse()).reverse();
          const turned = all({
            alpha: reversed(data.alpha),
            omega: reversed(data.omega),
            endowments: reversed(data.endowments),
          });
          // The first good and the first agent's utility are measured in other units.
          const scaled = all({
            alpha: data.alpha.map((row, i) =>
              row.map((a, j) => (i ? 1 : utility) * (j ? a : a * unit ** -(1 + data.omega[i][j]))),
            ),
            omega: data.omega,
            endowments: data.endowments.map((row) => row.map((e, j) => (j ? e : e * unit))),
          });
          const relative = ({ equilibria }: typeof original, from: number, to: number, by: number) =>
            equilibria.map(({ prices }) => Math.log((prices[from] / prices[to]) * by)).sort((a, b) => a - b);
          const last = data.alpha[0].length - 1;
          if (!original.complete || original.equilibria[0].groups.length > 1) return;
          const wanted = relative(original, 0, last, 1);
          for (const prices of [relative(turned, last, 0, 1), relative(scaled, 0, last, unit)]) {
            expect(prices).toHaveLength(wanted.length);
            prices.forEach((p, k) => {
              if (Number.isFinite(wanted[k])) expect(Math.abs(p - wanted[k])).toBeLessThan(1e-7);
            });
          }
        }),
        { numRuns: 150 },
      );
    });

    it("converge where a block trades little, but not nothing, with another", () => {
      // An earlier version took these goods for blocks and gave them arbitrary prices.
      const omega = [
        [-1, -1],
        [-1, -5.499999999782868],
      ];
      const data = {
        alpha: [
          [1, 0],
          [1, 1],
        ],
        omega,
        endowments: [
          [1, 0],
          [1, 99.9999999999987],
        ],
      };
      const { equilibria, indexSum } = all(data);
      expect(equilibria.map(({ converged }) => converged)).toEqual([true]);
      expect(indexSum).toBe(1);
    });

    it("merge agents of the same homothetic preferences, however many", () => {
      const { economy } = caseNamed("mwg-15-b-6");
      const rows = (matrix: unknown, part: number) =>
        Array.from({ length: 20 }, (_, k) => (matrix as number[][])[k % 2].map((v) => v * part * (1 + (k >> 1))));
      const { equilibria, complete, searched } = all({
        alpha: rows(economy.alpha, 3),
        omega: -3,
        endowments: rows(economy.endowments, 1),
      });
      expect(complete).toBe(true);
      expect(searched).toMatch(/2 instead of 20/);
      expect(equilibria.map(({ prices }) => prices[0] / prices[1])).toEqual(
        [27 / 64, 1, 64 / 27].map((p) => expect.closeTo(p, 12)),
      );
      expect(equilibria[0].allocation).toHaveLength(40);
      for (const { residuals } of equilibria) expect(Math.max(...Object.values(residuals))).toBeLessThan(1e-12);
      // With three goods, a proof is possible only because two kinds of agents are left of four
      // agents.
      const wide = {
        alpha: [
          [1, 50, 1],
          [2, 100, 2],
          [50, 1, 3],
          [100, 2, 6],
        ],
        omega: -4,
        endowments: [
          [3, 1, 1],
          [2, 1, 2],
          [1, 4, 1],
          [1, 2, 3],
        ],
      };
      expect(mergeIdentical(walras.economy(wide)).agents).toHaveLength(2);
      expect(all(wide).complete).toBe(true);
      // Agents that are all alike have one equilibrium, by aggregation.
      const alike = all({ ...wide, alpha: wide.alpha.map((_, i) => [i + 1, 2 * (i + 1), 3 * (i + 1)]) });
      expect(alike.complete).toBe(true);
      expect(alike.equilibria).toHaveLength(1);
    });

    it("of groups that do not trade are the product of theirs", () => {
      const block = [
        [1024, 1, 0, 0],
        [1, 1024, 0, 0],
        [0, 0, 1024, 1],
        [0, 0, 1, 1024],
      ];
      const endowments = [
        [12, 1, 0, 0],
        [1, 12, 0, 0],
        [0, 0, 12, 1],
        [0, 0, 1, 12],
      ];
      const { equilibria, complete, indexSum, searched } = all({ alpha: block, omega: -5, endowments });
      expect(equilibria).toHaveLength(9);
      expect(complete).toBe(true);
      expect(indexSum).toBe(1);
      expect(equilibria.reduce((sum, { index }) => sum + index, 0)).toBe(1);
      expect(searched).toMatch(/2 groups .*arbitrary/);
      for (const { converged } of equilibria) expect(converged).toBe(true);
    });

    it("of many such groups are listed up to a bound, which is stated", () => {
      const size = 16;
      const matrix = (own: number, other: number) =>
        Array.from({ length: size }, (_, i) =>
          Array.from({ length: size }, (__, j) => (i === j ? own : i >> 1 === j >> 1 ? other : 0)),
        );
      const { equilibria, complete, indexSum, searched } = all({
        alpha: matrix(1024, 1),
        omega: -5,
        endowments: matrix(12, 1),
      });
      expect(equilibria).toHaveLength(4096);
      expect(complete).toBe(false);
      expect(indexSum).toBe(1);
      expect(searched).toMatch(/The first 4096 of 6561 combinations/);
    });

    it("are one if goods are gross substitutes, and are claimed complete only if proved", () => {
      const data = hardMarket(3, { minGamma: 0.1, maxGamma: 1, agents: 4, goods: 5 });
      const substitutes = all(data);
      expect(substitutes.complete).toBe(true);
      expect(substitutes.equilibria).toHaveLength(1);
      expect(substitutes.equilibria[0].uniqueness).toBe("proved");
      expect(substitutes.searched).toMatch(/gross substitutes/);
      const general = all(hardMarket(3, { minGamma: 2, agents: 4, goods: 5 }));
      expect(general.complete).toBe(false);
      expect(general.equilibria.length).toBeGreaterThan(0);
    });

    it("cover zero endowments and zero wants", () => {
      // Two agents want only what the other owns, and one wants both goods.
      const { equilibria, complete } = all({
        alpha: [
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        omega: [
          [-3, -3],
          [-3, -3],
          [-4, -2],
        ],
        endowments: [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
      });
      expect(complete).toBe(true);
      expect(equilibria).toHaveLength(1);
      const [{ prices, allocation, residuals }] = equilibria;
      expect(Math.max(...Object.values(residuals))).toBeLessThan(1e-12);
      expect(allocation[0]).toBe(0);
      expect(allocation[1]).toBeCloseTo(prices[0] / prices[1], 12);
      const two = all({
        alpha: [
          [0, 1, 2],
          [1, 1, 0],
        ],
        omega: [
          [-3, -3, -2],
          [-3, -6, -3],
        ],
        endowments: [
          [1, 2, 0],
          [1, 1, 3],
        ],
      });
      expect(two.complete).toBe(true);
      for (const { residuals: r } of two.equilibria) expect(Math.max(...Object.values(r))).toBeLessThan(1e-11);
    });

    it("account for the intervals that a limit left out", () => {
      const economy = walras.economy(caseNamed("kehoe-1024").economy);
      const some = walras.equilibria(economy, { maxIntervals: 10 });
      expect(some.complete).toBe(false);
      expect(some.unresolved.length).toBeGreaterThan(0);
      expect(some.indexSum).toBe(1);
      expect(some.searched).toMatch(/ended before/);

      const controller = new AbortController();
      const seen: number[] = [];
      const stopped = walras.equilibria(economy, {
        signal: controller.signal,
        onStep: ({ iteration, method, residual }) => {
          expect(method).toBe("enumeration");
          expect(residual).toBeGreaterThan(0);
          seen.push(iteration);
          controller.abort();
        },
      });
      expect(seen).toEqual([16]);
      expect(stopped.complete).toBe(false);
      expect(stopped.indexSum).toBe(1);
    });

    it("are searched for if flows are beyond the range of bounds in doubles", () => {
      const data = {
        alpha: CROSSED,
        endowments: [[1, 2], [5, 1]],
      }; // biome-ignore format: rows
      for (const omega of [-1000, -1e7]) {
        const { equilibria, complete, searched } = all({
          ...data,
          omega: [[omega, omega], [omega, 2 * omega]], // biome-ignore format: rows
        });
        expect(equilibria).toHaveLength(1);
        expect(complete).toBe(false);
        expect(searched).toMatch(/beyond what an enumeration/);
      }
      const { counts, complete, indexSum } = walras.equilibriaMany({
        ...{ agents: 2, goods: 2, count: 1, omega: -1000 },
        ...{ alpha: data.alpha.flat(), endowments: data.endowments.flat() },
      });
      expect([counts[0], complete[0], indexSum[0]]).toEqual([0, 0, 1]);
      expect(all({ ...data, omega: -200 }).complete).toBe(true);
    });

    it("take a numeraire, and refuse bad options", () => {
      const economy = walras.economy(caseNamed("kehoe-1024").economy);
      for (const { prices } of walras.equilibria(economy, { numeraire: 1 }).equilibria) expect(prices[1]).toBe(1);
      expect(() => walras.equilibria(economy, { start: [1, 1] } as never)).toThrow(OptionError);
      expect(() => walras.equilibria(economy, { maxIntervals: 0 })).toThrow(
        /maxIntervals must be a whole number from 1/,
      );
      const bulk = { count: 1, alpha: 1, omega: -2, endowments: 1 };
      expect(() => walras.equilibriaMany({ agents: 2, goods: 2, ...bulk, omega: -1e7 })).toThrow(
        /omega must be from -1e6 to -1e-6/,
      );
    });

    it("in bulk are those of each economy alone", () => {
      for (const [n, m] of [
        [2, 2],
        [3, 2],
        [2, 3],
      ]) {
        const bulk = hardMarkets(80, n, m, 2);
        const { counts, offset, prices, index, complete } = walras.equilibriaMany(bulk);
        for (let e = 0; e < bulk.count; e++) {
          const part = (values: Float64Array) => values.slice(e * n * m, (e + 1) * n * m);
          const alone = all({
            size: { agents: n, goods: m },
            alpha: part(bulk.alpha),
            omega: part(bulk.omega),
            endowments: part(bulk.endowments),
          });
          expect(counts[e]).toBe(alone.equilibria.length);
          expect(complete[e]).toBe(alone.complete ? 1 : 0);
          alone.equilibria.forEach((equilibrium, k) => {
            const from = offset[e] + k;
            expect(index[from]).toBe(equilibrium.index);
            expect(relativeDifference(prices.subarray(from * m, (from + 1) * m), equilibrium.prices)).toBeLessThan(
              1e-9,
            );
          });
        }
      }
      // One economy's data for all, and more equilibria than one call of the kernel has room for.
      const { economy } = caseNamed("kehoe-1024");
      const count = 5000;
      const alike = walras.equilibriaMany({
        agents: 2,
        goods: 2,
        count,
        alpha: (economy.alpha as number[][]).flat(),
        omega: -5,
        endowments: (economy.endowments as number[][]).flat(),
      });
      expect(alike.index).toHaveLength(3 * count);
      expect(alike.offset[count - 1]).toBe(3 * (count - 1));
      expect(alike.prices[6 * count - 2]).toBeCloseTo(0.8870761528719989, 12);
    });

    // An earlier version got this wrong.
    it("are of groups together if those cannot do without each other", () => {
      for (const g of [1e-10, 1e-11, 1e-14]) {
        const alpha = [
          [0, 1, 0],
          [0, 1, g * g],
          [g, 0, 1],
        ];
        const endowments = [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ];
        const { equilibria, complete } = walras.equilibria(walras.economy({ alpha, omega: -2, endowments }));
        expect(equilibria.length).toBeGreaterThan(0);
        expect(equilibria[0].converged || !complete).toBe(true);
      }
    });

    // An earlier version got this wrong.
    it("are called complete only if every entry is an equilibrium", () => {
      const data = hardMarket(12 * 13 + 997, { agents: 2, goods: 5, maxGamma: 60 });
      const alpha = data.alpha.map((row, i) =>
        row.map((v, j) => ((i * 7 + j * 3 + 12) % 4 === 0 && j !== i % 5 ? 0 : v)),
      );
      const { equilibria, complete } = walras.equilibria(walras.economy({ ...data, alpha }));
      expect(complete).toBe(equilibria.every(({ converged }) => converged));
      for (const { converged, uniqueness } of equilibria) if (!converged) expect(uniqueness).toBe("unknown");
    });
  });
}

/**
 * The value of excess demand for good 1 of two at prices p and 1, from the market solver's own
 * demand.
 */
function excessDemand(engine: Engine, { agents: n, alpha, omega, endowments }: Flat, p: number): number {
  const { kernels, read } = engine;
  const totals = [0, 0];
  endowments.forEach((e, c) => {
    totals[c % 2] += e;
  });
  const economy = laid(n, 2, { alpha: [...alpha], omega: [...omega], endowments: [...endowments], totals });
  const at = engine.open(economy, Solver.MARKET, { start: [p, 1], logPrices: 2 });
  kernels.startMarket(NEWTON, at.start, at.workspace);
  kernels.readMarket(at.logPrices, at.x);
  const x = read(at.x, 2 * n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const [x1, x2, e1, e2] = [x[2 * i], x[2 * i + 1], endowments[2 * i], endowments[2 * i + 1]];
    // By the budget if that is the smaller difference.
    sum += p * Math.max(x1, e1) < Math.max(x2, e2) ? p * (x1 - e1) : e2 - x2;
  }
  return sum;
}

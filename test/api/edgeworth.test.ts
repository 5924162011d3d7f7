// Every point of the Edgeworth box by its definition, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BoxCurve, EconomyError, OptionError } from "../../src/index.js";
import { CROSSED, IDENTITY, SWAP } from "../support/economies.js";
import { engines, relativeDifference } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";
import { type Market, marketsOf, utilityDifference } from "../support/markets.js";

const points = ({ points: flat }: BoxCurve) =>
  Array.from({ length: flat.length / 2 }, (_, k) => [flat[2 * k], flat[2 * k + 1]]);

/** The log of the marginal rate of substitution: good 1's marginal utility over good 2's. */
const logSlope = ({ alpha, omega }: Market, i: number, x: number[]) =>
  Math.log(alpha[i][0] / alpha[i][1]) + omega[i][0] * Math.log(x[0]) - omega[i][1] * Math.log(x[1]);

for (const [name, walras] of engines) {
  const totalsOf = ({ endowments }: Market) => [0, 1].map((j) => endowments[0][j] + endowments[1][j]);
  /** The amounts that agent i has at a point of the box. */
  const bundleOf = (data: Market, i: number, x: number[]) =>
    i === 0 ? x : x.map((v, j) => Math.max(0, totalsOf(data)[j] - v));
  /** The relative difference between agent i's utility at a point and at the endowment. */
  const gain = (data: Market, i: number, x: number[]) =>
    utilityDifference(data.alpha[i], data.omega[i], bundleOf(data, i, x), data.endowments[i]);
  const inside = (data: Market, x: number[]) =>
    x.every((v, j) => v >= -1e-12 * totalsOf(data)[j] && v <= totalsOf(data)[j] * (1 + 1e-12));

  describe(`the Edgeworth box on ${name}`, () => {
    it("has a contract curve from corner to corner on which marginal rates of substitution agree", () => {
      fc.assert(
        fc.property(marketsOf(2, 2, 0.2, 6), (data) => {
          const { contract, totals } = walras.edgeworthBox(walras.economy(data));
          const all = points(contract);
          expect([all[0], all[all.length - 1]]).toEqual([[0, 0], [...totals]]);
          expect([contract.parameter[0], contract.parameter[all.length - 1]]).toEqual([-Infinity, Infinity]);
          all.slice(1, -1).forEach((x, k) => {
            expect(inside(data, x)).toBe(true);
            // If agent 2 has little, the difference from the total has lost digits.
            const rest = bundleOf(data, 1, x);
            if (rest.some((v, j) => v < 1e-3 * totals[j])) return;
            expect(logSlope(data, 0, x)).toBeCloseTo(logSlope(data, 1, rest), 9);
            const theta = Math.log(data.alpha[1][0]) + data.omega[1][0] * Math.log(rest[0]);
            expect(contract.parameter[k + 1]).toBeCloseTo(
              theta - Math.log(data.alpha[0][0]) - data.omega[0][0] * Math.log(x[0]),
              9,
            );
          });
        }),
        { numRuns: 30 },
      );
    });

    it("has a core whose ends leave one agent with the endowment's utility, and both better off between", () => {
      fc.assert(
        fc.property(marketsOf(2, 2, 0.2, 6), (data) => {
          const { core, contract } = walras.edgeworthBox(walras.economy(data));
          const all = points(core);
          expect(Math.abs(gain(data, 0, all[0]))).toBeLessThan(1e-13);
          expect(Math.abs(gain(data, 1, all[all.length - 1]))).toBeLessThan(1e-13);
          for (const x of all) for (const i of [0, 1]) expect(gain(data, i, x)).toBeGreaterThan(-1e-13);
          points(contract).forEach((x, k) => {
            const theta = contract.parameter[k];
            if (!Number.isFinite(theta)) return;
            if (theta < core.parameter[0]) expect(gain(data, 0, x)).toBeLessThan(1e-13);
            if (theta > core.parameter[all.length - 1]) expect(gain(data, 1, x)).toBeLessThan(1e-13);
          });
        }),
        { numRuns: 30 },
      );
    });

    it("has indifference curves through the endowment that cross again where neither agent gains", () => {
      let crossings = 0;
      fc.assert(
        fc.property(marketsOf(2, 2, 0.2, 6), (data) => {
          const { indifference, secondCrossing, core, totals } = walras.edgeworthBox(walras.economy(data));
          indifference.forEach((curve, i) => {
            const all = points(curve);
            expect(all.length).toBeGreaterThan(10);
            all.forEach((x, k) => {
              expect(inside(data, x)).toBe(true);
              const own = bundleOf(data, i, x);
              if (own.some((v, j) => v < 1e-3 * totals[j])) return;
              expect(Math.abs(gain(data, i, x))).toBeLessThan(1e-11);
              expect(logSlope(data, i, own)).toBeCloseTo(curve.parameter[k], 9);
            });
            // Both ends are at an edge of the box.
            for (const x of [all[0], all[all.length - 1]]) {
              const part = Math.max(...bundleOf(data, i, x).map((v, j) => Math.abs(v / totals[j] - 0.5)));
              expect(part).toBeGreaterThan(0.5 - 2e-6);
            }
          });
          if (secondCrossing) {
            crossings++;
            const x = [...secondCrossing];
            expect(Math.abs(gain(data, 0, x))).toBeLessThan(1e-11);
            // What agent 2 has is a difference, which has lost digits if it is small.
            const lost = 1 / Math.min(...bundleOf(data, 1, x).map((v, j) => v / totals[j]));
            expect(Math.abs(gain(data, 1, x))).toBeLessThan(1e-13 * lost);
            expect(relativeDifference(x, data.endowments[0])).toBeGreaterThan(1e-9);
            return;
          }
          // No crossing: the endowment is efficient, or agent 2 gains all along one side of agent
          // 1's curve.
          const all = points(indifference[0]);
          const gap = core.parameter[core.parameter.length - 1] - core.parameter[0];
          const open = [all[0], all[all.length - 1]].some((x) => gain(data, 1, x) > -1e-9);
          expect(open || gap < 1e-5).toBe(true);
        }),
        { numRuns: 50 },
      );
      expect(crossings).toBeGreaterThan(10);
    });

    it("has offer curves of what agents demand, and budget lines through their crossings at equilibrium prices", () => {
      fc.assert(
        fc.property(marketsOf(2, 2, 0.2, 6), (data) => {
          const economy = walras.economy(data);
          const { prices, allocation } = walras.equilibrium(economy);
          const box = walras.edgeworthBox(economy, { prices });
          box.offers.forEach((pieces, i) => {
            const own = data.endowments[i];
            let through = false;
            for (const piece of pieces) {
              points(piece).forEach((x, k) => {
                const t = piece.parameter[k];
                const bundle = bundleOf(data, i, x);
                expect(inside(data, x)).toBe(true);
                if (bundle.some((v, j) => v < 1e-3 * box.totals[j])) return;
                const [p1, p2] = [Math.exp(t / 2), Math.exp(-t / 2)];
                const income = p1 * own[0] + p2 * own[1];
                expect(Math.abs(p1 * bundle[0] + p2 * bundle[1] - income) / income).toBeLessThan(1e-11);
                expect(logSlope(data, i, bundle)).toBeCloseTo(t, 9);
                expect(gain(data, i, x)).toBeGreaterThan(-1e-12);
              });
              const home = logSlope(data, i, own);
              through ||= piece.parameter[0] <= home && home <= piece.parameter[piece.parameter.length - 1];
            }
            expect(through).toBe(true);
          });
          const [{ line, demand }] = box.budgets;
          expect(relativeDifference(demand, allocation)).toBeLessThan(1e-7);
          const income = prices[0] * data.endowments[0][0] + prices[1] * data.endowments[0][1];
          for (const x of [
            [line[0], line[1]],
            [line[2], line[3]],
          ]) {
            expect(Math.abs(prices[0] * x[0] + prices[1] * x[1] - income) / income).toBeLessThan(1e-12);
            expect(inside(data, x)).toBe(true);
            expect(x.some((v, j) => v === 0 || v === box.totals[j])).toBe(true);
          }
        }),
        { numRuns: 30 },
      );
    });

    it("has all of the contract curve for its core if the endowments are worth nothing to their owners", () => {
      const all = walras.edgeworthBox(walras.economy(SWAP), { prices: [[1, 1]] });
      expect([all.core, all.indifference.map((c) => c.points.length), all.secondCrossing]).toEqual([
        all.contract,
        [0, 0],
        null,
      ]);
      expect([...all.budgets[0].line]).toEqual([0, 1, 1, 0]);
      expect(relativeDifference(all.budgets[0].demand, [1 / 3, 2 / 3, 2 / 3, 1 / 3])).toBeLessThan(1e-14);
      // Cobb-Douglas: agent 1 keeps a third of its good at all prices, so its offer curve is
      // upright and leaves the box through the top.
      const [[offer]] = all.offers;
      expect(points(offer).every(([x]) => Math.abs(x - 1 / 3) < 1e-14)).toBe(true);
      expect(offer.points[offer.points.length - 1]).toBeCloseTo(1, 12);

      const data = { alpha: CROSSED, omega: [[-0.5, -0.5], [-0.5, -0.5]], endowments: IDENTITY }; // biome-ignore format: rows
      const some = walras.edgeworthBox(walras.economy(data));
      const core = points(some.core);
      expect(Math.abs(gain(data, 0, core[0]))).toBeLessThan(1e-13);
      expect(Math.abs(gain(data, 1, core[core.length - 1]))).toBeLessThan(1e-13);
      for (const x of points(some.indifference[0])) expect(Math.abs(gain(data, 0, x))).toBeLessThan(1e-12);
    });

    it("draws offer curves up to the relative prices that a double holds", () => {
      for (const omega of [-400, -900, -2000]) {
        const economy = walras.economy({ alpha: CROSSED, omega, endowments: [[3, 0], [1, 1]] }); // biome-ignore format: rows
        const { offers, endowment, totals } = walras.edgeworthBox(economy);
        for (const curve of offers.flat()) {
          points(curve).forEach((x, k) => {
            const [p1, p2] = [1, -1].map((sign) => Math.exp((sign * curve.parameter[k]) / 2));
            expect(Math.min(p1, p2)).toBeGreaterThan(0);
            const missed = p1 * (x[0] - endowment[0]) + p2 * (x[1] - endowment[1]);
            expect(Math.abs(missed)).toBeLessThan(1e-12 * (p1 * totals[0] + p2 * totals[1]));
          });
        }
      }
    });

    it("draws the offer curve of an agent that owns one good from where it enters the box to where it rests", () => {
      fc.assert(
        fc.property(marketsOf(2, 2, 0.2, 6), fc.constantFrom(0, 1), fc.constantFrom(0, 1), (data, i, j) => {
          const endowments = data.endowments.map((row, k) => row.map((x, l) => (k === i && l === j ? 0 : x)));
          const market = { ...data, endowments };
          const { offers, totals } = walras.edgeworthBox(walras.economy(market));
          const own = endowments[i];
          expect(offers.map((pieces) => pieces.length)).toEqual([1, 1]);
          const [{ points: flat, parameter }] = offers[i];
          expect(flat.length).toBeGreaterThan(20);
          points(offers[i][0]).forEach((x, k) => {
            expect(inside(market, x)).toBe(true);
            const bundle = bundleOf(market, i, x);
            const [p1, p2] = [Math.exp(parameter[k] / 2), Math.exp(-parameter[k] / 2)];
            const missed = p1 * (bundle[0] - own[0]) + p2 * (bundle[1] - own[1]);
            expect(Math.abs(missed)).toBeLessThan(1e-11 * (p1 * totals[0] + p2 * totals[1]));
            if (bundle.every((v, l) => v > 1e-3 * totals[l])) {
              expect(logSlope(market, i, bundle)).toBeCloseTo(parameter[k], 9);
            }
          });
          // What it owns none of, it buys more of the cheaper it is, until it has all.
          const first = bundleOf(market, i, j === 0 ? [flat[0], flat[1]] : [...flat.slice(-2)]);
          expect(first[j] / totals[j]).toBeCloseTo(1, 9);
        }),
        { numRuns: 40 },
      );
      // This curve lies in the box at other prices than those of efficient allocations.
      const late = { alpha: [[0.158, 2.837], [0.267, 0.226]], omega: [[-1, -0.344], [-1.796, -2.165]], endowments: [[2.065, 4.492], [0, 4.241]] }; // biome-ignore format: rows
      expect(walras.edgeworthBox(walras.economy(late)).offers.map((pieces) => pieces.length)).toEqual([1, 1]);
    });

    it("computes the curves that are asked for, and gives the others no points", () => {
      const economy = walras.economy({ alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }); // biome-ignore format: rows
      const all = walras.edgeworthBox(economy);
      const none = { points: new Float64Array(), parameter: new Float64Array() };
      const empty = {
        ...walras.edgeworthBox(economy, { curves: [] }),
      };
      expect(empty).toEqual({
        totals: all.totals,
        endowment: all.endowment,
        contract: none,
        core: none,
        indifference: [none, none],
        secondCrossing: null,
        offers: [[], []],
        budgets: [],
        through: [],
      });
      for (const part of ["contract", "core", "indifference", "secondCrossing", "offers"] as const) {
        expect(walras.edgeworthBox(economy, { curves: [part] })).toEqual({ ...empty, [part]: all[part] });
      }
      expect(walras.edgeworthBox(economy, { curves: ["offers", "core"] })).toEqual({
        ...empty,
        core: all.core,
        offers: all.offers,
      });
    });

    it("has indifference curves through any point, on which all points are as good", () => {
      fc.assert(
        fc.property(
          marketsOf(2, 2, 0.2, 6),
          fc.double({ min: 0.01, max: 0.99, noNaN: true }),
          fc.double({ min: 0.01, max: 0.99, noNaN: true }),
          (data, a, b) => {
            const economy = walras.economy(data);
            const point = [a * economy.totals[0], b * economy.totals[1]];
            const market = walras.equilibrium(economy);
            const { through } = walras.edgeworthBox(economy, {
              curves: [],
              through: [point, market, data.endowments[0]],
            });
            const bases = [point, [...market.allocation.slice(0, 2)], data.endowments[0]];
            expect(through.map((each) => [...each.point])).toEqual(bases);
            through.forEach(({ indifference }, k) => {
              indifference.forEach((curve, i) => {
                const base = bundleOf(data, i, bases[k]);
                const home = logSlope(data, i, base);
                expect(curve.parameter[0]).toBeLessThan(home);
                expect(curve.parameter[curve.parameter.length - 1]).toBeGreaterThan(home);
                for (const x of points(curve)) {
                  expect(inside(data, x)).toBe(true);
                  const own = bundleOf(data, i, x);
                  if (own.some((v, j) => v < 1e-3 * economy.totals[j])) continue;
                  expect(Math.abs(utilityDifference(data.alpha[i], data.omega[i], own, base))).toBeLessThan(1e-11);
                }
              });
            });
            // Through the endowment it is the curve that the box has anyway, up to rounding.
            const { indifference } = walras.edgeworthBox(economy);
            indifference.forEach((curve, i) => {
              expect(
                relativeDifference(through[2].indifference[i].parameter.slice(0, 1), curve.parameter.slice(0, 1)),
              ).toBeLessThan(1e-9);
            });
          },
        ),
        { numRuns: 30 },
      );
    });

    it("draws no curve through a point that is worth nothing to an agent, and refuses those outside the box", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: [[1, 1], [1, 2]] }); // biome-ignore format: rows
      const { through } = walras.edgeworthBox(economy, { through: [[0, 1], [2, 2], { allocation: [[1, 1], [1, 2]] }] }); // biome-ignore format: rows
      const counts = through.map(({ indifference }) => indifference.map(({ points: flat }) => flat.length > 0));
      expect(counts).toEqual([[false, true], [true, false], [true, true]]); // biome-ignore format: rows
      const refused = (options: object) => refusedPaths(() => walras.edgeworthBox(economy, options));
      expect(refused({ through: [[1, 3.1], [-1, 1], [1], "x", { allocation: [1, 2] }] })).toEqual([
        "through[0][1]", "through[1][0]", "through[2]", "through[3]", "through[4].allocation",
      ]); // biome-ignore format: rows
      expect(refused({ through: 5 })).toEqual(["through"]);
      expect(refused({ through: Array(1001).fill([1, 1]) })).toEqual(["through"]);
      expect(refused({ curves: ["core", "corn"] })).toEqual(["curves"]);
      expect(refused({ curves: "core" })).toEqual(["curves"]);
    });

    it("has a core of one point where the endowment is efficient", () => {
      const efficient = { alpha: [1, 2], omega: -2, endowments: [[1, 2], [3, 6]] }; // biome-ignore format: rows
      const { core, secondCrossing } = walras.edgeworthBox(walras.economy(efficient));
      expect(secondCrossing).toBeNull();
      for (const x of points(core)) expect(relativeDifference(x, [1, 2])).toBeLessThan(1e-7);
    });

    it("refuses other economies than concave markets of two agents who want two goods, and bad prices", () => {
      const three = walras.economy({ alpha: 1, omega: -1, endowments: [[1, 1, 1], [1, 1, 1]] }); // biome-ignore format: rows
      expect(() => walras.edgeworthBox(three)).toThrow(
        /size must be 2 agents and 2 goods for a box; got "2 agents and 3 goods"/,
      );
      const endowments = [[0, 1], [1, 1]]; // biome-ignore format: rows
      const straight = walras.economy({ alpha: [[1, 0], [1, 1]], omega: -1, endowments }); // biome-ignore format: rows
      expect(() => walras.edgeworthBox(straight)).toThrow(EconomyError);
      const convex = walras.economy({ alpha: 1, omega: 0.5, endowments });
      expect(() => walras.edgeworthBox(convex)).toThrow(/omega must be below 0 in a market/);
      const fine = walras.economy({ alpha: 1, omega: -1, endowments });
      for (const prices of [5, null, [1], ["1", 2]]) {
        expect(() => walras.edgeworthBox(fine, { prices: prices as never })).toThrow(OptionError);
      }
      expect(walras.edgeworthBox(fine, { prices: Float64Array.of(1, 2) }).budgets).toHaveLength(1);
      expect(walras.edgeworthBox(fine).budgets).toHaveLength(0);
      const refused = refusedPaths(() =>
        walras.edgeworthBox(fine, { prices: [[1, 0], [1]], points: 0, chordTolerance: 2 }),
      );
      expect(refused).toEqual(["points", "chordTolerance", "prices[0][1]", "prices[1]"]);
    });
  });
}

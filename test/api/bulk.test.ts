// Many economies in one call, against the same economies one by one.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/index.js";
import { engines, listOf, logUniform, negative, relativeDifference } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";
import { caseNamed } from "../support/fixtures.js";

const bulks = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 7 }))
  .chain(([agents, goods, count]) => {
    const flat = (draw: fc.Arbitrary<number>, length: number) => listOf(draw, length);
    const cells = agents * goods * count;
    return fc.record({
      agents: fc.constant(agents),
      goods: fc.constant(goods),
      count: fc.constant(count),
      alpha: flat(logUniform(0.2, 5), cells),
      omega: flat(negative(0.2, 5), cells),
      endowments: flat(logUniform(0.2, 5), cells),
      weights: flat(logUniform(0.5, 2), agents * count),
    });
  });

for (const [name, walras] of engines) {
  describe(`bulk calls on ${name}`, () => {
    it("plan every economy as plan() does", () => {
      fc.assert(
        fc.property(bulks, (bulk) => {
          const { agents: n, goods: m, count } = bulk;
          const answer = walras.planMany(bulk);
          for (let e = 0; e < count; e++) {
            const economy = nth(walras, bulk, e);
            const plan = walras.plan(economy, { weights: bulk.weights.slice(e * n, (e + 1) * n) });
            expect(
              relativeDifference(answer.allocation.subarray(e * n * m, (e + 1) * n * m), plan.allocation),
            ).toBeLessThan(1e-12);
            expect(
              relativeDifference(answer.shadowPrices.subarray(e * m, (e + 1) * m), plan.shadowPrices),
            ).toBeLessThan(1e-12);
            expect(answer.residual[e]).toBeLessThan(1e-12);
            expect(answer.statuses[answer.status[e]]).toBe("converged");
          }
        }),
        { numRuns: 50 },
      );
    });

    it("plan extreme and convex economies among mild ones", () => {
      const size = { agents: 2, goods: 2, count: 3 };
      const alpha = [1e-9, 1, 1, 1e9, 1, 1, 1, 1, 1, 2, 3, 0];
      const omega = [-0.05, -20, -20, -0.05, -1, -1, -1, -1, 0.5, -1, -1, 0.5];
      const totals = [1e-6, 1e6, 1, 1, 2, 3];
      const answer = walras.planMany({ ...size, alpha, omega, totals });
      for (let e = 0; e < 3; e++) {
        const part = (values: number[], k: number) => Float64Array.from(values.slice(e * k, (e + 1) * k));
        const plan = walras.plan(
          walras.economy({
            size: { agents: 2, goods: 2 },
            alpha: part(alpha, 4),
            omega: part(omega, 4),
            totals: part(totals, 2),
          }),
        );
        expect(relativeDifference(answer.allocation.subarray(4 * e, 4 * e + 4), plan.allocation)).toBeLessThan(1e-11);
        expect(answer.statuses[answer.status[e]]).toBe("converged");
      }
    });

    it("find every market's equilibrium as equilibrium() does", () => {
      fc.assert(
        fc.property(bulks, ({ weights: _, ...bulk }) => {
          const { agents: n, goods: m, count } = bulk;
          const answer = walras.equilibriumMany(bulk);
          for (let e = 0; e < count; e++) {
            const { prices, allocation, residuals } = walras.equilibrium(nth(walras, bulk, e));
            const worst = Math.max(...Object.values(residuals));
            // Answers differ by what their residuals leave open. These markets magnify them some ten
            // times: a residual of 1e-13 has left 1.4e-12 between amounts.
            const apart = 1e-12 + 30 * (worst + answer.residual[e]);
            const pricesOf = answer.prices.subarray(e * m, (e + 1) * m);
            const allocationOf = answer.allocation.subarray(e * n * m, (e + 1) * n * m);
            expect(relativeDifference(pricesOf, prices)).toBeLessThan(apart);
            expect(relativeDifference(allocationOf, allocation)).toBeLessThan(apart);
            expect(answer.residual[e]).toBeLessThan(1e-10);
            expect(worst).toBeLessThan(1e-10);
            expect(answer.statuses[answer.status[e]]).toBe("converged");
          }
        }),
        { numRuns: 50 },
      );
    });

    it("use an array that is given for one economy for all of them, also beyond one chunk", () => {
      const count = 40_000;
      const totals = Float64Array.from({ length: 3 * count }, (_, k) => 1 + (k % 11));
      const { allocation, status } = walras.planMany({
        agents: 3,
        goods: 3,
        count,
        alpha: [1, 2, 3, 3, 2, 1, 1, 1, 1],
        omega: -1,
        totals,
      });
      expect(status.every((s) => s === 0)).toBe(true);
      // With logarithmic utility, shares are in proportion to alpha.
      const last = 9 * (count - 1);
      expect(allocation[last]).toBeCloseTo((totals[3 * (count - 1)] * 1) / 5, 12);
      expect(allocation[last + 3]).toBeCloseTo((totals[3 * (count - 1)] * 3) / 5, 12);
    });

    it("solve every economy of several chunks", () => {
      // With logarithmic utility, plans and markets have closed forms. 256 economies of this
      // size are laid at a time.
      const [n, m, count] = [32, 32, 300];
      const size = { agents: n, goods: m, count, alpha: 1, omega: -1 };
      const weights = Float64Array.from({ length: n * count }, (_, k) => 1 + (k % 7));
      const totals = Float64Array.from({ length: m * count }, (_, k) => 1 + (k % 11));
      const plans = walras.planMany({ ...size, weights, totals });
      const endowments = Float64Array.from({ length: n * m * count }, (_, k) => 1 + (k % 13) + (k % 17));
      const markets = walras.equilibriumMany({ ...size, endowments });
      const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b);
      for (let e = 0; e < count; e++) {
        const [w, owned] = [weights.subarray(e * n, (e + 1) * n), totals.subarray(e * m, (e + 1) * m)];
        const cells = { from: e * n * m, to: (e + 1) * n * m };
        const planned = Float64Array.from({ length: n * m }, (_, c) => (owned[c % m] * w[(c / m) | 0]) / sum(w));
        expect(relativeDifference(plans.allocation.subarray(cells.from, cells.to), planned)).toBeLessThan(1e-12);
        const shadowPrices = owned.map((total) => sum(w) / total);
        expect(relativeDifference(plans.shadowPrices.subarray(e * m, (e + 1) * m), shadowPrices)).toBeLessThan(1e-12);

        const own = endowments.subarray(cells.from, cells.to);
        const total = Float64Array.from({ length: m }, (_, j) => sum(own.filter((_, c) => c % m === j)));
        const level = sum(total.map((all) => 1 / all));
        const prices = total.map((all) => 1 / all / level);
        expect(relativeDifference(markets.prices.subarray(e * m, (e + 1) * m), prices)).toBeLessThan(1e-12);
        const shares = Array.from({ length: n }, (_, i) => sum(prices.map((p, j) => (p * own[i * m + j] * level) / m)));
        const bought = own.map((_, c) => shares[(c / m) | 0] * total[c % m]);
        expect(relativeDifference(markets.allocation.subarray(cells.from, cells.to), bought)).toBeLessThan(1e-12);
        for (const { residual, status, statuses } of [plans, markets]) {
          expect(residual[e]).toBeLessThan(1e-10);
          expect(statuses[status[e]]).toBe("converged");
        }
      }
    });

    it("list the equilibria of every economy of several chunks", () => {
      // Chunks of 131 economies, each with the one equilibrium of logarithmic utility.
      const [m, count] = [1000, 140];
      const endowments = Float64Array.from({ length: 2 * m * count }, (_, k) => 1 + (k % 13) + (k % 17));
      const found = walras.equilibriaMany({ agents: 2, goods: m, count, alpha: 1, omega: -1, endowments });
      expect(
        [found.counts, found.complete, found.indexSum, found.index].every((list) => list.every((v) => v === 1)),
      ).toBe(true);
      expect([...found.offset]).toEqual(Array.from({ length: count }, (_, e) => e));
      for (let e = 0; e < count; e++) {
        const own = endowments.subarray(2 * m * e, 2 * m * (e + 1));
        const value = Float64Array.from({ length: m }, (_, j) => 1 / (own[j] + own[m + j]));
        const level = value.reduce((a, b) => a + b);
        const prices = found.prices.subarray(m * e, m * (e + 1));
        expect(
          relativeDifference(
            prices,
            value.map((p) => p / level),
          ),
        ).toBeLessThan(1e-11);
      }
    });

    it("list more equilibria than twice the economies", () => {
      const own = caseNamed("kehoe-1024").economy as Record<"alpha" | "endowments" | "omega", number[][]>;
      const count = 3000;
      const found = walras.equilibriaMany({
        ...{ agents: 2, goods: 2, count },
        alpha: own.alpha.flat(),
        omega: own.omega.flat()[0],
        endowments: own.endowments.flat(),
      });
      const alone = walras.equilibria(walras.economy(caseNamed("kehoe-1024").economy)).equilibria;
      expect([found.counts.every((c) => c === 3), found.indexSum.every((sum) => sum === 1)]).toEqual([true, true]);
      expect([...found.offset]).toEqual(Array.from({ length: count }, (_, e) => 3 * e));
      expect(found.prices.length).toBe(6 * count);
      for (let k = 0; k < 3 * count; k++) {
        expect(relativeDifference(found.prices.subarray(2 * k, 2 * k + 2), alone[k % 3].prices)).toBeLessThan(1e-11);
        expect(found.index[k]).toBe(alone[k % 3].index);
      }
    });

    it.each<[string, object, string]>([
      ["no agents", { agents: 0 }, "agents"],
      ["1001 agents", { agents: 1001 }, "agents"],
      ["half an agent", { agents: 1.5 }, "agents"],
      ["no goods", { goods: 0 }, "goods"],
      ["1001 goods", { goods: 1001 }, "goods"],
      ["no economies", { count: 0 }, "count"],
      ["half an economy", { count: 1.5 }, "count"],
      ["a missing count", { count: undefined }, "count"],
      ["a cell more than are allowed", { agents: 1000, goods: 1000, count: 68 }, "count"],
      ["a tolerance below 0", { tolerance: -1e-300 }, "tolerance"],
      ["a tolerance above 1", { tolerance: 1.1 }, "tolerance"],
      ["an infinite alpha", { alpha: Infinity }, "alpha"],
      ["an infinite alpha in a list", { alpha: [1, Infinity, 1, 1] }, "alpha[1]"],
      ["an omega that is no number", { omega: [-1, -1, -1, -1, -1, -1, -1, Number.NaN] }, "omega[7]"],
      ["a list that ends before the last economy", { alpha: [1, 1, 1, 1, 1, 1, 1] }, "alpha"],
      ["no alpha", { alpha: undefined }, "alpha"],
    ])("all refuse %s", (_, wrong, path) => {
      const right = { agents: 2, goods: 2, count: 2, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      expect(refusedPaths(() => walras.planMany({ ...right, ...wrong }))).toEqual([path]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, ...wrong }))).toEqual([path]);
      const { tolerance, ...others } = wrong as { tolerance?: number };
      if (tolerance === undefined)
        expect(refusedPaths(() => walras.equilibriaMany({ ...right, ...others }))).toEqual([path]);
    });

    it("refuse what one of them alone refuses", () => {
      const right = { agents: 2, goods: 2, count: 2, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      const { endowments: _, ...planner } = { ...right, totals: [1, 1] };
      expect(walras.planMany({ ...right, alpha: [1, 0, 0, 1], omega: [0.5, -1, 0, -1] }).status).toHaveLength(2);
      expect(refusedPaths(() => walras.planMany({ ...planner, totals: 0 }))).toEqual(["totals"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, totals: [1, 1, 1, Infinity] }))).toEqual(["totals[3]"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, totals: undefined }))).toEqual(["totals"]);
      expect(refusedPaths(() => walras.planMany({ ...right, totals: [1, 1] }))).toEqual(["totals"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, weights: [1, 0] }))).toEqual(["weights[1]"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, omega: Infinity }))).toEqual(["omega"]);
      expect(refusedPaths(() => walras.planMany({ ...right, endowments: [1e308, 1, 1e308, 1] }))).toEqual([
        "endowments of economy 0",
      ]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, alpha: 0 }))).toEqual(["alpha"]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, weights: 1 } as never))).toEqual(["weights"]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, totals: 1 } as never))).toEqual(["totals"]);
      const second = [1, 1, 1, 1, 1, 1, 0, 0];
      expect(() => walras.equilibriumMany({ ...right, endowments: second })).toThrow(
        "endowments of economy 1 must give agent 1 something; got 0",
      );
      expect(() => walras.equilibriumMany({ ...right, endowments: [1, 1, 1, 1, 1, 0, 1, 0] })).toThrow(
        "endowments of economy 1 must give good 1 a finite total above 0; got 0",
      );
      for (const omega of [-1e6 * (1 + 1e-9), -1e-6 * (1 - 1e-9)]) {
        expect(refusedPaths(() => walras.equilibriaMany({ ...right, omega }))).toEqual(["omega"]);
      }
      for (const omega of [-1e6, -1e-6]) expect(walras.equilibriaMany({ ...right, omega }).counts).toHaveLength(2);
      for (const maxIntervals of [0, 1.5, 1e9 + 1]) {
        expect(refusedPaths(() => walras.equilibriaMany({ ...right, maxIntervals }))).toEqual(["maxIntervals"]);
      }
      expect(refusedPaths(() => walras.equilibriaMany({ ...right, tolerance: 0.1 } as never))).toEqual(["tolerance"]);
      const three = { ...right, agents: 3, goods: 3, endowments: 1 };
      expect(refusedPaths(() => walras.equilibriaMany(three))).toEqual(["goods"]);
      expect(walras.equilibriaMany({ ...three, goods: 2, maxIntervals: 1e9 }).counts).toHaveLength(2);
      expect(walras.equilibriaMany({ ...three, agents: 2, maxIntervals: 1 }).counts).toHaveLength(2);
    });

    it("take a tolerance, by which answers count as converged", () => {
      const data = { agents: 2, goods: 2, count: 1, alpha: [1, 3, 2, 1], omega: [-1.5, -2, -0.3, -3] };
      const endowments = [1, 2, 5, 1];
      const solve = [walras.planMany, walras.equilibriumMany].map(
        (call) => (tolerance: number) =>
          (call as typeof walras.planMany).call(walras, { ...data, endowments, tolerance }),
      );
      for (const call of solve) {
        const exact = call(0);
        expect(exact.residual[0]).toBeGreaterThan(0);
        expect(exact.statuses[exact.status[0]]).toBe("stalled");
        const loose = call(1);
        expect(loose.statuses[loose.status[0]]).toBe("converged");
      }
    });

    it.each([
      ["a short array", { alpha: [1, 2] }, /alpha must have 4 numbers, shared by all economies, or 8; got 2/],
      [
        "a negative endowment",
        { endowments: [1, 1, -1, 1] },
        /endowments\[2\] must be finite and not negative; got -1/,
      ],
      ["an omega of 0", { omega: 0 }, /omega must be finite and below 0; got 0/],
      [
        "a good that nobody owns",
        { endowments: [1, 0, 1, 0] },
        /endowments of economy 0 must give good 1 a finite total above 0/,
      ],
      [
        "an agent that owns nothing",
        { endowments: [1, 1, 0, 0] },
        /endowments of economy 0 must give agent 1 something/,
      ],
      ["too many", { count: 2 ** 26 }, /count must leave agents goods count at 67108864 at most/],
      ["no size", { agents: undefined as never }, /agents must be a whole number from 1 to 1000; got NaN/],
      ["an unknown key", { weight: 1 } as never, /weight is not a known key/],
    ])("refuse %s", (_, wrong, message) => {
      const right = { agents: 2, goods: 2, count: 2, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      expect(() => walras.equilibriumMany({ ...right, ...wrong })).toThrow(message);
      expect(() => walras.equilibriumMany({ ...right, ...wrong })).toThrow(OptionError);
      expect(walras.equilibriumMany(right).residual[1]).toBeLessThan(1e-10);
    });
  });
}

/** The economy number e of a bulk call. */
function nth(
  walras: (typeof engines)[number][1],
  bulk: { agents: number; goods: number; alpha: number[]; omega: number[]; endowments: number[] },
  e: number,
) {
  const { agents: n, goods: m } = bulk;
  const part = (values: number[]) => Float64Array.from(values.slice(e * n * m, (e + 1) * n * m));
  return walras.economy({
    size: { agents: n, goods: m },
    alpha: part(bulk.alpha),
    omega: part(bulk.omega),
    endowments: part(bulk.endowments),
  });
}

// Many economies in one call, against the same economies one by one.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/index.js";
import { engines, listOf, logUniform, negative, relativeDifference } from "../support/engines.js";

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

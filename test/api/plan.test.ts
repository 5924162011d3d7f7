// The exact plan by its definition: first-order conditions, feasibility, scaling, and the global maximum where curvatures mix.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/index.js";
import { engines, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

const wild = sized((n, m) =>
  fc.record({
    alpha: matrixOf(logUniform(1e-12, 1e12), n, m),
    omega: matrixOf(
      logUniform(0.05, 20).map((w) => -w),
      n,
      m,
    ),
    weights: fc.array(logUniform(1e-3, 1e3), { minLength: n, maxLength: n }),
    totals: fc.array(logUniform(1e-8, 1e8), { minLength: m, maxLength: m }),
  }),
);
const mild = sized((n, m) =>
  fc.record({
    alpha: matrixOf(logUniform(0.2, 5), n, m),
    omega: matrixOf(
      logUniform(0.3, 3).map((w) => -w),
      n,
      m,
    ),
    weights: fc.array(logUniform(0.2, 5), { minLength: n, maxLength: n }),
    totals: fc.array(logUniform(0.1, 10), { minLength: m, maxLength: m }),
  }),
);

for (const [name, walras] of engines) {
  describe(`the exact plan on ${name}`, () => {
    it("meets its first-order conditions over 24 orders of magnitude of alpha and 16 of totals", () => {
      fc.assert(
        fc.property(wild, (data) => {
          const plan = walras.plan(walras.economy(data));
          expect(plan.residuals.feasibility).toBeLessThan(1e-12);
          expect(plan.residuals.stationarity).toBeLessThan(1e-11);
          expect(plan.converged).toBe(true);
        }),
        { numRuns: 300 },
      );
    });

    it("takes omega = -1 and its neighbours as ordinary points", () => {
      const at = (omega: number) =>
        walras.plan(
          walras.economy({
            alpha: [
              [1, 2],
              [3, 1],
            ],
            omega: [
              [omega, -2],
              [-0.5, omega],
            ],
            totals: [5, 7],
          }),
        ).allocation;
      for (const near of [-1 - 1e-12, -1 + 1e-12]) expect(relativeDifference(at(near), at(-1))).toBeLessThan(1e-11);
    });

    it("is the textbook's for logarithmic utility: shares in proportion to weighted alpha", () => {
      const plan = walras.plan(
        walras.economy({ alpha: [[1], [2], [5]], omega: -1, totals: [4], weights: [1, 1, 0.2] }),
      );
      expect(relativeDifference(plan.allocation, [1, 2, 1])).toBeLessThan(1e-15);
      expect(plan.shadowPrices[0]).toBeCloseTo(1, 14);
    });

    it("scales: weights and alpha leave the allocation alone and multiply prices, totals in other units scale with them", () => {
      fc.assert(
        fc.property(mild, logUniform(1e-6, 1e6), (data, factor) => {
          const plan = walras.plan(walras.economy(data));
          const scaled = { ...data, weights: data.weights.map((w) => w * factor) };
          const heavier = walras.plan(walras.economy(scaled));
          expect(relativeDifference(heavier.allocation, plan.allocation)).toBeLessThan(1e-11);
          expect(
            relativeDifference(
              heavier.shadowPrices,
              plan.shadowPrices.map((p) => p * factor),
            ),
          ).toBeLessThan(1e-11);
          // A good counted in units 1/factor as large: alpha x^(1 + omega) stays the same if alpha is divided by factor^(1 + omega).
          const units = walras.plan(
            walras.economy({
              ...data,
              totals: data.totals.map((t) => t * factor),
              alpha: data.alpha.map((row, i) => row.map((a, j) => a / factor ** (1 + data.omega[i][j]))),
            }),
          );
          expect(
            relativeDifference(
              units.allocation,
              plan.allocation.map((x) => x * factor),
            ),
          ).toBeLessThan(1e-10);
        }),
      );
    });

    it("follows permutations of agents and goods", () => {
      fc.assert(
        fc.property(mild, (data) => {
          const turned = (rows: number[][]) => rows.map((row) => row.toReversed()).toReversed();
          const plan = walras.plan(walras.economy(data));
          const other = walras.plan(
            walras.economy({
              alpha: turned(data.alpha),
              omega: turned(data.omega),
              weights: data.weights.toReversed(),
              totals: data.totals.toReversed(),
            }),
          );
          expect(relativeDifference(other.allocation.toReversed(), plan.allocation)).toBeLessThan(1e-11);
        }),
      );
    });

    it("gives nothing of a good to those who do not want it, and splits what nobody wants", () => {
      const plan = walras.plan(
        walras.economy({
          alpha: [
            [1, 0, 0],
            [1, 2, 0],
          ],
          omega: -0.7,
          totals: [2, 3, 4],
        }),
      );
      expect(relativeDifference(plan.allocation, [1, 0, 2, 1, 3, 2])).toBeLessThan(1e-15);
      expect(plan.shadowPrices[2]).toBe(0);
      expect(plan.converged).toBe(true);
    });

    it("finds the global maximum of goods that concave and convex agents share, and bounds the gap", () => {
      const mixed = fc.integer({ min: 2, max: 5 }).chain((n) =>
        fc.record({
          alpha: matrixOf(logUniform(0.1, 10), n, 1),
          omega: matrixOf(
            fc.oneof(fc.double({ min: -3, max: -0.1, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })),
            n,
            1,
          ),
          total: logUniform(0.01, 100),
        }),
      );
      fc.assert(
        fc.property(mixed, ({ alpha, omega, total }) => {
          fc.pre(omega.some(([w]) => w < 0) && omega.some(([w]) => w >= 0));
          const plan = walras.plan(walras.economy({ alpha, omega, totals: [total] }));
          // Utilities may cancel in welfare.
          expect(plan.gap).toBeLessThanOrEqual(1e-12 * plan.utilities.reduce((s, u) => s + Math.abs(u), 0));
          expect(plan.residuals.feasibility).toBeLessThan(1e-12);
          expect(plan.converged).toBe(true);
          // Nothing on a grid of what one convex agent holds does better, the rest going to the concave agents at best.
          const concave = omega.flatMap(([w], i) => (w < 0 ? [i] : []));
          const value = (part: number) =>
            walras.plan(
              walras.economy({
                alpha: concave.map((i) => alpha[i]),
                omega: concave.map((i) => omega[i]),
                totals: [part],
              }),
            ).welfare;
          omega.forEach(([w], k) => {
            if (w < 0) return;
            for (const share of [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999]) {
              const other = (alpha[k][0] * (share * total) ** (1 + w)) / (1 + w) + value(total * (1 - share));
              expect(other).toBeLessThanOrEqual(plan.welfare + 1e-9 * Math.abs(plan.welfare));
            }
          });
        }),
        { numRuns: 60 },
      );
    });

    it.each([
      [
        "a concave part too small for a double",
        { alpha: [[0.0712], [2.7866]], omega: [[-0.01], [3]], totals: [550.73] },
        1,
      ],
      [
        "linear agents who get nothing",
        {
          alpha: [[5.333333333333328], [1], [1], [1], [1]],
          omega: [[0], [0], [0], [-0.5959003929449046], [-2.999992952295037]],
          totals: [0.011333077154013898],
        },
        4,
      ],
      ["a linear agent with hardly a share", { alpha: [[1], [1 + 1e-7]], omega: [[-0.5], [0]], totals: [1] }, 1],
      [
        "omega next to -1",
        { alpha: [[0.0506], [1.285], [0.8252]], omega: [[0], [-5], [-0.999999999]], totals: [18.33] },
        0,
      ],
      ["omega at -1 beside a linear agent", { alpha: 1, omega: [[0], [-1]], totals: [5] }, 0],
      ["omega a hair above -1 beside a linear agent", { alpha: 1, omega: [[0], [-1 + 1e-12]], totals: [5] }, 0],
    ])("is exact for %s", (_, data, holder) => {
      const plan = walras.plan(walras.economy(data));
      expect(plan.status).toBe("converged");
      expect(plan.allocation[holder]).toBeGreaterThan(0);
      expect(plan.gap).toBeLessThan(1e-12 * (1 + Math.abs(plan.welfare)));
    });

    it("solves ten thousand agents and one good", () => {
      const n = 10_000;
      const plan = walras.plan(
        walras.economy({
          alpha: Array.from({ length: n }, (_, i) => [1 + (i % 7)]),
          omega: Array.from({ length: n }, (_, i) => [-0.2 - (i % 11)]),
          totals: [1e6],
        }),
      );
      expect(plan.residuals.feasibility).toBeLessThan(1e-10);
      expect(plan.residuals.stationarity).toBeLessThan(1e-10);
    });

    it("refuses weights and options that are none", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, totals: [1, 1], weights: [1, 1] });
      expect(() => walras.plan(economy, { weights: [1, -1] })).toThrow(
        /weights\[1\] must be a finite number above 0; got -1/,
      );
      expect(() => walras.plan(economy, { weight: [1, 1] } as never)).toThrow(OptionError);
    });

    // An earlier version got this wrong.
    it("is not called converged if no double holds a shadow price", () => {
      const plan = walras.plan(
        walras.economy({
          alpha: [
            [1, 2],
            [3, 1],
          ],
          omega: -3,
          totals: [1e-150, 2],
        }),
      );
      expect(plan.converged).toBe(false);
      expect(plan.message).toMatch(/shadow price of good 1 is beyond what a double holds/);
      const many = walras.planMany({ agents: 2, goods: 2, count: 1, alpha: 1, omega: -3, totals: [1e-150, 2] });
      expect(many.statuses[many.status[0]]).toBe("stalled");
    });
  });

  describe(`the convex plan on ${name}`, () => {
    it("beats every other corner and every mixture tried", () => {
      const economies = sized((n, m) =>
        fc.record({
          alpha: matrixOf(logUniform(0.1, 10), n, m),
          omega: matrixOf(fc.double({ min: 0, max: 2, noNaN: true }), n, m),
          weights: fc.array(logUniform(0.5, 2), { minLength: n, maxLength: n }),
          totals: fc.array(logUniform(0.1, 10), { minLength: m, maxLength: m }),
          shares: matrixOf(logUniform(0.01, 1), n, m),
        }),
      );
      fc.assert(
        fc.property(economies, ({ shares, ...data }) => {
          const { weights, alpha, omega, totals } = data;
          const plan = walras.plan(walras.economy(data));
          const value = (i: number, j: number, x: number) =>
            (weights[i] * alpha[i][j] * x ** (1 + omega[i][j])) / (1 + omega[i][j]);
          const best = totals.map((total, j) => Math.max(...weights.map((_, i) => value(i, j, total))));
          expect(plan.welfare).toBeCloseTo(
            best.reduce((a, b) => a + b),
            9 - Math.ceil(Math.log10(plan.welfare + 1)),
          );
          const mixed = totals.reduce((sum, total, j) => {
            const column = weights.reduce((s, _, i) => s + shares[i][j], 0);
            return sum + weights.reduce((s, _, i) => s + value(i, j, (total * shares[i][j]) / column), 0);
          }, 0);
          expect(plan.welfare * (1 + 1e-12)).toBeGreaterThanOrEqual(mixed);
          expect(plan).toMatchObject({ converged: true, method: "exact", gap: 0 });
        }),
      );
    });

    it("finds the owner also where utilities are beyond a double", () => {
      for (const total of [1e200, 1e-200]) {
        const plan = walras.plan(walras.economy({ alpha: [[1], [5]], omega: 1, totals: [total] }));
        expect([[...plan.allocation], [...plan.ties]]).toEqual([[0, total], [1]]);
      }
    });

    it("reports ties", () => {
      const plan = walras.plan(
        walras.economy({
          alpha: [
            [1, 1],
            [1, 2],
            [1, 2],
          ],
          omega: 0.5,
          totals: [30, 30],
        }),
      );
      expect([...plan.ties]).toEqual([3, 2]);
    });

    it("scales with the weights and follows the agents", () => {
      const alpha = [
        [1, 3, 2],
        [2, 1, 1],
      ];
      const plan = walras.plan(walras.economy({ alpha, omega: [0, 0.5, 1], totals: [1, 2, 3] }));
      const scaled = walras.plan(walras.economy({ alpha, omega: [0, 0.5, 1], totals: [1, 2, 3] }), { weights: [7, 7] });
      expect(scaled.allocation).toEqual(plan.allocation);
      expect(
        relativeDifference(
          scaled.shadowPrices,
          plan.shadowPrices.map((p) => 7 * p),
        ),
      ).toBeLessThan(1e-15);
      expect([...plan.weights]).toEqual([1, 1]);
    });
  });
}

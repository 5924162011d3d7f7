import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engines, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

for (const [name, walras] of engines) {
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

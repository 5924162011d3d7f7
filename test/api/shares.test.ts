// Prices at which the share demand of the notebook clears its markets, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EconomyError, OptionError } from "../../src/index.js";
import { engines, listOf, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

const NOTEBOOK = {
  alpha: [
    [1, 0.8, 1.2],
    [1.1, 0.9, 1.3],
    [0.9, 0.7, 1.1],
  ],
  omega: [
    [0.3, 0.5, 0.7],
    [0.4, 0.6, 0.8],
    [0.5, 0.4, 0.6],
  ],
  totals: [30, 30, 30],
  incomes: [30, 30, 30],
};

for (const [name, walras] of engines) {
  const economy = walras.economy(NOTEBOOK);

  describe(`the share demand's prices on ${name}`, () => {
    it.each([
      ["p1 + p2 = 2, the notebook's", { basket: [1, 1, 0], value: 2 }, [1.2410273, 0.75897273, 1.47233807], 1e-6],
      ["good 1", 0, [1, 0.6391, 1.3011], 1e-4],
      ["good 1 by name", "good 1", [1, 0.6391, 1.3011], 1e-4],
      ["nothing, by shortest steps", "none", [1.0764, 0.6777, 1.3572], 1e-4],
    ])("clear markets with %s fixed", (_, numeraire, prices, tolerance) => {
      const solution = walras.equilibrium(economy, { demand: "shares", numeraire });
      expect(relativeDifference(solution.prices, prices)).toBeLessThan(tolerance);
      expect(solution).toMatchObject({ status: "converged", converged: true, engine: name, rank: 2 });
      expect(solution.residuals.marketClearing).toBeLessThan(1e-10);
    });

    it("clear every market, and add up to 1 by default", () => {
      const systems = sized((n, m) =>
        fc.record({
          alpha: matrixOf(logUniform(0.3, 3), n, m),
          omega: matrixOf(fc.double({ min: 0.2, max: 0.9, noNaN: true }), n, m),
          incomes: listOf(logUniform(0.5, 2), n),
        }),
      );
      fc.assert(
        fc.property(systems, ({ alpha, omega, incomes }) => {
          const m = alpha[0].length;
          const totals = Array(m).fill(incomes.reduce((a, b) => a + b) / m);
          const solution = walras.equilibrium(walras.economy({ alpha, omega, incomes, totals }), { demand: "shares" });
          expect(solution.numeraire).toBe("simplex");
          expect(solution.prices.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
          expect(solution.converged).toBe(true);
          const use = totals.map((_, j) => incomes.reduce((s, _, i) => s + solution.allocation[i * m + j], 0));
          expect(relativeDifference(use, totals)).toBeLessThan(1e-9);
        }),
      );
    });

    it("are not claimed if demand is too steep for doubles", () => {
      const steep = walras.economy({ alpha: 1, omega: -160, totals: [30, 30], incomes: [30, 30] });
      const start = [2, 1];
      const solution = walras.equilibrium(steep, {
        demand: "shares",
        numeraire: { basket: [1, 1], value: 300 },
        start,
      });
      if (solution.converged) expect(relativeDifference(solution.prices, [150, 150])).toBeLessThan(1e-9);
    });

    it("are the best so far if a limit ends the run", () => {
      const solution = walras.equilibrium(economy, { demand: "shares", maxIterations: 1 });
      expect(solution).toMatchObject({ status: "maxIterations", converged: false, iterations: 1 });
      expect(solution.residuals.marketClearing).toBeLessThan(0.1);
    });

    it("do not exist if incomes do not add up to the totals, as the error says", () => {
      const poor = walras.economy({ ...NOTEBOOK, incomes: [30, 30, 29] });
      expect(() => walras.equilibrium(poor, { demand: "shares" })).toThrow(EconomyError);
      expect(() => walras.equilibrium(poor, { demand: "shares" })).toThrow(/incomes must add up to 90/);
      const off = (part: number) =>
        walras.equilibrium(walras.economy({ ...NOTEBOOK, incomes: [30, 30, 30 + 90 * part] }), { demand: "shares" });
      for (const part of [1e-11, -1e-11]) expect(() => off(part)).toThrow(/incomes must add up to 90/);
      for (const part of [1e-13, -1e-13]) expect(off(part).converged).toBe(true);
      expect(() =>
        walras.equilibrium(walras.economy({ ...NOTEBOOK, incomes: undefined }), { demand: "shares" }),
      ).toThrow(/incomes must be given/);
    });

    it.each([
      [
        "an unknown good",
        { numeraire: "gold" },
        /numeraire must be "simplex", "none", a basket, a good's name, or an index from 0 to 2 \(nearest: good 1\); got "gold"/,
      ],
      ["an index too large", { numeraire: 3 }, /numeraire must be/],
      [
        "an empty basket",
        { numeraire: { basket: [0, 0, 0], value: 1 } },
        /numeraire.basket must have a number above 0/,
      ],
      ["a short basket", { numeraire: { basket: [1], value: 1 } }, /numeraire.basket must be a list of 3 numbers/],
      [
        "a worthless basket",
        { numeraire: { basket: [1, 1, 1], value: 0 } },
        /numeraire.value must be a finite number above 0; got 0/,
      ],
      ["a start at 0", { start: [1, 0, 1] }, /start\[1\] must be a finite number above 0; got 0/],
    ])("refuse %s", (_, options, message) => {
      expect(() => walras.equilibrium(economy, { demand: "shares", ...options })).toThrow(message);
      expect(() => walras.equilibrium(economy, { demand: "shares", ...options })).toThrow(OptionError);
    });
  });
}

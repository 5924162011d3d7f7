// Every published case with its known answers, on both engines.

import { describe, expect, it } from "vitest";
import { engines, relativeDifference } from "../support/engines.js";
import { CASES } from "../support/fixtures.js";

/** Cases whose answers lose digits to their scaling or curvature. */
const EXTREME = ["scaled-endowments", "extreme-curvature-4x4", "planner-extreme"];

for (const [name, walras] of engines) {
  describe(`published cases on ${name}`, () => {
    it.each(CASES.filter((c) => c.expected.plan).map((c) => [c.name, c] as const))(
      "plan of %s",
      (_, { economy: data, expected }) => {
        const economy = walras.economy(data);
        const plan = walras.plan(economy);
        const wanted = expected.plan?.allocation.flat() as number[];
        const errors = plan.allocation.map((x, c) => {
          const min = 1e-12 * economy.totals[c % economy.goods.length];
          return Math.abs(x - wanted[c]) / Math.max(wanted[c], min);
        });
        expect(Math.max(...errors)).toBeLessThan(1e-9);
        expect(relativeDifference(plan.shadowPrices, expected.plan?.shadowPrices as number[])).toBeLessThan(1e-9);
        expect(plan.converged).toBe(true);
      },
    );

    it.each(CASES.filter((c) => c.expected.equilibria).map((c) => [c.name, c] as const))(
      "equilibrium of %s",
      (_, { name: caseName, economy: data, expected }) => {
        const equilibrium = walras.equilibrium(walras.economy(data));
        const { equilibria = [], priceTolerance } = expected;
        const distance = (known: { prices: number[] }) => relativeDifference(equilibrium.prices, known.prices);
        const nearest = equilibria.reduce((a, b) => (distance(a) <= distance(b) ? a : b));
        expect(distance(nearest)).toBeLessThan(priceTolerance ?? (EXTREME.includes(caseName) ? 1e-7 : 1e-9));
        expect(relativeDifference(equilibrium.allocation, nearest.allocation.flat())).toBeLessThan(
          priceTolerance ?? 1e-7,
        );
        expect(equilibrium.index).toBe(priceTolerance ? 0 : nearest.index);
        expect(equilibrium.converged).toBe(true);
        // Uniqueness is claimed only where it holds, and an equilibrium of index -1 is unstable.
        if (equilibrium.uniqueness === "proved") expect(equilibria).toHaveLength(1);
        if (equilibrium.index < 0) expect(equilibrium.stability).toBe("unstable");
      },
    );
  });
}

describe("published cases on both engines", () => {
  it("give the same statuses and agree to 1e-12", () => {
    for (const { economy: data, expected, name } of CASES) {
      const [a, b] = engines.map(([, walras]) => {
        const economy = walras.economy(data);
        return { plan: walras.plan(economy), ...(data.endowments ? { equilibrium: walras.equilibrium(economy) } : {}) };
      });
      expect([name, b.plan.status]).toEqual([name, a.plan.status]);
      expect(relativeDifference(a.plan.shadowPrices, b.plan.shadowPrices)).toBeLessThan(1e-12);
      if (!a.equilibrium || !b.equilibrium || expected.priceTolerance) continue;
      expect([name, b.equilibrium.status]).toEqual([name, a.equilibrium.status]);
      expect(relativeDifference(a.equilibrium.prices, b.equilibrium.prices)).toBeLessThan(1e-12);
      if (!EXTREME.includes(name)) {
        expect(relativeDifference(a.plan.allocation, b.plan.allocation)).toBeLessThan(1e-12);
        expect(relativeDifference(a.equilibrium.allocation, b.equilibrium.allocation)).toBeLessThan(1e-12);
      }
    }
  });
});

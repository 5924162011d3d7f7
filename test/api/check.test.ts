// What check accepts and rejects, on both engines.

import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/index.js";
import { CROSSED, EQUAL_WANTS, IDENTITY } from "../support/economies.js";
import { engines } from "../support/engines.js";
import { caseNamed } from "../support/fixtures.js";

for (const [name, walras] of engines) {
  describe(`check on ${name}`, () => {
    it("accepts what is right and rejects published prices that are wrong", () => {
      const { economy: data, expected } = caseNamed("notebook-sibling-published-prices-wrong");
      const economy = walras.economy(data);
      const [{ prices, allocation }] = expected.equilibria as NonNullable<typeof expected.equilibria>;
      expect(walras.check(economy, { prices, allocation }, { tolerance: 1e-9 })).toMatchObject({
        kind: "equilibrium",
        accepted: true,
      });
      expect(walras.check(economy, { prices })).toMatchObject({ accepted: true });
      const published = [0.10000001459304969, 0.13593370637798552, 0.17459240950690372];
      const verdict = walras.check(economy, { prices: published });
      expect(verdict.accepted).toBe(false);
      expect(verdict.message).toMatch(/Not an equilibrium to within/);
    });

    it("rejects prices that clear markets only as far as excess demand can see", () => {
      // Each agent keeps nearly all of its own good, so excess demand is 1e-12 of the totals at any
      // prices, and a root finder that looks at excess demand stops anywhere.
      const economy = walras.economy({ alpha: [[1, 1e-13], [1e-13, 1]], omega: -1, endowments: IDENTITY }); // biome-ignore format: rows
      const stalled = walras.check(economy, { prices: [0.7, 0.3] });
      expect(stalled.residuals.marketClearing).toBeLessThan(1e-11);
      expect(stalled.residuals.netFlow).toBeGreaterThan(0.5);
      expect(stalled.accepted).toBe(false);
      expect(walras.check(economy, { prices: [0.5, 0.5] }).accepted).toBe(true);
    });

    it("judges relative prices alike at every level, and goods in every unit", () => {
      const unit = 1e-120;
      const data = { alpha: [[1, 2], [3, 1]], omega: -2, endowments: [[1, 2], [3, 1]] }; // biome-ignore format: rows
      // alpha E^(1 + omega) stays the same.
      const small = {
        ...data,
        alpha: data.alpha.map((row) => row.map((a) => a * unit)),
        endowments: data.endowments.map((row) => row.map((e) => e * unit)),
      };
      const { prices } = walras.equilibrium(walras.economy(data));
      for (const level of [1e-280, 1e-100, 1, 1e100, 1e280]) {
        for (const economy of [data, small].map((d) => walras.economy(d))) {
          const right = walras.check(economy, { prices: prices.map((p) => p * level) }, { tolerance: 1e-10 });
          expect(right).toMatchObject({ accepted: true });
          const wrong = walras.check(economy, { prices: prices.map((p, j) => p * level * (1 + 0.01 * j)) });
          expect(wrong.accepted).toBe(false);
          expect(wrong.residuals.netFlow).toBeGreaterThan(1e-3);
        }
      }
    });

    it("rejects what SciPy's fsolve calls converged", () => {
      // SciPy 1.17.1's fsolve, on relative excess demand, with good 1 as numeraire and the other
      // prices starting from 0.3, says of these prices: "The solution converged."
      const economy = walras.economy(caseNamed("scaled-endowments").economy);
      const prices = [1, 8604509.006610686, 0.26035083523208424, 11939078.246063495];
      const { accepted, residuals } = walras.check(economy, { prices });
      expect(accepted).toBe(false);
      expect(residuals.marketClearing).toBeGreaterThan(1);
    });

    it("judges prices at the end of the doubles as at any other level", () => {
      // No double holds what flows through these markets.
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: Array(4).fill(IDENTITY).flat() });
      for (const level of [1, 1e308]) {
        const { accepted, residuals } = walras.check(economy, { prices: [level, level] });
        expect([accepted, Math.max(...Object.values(residuals)) < 1e-12]).toEqual([true, true]);
        expect(walras.check(economy, { prices: [level, level / 2] }).accepted).toBe(false);
      }
    });

    it("rejects a residual that is no number, and names it", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: CROSSED });
      const { accepted, residuals, message } = walras.check(economy, {
        prices: [1, 1],
        allocation: Array(4).fill(1e308),
      });
      expect([accepted, residuals.netFlow]).toEqual([false, Number.NaN]);
      expect(message).toMatch(/netFlow is NaN/);
    });

    it("has a tolerance, of 1e-6 where none is given", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: CROSSED });
      const verdict = (off: number, options?: object) => walras.check(economy, { prices: [1, 1 + off] }, options);
      expect(verdict(1e-4)).toMatchObject({ accepted: false, tolerance: 1e-6 });
      expect(verdict(1e-8)).toMatchObject({ accepted: true, tolerance: 1e-6 });
      expect(verdict(1e-4, { tolerance: 1e-3 })).toMatchObject({ accepted: true, tolerance: 1e-3 });
      expect(verdict(1e-8, { tolerance: 1e-10 })).toMatchObject({ accepted: false, tolerance: 1e-10 });
      // A residual may be as large as the tolerance.
      const { residuals } = verdict(1e-4);
      const worst = Math.max(...Object.values(residuals));
      expect(verdict(1e-4, { tolerance: worst }).accepted).toBe(true);
      expect(verdict(1e-4, { tolerance: worst * (1 - 1e-15) }).accepted).toBe(false);
    });

    it("says what was judged, and names the worst residual", () => {
      const economy = walras.economy({ alpha: [[1], [2]], omega: -1, totals: [3] });
      const message = (candidate: object) => walras.check(economy, candidate).message;
      expect(message({ allocation: [[1], [2]], shadowPrices: [1] })).toBe(
        "All residuals are within 0.000001, judged at the economy's weights.",
      );
      expect(message({ allocation: [[2], [2]], shadowPrices: [1], weights: [2, 1] })).toBe(
        "Not a plan to within 0.000001, judged at the weights given: feasibility is 0.333.",
      );
      const market = walras.economy({ alpha: 1, omega: -1, endowments: CROSSED });
      const allocation = Array(4).fill(1.5);
      expect(walras.check(market, { prices: [1, 1], allocation }).message).toBe(
        "All residuals are within 0.000001, judged at the allocation given.",
      );
      expect(walras.check(market, { prices: [1, 1] }).message).toBe(
        "All residuals are within 0.000001, judged at what agents demand at these prices.",
      );
    });

    it("judges all of this package's own answers as they are", () => {
      const economy = walras.economy({ alpha: CROSSED, omega: [[-2, -0.5], [-3, -1]], endowments: CROSSED }); // biome-ignore format: rows
      const answers = [
        walras.equilibrium(economy),
        walras.plan(economy),
        walras.planWithAdam(economy, { tolerance: 1e-7, trace: 100 }),
      ];
      for (const answer of answers) {
        const verdict = walras.check(economy, answer);
        expect([verdict.kind, verdict.accepted]).toEqual(["prices" in answer ? "equilibrium" : "plan", true]);
        expect(verdict.residuals).toEqual(
          Object.fromEntries(Object.keys(verdict.residuals).map((key) => [key, expect.any(Number)])),
        );
        const again = { name: "as in JSON", agents: economy.agents, goods: economy.goods, ...answer };
        expect(walras.check(economy, again)).toEqual(verdict);
      }
    });

    it("rejects an agent that holds a good that it does not want", () => {
      const allocation = [[1, 1], [1, 1]]; // biome-ignore format: rows
      const economy = walras.economy({ alpha: [[1, 1], [1, 0]], omega: -0.5, endowments: allocation }); // biome-ignore format: rows
      const verdict = walras.check(economy, { prices: [1, 1], allocation });
      expect([verdict.accepted, verdict.residuals.stationarity]).toEqual([false, 1]);
    });

    it("rejects plans that meet first-order conditions at a minimum, or at the wrong corner", () => {
      const convex = walras.economy({ alpha: [[1], [1]], omega: 1, totals: [2] });
      expect(walras.check(convex, { allocation: [1, 1], shadowPrices: [1] })).toMatchObject({
        accepted: false,
        residuals: { optimality: 0.5 },
      });
      const corner = walras.economy({ alpha: [[1], [5]], omega: 1, totals: [2] });
      expect(walras.check(corner, { allocation: [2, 0], shadowPrices: [2] }).accepted).toBe(false);
      expect(walras.check(corner, { allocation: [0, 2], shadowPrices: [10] }).accepted).toBe(true);
      expect(walras.planWithAdam(convex, { start: [1, 1] }).converged).toBe(false);
    });

    it("judges plans", () => {
      const economy = walras.economy({ alpha: [[1], [2]], omega: -1, totals: [3] });
      expect(walras.check(economy, { allocation: [[1], [2]], shadowPrices: [1] })).toMatchObject({
        kind: "plan",
        accepted: true,
      });
      expect(walras.check(economy, { allocation: [[1.5], [1.5]], shadowPrices: [1] }).accepted).toBe(false);
      expect(
        walras.check(economy, { allocation: [[1.5], [1.5]], shadowPrices: [1], weights: [1.5, 0.75] }).accepted,
      ).toBe(true);
    });

    it.each([
      ["nothing to check", {}, /the solution must have prices .* or shadowPrices/],
      [
        "a misspelt key",
        { prices: [1, 1], alocation: [[1, 1], [2, 2]] } as never, // biome-ignore format: rows
        /alocation is not a known key \(nearest: allocation\)/,
      ],
      ["prices of both kinds", { prices: [1, 1], shadowPrices: [1, 1] }, /must have prices .* or shadowPrices/],
      [
        "a row that is null",
        { prices: [1, 1], allocation: [[1, 1], null] } as never,
        /allocation must be 2 rows of 2 numbers/,
      ],
      ["a hole", { prices: [1, undefined] } as never, /prices\[1\] must be a finite number from 0; got null/],
      ["a big integer", { prices: [1n, 1n] } as never, /prices\[0\] must be a finite number from 0; got 1/],
      ["a short price list", { prices: [1] }, /prices must be a list of 2 numbers/],
      [
        "a price of 0 for a good that is wanted",
        { prices: [1, 0] },
        /prices\[1\] must be above 0: somebody wants that good/,
      ],
      [
        "a negative amount",
        { prices: [1, 1], allocation: [[1, -1], [1, 3]] }, // biome-ignore format: rows
        /allocation\[0\]\[1\] must be a finite number from 0; got -1/,
      ],
      ["ragged rows", { prices: [1, 1], allocation: [[1, 1], [1]] }, /allocation must be 2 rows of 2 numbers/],
      ["a plan without an allocation", { shadowPrices: [1, 1] }, /allocation must be given for a plan/],
    ])("refuses %s", (_, candidate, message) => {
      const economy = walras.economy(EQUAL_WANTS);
      expect(() => walras.check(economy, candidate)).toThrow(message);
      expect(() => walras.check(economy, candidate)).toThrow(OptionError);
    });
  });
}

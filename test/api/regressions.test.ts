// Economies that a release before this one got wrong.

import { describe, expect, it } from "vitest";
import { hardMarket, mildMarket, uniform } from "../../bench/economies.js";
import { engines } from "../support/engines.js";

for (const [name, walras] of engines) {
  describe(`economies once wrong on ${name}`, () => {
    it("arrives by the quick way where many goods leave the level of prices to rounding", () => {
      for (const [n, m, omega] of [
        [25, 25, -2],
        [60, 60, -2],
        [30, 30, -0.5],
        [2, 40, -0.5],
      ]) {
        for (let seed = 1; seed < 6; seed++) {
          const { alpha, endowments } = mildMarket(n, m, seed);
          const found = walras.equilibrium(walras.economy({ size: { agents: n, goods: m }, alpha, endowments, omega }));
          expect([found.status, found.method]).toEqual(["converged", "joint newton"]);
          expect(found.iterations).toBeLessThan(8);
        }
      }
    });

    it("takes an answer that passes the audit where next to nothing is traded of one good in many", () => {
      for (const seed of [1, 2, 3]) {
        const draw = uniform(seed);
        const numbers = () => Float64Array.from({ length: 6000 }, () => 0.5 + draw());
        const [alpha, endowments] = [numbers(), numbers()];
        const economy = walras.economy({ size: { agents: 2, goods: 3000 }, alpha, endowments, omega: -0.5 });
        expect(walras.equilibrium(economy)).toMatchObject({ converged: true, method: "joint newton" });
      }
    });

    it("makes no blocks that cannot do without each other", () => {
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

    it("calls no list complete of which an entry is not an equilibrium", () => {
      const data = hardMarket(12 * 13 + 997, { agents: 2, goods: 5, greatest: 60 });
      const alpha = data.alpha.map((row, i) =>
        row.map((v, j) => ((i * 7 + j * 3 + 12) % 4 === 0 && j !== i % 5 ? 0 : v)),
      );
      const { equilibria, complete } = walras.equilibria(walras.economy({ ...data, alpha }));
      expect(complete).toBe(equilibria.every(({ converged }) => converged));
      for (const { converged, unique } of equilibria) if (!converged) expect(unique).toBe("unknown");
    });

    it("does not call a plan converged whose shadow price no double holds", () => {
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
}

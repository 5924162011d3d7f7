// Kernels of many economies: how they are laid, shared blocks among them, plans and equilibria.

import { describe, expect, it } from "vitest";
import { CONVERGED, Solver } from "../../assembly/protocol.js";
import { engines, relativeDifference } from "../support/engines.js";

for (const [name, , { kernels, lay, read, workspaceFor }] of engines) {
  describe(`economies laid side by side on ${name}`, () => {
    it("share a block of stride 0, and have their own of another", () => {
      // With logarithmic utility an agent's share of the good is its share of the weights.
      const at = lay({
        ...{ alpha: [1, 1], omega: [-1, -1], totals: [2, 4], weights: [1, 3, 1, 1] },
        ...{ prices: 2, x: 4, residuals: 2, statuses: 2, workspace: workspaceFor(Solver.PLAN_MANY, 2, 1, 2) },
      });
      kernels.layEconomies(2, 1, 2, at.alpha, 0, at.omega, 0, 0, 0, at.totals, 1, at.weights, 2);
      kernels.planMany(1e-10, at.prices, at.x, at.residuals, at.statuses, at.workspace);
      expect(relativeDifference(read(at.x, 4), [0.5, 1.5, 2, 2])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.prices, 2), [2, 0.5])).toBeLessThan(1e-14);
      expect([...read(at.statuses, 2)]).toEqual([CONVERGED, CONVERGED]);
    });

    it("have the equilibria of each", () => {
      // Cobb-Douglas: agent 1 owns good 1, agent 2 good 2, and each spends half of its income on
      // either. A good that is four times as plentiful has a quarter of the price.
      const at = lay({
        ...{ alpha: [1, 1, 1, 1], omega: [-1, -1, -1, -1] },
        ...{ endowments: [1, 0, 0, 1, 4, 0, 0, 1], totals: [1, 1, 4, 1] },
        ...{ prices: 4, x: 8, residuals: 2, statuses: 2, workspace: workspaceFor(Solver.EQUILIBRIUM_MANY, 2, 2, 2) },
      });
      kernels.layEconomies(2, 2, 2, at.alpha, 0, at.omega, 0, at.endowments, 4, at.totals, 2, 0, 0);
      kernels.equilibriumMany(1e-10, at.prices, at.x, at.residuals, at.statuses, at.workspace);
      expect(relativeDifference(read(at.prices, 4), [0.5, 0.5, 0.2, 0.8])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.x, 8), [0.5, 0.5, 0.5, 0.5, 2, 0.5, 2, 0.5])).toBeLessThan(1e-14);
      expect(Math.max(...read(at.residuals, 2))).toBeLessThan(1e-12);
    });
  });
}

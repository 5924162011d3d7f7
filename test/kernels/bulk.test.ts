// Kernels of many economies: how they are laid, shared blocks among them, plans and equilibria.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUDGET, CONVERGED, FEASIBILITY, NET_FLOW, Solver, STALLED, STATIONARITY } from "../../assembly/protocol.js";
import { hardMarket } from "../../bench/economies.js";
import { engines, laid, listOf, logUniform, negative, relativeDifference } from "../support/engines.js";

for (const [name, walras, engine] of engines) {
  const { kernels, lay, read, workspaceFor } = engine;
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

    const bulks = fc
      .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 40 }))
      .chain(([n, m, count]) =>
        fc.record({
          ...{ n: fc.constant(n), m: fc.constant(m), count: fc.constant(count) },
          alpha: listOf(logUniform(0.1, 10), n * m * count),
          omega: listOf(negative(0.2, 6), n * m * count),
          endowments: listOf(fc.oneof(logUniform(1e-4, 10), logUniform(0.5, 2)), n * m * count),
          weights: listOf(logUniform(0.5, 2), n * count),
        }),
      );
    type Bulk = typeof bulks extends fc.Arbitrary<infer T> ? T : never;
    const totalsOf = ({ n, m, count, endowments }: Bulk) =>
      Array.from({ length: m * count }, (_, k) => {
        const [e, j] = [Math.floor(k / m), k % m];
        return Array.from({ length: n }, (_, i) => endowments[(e * n + i) * m + j]).reduce((a, b) => a + b);
      });
    const nth = (bulk: Bulk, totals: number[], e: number) => {
      const { n, m } = bulk;
      const part = (values: number[], size: number) => values.slice(e * size, (e + 1) * size);
      const [alpha, omega, endowments] = [bulk.alpha, bulk.omega, bulk.endowments].map((v) => part(v, n * m));
      return laid(n, m, { alpha, omega, endowments, totals: part(totals, m), weights: part(bulk.weights, n) });
    };
    const solve = (kernel: "planMany" | "equilibriumMany", bulk: Bulk, tolerance: number) => {
      const { n, m, count, alpha, omega, endowments, weights } = bulk;
      const totals = totalsOf(bulk);
      const solver = kernel === "planMany" ? Solver.PLAN_MANY : Solver.EQUILIBRIUM_MANY;
      const at = lay({
        ...{ alpha, omega, endowments, totals, weights, prices: m * count, x: n * m * count },
        ...{ residuals: count, statuses: count, workspace: workspaceFor(solver, n, m, count) },
      });
      const strides = [at.alpha, n * m, at.omega, n * m, at.endowments, n * m, at.totals, m, at.weights, n] as const;
      kernels.layEconomies(n, m, count, ...strides);
      kernels[kernel](tolerance, at.prices, at.x, at.residuals, at.statuses, at.workspace);
      const answer = {
        ...{ prices: read(at.prices, m * count), x: read(at.x, n * m * count) },
        ...{ residuals: read(at.residuals, count), statuses: read(at.statuses, count) },
      };
      // What an audit says of each.
      const worst = Array.from({ length: count }, (_, e) => {
        const own = engine.open(nth(bulk, totals, e), Solver.AUDIT, {
          x: answer.x.subarray(e * n * m, (e + 1) * n * m),
          prices: answer.prices.subarray(e * m, (e + 1) * m),
          audit: workspaceFor(Solver.AUDIT, n, m),
        });
        const market = kernel === "equilibriumMany";
        if (market) kernels.auditMarket(own.prices, own.x, own.audit);
        else kernels.auditPlan(own.prices, own.x, own.audit);
        const places = market ? [FEASIBILITY, STATIONARITY, NET_FLOW, BUDGET] : [FEASIBILITY, STATIONARITY];
        return Math.max(...places.map((place) => read(own.audit + place, 1)[0]));
      });
      return { ...answer, worst };
    };

    it.each(["planMany", "equilibriumMany"] as const)(
      "have the residuals of an audit, bounded from above: %s",
      (kernel) => {
        fc.assert(
          fc.property(bulks, fc.constantFrom(1e-10, 1e-5), (bulk, tolerance) => {
            const { residuals, statuses, worst } = solve(kernel, bulk, tolerance);
            worst.forEach((residual, e) => {
              // Whatever the tolerance, answers are as good as they can be.
              expect(residual).toBeLessThan(3e-11);
              expect(residual).toBeLessThan(1.1 * residuals[e] + 2e-14);
              expect(statuses[e]).toBe(CONVERGED);
            });
          }),
          { numRuns: 60 },
        );
      },
    );

    it.each(["planMany", "equilibriumMany"] as const)("are not called converged beyond the tolerance: %s", (kernel) => {
      fc.assert(
        fc.property(bulks, (bulk) => {
          const { residuals, statuses, worst } = solve(kernel, bulk, 0);
          worst.forEach((residual, e) => {
            expect(statuses[e]).toBe(residuals[e] > 0 ? STALLED : CONVERGED);
            if (statuses[e] === STALLED) expect(residuals[e]).toBe(residual);
          });
        }),
        { numRuns: 30 },
      );
    });

    it("are not called converged where no double holds a price", () => {
      // alpha x^omega is 1e400.
      const bulk = { n: 1, m: 1, count: 1, alpha: [1e100], omega: [-3], endowments: [1e-100], weights: [1] };
      const { residuals, statuses } = solve("planMany", bulk, 1e-6);
      expect([residuals[0], statuses[0]]).toEqual([Number.POSITIVE_INFINITY, STALLED]);
    });

    it("list the equilibria of each in the order of their first price, with their indices", () => {
      let other = 0;
      const economies = Array.from({ length: 400 }, (_, seed) =>
        hardMarket(seed, { minGamma: 2, agents: 2, goods: 4 }),
      );
      const flat = (key: "alpha" | "omega" | "endowments") =>
        economies.flatMap((data) => (data[key] as number[][]).flat());
      const many = walras.equilibriaMany({
        ...{ agents: 2, goods: 4, count: economies.length },
        ...{ alpha: flat("alpha"), omega: flat("omega"), endowments: flat("endowments") },
      });
      economies.forEach((data, e) => {
        const single = walras.equilibria(walras.economy(data)).equilibria.toSorted((a, b) => a.prices[0] - b.prices[0]);
        const indices = [...many.index.subarray(many.offset[e], many.offset[e] + many.counts[e])];
        expect([e, indices]).toEqual([e, single.map(({ index }) => index)]);
        if (indices.join() !== indices.toReversed().join()) other++;
      });
      expect(other).toBeGreaterThan(0);
    });
  });
}

// Prepared economies: their plans, and their memory.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EconomyError } from "../../src/index.js";
import { engines, listOf, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

for (const [name, walras] of engines) {
  describe(`a prepared economy on ${name}`, () => {
    it("has the plans of the economy, at any weights, whatever else is prepared and solved", () => {
      fc.assert(
        fc.property(
          sized((n, m) =>
            fc.record({
              alpha: matrixOf(logUniform(0.01, 100), n, m),
              gamma: matrixOf(logUniform(0.1, 10), n, m),
              endowments: matrixOf(logUniform(0.1, 10), n, m),
              weights: listOf(logUniform(0.01, 100), n),
            }),
          ),
          ({ weights, ...data }) => {
            const economy = walras.economy(data);
            const other = walras.prepare(walras.economy({ alpha: [[1, 2]], omega: -1, totals: [1, 1] }));
            const ready = walras.prepare(economy);
            other.dispose();
            const third = walras.prepare(
              walras.economy({ alpha: 1, omega: -2, totals: [3], size: { agents: 70, goods: 1 } }),
            );
            for (const options of [{}, { weights }]) {
              const [expected, plan] = [walras.plan(economy, options), walras.plan(ready, options)];
              expect(plan.status).toBe("converged");
              expect(relativeDifference(plan.allocation, expected.allocation)).toBeLessThan(1e-12);
              expect(relativeDifference(plan.shadowPrices, expected.shadowPrices)).toBeLessThan(1e-12);
            }
            expect(walras.plan(third).allocation[0]).toBeCloseTo(3 / 70, 14);
            ready.dispose();
            third.dispose();
          },
        ),
      );
    });

    it("may have convex agents", () => {
      const economy = walras.economy({ alpha: [[1], [2]], omega: [[1], [-0.5]], totals: [3] });
      const ready = walras.prepare(economy);
      expect(walras.plan(ready).allocation).toEqual(walras.plan(economy).allocation);
      ready.dispose();
    });

    it("gives its memory back once, and is then refused", () => {
      const economy = walras.economy({
        alpha: 1,
        omega: -0.5,
        totals: new Array(300).fill(1),
        size: { agents: 300, goods: 300 },
      });
      const round = () => {
        const ready = walras.prepare(economy);
        walras.plan(ready);
        ready.dispose();
        ready.dispose();
      };
      round();
      const before = walras.memory;
      for (let k = 0; k < 50; k++) round();
      expect(walras.memory).toBe(before);
      const ready = walras.prepare(economy);
      ready.dispose();
      expect(() => walras.plan(ready)).toThrow(EconomyError);
      expect(() => walras.plan(ready)).toThrow('the economy must not have been disposed of; got "a prepared economy"');
    });

    it("belongs to the engine that prepared it", () => {
      const [, other] = engines.find(([another]) => another !== name) as (typeof engines)[number];
      const ready = other.prepare(
        other.economy({ alpha: 1, omega: -0.5, totals: [1, 1], size: { agents: 2, goods: 2 } }),
      );
      expect(() => walras.plan(ready)).toThrow(EconomyError);
      expect(() => walras.plan(ready)).toThrow("the economy must not belong to another engine");
      ready.dispose();
    });
  });
}

// Adam, in the penalty form of the notebook and in the shares form, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NotConvergedError, OptionError } from "../../src/index.js";
import { engines, listOf, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

/** The form of the notebook. */
const formulation = "penalty";

const CONCAVE = {
  alpha: [
    [1, 2],
    [3, 1],
    [1, 1],
  ],
  omega: [
    [-0.5, -1],
    [-2, -0.7],
    [-1, -1.5],
  ],
  totals: [2, 3],
};

for (const [name, walras] of engines) {
  describe(`Adam on ${name}`, () => {
    it("takes the steps of Kingma & Ba's algorithm 1", () => {
      const economy = walras.economy({ alpha: [[1.5]], omega: [[-0.5]], totals: [2], weights: [2] });
      const rate = 0.05;
      let [y, m, v] = [Math.log(Math.expm1(1)), 0, 0];
      for (let t = 1; t <= 7; t++) {
        const x = Math.log1p(Math.exp(y));
        const gradient = ((2 * 1000 * Math.max(0, x - 2) - 2 * 1.5 * x ** -0.5) * 1) / (1 + Math.exp(-y));
        m = 0.8 * m + 0.2 * gradient;
        v = 0.95 * v + 0.05 * gradient * gradient;
        y -= (rate * (m / (1 - 0.8 ** t))) / (Math.sqrt(v / (1 - 0.95 ** t)) + 0.1);
      }
      const plan = walras.planWithAdam(economy, {
        formulation,
        start: [1],
        learningRate: rate,
        beta1: 0.8,
        beta2: 0.95,
        epsilon: 0.1,
        maxSteps: 7,
      });
      expect(plan.allocation[0]).toBeCloseTo(Math.log1p(Math.exp(y)), 13);
    });

    it("makes all steps of a large economy, between whose looks at the signal nothing is judged", () => {
      const cells = 600 * 560;
      const economy = walras.economy({
        size: { agents: 600, goods: 560 },
        alpha: Float64Array.from({ length: cells }, (_, c) => 1 + ((c * 7919) % 101) / 101),
        omega: -0.5,
        totals: new Float64Array(560).fill(1),
      });
      const plan = walras.planWithAdam(economy, { maxSteps: 55 });
      expect([plan.iterations, plan.status]).toEqual([55, "maxIterations"]);
      expect(walras.planWithAdam(walras.economy(CONCAVE), { maxSteps: 70, tolerance: 0 }).iterations).toBe(70);
    });

    it("counts the overuse of each good by itself in its objective", () => {
      // One agent holds 1 less than there is of the first good, and 2 more of the second.
      const economy = walras.economy({ alpha: [[1, 1]], omega: -0.5, totals: [4, 1] });
      const step = { formulation, start: [3, 3], learningRate: 1e-9, maxSteps: 1, penalty: 10 } as const;
      const { objective, welfare } = walras.planWithAdam(economy, step);
      expect(welfare - objective).toBeCloseTo(40, 6);
    });

    it("records every k-th step, and the recording changes nothing", () => {
      const economy = walras.economy(CONCAVE);
      const traced = walras.planWithAdam(economy, { formulation, trace: 7, maxSteps: 50 });
      expect(traced.trace.map((t) => t.step)).toEqual([6, 13, 20, 27, 34, 41, 48]);
      expect(traced.allocation).toEqual(walras.planWithAdam(economy, { formulation, maxSteps: 50 }).allocation);
      const at13 = walras.planWithAdam(economy, { formulation, maxSteps: 13 });
      expect(traced.trace[1].objective).toBe(at13.objective);
      expect(traced.trace[1].stationarity).toBe(at13.residuals.stationarity);
    });

    it("comes near the optimum of a concave problem, with the little overuse that the penalty allows", () => {
      const economy = walras.economy(CONCAVE);
      const plan = walras.planWithAdam(economy, {
        formulation,
        learningRate: 0.001,
        maxSteps: 20_000,
        start: [1, 1, 1, 1, 1, 1],
      });
      expect(plan.residuals.stationarity).toBeLessThan(1e-3);
      // Overuse is about mu_j / (2 penalty), 1 / 1000 of these totals; the last steps still vary
      // around that.
      expect(plan.residuals.feasibility).toBeGreaterThan(1e-5);
      expect(plan.residuals.feasibility).toBeLessThan(2e-3);
      expect(plan).toMatchObject({ status: "maxIterations", converged: false, iterations: 20_000, engine: name });
      expect(() => walras.planWithAdam(economy, { formulation, throwOnFailure: true })).toThrow(NotConvergedError);
    });

    it("reports that it diverged", () => {
      const economy = walras.economy({ alpha: 1, omega: 2, totals: [1, 1], size: { agents: 2, goods: 2 } });
      const plan = walras.planWithAdam(economy, { formulation, learningRate: 1e200, penalty: 0, maxSteps: 200 });
      expect(plan.status).toBe("diverged");
      expect(plan.iterations).toBe(200);
    });

    it("does not depend on the order of agents and goods", () => {
      fc.assert(
        fc.property(
          sized((n, m) =>
            fc.record({ alpha: matrixOf(logUniform(0.2, 5), n, m), start: matrixOf(logUniform(0.2, 2), n, m) }),
          ),
          ({ alpha, start }) => {
            const run = (a: number[][], s: number[][]) =>
              walras.planWithAdam(walras.economy({ alpha: a, omega: -0.5, totals: a[0].map(() => 2) }), {
                formulation,
                start: s.flat(),
                maxSteps: 30,
              }).allocation;
            const reversed = (x: number[][]) => x.map((row) => [...row].reverse()).reverse();
            expect(
              relativeDifference(run(reversed(alpha), reversed(start)), [...run(alpha, start)].reverse()),
            ).toBeLessThan(1e-9);
          },
        ),
        { numRuns: 30 },
      );
    });

    it.each([
      ["learningRate", { learningRate: 0 }, /learningRate must be a finite number above 0; got 0/],
      ["beta1", { beta1: 1 }, /beta1 must be a finite number from 0 to 0.9999999999999999; got 1/],
      ["maxSteps", { maxSteps: 1.5 }, /maxSteps must be a whole number from 1 to 1000000000; got 1.5/],
      ["seed", { seed: -1 }, /seed must be a whole number from 0 to 4294967295; got -1/],
      ["start", { start: [1, 2] }, /start must be 3 rows of 2 numbers; got \[1,2\]/],
      ["weights", { weights: [1, 0, 1] }, /weights\[1\] must be a finite number above 0; got 0/],
      ["formulation", { formulation: "levels" as never }, /formulation must be "penalty" or "shares"; got "levels"/],
      ["an unknown option", { learnRate: 1 } as never, /learnRate is not a known key \(nearest: learningRate\)/],
    ])("refuses a bad %s", (_, options, message) => {
      expect(() => walras.planWithAdam(walras.economy(CONCAVE), options)).toThrow(message);
      expect(() => walras.planWithAdam(walras.economy(CONCAVE), options)).toThrow(OptionError);
    });
  });
}

for (const [name, walras] of engines) {
  describe(`Adam on shares, on ${name}`, () => {
    const economies = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.5, 2), n, m),
        omega: matrixOf(fc.double({ min: -1.5, max: -0.6, noNaN: true }), n, m),
        weights: listOf(logUniform(0.5, 2), n),
        totals: listOf(logUniform(1, 3), m),
      }),
    );

    it("stops on stationarity at the exact plan, and is feasible at every step", () => {
      fc.assert(
        fc.property(economies, (data) => {
          const economy = walras.economy(data);
          const exact = walras.plan(economy);
          const plan = walras.planWithAdam(economy, { trace: 50, maxSteps: 30_000 });
          expect(plan).toMatchObject({ status: "converged", converged: true, method: "adam-shares" });
          expect(relativeDifference(plan.allocation, exact.allocation)).toBeLessThan(1e-4);
          for (const { feasibility } of plan.trace) expect(feasibility).toBeLessThan(1e-14);
        }),
        { numRuns: 30 },
      );
    });

    it("can be watched and cancelled", () => {
      const economy = walras.economy({ ...CONCAVE, alpha: [[1, 900], [3, 0.001], [1, 1]] }); // biome-ignore format: rows
      const seen: number[] = [];
      const controller = new AbortController();
      const plan = walras.planWithAdam(economy, {
        learningRate: 1e-6,
        signal: controller.signal,
        onStep({ iteration, method, residual }) {
          seen.push(iteration);
          expect(method).toBe("adam-shares");
          expect(residual).toBeGreaterThan(0);
          if (iteration >= 300) controller.abort();
        },
      });
      expect(seen).toEqual([50, 100, 150, 200, 250, 300]);
      expect(plan).toMatchObject({ status: "cancelled", converged: false, iterations: 300 });
    });
  });
}

describe("Adam on both engines", () => {
  it("agrees to 1e-9 after 100 steps", () => {
    fc.assert(
      fc.property(
        sized((n, m) =>
          fc.record({
            alpha: matrixOf(logUniform(0.2, 5), n, m),
            omega: matrixOf(fc.double({ min: -2, max: 0.8, noNaN: true }), n, m),
          }),
        ),
        ({ alpha, omega }) => {
          const [a, b] = engines.map(([, walras]) =>
            walras.planWithAdam(walras.economy({ alpha, omega, totals: alpha[0].map(() => 30) }), {
              formulation,
              maxSteps: 100,
            }),
          );
          expect(relativeDifference(a.allocation, b.allocation)).toBeLessThan(1e-9);
        },
      ),
    );
  });
});

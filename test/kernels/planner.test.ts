// Kernels of the planner: exact plans with their audit, and the passes, the gradient and the steps
// of Adam.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONVERGED, MAX_ITERATIONS, Solver, UTILITIES } from "../../assembly/protocol.js";
import { engines, laid, listOf, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

for (const [name, , engine] of engines) {
  const { kernels, lay, read } = engine;

  describe(`plans and their audit on ${name}`, () => {
    it("gives a convex good to the agent that values it most", () => {
      const economy = laid(2, 2, { alpha: [1, 2, 3, 1], omega: [1, 0, 1, 0], totals: [2, 3] });
      const at = engine.open(economy, Solver.PLAN, {
        ties: 2,
        gaps: 4,
        audit: engine.workspaceFor(Solver.AUDIT, 2, 2),
      });
      kernels.plan(0, 2, at.prices, at.x, at.ties, at.gaps, at.workspace);
      expect([...read(at.x, 4)]).toEqual([0, 3, 2, 0]);
      expect(relativeDifference(read(at.prices, 2), [6, 2])).toBeLessThan(1e-15);
      kernels.auditPlan(at.prices, at.x, at.audit);
      expect(relativeDifference(read(at.audit + UTILITIES, 2), [6, 6])).toBeLessThan(1e-15);
    });

    it("solves many concave goods side by side, and refuses an economy that is not concave", () => {
      // With logarithmic utility, shares of a good are in proportion to weight times alpha.
      const data = { alpha: [1, 2, 3, 3, 1, 1], omega: new Array(6).fill(-1), weights: [1, 2], totals: [7, 4, 5] };
      const open = () => engine.open(laid(2, 3, data), Solver.TILES, { residuals: 2, utilities: 2 });
      let at = open();
      const solve = (prepared = -1) =>
        kernels.planTiles(prepared, at.prices, at.x, at.residuals, at.utilities, at.workspace);
      solve();
      expect(relativeDifference(read(at.x, 6), [1, 2, 3, 6, 2, 2])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.prices, 3), [1, 1, 1])).toBeLessThan(1e-14);
      expect(Math.max(...read(at.residuals, 2))).toBeLessThan(1e-14);
      const address = kernels.keep(engine.workspaceFor(Solver.PREPARED, 2, 3));
      at = open();
      expect(kernels.prepare(address)).toBe(1);
      solve(address);
      expect(relativeDifference(read(at.x, 6), [1, 2, 3, 6, 2, 2])).toBeLessThan(1e-14);
      kernels.release(address);
      kernels.fillUniform(at.omega as number, 6, 1);
      solve();
      expect(read(at.residuals + 1, 1)[0]).toBe(Number.POSITIVE_INFINITY);
    });
  });

  describe(`Adam's passes on ${name}`, () => {
    it("power is scale x^exponent, beyond one chunk", () => {
      for (const n of [1, 3, 1025]) {
        const x = Array.from({ length: n }, (_, k) => 0.01 + k / 7);
        const w = x.map((_, k) => Math.sin(k) * 2);
        const scale = x.map((_, k) => 1 + (k % 5));
        // Exponents are in units of the engine's own power of two.
        const at = lay({ x, w: w.map((v) => (name === "wasm" ? (v * 256) / Math.LN2 : v)), scale, out: n });
        kernels.power(at.x, at.w as number, at.scale, at.out, n);
        expect(
          relativeDifference(
            read(at.out, n),
            x.map((v, k) => scale[k] * v ** w[k]),
          ),
        ).toBeLessThan(1e-14);
      }
    });

    it("softplus and its slope are right over the whole line, beyond one chunk", () => {
      const y = Array.from({ length: 1601 }, (_, k) => k - 800);
      const at = lay({ y, x: y.length, slope: y.length });
      kernels.softplus(at.y, at.x, at.slope, y.length);
      const e = (v: number) => Math.exp(Math.max(v, -708));
      expect(
        relativeDifference(
          read(at.x, y.length),
          y.map((v) => (v > 0 ? v + Math.log1p(e(-v)) : Math.log1p(e(v)))),
        ),
      ).toBeLessThan(1e-15);
      expect(
        relativeDifference(
          read(at.slope, y.length),
          y.map((v) => (v > 0 ? 1 / (1 + e(-v)) : e(v) / (1 + e(v)))),
        ),
      ).toBeLessThan(1e-15);
    });
  });

  describe(`Adam's gradient on ${name}`, () => {
    /**
     * The objective that Adam minimises, by its definition; a penalty below 0 means the shares
     * form.
     */
    const objective = (
      c: { alpha: number[][]; omega: number[][]; weights: number[]; totals: number[] },
      y: number[],
      penalty: number,
    ) => {
      const m = c.totals.length;
      const share = (k: number) => Math.exp(y[k]) / y.reduce((s, v, l) => (l % m === k % m ? s + Math.exp(v) : s), 0);
      const softplus = (v: number) => (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v)));
      const x = y.map((v, k) => (penalty < 0 ? c.totals[k % m] * share(k) : softplus(v)));
      const utility = (i: number, j: number) => {
        const power = 1 + c.omega[i][j];
        return c.alpha[i][j] * (power === 0 ? Math.log(x[i * m + j]) : x[i * m + j] ** power / power);
      };
      const welfare = c.weights.reduce((sum, w, i) => sum + w * c.totals.reduce((s, _, j) => s + utility(i, j), 0), 0);
      const over = c.totals.map((total, j) =>
        Math.max(
          0,
          c.weights.reduce((s, _, i) => s + x[i * m + j], -total),
        ),
      );
      return -welfare + Math.max(0, penalty) * over.reduce((s, o) => s + o * o, 0);
    };
    const economies = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(fc.double({ min: -2, max: 1, noNaN: true }), n, m),
        weights: listOf(logUniform(0.5, 2), n),
        totals: listOf(logUniform(0.5, 5), m),
        y: listOf(fc.double({ min: -2, max: 3, noNaN: true }), n * m),
      }),
    );

    type Run = { alpha: number[][]; omega: number[][]; weights: number[]; totals: number[]; y: number[] };
    /** The gradient, which is the first moment after one step. */
    const gradientOn = ({ kernels, open, read }: typeof engine, c: Run, penalty: number, single = 0) => {
      const [n, m] = [c.weights.length, c.totals.length];
      const economy = laid(n, m, { ...c, alpha: c.alpha.flat(), omega: c.omega.flat() });
      const at = open(economy, single ? Solver.ADAM_SINGLE : Solver.ADAM, { start: c.y, moment: n * m });
      kernels.startAdam(at.start, single, at.workspace);
      kernels.stepAdam(penalty, 1, 1e-3, 0.9, 0.999, 1e-8, 0);
      kernels.readAdamMoment(at.moment);
      return read(at.moment, n * m);
    };

    it.each([3, -1])("matches central differences, penalty %d", (penalty) => {
      fc.assert(
        fc.property(economies, (c) => {
          const gradient = gradientOn(engine, c, penalty);
          const scale = Math.max(1, ...gradient.map(Math.abs));
          gradient.forEach((g, k) => {
            const at = (h: number) =>
              objective(
                c,
                c.y.map((v, l) => (l === k ? v + h : v)),
                penalty,
              );
            expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - g) / scale).toBeLessThan(1e-7);
          });
        }),
      );
    });

    it("is the same in single precision, up to its rounding", () => {
      fc.assert(
        fc.property(economies, fc.constantFrom(3, -1), (c, penalty) => {
          const double = gradientOn(engine, c, penalty);
          const single = gradientOn(engine, c, penalty, 1);
          const scale = Math.max(1, ...double.map(Math.abs));
          double.forEach((g, k) => {
            expect(Math.abs(single[k] - g) / scale).toBeLessThan(2e-5);
          });
        }),
      );
    });

    it("agrees with the other engine's to 1e-12, also over several tiles", () => {
      const [[, , a], [, , b]] = engines;
      const compare = (c: Run) => {
        // The penalty is 0, since its price and a marginal value could cancel and leave their
        // rounding.
        const [g, h] = [gradientOn(a, c, 0), gradientOn(b, c, 0)];
        expect(relativeDifference(g, h)).toBeLessThan(1e-12);
      };
      fc.assert(fc.property(economies, compare));
      const [n, m] = [301, 31];
      const rows = (f: (k: number) => number) =>
        Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => f(i * m + j)));
      compare({
        alpha: rows((k) => 1 + (k % 5)),
        omega: rows((k) => -0.3 - (k % 7) / 5),
        weights: Array.from({ length: n }, (_, i) => 1 + (i % 3)),
        totals: Array.from({ length: m }, (_, j) => 10 + j),
        y: rows((k) => Math.sin(k)).flat(),
      });
    });
  });

  describe(`Adam's steps on ${name}`, () => {
    it("approach the optimum and report their point, in both forms and precisions", () => {
      for (const [form, single, tolerance] of [
        [1000, 0, 1e-3],
        [-1, 0, 1e-5],
        [1000, 1, 3e-3],
        [-1, 1, 1e-3],
      ] as const) {
        const economy = laid(2, 1, { alpha: [1, 1], omega: [-0.5, -0.5], totals: [2] });
        const at = engine.open(economy, single ? Solver.ADAM_SINGLE : Solver.ADAM, { start: [0, 1] });
        kernels.startAdam(at.start, single, at.workspace);
        const status = kernels.stepAdam(form, 4000, 0.01, 0.9, 0.999, 1e-8, single ? 1e-4 : 1e-6);
        expect(status).toBe(form < 0 ? CONVERGED : MAX_ITERATIONS);
        kernels.readAdam(form, at.prices, at.x);
        expect(relativeDifference(read(at.x, 2), [1, 1])).toBeLessThan(tolerance);
        expect(relativeDifference(read(at.prices, 1), [1])).toBeLessThan(tolerance);
      }
    });
  });
}

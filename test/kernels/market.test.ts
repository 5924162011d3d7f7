// Kernels of markets: the share demand, each method by itself, audit, stability and derivatives.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BRACKET,
  CONVERGED,
  HOMOTOPY,
  JOINT,
  MEASURES_SIZE,
  METHOD,
  NEWTON,
  REPORT_SIZE,
  Solver,
  shareWork,
  UTILITIES,
} from "../../assembly/protocol.js";
import { engines, laid, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

for (const [name, walras, engine] of engines) {
  const { kernels, lay, read } = engine;
  describe(`the share demand on ${name}`, () => {
    const systems = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(fc.double({ min: -2, max: 2, noNaN: true }), n, m),
        incomes: fc.array(logUniform(0.5, 5), { minLength: n, maxLength: n }),
        prices: fc.array(logUniform(0.2, 5), { minLength: m, maxLength: m }),
      }),
    );
    type System = { alpha: number[][]; omega: number[][]; incomes: number[] };
    const demand = ({ alpha, omega, incomes }: System, prices: ArrayLike<number>) => {
      const n = incomes.length;
      const m = prices.length;
      const at = lay({
        alpha: alpha.flat(),
        omega: omega.flat(),
        incomes,
        prices,
        x: n * m,
        jacobian: m * m,
        work: m,
      });
      kernels.shareDemand(n, m, at.alpha, at.omega, at.incomes, at.prices, at.x, at.work);
      const x = read(at.x, n * m);
      kernels.shareJacobian(n, m, at.omega, at.incomes, at.prices, at.x, at.jacobian);
      return { x, jacobian: read(at.jacobian, m * m) };
    };

    it("is its formula: shares of fixed incomes, in units of goods", () => {
      fc.assert(
        fc.property(systems, ({ prices, ...system }) => {
          const expected = system.alpha.flatMap((row, i) => {
            const values = row.map((a, j) => a * prices[j] ** -system.omega[i][j]);
            return values.map((v) => (system.incomes[i] * v) / values.reduce((s, w) => s + w));
          });
          expect(relativeDifference(demand(system, prices).x, expected)).toBeLessThan(1e-13);
        }),
      );
    });

    it("has the Jacobian that central differences give", () => {
      fc.assert(
        fc.property(systems, ({ prices, ...system }) => {
          const m = prices.length;
          const total = (p: number[], j: number) =>
            system.incomes.reduce((s, _, i) => s + demand(system, p).x[i * m + j], 0);
          const { jacobian } = demand(system, prices);
          const scale = Math.max(1, ...jacobian.map(Math.abs));
          for (let k = 0; k < m; k++) {
            const h = 1e-5 * prices[k];
            const moved = (by: number) => prices.map((p, l) => (l === k ? p + by : p));
            for (let j = 0; j < m; j++) {
              const difference = (total(moved(h), j) - total(moved(-h), j)) / (2 * h);
              expect(Math.abs(difference - jacobian[j * m + k]) / scale).toBeLessThan(1e-7);
            }
          }
        }),
        { numRuns: 50 },
      );
    });

    it("is cleared by Newton, or the status says that it is not", () => {
      const at = lay({
        alpha: [1, 1],
        omega: [0.5, 0.5],
        incomes: [2],
        totals: [1, 1],
        prices: [1, 1],
        x: 2,
        header: REPORT_SIZE,
        work: shareWork(2),
      });
      const solve = (steps: number) =>
        kernels.shareEquilibrium(
          1,
          2,
          at.alpha,
          at.omega,
          at.incomes,
          at.totals,
          -1,
          0,
          steps,
          1e-10,
          at.prices,
          at.x,
          at.header,
          at.work,
        );
      expect(solve(0)).toBe(0);
      kernels.layEconomies(1, 2, 1, at.alpha, 0, at.omega, 0, 0, 0, at.totals, 0, 0, 0);
      expect(kernels.clearing(at.x)).toBe(0);
    });
  });

  describe(`the methods for markets on ${name}`, () => {
    /** Prices over the first, of gross substitutes, by the method without safeguards; null where it does not arrive. */
    const solveJointly = (alpha: number[][], omega: number[][], endowments: number[][], totals: number[]) => {
      const [n, m] = [alpha.length, alpha[0].length];
      const at = lay({
        ...{ alpha: alpha.flat(), omega: omega.flat().map((w) => -w), endowments: endowments.flat(), totals },
        ...{ prices: m, x: n * m, header: REPORT_SIZE, work: kernels.jointSize(n, m, 1) },
      });
      kernels.startJointly(n, m, at.alpha, at.omega, at.endowments, at.totals, 1, at.work);
      if (kernels.stepJointly(100, 100) !== CONVERGED) return null;
      kernels.reportJointly(at.header);
      kernels.takeJointly(at.prices, at.x);
      expect([...read(at.header + METHOD, 2)]).toEqual([JOINT, 1]);
      const logPrices = read(at.prices, m);
      return logPrices.map((p) => Math.exp(p - logPrices[0]));
    };

    const markets = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 })).chain(([n, m]) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(logUniform(0.2, 1), n, m),
        endowments: matrixOf(logUniform(0.1, 10), n, m),
      }),
    );

    it("arrive without safeguards where agents and goods are alike", () => {
      const mild = [
        [1, 1.2, 0.9],
        [0.8, 1, 1.1],
        [1.3, 0.7, 1],
      ];
      const bends = mild.map((row) => row.map((v) => v / 2));
      const prices = solveJointly(mild, bends, mild, [3.1, 2.9, 3]) as Float64Array;
      const at = { ...{ alpha: mild, omega: bends.map((row) => row.map((w) => -w)), endowments: mild } };
      const { prices: same } = walras.equilibrium(walras.economy(at), { start: [1, 1, 1], numeraire: 0 });
      expect(relativeDifference(prices, same)).toBeLessThan(1e-12);
    });

    it("agree: both of Newton's, the homotopy, and bisection where it applies", () => {
      fc.assert(
        fc.property(markets, ({ alpha, omega, endowments }) => {
          const [n, m] = [alpha.length, alpha[0].length];
          const totals = alpha[0].map((_, j) => endowments.reduce((s, row) => s + row[j], 0));
          const solve = (method: number) => {
            const at = lay({
              ...{ alpha: alpha.flat(), omega: omega.flat().map((w) => -w), endowments: endowments.flat(), totals },
              ...{ prices: m, x: n * m, header: REPORT_SIZE, work: kernels.marketSize(n, m) },
            });
            kernels.startMarket(n, m, at.alpha, at.omega, at.endowments, at.totals, method, -1, at.work);
            expect(kernels.stepMarket(5000, 5000)).toBe(CONVERGED);
            kernels.reportMarket(at.header);
            kernels.takeMarket(at.prices, at.x);
            expect(read(at.header + METHOD, 1)[0]).toBe(method);
            const logPrices = read(at.prices, m);
            return logPrices.map((p) => Math.exp(p - logPrices[0]));
          };
          const prices = solve(NEWTON);
          const jointly = solveJointly(alpha, omega, endowments, totals);
          if (jointly) expect(relativeDifference(jointly, prices)).toBeLessThan(1e-10);
          expect(relativeDifference(solve(HOMOTOPY), prices)).toBeLessThan(1e-10);
          if (n === 2 || m === 2) expect(relativeDifference(solve(BRACKET), prices)).toBeLessThan(1e-10);
        }),
      );
    });
  });

  describe(`markets on ${name}`, () => {
    it("are taken up, stepped, reported, taken, tested for stability and audited", () => {
      // Two Cobb-Douglas agents with mirrored shares and endowments: equal prices, each sells a third of what she owns.
      const economy = laid(2, 2, {
        ...{ alpha: [2, 1, 1, 2], omega: [-1, -1, -1, -1], endowments: [1, 0, 0, 1], totals: [1, 1] },
      });
      const at = engine.open(economy, Solver.NONE, {
        ...{ header: REPORT_SIZE, work: kernels.marketSize(2, 2), stability: kernels.stabilityWork(2) },
        ...{ audit: engine.workspaceFor(Solver.AUDIT, 2, 2), equal: [0.5, 0.5], logPrices: [Math.LN2, 0] },
      });
      kernels.startMarket(2, 2, at.alpha, at.omega, at.endowments, at.totals, NEWTON, -1, at.work);
      expect(kernels.stepMarket(1000, 1000)).toBe(CONVERGED);
      kernels.reportMarket(at.header);
      kernels.takeMarket(at.prices, at.x);
      expect(read(at.prices, 1)[0]).toBeCloseTo(read(at.prices + 1, 1)[0], 14);
      expect(relativeDifference(read(at.x, 4), [2 / 3, 1 / 3, 1 / 3, 2 / 3])).toBeLessThan(1e-14);
      expect(kernels.stability(2, 2, at.omega, at.endowments, at.totals, at.prices, at.x, at.stability)).toBe(1);
      // Good 1 at twice the other's price: x11 = 2/3, x21 = 1/6; x12 = 2/3, x22 = 2/3.
      kernels.excessDemand(at.logPrices, at.prices);
      expect(relativeDifference(read(at.prices, 2), [-1 / 6, 1 / 3])).toBeLessThan(1e-14);
      kernels.auditMarket(at.equal, at.x, at.audit);
      expect(Math.max(...read(at.audit + 1, 4))).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.audit + UTILITIES + 6, 4), [-1 / 3, 1 / 3, 1 / 3, -1 / 3])).toBeLessThan(1e-14);
    });

    it("slopes of a market with logarithmic utilities are those found by hand", () => {
      const at = lay({
        ...{ alpha: [2, 1, 1, 2], omega: [-1, -1, -1, -1], endowments: [1, 0, 0, 1], totals: [1, 1], prices: [1, 1] },
        ...{ work: kernels.marketSize(2, 2), logX: 4, modes: 2, flows: 2, inverse: 4, measures: MEASURES_SIZE },
      });
      const data = [at.alpha, at.omega, at.endowments, at.totals] as const;
      kernels.startMarket(2, 2, ...data, NEWTON, at.prices, at.work);
      expect(kernels.marketSlopes(at.logX, at.modes, at.flows, at.inverse, at.measures)).toBe(1);
      expect(relativeDifference(read(at.logX, 4).map(Math.exp), [2 / 3, 1 / 3, 1 / 3, 2 / 3])).toBeLessThan(1e-14);
      // Everybody sells his one good, read off his budget: a third of it flows, and F_j = ln p_k - ln p_j + constant.
      expect([...read(at.modes, 2)]).toEqual([0, 1]);
      expect(relativeDifference(read(at.flows, 2), [Math.log(1 / 3), Math.log(1 / 3)])).toBeLessThan(1e-14);
      expect(read(at.inverse, 4).reduce((a, b) => a + b)).toBeCloseTo(-1, 13);
      expect(relativeDifference(read(at.measures, 2), [1, 1])).toBeLessThan(1e-13);
    });
  });
}

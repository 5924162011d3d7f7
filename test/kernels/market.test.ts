// Kernels of markets: the share demand, each method by itself, audit, stability and derivatives.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BRACKET,
  CONVERGED,
  EVALUATIONS,
  HOMOTOPY,
  INDEX,
  JOINT,
  MEASURES_SIZE,
  METHOD,
  NEWTON,
  RUNNING,
  Solver,
  STALLED,
  UTILITIES,
} from "../../assembly/protocol.js";
import { hardMarket, symmetric } from "../../bench/economies.js";
import { engines, laid, listOf, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

for (const [name, walras, engine] of engines) {
  const { kernels, read, value, write } = engine;
  describe(`paths traced back from equilibria on ${name}`, () => {
    it("pair all but one with an equilibrium of the opposite index", () => {
      const economy = walras.economy(symmetric(4, { noise: 0.02 }));
      const { equilibria } = walras.equilibria(economy);
      const log = ({ prices }: (typeof equilibria)[number]) => prices.map(Math.log);
      const at = engine.open(economy, Solver.MARKET, { logPrices: 4 });
      kernels.startMarket(NEWTON, -1, at.workspace);
      const far = (a: Float64Array, b: Float64Array) => {
        const gaps = a.map((p, j) => p - b[j]);
        return Math.max(...gaps) - Math.min(...gaps);
      };
      for (const [draw, spread] of [
        [1, 2],
        [2, 8],
        [4, 1],
      ]) {
        // biome-ignore format: rows
        let unpaired = 0;
        const partners = equilibria.map((equilibrium) => {
          write(at.logPrices, log(equilibrium));
          kernels.startTrace(at.logPrices, draw, spread);
          let code: number = RUNNING;
          for (let k = 0; code === RUNNING && k < 1000; k++) code = kernels.stepTrace(16);
          if (code !== CONVERGED) return unpaired++ - 1000;
          kernels.reportMarket(at.report);
          expect(value(at.report + INDEX)).toBe(-equilibrium.index);
          kernels.readMarket(at.logPrices, at.x);
          const end = read(at.logPrices, 4);
          return equilibria.findIndex((other) => far(log(other), end) < 1e-6);
        });
        expect(unpaired).toBe(1);
        partners.forEach((partner, k) => {
          if (partner >= 0) expect(partners[partner]).toBe(k);
        });
      }
    });
  });

  describe(`the share demand on ${name}`, () => {
    const systems = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(fc.double({ min: -2, max: 2, noNaN: true }), n, m),
        incomes: listOf(logUniform(0.5, 5), n),
        prices: listOf(logUniform(0.2, 5), m),
      }),
    );
    type System = { alpha: number[][]; omega: number[][]; incomes: number[] };
    const demand = ({ alpha, omega, incomes }: System, prices: ArrayLike<number>) => {
      const n = incomes.length;
      const m = prices.length;
      const economy = laid(n, m, { alpha: alpha.flat(), omega: omega.flat(), totals: new Array(m).fill(1) });
      const at = engine.open(economy, Solver.SHARES, { incomes, prices, jacobian: m * m });
      kernels.shareDemand(at.incomes, at.prices, at.x, at.workspace);
      const x = read(at.x, n * m);
      kernels.shareJacobian(at.incomes, at.prices, at.x, at.jacobian);
      return { x, jacobian: read(at.jacobian, m * m) };
    };

    it("is given by its formula: shares of fixed incomes, in units of goods", () => {
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

    /** Starts from prices of any size, and what Newton's method makes of them in so many steps. */
    const wild = fc.integer({ min: 2, max: 4 }).chain((m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.01, 100), 2, m),
        omega: matrixOf(fc.double({ min: -3, max: 3, noNaN: true }), 2, m),
        incomes: listOf(logUniform(0.5, 5), 2),
        prices: listOf(logUniform(1e-3, 1e3), m),
      }),
    );
    const solveIn = (steps: number, { alpha, omega, incomes, prices }: System & { prices: number[] }) => {
      const m = prices.length;
      // As much as is spent, or there would be no solution.
      const total = incomes.reduce((a, b) => a + b) / m;
      const economy = laid(2, m, { alpha: alpha.flat(), omega: omega.flat(), totals: new Array(m).fill(total) });
      const at = engine.open(economy, Solver.SHARES, { incomes, prices, other: 2 * m });
      const status = kernels.shareEquilibrium(at.incomes, -1, steps, 1e-12, at.prices, at.x, at.report, at.workspace);
      const x = read(at.x, 2 * m);
      const found = read(at.prices, m);
      kernels.shareDemand(at.incomes, at.prices, at.other as number, at.workspace);
      const excess = Math.max(...found.map((_, j) => Math.abs(x[j] + x[m + j] - total) / total));
      return { status, x, prices: found, demand: read(at.other as number, 2 * m), excess };
    };

    it("gets nearer with every step, which leaves each price a tenth of itself at least", () => {
      fc.assert(
        fc.property(wild, (system) => {
          let last = solveIn(0, system);
          for (let steps = 1; steps < 8; steps++) {
            const next = solveIn(steps, system);
            if (next.status === STALLED) break;
            next.prices.forEach((price, j) => {
              expect(price).toBeGreaterThanOrEqual(0.1 * last.prices[j] * (1 - 1e-12));
            });
            if (last.excess > 1e-12) expect(next.excess).toBeLessThan(last.excess);
            last = next;
          }
        }),
        { numRuns: 200 },
      );
    });

    it("is demand at the prices found, also where the search has stalled", () => {
      let stalled = 0;
      fc.assert(
        fc.property(wild, (system) => {
          const { status, x, demand } = solveIn(300, system);
          if (status === STALLED) stalled++;
          expect([...x]).toEqual([...demand]);
        }),
        { numRuns: 300 },
      );
      expect(stalled).toBeGreaterThan(0);
    });

    it("is cleared by Newton's method, or the status says that it is not", () => {
      const economy = laid(1, 2, { alpha: [1, 1], omega: [0.5, 0.5], totals: [1, 1] });
      const at = engine.open(economy, Solver.SHARES, { incomes: [2], prices: [1, 1] });
      const solve = (steps: number) =>
        kernels.shareEquilibrium(at.incomes, -1, steps, 1e-10, at.prices, at.x, at.report, at.workspace);
      expect(solve(0)).toBe(0);
      expect(kernels.clearing(at.x)).toBe(0);
    });
  });

  describe(`the methods for markets on ${name}`, () => {
    /**
     * Prices over the first price, of gross substitutes, by the joint Newton; null if it does not
     * converge.
     */
    const solveJoint = (alpha: number[][], omega: number[][], endowments: number[][], totals: number[]) => {
      const [n, m] = [alpha.length, alpha[0].length];
      const economy = laid(n, m, {
        ...{ alpha: alpha.flat(), omega: omega.flat().map((w) => -w), endowments: endowments.flat(), totals },
      });
      const at = engine.open(economy, Solver.JOINT_INDEXED, { logPrices: m });
      kernels.startJoint(1, at.workspace);
      if (kernels.stepJoint(100, 100) !== CONVERGED) return null;
      kernels.reportJoint(at.report);
      kernels.readJoint(at.logPrices, at.x);
      expect([...read(at.report + METHOD, 2)]).toEqual([JOINT, 1]);
      const logPrices = read(at.logPrices, m);
      return logPrices.map((p) => Math.exp(p - logPrices[0]));
    };

    const markets = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 })).chain(([n, m]) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(logUniform(0.2, 1), n, m),
        endowments: matrixOf(logUniform(0.1, 10), n, m),
      }),
    );

    it("converge without safeguards if agents and goods are alike", () => {
      const mild = [
        [1, 1.2, 0.9],
        [0.8, 1, 1.1],
        [1.3, 0.7, 1],
      ];
      const gamma = mild.map((row) => row.map((v) => v / 2));
      const prices = solveJoint(mild, gamma, mild, [3.1, 2.9, 3]) as Float64Array;
      const at = { ...{ alpha: mild, omega: gamma.map((row) => row.map((w) => -w)), endowments: mild } };
      const { prices: same } = walras.equilibrium(walras.economy(at), { start: [1, 1, 1], numeraire: 0 });
      expect(relativeDifference(prices, same)).toBeLessThan(1e-12);
    });

    it("agree: both of Newton's, the homotopy, and bisection if it applies", () => {
      fc.assert(
        fc.property(markets, ({ alpha, omega, endowments }) => {
          const [n, m] = [alpha.length, alpha[0].length];
          const totals = alpha[0].map((_, j) => endowments.reduce((s, row) => s + row[j], 0));
          const solve = (method: number) => {
            const economy = laid(n, m, {
              ...{ alpha: alpha.flat(), omega: omega.flat().map((w) => -w), endowments: endowments.flat(), totals },
            });
            const at = engine.open(economy, Solver.MARKET, { logPrices: m });
            kernels.startMarket(method, -1, at.workspace);
            expect(kernels.stepMarket(5000, 5000)).toBe(CONVERGED);
            kernels.reportMarket(at.report);
            kernels.readMarket(at.logPrices, at.x);
            expect(read(at.report + METHOD, 1)[0]).toBe(method);
            const logPrices = read(at.logPrices, m);
            return logPrices.map((p) => Math.exp(p - logPrices[0]));
          };
          const prices = solve(NEWTON);
          const joint = solveJoint(alpha, omega, endowments, totals);
          if (joint) expect(relativeDifference(joint, prices)).toBeLessThan(1e-10);
          expect(relativeDifference(solve(HOMOTOPY), prices)).toBeLessThan(1e-10);
          if (n === 2 || m === 2) expect(relativeDifference(solve(BRACKET), prices)).toBeLessThan(1e-10);
        }),
      );
    });
  });

  describe(`demand on ${name}`, () => {
    it.each([0, 1, 2, 3, 4])("is all for the good on which e^650 times more is spent: good %d", (wanted) => {
      for (const m of [wanted + 1, 5]) {
        if (m === 1) continue;
        const row = (of: (j: number) => number) => Array.from({ length: m }, (_, j) => of(j));
        // At equal prices the shares of spending are as alpha^100.
        const alpha = row((j) => (j === wanted ? 1 : 1.5e-3));
        const economy = laid(2, m, {
          ...{ alpha: [...alpha, ...alpha], omega: new Array(2 * m).fill(-0.01) },
          ...{ endowments: new Array(2 * m).fill(1), totals: new Array(m).fill(2) },
        });
        const at = engine.open(economy, Solver.MARKET, { logPrices: m, excess: m });
        kernels.startMarket(NEWTON, -1, at.workspace);
        // Each evaluation begins where the one before has ended: once above, once below the new answer.
        for (const price of [1, 1.2, 1.21, 1.1, 1.09, 2, 0.5]) {
          const prices = row((j) => (j === wanted ? 1 : price));
          write(at.logPrices, Float64Array.from(prices, Math.log));
          kernels.excessDemand(at.logPrices, at.excess);
          const wealth = prices.reduce((sum, p) => sum + p);
          read(at.excess, m).forEach((excess, j) => {
            if (j !== wanted) expect(excess).toBe(-1);
            else expect(Math.abs(excess / (wealth - 1) - 1)).toBeLessThan(1e-14);
          });
        }
      }
    });
  });

  describe(`stability on ${name}`, () => {
    const stableAt = (
      n: number,
      m: number,
      data: Omit<Parameters<typeof laid>[2], "totals"> & { endowments: number[] },
    ) => {
      const totals = Array.from({ length: m }, (_, j) =>
        data.endowments.reduce((s, e, c) => (c % m === j ? s + e : s), 0),
      );
      const economy = laid(n, m, { ...data, totals });
      const at = engine.open(economy, Solver.MARKET, {
        ...{ stability: engine.workspaceFor(Solver.STABILITY, n, m), logPrices: m },
      });
      kernels.startMarket(NEWTON, -1, at.workspace);
      expect(kernels.stepMarket(5000, 5000)).toBe(CONVERGED);
      kernels.readMarket(at.logPrices, at.x);
      return kernels.stability(at.logPrices, at.x, at.stability);
    };

    it("is that of gross substitutes, for every number of goods", () => {
      const markets = fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 12 })).chain(([n, m]) =>
        fc.record({
          ...{ n: fc.constant(n), m: fc.constant(m) },
          alpha: listOf(logUniform(0.1, 10), n * m),
          omega: listOf(
            logUniform(0.1, 1).map((v) => -v),
            n * m,
          ),
          endowments: listOf(logUniform(0.1, 10), n * m),
        }),
      );
      fc.assert(
        fc.property(markets, ({ n, m, ...data }) => {
          expect(stableAt(n, m, data)).toBe(1);
        }),
        { numRuns: 60 },
      );
    });

    it("changes where one equilibrium of two mirrored agents becomes three, however near", () => {
      // At equal prices, each agent's demand is that of utilities -(64 x^-3 + y^-3) / 3 and of the
      // converse. Excess demand falls in its own price up to this endowment of its good.
      const spend = 64 ** 0.25;
      const part = spend / (1 + spend);
      // d ln x / d ln p: (1 - b) of relative prices, by the elasticity b = 1/4, and by wealth.
      const slopeAt = (own: number) => {
        const [first, second] = [part, 1 - part].map((share) => share * (own + 1));
        const responses = [own / (own + 1) - part * (1 - 0.25), 1 / (own + 1) - (1 - part) * (1 - 0.25)];
        // dx = x (-b dq + (response / 1) dq): wealth's slope is b, as all elasticities are.
        return -0.25 * (first + second) + first * responses[0] + second * responses[1];
      };
      let [low, high] = [4, 64];
      for (let step = 0; step < 100; step++) {
        const middle = (low + high) / 2;
        if (slopeAt(middle) < 0) low = middle;
        else high = middle;
      }
      const atEqual = (own: number) => {
        const economy = laid(2, 2, {
          ...{ alpha: [64, 1, 1, 64], omega: new Array(4).fill(-4) },
          ...{ endowments: [own, 1, 1, own], totals: [own + 1, own + 1] },
        });
        const at = engine.open(economy, Solver.AUDIT, {
          ...{ stability: engine.workspaceFor(Solver.STABILITY, 2, 2), logPrices: [0, 0] },
          held: [part, 1 - part, 1 - part, part].map((share) => share * (own + 1)),
        });
        return kernels.stability(at.logPrices, at.held as number, at.stability);
      };
      for (const near of [1e-1, 1e-3, 1e-6, 1e-9]) {
        expect([near, atEqual(low * (1 - near)), atEqual(low * (1 + near))]).toEqual([near, 1, -1]);
      }
    });

    it("is not that of an equilibrium with the index -1", () => {
      let unstable = 0;
      for (const goods of [3, 4]) {
        for (const noise of [0, 0.02, 0.1]) {
          for (const { index, stability } of walras.equilibria(walras.economy(symmetric(goods, { noise })))
            .equilibria) {
            if (index !== -1) continue;
            unstable++;
            expect(stability).toBe("unstable");
          }
        }
      }
      expect(unstable).toBeGreaterThan(10);
    });

    it("is that of gross substitutes whose slopes are far apart, though powers grow at first", () => {
      for (const m of [8, 12, 16]) {
        const cells = Array.from({ length: 2 * m }, (_, c) => [Math.floor(c / m), c % m]);
        const omega = cells.map(([, j]) => -(10 ** ((-3 * j) / (m - 1))));
        const endowments = cells.map(([i, j]) => 1 + ((i + j) % 2));
        expect(stableAt(2, m, { alpha: cells.map(() => 1), omega, endowments })).toBe(1);
      }
    });

    it("is seen where one good answers prices a thousand times as much as the others", () => {
      // Gross substitutes. The slowest of seven relative prices is the one that matters.
      const [n, m] = [2, 8];
      const row = (of: (i: number, j: number) => number) =>
        Array.from({ length: n * m }, (_, c) => of(Math.floor(c / m), c % m));
      const omega = row((_, j) => (j === 0 ? -1e-3 : -1));
      expect(stableAt(n, m, { alpha: row(() => 1), omega, endowments: row((i, j) => 1 + ((i + j) % 2)) })).toBe(1);
    });

    it("is lost with the index, of three goods of which two are mirrored", () => {
      const reportAt = (own: number) => {
        const data = {
          alpha: [64, 1, 1, 1, 64, 1],
          omega: new Array(6).fill(-4),
          endowments: [own, 1, 20, 1, own, 20],
        };
        const economy = laid(2, 3, { ...data, totals: [own + 1, own + 1, 40] });
        const at = engine.open(economy, Solver.MARKET, {
          ...{ stability: engine.workspaceFor(Solver.STABILITY, 2, 3), logPrices: 3 },
        });
        // From equal prices of the mirrored goods these stay equal.
        kernels.startMarket(NEWTON, -1, at.workspace);
        expect(kernels.stepMarket(100, 100)).toBe(CONVERGED);
        kernels.reportMarket(at.report);
        kernels.readMarket(at.logPrices, at.x);
        expect(Math.abs(value(at.logPrices) - value(at.logPrices + 1))).toBeLessThan(1e-6);
        return { index: value(at.report + INDEX), stable: kernels.stability(at.logPrices, at.x, at.stability) };
      };
      const seen = new Set<number>();
      let [low, high] = [4, 64];
      for (let step = 0; step < 14; step++) {
        const middle = Math.sqrt(low * high);
        const { index, stable } = reportAt(middle);
        if (index !== 0) {
          seen.add(index);
          expect([middle, stable]).toEqual([middle, index]);
        }
        if (index === 1) low = middle;
        else high = middle;
      }
      expect([...seen].sort()).toEqual([-1, 1]);
    });

    it("is that of the slopes of excess demand, which differences give", () => {
      const seen = [0, 0];
      const economies = [
        ...[0, 0.02, 0.1, 0.3].map((noise) => symmetric(3, { noise })),
        ...Array.from({ length: 60 }, (_, seed) => hardMarket(seed, { minGamma: 2, agents: 3, goods: 3 })),
      ];
      for (const data of economies) {
        const economy = walras.economy(data);
        for (const { prices, allocation, stability } of walras.equilibria(economy).equilibria) {
          const at = engine.open(economy, Solver.MARKET, { logPrices: 3, excess: 3, x: 0 });
          kernels.startMarket(NEWTON, -1, at.workspace);
          const excessAt = (k: number, by: number) => {
            write(
              at.logPrices,
              Float64Array.from(prices, (p, j) => Math.log(p) + (j === k ? by : 0)),
            );
            kernels.excessDemand(at.logPrices, at.excess);
            return read(at.excess, 3);
          };
          const h = 1e-4;
          const slopes = [0, 1].map((k) => {
            const [a, b] = [excessAt(k, h), excessAt(k, -h)];
            return a.map((v, j) => (v - b[j]) / (2 * h));
          });
          // Relative prices follow excess demand less that of the last good.
          const of = (j: number, k: number) => slopes[k][j] - slopes[k][2];
          const trace = of(0, 0) + of(1, 1);
          const det = of(0, 0) * of(1, 1) - of(0, 1) * of(1, 0);
          const size = Math.hypot(of(0, 0), of(0, 1), of(1, 0), of(1, 1));
          expect(allocation.length).toBe(3 * economy.agents.length);
          if (Math.abs(trace) < 1e-3 * size || Math.abs(det) < 1e-3 * size * size) continue;
          const isStable = trace < 0 && det > 0;
          seen[isStable ? 0 : 1]++;
          expect(stability).toBe(isStable ? "stable" : "unstable");
        }
      }
      expect(Math.min(...seen)).toBeGreaterThan(2);
    });

    it("does not depend on the omega of a good that an agent does not want", () => {
      for (const omega of [0, -1, 2]) {
        const economy = laid(2, 2, {
          alpha: [1, 0, 1, 1],
          omega: [-1, omega, -1, -1],
          endowments: [1, 1, 1, 1],
          totals: [2, 2],
        });
        // Agent 1 buys good 1 only: at prices 3 and 1 it has 4/3 of it, and agent 2 the rest.
        const at = engine.open(economy, Solver.AUDIT, {
          ...{ stability: engine.workspaceFor(Solver.STABILITY, 2, 2), logPrices: [Math.log(3), 0] },
          held: [4 / 3, 0, 2 / 3, 2],
        });
        expect([omega, kernels.stability(at.logPrices, at.held as number, at.stability)]).toEqual([omega, 1]);
      }
    });
  });

  describe(`markets on ${name}`, () => {
    it("of one agent are solved in closed form, with the index +1", () => {
      const economy = laid(1, 3, { alpha: [1, 2, 3], omega: [-1, -2, -0.5], endowments: [1, 2, 4], totals: [1, 2, 4] });
      const at = engine.open(economy, Solver.MARKET, { logPrices: 3 });
      kernels.startMarket(NEWTON, -1, at.workspace);
      expect(kernels.stepMarket(10, 10)).toBe(CONVERGED);
      kernels.reportMarket(at.report);
      kernels.readMarket(at.logPrices, at.x);
      expect(value(at.report + INDEX)).toBe(1);
      // Prices are marginal utilities at the endowments: 1, 2 / 4 and 3 / 2.
      const prices = read(at.logPrices, 3).map(Math.exp);
      expect(
        relativeDifference(
          prices.map((p) => p / prices[0]),
          [1, 0.5, 1.5],
        ),
      ).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.x, 3), [1, 2, 4])).toBeLessThan(1e-14);
    });

    it("are solved in short steps, between which a caller can look and cancel", () => {
      for (const seed of [811, 3085, 12808, 626]) {
        const economy = walras.economy(hardMarket(seed));
        const at = engine.open(economy, Solver.MARKET, { logPrices: economy.goods.length });
        kernels.startMarket(NEWTON, -1, at.workspace);
        let [code, evaluated, most, steps] = [RUNNING, 0, 0, 0];
        for (; code === RUNNING; steps++) {
          code = kernels.stepMarket(1, 5000);
          kernels.reportMarket(at.report);
          const [evaluations] = read(at.report + EVALUATIONS, 1);
          most = Math.max(most, evaluations - evaluated);
          evaluated = evaluations;
        }
        expect(code).toBe(CONVERGED);
        expect(steps).toBeGreaterThan(20);
        // A Newton step with all its halvings, and the two ends of a bracket.
        expect(most).toBeLessThanOrEqual(52);
      }
    });

    it("are started, stepped, reported, read, tested for stability and audited", () => {
      // Two Cobb-Douglas agents with mirrored shares and endowments: prices are equal, and each
      // agent sells a third of its good.
      const economy = laid(2, 2, {
        ...{ alpha: [2, 1, 1, 2], omega: [-1, -1, -1, -1], endowments: [1, 0, 0, 1], totals: [1, 1] },
      });
      const at = engine.open(economy, Solver.MARKET, {
        stability: engine.workspaceFor(Solver.STABILITY, 2, 2),
        ...{ prices: [0.5, 0.5], logPrices: 2, excess: 2, audit: engine.workspaceFor(Solver.AUDIT, 2, 2) },
      });
      kernels.startMarket(NEWTON, -1, at.workspace);
      expect(kernels.stepMarket(1000, 1000)).toBe(CONVERGED);
      kernels.reportMarket(at.report);
      kernels.readMarket(at.logPrices, at.x);
      expect(read(at.logPrices, 1)[0]).toBeCloseTo(read(at.logPrices + 1, 1)[0], 14);
      expect(relativeDifference(read(at.x, 4), [2 / 3, 1 / 3, 1 / 3, 2 / 3])).toBeLessThan(1e-14);
      const logPrices = read(at.logPrices, 2);
      // Good 1 at twice the other's price: x11 = 2/3, x21 = 1/6; x12 = 2/3, x22 = 2/3.
      write(at.logPrices, Float64Array.of(Math.LN2, 0));
      kernels.excessDemand(at.logPrices, at.excess);
      expect(relativeDifference(read(at.excess, 2), [-1 / 6, 1 / 3])).toBeLessThan(1e-14);
      write(at.logPrices, logPrices);
      expect(kernels.stability(at.logPrices, at.x, at.stability)).toBe(1);
      kernels.auditMarket(at.prices, at.x, at.audit);
      expect(Math.max(...read(at.audit + 1, 4))).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.audit + UTILITIES + 6, 4), [-1 / 3, 1 / 3, 1 / 3, -1 / 3])).toBeLessThan(1e-14);
    });

    it("have the slopes found by hand if utilities are logarithmic", () => {
      const economy = laid(2, 2, {
        ...{ alpha: [2, 1, 1, 2], omega: [-1, -1, -1, -1], endowments: [1, 0, 0, 1], totals: [1, 1] },
      });
      const at = engine.open(economy, Solver.MARKET, {
        ...{ start: [1, 1], logX: 4, budgetGoods: 2, logFlows: 2, inverse: 4, measures: MEASURES_SIZE },
      });
      kernels.startMarket(NEWTON, at.start, at.workspace);
      expect(kernels.sensitivity(at.logX, at.budgetGoods, at.logFlows, at.inverse, at.measures)).toBe(1);
      expect(relativeDifference(read(at.logX, 4).map(Math.exp), [2 / 3, 1 / 3, 1 / 3, 2 / 3])).toBeLessThan(1e-14);
      // Each agent sells a third of its good, by its budget, and F_j = ln p_k - ln p_j + constant.
      expect([...read(at.budgetGoods, 2)]).toEqual([0, 1]);
      expect(relativeDifference(read(at.logFlows, 2), [Math.log(1 / 3), Math.log(1 / 3)])).toBeLessThan(1e-14);
      expect(read(at.inverse, 4).reduce((a, b) => a + b)).toBeCloseTo(-1, 13);
      expect(relativeDifference(read(at.measures, 2), [1, 1])).toBeLessThan(1e-13);
    });
  });
}

// Derivatives of answers, against differences of economies solved again and against theorems, on
// both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derivative } from "../../bench/differences.js";
import { hardMarket, mildMarket, uniform } from "../../bench/economies.js";
import {
  type Economy,
  EconomyError,
  type Equilibrium,
  type MarketParameter,
  OptionError,
  type PlanParameter,
  SingularError,
} from "../../src/index.js";
import { CROSSED, IDENTITY } from "../support/economies.js";
import { engines, logUniform, matrixOf, relativeDifference } from "../support/engines.js";
import { caseNamed } from "../support/fixtures.js";

const MARKET: readonly MarketParameter[] = ["alpha", "omega", "endowments"];
const PLAN: readonly PlanParameter[] = ["alpha", "omega", "totals", "weights"];

/** Small markets in which every agent wants and owns every good. */
const markets = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([n, m]) =>
    fc.record({
      alpha: matrixOf(logUniform(0.2, 5), n, m),
      // Utilities have no derivative with respect to gamma at 1.
      gamma: matrixOf(
        logUniform(0.3, 3).map((g) => (Math.abs(g - 1) < 0.01 ? 1.01 : g)),
        n,
        m,
      ),
      endowments: matrixOf(logUniform(0.2, 5), n, m),
    }),
  )
  .map((data) => ({ ...data, weights: data.alpha.map((row) => row[0]) }));

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Two groups that do not trade with each other, and a good that nobody wants. */
const GROUPS = {
  goods: ["a", "b", "c", "d", "unwanted"],
  alpha: [
    [2, 1, 0, 0, 0],
    [1, 3, 0, 0, 0],
    [0, 0, 1, 2, 0],
    [0, 0, 4, 0, 0],
    [0, 0, 1, 1, 0],
  ],
  omega: [-2, -0.5, -3, -1.5, -1],
  endowments: [
    [1, 2, 0, 0, 3],
    [3, 1, 0, 0, 0],
    [0, 0, 2, 1, 1],
    [0, 0, 0, 2, 0],
    [0, 0, 1, 0, 2],
  ],
};

/** The economy moved by t along a direction in one parameter: alpha and weights in logs. */
function moved<Name extends string>(economy: Economy, name: Name, direction: ArrayLike<number>, t: number) {
  const { agents, goods, alpha, omega, endowments, totals, weights } = economy;
  const inLogs = name === "alpha" || name === "weights";
  const data: Record<string, Float64Array> = { alpha, omega, totals, weights, ...(endowments ? { endowments } : {}) };
  data[name] = data[name].map((v, c) => (inLogs ? v * Math.exp(t * direction[c]) : v + t * direction[c]));
  delete data[endowments && name !== "totals" ? "totals" : "endowments"];
  return { agents, goods, ...data } as never;
}

/** A random direction, as large as the parameters that it moves. */
function randomDirection(economy: Economy, name: MarketParameter | PlanParameter, seed: number): Float64Array {
  const draw = uniform(seed);
  const size = name === "alpha" ? economy.alpha.map(() => 1) : (economy[name] as Float64Array);
  return Float64Array.from(size, (v) => (name === "weights" ? 1 : v) * (2 * draw() - 1));
}

/** Eight agents with one good each, at whose highest prices no double holds a market's flow. */
const EIGHT = { alpha: 1, omega: -1, endowments: Array(4).fill(IDENTITY).flat() };

const logs = (values: Float64Array) => [...values].map((v) => (v > 0 ? Math.log(v) : 0));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, k) => sum + v * b[k], 0);
const largest = (values: ArrayLike<number>) => Array.from(values).reduce((max, v) => Math.max(max, Math.abs(v)), 0);
const random = (length: number, draw: () => number) => Float64Array.from({ length }, () => 2 * draw() - 1);

for (const [name, walras] of engines) {
  /** For each outcome, the largest error of its derivatives, relative to the largest derivative. */
  const errorAgainstDifferences = (economy: Economy, solution: Equilibrium, by: MarketParameter, seed: number) => {
    const direction = randomDirection(economy, by, seed);
    const { prices, logAllocation, utilities } = walras.statics(economy, solution).forward({ [by]: direction });
    const { value } = derivative((t) => {
      const again = walras.equilibrium(walras.economy(moved(economy, by, direction, t)), {
        start: solution,
        numeraire: solution.numeraire,
      });
      return [...logs(again.prices), ...logs(again.allocation), ...again.utilities];
    }, 0.003);
    let offset = 0;
    return [prices, logAllocation, utilities].map((block) => {
      const scale = largest(block);
      const error = block.reduce((worst, v, k) => {
        // A logarithm of an amount below the normal doubles has lost its digits.
        const lost = block === logAllocation && solution.allocation[k] < 1e-280;
        return lost ? worst : Math.max(worst, Math.abs(v - value[offset + k]));
      }, 0);
      offset += block.length;
      return scale === 0 ? error : error / scale;
    });
  };

  describe(`statics of an equilibrium on ${name}`, () => {
    it("match differences of economies solved again, mild and hard", () => {
      for (let seed = 0; seed < 24; seed++) {
        const mild = mildMarket(2 + (seed % 5), 2 + (seed % 7), seed);
        for (const data of [mild, hardMarket(seed)]) {
          const economy = walras.economy(data);
          const solution = walras.equilibrium(economy, { numeraire: seed % 2 === 0 ? "simplex" : 0 });
          for (const by of MARKET) {
            expect(Math.max(...errorAgainstDifferences(economy, solution, by, seed))).toBeLessThan(1e-6);
          }
        }
      }
    });

    it("match differences element by element, also of amounts", () => {
      const economy = walras.economy(mildMarket(3, 4));
      const solution = walras.equilibrium(economy);
      const { allocation, prices } = walras.statics(economy, solution).matrices({ of: ["prices", "allocation"] });
      for (const by of MARKET) {
        for (let c = 0; c < 12; c++) {
          const unit = Float64Array.from({ length: 12 }, (_, k) => (k === c ? 1 : 0));
          const { value } = derivative((t) => {
            const again = walras.equilibrium(walras.economy(moved(economy, by, unit, t)), { start: solution });
            return [...logs(again.prices), ...again.allocation];
          }, 0.01);
          const column = [
            ...prices[by].filter((_, k) => k % 12 === c),
            ...allocation[by].filter((_, k) => k % 12 === c),
          ];
          column.forEach((v, k) => {
            expect(Math.abs(v - value[k])).toBeLessThan(1e-6 * Math.abs(v) + 1e-11);
          });
        }
      }
    });

    it("are one-sided where an endowment is 0", () => {
      const data = { alpha: [[1, 2], [3, 1]], omega: -3, endowments: [[4, 0], [0, 5]] }; // biome-ignore format: rows
      const economy = walras.economy(data);
      const solution = walras.equilibrium(economy);
      const { prices } = walras.statics(economy, solution).forward({ endowments: [[0, 1], [0, 0]] }); // biome-ignore format: rows
      const at = (t: number) =>
        logs(walras.equilibrium(walras.economy({ ...data, endowments: [[4, t], [0, 5]] })).prices); // biome-ignore format: rows
      const slope = (h: number) =>
        at(h).map((v, j) => (4 * v - at(2 * h)[j] - 3 * Math.log(solution.prices[j])) / (2 * h));
      // The errors of these differences fall with the square of the step.
      const better = slope(1e-3).map((v, j) => (4 * v - slope(2e-3)[j]) / 3);
      expect(relativeDifference(prices, better)).toBeLessThan(1e-6);
    });

    it("have adjoints that are forward products transposed, and matrices that agree with both", () => {
      fc.assert(
        fc.property(markets, seeds, fc.boolean(), (data, seed, good) => {
          const economy = walras.economy(data);
          const point = walras.statics(economy, walras.equilibrium(economy), { numeraire: good ? 0 : "simplex" });
          const draw = uniform(seed);
          const cells = economy.alpha.length;
          const direction = Object.fromEntries(MARKET.map((key) => [key, random(cells, draw)]));
          const lengths = {
            prices: data.alpha[0].length,
            allocation: cells,
            logAllocation: cells,
            utilities: data.alpha.length,
          };
          const cotangent = Object.fromEntries(Object.entries(lengths).map(([key, l]) => [key, random(l, draw)]));
          const change = point.forward(direction);
          const gradient = point.adjoint(cotangent);
          const left = Object.keys(lengths).map((key) => dot(cotangent[key], change[key as "prices"]));
          const right = MARKET.map((key) => dot(direction[key], gradient[key]));
          const size = [...left, ...right].reduce((sum, v) => sum + Math.abs(v), 1);
          const sum = (values: number[]) => values.reduce((a, b) => a + b);
          expect(Math.abs(sum(left) - sum(right)) / size).toBeLessThan(1e-11);

          const matrices = point.matrices();
          for (const of of ["prices", "allocation", "logAllocation", "utilities"] as const) {
            const rows = change[of].map((_, k) =>
              sum(MARKET.map((by) => dot(matrices[of][by].subarray(k * cells, (k + 1) * cells), direction[by]))),
            );
            const scale = sum(MARKET.map((by) => largest(matrices[of][by]))) + 1e-30;
            rows.forEach((v, k) => {
              expect(Math.abs(v - change[of][k]) / scale).toBeLessThan(1e-10);
            });
          }
        }),
      );
    });

    it("clear markets and keep budgets", () => {
      fc.assert(
        fc.property(markets, seeds, (data, seed) => {
          const economy = walras.economy(data);
          const solution = walras.equilibrium(economy);
          const m = economy.goods.length;
          const draw = uniform(seed);
          const direction = {
            alpha: random(economy.alpha.length, draw),
            endowments: random(economy.alpha.length, draw),
          };
          const { prices, allocation } = walras.statics(economy, solution).forward(direction);
          const scale = largest(allocation) + 1;
          economy.goods.forEach((_, j) => {
            const column = (values: Float64Array) => values.reduce((s, v, c) => (c % m === j ? s + v : s), 0);
            expect(Math.abs(column(allocation) - column(direction.endowments)) / scale).toBeLessThan(1e-11);
          });
          economy.agents.forEach((_, i) => {
            let sum = 0;
            for (let j = 0; j < m; j++) {
              const c = i * m + j;
              sum += solution.prices[j] * (allocation[c] - direction.endowments[c] + prices[j] * solution.netTrades[c]);
            }
            expect(Math.abs(sum) / scale).toBeLessThan(1e-11);
          });
        }),
      );
    });

    it("are 0 for changes of units, for trades at the prices, and for more of all endowments with homothetic utility", () => {
      fc.assert(
        fc.property(markets, seeds, (data, seed) => {
          const n = data.alpha.length;
          const m = data.alpha[0].length;
          const economy = walras.economy(data);
          const solution = walras.equilibrium(economy);
          const point = walras.statics(economy, solution, { numeraire: 0 });

          // A factor on a row of alpha scales that agent's utility alone.
          const byAgent = point.forward({ alpha: economy.alpha.map((_, c) => (c < m ? 1 : 0)) });
          expect(largest(byAgent.prices)).toBeLessThan(1e-11);
          expect(largest(byAgent.logAllocation)).toBeLessThan(1e-11);
          expect(Math.abs(byAgent.utilities[0] - solution.utilities[0])).toBeLessThan(
            1e-10 * largest(solution.utilities) + 1e-12,
          );

          // In a smaller unit of the last good there are more units, each cheaper, for the same
          // utility.
          const last = (c: number) => c % m === m - 1;
          const byUnit = point.forward({
            endowments: (economy.endowments as Float64Array).map((e, c) => (last(c) ? e : 0)),
            alpha: economy.omega.map((w, c) => (last(c) ? -1 - w : 0)),
          });
          byUnit.prices.forEach((p, j) => {
            expect(p).toBeCloseTo(j === m - 1 && m > 1 ? -1 : 0, 10);
          });
          byUnit.logAllocation.forEach((x, c) => {
            expect(x).toBeCloseTo(last(c) ? 1 : 0, 10);
          });

          // Endowments move along a trade at the equilibrium's prices.
          const draw = uniform(seed);
          const trades = random(n * m, draw);
          for (let i = 0; i < n; i++) {
            const value = dot(solution.prices, trades.subarray(i * m, (i + 1) * m));
            trades[i * m] -= value / solution.prices[0];
          }
          for (let j = 0; j < m; j++) {
            let others = 0;
            for (let i = 1; i < n; i++) others += trades[i * m + j];
            trades[j] = -others;
          }
          const byTrade = point.forward({ endowments: trades });
          expect(largest(byTrade.prices)).toBeLessThan(1e-9 * (1 + largest(trades)));
          expect(largest(byTrade.logAllocation)).toBeLessThan(1e-9 * (1 + largest(trades)));

          const homothetic = walras.economy({ ...data, gamma: data.gamma.map((row) => row.map(() => row[0])) });
          const byScale = walras
            .statics(homothetic, walras.equilibrium(homothetic))
            .forward({ endowments: homothetic.endowments as Float64Array });
          expect(largest(byScale.prices)).toBeLessThan(1e-10);
          for (const x of byScale.logAllocation) expect(x).toBeCloseTo(1, 10);
        }),
      );
    });

    it("keep their digits where agents trade next to nothing of what they own", () => {
      // With logarithmic utility the relative price is the ratio of the parts of their incomes that
      // the agents spend on the other's good. Changes of those are lost beside the own good's.
      for (const want of [1e-3, 1e-8, 1e-13]) {
        const economy = walras.economy({ alpha: [[1, want], [want, 1]], omega: -1, endowments: IDENTITY }); // biome-ignore format: rows
        const point = walras.statics(economy, walras.equilibrium(economy), { numeraire: 1 });
        const rate = 1 / (1 + want);
        const expected = [rate, -rate, rate, -rate];
        const { prices } = point.matrices({ of: ["prices"], by: ["alpha", "endowments"] });
        expect(relativeDifference(prices.alpha.subarray(0, 4), expected)).toBeLessThan(1e-12);
        expect(relativeDifference(point.adjoint({ prices: [1, 0] }).alpha, expected)).toBeLessThan(1e-12);
        for (let c = 0; c < 4; c++) {
          const unit = Float64Array.from({ length: 4 }, (_, k) => (k === c ? 1 : 0));
          expect(Math.abs(point.forward({ alpha: unit }).prices[0] / expected[c] - 1)).toBeLessThan(1e-12);
        }
        // More of its own good lowers a good's price in proportion.
        expect(prices.endowments[0]).toBeCloseTo(-1, 12);
        expect(prices.endowments[3]).toBeCloseTo(1, 12);
      }
    });

    it("have adjoints with the same digits as forward products where agents trade next to nothing", () => {
      for (const want of [1e-4, 1e-8, 1e-12]) {
        const economy = walras.economy({
          alpha: [[1, want, 2 * want], [3 * want, 1, want], [want, want, 1]], // biome-ignore format: rows
          omega: [[-1.5, -1.2, -1.1], [-1.3, -1.4, -1.2], [-1.1, -1.3, -1.6]], // biome-ignore format: rows
          endowments: [[1, 0, 0], [0, 2, 0], [0, 0, 3]], // biome-ignore format: rows
        });
        const point = walras.statics(economy, walras.equilibrium(economy), { numeraire: 2 });
        for (const by of ["alpha", "endowments"] as const) {
          for (let j = 0; j < 2; j++) {
            const gradient = point.adjoint({ prices: [0, 1, 2].map((k) => (k === j ? 1 : 0)) })[by];
            const forward = gradient.map(
              (_, c) => point.forward({ [by]: gradient.map((_, k) => (k === c ? 1 : 0)) }).prices[j],
            );
            expect(relativeDifference(gradient, forward)).toBeLessThan(1e-10);
          }
        }
      }
    });

    it("are in the numeraire of the solution, or in one asked for", () => {
      const economy = walras.economy(mildMarket(3, 4));
      const solution = walras.equilibrium(economy, { numeraire: 2 });
      const direction = { omega: randomDirection(economy, "omega", 1) };
      const own = walras.statics(economy, solution);
      const simplex = walras.statics(economy, solution, { numeraire: "simplex" });
      expect([own.numeraire, simplex.numeraire]).toEqual(["good 3", "simplex"]);
      const prices = own.forward(direction).prices;
      expect(prices[2]).toBe(0);
      const onSimplex = simplex.forward(direction).prices;
      expect(Math.abs(dot(onSimplex, solution.prices))).toBeLessThan(1e-13 * largest(solution.prices));
      expect(
        relativeDifference(
          prices.map((p) => p + onSimplex[2]).filter((_, j) => j !== 2),
          onSimplex.filter((_, j) => j !== 2),
        ),
      ).toBeLessThan(1e-12);
    });

    it("are 0 between groups that do not trade, and for goods that nobody wants", () => {
      const economy = walras.economy(GROUPS);
      for (const numeraire of ["simplex", "c"]) {
        const solution = walras.equilibrium(economy, { numeraire });
        expect(solution.groups.length).toBe(2);
        for (const by of MARKET) {
          expect(Math.max(...errorAgainstDifferences(economy, solution, by, 5))).toBeLessThan(1e-6);
        }
      }
      const solution = walras.equilibrium(economy);
      const point = walras.statics(economy, solution);
      const { prices, allocation } = point.matrices({ of: ["prices", "allocation"] });
      const at = (i: number, j: number) => i * 5 + j;
      expect(prices.endowments[0 * 25 + at(0, 1)]).not.toBe(0);
      expect(prices.endowments[2 * 25 + at(2, 3)]).not.toBe(0);
      expect(prices.alpha[0 * 25 + at(2, 3)]).toBe(0);
      expect([...prices.endowments.subarray(4 * 25, 5 * 25)].every((v) => v === 0 || Number.isNaN(v))).toBe(true);
      expect(allocation.endowments[at(1, 4) * 25 + at(1, 4)]).toBe(1);
      expect(prices.endowments[0 * 25 + at(0, 2)]).toBeNaN();
      const endowments = economy.alpha.map((_, c) => (c === at(0, 2) ? 1 : 0));
      expect(() => point.forward({ endowments })).toThrow(/direction\.endowments\[0\]\[2\] must be 0: the agent and/);
      // An alpha of 0 has no logarithm that could move.
      const unwanted = point.forward({ alpha: economy.alpha.map((a) => (a === 0 ? 1 : 0)) });
      expect(Math.max(largest(unwanted.prices), largest(unwanted.allocation), largest(unwanted.utilities))).toBe(0);
    });

    it("stay valid after other calls and after changes to the solution", () => {
      const economy = walras.economy(mildMarket(4, 3));
      const solution = walras.equilibrium(economy);
      const point = walras.statics(economy, solution);
      const before = point.matrices();
      solution.prices.fill(1);
      walras.equilibrium(walras.economy(hardMarket(3)));
      expect(point.matrices()).toEqual(before);
    });

    it("by omega do not exist for a utility at omega = -1, where it jumps", () => {
      const data = { alpha: CROSSED, omega: [[-1, -2], [-2, -2]], endowments: CROSSED }; // biome-ignore format: rows
      const economy = walras.economy(data);
      const { utilities, prices } = walras.statics(economy, walras.equilibrium(economy)).matrices();
      expect([...utilities.omega].map(Number.isNaN)).toEqual([true, false, false, false, false, false, false, false]);
      expect(prices.omega.every(Number.isFinite)).toBe(true);
      expect(errorAgainstDifferences(economy, walras.equilibrium(economy), "alpha", 1).every((e) => e < 1e-6)).toBe(
        true,
      );
    });

    it("of prices and amounts exist where a marginal utility is beyond a double", () => {
      const economy = walras.economy(hardMarket(434));
      const solution = walras.equilibrium(economy);
      const point = walras.statics(economy, solution);
      const direction = { endowments: economy.endowments as Float64Array };
      const { prices, logAllocation, utilities } = point.forward(direction);
      expect(utilities.every(Number.isFinite)).toBe(false);
      expect([...prices, ...logAllocation].every(Number.isFinite)).toBe(true);
      const gradient = point.adjoint({ prices: solution.prices, allocation: solution.allocation });
      for (const by of MARKET) expect(gradient[by].every(Number.isFinite)).toBe(true);
      const { giverGains } = walras.transferParadox(economy, solution);
      expect(giverGains.filter(Number.isNaN).length).toBe(economy.agents.length);
    });

    it("are refused at a critical equilibrium, whose measures say why", () => {
      const economy = walras.economy(caseNamed("critical-triple-root").economy);
      const solution = walras.equilibrium(economy);
      const point = walras.statics(economy, solution);
      expect(point).toMatchObject({ singular: true, index: 0 });
      expect(point.smallestPivot).toBeLessThan(1e-5);
      expect(point.condition).toBeGreaterThan(1e5);
      for (const ask of [() => point.forward({}), () => point.adjoint({}), () => point.matrices()]) {
        expect(ask).toThrow(SingularError);
      }
      expect(() => walras.transferParadox(economy, solution)).toThrow(/no derivatives at a critical equilibrium/);
    });

    it("are the same at any level of prices, or refused", () => {
      const economy = walras.economy(EIGHT);
      const direction = { alpha: economy.alpha.map((_, c) => (c === 1 ? 1 : 0)) };
      const at = (level: number) => walras.statics(economy, { prices: [level, level] }).forward(direction).prices;
      for (const level of [1e-300, 1e300]) expect(relativeDifference(at(level), at(1))).toBeLessThan(1e-12);
      expect(() => at(1e308)).toThrow(OptionError);
      expect(() => at(1e308)).toThrow(/the solution's prices\[0\] must be lower: no double holds the value that flows/);
    });

    it("report the known index at every equilibrium of published cases", () => {
      for (const title of ["gjerstad-rho-2-three-equilibria", "kehoe-1024", "symmetric-3x3-seven-equilibria"]) {
        const { economy: data, expected } = caseNamed(title);
        const economy = walras.economy(data);
        for (const { prices, index } of expected.equilibria ?? []) {
          expect(walras.statics(economy, { prices })).toMatchObject({ index, singular: false });
        }
      }
    });
  });

  describe(`statics of a plan on ${name}`, () => {
    const withUnwanted = { alpha: [[1, 2, 0], [3, 0, 0]], omega: [-2, -0.5, -1], totals: [3, 1, 2], weights: [1, 3] }; // biome-ignore format: rows

    it("match differences of plans solved again", () => {
      for (const data of [mildMarket(4, 3), hardMarket(1), withUnwanted]) {
        const economy = walras.economy({ ...data, weights: data === withUnwanted ? [1, 3] : undefined } as never);
        const point = walras.statics(economy, walras.plan(economy));
        for (const by of PLAN) {
          const direction = randomDirection(economy, by, 2);
          const change = point.forward({ [by]: direction });
          const { value } = derivative((t) => {
            const again = walras.plan(walras.economy(moved(economy, by, direction, t)));
            return [...logs(again.shadowPrices), ...logs(again.allocation), ...again.utilities, again.welfare];
          }, 0.003);
          const { shadowPrices, logAllocation, utilities, welfare } = change;
          let offset = 0;
          for (const block of [shadowPrices, logAllocation, utilities, welfare]) {
            block.forEach((v, k) => {
              expect(Math.abs(v - value[offset + k])).toBeLessThan(1e-7 * largest(block) + 1e-12);
            });
            offset += block.length;
          }
        }
      }
    });

    it("have adjoints that are forward products transposed", () => {
      fc.assert(
        fc.property(markets, seeds, (data, seed) => {
          const economy = walras.economy(data);
          const point = walras.statics(economy, walras.plan(economy));
          const draw = uniform(seed);
          const direction = Object.fromEntries(
            PLAN.map((key) => [key, random((economy[key] as Float64Array).length, draw)]),
          );
          const change = point.forward(direction);
          const cotangent = Object.fromEntries(Object.entries(change).map(([key, v]) => [key, random(v.length, draw)]));
          const gradient = point.adjoint(cotangent);
          const left = Object.entries(change).map(([key, v]) => dot(cotangent[key], v));
          const right = PLAN.map((key) => dot(direction[key], gradient[key]));
          const size = [...left, ...right].reduce((s, v) => s + Math.abs(v), 1);
          expect(Math.abs([...left, ...right.map((v) => -v)].reduce((a, b) => a + b)) / size).toBeLessThan(1e-12);
        }),
      );
    });

    it("obey the envelope theorem: welfare moves by shadow prices and by weighted utilities", () => {
      fc.assert(
        fc.property(markets, (data) => {
          const economy = walras.economy(data);
          const plan = walras.plan(economy);
          const { welfare } = walras.statics(economy, plan).matrices({ of: ["welfare"], by: ["totals", "weights"] });
          expect(relativeDifference(welfare.totals, plan.shadowPrices)).toBeLessThan(1e-10);
          const scale = largest(plan.utilities) * largest(plan.weights) + 1e-12;
          welfare.weights.forEach((v, i) => {
            expect(Math.abs(v - plan.weights[i] * plan.utilities[i]) / scale).toBeLessThan(1e-10);
          });
        }),
      );
    });

    it("agree with those of the equilibrium in which the plan is the endowment", () => {
      const economy = walras.economy(mildMarket(3, 3));
      const plan = walras.plan(economy);
      const at = walras.economy({ ...mildMarket(3, 3), endowments: plan.allocation });
      // No agent trades there, so prices change no utility.
      const { utilities } = walras
        .statics(at, { prices: plan.shadowPrices })
        .matrices({ of: ["utilities"], by: ["endowments"] });
      for (let i = 0; i < 3; i++) {
        const own = utilities.endowments.subarray(i * 9 + i * 3, i * 9 + i * 3 + 3);
        expect(
          relativeDifference(
            own,
            plan.shadowPrices.map((p) => p / plan.weights[i]),
          ),
        ).toBeLessThan(1e-9);
      }
    });
  });

  describe(`statics on ${name} refuse`, () => {
    const economy = walras.economy(mildMarket(2, 3));
    const solution = walras.equilibrium(economy);
    const point = walras.statics(economy, solution);

    it.each<[string, () => unknown, RegExp]>([
      [
        "no solution",
        () => walras.statics(economy, {} as never),
        /must have prices \(an equilibrium\) or shadowPrices/,
      ],
      [
        "no equilibrium",
        () => walras.statics(economy, { prices: [1, 5, 1] }),
        /the solution must be an equilibrium of this economy, with marketClearing within 0\.000001; got/,
      ],
      [
        "a residual above the tolerance asked for",
        () =>
          walras.statics(
            economy,
            { prices: solution.prices.map((p, j) => (j === 0 ? p * (1 + 1e-9) : p)) },
            { tolerance: 1e-12 },
          ),
        /must be an equilibrium of this economy, with \w+ within 1e-12; got/,
      ],
      [
        "a price of 0",
        () => walras.statics(economy, { prices: [1, 0, 1] }),
        /the solution's prices\[1\] must be above 0/,
      ],
      [
        "too few prices",
        () => walras.statics(economy, { prices: [1, 1] }),
        /the solution's prices must be a list of 3 numbers/,
      ],
      [
        "an unknown numeraire",
        () => walras.statics(economy, solution, { numeraire: "gold" }),
        /numeraire must be "simplex", a good's name/,
      ],
      ["an unknown option", () => walras.statics(economy, solution, { by: "alpha" } as never), /by is not a known key/],
      [
        "an unknown parameter",
        () => point.forward({ alhpa: [] } as never),
        /direction\.alhpa is not a known key \(nearest: alpha\)/,
      ],
      [
        "a direction of the wrong shape",
        () => point.forward({ alpha: [1] }),
        /direction\.alpha must be 2 rows of 3 numbers/,
      ],
      ["a direction that is no number", () => point.forward({ alpha: [[1, 2, 3], [4, Number.NaN, 6]] }), /direction\.alpha\[1\]\[1\] must be a finite number; got NaN/], // biome-ignore format: a row
      [
        "an infinite cotangent",
        () => point.adjoint({ prices: Float64Array.of(1, Infinity, 0) }),
        /cotangent\.prices\[1\] must be a finite number; got Infinity/,
      ],
      ["matrices of what is none", () => point.matrices({ of: ["welfare" as never] }), /of\[0\] must be "prices" or/],
      ["matrices that are no list", () => point.matrices({ by: "alpha" as never }), /by must be a list of names/],
    ])("%s", (_, ask, message) => {
      expect(ask).toThrow(OptionError);
      expect(ask).toThrow(message);
    });

    it("matrices too large, before anything is made", () => {
      const large = walras.economy(mildMarket(100, 100));
      const { matrices } = walras.statics(large, walras.equilibrium(large));
      expect(() => matrices()).toThrow(
        /matrices may have 67108864 numbers at most: choose fewer outcomes \(of\) or parameters \(by\).*; got 606000000/,
      );
      expect(matrices({ of: ["utilities"], by: ["alpha"] }).utilities.alpha.length).toBe(100 * 10_000);
    });

    it("to go on with matrices whose signal is aborted; they tell how far they are", () => {
      const seen: number[] = [];
      point.matrices({ of: ["prices", "utilities"], onStep: ({ done, total }) => seen.push(done / total) });
      expect(seen).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
      const controller = new AbortController();
      const onStep = ({ done }: { done: number }) => {
        if (done === 2) controller.abort(new Error("enough"));
        expect(done).toBeLessThan(3);
      };
      expect(() => point.matrices({ onStep, signal: controller.signal })).toThrow("enough");
      expect(() => point.matrices({ onStep: 3 as never })).toThrow(/onStep must be a function/);
    });

    it("economies without a market or with convex utilities, and plans that are none", () => {
      const planner = walras.economy({ alpha: [[1, 2]], omega: -1, totals: [1, 1] });
      expect(() => walras.statics(planner, { prices: [1, 1] })).toThrow(EconomyError);
      const convex = walras.economy({ alpha: [[1, 2]], omega: 0.5, totals: [1, 1] });
      expect(() => walras.statics(convex, walras.plan(convex))).toThrow(/omega must be below 0 for statics/);
      const plan = walras.plan(planner);
      expect(() => walras.statics(planner, { ...plan, shadowPrices: [5, 5] })).toThrow(
        /must be a plan of this economy; got "Not a plan/,
      );
      expect(() => walras.statics(planner, plan, { numeraire: 0 })).toThrow(/numeraire applies to an equilibrium only/);
      expect(() => walras.statics({} as never, plan)).toThrow(EconomyError);
    });
  });
}

// Amounts of money that measure welfare: the expenditure function, comparisons and fairness, by
// their definitions, on both engines.

import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineEconomy, type EconomyData, EconomyError, OptionError } from "../../src/index.js";
import { equivalentShare, expenditure, logBundle, preferencesOf, utilityGain } from "../../src/welfare/expenditure.js";
import { CROSSED, IDENTITY, SWAP } from "../support/economies.js";
import { engines, listOf, logUniform, relativeDifference } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";
import { marketsOf, utilityDifference } from "../support/markets.js";

const Exact = Decimal.clone({ precision: 50 });

const prices3 = listOf(logUniform(0.01, 100), 3);
const bundle3 = listOf(logUniform(0.01, 100), 3);
const value = (p: ArrayLike<number>, x: ArrayLike<number>) => Array.from(p, (v, j) => v * x[j]).reduce((a, b) => a + b);

describe("the expenditure function", () => {
  const preferences = (data: EconomyData) => preferencesOf(defineEconomy(data), 0);
  const agents = marketsOf(1, 3, 0.05, 20);

  it("is Cobb and Douglas's where omega is -1", () => {
    fc.assert(
      fc.property(prices3, bundle3, listOf(logUniform(0.1, 10), 3), (p, x, alpha) => {
        const p1 = preferences({ alpha: [alpha], omega: -1, endowments: [[1, 1, 1]] });
        const sum = alpha.reduce((a, b) => a + b);
        const log = alpha.reduce((s, a, j) => s + (a / sum) * Math.log((x[j] * p[j] * sum) / a), 0);
        expect(relativeDifference([expenditure(p1, p, logBundle(p1, x))], [Math.exp(log)])).toBeLessThan(1e-12);
      }),
    );
  });

  it("is the value of the bundle that is demanded, and no bundle that is as good has a smaller value", () => {
    fc.assert(
      fc.property(agents, prices3, bundle3, bundle3, ({ alpha, omega }, p, x, other) => {
        const agent = preferences({ alpha, omega, endowments: [[1, 1, 1]] });
        const cost = expenditure(agent, p, logBundle(agent, x));
        expect(cost).toBeLessThanOrEqual(value(p, x) * (1 + 1e-12));
        // At the prices at which x is demanded.
        const own = x.map((v, j) => alpha[0][j] * v ** omega[0][j]);
        const scale = value(own, x);
        const at = own.map((v) => v / scale);
        expect(relativeDifference([expenditure(agent, at, logBundle(agent, x))], [1])).toBeLessThan(1e-9);
        // The part of another bundle that is as good as x.
        const part = equivalentShare(agent, other, logBundle(agent, x));
        const scaled = other.map((v) => v * part);
        expect(Math.abs(utilityDifference(alpha[0], omega[0], scaled, x))).toBeLessThan(1e-11);
        expect(cost).toBeLessThanOrEqual(value(p, scaled) * (1 + 1e-10));
      }),
      { numRuns: 300 },
    );
  });

  it("rests on differences of utility that keep their digits, however small", () => {
    const agent = (omega: number) => preferences({ alpha: [[1]], omega, totals: [1] });
    for (const omega of [-20, -2, -1 - 2 ** -30, -1 + 2 ** -30, -0.5]) {
      for (let l = 1; l > 1e-14; l /= 3) {
        for (const change of [l, -l]) {
          const power = new Exact(1).plus(omega);
          const exact = power.times(change).exp().minus(1).div(power).toNumber();
          const gain = utilityGain(agent(omega), Float64Array.of(0), Float64Array.of(change));
          expect(relativeDifference([gain], [exact])).toBeLessThan(4 * Number.EPSILON);
        }
      }
    }
    expect(utilityGain(agent(-1), Float64Array.of(2), Float64Array.of(2 + 2 ** -40))).toBe(2 ** -40);
    expect(utilityGain(agent(-1), Float64Array.of(-Infinity), Float64Array.of(-Infinity))).toBe(0);
    expect(utilityGain(agent(-1), Float64Array.of(-Infinity), Float64Array.of(0))).toBe(Infinity);
    expect(utilityGain(agent(-1), Float64Array.of(0), Float64Array.of(-Infinity))).toBe(-Infinity);
    // Above -1, nothing is worth 0.
    expect(utilityGain(agent(-0.5), Float64Array.of(-Infinity), Float64Array.of(0))).toBeCloseTo(2, 15);
    expect(utilityGain(agent(-0.5), Float64Array.of(0), Float64Array.of(-Infinity))).toBeCloseTo(-2, 15);
  });

  it("rises with utility, grows with all prices alike, and does not jump at omega = -1", () => {
    fc.assert(
      fc.property(agents, prices3, bundle3, logUniform(1e-6, 1e6), ({ alpha, omega }, p, x, by) => {
        const agent = preferences({ alpha, omega, endowments: [[1, 1, 1]] });
        const cost = expenditure(agent, p, logBundle(agent, x));
        expect(
          relativeDifference(
            [
              expenditure(
                agent,
                p.map((v) => v * by),
                logBundle(agent, x),
              ),
            ],
            [cost * by],
          ),
        ).toBeLessThan(1e-9);
        const more = x.map((v, j) => (j === 0 ? v * 1.5 : v));
        expect(utilityGain(agent, logBundle(agent, x), logBundle(agent, more))).toBeGreaterThan(0);
        expect(expenditure(agent, p, logBundle(agent, more))).toBeGreaterThanOrEqual(cost * (1 - 1e-12));
        const costs = [-1 - 1e-9, -1, -1 + 1e-9].map((w) => {
          const near = preferences({ alpha, omega: w, endowments: [[1, 1, 1]] });
          return expenditure(near, p, logBundle(near, x));
        });
        expect(relativeDifference(costs, new Array(3).fill(costs[1]))).toBeLessThan(1e-6);
      }),
      { numRuns: 200 },
    );
  });

  it("takes bundles in which an amount is 0", () => {
    const both = (omega: number) => preferences({ alpha: [[1, 1]], omega, endowments: [[1, 1]] });
    // 2 sqrt x1 + 2 sqrt x2 with x = (4, 0): as good as 1 of each.
    expect(expenditure(both(-0.5), [1, 1], logBundle(both(-0.5), [4, 0]))).toBeCloseTo(2, 12);
    expect(expenditure(both(-0.5), [1, 1], logBundle(both(-0.5), [0, 0]))).toBe(0);
    for (const omega of [-1, -3]) expect(expenditure(both(omega), [1, 1], logBundle(both(omega), [4, 0]))).toBe(0);
  });

  it("survives utilities beyond a double", () => {
    const steep = preferences({ alpha: [[1, 1]], omega: -200, endowments: [[1, 1]] });
    const x = [1e-3, 1e-3];
    expect(expenditure(steep, [1, 1], logBundle(steep, x))).toBeCloseTo(2e-3, 12);
    expect(expenditure(steep, [1, 1], logBundle(steep, [1e-3, 1]))).toBeCloseTo(2e-3 * 2 ** (1 / 199), 9);
  });
});

for (const [name, walras] of engines) {
  const solve = (data: EconomyData) => {
    const economy = walras.economy(data);
    return { economy, after: walras.equilibrium(economy) };
  };

  describe(`compare on ${name}`, () => {
    it("finds each agent's gain from trade in money and in utility, of one sign", () => {
      fc.assert(
        fc.property(marketsOf(3, 3, 0.1, 6), marketsOf(3, 3, 0.1, 6), (data, other) => {
          const { economy, after } = solve(data);
          // Another allocation of the same totals, at its own prices.
          const moved = data.endowments.map((row, i) =>
            row.map((_, j) => {
              const total = data.endowments.reduce((s, r) => s + r[j], 0);
              return (total * other.endowments[i][j]) / other.endowments.reduce((s, r) => s + r[j], 0);
            }),
          );
          const before = { allocation: moved, prices: walras.equilibrium(walras.economy(other)).prices };
          const forth = walras.compare(economy, before, after);
          const back = walras.compare(economy, after, before);
          forth.utilityChange.forEach((change, i) => {
            const x = after.allocation.subarray(3 * i, 3 * i + 3);
            const difference = utilityDifference(data.alpha[i], data.omega[i], x, moved[i]);
            if (Math.abs(difference) > 1e-9) expect(Math.sign(change)).toBe(Math.sign(difference));
            expect(forth.gains[i]).toBe(Math.abs(difference) > 1e-9 ? Math.sign(difference) : forth.gains[i]);
            expect(Math.abs(change + back.utilityChange[i])).toBeLessThanOrEqual(1e-14 * (1 + Math.abs(change)));
            for (const money of [forth.equivalentVariation[i], forth.compensatingVariation[i]]) {
              if (change >= 0) expect(money).toBeGreaterThanOrEqual(0);
              else expect(money).toBeLessThanOrEqual(0);
            }
            // Going back, the variations change places and signs.
            expect(relativeDifference([forth.equivalentVariation[i]], [-back.compensatingVariation[i]])).toBeLessThan(
              1e-9,
            );
          });
        }),
        { numRuns: 60 },
      );
    });

    it("gives the income that would be needed, at the prices before and after", () => {
      fc.assert(
        fc.property(marketsOf(2, 3, 0.1, 6), prices3, (data, prices) => {
          const { economy, after } = solve(data);
          const before = { allocation: data.endowments, prices };
          const { equivalentVariation, compensatingVariation } = walras.compare(economy, before, after);
          for (const i of [0, 1]) {
            const agent = preferencesOf(economy, i);
            const old = logBundle(agent, data.endowments[i]);
            const traded = logBundle(agent, after.allocation, 3 * i);
            expect(equivalentVariation[i]).toBeCloseTo(
              expenditure(agent, prices, traded) - expenditure(agent, prices, old),
              9,
            );
            // The bundle is demanded at these prices, so no other that is as good costs less.
            expect(relativeDifference([expenditure(agent, after.prices, traded)], [after.incomes[i]])).toBeLessThan(
              1e-9,
            );
            const left = after.incomes[i] - expenditure(agent, after.prices, old);
            expect(Math.abs(compensatingVariation[i] - left)).toBeLessThan(1e-9 * after.incomes[i]);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("compares solutions in one unit, whatever units they are given in", () => {
      fc.assert(
        fc.property(marketsOf(3, 3, 0.2, 6), logUniform(1e-6, 1e6), logUniform(1e-6, 1e6), (data, a, b) => {
          const economy = walras.economy(data);
          const turned = walras.economy({ ...data, endowments: [1, 2, 0].map((i) => data.endowments[i]) });
          const solved = (numeraire: string | number) =>
            [economy, turned].map((market) => walras.equilibrium(market, { numeraire }));
          const [before, after] = solved("simplex");
          const plan = walras.plan(economy);
          for (const numeraire of ["simplex", 0, 2, economy.goods[1]]) {
            const [before1, after1] = solved(numeraire);
            const wanted = walras.compare(economy, before1, after1, { numeraire: "given" });
            const name = typeof numeraire === "number" ? economy.goods[numeraire] : numeraire;
            const same = [
              walras.compare(economy, before1, after1),
              walras.compare(economy, before1, after),
              walras.compare(economy, before1, { ...after, prices: after.prices.map((p) => p * a) }),
              walras.compare(economy, before, after, { numeraire }),
              walras.compare(
                economy,
                { ...before, prices: before.prices.map((p) => p * b) },
                { ...after, prices: after.prices.map((p) => p * a) },
                { numeraire },
              ),
              walras.compare(economy, { allocation: before.allocation, shadowPrices: before.prices }, after1),
            ];
            for (const each of same) {
              expect(each.numeraire).toBe(name);
              for (const key of ["equivalentVariation", "compensatingVariation"] as const) {
                const size = Math.max(...wanted[key].map(Math.abs), 1e-3 * Math.max(...before1.incomes));
                each[key].forEach((v, i) => {
                  expect(Math.abs(v - wanted[key][i])).toBeLessThan(1e-9 * size);
                });
              }
              expect(each.gains).toEqual(wanted.gains);
            }
            // A plan takes the unit of the other solution, on either side.
            const money = { allocation: plan.allocation, prices: plan.shadowPrices };
            const shadow = { ...plan, shadowPrices: plan.shadowPrices.map((p) => p * a) };
            const forth = walras.compare(economy, shadow, after1);
            expect(forth.numeraire).toBe(name);
            const plain = walras.compare(economy, money, after1, { numeraire });
            plain.equivalentVariation.forEach((v, i) => {
              expect(Math.abs(forth.equivalentVariation[i] - v)).toBeLessThan(1e-9 * Math.max(1e-3, Math.abs(v)));
            });
          }
        }),
        { numRuns: 10 },
      );
    });

    it("leaves prices as they are where no unit is known, or where that is asked for", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: IDENTITY });
      // The cheapest way to u costs 2 (p1 p2 x1 x2)^(1/2).
      const before = { allocation: [[1, 1], [1, 1]], prices: [1, 1] }; // biome-ignore format: rows
      const after = { allocation: [[2, 2], [2, 2]], prices: [3, 3] }; // biome-ignore format: rows
      const variations = (
        ...given: Parameters<typeof walras.compare> extends [unknown, ...infer Rest] ? Rest : never
      ) => {
        const { numeraire, equivalentVariation, compensatingVariation } = walras.compare(economy, ...given);
        return [numeraire, ...[equivalentVariation[0], compensatingVariation[0]].map((v) => Math.round(v * 1e9) / 1e9)];
      };
      const [bread] = economy.goods;
      const named = { ...after, numeraire: bread };
      const { prices, ...rest } = before;
      const planned = { ...rest, shadowPrices: prices.map((price) => 5 * price) };
      expect(variations(before, after)).toEqual(["given", 2, 6]);
      expect(variations(before, named)).toEqual(["given", 2, 6]);
      expect(variations({ ...before, numeraire: bread }, after)).toEqual(["given", 2, 6]);
      expect(variations(named, named, { numeraire: "given" })).toEqual(["given", 0, 0]);
      expect(variations(planned, named, { numeraire: "given" })).toEqual(["given", 10, 6]);
      expect(variations(planned, named)).toEqual([bread, 2, 2]);
      expect(variations(planned, after)).toEqual(["given", 10, 6]);
      expect(variations(before, after, { numeraire: "simplex" })).toEqual(["simplex", 1, 1]);
      // The notebook's units are no goods.
      expect(variations({ ...before, numeraire: "none" }, after)).toEqual(["given", 2, 6]);
    });

    it("refuses a numeraire that is no good, or free", () => {
      const economy = walras.economy({ alpha: [[1, 0], [2, 0]], omega: -1, endowments: [[1, 1], [1, 1]] }); // biome-ignore format: rows
      const solution = { allocation: [[1, 1], [1, 1]], prices: [1, 0] }; // biome-ignore format: rows
      const refused = (numeraire: unknown) =>
        refusedPaths(() => walras.compare(economy, solution, solution, { numeraire: numeraire as string }));
      for (const bad of ["bread", 2, -1, 0.5, null, 1]) expect(refused(bad)).toEqual(["numeraire"]);
      expect(walras.compare(economy, solution, solution, { numeraire: 0 }).numeraire).toBe(economy.goods[0]);
    });

    it("is 0 between a solution and itself, and takes plans with their shadow prices", () => {
      const data = { alpha: CROSSED, omega: [[-3, -0.5], [-1, -1.5]], endowments: CROSSED }; // biome-ignore format: rows
      const { economy, after } = solve(data);
      const same = walras.compare(economy, after, after);
      const { numeraire, ...zeros } = same;
      expect(numeraire).toBe("simplex");
      for (const values of Object.values(zeros)) expect([...values]).toEqual([0, 0]);
      const plan = walras.plan(economy, { weights: after.weights });
      const alike = walras.compare(economy, after, plan);
      expect([...alike.gains].map(Math.abs)).toEqual([0, 0]);
      expect(Math.max(...alike.equivalentVariation.map(Math.abs))).toBeLessThan(1e-12);
    });

    it("counts a utility of minus infinity as costing nothing", () => {
      const data = { alpha: 1, omega: -1, endowments: IDENTITY };
      const { economy, after } = solve(data);
      const home = { allocation: data.endowments, prices: [1, 1] };
      const forth = walras.compare(economy, home, after);
      expect([...forth.utilityChange]).toEqual([Infinity, Infinity]);
      expect(forth.equivalentVariation[0]).toBeCloseTo(1, 12);
      expect(forth.compensatingVariation[0]).toBeCloseTo(0.5, 12);
      const back = walras.compare(economy, after, home);
      expect([...back.utilityChange, ...back.gains]).toEqual([-Infinity, -Infinity, -1, -1]);
      expect(back.equivalentVariation[0]).toBeCloseTo(-0.5, 12);
      const none = walras.compare(economy, home, { allocation: IDENTITY.toReversed(), prices: [1, 2] });
      const { numeraire, ...zeros } = none;
      expect(numeraire).toBe("given");
      for (const values of Object.values(zeros)) expect([...values]).toEqual([0, 0]);
    });

    it("refuses convex goods, and names everything that is wrong with a solution", () => {
      const economy = walras.economy({ alpha: CROSSED, omega: -1, endowments: CROSSED });
      const fine = walras.equilibrium(economy);
      const convex = walras.economy({ alpha: 1, omega: [-1, 0], endowments: [[1, 1]] });
      expect(() => walras.compare(convex, fine, fine)).toThrow(
        /omega\[0\]\[1\] must be below 0 to measure utility in money: it must be strictly concave; got 0/,
      );
      expect(() => walras.fairness(convex, fine)).toThrow(EconomyError);
      const refused = refusedPaths(() => walras.compare(economy, { allocation: [[1], [2]], prices: [1, 0] }, {}));
      expect(refused).toEqual(["before.allocation", "before.prices[1]", "after"]);
    });
  });

  describe(`fairness on ${name}`, () => {
    it("finds no envy in equilibria from equal endowments (Varian 1974)", () => {
      fc.assert(
        fc.property(marketsOf(4, 3, 0.1, 8), (data) => {
          const equal = { ...data, endowments: data.endowments.map(() => data.endowments[0]) };
          const { economy, after } = solve(equal);
          const { envyFree, largest, shares } = walras.fairness(economy, after);
          expect([envyFree, largest]).toEqual([true, null]);
          for (const share of shares) expect(share).toBeCloseTo(0.25, 9);
        }),
        { numRuns: 40 },
      );
    });

    it("finds envy where another agent's bundle is better, and what it is worth", () => {
      fc.assert(
        fc.property(marketsOf(3, 2, 0.2, 6), (data) => {
          const { economy, after } = solve(data);
          const fair = walras.fairness(economy, after);
          const x = (i: number) => after.allocation.subarray(2 * i, 2 * i + 2);
          for (let i = 0; i < 3; i++) {
            const agent = preferencesOf(economy, i);
            for (let k = 0; k < 3; k++) {
              const amount = fair.envy[3 * i + k];
              const difference = utilityDifference(data.alpha[i], data.omega[i], x(k), x(i));
              if (Math.abs(difference) > 1e-9) expect(Math.sign(amount)).toBe(Math.sign(difference));
              const worth = expenditure(agent, after.prices, logBundle(agent, x(k))) - after.incomes[i];
              expect(Math.abs(amount - (i === k ? 0 : worth))).toBeLessThan(1e-9);
              if (fair.largest) expect(amount).toBeLessThanOrEqual(fair.largest.amount);
            }
          }
          if (fair.largest) expect(fair.envy[3 * fair.largest.agent + fair.largest.of]).toBe(fair.largest.amount);
          const total = after.incomes.reduce((a, b) => a + b);
          expect(
            relativeDifference(
              fair.shares,
              after.incomes.map((w) => w / total),
            ),
          ).toBeLessThan(1e-9);
        }),
        { numRuns: 40 },
      );
    });

    it("shares out the gains from trade, by which no agent loses (individual rationality)", () => {
      fc.assert(
        fc.property(marketsOf(3, 3, 0.2, 6), (data) => {
          const { economy, after } = solve(data);
          const { gains, gainShares } = walras.fairness(economy, after);
          const { compensatingVariation } = walras.compare(
            economy,
            { allocation: data.endowments, prices: after.prices },
            after,
          );
          gains?.forEach((gain, i) => {
            expect(gain).toBeGreaterThan(-1e-12);
            expect(gain).toBeLessThanOrEqual(after.incomes[i] * (1 + 1e-12));
            expect(gain).toBeCloseTo(compensatingVariation[i], 10);
          });
          const traded = (gains?.reduce((a, b) => a + b) ?? 0) > 1e-10;
          if (traded) expect(gainShares?.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        }),
        { numRuns: 40 },
      );
      const corner = solve({ alpha: 1, omega: -2, endowments: [[1, 0], [0, 3]] }); // biome-ignore format: rows
      const { gains } = walras.fairness(corner.economy, corner.after);
      expect(relativeDifference(gains ?? [], corner.after.incomes)).toBeLessThan(1e-12);
    });

    it("has nothing to share if no agent trades, and no gains without endowments", () => {
      const still = solve({ alpha: [1, 2], omega: -2, endowments: [[1, 1], [2, 2]] }); // biome-ignore format: rows
      expect([...(walras.fairness(still.economy, still.after).gainShares ?? [])]).toEqual([0, 0]);
      const plan = walras.economy({ ...SWAP, endowments: undefined, totals: [1, 1] });
      expect(walras.fairness(plan, walras.plan(plan))).toMatchObject({ gains: null, gainShares: null, envyFree: true });
    });

    it("ignores envy within the tolerance, and refuses too many agents", () => {
      const { economy, after } = solve({ alpha: 1, omega: -1, endowments: [[1, 1], [1.01, 1.01]] }); // biome-ignore format: rows
      expect(walras.fairness(economy, after).largest).toMatchObject({ agent: 0, of: 1 });
      expect(walras.fairness(economy, after, { tolerance: 0.1 }).envyFree).toBe(true);
      expect(() => walras.fairness(economy, after, { tolerance: -1 })).toThrow(OptionError);
      const many = walras.economy({ alpha: 1, omega: -1, size: { agents: 2049, goods: 1 }, totals: [1] });
      expect(() => walras.fairness(many, { allocation: [], prices: [1] })).toThrow(/agents must be 2048 at most/);
    });
  });
}

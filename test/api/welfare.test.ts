// Money measures by their definitions, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineEconomy, type EconomyData, EconomyError, OptionError } from "../../src/index.js";
import { equivalentShare, expenditure, logBundle, preferencesOf, utilityGain } from "../../src/welfare/expenditure.js";
import { engines, logUniform, relativeDifference } from "../support/engines.js";
import { type Market, marketsOf, utilityApart } from "../support/markets.js";

const prices3 = fc.array(logUniform(0.01, 100), { minLength: 3, maxLength: 3 });
const bundle3 = fc.array(logUniform(0.01, 100), { minLength: 3, maxLength: 3 });
const value = (p: ArrayLike<number>, x: ArrayLike<number>) => Array.from(p, (v, j) => v * x[j]).reduce((a, b) => a + b);

describe("the expenditure function", () => {
  const preferences = (data: EconomyData) => preferencesOf(defineEconomy(data), 0);
  const agents = marketsOf(1, 3, 0.05, 20);

  it("is Cobb and Douglas's where omega is -1", () => {
    fc.assert(
      fc.property(prices3, bundle3, fc.array(logUniform(0.1, 10), { minLength: 3, maxLength: 3 }), (p, x, alpha) => {
        const p1 = preferences({ alpha: [alpha], omega: -1, endowments: [[1, 1, 1]] });
        const whole = alpha.reduce((a, b) => a + b);
        const log = alpha.reduce((s, a, j) => s + (a / whole) * Math.log((x[j] * p[j] * whole) / a), 0);
        expect(relativeDifference([expenditure(p1, p, logBundle(p1, x))], [Math.exp(log)])).toBeLessThan(1e-12);
      }),
    );
  });

  it("is the value of the bundle that is demanded, and no more than that of any other as good", () => {
    fc.assert(
      fc.property(agents, prices3, bundle3, bundle3, ({ alpha, omega }, p, x, other) => {
        const his = preferences({ alpha, omega, endowments: [[1, 1, 1]] });
        const cost = expenditure(his, p, logBundle(his, x));
        expect(cost).toBeLessThanOrEqual(value(p, x) * (1 + 1e-12));
        // At the prices that x is demanded at.
        const own = x.map((v, j) => alpha[0][j] * v ** omega[0][j]);
        const scale = value(own, x);
        const at = own.map((v) => v / scale);
        expect(relativeDifference([expenditure(his, at, logBundle(his, x))], [1])).toBeLessThan(1e-9);
        // As much of another as is as good as x.
        const part = equivalentShare(his, other, logBundle(his, x));
        const scaled = other.map((v) => v * part);
        expect(Math.abs(utilityApart(alpha[0], omega[0], scaled, x))).toBeLessThan(1e-11);
        expect(cost).toBeLessThanOrEqual(value(p, scaled) * (1 + 1e-10));
      }),
      { numRuns: 300 },
    );
  });

  it("rises with utility, grows with all prices alike, and does not jump at omega = -1", () => {
    fc.assert(
      fc.property(agents, prices3, bundle3, logUniform(1e-6, 1e6), ({ alpha, omega }, p, x, by) => {
        const his = preferences({ alpha, omega, endowments: [[1, 1, 1]] });
        const cost = expenditure(his, p, logBundle(his, x));
        expect(
          relativeDifference(
            [
              expenditure(
                his,
                p.map((v) => v * by),
                logBundle(his, x),
              ),
            ],
            [cost * by],
          ),
        ).toBeLessThan(1e-9);
        const more = x.map((v, j) => (j === 0 ? v * 1.5 : v));
        expect(utilityGain(his, logBundle(his, x), logBundle(his, more))).toBeGreaterThan(0);
        expect(expenditure(his, p, logBundle(his, more))).toBeGreaterThanOrEqual(cost * (1 - 1e-12));
        const near = [-1 - 1e-9, -1, -1 + 1e-9].map((w) => {
          const hers = preferences({ alpha, omega: w, endowments: [[1, 1, 1]] });
          return expenditure(hers, p, logBundle(hers, x));
        });
        expect(relativeDifference(near, new Array(3).fill(near[1]))).toBeLessThan(1e-6);
      }),
      { numRuns: 200 },
    );
  });

  it("takes bundles with nothing of a good", () => {
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
  const solve = (data: Market) => {
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
            const apart = utilityApart(data.alpha[i], data.omega[i], x, moved[i]);
            if (Math.abs(apart) > 1e-9) expect(Math.sign(change)).toBe(Math.sign(apart));
            expect(forth.gains[i]).toBe(Math.abs(apart) > 1e-9 ? Math.sign(apart) : forth.gains[i]);
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

    it("gives what income would have to be, at either prices", () => {
      fc.assert(
        fc.property(marketsOf(2, 3, 0.1, 6), prices3, (data, prices) => {
          const { economy, after } = solve(data);
          const before = { allocation: data.endowments, prices };
          const { equivalentVariation, compensatingVariation } = walras.compare(economy, before, after);
          for (const i of [0, 1]) {
            const his = preferencesOf(economy, i);
            const old = logBundle(his, data.endowments[i]);
            const fresh = logBundle(his, after.allocation, 3 * i);
            expect(equivalentVariation[i]).toBeCloseTo(
              expenditure(his, prices, fresh) - expenditure(his, prices, old),
              9,
            );
            // Demanded at these prices, what she has costs no more than what is as good.
            expect(relativeDifference([expenditure(his, after.prices, fresh)], [after.incomes[i]])).toBeLessThan(1e-9);
            const left = after.incomes[i] - expenditure(his, after.prices, old);
            expect(Math.abs(compensatingVariation[i] - left)).toBeLessThan(1e-9 * after.incomes[i]);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("is 0 between a solution and itself, and takes plans with their shadow prices", () => {
      const data = {
        alpha: [
          [1, 2],
          [2, 1],
        ],
        omega: [
          [-3, -0.5],
          [-1, -1.5],
        ],
        endowments: [
          [1, 2],
          [2, 1],
        ],
      };
      const { economy, after } = solve(data);
      const same = walras.compare(economy, after, after);
      for (const values of Object.values(same)) expect([...values]).toEqual([0, 0]);
      const plan = walras.plan(economy, { weights: after.weights });
      const alike = walras.compare(economy, after, plan);
      expect([...alike.gains].map(Math.abs)).toEqual([0, 0]);
      expect(Math.max(...alike.equivalentVariation.map(Math.abs))).toBeLessThan(1e-12);
    });

    it("counts a utility of minus infinity as costing nothing", () => {
      const data = {
        alpha: [
          [1, 1],
          [1, 1],
        ],
        omega: [
          [-1, -1],
          [-1, -1],
        ],
        endowments: [
          [1, 0],
          [0, 1],
        ],
      };
      const { economy, after } = solve(data);
      const home = { allocation: data.endowments, prices: [1, 1] };
      const forth = walras.compare(economy, home, after);
      expect([...forth.utilityChange]).toEqual([Infinity, Infinity]);
      expect(forth.equivalentVariation[0]).toBeCloseTo(1, 12);
      expect(forth.compensatingVariation[0]).toBeCloseTo(0.5, 12);
      const back = walras.compare(economy, after, home);
      expect([...back.utilityChange, ...back.gains]).toEqual([-Infinity, -Infinity, -1, -1]);
      expect(back.equivalentVariation[0]).toBeCloseTo(-0.5, 12);
      const none = walras.compare(economy, home, {
        allocation: [
          [0, 1],
          [1, 0],
        ],
        prices: [1, 2],
      });
      for (const values of Object.values(none)) expect([...values]).toEqual([0, 0]);
    });

    it("refuses convex goods, and solutions that are none, all at once", () => {
      const economy = walras.economy({
        alpha: [
          [1, 2],
          [2, 1],
        ],
        omega: -1,
        endowments: [
          [1, 2],
          [2, 1],
        ],
      });
      const fine = walras.equilibrium(economy);
      const convex = walras.economy({ alpha: 1, omega: [-1, 0], endowments: [[1, 1]] });
      expect(() => walras.compare(convex, fine, fine)).toThrow(
        /omega\[0\]\[1\] must be below 0 for amounts of money; got 0/,
      );
      expect(() => walras.fairness(convex, fine)).toThrow(EconomyError);
      try {
        walras.compare(economy, { allocation: [[1], [2]], prices: [1, 0] }, {});
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(OptionError);
        expect((error as OptionError).violations.map((v) => v.path)).toEqual([
          "before.allocation",
          "before.prices[1]",
          "after",
        ]);
      }
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

    it("finds envy where another's bundle is better, and its worth", () => {
      fc.assert(
        fc.property(marketsOf(3, 2, 0.2, 6), (data) => {
          const { economy, after } = solve(data);
          const fair = walras.fairness(economy, after);
          const x = (i: number) => after.allocation.subarray(2 * i, 2 * i + 2);
          for (let i = 0; i < 3; i++) {
            const his = preferencesOf(economy, i);
            for (let k = 0; k < 3; k++) {
              const amount = fair.envy[3 * i + k];
              const apart = utilityApart(data.alpha[i], data.omega[i], x(k), x(i));
              if (Math.abs(apart) > 1e-9) expect(Math.sign(amount)).toBe(Math.sign(apart));
              const worth = expenditure(his, after.prices, logBundle(his, x(k))) - after.incomes[i];
              expect(Math.abs(amount - (i === k ? 0 : worth))).toBeLessThan(1e-9);
              if (fair.largest) expect(amount).toBeLessThanOrEqual(fair.largest.amount);
            }
          }
          if (fair.largest) expect(fair.envy[3 * fair.largest.agent + fair.largest.of]).toBe(fair.largest.amount);
          const whole = after.incomes.reduce((a, b) => a + b);
          expect(
            relativeDifference(
              fair.shares,
              after.incomes.map((w) => w / whole),
            ),
          ).toBeLessThan(1e-9);
        }),
        { numRuns: 40 },
      );
    });

    it("shares out the gains from trade, which nobody loses by (individual rationality)", () => {
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
      const corner = solve({
        alpha: [
          [1, 1],
          [1, 1],
        ],
        omega: [
          [-2, -2],
          [-2, -2],
        ],
        endowments: [
          [1, 0],
          [0, 3],
        ],
      });
      const { gains } = walras.fairness(corner.economy, corner.after);
      expect(relativeDifference(gains ?? [], corner.after.incomes)).toBeLessThan(1e-12);
    });

    it("has nothing to share where nobody trades, and no gains without endowments", () => {
      const still = solve({
        alpha: [
          [1, 2],
          [1, 2],
        ],
        omega: [
          [-2, -2],
          [-2, -2],
        ],
        endowments: [
          [1, 1],
          [2, 2],
        ],
      });
      expect([...(walras.fairness(still.economy, still.after).gainShares ?? [])]).toEqual([0, 0]);
      const plan = walras.economy({
        alpha: [
          [1, 2],
          [2, 1],
        ],
        omega: -1,
        totals: [1, 1],
      });
      expect(walras.fairness(plan, walras.plan(plan))).toMatchObject({ gains: null, gainShares: null, envyFree: true });
    });

    it("forgives the envy it is told to, and refuses too many agents", () => {
      const { economy, after } = solve({
        alpha: [
          [1, 1],
          [1, 1],
        ],
        omega: [
          [-1, -1],
          [-1, -1],
        ],
        endowments: [
          [1, 1],
          [1.01, 1.01],
        ],
      });
      expect(walras.fairness(economy, after).largest).toMatchObject({ agent: 0, of: 1 });
      expect(walras.fairness(economy, after, { tolerance: 0.1 }).envyFree).toBe(true);
      expect(() => walras.fairness(economy, after, { tolerance: -1 })).toThrow(OptionError);
      const many = walras.economy({ alpha: 1, omega: -1, size: { agents: 2049, goods: 1 }, totals: [1] });
      expect(() => walras.fairness(many, { allocation: [], prices: [1] })).toThrow(/agents must be 2048 at most/);
    });
  });
}

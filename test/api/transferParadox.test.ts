// The transfer paradox, against theorems and against gifts that are made, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardMarket, mildMarket } from "../../bench/economies.js";
import type { TransferParadox } from "../../src/index.js";
import { engines, relativeDifference } from "../support/engines.js";
import { CASES } from "../support/fixtures.js";

/**
 * A stable equilibrium at equal prices with a strong paradox, made by hand. Agents spend 0.9, 0.5
 * and 0.1 of their incomes 10, 27 and 45 on the first good, so they trade 9, -13.5 and 4.5 of it.
 * Elasticities of substitution are small, 1 / GAMMA, so prices respond to incomes.
 */
const GAMMA = 10;
const STRONG = {
  alpha: [
    [9 ** GAMMA, 1],
    [1, 1],
    [1, 9 ** GAMMA],
  ],
  gamma: GAMMA,
  endowments: [
    [0, 10],
    [27, 0],
    [0, 45],
  ],
};
const SHARES = [0.9, 0.5, 0.1];
const INCOMES = [10, 27, 45];
const TRADES = [9, -13.5, 4.5];

for (const [name, walras] of engines) {
  describe(`transfer paradox on ${name}`, () => {
    it("does not occur between two agents at an equilibrium of index 1, and always does at index -1", () => {
      const found = { 1: 0, "-1": 0 };
      const judge = (data: object, prices?: number[]) => {
        const economy = walras.economy(data as never);
        const solution = walras.equilibrium(economy, { start: prices });
        if (solution.index === 0) return;
        const { paradoxes } = walras.transferParadox(economy, solution);
        found[solution.index]++;
        expect(paradoxes.map(({ kind }) => kind)).toEqual(solution.index === 1 ? [] : ["strong", "strong"]);
      };
      for (const { economy, expected } of CASES) {
        if ((economy.endowments as number[][] | undefined)?.length !== 2) continue;
        for (const { prices } of expected.equilibria ?? []) judge(economy, prices);
      }
      for (let seed = 0; seed < 60; seed++) judge(hardMarket(seed, { agents: 2 }), undefined);
      expect(found[1]).toBeGreaterThan(60);
      expect(found[-1]).toBeGreaterThanOrEqual(5);
    });

    it("is strong at a stable equilibrium of three agents, by hand and by gifts that are made", () => {
      const economy = walras.economy(STRONG);
      const solution = walras.equilibrium(economy, { start: [1, 1] });
      expect(solution).toMatchObject({ index: 1, stability: "stable" });
      const { giverGains, receiverGains, paradoxes } = walras.transferParadox(economy, solution);

      // By hand: the value of excess demand for good 1 falls with its log price at this slope, by
      // substitution and by income; a gift changes it by the difference of spending shares.
      const slope = SHARES.reduce((s, c, i) => s + (INCOMES[i] * c * (1 - c)) / GAMMA + c * TRADES[i], 0);
      for (const [giver, receiver] of [
        [1, 0],
        [0, 1],
        [2, 1],
        [0, 2],
      ]) {
        const rise = (SHARES[receiver] - SHARES[giver]) / slope;
        const gains = [giverGains, receiverGains].map((values) => values[giver * 3 + receiver]);
        expect(relativeDifference(gains, [-1 - TRADES[giver] * rise, 1 - TRADES[receiver] * rise])).toBeLessThan(1e-10);
      }

      const paradox = paradoxes.find(({ giver, receiver }) => giver === 1 && receiver === 0);
      expect(paradox).toMatchObject({ kind: "strong", gifts: [{ good: 0 }] });
      const gift = 1e-4;
      const endowments = [[gift, 10], [27 - gift, 0], [0, 45]]; // biome-ignore format: rows
      const after = walras.equilibrium(walras.economy({ ...STRONG, endowments }), { start: solution });
      const { giverSlope, receiverSlope } = (paradox as TransferParadox).gifts[0];
      const rise = (i: number) => (after.utilities[i] - solution.utilities[i]) / gift;
      expect(rise(1)).toBeGreaterThan(0);
      expect(rise(0)).toBeLessThan(0);
      expect([rise(1) / giverSlope, rise(0) / receiverSlope].map((ratio) => Math.abs(ratio - 1) < 1e-3)).toEqual([
        true,
        true,
      ]);
    });

    it("does not depend on which good of the same value is given", () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 5000 }), (seed) => {
          const economy = walras.economy(mildMarket(3, 2 + (seed % 4), seed));
          const solution = walras.equilibrium(economy);
          const point = walras.statics(economy, solution);
          const m = economy.goods.length;
          const { receiverGains } = walras.transferParadox(economy, solution);
          for (let j = 0; j < m; j++) {
            const endowments = new Float64Array(3 * m);
            endowments[j] = -1;
            endowments[m + j] = 1;
            const { utilities } = point.forward({ endowments });
            // The marginal utility of income, from the first good.
            const kappa = (economy.alpha[m] * solution.allocation[m] ** economy.omega[m]) / solution.prices[0];
            expect(Math.abs(utilities[1] / (kappa * solution.prices[j]) - receiverGains[1])).toBeLessThan(1e-9);
          }
        }),
      );
    });

    it("is not reported between agents that do not trade", () => {
      const two = { alpha: [[1, 2, 0], [2, 1, 0], [0, 0, 1]], omega: -2, endowments: [[1, 2, 0], [2, 1, 0], [0, 0, 1]] }; // biome-ignore format: rows
      const economy = walras.economy(two);
      const { giverGains, receiverGains, paradoxes } = walras.transferParadox(economy, walras.equilibrium(economy));
      expect([...giverGains].map(Number.isNaN)).toEqual([true, false, true, false, true, true, true, true, true]);
      expect(receiverGains[1]).toBeGreaterThan(0);
      expect(paradoxes).toEqual([]);
    });

    it("is refused at prices that are no equilibrium, and for too many agents", () => {
      const economy = walras.economy(mildMarket(2, 2));
      expect(() => walras.transferParadox(economy, { prices: [1, 9] })).toThrow(
        /must be an equilibrium of this economy/,
      );
      expect(() => walras.transferParadox({} as never, { prices: [1, 9] })).toThrow(/^alpha must be given/);
      const many = walras.economy({
        size: { agents: 8193, goods: 1 },
        alpha: 1,
        omega: -1,
        endowments: new Float64Array(8193).fill(1),
      });
      expect(() => walras.transferParadox(many, { prices: [1] })).toThrow(
        /agents must be 8192 at most: all pairs of agents are compared/,
      );
    });
  });
}

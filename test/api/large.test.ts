// Economies of very many agents or goods: every method answers, or refuses them by name, in time.

import { describe, expect, it } from "vitest";
import { type Economy, EconomyError } from "../../src/index.js";
import { engines } from "../support/engines.js";

/** More than JavaScript passes as the arguments of one call. */
const MANY = 130_000;

/** A market of n agents and m goods that all agents want, with curvatures of two kinds. */
function market(walras: (typeof engines)[number][1], n: number, m: number): Economy {
  const draw = (k: number) => 1 + ((k * 7919) % 1009) / 1009;
  return walras.economy({
    size: { agents: n, goods: m },
    alpha: Float64Array.from({ length: n * m }, (_, c) => draw(c)),
    omega: Float64Array.from({ length: n * m }, (_, c) => (c % 2 === 0 ? -0.5 : -2)),
    endowments: Float64Array.from({ length: n * m }, (_, c) => draw(c + 1)),
  });
}

for (const [name, walras] of engines) {
  describe(`economies of ${MANY} on ${name}`, () => {
    it.each([
      ["goods", 2, MANY],
      ["agents", MANY, 2],
    ])("%s are planned, compared and traced along a frontier", (_, n, m) => {
      const economy = market(walras, n, m);
      const plan = walras.plan(economy);
      expect(plan.converged).toBe(true);
      expect(walras.check(economy, plan).accepted).toBe(true);
      const ones = new Float64Array(n).fill(1);
      const ends = { from: ones, to: ones.map((_, i) => 1 + (i % 2)) };
      const frontier = walras.frontier(economy, { ...ends, points: 3 });
      expect(frontier).toMatchObject({ count: 3, converged: true });
      const change = walras.compare(economy, plan, plan);
      expect(change.gains.every((gain) => gain === 0)).toBe(true);
      const sum = walras.transfers(economy, plan).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum)).toBeLessThan(1e-6);
      const statics = walras.statics(economy, plan);
      expect(Number.isFinite(statics.forward({ weights: ones }).welfare[0])).toBe(true);
    });

    it("agents trade two goods: prices, their path, and every list are found or refused by name", () => {
      const economy = market(walras, MANY, 2);
      const found = walras.equilibrium(economy);
      expect(found.converged).toBe(true);
      expect(walras.tatonnement(economy, { maxSteps: 3 }).iterations).toBe(3);
      expect(walras.statics(economy, found).index).toBe(1);
      expect(() => walras.fairness(economy, found)).toThrow(EconomyError);
      expect(() => walras.transferParadox(economy, found)).toThrow(EconomyError);
      expect(() => walras.edgeworthBox(economy)).toThrow(EconomyError);
    });

    it("goods of two agents are judged for fairness", () => {
      const economy = market(walras, 2, MANY);
      const { shares } = walras.fairness(economy, walras.plan(economy));
      expect(shares[0] + shares[1]).toBeCloseTo(1, 12);
    });
  });

  describe(`limits on ${name}`, () => {
    it("fairness compares as many agents as their goods allow", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: Array(200).fill(Array(1000).fill(1)) });
      expect(() => walras.fairness(economy, { prices: Array(1000).fill(1), allocation: economy.endowments })).toThrow(
        /^goods must be fewer for so many agents/,
      );
    });

    it("prices of 0 of very many goods that somebody wants are named at once", () => {
      const economy = market(walras, 20, 40_000);
      const solution = { prices: new Float64Array(40_000), allocation: economy.endowments };
      expect(() => walras.compare(economy, solution, solution)).toThrow(/before\.prices\[0\] must be above 0/);
    }, 10_000);
  });
}

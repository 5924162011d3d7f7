// Economies of very many agents or goods: every method answers, or refuses them by name, in time.

import { describe, expect, it } from "vitest";
import { hardMarket } from "../../bench/economies.js";
import { type Economy, EconomyError } from "../../src/index.js";
import { engines, relativeDifference } from "../support/engines.js";

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

/** A market with half of good 1 moved to a good of its own, which is wanted as the other half is. */
function halved({ alpha, omega, endowments }: ReturnType<typeof hardMarket>) {
  const ended = (rows: number[][], head: (row: number[], i: number) => number) =>
    rows.map((row, i) => [head(row, i), ...row.slice(1), head(row, i)]);
  return {
    // alpha (x / 2)^omega of each half is the marginal utility of the whole.
    alpha: ended(alpha, (row, i) => row[0] * 2 ** omega[i][0]),
    omega: ended(omega, (row) => row[0]),
    endowments: ended(endowments, (row) => row[0] / 2),
  };
}

const doubled = (prices: Float64Array) => [...prices, prices[0]];

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

    it(
      "goods are traded by two agents: prices, their path, and every list are found at once",
      () => {
        const economy = market(walras, 2, MANY);
        const seen: number[] = [];
        const found = walras.equilibrium(economy, { onStep: ({ iteration }) => void seen.push(iteration) });
        expect(found).toMatchObject({ converged: true, method: "bisection", index: 1 });
        expect(seen).toEqual(Array.from({ length: found.iterations }, (_, k) => k + 1));
        expect(seen.length).toBeGreaterThan(5);
        expect(found.evaluations).toBeLessThan(100);
        const { complete, equilibria } = walras.equilibria(economy);
        expect([complete, equilibria.length]).toEqual([true, 1]);
        expect(relativeDifference(equilibria[0].prices, found.prices)).toBeLessThan(1e-12);
        expect(relativeDifference(equilibria[0].allocation, found.allocation)).toBeLessThan(1e-12);
        expect(walras.tatonnement(economy, { maxSteps: 3, points: 4 }).iterations).toBe(3);
      },
      process.env["MUTANTS"] ? 600_000 : 20_000,
    );
  });

  describe(`two agents with many goods on ${name}`, () => {
    const data = (m: number) => ({ ...hardMarket(31, { agents: 2, goods: m }) });

    it("trade at prices within rounding of those that Newton's method finds", () => {
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const few = walras.economy(hardMarket(seed, { agents: 2, goods: 24 }));
        const byNewton = walras.equilibrium(few);
        expect(byNewton.method).not.toBe("bisection");
        // The same goods, one of them in two equal halves: it has the same price twice.
        const halves = halved(hardMarket(seed, { agents: 2, goods: 24 }));
        const many = walras.equilibrium(walras.economy(halves), { numeraire: 1, start: doubled(byNewton.prices) });
        expect(many).toMatchObject({ converged: true, method: "bisection", index: 1 });
        const relative = byNewton.prices.map((p) => p / byNewton.prices[1]);
        expect(relativeDifference(many.prices.slice(0, 24), relative)).toBeLessThan(1e-9);
        expect(many.prices[24]).toBeCloseTo(many.prices[0], 12);
      }
    });

    it("get nothing of what they do not want, and all of what they alone want", () => {
      const { alpha, ...rest } = data(40);
      alpha[0][3] = 0;
      alpha[1][5] = 0;
      const economy = walras.economy({ alpha, ...rest });
      const { method, converged, allocation } = walras.equilibrium(economy);
      expect([method, converged]).toEqual(["bisection", true]);
      expect([allocation[3], allocation[43]]).toEqual([0, economy.totals?.[3]]);
      expect([allocation[5], allocation[45]]).toEqual([economy.totals?.[5], 0]);
    });

    it("keep an equilibrium to start from, and give demand where the search is cut short", () => {
      const economy = walras.economy(data(40));
      const found = walras.equilibrium(economy);
      const again = walras.equilibrium(economy, { start: found.prices });
      expect(relativeDifference(again.prices, found.prices)).toBeLessThan(1e-12);
      const start = found.prices.map((p, j) => p * (1 + (j % 3)));
      for (const options of [{ start }, {}]) {
        const cut = walras.equilibrium(economy, { ...options, maxIterations: 2 });
        expect(cut).toMatchObject({ status: "maxIterations", converged: false, iterations: 2 });
        expect(Math.max(cut.residuals.budget, cut.residuals.stationarity)).toBeLessThan(1e-9);
        const sum = start.reduce((a, b) => a + b);
        if (options.start)
          expect(
            relativeDifference(
              cut.prices.map((p) => p * sum),
              start,
            ),
          ).toBeLessThan(1e-12);
      }
    });

    it("have derivatives, and one by one in bulk the same prices", () => {
      const economy = walras.economy(data(40));
      const found = walras.equilibrium(economy);
      expect(walras.statics(economy, found).index).toBe(found.index);
      const { alpha, omega, endowments } = data(40);
      const flat = { alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat() };
      const bulk = walras.equilibriumMany({ agents: 2, goods: 40, count: 1, ...flat });
      expect(relativeDifference(bulk.prices, found.prices)).toBeLessThan(1e-12);
    });
  });

  describe(`limits on ${name}`, () => {
    it("fairness compares as many agents as their goods allow", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, endowments: Array(200).fill(Array(1000).fill(1)) });
      expect(() => walras.fairness(economy, { prices: Array(1000).fill(1), allocation: economy.endowments })).toThrow(
        /^goods must be fewer for so many agents/,
      );
    });

    it(
      "prices of 0 of very many goods that somebody wants are named at once",
      () => {
        const economy = market(walras, 20, 40_000);
        const solution = { prices: new Float64Array(40_000), allocation: economy.endowments };
        expect(() => walras.compare(economy, solution, solution)).toThrow(/before\.prices\[0\] must be above 0/);
      },
      process.env["MUTANTS"] ? 600_000 : 10_000,
    );
  });
}

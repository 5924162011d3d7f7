// The search from many starts, next to folds, where equilibria are close and starts slow down.

import { describe, expect, it } from "vitest";
import { CONVERGED, NEWTON, RUNNING, Solver } from "../../assembly/protocol.js";
import { engines, laid } from "../support/engines.js";
import { layInside, startInternals } from "../support/internals.js";

/** Where three pairs of equilibria of the symmetric 3x3 merge: seven above, one below. */
const FOLD = 12.727436591721832;

describe("starts between two equilibria", () => {
  it("lie all along the way from one to the other", async () => {
    const { memory, economy, workspaces, batch, multistart } = await startInternals();
    const ones = new Array(9).fill(1);
    const length = workspaces.workspaceFor(Solver.MULTISTART, 3, 3, 1);
    const [from, to] = [
      [0.3, -0.1, -0.2],
      [-2, 1.5, 0.5],
    ];
    const inputs = [ones, ones.map(() => -2), ones, [3, 3, 3], from, to, length];
    const [a, w, e, t, first, second, workspace] = layInside(memory, ...inputs);
    economy.layEconomies(3, 3, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
    multistart.startMultistart(1, 0, 0, 0, workspace);
    multistart.startBetween(first, second);
    const parts = Array.from({ length: 32 }, (_, k) => {
      const at = [0, 1, 2].map((j) => memory.doubles[batch.logPriceOf(k, j)]);
      const shares = at.map((p, j) => (p - from[j]) / (to[j] - from[j]));
      for (const share of shares) expect(share).toBeCloseTo(shares[0], 12);
      return shares[0];
    });
    // From near one to near the other, in even steps.
    expect(parts[0]).toBeGreaterThan(0);
    expect(parts[0]).toBeLessThan(0.25);
    expect(parts[31]).toBeGreaterThan(0.75);
    expect(parts[31]).toBeLessThan(1);
    for (let k = 1; k < 32; k++) expect(parts[k] - parts[k - 1]).toBeCloseTo((parts[31] - parts[0]) / 31, 12);
  });
});

for (const [name, , engine] of engines) {
  const { kernels, read, write } = engine;

  /** Each agent owns `own` of one good and 1 of the others, and wants its own good most. */
  const symmetric = (own: number) => {
    const matrix = (diagonal: number) => [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => (i === j ? diagonal : 1)));
    const totals = new Array(3).fill(own + 2);
    return laid(3, 3, { alpha: matrix(1024), omega: new Array(9).fill(-5), endowments: matrix(own), totals });
  };

  const search = (own: number) => {
    const at = engine.open(symmetric(own), Solver.MULTISTART, { search: 4, logPrices: 3, critical: 4 });
    kernels.startMultistart(1, 0, 1400, 0, at.workspace);
    expect(kernels.stepMultistart(1)).toBe(RUNNING);
    expect(kernels.stepMultistart(1400)).toBe(CONVERGED);
    kernels.reportMultistart(at.search);
    const [starts, converged, count, stagnated] = read(at.search, 4);
    const candidates = Array.from({ length: count }, (_, k) => {
      kernels.readCandidate(k, at.logPrices);
      return read(at.logPrices, 3);
    });
    kernels.readCritical(at.critical);
    return { starts, converged, candidates, stagnated, critical: read(at.critical, 4) };
  };

  /** Excess demand over totals at log prices of all there is. */
  const excessAt = (own: number, logPrices: Float64Array) => {
    const at = engine.open(symmetric(own), Solver.MARKET, { logPrices: 3, excess: 3 });
    kernels.startMarket(NEWTON, -1, at.workspace);
    write(at.logPrices, logPrices);
    kernels.excessDemand(at.logPrices, at.excess);
    return Math.max(...read(at.excess, 3).map(Math.abs));
  };

  describe(`a search from many starts on ${name}`, () => {
    it("lets most starts converge where no fold is near, to seven equilibria", () => {
      const { starts, converged, candidates, stagnated } = search(100);
      expect(candidates).toHaveLength(7);
      expect(stagnated).toBe(0);
      expect(converged / starts).toBeGreaterThan(0.7);
      expect(starts).toBe(1400);
    });

    it("comes to the same from ranges of starts as from all of them", () => {
      const at = engine.open(symmetric(100), Solver.MULTISTART, { search: 4, logPrices: 3 });
      const convergedOf = (first: number, count: number) => {
        kernels.startMultistart(1, first, count, 0, at.workspace);
        while (kernels.stepMultistart(7) === RUNNING);
        kernels.reportMultistart(at.search);
        const [starts, converged] = read(at.search, 2);
        expect(starts).toBe(count);
        return converged;
      };
      const ranges = [0, 1, 34, 97, 300].map((first, k, all) => convergedOf(first, (all[k + 1] ?? 1400) - first));
      expect(ranges.reduce((sum, converged) => sum + converged)).toBe(search(100).converged);
      expect(convergedOf(0, 0)).toBe(0);
    });

    it.each([1e-5, 1e-6, 1e-7, 1e-8])("tells equilibria apart at a distance of %f from a fold", (distance) => {
      const own = FOLD * (1 + distance);
      const { candidates, stagnated, critical } = search(own);
      expect(candidates).toHaveLength(7);
      for (const candidate of candidates) expect(excessAt(own, candidate)).toBeLessThan(1e-9);
      // Some starts stop short between two of them, and the last is told with its step.
      expect(stagnated).toBeGreaterThan(0);
      expect(Math.max(...critical.subarray(0, 3))).toBeCloseTo(0.372, 1);
      expect(critical[3]).toBeGreaterThan(1e-5);
      expect(critical[3]).toBeLessThan(1e-3);
    });

    it("finds one equilibrium where the others have merged", () => {
      for (const distance of [1e-9, 1e-4]) expect(search(FOLD * (1 - distance)).candidates).toHaveLength(1);
    });
  });
}

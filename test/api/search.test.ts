// All equilibria of economies with three or more agents and goods, found from many starts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardMarket, steepMarket, symmetric } from "../../bench/economies.js";
import { engines, relativeDifference } from "../support/engines.js";
import { linked } from "../support/markets.js";

for (const [name, walras] of engines) {
  describe(`equilibria of economies without a proof on ${name}`, () => {
    for (const [n, count, seeds] of [
      [3, 7, 20],
      [4, 15, 20],
      [5, 31, name === "wasm" ? 20 : 3],
      [6, 63, name === "wasm" ? 20 : 1],
    ]) {
      it(`finds all ${count} of the symmetric ${n}x${n}, from ${seeds} seeds, and with noise indices add up to 1`, () => {
        const economy = walras.economy(symmetric(n));
        for (let seed = 0; seed < seeds; seed++) {
          const found = walras.equilibria(economy, { seed });
          expect(found.equilibria).toHaveLength(count);
          expect(found).toMatchObject({ complete: n === 3, indexSum: 1, unresolved: [] });
          expect(found.equilibria.every(({ converged }) => converged)).toBe(true);
        }
        const noisy = walras.equilibria(walras.economy(symmetric(n, { noise: 0.02 })));
        expect(noisy.indexSum).toBe(1);
        expect(noisy.equilibria.length).toBeGreaterThan(count - 3);
      });
    }

    if (name === "wasm") {
      it("finds all 255 of an 8x8", () => {
        const found = walras.equilibria(walras.economy(symmetric(8, { want: 2 ** 14, omega: -7 })));
        expect([found.equilibria.length, found.indexSum]).toEqual([255, 1]);
      });
    }

    it("finds the equilibrium that equilibrium() finds, and indices add up to 1, in random economies", () => {
      let several = 0;
      for (let seed = 0; seed < 60; seed++) {
        const economy = walras.economy(hardMarket(100_040 + seed, { minGamma: 2, maxGamma: 20, agents: 3, goods: 3 }));
        const { equilibria, indexSum, unresolved } = walras.equilibria(economy);
        const one = walras.equilibrium(economy);
        const same = equilibria.some(({ prices }) => relativeDifference(prices, one.prices) < 1e-6);
        expect([same, indexSum, unresolved.length]).toEqual([true, 1, 0]);
        expect(equilibria.every(({ converged }) => converged)).toBe(true);
        if (equilibria.length > 1) several++;
      }
      expect(several).toBeGreaterThan(0);
    });

    it("does not depend on the order of agents and goods", () => {
      fc.assert(
        fc.property(
          fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
          fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
          (agents, goods) => {
            const { alpha, omega, endowments } = symmetric(4, { noise: 0.02 });
            const permuted = (values: number[][]) => agents.map((i) => goods.map((j) => values[i][j]));
            const [one, other] = [
              walras.equilibria(walras.economy({ alpha, omega, endowments })),
              walras.equilibria(walras.economy({ alpha: permuted(alpha), omega, endowments: permuted(endowments) })),
            ];
            expect(other.equilibria).toHaveLength(one.equilibria.length);
            for (const { prices } of one.equilibria) {
              const moved = goods.map((j) => prices[j]);
              expect(other.equilibria.some((e) => relativeDifference(e.prices, moved) < 1e-8)).toBe(true);
            }
          },
        ),
        { numRuns: 5 },
      );
    });

    it("finds all fifteen of two linked blocks, and reports that prices between unlinked ones are arbitrary", () => {
      expect(walras.equilibria(walras.economy(linked(1e-3))).equilibria).toHaveLength(15);
      const found = walras.equilibria(walras.economy(linked(1e-60)));
      expect(found.equilibria).toHaveLength(9);
      expect(found).toMatchObject({ complete: false, indexSum: 1 });
      expect(found.equilibria.every(({ converged }) => converged)).toBe(true);
      expect(found.searched).toMatch(/^2 blocks trade with each other next to nothing.*arbitrary here/);
    });

    it("takes blocks as unlinked from 1e-9 of any good's flow, not before", () => {
      // Amounts go with the fifth root of wants: about 6e-8 and 3e-10 of what there is.
      const searched = (link: number) => walras.equilibria(walras.economy(linked(link)), { maxStarts: 50 }).searched;
      expect(searched(1e-36)).not.toMatch(/next to nothing/);
      expect(searched(1e-48)).toMatch(
        /^2 blocks trade with each other next to nothing, less than 1e-9 of any good's flow/,
      );
    });

    it("is repeatable, reports its progress, and can be cancelled or bounded", () => {
      const economy = walras.economy(symmetric(5));
      const runs = [1, 1, 2].map((seed) => walras.equilibria(economy, { seed }).searched);
      expect(runs[0]).toBe(runs[1]);
      const controller = new AbortController();
      const starts: number[] = [];
      const cut = walras.equilibria(economy, {
        signal: controller.signal,
        onStep: ({ iteration, method }) => {
          if (method !== "multistart") return;
          starts.push(iteration);
          if (starts.length === 2) controller.abort();
        },
      });
      expect(starts).toHaveLength(2);
      expect(starts[1]).toBeGreaterThan(starts[0]);
      expect(cut.searched).toContain("It was cancelled before its end.");
      expect(cut.equilibria.length).toBeGreaterThan(0);
      const few = walras.equilibria(economy, { maxStarts: 10 });
      expect(few.equilibria.length).toBeGreaterThan(0);
      expect(() => walras.equilibria(economy, { maxStarts: 0, seed: 0.5 })).toThrow(
        /maxStarts must be a whole number from 1[\s\S]*seed must be a whole number/,
      );
    });

    it("goes on by paths between equilibria until indices add up to 1, in steep markets", () => {
      for (const [seed, least] of [
        [58, 13],
        [83, 3],
        [91, 7],
      ]) {
        // biome-ignore format: rows
        const found = walras.equilibria(walras.economy(steepMarket(seed)));
        expect(found.indexSum).toBe(1);
        expect(found.equilibria.length).toBeGreaterThanOrEqual(least);
        expect(found.equilibria.every(({ converged, index }) => converged && index !== 0)).toBe(true);
        expect(found.searched).toMatch(/paths of equilibria were traced back/);
      }
    });

    it("ends next to a fold, with the equilibria that a proof left open found or said to be critical", () => {
      for (const [distance, count] of [
        [-1e-6, 1],
        [0, 4],
        [1e-6, 7],
      ]) {
        // biome-ignore format: rows
        const owned = 12.727436591721832 * (1 + distance);
        const found = walras.equilibria(walras.economy(symmetric(3, { owned })));
        expect(found.indexSum).toBe(1);
        expect(found.equilibria.length).toBe(count);
        expect(found.complete).toBe(distance !== 0);
        if (distance === 0) expect(found.searched).toMatch(/too close to 0 to tell/);
      }
    });

    it("does not take a valley in which markets nearly clear for equilibria", () => {
      for (const c of [1e-4, 1e-12, 1e-18, 1e-20, 1e-24]) {
        // biome-ignore format: rows
        const found = walras.equilibria(
          walras.economy({
            alpha: [[1, 2, c, 2 * c], [2, 1, c, c], [3 * c, c, 1, 3], [c, c, 2, 1]],
            omega: -2,
            endowments: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]],
          }),
        );
        // Trade between the blocks balances at one price level: of the order of c.
        expect(found.equilibria).toHaveLength(1);
        expect(found.equilibria[0]).toMatchObject({ index: 1, converged: true });
        expect(found.equilibria[0].prices[2] / found.equilibria[0].prices[0] / c).toBeCloseTo(5.27, 0);
      }
    });

    it("does not search where doubles do not tell equilibria apart, and says so", () => {
      const found = walras.equilibria(
        walras.economy({ alpha: 1, omega: [[-1e-20, -1], [-1, -1e6]], endowments: [[0.5, 1], [2, 0.5]] }), // biome-ignore format: rows
      );
      expect(found.complete).toBe(false);
      expect(found.searched).toMatch(/One equilibrium, from one start: with an omega below -1e6 or above -1e-6/);
    });

    it("looks at the signal and at maxStarts in every part of the search", () => {
      // Every part comes to its turn here.
      const economy = walras.economy(steepMarket(58));
      const methods = new Set<string>();
      walras.equilibria(economy, { onStep: ({ method }) => methods.add(method) });
      expect([...methods].sort()).toEqual(expect.arrayContaining(["homotopy", "multistart", "newton"]));
      for (const method of methods) {
        let after = 0;
        const controller = new AbortController();
        const found = walras.equilibria(economy, {
          signal: controller.signal,
          onStep: (progress) => {
            if (controller.signal.aborted) after++;
            else if (progress.method === method) controller.abort();
          },
        });
        expect(after).toBeLessThanOrEqual(1);
        expect(found.equilibria.length).toBeGreaterThan(0);
      }
      for (const maxStarts of [1, 63, 100, 500, 5000]) {
        const { searched } = walras.equilibria(economy, { maxStarts });
        const [, starts] = /from (\d+) starts/.exec(searched) as RegExpExecArray;
        expect(Number(starts)).toBeLessThanOrEqual(maxStarts);
        expect(Number(starts)).toBeGreaterThan(maxStarts / 2);
      }
    });

    it("makes one start if an economy is too large for many", () => {
      const economy = walras.economy({ ...symmetric(130, { want: 2, owned: 2 }), omega: -1.5 });
      const { searched, complete } = walras.equilibria(economy);
      expect(complete).toBe(false);
      expect(searched).toMatch(/too large for many/);
    });
  });
}

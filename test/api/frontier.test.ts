// The Pareto frontier by its definition, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EconomyError, type Frontier, solutionToJson } from "../../src/index.js";
import { CROSSED, IDENTITY, UNLIKE } from "../support/economies.js";
import { engines, listOf, logUniform, matrixOf, relativeDifference } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";
import { marketsOf, utility, utilityDifference } from "../support/markets.js";

const rowsOf = (flat: Float64Array, length: number) =>
  Array.from({ length: flat.length / length }, (_, k) => flat.subarray(k * length, (k + 1) * length));

for (const [name, walras] of engines) {
  /**
   * Expects every point to be the plan at its weights, and no other point to have more welfare at
   * them.
   */
  const expectPlans = (economy: ReturnType<typeof walras.economy>, frontier: Frontier) => {
    const [n, m] = [economy.agents.length, economy.goods.length];
    const utilities = rowsOf(frontier.utilities, n);
    rowsOf(frontier.weights, n).forEach((weights, k) => {
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      const plan = walras.plan(economy, { weights });
      const x = frontier.allocation.subarray(k * n * m, (k + 1) * n * m);
      expect(relativeDifference(x, plan.allocation)).toBeLessThan(1e-9);
      expect(relativeDifference(frontier.shadowPrices.subarray(k * m, (k + 1) * m), plan.shadowPrices)).toBeLessThan(
        1e-9,
      );
      utilities[k].forEach((u, i) => {
        expect(Math.abs(u - plan.utilities[i])).toBeLessThan(1e-9 * (1 + Math.abs(u)));
      });
      const size = utilities[k].reduce((s, u, i) => s + Math.abs(u) * weights[i], 0);
      const welfare = (u: Float64Array) => u.reduce((s, v, i) => s + v * weights[i], 0);
      for (const other of utilities) expect(welfare(other)).toBeLessThanOrEqual(welfare(utilities[k]) + 1e-9 * size);
    });
  };

  describe(`the frontier on ${name}`, () => {
    it("runs from divisions of everything of 1 to 99 per cent, or over thirds of three agents", () => {
      // With logarithmic utility and equal wants, a division of everything is optimal.
      const two = walras.economy({ alpha: 1, omega: -1, totals: [2, 3], weights: [1, 1] });
      const path = walras.frontier(two, { points: 3 });
      const ends = [path.allocation.subarray(0, 2), path.allocation.subarray(4 * (path.count - 1)).subarray(0, 2)];
      expect(relativeDifference(ends[0], [0.02, 0.03])).toBeLessThan(1e-12);
      expect(relativeDifference(ends[1], [1.98, 2.97])).toBeLessThan(1e-12);
      const three = walras.economy({ alpha: 1, omega: -1, totals: [6, 12], weights: [1, 1, 1] });
      const thirds = walras.frontier(three, { divisions: 3 });
      expect(thirds.count).toBe(1);
      expect(relativeDifference(thirds.allocation, [2, 4, 2, 4, 2, 4])).toBeLessThan(1e-12);
      expect(walras.frontier(three, { divisions: 6 }).count).toBe(10);
    });

    it("of two agents is made of plans, from agent 2's end to agent 1's", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 4 }).chain((m) => marketsOf(2, m, 0.2, 6)),
          (data) => {
            const economy = walras.economy(data);
            const frontier = walras.frontier(economy, { chordTolerance: 0.01 });
            expect(frontier).toMatchObject({ status: "converged", converged: true, method: "path" });
            expect(frontier.chordDistance).toBeLessThanOrEqual(0.01);
            expectPlans(economy, frontier);
            const points = rowsOf(frontier.utilities, 2);
            points.slice(1).forEach((u, k) => {
              expect(u[0]).toBeGreaterThanOrEqual(points[k][0] - 1e-12 * Math.abs(u[0]));
              expect(u[1]).toBeLessThanOrEqual(points[k][1] + 1e-12 * Math.abs(u[1]));
            });
          },
        ),
        { numRuns: 25 },
      );
    });

    it("measures utility by the part of all totals that is as good", () => {
      fc.assert(
        fc.property(marketsOf(2, 3, 0.1, 10), (data) => {
          const economy = walras.economy(data);
          const { equivalents, allocation } = walras.frontier(economy, { points: 17 });
          equivalents.forEach((share, c) => {
            const i = c % 2;
            expect(share).toBeGreaterThan(0);
            expect(share).toBeLessThan(1);
            const part = economy.totals.map((e) => e * share);
            const x = allocation.subarray(c * 3, c * 3 + 3);
            expect(Math.abs(utilityDifference(data.alpha[i], data.omega[i], part, x))).toBeLessThan(1e-12);
          });
        }),
        { numRuns: 40 },
      );
    });

    it("stays as close to its chords as was asked, also between points", () => {
      const economy = walras.economy(UNLIKE);
      const counts = [0.01, 0.001, 0.0001].map((chordTolerance) => {
        const { weights, equivalents, count, message } = walras.frontier(economy, { chordTolerance, points: 1000 });
        expect(message).toBe("All residuals are within the tolerance.");
        const points = rowsOf(equivalents, 2);
        for (let k = 1; k < count; k++) {
          const theta = [k - 1, k].map((l) => Math.log(weights[2 * l] / weights[2 * l + 1]));
          for (const part of [0.25, 0.5, 0.75]) {
            const middle = Math.exp(theta[0] + part * (theta[1] - theta[0]));
            const between = walras.frontier(economy, { from: [middle, 1], to: [middle, 1], points: 2 }).equivalents;
            const [dx, dy] = [points[k][0] - points[k - 1][0], points[k][1] - points[k - 1][1]];
            const off = Math.abs((between[0] - points[k - 1][0]) * dy - (between[1] - points[k - 1][1]) * dx);
            expect(off / Math.hypot(dx, dy)).toBeLessThan(1.5 * chordTolerance);
          }
        }
        return count;
      });
      expect(counts[0]).toBeLessThan(counts[1]);
      expect(counts[1]).toBeLessThan(counts[2]);
      // A tenth of the distance takes about the square root of ten times the points.
      expect(counts[2] / counts[1]).toBeLessThan(5);
    });

    it("halves the worst stretches first, and says how far it is from its chords when points run out", () => {
      const economy = walras.economy(UNLIKE);
      const some = walras.frontier(economy, { chordTolerance: 1e-6, points: 60 });
      expect([some.count, some.converged]).toEqual([60, true]);
      expect(some.chordDistance).toBeGreaterThan(1e-6);
      expect(some.chordDistance).toBeLessThan(0.01);
      expect(some.message).toMatch(/Between its points the path leaves the chords by up to/);
      const few = walras.frontier(economy, { points: 5 });
      expect([few.count, few.chordDistance]).toEqual([5, Number.POSITIVE_INFINITY]);
      expect(few.message).toMatch(/leaves the chords by an unknown distance/);
    });

    it("takes chordTolerance under its old name bend, unless both are given and differ", () => {
      const economy = walras.economy(UNLIKE);
      const now = walras.frontier(economy, { chordTolerance: 0.01 });
      const old = walras.frontier(economy, { bend: 0.01 });
      expect([old.count, old.bend]).toEqual([now.count, now.chordDistance]);
      expect(walras.frontier(economy, { chordTolerance: 0.01, bend: 0.01 }).count).toBe(now.count);
      expect(() => walras.frontier(economy, { chordTolerance: 0.01, bend: 0.1 })).toThrow(
        "bend is the old name of chordTolerance and must equal it if both are given; got 0.1",
      );
      expect(refusedPaths(() => walras.frontier(economy, { bend: 2 }))).toEqual(["bend"]);
    });

    it("does not depend on units of goods or of utility", () => {
      fc.assert(
        fc.property(marketsOf(3, 2, 0.2, 5), listOf(logUniform(1e-6, 1e6), 5), (data, [a, b, c, d, e]) => {
          const units = [d, e];
          const scaled = {
            alpha: data.alpha.map((row, i) =>
              row.map((v, j) => (v * [a, b, c][i]) / units[j] ** (1 + data.omega[i][j])),
            ),
            omega: data.omega,
            endowments: data.endowments.map((row) => row.map((v, j) => v * units[j])),
          };
          const [before, after] = [data, scaled].map((d) => walras.frontier(walras.economy(d), { divisions: 6 }));
          expect(relativeDifference(after.equivalents, before.equivalents)).toBeLessThan(1e-8);
        }),
        { numRuns: 40 },
      );
    });

    it("of three agents is a triangle of plans; with equal preferences they divide all goods alike", () => {
      fc.assert(
        fc.property(marketsOf(3, 2, 0.3, 4), (data) => {
          const economy = walras.economy(data);
          const frontier = walras.frontier(economy, { divisions: 5 });
          expect([frontier.count, frontier.method, frontier.chordDistance]).toEqual([6, "grid", 0]);
          expectPlans(economy, frontier);
        }),
        { numRuns: 20 },
      );
      const equal = walras.economy({ alpha: [1, 3], omega: -2.5, totals: [5, 6], size: { agents: 3, goods: 2 } });
      const alike = walras.frontier(equal, { divisions: 4 });
      const shares = [
        [0.25, 0.25, 0.5],
        [0.25, 0.5, 0.25],
        [0.5, 0.25, 0.25],
      ];
      expect(relativeDifference(alike.equivalents, shares.flat())).toBeLessThan(1e-13);
      expect(
        relativeDifference(
          alike.allocation,
          shares.flat().flatMap((s) => [5 * s, 6 * s]),
        ),
      ).toBeLessThan(1e-13);
    });

    it("between any two vectors of weights is straight in their logs", () => {
      const economy = walras.economy({
        alpha: [
          [1, 2],
          [2, 1],
          [1, 1],
          [3, 1],
          [1, 4],
        ],
        omega: -1.5,
        totals: [1, 2],
      });
      const [from, to] = [
        [1, 2, 3, 4, 5],
        [5, 1, 1, 1, 1000],
      ];
      const { weights, count, ...rest } = walras.frontier(economy, { from, to });
      expectPlans(economy, { weights, count, ...rest });
      const sum = (w: number[]) => w.reduce((a, b) => a + b);
      expect(
        relativeDifference(
          weights.subarray(0, 5),
          from.map((w) => w / sum(from)),
        ),
      ).toBeLessThan(1e-12);
      expect(
        relativeDifference(
          weights.subarray(-5),
          to.map((w) => w / sum(to)),
        ),
      ).toBeLessThan(1e-12);
      for (const row of rowsOf(weights, 5)) {
        const part = (i: number) =>
          (Math.log(row[i] / row[0]) - Math.log(from[i] / from[0])) /
          (Math.log(to[i] / to[0]) - Math.log(from[i] / from[0]));
        for (const i of [2, 3, 4]) expect(part(i)).toBeCloseTo(part(1), 9);
      }
    });

    it("of convex goods has the points that are optimal at some weights", () => {
      fc.assert(
        fc.property(
          matrixOf(logUniform(0.5, 2), 2, 3),
          matrixOf(fc.constantFrom(-2, -0.5, 0, 0.5), 2, 3),
          (alpha, omega) => {
            const economy = walras.economy({ alpha, omega, totals: [1, 2, 1] });
            const frontier = walras.frontier(economy, { points: 65 });
            expect(frontier.converged).toBe(true);
            if (omega.flat().some((w) => w >= 0)) expect(frontier.message).toMatch(/that a straight line supports/);
            const utilities = rowsOf(frontier.utilities, 2);
            rowsOf(frontier.weights, 2).forEach((weights, k) => {
              const best = walras.plan(economy, { weights }).welfare;
              const here = weights[0] * utilities[k][0] + weights[1] * utilities[k][1];
              expect(Math.abs(here - best)).toBeLessThan(1e-9 * Math.max(1, Math.abs(best)));
            });
          },
        ),
        { numRuns: 40 },
      );
    });

    it("of one agent, or of agents that want no good in common, is one point", () => {
      const one = walras.frontier(walras.economy({ alpha: [[1, 2]], omega: -2, totals: [3, 4] }));
      expect([one.count, one.equivalents[0]]).toEqual([1, 1]);
      expect(one.utilities[0]).toBeCloseTo(utility([1, 2], [-2, -2], [3, 4]), 14);
      const apart = walras.frontier(walras.economy({ alpha: IDENTITY, omega: -2, totals: [3, 4] }));
      expect([...apart.allocation.subarray(0, 4)]).toEqual([3, 0, 0, 4]);
      expect(new Set(apart.utilities).size).toBe(2);
    });

    it("solves economies too wide for planMany one plan at a time", () => {
      const goods = 1001;
      const alpha = [0, 1].map((i) => Array.from({ length: goods }, (_, j) => 1 + ((i + j) % 3)));
      const economy = walras.economy({ alpha, omega: -2, totals: new Array(goods).fill(1) });
      expectPlans(economy, walras.frontier(economy, { points: 3 }));
    });

    it("reports progress, and stops when asked", () => {
      const economy = walras.economy(UNLIKE);
      const seen: number[] = [];
      const control = new AbortController();
      const cut = walras.frontier(economy, {
        signal: control.signal,
        onStep: ({ iteration }) => {
          seen.push(iteration);
          if (iteration > 17) control.abort();
        },
      });
      expect(cut).toMatchObject({ status: "cancelled", converged: false });
      expect(cut.message).toMatch(/^Cancelled/);
      expect(seen[0]).toBe(17);
      expect(cut.count).toBe(seen[seen.length - 1]);
      control.abort();
      expect(walras.frontier(economy, { signal: control.signal })).toMatchObject({ status: "cancelled", count: 0 });
    });

    it("refuses bad options, and names all of them at once", () => {
      const two = walras.economy({ alpha: CROSSED, omega: -1, totals: [1, 1] });
      const three = walras.economy({ alpha: 1, omega: -1, size: { agents: 3, goods: 1 }, totals: [1] });
      const four = walras.economy({ alpha: 1, omega: -1, size: { agents: 4, goods: 1 }, totals: [1] });
      expect(
        refusedPaths(() => walras.frontier(two, { points: 1, chordTolerance: 0, divisions: 2, from: [1, -1] })),
      ).toEqual(["points", "chordTolerance", "divisions", "from[1]", "to", "divisions"]);
      expect(refusedPaths(() => walras.frontier(three, { points: 5, chordTolerance: 0.1 }))).toEqual([
        "points",
        "chordTolerance",
      ]);
      expect(refusedPaths(() => walras.frontier(three, { bend: 0.1 }))).toEqual(["bend"]);
      expect(refusedPaths(() => walras.frontier(four))).toEqual(["from"]);
      expect(refusedPaths(() => walras.frontier(four, { from: [1, 1, 1], to: [1, 1, 1, 1] }))).toEqual(["from"]);
      expect(refusedPaths(() => walras.frontier(two, { point: 3 } as never))).toEqual(["point"]);
      const wide = walras.economy({
        alpha: 1,
        omega: -1,
        size: { agents: 2, goods: 1000 },
        totals: new Array(1000).fill(1),
      });
      expect(refusedPaths(() => walras.frontier(wide, { points: 100_000 }))).toEqual(["points"]);
      expect(() => walras.frontier({} as never)).toThrow(EconomyError);
    });

    it("is written to JSON point by point, as rows", () => {
      const economy = walras.economy({ alpha: CROSSED, omega: -1, totals: [1, 1] });
      const frontier = walras.frontier(economy, { points: 3 });
      const json = solutionToJson(frontier, economy) as Record<string, number[][][]>;
      expect(json["allocation"].map((x) => x.map((row) => row.length))).toEqual([
        [2, 2],
        [2, 2],
        [2, 2],
      ]);
      expect(json["allocation"][1][0][1]).toBe(frontier.allocation[5]);
      expect(json["residual"]).toHaveLength(3);
      expect(json["weights"][2]).toEqual([...frontier.weights.subarray(4)]);
    });
  });
}

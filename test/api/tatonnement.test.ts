// Paths of prices, against theorems about them, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EconomyData, EconomyError, type Tatonnement, type TatonnementOptions } from "../../src/index.js";
import { SWAP } from "../support/economies.js";
import { engines, listOf, logUniform, relativeDifference } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";
import { caseNamed } from "../support/fixtures.js";
import { marketsOf } from "../support/markets.js";

/**
 * Scarf's (1960) three goods in a circle: agent i owns good i, and wants it and the next one. At
 * equal prices the agent spends the part `own` of its income on its own good.
 */
function scarf(own: number, omega: number): EconomyData {
  const alpha = (own / (1 - own)) ** -omega;
  return {
    alpha: [
      [alpha, 1, 0],
      [0, alpha, 1],
      [1, 0, alpha],
    ],
    omega,
    endowments: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
}

/** The prices at point k of a path. */
const pricesAt = ({ prices, count }: Tatonnement, k: number) => {
  const m = prices.length / count;
  return prices.subarray(k * m, (k + 1) * m);
};
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (v, j) => v * b[j]).reduce((x, y) => x + y, 0);
/** The largest relative difference of two price vectors, max_j |p_j / p*_j - 1|. */
const distance = (p: ArrayLike<number>, star: ArrayLike<number>) =>
  Math.max(...Array.from(p, (v, j) => Math.abs(v / star[j] - 1)));

for (const [name, walras] of engines) {
  const follow = (data: EconomyData, options: TatonnementOptions = {}) =>
    walras.tatonnement(walras.economy(data), options);
  const speeds3 = listOf(logUniform(0.3, 3), 3);
  const start3 = listOf(logUniform(0.1, 10), 3);

  describe(`tatonnement on ${name}`, () => {
    it("reaches the equilibrium of gross substitutes, never further from it than before (Arrow, Block & Hurwicz 1959)", () => {
      const settings = fc.record({
        form: fc.constantFrom("logarithmic" as const, "linear" as const),
        numeraire: fc.constantFrom("none" as const, 1),
        speeds: speeds3,
        start: start3,
      });
      fc.assert(
        fc.property(marketsOf(3, 3, 0.3, 1), settings, (data, options) => {
          const path = follow(data, { ...options, duration: 1e5 });
          expect(path).toMatchObject({ status: "converged", period: null, cycle: null });
          const { prices } = walras.equilibrium(walras.economy(data));
          const end = pricesAt(path, path.count - 1);
          expect(
            relativeDifference(
              end.map((p) => p / end[0]),
              prices.map((p) => p / prices[0]),
            ),
          ).toBeLessThan(1e-6);
          // The distance falls at any scale of p*; with a numeraire, at the scale at which its
          // ratio is 1.
          for (const scale of options.numeraire === "none" ? [end[0] / prices[0], 1, 7] : [1 / prices[1]]) {
            let last = Number.POSITIVE_INFINITY;
            const star = prices.map((p) => p * scale);
            for (let k = 0; k < path.count; k++) {
              const now = distance(pricesAt(path, k), star);
              expect(now).toBeLessThanOrEqual(last + 1e-8);
              last = now;
            }
          }
        }),
        { numRuns: 25 },
      );
    });

    it("keeps the sums that theory says are constant, and Walras' law at every point", () => {
      fc.assert(
        fc.property(marketsOf(3, 3, 0.3, 3), speeds3, start3, (data, speeds, start) => {
          const { totals } = walras.economy(data);
          const runs = (["logarithmic", "linear"] as const).map((form) =>
            follow(data, { form, speeds, start, duration: 20 }),
          );
          const kept = [
            (p: Float64Array) => p.reduce((s, v, j) => s + (totals[j] * v) / speeds[j], 0),
            (p: Float64Array) => p.reduce((s, v, j) => s + v ** 2 / speeds[j], 0),
          ];
          runs.forEach((path, f) => {
            expect(relativeDifference(pricesAt(path, 0), start)).toBeLessThan(1e-14);
            for (let k = 0; k < path.count; k++) {
              const p = pricesAt(path, k);
              expect(relativeDifference([kept[f](p)], [kept[f](pricesAt(path, 0))])).toBeLessThan(1e-7);
              const z = path.excessDemand.subarray(3 * k, 3 * k + 3);
              expect(Math.abs(dot(p, z))).toBeLessThan(1e-9 * dot(p, totals));
            }
          });
          const held = follow(data, { numeraire: 2, start, duration: 20 });
          for (let k = 0; k < held.count; k++) expect(held.prices[3 * k + 2]).toBe(1);
        }),
        { numRuns: 20 },
      );
    });

    it("follows excess demand over a short step, in both forms, continuously and in steps", () => {
      const data = { alpha: [[1, 2], [3, 1]], omega: [[-2, -0.5], [-1, -3]], endowments: [[2, 1], [1, 4]] }; // biome-ignore format: rows
      const start = [1, 3];
      const speeds = [2, 0.5];
      const totals = [3, 5];
      for (const form of ["logarithmic", "linear"] as const) {
        for (const step of [undefined, 1e-5]) {
          const {
            prices,
            excessDemand: z,
            time,
          } = follow(data, { form, step, start, speeds, duration: 1e-5, maxSteps: 1 });
          expect(time[1]).toBeLessThanOrEqual(1e-5);
          start.forEach((p, j) => {
            const moved = form === "linear" ? prices[2 + j] - p : Math.log(prices[2 + j] / p);
            const rate = form === "linear" ? speeds[j] * z[j] : (speeds[j] * z[j]) / totals[j];
            expect(Math.abs(moved / time[1] - rate)).toBeLessThan(1e-3);
          });
        }
      }
      // d ln p does not depend on the units of goods.
      const scaled = { ...data, endowments: [[2000, 1], [1000, 4]], alpha: [[1 * 1000, 2], [3, 1]] }; // biome-ignore format: rows
      const [a, b] = [follow(data, { start }), follow(scaled, { start: [0.001, 3] })];
      expect(b.prices[2 * (b.count - 1) + 1] / a.prices[2 * (a.count - 1) + 1]).toBeCloseTo(1, 6);
    });

    it("spirals into the CES case of Scarf's economy at the rate of its linear part, -3/20 with the frequency sqrt(3)/4", () => {
      const data = caseNamed("scarf-1960-cycle").economy;
      const start = [1, 1 + 1e-5, 1 - 1e-5];
      const path = follow(data, { start, duration: 10, tolerance: 0, points: 10_000 });
      const offsets = (k: number) => Array.from(pricesAt(path, k), Math.log);
      const mean = (v: number[]) => v.reduce((a, b) => a + b) / 3;
      const size = (k: number) => Math.hypot(...offsets(k).map((l) => l - mean(offsets(k))));
      expect(size(path.count - 1) / size(0)).toBeCloseTo(Math.exp(-1.5), 4);
      const angle = (k: number) => {
        const [x, y, z] = offsets(k);
        return Math.atan2((Math.sqrt(3) / 2) * (y - z), x - (y + z) / 2);
      };
      expect(Math.cos(angle(path.count - 1) - angle(0))).toBeCloseTo(Math.cos(10 * (Math.sqrt(3) / 4)), 4);
      expect(walras.equilibrium(walras.economy(data)).stability).toBe("stable");
      const far = follow(data, { start: [1, 2, 3] });
      expect(far).toMatchObject({ status: "converged", period: null });
      const end = pricesAt(far, far.count - 1);
      expect(relativeDifference(end, [end[0], end[0], end[0]])).toBeLessThan(1e-7);
    });

    it("goes round for ever if goods are perfect complements, as Scarf (1960) proved", () => {
      // omega = -1e8 is Leontief's case but for 1e-8.
      const small = follow(scarf(0.5, -1e8), { start: [1, 1.01, 1] });
      expect(small).toMatchObject({ status: "maxIterations", converged: false });
      expect(small.period).toBeCloseTo((2 * Math.PI) / (Math.sqrt(3) / 4), 2);
      expect(small.message).toMatch(/^Prices go round in a cycle: .* after a period of 14\.51/);
      // dp/dt = z keeps the product of the prices, and the sum of their squares.
      const path = follow(scarf(0.5, -1e8), { form: "linear", start: [1, 2, 1.5] });
      expect(path.period).toBeGreaterThan(0);
      for (let k = 0; k < path.count; k++) {
        const [x, y, z] = pricesAt(path, k);
        expect(x * y * z).toBeCloseTo(3, 5);
        expect(x * x + y * y + z * z).toBeCloseTo(7.25, 7);
      }
    });

    it("ends on one limit cycle from inside and outside if agents spend three quarters on their own goods", () => {
      const data = scarf(0.75, -5);
      expect(walras.equilibrium(walras.economy(data)).stability).toBe("unstable");
      const runs = [
        [1, 1.001, 0.999],
        [2.9, 0.05, 0.05],
      ].map((start) => follow(data, { start: start, duration: 5000 }));
      for (const path of runs) {
        expect(path.status).toBe("maxIterations");
        const { period, cycle, time, count } = path;
        expect(cycle?.drift).toBeLessThan(1e-6);
        expect(cycle?.leastImbalance).toBeGreaterThan(0.2);
        expect((cycle?.from ?? 0) + (period ?? 0)).toBeLessThanOrEqual(time[count - 1]);
        expect(cycle?.from).toBeGreaterThan(time[count - 1] - 1.1 * (period ?? 0));
        // A third of a period later the goods have changed places, so all have the same peak in a
        // period.
        const peaks = [0, 1, 2].map((j) => {
          let peak = 0;
          for (let k = 0; k < count; k++)
            if (time[k] > (cycle?.from ?? 0)) peak = Math.max(peak, path.prices[3 * k + j]);
          return peak;
        });
        expect(relativeDifference(peaks, [peaks[0], peaks[0], peaks[0]])).toBeLessThan(0.01);
      }
      expect(runs[0].period).toBeCloseTo(47.301, 2);
      expect(relativeDifference([runs[0].period ?? 0], [runs[1].period ?? 1])).toBeLessThan(1e-5);
      expect(relativeDifference([runs[0].cycle?.amplitude ?? 0], [runs[1].cycle?.amplitude ?? 1])).toBeLessThan(1e-3);
    });

    it("agrees nearby with the linear stability that equilibrium() reports", () => {
      let [stable, unstable] = [0, 0];
      const cases = [
        "symmetric-3x3-seven-equilibria",
        "gjerstad-rho-2-three-equilibria",
        "kehoe-1024",
        "kubler-schmedders-64",
      ];
      const near = (data: EconomyData, prices: ArrayLike<number>) => {
        const economy = walras.economy(data);
        const at = walras.equilibrium(economy, { start: prices });
        if (at.stability === "unknown") return;
        const start = at.prices.map((p, j) => p * (1 + 1e-4 * Math.sin(1 + 5 * j)));
        // Only ratios of prices are compared: the level of prices differs.
        const star = at.prices.map((p) => p / at.prices[0]);
        const path = walras.tatonnement(economy, { start, duration: 1e5, tolerance: 1e-9 });
        const end = pricesAt(path, path.count - 1).map((p, _, all) => p / all[0]);
        if (at.stability === "stable") expect([path.status, distance(end, star) < 1e-5]).toEqual(["converged", true]);
        else expect(distance(end, star)).toBeGreaterThan(1e-2);
        if (at.stability === "stable") stable++;
        else unstable++;
      };
      for (const name of cases) {
        const { economy, expected } = caseNamed(name);
        for (const { prices } of expected.equilibria ?? []) near(economy, prices);
      }
      for (const own of [0.5, 0.6, 0.65, 0.75]) near(scarf(own, -5), [1, 1, 1]);
      expect(stable).toBeGreaterThan(5);
      expect(unstable).toBeGreaterThan(5);
    });

    it("in steps doubles its period on the way to chaos, as Ricker's map does", () => {
      // Cobb-Douglas with good 2 as numeraire: ln p' = ln p + r (1/p - 1), where r is 2/3 of the
      // step. There are cycles of 2 from r = 2 on, and of 4 from r = 2.526 on.
      const run = (r: number) => follow(SWAP, { step: 1.5 * r, numeraire: 1, start: [1.1, 1], duration: 1e5 });
      expect(run(1.9).status).toBe("converged");
      expect((run(2.2).period ?? 0) / (1.5 * 2.2)).toBeCloseTo(2, 9);
      expect((run(2.6).period ?? 0) / (1.5 * 2.6)).toBeCloseTo(4, 9);
      const chaos = run(2.9);
      expect([chaos.period, chaos.status]).toEqual([null, "maxIterations"]);
      const first = follow(SWAP, { step: 1, numeraire: 1, start: [2, 1], maxSteps: 1 });
      expect(first.prices[2]).toBeCloseTo(2 * Math.exp((2 / 3) * (1 / 2 - 1)), 12);
      // In the linear form, a step leaves at least a thousandth of a price.
      const fall = follow(SWAP, { form: "linear", step: 100, numeraire: 1, start: [1000, 1], maxSteps: 1 });
      expect(fall.prices[2]).toBeCloseTo(933.4, 9);
      expect(
        follow(SWAP, { form: "linear", step: 1e6, numeraire: 1, start: [1000, 1], duration: 1e6 }).prices[2],
      ).toBeCloseTo(1, 9);
    });

    it("begins at prices at which all totals are worth the same, and ends there if those are in equilibrium", () => {
      const path = follow(scarf(0.5, -5));
      expect(path).toMatchObject({ status: "converged", count: 1, iterations: 0 });
      expect(relativeDifference(path.prices, [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(1e-15);
      const { prices, time } = follow({ alpha: [[1, 2]], omega: -1, endowments: [[4, 1]] });
      expect([prices[1] / prices[0], time[0]]).toEqual([4, 0]);
    });

    it("leaves out goods that nobody wants, and follows groups that do not trade side by side", () => {
      const data = {
        alpha: [
          [1, 1, 0, 0, 0],
          [2, 1, 0, 0, 0],
          [0, 0, 0, 1, 2],
          [0, 0, 0, 1, 1],
        ],
        omega: -0.5,
        endowments: [
          [1, 0, 5, 0, 0],
          [0, 1, 0, 0, 0],
          [0, 0, 0, 1, 0],
          [0, 0, 0, 0, 1],
        ],
      };
      const path = follow(data, { start: [1, 1, 0, 1, 1] });
      expect(path.status).toBe("converged");
      const end = pricesAt(path, path.count - 1);
      const { prices } = walras.equilibrium(walras.economy(data));
      expect(end[2]).toBe(0);
      expect(end[0] / end[1]).toBeCloseTo(prices[0] / prices[1], 6);
      expect(end[3] / end[4]).toBeCloseTo(prices[3] / prices[4], 6);
      expect(() => follow(data, { numeraire: 2 })).toThrow(/numeraire must be a good that somebody wants/);
    });

    it("keeps at most as many points as asked, the first and the last among them", () => {
      const options = { start: [1, 1.01, 1], duration: 500, tolerance: 0 };
      const [all, few] = [10_000, 7].map((points) => follow(scarf(0.6, -5), { ...options, points }));
      expect(few.count).toBeLessThanOrEqual(7);
      expect(few.count).toBeGreaterThan(3);
      expect([few.time[0], few.time[few.count - 1]]).toEqual([0, all.time[all.count - 1]]);
      expect([...pricesAt(few, few.count - 1)]).toEqual([...pricesAt(all, all.count - 1)]);
      for (const t of few.time) expect(all.time).toContain(t);
      expect(all.count).toBe(all.iterations + 1);
    });

    it("stops at its limits, when asked, and when no double holds the prices", () => {
      const data = scarf(0.5, -5);
      const start = [1, 2, 3];
      expect(follow(data, { start, duration: 5 })).toMatchObject({ status: "maxIterations", period: null });
      expect(follow(data, { start, duration: 5 }).message).toMatch(/^Stopped at time 5\.00000/);
      expect(follow(data, { start, maxSteps: 3 }).iterations).toBe(3);
      expect(follow(data, { start, step: 0.1, duration: 0.3 }).iterations).toBe(3);
      const blown = follow(SWAP, { step: 8, start: [1, 5] });
      expect(blown.status).toBe("diverged");
      expect(blown.prices.every((p) => p > 0 && p < Infinity)).toBe(true);
      const control = new AbortController();
      let steps = 0;
      const cut = follow(data, {
        start,
        signal: control.signal,
        onStep: () => {
          if (++steps === 4) control.abort();
        },
      });
      expect([cut.status, cut.iterations]).toEqual(["cancelled", 4]);
      expect(() => follow(data, { start, duration: 5, throwOnFailure: true })).toThrow(/^Stopped at time/);
    });

    it("refuses bad options, and names all of them at once", () => {
      const paths = (options: object) => refusedPaths(() => follow(scarf(0.5, -5), options));
      expect(
        paths({
          form: "cubic",
          step: -1,
          duration: 0,
          maxSteps: 0,
          points: 2,
          accuracy: 1,
          tolerance: 2,
          speeds: [1, 0, 1],
          start: [1, 1],
          numeraire: "gold",
        }),
      ).toEqual([
        "form",
        "step",
        "duration",
        "maxSteps",
        "points",
        "accuracy",
        "tolerance",
        "accuracy",
        "speeds[1]",
        "numeraire",
        "start",
      ]);
      expect(paths({ start: [1, 0, 1] })).toEqual(["start[1]"]);
      expect(() => follow({ alpha: 1, omega: -1, totals: [1, 1], size: { agents: 2, goods: 2 } })).toThrow(
        EconomyError,
      );
    });
  });
}

// The exact plan by its definition: first-order conditions, feasibility, scaling, and the global
// maximum of goods that concave and convex agents share.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/index.js";
import { engines, listOf, logUniform, matrixOf, negative, relativeDifference, sized } from "../support/engines.js";

const wild = sized((n, m) =>
  fc.record({
    alpha: matrixOf(logUniform(1e-12, 1e12), n, m),
    omega: matrixOf(negative(0.05, 20), n, m),
    weights: listOf(logUniform(1e-3, 1e3), n),
    totals: listOf(logUniform(1e-8, 1e8), m),
  }),
);
const mild = sized((n, m) =>
  fc.record({
    alpha: matrixOf(logUniform(0.2, 5), n, m),
    omega: matrixOf(negative(0.3, 3), n, m),
    weights: listOf(logUniform(0.2, 5), n),
    totals: listOf(logUniform(0.1, 10), m),
  }),
);

for (const [name, walras] of engines) {
  describe(`the exact plan on ${name}`, () => {
    it("is found to the last digits where goods side by side come short of it", () => {
      // Two of 20 000 random economies. There the fast method ends at residuals of 2e-10 and 1e-9.
      const hard = [
        {
          alpha: [0.23448921494882533, 0.000019145709298648967, 0.0000694751675868012, 0.00011604182010528457],
          omega: [-0.12364245095779, -18.91242852917545, -0.1768679371917051, -5.870000121614648],
          totals: [0.13861439080141555],
          weights: [2.09358999222445, 1.4648042888760082, 0.013461950182022198, 0.8274485661972899],
        },
        {
          alpha: [
            47.36734683158667, 0.011115855588411012, 17.22989930668563, 305.08455996472986, 959797.1452749004,
            3.0410715038964855,
          ],
          omega: [
            -9.308084590802554, -0.1640589173290507, -2.8980784529103056, -1.991107813704863, -0.04991081846520551,
            -10.540322686134772,
          ],
          totals: [0.2776588225669447],
          weights: [
            0.15088749063604237, 2.8248232015628876, 0.02719552180281529, 4.894980722611828, 0.2707721889398055,
            41.39975345927958,
          ],
        },
      ];
      for (const { alpha, omega, ...rest } of hard) {
        const column = (values: number[]) => values.map((v) => [v]);
        const economy = walras.economy({ alpha: column(alpha), omega: column(omega), ...rest });
        const { status, residuals } = walras.plan(economy);
        expect([status, Math.max(...Object.values(residuals)) < 1e-13]).toEqual(["converged", true]);
      }
    });

    it("meets its first-order conditions over 24 orders of magnitude of alpha and 16 of totals", () => {
      fc.assert(
        fc.property(wild, (data) => {
          const plan = walras.plan(walras.economy(data));
          expect(plan.residuals.feasibility).toBeLessThan(1e-12);
          expect(plan.residuals.stationarity).toBeLessThan(1e-11);
          expect(plan.converged).toBe(true);
        }),
        { numRuns: 300 },
      );
    });

    it("is continuous in omega at -1", () => {
      const at = (omega: number) =>
        walras.plan(
          walras.economy({ alpha: [[1, 2], [3, 1]], omega: [[omega, -2], [-0.5, omega]], totals: [5, 7] }), // biome-ignore format: rows
        ).allocation;
      for (const near of [-1 - 1e-12, -1 + 1e-12]) expect(relativeDifference(at(near), at(-1))).toBeLessThan(1e-11);
    });

    it("has shares in proportion to weighted alpha if utility is logarithmic", () => {
      const plan = walras.plan(
        walras.economy({ alpha: [[1], [2], [5]], omega: -1, totals: [4], weights: [1, 1, 0.2] }),
      );
      expect(relativeDifference(plan.allocation, [1, 2, 1])).toBeLessThan(1e-15);
      expect(plan.shadowPrices[0]).toBeCloseTo(1, 14);
    });

    it("scales: a factor on weights multiplies prices alone, and units of goods scale amounts", () => {
      fc.assert(
        fc.property(mild, logUniform(1e-6, 1e6), (data, factor) => {
          const plan = walras.plan(walras.economy(data));
          const scaled = { ...data, weights: data.weights.map((w) => w * factor) };
          const heavier = walras.plan(walras.economy(scaled));
          expect(relativeDifference(heavier.allocation, plan.allocation)).toBeLessThan(1e-11);
          expect(
            relativeDifference(
              heavier.shadowPrices,
              plan.shadowPrices.map((p) => p * factor),
            ),
          ).toBeLessThan(1e-11);
          // In units 1 / factor as large, alpha x^(1 + omega) stays the same if alpha is divided by
          // factor^(1 + omega).
          const units = walras.plan(
            walras.economy({
              ...data,
              totals: data.totals.map((t) => t * factor),
              alpha: data.alpha.map((row, i) => row.map((a, j) => a / factor ** (1 + data.omega[i][j]))),
            }),
          );
          expect(
            relativeDifference(
              units.allocation,
              plan.allocation.map((x) => x * factor),
            ),
          ).toBeLessThan(1e-10);
        }),
      );
    });

    it("does not depend on the order of agents and goods", () => {
      fc.assert(
        fc.property(mild, (data) => {
          const turned = (rows: number[][]) => rows.map((row) => row.toReversed()).toReversed();
          const plan = walras.plan(walras.economy(data));
          const other = walras.plan(
            walras.economy({
              alpha: turned(data.alpha),
              omega: turned(data.omega),
              weights: data.weights.toReversed(),
              totals: data.totals.toReversed(),
            }),
          );
          expect(relativeDifference(other.allocation.toReversed(), plan.allocation)).toBeLessThan(1e-11);
        }),
      );
    });

    it("gives nothing of a good to agents that do not want it, and divides equally a good that nobody wants", () => {
      const plan = walras.plan(
        walras.economy({
          alpha: [
            [1, 0, 0],
            [1, 2, 0],
          ],
          omega: -0.7,
          totals: [2, 3, 4],
        }),
      );
      expect(relativeDifference(plan.allocation, [1, 0, 2, 1, 3, 2])).toBeLessThan(1e-15);
      expect(plan.shadowPrices[2]).toBe(0);
      expect(plan.converged).toBe(true);
    });

    it("finds the global maximum of goods that concave and convex agents share, and bounds the gap", () => {
      const mixed = fc.integer({ min: 2, max: 5 }).chain((n) =>
        fc.record({
          // One agent in five does not want the good.
          alpha: matrixOf(
            fc.oneof({ weight: 4, arbitrary: logUniform(0.1, 10) }, { weight: 1, arbitrary: fc.constant(0) }),
            n,
            1,
          ),
          omega: matrixOf(
            fc.oneof(fc.double({ min: -3, max: -0.1, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })),
            n,
            1,
          ),
          total: logUniform(0.01, 100),
        }),
      );
      fc.assert(
        fc.property(mixed, ({ alpha, omega, total }) => {
          const wants = (i: number) => alpha[i][0] > 0;
          fc.pre(omega.some(([w], i) => w < 0 && wants(i)) && omega.some(([w], i) => w >= 0 && wants(i)));
          // All want a second good, since nobody may want nothing.
          const second = (rows: number[][], v: number) => rows.map(([first]) => [first, v]);
          const data = { alpha: second(alpha, 1), omega: second(omega, 0), totals: [total, 0.75] };
          const plan = walras.plan(walras.economy(data));
          const welfare = plan.welfare - 0.75;
          // The scale is not welfare, in which utilities may cancel.
          const size = plan.utilities.reduce((s, u, i) => s + Math.abs(u - plan.allocation[2 * i + 1]), 0);
          expect(plan.gap).toBeLessThanOrEqual(1e-12 * size);
          expect(plan.residuals.feasibility).toBeLessThan(1e-12);
          expect(plan.converged).toBe(true);
          // No share of one convex agent on a grid does better, with the rest divided optimally
          // among the concave agents.
          const concave = omega.flatMap(([w], i) => (w < 0 && wants(i) ? [i] : []));
          const value = (part: number) =>
            walras.plan(
              walras.economy({
                alpha: concave.map((i) => alpha[i]),
                omega: concave.map((i) => omega[i]),
                totals: [part],
              }),
            ).welfare;
          omega.forEach(([w], k) => {
            if (w < 0 || !wants(k)) return;
            for (const share of [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999]) {
              const other = (alpha[k][0] * (share * total) ** (1 + w)) / (1 + w) + value(total * (1 - share));
              expect(other).toBeLessThanOrEqual(welfare + 1e-9 * Math.abs(welfare) + 1e-14);
            }
          });
        }),
        { numRuns: 60 },
      );
    });

    it("does not forget the convex agent of a good that a third agent does not want", () => {
      // biome-ignore format: rows
      const economy = walras.economy({
        alpha: [[1, 10], [1, 1], [1, 0]],
        omega: [[-1, 0.5], [-1, -0.5], [-2, -3]],
        totals: [1, 1],
      });
      const plan = walras.plan(economy);
      // Agent 1 gets nearly all of good 2, up to where marginal values meet.
      const worth = (x: number) => (10 * x ** 1.5) / 1.5 + 2 * Math.sqrt(1 - x);
      expect(10 * Math.sqrt(plan.allocation[1])).toBeCloseTo(1 / Math.sqrt(plan.allocation[3]), 9);
      for (let k = 0; k <= 1000; k++) expect(worth(k / 1000)).toBeLessThanOrEqual(worth(plan.allocation[1]));
      expect(plan.gap).toBeLessThan(1e-11);
      expect(plan.residuals.optimality).toBeLessThan(1e-12);
      const { alpha, omega, totals } = economy;
      const many = walras.planMany({ agents: 3, goods: 2, count: 1, alpha, omega, totals });
      expect(relativeDifference(many.allocation, plan.allocation)).toBeLessThan(1e-12);
      // The best without the convex agent is no plan, whoever says so.
      const all = { allocation: [[0.25, 0], [0.25, 1], [0.5, 0]], shadowPrices: [4, 1] }; // biome-ignore format: rows
      const verdict = walras.check(economy, all);
      expect(verdict.residuals.stationarity).toBeLessThan(1e-12);
      expect(verdict).toMatchObject({ accepted: false });
      expect(verdict.residuals.optimality).toBeGreaterThan(0.1);
    });

    it.each([
      [
        "a concave part too small for a double",
        { alpha: [[0.0712], [2.7866]], omega: [[-0.01], [3]], totals: [550.73] },
        1,
      ],
      [
        "linear agents that get nothing",
        {
          alpha: [[5.333333333333328], [1], [1], [1], [1]],
          omega: [[0], [0], [0], [-0.5959003929449046], [-2.999992952295037]],
          totals: [0.011333077154013898],
        },
        4,
      ],
      ["a linear agent with next to nothing", { alpha: [[1], [1 + 1e-7]], omega: [[-0.5], [0]], totals: [1] }, 1],
      [
        "omega near -1",
        { alpha: [[0.0506], [1.285], [0.8252]], omega: [[0], [-5], [-0.999999999]], totals: [18.33] },
        0,
      ],
      [
        "a concave agent so curved that tangents lose all digits",
        { alpha: [[6.18], [0.47]], omega: [[3.27], [-41.8]], weights: [0.00135, 32], totals: [3.5] },
        0,
      ],
      [
        "a convex agent whose part would have to be very small",
        {
          alpha: [[0.33], [2.66], [3.5]],
          omega: [[0.108], [-28], [-0.995]],
          weights: [0.002, 0.07, 0.36],
          totals: [0.437],
        },
        1,
      ],
      ["omega at -1 beside a linear agent", { alpha: 1, omega: [[0], [-1]], totals: [5] }, 0],
      ["omega a hair above -1 beside a linear agent", { alpha: 1, omega: [[0], [-1 + 1e-12]], totals: [5] }, 0],
    ])("is exact for %s", (_, data, holder) => {
      const plan = walras.plan(walras.economy(data));
      expect(plan.status).toBe("converged");
      expect(plan.allocation[holder]).toBeGreaterThan(0);
      expect(plan.gap).toBeLessThan(1e-12 * (1 + Math.abs(plan.welfare)));
    });

    it("solves ten thousand agents and one good", () => {
      const n = 10_000;
      const plan = walras.plan(
        walras.economy({
          alpha: Array.from({ length: n }, (_, i) => [1 + (i % 7)]),
          omega: Array.from({ length: n }, (_, i) => [-0.2 - (i % 11)]),
          totals: [1e6],
        }),
      );
      expect(plan.residuals.feasibility).toBeLessThan(1e-10);
      expect(plan.residuals.stationarity).toBeLessThan(1e-10);
    });

    it("refuses bad weights and unknown options", () => {
      const economy = walras.economy({ alpha: 1, omega: -1, totals: [1, 1], weights: [1, 1] });
      expect(() => walras.plan(economy, { weights: [1, -1] })).toThrow(
        /weights\[1\] must be a finite number above 0; got -1/,
      );
      expect(() => walras.plan(economy, { weight: [1, 1] } as never)).toThrow(OptionError);
    });

    it("converges wherever every shadow price is a double, whatever the sizes on the way", () => {
      // alpha E^omega leaves the doubles in one of its factors, or only before it is weighted.
      const cases: [data: Parameters<typeof walras.economy>[0], price: number, welfare: number][] = [
        [{ alpha: [[1e-300], [2e-300]], omega: 20, totals: [1e27] }, 2e240, 2e267 / 21],
        [{ alpha: [[1e300], [2e300]], omega: 20, totals: [1e-24] }, 2e-180, 2e-204 / 21],
        [{ alpha: [[1e-200]], omega: 12, totals: [1e27], weights: [1e-200] }, 1e-76, 1e-49 / 13],
        [{ alpha: [[1e200]], omega: 12, totals: [1e-27], weights: [1e200] }, 1e76, 1e49 / 13],
        [{ alpha: [[1]], omega: -12, totals: [1e-27], weights: [1e-200] }, 1e124, -1e97 / 11],
        [{ alpha: [[1]], omega: -15, totals: [1e25], weights: [1e200] }, 1e-175, -1e-150 / 14],
      ];
      for (const [data, price, welfare] of cases) {
        const plan = walras.plan(walras.economy(data));
        expect(plan).toMatchObject({ status: "converged", gap: 0 });
        expect(relativeDifference(plan.shadowPrices, [price])).toBeLessThan(1e-11);
        expect(relativeDifference([plan.welfare], [welfare])).toBeLessThan(1e-11);
      }
    });

    it("keeps amounts whose part of the total is too small for a double", () => {
      // The second agent gets E (1 / E)^omega', its part 1e-320 of the total.
      const plan = walras.plan(walras.economy({ alpha: [[1], [1e-140]], omega: [[-0.1], [-0.5]], totals: [1e40] }));
      expect(plan.status).toBe("converged");
      expect(relativeDifference([plan.allocation[1]], [1e-272])).toBeLessThan(1e-11);
      // And beside a convex agent, which holds nothing: each of its units is worth 1e-300.
      const mixed = walras.plan(
        walras.economy({ alpha: [[1], [1e-155], [1e-300]], omega: [[-0.1], [-0.5], [0]], totals: [1e30] }),
      );
      expect(mixed.status).toBe("converged");
      expect(relativeDifference([mixed.allocation[1]], [1e-304])).toBeLessThan(1e-11);
    });

    it("sums utilities beyond the doubles without NaN", () => {
      // Of one agent, 1e400 and -1e390; in welfare the weights bring them back.
      const plan = walras.plan(
        walras.economy({
          alpha: [[1, 1], [1, 1]], // biome-ignore format: rows
          omega: [[-0.1, -3], [-0.1, -3]], // biome-ignore format: rows
          totals: [1e300, 1e-180],
          weights: [1e-50, 1e-50],
        }),
      );
      for (const u of plan.utilities) expect(u).toBe(Number.NEGATIVE_INFINITY);
      expect(plan.welfare).toBeLessThan(-1e300);
      expect(plan.status).toBe("stalled");
    });

    // An earlier version got this wrong.
    it("is not called converged if no double holds a shadow price", () => {
      const plan = walras.plan(
        walras.economy({
          alpha: [
            [1, 2],
            [3, 1],
          ],
          omega: -3,
          totals: [1e-150, 2],
        }),
      );
      expect(plan.converged).toBe(false);
      expect(plan.message).toMatch(/shadow price of good 1 is beyond what a double holds/);
      const many = walras.planMany({ agents: 2, goods: 2, count: 1, alpha: 1, omega: -3, totals: [1e-150, 2] });
      expect(many.statuses[many.status[0]]).toBe("stalled");
    });

    it("is not called converged if a shadow price is too small for a double", () => {
      for (const [omega, total] of [
        [-15, 1e25],
        [-12.5, 1e25],
        [15, 1e-25],
        [12.5, 1e-25],
      ]) {
        // biome-ignore format: pairs
        const data = { alpha: 1, omega, totals: [total] };
        const plan = walras.plan(walras.economy({ ...data, size: { agents: 2, goods: 1 } }));
        expect(plan).toMatchObject({ status: "stalled", residuals: { stationarity: Number.POSITIVE_INFINITY } });
        expect(plan.message).toMatch(/shadow price of good 1 is beyond what a double holds/);
        const many = walras.planMany({ agents: 2, goods: 1, count: 1, ...data });
        expect(many.statuses[many.status[0]]).toBe("stalled");
      }
    });
  });

  describe(`the convex plan on ${name}`, () => {
    it("has at least the welfare of every other corner and of every mixture tried", () => {
      const economies = sized((n, m) =>
        fc.record({
          alpha: matrixOf(logUniform(0.1, 10), n, m),
          omega: matrixOf(fc.double({ min: 0, max: 2, noNaN: true }), n, m),
          weights: listOf(logUniform(0.5, 2), n),
          totals: listOf(logUniform(0.1, 10), m),
          shares: matrixOf(logUniform(0.01, 1), n, m),
        }),
      );
      fc.assert(
        fc.property(economies, ({ shares, ...data }) => {
          const { weights, alpha, omega, totals } = data;
          const plan = walras.plan(walras.economy(data));
          const value = (i: number, j: number, x: number) =>
            (weights[i] * alpha[i][j] * x ** (1 + omega[i][j])) / (1 + omega[i][j]);
          const best = totals.map((total, j) => Math.max(...weights.map((_, i) => value(i, j, total))));
          expect(plan.welfare).toBeCloseTo(
            best.reduce((a, b) => a + b),
            9 - Math.ceil(Math.log10(plan.welfare + 1)),
          );
          const mixed = totals.reduce((sum, total, j) => {
            const column = weights.reduce((s, _, i) => s + shares[i][j], 0);
            return sum + weights.reduce((s, _, i) => s + value(i, j, (total * shares[i][j]) / column), 0);
          }, 0);
          expect(plan.welfare * (1 + 1e-12)).toBeGreaterThanOrEqual(mixed);
          expect(plan).toMatchObject({ converged: true, method: "exact", gap: 0 });
        }),
      );
    });

    it("finds the owner also if utilities are beyond a double", () => {
      for (const total of [1e200, 1e-200]) {
        const plan = walras.plan(walras.economy({ alpha: [[1], [5]], omega: 1, totals: [total] }));
        expect([[...plan.allocation], [...plan.ties]]).toEqual([[0, total], [1]]);
      }
    });

    it("reports ties", () => {
      const plan = walras.plan(walras.economy({ alpha: [[1, 1], [1, 2], [1, 2]], omega: 0.5, totals: [30, 30] })); // biome-ignore format: rows
      expect([...plan.ties]).toEqual([3, 2]);
    });

    it("has prices in proportion to the weights", () => {
      const alpha = [
        [1, 3, 2],
        [2, 1, 1],
      ];
      const plan = walras.plan(walras.economy({ alpha, omega: [0, 0.5, 1], totals: [1, 2, 3] }));
      const scaled = walras.plan(walras.economy({ alpha, omega: [0, 0.5, 1], totals: [1, 2, 3] }), { weights: [7, 7] });
      expect(scaled.allocation).toEqual(plan.allocation);
      expect(
        relativeDifference(
          scaled.shadowPrices,
          plan.shadowPrices.map((p) => 7 * p),
        ),
      ).toBeLessThan(1e-15);
      expect([...plan.weights]).toEqual([1, 1]);
    });
  });
}

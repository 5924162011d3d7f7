// Many economies in one call, against the same economies one by one.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/index.js";
import { various } from "../support/calls.js";
import { engines, listOf, logUniform, negative, relativeDifference } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";
import { caseNamed } from "../support/fixtures.js";

const bulks = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 7 }))
  .chain(([agents, goods, count]) => {
    const flat = (draw: fc.Arbitrary<number>, length: number) => listOf(draw, length);
    const cells = agents * goods * count;
    return fc.record({
      agents: fc.constant(agents),
      goods: fc.constant(goods),
      count: fc.constant(count),
      alpha: flat(logUniform(0.2, 5), cells),
      omega: flat(negative(0.2, 5), cells),
      endowments: flat(logUniform(0.2, 5), cells),
      weights: flat(logUniform(0.5, 2), agents * count),
    });
  });

for (const [name, walras] of engines) {
  describe(`bulk calls on ${name}`, () => {
    it("plan every economy as plan() does", () => {
      fc.assert(
        fc.property(bulks, (bulk) => {
          const { agents: n, goods: m, count } = bulk;
          const answer = walras.planMany(bulk);
          for (let e = 0; e < count; e++) {
            const economy = nth(walras, bulk, e);
            const plan = walras.plan(economy, { weights: bulk.weights.slice(e * n, (e + 1) * n) });
            expect(
              relativeDifference(answer.allocation.subarray(e * n * m, (e + 1) * n * m), plan.allocation),
            ).toBeLessThan(1e-12);
            expect(
              relativeDifference(answer.shadowPrices.subarray(e * m, (e + 1) * m), plan.shadowPrices),
            ).toBeLessThan(1e-12);
            expect(answer.residual[e]).toBeLessThan(1e-12);
            expect(answer.statuses[answer.status[e]]).toBe("converged");
          }
        }),
        { numRuns: 50 },
      );
    });

    it("write into the arrays of an earlier answer, which tell nothing of it", () => {
      fc.assert(
        fc.property(bulks, (bulk) => {
          const plans = walras.planMany(bulk);
          const { weights: _, ...owners } = bulk;
          const markets = walras.equilibriumMany(owners);
          const used = <Answer extends object>(answer: Answer) => {
            const copy = structuredClone(answer);
            for (const values of Object.values(copy)) if (ArrayBuffer.isView(values)) (values as Float64Array).fill(7);
            return copy;
          };
          const into = used(plans);
          const again = walras.planMany({ ...bulk, into });
          expect(again).toEqual(plans);
          expect(again.allocation).toBe(into.allocation);
          const market = walras.equilibriumMany({ ...owners, into: used(markets) });
          expect(market).toEqual(markets);
        }),
        { numRuns: 20 },
      );
    });

    it("refuse arrays to write to that are of the wrong length or type, or are read as well", () => {
      const size = { agents: 2, goods: 2, count: 3 };
      const totals = new Float64Array(6).fill(1);
      const alpha = new Float64Array(12).fill(1);
      const call = { ...size, alpha, omega: -1, totals };
      const fine = walras.planMany(call);
      const refused = (into: object) => refusedPaths(() => walras.planMany({ ...call, into } as never));
      expect(refused({ ...fine, allocation: new Float64Array(11) })).toEqual(["into.allocation"]);
      expect(refused({ ...fine, status: new Float64Array(3) })).toEqual(["into.status"]);
      expect(refused({ ...fine, shadowPrices: totals })).toEqual(["into.shadowPrices"]);
      expect(refused({ ...fine, allocation: alpha })).toEqual(["into.allocation"]);
      const both = new Float64Array(16);
      expect(refused({ ...fine, allocation: both.subarray(0, 12), shadowPrices: both.subarray(10, 16) })).toEqual([
        "into.shadowPrices",
      ]);
      const { residual: _, ...less } = fine;
      expect(refused(less)).toEqual(["into.residual"]);
      expect(refused([])).toEqual(["into"]);
    });

    it("plan extreme and convex economies among mild ones", () => {
      const size = { agents: 2, goods: 2, count: 3 };
      const alpha = [1e-9, 1, 1, 1e9, 1, 1, 1, 1, 1, 2, 3, 0];
      const omega = [-0.05, -20, -20, -0.05, -1, -1, -1, -1, 0.5, -1, -1, 0.5];
      const totals = [1e-6, 1e6, 1, 1, 2, 3];
      const answer = walras.planMany({ ...size, alpha, omega, totals });
      for (let e = 0; e < 3; e++) {
        const part = (values: number[], k: number) => Float64Array.from(values.slice(e * k, (e + 1) * k));
        const plan = walras.plan(
          walras.economy({
            size: { agents: 2, goods: 2 },
            alpha: part(alpha, 4),
            omega: part(omega, 4),
            totals: part(totals, 2),
          }),
        );
        expect(relativeDifference(answer.allocation.subarray(4 * e, 4 * e + 4), plan.allocation)).toBeLessThan(1e-11);
        expect(answer.statuses[answer.status[e]]).toBe("converged");
      }
    });

    it("find every market's equilibrium as equilibrium() does", () => {
      fc.assert(
        fc.property(bulks, ({ weights: _, ...bulk }) => {
          const { agents: n, goods: m, count } = bulk;
          const answer = walras.equilibriumMany(bulk);
          for (let e = 0; e < count; e++) {
            const { prices, allocation, residuals } = walras.equilibrium(nth(walras, bulk, e));
            const worst = Math.max(...Object.values(residuals));
            // Answers differ by what their residuals leave open. These markets magnify them some ten
            // times: a residual of 1e-13 has left 1.4e-12 between amounts.
            const apart = 1e-12 + 30 * (worst + answer.residual[e]);
            const pricesOf = answer.prices.subarray(e * m, (e + 1) * m);
            const allocationOf = answer.allocation.subarray(e * n * m, (e + 1) * n * m);
            expect(relativeDifference(pricesOf, prices)).toBeLessThan(apart);
            expect(relativeDifference(allocationOf, allocation)).toBeLessThan(apart);
            expect(answer.residual[e]).toBeLessThan(1e-10);
            expect(worst).toBeLessThan(1e-10);
            expect(answer.statuses[answer.status[e]]).toBe("converged");
          }
        }),
        { numRuns: 50 },
      );
    });

    it("use an array that is given for one economy for all of them, also beyond one chunk", () => {
      const count = 40_000;
      const totals = Float64Array.from({ length: 3 * count }, (_, k) => 1 + (k % 11));
      const { allocation, status } = walras.planMany({
        agents: 3,
        goods: 3,
        count,
        alpha: [1, 2, 3, 3, 2, 1, 1, 1, 1],
        omega: -1,
        totals,
      });
      expect(status.every((s) => s === 0)).toBe(true);
      // With logarithmic utility, shares are in proportion to alpha.
      const last = 9 * (count - 1);
      expect(allocation[last]).toBeCloseTo((totals[3 * (count - 1)] * 1) / 5, 12);
      expect(allocation[last + 3]).toBeCloseTo((totals[3 * (count - 1)] * 3) / 5, 12);
    });

    it("solve every economy of several chunks", () => {
      // With logarithmic utility, plans and markets have closed forms. 256 economies of this
      // size are laid at a time.
      const [n, m, count] = [32, 32, 300];
      const size = { agents: n, goods: m, count, alpha: 1, omega: -1 };
      const weights = Float64Array.from({ length: n * count }, (_, k) => 1 + (k % 7));
      const totals = Float64Array.from({ length: m * count }, (_, k) => 1 + (k % 11));
      const plans = walras.planMany({ ...size, weights, totals });
      const endowments = Float64Array.from({ length: n * m * count }, (_, k) => 1 + (k % 13) + (k % 17));
      const markets = walras.equilibriumMany({ ...size, endowments });
      const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b);
      for (let e = 0; e < count; e++) {
        const [w, owned] = [weights.subarray(e * n, (e + 1) * n), totals.subarray(e * m, (e + 1) * m)];
        const cells = { from: e * n * m, to: (e + 1) * n * m };
        const planned = Float64Array.from({ length: n * m }, (_, c) => (owned[c % m] * w[(c / m) | 0]) / sum(w));
        expect(relativeDifference(plans.allocation.subarray(cells.from, cells.to), planned)).toBeLessThan(1e-12);
        const shadowPrices = owned.map((total) => sum(w) / total);
        expect(relativeDifference(plans.shadowPrices.subarray(e * m, (e + 1) * m), shadowPrices)).toBeLessThan(1e-12);

        const own = endowments.subarray(cells.from, cells.to);
        const total = Float64Array.from({ length: m }, (_, j) => sum(own.filter((_, c) => c % m === j)));
        const level = sum(total.map((all) => 1 / all));
        const prices = total.map((all) => 1 / all / level);
        expect(relativeDifference(markets.prices.subarray(e * m, (e + 1) * m), prices)).toBeLessThan(1e-12);
        const shares = Array.from({ length: n }, (_, i) => sum(prices.map((p, j) => (p * own[i * m + j] * level) / m)));
        const bought = own.map((_, c) => shares[(c / m) | 0] * total[c % m]);
        expect(relativeDifference(markets.allocation.subarray(cells.from, cells.to), bought)).toBeLessThan(1e-12);
        for (const { residual, status, statuses } of [plans, markets]) {
          expect(residual[e]).toBeLessThan(1e-10);
          expect(statuses[status[e]]).toBe("converged");
        }
      }
    });

    it("list the equilibria of every economy of several chunks", () => {
      // Chunks of 131 economies, each with the one equilibrium of logarithmic utility.
      const [m, count] = [1000, 140];
      const endowments = Float64Array.from({ length: 2 * m * count }, (_, k) => 1 + (k % 13) + (k % 17));
      const found = walras.equilibriaMany({ agents: 2, goods: m, count, alpha: 1, omega: -1, endowments });
      expect(
        [found.counts, found.complete, found.indexSum, found.index].every((list) => list.every((v) => v === 1)),
      ).toBe(true);
      expect([...found.offset]).toEqual(Array.from({ length: count }, (_, e) => e));
      for (let e = 0; e < count; e++) {
        const own = endowments.subarray(2 * m * e, 2 * m * (e + 1));
        const value = Float64Array.from({ length: m }, (_, j) => 1 / (own[j] + own[m + j]));
        const level = value.reduce((a, b) => a + b);
        const prices = found.prices.subarray(m * e, m * (e + 1));
        expect(
          relativeDifference(
            prices,
            value.map((p) => p / level),
          ),
        ).toBeLessThan(1e-11);
      }
    });

    it("list more equilibria than twice the economies", () => {
      const own = caseNamed("kehoe-1024").economy as Record<"alpha" | "endowments" | "omega", number[][]>;
      const count = 3000;
      const found = walras.equilibriaMany({
        ...{ agents: 2, goods: 2, count },
        alpha: own.alpha.flat(),
        omega: own.omega.flat()[0],
        endowments: own.endowments.flat(),
      });
      const alone = walras.equilibria(walras.economy(caseNamed("kehoe-1024").economy)).equilibria;
      expect([found.counts.every((c) => c === 3), found.indexSum.every((sum) => sum === 1)]).toEqual([true, true]);
      expect([...found.offset]).toEqual(Array.from({ length: count }, (_, e) => 3 * e));
      expect(found.prices.length).toBe(6 * count);
      for (let k = 0; k < 3 * count; k++) {
        expect(relativeDifference(found.prices.subarray(2 * k, 2 * k + 2), alone[k % 3].prices)).toBeLessThan(1e-11);
        expect(found.index[k]).toBe(alone[k % 3].index);
      }
    });

    it.each<[string, object, string]>([
      ["no agents", { agents: 0 }, "agents"],
      ["1001 agents", { agents: 1001 }, "agents"],
      ["half an agent", { agents: 1.5 }, "agents"],
      ["no goods", { goods: 0 }, "goods"],
      ["1001 goods", { goods: 1001 }, "goods"],
      ["no economies", { count: 0 }, "count"],
      ["half an economy", { count: 1.5 }, "count"],
      ["a missing count", { count: undefined }, "count"],
      ["a cell more than are allowed", { agents: 1000, goods: 1000, count: 68 }, "count"],
      ["a tolerance below 0", { tolerance: -1e-300 }, "tolerance"],
      ["a tolerance above 1", { tolerance: 1.1 }, "tolerance"],
      ["an infinite alpha", { alpha: Infinity }, "alpha"],
      ["an infinite alpha in a list", { alpha: [1, Infinity, 1, 1] }, "alpha[1]"],
      ["an omega for all that is no number", { omega: [-1, -1, -1, Number.NaN] }, "omega[3]"],
      ["a list that ends before the last economy", { alpha: [1, 1, 1, 1, 1, 1, 1] }, "alpha"],
      ["no alpha", { alpha: undefined }, "alpha"],
    ])("all refuse %s", (_, wrong, path) => {
      const right = { agents: 2, goods: 2, count: 2, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      expect(refusedPaths(() => walras.planMany({ ...right, ...wrong }))).toEqual([path]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, ...wrong }))).toEqual([path]);
      const { tolerance, ...others } = wrong as { tolerance?: number };
      if (tolerance === undefined)
        expect(refusedPaths(() => walras.equilibriaMany({ ...right, ...others }))).toEqual([path]);
    });

    it("refuse what one of them alone refuses", () => {
      const right = { agents: 2, goods: 2, count: 2, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      const { endowments: _, ...planner } = { ...right, totals: [1, 1] };
      expect(walras.planMany({ ...right, alpha: [1, 0, 0, 1], omega: [0.5, -1, 0, -1] }).status).toHaveLength(2);
      expect(refusedPaths(() => walras.planMany({ ...planner, totals: 0 }))).toEqual(["totals"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, totals: [1, Infinity] }))).toEqual(["totals[1]"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, totals: undefined }))).toEqual(["totals"]);
      expect(refusedPaths(() => walras.planMany({ ...right, totals: [1, 1] }))).toEqual(["totals"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, weights: [1, 0] }))).toEqual(["weights[1]"]);
      expect(refusedPaths(() => walras.planMany({ ...planner, omega: Infinity }))).toEqual(["omega"]);
      expect(refusedPaths(() => walras.planMany({ ...right, endowments: [1e308, 1, 1e308, 1] }))).toEqual([
        "endowments",
      ]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, alpha: 0 }))).toEqual(["alpha"]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, weights: 1 } as never))).toEqual(["weights"]);
      expect(refusedPaths(() => walras.equilibriumMany({ ...right, totals: 1 } as never))).toEqual(["totals"]);
      for (const omega of [-1e6 * (1 + 1e-9), -1e-6 * (1 - 1e-9)]) {
        expect(refusedPaths(() => walras.equilibriaMany({ ...right, omega }))).toEqual(["omega"]);
      }
      for (const omega of [-1e6, -1e-6]) expect(walras.equilibriaMany({ ...right, omega }).counts).toHaveLength(2);
      for (const maxIntervals of [0, 1.5, 1e9 + 1]) {
        expect(refusedPaths(() => walras.equilibriaMany({ ...right, maxIntervals }))).toEqual(["maxIntervals"]);
      }
      expect(refusedPaths(() => walras.equilibriaMany({ ...right, tolerance: 0.1 } as never))).toEqual(["tolerance"]);
      const three = { ...right, agents: 3, goods: 3, endowments: 1 };
      for (const [key, values] of Object.entries({ maxStarts: [0, 1.5, 1e9 + 1], seed: [0.5, 2 ** 31] })) {
        for (const value of values) {
          expect(refusedPaths(() => walras.equilibriaMany({ ...right, [key]: value }))).toEqual([key]);
        }
      }
      expect(walras.equilibriaMany({ ...three, goods: 2, maxIntervals: 1e9 }).counts).toHaveLength(2);
      expect(walras.equilibriaMany({ ...three, agents: 2, maxIntervals: 1 }).counts).toHaveLength(2);
    });

    describe("with wrong economies among many", () => {
      const [n, m, count] = [3, 2, 23_000];
      const values = (size: number, seed: number) =>
        Float64Array.from({ length: size * count }, (_, k) => 1 + ((k * seed) % 17) / 9);
      const data = {
        agents: n,
        goods: m,
        count,
        alpha: values(n * m, 5),
        omega: values(n * m, 7).map((w) => -w),
        endowments: values(n * m, 3),
        weights: values(n, 2),
      };
      const { weights: _, ...market } = data;
      const own = <K extends "alpha" | "omega" | "endowments" | "weights">(key: K, k: number, value: number) => {
        data[key][k] = value;
      };
      // Each is found by another check; the last by two, of which the first is told.
      const right = structuredClone(data);
      own("alpha", 6 * 3 + 1, -1);
      own("omega", 6 * 21_999 + 5, Number.NaN);
      own("endowments", 6 * 40, Infinity);
      for (let i = 0; i < n; i++) own("endowments", 6 * 17_000 + 2 * i + 1, 0); // nobody owns good 1
      for (let j = 0; j < m; j++) own("endowments", 6 * 22_999 + 2 + j, 0); // agent 1 owns nothing
      own("endowments", 6 * 2 + 3, -2);
      own("alpha", 6 * 2 + 4, Number.NaN);
      const violations = [
        { economy: 2, path: "alpha[16]", requirement: "must be finite and above 0", value: Number.NaN },
        { economy: 3, path: "alpha[19]", requirement: "must be finite and above 0", value: -1 },
        { economy: 40, path: "endowments[240]", requirement: "must be finite and not negative", value: Infinity },
        {
          economy: 17_000,
          path: "endowments of economy 17000",
          requirement: "must give good 1 a finite total above 0",
          value: 0,
        },
        { economy: 21_999, path: "omega[131999]", requirement: "must be finite and below 0", value: Number.NaN },
        { economy: 22_999, path: "endowments of economy 22999", requirement: "must give agent 1 something", value: 0 },
      ];
      const wrong = new Set(violations.map(({ economy }) => economy));

      it("say what is wrong with these, and solve all others", () => {
        const answer = walras.equilibriumMany(market);
        const rightMarket = { ...market, alpha: right.alpha, omega: right.omega, endowments: right.endowments };
        const expected = walras.equilibriumMany(rightMarket);
        expect(answer.invalid).toBe(6);
        expect(answer.violations).toEqual(violations);
        for (let e = 0; e < count; e++) {
          const numbers = ({ prices, allocation, residual }: typeof answer) => [
            ...prices.subarray(e * m, (e + 1) * m),
            ...allocation.subarray(e * n * m, (e + 1) * n * m),
            residual[e],
          ];
          if (!wrong.has(e)) {
            expect(answer.statuses[answer.status[e]]).toBe("converged");
            const apart = relativeDifference(numbers(answer).slice(0, -1), numbers(expected).slice(0, -1));
            if (!(apart < 1e-11)) expect([e, apart]).toEqual([e, 0]);
          } else {
            expect(answer.statuses[answer.status[e]]).toBe("invalid");
            expect(numbers(answer).every(Number.isNaN)).toBe(true);
          }
        }
      });

      it("plan all others", () => {
        const answer = walras.planMany(data);
        const all = walras.planMany(right);
        expect(answer.violations).toEqual(
          violations
            .filter(({ requirement }) => !requirement.includes("something"))
            .map((one) => ({
              ...one,
              requirement: one.path.startsWith("alpha")
                ? "must be finite and not negative"
                : one.path.startsWith("omega")
                  ? "must be finite"
                  : one.requirement,
            })),
        );
        for (let e = 0; e < count; e++) {
          const isWrong = wrong.has(e) && e !== 22_999;
          if (isWrong !== Number.isNaN(answer.residual[e])) expect(e).toBe(undefined);
          if (wrong.has(e)) continue;
          const apart = relativeDifference(
            answer.allocation.subarray(e * n * m, (e + 1) * n * m),
            all.allocation.subarray(e * n * m, (e + 1) * n * m),
          );
          if (!(apart < 1e-12)) expect([e, apart]).toEqual([e, 0]);
        }
        const weights = data.weights.with(3 * 100, 0);
        const first = walras.planMany({ ...data, weights }).violations[3];
        expect(first).toEqual({
          economy: 100,
          path: "weights[300]",
          requirement: "must be finite and above 0",
          value: 0,
        });
      });

      it("list the equilibria of all others", () => {
        const answer = walras.equilibriaMany(market);
        expect([answer.invalid, answer.violations.map(({ economy }) => economy)]).toEqual([6, [...wrong]]);
        let total = 0;
        for (let e = 0; e < count; e++) {
          expect(answer.offset[e]).toBe(total);
          total += answer.counts[e];
          const is = answer.statuses[answer.status[e]];
          if (wrong.has(e))
            expect([is, answer.counts[e], answer.complete[e], answer.indexSum[e]]).toEqual(["invalid", 0, 0, 0]);
          else if (is !== "converged" || answer.counts[e] < 1 || answer.indexSum[e] !== 1)
            expect([e, is]).toEqual([e, "converged"]);
        }
        expect([answer.prices.length, answer.index.length]).toEqual([m * total, total]);
        // Behind wrong economies stand the prices of the economy itself.
        for (const e of [4, 41, 22_998]) {
          const part = (values: Float64Array) => values.slice(e * n * m, (e + 1) * n * m);
          const [alpha, omega, endowments] = [part(data.alpha), part(data.omega), part(data.endowments)];
          const alone = walras.equilibria(walras.economy({ size: { agents: n, goods: m }, alpha, omega, endowments }));
          const prices = answer.prices.subarray(m * answer.offset[e], m * (answer.offset[e] + answer.counts[e]));
          expect(
            relativeDifference(
              prices,
              alone.equilibria.flatMap(({ prices }) => [...prices]),
            ),
          ).toBeLessThan(1e-9);
        }
      });

      it("tell of the first hundred, and count all of them", () => {
        const omega = data.omega.slice().fill(0, 6 * 20_000);
        const alpha = data.alpha.slice().fill(Number.NaN, 6 * 22_900);
        const all = walras.equilibriumMany({ ...market, alpha, omega });
        expect(all.invalid).toBe(3000 + 4);
        expect(all.violations.map(({ economy }) => economy)).toEqual([
          ...[2, 3, 40, 17_000],
          ...Array.from({ length: 96 }, (_, k) => 20_000 + k),
        ]);
        expect(all.violations.slice(0, 4)).toEqual(violations.slice(0, 4));
        expect(all.violations.at(-1)?.path).toBe(`omega[${6 * 20_095}]`);
        const none = walras.planMany({ ...data, alpha: data.alpha.map(() => -1) });
        expect([none.invalid, none.violations.length]).toEqual([count, 100]);
        expect(none.shadowPrices.every(Number.isNaN)).toBe(true);
        const lists = walras.equilibriaMany({ ...market, alpha: data.alpha.map(() => -1) });
        expect([lists.invalid, lists.prices.length, lists.index.length]).toEqual([count, 0, 0]);
      });
    });

    it("list the equilibria of markets of any size, as equilibria() does", () => {
      const sizes: [n: number, m: number, count: number, options?: object][] = [
        [1, 3, 3],
        [3, 1, 3],
        [3, 3, 6],
        [4, 3, 3],
        [4, 4, 2, { maxStarts: 200, seed: 3 }],
        [3, 3, 2, { maxIntervals: 1, maxStarts: 50 }],
      ];
      for (const [agents, goods, count, options] of sizes) {
        const size = { agents, goods };
        const market = (e: number) => flatMarket(agents, goods, e);
        const part = (key: "alpha" | "omega" | "endowments") =>
          Array.from({ length: count }, (_, e) => market(e)[key]).flat();
        const many = { ...size, count, alpha: part("alpha"), omega: part("omega"), endowments: part("endowments") };
        const { counts, offset, prices, index, complete, indexSum, status, statuses } = walras.equilibriaMany({
          ...many,
          ...options,
        });
        for (let e = 0; e < count; e++) {
          const { alpha, omega, endowments } = market(e);
          const rows = {
            alpha: Float64Array.from(alpha),
            omega: Float64Array.from(omega),
            endowments: Float64Array.from(endowments),
          };
          const alone = walras.equilibria(walras.economy({ size, ...rows }), options);
          const listed = Array.from({ length: counts[e] }, (_, k) => offset[e] + k);
          expect(listed.map((k) => [...prices.subarray(k * goods, (k + 1) * goods)])).toEqual(
            alone.equilibria.map(({ prices }) => [...prices]),
          );
          expect(listed.map((k) => index[k])).toEqual(alone.equilibria.map(({ index }) => index));
          expect([complete[e] === 1, indexSum[e]]).toEqual([alone.complete, alone.indexSum]);
          expect(statuses[status[e]]).toBe("converged");
        }
      }
      const { omega, ...others } = { ...flatMarket(3, 3, 0), agents: 3, goods: 3, count: 3 };
      const some = [...omega, ...omega.map(() => 1), ...omega];
      const found = walras.equilibriaMany({ ...others, omega: some });
      expect([found.invalid, found.violations[0].path]).toEqual([1, "omega[9]"]);
      expect([found.counts[1], found.complete[1], found.statuses[found.status[1]]]).toEqual([0, 0, "invalid"]);
      const [first, last] = [found.prices.subarray(0, 3 * found.counts[0]), found.prices.subarray(3 * found.offset[2])];
      expect(found.counts[0]).toBeGreaterThan(1);
      expect(first).toEqual(last);
    });

    it("tell how far they are, and end where the signal is aborted, with what they have", () => {
      const [agents, goods] = [16, 16];
      const count = 600; // Some that are laid together, and again, and a few.
      const own = various(agents * goods * count);
      const bad = { ...{ agents, goods, count, omega: -2 }, alpha: own.map((a, c) => (c === 256 * 5 ? -1 : a)) };
      const calls = {
        planMany: (more: object) => walras.planMany({ ...bad, totals: 1, ...more }),
        equilibriumMany: (more: object) => walras.equilibriumMany({ ...bad, endowments: 1, ...more }),
      };
      for (const call of Object.values(calls)) {
        const dones: number[] = [];
        const whole = call({
          onStep({ done, total }: { done: number; total: number }) {
            dones.push(done);
            expect(total).toBe(count);
          },
        });
        expect(dones).toEqual([...new Set(dones)].sort((a, b) => a - b));
        expect(dones.at(-1)).toBe(count);
        const end = dones.find((done) => done > 256) as number;
        expect(end).toBeLessThan(count);
        expect(whole).toEqual(call({}));
        const controller = new AbortController();
        const { signal } = controller;
        const part = call({ signal, onStep: ({ done }: { done: number }) => done > 256 && controller.abort() });
        const names = Array.from(part.status, (s) => part.statuses[s]);
        expect(names.slice(0, end)).toEqual(Array.from(whole.status.subarray(0, end), (s) => whole.statuses[s]));
        expect([names[5], part.invalid, part.violations]).toEqual(["invalid", 1, whole.violations]);
        expect(new Set(names.slice(end))).toEqual(new Set(["cancelled"]));
        expect(part.allocation.subarray(0, end * 256)).toEqual(whole.allocation.subarray(0, end * 256));
        expect(part.allocation.subarray(end * 256).every(Number.isNaN)).toBe(true);
        expect(part.residual.subarray(end).every(Number.isNaN)).toBe(true);
        // Aborted before it begins, it solves nothing.
        const none = call({ signal });
        expect(none.statuses[none.status[0]]).toBe("cancelled");
        expect(none.allocation.every(Number.isNaN)).toBe(true);
        expect(() => call({ signal: {} })).toThrow("signal must be an AbortSignal");
        expect(() => call({ onStep: 1 })).toThrow("onStep must be a function");
      }
    });

    it("list equilibria up to where the signal is aborted", () => {
      const pairs = { agents: 2, goods: 2, count: 20_000, alpha: 1, omega: -2, endowments: [3, 1, 1, 3] };
      const hard = (e: number) => flatMarket(4, 4, e);
      const part = (key: "alpha" | "omega" | "endowments") => [0, 1, 2].flatMap((e) => hard(e)[key]);
      const four = { agents: 4, goods: 4, count: 3, maxStarts: 300 };
      const searched = { ...four, alpha: part("alpha"), omega: part("omega"), endowments: part("endowments") };
      for (const many of [pairs, searched]) {
        const dones: number[] = [];
        const whole = walras.equilibriaMany({ ...many, onStep: ({ done }) => dones.push(done) });
        expect([dones.at(-1), dones.every((done, k) => k === 0 || done >= dones[k - 1])]).toEqual([many.count, true]);
        expect(whole).toEqual(walras.equilibriaMany(many));
        const first = dones.find((done) => done > 0) as number;
        expect(first).toBeLessThan(many.count);
        const controller = new AbortController();
        const onStep = ({ done }: { done: number }) => done >= first && controller.abort();
        const stopped = walras.equilibriaMany({ ...many, signal: controller.signal, onStep });
        expect(stopped.counts.subarray(0, first)).toEqual(whole.counts.subarray(0, first));
        expect(stopped.counts.subarray(first).every((count) => count === 0)).toBe(true);
        expect(stopped.prices).toEqual(whole.prices.subarray(0, stopped.prices.length));
        expect(stopped.index).toHaveLength(stopped.counts.reduce((sum, count) => sum + count, 0));
        expect(stopped.offset.at(-1)).toBe(stopped.index.length);
        const names = Array.from(stopped.status, (s) => stopped.statuses[s]);
        expect(new Set(names.slice(0, first))).toEqual(new Set(["converged"]));
        expect(new Set(names.slice(first))).toEqual(new Set(["cancelled"]));
      }
      // In the middle of the search of an economy, what it has found up to then is listed.
      const controller = new AbortController();
      let within = 0;
      const { counts, complete, status, statuses } = walras.equilibriaMany({
        ...searched,
        signal: controller.signal,
        onStep: ({ done }) => done === 1 && within++ > 0 && controller.abort(),
      });
      expect(within).toBe(2);
      expect(Array.from(status, (s) => statuses[s])).toEqual(["converged", "cancelled", "cancelled"]);
      expect([counts[2], complete[1]]).toEqual([0, 0]);
    });

    it("take a tolerance, by which answers count as converged", () => {
      const data = { agents: 2, goods: 2, count: 1, alpha: [1, 3, 2, 1], omega: [-1.5, -2, -0.3, -3] };
      const endowments = [1, 2, 5, 1];
      const solve = [walras.planMany, walras.equilibriumMany].map(
        (call) => (tolerance: number) =>
          (call as typeof walras.planMany).call(walras, { ...data, endowments, tolerance }),
      );
      for (const call of solve) {
        const exact = call(0);
        expect(exact.residual[0]).toBeGreaterThan(0);
        expect(exact.statuses[exact.status[0]]).toBe("stalled");
        const loose = call(1);
        expect(loose.statuses[loose.status[0]]).toBe("converged");
      }
    });

    it.each([
      ["a short array", { alpha: [1, 2] }, /alpha must have 4 numbers, shared by all economies, or 8; got 2/],
      [
        "a negative endowment",
        { endowments: [1, 1, -1, 1] },
        /endowments\[2\] must be finite and not negative; got -1/,
      ],
      ["an omega of 0", { omega: 0 }, /omega must be finite and below 0; got 0/],
      [
        "a good that nobody owns",
        { endowments: [1, 0, 1, 0] },
        /^endowments must give good 1 a finite total above 0; got 0$/,
      ],
      ["an agent that owns nothing", { endowments: [1, 1, 0, 0] }, /^endowments must give agent 1 something; got 0$/],
      ["too many", { count: 2 ** 26 }, /count must leave agents goods count at 67108864 at most/],
      ["no size", { agents: undefined as never }, /agents must be a whole number from 1 to 1000; got NaN/],
      ["an unknown key", { weight: 1 } as never, /weight is not a known key/],
    ])("refuse %s", (_, wrong, message) => {
      const right = { agents: 2, goods: 2, count: 2, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      expect(() => walras.equilibriumMany({ ...right, ...wrong })).toThrow(message);
      expect(() => walras.equilibriumMany({ ...right, ...wrong })).toThrow(OptionError);
      expect(walras.equilibriumMany(right).residual[1]).toBeLessThan(1e-10);
    });
  });
}

/** A market in which agents want mostly what they own: several equilibria, flat. */
function flatMarket(n: number, m: number, e: number) {
  const cells = (f: (i: number, j: number) => number) =>
    Array.from({ length: n * m }, (_, c) => f(Math.floor(c / m), c % m) * (1 + ((c * 7 + e * 5) % 11) / 100));
  return {
    alpha: cells((i, j) => (i === j ? 1024 : 1)),
    omega: cells(() => -5),
    endowments: cells((i, j) => (i === j ? 40 : 1)),
  };
}

/** The economy number e of a bulk call. */
function nth(
  walras: (typeof engines)[number][1],
  bulk: { agents: number; goods: number; alpha: number[]; omega: number[]; endowments: number[] },
  e: number,
) {
  const { agents: n, goods: m } = bulk;
  const part = (values: number[]) => Float64Array.from(values.slice(e * n * m, (e + 1) * n * m));
  return walras.economy({
    size: { agents: n, goods: m },
    alpha: part(bulk.alpha),
    omega: part(bulk.omega),
    endowments: part(bulk.endowments),
  });
}

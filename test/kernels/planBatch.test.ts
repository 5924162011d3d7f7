// Plans of many small economies side by side: records of several, and what falls to other methods.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONVERGED, Solver } from "../../assembly/protocol.js";
import { engines, laid, listOf, logUniform, negative, relativeDifference } from "../support/engines.js";

/** Economies of one size, flat, each block economy by economy. */
interface Many {
  n: number;
  m: number;
  count: number;
  alpha: number[];
  omega: number[];
  totals: number[];
  weights: number[];
}

/** Draws of 1 to `most` economies. */
function manyOf(most: number, omega: fc.Arbitrary<number>, totals = logUniform(0.1, 10)): fc.Arbitrary<Many> {
  const upTo = (max: number) => fc.integer({ min: 1, max });
  return fc.tuple(upTo(6), upTo(5), upTo(most)).chain(([n, m, count]) =>
    fc.record({
      ...{ n: fc.constant(n), m: fc.constant(m), count: fc.constant(count) },
      ...{ alpha: listOf(logUniform(0.2, 5), n * m * count), omega: listOf(omega, n * m * count) },
      ...{ totals: listOf(totals, m * count), weights: listOf(logUniform(0.3, 3), n * count) },
    }),
  );
}

/** Economy e by itself. */
function nth({ n, m, alpha, omega, totals, weights }: Many, e: number): Many {
  const own = (values: number[], size: number) => values.slice(e * size, (e + 1) * size);
  const cells = { alpha: own(alpha, n * m), omega: own(omega, n * m) };
  return { n, m, count: 1, ...cells, totals: own(totals, m), weights: own(weights, n) };
}

const MILD = negative(0.2, 6);
/** What no solver writes. */
const MARK = -7;

for (const [name, , engine] of engines) {
  const { kernels, lay, read, workspaceFor } = engine;

  const planMany = ({ n, m, count, alpha, omega, totals, weights }: Many, tolerance = 1e-10) => {
    const marks = [MARK, MARK, MARK, MARK];
    const at = lay({
      ...{ alpha, omega, totals, weights, prices: m * count, behindPrices: marks, x: n * m * count, behindX: marks },
      ...{ residuals: count, behindResiduals: marks, statuses: count },
      workspace: workspaceFor(Solver.PLAN_MANY, n, m, count),
    });
    const strides = [at.alpha, n * m, at.omega, n * m, 0, 0, at.totals, m, at.weights, n] as const;
    kernels.layEconomies(n, m, count, ...strides);
    kernels.planMany(tolerance, at.prices, at.x, at.residuals, at.statuses, at.workspace);
    for (const behind of [at.behindPrices, at.behindX, at.behindResiduals]) expect([...read(behind, 4)]).toEqual(marks);
    return {
      ...{ prices: [...read(at.prices, m * count)], x: [...read(at.x, n * m * count)] },
      ...{ residuals: [...read(at.residuals, count)], statuses: [...read(at.statuses, count)] },
    };
  };

  /** One economy by the bracketed method, which takes any. */
  const planAlone = ({ n, m, alpha, omega, totals, weights }: Many) => {
    const economy = laid(n, m, { alpha, omega, totals, weights });
    const at = engine.open(economy, Solver.PLAN, { ties: m, gaps: 2 * m });
    kernels.plan(0, m, at.prices, at.x, at.ties, at.gaps, at.workspace);
    return { prices: [...read(at.prices, m)], x: [...read(at.x, n * m)] };
  };

  const expectAgreement = (many: Many, answer: ReturnType<typeof planMany>) => {
    const { n, m, count } = many;
    for (let e = 0; e < count; e++) {
      const { prices, x } = planAlone(nth(many, e));
      expect(relativeDifference(answer.prices.slice(e * m, (e + 1) * m), prices)).toBeLessThan(1e-12);
      expect(relativeDifference(answer.x.slice(e * n * m, (e + 1) * n * m), x)).toBeLessThan(1e-12);
    }
  };

  describe(`plans side by side on ${name}`, () => {
    it("give out all of every good, at equal weighted marginal utilities", () => {
      fc.assert(
        fc.property(manyOf(9, MILD), (many) => {
          const { n, m, count, alpha, omega, totals, weights } = many;
          const { prices, x, residuals, statuses } = planMany(many);
          expect(statuses).toEqual(new Array(count).fill(CONVERGED));
          expect(Math.max(...residuals)).toBeLessThan(1e-13);
          for (let k = 0; k < m * count; k++) {
            const [e, j] = [Math.floor(k / m), k % m];
            const agents = Array.from({ length: n }, (_, i) => (e * n + i) * m + j);
            const sum = agents.reduce((all, c) => all + x[c], 0);
            expect(Math.abs(sum / totals[k] - 1)).toBeLessThan(1e-14);
            agents.forEach((c, i) => {
              const marginal = Math.log(weights[e * n + i] * alpha[c]) + omega[c] * Math.log(x[c]);
              expect(Math.abs(marginal - Math.log(prices[k]))).toBeLessThan(1e-13);
            });
          }
        }),
      );
    });

    it("are those of each by itself", () => {
      fc.assert(fc.property(manyOf(5, MILD), (many) => expectAgreement(many, planMany(many))));
    });

    it("are exact to rounding, and their residuals no less than what amounts fail to add up to", () => {
      let missed = 0;
      const draws = manyOf(40, negative(0.3, 3), fc.constant(1));
      fc.assert(
        fc.property(draws, (many) => {
          const { n, m, count } = many;
          // Whatever the tolerance.
          const { x, residuals } = planMany(many, 1e-3);
          for (let e = 0; e < count; e++) {
            let worst = 0;
            for (let j = 0; j < m; j++) {
              let sum = 0;
              for (let i = 0; i < n; i++) sum += x[(e * n + i) * m + j];
              worst = Math.max(worst, Math.abs(sum - 1));
            }
            if (worst > 0) missed++;
            expect(residuals[e]).toBeGreaterThanOrEqual(worst);
            expect(residuals[e]).toBeLessThan(1e-14);
          }
        }),
        { numRuns: 200 },
      );
      expect(missed).toBeGreaterThan(0);
    });

    it("do not depend on their neighbours, to the last bit, however unlike these are", () => {
      fc.assert(
        fc.property(manyOf(7, fc.oneof(MILD, negative(0.01, 100))), (many) => {
          const { n, m, count } = many;
          const all = planMany(many);
          for (let e = 0; e < count; e++) {
            const { prices, x, residuals } = planMany(nth(many, e));
            expect(all.prices.slice(e * m, (e + 1) * m)).toEqual(prices);
            expect(all.x.slice(e * n * m, (e + 1) * n * m)).toEqual(x);
            expect(all.residuals[e]).toBe(residuals[0]);
          }
        }),
      );
    });

    it("share blocks of stride 0", () => {
      fc.assert(
        fc.property(manyOf(5, MILD), fc.nat({ max: 15 }), (many, which) => {
          const { n, m, count } = many;
          const first = nth(many, 0);
          const names = ["alpha", "omega", "totals", "weights"] as const;
          const isShared = names.map((_, k) => (which >> k) % 2 === 1);
          const blocks = Object.fromEntries(names.map((key, k) => [key, isShared[k] ? first[key] : many[key]]));
          const at = lay({
            ...{ ...(blocks as Pick<Many, "alpha" | "omega" | "totals" | "weights">), prices: m * count },
            ...{ x: n * m * count, residuals: count, statuses: count },
            workspace: workspaceFor(Solver.PLAN_MANY, n, m, count),
          });
          const [alpha, omega, totals, weights] = names.map((key, k) => (isShared[k] ? 0 : first[key].length));
          const strides = [at.alpha, alpha, at.omega, omega, 0, 0, at.totals, totals, at.weights, weights] as const;
          kernels.layEconomies(n, m, count, ...strides);
          kernels.planMany(1e-10, at.prices, at.x, at.residuals, at.statuses, at.workspace);
          const found = { prices: [...read(at.prices, m * count)], x: [...read(at.x, n * m * count)] };
          const repeated = names.map((key, k) => [
            key,
            isShared[k] ? new Array(count).fill(first[key]).flat() : many[key],
          ]);
          expect(planMany({ ...many, ...Object.fromEntries(repeated) })).toMatchObject(found);
        }),
      );
    });

    /** Makes a cell of one of them unlike the others. */
    const withCell = ({ alpha, omega, ...many }: Many, c: number, wanted: number, curvature: number): Many => ({
      ...many,
      alpha: alpha.with(c % alpha.length, wanted),
      omega: omega.with(c % omega.length, curvature),
    });

    it("leave to other methods what is not concave or not wanted, and that alone", () => {
      // A subnormal want, and one so small at such an elasticity that no double holds the amount.
      const odd = fc.constantFrom(
        ...[
          [0, -1],
          [0, 0.5],
          [1, 0],
          [1, 0.5],
          [1e-310, -0.5],
          [1.5e-308, -5],
          [1e-305, -2],
          [1e305, -2],
        ],
        [0.01, -1e-3],
      );
      fc.assert(
        fc.property(manyOf(6, MILD), odd, fc.nat(), (many, [wanted, curvature], c) => {
          const changed = withCell(many, c, wanted, curvature);
          const answer = planMany(changed);
          expectAgreement(changed, answer);
          const others = answer.statuses.toSpliced(Math.floor((c % many.alpha.length) / (many.n * many.m)), 1);
          expect(others).toEqual(new Array(many.count - 1).fill(CONVERGED));
        }),
        { numRuns: 300 },
      );
    });

    it("leave an economy of convex agents to other methods", () => {
      fc.assert(
        fc.property(manyOf(4, MILD), fc.nat({ max: 3 }), (many, which) => {
          const { n, m, count } = many;
          const own = which % count;
          const omega = many.omega.map((value, c) => (Math.floor(c / (n * m)) === own ? 0.5 : value));
          expectAgreement({ ...many, omega }, planMany({ ...many, omega }));
        }),
      );
    });

    it("take weights whose product with a want no double holds", () => {
      fc.assert(
        fc.property(manyOf(4, MILD), fc.constantFrom(1e-200, 1e200), fc.nat(), (many, scale, c) => {
          const weights = many.weights.map((weight) => weight * scale);
          const totals = many.totals.map((total) => total * 1e10);
          const changed = { ...withCell(many, c, scale, -3), weights, totals };
          expectAgreement(changed, planMany(changed));
        }),
      );
    });

    it("leave a price that no double holds to the audit", () => {
      // Of the second of three: alpha x^omega is 1e360, or 1e-360.
      for (const [total, curvature] of [
        [1e-120, -3],
        [1e120, -3],
      ]) {
        const same = { n: 1, m: 1, count: 3, alpha: [1, 1, 1], weights: [1, 1, 1] };
        const many = { ...same, omega: [-1, curvature, -2], totals: [2, total, 2] };
        const { prices, statuses, residuals } = planMany(many);
        expect([statuses[0], statuses[2]]).toEqual([CONVERGED, CONVERGED]);
        expect(relativeDifference([prices[0], prices[2]], [0.5, 0.25])).toBeLessThan(1e-14);
        expect([residuals[1], statuses[1] === CONVERGED]).toEqual([Number.POSITIVE_INFINITY, false]);
      }
    });

    it("go on by themselves where a batch leaves more than 1e-11, whatever the tolerance", () => {
      // Rounding errors of amounts, times 1e6, are as large as that. Amounts are about 1, and so are prices.
      let seen = 0;
      fc.assert(
        fc.property(manyOf(6, negative(1e4, 1e7)), (draw) => {
          const { n, m, count } = draw;
          const many = { ...draw, totals: draw.totals.map(() => n) };
          const { residuals, prices, x } = planMany(many, 1e-3);
          for (let e = 0; e < count; e++) {
            if (residuals[e] <= 1e-11) continue;
            seen++;
            const alone = planAlone(nth(many, e));
            expect(prices.slice(e * m, (e + 1) * m)).toEqual(alone.prices);
            expect(x.slice(e * n * m, (e + 1) * n * m)).toEqual(alone.x);
          }
        }),
      );
      expect(seen).toBeGreaterThan(100);
    });

    it("are made good by good where an economy is larger", () => {
      // So many agents have tiles of two goods.
      const [n, m] = [1024, 3];
      const cells = Array.from({ length: 3 * n * m }, (_, c) => c);
      const many: Many = {
        ...{ n, m, count: 3, alpha: cells.map((c) => 1 + Math.sin(c) / 2), omega: cells.map((c) => -1 - (c % 5) / 4) },
        ...{
          totals: cells.slice(0, 3 * m).map((k) => 10 + (k % 7)),
          weights: cells.slice(0, 3 * n).map((k) => 1 + (k % 3)),
        },
      };
      // The second economy has an agent who wants nothing of its first good, the third one who is risk-loving.
      // Of what the first agent of the first economy gets no double holds the amount.
      const changed = withCell(withCell(withCell(many, n * m, 0, -1), 2 * n * m, 1, 0.5), 0, 0.01, -1e-3);
      const answer = planMany(changed);
      expectAgreement(changed, answer);
      expect(answer.statuses).toEqual([CONVERGED, CONVERGED, CONVERGED]);
      // No double holds the price of the last good.
      const scarce = planMany({
        ...many,
        totals: many.totals.with(3 * m - 1, 1e-200),
        omega: many.omega.map(() => -2),
      });
      expect(scarce.residuals.map((residual) => residual < 1e-10)).toEqual([true, true, false]);
    });
  });
}

// The audit against its definitions, computed again in 50 digits, and at both sides of its cases.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUDGET, FEASIBILITY, NET_FLOW, Solver, STATIONARITY, UTILITIES, WELFARE } from "../../assembly/protocol.js";
import {
  engines,
  laid,
  listOf,
  logUniform,
  matrixOf,
  negative,
  relativeDifference,
  sized,
} from "../support/engines.js";
import { Big, type Decimal, exact, sumOf } from "../support/exact.js";

/** Whether rounding leaves no doubt which of two numbers above 0 is larger. */
const differ = (a: Decimal, b: Decimal) =>
  a
    .minus(b)
    .abs()
    .greaterThan(largest([a, b]).times(1e-14));

const largest = (values: Decimal[]) => values.reduce((max, v) => (v.greaterThan(max) ? v : max), new Big(0));

/** Allocations that miss first-order conditions at prices by known parts, and endowments. */
const answers = sized((n, m) =>
  fc.record({
    omega: matrixOf(negative(0.2, 5), n, m),
    prices: listOf(logUniform(0.5, 2), m),
    weights: listOf(logUniform(0.5, 2), n),
    x: matrixOf(logUniform(0.1, 1), n, m),
    misses: matrixOf(
      fc.tuple(logUniform(1e-10, 0.5), fc.boolean()).map(([miss, more]) => (more ? miss : -miss)),
      n,
      m,
    ),
    // How large all misses are: a residual is the largest of them.
    size: fc.oneof(fc.constant(1e-6), logUniform(1e-9, 1)),
    endowments: matrixOf(logUniform(1e-6, 1), n, m),
    totals: listOf(logUniform(0.5, 5), m),
  }),
);

for (const [name, , engine] of engines) {
  const { kernels, read, workspaceFor } = engine;

  describe(`the audit on ${name}`, () => {
    it("measures what its definitions say, to a few units of rounding", () => {
      fc.assert(
        fc.property(answers, ({ omega, prices, weights, x, misses, size, endowments, totals }) => {
          const [n, m] = [x.length, prices.length];
          // Marginal utilities are prices over weights, but for the misses.
          const alpha = x.map((row, i) =>
            row.map((v, j) => (prices[j] / weights[i]) * v ** -omega[i][j] * (1 + size * misses[i][j])),
          );
          const economy = laid(n, m, {
            ...{ alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat(), totals, weights },
          });
          const at = engine.open(economy, Solver.AUDIT, {
            x: x.flat(),
            prices,
            audit: workspaceFor(Solver.AUDIT, n, m),
          });
          const p = prices.map(exact);
          const held = x.map((row) => row.map(exact));
          const owned = endowments.map((row) => row.map(exact));
          const marginal = alpha.map((row, i) =>
            row.map((a, j) => exact(a).times(held[i][j].ln().times(exact(omega[i][j])).exp())),
          );
          const violation = (level: Decimal[]) =>
            largest(
              marginal.flatMap((row, i) => row.map((value, j) => value.div(level[i].times(p[j])).minus(1).abs())),
            ).toNumber();
          const rounding = 3e-14;
          const clearing = largest(
            totals.map((total, j) =>
              sumOf(held.map((row) => row[j]))
                .minus(exact(total))
                .abs()
                .div(exact(total)),
            ),
          ).toNumber();
          const parts = held.map((row, i) =>
            row.map((v, j) => {
              const power = exact(omega[i][j]).plus(1);
              return power.isZero() ? exact(alpha[i][j]).times(v.ln()) : marginal[i][j].times(v).div(power);
            }),
          );
          const utilities = parts.map((row) => sumOf(row).toNumber());
          const sizes = parts.map((row) => sumOf(row.map((v) => v.abs())).toNumber());

          kernels.auditPlan(at.prices, at.x, at.audit);
          expect(Math.abs(read(at.audit + FEASIBILITY, 1)[0] - clearing)).toBeLessThan(rounding);
          const own = violation(weights.map((w) => new Big(1).div(exact(w))));
          expect(Math.abs(read(at.audit + STATIONARITY, 1)[0] - own)).toBeLessThan(rounding);
          const welfare = weights.reduce((sum, w, i) => sum + w * utilities[i], 0);
          const gross = weights.reduce((sum, w, i) => sum + w * sizes[i], 0);
          expect(Math.abs(read(at.audit + WELFARE, 1)[0] - welfare)).toBeLessThanOrEqual(rounding * gross);

          kernels.auditMarket(at.prices, at.x, at.audit);
          const value = (row: Decimal[]) => sumOf(row.map((v, j) => v.times(p[j])));
          const incomes = owned.map(value);
          const spending = held.map(value);
          const kappa = marginal.map((row, i) => sumOf(row.map((v, j) => v.times(held[i][j]))).div(spending[i]));
          const all = sumOf(kappa.map((k) => new Big(1).div(k)));
          const flows = p.map(() => ({ into: new Big(0), out: new Big(0) }));
          const trades = held.map((row, i) => {
            const values = owned[i].map((v, j) => v.times(p[j]));
            const main = values.reduce((best, v, j) => (v.greaterThan(values[best]) ? j : best), 0);
            const but = (of: Decimal[]) => sumOf(of.filter((_, j) => j !== main));
            const [sold, bought] = [but(values), but(row.map((v, j) => v.times(p[j])))];
            const spent = row[main].times(p[main]);
            const [others, gross] = [largest([sold, bought]), largest([spent, values[main]])];
            // Budgets do not hold here, so that its choices change what is read off them.
            fc.pre(differ(others, gross) && values.every((v, j) => j === main || differ(v, values[main])));
            const byBudget = others.lessThan(gross);
            row.forEach((v, j) => {
              flows[j].into = flows[j].into.plus(j === main && byBudget ? sold : v.times(p[j]));
              flows[j].out = flows[j].out.plus(j === main && byBudget ? bought : values[j]);
            });
            return row.map((v, j) => (j === main && byBudget ? sold.minus(bought).div(p[j]) : v.minus(owned[i][j])));
          });
          const netFlow = largest(
            flows.map(({ into, out }) =>
              into
                .minus(out)
                .abs()
                .div(largest([into, out])),
            ),
          );
          const [utility, income, negishi] = [0, 1, 2].map((k) => read(at.audit + UTILITIES + k * n, n));
          const net = read(at.audit + UTILITIES + 3 * n, n * m);
          const close = (values: ArrayLike<number>, wanted: Decimal[], scales: number[]) => {
            wanted.forEach((v, k) => {
              expect(Math.abs(values[k] - v.toNumber())).toBeLessThan(rounding * scales[k]);
            });
          };
          utilities.forEach((u, i) => {
            expect(Math.abs(utility[i] - u)).toBeLessThanOrEqual(rounding * sizes[i]);
          });
          close(income, incomes, incomes.map(Number));
          close(
            negishi,
            kappa.map((k) => new Big(1).div(k).div(all)),
            [...negishi],
          );
          close(
            net,
            trades.flat(),
            held.flatMap((row, i) => row.map((v, j) => Math.max(Number(v), Number(owned[i][j])))),
          );
          const residuals = [FEASIBILITY, BUDGET, NET_FLOW, STATIONARITY].map((place) => read(at.audit + place, 1)[0]);
          const budget = largest(spending.map((v, i) => v.minus(incomes[i]).abs().div(incomes[i]))).toNumber();
          const wanted = [clearing, budget, netFlow.toNumber(), violation(kappa)];
          wanted.forEach((v, k) => {
            expect(Math.abs(residuals[k] - v)).toBeLessThan(rounding * (1 + v));
          });
        }),
        { numRuns: 300 },
      );
    });

    /** The stationarity of one agent's holding of one good that it values at alpha, as a plan. */
    const planned = (held: number, alpha: number, omega: number, price: number) => {
      const economy = laid(1, 1, { alpha: [alpha], omega: [omega], totals: [1] });
      const at = engine.open(economy, Solver.AUDIT, {
        x: [held],
        prices: [price],
        audit: workspaceFor(Solver.AUDIT, 1, 1),
      });
      kernels.auditPlan(at.prices, at.x, at.audit);
      return read(at.audit + STATIONARITY, 1)[0];
    };

    it("takes any tiny amount where the right one is too small for a double, and no other", () => {
      // The right amount is price^(1 / omega).
      const tooSmall = Math.exp(0.01 * 705);
      const small = Math.exp(0.01 * 690);
      for (const held of [0, 1e-310, 1e-301]) expect(planned(held, 1, -0.01, tooSmall)).toBe(0);
      expect(planned(1e-200, 1, -0.01, tooSmall)).toBeCloseTo(1 - 1e2 / tooSmall, 3);
      expect(planned(0, 1, -0.01, small)).toBe(Number.POSITIVE_INFINITY);
      expect(planned(1e-301, 1, -0.01, small)).toBeCloseTo(10 ** 3.01 / small - 1, 3);
      expect(planned(0, 1, -1, 1)).toBe(Number.POSITIVE_INFINITY);
    });

    it("lets linear and convex agents go without what is too dear, and linear ones with no other", () => {
      expect(planned(0, 1, 0, 2)).toBe(0);
      expect(planned(0, 3, 0, 2)).toBeCloseTo(0.5, 14);
      expect(planned(0, 3, 1, 2)).toBe(0);
    });

    it("counts what an agent holds and does not want, unless it has no price", () => {
      expect(planned(1, 0, -1, 2)).toBe(1);
      expect(planned(0, 0, -1, 2)).toBe(0);
      expect(planned(1, 0, -1, 0)).toBe(0);
    });

    it("supports nothing by a price that no double holds", () => {
      expect(planned(1, 1, -1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    });

    it("tells the marginal utility of income from what an agent wants, also beyond doubles", () => {
      const market = (alpha: number[], omega: number[], x: number[], prices: number[]) => {
        const economy = laid(1, 2, { alpha, omega, endowments: x, totals: x });
        const at = engine.open(economy, Solver.AUDIT, { x, prices, audit: workspaceFor(Solver.AUDIT, 1, 2) });
        kernels.auditMarket(at.prices, at.x, at.audit);
        return read(at.audit + STATIONARITY, 1)[0];
      };
      for (const amount of [1e-30, 1e30]) {
        expect(market([1, 1], [-20, -20], [amount, amount], [1, 1])).toBeLessThan(1e-12);
        expect(market([1, 2], [-20, -20], [amount, amount], [1, 2])).toBeLessThan(1e-12);
        expect(market([1, 2], [-20, -20], [amount, amount], [1, 1])).toBeCloseTo(1 / 3, 12);
      }
      // What it does not want counts in none of it.
      expect(market([1, 0], [-1, -1], [1, 0], [1, 1])).toBeLessThan(1e-15);
      expect(market([1, 0], [-1, -1], [1, 1], [1, 1])).toBe(1);
      const economy = laid(2, 2, {
        ...{ alpha: [1, 0, 1, 1], omega: [-1, -1, -1, -1], endowments: [1, 3, 1, 1], totals: [2, 4] },
      });
      const audit = workspaceFor(Solver.AUDIT, 2, 2);
      const at = engine.open(economy, Solver.AUDIT, { x: [1, 3, 1, 1], prices: [1, 1], audit });
      kernels.auditMarket(at.prices, at.x, at.audit);
      expect(relativeDifference(read(at.audit + UTILITIES + 4, 2), [0.5, 0.5])).toBeLessThan(1e-15);
    });
  });
}

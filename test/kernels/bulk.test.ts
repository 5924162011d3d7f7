// Kernels of many economies: how they are laid, shared blocks among them, plans and equilibria.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BUDGET,
  CONVERGED,
  FEASIBILITY,
  FOUND,
  FOUND_INDEX,
  FOUND_POINT,
  FOUND_ROOT,
  FOUND_SIZE,
  NET_FLOW,
  Solver,
  STALLED,
  STATIONARITY,
} from "../../assembly/protocol.js";
import { hardMarket } from "../../bench/economies.js";
import { engines, laid, listOf, logUniform, negative, relativeDifference } from "../support/engines.js";

for (const [name, walras, engine] of engines) {
  const { kernels, lay, read, workspaceFor } = engine;
  describe(`economies laid side by side on ${name}`, () => {
    it("share a block of stride 0, and have their own of another", () => {
      // With logarithmic utility an agent's share of the good is its share of the weights.
      const at = lay({
        ...{ alpha: [1, 1], omega: [-1, -1], totals: [2, 4], weights: [1, 3, 1, 1] },
        ...{ prices: 2, x: 4, residuals: 2, statuses: 2, workspace: workspaceFor(Solver.PLAN_MANY, 2, 1, 2) },
      });
      kernels.layEconomies(2, 1, 2, at.alpha, 0, at.omega, 0, 0, 0, at.totals, 1, at.weights, 2);
      kernels.planMany(1e-10, at.prices, at.x, at.residuals, at.statuses, at.workspace);
      expect(relativeDifference(read(at.x, 4), [0.5, 1.5, 2, 2])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.prices, 2), [2, 0.5])).toBeLessThan(1e-14);
      expect([...read(at.statuses, 2)]).toEqual([CONVERGED, CONVERGED]);
    });

    it("are within bounds, wherever a number is not", () => {
      const numbers = fc.array(fc.double({ min: -1, max: 2, noNaN: true }), { minLength: 1, maxLength: 40 });
      const wrong = fc.constantFrom(Number.NaN, -1 - 1e-15, 2 + 1e-15, Infinity, -Infinity);
      fc.assert(
        fc.property(numbers, wrong, fc.nat(), (values, other, k) => {
          const at = lay({ values });
          expect(Boolean(kernels.areWithin(at.values, values.length, -1, 2))).toBe(true);
          engine.write(at.values, Float64Array.from(values.with(k % values.length, other)));
          expect(Boolean(kernels.areWithin(at.values, values.length, -1, 2))).toBe(false);
        }),
      );
    });

    it("have totals that are the sums of their endowments, or are told to own too little", () => {
      const sums = (owners: number, ...endowments: number[]) => {
        const at = lay({ endowments, totals: endowments.length / 2 });
        const count = endowments.length / 4;
        kernels.layEconomies(2, 2, count, 0, 0, 0, 0, at.endowments, 4, at.totals, 2, 0, 0);
        return [Boolean(kernels.sumEndowments(owners)), ...read(at.totals, 2 * count)];
      };
      expect(sums(1, 1, 2, 3, 4, 5, 6, 7, 8)).toEqual([true, 4, 6, 12, 14]);
      expect(sums(1, 1, 2, 3, 4, 5, 6, 0, 0)).toEqual([false, 4, 6, 5, 6]);
      expect(sums(0, 1, 2, 3, 4, 5, 6, 0, 0)[0]).toBe(true);
      expect(sums(0, 1, 0, 3, 0)).toEqual([false, 4, 0]);
      expect(sums(0, 1e308, 1, 1e308, 1)[0]).toBe(false);
    });

    it("have the equilibria of each", () => {
      // Cobb-Douglas: agent 1 owns good 1, agent 2 good 2, and each spends half of its income on
      // either. A good that is four times as plentiful has a quarter of the price.
      const at = lay({
        ...{ alpha: [1, 1, 1, 1], omega: [-1, -1, -1, -1] },
        ...{ endowments: [1, 0, 0, 1, 4, 0, 0, 1], totals: [1, 1, 4, 1] },
        ...{ prices: 4, x: 8, residuals: 2, statuses: 2, workspace: workspaceFor(Solver.EQUILIBRIUM_MANY, 2, 2, 2) },
      });
      kernels.layEconomies(2, 2, 2, at.alpha, 0, at.omega, 0, at.endowments, 4, at.totals, 2, 0, 0);
      kernels.equilibriumMany(1e-10, at.prices, at.x, at.residuals, at.statuses, at.workspace);
      expect(relativeDifference(read(at.prices, 4), [0.5, 0.5, 0.2, 0.8])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.x, 8), [0.5, 0.5, 0.5, 0.5, 2, 0.5, 2, 0.5])).toBeLessThan(1e-14);
      expect(Math.max(...read(at.residuals, 2))).toBeLessThan(1e-12);
    });

    const bulks = fc
      .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 40 }))
      .chain(([n, m, count]) =>
        fc.record({
          ...{ n: fc.constant(n), m: fc.constant(m), count: fc.constant(count) },
          alpha: listOf(logUniform(0.1, 10), n * m * count),
          omega: listOf(negative(0.2, 6), n * m * count),
          endowments: listOf(fc.oneof(logUniform(1e-4, 10), logUniform(0.5, 2)), n * m * count),
          weights: listOf(logUniform(0.5, 2), n * count),
        }),
      );
    type Bulk = typeof bulks extends fc.Arbitrary<infer T> ? T : never;
    const totalsOf = ({ n, m, count, endowments }: Bulk) =>
      Array.from({ length: m * count }, (_, k) => {
        const [e, j] = [Math.floor(k / m), k % m];
        return Array.from({ length: n }, (_, i) => endowments[(e * n + i) * m + j]).reduce((a, b) => a + b);
      });
    const nth = (bulk: Bulk, totals: number[], e: number) => {
      const { n, m } = bulk;
      const part = (values: number[], size: number) => values.slice(e * size, (e + 1) * size);
      const [alpha, omega, endowments] = [bulk.alpha, bulk.omega, bulk.endowments].map((v) => part(v, n * m));
      return laid(n, m, { alpha, omega, endowments, totals: part(totals, m), weights: part(bulk.weights, n) });
    };
    const solve = (kernel: "planMany" | "equilibriumMany", bulk: Bulk, tolerance: number) => {
      const { n, m, count, alpha, omega, endowments, weights } = bulk;
      const totals = totalsOf(bulk);
      const solver = kernel === "planMany" ? Solver.PLAN_MANY : Solver.EQUILIBRIUM_MANY;
      const at = lay({
        ...{ alpha, omega, endowments, totals, weights, prices: m * count, x: n * m * count },
        ...{ residuals: count, statuses: count, workspace: workspaceFor(solver, n, m, count) },
      });
      const strides = [at.alpha, n * m, at.omega, n * m, at.endowments, n * m, at.totals, m, at.weights, n] as const;
      kernels.layEconomies(n, m, count, ...strides);
      kernels[kernel](tolerance, at.prices, at.x, at.residuals, at.statuses, at.workspace);
      const answer = {
        ...{ prices: read(at.prices, m * count), x: read(at.x, n * m * count) },
        ...{ residuals: read(at.residuals, count), statuses: read(at.statuses, count) },
      };
      // What an audit says of each.
      const worst = Array.from({ length: count }, (_, e) => {
        const own = engine.open(nth(bulk, totals, e), Solver.AUDIT, {
          x: answer.x.subarray(e * n * m, (e + 1) * n * m),
          prices: answer.prices.subarray(e * m, (e + 1) * m),
          audit: workspaceFor(Solver.AUDIT, n, m),
        });
        const market = kernel === "equilibriumMany";
        if (market) kernels.auditMarket(own.prices, own.x, own.audit);
        else kernels.auditPlan(own.prices, own.x, own.audit);
        const places = market ? [FEASIBILITY, STATIONARITY, NET_FLOW, BUDGET] : [FEASIBILITY, STATIONARITY];
        return Math.max(...places.map((place) => read(own.audit + place, 1)[0]));
      });
      return { ...answer, worst };
    };

    it.each(["planMany", "equilibriumMany"] as const)(
      "have the residuals of an audit, bounded from above: %s",
      (kernel) => {
        fc.assert(
          fc.property(bulks, fc.constantFrom(1e-10, 1e-5), (bulk, tolerance) => {
            const { residuals, statuses, worst } = solve(kernel, bulk, tolerance);
            worst.forEach((residual, e) => {
              // Whatever the tolerance, answers are as good as they can be.
              expect(residual).toBeLessThan(3e-11);
              expect(residual).toBeLessThan(1.1 * residuals[e] + 2e-14);
              expect(statuses[e]).toBe(CONVERGED);
            });
          }),
          { numRuns: 60 },
        );
      },
    );

    it.each(["planMany", "equilibriumMany"] as const)("are not called converged beyond the tolerance: %s", (kernel) => {
      fc.assert(
        fc.property(bulks, (bulk) => {
          const { residuals, statuses, worst } = solve(kernel, bulk, 0);
          worst.forEach((residual, e) => {
            expect(statuses[e]).toBe(residuals[e] > 0 ? STALLED : CONVERGED);
            if (statuses[e] === STALLED) expect(residuals[e]).toBe(residual);
          });
        }),
        { numRuns: 30 },
      );
    });

    it("hold nothing of goods that they do not want", () => {
      fc.assert(
        fc.property(bulks, (bulk) => {
          const { n, m } = bulk;
          // Agent i does not want good i; every good is wanted by others.
          const alpha = bulk.alpha.map((a, c) => (Math.floor(c / m) % n === c % m ? 0 : a));
          const { worst, x } = solve("equilibriumMany", { ...bulk, alpha }, 1e-10);
          expect(Math.max(...worst)).toBeLessThan(3e-11);
          x.forEach((held, c) => {
            if (alpha[c] === 0) expect(held).toBe(0);
          });
        }),
        { numRuns: 20 },
      );
    });

    it("are solved to rounding, not just to the tolerance", () => {
      // Each agent owns one good and wants both, so that much is traded.
      const owners = fc.record({
        ...{ n: fc.constant(2), m: fc.constant(2), count: fc.constant(1), weights: listOf(fc.constant(1), 2) },
        alpha: listOf(logUniform(0.3, 3), 4),
        omega: listOf(negative(0.5, 2), 4),
        endowments: listOf(fc.constant(1), 4).map((ones) => ones.map((v, c) => (c === 0 || c === 3 ? v : 0))),
      });
      fc.assert(
        fc.property(owners, (bulk) => {
          expect(solve("equilibriumMany", bulk, 1e-6).worst[0]).toBeLessThan(1e-12);
        }),
        { numRuns: 300 },
      );
    });

    it("are solved and audited by themselves next to where the number of equilibria changes", () => {
      // Two agents with mirrored preferences own nearly the same, about 15.9 of their good.
      let seen = 0;
      for (let k = 0; k < 30; k++) {
        const own = 15.8 + k / 300;
        const bulk = {
          ...{ n: 2, m: 2, count: 1, alpha: [64, 1, 1, 64], omega: [-4, -4, -4, -4] },
          ...{ endowments: [own, 1, 1, own * (1 + 1e-7 * k)], weights: [1, 1] },
        };
        const { residuals, worst } = solve("equilibriumMany", bulk, 1e-6);
        expect(residuals[0]).toBe(worst[0]);
        if (worst[0] > 0) seen++;
      }
      expect(seen).toBeGreaterThan(10);
    });

    it("are solved by themselves where a batch leaves more than 1e-11, whatever the tolerance", () => {
      // Agents who own nearly what they buy: residuals are counted by what is traded.
      const owners = fc.record({
        ...{ n: fc.constant(2), m: fc.constant(2), count: fc.constant(1), weights: listOf(fc.constant(1), 2) },
        alpha: listOf(logUniform(0.3, 3), 2),
        omega: listOf(negative(0.5, 2), 2),
        part: fc.integer({ min: 1, max: 999 }).map((k) => k / 1000),
        off: logUniform(1e-9, 1e-5),
      });
      let seen = 0;
      fc.assert(
        fc.property(owners, ({ alpha, omega, part, off, ...sizes }) => {
          const endowments = [part, part * (1 + off), 1 - part, 1 - part];
          const bulk = { ...sizes, alpha: [...alpha, ...alpha], omega: [...omega, ...omega], endowments };
          const { residuals, worst } = solve("equilibriumMany", bulk, 1e-3);
          if (residuals[0] > 1e-11) expect(residuals[0]).toBe(worst[0]);
          else seen++;
        }),
        { numRuns: 300 },
      );
      expect(seen).toBeGreaterThan(100);
    });

    it("do not depend on what lies behind the last", () => {
      const single = bulks.filter(({ n, m }) => n < 4 && m < 4);
      fc.assert(
        fc.property(single, ({ n, m, ...bulk }) => {
          const first = (values: number[]) => values.slice(0, n * m);
          const own = { alpha: first(bulk.alpha), omega: first(bulk.omega), endowments: first(bulk.endowments) };
          const totals = totalsOf({ ...bulk, ...own, n, m, count: 1 });
          const solveWith = (behind: number) => {
            const rest = new Array(40 * n * m).fill(behind);
            const at = lay({
              ...{ alpha: [...own.alpha, ...rest], omega: [...own.omega, ...rest.map((v) => -v)] },
              ...{ endowments: [...own.endowments, ...rest], totals: [...totals, ...rest.map((v) => n * v)] },
              ...{ prices: m, x: n * m, residuals: 1, statuses: 1 },
              workspace: workspaceFor(Solver.EQUILIBRIUM_MANY, n, m, 1),
            });
            kernels.layEconomies(n, m, 1, at.alpha, n * m, at.omega, n * m, at.endowments, n * m, at.totals, m, 0, 0);
            kernels.equilibriumMany(1e-10, at.prices, at.x, at.residuals, at.statuses, at.workspace);
            return [...read(at.prices, m), ...read(at.x, n * m), ...read(at.residuals, 1)];
          };
          expect(solveWith(Number.NaN)).toEqual(solveWith(1));
        }),
        { numRuns: 50 },
      );
    });

    it("are not called converged where no double holds a price", () => {
      // alpha x^omega is 1e400.
      const bulk = { n: 1, m: 1, count: 1, alpha: [1e100], omega: [-3], endowments: [1e-100], weights: [1] };
      const { residuals, statuses } = solve("planMany", bulk, 1e-6);
      expect([residuals[0], statuses[0]]).toEqual([Number.POSITIVE_INFINITY, STALLED]);
    });

    it("list no index where an interval stays unresolved", () => {
      // Mirrored preferences; where each owns about 15.9 of its good, three equilibria become one.
      const data = { alpha: [64, 1, 1, 64], omega: [-4, -4, -4, -4] };
      const listAt = (own: number) =>
        walras.equilibriaMany({ agents: 2, goods: 2, count: 1, ...data, endowments: [own, 1, 1, own] });
      let [low, high] = [10, 20];
      for (let step = 0; step < 60; step++) {
        const middle = (low + high) / 2;
        if (listAt(middle).counts[0] === 3) high = middle;
        else low = middle;
      }
      let unresolved = 0;
      for (let k = -20; k <= 20; k++) {
        const own = low + 1e-11 * k ** 3;
        const all = laid(2, 2, { ...data, endowments: [own, 1, 1, own], totals: [own + 1, own + 1] });
        const at = engine.open(all, Solver.ENUMERATION, { entry: FOUND_SIZE });
        kernels.startEnumeration(1, at.workspace);
        kernels.stepEnumeration(1e6, 1e6);
        kernels.reportEnumeration(at.report);
        const entries = Array.from({ length: read(at.report + FOUND, 1)[0] }, (_, entry) => {
          kernels.readEntry(entry, at.entry);
          const [root, sign, point] = [FOUND_ROOT, FOUND_INDEX, FOUND_POINT].map(
            (place) => read(at.entry + place, 1)[0],
          );
          return { root, sign, point };
        });
        const { index, complete } = listAt(own);
        const told = entries.filter(({ point }) => point > Number.NEGATIVE_INFINITY);
        // The price of good 1 rises from each to the next, and so does its share.
        expect([...index]).toEqual(told.map(({ root, sign }) => (root === 0 ? 0 : sign)));
        if (told.some(({ root }) => root === 0)) {
          unresolved++;
          expect(complete[0]).toBe(0);
        }
      }
      expect(unresolved).toBeGreaterThan(0);
    });

    it("list the equilibria of each in the order of their first price, with their indices", () => {
      let other = 0;
      const economies = Array.from({ length: 400 }, (_, seed) =>
        hardMarket(seed, { minGamma: 2, agents: 2, goods: 4 }),
      );
      const flat = (key: "alpha" | "omega" | "endowments") =>
        economies.flatMap((data) => (data[key] as number[][]).flat());
      const many = walras.equilibriaMany({
        ...{ agents: 2, goods: 4, count: economies.length },
        ...{ alpha: flat("alpha"), omega: flat("omega"), endowments: flat("endowments") },
      });
      economies.forEach((data, e) => {
        const single = walras.equilibria(walras.economy(data)).equilibria.toSorted((a, b) => a.prices[0] - b.prices[0]);
        const indices = [...many.index.subarray(many.offset[e], many.offset[e] + many.counts[e])];
        expect([e, indices]).toEqual([e, single.map(({ index }) => index)]);
        if (indices.join() !== indices.toReversed().join()) other++;
      });
      expect(other).toBeGreaterThan(0);
    });
  });
}

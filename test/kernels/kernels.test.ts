// The functions of assembly/index.ts themselves, on both engines.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AUDIT_SIZE,
  BRACKET,
  CONVERGED,
  FOUND,
  FOUND_INDEX,
  FOUND_SIZE,
  HEADER_SIZE,
  HOMOTOPY,
  JOINT,
  MAX_ITERATIONS,
  MEASURES_SIZE,
  METHOD,
  NEWTON,
  shareWork,
  TWO_AGENTS,
  TWO_GOODS,
} from "../../assembly/protocol.js";
import { engines, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";

/** Kernels entered below; the last test compares them with what there is. */
const entered = new Set<string>();

/** The economy whose terms, agents where there are two goods, goods where there are two agents, are all like the first. */
function repeated<T extends { n: number; m: number; alpha: number[]; omega: number[]; endowments: number[] }>(
  economy: T,
): T {
  const { n, m } = economy;
  const like = (values: number[]) => values.map((_, c) => values[m === 2 ? c % 2 : c - (c % m)]);
  const { alpha, omega, endowments } = economy;
  return { ...economy, n, alpha: like(alpha), omega: like(omega), endowments: like(endowments) };
}

/** What enumeration of an economy with two goods or two agents starts from. */
const enumerable = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.boolean())
  .chain(([size, twoGoods]) => {
    const [n, m] = twoGoods ? [size, 2] : [2, size];
    return fc.record({
      family: fc.constant(twoGoods ? TWO_GOODS : TWO_AGENTS),
      n: fc.constant(n),
      m: fc.constant(m),
      alpha: fc.array(logUniform(1e-3, 1e3), { minLength: n * m, maxLength: n * m }),
      omega: fc.array(
        logUniform(0.05, 20).map((w) => -w),
        { minLength: n * m, maxLength: n * m },
      ),
      endowments: fc.array(fc.oneof(logUniform(1e-3, 1e3), logUniform(1e-3, 1e3), fc.constant(0)), {
        minLength: n * m,
        maxLength: n * m,
      }),
    });
  })
  .filter(isOwned);

function isOwned({ n, m, endowments }: { n: number; m: number; endowments: number[] }): boolean {
  const rows = Array.from({ length: n }, (_, i) => endowments.slice(i * m, (i + 1) * m));
  return rows.every((row) => row.some((e) => e > 0)) && rows[0].every((_, j) => rows.some((row) => row[j] > 0));
}

type Enumerable = typeof enumerable extends fc.Arbitrary<infer T> ? T : never;

for (const [name, , engine] of engines) {
  const { lay, read } = engine;
  const kernels = new Proxy(engine.kernels, {
    get(target, property) {
      const key = property as keyof typeof engine.kernels;
      entered.add(key);
      return target[key];
    },
  });

  describe(`enumeration on ${name}`, () => {
    const startAt = ({ family, n, m, alpha, omega, endowments }: Enumerable) => {
      const totals = Array.from({ length: m }, (_, j) => endowments.reduce((s, e, c) => (c % m === j ? s + e : s), 0));
      const work = kernels.enumerationWork(family, n, m);
      const at = lay({
        ...{ alpha, omega, endowments, totals, work },
        ...{ out: 10, header: HEADER_SIZE, entry: FOUND_SIZE, logPrices: m, x: n * m },
      });
      kernels.startEnumeration(family, n, m, at.alpha, at.omega, at.endowments, at.totals, at.work);
      return at;
    };

    it("bounds the root function and its first two derivatives over any interval", () => {
      fc.assert(
        fc.property(
          // One term repeated leaves the bounds no room that a sum would.
          fc.oneof(enumerable, enumerable.map(repeated).filter(isOwned)),
          fc.double({ min: -6, max: 6, noNaN: true }),
          logUniform(1e-3, 20),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (economy, away, length, c) => {
            const at = startAt(economy);
            kernels.stepEnumeration(1e6, 1e6);
            kernels.takeFound(0, at.entry);
            const from = read(at.entry, 1)[0] + away - length / 2;
            kernels.probeInterval(from, from + length, c, at.out);
            const [least, most, leastSlope, mostSlope, leastBend, mostBend, slack, , scale] = read(at.out, 9);
            let before: { t: number; slope: number; doubt: number } | undefined;
            for (let k = 0; k <= 16; k++) {
              const t = from + (length * k) / 16;
              kernels.probePoint(t, at.out);
              const [, top, value, valueSlack, slope, slopeSlack] = read(at.out, 6);
              const factor = Math.exp(top - scale - c * (t - from));
              const g = factor * value;
              const rounding = 2 * factor * (valueSlack + slopeSlack);
              expect(g).toBeGreaterThanOrEqual(least - rounding);
              expect(g).toBeLessThanOrEqual(most + rounding);
              const first = factor * (slope - c * value);
              expect(first).toBeGreaterThanOrEqual(leastSlope - rounding);
              expect(first).toBeLessThanOrEqual(mostSlope + rounding);
              if (before) {
                // The mean value theorem: the slope's rise is a value of the second derivative.
                const rise = (first - before.slope) / (t - before.t);
                const doubt = (rounding + before.doubt) / (t - before.t) + 1e-14 * Math.abs(rise);
                expect(rise).toBeGreaterThanOrEqual(leastBend - doubt);
                expect(rise).toBeLessThanOrEqual(mostBend + doubt);
              }
              before = { t, slope: first, doubt: rounding };
            }
            expect(slack).toBeGreaterThan(0);
          },
        ),
        { numRuns: 1000 },
      );
    });

    it("accounts for the whole line: signs at the ends of every entry, and indices that add up to 1", () => {
      fc.assert(
        fc.property(enumerable, (economy) => {
          const at = startAt(economy);
          expect(kernels.stepEnumeration(1e6, 1e6)).toBe(CONVERGED);
          kernels.reportEnumeration(at.header);
          const entries = Array.from({ length: read(at.header, 4)[FOUND] }, (_, k) => {
            kernels.takeFound(k, at.entry);
            return read(at.entry, FOUND_SIZE);
          });
          expect(entries.reduce((sum, entry) => sum + entry[FOUND_INDEX], 0)).toBe(1);
          for (const [, , index, root, point] of entries) {
            if (!root) continue;
            kernels.takePoint(point, at.logPrices, at.x, at.totals);
            const x = read(at.x, economy.n * economy.m);
            expect(x.every((v) => v >= 0)).toBe(true);
            for (const side of [-1, 1]) {
              kernels.probePoint(point + side * 1e-7 * (1 + Math.abs(point)), at.out);
              const [, , value, valueSlack] = read(at.out, 4);
              if (Math.abs(value) > valueSlack) expect(Math.sign(value)).toBe(-side * index);
            }
          }
        }),
        { numRuns: 200 },
      );
    });
  });

  describe(`passes on ${name}`, () => {
    const apply = (pass: "exp" | "log", values: number[]) => {
      const at = lay({ x: values, out: values.length });
      kernels[pass](at.x, at.out, values.length);
      return [...read(at.out, values.length)];
    };

    it("exp agrees with Math.exp to 2.5 ulp, for every length", () => {
      fc.assert(
        fc.property(fc.array(fc.double({ min: -708, max: 709, noNaN: true }), { minLength: 1 }), (x) => {
          expect(relativeDifference(apply("exp", x), x.map(Math.exp))).toBeLessThan(5e-16);
        }),
      );
    });

    it("exp and log treat special values as IEEE 754 asks, but that exp gives 0 below the normal numbers", () => {
      const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
      expect(apply("exp", [nan, inf, -inf, 709.8, 0, -0])).toEqual([nan, inf, 0, inf, 1, 1]);
      expect(apply("exp", [-746, -1e300, 1e300])).toEqual([0, 0, inf]);
      expect(apply("log", [nan, inf, 0, -1, 1, 5e-324])).toEqual([nan, inf, -inf, nan, 0, Math.log(5e-324)]);
    });

    it("log agrees with Math.log to 2.5 ulp, over all normal doubles and near 1", () => {
      const near1 = fc.double({ min: 0.5, max: 2, noNaN: true });
      fc.assert(
        fc.property(fc.array(fc.oneof(logUniform(1e-307, 1e308), near1), { minLength: 1 }), (x) => {
          expect(relativeDifference(apply("log", x), x.map(Math.log))).toBeLessThan(5e-16);
        }),
      );
      expect(apply("log", [1, 2 ** -1022, Number.MAX_VALUE])).toEqual([
        0,
        Math.log(2 ** -1022),
        Math.log(Number.MAX_VALUE),
      ]);
    });

    it("power is scale x^exponent, beyond one chunk", () => {
      for (const n of [1, 3, 1025]) {
        const x = Array.from({ length: n }, (_, k) => 0.01 + k / 7);
        const w = x.map((_, k) => Math.sin(k) * 2);
        const scale = x.map((_, k) => 1 + (k % 5));
        // Exponents come in units of the engine's own power of two.
        const at = lay({ x, w: w.map((v) => (name === "wasm" ? (v * 256) / Math.LN2 : v)), scale, out: n });
        kernels.power(at.x, at.w, at.scale, at.out, n);
        expect(
          relativeDifference(
            read(at.out, n),
            x.map((v, k) => scale[k] * v ** w[k]),
          ),
        ).toBeLessThan(1e-14);
      }
    });

    it("softplus and its slope are right over the whole line, beyond one chunk", () => {
      const y = Array.from({ length: 1601 }, (_, k) => k - 800);
      const at = lay({ y, x: y.length, slope: y.length });
      kernels.softplus(at.y, at.x, at.slope, y.length);
      const e = (v: number) => Math.exp(Math.max(v, -708));
      expect(
        relativeDifference(
          read(at.x, y.length),
          y.map((v) => (v > 0 ? v + Math.log1p(e(-v)) : Math.log1p(e(v)))),
        ),
      ).toBeLessThan(1e-15);
      expect(
        relativeDifference(
          read(at.slope, y.length),
          y.map((v) => (v > 0 ? 1 / (1 + e(-v)) : e(v) / (1 + e(v)))),
        ),
      ).toBeLessThan(1e-15);
    });
  });

  describe(`memory on ${name}`, () => {
    it("is reserved on even doubles, kept while it is large enough", () => {
      const address = kernels.reserve(100);
      expect(address % 2).toBe(0);
      expect(kernels.reserve(50)).toBe(address);
    });
  });

  describe(`the random start on ${name}`, () => {
    it("is sfc32, as its author seeds it", () => {
      const draw = sfc32(20260701);
      const expected = Array.from({ length: 9 }, () => ((draw() >>> 5) * 2 ** 26 + (draw() >>> 6)) / 2 ** 53);
      const at = lay({ out: 9 });
      kernels.fillUniform(at.out, 9, 20260701);
      expect([...read(at.out, 9)]).toEqual(expected);
    });

    it("is uniform on [0, 1) and differs between seeds", () => {
      const at = lay({ out: 10_000 });
      const sample = (seed: number) => {
        kernels.fillUniform(at.out, 10_000, seed);
        return read(at.out, 10_000);
      };
      const draws = sample(1);
      const mean = draws.reduce((a, b) => a + b) / draws.length;
      const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...draws)).toBeLessThan(1);
      expect(mean).toBeCloseTo(0.5, 1);
      expect(variance).toBeCloseTo(1 / 12, 2);
      expect(sample(2)).not.toEqual(draws);
      expect(sample(1)).toEqual(draws);
    });
  });

  describe(`Adam's gradient on ${name}`, () => {
    /** What is made small, straight from its definition: a penalty below 0 means the shares form. */
    const objective = (
      c: { alpha: number[][]; omega: number[][]; weights: number[]; totals: number[] },
      y: number[],
      penalty: number,
    ) => {
      const m = c.totals.length;
      const share = (k: number) => Math.exp(y[k]) / y.reduce((s, v, l) => (l % m === k % m ? s + Math.exp(v) : s), 0);
      const softplus = (v: number) => (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v)));
      const x = y.map((v, k) => (penalty < 0 ? c.totals[k % m] * share(k) : softplus(v)));
      const utility = (i: number, j: number) => {
        const power = 1 + c.omega[i][j];
        return c.alpha[i][j] * (power === 0 ? Math.log(x[i * m + j]) : x[i * m + j] ** power / power);
      };
      const welfare = c.weights.reduce((sum, w, i) => sum + w * c.totals.reduce((s, _, j) => s + utility(i, j), 0), 0);
      const over = c.totals.map((total, j) =>
        Math.max(
          0,
          c.weights.reduce((s, _, i) => s + x[i * m + j], -total),
        ),
      );
      return -welfare + Math.max(0, penalty) * over.reduce((s, o) => s + o * o, 0);
    };
    const economies = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(fc.double({ min: -2, max: 1, noNaN: true }), n, m),
        weights: fc.array(logUniform(0.5, 2), { minLength: n, maxLength: n }),
        totals: fc.array(logUniform(0.5, 5), { minLength: m, maxLength: m }),
        y: fc.array(fc.double({ min: -2, max: 3, noNaN: true }), { minLength: n * m, maxLength: n * m }),
      }),
    );

    type Run = { alpha: number[][]; omega: number[][]; weights: number[]; totals: number[]; y: number[] };
    /** The gradient, read off the first moment after one step. */
    const gradientOn = (on: typeof engine, c: Run, penalty: number, single = 0) => {
      const [n, m] = [c.weights.length, c.totals.length];
      const at = on.lay({
        ...{ alpha: c.alpha.flat(), omega: c.omega.flat(), weights: c.weights, totals: c.totals, y: c.y, out: n * m },
        state: kernels.adamSize(n, m, single),
      });
      const k = on === engine ? kernels : on.kernels;
      k.adamStart(n, m, at.alpha, at.omega, at.weights, at.totals, at.y, single, at.state);
      k.adamSteps(n, m, single, at.state, penalty, 1, 1e-3, 0.9, 0.999, 1e-8, 0);
      k.adamMoment(n, m, single, at.state, at.out);
      return on.read(at.out, n * m);
    };

    it.each([3, -1])("matches central differences, penalty %d", (penalty) => {
      fc.assert(
        fc.property(economies, (c) => {
          const gradient = gradientOn(engine, c, penalty);
          const scale = Math.max(1, ...gradient.map(Math.abs));
          gradient.forEach((g, k) => {
            const at = (h: number) =>
              objective(
                c,
                c.y.map((v, l) => (l === k ? v + h : v)),
                penalty,
              );
            expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - g) / scale).toBeLessThan(1e-7);
          });
        }),
      );
    });

    it("is the same in single precision, to single precision", () => {
      fc.assert(
        fc.property(economies, fc.constantFrom(3, -1), (c, penalty) => {
          const double = gradientOn(engine, c, penalty);
          const single = gradientOn(engine, c, penalty, 1);
          const scale = Math.max(1, ...double.map(Math.abs));
          double.forEach((g, k) => {
            expect(Math.abs(single[k] - g) / scale).toBeLessThan(2e-5);
          });
        }),
      );
    });

    it("agrees with the other engine's to 1e-12, also over several tiles", () => {
      const [[, , a], [, , b]] = engines;
      const compare = (c: Run) => {
        // Where the penalty's price and a marginal value cancel, the rest carries the rounding of both.
        const [g, h] = [gradientOn(a, c, 0), gradientOn(b, c, 0)];
        expect(relativeDifference(g, h)).toBeLessThan(1e-12);
      };
      fc.assert(fc.property(economies, compare));
      const [n, m] = [301, 31];
      const rows = (f: (k: number) => number) =>
        Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => f(i * m + j)));
      compare({
        alpha: rows((k) => 1 + (k % 5)),
        omega: rows((k) => -0.3 - (k % 7) / 5),
        weights: Array.from({ length: n }, (_, i) => 1 + (i % 3)),
        totals: Array.from({ length: m }, (_, j) => 10 + j),
        y: rows((k) => Math.sin(k)).flat(),
      });
    });
  });

  describe(`the share demand on ${name}`, () => {
    const systems = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(fc.double({ min: -2, max: 2, noNaN: true }), n, m),
        incomes: fc.array(logUniform(0.5, 5), { minLength: n, maxLength: n }),
        prices: fc.array(logUniform(0.2, 5), { minLength: m, maxLength: m }),
      }),
    );
    type System = { alpha: number[][]; omega: number[][]; incomes: number[] };
    const demand = ({ alpha, omega, incomes }: System, prices: ArrayLike<number>) => {
      const n = incomes.length;
      const m = prices.length;
      const at = lay({
        alpha: alpha.flat(),
        omega: omega.flat(),
        incomes,
        prices,
        x: n * m,
        jacobian: m * m,
        work: m,
      });
      kernels.shareDemand(n, m, at.alpha, at.omega, at.incomes, at.prices, at.x, at.work);
      const x = read(at.x, n * m);
      kernels.shareJacobian(n, m, at.omega, at.incomes, at.prices, at.x, at.jacobian);
      return { x, jacobian: read(at.jacobian, m * m) };
    };

    it("is its formula: shares of fixed incomes, in units of goods", () => {
      fc.assert(
        fc.property(systems, ({ prices, ...system }) => {
          const expected = system.alpha.flatMap((row, i) => {
            const values = row.map((a, j) => a * prices[j] ** -system.omega[i][j]);
            return values.map((v) => (system.incomes[i] * v) / values.reduce((s, w) => s + w));
          });
          expect(relativeDifference(demand(system, prices).x, expected)).toBeLessThan(1e-13);
        }),
      );
    });

    it("has the Jacobian that central differences give", () => {
      fc.assert(
        fc.property(systems, ({ prices, ...system }) => {
          const m = prices.length;
          const total = (p: number[], j: number) =>
            system.incomes.reduce((s, _, i) => s + demand(system, p).x[i * m + j], 0);
          const { jacobian } = demand(system, prices);
          const scale = Math.max(1, ...jacobian.map(Math.abs));
          for (let k = 0; k < m; k++) {
            const h = 1e-5 * prices[k];
            const moved = (by: number) => prices.map((p, l) => (l === k ? p + by : p));
            for (let j = 0; j < m; j++) {
              const difference = (total(moved(h), j) - total(moved(-h), j)) / (2 * h);
              expect(Math.abs(difference - jacobian[j * m + k]) / scale).toBeLessThan(1e-7);
            }
          }
        }),
        { numRuns: 50 },
      );
    });

    it("is cleared by Newton, or the status says that it is not", () => {
      const at = lay({
        alpha: [1, 1],
        omega: [0.5, 0.5],
        incomes: [2],
        totals: [1, 1],
        prices: [1, 1],
        x: 2,
        header: HEADER_SIZE,
        work: shareWork(2),
      });
      const solve = (steps: number) =>
        kernels.shareEquilibrium(
          1,
          2,
          at.alpha,
          at.omega,
          at.incomes,
          at.totals,
          -1,
          0,
          steps,
          1e-10,
          at.prices,
          at.x,
          at.header,
          at.work,
        );
      expect(solve(0)).toBe(0);
      expect(kernels.clearing(1, 2, at.totals, at.x)).toBe(0);
    });
  });

  describe(`plans and their audit on ${name}`, () => {
    it("gives a convex good to whoever values it most", () => {
      const at = lay({
        ...{
          alpha: [1, 2, 3, 1],
          omega: [1, 0, 1, 0],
          weights: [1, 1],
          totals: [2, 3],
          x: 4,
          prices: 2,
          ties: 2,
          utilities: 2,
        },
        ...{ audit: AUDIT_SIZE, header: HEADER_SIZE, work: kernels.planWork(2, 2), auditWork: kernels.auditWork(2, 2) },
      });
      const problem = [2, 2, at.alpha, at.omega, at.weights, at.totals] as const;
      kernels.plan(...problem, at.x, at.prices, at.ties, at.header, at.work);
      expect([...read(at.x, 4)]).toEqual([0, 3, 2, 0]);
      expect(relativeDifference(read(at.prices, 2), [6, 2])).toBeLessThan(1e-15);
      kernels.auditPlan(...problem, at.x, at.prices, at.utilities, at.audit, at.auditWork);
      expect(relativeDifference(read(at.utilities, 2), [6, 6])).toBeLessThan(1e-15);
    });

    it("shares goods side by side by first-order conditions, and leaves alone what is not concave", () => {
      // Logarithmic utility: shares of each good are in proportion to weight times alpha.
      const at = lay({
        ...{ alpha: [1, 2, 3, 3, 1, 1], omega: new Array(6).fill(-1), weights: [1, 2], totals: [7, 4, 5] },
        ...{ x: 6, prices: 3, residuals: 2, utilities: 2, work: kernels.columnsWork(2) },
      });
      const blocks = () => [at.alpha, 0, at.omega, 0, at.weights, 0, at.totals, 0] as const;
      const solve = (prepared = -1) =>
        kernels.planColumns(1, 2, 3, ...blocks(), prepared, at.x, at.prices, at.residuals, at.utilities, at.work);
      solve();
      expect(relativeDifference(read(at.x, 6), [1, 2, 3, 6, 2, 2])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.prices, 3), [1, 1, 1])).toBeLessThan(1e-14);
      expect(Math.max(...read(at.residuals, 2))).toBeLessThan(1e-14);
      const address = kernels.keep(kernels.preparedSize(2, 3));
      const again = lay({
        ...{ alpha: [1, 2, 3, 3, 1, 1], omega: new Array(6).fill(-1), weights: [1, 2], totals: [7, 4, 5] },
        ...{ x: 6, prices: 3, residuals: 2, utilities: 2, work: kernels.columnsWork(2) },
      });
      expect(kernels.prepare(2, 3, again.alpha, again.omega, address)).toBe(1);
      Object.assign(at, again);
      solve(address);
      expect(relativeDifference(read(at.x, 6), [1, 2, 3, 6, 2, 2])).toBeLessThan(1e-14);
      kernels.release(address);
      kernels.fillUniform(at.omega, 6, 1);
      solve();
      expect(read(at.residuals + 1, 1)[0]).toBe(Number.POSITIVE_INFINITY);
    });

    it("steps downhill and reports where it stands, in both forms and precisions", () => {
      for (const [form, single, tolerance] of [
        [1000, 0, 1e-3],
        [-1, 0, 1e-5],
        [1000, 1, 3e-3],
        [-1, 1, 1e-3],
      ] as const) {
        const at = lay({
          ...{ alpha: [1, 1], omega: [-0.5, -0.5], weights: [1, 1], totals: [2], y: [0, 1], x: 2, prices: 1 },
          state: kernels.adamSize(2, 1, single),
        });
        kernels.adamStart(2, 1, at.alpha, at.omega, at.weights, at.totals, at.y, single, at.state);
        const run = [2, 1, single, at.state, form] as const;
        const status = kernels.adamSteps(...run, 4000, 0.01, 0.9, 0.999, 1e-8, single ? 1e-4 : 1e-6);
        expect(status).toBe(form < 0 ? CONVERGED : MAX_ITERATIONS);
        expect(kernels.adamPoint(...run, at.x, at.prices)).toBeLessThan(1e-5);
        expect(relativeDifference(read(at.x, 2), [1, 1])).toBeLessThan(tolerance);
        expect(relativeDifference(read(at.prices, 1), [1])).toBeLessThan(tolerance);
      }
    });
  });

  describe(`the methods for markets on ${name}`, () => {
    /** Prices over the first, of gross substitutes, by the method without safeguards; null where it does not arrive. */
    const solveJointly = (alpha: number[][], omega: number[][], endowments: number[][], totals: number[]) => {
      const [n, m] = [alpha.length, alpha[0].length];
      const at = lay({
        ...{ alpha: alpha.flat(), omega: omega.flat().map((w) => -w), endowments: endowments.flat(), totals },
        ...{ prices: m, x: n * m, header: HEADER_SIZE, work: kernels.jointSize(n, m, 1) },
      });
      kernels.startJointly(n, m, at.alpha, at.omega, at.endowments, at.totals, 1, at.work);
      if (kernels.stepJointly(100, 100) !== CONVERGED) return null;
      kernels.reportJointly(at.header);
      kernels.takeJointly(at.prices, at.x);
      expect([...read(at.header + METHOD, 2)]).toEqual([JOINT, 1]);
      const logPrices = read(at.prices, m);
      return logPrices.map((p) => Math.exp(p - logPrices[0]));
    };

    const markets = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 })).chain(([n, m]) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(logUniform(0.2, 1), n, m),
        endowments: matrixOf(logUniform(0.1, 10), n, m),
      }),
    );

    it("arrive without safeguards where agents and goods are alike", () => {
      const mild = [
        [1, 1.2, 0.9],
        [0.8, 1, 1.1],
        [1.3, 0.7, 1],
      ];
      const bends = mild.map((row) => row.map((v) => v / 2));
      const prices = solveJointly(mild, bends, mild, [3.1, 2.9, 3]) as Float64Array;
      const at = { ...{ alpha: mild, omega: bends.map((row) => row.map((w) => -w)), endowments: mild } };
      const [, walras] = engines.find(([other]) => other === name) as (typeof engines)[number];
      const { prices: same } = walras.equilibrium(walras.economy(at), { start: [1, 1, 1], numeraire: 0 });
      expect(relativeDifference(prices, same)).toBeLessThan(1e-12);
    });

    it("agree: both of Newton's, the homotopy, and bisection where it applies", () => {
      fc.assert(
        fc.property(markets, ({ alpha, omega, endowments }) => {
          const [n, m] = [alpha.length, alpha[0].length];
          const totals = alpha[0].map((_, j) => endowments.reduce((s, row) => s + row[j], 0));
          const solve = (method: number) => {
            const at = lay({
              ...{ alpha: alpha.flat(), omega: omega.flat().map((w) => -w), endowments: endowments.flat(), totals },
              ...{ prices: m, x: n * m, header: HEADER_SIZE, work: kernels.marketSize(n, m) },
            });
            kernels.startMarket(n, m, at.alpha, at.omega, at.endowments, at.totals, method, -1, at.work);
            expect(kernels.stepMarket(5000, 5000)).toBe(CONVERGED);
            kernels.reportMarket(at.header);
            kernels.takeMarket(at.prices, at.x);
            expect(read(at.header + METHOD, 1)[0]).toBe(method);
            const logPrices = read(at.prices, m);
            return logPrices.map((p) => Math.exp(p - logPrices[0]));
          };
          const prices = solve(NEWTON);
          const jointly = solveJointly(alpha, omega, endowments, totals);
          if (jointly) expect(relativeDifference(jointly, prices)).toBeLessThan(1e-10);
          expect(relativeDifference(solve(HOMOTOPY), prices)).toBeLessThan(1e-10);
          if (n === 2 || m === 2) expect(relativeDifference(solve(BRACKET), prices)).toBeLessThan(1e-10);
        }),
      );
    });
  });

  describe(`markets on ${name}`, () => {
    it("are taken up, stepped, reported, taken, tested for stability and audited", () => {
      // Two Cobb-Douglas agents with mirrored shares and endowments: equal prices, each sells a third of what she owns.
      const at = lay({
        ...{
          alpha: [2, 1, 1, 2],
          omega: [-1, -1, -1, -1],
          endowments: [1, 0, 0, 1],
          totals: [1, 1],
          prices: 2,
          x: 4,
          header: HEADER_SIZE,
        },
        ...{
          work: kernels.marketSize(2, 2),
          stability: kernels.stabilityWork(2),
          utilities: 2,
          incomes: 2,
          weights: 2,
          netTrades: 4,
        },
        ...{ audit: AUDIT_SIZE, auditWork: kernels.auditWork(2, 2), equal: [0.5, 0.5] },
        logPrices: [Math.LN2, 0],
      });
      kernels.startMarket(2, 2, at.alpha, at.omega, at.endowments, at.totals, NEWTON, -1, at.work);
      expect(kernels.stepMarket(1000, 1000)).toBe(CONVERGED);
      kernels.reportMarket(at.header);
      kernels.takeMarket(at.prices, at.x);
      expect(read(at.prices, 1)[0]).toBeCloseTo(read(at.prices + 1, 1)[0], 14);
      expect(relativeDifference(read(at.x, 4), [2 / 3, 1 / 3, 1 / 3, 2 / 3])).toBeLessThan(1e-14);
      expect(kernels.stability(2, 2, at.omega, at.endowments, at.totals, at.prices, at.x, at.stability)).toBe(1);
      // Good 1 at twice the other's price: x11 = 2/3, x21 = 1/6; x12 = 2/3, x22 = 2/3.
      kernels.excessDemand(at.logPrices, at.prices);
      expect(relativeDifference(read(at.prices, 2), [-1 / 6, 1 / 3])).toBeLessThan(1e-14);
      const data = [at.alpha, at.omega, at.endowments, at.totals, at.equal, at.x] as const;
      kernels.auditMarket(2, 2, ...data, at.utilities, at.incomes, at.weights, at.netTrades, at.audit, at.auditWork);
      expect(Math.max(...read(at.audit + 1, 4))).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.netTrades, 4), [-1 / 3, 1 / 3, 1 / 3, -1 / 3])).toBeLessThan(1e-14);
    });

    it("slopes of a market with logarithmic utilities are those found by hand", () => {
      const at = lay({
        ...{ alpha: [2, 1, 1, 2], omega: [-1, -1, -1, -1], endowments: [1, 0, 0, 1], totals: [1, 1], prices: [1, 1] },
        ...{ work: kernels.marketSize(2, 2), logX: 4, modes: 2, flows: 2, inverse: 4, measures: MEASURES_SIZE },
      });
      const data = [at.alpha, at.omega, at.endowments, at.totals] as const;
      kernels.startMarket(2, 2, ...data, NEWTON, at.prices, at.work);
      expect(kernels.marketSlopes(at.logX, at.modes, at.flows, at.inverse, at.measures)).toBe(1);
      expect(relativeDifference(read(at.logX, 4).map(Math.exp), [2 / 3, 1 / 3, 1 / 3, 2 / 3])).toBeLessThan(1e-14);
      // Everybody sells his one good, read off his budget: a third of it flows, and F_j = ln p_k - ln p_j + constant.
      expect([...read(at.modes, 2)]).toEqual([0, 1]);
      expect(relativeDifference(read(at.flows, 2), [Math.log(1 / 3), Math.log(1 / 3)])).toBeLessThan(1e-14);
      expect(read(at.inverse, 4).reduce((a, b) => a + b)).toBeCloseTo(-1, 13);
      expect(relativeDifference(read(at.measures, 2), [1, 1])).toBeLessThan(1e-13);
    });
  });
}

for (const kernel of ["bulkWork", "planMany", "equilibriumMany"]) entered.add(kernel); // test/bulk.test.ts
const SEARCH = [
  "reportSearch",
  "searchBetween",
  "searchWork",
  "startSearch",
  "stepSearch",
  "takeCandidate",
  "takeCritical",
  "takeStart",
];
for (const kernel of SEARCH) entered.add(kernel); // test/search.test.ts
for (const kernel of ["equilibriaMany", "equilibriaWork", "settleMarket"]) entered.add(kernel); // test/equilibria.test.ts

describe("the two engines", () => {
  it("export the same functions, each of them tested here", () => {
    const [wasm, js] = engines.map(([, , { kernels }]) =>
      Object.keys(kernels).filter((key) => typeof kernels[key as never] === "function" && !key.startsWith("__")),
    );
    expect([...js].sort()).toEqual([...wasm].sort());
    expect([...entered].sort()).toEqual([...js].sort());
  });
});

/** sfc32 as C. Doty-Humphrey's PractRand has it, here with big integers. */
function sfc32(seed: number): () => number {
  const word = (v: bigint) => BigInt.asUintN(32, v);
  let [a, b, c, counter] = [0n, word(BigInt(seed)), 0n, 1n];
  const next = () => {
    const out = word(a + b + counter++);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(word((c << 21n) | (c >> 11n)) + out);
    return Number(out);
  };
  for (let k = 0; k < 12; k++) next();
  return next;
}

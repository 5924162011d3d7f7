// The enumeration of equilibria of two goods or two agents: its bounds and its list.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NODE_HEAD, SIZE } from "../../assembly/equilibria/fields.js";
import {
  CONVERGED,
  FOUND,
  FOUND_FROM,
  FOUND_INDEX,
  FOUND_SIZE,
  FOUND_TO,
  MAX_ITERATIONS,
  Solver,
} from "../../assembly/protocol.js";
import { engines, laid, listOf, logUniform, negative } from "../support/engines.js";

/**
 * The economy with all terms of its root function like the first: agents of two goods, or goods of
 * two agents.
 */
function repeated<T extends { n: number; m: number; alpha: number[]; omega: number[]; endowments: number[] }>(
  economy: T,
): T {
  const { n, m } = economy;
  const like = (values: number[]) => values.map((_, c) => values[m === 2 ? c % 2 : c - (c % m)]);
  const { alpha, omega, endowments } = economy;
  return { ...economy, n, alpha: like(alpha), omega: like(omega), endowments: like(endowments) };
}

/** Economies of two goods or two agents for the enumeration. */
const enumerable = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.boolean())
  .chain(([size, twoGoods]) => {
    const [n, m] = twoGoods ? [size, 2] : [2, size];
    return fc.record({
      overGoods: fc.constant(twoGoods ? 1 : 0),
      n: fc.constant(n),
      m: fc.constant(m),
      alpha: listOf(logUniform(1e-3, 1e3), n * m),
      omega: fc.array(negative(0.05, 20), { minLength: n * m, maxLength: n * m }),
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

for (const [name, , { kernels, open, read }] of engines) {
  describe(`enumeration on ${name}`, () => {
    const startAt = ({ overGoods, n, m, alpha, omega, endowments }: Enumerable) => {
      const totals = Array.from({ length: m }, (_, j) => endowments.reduce((s, e, c) => (c % m === j ? s + e : s), 0));
      const economy = laid(n, m, { alpha, omega, endowments, totals });
      const at = open(economy, Solver.ENUMERATION, { out: 10, entry: FOUND_SIZE, logPrices: m });
      kernels.startEnumeration(overGoods, at.workspace);
      return at;
    };

    it("bounds the root function and its first two derivatives over any interval", () => {
      fc.assert(
        fc.property(
          // If one term is repeated, the bounds are as tight as for one term.
          fc.oneof(enumerable, enumerable.map(repeated).filter(isOwned)),
          fc.double({ min: -6, max: 6, noNaN: true }),
          logUniform(1e-3, 20),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (economy, away, length, c) => {
            const at = startAt(economy);
            kernels.stepEnumeration(1e6, 1e6);
            kernels.readEntry(0, at.entry);
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
                // By the mean value theorem the difference quotient of the slope is a second
                // derivative.
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

    it("has the right signs at the ends of every entry, and indices that add up to 1", () => {
      fc.assert(
        fc.property(enumerable, (economy) => {
          const at = startAt(economy);
          expect(kernels.stepEnumeration(1e6, 1e6)).toBe(CONVERGED);
          kernels.reportEnumeration(at.report);
          const entries = Array.from({ length: read(at.report, 4)[FOUND] }, (_, k) => {
            kernels.readEntry(k, at.entry);
            return read(at.entry, FOUND_SIZE);
          });
          expect(entries.reduce((sum, entry) => sum + entry[FOUND_INDEX], 0)).toBe(1);
          for (const [, , index, root, point] of entries) {
            if (!root) continue;
            kernels.readPoint(point, at.logPrices, at.x);
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

    it("accounts for all of the range, wherever it is cut short", () => {
      fc.assert(
        fc.property(enumerable, fc.integer({ min: 0, max: 40 }), (economy, most) => {
          const at = startAt(economy);
          const run = (maxIntervals: number) => {
            kernels.startEnumeration(economy.overGoods, at.workspace);
            const code = kernels.stepEnumeration(1e6, maxIntervals);
            kernels.reportEnumeration(at.report);
            const entries = Array.from({ length: read(at.report, 4)[FOUND] }, (_, k) => {
              kernels.readEntry(k, at.entry);
              return read(at.entry, FOUND_SIZE);
            });
            return { code, entries };
          };
          const { entries: all } = run(1e6);
          const { code, entries } = run(most);
          expect([CONVERGED, MAX_ITERATIONS]).toContain(code);
          expect(entries.reduce((sum, entry) => sum + entry[FOUND_INDEX], 0)).toBe(1);
          for (const [from, to] of all) {
            const held = entries.some((entry) => {
              const slack = 1e-6 * (1 + Math.abs(from));
              return entry[FOUND_FROM] <= from + slack && to - slack <= entry[FOUND_TO];
            });
            expect(held).toBe(true);
          }
        }),
        { numRuns: 200 },
      );
    });
  });
}

for (const [name, , { kernels, open, read }] of engines) {
  describe(`flows too small for doubles on ${name}`, () => {
    it("end what an enumeration decides where they begin, to twelve digits", () => {
      // Utilities are almost linear: the price is that of good 1 in terms of good 2, about 1e600, and
      // flows of good 2 are as small beside those of good 1.
      const data = { alpha: [1e300, 1e-300, 1e300, 1e-300], omega: new Array(4).fill(-1e-3) };
      const economy = laid(2, 2, { ...data, endowments: [1, 2, 2, 1], totals: [3, 3] });
      const at = open(economy, Solver.ENUMERATION, { out: NODE_HEAD, entry: FOUND_SIZE });
      kernels.startEnumeration(1, at.workspace);
      expect(kernels.stepEnumeration(1000, 500)).toBe(MAX_ITERATIONS);
      kernels.readEntry(0, at.entry);
      const from = read(at.entry + FOUND_FROM, 1)[0];
      const sizeAt = (t: number) => {
        kernels.probePoint(t, at.out);
        return read(at.out + SIZE, 1)[0];
      };
      expect(sizeAt(from)).toBeGreaterThanOrEqual(1e-260);
      expect(sizeAt(from + 3e-12 * from)).toBeLessThan(1e-260);
    });
  });
}

// The bounds behind "complete" against arithmetic in 50 digits. Nothing is allowed for here: values
// and slopes must lie within their slacks and bounds, also where data are extreme, where values
// are differences of numbers almost alike, and over intervals and boxes next to nothing long, where
// rounding is all that there is.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FOUND_SIZE, Solver } from "../../assembly/protocol.js";
import { engines, laid, logUniform, matrixOf, negative } from "../support/engines.js";
import { Big, type Decimal, exact, sumOf } from "../support/exact.js";

const one = new Big(1);

/** The root t of sum_k exp(a_k t + c_k) = total, every a_k < 0, by Newton's method from the left. */
function rootOfSum(a: Decimal[], c: Decimal[], total: Decimal): Decimal {
  const target = total.ln();
  const single = a.map((slope, k) => target.minus(c[k]).div(slope));
  let t = single.reduce((max, v) => (v.greaterThan(max) ? v : max));
  for (let step = 0; step < 100; step++) {
    const parts = a.map((slope, k) => slope.times(t).plus(c[k]).exp());
    const slope = sumOf(parts.map((part, k) => part.times(a[k])));
    const move = sumOf(parts).minus(total).div(slope);
    t = t.minus(move);
    // Another step would be of the size of this one's square.
    if (move.abs().lessThan(1e-24)) break;
  }
  return t;
}

const logs = new Map<number, Decimal>();

/** ln of a double, kept. */
function logOf(v: number): Decimal {
  const log = logs.get(v) ?? exact(v).ln();
  logs.set(v, log);
  return log;
}

interface Data {
  alpha: number[][];
  omega: number[][];
  /** Parts of totals of 1. */
  owned: number[][];
}

/** What agents buy at log prices, as parts of totals of 1: n m. */
function demandAt({ alpha, omega, owned }: Data, logPrices: Decimal[]): Decimal[][] {
  const prices = logPrices.map((q) => q.exp());
  return alpha.map((row, i) => {
    const wealth = sumOf(prices.map((p, j) => p.times(exact(owned[i][j]))));
    const per = omega[i].map((w) => one.div(exact(w)));
    // y_j = exp((q_j + tau - ln alpha_j) / omega_j).
    const constants = row.map((a, j) => logPrices[j].minus(logOf(a)).times(per[j]));
    const tau = rootOfSum(
      per,
      constants.map((c, j) => c.plus(logPrices[j])),
      wealth,
    );
    return constants.map((c, j) => per[j].times(tau).plus(c).exp());
  });
}

/** Shadow prices and shares of every good at log weights: m, and n m. */
function planAt({ alpha, omega }: Data, logWeights: Decimal[]): { logPrices: Decimal[]; shares: Decimal[][] } {
  const m = alpha[0].length;
  const columns = Array.from({ length: m }, (_, j) => {
    const per = omega.map((row) => one.div(exact(row[j])));
    const constants = alpha.map((row, i) => per[i].times(logOf(row[j]).plus(logWeights[i])).negated());
    const price = rootOfSum(per, constants, one);
    return { price, shares: per.map((slope, i) => slope.times(price).plus(constants[i]).exp()) };
  });
  return {
    logPrices: columns.map(({ price }) => price),
    shares: alpha.map((_, i) => columns.map(({ shares }) => shares[i])),
  };
}

/** The step of first differences, which 50 digits make right to some 1e-30. */
const small = new Big("1e-15");
/** The step of second differences: of these, 50 digits leave some 1e-26. */
const wider = new Big("1e-12");

/** Parts of totals of 1: multiples of 2^-20, so that they add up exactly. */
const partsOf = (n: number, m: number) =>
  matrixOf(logUniform(1e-5, 1), n, m).map((rows) => {
    const parts = rows.map((row) => row.map(() => 0));
    for (let j = 0; j < m; j++) {
      const sum = rows.reduce((total, row) => total + row[j], 0);
      let left = 2 ** 20;
      for (let i = n - 1; i > 0; i--) {
        parts[i][j] = Math.max(1, Math.floor((rows[i][j] / sum) * (2 ** 20 - n)));
        left -= parts[i][j];
      }
      parts[0][j] = left;
    }
    return parts.map((row) => row.map((v) => v / 2 ** 20));
  });

/** Economies, mild and extreme, whose agents value all of their dearest good at 1. */
const economiesOf = (n: number, m: number): fc.Arbitrary<Data> =>
  fc.constantFrom(1, 1e3, 1e12, 1e100).chain((range) =>
    fc.record({
      alpha: matrixOf(logUniform(1 / range, 1), n, m).map((rows) =>
        rows.map((row, i) => row.map((a, j) => (j === i % m ? 1 : a))),
      ),
      omega: matrixOf(range > 1e12 ? negative(2, 60) : negative(0.1, 20), n, m),
      owned: partsOf(n, m),
    }),
  );

function layData({ open }: (typeof engines)[number][2], { alpha, omega, owned }: Data, solver: Solver, out: number) {
  const [n, m] = [alpha.length, alpha[0].length];
  const economy = laid(n, m, {
    ...{ alpha: alpha.flat(), omega: omega.flat(), endowments: owned.flat(), totals: new Array(m).fill(1) },
  });
  return open(economy, solver, { out, entry: FOUND_SIZE });
}

/** What 50 digits leave of differences of amounts. */
const DIGITS = 1e-40;

const between = (low: number, value: Decimal, high: number) => {
  // Bounds that are NaN or infinite say nothing.
  if (Number.isFinite(low)) expect(value.greaterThanOrEqualTo(exact(low))).toBe(true);
  if (Number.isFinite(high)) expect(value.lessThanOrEqualTo(exact(high))).toBe(true);
};

const place = fc.double({ min: -1, max: 1, noNaN: true });
const lengths = fc.oneof(logUniform(1e-15, 1e-9), logUniform(1e-9, 1), fc.constant(0));

for (const [name, , engine] of engines) {
  const { kernels, read } = engine;

  describe(`bounds of one unknown on ${name}`, () => {
    const enumerable = fc.tuple(fc.integer({ min: 2, max: 3 }), fc.boolean()).chain(([terms, overGoods]) =>
      fc.record({
        overGoods: fc.constant(overGoods),
        data: overGoods ? economiesOf(terms, 2) : economiesOf(2, terms),
        away: place,
        far: fc.constantFrom(1e-9, 1, 30),
        length: fc.oneof(logUniform(1e-15, 1e-9), logUniform(1e-9, 1)),
        c: fc.double({ min: 0, max: 1, noNaN: true }),
        inside: fc.double({ min: 0, max: 1, noNaN: true }),
        end: fc.constantFrom(0, 1),
      }),
    );

    it("hold the function and its first two derivatives, exactly computed", () => {
      fc.assert(
        fc.property(enumerable, ({ overGoods, data, away, far, length, c, inside, end }) => {
          const { owned } = data;
          const f = (t: Decimal) => {
            if (overGoods) {
              const price = t.exp();
              // Agents' spending on good 1 less the value that they own of it.
              return sumOf(demandAt(data, [t, new Big(0)]).map(([y], i) => y.minus(exact(owned[i][0])).times(price)));
            }
            const { logPrices, shares } = planAt(data, [t, new Big(0)]);
            return sumOf(logPrices.map((q, j) => q.exp().times(shares[1][j].minus(exact(owned[1][j])))));
          };
          const at = layData(engine, data, Solver.ENUMERATION, 10);
          kernels.startEnumeration(overGoods ? 1 : 0, at.workspace);
          kernels.stepEnumeration(1e6, 1e6);
          kernels.reportEnumeration(at.report);
          kernels.readEntry(0, at.entry);
          const root = read(at.entry, 1)[0];
          const from = (Number.isFinite(root) ? root : 0) + far * away;

          kernels.probePoint(from, at.out);
          const [point, scale, value, valueSlack, slope, slopeSlack] = read(at.out, 6);
          const unit = exact(scale).negated().exp();
          const start = exact(point);
          const [before, at0, after] = [start.minus(small), start, start.plus(small)].map(f);
          expect(at0.times(unit).minus(exact(value)).abs().toNumber()).toBeLessThanOrEqual(valueSlack);
          const derivative = after.minus(before).div(small.times(2)).times(unit);
          expect(derivative.minus(exact(slope)).abs().toNumber()).toBeLessThanOrEqual(slopeSlack);

          const to = from + length * (1 + Math.abs(from));
          kernels.probeInterval(from, to, c, at.out);
          const [least, most, leastSlope, mostSlope, leastCurvature, mostCurvature, , , top] = read(at.out, 9);
          const g = (t: Decimal) => f(t).times(exact(c).times(t.minus(start)).plus(exact(top)).negated().exp());
          for (const part of [end, inside]) {
            const t = start.plus(exact(to).minus(start).times(exact(part)));
            const [back, here, ahead] = [t.minus(small), t, t.plus(small)].map(g);
            between(least, here, most);
            between(leastSlope, ahead.minus(back).div(small.times(2)), mostSlope);
            const second = sumOf([g(t.minus(wider)), here.times(-2), g(t.plus(wider))]).div(wider.times(wider));
            between(leastCurvature, second, mostCurvature);
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe(`bounds of two unknowns on ${name}`, () => {
    const boxes = (data: fc.Arbitrary<Data>) =>
      fc.record({
        data,
        x: place,
        y: place,
        // Next to an equilibrium, where values are differences, or anywhere.
        near: fc.boolean(),
        wide: lengths,
        high: lengths,
        right: fc.oneof(place, fc.constantFrom(-1, 1)),
        up: fc.oneof(place, fc.constantFrom(-1, 1)),
      });
    const SYSTEMS: [string, Solver, fc.Arbitrary<Data>, (data: Data, x: Decimal, y: Decimal) => Decimal[]][] = [
      [
        "prices",
        Solver.PROOF_GOODS,
        fc.integer({ min: 2, max: 3 }).chain((n) => economiesOf(n, 3)),
        (data, x, y) => {
          const amounts = demandAt(data, [x, y, new Big(0)]);
          return [0, 1, 2].map((j) => sumOf(amounts.map((row, i) => row[j].minus(exact(data.owned[i][j])))));
        },
      ],
      [
        "weights",
        Solver.PROOF_AGENTS,
        fc.integer({ min: 2, max: 3 }).chain((m) => economiesOf(3, m)),
        (data, x, y) => {
          const logs = [x, y, new Big(0)];
          const { logPrices, shares } = planAt(data, logs);
          return logs.map((log, i) =>
            sumOf(
              shares[i].map((share, j) =>
                logPrices[j]
                  .minus(log)
                  .exp()
                  .times(share.minus(exact(data.owned[i][j]))),
              ),
            ),
          );
        },
      ],
    ];

    it.each(SYSTEMS)("over %s hold values and slopes, exactly computed", (_, solver, data, valuesAt) => {
      let seen = 0;
      fc.assert(
        fc.property(boxes(data), ({ data: economy, x, y, near, wide, high, right, up }) => {
          const at = layData(engine, economy, solver, 27);
          if (!kernels.startProof(solver === Solver.PROOF_GOODS ? 1 : 0, 2, at.workspace)) return;
          kernels.probeRange(at.out);
          const range = read(at.out, 4);
          let [middle, level] = [range[0] + x * range[2], range[1] + y * range[3]];
          if (near) {
            // A few steps of Newton's method, by the kernel's own values and slopes.
            [middle, level] = [range[0], range[1]];
            for (let step = 0; step < 30; step++) {
              if (kernels.probeBox(middle, level, 0, 0, at.out) === 0) return;
              const out = read(at.out, 27);
              const [a, b, c, d] = [12, 13, 14, 15].map((k) => (out[k] + out[k + 6]) / 2);
              const det = a * d - b * c;
              const moves = [(b * out[1] - d * out[0]) / det, (c * out[0] - a * out[1]) / det];
              const cap = Math.min(1, 2 / Math.max(...moves.map(Math.abs)));
              if (!Number.isFinite(cap)) return;
              middle += cap * moves[0];
              level += cap * moves[1];
            }
          }
          if (kernels.probeBox(middle, level, wide, high, at.out) === 0) return;
          seen++;
          const out = read(at.out, 27);
          const units = [24, 25, 26].map((k) => exact(out[k]).negated().exp());
          const values = (s: Decimal, t: Decimal) => valuesAt(economy, s, t).map((v, j) => v.times(units[j]));
          const [s, t] = [exact(middle), exact(level)];
          values(s, t).forEach((value, j) => {
            expect(value.minus(exact(out[j])).abs().toNumber()).toBeLessThanOrEqual(out[3 + j] + DIGITS);
          });
          // Bounds are of points in the range of zeros only.
          const point = [middle + right * wide, level + up * high] as const;
          if (kernels.probeBox(...point, 0, 0, at.out) === 0) return;
          const corner = [s.plus(exact(right).times(exact(wide))), t.plus(exact(up).times(exact(high)))] as const;
          const there = values(...corner);
          there.forEach((value, j) => {
            between(out[6 + j] - DIGITS, value, out[9 + j] + DIGITS);
          });
          const slopes = [
            values(corner[0].plus(small), corner[1]).map((v, j) => v.minus(there[j]).div(small)),
            values(corner[0], corner[1].plus(small)).map((v, j) => v.minus(there[j]).div(small)),
          ];
          slopes.forEach((row, k) => {
            row.forEach((slope, j) => {
              // The difference is one-sided: off by half the second derivative times 1e-15, and by
              // what 50 digits of the values leave.
              const sizes = Math.abs(out[12 + 2 * j + k]) + Math.abs(out[18 + 2 * j + k]);
              const doubt = 1e-13 * sizes + 1e-30 * (1 + Math.abs(out[j]));
              between(out[12 + 2 * j + k] - doubt, slope, out[18 + 2 * j + k] + doubt);
            });
          });
        }),
        { numRuns: 40 },
      );
      expect(seen).toBeGreaterThan(10);
    });
  });
}

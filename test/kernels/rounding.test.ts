// The bounds behind "complete" against arithmetic in many digits. Nothing is allowed for here: values
// and slopes must lie within their slacks and bounds, also where data are extreme, where values
// are differences of numbers almost alike, and over intervals and boxes next to nothing long, where
// rounding is all that there is.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FOUND_SIZE, Solver } from "../../assembly/protocol.js";
import { engines, laid, logUniform, matrixOf, negative } from "../support/engines.js";
import { Big, type Decimal, exact, inDigits, sumOf } from "../support/exact.js";

const one = new Big(1);

/** 10 to the power of so large a part of the digits, negated. */
const tenTo = (part: number) => new Big(10).pow(-Math.floor(Big.precision * part));

/**
 * Compares in 64 digits, and where that fails in 240 and in 960: the last ones decide. A slope of
 * 1e-60, say, is lost in differences of values next to 1 with few digits, and found with more. What
 * is wrong with the bounds stays wrong with any number of digits.
 */
function precisely(compare: () => void): void {
  for (const digits of [64, 240]) {
    try {
      inDigits(digits, compare);
      return;
    } catch {}
  }
  inDigits(960, compare);
}

/**
 * The root t of sum_k exp(a_k t + c_k) = total, every a_k < 0, by Newton's method, in doubles from
 * the left and then in all digits.
 */
function rootOfSum(a: Decimal[], c: Decimal[], total: Decimal): Decimal {
  let t = new Big(roughRoot(a.map(Number), c.map(Number), total.ln().toNumber()));
  for (let step = 0; step < 30; step++) {
    const parts = a.map((slope, k) => slope.times(t).plus(c[k]).exp());
    const slope = sumOf(parts.map((part, k) => part.times(a[k])));
    const move = sumOf(parts).minus(total).div(slope);
    t = t.minus(move);
    // Another step would be of the size of this one's square.
    if (move.abs().lessThan(tenTo(0.52))) return t;
  }
  throw new Error("Newton's method has not converged.");
}

/** The same root to the digits of a double, from the log of the total. */
function roughRoot(a: number[], c: number[], target: number): number {
  let t = Math.max(...a.map((slope, k) => (target - c[k]) / slope));
  for (let step = 0; step < 100; step++) {
    const logs = a.map((slope, k) => slope * t + c[k]);
    const top = Math.max(...logs);
    const parts = logs.map((log) => Math.exp(log - top));
    const sum = parts.reduce((total, part) => total + part, 0);
    const move = ((top + Math.log(sum) - target) * sum) / parts.reduce((total, part, k) => total + part * a[k], 0);
    t -= move;
    if (Math.abs(move) < 1e-9 * (1 + Math.abs(t))) break;
  }
  return t;
}

const logs = new Map<string, Decimal>();

/** ln of a double, kept. */
function logOf(v: number): Decimal {
  const key = `${v} in ${Big.precision} digits`;
  const log = logs.get(key) ?? exact(v).ln();
  logs.set(key, log);
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

/** The slope of values at t, by differences of t to both sides. */
function slopesOf(values: (t: Decimal) => Decimal[], t: Decimal): Decimal[] {
  const step = tenTo(1 / 3);
  const ahead = values(t.plus(step));
  const back = values(t.minus(step));
  return ahead.map((value, j) => value.minus(back[j]).div(step.times(2)));
}

/** The second derivative of a value at t, likewise. */
function curvatureOf(value: (t: Decimal) => Decimal, t: Decimal): Decimal {
  const step = tenTo(1 / 4);
  return sumOf([value(t.minus(step)), value(t).times(-2), value(t.plus(step))]).div(step.times(step));
}

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

/**
 * Whether log prices are in the range of all equilibria of three goods, to which their bounds are
 * cut: of goods j and k some agent has at least an n-th of j, and no more than all of k.
 */
function inRange({ alpha, omega }: Data, logPrices: Decimal[]): boolean {
  const parts = new Big(alpha.length).ln();
  const pairs = logPrices.flatMap((p, j) => logPrices.map((q, k) => [j, k, p.minus(q)] as const));
  return pairs.every(
    ([j, k, apart]) =>
      j === k ||
      alpha.some((row, i) => {
        const most = logOf(row[j]).minus(logOf(row[k])).minus(exact(omega[i][j]).times(parts));
        return apart.lessThanOrEqualTo(most);
      }),
  );
}

const within = (slack: number, value: Decimal, centre: number) => {
  if (slack !== Infinity) expect(value.minus(exact(centre)).abs().lessThanOrEqualTo(slack)).toBe(true);
};

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
          const to = from + length * (1 + Math.abs(from));
          kernels.probeInterval(from, to, c, at.out);
          const [least, most, leastSlope, mostSlope, leastCurvature, mostCurvature, , , top] = read(at.out, 9);

          precisely(() => {
            const start = exact(point);
            const scaled = (t: Decimal) => f(t).times(exact(scale).negated().exp());
            within(valueSlack, scaled(start), value);
            within(slopeSlack, slopesOf((t) => [scaled(t)], start)[0], slope);
            const g = (t: Decimal) => f(t).times(exact(c).times(t.minus(start)).plus(exact(top)).negated().exp());
            for (const part of [end, inside]) {
              const t = start.plus(exact(to).minus(start).times(exact(part)));
              between(least, g(t), most);
              between(leastSlope, slopesOf((t) => [g(t)], t)[0], mostSlope);
              between(leastCurvature, curvatureOf(g, t), mostCurvature);
            }
          });
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
          precisely(() => {
            const units = [24, 25, 26].map((k) => exact(out[k]).negated().exp());
            const values = (s: Decimal, t: Decimal) => valuesAt(economy, s, t).map((v, j) => v.times(units[j]));
            const [s, t] = [exact(middle), exact(level)];
            values(s, t).forEach((value, j) => {
              within(out[3 + j], value, out[j]);
            });
            const cornerX = s.plus(exact(right).times(exact(wide)));
            const cornerY = t.plus(exact(up).times(exact(high)));
            if (solver === Solver.PROOF_GOODS && !inRange(economy, [cornerX, cornerY, new Big(0)])) return;
            values(cornerX, cornerY).forEach((value, j) => {
              between(out[6 + j], value, out[9 + j]);
            });
            const slopes = [slopesOf((x) => values(x, cornerY), cornerX), slopesOf((y) => values(cornerX, y), cornerY)];
            slopes.forEach((row, k) => {
              row.forEach((slope, j) => {
                between(out[12 + 2 * j + k], slope, out[18 + 2 * j + k]);
              });
            });
          });
        }),
        { numRuns: 40 },
      );
      expect(seen).toBeGreaterThan(10);
    });
  });
}

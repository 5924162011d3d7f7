// The bounds of an enumeration, term by term, where errors are far larger than rounding: whatever
// the true function is within the errors that nodes declare, the bounds must hold it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as field from "../../assembly/equilibria/fields.js";
import { FOUND_INDEX, FOUND_ROOT, FOUND_SIZE, FOUND_TO, Solver } from "../../assembly/protocol.js";
import { listOf, logUniform } from "../support/engines.js";
import { Big, type Decimal, exact } from "../support/exact.js";
import { layInside, startInternals } from "../support/internals.js";

const { memory, bounds, economy, workspace, workspaces, rootFunction, enumeration } = await startInternals();

/** One term of two goods: its data, and where its price begins. */
interface Term {
  p: number;
  q: number;
  level: number;
  first: number;
  second: number;
}

const logistic = (v: number) => 1 / (1 + Math.exp(-v));
const softplus = (v: number) => (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v)));

/** The root v of level - t (1 - p) + (q - p) w + p softplus(-v) - q softplus(v) = 0. */
function logitOf({ p, q, level, first, second }: Term, t: number): number {
  const wealth = second + softplus(t + first - second);
  const fixed = level - t * (1 - p) + (q - p) * wealth;
  let v = 0;
  for (let step = 0; step < 200; step++) {
    const value = fixed + p * softplus(-v) - q * softplus(v);
    const move = value / (p * logistic(-v) + q * logistic(v));
    v += Math.max(-20, Math.min(20, move));
    if (Math.abs(move) < 1e-15 * (1 + Math.abs(v))) break;
  }
  return v;
}

/** What belongs to a term at t: the term itself, and the fields of a node, each a little off. */
function stateAt(term: Term, t: number, [a, b, c]: number[] = [0, 0, 0]) {
  const { p, q, first, second } = term;
  const v = logitOf(term, t) + a;
  const u = t + first - second + c;
  const [r, o] = [logistic(u), logistic(-u)];
  const weight = second + softplus(t + first - second) + b;
  return { v, z: logistic(v), s: logistic(-v), r, o, weight, numerator: (q - p) * r - (1 - p) };
}

const WIDTH = 1;
const NODE = field.NODE_HEAD + field.NODE_FIELDS * WIDTH;
const [data, left, right, sums] = layInside(memory, field.DATA_FIELDS, NODE, NODE, field.INTERVAL_SUMS + 1);

function writeTerm({ p, q, level, first, second }: Term) {
  const d = memory.doubles;
  const sum = Math.sqrt(p) + Math.sqrt(q);
  d.set([p, q, level, first, second, Math.sqrt(p) / sum, 1 / (sum * sum), 0], data);
}

function writeNode(
  node: number,
  t: number,
  { v, z, s, r, o, weight, numerator }: ReturnType<typeof stateAt>,
  e: number,
) {
  const d = memory.doubles;
  d[node + field.POINT] = t;
  d.set([v, weight, z, s, r, o, r, numerator, e], node + field.NODE_HEAD);
}

/** g = exp(-c (t - from) - scale) M (z - r) and its first two derivatives, in closed form. */
function derivatives(term: Term, t: number, from: number, c: number, scale: number) {
  const { p, q } = term;
  const { z, s, r, o, weight, numerator } = stateAt(term, t);
  const w = Math.exp(weight - scale - c * (t - from));
  const D = p * s + q * z;
  const slopeV = numerator / D;
  const gap = z + r < s + o ? z - r : o - s;
  const kappa = (z * s) / D;
  // B' = kappa N - r o and (ln M)' = r.
  const whole = r * gap + kappa * numerator - r * o;
  const moved = (q - p) * r * o;
  const kappaSlope = slopeV * ((z * s * (s - z)) / D - (z * s * (q - p) * z * s) / (D * D));
  const second = kappaSlope * numerator + kappa * moved - r * o * (o - r);
  const slopeB = kappa * numerator - r * o;
  const curvature = r * whole + (r * o * gap + r * slopeB + second);
  return [w * gap, w * (whole - c * gap), w * (curvature - 2 * c * whole + c * c * gap)];
}

const terms = fc.record({
  p: logUniform(0.05, 50),
  q: logUniform(0.05, 50),
  level: fc.double({ min: -8, max: 8, noNaN: true }),
  first: fc.double({ min: -4, max: 4, noNaN: true }),
  second: fc.double({ min: -4, max: 4, noNaN: true }),
});
/** Numbers of [-1, 1], evenly spread. */
const unit = fc.integer({ min: -1000, max: 1000 }).map((k) => k / 1000);

interface Holding {
  term: Term;
  t: number;
  h: number;
  c: number;
  /** What the nodes declare, and which part of it is used: of v, ln M and the logit of r, at both. */
  error: number;
  used: number[];
  /** Where to look, from -1 to 1. */
  inside: number;
}

const holdingCases: fc.Arbitrary<Holding> = fc.record({
  term: terms,
  t: fc.double({ min: -4, max: 4, noNaN: true }),
  h: fc.oneof(logUniform(1e-7, 1e-4), logUniform(1e-3, 8)),
  c: fc.double({ min: 0, max: 1, noNaN: true }),
  error: fc.constantFrom(1e-5, 1e-9),
  used: listOf(fc.oneof(unit, fc.constantFrom(-1, 1)), 6),
  inside: fc.oneof(unit, fc.constantFrom(-1, 1)),
});

/** By how much the bounds miss the value and its two derivatives, at least: below 0 if they hold them. */
function missed({ term, t, h, c, error, used, inside }: Holding) {
  // A tenth of the error is left for terms of second order.
  const off = used.map((part) => 0.9 * error * part);
  writeTerm(term);
  writeNode(left, t, stateAt(term, t, off.slice(0, 3)), error);
  writeNode(right, t + h, stateAt(term, t + h, off.slice(3)), error);
  const weights = [left, right].map((node) => memory.doubles[node + field.NODE_HEAD + WIDTH * field.WEIGHT]);
  const scale = Math.max(weights[0], weights[1] - c * h);
  bounds.intervalSums(data, left, right, c, scale, 1, sums, WIDTH);
  const d = memory.doubles;
  const inner = derivatives(term, t + (h * (1 + inside)) / 2, t, c, scale);
  return inner.map((v, k) => Math.max(d[sums + 2 * k] - v, v - d[sums + 2 * k + 1]));
}

describe("the bounds over an interval", () => {
  it("hold every function within the errors of the nodes, and its derivatives", () => {
    fc.assert(
      fc.property(holdingCases, (at) => {
        const [value, slope, curvature] = missed(at);
        expect(value).toBeLessThan(1e-14);
        expect(slope).toBeLessThan(1e-13);
        expect(curvature).toBeLessThan(1e-12 * (1 + 1 / Math.min(at.term.p, at.term.q)));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["r is even inside", { p: 0.597, q: 121, level: -0.567, first: -1.77, second: -4.88 }, -7.32, 10.9, 0.611, 0.668],
    ["v turns back inside", { p: 3.33, q: 0.00726, level: 5.84, first: 0.699, second: 1.15 }, -0.508, 4.26, 0.7, 0.796],
    [
      "the gap is widest inside",
      { p: 29.6, q: 0.241, level: -2.13, first: -9.18, second: -2.03 },
      -3.89,
      12.7,
      0.143,
      -0.695,
    ],
  ])("hold the function where %s", (_, term, t, h, c, inside) => {
    for (const place of [inside, -1, -0.5, 0, 0.5, 1]) {
      const at = { term, t, h, c, error: 0, used: [0, 0, 0, 0, 0, 0], inside: place };
      expect(Math.max(...missed(at))).toBeLessThan(1e-13);
    }
  });
});

/** Of two agents: a good of which agent 2 owns the part whose logit is `own`. */
interface Good {
  p: number;
  q: number;
  level: number;
  first: number;
  own: number;
}

/** Agent 2's share at log relative weight t, by bisection, and what belongs to it. */
function goodAt({ p, q, level, first, own }: Good, t: number) {
  let [low, high] = [-1e4, 1e4];
  for (let step = 0; step < 100; step++) {
    const v = (low + high) / 2;
    if (level - t + p * softplus(-v) - q * softplus(v) > 0) low = v;
    else high = v;
  }
  const v = (low + high) / 2;
  const [z, s, r, o] = [logistic(v), logistic(-v), logistic(own), logistic(-own)];
  const slope = (p * s) / (p * s + q * z);
  return { v, z, s, r, o, weight: first + p * softplus(-v), slope, gap: z + r < s + o ? z - r : o - s };
}

describe("the bounds over an interval of two agents' weights", () => {
  const missedBy = (good: Good, t: number, h: number, c: number, inside: number) => {
    const d = memory.doubles;
    writeTerm({ ...good, second: 0 });
    for (const [node, at] of [
      [left, t],
      [right, t + h],
    ]) {
      const { v, z, s, r, o, weight, slope } = goodAt(good, at);
      d[node + field.POINT] = at;
      d.set([v, weight, z, s, r, o, slope, -1, 0], node + field.NODE_HEAD);
    }
    const weights = [left, right].map((node) => d[node + field.NODE_HEAD + WIDTH * field.WEIGHT]);
    const scale = Math.max(weights[0], weights[1] - c * h);
    bounds.intervalSums(data, left, right, c, scale, 0, sums, WIDTH);
    const at = t + (h * (1 + inside)) / 2;
    const { z, s, weight, slope, gap } = goodAt(good, at);
    const w = Math.exp(weight - scale - c * (at - t));
    const kappa = (z * s) / (good.p * s + good.q * z);
    return [w * gap, w * ((slope - c) * gap - kappa)].map((v, k) =>
      Math.max(d[sums + 2 * k] - v, v - d[sums + 2 * k + 1]),
    );
  };

  it("hold the value and its slope", () => {
    const cases = fc.record({
      good: fc.record({
        p: logUniform(0.05, 50),
        q: logUniform(0.05, 50),
        level: unit.map((v) => 8 * v),
        first: unit,
        own: unit.map((v) => 5 * v),
      }),
      t: unit.map((v) => 10 * v),
      h: logUniform(1e-2, 16),
      c: unit.map(Math.abs),
      inside: unit,
    });
    fc.assert(
      fc.property(cases, ({ good, t, h, c, inside }) => {
        expect(Math.max(...missedBy(good, t, h, c, inside))).toBeLessThan(1e-13);
      }),
      { numRuns: 3000 },
    );
  });

  it("hold the value where the weight is least inside", () => {
    const good = { p: 162, q: 0.0436, level: 0.17, first: 0.608, own: -4.07 };
    for (const inside of [-1, -0.5, 0, 0.126, 0.5, 1]) {
      expect(Math.max(...missedBy(good, -8.43, 14.6, 0.422, inside))).toBeLessThan(1e-13);
    }
  });
});

/** 1 / (1 + exp -v) in 50 digits. */
const share = (v: Decimal) => new Big(1).div(v.negated().exp().plus(1));
/** ln(1 + exp v) in 50 digits. */
const soft = (v: Decimal) => v.exp().plus(1).ln();

describe("the value of a node", () => {
  it("is within its slack, as is its slope, also where shares are exact but for their last digit", () => {
    // The errors of v, ln M and r are said to be 0: what is left is the rounding of z, s, r, o and of
    // the sums, which the slacks have to cover by themselves.
    const cases = fc.record({
      p: logUniform(0.05, 50),
      q: logUniform(0.05, 50),
      v: fc.double({ min: -6, max: 6, noNaN: true }),
      // Near v, where the value is a difference of numbers almost alike, or anywhere.
      apart: fc.oneof(logUniform(1e-12, 1e-3), unit),
    });
    fc.assert(
      fc.property(cases, ({ p, q, v, apart }) => {
        const d = memory.doubles;
        const [logit, own] = [exact(v), exact(v + apart)];
        const [z, s, r, o] = [logit, logit.negated(), own, own.negated()].map(share);
        d.set([p, q], data);
        d.set([v, 0, ...[z, s, r, o].map(Number), 0, 0, 0], left + field.NODE_HEAD);
        d[left + field.SCALE] = 0;
        bounds.nodeSums(data, left, WIDTH);
        const gap = z.minus(r);
        const D = exact(p).times(s).plus(exact(q).times(z));
        const slope = exact(p).times(s).times(gap).minus(z.times(s)).div(D);
        const miss = (at: number, value: Decimal) =>
          value
            .minus(exact(d[left + at]))
            .abs()
            .toNumber();
        expect(miss(field.VALUE, gap)).toBeLessThanOrEqual(d[left + field.VALUE_SLACK]);
        expect(miss(field.SLOPE, slope)).toBeLessThanOrEqual(d[left + field.SLOPE_SLACK]);
      }),
    );
  });
});

describe("the value of a node whose errors are large", () => {
  it("is within its slack of every function within the errors of the node, as is its slope", () => {
    const cases = fc.record({
      term: terms,
      t: unit.map((v) => 4 * v),
      error: fc.constantFrom(1e-5, 1e-9),
      used: listOf(fc.constantFrom(-0.9, 0.9), 3),
    });
    fc.assert(
      fc.property(cases, ({ term, t, error, used }) => {
        const d = memory.doubles;
        writeTerm(term);
        const off = used.map((part) => error * part);
        writeNode(left, t, stateAt(term, t, off), error);
        d[left + field.SCALE] = 0;
        bounds.nodeSums(data, left, WIDTH);
        const [value, slope] = derivatives(term, t, t, 0, 0);
        expect(Math.abs(d[left + field.VALUE] - value)).toBeLessThanOrEqual(
          d[left + field.VALUE_SLACK] * (1 + 1e-9) + 1e-16,
        );
        expect(Math.abs(d[left + field.SLOPE] - slope)).toBeLessThanOrEqual(
          d[left + field.SLOPE_SLACK] * (1 + 1e-9) + 1e-15,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("has a certain sign beyond its slack only", () => {
    const d = memory.doubles;
    for (const sign of [1, -1]) {
      d.set([sign, 0.9], left + field.VALUE);
      expect(enumeration.certain(left)).toBe(true);
      d.set([sign, 1.1], left + field.VALUE);
      expect(enumeration.certain(left)).toBe(false);
    }
  });
});

describe("the root of a term", () => {
  /** Lays an economy of two goods, and evaluates a node at t. */
  const evaluate = (
    alpha: number[],
    omega: number[],
    endowments: number[],
    totals: number[],
    t: number,
    overGoods = 1,
  ) => {
    const n = alpha.length / 2;
    const [a, w, e, sum, base] = layInside(memory, alpha, omega, endowments, totals, 2000);
    economy.layEconomies(n, 2, 1, a, 0, w, 0, e, 0, sum, 0, 0, 0);
    workspace.openWorkspace(base);
    rootFunction.bind(overGoods);
    rootFunction.readEconomy();
    const node = base + 1000;
    rootFunction.guessAfresh(node);
    rootFunction.evaluateNode(node, t);
    const row = (at: number) => memory.doubles[rootFunction.data + at * rootFunction.width];
    const cell = (at: number, k = 0) => memory.doubles[node + field.NODE_HEAD + at * rootFunction.width + k];
    return { node, row, cell };
  };

  it("is within the error that the node declares", () => {
    const cases = fc.record({
      omega: fc.oneof(listOf(logUniform(1e-4, 0.1), 2), listOf(logUniform(1e-4, 1e4), 2)),
      // Where p and q are small, an error of the level is many times as large in v.
      t: fc.double({ min: -60, max: 60, noNaN: true }),
      alpha: logUniform(1e-100, 1),
      owned: listOf(fc.integer({ min: 1, max: 1023 }), 2),
    });
    fc.assert(
      fc.property(cases, ({ omega, t, alpha, owned }) => {
        const [first, second] = owned.map((k) => k / 1024);
        const endowments = [first, second, 1 - first, 1 - second];
        const { cell } = evaluate(
          [alpha, 1, 1, 1],
          [...omega, ...omega].map((w) => -w),
          endowments,
          [1, 1],
          t,
        );
        const [p, q] = omega.map(exact);
        const wealth = exact(t).exp().times(exact(first)).plus(exact(second)).ln();
        const level = exact(alpha)
          .ln()
          .plus(exact(t).times(p.minus(1)))
          .plus(q.minus(p).times(wealth));
        let v = exact(cell(field.LOGIT));
        const start = v;
        for (let step = 0; step < 8; step++) {
          const value = level.plus(p.times(soft(v.negated()))).minus(q.times(soft(v)));
          v = v.plus(value.div(p.times(share(v.negated())).plus(q.times(share(v)))));
        }
        expect(v.minus(start).abs().toNumber()).toBeLessThanOrEqual(cell(field.ERROR));
        expect(
          wealth
            .minus(exact(cell(field.WEIGHT)))
            .abs()
            .toNumber(),
        ).toBeLessThanOrEqual(cell(field.ERROR));
      }),
      { numRuns: 300 },
    );
  });

  it("rests on logs that are within the error of the data", () => {
    for (let k = 1; k < 100; k++) {
      const alpha = 10 ** (-k * 1.3);
      const [data, away] = [[alpha, 1, 1, 1], new Array(4).fill(-1)];
      const { row } = evaluate(data, away, [0.5, 0.5, 0.5, 0.5], [1, 1], 0);
      const miss = exact(alpha)
        .ln()
        .minus(exact(row(field.LEVEL)))
        .abs();
      expect(miss.toNumber()).toBeLessThanOrEqual(row(field.DATA_ERROR));
    }
  });

  it("and the shadow price there are within the error that the node declares, over two agents", () => {
    for (let k = 1; k < 100; k++) {
      // Both agents want the good alike and share it: it is worth 2 alpha, for utilities alpha ln x.
      const alpha = 10 ** (-k * 1.3);
      const { cell } = evaluate([1, alpha, 1, alpha], [-1, -1, -1, -1], [0.5, 0.5, 0.5, 0.5], [1, 1], 0, 0);
      const miss = exact(2 * alpha)
        .ln()
        .minus(exact(cell(field.WEIGHT, 1)))
        .abs();
      expect(miss.toNumber()).toBeLessThanOrEqual(cell(field.ERROR, 1));
    }
  });

  it("moves slowest where the data say that it does", () => {
    for (const [p, q] of [
      [0.1, 5],
      [5, 0.1],
      [2, 2],
      [1e-3, 1e3],
    ]) {
      const { row } = evaluate([1, 1, 1, 1], [-p, -q, -p, -q], [0.5, 0.5, 0.5, 0.5], [1, 1], 0);
      const kappa = (z: number) => (z * (1 - z)) / (p * (1 - z) + q * z);
      const peak = kappa(row(field.PEAK_PLACE));
      expect(Math.abs(peak / row(field.PEAK) - 1)).toBeLessThan(1e-14);
      for (let k = 1; k < 1000; k++) expect(kappa(k / 1000)).toBeLessThanOrEqual(peak * (1 + 1e-14));
    }
  });
});

/** Lays an economy of n agents and m goods, all alike, and places what enumerations need. */
function placeEnumeration(n: number, m: number, overGoods: number): number {
  const ones = new Array(n * m).fill(1);
  const omega = ones.map(() => -2);
  const totals = new Array(m).fill(n);
  const length = workspaces.workspaceFor(Solver.ENUMERATION, n, m, 1);
  const [a, w, e, t, base, more] = layInside(memory, ones, omega, ones, totals, length, 400);
  economy.layEconomies(n, m, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
  enumeration.bind(base, overGoods);
  rootFunction.readEconomy();
  return more;
}

describe("what lies beyond a node", () => {
  interface Part {
    z: number;
    r: number;
    /** ln M, and the declared error. */
    weight: number;
    error: number;
  }

  /** Whether f is said to have the sign `side` beyond a node with these terms. */
  const judge = (overGoods: number, side: number, parts: Part[]) => {
    const node = overGoods ? placeEnumeration(parts.length, 2, 1) : placeEnumeration(2, parts.length, 0);
    const d = memory.doubles;
    const width = rootFunction.width;
    d[node + field.POINT] = 0;
    d[node + field.SCALE] = 0;
    const put = (at: number, k: number, value: number) => {
      d[node + field.NODE_HEAD + at * width + k] = value;
    };
    for (let k = 0; k < width; k++) {
      const { z, r, weight, error } = parts[k] ?? { z: 0.5, r: 0.5, weight: -1e9, error: 0 };
      put(field.Z, k, side > 0 ? z : 1 - z);
      put(field.S, k, side > 0 ? 1 - z : z);
      put(field.R, k, side > 0 ? r : 1 - r);
      put(field.O, k, side > 0 ? 1 - r : r);
      put(field.WEIGHT, k, weight);
      put(field.ERROR, k, error);
      // Of two agents: the shadow price that the good has at least.
      d[rootFunction.data + field.FIRST * width + k] = weight;
      d[rootFunction.data + field.SECOND * width + k] = weight;
    }
    return rootFunction.beyond(node, side);
  };

  it.each([
    ["two goods", 1],
    ["two agents", 0],
  ])("is told only where every function within the errors has that sign at the node, over %s", (_, overGoods) => {
    const cases = fc.record({
      side: fc.constantFrom(1, -1),
      gainer: fc.record({
        z: fc.double({ min: 0.5, max: 0.9, noNaN: true }),
        r: fc.double({ min: 0.1, max: 0.4, noNaN: true }),
      }),
      // Over two goods a loser is taken to lose all that it owns: here it does.
      z: overGoods ? fc.constant(0) : fc.double({ min: 0.1, max: 0.4, noNaN: true }),
      r: fc.double({ min: 0.5, max: 0.9, noNaN: true }),
      errors: overGoods
        ? fc.constantFrom([1e-3, 1e-14], [1e-14, 4e-10], [1e-14, 1e-14])
        : fc.constantFrom([1e-3, 1e-14], [1e-14, 1e-3], [1e-3, 1e-3]),
      balance: unit,
    });
    let told = 0;
    fc.assert(
      fc.property(cases, ({ side, gainer, z, r, errors, balance }) => {
        const near = 5 * Math.max(...errors) * balance;
        const weight = Math.log(((gainer.z - gainer.r) / (r - z)) * (1 - near));
        const parts = [
          { ...gainer, weight: 0, error: errors[0] },
          { z, r, weight, error: errors[1] },
        ];
        if (!judge(overGoods, side, parts)) return;
        told++;
        const worst = parts.map((part) => {
          const gap = part.z - part.r;
          const moved = part.z * (1 - part.z) + part.r * (1 - part.r) + Math.abs(gap);
          return Math.exp(part.weight) * (gap - 0.9 * part.error * moved);
        });
        expect(worst[0] + worst[1]).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  it("is not told by flows that no double holds", () => {
    // The losses add up to 1.2e-323, but each is rounded to 0 by itself; the gain is 1e-323.
    const losers = new Array(5).fill({ z: 0, r: 1, weight: Math.log(2.4) - 324 * Math.LN10, error: 0 });
    expect(Math.exp(losers[0].weight)).toBe(0);
    expect(judge(1, 1, [{ z: 1e-323, r: 0, weight: 0, error: 0 }, ...losers])).toBe(false);
  });
});

describe("an interval of an enumeration", () => {
  const size = field.NODE_HEAD + 2 * field.NODE_FIELDS;
  const cases = fc.record({
    g: listOf(
      fc.oneof(
        unit,
        unit.map((v) => v / 10),
      ),
      4,
    ),
    h: fc.constantFrom(0.1, 0.3, 1),
    c: fc.constantFrom(0, 0.3, 1),
    slack: fc.constantFrom(0, 0.2),
    slopeSlack: fc.constantFrom(0, 0.2),
    used: listOf(fc.constantFrom(-0.999, 0, 0.999), 4),
    wider: listOf(fc.constantFrom(1e-9, 0.1, 10), 3),
  });

  it("is bounded for every function within the slacks of its nodes", () => {
    const ways = [0, 0];
    fc.assert(
      fc.property(cases, ({ g, h, c, slack, slopeSlack, used, wider }) => {
        const from = placeEnumeration(2, 2, 1);
        const to = from + size;
        const at = (t: number) => [
          g[0] + t * (g[1] + t * (g[2] + t * g[3])),
          g[1] + t * (2 * g[2] + 3 * t * g[3]),
          2 * g[2] + 6 * t * g[3],
        ];
        const grid = Array.from({ length: 201 }, (_, k) => at((k * h) / 200));
        const range = (k: number) => [Math.min(...grid.map((v) => v[k])), Math.max(...grid.map((v) => v[k]))];
        const d = memory.doubles;
        // f = exp(c t) g, as nodes hold it.
        for (const [node, t, a, b] of [
          [from, 0, used[0], used[1]],
          [to, h, used[2], used[3]],
        ]) {
          const [value, slope] = at(t);
          const grown = Math.exp(c * t);
          d.set([t, 0, grown * (value + a * slack), grown * slack], node);
          d.set([grown * (slope + c * value + b * slopeSlack), grown * slopeSlack], node + field.SLOPE);
        }
        // A grid misses extremes by what the next derivatives do within its steps.
        const margins = [10, 10, 1e-9].map((v, k) => (k === 2 ? v : v * (h / 200) ** 2) + wider[k]);
        for (let k = 0; k < 3; k++) {
          const [low, high] = range(k);
          d.set(
            [low - margins[k] - (k === 0 ? 100 : 0), high + margins[k] + (k === 0 ? 100 : 0)],
            enumeration.sums + 2 * k,
          );
        }
        enumeration.setStretch(from, -1, 0, 1);
        const way = enumeration.refine(to, h, c, 1, Math.exp(-c * h));
        const [low, high] = d.subarray(enumeration.sums, enumeration.sums + 2);
        expect(low).toBeLessThanOrEqual(range(0)[0] + 1e-12);
        expect(high).toBeGreaterThanOrEqual(range(0)[1] - 1e-12);
        if (way !== 0) {
          ways[way > 0 ? 0 : 1]++;
          const [least, most] = range(1);
          expect(way > 0 ? most : -least).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 4000 },
    );
    expect(Math.min(...ways)).toBeGreaterThan(50);
  });

  it("is monotone by no bounds that contradict each other", () => {
    const from = placeEnumeration(2, 2, 1);
    const d = memory.doubles;
    for (const node of [from, from + size]) d.set([0, 0, 1, 10, 1, 10], node);
    d[from + size] = 1;
    const wayOf = (...bounds: number[]) => {
      d.set(bounds, enumeration.sums);
      enumeration.setStretch(from, -1, 0, 1);
      return enumeration.refine(from + size, 1, 0, 1, 1);
    };
    expect(wayOf(-5, 5, -2, -1, -1, 1)).toBe(1);
    expect(wayOf(-5, 5, -1, -2, -1, 1)).toBe(0);
    expect(wayOf(5, -5, -2, -1, -1, 1)).toBe(0);
  });

  it("is not told by flows that no double holds", () => {
    const from = placeEnumeration(6, 2, 1);
    const d = memory.doubles;
    const width = rootFunction.width;
    const to = from + field.NODE_HEAD + field.NODE_FIELDS * width;
    for (const [node, t] of [
      [from, 0],
      [to, 1e-3],
    ]) {
      d.fill(0, node, node + field.NODE_HEAD);
      d[node + field.POINT] = t;
      for (let k = 0; k < width; k++) {
        const term = k === 0 ? [-743, 0, 1e-323, 1, 0, 1] : [-743, -745.2, 0, 1, 1, 0];
        [...term, 0, 0, 0].forEach((v, at) => {
          d[node + field.NODE_HEAD + at * width + k] = v;
        });
      }
      bounds.nodeSums(rootFunction.data, node, width);
    }
    // The first agent buys 1e-323, the others sell five times 2.4e-324, which is rounded to 0.
    expect(d[from + field.VALUE]).toBe(1e-323);
    enumeration.setStretch(from, -1, 0, 1);
    expect(enumeration.assess(to)).toBe(0);
  });
});

describe("an undecided stretch", () => {
  /** Nodes at -0.1, 0.1 and 0.3 of a function that falls through 0 at 0, with values known as given. */
  const nodesOf = (values: number[], slacks: number[]) => {
    const base = placeEnumeration(2, 2, 1);
    return [-0.1, 0.1, 0.3].map((t, k) => {
      const node = base + k * rootFunction.nodeSize();
      rootFunction.guessAfresh(node);
      rootFunction.evaluateNode(node, t);
      memory.doubles[node + field.VALUE] = values[k];
      memory.doubles[node + field.VALUE_SLACK] = slacks[k];
      return node;
    });
  };
  const entriesOf = () =>
    Array.from({ length: enumeration.entries }, (_, k) => {
      const entry = enumeration.found + FOUND_SIZE * k;
      const d = memory.doubles;
      return { root: d[entry + FOUND_ROOT], index: d[entry + FOUND_INDEX], to: d[entry + FOUND_TO] };
    });
  const [FALLING, RISING] = [1, -1];

  it("that falls, then rises, is not said to have exactly one root", () => {
    const [a, b, c] = nodesOf([1, 0, -1], [0, 1, 0]);
    enumeration.setStretch(b, a, FALLING, 1);
    enumeration.leaveOpen(c, RISING);
    enumeration.close(-1);
    expect(entriesOf()).toMatchObject([{ root: 0, index: 1, to: 0.3 }]);
  });

  it("ends where a known sign parts its ways", () => {
    const [a, b, c] = nodesOf([1, -1, -1], [0, 0.5, 0]);
    enumeration.setStretch(b, a, FALLING, 1);
    enumeration.leaveOpen(c, RISING);
    enumeration.close(-1);
    const entries = entriesOf();
    expect(entries).toMatchObject([{ root: 1, index: 1 }]);
    expect(Math.abs(entries[0].to)).toBeLessThan(1e-9);
  });

  it("that falls from below 0 to above 0 is not believed", () => {
    const [a, b] = nodesOf([-1, 1, 1], [0, 0, 0]);
    enumeration.setStretch(b, a, FALLING, -1);
    enumeration.close(1);
    expect(entriesOf()).toMatchObject([{ root: 0, index: -1 }]);
  });
});

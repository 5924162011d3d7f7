// Tracing of curves, on curves that are known.

import { describe, expect, it } from "vitest";
import { checkChordTolerance, traceCurve } from "../../src/frontier/curve.js";
import { Findings } from "../../src/violations.js";

/** Traces x(t) and keeps what was evaluated, batch by batch. */
function traced(
  x: (t: number) => number[],
  { from = 0, to = 1, tolerance = 1e-3, maxPoints = 1000, most = Number.POSITIVE_INFINITY } = {},
) {
  const batches: number[][] = [];
  const points: number[][] = [];
  const evaluate = (parameters: Float64Array) => {
    const batch = [...parameters].slice(0, Math.max(0, most - points.length));
    batches.push(batch);
    points.push(...batch.map(x));
    return batch.map(x);
  };
  const curve = traceCurve(evaluate, from, to, tolerance, maxPoints);
  return { ...curve, batches, points: curve.order.map((k) => points[k]), evaluated: batches.flat() };
}

const circle = (t: number) => [Math.cos(t), Math.sin(t)];

describe("a traced curve", () => {
  it("has seventeen evenly spaced points where it is straight", () => {
    for (const [from, to] of [
      [0, 1],
      [-3, 5],
      [2, -2],
    ]) {
      // biome-ignore format: rows
      const { parameters, points, batches, chordDistance, complete } = traced((t) => [t, 3 - 2 * t], { from, to });
      const even = Array.from({ length: 17 }, (_, k) => from + ((to - from) * k) / 16);
      expect(batches[0]).toEqual(even);
      // The middle of every segment is tried once.
      expect(batches[1].toSorted((a, b) => a - b)).toEqual(
        even.slice(1).map((t, k) => 0.5 * (t + even[k])).toSorted((a, b) => a - b), // biome-ignore format: a chain
      );
      expect(batches).toHaveLength(2);
      expect([...parameters]).toEqual(batches.flat().toSorted((a, b) => a - b));
      expect(points).toEqual([...parameters].map((t) => [t, 3 - 2 * t]));
      expect(chordDistance).toBeLessThan(1e-15);
      expect(complete).toBe(true);
    }
  });

  it("is nowhere further from its chords than the tolerance, and says how far", () => {
    for (const tolerance of [1e-2, 1e-4, 1e-6]) {
      const { parameters, chordDistance, complete, evaluated } = traced(circle, {
        to: Math.PI,
        tolerance,
        maxPoints: 1e5,
      });
      expect(complete).toBe(true);
      expect(chordDistance).toBeLessThanOrEqual(tolerance);
      // The sagitta of the segment before the last halving.
      const widest = Math.max(...[...parameters].slice(1).map((t, k) => t - parameters[k]));
      expect(1 - Math.cos(widest / 2)).toBeLessThanOrEqual(tolerance);
      expect(1 - Math.cos(widest)).toBeCloseTo(chordDistance, 12);
      expect(new Set(evaluated).size).toBe(evaluated.length);
      // No finer than is needed: every segment twice as wide would be too far from the curve, or
      // is one of the first.
      expect(1 - Math.cos(2 * widest) > tolerance || widest >= Math.PI / 32 - 1e-12).toBe(true);
    }
  });

  it("has points where it bends", () => {
    const { parameters } = traced((t) => [t, Math.max(0, t - 0.7)], { tolerance: 1e-6 });
    const gaps = [...parameters].slice(1).map((t, k) => ({ at: 0.5 * (t + parameters[k]), gap: t - parameters[k] }));
    expect(Math.max(...gaps.filter(({ at }) => Math.abs(at - 0.7) > 0.1).map(({ gap }) => gap))).toBe(1 / 32);
    expect(Math.min(...gaps.map(({ gap }) => gap))).toBeLessThan(1e-4);
  });

  it("has at most so many points, at the worst segments first, and says that it is not complete", () => {
    for (const maxPoints of [2, 3, 17, 18, 30, 50]) {
      const { parameters, complete, chordDistance, points } = traced(circle, { to: 6, tolerance: 1e-9, maxPoints });
      expect([parameters.length, points.length, complete]).toEqual([maxPoints, maxPoints, false]);
      expect([parameters[0], parameters[maxPoints - 1]]).toEqual([0, 6]);
      // Some of the first segments have no point between their ends, up to 33 points.
      if (maxPoints < 33) expect(chordDistance).toBe(Infinity);
      else expect(chordDistance).toBeCloseTo(1 - Math.cos(6 / 32), 12);
    }
    // The sharper of two kinks comes first, though it is the later one.
    const kinks = (t: number) => [t, 0.1 * Math.max(0, t - 0.11) + Math.max(0, t - 0.83)];
    const { evaluated } = traced(kinks, { tolerance: 1e-12, maxPoints: 35 });
    for (const t of evaluated.slice(33)) expect(Math.abs(t - 0.83)).toBeLessThan(1 / 16);
  });

  it("is not halved for ever where it winds without end", () => {
    const spiral = (t: number) => circle(3 * Math.log(Math.abs(t - 1 / 3)));
    const { parameters, complete, chordDistance } = traced(spiral, { tolerance: 0.1, maxPoints: 10_000 });
    expect(complete).toBe(true);
    expect(parameters.length).toBeLessThan(2000);
    const least = Math.min(...[...parameters].slice(1).map((t, k) => t - parameters[k]));
    expect(least).toBeGreaterThanOrEqual(2 ** -31);
    expect(least).toBeLessThanOrEqual(2 ** -29);
    expect(chordDistance).toBeGreaterThan(0.1);
    expect(chordDistance).toBeLessThanOrEqual(2);
  });

  it("ends where no more points come", () => {
    const none = traced(circle, { most: 5 });
    expect([none.parameters.length, none.complete, none.batches.length]).toEqual([5, false, 1]);
    const some = traced(circle, { tolerance: 1e-9, most: 20 });
    expect([some.parameters.length, some.complete, some.chordDistance, some.batches.length]).toEqual([
      20,
      false,
      Infinity,
      2,
    ]);
    const all = traced(circle, { tolerance: 0.1, most: 33 });
    expect([all.parameters.length, all.complete]).toEqual([33, true]);
  });

  it("may stand still", () => {
    const { complete, chordDistance } = traced(() => [1, 2]);
    expect([complete, chordDistance]).toEqual([true, 0]);
    // From a chord of no length, as far as from its point.
    const loop = traced((t) => [Math.sin(2 * Math.PI * 16 * t)], { tolerance: 2 });
    expect(loop.chordDistance).toBeLessThan(1e-12);
    const bump = traced((t) => [Math.sin(Math.PI * 16 * t) ** 2], { tolerance: 2 });
    expect(bump.chordDistance).toBeCloseTo(1, 12);
  });
});

describe("the chord tolerance", () => {
  it("has a default and an old name, which must agree with the new one", () => {
    const check = (options: { chordTolerance?: number; bend?: number }) => {
      const findings = new Findings();
      const tolerance = checkChordTolerance(options, findings);
      return [tolerance, ...findings.violations.map(({ path, requirement }) => `${path} ${requirement}`)];
    };
    expect(check({})).toEqual([1e-3]);
    expect(check({ chordTolerance: 0.2 })).toEqual([0.2]);
    expect(check({ bend: 0.3 })).toEqual([0.3]);
    expect(check({ chordTolerance: 0.2, bend: 0.2 })).toEqual([0.2]);
    expect(check({ chordTolerance: 0.2, bend: 0.3 })).toEqual([
      0.2,
      "bend is the old name of chordTolerance and must equal it if both are given",
    ]);
  });
});

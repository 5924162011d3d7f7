// The interval Newton test on systems whose zeros are known: it must not lose one, wherever in the
// box it is and however values and slopes use what their slacks and bounds allow.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listOf, logUniform } from "../support/engines.js";
import { layInside, startInternals } from "../support/internals.js";

const { memory, workspace, system, intervalNewton } = await startInternals();

const [base] = layInside(memory, 200);
workspace.openWorkspace(base);
system.bind();
intervalNewton.bind();

interface Box {
  centre: [number, number];
  half: [number, number];
}

/**
 * Tests a box with these values and bounds of slopes of parts 0 and 1, those of value j along
 * unknown k at 2 j + k. The values add up to 0, so that part 2 has the rest.
 */
function test({ centre, half }: Box, values: number[], slacks: number[], lower: number[], upper: number[]) {
  const d = memory.doubles;
  d.set([values[0], values[1], -(values[0] + values[1])], system.excess);
  d.set([slacks[0], slacks[1], slacks[0] + slacks[1]], system.slack);
  d.set([...lower, -(upper[0] + upper[2]), -(upper[1] + upper[3])], system.lowerSlope);
  d.set([...upper, -(lower[0] + lower[2]), -(lower[1] + lower[3])], system.upperSlope);
  intervalNewton.testBox(...centre, ...half);
  const { excluded, regular, proved, index, restX, restY, restWide, restHigh } = intervalNewton;
  return { excluded, regular, proved, index, rest: { x: restX, y: restY, wide: restWide, high: restHigh } };
}

/** Numbers of [-1, 1], evenly spread. */
const place = fc.integer({ min: -1000, max: 1000 }).map((v) => v / 1000);
const corner = fc.constantFrom(-1, 1);

describe("the interval Newton test", () => {
  it("loses no zero: in corners of the box, at the ends of slopes, with all the slack used", () => {
    const cases = fc.record({
      slopes: listOf(place, 4),
      wider: fc.oneof(fc.constant(0), logUniform(1e-12, 0.3)),
      at: fc.oneof(fc.tuple(corner, corner), fc.tuple(place, place), fc.tuple(corner, place)),
      ends: listOf(place, 4),
      slack: fc.oneof(fc.constant(0), logUniform(1e-9, 0.1)),
      used: listOf(corner, 2),
      half: listOf(logUniform(1e-3, 1), 2),
    });
    let narrowed = 0;
    fc.assert(
      fc.property(cases, ({ slopes, wider, at, ends, slack, used, half }) => {
        const lower = slopes.map((v) => v - wider);
        const upper = slopes.map((v) => v + wider);
        const a = slopes.map((v, k) => Math.min(upper[k], Math.max(lower[k], v + wider * ends[k])));
        const box: Box = { centre: [0, 0], half: [half[0], half[1]] };
        const z = [at[0] * half[0], at[1] * half[1]];
        // Values are rounded here: a few units of that are what slacks have to cover at least.
        const sizes = [0, 1].map((j) => Math.abs(a[2 * j] * z[0]) + Math.abs(a[2 * j + 1] * z[1]));
        const slacks = sizes.map((size) => slack + 5e-16 * size);
        const values = [0, 1].map((j) => -(a[2 * j] * z[0] + a[2 * j + 1] * z[1]) + used[j] * slack);
        const { excluded, rest } = test(box, values, slacks, lower, upper);
        expect(excluded).toBe(false);
        // The coordinates of the zero are given in doubles, those of the box are rounded outwards.
        expect(Math.abs(z[0] - rest.x)).toBeLessThanOrEqual(rest.wide * (1 + 1e-15));
        expect(Math.abs(z[1] - rest.y)).toBeLessThanOrEqual(rest.high * (1 + 1e-15));
        if (rest.wide < 0.5 * half[0]) narrowed++;
      }),
      { numRuns: 5000 },
    );
    expect(narrowed).toBeGreaterThan(200);
  });

  it("keeps a zero in the very corner, though values and slopes are known exactly", () => {
    // Small integers: all that goes in is exact, all that is rounded is rounded inside.
    let seen = 0;
    for (let code = 0; code < 4096; code++) {
      const [a, b, c, e] = [0, 3, 6, 9].map((bits) => ((code >> bits) & 7) - 3);
      if (a * e === b * c) continue;
      for (const [x, y] of [
        [3, 7],
        [-3, 7],
        [7, -3],
        [-7, -3],
      ]) {
        seen++;
        const values = [-(a * x + b * y), -(c * x + e * y)];
        const slopes = [a, b, c, e];
        const half = [Math.abs(x), Math.abs(y)] as [number, number];
        const { excluded, rest, regular, index } = test({ centre: [0, 0], half }, values, [0, 0], slopes, slopes);
        expect([a, b, c, e, x, y, excluded]).toEqual([a, b, c, e, x, y, false]);
        expect(Math.abs(x - rest.x)).toBeLessThanOrEqual(rest.wide);
        expect(Math.abs(y - rest.y)).toBeLessThanOrEqual(rest.high);
        expect([regular, index]).toEqual([true, Math.sign(a * e - b * c)]);
      }
    }
    expect(seen).toBeGreaterThan(10_000);
  });

  /** Whether a zero in a corner stays in the box that is left; values and slopes are exact. */
  const keeps = ([a, b, c, e]: number[], [x, y]: number[], [s, t]: number[] = [0, 0]) => {
    const half = [Math.abs(x), Math.abs(y)] as [number, number];
    const values = [-(a * x + b * y) + s, -(c * x + e * y) + t];
    const slacks = [Math.abs(s), Math.abs(t)];
    const { excluded, rest } = test({ centre: [0, 0], half }, values, slacks, [a, b, c, e], [a, b, c, e]);
    return !excluded && Math.abs(x - rest.x) <= rest.wide && Math.abs(y - rest.y) <= rest.high;
  };

  it("keeps a zero in the very corner of a box with slopes almost alike, whose inverse is rounded", () => {
    expect(keeps([894600, 267188, 894600, 267190], [-12, 40])).toBe(true);
    const whole = fc.integer({ min: 1, max: 1e6 });
    const small = fc.integer({ min: -2, max: 2 });
    fc.assert(
      fc.property(whole, whole, small, small, fc.tuple(place, place), (a, b, first, second, at) => {
        const [x, y] = at.map((v) => 100 * v || 1);
        if (a * (b + second) === b * (a + first) || !Number.isInteger(x) || !Number.isInteger(y)) return;
        expect(keeps([a, b, a + first, b + second], [x, y])).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps a zero in the very corner that values far from 0 have at the end of their slack", () => {
    const whole = fc.integer({ min: -1000, max: 1000 });
    const slack = fc.integer({ min: -1e9, max: 1e9 });
    let seen = 0;
    fc.assert(
      fc.property(listOf(whole, 4), listOf(whole, 2), listOf(slack, 2), (slopes, corner, slacks) => {
        if (slopes[0] * slopes[3] === slopes[1] * slopes[2] || corner.includes(0)) return;
        seen++;
        expect(keeps(slopes, corner, slacks)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(seen).toBeGreaterThan(1000);
  });

  it("proves a zero only where every system within the bounds has one in the box", () => {
    const cases = fc.record({
      slopes: listOf(place, 4),
      wider: fc.oneof(fc.constant(0), logUniform(1e-3, 0.5)),
      values: listOf(place, 2),
      slack: fc.oneof(fc.constant(0), logUniform(1e-3, 0.3)),
      ends: listOf(corner, 6),
      half: listOf(logUniform(0.1, 1), 2),
    });
    let proofs = 0;
    fc.assert(
      fc.property(cases, ({ slopes, wider, values, slack, ends, half }) => {
        const lower = slopes.map((v) => v - wider);
        const upper = slopes.map((v) => v + wider);
        const box: Box = { centre: [0, 0], half: [half[0], half[1]] };
        const { excluded, proved, regular, index } = test(box, values, [slack, slack], lower, upper);
        const [a, b, c, e] = slopes.map((v, k) => v + wider * ends[k]);
        const det = a * e - b * c;
        if (regular) expect(index).toBe(Math.sign(det));
        const [v, w] = values.map((value, j) => value + slack * ends[4 + j]);
        const x = (b * w - e * v) / det;
        const y = (c * v - a * w) / det;
        const inside = Math.abs(x) / half[0] < 1 + 1e-9 && Math.abs(y) / half[1] < 1 + 1e-9;
        if (excluded) expect(Math.abs(x) / half[0] > 1 - 1e-9 || Math.abs(y) / half[1] > 1 - 1e-9).toBe(true);
        else if (proved) {
          proofs++;
          expect(inside).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(proofs).toBeGreaterThan(500);
  });
});

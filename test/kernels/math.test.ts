// The random numbers of the kernels, against their published generator; and the linear algebra and
// the sums of exponentials beneath all solvers, against their definitions.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engines, listOf, matrixOf, negative, relativeDifference } from "../support/engines.js";
import { exact, sumOf } from "../support/exact.js";
import { layInside, startInternals } from "../support/internals.js";

const { memory, gmres, linear, logSumExp } = await startInternals();

const readInside = (address: number, count: number) => [...memory.doubles.subarray(address, address + count)];

const times = (a: number[][], x: number[]) => a.map((row) => row.reduce((sum, v, k) => sum + v * x[k], 0));
const lengthOf = (x: number[]) => Math.hypot(...x);
const transposed = (a: number[][]) => a[0].map((_, k) => a.map((row) => row[k]));

const entry = fc.double({ min: -1, max: 1, noNaN: true });

/** Matrices of order 1 to 9 and of any rank, as products of two narrow ones; and a vector. */
const systems = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([m, rank]) =>
    fc.record({
      left: matrixOf(entry, m, Math.min(rank, m)),
      right: matrixOf(entry, Math.min(rank, m), m),
      whole: matrixOf(entry, m, m),
      x: listOf(entry, m),
    }),
  )
  .map(({ left, right, whole, x }) => {
    const rank = left[0].length;
    const m = left.length;
    // Narrow matrices with a unit part have the rank that they look to have.
    const [l, r] = [left.map((row, i) => row.map((v, k) => v + (i === k ? 3 : 0))), right];
    const product = l.map((row) =>
      r[0].map((_, j) => row.reduce((s, v, k) => s + v * (r[k][j] + (k === j ? 3 : 0)), 0)),
    );
    // Dominated by its diagonal, so that it is far from singular.
    const a = rank === m ? whole.map((row, i) => row.map((v, j) => v + (i === j ? m + 1 : 0))) : product;
    return { a, rank, m, x };
  });

describe("a system known by products", () => {
  /** Solves a x = b; `part` is what is said to be left of b, `left` what is. */
  const solve = (a: number[][], b: number[], tolerance: number, maxProducts: number) => {
    const m = b.length;
    const length = gmres.krylovLength(m, maxProducts);
    const [right, x, workspace, behind] = layInside(memory, b, m, length, [1, 2]);
    let products = 0;
    const part = gmres.solveByProducts(
      (from, to) => {
        products++;
        memory.doubles.set(times(a, readInside(from, m)), to);
      },
      ...([m, right, x, tolerance, maxProducts, workspace] as const),
    );
    expect(readInside(behind, 2)).toEqual([1, 2]);
    const solution = readInside(x, m);
    const rest = times(a, solution).map((v, j) => v - b[j]);
    return { x: solution, part, products, left: lengthOf(rest) / lengthOf(b) };
  };

  it("is solved as its factors solve it", () => {
    fc.assert(
      fc.property(systems, ({ a, m, rank, x }) => {
        if (rank < m || lengthOf(x) < 1e-3) return;
        const b = times(a, x);
        const { x: found, part, left } = solve(a, b, 1e-7, m + 3);
        expect(part).toBeLessThanOrEqual(1e-7);
        expect(left).toBeLessThan(1.001e-7);
        const [factors, right, pivots] = layInside(memory, a.flat(), b, m);
        if (linear.factor(factors, m, pivots) === 0) return;
        linear.solve(factors, m, pivots, right);
        const size = Math.max(...a.flat().map(Math.abs));
        times(a, readInside(right, m)).forEach((v, j) => {
          expect(Math.abs(v - b[j])).toBeLessThan(1e-11 * size);
        });
        expect(found.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it("is solved up to the tolerance, in few products, and what is left is told", () => {
    fc.assert(
      fc.property(
        systems,
        fc.constantFrom(1e-1, 1e-3, 1e-6),
        fc.integer({ min: 1, max: 12 }),
        (system, tolerance, most) => {
          const { a, m, rank, x } = system;
          const b = rank === m ? x : times(a, x);
          if (lengthOf(b) < 1e-3) return;
          const { part, products, left, x: found } = solve(a, b, tolerance, most);
          expect(found.every(Number.isFinite)).toBe(true);
          expect(products).toBeLessThanOrEqual(Math.min(most, rank + 1));
          expect(Math.abs(part - left)).toBeLessThan(1e-6);
          if (most > rank) expect(left).toBeLessThan(1.001 * tolerance);
        },
      ),
    );
  });

  it("takes no more memory than it says, also if it takes all products", () => {
    // A cycle: every product but the last leaves all of b.
    const cycle = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === (j + 1) % 4 ? 1 : 0)));
    expect(solve(cycle, [1, 0, 0, 0], 1e-12, 4)).toMatchObject({ x: [0, 0, 0, 1], products: 4 });
    expect(solve(cycle, [1, 0, 0, 0], 1e-12, 2)).toMatchObject({ part: 1, products: 2 });
  });

  it("that is singular keeps to what it can reach", () => {
    expect(solve([[0]], [1], 1e-10, 3)).toMatchObject({ x: [0], part: 1 });
    expect(
      solve(
        [
          [1, 0],
          [0, 0],
        ],
        [1, 0],
        1e-10,
        2,
      ),
    ).toMatchObject({ x: [1, 0], products: 1 });
    // A remainder that is rounding is no direction: one product is all that [1, 1, 1] needs.
    const even = [
      [1 / 3, 1 / 3, 1 / 3],
      [0.1, 0.2, 0.7],
      [0.3, 0.3, 0.4],
    ];
    expect(solve(even, [0.7, 0.7, 0.7], 1e-300, 3).products).toBe(1);
    // What is not in its range is left, and nothing is divided by its rounding.
    const { x, part } = solve(
      [
        [1, 1],
        [1, 1],
      ],
      [1, 0],
      1e-10,
      2,
    );
    expect(x.every((v) => Math.abs(v) < 1)).toBe(true);
    expect(part).toBeCloseTo(Math.SQRT1_2, 10);
    expect(
      solve(
        [
          [1, 2],
          [3, 4],
        ],
        [0, 0],
        1e-10,
        2,
      ),
    ).toMatchObject({ x: [0, 0], part: 0, products: 0 });
  });
});

describe("a dense system", () => {
  /** The determinant, by its definition. */
  const determinant = (a: number[][]): number =>
    a.length === 1
      ? a[0][0]
      : a[0].reduce(
          (sum, v, k) => sum + (k & 1 ? -v : v) * determinant(a.slice(1).map((row) => row.filter((_, j) => j !== k))),
          0,
        );

  it("is solved by its factors, whose sign is the determinant's", () => {
    const matrices = fc.integer({ min: 1, max: 6 }).chain((m) => fc.tuple(matrixOf(entry, m, m), listOf(entry, m)));
    fc.assert(
      fc.property(matrices, ([a, x]) => {
        const m = x.length;
        const det = determinant(a);
        if (Math.abs(det) < 1e-6) return;
        const [factors, right, pivots] = layInside(memory, a.flat(), times(a, x), m);
        expect(linear.factor(factors, m, pivots)).toBe(Math.sign(det));
        linear.solve(factors, m, pivots, right);
        const error = readInside(right, m).map((v, j) => v - x[j]);
        expect(lengthOf(error) * Math.abs(det)).toBeLessThan(1e-12);
        // With the largest pivots no multiple is above 1.
        for (let i = 0; i < m; i++) {
          for (const v of readInside(factors + i * m, i)) expect(Math.abs(v)).toBeLessThanOrEqual(1);
        }
      }),
    );
    const [singular, pivots] = layInside(memory, [1, 2, 2, 4], 2);
    expect(linear.factor(singular, 2, pivots)).toBe(0);
    expect(readInside(singular, 4).every(Number.isFinite)).toBe(true);
    const [zero] = layInside(memory, [0, 0, 0, 0]);
    expect(linear.factor(zero, 2, pivots)).toBe(0);
    expect(readInside(zero, 4)).toEqual([0, 0, 0, 0]);
  });

  const shortest = (a: number[][], b: number[]) => {
    const m = b.length;
    const [matrix, right, out, scale, diagonal] = layInside(memory, a.flat(), b, m, m, m);
    const rank = linear.minimumNorm(matrix, m, right, out, scale, diagonal);
    return { rank, x: readInside(out, m) };
  };

  it("of any rank has the shortest solution, which is a combination of its rows", () => {
    fc.assert(
      fc.property(systems, ({ a, m, rank, x: z }) => {
        const x = times(transposed(a), z);
        const { rank: found, x: solution } = shortest(a, times(a, x));
        const size = lengthOf(x) + 1e-3;
        // A product of narrow matrices may still be close to one of lower rank.
        if (found === rank) expect(lengthOf(solution.map((v, j) => v - x[j]))).toBeLessThan(1e-6 * size);
        expect(found).toBeLessThanOrEqual(rank);
        expect(lengthOf(times(a, solution).map((v, i) => v - times(a, x)[i]))).toBeLessThan(1e-9 * (size + m));
      }),
      { numRuns: 300 },
    );
  });

  it("has the rank that rows longer than a trillionth of the longest make", () => {
    expect(
      shortest(
        [
          [1, 0],
          [1, 1e-11],
        ],
        [1, 1],
      ).rank,
    ).toBe(2);
    expect(
      shortest(
        [
          [1, 0],
          [1, 1e-13],
        ],
        [1, 1],
      ),
    ).toEqual({ rank: 1, x: [1, 0] });
    expect(
      shortest(
        [
          [1e-13, 0],
          [0, 1],
        ],
        [0, 1],
      ),
    ).toEqual({ rank: 1, x: [0, 1] });
    expect(
      shortest(
        [
          [1, 1e8],
          [1, 2],
        ],
        [1e8 + 1, 3],
      ).rank,
    ).toBe(2);
    const third = 1 / 3;
    const { rank, x } = shortest(
      [
        [third, 2 / 3, 1],
        [1, 2, 3],
        [0.7, 1.4, 2.1],
      ],
      [2, 6, 4.2],
    );
    expect(rank).toBe(1);
    expect(relativeDifference(x, [6 / 14, 12 / 14, 18 / 14])).toBeLessThan(1e-14);
    // A row that points along the axis is reflected without cancellation.
    expect(
      relativeDifference(
        shortest(
          [
            [1, 1e-9],
            [0, 1],
          ],
          [1, 1],
        ).x,
        [1 - 1e-9, 1],
      ),
    ).toBeLessThan(1e-15);
    expect(
      relativeDifference(
        shortest(
          [
            [-1, 1e-9],
            [0, 1],
          ],
          [1, 1],
        ).x,
        [-1 + 1e-9, 1],
      ),
    ).toBeLessThan(1e-15);
  });
});

describe("a sum of exponentials", () => {
  const terms = fc.integer({ min: 1, max: 7 }).chain((n) =>
    fc.record({
      a: listOf(negative(0.01, 100), n),
      l: listOf(fc.double({ min: -20, max: 20, noNaN: true }), n),
      c: listOf(fc.double({ min: -5, max: 5, noNaN: true }), n),
      target: fc.double({ min: -3, max: 3, noNaN: true }),
      guess: fc.oneof(fc.constant(Number.NaN), fc.double({ min: -30, max: 30, noNaN: true })),
    }),
  );

  it("has a root that is right to rounding, whatever the guess", () => {
    fc.assert(
      fc.property(terms, ({ a, l, c, target, guess }) => {
        const n = a.length;
        const [atA, atL, atC, work] = layInside(memory, a, l, c, n + 4);
        const t = logSumExp.logSumRoot(n, atA, atL, atC, target, guess, work);
        const parts = a.map((v, k) =>
          exact(v)
            .times(exact(t).minus(exact(l[k])))
            .plus(exact(c[k]))
            .exp(),
        );
        const sum = sumOf(parts);
        const slope = sumOf(parts.map((part, k) => part.times(exact(a[k])))).div(sum);
        const miss = sum.ln().minus(exact(target)).div(slope).abs().toNumber();
        // Each exponent is rounded, and t is the answer to their mean.
        const rounding = a.reduce(
          (most, v, k) => Math.max(most, Math.abs(v * (t - l[k])) + Math.abs(c[k])),
          1 + Math.abs(target),
        );
        expect(miss).toBeLessThan(4e-16 * (Math.abs(t) + rounding / Math.abs(slope.toNumber())));
      }),
      { numRuns: 2000 },
    );
  });

  it("of two logs is that of their exponentials", () => {
    const log = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(log, log, (x, y) => {
        const wanted = exact(x).exp().plus(exact(y).exp()).ln().toNumber();
        expect(Math.abs(logSumExp.logAdd(x, y) - wanted)).toBeLessThan(1e-15 * (1 + Math.abs(wanted)));
      }),
    );
    expect(logSumExp.logAdd(-1e30, 2)).toBe(2);
    expect(logSumExp.logAdd(-1e30, -1e30)).toBe(-1e30);
  });
});

for (const [name, , { kernels, lay, read }] of engines) {
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
}

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

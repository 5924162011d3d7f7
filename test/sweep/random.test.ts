// Random numbers by counter, and distributions.

import { describe, expect, it } from "vitest";
import { checkDistribution, type Distribution, normalQuantile } from "../../src/sweep/distributions.js";
import { keyOf, threefry, Uniforms } from "../../src/sweep/random.js";
import { Findings } from "../../src/violations.js";

function words(counter: number[], key: number[]): string {
  const out = new Uint32Array(4);
  threefry(out, Uint32Array.from(counter), keyOf(key));
  return Array.from(out, (word) => word.toString(16).padStart(8, "0")).join(" ");
}

describe("threefry", () => {
  it("gives the known answers of Random123 for 20 rounds", () => {
    const [zeros, ones] = [Array(4).fill(0), Array(4).fill(0xffffffff)];
    expect(words(zeros, zeros)).toBe("9c6ca96a e17eae66 fc10ecd4 5256a7d8");
    expect(words(ones, ones)).toBe("2a881696 57012287 f6c7446e a16a6732");
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89];
    expect(words(pi.slice(0, 4), pi.slice(4))).toBe("59cd1dbb b8879579 86b5d00c ac8b6d84");
  });
});

describe("uniform numbers", () => {
  const of = (seed: number, row: number, stream = 0, length = 5) => {
    const out = new Float64Array(length);
    new Uniforms(seed).fill(out, row, stream);
    return [...out];
  };

  it("depend on seed, row and stream, and on nothing else", () => {
    expect(of(7, 3)).toEqual(of(7, 3));
    expect(of(7, 3, 0, 2)).toEqual(of(7, 3).slice(0, 2));
    const others = [of(8, 3), of(7, 4), of(7, 3, 1), of(7 + 2 ** 32, 3), of(7, 3 + 2 ** 32)];
    for (const other of others) expect(other.filter((u) => of(7, 3).includes(u))).toEqual([]);
  });

  it("lie between 0 and 1 and are uniform and independent, as far as moments tell", () => {
    const rows = 20_000;
    let [sum, squares, lagged] = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const [a, b] = of(1, row, 0, 2);
      expect(a > 0 && a < 1).toBe(true);
      sum += a - 0.5;
      squares += (a - 0.5) ** 2 - 1 / 12;
      lagged += (a - 0.5) * (b - 0.5);
    }
    // Five standard errors each.
    expect(Math.abs(sum / rows)).toBeLessThan(5 * Math.sqrt(1 / 12 / rows));
    expect(Math.abs(squares / rows)).toBeLessThan(5 * Math.sqrt(1 / 180 / rows));
    expect(Math.abs(lagged / rows)).toBeLessThan(5 / 12 / Math.sqrt(rows));
  });
});

describe("distributions", () => {
  it("has the quantiles of the normal distribution", () => {
    // Computed with 30 digits.
    for (const [u, z] of [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.9999, 3.719016485455709],
      [1e-10, -6.361340902404056],
      [1e-100, -21.273453560965322],
      [0.6, 0.2533471031357997],
    ]) {
      expect(Math.abs(normalQuantile(u) - z)).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(z)));
    }
    for (const u of [0.01, 0.3, 0.45, 0.49]) expect(normalQuantile(1 - u)).toBeCloseTo(-normalQuantile(u), 12);
  });

  it("is monotone in u and meets its median", () => {
    const cases: [Distribution, number][] = [
      [{ distribution: "uniform", min: 1, max: 3 }, 2],
      [{ distribution: "loguniform", min: 1, max: 9 }, 3],
      [{ distribution: "normal", mean: 4, deviation: 2 }, 4],
      [{ distribution: "lognormal", sigma: 2 }, 1],
      [{ distribution: "exponential", mean: 2 }, 2 * Math.LN2],
      [{ distribution: "pareto", min: 2, shape: 1 }, 4],
      [{ distribution: "choice", values: [1, 5, 9] }, 5],
    ];
    for (const [given, median] of cases) {
      const findings = new Findings();
      const checked = checkDistribution(given, "draw", findings);
      expect(findings.violations).toEqual([]);
      const at = (u: number) => checked?.quantile(u, checked.values) as number;
      expect(at(0.5), given.distribution).toBeCloseTo(median, 12);
      const grid = Array.from({ length: 99 }, (_, k) => at((k + 1) / 100));
      expect(grid.every((value, k) => k === 0 || value >= grid[k - 1])).toBe(true);
      expect(grid[0]).toBeLessThan(grid[98]);
    }
  });

  it("names what is wrong", () => {
    const told = (given: object) => {
      const findings = new Findings();
      expect(checkDistribution(given as Distribution, "draw", findings)).toBeUndefined();
      return findings.violations.map(({ path, requirement }) => `${path} ${requirement}`);
    };
    expect(told({ distribution: "lognormall", sigma: 1 })[0]).toMatch(/must be one of .*nearest: lognormal/);
    expect(told({ distribution: "uniform", min: 1 })).toEqual(["draw.max must be a number"]);
    expect(told({ distribution: "uniform", min: 2, max: 1 })[0]).toMatch(/max not below it/);
    expect(told({ distribution: "normal", sigma: 1 })[0]).toMatch(/is not for the distribution normal/);
    expect(told({ distribution: "choice", values: [] })[0]).toMatch(/1 to 1000 finite numbers/);
    expect(told({ distribution: "constructor" })[0]).toMatch(/must be one of/);
  });
});

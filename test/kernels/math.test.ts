// The random numbers of the kernels, against their published generator.

import { describe, expect, it } from "vitest";
import { engines } from "../support/engines.js";

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

// Vector exp and log, and the memory in which kernels work.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engines, logUniform, relativeDifference } from "../support/engines.js";

for (const [name, , { kernels, lay, read }] of engines) {
  describe(`exp and log on ${name}`, () => {
    const apply = (pass: "exp" | "log", values: number[]) => {
      const at = lay({ x: values, out: values.length });
      if (pass === "exp") kernels.exp(at.x, at.out, values.length);
      else kernels.log(at.x, at.out, values.length);
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
  });

  describe(`memory on ${name}`, () => {
    it("is reserved on even doubles, kept while it is large enough", () => {
      const address = kernels.reserve(100);
      expect(address % 2).toBe(0);
      expect(kernels.reserve(50)).toBe(address);
    });
  });
}

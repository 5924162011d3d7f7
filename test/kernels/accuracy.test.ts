// Errors of the elementary functions against 50-digit arithmetic, in units in the last place (ulp).

import { describe, expect, it } from "vitest";
import { uniform } from "../../bench/economies.js";
import { engines } from "../support/engines.js";
import { Big, type Decimal, exact } from "../support/exact.js";
import { startInternals } from "../support/internals.js";

/** The distance of neighbouring doubles at v, one ulp. */
function ulp(v: Decimal): Decimal {
  const exponent = Math.max(Math.floor(Math.log2(v.abs().toNumber())), -1022);
  // log2 may round up to the next power of two.
  const low = new Big(2).pow(exponent).greaterThan(v.abs()) ? exponent - 1 : exponent;
  return new Big(2).pow(Math.max(low, -1022) - 52);
}

/** The largest error of results, in ulp of their references. */
function worst(results: ArrayLike<number>, references: Decimal[]): number {
  return references.reduce(
    (max, reference, k) => Math.max(max, exact(results[k]).minus(reference).abs().div(ulp(reference)).toNumber()),
    0,
  );
}

const { vector } = await startInternals();

describe("the coefficients of polynomials", () => {
  it("are 1 / k! to the last digit", () => {
    for (const [k, factorial] of [1, 1, 2, 6, 24, 120, 720, 5040, 40320].entries()) {
      expect([k, vector.perFactorial(k)]).toEqual([k, 1 / factorial]);
    }
  });
});

const draw = uniform(41);
/** Points of [min, max]: its ends, random ones, and 0 and numbers near 0 that lie in it. */
function points(min: number, max: number, count = 300): number[] {
  const near0 = [0, 1e-300, -1e-300, 1e-17, -1e-17, 1e-9, -1e-9, 2 ** -9, -(2 ** -9)];
  const inside = near0.filter((v) => v >= min && v <= max);
  return [min, max, ...inside, ...Array.from({ length: count }, () => min + (max - min) * draw())];
}

/** Points spread evenly over the binades of [min, max]. */
function spreadPoints(min: number, max: number, count = 300): number[] {
  const ends = [Math.log2(min), Math.log2(max)];
  return [min, max, ...Array.from({ length: count }, () => 2 ** (ends[0] + (ends[1] - ends[0]) * draw()))];
}

/** ln(1 + e), by its series if 1 + e would lose digits. */
function log1p(e: Decimal): Decimal {
  if (e.greaterThan(1e-9)) return e.plus(1).ln();
  return [1, 2, 3, 4, 5, 6].reduce((sum, k) => sum.plus(e.pow(k).div(k % 2 === 1 ? k : -k)), new Big(0));
}

const expPoints = [...points(-1, 1), ...points(-40, 40), ...points(-708, 709.78)];
const exps = expPoints.map((x) => exact(x).exp());

// The logarithm is 0 at 1, and the next binade begins at the square root of a half.
const cut = Math.SQRT1_2;
const special = [1 + 2 ** -52, 1 - 2 ** -53, 1 + 1e-9, 1 - 1e-9, cut, cut * (1 - 2 ** -53), 2 * cut, 5e-324, 1e-310];
// Almost as far from 1 as the formula of the logarithm goes from there: its last terms tell most here.
const farFromGrid = points(1 + 0.9 * 2 ** -10, 1 + 0.999 * 2 ** -10);
const logPoints = [
  ...special,
  ...farFromGrid,
  ...points(0.5, 2),
  ...points(0.99, 1.01),
  ...spreadPoints(2 ** -1022, 2 ** 1023),
];
const logs = logPoints.map((x) => exact(x).ln());

const levels = [...points(-1, 1), ...points(-40, 40, 500), ...points(-708, 708)];
const levelExps = levels.map((y) => exact(y).exp());
const softpluses = levelExps.map(log1p);
const slopes = levelExps.map((e) => e.div(e.plus(1)));

const bases = spreadPoints(1e-6, 1e6, 600);
const exponents = bases.map((_, k) => (k % 2 === 0 ? -1 : 1) * 0.05 * 400 ** draw());
const powers = bases.map((x, k) => exact(x).ln().times(exact(exponents[k])).exp());

/**
 * The largest errors in ulp. For powers c + s |w ln x|, since an error of ln x grows by |w ln x|.
 */
const BOUNDS = {
  wasm: { exp: 1.1, log: 1.9, softplus: 2.1, slope: 2.5, power: [2, 2.5] },
  js: { exp: 1, log: 1, softplus: 2, slope: 2, power: [2, 1.5] },
};

for (const [name, , { kernels, lay, read }] of engines) {
  const bounds = BOUNDS[name as keyof typeof BOUNDS];
  const pass = (kernel: "exp" | "log", values: number[]) => {
    const at = lay({ x: values, out: values.length });
    kernels[kernel](at.x, at.out, values.length);
    return [...read(at.out, values.length)];
  };
  const softplus = (values: number[]) => {
    const n = values.length;
    const at = lay({ y: values, x: n, slope: n });
    kernels.softplus(at.y, at.x, at.slope, n);
    return { x: [...read(at.x, n)], slope: [...read(at.slope, n)] };
  };
  const power = (x: number[], w: number[]) => {
    const unit = name === "wasm" ? 256 / Math.LN2 : 1;
    const at = lay({ x, exponent: w.map((v) => v * unit), scale: x.map(() => 1), out: x.length });
    kernels.power(at.x, at.exponent, at.scale, at.out, x.length);
    return [...read(at.out, x.length)];
  };

  describe(`accuracy on ${name}`, () => {
    it("exp and log are within their bounds", () => {
      expect(worst(pass("exp", expPoints), exps)).toBeLessThan(bounds.exp);
      expect(worst(pass("log", logPoints), logs)).toBeLessThan(bounds.log);
    });

    it("softplus and its slope are within their bounds", () => {
      const { x, slope } = softplus(levels);
      expect(worst(x, softpluses)).toBeLessThan(bounds.softplus);
      expect(worst(slope, slopes)).toBeLessThan(bounds.slope);
    });

    it("powers are as accurate as their condition allows", () => {
      const [constant, growth] = bounds.power;
      power(bases, exponents).forEach((value, k) => {
        const condition = Math.abs(exponents[k] * Math.log(bases[k]));
        expect(worst([value], [powers[k]])).toBeLessThan(constant + growth * condition);
      });
    });

    it("special values are those of IEEE 754, or of each function's comment", () => {
      const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
      const [tiny, subnormal] = [5e-324, 2 ** -1030];
      expect(pass("exp", [0, -0, tiny, -subnormal, nan, inf, -inf, 709.79, -746])).toEqual([
        1,
        1,
        1,
        1,
        nan,
        inf,
        0,
        inf,
        0,
      ]);
      expect(pass("log", [0, -0, 1, inf, nan, -tiny, -1, -inf])).toEqual([-inf, -inf, 0, inf, nan, nan, nan, nan]);
      const { x, slope } = softplus([0, -0, tiny, -subnormal, 800, 1e300, -800, -1e300]);
      const [half, min] = [Math.LN2, Math.exp(-708)];
      expect(x.slice(0, 6)).toEqual([half, half, half, half, 800, 1e300]);
      expect(slope.slice(0, 6)).toEqual([0.5, 0.5, 0.5, 0.5, 1, 1]);
      for (const value of [...x.slice(6), ...slope.slice(6)]) expect(Math.abs(value / min - 1)).toBeLessThan(1e-15);
      expect(softplus([inf, nan])).toEqual({ x: [inf, nan], slope: [1, nan] });
      expect(power([1, 7, 1e300, 2 ** -1022], [12.5, 0, 0, -0])).toEqual([1, 1, 1, 1]);
    });
  });
}

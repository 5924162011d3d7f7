import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, expm1, hypot, log, log1p } from "../../assembly/scalar/elementary.js";

const Precise = Decimal.clone({ precision: 60, toExpNeg: -1000, toExpPos: 1000 });

/** A double as it is: decimal.js would read the shortest decimal that rounds to it. */
function exactly(x: number): Decimal {
  let [whole, power] = [x, 0];
  if (Math.abs(whole) < 2 ** -900) [whole, power] = [whole * 2 ** 200, -200];
  while (!Number.isInteger(whole)) [whole, power] = [whole * 2, power - 1];
  return new Precise(BigInt(whole).toString()).times(new Precise(2).pow(power));
}

/** The error of `value` in units of the last place of the exact number. */
function units(value: number, exact: Decimal): number {
  const size = Math.abs(exact.toNumber());
  const place = Math.max(2 ** (Math.floor(Math.log2(size)) - 52), Number.MIN_VALUE);
  return Math.abs(exactly(value).minus(exact).div(exactly(place)).toNumber());
}

describe("functions that are the same on every host", () => {
  it("exp is within one unit in the last place, over all doubles", () => {
    fc.assert(
      fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => {
        expect(units(exp(x), Precise.exp(exactly(x)))).toBeLessThan(1);
      }),
      { numRuns: 500 },
    );
  });

  it("log is within one unit in the last place, over all doubles", () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }), (x) => {
        if (x !== 1) expect(units(log(x), Precise.ln(exactly(x)))).toBeLessThan(1);
      }),
      { numRuns: 500 },
    );
    for (const k of [1, 5, 20, 40, 52]) {
      for (const x of [1 + 2 ** -k, 1 - 2 ** -k]) expect(units(log(x), Precise.ln(exactly(x)))).toBeLessThan(1);
    }
  });

  it("log1p and expm1 are within four units, near 0 too", () => {
    const near = fc.oneof(
      fc.double({ min: -0.999, max: 20, noNaN: true }),
      fc.double({ min: -17, max: -1, noNaN: true }).map((e) => 10 ** e),
      fc.double({ min: -17, max: -1, noNaN: true }).map((e) => -(10 ** e)),
    );
    fc.assert(
      fc.property(near, (x) => {
        fc.pre(Math.abs(x) > 1e-30);
        expect(units(log1p(x), Precise.ln(exactly(x).plus(1)))).toBeLessThan(4);
        expect(units(expm1(x), Precise.exp(exactly(x)).minus(1))).toBeLessThan(4);
      }),
      { numRuns: 1000 },
    );
    for (const x of [1e-30, -1e-100, 5e-324]) expect([log1p(x), expm1(x)]).toEqual([x, x]);
  });

  it("treats the ends as Math does", () => {
    const ends = [0, -0, Infinity, -Infinity, NaN, 5e-324, 2.5e-308, 1.7976931348623157e308, 709.79, -745.2, -750];
    // None of these has to be rounded, or it is rounded far from a tie.
    for (const x of ends) {
      expect([x, exp(x)]).toEqual([x, Math.exp(x)]);
      expect([x, log(x)]).toEqual([x, Math.log(x)]);
      expect([x, log1p(x)]).toEqual([x, Math.log1p(x)]);
      expect([x, expm1(x)]).toEqual([x, Math.expm1(x)]);
    }
  });

  it("hypot neither overflows nor vanishes", () => {
    expect([hypot(3, 4), hypot(0, 0)]).toEqual([5, 0]);
    for (const unit of [1e200, 1e-200]) expect(hypot(3 * unit, -4 * unit) / (5 * unit)).toBeCloseTo(1, 15);
  });

  it("has these bits", () => {
    const values = Array.from({ length: 20_000 }, (_, k) => ((k * 0.6180339887498949) % 1) * 1400 - 700);
    const made = Float64Array.from(values.flatMap((x) => [exp(x), log(Math.abs(x)), log1p(exp(-x)), expm1(x / 700)]));
    expect(createHash("sha256").update(made).digest("hex")).toBe(
      "6cdf16f32745a2bfa8e7d09d80a56bbc8c18e0f6a6add8b7f493cd8747a8411c",
    );
  });
});

describe("Math.exp and Math.log of the core, in WebAssembly", async () => {
  const functions = await compiled();

  it("are within 1.1 and 1.9 units in the last place, over all doubles", () => {
    const any = fc.double({ min: -708, max: 709.7, noNaN: true });
    const positive = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(any, positive, (x, y) => {
        expect(units(functions.exp(x), Precise.exp(exactly(x)))).toBeLessThan(1.1);
        if (y !== 1) expect(units(functions.log(y), Precise.ln(exactly(y)))).toBeLessThan(1.9);
      }),
      { numRuns: 500 },
    );
    // Beyond, it is a square of two.
    for (const x of [709.782, 709.7827, -708.1, -720, -740, -745.1]) {
      expect(units(functions.exp(x), Precise.exp(exactly(x)))).toBeLessThan(3);
    }
  });

  it("treat the ends as Math does", () => {
    for (const x of [0, -0, Infinity, -Infinity, NaN, 5e-324, 709.79, 1e300, -745.2, -1e300]) {
      expect([x, functions.exp(x)]).toEqual([x, Math.exp(x)]);
    }
    for (const x of [0, -0, Infinity, -Infinity, NaN, -1, 1]) expect([x, functions.log(x)]).toEqual([x, Math.log(x)]);
  });
});

/** A module of these functions alone. */
async function compiled(): Promise<{ exp(x: number): number; log(x: number): number }> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = await mkdtemp(`${root}build/elementary-`);
  const source = ["exp", "log"].map((name) => `export function ${name}(x: f64): f64 { return Math.${name}(x); }\n`);
  try {
    await writeFile(`${folder}/entry.ts`, `import "../../assembly/simd/elementary";\n${source.join("")}`);
    const flags = ["--target", "release", "--baseDir", root, "--binaryFile", `${folder.slice(root.length)}/core.wasm`];
    const compiler = `${root}node_modules/assemblyscript/bin/asc`;
    await promisify(execFile)(process.execPath, [compiler, `${folder.slice(root.length)}/entry.ts`, ...flags], {
      cwd: root,
    });
    const { instance } = await WebAssembly.instantiate(await readFile(`${folder}/core.wasm`), { env: { abort() {} } });
    return instance.exports as never;
  } finally {
    await rm(folder, { recursive: true });
  }
}

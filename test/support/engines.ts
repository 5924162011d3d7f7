// Both engines, started once in each test file, and random numbers and matrices.

import fc from "fast-check";
import type { Economy } from "../../src/economy/economy.js";
import type { Engine, EngineName } from "../../src/engine/engine.js";
import { startEngine } from "../../src/engine/start.js";
import { ALL_KERNELS, load } from "../../src/load.js";
import type { Walras } from "../../src/walras.js";

export const engines: readonly [name: string, walras: Walras, engine: Engine][] = [
  ["wasm", await load({ engine: "wasm" }), await engineNamed("wasm")],
  ["js", await load({ engine: "js" }), await engineNamed("js")],
];

/** An engine by its name, without the object that load() wraps it in. */
export function engineNamed(engine: EngineName): Promise<Engine> {
  return startEngine({ engine }, ALL_KERNELS);
}

/** An economy for Engine.open(), unchecked, from flat numbers: weights 1 unless they are given. */
export function laid(
  n: number,
  m: number,
  data: {
    alpha: Iterable<number>;
    omega: Iterable<number>;
    endowments?: Iterable<number>;
    totals: Iterable<number>;
    weights?: Iterable<number>;
  },
): Economy {
  const { endowments } = data;
  return {
    agents: Array.from({ length: n }, (_, i) => `agent ${i + 1}`),
    goods: Array.from({ length: m }, (_, j) => `good ${j + 1}`),
    alpha: Float64Array.from(data.alpha),
    omega: Float64Array.from(data.omega),
    ...(endowments ? { endowments: Float64Array.from(endowments) } : {}),
    totals: Float64Array.from(data.totals),
    weights: Float64Array.from(data.weights ?? new Array(n).fill(1)),
  };
}

/** The largest |a - b| relative to the larger of the two; infinite for lists of unlike lengths. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let k = 0; k < a.length; k++) {
    if (a[k] !== b[k]) worst = Math.max(worst, Math.abs(a[k] - b[k]) / Math.max(Math.abs(a[k]), Math.abs(b[k])));
  }
  return worst;
}

/** A number whose log is uniform in [ln min, ln max]. */
export function logUniform(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);
}

/** Minus such a number: an omega of a concave agent. */
export function negative(min: number, max: number): fc.Arbitrary<number> {
  return logUniform(min, max).map((w) => -w);
}

/** n draws. */
export function listOf(draw: fc.Arbitrary<number>, n: number): fc.Arbitrary<number[]> {
  return fc.array(draw, { minLength: n, maxLength: n });
}

/** n rows of m draws. */
export function matrixOf(draw: fc.Arbitrary<number>, n: number, m: number): fc.Arbitrary<number[][]> {
  return fc.array(listOf(draw, m), { minLength: n, maxLength: n });
}

/** Draws of what `build` makes of 1 to 6 agents and goods. */
export function sized<T>(build: (n: number, m: number) => fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([n, m]) => build(n, m));
}

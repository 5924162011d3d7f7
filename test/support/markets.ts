// Random markets in which every agent wants and owns every good, and utility by its formula.

import fc from "fast-check";
import { logUniform, matrixOf, negative } from "./engines.js";
import { caseNamed } from "./fixtures.js";

export interface Market {
  alpha: number[][];
  omega: number[][];
  endowments: number[][];
}

/** Markets of n agents and m goods, with -omega log-uniform in [min, max]. */
export function marketsOf(n: number, m: number, min: number, max: number): fc.Arbitrary<Market> {
  return fc.record({
    alpha: matrixOf(logUniform(0.3, 3), n, m),
    omega: matrixOf(negative(min, max), n, m),
    endowments: matrixOf(logUniform(0.2, 5), n, m),
  });
}

/**
 * n rows of m draws, of which one in `parts` is 0, though no row and no column is: endowments of
 * agents who all own something, of goods that all are owned.
 */
export function ownersOf(draw: fc.Arbitrary<number>, n: number, m: number, parts: number): fc.Arbitrary<number[][]> {
  return fc
    .tuple(matrixOf(draw, n, m), matrixOf(fc.integer({ min: 0, max: parts - 1 }), n, m))
    .map(([rows, keep]) =>
      rows.map((row, i) => row.map((v, j) => (keep[i][j] > 0 || i % m === j || j % n === i ? v : 0))),
    );
}

/** The terms alpha x^(1 + omega) / (1 + omega), or alpha ln x, of one agent. */
function terms(alpha: ArrayLike<number>, omega: ArrayLike<number>, x: ArrayLike<number>): number[] {
  return Array.from(alpha, (a, j) => {
    if (a === 0) return 0;
    const power = 1 + omega[j];
    return power === 0 ? a * Math.log(x[j]) : (a * x[j] ** power) / power;
  });
}

/** The utility of one agent from x. */
export function utility(alpha: ArrayLike<number>, omega: ArrayLike<number>, x: ArrayLike<number>): number {
  return terms(alpha, omega, x).reduce((a, b) => a + b, 0);
}

/**
 * u(x) - u(y) relative to the size of the terms of both, and of their change with the logs of the
 * amounts; -1 if u(x) is minus infinity.
 */
export function utilityDifference(
  alpha: ArrayLike<number>,
  omega: ArrayLike<number>,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): number {
  if (utility(alpha, omega, x) === Number.NEGATIVE_INFINITY) return -1;
  let size = 0;
  for (const z of [x, y]) {
    terms(alpha, omega, z).forEach((term, j) => {
      if (alpha[j] > 0) size += Math.abs(term) + alpha[j] * z[j] ** (1 + omega[j]);
    });
  }
  return (utility(alpha, omega, x) - utility(alpha, omega, y)) / size;
}

/**
 * Two copies of Kehoe's economy, of three equilibria each, whose agents want each other's goods a
 * little.
 */
export function linked(link: number) {
  const own = caseNamed("kehoe-1024").economy as Record<"alpha" | "endowments" | "omega", number[][]>;
  const block = (values: number[][], other: number) => [
    ...values.map((row) => [...row, other, other]),
    ...values.map((row) => [other, other, ...row]),
  ];
  return { alpha: block(own.alpha, link), omega: own.omega[0][0], endowments: block(own.endowments, 0) };
}

// Markets in which everybody wants and owns everything, for tests to draw, and utility by its formula.

import fc from "fast-check";
import { logUniform, matrixOf } from "./engines.js";

export interface Market {
  alpha: number[][];
  omega: number[][];
  endowments: number[][];
}

/** n agents, m goods, omega from -most to -least. */
export function marketsOf(n: number, m: number, least: number, most: number): fc.Arbitrary<Market> {
  return fc.record({
    alpha: matrixOf(logUniform(0.3, 3), n, m),
    omega: matrixOf(
      logUniform(least, most).map((w) => -w),
      n,
      m,
    ),
    endowments: matrixOf(logUniform(0.2, 5), n, m),
  });
}

/** Terms alpha phi(x; omega). */
function terms(alpha: ArrayLike<number>, omega: ArrayLike<number>, x: ArrayLike<number>): number[] {
  return Array.from(alpha, (a, j) => {
    if (a === 0) return 0;
    const power = 1 + omega[j];
    return power === 0 ? a * Math.log(x[j]) : (a * x[j] ** power) / power;
  });
}

export function utility(alpha: ArrayLike<number>, omega: ArrayLike<number>, x: ArrayLike<number>): number {
  return terms(alpha, omega, x).reduce((a, b) => a + b, 0);
}

/** u(x) - u(y) as a part of what the terms that both add up, and percentages of the amounts, are worth. */
export function utilityApart(
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

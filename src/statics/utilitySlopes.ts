// How a utility sum_j alpha_ij x_ij^(1 + omega_ij) / (1 + omega_ij) moves, cell by cell, at amounts given by their logs.

import type { Economy } from "../economy/economy.js";

/**
 * n m each: `worth`, by ln x_ij, which is alpha x^(1 + omega); `byAlpha`, by ln alpha_ij at fixed amounts; `byOmega`, by omega_ij, NaN at
 * omega = -1, where utility jumps. All 0 where alpha_ij = 0.
 */
export function utilitySlopes({ alpha, omega }: Economy, logX: Float64Array) {
  const worth = new Float64Array(alpha.length);
  const byAlpha = new Float64Array(alpha.length);
  const byOmega = new Float64Array(alpha.length);
  alpha.forEach((weight, c) => {
    if (weight === 0) return;
    const power = 1 + omega[c];
    worth[c] = Math.exp(Math.log(weight) + power * logX[c]);
    byAlpha[c] = power === 0 ? weight * logX[c] : worth[c] / power;
    byOmega[c] = power === 0 ? Number.NaN : (worth[c] / power) * (logX[c] - 1 / power);
  });
  return { worth, byAlpha, byOmega };
}

/** weight times slope, and 0 for a weight of 0 where the slope is NaN or beyond a double. */
export function times(weight: number, slope: number): number {
  return weight === 0 ? 0 : weight * slope;
}

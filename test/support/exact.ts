// Arithmetic in 50 digits, or in more, for tests of rounding.

import { Decimal } from "decimal.js";

export type { Decimal } from "decimal.js";

export const Big = Decimal.clone({ precision: 50, minE: -9e15, maxE: 9e15 });

/** Runs in so many digits: what is computed while it runs has as many. At most 1000. */
export function inDigits(digits: number, run: () => void): void {
  const { precision } = Big;
  Big.set({ precision: digits });
  try {
    run();
  } finally {
    Big.set({ precision });
  }
}

/** The exact value of a double; decimal.js would take the shortest decimal that rounds to it. */
export function exact(v: number): Decimal {
  if (v === 0) return new Big(0);
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(v))), -1022) - 52;
  const half = Math.floor(-exponent / 2);
  return new Big(v * 2 ** half * 2 ** (-exponent - half)).times(new Big(2).pow(exponent));
}

/** The sum of numbers, 0 of none. */
export function sumOf(values: Decimal[]): Decimal {
  return values.reduce((sum, value) => sum.plus(value), new Big(0));
}

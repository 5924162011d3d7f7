// Vectors and matrices of numbers: reads them as callers give them, and the largest of a vector.

import { isList, unindexed } from "../economy/economy.js";
import { Findings, type InputError, plural } from "../violations.js";

/**
 * A matrix of n m numbers: flat and agent-major, or as n rows of m. Like every list of numbers, it may
 * also be what JSON.stringify() makes of a typed array: { "0": 1.5, "1": 2, … }.
 */
export type NumberMatrix = ArrayLike<number> | readonly ArrayLike<number>[];

/** The smallest double above 0: the lower bound of numbers that must be above 0. */
export const ABOVE_0 = Number.MIN_VALUE;

/**
 * Reads a list of `length` finite numbers above 0. Returns undefined if `values` is undefined.
 * Adds violations to `findings`.
 */
export function positives(path: string, values: unknown, length: number, findings: Findings): Float64Array | undefined {
  if (values === undefined) return undefined;
  return numbers(path, values, [length], findings, ABOVE_0);
}

/**
 * Reads a vector or matrix of finite numbers, each 0 or more, given as rows or flat.
 * `shape` is [length] or [rows, columns].
 * @throws an error of class `Kind` that lists all violations
 */
export function readNumbers(
  path: string,
  values: unknown,
  shape: readonly number[],
  Kind: new (violations: InputError["violations"]) => InputError,
): Float64Array {
  const findings = new Findings();
  const read = numbers(path, values, shape, findings, 0);
  findings.throwIfAny(Kind);
  return read as Float64Array;
}

/**
 * Reads a vector or matrix of finite numbers, each `lower` or more. Adds violations to `findings`.
 * Returns undefined if the shape is wrong; an element that is no number reads as 0.
 */
export function numbers(
  path: string,
  given: unknown,
  shape: readonly number[],
  findings: Findings,
  lower: number,
): Float64Array | undefined {
  const values = unindexed(given);
  const [rows, columns = 1] = shape;
  const isMatrix = shape.length === 2;
  const asRows = isMatrix && Array.isArray(values) && isList(values[0]);
  const lists = asRows ? rowsOf(values, rows, columns) : isListOf(rows * columns, values) ? [values] : undefined;
  if (!lists) {
    const wanted = isMatrix
      ? `${plural(rows, "row")} of ${plural(columns, "number")}`
      : `a list of ${plural(rows, "number")}`;
    findings.add(path, `must be ${wanted}`, values);
    return undefined;
  }
  const out = new Float64Array(rows * columns);
  const length = out.length / lists.length;
  lists.forEach((list, l) => {
    for (let k = 0; k < length && !findings.full; k++) {
      const value = list[k];
      const c = l * length + k;
      if (typeof value === "number") out[c] = value;
      if (typeof value === "number" && value >= lower && value <= Number.MAX_VALUE) continue;
      const place = isMatrix ? `[${Math.floor(c / columns)}][${c % columns}]` : `[${c}]`;
      // Report a hole in the list as null: number() reads undefined as an option left out.
      findings.number(`${path}${place}`, value === undefined ? null : value, lower, Number.MAX_VALUE);
    }
  });
  return out;
}

/** Returns the rows of a matrix, each read once; undefined if its shape is another. */
function rowsOf(values: readonly unknown[], rows: number, columns: number): ArrayLike<unknown>[] | undefined {
  if (values.length !== rows) return undefined;
  const lists = Array.from({ length: rows }, (_, i) => values[i]);
  return lists.every((list) => isListOf(columns, list)) ? (lists as ArrayLike<unknown>[]) : undefined;
}

/**
 * Returns the largest of the numbers; NaN if one of them is NaN. Math.max(...x) would put them all
 * on the stack, which some hundred thousand overflow.
 */
export function largestOf(x: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < x.length; k++) largest = Math.max(largest, x[k]);
  return largest;
}

function isListOf(length: number, values: unknown): values is ArrayLike<unknown> {
  return isList(values) && values.length === length;
}

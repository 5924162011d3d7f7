// Reads vectors and matrices of numbers as callers give them.

import { isList } from "../economy/economy.js";
import { Findings, type InputError, plural } from "../violations.js";

/** A matrix of n m numbers: flat and agent-major, or as n rows of m. */
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
  values: unknown,
  shape: readonly number[],
  findings: Findings,
  lower: number,
): Float64Array | undefined {
  const [rows, columns = 1] = shape;
  const isMatrix = shape.length === 2;
  const lists = isMatrix && Array.isArray(values) && isList(values[0]) ? values : [values];
  const length = lists.length > 1 || lists[0] !== values ? columns : rows * columns;
  if (lists.some((list) => !isList(list) || list.length !== length) || lists.length * length !== rows * columns) {
    const wanted = isMatrix
      ? `${plural(rows, "row")} of ${plural(columns, "number")}`
      : `a list of ${plural(rows, "number")}`;
    findings.add(path, `must be ${wanted}`, values);
    return undefined;
  }
  const out = new Float64Array(rows * columns);
  (lists as ArrayLike<unknown>[]).forEach((list, l) => {
    for (let k = 0; k < length; k++) {
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

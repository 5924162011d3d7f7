// Tables and numbers for a terminal.

import Table from "cli-table3";
import type { Stability } from "../solution.js";
import { shown } from "./terminal.js";

/** The most rows and columns of a table; what is between the first and the last is left out. */
const MAX_ROWS = 200;
const MAX_COLUMNS = 50;
/** The last rows or columns that stay: prices, utilities and the like. */
const LAST = 3;

/**
 * Formats a head and rows as the lines of a table; numbers are right-aligned and have seven digits.
 * Text is escaped and shortened.
 */
export function table(head: string[], rows: (string | number)[][]): string[] {
  const numeric = head.map((_, c) => rows.some((row) => typeof row[c] === "number"));
  const text = (cell: string | number) => (typeof cell === "number" ? digits(cell) : shown(cell));
  const wide = (row: (string | number)[]) => without(row, MAX_COLUMNS, "…").map(text);
  const out = new Table({
    head: wide(head),
    colAligns: without(numeric, MAX_COLUMNS, false).map((n) => (n ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  const gap = head.map(() => "…");
  for (const row of without(rows, MAX_ROWS, gap)) out.push(wide(row));
  const left = [
    ...(rows.length > MAX_ROWS ? [`${MAX_ROWS - 1} of ${rows.length} rows`] : []),
    ...(head.length > MAX_COLUMNS ? [`${MAX_COLUMNS - 1} of ${head.length} columns`] : []),
  ];
  return [...out.toString().split("\n"), ...(left.length > 0 ? [`${left.join(", ")}; --json prints all.`] : [])];
}

/** Returns at most `most` elements, with `gap` for those left out before the last ones. */
function without<T>(all: readonly T[], most: number, gap: T): readonly T[] {
  return all.length <= most ? all : [...all.slice(0, most - LAST - 1), gap, ...all.slice(-LAST)];
}

/** Returns the line above a result: the name of the economy, if it has one. */
export function title(name: string | undefined): string[] {
  return name ? [shown(name)] : [];
}

/** Says whether an equilibrium is stable. */
export function stabilityInWords(stability: Stability): string {
  return { stable: "yes", unstable: "no", unknown: "not known" }[stability];
}

/** Formats a number with seven significant digits, without trailing zeros. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(7)));
}

// Tables and numbers for a terminal.

import Table from "cli-table3";
import type { Stability } from "../solution.js";
import { outputWidth } from "./output.js";
import { digits, shown } from "./terminal.js";

/** The most rows and columns of a table; what is between the first and the last is left out. */
const MAX_ROWS = 200;
const MAX_COLUMNS = 50;
/** The last rows or columns that stay: prices, utilities and the like. */
const LAST = 3;

type Cell = string | number;

/**
 * Formats a head and rows as the lines of a table; numbers are right-aligned and have seven digits.
 * Text is escaped and shortened. Columns that do not fit the output's width are left out, and a line
 * below says so.
 */
export function table(head: string[], rows: Cell[][]): string[] {
  const width = outputWidth() ?? Number.POSITIVE_INFINITY;
  const some = without(rows, MAX_ROWS, undefined);
  let columns = without(
    head.map((_, c) => c),
    MAX_COLUMNS,
    undefined,
  );
  let lines = drawn(head, some, columns);
  if (lines[0].length > width) {
    columns = fitting(columns, lines[0], width);
    lines = drawn(head, some, columns);
  }
  const shownColumns = columns.filter((c) => c !== undefined).length;
  const left = [
    ...(rows.length > MAX_ROWS ? [`${MAX_ROWS - 1} of ${rows.length} rows`] : []),
    ...(shownColumns < head.length ? [`${shownColumns} of ${head.length} columns`] : []),
  ];
  if (left.length === 0) return lines;
  const wider = shownColumns < Math.min(head.length, MAX_COLUMNS - 1) ? "; more fit a wider terminal" : "";
  return [...lines, `${left.join(", ")}; --csv and --json print all${wider}.`];
}

/** Draws a table of the rows and columns given; undefined ones are those left out. */
function drawn(
  head: readonly string[],
  rows: readonly (Cell[] | undefined)[],
  columns: readonly (number | undefined)[],
): string[] {
  const text = (cell: Cell) => (typeof cell === "number" ? digits(cell) : shown(cell));
  const line = (row?: readonly Cell[]) => columns.map((c) => (row && c !== undefined ? text(row[c]) : "…"));
  const out = new Table({
    head: line(head),
    colAligns: columns.map((c) =>
      c !== undefined && rows.some((row) => typeof row?.[c] === "number") ? "right" : "left",
    ),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) out.push(line(row));
  return out.toString().split("\n");
}

/**
 * Returns the columns of a table that fit the width: the first one, up to LAST of the last, and as
 * many more from the left. `border` is the table's first line, which shows how wide each one is.
 */
function fitting(columns: readonly (number | undefined)[], border: string, width: number): (number | undefined)[] {
  const widths = border
    .slice(1, -1)
    .split("┬")
    .map((part) => part.length + 1);
  // The border on the left, and the column that stands for those left out.
  let left = width - 1 - 4;
  const take = (k: number) => {
    const fits = columns[k] !== undefined && widths[k] <= left;
    if (fits) left -= widths[k];
    return fits;
  };
  left -= widths[0];
  let end = columns.length;
  while (end > 1 && columns.length - end < LAST && take(end - 1)) end--;
  let start = 1;
  while (start < end && take(start)) start++;
  return [...columns.slice(0, start), undefined, ...columns.slice(end)];
}

/** Returns at most `most` elements, with `gap` for those left out before the last ones. */
function without<T, Gap>(all: readonly T[], most: number, gap: Gap): readonly (T | Gap)[] {
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

// Tables for other programs.

import { csvFormatRows } from "d3-dsv";

/** How a cell begins that spreadsheets would take for a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Formats a head and rows as CSV; numbers keep all digits. Text that a spreadsheet would take for a
 * formula, like a name that begins with "=", gets an apostrophe before it, as OWASP advises.
 */
export function csv(head: string[], rows: unknown[][]): string {
  const cell = (value: unknown) => (typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value));
  return csvFormatRows([head, ...rows].map((row) => row.map(cell)));
}

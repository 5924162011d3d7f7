// Tables for other programs.

import { csvFormatRows } from "d3-dsv";

/** Formats a head and rows as CSV; numbers keep all digits. */
export function csv(head: string[], rows: unknown[][]): string {
  return csvFormatRows([head, ...rows.map((row) => row.map(String))]);
}

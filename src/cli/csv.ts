// Tables for machines.

import { csvFormatRows } from "d3-dsv";

/** A head and rows as CSV, numbers with all digits. */
export function csv(head: string[], rows: unknown[][]): string {
  return csvFormatRows([head, ...rows.map((row) => row.map(String))]);
}

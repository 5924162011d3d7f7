// Tables for other programs.

import { csvCell } from "../economy/csvCell.js";

/** Formats a head and rows as CSV. */
export function csv(head: string[], rows: unknown[][]): string {
  return [head, ...rows].map((row) => row.map(csvCell).join()).join("\n");
}

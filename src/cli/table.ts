// Tables for a terminal.

import Table from "cli-table3";

/** A table with a head; numbers are right-aligned and shown to seven digits. */
export function table(head: string[], rows: (string | number)[][]): string {
  const numeric = head.map((_, c) => rows.some((row) => typeof row[c] === "number"));
  const out = new Table({
    head,
    colAligns: numeric.map((n) => (n ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) out.push(row.map((cell) => (typeof cell === "number" ? digits(cell) : cell)));
  return out.toString();
}

/** Whether an equilibrium is stable, in words. */
export function stability(stable: boolean | "unknown"): string {
  return stable === "unknown" ? "not known" : stable ? "yes" : "no";
}

/** A number to seven significant digits, without trailing zeros. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(7)));
}

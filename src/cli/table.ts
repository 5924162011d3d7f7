// Tables and numbers for a terminal.

import Table from "cli-table3";

/** Formats a head and rows as a table; numbers are right-aligned and have seven digits. */
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

/** Says whether an equilibrium is stable. */
export function stability(stable: boolean | "unknown"): string {
  return stable === "unknown" ? "not known" : stable ? "yes" : "no";
}

/** Formats a number with seven significant digits, without trailing zeros. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(7)));
}

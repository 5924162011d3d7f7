// Tables for other programs.

/** How a cell begins that spreadsheets would take for a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Formats a head and rows as CSV; numbers keep all digits. Text that a spreadsheet would take for a
 * formula, like a name that begins with "=", gets an apostrophe before it, as OWASP advises.
 */
export function csv(head: string[], rows: unknown[][]): string {
  const cell = (value: unknown) => {
    const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(cell).join()).join("\n");
}

// Cells of CSV for other programs.

/** How a cell begins that spreadsheets would take for a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A cell of CSV; numbers keep all digits. Text that a spreadsheet would take for a formula, like a
 * name that begins with "=", gets an apostrophe before it, as OWASP advises.
 */
export function csvCell(value: unknown): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

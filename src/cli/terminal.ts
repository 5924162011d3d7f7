// Names and other foreign text as a terminal may show them: without control characters, and short;
// and numbers.

import { escaped } from "../violations.js";

/** The most characters of a name or of a cell of a table. */
const MAX_LENGTH = 60;

/** Returns a text escaped and, if it is longer than `most` characters, without its middle. */
export function shown(text: string, most = MAX_LENGTH): string {
  const safe = escaped(text);
  if (safe.length <= most) return safe;
  const tail = Math.floor(most / 3);
  // A cut may halve a surrogate pair.
  return escaped(`${safe.slice(0, most - tail - 1)}…${safe.slice(-tail)}`);
}

/** Formats a number with seven significant digits, without trailing zeros. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(7)));
}

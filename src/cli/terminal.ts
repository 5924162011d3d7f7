// Names and other foreign text as a terminal may show them: without control characters, and short.

/** The most characters of a name or of a cell of a table. */
const MAX_LENGTH = 60;

/**
 * Controls (C0, DEL, C1), format characters (marks of direction, zero-width characters), line and
 * paragraph separators, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Returns a text with every character that a terminal could obey as an escape, like `\u001b`. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, k) => escapeOf(character.charCodeAt(k))).join(""),
  );
}

/** Returns the escape of one UTF-16 code unit, which JSON and JavaScript read alike. */
function escapeOf(unit: number): string {
  const short = { 9: "\\t", 10: "\\n", 13: "\\r" }[unit];
  return short ?? `\\u${unit.toString(16).padStart(4, "0")}`;
}

/** Returns a text escaped and, if it is longer than `most` characters, without its middle. */
export function shown(text: string, most = MAX_LENGTH): string {
  const safe = escaped(text);
  if (safe.length <= most) return safe;
  const tail = Math.floor(most / 3);
  // A cut may halve a surrogate pair.
  return escaped(`${safe.slice(0, most - tail - 1)}…${safe.slice(-tail)}`);
}

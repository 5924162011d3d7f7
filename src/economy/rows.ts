// CSV text (RFC 4180) row by row.

/** A row, and the number of the line that it begins in, from 1 on. */
export interface Row {
  line: number;
  cells: string[];
}

/**
 * Reads CSV text. Line breaks are LF, CR LF or CR; empty lines are no rows. A quote within a cell that
 * has none at its beginning is a character like any other. The last row may be "wide": it has more
 * than `most` cells. Or it has a cell whose quotes do not end, or not where the cell does: `open` is
 * its beginning.
 */
export function* rowsOf(text: string, most: number): Generator<Row | "wide" | { line: number; open: string }> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    if (text[at] === "\n") {
      at++;
      line++;
      continue;
    }
    const row: Row = { line, cells: [] };
    for (let more = true; more; ) {
      const first = at;
      if (text[at] === '"') {
        at = endOfQuoted(text, at);
        const cell = text.slice(first + 1, at - 1);
        if (at > text.length || !isEnd(text[at])) return yield { line, open: text.slice(first, first + 40) };
        row.cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
        line += breaksIn(cell);
      } else {
        while (!isEnd(text[at])) at++;
        row.cells.push(text.slice(first, at));
      }
      if (row.cells.length > most) return yield "wide";
      more = text[at] === ",";
      if (more) at++;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    line++;
    if (row.cells.length > 1 || row.cells[0] !== "") yield row;
  }
}

/** The place behind the quote that ends a cell in quotes; beyond the text's end where none does. */
function endOfQuoted(text: string, first: number): number {
  let at = first + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length + 1;
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}

/** Whether a cell ends before this character, which is undefined at the text's end. */
function isEnd(character: string | undefined): boolean {
  return character === "," || character === "\n" || character === "\r" || character === undefined;
}

function breaksIn(cell: string): number {
  return cell.match(/\r\n?|\n/g)?.length ?? 0;
}

// One page of HTML that needs nothing else: no scripts, no files, no network.

import { escaped } from "../violations.js";
import type { Figure } from "./figures.js";

/** A part of a page: a heading, and what is under it. */
export interface Section {
  readonly title: string;
  readonly text?: readonly string[];
  readonly tables?: readonly Table[];
  readonly figures?: readonly Figure[];
  /** Whether figures stand above tables. */
  readonly hasFiguresFirst?: boolean;
}

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Rows at the end whose numbers are of another kind. */
  readonly foot?: readonly (readonly (string | number)[])[];
}

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --quiet: #595959; --ink: #1a1a1a; --paper: #fff; --link: #1d5fa0; }
@media (prefers-color-scheme: dark) { :root { --quiet: #a9a9a9; --ink: #e6e6e6; --paper: #141414; --link: #7fb5ea; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 58rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); }
h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
p { max-width: 44rem; overflow-wrap: anywhere; }
a { color: var(--link); }
nav ol { padding-left: 1.4rem; columns: 22rem; }
.tables { display: flex; flex-wrap: wrap; column-gap: 2.5rem; }
.table { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: .7rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: bottom; }
tbody th { font-weight: 500; }
th:first-child { text-align: left; padding-left: 0; max-width: 14rem; overflow-wrap: break-word; }
th[scope=row] { white-space: nowrap; }
th.long { white-space: normal; min-width: 9rem; }
tfoot { border-top: 2px solid var(--line); }
.word { text-align: left; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem 2.5rem; }
figure { margin: .7rem 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure.wide > div { overflow-x: auto; }
figure svg { display: block; width: 100%; max-width: 30rem; height: auto; font-family: inherit; }
figure.wide svg { max-width: calc(1.15 * var(--least)); min-width: var(--least); }
figcaption { font-weight: 600; padding-bottom: .3rem; overflow-wrap: anywhere; }
figure p { margin: .3rem 0 0; font-size: .9em; color: var(--quiet); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--quiet); }
@media print {
  :root { color-scheme: light; --quiet: #444; --ink: #000; --paper: #fff; --link: #000; }
  body { max-width: none; margin: 0; font-size: 10pt; }
  .figures { display: block; }
  figure { display: inline-block; width: 47%; margin-right: 2%; vertical-align: top; }
  figure.wide { display: block; width: auto; }
  figure, tr { break-inside: avoid; }
  h2, caption, thead { break-after: avoid; }
  .table, figure.wide > div { overflow: visible; }
  figure.wide svg { min-width: 0; }
}`;

/** Sections from which on a page begins with a list of them. */
const LISTED = 5;

/** Returns the page. Text is escaped; figures are taken as they are. */
export function page(title: string, sections: readonly Section[], footer: readonly string[]): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const list = sections.map((section, k) => `<li><a href="#part-${k + 1}">${html(section.title)}</a></li>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${html(title)}</h1>
${sections.length >= LISTED ? `<nav aria-label="Contents"><ol>\n${list}\n</ol></nav>` : ""}
${sections.map(sectionHtml).join("\n")}
</main>
<footer>${footer.map((line) => `<p><small>${html(line)}</small></p>`).join("")}</footer>
</body>
</html>`;
}

function sectionHtml(section: Section, k: number): string {
  const { title, text = [], tables = [], figures = [], hasFiguresFirst = false } = section;
  const parts = [
    tables.length > 0 ? `<div class="tables">\n${tables.map(tableHtml).join("\n")}\n</div>` : "",
    figures.length > 0 ? `<div class="figures">\n${figures.map(figureHtml).join("\n")}\n</div>` : "",
  ];
  return [
    `<section id="part-${k + 1}">\n<h2>${html(title)}</h2>`,
    ...text.map((line) => `<p>${html(line)}</p>`),
    ...(hasFiguresFirst ? parts.reverse() : parts),
    "</section>",
  ].join("\n");
}

function figureHtml({ title, alternative, svg, isWide }: Figure): string {
  const least = isWide ? ` class="wide" style="--least: ${/ width="(\d+)"/.exec(svg)?.[1]}px"` : "";
  const box = isWide ? `<div>${svg}</div>` : svg;
  return `<figure${least}>\n<figcaption>${html(title)}</figcaption>\n${box}\n<p>${html(alternative)}</p>\n</figure>`;
}

/** The most rows and columns of a table. */
const MAX_ROWS = 60;
const MAX_COLUMNS = 25;
/** Letters of a row's name from which on it may be broken into lines. */
const LONG = 20;

function tableHtml({ caption, head, rows, foot = [] }: Table): string {
  const shown = rows.slice(0, MAX_ROWS);
  const wide = head.length > MAX_COLUMNS;
  const cut = <T>(cells: readonly T[]) => cells.slice(0, MAX_COLUMNS);
  const left = [
    ...(rows.length > MAX_ROWS ? [`the first ${MAX_ROWS} of ${rows.length} rows`] : []),
    ...(wide ? [`the first ${MAX_COLUMNS} of ${head.length} columns`] : []),
  ].join(", ");
  const isWords = cut(head).map((_, c) => shown.some((row) => isWord(row[c])));
  const classOf = (c: number) => (isWords[c] ? ' class="word"' : "");
  const headRow = cut(head).map((cell, c) => `<th scope="col"${classOf(c)}>${html(cell)}</th>`).join(""); // biome-ignore format: one line
  const columns = cut(head).map((_, c) => writerOf(shown.map((row) => row[c])));
  const rowHtml = (row: Table["rows"][number], writers: typeof columns) => {
    const [first, ...others] = cut(row).map((cell, c) => (typeof cell === "number" ? writers[c](cell) : cell));
    const cells = others.map((cell, c) => `<td${classOf(c + 1)}>${html(cell)}</td>`);
    return `<tr><th scope="row"${[...first].length > LONG ? ' class="long"' : ""}>${html(first)}</th>${cells.join("")}</tr>`;
  };
  const below = foot.map((row) => rowHtml(row, cut(row).map((cell) => writerOf([cell])))); // biome-ignore format: one line
  return `<div class="table"><table>
<caption>${html(left ? `${caption} (${left})` : caption)}</caption>
<thead><tr>${headRow}</tr></thead>
<tbody>
${shown.map((row) => rowHtml(row, columns)).join("\n")}
</tbody>${below.length > 0 ? `\n<tfoot>${below.join("\n")}</tfoot>` : ""}
</table></div>`;
}

function isWord(cell: string | number): boolean {
  return typeof cell === "string" && !/^[\d.,\s<>±–−%·⁻⁰¹²³⁴-⁹-]*$/.test(cell);
}

/** Six digits, and in a column as many decimals for all numbers, unless they are of very different size. */
function writerOf(cells: readonly (string | number)[]): (value: number) => string {
  const numbers = cells.filter((cell) => typeof cell === "number");
  const sizes = numbers.map(Math.abs).filter((size) => size > 0 && size < Number.POSITIVE_INFINITY);
  const alone = (value: number) => {
    const rounded = Number(value.toPrecision(6));
    if (Number.isNaN(value)) return "–";
    return rounded !== 0 && Math.abs(rounded) < 1e-4 ? rounded.toExponential() : String(rounded);
  };
  const most = Math.max(...sizes, Number.MIN_VALUE);
  if (Math.min(...sizes) < 1e-4 * most || most < 1e-3 || most >= 1e9) return alone;
  const decimals = (value: number) => /\.(\d+)$/.exec(alone(value))?.[1].length ?? 0;
  const wanted = Math.max(...numbers.filter(Number.isFinite).map(decimals), 0);
  const places = Math.max(0, Math.min(6, 5 - Math.floor(Math.log10(most)), wanted));
  return (value) => (Number.isFinite(value) ? value.toFixed(places) : alone(value));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function html(text: string): string {
  return escaped(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

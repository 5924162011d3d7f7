// One page of HTML that needs nothing else: no scripts, no files, no network.

import { escaped } from "../violations.js";
import type { Figure } from "./figures.js";

/** A part of a page: a heading, and what is under it. */
export interface Section {
  readonly title: string;
  readonly text?: readonly string[];
  readonly tables?: readonly Table[];
  readonly figures?: readonly Figure[];
}

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

const STYLE = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1.5rem 0; }
figure svg { max-width: 100%; height: auto; }
figcaption { font-size: .9em; }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #141414; } }
@media print {
  :root { color-scheme: light; }
  body { color: #000; background: #fff; max-width: none; font-size: 11pt; }
  figure, table { break-inside: avoid; }
}`;

/** Returns the page. Text is escaped; figures are taken as they are. */
export function page(title: string, sections: readonly Section[], footer: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
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
${sections.map(sectionHtml).join("\n")}
</main>
<footer><p><small>${html(footer)}</small></p></footer>
</body>
</html>`;
}

function sectionHtml({ title, text = [], tables = [], figures = [] }: Section): string {
  return [
    `<section>\n<h2>${html(title)}</h2>`,
    ...text.map((line) => `<p>${html(line)}</p>`),
    ...tables.map(tableHtml),
    ...figures.map(figureHtml),
    "</section>",
  ].join("\n");
}

function figureHtml({ title, alternative, svg }: Figure): string {
  return `<figure>\n${svg}\n<figcaption><b>${html(title)}.</b> ${html(alternative)}</figcaption>\n</figure>`;
}

/** The most rows and columns of a table. */
const MAX_ROWS = 60;
const MAX_COLUMNS = 25;

function tableHtml({ caption, head, rows }: Table): string {
  const shown = rows.slice(0, MAX_ROWS);
  const wide = head.length > MAX_COLUMNS;
  const cut = <T>(cells: readonly T[]) => cells.slice(0, MAX_COLUMNS);
  const left = [
    ...(rows.length > MAX_ROWS ? [`the first ${MAX_ROWS} of ${rows.length} rows`] : []),
    ...(wide ? [`the first ${MAX_COLUMNS} of ${head.length} columns`] : []),
  ].join(", ");
  const headRow = cut(head).map((cell) => `<th scope="col">${html(cell)}</th>`).join(""); // biome-ignore format: one line
  const body = shown.map((row) => {
    const [first, ...others] = cut(row);
    return `<tr><th scope="row">${cellHtml(first)}</th>${others.map((cell) => `<td>${cellHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<div class="table"><table>
<caption>${html(left ? `${caption} (${left})` : caption)}</caption>
<thead><tr>${headRow}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

function cellHtml(cell: string | number): string {
  return html(typeof cell === "number" ? String(Number(cell.toPrecision(6))) : cell);
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function html(text: string): string {
  return escaped(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

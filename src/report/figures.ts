// Figures as SVG, drawn by Observable Plot without a browser.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** A figure of a page. */
export interface Figure {
  /** A word that names its file. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in a sentence: its text alternative. */
  readonly alternative: string;
  readonly svg: string;
}

/** Colours that can be told apart on white and on black, also by the colour-blind. */
export const COLOURS = ["#3b82c4", "#d9822b", "#3d9970", "#b0529c", "#8a8d29", "#c4503b", "#4aa3a2", "#7a6fd0"];

/** An axis of magnitudes, as powers of ten. */
export const MAGNITUDES = { type: "log", grid: true, tickFormat: (value: number) => tenth(value) } as const;

function tenth(value: number): string {
  const text = value.toExponential(0);
  return text.startsWith("1e") ? text : "";
}

const { document } = parseHTML("<!doctype html><html><body></body></html>");
let drawn = 0;

/** Draws a plot. Its lines and letters have the colour of the text around it. */
export function figure(id: string, title: string, alternative: string, options: Plot.PlotOptions): Figure {
  const svg = Plot.plot({
    ...{ width: 640, height: 360, marginLeft: 64, marginBottom: 44 },
    ...options,
    color: { ...(options.color?.scheme ? {} : { range: COLOURS }), ...options.color },
    document: document as unknown as Document,
    ariaLabel: title,
    ariaDescription: alternative,
    className: `plot-${++drawn}`,
    style: { background: "none", color: "currentColor", overflow: "visible" },
    figure: false,
  });
  svg.setAttribute("role", "img");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return { id, title, alternative, svg: svg.outerHTML };
}

/** A figure as a file of its own, readable on white and on black. */
export function svgFile({ svg }: Figure): string {
  const style = "<style>:root{color:#1a1a1a}@media(prefers-color-scheme:dark){:root{color:#e6e6e6}}</style>";
  return `${svg.replace(/^(<svg[^>]*>)/, `$1${style}`)}\n`;
}

/** A matrix as coloured cells with their numbers. */
export function heatMap(
  id: string,
  title: string,
  alternative: string,
  { rows, columns, values }: { rows: readonly string[]; columns: readonly string[]; values: ArrayLike<number> },
): Figure {
  const cells = rows.flatMap((row, i) =>
    columns.map((column, j) => ({ row, column, value: values[i * columns.length + j] })),
  );
  const greatest = Math.max(...cells.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const hasLetters = cells.length <= 200;
  return figure(id, title, alternative, {
    height: Math.min(900, 80 + 32 * rows.length),
    marginLeft: 110,
    color: { type: "diverging", scheme: "PuOr", domain: [-greatest, greatest], legend: false },
    x: { domain: [...columns], label: null },
    y: { domain: [...rows], label: null },
    marks: [
      Plot.cell(cells, { x: "column", y: "row", fill: "value", inset: 0.5 }),
      ...(hasLetters
        ? [
            Plot.text(cells, {
              ...{ x: "column", y: "row", text: ({ value }) => value.toPrecision(3) },
              fill: ({ value }) => (Math.abs(value) > 0.6 * greatest ? "white" : "black"),
            }),
          ]
        : []),
    ],
  });
}

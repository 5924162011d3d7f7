// Figures as SVG, drawn by Observable Plot without a browser. They are so narrow that their letters
// can be read on a phone; on a wide page two stand side by side.

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
  /** Whether it takes the whole width of a page, and scrolls where there is less. */
  readonly isWide: boolean;
}

/** A line, or a colour, of a figure that its legend names. */
export interface LegendItem {
  readonly name: string;
  readonly colour: string;
  /** Dashes of a line, as `stroke-dasharray` has them; without it the line is whole. */
  readonly dashes?: string;
  /** "line" (default), an area, or a dot. */
  readonly mark?: "line" | "area" | "dot";
}

export interface FigureOptions extends Plot.PlotOptions {
  readonly legend?: readonly LegendItem[];
}

/** Colours that can be told apart on white and on black, also by the colour-blind. */
export const COLOURS = ["#3b82c4", "#d9822b", "#3d9970", "#b0529c", "#8a8d29", "#c4503b", "#4aa3a2", "#7a6fd0"];
/** Dashes by which lines on top of each other can be told apart. */
export const DASHES = [undefined, "8 4", "2 4", "10 3 2 3", "5 5", "1 5", "12 4", "8 3 2 3 2 3"] as const;

/** The width of a figure, and the height of its letters, in units of its own. */
const WIDTH = 420;
const LETTERS = 13;
/** The height of a line of a legend. */
const LEGEND_LINE = 18;
/** Characters of a name beside a figure. */
const MAX_NAME = 18;

const SUPERSCRIPTS: Record<string, string> = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" }; // biome-ignore format: one line

/** A power of ten as people write it. */
function power(exponent: number): string {
  if (exponent >= 0 && exponent <= 3) return String(10 ** exponent);
  if (exponent < 0 && exponent >= -3) return (10 ** exponent).toFixed(-exponent);
  return `10${superscript(exponent)}`;
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((letter) => SUPERSCRIPTS[letter]).join("");
}

/**
 * A scale of magnitudes that holds these numbers, with ticks at powers of ten. It ends at powers, or
 * if it is tight at the numbers.
 */
export function magnitudes(values: Iterable<number>, { isTight = false } = {}) {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most === 0) [least, most] = [1, 1];
  let [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  if (low === high) [low, high] = [low - 1, high + 1];
  const stride = Math.ceil((high - low) / 7);
  const exponents = Array.from({ length: Math.floor((high - low) / stride) + 1 }, (_, k) => low + k * stride);
  const domain = isTight && least < most ? [least, most] : [10 ** low, 10 ** high];
  // A short scale has ticks between the powers, too.
  const isShort = domain[1] / domain[0] < 60;
  const ticks = exponents.flatMap((exponent) => (isShort ? [1, 2, 5] : [1]).map((times) => times * 10 ** exponent));
  return {
    ...{ type: "log" as const, grid: true, domain },
    ticks: ticks.filter((tick) => tick >= domain[0] && tick <= domain[1]),
    tickFormat: (value: number) => (isShort ? digits(value) : power(Math.round(Math.log10(value)))),
  };
}

/** A linear scale of these numbers. Ticks far from 1 have a power of ten, as plain digits would run together. */
export function linear(values: Iterable<number>, ticks = 5) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const isPlain = most === 0 || (most >= 1e-3 && most < 1e7);
  return { ticks, ...(isPlain ? {} : { tickFormat: (value: number) => digits(Number(value.toPrecision(3))) }) };
}

const { document } = parseHTML("<!doctype html><html><body></body></html>");
let drawn = 0;

/** Draws a plot. Its lines and letters have the colour of the text around it. */
export function figure(id: string, title: string, alternative: string, options: FigureOptions): Figure {
  const { legend = [], ...rest } = options;
  const { width = WIDTH, height = 290 } = rest;
  const svg = Plot.plot({
    ...{ marginBottom: 46, marginRight: 24, marginTop: 30, marginLeft: 58 },
    ...rest,
    ...{ width, height },
    color: { ...(rest.color?.scheme ? {} : { range: COLOURS }), legend: false, ...rest.color },
    document: document as unknown as Document,
    ariaLabel: title,
    ariaDescription: alternative,
    className: `plot-${++drawn}`,
    style: { background: "none", color: "currentColor", overflow: "visible", fontSize: `${LETTERS}px` },
    figure: false,
  });
  // The legend is above the plot, which has no place for it.
  const above = legend.length > 0 ? LEGEND_LINE * legend.length + 6 : 0;
  svg.setAttribute("role", "img");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("height", String(height + above));
  svg.setAttribute("viewBox", `0 0 ${width} ${height + above}`);
  const lines = legend.map((item, k) => legendLine(item, LEGEND_LINE * (k + 0.6))).join("");
  const [, tag, inside] = /^(<svg[^>]*>)(.*)<\/svg>$/s.exec(svg.outerHTML) as RegExpExecArray;
  const text = above > 0 ? `${lines}<g transform="translate(0,${above})">${inside}</g>` : inside;
  return { id, title, alternative, svg: `${tag}${text}</svg>`, isWide: width > WIDTH };
}

function legendLine({ name, colour, dashes, mark = "line" }: LegendItem, y: number): string {
  const sign = {
    line: `<line x1="2" x2="30" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>`,
    area: `<rect x="2" width="28" y="${y - 6}" height="12" fill="${colour}"/>`,
    dot: `<circle cx="16" cy="${y}" r="4.5" fill="${colour}"/>`,
  };
  return `<g>${sign[mark]}<text x="38" y="${y}" dy="0.35em" text-anchor="start" fill="currentColor">${xml(shortened(name, 50))}</text></g>`;
}

/** Text within an SVG. */
function xml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

/** A name of at most so many characters. */
export function shortened(name: string, most = MAX_NAME): string {
  const letters = [...name];
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join("")}…`;
}

/** Room around the figure in a file. */
const EDGE = 10;

/** A figure as a file of its own, with a background, so that it can be read on any page, light or dark. */
export function svgFile({ svg }: Pick<Figure, "svg">): string {
  const light = ":root{color:#1a1a1a;background:#fff;font-family:system-ui,sans-serif}";
  const style = `<style>${light}@media(prefers-color-scheme:dark){:root{color:#e6e6e6;background:#141414}}</style>`;
  const [, tag, inside] = /^(<svg[^>]*>)(.*)$/s.exec(svg) as RegExpExecArray;
  const [width, height] = ["width", "height"].map((name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(tag)?.[1]) + 2 * EDGE); // biome-ignore format: one line
  const own = tag
    .replace(/ style="[^"]*"/, ` style="font-size: ${LETTERS}px"`)
    .replace(/ width="\d+"/, ` width="${width}"`)
    .replace(/ height="\d+"/, ` height="${height}"`)
    .replace(/ viewBox="[^"]*"/, ` viewBox="${-EDGE} ${-EDGE} ${width} ${height}"`);
  return `${own}${style}${inside}\n`;
}

/** A line of a figure, with its name in the legend. */
export interface Series extends LegendItem {
  /** Points without a finite y are left out. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  readonly hasDots?: boolean;
}

/** A figure of lines. */
export function lines(
  id: string,
  title: string,
  alternative: string,
  series: readonly Series[],
  options: FigureOptions,
): Figure {
  return figure(id, title, alternative, {
    legend: series,
    ...options,
    marks: series.flatMap(({ points, colour, dashes, hasDots = true }) => {
      const known = points.filter(({ y }) => y !== null && Number.isFinite(y));
      return [
        Plot.line(known, { x: "x", y: "y", stroke: colour, strokeDasharray: dashes, strokeWidth: 1.75 }),
        ...(hasDots ? [Plot.dot(known, { x: "x", y: "y", fill: colour, r: 2.5 })] : []),
      ];
    }),
  });
}

/** About how wide the letters of a name are, rather too wide than too narrow. */
function widthOf(name: string): number {
  const wide = (letter: string) => (/[a-z .,:0-9-]/.test(letter) ? 7.4 : letter < "\u0250" ? 10.5 : 14);
  return [...shortened(name)].reduce((sum, letter) => sum + (/[mw]/.test(letter) ? 12 : wide(letter)), 0);
}

/** Room on the left for names. */
function marginFor(names: readonly string[]): number {
  return Math.max(58, Math.ceil(14 + Math.max(...names.map(widthOf))));
}

/** Cells of a heat map up to which numbers stand in them. */
const MAX_NUMBERS = 200;
const CELL_WIDTH = 54;
const CELL_HEIGHT = 26;

/** A matrix as coloured cells with their numbers. */
export function heatMap(
  id: string,
  title: string,
  alternative: string,
  { rows, columns, values }: { rows: readonly string[]; columns: readonly string[]; values: ArrayLike<number> },
): Figure {
  const cells = rows.flatMap((_, i) => columns.map((_, j) => ({ i, j, value: values[i * columns.length + j] })));
  const greatest = Math.max(...cells.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const hasNumbers = cells.length <= MAX_NUMBERS;
  const marginLeft = marginFor(rows);
  const width = hasNumbers ? Math.max(WIDTH, marginLeft + 16 + CELL_WIDTH * columns.length) : WIDTH;
  const cellWidth = (width - marginLeft - 16) / columns.length;
  const widths = columns.map(widthOf);
  const isTurned = Math.max(...widths) > cellWidth;
  // Names are turned by 40 degrees, and may reach beyond the last column.
  const marginTop = isTurned ? Math.ceil(26 + 0.65 * Math.max(...widths)) : 30;
  const reach = widths.map((w, j) => 0.77 * w + 12 - (columns.length - j - 0.5) * cellWidth);
  const marginRight = isTurned ? Math.ceil(Math.max(16, ...reach)) : 16;
  // Of many rows and columns every k-th is named.
  const [everyRow, everyColumn] = [Math.ceil(rows.length / 30), hasNumbers ? 1 : Math.ceil(columns.length / 14)];
  const every = (count: number, stride: number) =>
    Array.from({ length: Math.ceil(count / stride) }, (_, k) => k * stride);
  const colours = `Orange is above 0, violet below; the darkest is ${cellText(greatest, greatest)}.`;
  return figure(id, title, `${alternative} ${colours}`, {
    ...{ width: width + marginRight - 16, marginLeft, marginTop, marginBottom: 8, marginRight },
    height: marginTop + 8 + Math.min(680, CELL_HEIGHT * rows.length),
    color: { type: "diverging", scheme: "PuOr", domain: [-greatest, greatest] },
    x: { domain: columns.map((_, j) => j), label: null, axis: null, padding: 0 },
    y: { domain: rows.map((_, i) => i), label: null, axis: null, padding: 0 },
    marks: [
      Plot.axisY(every(rows.length, everyRow), { tickFormat: (i) => shortened(rows[i]), tickSize: 0 }),
      Plot.axisX(every(columns.length, everyColumn), {
        ...{ anchor: "top", tickFormat: (j) => shortened(columns[j]), tickSize: 0 },
        ...(isTurned ? { tickRotate: -40, textAnchor: "start", lineAnchor: "bottom" } : {}),
      } as Plot.AxisXOptions),
      Plot.cell(cells, { x: "j", y: "i", fill: "value", inset: hasNumbers ? 1 : 0 }),
      ...(hasNumbers
        ? [
            Plot.text(cells, {
              ...{ x: "j", y: "i", text: ({ value }) => cellText(value, greatest), fontVariant: "tabular-nums" },
              fill: ({ value }) => (value > 0.75 * greatest || value < -0.65 * greatest ? "white" : "black"),
            }),
          ]
        : []),
    ],
  });
}

/** A number in a cell, with as many decimals as the greatest of them needs for three digits. */
function cellText(value: number, greatest: number): string {
  const exponent = Math.floor(Math.log10(greatest));
  const text = exponent < -4 || exponent > 5 ? value.toExponential(1) : value.toFixed(Math.max(0, 2 - exponent));
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** Colours of a range of numbers, as lines of a legend. */
export function rampLegend(domain: readonly [number, number], scheme: "viridis" = "viridis"): LegendItem[] {
  const scale = Plot.scale({ color: { type: "linear", scheme, domain: [...domain] } });
  const [low, high] = domain;
  return [low, (low + high) / 2, high].map((value) => ({
    name: digits(value),
    colour: String(scale.apply(value)),
    mark: "area",
  }));
}

/** A number with four digits, for sentences. */
export function digits(value: number): string {
  const [mantissa, exponent] = value.toExponential(3).split("e").map(Number);
  if (value === 0 || (exponent >= -3 && exponent < 7) || !Number.isFinite(value))
    return String(Number(value.toPrecision(4))).replace("-", "−");
  const times = mantissa === 1 ? "" : `${mantissa}·`.replace("-", "−");
  return `${times}10${superscript(exponent)}`;
}

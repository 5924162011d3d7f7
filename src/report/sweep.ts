// The report of a sweep: what its folder says, and the distributions of what was kept.

import { readFileSync } from "node:fs";
import * as Plot from "@observablehq/plot";
import { parquetReadObjects } from "hyparquet";
import { defineEconomy } from "../economy/economy.js";
import { rowsOf as csvRowsOf } from "../economy/rows.js";
import { type Manifest, type PartNote, rowsFile } from "../parts/manifest.js";
import { summaryOf } from "../parts/run.js";
import type { SweepAxis, SweepPath, SweepTarget, SweepValues } from "../sweep/specification.js";
import { COLOURS, digits, type Figure, figure, linear, magnitudes, rampLegend } from "./figures.js";
import type { Section, Table } from "./page.js";

/** Rows that are read: as many parts as have them, from the first on. */
const MAX_ROWS = 200_000;
/** Columns whose distribution is drawn. */
const MAX_HISTOGRAMS = 12;
/** Values along an axis up to which a map is drawn. */
const MAX_VALUES = 400;
/** Points of a figure that draws them one by one. */
const MAX_DOTS = 3000;

type Row = Readonly<Record<string, unknown>>;

/** What a report says of the parts that a folder has. */
export async function sweepSections(
  folder: string,
  manifest: Manifest,
  notes: readonly PartNote[],
): Promise<Section[]> {
  const sum = summaryOf(notes, 0);
  const { rows, parts } = await readRows(folder, manifest, notes);
  const counts = Object.entries(sum.counts).map(([k, some]) => [Number(k), some] as const).sort(([a], [b]) => a - b); // biome-ignore format: one chain
  const about = `${sum.economies} of ${manifest.economies} economies, ${sum.rows} rows in ${sum.parts} of ${manifest.parts} parts.`;
  const read = parts < notes.length ? ` The figures are of the first ${rows.length} rows.` : "";
  const axes = axesOf(manifest);
  const map = axes.length === 2 ? mapFigure(rows, axes) : undefined;
  const hasPlane = axes.length === 2 && manifest.specification.draw === undefined;
  return [
    {
      title: "The sweep",
      text: [aboutEconomy(manifest), about + read],
      tables: [
        ...specificationTables(manifest),
        { caption: "How economies ended", head: ["status", "economies"], rows: Object.entries(sum.statuses) },
      ],
      figures: [...(counts.length > 0 ? [countsFigure(counts)] : [])],
    },
    ...section("Equilibria over two parameters", map ? [map] : []),
    ...section("Over two parameters", hasPlane ? valueMaps(rows, manifest, axes) : []),
    ...section(axes.length === 1 ? `Along ${axes[0].name}` : "Distributions", histograms(rows, manifest, axes)),
  ];
}

function section(title: string, figures: readonly Figure[]): Section[] {
  return figures.length > 0 ? [{ title, figures }] : [];
}

/** An axis that is a column of the rows. */
export interface Axis {
  readonly name: string;
  readonly isLog: boolean;
}

/** The axes that rows tell apart, in the order of the grid; of a path its first parameter. */
function axesOf({ specification, columns }: Manifest): Axis[] {
  const kept = new Set(columns.map(({ name }) => name));
  return (specification.vary ?? [])
    .flatMap((axis) => ("path" in axis ? [axis.path[0]] : [axis]))
    .map(({ name, parameter, scale }) => ({ name: name ?? parameter, isLog: scale === "log" }))
    .filter(({ name }) => kept.has(name));
}

function aboutEconomy({ specification: { economy, solve } }: Manifest): string {
  const { agents, goods } = defineEconomy(economy);
  const call = typeof solve === "string" ? solve : solve.call;
  return `The base economy has ${agents.length} agents and ${goods.length} goods. Of each economy that is made of it, the call ${call} is solved.`;
}

/** What varies and what is drawn. */
function specificationTables({ specification: { vary = [], draw, keep } }: Manifest): Table[] {
  const listed = (axis: SweepAxis | SweepPath): (SweepTarget & SweepValues & { count?: number })[] =>
    "path" in axis ? axis.path.map((moves) => ({ ...moves, count: axis.count })) : [axis];
  const axes = vary
    .flatMap(listed)
    .map(({ parameter, name, values, from, to, count, scale = "linear" }) => [
      name === undefined || name === parameter ? parameter : `${name} (${parameter})`,
      ...[values?.[0] ?? from ?? "", values?.[values.length - 1] ?? to ?? "", values?.length ?? count ?? ""].map(
        String,
      ),
      values ? "listed" : scale,
    ]);
  const draws = (draw?.parameters ?? []).map(({ parameter, distribution, factor, name: _, ...rest }) => {
    const numbers = Object.entries(rest).map(([key, value]) => `${key} ${value}`).join(", "); // biome-ignore format: one chain
    return [factor ? `${parameter}, as a factor` : parameter, `${distribution}, ${numbers}`];
  });
  return [
    ...(axes.length > 0
      ? [{ caption: "What varies", head: ["parameter", "from", "to", "values", "steps"], rows: axes }]
      : []),
    ...(draws.length > 0
      ? [{ caption: `What is drawn, with seed ${draw?.seed ?? 0}`, head: ["parameter", "distribution"], rows: draws }]
      : []),
    ...(keep?.filter ? [{ caption: "What is kept", head: ["rows with"], rows: [[keep.filter]] }] : []),
  ];
}

async function readRows(folder: string, manifest: Manifest, notes: readonly PartNote[]) {
  const rows: Row[] = [];
  let parts = 0;
  for (const { part } of [...notes].sort((a, b) => a.part - b.part)) {
    if (rows.length >= MAX_ROWS) break;
    const bytes = readFileSync(rowsFile(folder, manifest, part));
    for (const row of await rowsOf(manifest, bytes)) rows.push(row);
    parts++;
  }
  return { rows: rows.slice(0, MAX_ROWS), parts };
}

async function rowsOf({ format, columns }: Manifest, bytes: Buffer): Promise<Row[]> {
  if (format === "parquet") {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    return await parquetReadObjects({ file });
  }
  const text = bytes.toString();
  if (format === "csv") return csvRows(text, columns.length);
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]));
}

/** The rows of a part in CSV, whose head has as many columns as the manifest names. */
function csvRows(text: string, columns: number): Row[] {
  const rows = [...csvRowsOf(text, columns)].flatMap((row) => (typeof row === "object" && "cells" in row ? [row.cells] : [])); // biome-ignore format: one line
  const [head = [], ...others] = rows;
  return others.map((cells) => Object.fromEntries(head.map((name, c) => [name, cells[c]])));
}

/** A cell as a number; NaN where there is none. */
function numberIn(row: Row, name: string): number {
  const value = row[name];
  return value === null || value === "" || value === undefined ? Number.NaN : Number(value);
}

function countsFigure(counts: readonly (readonly [number, number])[]): Figure {
  const all = counts.reduce((sum, [, some]) => sum + some, 0);
  const several = counts.reduce((sum, [k, some]) => sum + (k > 1 ? some : 0), 0);
  const words = `Of ${all} economies, ${several} (${digits((100 * several) / all)} %) have several equilibria.`;
  return figure("counts", "How many equilibria economies have", words, {
    ...{ height: 76 + 34 * counts.length, marginLeft: 58, marginRight: 80, marginTop: 26 },
    x: { label: "economies", ticks: 4, grid: true },
    y: { type: "band", label: "equilibria", labelArrow: "none", tickSize: 0, tickFormat: String },
    marks: [
      Plot.barX(counts, { x: "1", y: "0", fill: COLOURS[0] }),
      Plot.text(counts, { x: "1", y: "0", text: ([, some]) => String(some), dx: 6, textAnchor: "start" }),
    ],
  });
}

/** The cells of a grid over two axes. */
interface Plane {
  readonly squares: readonly Square[];
  readonly x: object;
  readonly y: object;
}

interface Square {
  readonly i: number;
  readonly j: number;
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
  /** The mean of a column over the rows of the cell. */
  readonly value: number;
}

/** The means of a column over two axes; undefined where there are too few or too many cells. */
function planeOf(rows: readonly Row[], axes: readonly Axis[], column: string): Plane | undefined {
  const [a, b] = axes;
  const sums = new Map<string, { x: number; y: number; sum: number; many: number }>();
  for (const row of rows) {
    const value = numberIn(row, column);
    if (!Number.isFinite(value)) continue;
    const [x, y] = [numberIn(row, a.name), numberIn(row, b.name)];
    const cell = sums.get(`${x} ${y}`) ?? { x, y, sum: 0, many: 0 };
    cell.sum += value;
    cell.many++;
    sums.set(`${x} ${y}`, cell);
  }
  const cells = [...sums.values()];
  const sorted = (values: number[]) => [...new Set(values)].sort((one, other) => one - other);
  const [xs, ys] = [sorted(cells.map(({ x }) => x)), sorted(cells.map(({ y }) => y))];
  if (Math.min(xs.length, ys.length) < 2 || Math.max(xs.length, ys.length) > MAX_VALUES) return undefined;
  const [ex, ey] = [edgesOf(xs, a.isLog), edgesOf(ys, b.isLog)];
  const [ix, iy] = [xs, ys].map((values) => new Map(values.map((value, k) => [value, k])));
  const squares = cells.map(({ x, y, sum, many }) => {
    const [i, j] = [ix.get(x) as number, iy.get(y) as number];
    return { i, j, x1: ex[i], x2: ex[i + 1], y1: ey[j], y2: ey[j + 1], value: sum / many };
  });
  const scale = ({ name, isLog }: Axis, edges: readonly number[]) => {
    const domain = [edges[0], edges[edges.length - 1]];
    return isLog
      ? { ...magnitudes(domain, { isTight: true }), grid: false, label: name }
      : { domain, ...linear(domain, 6), label: name };
  };
  return { squares, x: scale(a, ex), y: scale(b, ey) };
}

/** Where cells around these values begin and end. */
function edgesOf(values: readonly number[], isLog: boolean): number[] {
  const at = isLog ? values.map(Math.log) : values;
  const n = at.length;
  const inner = at.slice(1).map((value, k) => (value + at[k]) / 2);
  const edges = [at[0] - (inner[0] - at[0]), ...inner, at[n - 1] + (at[n - 1] - inner[n - 2])];
  return isLog ? edges.map(Math.exp) : edges;
}

/** Cells of one value that lie beside each other, as one. */
function joined(squares: readonly Square[]): Square[] {
  const runs: Square[] = [];
  for (const square of [...squares].sort((a, b) => a.j - b.j || a.i - b.i)) {
    const last = runs[runs.length - 1];
    if (last && last.j === square.j && last.x2 === square.x1 && last.value === square.value)
      runs[runs.length - 1] = { ...last, x2: square.x2 };
    else runs.push(square);
  }
  return runs;
}

/** Over two axes a map of the number of equilibria, with its folds; undefined where rows do not tell. */
export function mapFigure(rows: readonly Row[], axes: readonly Axis[]): Figure | undefined {
  if (rows.length === 0 || rows[0]["count"] === undefined) return undefined;
  const plane = planeOf(rows, axes, "count");
  if (!plane) return undefined;
  const { squares, x, y } = plane;
  const known = [...new Set(squares.map(({ value }) => value))].sort((one, other) => one - other);
  const isCount = known.length <= COLOURS.length && known.every(Number.isInteger);
  const title = `Number of equilibria over ${axes[0].name} and ${axes[1].name}`;
  const colourOf = (value: number) => COLOURS[known.indexOf(value)];
  const common = { height: 400, x, y };
  const range = [known[0], known[known.length - 1]] as const;
  return isCount
    ? figure(
        "map",
        title,
        `Counts: ${known.join(", ")}. Lines are folds, across which the number changes and two equilibria meet and vanish, as closely as the grid tells.`,
        {
          ...common,
          legend: known.map((count) => ({
            ...{ name: count === 1 ? "one equilibrium" : `${count} equilibria`, colour: colourOf(count), mark: "area" },
          })),
          marks: [...fillMarks(joined(squares), ({ value }) => colourOf(value)), foldMarks(squares)],
        },
      )
    : figure(
        "map",
        title,
        `The mean over what is drawn at each point, from ${digits(range[0])} to ${digits(range[1])}.`,
        {
          ...common,
          legend: rampLegend(range),
          color: { type: "linear", scheme: "viridis", domain: [...range] },
          marks: fillMarks(joined(squares), "value"),
        },
      );
}

function fillMarks(squares: readonly Square[], fill: string | ((square: Square) => string)) {
  const options = { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill, inset: 0, shapeRendering: "crispEdges" };
  return [Plot.rect(squares, options as Plot.RectOptions)];
}

/** Lines between cells of different value. */
function foldMarks(squares: readonly Square[]) {
  const at = new Map(squares.map((square) => [`${square.i} ${square.j}`, square]));
  const lines = squares.flatMap((square) => {
    const { i, j, x1, x2, y1, y2, value } = square;
    const left = at.get(`${i - 1} ${j}`);
    const below = at.get(`${i} ${j - 1}`);
    return [
      ...(left && left.value !== value ? [{ x1, x2: x1, y1, y2 }] : []),
      ...(below && below.value !== value ? [{ x1, x2, y1, y2: y1 }] : []),
    ];
  });
  return Plot.link(lines, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", stroke: "black", strokeWidth: 1.75, strokeLinecap: "square" }); // biome-ignore format: one line
}

/** The columns of numbers that are no axes. */
function numbersOf({ columns }: Manifest, axes: readonly Axis[]): string[] {
  const names = columns.filter(({ type }) => type === "number").map(({ name }) => name);
  return names.filter((name) => !axes.some((axis) => axis.name === name)).slice(0, MAX_HISTOGRAMS);
}

/** Maps of what is kept over two axes, where each point of the grid has one row. */
function valueMaps(rows: readonly Row[], manifest: Manifest, axes: readonly Axis[]): Figure[] {
  if (manifest.columns.some(({ name }) => name === "count" || name === "equilibrium" || name === "index")) return [];
  return numbersOf(manifest, axes).flatMap((name, k) => {
    const plane = planeOf(rows, axes, name);
    if (!plane) return [];
    const { squares, x, y } = plane;
    const values = squares.map(({ value }) => value);
    const range = extent(values);
    if (range[0] === range[1]) return [];
    const words = `From ${digits(range[0])} (dark) to ${digits(range[1])} (light).`;
    return [
      figure(`map-${k + 1}`, `${name} over ${axes[0].name} and ${axes[1].name}`, words, {
        ...{ height: 340, x, y, legend: rampLegend(range) },
        color: { type: "linear", scheme: "viridis", domain: range },
        marks: fillMarks(joined(squares), "value"),
      }),
    ];
  });
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** Distributions of the columns of numbers; along an axis, quantiles or all rows at each of its values. */
function histograms(rows: readonly Row[], manifest: Manifest, axes: readonly Axis[]): Figure[] {
  return numbersOf(manifest, axes).flatMap((name, k) => {
    const values = rows.map((row) => numberIn(row, name)).filter(Number.isFinite);
    if (values.length === 0) return [];
    const sorted = Float64Array.from(values).sort();
    const at = (part: number) => quantile(sorted, part);
    const words = `Quartiles ${[0.25, 0.5, 0.75].map((part) => digits(at(part))).join(", ")}; from ${digits(sorted[0])} to ${digits(sorted[sorted.length - 1])}.`; // biome-ignore format: one sentence
    if (axes.length === 1) return [alongAxis(`along-${k + 1}`, rows, axes[0], name, words)];
    // What spans magnitudes is shown by magnitude.
    const isLog = sorted[0] > 0 && sorted[sorted.length - 1] / sorted[0] > 1e4 && at(0.9) / at(0.1) > 30;
    const shown = isLog ? values.map(Math.log10) : values;
    const scale = magnitudes([sorted[0], sorted[sorted.length - 1]]);
    const x = isLog
      ? {
          ...{ label: name, domain: scale.domain.map(Math.log10), ticks: scale.ticks.map(Math.log10) },
          tickFormat: (exponent: number) => scale.tickFormat(10 ** exponent),
        }
      : { label: name, ...linear([sorted[0], sorted[sorted.length - 1]]) };
    return [
      figure(`distribution-${k + 1}`, `Distribution of ${name}`, words, {
        ...{ height: 240, marginLeft: 64, x },
        y: { label: "rows", grid: true, ticks: 5 },
        marks: [
          Plot.rectY(shown, {
            ...Plot.binX({ y: "count" }, { x: (value: number) => value, thresholds: 40 }),
            ...{ fill: COLOURS[0], inset: 0.3 },
          }),
          Plot.ruleY([0]),
        ],
      }),
    ];
  });
}

function quantile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** Rows that are drawn of each value along an axis. */
const MAX_GROUP = 2000;

function alongAxis(id: string, rows: readonly Row[], axis: Axis, name: string, words: string): Figure {
  const groups = new Map<number, number[]>();
  const points: { x: number; y: number; index: number }[] = [];
  for (const row of rows) {
    const [x, y] = [numberIn(row, axis.name), numberIn(row, name)];
    if (!Number.isFinite(y)) continue;
    const group = groups.get(x) ?? [];
    if (group.length < MAX_GROUP) group.push(y);
    groups.set(x, group);
    points.push({ x, y, index: numberIn(row, "index") });
  }
  const x = axis.isLog
    ? { ...magnitudes(groups.keys(), { isTight: true }), grid: false, label: axis.name }
    : { label: axis.name, ...linear(groups.keys()) };
  const heights = points.map(({ y }) => y);
  const common = { height: 280, x, y: { label: name, grid: true, ...linear(heights) } };
  const title = `${name} along ${axis.name}`;
  const hasSeveral = Math.max(...[...groups.values()].map(({ length }) => length)) > 1;
  if (!hasSeveral) {
    const marks = [Plot.lineY(points, { x: "x", y: "y", sort: "x", stroke: COLOURS[0], strokeWidth: 2 })];
    return figure(id, title, `From ${words.split("from ")[1]}`, { ...common, marks });
  }
  if (points.length <= MAX_DOTS) {
    // Several rows at a value are equilibria, or draws: a line between them would mean nothing.
    const kinds = [...new Set(points.map(({ index }) => index))].filter(Number.isFinite).sort((a, b) => b - a);
    const colourOf = (index: number) => COLOURS[Math.max(0, kinds.indexOf(index))];
    return figure(id, title, `A dot for each row. ${words}`, {
      ...common,
      legend: kinds.map((index) => ({ name: `index ${index > 0 ? "+1" : index === 0 ? "0" : "−1"}`, colour: colourOf(index), mark: "dot" as const })), // biome-ignore format: one line
      marks: [Plot.dot(points, { x: "x", y: "y", r: 2, fill: ({ index }) => colourOf(index), stroke: "none" })],
    });
  }
  const bands = [...groups]
    .sort(([one], [other]) => one - other)
    .map(([at, values]) => {
      const sorted = Float64Array.from(values).sort();
      return { x: at, low: quantile(sorted, 0.1), middle: quantile(sorted, 0.5), high: quantile(sorted, 0.9) };
    });
  return figure(id, title, `The median and the middle 80 % of the rows at each value. ${words}`, {
    ...common,
    legend: [{ name: "median", colour: COLOURS[0] }, { name: "middle 80 %", colour: "#3b82c455", mark: "area" }], // biome-ignore format: one line
    marks: [
      Plot.areaY(bands, { x: "x", y1: "low", y2: "high", fill: COLOURS[0], fillOpacity: 0.3 }),
      Plot.lineY(bands, { x: "x", y: "middle", stroke: COLOURS[0], strokeWidth: 2 }),
      Plot.dot(bands, { x: "x", y: "middle", fill: COLOURS[0], r: 2.5 }),
    ],
  });
}

// The report of a sweep: what its folder says, and the distributions of what was kept.

import { readFileSync } from "node:fs";
import * as Plot from "@observablehq/plot";
import { parquetReadObjects } from "hyparquet";
import { rowsOf as csvRowsOf } from "../economy/rows.js";
import { type Manifest, type PartNote, rowsFile } from "../parts/manifest.js";
import { summaryOf } from "../parts/run.js";
import { COLOURS, type Figure, figure } from "./figures.js";
import type { Section } from "./page.js";

/** Rows that are read: as many parts as have them, from the first on. */
const MAX_ROWS = 200_000;
/** Columns whose distribution is drawn. */
const MAX_HISTOGRAMS = 12;
/** Values along an axis up to which a map is drawn. */
const MAX_VALUES = 400;

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
  return [
    {
      title: "The sweep",
      text: [about + read],
      tables: [
        { caption: "How economies ended", head: ["status", "economies"], rows: Object.entries(sum.statuses) },
        ...(counts.length > 0
          ? [
              {
                caption: "Numbers of equilibria",
                head: ["equilibria", "economies"],
                rows: counts.map(([k, some]) => [`${k}`, some]),
              },
            ]
          : []),
      ],
      figures: [...(counts.length > 0 ? [countsFigure(counts)] : [])],
    },
    ...mapSections(rows, axes),
    { title: "Distributions", figures: histograms(rows, manifest, axes) },
  ];
}

/** The names of the columns of axes that vary one number each, in the order of the grid. */
function axesOf({ specification, columns }: Manifest): string[] {
  const kept = new Set(columns.map(({ name }) => name));
  return (specification.vary ?? [])
    .flatMap((axis) => ("path" in axis ? [axis.path[0]] : [axis]))
    .map(({ name, parameter }) => name ?? parameter)
    .filter((name) => kept.has(name));
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
  return figure("counts", "Numbers of equilibria", `Of ${all} economies, ${several} have several equilibria.`, {
    x: { label: "equilibria", type: "band" },
    y: { label: "economies", type: "log", domain: [0.5, all], grid: true },
    marks: [
      Plot.rectY(counts, { x: "0", y1: 0.5, y2: "1", fill: COLOURS[0] }),
      Plot.text(counts, { x: "0", y: "1", text: "1", dy: -8 }),
    ],
  });
}

/** Over two axes a map of the number of equilibria, with its folds; over one a line for each price. */
function mapSections(rows: readonly Row[], axes: readonly string[]): Section[] {
  if (axes.length !== 2 || rows.length === 0 || rows[0]["count"] === undefined) return [];
  const [a, b] = axes;
  const cells = new Map<string, { a: number; b: number; count: number; many: number }>();
  for (const row of rows) {
    const at = { a: numberIn(row, a), b: numberIn(row, b) };
    const cell = cells.get(`${at.a} ${at.b}`) ?? { ...at, count: 0, many: 0 };
    // The mean of what is drawn at a point; a list has as many rows as equilibria.
    cell.count += numberIn(row, "count");
    cell.many++;
    cells.set(`${at.a} ${at.b}`, cell);
  }
  const points = [...cells.values()].map((cell) => ({ ...cell, count: cell.count / cell.many }));
  const [xs, ys] = [a, b].map((_, k) => [...new Set(points.map((p) => (k === 0 ? p.a : p.b)))].sort((x, y) => x - y));
  if (xs.length > MAX_VALUES || ys.length > MAX_VALUES) return [];
  const mean = new Map(points.map((p) => [`${p.a} ${p.b}`, p.count]));
  const folds: { x1: number; x2: number; y1: number; y2: number }[] = [];
  const edges = (values: readonly number[]) => (k: number) =>
    k === 0 ? values[0] - (values[1] - values[0]) / 2 : k === values.length ? values[k - 1] + (values[k - 1] - values[k - 2]) / 2 : (values[k - 1] + values[k]) / 2; // biome-ignore format: one choice
  const [ex, ey] = [edges(xs), edges(ys)];
  const at = (i: number, j: number) => mean.get(`${xs[i]} ${ys[j]}`);
  const differ = (one: number | undefined, other: number | undefined) =>
    one !== undefined && other !== undefined && one !== other;
  const squares = xs.flatMap((x, i) =>
    ys.map((y, j) => ({ x1: ex(i), x2: ex(i + 1), y1: ey(j), y2: ey(j + 1), count: at(i, j), x, y })),
  );
  for (let i = 0; i < xs.length; i++) {
    for (let j = 0; j < ys.length; j++) {
      if (i > 0 && differ(at(i, j), at(i - 1, j))) folds.push({ x1: ex(i), x2: ex(i), y1: ey(j), y2: ey(j + 1) });
      if (j > 0 && differ(at(i, j), at(i, j - 1))) folds.push({ x1: ex(i), x2: ex(i + 1), y1: ey(j), y2: ey(j) });
    }
  }
  if (xs.length < 2 || ys.length < 2) return [];
  const known = [...new Set(points.map(({ count }) => count))].sort((x, y) => x - y);
  const isCount = known.length <= COLOURS.length && known.every(Number.isInteger);
  const words = isCount ? `Counts: ${known.join(", ")}. ` : "";
  return [
    {
      title: "Equilibria over two parameters",
      figures: [
        figure(
          "map",
          `Number of equilibria over ${a} and ${b}`,
          `${words}Lines are folds, across which the number changes and two equilibria meet and vanish.`,
          {
            height: 480,
            x: { label: a },
            y: { label: b },
            color: isCount ? { type: "ordinal", domain: known, range: COLOURS } : { type: "linear", scheme: "viridis" },
            marks: [
              Plot.rect(
                squares.filter(({ count }) => count !== undefined),
                { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: "count", fillOpacity: 0.75, stroke: null },
              ),
              ...(isCount ? [Plot.link(folds, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", strokeWidth: 1.5 })] : []),
              ...(isCount
                ? known.map((count, k) =>
                    Plot.text([`${count}`], {
                      ...{ frameAnchor: "top-right", fill: COLOURS[k], dy: 14 * k - 24, dx: -4 },
                      ...{ fontWeight: "bold", text: (text: string) => `■ ${text}` },
                    }),
                  )
                : []),
            ],
          },
        ),
      ],
    },
  ];
}

/** Distributions of the columns of numbers; along an axis, quantiles at each of its values. */
function histograms(rows: readonly Row[], { columns }: Manifest, axes: readonly string[]): Figure[] {
  const drawn = columns.filter(({ name, type }) => type === "number" && !axes.includes(name)).slice(0, MAX_HISTOGRAMS);
  return drawn.flatMap(({ name }, k) => {
    const values = rows.map((row) => numberIn(row, name)).filter(Number.isFinite);
    if (values.length === 0) return [];
    const sorted = Float64Array.from(values).sort();
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    const words = `Quartiles ${[0.25, 0.5, 0.75].map((part) => digits(at(part))).join(", ")}; from ${digits(sorted[0])} to ${digits(sorted[sorted.length - 1])}.`; // biome-ignore format: one sentence
    if (axes.length === 1) return [alongAxis(`along-${k + 1}`, rows, axes[0], name, words)];
    return [
      figure(`distribution-${k + 1}`, `Distribution of ${name}`, words, {
        height: 260,
        x: { label: name },
        y: { label: "rows", grid: true },
        marks: [
          Plot.rectY(values, { ...Plot.binX({ y: "count" }, { x: (value: number) => value }), fill: COLOURS[0] }),
          Plot.ruleY([0]),
        ],
      }),
    ];
  });
}

function alongAxis(id: string, rows: readonly Row[], axis: string, name: string, words: string): Figure {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const [x, y] = [numberIn(row, axis), numberIn(row, name)];
    if (Number.isFinite(y)) groups.set(x, [...(groups.get(x) ?? []).slice(-1999), y]);
  }
  const bands = [...groups].sort(([x], [y]) => x - y).map(([x, values]) => {
    const sorted = Float64Array.from(values).sort();
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    return { x, low: at(0.1), middle: at(0.5), high: at(0.9) };
  }); // biome-ignore format: one chain
  return figure(id, `${name} along ${axis}`, `The median, and the middle 80 % of rows. ${words}`, {
    height: 280,
    x: { label: axis },
    y: { label: name, grid: true },
    marks: [
      Plot.areaY(bands, { x: "x", y1: "low", y2: "high", fill: COLOURS[0], fillOpacity: 0.25 }),
      Plot.lineY(bands, { x: "x", y: "middle", stroke: COLOURS[0] }),
    ],
  });
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}

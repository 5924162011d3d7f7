// A matrix of agents and goods as colours, on a canvas.

import { useEffect, useRef } from "preact/hooks";
import { Figure, svgOf, useWidth } from "./figure.js";
import { format } from "./format.js";
import { theme } from "./store.js";

interface HeatProps {
  title: string;
  rows: readonly string[];
  columns: readonly string[];
  values: ArrayLike<number>;
  /** "size": from 0 to the largest; "sign": below 0 in one colour and above in another. */
  kind: "size" | "sign";
  /** What the two colours of "sign" mean: below 0, and above. */
  signs?: readonly [string, string];
  /** By what each column is divided before it is coloured; what is written stays as it is. */
  units?: ArrayLike<number>;
}

const NAMES_WIDTH = 76;
const HEAD_HEIGHT = { level: 24, upright: 64 };
const LINE = 13;
/** Cells that are at least this wide have their numbers in them. */
const WIDE = 44;

export function Heat(props: HeatProps) {
  const { title, rows, columns, values, kind, signs, units } = props;
  const [frame, width] = useWidth<HTMLDivElement>(500);
  const canvas = useRef<HTMLCanvasElement>(null);
  const shade = theme.value;
  const cell = Math.max(8, Math.min(64, Math.floor((width - NAMES_WIDTH) / columns.length)));
  const high = Math.max(14, Math.min(32, cell));
  const head = cell < WIDE ? HEAD_HEIGHT.upright : HEAD_HEIGHT.level;
  const size = { width: NAMES_WIDTH + cell * columns.length, height: head + high * rows.length };
  const painting = { rows, columns, values, kind, units, cell, high, head };
  useEffect(() => {
    // Again when light turns to dark, for the colours are those of the page.
    if (shade && canvas.current) paint(canvas.current, size, painting);
  }, [values, rows, columns, shade, cell, high]);
  return (
    <Figure
      title={title}
      file={title.toLowerCase().replace(/[^a-z]+/g, "-")}
      picture={() => canvas.current && toSvg(canvas.current, size, painting)}
      numbers={{
        head: ["agent", ...columns],
        rows: () => rows.map((row, i) => [row, ...columns.map((_, j) => format(values[i * columns.length + j], 6))]),
      }}
    >
      {signs && (
        <ul class="key level">
          {signs.map((name, k) => (
            <li key={name}>
              <span class={`swatch ${k === 0 ? "below" : "above"}`} /> {name}
            </li>
          ))}
        </ul>
      )}
      <div ref={frame} class="board heat">
        <canvas
          ref={canvas}
          style={{ width: `${size.width}px`, height: `${size.height}px` }}
          role="img"
          aria-label={`${title}: ${rows.length} by ${columns.length} numbers, which are in the table below`}
        />
      </div>
    </Figure>
  );
}

interface Size {
  width: number;
  height: number;
}

interface Painting extends Pick<HeatProps, "rows" | "columns" | "values" | "kind" | "units"> {
  cell: number;
  high: number;
  head: number;
}

/** Where a picture of rectangles and texts is drawn: on a canvas, or as elements of an SVG. */
interface Drawing {
  rectangle(x: number, y: number, width: number, height: number, fill: string, opacity: number): void;
  /** A text whose middle is at this height; upright it runs from there to the top. */
  text(text: string, x: number, y: number, fill: string, how: "start" | "middle" | "upright"): void;
}

function paint(canvas: HTMLCanvasElement, { width, height }: Size, painting: Painting) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = "middle";
  draw(canvas, painting, {
    rectangle(x, y, width, height, fill, opacity) {
      context.globalAlpha = opacity;
      context.fillStyle = fill;
      context.fillRect(x, y, width, height);
      context.globalAlpha = 1;
    },
    text(text, x, y, fill, how) {
      context.fillStyle = fill;
      context.textAlign = how === "middle" ? "center" : "start";
      if (how !== "upright") {
        context.fillText(text, x, y);
        return;
      }
      context.save();
      context.translate(x, y);
      context.rotate(-Math.PI / 2);
      context.fillText(text, 0, 0);
      context.restore();
    },
  });
}

function toSvg(canvas: HTMLCanvasElement, size: Size, painting: Painting): SVGSVGElement {
  const { svg, add } = svgOf(size);
  const font = { "font-size": "12px", "font-family": getComputedStyle(canvas).fontFamily };
  draw(canvas, painting, {
    rectangle: (x, y, width, height, fill, opacity) =>
      add("rect", { x, y, width, height, fill, "fill-opacity": opacity }),
    text(text, x, y, fill, how) {
      const turned: Record<string, string> = how === "upright" ? { transform: `rotate(-90 ${x} ${y})` } : {};
      const anchor = { "text-anchor": how === "middle" ? "middle" : "start", "dominant-baseline": "central" };
      add("text", { x, y, fill, ...font, ...anchor, ...turned }, text);
    },
  });
  return svg;
}

function draw(
  canvas: HTMLCanvasElement,
  { rows, columns, values, kind, units, cell, high, head }: Painting,
  on: Drawing,
) {
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const [low, most, below, above, ink, ground] = ["low", "high", "below", "above", "ink", "ground"].map(colour);
  const muted = colour("muted");
  const m = columns.length;
  const scaled = (k: number) => values[k] / (units?.[k % m] || 1);
  let largest = 0;
  for (let k = 0; k < values.length; k++) {
    if (Number.isFinite(scaled(k))) largest = Math.max(largest, Math.abs(scaled(k)));
  }
  const shortened = shortener(canvas);
  rows.forEach((name, i) => {
    on.text(shortened(name, NAMES_WIDTH - 8), 0, head + (i + 0.5) * high, muted, "start");
  });
  // Names that stand upright need the height of a line each.
  const every = cell < WIDE ? Math.ceil(LINE / cell) : 1;
  columns.forEach((name, j) => {
    if (j % every > 0) return;
    const x = NAMES_WIDTH + (j + 0.5) * cell;
    if (cell < WIDE) on.text(shortened(name, head - 8), x, head - 6, muted, "upright");
    else on.text(shortened(name, cell - 4), x, head - 12, muted, "middle");
  });
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < m; j++) {
      const value = scaled(i * m + j);
      const part = largest > 0 && Number.isFinite(value) ? Math.abs(value) / largest : 0;
      const [x, y] = [NAMES_WIDTH + j * cell, head + i * high];
      on.rectangle(x, y, cell - 1, high - 1, low, 1);
      if (part > 0) on.rectangle(x, y, cell - 1, high - 1, kind === "size" ? most : value < 0 ? below : above, part);
      if (cell < WIDE) continue;
      on.text(
        shortened(format(values[i * m + j], 3).replace(" · ", "·"), cell - 3),
        x + cell / 2,
        y + high / 2,
        part > 0.62 ? ground : ink,
        "middle",
      );
    }
  }
}

/** Makes a text fit, with an ellipsis where it is cut. */
function shortener(canvas: HTMLCanvasElement) {
  const context = canvas.getContext("2d");
  const fits = (text: string, width: number) => !context || context.measureText(text).width <= width;
  return (text: string, width: number) => {
    if (fits(text, width)) return text;
    let length = text.length;
    while (length > 1 && !fits(`${text.slice(0, length)}…`, width)) length--;
    return `${text.slice(0, length)}…`;
  };
}

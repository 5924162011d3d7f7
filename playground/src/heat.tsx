// A matrix of agents and goods as colours, on a canvas.

import { useEffect, useRef } from "preact/hooks";
import { Figure, useWidth } from "./figure.js";
import { format } from "./format.js";
import { theme } from "./store.js";

interface HeatProps {
  title: string;
  rows: readonly string[];
  columns: readonly string[];
  values: ArrayLike<number>;
  /** "size": from 0 to the largest; "sign": below 0 in one colour and above in another. */
  kind: "size" | "sign";
  /** By what each column is divided before it is coloured; what is written stays as it is. */
  units?: ArrayLike<number>;
}

const NAMES_WIDTH = 76;
const HEAD_HEIGHT = { level: 24, upright: 64 };
/** Cells that are at least this wide have their numbers in them. */
const WIDE = 44;

export function Heat(props: HeatProps) {
  const { title, rows, columns, values, kind, units } = props;
  const [frame, width] = useWidth<HTMLDivElement>(500);
  const canvas = useRef<HTMLCanvasElement>(null);
  const shade = theme.value;
  const cell = Math.max(8, Math.min(64, Math.floor((width - NAMES_WIDTH) / columns.length)));
  const high = Math.max(14, Math.min(32, cell));
  const head = cell < WIDE ? HEAD_HEIGHT.upright : HEAD_HEIGHT.level;
  const size = { width: NAMES_WIDTH + cell * columns.length, height: head + high * rows.length };
  useEffect(() => {
    // Again when light turns to dark, for the colours are those of the page.
    if (shade && canvas.current) paint(canvas.current, { rows, columns, values, kind, units, cell, high, head, size });
  }, [values, rows, columns, shade, cell, high]);
  return (
    <Figure
      title={title}
      numbers={{
        head: ["agent", ...columns],
        rows: () => rows.map((row, i) => [row, ...columns.map((_, j) => format(values[i * columns.length + j], 6))]),
      }}
    >
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

interface Painting extends Omit<HeatProps, "title"> {
  cell: number;
  high: number;
  head: number;
  size: { width: number; height: number };
}

function paint(canvas: HTMLCanvasElement, { rows, columns, values, kind, units, cell, high, head, size }: Painting) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const [low, most, below, above, ink, ground] = ["low", "high", "below", "above", "ink", "ground"].map(colour);
  const m = columns.length;
  const scaled = (k: number) => values[k] / (units?.[k % m] || 1);
  let largest = 0;
  for (let k = 0; k < values.length; k++) {
    if (Number.isFinite(scaled(k))) largest = Math.max(largest, Math.abs(scaled(k)));
  }
  context.font = `12px ${style.fontFamily}`;
  context.textBaseline = "middle";
  context.fillStyle = colour("muted");
  rows.forEach((name, i) => {
    context.fillText(shortened(context, name, NAMES_WIDTH - 8), 0, head + (i + 0.5) * high);
  });
  columns.forEach((name, j) => {
    context.save();
    context.translate(NAMES_WIDTH + (j + 0.5) * cell, head - 6);
    if (cell < WIDE) context.rotate(-Math.PI / 2);
    else context.textAlign = "center";
    context.fillText(shortened(context, name, cell < WIDE ? head - 8 : cell - 4), 0, cell < WIDE ? 0 : -6);
    context.restore();
  });
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < m; j++) {
      const value = scaled(i * m + j);
      const part = largest > 0 && Number.isFinite(value) ? Math.abs(value) / largest : 0;
      const [x, y] = [NAMES_WIDTH + j * cell, head + i * high];
      context.globalAlpha = 1;
      context.fillStyle = low;
      context.fillRect(x, y, cell - 1, high - 1);
      context.globalAlpha = part;
      context.fillStyle = kind === "size" ? most : value < 0 ? below : above;
      context.fillRect(x, y, cell - 1, high - 1);
      context.globalAlpha = 1;
      if (cell < WIDE) continue;
      context.fillStyle = part > 0.62 ? ground : ink;
      context.textAlign = "center";
      context.fillText(format(values[i * m + j], 3), x + cell / 2, y + high / 2 + 1);
      context.textAlign = "left";
    }
  }
}

/** A text that fits, with an ellipsis where it is cut. */
function shortened(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}

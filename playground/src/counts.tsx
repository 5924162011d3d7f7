// A map of the box, or of a part of it: how many equilibria the economy has at each endowment.

import { effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Pool } from "walras/pool";
import { moveTo, totalsOf } from "./box.js";
import { isCancelled, messageOf, pool } from "./engine.js";
import { drawn, Figure, svgOf, useWidth } from "./figure.js";
import { format } from "./format.js";
import { Choice } from "./parts.js";
import { type Shown, ZOOMS } from "./state.js";
import { change, endGesture, names, parts, theme } from "./store.js";

/** A part of the box: its lower left corner, and its sides. */
interface Part {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** Counts of equilibria on a grid of endowments, row by row from the bottom. */
interface Counts {
  readonly size: number;
  readonly counts: Int32Array;
}

/** What the map shows; while the endowment is dragged in it, it stays. */
const part = signal<Part>({ left: 0, bottom: 0, width: 1, height: 1 });
const counts = signal<Counts | null>(null);
const countsProblem = signal("");
let held = false;

/** First a coarse map, to see something soon, then finer ones. */
const SIZES = [12, 36, 90];
const MOST_SIDE = 260;
const ROOM = { left: 62, bottom: 42, top: 8, right: 8 };
/** The rest after the last change of the economy before a map is begun, in milliseconds. */
const REST = 120;

let running: AbortController | undefined;

/** Draws the map anew whenever tastes, totals or its part of the box change; the endowment only moves in it. */
export function watchCounts() {
  let latest = "";
  let timer = 0;
  effect(() => {
    const [on, view, box, zoom] = [pool.value, parts.view.value, parts.box.value, parts.zoom.value];
    if (!on || (view !== "box" && view !== "learn")) return;
    const totals = totalsOf(box).map((total) => Number(total.toPrecision(6)));
    const next = held ? part.peek() : partOf(box, totals, zoom);
    const key = [box.alpha, box.omega, totals, Object.values(next)].join(";");
    if (key === latest) return;
    latest = key;
    part.value = next;
    window.clearTimeout(timer);
    running?.abort();
    timer = window.setTimeout(() => void draw(on, box, next, totals), REST);
  });
}

/** The part of the box around its endowment, in steps so that it rests while the endowment moves. */
function partOf({ endowments }: Shown, totals: readonly number[], zoom: number): Part {
  const [width, height] = totals.map((total) => total / zoom);
  const from = (k: number, side: number) => {
    const steps = Math.round((4 * (endowments[k] - side / 2)) / side);
    return Math.max(0, Math.min(totals[k] - side, (steps * side) / 4));
  };
  return { left: from(0, width), bottom: from(1, height), width, height };
}

async function draw(on: Pool, box: Shown, where: Part, totals: readonly number[]) {
  const control = new AbortController();
  running = control;
  try {
    for (const size of SIZES) {
      const answer = await on.equilibriaMany({
        ...{ agents: 2, goods: 2, count: size * size },
        ...{ alpha: Float64Array.from(box.alpha), omega: Float64Array.from(box.omega) },
        endowments: endowmentsOf(size, where, totals),
        signal: control.signal,
      });
      counts.value = { size, counts: answer.counts };
      countsProblem.value = "";
    }
  } catch (error) {
    if (isCancelled(error)) return;
    counts.value = null;
    countsProblem.value = messageOf(error);
  }
}

/** The middles of the cells of a grid, as economies. */
function endowmentsOf(size: number, where: Part, [totalX, totalY]: readonly number[]): Float64Array {
  const endowments = new Float64Array(4 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = where.left + ((column + 0.5) / size) * where.width;
      const y = where.bottom + ((row + 0.5) / size) * where.height;
      endowments.set([x, y, Math.max(0, totalX - x), Math.max(0, totalY - y)], 4 * (row * size + column));
    }
  }
  return endowments;
}

/** The map, in which the endowment can be moved. */
export function CountMap() {
  const [frame, width] = useWidth<HTMLDivElement>(400);
  const canvas = useRef<HTMLCanvasElement>(null);
  const known = counts.value;
  const shade = theme.value;
  const zoom = parts.zoom.value;
  const where = part.value;
  const side = Math.max(120, Math.min(MOST_SIDE, width - ROOM.left - ROOM.right));
  useEffect(() => {
    // Again when light turns to dark, for the colours are those of the page.
    if (shade && canvas.current && known) paint(canvas.current, known, side);
  }, [known, shade, side]);
  const { present, shareOf } = useMemo(() => tallyOf(known), [known]);
  const x = (amount: number) => ((amount - where.left) / where.width) * side;
  const y = (amount: number) => (1 - (amount - where.bottom) / where.height) * side;
  const move = (event: PointerEvent & { currentTarget: Element }) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const inside = (pixel: number) => Math.max(0, Math.min(1, pixel / side));
    const toX = where.left + inside(event.clientX - left) * where.width;
    const toY = where.bottom + (1 - inside(event.clientY - top)) * where.height;
    moveTo(toX, toY, "map", zoom);
  };
  const release = () => {
    held = false;
    endGesture();
  };
  const [first] = names.value.agents;
  const [bread, wine] = names.value.goods;
  const digits = zoom > 10 ? 6 : 4;
  return (
    <Figure
      title="Number of equilibria, by endowment"
      file="number-of-equilibria"
      picture={() => canvas.current && withAxes(canvas.current)}
      numbers={{
        head: ["equilibria", "part of the map"],
        rows: () => present.map((count) => [`${count}`, `${format(100 * shareOf(count), 3)} %`]),
      }}
    >
      <div class="map" ref={frame}>
        <div class="map-picture">
          <canvas
            ref={canvas}
            width={side}
            height={side}
            style={{ left: `${ROOM.left}px`, top: `${ROOM.top}px` }}
            role="img"
            aria-label={describe(present, shareOf)}
            onPointerDown={(event) => {
              if (event.pointerType === "mouse") event.currentTarget.setPointerCapture(event.pointerId);
              held = true;
              move(event);
            }}
            onPointerMove={(event) => {
              if (event.currentTarget.hasPointerCapture(event.pointerId) && event.pointerType === "mouse") move(event);
            }}
            onPointerUp={release}
            onPointerCancel={release}
          />
          <svg
            width={side + ROOM.left + ROOM.right}
            height={side + ROOM.top + ROOM.bottom}
            class="axes"
            aria-hidden="true"
          >
            <g transform={`translate(${ROOM.left} ${ROOM.top})`}>
              <path d={`M0 0H${side}V${side}H0Z`} />
              {[where.left, where.left + where.width].map((amount, k) => (
                <text key={k} x={x(amount)} y={side + 16} class={k === 0 ? "" : "end"}>
                  {format(amount, digits)}
                </text>
              ))}
              {[where.bottom, where.bottom + where.height].map((amount, k) => (
                <text key={k} x={-7} y={y(amount) + (k === 0 ? 0 : 9)} class="end">
                  {format(amount, digits)}
                </text>
              ))}
              <text x={side / 2} y={side + 34} class="middle agent-0">
                {first}: {bread} →
              </text>
              <text class="middle agent-0" transform={`translate(-48 ${side / 2}) rotate(-90)`}>
                {first}: {wine} →
              </text>
              <Ring {...{ x, y }} />
            </g>
          </svg>
        </div>
        <div class="map-side">
          <ul class="key">
            {present.map((count) => (
              <li key={count}>
                <span class={`swatch count-${Math.min(count, 5)}`} /> {equilibriaOf(count)},{" "}
                {format(100 * shareOf(count), 2)} %
              </li>
            ))}
          </ul>
          <Choice
            label="Magnify"
            value={zoom}
            options={ZOOMS.map((times) => [times, `${times}×`])}
            onValue={(times) => change({ zoom: Number(times) })}
          />
        </div>
      </div>
      <p class="note">Every point of the map is an endowment. Click or drag in it to move the ring there.</p>
      {countsProblem.value && <p class="problem">{countsProblem.value}</p>}
    </Figure>
  );
}

const Ring = ({ x, y }: Record<"x" | "y", (amount: number) => number>) => {
  const [own0, own1] = parts.box.value.endowments;
  return <circle class="ring" cx={x(own0)} cy={y(own1)} r={5} />;
};

/** Which numbers of equilibria there are in the map, and in which part of it. */
function tallyOf(known: Counts | null) {
  const cells = new Map<number, number>();
  for (const count of known?.counts ?? []) cells.set(count, (cells.get(count) ?? 0) + 1);
  const shareOf = (count: number) => (cells.get(count) ?? 0) / (known?.counts.length ?? 1);
  return { present: [...cells.keys()].sort((a, b) => a - b), shareOf };
}

/** The map, as an image below its axes. */
function withAxes(canvas: HTMLCanvasElement): SVGSVGElement | null {
  const svg = drawn(canvas.parentElement?.querySelector("svg"));
  if (!svg) return null;
  const { svg: ground, add } = svgOf(canvas);
  add("image", { href: canvas.toDataURL(), x: ROOM.left, y: ROOM.top, width: canvas.width, height: canvas.height });
  svg.prepend(...ground.childNodes);
  return svg;
}

const equilibriaOf = (count: number) => (count === 1 ? "1 equilibrium" : `${count} equilibria`);

const describe = (present: readonly number[], shareOf: (count: number) => number) =>
  `Map of endowments: ${present.map((count) => `${equilibriaOf(count)} in ${format(100 * shareOf(count), 2)} % of it`).join(", ")}`;

function paint(canvas: HTMLCanvasElement, { size, counts }: Counts, side: number) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  const colours = [1, 3, 5].map((count) => style.getPropertyValue(`--count-${count}`));
  const cell = side / size;
  context.clearRect(0, 0, side, side);
  counts.forEach((count, k) => {
    const [column, row] = [k % size, Math.floor(k / size)];
    context.fillStyle = colours[count <= 1 ? 0 : count <= 3 ? 1 : 2];
    const [left, top] = [Math.floor(column * cell), Math.floor(side - (row + 1) * cell)];
    context.fillRect(left, top, Math.ceil(cell) + 1, Math.ceil(cell) + 1);
  });
}

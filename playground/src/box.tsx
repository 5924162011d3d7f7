// The Edgeworth box: what it shows, and how its endowment is moved.

import { useEffect, useMemo, useRef } from "preact/hooks";
import type { BoxCurve } from "walras";
import { Figure, pathOf, tenth, useWidth } from "./figure.js";
import { format, ticksOf } from "./format.js";
import { motion } from "./motion.js";
import { refusal, type Solved, solved } from "./solved.js";
import type { Layer, Shown } from "./state.js";
import { change, endGesture, parts, state } from "./store.js";

/** Room around the box for its axes. */
const ROOM = { left: 56, right: 56, top: 46, bottom: 46 };
/** The tallest box, in pixels. */
const TALLEST = 560;
/**
 * A key moves the endowment by this part of all there is, or of what the map shows; with Shift by ten
 * times as much.
 */
const STEP = 0.01;
/** Dragging moves it by thousandths, so that links stay short. The map moves it by less where it magnifies. */
const GRAINS = 1000;

/** Moves the first agent's endowment to a point of the box; both agents keep something. */
export function moveTo(x: number, y: number, gesture: string, zoom = 1) {
  const { box } = state.value;
  const [totalX, totalY] = totalsOf(box);
  const grains = GRAINS * zoom;
  const inside = (value: number, total: number) => Math.min(grains, Math.max(0, Math.round((value / total) * grains)));
  let [a, b] = [inside(x, totalX), inside(y, totalY)];
  // In two of the corners somebody would own nothing.
  if (a + b === 0) [a, b] = [1, 1];
  if (a + b === 2 * grains) [a, b] = [grains - 1, grains - 1];
  const part = (k: number, total: number) => Number(((total * k) / grains).toPrecision(9));
  const [e0, e1] = [part(a, totalX), part(b, totalY)];
  const rest = (total: number, own: number) => Math.max(0, Number((total - own).toPrecision(9)));
  const endowments = [e0, e1, rest(totalX, e0), rest(totalY, e1)];
  if (endowments.every((value, k) => value === box.endowments[k])) return;
  change({ box: { ...box, endowments } }, gesture);
}

/** What there is of both goods, without the rounding of a sum: it rests while the endowment moves. */
export function totalsOf({ endowments: [a, b, c, d] }: Shown) {
  const exact = (sum: number) => Number(sum.toPrecision(12));
  return [exact(a + c), exact(b + d)] as const;
}

/** The box with its curves. */
export function Box() {
  const [frame, width] = useWidth<HTMLDivElement>(600);
  const [shown, layers, pick] = [parts.box.value, parts.layers.value, parts.pick.value];
  const known = solved.value;
  const [totalX, totalY] = totalsOf(shown);
  const side = Math.max(200, Math.min(width - ROOM.left - ROOM.right, TALLEST));
  const x = (amount: number) => ROOM.left + (amount / totalX) * side;
  const y = (amount: number) => ROOM.top + (1 - amount / totalY) * side;
  const { agents, goods } = shown;
  const [bread, wine] = goods;
  const [first, second] = agents;
  // While the endowment moves, axes stay as they are, and curves until there is an answer.
  const axes = useMemo(
    () => <Axes {...{ x, y, side, totals: [totalX, totalY], agents, goods }} />,
    [side, totalX, totalY, agents, goods],
  );
  const curves = useMemo(() => {
    if (!known) return null;
    const same = totalsOf(known.shown).join() === `${totalX},${totalY}`;
    const corner = [x(totalX), y(totalY), x(0), y(0)] as const;
    return same && <Curves {...{ known, x, y, corner, pick, has: (layer: Layer) => layers.includes(layer) }} />;
  }, [known, layers, pick, side, totalX, totalY]);

  return (
    <Figure title="Edgeworth box" file="edgeworth-box" numbers={numbersOf(known, shown)}>
      <div ref={frame} class="board">
        {width > 0 && (
          <svg
            width={side + ROOM.left + ROOM.right}
            height={side + ROOM.top + ROOM.bottom}
            role="group"
            aria-label={`Edgeworth box of ${first} and ${second}`}
            onPointerDown={(event) => jump(event, x, y, side, totalX, totalY)}
          >
            {axes}
            {curves}
            <MotionMarks {...{ x, y }} />
            <Handle
              x={x(shown.endowments[0])}
              y={y(shown.endowments[1])}
              at={(px, py) => [((px - ROOM.left) / side) * totalX, (1 - (py - ROOM.top) / side) * totalY]}
              value={`${first} owns ${format(shown.endowments[0])} ${bread} and ${format(shown.endowments[1])} ${wine}; ${second} the rest`}
              share={shown.endowments[0] / totalX}
            />
          </svg>
        )}
      </div>
      {refusal.value && <p class="problem">{refusal.value}</p>}
      <p class="note">Drag the ring: it is what they own. Arrow keys move it, too.</p>
    </Figure>
  );
}

/** A mouse may take hold of the endowment anywhere in the box. A finger has to scroll there. */
function jump(
  event: PointerEvent & { currentTarget: SVGSVGElement },
  x: (amount: number) => number,
  y: (amount: number) => number,
  side: number,
  totalX: number,
  totalY: number,
) {
  const target = event.target as Element;
  if (event.pointerType !== "mouse" || event.button !== 0 || target.closest("[data-own]")) return;
  const { left, top } = event.currentTarget.getBoundingClientRect();
  const [px, py] = [event.clientX - left, event.clientY - top];
  if (px < x(0) || px > x(0) + side || py < y(totalY) || py > y(totalY) + side) return;
  moveTo(((px - x(0)) / side) * totalX, (1 - (py - y(totalY)) / side) * totalY, "drag");
  event.currentTarget.querySelector<SVGElement>(".handle")?.dispatchEvent(new PointerEvent("pointerdown", event));
}

interface Scales {
  x: (amount: number) => number;
  y: (amount: number) => number;
}

/** The frame, with the first agent's axes below and on the left, and the second's above and on the right. */
function Axes({ x, y, side, totals: [totalX, totalY], agents: [first, second], goods: [bread, wine] }: AxesProps) {
  const count = side < 320 ? 3 : 5;
  const [right, bottom] = [ROOM.left + side, ROOM.top + side];
  const acrossX = ticksOf(0, totalX, count);
  const acrossY = ticksOf(0, totalY, count);
  return (
    <g class="axes" aria-hidden="true">
      <rect class="frame" x={ROOM.left} y={ROOM.top} width={side} height={side} />
      {acrossX.map((value) => (
        <g key={value}>
          <path d={`M${x(value)} ${bottom}v4`} />
          <text x={x(value)} y={bottom + 17} class="middle">
            {format(value, 3)}
          </text>
          <path d={`M${x(totalX - value)} ${ROOM.top}v-4`} />
          <text x={x(totalX - value)} y={ROOM.top - 8} class="middle">
            {format(value, 3)}
          </text>
        </g>
      ))}
      {acrossY.map((value) => (
        <g key={value}>
          <path d={`M${ROOM.left} ${y(value)}h-4`} />
          <text x={ROOM.left - 11} y={y(value) + 4} class="end">
            {format(value, 3)}
          </text>
          <path d={`M${right} ${y(totalY - value)}h4`} />
          <text x={right + 11} y={y(totalY - value) + 4}>
            {format(value, 3)}
          </text>
        </g>
      ))}
      <text x={ROOM.left + side / 2} y={bottom + 38} class="middle agent-0">
        {first}: {bread} →
      </text>
      <text class="middle agent-0" transform={`translate(12 ${ROOM.top + side / 2}) rotate(-90)`}>
        {first}: {wine} →
      </text>
      <text x={ROOM.left + side / 2} y={ROOM.top - 30} class="middle agent-1">
        ← {second}: {bread}
      </text>
      <text class="middle agent-1" transform={`translate(${right + 47} ${ROOM.top + side / 2}) rotate(90)`}>
        {second}: {wine} →
      </text>
    </g>
  );
}

interface AxesProps extends Scales, Pick<Shown, "agents" | "goods"> {
  side: number;
  totals: readonly [number, number];
}

interface CurvesProps extends Scales {
  known: Solved;
  has: (layer: Layer) => boolean;
  pick: number;
  /** The right, upper, left and lower edge. */
  corner: readonly [number, number, number, number];
}

function Curves({ known, x, y, has, pick, corner }: CurvesProps) {
  const { box, found, plan } = known;
  const path = (curve: BoxCurve) => pathOf(curve.points, x, y);
  const budgets = box.budgets.slice(0, found.equilibria.length);
  return (
    <g>
      {has("lens") && <Lens {...{ known, x, y, corner }} />}
      {has("contract") && <path class="curve contract" d={path(box.contract)} />}
      {has("core") && <path class="curve core" d={path(box.core)} />}
      {has("offers") &&
        box.offers.map((pieces, i) => <path key={i} class={`curve offer agent-${i}`} d={pieces.map(path).join("")} />)}
      {has("budgets") &&
        budgets.map(({ line }, k) => (
          <path key={k} class={`curve budget ${k === pick ? "picked" : ""}`} d={pathOf(line, x, y)} />
        ))}
      {has("at") &&
        box.through.flatMap(({ indifference }, k) =>
          indifference.map((curve, i) => <path key={`${k} ${i}`} class={`curve thin agent-${i}`} d={path(curve)} />),
        )}
      {has("indifference") &&
        box.indifference.map((curve, i) => <path key={i} class={`curve agent-${i}`} d={path(curve)} />)}
      {plan && has("planner") && <Planner at={[x(plan.allocation[0]), y(plan.allocation[1])]} />}
      {found.equilibria.map(({ allocation, index, stability }, k) => (
        <Equilibrium
          key={k}
          {...{ k, index, stability, picked: k === pick, single: found.equilibria.length === 1 }}
          at={[x(allocation[0]), y(allocation[1])]}
          upper={allocation[1] < box.totals[1] / 2}
        />
      ))}
    </g>
  );
}

/** What both agents prefer to the endowment: above the first's curve, and below the second's. */
function Lens({ known, x, y, corner }: Pick<CurvesProps, "known" | "x" | "y" | "corner">) {
  const [right, top, left, bottom] = corner;
  const [above, below] = known.box.indifference.map(({ points }) => ordered(points));
  const all = `M${left} ${top}H${right}V${bottom}H${left}Z`;
  const endOf = (points: ArrayLike<number>) =>
    [x(points[0]), y(points[1]), x(points[points.length - 2]), y(points[points.length - 1])].map(tenth);
  const northEast = () => {
    const [startX, , , endY] = endOf(above);
    return `${pathOf(above, x, y)}L${right} ${endY}L${right} ${top}L${startX} ${top}Z`;
  };
  const southWest = () => {
    const [, startY, endX] = endOf(below);
    return `${pathOf(below, x, y)}L${endX} ${bottom}L${left} ${bottom}L${left} ${startY}Z`;
  };
  return (
    <g>
      <clipPath id="preferred-by-second">
        <path d={below.length > 0 ? southWest() : all} />
      </clipPath>
      <path class="lens" d={above.length > 0 ? northEast() : all} clip-path="url(#preferred-by-second)" />
    </g>
  );
}

/** Points by ascending first coordinate. */
function ordered(points: Float64Array): ArrayLike<number> {
  if (points.length === 0 || points[0] <= points[points.length - 2]) return points;
  return Array.from({ length: points.length }, (_, k) => points[points.length - 2 - k + 2 * (k % 2)]);
}

const Planner = ({ at: [x, y] }: { at: readonly [number, number] }) => (
  <rect class="planner" x={x - 5.5} y={y - 5.5} width={11} height={11} transform={`rotate(45 ${x} ${y})`}>
    <title>The planner’s allocation at the Pareto weights</title>
  </rect>
);

interface EquilibriumProps {
  k: number;
  index: number;
  stability: string;
  picked: boolean;
  single: boolean;
  upper: boolean;
  at: readonly [number, number];
}

function Equilibrium({ k, index, stability, picked, single, upper, at: [x, y] }: EquilibriumProps) {
  const pickIt = () => change({ pick: picked ? -1 : k });
  return (
    <g
      class={`equilibrium ${stability} ${picked ? "picked" : ""}`}
      data-own
      role="button"
      tabindex={0}
      aria-pressed={picked}
      aria-label={`Equilibrium ${k + 1}, index ${format(index)}, ${wordOf(stability)}`}
      onClick={pickIt}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        pickIt();
      }}
    >
      <circle class="reach" data-screen cx={x} cy={y} r={single ? 14 : 22} />
      <circle class="dot" cx={x} cy={y} r={picked ? 7.5 : 6} />
      {!single && (
        <text x={x + 11} y={upper ? y - 9 : y + 19}>
          {k + 1}
        </text>
      )}
    </g>
  );
}

/** Stability in words: "unknown" says neither yes nor no. */
export const wordOf = (stability: string) => (stability === "unknown" ? "undecided" : stability);

interface HandleProps {
  x: number;
  y: number;
  /** The point of the box at a place of the picture. */
  at: (x: number, y: number) => [number, number];
  value: string;
  share: number;
}

/** The endowment, which can be moved by mouse, finger and keys. */
function Handle({ x, y, at, value, share }: HandleProps) {
  const handle = useRef<SVGGElement>(null);
  // Where the picture is. To ask for it at every move would make the browser lay out the page twice a frame.
  const place = useRef<DOMRect>(undefined);
  useEffect(() => {
    const forget = () => {
      place.current = undefined;
    };
    const observer = new ResizeObserver(forget);
    observer.observe(document.body);
    addEventListener("scroll", forget, { capture: true, passive: true });
    return () => {
      observer.disconnect();
      removeEventListener("scroll", forget, { capture: true });
    };
  }, []);
  useEffect(() => {
    // Older browsers scroll unless the touch itself is refused, and only a listener that is not passive can.
    const refuse = (event: TouchEvent) => event.preventDefault();
    const element = handle.current;
    element?.addEventListener("touchstart", refuse, { passive: false });
    return () => element?.removeEventListener("touchstart", refuse);
  }, []);
  const move = (event: PointerEvent) => {
    place.current ??= handle.current?.ownerSVGElement?.getBoundingClientRect();
    const box = place.current;
    if (box) moveTo(...at(event.clientX - box.left, event.clientY - box.top), "drag");
  };
  return (
    <g
      ref={handle}
      class="handle"
      data-own
      role="slider"
      tabindex={0}
      aria-label="Endowment: arrow keys move it"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={value}
      onPointerDown={(event) => {
        event.preventDefault();
        place.current = undefined;
        const element = event.currentTarget;
        element.setPointerCapture(event.pointerId);
        element.focus({ preventScroll: true });
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event);
      }}
      onPointerUp={endGesture}
      onPointerCancel={endGesture}
      onKeyDown={moveByKey}
    >
      <circle class="reach" data-screen cx={x} cy={y} r={24} />
      <circle class="ring" cx={x} cy={y} r={9} />
      <circle class="core-dot" cx={x} cy={y} r={3} />
    </g>
  );
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowUp: [0, 1],
};

function moveByKey(event: KeyboardEvent) {
  const direction = DIRECTIONS[event.key];
  if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const { box, zoom } = state.value;
  const totals = totalsOf(box);
  const step = (event.shiftKey ? 10 * STEP : STEP) / zoom;
  const [x, y] = direction.map((sign, j) => box.endowments[j] + sign * step * totals[j]);
  moveTo(x, y, "keys", zoom);
}

/** Where a path of prices, or of plans, is. */
function MotionMarks({ x, y }: Scales) {
  const now = motion.value;
  if (!now) return null;
  const at = now.frames[now.at];
  return (
    <g class="motion">
      {now.trail && <path class="trail" d={pathOf(now.trail.subarray(0, 2 * now.at + 2), x, y)} />}
      {at.line && <path class="moving-line" d={pathOf(at.line, x, y)} />}
      {at.points.map(([px, py], i) => (
        <circle key={i} class={`moving agent-${at.points.length === 1 ? "both" : i}`} cx={x(px)} cy={y(py)} r={5} />
      ))}
    </g>
  );
}

function numbersOf(known: Solved | null, { agents: [first], goods: [bread, wine] }: Shown) {
  return {
    head: ["point", `${first}’s ${bread}`, `${first}’s ${wine}`],
    rows: () => {
      if (!known) return [];
      const { box, found, plan, shown } = known;
      const row = (name: string, at: ArrayLike<number>) => [name, format(at[0], 6), format(at[1], 6)];
      const curve = (name: string, { points }: BoxCurve) => {
        const count = points.length / 2;
        const picked = [...new Set([0, 1, 2, 3, 4, 5, 6].map((k) => Math.round((k / 6) * (count - 1))))];
        return count === 0 ? [] : picked.map((k) => row(name, points.subarray(2 * k, 2 * k + 2)));
      };
      return [
        row("endowment", box.endowment),
        ...found.equilibria.map(({ allocation }, k) => row(`equilibrium ${k + 1}`, allocation)),
        ...(plan ? [row("planner’s allocation", plan.allocation)] : []),
        ...(box.secondCrossing ? [row("indifference curves meet again", box.secondCrossing)] : []),
        ...curve("contract curve", box.contract),
        ...curve("core", box.core),
        ...box.indifference.flatMap((one, i) => curve(`${shown.agents[i]}’s indifference curve`, one)),
      ];
    },
  };
}

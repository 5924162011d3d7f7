// A plain plot of lines or points with two axes.

import { pathOf, useWidth } from "./figure.js";
import { format, powerOfTen, ticksOf } from "./format.js";

interface PlotProps {
  label: string;
  x: readonly [number, number];
  y: readonly [number, number];
  xName: string;
  yName: string;
  /** Whether the numbers are logs to base 10. */
  logX?: boolean;
  logY?: boolean;
  lines?: readonly { points: ArrayLike<number>; kind: string }[];
  dots?: readonly { x: number; y: number; kind: string; shade?: number }[];
}

const ROOM = { left: 64, right: 16, top: 12, bottom: 46 };
const HEIGHT = 280;

export function Plot({ label, x, y, xName, yName, logX = false, logY = false, lines = [], dots = [] }: PlotProps) {
  const [frame, width] = useWidth<HTMLDivElement>(480);
  const [right, bottom] = [Math.max(ROOM.left + 60, width - ROOM.right), HEIGHT - ROOM.bottom];
  const toX = (value: number) => ROOM.left + ((value - x[0]) / (x[1] - x[0])) * (right - ROOM.left);
  const toY = (value: number) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - ROOM.top);
  const name = (value: number, log: boolean) => (log ? powerOfTen(value) : format(value, 3));
  const whole = (ticks: number[], log: boolean) =>
    log ? ticks.map(Math.round).filter((tick, k, all) => tick !== all[k - 1]) : ticks;
  return (
    <div ref={frame} class="board">
      <svg width={width} height={HEIGHT} role="img" aria-label={label}>
        <g class="axes">
          <path d={`M${ROOM.left} ${ROOM.top}V${bottom}H${right}`} />
          {whole(ticksOf(x[0], x[1], 5), logX).map((tick) => (
            <g key={tick}>
              <path d={`M${toX(tick)} ${bottom}v4`} />
              <text x={toX(tick)} y={bottom + 17} class="middle">
                {name(tick, logX)}
              </text>
            </g>
          ))}
          {whole(ticksOf(y[0], y[1], 5), logY).map((tick) => (
            <g key={tick}>
              <path d={`M${ROOM.left} ${toY(tick)}h-4`} />
              <text x={ROOM.left - 8} y={toY(tick) + 4} class="end">
                {name(tick, logY)}
              </text>
            </g>
          ))}
          <text x={(ROOM.left + right) / 2} y={HEIGHT - 8} class="middle">
            {xName}
          </text>
          <text class="middle" transform={`translate(12 ${(ROOM.top + bottom) / 2}) rotate(-90)`}>
            {yName}
          </text>
        </g>
        {lines.map(({ points, kind }, k) => (
          <path key={k} class={`curve ${kind}`} d={pathOf(points, toX, toY)} />
        ))}
        {dots.map(({ x, y, kind, shade }, k) => (
          <circle key={k} class={kind} cx={toX(x)} cy={toY(y)} r={5} fill-opacity={shade} />
        ))}
      </svg>
    </div>
  );
}

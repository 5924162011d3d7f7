// Excess demand for the first good over its relative price, and where it is zero.

import { Figure, pathOf, useWidth } from "./figure.js";
import { format, signed } from "./format.js";
import { motion } from "./motion.js";
import { type Solved, solved } from "./solved.js";
import { change, parts } from "./store.js";

const ROOM = { left: 58, right: 14, top: 12, bottom: 44 };
const HEIGHT = 240;

/** Prices with round numbers for a log axis. */
const ROUND = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.25, 0.5, 1, 2, 4, 10, 100, 1e3, 1e4, 1e5, 1e6];

/**
 * The most excess demand that the plot shows: some times what lies between the equilibria, or all of
 * it where there is one, as a round number so that the axis rests.
 */
function rangeOf({ demand: { logPrice, excess }, found: { equilibria } }: Solved): number {
  const logs = equilibria.map(({ prices }) => Math.log(prices[0] / prices[1]));
  const between = logPrice.map((log) => equilibria.length < 2 || (log > Math.min(...logs) && log < Math.max(...logs)));
  const most = Math.max(1e-9, ...excess.map((part, k) => (between[k] ? Math.abs(part) : 0)));
  const wanted = Math.min(1, equilibria.length < 2 ? most : 3 * most);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5, 10].find((times) => times * power >= 0.999 * wanted) ?? 10);
}

/** The plot. A click at a price calls `onPrice` with its log. */
export function DemandPlot({ onPrice }: { onPrice?: (log: number) => void }) {
  const [frame, width] = useWidth<HTMLDivElement>(440);
  const known = solved.value;
  const pick = parts.pick.value;
  if (!known) return <div ref={frame} class="board" style={{ height: HEIGHT }} />;
  const { demand, found, shown } = known;
  const { logPrice, excess } = demand;
  const [low, high] = [logPrice[0], logPrice[logPrice.length - 1]];
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const x = (log: number) => ROOM.left + ((log - low) / (high - low)) * (right - ROOM.left);
  const most = rangeOf(known);
  const y = (part: number) => ROOM.top + ((1 - part / most) / 2) * (bottom - ROOM.top);
  const ticks = ROUND.filter((price) => Math.log(price) >= low && Math.log(price) <= high);
  const apart = ticks.filter((price, k) => k === 0 || x(Math.log(price)) - x(Math.log(ticks[k - 1])) > 30);
  const [bread, wine] = shown.goods;
  const name = `price of ${bread} in units of ${wine}`;
  // Where there is no room for it, the scale can be seen from the numbers.
  const axis = 6.5 * name.length + 75 < right - ROOM.left ? `${name} (log scale)` : name;
  const points = logPrice.flatMap((log, k) => [log, excess[k]]);
  const now = motion.value?.frames[motion.value.at];
  return (
    <Figure
      title={`Excess demand for ${bread}`}
      file="excess-demand"
      numbers={{
        head: [`price of ${bread} in ${wine}`, "excess demand, part of the total"],
        rows: () => logPrice.map((log, k) => [format(Math.exp(log)), format(excess[k])]),
      }}
    >
      <div ref={frame} class="board">
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`Excess demand for ${bread} over its price: ${found.equilibria.length} zeros`}
          onClick={(event) => {
            const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
            onPrice?.(Math.max(low, Math.min(high, low + ((at - ROOM.left) / (right - ROOM.left)) * (high - low))));
          }}
        >
          <g class="axes">
            <path class="zero" d={`M${ROOM.left} ${y(0)}H${right}`} />
            <path d={`M${ROOM.left} ${ROOM.top}V${bottom}H${right}`} />
            {apart.map((price) => (
              <g key={price}>
                <path d={`M${x(Math.log(price))} ${bottom}v4`} />
                <text x={x(Math.log(price))} y={bottom + 17} class="middle">
                  {format(price)}
                </text>
              </g>
            ))}
            {[-1, 0, 1].map((side) => (
              <text key={side} x={ROOM.left - 8} y={y(side * most) + 4} class="end">
                {side === 0 ? "0" : `${signed(100 * side * most)} %`}
              </text>
            ))}
            <text x={(ROOM.left + right) / 2} y={HEIGHT - 6} class="middle">
              {axis}
            </text>
          </g>
          <clipPath id="inside-demand">
            <rect x={ROOM.left} y={ROOM.top} width={Math.max(0, right - ROOM.left)} height={bottom - ROOM.top} />
          </clipPath>
          <path class="curve excess" d={pathOf(points, x, y)} clip-path="url(#inside-demand)" />
          {found.equilibria.map(({ prices, stability }, k) => (
            <circle
              key={k}
              class={`zero-dot dot ${stability} ${k === pick ? "picked" : ""}`}
              cx={x(Math.log(prices[0] / prices[1]))}
              cy={y(0)}
              r={k === pick ? 6.5 : 5}
              onClick={(event) => {
                event.stopPropagation();
                change({ pick: k === pick ? -1 : k });
              }}
            >
              <title>Equilibrium {k + 1}</title>
            </circle>
          ))}
          {now?.logPrice !== undefined && (
            <circle
              class="moving agent-both"
              cx={Math.max(ROOM.left, Math.min(right, x(now.logPrice)))}
              cy={Math.max(ROOM.top, Math.min(bottom, y(now.excess ?? 0)))}
              r={5}
            />
          )}
        </svg>
      </div>
    </Figure>
  );
}

// Curves drawn with points where they bend.

/** Points that every curve begins with. */
const FIRST = 17;
/** Stretches of the parameter, as parts of the whole, that are not halved any more. */
const SHORTEST = 2 ** -30;

export interface Curve {
  /** The numbers, in the order in which `see` was shown them, of the points sorted along the curve. */
  order: number[];
  /** Their parameters. */
  parameters: Float64Array;
  /** The largest distance at which a point was found from the chord between its neighbours, on stretches that were not halved again. */
  bend: number;
  /** Whether that is within what was asked for, or the stretches that are not are too short to halve. */
  fine: boolean;
}

interface Point {
  at: number;
  number: number;
  x: ArrayLike<number>;
}

interface Stretch {
  from: Point;
  to: Point;
  /** How far from the chord the point between its parent's ends was. */
  bend: number;
}

/**
 * Follows the curve x(t) for t from `from` to `to` with at most `most` points: halves every stretch whose middle is further than `bend`
 * from its chord, the worst ones first. `see` is shown parameters a batch at a time and answers with the points there; fewer, to end.
 */
export function traceCurve(
  see: (parameters: Float64Array) => ArrayLike<number>[],
  from: number,
  to: number,
  bend: number,
  most: number,
): Curve {
  const points: Point[] = [];
  const look = (parameters: Float64Array) => {
    const seen = see(parameters).map((x, k) => ({ at: parameters[k], number: points.length + k, x }));
    points.push(...seen);
    return seen;
  };
  const count = Math.min(FIRST, most);
  const first = Float64Array.from({ length: count }, (_, k) =>
    k === count - 1 ? to : from + ((to - from) * k) / (count - 1),
  );
  const started = look(first);
  let stopped = started.length < count;
  let open: Stretch[] = started
    .slice(1)
    .map((point, k) => ({ from: started[k], to: point, bend: Number.POSITIVE_INFINITY }));
  let left = 0;
  while (open.length > 0 && points.length < most && !stopped) {
    open.sort((a, b) => b.bend - a.bend);
    const halved = open.slice(0, most - points.length);
    const middles = look(Float64Array.from(halved, (s) => 0.5 * (s.from.at + s.to.at)));
    stopped = middles.length < halved.length;
    const next = open.slice(middles.length);
    middles.forEach((middle, k) => {
      const stretch = halved[k];
      const off = distanceToChord(middle.x, stretch.from.x, stretch.to.x);
      const long = stretch.to.at - stretch.from.at > 2 * SHORTEST * (to - from);
      if (off > bend && long) {
        next.push({ from: stretch.from, to: middle, bend: off }, { from: middle, to: stretch.to, bend: off });
      } else left = Math.max(left, off);
    });
    open = next;
  }
  const sorted = points.sort((a, b) => a.at - b.at);
  return {
    order: sorted.map((p) => p.number),
    parameters: Float64Array.from(sorted, (p) => p.at),
    bend: open.reduce((worst, s) => Math.max(worst, s.bend), left),
    fine: open.length === 0 && !stopped,
  };
}

function distanceToChord(x: ArrayLike<number>, from: ArrayLike<number>, to: ArrayLike<number>): number {
  let along = 0;
  let length = 0;
  for (let k = 0; k < x.length; k++) {
    along += (x[k] - from[k]) * (to[k] - from[k]);
    length += (to[k] - from[k]) ** 2;
  }
  const part = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += (x[k] - from[k] - part * (to[k] - from[k])) ** 2;
  return Math.sqrt(sum);
}

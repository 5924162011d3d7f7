// Traces curves, with more points where they are less straight.
//
// In TypeScript: the geometry of a curve costs little beside the solver's work at each point.

import type { Findings } from "../violations.js";

/** How many points every curve begins with. */
const FIRST_POINTS = 17;
/** Segments of the parameter that are shorter than this part of the whole are not halved. */
const MIN_SEGMENT = 2 ** -30;
const DEFAULT_CHORD_TOLERANCE = 1e-3;

/** How far a curve may run from the chords between its points. */
export interface ChordOptions {
  /** Above 0, to 1; default 1e-3. */
  chordTolerance?: number;
  /** @deprecated The old name of `chordTolerance`. */
  bend?: number;
}

/** Checks the chord tolerance under both of its names, and returns it. */
export function checkChordTolerance({ chordTolerance, bend }: ChordOptions, findings: Findings): number {
  findings.number("chordTolerance", chordTolerance, Number.MIN_VALUE, 1);
  findings.number("bend", bend, Number.MIN_VALUE, 1);
  if (chordTolerance !== undefined && bend !== undefined && chordTolerance !== bend) {
    findings.add("bend", "is the old name of chordTolerance and must equal it if both are given", bend);
  }
  return chordTolerance ?? bend ?? DEFAULT_CHORD_TOLERANCE;
}

export interface Curve {
  /** The points sorted along the curve, each by its number in the order of evaluation. */
  order: number[];
  /** The parameters of these points, ascending. */
  parameters: Float64Array;
  /**
   * The largest known distance of the curve from a chord between neighbouring points. Infinity if
   * a segment was not tried between its ends.
   */
  chordDistance: number;
  /** Whether every segment is within the tolerance, or too short to halve. */
  complete: boolean;
}

interface CurvePoint {
  parameter: number;
  number: number;
  x: ArrayLike<number>;
}

interface Segment {
  from: CurvePoint;
  to: CurvePoint;
  /** The distance of the parent segment's middle point from the parent's chord. */
  chordDistance: number;
}

/** traceCurve() of points that `evaluate` returns at a batch of parameters. */
export function traceCurve(
  evaluate: (parameters: Float64Array) => ArrayLike<number>[],
  from: number,
  to: number,
  tolerance: number,
  maxPoints: number,
): Curve {
  const curve = curveThrough(from, to, tolerance, maxPoints);
  let step = curve.next();
  while (!step.done) step = curve.next(evaluate(step.value));
  return step.value;
}

/**
 * Traces the curve x(t), t between `from` and `to`, with at most `maxPoints` points. Halves every
 * segment whose middle point is further than `tolerance` from its chord, the worst ones first. It
 * asks for the points at a batch of parameters. If it gets fewer, the tracing ends.
 */
export function* curveThrough(
  from: number,
  to: number,
  tolerance: number,
  maxPoints: number,
): Generator<Float64Array, Curve, ArrayLike<number>[]> {
  const points: CurvePoint[] = [];
  const addPoints = function* (parameters: Float64Array): Generator<Float64Array, CurvePoint[], ArrayLike<number>[]> {
    const given = yield parameters;
    const added = given.map((x, k) => ({ parameter: parameters[k], number: points.length + k, x }));
    for (const point of added) points.push(point);
    return added;
  };
  const count = Math.min(FIRST_POINTS, maxPoints);
  const parameters = Float64Array.from({ length: count }, (_, k) =>
    k === count - 1 ? to : from + ((to - from) * k) / (count - 1),
  );
  const first = yield* addPoints(parameters);
  let stopped = first.length < count;
  let open: Segment[] = first
    .slice(1)
    .map((point, k) => ({ from: first[k], to: point, chordDistance: Number.POSITIVE_INFINITY }));
  let closed = 0;
  while (open.length > 0 && points.length < maxPoints && !stopped) {
    open.sort((a, b) => b.chordDistance - a.chordDistance);
    const halved = open.slice(0, maxPoints - points.length);
    const middles = yield* addPoints(Float64Array.from(halved, (s) => 0.5 * (s.from.parameter + s.to.parameter)));
    stopped = middles.length < halved.length;
    const next = open.slice(middles.length);
    middles.forEach((middle, k) => {
      const segment = halved[k];
      const chordDistance = distanceToChord(middle.x, segment.from.x, segment.to.x);
      const long = segment.to.parameter - segment.from.parameter > 2 * MIN_SEGMENT * (to - from);
      if (chordDistance > tolerance && long) {
        next.push({ from: segment.from, to: middle, chordDistance }, { from: middle, to: segment.to, chordDistance });
      } else closed = Math.max(closed, chordDistance);
    });
    open = next;
  }
  const sorted = points.sort((a, b) => a.parameter - b.parameter);
  return {
    order: sorted.map((p) => p.number),
    parameters: Float64Array.from(sorted, (p) => p.parameter),
    chordDistance: open.reduce((worst, s) => Math.max(worst, s.chordDistance), closed),
    complete: open.length === 0 && !stopped,
  };
}

function distanceToChord(x: ArrayLike<number>, from: ArrayLike<number>, to: ArrayLike<number>): number {
  let along = 0;
  let length = 0;
  for (let k = 0; k < x.length; k++) {
    along += (x[k] - from[k]) * (to[k] - from[k]);
    length += (to[k] - from[k]) * (to[k] - from[k]);
  }
  const part = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
  let sum = 0;
  for (let k = 0; k < x.length; k++) {
    const apart = x[k] - from[k] - part * (to[k] - from[k]);
    sum += apart * apart;
  }
  return Math.sqrt(sum);
}

// The Runge-Kutta pair of orders 5 and 4 of Dormand & Prince for y' = f(y). Its error estimate
// chooses the steps, and a curve runs through each of them. The formulas: J. R. Dormand & P. J.
// Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6 (1980), 19-26,
// RK5(4)7M. The curve of order 4: L. F. Shampine, Math. Comp. 46 (1986), 135-150.
//
// In TypeScript: nearly all of the time goes into f, which the engine evaluates
// (docs/decisions.md).

/**
 * The rows of the stages after the first. The last row is the step of order 5, so its stage is the
 * first of the next step.
 */
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** The weights of the step of order 5 less those of order 4: the error estimate. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];
/** The coefficients of theta, ..., theta^4 in the weight of each stage along a step. */
const CURVE = [
  [1, -1337 / 480, 1039 / 360, -1163 / 1152],
  [0, 0, 0, 0],
  [0, 4216 / 1113, -18728 / 3339, 7580 / 3339],
  [0, -27 / 16, 9 / 2, -415 / 192],
  [0, -2187 / 8480, 2673 / 2120, -8991 / 6784],
  [0, 33 / 35, -319 / 105, 187 / 84],
];

/**
 * Bounds on the ratio of a step's length to the last one's, and the part that is used of the length
 * that the estimate allows.
 */
const MIN_RATIO = 0.2;
const MAX_RATIO = 5;
const SAFETY = 0.9;

export interface Path {
  readonly time: number;
  /** The current point of the path. */
  readonly y: Float64Array;
  /** y' at this point. */
  readonly slope: Float64Array;
  /** How often y' was evaluated. */
  readonly evaluations: number;
  /**
   * Takes one step, not beyond the time `end`. Returns false if no step is short enough: y' is not
   * finite, or changes too fast for a double.
   */
  step(end: number): boolean;
  /** Writes the point at the part theta, 0 to 1, of the last step, and returns its time. */
  within(theta: number, out: Float64Array): number;
}

/**
 * Starts a path at y0. `derivative` writes y', and returns whether it is defined at y. Each step's
 * error estimate is at most `allowed(y, k)` in every component k.
 */
export function startPath(
  y0: Float64Array,
  derivative: (y: Float64Array, out: Float64Array) => boolean,
  allowed: (y: Float64Array, k: number) => number,
): Path {
  const size = y0.length;
  let y = y0.slice();
  let before = y.slice();
  const trial = y.slice();
  const slopes = Array.from({ length: 7 }, () => new Float64Array(size));
  const first = new Float64Array(size);
  let time = 0;
  let timeBefore = 0;
  let evaluations = 1;
  derivative(y, first);
  let length = firstLength(y, first, allowed);
  const add = (weights: readonly number[], h: number) => {
    trial.set(y);
    weights.forEach((w, s) => {
      if (w !== 0) for (let k = 0; k < size; k++) trial[k] += h * w * slopes[s][k];
    });
  };
  const stages = (h: number): boolean =>
    STAGES.every((row, s) => {
      add(row, h);
      evaluations++;
      return derivative(trial, slopes[s + 1]);
    });
  const estimate = (h: number): number => {
    let worst = 0;
    for (let k = 0; k < size; k++) {
      const error = ERROR.reduce((sum, w, s) => sum + w * slopes[s][k], 0);
      const part = Math.abs(h * error) / Math.max(allowed(y, k), allowed(trial, k));
      if (!(part <= worst)) worst = part;
    }
    return worst;
  };
  return {
    get time() {
      return time;
    },
    get y() {
      return y;
    },
    get slope() {
      return first;
    },
    get evaluations() {
      return evaluations;
    },
    step(end) {
      slopes[0].set(first);
      for (;;) {
        const last = time + length >= end;
        const h = last ? end - time : length;
        if (!(time + h > time)) return false;
        const error = stages(h) ? estimate(h) : Number.NaN;
        if (error <= 1) {
          timeBefore = time;
          time = last ? end : time + h;
          [before, y] = [y, before];
          y.set(trial);
          first.set(slopes[6]);
          const next = h * Math.min(MAX_RATIO, SAFETY * perFifthRoot(error));
          length = last ? Math.max(length, next) : next;
          return true;
        }
        length = h * (Number.isFinite(error) ? Math.max(MIN_RATIO, SAFETY * perFifthRoot(error)) : MIN_RATIO);
      }
    },
    within(theta, out) {
      const h = time - timeBefore;
      out.set(before);
      CURVE.forEach(([c1, c2, c3, c4], s) => {
        const weight = h * theta * (c1 + theta * (c2 + theta * (c3 + theta * c4)));
        for (let k = 0; k < size; k++) out[k] += weight * slopes[s][k];
      });
      return timeBefore + theta * h;
    },
  };
}

/**
 * Returns a first length: y moves by a million times the error allowed. The error estimate corrects
 * it.
 */
function firstLength(y: Float64Array, slope: Float64Array, allowed: (y: Float64Array, k: number) => number): number {
  const fastest = slope.reduce((max, s, k) => Math.max(max, Math.abs(s) / allowed(y, k)), 0);
  return fastest > 0 && fastest < Infinity ? 1e6 / fastest : 1e-3;
}

/** x^(-1/5). The operator ** would be the host's. */
function perFifthRoot(x: number): number {
  return Math.exp(-0.2 * Math.log(x));
}

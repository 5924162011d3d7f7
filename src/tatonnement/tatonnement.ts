// Tatonnement: the path of prices that rise with the excess demand for their goods.

import * as layout from "../../assembly/protocol.js";
import { type Economy, MAX_CELLS } from "../economy/economy.js";
import { marketGroups, subEconomy } from "../economy/groups.js";
import type { Addresses, Engine } from "../engine/engine.js";
import { openMarket } from "../market/session.js";
import { numbers, positives } from "../options/numbers.js";
import { type CommonOptions, type ControlOptions, checkControl, goodOf } from "../options/options.js";
import { finish, judge, type Solution } from "../solution.js";
import { Findings, OptionError } from "../violations.js";
import { type Cycle, CycleTest } from "./cycle.js";
import { type Path, startPath } from "./rungeKutta.js";

export interface TatonnementOptions extends CommonOptions, ControlOptions {
  /**
   * "logarithmic" (default): d ln p_j / dt = speed_j z_j / E_j, which does not depend on units of
   * goods; `stability` of an equilibrium refers to it. "linear": dp_j / dt = speed_j z_j (Samuelson
   * 1947).
   */
  form?: "logarithmic" | "linear";
  /**
   * The length of discrete steps, above 0 (after Uzawa 1960). A step goes from p_j to
   * p_j exp(step speed_j z_j / E_j); in the linear form to p_j + step speed_j z_j, but to no less
   * than a thousandth of p_j. By default time is continuous.
   */
  step?: number;
  /**
   * Prices to start from: m numbers, above 0 for goods that somebody wants, or an earlier answer.
   * By default all totals are worth the same, and prices add up to 1.
   */
  start?:
    | ArrayLike<number>
    | {
        /** m prices, in any numeraire. */
        prices: ArrayLike<number>;
      };
  /**
   * The name or index of a good whose price stays 1. Default "none": all prices move, and
   * sum_j E_j p_j / speed_j stays constant; in the linear form sum_j p_j^2 / speed_j.
   */
  numeraire?: "none" | string | number;
  /** The speed of each price: m numbers above 0; default 1. */
  speeds?: ArrayLike<number>;
  /** The time at which the path ends, above 0; default 1000. */
  duration?: number;
  /** The maximum number of steps, 1 to 1e9; default 100000. */
  maxSteps?: number;
  /**
   * The maximum number of points that are kept, 3 to 1e6; default 1000. If the path has more, every
   * second, fourth, ... point is kept.
   */
  points?: number;
  /**
   * The greatest error per step in continuous time, in ln p, or in the linear form relative to p;
   * 1e-13 to 0.01; default 1e-10.
   */
  accuracy?: number;
  /**
   * The path ends, with all markets cleared, once max_j |z_j| / E_j is at most this; 0 to 1;
   * default 1e-8.
   */
  tolerance?: number;
}

/** A path of prices from start to end. Arrays are flat, one point after the other. */
export interface Tatonnement extends Solution {
  /** The number of points. */
  count: number;
  /** count: the times of the points. */
  time: Float64Array;
  /** count m: prices; 0 for goods that nobody wants. */
  prices: Float64Array;
  /** count m: excess demand in units of goods; 0 for goods that nobody wants. */
  excessDemand: Float64Array;
  /** The good whose price stayed 1, or "none". */
  numeraire: string;
  /** The form of the dynamics. */
  form: "logarithmic" | "linear";
  /** The time after which prices came back to where they were; null if they did not. */
  period: number | null;
  /** The evidence for the period. */
  cycle: Cycle | null;
  /** How far the path's end is from clearing all markets, without a unit. */
  residuals: {
    /** max_j |z_j| / E_j at the end of the path. */
    marketClearing: number;
  };
}

const KEYS = [
  ...["form", "step", "start", "numeraire", "speeds", "duration", "maxSteps", "points", "accuracy", "tolerance"],
  ...["throwOnFailure", "onStep", "signal"],
];
/** A discrete step of the linear form leaves at least this part of a price. */
const MIN_PART = 1e-3;

/** A log price further from 0 than this is beyond the range of a double. */
const MAX_LOG_PRICE = 700;

/** Walras.tatonnement. */
export function tatonnement(engine: Engine, economy: Economy, given: TatonnementOptions = {}): Tatonnement {
  const { options, dynamics } = checkTatonnementOptions(economy, given);
  const { tolerance = 1e-8, points = 1000 } = options;
  const market = new ExcessDemand(engine, economy, dynamics.goods);
  const path = dynamics.step ? discretePath(market, dynamics) : continuousPath(market, dynamics);
  const cycleTest = new CycleTest(market, dynamics);
  const record = new PathRecord(points);
  const method = dynamics.step ? "steps" : "dormand-prince";
  const { code, steps } = follow(path, market, dynamics, cycleTest, record, options, (iteration, residual) => {
    options.onStep?.({ iteration, method, residual });
  });
  // A failed step or the cycle test may have evaluated other prices: evaluate again at the end.
  const marketClearing = market.evaluate(dynamics.logPrices(path.y));
  const verdict = judge(code, { marketClearing }, tolerance);
  return finish(options, {
    ...verdict,
    message: describe(verdict.status, path.time, marketClearing, cycleTest),
    iterations: steps,
    evaluations: market.evaluations,
    method,
    engine: engine.name,
    residuals: { marketClearing },
    ...record.read(economy, dynamics.goods, path.time, market),
    numeraire: dynamics.fixed < 0 ? "none" : economy.goods[dynamics.goods[dynamics.fixed]],
    form: dynamics.form,
    period: cycleTest.period,
    cycle: cycleTest.cycle,
  });
}

/** Follows the path to its end. Returns how it ended and the number of steps. */
function follow(
  path: Steps | Path,
  market: ExcessDemand,
  dynamics: Dynamics,
  cycleTest: CycleTest,
  record: PathRecord,
  options: TatonnementOptions,
  tell: (steps: number, imbalance: number) => void,
): { code: number; steps: number } {
  const { maxSteps = 100_000, duration = 1000, tolerance = 1e-8, signal } = options;
  // Whole steps add up to the duration only up to rounding.
  const last = duration * (1 + 1e-12) - (dynamics.step ?? 0);
  for (let steps = 0; ; steps++) {
    const imbalance = market.evaluate(dynamics.logPrices(path.y));
    record.add(path.time, market);
    if (steps > 0) {
      cycleTest.pass(path, imbalance);
      tell(steps, imbalance);
    }
    if (!Number.isFinite(imbalance)) return { code: layout.DIVERGED, steps };
    if (imbalance <= tolerance) return { code: layout.CONVERGED, steps };
    if (cycleTest.cycle || path.time > last || path.time >= duration || steps >= maxSteps) {
      return { code: layout.MAX_ITERATIONS, steps };
    }
    if (signal?.aborted) return { code: layout.RUNNING, steps };
    if (!path.step(duration)) return { code: layout.DIVERGED, steps };
  }
}

function describe(status: Solution["status"], time: number, imbalance: number, { cycle, period }: CycleTest): string {
  const [at, off] = [time.toPrecision(6), imbalance.toPrecision(3)];
  if (status === "converged") return `All markets clear to within the tolerance at time ${at}.`;
  if (status === "cancelled") return `Cancelled at time ${at}.`;
  if (status === "diverged") {
    return `After time ${at} prices leave the range of a double or change too fast: try a shorter step or slower speeds.`;
  }
  if (cycle) {
    return `Prices go round in a cycle: at time ${at}, after a period of ${period?.toPrecision(6)}, they are back to within ${cycle.drift.toPrecision(2)} of its amplitude, and throughout some market was out of balance by at least ${cycle.leastImbalance.toPrecision(3)} of its total.`;
  }
  return `Stopped at time ${at} with a market out of balance by ${off} of its total; allow more time or steps.`;
}

/**
 * The dynamics of prices of the goods that somebody wants. A path follows y: ln p, or p in the
 * linear form.
 */
interface Dynamics {
  form: "logarithmic" | "linear";
  step: number | undefined;
  accuracy: number;
  /** The indices of these goods in the economy. */
  goods: number[];
  /** The position of the numeraire among them, or -1. */
  fixed: number;
  speeds: Float64Array;
  /** Where the path starts. */
  y: Float64Array;
  logPrices(y: Float64Array): Float64Array;
}

function checkTatonnementOptions(
  economy: Economy,
  given: TatonnementOptions,
): { options: TatonnementOptions; dynamics: Dynamics } {
  const m = economy.goods.length;
  const findings = new Findings();
  const options = findings.keys(given, KEYS);
  findings.choice("form", options.form, ["logarithmic", "linear"]);
  findings.number("step", options.step, Number.MIN_VALUE, Number.MAX_VALUE);
  findings.number("duration", options.duration, Number.MIN_VALUE, Number.MAX_VALUE);
  findings.number("maxSteps", options.maxSteps, 1, 1e9, true);
  findings.number("points", options.points, 3, 1e6, true);
  findings.number("accuracy", options.accuracy, 1e-13, 0.01);
  findings.number("tolerance", options.tolerance, 0, 1);
  if (options.step !== undefined && options.accuracy !== undefined) {
    findings.add("accuracy", "applies to continuous time only, without step", options.accuracy);
  }
  checkControl(options, findings);
  const { start, numeraire = "none", points = 1000 } = options;
  if (Number(points) * m > MAX_CELLS)
    findings.add("points", `must be smaller: points times goods may be ${MAX_CELLS} at most`, points);
  const speeds = positives("speeds", options.speeds, m, findings) ?? new Float64Array(m).fill(1);
  const fixed = numeraire === "none" ? -1 : goodOf(economy, numeraire, findings, '"none"');
  const from = typeof start === "object" && start !== null && "prices" in start ? start.prices : start;
  const prices = from === undefined ? evenPrices(economy) : numbers("start", from, [m], findings, 0);
  findings.throwIfAny(OptionError);
  return { options, dynamics: dynamicsOf(economy, options, speeds, fixed, prices as Float64Array) };
}

/** Returns the dynamics, without the goods that nobody wants. */
function dynamicsOf(
  economy: Economy,
  { form = "logarithmic", accuracy = 1e-10, step, numeraire }: TatonnementOptions,
  speeds: Float64Array,
  fixed: number,
  prices: Float64Array,
): Dynamics {
  const goods = marketGroups(economy)
    .flatMap((group) => group.goods)
    .sort((a, b) => a - b);
  const findings = new Findings();
  if (fixed >= 0 && !goods.includes(fixed)) {
    findings.add("numeraire", "must be a good that somebody wants: its price is 0", numeraire);
  }
  for (const j of goods) {
    if (prices[j] === 0) findings.add(`start[${j}]`, "must be above 0: somebody wants that good", 0);
  }
  findings.throwIfAny(OptionError);
  const linear = form === "linear";
  const relative = Float64Array.from(goods, (j) => prices[j] / (fixed < 0 ? 1 : prices[fixed]));
  return {
    form,
    step,
    accuracy,
    goods,
    fixed: goods.indexOf(fixed),
    speeds: Float64Array.from(goods, (j) => speeds[j]),
    y: linear ? relative : relative.map(Math.log),
    logPrices: (y) => (linear ? y.map(Math.log) : y),
  };
}

/** Returns prices that add up to 1 at which all totals are worth the same. */
function evenPrices({ totals }: Economy): Float64Array {
  const min = totals.reduce((a, b) => Math.min(a, b));
  const sum = totals.reduce((s, total) => s + min / total, 0);
  return totals.map((total) => min / total / sum);
}

/** Excess demand for the goods that somebody wants, at given log prices. */
class ExcessDemand {
  readonly totals: Float64Array;
  /** Excess demand over totals at the last evaluation, and the log prices of that evaluation. */
  readonly excess: Float64Array;
  logPrices: Float64Array = new Float64Array();
  evaluations = 0;
  readonly #engine: Engine;
  readonly #at: Addresses<"logPrices" | "excess">;

  constructor(engine: Engine, economy: Economy, goods: number[]) {
    const part = subEconomy(economy, { agents: economy.agents.map((_, i) => i), goods });
    this.#engine = engine;
    this.totals = part.totals;
    this.excess = new Float64Array(goods.length);
    this.#at = openMarket(engine, part, undefined, { excess: goods.length });
  }

  /** Evaluates excess demand at these log prices, and returns the largest |z_j| / E_j. */
  evaluate(logPrices: Float64Array): number {
    const { kernels, write, read } = this.#engine;
    this.evaluations++;
    this.logPrices = logPrices;
    write(this.#at.logPrices, logPrices);
    kernels.excessDemand(this.#at.logPrices, this.#at.excess);
    this.excess.set(read(this.#at.excess, this.excess.length));
    // NaN where one of them is NaN.
    return this.excess.reduce((worst, z) => Math.max(worst, Math.abs(z)), 0);
  }
}

/** Writes dy/dt. Returns false if it is not finite. */
function writeSlope(market: ExcessDemand, dynamics: Dynamics, y: Float64Array, out: Float64Array): boolean {
  const linear = dynamics.form === "linear";
  if (linear && !y.every((p) => p > 0)) return false;
  if (!Number.isFinite(market.evaluate(dynamics.logPrices(y)))) return false;
  for (let j = 0; j < out.length; j++) {
    out[j] = j === dynamics.fixed ? 0 : dynamics.speeds[j] * market.excess[j] * (linear ? market.totals[j] : 1);
  }
  return true;
}

function continuousPath(market: ExcessDemand, dynamics: Dynamics): Path {
  const linear = dynamics.form === "linear";
  return startPath(
    dynamics.y,
    (y, out) => writeSlope(market, dynamics, y, out),
    (y, k) => dynamics.accuracy * (linear ? y[k] : 1),
  );
}

type Steps = Pick<Path, "time" | "y" | "step">;

function discretePath(market: ExcessDemand, dynamics: Dynamics): Steps {
  const y = dynamics.y.slice();
  const next = y.slice();
  const slope = y.slice();
  const linear = dynamics.form === "linear";
  const length = dynamics.step as number;
  let steps = 0;
  return {
    y,
    get time() {
      return steps * length;
    },
    step() {
      if (!writeSlope(market, dynamics, y, slope)) return false;
      for (let j = 0; j < y.length; j++) {
        next[j] = y[j] + length * slope[j];
        if (linear) next[j] = Math.max(next[j], MIN_PART * y[j]);
      }
      const inRange = linear ? next.every(Number.isFinite) : next.every((l) => Math.abs(l) < MAX_LOG_PRICE);
      if (!inRange) return false;
      y.set(next);
      steps++;
      return true;
    },
  };
}

/** Keeps at most `maxPoints` points of a path, with the first and the last. */
class PathRecord {
  #points: { time: number; prices: Float64Array; excess: Float64Array }[] = [];
  #added = 0;
  #every = 1;

  constructor(readonly maxPoints: number) {}

  add(time: number, market: ExcessDemand): void {
    const number = this.#added++;
    if (number % this.#every !== 0) return;
    if (this.#points.length === this.maxPoints) {
      this.#points = this.#points.filter((_, k) => k % 2 === 0);
      this.#every *= 2;
      if (number % this.#every !== 0) return;
    }
    this.#push(time, market);
  }

  /** Returns the points. The last one is that of the last evaluation. */
  read({ goods: all }: Economy, goods: number[], time: number, market: ExcessDemand) {
    if (this.#points[this.#points.length - 1].time < time) {
      if (this.#points.length === this.maxPoints) this.#points.pop();
      this.#push(time, market);
    }
    const m = all.length;
    const count = this.#points.length;
    const path = {
      count,
      time: Float64Array.from(this.#points, (p) => p.time),
      prices: new Float64Array(count * m),
      excessDemand: new Float64Array(count * m),
    };
    this.#points.forEach(({ prices, excess }, k) => {
      goods.forEach((j, l) => {
        path.prices[k * m + j] = prices[l];
        path.excessDemand[k * m + j] = excess[l] * market.totals[l];
      });
    });
    return path;
  }

  #push(time: number, market: ExcessDemand): void {
    this.#points.push({ time, prices: market.logPrices.map(Math.exp), excess: market.excess.slice() });
  }
}

// Tatonnement: the path that prices take when each follows the excess demand for its good.

import * as layout from "../../assembly/protocol.js";
import { type Economy, MOST_CELLS } from "../economy/economy.js";
import { marketGroups, subEconomy } from "../economy/groups.js";
import { type Addresses, type Engine, tellProgress } from "../engine/engine.js";
import { openMarket } from "../market/session.js";
import { numbers, positives } from "../options/numbers.js";
import { type CommonOptions, type ControlOptions, checkControl, goodOf } from "../options/options.js";
import { finish, judge, type Solution } from "../solution.js";
import { Findings, OptionError } from "../violations.js";
import { type Cycle, CycleTest } from "./cycle.js";
import { type Path, startPath } from "./rungeKutta.js";

export interface TatonnementOptions extends CommonOptions, ControlOptions {
  /**
   * "logarithmic" (default): d ln p_j / dt = speed_j z_j / E_j, the same in all units of goods, and what `stable` of an equilibrium is about.
   * "linear": dp_j / dt = speed_j z_j (Samuelson 1947).
   */
  form?: "logarithmic" | "linear";
  /**
   * The length of discrete steps, above 0: p_j exp(step speed_j z_j / E_j), or p_j + step speed_j z_j but no less than a thousandth of p_j
   * (after Uzawa 1960). Default none: continuous time.
   */
  step?: number;
  /** m prices, 0 or more, above 0 for goods that somebody wants, or an earlier answer; default all totals worth the same, adding up to 1. */
  start?: ArrayLike<number> | { prices: ArrayLike<number> };
  /**
   * A good's name or index, whose price stays 1; default "none": all prices move, and what is constant is sum_j E_j p_j / speed_j, in the
   * linear form sum_j p_j^2 / speed_j.
   */
  numeraire?: "none" | string | number;
  /** m, above 0; default ones. */
  speeds?: ArrayLike<number>;
  /** When to end, above 0; default 1000. */
  duration?: number;
  /** 1 to 1e9; default 100000. */
  maxSteps?: number;
  /** The most points of the path to keep, 3 to 1e6; default 1000. Where it has more steps, every second, fourth, ... one is kept. */
  points?: number;
  /** In continuous time: the error allowed a step, in ln p, or in the linear form relative to p; 1e-13 to 0.01, default 1e-10. */
  accuracy?: number;
  /** max_j |z_j| / E_j at which markets count as cleared and the path ends; default 1e-8. */
  tolerance?: number;
}

/** A path of prices, from the start to where it ended, its points flat, one after the other. */
export interface Tatonnement extends Solution {
  count: number;
  /** count. */
  time: Float64Array;
  /** count m; 0 for goods that nobody wants. */
  prices: Float64Array;
  /** count m, units of goods; 0 for goods that nobody wants. */
  excessDemand: Float64Array;
  /** The good whose price stayed 1, or "none". */
  numeraire: string;
  form: "logarithmic" | "linear";
  /** How long prices took to come back to where they were; null where they did not. */
  period: number | null;
  /** The evidence for the period. */
  cycle: Cycle | null;
  /** max_j |z_j| / E_j where the path ended. */
  residuals: { marketClearing: number };
}

const KEYS = [
  ...["form", "step", "start", "numeraire", "speeds", "duration", "maxSteps", "points", "accuracy", "tolerance"],
  ...["throwOnFailure", "onStep", "signal"],
];
/** What is left of a price, at the least, after a discrete step of the linear form. */
const FLOOR = 1e-3;

/** Log prices further from 0 than this have no double. */
const MOST_LOG = 700;

/** Walras.tatonnement. */
export function tatonnement(engine: Engine, economy: Economy, options: TatonnementOptions = {}): Tatonnement {
  const setting = checkTatonnementOptions(economy, options);
  const { tolerance = 1e-8, points = 1000 } = options;
  const market = new Market(engine, economy, setting.goods);
  const path = setting.step ? discretePath(market, setting) : continuousPath(market, setting);
  const cycleTest = new CycleTest(market, setting);
  const record = new Record(points);
  const method = setting.step ? "steps" : "dormand-prince";
  const { code, steps } = follow(path, market, setting, cycleTest, record, options, (iteration, residual) => {
    if (options.onStep) tellProgress(engine, options.onStep, { iteration, method, residual });
  });
  // A failed step or the cycle test may have evaluated other prices: evaluate again at the end.
  const marketClearing = market.evaluate(setting.logPrices(path.y));
  const verdict = judge(code, { marketClearing }, tolerance);
  return finish(options, {
    ...verdict,
    message: describe(verdict.status, path.time, marketClearing, cycleTest),
    iterations: steps,
    evaluations: market.evaluations,
    method,
    engine: engine.name,
    residuals: { marketClearing },
    ...record.read(economy, setting.goods, path.time, market),
    numeraire: setting.fixed < 0 ? "none" : economy.goods[setting.goods[setting.fixed]],
    form: setting.form,
    period: cycleTest.period,
    cycle: cycleTest.cycle,
  });
}

/** Goes along the path to where it ends. */
function follow(
  path: Steps | Path,
  market: Market,
  setting: Setting,
  cycleTest: CycleTest,
  record: Record,
  options: TatonnementOptions,
  tell: (steps: number, imbalance: number) => void,
): { code: number; steps: number } {
  const { maxSteps = 100_000, duration = 1000, tolerance = 1e-8, signal } = options;
  // Whole steps add up to the duration but for rounding.
  const last = duration * (1 + 1e-12) - (setting.step ?? 0);
  for (let steps = 0; ; steps++) {
    const imbalance = market.evaluate(setting.logPrices(path.y));
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
    return `After time ${at} prices leave the numbers a double holds, or change too fast: try a shorter step or slower speeds.`;
  }
  if (cycle) {
    return `Prices go round in a cycle: at time ${at}, after a period of ${period?.toPrecision(6)}, they are back to within ${cycle.drift.toPrecision(2)} of its amplitude, and all the way some market was at least ${cycle.leastImbalance.toPrecision(3)} of its total out of balance.`;
  }
  return `Stopped at time ${at} with a market ${off} of its total out of balance; allow more time or steps.`;
}

/** What drives prices. Goods are those that somebody wants; `y` of a path is ln p, or p in the linear form. */
interface Setting {
  form: "logarithmic" | "linear";
  step: number | undefined;
  accuracy: number;
  /** Their indices in the economy. */
  goods: number[];
  /** Which of them is the numeraire, or -1. */
  fixed: number;
  speeds: Float64Array;
  y: Float64Array;
  logPrices(y: Float64Array): Float64Array;
}

function checkTatonnementOptions(economy: Economy, options: TatonnementOptions): Setting {
  const m = economy.goods.length;
  const findings = new Findings();
  findings.keys(options, KEYS);
  findings.choice("form", options.form, ["logarithmic", "linear"]);
  findings.number("step", options.step, Number.MIN_VALUE, Number.MAX_VALUE);
  findings.number("duration", options.duration, Number.MIN_VALUE, Number.MAX_VALUE);
  findings.number("maxSteps", options.maxSteps, 1, 1e9, true);
  findings.number("points", options.points, 3, 1e6, true);
  findings.number("accuracy", options.accuracy, 1e-13, 0.01);
  findings.number("tolerance", options.tolerance, 0, 1);
  if (options.step !== undefined && options.accuracy !== undefined) {
    findings.add("accuracy", "goes with continuous time, without step", options.accuracy);
  }
  checkControl(options, findings);
  const { start, numeraire = "none", points = 1000 } = options;
  if (points * m > MOST_CELLS) findings.add("points", `must leave points goods at ${MOST_CELLS} at most`, points);
  const speeds = positives("speeds", options.speeds, m, findings) ?? new Float64Array(m).fill(1);
  const fixed = numeraire === "none" ? -1 : goodOf(economy, numeraire, findings, '"none"');
  const given = typeof start === "object" && start !== null && "prices" in start ? start.prices : start;
  const prices = given === undefined ? evenPrices(economy) : numbers("start", given, [m], findings, 0);
  findings.throwIfAny(OptionError);
  return settingOf(economy, options, speeds, fixed, prices as Float64Array);
}

/** Leaves out the goods that nobody wants. */
function settingOf(
  economy: Economy,
  { form = "logarithmic", accuracy = 1e-10, step, numeraire }: TatonnementOptions,
  speeds: Float64Array,
  fixed: number,
  prices: Float64Array,
): Setting {
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

/** Prices adding up to 1 at which every good's total is worth the same. */
function evenPrices({ totals }: Economy): Float64Array {
  const least = totals.reduce((a, b) => Math.min(a, b));
  const sum = totals.reduce((s, total) => s + least / total, 0);
  return totals.map((total) => least / total / sum);
}

/** Excess demand at log prices of the goods that somebody wants. */
class Market {
  readonly totals: Float64Array;
  /** Excess demand over totals where it was last looked at, and the log prices there. */
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

  /** Looks, and returns the largest |z_j| / E_j. */
  evaluate(logPrices: Float64Array): number {
    const { kernels, write, read } = this.#engine;
    this.evaluations++;
    this.logPrices = logPrices;
    write(this.#at.logPrices, logPrices);
    kernels.excessDemand(this.#at.logPrices, this.#at.excess);
    this.excess.set(read(this.#at.excess, this.excess.length));
    return this.excess.reduce((worst, z) => (Math.abs(z) <= worst ? worst : Math.abs(z)), 0);
  }
}

/** Writes dy/dt; false where it is not finite. */
function drive(market: Market, setting: Setting, y: Float64Array, out: Float64Array): boolean {
  const linear = setting.form === "linear";
  if (linear && !y.every((p) => p > 0)) return false;
  if (!Number.isFinite(market.evaluate(setting.logPrices(y)))) return false;
  for (let j = 0; j < out.length; j++) {
    out[j] = j === setting.fixed ? 0 : setting.speeds[j] * market.excess[j] * (linear ? market.totals[j] : 1);
  }
  return true;
}

function continuousPath(market: Market, setting: Setting): Path {
  const linear = setting.form === "linear";
  return startPath(
    setting.y,
    (y, out) => drive(market, setting, y, out),
    (y, k) => setting.accuracy * (linear ? y[k] : 1),
  );
}

type Steps = Pick<Path, "time" | "y" | "step">;

function discretePath(market: Market, setting: Setting): Steps {
  const y = setting.y.slice();
  const next = y.slice();
  const slope = y.slice();
  const linear = setting.form === "linear";
  const length = setting.step as number;
  let taken = 0;
  return {
    y,
    get time() {
      return taken * length;
    },
    step() {
      if (!drive(market, setting, y, slope)) return false;
      for (let j = 0; j < y.length; j++) {
        next[j] = y[j] + length * slope[j];
        if (linear) next[j] = Math.max(next[j], FLOOR * y[j]);
      }
      const held = linear ? next.every(Number.isFinite) : next.every((l) => Math.abs(l) < MOST_LOG);
      if (!held) return false;
      y.set(next);
      taken++;
      return true;
    },
  };
}

/** Keeps points of a path, at most `most`, the first and the last among them. */
class Record {
  #points: { time: number; prices: Float64Array; excess: Float64Array }[] = [];
  #seen = 0;
  #every = 1;

  constructor(readonly most: number) {}

  add(time: number, market: Market): void {
    const number = this.#seen++;
    if (number % this.#every !== 0) return;
    if (this.#points.length === this.most) {
      this.#points = this.#points.filter((_, k) => k % 2 === 0);
      this.#every *= 2;
      if (number % this.#every !== 0) return;
    }
    this.#push(time, market);
  }

  /** The points, the last one being where the market was last looked at. */
  read({ goods: all }: Economy, goods: number[], time: number, market: Market) {
    if (this.#points[this.#points.length - 1].time < time) {
      if (this.#points.length === this.most) this.#points.pop();
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

  #push(time: number, market: Market): void {
    this.#points.push({ time, prices: market.logPrices.map(Math.exp), excess: market.excess.slice() });
  }
}

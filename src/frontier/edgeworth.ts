// The curves of the Edgeworth box of two agents and two goods.
//
// In TypeScript: the geometry of curves; the engine computes plans and demand.

import type { Economy } from "../economy/economy.js";
import { marketGroups, requireMarket } from "../economy/groups.js";
import type { Engine } from "../engine/engine.js";
import { demandAt } from "../market/session.js";
import { numbers } from "../options/numbers.js";
import { plan } from "../planner/plan.js";
import { EconomyError, Findings, OptionError } from "../violations.js";
import {
  cheapestBundle,
  isWorst,
  logBundle,
  type Preferences,
  preferencesOf,
  utilityGain,
} from "../welfare/expenditure.js";
import { type ChordOptions, checkChordTolerance, traceCurve } from "./curve.js";
import { logWeightsAt, MAX_LOG_RATIO, weightsOf } from "./frontier.js";

/** The options of `edgeworthBox`. */
export interface EdgeworthOptions extends ChordOptions {
  /** The greatest number of points on a curve, 2 to 100000; default 257. */
  points?: number;
  /**
   * How far a curve may run from the chord between neighbouring points, as a part of the box's
   * sides; above 0, to 1; default 1e-3.
   */
  chordTolerance?: number;
  /**
   * Prices (2, above 0) of one or several equilibria, at which to draw budget lines, 100000 at
   * most; default none.
   */
  prices?: ArrayLike<number> | readonly ArrayLike<number>[];
}

/** A curve in the box. Points are agent 1's amounts; agent 2 has the rest of the totals. */
export interface BoxCurve {
  /** count: the parameter of each point, ascending. */
  parameter: Float64Array;
  /** 2 count: agent 1's amounts of good 1 and good 2, point by point. */
  points: Float64Array;
}

/** The curves of the Edgeworth box of two agents and two goods. */
export interface EdgeworthBox {
  /** 2: the totals of both goods, which are the box's sides. */
  totals: Float64Array;
  /** 2: agent 1's endowment. */
  endowment: Float64Array;
  /**
   * The contract curve: all efficient allocations, from corner to corner. Its parameter is
   * theta = ln(weight 1 / weight 2), which is minus and plus infinity at the corners.
   */
  contract: BoxCurve;
  /**
   * The core: the part of the contract curve at which each agent is at least as well off as with
   * its endowment. Its first point leaves agent 1 at the endowment's utility, its last one agent 2.
   * It ends in a corner if that utility is minus infinity.
   */
  core: BoxCurve;
  /**
   * Each agent's indifference curve through the endowment, inside the box. Its parameter is the log
   * of the agent's marginal rate of substitution, the value of good 1 in units of good 2. The curve
   * stops a millionth of a side before an edge that it does not cross. It has no points if the
   * endowment's utility is minus infinity.
   */
  indifference: [BoxCurve, BoxCurve];
  /**
   * 2: the second point at which these two curves meet. Both agents prefer the allocations between
   * the two points to the endowment. null if the endowment is efficient, or if an edge of the box
   * cuts that region off.
   */
  secondCrossing: Float64Array | null;
  /**
   * Each agent's offer curve, its demand by the log price of good 1 in units of good 2, in the
   * pieces that lie inside the box.
   */
  offers: [BoxCurve[], BoxCurve[]];
  /**
   * For each of the prices given: the ends of the budget line in the box (4 numbers), and the
   * demand of agent 1 (2) and agent 2 (2).
   */
  budgets: { prices: Float64Array; line: Float64Array; demand: Float64Array }[];
}

/** The maximum number of points on a curve, and of budget lines. */
const MAX_POINTS = 100_000;
/** Curves that approach an edge stop at this distance, as a part of the box's side. */
const EDGE = 1e-6;
/** How many prices are tried to see where an offer curve enters and leaves the box. */
const SAMPLES = 257;

/** Walras.edgeworthBox. */
export function edgeworthBox(engine: Engine, economy: Economy, options: EdgeworthOptions = {}): EdgeworthBox {
  requireBox(economy);
  const { budgets, chordTolerance, points } = checkOptions(options);
  const box = new Box(engine, economy, chordTolerance, points);
  const [low, high] = box.coreEnds();
  const indifference = [0, 1].map((i) => box.indifference(i)) as [BoxCurve, BoxCurve];
  return {
    totals: economy.totals.slice(),
    endowment: box.endowment.slice(),
    contract: box.contract(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    core: box.contract(low, high),
    indifference,
    secondCrossing: box.secondCrossing(low, indifference[0].parameter),
    offers: [box.offers(0), box.offers(1)],
    budgets: budgets.map((prices) => box.budget(prices)),
  };
}

/**
 * Checks that a box can be drawn of an economy.
 * @throws EconomyError unless it is a market of two agents, each of which wants both of two goods
 */
export function requireBox(economy: Economy): void {
  const { agents, goods, alpha } = economy;
  if (agents.length !== 2 || goods.length !== 2) {
    const sizes = `${agents.length} agents and ${goods.length} goods`;
    throw new EconomyError([{ path: "size", requirement: "must be 2 agents and 2 goods for a box", value: sizes }]);
  }
  marketGroups(economy);
  const findings = new Findings();
  alpha.forEach((a, c) => {
    if (a === 0)
      findings.add(`alpha[${c >> 1}][${c & 1}]`, "must be above 0 for a box: each agent must want both goods", a);
  });
  findings.throwIfAny(EconomyError);
}

/** Checks the options. Returns the prices of the budget lines, and the options with defaults. */
function checkOptions(options: EdgeworthOptions) {
  const findings = new Findings();
  const { points = 257, prices = [], ...rest } = findings.keys(options, ["points", "chordTolerance", "bend", "prices"]);
  findings.number("points", points, 2, MAX_POINTS, true);
  const chordTolerance = checkChordTolerance(rest, findings);
  const several = Array.isArray(prices) && typeof prices[0] !== "number";
  const tooMany = several && prices.length > MAX_POINTS;
  if (tooMany) findings.add("prices", `must be those of ${MAX_POINTS} budget lines at most`, prices);
  const budgets = Array.from({ length: several ? (tooMany ? 0 : prices.length) : 1 }, (_, k) =>
    several
      ? numbers(`prices[${k}]`, prices[k], [2], findings, Number.MIN_VALUE)
      : numbers("prices", prices, [2], findings, Number.MIN_VALUE),
  );
  findings.throwIfAny(OptionError);
  return { budgets: budgets as Float64Array[], chordTolerance, points };
}

/** The box of one economy. Points are agent 1's amounts, bundles an agent's own amounts. */
class Box {
  readonly endowment: Float64Array;
  readonly #preferences: Preferences[];
  readonly #endowments: Float64Array[];
  /** No log marginal rate of substitution in the box is larger, EDGE away from its edges. */
  readonly #maxLogSlope: number;

  constructor(
    readonly engine: Engine,
    readonly economy: Economy,
    readonly chordTolerance: number,
    readonly maxPoints: number,
  ) {
    const { alpha, omega, totals } = economy;
    const { endowments } = requireMarket(economy);
    this.endowment = endowments.slice(0, 2);
    this.#preferences = [0, 1].map((i) => preferencesOf(economy, i));
    this.#endowments = this.#preferences.map((p, i) => logBundle(p, endowments, 2 * i));
    this.#maxLogSlope = alpha.reduce(
      (sum, a, c) =>
        sum + Math.abs(Math.log(a)) + Math.abs(omega[c]) * (Math.abs(Math.log(totals[c & 1])) - Math.log(EDGE)),
      0,
    );
  }

  /**
   * Returns theta where agent 1 is as well off as with its endowment, and theta where agent 2 is.
   */
  coreEnds(): [number, number] {
    const gainOf = (i: number, theta: number) => {
      const x = logBundle(this.#preferences[i], this.#plan(theta).allocation, 2 * i);
      return utilityGain(this.#preferences[i], this.#endowments[i], x);
    };
    const low =
      gainOf(0, -MAX_LOG_RATIO) > 0
        ? Number.NEGATIVE_INFINITY
        : lastOf((t) => gainOf(0, t) <= 0, -MAX_LOG_RATIO, MAX_LOG_RATIO);
    const high =
      gainOf(1, MAX_LOG_RATIO) > 0
        ? Number.POSITIVE_INFINITY
        : lastOf((t) => gainOf(1, t) >= 0, -MAX_LOG_RATIO, MAX_LOG_RATIO);
    // At an efficient endowment both are the same up to rounding.
    return low <= high ? [low, high] : [high, high];
  }

  /** Returns the contract curve between two values of theta; infinite ones are corners. */
  contract(low: number, high: number): BoxCurve {
    const [outer1, outer2] = [0.001, 0.999].map((share) => {
      const [first, second] = logWeightsAt(this.economy, [share, 1 - share]);
      return first - second;
    });
    const from = low > Number.NEGATIVE_INFINITY ? low : Math.min(outer1, high);
    const to = high < Number.POSITIVE_INFINITY ? high : Math.max(outer2, low);
    const { parameter, points } = this.#trace((theta) => this.#plan(theta).allocation.subarray(0, 2), from, to);
    const { totals } = this.economy;
    const start = low === Number.NEGATIVE_INFINITY;
    const end = high === Number.POSITIVE_INFINITY;
    return {
      parameter: Float64Array.from([...(start ? [low] : []), ...parameter, ...(end ? [high] : [])]),
      points: Float64Array.from([...(start ? [0, 0] : []), ...points, ...(end ? totals : [])]),
    };
  }

  indifference(i: number): BoxCurve {
    if (isWorst(this.#preferences[i], this.#endowments[i])) return emptyCurve();
    const [total1, total2] = this.economy.totals;
    const max = this.#maxLogSlope;
    const bundle = (logSlope: number) => this.#equallyGood(i, logSlope);
    // Along the curve the agent's amount of good 1 falls with its value, and that of good 2 rises.
    const from = Math.max(
      firstOf((t) => bundle(t)[0] <= total1, -max, max),
      firstOf((t) => bundle(t)[1] >= EDGE * total2, -max, max),
    );
    const to = Math.min(
      lastOf((t) => bundle(t)[1] <= total2, -max, max),
      lastOf((t) => bundle(t)[0] >= EDGE * total1, -max, max),
    );
    return from < to ? this.#trace((t) => this.#toBox(i, bundle(t)), from, to) : emptyCurve();
  }

  /**
   * Returns the second crossing: follows agent 1's indifference curve past the point where it is
   * tangent to one of agent 2's, until agent 2 is as well off as with its endowment.
   */
  secondCrossing(tangency: number, slopes: Float64Array): Float64Array | null {
    if (slopes.length === 0 || isWorst(this.#preferences[1], this.#endowments[1])) return null;
    const { omega, logAlpha } = this.#preferences[0];
    const [value1, value2] = this.#endowments[0].map((l, j) => logAlpha[j] + omega[j] * l);
    const atEndowment = value1 - value2;
    const [price1, price2] = this.#plan(tangency).shadowPrices;
    const tangent = Math.log(price1) - Math.log(price2);
    if (Math.abs(tangent - atEndowment) < 1e-7) return null;
    const gain = (t: number) => {
      const rest = this.#toBox(1, this.#equallyGood(0, t)).map((x) => Math.log(Math.max(0, x)));
      return utilityGain(this.#preferences[1], this.#endowments[1], rest);
    };
    const far = tangent > atEndowment ? slopes[slopes.length - 1] : slopes[0];
    if (gain(far) >= 0) return null;
    const crossing =
      far > tangent ? lastOf((t) => gain(t) >= 0, tangent, far) : firstOf((t) => gain(t) >= 0, far, tangent);
    return this.#equallyGood(0, crossing);
  }

  offers(i: number): BoxCurve[] {
    const { totals } = this.economy;
    const bundle = (t: number) =>
      this.#demand(Float64Array.of(Math.exp(t / 2), Math.exp(-t / 2))).subarray(2 * i, 2 * i + 2);
    const inside = (x: Float64Array) => x[0] <= totals[0] && x[1] <= totals[1];
    const [from, to] = this.#offerRange(i, bundle, inside);
    const samples = Array.from({ length: SAMPLES }, (_, k) => from + ((to - from) * k) / (SAMPLES - 1));
    const within = samples.map((t) => inside(bundle(t)));
    const pieces: BoxCurve[] = [];
    for (let k = 0; k < SAMPLES; k++) {
      if (!within[k] || within[k - 1]) continue;
      let end = k;
      while (within[end + 1]) end++;
      const start = k === 0 ? from : firstOf((t) => inside(bundle(t)), samples[k - 1], samples[k]);
      const stop = end === SAMPLES - 1 ? to : lastOf((t) => inside(bundle(t)), samples[end], samples[end + 1]);
      pieces.push(this.#trace((t) => this.#toBox(i, bundle(t)), start, stop));
    }
    return pieces;
  }

  budget(prices: Float64Array) {
    const [p1, p2] = prices;
    const [total1, total2] = this.economy.totals;
    const income = p1 * this.endowment[0] + p2 * this.endowment[1];
    const left = income > p2 * total2 ? [(income - p2 * total2) / p1, total2] : [0, income / p2];
    const right = income > p1 * total1 ? [total1, (income - p1 * total1) / p2] : [income / p1, 0];
    return { prices, line: Float64Array.of(...left, ...right), demand: this.#demand(prices) };
  }

  #plan(theta: number) {
    return plan(this.engine, this.economy, { weights: weightsOf(Float64Array.of(theta, 0)) });
  }

  #demand(prices: Float64Array): Float64Array {
    return demandAt(this.engine, this.economy, prices);
  }

  /**
   * Returns agent i's bundle as good as its endowment at which good 1 is worth exp(logSlope) of
   * good 2.
   */
  #equallyGood(i: number, logSlope: number): Float64Array {
    return cheapestBundle(this.#preferences[i], [logSlope, 0], this.#endowments[i]).map(Math.exp);
  }

  #toBox(i: number, bundle: Float64Array): Float64Array {
    return i === 0 ? bundle : bundle.map((x, j) => this.economy.totals[j] - x);
  }

  /** Returns the log prices beyond which agent i's demand is outside the box or no longer moves. */
  #offerRange(i: number, bundle: (t: number) => Float64Array, inside: (x: Float64Array) => boolean): [number, number] {
    const { totals } = this.economy;
    const { omega, logAlpha } = this.#preferences[i];
    const [value1, value2] = this.#endowments[i].map((l, j) => logAlpha[j] + omega[j] * l);
    const [price1, price2] = this.#plan(0).shadowPrices;
    const centre = Number.isFinite(value1 - value2) ? value1 - value2 : Math.log(price1 / price2);
    const reach = (sign: number) => {
      // Both prices, exp(t / 2) and exp(-t / 2), must be doubles.
      const at = (by: number) => Math.max(-2 * MAX_LOG_RATIO, Math.min(2 * MAX_LOG_RATIO, centre + sign * by));
      let by = 1;
      let last = bundle(at(by));
      while (by < Math.min(this.#maxLogSlope, MAX_LOG_RATIO)) {
        const next = bundle(at(2 * by));
        const moved = Math.max(...next.map((x, j) => Math.abs(x - last[j]) / totals[j]));
        if ((!inside(last) && !inside(next)) || moved < EDGE) break;
        last = next;
        by *= 2;
      }
      return at(2 * by);
    };
    return [reach(-1), reach(1)];
  }

  #trace(point: (t: number) => Float64Array, from: number, to: number): BoxCurve {
    const points: Float64Array[] = [];
    const { totals } = this.economy;
    const evaluate = (parameters: Float64Array) =>
      [...parameters].map((t) => {
        const x = point(t);
        points.push(x);
        return x.map((v, j) => v / totals[j]);
      });
    const { order, parameters } = traceCurve(evaluate, from, to, this.chordTolerance, this.maxPoints);
    return { parameter: parameters, points: Float64Array.from(order.flatMap((k) => [...points[k]])) };
  }
}

function emptyCurve(): BoxCurve {
  return { parameter: new Float64Array(), points: new Float64Array() };
}

/**
 * Returns the last number from `low` to `high` at which `holds` is true, by bisection to
 * neighbouring doubles. `holds` must be true up to some number and false after it.
 */
function lastOf(holds: (t: number) => boolean, low: number, high: number): number {
  if (holds(high)) return high;
  for (;;) {
    const middle = low + 0.5 * (high - low);
    if (!(middle > low && middle < high)) return low;
    if (holds(middle)) low = middle;
    else high = middle;
  }
}

/**
 * Returns the first number from `low` to `high` at which `holds` is true; it must stay true from
 * there.
 */
function firstOf(holds: (t: number) => boolean, low: number, high: number): number {
  return -lastOf((t) => holds(-t), -high, -low);
}

// The Edgeworth box: what there is to draw of a market of two agents and two goods.

import type { Economy } from "../economy/economy.js";
import { marketGroups } from "../economy/groups.js";
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
import { traceCurve } from "./curve.js";
import { logWeightsAt, weightsOf } from "./frontier.js";

export interface EdgeworthOptions {
  /** The most points of a curve, 2 to 100000; default 257. */
  points?: number;
  /** How far, as a part of the box, a curve may run from the chord between neighbouring points; above 0, default 1e-3. */
  bend?: number;
  /** Prices (2, above 0) of one or several equilibria, to draw budget lines at; default none. */
  prices?: ArrayLike<number> | readonly ArrayLike<number>[];
}

/** A curve in the box, in agent 1's amounts; agent 2 has the rest of the totals. */
export interface BoxCurve {
  /** count: the number that each point belongs to, ascending. */
  parameter: Float64Array;
  /** 2 count: agent 1's amounts of good 1 and good 2, point by point. */
  points: Float64Array;
}

export interface EdgeworthBox {
  /** 2: the box's sides. */
  totals: Float64Array;
  /** 2: what agent 1 owns. */
  endowment: Float64Array;
  /** Efficient allocations, from corner to corner, by theta = ln(weight 1 / weight 2), at the corners minus and plus infinity. */
  contract: BoxCurve;
  /**
   * The part of the contract curve at which both agents are at least as well off as with what they own; its first point leaves agent 1,
   * its last agent 2 at the endowment's utility. It ends in a corner where that utility is minus infinity.
   */
  core: BoxCurve;
  /**
   * Each agent's indifference curve through the endowment, inside the box, by the log of her marginal rate of substitution, the value of
   * good 1 in good 2. It stops a millionth of a side from an edge that it does not cross. No points where the endowment's utility is minus infinity.
   */
  indifference: [BoxCurve, BoxCurve];
  /**
   * 2: where these two curves meet again, so that what both prefer to the endowment lies between; null where the endowment is efficient or an
   * edge of the box cuts that region off.
   */
  secondCrossing: Float64Array | null;
  /** What each agent demands, by the log price of good 1 in good 2, in the pieces that lie inside the box. */
  offers: [BoxCurve[], BoxCurve[]];
  /** For each of the prices: the ends of the budget line in the box (4), and what agent 1 (2) and agent 2 (2) demand at them. */
  budgets: { prices: Float64Array; line: Float64Array; demand: Float64Array }[];
}

/** Log weights further apart than this are no longer told apart from a corner. */
const DEEPEST = 700;
/** Where curves that approach an edge stop, as a part of the box. */
const EDGE = 1e-6;
/** Prices tried for where an offer curve enters and leaves the box. */
const SAMPLES = 257;

/** Walras.edgeworthBox. */
export function edgeworthBox(engine: Engine, economy: Economy, options: EdgeworthOptions = {}): EdgeworthBox {
  requireBox(economy);
  const budgets = checkOptions(options);
  const box = new Box(engine, economy, options);
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
 * Checks that an economy is a market that a box can be drawn of.
 * @throws EconomyError
 */
export function requireBox(economy: Economy): void {
  const { agents, goods, alpha } = economy;
  if (agents.length !== 2 || goods.length !== 2) {
    const sizes = `${agents.length} agents and ${goods.length} goods`;
    throw new EconomyError([{ path: "size", requirement: "must be 2 agents and 2 goods for a box", value: sizes }]);
  }
  marketGroups(economy);
  const wrong = new Findings();
  alpha.forEach((a, c) => {
    if (a === 0) wrong.add(`alpha[${c >> 1}][${c & 1}]`, "must be above 0 for a box: indifference curves bend", a);
  });
  wrong.throwIfAny(EconomyError);
}

function checkOptions(options: EdgeworthOptions): Float64Array[] {
  const findings = new Findings();
  findings.keys(options, ["points", "bend", "prices"]);
  findings.number("points", options.points, 2, 100_000, true);
  findings.number("bend", options.bend, Number.MIN_VALUE, 1);
  const { prices = [] } = options;
  const several = Array.isArray(prices) && typeof prices[0] !== "number";
  const read = several
    ? prices.map((p, k) => numbers(`prices[${k}]`, p, [2], findings, Number.MIN_VALUE))
    : [numbers("prices", prices, [2], findings, Number.MIN_VALUE)];
  findings.throwIfAny(OptionError);
  return read as Float64Array[];
}

/** The box of one economy. Points are agent 1's amounts; an agent's own amounts are called hers. */
class Box {
  readonly endowment: Float64Array;
  readonly #preferences: Preferences[];
  readonly #owned: Float64Array[];
  readonly #steepest: number;
  readonly #bend: number;
  readonly #most: number;

  constructor(
    readonly engine: Engine,
    readonly economy: Economy,
    { points = 257, bend = 1e-3 }: EdgeworthOptions,
  ) {
    const { alpha, omega, totals } = economy;
    const endowments = economy.endowments as Float64Array;
    this.#most = points;
    this.#bend = bend;
    this.endowment = endowments.slice(0, 2);
    this.#preferences = [0, 1].map((i) => preferencesOf(economy, i));
    this.#owned = this.#preferences.map((p, i) => logBundle(p, endowments, 2 * i));
    // No log marginal rate of substitution in the box, EDGE away from its edges, is larger.
    this.#steepest = alpha.reduce(
      (sum, a, c) =>
        sum + Math.abs(Math.log(a)) + Math.abs(omega[c]) * (Math.abs(Math.log(totals[c & 1])) - Math.log(EDGE)),
      0,
    );
  }

  /** theta where agent 1 is as well off as with what he owns, and where agent 2 is. */
  coreEnds(): [number, number] {
    const gain = (i: number, theta: number) => {
      const x = logBundle(this.#preferences[i], this.#plan(theta).allocation, 2 * i);
      return utilityGain(this.#preferences[i], this.#owned[i], x);
    };
    const low = gain(0, -DEEPEST) > 0 ? Number.NEGATIVE_INFINITY : lastOf((t) => gain(0, t) <= 0, -DEEPEST, DEEPEST);
    const high = gain(1, DEEPEST) > 0 ? Number.POSITIVE_INFINITY : lastOf((t) => gain(1, t) >= 0, -DEEPEST, DEEPEST);
    // At an efficient endowment both are the same but for rounding.
    return low <= high ? [low, high] : [high, high];
  }

  /** The contract curve between two values of theta; infinite ones are corners. */
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
    if (isWorst(this.#preferences[i], this.#owned[i])) return none();
    const [total1, total2] = this.economy.totals;
    const steep = this.#steepest;
    const hers = (slope: number) => this.#asGood(i, slope);
    // Along the curve her amount of good 1 falls with its value, that of good 2 rises.
    const from = Math.max(
      firstOf((t) => hers(t)[0] <= total1, -steep, steep),
      firstOf((t) => hers(t)[1] >= EDGE * total2, -steep, steep),
    );
    const to = Math.min(
      lastOf((t) => hers(t)[1] <= total2, -steep, steep),
      lastOf((t) => hers(t)[0] >= EDGE * total1, -steep, steep),
    );
    return from < to ? this.#trace((t) => this.#toBox(i, hers(t)), from, to) : none();
  }

  /** Along agent 1's curve, past the point where it is tangent to one of agent 2's, to where agent 2 is as well off as at home. */
  secondCrossing(tangency: number, slopes: Float64Array): Float64Array | null {
    if (slopes.length === 0 || isWorst(this.#preferences[1], this.#owned[1])) return null;
    const { omega, logAlpha } = this.#preferences[0];
    const [value1, value2] = this.#owned[0].map((l, j) => logAlpha[j] + omega[j] * l);
    const home = value1 - value2;
    const [price1, price2] = this.#plan(tangency).shadowPrices;
    const tangent = Math.log(price1) - Math.log(price2);
    if (Math.abs(tangent - home) < 1e-7) return null;
    const gain = (t: number) => {
      const rest = this.#toBox(1, this.#asGood(0, t)).map((x) => Math.log(Math.max(0, x)));
      return utilityGain(this.#preferences[1], this.#owned[1], rest);
    };
    const far = tangent > home ? slopes[slopes.length - 1] : slopes[0];
    if (gain(far) >= 0) return null;
    const crossing =
      far > tangent ? lastOf((t) => gain(t) >= 0, tangent, far) : firstOf((t) => gain(t) >= 0, far, tangent);
    return this.#asGood(0, crossing);
  }

  offers(i: number): BoxCurve[] {
    const { totals } = this.economy;
    const hers = (t: number) =>
      this.#demand(Float64Array.of(Math.exp(t / 2), Math.exp(-t / 2))).subarray(2 * i, 2 * i + 2);
    const inside = (x: Float64Array) => x[0] <= totals[0] && x[1] <= totals[1];
    const [from, to] = this.#offerRange(i, hers, inside);
    const samples = Array.from({ length: SAMPLES }, (_, k) => from + ((to - from) * k) / (SAMPLES - 1));
    const within = samples.map((t) => inside(hers(t)));
    const pieces: BoxCurve[] = [];
    for (let k = 0; k < SAMPLES; k++) {
      if (!within[k] || within[k - 1]) continue;
      let end = k;
      while (within[end + 1]) end++;
      const start = k === 0 ? from : firstOf((t) => inside(hers(t)), samples[k - 1], samples[k]);
      const stop = end === SAMPLES - 1 ? to : lastOf((t) => inside(hers(t)), samples[end], samples[end + 1]);
      pieces.push(this.#trace((t) => this.#toBox(i, hers(t)), start, stop));
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

  /** Agent i's bundle as good as what she owns, at which good 1 is worth exp(slope) of good 2 to her. */
  #asGood(i: number, slope: number): Float64Array {
    return cheapestBundle(this.#preferences[i], [slope, 0], this.#owned[i]).map(Math.exp);
  }

  #toBox(i: number, hers: Float64Array): Float64Array {
    return i === 0 ? hers : hers.map((x, j) => this.economy.totals[j] - x);
  }

  /** Log prices beyond which agent i's demand is outside the box or moves no more. */
  #offerRange(i: number, hers: (t: number) => Float64Array, inside: (x: Float64Array) => boolean): [number, number] {
    const { totals } = this.economy;
    const { omega, logAlpha } = this.#preferences[i];
    const [value1, value2] = this.#owned[i].map((l, j) => logAlpha[j] + omega[j] * l);
    const [price1, price2] = this.#plan(0).shadowPrices;
    const centre = Number.isFinite(value1 - value2) ? value1 - value2 : Math.log(price1 / price2);
    const reach = (sign: number) => {
      // Both prices, exp(t / 2) and exp(-t / 2), must be doubles.
      const at = (by: number) => Math.max(-2 * DEEPEST, Math.min(2 * DEEPEST, centre + sign * by));
      let by = 1;
      let last = hers(at(by));
      while (by < Math.min(this.#steepest, DEEPEST)) {
        const next = hers(at(2 * by));
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
    const seen: Float64Array[] = [];
    const { totals } = this.economy;
    const see = (parameters: Float64Array) =>
      [...parameters].map((t) => {
        const x = point(t);
        seen.push(x);
        return x.map((v, j) => v / totals[j]);
      });
    const { order, parameters } = traceCurve(see, from, to, this.#bend, this.#most);
    return { parameter: parameters, points: Float64Array.from(order.flatMap((k) => [...seen[k]])) };
  }
}

function none(): BoxCurve {
  return { parameter: new Float64Array(), points: new Float64Array() };
}

/** The last number from low to high at which `holds`, which holds up to some point: bisected to neighbouring doubles. */
function lastOf(holds: (t: number) => boolean, low: number, high: number): number {
  if (holds(high)) return high;
  for (;;) {
    const middle = low + 0.5 * (high - low);
    if (!(middle > low && middle < high)) return low;
    if (holds(middle)) low = middle;
    else high = middle;
  }
}

/** The first number from low to high at which `holds`, which holds from some point on. */
function firstOf(holds: (t: number) => boolean, low: number, high: number): number {
  return -lastOf((t) => holds(-t), -high, -low);
}

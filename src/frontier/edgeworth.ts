// The curves of the Edgeworth box of two agents and two goods.
//
// In TypeScript: every point is the root of one equation in one unknown (see pair.ts), which takes
// less time than a call of the engine.

import type { Economy } from "../economy/economy.js";
import { marketGroups, requireMarket } from "../economy/groups.js";
import { type NumberMatrix, numbers } from "../options/numbers.js";
import { EconomyError, Findings, isRecord, OptionError } from "../violations.js";
import { isWorst, preferencesOf } from "../welfare/expenditure.js";
import { type ChordOptions, checkChordTolerance, traceCurve } from "./curve.js";
import { logWeightsAt, MAX_LOG_RATIO } from "./frontier.js";
import { Consumer, efficientSplit, partOf, root } from "./pair.js";

/** All that edgeworthBox can compute beside budget lines and curves through given points. */
export const BOX_PARTS: readonly BoxPart[] = ["contract", "core", "indifference", "secondCrossing", "offers"];

/** A part of a box that can be asked for by name. */
export type BoxPart = "contract" | "core" | "indifference" | "secondCrossing" | "offers";

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
   * What to compute; default everything. Curves that are not asked for have no points, and cost
   * nothing.
   */
  curves?: readonly BoxPart[];
  /**
   * Prices (2, above 0) of one or several equilibria, at which to draw budget lines, 100000 at
   * most; default none.
   */
  prices?: ArrayLike<number> | readonly ArrayLike<number>[];
  /**
   * Points of the box through which to draw both agents' indifference curves, 1000 at most; default
   * none. A point is agent 1's bundle (2 amounts, 0 to the totals), or anything with an
   * `allocation` (2 by 2, 0 or more), like an equilibrium or a plan.
   */
  through?: readonly (ArrayLike<number> | Allocated)[];
}

/** Anything with an allocation, like an equilibrium or a plan. */
export interface Allocated {
  /** 2 by 2, 0 or more: each agent's amounts. */
  readonly allocation: NumberMatrix;
}

/** What prices mean in a box. */
export interface BoxBudget {
  /** 2, above 0: as given. */
  prices: Float64Array;
  /** 4: the ends of the budget line in the box, x0, y0, x1, y1. */
  line: Float64Array;
  /** 4: the demand of agent 1 (2) and that of agent 2 (2). */
  demand: Float64Array;
}

/** Indifference curves through a point of a box. */
export interface BoxThrough {
  /** 2: agent 1's amounts. */
  point: Float64Array;
  /** Each agent's indifference curve through the point. */
  indifference: [BoxCurve, BoxCurve];
}

/**
 * A curve in the box, ready to be drawn as one path from its first point to its last. A curve may
 * have no points.
 */
export interface BoxCurve {
  /** count: the parameter of each point, ascending. */
  parameter: Float64Array;
  /**
   * 2 count: x0, y0, x1, y1, …, agent 1's amounts of good 1 and good 2, point by point, from 0 to
   * the totals. Agent 2 has the rest of the totals.
   */
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
   * the two points to the endowment. null if the endowment is efficient, if an edge of the box cuts
   * that region off, or if it was not asked for.
   */
  secondCrossing: Float64Array | null;
  /**
   * Each agent's offer curve, its demand by the log price of good 1 in units of good 2, where it
   * lies inside the box: a list of one piece, or of none.
   */
  offers: [BoxCurve[], BoxCurve[]];
  /** For each of the prices given: the budget line, and what both agents demand. */
  budgets: BoxBudget[];
  /** For each point of the option `through`: both agents' indifference curves through it. */
  through: BoxThrough[];
}

/** The maximum number of points on a curve, and of budget lines. */
const MAX_POINTS = 100_000;
/** The maximum number of points through which indifference curves are drawn. */
const MAX_THROUGH = 1000;
/** Curves that approach an edge stop at this distance, as a part of the box's side. */
const EDGE = 1e-6;
/** How often the interval is halved in which a curve comes to rest. */
const HALVINGS = 16;
/** How much more than the total an amount in `through` may be, as a part of it, by rounding. */
const ROUNDING = 1e-9;

/** Walras.edgeworthBox. */
export function edgeworthBox(economy: Economy, options: EdgeworthOptions = {}): EdgeworthBox {
  requireBox(economy);
  const { budgets, chordTolerance, points, curves, through } = checkOptions(economy, options);
  const box = new Box(economy, chordTolerance, points);
  const wants = (part: BoxPart) => curves.includes(part);
  const [low, high] = wants("core") || wants("secondCrossing") ? box.coreEnds() : [0, 0];
  return {
    totals: economy.totals.slice(),
    endowment: box.endowment.slice(),
    contract: wants("contract") ? box.contract(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) : emptyCurve(),
    core: wants("core") ? box.contract(low, high) : emptyCurve(),
    indifference: wants("indifference") ? box.indifference(box.endowments) : [emptyCurve(), emptyCurve()],
    secondCrossing: wants("secondCrossing") ? box.secondCrossing(low) : null,
    offers: wants("offers") ? [box.offers(0), box.offers(1)] : [[], []],
    budgets: budgets.map((prices) => box.budget(prices)),
    through: through.map((bundles) => ({
      point: bundles.slice(0, 2),
      indifference: box.indifference([bundles.subarray(0, 2).map(Math.log), bundles.subarray(2).map(Math.log)]),
    })),
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

/** Checks the options, and returns them with defaults: prices one by one, points as allocations. */
function checkOptions(economy: Economy, options: EdgeworthOptions) {
  const findings = new Findings();
  const keys = ["points", "chordTolerance", "bend", "prices", "curves", "through"] as const;
  const { points = 257, prices = [], curves = BOX_PARTS, through = [], ...rest } = findings.keys(options, [...keys]);
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
  const parts = checkList("curves", curves, BOX_PARTS.length, findings);
  for (const part of parts) {
    if (!BOX_PARTS.includes(part as BoxPart)) findings.add("curves", `must be some of ${BOX_PARTS.join(", ")}`, part);
  }
  const bundles = checkList("through", through, MAX_THROUGH, findings).map((point, k) =>
    allocationAt(economy, `through[${k}]`, point, findings),
  );
  findings.throwIfAny(OptionError);
  return {
    budgets: budgets as Float64Array[],
    chordTolerance,
    points,
    curves: parts as BoxPart[],
    through: bundles as Float64Array[],
  };
}

/** Returns the elements of a list, each read once; adds a violation if it is none or too long. */
function checkList(path: string, list: unknown, most: number, findings: Findings): unknown[] {
  if (Array.isArray(list) && list.length <= most) return Array.from(list);
  findings.add(path, `must be a list of ${most} at most`, list);
  return [];
}

/** Reads a point of `through`. Returns the allocation there, both agents' amounts. */
function allocationAt({ totals }: Economy, path: string, point: unknown, findings: Findings): Float64Array | undefined {
  if (isRecord(point)) return numbers(`${path}.allocation`, point.allocation, [2, 2], findings, 0);
  const bundle = numbers(path, point, [2], findings, 0);
  bundle?.forEach((x, j) => {
    if (x > totals[j] * (1 + ROUNDING)) findings.add(`${path}[${j}]`, `must be the total ${totals[j]} at most`, x);
    else bundle[j] = Math.min(x, totals[j]);
  });
  return bundle && Float64Array.of(...bundle, totals[0] - bundle[0], totals[1] - bundle[1]);
}

/** The box of one economy. A point of a curve is agent 1's part of both totals. */
class Box {
  readonly endowment: Float64Array;
  /** The logs of both agents' endowments. */
  readonly endowments: [Float64Array, Float64Array];
  readonly #agents: [Consumer, Consumer];
  readonly #logTotals: Float64Array;
  /** No log marginal rate of substitution in the box is larger, EDGE away from its edges. */
  readonly #maxLogSlope: number;

  constructor(
    readonly economy: Economy,
    readonly chordTolerance: number,
    readonly maxPoints: number,
  ) {
    const { alpha, omega, totals } = economy;
    const { endowments } = requireMarket(economy);
    this.endowment = endowments.slice(0, 2);
    this.endowments = [endowments.slice(0, 2).map(Math.log), endowments.slice(2).map(Math.log)];
    this.#agents = [new Consumer(preferencesOf(economy, 0)), new Consumer(preferencesOf(economy, 1))];
    this.#logTotals = totals.map(Math.log);
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
    const gains = this.#agents.map((agent, i) => {
      const gain = agent.gainOver(this.endowments[i]);
      return (theta: number) => gain(this.#bundleAt(i, theta));
    });
    const most = MAX_LOG_RATIO;
    const low = gains[0](-most) > 0 ? Number.NEGATIVE_INFINITY : root(gains[0], -most, most);
    const high = gains[1](most) > 0 ? Number.POSITIVE_INFINITY : root(gains[1], -most, most);
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
    const { parameter, points } = this.#trace((theta) => this.#split(theta).map(partOf), from, to);
    if (low > Number.NEGATIVE_INFINITY && high < Number.POSITIVE_INFINITY) return { parameter, points };
    const start = low === Number.NEGATIVE_INFINITY;
    const end = high === Number.POSITIVE_INFINITY;
    return {
      parameter: Float64Array.from([...(start ? [low] : []), ...parameter, ...(end ? [high] : [])]),
      points: Float64Array.from([...(start ? [0, 0] : []), ...points, ...(end ? this.economy.totals : [])]),
    };
  }

  /** Returns each agent's indifference curve through its bundle, which is given by logs. */
  indifference(bundles: readonly [Float64Array, Float64Array]): [BoxCurve, BoxCurve] {
    return bundles.map((bundle, i) => {
      const ends = this.#slopesAlong(i, bundle);
      if (!ends) return emptyCurve();
      const equallyGood = this.#agents[i].asGoodAs(bundle);
      return this.#trace((t) => this.#toBox(i, equallyGood(t)), ...ends);
    }) as [BoxCurve, BoxCurve];
  }

  /**
   * Returns the second crossing: follows agent 1's indifference curve past the point where it is
   * tangent to one of agent 2's, at theta `tangency`, until agent 2 is as well off as with its
   * endowment.
   */
  secondCrossing(tangency: number): Float64Array | null {
    const [agent1, agent2] = this.#agents;
    const [endowment1, endowment2] = this.endowments;
    const slopes = this.#slopesAlong(0, endowment1);
    if (!slopes || isWorst(agent2.preferences, endowment2)) return null;
    const atEndowment = agent1.logSlope(endowment1);
    const tangent = agent1.logSlope(this.#bundleAt(0, Math.max(tangency, -MAX_LOG_RATIO)));
    if (Math.abs(tangent - atEndowment) < 1e-7) return null;
    const equallyGood = agent1.asGoodAs(endowment1);
    const gainOf = agent2.gainOver(endowment2);
    const { totals } = this.economy;
    const gain = (t: number) => gainOf(equallyGood(t).map((l, j) => Math.log(Math.max(0, totals[j] - Math.exp(l)))));
    const far = tangent > atEndowment ? slopes[1] : slopes[0];
    // An edge cuts the region off, or the tangency lies at the edge itself.
    if (gain(far) >= 0 || !(gain(tangent) > 0)) return null;
    return equallyGood(root(gain, tangent, far)).map(Math.exp);
  }

  offers(i: number): BoxCurve[] {
    const demand = this.#agents[i].demandFrom(this.endowments[i]);
    return [this.#trace((t) => this.#toBox(i, demand(t / 2, -t / 2)), ...this.#offerEnds(i))];
  }

  budget(prices: Float64Array) {
    const [p1, p2] = prices;
    const [total1, total2] = this.economy.totals;
    const income = p1 * this.endowment[0] + p2 * this.endowment[1];
    const left = income > p2 * total2 ? [(income - p2 * total2) / p1, total2] : [0, income / p2];
    const right = income > p1 * total1 ? [total1, (income - p1 * total1) / p2] : [income / p1, 0];
    const demand = this.#agents.flatMap((agent, i) => [
      ...agent.demandFrom(this.endowments[i])(Math.log(p1), Math.log(p2)).map(Math.exp),
    ]);
    return { prices, line: Float64Array.of(...left, ...right), demand: Float64Array.from(demand) };
  }

  /** Returns the efficient division of each good, as the log of agent 1's part over agent 2's. */
  #split(theta: number): [number, number] {
    return [0, 1].map((j) => efficientSplit(this.#agents, j, theta, this.#logTotals[j])) as [number, number];
  }

  /** Returns the logs of agent i's amounts on the contract curve. */
  #bundleAt(i: number, theta: number): Float64Array {
    const sign = i === 0 ? 1 : -1;
    return Float64Array.from(this.#split(theta), (s, j) => this.#logTotals[j] + Math.log(partOf(sign * s)));
  }

  /** Returns the point of the box at which agent i has a bundle, which is given by logs. */
  #toBox(i: number, bundle: Float64Array): [number, number] {
    const first = Math.min(1, Math.exp(bundle[0] - this.#logTotals[0]));
    const second = Math.min(1, Math.exp(bundle[1] - this.#logTotals[1]));
    return i === 0 ? [first, second] : [1 - first, 1 - second];
  }

  /**
   * Returns agent i's log marginal rates of substitution at the ends of its indifference curve
   * through a bundle: where it has all of one good, or EDGE of the other. Undefined if no bundle is
   * as bad.
   */
  #slopesAlong(i: number, bundle: Float64Array): [number, number] | undefined {
    const agent = this.#agents[i];
    if (isWorst(agent.preferences, bundle) || bundle.every((l) => l === Number.NEGATIVE_INFINITY)) return undefined;
    const [from, to] = [0, 1].map((j) => {
      const k = 1 - j;
      const least = this.#logTotals[k] + Math.log(EDGE);
      const end = new Float64Array(2);
      end[j] = this.#logTotals[j];
      end[k] = agent.otherAmount(bundle, j, end[j]);
      if (!(end[k] >= least)) {
        end[k] = least;
        end[j] = agent.otherAmount(bundle, k, least);
      }
      return agent.logSlope(end);
    });
    return from < to ? [from, to] : undefined;
  }

  /**
   * Returns the log prices between which agent i's offer curve lies in the box, or beyond which it
   * no longer moves. The lower the price of a good of which the agent buys more than it owns, the
   * more it buys; so the curve leaves the box once on each side.
   */
  #offerEnds(i: number): [number, number] {
    const agent = this.#agents[i];
    const endowment = this.endowments[i];
    const demand = agent.demandFrom(endowment);
    const far = 2 * Math.min(this.#maxLogSlope, MAX_LOG_RATIO);
    // Both prices, exp(t / 2) and exp(-t / 2), must be doubles.
    const within = (t: number) => Math.max(-2 * MAX_LOG_RATIO, Math.min(2 * MAX_LOG_RATIO, t));
    // Where the agent keeps what it owns; without one of the goods, where all that it owns would buy
    // the total of that good.
    const none = endowment.indexOf(Number.NEGATIVE_INFINITY);
    const priceOfAll = endowment[1 - none] - this.#logTotals[none];
    const inside = within(none < 0 ? agent.logSlope(endowment) : none === 0 ? priceOfAll : -priceOfAll);
    const point = (t: number) => this.#toBox(i, demand(t / 2, -t / 2));
    return [0, 1].map((j) => {
      const excess = (t: number) => demand(t / 2, -t / 2)[j] - this.#logTotals[j];
      let last = inside;
      for (let by = 1; by < 2 * far; by *= 2) {
        const t = within(j === 0 ? inside - by : inside + by);
        if (excess(t) > 0) return root(excess, last, t);
        last = t;
      }
      // The curve stays in the box: leave out where it rests at its end.
      const [end1, end2] = point(last);
      let [near, rest] = [inside, last];
      for (let halving = 0; halving < HALVINGS; halving++) {
        const middle = 0.5 * (near + rest);
        const [x1, x2] = point(middle);
        if (Math.max(Math.abs(x1 - end1), Math.abs(x2 - end2)) < EDGE) rest = middle;
        else near = middle;
      }
      return rest;
    }) as [number, number];
  }

  /** Traces a curve of points, each given as agent 1's parts of the totals. */
  #trace(point: (t: number) => readonly number[], from: number, to: number): BoxCurve {
    const [total1, total2] = this.economy.totals;
    const parts: (readonly number[])[] = [];
    const evaluate = (parameters: Float64Array) => {
      const added = Array.from(parameters, point);
      parts.push(...added);
      return added;
    };
    const { order, parameters } = traceCurve(evaluate, from, to, this.chordTolerance, this.maxPoints);
    const points = new Float64Array(2 * order.length);
    order.forEach((k, c) => {
      points[2 * c] = parts[k][0] * total1;
      points[2 * c + 1] = parts[k][1] * total2;
    });
    return { parameter: parameters, points };
  }
}

function emptyCurve(): BoxCurve {
  return { parameter: new Float64Array(), points: new Float64Array() };
}

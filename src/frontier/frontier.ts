// The Pareto frontier: the planner's optima along a path of weights, or over a triangle of them.
//
// In TypeScript: it chooses weights and follows a curve, and the engine solves the plans.

import * as layout from "../../assembly/protocol.js";
import { joined, planMany } from "../bulk.js";
import { type Economy, MAX_CELLS } from "../economy/economy.js";
import type { Engine, EngineName } from "../engine/engine.js";
import { Pieces, type Work } from "../engine/work.js";
import { logSum } from "../market/equilibrium.js";
import { largestOf, positives } from "../options/numbers.js";
import { type CommonOptions, type ControlOptions, checkControl } from "../options/options.js";
import { plan } from "../planner/plan.js";
import { finish, judge, type Solution } from "../solution.js";
import { Findings, OptionError } from "../violations.js";
import { equivalentShare, logBundle, preferencesOf, utilityOf } from "../welfare/expenditure.js";
import { type ChordOptions, checkChordTolerance, curveThrough } from "./curve.js";

export interface FrontierOptions extends CommonOptions, ControlOptions, ChordOptions {
  /**
   * n weights above 0 at which the path starts; needs `to`. ln(weights) goes straight from one to
   * the other. By default the path of two agents runs from a division of everything of 1 to 99 per
   * cent to one of 99 to 1.
   */
  from?: ArrayLike<number>;
  /** n weights above 0 at which the path ends; needs `from`. */
  to?: ArrayLike<number>;
  /** The greatest number of points on a path, 2 to 100000; default 257. */
  points?: number;
  /**
   * How far a path may run from the chord between neighbouring points, measured in `equivalents`;
   * above 0, to 1; default 1e-3.
   */
  chordTolerance?: number;
  /**
   * For the grid of three agents: the parts into which a side of the triangle is divided, 3 to
   * 1000; default 16.
   */
  divisions?: number;
  /** The residual at which a plan counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
}

/**
 * Plans along Pareto weights. Arrays are flat, one point after the other. Points are sorted along
 * the path, or on the grid by the share of agent 1, then by that of agent 2.
 */
export interface Frontier extends Solution {
  /** The number of points. */
  count: number;
  /** count n: Pareto weights, which add up to 1 at each point. */
  weights: Float64Array;
  /** count n: utilities. */
  utilities: Float64Array;
  /**
   * count n: utilities on one scale from 0 to 1 for all agents. An agent's number is the part r of
   * all totals E that would make the agent as well off: u_i(r E) = u_i(x_i).
   */
  equivalents: Float64Array;
  /** count n m: allocations, agent-major at each point. */
  allocation: Float64Array;
  /** count m: what one more unit of each good would add to sum_i weights_i u_i. */
  shadowPrices: Float64Array;
  /** count: the worst residual of each plan. */
  residual: Float64Array;
  /**
   * The largest known distance of the path from a chord between neighbouring points, in
   * `equivalents`. Infinity if a segment was not tried between its ends; 0 for the grid.
   */
  chordDistance: number;
  /** @deprecated The old name of `chordDistance`. */
  bend: number;
  /** The largest residual of all plans, without a unit; 0 is exact. */
  residuals: {
    /** The largest of `residual`. */
    worst: number;
  };
}

const KEYS = [
  ...["from", "to", "points", "chordTolerance", "bend", "divisions", "tolerance"],
  ...["throwOnFailure", "onStep", "signal"],
];
/** Cells (agents times goods) of the plans of a piece, between two looks at the signal. */
const BATCH_CELLS = 2 ** 14;
/** The most agents, and the most goods, that planMany solves. */
const MAX_BULK = 1000;
/** The worse-off agent's share of everything at the ends of the default path. */
const MIN_SHARE = 0.01;
/**
 * Log weights differ by at most this much, so that the weights are doubles. Beyond it, a plan
 * cannot be told from one that gives an agent nothing.
 */
export const MAX_LOG_RATIO = 700;

/** Walras.frontier, as a call that can be shared out. */
export function* frontier(engine: Engine, economy: Economy, given: FrontierOptions = {}): Work<Frontier> {
  const { options, ends, chordTolerance } = checkFrontierOptions(economy, given);
  const { divisions = 16, points = 257, tolerance = 1e-10 } = options;
  const plans = new Plans(engine.name, economy, options, tolerance);
  if (ends === "grid") {
    const grid = triangle(divisions).map((shares) => logWeightsAt(economy, shares));
    yield* plans.solve(grid);
    return finish(options, plans.answer("grid", plans.inOrder(), 0, plans.count === grid.length));
  }
  const [from, to] = ends;
  const evaluate = (parameters: Float64Array) =>
    plans.solve([...parameters].map((s) => from.map((l, i) => (1 - s) * l + s * to[i])));
  if (economy.agents.length === 1) {
    yield* evaluate(new Float64Array(1));
    return finish(options, plans.answer("path", plans.inOrder(), 0, plans.count === 1));
  }
  const curve = curveThrough(0, 1, chordTolerance, points);
  let step = curve.next();
  while (!step.done) step = curve.next(yield* evaluate(step.value));
  const { order, chordDistance, complete } = step.value;
  return finish(options, plans.answer("path", order, chordDistance, complete));
}

/**
 * Checks the options. Returns a copy of them, the chord tolerance, and the log weights at the ends
 * of the path or "grid".
 */
function checkFrontierOptions(
  economy: Economy,
  given: FrontierOptions,
): { options: FrontierOptions; ends: [from: Float64Array, to: Float64Array] | "grid"; chordTolerance: number } {
  const n = economy.agents.length;
  const findings = new Findings();
  const options = findings.keys(given, KEYS);
  findings.number("points", options.points, 2, 100_000, true);
  const chordTolerance = checkChordTolerance(options, findings);
  findings.number("divisions", options.divisions, 3, 1000, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  checkControl(options, findings);
  const from = positives("from", options.from, n, findings);
  const to = positives("to", options.to, n, findings);
  if ((options.from === undefined) !== (options.to === undefined)) {
    const [missing, other] = options.from ? ["to", "from"] : ["from", "to"];
    findings.add(missing, `must be given, because ${other} is: a path of weights needs both ends`, undefined);
  }
  if (options.from === undefined && n > 3) {
    findings.add("from", `must be given, with to: ${n} agents have no default path of weights`, undefined);
  }
  const grid = n === 3 && options.from === undefined;
  const pathOnly = ["points", "chordTolerance", "bend"] as const;
  const unused = grid ? pathOnly : (["divisions"] as const);
  for (const key of unused) {
    const user = grid ? "a path between from and to" : "the grid of three agents, without from and to";
    if (options[key] !== undefined) findings.add(key, `is an option of ${user}`, options[key]);
  }
  findings.throwIfAny(OptionError);
  const { points = 257, divisions = 16 } = options;
  const count = grid ? ((divisions - 1) * (divisions - 2)) / 2 : points;
  if (count * n * economy.goods.length > MAX_CELLS) {
    const requirement = `must be smaller: points times agents times goods may be ${MAX_CELLS} at most`;
    findings.add(grid ? "divisions" : "points", requirement, grid ? divisions : points);
  }
  findings.throwIfAny(OptionError);
  if (grid) return { options, ends: "grid", chordTolerance };
  if (from && to) return { options, ends: [from.map(Math.log), to.map(Math.log)], chordTolerance };
  const ends = [MIN_SHARE, 1 - MIN_SHARE].map((share) => logWeightsAt(economy, n === 1 ? [1] : [share, 1 - share]));
  return { options, ends: ends as [Float64Array, Float64Array], chordTolerance };
}

/** All shares of three agents that are positive multiples of 1 / divisions. */
function triangle(divisions: number): number[][] {
  const shares: number[][] = [];
  for (let a = 1; a < divisions - 1; a++) {
    for (let b = 1; b < divisions - a; b++) shares.push([a, b, divisions - a - b].map((part) => part / divisions));
  }
  return shares;
}

/**
 * Log weights at which all agents value the division of everything in these shares alike at the
 * margin: lambda_i sum_j alpha_ij (s_i E_j)^omega_ij E_j is the same for all agents. If all agents
 * have the same tastes, and one omega for all goods, that division is the plan. For an omega of 0
 * or more, the value of all totals counts instead.
 */
export function logWeightsAt(economy: Economy, shares: readonly number[]): Float64Array {
  const { alpha, omega, totals } = economy;
  const m = totals.length;
  return Float64Array.from(shares, (share, i) => {
    const logs = totals.map((total, j) => {
      const w = omega[i * m + j];
      return Math.log(alpha[i * m + j]) + (1 + w) * Math.log(total) + (w < 0 ? w : -1) * Math.log(share);
    });
    return -logSum(logs);
  });
}

/** Returns weights that add up to 1, from their logs; exp(log) need not be a double. */
export function weightsOf(logWeights: Float64Array): Float64Array {
  const top = largestOf(logWeights);
  const weights = logWeights.map((l) => Math.exp(Math.max(l - top, -MAX_LOG_RATIO)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Solves plans at many weights and keeps them, in the order of the calls. */
class Plans {
  readonly weights: Float64Array[] = [];
  readonly allocations: Float64Array[] = [];
  readonly shadowPrices: Float64Array[] = [];
  readonly residuals: number[] = [];
  readonly equivalents: Float64Array[] = [];
  readonly utilities: Float64Array[] = [];
  #worst = 0;

  constructor(
    readonly engine: EngineName,
    readonly economy: Economy,
    readonly control: ControlOptions,
    readonly tolerance: number,
  ) {}

  get count(): number {
    return this.residuals.length;
  }

  /** Returns the equivalents at these log weights; fewer if the signal is aborted. */
  *solve(logWeights: Float64Array[]): Work<Float64Array[]> {
    const { economy, control } = this;
    const before = this.count;
    const size = Math.max(1, Math.floor(BATCH_CELLS / economy.alpha.length));
    let first = 0;
    const pieces = new Pieces<PlansAnswer>(() => {
      if (first >= logWeights.length) return undefined;
      const weights = logWeights.slice(first, first + size).map(weightsOf);
      first += size;
      const given: PlansGiven = { economy, weights: joined(weights), tolerance: this.tolerance };
      return { name: "plans", given };
    });
    while (!control.signal?.aborted) {
      const answer = yield* pieces.next();
      if (!answer) break;
      this.#take(answer);
      control.onStep?.({ iteration: this.count, method: "plans", residual: this.#worst });
    }
    return this.equivalents.slice(before);
  }

  #take({ weights, allocation, shadowPrices, residual, utilities, equivalents }: PlansAnswer): void {
    const n = this.economy.agents.length;
    const m = this.economy.goods.length;
    for (let k = 0; k < residual.length; k++) {
      const row = (values: Float64Array, length: number) => values.subarray(k * length, (k + 1) * length);
      this.weights.push(row(weights, n));
      this.allocations.push(row(allocation, n * m));
      this.shadowPrices.push(row(shadowPrices, m));
      this.residuals.push(residual[k]);
      this.utilities.push(row(utilities, n));
      this.equivalents.push(row(equivalents, n));
      this.#worst = Math.max(this.#worst, residual[k]);
    }
  }

  inOrder(): number[] {
    return Array.from({ length: this.count }, (_, k) => k);
  }

  /** Returns the plans with these numbers as a frontier. `complete`: no more points are needed. */
  answer(method: "path" | "grid", order: number[], chordDistance: number, complete: boolean): Frontier {
    const inThisOrder = (arrays: Float64Array[]) => joined(order.map((k) => arrays[k]));
    const residual = Float64Array.from(order, (k) => this.residuals[k]);
    const residuals = { worst: residual.reduce((a, b) => Math.max(a, b), 0) };
    const lost = this.utilities.some((utilities) => utilities.some(Number.isNaN));
    const verdict = judge(layout.CONVERGED, residuals, this.tolerance, lost);
    const cancelled = (this.control.signal?.aborted ?? false) && !complete;
    return {
      status: cancelled ? "cancelled" : verdict.status,
      converged: verdict.converged && !cancelled,
      message: cancelled
        ? "Cancelled; these are the points so far."
        : this.#message(verdict.message, chordDistance, complete),
      iterations: this.count,
      evaluations: this.count,
      method,
      engine: this.engine,
      residuals,
      count: order.length,
      weights: inThisOrder(this.weights),
      utilities: inThisOrder(this.utilities),
      equivalents: inThisOrder(this.equivalents),
      allocation: inThisOrder(this.allocations),
      shadowPrices: inThisOrder(this.shadowPrices),
      residual,
      chordDistance,
      bend: chordDistance,
    };
  }

  #message(verdict: string, chordDistance: number, complete: boolean): string {
    const { alpha, omega } = this.economy;
    const distance = Number.isFinite(chordDistance)
      ? `by up to ${chordDistance.toPrecision(2)}`
      : "by an unknown distance";
    return [
      verdict,
      ...(complete
        ? []
        : [
            `Between its points the path leaves the chords ${distance}: allow more points, or a larger chordTolerance.`,
          ]),
      ...(omega.some((w, c) => w >= 0 && alpha[c] > 0)
        ? ["Some omega is 0 or more, so weights reach only those points of the frontier that a straight line supports."]
        : []),
    ].join(" ");
  }
}

export interface PlansGiven {
  economy: Economy;
  /** count n */
  weights: Float64Array;
  tolerance: number;
}

/** Plans at some weights, flat, one after the other. */
export interface PlansAnswer {
  weights: Float64Array;
  allocation: Float64Array;
  shadowPrices: Float64Array;
  residual: ArrayLike<number>;
  utilities: Float64Array;
  equivalents: Float64Array;
}

/** The piece "plans": plans of one economy at weights. */
export function plansAt(engine: Engine, { economy, weights, tolerance }: PlansGiven): PlansAnswer {
  const { agents, goods, alpha, omega, totals } = economy;
  const [n, m] = [agents.length, goods.length];
  const count = weights.length / n;
  const solved =
    n <= MAX_BULK && m <= MAX_BULK
      ? planMany(engine, { agents: n, goods: m, count, alpha, omega, totals, weights, tolerance })
      : oneByOne(engine, economy, weights);
  const utilities = new Float64Array(count * n);
  const equivalents = new Float64Array(count * n);
  // One agent's preferences at a time: those of a million agents are too many objects to keep.
  for (let i = 0; i < n; i++) {
    const preferences = preferencesOf(economy, i);
    for (let k = 0; k < count; k++) {
      const bundle = logBundle(preferences, solved.allocation, (k * n + i) * m);
      utilities[k * n + i] = utilityOf(preferences, bundle);
      equivalents[k * n + i] = equivalentShare(preferences, totals, bundle);
    }
  }
  const { allocation, shadowPrices, residual } = solved;
  return { weights, allocation, shadowPrices, residual, utilities, equivalents };
}

function oneByOne(engine: Engine, economy: Economy, weights: Float64Array) {
  const n = economy.agents.length;
  const plans = Array.from({ length: weights.length / n }, (_, k) =>
    plan(engine, economy, { weights: weights.subarray(k * n, (k + 1) * n) }),
  );
  return {
    allocation: joined(plans.map((p) => p.allocation)),
    shadowPrices: joined(plans.map((p) => p.shadowPrices)),
    residual: plans.map(({ residuals }) => Math.max(residuals.feasibility, residuals.stationarity)),
  };
}

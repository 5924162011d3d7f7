// The Pareto frontier: the planner's optima along a curve of weights, or over a triangle of them.

import * as layout from "../../assembly/protocol.js";
import { planMany } from "../bulk.js";
import { type Economy, MOST_CELLS } from "../economy/economy.js";
import { type Engine, tellProgress } from "../engine/engine.js";
import { positives } from "../options/numbers.js";
import { type CommonOptions, type ControlOptions, checkControl } from "../options/options.js";
import { plan } from "../planner/plan.js";
import { finish, judge, type Solution } from "../solution.js";
import { Findings, OptionError } from "../violations.js";
import { equivalentShare, logBundle, preferencesOf, utilityOf } from "../welfare/expenditure.js";
import { traceCurve } from "./curve.js";

export interface FrontierOptions extends CommonOptions, ControlOptions {
  /** n weights above 0 to start from, with `to`: ln(weights) goes straight to these. Default for two agents: a division of 1 to 99 per cent. */
  from?: ArrayLike<number>;
  /** n weights above 0 to end at. */
  to?: ArrayLike<number>;
  /** Of a path: the most points, 2 to 100000; default 257. */
  points?: number;
  /** Of a path: how far, in `equivalents`, the curve may run from the chord between neighbouring points; above 0, default 1e-3. */
  bend?: number;
  /** Of the grid for three agents: into how many parts a side of the triangle is divided, 3 to 1000; default 16. */
  divisions?: number;
  /** The residual at which a plan counts as converged; default 1e-10. */
  tolerance?: number;
}

/** Plans along Pareto weights. Arrays are flat, point by point, sorted along the path or, on the grid, by agent 1's share, then agent 2's. */
export interface Frontier extends Solution {
  /** How many points. */
  count: number;
  /** count n: Pareto weights, adding up to 1 at each point. */
  weights: Float64Array;
  /** count n. */
  utilities: Float64Array;
  /**
   * count n: utilities on a scale from 0 to 1 that all agents and units share: the part r of all there is that would make agent i as well
   * off, u_i(r E) = u_i(x_i).
   */
  equivalents: Float64Array;
  /** count n m, each point agent-major. */
  allocation: Float64Array;
  /** count m: what one more unit of each good would add to sum_i weights_i u_i. */
  shadowPrices: Float64Array;
  /** count: the worst residual of each plan. */
  residual: Float64Array;
  /** How far, at most, a path was found to run from its chords: infinite where some had no point tried between their ends; 0 for the grid. */
  bend: number;
  /** The largest of `residual`. */
  residuals: { worst: number };
}

const KEYS = ["from", "to", "points", "bend", "divisions", "tolerance", "throwOnFailure", "onStep", "signal"];
/** Cells of the plans solved between two looks at the signal. */
const BATCH_CELLS = 2 ** 16;
/** planMany's greatest size. */
const MOST_BULK = 1000;
/** What the worse-off agent is left with at the ends of the default curve. */
const LEAST_SHARE = 0.01;
/** Weights further below the greatest one, in logs, are held there: a double still holds them. */
const DEEPEST = 700;

/** Walras.frontier. */
export function frontier(engine: Engine, economy: Economy, options: FrontierOptions = {}): Frontier {
  const ends = checkFrontierOptions(economy, options);
  const { divisions = 16, points = 257, bend = 1e-3, tolerance = 1e-10 } = options;
  const plans = new Plans(engine, economy, options, tolerance);
  if (ends === "grid") {
    const grid = triangle(divisions).map((shares) => logWeightsAt(economy, shares));
    plans.solve(grid);
    return finish(options, plans.answer("grid", plans.inOrder(), 0, plans.count === grid.length));
  }
  const [from, to] = ends;
  const see = (parameters: Float64Array) =>
    plans.solve([...parameters].map((s) => from.map((l, i) => (1 - s) * l + s * to[i])));
  if (economy.agents.length === 1) {
    see(new Float64Array(1));
    return finish(options, plans.answer("path", plans.inOrder(), 0, plans.count === 1));
  }
  const curve = traceCurve(see, 0, 1, bend, points);
  return finish(options, plans.answer("path", curve.order, curve.bend, curve.fine));
}

/** Checks the options and returns the log weights at the ends of the path, or "grid". */
function checkFrontierOptions(economy: Economy, options: FrontierOptions): [Float64Array, Float64Array] | "grid" {
  const n = economy.agents.length;
  const findings = new Findings();
  findings.keys(options, KEYS);
  findings.number("points", options.points, 2, 100_000, true);
  findings.number("bend", options.bend, Number.MIN_VALUE, 1);
  findings.number("divisions", options.divisions, 3, 1000, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  checkControl(options, findings);
  const from = positives("from", options.from, n, findings);
  const to = positives("to", options.to, n, findings);
  if ((options.from === undefined) !== (options.to === undefined)) {
    findings.add(options.from ? "to" : "from", "must be given beside the other end of the path", undefined);
  }
  if (options.from === undefined && n > 3) {
    findings.add("from", `must be given, and to: ${n} agents have no curve or triangle of weights`, undefined);
  }
  const grid = n === 3 && options.from === undefined;
  const [other, unused] = grid ? ["path", ["points", "bend"]] : ["grid for three agents", ["divisions"]];
  for (const key of unused as ("points" | "bend" | "divisions")[]) {
    if (options[key] !== undefined) findings.add(key, `goes with a ${other}`, options[key]);
  }
  findings.throwIfAny(OptionError);
  const { points = 257, divisions = 16 } = options;
  const count = grid ? ((divisions - 1) * (divisions - 2)) / 2 : points;
  if (count * n * economy.goods.length > MOST_CELLS) {
    const most = `must leave points agents goods at ${MOST_CELLS} at most`;
    findings.add(grid ? "divisions" : "points", most, grid ? divisions : points);
  }
  findings.throwIfAny(OptionError);
  if (grid) return "grid";
  if (from && to) return [from.map(Math.log), to.map(Math.log)];
  const ends = [LEAST_SHARE, 1 - LEAST_SHARE].map((share) => logWeightsAt(economy, n === 1 ? [1] : [share, 1 - share]));
  return ends as [Float64Array, Float64Array];
}

/** Shares of three agents, multiples of 1 / divisions above 0. */
function triangle(divisions: number): number[][] {
  const shares: number[][] = [];
  for (let a = 1; a < divisions - 1; a++) {
    for (let b = 1; b < divisions - a; b++) shares.push([a, b, divisions - a - b].map((part) => part / divisions));
  }
  return shares;
}

/**
 * Log weights at which all agents value the division of everything in these shares alike, at its own marginal utilities: lambda_i
 * sum_j alpha_ij (s_i E_j)^omega_ij E_j the same for all. Where tastes are the same, and omega for all goods, that division is the plan.
 * Where omega is not below 0, the value of all there is counts instead.
 */
export function logWeightsAt(economy: Economy, shares: readonly number[]): Float64Array {
  const { alpha, omega, totals } = economy;
  const m = totals.length;
  return Float64Array.from(shares, (share, i) => {
    const logs = Array.from({ length: m }, (_, j) => {
      const w = omega[i * m + j];
      return Math.log(alpha[i * m + j]) + (1 + w) * Math.log(totals[j]) + (w < 0 ? w : -1) * Math.log(share);
    });
    const top = Math.max(...logs);
    return -top - Math.log(logs.reduce((sum, l) => sum + Math.exp(l - top), 0));
  });
}

/** Weights adding up to 1 from their logs, which may be beyond a double. */
export function weightsOf(logWeights: Float64Array): Float64Array {
  const top = Math.max(...logWeights);
  const weights = logWeights.map((l) => Math.exp(Math.max(l - top, -DEEPEST)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Solves plans at many weights and keeps them, in the order in which they were asked for. */
class Plans {
  readonly weights: Float64Array[] = [];
  readonly allocations: Float64Array[] = [];
  readonly shadowPrices: Float64Array[] = [];
  readonly residuals: number[] = [];
  readonly equivalents: Float64Array[] = [];
  readonly utilities: Float64Array[] = [];
  #preferences: ReturnType<typeof preferencesOf>[];

  constructor(
    readonly engine: Engine,
    readonly economy: Economy,
    readonly control: ControlOptions,
    readonly tolerance: number,
  ) {
    this.#preferences = economy.agents.map((_, i) => preferencesOf(economy, i));
  }

  get count(): number {
    return this.residuals.length;
  }

  /** Equivalents at these log weights; of the first ones only, where the signal is aborted. */
  solve(logWeights: Float64Array[]): Float64Array[] {
    const { economy, control, engine } = this;
    const before = this.count;
    const size = Math.max(1, Math.floor(BATCH_CELLS / (economy.agents.length * economy.goods.length)));
    for (let first = 0; first < logWeights.length && !control.signal?.aborted; first += size) {
      this.#solveBatch(logWeights.slice(first, first + size).map(weightsOf));
      const residual = this.residuals.reduce((worst, r) => Math.max(worst, r), 0);
      if (control.onStep) {
        tellProgress(engine, control.onStep, { iteration: this.count, method: "plans", residual });
      }
    }
    return this.equivalents.slice(before);
  }

  inOrder(): number[] {
    return Array.from({ length: this.count }, (_, k) => k);
  }

  /** The plans of these numbers as a frontier; `fine`: no more are needed. */
  answer(method: "path" | "grid", order: number[], bend: number, fine: boolean): Frontier {
    const pick = (arrays: Float64Array[]) => joined(order.map((k) => arrays[k]));
    const residual = Float64Array.from(order, (k) => this.residuals[k]);
    const residuals = { worst: residual.reduce((a, b) => Math.max(a, b), 0) };
    const verdict = judge(layout.CONVERGED, residuals, this.tolerance);
    const cancelled = (this.control.signal?.aborted ?? false) && !fine;
    return {
      status: cancelled ? "cancelled" : verdict.status,
      converged: verdict.converged && !cancelled,
      message: cancelled ? "Cancelled; these are the points so far." : this.#message(verdict.message, bend, fine),
      iterations: this.count,
      evaluations: this.count,
      method,
      engine: this.engine.name,
      residuals,
      count: order.length,
      weights: pick(this.weights),
      utilities: pick(this.utilities),
      equivalents: pick(this.equivalents),
      allocation: pick(this.allocations),
      shadowPrices: pick(this.shadowPrices),
      residual,
      bend,
    };
  }

  #message(verdict: string, bend: number, fine: boolean): string {
    const { alpha, omega } = this.economy;
    const rough = Number.isFinite(bend) ? `by up to ${bend.toPrecision(2)}` : "nobody has looked how much";
    return [
      verdict,
      ...(fine ? [] : [`Between its points the path bends, ${rough}: allow more of them, or a larger bend.`]),
      ...(omega.some((w, c) => w >= 0 && alpha[c] > 0)
        ? ["Some omega is 0 or more: weights reach only points of the frontier that a straight line supports."]
        : []),
    ].join(" ");
  }

  #solveBatch(weights: Float64Array[]): void {
    const { agents, goods, totals } = this.economy;
    const [n, m] = [agents.length, goods.length];
    const solved = n <= MOST_BULK && m <= MOST_BULK ? this.#together(weights) : this.#oneByOne(weights);
    weights.forEach((w, k) => {
      const x = solved.allocation.subarray(k * n * m, (k + 1) * n * m);
      const bundles = this.#preferences.map((p, i) => logBundle(p, x, i * m));
      this.weights.push(w);
      this.allocations.push(x);
      this.shadowPrices.push(solved.shadowPrices.subarray(k * m, (k + 1) * m));
      this.residuals.push(solved.residual[k]);
      this.utilities.push(Float64Array.from(bundles, (b, i) => utilityOf(this.#preferences[i], b)));
      this.equivalents.push(Float64Array.from(bundles, (b, i) => equivalentShare(this.#preferences[i], totals, b)));
    });
  }

  #together(weights: Float64Array[]) {
    const { agents, goods, alpha, omega, totals } = this.economy;
    return planMany(this.engine, {
      agents: agents.length,
      goods: goods.length,
      count: weights.length,
      alpha,
      omega,
      totals,
      weights: joined(weights),
      tolerance: this.tolerance,
    });
  }

  #oneByOne(weights: Float64Array[]) {
    const plans = weights.map((w) => plan(this.engine, this.economy, { weights: w }));
    return {
      allocation: joined(plans.map((p) => p.allocation)),
      shadowPrices: joined(plans.map((p) => p.shadowPrices)),
      residual: plans.map(({ residuals }) => Math.max(residuals.feasibility, residuals.stationarity)),
    };
  }
}

function joined(parts: Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

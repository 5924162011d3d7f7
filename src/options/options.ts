// The options of the solvers, and their checks.

import type { Economy } from "../economy/economy.js";
import { Findings, OptionError } from "../violations.js";
import { ABOVE_0, type NumberMatrix, numbers, positives } from "./numbers.js";

/** The progress of a solver, as `onStep` receives it. */
export interface Progress {
  /** The number of iterations so far. It may stay the same: a long iteration tells several times. */
  iteration: number;
  /** The method that is running. */
  method: string;
  /** The residual that the method reduces. It can be compared within one method only. */
  residual: number;
}

/** How much of a call in parts is done. */
export interface PartsDone {
  /** The parts that are done: rows of a matrix, economies, or what a pool divides a call into. */
  done: number;
  /** All parts of the call. */
  total: number;
}

/** The options that every solver takes. */
export interface CommonOptions {
  /**
   * Throw a NotConvergedError instead of returning an answer that has not converged; default false.
   */
  throwOnFailure?: boolean;
}

/** Options that watch and end a long run. */
export interface ControlOptions {
  /** Called between steps. It may abort the signal, but must not call the same Walras object. */
  onStep?: (progress: Progress) => void;
  /**
   * Checked between steps. Once it is aborted, the solver returns the best answer so far, with the
   * status "cancelled".
   */
  signal?: AbortSignal;
}

/** The options of `plan`. */
export interface PlanOptions extends CommonOptions {
  /**
   * n Pareto weights above 0; default the economy's. Only their ratios matter for the allocation.
   */
  weights?: ArrayLike<number>;
  /** The residuals at which the answer counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
}

/** The options of `planWithAdam`. */
export interface AdamOptions extends PlanOptions, ControlOptions {
  /**
   * "shares" (default): a softmax divides each good, so that every step is feasible. The run stops
   * once stationarity is within the tolerance. "penalty": amounts are softplus functions of the
   * variables, and squared overuse is penalised, for a fixed number of steps. The notebook that
   * this project began as did so.
   */
  formulation?: "penalty" | "shares";
  /**
   * The precision of the variables, the moments and all arithmetic of a step; default "double". The
   * notebook used "single".
   */
  precision?: "double" | "single";
  /** The step size, above 0; default 0.05 for shares, 0.01 for penalty. */
  learningRate?: number;
  /** The decay rate of the first moment, 0 to below 1; default 0.9. */
  beta1?: number;
  /** The decay rate of the second moment, 0 to below 1; default 0.999. */
  beta2?: number;
  /** The number added to the root of the second moment, above 0; default 1e-8. */
  epsilon?: number;
  /** The maximum number of steps, 1 to 1e9; default 10000 for shares, 1000 for penalty. */
  maxSteps?: number;
  /**
   * The residuals at which the answer counts as converged, 0 to 1; default 1e-6, in single
   * precision 1e-4.
   */
  tolerance?: number;
  /** The cost of squared overuse in the penalty form, 0 or more; default 1000. */
  penalty?: number;
  /**
   * The seed of the start, whose variables are uniform on [0, 1); a whole number, 0 to 2^32 - 1;
   * default 0.
   */
  seed?: number;
  /** An allocation to start from instead of a random one: n m numbers above 0. */
  start?: NumberMatrix;
  /** Record every k-th step in the answer's `trace`, 1 to 1e9; default none. */
  trace?: number;
}

/**
 * What fixes the level of prices: the name or index of the good whose price is 1, or "simplex":
 * prices add up to 1.
 */
export type Numeraire = "simplex" | string | number;

/** The options of `equilibrium`. */
export interface EquilibriumOptions extends CommonOptions, ControlOptions {
  /** The demand of agents that maximise utility; default. For the share demand see ShareOptions. */
  demand?: "utility";
  /** What fixes the level of prices; default "simplex". */
  numeraire?: Numeraire;
  /**
   * Prices to start from: m numbers, 0 only for goods that nobody wants, or an earlier answer. By
   * default the planner's prices, at the weights at which all agents value an equal split alike.
   */
  start?:
    | ArrayLike<number>
    | {
        /** m prices, in any numeraire. */
        prices: ArrayLike<number>;
      };
  /**
   * The maximum number of iterations, 1 to 1e9; default 5000. An iteration is a Newton step, a few
   * bisections, or a step along the homotopy.
   */
  maxIterations?: number;
  /** The residuals at which the answer counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
}

/** The options of `equilibria`. */
export interface EquilibriaOptions extends ControlOptions {
  /** What fixes the level of prices; default "simplex". */
  numeraire?: Numeraire;
  /** The residuals at which an equilibrium counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
  /**
   * The maximum number of intervals or boxes that a proof examines, 1 to 1e9; default 100000. The
   * rest is reported as unresolved.
   */
  maxIntervals?: number;
  /** The maximum number of starts of a search without proof, 1 to 1e9; default 200000. */
  maxStarts?: number;
  /** The seed of the random starts of a search, a 32-bit integer; default 0. */
  seed?: number;
}

const PLAN_KEYS = ["weights", "tolerance", "throwOnFailure"];
const ADAM_KEYS = [
  ...PLAN_KEYS,
  "formulation",
  "precision",
  "learningRate",
  "beta1",
  "beta2",
  "epsilon",
  "maxSteps",
  "penalty",
  "seed",
  "start",
  "trace",
  "onStep",
  "signal",
];
const EQUILIBRIA_KEYS = ["numeraire", "tolerance", "maxIntervals", "maxStarts", "seed", "onStep", "signal"];
const EQUILIBRIUM_KEYS = [
  ...["demand", "numeraire", "start", "maxIterations", "tolerance", "throwOnFailure"],
  ...["onStep", "signal"],
];

const BELOW_1 = 1 - Number.EPSILON / 2;

/** Checks a plan's options. Returns a copy of them and the plan's Pareto weights. */
export function checkPlanOptions(
  economy: Economy,
  given: PlanOptions,
): { options: PlanOptions; weights: Float64Array } {
  const findings = new Findings();
  const options = findings.keys(given, PLAN_KEYS);
  findings.number("tolerance", options.tolerance, 0, 1);
  const weights = weightsOf(economy, options, findings);
  findings.throwIfAny(OptionError);
  return { options, weights };
}

/**
 * Checks Adam's options. Returns a copy of them, the Pareto weights, and the allocation to start
 * from if there is one.
 */
export function checkAdamOptions(
  economy: Economy,
  given: AdamOptions,
): { options: AdamOptions; weights: Float64Array; start: Float64Array | undefined } {
  const findings = new Findings();
  const options = findings.keys(given, ADAM_KEYS);
  findings.choice("formulation", options.formulation, ["penalty", "shares"]);
  findings.choice("precision", options.precision, ["double", "single"]);
  findings.number("learningRate", options.learningRate, ABOVE_0, Number.MAX_VALUE);
  findings.number("beta1", options.beta1, 0, BELOW_1);
  findings.number("beta2", options.beta2, 0, BELOW_1);
  findings.number("epsilon", options.epsilon, ABOVE_0, Number.MAX_VALUE);
  findings.number("maxSteps", options.maxSteps, 1, 1e9, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  findings.number("penalty", options.penalty, 0, Number.MAX_VALUE);
  findings.number("seed", options.seed, 0, 2 ** 32 - 1, true);
  findings.number("trace", options.trace, 1, 1e9, true);
  const { start } = options;
  const shape = [economy.agents.length, economy.goods.length];
  const checked = start === undefined ? undefined : numbers("start", start, shape, findings, ABOVE_0);
  checkControl(options, findings);
  const weights = weightsOf(economy, options, findings);
  findings.throwIfAny(OptionError);
  return { options, weights, start: checked };
}

/** Checks the options that watch and end a long run. */
export function checkControl({ onStep, signal }: { onStep?: unknown; signal?: AbortSignal }, findings: Findings): void {
  findings.callback("onStep", onStep);
  if (signal !== undefined && typeof signal?.aborted !== "boolean")
    findings.add("signal", "must be an AbortSignal", signal);
}

/**
 * Checks an equilibrium's options. Returns a copy of them, the prices to start from, if there are
 * any, and the index of the numeraire (-1: the simplex).
 */
export function checkEquilibriumOptions(
  economy: Economy,
  given: EquilibriumOptions,
): { options: EquilibriumOptions; start: Float64Array | undefined; good: number } {
  const findings = new Findings();
  const options = findings.keys(given, EQUILIBRIUM_KEYS);
  findings.choice("demand", options.demand, ["utility", "shares"]);
  findings.number("maxIterations", options.maxIterations, 1, 1e9, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  const { numeraire = "simplex", start } = options;
  const good = numeraire === "simplex" ? -1 : goodOf(economy, numeraire, findings, '"simplex"');
  const prices = typeof start === "object" && start !== null && "prices" in start ? start.prices : start;
  // In an earlier answer, goods that nobody wants have the price 0.
  const checked = prices === undefined ? undefined : numbers("start", prices, [economy.goods.length], findings, 0);
  checkControl(options, findings);
  findings.throwIfAny(OptionError);
  return { options, start: checked, good };
}

/** Checks the options that bound the work for a list of equilibria. */
export function checkEffort(
  { maxIntervals, maxStarts, seed }: Pick<EquilibriaOptions, "maxIntervals" | "maxStarts" | "seed">,
  findings: Findings,
): void {
  findings.number("maxIntervals", maxIntervals, 1, 1e9, true);
  findings.number("maxStarts", maxStarts, 1, 1e9, true);
  findings.number("seed", seed, -(2 ** 31), 2 ** 31 - 1, true);
}

/** A checked copy of the options of a list of equilibria. */
export interface CheckedEquilibriaOptions {
  options: EquilibriaOptions;
  /** The index of the numeraire; -1: the simplex. */
  good: number;
}

/** Checks the options of a list of equilibria, and copies them. */
export function checkEquilibriaOptions(economy: Economy, given: EquilibriaOptions): CheckedEquilibriaOptions {
  const findings = new Findings();
  const options = findings.keys(given, EQUILIBRIA_KEYS);
  findings.number("tolerance", options.tolerance, 0, 1);
  checkEffort(options, findings);
  const { numeraire = "simplex" } = options;
  const good = numeraire === "simplex" ? -1 : goodOf(economy, numeraire, findings, '"simplex"');
  checkControl(options, findings);
  findings.throwIfAny(OptionError);
  return { options, good };
}

/**
 * Returns the index of the good that a numeraire names. Without such a good, adds a violation and
 * returns -1.
 */
export function goodOf(economy: Economy, numeraire: string | number, findings: Findings, others: string): number {
  const m = economy.goods.length;
  const index = typeof numeraire === "number" ? numeraire : economy.goods.indexOf(numeraire);
  if (Number.isInteger(index) && index >= 0 && index < m) return index;
  const nearest = findings.nearest(numeraire, economy.goods);
  findings.add("numeraire", `must be ${others}, a good's name, or an index from 0 to ${m - 1}${nearest}`, numeraire);
  return -1;
}

function weightsOf(economy: Economy, options: PlanOptions, findings: Findings): Float64Array {
  return positives("weights", options.weights, economy.agents.length, findings) ?? economy.weights;
}

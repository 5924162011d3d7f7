// What the solvers may be asked for, and the checks of it.

import type { Economy } from "../economy/economy.js";
import { Findings, OptionError } from "../violations.js";
import { ABOVE_0, type NumberMatrix, numbers, positives } from "./numbers.js";

/** Where a solver stands, as `onStep` is told. */
export interface Progress {
  iteration: number;
  method: string;
  /** The residual that the method makes small; its size is comparable within one method only. */
  residual: number;
}

/** What every solver takes. */
export interface CommonOptions {
  /** Throw a NotConvergedError instead of returning an answer that has not converged. Default false. */
  throwOnFailure?: boolean;
}

/** How a long run is watched and ended. */
export interface ControlOptions {
  /** Called between steps. It may abort the signal, but not call the same Walras object. */
  onStep?: (progress: Progress) => void;
  /** Looked at between steps: once it is aborted, the best answer so far is returned with the status "cancelled". */
  signal?: AbortSignal;
}

export interface PlanOptions extends CommonOptions {
  /** n Pareto weights above 0; default the economy's. Only their ratios matter to the allocation. */
  weights?: ArrayLike<number>;
  /** The residuals at which the answer counts as converged; default 1e-10. */
  tolerance?: number;
}

export interface AdamOptions extends PlanOptions, ControlOptions {
  /**
   * "shares" (default): each good is divided by a softmax, feasible at every step, and the run stops once stationarity is within the
   * tolerance. "penalty": softplus variables and a penalty on squared overuse for a fixed number of steps, as in the notebook.
   */
  formulation?: "penalty" | "shares";
  /** What y, the moments and all that a step computes are held in; default "double". The notebook ran in single. */
  precision?: "double" | "single";
  /** Above 0; default 0.05 for shares, 0.01 for penalty. */
  learningRate?: number;
  /** Decay of the first moment, 0 to below 1; default 0.9. */
  beta1?: number;
  /** Decay of the second moment, 0 to below 1; default 0.999. */
  beta2?: number;
  /** Above 0; default 1e-8. */
  epsilon?: number;
  /** 1 to 1e9; default 10000 for shares, 1000 for penalty. */
  maxSteps?: number;
  /** Default 1e-6, in single precision 1e-4. */
  tolerance?: number;
  /** What squared overuse costs in the penalty form; 0 or more, default 1000. */
  penalty?: number;
  /** Seed of the start, y uniform on [0, 1): a whole number from 0 to 2^32 - 1, default 0. */
  seed?: number;
  /** n m, above 0, agent-major or as rows: an allocation to start from instead. */
  start?: NumberMatrix;
  /** Record every k-th step; default none. */
  trace?: number;
}

/** A good's name or index, whose price is 1; or "simplex": prices add up to 1. */
export type Numeraire = "simplex" | string | number;

export interface EquilibriumOptions extends CommonOptions, ControlOptions {
  demand?: "utility";
  /** Default "simplex". */
  numeraire?: Numeraire;
  /** Prices (m, above 0), or an earlier answer, to start from; default the planner's prices where all value an equal split alike. */
  start?: ArrayLike<number> | { prices: ArrayLike<number> };
  /** 1 to 1e9; default 5000. One is a Newton iteration, a few bisections, or a step along the homotopy. */
  maxIterations?: number;
  /** The residuals at which the answer counts as converged; default 1e-10. */
  tolerance?: number;
}

export interface EquilibriaOptions extends ControlOptions {
  /** Default "simplex". */
  numeraire?: Numeraire;
  /** The residuals at which each equilibrium counts as converged; default 1e-10. */
  tolerance?: number;
  /** The most intervals that an enumeration looks at, 1 to 1e9; default 100000. What is left then is reported as unresolved. */
  maxIntervals?: number;
  /** The most starts that a search makes, 1 to 1e9; default 200000. */
  maxStarts?: number;
  /** What a search draws its starts from, a 32-bit integer; default 0. */
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

/** Checks a plan's options and returns its weights. */
export function checkPlanOptions(economy: Economy, options: PlanOptions): Float64Array {
  const findings = new Findings();
  findings.keys(options, PLAN_KEYS);
  findings.number("tolerance", options.tolerance, 0, 1);
  const weights = weightsOf(economy, options, findings);
  findings.throwIfAny(OptionError);
  return weights;
}

/** Checks Adam's options and returns the weights and the allocation to start from, if any. */
export function checkAdamOptions(
  economy: Economy,
  options: AdamOptions,
): { weights: Float64Array; start: Float64Array | undefined } {
  const findings = new Findings();
  findings.keys(options, ADAM_KEYS);
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
  return { weights, start: checked };
}

/** Checks how a long run is to be watched and ended. */
export function checkControl({ onStep, signal }: { onStep?: unknown; signal?: AbortSignal }, findings: Findings): void {
  findings.callback("onStep", onStep);
  if (signal !== undefined && typeof signal?.aborted !== "boolean")
    findings.add("signal", "must be an AbortSignal", signal);
}

/** Checks an equilibrium's options; returns the prices to start from, if any, and the good that is the numeraire (-1: the simplex). */
export function checkEquilibriumOptions(
  economy: Economy,
  options: EquilibriumOptions,
): { start: Float64Array | undefined; good: number } {
  const findings = new Findings();
  findings.keys(options, EQUILIBRIUM_KEYS);
  findings.choice("demand", options.demand, ["utility", "shares"]);
  findings.number("maxIterations", options.maxIterations, 1, 1e9, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  const { numeraire = "simplex", start } = options;
  const good = numeraire === "simplex" ? -1 : goodOf(economy, numeraire, findings, '"simplex"');
  const prices = typeof start === "object" && start !== null && "prices" in start ? start.prices : start;
  // 0 is the price of a good that nobody wants, as in an earlier answer.
  const checked = prices === undefined ? undefined : numbers("start", prices, [economy.goods.length], findings, 0);
  checkControl(options, findings);
  findings.throwIfAny(OptionError);
  return { start: checked, good };
}

/** Checks the options of an enumeration; returns the good that is the numeraire (-1: the simplex). */
export function checkEquilibriaOptions(economy: Economy, options: EquilibriaOptions): number {
  const findings = new Findings();
  findings.keys(options, EQUILIBRIA_KEYS);
  findings.number("tolerance", options.tolerance, 0, 1);
  findings.number("maxIntervals", options.maxIntervals, 1, 1e9, true);
  findings.number("maxStarts", options.maxStarts, 1, 1e9, true);
  findings.number("seed", options.seed, -(2 ** 31), 2 ** 31 - 1, true);
  const { numeraire = "simplex" } = options;
  const good = numeraire === "simplex" ? -1 : goodOf(economy, numeraire, findings, '"simplex"');
  checkControl(options, findings);
  findings.throwIfAny(OptionError);
  return good;
}

/** The index of the good that a numeraire names. */
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

// load() and the object it returns: one method a solver. Each checks its options, lays the economy into the engine, calls once,
// and copies out an answer judged by the audit.

import * as layout from "../assembly/layout.js";
import { defineEconomy, type Economy, type EconomyData, parseEconomy } from "./economy.js";
import { type Engine, type EngineName, startEngine } from "./engine.js";
import { EconomyError, Findings, OptionError } from "./input.js";
import {
  type AdamPlan,
  type AdamTrace,
  judge,
  NotConvergedError,
  type ShareEquilibrium,
  type Solution,
  type VertexPlan,
} from "./solution.js";

export interface LoadOptions {
  /** "auto" (default): WebAssembly where it and SIMD are there and allowed, else JavaScript. */
  engine?: EngineName | "auto";
}

interface CommonOptions {
  /** Throw a NotConvergedError instead of returning an answer that has not converged. Default false. */
  throwOnFailure?: boolean;
}

export interface PlanOptions extends CommonOptions {
  /** n Pareto weights above 0; default the economy's. Only their ratios matter to the allocation. */
  weights?: ArrayLike<number>;
}

export interface AdamOptions extends PlanOptions {
  /** "penalty" (default): softplus variables and a penalty on squared overuse, as in the notebook. */
  formulation?: "penalty";
  /** Above 0; default 0.01. */
  learningRate?: number;
  /** Decay of the first moment, 0 to below 1; default 0.9. */
  beta1?: number;
  /** Decay of the second moment, 0 to below 1; default 0.999. */
  beta2?: number;
  /** Above 0; default 1e-8. */
  epsilon?: number;
  /** 1 to 1e9; default 1000. */
  maxSteps?: number;
  /** The residuals at which the answer counts as converged; default 1e-6. */
  tolerance?: number;
  /** What squared overuse costs; 0 or more, default 1000. */
  penalty?: number;
  /** Seed of the start, y uniform on [0, 1): a whole number from 0 to 2^32 - 1, default 0. */
  seed?: number;
  /** n m, above 0, agent-major: an allocation to start from instead. */
  start?: ArrayLike<number>;
  /** Record every k-th step; default none. */
  trace?: number;
}

/**
 * What fixes the level of prices. "simplex": they add up to 1. A good's name or index: its price is 1. A basket: basket.prices = value.
 * "none": nothing; Newton's steps are the shortest that solve the equations.
 */
export type Numeraire = "simplex" | "none" | string | number | { basket: ArrayLike<number>; value: number };

export interface ShareOptions extends CommonOptions {
  /** The notebook's demand system: spending shares alpha_ij p_j^-omega_ij of fixed incomes. */
  demand: "shares";
  /** Default "simplex". */
  numeraire?: Numeraire;
  /** m, above 0: the prices Newton starts from; default ones. Scaled to the numeraire. */
  start?: ArrayLike<number>;
  /** 0 or more; default 100. */
  maxIterations?: number;
  /** Default 1e-10. */
  tolerance?: number;
}

const ADAM_KEYS = [
  "weights",
  "formulation",
  "learningRate",
  "beta1",
  "beta2",
  "epsilon",
  "maxSteps",
  "tolerance",
  "penalty",
  "seed",
  "start",
  "trace",
  "throwOnFailure",
];
const SHARE_KEYS = ["demand", "numeraire", "start", "maxIterations", "tolerance", "throwOnFailure"];

/** The least number above 0, for options that must be above 0. */
const ABOVE_0 = Number.MIN_VALUE;
const BELOW_1 = 1 - Number.EPSILON / 2;

/**
 * Starts an engine.
 * @throws OptionError for an unknown engine; the engine's own error where "wasm" was asked for and cannot start
 */
export async function load(options: LoadOptions = {}): Promise<Walras> {
  const findings = new Findings();
  findings.keys(options, ["engine"]);
  findings.choice("engine", options.engine, ["auto", "wasm", "js"]);
  findings.throwIfAny(OptionError);
  return new Walras(await startEngine(options.engine ?? "auto"));
}

/** The solvers, on one engine. Calls are synchronous; answers hold copies. Made by `load`. */
export class Walras {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Which engine `load` took. */
  get engine(): EngineName {
    return this.#engine.name;
  }

  /** The size of the engine's memory, in bytes. */
  get memory(): number {
    return this.#engine.memory();
  }

  /**
   * Checks an economy, given as JSON text or as an object.
   * @throws EconomyError, with all that is wrong
   */
  economy(data: EconomyData | string): Economy {
    return typeof data === "string" ? parseEconomy(data) : defineEconomy(data);
  }

  /**
   * The planner's optimum where every omega is 0 or more: utilities are convex, so each good goes whole to the agent whose weighted
   * utility of all of it is greatest; `ties` counts the agents who could have it as well.
   * @throws EconomyError where an omega is below 0
   */
  plan(economy: Economy, options: PlanOptions = {}): VertexPlan {
    const findings = new Findings();
    findings.keys(options, ["weights", "throwOnFailure"]);
    const weights = weightsOf(economy, options, findings);
    findings.throwIfAny(OptionError);
    const concave = economy.omega.findIndex((w) => w < 0);
    if (concave >= 0) {
      const m = economy.goods.length;
      const path = `omega[${Math.floor(concave / m)}][${concave % m}]`;
      throw new EconomyError([
        { path, requirement: "must be 0 or more for the exact plan", value: economy.omega[concave] },
      ]);
    }

    const { kernels, lay, read } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    const at = lay({
      ...planner(economy, weights),
      x: n * m,
      prices: m,
      utilities: n,
      audit: layout.PLAN_AUDIT_SIZE,
      ties: m,
    });
    kernels.planVertex(n, m, at.alpha, at.omega, at.weights, at.totals, at.x, at.prices, at.ties);
    const answer = this.#auditPlan(economy, weights, at);
    return finish(options, {
      ...judge(layout.CONVERGED, answer.residuals, 1e-10),
      iterations: 0,
      evaluations: 1,
      method: "vertex",
      engine: this.engine,
      ...answer,
      ties: Int32Array.from(read(at.ties, m)),
    });
  }

  /**
   * The planner's problem by Adam (Kingma & Ba 2015), from a seeded random start or a given allocation: x = softplus(y), and
   * welfare less `penalty` times the squared overuse of each good is climbed for `maxSteps` steps.
   * @throws OptionError
   */
  planWithAdam(economy: Economy, options: AdamOptions = {}): AdamPlan {
    const n = economy.agents.length;
    const m = economy.goods.length;
    const weights = checkAdam(economy, options);
    const { learningRate = 0.01, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, maxSteps = 1000 } = options;
    const { tolerance = 1e-6, penalty = 1000, seed = 0, start, trace: every = 0 } = options;

    const { kernels, lay, value } = this.#engine;
    const at = lay({
      ...planner(economy, weights),
      y: start ? Float64Array.from(start, inverseSoftplus) : n * m,
      first: n * m,
      second: n * m,
      decays: [1, 1],
      x: n * m,
      prices: m,
      utilities: n,
      audit: layout.PLAN_AUDIT_SIZE,
      work: layout.adamWork(n, m),
    });
    if (!start) kernels.fillUniform(at.y, n * m, seed | 0);

    const problem = [n, m, at.alpha, at.omega, at.weights, at.totals] as const;
    const see = () => {
      const overuse = kernels.adamPoint(...problem, at.y, at.x, at.prices, at.work);
      kernels.auditPlan(...problem, at.x, at.prices, at.utilities, at.audit);
      const welfare = value(at.audit + layout.WELFARE);
      return {
        welfare,
        objective: welfare - penalty * overuse,
        stationarity: value(at.audit + layout.STATIONARITY),
        feasibility: value(at.audit + layout.FEASIBILITY),
      };
    };

    const trace: AdamTrace[] = [];
    let done = 0;
    let status: number = layout.MAX_ITERATIONS;
    while (done < maxSteps && status !== layout.DIVERGED) {
      if ((done + 1) % every === 0) trace.push({ step: done, ...see() });
      // Run to the next step to be recorded, or to the end.
      const next = every > 0 ? done + every - ((done + 1) % every) : maxSteps;
      const count = Math.min(next, maxSteps) - done;
      const rates = [learningRate, beta1, beta2, epsilon] as const;
      status = kernels.adamSteps(...problem, penalty, at.y, at.first, at.second, at.decays, count, ...rates, at.work);
      done += count;
    }

    const { objective } = see();
    const answer = this.#auditPlan(economy, weights, at);
    return finish(options, {
      ...judge(status, answer.residuals, tolerance),
      iterations: done,
      evaluations: done,
      method: "adam-penalty",
      engine: this.engine,
      ...answer,
      objective,
      trace,
    });
  }

  /**
   * Prices at which the notebook's share demand clears every market, by Newton's method. Its roots form a curve unless every agent's
   * omega is the same for all goods; the numeraire picks one point of it.
   * @throws EconomyError where incomes are missing or do not add up to the totals; OptionError
   */
  equilibrium(economy: Economy, options: ShareOptions): ShareEquilibrium {
    const n = economy.agents.length;
    const m = economy.goods.length;
    const findings = new Findings();
    findings.keys(options, SHARE_KEYS);
    if (options.demand !== "shares") findings.add("demand", 'must be "shares"', options.demand);
    findings.number("maxIterations", options.maxIterations, 0, 1e9, true);
    findings.number("tolerance", options.tolerance, 0, 1);
    const start = positives("start", options.start, m, findings) ?? new Float64Array(m).fill(1);
    const { numeraire = "simplex" } = options;
    const basket = basketOf(economy, numeraire, findings);
    findings.throwIfAny(OptionError);
    const incomes = incomesOf(economy);

    const { kernels, lay, read, value } = this.#engine;
    const at = lay({
      alpha: economy.alpha,
      omega: economy.omega,
      incomes,
      totals: economy.totals,
      basket: basket?.coefficients ?? 0,
      prices: start,
      x: n * m,
      header: layout.HEADER_SIZE,
      work: layout.shareWork(m),
    });
    const { maxIterations = 100, tolerance = 1e-10 } = options;
    const code = kernels.shareEquilibrium(
      n,
      m,
      at.alpha,
      at.omega,
      at.incomes,
      at.totals,
      basket ? at.basket : -1,
      basket?.value ?? 0,
      maxIterations,
      tolerance,
      at.prices,
      at.x,
      at.header,
      at.work,
    );
    kernels.shareDemand(n, m, at.alpha, at.omega, at.incomes, at.prices, at.x, at.work);
    const residuals = { marketClearing: kernels.clearing(n, m, at.totals, at.x) };
    return finish(options, {
      ...judge(code, residuals, tolerance),
      iterations: value(at.header + layout.ITERATIONS),
      evaluations: value(at.header + layout.EVALUATIONS),
      method: basket ? "newton" : "newton-minimum-norm",
      engine: this.engine,
      residuals,
      prices: read(at.prices, m),
      numeraire: basket?.name ?? "none",
      allocation: read(at.x, n * m),
      incomes,
      rank: value(at.header + layout.RANK),
    });
  }

  /** Runs the audit over the allocation and prices that lie in the arena, and copies all of a plan out. */
  #auditPlan(economy: Economy, weights: Float64Array, at: Record<PlanBlock, number>) {
    const { kernels, read, value } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    kernels.auditPlan(n, m, at.alpha, at.omega, at.weights, at.totals, at.x, at.prices, at.utilities, at.audit);
    return {
      residuals: {
        feasibility: value(at.audit + layout.FEASIBILITY),
        stationarity: value(at.audit + layout.STATIONARITY),
      },
      allocation: read(at.x, n * m),
      shadowPrices: read(at.prices, m),
      weights: weights.slice(),
      utilities: read(at.utilities, n),
      welfare: value(at.audit + layout.WELFARE),
    };
  }
}

type PlanBlock = "alpha" | "omega" | "weights" | "totals" | "x" | "prices" | "utilities" | "audit";

function planner({ alpha, omega, totals }: Economy, weights: Float64Array) {
  return { alpha, omega, weights, totals };
}

function finish<S extends Solution>(options: CommonOptions, solution: S): S {
  if (options.throwOnFailure && !solution.converged) throw new NotConvergedError(solution);
  return solution;
}

/** Checks Adam's options and returns the weights. */
function checkAdam(economy: Economy, options: AdamOptions): Float64Array {
  const findings = new Findings();
  findings.keys(options, ADAM_KEYS);
  findings.choice("formulation", options.formulation, ["penalty"]);
  findings.number("learningRate", options.learningRate, ABOVE_0, Number.MAX_VALUE);
  findings.number("beta1", options.beta1, 0, BELOW_1);
  findings.number("beta2", options.beta2, 0, BELOW_1);
  findings.number("epsilon", options.epsilon, ABOVE_0, Number.MAX_VALUE);
  findings.number("maxSteps", options.maxSteps, 1, 1e9, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  findings.number("penalty", options.penalty, 0, Number.MAX_VALUE);
  findings.number("seed", options.seed, 0, 2 ** 32 - 1, true);
  findings.number("trace", options.trace, 1, 1e9, true);
  positives("start", options.start, economy.alpha.length, findings);
  const weights = weightsOf(economy, options, findings);
  findings.throwIfAny(OptionError);
  return weights;
}

function weightsOf(economy: Economy, options: PlanOptions, findings: Findings): Float64Array {
  return positives("weights", options.weights, economy.agents.length, findings) ?? economy.weights;
}

/** `values`, where given, must be `length` finite numbers above 0. */
function positives(
  path: string,
  values: ArrayLike<number> | undefined,
  length: number,
  findings: Findings,
): Float64Array | undefined {
  if (values === undefined) return undefined;
  if (typeof values !== "object" || values === null || values.length !== length) {
    findings.add(path, `must be a list of ${length} numbers`, values);
    return undefined;
  }
  return Float64Array.from(values, (value, k) => {
    findings.number(`${path}[${k}]`, value, ABOVE_0, Number.MAX_VALUE);
    return value;
  });
}

/** The linear form that the numeraire fixes, and its name; none where nothing is fixed. */
function basketOf(
  economy: Economy,
  numeraire: Numeraire,
  findings: Findings,
): { coefficients: Float64Array; value: number; name: string } | undefined {
  const m = economy.goods.length;
  const coefficients = new Float64Array(m);
  if (numeraire === "none") return undefined;
  if (numeraire === "simplex") return { coefficients: coefficients.fill(1), value: 1, name: "simplex" };
  if (typeof numeraire === "object" && numeraire !== null) {
    findings.keys(numeraire, ["basket", "value"], "numeraire");
    findings.number("numeraire.value", numeraire.value ?? Number.NaN, ABOVE_0, Number.MAX_VALUE);
    const { basket } = numeraire;
    if (basket?.length !== m) findings.add("numeraire.basket", `must be a list of ${m} numbers`, basket);
    else for (let j = 0; j < m; j++) findings.number(`numeraire.basket[${j}]`, basket[j], 0, Number.MAX_VALUE);
    if (basket?.length === m) coefficients.set(basket);
    if (coefficients.every((c) => c === 0)) findings.add("numeraire.basket", "must have a number above 0", basket);
    return { coefficients, value: numeraire.value, name: "basket" };
  }
  const index = typeof numeraire === "number" ? numeraire : economy.goods.indexOf(numeraire);
  if (!Number.isInteger(index) || index < 0 || index >= m) {
    findings.add(
      "numeraire",
      `must be "simplex", "none", a basket, a good's name, or an index from 0 to ${m - 1}`,
      numeraire,
    );
    return undefined;
  }
  coefficients[index] = 1;
  return { coefficients, value: 1, name: economy.goods[index] };
}

/** The incomes of the share demand. What is spent must equal what there is, or no prices clear the markets. */
function incomesOf(economy: Economy): Float64Array {
  const { incomes, totals } = economy;
  if (!incomes)
    throw new EconomyError([{ path: "incomes", requirement: "must be given for the share demand", value: undefined }]);
  const spent = incomes.reduce((a, b) => a + b, 0);
  const there = totals.reduce((a, b) => a + b, 0);
  if (Math.abs(spent - there) > 1e-12 * there) {
    throw new EconomyError([
      {
        path: "incomes",
        requirement: `must add up to ${there}, the sum of the totals, or no prices clear the markets`,
        value: spent,
      },
    ]);
  }
  const wanted = economy.goods.findIndex((_, j) =>
    economy.agents.every((_, i) => economy.alpha[i * totals.length + j] === 0),
  );
  if (wanted >= 0) {
    throw new EconomyError([
      { path: `alpha[*][${wanted}]`, requirement: "must have an entry above 0 for the share demand", value: 0 },
    ]);
  }
  return incomes.slice();
}

/** y with softplus(y) = x. */
function inverseSoftplus(x: number): number {
  return x > 30 ? x : Math.log(Math.expm1(x));
}

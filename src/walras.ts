// load() and the object it returns: one method a solver. Each checks its options, lays the economy into the engine, lets it solve, and
// copies out an answer judged by the audit.

import * as layout from "../assembly/layout.js";
import {
  type EquilibriumManyAnswer,
  type EquilibriumManyOptions,
  equilibriumMany,
  type PlanManyAnswer,
  type PlanManyOptions,
  planMany,
} from "./bulk.js";
import { defineEconomy, type Economy, type EconomyData, isEconomy, parseEconomy } from "./economy.js";
import { type Engine, type EngineName, MOST_DOUBLES, startEngine } from "./engine.js";
import { marketGroups, subEconomy } from "./groups.js";
import { EconomyError, Findings, OptionError } from "./input.js";
import {
  type AdamOptions,
  type CommonOptions,
  type ControlOptions,
  checkAdamOptions,
  checkEquilibriumOptions,
  checkPlanOptions,
  checkShareOptions,
  type EquilibriumOptions,
  type PlanOptions,
  type Progress,
  readNumbers,
  type ShareOptions,
  shareIncomes,
} from "./options.js";
import {
  type AdamPlan,
  type AdamTrace,
  type Equilibrium,
  type ExactPlan,
  judge,
  METHODS,
  NotConvergedError,
  type Plan,
  type ShareEquilibrium,
  type Solution,
  type Verdict,
} from "./solution.js";

export interface LoadOptions {
  /** "auto" (default): WebAssembly where it and SIMD are there and allowed, else JavaScript. */
  engine?: EngineName | "auto";
}

/** Anybody's solution: an equilibrium has prices, a plan shadow prices and an allocation. Matrices as rows or flat. */
export interface Candidate {
  /** m, 0 or more. */
  prices?: ArrayLike<number>;
  /** n m; where left out beside prices, what agents demand at them. */
  allocation?: ArrayLike<number> | readonly ArrayLike<number>[];
  /** m, 0 or more. */
  shadowPrices?: ArrayLike<number>;
  /** n Pareto weights of the plan; default the economy's. */
  weights?: ArrayLike<number>;
}

/** What a candidate may have: what is judged, and what this package's own solutions carry besides. */
const CANDIDATE_KEYS = [
  ...["prices", "allocation", "shadowPrices", "weights"],
  ...[
    "name",
    "agents",
    "goods",
    "status",
    "converged",
    "message",
    "iterations",
    "evaluations",
    "method",
    "engine",
    "residuals",
  ],
  ...["numeraire", "incomes", "utilities", "netTrades", "groups", "index", "unique", "stable"],
  ...["welfare", "gap", "ties", "objective", "trace"],
];
/** Steps of Adam between two looks at stationarity, which the shares form stops on, and at the signal. */
const ADAM_CHUNK = 50;
/** Goods up to which an equilibrium's stability is worked out: the work grows with their cube. */
const MOST_GOODS_FOR_STABILITY = 64;
const FOREVER = 2 ** 31 - 1;

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
  #solving = false;

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
  economy(data: EconomyData | Economy | string): Economy {
    return typeof data === "string" ? parseEconomy(data) : defineEconomy(data);
  }

  /**
   * The planner's optimum, exactly, for any omega. Good by good: concave agents by the root of the resource constraint in the log shadow
   * price; convex ones by giving the good to whoever values all of it most; where both want it, by branch and bound over what the one
   * convex agent holds. A good that nobody wants is split evenly.
   * @throws OptionError
   */
  plan(economy: Economy, options: PlanOptions = {}): ExactPlan {
    requireEconomy(economy);
    const weights = checkPlanOptions(economy, options);
    const { kernels, value } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    const at = this.#lay({
      alpha: economy.alpha,
      omega: economy.omega,
      weights,
      totals: economy.totals,
      x: n * m,
      prices: m,
      utilities: n,
      audit: layout.AUDIT_SIZE,
      auditWork: kernels.auditWork(n, m),
      ties: m,
      header: layout.HEADER_SIZE,
      work: kernels.planWork(n, m),
    });
    const problem = [n, m, at.alpha, at.omega, at.weights, at.totals] as const;
    kernels.plan(...problem, at.x, at.prices, at.ties, at.header, at.work);
    const answer = this.#auditPlan(economy, at);
    const { status, converged, message } = judge(layout.CONVERGED, answer.residuals, options.tolerance ?? 1e-10);
    const ties = new Int32Array(m);
    for (let j = 0; j < m; j++) ties[j] = value(at.ties + j);
    // Spelt out: spreading takes longer than a small plan.
    return finish(options, {
      status,
      converged,
      message,
      iterations: 0,
      evaluations: 1,
      residuals: answer.residuals,
      method: "exact",
      engine: this.engine,
      allocation: answer.allocation,
      shadowPrices: answer.shadowPrices,
      weights: answer.weights,
      utilities: answer.utilities,
      welfare: answer.welfare,
      gap: value(at.header + layout.GAP),
      ties,
    });
  }

  /**
   * The planner's problem by Adam (Kingma & Ba 2015), from a seeded random start or a given allocation. In the shares form it climbs
   * welfare over divisions of each good, in the penalty form welfare less `penalty` times the squared overuse of each good.
   * @throws OptionError
   */
  planWithAdam(economy: Economy, options: AdamOptions = {}): AdamPlan {
    requireEconomy(economy);
    const n = economy.agents.length;
    const m = economy.goods.length;
    const { weights, start } = checkAdamOptions(economy, options);
    const { formulation = "shares", precision = "double", beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
    const { seed = 0, trace: every = 0, onStep, signal } = options;
    const shares = formulation === "shares";
    const single = precision === "single" ? 1 : 0;
    const { learningRate = shares ? 0.05 : 0.01, maxSteps = shares ? 10_000 : 1000, penalty = 1000 } = options;
    const { tolerance = single ? 1e-4 : 1e-6 } = options;
    // A penalty of -1 asks the kernel for the shares form.
    const form = shares ? -1 : penalty;

    const { kernels, value } = this.#engine;
    const at = this.#lay({
      alpha: economy.alpha,
      omega: economy.omega,
      weights,
      totals: economy.totals,
      y: start ? Float64Array.from(start, shares ? Math.log : inverseSoftplus) : n * m,
      x: n * m,
      prices: m,
      utilities: n,
      audit: layout.AUDIT_SIZE,
      auditWork: kernels.auditWork(n, m),
      state: kernels.adamSize(n, m, single),
    });
    if (!start) kernels.fillUniform(at.y, n * m, seed | 0);
    const problem = [n, m, at.alpha, at.omega, at.weights, at.totals] as const;
    kernels.adamStart(...problem, at.y, single, at.state);
    const run = [n, m, single, at.state, form] as const;
    const see = () => {
      const overuse = kernels.adamPoint(...run, at.x, at.prices);
      kernels.auditPlan(...problem, at.x, at.prices, at.utilities, at.audit, at.auditWork);
      const welfare = value(at.audit + layout.WELFARE);
      return {
        welfare,
        objective: shares ? welfare : welfare - penalty * overuse,
        stationarity: value(at.audit + layout.STATIONARITY),
        feasibility: value(at.audit + layout.FEASIBILITY),
      };
    };

    const trace: AdamTrace[] = [];
    const chunk = onStep || signal || shares ? ADAM_CHUNK : FOREVER;
    let done = 0;
    let status: number = layout.MAX_ITERATIONS;
    while (done < maxSteps && status === layout.MAX_ITERATIONS) {
      if ((done + 1) % every === 0) trace.push({ step: done, ...see() });
      // Run to the next step to be recorded, to the next look at stationarity or the signal, or to the end.
      const next = every > 0 ? done + every - ((done + 1) % every) : maxSteps;
      const count = Math.min(next, maxSteps, done + chunk) - done;
      status = kernels.adamSteps(...run, count, learningRate, beta1, beta2, epsilon, tolerance);
      done += count;
      if (onStep) this.#tell(onStep, { iteration: done, method: `adam-${formulation}`, residual: see().stationarity });
      if (signal?.aborted) status = layout.RUNNING;
    }

    const { objective } = see();
    const answer = this.#withOptimality(economy, this.#auditPlan(economy, at));
    const verdict = judge(status, answer.residuals, tolerance);
    if (!shares && verdict.status === "maxIterations") {
      verdict.message =
        "The penalty form made the steps asked for; it overuses each good by about its price over twice the penalty, so its residuals stay above that.";
    }
    return finish(options, {
      ...verdict,
      iterations: done,
      evaluations: done,
      method: `adam-${formulation}`,
      engine: this.engine,
      ...answer,
      objective,
      trace,
    });
  }

  /**
   * A competitive equilibrium: prices at which what agents demand, given the value of their endowments, is what there is. Newton's method
   * on the log flow of trade in log prices; where that fails, bisection with two agents or two goods, else a homotopy from a planner's
   * allocation. Groups between which nothing can be traded are solved one by one.
   *
   * With `demand: "shares"`, prices for the notebook's share demand instead (its roots form a curve unless every agent's omega is the
   * same for all goods; the numeraire picks one point of it).
   * @throws EconomyError where no equilibrium can exist, with the reason: an omega of 0 or more, an agent who owns nothing of value, agents
   *   who want nothing that others own; for shares, incomes that are missing or do not add up to the totals. OptionError
   */
  equilibrium(economy: Economy, options: ShareOptions): ShareEquilibrium;
  equilibrium(economy: Economy, options?: EquilibriumOptions): Equilibrium;
  equilibrium(economy: Economy, options: EquilibriumOptions | ShareOptions): Equilibrium | ShareEquilibrium;
  equilibrium(economy: Economy, options: EquilibriumOptions | ShareOptions = {}): Equilibrium | ShareEquilibrium {
    requireEconomy(economy);
    if (options?.demand === "shares") return this.#shareEquilibrium(economy, options);
    const { start, good } = checkEquilibriumOptions(economy, options);
    const groups = marketGroups(economy);
    const m = economy.goods.length;
    const tolerance = options.tolerance ?? 1e-10;

    const logPrices = new Float64Array(m).fill(Number.NEGATIVE_INFINITY);
    const allocation = economy.endowments?.slice() as Float64Array;
    const unpriced = groups.flatMap((group) => group.goods).find((j) => start?.[j] === 0);
    if (unpriced !== undefined) {
      throw new OptionError([
        { path: `start[${unpriced}]`, requirement: "must be above 0: somebody wants that good", value: 0 },
      ]);
    }
    const solved = groups.map((group) => {
      const part = this.#solveGroup(subEconomy(economy, group), start && pick(start, group.goods), options);
      const { agents, goods } = group;
      const sum = logSum(part.answer.logPrices);
      goods.forEach((j, l) => {
        logPrices[j] = part.answer.logPrices[l] - sum + Math.log(goods.length / m);
        agents.forEach((i, k) => {
          allocation[i * m + j] = part.answer.allocation[k * goods.length + l];
        });
      });
      return part;
    });
    const level = good < 0 ? logSum(logPrices) : logPrices[good];
    if (level === Number.NEGATIVE_INFINITY) {
      throw new OptionError([
        {
          path: "numeraire",
          requirement: "must be a good that somebody wants: its price is 0",
          value: options.numeraire,
        },
      ]);
    }
    const prices = logPrices.map((p) => Math.exp(p - level));
    const lost = prices.findIndex((p, j) => logPrices[j] > Number.NEGATIVE_INFINITY && !(p > 0 && p < Infinity));

    const audited = this.#auditMarket(economy, prices, allocation);
    const { residuals } = audited;
    const code = solved.reduce<number>(
      (worst, part) => (part.code === layout.CONVERGED ? worst : part.code),
      layout.CONVERGED,
    );
    const verdict = judge(code, residuals, tolerance);
    const methods = [...new Set(solved.map((part) => part.method))].join(", ");
    const substitutes = economy.alpha.every((a, c) => a === 0 || economy.omega[c] >= -1);
    const trivial = groups.every((group) => group.agents.length === 1 || group.goods.length === 1);
    const index = verdict.converged
      ? (solved.reduce<number>((product, part) => product * part.index, 1) as -1 | 0 | 1)
      : 0;
    const stable = substitutes || trivial ? true : stabilityOf(solved.map((part) => part.stable));
    const remarks = [
      verdict.message,
      ...(lost >= 0 ? [`In this numeraire the price of ${economy.goods[lost]} is beyond what a double holds.`] : []),
      ...(index < 0
        ? ["Its index of -1 means that there are at least two other equilibria; another start may find them."]
        : []),
      ...(groups.length > 1
        ? [
            `The economy falls into ${groups.length} groups that do not trade with each other: prices between them are arbitrary, here each group's add up to its part of the goods.`,
          ]
        : []),
    ];
    return finish(options, {
      status: verdict.status,
      converged: verdict.converged,
      message: remarks.join(" "),
      iterations: solved.reduce((sum, part) => sum + part.iterations, 0),
      evaluations: solved.reduce((sum, part) => sum + part.evaluations, 0),
      method: methods,
      engine: this.engine,
      residuals,
      prices,
      numeraire: good < 0 ? "simplex" : economy.goods[good],
      allocation,
      incomes: audited.incomes,
      utilities: audited.utilities,
      netTrades: audited.netTrades,
      weights: audited.weights,
      groups,
      index,
      unique: groups.length === 1 && (substitutes || trivial) ? true : "unknown",
      stable: verdict.converged ? stable : "unknown",
    });
  }

  /**
   * Exact plans of many economies of one size, flat in and flat out. Every answer is audited as a single one is.
   * @throws OptionError
   */
  planMany(options: PlanManyOptions): PlanManyAnswer {
    this.#requireIdle();
    return planMany(this.#engine, options);
  }

  /**
   * Equilibria of many markets of one size, in which everybody wants everything: prices add up to 1. Every answer is audited as a single
   * one is.
   * @throws OptionError
   */
  equilibriumMany(options: EquilibriumManyOptions): EquilibriumManyAnswer {
    this.#requireIdle();
    return equilibriumMany(this.#engine, options);
  }

  /**
   * What supports a plan as an equilibrium: at its shadow prices, the income transfers T_i = prices.(x_i - e_i) that each agent needs (below
   * 0: gives up) to afford what the plan gives her (second welfare theorem). They add up to 0.
   * @throws EconomyError where the economy has no endowments
   */
  transfers(economy: Economy, plan: Pick<Candidate, "allocation" | "shadowPrices">): Float64Array {
    requireEconomy(economy);
    const { endowments, agents, goods } = economy;
    if (!endowments) {
      throw new EconomyError([{ path: "endowments", requirement: "must be given for transfers", value: undefined }]);
    }
    const m = goods.length;
    const x = readNumbers("plan.allocation", plan.allocation, [agents.length, m], OptionError);
    const prices = readNumbers("plan.shadowPrices", plan.shadowPrices, [m], OptionError);
    return Float64Array.from(agents, (_, i) =>
      prices.reduce((sum, price, j) => sum + price * (x[i * m + j] - endowments[i * m + j]), 0),
    );
  }

  /**
   * Recomputes the residuals of anybody's solution and says whether they are within the tolerance (default 1e-6). A candidate with prices
   * is judged as an equilibrium, of what agents demand at them where it has no allocation; one with shadow prices as a plan, at its weights
   * or the economy's. The other keys of this package's own solutions are ignored.
   * @throws OptionError for a candidate of the wrong shape, EconomyError where the economy is no market
   */
  check(economy: Economy, candidate: Candidate, options: { tolerance?: number } = {}): Verdict {
    const findings = new Findings();
    findings.keys(options, ["tolerance"]);
    findings.number("tolerance", options.tolerance, 0, 1);
    requireEconomy(economy);
    if (typeof candidate !== "object" || candidate === null || !candidate.prices === !candidate.shadowPrices) {
      findings.add("the solution", "must have prices (an equilibrium) or shadowPrices (a plan)", candidate);
    } else findings.keys(candidate, CANDIDATE_KEYS);
    findings.throwIfAny(OptionError);
    const { tolerance = 1e-6 } = options;
    const n = economy.agents.length;
    const m = economy.goods.length;
    const given = candidate.allocation && readNumbers("allocation", candidate.allocation, [n, m], OptionError);
    if (candidate.prices) {
      const prices = readNumbers("prices", candidate.prices, [m], OptionError);
      const allocation = given ?? this.#demand(economy, prices);
      const judged = given ? "the allocation given" : "what agents demand at these prices";
      return verdict("equilibrium", judged, this.#auditMarket(economy, prices, allocation).residuals, tolerance);
    }
    if (!given)
      throw new OptionError([{ path: "allocation", requirement: "must be given for a plan", value: undefined }]);
    const prices = readNumbers("shadowPrices", candidate.shadowPrices, [m], OptionError);
    const weights = candidate.weights ? readNumbers("weights", candidate.weights, [n], OptionError) : economy.weights;
    const at = this.#lay({
      alpha: economy.alpha,
      omega: economy.omega,
      weights,
      totals: economy.totals,
      x: given,
      prices,
      utilities: n,
      audit: layout.AUDIT_SIZE,
      auditWork: this.#engine.kernels.auditWork(n, m),
    });
    const judged = candidate.weights ? "the weights given" : "the economy's weights";
    const { residuals } = this.#withOptimality(economy, this.#auditPlan(economy, at));
    return verdict("plan", judged, residuals, tolerance);
  }

  #shareEquilibrium(economy: Economy, options: ShareOptions): ShareEquilibrium {
    const { start, basket } = checkShareOptions(economy, options);
    const incomes = shareIncomes(economy);
    const { maxIterations = 100, tolerance = 1e-10 } = options;
    const { kernels, read, value } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    const at = this.#lay({
      alpha: economy.alpha,
      omega: economy.omega,
      incomes,
      totals: economy.totals,
      basket: basket.coefficients ?? 0,
      prices: start,
      x: n * m,
      header: layout.HEADER_SIZE,
      work: layout.shareWork(m),
    });
    const problem = [n, m, at.alpha, at.omega, at.incomes] as const;
    const normalisation = [basket.coefficients ? at.basket : -1, basket.value] as const;
    const limits = [maxIterations, tolerance] as const;
    const code = kernels.shareEquilibrium(
      ...problem,
      at.totals,
      ...normalisation,
      ...limits,
      at.prices,
      at.x,
      at.header,
      at.work,
    );
    kernels.shareDemand(...problem, at.prices, at.x, at.work);
    const residuals = { marketClearing: kernels.clearing(n, m, at.totals, at.x) };
    return finish(options, {
      ...judge(code, residuals, tolerance),
      iterations: value(at.header + layout.ITERATIONS),
      evaluations: value(at.header + layout.EVALUATIONS),
      method: basket.coefficients ? "newton" : "newton-minimum-norm",
      engine: this.engine,
      residuals,
      prices: read(at.prices, m),
      numeraire: basket.name,
      allocation: read(at.x, n * m),
      incomes: incomes.slice(),
      rank: value(at.header + layout.RANK),
    });
  }

  /** Solves one connected market. */
  #solveGroup(economy: Economy, start: Float64Array | undefined, options: EquilibriumOptions) {
    const { kernels, value } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    const stabilityWork = m <= MOST_GOODS_FOR_STABILITY ? kernels.stabilityWork(m) : 0;
    const at = this.#layMarket(economy, start, stabilityWork);
    const { maxIterations = 5000, onStep, signal } = options;
    const budget = onStep || signal ? 1 : FOREVER;
    let code: number = layout.RUNNING;
    while (code === layout.RUNNING) {
      code = kernels.stepMarket(budget, maxIterations);
      kernels.reportMarket(at.header);
      if (onStep) {
        this.#tell(onStep, {
          iteration: value(at.header + layout.ITERATIONS),
          method: METHODS[value(at.header + layout.METHOD)],
          residual: value(at.header + layout.FLOW),
        });
      }
      if (signal?.aborted) break;
    }
    const index = value(at.header + layout.INDEX);
    // An index of -1 has a positive eigenvalue; at a critical equilibrium linear terms decide nothing.
    const decided = index > 0 && stabilityWork > 0 && code === layout.CONVERGED;
    const stable = index < 0 ? -1 : decided ? kernels.stability(at.stability) : 0;
    return {
      code,
      stable,
      index,
      iterations: value(at.header + layout.ITERATIONS),
      evaluations: value(at.header + layout.EVALUATIONS),
      method: METHODS[value(at.header + layout.METHOD)],
      answer: this.#takeMarket(at, n, m),
    };
  }

  /** What agents demand at prices; of goods that nobody wants, what they own. */
  #demand(economy: Economy, prices: Float64Array): Float64Array {
    const m = economy.goods.length;
    const allocation = economy.endowments?.slice() as Float64Array;
    for (const group of marketGroups(economy)) {
      const { agents, goods } = group;
      const zero = goods.find((j) => prices[j] === 0);
      if (zero !== undefined) {
        throw new OptionError([
          { path: `prices[${zero}]`, requirement: "must be above 0: somebody wants that good", value: 0 },
        ]);
      }
      const at = this.#layMarket(subEconomy(economy, group), pick(prices, goods), 0);
      const part = this.#takeMarket(at, agents.length, goods.length).allocation;
      agents.forEach((i, k) => {
        goods.forEach((j, l) => {
          allocation[i * m + j] = part[k * goods.length + l];
        });
      });
    }
    return allocation;
  }

  #layMarket(economy: Economy, start: Float64Array | undefined, stabilityWork: number) {
    const { kernels } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    // Beyond this the kernel's own sum would overflow.
    if (2 * m * m + 16 * n * m > MOST_DOUBLES) {
      throw new EconomyError([
        { path: "goods", requirement: "must be few enough for a market's Jacobian to fit into 4 GiB", value: m },
      ]);
    }
    const at = this.#lay({
      alpha: economy.alpha,
      omega: economy.omega,
      endowments: economy.endowments as Float64Array,
      totals: economy.totals,
      start: start ?? 0,
      logPrices: m,
      x: n * m,
      header: layout.HEADER_SIZE,
      work: kernels.marketSize(n, m),
      stability: stabilityWork,
    });
    const data = [at.alpha, at.omega, at.endowments, at.totals] as const;
    kernels.startMarket(n, m, ...data, layout.NEWTON, start ? at.start : -1, at.work);
    return at;
  }

  #takeMarket(at: { logPrices: number; x: number }, n: number, m: number) {
    const { kernels, read } = this.#engine;
    kernels.takeMarket(at.logPrices, at.x);
    return { logPrices: read(at.logPrices, m), allocation: read(at.x, n * m) };
  }

  #auditMarket(economy: Economy, prices: Float64Array, allocation: Float64Array) {
    const { alpha, omega, endowments, totals } = economy;
    if (!endowments) {
      throw new EconomyError([{ path: "endowments", requirement: "must be given for a market", value: undefined }]);
    }
    const { kernels, read, value } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    const at = this.#lay({
      alpha,
      omega,
      endowments,
      totals,
      prices,
      x: allocation,
      utilities: n,
      incomes: n,
      weights: n,
      netTrades: n * m,
      audit: layout.AUDIT_SIZE,
      work: kernels.auditWork(n, m),
    });
    const data = [at.alpha, at.omega, at.endowments, at.totals, at.prices, at.x] as const;
    kernels.auditMarket(n, m, ...data, at.utilities, at.incomes, at.weights, at.netTrades, at.audit, at.work);
    return {
      residuals: {
        marketClearing: value(at.audit + layout.FEASIBILITY),
        netFlow: value(at.audit + layout.NET_FLOW),
        budget: value(at.audit + layout.BUDGET),
        stationarity: value(at.audit + layout.STATIONARITY),
      },
      incomes: read(at.incomes, n),
      utilities: read(at.utilities, n),
      netTrades: read(at.netTrades, n * m),
      weights: read(at.weights, n),
    };
  }

  /** Runs the audit over the allocation and prices that lie in the arena, and copies all of a plan out. */
  #auditPlan(economy: Economy, at: Record<PlanBlock, number>) {
    const { kernels, read, value } = this.#engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    kernels.auditPlan(
      n,
      m,
      at.alpha,
      at.omega,
      at.weights,
      at.totals,
      at.x,
      at.prices,
      at.utilities,
      at.audit,
      at.auditWork,
    );
    return {
      residuals: {
        feasibility: value(at.audit + layout.FEASIBILITY),
        stationarity: value(at.audit + layout.STATIONARITY),
      },
      allocation: read(at.x, n * m),
      shadowPrices: read(at.prices, m),
      weights: read(at.weights, n),
      utilities: read(at.utilities, n),
      welfare: value(at.audit + layout.WELFARE),
    };
  }

  /** Adds what first-order conditions do not tell where an omega is 0 or more: by what part welfare falls short of the maximum. */
  #withOptimality<A extends { residuals: Plan["residuals"]; welfare: number; weights: Float64Array }>(
    economy: Economy,
    answer: A,
  ): A {
    if (economy.omega.every((w, c) => w < 0 || economy.alpha[c] === 0)) return answer;
    const { welfare } = this.plan(economy, { weights: answer.weights });
    const optimality = Math.max(0, welfare - answer.welfare) / Math.abs(welfare);
    return { ...answer, residuals: { ...answer.residuals, optimality } };
  }

  /** Lays blocks into the arena, unless a solver that is telling of its progress still works there. */
  #lay<Names extends string>(blocks: Record<Names, ArrayLike<number> | number>): Record<Names, number> {
    this.#requireIdle();
    return this.#engine.lay(blocks);
  }

  #requireIdle(): void {
    if (this.#solving) throw new Error("onStep must not call the engine that is solving; load() another");
  }

  #tell(onStep: NonNullable<ControlOptions["onStep"]>, progress: Progress): void {
    this.#solving = true;
    try {
      onStep(progress);
    } finally {
      this.#solving = false;
    }
  }
}

type PlanBlock = "alpha" | "omega" | "weights" | "totals" | "x" | "prices" | "utilities" | "audit" | "auditWork";

function finish<S extends Solution>(options: CommonOptions, solution: S): S {
  if (options.throwOnFailure && !solution.converged) throw new NotConvergedError(solution);
  return solution;
}

function verdict(kind: Verdict["kind"], judged: string, residuals: Record<string, number>, tolerance: number): Verdict {
  const accepted = Object.values(residuals).every((r) => r <= tolerance);
  const worst = Object.entries(residuals).reduce((a, b) => (b[1] <= a[1] || Number.isNaN(a[1]) ? a : b));
  const message = accepted
    ? `All residuals are within ${tolerance}, judged at ${judged}.`
    : `Not ${kind === "plan" ? "a plan" : "an equilibrium"} to within ${tolerance}, judged at ${judged}: ${worst[0]} is ${worst[1].toPrecision(3)}.`;
  return { kind, accepted, tolerance, residuals, message };
}

/** Solvers trust their input, so they take only what has been checked. */
function requireEconomy(economy: Economy): void {
  if (!isEconomy(economy)) {
    throw new EconomyError([
      { path: "the economy", requirement: "must be made by economy() or defineEconomy()", value: economy },
    ]);
  }
}

/** ln sum exp x, of logs that may be minus infinity. */
function logSum(x: Float64Array): number {
  const top = Math.max(...x);
  return top === Number.NEGATIVE_INFINITY ? top : top + Math.log(x.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

/** Stability of a whole from that of groups that do not trade with each other: 1 stable, -1 unstable, 0 unknown. */
function stabilityOf(parts: number[]): boolean | "unknown" {
  if (parts.includes(-1)) return false;
  return parts.includes(0) ? "unknown" : true;
}

function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (k) => values[k]);
}

/** y with softplus(y) = x. */
function inverseSoftplus(x: number): number {
  return x > 30 ? x : Math.log(Math.expm1(x));
}

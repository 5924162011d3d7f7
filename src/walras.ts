// load() and the object that it returns, with one method per question.

import {
  type EquilibriaManyAnswer,
  type EquilibriaManyOptions,
  type EquilibriumManyAnswer,
  type EquilibriumManyOptions,
  equilibriaMany,
  equilibriumMany,
  type PlanManyAnswer,
  type PlanManyOptions,
  planMany,
} from "./bulk.js";
import { type Candidate, check } from "./check.js";
import {
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  parseEconomy,
  requireEconomy,
} from "./economy/economy.js";
import { type Engine, type EngineName, exclusive, startEngine } from "./engine/engine.js";
import { isPrepared, type PreparedEconomy, prepare } from "./engine/prepared.js";
import { finishWork } from "./engine/work.js";
import { equilibria } from "./equilibria/equilibria.js";
import { type EdgeworthBox, type EdgeworthOptions, edgeworthBox } from "./frontier/edgeworth.js";
import { type Frontier, type FrontierOptions, frontier } from "./frontier/frontier.js";
import { equilibrium } from "./market/equilibrium.js";
import type { ShareOptions } from "./market/shareOptions.js";
import { shareEquilibrium } from "./market/shares.js";
import {
  type AdamOptions,
  checkEquilibriaOptions,
  type EquilibriaOptions,
  type EquilibriumOptions,
  type PlanOptions,
} from "./options/options.js";
import { runPiece } from "./pieces.js";
import { planWithAdam } from "./planner/adam.js";
import { plan } from "./planner/plan.js";
import { transfers } from "./planner/transfers.js";
import type { AdamPlan, Equilibria, Equilibrium, ExactPlan, ShareEquilibrium, Verdict } from "./solution.js";
import { type EquilibriumStatics, type PlanStatics, type StaticsOptions, statics } from "./statics/statics.js";
import { type TransferAnalysis, transferParadox } from "./statics/transferParadox.js";
import { type Tatonnement, type TatonnementOptions, tatonnement } from "./tatonnement/tatonnement.js";
import { Findings, OptionError } from "./violations.js";
import {
  type Comparison,
  compare,
  type Fairness,
  type FairnessOptions,
  fairness,
  type Priced,
} from "./welfare/welfare.js";

export interface LoadOptions {
  /** "auto" (default): WebAssembly if it is available with SIMD and allowed, else JavaScript. */
  engine?: EngineName | "auto";
}

/**
 * Starts an engine and returns the object with all methods.
 * @throws OptionError for an unknown engine; the engine's own error if "wasm" cannot start
 */
export async function load(options: LoadOptions = {}): Promise<Walras> {
  const findings = new Findings();
  findings.keys(options, ["engine"]);
  findings.choice("engine", options.engine, ["auto", "wasm", "js"]);
  findings.throwIfAny(OptionError);
  return new Walras(await startEngine(options.engine ?? "auto"));
}

/**
 * All methods, on one engine. Calls are synchronous, and answers hold copies. Made by `load()`.
 *
 * An engine works on one call at a time: what a call calls back, `onStep` or a getter of its
 * options, must not call the same engine. Every method that solves throws a BusyError then. It
 * throws a MemoryError for what does not fit into the engine's memory, 4 GiB at most, before the
 * solver begins. Neither error, nor one that a callback throws, changes any other answer.
 */
export class Walras {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Passes the engine to one call of a method, and refuses further calls until that has ended. */
  #call<T>(work: (engine: Engine) => T): T {
    return exclusive(this.#engine, () => work(this.#engine));
  }

  /** The engine that `load()` has started. */
  get engine(): EngineName {
    return this.#engine.name;
  }

  /** The size of the engine's memory, in bytes. */
  get memory(): number {
    return this.#engine.memory();
  }

  /**
   * Checks an economy, given as JSON text or as an object. `limits` bound the work that a few bytes
   * can ask for.
   * @throws EconomyError with all violations; OptionError for limits out of range
   */
  economy(data: EconomyData | Economy | string, limits: EconomyLimits = {}): Economy {
    return typeof data === "string" ? parseEconomy(data, limits) : defineEconomy(data, limits);
  }

  /**
   * Returns the planner's exact optimum, for any omega, good by good. For concave agents it is a
   * root of the resource constraint in the log shadow price. A good that only convex agents want
   * goes to the one that values all of it most. If both kinds want a good, branch and bound finds
   * the amount of the one convex agent that can hold some. A good that nobody wants is split
   * evenly. A prepared economy gives the same plan in less time.
   * @throws OptionError for options out of range; EconomyError for a prepared economy that has been
   *   disposed of or belongs to another engine
   */
  plan(economy: Economy | PreparedEconomy, options: PlanOptions = {}): ExactPlan {
    return this.#call((engine) => {
      requireEconomy(isPrepared(economy) ? economy.economy : economy);
      return plan(engine, economy, options);
    });
  }

  /**
   * Keeps the logs and reciprocals of an economy in the engine, three numbers per cell, for many
   * plans at different weights. It saves time only if everybody wants everything and every omega is
   * below 0.
   * @throws MemoryError if they do not fit into memory
   */
  prepare(economy: Economy): PreparedEconomy {
    return this.#call((engine) => {
      requireEconomy(economy);
      return prepare(engine, economy);
    });
  }

  /**
   * Returns a plan found by Adam (Kingma & Ba 2015), from a seeded random start or a given
   * allocation. In the shares form it maximises welfare over divisions of each good; in the penalty
   * form welfare less `penalty` times the squared overuse of each good.
   * @throws OptionError for options out of range
   */
  planWithAdam(economy: Economy, options: AdamOptions = {}): AdamPlan {
    return this.#call((engine) => {
      requireEconomy(economy);
      return planWithAdam(engine, economy, options);
    });
  }

  /**
   * Returns a competitive equilibrium: market-clearing prices. The method is Newton's, on the log
   * flow of trade in log prices. If that fails, it is bisection with two agents or two goods, and
   * otherwise a homotopy from a planner's allocation. Groups between which nothing can be traded
   * are solved one by one.
   *
   * With `demand: "shares"` the prices clear the markets of the share demand, the demand system of
   * the notebook that this project began as. Its roots form a curve, unless every agent has one
   * omega for all goods; the numeraire chooses a point on it.
   * @throws EconomyError if no equilibrium can exist, with the reason: an omega of 0 or more, an
   *   agent that owns nothing of value, or agents that want nothing that others own; for shares,
   *   incomes that are missing or do not add up to the totals. OptionError for options out of range
   */
  equilibrium(economy: Economy, options: ShareOptions): ShareEquilibrium;
  equilibrium(economy: Economy, options?: EquilibriumOptions): Equilibrium;
  equilibrium(economy: Economy, options: EquilibriumOptions | ShareOptions): Equilibrium | ShareEquilibrium;
  equilibrium(economy: Economy, options: EquilibriumOptions | ShareOptions = {}): Equilibrium | ShareEquilibrium {
    return this.#call((engine) => {
      requireEconomy(economy);
      return options?.demand === "shares"
        ? shareEquilibrium(engine, economy, options)
        : equilibrium(engine, economy, options);
    });
  }

  /**
   * Returns all equilibria, and whether the list is proved to be complete. With two goods or two
   * agents interval bisection proves it, with three of either branch and bound. With one agent, one
   * good, gross substitutes, or agents with the same homothetic preferences it follows from a
   * theorem. Otherwise the list has the equilibria that a search from many starts finds. Groups
   * that do not trade with each other are treated one by one.
   * @throws EconomyError as equilibrium() does; OptionError for options out of range
   */
  equilibria(economy: Economy, options: EquilibriaOptions = {}): Equilibria {
    return this.#call((engine) => {
      requireEconomy(economy);
      const checked = checkEquilibriaOptions(economy, options);
      return finishWork(engine, equilibria(engine, economy, checked), runPiece, checked.options.signal);
    });
  }

  /**
   * Returns exact plans of many economies of one size, from flat arrays to flat arrays. Every
   * answer is judged by first-order conditions and the sums of allocations.
   * @throws OptionError for arrays of the wrong length or numbers out of range
   */
  planMany(options: PlanManyOptions): PlanManyAnswer {
    return this.#call((engine) => planMany(engine, options));
  }

  /**
   * Returns equilibria of many markets of one size, in which everybody wants everything; prices add
   * up to 1. Every answer is judged by market clearing, budgets, first-order conditions and net
   * flows.
   * @throws OptionError for arrays of the wrong length or numbers out of range
   */
  equilibriumMany(options: EquilibriumManyOptions): EquilibriumManyAnswer {
    return this.#call((engine) => equilibriumMany(engine, options));
  }

  /**
   * Returns the Pareto frontier, as plans along Pareto weights. For two agents it is a curve over
   * theta = ln(weight 1 / weight 2), for three a triangle of weights. With `from` and `to`, for any
   * number of agents, it is the path between these weights along which ln(weights) is linear.
   * Curves get more points where they bend.
   *
   * The default curve and the triangle follow divisions of everything: shares from 1 to 99 per cent
   * for two agents, multiples of 1 / divisions for three. The weights of each point are those at
   * which all agents value that division alike at the margin.
   *
   * If an omega is 0 or more, the set of utilities need not be convex. Weights then reach only
   * those points of its frontier that a straight line supports, and a curve may jump.
   * @throws OptionError for options out of range
   */
  frontier(economy: Economy, options: FrontierOptions = {}): Frontier {
    return this.#call((engine) => {
      requireEconomy(economy);
      return finishWork(engine, frontier(engine, economy, options), runPiece);
    });
  }

  /**
   * Returns the curves of the Edgeworth box (Edgeworth 1881) of two agents and two goods: contract
   * curve, core, the indifference curves through the endowment, offer curves, and budget lines.
   * Every point is computed from its definition.
   * @throws EconomyError unless the economy is a market of two agents, each of which wants both of
   *   two goods; OptionError for options out of range
   */
  edgeworthBox(economy: Economy, options: EdgeworthOptions = {}): EdgeworthBox {
    return this.#call(() => {
      requireEconomy(economy);
      return edgeworthBox(economy, options);
    });
  }

  /**
   * Returns the path of prices under tatonnement: the price of a good rises with its excess demand
   * (Samuelson 1947; Arrow & Hurwicz 1958). Continuous time uses the embedded Runge-Kutta pair of
   * Dormand & Prince (1980); discrete time follows Uzawa (1960). The path ends where all markets
   * clear, where prices go round in a cycle, or after the given time.
   * @throws EconomyError if the economy is no market; OptionError for options out of range
   */
  tatonnement(economy: Economy, options: TatonnementOptions = {}): Tatonnement {
    return this.#call((engine) => {
      requireEconomy(economy);
      return tatonnement(engine, economy, options);
    });
  }

  /**
   * Returns the value to each agent of the change from one allocation to another: the equivalent
   * variation at the prices before, the compensating variation at those after (Hicks 1942), and the
   * change of utility.
   * @throws EconomyError if an omega is 0 or more; OptionError for solutions of the wrong shape
   */
  compare(economy: Economy, before: Priced, after: Priced): Comparison {
    requireEconomy(economy);
    return compare(economy, before, after);
  }

  /**
   * Returns who envies whom (Foley 1967), in units of account at the solution's prices, and each
   * agent's share of the value of everything and of the gains from trade.
   * @throws EconomyError if an omega is 0 or more, or if there are more than 2048 agents, or more
   *   than 2^25 agents times agents times goods; OptionError for a solution of the wrong shape
   */
  fairness(economy: Economy, solution: Priced, options: FairnessOptions = {}): Fairness {
    requireEconomy(economy);
    return fairness(economy, solution, options);
  }

  /**
   * Returns all equilibria of many markets with two goods or two agents, in which everybody wants
   * everything, and whether each list is proved to be complete.
   * @throws OptionError for arrays of the wrong length or numbers out of range
   */
  equilibriaMany(options: EquilibriaManyOptions): EquilibriaManyAnswer {
    return this.#call((engine) => equilibriaMany(engine, options));
  }

  /**
   * Returns the income transfers (n) that support a plan as an equilibrium (second welfare
   * theorem). At the plan's shadow prices, agent i needs T_i = prices.(x_i - e_i) to afford what
   * the plan gives it; below 0 it pays. The transfers add up to 0.
   * @throws EconomyError if the economy has no endowments; OptionError for a plan of the wrong
   *   shape
   */
  transfers(economy: Economy, plan: Pick<Candidate, "allocation" | "shadowPrices">): Float64Array {
    requireEconomy(economy);
    return transfers(economy, plan);
  }

  /**
   * Recomputes the residuals of a solution from any source, and returns whether they are within the
   * tolerance (default 1e-6). A candidate with prices is judged as an equilibrium; without an
   * allocation, at what agents demand at these prices. A candidate with shadow prices is judged as
   * a plan, at its weights or the economy's. Other keys of this package's own solutions are
   * ignored.
   * @throws OptionError for a candidate of the wrong shape; EconomyError if the economy is no
   *   market
   */
  check(economy: Economy, candidate: Candidate, options: { tolerance?: number } = {}): Verdict {
    return this.#call((engine) => {
      requireEconomy(economy);
      return check(engine, economy, candidate, options);
    });
  }

  /**
   * Returns comparative statics: the derivatives of an equilibrium by ln alpha, omega and
   * endowments, or of a plan by ln alpha, omega, totals and log weights, as products with the
   * Jacobian and its transpose, and as matrices. For an equilibrium they follow from the implicit
   * function theorem on the log flow of trade, whose Jacobian is factored once (Mas-Colell,
   * Whinston & Green 1995, section 17.E; existence at regular equilibria: Debreu 1970). For a plan
   * they are in closed form. A solution with prices counts as an equilibrium, one with shadowPrices
   * as a plan at its weights or the economy's.
   * @throws OptionError if the solution is not one of this economy; EconomyError if an omega of a
   *   wanted good is 0 or more
   */
  statics(
    economy: Economy,
    equilibrium: { prices: ArrayLike<number>; numeraire?: string },
    options?: StaticsOptions,
  ): EquilibriumStatics;
  statics(
    economy: Economy,
    plan: Required<Pick<Candidate, "allocation" | "shadowPrices">> & Pick<Candidate, "weights">,
    options?: StaticsOptions,
  ): PlanStatics;
  statics(economy: Economy, solution: Candidate, options: StaticsOptions = {}): EquilibriumStatics | PlanStatics {
    return this.#call((engine) => {
      requireEconomy(economy);
      return statics(engine, economy, solution, options);
    });
  }

  /**
   * Returns the effects of small gifts between every two agents on both, through prices, at an
   * equilibrium. A gift is paradoxical if the receiver loses or the giver gains (Leontief 1936;
   * Samuelson 1952). With two agents none is at an equilibrium of index 1, and every gift is at
   * index -1 (Balasko 1978). With three or more, paradoxes occur at stable equilibria too
   * (Chichilnisky 1980; Donsimoni & Polemarchakis 1994).
   * @throws OptionError if the prices are no equilibrium of this economy; SingularError if it is
   *   critical; EconomyError if the economy is no market
   */
  transferParadox(economy: Economy, equilibrium: { prices: ArrayLike<number> }): TransferAnalysis {
    return this.#call((engine) => {
      requireEconomy(economy);
      return transferParadox(engine, economy, equilibrium);
    });
  }
}

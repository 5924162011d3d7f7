// load() and the object it returns: one method a solver.

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
import { defineEconomy, type Economy, type EconomyData, isEconomy, parseEconomy } from "./economy/economy.js";
import { type Engine, type EngineName, startEngine } from "./engine/engine.js";
import { isPrepared, type PreparedEconomy, prepare } from "./engine/prepared.js";
import { equilibria } from "./equilibria/equilibria.js";
import { type EdgeworthBox, type EdgeworthOptions, edgeworthBox } from "./frontier/edgeworth.js";
import { type Frontier, type FrontierOptions, frontier } from "./frontier/frontier.js";
import { equilibrium } from "./market/equilibrium.js";
import type { ShareOptions } from "./market/shareOptions.js";
import { shareEquilibrium } from "./market/shares.js";
import type { AdamOptions, EquilibriaOptions, EquilibriumOptions, PlanOptions } from "./options/options.js";
import { planWithAdam } from "./planner/adam.js";
import { plan } from "./planner/plan.js";
import { transfers } from "./planner/transfers.js";
import type { AdamPlan, Equilibria, Equilibrium, ExactPlan, ShareEquilibrium, Verdict } from "./solution.js";
import { type EquilibriumStatics, type PlanStatics, type StaticsOptions, statics } from "./statics/statics.js";
import { type TransferAnalysis, transferParadox } from "./statics/transferParadox.js";
import { type Tatonnement, type TatonnementOptions, tatonnement } from "./tatonnement/tatonnement.js";
import { EconomyError, Findings, OptionError } from "./violations.js";
import {
  type Comparison,
  compare,
  type Fairness,
  type FairnessOptions,
  fairness,
  type Priced,
} from "./welfare/welfare.js";

export interface LoadOptions {
  /** "auto" (default): WebAssembly where it and SIMD are there and allowed, else JavaScript. */
  engine?: EngineName | "auto";
}

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
  economy(data: EconomyData | Economy | string): Economy {
    return typeof data === "string" ? parseEconomy(data) : defineEconomy(data);
  }

  /**
   * The planner's optimum, exactly, for any omega. Good by good: concave agents by the root of the resource constraint in the log shadow
   * price; convex ones by giving the good to whoever values all of it most; where both want it, by branch and bound over what the one
   * convex agent holds. A good that nobody wants is split evenly. A prepared economy is planned the same, in less time.
   * @throws OptionError
   */
  plan(economy: Economy | PreparedEconomy, options: PlanOptions = {}): ExactPlan {
    if (!isPrepared(economy)) requireEconomy(economy);
    return plan(this.#engine, economy, options);
  }

  /**
   * Keeps the logs and reciprocals of an economy in the engine, three numbers a cell, for many plans at different weights. Only economies in which
   * everybody wants everything and every omega is below 0 gain by it.
   * @throws OptionError where it does not fit
   */
  prepare(economy: Economy): PreparedEconomy {
    requireEconomy(economy);
    return prepare(this.#engine, economy);
  }

  /**
   * The planner's problem by Adam (Kingma & Ba 2015), from a seeded random start or a given allocation. In the shares form it climbs
   * welfare over divisions of each good, in the penalty form welfare less `penalty` times the squared overuse of each good.
   * @throws OptionError
   */
  planWithAdam(economy: Economy, options: AdamOptions = {}): AdamPlan {
    requireEconomy(economy);
    return planWithAdam(this.#engine, economy, options);
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
    return options?.demand === "shares"
      ? shareEquilibrium(this.#engine, economy, options)
      : equilibrium(this.#engine, economy, options);
  }

  /**
   * All equilibria, and whether the list is proved complete: with two goods or two agents by interval bisection, with
   * three of either by branch and bound (docs/solvers.md), with one agent, one good, gross substitutes or identical homothetic agents by theorem.
   * Otherwise those that a search from many starts finds. Groups that do not trade with each other are treated one by one.
   * @throws EconomyError as equilibrium() does; OptionError
   */
  equilibria(economy: Economy, options: EquilibriaOptions = {}): Equilibria {
    requireEconomy(economy);
    return equilibria(this.#engine, economy, options);
  }

  /**
   * Exact plans of many economies of one size, flat in and flat out. Every answer is judged by first-order conditions and sums.
   * @throws OptionError
   */
  planMany(options: PlanManyOptions): PlanManyAnswer {
    return planMany(this.#engine, options);
  }

  /**
   * Equilibria of many markets of one size, in which everybody wants everything: prices add up to 1. Every answer is judged by market
   * clearing, budgets, first-order conditions and net flows.
   * @throws OptionError
   */
  equilibriumMany(options: EquilibriumManyOptions): EquilibriumManyAnswer {
    return equilibriumMany(this.#engine, options);
  }

  /**
   * The Pareto frontier, as plans along weights: for two agents a curve over theta = ln(weight 1 / weight 2), for three a triangle of
   * weights, for any number with `from` and `to` the path between these with ln(weights) interpolated linearly. Curves get points where they
   * bend. The default curve and the triangle run over divisions of everything, s from 1 to 99 per cent for either of two agents, multiples of
   * 1 / divisions above 0 for three; the weights of each are those at which all value that division alike at the margin.
   *
   * Where an omega is 0 or more the set of utilities need not be convex, and weights reach only those points of its frontier
   * that a straight line supports: a curve may jump.
   * @throws OptionError
   */
  frontier(economy: Economy, options: FrontierOptions = {}): Frontier {
    requireEconomy(economy);
    return frontier(this.#engine, economy, options);
  }

  /**
   * What there is to draw of a market of two agents and two goods in a box (Edgeworth 1881): contract curve, core, the indifference curves
   * through the endowment, offer curves and budget lines, every point from its definition.
   * @throws EconomyError where the economy is no market of two agents who want both of two goods; OptionError
   */
  edgeworthBox(economy: Economy, options: EdgeworthOptions = {}): EdgeworthBox {
    requireEconomy(economy);
    return edgeworthBox(this.#engine, economy, options);
  }

  /**
   * The path of prices under tatonnement, in which the price of what is short rises and of what is left over falls (Samuelson 1947; Arrow &
   * Hurwicz 1958), in continuous time by Dormand & Prince's (1980) embedded Runge-Kutta pair, or in steps (Uzawa 1960). It ends where all markets
   * clear, where prices go round, or at the end of the time given.
   * @throws EconomyError where the economy is no market; OptionError
   */
  tatonnement(economy: Economy, options: TatonnementOptions = {}): Tatonnement {
    requireEconomy(economy);
    return tatonnement(this.#engine, economy, options);
  }

  /**
   * What going from one allocation to another is worth to each agent: the equivalent variation at the prices before, the compensating
   * variation at those after (Hicks 1942), and utility.
   * @throws EconomyError where an omega is 0 or more; OptionError for solutions of the wrong shape
   */
  compare(economy: Economy, before: Priced, after: Priced): Comparison {
    requireEconomy(economy);
    return compare(economy, before, after);
  }

  /**
   * Who envies whom (Foley 1967), in units of account at the solution's prices; each agent's share of the value of everything, and of the
   * gains from trade.
   * @throws EconomyError where an omega is 0 or more or there are more than 2048 agents; OptionError for a solution of the wrong shape
   */
  fairness(economy: Economy, solution: Priced, options: FairnessOptions = {}): Fairness {
    requireEconomy(economy);
    return fairness(economy, solution, options);
  }

  /**
   * All equilibria of many markets with two goods or two agents, in which everybody wants everything.
   * @throws OptionError
   */
  equilibriaMany(options: EquilibriaManyOptions): EquilibriaManyAnswer {
    return equilibriaMany(this.#engine, options);
  }

  /**
   * What supports a plan as an equilibrium: at its shadow prices, the income transfers T_i = prices.(x_i - e_i) that each agent needs (below
   * 0: gives up) to afford what the plan gives her (second welfare theorem). They add up to 0.
   * @throws EconomyError where the economy has no endowments
   */
  transfers(economy: Economy, plan: Pick<Candidate, "allocation" | "shadowPrices">): Float64Array {
    requireEconomy(economy);
    return transfers(economy, plan);
  }

  /**
   * Recomputes the residuals of anybody's solution and says whether they are within the tolerance (default 1e-6). A candidate with prices
   * is judged as an equilibrium, of what agents demand at them where it has no allocation; one with shadow prices as a plan, at its weights
   * or the economy's. The other keys of this package's own solutions are ignored.
   * @throws OptionError for a candidate of the wrong shape, EconomyError where the economy is no market
   */
  check(economy: Economy, candidate: Candidate, options: { tolerance?: number } = {}): Verdict {
    requireEconomy(economy);
    return check(this.#engine, economy, candidate, options);
  }

  /**
   * Comparative statics: how an equilibrium moves with ln alpha, omega and endowments, or a plan with ln alpha, omega, totals and log
   * weights. Products with the Jacobian and its transpose, and the matrices. Of an equilibrium by the implicit function theorem
   * on the log flow of trade, whose Jacobian is factored once (Mas-Colell, Whinston & Green 1995, section 17.E; existence at regular
   * equilibria: Debreu 1970); of a plan in closed form. A solution with prices is taken as an equilibrium, one with shadowPrices as a plan
   * at its weights or the economy's.
   * @throws OptionError where the solution is none of this economy; EconomyError where an omega of a wanted good is 0 or more
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
    requireEconomy(economy);
    return statics(this.#engine, economy, solution, options);
  }

  /**
   * What small gifts between every two agents do to both at an equilibrium, by way of prices, and which are paradoxical: the receiver loses
   * or the giver gains (Leontief 1936; Samuelson 1952). With two agents there are none at an equilibrium of index 1, and every gift is one
   * at index -1 (Balasko 1978); with three or more they occur at stable equilibria too (Chichilnisky 1980; Donsimoni & Polemarchakis 1994).
   * @throws OptionError where the prices are no equilibrium of this economy, SingularError where it is critical, EconomyError
   */
  transferParadox(economy: Economy, equilibrium: { prices: ArrayLike<number> }): TransferAnalysis {
    requireEconomy(economy);
    return transferParadox(this.#engine, economy, equilibrium);
  }
}

/** Solvers trust their input, so they take only what has been checked. */
function requireEconomy(economy: Economy): void {
  if (!isEconomy(economy)) {
    throw new EconomyError([
      { path: "the economy", requirement: "must be made by economy() or defineEconomy()", value: economy },
    ]);
  }
}

// The object that load() returns, with one method per question.

import { type EquilibriaManyAnswer, type EquilibriaManyOptions, equilibriaMany } from "./bulk.js";
import type { Candidate } from "./check.js";
import { checkedEconomy, type Economy } from "./economy/economy.js";
import { finishWork } from "./engine/work.js";
import { equilibria } from "./equilibria/equilibria.js";
import { type EdgeworthBox, type EdgeworthOptions, edgeworthBox } from "./frontier/edgeworth.js";
import { type Frontier, type FrontierOptions, frontier } from "./frontier/frontier.js";
import type { ShareOptions } from "./market/shareOptions.js";
import { shareEquilibrium } from "./market/shares.js";
import {
  type AdamOptions,
  checkEquilibriaOptions,
  type EquilibriaOptions,
  type EquilibriumOptions,
} from "./options/options.js";
import { runPiece } from "./pieces.js";
import { planWithAdam } from "./planner/adam.js";
import { transfers } from "./planner/transfers.js";
import type { AdamPlan, Equilibria, Equilibrium, ShareEquilibrium } from "./solution.js";
import { Solvers } from "./solvers.js";
import { type EquilibriumStatics, type PlanStatics, type StaticsOptions, statics } from "./statics/statics.js";
import { type TransferAnalysis, transferParadox } from "./statics/transferParadox.js";
import { type Tatonnement, type TatonnementOptions, tatonnement } from "./tatonnement/tatonnement.js";
import { NO_OPTIONS } from "./violations.js";
import {
  type CompareOptions,
  type Comparison,
  compare,
  type Fairness,
  type FairnessOptions,
  fairness,
  type Priced,
} from "./welfare/welfare.js";

/**
 * All methods, on one engine: those of `Solvers`, and the following. Made by `load()`.
 * @example
 * import { load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({
 *   goods: ["bread", "wine"],
 *   agents: ["Ada", "Ben"],
 *   alpha: [[3, 1], [1, 2]],
 *   omega: -2,
 *   endowments: [[1, 4], [5, 1]],
 * });
 */
export class Walras extends Solvers {
  /**
   * Returns a plan found by Adam (Kingma & Ba 2015), from a seeded random start or a given
   * allocation. In the shares form it maximises welfare over divisions of each good; in the penalty
   * form welfare less `penalty` times the squared overuse of each good.
   * @throws OptionError for options out of range
   * @example
   * const plan = walras.planWithAdam(economy, { seed: 1 });
   * plan.status; // "converged"
   * plan.welfare; // -2.4097: that of plan(), up to the tolerance
   */
  planWithAdam(economy: Economy, options: AdamOptions = {}): AdamPlan {
    return this.on(economy, (engine, economy) => planWithAdam(engine, economy, options));
  }

  /**
   * Returns a competitive equilibrium, as Solvers.equilibrium() does.
   *
   * With `demand: "shares"` the prices clear the markets of the share demand, the demand system of
   * the notebook that this project began as. Its roots form a curve, unless every agent has one
   * omega for all goods; the numeraire chooses a point on it.
   * @throws EconomyError as Solvers.equilibrium() does; for shares, if incomes are missing or do not
   *   add up to the totals. OptionError for options out of range
   * @example
   * walras.equilibrium(economy).prices; // 0.452687, 0.547313
   * const shares = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, totals: [6, 5], incomes: [4, 7] });
   * walras.equilibrium(shares, { demand: "shares" }).prices; // 0.535898, 0.464102
   */
  override equilibrium(economy: Economy, options: ShareOptions): ShareEquilibrium;
  override equilibrium(economy: Economy, options?: EquilibriumOptions): Equilibrium;
  override equilibrium(economy: Economy, options: EquilibriumOptions | ShareOptions): Equilibrium | ShareEquilibrium;
  override equilibrium(
    economy: Economy,
    options: EquilibriumOptions | ShareOptions = NO_OPTIONS,
  ): Equilibrium | ShareEquilibrium {
    if (options?.demand !== "shares") return super.equilibrium(economy, options as EquilibriumOptions);
    return this.on(economy, (engine, economy) => shareEquilibrium(engine, economy, options));
  }

  /**
   * Returns all equilibria, and whether the list is proved to be complete. With two goods or two
   * agents interval bisection proves it, with three of either branch and bound. With one agent, one
   * good, gross substitutes, or agents with the same homothetic preferences it follows from a
   * theorem. Otherwise the list has the equilibria that a search from many starts finds. Groups
   * that do not trade with each other are treated one by one.
   * @throws EconomyError as equilibrium() does; OptionError for options out of range
   * @example
   * const alpha = [[1024, 1], [1, 1024]];
   * const pair = walras.economy({ alpha, omega: -5, endowments: [[12, 1], [1, 12]] });
   * const { equilibria, complete } = walras.equilibria(pair);
   * equilibria.map(({ prices }) => prices[0]); // 0.112924, 0.5, 0.887076
   * complete; // true: there is no other
   */
  equilibria(economy: Economy, options: EquilibriaOptions = {}): Equilibria {
    return this.on(economy, (engine, economy) => {
      const checked = checkEquilibriaOptions(economy, options);
      return finishWork(engine, equilibria(engine, economy, checked), runPiece, checked.options.signal);
    });
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
   * @example
   * const { count, utilities } = walras.frontier(economy, { points: 3 });
   * count; // 3
   * utilities; // -63.5855, -0.571861, -1.33521, -1.08088, -0.706416, -51.4739
   */
  frontier(economy: Economy, options: FrontierOptions = {}): Frontier {
    return this.on(economy, (engine, economy) => finishWork(engine, frontier(engine, economy, options), runPiece));
  }

  /**
   * Returns the curves of the Edgeworth box (Edgeworth 1881) of two agents and two goods: contract
   * curve, core, the indifference curves through the endowment, offer curves, and budget lines.
   * Every point is computed from its definition.
   * @throws EconomyError unless the economy is a market of two agents, each of which wants both of
   *   two goods; OptionError for options out of range
   * @example
   * const { contract, core } = walras.edgeworthBox(economy, { curves: ["contract", "core"] });
   * core.points.subarray(0, 2); // 1.67784, 0.684: Ada's bread and wine where she is no worse off
   */
  edgeworthBox(economy: Economy, options: EdgeworthOptions = {}): EdgeworthBox {
    return this.on(economy, (_, economy) => edgeworthBox(economy, options));
  }

  /**
   * Returns the path of prices under tatonnement: the price of a good rises with its excess demand
   * (Samuelson 1947; Arrow & Hurwicz 1958). Continuous time uses the embedded Runge-Kutta pair of
   * Dormand & Prince (1980); discrete time follows Uzawa (1960). The path ends where all markets
   * clear, where prices go round in a cycle, or after the given time.
   * @throws EconomyError if the economy is no market; OptionError for options out of range
   * @example
   * const path = walras.tatonnement(economy, { start: [1, 1] });
   * path.converged; // true
   * path.prices.subarray(-2); // 0.913231, 1.10412
   */
  tatonnement(economy: Economy, options: TatonnementOptions = {}): Tatonnement {
    return this.on(economy, (engine, economy) => tatonnement(engine, economy, options));
  }

  /**
   * Returns the value to each agent of the change from one allocation to another: the equivalent
   * variation at the prices before, the compensating variation at those after (Hicks 1942), and the
   * change of utility. Both solutions are brought to one unit of account, by default to the
   * numeraire of the first.
   * @throws EconomyError if an omega is 0 or more; OptionError for solutions of the wrong shape, or a
   *   numeraire that is no good, or free
   * @example
   * const before = { prices: [1, 1], allocation: [[1, 4], [5, 1]] };
   * const { equivalentVariation } = walras.compare(economy, before, walras.equilibrium(economy));
   * equivalentVariation; // 3.13629, 2.89428
   */
  compare(economy: Economy, before: Priced, after: Priced, options: CompareOptions = {}): Comparison {
    return compare(checkedEconomy(economy), before, after, options);
  }

  /**
   * Returns who envies whom (Foley 1967), in units of account at the solution's prices, and each
   * agent's share of the value of everything and of the gains from trade.
   * @throws EconomyError if an omega is 0 or more, or if there are more than 2048 agents, or more
   *   than 2^25 agents times agents times goods; OptionError for a solution of the wrong shape
   * @example
   * const { envyFree, gainShares } = walras.fairness(economy, walras.equilibrium(economy));
   * envyFree; // true
   * gainShares; // 0.50963, 0.49037
   */
  fairness(economy: Economy, solution: Priced, options: FairnessOptions = {}): Fairness {
    return fairness(checkedEconomy(economy), solution, options);
  }

  /**
   * Returns all equilibria of many markets of one size, in which everybody wants everything, and
   * whether each list is proved to be complete: with two goods or two agents by enumeration, else by
   * the methods of equilibria(), economy by economy. An economy whose own numbers are wrong has the
   * status "invalid", as in planMany(), and an empty list.
   * @throws OptionError as planMany() does
   * @example
   * const { counts, prices } = walras.equilibriaMany({
   *   ...{ agents: 2, goods: 2, count: 1 },
   *   ...{ alpha: [1024, 1, 1, 1024], omega: -5, endowments: [12, 1, 1, 12] },
   * });
   * counts; // [3]
   * prices; // 0.112924, 0.887076, 0.5, 0.5, 0.887076, 0.112924
   */
  equilibriaMany(options: EquilibriaManyOptions): EquilibriaManyAnswer {
    return this.call((engine) => equilibriaMany(engine, options, runPiece));
  }

  /**
   * Returns the income transfers (n) that support a plan as an equilibrium (second welfare
   * theorem). At the plan's shadow prices, agent i needs T_i = prices.(x_i - e_i) to afford what
   * the plan gives it; below 0 it pays. The transfers add up to 0.
   * @throws EconomyError if the economy has no endowments; OptionError for a plan of the wrong
   *   shape
   * @example
   * walras.transfers(economy, walras.plan(economy)); // 0.131633, -0.131633: Ada needs so much to afford her part
   */
  transfers(economy: Economy, plan: Pick<Candidate, "allocation" | "shadowPrices">): Float64Array {
    return transfers(checkedEconomy(economy), plan);
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
   * @example
   * const statics = walras.statics(economy, walras.equilibrium(economy));
   * const { prices } = statics.forward({ endowments: [1, 0, 0, 0] }); // Ada has more bread
   * prices; // -0.106331, 0.0879476: the changes of the logs of prices
   * const { endowments } = statics.adjoint({ utilities: [1, 0] });
   * endowments; // 0.352938, 0.0607759, 0.184208, -0.143223: what a unit of each is worth to Ada, all markets considered
   * walras.statics(economy, walras.plan(economy)).forward({ totals: [1, 0] }).welfare; // [0.207336]
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
    return this.on(economy, (engine, economy) => statics(engine, economy, solution, options));
  }

  /**
   * Returns the effects of small gifts between every two agents on both, through prices, at an
   * equilibrium. A gift is paradoxical if the receiver loses or the giver gains (Leontief 1936;
   * Samuelson 1952). With two agents none is at an equilibrium of index 1, and every gift is at
   * index -1 (Balasko 1978). With three or more, paradoxes occur at stable equilibria too
   * (Chichilnisky 1980; Donsimoni & Polemarchakis 1994).
   * @throws OptionError if the prices are no equilibrium of this economy; SingularError if it is
   *   critical; EconomyError if the economy is no market
   * @example
   * const { receiverGains, paradoxes } = walras.transferParadox(economy, walras.equilibrium(economy));
   * receiverGains[1]; // 0.716758: what Ben gains by a small gift of Ada's, by its value
   * paradoxes; // []
   */
  transferParadox(economy: Economy, equilibrium: { prices: ArrayLike<number> }): TransferAnalysis {
    return this.on(economy, (engine, economy) => transferParadox(engine, economy, equilibrium));
  }
}

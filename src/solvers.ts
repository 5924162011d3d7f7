// What solves one economy, or many of one size: the methods that walras/solvers has, and Walras too.

import {
  type EquilibriumManyAnswer,
  type EquilibriumManyOptions,
  equilibriumMany,
  type PlanManyAnswer,
  type PlanManyOptions,
  planMany,
} from "./bulk.js";
import { type Candidate, check } from "./check.js";
import {
  checkedEconomy,
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  parseEconomy,
} from "./economy/economy.js";
import { type Engine, type EngineName, exclusive } from "./engine/engine.js";
import { type PreparedEconomy, prepare } from "./engine/prepared.js";
import { equilibrium } from "./market/equilibrium.js";
import type { EquilibriumOptions, PlanOptions } from "./options/options.js";
import { plan } from "./planner/plan.js";
import type { Equilibrium, ExactPlan, Verdict } from "./solution.js";
import { NO_OPTIONS, OptionError } from "./violations.js";

/**
 * Plans, equilibria of one market, the same in bulk, and the audit, on one engine. Calls are
 * synchronous, and answers hold copies. Made by `load()` of `walras/solvers`; `Walras` has these
 * methods too.
 *
 * An economy is what `economy()` returns, on any engine. A copy of it, made by structuredClone(),
 * postMessage() or JSON, is taken as well, and checked anew at every call: `economy()` does so once.
 * A solution may be such a copy, too.
 *
 * An engine works on one call at a time: what a call calls back, `onStep` or a getter of its
 * options, must not call the same engine. Every method that solves throws a BusyError then. It
 * throws a MemoryError for what does not fit into the engine's memory, 4 GiB at most, before the
 * solver begins. Neither error, nor one that a callback throws, changes any other answer.
 * @example
 * import { load } from "walras/solvers";
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
export class Solvers {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Passes the engine to one call of a method, and refuses further calls until that has ended.
   * @internal
   */
  protected call<T>(work: (engine: Engine) => T): T {
    return exclusive(this.#engine, () => work(this.#engine));
  }

  /**
   * The same for a call about an economy, which is checked first.
   * @internal
   */
  protected on<T>(economy: Economy, work: (engine: Engine, economy: Economy) => T): T {
    return this.call((engine) => work(engine, checkedEconomy(economy)));
  }

  /**
   * The engine that `load()` has started.
   * @example
   * walras.engine; // "wasm"
   */
  get engine(): EngineName {
    return this.#engine.name;
  }

  /**
   * Why `load()` took JavaScript although WebAssembly would have been taken; else undefined.
   * @example
   * walras.engineReason ?? "as wanted"; // "as wanted"
   */
  get engineReason(): string | undefined {
    return this.#engine.reason;
  }

  /**
   * The size of the engine's memory, in bytes.
   * @example
   * walras.memory % 65536; // 0: it grows by pages of 64 KiB
   */
  get memory(): number {
    return this.#engine.memory();
  }

  /**
   * Checks an economy, given as JSON text or as an object. `limits` bound the work that a few bytes
   * can ask for.
   * @throws EconomyError with all violations; OptionError for limits out of range
   * @example
   * const { totals } = walras.economy('{ "alpha": [[1, 2], [2, 1]], "gamma": 3, "totals": [4, 5] }');
   * totals; // 4, 5
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
   * @example
   * const plan = walras.plan(economy, { weights: [2, 1] });
   * plan.allocation; // 4.26061, 2.5, 1.73939, 2.5: Ada's bread and wine, then Ben's
   * plan.shadowPrices; // 0.330527, 0.32
   */
  plan(economy: Economy | PreparedEconomy, options: PlanOptions = NO_OPTIONS): ExactPlan {
    return this.call((engine) => plan(engine, economy, options));
  }

  /**
   * Keeps the logs and reciprocals of an economy in the engine, three numbers per cell, for many
   * plans at different weights. It saves time only if everybody wants everything and every omega is
   * below 0.
   * @throws MemoryError if they do not fit into memory
   * @example
   * const prepared = walras.prepare(economy);
   * const welfare = [1, 2, 3].map((w) => walras.plan(prepared, { weights: [w, 1] }).welfare);
   * welfare; // -2.4097, -3.58316, -4.64646
   * prepared.dispose();
   */
  prepare(economy: Economy): PreparedEconomy {
    return this.on(economy, (engine, economy) => prepare(engine, economy));
  }

  /**
   * Returns a competitive equilibrium: market-clearing prices. The method is Newton's, on the log
   * flow of trade in log prices. If that fails, it is bisection with two agents or two goods, and
   * otherwise a homotopy from a planner's allocation. Groups between which nothing can be traded
   * are solved one by one.
   * @throws EconomyError if no equilibrium can exist, with the reason: an omega of 0 or more, an
   *   agent that owns nothing of value, or agents that want nothing that others own. OptionError for
   *   options out of range
   * @example
   * const { prices, allocation, converged } = walras.equilibrium(economy, { numeraire: "wine" });
   * prices; // 0.827109, 1
   * allocation; // 3.56986, 1.87444, 2.43014, 3.12556
   * converged; // true
   */
  equilibrium(economy: Economy, options: EquilibriumOptions = NO_OPTIONS): Equilibrium {
    const demand: unknown = options?.demand;
    if (demand === "shares") {
      throw new OptionError([{ path: "demand", requirement: 'must be "utility" in walras/solvers', value: demand }]);
    }
    return this.on(economy, (engine, economy) => equilibrium(engine, economy, options));
  }

  /**
   * Returns exact plans of many economies of one size, from flat arrays to flat arrays. Every
   * answer is judged by first-order conditions and the sums of allocations. An economy whose own
   * numbers are wrong has the status "invalid", with the reason in `violations`, and NaN in the place
   * of its answer; all others are solved.
   * @throws OptionError for arrays of the wrong length, for numbers out of range that all economies
   *   share, and for options out of range
   * @example
   * const size = { agents: 2, goods: 2, count: 3 };
   * const totals = [1, 1, 2, 1, 3, 1]; // two goods of each economy
   * const { allocation } = walras.planMany({ ...size, alpha: [1, 2, 2, 1], omega: -1, totals });
   * allocation.subarray(8, 10); // 1, 0.666667: what the first agent has in the third economy
   */
  planMany(options: PlanManyOptions): PlanManyAnswer {
    return this.call((engine) => planMany(engine, options));
  }

  /**
   * Returns equilibria of many markets of one size, in which everybody wants everything; prices add
   * up to 1. Every answer is judged by market clearing, budgets, first-order conditions and net
   * flows. An economy whose own numbers are wrong has the status "invalid", as in planMany().
   * @throws OptionError as planMany() does
   * @example
   * const endowments = [3, 0, 0, 3, 2, 1, 1, 5]; // of both economies, each agent's two goods
   * const size = { agents: 2, goods: 2, count: 2 };
   * walras.equilibriumMany({ ...size, alpha: 1, omega: -2, endowments }).prices; // 0.5, 0.5, 0.8, 0.2
   */
  equilibriumMany(options: EquilibriumManyOptions): EquilibriumManyAnswer {
    return this.call((engine) => equilibriumMany(engine, options));
  }

  /**
   * Recomputes the residuals of a solution from any source, and returns whether they are within the
   * tolerance (default 1e-6). A candidate with prices is judged as an equilibrium; without an
   * allocation, at what agents demand at these prices. A candidate with shadow prices is judged as
   * a plan, at its weights or the economy's. Other keys of this package's own solutions are
   * ignored.
   * @throws OptionError for a candidate of the wrong shape; EconomyError if the economy is no
   *   market
   * @example
   * const verdict = walras.check(economy, { prices: [1, 1] });
   * verdict.accepted; // false
   * verdict.residuals; // { marketClearing: 0.0689691, … }
   * walras.check(economy, walras.equilibrium(economy)).accepted; // true
   */
  check(economy: Economy, candidate: Candidate, options: { tolerance?: number } = {}): Verdict {
    return this.on(economy, (engine, economy) => check(engine, economy, candidate, options));
  }
}

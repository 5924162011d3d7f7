// loadPool() and the object that it returns: the methods of Walras, each at work in other threads.

// Projects for older hosts do not know Symbol.asyncDispose.
/// <reference lib="esnext.disposable" preserve="true" />

import { CONVERGED, DIVERGED, MAX_ITERATIONS } from "../../assembly/protocol.js";
import type {
  EquilibriaManyAnswer,
  EquilibriaManyOptions,
  EquilibriumManyAnswer,
  EquilibriumManyOptions,
  PlanManyAnswer,
  PlanManyOptions,
} from "../bulk.js";
import type { Candidate } from "../check.js";
import {
  checkedEconomy,
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  parseEconomy,
} from "../economy/economy.js";
import type { EngineName, Range } from "../engine/engine.js";
import { addressOf, checkLoadOptions, type LoadOptions } from "../engine/options.js";
import type { EdgeworthBox, EdgeworthOptions } from "../frontier/edgeworth.js";
import type { Frontier, FrontierOptions } from "../frontier/frontier.js";
import type { ShareOptions } from "../market/shareOptions.js";
import {
  type AdamOptions,
  checkAdamOptions,
  checkControl,
  checkPlanOptions,
  type EquilibriaOptions,
  type EquilibriumOptions,
  type PartsDone,
  type PlanOptions,
  type Progress,
} from "../options/options.js";
import { type AdamSettings, adamAnswer, type judgeAdam, STRIDE, settingsOf } from "../planner/adam.js";
import { answerOf, type Found, fromTiles, type Goods, type Standing, type Tiles } from "../planner/plan.js";
import type { AdamPlan, Equilibria, Equilibrium, ExactPlan, ShareEquilibrium, Verdict } from "../solution.js";
import type { MatricesOptions, StaticsCandidate, StaticsOptions } from "../statics/statics.js";
import type { TransferAnalysis } from "../statics/transferParadox.js";
import type { Tatonnement, TatonnementOptions } from "../tatonnement/tatonnement.js";
import { EconomyError, Findings, isRecord, OptionError } from "../violations.js";
import type { CompareOptions, Comparison, Fairness, FairnessOptions, Priced } from "../welfare/welfare.js";
import { PartMemory, partsOf, requireShared } from "./bulk.js";
import { inSharedMemory } from "./economies.js";
import { adamRangesOf, type Into, joinByGoods, joinTiles, type Part, rangesOf, Whole } from "./goods.js";
import { type Call, type Job, Scheduler } from "./scheduler.js";
import { type PooledEquilibriumStatics, type PooledPlanStatics, rowsAsked } from "./statics.js";
import { parallelism, type WebWorker } from "./threads.js";

/** The options of `loadPool`. */
export interface PoolOptions {
  /** How many workers, 1 to 64; default as many as the machine runs side by side, 8 at most. */
  workers?: number;
  /** The engine of every worker: "auto" (default), "wasm" or "js", as load() has it. */
  engine?: LoadOptions["engine"];
  /** The kernels of every worker, as load() has them. Default: those that are bundled. */
  module?: LoadOptions["module"];
  /**
   * Makes a Web Worker of the package's file pool-worker.js, where a page has it under another
   * address. By default it lies beside the file that this code is in.
   */
  worker?: () => WebWorker;
}

/** How a call is watched and ended. */
export interface PoolControl<P = Progress> {
  /** Called now and then, from the caller's thread. An error that it throws ends the call. */
  onStep?: (progress: P) => void;
  /** Once it is aborted, the call is rejected with its reason, and workers end what they do. */
  signal?: AbortSignal;
}

/** Economies for a stream: the options of one bulk call after the other. */
export type Source<Options> = Iterable<Options> | AsyncIterable<Options>;

/**
 * An economy whose logs and reciprocals stay in the workers. Pool.prepare makes it and Pool.plan plans
 * it.
 */
export interface PooledEconomy {
  /** The economy that was prepared. */
  readonly economy: Economy;
  /** Gives the memory back. Without this call, that happens when nothing refers to the object. */
  dispose(): void;
}

let latestKey = 0;

/** Under what pieces of one call keep what they need. */
function newKey(): number {
  return ++latestKey;
}

/** What prepare() has kept in the workers of a pool. */
class Preparation {
  readonly key = newKey();
  #disposed = false;

  constructor(
    private readonly pool: Pool,
    private readonly scheduler: Scheduler,
    readonly ranges: readonly Range[],
  ) {}

  /** The worker of its first goods. */
  get home(): number {
    return this.key;
  }

  requireFrom(pool: Pool): void {
    const refuse = (requirement: string) => {
      throw new EconomyError([{ path: "the economy", requirement, value: "a prepared economy" }]);
    };
    if (this.#disposed) refuse("must not have been disposed of");
    if (this.pool !== pool) refuse("must not belong to another pool");
  }

  dispose(): void {
    if (!this.#disposed) this.scheduler.release(this.key);
    this.#disposed = true;
  }
}

const preparations = new WeakMap<PooledEconomy, Preparation>();
const forgotten = new FinalizationRegistry<{ key: number; scheduler: Scheduler }>(({ key, scheduler }) =>
  scheduler.release(key),
);

type Judged = ReturnType<typeof judgeAdam>;

/** What a run of Adam begins with. */
interface AdamStart {
  settings: AdamSettings;
  weights: Float64Array;
  start: Float64Array | undefined;
  tells: boolean;
}

const MAX_WORKERS = 64;
const DEFAULT_WORKERS = 8;
/** Pieces of which a call has many, and which take some milliseconds each. */
const AHEAD: ReadonlySet<string> = new Set(["planTiles", "planGoods", "staticsRows"]);
/** Parts of a call that are at work, or wait for it, for each worker. */
const PARTS_EACH = 2;

/**
 * Starts workers, each with an engine of its own, and returns the object with all methods. In Node
 * they do not keep the process from ending while nothing is at work.
 * @throws OptionError for options out of range; PoolError where workers cannot be started; the
 *   engine's own error if "wasm" cannot start
 * @example
 * import { loadPool } from "walras/pool";
 *
 * const pool = await loadPool({ workers: 2 });
 * const economy = pool.economy({ alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] });
 * const { prices } = await pool.equilibrium(economy);
 * prices; // 0.452687, 0.547313
 * await pool.close();
 */
export async function loadPool(options: PoolOptions = {}): Promise<Pool> {
  const findings = new Findings();
  const given = findings.keys(options, ["workers", "engine", "module", "worker"]);
  findings.number("workers", given.workers, 1, MAX_WORKERS, true);
  checkLoadOptions(findings, given);
  findings.callback("worker", given.worker);
  findings.throwIfAny(OptionError);
  const { engine } = given;
  // A path is relative to the page, and not to the file of the workers; they get no objects, as a URL is.
  const isPlace = typeof given.module === "string" || given.module instanceof URL;
  const module = isPlace ? addressOf(String(given.module))?.href : given.module;
  const workers = given.workers ?? Math.max(1, Math.min(parallelism(), DEFAULT_WORKERS));
  return new Pool(await Scheduler.start(workers, { engine, module }, given.worker));
}

/**
 * The methods of Walras, at work in other threads. Each returns a promise of the answer that the
 * method of Walras returns, the same bit for bit whatever the number of workers. Made by loadPool().
 *
 * A call that is large enough is divided among workers; others go whole to one of them, so that many
 * calls at a time keep all of them busy. Every method takes `signal` and `onStep` among its options,
 * or as an object of their own behind its other arguments. An aborted signal rejects the call with
 * its reason at once. A worker that ends is replaced, and its piece of work done again, once.
 * @example
 * import { loadPool } from "walras/pool";
 *
 * const pool = await loadPool({ workers: 2 });
 * const economy = pool.economy({
 *   goods: ["bread", "wine"],
 *   agents: ["Ada", "Ben"],
 *   alpha: [[3, 1], [1, 2]],
 *   omega: -2,
 *   endowments: [[1, 4], [5, 1]],
 * });
 */
export class Pool {
  readonly #scheduler: Scheduler;
  /** Memory for parts of bulk calls that none of them uses, as much as one call has at work. */
  readonly #memory: PartMemory[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * The engine of the workers.
   * @example
   * pool.engine; // "wasm"
   */
  get engine(): EngineName {
    return this.#scheduler.engine;
  }

  /**
   * Why the workers took JavaScript although WebAssembly would have been taken; else undefined.
   * @example
   * pool.engineReason ?? "as wanted"; // "as wanted"
   */
  get engineReason(): string | undefined {
    return this.#scheduler.engineReason;
  }

  /**
   * The number of workers.
   * @example
   * pool.workers; // 2
   */
  get workers(): number {
    return this.#scheduler.size;
  }

  /**
   * Ends the workers. Calls at work are rejected with a PoolError, and so are all further ones.
   * @example
   * await pool.close();
   */
  async close(): Promise<void> {
    this.#scheduler.close();
  }

  /**
   * Ends the workers as `close` does, at the end of a block with `await using`.
   * @example
   * const { prices } = await (async () => {
   *   await using mine = await loadPool({ workers: 1 });
   *   return await mine.equilibrium(economy);
   * })();
   * prices; // 0.452687, 0.547313
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Checks an economy, as Walras.economy() does, in the caller's thread.
   * @throws EconomyError with all violations; OptionError for limits out of range
   * @example
   * pool.economy('{ "alpha": [[1, 2], [2, 1]], "gamma": 3, "totals": [4, 5] }').totals; // 4, 5
   */
  economy(data: EconomyData | Economy | string, limits: EconomyLimits = {}): Economy {
    return inSharedMemory(typeof data === "string" ? parseEconomy(data, limits) : defineEconomy(data, limits));
  }

  /**
   * Walras.plan. A large economy is divided by goods. `onStep` gets the parts done.
   * @example
   * const plan = await pool.plan(economy, { weights: [2, 1] });
   * plan.allocation; // 4.26061, 2.5, 1.73939, 2.5: Ada's bread and wine, then Ben's
   */
  async plan(target: Economy | PooledEconomy, options: PlanOptions & PoolControl<PartsDone> = {}): Promise<ExactPlan> {
    const prepared = preparations.get(target as PooledEconomy);
    const economy = checkedEconomy((prepared ? (target as PooledEconomy).economy : target) as Economy);
    if (prepared) prepared.requireFrom(this);
    return await this.#within(options, async (call, others) => {
      const ranges = prepared?.ranges ?? rangesOf(economy, PARTS_EACH * this.workers);
      if (!ranges) return await this.#whole<ExactPlan>(call, "plan", economy, [others]);
      const { options, weights } = checkPlanOptions(economy, others);
      return answerOf(
        this.engine,
        economy,
        options,
        weights,
        await this.#planRanges(call, economy, ranges, weights, prepared),
      );
    });
  }

  async #planRanges(
    call: Call,
    economy: Economy,
    ranges: readonly Range[],
    weights: Float64Array,
    prepared: Preparation | undefined,
  ): Promise<Found> {
    const whole = new Whole(economy);
    const each = async <T extends Partial<Standing> | undefined>(
      name: string,
      more?: { key: number; home: number },
    ): Promise<T[]> => {
      const { home, ...key } = more ?? {};
      let done = 0;
      const parts = ranges.map(async (range, k) => {
        const at = home === undefined ? undefined : home + k;
        const part = await this.#piece<T>(call, name, economy, { range, weights, ...key, ...whole.given }, at);
        if (part) whole.take(range, part);
        call.tell({ done: ++done, total: ranges.length });
        return part;
      });
      return await Promise.all(parts);
    };
    const tiles = await each<Part<Tiles> | undefined>("planTiles", prepared);
    const found = tiles.every((part) => part !== undefined) && fromTiles(economy, weights, joinTiles(whole, tiles));
    if (found) return found;
    const goods = joinByGoods(whole, ranges, await each<Part<Goods>>("planGoods"));
    return await this.#piece(call, "auditGoods", economy, { weights, goods });
  }

  /**
   * Walras.prepare: keeps logs and reciprocals of an economy in the workers, some of the goods in each,
   * for many plans at different weights.
   * @example
   * const prepared = await pool.prepare(economy);
   * const plans = await Promise.all([1, 2, 3].map((w) => pool.plan(prepared, { weights: [w, 1] })));
   * plans.map(({ welfare }) => welfare); // -2.4097, -3.58316, -4.64646
   * prepared.dispose();
   */
  async prepare(economy: Economy, control: PoolControl<PartsDone> = {}): Promise<PooledEconomy> {
    const own = checkedEconomy(economy);
    return await this.#within(control, async (call, others) => {
      refuseKeys(others);
      const ranges = rangesOf(own, this.workers) ?? [{ first: 0, count: own.goods.length }];
      const preparation = new Preparation(this, this.#scheduler, ranges);
      const { key, home } = preparation;
      const { weights } = own;
      let done = 0;
      const parts = ranges.map(async (range, k) => {
        await this.#piece(call, "prepareGoods", own, { range, weights, key }, home + k);
        call.tell({ done: ++done, total: ranges.length });
      });
      try {
        await Promise.all(parts);
      } catch (error) {
        preparation.dispose();
        throw error;
      }
      const prepared: PooledEconomy = { economy: own, dispose: () => preparation.dispose() };
      preparations.set(prepared, preparation);
      forgotten.register(prepared, { key, scheduler: this.#scheduler });
      return prepared;
    });
  }

  /**
   * Walras.planWithAdam. Where its work is large it is divided by goods.
   * @example
   * const { status, welfare } = await pool.planWithAdam(economy, { seed: 1 });
   * status; // "converged"
   * welfare; // -2.4097
   */
  async planWithAdam(economy: Economy, options: AdamOptions = {}): Promise<AdamPlan> {
    const own = checkedEconomy(economy);
    return await this.#within(options, async (call, others, tells) => {
      const { options, weights, start } = checkAdamOptions(own, others);
      const settings = settingsOf(options);
      const ranges = options.trace ? undefined : adamRangesOf(own, settings, this.engine, this.workers);
      const divided = ranges && (await this.#adamInRanges(call, own, ranges, { settings, weights, start, tells }));
      if (!divided) return await this.#whole<AdamPlan>(call, "planWithAdam", own, [others], tells);
      const { status, done, standing } = divided;
      const { form } = settings;
      const judged = await this.#piece<Judged>(call, "adamJudge", own, { weights, form, standing });
      return adamAnswer(this.engine, settings, options, judged, { status, done, trace: [] });
    });
  }

  /** Runs Adam on ranges of goods; undefined where numbers are no longer finite in one of them. */
  async #adamInRanges(
    call: Call,
    economy: Economy,
    ranges: readonly Range[],
    { settings, weights, start, tells }: AdamStart,
  ) {
    const { formulation, maxSteps } = settings;
    const key = newKey();
    const each = <T>(name: string, to: number, into: Into = {}) =>
      Promise.all(
        ranges.map((range, k) => {
          const given = { range, weights, key, settings, to, looks: tells, ...into, ...(start ? { start } : {}) };
          return this.#piece<T>(call, name, economy, given, k);
        }),
      );
    try {
      let done = 0;
      let status: number = MAX_ITERATIONS;
      while (done < maxSteps && status === MAX_ITERATIONS) {
        const to = tells || formulation === "shares" ? Math.min(maxSteps, done + STRIDE) : maxSteps;
        const parts = await each<{ status: number; stationarity?: number }>("adamSteps", to);
        if (parts.some((part) => part.status === DIVERGED)) return undefined;
        status = parts.every((part) => part.status === CONVERGED) ? CONVERGED : MAX_ITERATIONS;
        done = to;
        const residual = parts.reduce((worst, { stationarity = 0 }) => Math.max(worst, stationarity), 0);
        call.tell({ iteration: done, method: `adam-${formulation}`, residual });
      }
      const whole = new Whole(economy);
      const parts = await each<Part<Standing>>("adamRead", done, whole.given);
      parts.forEach((part, k) => {
        whole.take(ranges[k], part);
      });
      return { status, done, standing: whole.standing };
    } finally {
      this.#scheduler.release(key);
    }
  }

  /**
   * Walras.equilibrium.
   * @example
   * const { prices } = await pool.equilibrium(economy, { signal: AbortSignal.timeout(10_000) });
   * prices; // 0.452687, 0.547313
   */
  equilibrium(economy: Economy, options: ShareOptions & PoolControl): Promise<ShareEquilibrium>;
  equilibrium(economy: Economy, options?: EquilibriumOptions): Promise<Equilibrium>;
  equilibrium(
    economy: Economy,
    options: EquilibriumOptions | (ShareOptions & PoolControl) = {},
  ): Promise<Equilibrium | ShareEquilibrium> {
    return this.#watched("equilibrium", economy, options);
  }

  /**
   * Walras.equilibria.
   * @example
   * const { equilibria, complete } = await pool.equilibria(economy);
   * equilibria.length; // 1
   * complete; // true
   */
  equilibria(economy: Economy, options: EquilibriaOptions = {}): Promise<Equilibria> {
    return this.#watched("equilibria", economy, options);
  }

  /**
   * Walras.frontier.
   * @example
   * const { utilities } = await pool.frontier(economy, { points: 3 });
   * utilities; // -63.5855, -0.571861, -1.33521, -1.08088, -0.706416, -51.4739
   */
  frontier(economy: Economy, options: FrontierOptions = {}): Promise<Frontier> {
    return this.#watched("frontier", economy, options);
  }

  /**
   * Walras.edgeworthBox.
   * @example
   * const { core } = await pool.edgeworthBox(economy, { curves: ["core"] });
   * core.points.subarray(0, 2); // 1.67784, 0.684
   */
  edgeworthBox(economy: Economy, options: EdgeworthOptions & PoolControl = {}): Promise<EdgeworthBox> {
    return this.#watched("edgeworthBox", economy, options);
  }

  /**
   * Walras.tatonnement.
   * @example
   * const { converged, prices } = await pool.tatonnement(economy, { start: [1, 1] });
   * converged; // true
   * prices.subarray(-2); // 0.913231, 1.10412
   */
  tatonnement(economy: Economy, options: TatonnementOptions = {}): Promise<Tatonnement> {
    return this.#watched("tatonnement", economy, options);
  }

  /**
   * Walras.check.
   * @example
   * const verdict = await pool.check(economy, await pool.equilibrium(economy));
   * verdict.accepted; // true
   */
  check(economy: Economy, candidate: Candidate, options: { tolerance?: number } & PoolControl = {}): Promise<Verdict> {
    return this.#watched("check", economy, options, [candidate]);
  }

  /**
   * Walras.fairness.
   * @example
   * const { envyFree } = await pool.fairness(economy, await pool.equilibrium(economy));
   * envyFree; // true
   */
  fairness(economy: Economy, solution: Priced, options: FairnessOptions & PoolControl = {}): Promise<Fairness> {
    return this.#watched("fairness", economy, options, [solution]);
  }

  /**
   * Walras.compare.
   * @example
   * const before = { prices: [1, 1], allocation: [[1, 4], [5, 1]] };
   * const comparison = await pool.compare(economy, before, await pool.equilibrium(economy));
   * comparison.equivalentVariation; // 3.13629, 2.89428
   */
  compare(
    economy: Economy,
    before: Priced,
    after: Priced,
    options: CompareOptions & PoolControl = {},
  ): Promise<Comparison> {
    return this.#watched("compare", economy, options, [before, after]);
  }

  /**
   * Walras.transfers.
   * @example
   * const plan = await pool.plan(economy);
   * const incomes = await pool.transfers(economy, plan);
   * incomes; // 0.131633, -0.131633
   */
  transfers(
    economy: Economy,
    plan: Pick<Candidate, "allocation" | "shadowPrices">,
    control: PoolControl = {},
  ): Promise<Float64Array> {
    return this.#controlled("transfers", economy, [plan], control);
  }

  /**
   * Walras.transferParadox.
   * @example
   * const { paradoxes } = await pool.transferParadox(economy, await pool.equilibrium(economy));
   * paradoxes; // []
   */
  transferParadox(
    economy: Economy,
    equilibrium: { prices: ArrayLike<number> },
    control: PoolControl = {},
  ): Promise<TransferAnalysis> {
    return this.#controlled("transferParadox", economy, [equilibrium], control);
  }

  /**
   * Walras.statics. The derivatives are taken in the workers, where the solution stays; matrices are
   * divided by rows.
   * @example
   * const statics = await pool.statics(economy, await pool.equilibrium(economy));
   * const { prices } = await statics.matrices({ of: ["prices"], by: ["endowments"] });
   * prices.endowments.subarray(4); // 0.0879476, -0.167496, 0.137841, -0.107172: the derivatives of the log of wine's price
   * statics.dispose();
   */
  statics(
    economy: Economy,
    equilibrium: { prices: ArrayLike<number>; numeraire?: string },
    options?: StaticsOptions & PoolControl,
  ): Promise<PooledEquilibriumStatics>;
  statics(
    economy: Economy,
    plan: Required<Pick<Candidate, "allocation" | "shadowPrices">> & Pick<Candidate, "weights">,
    options?: StaticsOptions & PoolControl,
  ): Promise<PooledPlanStatics>;
  async statics(
    given: Economy,
    solution: StaticsCandidate,
    options: StaticsOptions & PoolControl = {},
  ): Promise<PooledEquilibriumStatics | PooledPlanStatics> {
    const economy = checkedEconomy(given);
    return await this.#within(options, async (call, others) => {
      const key = newKey();
      const point = { key, solution, options: others };
      const facts = await this.#piece<object>(call, "staticsFacts", economy, point);
      const product = (name: string) => (blocks: object) =>
        this.#within({}, (call) => this.#piece<never>(call, name, economy, { ...point, blocks }));
      const made = {
        ...facts,
        forward: product("staticsForward"),
        adjoint: product("staticsAdjoint"),
        matrices: (options: MatricesOptions<string, string> = {}) =>
          this.#matrices(economy, point, !("index" in facts), options) as Promise<never>,
        dispose: () => this.#scheduler.release(key),
      };
      forgotten.register(made, { key, scheduler: this.#scheduler });
      return made as unknown as PooledEquilibriumStatics | PooledPlanStatics;
    });
  }

  async #matrices(economy: Economy, point: object, ofPlan: boolean, options: MatricesOptions<string, string>) {
    return await this.#within(options as PoolControl<PartsDone>, async (call, others) => {
      const { pieces, matrices, given, take, total } = rowsAsked(economy, ofPlan, others);
      let done = 0;
      await this.#inParts(pieces.length, async (k) => {
        const rows = pieces[k];
        take(rows, await this.#piece(call, "staticsRows", economy, { ...point, ...given(rows) }));
        done += rows.count;
        call.tell({ done, total });
      });
      return matrices;
    });
  }

  /**
   * Walras.planMany. `onStep` gets the numbers of parts done and in all.
   * @example
   * const size = { agents: 2, goods: 2, count: 3 };
   * const many = await pool.planMany({ ...size, alpha: [1, 2, 2, 1], omega: -1, totals: [1, 1, 2, 1, 3, 1] });
   * many.allocation.subarray(8, 10); // 1, 0.666667
   */
  planMany(options: PlanManyOptions & PoolControl<PartsDone>): Promise<PlanManyAnswer> {
    return this.#many("planMany", options);
  }

  /**
   * Walras.equilibriumMany. `onStep` gets the numbers of parts done and in all.
   * @example
   * const endowments = [3, 0, 0, 3, 2, 1, 1, 5];
   * const size = { agents: 2, goods: 2, count: 2 };
   * const many = await pool.equilibriumMany({ ...size, alpha: 1, omega: -2, endowments });
   * many.prices; // 0.5, 0.5, 0.8, 0.2
   */
  equilibriumMany(options: EquilibriumManyOptions & PoolControl<PartsDone>): Promise<EquilibriumManyAnswer> {
    return this.#many("equilibriumMany", options);
  }

  /**
   * Walras.equilibriaMany. `onStep` gets the numbers of parts done and in all.
   * @example
   * const { counts } = await pool.equilibriaMany({
   *   ...{ agents: 2, goods: 2, count: 1 },
   *   ...{ alpha: [1024, 1, 1, 1024], omega: -5, endowments: [12, 1, 1, 12] },
   * });
   * counts; // [3]
   */
  equilibriaMany(options: EquilibriaManyOptions & PoolControl<PartsDone>): Promise<EquilibriaManyAnswer> {
    return this.#many("equilibriaMany", options);
  }

  /**
   * planMany() of one set of options after the other, with the answers in the same order. The source
   * is asked for no more than keeps all workers busy, so that a stream of any length takes little
   * memory. Where the consumer stops, or a call fails, the rest is cancelled and the source closed.
   * @example
   * const source = [1, 2, 3].map((bread) => ({
   *   ...{ agents: 2, goods: 2, count: 1, alpha: [1, 2, 2, 1], omega: -1 },
   *   totals: [bread, 1],
   * }));
   * const shadowPrices = [];
   * for await (const plans of pool.planStream(source)) shadowPrices.push(plans.shadowPrices[0]);
   * shadowPrices; // 3, 1.5, 1
   */
  planStream(
    source: Source<PlanManyOptions>,
    control: { signal?: AbortSignal } = {},
  ): AsyncGenerator<PlanManyAnswer, void, undefined> {
    return this.#stream(source, control, "planMany");
  }

  /**
   * equilibriumMany() of one set of options after the other, as planStream() does.
   * @example
   * async function* source() {
   *   for (const own of [1, 2, 3]) {
   *     yield { agents: 2, goods: 2, count: 1, alpha: 1, omega: -2, endowments: [own, 0, 0, 1] };
   *   }
   * }
   * const prices = [];
   * for await (const markets of pool.equilibriumStream(source())) prices.push(markets.prices[0]);
   * prices; // 0.5, 0.2, 0.1
   */
  equilibriumStream(
    source: Source<EquilibriumManyOptions>,
    control: { signal?: AbortSignal } = {},
  ): AsyncGenerator<EquilibriumManyAnswer, void, undefined> {
    return this.#stream(source, control, "equilibriumMany");
  }

  /**
   * equilibriaMany() of one set of options after the other, as planStream() does.
   * @example
   * const taste = { alpha: [1024, 1, 1, 1024], omega: -5 };
   * const source = [12, 6].map((own) => ({
   *   ...{ agents: 2, goods: 2, count: 1, endowments: [own, 1, 1, own] },
   *   ...taste,
   * }));
   * const counts = [];
   * for await (const lists of pool.equilibriaStream(source)) counts.push(lists.counts[0]);
   * counts; // 3, 1
   */
  equilibriaStream(
    source: Source<EquilibriaManyOptions>,
    control: { signal?: AbortSignal } = {},
  ): AsyncGenerator<EquilibriaManyAnswer, void, undefined> {
    return this.#stream(source, control, "equilibriaMany");
  }

  /** A method with `given` before its options, which have the signal and onStep among them. */
  async #watched<T>(method: string, of: Economy, options: object, given: unknown[] = []): Promise<T> {
    const economy = checkedEconomy(of);
    return await this.#within(
      options,
      async (call, others, tells) => await this.#whole<T>(call, method, economy, [...given, others], tells),
    );
  }

  /** A method without options. */
  async #controlled<T>(method: string, of: Economy, given: unknown[], control: object): Promise<T> {
    const economy = checkedEconomy(of);
    return await this.#within(control, async (call, others) => {
      refuseKeys(others);
      return await this.#whole<T>(call, method, economy, given);
    });
  }

  /** A method as one worker runs it. */
  async #whole<T>(call: Call, method: string, economy: Economy, rest: unknown[], tells = false): Promise<T> {
    return (await this.#scheduler.run(call, { method, economy: inSharedMemory(economy), rest, tells })) as T;
  }

  /** A piece of a method, in the worker `home` if that is given. */
  async #piece<T>(call: Call, name: string, economy: Economy, given: object, home?: number): Promise<T> {
    const job: Job = { piece: { name, given }, economy: inSharedMemory(economy), ahead: AHEAD.has(name) };
    return (await this.#scheduler.run(call, home === undefined ? job : { ...job, home })) as T;
  }

  /** A bulk call. `shares`: whether a large answer may lie in memory that workers write to. */
  async #many<T>(method: string, given: PoolControl<PartsDone>, shares = true): Promise<T> {
    return await this.#within(given, async (call, options) => {
      const into = isRecord(options) ? options.into : undefined;
      requireShared(into);
      try {
        return await this.#parts(call, method, options, { into: into as Partial<T> | undefined, shares });
      } catch (error) {
        // The caller may use the arrays again.
        this.#scheduler.end(call, error);
        if (into) await call.released();
        throw error;
      }
    });
  }

  async #parts<T>(
    call: Call,
    method: string,
    options: object,
    { into, shares }: { into: Partial<T> | undefined; shares: boolean },
  ): Promise<T> {
    const whole = async () => {
      const answer = (await this.#scheduler.run(call, { method, rest: [options] })) as T;
      // What a worker has written to is seen here in arrays of its own.
      return { ...answer, ...into };
    };
    const parts = isRecord(options) ? partsOf(method, options, shares) : undefined;
    if (!parts) return await whole();
    const { count: total, joined } = parts;
    try {
      let done = 0;
      await this.#inParts(total, async (k) => {
        // Where a call ends early, workers may still read it: then it is not used again.
        const memory = this.#memory.pop() ?? new PartMemory();
        const given = parts.part(k, memory);
        joined.take(k, await this.#scheduler.run(call, { piece: { name: "bulk", given }, ahead: true }));
        if (this.#memory.length < PARTS_EACH * this.workers) this.#memory.push(memory);
        call.tell({ done: ++done, total });
      });
    } catch (error) {
      // It is of the call as a whole, which knows all that is wrong with it.
      if (error instanceof OptionError && !call.ended) return await whole();
      throw error;
    }
    return joined.whole() as T;
  }

  async *#stream<Options, Answer>(
    source: Source<Options>,
    control: { signal?: AbortSignal },
    method: string,
  ): AsyncGenerator<Answer, void, undefined> {
    const findings = new Findings();
    const { signal } = findings.keys(control, ["signal"]);
    checkControl({ signal }, findings);
    findings.throwIfAny(OptionError);
    const inner = new AbortController();
    const either = signal ? AbortSignal.any([signal, inner.signal]) : inner.signal;
    const waiting: Promise<Answer>[] = [];
    try {
      for await (const options of source) {
        // Not in shared memory, which is given back only when all workers have collected their garbage.
        const answer = this.#many<Answer>(method, { ...options, signal: either }, false);
        // Whoever takes the answer hears of an error; until then it is nobody's.
        answer.catch(() => {});
        waiting.push(answer);
        if (waiting.length > PARTS_EACH * this.workers) yield (await waiting.shift()) as Answer;
      }
      while (waiting.length > 0) yield (await waiting.shift()) as Answer;
    } finally {
      inner.abort();
    }
  }

  /** Runs parts 0 to count - 1 of a call, so many at a time. */
  async #inParts(count: number, run: (k: number) => Promise<void>): Promise<void> {
    let next = 0;
    const runners = Array.from({ length: Math.min(count, PARTS_EACH * this.workers) }, async () => {
      while (next < count) await run(next++);
    });
    await Promise.all(runners);
  }

  /** Runs a call under its control. `work` gets a copy of the other options. */
  async #within<T>(given: object, work: (call: Call, others: object, tells: boolean) => Promise<T>): Promise<T> {
    // What is no object is for the method to refuse.
    const { signal, onStep, ...others } = (isRecord(given) ? given : {}) as PoolControl<never>;
    const findings = new Findings();
    checkControl({ signal, onStep }, findings);
    findings.throwIfAny(OptionError);
    signal?.throwIfAborted();
    const call = this.#scheduler.begin(onStep);
    const cancel = () => this.#scheduler.end(call, signal?.reason);
    signal?.addEventListener("abort", cancel);
    try {
      const answer = await work(call, isRecord(given) ? others : given, onStep !== undefined);
      if (call.ended) throw call.reason;
      return answer;
    } catch (error) {
      // The other parts of the call.
      this.#scheduler.end(call, error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }
}

/** Refuses options where a method has none. */
function refuseKeys(options: object): void {
  const findings = new Findings();
  findings.keys(options, []);
  findings.throwIfAny(OptionError);
}

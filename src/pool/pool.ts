// loadPool() and the object that it returns: the methods of Walras, each at work in other threads.

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
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  parseEconomy,
  requireEconomy,
} from "../economy/economy.js";
import type { EngineName } from "../engine/engine.js";
import type { EdgeworthBox, EdgeworthOptions } from "../frontier/edgeworth.js";
import type { Frontier, FrontierOptions } from "../frontier/frontier.js";
import type { ShareOptions } from "../market/shareOptions.js";
import type { AdamOptions, EquilibriaOptions, EquilibriumOptions, PlanOptions, Progress } from "../options/options.js";
import { checkControl } from "../options/options.js";
import type { AdamPlan, Equilibria, Equilibrium, ExactPlan, ShareEquilibrium, Verdict } from "../solution.js";
import type { TransferAnalysis } from "../statics/transferParadox.js";
import type { Tatonnement, TatonnementOptions } from "../tatonnement/tatonnement.js";
import { Findings, isRecord, OptionError } from "../violations.js";
import type { Comparison, Fairness, FairnessOptions, Priced } from "../welfare/welfare.js";
import { chunksOf, Joined } from "./bulk.js";
import { type Call, Scheduler } from "./scheduler.js";
import { parallelism, type WebWorker } from "./threads.js";

export interface PoolOptions {
  /** How many workers, 1 to 64; default as many as the machine runs side by side, 8 at most. */
  workers?: number;
  /** The engine of every worker: "auto" (default), "wasm" or "js", as load() has it. */
  engine?: EngineName | "auto";
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

/** How much of a call in parts is done. */
export interface PartsDone {
  done: number;
  total: number;
}

/** Economies for a stream: the options of one bulk call after the other. */
export type Source<Options> = Iterable<Options> | AsyncIterable<Options>;

const MAX_WORKERS = 64;
const DEFAULT_WORKERS = 8;
/** Parts of a call that are at work, or wait for it, for each worker. */
const PARTS_EACH = 2;

/**
 * Starts workers, each with an engine of its own, and returns the object with all methods. In Node
 * they do not keep the process from ending while nothing is at work.
 * @throws OptionError for options out of range; PoolError where workers cannot be started; the
 *   engine's own error if "wasm" cannot start
 */
export async function loadPool(options: PoolOptions = {}): Promise<Pool> {
  const findings = new Findings();
  const given = findings.keys(options, ["workers", "engine", "worker"]);
  findings.number("workers", given.workers, 1, MAX_WORKERS, true);
  findings.choice("engine", given.engine, ["auto", "wasm", "js"]);
  findings.callback("worker", given.worker);
  findings.throwIfAny(OptionError);
  const workers = given.workers ?? Math.max(1, Math.min(parallelism(), DEFAULT_WORKERS));
  return new Pool(await Scheduler.start(workers, given.engine ?? "auto", given.worker));
}

/**
 * The methods of Walras, at work in other threads. Each returns a promise of the answer that the
 * method of Walras returns, the same bit for bit whatever the number of workers. Made by loadPool().
 *
 * A call that is large enough is divided among workers; others go whole to one of them, so that many
 * calls at a time keep all of them busy. Every method takes `signal` and `onStep` among its options,
 * or as an object of their own behind its other arguments. An aborted signal rejects the call with
 * its reason at once. A worker that ends is replaced, and its piece of work done again, once.
 */
export class Pool {
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The engine of the workers. */
  get engine(): EngineName {
    return this.#scheduler.engine as EngineName;
  }

  /** The number of workers. */
  get workers(): number {
    return this.#scheduler.size;
  }

  /** Ends the workers. Calls at work are rejected with a PoolError, and so are all further ones. */
  async close(): Promise<void> {
    this.#scheduler.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Checks an economy, as Walras.economy() does, in the caller's thread.
   * @throws EconomyError with all violations; OptionError for limits out of range
   */
  economy(data: EconomyData | Economy | string, limits: EconomyLimits = {}): Economy {
    return typeof data === "string" ? parseEconomy(data, limits) : defineEconomy(data, limits);
  }

  /** Walras.plan. */
  plan(economy: Economy, options: PlanOptions & PoolControl = {}): Promise<ExactPlan> {
    return this.#watched("plan", economy, options);
  }

  /** Walras.planWithAdam. */
  planWithAdam(economy: Economy, options: AdamOptions = {}): Promise<AdamPlan> {
    return this.#watched("planWithAdam", economy, options);
  }

  /** Walras.equilibrium. */
  equilibrium(economy: Economy, options: ShareOptions & PoolControl): Promise<ShareEquilibrium>;
  equilibrium(economy: Economy, options?: EquilibriumOptions): Promise<Equilibrium>;
  equilibrium(
    economy: Economy,
    options: EquilibriumOptions | (ShareOptions & PoolControl) = {},
  ): Promise<Equilibrium | ShareEquilibrium> {
    return this.#watched("equilibrium", economy, options);
  }

  /** Walras.equilibria. */
  equilibria(economy: Economy, options: EquilibriaOptions = {}): Promise<Equilibria> {
    return this.#watched("equilibria", economy, options);
  }

  /** Walras.frontier. */
  frontier(economy: Economy, options: FrontierOptions = {}): Promise<Frontier> {
    return this.#watched("frontier", economy, options);
  }

  /** Walras.edgeworthBox. */
  edgeworthBox(economy: Economy, options: EdgeworthOptions & PoolControl = {}): Promise<EdgeworthBox> {
    return this.#watched("edgeworthBox", economy, options);
  }

  /** Walras.tatonnement. */
  tatonnement(economy: Economy, options: TatonnementOptions = {}): Promise<Tatonnement> {
    return this.#watched("tatonnement", economy, options);
  }

  /** Walras.check. */
  check(economy: Economy, candidate: Candidate, options: { tolerance?: number } & PoolControl = {}): Promise<Verdict> {
    return this.#watched("check", economy, options, [candidate]);
  }

  /** Walras.fairness. */
  fairness(economy: Economy, solution: Priced, options: FairnessOptions & PoolControl = {}): Promise<Fairness> {
    return this.#watched("fairness", economy, options, [solution]);
  }

  /** Walras.compare. */
  compare(economy: Economy, before: Priced, after: Priced, control: PoolControl = {}): Promise<Comparison> {
    return this.#controlled("compare", economy, [before, after], control);
  }

  /** Walras.transfers. */
  transfers(
    economy: Economy,
    plan: Pick<Candidate, "allocation" | "shadowPrices">,
    control: PoolControl = {},
  ): Promise<Float64Array> {
    return this.#controlled("transfers", economy, [plan], control);
  }

  /** Walras.transferParadox. */
  transferParadox(
    economy: Economy,
    equilibrium: { prices: ArrayLike<number> },
    control: PoolControl = {},
  ): Promise<TransferAnalysis> {
    return this.#controlled("transferParadox", economy, [equilibrium], control);
  }

  /** Walras.planMany. `onStep` gets the numbers of parts done and in all. */
  planMany(options: PlanManyOptions & PoolControl<PartsDone>): Promise<PlanManyAnswer> {
    return this.#many("planMany", options);
  }

  /** Walras.equilibriumMany. `onStep` gets the numbers of parts done and in all. */
  equilibriumMany(options: EquilibriumManyOptions & PoolControl<PartsDone>): Promise<EquilibriumManyAnswer> {
    return this.#many("equilibriumMany", options);
  }

  /** Walras.equilibriaMany. `onStep` gets the numbers of parts done and in all. */
  equilibriaMany(options: EquilibriaManyOptions & PoolControl<PartsDone>): Promise<EquilibriaManyAnswer> {
    return this.#many("equilibriaMany", options);
  }

  /**
   * planMany() of one set of options after the other, with the answers in the same order. The source
   * is asked for no more than keeps all workers busy, so that a stream of any length takes little
   * memory. Where the consumer stops, or a call fails, the rest is cancelled and the source closed.
   */
  planStream(
    source: Source<PlanManyOptions>,
    control: { signal?: AbortSignal } = {},
  ): AsyncGenerator<PlanManyAnswer, void, undefined> {
    return this.#stream(source, control, (options) => this.planMany(options));
  }

  /** equilibriumMany() of one set of options after the other, as planStream() does. */
  equilibriumStream(
    source: Source<EquilibriumManyOptions>,
    control: { signal?: AbortSignal } = {},
  ): AsyncGenerator<EquilibriumManyAnswer, void, undefined> {
    return this.#stream(source, control, (options) => this.equilibriumMany(options));
  }

  /** equilibriaMany() of one set of options after the other, as planStream() does. */
  equilibriaStream(
    source: Source<EquilibriaManyOptions>,
    control: { signal?: AbortSignal } = {},
  ): AsyncGenerator<EquilibriaManyAnswer, void, undefined> {
    return this.#stream(source, control, (options) => this.equilibriaMany(options));
  }

  /** A method with `given` before its options, which have the signal and onStep among them. */
  async #watched<T>(method: string, economy: Economy, options: object, given: unknown[] = []): Promise<T> {
    requireEconomy(economy);
    return await this.#within(options, async (call, rest, tells) => {
      const job = { method, economy, rest: [...given, rest], tells };
      return (await this.#scheduler.run(call, job)) as T;
    });
  }

  /** A method without options. */
  async #controlled<T>(method: string, economy: Economy, given: unknown[], control: object): Promise<T> {
    requireEconomy(economy);
    return await this.#within(control, async (call, others) => {
      const findings = new Findings();
      findings.keys(others, []);
      findings.throwIfAny(OptionError);
      return (await this.#scheduler.run(call, { method, economy, rest: given })) as T;
    });
  }

  async #many<T>(method: string, given: PoolControl<PartsDone>): Promise<T> {
    return await this.#within(given, async (call, options) => {
      const whole = () => this.#scheduler.run(call, { method, rest: [options] }) as Promise<T>;
      const chunks = isRecord(options) ? chunksOf(options) : undefined;
      if (!chunks) return await whole();
      const answers = new Joined(chunks.length);
      try {
        await this.#inParts(chunks.length, call, async (k) => {
          answers.take(k, await this.#scheduler.run(call, { method, rest: [chunks[k]()] }));
        });
      } catch (error) {
        // Its places are those of a chunk; of the whole there may be more.
        if (error instanceof OptionError && !call.ended) return await whole();
        throw error;
      }
      return answers.whole() as T;
    });
  }

  async *#stream<Options, Answer>(
    source: Source<Options>,
    control: { signal?: AbortSignal },
    solve: (options: Options & { signal: AbortSignal }) => Promise<Answer>,
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
        const answer = solve({ ...options, signal: either });
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

  /** Runs parts 0 to count - 1 of a call, a few at a time, and tells how many are done. */
  async #inParts(count: number, call: Call, run: (k: number) => Promise<void>): Promise<void> {
    let next = 0;
    let done = 0;
    const runner = async () => {
      while (next < count) {
        await run(next++);
        done++;
        call.tell({ done, total: count });
      }
    };
    await Promise.all(Array.from({ length: Math.min(count, PARTS_EACH * this.workers) }, runner));
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
      return await work(call, isRecord(given) ? others : given, onStep !== undefined);
    } catch (error) {
      // The other parts of the call.
      this.#scheduler.end(call, error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }
}

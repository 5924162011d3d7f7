// The search for equilibria where no method proves a list complete. The joint Newton method runs
// from many starts side by side, until for long it finds nothing new and the indices add up to 1.
// The driver stays in TypeScript, as it works on lists that grow; the starts run in the core.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Addresses, Engine } from "../engine/engine.js";
import { type Part, polishGroup } from "../market/session.js";
import type { EquilibriaOptions } from "../options/options.js";

/** Iterations of all starts side by side between two looks at what they found. */
const PASSES = 16;
const MAX_STARTS = 200_000;
/**
 * Starts that must find nothing new before the search ends: the largest of this number, of this
 * number for each equilibrium found, and of this multiple of the starts up to the last discovery.
 */
const QUIET = 60;
const QUIET_EACH = 30;
const QUIET_TIMES = 2;
/** The factor by which these numbers rise where indices do not add up to 1. */
const UNBALANCED = 4;
/**
 * Where indices do not add up to 1, the search looks for others between this many pairs of
 * equilibria, the nearest ones.
 */
const MAX_PAIRS = 200;
/** Log prices this close are one equilibrium's. */
const SAME = 1e-6;
/** A start that stagnated within this many of its last steps was on its way to an equilibrium. */
const NEAR = 20;
/** Safeguarded Newton steps to confirm a candidate, and how far they may move a log price. */
const POLISHING_STEPS = 20;
const POLISHING_CAP = 0.05;
/**
 * Starts of the safeguarded Newton method, at most, that must find nothing new; its steps, and how
 * far they may move a log price.
 */
const SAFEGUARDED_STARTS = 60;
const SAFEGUARDED_STEPS = 30;
const SAFEGUARDED_CAP = 2;
/** The residual of a market at which a candidate is an equilibrium. */
const SMALL_RESIDUAL = 1e-9;
/** Cells and goods up to which many starts are made. */
const MAX_CELLS = 2 ** 14;
const MAX_GOODS = 128;

/** What a search of one group found. */
export interface Found {
  /** The equilibria. */
  parts: Part[];
  /** The sum of their indices. */
  indexSum: number;
  /**
   * Where starts stagnated, at a critical point or next to one: log prices of a unit, and how far
   * the last step was.
   */
  critical?: { logPrices: Float64Array; step: number };
  /** What was done, as a sentence. */
  searched: string;
}

/** An equilibrium found: log prices of a unit of each good, at any level. */
interface Candidate {
  logPrices: Float64Array;
  index: number;
}

/** Returns the equilibria found in a connected market, of which one is known. */
export function search(engine: Engine, economy: Economy, first: Part, options: EquilibriaOptions): Found {
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (n * m > MAX_CELLS || m > MAX_GOODS) {
    return {
      parts: [first],
      indexSum: first.index,
      searched: "One equilibrium, from one start: the economy is too large for many. Nothing is known of others.",
    };
  }
  const run = new Search(engine, economy, first, options.seed);
  run.toTheEnd(options);
  const { found, critical, indexSum } = run;
  const others = found.slice(1).map(({ logPrices, index }) => polishGroup(engine, economy, logPrices, index));
  return { parts: [first, ...others], indexSum, ...(critical ? { critical } : {}), searched: run.account(options) };
}

/** One search; its kernel's state is in the engine's arena until it has ended. */
class Search {
  /** The first is the one that was known. */
  readonly found: Candidate[];
  indexSum: number;
  #stagnation: Found["critical"];
  #starts = 0;
  /** Starts made when the latest was found. */
  #latest = 0;
  /** How many candidates and stagnated starts of the kernel have been read. */
  #readCount = 0;
  #stagnated = 0;
  /** Safeguarded starts, and how many there were when one of them found something. */
  #safeguarded = 0;
  #latestSafeguarded = 0;
  /** How many equilibria were known when the search last looked between them. */
  #repaired = 0;
  readonly #at: Addresses<"x" | "report" | "logPrices" | "critical" | "search">;
  readonly #logTotals: Float64Array;

  constructor(
    private readonly engine: Engine,
    economy: Economy,
    first: Part,
    seed = 0,
  ) {
    const { kernels } = engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    this.found = [{ logPrices: first.answer.logPrices, index: first.index }];
    this.indexSum = first.index;
    this.#logTotals = economy.totals.map(Math.log);
    const at = engine.open(economy, protocol.Solver.MULTISTART, {
      ...{ logPrices: m, critical: m + 1, search: protocol.REPORT_SIZE },
      market: engine.workspaceFor(protocol.Solver.MARKET, n, m),
    });
    kernels.startMultistart(Math.imul(seed, 0x9e3779b1), at.workspace);
    // The market solver works in a block of its own, beside the search.
    kernels.startMarket(protocol.NEWTON, -1, at.market as number);
    this.#at = at;
  }

  /**
   * Searches until nothing new comes and indices add up to 1, starts are spent, or it is cancelled.
   */
  toTheEnd({ maxStarts = MAX_STARTS, onStep, signal }: EquilibriaOptions): void {
    const { kernels } = this.engine;
    while (this.#starts < maxStarts && this.found.length < protocol.MAX_CANDIDATES && !signal?.aborted) {
      kernels.stepMultistart(PASSES);
      this.#readNews();
      const left = this.#left();
      onStep?.({ iteration: this.#starts, method: "multistart", residual: left });
      if (left > 0) continue;
      const count = this.found.length;
      this.#searchSafeguarded();
      if (this.found.length > count) continue;
      if (this.#balanced() || this.#repaired === count) break;
      this.#repaired = count;
      this.#searchBetween();
    }
  }

  /** Where a start stagnated that was not on its way to a regular equilibrium, if one did. */
  get critical(): Found["critical"] {
    return this.#stagnation && !this.#isNear(this.#stagnation.logPrices, this.#stagnation.step)
      ? this.#stagnation
      : undefined;
  }

  #isNear(point: Float64Array, step: number): boolean {
    return this.found.some(({ logPrices, index }) => index !== 0 && distance(logPrices, point) < NEAR * step);
  }

  /** Describes what was done and what is not proved. */
  account({ signal }: EquilibriaOptions): string {
    const count = this.found.length;
    const quiet = this.#starts - this.#latest + this.#safeguarded - this.#latestSafeguarded;
    return [
      `Newton's method from ${this.#starts + this.#safeguarded} starts, at planners' weights and at prices by turns, found ${count === 1 ? "1 equilibrium" : `${count} equilibria`}, nothing new from the last ${quiet}.`,
      ...(signal?.aborted ? ["It was cancelled before its end."] : []),
      this.#balanced()
        ? "Their indices add up to 1, as those of all equilibria do; that there are no others is not proved."
        : this.indexSum === 1
          ? "The index of some is too close to 0 to tell: there may be others next to them."
          : "Their indices do not add up to 1: some are missing, or too close to critical to tell.",
    ].join(" ");
  }

  /** The part that is still to be made of the starts that must find nothing new. */
  #left(): number {
    const enough =
      Math.max(QUIET, QUIET_EACH * this.found.length, QUIET_TIMES * this.#latest) * (this.#balanced() ? 1 : UNBALANCED);
    return Math.max(0, 1 - (this.#starts - this.#latest) / enough);
  }

  /** Reads what the kernel has found since the last time. */
  #readNews(): void {
    const { kernels, value, read } = this.engine;
    const { search: report, critical, logPrices } = this.#at;
    kernels.reportMultistart(report);
    this.#starts = value(report + protocol.SEARCH_STARTS);
    for (; this.#readCount < value(report + protocol.SEARCH_CANDIDATES); this.#readCount++) {
      kernels.readCandidate(this.#readCount, logPrices);
      this.#polish(this.#perUnit(read(logPrices, this.#logTotals.length)), POLISHING_STEPS, POLISHING_CAP);
    }
    const stagnated = value(report + protocol.SEARCH_STAGNATED);
    if (stagnated === this.#stagnated) return;
    this.#stagnated = stagnated;
    kernels.readCritical(critical);
    const m = this.#logTotals.length;
    const step = value(critical + m);
    const point = this.#perUnit(read(critical, m));
    if (!this.#isNear(point, step)) this.#stagnation = { logPrices: point, step };
  }

  /** Adds a candidate to the list where safeguarded Newton steps confirm it and it is new. */
  #polish(candidate: Float64Array, steps: number, cap: number): void {
    const { kernels, read, value, write } = this.engine;
    const at = this.#at;
    const m = candidate.length;
    write(at.logPrices, candidate);
    const code = kernels.polishMarket(at.logPrices, steps, cap);
    kernels.reportMarket(at.report);
    if (code !== protocol.CONVERGED || !(value(at.report + protocol.FLOW) <= SMALL_RESIDUAL)) return;
    kernels.readMarket(at.logPrices, at.x);
    const logPrices = read(at.logPrices, m);
    if (this.found.some((known) => distance(known.logPrices, logPrices) < SAME)) return;
    const index = value(at.report + protocol.INDEX);
    this.found.push({ logPrices, index });
    this.indexSum += index;
    this.#latest = this.#starts;
  }

  /** Searches between equilibria that are near each other, as starts from afar miss close pairs. */
  #searchBetween(): void {
    const { kernels } = this.engine;
    const pairs: { k: number; l: number; apart: number }[] = [];
    const points = Array.from({ length: this.#readCount }, (_, k) => {
      kernels.readCandidate(k, this.#at.logPrices);
      return this.engine.read(this.#at.logPrices, this.#logTotals.length);
    });
    for (let k = 0; k < points.length; k++) {
      for (let l = 0; l < k; l++) pairs.push({ k, l, apart: distance(points[k], points[l]) });
    }
    pairs.sort((a, b) => a.apart - b.apart);
    for (const { k, l } of pairs.slice(0, MAX_PAIRS)) kernels.startBetween(k, l);
    this.#readNews();
  }

  /**
   * Runs the safeguarded method, which reaches equilibria that the joint Newton method does not.
   */
  #searchSafeguarded(): void {
    const { kernels, read, value } = this.engine;
    const { logPrices, search: report } = this.#at;
    // Fewer starts are enough where the joint Newton method seldom fails.
    const failing = 1 - value(report + protocol.SEARCH_CONVERGED) / this.#starts;
    const least = SAFEGUARDED_STARTS * Math.min(1, 2 * failing) * (this.#balanced() ? 1 : UNBALANCED);
    while (this.#safeguarded - this.#latestSafeguarded < Math.max(least, QUIET_TIMES * this.#latestSafeguarded)) {
      const count = this.found.length;
      this.#safeguarded++;
      kernels.readStart(logPrices);
      this.#polish(this.#perUnit(read(logPrices, this.#logTotals.length)), SAFEGUARDED_STEPS, SAFEGUARDED_CAP);
      if (this.found.length > count) this.#latestSafeguarded = this.#safeguarded;
    }
  }

  /** Whether all indices are known and add up to 1. */
  #balanced(): boolean {
    return this.indexSum === 1 && this.found.every(({ index }) => index !== 0);
  }

  /** Returns log prices of a unit, given those of all there is. */
  #perUnit(logPrices: Float64Array): Float64Array {
    return logPrices.map((p, j) => p - this.#logTotals[j]);
  }
}

/** How far apart two vectors of log prices are, whatever their levels. */
function distance(a: Float64Array, b: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < a.length; j++) {
    const gap = a[j] - b[j];
    if (gap < least) least = gap;
    if (gap > most) most = gap;
  }
  return most - least;
}

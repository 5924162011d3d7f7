// The search for equilibria where no method proves a list complete. The joint Newton method runs
// from many starts side by side, until for long it finds nothing new and the indices add up to 1.
// The driver stays in TypeScript, as it works on lists that grow; the starts run in the core.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Addresses, Engine } from "../engine/engine.js";
import { type Part, polishGroup } from "../market/session.js";
import type { EquilibriaOptions } from "../options/options.js";

/** Iterations of all starts side by side between two looks at what they found: fewer of many cells. */
const MAX_PASSES = 16;
const CELLS_PER_LOOK = 2 ** 12;
const MAX_STARTS = 200_000;
/**
 * Starts that must find nothing new before the search ends: the largest of this number, of this
 * number for each equilibrium found, and of this multiple of the starts up to the last discovery.
 * If indices do not add up to 1, the number doubles again and again, until the starts made times
 * the cells of the economy reach MAX_WORK.
 */
const QUIET = 60;
const QUIET_EACH = 30;
const QUIET_TIMES = 2;
const UNBALANCED = 4;
const MAX_WORK = 2 ** 21;
/**
 * If indices do not add up to 1, the search looks for others between this many pairs of equilibria,
 * the nearest ones.
 */
const MAX_PAIRS = 200;
/** Paths traced back from equilibria that must come to nothing new. */
const PATHS = 32;
/** Steps along a path between two looks at the signal. */
const PATH_STRIDE = 16;
/**
 * Spreads of the log weights towards which paths lead, by turns. None is 0: at equal weights of
 * agents that are nearly alike, paths nearly cross, and one would be taken for another.
 */
const PATH_SPREADS = [2, 8, 1, 20, 4];
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
/**
 * The residual of a market at which a candidate is an equilibrium; and if its index cannot be told,
 * how short the next Newton step must be. At a critical equilibrium steps get shorter. In a valley in
 * which the market nearly clears everywhere they stay long.
 */
const SMALL_RESIDUAL = 1e-9;
const SHORT_STEP = 1e-3;
/** Cells and goods up to which many starts are made. */
const MAX_CELLS = 2 ** 14;
const MAX_GOODS = 128;
/**
 * Curvatures between which log prices hold enough digits to tell equilibria apart: a residual of
 * 1e-11 leaves -1 / omega of it open in prices, and the reverse in amounts.
 */
const MAX_OMEGA = 1e6;

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

/** Whether every omega of a good that somebody wants is from -1e6 to -1e-6. */
export function isTame({ alpha, omega }: Economy): boolean {
  return omega.every((w, c) => alpha[c] === 0 || (w >= -MAX_OMEGA && w <= -1 / MAX_OMEGA));
}

/**
 * Returns the equilibria found in a connected market, of which one is known and others, at these
 * log prices, may be.
 */
export function search(
  engine: Engine,
  economy: Economy,
  first: Part,
  known: readonly Float64Array[],
  options: EquilibriaOptions,
): Found {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const tame = isTame(economy);
  if (!tame || n * m > MAX_CELLS || m > MAX_GOODS) {
    const why = tame
      ? "the economy is too large for many"
      : "with an omega below -1e6 or above -1e-6, doubles do not tell equilibria apart";
    return {
      parts: [first],
      indexSum: first.index,
      searched: `One equilibrium, from one start: ${why}. Nothing is known of others.`,
    };
  }
  const run = new Search(engine, economy, first, options);
  run.toTheEnd(known);
  const { found, critical, indexSum } = run;
  const parts = found.map(({ logPrices, index }) =>
    logPrices === first.answer.logPrices ? first : polishGroup(engine, economy, logPrices, index),
  );
  return {
    ...(parts.length > 0 ? { parts, indexSum } : { parts: [first], indexSum: first.index }),
    ...(critical ? { critical } : {}),
    searched: run.account(),
  };
}

/** One search; its kernel's state is in the engine's arena until it has ended. */
class Search {
  readonly found: Candidate[] = [];
  indexSum = 0;
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
  /** The factor by which more starts must find nothing new. */
  #patience = 1;
  /** Paths traced, and planners' weights drawn for them. */
  #paths = 0;
  #draws = 0;
  readonly #cells: number;
  readonly #maxStarts: number;
  readonly #at: Addresses<"x" | "report" | "logPrices" | "critical" | "search">;
  readonly #logTotals: Float64Array;

  constructor(
    private readonly engine: Engine,
    economy: Economy,
    first: Part,
    private readonly options: EquilibriaOptions,
  ) {
    const { seed = 0, maxStarts = MAX_STARTS } = options;
    this.#maxStarts = maxStarts;
    this.#cells = economy.alpha.length;
    const { kernels } = engine;
    const n = economy.agents.length;
    const m = economy.goods.length;
    this.#logTotals = economy.totals.map(Math.log);
    const at = engine.open(economy, protocol.Solver.MULTISTART, {
      ...{ logPrices: m, critical: m + 1, search: protocol.REPORT_SIZE },
      market: engine.workspaceFor(protocol.Solver.MARKET_DENSE, n, m),
    });
    kernels.startMultistart(Math.imul(seed, 0x9e3779b1), at.workspace);
    // The market solver works in a block of its own, beside the search.
    kernels.startMarket(protocol.NEWTON, -1, at.market as number);
    this.#at = at;
    const { logPrices, index } = { ...first.answer, index: first.index };
    if (index === 0 && !(this.#measure(logPrices, protocol.STEP) <= SHORT_STEP)) return;
    this.found.push({ logPrices, index });
    this.indexSum = index;
  }

  /**
   * Searches until nothing new comes and indices add up to 1, starts are spent, or it is cancelled.
   * Begins with equilibria that are known to be near these log prices.
   */
  toTheEnd(known: readonly Float64Array[]): void {
    const { kernels } = this.engine;
    for (const logPrices of known) this.#polish(logPrices, POLISHING_STEPS, POLISHING_CAP);
    const passes = Math.max(1, Math.min(MAX_PASSES, Math.floor(CELLS_PER_LOOK / this.#cells)));
    while (!this.#mustStop()) {
      kernels.stepMultistart(passes);
      this.#readNews();
      this.#tell("multistart");
      if (this.#left() > 0 || this.#searchSafeguarded()) continue;
      if (!this.#balanced() && this.#searchBetween()) continue;
      if (this.#searchAlongPaths()) continue;
      if (this.#balanced()) break;
      // Nothing but more starts is left to try.
      if (this.#patience >= UNBALANCED && (this.critical || this.#starts * this.#cells > MAX_WORK)) break;
      this.#patience *= 2;
    }
  }

  /** Whether starts, or room for candidates, are spent, or the caller has cancelled. */
  #mustStop(): boolean {
    return (
      this.#starts + this.#safeguarded >= this.#maxStarts ||
      this.found.length >= protocol.MAX_CANDIDATES ||
      this.options.signal?.aborted === true
    );
  }

  #tell(method: string): void {
    const { onStep } = this.options;
    if (!onStep) return;
    const iteration = this.#starts + this.#safeguarded + this.#paths;
    onStep({ iteration, method, residual: this.#left() });
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
  account(): string {
    const count = this.found.length;
    const quiet = this.#starts - this.#latest + this.#safeguarded - this.#latestSafeguarded;
    return [
      `Newton's method from ${this.#starts + this.#safeguarded} starts, at planners' weights and at prices by turns, found ${count === 1 ? "1 equilibrium" : `${count} equilibria`}, nothing new from the last ${quiet}.`,
      ...(this.#paths > 0 ? [`${this.#paths} paths of equilibria were traced back from them.`] : []),
      ...(this.options.signal?.aborted ? ["It was cancelled before its end."] : []),
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
      Math.max(QUIET, QUIET_EACH * this.found.length, QUIET_TIMES * this.#latest) *
      (this.#balanced() ? 1 : this.#patience);
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
    const index = value(at.report + protocol.INDEX);
    if (index === 0 && !(value(at.report + protocol.STEP) <= SHORT_STEP)) return;
    if (this.#isKnown(logPrices, index)) return;
    this.found.push({ logPrices, index });
    this.indexSum += index;
    this.#latest = this.#starts;
  }

  /**
   * Whether an equilibrium is known. In a flat valley two points at which rounding ended Newton's
   * method may be far apart: they count as one if markets clear half way between them as well.
   */
  #isKnown(logPrices: Float64Array, index: number): boolean {
    let nearest: Candidate | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const known of this.found) {
      const apart = distance(known.logPrices, logPrices);
      if (apart < SAME) return true;
      if (apart >= least || known.index !== index) continue;
      least = apart;
      nearest = known;
    }
    if (!nearest) return false;
    const known = nearest.logPrices;
    const level = known[0] - logPrices[0];
    const middle = logPrices.map((p, j) => 0.5 * (p + level + known[j]));
    return this.#measure(middle, protocol.FLOW) <= SMALL_RESIDUAL;
  }

  /** What the market's report says at log prices: a step of no length moves nothing. */
  #measure(logPrices: Float64Array, place: number): number {
    const { kernels, value, write } = this.engine;
    write(this.#at.logPrices, logPrices);
    kernels.polishMarket(this.#at.logPrices, 1, 0);
    kernels.reportMarket(this.#at.report);
    return value(this.#at.report + place);
  }

  /**
   * Searches between equilibria that are near each other, as starts from afar miss close pairs.
   * Returns whether something was found.
   */
  #searchBetween(): boolean {
    const { kernels } = this.engine;
    const count = this.found.length;
    if (this.#repaired === count) return false;
    this.#repaired = count;
    const pairs: { k: number; l: number; apart: number }[] = [];
    const points = Array.from({ length: this.#readCount }, (_, k) => {
      kernels.readCandidate(k, this.#at.logPrices);
      return this.engine.read(this.#at.logPrices, this.#logTotals.length);
    });
    for (let k = 0; k < points.length; k++) {
      for (let l = 0; l < k; l++) pairs.push({ k, l, apart: distance(points[k], points[l]) });
    }
    pairs.sort((a, b) => a.apart - b.apart);
    for (const { k, l } of pairs.slice(0, MAX_PAIRS)) {
      if (this.#mustStop()) break;
      kernels.startBetween(k, l);
      this.#tell("multistart");
    }
    this.#readNews();
    return this.found.length > count;
  }

  /**
   * Traces paths back from known equilibria: all but one of them come to an equilibrium of the
   * opposite index (assembly/market/homotopy.ts). If indices do not add up to 1, paths from those of
   * the sign in excess must come to unknown ones. Returns whether something was found.
   */
  #searchAlongPaths(): boolean {
    const before = this.found.length;
    const quiet = this.#balanced() ? PATHS * this.#failing() : UNBALANCED * PATHS;
    for (let paths = 0, round = 0; paths < quiet && !this.#mustStop(); round++) {
      const sign = this.indexSum > 1 ? 1 : -1;
      const from = this.found.filter(({ index }) => index === sign);
      if (from.length === 0) break;
      const spread = PATH_SPREADS[round % PATH_SPREADS.length];
      const draw = ++this.#draws;
      for (const { logPrices } of from) {
        if (paths++ >= quiet || this.#mustStop()) break;
        const count = this.found.length;
        this.#trace(logPrices, draw, spread);
        if (this.found.length > count) paths = 0;
      }
      if (this.found.length > before && !this.#balanced()) break;
    }
    return this.found.length > before;
  }

  /** Follows one path back from an equilibrium, and adds the one it comes to. */
  #trace(logPrices: Float64Array, draw: number, spread: number): void {
    const { kernels, value, read, write } = this.engine;
    const at = this.#at;
    this.#paths++;
    write(at.logPrices, logPrices);
    kernels.startTrace(at.logPrices, draw, spread);
    let code: number = protocol.RUNNING;
    while (code === protocol.RUNNING && !this.options.signal?.aborted) {
      code = kernels.stepTrace(PATH_STRIDE);
      this.#tell("homotopy");
    }
    kernels.reportMarket(at.report);
    if (code !== protocol.CONVERGED || !(value(at.report + protocol.FLOW) <= SMALL_RESIDUAL)) return;
    kernels.readMarket(at.logPrices, at.x);
    const latest = this.#latest;
    this.#polish(read(at.logPrices, logPrices.length), POLISHING_STEPS, POLISHING_CAP);
    // This says nothing of what more starts would find.
    this.#latest = latest;
  }

  /**
   * Runs the safeguarded method, which reaches equilibria that the joint Newton method does not.
   * Returns whether something was found.
   */
  #searchSafeguarded(): boolean {
    const { kernels, read } = this.engine;
    const { logPrices } = this.#at;
    const before = this.found.length;
    const least = SAFEGUARDED_STARTS * this.#failing() * (this.#balanced() ? 1 : UNBALANCED);
    while (this.#safeguarded - this.#latestSafeguarded < Math.max(least, QUIET_TIMES * this.#latestSafeguarded)) {
      if (this.#mustStop()) break;
      const count = this.found.length;
      this.#safeguarded++;
      kernels.readStart(logPrices);
      this.#polish(this.#perUnit(read(logPrices, this.#logTotals.length)), SAFEGUARDED_STEPS, SAFEGUARDED_CAP);
      if (this.found.length > count) this.#latestSafeguarded = this.#safeguarded;
      this.#tell("newton");
    }
    return this.found.length > before;
  }

  /**
   * The part of the other methods' work that is worth doing: little where the joint Newton method
   * seldom fails.
   */
  #failing(): number {
    const converged = this.engine.value(this.#at.search + protocol.SEARCH_CONVERGED);
    return Math.min(1, 2 * (1 - converged / this.#starts));
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

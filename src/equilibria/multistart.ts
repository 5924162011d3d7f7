// The search for equilibria where no method proves a list complete. The joint Newton method runs
// from many starts side by side, until for long it finds nothing new and the indices add up to 1.
// The driver keeps the list and decides what is tried next; the work itself is done in pieces
// (searchPieces.ts). Decisions are made in the order in which pieces are drawn.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Market } from "../economy/groups.js";
import type { Addresses, Engine } from "../engine/engine.js";
import { type Piece, Pieces, type Work } from "../engine/work.js";
import { openMarket, type Part, polishGroup } from "../market/session.js";
import type { EquilibriaOptions } from "../options/options.js";
import {
  type BetweenGiven,
  type Candidate,
  type OthersAnswer,
  type PathsGiven,
  polish,
  type SafeguardedGiven,
  SHORT_STEP,
  SMALL_RESIDUAL,
  type Stagnation,
  type StartsAnswer,
  type StartsGiven,
  workOf,
} from "./searchPieces.js";

const MAX_STARTS = 200_000;
/**
 * Starts in a piece: a part of those drawn before, so that few are drawn in vain, within bounds. A
 * piece takes at most about PIECE_WORK multiplications, and so a tenth of a second.
 */
const PIECE_PART = 8;
const MIN_PIECE = 64;
const MAX_PIECE = 1024;
const PIECE_WORK = 2 ** 25;
/** Iterations that a start takes, on average and at most. */
const ITERATIONS = 10;
const MAX_ITERATIONS = 16;
/** Iterations along a path, about. */
const PATH_ITERATIONS = 500;
/** Safeguarded starts, pairs to search between, and paths in a piece, at most. */
const SAFEGUARDED_PIECE = 8;
const BETWEEN_PIECE = 8;
const PATHS_PIECE = 4;
/** Starts between the two points of a pair. */
const STARTS_BETWEEN = 32;
/** Equilibria from which on weights are drawn three times in four. */
const MANY = 8;
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
/**
 * Spreads of the log weights towards which paths lead, by turns. None is 0: at equal weights of
 * agents that are nearly alike, paths nearly cross, and one would be taken for another.
 */
const PATH_SPREADS = [2, 8, 1, 20, 4];
/** Log prices this close are one equilibrium's. */
const SAME = 1e-6;
/** A start that stagnated within this many of its last steps was on its way to an equilibrium. */
const NEAR = 20;
/** Starts of the safeguarded Newton method, at most, that must find nothing new. */
const SAFEGUARDED_STARTS = 60;
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
  /** Where starts stagnated, at a critical point or next to one. */
  critical?: Stagnation;
  /** What was done, as a sentence. */
  searched: string;
}

/** Whether every omega of a good that somebody wants is from -1e6 to -1e-6. */
export function isTame({ alpha, omega }: Economy): boolean {
  return omega.every((w, c) => alpha[c] === 0 || (w >= -MAX_OMEGA && w <= -1 / MAX_OMEGA));
}

/**
 * Returns the equilibria found in a connected market, of which one is known and others, at these
 * log prices, may be.
 */
export function* search(
  engine: Engine,
  economy: Market,
  first: Part,
  known: readonly Float64Array[],
  options: EquilibriaOptions,
): Work<Found> {
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
  yield* run.toTheEnd(known);
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

/** One search. Between two pieces the market is open in the engine, if points are to be measured. */
class Search {
  readonly found: Candidate[] = [];
  indexSum = 0;
  #stagnation: Stagnation | undefined;
  /** Points to which starts converged: log prices of all there is of each good, less their mean. */
  readonly #points: Float64Array[] = [];
  /** The same in rows, while it is up to date. */
  #rows: Float64Array | undefined;
  /** Numbers of starts drawn, of any kind; starts made; and how many of these converged. */
  #drawn = 0;
  #starts = 0;
  #converged = 0;
  /** Starts made when the latest was found. */
  #latest = 0;
  /** Starts that are drawn but not yet made. */
  #pending = 0;
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
  readonly #work: number;
  readonly #seed: number;
  readonly #maxStarts: number;
  /** The stream of ranges of starts, which goes on after other methods have had their turns. */
  readonly #ranges = new Pieces<StartsAnswer>(() => this.#drawRange());
  #market: Addresses<"logPrices" | "x" | "report"> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly economy: Market,
    first: Part,
    private readonly options: EquilibriaOptions,
  ) {
    const { seed = 0, maxStarts = MAX_STARTS } = options;
    this.#seed = Math.imul(seed, 0x9e3779b1);
    this.#maxStarts = maxStarts;
    this.#cells = economy.alpha.length;
    this.#work = workOf(economy);
    const { logPrices, index } = { ...first.answer, index: first.index };
    if (index === 0 && !(this.#measure(logPrices, protocol.STEP) <= SHORT_STEP)) return;
    this.found.push({ logPrices, index });
    this.indexSum = index;
  }

  /**
   * Searches until nothing new comes and indices add up to 1, starts are spent, or it is cancelled.
   * Begins with equilibria that are known to be near these log prices.
   */
  *toTheEnd(known: readonly Float64Array[]): Work<void> {
    for (const logPrices of known) this.#add(polish(this.engine, this.#open(), logPrices));
    while (!this.#mustStop()) {
      const answer = yield* this.#next(this.#ranges, "multistart");
      if (answer) this.#take(answer, "multistart");
      if (this.#left() > 0) {
        if (answer) continue;
        // No starts are left.
        break;
      }
      if (yield* this.#searchSafeguarded()) continue;
      if (!this.#balanced() && (yield* this.#searchBetween())) continue;
      if (yield* this.#searchAlongPaths()) continue;
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

  /** The next answer; whatever computes it may use this engine. */
  *#next<Answer>(pieces: Pieces<Answer>, method: string): Work<Answer | undefined> {
    this.#market = undefined;
    const answer = yield* pieces.next(() => this.#tell(method));
    this.#market = undefined;
    return answer;
  }

  #tell(method: string): void {
    const { onStep } = this.options;
    if (!onStep) return;
    const iteration = this.#starts + this.#safeguarded + this.#paths;
    onStep({ iteration, method, residual: this.#left() });
  }

  /** Where a start stagnated that was not on its way to a regular equilibrium, if one did. */
  get critical(): Stagnation | undefined {
    return this.#stagnation && !this.#isNear(this.#stagnation) ? this.#stagnation : undefined;
  }

  #isNear({ logPrices: point, step }: Stagnation): boolean {
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

  /** Starts in a row that must find nothing new. */
  #enough(): number {
    const quiet = Math.max(QUIET, QUIET_EACH * this.found.length, QUIET_TIMES * this.#latest);
    return quiet * (this.#balanced() ? 1 : this.#patience);
  }

  /** The part that is still to be made of the starts that must find nothing new. */
  #left(): number {
    return Math.max(0, 1 - (this.#starts - this.#latest) / this.#enough());
  }

  /** How many of `wanted` starts there still are, their first number, and what they depend on. */
  #drawStarts(wanted: number) {
    const first = this.#drawn;
    const count = Math.min(wanted, this.#maxStarts - first);
    this.#drawn += count;
    return { economy: this.economy, seed: this.#seed, first, count, many: this.#points.length >= MANY };
  }

  /** How many parts of this work make a piece that is not too long, up to `most`. */
  #perPiece(work: number, most: number): number {
    return Math.max(1, Math.min(Math.floor(PIECE_WORK / work), most));
  }

  /** The next range of starts; none while enough are drawn. */
  #drawRange(): Piece<"starts", StartsGiven> | undefined {
    if (this.#starts - this.#latest + this.#pending >= this.#enough()) return undefined;
    const wanted = Math.max(MIN_PIECE, Math.min(Math.floor(this.#drawn / PIECE_PART), MAX_PIECE));
    // The core makes starts two by two.
    const given = this.#drawStarts(2 * this.#perPiece(2 * ITERATIONS * this.#work, wanted >> 1));
    if (given.count === 0) return undefined;
    this.#pending += given.count;
    return { name: "starts", given: { ...given, known: this.#known() } };
  }

  #known(): Float64Array {
    if (!this.#rows) {
      const m = this.economy.goods.length;
      this.#rows = new Float64Array(this.#points.length * m);
      for (const [k, point] of this.#points.entries()) this.#rows.set(point, k * m);
    }
    return this.#rows;
  }

  /** Adds what starts have found. */
  #take(answer: StartsAnswer, from: "multistart" | "between"): void {
    const { starts, converged, points, confirmed, stagnation } = answer;
    const m = this.economy.goods.length;
    this.#starts += starts;
    if (from === "multistart") this.#pending -= starts;
    this.#converged += converged;
    confirmed.forEach((candidate, k) => {
      const point = points.slice(k * m, (k + 1) * m);
      // Another piece, drawn before this one was taken, may have come to the same point.
      if (this.#points.length >= protocol.MAX_CANDIDATES || this.#points.some((other) => isSame(other, point))) return;
      this.#points.push(point);
      this.#rows = undefined;
      this.#add(candidate);
    });
    if (stagnation && !this.#isNear(stagnation)) this.#stagnation = stagnation;
    this.#tell("multistart");
  }

  /** Adds an equilibrium to the list where it is new. */
  #add(candidate: Candidate | undefined): void {
    if (!candidate || this.#isKnown(candidate)) return;
    this.found.push(candidate);
    this.indexSum += candidate.index;
    this.#latest = this.#starts;
  }

  /**
   * Whether an equilibrium is known. In a flat valley two points at which rounding ended Newton's
   * method may be far apart: they count as one if markets clear half way between them as well.
   */
  #isKnown({ logPrices, index }: Candidate): boolean {
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
    const at = this.#open();
    write(at.logPrices, logPrices);
    kernels.polishMarket(at.logPrices, 1, 0);
    kernels.reportMarket(at.report);
    return value(at.report + place);
  }

  /** The blocks of the market, which is opened again if a piece may have been computed since. */
  #open(): Addresses<"logPrices" | "x" | "report"> {
    this.#market ??= openMarket(this.engine, this.economy, undefined, {}, true);
    return this.#market;
  }

  /**
   * Searches between equilibria that are near each other, as starts from afar miss close pairs.
   * Returns whether something was found.
   */
  *#searchBetween(): Work<boolean> {
    const count = this.found.length;
    if (this.#repaired === count) return false;
    this.#repaired = count;
    const points = [...this.#points];
    const all: { k: number; l: number; apart: number }[] = [];
    for (let k = 0; k < points.length; k++) {
      for (let l = 0; l < k; l++) all.push({ k, l, apart: distance(points[k], points[l]) });
    }
    all.sort((a, b) => a.apart - b.apart);
    const pairs = all.slice(0, MAX_PAIRS);
    const perPiece = this.#perPiece(MAX_ITERATIONS * STARTS_BETWEEN * this.#work, BETWEEN_PIECE);
    const pieces = new Pieces<StartsAnswer>((): Piece<"between", BetweenGiven> | undefined => {
      const room = Math.floor((this.#maxStarts - this.#drawn) / STARTS_BETWEEN);
      const some = pairs.splice(0, Math.min(perPiece, room));
      if (some.length === 0) return undefined;
      const { economy, seed } = this.#drawStarts(STARTS_BETWEEN * some.length);
      const rows = Float64Array.from(some.flatMap(({ k, l }) => [...points[k], ...points[l]]));
      return { name: "between", given: { economy, seed, pairs: rows, known: this.#known() } };
    });
    while (!this.#mustStop()) {
      const answer = yield* this.#next(pieces, "multistart");
      if (!answer) break;
      this.#take(answer, "between");
    }
    return this.found.length > count;
  }

  /**
   * Traces paths back from known equilibria: all but one of them come to an equilibrium of the
   * opposite index (assembly/market/homotopy.ts). If indices do not add up to 1, paths from those of
   * the sign in excess must come to unknown ones. Returns whether something was found.
   */
  *#searchAlongPaths(): Work<boolean> {
    const before = this.found.length;
    const quiet = this.#balanced() ? PATHS * this.#failing() : UNBALANCED * PATHS;
    /** Paths since the last discovery, and those drawn beyond. */
    let paths = 0;
    let pending = 0;
    // A round has one path from each equilibrium of the sign in excess, towards the same plan.
    let round: Candidate[] = [];
    let rounds = 0;
    let spread = 0;
    const perPiece = this.#perPiece(PATH_ITERATIONS * this.#work, PATHS_PIECE);
    const pieces = new Pieces<OthersAnswer>((): Piece<"paths", PathsGiven> | undefined => {
      if (paths + pending >= quiet) return undefined;
      if (round.length === 0) {
        if (this.found.length > before && !this.#balanced()) return undefined;
        const sign = this.indexSum > 1 ? 1 : -1;
        round = this.found.filter(({ index }) => index === sign);
        spread = PATH_SPREADS[rounds++ % PATH_SPREADS.length];
        this.#draws++;
      }
      const wanted = Math.min(Math.ceil(quiet - paths - pending), perPiece);
      const from = round.splice(0, wanted).map(({ logPrices }) => logPrices);
      if (from.length === 0) return undefined;
      pending += from.length;
      return { name: "paths", given: { economy: this.economy, from, draw: this.#draws, spread } };
    });
    while (!this.#mustStop()) {
      const answer = yield* this.#next(pieces, "homotopy");
      if (!answer) break;
      pending -= answer.length;
      const latest = this.#latest;
      for (const candidate of answer) {
        const { length } = this.found;
        paths++;
        this.#paths++;
        this.#add(candidate);
        if (this.found.length > length) paths = 0;
      }
      // This says nothing of what more starts would find.
      this.#latest = latest;
      this.#tell("homotopy");
    }
    return this.found.length > before;
  }

  /**
   * Runs the safeguarded method, which reaches equilibria that the joint Newton method does not.
   * Returns whether something was found.
   */
  *#searchSafeguarded(): Work<boolean> {
    const before = this.found.length;
    const least = SAFEGUARDED_STARTS * this.#failing() * (this.#balanced() ? 1 : UNBALANCED);
    const perPiece = this.#perPiece(MAX_ITERATIONS * this.#work, SAFEGUARDED_PIECE);
    let pending = 0;
    const pieces = new Pieces<OthersAnswer>((): Piece<"safeguarded", SafeguardedGiven> | undefined => {
      const made = this.#safeguarded - this.#latestSafeguarded + pending;
      const wanted = Math.ceil(Math.max(least, QUIET_TIMES * this.#latestSafeguarded) - made);
      if (wanted <= 0) return undefined;
      const given = this.#drawStarts(Math.min(wanted, perPiece));
      pending += given.count;
      return given.count > 0 ? { name: "safeguarded", given } : undefined;
    });
    while (!this.#mustStop()) {
      const answer = yield* this.#next(pieces, "newton");
      if (!answer) break;
      pending -= answer.length;
      for (const candidate of answer) {
        const { length } = this.found;
        this.#safeguarded++;
        this.#add(candidate);
        if (this.found.length > length) this.#latestSafeguarded = this.#safeguarded;
      }
      this.#tell("newton");
    }
    return this.found.length > before;
  }

  /**
   * The part of the other methods' work that is worth doing: little where the joint Newton method
   * seldom fails.
   */
  #failing(): number {
    return Math.min(1, 2 * (1 - this.#converged / this.#starts));
  }

  /** Whether all indices are known and add up to 1. */
  #balanced(): boolean {
    return this.indexSum === 1 && this.found.every(({ index }) => index !== 0);
  }
}

/** Whether two points, log prices less their mean, are the same. */
function isSame(a: Float64Array, b: Float64Array): boolean {
  for (let j = 0; j < a.length; j++) if (!(Math.abs(a[j] - b[j]) < SAME)) return false;
  return true;
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

// The search for equilibria where no method proves a list complete: three or more agents and goods. Newton's method from many starts side by
// side, until for long nothing new is found and the indices add up to 1.

import * as layout from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import { type Engine, tellProgress } from "../engine/engine.js";
import { type Part, polishGroup } from "../market/session.js";
import type { EquilibriaOptions } from "../options/options.js";

/** Equilibria kept at most. */
const MOST_FOUND = 4096;
/** Iterations of all starts side by side between two looks at what they found. */
const PASSES = 16;
const MOST_STARTS = 200_000;
/** Starts that must find nothing new: so many, so many for each equilibrium found, and so many times those made until the last discovery. */
const QUIET = 60;
const QUIET_EACH = 30;
const QUIET_TIMES = 2;
/** How many times more where indices do not add up to 1. */
const UNBALANCED = 4;
/** Pairs of equilibria, the nearest ones, between which others are looked for where indices do not add up to 1. */
const MOST_PAIRS = 200;
/** Log prices this close are one equilibrium's. */
const SAME = 1e-6;
/** Last steps within which a start that stood almost still was on its way to an equilibrium. */
const NEAR = 20;
/** Careful Newton steps to confirm a candidate, and how far they may move a log price. */
const SETTLING_STEPS = 20;
const SETTLING_CAP = 0.05;
/** Starts of the careful method, at most, that must find nothing new; its steps, and how far they may move a log price. */
const CAREFUL_STARTS = 60;
const CAREFUL_STEPS = 30;
const CAREFUL_CAP = 2;
/** The residual of a market at which a candidate is an equilibrium. */
const SETTLED = 1e-9;
/** Cells and goods up to which many starts are made. */
const MOST_CELLS = 2 ** 14;
const MOST_GOODS = 128;

/** What a search of one group found. */
export interface Found {
  /** The equilibria. */
  parts: Part[];
  /** The sum of their indices. */
  indexSum: number;
  /** Where starts stood almost still, at a critical point or next to one: log prices of a unit, and how far the last step was. */
  critical?: { logPrices: Float64Array; step: number };
  /** What was done, as a sentence. */
  searched: string;
}

/** An equilibrium found: log prices of a unit of each good, at any level. */
interface Candidate {
  logPrices: Float64Array;
  index: number;
}

/** Searches a connected market, of which one equilibrium is known, for others. */
export function search(engine: Engine, economy: Economy, first: Part, options: EquilibriaOptions): Found {
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (n * m > MOST_CELLS || m > MOST_GOODS) {
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
  #stood: Found["critical"];
  #starts = 0;
  /** Starts made when the latest was found. */
  #latest = 0;
  /** Candidates and standing starts of the kernel that were looked at. */
  #taken = 0;
  #standing = 0;
  /** Careful starts, and those made when one of them found something. */
  #careful = 0;
  #latestCareful = 0;
  /** How many equilibria there were when it was last looked between them. */
  #repaired = 0;
  readonly #at: Record<string, number>;
  readonly #logTotals: Float64Array;

  constructor(
    private readonly engine: Engine,
    economy: Economy,
    first: Part,
    seed = 0,
  ) {
    const { kernels } = engine;
    const { alpha, omega, totals } = economy;
    const n = economy.agents.length;
    const m = economy.goods.length;
    this.found = [{ logPrices: first.answer.logPrices, index: first.index }];
    this.indexSum = first.index;
    this.#logTotals = totals.map(Math.log);
    const at = engine.open<string>(economy, layout.Solver.MARKET, {
      ...{ wants: alpha, bends: omega, logPrices: m, critical: m + 1 },
      ...{ header: layout.REPORT_SIZE, report: layout.SEARCH_SIZE },
      search: kernels.searchWork(n, m, MOST_FOUND),
    });
    const data = [at["wants"], at["bends"], at["endowments"], at["totals"]] as const;
    kernels.startSearch(n, m, ...data, MOST_FOUND, Math.imul(seed, 0x9e3779b1), at["search"]);
    kernels.startMarket(layout.NEWTON, -1, at["workspace"]);
    this.#at = at;
  }

  /** Until nothing new comes and the indices add up to 1, or the starts are spent, or it is cancelled. */
  toTheEnd({ maxStarts = MOST_STARTS, onStep, signal }: EquilibriaOptions): void {
    const { kernels } = this.engine;
    while (this.#starts < maxStarts && this.found.length < MOST_FOUND && !signal?.aborted) {
      kernels.stepSearch(PASSES);
      this.#look();
      const left = this.#left();
      if (onStep) tellProgress(this.engine, onStep, { iteration: this.#starts, method: "multistart", residual: left });
      if (left > 0) continue;
      const count = this.found.length;
      this.#lookWithCare();
      if (this.found.length > count) continue;
      if (this.#balanced() || this.#repaired === count) break;
      this.#repaired = count;
      this.#lookBetween();
    }
  }

  /** Where a start stood almost still for another reason than being on its way to a regular equilibrium, if any did. */
  get critical(): Found["critical"] {
    return this.#stood && !this.#isNear(this.#stood.logPrices, this.#stood.step) ? this.#stood : undefined;
  }

  #isNear(point: Float64Array, step: number): boolean {
    return this.found.some(({ logPrices, index }) => index !== 0 && distance(logPrices, point) < NEAR * step);
  }

  /** What was done and what is not proved. */
  account({ signal }: EquilibriaOptions): string {
    const count = this.found.length;
    const quiet = this.#starts - this.#latest + this.#careful - this.#latestCareful;
    return [
      `Newton's method from ${this.#starts + this.#careful} starts, at planners' weights and at prices by turns, found ${count === 1 ? "1 equilibrium" : `${count} equilibria`}, nothing new from the last ${quiet}.`,
      ...(signal?.aborted ? ["It was cancelled before its end."] : []),
      this.#balanced()
        ? "Their indices add up to 1, as those of all equilibria do; that there are no others is not proved."
        : this.indexSum === 1
          ? "The index of some is too close to 0 to tell: there may be others next to them."
          : "Their indices do not add up to 1: some are missing, or too close to critical to tell.",
    ].join(" ");
  }

  /** The part that is left of the starts that must find nothing new. */
  #left(): number {
    const enough =
      Math.max(QUIET, QUIET_EACH * this.found.length, QUIET_TIMES * this.#latest) * (this.#balanced() ? 1 : UNBALANCED);
    return Math.max(0, 1 - (this.#starts - this.#latest) / enough);
  }

  /** Looks at what the kernel has found since the last time. */
  #look(): void {
    const { kernels, value, read } = this.engine;
    const { report, critical, logPrices } = this.#at;
    kernels.reportSearch(report);
    this.#starts = value(report + layout.SEARCH_STARTS);
    for (; this.#taken < value(report + layout.SEARCH_CANDIDATES); this.#taken++) {
      kernels.takeCandidate(this.#taken, logPrices);
      this.#settle(this.#perUnit(read(logPrices, this.#logTotals.length)), SETTLING_STEPS, SETTLING_CAP);
    }
    const standing = value(report + layout.SEARCH_STANDING);
    if (standing === this.#standing) return;
    this.#standing = standing;
    kernels.takeCritical(critical);
    const m = this.#logTotals.length;
    const step = value(critical + m);
    const point = this.#perUnit(read(critical, m));
    if (!this.#isNear(point, step)) this.#stood = { logPrices: point, step };
  }

  /** Takes a candidate up where a careful step or two confirm it and it is new. */
  #settle(candidate: Float64Array, steps: number, cap: number): void {
    const { kernels, read, value, write } = this.engine;
    const at = this.#at;
    const m = candidate.length;
    write(at["logPrices"], candidate);
    const code = kernels.polishMarket(at["logPrices"], steps, cap);
    kernels.reportMarket(at["header"]);
    if (code !== layout.CONVERGED || !(value(at["header"] + layout.FLOW) <= SETTLED)) return;
    kernels.readMarket(at["logPrices"], at["x"]);
    const logPrices = read(at["logPrices"], m);
    if (this.found.some((known) => distance(known.logPrices, logPrices) < SAME)) return;
    const index = value(at["header"] + layout.INDEX);
    this.found.push({ logPrices, index });
    this.indexSum += index;
    this.#latest = this.#starts;
  }

  /** Looks for equilibria between those that are near each other: close pairs are missed by starts from afar. */
  #lookBetween(): void {
    const { kernels } = this.engine;
    const pairs: { k: number; l: number; apart: number }[] = [];
    const points = Array.from({ length: this.#taken }, (_, k) => {
      kernels.takeCandidate(k, this.#at["logPrices"]);
      return this.engine.read(this.#at["logPrices"], this.#logTotals.length);
    });
    for (let k = 0; k < points.length; k++) {
      for (let l = 0; l < k; l++) pairs.push({ k, l, apart: distance(points[k], points[l]) });
    }
    pairs.sort((a, b) => a.apart - b.apart);
    for (const { k, l } of pairs.slice(0, MOST_PAIRS)) kernels.searchBetween(k, l);
    this.#look();
  }

  /** The careful method from starts of its own: there are equilibria that the quick one does not reach from anywhere. */
  #lookWithCare(): void {
    const { kernels, read, value } = this.engine;
    const { logPrices, report } = this.#at;
    // Fewer where the quick one seldom fails.
    const failing = 1 - value(report + layout.SEARCH_ARRIVED) / this.#starts;
    const least = CAREFUL_STARTS * Math.min(1, 2 * failing) * (this.#balanced() ? 1 : UNBALANCED);
    while (this.#careful - this.#latestCareful < Math.max(least, QUIET_TIMES * this.#latestCareful)) {
      const count = this.found.length;
      this.#careful++;
      kernels.takeStart(logPrices);
      this.#settle(this.#perUnit(read(logPrices, this.#logTotals.length)), CAREFUL_STEPS, CAREFUL_CAP);
      if (this.found.length > count) this.#latestCareful = this.#careful;
    }
  }

  /** Whether the indices say that nothing is missing. */
  #balanced(): boolean {
    return this.indexSum === 1 && this.found.every(({ index }) => index !== 0);
  }

  /** Log prices of a unit from those of all there is. */
  #perUnit(logPrices: Float64Array): Float64Array {
    return logPrices.map((p, j) => p - this.#logTotals[j]);
  }
}

/** How far apart two vectors of log prices are, their level aside. */
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

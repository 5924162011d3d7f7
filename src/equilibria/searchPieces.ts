// The pieces of a search for equilibria: what each of them is given, what it answers, and how an
// engine computes it. Each opens the economy itself, so that it can be computed anywhere.

import * as protocol from "../../assembly/protocol.js";
import type { Market } from "../economy/groups.js";
import type { Addresses, Engine } from "../engine/engine.js";
import type { PieceControl } from "../engine/work.js";
import { openMarket } from "../market/session.js";

/** Multiplications, about, between two looks at the signal. */
const STRIDE_WORK = 2 ** 23;
/** Starts side by side in the core. */
const PLACES = 32;
/** Steps along a path between two looks at the signal. */
const PATH_STRIDE = 16;
/** Safeguarded Newton steps to confirm a candidate, and how far they may move a log price. */
const POLISHING = { steps: 20, cap: 0.05 };
/** Steps of the safeguarded Newton method from a start, and how far they may move a log price. */
const SAFEGUARDED = { steps: 30, cap: 2 };
/**
 * The residual of a market at which a candidate is an equilibrium; and if its index cannot be told,
 * how short the next Newton step must be. At a critical equilibrium steps get shorter. In a valley in
 * which the market nearly clears everywhere they stay long.
 */
export const SMALL_RESIDUAL = 1e-9;
export const SHORT_STEP = 1e-3;

/** An equilibrium found: log prices of a unit of each good, at any level. */
export interface Candidate {
  logPrices: Float64Array;
  index: number;
}

/** Where a start stagnated: log prices of a unit, and how far its last step was. */
export interface Stagnation {
  logPrices: Float64Array;
  step: number;
}

/** What every piece of a search depends on. */
interface Searched {
  economy: Market;
  /** Of the stream of starts. */
  seed: number;
}

/** A range of starts: number `first` and those behind it. */
export interface StartsGiven extends Searched {
  first: number;
  count: number;
  /** Whether many equilibria are known, which changes how starts are drawn. */
  many: boolean;
  /** Rows of m: points that are known. */
  known: Float64Array;
}

/** Pairs of points to search between. */
export interface BetweenGiven extends Searched {
  /** Rows of m, two for each pair. */
  pairs: Float64Array;
  known: Float64Array;
}

/** Starts of the safeguarded method: number `first` and those behind it. */
export interface SafeguardedGiven extends Searched {
  first: number;
  count: number;
  many: boolean;
}

/** Paths to be traced back from equilibria, towards one planner's allocation. */
export interface PathsGiven {
  economy: Market;
  /** Log prices of each equilibrium. */
  from: Float64Array[];
  /** The number of the planner's weights, and the spread of their logs. */
  draw: number;
  spread: number;
}

/** What a range of starts has come to. */
export interface StartsAnswer {
  /** Starts begun: all, unless the piece was cancelled. */
  starts: number;
  converged: number;
  /**
   * The points to which starts converged, without those known: rows of m log prices of all there is
   * of each good, less their mean.
   */
  points: Float64Array;
  /** Of each point: the equilibrium next to it, if safeguarded steps confirm that there is one. */
  confirmed: (Candidate | undefined)[];
  /** Where the last start stagnated, if one did. */
  stagnation?: Stagnation;
}

/** What starts of the safeguarded method, or paths, have come to, each. */
export type OthersAnswer = (Candidate | undefined)[];

/** Multiplications, about, that an iteration from one start takes. */
export function workOf(economy: Market): number {
  const m = economy.goods.length;
  return economy.alpha.length * (20 + m) + m ** 3 / 3;
}

/** Makes a range of starts to their ends, and confirms what they found. */
export function starts(engine: Engine, given: StartsGiven, control: PieceControl): StartsAnswer {
  const at = openSearch(engine, given, given.first, given.count, given.many, given.known);
  runStarts(engine, given, Math.min(PLACES, given.count), control);
  return answerOf(engine, given, at, control);
}

/** Searches between pairs of points. */
export function between(engine: Engine, given: BetweenGiven, control: PieceControl): StartsAnswer {
  const { kernels, write } = engine;
  const m = given.economy.goods.length;
  const at = openSearch(engine, given, 0, 0, false, given.known);
  for (let k = 0; k < given.pairs.length && !control.signal?.aborted; k += 2 * m) {
    write(at.from, given.pairs.subarray(k, k + m));
    write(at.to, given.pairs.subarray(k + m, k + 2 * m));
    kernels.startBetween(at.from, at.to);
    runStarts(engine, given, PLACES, control);
  }
  const { stagnation, ...answer } = answerOf(engine, given, at, control);
  return answer;
}

/** Runs the safeguarded method from a range of starts. */
export function safeguarded(engine: Engine, given: SafeguardedGiven, control: PieceControl): OthersAnswer {
  const { first, count, many, economy } = given;
  const at = openSearch(engine, given, 0, 0, many, new Float64Array(0));
  const toUnits = perUnit(economy);
  const points = Array.from({ length: count }, (_, k) => {
    engine.kernels.readStart(first + k, at.logPrices);
    return toUnits(engine.read(at.logPrices, economy.goods.length));
  });
  return confirm(engine, economy, points, SAFEGUARDED, control);
}

/** Traces paths back from equilibria, and confirms those they come to. */
export function paths(engine: Engine, given: PathsGiven, { signal, tell }: PieceControl): OthersAnswer {
  const { kernels, value, read, write } = engine;
  const { economy, from, draw, spread } = given;
  const at = openMarket(engine, economy, undefined, {}, true);
  return from.map((logPrices) => {
    write(at.logPrices, logPrices);
    kernels.startTrace(at.logPrices, draw, spread);
    let code: number = protocol.RUNNING;
    while (code === protocol.RUNNING && !signal?.aborted) {
      code = kernels.stepTrace(PATH_STRIDE);
      if (code === protocol.RUNNING) tell?.();
    }
    kernels.reportMarket(at.report);
    if (code !== protocol.CONVERGED || !(value(at.report + protocol.FLOW) <= SMALL_RESIDUAL)) return undefined;
    kernels.readMarket(at.logPrices, at.x);
    return polish(engine, at, read(at.logPrices, economy.goods.length));
  });
}

/** Opens a search in the core, from a range of starts and knowing some points. */
function openSearch(
  engine: Engine,
  { economy, seed }: Searched,
  first: number,
  count: number,
  many: boolean,
  known: Float64Array,
) {
  const m = economy.goods.length;
  const at = engine.open(economy, protocol.Solver.MULTISTART, {
    ...{ x: 0, prices: 0, logPrices: m, critical: m + 1, search: protocol.REPORT_SIZE, from: m, to: m },
  });
  engine.kernels.startMultistart(seed, first, count, many ? 1 : 0, at.workspace);
  for (let k = 0; k < known.length; k += m) {
    engine.write(at.logPrices, known.subarray(k, k + m));
    engine.kernels.listCandidate(at.logPrices);
  }
  return at;
}

/** Iterates until all starts have ended, or the signal is aborted. */
function runStarts(engine: Engine, { economy }: Searched, places: number, { signal, tell }: PieceControl): void {
  const passes = Math.max(1, Math.floor(STRIDE_WORK / (places * workOf(economy))));
  while (!signal?.aborted && engine.kernels.stepMultistart(passes) === protocol.RUNNING) tell?.();
}

/** Reads what starts have found, and confirms it. */
function answerOf(
  engine: Engine,
  { economy, known }: StartsGiven | BetweenGiven,
  at: Addresses<"logPrices" | "critical" | "search">,
  control: PieceControl,
): StartsAnswer {
  const { kernels, read, value } = engine;
  const m = economy.goods.length;
  const toUnits = perUnit(economy);
  kernels.reportMultistart(at.search);
  const [begun, converged, listed, stagnated] = read(at.search, 4);
  const before = known.length / m;
  const points = new Float64Array((listed - before) * m);
  for (let k = before; k < listed; k++) {
    kernels.readCandidate(k, at.logPrices);
    engine.copyTo(points, (k - before) * m, at.logPrices, m);
  }
  let stagnation: Stagnation | undefined;
  if (stagnated > 0) {
    kernels.readCritical(at.critical);
    stagnation = { logPrices: toUnits(read(at.critical, m)), step: value(at.critical + m) };
  }
  const rows = Array.from({ length: points.length / m }, (_, k) => toUnits(points.subarray(k * m, (k + 1) * m)));
  return {
    ...{ starts: begun, converged, points },
    confirmed: confirm(engine, economy, rows, POLISHING, control),
    ...(stagnation ? { stagnation } : {}),
  };
}

/** What turns log prices of all there is of each good into those of a unit. */
function perUnit({ totals }: Market): (logPrices: Float64Array) => Float64Array {
  const logTotals = totals.map(Math.log);
  return (logPrices) => logPrices.map((p, j) => p - logTotals[j]);
}

/** Polishes points in the safeguarded methods; undefined for each that is no equilibrium. */
function confirm(
  engine: Engine,
  economy: Market,
  points: readonly Float64Array[],
  how: { steps: number; cap: number },
  { signal, tell }: PieceControl,
): (Candidate | undefined)[] {
  if (points.length === 0) return [];
  const at = openMarket(engine, economy, undefined, {}, true);
  const stride = Math.ceil(STRIDE_WORK / (how.steps * workOf(economy)));
  return points.map((point, k) => {
    if (k > 0 && k % stride === 0) tell?.();
    return signal?.aborted ? undefined : polish(engine, at, point, how);
  });
}

/**
 * The equilibrium to which safeguarded Newton steps lead from log prices of a unit, in the market
 * that is open; undefined where they lead to none.
 */
export function polish(
  { kernels, read, value, write }: Engine,
  at: Addresses<"logPrices" | "x" | "report">,
  point: Float64Array,
  { steps, cap }: { steps: number; cap: number } = POLISHING,
): Candidate | undefined {
  write(at.logPrices, point);
  const code = kernels.polishMarket(at.logPrices, steps, cap);
  kernels.reportMarket(at.report);
  if (code !== protocol.CONVERGED || !(value(at.report + protocol.FLOW) <= SMALL_RESIDUAL)) return undefined;
  kernels.readMarket(at.logPrices, at.x);
  const index = value(at.report + protocol.INDEX);
  if (index === 0 && !(value(at.report + protocol.STEP) <= SHORT_STEP)) return undefined;
  return { logPrices: read(at.logPrices, point.length), index };
}

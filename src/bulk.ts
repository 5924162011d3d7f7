// Many economies of one size in one call: flat arrays in, flat arrays out.

import { MAX_FOUND, Solver } from "../assembly/protocol.js";
import {
  type Block,
  type Bulk,
  type BulkPart,
  BulkReader,
  type BulkSize,
  type BulkViolation,
  CURVED,
  NEGATIVE,
  sumsOf,
} from "./bulkInput.js";
import type { Economy } from "./economy/economy.js";
import type { Market } from "./economy/groups.js";
import {
  type Addresses,
  type Allocate,
  type BlockData,
  doublesIn,
  type Engine,
  ordinaryMemory,
} from "./engine/engine.js";
import { finishWork, type RunPiece } from "./engine/work.js";
import { equilibria } from "./equilibria/equilibria.js";
import { checkControl, checkEffort, type PartsDone } from "./options/options.js";
import { STATUSES, type Status } from "./solution.js";
import { FINITE, Findings, isRecord, NOT_NEGATIVE, OptionError, POSITIVE } from "./violations.js";

/** The options that planMany() and equilibriumMany() have in common. */
interface BulkOptions extends BulkSize {
  /** agents goods each: how much agents like goods; 0 or more, above 0 in markets. */
  alpha: Bulk;
  /** agents goods each: the elasticity of marginal utility; finite, below 0 in markets. */
  omega: Bulk;
  /** The residual up to which an answer counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
  /**
   * Called now and then, with the number of economies done and in all. It may abort the signal, but
   * must not call the same Walras object.
   */
  onStep?: (progress: PartsDone) => void;
  /**
   * Looked at where `onStep` is called. Once it is aborted, the economies that are left have the
   * status "cancelled" and no answer.
   */
  signal?: AbortSignal;
}

/** The options of planMany(). */
export interface PlanManyOptions extends BulkOptions {
  /** goods each, above 0, in units of the good; or endowments, whose sums they are. */
  totals?: Bulk;
  /** agents goods each, 0 or more, in units of the good; instead of `totals`. */
  endowments?: Bulk;
  /** agents each, above 0: Pareto weights; default ones. */
  weights?: Bulk;
  /** Arrays to be written to, as those of an earlier answer; default new ones. */
  into?: Pick<PlanManyAnswer, "allocation" | "shadowPrices" | "residual" | "status">;
}

/** The options of equilibriumMany(). */
export interface EquilibriumManyOptions extends BulkOptions {
  /** agents goods each, 0 or more, in units of the good; every agent owns something and every good is owned. */
  endowments: Bulk;
  /** Arrays to be written to, as those of an earlier answer; default new ones. */
  into?: Pick<EquilibriumManyAnswer, "allocation" | "prices" | "residual" | "status">;
}

/** How one of many economies ended: as one alone, or "invalid" where its numbers are wrong. */
export type BulkStatus = Status | "invalid";

/** What every bulk call says of each economy. */
interface BulkJudged {
  /**
   * count: index into `statuses`. An economy that is "invalid" or "cancelled" has no answer: its
   * numbers are NaN.
   */
  status: Uint8Array;
  /** The names of all statuses. */
  statuses: readonly BulkStatus[];
  /** How many economies are invalid. */
  invalid: number;
  /**
   * What is wrong with the first 100 of them, in their order; `invalid` counts all. Of each it is the
   * first violation, in the order alpha, omega, endowments or totals, and weights.
   */
  violations: readonly BulkViolation[];
}

/** Flat answers, economy by economy. */
export interface BulkAnswer extends BulkJudged {
  /** count agents goods: amounts in units of the good. */
  allocation: Float64Array;
  /**
   * count: the worst residual of each economy. For markets solved side by side an upper bound takes
   * the place of the net flow.
   */
  residual: Float64Array;
}

/** The answer of planMany(). */
export interface PlanManyAnswer extends BulkAnswer {
  /** count goods: the rise of welfare per additional unit of each good. */
  shadowPrices: Float64Array;
}

/** The answer of equilibriumMany(). */
export interface EquilibriumManyAnswer extends BulkAnswer {
  /** count goods; each economy's add up to 1. */
  prices: Float64Array;
}

/** Economies' cells laid into the engine at a time: as many as stay in a near cache. */
const LAID_CELLS = 2 ** 13;
/** Cells that are enumerated together. */
const CHUNK_CELLS = 2 ** 16;
/** Cells that a pool gives to a worker at a time. */
const PART_CELLS = 2 ** 17;
/** A multiple of the economies that are solved side by side. */
const SIDE_BY_SIDE = 32;

/** How many economies of this size are laid into the engine at a time: as many as fill its lanes. */
function laidFor(agents: number, goods: number): number {
  const fitting = Math.max(1, Math.floor(LAID_CELLS / (agents * goods)));
  return fitting < SIDE_BY_SIDE ? fitting : fitting - (fitting % SIDE_BY_SIDE);
}

/** How many economies of this size are one piece of work: those that are laid some times. */
export function chunkFor(agents: number, goods: number, cells = CHUNK_CELLS): number {
  const laid = laidFor(agents, goods);
  return laid * Math.max(1, Math.floor(cells / (agents * goods * laid)));
}

/** Lists of economies that a pool gives to a worker at a time, at least where there are so many. */
const MIN_LISTS = 4;
/** The most such parts that a call is divided into. */
const MAX_PARTS = 4096;

/**
 * How many economies a pool gives to a worker at a time. Each list of equilibria takes long, where no
 * single number has to be found, and does not depend on those beside it.
 */
export function partFor(method: string, agents: number, goods: number, count: number): number {
  if (method !== "equilibriaMany") return chunkFor(agents, goods, PART_CELLS);
  const chunk = chunkFor(agents, goods);
  if (isOneNumber(agents, goods)) return chunk;
  return Math.min(chunk, Math.max(MIN_LISTS, Math.ceil(count / MAX_PARTS)));
}

/** Whether equilibria are roots of a function of one number, a price or a weight. */
function isOneNumber(agents: number, goods: number): boolean {
  return agents === 2 || goods === 2;
}

const KEYS = ["agents", "goods", "count", "alpha", "omega", "tolerance", "endowments", "onStep", "signal"];
const NAMES: readonly BulkStatus[] = Object.freeze([...Object.values(STATUSES), "invalid" as const]);
/** Their index by the number that kernels give them. */
const INDICES: number[] = [];
for (const [code, name] of Object.entries(STATUSES)) INDICES[Number(code)] = NAMES.indexOf(name);
const INVALID = NAMES.indexOf("invalid");
const CANCELLED = NAMES.indexOf("cancelled");

/** Walras.planMany, or a part of it. */
export function planMany(engine: Engine, given: PlanManyOptions, part?: BulkPart): PlanManyAnswer {
  const findings = new Findings();
  const options = findings.keys(given, [...KEYS, "totals", "weights", "into"]);
  findings.number("tolerance", options.tolerance, 0, 1);
  checkControl(options, findings);
  const reader = new BulkReader(options, findings, part);
  const { n, m, count } = reader;
  const economies = {
    ...{ agents: n, goods: m, count },
    alpha: reader.read("alpha", options.alpha, n * m, NOT_NEGATIVE),
    omega: reader.read("omega", options.omega, n * m, FINITE),
    ...totalsOf(options, reader),
    weights: reader.read("weights", options.weights ?? 1, n, POSITIVE),
  };
  findings.throwIfAny(OptionError);
  const target = targetOf(reader, options.into, "shadowPrices", economies);
  const solved = solveAll(engine, "planMany", economies, reader, options, target);
  const { prices: shadowPrices, invalid, violations, ...answer } = solved;
  return { ...answer, shadowPrices, invalid, violations };
}

/** Walras.equilibriumMany, or a part of it. */
export function equilibriumMany(engine: Engine, given: EquilibriumManyOptions, part?: BulkPart): EquilibriumManyAnswer {
  const findings = new Findings();
  const options = findings.keys(given, [...KEYS, "into"]);
  findings.number("tolerance", options.tolerance, 0, 1);
  checkControl(options, findings);
  const reader = new BulkReader(options, findings, part);
  const economies = readMarkets(options, reader, NEGATIVE);
  const target = targetOf(reader, options.into, "prices", economies);
  return solveAll(engine, "equilibriumMany", economies, reader, options, target);
}

/** The arrays that an answer is written to. */
export interface Target {
  allocation: Float64Array;
  prices: Float64Array;
  residual: Float64Array;
  status: Uint8Array;
}

/** New arrays for an answer, each in memory of its own. */
export function newTarget({ agents, goods, count }: BulkSize, memory: Allocate): Target {
  return {
    allocation: doublesIn(memory, count * agents * goods),
    prices: doublesIn(memory, count * goods),
    residual: doublesIn(memory, count),
    status: new Uint8Array(memory(count)),
  };
}

/**
 * The arrays given to be written to.
 * @throws OptionError where one is of another type or length, or shares memory with what is read
 */
export function givenTarget(
  findings: Findings,
  into: unknown,
  pricesName: "prices" | "shadowPrices",
  { agents, goods, count }: BulkSize,
  inputs: readonly ArrayBufferView[],
): Target {
  if (!isRecord(into)) findings.add("into", "must be an object", into);
  findings.throwIfAny(OptionError);
  const given = into as Record<string, unknown>;
  const outputs: (Float64Array | Uint8Array)[] = [];
  const take = <Numbers extends Float64Array | Uint8Array>(
    name: string,
    Type: new (length: number) => Numbers,
    length: number,
  ): Numbers => {
    const array = given[name];
    if (!(array instanceof Type) || array.length !== length) {
      findings.add(`into.${name}`, `must be a ${Type.name} of ${length}`, array);
      return new Type(0);
    }
    const shared = [...inputs, ...outputs].some((other) => overlap(array, other));
    if (shared) findings.add(`into.${name}`, "must not share memory with another array of the call", array);
    outputs.push(array);
    return array;
  };
  const target = {
    allocation: take("allocation", Float64Array, count * agents * goods),
    prices: take(pricesName, Float64Array, count * goods),
    residual: take("residual", Float64Array, count),
    status: take("status", Uint8Array, count),
  };
  findings.throwIfAny(OptionError);
  return target;
}

/** The arrays given to be written to, or new ones. */
function targetOf(
  { findings }: BulkReader,
  into: unknown,
  pricesName: "prices" | "shadowPrices",
  economies: Economies,
): Target {
  if (into === undefined) return newTarget(economies, ordinaryMemory);
  const { alpha, omega, endowments, totals, weights } = economies;
  const inputs = [alpha, omega, endowments, totals, weights].flatMap((block) => (block ? [block.values] : []));
  return givenTarget(findings, into, pricesName, economies, inputs);
}

/** Whether two arrays have memory in common. */
function overlap(one: ArrayBufferView, other: ArrayBufferView): boolean {
  return (
    one.buffer === other.buffer &&
    one.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < one.byteOffset + one.byteLength
  );
}

/** Reads markets in which everybody wants everything. */
function readMarkets(
  options: Pick<EquilibriumManyOptions, "alpha" | "omega" | "endowments">,
  reader: BulkReader,
  curvature: typeof NEGATIVE,
): Economies {
  const { n, m, count } = reader;
  const alpha = reader.read("alpha", options.alpha, n * m, POSITIVE);
  const omega = reader.read("omega", options.omega, n * m, curvature);
  const endowments = reader.read("endowments", options.endowments, n * m, NOT_NEGATIVE);
  // Sums of numbers that are wrong would be told as well.
  reader.findings.throwIfAny(OptionError);
  reader.requireOwned(endowments, true);
  reader.findings.throwIfAny(OptionError);
  return { agents: n, goods: m, count, alpha, omega, endowments, totals: undefined, weights: NOTHING };
}

/** The options of equilibriaMany(). */
export interface EquilibriaManyOptions extends Omit<EquilibriumManyOptions, "tolerance" | "into"> {
  /** agents goods each: the elasticity of marginal utility, from -1e6 to -1e-6. */
  omega: Bulk;
  /** The most intervals or boxes of a proof for each economy, 1 to 1e9; default 100000. */
  maxIntervals?: number;
  /** The most starts of a search for each economy, 1 to 1e9; default 200000. */
  maxStarts?: number;
  /** The seed of the random starts of each search, a 32-bit integer; default 0. */
  seed?: number;
}

/** All equilibria of each economy, flat. */
export interface EquilibriaManyAnswer extends BulkJudged {
  /** count: how many equilibria each economy has; 0 where it is invalid. */
  counts: Int32Array;
  /**
   * count: how many equilibria the economies before this one have. Its own begin there in `prices`
   * and `index`.
   */
  offset: Int32Array;
  /**
   * goods each: the prices of every equilibrium, which add up to 1. Within an economy they are in
   * ascending order of the first price.
   */
  prices: Float64Array;
  /** Every equilibrium's index; 0 where double precision cannot tell it from its neighbours. */
  index: Int8Array;
  /** count: 1 where the list is proved to have every equilibrium, up to rounding; else 0. */
  complete: Uint8Array;
  /**
   * count: the sum of all indices, those of unresolved intervals among them; +1 unless something is
   * missing, and 0 where the economy is invalid.
   */
  indexSum: Int32Array;
  /**
   * count: index into `statuses`. "converged": all that is listed is an equilibrium. "stalled": none
   * was found. "invalid": the economy's numbers are wrong. "cancelled": the signal was aborted before
   * the list was complete, and it has what was found up to then. In a search another status is that
   * of an equilibrium in the list that has not converged.
   */
  status: Uint8Array;
}

/**
 * Walras.equilibriaMany, or a part of it: by an enumeration in the core with two goods or two agents,
 * else as Walras.equilibria does it, one economy after the other.
 */
export function equilibriaMany(
  engine: Engine,
  given: EquilibriaManyOptions,
  run: RunPiece,
  part?: BulkPart,
): EquilibriaManyAnswer {
  const findings = new Findings();
  const keys = [...KEYS.filter((key) => key !== "tolerance"), "maxIntervals", "maxStarts", "seed"];
  const options = findings.keys(given, keys);
  checkEffort(options, findings);
  checkControl(options, findings);
  const reader = new BulkReader(options, findings, part);
  const markets = readMarkets(options, reader, CURVED);
  reader.check(0, reader.count);
  const { values, stride } = markets.endowments;
  const totals: Block = { ...NOTHING, values: sumsOf(values, reader.n, reader.m), stride: stride === 0 ? 0 : reader.m };
  const economies = { ...markets, totals };
  const lists = new Lists(reader);
  if (isOneNumber(economies.agents, economies.goods)) enumerateAll(engine, economies, lists, reader.wrong, options);
  else listAll(engine, economies, lists, reader.wrong, options, run);
  return lists.answer();
}

/** The totals given, or the endowments whose sums they are. */
function totalsOf(
  { totals, endowments }: PlanManyOptions,
  reader: BulkReader,
): Pick<Economies, "totals" | "endowments"> {
  const { n, m, findings } = reader;
  if ((totals === undefined) === (endowments === undefined)) {
    findings.add("totals", "must be given, or endowments, and not both", totals);
    return { totals: NOTHING, endowments: NOTHING };
  }
  if (totals !== undefined) return { totals: reader.read("totals", totals, m, POSITIVE), endowments: NOTHING };
  const owned = reader.read("endowments", endowments, n * m, NOT_NEGATIVE);
  if (findings.violations.length === 0) reader.requireOwned(owned, false);
  return { totals: undefined, endowments: owned };
}

/** Economies of one size, each block economy by economy or shared. */
interface Economies {
  agents: number;
  goods: number;
  count: number;
  alpha: Block;
  omega: Block;
  endowments: Block;
  /** Undefined where they are the sums of the endowments. */
  totals: Block | undefined;
  weights: Block;
}

/** Economies whose totals are known. */
type Summed = Economies & { totals: Block };

type LaidBlocks = "alpha" | "omega" | "endowments" | "totals" | "weights" | "workspace";

/** A block that a solver has no use for. */
const NOTHING: Block = { values: new Float64Array(0), stride: 0, range: FINITE };

/** Economies of a call that are laid together: by number, or `some` from `first` on. */
interface Some {
  first: number;
  some: number;
  /** The numbers of those that are right, where others between them are wrong. */
  right: readonly number[] | undefined;
}

/** The economies from `first` on that are not wrong. */
function someOf(first: number, some: number, wrong: Uint8Array | undefined): Some {
  const chunk = wrong?.subarray(first, first + some);
  if (!chunk?.includes(1)) return { first, some, right: undefined };
  const right = Array.from(chunk.keys(), (k) => first + k).filter((e) => wrong?.[e] === 0);
  return { first, some: right.length, right };
}

/** Lays some economies, with further blocks and the workspace of a solver. */
function layPart<Names extends string>(
  engine: Engine,
  solver: Solver,
  economies: Economies,
  { first, some, right }: Some,
  blocks: Record<Names, number>,
) {
  const { agents, goods, alpha, omega, endowments, totals, weights } = economies;
  // Sums are as many as there are endowments of each good.
  const sumsOfEach = endowments.stride === 0 ? 0 : goods;
  const part = ({ values, stride }: Block) => {
    if (stride === 0) return values;
    if (!right) return values.subarray(first * stride, (first + some) * stride);
    const gathered = new Float64Array(some * stride);
    right.forEach((e, k) => {
      gathered.set(values.subarray(e * stride, (e + 1) * stride), k * stride);
    });
    return gathered;
  };
  const at = engine.lay<Names | LaidBlocks>({
    alpha: part(alpha),
    omega: part(omega),
    endowments: part(endowments),
    totals: totals ? part(totals) : sumsOfEach * (some - 1) + goods,
    weights: part(weights),
    workspace: engine.workspaceFor(solver, agents, goods, some),
    ...blocks,
  } as Record<Names | LaidBlocks, BlockData>);
  engine.kernels.layEconomies(
    agents,
    goods,
    some,
    at.alpha,
    alpha.stride,
    at.omega,
    omega.stride,
    at.endowments,
    endowments.stride,
    at.totals,
    totals?.stride ?? sumsOfEach,
    at.weights,
    weights.stride,
  );
  return at;
}

/**
 * Whether the numbers that the economies which were laid have of their own are right. Sums their
 * endowments, where those are their totals.
 */
function areRight(
  engine: Engine,
  { alpha, omega, endowments, totals, weights }: Economies,
  at: Addresses<LaidBlocks>,
  some: number,
  owners: boolean,
): boolean {
  const { kernels } = engine;
  const isWithin = ({ stride, range: [, min, max] }: Block, address: number) =>
    stride === 0 || Boolean(kernels.areWithin(address, stride * some, min, max));
  return (
    isWithin(alpha, at.alpha) &&
    isWithin(omega, at.omega) &&
    isWithin(endowments, at.endowments) &&
    isWithin(weights, at.weights) &&
    (totals ? isWithin(totals, at.totals) : Boolean(kernels.sumEndowments(owners ? 1 : 0)))
  );
}

/** Solves economies chunk by chunk with a kernel that gives each an answer. */
function solveAll(
  engine: Engine,
  kernel: "planMany" | "equilibriumMany",
  economies: Economies,
  reader: BulkReader,
  { tolerance = 1e-10, onStep, signal }: Pick<BulkOptions, "tolerance" | "onStep" | "signal">,
  target: Target,
) {
  const { kernels, copyTo } = engine;
  const { agents: n, goods: m, count } = economies;
  const { allocation, prices, residual, status } = target;
  const laid = laidFor(n, m);
  const codes = new Float64Array(Math.min(laid, count));
  const solver = kernel === "planMany" ? Solver.PLAN_MANY : Solver.EQUILIBRIUM_MANY;
  const owners = kernel === "equilibriumMany";
  /** Leaves the economies from `first` to before `last` without an answer. */
  const leave = (first: number, last: number, why: number) => {
    allocation.fill(Number.NaN, first * n * m, last * n * m);
    prices.fill(Number.NaN, first * m, last * m);
    residual.fill(Number.NaN, first, last);
    status.fill(why, first, last);
  };
  const lay = (part: Some) => {
    const { some } = part;
    const outputs = { prices: some * m, x: some * n * m, residuals: some, statuses: some };
    return layPart(engine, solver, economies, part, outputs);
  };
  const solve = (first: number, all: number) => {
    let part: Some = { first, some: all, right: undefined };
    let at = lay(part);
    if (!areRight(engine, economies, at, all, owners)) {
      reader.check(first, first + all);
      part = someOf(first, all, reader.wrong);
      if (part.some === 0) return;
      at = lay(part);
      areRight(engine, economies, at, part.some, owners);
    }
    const { some, right } = part;
    kernels[kernel](tolerance, at.prices, at.x, at.residuals, at.statuses, at.workspace);
    const put = (all: Float64Array, from: number, size: number) => {
      if (!right) copyTo(all, first * size, from, some * size);
      else for (let k = 0; k < some; k++) copyTo(all, right[k] * size, from + k * size, size);
    };
    put(allocation, at.x, n * m);
    put(prices, at.prices, m);
    put(residual, at.residuals, 1);
    copyTo(codes, 0, at.statuses, some);
    for (let k = 0; k < some; k++) status[right ? right[k] : first + k] = INDICES[codes[k] | 0];
  };
  let done = 0;
  while (done < count && !signal?.aborted) {
    const all = Math.min(laid, count - done);
    solve(done, all);
    done += all;
    onStep?.({ done, total: count });
  }
  // Wrong economies are told of whether or not their turn came.
  if (done < count) reader.check(done, count);
  leave(done, count, CANCELLED);
  const { invalid } = reader;
  reader.wrong?.forEach((is, e) => {
    if (is === 1) leave(e, e + 1, INVALID);
  });
  return { ...target, statuses: NAMES, invalid, violations: reader.violations() };
}

/** The options that bound, watch and end the work on lists. */
type ListOptions = Pick<EquilibriaManyOptions, "maxIntervals" | "maxStarts" | "seed" | "onStep" | "signal">;

/** Collects the lists of all economies, in their order; those of which it hears nothing are "cancelled". */
class Lists {
  readonly #reader: BulkReader;
  readonly #counts: Int32Array;
  readonly #offset: Int32Array;
  readonly #complete: Uint8Array;
  readonly #indexSum: Int32Array;
  readonly #status: Uint8Array;
  readonly #prices: Float64Array[] = [];
  readonly #indices: Int8Array[] = [];
  #total = 0;

  constructor(reader: BulkReader) {
    const { count } = reader;
    this.#reader = reader;
    this.#counts = new Int32Array(count);
    this.#offset = new Int32Array(count);
    this.#complete = new Uint8Array(count);
    this.#indexSum = new Int32Array(count);
    this.#status = new Uint8Array(count).fill(CANCELLED);
  }

  /** Takes the facts about the list of economy e. */
  take(e: number, count: number, complete: boolean, indexSum: number, status: BulkStatus): void {
    this.#counts[e] = count;
    this.#complete[e] = complete ? 1 : 0;
    this.#indexSum[e] = indexSum;
    this.#status[e] = NAMES.indexOf(status);
  }

  /** Takes prices and indices of the economies that follow those of which there are some already. */
  append(prices: Float64Array, indices: ArrayLike<number>): void {
    this.#prices.push(prices);
    this.#indices.push(Int8Array.from(indices));
  }

  answer(): EquilibriaManyAnswer {
    const { wrong, invalid } = this.#reader;
    wrong?.forEach((is, e) => {
      if (is === 1) this.#status[e] = INVALID;
    });
    for (let e = 0; e < this.#counts.length; e++) {
      this.#offset[e] = this.#total;
      this.#total += this.#counts[e];
    }
    return {
      counts: this.#counts,
      offset: this.#offset,
      prices: joined(this.#prices),
      index: this.#indices.length === 0 ? new Int8Array(0) : joined(this.#indices),
      complete: this.#complete,
      indexSum: this.#indexSum,
      ...{ status: this.#status, statuses: NAMES, invalid, violations: this.#reader.violations() },
    };
  }
}

/** Enumerates the equilibria of economies with two goods or two agents, chunk by chunk. */
function enumerateAll(
  engine: Engine,
  economies: Economies,
  lists: Lists,
  wrong: Uint8Array | undefined,
  { maxIntervals = 100_000, onStep, signal }: ListOptions,
): void {
  const { kernels, read: copy, value } = engine;
  const { agents: n, goods: m, count } = economies;
  const chunk = chunkFor(n, m);
  /** Lists some economies; returns how many, fewer where the capacity runs out. */
  const list = (laid: Some): number => {
    const { first, some, right } = laid;
    // The kernel stops before its capacity runs out.
    const capacity = 2 * some + MAX_FOUND;
    const outputs = { counts: some, indexSums: some, complete: some, prices: capacity * m, indices: capacity };
    const at = layPart(engine, Solver.LISTS, economies, laid, outputs);
    const listed = kernels.equilibriaMany(
      maxIntervals,
      capacity,
      at.counts,
      at.indexSums,
      at.complete,
      at.prices,
      at.indices,
      at.workspace,
    );
    let found = 0;
    for (let k = 0; k < listed; k++) {
      const own = value(at.counts + k);
      const complete = value(at.complete + k) === 1;
      lists.take(right?.[k] ?? first + k, own, complete, value(at.indexSums + k), own > 0 ? "converged" : "stalled");
      found += own;
    }
    lists.append(copy(at.prices, found * m), copy(at.indices, found));
    return listed;
  };
  let done = 0;
  while (done < count && !signal?.aborted) {
    const laid = someOf(done, Math.min(chunk, count - done), wrong);
    const listed = laid.some > 0 ? list(laid) : 0;
    done = listed < laid.some ? (laid.right?.[listed] ?? done + listed) : Math.min(done + chunk, count);
    onStep?.({ done, total: count });
  }
}

/** Lists the equilibria of each economy as Walras.equilibria does. */
function listAll(
  engine: Engine,
  economies: Summed,
  lists: Lists,
  wrong: Uint8Array | undefined,
  { maxIntervals, maxStarts, seed, onStep, signal }: ListOptions,
  run: RunPiece,
): void {
  const { count, goods: m } = economies;
  const names = namesOf(economies);
  // Of some economies at a time: an array for each of millions would take more than its numbers.
  const prices: Float64Array[] = [];
  const indices: number[] = [];
  let done = 0;
  const tell = onStep && (() => onStep({ done, total: count }));
  const options = { maxIntervals, maxStarts, seed, signal, ...(tell ? { onStep: tell } : {}) };
  const list = (e: number) => {
    const economy = nth(economies, e, names);
    const found = finishWork(engine, equilibria(engine, economy, { options, good: -1 }), run, signal);
    const failed = found.equilibria.find(({ converged }) => !converged);
    const ended = failed?.status ?? (found.equilibria.length > 0 ? "converged" : "stalled");
    const status = signal?.aborted && !found.complete ? "cancelled" : ended;
    lists.take(e, found.equilibria.length, found.complete, found.indexSum, status);
    for (const equilibrium of found.equilibria) {
      prices.push(equilibrium.prices);
      indices.push(equilibrium.index);
    }
    if (prices.length * m >= CHUNK_CELLS) lists.append(joined(prices.splice(0)), indices.splice(0));
  };
  while (done < count && !signal?.aborted) {
    if (wrong?.[done] !== 1) list(done);
    done++;
    tell?.();
  }
  lists.append(joined(prices), indices);
}

type Names = Pick<Economy, "agents" | "goods" | "weights">;

function namesOf({ agents, goods }: Economies): Names {
  return {
    agents: Array.from({ length: agents }, (_, i) => `agent ${i + 1}`),
    goods: Array.from({ length: goods }, (_, j) => `good ${j + 1}`),
    weights: new Float64Array(agents).fill(1),
  };
}

/** Economy e by itself. */
function nth({ alpha, omega, endowments, totals }: Summed, e: number, names: Names): Market {
  const own = ({ values, stride }: Block) => (stride === 0 ? values : values.slice(e * stride, (e + 1) * stride));
  return { ...names, alpha: own(alpha), omega: own(omega), endowments: own(endowments), totals: own(totals) };
}

/** The arrays one behind the other; the only one as it is; of none an array of no doubles. */
export function joined<Numbers extends Float64Array | Int32Array | Uint8Array | Int8Array>(parts: Numbers[]): Numbers {
  if (parts.length === 1) return parts[0];
  const Type = (parts[0]?.constructor ?? Float64Array) as new (length: number) => Numbers;
  const all = new Type(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

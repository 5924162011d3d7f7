// Many economies of one size in one call: flat arrays in, flat arrays out.

import { CONVERGED, MAX_FOUND, Solver } from "../assembly/protocol.js";
import { isList } from "./economy/economy.js";
import type { BlockData, Engine } from "./engine/engine.js";
import { STATUSES, type Status } from "./solution.js";
import { Findings, OptionError } from "./violations.js";

/**
 * A number for every entry, or numbers economy by economy, each agent-major. An array that holds
 * one economy's numbers is used for all of them.
 */
export type Bulk = number | ArrayLike<number>;

interface BulkSize {
  /** 1 to 1000. */
  agents: number;
  /** 1 to 1000. */
  goods: number;
  /** How many economies; agents times goods times count is 2^26 at most. */
  count: number;
  /** agents goods each; 0 or more, above 0 in markets. */
  alpha: Bulk;
  /** agents goods each; below 0 in markets. */
  omega: Bulk;
  /** The residual up to which an answer counts as converged; default 1e-10. */
  tolerance?: number;
}

export interface PlanManyOptions extends BulkSize {
  /** goods each, above 0; or endowments, whose sums they are. */
  totals?: Bulk;
  /** agents goods each, 0 or more. */
  endowments?: Bulk;
  /** agents each, above 0; default ones. */
  weights?: Bulk;
}

export interface EquilibriumManyOptions extends BulkSize {
  /** agents goods each, 0 or more; every agent owns something and every good is owned. */
  endowments: Bulk;
}

/** Flat answers, economy by economy. */
export interface BulkAnswer {
  /** count agents goods. */
  allocation: Float64Array;
  /**
   * count: the worst residual of each economy. For markets solved side by side an upper bound takes
   * the place of the net flow.
   */
  residual: Float64Array;
  /** count: index into `statuses`. */
  status: Uint8Array;
  statuses: readonly Status[];
}

export interface PlanManyAnswer extends BulkAnswer {
  /** count goods. */
  shadowPrices: Float64Array;
}

export interface EquilibriumManyAnswer extends BulkAnswer {
  /** count goods; each economy's add up to 1. */
  prices: Float64Array;
}

const MAX_CELLS = 2 ** 26;
/** Economies' cells laid into the engine at a time. */
const CHUNK_CELLS = 2 ** 16;
/** Markets that are solved side by side. */
const SIDE_BY_SIDE = 32;

/** How many economies of this size are laid into the engine at a time: as many as fill its lanes. */
export function chunkFor(agents: number, goods: number): number {
  const fitting = Math.max(1, Math.floor(CHUNK_CELLS / (agents * goods)));
  return fitting < SIDE_BY_SIDE ? fitting : fitting - (fitting % SIDE_BY_SIDE);
}
const KEYS = ["agents", "goods", "count", "alpha", "omega", "tolerance", "endowments"];
const NAMES: readonly Status[] = Object.freeze(Object.values(STATUSES));
/** Their index by the number the kernels give them. */
const INDICES = new Map(Object.entries(STATUSES).map(([code, name]) => [Number(code), NAMES.indexOf(name)]));

/** Solves many plans. */
export function planMany(engine: Engine, given: PlanManyOptions): PlanManyAnswer {
  const findings = new Findings();
  const options = findings.keys(given, [...KEYS, "totals", "weights"]);
  const { n, m, count } = sizeOf(options, findings);
  const economies = {
    ...{ agents: n, goods: m, count, endowments: NOTHING },
    alpha: read("alpha", options.alpha, n * m, count, findings, notNegative),
    omega: read("omega", options.omega, n * m, count, findings, finite),
    weights: read("weights", options.weights ?? 1, n, count, findings, positive),
    totals: totalsOf(options, n, m, count, findings),
  };
  findings.throwIfAny(OptionError);
  const { prices, ...answer } = solveAll(engine, "planMany", economies, options.tolerance ?? 1e-10);
  return { ...answer, shadowPrices: prices };
}

/** Solves many markets. */
export function equilibriumMany(engine: Engine, given: EquilibriumManyOptions): EquilibriumManyAnswer {
  const findings = new Findings();
  const options = findings.keys(given, KEYS);
  const { n, m, count } = sizeOf(options, findings);
  const endowments = read("endowments", options.endowments, n * m, count, findings, notNegative);
  const economies = {
    ...{ agents: n, goods: m, count, weights: NOTHING },
    alpha: read("alpha", options.alpha, n * m, count, findings, positive),
    omega: read("omega", options.omega, n * m, count, findings, negative),
    endowments,
    totals: sumsOf(endowments, n, m, findings),
  };
  if (findings.violations.length === 0) checkOwners(endowments, n, m, findings);
  findings.throwIfAny(OptionError);
  return solveAll(engine, "equilibriumMany", economies, options.tolerance ?? 1e-10);
}

export interface EquilibriaManyOptions extends Omit<EquilibriumManyOptions, "tolerance"> {
  /** The most intervals for each economy, 1 to 1e9; default 100000. */
  maxIntervals?: number;
}

/** All equilibria of each economy, flat. */
export interface EquilibriaManyAnswer {
  /** count: how many equilibria each economy has. */
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
  /** count: 1 where the list is proved to have every equilibrium, up to rounding. */
  complete: Uint8Array;
  /** count: the sum of all indices, those of unresolved intervals among them; +1. */
  indexSum: Int32Array;
}

/** Enumerates the equilibria of many markets with two goods or two agents. */
export function equilibriaMany(engine: Engine, given: EquilibriaManyOptions): EquilibriaManyAnswer {
  const findings = new Findings();
  const options = findings.keys(given, [...KEYS.filter((key) => key !== "tolerance"), "maxIntervals"]);
  findings.number("maxIntervals", options.maxIntervals, 1, 1e9, true);
  const { n, m, count } = sizeOf(options, findings);
  if (m !== 2 && n !== 2) findings.add("goods", "must be 2, or agents must be", m);
  const endowments = read("endowments", options.endowments, n * m, count, findings, notNegative);
  const economies = {
    ...{ agents: n, goods: m, count, weights: NOTHING },
    alpha: read("alpha", options.alpha, n * m, count, findings, positive),
    omega: read("omega", options.omega, n * m, count, findings, curved),
    endowments,
    totals: sumsOf(endowments, n, m, findings),
  };
  if (findings.violations.length === 0) checkOwners(endowments, n, m, findings);
  findings.throwIfAny(OptionError);
  return enumerateAll(engine, economies, options.maxIntervals ?? 100_000);
}

/** Numbers and the distance from one economy's to the next: 0 where all share them. */
interface Block {
  values: Float64Array;
  stride: number;
}

/** What numbers must be, and the smallest and the greatest allowed. */
type Range = [requirement: string, min: number, max: number];
const MAX = Number.MAX_VALUE;
const MIN = Number.MIN_VALUE;
const finite: Range = ["must be finite", -MAX, MAX];
const notNegative: Range = ["must be finite and not negative", 0, MAX];
const positive: Range = ["must be finite and above 0", MIN, MAX];
const negative: Range = ["must be finite and below 0", -MAX, -MIN];

const curved: Range = ["must be from -1e6 to -1e-6", -1e6, -1e-6];

function sizeOf(options: BulkSize, findings: Findings): { n: number; m: number; count: number } {
  const { agents: n, goods: m, count } = options;
  findings.number("agents", n ?? Number.NaN, 1, 1000, true);
  findings.number("goods", m ?? Number.NaN, 1, 1000, true);
  findings.number("count", count ?? Number.NaN, 1, MAX_CELLS, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  findings.throwIfAny(OptionError);
  if (n * m * count > MAX_CELLS) findings.add("count", `must leave agents goods count at ${MAX_CELLS} at most`, count);
  findings.throwIfAny(OptionError);
  return { n, m, count };
}

function read(
  path: string,
  given: Bulk | undefined,
  size: number,
  count: number,
  findings: Findings,
  [requirement, min, max]: Range,
): Block {
  if (typeof given === "number") {
    if (!(given >= min && given <= max)) findings.add(path, requirement, given);
    return { values: new Float64Array(size).fill(given), stride: 0 };
  }
  if (!isList(given) || (given.length !== size && given.length !== size * count)) {
    findings.add(
      path,
      `must have ${size} numbers, shared by all economies, or ${size * count}`,
      isList(given) ? given.length : given,
    );
    return { values: new Float64Array(size), stride: 0 };
  }
  const values = given instanceof Float64Array ? given : numbersOf(given);
  for (let k = nextOutside(values, 0, min, max); k < values.length; k = nextOutside(values, k + 1, min, max)) {
    if (findings.full) break;
    findings.add(`${path}[${k}]`, requirement, given[k]);
  }
  return { values, stride: values.length === size ? 0 : size };
}

/** Returns a copy of a list, with NaN for what is no number. */
function numbersOf(list: ArrayLike<unknown>): Float64Array {
  const values = new Float64Array(list.length);
  for (let k = 0; k < values.length; k++) {
    const value = list[k];
    values[k] = typeof value === "number" ? value : Number.NaN;
  }
  return values;
}

/** The index, from `first` on, of a number outside min to max; the length if there is none. */
function nextOutside(values: Float64Array, first: number, min: number, max: number): number {
  const inside = (value: number) => value >= min && value <= max;
  let k = first;
  // Four at a time: as a rule all are.
  while (k + 3 < values.length) {
    if (!(inside(values[k]) && inside(values[k + 1]) && inside(values[k + 2]) && inside(values[k + 3]))) break;
    k += 4;
  }
  while (k < values.length && inside(values[k])) k++;
  return k;
}

/** The totals given, or the sums of the endowments. */
function totalsOf(options: PlanManyOptions, n: number, m: number, count: number, findings: Findings): Block {
  const { totals, endowments } = options;
  if ((totals === undefined) === (endowments === undefined)) {
    findings.add("totals", "must be given, or endowments, and not both", totals);
    return { values: new Float64Array(m), stride: 0 };
  }
  if (totals !== undefined) return read("totals", totals, m, count, findings, positive);
  return sumsOf(read("endowments", endowments, n * m, count, findings, notNegative), n, m, findings);
}

/** What there is of each good where agents own these endowments. */
function sumsOf({ values, stride }: Block, n: number, m: number, findings: Findings): Block {
  const sums = new Float64Array((values.length / n) | 0);
  for (let c = 0, to = 0; c < values.length; to += m)
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++, c++) sums[to + j] += values[c];
  const empty = sums.findIndex((sum) => !(sum > 0 && sum < Infinity));
  if (empty >= 0) {
    const place = `endowments of economy ${Math.floor(empty / m)}`;
    findings.add(place, `must give good ${empty % m} a finite total above 0`, sums[empty]);
  }
  return { values: sums, stride: stride === 0 ? 0 : m };
}

/** Every agent must own something. */
function checkOwners({ values }: Block, n: number, m: number, findings: Findings): void {
  for (let row = 0; row < values.length; row += m) {
    let owned = 0;
    for (let j = 0; j < m; j++) owned += values[row + j];
    const i = row / m;
    if (owned === 0)
      findings.add(`endowments of economy ${Math.floor(i / n)}`, `must give agent ${i % n} something`, 0);
  }
}

/** Economies of one size, each block economy by economy or shared. */
interface Economies {
  agents: number;
  goods: number;
  count: number;
  alpha: Block;
  omega: Block;
  endowments: Block;
  totals: Block;
  weights: Block;
}

type LaidBlocks = "alpha" | "omega" | "endowments" | "totals" | "weights" | "workspace";

/** A block that a solver has no use for. */
const NOTHING: Block = { values: new Float64Array(0), stride: 0 };

/** Lays `some` economies from `first` on, with further blocks and the workspace of a solver. */
function layPart<Names extends string>(
  engine: Engine,
  solver: Solver,
  economies: Economies,
  first: number,
  some: number,
  blocks: Record<Names, number>,
) {
  const { agents, goods, alpha, omega, endowments, totals, weights } = economies;
  const part = ({ values, stride }: Block) =>
    stride === 0 ? values : values.subarray(first * stride, (first + some) * stride);
  const at = engine.lay<Names | LaidBlocks>({
    alpha: part(alpha),
    omega: part(omega),
    endowments: part(endowments),
    totals: part(totals),
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
    totals.stride,
    at.weights,
    weights.stride,
  );
  return at;
}

/** Solves economies chunk by chunk with a kernel that gives each an answer. */
function solveAll(engine: Engine, kernel: "planMany" | "equilibriumMany", economies: Economies, tolerance: number) {
  const { kernels, copyTo, read: copy } = engine;
  const { agents: n, goods: m, count } = economies;
  const allocation = new Float64Array(count * n * m);
  const prices = new Float64Array(count * m);
  const residual = new Float64Array(count);
  const status = new Uint8Array(count).fill(NAMES.indexOf("converged"));
  const chunk = chunkFor(n, m);
  const solver = kernel === "planMany" ? Solver.PLAN_MANY : Solver.EQUILIBRIUM_MANY;
  for (let first = 0; first < count; first += chunk) {
    const some = Math.min(chunk, count - first);
    const outputs = { prices: some * m, x: some * n * m, residuals: some, statuses: some };
    const at = layPart(engine, solver, economies, first, some, outputs);
    kernels[kernel](tolerance, at.prices, at.x, at.residuals, at.statuses, at.workspace);
    copyTo(allocation, first * n * m, at.x, some * n * m);
    copyTo(prices, first * m, at.prices, some * m);
    copyTo(residual, first, at.residuals, some);
    const codes = copy(at.statuses, some);
    for (let e = 0; e < some; e++) if (codes[e] !== CONVERGED) status[first + e] = INDICES.get(codes[e]) as number;
  }
  return { allocation, prices, residual, status, statuses: NAMES };
}

function enumerateAll(engine: Engine, economies: Economies, maxIntervals: number): EquilibriaManyAnswer {
  const { kernels, read: copy, value } = engine;
  const { agents: n, goods: m, count } = economies;
  const counts = new Int32Array(count);
  const offset = new Int32Array(count);
  const complete = new Uint8Array(count);
  const indexSum = new Int32Array(count);
  const prices: Float64Array[] = [];
  const indices: Float64Array[] = [];
  const chunk = chunkFor(n, m);
  let total = 0;
  for (let first = 0; first < count; ) {
    const some = Math.min(chunk, count - first);
    // The kernel stops before its capacity runs out.
    const capacity = 2 * some + MAX_FOUND;
    const outputs = { counts: some, indexSums: some, complete: some, prices: capacity * m, indices: capacity };
    const at = layPart(engine, Solver.LISTS, economies, first, some, outputs);
    const done = kernels.equilibriaMany(
      maxIntervals,
      capacity,
      at.counts,
      at.indexSums,
      at.complete,
      at.prices,
      at.indices,
      at.workspace,
    );
    const before = total;
    for (let e = 0; e < done; e++) {
      offset[first + e] = total;
      counts[first + e] = value(at.counts + e);
      complete[first + e] = value(at.complete + e);
      indexSum[first + e] = value(at.indexSums + e);
      total += counts[first + e];
    }
    prices.push(copy(at.prices, (total - before) * m));
    indices.push(copy(at.indices, total - before));
    first += done;
  }
  return { counts, offset, prices: joined(prices), index: Int8Array.from(joined(indices)), complete, indexSum };
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

// Solves the economies of some rows by bulk calls, and keeps what is asked for.

import { type BulkAnswer, chunkFor, type EquilibriaManyAnswer, type EquilibriumManyOptions, partFor } from "../bulk.js";
import type { Economy } from "../economy/economy.js";
import type { Pool } from "../pool/pool.js";
import type { Walras } from "../walras.js";
import { type RowEconomies, RowMaker, type RowsBlock } from "./economies.js";
import type { CheckedField, ColumnType } from "./fields.js";
import type { CheckedSweep } from "./specification.js";

/** What solves: an engine in this thread, or a pool. */
export type SweepSolver = Walras | Pool;

/** A column of rows that were kept. */
export interface SweepColumn {
  /** Its name, like `price[bread]`. */
  readonly name: string;
  /**
   * "number": doubles, NaN where there is no answer; "integer": whole numbers; "row": the number of an
   * economy, a double; "flag": 0 or 1; "text": a status.
   */
  readonly type: ColumnType;
  /** The values, one for each row that was kept. */
  readonly values: Float64Array | Int32Array | Uint8Array | readonly string[];
}

/** Some rows of a sweep. */
export interface SweepRows {
  /** The number of the first economy. */
  readonly first: number;
  /** How many economies there are. */
  readonly economies: number;
  /** How many rows were kept: the length of each column. */
  readonly rows: number;
  /** What was kept of each row, in the order of the specification's fields. */
  readonly columns: readonly SweepColumn[];
  /** How many economies ended with each status, those that were not kept among them. */
  readonly statuses: Readonly<Record<string, number>>;
  /** equilibria: how many economies have each number of equilibria. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Economies that statics or a list of equilibria solves before it says how far it is. */
const SINGLES = 16;
/** Plans that are made in one call. */
const PLANS = 256;

/** How many economies are solved at a time. */
export function blockOf({ economy, solve }: CheckedSweep): number {
  const [n, m] = [economy.agents.length, economy.goods.length];
  const chunk = chunkFor(n, m);
  if (solve.call === "statics") return SINGLES;
  if (solve.call === "plan") return Math.min(PLANS, chunk);
  // Lists that take a search or a proof each are not laid side by side.
  const isSearch = solve.call === "equilibria" && partFor("equilibriaMany", n, m, 1) < chunk;
  return isSearch ? SINGLES : chunk;
}

/** Cells of a part that is solved in bulk, of one that is solved by singles, and its economies. */
const PART_CELLS = 2 ** 18;
const SINGLE_CELLS = 2 ** 11;
const PART_ECONOMIES = 2 ** 16;

/** How many economies a part has: the specification's number, or about a second's work. */
export function partOf(sweep: CheckedSweep): number {
  if (sweep.part !== undefined) return sweep.part;
  const block = blockOf(sweep);
  const cells = block === SINGLES ? SINGLE_CELLS : PART_CELLS;
  const wanted = Math.min(PART_ECONOMIES, Math.max(1, cells / sweep.economy.alpha.length));
  return block * Math.max(1, Math.floor(wanted / block));
}

/** Markets that are solved side by side. */
const SIDE_BY_SIDE = 32;

/**
 * Solves rows. What is solved side by side makes as many steps as the slowest of them needs, and so
 * may round otherwise beside others. So whole groups are solved, which begin at multiples of a fixed
 * number.
 */
export class RowSolver {
  readonly #sweep: CheckedSweep;
  readonly #maker: RowMaker;
  readonly #group: number;

  constructor(sweep: CheckedSweep) {
    this.#sweep = sweep;
    this.#maker = new RowMaker(sweep);
    const block = blockOf(sweep);
    const { call } = sweep.solve;
    this.#group = call === "plan" ? block : call === "equilibrium" ? Math.min(SIDE_BY_SIDE, block) : 1;
  }

  /** Solves rows `first` to `first + count - 1`, which are all of one block. */
  async solve(solver: SweepSolver, first: number, count: number): Promise<SweepRows> {
    const sweep = this.#sweep;
    const group = this.#group;
    const from = Math.floor(first / group) * group;
    const to = Math.min(sweep.economies, Math.ceil((first + count) / group) * group);
    const given = this.#maker.make(from, to - from);
    const solved = await solvedOf(solver, sweep, given);
    return keptOf(sweep, given, solved, first - from, count);
  }
}

/** The numbers that a field has: element `index` of row r is at place[r] * stride + index. */
interface Source {
  readonly values: ArrayLike<number>;
  readonly stride: number;
  /** Whether rows are equilibria: place is then the number of the equilibrium. */
  readonly each: boolean;
}

/** What solving has given. */
interface Solved {
  /** Numbers by field; those of fields that must be computed first, only if asked for. */
  readonly sources: Readonly<Record<string, () => Source>>;
  readonly status: readonly string[];
  /** Where each economy's equilibria begin, and how many there are. */
  readonly lists?: Pick<EquilibriaManyAnswer, "counts" | "offset">;
}

async function solvedOf(solver: SweepSolver, sweep: CheckedSweep, given: RowEconomies): Promise<Solved> {
  const { economy, solve } = sweep;
  const [agents, goods] = [economy.agents.length, economy.goods.length];
  const { alpha, omega, endowments, totals, weights } = given.blocks;
  const size = { agents, goods, count: given.count };
  const { call, by: _, ...options } = solve;
  const [a, w] = [numbersOf(alpha), numbersOf(omega)];
  if (call === "plan") {
    const quantities = endowments ? { endowments: numbersOf(endowments) } : { totals: numbersOf(totals) };
    const own = { ...size, alpha: a, omega: w, ...quantities, weights: numbersOf(weights), ...options };
    const { shadowPrices, allocation, residual, status, statuses } = await withoutWrong(
      given.blocks,
      () => solver.planMany(own),
      { shadowPrices: goods, allocation: agents * goods, residual: 1 },
    );
    const utility = lazily(() => utilities(sweep, given, allocation));
    return {
      status: Array.from(status, (code) => statuses[code]),
      sources: {
        ...{ shadowPrice: plain(shadowPrices, goods), allocation: plain(allocation, agents * goods) },
        ...{ residual: plain(residual, 1), utility: () => ({ values: utility(), stride: agents, each: false }) },
        welfare: () => ({ values: welfares(utility(), weights as RowsBlock, agents), stride: 1, each: false }),
      },
    };
  }
  const own = { ...size, alpha: a, omega: w, endowments: numbersOf(endowments), ...options };
  const owned = endowments as RowsBlock;
  if (call === "equilibria") {
    const found = await solver.equilibriaMany(own);
    const { counts, offset, prices, index, complete, indexSum, status, statuses } = found;
    const places = lazily(() => economyOfEach(counts, prices.length / goods));
    return {
      lists: { counts, offset },
      status: Array.from(status, (code) => statuses[code]),
      sources: {
        ...{ price: plain(prices, goods, true), index: plain(index, 1, true), count: plain(counts, 1) },
        ...{ complete: plain(complete, 1), indexSum: plain(indexSum, 1) },
        income: () => ({ values: incomes(prices, owned, agents, goods, places()), stride: agents, each: true }),
        equilibrium: () => ({ values: places().map((e, k) => k - offset[e] + 1), stride: 1, each: true }),
      },
    };
  }
  const found = call === "equilibrium" ? await marketsOf(solver, own, given) : await staticsOf(solver, sweep, given);
  const { prices, allocation, residual, status } = found;
  const places = lazily(() => Int32Array.from({ length: given.count }, (_, e) => e));
  return {
    status,
    sources: {
      ...{ price: plain(prices, goods), allocation: plain(allocation, agents * goods), residual: plain(residual, 1) },
      netTrade: () => ({ values: trades(allocation, owned), stride: agents * goods, each: false }),
      income: () => ({ values: incomes(prices, owned, agents, goods, places()), stride: agents, each: false }),
      utility: () => ({ values: utilities(sweep, given, allocation), stride: agents, each: false }),
      ...("dPrice" in found
        ? {
            dPrice: plain(found.dPrice as Float64Array, goods),
            dUtility: plain(found.dUtility as Float64Array, agents),
          }
        : {}),
    },
  };
}

async function marketsOf(solver: SweepSolver, own: EquilibriumManyOptions, { blocks }: RowEconomies) {
  const { agents, goods } = own;
  const sizes = { prices: goods, allocation: agents * goods, residual: 1 };
  const { statuses, status, ...answer } = await withoutWrong(blocks, () => solver.equilibriumMany(own), sizes);
  return { ...answer, status: Array.from(status, (code) => statuses[code]) };
}

/** What a block gets in the place of numbers that are wrong. */
const RIGHT: Record<string, number> = { omega: -1 };

/**
 * Solves in bulk. Bulk calls leave out economies that are wrong, and those behind them move up; so
 * where there are such, all are solved again with others in their place, and what these give is taken
 * out. Every economy then has the neighbours that it has in every call.
 */
async function withoutWrong<Answer extends BulkAnswer>(
  blocks: RowEconomies["blocks"],
  solve: () => Answer | Promise<Answer>,
  sizes: Partial<Record<keyof Answer, number>>,
): Promise<Answer> {
  const first = await solve();
  if (first.invalid === 0) return first;
  const invalid = first.statuses.indexOf("invalid");
  const wrong = [...first.status.keys()].filter((e) => first.status[e] === invalid);
  const kept: [values: Float64Array, at: number, numbers: Float64Array][] = [];
  for (const [name, { values, stride }] of Object.entries(blocks)) {
    if (stride === 0) continue;
    for (const e of wrong) {
      kept.push([values, e * stride, values.slice(e * stride, (e + 1) * stride)]);
      values.fill(RIGHT[name] ?? 1, e * stride, (e + 1) * stride);
    }
  }
  const answer = await solve();
  for (const [values, at, numbers] of kept) values.set(numbers, at);
  for (const e of wrong) {
    answer.status[e] = invalid;
    for (const [name, size] of Object.entries(sizes) as [keyof Answer, number][])
      (answer[name] as Float64Array).fill(Number.NaN, e * size, (e + 1) * size);
  }
  return answer;
}

/** Solves each economy by itself, and differentiates its equilibrium. */
async function staticsOf(solver: SweepSolver, sweep: CheckedSweep, given: RowEconomies) {
  const { economy, by } = sweep;
  const [n, m] = [economy.agents.length, economy.goods.length];
  const { count, blocks } = given;
  const answer = {
    ...{ prices: blank(count * m), allocation: blank(count * n * m), residual: blank(count) },
    ...{ dPrice: blank(count * m), dUtility: blank(count * n), status: Array<string>(count).fill("invalid") },
  };
  const solveOne = async (e: number): Promise<void> => {
    const own = economyAt(solver, economy, blocks, e);
    if (!own) return;
    const found = await solver.equilibrium(own);
    answer.prices.set(found.prices, e * m);
    answer.allocation.set(found.allocation, e * n * m);
    answer.residual[e] = Math.max(...Object.values(found.residuals));
    answer.status[e] = found.status;
    if (!found.converged || !by) return;
    const point = await solver.statics(own, found);
    if (point.singular) {
      answer.status[e] = "singular";
      return;
    }
    const change = await point.forward({ [by.block]: by.direction });
    answer.dPrice.set(change.prices as Float64Array, e * m);
    answer.dUtility.set(change.utilities as Float64Array, e * n);
  };
  await Promise.all(Array.from({ length: count }, (_, e) => solveOne(e)));
  return answer;
}

/** Economy e, with the base's names; undefined where its numbers are wrong. */
function economyAt(
  solver: SweepSolver,
  { agents, goods }: Economy,
  blocks: RowEconomies["blocks"],
  e: number,
): Economy | undefined {
  const numbers = Object.entries(blocks).map(([name, { values, stride }]) => {
    const size = stride === 0 ? values.length : stride;
    return [name, values.slice(e * stride, e * stride + size)];
  });
  const size = { agents: agents.length, goods: goods.length };
  try {
    return solver.economy({ size, ...Object.fromEntries(numbers) });
  } catch (error) {
    // The solver may be of another copy of the package.
    if ((error as Error).name === "EconomyError") return undefined;
    throw error;
  }
}

/** The columns of the rows that the filter keeps, of `count` economies from the `skipped`-th on. */
function keptOf(sweep: CheckedSweep, given: RowEconomies, solved: Solved, skipped: number, count: number): SweepRows {
  const { lists, status } = solved;
  const end = skipped + count;
  // A row is an equilibrium if anything that is kept, or filtered by, belongs to one.
  const needed = [...sweep.fields, ...sweep.filterFields];
  const listed = needed.some(({ each }) => each) ? lists : undefined;
  const economyOf = listed ? rowsOf(listed.counts) : Int32Array.from({ length: given.count }, (_, e) => e);
  const equilibriumOf = (r: number) => {
    const e = economyOf[r];
    if (!listed || listed.counts[e] === 0) return -1;
    // Rows of one economy follow each other.
    let k = 0;
    while (r - k - 1 >= 0 && economyOf[r - k - 1] === e) k++;
    return listed.offset[e] + k;
  };
  const places = listed ? Int32Array.from(economyOf, (_, r) => equilibriumOf(r)) : economyOf;
  const columnOf = columns(given, solved, economyOf, places);
  const all = Int32Array.from({ length: economyOf.length }, (_, r) => r);
  let rows = all.filter((r) => economyOf[r] >= skipped && economyOf[r] < end);
  if (sweep.filter) {
    const values = sweep.filterFields.map((field) => columnOf(field, all).values);
    const { keeps } = sweep.filter;
    rows = rows.filter((r) => keeps(values, r));
  }
  return {
    ...{ first: given.first + skipped, economies: count, rows: rows.length },
    columns: sweep.fields.map((field) => columnOf(field, rows)),
    statuses: tally(status.slice(skipped, end)),
    counts: lists ? tally(Array.from(lists.counts.subarray(skipped, end), String)) : {},
  };
}

/** A function that gives a field's column for some rows. */
function columns(given: RowEconomies, solved: Solved, economyOf: Int32Array, places: Int32Array) {
  const computed = new Map<string, Source>();
  const sourceOf = (name: string): Source => {
    const known = computed.get(name);
    if (known) return known;
    const block = given.blocks[name as keyof typeof given.blocks];
    const found = block ? { ...block, each: false } : name === "totals" ? totalsOf(given) : solved.sources[name]();
    computed.set(name, found);
    return found;
  };
  return ({ name, field, index, type }: CheckedField, rows: ArrayLike<number>): SweepColumn => {
    if (field === "status") return { name, type, values: Array.from(rows, (r) => solved.status[economyOf[r]]) };
    const Type = type === "integer" ? Int32Array : type === "flag" ? Uint8Array : Float64Array;
    const values = new Type(rows.length);
    if (field === "row") for (let k = 0; k < rows.length; k++) values[k] = given.first + economyOf[rows[k]];
    else if (field === "vary") for (let k = 0; k < rows.length; k++) values[k] = given.axes[index][economyOf[rows[k]]];
    else {
      const { values: from, stride, each } = sourceOf(field);
      const at = each ? places : economyOf;
      // An economy without an equilibrium has a row without prices.
      const missing = type === "number" ? Number.NaN : 0;
      for (let k = 0; k < rows.length; k++) {
        const place = at[rows[k]];
        values[k] = place < 0 ? missing : from[place * stride + index];
      }
    }
    return { name, type, values };
  };
}

/** The economy of each row, where an economy has a row for each equilibrium, and one if it has none. */
function rowsOf(counts: Int32Array): Int32Array {
  const all = new Int32Array(counts.reduce((sum, count) => sum + Math.max(1, count), 0));
  let r = 0;
  for (let e = 0; e < counts.length; e++) for (let k = 0; k < Math.max(1, counts[e]); k++) all[r++] = e;
  return all;
}

/** The economy of each equilibrium. */
function economyOfEach(counts: Int32Array, equilibria: number): Int32Array {
  const all = new Int32Array(equilibria);
  let at = 0;
  for (let e = 0; e < counts.length; e++) for (let k = 0; k < counts[e]; k++) all[at++] = e;
  return all;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function plain(values: ArrayLike<number>, stride: number, each = false): () => Source {
  return () => ({ values, stride, each });
}

function lazily<T>(compute: () => T): () => T {
  let value: { made: T } | undefined;
  return () => {
    value ??= { made: compute() };
    return value.made;
  };
}

function numbersOf(block: RowsBlock | undefined): Float64Array {
  return (block as RowsBlock).values;
}

function blank(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

/** The totals of economies that are given by endowments. */
function totalsOf({ blocks }: RowEconomies): Source {
  const { alpha, weights, endowments } = blocks as Record<string, RowsBlock>;
  const n = weights.stride || weights.values.length;
  const m = (alpha.stride || alpha.values.length) / n;
  const sums = new Float64Array(endowments.values.length / n);
  for (let k = 0; k < endowments.values.length; k++) {
    sums[Math.floor(k / (n * m)) * m + (k % m)] += endowments.values[k];
  }
  return { values: sums, stride: endowments.stride === 0 ? 0 : m, each: false };
}

/** The value of what each agent owns, for prices of the economies in `places`. */
function incomes(
  prices: Float64Array,
  { values, stride }: RowsBlock,
  n: number,
  m: number,
  places: Int32Array,
): Float64Array {
  const all = new Float64Array(places.length * n);
  for (let r = 0; r < places.length; r++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += prices[r * m + j] * values[places[r] * stride + i * m + j];
      all[r * n + i] = sum;
    }
  }
  return all;
}

function trades(allocation: Float64Array, { values, stride }: RowsBlock): Float64Array {
  if (stride > 0) return allocation.map((x, k) => x - values[k]);
  return allocation.map((x, k) => x - values[k % values.length]);
}

/** The agents' utilities: sum_j alpha_ij phi(x_ij; omega_ij). */
function utilities({ economy }: CheckedSweep, { count, blocks }: RowEconomies, allocation: Float64Array): Float64Array {
  const [n, m] = [economy.agents.length, economy.goods.length];
  const { alpha, omega } = blocks as Record<string, RowsBlock>;
  const all = new Float64Array(count * n);
  for (let e = 0, k = 0; e < count; e++) {
    for (let c = 0; c < n * m; c++, k++) {
      const a = alpha.values[e * alpha.stride + c];
      const power = 1 + omega.values[e * omega.stride + c];
      const log = Math.log(allocation[k]);
      if (a !== 0) all[e * n + Math.floor(c / m)] += a * (power === 0 ? log : Math.exp(power * log) / power);
    }
  }
  return all;
}

/** The sum of utilities times Pareto weights. */
function welfares(utility: Float64Array, { values, stride }: RowsBlock, n: number): Float64Array {
  const all = new Float64Array(utility.length / n);
  for (let k = 0; k < utility.length; k++) {
    const e = Math.floor(k / n);
    all[e] += values[e * stride + (k % n)] * utility[k];
  }
  return all;
}

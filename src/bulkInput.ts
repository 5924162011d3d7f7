// The input of bulk calls: reads what all economies share and what each has of its own, and finds
// the economies that are wrong.

import { isList } from "./economy/economy.js";
import { Findings, type InputError, OptionError, type Violation } from "./violations.js";

/**
 * Numbers for many economies: one for every entry, or an array economy by economy, each agent-major.
 * An array that holds one economy's numbers is used for all of them.
 */
export type Bulk = number | ArrayLike<number>;

/** What is wrong with one of many economies. */
export interface BulkViolation extends Violation {
  /** The number of the economy, from 0 on. `path` is the place in the arrays of the whole call. */
  economy: number;
}

/** The size of many economies, and of the call. */
export interface BulkSize {
  /** Agents of each economy, 1 to 1000. */
  agents: number;
  /** Goods of each economy, 1 to 1000. */
  goods: number;
  /** How many economies, 1 or more; agents times goods times count is 2^26 at most. */
  count: number;
}

/** Numbers and the distance from one economy's to the next: 0 where all share them. */
export interface Block {
  values: Float64Array;
  stride: number;
}

/** A part of the economies of a call, for one worker of a pool. */
export interface BulkPart {
  /** The number, in the whole call, of the first. */
  first: number;
  /** The arrays that have numbers for each of them, by the names of the options. */
  own: readonly string[];
}

/** What numbers must be, and the smallest and the greatest allowed. */
type Range = [requirement: string, min: number, max: number];
const MAX = Number.MAX_VALUE;
const MIN = Number.MIN_VALUE;
export const FINITE: Range = ["must be finite", -MAX, MAX];
export const NOT_NEGATIVE: Range = ["must be finite and not negative", 0, MAX];
export const POSITIVE: Range = ["must be finite and above 0", MIN, MAX];
export const NEGATIVE: Range = ["must be finite and below 0", -MAX, -MIN];
export const CURVED: Range = ["must be from -1e6 to -1e-6", -1e6, -1e-6];

/** Cells of all economies of a call, at most. */
export const MAX_CELLS = 2 ** 26;
/** The most wrong economies of which an answer says what is wrong. */
export const MAX_TOLD = 100;

/**
 * Reads the arrays of a call. What is wrong with a number for all, with an array that all share or
 * with a length is an error of the call, in `findings`. What is wrong with numbers that one economy
 * has of its own makes that one wrong alone.
 */
export class BulkReader {
  readonly findings = new Findings();
  readonly n: number;
  readonly m: number;
  readonly count: number;
  /** 1 for each wrong economy; undefined while there is none. */
  wrong: Uint8Array | undefined;
  /** How many are wrong. */
  invalid = 0;
  readonly #told: BulkViolation[] = [];
  readonly #part: BulkPart | undefined;

  /** @throws OptionError for sizes out of range, together with what `findings` has of other options */
  constructor({ agents, goods, count }: BulkSize, findings: Findings, part: BulkPart | undefined) {
    this.findings = findings;
    findings.number("agents", agents ?? Number.NaN, 1, 1000, true);
    findings.number("goods", goods ?? Number.NaN, 1, 1000, true);
    findings.number("count", count ?? Number.NaN, 1, MAX_CELLS, true);
    findings.throwIfAny(OptionError);
    if (agents * goods * count > MAX_CELLS)
      findings.add("count", `must leave agents goods count at ${MAX_CELLS} at most`, count);
    findings.throwIfAny(OptionError);
    this.n = agents;
    this.m = goods;
    this.count = count;
    this.#part = part;
  }

  /** Reads `size` numbers for each economy, in one pass. */
  read(path: string, given: Bulk | undefined, size: number, [requirement, min, max]: Range): Block {
    const { findings, count } = this;
    if (typeof given === "number") {
      if (!(given >= min && given <= max)) findings.add(path, requirement, given);
      return { values: new Float64Array(size).fill(given), stride: 0 };
    }
    if (!isList(given) || (given.length !== size && given.length !== size * count)) {
      const wanted = `must have ${size} numbers, shared by all economies, or ${size * count}`;
      findings.add(path, wanted, isList(given) ? given.length : given);
      return { values: new Float64Array(size), stride: 0 };
    }
    const values = given instanceof Float64Array ? given : numbersOf(given);
    const own = this.#part ? this.#part.own.includes(path) : values.length === size * count;
    const before = (this.#part?.first ?? 0) * size;
    const tell = this.#tellOf(own ? size : 0);
    for (let k = nextOutside(values, 0, min, max); k < values.length; ) {
      const next = tell(k, own ? `${path}[${before + k}]` : `${path}[${k}]`, requirement, given[k]);
      k = nextOutside(values, next, min, max);
    }
    return { values, stride: own ? size : 0 };
  }

  /** What there is of each good where agents own these endowments. */
  sums({ values, stride }: Block): Block {
    const { n, m } = this;
    const sums = new Float64Array((values.length / n) | 0);
    for (let c = 0, to = 0; c < values.length; to += m)
      for (let i = 0; i < n; i++) for (let j = 0; j < m; j++, c++) sums[to + j] += values[c];
    const own = stride === 0 ? 0 : m;
    const tell = this.#tellOf(own);
    for (let k = nextOutside(sums, 0, MIN, MAX); k < sums.length; ) {
      const requirement = `must give good ${k % m} a finite total above 0`;
      k = nextOutside(sums, tell(k, this.#endowmentsOf(k, own), requirement, sums[k]), MIN, MAX);
    }
    return { values: sums, stride: own };
  }

  /** Every agent must own something. */
  checkOwners({ values, stride }: Block): void {
    const { n, m } = this;
    const own = stride === 0 ? 0 : n;
    const tell = this.#tellOf(own);
    for (let agent = 0; agent * m < values.length; ) {
      let owned = 0;
      for (let c = agent * m; c < (agent + 1) * m; c++) owned += values[c];
      if (owned !== 0) agent++;
      else agent = tell(agent, this.#endowmentsOf(agent, own), `must give agent ${agent % n} something`, 0);
    }
  }

  /** What is wrong with the first of the wrong economies, in their order. */
  violations(): BulkViolation[] {
    return this.#told.sort((a, b) => a.economy - b.economy).slice(0, MAX_TOLD);
  }

  /** Throws what is wrong with the call as a whole. */
  throwIfAny(Kind: new (violations: readonly Violation[]) => InputError): void {
    this.findings.throwIfAny(Kind);
  }

  /** Element k of endowments that economies have `own` elements of; all share them if that is 0. */
  #endowmentsOf(k: number, own: number): string {
    const first = this.#part?.first ?? 0;
    return own === 0 ? "endowments" : `endowments of economy ${first + Math.floor(k / own)}`;
  }

  /**
   * A function that takes note of a wrong element and returns the next one to look at. Economies have
   * `own` elements each, of which one that is wrong is enough; all share them if that is 0.
   *
   * Of each pass the first wrong economies that no pass before has found are told. So among all that
   * are told are the first of the call, whatever the pass, and however the call is divided.
   */
  #tellOf(own: number): (k: number, path: string, requirement: string, value: unknown) => number {
    let told = 0;
    return (k, path, requirement, value) => {
      if (own === 0) {
        this.findings.add(path, requirement, value);
        return this.findings.full ? Number.POSITIVE_INFINITY : k + 1;
      }
      const e = Math.floor(k / own);
      this.wrong ??= new Uint8Array(this.count);
      if (this.wrong[e] === 0) {
        this.wrong[e] = 1;
        this.invalid++;
        const economy = (this.#part?.first ?? 0) + e;
        if (told++ < MAX_TOLD) this.#told.push({ economy, path, requirement, value });
      }
      return (e + 1) * own;
    };
  }
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

/** The index, from `first` on, of a number outside min to max; the length or more if there is none. */
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

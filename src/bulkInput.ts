// The input of bulk calls: reads what all economies share and what each has of its own, and finds
// the economies that are wrong.

import { isList } from "./economy/economy.js";
import { Findings, OptionError, type Range, type Violation } from "./violations.js";

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

/**
 * Numbers and the distance from one economy's to the next: 0 where all share them. Numbers that
 * economies have of their own are right if they are within the range.
 */
export interface Block {
  values: Float64Array;
  stride: number;
  range: Range;
}

/** A part of the economies of a call, for one worker of a pool. */
export interface BulkPart {
  /** The number, in the whole call, of the first. */
  first: number;
  /** The arrays that have numbers for each of them, by the names of the options. */
  own: readonly string[];
}

export const NEGATIVE: Range = ["must be finite and below 0", -Number.MAX_VALUE, -Number.MIN_VALUE];
export const CURVED: Range = ["must be from -1e6 to -1e-6", -1e6, -1e-6];

/** Cells of all economies of a call, at most. */
export const MAX_CELLS = 2 ** 26;
/** The most wrong economies of which an answer says what is wrong. */
export const MAX_TOLD = 100;

/** What is done with numbers that economies have of their own, from one economy to before another. */
type Pass = (first: number, end: number, tell: Tell) => void;
type Tell = (economy: number, path: string, requirement: string, value: unknown) => void;

/**
 * Reads the arrays of a call. What is wrong with a number for all, with an array that all share or
 * with a length is an error of the call, in `findings`. What is wrong with numbers that one economy
 * has of its own makes that one wrong alone: check() looks for it.
 */
export class BulkReader {
  readonly findings = new Findings();
  readonly n: number;
  readonly m: number;
  readonly count: number;
  /** 1 for each economy found to be wrong; undefined while there is none. */
  wrong: Uint8Array | undefined;
  /** How many are. */
  invalid = 0;
  readonly #told: BulkViolation[] = [];
  readonly #part: BulkPart | undefined;
  readonly #passes: Pass[] = [];

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

  /** Reads `size` numbers for each economy. */
  read(path: string, given: Bulk | undefined, size: number, range: Range): Block {
    const { findings, count } = this;
    const [requirement, min, max] = range;
    if (typeof given === "number") {
      if (!(given >= min && given <= max)) findings.add(path, requirement, given);
      return { values: new Float64Array(size).fill(given), stride: 0, range };
    }
    if (!isList(given) || (given.length !== size && given.length !== size * count)) {
      const wanted = `must have ${size} numbers, shared by all economies, or ${size * count}`;
      findings.add(path, wanted, isList(given) ? given.length : given);
      return { values: new Float64Array(size), stride: 0, range };
    }
    const values = given instanceof Float64Array ? given : numbersOf(given);
    const own = this.#part ? this.#part.own.includes(path) : values.length === size * count;
    if (own) {
      const before = (this.#part?.first ?? 0) * size;
      this.#passes.push((first, end, tell) => {
        for (let k = nextOutside(values, first * size, end * size, min, max); k < end * size; ) {
          const e = Math.floor(k / size);
          tell(e, `${path}[${before + k}]`, requirement, given[k]);
          k = nextOutside(values, (e + 1) * size, end * size, min, max);
        }
      });
      return { values, stride: size, range };
    }
    for (let k = 0; k < size && !findings.full; k++) {
      if (!(values[k] >= min && values[k] <= max)) findings.add(`${path}[${k}]`, requirement, given[k]);
    }
    return { values, stride: 0, range };
  }

  /**
   * Requires endowments to have a finite sum above 0 of every good, and with `owners` something for
   * every agent.
   */
  requireOwned({ values, stride }: Block, owners: boolean): void {
    const { n, m } = this;
    if (stride === 0) {
      checkOwned(values, 0, n, m, owners, (requirement, value) => this.findings.add("endowments", requirement, value));
      return;
    }
    const before = this.#part?.first ?? 0;
    this.#passes.push((first, end, tell) => {
      for (let e = first; e < end; e++) {
        if (this.wrong?.[e] === 1) continue;
        checkOwned(values, e, n, m, owners, (requirement, value) => {
          tell(e, `endowments of economy ${before + e}`, requirement, value);
        });
      }
    });
  }

  /**
   * Looks for what is wrong with economies `first` to `end` - 1. Of each pass the first wrong ones that
   * no pass before has found are told. So where checks go on from the first economy to the last, among
   * all that are told are the first of the call, whatever the pass, and however the call is divided.
   */
  check(first: number, end: number): void {
    const enough = this.#told.length >= MAX_TOLD;
    const before = this.#part?.first ?? 0;
    for (const pass of this.#passes) {
      let told = enough ? MAX_TOLD : 0;
      pass(first, end, (e, path, requirement, value) => {
        this.wrong ??= new Uint8Array(this.count);
        if (this.wrong[e] === 1) return;
        this.wrong[e] = 1;
        this.invalid++;
        if (told++ < MAX_TOLD) this.#told.push({ economy: before + e, path, requirement, value });
      });
    }
  }

  /** What is wrong with the first of the wrong economies, in their order. */
  violations(): BulkViolation[] {
    return this.#told.sort((a, b) => a.economy - b.economy).slice(0, MAX_TOLD);
  }
}

/** What there is of each good where agents own these endowments, economy by economy. */
export function sumsOf(values: Float64Array, n: number, m: number): Float64Array {
  const sums = new Float64Array((values.length / n) | 0);
  for (let c = 0, to = 0; c < values.length; to += m)
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++, c++) sums[to + j] += values[c];
  return sums;
}

/** Tells what is wrong with what is owned in economy e. */
function checkOwned(
  values: Float64Array,
  e: number,
  n: number,
  m: number,
  owners: boolean,
  tell: (requirement: string, value: number) => void,
): void {
  const own = values.subarray(e * n * m, (e + 1) * n * m);
  let fine = true;
  sumsOf(own, n, m).forEach((total, j) => {
    if (total > 0 && total < Infinity) return;
    fine = false;
    tell(`must give good ${j} a finite total above 0`, total);
  });
  for (let i = 0; i < n && fine && owners; i++) {
    if (own.subarray(i * m, (i + 1) * m).every((amount) => amount === 0)) tell(`must give agent ${i} something`, 0);
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

/** The index, from `first` to `end`, of a number outside min to max; `end` if there is none. */
function nextOutside(values: Float64Array, first: number, end: number, min: number, max: number): number {
  let k = first;
  while (k < end && values[k] >= min && values[k] <= max) k++;
  return k;
}

// Bulk calls in pieces: the same chunks that one engine takes at a time, so that every number is the
// same whatever the number of workers.

import { type Bulk, chunkFor, joined } from "../bulk.js";
import { isList, isTyped } from "../economy/economy.js";

/** A bulk call's options as they were given: of any type, and not yet checked. */
type Given = Record<string, unknown>;

/** Numbers that each economy has of its own, by the name of the option. */
const SIZES: Record<string, (n: number, m: number) => number> = {
  alpha: (n, m) => n * m,
  omega: (n, m) => n * m,
  endowments: (n, m) => n * m,
  totals: (_, m) => m,
  weights: (n) => n,
};

/**
 * The options of each chunk, in order; undefined where they are for one chunk, or so wrong that they
 * cannot be divided.
 */
export function chunksOf(given: Given): (() => Given)[] | undefined {
  const { agents: n, goods: m, count } = given;
  if (!isCount(n) || !isCount(m) || !isCount(count)) return undefined;
  const chunk = chunkFor(n, m);
  if (count <= chunk) return undefined;
  const sizes = Object.entries(SIZES).map(([name, size]) => [name, size(n, m)] as const);
  for (const [name, size] of sizes) {
    const values = given[name];
    if (isList(values) && values.length !== size && values.length !== size * count) return undefined;
  }
  return Array.from({ length: Math.ceil(count / chunk) }, (_, k) => () => {
    const first = k * chunk;
    const some = Math.min(chunk, count - first);
    const part: Given = { ...given, count: some };
    for (const [name, size] of sizes) {
      const values = given[name] as Bulk | undefined;
      if (isList(values) && values.length !== size) part[name] = cut(values, first * size, (first + some) * size);
    }
    return part;
  });
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 26;
}

/** A part of a list: a copy, or a view where the memory is shared with workers anyway. */
function cut(values: ArrayLike<unknown>, from: number, to: number): ArrayLike<unknown> {
  if (Array.isArray(values)) return values.slice(from, to);
  if (!isTyped(values)) return Array.prototype.slice.call(values, from, to);
  return values.buffer instanceof ArrayBuffer ? values.slice(from, to) : values.subarray(from, to);
}

type Numbers = Float64Array | Uint8Array | Int32Array | Int8Array;
type Answer = Record<string, Numbers | readonly string[]>;

/**
 * Takes the answers of chunks, in any order, into one: each at once to its place, so that the caller's
 * thread has no long work at the end. Only lists of equilibria, of any length, wait for each other.
 */
export class Joined {
  readonly #lists: Answer[] = [];
  #answer: Answer = {};

  constructor(
    readonly chunks: number,
    /** The number of economies. */
    readonly count: number,
  ) {}

  take(k: number, answer: unknown): void {
    const part = answer as Answer;
    if ("offset" in part) {
      this.#lists[k] = part;
      return;
    }
    // All chunks but the last have as many economies.
    const some = part["status"].length;
    const first = k * (k < this.chunks - 1 ? some : (this.count - some) / (this.chunks - 1));
    for (const [name, values] of Object.entries(part)) {
      if (!ArrayBuffer.isView(values)) {
        this.#answer[name] = values;
        continue;
      }
      const each = values.length / some;
      const Type = values.constructor as new (length: number) => Numbers;
      this.#answer[name] ??= new Type(this.count * each);
      (this.#answer[name] as Numbers).set(values, first * each);
    }
  }

  /** The answer of the whole. */
  whole(): unknown {
    const lists = this.#lists;
    if (lists.length === 0) return this.#answer;
    const answer: Answer = { ...lists[0] };
    for (const [name, values] of Object.entries(lists[0])) {
      if (ArrayBuffer.isView(values)) answer[name] = joined(lists.map((part) => part[name] as Numbers));
    }
    // Where the equilibria of each economy begin, among those of all.
    const counts = answer["counts"] as Int32Array;
    const offset = answer["offset"] as Int32Array;
    for (let e = 1; e < offset.length; e++) offset[e] = offset[e - 1] + counts[e - 1];
    return answer;
  }
}

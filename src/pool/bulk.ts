// Bulk calls in parts of their economies: of those whose numbers are found side by side the same
// chunks that one engine takes at a time, so that every number is the same whatever the number of
// workers.

import { joined, partFor } from "../bulk.js";
import { type BulkPart, type BulkViolation, MAX_CELLS, MAX_TOLD } from "../bulkInput.js";
import { isList, isTyped } from "../economy/economy.js";
import { sharedDoubles } from "./economies.js";

/** A bulk call's options as they were given: of any type, and not yet checked. */
type Given = Record<string, unknown>;

/** A part of a bulk call, as a worker gets it (bulkPieces.ts). */
export interface PartGiven {
  method: string;
  options: Given;
  part: BulkPart;
}

/** Numbers that each economy has of its own, by the name of the option. */
const SIZES: Record<string, (n: number, m: number) => number> = {
  alpha: (n, m) => n * m,
  omega: (n, m) => n * m,
  endowments: (n, m) => n * m,
  totals: (_, m) => m,
  weights: (n) => n,
};

/** How a call is divided: the number of its parts, and each of them. */
export interface Parts {
  count: number;
  part: (k: number) => PartGiven;
}

/**
 * The parts of a call; undefined where it is one, or so wrong that it cannot be divided.
 */
export function partsOf(method: string, given: Given): Parts | undefined {
  const { agents: n, goods: m, count } = given;
  if (!isCount(n) || !isCount(m) || !isCount(count) || n * m * count > MAX_CELLS) return undefined;
  const each = partFor(method, n, m, count);
  if (count <= each) return undefined;
  const sizes = Object.entries(SIZES).map(([name, size]) => [name, size(n, m)] as const);
  for (const [name, size] of sizes) {
    const values = given[name];
    if (isList(values) && values.length !== size && values.length !== size * count) return undefined;
  }
  return {
    count: Math.ceil(count / each),
    part: (k) => {
      const first = k * each;
      const some = Math.min(each, count - first);
      const options: Given = { ...given, count: some };
      const own: string[] = [];
      for (const [name, size] of sizes) {
        const values = given[name];
        if (!isList(values) || values.length === size) continue;
        options[name] = cut(values, first * size, (first + some) * size);
        own.push(name);
      }
      return { method, options, part: { first, own } };
    },
  };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 26;
}

/**
 * A part of a list: a view where the memory is shared with workers anyway, or a copy in memory that is,
 * as a message would copy it once more. What is no number is left as it is, to be refused by its value.
 */
function cut(values: ArrayLike<unknown>, from: number, to: number): ArrayLike<unknown> {
  if (isTyped(values) && !(values.buffer instanceof ArrayBuffer)) return values.subarray(from, to);
  const part = sharedDoubles(to - from);
  if (values instanceof Float64Array) {
    part.set(values.subarray(from, to));
    return part;
  }
  for (let k = from; k < to; k++) {
    const value = values[k];
    if (typeof value !== "number") return Array.prototype.slice.call(values, from, to);
    part[k - from] = value;
  }
  return part;
}

type Numbers = Float64Array | Uint8Array | Int32Array | Int8Array;
type Answer = Record<string, Numbers | readonly string[]> & { invalid: number; violations: readonly BulkViolation[] };

/**
 * Takes the answers of parts, in any order, into one: each at once to its place, so that the caller's
 * thread has no long work at the end. Only lists of equilibria, of any length, wait for each other.
 */
export class Joined {
  readonly #lists: Record<string, Numbers | readonly string[]>[] = [];
  readonly #answer: Record<string, Numbers | readonly string[]> = {};
  #invalid = 0;
  #violations: BulkViolation[] = [];

  constructor(
    readonly parts: number,
    /** The number of economies. */
    readonly count: number,
  ) {}

  take(k: number, answer: unknown): void {
    const { invalid, violations, ...part } = answer as Answer;
    this.#invalid += invalid;
    // Each part tells of its first wrong economies, so the first of the call are among them.
    if (violations.length > 0) {
      const all = [...this.#violations, ...violations].sort((a, b) => a.economy - b.economy);
      this.#violations = all.slice(0, MAX_TOLD);
    }
    if ("offset" in part) {
      this.#lists[k] = part;
      return;
    }
    // All parts but the last have as many economies.
    const some = part["status"].length;
    const first = k * (k < this.parts - 1 ? some : (this.count - some) / (this.parts - 1));
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
    const answer = lists.length === 0 ? this.#answer : { ...lists[0] };
    if (lists.length > 0) {
      for (const [name, values] of Object.entries(lists[0])) {
        if (ArrayBuffer.isView(values)) answer[name] = joined(lists.map((part) => part[name] as Numbers));
      }
      // Where the equilibria of each economy begin, among those of all.
      const counts = answer["counts"] as Int32Array;
      const offset = answer["offset"] as Int32Array;
      for (let e = 1; e < offset.length; e++) offset[e] = offset[e - 1] + counts[e - 1];
    }
    return { ...answer, invalid: this.#invalid, violations: this.#violations };
  }
}

// Bulk calls in parts of their economies: of those whose numbers are found side by side the same
// chunks that one engine takes at a time, so that every number is the same whatever the number of
// workers.

import { givenTarget, joined, newTarget, partFor, type Target } from "../bulk.js";
import { type BulkPart, type BulkSize, type BulkViolation, MAX_CELLS, MAX_TOLD } from "../bulkInput.js";
import { isList, isTyped } from "../economy/economy.js";
import { ordinaryMemory } from "../engine/engine.js";
import { Findings, isRecord, OptionError } from "../violations.js";
import { sharedMemory } from "./economies.js";

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

/** How a call is divided: the number of its parts, and each of them, in memory that it may use. */
export interface Parts {
  count: number;
  part: (k: number, memory: PartMemory) => PartGiven;
  /** Takes the answers of parts. */
  joined: Joined;
}

/**
 * Memory for one part after the other, by the names of options: that of a new array for each part would
 * take longer to come by than numbers to copy.
 */
export class PartMemory {
  readonly #arrays = new Map<string, Float64Array | Uint8Array>();

  /** A view of `length` doubles, or bytes, in memory that is shared with workers where it can be. */
  take<Numbers extends Float64Array | Uint8Array>(
    name: string,
    length: number,
    Type: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Numbers,
  ): Numbers {
    let array = this.#arrays.get(name);
    if (!array || array.length < length) {
      array = new Type(sharedMemory(length * Float64Array.BYTES_PER_ELEMENT), 0, length);
      this.#arrays.set(name, array);
    }
    return new Type(array.buffer, 0, length);
  }
}

/**
 * The parts of a call; undefined where it is one, or so wrong that it cannot be divided. `shares`: whether
 * new arrays for the answer are to lie in memory that workers write to.
 */
export function partsOf(method: string, given: Given, shares: boolean): Parts | undefined {
  const { agents: n, goods: m, count } = given;
  if (!isCount(n) || !isCount(m) || !isCount(count) || n * m * count > MAX_CELLS) return undefined;
  const each = partFor(method, n, m, count);
  if (count <= each) return undefined;
  const sizes = Object.entries(SIZES).map(([name, size]) => [name, size(n, m)] as const);
  for (const [name, size] of sizes) {
    const values = given[name];
    if (isList(values) && values.length !== size && values.length !== size * count) return undefined;
  }
  const isLists = method === "equilibriaMany";
  const target = isLists ? undefined : targetOf(method, given, { agents: n, goods: m, count }, shares);
  if (!target && !isLists) return undefined;
  return {
    count: Math.ceil(count / each),
    part: (k, memory) => {
      const first = k * each;
      const some = Math.min(each, count - first);
      const options: Given = { ...given, count: some };
      const own: string[] = [];
      for (const [name, size] of sizes) {
        const values = given[name];
        if (!isList(values) || values.length === size) continue;
        options[name] = cut(values, first * size, (first + some) * size, memory, name);
        own.push(name);
      }
      if (target && !(target.status.buffer instanceof ArrayBuffer))
        options["into"] = named(method, partOf(target, count, first, some));
      return { method, options, part: { first, own } };
    },
    joined: target ? new JoinedNumbers(method, target, count, each) : new JoinedLists(),
  };
}

/**
 * The arrays for the whole answer: those given, or new ones, which workers write to where they can;
 * undefined where those given are wrong.
 */
function targetOf(method: string, given: Given, size: BulkSize, shares: boolean): Target | undefined {
  const { into } = given;
  if (into === undefined) return newTarget(size, shares ? sharedMemory : ordinaryMemory);
  const inputs = Object.keys(SIZES).flatMap((name) => {
    const values = given[name];
    return ArrayBuffer.isView(values) ? [values] : [];
  });
  try {
    return givenTarget(new Findings(), into, pricesOf(method), size, inputs);
  } catch {
    return undefined;
  }
}

/**
 * Refuses arrays to be written to that workers do not reach.
 * @throws OptionError
 */
export function requireShared(into: unknown): void {
  const findings = new Findings();
  for (const [name, array] of Object.entries(isRecord(into) ? into : {})) {
    if (ArrayBuffer.isView(array) && array.buffer instanceof ArrayBuffer)
      findings.add(`into.${name}`, "must lie in a SharedArrayBuffer, as workers of a pool write to it", array);
  }
  findings.throwIfAny(OptionError);
}

function pricesOf(method: string): "prices" | "shadowPrices" {
  return method === "planMany" ? "shadowPrices" : "prices";
}

/** The arrays by the names that the method has for them. */
function named(method: string, { prices, ...others }: Target): Given {
  return { ...others, [pricesOf(method)]: prices };
}

/** The arrays of some of `count` economies. */
function partOf(target: Target, count: number, first: number, some: number): Target {
  const part = <Numbers extends Float64Array | Uint8Array>(array: Numbers) => {
    const each = array.length / count;
    return array.subarray(first * each, (first + some) * each) as Numbers;
  };
  const { allocation, prices, residual, status } = target;
  return { allocation: part(allocation), prices: part(prices), residual: part(residual), status: part(status) };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 26;
}

/**
 * A part of a list: a view where the memory is shared with workers anyway, or a copy in memory that is,
 * as a message would copy it once more. What is no number is left as it is, to be refused by its value.
 */
function cut(
  values: ArrayLike<unknown>,
  from: number,
  to: number,
  memory: PartMemory,
  name: string,
): ArrayLike<unknown> {
  if (isTyped(values) && !(values.buffer instanceof ArrayBuffer)) return values.subarray(from, to);
  const part = memory.take(name, to - from, Float64Array);
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

/** Takes the answers of parts, in any order, into one. */
export abstract class Joined {
  #invalid = 0;
  #violations: readonly BulkViolation[] = [];

  take(k: number, answer: unknown): void {
    const { invalid, violations, ...part } = answer as Answer;
    this.#invalid += invalid;
    // Each part tells of its first wrong economies, so the first of the call are among them.
    if (violations.length > 0) {
      const all = [...this.#violations, ...violations].sort((a, b) => a.economy - b.economy);
      this.#violations = all.slice(0, MAX_TOLD);
    }
    this.takeNumbers(k, part);
  }

  protected abstract takeNumbers(k: number, part: Answers): void;
  protected abstract numbers(): Answers;

  /** The answer of the whole. */
  whole(): unknown {
    return { ...this.numbers(), invalid: this.#invalid, violations: this.#violations };
  }
}

type Answers = Record<string, Numbers | readonly string[]>;

/** Answers that have as many numbers for each economy. Workers have written them where they can. */
class JoinedNumbers extends Joined {
  #statuses: readonly string[] = [];

  constructor(
    private readonly method: string,
    private readonly target: Target,
    private readonly count: number,
    private readonly each: number,
  ) {
    super();
  }

  protected takeNumbers(k: number, { statuses, ...part }: Answers): void {
    this.#statuses = statuses as readonly string[];
    if (!part["status"]) return;
    const some = part["status"].length;
    const places = named(this.method, partOf(this.target, this.count, k * this.each, some));
    for (const [name, values] of Object.entries(part)) (places[name] as Numbers).set(values as Numbers);
  }

  protected numbers(): Answers {
    const { allocation, prices, residual, status } = this.target;
    const statuses = this.#statuses;
    return this.method === "planMany"
      ? { allocation, residual, status, statuses, shadowPrices: prices }
      : { allocation, prices, residual, status, statuses };
  }
}

/** Lists of equilibria, of any length. */
class JoinedLists extends Joined {
  readonly #lists: Answers[] = [];

  protected takeNumbers(k: number, part: Answers): void {
    this.#lists[k] = part;
  }

  protected numbers(): Answers {
    const lists = this.#lists;
    const answer = { ...lists[0] };
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

// Which economies each worker has. One that is used again is not sent again.

import { adoptEconomy, type Economy } from "../economy/economy.js";
import { doublesIn } from "../engine/engine.js";

/** Economies and bytes that a worker keeps, at most; the one that was used longest ago goes first. */
const MAX_KEPT = 64;
const MAX_BYTES = 2 ** 26;

let latest = 0;
const numbers = new WeakMap<Economy, number>();

/** The number of an economy, the same at each call. */
export function numberOf(economy: Economy): number {
  const known = numbers.get(economy);
  if (known !== undefined) return known;
  numbers.set(economy, ++latest);
  return latest;
}

/** What one worker has, by number; the one used last stands last. */
export class Kept {
  readonly #bytes = new Map<number, number>();
  #total = 0;

  /** Takes note that an economy is used. Returns whether it has to be sent, and which go. */
  use(economy: Economy): { send: boolean; forget: number[] } {
    const number = numberOf(economy);
    const bytes = this.#bytes.get(number) ?? sizeOf(economy);
    const send = !this.#bytes.delete(number);
    this.#bytes.set(number, bytes);
    if (!send) return { send, forget: [] };
    this.#total += bytes;
    const forget: number[] = [];
    for (const [other, size] of this.#bytes) {
      if (other === number || (this.#bytes.size <= MAX_KEPT && this.#total <= MAX_BYTES)) break;
      this.#bytes.delete(other);
      this.#total -= size;
      forget.push(other);
    }
    return { send, forget };
  }
}

function sizeOf({ alpha, endowments }: Economy): number {
  return alpha.byteLength * (endowments ? 3 : 2);
}

/** Whether memory can be shared with workers: in Node, and in pages that are isolated. */
export function canShare(): boolean {
  return typeof SharedArrayBuffer !== "undefined";
}

/** Memory that all threads share where there is any. */
export function sharedMemory(bytes: number): ArrayBufferLike {
  return canShare() ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** Cells from which on an economy goes to workers in memory that they share, where there is any. */
const SHARED_CELLS = 2 ** 15;
const twins = new WeakMap<Economy, Economy>();

/**
 * The same economy with its matrices in memory that all threads share, so that none of them gets a
 * copy; itself where it is small or has them there, or where memory cannot be shared.
 */
export function inSharedMemory(economy: Economy): Economy {
  const { alpha, omega, endowments } = economy;
  if (!canShare() || alpha.length < SHARED_CELLS) return economy;
  if (!(alpha.buffer instanceof ArrayBuffer)) return economy;
  const known = twins.get(economy);
  if (known) return known;
  const share = (values: Float64Array) => {
    const out = doublesIn(sharedMemory, values.length);
    out.set(values);
    return out;
  };
  const twin = adoptEconomy({
    ...economy,
    alpha: share(alpha),
    omega: share(omega),
    ...(endowments ? { endowments: share(endowments) } : {}),
  });
  twins.set(economy, twin);
  return twin;
}

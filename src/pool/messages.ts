// What a pool and its workers say to each other.

import type { Economy } from "../economy/economy.js";
import type { EngineName } from "../engine/engine.js";
import type { LoadOptions } from "../engine/options.js";
import type { Piece } from "../engine/work.js";
import type { SentError } from "./errors.js";
import type { Port } from "./threads.js";

/**
 * What a worker is to do: a method of Walras by its name, or a piece of one (src/pieces.ts). The
 * economy, if there is one, goes by its number.
 */
export interface Order {
  readonly method?: string;
  readonly piece?: Piece;
  readonly economy?: number;
  /** What the method is given after the economy. */
  readonly rest?: readonly unknown[];
  /** Whether the method gets onStep, and tells how far it is. */
  readonly tells?: boolean;
}

/** What became of a piece. */
export type PieceAnswer = { value: unknown } | { error: SentError };

/** The economies of tasks that a worker does not have yet, and those to forget. */
interface Economies {
  economies: [number, Economy][];
  forget: number[];
}

export type ToWorker =
  /** `flag` holds the number of the task that is cancelled, where memory can be shared. */
  | { type: "start"; load: LoadOptions; flag: Int32Array | undefined }
  | ({ type: "task"; id: number; order: Order } & Economies)
  /** Help with task `id`, which another worker has and whose economy this is, through `port`. */
  | ({ type: "help"; id: number; economy: number | undefined; port: Port } & Economies)
  /** Go on helping no more. */
  | { type: "leave"; id: number }
  /** Worker `helper` helps with task `id`, through `port`. */
  | { type: "helper"; id: number; helper: number; port: Port }
  /** It has ended. */
  | { type: "lost"; id: number; helper: number }
  /** What pieces keep under this key is needed no more. */
  | { type: "release"; key: number };

export type FromWorker =
  | { type: "ready"; engine: EngineName; reason: string | undefined }
  | { type: "unready"; error: SentError }
  | { type: "done"; id: number; value: unknown }
  | { type: "failed"; id: number; error: SentError }
  /** Others may help with task `id`. */
  | { type: "share"; id: number }
  /** This worker helps with task `id` no more. */
  | { type: "left"; id: number }
  | { type: "tell"; id: number; progress: unknown };

/**
 * From a worker to one that helps: a piece, of the economy of the call if `own`; that a piece is taken
 * back; or that the call has ended.
 */
export type ToHelper = { number: number; piece: Piece; own: boolean } | { dropped: number } | { ended: true };

/** From a worker that helps: an answer; or that it leaves, and computes nothing more. */
export type FromHelper = { number: number; answer: PieceAnswer } | { left: true };

/** Bytes from which on an array is handed over rather than copied. */
const LARGE = 4096;

/**
 * The buffers of large arrays in a value that are handed over with it: those that a view has all of,
 * and that are not in `kept`.
 */
export function buffersOf(value: unknown, kept?: ReadonlySet<unknown>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const walk = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (ArrayBuffer.isView(part)) {
      const { buffer, byteLength } = part;
      const whole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
      if (whole && byteLength >= LARGE && !kept?.has(buffer)) buffers.add(buffer);
    } else if (Array.isArray(part)) {
      // Lists of numbers or names hold no arrays.
      if (typeof part[0] === "object") for (const element of part) walk(element);
    } else for (const element of Object.values(part)) walk(element);
  };
  walk(value);
  return [...buffers];
}

/**
 * A copy that can be sent, with a text in the place of what cannot: functions and symbols. No method
 * takes them, so that the text is refused in their place, by name.
 */
export function cloneable<T>(value: T): T {
  const copies = new Map<object, unknown>();
  const copy = (part: unknown): unknown => {
    if (typeof part === "function" || typeof part === "symbol") return String(part).slice(0, 100);
    if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return part;
    const known = copies.get(part);
    if (known) return known;
    const made: object = Array.isArray(part) ? [] : {};
    copies.set(part, made);
    for (const [key, element] of Object.entries(part)) Object.assign(made, { [key]: copy(element) });
    return made;
  };
  return copy(value) as T;
}

// Errors about bad input: an economy, or the options of a call.

import { closest } from "fastest-levenshtein";

/** One violation: where it is, what was required there, and the value found. */
export interface Violation {
  /** The place as the caller writes it, like `endowments[2][0]`; "" for the input as a whole. */
  path: string;
  /** What was required, as a phrase that follows the path: "must be finite". */
  requirement: string;
  /** The value found; undefined if there was none. */
  value: unknown;
}

/**
 * Bad input. `violations` lists everything that is wrong, up to 100 entries; `path`, `requirement`
 * and `value` are those of the first entry. The message has one line per violation.
 */
export class InputError extends Error implements Violation {
  readonly path: string;
  readonly requirement: string;
  readonly value: unknown;

  constructor(
    /** Everything that is wrong, 1 to 100 entries. */
    readonly violations: readonly Violation[],
  ) {
    super(violations.map(describe).join("\n"));
    ({ path: this.path, requirement: this.requirement, value: this.value } = violations[0]);
  }
}

/** The economy is malformed, or it does not meet the conditions of the call. */
export class EconomyError extends InputError {
  /** "EconomyError", also where another copy of the package has made the error. */
  override readonly name = "EconomyError";
}

/** An option of a call, or a solution given to it, is wrong. */
export class OptionError extends InputError {
  /** "OptionError", also where another copy of the package has made the error. */
  override readonly name = "OptionError";
}

/** What numbers must be, and the smallest and the greatest allowed. */
export type Range = readonly [requirement: string, min: number, max: number];
export const FINITE: Range = ["must be finite", -Number.MAX_VALUE, Number.MAX_VALUE];
export const NOT_NEGATIVE: Range = ["must be finite and not negative", 0, Number.MAX_VALUE];
export const POSITIVE: Range = ["must be finite and above 0", Number.MIN_VALUE, Number.MAX_VALUE];

/** The maximum number of violations that an error lists. */
const MAX_VIOLATIONS = 100;
/** Longer names get no hint at a similar one: comparing two takes the product of their lengths. */
const MAX_COMPARED = 64;
/** The maximum number of names that one is compared with. */
const MAX_NEAREST = 1000;

/** The options of a call without options: checking them takes no time. */
export const NO_OPTIONS = Object.freeze({});

/** Collects violations, up to 100, so that all are reported at once. */
export class Findings {
  readonly violations: Violation[] = [];

  /** Whether further violations are left out, so that there is no need to look for them. */
  get full(): boolean {
    return this.violations.length >= MAX_VIOLATIONS;
  }

  add(path: string, requirement: string, value: unknown): void {
    if (!this.full) this.violations.push({ path, requirement, value });
  }

  /**
   * Requires every key of `data` to be one of `known`, and returns a copy. Every value is read once:
   * a getter cannot answer the check with one value and the solver with another.
   * @throws OptionError at once if `data` is no object
   */
  keys<T extends object>(data: T, known: readonly string[], path?: string): T;
  keys(data: unknown, known: readonly string[], path = ""): object {
    if (data === NO_OPTIONS) return data as object;
    if (!isRecord(data)) {
      throw new OptionError([{ path: path || "options", requirement: "must be an object", value: data }]);
    }
    for (const key of Object.keys(data)) {
      if (this.full) break;
      if (known.includes(key)) continue;
      this.add(path ? `${path}.${key}` : key, `is not a known key${this.nearest(key, known)}`, data[key]);
    }
    const copy: Record<string, unknown> = {};
    for (const key of known) {
      const value = data[key];
      if (value !== undefined) copy[key] = value;
    }
    return copy;
  }

  /**
   * Requires `value`, if given, to be a number in [lower, upper], and an integer if `whole` is set.
   */
  number(path: string, value: unknown, lower: number, upper: number, whole = false): void {
    if (value === undefined) return;
    const ok = typeof value === "number" && value >= lower && value <= upper && (!whole || Number.isInteger(value));
    if (ok) return;
    const from = lower === Number.MIN_VALUE ? " above 0" : lower === -Number.MAX_VALUE ? "" : ` from ${lower}`;
    const to = upper === Number.MAX_VALUE ? "" : lower === Number.MIN_VALUE ? ` and at most ${upper}` : ` to ${upper}`;
    this.add(path, `must be a ${whole ? "whole" : "finite"} number${from}${to}`, value);
  }

  /** Requires `value`, if given, to be a function. */
  callback(path: string, value: unknown): void {
    if (value !== undefined && typeof value !== "function") this.add(path, "must be a function", value);
  }

  /** Requires `value`, if given, to be one of `choices`. */
  choice(path: string, value: unknown, choices: readonly unknown[]): void {
    if (value !== undefined && !choices.includes(value)) {
      this.add(path, `must be ${choices.map((c) => JSON.stringify(c)).join(" or ")}`, value);
    }
  }

  /**
   * Returns a hint at the most similar of the names: " (nearest: bread)". Names of more than 64
   * characters get none and are none, and only the first thousand are compared.
   */
  nearest(name: unknown, names: readonly string[]): string {
    if (typeof name !== "string" || name.length > MAX_COMPARED) return "";
    const compared = names.slice(0, MAX_NEAREST).filter((other) => other.length <= MAX_COMPARED);
    return compared.length > 0 ? ` (nearest: ${closest(name, compared)})` : "";
  }

  /** Throws an error of class `Kind` if there are violations. */
  throwIfAny(Kind: new (violations: readonly Violation[]) => InputError): void {
    if (this.violations.length > 0) throw new Kind(this.violations);
  }
}

/** Whether a value is an object with keys, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** The maximum number of characters of a value that a message shows. */
const MAX_SHOWN = 200;

/** Thrown inside JSON.stringify to end it at a value of too many parts. */
class TooLong extends Error {}

/** Returns a value as JSON, and large ones in words: writing them in full would take long. */
function toJson(value: unknown): string {
  let parts = 0;
  const cut = (_: string, part: unknown) => {
    if (++parts > MAX_SHOWN) throw new TooLong();
    return typeof part === "string" ? part.slice(0, MAX_SHOWN) : part;
  };
  try {
    return JSON.stringify(value, cut) ?? typeof value;
  } catch (error) {
    // Else it is circular, contains a BigInt, or has a toJSON() that throws.
    return `${error instanceof TooLong ? "a large" : "an unwritable"} ${typeof value}`;
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (ArrayBuffer.isView(value)) return `${typeName(value)} of ${(value as Float64Array).length}`;
  if (Array.isArray(value) && value.length > 8) return `an array of ${value.length}`;
  const asText = typeof value === "number" || typeof value === "bigint" || typeof value === "function";
  const text = asText ? String(value) : toJson(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 3)}...` : text;
}

/** Returns the name of a typed array's type, also where it has lost its prototype. */
function typeName(view: ArrayBufferView): string {
  return typeof view.constructor === "function" ? view.constructor.name : "a typed array";
}

/**
 * Says in one line what is wrong. Characters that a terminal could obey or that cannot be seen are
 * escapes: paths and values have names from the input.
 */
export function describe({ path, requirement, value }: Violation): string {
  return escaped(`${path} ${requirement}; got ${show(value)}`.trim());
}

/**
 * Controls (C0, DEL, C1), format characters (marks of direction, zero-width characters), line and
 * paragraph separators, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Returns a text with every character that a terminal could obey as an escape, like `\u001b`. */
export function escaped(text: string): string {
  return text.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, k) => escapeOf(character.charCodeAt(k))).join(""),
  );
}

/** Returns the escape of one UTF-16 code unit, which JSON and JavaScript read alike. */
function escapeOf(unit: number): string {
  const short = { 9: "\\t", 10: "\\n", 13: "\\r" }[unit];
  return short ?? `\\u${unit.toString(16).padStart(4, "0")}`;
}

/** Formats a count with its noun: "1 step", "2 steps". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

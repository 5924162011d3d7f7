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

  constructor(readonly violations: readonly Violation[]) {
    super(violations.map(describe).join("\n"));
    ({ path: this.path, requirement: this.requirement, value: this.value } = violations[0]);
  }
}

/** The economy is malformed, or it does not meet the conditions of the call. */
export class EconomyError extends InputError {
  override readonly name = "EconomyError";
}

/** An option of a call, or a solution given to it, is wrong. */
export class OptionError extends InputError {
  override readonly name = "OptionError";
}

/** Collects violations, up to 100, so that all are reported at once. */
export class Findings {
  readonly violations: Violation[] = [];

  add(path: string, requirement: string, value: unknown): void {
    if (this.violations.length < 100) this.violations.push({ path, requirement, value });
  }

  /** Requires every key of `data` to be one of `known`. Throws at once if `data` is no object. */
  keys(data: object, known: readonly string[], path = ""): void {
    if (typeof data !== "object" || data === null) {
      throw new OptionError([{ path: path || "options", requirement: "must be an object", value: data }]);
    }
    for (const key of Object.keys(data)) {
      if (!known.includes(key)) {
        this.add(path ? `${path}.${key}` : key, `is not a known key${this.nearest(key, known)}`, (data as never)[key]);
      }
    }
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

  /** Returns a hint at the most similar of the names: " (nearest: bread)". */
  nearest(name: unknown, names: readonly string[]): string {
    return typeof name === "string" && names.length > 0 ? ` (nearest: ${closest(name, names)})` : "";
  }

  /** Throws an error of class `Kind` if there are violations. */
  throwIfAny(Kind: new (violations: readonly Violation[]) => InputError): void {
    if (this.violations.length > 0) throw new Kind(this.violations);
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return `an unwritable ${typeof value}`; // circular, or contains a BigInt
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "function") return String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${(value as Float64Array).length}`;
  if (Array.isArray(value) && value.length > 8) return `an array of ${value.length}`;
  const text = toJson(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

/** Says in one line what is wrong. */
export function describe({ path, requirement, value }: Violation): string {
  return `${path} ${requirement}; got ${show(value)}`.trim();
}

/** Formats a count with its noun: "1 step", "2 steps". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

// What is said of bad input, whether an economy or the options of a call.

import { closest } from "fastest-levenshtein";

/** One thing that is wrong: where, what was required there, and what was there. */
export interface Violation {
  /** The place in the caller's words, like `endowments[2][0]`; "" for the input as a whole. */
  path: string;
  requirement: string;
  value: unknown;
}

/** Bad input. `violations` lists all that is wrong (the first 100 of them); `path`, `requirement` and `value` are the first's. */
export class InputError extends Error implements Violation {
  readonly path: string;
  readonly requirement: string;
  readonly value: unknown;

  constructor(readonly violations: readonly Violation[]) {
    super(
      violations.map(({ path, requirement, value }) => `${path} ${requirement}; got ${show(value)}`.trim()).join("\n"),
    );
    ({ path: this.path, requirement: this.requirement, value: this.value } = violations[0]);
  }
}

/** An economy that cannot be what it says, or cannot be solved as asked. */
export class EconomyError extends InputError {
  override readonly name = "EconomyError";
}

/** Options that a call does not take. */
export class OptionError extends InputError {
  override readonly name = "OptionError";
}

/** Collects violations, the first 100. */
export class Findings {
  readonly violations: Violation[] = [];

  add(path: string, requirement: string, value: unknown): void {
    if (this.violations.length < 100) this.violations.push({ path, requirement, value });
  }

  /** Every key of `data`, which must be an object, must be one of `known`. */
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

  /** `value`, where given, must be a number within [least, most]; a whole one where `whole`. */
  number(path: string, value: unknown, least: number, most: number, whole = false): void {
    if (value === undefined) return;
    const ok = typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (ok) return;
    const from = least === Number.MIN_VALUE ? " above 0" : least === -Number.MAX_VALUE ? "" : ` from ${least}`;
    const to = most === Number.MAX_VALUE ? "" : ` to ${most}`;
    this.add(path, `must be a ${whole ? "whole" : "finite"} number${from}${to}`, value);
  }

  /** `value`, where given, must be a function. */
  callback(path: string, value: unknown): void {
    if (value !== undefined && typeof value !== "function") this.add(path, "must be a function", value);
  }

  /** `value`, where given, must be one of `choices`. */
  choice(path: string, value: unknown, choices: readonly unknown[]): void {
    if (value !== undefined && !choices.includes(value)) {
      this.add(path, `must be ${choices.map((c) => JSON.stringify(c)).join(" or ")}`, value);
    }
  }

  /** The nearest of the names, for a name that is none. */
  nearest(name: unknown, names: readonly string[]): string {
    return typeof name === "string" && names.length > 0 ? ` (nearest: ${closest(name, names)})` : "";
  }

  throwIfAny(Kind: new (violations: readonly Violation[]) => InputError): void {
    if (this.violations.length > 0) throw new Kind(this.violations);
  }
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return `an unwritable ${typeof value}`; // circular, or with a BigInt inside
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "function") return String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${(value as Float64Array).length}`;
  if (Array.isArray(value) && value.length > 8) return `an array of ${value.length}`;
  const text = written(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

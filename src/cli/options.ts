// Options that several commands share.

import { type Command, InvalidArgumentError, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import type { EngineName } from "../engine/engine.js";
import { solutionToJson, toJsonText } from "../json.js";
import type { Solution } from "../solution.js";
import { OptionError } from "../violations.js";
import { csv } from "./csv.js";
import { print } from "./io.js";

/** Flags of the commands whose answer can be CSV. */
export interface PointFlags extends CommonFlags {
  csv?: boolean;
}

export interface CommonFlags {
  json?: boolean;
  engine: EngineName | "auto";
}

/** Adds --json and --engine. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print JSON instead of tables")
    .addOption(new Option("--engine <name>", "what computes").choices(["auto", "wasm", "js"]).default("auto"));
}

/** Prints a solution, as JSON or through `show`, and sets the exit status. */
export function printSolution<S extends Solution>(
  solution: S,
  economy: Economy,
  flags: CommonFlags,
  show: (solution: S) => string,
): void {
  print(flags.json ? toJsonText(solutionToJson(solution, economy)) : show(solution));
  process.exitCode = solution.converged ? 0 : 1;
}

/** A numeraire as the solver takes it: an index where the text is one and no good is called so. */
export function goodOrIndex(economy: Economy, text: string): string | number {
  return !economy.goods.includes(text) && /^\d+$/.test(text) ? Number(text) : text;
}

/** Prints a solution of many points, as JSON, as CSV with a row a point, or through `show`, and sets the exit status. */
export function printPoints<S extends Solution>(
  solution: S,
  economy: Economy,
  flags: PointFlags,
  head: string[],
  rows: number[][],
  show: (solution: S) => string,
): void {
  if (flags.csv && flags.json) {
    throw new OptionError([{ path: "csv", requirement: "must not be given beside json", value: true }]);
  }
  if (!flags.csv) {
    printSolution(solution, economy, flags, show);
    return;
  }
  print(csv(head, rows));
  process.exitCode = solution.converged ? 0 : 1;
}

/** Of many rows some, evenly spread, the first and the last among them. */
export function someOf<T>(rows: T[], most: number): T[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, k) => rows[Math.round((k * (rows.length - 1)) / (most - 1))]);
}

/** Reads an option's text as numbers separated by commas. */
export function numbers(text: string): number[] {
  return text.split(",").map(number);
}

/** Reads an option's text as a number; the solver checks its range. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

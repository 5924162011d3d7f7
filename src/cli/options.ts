// Options that several commands share.

import { type Command, InvalidArgumentError, Option } from "commander";
import type { Economy } from "../economy.js";
import type { EngineName } from "../engine.js";
import { solutionToJson, toJsonText } from "../report/json.js";
import type { Solution } from "../solution.js";
import { print } from "./io.js";

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

/** A numeraire as given: a good's index where it is a number and no good is called so. */
export function numeraireOf(text: string, economy: Economy): string | number {
  return !economy.goods.includes(text) && /^\d+$/.test(text) ? Number(text) : text;
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

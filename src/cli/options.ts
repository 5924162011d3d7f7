// Arguments and options that several commands share.

import { Command, InvalidArgumentError, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import type { EngineName } from "../engine/engine.js";
import { solutionToJson } from "../json.js";
import type { Solution } from "../solution.js";
import { csv } from "./csv.js";
import { CommandError } from "./errors.js";
import { print, printJson, printRaw } from "./output.js";

export interface CommonFlags {
  json?: boolean;
  output?: string;
  quiet?: boolean;
  engine: EngineName | "auto";
}

/** The flags of commands that read an economy. */
export interface EconomyFlags extends CommonFlags {
  maxCells?: number;
  maxBytes?: number;
}

/** The flags of commands that can print CSV. */
export interface CsvFlags extends EconomyFlags {
  csv?: boolean;
}

/** The flags of commands that draw curves. */
export interface CurveFlags extends CsvFlags {
  points?: number;
  chordTolerance?: number;
  bend?: number;
}

/** Makes a command whose first argument is an economy. */
export function economyCommand(name: string, description: string): Command {
  return withLimits(
    new Command(name)
      .description(description)
      .argument("[file]", 'the economy, as JSON or CSV; standard input if left out or "-"'),
  );
}

/** Adds --max-cells and --max-bytes, with which a server bounds what an input may cost. */
export function withLimits(command: Command): Command {
  return command
    .option("--max-cells <count>", "greatest number of cells, agents times goods (default: 67108864)", number)
    .option("--max-bytes <count>", "greatest length of an input in bytes (default: 268435456)", wholeNumber);
}

/** Adds the options of all commands that print answers: --json and those of withOutputOptions(). */
export function withCommonOptions(command: Command): Command {
  return withOutputOptions(command.option("--json", "print JSON, with all digits"));
}

/** Adds --output, --quiet and --engine. */
export function withOutputOptions(command: Command): Command {
  return command
    .option("-o, --output <file>", "write the result to a file, all or nothing, instead of standard output")
    .option("-q, --quiet", "show no progress on the terminal; mistakes are still reported")
    .addOption(new Option("--engine <name>", "engine to use").choices(["auto", "wasm", "js"]).default("auto"));
}

/** Makes --csv, which excludes --json; `rows` says what a row is. */
export function csvOption(rows: string): Option {
  return new Option("--csv", `print CSV, ${rows}`).conflicts("json");
}

/** Adds --points and --chord-tolerance, with --bend as its old name. */
export function withCurveOptions(command: Command): Command {
  return command
    .option("--points <count>", "greatest number of points on a curve (default: 257)", number)
    .option(
      "--chord-tolerance <part>",
      "greatest distance of a curve from the chord between neighbouring points (default: 0.001)",
      number,
    )
    .addOption(new Option("--bend <part>", "old name of --chord-tolerance").argParser(number).hideHelp());
}

/** Refuses a combination of flags: throws the messages of all rules that are broken. */
export function refuseIf(rules: readonly [broken: boolean, message: string][]): void {
  const messages = rules.filter(([broken]) => broken).map(([, message]) => message);
  if (messages.length > 0) throw new CommandError(messages.join("\n"));
}

/** A head and rows, as CSV has them. */
export type Rows = readonly [head: string[], rows: (string | number)[][]];

/** Prints a solution, as JSON, as CSV or through `show`, and sets the exit status. */
export function printSolution<S extends Solution>(
  solution: S,
  economy: Economy,
  flags: CsvFlags,
  rows: (solution: S) => Rows,
  show: (solution: S) => string[],
): void {
  if (flags.json) printJson(solutionToJson(solution, economy));
  else if (flags.csv) printRaw(csv(...rows(solution)));
  else print(show(solution));
  process.exitCode = solution.converged ? 0 : 1;
}

/**
 * Returns one row per agent and good, with columns of what is known of each agent and good (n m
 * numbers), each good (m) and each agent (n).
 */
export function cellRows(
  { agents, goods }: Economy,
  ofCells: Readonly<Record<string, ArrayLike<number>>>,
  ofGoods: Readonly<Record<string, ArrayLike<number>>>,
  ofAgents: Readonly<Record<string, ArrayLike<number>>>,
): Rows {
  const m = goods.length;
  const [cells, byGood, byAgent] = [ofCells, ofGoods, ofAgents].map((columns) => Object.values(columns));
  return [
    ["agent", "good", ...[ofCells, ofGoods, ofAgents].flatMap((columns) => Object.keys(columns))],
    agents.flatMap((agent, i) =>
      goods.map((good, j) => [
        agent,
        good,
        ...cells.map((values) => values[i * m + j]),
        ...byGood.map((values) => values[j]),
        ...byAgent.map((values) => values[i]),
      ]),
    ),
  ];
}

/**
 * Returns a numeraire as the solvers take it: text that is an index and no good's name becomes a
 * number.
 */
export function goodOrIndex(economy: Economy, text: string): string | number {
  return !economy.goods.includes(text) && /^\d+$/.test(text) ? Number(text) : text;
}

/** Returns at most `maxCount` of the rows, evenly spread, with the first and the last. */
export function someOf<T>(rows: T[], maxCount: number): T[] {
  if (rows.length <= maxCount) return rows;
  return Array.from({ length: maxCount }, (_, k) => rows[Math.round((k * (rows.length - 1)) / (maxCount - 1))]);
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

/** Reads an option's text as a whole number above 0. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}

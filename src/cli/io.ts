// The only file that uses the file system and the standard streams.

import { readFileSync, statSync } from "node:fs";
import { parseEconomyCsv } from "../economy/csv.js";
import { type Economy, parseEconomy } from "../economy/economy.js";
import { OptionError } from "../violations.js";

/** The largest file that is read, in bytes. */
const MAX_BYTES = 1 << 29;

/** A mistake in how a command was called, or a file that cannot be read. The exit status is 2. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * Reads an economy from a file, or from standard input without a file or with "-". CSV is told
 * by the file's extension or by the first column; everything else is read as JSON.
 */
export function readEconomy(file: string | undefined): Economy {
  if ((file ?? "-") === "-" && process.stdin.isTTY) warn("reading an economy, JSON or CSV, from standard input");
  const text = readText(file);
  const csv =
    file?.toLowerCase().endsWith(".csv") || /^\s*(agent|weight|income|alpha:|omega:|gamma:|endowment:)/.test(text);
  return csv ? parseEconomyCsv(text) : parseEconomy(text);
}

/** Reads JSON of any form from a file. */
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const requirement = `must be JSON (${(error as Error).message})`;
    throw new OptionError([{ path: file, requirement, value: text.slice(0, 40) }]);
  }
}

function readText(file: string | undefined): string {
  const standardInput = file === undefined || file === "-";
  try {
    const size = standardInput ? 0 : statSync(file).size;
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, and ${MAX_BYTES} are allowed`);
    return readFileSync(standardInput ? 0 : file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new CommandError(`cannot read ${standardInput ? "standard input" : file}: ${reasonOf(error as Error)}`);
  }
}

/** Says in plain words why a file cannot be read. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "no such file";
  if (error.code === "EISDIR") return "it is a folder";
  if (error.code === "EACCES") return "permission denied";
  return error.message;
}

/** Writes a result to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a message that is no result to standard error. */
export function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

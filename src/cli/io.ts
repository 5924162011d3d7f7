// The only file that knows the file system and the standard streams.

import { readFileSync, statSync } from "node:fs";
import { parseEconomyCsv } from "../economy/csv.js";
import { type Economy, parseEconomy } from "../economy/economy.js";
import { EconomyError, InputError, OptionError } from "../violations.js";

/** The largest file read, in bytes. */
const MOST_BYTES = 1 << 29;

/** Reads an economy from a file, or from standard input where there is no file or it is "-": JSON if it begins like JSON, else CSV. */
export function readEconomy(file: string | undefined): Economy {
  if ((file ?? "-") === "-" && process.stdin.isTTY) warn("reading an economy, JSON or CSV, from standard input");
  const text = readText(file);
  const csv =
    file?.toLowerCase().endsWith(".csv") || /^\s*(agent|weight|income|alpha:|omega:|gamma:|endowment:)/.test(text);
  return csv ? parseEconomyCsv(text) : parseEconomy(text);
}

/** Reads any JSON from a file. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new OptionError([{ path: file, requirement: "must be JSON", value: (error as Error).message }]);
  }
}

function readText(file: string | undefined): string {
  const standardInput = file === undefined || file === "-";
  try {
    if (!standardInput && statSync(file).size > MOST_BYTES) {
      throw new EconomyError([
        { path: file, requirement: `must be ${MOST_BYTES} bytes at most`, value: statSync(file).size },
      ]);
    }
    return readFileSync(standardInput ? 0 : file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof EconomyError) throw error;
    throw new EconomyError([
      {
        path: standardInput ? "standard input" : file,
        requirement: "must be a file that can be read",
        value: (error as Error).message,
      },
    ]);
  }
}

/** Writes a result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes what is not a result. */
export function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

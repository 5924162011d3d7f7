// Reads economies and solutions from files and standard input.

import { isUtf8 } from "node:buffer";
import { createReadStream, fstatSync, statSync } from "node:fs";
import { parseEconomyCsv } from "../economy/csv.js";
import { type Economy, parseEconomy } from "../economy/economy.js";
import { OptionError } from "../violations.js";
import { CommandError, reasonOf } from "./errors.js";
import { warn } from "./output.js";
import { shown } from "./terminal.js";

/** The largest input that is read, in bytes, without --max-bytes. */
const MAX_BYTES = 2 ** 28;

/** The flags that readers look at. */
interface InputFlags {
  quiet?: boolean;
  maxBytes?: number;
  maxCells?: number;
}

let standardInputIsRead = false;

/**
 * Reads an economy from a file, or from standard input without a file or with "-". CSV is told
 * by the file's extension or by the first column; everything else is read as JSON.
 */
export async function readEconomy(file = "-", flags: InputFlags = {}): Promise<Economy> {
  if (file === "-" && process.stdin.isTTY && !flags.quiet)
    warn(["reading an economy, JSON or CSV, from standard input"]);
  const text = await readText(file, flags);
  const csv =
    file.toLowerCase().endsWith(".csv") || /^\s*(agent|weight|income|alpha:|omega:|gamma:|endowment:)/.test(text);
  const { maxCells } = flags;
  return csv ? parseEconomyCsv(text, { maxCells }) : parseEconomy(text, { maxCells });
}

/** Reads JSON of any form from a file, or from standard input with "-". */
export async function readJson(file: string, flags: InputFlags): Promise<unknown> {
  const text = await readText(file, flags);
  try {
    return JSON.parse(text);
  } catch (error) {
    const requirement = `must be JSON (${(error as Error).message})`;
    throw new OptionError([{ path: file, requirement, value: text.slice(0, 40) }]);
  }
}

async function readText(file: string, { maxBytes = MAX_BYTES }: InputFlags): Promise<string> {
  try {
    return decode(await readBytes(file, maxBytes));
  } catch (error) {
    const source = file === "-" ? "standard input" : shown(file, 200);
    throw new CommandError(`cannot read ${source}: ${reasonOf(error, "no such file")}`);
  }
}

async function readBytes(file: string, maxBytes: number): Promise<Buffer> {
  if (file === "-" && standardInputIsRead) throw new Error("it can be read only once");
  standardInputIsRead ||= file === "-";
  const about = file === "-" ? fstatSync(0) : statSync(file);
  // As standard input, Node takes a folder for an empty file.
  if (about.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  const tooLong = new Error(`it is longer than ${maxBytes} bytes; --max-bytes sets the limit`);
  if (about.size > maxBytes) throw tooLong;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file === "-" ? process.stdin : createReadStream(file)) {
    length += chunk.length;
    // Devices, pipes and files that grow have no size to be refused by.
    if (length > maxBytes) throw tooLong;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns the text of a file in UTF-8, without its byte order mark. */
function decode(bytes: Buffer): string {
  const mark = bytes.toString("latin1", 0, 2);
  if (mark === "\xff\xfe" || mark === "\xfe\xff") throw new Error("it is in UTF-16; save it in UTF-8");
  if (bytes.includes(0)) throw new Error("it has NUL bytes: it is binary, or in UTF-16 instead of UTF-8");
  if (!isUtf8(bytes)) throw new Error("it is not in UTF-8");
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  if (text.trim() === "") throw new Error("it is empty");
  return text;
}

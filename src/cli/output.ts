// Collects the result of a command, and writes it at once when the command has ended: nothing of a
// command that fails, and to a file all or nothing.

import { randomUUID } from "node:crypto";
import { accessSync, constants, rmSync, statSync, writeSync } from "node:fs";
import { open, realpath, rename, stat, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { toJsonText } from "../json.js";
import { escaped } from "../violations.js";
import { OutputError, reasonOf } from "./errors.js";
import { eraseProgress } from "./progress.js";
import { shown } from "./terminal.js";

/** Signals that end a command, and before that remove a file half-written. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What a C1 control or a format character may not do in JSON; JSON.stringify escapes C0 itself. */
const UNSAFE_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

let result = "";
let file: string | undefined;

// Whoever waits for a write learns of its failure. A message that cannot be written is lost.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

/**
 * Lets the result go to a file, or to standard output if it is undefined or "-". Refuses at once
 * what could not be written after a long computation.
 * @throws OutputError
 */
export function openOutput(path: string | undefined): void {
  if (path === undefined || path === "-") return;
  file = path;
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    if (old) accessSync(path, constants.W_OK);
    if (!old || old.isFile()) accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw failure(error);
  }
}

/**
 * Returns how many columns the result may take: what the variable COLUMNS says, else the terminal's
 * width. Undefined, for any number, if the result goes to a file, or to a pipe without COLUMNS.
 */
export function outputWidth(): number | undefined {
  if (file !== undefined) return undefined;
  const asked = Number(process.env.COLUMNS);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** Adds lines of text for people to the result. */
export function print(lines: readonly string[]): void {
  result += lines.map((line) => `${escaped(line)}\n`).join("");
}

/** Adds text for programs to the result, as it is. */
export function printRaw(text: string): void {
  result += `${text}\n`;
}

/** Adds JSON to the result, in which every character that a terminal could obey is escaped. */
export function printJson(value: unknown): void {
  printRaw(toJsonText(value).replace(UNSAFE_IN_JSON, escaped));
}

/** Writes a message that is no result to standard error: one line each, with a hanging indent. */
export function warn(lines: readonly string[]): void {
  eraseProgress();
  process.stderr.write(`walras: ${lines.map(escaped).join("\n        ")}\n`);
}

/**
 * Writes the result. A reader like `head` that closes the pipe has read enough: that is no error.
 * @throws OutputError
 */
export async function writeResult(): Promise<void> {
  eraseProgress();
  const onTerminal = file === undefined && process.stdout.isTTY;
  const bytes = Buffer.from(onTerminal ? result.split("\n").map(escaped).join("\n") : result);
  try {
    if (file === undefined) await writeToStandardOutput(bytes);
    else await writeToFile(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw failure(error);
  }
}

function failure(error: unknown): OutputError {
  const place = file === undefined ? "standard output" : shown(file, 200);
  return new OutputError(`cannot write ${place}: ${reasonOf(error, "no such folder")}`);
}

async function writeToStandardOutput(bytes: Uint8Array): Promise<void> {
  if (process.stdout instanceof Socket || !isMainThread) {
    await new Promise<void>((done, fail) => process.stdout.write(bytes, (error) => (error ? fail(error) : done())));
    return;
  }
  // Node's stream for files takes a write that a full disk cuts short for a whole one.
  for (let written = 0; written < bytes.length; ) written += writeSync(1, bytes, written);
}

/** Writes to a temporary file in the same folder, which then takes the place of `path`. */
async function writeToFile(path: string, bytes: Uint8Array): Promise<void> {
  const old = await stat(path).catch(() => undefined);
  // Devices and pipes stay what they are.
  if (old && !old.isFile()) return await writeFile(path, bytes);
  const target = old ? await realpath(path) : path;
  const temporary = join(dirname(target), `.walras-${randomUUID()}.tmp`);
  const remove = () => rmSync(temporary, { force: true });
  const end = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal); // `once` has removed the handler.
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    const handle = await open(temporary, "wx", old?.mode);
    try {
      if (old) await handle.chmod(old.mode);
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    remove();
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

// What can go wrong between a command and its files.

import { getSystemErrorMap } from "node:util";

/** A mistake in how a command was called, or an input that cannot be read. The exit status is 2. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** A result that cannot be written. The exit status is 74, the EX_IOERR of sysexits.h. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** Says in plain words why the operating system refused a file; `missing` is said of ENOENT. */
export function reasonOf(error: unknown, missing: string): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return missing;
  if (code === "EISDIR") return "it is a folder";
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}

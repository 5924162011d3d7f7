// Options of the two commands that meet at a queue.

import { InvalidArgumentError, Option } from "commander";
import { type Address, addressOf, QueueError } from "../queue/address.js";

/** Seconds for which a server may be silent. */
export const PATIENCE = 600;
/** What stops a command. */
export const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Names the server, so that a password need not stand where every user of the machine sees it. */
const VARIABLE = "WALRAS_QUEUE";

export function queueOption(what: string): Option {
  return new Option("--queue [url]", `${what}, like redis://127.0.0.1:6379 (default: the variable ${VARIABLE})`);
}

export function patienceOption(): Option {
  return new Option("--patience <seconds>", `how long to wait for a server that is silent (default: ${PATIENCE})`).argParser(seconds); // biome-ignore format: one option
}

/** The server that a flag names, or else the variable. */
export function addressIn(flag: string | true): Address {
  const url = flag === true ? process.env[VARIABLE] : flag;
  if (url === undefined) throw new QueueError(`--queue must have a URL, or the variable ${VARIABLE} must`);
  return addressOf(url);
}

/** Milliseconds that a command has for writing its result once it has parted from a server. */
const LEAVE_AFTER = 1000;

/**
 * Ends the process soon, with the status that it then has: BullMQ's blocking connection goes on
 * looking for a server that is away, and would keep the process alive.
 */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), LEAVE_AFTER).unref();
}

/** Reads a number of seconds, up to a week. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 604_800)) throw new InvalidArgumentError("It must be from 1 to 604800 seconds.");
  return value;
}

// What a worker answers: the note of a part, and its bytes unless they are in a folder that the
// collector sees. The collector trusts neither.

import { createHash } from "node:crypto";
import type { CrewPart } from "../parts/crew.js";
import { formatFault } from "../parts/formats.js";
import { sorted } from "../parts/make.js";
import type { Manifest, PartNote } from "../parts/manifest.js";
import { economiesIn } from "../parts/run.js";
import { isRecord } from "../violations.js";
import { QueueError } from "./address.js";

/** The answer to a job. */
export interface Answer {
  readonly note: PartNote;
  /** The bytes in Base64, or nothing if they are in the folder. */
  readonly bytes?: string;
}

/** The most bytes of a part that go through the queue. */
export const MAX_BYTES = 2 ** 26;
/** The most different statuses and counts that a note may have, and the most characters of one. */
const MAX_TALLIED = 1000;
const TALLIED = /^[\w -]{1,40}$/;

/**
 * The answer to a job.
 * @throws QueueError for a part that is too large for the queue
 */
export function answerOf({ note, bytes }: CrewPart): Answer {
  if (!bytes) return { note };
  if (bytes.length > MAX_BYTES)
    throw new QueueError(`the part has ${bytes.length} bytes and the queue takes ${MAX_BYTES}: make parts smaller, or give workers the sweep's folder`); // biome-ignore format: one sentence
  return { note, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
}

/**
 * Checks an answer: its note, and of bytes their number, hash and format.
 * @throws QueueError that says what is wrong
 */
export function checkAnswer(answer: unknown, manifest: Manifest, part: number): { note: PartNote; bytes?: Uint8Array } {
  const wrong = (what: string) => new QueueError(`the worker's answer is wrong: ${what}`);
  const given = isRecord(answer) ? answer["note"] : undefined;
  if (!isRecord(given)) throw wrong("it has no note");
  const { sweep, part: number, economies, rows, bytes: length, sha256, statuses, counts } = given;
  if (sweep !== manifest.hash || number !== part) throw wrong("it is of another part");
  if (economies !== economiesIn(manifest, part)) throw wrong("the number of economies");
  if (!isCount(rows) || !isCount(length)) throw wrong("the number of rows or bytes");
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw wrong("the hash");
  if (!isTally(statuses) || sumOf(statuses) !== economies) throw wrong("the statuses");
  if (!isTally(counts) || sumOf(counts) > economies) throw wrong("the numbers of equilibria");
  const about = { part, sweep: manifest.hash, economies, rows, bytes: length, sha256 };
  const note = { ...about, statuses: sorted(statuses), counts: sorted(counts) };
  const text = (answer as { bytes?: unknown }).bytes;
  if (text === undefined) return { note };
  if (typeof text !== "string" || length > MAX_BYTES || text.length !== 4 * Math.ceil(length / 3))
    throw wrong("the number of bytes");
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== length) throw wrong("the number of bytes");
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw wrong("the bytes do not have their hash");
  const fault = formatFault(manifest.format, bytes, manifest.columns, rows);
  if (fault !== undefined) throw wrong(fault);
  return { note, bytes };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTally(value: unknown): value is Record<string, number> {
  if (!isRecord(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_TALLIED && entries.every(([name, count]) => TALLIED.test(name) && isCount(count));
}

function sumOf(tally: Record<string, number>): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0);
}

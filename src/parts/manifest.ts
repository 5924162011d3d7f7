// The folder of a sweep: a manifest, and for each part a file of rows and a note that says it is whole.

import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs"; // biome-ignore format: one line
import { hostname } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import type { EngineName } from "../engine/engine.js";
import type { ColumnType } from "../sweep/fields.js";
import { partOf } from "../sweep/solve.js";
import type { CheckedSweep, SweepSpecification } from "../sweep/specification.js";
import { isRecord } from "../violations.js";
import { FORMATS, type Format } from "./formats.js";

/** What a folder holds: a pure function of the specification, the version, the engine and the format. */
export interface Manifest {
  readonly kind: "walras-sweep";
  /** The version of walras, whose bits the rows are. */
  readonly walras: string;
  readonly engine: EngineName;
  readonly format: Format;
  /** Economies in all, in each part but the last, and how many parts there are. */
  readonly economies: number;
  readonly part: number;
  readonly parts: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly specification: SweepSpecification;
  /** SHA-256 of all of the above. */
  readonly hash: string;
}

/** What is known of a part that is whole. */
export interface PartNote {
  readonly part: number;
  /** That of the manifest. */
  readonly sweep: string;
  readonly economies: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** A folder that holds something else, or is broken. */
export class FolderError extends Error {
  override readonly name = "FolderError";
}

/** The most parts of a sweep. */
const MAX_PARTS = 1e7;

/** The manifest of a sweep. */
export function manifestOf(sweep: CheckedSweep, engine: EngineName, format: Format): Manifest {
  const part = partOf(sweep);
  const parts = Math.ceil(sweep.economies / part);
  if (parts > MAX_PARTS)
    throw new FolderError(`the sweep has ${parts} parts, and may have ${MAX_PARTS}: make them larger`);
  const content = {
    ...{ kind: "walras-sweep" as const, walras: version, engine, format, economies: sweep.economies, part, parts },
    columns: sweep.fields.map(({ name, type }) => ({ name, type })),
    // As it is in a file: -0, for one, becomes 0, and threads and other machines have to agree.
    specification: JSON.parse(JSON.stringify(sweep.specification)) as SweepSpecification,
  };
  return { ...content, hash: createHash("sha256").update(JSON.stringify(content)).digest("hex") };
}

const MANIFEST = "manifest.json";

/**
 * Writes the manifest, unless another process has; the folder exists.
 * @throws FolderError if the folder holds another sweep
 */
export function writeManifest(folder: string, manifest: Manifest): void {
  const known = readManifest(folder);
  if (!known) {
    const temporary = temporaryIn(folder);
    writeDurably(temporary, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    try {
      // Unlike a rename, this never takes the place of one that another process has just written.
      linkSync(temporary, join(folder, MANIFEST));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
  }
  const there = readManifest(folder) as Manifest;
  if (there.hash === manifest.hash) return;
  const different = (["walras", "engine", "format", "part", "specification"] as const).filter(
    (key) => JSON.stringify(there[key]) !== JSON.stringify(manifest[key]),
  );
  const differs = different.map((key) => (key === "walras" ? "version of walras" : key)).join(", ");
  throw new FolderError(`the folder has the parts of another sweep (another ${differs}): choose another folder, or delete it`); // biome-ignore format: one sentence
}

/**
 * The manifest of a folder; undefined if there is none.
 * @throws FolderError for one that is none
 */
export function readManifest(folder: string): Manifest | undefined {
  const text = readText(join(folder, MANIFEST));
  if (text === undefined) return undefined;
  const manifest = fromJson(text) as Manifest;
  const isOne = isRecord(manifest) && manifest.kind === "walras-sweep" && typeof manifest.hash === "string";
  const { economies, part, parts, format, columns } = isOne ? manifest : ({} as Manifest);
  const counted = [economies, part, parts].every((count) => Number.isInteger(count) && count >= 1);
  const isWhole =
    counted && parts === Math.ceil(economies / part) && FORMATS.includes(format) && Array.isArray(columns);
  if (!isWhole || parts > MAX_PARTS) throw new FolderError(`${MANIFEST} is not the manifest of a sweep`);
  return manifest;
}

/** The name of a part's file, without its extension. */
function stem(part: number): string {
  return `part-${String(part).padStart(7, "0")}`;
}

/** Where the rows of a part are. */
export function rowsFile(folder: string, { format }: Manifest, part: number): string {
  return join(folder, `${stem(part)}.${format}`);
}

/** The note of a part that is whole; undefined if the part is missing, cut short, or of another sweep. */
export function readNote(folder: string, manifest: Manifest, part: number): PartNote | undefined {
  const text = readText(join(folder, `${stem(part)}.json`));
  const note = text === undefined ? undefined : (fromJson(text) as PartNote);
  if (!isRecord(note) || note.sweep !== manifest.hash || note.part !== part) return undefined;
  const size = statSync(rowsFile(folder, manifest, part), { throwIfNoEntry: false })?.size;
  return size === note.bytes ? note : undefined;
}

/** Writes the rows of a part, and then the note that says they are whole. */
export function writePart(folder: string, manifest: Manifest, note: PartNote, bytes: Uint8Array): void {
  for (const [path, content] of [
    [rowsFile(folder, manifest, note.part), bytes],
    [join(folder, `${stem(note.part)}.json`), Buffer.from(`${JSON.stringify(note)}\n`)],
  ] as const) {
    const temporary = temporaryIn(folder);
    try {
      writeDurably(temporary, content);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }
}

/** Writes a new file whose bytes are on the disk when this returns. */
function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx");
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const HOST = hostname().replace(/[^\w-]/g, "_");
const TEMPORARY = /^\.walras\.([\w-]+)\.(\d+)\.[\w-]+\.tmp$/;

function temporaryIn(folder: string): string {
  return join(folder, `.walras.${HOST}.${process.pid}.${randomUUID()}.tmp`);
}

/** Removes temporary files that processes of this machine have left, which are no more. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, host, pid] = TEMPORARY.exec(name) ?? [];
    if (host === HOST && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What a JSON text says; undefined if it is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How many shards a folder was begun with, where it was. */
const SHARDS = "shards.json";

/** Takes note of the number of shards, for merge() to name those that are missing. */
export function writeShards(folder: string, count: number): void {
  const temporary = temporaryIn(folder);
  writeDurably(temporary, Buffer.from(`${JSON.stringify({ count })}\n`));
  renameSync(temporary, join(folder, SHARDS));
}

export function readShards(folder: string): number | undefined {
  const text = readText(join(folder, SHARDS));
  const { count } = (text === undefined ? {} : (fromJson(text) ?? {})) as { count?: number };
  return Number.isInteger(count) && (count as number) >= 1 ? count : undefined;
}

// Makes the parts of a sweep that a folder does not have yet.

import { Crew } from "./crew.js";
import { add } from "./make.js";
import { type Manifest, type PartNote, readNote } from "./manifest.js";

/** One of several shards of a sweep: every `of`-th part, from part `number - 1` on. */
export interface Shard {
  /** From 1 on. */
  readonly number: number;
  readonly of: number;
}

/** How far a run is, in economies of its shard. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
  /** Those that this run has solved, rather than found. */
  readonly solved: number;
}

/** What the parts of a run say together. */
export interface RunSummary {
  readonly parts: number;
  /** The parts that were there before. */
  readonly kept: number;
  readonly economies: number;
  readonly rows: number;
  readonly bytes: number;
  readonly statuses: Record<string, number>;
  readonly counts: Record<string, number>;
}

/** The parts of a shard, or of the whole. */
export function partsOfShard({ parts }: Manifest, shard: Shard | undefined): number[] {
  const { number, of } = shard ?? { number: 1, of: 1 };
  return Array.from({ length: Math.max(0, Math.ceil((parts - number + 1) / of)) }, (_, k) => number - 1 + k * of);
}

/** How many economies a part has. */
export function economiesIn({ part: each, economies }: Manifest, part: number): number {
  return Math.min(each, economies - part * each);
}

/** The notes of parts that are whole, and the parts that are not. */
export function surveyOf(folder: string, manifest: Manifest, parts: readonly number[]) {
  const notes: PartNote[] = [];
  const missing: number[] = [];
  for (const part of parts) {
    const note = readNote(folder, manifest, part);
    if (note) notes.push(note);
    else missing.push(part);
  }
  return { notes, missing };
}

/** What notes say together. */
export function summaryOf(notes: readonly PartNote[], kept: number): RunSummary {
  const sum = { parts: notes.length, kept, economies: 0, rows: 0, bytes: 0, statuses: {}, counts: {} };
  for (const note of notes) {
    sum.economies += note.economies;
    sum.rows += note.rows;
    sum.bytes += note.bytes;
    add(sum.statuses, note.statuses);
    add(sum.counts, note.counts);
  }
  return sum;
}

/** Makes the missing parts of a shard in threads of this process. */
export async function runParts(
  {
    manifest,
    folder,
    shard,
    workers,
  }: { manifest: Manifest; folder: string; shard: Shard | undefined; workers: number },
  onProgress: (progress: RunProgress) => void,
): Promise<RunSummary> {
  const parts = partsOfShard(manifest, shard);
  const { notes, missing } = surveyOf(folder, manifest, parts);
  const kept = notes.length;
  const total = parts.reduce((sum, part) => sum + economiesIn(manifest, part), 0);
  const found = notes.reduce((sum, { economies }) => sum + economies, 0);
  const crew = new Crew(Math.min(workers, Math.max(1, missing.length)), manifest, folder);
  const underWay = new Map<number, number>();
  let solved = 0;
  const tell = () => {
    const now = solved + [...underWay.values()].reduce((sum, economies) => sum + economies, 0);
    onProgress({ done: found + now, total, solved: now });
  };
  const next = missing[Symbol.iterator]();
  const work = async (): Promise<void> => {
    // The threads share one iterator, so that the list of what is at work stays short.
    for (const part of next) {
      const { note } = await crew.make(part, (economies) => {
        underWay.set(part, economies);
        tell();
      });
      underWay.delete(part);
      solved += note.economies;
      notes.push(note);
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: crew.size }, work));
  } finally {
    crew.close();
  }
  return summaryOf(notes, kept);
}

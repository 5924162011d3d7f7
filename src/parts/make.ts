// Makes a part of a sweep: its rows, its bytes and its note, all pure functions of the manifest.

import { createHash } from "node:crypto";
import type { SweepColumn } from "../sweep/index.js";
import { blockOf, RowSolver, type SweepSolver } from "../sweep/solve.js";
import { type CheckedSweep, checkSweep } from "../sweep/specification.js";
import { encode } from "./formats.js";
import type { Manifest, PartNote } from "./manifest.js";

/** A part that has been made, and not yet written. */
export interface MadePart {
  readonly note: PartNote;
  readonly bytes: Uint8Array;
}

/** Milliseconds between two messages about progress. */
const TELL_EVERY = 50;

/** Makes parts of one sweep. */
export class PartMaker {
  readonly #manifest: Manifest;
  readonly #solver: SweepSolver;
  readonly #sweep: CheckedSweep;
  readonly #rows: RowSolver;

  constructor(manifest: Manifest, solver: SweepSolver) {
    this.#manifest = manifest;
    this.#solver = solver;
    this.#sweep = checkSweep(manifest.specification);
    this.#rows = new RowSolver(this.#sweep);
  }

  /** Makes a part; `onStep` gets, now and then, the economies that are done in it. */
  async make(part: number, onStep: (economies: number) => void): Promise<MadePart> {
    const manifest = this.#manifest;
    const first = part * manifest.part;
    const economies = Math.min(manifest.part, manifest.economies - first);
    const block = blockOf(this.#sweep);
    const statuses: Record<string, number> = {};
    const counts: Record<string, number> = {};
    const blocks: (readonly SweepColumn[])[] = [];
    let rows = 0;
    let told = performance.now();
    for (let done = 0; done < economies; ) {
      // Up to the next multiple of the block.
      const some = Math.min(block - ((first + done) % block), economies - done);
      const solved = await this.#rows.solve(this.#solver, first + done, some);
      add(statuses, solved.statuses);
      add(counts, solved.counts);
      blocks.push(solved.columns);
      rows += solved.rows;
      done += some;
      if (performance.now() - told < TELL_EVERY) continue;
      told = performance.now();
      onStep(done);
    }
    const bytes = encode(manifest.format, blocks);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const about = { part, sweep: manifest.hash, economies, rows, bytes: bytes.length, sha256 };
    return { note: { ...about, statuses: sorted(statuses), counts: sorted(counts) }, bytes };
  }
}

/** Adds counts to those of the same names. */
export function add(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}

/** In an order that does not depend on which came first. */
export function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

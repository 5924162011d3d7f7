// Every equilibrium of an economy with three goods or three agents, with the proof that there is no
// other: which ways to put the economy, progress, and the list that the core proved. A proof that
// takes many boxes goes on in pieces of boxes that wait (proofPieces.ts).

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { type Piece, Pieces, WINDOW, type Work } from "../engine/work.js";
import type { ControlOptions } from "../options/options.js";
import {
  addRows,
  type BoxesGiven,
  continueProof,
  openProof,
  type ProofBlocks,
  type Rows,
  readRows,
  STRIDE,
  type Way,
} from "./proofPieces.js";

const MAX_BOXES = 100_000;
/** Boxes that are examined before the rest is shared out, which most proofs do not need. */
const FIRST = 256;
/** Boxes that a piece examines, at most. */
const PIECE = 256;
/** Boxes that wait of which a piece begins, at most: of one alone often little follows. */
const TOGETHER = 16;
/** Terms of a sum, agents or goods, up to which the margins of bounds cover its rounding. */
const MAX_TERMS = 500;

/** An equilibrium that is proved to exist. */
export interface ProvedEquilibrium {
  /** m: ln p_j up to a constant. */
  logPrices: Float64Array;
  /** +1 or -1. */
  index: -1 | 1;
}

/** A region of which nothing is proved. */
export interface OpenBox {
  /** Log prices at its corners, each up to a constant: 4 rows of m. */
  logPrices: Float64Array[];
}

export interface Proof {
  /** Whether `found` is proved to have every equilibrium, up to rounding of the data. */
  complete: boolean;
  /** Every equilibrium that is proved to exist. */
  found: ProvedEquilibrium[];
  /** Empty where the proof is complete. */
  unresolved: OpenBox[];
  /** Boxes examined. */
  boxes: number;
  /** How often demand was evaluated. */
  evaluations: number;
}

export interface ProofOptions extends ControlOptions {
  /** The most boxes to examine, 1 to 1e9; default 100000. */
  maxIntervals?: number;
}

/**
 * Finds every equilibrium of a connected economy with three goods or three agents (up to 500 of the
 * others), all goods wanted by all, every omega below 0, and proves that there is no other. Calls
 * `onStep` every 64 boxes; its residual is the part of the range's area that waits. Undefined for
 * other economies, and where prices or weights are beyond what doubles hold.
 */
export function* proveComplete(engine: Engine, economy: Economy, options: ProofOptions = {}): Work<Proof | undefined> {
  const max = options.maxIntervals ?? MAX_BOXES;
  let answer: Proof | undefined;
  let boxes = 0;
  let evaluations = 0;
  for (const way of waysOf(economy)) {
    const proof = yield* tryWay(engine, economy, way, max - boxes, boxes, options);
    if (!proof) continue;
    boxes += proof.boxes;
    evaluations += proof.evaluations;
    if (!answer || proof.complete) answer = proof;
    if (proof.complete || boxes >= max || options.signal?.aborted) break;
  }
  return answer && { ...answer, boxes, evaluations };
}

/** A good or agent hardly traded with makes a bad numeraire, and then another one may tell more. */
function waysOf({ goods, agents, alpha }: Economy): Way[] {
  if (alpha.some((a) => a === 0) || Math.max(goods.length, agents.length) > MAX_TERMS) return [];
  const solvers = [
    ...(goods.length === 3 ? [protocol.Solver.PROOF_GOODS] : []),
    ...(agents.length === 3 ? [protocol.Solver.PROOF_AGENTS] : []),
  ];
  return solvers.flatMap((solver) => [2, 0, 1].map((numeraire): Way => [solver, numeraire]));
}

/** Examines up to `max` boxes, after `before` that other ways have examined. */
function* tryWay(
  engine: Engine,
  economy: Economy,
  way: Way,
  max: number,
  before: number,
  { onStep, signal }: ControlOptions,
): Work<Proof | undefined> {
  const { kernels, value } = engine;
  const at = openProof(engine, economy, way);
  if (!at) return undefined;
  const tell = (boxes: number, residual: number) =>
    onStep?.({ iteration: before + boxes, method: "enumeration", residual });
  let code = protocol.RUNNING as number;
  while (code === protocol.RUNNING && !signal?.aborted) {
    code = kernels.stepProof(STRIDE, Math.min(max, FIRST));
    if (!onStep || code !== protocol.RUNNING) continue;
    kernels.reportProof(at.report);
    tell(value(at.report + protocol.BOXES), value(at.report + protocol.PART_LEFT));
  }
  const rows = readRows(engine, at, way, economy);
  if (code !== protocol.MAX_ITERATIONS || max <= FIRST || signal?.aborted) return readProof(engine, at, economy, rows);
  const scale = value(at.report + protocol.PART_LEFT) / areaOf(rows.waiting);
  yield* examine(economy, way, rows, max, (waiting) => tell(rows.boxes, scale * areaOf(waiting)), signal);
  const again = continueProof(engine, economy, way);
  addRows(engine, again, protocol.ProofList.ROOTS, rows.roots);
  addRows(engine, again, protocol.ProofList.OPEN, [...rows.open, ...rows.waiting]);
  kernels.reportProof(again.report);
  return readProof(engine, again, economy, rows);
}

/**
 * Examines the boxes that wait, some in each piece, until none is left, too many are open,
 * `max` boxes in all have been examined or the signal is aborted. What is left then waits.
 */
function* examine(
  economy: Economy,
  way: Way,
  rows: Rows,
  max: number,
  tell: (waiting: readonly Float64Array[]) => void,
  signal?: AbortSignal,
): Work<void> {
  /** Of the pieces drawn and not yet taken: what they were given. */
  const drawn: BoxesGiven[] = [];
  const pieces = new Pieces<Rows>((): Piece<"boxes", BoxesGiven> | undefined => {
    const allotted = drawn.reduce((sum, { budget }) => sum + budget, rows.boxes);
    const budget = Math.min(PIECE, max - allotted);
    if (budget <= 0 || rows.waiting.length === 0) return undefined;
    // As many as leave some for the pieces beside.
    const some = Math.min(TOGETHER, Math.ceil(rows.waiting.length / WINDOW));
    const given = { economy, way, waiting: rows.waiting.splice(-some), roots: [...rows.roots], budget };
    drawn.push(given);
    return { name: "boxes", given };
  });
  const left = () => [...rows.waiting, ...drawn.flatMap(({ waiting }) => waiting)];
  while (rows.open.length <= protocol.MAX_OPEN && !signal?.aborted) {
    const answer = yield* pieces.next(() => tell(left()));
    if (!answer) break;
    merge(rows, answer, drawn.shift() as BoxesGiven);
    const waiting = left();
    if (waiting.length > 0) tell(waiting);
  }
  rows.waiting = left();
}

/**
 * Adds what a piece has found. Its equilibria may have been found by others since it was drawn: one
 * is another if the smallest box in which the one is proved lies in the largest in which the other
 * is the only one. They are two if their smallest boxes do not touch. Where neither holds, the piece
 * is examined again, with the other known.
 */
export function merge(
  rows: Rows,
  answer: Rows,
  { waiting, roots: known }: Pick<BoxesGiven, "waiting" | "roots">,
): void {
  rows.boxes += answer.boxes;
  rows.evaluations += answer.evaluations;
  // The core itself has compared those known when the piece was drawn.
  const since = rows.roots.slice(known.length);
  const found = answer.roots.filter((root) => !since.some((other) => holds(other, root) || holds(root, other)));
  if (found.some((root) => since.some((other) => touch(root, other)))) {
    rows.waiting.push(...waiting);
    return;
  }
  rows.open.push(...answer.open);
  rows.waiting.push(...answer.waiting);
  for (const root of found) {
    if (rows.roots.length < protocol.MAX_ROOTS) rows.roots.push(root);
    else rows.open.push(Float64Array.of(root[0], root[1], root[LEAST], root[LEAST]));
  }
}

// Places in the row of an equilibrium: assembly/equilibria/proof/branchAndBound.ts.
const LEAST = 3;
const MOST = 4;

/** Whether the smallest box of one equilibrium lies in the largest of another. */
function holds(other: Float64Array, root: Float64Array): boolean {
  return farther(other, root) + root[LEAST] < other[MOST];
}

/** Whether the smallest boxes of two equilibria touch. */
function touch(a: Float64Array, b: Float64Array): boolean {
  return farther(a, b) <= (a[LEAST] + b[LEAST]) * (1 + 1e-9);
}

/** The larger of the distances along the two unknowns. */
function farther(a: Float64Array, b: Float64Array): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]));
}

/** A quarter of the area of boxes. */
function areaOf(boxes: readonly Float64Array[]): number {
  return boxes.reduce((sum, [, , wide, high]) => sum + wide * high, 0);
}

/** Reads the proof just reported, which took the boxes and evaluations of `rows`. */
function readProof(engine: Engine, at: ProofBlocks, economy: Economy, { boxes, evaluations }: Rows): Proof {
  const { kernels, read, value } = engine;
  const m = economy.goods.length;
  const count = (place: number) => Array.from({ length: value(at.report + place) }, (_, k) => k);
  return {
    complete: value(at.report + protocol.PROVED) === 1,
    boxes,
    evaluations,
    found: count(protocol.ROOTS).map((k) => {
      const index = kernels.readRoot(k, at.logPrices) as -1 | 1;
      return { logPrices: read(at.logPrices, m), index };
    }),
    unresolved: count(protocol.OPEN_BOXES).map((k) => {
      kernels.readOpenBox(k, at.logPrices);
      return { logPrices: [0, 1, 2, 3].map((corner) => read(at.logPrices + corner * m, m)) };
    }),
  };
}

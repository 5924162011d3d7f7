// The pieces of a proof that a list is complete: boxes, each with what follows from it. An engine
// takes the proof up anew for each, so that it can be computed anywhere.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Addresses, Engine, OpenBlocks } from "../engine/engine.js";
import type { PieceControl } from "../engine/work.js";

/** Boxes between two looks at the signal. */
export const STRIDE = 64;

/** A way to put an economy: over prices or weights, relative to one good or agent. */
export type Way = readonly [solver: protocol.Solver, numeraire: number];

/** The blocks of a proof that has been taken up. */
export type ProofBlocks = Addresses<OpenBlocks | "logPrices" | "row">;

/** What is known of a part of the range: rows of the core (assembly/protocol.ts). */
export interface Rows {
  /** Equilibria that are proved to exist, each with the boxes in which it is. */
  roots: Float64Array[];
  /** Boxes that are divided no more. */
  open: Float64Array[];
  /** Boxes that wait. */
  waiting: Float64Array[];
  /** Boxes examined, and evaluations. */
  boxes: number;
  evaluations: number;
}

/** Boxes to be examined, by up to `budget` boxes in all. */
export interface BoxesGiven {
  economy: Economy;
  way: Way;
  waiting: Float64Array[];
  /** Equilibria that are known. */
  roots: Float64Array[];
  budget: number;
}

/**
 * Opens an economy and takes up a proof. Undefined where prices or weights are beyond what doubles
 * hold.
 */
export function openProof(engine: Engine, economy: Economy, way: Way): ProofBlocks | undefined {
  const terms = Math.max(economy.agents.length, economy.goods.length);
  const row = protocol.BOX_SIZE + Math.max(terms, protocol.ROOT_SIZE);
  const [solver, numeraire] = way;
  const at = engine.open(economy, solver, { logPrices: 4 * economy.goods.length, row });
  const overGoods = solver === protocol.Solver.PROOF_GOODS ? 1 : 0;
  if (engine.kernels.startProof(overGoods, numeraire, at.workspace) === 0) return undefined;
  proofs.set(engine, { at, economy, way, generation: engine.generation() });
  return at;
}

/** The proof that each engine has taken up last. */
const proofs = new WeakMap<Engine, { at: ProofBlocks; economy: Economy; way: Way; generation: number }>();

/**
 * The same for a proof that has been taken up before, here or elsewhere: without any box. If the
 * engine has done nothing else since, the economy is not opened again, which would take as long as
 * some of the boxes.
 */
export function continueProof(engine: Engine, economy: Economy, way: Way): ProofBlocks {
  const last = proofs.get(engine);
  const same =
    last?.generation === engine.generation() &&
    way.every((part, k) => part === last.way[k]) &&
    last.economy.agents.length === economy.agents.length &&
    last.economy.goods.length === economy.goods.length &&
    BLOCKS.every((block) => isLaid(engine, last.at[block], economy[block]));
  const at = same ? last.at : openProof(engine, economy, way);
  // Where the range is proved once, it is proved always.
  if (!at) throw new Error("the range of a proof must not depend on the engine");
  engine.kernels.clearProof();
  return at;
}

/** The data of an economy that a proof depends on. */
const BLOCKS = ["alpha", "omega", "endowments", "totals"] as const;

/** Whether a block in the engine's memory has these values. */
function isLaid({ value }: Engine, address: number, values: Float64Array | undefined): boolean {
  return values?.every((v, k) => v === value(address + k)) ?? false;
}

/** Appends rows to a list of the proof. */
export function addRows(
  engine: Engine,
  at: ProofBlocks,
  list: protocol.ProofList,
  rows: readonly Float64Array[],
): void {
  for (const row of rows) {
    engine.write(at.row, row);
    engine.kernels.addRow(list, at.row);
  }
}

/** Reads all rows of a proof, without the first `known` equilibria. */
export function readRows(engine: Engine, at: ProofBlocks, [solver]: Way, economy: Economy, known = 0): Rows {
  const { kernels, read, value } = engine;
  kernels.reportProof(at.report);
  const terms = solver === protocol.Solver.PROOF_GOODS ? economy.agents.length : economy.goods.length;
  const rows = (list: protocol.ProofList, from: number, place: number, size: number) =>
    Array.from({ length: value(at.report + place) - from }, (_, k) => {
      kernels.readRow(list, from + k, at.row);
      return read(at.row, size);
    });
  return {
    roots: rows(protocol.ProofList.ROOTS, known, protocol.ROOTS, protocol.ROOT_SIZE),
    open: rows(protocol.ProofList.OPEN, 0, protocol.OPEN_ROWS, protocol.BOX_SIZE),
    waiting: rows(protocol.ProofList.WAITING, 0, protocol.WAITING_ROWS, protocol.BOX_SIZE + terms),
    boxes: value(at.report + protocol.BOXES),
    evaluations: value(at.report + protocol.EVALUATIONS),
  };
}

/** Examines boxes and those that they are divided into. The answer has new equilibria alone. */
export function boxes(engine: Engine, given: BoxesGiven, { signal, tell }: PieceControl): Rows {
  const { economy, way, waiting, roots, budget } = given;
  const { kernels } = engine;
  const at = continueProof(engine, economy, way);
  addRows(engine, at, protocol.ProofList.ROOTS, roots);
  addRows(engine, at, protocol.ProofList.WAITING, waiting);
  while (!signal?.aborted && kernels.stepProof(STRIDE, budget) === protocol.RUNNING) tell?.();
  return readRows(engine, at, way, economy, roots.length);
}

// Every equilibrium of an economy with three goods or three agents, with the proof that there is no
// other: which ways to put the economy, progress, and the list that the core proved.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import type { ControlOptions } from "../options/options.js";

const MAX_BOXES = 100_000;
/** Boxes between two calls of onStep. */
const STRIDE = 64;
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

/** A way to put an economy: over prices or weights, relative to one good or agent. */
type Way = readonly [solver: protocol.Solver, numeraire: number];

/**
 * Finds every equilibrium of a connected economy with three goods or three agents (up to 500 of the
 * others), all goods wanted by all, every omega below 0, and proves that there is no other. Calls
 * `onStep` every 64 boxes; its residual is the part of the range's area that waits. Undefined for
 * other economies, and where prices or weights are beyond what doubles hold.
 */
export function proveComplete(engine: Engine, economy: Economy, options: ProofOptions = {}): Proof | undefined {
  const max = options.maxIntervals ?? MAX_BOXES;
  let answer: Proof | undefined;
  let boxes = 0;
  let evaluations = 0;
  for (const way of waysOf(economy)) {
    const proof = tryWay(engine, economy, way, max - boxes, boxes, options);
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
function tryWay(
  engine: Engine,
  economy: Economy,
  [solver, numeraire]: Way,
  max: number,
  before: number,
  { onStep, signal }: ControlOptions,
): Proof | undefined {
  const { kernels, read, value } = engine;
  const m = economy.goods.length;
  const at = engine.open(economy, solver, { logPrices: 4 * m });
  const overGoods = solver === protocol.Solver.PROOF_GOODS ? 1 : 0;
  if (kernels.startProof(overGoods, numeraire, at.workspace) === 0) return undefined;
  let code = protocol.RUNNING as number;
  while (code === protocol.RUNNING && !signal?.aborted) {
    code = kernels.stepProof(STRIDE, max);
    if (!onStep || code !== protocol.RUNNING) continue;
    kernels.reportProof(at.report);
    const iteration = before + value(at.report + protocol.BOXES);
    const residual = value(at.report + protocol.PART_LEFT);
    onStep({ iteration, method: "enumeration", residual });
  }
  kernels.reportProof(at.report);
  const count = (place: number) => Array.from({ length: value(at.report + place) }, (_, k) => k);
  return {
    complete: value(at.report + protocol.PROVED) === 1,
    boxes: value(at.report + protocol.BOXES),
    evaluations: value(at.report + protocol.EVALUATIONS),
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

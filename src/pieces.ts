// All pieces of work that calls are made of, by their names (engine/work.ts).

import type { Engine } from "./engine/engine.js";
import type { PieceControl, RunPiece } from "./engine/work.js";
import { boxes } from "./equilibria/proofPieces.js";
import { between, paths, safeguarded, starts } from "./equilibria/searchPieces.js";

const FUNCTIONS: Record<string, (engine: Engine, given: never, control: PieceControl) => unknown> = {
  starts,
  between,
  safeguarded,
  paths,
  boxes,
};

/** Computes a piece on an engine, whose arena it takes. */
export const runPiece: RunPiece = (engine, { name, given }, control) =>
  FUNCTIONS[name](engine, given as never, control);

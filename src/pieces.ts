// All pieces of work that calls are made of, by their names (engine/work.ts).

import type { Engine } from "./engine/engine.js";
import type { PieceControl, RunPiece } from "./engine/work.js";
import { boxes } from "./equilibria/proofPieces.js";
import { between, paths, safeguarded, starts } from "./equilibria/searchPieces.js";
import { plansAt } from "./frontier/frontier.js";

/** Each returns its answer from what it is given, both in a form that can be sent. */
const FUNCTIONS: Record<string, (engine: Engine, given: never, control: PieceControl) => unknown> = {
  starts,
  between,
  safeguarded,
  paths,
  boxes,
  plans: plansAt,
};

/** Computes a piece on an engine, whose arena it takes. */
export const runPiece: RunPiece = (engine, { name, given }, control) =>
  FUNCTIONS[name](engine, given as never, control);

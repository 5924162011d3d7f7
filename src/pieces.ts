// The pieces of calls that can be shared out (engine/work.ts), by name.

import type { Engine } from "./engine/engine.js";
import type { PieceControl, RunPiece } from "./engine/work.js";
import { plansAt } from "./frontier/frontier.js";

/** Each returns its answer from what it is given, both in a form that can be sent. */
const PIECES: Record<string, (engine: Engine, given: never, control: PieceControl) => unknown> = {
  plans: plansAt,
};

export const runPiece: RunPiece = (engine, { name, given }, control) => PIECES[name](engine, given as never, control);

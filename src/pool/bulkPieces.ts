// Parts of bulk calls, as a worker of a pool computes them.

import { equilibriaMany, equilibriumMany, planMany } from "../bulk.js";
import { type Engine, exclusive } from "../engine/engine.js";
import type { PieceControl } from "../engine/work.js";
import { runPiece } from "../pieces.js";
import type { PartGiven } from "./bulk.js";

/** The piece that a worker knows. */
export const BULK_PIECES = {
  bulk: (engine: Engine, { method, options, part }: PartGiven, { signal }: PieceControl) =>
    exclusive(engine, () => {
      const watched = { ...options, signal } as never;
      if (method === "equilibriaMany") return equilibriaMany(engine, watched, runPiece, part);
      const answer = (method === "planMany" ? planMany : equilibriumMany)(engine, watched, part);
      if (!options["into"]) return answer;
      const { statuses, invalid, violations } = answer;
      return { statuses, invalid, violations };
    }),
};

// What workers do of comparative statics: they keep the point, and take products with its Jacobian.

import type { Economy } from "../economy/economy.js";
import { type Engine, exclusive } from "../engine/engine.js";
import type { Given } from "../statics/point.js";
import {
  type OpenStatics,
  openStatics,
  type Rows,
  readBlocks,
  rowsOf,
  type StaticsCandidate,
  type StaticsOptions,
} from "../statics/statics.js";
import { keep } from "./kept.js";

interface PointGiven {
  economy: Economy;
  key: number;
  solution: StaticsCandidate;
  options: StaticsOptions;
}

async function pointOf(engine: Engine, { economy, key, solution, options }: PointGiven): Promise<OpenStatics> {
  return await keep(key, "point", () => exclusive(engine, () => openStatics(engine, economy, solution, options)));
}

/** The pieces that a worker knows. */
export const STATICS_PIECES = {
  staticsFacts: async (engine: Engine, given: PointGiven) => (await pointOf(engine, given)).facts,
  staticsForward: async (engine: Engine, given: PointGiven & { blocks: Given<string> }) => {
    const { parameters, point } = await pointOf(engine, given);
    return point.forward(readBlocks("direction", parameters, given.blocks));
  },
  staticsAdjoint: async (engine: Engine, given: PointGiven & { blocks: Given<string> }) => {
    const { outcomes, point } = await pointOf(engine, given);
    return point.adjoint(readBlocks("cotangent", outcomes, given.blocks));
  },
  staticsRows: async (engine: Engine, given: PointGiven & { rows: Rows; into?: Record<string, Float64Array> }) => {
    const rows = rowsOf(await pointOf(engine, given), given.rows, undefined, given.into);
    return given.into ? undefined : rows;
  },
};

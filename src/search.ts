// The search for equilibria where no method proves a list complete: three or more agents and goods.

import type { Economy } from "./economy.js";
import type { Engine } from "./engine.js";
import { grossSubstitutes, type Part, solveGroup } from "./market.js";
import type { EquilibriaOptions } from "./options.js";

/** What a search of one group found. */
export interface Found {
  /** The equilibria. */
  parts: Part[];
  /** What was done, as a sentence. */
  searched: string;
}

/** Searches a connected market for equilibria. */
export function search(engine: Engine, economy: Economy, options: EquilibriaOptions): Found {
  const { onStep, signal } = options;
  return {
    parts: [solveGroup(engine, economy, undefined, { onStep, signal }, grossSubstitutes(economy))],
    searched: "One equilibrium, from one start; nothing is known of others.",
  };
}

// What every method says of one group's equilibria.

import { logSum } from "../market/equilibrium.js";
import type { Part } from "../market/session.js";
import type { Unresolved } from "../solution.js";

/** The equilibria of one group, and how far the list is proved. */
export interface List {
  parts: Part[];
  complete: boolean;
  indexSum: number;
  unresolved: Unresolved[];
  searched: string;
  intervals: number;
  evaluations: number;
}

/** Parts with the counts of their own solvers, where no other method made counts. */
export function withCounts(parts: Part[]): Pick<List, "parts" | "intervals" | "evaluations"> {
  return {
    parts,
    intervals: parts.reduce((sum, { iterations }) => sum + iterations, 0),
    evaluations: parts.reduce((sum, { evaluations }) => sum + evaluations, 0),
  };
}

/** Prices that add up to 1, from log prices at any level. */
export function simplex(logPrices: Float64Array): Float64Array {
  const sum = logSum(logPrices);
  return logPrices.map((p) => Math.exp(p - sum));
}

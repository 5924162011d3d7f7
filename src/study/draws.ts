// Economies whose agents differ by as much as asked for: each number is a base times e^(spread z), with
// z standard normal.

import type { EconomyData } from "../economy/economy.js";
import { normalQuantile } from "../sweep/distributions.js";
import { Uniforms } from "../sweep/random.js";

/** What agents can differ in. */
export const DIFFERENCES = ["alpha", "omega", "lambda", "endowments"] as const;
export type Difference = (typeof DIFFERENCES)[number];

/** How much they differ: the standard deviation of the logarithm. */
export type Spreads = Partial<Record<Difference, number>>;

/** The economy around which others are drawn. */
export interface Base {
  readonly size: number;
  /** Minus omega. */
  readonly gamma: number;
  /** What an agent has of its own good (agent i's is good i), and of each other one. */
  readonly own: number;
  readonly others: number;
}

/** Between these gamma stays, however large its spread: where answers are promised. */
export const LEAST_GAMMA = 0.01;
export const MOST_GAMMA = 100;

/**
 * The economy of a number, the same for the same seed. The same random numbers serve all spreads, so
 * that what differs between two of them is the spread alone.
 */
export function drawnEconomy(
  { size, gamma, own, others }: Base,
  spreads: Spreads,
  seed: number,
  number: number,
): EconomyData {
  const uniforms = new Uniforms(seed);
  const factors = (what: Difference, count: number) => {
    const spread = spreads[what] ?? 0;
    const u = new Float64Array(count);
    if (spread > 0) uniforms.fill(u, number, DIFFERENCES.indexOf(what));
    return u.map((value) => (spread > 0 ? Math.exp(spread * normalQuantile(value)) : 1));
  };
  const cells = size * size;
  return {
    size: { agents: size, goods: size },
    alpha: factors("alpha", cells),
    omega: factors("omega", cells).map((factor) => -Math.min(MOST_GAMMA, Math.max(LEAST_GAMMA, gamma * factor))),
    weights: factors("lambda", size),
    endowments: factors("endowments", cells).map(
      (factor, c) => factor * (Math.floor(c / size) === c % size ? own : others),
    ),
  };
}

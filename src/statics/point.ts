// The types that the statics of equilibria and of plans share.

import type { NumberMatrix } from "../options/numbers.js";

/**
 * A direction or a cotangent: numbers under the names of parameters or outcomes. A name that is
 * left out counts as 0. Matrices are flat and agent-major, or rows.
 */
export type Given<Name extends string> = { [K in Name]?: NumberMatrix };

/** The same numbers in an answer: flat arrays that are copies. */
export type Blocks<Name extends string> = Record<Name, Float64Array>;

/**
 * A solution at which derivatives are taken: products of blocks that have been checked with its
 * Jacobian.
 */
export interface StaticsPoint<Parameter extends string, Outcome extends string> {
  forward(direction: Blocks<Parameter>): Blocks<Outcome>;
  adjoint(cotangent: Blocks<Outcome>): Blocks<Parameter>;
}

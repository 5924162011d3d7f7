// The types that the statics of equilibria and of plans share.

import type { NumberMatrix } from "../options/numbers.js";

/** Numbers under the names of parameters or outcomes; what is left out is 0. Matrices flat, agent-major, or as rows. */
export type Given<Name extends string> = { [K in Name]?: NumberMatrix };

/** The same as answers: flat copies. */
export type Blocks<Name extends string> = Record<Name, Float64Array>;

/** Where derivatives are taken: products with the Jacobian, of checked blocks. */
export interface StaticsPoint<Parameter extends string, Outcome extends string> {
  forward(direction: Blocks<Parameter>): Blocks<Outcome>;
  adjoint(cotangent: Blocks<Outcome>): Blocks<Parameter>;
}

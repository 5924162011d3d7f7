/**
 * The public names of walras/pool: the methods of Walras in other threads.
 * @module walras/pool
 */

export type { PartsDone } from "../options/options.js";
export { PoolError } from "./errors.js";
export {
  loadPool,
  type Pool,
  type PoolControl,
  type PooledEconomy,
  type PoolOptions,
  type Source,
} from "./pool.js";
export type { PooledEquilibriumStatics, PooledPlanStatics, PooledStatics } from "./statics.js";
export type { WebWorker } from "./threads.js";

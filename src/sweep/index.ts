/**
 * The public names of walras/sweep: many economies by a specification.
 * @module walras/sweep
 */

export type { Distribution } from "./distributions.js";
export type { ColumnType, SweepCall } from "./fields.js";
export type { SweepColumn, SweepRows, SweepSolver } from "./solve.js";
export type {
  SweepAxis,
  SweepDraw,
  SweepKeep,
  SweepPath,
  SweepSolve,
  SweepSpecification,
  SweepTarget,
  SweepValues,
} from "./specification.js";
export { type SweepOptions, sweep } from "./sweep.js";

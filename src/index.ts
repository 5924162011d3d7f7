// The public names.

export { defineEconomy, type Economy, type EconomyData, type Matrix, MOST_CELLS, parseEconomy } from "./economy.js";
export type { EngineName } from "./engine.js";
export { EconomyError, InputError, OptionError, type Violation } from "./input.js";
export {
  type AdamPlan,
  type AdamTrace,
  NotConvergedError,
  type Plan,
  type ShareEquilibrium,
  type Solution,
  type Status,
  type VertexPlan,
} from "./solution.js";
export {
  type AdamOptions,
  type LoadOptions,
  load,
  type Numeraire,
  type PlanOptions,
  type ShareOptions,
  type Walras,
} from "./walras.js";

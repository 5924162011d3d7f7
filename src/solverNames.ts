// The public names that every entry has.

export type {
  BulkStatus,
  EquilibriumManyAnswer,
  EquilibriumManyOptions,
  PlanManyAnswer,
  PlanManyOptions,
} from "./bulk.js";
export type { Bulk, BulkViolation } from "./bulkInput.js";
export type { Candidate } from "./check.js";
export {
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  type EconomySize,
  type Matrix,
  parseEconomy,
} from "./economy/economy.js";
export type { Group } from "./economy/groups.js";
export type { EngineName } from "./engine/engine.js";
export { BusyError, EngineError, MemoryError } from "./engine/errors.js";
export type { LoadOptions, WasmModule } from "./engine/options.js";
export type { PreparedEconomy } from "./engine/prepared.js";
export { economyToJson, solutionToJson } from "./json.js";
export type { NumberMatrix } from "./options/numbers.js";
export type {
  ControlOptions,
  EquilibriumOptions,
  Numeraire,
  PartsDone,
  PlanOptions,
  Progress,
} from "./options/options.js";
export {
  type Equilibrium,
  type ExactPlan,
  NotConvergedError,
  type Plan,
  type Solution,
  type Stability,
  type Status,
  type Verdict,
} from "./solution.js";
export type { Solvers } from "./solvers.js";
export { EconomyError, InputError, OptionError, type Violation } from "./violations.js";

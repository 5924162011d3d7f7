// The public names of every entry that has all methods.

export type {
  BulkStatus,
  EquilibriaManyAnswer,
  EquilibriaManyOptions,
  EquilibriumManyAnswer,
  EquilibriumManyOptions,
  PlanManyAnswer,
  PlanManyOptions,
} from "./bulk.js";
export type { Bulk, BulkViolation } from "./bulkInput.js";
export type { Candidate } from "./check.js";
export { parseEconomyCsv } from "./economy/csv.js";
export {
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  type EconomySize,
  MAX_CELLS as MOST_CELLS,
  MAX_NAMES as MOST_NAMES,
  type Matrix,
  parseEconomy,
} from "./economy/economy.js";
export type { Group } from "./economy/groups.js";
export type { EngineName } from "./engine/engine.js";
export { BusyError, EngineError, MemoryError } from "./engine/errors.js";
export type { LoadOptions, WasmModule } from "./engine/options.js";
export type { PreparedEconomy } from "./engine/prepared.js";
export type {
  Allocated,
  BoxBudget,
  BoxCurve,
  BoxPart,
  BoxThrough,
  EdgeworthBox,
  EdgeworthOptions,
} from "./frontier/edgeworth.js";
export type { Frontier, FrontierOptions } from "./frontier/frontier.js";
export { economyToJson, equilibriaToJson, solutionToJson } from "./json.js";
export type { ShareNumeraire, ShareOptions } from "./market/shareOptions.js";
export type { NumberMatrix } from "./options/numbers.js";
export type {
  AdamOptions,
  ControlOptions,
  EquilibriaOptions,
  EquilibriumOptions,
  Numeraire,
  PlanOptions,
  Progress,
} from "./options/options.js";
export {
  type AdamPlan,
  type AdamTrace,
  type Equilibria,
  type Equilibrium,
  type ExactPlan,
  NotConvergedError,
  type Plan,
  type ShareEquilibrium,
  type Solution,
  type Stability,
  type Status,
  type Unresolved,
  type Verdict,
} from "./solution.js";
export type { Solvers } from "./solvers.js";
export { type MarketOutcome, type MarketParameter, SingularError } from "./statics/equilibriumStatics.js";
export type { PlanOutcome, PlanParameter } from "./statics/planStatics.js";
export type { Blocks, Given } from "./statics/point.js";
export type {
  EquilibriumStatics,
  MatricesOptions,
  PlanStatics,
  Statics,
  StaticsOptions,
} from "./statics/statics.js";
export type { TransferAnalysis, TransferParadox } from "./statics/transferParadox.js";
export type { Cycle } from "./tatonnement/cycle.js";
export type { Tatonnement, TatonnementOptions } from "./tatonnement/tatonnement.js";
export { EconomyError, InputError, OptionError, type Violation } from "./violations.js";
export type { Walras } from "./walras.js";
export type { CompareOptions, Comparison, Fairness, FairnessOptions, Priced } from "./welfare/welfare.js";

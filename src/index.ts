// The public names.

export type {
  Bulk,
  EquilibriaManyAnswer,
  EquilibriaManyOptions,
  EquilibriumManyAnswer,
  EquilibriumManyOptions,
  PlanManyAnswer,
  PlanManyOptions,
} from "./bulk.js";
export type { Candidate } from "./check.js";
export { parseEconomyCsv } from "./csv.js";
export {
  defineEconomy,
  type Economy,
  type EconomyData,
  type Matrix,
  MOST_CELLS,
  MOST_NAMES,
  parseEconomy,
} from "./economy.js";
export type { BoxCurve, EdgeworthBox, EdgeworthOptions } from "./edgeworth.js";
export type { EngineName } from "./engine.js";
export type { Frontier, FrontierOptions } from "./frontier.js";
export type { Group } from "./groups.js";
export { EconomyError, InputError, OptionError, type Violation } from "./input.js";
export { type MarketOutcome, type MarketParameter, SingularError } from "./marketStatics.js";
export type {
  AdamOptions,
  ControlOptions,
  EquilibriaOptions,
  EquilibriumOptions,
  NumberMatrix,
  Numeraire,
  PlanOptions,
  Progress,
  ShareNumeraire,
  ShareOptions,
} from "./options.js";
export type { PlanOutcome, PlanParameter } from "./planStatics.js";
export type { PreparedEconomy } from "./prepared.js";
export { equilibriaToJson, solutionToJson } from "./report/json.js";
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
  type Status,
  type Unresolved,
  type Verdict,
} from "./solution.js";
export type {
  Blocks,
  EquilibriumStatics,
  Given,
  MatricesOptions,
  PlanStatics,
  Statics,
  StaticsOptions,
} from "./statics.js";
export type { Cycle, Tatonnement, TatonnementOptions } from "./tatonnement.js";
export type { TransferAnalysis, TransferParadox } from "./transferParadox.js";
export { type LoadOptions, load, type Walras } from "./walras.js";
export type { Comparison, Fairness, FairnessOptions, Priced } from "./welfare.js";

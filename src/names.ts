// The public names of every entry that has all methods.

export type { EquilibriaManyAnswer, EquilibriaManyOptions } from "./bulk.js";
export { parseEconomyCsv } from "./economy/csv.js";
export { MAX_CELLS as MOST_CELLS, MAX_NAMES as MOST_NAMES } from "./economy/economy.js";
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
export { equilibriaToJson } from "./json.js";
export type { ShareNumeraire, ShareOptions } from "./market/shareOptions.js";
export type { AdamOptions, EquilibriaOptions } from "./options/options.js";
export type { AdamPlan, AdamTrace, Equilibria, ShareEquilibrium, Unresolved } from "./solution.js";
export * from "./solverNames.js";
export { type MarketOutcome, type MarketParameter, SingularError } from "./statics/equilibriumStatics.js";
export type { PlanOutcome, PlanParameter } from "./statics/planStatics.js";
export type { Blocks, Given } from "./statics/point.js";
export type { EquilibriumStatics, MatricesOptions, PlanStatics, Statics, StaticsOptions } from "./statics/statics.js";
export type { TransferAnalysis, TransferParadox } from "./statics/transferParadox.js";
export type { Cycle } from "./tatonnement/cycle.js";
export type { Tatonnement, TatonnementOptions } from "./tatonnement/tatonnement.js";
export type { Walras } from "./walras.js";
export type { CompareOptions, Comparison, Fairness, FairnessOptions, Priced } from "./welfare/welfare.js";

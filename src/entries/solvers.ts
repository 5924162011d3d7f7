/**
 * The entry `walras/solvers`: plans, equilibria of one market, bulk calls and the audit, with
 * kernels of their own, which are smaller than all of them.
 * @module walras/solvers
 */

import wasm from "../../build/solvers.wasm";
import type { LoadOptions } from "../engine/options.js";
import { type Kernelled, startEngine } from "../engine/start.js";
import { Solvers } from "../solvers.js";

export type {
  BulkStatus,
  EquilibriumManyAnswer,
  EquilibriumManyOptions,
  PlanManyAnswer,
  PlanManyOptions,
} from "../bulk.js";
export type { Bulk, BulkViolation } from "../bulkInput.js";
export type { Candidate } from "../check.js";
export {
  defineEconomy,
  type Economy,
  type EconomyData,
  type EconomyLimits,
  type EconomySize,
  type Matrix,
  parseEconomy,
} from "../economy/economy.js";
export type { Group } from "../economy/groups.js";
export type { EngineName } from "../engine/engine.js";
export { BusyError, EngineError, MemoryError } from "../engine/errors.js";
export type { LoadOptions, WasmModule } from "../engine/options.js";
export type { PreparedEconomy } from "../engine/prepared.js";
export { economyToJson, solutionToJson } from "../json.js";
export type { NumberMatrix } from "../options/numbers.js";
export type { ControlOptions, EquilibriumOptions, Numeraire, PlanOptions, Progress } from "../options/options.js";
export {
  type Equilibrium,
  type ExactPlan,
  NotConvergedError,
  type Plan,
  type Solution,
  type Stability,
  type Status,
  type Verdict,
} from "../solution.js";
export type { Solvers } from "../solvers.js";
export { EconomyError, InputError, OptionError, type Violation } from "../violations.js";

const KERNELS: Kernelled = {
  text: wasm,
  contents: ["solvers", "walras"],
  portable: () => import("../../build/solvers.js"),
};

/**
 * Starts an engine and returns the object with the solvers.
 * @throws OptionError for an unknown engine; the engine's own error if "wasm" cannot start;
 *   EngineError for a `module` that is not of this version
 */
export async function load(options: LoadOptions = {}): Promise<Solvers> {
  return new Solvers(await startEngine(options, KERNELS));
}

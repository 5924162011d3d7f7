// Runs the core's audit: recomputes the residuals of a plan or an equilibrium from the answer
// alone.

import * as protocol from "../assembly/protocol.js";
import type { Economy } from "./economy/economy.js";
import type { Addresses, Engine } from "./engine/engine.js";
import { EconomyError } from "./violations.js";

/**
 * Audits the allocation and shadow prices that lie beside the open economy, and reads the plan out.
 */
export function auditPlan(engine: Engine, economy: Economy, at: Addresses<"weights" | "x" | "prices" | "audit">) {
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  kernels.auditPlan(at.prices, at.x, at.audit);
  return {
    residuals: {
      feasibility: value(at.audit + protocol.FEASIBILITY),
      stationarity: value(at.audit + protocol.STATIONARITY),
    },
    allocation: read(at.x, n * m),
    shadowPrices: read(at.prices, m),
    weights: read(at.weights, n),
    utilities: read(at.audit + protocol.UTILITIES, n),
    welfare: value(at.audit + protocol.WELFARE),
  };
}

/** Where a solver has left a market with its allocation and room for prices and an audit. */
export interface LaidMarket {
  readonly at: Addresses<"x" | "prices" | "workspace">;
  /** Engine.generation() up to which that is so. */
  readonly generation: number;
}

/**
 * Audits prices (m) and an allocation (n m) as an equilibrium, whoever found them: where the engine
 * has the allocation still, as `laid` tells, or laid anew.
 * @throws EconomyError where the economy has no endowments
 */
export function auditMarket(
  engine: Engine,
  economy: Economy,
  prices: Float64Array,
  allocation: Float64Array,
  laid?: LaidMarket,
) {
  if (!economy.endowments) {
    throw new EconomyError([{ path: "endowments", requirement: "must be given for a market", value: undefined }]);
  }
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const still = laid?.generation === engine.generation();
  const at = still ? laid.at : engine.open(economy, protocol.Solver.AUDIT, { prices: m, x: allocation });
  engine.write(at.prices, prices);
  const audit: number = at.workspace;
  kernels.auditMarket(at.prices, at.x, audit);
  const utilities = audit + protocol.UTILITIES;
  return {
    residuals: {
      marketClearing: value(audit + protocol.FEASIBILITY),
      netFlow: value(audit + protocol.NET_FLOW),
      budget: value(audit + protocol.BUDGET),
      stationarity: value(audit + protocol.STATIONARITY),
    },
    utilities: read(utilities, n),
    incomes: read(utilities + n, n),
    weights: read(utilities + 2 * n, n),
    netTrades: read(utilities + 3 * n, n * m),
  };
}

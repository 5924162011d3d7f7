// The planner's problem, exactly: opens an economy, lets the core plan it, and returns a plan that
// the audit has judged.

import { CONVERGED, GAP, RELATIVE_GAP, Solver } from "../../assembly/protocol.js";
import { auditPlan } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { addressOf, isPrepared, type PreparedEconomy } from "../engine/prepared.js";
import { checkPlanOptions, type PlanOptions } from "../options/options.js";
import { type ExactPlan, finish, judge, lostUtility, MIN_NORMAL, type Plan } from "../solution.js";

/** Residuals up to which the tiles have found the plan. */
const TRUSTED = 1e-11;

/** Walras.plan. */
export function plan(engine: Engine, target: Economy | PreparedEconomy, given: PlanOptions = {}): ExactPlan {
  const economy = isPrepared(target) ? target.economy : target;
  const { options, weights } = checkPlanOptions(economy, given);
  const prepared = isPrepared(target) ? addressOf(engine, target) : -1;
  const found = planInTiles(engine, economy, weights, prepared) ?? planByGoods(engine, economy, weights);
  const { status, converged, message } = judge(
    CONVERGED,
    found.residuals,
    options.tolerance ?? 1e-10,
    Number.isNaN(found.welfare),
  );
  const lost = lostPrice(economy, found.shadowPrices);
  // Spelt out: spreading takes longer than a small plan.
  return finish(options, {
    status,
    converged,
    message:
      lost < 0
        ? message + lostUtility(economy, found.utilities)
        : `The shadow price of ${economy.goods[lost]} is beyond what a double holds, so no residuals can bear the plan out; other units of the good, or other weights, may help.`,
    iterations: 0,
    evaluations: 1,
    residuals: found.residuals,
    method: "exact",
    engine: engine.name,
    allocation: found.allocation,
    shadowPrices: found.shadowPrices,
    weights: weights.slice(),
    utilities: found.utilities,
    welfare: found.welfare,
    gap: found.gap,
    ties: found.ties,
  });
}

/**
 * Plans goods side by side, for concave utilities of everything. The tiles audit their own answer.
 * Undefined where the economy is not one for them.
 */
function planInTiles(engine: Engine, economy: Economy, weights: Float64Array, prepared: number) {
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const at = engine.open(economy, Solver.TILES, {
    // A prepared economy has its preferences in the engine already.
    alpha: prepared < 0 ? economy.alpha : 0,
    omega: prepared < 0 ? economy.omega : 0,
    endowments: 0,
    weights,
    residuals: 2,
    utilities: n,
  });
  kernels.planTiles(prepared, at.prices, at.x, at.residuals, at.utilities, at.workspace);
  const residuals = { feasibility: value(at.residuals), stationarity: value(at.residuals + 1) };
  if (!(residuals.feasibility <= TRUSTED && residuals.stationarity <= TRUSTED)) return undefined;
  const utilities = read(at.utilities, n);
  let welfare = 0;
  for (let i = 0; i < n; i++) {
    welfare += utilities[i];
    utilities[i] /= weights[i];
  }
  if (!Number.isFinite(welfare)) return undefined;
  const ties = new Int32Array(m);
  for (let j = 0; j < m; j++) ties[j] = 1;
  const allocation = read(at.x, n * m);
  const shadowPrices = read(at.prices, m);
  if (lostPrice(economy, shadowPrices) >= 0) return undefined;
  return { residuals, allocation, shadowPrices, utilities, welfare, gap: 0, ties };
}

/** Plans good by good, whatever the curvatures. */
function planByGoods(engine: Engine, economy: Economy, weights: Float64Array) {
  const { kernels, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const at = engine.open(economy, Solver.PLAN, {
    endowments: 0,
    weights,
    ties: m,
    audit: engine.workspaceFor(Solver.AUDIT, n, m),
  });
  kernels.plan(at.prices, at.x, at.ties, at.report, at.workspace);
  const ties = Int32Array.from(economy.goods, (_, j) => value(at.ties + j));
  const gap = value(at.report + GAP);
  const optimality = value(at.report + RELATIVE_GAP);
  const audited = auditPlan(engine, economy, at);
  const residuals = { ...audited.residuals, ...(isConcave(economy) ? {} : { optimality }) };
  return { ...audited, residuals, gap, ties };
}

/**
 * The first good whose shadow price is more or less than a double holds with all its digits, or -1.
 * The price of a good that nobody wants is 0.
 */
function lostPrice(economy: Economy, shadowPrices: Float64Array): number {
  const m = shadowPrices.length;
  for (let j = 0; j < m; j++) {
    if (shadowPrices[j] >= MIN_NORMAL && shadowPrices[j] < Infinity) continue;
    if (economy.agents.some((_, i) => economy.alpha[i * m + j] > 0)) return j;
  }
  return -1;
}

/**
 * Adds by what part welfare falls short of the maximum, where an omega is 0 or more: first-order
 * conditions do not tell it there.
 */
export function withOptimality<A extends { residuals: Plan["residuals"]; welfare: number; weights: Float64Array }>(
  engine: Engine,
  economy: Economy,
  answer: A,
): A {
  if (isConcave(economy)) return answer;
  const { welfare, residuals } = plan(engine, economy, { weights: answer.weights });
  const shortfall = Math.max(0, welfare - answer.welfare) / Math.abs(welfare);
  const optimality = shortfall + (residuals.optimality ?? 0);
  return { ...answer, residuals: { ...answer.residuals, optimality } };
}

/** Whether every utility of a good that an agent wants is concave. */
function isConcave({ alpha, omega }: Economy): boolean {
  return omega.every((w, c) => w < 0 || alpha[c] === 0);
}

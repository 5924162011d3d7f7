// The planner's problem: lays an economy into the engine, lets a solver run, and copies out a plan judged by the audit.

import * as layout from "../../assembly/protocol.js";
import { Solver } from "../../assembly/protocol.js";
import { auditPlan } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import { type Engine, tellProgress } from "../engine/engine.js";
import { addressOf, isPrepared, type PreparedEconomy } from "../engine/prepared.js";
import { type NumberMatrix, readNumbers } from "../options/numbers.js";
import { type AdamOptions, checkAdamOptions, checkPlanOptions, type PlanOptions } from "../options/options.js";
import { type AdamPlan, type AdamTrace, type ExactPlan, finish, judge, type Plan } from "../solution.js";
import { EconomyError, OptionError } from "../violations.js";

/** Steps of Adam between two looks at stationarity, which the shares form stops on, and at the signal. */
const ADAM_CHUNK = 50;
const FOREVER = 2 ** 31 - 1;

/** Residuals up to which the quick way has found the plan. */
const TRUSTED = 1e-11;

/** Walras.plan. */
export function plan(engine: Engine, given: Economy | PreparedEconomy, options: PlanOptions = {}): ExactPlan {
  const prepared = isPrepared(given) ? addressOf(engine, given) : -1;
  const economy = isPrepared(given) ? given.economy : given;
  const weights = checkPlanOptions(economy, options);
  const found = planInColumns(engine, economy, weights, prepared) ?? planByGoods(engine, economy, weights);
  const { status, converged, message } = judge(layout.CONVERGED, found.residuals, options.tolerance ?? 1e-10);
  const lost = lostPrice(found.shadowPrices);
  // Spelt out: spreading takes longer than a small plan.
  return finish(options, {
    status,
    converged,
    message:
      lost < 0 ? message : `${message} The shadow price of ${economy.goods[lost]} is beyond what a double holds.`,
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

/** The quick way for concave utilities of everything; undefined where it is not for this economy. Its residuals are its own audit. */
function planInColumns(engine: Engine, economy: Economy, weights: Float64Array, prepared: number) {
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
  if (lostPrice(shadowPrices) >= 0) return undefined;
  return { residuals, allocation, shadowPrices, utilities, welfare, gap: 0, ties };
}

/** Good by good, whatever the curvatures. */
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
  const gap = value(at.report + layout.GAP);
  return { ...auditPlan(engine, economy, at), gap, ties };
}

/** The first good whose shadow price is more than a double holds, or -1. */
function lostPrice(shadowPrices: Float64Array): number {
  for (let j = 0; j < shadowPrices.length; j++) if (!(shadowPrices[j] < Infinity)) return j;
  return -1;
}

/** Walras.planWithAdam. */
export function planWithAdam(engine: Engine, economy: Economy, options: AdamOptions = {}): AdamPlan {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const { weights, start } = checkAdamOptions(economy, options);
  const { formulation = "shares", precision = "double", beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { seed = 0, trace: every = 0, onStep, signal } = options;
  const shares = formulation === "shares";
  const single = precision === "single" ? 1 : 0;
  const { learningRate = shares ? 0.05 : 0.01, maxSteps = shares ? 10_000 : 1000, penalty = 1000 } = options;
  const { tolerance = single ? 1e-4 : 1e-6 } = options;
  const form = shares ? layout.SHARES : penalty;

  const { kernels, value } = engine;
  const at = engine.open(economy, single ? Solver.ADAM_SINGLE : Solver.ADAM, {
    endowments: 0,
    weights,
    start: start?.map(shares ? Math.log : inverseSoftplus) ?? n * m,
    audit: engine.workspaceFor(Solver.AUDIT, n, m),
  });
  if (!start) kernels.fillUniform(at.start, n * m, seed | 0);
  kernels.startAdam(at.start, single, at.workspace);
  const see = () => {
    const overuse = kernels.readAdam(form, at.prices, at.x);
    kernels.auditPlan(at.prices, at.x, at.audit);
    const welfare = value(at.audit + layout.WELFARE);
    return {
      welfare,
      objective: shares ? welfare : welfare - penalty * overuse,
      stationarity: value(at.audit + layout.STATIONARITY),
      feasibility: value(at.audit + layout.FEASIBILITY),
    };
  };

  const trace: AdamTrace[] = [];
  const chunk = onStep || signal || shares ? ADAM_CHUNK : FOREVER;
  let done = 0;
  let status: number = layout.MAX_ITERATIONS;
  while (done < maxSteps && status === layout.MAX_ITERATIONS) {
    if ((done + 1) % every === 0) trace.push({ step: done, ...see() });
    // Run to the next step to be recorded, to the next look at stationarity or the signal, or to the end.
    const next = every > 0 ? done + every - ((done + 1) % every) : maxSteps;
    const count = Math.min(next, maxSteps, done + chunk) - done;
    status = kernels.stepAdam(form, count, learningRate, beta1, beta2, epsilon, tolerance);
    done += count;
    if (onStep)
      tellProgress(engine, onStep, { iteration: done, method: `adam-${formulation}`, residual: see().stationarity });
    if (signal?.aborted) status = layout.RUNNING;
  }

  const { objective } = see();
  const answer = withOptimality(engine, economy, auditPlan(engine, economy, at));
  const verdict = judge(status, answer.residuals, tolerance);
  if (!shares && verdict.status === "maxIterations") {
    verdict.message =
      "The penalty form made the steps asked for; it overuses each good by about its price over twice the penalty, so its residuals stay above that.";
  }
  return finish(options, {
    ...verdict,
    iterations: done,
    evaluations: done,
    method: `adam-${formulation}`,
    engine: engine.name,
    ...answer,
    objective,
    trace,
  });
}

/** Walras.transfers. */
export function transfers(
  economy: Economy,
  plan: { allocation?: NumberMatrix; shadowPrices?: ArrayLike<number> },
): Float64Array {
  const { endowments, agents, goods } = economy;
  if (!endowments) {
    throw new EconomyError([{ path: "endowments", requirement: "must be given for transfers", value: undefined }]);
  }
  const m = goods.length;
  const x = readNumbers("plan.allocation", plan.allocation, [agents.length, m], OptionError);
  const prices = readNumbers("plan.shadowPrices", plan.shadowPrices, [m], OptionError);
  return Float64Array.from(agents, (_, i) =>
    prices.reduce((sum, price, j) => sum + price * (x[i * m + j] - endowments[i * m + j]), 0),
  );
}

/** Adds what first-order conditions do not tell where an omega is 0 or more: by what part welfare falls short of the maximum. */
export function withOptimality<A extends { residuals: Plan["residuals"]; welfare: number; weights: Float64Array }>(
  engine: Engine,
  economy: Economy,
  answer: A,
): A {
  if (economy.omega.every((w, c) => w < 0 || economy.alpha[c] === 0)) return answer;
  const { welfare } = plan(engine, economy, { weights: answer.weights });
  const optimality = Math.max(0, welfare - answer.welfare) / Math.abs(welfare);
  return { ...answer, residuals: { ...answer.residuals, optimality } };
}

/** y with softplus(y) = x. */
function inverseSoftplus(x: number): number {
  return x > 30 ? x : Math.log(Math.expm1(x));
}

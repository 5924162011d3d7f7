// The planner's problem by Adam: opens an economy, runs the steps, and returns a plan that the
// audit has judged.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Engine, EngineName } from "../engine/engine.js";
import { type AdamOptions, checkAdamOptions } from "../options/options.js";
import { type AdamPlan, type AdamTrace, finish, judge } from "../solution.js";
import { auditAllocation, type Standing, withOptimality } from "./plan.js";

/** Steps between two looks at stationarity, which the shares form stops on, and at onStep. */
export const STRIDE = 50;
/** Steps times cells between two looks at the signal, and whether numbers are finite. */
const LOOK_CELLS = 2 ** 24;

/** All that an Adam run depends on beside its economy. */
export interface AdamSettings {
  formulation: "shares" | "penalty";
  /** 1 where singles hold the run. */
  single: number;
  /** The penalty, or what asks for the shares form. */
  form: number;
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  maxSteps: number;
  tolerance: number;
  seed: number;
}

/** Walras.planWithAdam. */
export function planWithAdam(engine: Engine, economy: Economy, given: AdamOptions = {}): AdamPlan {
  const { options, weights, start } = checkAdamOptions(economy, given);
  const { trace: every = 0, onStep, signal } = options;
  const settings = settingsOf(options);
  const { formulation, form, maxSteps, tolerance } = settings;
  const run = new AdamRun(engine, economy, weights, settings, startOf(engine, economy, settings, start));
  const trace: AdamTrace[] = [];
  const chunk = onStep || formulation === "shares" ? STRIDE : maxSteps;
  let status: number = protocol.MAX_ITERATIONS;
  while (run.done < maxSteps && status === protocol.MAX_ITERATIONS) {
    if ((run.done + 1) % every === 0) {
      trace.push({ step: run.done, ...run.look() });
    }
    // Run to the next step to be recorded, to the next look at stationarity, or to the end.
    const next = every > 0 ? run.done + every - ((run.done + 1) % every) : maxSteps;
    status = run.step(Math.min(next, maxSteps, run.done + chunk) - run.done, tolerance, signal);
    onStep?.({ iteration: run.done, method: `adam-${formulation}`, residual: run.look().stationarity });
    if (signal?.aborted) status = protocol.RUNNING;
  }
  const judged = judgeAdam(engine, economy, weights, form, run.read());
  return adamAnswer(engine.name, settings, options, judged, { status, done: run.done, trace });
}

/** The settings of a run, with their defaults. */
export function settingsOf(options: AdamOptions): AdamSettings {
  const { formulation = "shares", precision = "double", beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const shares = formulation === "shares";
  const single = precision === "single" ? 1 : 0;
  const { learningRate = shares ? 0.05 : 0.01, maxSteps = shares ? 10_000 : 1000, penalty = 1000 } = options;
  const { tolerance = single ? 1e-4 : 1e-6, seed = 0 } = options;
  const form = shares ? protocol.SHARES : penalty;
  return { formulation, single, form, learningRate, beta1, beta2, epsilon, maxSteps, tolerance, seed };
}

/** n m: the variables to start from: random, or those of an allocation. */
export function startOf(
  engine: Engine,
  economy: Economy,
  { form, seed }: AdamSettings,
  allocation: Float64Array | undefined,
): Float64Array {
  if (allocation) return allocation.map(form === protocol.SHARES ? Math.log : inverseSoftplus);
  const count = economy.alpha.length;
  const at = engine.lay({ out: count });
  engine.kernels.fillUniform(at.out, count, seed | 0);
  return engine.read(at.out, count);
}

/** A run of Adam, whose state is in the engine's arena. */
export class AdamRun {
  /** Steps made. */
  done = 0;
  readonly #at;

  constructor(
    private readonly engine: Engine,
    private readonly economy: Economy,
    weights: Float64Array,
    private readonly settings: AdamSettings,
    start: Float64Array,
  ) {
    const { single } = settings;
    const n = economy.agents.length;
    const m = economy.goods.length;
    this.#at = engine.open(economy, single ? protocol.Solver.ADAM_SINGLE : protocol.Solver.ADAM, {
      ...{ endowments: 0, weights, start },
      audit: engine.workspaceFor(protocol.Solver.AUDIT, n, m),
    });
    engine.kernels.startAdam(this.#at.start, single, this.#at.workspace);
  }

  /**
   * Makes `count` steps, fewer where the signal is aborted or numbers are no longer finite. Returns
   * CONVERGED if stationarity is within the tolerance after the last of them, in the shares form.
   */
  step(count: number, tolerance: number, signal?: AbortSignal): number {
    const { kernels } = this.engine;
    const { form, learningRate, beta1, beta2, epsilon } = this.settings;
    const most = Math.max(1, Math.floor(LOOK_CELLS / this.economy.alpha.length));
    const end = this.done + count;
    let status: number = protocol.MAX_ITERATIONS;
    while (this.done < end && status === protocol.MAX_ITERATIONS && !signal?.aborted) {
      const some = Math.min(most, end - this.done);
      const last = this.done + some === end;
      status = kernels.stepAdam(form, some, learningRate, beta1, beta2, epsilon, last ? tolerance : 0);
      this.done += some;
    }
    return status;
  }

  /** Where the run stands: the allocation, and estimated shadow prices. */
  read(): Standing {
    const { kernels, read } = this.engine;
    const at = this.#at;
    kernels.readAdam(this.settings.form, at.prices, at.x);
    const { alpha, goods } = this.economy;
    return { allocation: read(at.x, alpha.length), shadowPrices: read(at.prices, goods.length) };
  }

  /** Judges where the run stands. */
  look(): Omit<AdamTrace, "step"> {
    const { kernels, read, value } = this.engine;
    const { form } = this.settings;
    const at = this.#at;
    const audit = at.audit as number;
    kernels.readAdam(form, at.prices, at.x);
    kernels.auditPlan(at.prices, at.x, audit);
    const welfare = value(audit + protocol.WELFARE);
    return {
      welfare,
      objective: objectiveOf(this.economy, form, welfare, () => read(at.x, this.economy.alpha.length)),
      stationarity: value(audit + protocol.STATIONARITY),
      feasibility: value(audit + protocol.FEASIBILITY),
    };
  }
}

/** Welfare, less the penalty times the squared overuse of each good in the penalty form. */
function objectiveOf({ totals }: Economy, form: number, welfare: number, allocation: () => Float64Array): number {
  if (form === protocol.SHARES) return welfare;
  const x = allocation();
  const m = totals.length;
  let overuse = 0;
  for (let j = 0; j < m; j++) {
    let units = 0;
    for (let c = j; c < x.length; c += m) units += x[c];
    const over = Math.max(0, units - totals[j]);
    overuse += over * over;
  }
  return welfare - form * overuse;
}

/** Judges where a run of Adam has ended, by the audit. */
export function judgeAdam(engine: Engine, economy: Economy, weights: Float64Array, form: number, standing: Standing) {
  const { allocation, shadowPrices } = standing;
  const audited = auditAllocation(engine, economy, weights, allocation, shadowPrices);
  const answer = withOptimality(engine, economy, audited);
  return { ...answer, objective: objectiveOf(economy, form, answer.welfare, () => allocation) };
}

/** The answer of a run that has ended. */
export function adamAnswer(
  engine: EngineName,
  { formulation, tolerance }: AdamSettings,
  options: AdamOptions,
  judged: ReturnType<typeof judgeAdam>,
  { status, done, trace }: { status: number; done: number; trace: AdamTrace[] },
): AdamPlan {
  const verdict = judge(status, judged.residuals, tolerance, Number.isNaN(judged.welfare));
  if (formulation === "penalty" && verdict.status === "maxIterations") {
    verdict.message =
      "The penalty form made all the steps that were asked for. It overuses each good by about its price divided by twice the penalty, so its residuals stay above that.";
  }
  const method = `adam-${formulation}`;
  return finish(options, { ...verdict, iterations: done, evaluations: done, method, engine, ...judged, trace });
}

/** y with softplus(y) = x. */
function inverseSoftplus(x: number): number {
  return x > 30 ? x : Math.log(Math.expm1(x));
}

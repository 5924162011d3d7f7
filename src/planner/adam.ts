// The planner's problem by Adam: opens an economy, runs the steps, and returns a plan that the
// audit has judged.

import * as protocol from "../../assembly/protocol.js";
import { auditPlan } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { type AdamOptions, checkAdamOptions } from "../options/options.js";
import { type AdamPlan, type AdamTrace, finish, judge } from "../solution.js";
import { withOptimality } from "./plan.js";

/** Steps between two looks at stationarity, which the shares form stops on, and at the signal. */
const STRIDE = 50;
const FOREVER = 2 ** 31 - 1;

/** Walras.planWithAdam. */
export function planWithAdam(engine: Engine, economy: Economy, given: AdamOptions = {}): AdamPlan {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const { options, weights, start } = checkAdamOptions(economy, given);
  const { formulation = "shares", precision = "double", beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { seed = 0, trace: every = 0, onStep, signal } = options;
  const shares = formulation === "shares";
  const single = precision === "single" ? 1 : 0;
  const { learningRate = shares ? 0.05 : 0.01, maxSteps = shares ? 10_000 : 1000, penalty = 1000 } = options;
  const { tolerance = single ? 1e-4 : 1e-6 } = options;
  const form = shares ? protocol.SHARES : penalty;

  const { kernels, value } = engine;
  const at = engine.open(economy, single ? protocol.Solver.ADAM_SINGLE : protocol.Solver.ADAM, {
    endowments: 0,
    weights,
    start: start?.map(shares ? Math.log : inverseSoftplus) ?? n * m,
    audit: engine.workspaceFor(protocol.Solver.AUDIT, n, m),
  });
  if (!start) kernels.fillUniform(at.start as number, n * m, seed | 0);
  kernels.startAdam(at.start, single, at.workspace);
  const look = () => {
    const overuse = kernels.readAdam(form, at.prices, at.x);
    kernels.auditPlan(at.prices, at.x, at.audit);
    const welfare = value(at.audit + protocol.WELFARE);
    return {
      welfare,
      objective: shares ? welfare : welfare - penalty * overuse,
      stationarity: value(at.audit + protocol.STATIONARITY),
      feasibility: value(at.audit + protocol.FEASIBILITY),
    };
  };

  const trace: AdamTrace[] = [];
  const chunk = onStep || signal || shares ? STRIDE : FOREVER;
  let done = 0;
  let status: number = protocol.MAX_ITERATIONS;
  while (done < maxSteps && status === protocol.MAX_ITERATIONS) {
    if ((done + 1) % every === 0) trace.push({ step: done, ...look() });
    // Run to the next step to be recorded, to the next look at stationarity or the signal, or to
    // the end.
    const next = every > 0 ? done + every - ((done + 1) % every) : maxSteps;
    const count = Math.min(next, maxSteps, done + chunk) - done;
    status = kernels.stepAdam(form, count, learningRate, beta1, beta2, epsilon, tolerance);
    done += count;
    onStep?.({ iteration: done, method: `adam-${formulation}`, residual: look().stationarity });
    if (signal?.aborted) status = protocol.RUNNING;
  }

  const { objective } = look();
  const answer = withOptimality(engine, economy, auditPlan(engine, economy, at));
  const verdict = judge(status, answer.residuals, tolerance, Number.isNaN(answer.welfare));
  if (!shares && verdict.status === "maxIterations") {
    verdict.message =
      "The penalty form made all the steps that were asked for. It overuses each good by about its price divided by twice the penalty, so its residuals stay above that.";
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

/** y with softplus(y) = x. */
function inverseSoftplus(x: number): number {
  return x > 30 ? x : Math.log(Math.expm1(x));
}

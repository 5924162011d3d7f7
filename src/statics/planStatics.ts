// Derivatives of a plan, in closed form, good by good. They follow from
// lambda_i alpha_ij x_ij^omega_ij = mu_j and sum_i x_ij = E_j, with elasticity = 1 / omega and
// b = d ln alpha + ln x d omega:
//   d ln x_ij = elasticity_ij (d ln mu_j - d ln lambda_i - b_ij),
//   d ln mu_j = (dE_j + sum_i x_ij elasticity_ij (d ln lambda_i + b_ij))
//     / sum_i x_ij elasticity_ij.
//
// In TypeScript: derivatives must stay valid after the engine's memory is used for other economies.

import { type Candidate, check } from "../check.js";
import type { Economy } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { readNumbers } from "../options/numbers.js";
import { OptionError } from "../violations.js";
import { requireConcave, times, utilitySlopes } from "../welfare/expenditure.js";
import type { Blocks, StaticsPoint } from "./point.js";

/**
 * The data by which a plan is differentiated: ln alpha and omega (n m each), totals (m), and the logs
 * of `weights` (n).
 */
export type PlanParameter = "alpha" | "omega" | "totals" | "weights";
/**
 * What is differentiated: the logs of `shadowPrices` (m), `allocation` and its logs (n m each),
 * `utilities` (n) and `welfare` (1).
 */
export type PlanOutcome = "shadowPrices" | "allocation" | "logAllocation" | "utilities" | "welfare";

const CONCAVE_REQUIREMENT = "must be below 0 for statics: where utility is not strictly concave, plans jump";

/**
 * Checks that a solution is a plan of concave utilities, and computes what its derivatives need.
 */
export function planPoint(
  engine: Engine,
  economy: Economy,
  solution: Candidate,
  tolerance: number,
): StaticsPoint<PlanParameter, PlanOutcome> {
  requireConcave(economy, CONCAVE_REQUIREMENT);
  const verdict = check(engine, economy, { ...solution, prices: undefined }, { tolerance });
  if (!verdict.accepted) {
    const requirement = "must be a plan of this economy";
    throw new OptionError([{ path: "the solution", requirement, value: verdict.message }]);
  }
  const system = planSystem(economy, solution);
  return {
    forward: (direction) => forward(system, direction),
    adjoint: (cotangent) => adjoint(system, cotangent),
  };
}

function planSystem(economy: Economy, solution: Candidate) {
  const { alpha, omega, agents, goods, totals } = economy;
  const n = agents.length;
  const m = goods.length;
  const shadowPrices = readNumbers("the solution's shadowPrices", solution.shadowPrices, [m], OptionError);
  const weights =
    solution.weights !== undefined
      ? readNumbers("the solution's weights", solution.weights, [n], OptionError)
      : economy.weights;
  const wanted = goods.map((_, j) => agents.some((_, i) => alpha[i * m + j] > 0));
  wanted.forEach((somebody, j) => {
    if (!somebody || shadowPrices[j] > 0) return;
    const requirement = "must be above 0: somebody wants that good";
    throw new OptionError([{ path: `the solution's shadowPrices[${j}]`, requirement, value: shadowPrices[j] }]);
  });
  const elasticity = omega.map((w, c) => (alpha[c] > 0 ? 1 / w : 0));
  const logWeights = weights.map(Math.log);
  const logAmounts = elasticity.map((e, c) => {
    const gap = Math.log(shadowPrices[c % m]) - logWeights[Math.floor(c / m)] - Math.log(alpha[c]);
    return e === 0 ? Number.NEGATIVE_INFINITY : e * gap;
  });
  // A good that nobody wants is split evenly.
  const x = logAmounts.map((log, c) => (wanted[c % m] ? Math.exp(log) : totals[c % m] / n));
  const supplySlope = new Float64Array(m);
  x.forEach((amount, c) => {
    supplySlope[c % m] += elasticity[c] * amount;
  });
  const utility = utilitySlopes(economy, logAmounts);
  const utilities = new Float64Array(n);
  utility.byAlpha.forEach((part, c) => {
    utilities[Math.floor(c / m)] += part;
  });
  return { n, m, elasticity, logAmounts, x, supplySlope, wanted, totals, weights, utility, utilities };
}

type PlanSystem = ReturnType<typeof planSystem>;

function forward(system: PlanSystem, direction: Blocks<PlanParameter>): Blocks<PlanOutcome> {
  const { n, m, elasticity, logAmounts, x, supplySlope, wanted, totals, weights, utility } = system;
  const rise = (c: number) => (elasticity[c] === 0 ? 0 : direction.alpha[c] + logAmounts[c] * direction.omega[c]);
  const shadowPrices = direction.totals.map((total, j) => {
    if (!wanted[j]) return 0;
    let sum = total;
    for (let i = 0; i < n; i++) sum += x[i * m + j] * elasticity[i * m + j] * (direction.weights[i] + rise(i * m + j));
    return sum / supplySlope[j];
  });
  const logAllocation = elasticity.map((e, c) => {
    const j = c % m;
    return wanted[j]
      ? e * (shadowPrices[j] - direction.weights[Math.floor(c / m)] - rise(c))
      : direction.totals[j] / totals[j];
  });
  const allocation = logAllocation.map((log, c) => x[c] * log);
  const utilities = new Float64Array(n);
  logAllocation.forEach((log, c) => {
    let moved = times(log, utility.byLogAmount[c]);
    moved += times(direction.alpha[c], utility.byAlpha[c]) + times(direction.omega[c], utility.byOmega[c]);
    utilities[Math.floor(c / m)] += moved;
  });
  const welfare = Float64Array.of(0);
  for (let i = 0; i < n; i++) {
    welfare[0] += weights[i] * (utilities[i] + system.utilities[i] * direction.weights[i]);
  }
  return { shadowPrices, allocation, logAllocation, utilities, welfare };
}

/** The transpose of forward(): its steps in reverse order. */
function adjoint(system: PlanSystem, cotangent: Blocks<PlanOutcome>): Blocks<PlanParameter> {
  const { n, m, elasticity, logAmounts, x, supplySlope, wanted, totals, utility } = system;
  const alpha = new Float64Array(n * m);
  const omega = new Float64Array(n * m);
  const byTotals = new Float64Array(m);
  const [welfare] = cotangent.welfare;
  const weights = system.weights.map((weight, i) => times(welfare, weight * system.utilities[i]));
  const byUtility = cotangent.utilities.map((weight, i) => weight + welfare * system.weights[i]);
  const byLog = cotangent.logAllocation.map(
    (weight, c) =>
      weight + cotangent.allocation[c] * x[c] + times(byUtility[Math.floor(c / m)], utility.byLogAmount[c]),
  );
  for (let j = 0; j < m; j++) {
    if (!wanted[j]) {
      for (let i = 0; i < n; i++) byTotals[j] += byLog[i * m + j] / totals[j];
      continue;
    }
    let byPrice = cotangent.shadowPrices[j];
    for (let i = 0; i < n; i++) byPrice += elasticity[i * m + j] * byLog[i * m + j];
    byTotals[j] = byPrice / supplySlope[j];
    for (let i = 0; i < n; i++) {
      const c = i * m + j;
      if (elasticity[c] === 0) continue;
      const rise = elasticity[c] * (x[c] * byTotals[j] - byLog[c]);
      weights[i] += rise;
      alpha[c] = rise + times(byUtility[i], utility.byAlpha[c]);
      omega[c] = rise * logAmounts[c] + times(byUtility[i], utility.byOmega[c]);
    }
  }
  return { alpha, omega, totals: byTotals, weights };
}

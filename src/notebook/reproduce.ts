// Computes the six experiments of the notebook: what it printed, what the same set-up gives here, what holds of it, and the optimum.

import type { Economy } from "../economy/economy.js";
import type { ShareNumeraire } from "../market/shareOptions.js";
import type { Walras } from "../walras.js";
import { EXPERIMENTS, type MarketExperiment, type PlannerExperiment } from "./experiments.js";

export interface Reproduction {
  id: string;
  title: string;
  printed: PlannerExperiment["printed"] | MarketExperiment["printed"];
  computed: PlannerFigures | MarketFigures;
  /** The planner's true maximum for the same data. */
  optimum: { welfare: number; allocation: number[][]; ties: number[] };
  /** The question that was asked: omega below 0 (its sign turned), every good owned in equal parts. */
  proper: {
    plan: { welfare: number; allocation: number[][] };
    equilibrium: { prices: number[]; numeraire: string; allocation: number[][]; unique: boolean };
    residual: number;
  };
  findings: string[];
}

export interface PlannerFigures {
  /** The penalised objective that the last step of the seed-0 run saw, as the notebook prints it. */
  objective: number;
  /** The least and the greatest over the seeds. */
  objectiveRange: [number, number];
  /** Along the seed-0 run, where the notebook printed; steps count from 0. */
  objectives: { step: number; objective: number }[];
  /** At the end of the seed-0 run. */
  allocation: number[][];
  /** max_j (sum_i x_ij - E_j) / E_j there. */
  overuse: number;
  /** max |lambda_i MU_ij / mu_j - 1| there. */
  stationarity: number;
  /** The same run continued. */
  atRest: { steps: number; objective: number };
  /** Welfare where every agent gets the same of each good. */
  equalSplitWelfare: number;
}

export interface MarketFigures {
  prices: number[];
  numeraire: string;
  residual: number;
  allocation: number[][];
  /** What each agent spends at these prices. */
  spending: number[];
  /** Per agent, the greatest marginal utility per unit of money over the least; 1 for a consumer's demand. */
  marginalUtilityRatios: number[];
  /** Points of the curve of roots. */
  curve: { numeraire: string; prices: number[]; residual: number }[];
}

/** How many seeds the random starts are drawn from. */
export const SEEDS = 20;

/** Computes the experiments one by one, so that the caller can show each as it comes. */
export function* reproduce(walras: Walras): Generator<Reproduction> {
  for (const experiment of EXPERIMENTS) {
    yield experiment.kind === "planner" ? planner(walras, experiment) : market(walras, experiment);
  }
}

function planner(walras: Walras, experiment: PlannerExperiment): Reproduction {
  const { id, title, printed, learningRate, steps, printEvery, utilityCount, stepsToRest } = experiment;
  const economy = walras.economy(experiment.economy);
  // An objective that adds each agent's utility up several times weighs every agent that many times.
  const weights = economy.weights.map((w) => w * utilityCount);
  const run = (seed: number, maxSteps: number, trace?: number) =>
    walras.planWithAdam(economy, { formulation: "penalty", weights, learningRate, seed, maxSteps, trace });

  const runs = Array.from({ length: SEEDS }, (_, seed) => run(seed, steps, printEvery));
  const ends = runs.map(({ trace }) => trace[trace.length - 1].objective);
  const [first] = runs;
  const rest = run(0, stepsToRest);
  const optimum = walras.plan(economy);
  const computed: PlannerFigures = {
    objective: ends[0],
    objectiveRange: [Math.min(...ends), Math.max(...ends)],
    objectives: first.trace.map(({ step, objective }) => ({ step, objective })),
    allocation: rows(first.allocation, economy),
    overuse: overuse(first.allocation, economy),
    stationarity: first.residuals.stationarity,
    atRest: { steps: stepsToRest, objective: rest.objective },
    equalSplitWelfare: equalSplitWelfare(economy),
  };

  const most = Math.max(...optimum.ties);
  const findings = [
    `ω > 0 makes utilities convex, against the model's own assumption: welfare is least inside, near the equal split (${f(computed.equalSplitWelfare)} there), and greatest, ${f(optimum.welfare)}, where each good goes whole to one agent${most > 1 ? ` (any of ${most}: they tie)` : ""}.`,
    ...(utilityCount > 1
      ? [
          `A 3×3 ω meets a 3-vector of goods, so each agent's utility is counted ${utilityCount} times: ${f(computed.objective)} is ${utilityCount} × ${f(computed.objective / utilityCount)}, the equal split's welfare and what overuse adds. The runs here repeat the utilities in the same way.`,
        ]
      : []),
    `Feasibility is violated: the last step uses up to ${p(Math.abs(computed.overuse))} ${computed.overuse > 0 ? "more" : "less"} of a good than there is, since a penalty only makes overuse dear.`,
    `It has not converged: weighted marginal utilities still differ from their mean by up to ${p(computed.stationarity)}. Run on to ${stepsToRest.toLocaleString("en")} steps, the same code reaches ${f(rest.objective)}, a corner and what overuse adds.`,
    ...(id === "planner-homogeneous-10x10"
      ? [
          "At this learning rate the penalty keeps kicking the iterate about; rounding alone decides the second decimal, so engines differ there.",
        ]
      : []),
  ];
  return {
    id,
    title,
    printed,
    computed,
    optimum: describeOptimum(optimum, economy),
    proper: solveProperly(walras, economy),
    findings,
  };
}

/** Plan and equilibrium with the sign of omega that the model asks for. */
function solveProperly(walras: Walras, economy: Economy): Reproduction["proper"] {
  const n = economy.agents.length;
  const proper = walras.economy({
    alpha: economy.alpha,
    omega: economy.omega.map((w) => -w),
    endowments: economy.agents.map(() => economy.totals.map((total) => total / n)),
    weights: economy.weights,
  });
  const plan = walras.plan(proper, { throwOnFailure: true });
  const equilibrium = walras.equilibrium(proper, { numeraire: 0, throwOnFailure: true });
  return {
    plan: { welfare: plan.welfare, allocation: rows(plan.allocation, economy) },
    equilibrium: {
      prices: [...equilibrium.prices],
      numeraire: equilibrium.numeraire,
      allocation: rows(equilibrium.allocation, economy),
      unique: equilibrium.unique === true,
    },
    residual: Math.max(...Object.values(plan.residuals), ...Object.values(equilibrium.residuals)),
  };
}

function market(walras: Walras, { id, title, economy: data, printed }: MarketExperiment): Reproduction {
  const economy = walras.economy(data);
  const point = (numeraire: ShareNumeraire, name: string) => {
    const { prices, residuals } = walras.equilibrium(economy, { demand: "shares", numeraire });
    return { numeraire: name, prices: [...prices], residual: residuals.marketClearing };
  };
  const basket = [1, 1, 0];
  const solved = walras.equilibrium(economy, { demand: "shares", numeraire: { basket, value: 2 } });
  const { allocation } = solved;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const agents = Array.from({ length: n }, (_, i) => i);
  const goods = Array.from({ length: m }, (_, j) => j);
  const perMoney = (i: number, j: number) =>
    economy.alpha[i * m + j] * (allocation[i * m + j] ** economy.omega[i * m + j] / solved.prices[j]);
  const computed: MarketFigures = {
    prices: [...solved.prices],
    numeraire: "p₁ + p₂ = 2",
    residual: solved.residuals.marketClearing,
    allocation: rows(allocation, economy),
    spending: agents.map((i) => goods.reduce((sum, j) => sum + solved.prices[j] * allocation[i * m + j], 0)),
    marginalUtilityRatios: agents.map((i) => {
      const values = goods.map((j) => perMoney(i, j));
      return Math.max(...values) / Math.min(...values);
    }),
    curve: [
      ...[1, 1.5, 2, 2.5, 3].map((value) => point({ basket, value }, `p₁ + p₂ = ${value}`)),
      point(0, "p₁ = 1"),
      point("none", "shortest Newton steps from ones"),
    ],
  };

  const optimum = walras.plan(economy);
  const whole = optimum.welfare / m;
  const homogeneous = id === "market-homogeneous-3x3";
  const findings = [
    `The demand formula's excess demands add up to 0 whatever the prices, so its roots are a curve${homogeneous ? ", the ray of equal prices" : ""}; the printed prices are its point with p₁ + p₂ = 2, which is imposed here. The curve's other points clear the markets as well.`,
    ...(homogeneous
      ? [
          `With ω > 0 the equal split is each agent's worst bundle on the budget line (utility ${f(equalSplitWelfare(economy) / n)}, against ${f(whole)} for spending all on one good). Prices (1, 1, 1) are an equilibrium only if each agent takes a different good whole.`,
        ]
      : [
          `The formula is not the consumer's: at these prices it spends ${computed.spending.map((s) => s.toFixed(2)).join(", ")} instead of 30 each, and marginal utilities per unit of money differ within an agent by factors of ${computed.marginalUtilityRatios.map((r) => r.toFixed(1)).join(", ")}.`,
          "With ω > 0 the market has no equilibrium at all: every agent spends all on one good, three equal incomes on three goods would need equal prices, and at equal prices everyone wants good 3.",
        ]),
  ];
  return {
    id,
    title,
    printed,
    computed,
    optimum: describeOptimum(optimum, economy),
    proper: solveProperly(walras, economy),
    findings,
  };
}

function describeOptimum(
  { welfare, allocation, ties }: { welfare: number; allocation: Float64Array; ties: Int32Array },
  economy: Economy,
) {
  return { welfare, allocation: rows(allocation, economy), ties: [...ties] };
}

/** max_j (sum_i x_ij - E_j) / E_j, below 0 where every good is left over. */
function overuse(allocation: Float64Array, { agents, totals }: Economy): number {
  const m = totals.length;
  return Math.max(
    ...Array.from(totals, (total, j) => agents.reduce((sum, _, i) => sum + allocation[i * m + j], -total) / total),
  );
}

function equalSplitWelfare({ agents, totals, alpha, omega, weights }: Economy): number {
  const m = totals.length;
  return alpha.reduce((sum, a, c) => {
    const share = totals[c % m] / agents.length;
    return sum + (weights[Math.floor(c / m)] * a * share ** (1 + omega[c])) / (1 + omega[c]);
  }, 0);
}

function rows(flat: Float64Array, { agents, goods }: Economy): number[][] {
  return agents.map((_, i) => [...flat.subarray(i * goods.length, (i + 1) * goods.length)]);
}

const f = (value: number) => value.toFixed(4);
const p = (part: number) => `${(100 * part).toPrecision(2)} %`;

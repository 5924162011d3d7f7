// Computes the six experiments of the notebook: what it printed, what the same set-up gives here,
// what is true of these figures, and the true optimum.

import type { Economy } from "../economy/economy.js";
import type { ShareNumeraire } from "../market/shareOptions.js";
import type { Walras } from "../walras.js";
import { EXPERIMENTS, type MarketExperiment, type PlannerExperiment } from "./experiments.js";

/** An experiment of the notebook beside its reproduction. */
export interface Reproduction {
  id: string;
  title: string;
  printed: PlannerExperiment["printed"] | MarketExperiment["printed"];
  computed: PlannerFigures | MarketFigures;
  /** The planner's true optimum for the same data. */
  optimum: { welfare: number; allocation: number[][]; ties: number[] };
  /**
   * The answer to the question that the notebook asked: omega below 0, and every good owned in
   * equal parts.
   */
  proper: {
    plan: { welfare: number; allocation: number[][] };
    equilibrium: { prices: number[]; numeraire: string; allocation: number[][]; unique: boolean };
    residual: number;
  };
  /** What is true of the printed figures, in sentences. */
  findings: string[];
}

export interface PlannerFigures {
  /**
   * The penalised objective before the last step of the run with seed 0, as the notebook prints it.
   */
  objective: number;
  /** The minimum and the maximum over all seeds. */
  objectiveRange: [number, number];
  /**
   * The objective during the run with seed 0, at the steps that the notebook printed; steps count
   * from 0.
   */
  objectives: { step: number; objective: number }[];
  /** The allocation at the end of the run with seed 0. */
  allocation: number[][];
  /** max_j (sum_i x_ij - E_j) / E_j at that allocation. */
  overuse: number;
  /** max |lambda_i MU_ij / mu_j - 1| at that allocation. */
  stationarity: number;
  /** The objective when the same run is continued. */
  atRest: { steps: number; objective: number };
  /** The welfare of the division of each good into equal parts. */
  equalSplitWelfare: number;
}

export interface MarketFigures {
  prices: number[];
  numeraire: string;
  residual: number;
  allocation: number[][];
  /** What each agent spends at these prices. */
  spending: number[];
  /**
   * For each agent, the ratio of the largest to the smallest marginal utility per unit of money; 1
   * for utility-maximising demand.
   */
  marginalUtilityRatios: number[];
  /** Points on the curve of roots. */
  curve: { numeraire: string; prices: number[]; residual: number }[];
}

/** The number of seeds for the random starts. */
export const SEEDS = 20;

/** Computes the experiments one by one, so that the caller can print each when it is ready. */
export function* reproduce(walras: Walras): Generator<Reproduction> {
  for (const experiment of EXPERIMENTS) {
    yield experiment.kind === "planner" ? planner(walras, experiment) : market(walras, experiment);
  }
}

function planner(walras: Walras, experiment: PlannerExperiment): Reproduction {
  const { id, title, printed, learningRate, steps, printEvery, utilityCount, stepsToRest } = experiment;
  const economy = walras.economy(experiment.economy);
  // The notebook's objective counts each utility several times: multiply the weights by that
  // number.
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

  const maxTies = Math.max(...optimum.ties);
  const findings = [
    `ω > 0 makes utilities convex, against the model's own assumption: welfare has its minimum inside, near the equal split (${f(computed.equalSplitWelfare)} there). It has its maximum, ${f(optimum.welfare)}, where each good goes whole to one agent${maxTies > 1 ? ` (any of ${maxTies}, which tie)` : ""}.`,
    ...(utilityCount > 1
      ? [
          `A 3×3 ω meets a vector of 3 goods, so each agent's utility is counted ${utilityCount} times: ${f(computed.objective)} is ${utilityCount} × ${f(computed.objective / utilityCount)}, the welfare of the equal split plus the gain from overuse. The runs here count the utilities in the same way.`,
        ]
      : []),
    `The allocation is not feasible: the last step uses up to ${p(Math.abs(computed.overuse))} ${computed.overuse > 0 ? "more" : "less"} of a good than its total, because a penalty only makes overuse costly.`,
    `The run has not converged: weighted marginal utilities still differ from their mean by up to ${p(computed.stationarity)}. After ${stepsToRest.toLocaleString("en")} steps the same code reaches ${f(rest.objective)}, the welfare of a corner plus the gain from overuse.`,
    ...(id === "planner-homogeneous-10x10"
      ? [
          "At this learning rate the penalty keeps the iterate moving back and forth. Rounding alone decides the second decimal, so engines differ there.",
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

/** Computes plan and equilibrium with the sign of omega that the model requires. */
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
      unique: equilibrium.uniqueness === "proved",
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
    economy.alpha[i * m + j] * (power(allocation[i * m + j], economy.omega[i * m + j]) / solved.prices[j]);
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
  const oneGood = optimum.welfare / m;
  const homogeneous = id === "market-homogeneous-3x3";
  const findings = [
    `The excess demands of the demand formula add up to 0 at all prices, so its roots form a curve${homogeneous ? ", the ray of equal prices" : ""}. The printed prices are its point with p₁ + p₂ = 2, and that is imposed here. All other points of the curve clear the markets too.`,
    ...(homogeneous
      ? [
          `With ω > 0 the equal split is each agent's worst bundle on the budget line: its utility is ${f(equalSplitWelfare(economy) / n)}, against ${f(oneGood)} for spending all on one good. Prices (1, 1, 1) are an equilibrium only if each agent takes all of a different good.`,
        ]
      : [
          `The formula is not the demand of an agent that maximises utility. At these prices it spends ${computed.spending.map((s) => s.toFixed(2)).join(", ")} instead of 30 each, and an agent's marginal utilities per unit of money differ by factors of ${computed.marginalUtilityRatios.map((r) => r.toFixed(1)).join(", ")}.`,
          "With ω > 0 the market has no equilibrium at all. Every agent spends all of its income on one good, so three equal incomes and three goods require equal prices; but at equal prices all agents want good 3.",
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

/** Returns max_j (sum_i x_ij - E_j) / E_j; below 0 if something is left of every good. */
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
    return sum + (weights[Math.floor(c / m)] * a * power(share, 1 + omega[c])) / (1 + omega[c]);
  }, 0);
}

/** x^exponent of x above 0. The operator ** would be the host's. */
function power(x: number, exponent: number): number {
  return Math.exp(exponent * Math.log(x));
}

function rows(flat: Float64Array, { agents, goods }: Economy): number[][] {
  return agents.map((_, i) => [...flat.subarray(i * goods.length, (i + 1) * goods.length)]);
}

const f = (value: number) => value.toFixed(4);
const p = (part: number) => `${(100 * part).toPrecision(2)} %`;

// The six experiments of the notebook of a graduate homework that this project began as: their
// data, and the figures that the notebook printed.

import type { EconomyData } from "../economy/economy.js";

/** A planner's problem, which the notebook solved by Adam with a penalty on overuse. */
export interface PlannerExperiment {
  kind: "planner";
  id: string;
  title: string;
  economy: EconomyData;
  /** How many times the notebook's objective counts each agent's utility. */
  utilityCount: number;
  learningRate: number;
  steps: number;
  /**
   * The notebook printed the objective every `printEvery` steps; the last figure is
   * `printed.objective`.
   */
  printEvery: number;
  /** The number of steps after which the iteration, at the same rate, no longer moves. */
  stepsToRest: number;
  printed: { objective: number; objectives: number[]; allocation?: number[][]; note?: string };
}

/** A search for prices, which the notebook solved with the share demand. */
export interface MarketExperiment {
  kind: "market";
  id: string;
  title: string;
  economy: EconomyData;
  printed: { prices: number[] };
}

export type Experiment = PlannerExperiment | MarketExperiment;

const ALPHA_3 = [
  [1, 0.8, 1.2],
  [1.1, 0.9, 1.3],
  [0.9, 0.7, 1.1],
];
const OMEGA_3 = [
  [0.3, 0.5, 0.7],
  [0.4, 0.6, 0.8],
  [0.5, 0.4, 0.6],
];
const ALPHA_10 = [1, 0.8, 1.2, 0.9, 1.1, 0.7, 1.3, 0.95, 1.05, 1.15];
const OMEGA_10 = [0.3, 0.4, 0.5, 0.35, 0.45, 0.55, 0.25, 0.6, 0.65, 0.5];
const WEIGHTS_3 = [0.9, 1.1, 1];
const WEIGHTS_10 = [0.9, 1.1, 0.8, 1.2, 1, 0.85, 1.15, 0.95, 1.05, 1];
const TOTALS_3 = [30, 30, 30];
const TOTALS_10 = Array<number>(10).fill(30);

export const EXPERIMENTS: readonly Experiment[] = [
  {
    kind: "planner",
    id: "planner-homogeneous-3x3",
    title: "Planner, 3 agents alike, 3 goods",
    economy: { alpha: 1, omega: 0.5, totals: TOTALS_3, size: { agents: 3, goods: 3 } },
    utilityCount: 3,
    learningRate: 0.01,
    steps: 1000,
    printEvery: 100,
    stepsToRest: 50_000,
    printed: {
      objective: 569.28759765625,
      objectives: [47.9, 97.2, 165.3, 246.75, 338.38, 438.54, 546.2, 569.2836, 569.2864, 569.2876],
      allocation: [
        [9.939378, 9.994959, 9.863128],
        [10.019382, 9.975774, 10.016639],
        [10.045987, 10.034011, 10.124976],
      ],
    },
  },
  {
    kind: "planner",
    id: "planner-heterogeneous-3x3",
    title: "Planner, 3 different agents, 3 goods",
    economy: { alpha: ALPHA_3, omega: OMEGA_3, totals: TOTALS_3, weights: WEIGHTS_3 },
    utilityCount: 1,
    learningRate: 0.001,
    steps: 10_000,
    printEvery: 1000,
    stepsToRest: 100_000,
    printed: {
      objective: 227.85813903808594,
      objectives: [15.18, 32.07, 54.34, 80.1, 108.61, 139.58, 172.86, 208.36, 221.43, 227.86],
      allocation: [
        [9.087026, 9.912905, 9.912929],
        [10.720445, 11.217888, 11.453905],
        [10.193778, 8.870395, 8.635993],
      ],
    },
  },
  {
    kind: "planner",
    id: "planner-homogeneous-10x10",
    title: "Planner, 10 agents alike, 10 goods",
    economy: { alpha: 1, omega: 0.5, totals: TOTALS_10, size: { agents: 10, goods: 10 } },
    utilityCount: 1,
    learningRate: 0.01,
    steps: 1000,
    printEvery: 100,
    stepsToRest: 50_000,
    printed: {
      objective: 347.0088195800781,
      objectives: [162.29, 338.73, 346.54, 346.94, 347.14, 346.42, 347.05, 347.05, 346.86, 347.01],
      note: "entries between about 2.4 and 3.5",
    },
  },
  {
    kind: "planner",
    id: "planner-heterogeneous-10x10",
    title: "Planner, 10 agents of different weight, 10 goods",
    economy: { alpha: ALPHA_10, omega: OMEGA_10, totals: TOTALS_10, weights: WEIGHTS_10 },
    utilityCount: 1,
    learningRate: 0.001,
    steps: 10_000,
    printEvery: 1000,
    stepsToRest: 100_000,
    printed: {
      objective: 626.8079833984375,
      objectives: [163.56, 327.03, 350.02, 359.72, 383.38, 425.12, 479.72, 534.19, 585.06, 626.81],
      note: "agents 2 and 4 take most, the rest near zero",
    },
  },
  {
    kind: "market",
    id: "market-homogeneous-3x3",
    title: "Prices, 3 agents alike, 3 goods",
    economy: { alpha: 1, omega: 0.5, totals: TOTALS_3, incomes: [30, 30, 30] },
    printed: { prices: [1, 1, 1] },
  },
  {
    kind: "market",
    id: "market-heterogeneous-3x3",
    title: "Prices, 3 different agents, 3 goods",
    economy: { alpha: ALPHA_3, omega: OMEGA_3, totals: TOTALS_3, incomes: [30, 30, 30] },
    printed: { prices: [1.2410273, 0.75897273, 1.47233807] },
  },
];

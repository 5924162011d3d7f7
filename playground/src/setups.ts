// The set-ups of the notebook's experiments, in the order of `walras reproduce`, which gives their results. The page
// runs them with other settings; a test holds them against the command's figures.

import type { EconomyData } from "walras";

interface Common {
  readonly goods: number;
  readonly economy: EconomyData;
}

export type Setup =
  | (Common & {
      readonly kind: "planner";
      readonly learningRate: number;
      readonly steps: number;
      /** How many times the notebook's objective counts each agent's utility. */
      readonly utilityCount: number;
    })
  | (Common & { readonly kind: "market" });

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
const WEIGHTS_10 = [0.9, 1.1, 0.8, 1.2, 1, 0.85, 1.15, 0.95, 1.05, 1];
const totals = (count: number) => Array<number>(count).fill(30);
const alike = (size: number): EconomyData => ({
  ...{ alpha: 1, omega: 0.5, totals: totals(size) },
  size: { agents: size, goods: size },
});
const different = { alpha: ALPHA_3, omega: OMEGA_3, totals: totals(3) };
const incomes = [30, 30, 30];

export const SETUPS: readonly Setup[] = [
  { kind: "planner", goods: 3, economy: alike(3), learningRate: 0.01, steps: 1000, utilityCount: 3 },
  {
    ...{ kind: "planner", goods: 3, learningRate: 0.001, steps: 10_000, utilityCount: 1 },
    economy: { ...different, weights: [0.9, 1.1, 1] },
  },
  { kind: "planner", goods: 10, economy: alike(10), learningRate: 0.01, steps: 1000, utilityCount: 1 },
  {
    ...{ kind: "planner", goods: 10, learningRate: 0.001, steps: 10_000, utilityCount: 1 },
    economy: { alpha: ALPHA_10, omega: OMEGA_10, totals: totals(10), weights: WEIGHTS_10 },
  },
  { kind: "market", goods: 3, economy: { ...alike(3), incomes } },
  { kind: "market", goods: 3, economy: { ...different, incomes } },
];

// The six experiments of the notebook that this project began as, with calls of the package: four planner's problems by
// Adam with a penalty, beside their exact optima, and two searches for prices of the share demand. `walras reproduce`
// does the same at length. `node notebook.js`

import { load } from "walras";

const alpha3 = [
  [1, 0.8, 1.2],
  [1.1, 0.9, 1.3],
  [0.9, 0.7, 1.1],
];
const omega3 = [
  [0.3, 0.5, 0.7],
  [0.4, 0.6, 0.8],
  [0.5, 0.4, 0.6],
];
const alpha10 = [1, 0.8, 1.2, 0.9, 1.1, 0.7, 1.3, 0.95, 1.05, 1.15];
const omega10 = [0.3, 0.4, 0.5, 0.35, 0.45, 0.55, 0.25, 0.6, 0.65, 0.5];
const weights10 = [0.9, 1.1, 0.8, 1.2, 1, 0.85, 1.15, 0.95, 1.05, 1];
const totals3 = [30, 30, 30];
const totals10 = Array(10).fill(30);

/** A planner's problem, how the notebook ran Adam, and the objective that it printed at the end. */
const planners = [
  {
    title: "Planner, 3 agents alike, 3 goods",
    data: { alpha: 1, omega: 0.5, totals: totals3, size: { agents: 3, goods: 3 } },
    // Its code counted each utility three times.
    weights: [3, 3, 3],
    adam: { learningRate: 0.01, maxSteps: 1000 },
    printed: 569.2876,
  },
  {
    title: "Planner, 3 different agents, 3 goods",
    data: { alpha: alpha3, omega: omega3, totals: totals3 },
    weights: [0.9, 1.1, 1],
    adam: { learningRate: 0.001, maxSteps: 10_000 },
    printed: 227.8581,
  },
  {
    title: "Planner, 10 agents alike, 10 goods",
    data: { alpha: 1, omega: 0.5, totals: totals10, size: { agents: 10, goods: 10 } },
    weights: Array(10).fill(1),
    adam: { learningRate: 0.01, maxSteps: 1000 },
    printed: 347.0088,
  },
  {
    title: "Planner, 10 agents of different weight, 10 goods",
    data: { alpha: alpha10, omega: omega10, totals: totals10, size: { agents: 10, goods: 10 } },
    weights: weights10,
    adam: { learningRate: 0.001, maxSteps: 10_000 },
    printed: 626.808,
  },
];

const markets = [
  {
    title: "Prices, 3 agents alike, 3 goods",
    data: { alpha: 1, omega: 0.5, totals: totals3, incomes: [30, 30, 30] },
    printed: [1, 1, 1],
  },
  {
    title: "Prices, 3 different agents, 3 goods",
    data: { alpha: alpha3, omega: omega3, totals: totals3, incomes: [30, 30, 30] },
    printed: [1.2410273, 0.75897273, 1.47233807],
  },
];

const walras = await load();
for (const { title, data, weights, adam, printed } of planners) {
  const economy = walras.economy(data);
  const runs = Array.from({ length: 20 }, (_, seed) =>
    walras.planWithAdam(economy, { formulation: "penalty", weights, ...adam, seed }),
  );
  const objectives = runs.map(({ objective }) => objective);
  const seeds = [Math.min(...objectives), Math.max(...objectives)];
  // With omega above 0 utilities are convex: the optimum gives each good to one agent.
  console.log(JSON.stringify({ title, printed, seeds, optimum: walras.plan(economy, { weights }).welfare }));
}
for (const { title, data, printed } of markets) {
  // The printed prices are the point of a curve of roots at which the first two prices add up to 2.
  const numeraire = { basket: [1, 1, 0], value: 2 };
  const { prices, residuals } = walras.equilibrium(walras.economy(data), { demand: "shares", numeraire });
  console.log(JSON.stringify({ title, printed, prices: [...prices], ...residuals }));
}

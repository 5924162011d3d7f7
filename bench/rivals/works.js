// The works of all rivals, as plain data for JavaScript and Python, and how answers are judged.

import { manyEconomies, mildMarket, plannerEconomy, uniform } from "../economies.js";
import { penaltySteps } from "./plain.js";

const STEPS = { 10: 100, 100: 50, 1000: 10 };
const COUNT = 2000;
const SIZES = { adam: [10, 100, 1000], plan: [3, 10, 100, 1000], equilibrium: [3, 10, 100, 200] };

/**
 * Works `{ kind, work, size, cells, ...data }`. Cells are agents times goods, times the steps or
 * the economies.
 */
export function works() {
  const { planner, market } = manyEconomies(COUNT);
  return [
    ...SIZES.adam.map((size) => adam(size)),
    // In the long run set-up and audit count for nothing: only for rivals that take no minute for it.
    { ...adam(1000, 100), work: "Adam step 1000x1000, 100 of them", entry: "longAdam" },
    ...SIZES.plan.map((n) => ({ ...plannerEconomy(n, n), ...sized("plan", n) })),
    ...SIZES.equilibrium.map((n) => ({ ...mildMarket(n, n), ...sized("equilibrium", n) })),
    { ...planner, kind: "plans", work: `plans 3x3, ${COUNT} in bulk`, size: 3, cells: 9 * COUNT },
    { ...market, kind: "equilibria", work: `equilibria 3x3, ${COUNT} in bulk`, size: 3, cells: 9 * COUNT },
  ].map((work) => ({ agents: work.size, goods: work.size, ...work }));
}

function sized(kind, size) {
  return { kind, work: `${kind} ${size}x${size}`, size, cells: size * size };
}

/**
 * Steps in the form of the notebook: softplus variables from a seeded start, a penalty of 1000, and
 * Adam's usual constants.
 */
function adam(size, steps = STEPS[size]) {
  const start = Float64Array.from({ length: size * size }, uniform(5));
  const settings = { start, steps, penalty: 1000, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const labels = { ...sized("adam", size), work: `Adam step ${size}x${size}`, cells: steps * size * size };
  return { ...plannerEconomy(size, size), ...settings, ...labels };
}

/** The allocations after Adam's steps, by work, computed once. */
const allocations = new WeakMap();

/**
 * The error of an answer. For plans and equilibria it is the largest residual that walras.check
 * finds, in all economies; for Adam it is the largest relative difference from the result of the
 * same steps in plain double precision.
 */
export function judge(walras, work, answer) {
  if (work.kind === "adam") {
    if (!allocations.has(work)) allocations.set(work, penaltySteps(work));
    const expected = allocations.get(work);
    return answer.allocation.reduce((worst, x, k) => Math.max(worst, Math.abs(x / expected[k] - 1)), 0);
  }
  if (work.kind === "plan" || work.kind === "equilibrium") return residual(walras, work, answer);
  let worst = 0;
  for (let k = 0; k < work.count; k++) worst = Math.max(worst, residual(walras, nth(work, k), nth(answer, k)));
  return worst;
}

function residual(walras, { agents, goods, alpha, omega, totals, weights, endowments }, answer) {
  const data = { size: { agents, goods }, alpha, omega };
  const economy = walras.economy(endowments ? { ...data, endowments } : { ...data, totals, weights });
  const { residuals } = walras.check(economy, answer);
  return Math.max(...Object.values(residuals));
}

/** The k-th economy, or answer, of many. */
function nth(many, k) {
  const matrices = { alpha: 9, omega: 9, endowments: 9, allocation: 9 };
  const lengths = { ...matrices, totals: 3, weights: 3, prices: 3, shadowPrices: 3 };
  const own = Object.entries(lengths).filter(([key]) => many[key]);
  const parts = own.map(([key, length]) => [key, many[key].slice(k * length, (k + 1) * length)]);
  return { ...(many.agents && { agents: many.agents, goods: many.goods }), ...Object.fromEntries(parts) };
}

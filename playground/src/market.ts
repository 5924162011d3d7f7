// What is computed of the table, anew at every change: the market, the planner, and the theorems between them.

import { effect, signal } from "@preact/signals";
import type { Equilibrium, ExactPlan } from "walras";
import type { Pool } from "walras/pool";
import { economyOf, messageOf, newest, pool } from "./engine.js";
import type { Shown } from "./state.js";
import { parts } from "./store.js";

/** Both answers, of which one may be missing. */
export interface Solution {
  readonly shown: Shown;
  readonly totals: Float64Array;
  readonly market: Equilibrium | null;
  /** Why there is no market. */
  readonly marketProblem: string;
  readonly plan: ExactPlan;
}

/** How far the two welfare theorems hold in these numbers: parts of what there is. */
export interface Theorems {
  readonly solution: Solution;
  /** Between the market's allocation and the plan at the market's own weights. */
  readonly first: number;
  /** Between the plan and the market of those who own what it gives them. */
  readonly second: number;
  /** The incomes that would have to change hands. */
  readonly transfers: Float64Array;
}

export const solution = signal<Solution | null>(null);
export const theorems = signal<Theorems | null>(null);
export const tableRefusal = signal("");

const ask = newest(async ({ on, shown }: { on: Pool; shown: Shown }) => {
  try {
    const economy = economyOf(on, shown);
    const planned = on.plan(economy);
    planned.catch(() => {});
    let market: Equilibrium | null = null;
    let marketProblem = "";
    try {
      market = await on.equilibrium(economy);
    } catch (error) {
      marketProblem = messageOf(error, shown);
    }
    solution.value = { shown, totals: economy.totals, market, marketProblem, plan: await planned };
    tableRefusal.value = "";
  } catch (error) {
    tableRefusal.value = messageOf(error, shown);
    solution.value = null;
  }
});

const ROUNDING = 1e-12;

/** Checked once the answers are shown, for they come first. */
const compare = newest(async ({ on, solved }: { on: Pool; solved: Solution }) => {
  const { shown, totals, market, plan } = solved;
  if (!market) return;
  try {
    const economy = economyOf(on, shown);
    const moved = economyOf(on, { ...shown, endowments: [...plan.allocation] });
    const [again, reached, transfers] = await Promise.all([
      on.plan(economy, { weights: market.weights }),
      on.equilibrium(moved, { start: plan.shadowPrices }),
      on.transfers(economy, plan),
    ]);
    const apart = (a: Float64Array, b: Float64Array) =>
      a.reduce((most, value, c) => Math.max(most, Math.abs(value - b[c]) / totals[c % totals.length]), 0);
    const first = apart(market.allocation, again.allocation);
    // Beside what all goods are worth, less than this is rounding.
    const worth = totals.reduce((sum, total, j) => sum + total * plan.shadowPrices[j], 0);
    const real = transfers.map((income) => (Math.abs(income) < ROUNDING * worth ? 0 : income));
    theorems.value = { solution: solved, first, second: apart(plan.allocation, reached.allocation), transfers: real };
  } catch {
    // Of economies that no doubles can check the page says nothing.
    theorems.value = null;
  }
});

/** Begins to solve whatever table is shown. */
export function watchTable() {
  effect(() => {
    const table = parts.table.value;
    if (pool.value && parts.view.value === "table") void ask({ on: pool.value, shown: table });
  });
  effect(() => {
    if (pool.value && solution.value) void compare({ on: pool.value, solved: solution.value });
  });
}

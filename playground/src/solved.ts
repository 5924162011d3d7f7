// What is computed of the economy of two agents and two goods, anew whenever it changes.

import { effect, signal } from "@preact/signals";
import type { EdgeworthBox, Equilibria, ExactPlan } from "walras";
import type { Pool } from "walras/pool";
import { economyOf, messageOf, newest, pool } from "./engine.js";
import type { Shown } from "./state.js";
import { state } from "./store.js";

/** Excess demand for the first good over relative prices. */
export interface Demand {
  /** The logs of the first good's price in units of the second. */
  readonly logPrice: readonly number[];
  /** Excess demand at each of them, as a part of all there is. */
  readonly excess: readonly number[];
}

/** What is known of an economy. */
export interface Solved {
  readonly shown: Shown;
  readonly found: Equilibria;
  readonly box: EdgeworthBox;
  readonly plan: ExactPlan;
  readonly demand: Demand;
}

export const solved = signal<Solved | null>(null);
/** Why there is no answer for the economy as it is; "" if there is one. */
export const refusal = signal("");

/** Prices at which excess demand is drawn. */
const PRICES = 81;
/** The least range of the price axis: a factor of this much in both directions, as a log. */
const LEAST_RANGE = Math.log(20);
/** How far a curve may run from what is drawn, as a part of the box. */
const CHORD = 0.0015;

const ask = newest(async ({ on, shown }: { on: Pool; shown: Shown }) => {
  try {
    const economy = economyOf(on, shown);
    const planned = on.plan(economy);
    // Its errors are those of the equilibria, which are waited for first.
    planned.catch(() => {});
    const found = await on.equilibria(economy);
    const grid = gridOf(found, economy.totals);
    const through = found.equilibria;
    const box = await on.edgeworthBox(economy, {
      chordTolerance: CHORD,
      prices: [...through.map(({ prices }) => prices), ...grid.map((log) => [Math.exp(log), 1])],
      through,
    });
    const demands = box.budgets.slice(through.length);
    const excess = demands.map(({ demand }) => (demand[0] + demand[2]) / economy.totals[0] - 1);
    solved.value = { shown, found, box, plan: await planned, demand: { logPrice: grid, excess } };
    refusal.value = "";
  } catch (error) {
    refusal.value = messageOf(error, shown);
  }
});

/** Log prices around the one at which all bread is worth as much as all wine, and around all equilibria. */
function gridOf({ equilibria }: Equilibria, totals: Float64Array): number[] {
  const middle = Math.log(totals[1] / totals[0]);
  const logs = equilibria.map(({ prices }) => Math.log(prices[0] / prices[1]) - middle);
  const farthest = Math.max(LEAST_RANGE, ...logs.map((log) => 1.15 * Math.abs(log) + 0.5));
  // In steps, so that the axis rests while the endowment moves.
  const range = LEAST_RANGE * 1.5 ** Math.ceil(Math.log(farthest / LEAST_RANGE) / Math.log(1.5) - 1e-9);
  return Array.from({ length: PRICES }, (_, k) => middle + range * ((2 * k) / (PRICES - 1) - 1));
}

/** Begins to solve whatever box is shown. */
export function watchBox() {
  effect(() => {
    const { view, box } = state.value;
    if (pool.value && (view === "box" || view === "learn")) void ask({ on: pool.value, shown: box });
  });
}

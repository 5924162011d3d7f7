// What is computed of the economy of two agents and two goods, anew whenever it changes.

import { effect, signal } from "@preact/signals";
import type { BoxPart, EdgeworthBox, Equilibria, ExactPlan } from "walras";
import type { Pool } from "walras/pool";
import { economyOf, messageOf, newest, pool } from "./engine.js";
import type { Layer, Shown } from "./state.js";
import { parts } from "./store.js";

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
  /** The planner's allocation, where it is shown. */
  readonly plan: ExactPlan | null;
  readonly demand: Demand;
}

export const solved = signal<Solved | null>(null);
/** Why there is no answer for the economy as it is; "" if there is one. */
export const refusal = signal("");

/** What is asked for: what is shown, and in a drag fewer points of it. */
interface Question {
  readonly on: Pool;
  readonly shown: Shown;
  readonly layers: readonly Layer[];
  readonly moving: boolean;
}

/** Prices at which excess demand is drawn. */
const PRICES = { moving: 41, atRest: 81 };
/** The least range of the price axis: a factor of this much in both directions, as a log. */
const LEAST_RANGE = Math.log(20);
/** How far a curve may run from what is drawn, as a part of the box. */
const CHORD = { moving: 0.003, atRest: 0.0015 };
/** Changes that follow each other faster than this are those of a drag, in milliseconds. */
const REST = 150;

/** The parts of the box that each layer needs. */
const NEEDED: Readonly<Partial<Record<Layer, readonly BoxPart[]>>> = {
  indifference: ["indifference", "secondCrossing"],
  lens: ["indifference", "secondCrossing"],
  contract: ["contract"],
  core: ["core"],
  offers: ["offers"],
};

const ask = newest(async ({ on, shown, layers, moving }: Question) => {
  try {
    const detail = moving ? "moving" : "atRest";
    const economy = economyOf(on, shown);
    const planned = layers.includes("planner") ? on.plan(economy) : null;
    // Its errors are those of the equilibria, which are waited for first.
    planned?.catch(() => {});
    const found = await on.equilibria(economy);
    const grid = gridOf(found, economy.totals, PRICES[detail]);
    const { equilibria } = found;
    const box = await on.edgeworthBox(economy, {
      chordTolerance: CHORD[detail],
      curves: [...new Set(layers.flatMap((layer) => NEEDED[layer] ?? []))],
      prices: [...equilibria.map(({ prices }) => prices), ...grid.map((log) => [Math.exp(log), 1])],
      through: layers.includes("at") ? equilibria.map(({ allocation }) => ({ allocation })) : [],
    });
    const demands = box.budgets.slice(equilibria.length);
    const excess = demands.map(({ demand }) => (demand[0] + demand[2]) / economy.totals[0] - 1);
    solved.value = { shown, found, box, plan: await planned, demand: { logPrice: grid, excess } };
    refusal.value = "";
  } catch (error) {
    refusal.value = messageOf(error, shown);
  }
});

/** Log prices around the one at which all bread is worth as much as all wine, and around all equilibria. */
function gridOf({ equilibria }: Equilibria, totals: Float64Array, count: number): number[] {
  const middle = Math.log(totals[1] / totals[0]);
  const logs = equilibria.map(({ prices }) => Math.log(prices[0] / prices[1]) - middle);
  const farthest = Math.max(LEAST_RANGE, ...logs.map((log) => 1.15 * Math.abs(log) + 0.5));
  // In steps, so that the axis rests while the endowment moves.
  const range = LEAST_RANGE * 1.5 ** Math.ceil(Math.log(farthest / LEAST_RANGE) / Math.log(1.5) - 1e-9);
  return Array.from({ length: count }, (_, k) => middle + range * ((2 * k) / (count - 1) - 1));
}

/** Begins to solve whatever box is shown: in a drag quickly, and in full once it rests. */
export function watchBox() {
  let latest = Number.NEGATIVE_INFINITY;
  let timer = 0;
  effect(() => {
    const [on, view, shown, layers] = [pool.value, parts.view.value, parts.box.value, parts.layers.value];
    if (!on || (view !== "box" && view !== "learn")) return;
    const now = performance.now();
    const moving = now - latest < REST;
    latest = now;
    window.clearTimeout(timer);
    void ask({ on, shown, layers, moving });
    if (moving) timer = window.setTimeout(() => void ask({ on, shown, layers, moving: false }), REST);
  });
}

// Tâtonnement and Adam as motion: paths that the package computes, walked in time or step by step.

import { signal } from "@preact/signals";
import { economyOf, messageOf, pool } from "./engine.js";
import type { Shown } from "./state.js";

/** What is shown at one moment. */
export interface Frame {
  /** A budget line: the coordinates of its ends. */
  readonly line?: ArrayLike<number>;
  /** What agents demand, or what the plan is, as points of the box. */
  readonly points: readonly (readonly [number, number])[];
  /** The log of the first good's price in units of the second. */
  readonly logPrice?: number;
  /** Excess demand for the first good, as a part of all there is. */
  readonly excess?: number;
  /** One sentence. */
  readonly text: string;
}

/** A path, and how far it has been walked. */
export interface Motion {
  readonly kind: "prices" | "adam";
  readonly frames: readonly Frame[];
  readonly at: number;
  readonly playing: boolean;
  /** The points behind a plan that moves: x0, y0, x1, y1, … */
  readonly trail?: Float64Array;
}

export const motion = signal<Motion | null>(null);
export const motionProblem = signal("");

/** Frames of a path. */
const FRAMES = 90;
/** How long a path takes, in milliseconds. */
const LASTS = 3000;

/** Lets prices follow excess demand from a start. */
export async function followPrices(shown: Shown, logStart: number, play: boolean) {
  await show(play, async (on) => {
    const economy = economyOf(on, shown);
    const path = await on.tatonnement(economy, { start: [Math.exp(logStart), 1], duration: 200, points: 2000 });
    const picked = evenly(path.count, FRAMES);
    const prices = picked.map((k) => path.prices.slice(2 * k, 2 * k + 2));
    const { budgets } = await on.edgeworthBox(economy, { curves: [], prices });
    const frames = picked.map((k, f): Frame => {
      const { line, demand } = budgets[f];
      const logPrice = Math.log(prices[f][0] / prices[f][1]);
      const excess = path.excessDemand[2 * k] / economy.totals[0];
      const side = Math.abs(excess) < 1e-6 ? "The markets clear" : excess > 0 ? "Too little" : "Too much";
      const text = `${side}${Math.abs(excess) < 1e-6 ? "" : ` ${shown.goods[0]} at this price, which ${excess > 0 ? "rises" : "falls"}`}.`;
      const points = [
        [demand[0], demand[1]],
        [economy.totals[0] - demand[2], economy.totals[1] - demand[3]],
      ] as const;
      return { line, points, logPrice, excess, text };
    });
    return { kind: "prices", frames };
  });
}

/** Lets Adam climb to the plan at the economy's weights, from an even division. */
export async function followAdam(shown: Shown, play: boolean) {
  await show(play, async (on) => {
    const economy = economyOf(on, shown);
    const { totals } = economy;
    const start = [...totals, ...totals].map((total, c) => total * (c < 2 ? 0.1 + 0.8 * c : 0.9 - 0.8 * (c - 2)));
    const steps = [...new Set(Array.from({ length: 60 }, (_, k) => Math.round(1.117 ** k)))];
    const plans = await Promise.all(steps.map((maxSteps) => on.planWithAdam(economy, { start, maxSteps })));
    const points = [start, ...plans.map(({ allocation }) => allocation)].map(([x, y]) => [x, y] as const);
    const frames = points.map((point, k): Frame => {
      const text =
        k === 0
          ? "Adam starts here."
          : `After ${steps[k - 1]} ${steps[k - 1] === 1 ? "step" : "steps"} marginal utilities differ by up to ${(
              100 * plans[k - 1].residuals.stationarity
            ).toPrecision(2)} %.`;
      return { points: [point], text };
    });
    return { kind: "adam", frames, trail: Float64Array.from(points.flat()) };
  });
}

type Walk = Pick<Motion, "kind" | "frames" | "trail">;

async function show(play: boolean, make: (on: NonNullable<typeof pool.value>) => Promise<Walk>) {
  if (!pool.value) return;
  motionProblem.value = "";
  try {
    const walk = await make(pool.value);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // Where motion is unwelcome the path is shown at its end, and the buttons still step through it.
    motion.value = { ...walk, at: play && calm ? walk.frames.length - 1 : 0, playing: play && !calm };
    if (motion.value.playing) requestAnimationFrame(walkOn);
  } catch (error) {
    motion.value = null;
    motionProblem.value = messageOf(error);
  }
}

let began = 0;

function walkOn(now: number) {
  const current = motion.value;
  if (!current?.playing) {
    began = 0;
    return;
  }
  if (began === 0) began = now;
  const last = current.frames.length - 1;
  const at = Math.min(last, Math.floor(((now - began) / LASTS) * last));
  if (at !== current.at || at === last) motion.value = { ...current, at, playing: at < last };
  if (at < last) requestAnimationFrame(walkOn);
  else began = 0;
}

/** Walks some frames, and stops there. */
export function stepBy(frames: number) {
  const current = motion.value;
  if (!current) return;
  const at = Math.max(0, Math.min(current.frames.length - 1, current.at + frames));
  motion.value = { ...current, at, playing: false };
}

export function stopMotion() {
  motion.value = null;
  motionProblem.value = "";
}

/** Whole numbers from 0 to count - 1, `most` at most: more of them where the path begins, and the last. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, k) => k);
  return [...new Set(Array.from({ length: most }, (_, k) => Math.round((k / (most - 1)) ** 1.5 * (count - 1))))];
}

// What the study measures of one economy: how far Adam is after each step, how unlike agents are, and
// how long calls take.

import type { Economy } from "../economy/economy.js";
import type { AdamOptions } from "../options/options.js";
import type { ExactPlan } from "../solution.js";
import type { Walras } from "../walras.js";
import { equivalentShare, logBundle, preferencesOf } from "../welfare/expenditure.js";

/** The errors to which steps are counted. */
export const TARGETS = [1e-3, 1e-6, 1e-9] as const;

/** How Adam came to the exact plan. */
export interface Approach {
  /** For each target the first step after which the error is within it; null if none is. */
  readonly steps: readonly (number | null)[];
  /** The least error on the way, and that after the last step. */
  readonly least: number;
  readonly last: number;
  /** Errors along the way. */
  readonly errors: readonly { readonly step: number; readonly error: number }[];
}

/**
 * Runs Adam and compares it with the exact plan every few steps. The error is the part of welfare that
 * is missing (or too much), or the part by which a good is overused or left over, whichever is larger.
 */
export function approach(walras: Walras, economy: Economy, exact: ExactPlan, options: AdamOptions): Approach {
  const { trace } = walras.planWithAdam(economy, { ...options, tolerance: 0 });
  const scale = Math.abs(exact.welfare);
  const errors = trace.map(({ step, welfare, feasibility }) => {
    // A recorded step is one whose update has not been made yet.
    return { step, error: Math.max(Math.abs(exact.welfare - welfare) / scale, feasibility) };
  });
  const steps = TARGETS.map((target) => errors.find(({ error }) => error <= target)?.step ?? null);
  const least = errors.reduce((least, { error }) => Math.min(least, error), Number.POSITIVE_INFINITY);
  return { steps, least, last: errors[errors.length - 1].error, errors };
}

/** Of many points at most `most`, evenly by the logarithm of the step: the largest error around each. */
export function thinned(errors: Approach["errors"], most = 120): Approach["errors"] {
  const last = Math.log(errors[errors.length - 1].step + 1);
  const kept = new Map<number, { step: number; error: number }>();
  for (const point of errors) {
    const bin = Math.floor((most * Math.log(point.step + 1)) / last);
    const known = kept.get(bin);
    if (!known || point.error > known.error) kept.set(bin, point);
  }
  return [...kept.values()];
}

/** A time in milliseconds of the processor: the median of repeated samples, with its quartiles. */
export interface Time {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many samples there were, and how many calls each had. */
  readonly samples: number;
  readonly calls: number;
}

/** Milliseconds that a sample takes at least: processors' clocks are coarse. */
const SAMPLE = 4;
const MAX_CALLS = 1e5;

/**
 * Times a call by the processor's time, which other programs that want the processor change little: at
 * least three samples, and then until the budget is spent.
 */
export function timed(call: () => unknown, budget: number): Time {
  call();
  let calls = 1;
  let took = sampleOf(call, calls);
  while (took < SAMPLE && calls < MAX_CALLS) {
    calls *= 2;
    took = sampleOf(call, calls);
  }
  const times: number[] = [];
  let spent = 0;
  while (times.length < 3 || spent < budget) {
    const sample = Math.max(sampleOf(call, calls), 1e-3);
    spent += sample;
    times.push(sample / calls);
  }
  return { ...quartiles(times), samples: times.length, calls };
}

function sampleOf(call: () => unknown, calls: number): number {
  const before = process.cpuUsage();
  for (let k = 0; k < calls; k++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The middle half of numbers, and the number in the middle. */
export function quartiles(values: readonly number[]): { low: number; median: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] === sorted[above] ? sorted[below] : sorted[below] + (place - below) * (sorted[above] - sorted[below]); // biome-ignore format: one choice
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}

/** The Gini coefficient: 0 if all are equal, near 1 if one has everything. */
export function gini(values: ArrayLike<number>): number {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const n = sorted.length;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  return sorted.reduce((sum, value, i) => sum + (2 * (i + 1) - n - 1) * value, 0) / (n * total);
}

/** The part of everything that would make each agent as well off as its bundle: utilities on one scale. */
export function equivalents(economy: Economy, allocation: Float64Array): number[] {
  const m = economy.goods.length;
  return economy.agents.map((_, i) => {
    const preferences = preferencesOf(economy, i);
    return equivalentShare(preferences, economy.totals, logBundle(preferences, allocation, i * m));
  });
}

/** How far an allocation is from equal parts: half the sum of differences, as a part of all, averaged over goods. */
export function inequality({ agents, goods, totals }: Economy, allocation: Float64Array): number {
  const [n, m] = [agents.length, goods.length];
  let sum = 0;
  for (let c = 0; c < n * m; c++) sum += Math.abs(allocation[c] / totals[c % m] - 1 / n);
  return sum / (2 * m);
}

/** The standard deviation of the logarithms of prices: 0 if all are equal. */
export function dispersion(prices: Float64Array): number {
  const logs = Array.from(prices, Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
}

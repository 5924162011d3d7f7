// One agent's utility, in the logs of amounts: differences without cancellation, and bundles that
// are worth as much as another one, the cheapest among them.
//
// In TypeScript: one root per pair of agents and bundle, of a handful of goods each.

import type { Economy } from "../economy/economy.js";
import { findConvex } from "../economy/groups.js";
import { EconomyError, Findings } from "../violations.js";

/**
 * The goods that an agent wants (alpha above 0), by index, with ln alpha and omega. A bundle, in
 * this file, is the list of the logs of the amounts of these goods.
 */
export interface Preferences {
  goods: number[];
  logAlpha: Float64Array;
  omega: Float64Array;
}

const MAX_ITERATIONS = 300;

/** Returns the preferences of one agent. */
export function preferencesOf(economy: Economy, agent: number): Preferences {
  const m = economy.goods.length;
  const goods = economy.goods.flatMap((_, j) => (economy.alpha[agent * m + j] > 0 ? [j] : []));
  return {
    goods,
    logAlpha: Float64Array.from(goods, (j) => Math.log(economy.alpha[agent * m + j])),
    omega: Float64Array.from(goods, (j) => economy.omega[agent * m + j]),
  };
}

/**
 * Returns the bundle of the goods that an agent wants, from the m amounts that begin at `offset`.
 */
export function logBundle({ goods }: Preferences, amounts: ArrayLike<number>, offset = 0): Float64Array {
  return Float64Array.from(goods, (j) => Math.log(amounts[offset + j]));
}

/** Returns sum alpha phi(x). It is minus infinity if an amount is 0 whose omega is -1 or less. */
export function utilityOf({ logAlpha, omega }: Preferences, x: Float64Array): number {
  let sum = 0;
  x.forEach((l, k) => {
    const power = 1 + omega[k];
    sum += power === 0 ? Math.exp(logAlpha[k]) * l : Math.exp(logAlpha[k] + power * l) / power;
  });
  return sum;
}

/**
 * Returns the utility of `to` less that of `from`, as the sum of the differences of each good. It
 * is 0 if both are minus infinity.
 */
export function utilityGain(preferences: Preferences, from: Float64Array, to: Float64Array): number {
  if (isWorst(preferences, from)) return isWorst(preferences, to) ? 0 : Number.POSITIVE_INFINITY;
  if (isWorst(preferences, to)) return Number.NEGATIVE_INFINITY;
  return scaledGain(preferences, from, to, 0);
}

/** Whether a bundle's utility is minus infinity. */
export function isWorst({ omega }: Preferences, x: Float64Array): boolean {
  return x.some((l, k) => l === Number.NEGATIVE_INFINITY && omega[k] <= -1);
}

/**
 * Returns the cheapest bundle that is worth as much as `bundle`, at log prices of the goods that
 * the agent wants: alpha x^omega = kappa p, where ln kappa is a root. Every omega must be below 0.
 * A bundle whose utility is minus infinity costs nothing.
 */
export function cheapestBundle(
  preferences: Preferences,
  logPrices: ArrayLike<number>,
  bundle: Float64Array,
): Float64Array {
  const { logAlpha, omega } = preferences;
  const elasticity = omega.map((w) => 1 / w);
  const start = elasticity.map((e, k) => e * (logPrices[k] - logAlpha[k]));
  return bundleWorth(preferences, start, elasticity, bundle);
}

/**
 * Returns e(p, u): the cost, at m prices, of the cheapest bundle that is worth as much as `bundle`.
 */
export function expenditure(preferences: Preferences, prices: ArrayLike<number>, bundle: Float64Array): number {
  const x = cheapestBundle(preferences, logBundle(preferences, prices), bundle);
  return preferences.goods.reduce((sum, j, k) => sum + prices[j] * Math.exp(x[k]), 0);
}

/**
 * Returns the part r of the m totals that is worth as much as `bundle` (Pazner & Schmeidler 1978);
 * from 0 to 1 for a feasible bundle.
 */
export function equivalentShare(preferences: Preferences, totals: ArrayLike<number>, bundle: Float64Array): number {
  const all = logBundle(preferences, totals);
  const direction = new Float64Array(all.length).fill(1);
  return Math.exp(bundleWorth(preferences, all, direction, bundle)[0] - all[0]);
}

/**
 * Returns the bundle on the line start + t direction, all directions of one sign, that is worth as
 * much as `bundle`.
 */
function bundleWorth(
  preferences: Preferences,
  start: Float64Array,
  direction: Float64Array,
  bundle: Float64Array,
): Float64Array {
  const sign = Math.sign(direction[0]);
  const nothing = bundle.map(() => Number.NEGATIVE_INFINITY);
  if (isWorst(preferences, bundle) || bundle.every((l) => l === Number.NEGATIVE_INFINITY)) return nothing;
  // Amounts rise with s = sign t. Take the values of s at which one good is as in the bundle: the
  // smallest and the largest bracket the root.
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  bundle.forEach((l, k) => {
    if (l === Number.NEGATIVE_INFINITY) return;
    const s = (sign * (l - start[k])) / direction[k];
    lower = Math.min(lower, s);
    upper = Math.max(upper, s);
  });
  const x = new Float64Array(bundle.length);
  const at = (s: number) => {
    for (let k = 0; k < x.length; k++) x[k] = start[k] + direction[k] * sign * s;
    return gainAndSlope(preferences, bundle, x, direction);
  };
  // With a good that the bundle lacks, x may be worth more even at the lower end: move that end
  // down.
  if (bundle.includes(Number.NEGATIVE_INFINITY)) for (let by = 1; at(lower).gain > 0; by *= 2) lower -= by;
  let s = 0.5 * (lower + upper);
  let last = upper - lower;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const { gain, slope } = at(s);
    if (gain > 0) upper = s;
    else lower = s;
    let step = gain / -slope;
    const rounding = Number.EPSILON * Math.max(1, Math.abs(s));
    if (!(Math.abs(step) > rounding)) break;
    // Far from the root, Newton's steps do not shrink: bisect if a step is not half the last one.
    if (!(s + step > lower && s + step < upper && Math.abs(step) < 0.5 * last)) step = 0.5 * (lower + upper) - s;
    s += step;
    last = Math.abs(step);
    if (!(last > rounding)) break;
  }
  at(s);
  return x;
}

/**
 * Returns how much more x is worth than `from`, and its slope in s, both divided by one positive
 * scale.
 */
function gainAndSlope(preferences: Preferences, from: Float64Array, x: Float64Array, direction: Float64Array) {
  const { logAlpha, omega } = preferences;
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < x.length; k++) {
    const power = 1 + omega[k];
    top = Math.max(top, logAlpha[k] + power * x[k]);
    if (from[k] > Number.NEGATIVE_INFINITY) top = Math.max(top, logAlpha[k] + power * from[k]);
  }
  let slope = 0;
  for (let k = 0; k < x.length; k++) {
    slope += Math.exp(logAlpha[k] + (1 + omega[k]) * x[k] - top) * Math.abs(direction[k]);
  }
  return { gain: scaledGain(preferences, from, x, top), slope };
}

/** Returns sum alpha (phi(to) - phi(from)) / exp(top); `to` and `from` are bundles. */
export function scaledGain(
  { logAlpha, omega }: Preferences,
  from: Float64Array,
  to: Float64Array,
  top: number,
): number {
  let sum = 0;
  for (let k = 0; k < to.length; k++) {
    if (to[k] === from[k]) continue;
    const power = 1 + omega[k];
    const level = logAlpha[k] - top;
    const change = power * (to[k] - from[k]);
    if (power === 0) sum += Math.exp(level) * (to[k] - from[k]);
    else if (Math.abs(change) < 1) sum += (Math.exp(level + power * from[k]) * Math.expm1(change)) / power;
    else sum += (Math.exp(level + power * to[k]) - Math.exp(level + power * from[k])) / power;
  }
  return sum;
}

/**
 * Returns derivatives of utility, n m numbers each, at amounts given by their logs. `byLogAmount`,
 * by ln x_ij, is alpha x^(1 + omega). `byAlpha` is by ln alpha_ij and `byOmega` by omega_ij, both
 * at fixed amounts; byOmega is NaN for omega = -1, where utility jumps. All are 0 where alpha_ij =
 * 0.
 */
export function utilitySlopes({ alpha, omega }: Economy, logX: Float64Array) {
  const byLogAmount = new Float64Array(alpha.length);
  const byAlpha = new Float64Array(alpha.length);
  const byOmega = new Float64Array(alpha.length);
  alpha.forEach((weight, c) => {
    if (weight === 0) return;
    const power = 1 + omega[c];
    byLogAmount[c] = Math.exp(Math.log(weight) + power * logX[c]);
    byAlpha[c] = power === 0 ? weight * logX[c] : byLogAmount[c] / power;
    byOmega[c] = power === 0 ? Number.NaN : (byLogAmount[c] / power) * (logX[c] - 1 / power);
  });
  return { byLogAmount, byAlpha, byOmega };
}

/** Returns weight times slope; 0 if the weight is 0, even if the slope is NaN or infinite. */
export function times(weight: number, slope: number): number {
  return weight === 0 ? 0 : weight * slope;
}

/**
 * Requires every omega of a wanted good to be below 0, so that utility is strictly concave.
 * @throws EconomyError with `requirement`
 */
export function requireConcave(economy: Economy, requirement: string): void {
  const findings = new Findings();
  findConvex(economy, requirement, findings);
  findings.throwIfAny(EconomyError);
}

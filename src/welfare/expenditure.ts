// One agent's utility in logs: differences of it that no cancellation spoils, the bundles that are worth as much as another, and the
// cheapest of them.

import type { Economy } from "../economy/economy.js";

/** What an agent wants: the goods with alpha above 0, by index, with ln alpha and omega. Bundles below are logs of amounts of these. */
export interface Preferences {
  goods: number[];
  logAlpha: Float64Array;
  omega: Float64Array;
}

const MOST_PASSES = 300;

export function preferencesOf(economy: Economy, agent: number): Preferences {
  const m = economy.goods.length;
  const goods = economy.goods.flatMap((_, j) => (economy.alpha[agent * m + j] > 0 ? [j] : []));
  return {
    goods,
    logAlpha: Float64Array.from(goods, (j) => Math.log(economy.alpha[agent * m + j])),
    omega: Float64Array.from(goods, (j) => economy.omega[agent * m + j]),
  };
}

/** The logs of what an agent wants among the m amounts from `offset` on. */
export function logBundle({ goods }: Preferences, amounts: ArrayLike<number>, offset = 0): Float64Array {
  return Float64Array.from(goods, (j) => Math.log(amounts[offset + j]));
}

/** sum alpha phi(x); minus infinity without any of a good with omega of -1 or less. */
export function utilityOf({ logAlpha, omega }: Preferences, x: Float64Array): number {
  let sum = 0;
  x.forEach((l, k) => {
    const power = 1 + omega[k];
    sum += power === 0 ? Math.exp(logAlpha[k]) * l : Math.exp(logAlpha[k] + power * l) / power;
  });
  return sum;
}

/** The utility of `to` less that of `from`, each good's difference taken before the sum; 0 between two of minus infinity. */
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
 * The cheapest bundle, at log prices of the goods wanted, that is worth as much as `bundle`: alpha x^omega = kappa p with ln kappa by a
 * root. Every omega below 0. A bundle of utility minus infinity costs nothing.
 */
export function cheapestBundle(
  preferences: Preferences,
  logPrices: ArrayLike<number>,
  bundle: Float64Array,
): Float64Array {
  const { logAlpha, omega } = preferences;
  const slope = omega.map((w) => 1 / w);
  const level = slope.map((a, k) => a * (logPrices[k] - logAlpha[k]));
  return bundleWorth(preferences, level, slope, bundle);
}

/** e(p, u): what the cheapest bundle worth as much as `bundle` costs at m prices. */
export function expenditure(preferences: Preferences, prices: ArrayLike<number>, bundle: Float64Array): number {
  const x = cheapestBundle(preferences, logBundle(preferences, prices), bundle);
  return preferences.goods.reduce((sum, j, k) => sum + prices[j] * Math.exp(x[k]), 0);
}

/** The part r of the m totals that is worth as much as `bundle` (Pazner & Schmeidler 1978), from 0 to 1 for feasible bundles. */
export function equivalentShare(preferences: Preferences, totals: ArrayLike<number>, bundle: Float64Array): number {
  const level = logBundle(preferences, totals);
  const slope = new Float64Array(level.length).fill(1);
  return Math.exp(bundleWorth(preferences, level, slope, bundle)[0] - level[0]);
}

/** The bundle with logs level + slope t, slopes of one sign, that is worth as much as `bundle`. */
function bundleWorth(
  preferences: Preferences,
  level: Float64Array,
  slope: Float64Array,
  bundle: Float64Array,
): Float64Array {
  const sign = Math.sign(slope[0]);
  const nothing = bundle.map(() => Number.NEGATIVE_INFINITY);
  if (isWorst(preferences, bundle) || bundle.every((l) => l === Number.NEGATIVE_INFINITY)) return nothing;
  // With s = sign t amounts rise with s. Where one good alone is the same as in the bundle, the least and the greatest s bracket the root.
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  bundle.forEach((l, k) => {
    if (l === Number.NEGATIVE_INFINITY) return;
    const s = (sign * (l - level[k])) / slope[k];
    low = Math.min(low, s);
    high = Math.max(high, s);
  });
  const x = new Float64Array(bundle.length);
  const at = (s: number) => {
    for (let k = 0; k < x.length; k++) x[k] = level[k] + slope[k] * sign * s;
    return gainAndSlope(preferences, bundle, x, slope);
  };
  // A good the bundle lacks makes every x with some of it worth more: go down until it is not.
  if (bundle.includes(Number.NEGATIVE_INFINITY)) for (let by = 1; at(low).gain > 0; by *= 2) low -= by;
  let s = 0.5 * (low + high);
  let last = high - low;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const { gain, rise } = at(s);
    if (gain > 0) high = s;
    else low = s;
    let step = gain / -rise;
    const rounding = Number.EPSILON * Math.max(1, Math.abs(s));
    if (!(Math.abs(step) > rounding)) break;
    // Far from the root Newton's steps are of one e-fold only: where they do not halve, the bracket does.
    if (!(s + step > low && s + step < high && Math.abs(step) < 0.5 * last)) step = 0.5 * (low + high) - s;
    s += step;
    last = Math.abs(step);
    if (!(last > rounding)) break;
  }
  at(s);
  return x;
}

/** What x is worth more than `from`, and how fast that rises with s; both over one positive scale. */
function gainAndSlope(preferences: Preferences, from: Float64Array, x: Float64Array, slope: Float64Array) {
  const { logAlpha, omega } = preferences;
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < x.length; k++) {
    const power = 1 + omega[k];
    top = Math.max(top, logAlpha[k] + power * x[k]);
    if (from[k] > Number.NEGATIVE_INFINITY) top = Math.max(top, logAlpha[k] + power * from[k]);
  }
  let rise = 0;
  for (let k = 0; k < x.length; k++) {
    rise += Math.exp(logAlpha[k] + (1 + omega[k]) * x[k] - top) * Math.abs(slope[k]);
  }
  return { gain: scaledGain(preferences, from, x, top), rise };
}

/** sum alpha (phi(to) - phi(from)) over exp(top). */
function scaledGain({ logAlpha, omega }: Preferences, from: Float64Array, to: Float64Array, top: number): number {
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
 * n m each: `worth`, by ln x_ij, which is alpha x^(1 + omega); `byAlpha`, by ln alpha_ij at fixed amounts; `byOmega`, by omega_ij, NaN at
 * omega = -1, where utility jumps. All 0 where alpha_ij = 0.
 */
export function utilitySlopes({ alpha, omega }: Economy, logX: Float64Array) {
  const worth = new Float64Array(alpha.length);
  const byAlpha = new Float64Array(alpha.length);
  const byOmega = new Float64Array(alpha.length);
  alpha.forEach((weight, c) => {
    if (weight === 0) return;
    const power = 1 + omega[c];
    worth[c] = Math.exp(Math.log(weight) + power * logX[c]);
    byAlpha[c] = power === 0 ? weight * logX[c] : worth[c] / power;
    byOmega[c] = power === 0 ? Number.NaN : (worth[c] / power) * (logX[c] - 1 / power);
  });
  return { worth, byAlpha, byOmega };
}

/** weight times slope, and 0 for a weight of 0 where the slope is NaN or beyond a double. */
export function times(weight: number, slope: number): number {
  return weight === 0 ? 0 : weight * slope;
}

// One agent among two goods, and two agents that share one, in the logs of amounts: roots of one
// unknown, by Newton's method where the equation is convex, and by safeguarded secants elsewhere.

import { cheapestBundle, isWorst, type Preferences, scaledGain } from "../welfare/expenditure.js";

/** Newton's method converges quadratically: after a step as small as this one, nothing is missing. */
const LAST_STEP = 1e-9;
/** Newton's steps go one way, and more than some twenty are never needed. */
const MAX_STEPS = 200;

/** An agent that wants two goods. A bundle is the logs of its amounts. */
export class Consumer {
  readonly #logAlpha: Float64Array;
  readonly #omega: Float64Array;

  constructor(readonly preferences: Preferences) {
    this.#logAlpha = preferences.logAlpha;
    this.#omega = preferences.omega;
  }

  /** Returns the log of the marginal utility of a good, at the log of its amount. */
  logMarginal(j: number, logAmount: number): number {
    return this.#logAlpha[j] + this.#omega[j] * logAmount;
  }

  /** Returns the log of the value of good 1 in units of good 2. */
  logSlope(bundle: ArrayLike<number>): number {
    return this.logMarginal(0, bundle[0]) - this.logMarginal(1, bundle[1]);
  }

  /**
   * Returns a function that returns how much better than `base` a bundle is, in units that are about
   * the size of the utility of `base`, so that they neither overflow nor vanish. A utility of minus
   * infinity is infinitely worse than any other.
   */
  gainOver(base: Float64Array): (bundle: Float64Array) => number {
    const { preferences } = this;
    if (isWorst(preferences, base)) return (bundle) => (isWorst(preferences, bundle) ? 0 : Number.POSITIVE_INFINITY);
    let top = Number.NEGATIVE_INFINITY;
    base.forEach((l, j) => {
      if (l > Number.NEGATIVE_INFINITY) top = Math.max(top, this.#logAlpha[j] + (1 + this.#omega[j]) * l);
    });
    return (bundle) =>
      isWorst(preferences, bundle) ? Number.NEGATIVE_INFINITY : scaledGain(preferences, base, bundle, top);
  }

  /**
   * Returns a function that returns the bundle as good as `base` at which good 1 is worth
   * exp(logSlope) of good 2.
   */
  asGoodAs(base: Float64Array): (logSlope: number) => Float64Array {
    return (logSlope) => cheapestBundle(this.preferences, [logSlope, 0], base);
  }

  /**
   * Returns the log of the amount of the other good that makes a bundle as good as `base`, if the
   * log of the amount of good j is `logAmount`. Minus infinity if even none of it is too much, plus
   * infinity if no amount suffices.
   */
  otherAmount(base: Float64Array, j: number, logAmount: number): number {
    const k = 1 - j;
    // The log of the utility that good j adds, or takes away, and its sign.
    const from = base[j];
    if (logAmount === from) return base[k];
    const loses = logAmount < from;
    const change = this.#logChange(j, from, logAmount);
    const power = 1 + this.#omega[k];
    const to = base[k];
    const sign = loses ? 1 : -1;
    if (to === Number.NEGATIVE_INFINITY) {
      return loses ? (Math.log(power) + change - this.#logAlpha[k]) / power : Number.NEGATIVE_INFINITY;
    }
    const relative = change - (this.#logAlpha[k] + power * to);
    if (power === 0) return to + sign * Math.exp(relative);
    // x^power = base^power (1 + sign power exp(relative)).
    const size = Math.log(Math.abs(power)) + relative;
    if (sign * power > 0) return to + (Math.max(0, size) + Math.log1p(Math.exp(-Math.abs(size)))) / power;
    if (size >= 0) return loses ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    return to + Math.log1p(-Math.exp(size)) / power;
  }

  /** Returns the log of the size of the difference that an amount of good j makes. */
  #logChange(j: number, from: number, to: number): number {
    const power = 1 + this.#omega[j];
    const logAlpha = this.#logAlpha[j];
    if (from === Number.NEGATIVE_INFINITY) return logAlpha + power * to - Math.log(power);
    if (power === 0) return logAlpha + Math.log(Math.abs(to - from));
    const change = power * (to - from);
    // exp(change) may be beyond a double.
    const log = change > 1 ? change + Math.log1p(-Math.exp(-change)) : Math.log(Math.abs(Math.expm1(change)));
    return logAlpha + power * from + log - Math.log(Math.abs(power));
  }

  /**
   * Returns a function that returns the agent's demand at log prices, if it owns `endowment`: the
   * amounts alpha x^omega = mu p that cost what the endowment does, where ln mu is the root of a
   * convex function that falls.
   */
  demandFrom(endowment: Float64Array): (logPrice1: number, logPrice2: number) => Float64Array {
    const [alpha1, alpha2] = this.#logAlpha;
    const [slope1, slope2] = this.#omega.map((w) => 1 / w);
    return (logPrice1, logPrice2) => {
      const income = logSum(logPrice1 + endowment[0], logPrice2 + endowment[1]);
      const amount1 = (logPrice1 - alpha1) * slope1;
      const amount2 = (logPrice2 - alpha2) * slope2;
      const left1 = income - logPrice1 - amount1;
      const left2 = income - logPrice2 - amount2;
      // Here one of the goods costs all of the income, and the other no more.
      let logMu = Math.max(left1 / slope1, left2 / slope2);
      for (let step = 0; step < MAX_STEPS; step++) {
        const spent1 = slope1 * logMu - left1;
        const spent2 = slope2 * logMu - left2;
        const ratio = Math.exp(-Math.abs(spent1 - spent2));
        const excess = Math.max(spent1, spent2) + Math.log1p(ratio);
        const [share1, share2] = spent1 > spent2 ? [1, ratio] : [ratio, 1];
        const by = (-excess * (share1 + share2)) / (share1 * slope1 + share2 * slope2);
        logMu += by;
        if (!(Math.abs(by) > LAST_STEP)) break;
      }
      return Float64Array.of(amount1 + slope1 * logMu, amount2 + slope2 * logMu);
    };
  }
}

/**
 * Returns the efficient division of a good between two agents whose Pareto weights have the ratio
 * exp(theta): s, the log of agent 1's part over agent 2's, at which
 * theta + ln alpha1 + omega1 ln x1 = ln alpha2 + omega2 ln x2. The difference of both sides falls in
 * s, and is convex or concave, so that Newton's method needs no safeguards.
 */
export function efficientSplit(
  [agent1, agent2]: readonly [Consumer, Consumer],
  j: number,
  theta: number,
  logTotal: number,
): number {
  const omega1 = agent1.preferences.omega[j];
  const omega2 = agent2.preferences.omega[j];
  const level = theta + agent1.logMarginal(j, logTotal) - agent2.logMarginal(j, logTotal);
  let s = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const e = Math.exp(-Math.abs(s));
    const rest = Math.log1p(e);
    // ln(1 + exp(-s)) and ln(1 + exp(s)): agent 1's part is exp(-below), agent 2's exp(-above).
    const below = Math.max(0, -s) + rest;
    const above = Math.max(0, s) + rest;
    const value = level - omega1 * below + omega2 * above;
    const part = s > 0 ? 1 / (1 + e) : e / (1 + e);
    const by = -value / (omega1 * (1 - part) + omega2 * part);
    s += by;
    if (!(Math.abs(by) > LAST_STEP)) break;
  }
  return s;
}

/** Returns the part of a total whose log ratio to the rest is s. */
export function partOf(s: number): number {
  return s > 0 ? 1 / (1 + Math.exp(-s)) : Math.exp(s) / (1 + Math.exp(s));
}

/**
 * Returns a root of f between a and b, as near as f and doubles tell. If f has the same sign at both,
 * returns the end at which it is nearer to 0.
 */
export function root(f: (t: number) => number, a: number, b: number): number {
  let [left, right] = [a, b];
  let [atLeft, atRight] = [f(left), f(right)];
  if (atLeft > 0 === atRight > 0) return Math.abs(atLeft) < Math.abs(atRight) ? a : b;
  let width = Math.abs(right - left);
  let replaced = 0;
  for (let step = 1; ; step++) {
    if (atLeft === 0) return left;
    if (atRight === 0) return right;
    const middle = left + 0.5 * (right - left);
    const rounding = Number.EPSILON * Math.max(1, Math.abs(middle));
    if (Math.abs(right - left) <= rounding || middle === left || middle === right) return middle;
    let t = left - (atLeft * (right - left)) / (atRight - atLeft);
    // A secant of infinite values leaves the interval, and a slow one does not halve it in three steps.
    const slow = step % 3 === 0 && Math.abs(right - left) > 0.5 * width;
    if (step % 3 === 0) width = Math.abs(right - left);
    if (slow || !((t - left) * (right - t) > 0)) t = middle;
    const value = f(t);
    // An end that stays twice counts half (the Illinois method), so that both close in on the root.
    if (value > 0 === atLeft > 0) {
      if (replaced < 0) atRight *= 0.5;
      [left, atLeft, replaced] = [t, value, -1];
    } else {
      if (replaced > 0) atLeft *= 0.5;
      [right, atRight, replaced] = [t, value, 1];
    }
  }
}

function logSum(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

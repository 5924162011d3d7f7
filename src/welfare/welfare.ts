// What changes and trades are worth to people, in money: equivalent and compensating variation, envy, gains from trade.

import type { Economy } from "../economy/economy.js";
import { type NumberMatrix, numbers } from "../options/numbers.js";
import { EconomyError, Findings, OptionError } from "../violations.js";
import { expenditure, logBundle, type Preferences, preferencesOf, utilityGain } from "./expenditure.js";

/** An allocation with prices: an equilibrium, or a plan with its shadow prices; anybody's. */
export interface Priced {
  /** n m, 0 or more, as rows or flat. */
  allocation?: NumberMatrix;
  /** m, above 0 for every good that somebody wants. */
  prices?: ArrayLike<number>;
  /** m, in the place of prices. */
  shadowPrices?: ArrayLike<number>;
}

/** Amounts of money are in the unit of account of the prices they are measured at. n numbers each. */
export interface Comparison {
  /**
   * e(p before, u after) - e(p before, u before): the income that would have been as good, at the prices before. Above 0 for who gains. What
   * has a utility of minus infinity costs nothing, so that falling to it is worth minus all that the bundle before costs.
   */
  equivalentVariation: Float64Array;
  /** e(p after, u after) - e(p after, u before): the income that could be taken away again, at the prices after. */
  compensatingVariation: Float64Array;
  /** u after - u before, without cancellation; infinite to or from a utility of minus infinity, 0 between two. */
  utilityChange: Float64Array;
  /** 1 for who gains, -1 for who loses, 0 for whom utility is the same to rounding. */
  gains: Int8Array;
}

export interface FairnessOptions {
  /** Envy up to this part of an agent's spending counts as none; default 1e-9. */
  tolerance?: number;
}

export interface Fairness {
  /**
   * n n, row by row: how much more income would be as good to agent i as having agent k's bundle for her own, e_i(p, u_i(x_k)) - e_i(p, u_i(x_i));
   * above 0 is envy.
   */
  envy: Float64Array;
  /** Whether nobody envies anybody (Foley 1967; Varian 1974). */
  envyFree: boolean;
  /** The largest envy; null where there is none. */
  largest: { agent: number; of: number; amount: number } | null;
  /** n: each agent's part of the value p.x of everything held; at an equilibrium her part of all income. */
  shares: Float64Array;
  /**
   * n: gains from trade, e_i(p, u_i(x_i)) - e_i(p, u_i(e_i)), the income that at these prices could be taken from her before she were as badly off as
   * with what she owns. All of it where that has a utility of minus infinity. Null without endowments.
   */
  gains: Float64Array | null;
  /** n: each agent's part of the sum of these gains, all 0 where that is below 1e-12 of the value of everything; null without endowments. */
  gainShares: Float64Array | null;
}

/** Agents up to which all pairs are compared: some twenty seconds of work with three goods. */
const MOST_AGENTS = 2048;
/** Differences of utility below this part of what is compared are rounding. */
const ROUNDING = 1e-14;

/** Walras.compare. */
export function compare(economy: Economy, before: Priced, after: Priced): Comparison {
  requireConcave(economy);
  const findings = new Findings();
  const then = read("before", economy, before, findings);
  const now = read("after", economy, after, findings);
  findings.throwIfAny(OptionError);
  const n = economy.agents.length;
  const m = economy.goods.length;
  const comparison: Comparison = {
    equivalentVariation: new Float64Array(n),
    compensatingVariation: new Float64Array(n),
    utilityChange: new Float64Array(n),
    gains: new Int8Array(n),
  };
  for (let i = 0; i < n; i++) {
    const preferences = preferencesOf(economy, i);
    const old = logBundle(preferences, then.allocation, i * m);
    const fresh = logBundle(preferences, now.allocation, i * m);
    const change = utilityGain(preferences, old, fresh);
    const variation = (prices: Float64Array) => {
      const from = expenditure(preferences, prices, old);
      const to = expenditure(preferences, prices, fresh);
      // Rounding of two roots must not make a gain a loss.
      return change > 0 ? Math.max(0, to - from) : change < 0 ? Math.min(0, to - from) : 0;
    };
    comparison.utilityChange[i] = change;
    comparison.equivalentVariation[i] = variation(then.prices);
    comparison.compensatingVariation[i] = variation(now.prices);
    comparison.gains[i] = Math.abs(change) <= ROUNDING * sizeOf(preferences, old) ? 0 : Math.sign(change);
  }
  return comparison;
}

/** Walras.fairness. */
export function fairness(economy: Economy, solution: Priced, options: FairnessOptions = {}): Fairness {
  requireConcave(economy);
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (n > MOST_AGENTS) {
    throw new EconomyError([
      { path: "agents", requirement: `must be ${MOST_AGENTS} at most to be compared in pairs`, value: n },
    ]);
  }
  const findings = new Findings();
  findings.keys(options, ["tolerance"]);
  findings.number("tolerance", options.tolerance, 0, 1);
  const { allocation, prices } = read("solution", economy, solution, findings);
  findings.throwIfAny(OptionError);
  const { tolerance = 1e-9 } = options;

  const envy = new Float64Array(n * n);
  const value = new Float64Array(n);
  const gains = economy.endowments ? new Float64Array(n) : null;
  let largest: Fairness["largest"] = null;
  for (let i = 0; i < n; i++) {
    const preferences = preferencesOf(economy, i);
    const worth = (amounts: Float64Array, k: number) =>
      expenditure(preferences, prices, logBundle(preferences, amounts, k * m));
    const own = worth(allocation, i);
    for (let j = 0; j < m; j++) value[i] += prices[j] * allocation[i * m + j];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const amount = worth(allocation, k) - own;
      envy[i * n + k] = amount;
      if (amount > tolerance * value[i] && amount > (largest?.amount ?? 0)) largest = { agent: i, of: k, amount };
    }
    if (gains) gains[i] = own - worth(economy.endowments as Float64Array, i);
  }
  return {
    envy,
    envyFree: largest === null,
    largest,
    shares: sharesOf(value, 0),
    gains,
    gainShares: gains && sharesOf(gains, 1e-12 * sum(value)),
  };
}

/** Each part of the sum; zeros where that is not above `least`. */
function sharesOf(parts: Float64Array, least: number): Float64Array {
  const whole = sum(parts);
  return parts.map((part) => (Math.abs(whole) > least ? part / whole : 0));
}

function sum(parts: Float64Array): number {
  return parts.reduce((a, b) => a + b, 0);
}

/** The size of the terms that a bundle's utility adds up. */
function sizeOf({ logAlpha, omega }: Preferences, bundle: Float64Array): number {
  return bundle.reduce((size, l, k) => {
    const term = Math.exp(logAlpha[k] + (1 + omega[k]) * l);
    return l === Number.NEGATIVE_INFINITY ? size : size + term;
  }, 0);
}

/** Money measures need a cheapest bundle for every utility, which is unique where utility is strictly concave. */
function requireConcave({ alpha, omega, goods }: Economy): void {
  const findings = new Findings();
  omega.forEach((w, c) => {
    const place = `omega[${Math.floor(c / goods.length)}][${c % goods.length}]`;
    if (alpha[c] > 0 && !(w < 0)) findings.add(place, "must be below 0 for amounts of money", w);
  });
  findings.throwIfAny(EconomyError);
}

function read(path: string, economy: Economy, solution: Priced, findings: Findings) {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const empty = { allocation: new Float64Array(n * m), prices: new Float64Array(m) };
  if (typeof solution !== "object" || solution === null || !solution.prices === !solution.shadowPrices) {
    findings.add(path, "must have an allocation, and prices or shadowPrices", solution);
    return empty;
  }
  const name = solution.prices ? "prices" : "shadowPrices";
  const allocation = numbers(`${path}.allocation`, solution.allocation, [n, m], findings, 0);
  const prices = numbers(`${path}.${name}`, solution[name], [m], findings, 0);
  prices?.forEach((price, j) => {
    if (price > 0) return;
    const wanted = economy.alpha.some((a, c) => c % m === j && a > 0);
    if (wanted) findings.add(`${path}.${name}[${j}]`, "must be above 0: somebody wants that good", 0);
  });
  return allocation && prices ? { allocation, prices } : empty;
}

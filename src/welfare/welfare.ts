// The value of changes and of trade to agents, in money: equivalent and compensating variation,
// envy, and gains from trade.
//
// In TypeScript: one root per pair of an agent and a bundle. For more than some hundred agents a
// kernel would be worth it.

import type { Economy } from "../economy/economy.js";
import { type NumberMatrix, numbers } from "../options/numbers.js";
import { goodOf, type Numeraire } from "../options/options.js";
import { EconomyError, Findings, isRecord, OptionError } from "../violations.js";
import { expenditure, logBundle, type Preferences, preferencesOf, requireConcave, utilityGain } from "./expenditure.js";

/** An allocation with prices, from any source: an equilibrium, or a plan with its shadow prices. */
export interface Priced {
  /** n m numbers, 0 or more, as rows or flat. */
  allocation?: NumberMatrix;
  /** m prices, above 0 for every good that somebody wants. */
  prices?: ArrayLike<number>;
  /** m shadow prices, instead of `prices`. */
  shadowPrices?: ArrayLike<number>;
  /** What prices are measured in, as an equilibrium says; only `compare` looks at it. */
  numeraire?: string;
}

/** The options of `compare`. */
export interface CompareOptions {
  /**
   * The unit of account of both variations: a good, by name or index, whose price is made 1 in both
   * solutions; "simplex": prices are made to add up to 1; or "given": each solution's own prices,
   * so that each variation has the unit of the prices at which it is measured. Default: the
   * numeraire that `before` names, or else `after`, where each of them names one or is a plan, whose
   * shadow prices are in units of welfare; otherwise "given".
   */
  numeraire?: Numeraire | "given";
}

/** The value of a change to each agent, n numbers each. */
export interface Comparison {
  /** The unit of account: a good's name, "simplex" or "given", as in the option `numeraire`. */
  numeraire: string;
  /**
   * e(p before, u after) - e(p before, u before): the extra income, at the prices before, that
   * would have been as good as the change. Above 0 for an agent that gains. A utility of minus
   * infinity costs nothing: the change to it is worth minus the whole cost of the bundle before.
   */
  equivalentVariation: Float64Array;
  /**
   * e(p after, u after) - e(p after, u before): the income, at the prices after, whose loss would
   * undo the change.
   */
  compensatingVariation: Float64Array;
  /**
   * u after - u before, without cancellation. Infinite if one of them is minus infinity; 0 if both
   * are.
   */
  utilityChange: Float64Array;
  /** 1 for an agent that gains, -1 for one that loses, 0 if utility is the same up to rounding. */
  gains: Int8Array;
}

/** The options of `fairness`. */
export interface FairnessOptions {
  /** Envy up to this part of an agent's spending does not count, 0 to 1; default 1e-9. */
  tolerance?: number;
}

/** Who envies whom at one solution, and what each agent gains from trade. */
export interface Fairness {
  /**
   * n n, one row per agent: the extra income that would be as good to agent i as having the bundle
   * of agent k instead of its own, e_i(p, u_i(x_k)) - e_i(p, u_i(x_i)). Above 0 it is envy.
   */
  envy: Float64Array;
  /** Whether no agent envies another (Foley 1967; Varian 1974). */
  envyFree: boolean;
  /** The largest envy: of `agent` for the bundle of agent `of`. null if there is none. */
  largest: {
    /** The index of the agent that envies. */
    agent: number;
    /** The index of the agent that is envied. */
    of: number;
    /** The envy, in units of account; above 0. */
    amount: number;
  } | null;
  /**
   * n: each agent's share of the value p.x of everything held; at an equilibrium its share of
   * income.
   */
  shares: Float64Array;
  /**
   * n: gains from trade, e_i(p, u_i(x_i)) - e_i(p, u_i(e_i)): the income, at these prices, whose
   * loss would leave the agent as well off as its endowment. It is the whole spending if the
   * endowment's utility is minus infinity. null without endowments.
   */
  gains: Float64Array | null;
  /**
   * n: each agent's share of the sum of these gains. All 0 if the sum is below 1e-12 of the value
   * of everything; null without endowments.
   */
  gainShares: Float64Array | null;
}

/**
 * The most agents of which all pairs are compared: some twenty seconds of work with three goods.
 */
const MAX_AGENTS = 2048;
/** The most pairs of agents times goods: some ten seconds of work. */
const MAX_WORK = 2 ** 25;
/** A difference of utility below this part of the terms that are compared is rounding. */
const ROUNDING = 1e-14;
const MONEY_REQUIREMENT = "must be below 0 to measure utility in money: it must be strictly concave";

/** Walras.compare. */
export function compare(economy: Economy, before: Priced, after: Priced, options: CompareOptions = {}): Comparison {
  requireConcave(economy, MONEY_REQUIREMENT);
  const findings = new Findings();
  const { numeraire } = findings.keys(options, ["numeraire"]);
  const givenBefore = readPriced("before", economy, before, findings);
  const givenAfter = readPriced("after", economy, after, findings);
  const both = [givenBefore, givenAfter];
  const isKnown = both.every((given) => given.numeraire !== undefined || given.isPlan);
  const named = isKnown ? (givenBefore.numeraire ?? givenAfter.numeraire) : undefined;
  const unit = numeraire === undefined ? (named ?? "given") : numeraire;
  const isGood = unit !== "given" && unit !== "simplex";
  const good = isGood ? goodOf(economy, unit, findings, '"simplex", "given"') : -1;
  findings.throwIfAny(OptionError);
  const [pricedBefore, pricedAfter] = both.map(({ allocation, prices }) => {
    if (unit === "given") return { allocation, prices };
    const level = isGood ? prices[good] : sum(prices);
    const scaled = prices.map((price) => price / level);
    if (!scaled.every(Number.isFinite)) {
      const requirement = "must be a good that is not free in either solution, in whose units prices are finite";
      throw new OptionError([{ path: "numeraire", requirement, value: unit }]);
    }
    return { allocation, prices: scaled };
  });
  const n = economy.agents.length;
  const m = economy.goods.length;
  const comparison: Comparison = {
    numeraire: isGood ? economy.goods[good] : unit,
    equivalentVariation: new Float64Array(n),
    compensatingVariation: new Float64Array(n),
    utilityChange: new Float64Array(n),
    gains: new Int8Array(n),
  };
  for (let i = 0; i < n; i++) {
    const preferences = preferencesOf(economy, i);
    const bundleBefore = logBundle(preferences, pricedBefore.allocation, i * m);
    const bundleAfter = logBundle(preferences, pricedAfter.allocation, i * m);
    const change = utilityGain(preferences, bundleBefore, bundleAfter);
    const variation = (prices: Float64Array) => {
      const from = expenditure(preferences, prices, bundleBefore);
      const to = expenditure(preferences, prices, bundleAfter);
      // Do not let the rounding of two roots turn a gain into a loss.
      return change > 0 ? Math.max(0, to - from) : change < 0 ? Math.min(0, to - from) : 0;
    };
    comparison.utilityChange[i] = change;
    comparison.equivalentVariation[i] = variation(pricedBefore.prices);
    comparison.compensatingVariation[i] = variation(pricedAfter.prices);
    comparison.gains[i] = Math.abs(change) <= ROUNDING * sizeOf(preferences, bundleBefore) ? 0 : Math.sign(change);
  }
  return comparison;
}

/** Walras.fairness. */
export function fairness(economy: Economy, solution: Priced, options: FairnessOptions = {}): Fairness {
  requireConcave(economy, MONEY_REQUIREMENT);
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (n > MAX_AGENTS) {
    throw new EconomyError([
      { path: "agents", requirement: `must be ${MAX_AGENTS} at most: all pairs of agents are compared`, value: n },
    ]);
  }
  if (n * n * m > MAX_WORK) {
    const requirement = `must be fewer for so many agents: agents times agents times goods may be ${MAX_WORK} at most`;
    throw new EconomyError([{ path: "goods", requirement, value: m }]);
  }
  const findings = new Findings();
  const { tolerance = 1e-9 } = findings.keys(options, ["tolerance"]);
  findings.number("tolerance", tolerance, 0, 1);
  const { allocation, prices } = readPriced("solution", economy, solution, findings);
  findings.throwIfAny(OptionError);

  const envy = new Float64Array(n * n);
  const value = new Float64Array(n);
  const { endowments } = economy;
  const gains = endowments ? new Float64Array(n) : null;
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
    if (gains && endowments) gains[i] = own - worth(endowments, i);
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

/** Returns each part over the sum; zeros if the size of the sum is not above `lower`. */
function sharesOf(parts: Float64Array, lower: number): Float64Array {
  const total = sum(parts);
  return parts.map((part) => (Math.abs(total) > lower ? part / total : 0));
}

function sum(parts: Float64Array): number {
  return parts.reduce((a, b) => a + b, 0);
}

/** Returns the sum of the sizes of the terms of a bundle's utility. */
function sizeOf({ logAlpha, omega }: Preferences, bundle: Float64Array): number {
  return bundle.reduce((size, l, k) => {
    const term = Math.exp(logAlpha[k] + (1 + omega[k]) * l);
    return l === Number.NEGATIVE_INFINITY ? size : size + term;
  }, 0);
}

/**
 * Reads an allocation and its prices. Adds violations to `findings`; then the numbers are no use.
 */
function readPriced(path: string, economy: Economy, solution: Priced, findings: Findings) {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const empty = {
    allocation: new Float64Array(n * m),
    prices: new Float64Array(m),
    numeraire: undefined,
    isPlan: false,
  };
  const {
    prices: given,
    shadowPrices,
    allocation: amounts,
    numeraire: named,
  }: Priced = isRecord(solution) ? solution : {};
  // The share demand names units that are neither a good nor the simplex.
  const numeraire = named === "simplex" || economy.goods.includes(named as string) ? named : undefined;
  if ((given === undefined) === (shadowPrices === undefined)) {
    findings.add(path, "must have an allocation, and prices or shadowPrices", solution);
    return empty;
  }
  const place = `${path}.${given === undefined ? "shadowPrices" : "prices"}`;
  const allocation = numbers(`${path}.allocation`, amounts, [n, m], findings, 0);
  const prices = numbers(place, given ?? shadowPrices, [m], findings, 0);
  if (prices?.includes(0)) {
    const wanted = new Uint8Array(m);
    for (let c = 0; c < n * m; c++) if (economy.alpha[c] > 0) wanted[c % m] = 1;
    prices.forEach((price, j) => {
      if (price === 0 && wanted[j]) findings.add(`${place}[${j}]`, "must be above 0: somebody wants that good", 0);
    });
  }
  return allocation && prices ? { allocation, prices, numeraire, isPlan: given === undefined } : empty;
}

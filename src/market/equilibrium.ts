// The equilibrium of a market: solves it group by group, joins the parts and judges the whole.

import * as protocol from "../../assembly/protocol.js";
import { auditMarket } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import { type Group, type MarketGroup, marketGroups, pick, place, requirePriced } from "../economy/groups.js";
import type { Engine } from "../engine/engine.js";
import { largestOf } from "../options/numbers.js";
import { checkEquilibriumOptions, type EquilibriumOptions } from "../options/options.js";
import { type Equilibrium, finish, judge, lostUtility, METHODS, MIN_NORMAL, type Stability } from "../solution.js";
import { OptionError } from "../violations.js";
import { fitsSafeguarded, type Part, solveGroup } from "./session.js";

/** Walras.equilibrium for the consumers' own demand. */
export function equilibrium(engine: Engine, economy: Economy, given: EquilibriumOptions = {}): Equilibrium {
  const { options, start, good } = checkEquilibriumOptions(economy, given);
  const groups = marketGroups(economy);
  if (start) requirePriced("start", start, groups);
  const unique = groups.length === 1 && (groups[0].substitutes || groups[0].trivial);
  const solve = (joint: boolean) => {
    const parts = groups.map((group) => {
      const from = start && pick(start, group.goods);
      return solveGroup(engine, group.economy, from, options, group.substitutes, joint);
    });
    return assembleEquilibrium(engine, economy, groups, parts, good, options, unique);
  };
  const found = solve(!start);
  const byJoint = found.method.includes(METHODS[protocol.JOINT]);
  const doubted = found.status === "stalled" && byJoint && fitsSafeguarded(engine, economy);
  return finish(options, doubted ? solve(false) : found);
}

/**
 * Returns the equilibrium of the whole economy, from one of each group, with the verdict of the
 * audit. `good` is the numeraire, -1 for the simplex.
 */
export function assembleEquilibrium(
  engine: Engine,
  economy: Economy,
  groups: readonly MarketGroup[],
  parts: readonly Part[],
  good: number,
  options: { numeraire?: unknown; tolerance?: number },
  unique: boolean,
): Equilibrium {
  const joined = joinParts(economy, groups, parts);
  const { logPrices, allocation } = joined;
  const level = good < 0 ? largestOf(logPrices) : logPrices[good];
  const m = economy.goods.length;
  if (level === Number.NEGATIVE_INFINITY) {
    throw new OptionError([
      {
        path: "numeraire",
        requirement: "must be a good that somebody wants: its price is 0",
        value: options.numeraire,
      },
    ]);
  }
  const prices = new Float64Array(m);
  let sum = 0;
  for (let j = 0; j < m; j++) {
    prices[j] = Math.exp(logPrices[j] - level);
    sum += prices[j];
  }
  let lost = -1;
  for (let j = m - 1; j >= 0; j--) {
    if (good < 0) prices[j] /= sum;
    if (logPrices[j] > Number.NEGATIVE_INFINITY && !(prices[j] >= MIN_NORMAL && prices[j] < Infinity)) lost = j;
  }

  let code: number = protocol.CONVERGED;
  let product = 1;
  let iterations = 0;
  let evaluations = 0;
  for (const part of parts) {
    if (part.code !== protocol.CONVERGED) code = part.code;
    product *= part.index;
    iterations += part.iterations;
    evaluations += part.evaluations;
  }
  const laid = joined === parts[0]?.answer ? parts[0].laid : undefined;
  const audited = auditMarket(engine, economy, prices, allocation, laid);
  const { residuals } = audited;
  const verdict = judge(code, residuals, options.tolerance ?? 1e-10, hasNaN(audited.utilities));
  const index = verdict.converged ? (product as -1 | 0 | 1) : 0;
  const known = groups.every((group) => group.substitutes) || groups.every((group) => group.trivial);
  const stability = known ? "stable" : stabilityOf(parts.map((part) => part.stable));
  let { message } = verdict;
  if (lost >= 0) {
    const beyond = `In this numeraire the price of ${economy.goods[lost]} is beyond what a double holds`;
    if (code === protocol.CONVERGED)
      message = `${beyond}, so no residuals can bear the answer out; another numeraire, or other units of the goods, may help.`;
    else message += ` ${beyond}.`;
  } else message += lostUtility(economy, audited.utilities);
  if (index < 0)
    message += " Its index of -1 means that there are at least two other equilibria; another start may find them.";
  if (groups.length > 1)
    message += ` The economy falls into ${groups.length} groups that do not trade with each other: prices between them are arbitrary, here each group's add up to its part of the goods.`;
  return {
    status: verdict.status,
    converged: verdict.converged,
    message,
    iterations,
    evaluations,
    method: methodsOf(parts),
    engine: engine.name,
    residuals,
    prices,
    numeraire: good < 0 ? "simplex" : economy.goods[good],
    allocation,
    incomes: audited.incomes,
    utilities: audited.utilities,
    netTrades: audited.netTrades,
    weights: audited.weights,
    groups: groups.map(({ agents, goods }) => ({ agents, goods })),
    index,
    uniqueness: unique && verdict.converged ? "proved" : "unknown",
    stability: verdict.converged ? stability : "unknown",
  };
}

/** Returns the methods that found the parts, each once. */
export function methodsOf(parts: readonly Part[]): string {
  if (parts.length === 1) return parts[0].method;
  const methods: string[] = [];
  for (const { method } of parts) if (!methods.includes(method)) methods.push(method);
  return methods.join(", ");
}

/**
 * Returns the log prices and the allocation of the whole economy. Goods that nobody wants stay with
 * their owners.
 */
function joinParts(economy: Economy, groups: readonly Group[], parts: readonly Part[]) {
  const m = economy.goods.length;
  const [first] = parts;
  if (first?.answer.allocation.length === economy.alpha.length) return first.answer;
  const allocation = Float64Array.from(economy.endowments ?? []);
  groups.forEach((group, g) => {
    place(allocation, parts[g].answer.allocation, group, m);
  });
  return { logPrices: joinedPrices(m, groups, parts), allocation };
}

/**
 * Returns the m log prices of the whole economy. The prices of each group add up to its part of the
 * goods. The logs are minus infinity for goods in no group.
 */
export function joinedPrices(m: number, groups: readonly Group[], parts: readonly Part[]): Float64Array {
  const logPrices = new Float64Array(m).fill(Number.NEGATIVE_INFINITY);
  groups.forEach(({ goods }, g) => {
    const { answer } = parts[g];
    const sum = logSum(answer.logPrices);
    goods.forEach((j, l) => {
      logPrices[j] = answer.logPrices[l] - sum + Math.log(goods.length / m);
    });
  });
  return logPrices;
}

function hasNaN(values: Float64Array): boolean {
  for (let k = 0; k < values.length; k++) if (Number.isNaN(values[k])) return true;
  return false;
}

/** Returns ln sum_k exp x_k; the x_k may be minus infinity. */
export function logSum(x: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < x.length; k++) top = Math.max(top, x[k]);
  if (top === Number.NEGATIVE_INFINITY) return top;
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += Math.exp(x[k] - top);
  return top + Math.log(sum);
}

/** Returns the stability of the whole from that of its groups: 1 stable, -1 unstable, 0 unknown. */
function stabilityOf(parts: number[]): Stability {
  if (parts.includes(-1)) return "unstable";
  return parts.includes(0) ? "unknown" : "stable";
}

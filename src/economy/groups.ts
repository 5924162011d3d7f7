// The groups of a market that do not trade with each other, and whether an equilibrium can exist.

import { EconomyError, Findings, OptionError } from "../violations.js";
import type { Economy } from "./economy.js";

/** Agents and goods, by index, that no trade connects with the rest of the economy. */
export interface Group {
  /** The indices of its agents, ascending. */
  agents: number[];
  /** The indices of its goods, ascending. */
  goods: number[];
}

/** An economy whose endowments are known. */
export type Market = Economy & { readonly endowments: Float64Array };

/** A group with the economy that it makes by itself, and what is known of its equilibria. */
export interface MarketGroup extends Group {
  readonly economy: Market;
  /** Whether its goods are gross substitutes: see wantsOf(). */
  readonly substitutes: boolean;
  /** Whether it has only one agent or one good, and so one equilibrium. */
  readonly trivial: boolean;
}

/**
 * Returns the economy itself, whose endowments are then known.
 * @throws EconomyError if only its totals were given
 */
export function requireMarket(economy: Economy): Market {
  if (economy.endowments) return economy as Market;
  throw new EconomyError([{ path: "endowments", requirement: "must be given for a market", value: undefined }]);
}

/**
 * Splits a market into its unconnected groups, between which relative prices are undetermined.
 * Goods that nobody wants are in no group.
 * @throws EconomyError if the data are not those of a market. Also if no equilibrium can exist
 *   because some agents want nothing that others own: within a group every agent must want,
 * directly
 *   or through others, something of what every other agent owns (McKenzie 1959, irreducibility).
 */
export function marketGroups(economy: Economy): MarketGroup[] {
  const market = requireMarket(economy);
  const { alpha, endowments } = market;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const findings = new Findings();
  const { all, concave, substitutes } = wantsOf(economy);
  if (!concave) findConvex(economy, "must be below 0 in a market: else utility is not strictly concave", findings);
  const wanted = economy.goods.map((_, j) => all || economy.agents.some((_, i) => alpha[i * m + j] > 0));
  for (let i = 0; i < n; i++) {
    let owns = false;
    for (let j = 0; j < m && !owns; j++) owns = endowments[i * m + j] > 0 && wanted[j];
    if (!owns) findings.add(`endowments[${i}]`, "must have an entry above 0 of a good that somebody wants", 0);
  }
  findings.throwIfAny(EconomyError);

  // The common case: every agent wants every good, and so something of what every other agent owns.
  if (all) return [wholeGroup(market, substitutes)];

  // An agent reaches the owners of what it wants; backwards, the agents that want what it owns.
  const wants: Links = { of: alpha, by: endowments, m };
  const serves: Links = { of: endowments, by: alpha, m };
  const groups: MarketGroup[] = [];
  const placed = new Array<boolean>(n).fill(false);
  for (let i = 0; i < n; i++) {
    if (placed[i]) continue;
    const forward = reachable(i, [wants], n);
    const agents = reachable(i, [wants, serves], n);
    for (const set of [forward, complement(agents, reachable(i, [serves], n))]) {
      if (set.length > 0 && set.length < agents.length) refuse(economy, set, complement(agents, set));
    }
    for (const k of agents) placed[k] = true;
    const owned = (j: number) => agents.some((k) => endowments[k * m + j] > 0);
    const goods = Array.from({ length: m }, (_, j) => j).filter((j) => wanted[j] && owned(j));
    const part = subEconomy(market, { agents, goods });
    groups.push(groupOf(agents, goods, part, part === market ? substitutes : wantsOf(part).substitutes));
  }
  return groups;
}

/**
 * Adds a violation for every omega of a wanted good that is not below 0. There is one for them all,
 * with the least, where none is below 0: who has written so may mean relative risk aversions, and is
 * told of gamma. There is one for a good where all agents have the same, as from a row for all.
 */
export function findConvex({ alpha, omega, agents, goods }: Economy, requirement: string, findings: Findings): void {
  const n = agents.length;
  const m = goods.length;
  const isConvex = (c: number) => alpha[c] > 0 && !(omega[c] < 0);
  let convex = 0;
  let wanted = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let c = 0; c < n * m; c++) {
    if (!(alpha[c] > 0)) continue;
    wanted++;
    if (!(omega[c] < 0)) convex++;
    least = Math.min(least, omega[c]);
    most = Math.max(most, omega[c]);
  }
  if (convex === 0) return;
  if (convex === wanted) {
    const one = `a relative risk aversion of ${least} is gamma: ${least}`;
    const hint = least > 0 ? ` (omega is -gamma: ${least === most ? one : "relative risk aversions are gamma"})` : "";
    findings.add("omega", `${requirement}${hint}`, least);
    return;
  }
  for (let j = 0; j < m && !findings.full; j++) {
    const column = Array.from({ length: n }, (_, i) => i * m + j);
    const bad = column.filter(isConvex);
    if (bad.length > 1 && bad.length === n && bad.every((c) => omega[c] === omega[j])) {
      findings.add(`omega[*][${j}]`, requirement, omega[j]);
    } else for (const c of bad) findings.add(`omega[${Math.floor(c / m)}][${j}]`, requirement, omega[c]);
  }
}

/** Returns the whole of a connected market as one group. */
export function singleGroup(market: Market): MarketGroup {
  return wholeGroup(market, wantsOf(market).substitutes);
}

function wholeGroup(market: Market, substitutes: boolean): MarketGroup {
  const agents = market.agents.map((_, i) => i);
  const goods = market.goods.map((_, j) => j);
  return groupOf(agents, goods, market, substitutes);
}

function groupOf(agents: number[], goods: number[], economy: Market, substitutes: boolean): MarketGroup {
  const trivial = agents.length === 1 || goods.length === 1;
  return { agents, goods, economy, substitutes, trivial };
}

/**
 * Returns whether everybody wants everything, whether every omega of what is wanted is below 0, and
 * whether demands are weak gross substitutes, every such omega at -1 or above. Prices are then unique
 * within a group, and stable (Arrow, Block & Hurwicz 1959).
 */
function wantsOf({ alpha, omega }: Economy): { all: boolean; concave: boolean; substitutes: boolean } {
  let [all, concave, substitutes] = [true, true, true];
  for (let c = 0; c < alpha.length; c++) {
    if (!(alpha[c] > 0)) all = false;
    else if (!(omega[c] < 0)) concave = false;
    else if (!(omega[c] >= -1)) substitutes = false;
  }
  return { all, concave, substitutes };
}

/** A link leads from agent i to agent k if `of` is above 0 for i and `by` for k, of some good j. */
interface Links {
  of: Float64Array;
  by: Float64Array;
  m: number;
}

/** Returns agent i and all agents that chains of links lead to from it, in ascending order. */
function reachable(i: number, links: readonly Links[], n: number): number[] {
  const reached = new Set([i]);
  const goodsDone = links.map(() => new Set<number>());
  for (const agent of reached) {
    links.forEach(({ of, by, m }, l) => {
      for (let j = 0; j < m; j++) {
        if (!(of[agent * m + j] > 0) || goodsDone[l].has(j)) continue;
        goodsDone[l].add(j);
        for (let k = 0; k < n; k++) if (by[k * m + j] > 0) reached.add(k);
      }
    });
  }
  return [...reached].sort((a, b) => a - b);
}

function complement(all: number[], part: number[]): number[] {
  const taken = new Set(part);
  return all.filter((k) => !taken.has(k));
}

function refuse(economy: Economy, closed: number[], others: number[]): never {
  const names = (set: number[]) => {
    const some = set.slice(0, 5).map((k) => economy.agents[k]);
    return `${some.join(", ")}${set.length > 5 ? ` and ${set.length - 5} more` : ""}`;
  };
  throw new EconomyError([
    {
      path: "alpha",
      requirement: "must connect everybody in the market, or no prices clear it",
      value: `${names(closed)} wanting nothing of what ${names(others)} own, who do want what ${closed.length > 1 ? "they" : "that one"} own${closed.length > 1 ? "" : "s"}`,
    },
  ]);
}

/** Returns the economy of one group by itself; the economy itself if the group is all of it. */
export function subEconomy(economy: Economy, { agents, goods }: Group): Market {
  const { alpha, omega, endowments, totals, weights } = requireMarket(economy);
  const m = economy.goods.length;
  if (agents.length === economy.agents.length && goods.length === m) return economy as Market;
  const matrix = (values: Float64Array) => {
    const part = new Float64Array(agents.length * goods.length);
    let c = 0;
    for (const i of agents) for (const j of goods) part[c++] = values[i * m + j];
    return part;
  };
  return {
    agents: agents.map((i) => economy.agents[i]),
    goods: goods.map((j) => economy.goods[j]),
    alpha: matrix(alpha),
    omega: matrix(omega),
    endowments: matrix(endowments),
    totals: pick(totals, goods),
    weights: pick(weights, agents),
  };
}

/** Returns the values at these indices. */
export function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (k) => values[k]);
}

/** Copies a group's part of an allocation to its place in that of the whole economy of m goods. */
export function place(allocation: Float64Array, part: Float64Array, { agents, goods }: Group, m: number): void {
  agents.forEach((i, k) => {
    goods.forEach((j, l) => {
      allocation[i * m + j] = part[k * goods.length + l];
    });
  });
}

/**
 * Checks that only goods that nobody wants, which are in no group, have the price 0.
 * @throws OptionError at the first good of a group with the price 0
 */
export function requirePriced(path: string, prices: Float64Array, groups: readonly Group[]): void {
  const zero = groups.flatMap(({ goods }) => goods).find((j) => prices[j] === 0);
  if (zero !== undefined) {
    throw new OptionError([
      { path: `${path}[${zero}]`, requirement: "must be above 0: somebody wants that good", value: 0 },
    ]);
  }
}

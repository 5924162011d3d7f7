// Which agents and goods trade with each other at all, and whether an equilibrium can exist among them.

import { EconomyError, Findings, OptionError } from "../violations.js";
import type { Economy } from "./economy.js";

/** Agents and goods, by index, that no trade connects with the rest of the economy. */
export interface Group {
  agents: number[];
  goods: number[];
}

/** An economy whose agents own something. */
export type Market = Economy & { endowments: Float64Array };

/** A group as an economy of its own, with the facts that solvers ask for. */
export interface MarketGroup extends Group {
  economy: Market;
  /** Whether demands are weak gross substitutes: prices are then unique, and stable. */
  substitutes: boolean;
  /** Whether there is but one agent or one good, and so one equilibrium. */
  trivial: boolean;
}

/**
 * Splits a market into its unconnected groups; goods that nobody wants are in none. Prices between groups are undetermined.
 * @throws EconomyError where the data are no market's, and where no equilibrium can exist since some agents want nothing that others own
 *   (within a group everybody must, directly or through others, want what everybody else owns: McKenzie 1959, irreducibility)
 */
export function marketGroups(economy: Economy): MarketGroup[] {
  return splitMarket(economy).map((group) => {
    const own = subEconomy(economy, group);
    const { agents, goods } = group;
    return { agents, goods, economy: own, substitutes: grossSubstitutes(own), trivial: isTrivial(group) };
  });
}

function splitMarket(economy: Economy): Group[] {
  const { alpha, omega, endowments } = economy;
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (!endowments) throw withoutEndowments();
  const findings = new Findings();
  const all = allAboveZero(alpha);
  const wanted = economy.goods.map((_, j) => all || economy.agents.some((_, i) => alpha[i * m + j] > 0));
  for (let i = 0; i < n; i++) {
    let owns = false;
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      if (alpha[c] > 0 && !(omega[c] < 0)) {
        findings.add(
          `omega[${i}][${j}]`,
          "must be below 0 in a market: else utility is not strictly concave",
          omega[c],
        );
      }
      if (endowments[c] > 0 && wanted[j]) owns = true;
    }
    if (!owns) findings.add(`endowments[${i}]`, "must have an entry above 0 of a good that somebody wants", 0);
  }
  findings.throwIfAny(EconomyError);

  // The common case: everybody wants everything, so that everybody wants what everybody owns.
  if (all) return [{ agents: economy.agents.map((_, i) => i), goods: economy.goods.map((_, j) => j) }];

  // An agent reaches those who own what she wants; seen from the other side, those who want what she owns.
  const wants: Links = { of: alpha, by: endowments, m };
  const serves: Links = { of: endowments, by: alpha, m };
  const groups: Group[] = [];
  const placed = new Array<boolean>(n).fill(false);
  for (let i = 0; i < n; i++) {
    if (placed[i]) continue;
    const forward = reachable(i, [wants], n);
    const agents = reachable(i, [wants, serves], n);
    for (const set of [forward, complement(agents, reachable(i, [serves], n))]) {
      if (set.length > 0 && set.length < agents.length) refuse(economy, set, complement(agents, set));
    }
    for (const k of agents) placed[k] = true;
    const goods = Array.from({ length: m }, (_, j) => j);
    groups.push({ agents, goods: goods.filter((j) => wanted[j] && agents.some((k) => endowments[k * m + j] > 0)) });
  }
  return groups;
}

function allAboveZero(values: Float64Array): boolean {
  for (let k = 0; k < values.length; k++) if (!(values[k] > 0)) return false;
  return true;
}

/** From agent i to agent k by a good j of which `of` is above 0 for i and `by` above 0 for k. */
interface Links {
  of: Float64Array;
  by: Float64Array;
  m: number;
}

/** All agents that chains of links lead to from agent i, himself among them, in ascending order. */
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

/**
 * Whether demands are weak gross substitutes. Prices are then unique within a group, and stable (Arrow,
 * Block & Hurwicz 1959).
 */
export function grossSubstitutes({ alpha, omega }: Economy): boolean {
  for (let c = 0; c < alpha.length; c++) if (alpha[c] !== 0 && !(omega[c] >= -1)) return false;
  return true;
}

/** Whether a group has but one agent or one good, and so one equilibrium. */
export function isTrivial({ agents, goods }: Group): boolean {
  return agents.length === 1 || goods.length === 1;
}

/** The economy of one group alone; the economy itself where the group is all of it. */
export function subEconomy(economy: Economy, { agents, goods }: Group): Market {
  const m = economy.goods.length;
  const matrix = (values: Float64Array) =>
    Float64Array.from(agents.flatMap((i) => goods.map((j) => values[i * m + j])));
  if (!isMarket(economy)) throw withoutEndowments();
  if (agents.length === economy.agents.length && goods.length === m) return economy;
  return {
    agents: agents.map((i) => economy.agents[i]),
    goods: goods.map((j) => economy.goods[j]),
    alpha: matrix(economy.alpha),
    omega: matrix(economy.omega),
    endowments: matrix(economy.endowments),
    totals: pick(economy.totals, goods),
    weights: pick(economy.weights, agents),
  };
}

function isMarket(economy: Economy): economy is Market {
  return economy.endowments !== undefined;
}

function withoutEndowments(): EconomyError {
  return new EconomyError([{ path: "endowments", requirement: "must be given for a market", value: undefined }]);
}

/** The values at these indices. */
export function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (k) => values[k]);
}

/** Copies a group's part of an allocation into that of the whole economy of m goods. */
export function place(allocation: Float64Array, part: Float64Array, { agents, goods }: Group, m: number): void {
  agents.forEach((i, k) => {
    goods.forEach((j, l) => {
      allocation[i * m + j] = part[k * goods.length + l];
    });
  });
}

/** @throws OptionError where a good that somebody wants, which is in a group, has the price 0 */
export function requirePriced(path: string, prices: Float64Array, groups: readonly Group[]): void {
  const zero = groups.flatMap(({ goods }) => goods).find((j) => prices[j] === 0);
  if (zero !== undefined) {
    throw new OptionError([
      { path: `${path}[${zero}]`, requirement: "must be above 0: somebody wants that good", value: 0 },
    ]);
  }
}

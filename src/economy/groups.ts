// Which agents and goods trade with each other at all, and whether an equilibrium can exist among them.

import { EconomyError, Findings } from "../violations.js";
import type { Economy } from "./economy.js";

/** Agents and goods, by index, that no trade connects with the rest of the economy. */
export interface Group {
  agents: number[];
  goods: number[];
}

/**
 * Splits a market into its unconnected groups; goods that nobody wants are in none. Prices between groups are undetermined.
 * @throws EconomyError where the data are no market's, and where no equilibrium can exist since some agents want nothing that others own
 *   (within a group everybody must, directly or through others, want what everybody else owns: McKenzie 1959, irreducibility)
 */
export function marketGroups(economy: Economy): Group[] {
  const { alpha, omega, endowments } = economy;
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (!endowments) {
    throw new EconomyError([{ path: "endowments", requirement: "must be given for a market", value: undefined }]);
  }
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

/** The economy of one group alone; the economy itself where the group is all of it. */
export function subEconomy(economy: Economy, { agents, goods }: Group): Economy {
  const m = economy.goods.length;
  if (agents.length === economy.agents.length && goods.length === m) return economy;
  const matrix = (values: Float64Array) =>
    Float64Array.from(agents.flatMap((i) => goods.map((j) => values[i * m + j])));
  const endowments = matrix(economy.endowments as Float64Array);
  return {
    agents: agents.map((i) => economy.agents[i]),
    goods: goods.map((j) => economy.goods[j]),
    alpha: matrix(economy.alpha),
    omega: matrix(economy.omega),
    endowments,
    totals: Float64Array.from(goods, (j) => economy.totals[j]),
    weights: Float64Array.from(agents, (i) => economy.weights[i]),
  };
}

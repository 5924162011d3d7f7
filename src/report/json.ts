// The JSON form of a solution: plain arrays, matrices as rows, names beside them.

import type { Economy } from "../economy.js";
import type { Equilibria, Solution } from "../solution.js";

const MATRICES = new Set(["allocation", "netTrades"]);

/**
 * A solution as plain data for JSON.stringify: everything it carries, every n m matrix as n rows of m, and the economy's name, agents and
 * goods. Numbers are full doubles; those that JSON has no form for, like an infinite residual, are written as strings.
 */
export function solutionToJson(solution: Solution, economy: Economy): Record<string, unknown> {
  const { name, agents, goods } = economy;
  const m = goods.length;
  const entries = Object.entries(solution).map(([key, value]) => {
    if (!ArrayBuffer.isView(value)) return [key, value];
    const flat = Array.from(value as Float64Array);
    return [key, MATRICES.has(key) ? agents.map((_, i) => flat.slice(i * m, (i + 1) * m)) : flat];
  });
  return { ...(name === undefined ? {} : { name }), agents, goods, ...Object.fromEntries(entries) };
}

/** All equilibria as plain data: each as solutionToJson has it, but with names once. */
export function equilibriaToJson(found: Equilibria, economy: Economy): Record<string, unknown> {
  const { name, agents, goods } = economy;
  const equilibria = found.equilibria.map((equilibrium) => {
    const { name: _, agents: __, goods: ___, ...plain } = solutionToJson(equilibrium, economy);
    return plain;
  });
  const unresolved = found.unresolved.map(({ prices, ...rest }) => ({ ...rest, prices: prices.map((p) => [...p]) }));
  return { ...(name === undefined ? {} : { name }), agents, goods, ...found, equilibria, unresolved };
}

/** JSON text with two spaces of indentation; numbers that JSON has no form for are strings. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v), 2);
}

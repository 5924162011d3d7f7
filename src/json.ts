// The JSON form of a solution: plain arrays, matrices as rows, names beside them.

import type { Economy } from "./economy/economy.js";
import type { Equilibria, Solution } from "./solution.js";

const MATRICES = new Set(["allocation", "netTrades"]);
/** What a solution of many points has one number a point of. */
const POINTWISE = new Set(["time", "residual"]);

/**
 * A solution as plain data for JSON.stringify: everything it carries, every n m matrix as n rows of m, and the economy's name, agents and
 * goods; of a solution of many points, `count` rows, each point's. Numbers are full doubles; those that JSON has no form for, like an
 * infinite residual, are written as strings.
 */
export function solutionToJson(solution: Solution, economy: Economy): Record<string, unknown> {
  const { name, agents, goods } = economy;
  const m = goods.length;
  const shaped = (key: string, flat: number[]) => (MATRICES.has(key) ? rows(flat, m) : flat);
  const entries = Object.entries(solution).map(([key, value]) => {
    if (!ArrayBuffer.isView(value)) return [key, value];
    const flat = Array.from(value as Float64Array);
    const { count } = solution as { count?: number };
    if (count === undefined || POINTWISE.has(key)) return [key, shaped(key, flat)];
    return [key, rows(flat, flat.length / count).map((point) => shaped(key, point))];
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

/**
 * What an analysis found as plain data: typed arrays as arrays, those under a key of `widths` as rows of that many numbers, and names as
 * solutionToJson has them.
 */
export function analysisToJson(
  found: object,
  { name, agents, goods }: Economy,
  widths: Readonly<Record<string, number>>,
): Record<string, unknown> {
  const plain = (value: unknown, width?: number): unknown => {
    if (ArrayBuffer.isView(value)) {
      const flat = Array.from(value as Float64Array);
      return width === undefined ? flat : rows(flat, width);
    }
    if (Array.isArray(value)) return value.map((element) => plain(element, width));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, widths[key])]));
  };
  return { ...(name === undefined ? {} : { name }), agents, goods, ...(plain(found) as object) };
}

/** JSON text with two spaces of indentation; numbers that JSON has no form for are strings. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v), 2);
}

function rows(flat: number[], length: number): number[][] {
  return Array.from({ length: flat.length / length }, (_, k) => flat.slice(k * length, (k + 1) * length));
}

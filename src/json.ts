// The JSON form of a solution: plain arrays, matrices as rows, with the names of agents and goods.

import type { Economy, EconomyData } from "./economy/economy.js";
import type { Equilibria, Solution } from "./solution.js";

const MATRICES = new Set(["allocation", "netTrades"]);
/** The keys under which a solution of many points has one number per point. */
const POINTWISE = new Set(["time", "residual"]);

/**
 * Returns an economy as plain data for JSON.stringify, with matrices as rows: the form that
 * economy.schema.json describes. `walras.economy()` and defineEconomy() make the same economy of it,
 * to the last bit.
 * @example
 * import { economyToJson, load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] });
 * const text = JSON.stringify(economyToJson(economy));
 * walras.economy(text).alpha; // 3, 1, 1, 2
 */
export function economyToJson(economy: Economy): EconomyData {
  const { name, agents, goods, alpha, omega, endowments, totals, incomes, weights } = economy;
  const matrix = (values: Float64Array) => rows(Array.from(values), goods.length);
  return {
    ...(name === undefined ? {} : { name }),
    ...{ goods: [...goods], agents: [...agents], alpha: matrix(alpha), omega: matrix(omega) },
    ...(endowments ? { endowments: matrix(endowments) } : { totals: [...totals] }),
    ...(incomes ? { incomes: [...incomes] } : {}),
    weights: [...weights],
  };
}

/**
 * Returns a solution as plain data for JSON.stringify: all of its keys, with every n m matrix as n
 * rows of m, and the economy's name, agents and goods. The arrays of a solution of many points
 * become `count` rows, one per point. Numbers keep all digits. `check`, `statics` and the other
 * methods that take a solution take this form, also from JSON text.
 * @example
 * import { load, solutionToJson } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] });
 * const { goods, allocation } = solutionToJson(walras.equilibrium(economy), economy);
 * goods; // ["good 1", "good 2"]
 * allocation; // [[3.56986, 1.87444], [2.43014, 3.12556]]
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

/**
 * Returns all equilibria as plain data: each in the form of solutionToJson, with the names only
 * once.
 * @example
 * import { equilibriaToJson, load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] });
 * const { agents, complete } = equilibriaToJson(walras.equilibria(economy), economy);
 * agents; // ["agent 1", "agent 2"]
 * complete; // true
 */
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
 * Returns the result of an analysis as plain data, with names as in solutionToJson. Typed arrays
 * become arrays; those under a key of `widths` become rows of that many numbers.
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

/**
 * Returns JSON text, indented by two spaces. Numbers that JSON cannot express, like an infinite
 * residual, become strings.
 */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v), 2);
}

function rows(flat: number[], length: number): number[][] {
  return Array.from({ length: flat.length / length }, (_, k) => flat.slice(k * length, (k + 1) * length));
}

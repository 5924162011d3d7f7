// Tables of numbers: how they grow and shrink, and what is pasted into them.

import { numberOf } from "./fields.js";
import type { Sheet } from "./presets.js";
import { type Field, LONGEST_NAME, MOST, problemOfName, RANGES } from "./state.js";

export const MATRICES = ["alpha", "omega", "endowments"] as const;
export type MatrixField = (typeof MATRICES)[number];

/** What new agents and goods begin with. */
const NEW: Readonly<Record<MatrixField, number>> = { alpha: 1, omega: -1, endowments: 1 };
/** The longest text that is pasted, in characters. */
const LONGEST_PASTE = 1_000_000;

/** A sheet of another size: what is left of the old one, and new agents and goods. */
export function resized<S extends Sheet>(sheet: S, n: number, m: number): S {
  const { agents, goods } = sheet;
  const names = (old: readonly string[], count: number, kind: string) => {
    const all = old.slice(0, count);
    for (let k = 1; all.length < count; k++) {
      const name = `${kind} ${k}`;
      if (!all.includes(name)) all.push(name);
    }
    return all;
  };
  const matrix = (field: MatrixField) =>
    Array.from({ length: n * m }, (_, c) => {
      const [i, j] = [Math.floor(c / m), c % m];
      return i < agents.length && j < goods.length ? sheet[field][i * goods.length + j] : NEW[field];
    });
  return {
    ...sheet,
    agents: names(agents, n, "agent"),
    goods: names(goods, m, "good"),
    ...{ alpha: matrix("alpha"), omega: matrix("omega"), endowments: matrix("endowments") },
    weights: Array.from({ length: n }, (_, i) => sheet.weights[i] ?? 1),
  };
}

/** A sheet without one agent, or without one good. */
export function without<S extends Sheet>(sheet: S, kind: "agents" | "goods", k: number): S {
  const m = sheet.goods.length;
  const stays = (c: number) => (kind === "agents" ? Math.floor(c / m) !== k : c % m !== k);
  const others = (_: unknown, at: number) => at !== k;
  return {
    ...sheet,
    [kind]: sheet[kind].filter(others),
    alpha: sheet.alpha.filter((_, c) => stays(c)),
    omega: sheet.omega.filter((_, c) => stays(c)),
    endowments: sheet.endowments.filter((_, c) => stays(c)),
    weights: kind === "agents" ? sheet.weights.filter(others) : sheet.weights,
  };
}

/**
 * A sheet with cells of a spreadsheet pasted into one of its matrices, from agent `i` and good `j` on.
 * It grows as far as it must. A first row or column of names gives the names.
 * @throws Error with what is wrong
 */
export function pasted<S extends Sheet>(sheet: S, field: MatrixField, i: number, j: number, text: string): S {
  if (text.length > LONGEST_PASTE) {
    throw new Error(`at most ${LONGEST_PASTE} characters can be pasted, and these are ${text.length}`);
  }
  let cells = text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map((line) => line.split("\t"));
  const isName = (cell: string) => cell.trim() !== "" && Number.isNaN(numberOf(cell));
  const [top] = cells;
  const named = {
    row: cells.length > 1 && (top.length > 1 ? top.slice(1) : top).every(isName),
    column: cells.length > 1 && cells.slice(1).every((row) => row.length > 1 && isName(row[0])),
  };
  const goods = named.row ? cells[0].slice(named.column ? 1 : 0) : [];
  if (named.row) cells = cells.slice(1);
  const agents = named.column ? cells.map((row) => row[0]) : [];
  if (named.column) cells = cells.map((row) => row.slice(1));
  const width = Math.max(...cells.map((row) => row.length));
  const [n, m] = [Math.max(sheet.agents.length, i + cells.length), Math.max(sheet.goods.length, j + width)];
  if (n > MOST || m > MOST) throw new Error(`a table has at most ${MOST} agents and ${MOST} goods, not ${n} and ${m}`);
  const grown = resized(sheet, n, m);
  const numbers = [...grown[field]];
  const [low, high] = RANGES[field];
  cells.forEach((row, di) => {
    row.forEach((cell, dj) => {
      if (cell.trim() === "") return;
      const value = numberOf(cell);
      if (!(value >= low && value <= high)) {
        const where = `row ${di + 1}, column ${dj + 1}`;
        throw new Error(`${where} must be a number from ${low} to ${high}, and is “${cell.slice(0, 30)}”`);
      }
      numbers[(i + di) * m + j + dj] = value;
    });
  });
  return {
    ...grown,
    [field]: numbers,
    agents: renamed(grown.agents, agents, i),
    goods: renamed(grown.goods, goods, j),
  };
}

function renamed(old: readonly string[], given: readonly string[], from: number): readonly string[] {
  const names = old.map((name, k) => given[k - from]?.trim().slice(0, LONGEST_NAME) || name);
  for (const name of names) {
    const wrong = problemOfName(name, names);
    if (wrong) throw new Error(`a name ${wrong}, and one is “${name.slice(0, 30)}”`);
  }
  return names;
}

/** A sheet with one number changed. */
export function withNumber<S extends Sheet>(sheet: S, field: Field, at: number, value: number): S {
  return { ...sheet, [field]: sheet[field].map((old, k) => (k === at ? value : old)) };
}

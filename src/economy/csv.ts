// The CSV form of an economy: a head, then one row per agent. The columns are agent, weight,
// income, alpha:GOOD, omega:GOOD (or gamma:GOOD) and endowment:GOOD.

import { EconomyError, Findings, plural } from "../violations.js";
import { defineEconomy, type Economy, type EconomyData, type EconomyLimits, MAX_NAMES } from "./economy.js";
import { type Row, rowsOf } from "./rows.js";

const MATRICES = { alpha: "alpha", omega: "omega", gamma: "gamma", endowment: "endowments" } as const;
/** The maximum number of columns: three matrices with a column for each good, and three more. */
const MAX_COLUMNS = 3 * MAX_NAMES + 3;
const COLUMNS = ["agent", "weight", "income", "alpha:GOOD", "omega:GOOD", "gamma:GOOD", "endowment:GOOD"];
/** What other programs write between cells. */
const OTHER_SEPARATORS = { ";": "semicolons", "\t": "tabs" } as const;

/**
 * Reads an economy from CSV text (RFC 4180: cells between commas, and in double quotes where they
 * have commas, quotes or line breaks). The goods are in the order of the head. Every matrix must
 * have a column for each of them. Blank lines are left out. There may be 2^20 rows and 3 2^20 + 3
 * columns at most.
 * @throws EconomyError with all violations; OptionError for limits out of range
 * @example
 * import { parseEconomyCsv } from "walras";
 *
 * const economy = parseEconomyCsv(`agent,alpha:bread,alpha:wine,gamma:bread,gamma:wine,endowment:bread,endowment:wine
 * Ada,1024,1,5,5,12,1
 * Ben,1,1024,5,5,1,12`);
 * economy.goods; // ["bread", "wine"]
 */
export function parseEconomyCsv(text: string, limits: EconomyLimits = {}): Economy {
  if (typeof text !== "string") throw refused("must be CSV text", text);
  const [head, ...rows] = readRows(text);
  if (!head) throw refused("must have a head and one row per agent, and is empty", text.slice(0, 40));
  const separator = separatorOf(head.cells);
  if (separator) throw separatedBy(head, separator, "must have commas between its cells");
  const findings = new Findings();
  const first = new Map<string, number>();
  const goods = new Set<string>();
  const goodsOf = new Map(Object.keys(MATRICES).map((kind) => [kind, new Set<string>()]));
  head.cells.forEach((cell, c) => {
    const name = cell.trim();
    const column = columnOf(name);
    if (!column) findings.add(`column ${c + 1}`, `must be one of ${COLUMNS.join(", ")}`, name);
    if (first.has(name)) findings.add(`column ${c + 1}`, "must differ from all columns before it", name);
    else first.set(name, c);
    if (!column?.good) return;
    goods.add(column.good);
    goodsOf.get(column.kind)?.add(column.good);
  });
  if (rows.length === 0) findings.add("the economy", "must have a head and one row per agent", text.slice(0, 40));
  for (const row of rows) {
    if (row.cells.length === head.cells.length) continue;
    const wanted = `must have ${plural(head.cells.length, "cell")}, as the head has`;
    const separator = row.cells.length === 1 ? separatorIn(row.cells[0]) : undefined;
    if (separator) throw separatedBy(row, separator, `${wanted}, with commas between them`);
    findings.add(`line ${row.line}`, wanted, row.cells.length);
  }
  for (const [kind, given] of goodsOf) {
    for (const good of given.size > 0 ? goods : []) {
      if (!given.has(good)) findings.add(`column ${kind}:${good}`, "must be given", undefined);
    }
  }
  findings.throwIfAny(EconomyError);

  const data: Record<string, unknown> = { goods: [...goods] };
  const read = (key: string, name: string, convert: (cell: string) => unknown) => {
    const c = first.get(name);
    if (c !== undefined) data[key] = rows.map(({ cells }) => convert(cells[c]));
  };
  read("agents", "agent", (cell) => cell.trim());
  read("weights", "weight", toNumber);
  read("incomes", "income", toNumber);
  for (const [kind, key] of Object.entries(MATRICES)) {
    if (goodsOf.get(kind)?.size === 0) continue;
    const order = Array.from(goods, (good) => first.get(`${kind}:${good}`) as number);
    data[key] = rows.map(({ cells }) => order.map((c) => toNumber(cells[c])));
  }
  return defineEconomy(data as unknown as EconomyData, limits);
}

/** Reads all rows that are not blank. Too many rows or columns are refused before they take memory. */
function readRows(text: string): Row[] {
  const rows: Row[] = [];
  for (const row of rowsOf(text, MAX_COLUMNS)) {
    if (row === "wide") throw tooMany("columns", MAX_COLUMNS);
    if ("open" in row) {
      const requirement = "must end a cell in quotes with a quote, and a comma or a line break behind it";
      throw new EconomyError([{ path: `line ${row.line}`, requirement, value: row.open }]);
    }
    if (row.cells.every((cell) => cell.trim() === "")) continue;
    if (rows.length > MAX_NAMES) throw tooMany("rows", MAX_NAMES + 1);
    rows.push(row);
  }
  return rows;
}

/** The kind of a column, and its good if it has one; undefined for an unknown column. */
function columnOf(name: string): { kind: string; good?: string } | undefined {
  if (["agent", "weight", "income"].includes(name)) return { kind: name };
  const [, kind, good] = /^([^:]+):(.+)$/s.exec(name) ?? [];
  return good && Object.hasOwn(MATRICES, kind) ? { kind, good } : undefined;
}

type Separator = keyof typeof OTHER_SEPARATORS;

/** What stands between the columns of a head instead of commas; undefined where commas do. */
function separatorOf(cells: readonly string[]): Separator | undefined {
  for (const cell of cells) {
    const separator = separatorIn(cell);
    if (!separator) continue;
    if (cells.length === 1) return separator;
    // A good may have a semicolon in its name: then the column is known.
    if (!columnOf(cell.trim()) && cell.split(separator).some((part) => columnOf(part.trim()))) return separator;
  }
  return undefined;
}

function separatorIn(cell: string): Separator | undefined {
  return (Object.keys(OTHER_SEPARATORS) as Separator[]).find((separator) => cell.includes(separator));
}

function separatedBy({ line, cells }: Row, separator: Separator, requirement: string): EconomyError {
  const path = `line ${line}`;
  const value = cells.join().slice(0, 40);
  return new EconomyError([{ path, requirement: `${requirement}, not ${OTHER_SEPARATORS[separator]}`, value }]);
}

function tooMany(what: string, most: number): EconomyError {
  return refused(`may have ${most} ${what} at most`, `${most + 1} or more`);
}

function refused(requirement: string, value: unknown): EconomyError {
  return new EconomyError([{ path: "the economy", requirement, value }]);
}

/** Returns a cell as a number, or as text if it is no number, so that the check can show it. */
function toNumber(cell: string): number | string {
  return cell.trim() === "" || Number.isNaN(Number(cell)) ? cell : Number(cell);
}

// The CSV form of an economy: a head, then one row per agent. The columns are agent, weight,
// income, alpha:GOOD, omega:GOOD (or gamma:GOOD) and endowment:GOOD.

import { csvParseRows } from "d3-dsv";
import { EconomyError, Findings, plural } from "../violations.js";
import { defineEconomy, type Economy, type EconomyData, type EconomyLimits, MAX_NAMES } from "./economy.js";

const MATRICES = { alpha: "alpha", omega: "omega", gamma: "gamma", endowment: "endowments" } as const;
/** The maximum number of columns: three matrices with a column for each good, and three more. */
const MAX_COLUMNS = 3 * MAX_NAMES + 3;
const COLUMNS = ["agent", "weight", "income", "alpha:GOOD", "omega:GOOD", "gamma:GOOD", "endowment:GOOD"];

/**
 * Reads an economy from CSV text (RFC 4180). The goods are in the order of the head. Every matrix
 * must have a column for each of them.
 * @throws EconomyError with all violations; OptionError for limits out of range
 */
export function parseEconomyCsv(text: string, limits: EconomyLimits = {}): Economy {
  if (typeof text !== "string") throw refused("must be CSV text", text);
  checkWidth(text);
  let count = 0;
  const [head = [], ...lines] = csvParseRows(text, (row) => {
    if (row.every((cell) => cell.trim() === "")) return undefined;
    if (++count > MAX_NAMES + 1) throw tooMany("rows", MAX_NAMES + 1);
    return row;
  });
  const findings = new Findings();
  const first = new Map<string, number>();
  const goods = new Set<string>();
  const goodsOf = new Map(Object.keys(MATRICES).map((kind) => [kind, new Set<string>()]));
  head.forEach((cell, c) => {
    const name = cell.trim();
    const [, kind, good] = /^([^:]+):(.+)$/.exec(name) ?? [];
    const known = good ? Object.hasOwn(MATRICES, kind) : ["agent", "weight", "income"].includes(name);
    if (!known) findings.add(`column ${c + 1}`, `must be one of ${COLUMNS.join(", ")}`, name);
    if (first.has(name)) findings.add(`column ${c + 1}`, "must differ from all columns before it", name);
    else first.set(name, c);
    if (!good) return;
    goods.add(good);
    goodsOf.get(kind)?.add(good);
  });
  if (lines.length === 0) findings.add("the economy", "must have a head and one row per agent", text.slice(0, 40));
  lines.forEach((line, k) => {
    if (line.length !== head.length)
      findings.add(`row ${k + 2}`, `must have ${plural(head.length, "cell")}, as the head has`, line.length);
  });
  for (const [kind, given] of goodsOf) {
    for (const good of given.size > 0 ? goods : []) {
      if (!given.has(good)) findings.add(`column ${kind}:${good}`, "must be given", undefined);
    }
  }
  findings.throwIfAny(EconomyError);

  const data: Record<string, unknown> = { goods: [...goods] };
  const read = (key: string, name: string, convert: (cell: string) => unknown) => {
    const c = first.get(name);
    if (c !== undefined) data[key] = lines.map((line) => convert(line[c]));
  };
  read("agents", "agent", (cell) => cell.trim());
  read("weights", "weight", toNumber);
  read("incomes", "income", toNumber);
  for (const [kind, key] of Object.entries(MATRICES)) {
    if (goodsOf.get(kind)?.size === 0) continue;
    const order = Array.from(goods, (good) => first.get(`${kind}:${good}`) as number);
    data[key] = lines.map((line) => order.map((c) => toNumber(line[c])));
  }
  return defineEconomy(data as unknown as EconomyData, limits);
}

/** Refuses rows of more cells than there can be columns, before the cells take memory. */
function checkWidth(text: string): void {
  let commas = 0;
  for (let k = 0; k < text.length; k++) {
    const character = text[k];
    if (character === "\n" || character === "\r") commas = 0;
    else if (character === "," && ++commas >= MAX_COLUMNS) throw tooMany("columns", MAX_COLUMNS);
  }
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

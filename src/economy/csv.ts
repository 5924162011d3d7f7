// The CSV form of an economy: a head, then one row per agent. The columns are agent, weight,
// income, alpha:GOOD, omega:GOOD (or gamma:GOOD) and endowment:GOOD.

import { csvParseRows } from "d3-dsv";
import { EconomyError, Findings, plural } from "../violations.js";
import { defineEconomy, type Economy, type EconomyData, type EconomyLimits } from "./economy.js";

const MATRICES = { alpha: "alpha", omega: "omega", gamma: "gamma", endowment: "endowments" } as const;
const COLUMNS = ["agent", "weight", "income", "alpha:GOOD", "omega:GOOD", "gamma:GOOD", "endowment:GOOD"];

/**
 * Reads an economy from CSV text (RFC 4180). The goods are in the order of the head. Every matrix
 * must have a column for each of them.
 * @throws EconomyError with all violations; OptionError for limits out of range
 */
export function parseEconomyCsv(text: string, limits: EconomyLimits = {}): Economy {
  const [head = [], ...lines] = csvParseRows(text).filter((row) => row.some((cell) => cell.trim() !== ""));
  const findings = new Findings();
  const names = head.map((cell) => cell.trim());
  const goods: string[] = [];
  const columns = names.map((name, c) => {
    const [, kind, good] = /^([^:]+):(.+)$/.exec(name) ?? [];
    const known = good ? Object.hasOwn(MATRICES, kind) : ["agent", "weight", "income"].includes(name);
    if (!known) findings.add(`column ${c + 1}`, `must be one of ${COLUMNS.join(", ")}`, name);
    if (names.indexOf(name) !== c) findings.add(`column ${c + 1}`, "must differ from all columns before it", name);
    if (good && !goods.includes(good)) goods.push(good);
    return { kind: kind ?? name, good };
  });
  if (lines.length === 0) findings.add("the economy", "must have a head and one row per agent", text.slice(0, 40));
  lines.forEach((line, k) => {
    if (line.length !== head.length)
      findings.add(`row ${k + 2}`, `must have ${plural(head.length, "cell")}, as the head has`, line.length);
  });
  for (const kind of Object.keys(MATRICES)) {
    const has = columns.filter((c) => c.kind === kind && c.good).map((c) => c.good);
    for (const good of goods) {
      if (has.length > 0 && !has.includes(good)) findings.add(`column ${kind}:${good}`, "must be given", undefined);
    }
  }
  findings.throwIfAny(EconomyError);

  const data: Record<string, unknown> = { goods };
  const column = (name: string) => lines.map((line) => line[names.indexOf(name)]);
  if (names.includes("agent")) data["agents"] = column("agent").map((cell) => cell.trim());
  if (names.includes("weight")) data["weights"] = column("weight").map(toNumber);
  if (names.includes("income")) data["incomes"] = column("income").map(toNumber);
  for (const [kind, key] of Object.entries(MATRICES)) {
    if (!columns.some((c) => c.kind === kind && c.good)) continue;
    const order = goods.map((good) => names.indexOf(`${kind}:${good}`));
    data[key] = lines.map((line) => order.map((c) => toNumber(line[c])));
  }
  return defineEconomy(data as unknown as EconomyData, limits);
}

/** Returns a cell as a number, or as text if it is no number, so that the check can show it. */
function toNumber(cell: string): number | string {
  return cell.trim() === "" || Number.isNaN(Number(cell)) ? cell : Number(cell);
}

// Files in and out.

import { economyToJson, parseEconomyCsv } from "walras";
import type { Pool } from "walras/pool";
import { economyOf } from "./engine.js";
import type { Sheet } from "./presets.js";
import { FIELDS, MOST, problemOfName, RANGES } from "./state.js";

/** The longest file that is read, in bytes. */
const LONGEST_FILE = 2_000_000;

/** Gives the reader a file. */
export function download(name: string, type: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** An economy as the JSON that the package and its command line read. */
export const toJson = (on: Pool, sheet: Sheet) => `${JSON.stringify(economyToJson(economyOf(on, sheet)), null, 2)}\n`;

/** An economy as the CSV that the package and its command line read. */
export function toCsv({ agents, goods, alpha, omega, endowments, weights }: Sheet): string {
  const cell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const columns = { alpha, omega, endowment: endowments };
  const head = Object.keys(columns).flatMap((name) => goods.map((good) => `${name}:${good}`));
  const rows = agents.map((agent, i) => [
    ...[agent, `${weights[i]}`],
    ...Object.values(columns).flatMap((numbers) => goods.map((_, j) => `${numbers[i * goods.length + j]}`)),
  ]);
  return `${[["agent", "weight", ...head], ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

/**
 * Reads an economy from a file of JSON or CSV.
 * @throws EconomyError or Error with what is wrong
 */
export async function readFile(on: Pool, file: File): Promise<Sheet> {
  if (file.size > LONGEST_FILE) throw new Error(`a file has at most ${LONGEST_FILE} bytes, and this one ${file.size}`);
  const text = await file.text();
  const limits = { maxCells: MOST * MOST };
  const economy = text.trimStart().startsWith("{") ? on.economy(text, limits) : parseEconomyCsv(text, limits);
  const { agents, goods, alpha, omega, endowments, weights } = economy;
  if (!endowments) throw new Error("the economy has no endowments, and the page shows markets");
  const sheet: Sheet = {
    ...{ agents: [...agents], goods: [...goods], weights: [...weights] },
    ...{ alpha: [...alpha], omega: [...omega], endowments: [...endowments] },
  };
  const wrong = problemOfSheet(sheet);
  if (wrong) throw new Error(wrong);
  return sheet;
}

/** What keeps an economy from being shown here; "" if nothing does. */
export function problemOfSheet(sheet: Sheet): string {
  for (const kind of ["agents", "goods"] as const) {
    const names = sheet[kind];
    if (names.length < 1 || names.length > MOST) return `${kind}: this page shows 1 to ${MOST}, not ${names.length}`;
    for (const name of names) {
      const wrong = problemOfName(name, names);
      if (wrong) return `${kind}: a name ${wrong}, and one is “${name.slice(0, 30)}”`;
    }
  }
  for (const field of FIELDS) {
    const [low, high] = RANGES[field];
    const wrong = sheet[field].find((value) => !(value >= low && value <= high));
    if (wrong !== undefined) return `${field}: this page takes numbers from ${low} to ${high}, not ${wrong}`;
  }
  return "";
}

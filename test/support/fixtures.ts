// The published economies of test/fixtures, with answers that an independent program computed to 60
// and to 90 digits.

import { readdirSync, readFileSync } from "node:fs";
import type { EconomyData } from "../../src/index.js";

export interface Case {
  name: string;
  source: string;
  publishedMatches: boolean | null;
  economy: EconomyData;
  expected: {
    /** Every known equilibrium: prices that add up to 1, the allocation as rows, the index. */
    equilibria?: { prices: number[]; allocation: number[][]; index: number }[];
    allKnown?: boolean;
    /** The relative tolerance of prices, given if the economy is critical. */
    priceTolerance?: number;
    /** The optimal plan at the economy's weights. */
    plan?: { allocation: number[][]; shadowPrices: number[] };
  };
}

const folder = new URL("../fixtures/", import.meta.url);

export const CASES: readonly Case[] = readdirSync(folder).map((file) =>
  JSON.parse(readFileSync(new URL(file, folder), "utf8")),
);

/** The case of that name. */
export function caseNamed(name: string): Case {
  const found = CASES.find((c) => c.name === name);
  if (!found) throw new Error(`no case named ${name}`);
  return found;
}

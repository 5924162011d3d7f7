// The published economies of test/fixtures, with answers computed to 60 and to 90 digits by an independent program.

import { readdirSync, readFileSync } from "node:fs";
import type { EconomyData } from "../../src/index.js";

export interface Case {
  name: string;
  source: string;
  publishedMatches: boolean | null;
  economy: EconomyData;
  expected: {
    /** Every equilibrium known: prices adding up to 1, allocations as rows, the topological index. */
    equilibria?: { prices: number[]; allocation: number[][]; index: number }[];
    allKnown?: boolean;
    /** Relative, where the economy is critical. */
    priceTolerance?: number;
    /** The planner's optimum at the economy's weights. */
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

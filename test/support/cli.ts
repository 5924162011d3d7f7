// Runs the built command line as a user does, with economies and files to give it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { caseNamed } from "./fixtures.js";

/** What a command answers; `input` goes to its standard input, as JSON if it is no text. */
export function walras(args: string[], input: unknown = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], {
    input: textOf(input),
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  return { status, stdout, stderr, lines, rows: lines.map((line) => line.split(",")) };
}

const folder = mkdtempSync(join(tmpdir(), "walras-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** The path of a new file with this content, as JSON if it is no text. */
export function file(content: unknown, extension = "json"): string {
  const path = join(folder, `${files++}.${extension}`);
  writeFileSync(path, textOf(content));
  return path;
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}

export const NAMES = { goods: ["bread", "wine"], agents: ["Ada", "Ben"] };

const CROSSED = [[1, 2], [2, 1]]; // biome-ignore format: rows
const OWN = [[1, 0], [0, 1]]; // biome-ignore format: rows
/** Both agents want twice as much of the good that the other owns. */
export const PAIR = { ...NAMES, alpha: CROSSED, omega: -1, endowments: OWN };
/** Both agents want twice as much of the good that they own. */
export const TRADE = { ...PAIR, alpha: CROSSED.toReversed() };
/** Both goods go to whoever values them most. */
export const CONVEX = { ...NAMES, alpha: CROSSED, omega: 0.5, totals: [1, 2] };
/** Both agents spend half of their income on each good. */
export const ALIKE = { ...NAMES, alpha: 1, omega: -1, endowments: [[3, 3], [1, 1]] }; // biome-ignore format: rows
/** The relative price in equilibrium is some e^-1000. */
export const STEEP = { ...NAMES, alpha: CROSSED, omega: -900, endowments: [[3, 0], [1, 1]] }; // biome-ignore format: rows
/** Three equilibria. */
export const KEHOE = { ...NAMES, ...caseNamed("kehoe-1024").economy };
/** One equilibrium, at which prices have no derivatives. */
export const CRITICAL = caseNamed("critical-triple-root").economy;
/** Three agents who each own one good and want another. */
export const SCARF = caseNamed("scarf-1960-cycle").economy;

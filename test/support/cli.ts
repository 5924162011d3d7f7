// Runs the built command line as a user does, with economies and files to give it.

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { CROSSED, SWAP } from "./economies.js";
import { caseNamed } from "./fixtures.js";

/**
 * The exit status and the output of a command; `input` goes to its standard input, as JSON if it is
 * no text.
 */
export function walras(args: string[], input: unknown = "", variables: Record<string, string> = {}) {
  const { COLUMNS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], {
    input: textOf(input),
    encoding: "utf8",
    env: { ...env, ...variables },
  });
  const lines = stdout.trimEnd().split("\n");
  return { status, stdout, stderr, lines, rows: lines.map((line) => line.split(",")) };
}

/** Runs a script of the shell in which `walras` is the command; returns its status and output. */
export function shell(script: string) {
  const walras = `walras() { "${process.execPath}" dist/cli.js "$@"; }`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `${walras}\n${script}`], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

/** Runs a command as a user without rights, since root may read and write what nobody may. */
export function asNobody(args: string[], input = "/dev/null") {
  if (process.getuid?.() !== 0) return shell(`walras ${args.join(" ")} < ${input}`);
  const copy = join(folder, "copy");
  mkdirSync(copy, { recursive: true });
  chmodSync(folder, 0o755);
  copyFileSync("dist/cli.js", join(copy, "cli.js"));
  writeFileSync(join(copy, "package.json"), '{"type":"module"}');
  const command = [process.execPath, join(copy, "cli.js"), ...args].join(" ");
  return shell(`setpriv --reuid 65534 --clear-groups ${command} < ${input}`);
}

/**
 * Runs a command on a terminal of its own, so many columns wide, and returns all that it wrote there.
 */
export function onTerminal(args: string[], columns = 1000): string {
  const command = [process.execPath, "dist/cli.js", ...args].map((arg) => `'${arg}'`).join(" ");
  const { stdout } = spawnSync("script", ["-qec", `stty cols ${columns}; ${command}`, "/dev/null"], {
    encoding: "utf8",
    env: { ...process.env, TERM: "xterm" },
  });
  return stdout;
}

/** A new folder for a test's files. */
export const folder = mkdtempSync(join(tmpdir(), "walras-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** The path of a new file with this content, as JSON if it is no text and no bytes. */
export function file(content: unknown, extension = "json"): string {
  const path = join(folder, `${files++}.${extension}`);
  writeFileSync(path, content instanceof Uint8Array ? content : textOf(content));
  return path;
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}

export const NAMES = { goods: ["bread", "wine"], agents: ["Ada", "Ben"] };

/** Both agents want twice as much of the good that the other owns. */
export const PAIR = { ...NAMES, ...SWAP };
/** Both agents want twice as much of the good that they own. */
export const TRADE = { ...PAIR, alpha: CROSSED.toReversed() };
/** Convex, so that each good goes to the agent that values it most. */
export const CONVEX = { ...NAMES, alpha: CROSSED, omega: 0.5, totals: [1, 2] };
/** Both agents spend half of their income on each good. */
export const ALIKE = { ...NAMES, alpha: 1, omega: -1, endowments: [[3, 3], [1, 1]] }; // biome-ignore format: rows
/** The relative price in equilibrium is about e^-1000. */
export const STEEP = { ...NAMES, alpha: CROSSED, omega: -900, endowments: [[3, 0], [1, 1]] }; // biome-ignore format: rows
/** It has three equilibria. */
export const KEHOE = { ...NAMES, ...caseNamed("kehoe-1024").economy };
/** It has one equilibrium, at which prices have no derivatives. */
export const CRITICAL = caseNamed("critical-triple-root").economy;
/** Three agents own one good each and want another. */
export const SCARF = caseNamed("scarf-1960-cycle").economy;

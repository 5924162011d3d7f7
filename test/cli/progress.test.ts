// Progress on a terminal, by util-linux's `script`, which gives a command a terminal of its own.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { file, folder, onTerminal, SCARF, walras } from "../support/cli.js";

/** The line is erased before it is written anew, and at the end. */
const ERASE = "\r\x1b[K";
const ADAM = ["--method", "adam", "--formulation", "penalty", "--max-steps", "1000000"];

/** An economy of n agents and goods, in which every agent wants every good. */
function square(n: number, omega: number) {
  const matrix = (entry: (i: number, j: number) => number) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
  return {
    omega,
    alpha: matrix((i, j) => 1 + ((i * 7 + j * 13) % 11)),
    endowments: matrix((i, j) => 1 + ((i * 5 + j * 3) % 7)),
  };
}

describe("progress", () => {
  it.each<[string, string[], RegExp]>([
    ["plan", [...ADAM, file(SCARF)], /^adam-penalty: step \d+, residual [\d.e-]+, \d+ seconds?$/],
    [
      "equilibria",
      [file(square(120, -3))],
      /^(multistart|newton|homotopy): step \d+, residual [\d.e-]+, \d+ seconds?$/,
    ],
    ["frontier", [file(square(4, -3)), "--from", "1,1,1,1", "--to", "1,9,1,1", "--points", "30000", "--chord-tolerance", "1e-12"], /^plans: step \d+, residual [\d.e-]+, \d+ seconds?$/], // biome-ignore format: one row
    ["statics", [file(square(60, -0.5)), "--of", "allocation", "--by", "alpha"], /^\d+ of 3600 rows, \d+ seconds?$/],
    ["tatonnement", [file(SCARF), "--start", "1,1.01,1", "--step", "1e-6", "--max-steps", "1000000", "--tolerance", "0"], /^steps: step \d+, residual [\d.e-]+, \d+ seconds?$/], // biome-ignore format: one row
  ])("of %s is one line, and is gone before the result", (command, args, line) => {
    const [before, ...lines] = onTerminal([command, ...args]).split(ERASE);
    expect(before).toBe("");
    const result = lines.pop();
    expect(lines.length).toBeGreaterThan(0);
    for (const text of lines) expect(text).toMatch(line);
    expect(result).toMatch(/^[┌e]/);
    expect(result).not.toMatch(/step \d+, residual/);
  });

  it("is not shown with --quiet, in a file, nor for what is done at once", () => {
    expect(onTerminal(["plan", ...ADAM, file(SCARF), "--quiet"])).not.toContain(ERASE);
    expect(onTerminal(["plan", file(SCARF)])).not.toContain(ERASE);
    expect(walras(["plan", ...ADAM, file(SCARF)]).stderr).toBe("");
  });

  it("changes nothing in the result", () => {
    const path = `${folder}/watched.json`;
    const args = ["plan", ...ADAM, file(SCARF), "--json"];
    expect(onTerminal([...args, "-o", path])).toContain(ERASE);
    expect(readFileSync(path, "utf8")).toBe(walras(args).stdout);
  });

  it("is gone before an error, too", () => {
    // All its equilibria are found, and then the file has no room.
    const shown = onTerminal(["plan", ...ADAM, file(SCARF), "-o", "/dev/full"]);
    expect(shown).toContain(`${ERASE}walras: cannot write /dev/full: no space left on device`);
  });
});

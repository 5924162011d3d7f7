// Bad input to any command: a readable error and exit status 2.

import { describe, expect, it } from "vitest";
import { BAD_ECONOMIES } from "../support/badEconomies.js";
import { CONVEX, file, walras } from "../support/cli.js";

describe("--max-cells", () => {
  it.each(["plan", "equilibrium", "equilibria", "frontier", "box", "statics", "transfers", "tatonnement", "welfare"])(
    "bounds agents times goods before anything is allocated: %s",
    (command) => {
      // A few bytes that ask for gigabytes.
      const large = { alpha: 1, omega: -1, totals: Array(64).fill(1), size: { agents: 2 ** 20, goods: 64 } };
      const { status, stdout, stderr } = walras([command, "--max-cells", "1000"], large);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toBe("walras: size may have 1000 cells (agents times goods) at most; got 67108864\n");
    },
  );

  it("takes what is within it, as JSON and as CSV", () => {
    const csv = "agent,alpha:a,omega:a,endowment:a\nx,1,-1,1\ny,1,-1,1\n";
    for (const economy of [CONVEX, csv]) {
      const cells = economy === csv ? 2 : 4;
      expect(walras(["plan", "--max-cells", String(cells)], economy).status).toBe(0);
      expect(walras(["plan", "--max-cells", String(cells - 1)], economy).status).toBe(2);
    }
    expect(walras(["check", file(CONVEX), file({}), "--max-cells", "3"]).stderr).toMatch(/may have 3 cells/);
    expect(walras(["plan", "--max-cells", "0"], CONVEX).stderr).toMatch(/maxCells must be a whole number from 1/);
  });
});

describe("bad input", () => {
  it.each(BAD_ECONOMIES)("%s: exit status 2 and a readable error", (_, data, path) => {
    // JSON has no NaN, which becomes null, or no JSON at all.
    const { status, stdout, stderr } = walras(["plan", file(data)]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^walras: /);
    expect(stderr).toContain(path);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ["a market without endowments", ["equilibrium"], /endowments must be given for a market; got nothing/],
    ["a solution that is no JSON", ["check", "package.json", "README.md"], /is not a known key|must be JSON/],
    ["a missing solution", ["check", "package.json"], /missing required argument/],
    ["a missing file", ["plan", "no-such-file.json"], /^walras: cannot read no-such-file.json: no such file$/m],
    ["a folder", ["plan", "."], /^walras: cannot read \.: it is a folder$/m],
    ["an unknown command", ["optimise"], /unknown command/],
    ["an unknown option", ["plan", "--fast"], /unknown option/],
    ["an unknown method", ["plan", "--method", "guess"], /Allowed choices are exact, adam/],
    ["a word for a number", ["plan", "--max-steps", "many"], /must be a number/],
    ["an option of the other method", ["plan", "--seed", "3"], /^walras: --seed needs --method adam$/m],
    [
      "an option out of range",
      ["plan", "--method", "adam", "--max-steps", "0"],
      /maxSteps must be a whole number from 1/,
    ],
  ])("%s: exit status 2 and a readable error", (_, args, message) => {
    const { status, stdout, stderr } = walras(args, CONVEX);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

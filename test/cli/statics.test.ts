// walras statics, as a user runs it.

import { describe, expect, it } from "vitest";
import { CRITICAL, TRADE, walras } from "../support/cli.js";

describe("walras statics", () => {
  it("prints how prices move with endowments, for Cobb-Douglas agents by hand", () => {
    // Bread's relative price is 0.5 e_Ben,wine / (e_Ada,bread / 2), in inverse proportion to bread.
    const { status, stdout } = walras(["statics", "--numeraire", "wine", "--json"], TRADE);
    const { derivatives, outcomes, parameters, numeraire, index } = JSON.parse(stdout);
    expect([status, outcomes, numeraire, index]).toEqual([0, ["bread", "wine"], "wine", 1]);
    expect(parameters).toEqual(["Ada: bread", "Ada: wine", "Ben: bread", "Ben: wine"]);
    expect(derivatives[0][0]).toBeCloseTo(-1, 12);
    expect(derivatives[0][3]).toBeCloseTo(1, 12);
    expect(derivatives[1].every((v: number) => Math.abs(v) < 1e-12)).toBe(true);
    const shown = walras(["statics", "--numeraire", "1"], TRADE).stdout;
    expect(shown).toMatch(/d ln price \/ d endowment │ +bread │ +wine/);
    expect(shown).toMatch(/Ada: bread +│ +-1 │/);
    expect(shown).toContain("numeraire: wine");
  });

  it("prints CSV, and the derivatives of a plan", () => {
    const lines = walras(
      ["statics", "--plan", "--of", "welfare", "--by", "weights", "--weights", "1,3", "--csv"],
      TRADE,
    );
    const [head, first] = lines.stdout.split("\n");
    expect(head).toBe("outcome,parameter,derivative");
    // By the envelope theorem the agent's own utility, 2 ln x + ln y at the optimum.
    const value = 2 * Math.log(2 / 5) + Math.log(1 / 7);
    expect(first).toMatch(/^welfare,Ada,/);
    expect(Number(first.split(",")[2])).toBeCloseTo(value, 12);
    expect(walras(["statics", "--plan"], TRADE).stdout).toMatch(/d ln price \/ d total/);
  });

  it("says that a critical equilibrium has no derivatives, with exit status 1", () => {
    const { status, stdout, stderr } = walras(["statics"], CRITICAL);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/the equilibrium is critical \(smallest pivot [\d.e-]+, condition/);
  });

  it.each([
    ["totals without a plan", ["--by", "totals"], /--by totals needs --plan/],
    [
      "endowments of a plan",
      ["--plan", "--by", "endowments"],
      /--by endowments does not go with --plan; use --by totals/,
    ],
    ["welfare without a plan", ["--of", "welfare"], /--of welfare needs --plan/],
    ["weights without a plan", ["--weights", "1,2"], /--weights needs --plan/],
    ["a numeraire of a plan", ["--plan", "--numeraire", "wine"], /--numeraire does not go with --plan/],
    ["two formats", ["--csv", "--json"], /option '--csv' cannot be used with option '--json'/],
    ["an unknown parameter", ["--by", "gamma"], /Allowed choices are alpha/],
  ])("refuses %s", (_, args, message) => {
    const { status, stderr } = walras(["statics", ...args], TRADE);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

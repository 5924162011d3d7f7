// walras welfare, as a user runs it.

import { describe, expect, it } from "vitest";
import { ALIKE, file, KEHOE, NAMES, walras } from "../support/cli.js";

describe("walras welfare", () => {
  it("prints which agents of the equilibrium envy which, and what each gains", () => {
    // Prices are equal, and equal tastes want proportional bundles, worth 3 and 1: no trade.
    const { status, stdout } = walras(["welfare"], ALIKE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ +0\.75 │ +(?:0|\d.*e-1\d) │ +0 │ Ben +│ +-2 │/);
    expect(stdout).toMatch(/Ben +│ +0\.25 │ +(?:0|\d.*e-1\d) │ +0 │ Ada +│ +2 │/);
    expect(stdout).toContain("envy-free: no; largest envy: Ben of Ada, 2");
    expect(stdout).toContain("index 1; unique: yes, proved");
    const fair = walras(["welfare", "--json"], { ...KEHOE, endowments: [[1, 2], [1, 2]] }); // biome-ignore format: rows
    expect(JSON.parse(fair.stdout)).toMatchObject({ envyFree: true, largest: null });
  });

  it("prints CSV, and JSON with one row of envy per agent", () => {
    const { rows } = walras(["welfare", "--csv"], ALIKE);
    expect(rows[0]).toEqual(["agent", "share", "gain", "gainShare", "envy:Ada", "envy:Ben"]);
    expect(rows[2].map((cell, c) => (c === 0 ? cell : Math.round(Number(cell) * 1e9) / 1e9))).toEqual([
      ...["Ben", 0.25, 0, 0, 2, 0],
    ]);
    const { envy, prices } = JSON.parse(walras(["welfare", "--json"], ALIKE).stdout);
    expect(prices).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
    expect(envy).toEqual([[0, expect.closeTo(-2, 12)], [expect.closeTo(2, 12), 0]]); // biome-ignore format: rows
  });

  it("takes a solution as --json prints it, of an equilibrium or of a plan without endowments", () => {
    const path = file(KEHOE);
    const solution = walras(["equilibrium", path, "--json"]).stdout;
    const given = walras(["welfare", "-", file(solution), "--json"], KEHOE);
    expect([given.status, given.stdout]).toEqual([0, walras(["welfare", path, "--json"]).stdout]);
    const planned = file({ ...KEHOE, endowments: undefined, totals: [13, 13] });
    const plan = file(walras(["plan", planned, "--json"]).stdout);
    expect(JSON.parse(walras(["welfare", planned, plan, "--json"]).stdout)).toMatchObject({ gains: null });
    expect(walras(["welfare", planned, plan]).stdout).toMatch(/│ not known +│ not known +│/);
    expect(walras(["welfare", planned, plan, "--csv"]).rows[1].slice(2, 4)).toEqual(["", ""]);
  });

  it("values a change at the prices before and after", () => {
    // The cheapest way to u costs 2 (p1 p2 x1 x2)^(1/2); a bundle without wine is worth nothing.
    const before = file({ prices: [1, 1], allocation: [[1, 1], [1, 1]] }); // biome-ignore format: rows
    const after = file({ shadowPrices: [1, 4], allocation: [2, 2, 1, 0] });
    const args = ["welfare", file(ALIKE), before, after];
    const comparison = JSON.parse(walras([...args, "--json"]).stdout);
    expect(comparison).toMatchObject({ agents: NAMES.agents, gains: [1, -1] });
    expect(comparison.equivalentVariation).toEqual([expect.closeTo(2, 12), expect.closeTo(-2, 12)]);
    expect(comparison.compensatingVariation).toEqual([expect.closeTo(4, 12), expect.closeTo(-4, 12)]);
    expect(comparison.utilityChange).toEqual([expect.closeTo(2 * Math.log(2), 12), "-Infinity"]);
    const { rows } = walras([...args, "--csv"]);
    expect(rows[0]).toEqual(["agent", "equivalentVariation", "compensatingVariation", "utilityChange", "gains"]);
    expect(rows[1].slice(1, 4).map(Number)).toEqual([2, 4, 2 * Math.log(2)].map((v) => expect.closeTo(v, 12)));
    const { status, stdout } = walras(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ +2 │ +4 │ +1\.386294 │ gains/);
    expect(stdout).toMatch(/Ben +│ +-2 │ +-4 │ +-Infinity │ loses/);
    expect(walras(["welfare", file(ALIKE), before, before]).stdout).toMatch(/Ben +│ +0 │ +0 │ +0 │ neither/);
  });

  const good = { prices: [1, 1], allocation: [[1, 1], [1, 1]] }; // biome-ignore format: rows
  it.each<[what: string, solutions: unknown[], message: RegExp]>([
    ["nothing", [null], /solution must have an allocation, and prices or shadowPrices; got null/],
    ["a list", [[good, good]], /solution must have an allocation/],
    ["two kinds of prices", [{ ...good, shadowPrices: [1, 1] }], /prices or shadowPrices/],
    ["prices alone", [{ prices: [1, 1] }], /solution\.allocation must be 2 rows of 2 numbers; got nothing/],
    ["another size", [{ prices: [1], allocation: [[1], [2]] }], /solution\.allocation .*\n +solution\.prices must be/],
    ["ragged rows", [{ ...good, allocation: [[1, 1], [1]] }], /solution\.allocation must be 2 rows/], // biome-ignore format: rows
    [
      "words for numbers",
      [{ prices: ["1", 1], allocation: good.allocation }],
      /solution\.prices\[0\] must be a finite/,
    ],
    ["a negative amount", [good, { ...good, allocation: [[1, 1], [1, -1]] }], /after\.allocation\[1\]\[1\] must be/], // biome-ignore format: rows
    ["a price of 0", [{ ...good, prices: [0, 1] }, good], /before\.prices\[0\] must be above 0: somebody wants/],
    ["three solutions", [good, good, good], /there can be two solutions at most, before and after; got 3/],
    ["no JSON", ["allocation"], /must be JSON/],
  ])("refuses %s for a solution", (_, solutions, message) => {
    const { status, stdout, stderr } = walras(["welfare", file(ALIKE), ...solutions.map((solution) => file(solution))]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("refuses an economy that is no market, and a missing file", () => {
    expect(walras(["welfare"], { ...ALIKE, omega: 0.5 })).toMatchObject({ status: 2, stdout: "" });
    const { status, stderr } = walras(["welfare", file(ALIKE), "no-such-file.json"]);
    expect([status, stderr]).toEqual([2, "walras: cannot read no-such-file.json: no such file\n"]);
  });

  it("brings two solutions to one unit, and says which", () => {
    const path = file(KEHOE);
    const solved = (...options: string[]) => file(walras(["equilibrium", path, "--json", ...options]).stdout);
    const [simplex, bread] = [solved(), solved("--numeraire", "bread")];
    const later = file(walras(["plan", path, "--json"]).stdout);
    const compared = (...args: string[]) => JSON.parse(walras(["welfare", path, ...args, "--json"]).stdout);
    const [one, other] = [compared(bread, later), compared(later, bread)];
    expect([one.numeraire, other.numeraire]).toEqual(["bread", "bread"]);
    one.equivalentVariation.forEach((v: number, i: number) => {
      expect(v + other.compensatingVariation[i]).toBeCloseTo(0, 10);
    });
    expect(compared(simplex, later, "--numeraire", "0")).toEqual({
      ...one,
      equivalentVariation: one.equivalentVariation.map((v: number) => expect.closeTo(v, 10)),
      compensatingVariation: one.compensatingVariation.map((v: number) => expect.closeTo(v, 10)),
      utilityChange: one.utilityChange.map((v: number) => expect.closeTo(v, 10)),
    });
    expect(walras(["welfare", path, bread, later]).stdout).toContain("unit: bread\n");
    expect(walras(["welfare", path, simplex, later]).stdout).toContain("unit: one of each good\n");
    expect(walras(["welfare", path, "--numeraire", "bread"]).stderr).toContain("--numeraire needs two solutions");
  });
});

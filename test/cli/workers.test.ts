// --workers, as a user runs it.

import { describe, expect, it } from "vitest";
import { steepMarket } from "../../bench/economies.js";
import { walras } from "../support/cli.js";

const MARKET = steepMarket(9, 6, 6);

describe("--workers", () => {
  it.each([
    ["equilibria", ["equilibria"]],
    ["statics", ["statics", "--of", "allocation", "--by", "alpha"]],
    ["frontier", ["frontier", "--from", "1,1,1,1,1,1", "--to", "6,5,4,3,2,1", "--points", "60"]],
  ])("of %s changes nothing of what is printed", (_, command) => {
    const alone = walras([...command, "--json"], MARKET);
    expect(alone.status).toBe(0);
    for (const workers of ["1", "2", "3"]) {
      expect(walras([...command, "--json", "--workers", workers], MARKET)).toEqual(alone);
    }
  });

  it("refuses what is no number of workers", () => {
    expect(walras(["equilibria", "--workers", "0"], MARKET)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("must be a whole number above 0"),
    });
    expect(walras(["equilibria", "--workers", "65"], MARKET)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("workers must be a whole number from 1 to 64; got 65"),
    });
  });

  it("reports mistakes in the economy as it does without", () => {
    const { endowments: _, ...planner } = { ...MARKET, totals: [1, 1, 1, 1, 1, 1] };
    const alone = walras(["equilibria", "--workers", "2"], planner);
    expect(alone.status).toBe(2);
    expect(alone.stderr).toMatch(/^walras: endowments/);
  });
});

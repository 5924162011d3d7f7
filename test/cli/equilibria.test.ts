// walras equilibria, as a user runs it.

import { describe, expect, it } from "vitest";
import { ALIKE, CRITICAL, file, KEHOE, STEEP, walras } from "../support/cli.js";

describe("walras equilibria", () => {
  it("prints every equilibrium and says that there are no more", () => {
    const { status, stdout } = walras(["equilibria", "--numeraire", "wine"], KEHOE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/│ +1 │ +0\.1272989 │ +1 │ +1 │ yes +│ converged │/);
    expect(stdout).toMatch(/│ +2 │ +1 │ +1 │ +-1 │ no +│ converged │/);
    expect(stdout).toMatch(/│ +3 │ +7\.855525 │ +1 │ +1 │ yes +│ converged │/);
    expect(stdout).toContain("complete: yes, proved; sum of indices 1; numeraire: wine");
    expect(stdout).toContain("There are 3 equilibria and no other: proved, up to rounding");
  });

  it("prints an unresolved interval with its net index", () => {
    const { stdout } = walras(["equilibria"], CRITICAL);
    expect(stdout).toMatch(/unresolved: the price of good 1 in good 2 from 0\.999\d* to 1\.000\d*, net index 1/);
    expect(stdout).toContain("complete: not proved");
  });

  it.each(["wasm", "js"])("prints JSON that holds every solution, from %s", (engine) => {
    const { status, stdout } = walras(["equilibria", "--json", "--engine", engine], KEHOE);
    expect(status).toBe(0);
    const { goods, equilibria: found, complete, indexSum, unresolved } = JSON.parse(stdout);
    expect([goods, complete, indexSum, unresolved]).toEqual([["bread", "wine"], true, 1, []]);
    expect(found).toHaveLength(3);
    expect(found[0].allocation).toHaveLength(2);
    expect(found[0].prices[0]).toBeCloseTo(0.11292384712800112, 13);
    const cut = JSON.parse(walras(["equilibria", "--json", "--max-intervals", "5"], KEHOE).stdout);
    expect(cut.complete).toBe(false);
    expect(cut.unresolved[0].prices).toHaveLength(2);
    expect(cut.unresolved[0].prices[0]).toHaveLength(2);
  });

  it("prints CSV, one row per equilibrium", () => {
    const { status, stdout } = walras(["equilibria", "--csv"], KEHOE);
    expect(status).toBe(0);
    const [head, ...rows] = stdout.trim().split("\n");
    expect(head).toBe("equilibrium,index,stability,price:bread,price:wine");
    expect(rows.map((row) => row.split(",").slice(0, 3))).toEqual([
      ["1", "1", "stable"],
      ["2", "-1", "unstable"],
      ["3", "1", "stable"],
    ]);
  });

  it("exits with 1, and says why, exactly where indices do not add up to 1", () => {
    // Agents who own most of the good that they value most: up to 2^n - 1 equilibria. One start
    // finds some.
    const symmetric = (n: number, own: number) => {
      const matrix = (diagonal: number) =>
        Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? diagonal : 1)));
      return { alpha: matrix(1024), omega: -5, endowments: matrix(own) };
    };
    const few = ["--max-starts", "1", "--max-intervals", "1"];
    const sums = [symmetric(3, 20), symmetric(4, 20), symmetric(4, 12), KEHOE, ALIKE].map((economy) => {
      const path = file(economy);
      const { status, stdout, stderr } = walras(["equilibria", path, "--json", ...few]);
      const { indexSum, equilibria } = JSON.parse(stdout);
      expect(equilibria.every(({ converged }: { converged: boolean }) => converged)).toBe(true);
      expect(status).toBe(indexSum === 1 ? 0 : 1);
      const why = `walras: the indices add up to ${indexSum}, but those of all equilibria add up to 1: some are missing, or too close to critical to tell\n`;
      expect(stderr).toBe(indexSum === 1 ? "" : why);
      for (const format of [[], ["--csv"]]) {
        const other = walras(["equilibria", path, ...few, ...format]);
        expect([other.status, other.stderr]).toEqual([status, stderr]);
        expect(other.stdout).not.toBe("");
      }
      return indexSum;
    });
    expect(sums.some((sum) => sum !== 1)).toBe(true);
    expect(sums.some((sum) => sum === 1)).toBe(true);
  });

  it("exits with 1, and says so, if an equilibrium has not converged", () => {
    const { status, stderr } = walras(["equilibria"], STEEP);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^walras: of 1 equilibria, 1 did not converge$/m);
  });

  it("refuses bad options and economies", () => {
    expect(walras(["equilibria", "--csv", "--json"], KEHOE).status).toBe(2);
    const { status, stderr } = walras(["equilibria", "--numeraire", "cheese"], KEHOE);
    expect(status).toBe(2);
    expect(stderr).toContain("numeraire must be");
    const { status: convex, stderr: why } = walras(["equilibria"], { ...KEHOE, omega: 0.5 });
    expect(convex).toBe(2);
    expect(why).toContain("must be below 0 in a market");
  });
});

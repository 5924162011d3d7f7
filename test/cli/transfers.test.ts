// walras transfers, as a user runs it.

import { describe, expect, it } from "vitest";
import { CONVEX, walras } from "../support/cli.js";

/** Each agent owns one unit of one good and spends 2/3 of its income on the other's. */
const CROSSED = {
  goods: ["bread", "wine"],
  agents: ["Ada", "Ben"],
  alpha: [[1, 2], [2, 1]],
  omega: -1,
  endowments: [[1, 0], [0, 1]],
}; // biome-ignore format: rows

/** An economy whose plan is exact up to rounding only. */
const UNEVEN = {
  alpha: [[1, 2], [2.3, 1]],
  omega: [[-0.7, -0.3], [-1.9, -2.1]],
  endowments: [[1, 0], [0, 1]],
}; // biome-ignore format: rows

describe("walras transfers", () => {
  it("prints the transfers that support the plan, by hand", () => {
    // At equal weights bread goes 1 : 2 and wine 2 : 1, and each good is worth 1 + 2 = 3. Ada gets
    // bread worth 1 and wine worth 2, which is what it owns.
    const equal = walras(["transfers"], CROSSED);
    expect(equal.status).toBe(0);
    expect(equal.stdout).toMatch(/shadow price │ +3 │ +3 │/);
    expect(equal.stdout).toMatch(/Ada +│ +1 │ +(0|-?[\d.]+e-\d\d) │/);
    // At the weights 3 : 1, bread is worth 3 + 2 = 5 and wine 6 + 1 = 7. Ada gets 3 + 6 and owns 5.
    const { status, stdout } = walras(["transfers", "--weights", "3,1"], CROSSED);
    expect(status).toBe(0);
    expect(stdout).toMatch(/shadow price │ +5 │ +7 │/);
    expect(stdout).toMatch(/Ada +│ +3 │ +4 │/);
    expect(stdout).toMatch(/Ben +│ +1 │ +-4 │/);
    expect(stdout).toMatch(/converged \(exact[^)]*, wasm\)/);
  });

  it.each(["wasm", "js"])("prints CSV, one row per agent, and JSON, from %s", (engine) => {
    const weighted = { ...CROSSED, weights: [3, 1] };
    const { status, rows } = walras(["transfers", "--csv", "--engine", engine], weighted);
    expect([status, rows[0]]).toEqual([0, ["agent", "weight", "transfer"]]);
    expect(rows.slice(1).map(([agent, weight]) => [agent, weight])).toEqual([
      ["Ada", "3"],
      ["Ben", "1"],
    ]);
    expect(rows.slice(1).map(([, , transfer]) => Number(transfer))).toEqual([4, -4].map((t) => expect.closeTo(t, 12)));
    const found = JSON.parse(walras(["transfers", "--json", "--engine", engine], weighted).stdout);
    expect(found).toMatchObject({ agents: ["Ada", "Ben"], weights: [3, 1], status: "converged", engine });
    expect(found.transfers.map(String)).toEqual(rows.slice(1).map(([, , transfer]) => transfer));
    expect(found.shadowPrices).toEqual([5, 7].map((p) => expect.closeTo(p, 12)));
    expect(found.allocation.map((row: unknown[]) => row.length)).toEqual([2, 2]);
  });

  it("says with the exit status that the plan has not converged", () => {
    const { status, stdout } = walras(["transfers", "--tolerance", "0"], UNEVEN);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^stalled /m)]);
  });

  it("refuses an economy without endowments, and two formats", () => {
    const { status, stdout, stderr } = walras(["transfers"], CONVEX);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("walras: endowments must be given for transfers; got nothing\n");
    expect(walras(["transfers", "--csv", "--json"], CROSSED)).toMatchObject({ status: 2, stdout: "" });
  });
});

// walras equilibrium and walras check, as a user runs them.

import { describe, expect, it } from "vitest";
import { file, PAIR, TRADE, walras } from "../support/cli.js";

describe("walras equilibrium and check", () => {
  it("prints prices in the numeraire asked for", () => {
    const path = file({ alpha: PAIR.alpha, omega: [0.5, 0.25], totals: [1, 2], incomes: [1, 2] });
    const solution = JSON.parse(
      walras(["equilibrium", path, "--demand", "shares", "--numeraire", "1", "--json"]).stdout,
    );
    expect(solution).toMatchObject({ converged: true, numeraire: "good 2" });
    expect(solution.prices[1]).toBeCloseTo(1, 14);
    expect(walras(["equilibrium", path, "--demand", "shares"]).stdout).toContain("numeraire: simplex");
  });

  it("prints prices, trades and what is known of the equilibrium; the JSON passes the check", () => {
    const path = file(TRADE);
    const { status, stdout } = walras(["equilibrium", path, "--numeraire", "wine"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/price │ +1 │ +1 │/);
    expect(stdout).toContain("numeraire: wine; index 1; unique: yes, proved; stable under tâtonnement: yes");
    const solution = file(walras(["equilibrium", path, "--json"]).stdout);
    const verdict = walras(["check", path, solution, "--tolerance", "1e-10"]);
    expect([verdict.status, verdict.stdout]).toEqual([
      0,
      expect.stringContaining("accepted: All residuals are within"),
    ]);
  });

  it("rejects wrong prices with exit status 1", () => {
    const verdict = walras(["check", file(TRADE), file({ prices: [1, 2] }), "--json"]);
    expect(verdict.status).toBe(1);
    expect(JSON.parse(verdict.stdout)).toMatchObject({ kind: "equilibrium", accepted: false });
  });

  it("says with the exit status that a run was cut short", () => {
    const hard = {
      alpha: [
        [1024, 1],
        [1, 1024],
      ],
      omega: -5,
      endowments: [
        [12, 1],
        [3, 12],
      ],
    };
    expect(walras(["equilibrium", "--max-iterations", "1"], hard)).toMatchObject({ status: 1 });
  });
});

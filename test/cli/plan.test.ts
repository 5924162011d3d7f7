// walras plan, as a user runs it.

import { describe, expect, it } from "vitest";
import { CONVEX, file, TRADE, walras } from "../support/cli.js";

const CSV = "agent,alpha:bread,omega:bread,endowment:bread\nAda,1,0.5,1\nBen,2,0.5,0\n";

describe("walras plan", () => {
  it("prints the exact plan of a convex economy", () => {
    const { status, stdout } = walras(["plan", file(CONVEX)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ +0 │ +2 │/);
    expect(stdout).toContain("converged (exact");
  });

  it("runs Adam with its options, and says with the exit status that it has not converged", () => {
    const args = ["plan", "--method", "adam", "--formulation", "penalty", "--learning-rate", "0.02"];
    const control = ["--max-steps", "300", "--seed", "4", "--trace", "100", "--json"];
    const { status, stdout } = walras([...args, ...control], CONVEX);
    const plan = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(plan.trace.map((t: { step: number }) => t.step)).toEqual([99, 199, 299]);
    expect(plan).toMatchObject({
      status: "maxIterations",
      iterations: 300,
      allocation: [[expect.any(Number), expect.any(Number)], expect.any(Array)],
    });
  });

  it("says how far Adam stopped from the exact optimum", () => {
    for (const formulation of ["shares", "penalty"]) {
      const { stdout } = walras(["plan", file(TRADE), "--method", "adam", "--formulation", formulation]);
      expect(stdout).toMatch(/Welfare is [\d.e-]+ (below|above) .*the exact optimum's/);
    }
  });

  it("reads CSV from standard input, told by its head", () => {
    const { stdout } = walras(["plan", "--json"], CSV);
    expect(JSON.parse(stdout)).toMatchObject({ agents: ["Ada", "Ben"], goods: ["bread"], allocation: [[0], [1]] });
  });

  it("reads CSV", () => {
    const path = file(CSV, "csv");
    expect(JSON.parse(walras(["plan", "--json", path]).stdout).allocation).toEqual([[0], [1]]);
  });
});

// walras frontier, as a user runs it.

import { describe, expect, it } from "vitest";
import { PAIR, SCARF, walras } from "../support/cli.js";

describe("walras frontier", () => {
  it("prints points along the curve, and their utilities", () => {
    const { status, stdout } = walras(["frontier", "--chord-tolerance", "0.00001"], PAIR);
    expect(status).toBe(0);
    expect(stdout).toContain("equivalent Ben");
    expect(stdout).toMatch(/25 of \d+ points; --json and --csv print all/);
    expect(stdout).toMatch(/converged \(path, \d+ points, wasm\)/);
  });

  it.each(["wasm", "js"])("prints CSV, one row per point, from %s", (engine) => {
    const { status, lines } = walras(["frontier", "--csv", "--divisions", "5", "--engine", engine], SCARF);
    expect(status).toBe(0);
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(
      /^weight:agent 1,.*,utility:agent 1,.*,equivalent:agent 1,.*,agent 3:good 3,price:good 1,.*,residual$/,
    );
    const cells = lines[1].split(",").map(Number);
    expect(cells).toHaveLength(lines[0].split(",").length);
    expect(cells[0] + cells[1] + cells[2]).toBeCloseTo(1, 12);
  });

  it("prints JSON between the weights asked for", () => {
    const args = ["frontier", "--json", "--from", "1,3", "--to", "3,1", "--points", "3", "--bend", "0.5"];
    const { weights, allocation, count } = JSON.parse(walras(args, PAIR).stdout);
    expect(count).toBe(3);
    expect(weights[0][0]).toBeCloseTo(0.25, 14);
    expect(weights[1]).toEqual([0.5, 0.5]);
    expect(allocation[1][0][0]).toBeCloseTo(1 / 3, 14);
  });

  it("takes the chord tolerance under its old name too", () => {
    const [now, before] = ["--chord-tolerance", "--bend"].map((flag) =>
      walras(["frontier", "--csv", flag, "0.01"], PAIR),
    );
    expect([before.status, before.stdout]).toEqual([0, now.stdout]);
    const { status, stderr } = walras(["frontier", "--chord-tolerance", "0.1", "--bend", "0.2"], PAIR);
    expect([status, stderr]).toEqual([2, expect.stringContaining("bend is the old name of chordTolerance")]);
  });

  it("refuses options that exclude each other", () => {
    const { status, stderr } = walras(["frontier", "--divisions", "4", "--from", "1,1"], PAIR);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^walras: --from needs --to\n +--divisions does not go with --from and --to\n$/);
    expect(walras(["frontier", "--to", "1,1"], PAIR)).toMatchObject({
      status: 2,
      stderr: "walras: --to needs --from\n",
    });
    expect(walras(["frontier", "--csv", "--json"], PAIR)).toMatchObject({ status: 2, stdout: "" });
  });
});

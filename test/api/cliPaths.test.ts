// The commands whose answer is a path, as a user runs them.

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { caseNamed } from "../support/fixtures.js";

function walras(args: string[], input: unknown) {
  const options = { input: JSON.stringify(input), encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], options);
  return { status, stdout, stderr, lines: stdout.trimEnd().split("\n") };
}

const PAIR = {
  goods: ["bread", "wine"],
  agents: ["Ada", "Ben"],
  alpha: [
    [1, 2],
    [2, 1],
  ],
  omega: -1,
  endowments: [
    [1, 0],
    [0, 1],
  ],
};
const SCARF = caseNamed("scarf-1960-cycle").economy;

describe("walras frontier", () => {
  it("prints points along the curve, and what they mean", () => {
    const { status, stdout } = walras(["frontier", "--bend", "0.00001"], PAIR);
    expect(status).toBe(0);
    expect(stdout).toContain("equivalent Ben");
    expect(stdout).toMatch(/25 of \d+ points; --json and --csv print all/);
    expect(stdout).toMatch(/converged \(path, \d+ points, wasm\)/);
  });

  it.each(["wasm", "js"])("prints CSV, a row a point, from %s", (engine) => {
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

  it("refuses what does not go together", () => {
    const { status, stderr } = walras(["frontier", "--divisions", "4", "--from", "1,1"], PAIR);
    expect(status).toBe(2);
    expect(stderr).toMatch(/to must be given beside the other end[\s\S]*divisions goes with a grid/);
    expect(walras(["frontier", "--csv", "--json"], PAIR)).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("walras tatonnement", () => {
  it("prints the path to an equilibrium", () => {
    const { status, stdout } = walras(["tatonnement", "--start", "1,5", "--numeraire", "wine"], PAIR);
    expect(status).toBe(0);
    expect(stdout).toMatch(/numeraire: wine/);
    expect(stdout).toMatch(/converged \(dormand-prince, \d+ steps, wasm\): All markets clear/);
  });

  it("names the period of a cycle, and exits with 1", () => {
    const complements = { ...SCARF, omega: -1e8 };
    const { status, stdout } = walras(["tatonnement", "--start", "1,1.01,1"], complements);
    expect(status).toBe(1);
    expect(stdout).toMatch(/period 14\.51/);
    expect(stdout).toMatch(/maxIterations .*: Prices go round in a cycle/);
    const { period, cycle } = JSON.parse(walras(["tatonnement", "--start", "1,1.01,1", "--json"], complements).stdout);
    expect(period).toBeCloseTo((2 * Math.PI) / (Math.sqrt(3) / 4), 2);
    expect(cycle.leastImbalance).toBeGreaterThan(1e-3);
  });

  it("takes every option, and prints CSV, a row a point", () => {
    const args = ["tatonnement", "--csv", "--form", "linear", "--start", "1,2", "--numeraire", "1", "--speeds", "1,2"];
    const { status, lines } = walras([...args, "--step", "0.5", "--duration", "2", "--tolerance", "0"], PAIR);
    expect(status).toBe(1);
    expect(lines[0]).toBe("time,price:bread,price:wine,excess:bread,excess:wine");
    expect(lines.slice(1).map((line) => Number(line.split(",")[0]))).toEqual([0, 0.5, 1, 1.5, 2]);
    // p' = p + z / 2 with z = 2/3 (1 / p - 1), from 1/2.
    expect(Number(lines[2].split(",")[1])).toBeCloseTo(0.5 + 1 / 3, 14);
    const limited = walras(
      ["tatonnement", "--max-steps", "2", "--points", "3", "--accuracy", "1e-6", "--start", "1,5", "--json"],
      PAIR,
    );
    expect(JSON.parse(limited.stdout)).toMatchObject({ iterations: 2, count: 3, status: "maxIterations" });
  });

  it("refuses what it does not know", () => {
    const { status, stderr } = walras(["tatonnement", "--numeraire", "gold", "--step", "0"], PAIR);
    expect(status).toBe(2);
    expect(stderr).toMatch(/step must be a finite number above 0; got 0[\s\S]*numeraire must be "none", a good's name/);
  });
});

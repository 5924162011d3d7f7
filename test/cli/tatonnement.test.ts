// walras tatonnement, as a user runs it.

import { describe, expect, it } from "vitest";
import { PAIR, SCARF, walras } from "../support/cli.js";

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

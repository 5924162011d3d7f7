// walras transfer-paradox, as a user runs it.

import { describe, expect, it } from "vitest";
import { ALIKE, CRITICAL, KEHOE, STEEP, walras } from "../support/cli.js";

describe("walras transfer-paradox", () => {
  /** Agents that spend very different parts of their incomes on good 1, which has no substitute. */
  const THREE = {
    alpha: [[9 ** 10, 1], [1, 1], [1, 9 ** 10]],
    gamma: 10,
    endowments: [[0, 10], [27, 0], [0, 45]],
  }; // biome-ignore format: rows

  it("prints that at index -1 both gifts between two agents are strong paradoxes, by hand", () => {
    // At equal prices incomes are 13/2, spending shares 0.8 and 0.2, trades -0.8 and 0.8 in value,
    // and the elasticity 1/5. A gift moves the log price by 0.6 / (2 (13/2) 0.16/5 - 0.64 + 0.16) =
    // -9.375, which is worth 7.5 to the giver.
    const { status, stdout } = walras(["transfer-paradox"], KEHOE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ Ben +│ strong +│ +6\.5 │ +-6\.5 │/);
    expect(stdout).toMatch(/Ben +│ Ada +│ strong +│ +6\.5 │ +-6\.5 │/);
    expect(stdout).toContain("paradoxes: 2 strong (giver gains, receiver loses), 0 weak (one of the two), of 2 pairs");
    expect(stdout).toContain("index -1");
  });

  it.each(["wasm", "js"])("prints CSV with paradoxes first, and JSON with gifts, from %s", (engine) => {
    const { status, rows } = walras(["transfer-paradox", "--csv", "--engine", engine], THREE);
    expect([status, rows[0]]).toEqual([0, ["giver", "receiver", "kind", "giverGain", "receiverGain"]]);
    expect(rows.slice(1).map(([, , kind]) => kind)).toEqual(["strong", "strong", "weak", "weak", "none", "none"]);
    for (const [, , kind, giver, receiver] of rows.slice(1)) {
      const paradoxes = [Number(giver) > 0, Number(receiver) < 0].filter(Boolean).length;
      expect(kind).toBe(["none", "weak", "strong"][paradoxes]);
    }
    const found = JSON.parse(walras(["transfer-paradox", "--json", "--engine", engine], THREE).stdout);
    expect(found.giverGains.map((row: unknown[]) => row.length)).toEqual([3, 3, 3]);
    // Three agents have paradoxes at a stable equilibrium, too (Chichilnisky 1980).
    expect([found.giverGains[0][0], found.index]).toEqual(["NaN", 1]);
    for (const [giver, receiver, , gain] of rows.slice(1)) {
      const [i, k] = [giver, receiver].map((name) => Number(name.replace("agent ", "")) - 1);
      expect(found.giverGains[i][k]).toBe(Number(gain));
    }
    expect(found.paradoxes).toHaveLength(4);
    expect(found.paradoxes[0].gifts[0]).toMatchObject({ good: expect.any(Number) });
  });

  it("prints that no agent can gain by giving if two agents' goods are gross substitutes", () => {
    const { status, rows } = walras(["transfer-paradox", "--csv"], { ...ALIKE, alpha: [[1, 2], [2, 1]] }); // biome-ignore format: rows
    expect([status, rows.slice(1).map(([, , kind]) => kind)]).toEqual([0, ["none", "none"]]);
  });

  it("lists only pairs that trade, and in the table only the first 25", () => {
    const apart = { alpha: [[1, 2, 0], [2, 1, 0], [0, 0, 1]], omega: -2, endowments: [[1, 2, 0], [2, 1, 0], [0, 0, 1]] }; // biome-ignore format: rows
    const { rows } = walras(["transfer-paradox", "--csv"], apart);
    expect(rows.slice(1).map(([giver, receiver]) => `${giver}, ${receiver}`)).toEqual([
      "agent 1, agent 2",
      "agent 2, agent 1",
    ]);
    const six = { alpha: [1, 2], omega: -2, endowments: Array.from({ length: 6 }, (_, i) => [1, 1 + i]) };
    expect(walras(["transfer-paradox"], six).stdout).toContain("25 of 30 pairs; --json and --csv print all.");
    const one = { alpha: [[1, 2]], omega: -2, endowments: [[1, 1]] };
    expect(walras(["transfer-paradox"], one)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("of 0 pairs"),
    });
  });

  it("says that a critical equilibrium has no derivatives, with exit status 1", () => {
    const { status, stdout, stderr } = walras(["transfer-paradox"], CRITICAL);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^walras: Prices have no derivatives at a critical equilibrium: .* a pivot of [\d.e-]+/);
  });

  it.each(["welfare", "transfer-paradox"])(
    "walras %s says so if there is no equilibrium to a double's precision",
    (name) => {
      const { status, stdout, stderr } = walras([name], STEEP);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^walras: stalled: In this numeraire the price of bread is beyond what a double holds/);
    },
  );

  it("refuses more agents than can be listed in pairs", () => {
    const many = { alpha: [1, 2], omega: -2, endowments: Array.from({ length: 2049 }, () => [1, 1]) };
    const { status, stderr } = walras(["transfer-paradox"], many);
    expect([status, stderr]).toEqual([2, "walras: agents must be 2048 at most for a list of all pairs; got 2049\n"]);
  });
});

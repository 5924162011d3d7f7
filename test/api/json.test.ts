// The JSON form of solutions: rows for matrices, names, all digits, and the way back.

import { describe, expect, it } from "vitest";
import { equilibriaToJson, solutionToJson } from "../../src/index.js";
import { analysisToJson, toJsonText } from "../../src/json.js";
import { engines } from "../support/engines.js";
import { caseNamed } from "../support/fixtures.js";

const [[, walras]] = engines;
const names = { agents: ["Ada", "Ben"], goods: ["bread", "wine", "cloth"] };
const data = {
  ...{ ...names, name: "a market", alpha: [[1, 2, 3], [3, 2, 1]], omega: -2 }, // biome-ignore format: rows
  endowments: [[1, 2, 1], [2, 1, 1]], // biome-ignore format: rows
};
const economy = walras.economy(data);
const rowsOf = (values: Float64Array) => [[...values.subarray(0, 3)], [...values.subarray(3)]];

describe("a solution as JSON", () => {
  it("has all of its keys, with matrices as rows and lists as lists", () => {
    const solution = walras.equilibrium(economy);
    const json = solutionToJson(solution, economy);
    expect(Object.keys(json).sort()).toEqual(["name", "agents", "goods", ...Object.keys(solution)].sort());
    expect(json).toMatchObject({ ...names, name: "a market" });
    const { allocation, netTrades, prices, incomes, utilities, weights, ...plain } = solution;
    expect(json).toMatchObject(plain);
    expect([json["allocation"], json["netTrades"]]).toEqual([rowsOf(allocation), rowsOf(netTrades)]);
    const lists = { prices: [...prices], incomes: [...incomes], utilities: [...utilities], weights: [...weights] };
    expect(json).toMatchObject(lists);
    expect(JSON.parse(toJsonText(json))).toEqual(json);
  });

  it("has no name where the economy has none, and can be checked again", () => {
    const { name: _, ...nameless } = data;
    const same = walras.economy(nameless);
    for (const solution of [walras.equilibrium(same), walras.plan(same), walras.planWithAdam(same, { trace: 1000 })]) {
      const json = JSON.parse(toJsonText(solutionToJson(solution, same)));
      expect("name" in json).toBe(false);
      expect(walras.check(same, json)).toEqual(walras.check(same, solution));
    }
  });

  it("has one row for each point of a path", () => {
    const path = walras.tatonnement(economy, { duration: 3, points: 5 });
    const json = solutionToJson(path, economy);
    expect(json["prices"]).toEqual(
      Array.from({ length: path.count }, (_, k) => [...path.prices.subarray(3 * k, 3 * k + 3)]),
    );
    expect(json["time"]).toEqual([...path.time]);
    const frontier = walras.frontier(economy, { points: 3 });
    const points = solutionToJson(frontier, economy) as { allocation: number[][][]; residual: number[] };
    expect(points.residual).toEqual([...frontier.residual]);
    expect(points.allocation).toEqual(
      Array.from({ length: frontier.count }, (_, k) => rowsOf(frontier.allocation.subarray(6 * k, 6 * k + 6))),
    );
    expect((points as unknown as { utilities: number[][] }).utilities).toEqual(
      Array.from({ length: frontier.count }, (_, k) => [...frontier.utilities.subarray(2 * k, 2 * k + 2)]),
    );
  });
});

describe("all equilibria as JSON", () => {
  it("have names once, and each equilibrium in the form of one", () => {
    const kehoe = walras.economy({ ...caseNamed("kehoe-1024").economy, name: "Kehoe" });
    const found = walras.equilibria(kehoe);
    const json = equilibriaToJson(found, kehoe);
    expect(Object.keys(json).sort()).toEqual(["name", "agents", "goods", ...Object.keys(found)].sort());
    const { equilibria, ...rest } = found;
    expect(json).toMatchObject({ ...rest, name: "Kehoe", agents: kehoe.agents, goods: kehoe.goods });
    expect(json["equilibria"]).toEqual(
      equilibria.map((one) => {
        const { name, agents, goods, ...plain } = solutionToJson(one, kehoe);
        expect([name, agents, goods]).toEqual(["Kehoe", kehoe.agents, kehoe.goods]);
        return plain;
      }),
    );
    expect(equilibria).toHaveLength(3);
    expect("name" in equilibriaToJson(found, walras.economy(caseNamed("kehoe-1024").economy))).toBe(false);
  });

  it("have the prices at the ends of unresolved intervals as lists", () => {
    const critical = walras.economy(caseNamed("critical-triple-root").economy);
    const found = walras.equilibria(critical);
    expect(found.unresolved.length).toBeGreaterThan(0);
    expect(equilibriaToJson(found, critical)["unresolved"]).toEqual(
      found.unresolved.map((one) => ({ ...one, prices: one.prices.map((p) => [...p]) })),
    );
  });
});

describe("an analysis as JSON", () => {
  it("has rows of the widths asked for, at any depth, and everything else as it is", () => {
    const found = {
      flat: Float64Array.of(1, 2),
      matrix: Float64Array.of(1, 2, 3, 4),
      deep: { matrix: Float64Array.of(1, 2), word: "w", nothing: null, list: [Float64Array.of(5), 6, "x"] },
      lists: [Float64Array.of(1, 2, 3, 4)],
      missing: undefined,
    };
    expect(analysisToJson(found, economy, { matrix: 2, lists: 2 })).toEqual({
      ...{ ...names, name: "a market", flat: [1, 2], missing: undefined },
      matrix: [[1, 2], [3, 4]], // biome-ignore format: rows
      deep: { matrix: [[1, 2]], word: "w", nothing: null, list: [[5], 6, "x"] },
      lists: [[[1, 2], [3, 4]]], // biome-ignore format: rows
    });
    expect("name" in analysisToJson({}, { ...economy, name: undefined }, {})).toBe(false);
  });
});

describe("JSON text", () => {
  it("is indented, keeps all digits, and has words for numbers that JSON lacks", () => {
    expect(toJsonText({ a: [0.1 + 0.2, 5e-324], b: Infinity, c: -Infinity, d: Number.NaN })).toBe(
      '{\n  "a": [\n    0.30000000000000004,\n    5e-324\n  ],\n  "b": "Infinity",\n  "c": "-Infinity",\n  "d": "NaN"\n}',
    );
  });
});

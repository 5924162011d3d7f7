// Economies as data: what defineEconomy(), the JSON Schema and the CSV form accept and refuse.

import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import schema from "../../economy.schema.json";
import { parseEconomyCsv } from "../../src/economy/csv.js";
import { defineEconomy, type EconomyData, EconomyError, parseEconomy } from "../../src/index.js";
import { BAD_ECONOMIES } from "../support/badEconomies.js";

const ADA: EconomyData = {
  goods: ["bread", "wine", "cloth"],
  agents: ["Ada", "Ben"],
  alpha: [
    [1, 0.8, 1.2],
    [1.1, 0.9, 1.3],
  ],
  omega: -0.5,
  endowments: [
    [30, 0, 1],
    [0, 30, 2],
  ],
};

function violationsOf(data: unknown): EconomyError {
  try {
    defineEconomy(data as EconomyData);
  } catch (error) {
    if (error instanceof EconomyError) return error;
    throw error;
  }
  throw new Error("no violation");
}

describe("an economy", () => {
  it("may give the same matrix as a number, a row for all, rows or a flat array", () => {
    const size = { agents: 2, goods: 3 };
    const rows = [
      [-1, -2, -3],
      [-1, -2, -3],
    ];
    for (const omega of [[-1, -2, -3], rows, Float64Array.from(rows.flat()), Float64Array.of(-1, -2, -3)]) {
      expect([...defineEconomy({ alpha: 1, omega, totals: [1, 1, 1], size }).omega]).toEqual(rows.flat());
    }
    expect([...defineEconomy({ alpha: 1, gamma: [1, 2, 3], totals: [1, 1, 1], size }).omega]).toEqual(rows.flat());
    expect([...defineEconomy({ alpha: 2, omega: -1, totals: [1, 1, 1], size }).alpha]).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("has names, weights and totals by default", () => {
    const economy = defineEconomy({ ...ADA, agents: undefined });
    expect(economy.agents).toEqual(["agent 1", "agent 2"]);
    expect([...economy.weights]).toEqual([1, 1]);
    expect([...economy.totals]).toEqual([30, 30, 3]);
  });

  it("holds copies", () => {
    const alpha = new Float64Array(6).fill(1);
    const economy = defineEconomy({ ...ADA, alpha });
    alpha[0] = -1;
    expect(economy.alpha[0]).toBe(1);
  });

  it("is refused by place, requirement and value", () => {
    const error = violationsOf({
      ...ADA,
      endowments: [
        [30, 0, 1],
        [-1, 30, 2],
      ],
    });
    expect(error.message).toBe("endowments[1][0] must be finite and not negative; got -1");
    expect(error).toMatchObject({
      path: "endowments[1][0]",
      requirement: "must be finite and not negative",
      value: -1,
    });
  });

  it("is refused for all violations together", () => {
    const error = violationsOf({
      ...ADA,
      alpha: [
        [1, -1, 1],
        [1, 1, Number.NaN],
      ],
      weights: [0, 1],
    });
    expect(error.violations.map((v) => v.path)).toEqual(["alpha[0][1]", "alpha[1][2]", "weights[0]"]);
  });

  it("is refused for the first hundred of very many violations", () => {
    const error = violationsOf({
      alpha: Array.from({ length: 50 }, () => Array(50).fill(-1)),
      omega: -1,
      totals: Array(50).fill(1),
    });
    expect(error.violations).toHaveLength(100);
  });

  it("is refused with the nearest known key for an unknown one", () => {
    expect(violationsOf({ ...ADA, endowment: [] }).message).toMatch(
      /^endowment is not a known key \(nearest: endowments\)/,
    );
  });

  it("may use typed arrays of any kind of number, and errors show values that have no JSON", () => {
    expect([...defineEconomy({ ...ADA, weights: Int32Array.of(1, 2) }).weights]).toEqual([1, 2]);
    expect(violationsOf({ ...ADA, omega: { a: 1n } }).message).toMatch(
      /omega must be a number, a row of numbers, or rows of numbers; got an unwritable object/,
    );
    expect(violationsOf({ ...ADA, weights: BigInt64Array.of(1n, 2n) }).path).toBe("weights");
  });

  it("is refused for its size before anything is allocated", () => {
    expect(violationsOf({ alpha: 1, omega: -1, totals: [1], size: { agents: 2 ** 26, goods: 1 } }).path).toBe(
      "size.agents",
    );
    expect(violationsOf({ alpha: 1, omega: -1, totals: [1], size: { agents: 1e9, goods: 1 } }).path).toBe(
      "size.agents",
    );
    expect(
      violationsOf({ alpha: 1, omega: -1, size: { agents: 2 ** 20, goods: 2 ** 20 }, endowments: [] }).message,
    ).toMatch(/cells/);
  });

  it.each(BAD_ECONOMIES)("is refused for %s", (_, data, path) => {
    const error = violationsOf(typeof data === "string" ? undefined : data);
    if (typeof data !== "string") expect(error.violations.map((v) => v.path)).toContain(path);
    if (typeof data === "string") expect(() => parseEconomy(data)).toThrow(EconomyError);
  });
});

describe("the JSON Schema", () => {
  const validate = new Ajv().compile(schema);

  it("accepts what the parser accepts", () => {
    const good: unknown[] = [
      ADA,
      { alpha: 1, gamma: [1, 2], totals: [1, 1], weights: [1, 2, 3] },
      { alpha: [[1]], omega: -1, totals: [1] },
    ];
    for (const data of good) {
      expect(validate(data)).toBe(true);
      expect(() => defineEconomy(data as EconomyData)).not.toThrow();
    }
  });

  it("accepts nothing that the parser refuses, but for what no schema can express", () => {
    const beyondSchema = [
      "ragged rows",
      "disagreeing sizes",
      "no shape at all",
      "an agent that wants nothing",
      "a total of 0",
      "NaN",
      "an overflowing total",
    ];
    for (const [what, data] of BAD_ECONOMIES) {
      if (typeof data !== "string" && !beyondSchema.includes(what))
        expect([what, validate(data)]).toEqual([what, false]);
    }
  });
});

describe("the CSV form", () => {
  const csv = `agent,weight,alpha:bread,alpha:"red, dry wine",omega:bread,"omega:red, dry wine"\n`;

  it("has one row per agent and columns in any order", () => {
    const economy = parseEconomyCsv(
      "endowment:wine,agent,alpha:bread,alpha:wine,gamma:wine,gamma:bread,endowment:bread,weight\n1,Ada,1,2,0.5,0.25,3,1\n4,Ben,5,6,0.5,0.25,7,2\n",
    );
    expect(economy.goods).toEqual(["wine", "bread"]);
    expect(economy.agents).toEqual(["Ada", "Ben"]);
    expect([...economy.alpha]).toEqual([2, 1, 6, 5]);
    expect([...economy.omega]).toEqual([-0.5, -0.25, -0.5, -0.25]);
    expect([...(economy.endowments ?? [])]).toEqual([1, 3, 4, 7]);
    expect([...economy.weights]).toEqual([1, 2]);
  });

  it.each([
    ["a column named as an object's own", "toString:a,alpha:a\n1,1\n", /column 1 must be one of/],
    ["an unknown column", "agent,price:bread\nAda,1\n", /column 2 must be one of/],
    [
      "a missing column",
      "alpha:a,alpha:b,omega:a,endowment:a,endowment:b\n1,1,1,1,1\n",
      /column omega:b must be given/,
    ],
    ["a ragged row", "alpha:a,omega:a,endowment:a\n1,-1\n", /row 2 must have 3 cells/],
    ["no rows", csv, /one row per agent/],
    [
      "a word for a number",
      "alpha:a,omega:a,endowment:a\none,-1,1\n",
      /alpha\[0\]\[0\] must be finite and not negative; got "one"/,
    ],
    ["nothing", "", /one row per agent/],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseEconomyCsv(text)).toThrow(message);
    expect(() => parseEconomyCsv(text)).toThrow(EconomyError);
  });
});

// Economies as data: what defineEconomy(), the JSON Schema and the CSV form accept and refuse.

import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import schema from "../../economy.schema.json";
import { parseEconomyCsv } from "../../src/economy/csv.js";
import { defineEconomy, type EconomyData, EconomyError, economyToJson, parseEconomy } from "../../src/index.js";
import { BAD_ECONOMIES, DISAGREEING } from "../support/badEconomies.js";

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

  it("is refused for numbers that are not finite", () => {
    const rows = (value: number) => [[1, 1, 1], [1, 1, value]]; // biome-ignore format: rows
    for (const key of ["alpha", "omega", "endowments"]) {
      for (const value of [Infinity, -Infinity, Number.NaN]) {
        const paths = violationsOf({ ...ADA, [key]: rows(value) }).violations.map(({ path }) => path);
        expect(paths).toEqual([`${key}[1][2]`]);
      }
    }
    expect(violationsOf({ ...ADA, alpha: Infinity }).path).toBe("alpha");
    expect(violationsOf({ ...ADA, omega: undefined, gamma: Infinity }).path).toBe("gamma");
    for (const key of ["weights", "incomes"]) {
      for (const value of [Infinity, Number.NaN, 0, -1]) {
        expect(violationsOf({ ...ADA, [key]: [1, value] }).path).toBe(`${key}[1]`);
      }
    }
    const planner = { ...ADA, endowments: undefined, totals: [1, 1, Infinity] };
    expect(violationsOf(planner).path).toBe("totals[2]");
  });

  it.each<[string, object, string]>([
    [
      "a short row of endowments",
      {
        endowments: [
          [30, 0],
          [0, 30, 2],
        ],
        goods: ADA.goods,
      },
      "endowments[0] must have 3 goods, as goods has; got 2",
    ],
    [
      "a short first row, where only rows show the goods",
      { goods: undefined, agents: undefined, alpha: 1, endowments: [[1], [1, 2, 3], [1, 2, 3]] },
      "endowments[0] must have 3 numbers; got 1",
    ],
    [
      "a long row of alpha",
      {
        alpha: [
          [1, 1, 1],
          [0, 0, 0, 1],
        ],
      },
      "alpha[1] must have 3 numbers; got 4",
    ],
    ["an empty row of alpha", { alpha: [[1, 1, 1], []] }, "alpha[1] must have 3 numbers; got 0"],
    ["a row of alpha that is no row", { alpha: [[1, 1, 1], null] }, "alpha[1] must be a row of 3 numbers; got null"],
    [
      "the only number above 0 of a row",
      {
        alpha: [
          [0, 0, Infinity],
          [1, 1, 1],
        ],
      },
      "alpha[0][2] must be finite and not negative; got Infinity",
    ],
    ["endowments that are a number", { endowments: 5 }, "endowments must be 2 rows of 3 numbers; got 5"],
  ])("is refused for %s, and for nothing that follows from it", (_, wrong, message) => {
    expect(violationsOf({ ...ADA, ...wrong }).message).toBe(message);
  });

  it("is refused in words that no terminal obeys", () => {
    const name = "a\u001b[2Jb\u202e\nc";
    const escapes = "a\\u001b[2Jb\\u202e\\nc";
    expect(violationsOf({ ...ADA, [name]: 1 }).message).toContain(`${escapes} is not a known key`);
    const { message, violations } = violationsOf({ ...ADA, agents: [name, name] });
    expect(message).toBe(`agents[1] must differ from all names before it; got "${escapes}"`);
    expect(violations[0].value).toBe(name);
    expect(() => parseEconomyCsv(`alpha:a,omega:a,endowment:a,"alpha:${name}"\n`)).toThrow(
      `column omega:${escapes} must be given`,
    );
  });

  it("is refused as empty text by that word", () => {
    for (const text of ["", " \n"]) expect(() => parseEconomy(text)).toThrow(/^the economy must be JSON, and is empty/);
  });

  it("may name its schema, which is not looked at", () => {
    expect(Object.keys(defineEconomy({ $schema: "./economy.schema.json", ...ADA }))).not.toContain("$schema");
    expect(violationsOf({ ...ADA, $schema: 7 }).path).toBe("$schema");
  });

  it("is refused for every key that disagrees with the first that has a shape, whatever the order", () => {
    const paths = violationsOf({
      agents: ["Ada", "Ben"],
      goods: ["bread", "wine"],
      size: { agents: 3, goods: 1 },
      endowments: [[1, 2, 3]],
      alpha: [[1], [1], [1]],
      omega: [-1],
      weights: [1],
      incomes: [1, 2, 3],
    }).violations.map(({ path, requirement, value }) => `${path} ${requirement}; got ${value}`);
    expect(paths).toEqual([
      "size.agents must have 2 agents, as agents has; got 3",
      "endowments must have 2 agents, as agents has; got 1",
      "alpha must have 2 agents, as agents has; got 3",
      "weights must have 2 agents, as agents has; got 1",
      "incomes must have 2 agents, as agents has; got 3",
      "size.goods must have 2 goods, as goods has; got 1",
      "endowments[0] must have 2 goods, as goods has; got 3",
      "alpha[0] must have 2 goods, as goods has; got 1",
      "omega must have 2 goods, as goods has; got 1",
    ]);
  });

  it("keeps all that it is given", () => {
    const given = { ...ADA, name: "two", weights: [1, 2], incomes: [3, 4] };
    const { name, goods, agents, weights, incomes } = defineEconomy(given);
    expect({ name, goods, agents }).toEqual({ name: "two", goods: ADA.goods, agents: ADA.agents });
    expect([[...weights], [...(incomes ?? [])]]).toEqual([[1, 2], [3, 4]]); // biome-ignore format: rows
    const { incomes: none, ...plain } = defineEconomy({ ...ADA, goods: undefined });
    expect([plain.name, none, plain.goods]).toEqual([undefined, undefined, ["good 1", "good 2", "good 3"]]);
    const planner = defineEconomy({ alpha: 1, omega: -1, totals: [1, 2], weights: [1] });
    expect([planner.endowments, [...planner.totals]]).toEqual([undefined, [1, 2]]);
    expect(defineEconomy(planner)).toBe(planner);
  });

  it("may have a limit's number of cells, and no more", () => {
    const size = { agents: 2 ** 20, goods: 2 ** 6 };
    const endowments: number[][] = [];
    expect(violationsOf({ alpha: 1, omega: -1, size, endowments }).violations.map(({ path }) => path)).toEqual([
      "endowments",
    ]);
    const more = violationsOf({ alpha: 1, omega: -1, size: { ...size, goods: 65 }, endowments }).violations;
    expect(more.map(({ path, requirement, value }) => [path, requirement, value])).toEqual([
      ["endowments", "must not be empty", endowments],
      ["size", "may have 67108864 cells (agents times goods) at most", 65 * 2 ** 20],
    ]);
    const agents = { agents: 2 ** 20 + 1, goods: 1 };
    expect(violationsOf({ alpha: 1, omega: -1, size: agents, totals: [1] }).message).toBe(
      "size.agents must be a whole number from 1 to 1048576; got 1048577",
    );
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

  it.each([...BAD_ECONOMIES, ...DISAGREEING])("is refused for %s", (_, data, path) => {
    const error = violationsOf(typeof data === "string" ? undefined : data);
    if (typeof data !== "string") expect(error.violations.map((v) => v.path)).toContain(path);
    if (typeof data === "string") expect(() => parseEconomy(data)).toThrow(EconomyError);
  });
});

describe("the JSON Schema", () => {
  const validate = new Ajv().compile(schema);
  /** What the parser requires and no schema can express: of numbers, and of sizes, which are looked at first. */
  const BEYOND_NUMBERS =
    /^(must add up to a finite total above 0|must have an entry above 0|must be .*, the sum of endowments)/;
  const OF_SIZES = /^(must have \d+ (agent|good|number)|must give the number of|may have \d+ cells)/;

  /** Whether the parser takes the data, but for what is beyond a schema; undefined if it cannot be told. */
  function parses(data: unknown): boolean | undefined {
    try {
      defineEconomy(data as EconomyData);
      return true;
    } catch (error) {
      if (!(error instanceof EconomyError)) throw error;
      const { violations } = error;
      if (violations.some(({ requirement }) => OF_SIZES.test(requirement))) return undefined;
      return violations.every(({ requirement }) => BEYOND_NUMBERS.test(requirement));
    }
  }

  it("has a name, by which an editor or another schema can refer to it", () => {
    expect(new Ajv({ schemas: [schema] }).getSchema(schema.$id)).toBeTypeOf("function");
  });

  it("accepts what the parser accepts", () => {
    const good: unknown[] = [
      ADA,
      { $schema: schema.$id, alpha: 1, gamma: [1, 2], totals: [1, 1], weights: [1, 2, 3] },
      { alpha: [[1]], omega: -1, totals: [1] },
      economyToJson(defineEconomy(ADA)),
      { ...economyToJson(defineEconomy(ADA)), totals: [30, 30, 3] },
    ];
    for (const data of good) {
      expect(validate(data)).toBe(true);
      expect(() => defineEconomy(data as EconomyData)).not.toThrow();
    }
  });

  it("accepts nothing that the parser refuses, but for what no schema can express", () => {
    for (const [what, data] of BAD_ECONOMIES) {
      // NaN is no JSON.
      if (typeof data === "string" || what === "NaN") continue;
      expect([what, validate(data)]).toEqual([what, parses(data) ?? validate(data)]);
    }
  });

  it("has the parser's bounds on sizes and lengths", () => {
    const most = 2 ** 20;
    const list = <T>(length: number, value: T) => Array.from({ length }, () => value);
    const names = (length: number) => Array.from({ length }, (_, k) => `${k}`);
    const planner = { alpha: 1, omega: -1 };
    for (const length of [most, most + 1]) {
      const within = length === most;
      const economies: unknown[] = [
        { ...planner, totals: [1], size: { agents: length, goods: 1 } },
        { ...planner, totals: list(length, 1), size: { agents: 1, goods: length } },
        { ...planner, totals: list(length, 1), weights: [1] },
        { ...planner, totals: [1], weights: list(length, 1) },
        { ...planner, totals: [1], incomes: list(length, 1) },
        { ...planner, totals: [1], alpha: list(length, [1]) },
        { ...planner, totals: list(length, 1), weights: [1], omega: list(length, -1) },
        { ...planner, totals: list(length, 1), gamma: [list(length, 1)], omega: undefined },
        { ...planner, endowments: list(length, [1]) },
      ];
      for (const data of economies) {
        const json = Object.fromEntries(Object.entries(data as object).filter(([, value]) => value !== undefined));
        expect([validate(json), parses(json)]).toEqual([within, within]);
      }
      // Whether names differ takes a validator the square of their number.
      const uniqueItems = { ...schema.definitions.names, uniqueItems: false };
      const loose = new Ajv().compile({
        ...schema,
        $id: "loose",
        definitions: { ...schema.definitions, names: uniqueItems },
      });
      const named = { ...planner, totals: [1], agents: names(length) };
      expect([loose(named), parses(named)]).toEqual([within, within]);
    }
  });

  it("agrees with the parser on economies of any kind", () => {
    const ends = new Set<boolean>();
    fc.assert(
      fc.property(drawn, (data) => {
        // As it comes from a file; numbers that JSON does not have become null.
        const json = JSON.parse(JSON.stringify(data));
        const parsed = parses(json);
        fc.pre(parsed !== undefined);
        ends.add(parsed as boolean);
        expect(validate(json)).toBe(parsed);
      }),
      { numRuns: 3000 },
    );
    expect(ends.size).toBe(2);
  });
});

/** Economies of two agents and two goods, most of whose parts are right and some of any kind. */
const drawn = (() => {
  const ends = [0, -0, 5e-324, -5e-324, 1.7e308, -1.7e308, Number.NaN, Infinity, -1, 1];
  const junk = fc.constantFrom<unknown>(null, true, "1", "", {}, [], [[]], { 0: "a" }, ...ends);
  const mostly = <T>(good: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 30, arbitrary: good as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: junk });
  const number = mostly(fc.oneof(fc.double({ min: 0.1, max: 9 }), fc.constantFrom(...ends)));
  const good = mostly(fc.double({ min: 0.1, max: 9, noNaN: true }));
  const numbers = (cell: fc.Arbitrary<unknown>) => fc.tuple(cell, cell);
  const matrix = (cell: fc.Arbitrary<unknown>) =>
    mostly(fc.oneof(cell, numbers(cell), fc.tuple(mostly(numbers(cell)), mostly(numbers(cell)))));
  const names = mostly(numbers(mostly(fc.constantFrom("a", "b", "c", ""))));
  const size = mostly(fc.record({ agents: mostly(fc.constant(2)), goods: mostly(fc.constant(2)) }));
  const maybe = (value: fc.Arbitrary<unknown>) => fc.option(value, { nil: undefined, freq: 3 });
  const rows = fc.tuple(mostly(numbers(good)), mostly(numbers(good)));
  const parts = {
    ...{
      $schema: maybe(mostly(fc.string())),
      name: maybe(mostly(fc.string())),
      goods: maybe(names),
      agents: maybe(names),
    },
    ...{ size: fc.option(size, { nil: undefined, freq: 9 }), incomes: maybe(mostly(numbers(good))) },
    ...{
      weights: maybe(mostly(numbers(good))),
      other: fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: junk }),
    },
    alpha: fc.oneof({ weight: 9, arbitrary: matrix(good) }, { weight: 1, arbitrary: maybe(matrix(number)) }),
  };
  const curvature = fc.oneof(
    ...["omega", "gamma"].map((key) => matrix(number).map((value) => ({ [key]: value }))),
    fc.constantFrom({}, { omega: -1, gamma: 1 }),
  );
  const owned = fc.oneof(
    ...[mostly(rows).map((endowments) => ({ endowments })), mostly(numbers(good)).map((totals) => ({ totals }))],
    fc.constantFrom({}, { endowments: [[1, 2], [3, 4]], totals: [4, 6] }, { endowments: [[1, 2], [3, 4]], totals: [4, 7] }), // biome-ignore format: rows
  );
  return fc.tuple(fc.record(parts), curvature, owned).map((all) => Object.assign({}, ...all));
})();

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

  it("may have incomes, and leaves out what is not given", () => {
    const economy = parseEconomyCsv("income,alpha:a,omega:a,endowment:a\n3,1,-1,2\n4,1,-1,5\n");
    expect([...(economy.incomes ?? [])]).toEqual([3, 4]);
    expect([economy.agents, [...economy.weights]]).toEqual([["agent 1", "agent 2"], [1, 1]]); // biome-ignore format: rows
  });

  it.each([
    ["a column named as an object's own", "toString:a,alpha:a\n1,1\n", /column 1 must be one of/],
    ["an unknown column", "agent,price:bread\nAda,1\n", /column 2 must be one of/],
    [
      "a missing column",
      "alpha:a,alpha:b,omega:a,endowment:a,endowment:b\n1,1,1,1,1\n",
      /column omega:b must be given/,
    ],
    ["a ragged row", "alpha:a,omega:a,endowment:a\n\n1,-1\n", /^line 3 must have 3 cells, as the head has; got 2$/],
    [
      "a column twice",
      "alpha:a,omega:a,alpha:a,endowment:a\n1,-1,2,1\n",
      /column 3 must differ from all columns before it/,
    ],
    ["an empty cell", "alpha:a,omega:a,endowment:a\n1, ,1\n", /omega\[0\]\[0\] must be finite; got " "/],
    ["no rows", csv, /one row per agent/],
    [
      "a word for a number",
      "alpha:a,omega:a,endowment:a\none,-1,1\n",
      /alpha\[0\]\[0\] must be finite and not negative; got "one"/,
    ],
    ["nothing", "", /^the economy must have a head and one row per agent, and is empty; got ""$/],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseEconomyCsv(text)).toThrow(message);
    expect(() => parseEconomyCsv(text)).toThrow(EconomyError);
  });
});

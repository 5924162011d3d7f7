// Bad economies: a name, the data (text if it is not even JSON), and a path that the error must
// name.

const base = {
  alpha: 1,
  omega: -0.5,
  endowments: [
    [1, 2],
    [3, 4],
  ],
};

export const BAD_ECONOMIES: readonly [what: string, data: unknown, path: string][] = [
  ["not JSON", "{ alpha: 1 }", "the economy"],
  ["NaN as JSON", '{ "alpha": NaN }', "the economy"],
  ["an array", [], "the economy"],
  ["null", null, "the economy"],
  ["a missing alpha", { omega: -1, totals: [1, 1], size: { agents: 2, goods: 2 } }, "alpha"],
  ["a missing omega", { alpha: 1, endowments: [[1, 2]] }, "omega"],
  ["omega and gamma", { ...base, gamma: 0.5 }, "gamma"],
  ["missing endowments", { alpha: [1, 1], omega: -1, weights: [1, 1] }, "endowments"],
  ["endowments and totals that are not their sums", { ...base, totals: [4, 7] }, "totals[1]"],
  ["ragged rows", { ...base, alpha: [[1, 2], [3]] }, "alpha[1]"],
  [
    "NaN",
    {
      ...base,
      alpha: [
        [1, Number.NaN],
        [1, 1],
      ],
    },
    "alpha[0][1]",
  ],
  [
    "a negative alpha",
    {
      ...base,
      alpha: [
        [1, 1],
        [-2, 1],
      ],
    },
    "alpha[1][0]",
  ],
  ["a word for a number", { ...base, omega: "steep" }, "omega"],
  ["a word in a row", { ...base, omega: [-1, "x"] }, "omega[1]"],
  [
    "a negative endowment",
    {
      ...base,
      endowments: [
        [1, 2],
        [3, -4],
      ],
    },
    "endowments[1][1]",
  ],
  [
    "a total of 0",
    {
      ...base,
      endowments: [
        [1, 0],
        [3, 0],
      ],
    },
    "endowments[*][1]",
  ],
  [
    "an overflowing total",
    {
      ...base,
      endowments: [
        [1e308, 1],
        [1e308, 1],
      ],
    },
    "endowments[*][0]",
  ],
  ["a given total of 0", { alpha: 1, omega: -1, totals: [1, 0], size: { agents: 2, goods: 2 } }, "totals[1]"],
  ["an unknown key", { ...base, prices: [1, 1] }, "prices"],
  ["an inherited key", JSON.parse('{"alpha":1,"omega":-1,"totals":[1],"weights":[1],"__proto__":{}}'), "__proto__"],
  ["disagreeing sizes", { ...base, weights: [1, 1, 1] }, "weights"],
  ["a weight of 0", { ...base, weights: [1, 0] }, "weights[1]"],
  ["an income below 0", { ...base, incomes: [1, -1] }, "incomes[1]"],
  ["a name twice", { ...base, goods: ["a", "a"] }, "goods[1]"],
  ["a nameless good", { ...base, goods: ["a", ""] }, "goods[1]"],
  ["names that are no list", { ...base, agents: "Ada, Ben" }, "agents"],
  ["no shape at all", { alpha: 1, omega: -1, totals: [1, 1] }, "size"],
  ["half a size", { alpha: 1, omega: -1, totals: [1, 1], size: { goods: 2 } }, "size.agents"],
  ["a fractional size", { alpha: 1, omega: -1, totals: [1], size: { agents: 1.5, goods: 1 } }, "size.agents"],
  ["a size that is no object", { alpha: 1, omega: -1, totals: [1], size: null }, "size"],
  [
    "an agent that wants nothing",
    {
      ...base,
      alpha: [
        [1, 1],
        [0, 0],
      ],
    },
    "alpha[1]",
  ],
  ["a name that is no string", { ...base, name: 7 }, "name"],
  ["endowments that are no rows", { ...base, endowments: [1, 2], weights: [1, 1], goods: ["a", "b"] }, "endowments"],
  ["one endowment for all", { ...base, endowments: 5, weights: [1, 1], goods: ["a", "b"] }, "endowments"],
  ["no agents", { ...base, endowments: [] }, "endowments"],
  ["an empty list of agents", { ...base, agents: [] }, "agents"],
  ["an empty row of goods", { ...base, alpha: [[], []], endowments: [[], []] }, "endowments[0]"],
  ["a size of 0", { alpha: 1, omega: -1, totals: [1], size: { agents: 0, goods: 1 } }, "size.agents"],
  ["a size below 0", { alpha: 1, omega: -1, totals: [1], size: { agents: -1, goods: 1 } }, "size.agents"],
  ["an endowment row that is no row", { ...base, endowments: [[1, 2], 3] }, "endowments[1]"],
  ["weights that are no list", { ...base, weights: 1 }, "weights"],
  ["a null matrix", { ...base, alpha: null }, "alpha"],
  ["an unknown key of the size", { ...base, size: { agents: 2, goods: 2, rows: 2 } }, "size.rows"],
  ["a name that is a number", { ...base, agents: ["Ada", 3] }, "agents[1]"],
];

/** Economies whose parts disagree on the number of agents or goods, in the same form. */
export const DISAGREEING: typeof BAD_ECONOMIES = [
  ["fewer agents than rows", { ...base, agents: ["Ada"] }, "endowments"],
  ["more agents than rows", { ...base, agents: ["Ada", "Ben", "Cy"] }, "endowments"],
  ["fewer goods than columns", { ...base, goods: ["bread"] }, "endowments[0]"],
  ["more goods than columns", { ...base, goods: ["bread", "wine", "cloth"] }, "endowments[0]"],
  ["fewer weights than agents", { ...base, weights: [1] }, "weights"],
  ["fewer incomes than agents", { ...base, incomes: [1] }, "incomes"],
  ["more incomes than agents", { ...base, incomes: [1, 1, 1] }, "incomes"],
  ["fewer rows of alpha than agents", { ...base, alpha: [[1, 1]] }, "alpha"],
  ["more rows of omega than agents", { ...base, omega: [[-1, -1], [-1, -1], [-1, -1]] }, "omega"], // biome-ignore format: rows
  ["a shared row that is too short", { ...base, alpha: [1] }, "alpha"],
  ["fewer totals than goods", { alpha: [1, 1], omega: -1, totals: [1], weights: [1] }, "totals"],
  ["a ragged endowment", { ...base, endowments: [[1, 2], [3]] }, "endowments[1]"], // biome-ignore format: rows
];

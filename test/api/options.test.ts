// The options of every call: the values at the ends of their ranges, and the first ones beyond.

import { describe, expect, it } from "vitest";
import { symmetric } from "../../bench/economies.js";
import { EconomyError } from "../../src/index.js";
import { CROSSED, UNLIKE } from "../support/economies.js";
import { engines } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";

const [[, walras]] = engines;
const market = walras.economy({ ...UNLIKE, totals: undefined, endowments: [[1, 0], [1, 1]], incomes: [1, 2] }); // biome-ignore format: rows
const three = walras.economy({ alpha: [[1, 2], [2, 1], [1, 1]], omega: -2, totals: [1, 1] }); // biome-ignore format: rows
const solution = walras.equilibrium(market);
const point = walras.statics(market, solution);

const MIN = Number.MIN_VALUE;
const MAX = Number.MAX_VALUE;
const NONE = [Number.NaN, "1", null, true, [1], 1n];

/** Numbers from `least` to `most`. */
const range = (least: number, most: number, below: number, above: number) => ({
  allowed: [least, most, (least + most) / 2],
  refused: [below, above, -Infinity, Infinity, ...NONE],
});
const unit = range(0, 1, -MIN, 1 + 2 ** -52);
const positive = range(MIN, MAX, 0, Infinity);
/** Whole numbers from `least` to `most`. */
const whole = (least: number, most: number) => ({
  allowed: [least, most, least + 1],
  refused: [least - 1, most + 1, least + 0.5, ...NONE],
});
const choice = (...allowed: string[]) => ({ allowed, refused: ["another", "", 0, null] });
const callback = { allowed: [() => {}], refused: ["a name", {}, 0, null] };
const signal = { allowed: [new AbortController().signal], refused: ["aborted", {}, { aborted: 1 }, 0, null] };
const weights = {
  allowed: [[1, 2], Float64Array.of(MIN, MAX), Int8Array.of(1, 2)],
  refused: [[1], [1, 2, 3], [1, 0], [1, -1], [1, Infinity], [1, Number.NaN], [1, "2"], [1, undefined], 1, "12", null],
};
const numeraire = {
  allowed: ["simplex", "good 1", "good 2", 0, 1],
  refused: ["gold", "", 2, -1, 0.5, Number.NaN, null, {}],
};
const control = { onStep: callback, signal };

const isObject = (value: unknown) => typeof value === "object" && value !== null;

type Values = { allowed: readonly unknown[]; refused: readonly unknown[] };
type Call = [name: string, call: (options: never) => unknown, options: Record<string, Values>];

const CALLS: Call[] = [
  ["plan", (options) => walras.plan(market, options), { tolerance: unit, weights }],
  [
    "planWithAdam",
    (options) => walras.planWithAdam(market, options),
    {
      ...control,
      ...{ tolerance: unit, weights },
      formulation: choice("penalty", "shares"),
      precision: choice("double", "single"),
      learningRate: positive,
      beta1: range(0, 1 - 2 ** -53, -MIN, 1),
      beta2: range(0, 1 - 2 ** -53, -MIN, 1),
      epsilon: positive,
      maxSteps: whole(1, 1e9),
      penalty: range(0, MAX, -MIN, Infinity),
      seed: whole(0, 2 ** 32 - 1),
      trace: whole(1, 1e9),
      start: {
        allowed: [[1, 2, 3, 4], [[1, 2], [MIN, MAX]], Float64Array.of(1, 2, 3, 4)], // biome-ignore format: rows
        refused: [[1, 2, 3], [[1, 2], [3]], [[1, 2], [3, 0]], [[1, 2]], [[1, 2], null], 1, null], // biome-ignore format: rows
      },
    },
  ],
  [
    "equilibrium",
    (options) => walras.equilibrium(market, options),
    {
      ...control,
      ...{ tolerance: unit, numeraire, maxIterations: whole(1, 1e9) },
      start: {
        allowed: [[1, 2], [0, 1], { prices: [1, 2] }],
        refused: [[1], [1, -1], [1, Infinity], { prices: [1] }, { prices: 1 }, {}, 1, null],
      },
    },
  ],
  [
    "equilibrium of the share demand",
    (options) =>
      walras.equilibrium(market, isObject(options) ? ({ demand: "shares", ...(options as object) } as never) : options),
    {
      ...{ tolerance: unit, start: weights, maxIterations: whole(0, 1e9) },
      numeraire: { allowed: [...numeraire.allowed, "none"], refused: numeraire.refused },
    },
  ],
  [
    "equilibria",
    (options) => walras.equilibria(market, options),
    {
      ...control,
      ...{ tolerance: unit, numeraire, maxIntervals: whole(1, 1e9), maxStarts: whole(1, 1e9) },
      seed: whole(-(2 ** 31), 2 ** 31 - 1),
    },
  ],
  [
    "frontier",
    (options) => walras.frontier(market, options),
    {
      ...control,
      ...{ tolerance: unit, points: whole(2, 100_000) },
      chordTolerance: range(MIN, 1, 0, 1 + 2 ** -52),
      bend: range(MIN, 1, 0, 1 + 2 ** -52),
    },
  ],
  ["frontier of three", (options) => walras.frontier(three, options), { divisions: whole(3, 1000) }],
  [
    "edgeworthBox",
    (options) => walras.edgeworthBox(market, options),
    {
      points: whole(2, 100_000),
      chordTolerance: range(MIN, 1, 0, 1 + 2 ** -52),
      bend: range(MIN, 1, 0, 1 + 2 ** -52),
    },
  ],
  [
    "tatonnement",
    (options) => walras.tatonnement(market, options),
    {
      ...control,
      ...{ form: choice("logarithmic", "linear"), step: positive, duration: positive, tolerance: unit },
      ...{ maxSteps: whole(1, 1e9), points: whole(3, 1e6), accuracy: range(1e-13, 0.01, 0.99e-13, 0.0101) },
    },
  ],
  ["statics", (options) => walras.statics(market, solution, options), { tolerance: unit }],
  ["matrices", (options) => point.matrices(options), { onStep: callback }],
  ["check", (options) => walras.check(market, solution, options), { tolerance: unit }],
  ["fairness", (options) => walras.fairness(market, solution, options), { tolerance: unit }],
];

describe.each(CALLS)("the options of %s", (_, call, options) => {
  // Beside an unknown key the call is refused before it solves anything, and names all that is wrong.
  const pathsOf = (given: object) => refusedPaths(() => call({ wrong: 1, ...given } as never));

  it.each(Object.entries(options))("have the range of %s that they are said to have", (key, { allowed, refused }) => {
    for (const value of allowed) expect([value, pathsOf({ [key]: value })]).toEqual([value, ["wrong"]]);
    for (const value of refused) {
      const others = pathsOf({ [key]: value }).filter((path) => path !== "wrong");
      expect([value, others.length > 0]).toEqual([value, true]);
      for (const path of others) expect(path.startsWith(key)).toBe(true);
    }
  });

  it("may be left out, but not be anything else than an object", () => {
    for (const key of Object.keys(options)) expect(pathsOf({ [key]: undefined })).toEqual(["wrong"]);
    for (const value of [null, 1, "fast"]) expect(() => call(value as never)).toThrow(/must be an object/);
  });
});

describe("an economy that is wrong", () => {
  const unchecked = { ...market, weights: market.weights.with(1, 0) };
  it.each<[string, () => unknown]>([
    ["plan", () => walras.plan(unchecked)],
    ["prepare", () => walras.prepare(unchecked)],
    ["planWithAdam", () => walras.planWithAdam(unchecked)],
    ["equilibrium", () => walras.equilibrium(unchecked)],
    ["equilibria", () => walras.equilibria(unchecked)],
    ["frontier", () => walras.frontier(unchecked)],
    ["edgeworthBox", () => walras.edgeworthBox(unchecked)],
    ["tatonnement", () => walras.tatonnement(unchecked)],
    ["compare", () => walras.compare(unchecked, solution, solution)],
    ["fairness", () => walras.fairness(unchecked, solution)],
    ["transfers", () => walras.transfers(unchecked, walras.plan(market))],
    ["check", () => walras.check(unchecked, solution)],
    ["statics", () => walras.statics(unchecked, solution)],
    ["transferParadox", () => walras.transferParadox(unchecked, solution)],
  ])("is refused by %s", (_, call) => {
    expect(call).toThrow(EconomyError);
    expect(call).toThrow(/^weights\[1\] must be finite and above 0; got 0$/);
  });

  it("is checked by economy(), as an object or as JSON", () => {
    const { agents, goods, alpha, omega, endowments } = market;
    const again = walras.economy({ agents, goods, alpha, omega, endowments } as never);
    expect(walras.plan(again).allocation).toEqual(walras.plan(market).allocation);
    expect(walras.economy(again)).toBe(again);
    expect(walras.economy('{"alpha": [[1, 2]], "omega": -1, "totals": [3, 4]}').totals).toEqual(Float64Array.of(3, 4));
  });
});

describe("options that are left out", () => {
  const search = walras.economy(symmetric(4));
  const shares = { formulation: "shares", precision: "double", learningRate: 0.05, beta1: 0.9, beta2: 0.999 } as const;
  const same = <T>(call: (options: never) => T, defaults: object) => {
    expect(call({} as never)).toEqual(call(defaults as never));
    expect(call(undefined as never)).toEqual(call(defaults as never));
  };

  it("are as documented", () => {
    same((options) => walras.plan(market, options), { tolerance: 1e-10, throwOnFailure: false });
    same((options) => walras.planWithAdam(market, options), {
      ...{ ...shares, epsilon: 1e-8, maxSteps: 10_000, tolerance: 1e-6, seed: 0 },
    });
    const penalty = { formulation: "penalty", trace: 500 } as const;
    same((options: object) => walras.planWithAdam(market, { ...penalty, ...options }), {
      ...{
        ...shares,
        formulation: "penalty",
        learningRate: 0.01,
        penalty: 1000,
        maxSteps: 1000,
        epsilon: 1e-8,
        seed: 0,
      },
    });
    const single = { precision: "single" } as const;
    same((options: object) => walras.planWithAdam(market, { ...single, ...options }), { tolerance: 1e-4 });
    const defaults = { numeraire: "simplex", tolerance: 1e-10 };
    same((options) => walras.equilibrium(market, options), { ...defaults, demand: "utility", maxIterations: 5000 });
    const ofShares = walras.economy({ alpha: CROSSED, omega: -0.5, totals: [1, 2], incomes: [1, 2] });
    same((options: object) => walras.equilibrium(ofShares, { demand: "shares", ...options }), {
      ...{ start: [1, 1], numeraire: "simplex", maxIterations: 100, tolerance: 1e-10 },
    });
    const searching = { maxIntervals: 100_000, maxStarts: 200_000, seed: 0 };
    same((options) => walras.equilibria(search, options), { ...defaults, ...searching });
    const curve = { points: 257, chordTolerance: 1e-3 };
    same((options) => walras.frontier(market, options), { ...curve, tolerance: 1e-10 });
    same((options) => walras.frontier(three, options), { divisions: 16, tolerance: 1e-10 });
    same((options) => walras.edgeworthBox(market, options), curve);
    same((options) => walras.tatonnement(market, options), {
      ...{ form: "logarithmic", speeds: [1, 1], numeraire: "none", duration: 1000, accuracy: 1e-10 },
      ...{ maxSteps: 100_000, points: 1000, tolerance: 1e-8 },
    });
    same((options) => walras.check(market, solution, options), { tolerance: 1e-6 });
    same((options) => walras.fairness(market, solution, options), { tolerance: 1e-9 });
  });
});

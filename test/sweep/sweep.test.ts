// Sweeps through the API: what rows are, against single calls.

import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import type { Walras } from "../../src/index.js";
import { type SweepColumn, type SweepOptions, type SweepSpecification, sweep } from "../../src/sweep/index.js";
import { PAIR } from "../support/cli.js";

// The built ones, which bring their own exp and log, as workers do.
const built = (name: string) => import(new URL(`../../dist/${name}.js`, import.meta.url).href);
const { load } = (await built("index")) as typeof import("../../src/index.js");
const walras = await load();
const { loadPool } = (await built("pool")) as typeof import("../../src/pool/index.js");
const pool = await loadPool({ workers: 2 });
afterAll(() => pool.close());
const validate = new Ajv().compile(JSON.parse(readFileSync("sweep.schema.json", "utf8")));

const ECONOMY = {
  goods: ["bread", "wine", "cloth"],
  agents: ["Ada", "Ben", "Cem"],
  alpha: [[1, 0.8, 1.2], [1.1, 0.9, 1.3], [0.9, 0.7, 1.1]],
  omega: -0.5,
  endowments: [[30, 1, 1], [1, 30, 1], [1, 1, 30]],
}; // biome-ignore format: rows

type Row = Record<string, number | string>;

/** All rows of a sweep. */
async function rowsOf(
  specification: SweepSpecification,
  options?: SweepOptions,
  solver: Walras | typeof pool = walras,
) {
  expect(validate(specification), JSON.stringify(validate.errors)).toBe(true);
  const rows: Row[] = [];
  for await (const { columns, rows: count } of sweep(solver as Walras, specification, options)) {
    const at = (k: number) => Object.fromEntries(columns.map(({ name, values }: SweepColumn) => [name, values[k]]));
    for (let k = 0; k < count; k++) rows.push(at(k));
  }
  return rows;
}

const DRAW: SweepSpecification["draw"] = {
  economies: 40,
  seed: 7,
  parameters: [
    { parameter: "alpha", distribution: "lognormal", sigma: 0.5 },
    { parameter: "endowments", distribution: "uniform", min: 1, max: 2, factor: true },
  ],
};

describe("rows of a sweep", () => {
  it("have the answers of single calls", async () => {
    const fields = ["row", "alpha", "omega", "endowments", "totals", "price", "allocation", "netTrade", "income", "utility", "status"]; // biome-ignore format: one line
    const rows = await rowsOf({ economy: ECONOMY, draw: DRAW, solve: "equilibrium", keep: { fields } });
    expect(rows).toHaveLength(40);
    const list = (row: Row, name: string) =>
      Object.entries(row).flatMap(([key, value]) => (key.startsWith(`${name}[`) ? [value as number] : []));
    for (const [k, row] of rows.entries()) {
      expect(row["row"]).toBe(k);
      const matrix = (name: string) => [0, 3, 6].map((from) => list(row, name).slice(from, from + 3));
      const economy = walras.economy({
        alpha: matrix("alpha"),
        omega: matrix("omega"),
        endowments: matrix("endowments"),
      });
      const found = walras.equilibrium(economy);
      const close = (name: string, values: ArrayLike<number>) =>
        list(row, name).forEach((value, j) => {
          expect(value).toBeCloseTo(values[j], 9);
        });
      expect(row["status"]).toBe("converged");
      close("price", found.prices);
      close("allocation", found.allocation);
      close("netTrade", found.netTrades);
      close("income", found.incomes);
      close("utility", found.utilities);
      close("totals", economy.totals);
    }
  });

  it("are the same whatever rows are asked for, and in a pool", async () => {
    for (const solve of ["plan", "equilibrium", "equilibria", { call: "statics", by: "omega[Ada]" }] as const) {
      const specification: SweepSpecification = { economy: ECONOMY, draw: DRAW, solve };
      const all = await rowsOf(specification);
      const some = await rowsOf(specification, { first: 13, count: 9 });
      expect(all.filter(({ row }) => (row as number) >= 13 && (row as number) < 22)).toEqual(some);
      expect(await rowsOf(specification, {}, pool)).toEqual(all);
    }
  });

  it("are the same beside economies that are wrong", async () => {
    // Every third economy has no alpha, and no two calls begin alike.
    const alpha = { parameter: "alpha", distribution: "choice", values: [0.5, 1, 1.5, -1] };
    for (const solve of ["plan", "equilibrium", "equilibria"] as const) {
      const draw = { economies: 100, parameters: [{ parameter: "endowments", distribution: "uniform", min: 1, max: 2 }, { ...alpha, parameter: "alpha[Ada,wine]" }] }; // biome-ignore format: one line
      const specification: SweepSpecification = { economy: ECONOMY, draw, solve };
      const all = await rowsOf(specification);
      expect(new Set(all.map(({ status }) => status)).size).toBe(2);
      for (const [first, count] of [
        [0, 1],
        [1, 2],
        [37, 50],
        [99, 1],
      ]) {
        // biome-ignore format: pairs
        const within = all.filter(({ row }) => (row as number) >= first && (row as number) < first + count);
        expect(await rowsOf(specification, { first, count })).toEqual(within);
      }
    }
  });

  it("follow the grid, the last axis fastest, and paths", async () => {
    const rows = await rowsOf({
      economy: ECONOMY,
      vary: [
        { parameter: "omega", values: [-0.5, -2] },
        { parameter: "alpha[Ada,bread]", from: 1, to: 4, count: 3, scale: "log" },
        {
          count: 2,
          path: [
            { parameter: "endowments[Ben]", from: 1, to: 2, factor: true, name: "ben" },
            { parameter: "gamma[2,cloth]", values: [3, 5] },
          ],
        },
      ],
      solve: "equilibrium",
      keep: { fields: ["vary", "omega[Cem,cloth]", "endowments[Ben,wine]", "alpha[Ada]"] },
    });
    expect(rows).toHaveLength(12);
    expect(rows.map(({ omega }) => omega)).toEqual([...Array(6).fill(-0.5), ...Array(6).fill(-2)]);
    const alphas = rows.map((row) => row["alpha[Ada,bread]"] as number);
    for (const [k, alpha] of [1, 1, 2, 2, 4, 4].entries()) expect(alphas[k]).toBeCloseTo(alpha, 14);
    expect(rows.slice(0, 2).map(({ ben }) => ben)).toEqual([1, 2]);
    expect(rows.slice(0, 2).map((row) => row["omega[Cem,cloth]"])).toEqual([-3, -5]);
    expect(rows.slice(0, 2).map((row) => row["endowments[Ben,wine]"])).toEqual([30, 60]);
  });

  it("take the same random numbers along the grid if they are common, and vary what they are drawn from", async () => {
    const specification = (common: boolean): SweepSpecification => ({
      economy: ECONOMY,
      vary: [{ parameter: "draw.alpha.sigma", values: [0, 1, 2] }],
      draw: { economies: 3, common, parameters: [{ parameter: "alpha", distribution: "lognormal", sigma: 1 }] },
      solve: "plan",
      keep: { fields: ["alpha[Ada,bread]", "draw.alpha.sigma"] },
    });
    const logs = (rows: Row[]) => rows.map((row) => Math.log(row["alpha[Ada,bread]"] as number));
    const common = logs(await rowsOf(specification(true)));
    expect(common.slice(0, 3)).toEqual([0, 0, 0]);
    for (const k of [3, 4, 5]) expect(common[k + 3]).toBeCloseTo(2 * common[k], 12);
    const own = logs(await rowsOf(specification(false)));
    for (const k of [3, 4, 5]) expect(Math.abs(own[k + 3] - 2 * own[k])).toBeGreaterThan(1e-6);
  });

  it("list each equilibrium, or each economy if nothing belongs to one", async () => {
    const base: SweepSpecification = {
      economy: { ...PAIR, alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }, // biome-ignore format: rows
      vary: [{ parameter: "endowments[Ada,0]", values: [12, 1e3] }],
      solve: "equilibria",
    };
    const rows = await rowsOf(base);
    expect(rows.map(({ count, equilibrium, index }) => [count, equilibrium, index])).toEqual([
      [3, 1, 1],
      [3, 2, -1],
      [3, 3, 1],
      [1, 1, 1],
    ]);
    expect(rows[1]["price[bread]"]).toBeCloseTo(0.5, 12);
    const income = await rowsOf({ ...base, keep: { fields: ["income[Ada]", "price[bread]", "price[wine]"] } });
    for (const row of income.slice(0, 3)) {
      expect(row["income[Ada]"]).toBeCloseTo(12 * (row["price[bread]"] as number) + (row["price[wine]"] as number), 12);
    }
    expect(await rowsOf({ ...base, keep: { fields: ["row", "count"] } })).toEqual([
      { row: 0, count: 3 },
      { row: 1, count: 1 },
    ]);
    const several = await rowsOf({ ...base, keep: { fields: ["row"], filter: "count > 1 and index == -1" } });
    expect(several).toEqual([{ row: 0 }]);
  });

  it("have a status where an economy is wrong, and all others are solved", async () => {
    const economy = { ...ECONOMY, alpha: 1, size: { agents: 3, goods: 3 } };
    for (const solve of ["plan", "equilibrium", "equilibria", { call: "statics", by: "alpha" }] as const) {
      const rows = await rowsOf({
        economy,
        vary: [{ parameter: "alpha[Ada,bread]", values: [1, -1, 2] }],
        solve,
        keep: { fields: ["row", "status", solve === "plan" ? "shadowPrice[wine]" : "price[wine]"] },
      });
      expect(rows.map(({ status }) => status)).toEqual(["converged", "invalid", "converged"]);
      expect(rows.map((row) => Number.isNaN(Object.values(row)[2]))).toEqual([false, true, false]);
    }
  });

  it("have derivatives that differences confirm", async () => {
    const by = "endowments[Ada,bread]";
    const h = 1e-4;
    const [low, middle, high] = await rowsOf({
      economy: ECONOMY,
      vary: [{ parameter: by, values: [30 - h, 30, 30 + h] }],
      solve: { call: "statics", by },
      keep: { fields: ["price", "utility", "dPrice", "dUtility"] },
    });
    for (const good of ECONOMY.goods) {
      const slope = (Math.log(high[`price[${good}]`] as number) - Math.log(low[`price[${good}]`] as number)) / (2 * h);
      expect(middle[`dPrice[${good}]`]).toBeCloseTo(slope, 7);
    }
    for (const agent of ECONOMY.agents) {
      const slope = ((high[`utility[${agent}]`] as number) - (low[`utility[${agent}]`] as number)) / (2 * h);
      expect(middle[`dUtility[${agent}]`]).toBeCloseTo(slope, 7);
    }
  });

  it("has welfare as plan() does, by totals too", async () => {
    const { endowments: _, ...others } = ECONOMY;
    const economy = { ...others, totals: [30, 30, 30], weights: [0.9, 1.1, 1] };
    const [row] = await rowsOf({
      economy,
      vary: [{ parameter: "totals[wine]", values: [60] }],
      solve: "plan",
      keep: { fields: ["welfare", "utility", "totals[wine]"] },
    });
    const plan = walras.plan(walras.economy({ ...economy, totals: [30, 60, 30] }));
    expect(row["welfare"]).toBeCloseTo(plan.welfare, 10);
    expect(row["utility[Ben]"]).toBeCloseTo(plan.utilities[1], 10);
  });

  it("can be stopped", async () => {
    const stop = new AbortController();
    const specification: SweepSpecification = { economy: ECONOMY, draw: { ...DRAW, economies: 1e9 }, solve: "equilibrium" } as SweepSpecification; // biome-ignore format: one line
    let blocks = 0;
    const reading = (async () => {
      for await (const { rows } of sweep(walras, specification, { signal: stop.signal })) {
        expect(rows).toBeGreaterThan(0);
        if (++blocks === 2) stop.abort(new Error("enough"));
      }
    })();
    await expect(reading).rejects.toThrow("enough");
    expect(blocks).toBe(2);
  });
});

describe("a wrong specification", () => {
  const base = { economy: ECONOMY, solve: "equilibrium" };
  it.each([
    [{ ...base, solve: "equilibrum" }, /solve must be plan or equilibrium/],
    [{ ...base, colour: 1 }, /colour is not a known key/],
    [{ ...base, solve: undefined }, /solve must be given/],
    [{ ...base, solve: { call: "plan", maxStarts: 5 } }, /solve.maxStarts is not a known key/],
    [{ ...base, solve: { call: "statics" } }, /solve.by must be a parameter/],
    [{ ...base, vary: [{ parameter: "alpha[Eve]", values: [1] }] }, /must name one of 3 agents .*got "Eve"/],
    [{ ...base, vary: [{ parameter: "beta", values: [1] }] }, /vary\[0\].parameter must be one of alpha/],
    [{ ...base, vary: [{ parameter: "constructor", values: [1] }] }, /vary\[0\].parameter must be one of alpha/],
    [{ ...base, vary: [{ parameter: "alpha", from: 0, to: 1 }] }, /vary\[0\].count must be a whole number/],
    [{ ...base, vary: [{ parameter: "alpha", from: 0, to: 1, count: 3, scale: "log" }] }, /vary\[0\].from must be/],
    [{ ...base, vary: [{ parameter: "alpha", from: 0, to: 1, count: 1e9 }] }, /count must be a whole number from 1/],
    [{ ...base, vary: [{ parameter: "totals", values: [1] }] }, /it is given by endowments/],
    [{ ...base, vary: [{ parameter: "alpha", values: [1] }, { parameter: "alpha", values: [1] }] }, /give each parameter once/], // biome-ignore format: one line
    [{ ...base, vary: [{ parameter: "draw.alpha.sigma", values: [1] }] }, /must name something that is drawn/],
    [{ ...base, vary: [{ path: [{ parameter: "alpha", values: [1] }, { parameter: "omega", values: [1, 2] }] }] }, /same number of values/], // biome-ignore format: one line
    [{ ...base, vary: Array(5).fill(0).map((_, k) => ({ parameter: `alpha[0,${k % 3}]`, name: `a${k}`, from: 1, to: 2, count: 1e6 })) }, /1000000000000 economies at most/], // biome-ignore format: one line
    [{ ...base, draw: { parameters: [] } }, /draw.parameters must be a list/],
    [{ ...base, draw: { seed: -1, parameters: DRAW?.parameters } }, /draw.seed must be a whole number from 0/],
    [{ ...base, keep: { fields: ["shadowPrice"] } }, /must be fields of equilibrium/],
    [{ ...base, keep: { fields: ["price[beer]"] } }, /must name one of 3 goods/],
    [{ ...base, keep: { fields: ["status[1]"] } }, /must be written as status/],
    [{ ...base, keep: { filter: "price > 1" } }, /must name single elements/],
    [{ ...base, keep: { filter: "count >" } }, /needs a field/],
    [{ ...base, part: 0 }, /part must be a whole number/],
    [{ ...base, economy: { ...ECONOMY, endowments: undefined, totals: [1, 1, 1] } }, /endowments must be given/],
    [{ ...base, economy: { alpha: 1, omega: -1, size: { agents: 1001, goods: 1 }, totals: [1] }, solve: "plan" }, /economy.agents may be 1000/], // biome-ignore format: one line
    ["{", /the sweep must be JSON/],
  ])("is refused by name (%#)", async (specification, message) => {
    await expect(sweep(walras, specification as SweepSpecification).next()).rejects.toThrow(message);
  });

  it("is refused by the schema too, where a schema can say it", () => {
    expect(validate({ ...base })).toBe(true);
    expect(validate({ ...base, vary: [{ parameter: "alpha", from: 0, to: 1 }] })).toBe(false);
    expect(validate({ ...base, solve: { call: "statics" } })).toBe(false);
    const drawn = (parameter: object) => ({ ...base, draw: { parameters: [{ parameter: "alpha", ...parameter }] } });
    expect(validate(drawn({ distribution: "normal" }))).toBe(true);
    expect(validate(drawn({ distribution: "lognormal", median: 1 }))).toBe(false);
    expect(validate(drawn({ distribution: "zipf" }))).toBe(false);
  });
});

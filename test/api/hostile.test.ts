// Input that nobody would write by hand: values that change between two reads, lists with holes,
// arrays without a prototype, numbers of other types, and names and sizes that cost much to read.

import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { parseEconomyCsv } from "../../src/economy/csv.js";
import {
  defineEconomy,
  type EconomyData,
  EconomyError,
  InputError,
  OptionError,
  parseEconomy,
} from "../../src/index.js";
import { SWAP } from "../support/economies.js";
import { engines } from "../support/engines.js";
import { refusedPaths } from "../support/errors.js";

/** The InputError that a call throws. Any other error is passed on. */
function refusal(call: () => unknown): InputError {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("not refused");
}

/** An object whose key answers with each value in turn, and then with the last one. */
function changing<T extends object>(data: T, key: string, ...values: unknown[]): T {
  let reads = 0;
  return Object.defineProperty({ ...data }, key, {
    enumerable: true,
    get: () => values[Math.min(reads++, values.length - 1)],
  });
}

/** A typed array that has lost its prototype, and with it its length and its methods. */
function bare(values: number[]): Float64Array {
  return Object.setPrototypeOf(Float64Array.from(values), null);
}

const OTHER_TYPES = [3n, Symbol("three"), "3", null, {}, [3], () => 3];

describe("an economy", () => {
  it.each(OTHER_TYPES.map((count) => [String(typeof count), count]))(
    "is refused with a size that is a %s",
    (_, count) => {
      const size = { agents: count, goods: count } as never;
      const { violations } = refusal(() => defineEconomy({ alpha: 1, omega: -1, totals: [1, 1, 1], size }));
      expect(violations.map(({ path }) => path)).toEqual(expect.arrayContaining(["size.agents", "size.goods"]));
    },
  );

  it("is refused with holes in the list of names", () => {
    const agents = ["Ada", "Ben"];
    delete agents[0];
    expect(refusal(() => defineEconomy({ ...SWAP, agents })).path).toBe("agents[0]");
    const many: string[] = [];
    many.length = 2 ** 32 - 1;
    expect(refusal(() => defineEconomy({ ...SWAP, agents: many })).path).toBe("agents");
  });

  it("is refused with typed arrays that have no prototype", () => {
    for (const key of ["alpha", "omega", "endowments", "weights", "incomes"]) {
      expect(refusal(() => defineEconomy({ ...SWAP, [key]: bare([1, 2]) })).path).toBe(key);
    }
  });

  it("is read once: what is checked is what is solved", () => {
    const rows = [[1, 2], [2, 1]]; // biome-ignore format: rows
    const wrong = [[Number.NaN, 2], [2, Number.NaN]]; // biome-ignore format: rows
    expect([...defineEconomy(changing(SWAP, "alpha", rows, wrong)).alpha]).toEqual([1, 2, 2, 1]);
    const agents = changing([] as unknown[] as object, "0", "Ada", 7);
    const names = Object.assign([], { length: 2 });
    Object.defineProperty(names, "0", Object.getOwnPropertyDescriptor(agents, "0") as PropertyDescriptor);
    names[1] = "Ben" as never;
    expect(defineEconomy({ ...SWAP, agents: names }).agents).toEqual(["Ada", "Ben"]);
    const cell = Object.defineProperty([0, 1], "0", { get: cells(1, Number.NaN) });
    expect([...defineEconomy({ ...SWAP, alpha: [cell, [1, 1]] }).alpha]).toEqual([1, 1, 1, 1]);
    const first = Object.defineProperty([0, [1, 1]], "0", { get: cells([1, 1], 7) }) as never;
    expect(refusal(() => defineEconomy({ ...SWAP, alpha: first })).path).toMatch(/^alpha/);
    const gone = Object.defineProperty([0, 7], "0", { get: cells([1, 1], 7) }) as never;
    expect([...defineEconomy({ ...SWAP, alpha: gone }).alpha]).toEqual([7, 7, 7, 7]);
    const size = changing({ agents: 2, goods: 2 }, "agents", 2, 2 ** 40);
    expect(defineEconomy({ alpha: 1, omega: -1, totals: [1, 1], size }).agents).toHaveLength(2);
  });

  it("is refused as text that is no text", () => {
    for (const text of [undefined, Symbol("text"), 1n, null, {}]) {
      expect(refusal(() => parseEconomy(text as never)).path).toBe("the economy");
    }
  });

  it("is refused beyond the caller's limit on cells, before anything is allocated", () => {
    const data: EconomyData = { alpha: 1, omega: -1, size: { agents: 2 ** 20, goods: 64 }, totals: Array(64).fill(1) };
    const message = "size may have 1000 cells (agents times goods) at most; got 67108864";
    const start = performance.now();
    expect(() => defineEconomy(data, { maxCells: 1000 })).toThrow(message);
    expect(() => parseEconomy(JSON.stringify(data), { maxCells: 1000 })).toThrow(message);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(() => parseEconomyCsv("alpha:a,omega:a,endowment:a\n1,-1,1\n1,-1,1\n", { maxCells: 1 })).toThrow(
      EconomyError,
    );
    const swap = defineEconomy(SWAP, { maxCells: 4 });
    expect(defineEconomy(swap, { maxCells: 4 })).toBe(swap);
    expect(() => defineEconomy(swap, { maxCells: 3 })).toThrow(EconomyError);
    for (const maxCells of [0, 1.5, 2 ** 26 + 1, Number.NaN, "4"]) {
      expect(refusedPaths(() => defineEconomy(SWAP, { maxCells } as never))).toEqual(["maxCells"]);
    }
    expect(refusedPaths(() => defineEconomy(SWAP, { cells: 4 } as never))).toEqual(["cells"]);
    for (const [, walras] of engines) {
      expect(() => walras.economy(data, { maxCells: 1000 })).toThrow(message);
      expect(() => walras.economy(JSON.stringify(data), { maxCells: 1000 })).toThrow(message);
    }
  });

  it("is refused in a moment, whatever the length of its names and values", () => {
    const long = "x".repeat(20_000);
    const many = Object.fromEntries(Array.from({ length: 200_000 }, (_, k) => [`key ${k}`, 1]));
    const keys = Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`${long}${k}`, long]));
    const big = Array.from({ length: 8 }, () => Array(200_000).fill(1));
    const start = performance.now();
    expect(refusal(() => defineEconomy({ ...SWAP, ...many })).violations).toHaveLength(100);
    expect(refusal(() => defineEconomy({ ...SWAP, ...keys })).violations).toHaveLength(100);
    for (const value of [big, { big }, long, () => long, { big: long }]) {
      const { message } = refusal(() => defineEconomy({ ...SWAP, weights: Array(2).fill(value) }));
      expect(message.length).toBeLessThan(1000);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

/** A getter that answers with each value in turn, and then with the last one. */
function cells(...values: unknown[]): () => unknown {
  let reads = 0;
  return () => values[Math.min(reads++, values.length - 1)];
}

for (const [name, walras] of engines) {
  describe(`an economy that was checked, on ${name}`, () => {
    it("keeps its size", () => {
      const economy = walras.economy({ ...SWAP, agents: ["Ada", "Ben"] });
      const { agents, goods } = economy as unknown as { agents: string[]; goods: string[] };
      for (const names of [agents, goods]) {
        expect(() => names.push("Cy")).toThrow(TypeError);
        expect(() => names.splice(0)).toThrow(TypeError);
      }
      expect(() => Object.assign(economy, { alpha: new Float64Array(1) })).toThrow(TypeError);
      expect(walras.plan(economy).converged).toBe(true);
    });

    it("is refused once its arrays have gone to another thread", () => {
      for (const key of ["alpha", "omega", "endowments", "totals", "weights"] as const) {
        const economy = walras.economy(SWAP);
        const prepared = walras.prepare(economy);
        const { buffer } = economy[key] as Float64Array<ArrayBuffer>;
        structuredClone(buffer, { transfer: [buffer] });
        for (const call of [
          () => walras.plan(economy),
          () => walras.equilibrium(economy),
          () => walras.check(economy, { prices: [1, 1] }),
          () => walras.prepare(economy),
        ]) {
          expect(call).toThrow(/^the economy must still have its arrays/);
        }
        expect(() => walras.plan(prepared)).toThrow(EconomyError);
        prepared.dispose();
      }
    });
  });

  describe(`options on ${name}`, () => {
    const economy = walras.economy(SWAP);
    const prices = [0.5, 0.5];

    it("are read once: what is checked is what is used", () => {
      expect(walras.plan(economy, changing({}, "tolerance", 1e-10, Number.NaN)).converged).toBe(true);
      expect(walras.equilibrium(economy, changing({}, "tolerance", 1e-10, -1)).converged).toBe(true);
      expect(walras.equilibria(economy, changing({}, "maxIntervals", 1000, Number.NaN)).complete).toBe(true);
      expect(walras.planWithAdam(economy, changing({}, "maxSteps", 10, Number.NaN)).iterations).toBe(10);
      expect(walras.frontier(economy, changing({}, "points", 5, 1e9)).count).toBe(5);
      expect(walras.tatonnement(economy, changing({ start: [1, 2] }, "maxSteps", 2, Number.NaN)).iterations).toBe(2);
      expect(walras.edgeworthBox(economy, changing({}, "points", 5, 1e9)).contract.parameter.length).toBeLessThan(8);
      const bulk = { agents: 2, goods: 2, count: 1, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      expect(walras.equilibriumMany(changing(bulk, "count", 1, 1e9)).status).toHaveLength(1);
      expect(walras.check(economy, changing({}, "prices", prices, Symbol("no prices"))).accepted).toBe(true);
      const solution = walras.equilibrium(economy);
      expect(walras.fairness(economy, changing({ ...solution }, "prices", prices, null)).envyFree).toBe(true);
      expect(walras.statics(economy, changing({ prices }, "prices", prices, null)).index).toBe(1);
    });

    it("are refused with lists that have holes or no prototype", () => {
      const rows = [[1, 1], [1, 1]]; // biome-ignore format: rows
      delete (rows as unknown[])[1];
      expect(refusedPaths(() => walras.check(economy, { prices, allocation: rows }))).toEqual(["allocation"]);
      const endless: unknown[] = [[1, 1]];
      endless.length = 2 ** 32 - 1;
      for (const list of [bare([1, 1]), endless]) {
        const given = list as number[];
        expect(refusedPaths(() => walras.plan(economy, { weights: given }))).toEqual(["weights"]);
        expect(refusedPaths(() => walras.planWithAdam(economy, { start: given }))).toEqual(["start"]);
        expect(refusedPaths(() => walras.edgeworthBox(economy, { prices: given }))).not.toEqual([]);
        expect(refusedPaths(() => walras.statics(economy, { prices }).matrices({ of: given as never }))).toEqual([
          "of",
        ]);
      }
    });

    it("are refused as nothing, or as a list", () => {
      const methods = [
        "plan",
        "planWithAdam",
        "equilibrium",
        "equilibria",
        "frontier",
        "edgeworthBox",
        "tatonnement",
      ] as const;
      for (const options of [null, [], Float64Array.of(1), "tolerance", 7]) {
        for (const method of methods) expect(() => walras[method](economy, options as never)).toThrow(OptionError);
        for (const method of ["planMany", "equilibriumMany", "equilibriaMany"] as const) {
          expect(() => walras[method](options as never)).toThrow(OptionError);
        }
        for (const call of [
          () => walras.transfers(economy, options as never),
          () => walras.transferParadox(economy, options as never),
          () => walras.check(economy, options as never),
          () => walras.statics(economy, options as never),
          () => walras.compare(economy, options as never, options as never),
          () => walras.fairness(economy, options as never),
        ]) {
          expect(call).toThrow(OptionError);
        }
      }
    });

    it("are refused in bulk with what is no number, as in single calls", () => {
      const right = { agents: 2, goods: 2, count: 1, alpha: 1, omega: -1, endowments: [1, 2, 2, 1] };
      for (const wrong of [null, "", true, "1e3", undefined, {}, [1], 1n, Symbol("1")]) {
        const list = [1, wrong, 1, 1] as number[];
        const wrongOnes = [
          walras.equilibriumMany({ ...right, alpha: list }),
          walras.planMany({ ...right, alpha: list }),
          walras.equilibriaMany({ ...right, alpha: list }),
        ];
        for (const { status, statuses, violations } of wrongOnes) {
          expect([statuses[status[0]], violations.length]).toEqual(["invalid", 1]);
          expect(violations[0]).toMatchObject({ economy: 0, path: "alpha[1]", value: wrong });
        }
        const shared = { ...right, count: 2, alpha: list };
        expect(refusedPaths(() => walras.equilibriumMany(shared))).toEqual(["alpha[1]"]);
        expect(refusedPaths(() => walras.planMany(shared))).toEqual(["alpha[1]"]);
        expect(refusedPaths(() => walras.equilibriaMany(shared))).toEqual(["alpha[1]"]);
      }
      for (const size of OTHER_TYPES) {
        for (const key of ["agents", "goods", "count"]) {
          expect(refusedPaths(() => walras.planMany({ ...right, [key]: size }))).toEqual([key]);
        }
      }
    });

    it("do not let a caller change the statuses of later answers", () => {
      const bulk = { agents: 1, goods: 1, count: 1, alpha: 1, omega: -1, totals: 1 };
      const { statuses } = walras.planMany(bulk);
      expect(() => (statuses as string[]).push("solved")).toThrow(TypeError);
      expect(walras.planMany(bulk).statuses[0]).toBe("converged");
    });

    it("have no answer called converged whose utilities no double holds", () => {
      // Marginal utilities are doubles. Utilities are 1e310 of one good and -1e311 of the other.
      const lost = walras.economy({ alpha: [[1e300, 1e308]], omega: [[-1e-9, -1.001]], endowments: [[1e10, 10]] });
      for (const answer of [walras.plan(lost), walras.equilibrium(lost), walras.frontier(lost)]) {
        if (answer.converged) expect(answer.utilities[0]).not.toBeNaN();
      }
      const frontier = walras.frontier(lost);
      expect([frontier.utilities[0], frontier.status, frontier.converged]).toEqual([Number.NaN, "diverged", false]);
      expect(frontier.message).toMatch(/beyond what a double holds/);
    });

    it("have no path of prices called converged at which excess demand is NaN", () => {
      const alpha = [[1e160, 1], [1, 1]]; // biome-ignore format: rows
      const omega = [[-5e-324, -1], [-1, -1]]; // biome-ignore format: rows
      const nearLinear = walras.economy({ alpha, omega, endowments: [[1, 1], [1, 1]] }); // biome-ignore format: rows
      const path = walras.tatonnement(nearLinear, { start: [1, 1], tolerance: 1, maxSteps: 3 });
      if (path.excessDemand.some(Number.isNaN)) expect(path.residuals.marketClearing).toBeNaN();
      expect(path.converged && path.excessDemand.some(Number.isNaN)).toBe(false);
    });

    it("take a signal that cannot throw by itself", () => {
      const statics = walras.statics(economy, { prices });
      const signal = { aborted: true } as AbortSignal;
      expect(() => statics.matrices({ signal })).toThrow(expect.objectContaining({ name: "AbortError" }));
      const reason = new Error("enough");
      expect(() => statics.matrices({ signal: AbortSignal.abort(reason) })).toThrow(reason);
      for (const wrong of [null, {}, "aborted", () => true]) {
        expect(refusedPaths(() => statics.matrices({ signal: wrong as never }))).toEqual(["signal"]);
      }
    });
  });

  describe(`check on ${name}`, () => {
    it.each([false, 0, "", null])("refuses %j as an allocation, prices or weights", (nothing) => {
      const economy = walras.economy(SWAP);
      const refused = (candidate: object) => refusedPaths(() => walras.check(economy, candidate));
      const rows = [[1, 0], [0, 1]]; // biome-ignore format: rows
      expect(refused({ prices: [1, 1], allocation: nothing })).toEqual(["allocation"]);
      expect(refused({ prices: nothing })).toEqual(["prices"]);
      expect(refused({ shadowPrices: nothing, allocation: rows })).toEqual(["shadowPrices"]);
      expect(refused({ shadowPrices: [1, 1], allocation: rows, weights: nothing })).toEqual(["weights"]);
      expect(refused({ prices: nothing, shadowPrices: nothing })).toEqual(["the solution"]);
      expect(refusedPaths(() => walras.fairness(economy, { prices: nothing, allocation: rows } as never))).toEqual([
        "solution.prices",
      ]);
      expect(refusedPaths(() => walras.statics(economy, { prices: nothing } as never))).toEqual([
        "the solution's prices",
      ]);
    });
  });
}

// Engines: which one load() starts, their independence and their memory.

import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_DOUBLES, Solver } from "../../assembly/protocol.js";
import { load, MemoryError, OptionError } from "../../src/index.js";
import { engines, relativeDifference } from "../support/engines.js";

afterEach(() => vi.unstubAllGlobals());

describe("load", () => {
  it("starts WebAssembly if it can, and says which engine it started", async () => {
    expect((await load()).engine).toBe("wasm");
    expect((await load({ engine: "js" })).engine).toBe("js");
  });

  it("starts JavaScript if WebAssembly is missing", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    const walras = await load();
    expect([walras.engine, walras.engineReason]).toEqual(["js", "this host has no WebAssembly"]);
    await expect(load({ engine: "wasm" })).rejects.toThrow();
    expect((await load({ engine: "js" })).engineReason).toBeUndefined();
  });

  it("starts many engines at once, each with answers and a memory of its own", async () => {
    const names = Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? "wasm" : "js"));
    const started = await Promise.all(names.map((engine) => load({ engine: engine as "wasm" | "js" })));
    const plans = started.map((walras, k) => {
      const economy = walras.economy({ alpha: [[1, 2], [2, 1 + (k >> 1)]], omega: -2, totals: [1, 1] }); // biome-ignore format: rows
      return walras.plan(walras.prepare(economy)).allocation;
    });
    for (let k = 0; k < plans.length; k += 2) {
      expect(relativeDifference(plans[k], plans[k + 1])).toBeLessThan(1e-13);
      if (k >= 2) expect(plans[k]).not.toEqual(plans[k - 2]);
    }
  });

  it("refuses unknown engines and options", async () => {
    await expect(load({ engine: "gpu" as never })).rejects.toThrow(OptionError);
    await expect(load({ enginge: "js" } as never)).rejects.toThrow(/nearest: engine/);
  });
});

describe("two engines of a kind", () => {
  it.each(["wasm", "js"] as const)(
    "share nothing: one may solve while the other reports its progress (%s)",
    async (engine) => {
      const [a, b] = [await load({ engine }), await load({ engine })];
      const economy = a.economy({
        alpha: [
          [1, 5, 2],
          [3, 1, 1],
          [1, 2, 6],
        ],
        omega: -4,
        endowments: [
          [1, 0, 2],
          [0, 3, 1],
          [2, 1, 0],
        ],
      });
      const alone = a.equilibrium(economy);
      const other = b.economy({
        alpha: [[1, 2], [3, 1]],
        omega: -2,
        endowments: [[1, 1], [2, 1]],
      }); // biome-ignore format: rows
      const nested = a.equilibrium(economy, { onStep: () => void b.equilibrium(other) });
      expect(nested.prices).toEqual(alone.prices);
      expect(nested.iterations).toBe(alone.iterations);
    },
  );
});

for (const [name, walras, engine] of engines) {
  describe(`memory on ${name}`, () => {
    it("does not grow between the first hundred solves and ten thousand more", () => {
      const economy = walras.economy({
        alpha: [
          [1, 2, 3],
          [3, 2, 1],
        ],
        omega: 0.5,
        totals: [3, 3, 3],
        incomes: [4, 5],
      });
      const solve = () => {
        walras.plan(economy);
        walras.equilibrium(economy, { demand: "shares" });
        walras.planWithAdam(economy, { maxSteps: 3 });
      };
      for (let k = 0; k < 100; k++) solve();
      const before = walras.memory;
      for (let k = 0; k < 10_000; k++) solve();
      expect(walras.memory).toBe(before);
    });

    it("is told in bytes, and grows with what is solved", () => {
      const before = walras.memory;
      expect(before).toBeGreaterThanOrEqual(0);
      const size = { agents: 2000, goods: 500 };
      walras.plan(walras.economy({ alpha: 1, omega: -1, totals: new Array(500).fill(1), size }));
      expect(walras.memory).toBeGreaterThanOrEqual(8 * size.agents * size.goods);
      expect(walras.memory).toBeGreaterThanOrEqual(before);
    });

    it("is copied out: later calls do not change an answer", () => {
      const economy = walras.economy({
        alpha: [
          [1, 2],
          [3, 2],
        ],
        omega: 0.5,
        totals: [3, 3],
      });
      const plan = walras.plan(economy);
      const kept = [...plan.allocation];
      walras.planWithAdam(
        walras.economy({ alpha: 1, omega: 0.5, totals: Array(300).fill(1), size: { agents: 300, goods: 300 } }),
        { maxSteps: 1 },
      );
      expect([...plan.allocation]).toEqual(kept);
    });

    it("holds a 0 behind a block of odd length, whatever was there before", () => {
      // Kernels work on two numbers at a time.
      for (const length of [1, 3, 63, 65, 101]) {
        engine.lay({ before: new Float64Array(400).fill(Number.NaN) });
        const at = engine.lay({ odd: new Float64Array(length).fill(1), next: Float64Array.of(2, 3) });
        expect([...engine.read(at.odd, length)]).toEqual(new Array(length).fill(1));
        expect(engine.value(at.odd + length)).toBe(0);
        expect([...engine.read(at.next, 2)]).toEqual([2, 3]);
      }
    });

    it("is laid alike by open() and by enter(), whatever came before", () => {
      const layout = { solver: Solver.AUDIT, blocks: (n: number) => ({ x: 0, more: n + 1 }) };
      const lay = (n: number, m: number) => {
        const numbers = Float64Array.from({ length: n * m }, (_, c) => 1 + c);
        const economy = walras.economy({
          alpha: numbers,
          omega: -2,
          endowments: numbers,
          size: { agents: n, goods: m },
        });
        const weights = Float64Array.from({ length: n }, (_, i) => 5 + i);
        const opened = engine.open(economy, Solver.AUDIT, { weights, x: 0, more: n + 1 });
        const before = [...engine.read(opened.alpha, opened.x - opened.alpha)];
        engine.lay({ other: new Float64Array(400).fill(Number.NaN) });
        const generation = engine.generation();
        const entered = engine.enter(economy, layout, weights);
        expect(engine.generation()).toBeGreaterThan(generation);
        expect(entered).toEqual(opened);
        expect([...engine.read(entered.alpha, entered.x - entered.alpha)]).toEqual(before);
        return entered;
      };
      const first = lay(3, 3);
      expect(lay(2, 5)).not.toEqual(first);
      expect(lay(3, 3)).toEqual(first);
      const kept = engine.keep(100);
      expect(lay(3, 3).alpha).toBeGreaterThan(first.alpha);
      engine.kernels.release(kept);
      expect(lay(3, 3)).toEqual(first);
    });

    it("is bounded: a larger problem is refused before anything is allocated", () => {
      const before = engine.memory();
      const limit = 8 * engine.kernels.room(MAX_DOUBLES);
      expect(() => engine.lay({ huge: MAX_DOUBLES + 2 })).toThrow(new MemoryError(8 * (MAX_DOUBLES + 2), limit));
      expect(engine.memory()).toBe(before);
    });
  });
}

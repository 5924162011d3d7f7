// The types of the public names: what compiles, and what must not. `npm run check` compiles this.

import { describe, expect, expectTypeOf, it } from "vitest";
import type { Solvers } from "../../src/entries/solvers.js";
import {
  type AdamPlan,
  type Economy,
  type Equilibrium,
  type ExactPlan,
  load,
  type ShareEquilibrium,
  type Stability,
  type Walras,
} from "../../src/index.js";
import type { Pool } from "../../src/pool/index.js";
import type { EquilibriumStatics, PlanStatics } from "../../src/statics/statics.js";

describe("types", () => {
  it("tell answers by calls and options", () => {
    expectTypeOf<ReturnType<Walras["plan"]>>().toEqualTypeOf<ExactPlan>();
    expectTypeOf<ReturnType<Walras["planWithAdam"]>>().toEqualTypeOf<AdamPlan>();
    const solve = (walras: Walras, economy: Economy) => ({
      proper: walras.equilibrium(economy, { numeraire: "bread" }),
      shares: walras.equilibrium(economy, { demand: "shares" }),
      ofPrices: walras.statics(economy, walras.equilibrium(economy)),
      ofPlan: walras.statics(economy, walras.plan(economy)),
    });
    type Solved = ReturnType<typeof solve>;
    expectTypeOf<Solved["proper"]>().toEqualTypeOf<Equilibrium>();
    expectTypeOf<Solved["shares"]>().toEqualTypeOf<ShareEquilibrium>();
    expectTypeOf<Solved["ofPrices"]>().toEqualTypeOf<EquilibriumStatics>();
    expectTypeOf<Solved["ofPlan"]>().toEqualTypeOf<PlanStatics>();
    expectTypeOf<Walras>().toExtend<Solvers>();
  });

  it("have no answer that counts as true by accident", () => {
    expectTypeOf<Equilibrium["uniqueness"]>().toEqualTypeOf<"proved" | "unknown">();
    expectTypeOf<Stability>().toEqualTypeOf<"stable" | "unstable" | "unknown">();
    // @ts-expect-error: neither is a boolean
    const misread = (found: Equilibrium): boolean => found.uniqueness;
    // @ts-expect-error: there is no such key
    const old = (found: Equilibrium) => found.unique;
    expect([misread, old]).toHaveLength(2);
  });

  it("refuse what the checks refuse", async () => {
    const walras = await load();
    const economy = walras.economy({ alpha: [[1, 2], [2, 1]], omega: -1, endowments: [[1, 0], [0, 1]] }); // biome-ignore format: rows
    // @ts-expect-error: a text
    expect(() => walras.equilibrium(economy, { tolerance: "small" })).toThrow("tolerance");
    // @ts-expect-error: no such option
    expect(() => walras.plan(economy, { weight: [1, 1] })).toThrow("nearest: weights");
    // @ts-expect-error: no such engine
    await expect(load({ engine: "gpu" })).rejects.toThrow("engine");
    // @ts-expect-error: an economy needs tastes
    expect(() => walras.economy({ omega: -1, totals: [1] })).toThrow("alpha");
  });

  it("give the methods of a pool the answers of the same name, as promises", () => {
    expectTypeOf<Awaited<ReturnType<Pool["plan"]>>>().toEqualTypeOf<ExactPlan>();
    expectTypeOf<Awaited<ReturnType<Pool["planMany"]>>>().toEqualTypeOf<ReturnType<Walras["planMany"]>>();
    expectTypeOf<Awaited<ReturnType<Pool["equilibria"]>>>().toEqualTypeOf<ReturnType<Walras["equilibria"]>>();
  });
});

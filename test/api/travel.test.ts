// Economies and solutions on their way: through structured cloning, as for a message to another
// thread, and through JSON. What comes back is what was sent, and is checked again.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defineEconomy,
  type Economy,
  EconomyError,
  type Equilibrium,
  type ExactPlan,
  economyToJson,
  parseEconomy,
} from "../../src/index.js";
import { engines, listOf, logUniform, matrixOf, negative, sized } from "../support/engines.js";

const WAYS: [string, <T>(value: T) => T][] = [
  ["structuredClone", (value) => structuredClone(value)],
  ["JSON", (value) => JSON.parse(JSON.stringify(value))],
];

const economies = sized((n, m) =>
  fc
    .record(
      {
        name: fc.string(),
        agents: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: n, maxLength: n }),
        goods: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: m, maxLength: m }),
        incomes: listOf(logUniform(0.1, 10), n),
        weights: listOf(logUniform(0.1, 10), n),
        alpha: matrixOf(logUniform(1e-9, 1e9), n, m),
        omega: matrixOf(fc.oneof(negative(1e-3, 200), fc.constantFrom(0, -0, 0.5, -1)), n, m),
      },
      { requiredKeys: ["alpha", "omega"] },
    )
    .chain((data) =>
      fc
        .oneof(
          matrixOf(fc.oneof(logUniform(1e-9, 1e9), fc.constant(0.1)), n, m).map((endowments) => ({ endowments })),
          listOf(logUniform(1e-9, 1e9), m).map((totals) => ({ totals, size: { agents: n, goods: m } })),
        )
        .map((owned) => defineEconomy({ ...data, ...owned })),
    ),
);

describe("an economy that has travelled", () => {
  it.each([
    ...WAYS,
    ["economyToJson", (economy: Economy) => JSON.parse(JSON.stringify(economyToJson(economy)))] as const,
  ])("by %s is the same economy to the last bit", (_, send) => {
    fc.assert(
      fc.property(economies, (economy) => {
        const there = send(economy as never);
        expect(defineEconomy(there)).toStrictEqual(economy);
        expect(parseEconomy(JSON.stringify(there))).toStrictEqual(economy);
      }),
    );
  });

  const economy = defineEconomy({ alpha: [[1, 2], [2, 1]], omega: -2, endowments: [[3, 0.1], [1, 2]] }); // biome-ignore format: rows

  it.each(WAYS)("by %s is checked again: nothing that was changed is trusted", (_, send) => {
    const changed = (change: (copy: Record<string, Record<number, unknown>>) => void) => {
      const copy = send(economy) as never;
      change(copy);
      return () => defineEconomy(copy);
    };
    const cases: [(copy: Record<string, Record<number, unknown>>) => void, string][] = [
      [({ alpha }) => Object.assign(alpha, { 1: -1 }), "alpha[0][1] must be finite and not negative; got -1"],
      [({ alpha }) => Object.assign(alpha, { 3: Number.NaN }), "alpha[1][1] must be finite and not negative; got NaN"],
      [({ weights }) => Object.assign(weights, { 1: 0 }), "weights[1] must be finite and above 0; got 0"],
      [
        ({ totals }) => Object.assign(totals, { 0: 5 }),
        "totals[0] must be 4, the sum of endowments, or be left out; got 5",
      ],
      [
        ({ endowments }) => Object.assign(endowments, { 0: 4 }),
        "totals[0] must be 5, the sum of endowments, or be left out; got 4",
      ],
      [(copy) => Object.assign(copy, { goods: ["bread"] }), "totals must have 1 good, as goods has; got 2"],
      [(copy) => Object.assign(copy, { prices: 1 }), "prices is not a known key (nearest: size); got 1"],
    ];
    for (const [change, message] of cases) {
      expect(changed(change)).toThrow(EconomyError);
      expect(changed(change)).toThrow(message);
    }
  });

  it("through JSON is told from objects that are no list of numbers", () => {
    const json = JSON.parse(JSON.stringify(economy));
    for (const alpha of [{}, { 0: 1, 2: 1 }, { 0: "1" }, { 1: 1 }, { "00": 1 }, { length: 4 }]) {
      expect(() => defineEconomy({ ...json, alpha })).toThrow("alpha must be a number, a row of numbers, or rows");
    }
    // JSON has null for NaN and infinities.
    expect(() => defineEconomy({ ...json, alpha: { ...json.alpha, 2: null } })).toThrow("alpha[1][0] must be finite");
  });

  it("keeps no array of the copy", () => {
    const copy = structuredClone(economy);
    const taken = defineEconomy(copy);
    copy.alpha.fill(-1);
    copy.totals.fill(-1);
    expect(taken).toStrictEqual(economy);
  });
});

for (const [engine, walras] of engines) {
  const economy = walras.economy({
    agents: ["Ada", "Ben"],
    ...{ alpha: [[5, 1], [1, 5]], omega: [[-3, -2], [-2, -3]], endowments: [[4, 1], [1, 3]] }, // biome-ignore format: rows
  });
  const market = walras.equilibrium(economy);
  const plan = walras.plan(economy);

  describe.each(WAYS)(`by %s, on ${engine},`, (_, send) => {
    it("an economy serves every method as the one that was sent", () => {
      const there = send(economy);
      const small = { points: 5 };
      const calls: ((economy: Economy) => unknown)[] = [
        (e) => walras.plan(e),
        (e) => walras.planWithAdam(e, { maxSteps: 20 }),
        (e) => walras.plan(walras.prepare(e)),
        (e) => walras.equilibrium(e),
        (e) => walras.equilibria(e),
        (e) => walras.frontier(e, small),
        (e) => walras.edgeworthBox(e, small),
        (e) => walras.tatonnement(e, { maxSteps: 20 }),
        (e) => walras.compare(e, market, plan),
        (e) => walras.fairness(e, market),
        (e) => walras.transfers(e, plan),
        (e) => walras.check(e, market),
        (e) => walras.statics(e, market).matrices(),
        (e) => walras.transferParadox(e, market),
      ];
      for (const call of calls) expect(call(there)).toStrictEqual(call(economy));
    });

    it("a solution serves every method as the one that was sent", () => {
      const calls: ((market: Equilibrium, plan: ExactPlan) => unknown)[] = [
        (market) => walras.check(economy, market),
        (_, plan) => walras.check(economy, plan),
        (market) => walras.statics(economy, market).matrices(),
        (_, plan) => walras.statics(economy, plan).matrices(),
        (market, plan) => walras.compare(economy, market, plan),
        (market) => walras.fairness(economy, market),
        (_, plan) => walras.transfers(economy, plan),
        (market) => walras.transferParadox(economy, market),
        (market) => walras.equilibrium(economy, { start: market }),
        (_, plan) => walras.planWithAdam(economy, { start: plan.allocation, maxSteps: 20 }),
      ];
      for (const call of calls) expect(call(send(market), send(plan))).toStrictEqual(call(market, plan));
      const found = walras.equilibria(economy);
      for (const [k, one] of send(found).equilibria.entries()) {
        expect(walras.check(economy, one)).toStrictEqual(walras.check(economy, found.equilibria[k]));
      }
    });
  });

  it(`a solution through JSON is refused by place where it has lost numbers, on ${engine}`, () => {
    const lost = JSON.parse(JSON.stringify({ ...market, prices: Float64Array.of(Infinity, 1) }));
    expect(() => walras.check(economy, lost)).toThrow("prices[0] must be a finite number from 0; got NaN");
  });
}

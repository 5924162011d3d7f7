// Running out of memory: every call is answered as ever or refused with a MemoryError, and nothing
// else changes.

import { describe, expect, it } from "vitest";
import { hardMarket } from "../../bench/economies.js";
import { type Economy, load, MemoryError, type PreparedEconomy, type Walras } from "../../src/index.js";
import { everyCall, various } from "../support/calls.js";
import { walras as command, file } from "../support/cli.js";
import { engines } from "../support/engines.js";
import { engineOf } from "../support/hosts.js";

/** Bytes of a small host. */
const HOST = 8 * 2 ** 20;

function bigMarket(walras: Walras, agents: number, goods: number): Economy {
  const cells = agents * goods;
  return walras.economy({
    size: { agents, goods },
    alpha: various(cells),
    omega: -2,
    endowments: various(cells),
    incomes: new Float64Array(agents).fill(1),
  });
}

/** Every method that uses the engine, on an economy of more than 8 MiB. */
function bigCalls(walras: Walras, n = 600, m = 600): Record<string, () => unknown> {
  const market = bigMarket(walras, n, m);
  const ones = (length: number) => new Float64Array(length).fill(1);
  const prices = ones(m).fill(1 / m);
  const many = { agents: n, goods: m, count: 1, alpha: 1, omega: -2 };
  const lists = { agents: 2, goods: 1000, count: 200, alpha: 1, omega: -2, endowments: various(400_000) };
  const shares = walras.economy({
    ...{ size: { agents: n, goods: m }, alpha: 1, omega: -0.5 },
    ...{ totals: ones(m), incomes: ones(n).fill(m / n) },
  });
  return {
    plan: () => walras.plan(market),
    prepare: () => walras.prepare(market),
    planWithAdam: () => walras.planWithAdam(market, { maxSteps: 1 }),
    "planWithAdam in singles": () => walras.planWithAdam(market, { maxSteps: 1, precision: "single" }),
    equilibrium: () => walras.equilibrium(market),
    "equilibrium of shares": () => walras.equilibrium(shares, { demand: "shares" }),
    equilibria: () => walras.equilibria(market),
    frontier: () => walras.frontier(market, { from: ones(n), to: various(n), points: 2 }),
    tatonnement: () => walras.tatonnement(market),
    check: () => walras.check(market, { prices }),
    "check of an allocation": () => walras.check(market, { prices, allocation: ones(n * m) }),
    "check of a plan": () => walras.check(market, { shadowPrices: prices, allocation: ones(n * m) }),
    statics: () => walras.statics(market, { prices }),
    "statics of a plan": () => walras.statics(market, { shadowPrices: prices, allocation: ones(n * m) }),
    transferParadox: () => walras.transferParadox(market, { prices }),
    planMany: () => walras.planMany({ ...many, totals: 1 }),
    equilibriumMany: () => walras.equilibriumMany({ ...many, endowments: 1 }),
    equilibriaMany: () => walras.equilibriaMany(lists),
  };
}

/** Answers of all kinds to small calls, and the plans of prepared economies. */
function smallAnswers(walras: Walras, calls: ReturnType<typeof everyCall>, prepared: readonly PreparedEconomy[]) {
  return {
    ...Object.fromEntries(Object.entries(calls).map(([method, call]) => [method, call()])),
    prepared: prepared.map((ready) => walras.plan(ready)),
  };
}

/** The MemoryError of a call. */
function refusal(call: () => unknown): MemoryError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(MemoryError);
    expect(error).toBeInstanceOf(RangeError);
    const { name, message, bytes, limit } = error as MemoryError;
    expect(name).toBe("MemoryError");
    expect(message).toBe(`this call needs ${bytes} bytes of memory; the engine has ${limit} at most for it`);
    expect(bytes).toBeGreaterThan(limit);
    expect(Number.isInteger(bytes) && Number.isInteger(limit)).toBe(true);
    return error as MemoryError;
  }
  throw new Error("the call was not refused");
}

describe("WebAssembly", () => {
  it("imports nothing, so that kernels cannot abort", async () => {
    const { default: text } = await import("../../build/walras.wasm");
    expect(WebAssembly.Module.imports(new WebAssembly.Module(Buffer.from(text, "base64")))).toEqual([]);
  });
});

describe.each(["wasm", "js"] as const)("a host that refuses memory, on %s", (name) => {
  it("makes every method refuse with the same error, and leaves every other answer as it was", async () => {
    const { walras, inside } = await engineOf(name, HOST);
    const prepared = [walras.prepare(bigMarket(walras, 30, 40)), walras.prepare(bigMarket(walras, 3, 3))];
    const calls = everyCall(walras);
    const before = smallAnswers(walras, calls, prepared);
    for (const [method, call] of Object.entries(bigCalls(walras))) {
      const { bytes, limit } = inside(() => refusal(call));
      expect(limit, method).toBeLessThanOrEqual(HOST);
      expect(bytes, method).toBeGreaterThan(HOST / 2);
      expect(walras.memory, method).toBeLessThanOrEqual(HOST);
      expect(
        inside(() => smallAnswers(walras, calls, prepared)),
        method,
      ).toEqual(before);
    }
  });

  it("refuses a plan where tiles fail and the other method does not fit, and makes the others", async () => {
    const { walras, inside } = await engineOf(name, HOST);
    // Tiles take 3 numbers a cell and a little more, the other method 6.
    const cells = 430 * 430;
    const size = { agents: 430, goods: 430 };
    const data = { size, alpha: various(cells), omega: -2, totals: various(430) };
    const economy = walras.economy(data);
    expect(inside(() => walras.plan(economy)).converged).toBe(true);
    for (const other of [{ omega: -1 }, { alpha: various(cells).fill(0, 0, 1) }, { omega: various(cells) }]) {
      const { bytes } = inside(() => refusal(() => walras.plan(walras.economy({ ...data, ...other }))));
      expect(bytes).toBeGreaterThan(6 * 8 * cells);
    }
    expect(inside(() => walras.plan(economy)).allocation).toEqual(
      (await load({ engine: name })).plan(economy).allocation,
    );
  });

  it("holds prepared economies up to the limit, and plans each of them as before", async () => {
    const { walras, inside } = await engineOf(name, HOST);
    const economies = [4, 20, 60].map((size) => bigMarket(walras, size, size + 1));
    const expected = economies.map((economy) => walras.plan(walras.prepare(economy)).allocation);
    const held: { ready: PreparedEconomy; kind: number }[] = [];
    const plansAreRight = () => {
      for (const { ready, kind } of held) expect(walras.plan(ready).allocation).toEqual(expected[kind]);
    };
    const fill = () => {
      for (let kind = 0; ; kind = (kind + 1) % 3) held.push({ ready: walras.prepare(economies[kind]), kind });
    };
    for (let round = 0; round < 4; round++) {
      inside(() => refusal(fill));
      expect(held.length).toBeGreaterThan(30);
      expect(walras.memory).toBeLessThanOrEqual(HOST);
      // Whatever is still answered is right.
      inside(() => {
        for (const { ready, kind } of held) {
          try {
            expect(walras.plan(ready).allocation).toEqual(expected[kind]);
          } catch (error) {
            expect(error).toBeInstanceOf(MemoryError);
          }
        }
      });
      // Some are disposed of, neighbours among them, which leaves room for all plans.
      const first = round * 5;
      for (const { ready } of held.splice(first, 10)) ready.dispose();
      for (const { ready } of held.filter((_, k) => k % 3 === round % 3)) ready.dispose();
      held.splice(0, held.length, ...held.filter((_, k) => k % 3 !== round % 3));
      inside(plansAreRight);
    }
    for (const { ready } of held) ready.dispose();
    expect(walras.plan(economies[2]).allocation).toEqual(walras.plan(walras.prepare(economies[2])).allocation);
  });
});

for (const [name, walras] of engines) {
  describe(`the limit of 4 GiB on ${name}`, () => {
    const calls = everyCall(walras);
    const before = smallAnswers(walras, calls, []);

    it("is known before anything is tried, also where sizes are beyond 32 bits", () => {
      const memory = walras.memory;
      for (const goods of [30_000, 300_000]) {
        // Of three agents: what two take does not grow with the square of their goods.
        const market = bigMarket(walras, 3, goods);
        const shares = walras.economy({
          ...{ size: { agents: 2, goods }, alpha: 1, omega: -0.5 },
          ...{ totals: new Float64Array(goods).fill(1), incomes: [goods / 2, goods / 2] },
        });
        const prices = new Float64Array(goods).fill(1 / goods);
        for (const call of [
          () => walras.equilibrium(shares, { demand: "shares" }),
          () => walras.tatonnement(market, { points: 3 }),
          () => walras.statics(market, { prices }),
          () => walras.check(market, { prices }),
          () => walras.equilibria(market),
        ]) {
          const { bytes, limit } = refusal(call);
          expect(bytes).toBeGreaterThan(8 * goods * goods);
          expect(limit).toBeGreaterThan(4.2e9);
          expect(limit).toBeLessThan(2 ** 32);
        }
      }
      expect(walras.memory).toBe(memory);
      expect(smallAnswers(walras, calls, [])).toEqual(before);
    });
  });
}

describe("the command line", () => {
  it("says in one line how much is needed and possible, and exits with 2", () => {
    const size = { agents: 3, goods: 30_000 };
    const endowments = [0, 1, 2].map(() => new Array(30_000).fill(1));
    const { status, stdout, stderr } = command(["tatonnement", file({ size, alpha: 1, omega: -2, endowments })]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^walras: this call needs \d+ bytes of memory; the engine has \d+ at most for it\n$/);
  });
});

describe("a stack that overflows inside a call", () => {
  it.each(["wasm", "js"] as const)("changes no later answer (%s)", async (engine) => {
    const walras = await load({ engine });
    const ready = walras.prepare(bigMarket(walras, 5, 6));
    const calls = everyCall(walras);
    const before = smallAnswers(walras, calls, [ready]);
    const market = walras.economy(hardMarket(5));
    let deepest = 0;
    // Every depth from which the rest of the stack is too little for some part of a call.
    const dive = (depth: number): void => {
      deepest = depth;
      try {
        dive(depth + 1);
      } catch (error) {
        if (deepest - depth < 200) useUp();
        throw error;
      }
    };
    const useUp = () => {
      try {
        walras.equilibrium(market);
        walras.plan(ready);
        walras.prepare(market).dispose();
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    };
    expect(() => dive(0)).toThrow(RangeError);
    expect(smallAnswers(walras, calls, [ready])).toEqual(before);
  });
});

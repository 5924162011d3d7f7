// Pools of workers, as the build made them: the same answers as one engine alone, whatever becomes of
// the workers.

import { execFileSync } from "node:child_process";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EconomyError, load, NotConvergedError, OptionError, type Walras } from "walras";
import { loadPool, type Pool, PoolError } from "walras/pool";
import { hardMarket, manyEconomies, plannerEconomy } from "../../bench/economies.js";
import { type Call, callsOf } from "./calls.js";

const COUNTS = { wasm: [1, 2, 3, 7], js: [2, 3] };
/** Of these the control is that of the second call. */
const TWO_CALLS = ["plan of a prepared economy", "statics", "statics of a plan"];

/** The threads of all pools that have not ended. */
const threads = new Set<Worker>();
process.on("worker", (thread) => {
  threads.add(thread);
  thread.on("exit", () => threads.delete(thread));
});

/** The fields in which two answers differ, by any bit but those of a NaN. */
function differences(a: unknown, b: unknown): string[] {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    const [first, second] = [a, b] as Float64Array[];
    const same = first.length === second.length && first.every((value, k) => Object.is(value, second[k]));
    return same && first.constructor === second.constructor ? [] : ["an array"];
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) ? [] : [`${String(a).slice(0, 60)} and ${String(b).slice(0, 60)}`];
  }
  const [first, second] = [a, b] as Record<string, unknown>[];
  return Object.keys({ ...first, ...second }).flatMap((key) =>
    differences(first[key], second[key]).map((difference) => `${key}: ${difference}`),
  );
}

/** The answer of a call with an onStep, or without where one engine alone takes none. */
async function watchedAlone(call: Call, walras: Walras, otherwise: unknown): Promise<unknown> {
  try {
    return await call(walras, { onStep: () => {} });
  } catch (error) {
    expect((error as Error).message).toContain("onStep is not a known key");
    return otherwise;
  }
}

/** What a call does: its answer, or the name and message of its error. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
}

/** Runs a call in which all workers end at its first sign of progress, or after some milliseconds. */
async function killedInTheMiddle(pool: Pool, call: Call): Promise<unknown> {
  let ended: Promise<unknown> | undefined;
  const kill = () => {
    ended ??= Promise.all([...threads].map((thread) => thread.terminate()));
  };
  const timer = setTimeout(kill, 4);
  try {
    return await call(pool, { onStep: kill });
  } finally {
    clearTimeout(timer);
    // Else the next call may still be given to one that is ending, and lose two.
    await ended;
  }
}

/** Runs a call on a host whose threads cannot share memory. */
async function withoutSharedMemory<T>(call: () => Promise<T>): Promise<T> {
  const { SharedArrayBuffer: shared } = globalThis;
  Object.assign(globalThis, { SharedArrayBuffer: undefined });
  try {
    return await call();
  } finally {
    globalThis.SharedArrayBuffer = shared;
  }
}

/** Everything that comes, in order. */
async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of stream) list.push(element);
  return list;
}

for (const engine of ["wasm", "js"] as const) {
  describe(`pools on ${engine}`, () => {
    const pools: Pool[] = [];
    let walras: Walras;
    let calls: Record<string, Call>;
    const alone: Record<string, unknown> = {};
    /** The same answers, with an onStep. */
    const watched: Record<string, unknown> = {};
    beforeAll(async () => {
      // Of the package that is built: its errors are these, and its economies are known to be checked.
      walras = await load({ engine });
      calls = callsOf(walras);
      for (const [name, call] of Object.entries(calls)) {
        alone[name] = await call(walras);
        watched[name] = await watchedAlone(call, walras, alone[name]);
      }
      for (const workers of COUNTS[engine]) pools.push(await loadPool({ workers, engine }));
    }, 60_000);
    afterAll(() => Promise.all(pools.map((pool) => pool.close())));

    it.each(COUNTS[engine].map((count, k) => [count, k]))(
      "of %i give every answer of one engine alone, bit for bit",
      async (_, k) => {
        for (const [name, call] of Object.entries(calls)) {
          expect(differences(await call(pools[k]), alone[name]), name).toEqual([]);
        }
      },
    );

    it("give it where memory cannot be shared", async () => {
      await withoutSharedMemory(async () => {
        await using pool = await loadPool({ workers: 2, engine });
        for (const [name, call] of Object.entries(calls)) {
          expect(differences(await call(pool), alone[name]), name).toEqual([]);
        }
      });
    });

    it("give it to many calls at a time", async () => {
      const names = Object.keys(calls);
      const answers = await Promise.all(names.map((name) => calls[name](pools[0])));
      answers.forEach((answer, k) => {
        expect(differences(answer, alone[names[k]]), names[k]).toEqual([]);
      });
    });

    it("give it where all workers end in the middle of the call", async () => {
      for (const [name, call] of Object.entries(calls)) {
        expect(differences(await killedInTheMiddle(pools[1], call), watched[name]), name).toEqual([]);
      }
    });
  });
}

describe("a pool", () => {
  let walras: Walras;
  let pool: Pool;
  let calls: Record<string, Call>;
  beforeAll(async () => {
    walras = await load();
    pool = await loadPool({ workers: 2 });
    calls = callsOf(walras);
  });
  afterAll(() => pool.close());

  /** The arrays of an answer, empty and in memory that threads share. */
  const emptied = (answer: object) =>
    Object.fromEntries(
      Object.entries(answer)
        .filter(([, array]) => ArrayBuffer.isView(array))
        .map(([name, array]) => [name, new array.constructor(new SharedArrayBuffer(array.byteLength))]),
    );

  it("writes into arrays in shared memory, however many economies there are", async () => {
    for (const count of [10, 40_000]) {
      const { planner, market } = manyEconomies(count);
      const plans = walras.planMany(planner);
      const intoPlans = emptied(plans) as never;
      const answer = await pool.planMany({ ...planner, into: intoPlans });
      expect(differences(answer, plans)).toEqual([]);
      const markets = walras.equilibriumMany(market);
      const intoMarkets = emptied(markets) as never;
      const others = await pool.equilibriumMany({ ...market, into: intoMarkets });
      expect(differences(others, markets)).toEqual([]);
      for (const [name, array] of Object.entries({ ...(intoPlans as object) }))
        expect(answer[name as "status"], name).toBe(array);
      for (const [name, array] of Object.entries({ ...(intoMarkets as object) }))
        expect(others[name as "status"], name).toBe(array);
    }
  });

  it("refuses arrays to write to that its workers do not reach, or that are wrong", async () => {
    for (const count of [10, 40_000]) {
      const { planner } = manyEconomies(count);
      const plans = walras.planMany(planner);
      await expect(pool.planMany({ ...planner, into: plans })).rejects.toThrow(
        /^into\.allocation must lie in a SharedArrayBuffer, as workers of a pool write to it/,
      );
      for (const into of [
        { ...emptied(plans), residual: new Float64Array(new SharedArrayBuffer(8)) },
        { ...emptied(plans), shadowPrices: new Float32Array(new SharedArrayBuffer(12 * count)) },
        7,
      ]) {
        const expected = await outcome(() => walras.planMany({ ...planner, into: into as never }));
        expect(expected).toHaveProperty("message");
        expect(await outcome(() => pool.planMany({ ...planner, into: into as never }))).toEqual(expected);
      }
    }
  });

  it("writes nothing more once a call that was aborted is rejected", async () => {
    const { market } = manyEconomies(200_000);
    const into = emptied(walras.equilibriumMany(market)) as never as { prices: Float64Array };
    const controller = new AbortController();
    const onStep = () => controller.abort();
    const call = pool.equilibriumMany({ ...market, into: into as never, signal: controller.signal, onStep });
    await expect(call).rejects.toThrow("aborted");
    into.prices.fill(7);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(into.prices.every((price) => price === 7)).toBe(true);
    const again = await pool.equilibriumMany({ ...market, into: into as never });
    expect(differences(again, walras.equilibriumMany(market))).toEqual([]);
  });

  it("has large answers in memory that threads share, and small ones in their own", async () => {
    const { planner } = manyEconomies(40_000);
    expect((await pool.planMany(planner)).allocation.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect((await pool.planMany(manyEconomies(10).planner)).allocation.buffer).toBeInstanceOf(ArrayBuffer);
    for await (const { allocation } of pool.planStream([planner]))
      expect(allocation.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("comes to the same answer where a worker ends that helps another, or is helped", async () => {
    const own = await loadPool({ workers: 2 });
    const alone = calls["equilibria by a longer search"](walras);
    for (const which of [0, 1, 0, 1]) {
      let killed: Promise<unknown> | undefined;
      const call = calls["equilibria by a longer search"](own, {
        onStep: () => {
          killed ??= [...threads].slice(-2)[which].terminate();
        },
      });
      expect(differences(await call, alone)).toEqual([]);
      expect(killed).toBeDefined();
      await killed;
    }
    await own.close();
  });

  it("refuses what one engine refuses, in the same words", async () => {
    const economy = walras.economy(hardMarket(5));
    const wrong: Record<string, (w: Walras | Pool) => unknown> = {
      "an economy that is wrong": (w) => w.plan({ ...economy, alpha: economy.alpha.with(1, -1) }),
      "weights of the wrong length": (w) => w.plan(economy, { weights: [1] }),
      "an option that does not exist": (w) => w.equilibria(economy, { starts: 5 } as never),
      "a tolerance out of range": (w) => w.equilibrium(economy, { tolerance: 2 }),
      "options that are no object": (w) => w.frontier(economy, 7 as never),
      "no options of a bulk call": (w) => w.planMany(undefined as never),
      "an onStep that is no function": (w) => w.planWithAdam(economy, { onStep: 5 as never }),
      "a market without endowments": (w) => w.equilibrium(walras.economy(plannerEconomy(3, 3))),
      "a bulk call with wrong numbers for all": (w) =>
        w.equilibriumMany({ ...manyEconomies(20_000).market, omega: [-1, -1, 0, -1, -1, -1, -1, Number.NaN, -1] }),
      "a bulk call of more cells than there may be": (w) =>
        w.planMany({ agents: 1000, goods: 1000, count: 68, alpha: 1, omega: -1, totals: 1 }),
      "a bulk call of too many": (w) => w.planMany({ ...manyEconomies(100).planner, count: 1e9 }),
      "matrices of an outcome that does not exist": async (w) =>
        (await w.statics(economy, walras.equilibrium(economy))).matrices({ of: ["welfare"] as never }),
      "a plan that was not reached": (w) => w.equilibrium(economy, { maxIterations: 1, throwOnFailure: true }),
    };
    for (const [name, call] of Object.entries(wrong)) {
      const expected = await outcome(() => call(walras));
      expect(expected, name).toHaveProperty("message");
      expect(await outcome(() => call(pool)), name).toEqual(expected);
    }
  });

  it("rejects with errors of the package's own classes", async () => {
    const economy = walras.economy(hardMarket(5));
    await expect(pool.plan({} as never)).rejects.toBeInstanceOf(EconomyError);
    await expect(pool.plan(economy, { tolerance: 2 })).rejects.toBeInstanceOf(OptionError);
    await expect(pool.plan(economy, { tolerance: 2 })).rejects.toMatchObject({ path: "tolerance", value: 2 });
    const failed = pool.equilibrium(economy, { maxIterations: 1, throwOnFailure: true });
    await expect(failed).rejects.toBeInstanceOf(NotConvergedError);
    await expect(failed).rejects.toMatchObject({ solution: { converged: false } });
  });

  it("names a function that stands where none belongs", async () => {
    const economy = walras.economy(hardMarket(5));
    await expect(pool.plan(economy, { tolerance: (() => 1) as never })).rejects.toThrow(/tolerance .*=> 1/);
  });

  it("refuses options of its own that are wrong", async () => {
    for (const [options, path] of [
      [{ workers: 0 }, "workers"],
      [{ workers: 1.5 }, "workers"],
      [{ engine: "rust" }, "engine"],
      [{ worker: 7 }, "worker"],
      [{ threads: 2 }, "threads"],
    ] as const) {
      await expect(loadPool(options as never)).rejects.toMatchObject({ name: "OptionError", path });
    }
  });

  it("rejects a call at once when it is cancelled, and answers the next", async () => {
    const plan = calls["plan of a small economy"];
    const expected = plan(walras);
    for (const [name, call] of Object.entries(calls)) {
      const controller = new AbortController();
      const answer = outcome(() => call(pool, { signal: controller.signal }));
      await new Promise((done) => setTimeout(done, 2));
      const reason = new Error("changed my mind");
      controller.abort(reason);
      const late = new Promise((done) => setImmediate(done, "late"));
      const first = await Promise.race([answer, late]);
      // Calls that take no signal, or had an answer already.
      if (first !== "late") continue;
      expect(["compare", "transfers", "transferParadox", "a product of statics", ...TWO_CALLS], name).toContain(name);
      await answer;
    }
    expect(differences(await plan(pool), expected)).toEqual([]);
    const aborted = AbortSignal.abort(new Error("before"));
    await expect(plan(pool, { signal: aborted })).rejects.toThrow("before");
  });

  it("rejects a cancelled call with the signal's reason, where memory cannot be shared too", async () => {
    const economy = walras.economy(hardMarket(3, { agents: 10, goods: 10 }));
    const cancelled = async (pool: Pool) => {
      const controller = new AbortController();
      const call = pool.equilibria(economy, {
        maxStarts: 1e9,
        signal: controller.signal,
        onStep: () => controller.abort(new Error("enough")),
      });
      await expect(call).rejects.toThrow("enough");
      expect((await pool.equilibrium(economy)).converged).toBe(true);
    };
    await cancelled(pool);
    await withoutSharedMemory(async () => {
      await using other = await loadPool({ workers: 2 });
      await cancelled(other);
    });
  });

  it("tells how far a call is, and ends it with the error of its onStep", async () => {
    const parts: { done: number; total: number }[] = [];
    const { planner } = manyEconomies(20_000);
    await pool.planMany({ ...planner, onStep: (progress) => parts.push(progress) });
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ done }) => done)).toEqual(parts.map((_, k) => k + 1));
    expect(new Set(parts.map(({ total }) => total))).toEqual(new Set([parts.length]));
    const stop = () => {
      throw new Error("of onStep");
    };
    await expect(pool.planMany({ ...planner, onStep: stop })).rejects.toThrow("of onStep");
    const economy = walras.economy(plannerEconomy(150, 200));
    await expect(pool.planWithAdam(economy, { onStep: stop })).rejects.toThrow("of onStep");
  });

  it("gives up a call whose workers end again and again", async () => {
    const others = new Set(threads);
    await using other = await loadPool({ workers: 1 });
    const killing = setInterval(() => {
      for (const thread of threads) if (!others.has(thread)) thread.terminate();
    }, 100);
    try {
      const economy = walras.economy(hardMarket(3, { agents: 100, goods: 100 }));
      const call = other.planWithAdam(economy, { maxSteps: 1e9, formulation: "penalty" });
      await expect(call).rejects.toBeInstanceOf(PoolError);
    } finally {
      clearInterval(killing);
    }
    expect((await other.plan(walras.economy(plannerEconomy(3, 3)))).converged).toBe(true);
  });

  it("searches again from the start where its worker ends at a piece of the search", async () => {
    await using other = await loadPool({ workers: 1 });
    const call = calls["equilibria by a longer search"];
    const expected = await call(walras);
    // The only worker has the search, which waits, and one of its pieces: both are done again.
    for (const milliseconds of [5, 8, 12, 16, 20, 25, 30, 40, 50, 60]) {
      const answer = call(other);
      await new Promise((done) => setTimeout(done, milliseconds));
      await Promise.all([...threads].map((thread) => thread.terminate()));
      expect(differences(await answer, expected)).toEqual([]);
    }
  });

  it("forgets prepared economies, and refuses those of others", async () => {
    const economy = walras.economy(plannerEconomy(40, 50));
    const ready = await pool.prepare(economy);
    expect(differences(await pool.plan(ready), walras.plan(economy))).toEqual([]);
    await using other = await loadPool({ workers: 1 });
    await expect(other.plan(ready)).rejects.toThrow("another pool");
    expect(() => walras.plan(ready as never)).toThrow(EconomyError);
    ready.dispose();
    ready.dispose();
    await expect(pool.plan(ready)).rejects.toThrow("disposed");
  });

  it("rejects what it is at when it is closed, and everything after that", async () => {
    const other = await loadPool({ workers: 2 });
    const economy = walras.economy(hardMarket(3, { agents: 10, goods: 10 }));
    const call = other.equilibria(economy, { maxStarts: 1e9 });
    await other.close();
    await expect(call).rejects.toBeInstanceOf(PoolError);
    await expect(other.plan(economy)).rejects.toThrow("closed");
    await other.close();
  });

  it("lets the process end when it has nothing to do", () => {
    const script = `
      import { loadPool } from "walras/pool";
      const pool = await loadPool({ workers: 2 });
      const plan = await pool.plan(pool.economy({ alpha: [[1, 2]], omega: -1, totals: [1, 1] }));
      console.log(plan.converged);`;
    const flags = ["--input-type=module", "--eval", script];
    expect(execFileSync(process.execPath, flags, { encoding: "utf8", timeout: 30_000 })).toBe("true\n");
  });
});

describe("a stream", () => {
  let walras: Walras;
  let pool: Pool;
  beforeAll(async () => {
    walras = await load();
    pool = await loadPool({ workers: 2 });
  });
  afterAll(() => pool.close());

  /** Chunks of different sizes; counts those taken, and notes when it is closed. */
  class Source {
    taken = 0;
    closed = false;

    *chunks(count: number) {
      try {
        for (let k = 0; k < count; k++) {
          this.taken++;
          yield manyEconomies(5 + ((k * 37) % 50), k + 1);
        }
      } finally {
        this.closed = true;
      }
    }
  }

  it("has the answers of each chunk, in order", async () => {
    const plans = (function* () {
      for (const { planner } of new Source().chunks(40)) yield planner;
    })();
    let k = 0;
    for await (const answer of pool.planStream(plans)) {
      expect(differences(answer, walras.planMany(manyEconomies(5 + ((k * 37) % 50), k + 1).planner))).toEqual([]);
      k++;
    }
    expect(k).toBe(40);
    const markets = (async function* () {
      for (const { market } of new Source().chunks(5)) yield market;
    })();
    const answers = await all(pool.equilibriumStream(markets));
    expect(answers.map(({ status }) => status.length)).toEqual([5, 42, 29, 16, 53]);
  });

  it("goes on where economies are wrong, and says what is", async () => {
    const chunks = (function* () {
      for (const { market } of new Source().chunks(4)) yield { ...market, alpha: market.alpha.with(10, -1) };
    })();
    const answers = await all(pool.equilibriumStream(chunks));
    expect(answers.map(({ status, statuses }) => [...status].map((s) => statuses[s]).indexOf("invalid"))).toEqual([
      1, 1, 1, 1,
    ]);
    for (const { invalid, violations } of answers) {
      expect([invalid, violations]).toEqual([
        1,
        [{ economy: 1, path: "alpha[10]", requirement: "must be finite and above 0", value: -1 }],
      ]);
    }
  });

  it("asks its source for no more than keeps the workers busy, and closes it", async () => {
    const source = new Source();
    const plans = (function* () {
      for (const { planner } of source.chunks(1000)) yield planner;
    })();
    let answered = 0;
    for await (const _ of pool.planStream(plans)) {
      answered++;
      await new Promise((done) => setTimeout(done, 2));
      expect(source.taken - answered).toBeLessThanOrEqual(2 * pool.workers + 1);
      if (answered === 20) break;
    }
    plans.return();
    expect(source.closed).toBe(true);
    expect(source.taken).toBeLessThan(30);
  });

  it("ends with the error of a chunk, of its source, or of its signal", async () => {
    const wrong = (function* () {
      yield manyEconomies(5).planner;
      yield { ...manyEconomies(5).planner, omega: "steep" as never };
      yield manyEconomies(5).planner;
    })();
    await expect(all(pool.planStream(wrong))).rejects.toBeInstanceOf(OptionError);
    const broken = (function* () {
      yield manyEconomies(5).planner;
      throw new Error("of the source");
    })();
    await expect(all(pool.planStream(broken))).rejects.toThrow("of the source");
    const controller = new AbortController();
    const endless = (function* () {
      for (let k = 0; ; k++) {
        if (k === 30) controller.abort(new Error("enough"));
        yield manyEconomies(5).planner;
      }
    })();
    await expect(all(pool.planStream(endless, { signal: controller.signal }))).rejects.toThrow("enough");
    await expect(all(pool.planStream([], { other: 1 } as never))).rejects.toBeInstanceOf(OptionError);
  });
});

// How work is dealt out, with workers that do what a test tells them.

import { describe, expect, it } from "vitest";
import { Scheduler } from "../../src/pool/scheduler.js";
import type { WebWorker } from "../../src/pool/threads.js";

// biome-ignore lint/suspicious/noExplicitAny: messages are whatever a test makes of them
type Message = any;

/** A worker in this thread: `hear` gets what it is ordered, with a way to say something and one to end. */
function puppets(hear: (message: Message, say: (message: Message) => void, end: () => void, life: number) => void) {
  let lives = 0;
  return (): WebWorker => {
    const life = ++lives;
    let ended = false;
    const worker: WebWorker = {
      postMessage(message: Message) {
        queueMicrotask(() => {
          if (ended) return;
          if (message.type === "start") say({ type: "ready", engine: "wasm" });
          else hear(message, say, end, life);
        });
      },
      terminate() {
        ended = true;
      },
      onmessage: null,
      onmessageerror: null,
      onerror: null,
    };
    const say = (data: Message) =>
      queueMicrotask(() => {
        if (!ended) worker.onmessage?.({ data } as never);
      });
    const end = () => {
      ended = true;
      queueMicrotask(() => worker.onerror?.({ message: "it was told to" } as never));
    };
    return worker;
  };
}

describe("the scheduler", () => {
  /** Two workers, one of which shares a task until `act` lets it end; what both were told is in `told`. */
  async function sharing(act: (message: Message, say: (message: Message) => void, end: () => void) => void) {
    const told: string[] = [];
    const create = puppets((message, say, end, life) => {
      const { type, id, order } = message;
      told.push(`${life} ${type}`);
      if (type === "task" && order.method === "equilibria") say({ type: "share", id });
      else if (type === "task") say({ type: "done", id, value: life });
      else act(message, say, end);
    });
    return { told, scheduler: await Scheduler.start(2, {}, create) };
  }

  it("lets a worker help that is free, and calls it away where a task waits", async () => {
    let owner: { id: number; say: (message: Message) => void } | undefined;
    const { told, scheduler } = await sharing(({ type, id }, say) => {
      if (type === "helper") owner = { id, say };
      if (type === "leave") say({ type: "left", id });
    });
    const shared = scheduler.run(scheduler.begin(), { method: "equilibria" });
    await expect.poll(() => owner !== undefined).toBe(true);
    expect(await scheduler.run(scheduler.begin(), { method: "plan" })).toBe(2);
    await expect.poll(() => told).toEqual(["1 task", "2 help", "1 helper", "2 leave", "2 task", "2 help", "1 helper"]);
    owner?.say({ type: "done", id: owner.id, value: "all" });
    expect(await shared).toBe("all");
    scheduler.close();
  });

  it("tells a worker that one that helped it has ended, and finds it another", async () => {
    let helpers = 0;
    const { told, scheduler } = await sharing(({ type, id }, say, end) => {
      if (type === "help" && helpers === 0) end();
      if (type === "helper" && ++helpers === 2) say({ type: "done", id, value: "all" });
    });
    expect(await scheduler.run(scheduler.begin(), { method: "equilibria" })).toBe("all");
    // The new worker comes while the first message is under way.
    expect(told.slice(0, 2)).toEqual(["1 task", "2 help"]);
    expect(told.slice(2).sort()).toEqual(["1 helper", "1 helper", "1 lost", "3 help"]);
    scheduler.close();
  });

  it("begins a shared task anew whose worker has ended, and calls away who helped", async () => {
    let lives = 0;
    const { told, scheduler } = await sharing(({ type, id }, say, end) => {
      if (type === "helper" && ++lives === 1) end();
      else if (type === "helper") say({ type: "done", id, value: "all" });
      if (type === "leave") say({ type: "left", id });
    });
    expect(await scheduler.run(scheduler.begin(), { method: "equilibria" })).toBe("all");
    expect(told.slice(0, 4)).toEqual(["1 task", "2 help", "1 helper", "2 leave"]);
    expect(told.slice(4).sort()).toEqual(["2 task", "2 helper", "3 help"].sort());
    scheduler.close();
  });

  it("calls those away who help with a call that is cancelled", async () => {
    let helps = () => {};
    const helping = new Promise<void>((resolve) => {
      helps = resolve;
    });
    const { told, scheduler } = await sharing(({ type, id }, say) => {
      if (type === "helper") helps();
      if (type === "leave") say({ type: "left", id });
    });
    const call = scheduler.begin();
    const failure = expect(scheduler.run(call, { method: "equilibria" })).rejects.toThrow("enough");
    await helping;
    scheduler.end(call, new Error("enough"));
    await failure;
    await expect.poll(() => told).toEqual(["1 task", "2 help", "1 helper", "2 leave"]);
    // The worker that helped is there for others at once.
    expect(await scheduler.run(scheduler.begin(), { method: "plan" })).toBe(2);
    scheduler.close();
  });

  /** Four workers that share, help and leave, and never end what they do; what they were told is in `told`. */
  async function fourThatHelp() {
    const told: string[] = [];
    const create = puppets((message, say, _, life) => {
      const { type, id, order } = message;
      told.push(`${life} ${type} ${id}`);
      if (order?.method === "equilibria") say({ type: "share", id });
      if (type === "leave") say({ type: "left", id });
    });
    const scheduler = await Scheduler.start(4, {}, create);
    return { told, scheduler };
  }

  it("lets a worker help where nobody does, rather than where two do", async () => {
    const { told, scheduler } = await fourThatHelp();
    for (let k = 0; k < 2; k++) scheduler.run(scheduler.begin(), { method: "equilibria" }).catch(() => {});
    const helped = () => told.filter((what) => what.includes("helper")).map((what) => what.slice(2));
    await expect.poll(() => helped()).toEqual(["helper 1", "helper 1", "helper 2"]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told.filter((what) => what.includes("leave"))).toHaveLength(1);
    scheduler.close();
  });

  it("does not call those who help away to a task that is for another worker", async () => {
    const { told, scheduler } = await fourThatHelp();
    const run = (job: Parameters<typeof scheduler.run>[1]) => scheduler.run(scheduler.begin(), job).catch(() => {});
    run({ method: "equilibria" });
    await expect.poll(() => told.filter((what) => what.includes("helper"))).toHaveLength(3);
    // Worker 2 is called away to the first of these; the second is for it alone, and waits.
    run({ method: "plan", home: 1 });
    run({ method: "plan", home: 1 });
    await expect.poll(() => told).toContain("2 task 2");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told.filter((what) => what.includes("leave"))).toEqual(["2 leave 1"]);
    scheduler.close();
  });

  it("sends short tasks ahead, and begins them anew with the one that was being done", async () => {
    const told: string[] = [];
    let ends = () => {};
    const create = puppets((message, say, end, life) => {
      const { type, id } = message;
      told.push(`${life} ${type} ${id}`);
      if (life === 1) ends = end;
      else say({ type: "done", id, value: id });
    });
    const scheduler = await Scheduler.start(1, {}, create);
    const call = scheduler.begin();
    const piece = { piece: { name: "bulk", given: {} }, ahead: true };
    const answers = Promise.all([1, 2, 3].map(() => scheduler.run(call, piece)));
    await expect.poll(() => told).toEqual(["1 task 1", "1 task 2"]);
    ends();
    expect(await answers).toEqual([1, 2, 3]);
    expect(told.slice(2).sort()).toEqual(["2 task 1", "2 task 2", "2 task 3"]);
    scheduler.close();
  });

  it("says when no worker has a task of a call that has ended", async () => {
    let ended = false;
    const tasks: number[] = [];
    let tell: (message: Message) => void = () => {};
    const create = puppets((message, say) => {
      tasks.push(message.id);
      tell = say;
    });
    const scheduler = await Scheduler.start(1, {}, create);
    const call = scheduler.begin();
    const piece = { piece: { name: "bulk", given: {} }, ahead: true };
    const failures = [1, 2].map(() => expect(scheduler.run(call, piece)).rejects.toThrow("enough"));
    await expect.poll(() => tasks).toEqual([1, 2]);
    scheduler.end(call, new Error("enough"));
    await Promise.all(failures);
    const released = call.released().then(() => {
      ended = true;
    });
    tell({ type: "failed", id: 1, error: {} });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ended).toBe(false);
    tell({ type: "failed", id: 2, error: {} });
    await released;
    scheduler.close();
  });

  it("holds no task any more once it is closed", async () => {
    const scheduler = await Scheduler.start(
      1,
      {},
      puppets(() => {}),
    );
    const call = scheduler.begin();
    const failure = expect(scheduler.run(call, { method: "planMany" })).rejects.toThrow("closed");
    scheduler.close();
    await failure;
    await call.released();
    expect(call.held.size).toBe(0);
  });

  it("goes on with other workers where one cannot be replaced", async () => {
    let lives = 0;
    const create = puppets((message, say, end, life) => {
      if (message.type !== "task") return;
      if (life === 1) end();
      else say({ type: "done", id: message.id, value: life });
    });
    const failing = (): WebWorker => {
      if (++lives > 2) throw new Error("no more");
      return create();
    };
    const scheduler = await Scheduler.start(2, {}, failing);
    const answers = await Promise.all([1, 2, 3].map(() => scheduler.run(scheduler.begin(), { method: "plan" })));
    expect(answers).toEqual([2, 2, 2]);
    scheduler.close();
  });
});

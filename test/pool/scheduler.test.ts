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
  it("forgets the pieces of a call whose worker ended at one of them", async () => {
    const computed: string[] = [];
    const create = puppets((message, say, end, life) => {
      const { id, order } = message;
      if (message.type === "answers") {
        say({ type: "done", id, value: message.answers });
      } else if (order?.method) {
        // Done again, it asks for other pieces under the same numbers.
        const name = life === 1 ? "first" : "second";
        say({ type: "ask", id, number: 1, piece: { name, given: {} }, own: false });
        say({ type: "wait", id, number: 1 });
      } else if (order?.piece) {
        if (life === 1) {
          end();
          return;
        }
        computed.push(order.piece.name);
        say({ type: "done", id, value: order.piece.name });
      }
    });
    const scheduler = await Scheduler.start(1, {}, create);
    const call = scheduler.begin();
    expect(await scheduler.run(call, { method: "equilibria" })).toEqual([[1, { value: "second" }]]);
    expect(computed).toEqual(["second"]);
    scheduler.close();
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

// Threads that make parts. One that ends, whatever the cause, is replaced, and its part made again,
// once.

import { Worker } from "node:worker_threads";
import type { MadePart } from "./make.js";
import type { Manifest, PartNote } from "./manifest.js";
import type { Given, Said } from "./worker.js";

/** A part that a thread has made: its note, and its bytes where there is no folder to write to. */
export interface CrewPart {
  readonly note: PartNote;
  readonly bytes: MadePart["bytes"] | undefined;
}

interface Task {
  readonly part: number;
  readonly onStep: (economies: number) => void;
  readonly done: (made: CrewPart) => void;
  readonly failed: (error: unknown) => void;
  retries: number;
}

/** How often a part is made again because its thread ended. */
const MAX_RETRIES = 1;

/** A part whose thread ended twice. */
export class CrewError extends Error {
  override readonly name = "CrewError";
}

/** Threads for one sweep. */
export class Crew {
  /** The most threads at a time. */
  readonly size: number;
  readonly #given: Given;
  readonly #queue: Task[] = [];
  readonly #threads = new Map<Worker, Task | undefined>();
  #closed = false;

  constructor(size: number, manifest: Manifest, folder: string | undefined) {
    this.size = size;
    this.#given = { manifest, folder };
  }

  /** Makes a part, and writes it if there is a folder. `onStep` gets the economies done in it. */
  make(part: number, onStep: (economies: number) => void = () => {}): Promise<CrewPart> {
    return new Promise((done, failed) => {
      this.#queue.push({ part, onStep, done, failed, retries: 0 });
      this.#deal();
    });
  }

  /** Ends the threads. Parts that are not made never will be. */
  close(): void {
    this.#closed = true;
    for (const thread of this.#threads.keys()) thread.terminate();
  }

  #hire(): Worker {
    const thread = new Worker(`${import.meta.dirname}/sweep-worker.js`, { workerData: this.#given, execArgv: [] });
    this.#threads.set(thread, undefined);
    let reason = "";
    thread.on("message", (said: Said) => this.#hear(thread, said));
    thread.on("error", ({ message }) => {
      reason = message;
    });
    thread.on("exit", (code) => this.#replace(thread, reason || `it ended with code ${code}`));
    return thread;
  }

  /** Gives the oldest parts to threads that are free, and starts those that are needed. */
  #deal(): void {
    while (this.#queue.length > 0) {
      const free = [...this.#threads].find(([, task]) => !task)?.[0];
      if (!free && this.#threads.size >= this.size) return;
      const thread = free ?? this.#hire();
      const task = this.#queue.shift() as Task;
      this.#threads.set(thread, task);
      thread.postMessage(task.part);
    }
  }

  #hear(thread: Worker, said: Said): void {
    const task = this.#threads.get(thread);
    if (!task) return;
    if (said.type === "step") {
      task.onStep(said.economies);
      return;
    }
    this.#threads.set(thread, undefined);
    if (said.type === "made") task.done(said);
    else task.failed(Object.assign(said.error, said.system));
    this.#deal();
  }

  #replace(thread: Worker, reason: string): void {
    const task = this.#threads.get(thread);
    this.#threads.delete(thread);
    if (this.#closed) return;
    if (task && task.retries++ < MAX_RETRIES) this.#queue.unshift(task);
    else task?.failed(new CrewError(`a worker ended twice at part ${task.part}: ${reason}`));
    this.#deal();
  }
}

// The only file that knows worker threads: Node's, and the Web Workers of pages, Deno and Bun. Both
// sides post messages to each other, and the outside is told when a thread ends of itself.

import type { Worker as NodeWorker } from "node:worker_threads";

/** One end of a MessageChannel, as far as it is used here. */
export interface Port {
  /** Sends a message to the other end, and hands buffers over to it. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Ends the channel. */
  close(): void;
  /** Called with what the other end says. */
  onmessage: ((event: never) => unknown) | null;
}

/** What is handed over with a message rather than copied. */
export type Transferred = ArrayBuffer | Port;

/** A thread, seen from outside. */
export interface Thread {
  post(message: unknown, transfer?: Transferred[]): void;
  /** Ends the thread at once, whatever it does. `onEnd` is not called. */
  end(): void;
  /** Whether the process waits for the thread; only Node asks. */
  hold(held: boolean): void;
}

export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** The thread has ended, or an error that it did not catch has ended it. */
  onEnd(reason: string): void;
}

/**
 * A Web Worker, as far as it is used here. The types of pages are not named: projects for Node alone
 * do not know them.
 */
export interface WebWorker {
  /** Sends a message to the worker, and hands buffers over to it. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Ends the worker at once. */
  terminate(): void;
  /** Called with what the worker says. */
  onmessage: ((event: never) => unknown) | null;
  /** Called with an error that the worker did not catch. */
  onerror: ((event: never) => unknown) | null;
  /** Called where a message could not be read. */
  onmessageerror: ((event: never) => unknown) | null;
}

/** Node's module, without an import that bundlers for pages would stumble over. */
function nodeThreads(): typeof import("node:worker_threads") | undefined {
  return typeof process === "undefined" || typeof Worker !== "undefined"
    ? undefined
    : process.getBuiltinModule?.("node:worker_threads");
}

/** The number of threads that the machine runs side by side. */
export function parallelism(): number {
  if (nodeThreads()) return process.getBuiltinModule("node:os").availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/**
 * Starts a thread of pool-worker.js, which lies beside this file, or of the worker that `create`
 * makes. Bundlers know the form `new Worker(new URL(…, import.meta.url))` and bring the file along;
 * Node's form is one that they do not know, so that pages get the file once.
 */
export function startThread(events: ThreadEvents, create?: () => WebWorker): Thread {
  const node = create ? undefined : nodeThreads();
  if (node) {
    // Without the flags of the process: with some of them, like --input-type, no thread starts.
    const worker = new node.Worker(`${import.meta.dirname}/pool-worker.js`, { execArgv: [] });
    return nodeThread(worker, events);
  }
  const worker: WebWorker = create?.() ?? new Worker(new URL("./pool-worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent) => events.onMessage(data);
  worker.onmessageerror = () => events.onEnd("a message could not be read");
  worker.onerror = (event: ErrorEvent) => {
    event.preventDefault?.();
    worker.terminate();
    events.onEnd(event.message || "its file, pool-worker.js, could not be loaded");
  };
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as ArrayBuffer[]),
    end: () => worker.terminate(),
    hold: () => {},
  };
}

function nodeThread(worker: NodeWorker, events: ThreadEvents): Thread {
  let ended = false;
  let reason = "";
  worker.on("message", events.onMessage);
  worker.on("messageerror", ({ message }) => {
    reason = message;
    worker.terminate();
  });
  worker.on("error", ({ message }) => {
    reason = message;
  });
  worker.on("exit", (code) => {
    if (!ended) events.onEnd(reason || `it ended with code ${code}`);
  });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as never),
    end() {
      ended = true;
      worker.terminate();
    },
    hold: (held) => (held ? worker.ref() : worker.unref()),
  };
}

/** Inside a thread: how it posts to the outside. `onMessage` gets what comes from there. */
export function inThread(onMessage: (message: unknown) => void): Thread["post"] {
  const port = nodeThreads()?.parentPort;
  if (port) {
    port.on("message", onMessage);
    return (message, transfer = []) => port.postMessage(message, transfer as never);
  }
  const scope = globalThis as unknown as WebWorker;
  scope.onmessage = ({ data }: MessageEvent) => onMessage(data);
  return (message, transfer = []) => scope.postMessage(message, transfer as ArrayBuffer[]);
}

let channel: MessageChannel | undefined;

/** Inside a thread: calls back once the messages that are waiting have been heard. */
export function afterMessages(callback: () => void): void {
  // Node hears a port that posts to itself again and again before any other.
  if (typeof setImmediate === "function") {
    setImmediate(callback);
    return;
  }
  channel ??= new MessageChannel();
  channel.port2.onmessage = callback;
  channel.port1.postMessage(undefined);
}

// The queues of sweeps on a server, by BullMQ, which users install if they want it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Queue, Worker, WorkerOptions } from "bullmq";
import type { Redis as RedisClient } from "ioredis";
import { version } from "../../package.json";
import { isRecord } from "../violations.js";
import { type Address, QueueError, saidBy } from "./address.js";
import type { Patience } from "./patience.js";

// Versions differ in bits, so those of one version do not get the jobs of another.
/** Jobs are parts to make. */
const PARTS = `walras-parts-${version}`;
/** Jobs that nobody takes: the manifests of sweeps, which are too long to stand in every job. */
const SWEEPS = `walras-sweeps-${version}`;

/** A part to make, which is not to be trusted: whoever can write to the server may have put it there. */
export interface PartJob {
  /** The hash of the sweep's manifest. */
  readonly sweep: string;
  readonly part: number;
  /** Whether the rows have to be in the answer, even if the worker has a folder. */
  readonly returns: boolean;
}

/** An open connection to a server. */
export interface Queues {
  readonly parts: Queue;
  readonly sweeps: Queue;
  /** Takes jobs. */
  work(process: (job: Job, token?: string) => Promise<unknown>, options: Partial<WorkerOptions>): Worker;
  /** Puts a job back; its process then throws what this returns. */
  handBack(job: Job, token: string | undefined): Promise<Error>;
  close(): Promise<void>;
}

/** How the jobs of a sweep are called. BullMQ takes a name of digits alone, or with a colon, for its own. */
export const jobOf = (sweep: string, part: number) => `part-${part}-${sweep}`;
export const jobOfSweep = (sweep: string) => `sweep-${sweep}`;

/** What a package is needed for, by the kind of the server. */
const DRIVERS = { redis: "ioredis", postgres: "pg" } as const;
/** Milliseconds until the first connection must stand, between two attempts later on, and for parting. */
const FIRST = 10_000;
const AGAIN = 500;
const FAREWELL = 3000;

/**
 * Connects to a server.
 * @throws QueueError if packages are missing, or the server cannot be reached
 */
export async function openQueues(address: Address, patience: Patience): Promise<Queues> {
  const driver = DRIVERS[address.kind];
  const bullmq = await loaded(import("bullmq"), "bullmq", driver);
  const clients: RedisClient[] = [];
  let isOpen = false;
  let refuse: (error: unknown) => void = () => {};
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
    setTimeout(() => reject(new Error(`no answer for ${FIRST / 1000} seconds`)), FIRST).unref();
  });
  const fault = (error: unknown) => (isOpen ? patience.fault(error) : refuse(error));
  let connection: unknown = { connectionString: address.url, migrate: true };
  if (address.kind === "redis") {
    const { Redis } = await loaded(import("ioredis"), driver, "bullmq");
    /** BullMQ makes others of one client, and may not part from those whose server is away. */
    const watched = (client: RedisClient): RedisClient => {
      const { duplicate } = client;
      client.duplicate = ((options) => watched(duplicate.call(client, options) as never)) as typeof duplicate;
      client.on("error", fault);
      clients.push(client);
      return client;
    };
    // Commands wait for a server that is away; the watch bounds for how long.
    connection = watched(new Redis(address.url, { maxRetriesPerRequest: null, retryStrategy: () => AGAIN }));
  } else await loaded(import("pg" as string), driver, "bullmq");
  const factory = address.kind === "postgres" ? (bullmq.createPostgresBackend as never) : undefined;
  const queues = [PARTS, SWEEPS].map((name) => new bullmq.Queue(name, { connection } as never, factory));
  const workers: Worker[] = [];
  for (const queue of queues) queue.on("error", fault);
  const close = async () => {
    const closing = Promise.allSettled([...workers, ...queues].map((one) => one.close()));
    await Promise.race([closing, sleep(FAREWELL, undefined, { ref: false })]);
    for (const client of clients) client.disconnect();
  };
  try {
    await Promise.race([Promise.all(queues.map((queue) => queue.waitUntilReady())), refused]);
  } catch (error) {
    for (const client of clients) client.disconnect();
    throw new QueueError(`cannot reach ${address.shown}: ${saidBy(error, address)}`);
  }
  isOpen = true;
  return {
    parts: queues[0],
    sweeps: queues[1],
    work: (process, options) => {
      const worker = new bullmq.Worker(PARTS, process, { ...options, connection } as never, factory);
      // A job that the server has forgotten or given to another is one that will be asked for again.
      worker.on("error", (error) => /for job part-/.test(error.message) || fault(error));
      workers.push(worker);
      return worker;
    },
    handBack: async (job, token) => {
      await job.moveToWait(token);
      return new bullmq.WaitingError();
    },
    close,
  };
}

/** A package that is installed, or not. */
async function loaded<T>(loading: Promise<T>, name: string, other: string): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new QueueError(`--queue needs the package ${name}, which is not installed: npm install ${[name, other].sort().join(" ")}`); // biome-ignore format: one sentence
  }
}

/**
 * Reads a job.
 * @throws QueueError for one that is none of this program's
 */
export function partJobOf(data: unknown): PartJob {
  const { sweep, part, returns } = isRecord(data) ? data : {};
  const isOne = typeof sweep === "string" && /^[0-9a-f]{64}$/.test(sweep) && Number.isSafeInteger(part);
  if (!isOne || (part as number) < 0) throw new QueueError("the job is not a part of a sweep");
  return { sweep, part: part as number, returns: returns === true };
}

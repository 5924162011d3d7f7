// A worker: takes parts from the queue, and makes them in threads, so that this one is free to renew
// the locks of its jobs.

import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import { Crew } from "../parts/crew.js";
import { FORMATS, type Format } from "../parts/formats.js";
import { fromJson, type Manifest, manifestOf, readManifest } from "../parts/manifest.js";
import { checkSweep, type SweepSpecification } from "../sweep/specification.js";
import { isRecord } from "../violations.js";
import { type Address, QueueError, saidBy } from "./address.js";
import { answerOf } from "./answers.js";
import { Leash, Patience } from "./patience.js";
import { jobOfSweep, openQueues, type PartJob, partJobOf, type Queues } from "./queues.js";

export interface Serving {
  readonly address: Address;
  /** Where the parts of a sweep go, if it is that sweep's. */
  readonly folder: string | undefined;
  readonly threads: number;
  /** Seconds after which others take over the jobs of a worker that has fallen silent. */
  readonly lock: number;
  /** Seconds without work after which the worker ends; undefined for never. */
  readonly idle: number | undefined;
  /** Seconds for which the server may be silent. */
  readonly patience: number;
  /** Aborted when no more jobs are to be taken. */
  readonly finish: AbortSignal;
  /** Aborted when the jobs at work are to be handed back. */
  readonly handBack: AbortSignal;
  /** Tells of mistakes, and of what may interest. */
  readonly say: (line: string) => void;
  readonly tell: (line: string) => void;
}

/** Sweeps whose manifests and threads are kept. */
const MAX_SWEEPS = 4;
/** Milliseconds between two questions whether the server answers. */
const ASK_EVERY = 1000;
/** Milliseconds for handing jobs back and parting from the server. */
const FAREWELL = 3000;

/** Makes parts until it is told to stop; returns how many. */
export async function serveQueue(serving: Serving): Promise<number> {
  const { address, threads, lock, finish, handBack, say, tell } = serving;
  const patience = new Patience(address, serving.patience, say);
  const queues = await openQueues(address, patience);
  const server = new Server(serving, queues);
  const name = `${hostname()}.${process.pid}`;
  const milliseconds = { lockDuration: 1000 * lock, stalledInterval: 1000 * lock, runRetryDelay: ASK_EVERY };
  const worker = queues.work((job, token) => server.make(job, token), { name, concurrency: threads, ...milliseconds });
  worker.on("failed", (job, { message }) => say(`part ${job?.data?.part} failed: ${saidBy({ message }, address)}`));
  tell(`worker ${name} waits for parts at ${address.shown}`);
  let isAsking = false;
  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    await queues.parts.getJobState("nothing").then(
      () => patience.fine(),
      (error) => patience.fault(error),
    );
    isAsking = false;
  };
  const watch = setInterval(ask, ASK_EVERY);
  const handedBack = aborted(handBack).then(() => {
    server.handBack();
    return sleep(FAREWELL, undefined, { ref: false });
  });
  try {
    await patience.during(Promise.race([aborted(finish), server.stopped]));
    // Jobs at work are finished, or, once that is asked for, handed back.
    await patience.during(Promise.race([worker.close(), handedBack]));
  } finally {
    clearInterval(watch);
    patience.close();
    server.close();
    await queues.close();
  }
  if (server.fault !== undefined) throw server.fault;
  return server.made;
}

interface Kept {
  readonly manifest: Manifest;
  /** Threads, by the folder that they write to. */
  readonly crews: Map<string | undefined, Crew>;
  atWork: number;
}

const HANDED_BACK = Symbol("handed back");

class Server {
  /** Parts that were made. */
  made = 0;
  /** What keeps this worker from writing, and would keep it from writing the next part, too. */
  fault: unknown;
  /** Fulfilled when the worker has to end by itself. */
  readonly stopped: Promise<void>;
  #stop: () => void = () => {};
  readonly #sweeps = new Map<string, Kept>();
  readonly #leash = new Leash();
  readonly #told = new Set<string>();
  #atWork = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    readonly serving: Serving,
    readonly queues: Queues,
  ) {
    this.stopped = new Promise((done) => {
      this.#stop = done;
    });
    this.#rest();
  }

  /** Makes the part that a job asks for. */
  async make(job: Job, token: string | undefined): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#atWork++;
    try {
      const made = await this.#leash.during(this.#answer(partJobOf(job.data)));
      this.made++;
      return made;
    } catch (error) {
      throw error === HANDED_BACK ? await this.queues.handBack(job, token) : error;
    } finally {
      this.#atWork--;
      this.#rest();
    }
  }

  /** Hands back what is at work. */
  handBack(): void {
    this.#leash.end(HANDED_BACK);
  }

  close(): void {
    clearTimeout(this.#idle);
    for (const { crews } of this.#sweeps.values()) for (const crew of crews.values()) crew.close();
  }

  async #answer({ sweep, part, returns }: PartJob): Promise<unknown> {
    const kept = await this.#sweepOf(sweep);
    const { manifest, crews } = kept;
    if (part >= manifest.parts) throw new QueueError(`the sweep has ${manifest.parts} parts, and no part ${part}`);
    const folder = returns ? undefined : this.#folderOf(manifest);
    let crew = crews.get(folder);
    if (!crew) {
      crew = new Crew(this.serving.threads, manifest, folder);
      crews.set(folder, crew);
    }
    kept.atWork++;
    try {
      return answerOf(await crew.make(part));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall !== undefined) {
        this.fault = error;
        this.#stop();
      }
      throw error;
    } finally {
      kept.atWork--;
    }
  }

  /** The manifest of a sweep, checked as if a user had given it, and the threads that work on it. */
  async #sweepOf(hash: string): Promise<Kept> {
    const known = this.#sweeps.get(hash);
    if (known) return known;
    const job = await this.queues.sweeps.getJob(jobOfSweep(hash));
    if (!job) throw new QueueError("the queue does not have the sweep's specification");
    // Another job may have asked at the same time.
    const raced = this.#sweeps.get(hash);
    if (raced) return raced;
    const kept = { manifest: checkedManifest(job.data?.manifest, hash), crews: new Map(), atWork: 0 };
    for (const [other, { crews, atWork }] of this.#sweeps) {
      if (this.#sweeps.size < MAX_SWEEPS) break;
      if (atWork > 0) continue;
      for (const crew of crews.values()) crew.close();
      this.#sweeps.delete(other);
    }
    this.#sweeps.set(hash, kept);
    return kept;
  }

  /** The worker's folder, if it has the parts of this sweep. */
  #folderOf(manifest: Manifest): string | undefined {
    const { folder, say } = this.serving;
    if (folder === undefined || readManifest(folder)?.hash === manifest.hash) return folder;
    if (!this.#told.has(manifest.hash)) say(`the folder is not that of sweep ${manifest.hash.slice(0, 12)}: its rows go by the queue`); // biome-ignore format: one sentence
    this.#told.add(manifest.hash);
    return undefined;
  }

  #rest(): void {
    const { idle } = this.serving;
    if (idle === undefined || this.#atWork > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(this.#stop, 1000 * idle);
  }
}

/** The manifest that a specification has; it must have the hash by which it was asked for. */
function checkedManifest(text: unknown, hash: string): Manifest {
  const given = typeof text === "string" ? fromJson(text) : undefined;
  const { engine, format, specification } = isRecord(given) ? given : {};
  if ((engine !== "wasm" && engine !== "js") || !FORMATS.includes(format as Format))
    throw new QueueError("the queue's manifest has no engine or no format");
  const manifest = manifestOf(checkSweep(specification as SweepSpecification), engine, format as Format);
  if (manifest.hash !== hash) throw new QueueError("the queue's specification does not have its hash");
  return manifest;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });
}

// The collector: asks for the parts of a sweep that its folder does not have, and waits for them. What
// is there is known from the states of jobs and from the folder, never from events, which get lost.

import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import { type Manifest, type PartNote, readNote, writePart } from "../parts/manifest.js";
import { partsOfShard, type RunProgress, type RunSummary, summaryOf, surveyOf } from "../parts/run.js";
import { escaped, plural } from "../violations.js";
import { type Address, QueueError } from "./address.js";
import { checkAnswer } from "./answers.js";
import { Patience } from "./patience.js";
import { jobOf, jobOfSweep, openQueues, type PartJob, type Queues } from "./queues.js";

export interface Collecting {
  readonly manifest: Manifest;
  readonly folder: string;
  readonly address: Address;
  /** Seconds for which a server may be silent. */
  readonly patience: number;
  /** Once it is aborted, what waits in the queue is taken back. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** The most jobs that wait at a time, and the most bytes of answers that may lie there. */
const MAX_WAITING = 1000;
const MAX_LYING = 2 ** 28;
/** Jobs that wait until one answer has told how long they are. */
const FIRST_WAITING = 16;
/** Answers that are fetched at a time. */
const AT_ONCE = 16;
/** How often a part may fail before all is given up. */
const MAX_FAILURES = 3;
/** Milliseconds between two looks while there is news, and while there is none. */
const SOON = 50;
const LATER = 200;
/** Milliseconds between two looks for workers, and for parts whose jobs say nothing. */
const SURVEY_EVERY = 5000;
/** Milliseconds after which a shared folder must show a part: network file systems are late. */
const MAX_LATENESS = 5000;
/** The most characters of a manifest in the queue. */
const MAX_MANIFEST = 2 ** 26;
/** Seconds after which answers that nobody has fetched may go. */
const KEEP = 7 * 86_400;
/** Milliseconds for taking back at the end what waits. */
const FAREWELL = 3000;

/** The server has failed to answer, which is worth another attempt. */
class Unanswered extends Error {}

/** Has the missing parts of a sweep made by workers. */
export async function collectParts(
  given: Collecting,
  onProgress: (progress: RunProgress) => void,
): Promise<RunSummary> {
  const { manifest, folder, address } = given;
  const { notes, missing } = surveyOf(folder, manifest, partsOfShard(manifest, undefined));
  const kept = notes.length;
  if (missing.length === 0) return summaryOf(notes, kept);
  if (JSON.stringify(manifest).length > MAX_MANIFEST)
    throw new QueueError(`the specification is longer than a queue takes, ${MAX_MANIFEST} characters: use --shard`);
  const patience = new Patience(address, given.patience, given.say);
  const stop = () => patience.end(given.signal.reason);
  given.signal.addEventListener("abort", stop, { once: true });
  const queues = await openQueues(address, patience);
  const collector = new Collector(given, queues, patience, notes, onProgress);
  try {
    await collector.run(missing);
  } finally {
    await Promise.race([collector.takeBack(), sleep(FAREWELL, undefined, { ref: false })]);
    patience.close();
    await queues.close();
  }
  return summaryOf(notes, kept);
}

class Collector {
  /** Parts whose jobs are in the queue, and since when a folder has failed to show them. */
  readonly #asked = new Map<number, { late?: number }>();
  /** As a text: PostgreSQL keeps objects with their keys in another order, which changes the hash. */
  readonly #manifest: string;
  /** Parts to ask for again. */
  readonly #again: number[] = [];
  readonly #failures = new Map<number, number>();
  /** Whether answers must have the rows, because a worker has written to another folder than this. */
  #returns = false;
  #waiting = FIRST_WAITING;
  /** Economies of parts that are there, and those of them that this run has waited for. */
  #done: number;
  #solved = 0;
  #surveyed = performance.now();
  #saidNobody = false;

  constructor(
    readonly given: Collecting,
    readonly queues: Queues,
    readonly patience: Patience,
    readonly notes: PartNote[],
    readonly onProgress: (progress: RunProgress) => void,
  ) {
    this.#manifest = JSON.stringify(given.manifest);
    this.#done = notes.reduce((sum, { economies }) => sum + economies, 0);
  }

  async run(missing: readonly number[]): Promise<void> {
    const next = missing[Symbol.iterator]();
    for (;;) {
      let news = false;
      try {
        await this.#ask(next);
        this.patience.fine();
        if (this.#asked.size === 0) return;
        news = await this.#look();
        await this.#survey(news);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        this.patience.fault(error.cause);
      }
      await this.patience.during(sleep(news ? SOON : LATER));
    }
  }

  /** Takes back what waits in the queue. */
  async takeBack(): Promise<void> {
    const { parts, sweeps } = this.queues;
    const { hash } = this.given.manifest;
    const jobs = [...this.#asked.keys()].map((part) => parts.remove(jobOf(hash, part)));
    await Promise.allSettled([...jobs, sweeps.remove(jobOfSweep(hash))]);
  }

  /** Asks for as many parts as may wait, and says what sweep they are of. */
  async #ask(next: Iterator<number>): Promise<void> {
    const { manifest } = this.given;
    const some: number[] = [];
    while (this.#asked.size < this.#waiting) {
      const part: number | undefined = this.#again.shift() ?? next.next().value;
      if (part === undefined) break;
      this.#asked.set(part, {});
      some.push(part);
    }
    if (this.#asked.size === 0) return;
    const { sweeps } = this.queues;
    const jobId = jobOfSweep(manifest.hash);
    // A server that keeps nothing on its disk has forgotten it after a new start.
    if ((await this.#until(sweeps.getJobState(jobId))) === "unknown")
      await this.#until(sweeps.add("sweep", { manifest: this.#manifest }, { jobId }));
    await this.#put(some);
  }

  /** Those that are there already stay as they are. */
  async #put(some: readonly number[]): Promise<void> {
    if (some.length === 0) return;
    const { hash } = this.given.manifest;
    const jobs = some.map((part) => ({
      name: "part",
      data: { sweep: hash, part, returns: this.#returns } satisfies PartJob,
      opts: { jobId: jobOf(hash, part), removeOnComplete: { age: KEEP }, removeOnFail: { age: KEEP } },
    }));
    await this.#until(this.queues.parts.addBulk(jobs));
  }

  /** Looks at the states of all jobs. Returns whether something has happened. */
  async #look(): Promise<boolean> {
    const { hash } = this.given.manifest;
    const asked = [...this.#asked.keys()];
    const states = await this.#until(Promise.all(asked.map((part) => this.queues.parts.getJobState(jobOf(hash, part))))); // biome-ignore format: one call
    const ended = asked.filter((_, k) => states[k] === "completed" || states[k] === "failed");
    for (let k = 0; k < ended.length; k += AT_ONCE)
      await Promise.all(ended.slice(k, k + AT_ONCE).map((part) => this.#take(part)));
    const lost = asked.filter((part, k) => states[k] === "unknown" && !this.#isThere(part));
    if (lost.length > 0) this.given.say(`the queue has lost ${plural(lost.length, "part")}; asked for again`);
    await this.#put(lost);
    return ended.length > 0;
  }

  /** Takes the answer to a job. */
  async #take(part: number): Promise<void> {
    const { manifest, folder, say } = this.given;
    const job = await this.#until(this.queues.parts.getJob(jobOf(manifest.hash, part)));
    const asked = this.#asked.get(part);
    // Jobs that another collector has taken are lost, which the next look finds.
    if (!job || !asked) return;
    if (job.failedReason) return await this.#fail(part, job, job.failedReason);
    let answer: ReturnType<typeof checkAnswer>;
    try {
      answer = checkAnswer(job.returnvalue, manifest, part);
    } catch (error) {
      return await this.#fail(part, job, (error as Error).message);
    }
    const { note, bytes } = answer;
    if (bytes) writePart(folder, manifest, note, bytes);
    else if (!readNote(folder, manifest, part)) {
      asked.late ??= performance.now();
      if (performance.now() - asked.late < MAX_LATENESS) return;
      if (!this.#returns) say(`${nameOf(job)} writes to another folder: from now on rows come by the queue`);
      this.#returns = true;
      return await this.#askAgain(part);
    }
    const room = bytes ? Math.floor(MAX_LYING / Math.max(1, (4 / 3) * bytes.length)) : MAX_WAITING;
    this.#waiting = Math.min(MAX_WAITING, Math.max(FIRST_WAITING, room));
    await this.#until(this.queues.parts.remove(job.id as string));
    this.#isThere(part);
  }

  async #fail(part: number, job: Job, reason: string): Promise<void> {
    const failures = (this.#failures.get(part) ?? 0) + 1;
    this.#failures.set(part, failures);
    const what = `part ${part} failed on ${nameOf(job)}: ${shortened(reason)}`;
    if (failures > MAX_FAILURES) throw new QueueError(`${what}; that was the ${failures}th time`);
    this.given.say(`${what}; asked for again`);
    await this.#askAgain(part);
  }

  async #askAgain(part: number): Promise<void> {
    await this.#until(this.queues.parts.remove(jobOf(this.given.manifest.hash, part)));
    this.#asked.delete(part);
    this.#again.push(part);
  }

  /** Whether a part is in the folder; it is then no longer waited for. */
  #isThere(part: number): boolean {
    const { manifest, folder } = this.given;
    const note = readNote(folder, manifest, part);
    if (!note) return false;
    this.#asked.delete(part);
    this.notes.push(note);
    this.#solved += note.economies;
    this.#done += note.economies;
    this.onProgress({ done: this.#done, total: manifest.economies, solved: this.#solved });
    return true;
  }

  /** Now and then looks for parts whose jobs say nothing, and for workers. */
  async #survey(news: boolean): Promise<void> {
    const now = performance.now();
    if (news || now - this.#surveyed < SURVEY_EVERY) return;
    this.#surveyed = now;
    const { parts } = this.queues;
    const { hash } = this.given.manifest;
    for (const part of [...this.#asked.keys()])
      if (this.#isThere(part)) await this.#until(parts.remove(jobOf(hash, part)));
    const isNobody = (await this.#until(parts.getWorkersCount())) === 0;
    if (isNobody && !this.#saidNobody)
      this.given.say(`${plural(this.#asked.size, "part")} in the queue and no worker: start some with walras worker --queue URL`); // biome-ignore format: one sentence
    this.#saidNobody = isNobody;
  }

  /** Waits for the server. */
  #until<T>(asking: Promise<T>): Promise<T> {
    const answer = asking.catch((cause) => {
      throw new Unanswered("", { cause });
    });
    return this.patience.during(answer);
  }
}

/** The worker that had a job last. */
function nameOf({ processedBy }: Job): string {
  return processedBy ? shortened(processedBy) : "a worker";
}

function shortened(text: string): string {
  return escaped(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}

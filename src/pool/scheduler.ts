// Deals work out to workers: each has one task at a time, and takes the oldest call's first. Where a
// call has many short ones, the next is sent to a worker ahead of time, so that it need not wait for
// it. A worker that ends is replaced, and what it was at is done again, once.

import type { Economy } from "../economy/economy.js";
import type { EngineName } from "../engine/engine.js";
import type { LoadOptions } from "../engine/options.js";
import { canShare, Kept, numberOf } from "./economies.js";
import { PoolError, received } from "./errors.js";
import { cloneable, type FromWorker, type Order, type ToWorker } from "./messages.js";
import { startThread, type Thread, type ThreadEvents, type Transferred, type WebWorker } from "./threads.js";

/** How long a worker may go on with a task that was cancelled before it is replaced. */
const PATIENCE = 40;
const CLOSED = "the pool has been closed";
/** How often a task is begun anew because its worker ended. */
const MAX_RETRIES = 1;
/** How often a worker is started in the place of one that has ended, before that counts as a failure. */
const MAX_STARTS = 3;

/** Work as the methods of a pool give it: an order, and the economy that goes with it. */
export interface Job extends Omit<Order, "economy"> {
  readonly economy?: Economy;
  /** The worker, modulo their number, that is to do it: it keeps what it needs. */
  readonly home?: number;
  /** Whether it is one of many short ones. */
  readonly ahead?: boolean;
}

interface Task {
  readonly id: number;
  readonly job: Job;
  readonly call: Call;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
  /** Where it is. */
  seat?: Seat;
  /** Whether workers that are free may help with it. */
  shares: boolean;
  retries: number;
}

/** The place of one worker, whoever sits there. */
interface Seat {
  readonly number: number;
  thread: Thread;
  kept: Kept;
  flag: Int32Array | undefined;
  ready: boolean;
  /** Why there is nobody. */
  broken?: unknown;
  /** The number of the task that it works on, or helps with; 0 if it is free. */
  at: number;
  /** Whether it helps; and whether it has been told to leave. */
  helps: boolean;
  leaves: boolean;
  /** The number of the task that it was sent ahead of time; 0 if there is none. */
  next: number;
}

/** Tasks that belong to one call of a method. They end together. */
export class Call {
  readonly tasks = new Set<Task>();
  ended = false;
  /** Why it has ended before its time. */
  reason: unknown;
  /** The numbers of its tasks that workers have. */
  readonly held = new Set<number>();
  #released = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    /** Calls are served in the order in which they began. */
    readonly order: number,
    private readonly onTell: ((progress: never) => void) | undefined,
  ) {}

  /** Waits until no worker has a task of a call that has ended: until then one may write to its arrays. */
  async released(): Promise<void> {
    if (this.held.size > 0) await new Promise<void>((resolve) => (this.#released = resolve));
  }

  /** Takes note that a worker has a task no more. */
  release(task: number): void {
    this.held.delete(task);
    if (this.held.size === 0) this.#released();
  }

  /** Tells the caller how far it is. An error of the caller's ends the call. */
  tell(progress: unknown): void {
    try {
      if (!this.ended) this.onTell?.(progress as never);
    } catch (error) {
      this.scheduler.end(this, error);
    }
  }
}

export class Scheduler {
  readonly #seats: Seat[] = [];
  /** Tasks that wait for a worker, those of the oldest call first. */
  readonly #queue: Task[] = [];
  #calls = 0;
  #tasks = 0;
  readonly #running = new Map<number, Task>();
  /** The calls of tasks that workers have, also of those given up that they have not ended yet. */
  readonly #held = new Map<number, Call>();
  #closed = false;
  /** The engine that the workers have started, and why "auto" took JavaScript. */
  engine!: EngineName;
  engineReason: string | undefined;

  private constructor(
    private readonly load: LoadOptions,
    private readonly create: (() => WebWorker) | undefined,
  ) {}

  /** Starts workers and waits until all have an engine. */
  static async start(count: number, load: LoadOptions, create?: () => WebWorker): Promise<Scheduler> {
    const scheduler = new Scheduler(load, create);
    try {
      await Promise.all(Array.from({ length: count }, (_, number) => scheduler.#startSeat(number)));
    } catch (error) {
      scheduler.close();
      throw error;
    }
    return scheduler;
  }

  get size(): number {
    return this.#seats.length;
  }

  /** Begins a call. `onTell` gets the progress of its tasks. */
  begin(onTell?: (progress: never) => void): Call {
    if (this.#closed) throw new PoolError(CLOSED);
    return new Call(this, this.#calls++, onTell);
  }

  /** Does a job of a call. */
  run(call: Call, job: Job): Promise<unknown> {
    if (this.#closed) this.end(call, new PoolError(CLOSED));
    if (call.ended) return Promise.reject(call.reason);
    return new Promise((done, failed) => this.#add(job, call, done, failed));
  }

  /** Ends a call: what is left of it is not done, and its promises are rejected. */
  end(call: Call, reason: unknown): void {
    if (call.ended) return;
    call.ended = true;
    call.reason = reason;
    for (const task of [...call.tasks]) {
      task.failed(reason);
      this.#abandon(task);
    }
  }

  /** What pieces keep under a key is needed no more. */
  release(key: number): void {
    for (const seat of this.#seats) this.#post(seat, { type: "release", key });
  }

  close(): void {
    this.#closed = true;
    const reason = new PoolError(CLOSED);
    for (const { call } of [...this.#queue, ...this.#running.values()]) {
      call.ended = true;
      call.reason = reason;
      for (const task of call.tasks) task.failed(reason);
    }
    this.#queue.length = 0;
    this.#running.clear();
    for (const seat of this.#seats) seat.thread?.end();
    for (const task of [...this.#held.keys()]) this.#release(task);
  }

  // Tasks.

  #add(job: Job, call: Call, done: Task["done"], failed: Task["failed"]): Task {
    const task: Task = { id: ++this.#tasks, job, call, done, failed, shares: false, retries: 0 };
    call.tasks.add(task);
    this.#enqueue(task);
    for (const seat of this.#seats) if (seat.broken) this.#fill(seat);
    this.#deal();
    return task;
  }

  #enqueue(task: Task): void {
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1].call.order > task.call.order) at--;
    this.#queue.splice(at, 0, task);
  }

  /** Gives free workers something to do: tasks that wait, or help with those that others are at. */
  #deal(): void {
    if (this.#closed) return;
    for (const seat of this.#seats) {
      if (!seat.ready || seat.at !== 0) continue;
      const at = this.#queue.findIndex(({ job }) => this.#mayDo(seat, job));
      if (at >= 0) this.#give(seat, this.#queue.splice(at, 1)[0]);
      else this.#help(seat);
    }
    this.#recall();
    for (const seat of this.#seats) {
      const [task] = this.#queue;
      if (!task?.job.ahead || !seat.ready || seat.next !== 0 || !this.#mayDo(seat, task.job)) continue;
      if (this.#running.get(seat.at)?.job.ahead) this.#give(seat, this.#queue.shift() as Task);
    }
  }

  /** Calls workers that help away: to tasks that wait, or to one that nobody helps with from one of several. */
  #recall(): void {
    const leaving = this.#seats.filter(({ leaves }) => leaves).length;
    const alone = [...this.#running.values()].filter((task) => task.shares && this.#helpersOf(task) === 0).length;
    let wanted = (this.#queue.length || alone) - leaving;
    for (const seat of this.#seats) {
      if (wanted <= 0 || !seat.helps || seat.leaves) continue;
      const isWanted =
        this.#queue.length > 0
          ? this.#queue.some(({ job }) => this.#mayDo(seat, job))
          : this.#helpersOf(this.#running.get(seat.at)) > 1;
      if (!isWanted) continue;
      seat.leaves = true;
      this.#post(seat, { type: "leave", id: seat.at });
      wanted--;
    }
  }

  /** How many workers help with a task, and go on. */
  #helpersOf(task: Task | undefined): number {
    return this.#seats.filter(({ helps, leaves, at }) => helps && !leaves && at === task?.id).length;
  }

  #give(seat: Seat, task: Task): void {
    const { economy, home: _, ahead: __, ...order } = task.job;
    task.seat = seat;
    this.#running.set(task.id, task);
    this.#held.set(task.id, task.call);
    task.call.held.add(task.id);
    if (seat.at === 0) this.#occupy(seat, task.id);
    else seat.next = task.id;
    const message: ToWorker = {
      type: "task",
      id: task.id,
      order: economy ? { ...order, economy: numberOf(economy) } : order,
      ...economiesFor(seat, economy),
    };
    try {
      this.#post(seat, message);
    } catch {
      this.#post(seat, { ...message, order: cloneable(message.order) });
    }
  }

  /** Lets a worker help with a task that is shared: one that has the fewest helpers, the oldest of them. */
  #help(seat: Seat): void {
    const [first] = [...this.#running.values()]
      .filter(({ shares }) => shares)
      .sort((a, b) => this.#helpersOf(a) - this.#helpersOf(b) || a.call.order - b.call.order);
    if (!first) return;
    const { id, job, seat: owner } = first;
    const { economy } = job;
    const { port1, port2 } = new MessageChannel();
    seat.helps = true;
    this.#occupy(seat, id);
    const number = economy && numberOf(economy);
    this.#post(seat, { type: "help", id, economy: number, port: port1, ...economiesFor(seat, economy) }, [port1]);
    this.#post(owner as Seat, { type: "helper", id, helper: seat.number, port: port2 }, [port2]);
  }

  /** Takes note of what a worker does. The process does not wait for workers that do nothing. */
  #occupy(seat: Seat, task: number): void {
    seat.at = task;
    seat.thread.hold(task !== 0);
  }

  /** Takes note that a worker has ended a task: it is at the one sent ahead, if any. */
  #proceed(seat: Seat): void {
    const { next } = seat;
    if (!seat.helps) this.#release(seat.at);
    seat.next = 0;
    seat.helps = false;
    seat.leaves = false;
    this.#occupy(seat, next);
    if (next !== 0 && !this.#running.has(next)) this.#interrupt(seat);
  }

  #post(seat: Seat, message: ToWorker, transfer?: Transferred[]): void {
    seat.thread.post(message, transfer);
  }

  /** Takes note that no worker has a task any more. */
  #release(task: number): void {
    this.#held.get(task)?.release(task);
    this.#held.delete(task);
  }

  /** Takes a task off the books. */
  #finish(task: Task): void {
    this.#running.delete(task.id);
    task.call.tasks.delete(task);
  }

  /** Gives a task up, wherever it is. */
  #abandon(task: Task): void {
    const queued = this.#queue.indexOf(task);
    if (queued >= 0) this.#queue.splice(queued, 1);
    this.#finish(task);
    // One that was sent ahead is given up when its turn comes.
    for (const seat of this.#seats) if (seat.at === task.id) this.#interrupt(seat);
  }

  /** Makes a worker give up the task that it is at. */
  #interrupt(seat: Seat): void {
    const { at, flag, thread, helps } = seat;
    if (helps) this.#post(seat, { type: "leave", id: at });
    else if (!flag) {
      this.#replace(seat);
      return;
    }
    if (flag) Atomics.store(flag, 0, at);
    setTimeout(() => {
      if (seat.at === at && seat.thread === thread) this.#replace(seat);
    }, PATIENCE);
  }

  // Workers.

  async #startSeat(number: number): Promise<void> {
    const free = { ready: false, at: 0, next: 0, helps: false, leaves: false };
    const seat = { number, kept: new Kept(), ...free } as unknown as Seat;
    this.#seats[number] = seat;
    await this.#startThread(seat);
  }

  /** What a worker loads: once one has an engine, all others have that one. */
  #load(): LoadOptions {
    const { module } = this.load;
    if (this.engine === undefined) return this.load;
    return this.engine === "wasm" && module !== undefined ? { engine: "wasm", module } : { engine: this.engine };
  }

  /** Starts a thread on a seat, and waits until it has an engine. */
  #startThread(seat: Seat): Promise<void> {
    return new Promise((ready, failed) => {
      seat.ready = false;
      seat.at = 0;
      seat.next = 0;
      seat.helps = false;
      seat.leaves = false;
      seat.kept = new Kept();
      seat.flag = sharedFlag();
      let thread: Thread | undefined;
      const isCurrent = () => seat.thread === thread && !this.#closed;
      const fail = (reason: string, cause?: unknown) =>
        failed(new PoolError(`a worker could not be started: ${reason}`, { cause }));
      const events: ThreadEvents = {
        onMessage: (message) => {
          if (!isCurrent()) return;
          const said = message as FromWorker;
          if (said.type === "unready") failed(received(said.error));
          else if (said.type !== "ready") this.#hear(seat, said);
          else {
            this.engine = said.engine;
            this.engineReason = said.reason;
            seat.ready = true;
            this.#occupy(seat, 0);
            ready();
            this.#deal();
          }
        },
        onEnd: (reason) => {
          if (!isCurrent()) return;
          if (seat.ready) this.#replace(seat, reason);
          else fail(reason);
        },
      };
      try {
        thread = startThread(events, this.create);
      } catch (error) {
        // Browsers refuse a worker of another origin at once.
        fail(error instanceof Error ? error.message : String(error), error);
        return;
      }
      seat.thread = thread;
      this.#post(seat, { type: "start", load: this.#load(), flag: seat.flag });
    });
  }

  /**
   * Puts another thread in the place of one that must go; or of one that has ended, for a reason of
   * its own.
   */
  #replace(seat: Seat, reason?: string): void {
    seat.thread.end();
    const { at, next, helps } = seat;
    if (!helps) this.#release(at);
    this.#release(next);
    seat.at = 0;
    seat.next = 0;
    seat.helps = false;
    seat.leaves = false;
    const helped = helps ? this.#running.get(at) : undefined;
    if (helped?.seat) this.#post(helped.seat, { type: "lost", id: at, helper: seat.number });
    for (const task of [...this.#running.values()]) {
      // Only what it worked on can have ended it.
      if (task.seat === seat) this.#redo(task, task.id === at ? reason : undefined);
    }
    this.#fill(seat);
  }

  #fill(seat: Seat, tries = MAX_STARTS): void {
    seat.broken = undefined;
    this.#startThread(seat).catch((error) => {
      if (this.#closed) return;
      if (tries > 1) {
        this.#fill(seat, tries - 1);
        return;
      }
      seat.broken = error;
      // What only this worker can do, or all of it where no other is left, would wait for ever.
      const alone = this.#seats.every(({ broken }) => broken);
      const lost = this.#queue.filter(({ job }) => alone || this.#isHome(seat, job));
      for (const call of new Set(lost.map((task) => task.call))) this.end(call, error);
    });
  }

  #mayDo(seat: Seat, job: Job): boolean {
    return job.home === undefined || this.#isHome(seat, job);
  }

  /** Whether a job is for the worker on this seat and no other. */
  #isHome(seat: Seat, { home }: Job): boolean {
    return home !== undefined && home % this.size === seat.number;
  }

  /** Begins a task anew whose worker is gone, for a reason that may be the task. */
  #redo(task: Task, reason: string | undefined): void {
    task.seat = undefined;
    task.shares = false;
    this.#running.delete(task.id);
    for (const seat of this.#seats) {
      if (seat.helps && seat.at === task.id) this.#post(seat, { type: "leave", id: task.id });
    }
    if (task.call.ended) return;
    if (reason === undefined || task.retries++ < MAX_RETRIES) {
      this.#enqueue(task);
      return;
    }
    const what = task.job.method ?? task.job.piece?.name;
    this.#finish(task);
    task.failed(new PoolError(`the worker of ${what} ended, and so did the one that did it again: ${reason}`));
  }

  /** Does what a worker says. Of a task that was given up, only that the worker is free counts. */
  #hear(seat: Seat, said: Exclude<FromWorker, { type: "ready" | "unready" }>): void {
    const task = this.#running.get(said.id);
    if (said.type === "tell") {
      task?.call.tell(said.progress);
      return;
    }
    if (said.type === "share") {
      if (task) task.shares = true;
    } else {
      this.#proceed(seat);
      if (task && said.type !== "left") {
        this.#finish(task);
        if (said.type === "done") task.done(said.value);
        else task.failed(received(said.error));
      }
    }
    this.#deal();
  }
}

/** The economy of a task for a worker that does not have it yet, and those to forget. */
function economiesFor(seat: Seat, economy: Economy | undefined): { economies: [number, Economy][]; forget: number[] } {
  const { send, forget } = economy ? seat.kept.use(economy) : { send: false, forget: [] };
  return { economies: economy && send ? [[numberOf(economy), economy]] : [], forget };
}

function sharedFlag(): Int32Array | undefined {
  return canShare() ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
}

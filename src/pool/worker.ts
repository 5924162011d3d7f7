// What runs inside a worker: an engine, and what the pool orders from it.

import { adoptEconomy, type Economy } from "../economy/economy.js";
import { type Engine, exclusive } from "../engine/engine.js";
import { startEngine } from "../engine/start.js";
import type { Piece, PieceControl, Request, Work } from "../engine/work.js";
import { equilibria } from "../equilibria/equilibria.js";
import { frontier } from "../frontier/frontier.js";
import { ALL_KERNELS } from "../load.js";
import { checkEquilibriaOptions } from "../options/options.js";
import { runPiece } from "../pieces.js";
import { isRecord } from "../violations.js";
import { Walras } from "../walras.js";
import { BULK_PIECES } from "./bulkPieces.js";
import { received, sendable } from "./errors.js";
import { GOODS_PIECES } from "./goodsPieces.js";
import { release } from "./kept.js";
import { buffersOf, type FromWorker, type Order, type PieceAnswer, type ToWorker } from "./messages.js";
import { STATICS_PIECES } from "./staticsPieces.js";
import { inThread } from "./threads.js";

/** Milliseconds between two messages about progress. */
const TELL_EVERY = 25;
/** Milliseconds up to which a call computes its pieces itself: sending them would take longer. */
const ALONE = 2;

/** A call that has been shared out, and waits for answers from time to time. */
interface Shared {
  readonly work: Work<unknown>;
  readonly economy: Economy | undefined;
  readonly began: number;
  /** How many pieces others may compute, the numbers of those not yet taken, and answers to them. */
  asked: number;
  readonly numbers: Map<Piece, number>;
  readonly answers: Map<number, PieceAnswer>;
  /** The piece that it waits for. */
  needed?: Piece;
}

/** Pieces that only a pool divides calls into. */
const POOL_PIECES: Record<string, (engine: Engine, given: never, control: PieceControl) => unknown> = {
  ...BULK_PIECES,
  ...GOODS_PIECES,
  ...STATICS_PIECES,
};

type Method = Exclude<keyof Walras, "engine" | "engineReason" | "memory" | "economy" | "prepare" | "statics">;

/** The methods whose last argument takes onStep and signal. */
const WATCHED: ReadonlySet<Method> = new Set<Method>([
  ...(["planWithAdam", "equilibrium", "equilibria", "frontier", "tatonnement"] as const),
  ...(["planMany", "equilibriumMany", "equilibriaMany"] as const),
]);

/** The methods that can be shared out. */
const SHARED: Partial<Record<Method, (engine: Engine, economy: Economy, options: object) => Work<unknown>>> = {
  equilibria: (engine, economy, options) => equilibria(engine, economy, checkEquilibriaOptions(economy, options)),
  frontier,
};

let engine: Engine;
let walras: Walras;
let flag: Int32Array | undefined;
/** The task that is being worked on; and the end of the one that came last. */
let current = 0;
let latest: Promise<void> = Promise.resolve();
const economies = new Map<number, Economy>();
const shared = new Map<number, Shared>();

const signal = {
  get aborted() {
    return flag !== undefined && Atomics.load(flag, 0) === current;
  },
} as AbortSignal;

const post = inThread((message) => hear(message as ToWorker));

function say(message: FromWorker, transfer?: ArrayBuffer[]): void {
  post(message, transfer);
}

function hear(message: ToWorker): void {
  switch (message.type) {
    case "start":
      flag = message.flag;
      startEngine(message.load, ALL_KERNELS).then(
        (started) => {
          engine = started;
          walras = new Walras(started);
          say({ type: "ready", engine: started.name, reason: started.reason });
        },
        (error) => say({ type: "unready", error: sendable(error) }),
      );
      return;
    case "task":
      attempt(message.id, () => {
        for (const number of message.forget) economies.delete(number);
        for (const [number, economy] of message.economies) economies.set(number, adoptEconomy(economy));
        return begin(message.id, message.order);
      });
      return;
    case "answers": {
      const call = shared.get(message.id);
      if (!call) return;
      for (const [number, answer] of message.answers) call.answers.set(number, answer);
      attempt(message.id, () => goOn(message.id, call));
      return;
    }
    case "drop":
      shared.get(message.id)?.work.return(undefined);
      shared.delete(message.id);
      return;
    case "release":
      release(message.key);
  }
}

/** Works on a task, once the one before has ended, or waits; an error ends it. */
function attempt(id: number, work: () => void | Promise<void>): void {
  latest = latest.then(async () => {
    current = id;
    try {
      await work();
    } catch (error) {
      shared.delete(id);
      say({ type: "failed", id, error: sendable(error) });
    }
    current = 0;
  });
}

async function begin(id: number, { method, piece, economy: number, rest = [], tells }: Order): Promise<void> {
  const economy = number === undefined ? undefined : economies.get(number);
  if (piece) {
    const given = economy ? { ...(piece.given as object), economy } : piece.given;
    const own = Object.hasOwn(POOL_PIECES, piece.name) ? POOL_PIECES[piece.name] : undefined;
    finish(id, own ? await own(engine, given as never, { signal }) : compute({ ...piece, given }));
    return;
  }
  const name = method as Method;
  const args: unknown[] = economy ? [economy, ...rest] : [...rest];
  if (WATCHED.has(name)) {
    const at = args.length - 1;
    const options = args[at];
    // What is no object is for the method to refuse. The share demand is solved at once, and takes neither.
    if (isRecord(options) && options["demand"] !== "shares")
      args[at] = { ...options, signal, ...(tells ? { onStep: teller(id) } : {}) };
  }
  const share = SHARED[name];
  if (share) {
    const work = share(engine, economy as Economy, args[1] as object);
    goOn(id, { work, economy, began: performance.now(), asked: 0, numbers: new Map(), answers: new Map() });
  } else finish(id, (walras[name] as (...args: unknown[]) => unknown)(...args));
}

function compute(piece: Piece, tell?: () => void): unknown {
  return onEngine(() => runPiece(engine, piece, { signal, ...(tell ? { tell } : {}) }));
}

function onEngine<T>(work: () => T): T {
  return exclusive(engine, work);
}

/** Goes on with a shared call until it waits for an answer, or has ended. */
function goOn(id: number, call: Shared): void {
  const { work, numbers, answers } = call;
  const { needed } = call;
  let step = needed ? take(call, needed) : onEngine(() => work.next());
  while (!step.done) {
    const { piece, needed: isNeeded, tell } = step.value;
    const number = numbers.get(piece);
    if (!isNeeded) {
      if (performance.now() - call.began > ALONE) ask(id, call, piece);
      step = onEngine(() => work.next());
    } else if (number === undefined) {
      const answer = compute(piece, tell);
      step = onEngine(() => work.next(answer));
    } else if (answers.has(number)) step = take(call, piece);
    else {
      call.needed = piece;
      shared.set(id, call);
      say({ type: "wait", id, number });
      return;
    }
  }
  shared.delete(id);
  finish(id, step.value);
}

function ask(id: number, call: Shared, piece: Piece): void {
  const number = ++call.asked;
  call.numbers.set(piece, number);
  const { economy, ...others } = piece.given as { economy?: Economy };
  // The economy of the call has been sent already, and is not sent again with every piece.
  const own = economy !== undefined && economy === call.economy;
  say({ type: "ask", id, number, piece: own ? { name: piece.name, given: others } : piece, own });
}

/** Gives a call the answer to a piece. */
function take({ work, numbers, answers }: Shared, piece: Piece): IteratorResult<Request, unknown> {
  const number = numbers.get(piece) as number;
  const answer = answers.get(number) as PieceAnswer;
  numbers.delete(piece);
  answers.delete(number);
  return onEngine(() => ("error" in answer ? work.throw(received(answer.error)) : work.next(answer.value)));
}

/** An onStep that tells the pool, not too often. */
function teller(id: number): (progress: unknown) => void {
  let told = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - told < TELL_EVERY) return;
    told = now;
    say({ type: "tell", id, progress });
  };
}

function finish(id: number, value: unknown): void {
  // The arrays of economies stay here, also where an answer has one of them.
  const kept = new Set<unknown>();
  for (const economy of economies.values()) {
    for (const part of Object.values(economy)) if (ArrayBuffer.isView(part)) kept.add(part.buffer);
  }
  say({ type: "done", id, value }, buffersOf(value, kept));
}

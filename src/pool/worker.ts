// What runs inside a worker: an engine, and what the pool orders from it.

import { adoptEconomy, type Economy } from "../economy/economy.js";
import { type Engine, exclusive } from "../engine/engine.js";
import { startEngine } from "../engine/start.js";
import { type Piece, type PieceControl, WINDOW, type Work } from "../engine/work.js";
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
import {
  buffersOf,
  type FromHelper,
  type FromWorker,
  type Order,
  type PieceAnswer,
  type ToHelper,
  type ToWorker,
} from "./messages.js";
import { STATICS_PIECES } from "./staticsPieces.js";
import { afterMessages, inThread, type Port } from "./threads.js";

/** Milliseconds between two messages about progress. */
const TELL_EVERY = 25;
/** Milliseconds for which a call goes on alone before it asks, or looks, for help: pieces take as long to send. */
const ALONE = 2;
/** Pieces that a helper has at a time, at most: so it need not wait for the next. */
const HELPER_PIECES = 3;

/** Another worker that helps with a call, and the pieces that it has not answered yet: it is at the first. */
interface Helper {
  readonly port: Port;
  readonly open: Map<number, Piece>;
}

/** A call that others may help with. */
interface Shared {
  readonly id: number;
  readonly work: Work<unknown>;
  readonly economy: Economy | undefined;
  /** When it began, or last heard the pool. */
  began: number;
  /** Whether the pool knows that others may help; and those that do, by their numbers. */
  isShared: boolean;
  readonly helpers: Map<number, Helper>;
  /** The numbers of pieces that will be needed, in the order in which they are. */
  readonly numbers: Map<Piece, number>;
  drawn: number;
  /** Those that nobody computes yet, and answers to others. */
  waiting: Piece[];
  readonly answers: Map<Piece, () => unknown>;
  /** Called when something has come from a helper. */
  heard: () => void;
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
/** The call that others may help with, while there is one; and the one that this worker helps with. */
let shared: Shared | undefined;
let helped: { id: number; port: Port } | undefined;

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
        take(message);
        return begin(message.id, message.order);
      });
      return;
    case "help":
      take(message);
      help(message.id, message.port, message.economy === undefined ? undefined : economies.get(message.economy));
      return;
    case "leave":
      if (helped?.id === message.id) leave();
      return;
    case "helper":
      if (shared?.id === message.id) addHelper(shared, message.helper, message.port);
      else message.port.postMessage({ ended: true } satisfies ToHelper, []);
      return;
    case "lost":
      if (shared?.id === message.id) dismiss(shared, message.helper);
      return;
    case "release":
      release(message.key);
  }
}

/** Takes economies. */
function take({ economies: sent, forget }: { economies: [number, Economy][]; forget: number[] }): void {
  for (const number of forget) economies.delete(number);
  for (const [number, economy] of sent) economies.set(number, adoptEconomy(economy));
}

/** Works on a task, once the one before has ended; an error ends it. */
function attempt(id: number, work: () => void | Promise<void>): void {
  latest = latest.then(async () => {
    current = id;
    try {
      await work();
    } catch (error) {
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
    finish(id, await inShares(id, share(engine, economy as Economy, args[1] as object), economy));
  } else finish(id, (walras[name] as (...args: unknown[]) => unknown)(...args));
}

function compute(piece: Piece, tell?: () => void): unknown {
  return onEngine(() => runPiece(engine, piece, { signal, ...(tell ? { tell } : {}) }));
}

function onEngine<T>(work: () => T): T {
  return exclusive(engine, work);
}

/** Runs a call that others may help with. */
async function inShares(id: number, work: Work<unknown>, economy: Economy | undefined): Promise<unknown> {
  const own = { id, work, economy, began: performance.now(), isShared: false, helpers: new Map() };
  const call: Shared = { ...own, numbers: new Map(), drawn: 0, waiting: [], answers: new Map(), heard: () => {} };
  shared = call;
  try {
    return await runShared(call);
  } finally {
    shared = undefined;
    // They close the ports.
    for (const { port } of call.helpers.values()) port.postMessage({ ended: true } satisfies ToHelper, []);
  }
}

/**
 * Computes the pieces that a call needs, one after the other; while another worker is at the one that
 * is needed, those behind it.
 */
async function runShared(call: Shared): Promise<unknown> {
  const { work, helpers, numbers, answers } = call;
  let step = onEngine(() => work.next());
  while (!step.done) {
    const { piece, needed, tell } = step.value;
    if (!needed) {
      numbers.set(piece, ++call.drawn);
      call.waiting.push(piece);
      isTime(call);
      step = onEngine(() => work.next());
      continue;
    }
    let answer = answers.get(piece);
    while (!answer) {
      // The driver may need a piece that it has not drawn before.
      const isOpen = numbers.has(piece) && !call.waiting.includes(piece);
      const next = isOpen ? (call.waiting[0] ?? takenBack(call)) : piece;
      if (next) {
        call.waiting = call.waiting.filter((other) => other !== next);
        answers.set(next, outcomeOf(next, tell));
      }
      if (helpers.size > 0 || isTime(call)) await news(call, next === undefined);
      shareOut(call);
      answer = answers.get(piece);
    }
    answers.delete(piece);
    numbers.delete(piece);
    step = onEngine(() => work.next(answer()));
  }
  return step.value;
}

/** Whether a call has gone on for so long that it should hear whether others will help. */
function isTime(call: Shared): boolean {
  const now = performance.now();
  if (now - call.began <= ALONE) return false;
  call.began = now;
  if (!call.isShared) say({ type: "share", id: call.id });
  call.isShared = true;
  return true;
}

/** Computes a piece; an error is for whoever takes the answer. */
function outcomeOf(piece: Piece, tell?: () => void): () => unknown {
  try {
    const answer = compute(piece, tell);
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Gives helpers the pieces that are needed last. */
function shareOut({ helpers, waiting, numbers, economy }: Shared): void {
  const each = Math.max(1, Math.min(HELPER_PIECES, Math.floor(WINDOW / (helpers.size + 1))));
  for (const { port, open } of helpers.values()) {
    while (open.size < each && waiting.length > 1) {
      const piece = waiting.pop() as Piece;
      const number = numbers.get(piece) as number;
      open.set(number, piece);
      const { economy: of, ...others } = piece.given as { economy?: Economy };
      // The economy of the call is there already, and is not sent again with every piece.
      const own = of !== undefined && of === economy;
      const message: ToHelper = { number, piece: own ? { name: piece.name, given: others } : piece, own };
      port.postMessage(message, []);
    }
  }
}

/** A piece that a helper has not begun: the one that is needed first. */
function takenBack({ helpers }: Shared): Piece | undefined {
  let least: { number: number; piece: Piece; from: Helper } | undefined;
  for (const from of helpers.values()) {
    for (const [number, piece] of [...from.open].slice(1)) {
      if (!least || number < least.number) least = { number, piece, from };
    }
  }
  if (!least) return undefined;
  const { number, piece, from } = least;
  from.open.delete(number);
  from.port.postMessage({ dropped: number } satisfies ToHelper, []);
  return piece;
}

function addHelper(call: Shared, number: number, port: Port): void {
  const helper: Helper = { port, open: new Map() };
  call.helpers.set(number, helper);
  port.onmessage = ({ data }: { data: FromHelper }) => {
    if ("left" in data) dismiss(call, number, helper);
    else {
      const { answer } = data;
      const piece = helper.open.get(data.number);
      helper.open.delete(data.number);
      // It may have been taken back too late.
      if (!piece) return;
      call.answers.set(piece, () => {
        if ("error" in answer) throw received(answer.error);
        return answer.value;
      });
    }
    call.heard();
  };
  call.heard();
}

/** Takes back what a worker has not answered that helps no more. */
function dismiss(call: Shared, number: number, helper = call.helpers.get(number)): void {
  if (!helper) return;
  if (call.helpers.get(number) === helper) call.helpers.delete(number);
  helper.port.close();
  const order = (piece: Piece) => call.numbers.get(piece) as number;
  call.waiting = [...call.waiting, ...helper.open.values()].sort((a, b) => order(a) - order(b));
  call.heard();
}

/** Lets messages come that are there; or waits until there is one. */
function news(call: Shared, waits: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (waits) call.heard = resolve;
    else afterMessages(resolve);
  });
}

/** Helps with a call: computes the pieces that come through a port, and that are not taken back before. */
function help(id: number, port: Port, economy: Economy | undefined): void {
  const orders = new Map<number, Piece>();
  const next = () => {
    const [first] = orders;
    if (!first || helped?.port !== port) return;
    const [number, piece] = first;
    orders.delete(number);
    current = id;
    let answer: PieceAnswer;
    try {
      answer = { value: compute(piece) };
    } catch (error) {
      answer = { error: sendable(error) };
    }
    current = 0;
    port.postMessage({ number, answer } satisfies FromHelper, buffersOf(answer, keptBuffers()));
    if (orders.size > 0) afterMessages(next);
  };
  helped = { id, port };
  port.onmessage = ({ data }: { data: ToHelper }) => {
    if ("ended" in data) {
      if (helped?.port === port) leave();
    } else if ("dropped" in data) orders.delete(data.dropped);
    else {
      const { number, piece, own } = data;
      orders.set(number, own ? { ...piece, given: { ...(piece.given as object), economy } } : piece);
      if (orders.size === 1) afterMessages(next);
    }
  };
}

/** Helps no more. */
function leave(): void {
  const { id, port } = helped as { id: number; port: Port };
  helped = undefined;
  port.postMessage({ left: true } satisfies FromHelper, []);
  port.close();
  say({ type: "left", id });
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
  say({ type: "done", id, value }, buffersOf(value, keptBuffers()));
}

/** The memory of economies, which stays here, also where an answer has one of their arrays. */
function keptBuffers(): Set<unknown> {
  const kept = new Set<unknown>();
  for (const economy of economies.values()) {
    for (const part of Object.values(economy)) if (ArrayBuffer.isView(part)) kept.add(part.buffer);
  }
  return kept;
}

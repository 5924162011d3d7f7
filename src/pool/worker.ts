// What runs inside a worker: an engine, and what the pool orders from it.

import { adoptEconomy, type Economy } from "../economy/economy.js";
import { type Engine, exclusive } from "../engine/engine.js";
import { startEngine } from "../engine/start.js";
import type { Piece, PieceControl, Work } from "../engine/work.js";
import { equilibria } from "../equilibria/equilibria.js";
import { frontier } from "../frontier/frontier.js";
import { ALL_KERNELS } from "../load.js";
import { checkEquilibriaOptions } from "../options/options.js";
import { runPiece } from "../pieces.js";
import { isRecord } from "../violations.js";
import { Walras } from "../walras.js";
import { BULK_PIECES } from "./bulkPieces.js";
import { sendable } from "./errors.js";
import { GOODS_PIECES } from "./goodsPieces.js";
import { Help, SharedCall, sayEnded } from "./helping.js";
import { release } from "./kept.js";
import { buffersOf, type FromWorker, type Order, type ToWorker } from "./messages.js";
import { STATICS_PIECES } from "./staticsPieces.js";
import { inThread } from "./threads.js";

/** Milliseconds between two messages about progress. */
const TELL_EVERY = 25;
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
/** The call that others may help with, while there is one; and the help that this worker gives. */
let shared: SharedCall | undefined;
let help: Help | undefined;

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
    case "help": {
      take(message);
      const { id, port, economy: number } = message;
      help = new Help(port, number === undefined ? undefined : economies.get(number), {
        compute: (piece) => {
          current = id;
          try {
            return compute(piece);
          } finally {
            current = 0;
          }
        },
        kept: keptBuffers,
        onLeft: () => {
          help = undefined;
          say({ type: "left", id });
        },
      });
      return;
    }
    case "leave":
      help?.leave();
      return;
    case "helper":
      if (current === message.id && shared) shared.add(message.helper, message.port);
      else sayEnded(message.port);
      return;
    case "lost":
      if (current === message.id) shared?.dismiss(message.helper);
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
    shared = new SharedCall(share(engine, economy as Economy, args[1] as object), economy, {
      compute,
      onEngine,
      share: () => say({ type: "share", id }),
    });
    try {
      finish(id, await shared.run());
    } finally {
      shared = undefined;
    }
  } else finish(id, (walras[name] as (...args: unknown[]) => unknown)(...args));
}

function compute(piece: Piece, tell?: () => void): unknown {
  return onEngine(() => runPiece(engine, piece, { signal, ...(tell ? { tell } : {}) }));
}

function onEngine<T>(work: () => T): T {
  return exclusive(engine, work);
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

// Calls that can be shared out. Such a call is a generator: it asks for pieces of work and gets their
// answers, and does not know where they are computed. Alone, one engine computes piece after piece
// (finishWork); in a pool, workers compute pieces side by side. What a call asks for depends on the
// answers that it has taken, never on how fast they came. So the result is the same, bit for bit,
// however many workers there are.

import type { Engine } from "./engine.js";

/** A piece of work: the name of a function in src/pieces.ts, and what it is given. */
export interface Piece<Name extends string = string, Given = unknown> {
  readonly name: Name;
  /** All that the piece depends on, in a form that can be sent to another thread. */
  readonly given: Given;
}

/** What a call asks of whoever runs it. */
export interface Request {
  readonly piece: Piece;
  /** Whether the call waits for the answer. Otherwise the piece may be begun, or not. */
  readonly needed: boolean;
  /** Called now and then while a piece is computed that the call waits for. */
  readonly tell?: () => void;
}

/** A call that can be shared out. It must lay its blocks anew after each request. */
export type Work<T> = Generator<Request, T, unknown>;

/** How a piece that takes long is watched and ended. */
export interface PieceControl {
  readonly signal?: AbortSignal;
  readonly tell?: () => void;
}

/** Computes a piece on an engine. */
export type RunPiece = (engine: Engine, piece: Piece, control: PieceControl) => unknown;

/** Runs a call to its end on one engine. */
export function finishWork<T>(engine: Engine, work: Work<T>, run: RunPiece, signal?: AbortSignal): T {
  let step = work.next();
  while (!step.done) {
    const { piece, needed, tell } = step.value;
    step = work.next(needed ? run(engine, piece, { signal, tell }) : undefined);
  }
  return step.value;
}

/**
 * Pieces begun before the first of them is needed. It bounds how many workers one call can use, and
 * how much is computed in vain.
 */
export const WINDOW = 8;

/**
 * Pieces of one kind, whose answers are taken in the order in which the pieces were drawn. A piece is
 * drawn WINDOW answers before its own is taken, so a draw may depend on all answers up to then.
 */
export class Pieces<Answer> {
  readonly #waiting: Piece[] = [];

  /** `draw` returns the next piece, or undefined while there is none. */
  constructor(private readonly draw: () => Piece | undefined) {}

  /** Returns the next answer; undefined where no piece is left. */
  *next(tell?: () => void): Work<Answer | undefined> {
    while (this.#waiting.length < WINDOW) {
      const piece = this.draw();
      if (!piece) break;
      this.#waiting.push(piece);
      yield { piece, needed: false };
    }
    const piece = this.#waiting.shift();
    return piece && ((yield { piece, needed: true, ...(tell ? { tell } : {}) }) as Answer);
  }
}

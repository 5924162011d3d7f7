// How workers help each other. One has the call, a generator that asks for pieces (src/engine/work.ts):
// it computes them, and gives those that are needed last to others, through a port to each. What the
// call gets does not depend on who computes what, nor on when it comes.

import type { Economy } from "../economy/economy.js";
import { type Piece, WINDOW, type Work } from "../engine/work.js";
import { received, sendable } from "./errors.js";
import { buffersOf, type FromHelper, type PieceAnswer, type ToHelper } from "./messages.js";
import { afterMessages, type Port } from "./threads.js";

/** Milliseconds for which a call goes on alone before it asks, or looks, for help: pieces take as long to send. */
const ALONE = 2;
/** Pieces that a helper has at a time, at most: so it need not wait for the next. */
const HELPER_PIECES = 3;

/** Another worker that helps with a call, and the pieces that it has not answered yet: it is at the first. */
interface Helper {
  readonly port: Port;
  readonly open: Map<number, Piece>;
}

/** What a shared call needs of its worker. */
interface Hands {
  compute(piece: Piece, tell?: () => void): unknown;
  onEngine<T>(work: () => T): T;
  /** Says that others may help. */
  share(): void;
}

function sayToHelper(port: Port, message: ToHelper): void {
  port.postMessage(message, []);
}

/** Tells a helper, who closes the port, that there is nothing more to do. */
export function sayEnded(port: Port): void {
  sayToHelper(port, { ended: true });
}

/** A call that others may help with. */
export class SharedCall {
  readonly #helpers = new Map<number, Helper>();
  /** The numbers of pieces that will be needed, in the order in which they are. */
  readonly #numbers = new Map<Piece, number>();
  #drawn = 0;
  /** Those that nobody computes yet, and answers to others. */
  #waiting: Piece[] = [];
  readonly #answers = new Map<Piece, () => unknown>();
  /** When it began, or last looked for help. */
  #looked = performance.now();
  #isShared = false;
  /** Called when something has come from a helper. */
  #heard = () => {};

  constructor(
    private readonly work: Work<unknown>,
    private readonly economy: Economy | undefined,
    private readonly hands: Hands,
  ) {}

  /**
   * Computes the pieces that the call needs, one after the other; while another worker is at the one that
   * is needed, those behind it.
   */
  async run(): Promise<unknown> {
    const { hands } = this;
    try {
      let step = hands.onEngine(() => this.work.next());
      while (!step.done) {
        const { piece, needed, tell } = step.value;
        if (needed) {
          const answer = await this.#answerTo(piece, tell);
          step = hands.onEngine(() => this.work.next(answer()));
          continue;
        }
        this.#numbers.set(piece, ++this.#drawn);
        this.#waiting.push(piece);
        this.#isTime();
        step = hands.onEngine(() => this.work.next());
      }
      return step.value;
    } finally {
      for (const { port } of this.#helpers.values()) sayEnded(port);
    }
  }

  async #answerTo(piece: Piece, tell: (() => void) | undefined): Promise<() => unknown> {
    let answer = this.#answers.get(piece);
    while (!answer) {
      // The driver may need a piece that it has not drawn before.
      const isOpen = this.#numbers.has(piece) && !this.#waiting.includes(piece);
      const next = isOpen ? (this.#waiting[0] ?? this.#takeBack()) : piece;
      if (next) {
        this.#waiting = this.#waiting.filter((other) => other !== next);
        this.#answers.set(next, this.#outcomeOf(next, tell));
      }
      if (this.#helpers.size > 0 || this.#isTime()) await this.#news(next === undefined);
      this.#shareOut();
      answer = this.#answers.get(piece);
    }
    this.#answers.delete(piece);
    this.#numbers.delete(piece);
    return answer;
  }

  /** Whether it has gone on for so long that it should hear whether others will help. */
  #isTime(): boolean {
    const now = performance.now();
    if (now - this.#looked <= ALONE) return false;
    this.#looked = now;
    if (!this.#isShared) this.hands.share();
    this.#isShared = true;
    return true;
  }

  /** Computes a piece; an error is for whoever takes the answer. */
  #outcomeOf(piece: Piece, tell: (() => void) | undefined): () => unknown {
    try {
      const answer = this.hands.compute(piece, tell);
      return () => answer;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  /** Lets messages come that are there; or waits until there is one. */
  #news(waits: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (waits) this.#heard = resolve;
      else afterMessages(resolve);
    });
  }

  /** Gives helpers the pieces that are needed last. */
  #shareOut(): void {
    const each = Math.max(1, Math.min(HELPER_PIECES, Math.floor(WINDOW / (this.#helpers.size + 1))));
    for (const { port, open } of this.#helpers.values()) {
      while (open.size < each && this.#waiting.length > 1) {
        const piece = this.#waiting.pop() as Piece;
        const number = this.#numbers.get(piece) as number;
        open.set(number, piece);
        const { economy, ...others } = piece.given as { economy?: Economy };
        // The economy of the call is there already, and is not sent again with every piece.
        const own = economy !== undefined && economy === this.economy;
        sayToHelper(port, { number, piece: own ? { name: piece.name, given: others } : piece, own });
      }
    }
  }

  /** A piece that a helper has not begun: the one that is needed first. */
  #takeBack(): Piece | undefined {
    let least: { number: number; piece: Piece; from: Helper } | undefined;
    for (const from of this.#helpers.values()) {
      for (const [number, piece] of [...from.open].slice(1)) {
        if (!least || number < least.number) least = { number, piece, from };
      }
    }
    if (!least) return undefined;
    const { number, piece, from } = least;
    from.open.delete(number);
    sayToHelper(from.port, { dropped: number });
    return piece;
  }

  /** Takes a helper on, by its number. */
  add(number: number, port: Port): void {
    const helper: Helper = { port, open: new Map() };
    this.#helpers.set(number, helper);
    port.onmessage = ({ data }: { data: FromHelper }) => {
      if ("left" in data) this.dismiss(number, helper);
      else this.#take(helper, data);
    };
    this.#heard();
  }

  #take({ open }: Helper, { number, answer }: { number: number; answer: PieceAnswer }): void {
    const piece = open.get(number);
    open.delete(number);
    // It may have been taken back too late.
    if (!piece) return;
    this.#answers.set(piece, () => {
      if ("error" in answer) throw received(answer.error);
      return answer.value;
    });
    this.#heard();
  }

  /** Takes back what a worker has not answered that helps no more. */
  dismiss(number: number, helper = this.#helpers.get(number)): void {
    if (!helper) return;
    if (this.#helpers.get(number) === helper) this.#helpers.delete(number);
    helper.port.close();
    const order = (piece: Piece) => this.#numbers.get(piece) as number;
    this.#waiting = [...this.#waiting, ...helper.open.values()].sort((a, b) => order(a) - order(b));
    this.#heard();
  }
}

/** Help with a call of another worker: computes the pieces that come, and that are not taken back before. */
export class Help {
  readonly #orders = new Map<number, Piece>();
  #left = false;

  constructor(
    private readonly port: Port,
    economy: Economy | undefined,
    private readonly hands: {
      compute(piece: Piece): unknown;
      /** The memory that stays here. */
      kept(): ReadonlySet<unknown>;
      onLeft(): void;
    },
  ) {
    port.onmessage = ({ data }: { data: ToHelper }) => {
      if ("ended" in data) this.leave();
      else if ("dropped" in data) this.#orders.delete(data.dropped);
      else {
        const { number, piece, own } = data;
        this.#orders.set(number, own ? { ...piece, given: { ...(piece.given as object), economy } } : piece);
        if (this.#orders.size === 1) afterMessages(() => this.#next());
      }
    };
  }

  /** Computes the piece that came first; between two of them it hears what is taken back. */
  #next(): void {
    const [first] = this.#orders;
    if (!first || this.#left) return;
    const [number, piece] = first;
    this.#orders.delete(number);
    let answer: PieceAnswer;
    try {
      answer = { value: this.hands.compute(piece) };
    } catch (error) {
      answer = { error: sendable(error) };
    }
    this.#say({ number, answer }, buffersOf(answer, this.hands.kept()));
    if (this.#orders.size > 0) afterMessages(() => this.#next());
  }

  #say(message: FromHelper, transfer: ArrayBuffer[]): void {
    this.port.postMessage(message, transfer);
  }

  /** Helps no more. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#say({ left: true }, []);
    this.port.close();
    this.hands.onLeft();
  }
}

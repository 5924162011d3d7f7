// A server that does not answer: it is told once, and waited for, though not for ever.

import { type Address, QueueError, saidBy } from "./address.js";

/**
 * Ends what is waited for from elsewhere. Unlike a race against a promise that lasts as long as the
 * process, it keeps nothing of what has ended.
 */
export class Leash {
  readonly #ends = new Set<(error: unknown) => void>();
  #error: { cause: unknown } | undefined;

  /** Waits for work, unless the end comes first. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((done, failed) => {
      const free = () => this.#ends.delete(failed);
      work.then(done, failed).finally(free);
      if (this.#error) failed(this.#error.cause);
      else this.#ends.add(failed);
    });
  }

  /** Fails all that is waited for, now and later. */
  end(error: unknown): void {
    this.#error ??= { cause: error };
    for (const failed of this.#ends) failed(this.#error.cause);
    this.#ends.clear();
  }
}

/** Watches whether a server answers; ends what waits for it once it has been silent for too long. */
export class Patience extends Leash {
  readonly #address: Address;
  readonly #seconds: number;
  readonly #say: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(address: Address, seconds: number, say: (line: string) => void) {
    super();
    this.#address = address;
    this.#seconds = seconds;
    this.#say = say;
  }

  /** The server has failed to answer. */
  fault(error: unknown): void {
    if (this.#timer || this.#isClosed) return;
    const reason = saidBy(error, this.#address);
    const place = this.#address.shown;
    this.#say(`${place} does not answer (${reason}); trying again for ${this.#seconds} seconds`);
    const giveUp = () => this.end(new QueueError(`${place} has not answered for ${this.#seconds} seconds: ${reason}`));
    this.#timer = setTimeout(giveUp, 1000 * this.#seconds);
  }

  /** The server has answered. */
  fine(): void {
    if (this.#timer && !this.#isClosed) this.#say(`${this.#address.shown} answers again`);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends the watch. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}

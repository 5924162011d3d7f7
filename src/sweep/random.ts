// Random numbers by counter: the numbers of a row depend on the seed and the row's number alone, so
// that any part of a sweep can be drawn anywhere, in any order. Threefry-4x32 with 20 rounds (Salmon,
// Moraes, Dror & Shaw 2011): in JavaScript its additions, rotations and exclusive ors are cheaper
// than the long multiplications of Philox.

const ROUNDS = 20;
const PARITY = 0x1bd11bda;

/** A key of four words as `threefry` takes it: with their parity as a fifth, and again from the first. */
export function keyOf(words: ArrayLike<number>): Int32Array {
  const [k0, k1, k2, k3] = [words[0], words[1], words[2], words[3]];
  const all = [k0, k1, k2, k3, PARITY ^ k0 ^ k1 ^ k2 ^ k3];
  return Int32Array.from([...all, ...all]);
}

/** Writes the four words of a counter of four words, under a key made by keyOf(), to `out`. */
export function threefry(out: Uint32Array, counter: Uint32Array, key: Int32Array): void {
  let x0 = (counter[0] + key[0]) | 0;
  let x1 = (counter[1] + key[1]) | 0;
  let x2 = (counter[2] + key[2]) | 0;
  let x3 = (counter[3] + key[3]) | 0;
  // Eight rounds have rotations of their own, and a part of the key comes in after every four.
  for (let s = 1; s <= ROUNDS / 4; s++) {
    const odd = (s & 1) === 1;
    x0 = (x0 + x1) | 0;
    x1 = rotated(x1, odd ? 10 : 6) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = rotated(x3, odd ? 26 : 20) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = rotated(x3, odd ? 11 : 17) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = rotated(x1, odd ? 21 : 11) ^ x2;
    x0 = (x0 + x1) | 0;
    x1 = rotated(x1, odd ? 13 : 25) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = rotated(x3, odd ? 27 : 10) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = rotated(x3, odd ? 23 : 18) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = rotated(x1, odd ? 5 : 20) ^ x2;
    const k = s % 5;
    x0 = (x0 + key[k]) | 0;
    x1 = (x1 + key[k + 1]) | 0;
    x2 = (x2 + key[k + 2]) | 0;
    x3 = (x3 + key[k + 3] + s) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** What sets these numbers apart from others under the same seed. */
const PURPOSE = 0x77616c72;

/** Uniform numbers of a seed, a row and a stream. */
export class Uniforms {
  readonly #key: Int32Array;
  readonly #counter = new Uint32Array(4);
  readonly #words = new Uint32Array(4);

  /** The seed is a whole number from 0 to 2^53 - 1. */
  constructor(seed: number) {
    this.#key = keyOf([low(seed), high(seed), PURPOSE, 0]);
  }

  /**
   * Writes the first numbers of a row's stream to `out`: between 0 and 1, never one of them, odd
   * multiples of 2^-53. The row is a whole number from 0 to 2^53 - 1.
   */
  fill(out: Float64Array, row: number, stream: number): void {
    const words = this.#words;
    const counter = this.#counter;
    counter[0] = low(row);
    counter[1] = high(row);
    counter[2] = stream;
    for (let k = 0; k < out.length; k += 2) {
      counter[3] = k / 2;
      threefry(words, counter, this.#key);
      out[k] = uniform(words[0], words[1]);
      if (k + 1 < out.length) out[k + 1] = uniform(words[2], words[3]);
    }
  }
}

/** 52 bits and a half, over 2^52: exact, and neither 0 nor 1. */
function uniform(a: number, b: number): number {
  return ((a >>> 6) * 2 ** 26 + (b >>> 6) + 0.5) * 2 ** -52;
}

function low(value: number): number {
  return value >>> 0;
}

function high(value: number): number {
  return Math.floor(value / 2 ** 32);
}

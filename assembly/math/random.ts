// Seeded uniform numbers, the same bits on every engine.

import { doubles } from "../simd/memory";

/**
 * Fills `out` with `count` doubles uniform on [0, 1), of 53 bits each, from sfc32 (C.
 * Doty-Humphrey, PractRand). It is seeded as its author does: the seed in one word, counter 1, and
 * twelve draws thrown away. It needs only sums, shifts and exclusive or of 32 bits.
 */
export function fillUniform(out: i32, count: i32, seed: i32): void {
  const x = doubles;
  let a: i32 = 0;
  let b: i32 = seed;
  let c: i32 = 0;
  let counter: i32 = 1;
  let high: i32 = 0;
  for (let draw = -12; draw < 2 * count; draw++) {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + word;
    c = c | 0;
    // An even draw is the upper 27 bits of a double, the odd one after it the lower 26.
    if (draw & 1) {
      if (draw > 0) x[out + (draw >> 1)] = (<f64>high * 67108864.0 + <f64>(word >>> 6)) / 9007199254740992.0;
    } else high = word >>> 5;
  }
}

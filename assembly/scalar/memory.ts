// The engine's memory. An address, everywhere in the core, counts doubles.

/** Memory as doubles. */
export let doubles = new Float64Array(0);

/** The same memory as singles: those at address a are 2 a and 2 a + 1. */
export let singles = new Float32Array(0);

/** Address of the arena, at least `count` doubles long. What it held is lost when it has to grow. */
export function reserve(count: i32): i32 {
  if (count > doubles.length) {
    doubles = new Float64Array(count);
    singles = new Float32Array(doubles.buffer);
  }
  return 0;
}

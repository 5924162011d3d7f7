/** The engine's memory as doubles. An address, everywhere in the core, is an index into it. */
export let doubles = new Float64Array(0);

/** Address of the arena, at least `count` doubles long. What it held is lost when it has to grow. */
export function reserve(count: i32): i32 {
  if (count > doubles.length) doubles = new Float64Array(count);
  return 0;
}

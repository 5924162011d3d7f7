// The engine's memory. An address, everywhere in the core, counts doubles.

/** Memory as doubles. */
export let doubles = new Float64Array(0);

/** The same memory as singles: those at address a are 2 a and 2 a + 1. */
export let singles = new Float32Array(0);

/**
 * Blocks that are kept, by address in ascending order, with their ends; the arena lies behind them.
 */
const kept: { address: i32; end: i32 }[] = [];

/**
 * Address of `count` doubles that stay where they are and what they are until they are released.
 */
export function keep(count: i32): i32 {
  let address = 0;
  let place = 0;
  while (place < kept.length && kept[place].address - address < count) address = kept[place++].end;
  const end = address + count + (count & 1);
  kept.splice(place, 0, { address, end });
  grow(end);
  return address;
}

export function release(address: i32): void {
  const place = kept.findIndex((block) => block.address === address);
  if (place >= 0) kept.splice(place, 1);
}

/** Address of the arena, at least `count` doubles long. What it held is lost. */
export function reserve(count: i32): i32 {
  const start = kept.length === 0 ? 0 : kept[kept.length - 1].end;
  grow(start + count);
  return start;
}

function grow(length: i32): void {
  if (length <= doubles.length) return;
  const larger = new Float64Array(length);
  const last = kept.length === 0 ? 0 : Math.min(kept[kept.length - 1].end, doubles.length);
  larger.set(doubles.subarray(0, last));
  doubles = larger;
  singles = new Float32Array(doubles.buffer);
}

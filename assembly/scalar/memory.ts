// The engine's memory. An address, everywhere in the core, counts doubles.

import { MAX_DOUBLES } from "../protocol";

/** Memory as doubles. */
export let doubles = new Float64Array(0);

/** The same memory as singles: those at address a are 2 a and 2 a + 1. */
export let singles = new Float32Array(0);

/** The first address that a block may have; even and above 0, as on WebAssembly. */
export function origin(): i32 {
  return 2;
}

/**
 * Makes memory at least `length` doubles long, and keeps the first `kept` of them. Returns whether
 * the host has so much; if not, nothing changes.
 */
export function extend(length: i32, kept: i32): bool {
  if (length <= doubles.length) return true;
  // Half as much again as has to be copied, or many kept blocks would take a copy of all for each.
  const ample = Math.min(length + (kept >> 1), MAX_DOUBLES);
  return move(ample, kept) || move(length, kept);
}

function move(length: i32, kept: i32): bool {
  try {
    const larger = new Float64Array(length);
    const halves = new Float32Array(larger.buffer);
    larger.set(doubles.subarray(0, Math.min(kept, doubles.length)));
    doubles = larger;
    singles = halves;
    return true;
  } catch {
    return false;
  }
}

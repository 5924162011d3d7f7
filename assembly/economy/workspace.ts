// The memory of a solver, block by block. A solver's bind(base) calls openWorkspace(base) and then
// block() or matrix() for each of its blocks. At base 0 the same lines measure instead of placing:
// workspaceLength() is then what the solver needs.

/** The largest address that an i32 holds. */
const MAX_ADDRESS: f64 = 2147483646;

let measuring: bool = false;
let start: i32 = 0;
let next: i32 = 0;
/** Measured in doubles, so that a sum beyond 2^31 is seen and refused instead of wrapping. */
let length: f64 = 0;

/** Begins a workspace at an even address. */
export function openWorkspace(base: i32): void {
  measuring = base === 0;
  start = base;
  next = base;
  length = 0;
}

/** Appends a block of `count` doubles and returns its address. */
export function block(count: i32): i32 {
  if (measuring) return measure(<f64>count);
  const address = next;
  next += count + (count & 1);
  return address;
}

/** Appends a block of `rows` times `columns` doubles and returns its address. */
export function matrix(rows: i32, columns: i32): i32 {
  return measuring ? measure(<f64>rows * <f64>columns) : block(rows * columns);
}

/** The length of the workspace so far, in doubles. */
export function workspaceLength(): f64 {
  return measuring ? length : <f64>(next - start);
}

/** Adds a block to the length, padded to an even number of doubles. */
function measure(count: f64): i32 {
  const address = <i32>Math.min(length, MAX_ADDRESS);
  length += 2 * Math.ceil(0.5 * count);
  return address;
}

// The memory of a solver, block by block. A solver's bind(base) calls openWorkspace(base) and then
// block() or matrix() for each of its blocks. At base 0 the same lines measure instead of placing:
// workspaceLength() is then what the solver needs.

/** The largest address that an i32 holds. */
const MAX_ADDRESS: f64 = 2147483646;

// Doubles, so that a sum beyond 2^31 is seen and refused instead of wrapping.
let start: f64 = 0;
let end: f64 = 0;

/** Begins a workspace at an even address. */
export function openWorkspace(base: i32): void {
  start = base;
  end = base;
}

/** Appends a block of `length` doubles and returns its address. */
export function block(length: i32): i32 {
  return append(<f64>length);
}

/** Appends a block of `rows` times `columns` doubles and returns its address. */
export function matrix(rows: i32, columns: i32): i32 {
  return append(<f64>rows * <f64>columns);
}

/** The length of the workspace so far, in doubles. */
export function workspaceLength(): f64 {
  return end - start;
}

function append(length: f64): i32 {
  const address = <i32>Math.min(end, MAX_ADDRESS);
  end += 2 * Math.ceil(0.5 * length);
  return address;
}

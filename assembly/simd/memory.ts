// The engine's memory, unchecked. An address, everywhere in the core, counts doubles.

// Every module imports this one, and so has Math.
import "./elementary";

@unmanaged
class Doubles {
  @inline
  @operator("[]")
  get(address: i32): f64 {
    return load<f64>((<usize>address) << 3);
  }

  @inline
  @operator("[]=")
  set(address: i32, value: f64): void {
    store<f64>((<usize>address) << 3, value);
  }
}

@unmanaged
class Singles {
  @inline
  @operator("[]")
  get(index: i32): f32 {
    return load<f32>((<usize>index) << 2);
  }

  @inline
  @operator("[]=")
  set(index: i32, value: f32): void {
    store<f32>((<usize>index) << 2, value);
  }
}

/** Memory as doubles. */
export const doubles: Doubles = changetype<Doubles>(0);

/** The same memory as singles: those at address a are 2 a and 2 a + 1. */
export const singles: Singles = changetype<Singles>(0);

/** Bytes of a page, the unit in which memory grows, as a power of 2. */
const PAGE = 16;

/** The first address that a block may have: even, and behind what the program itself holds. */
export function origin(): i32 {
  return (<i32>((__heap_base + 15) >> 4)) << 1;
}

/**
 * Makes memory at least `length` doubles long. Returns whether the host has so much; if not,
 * nothing changes. All that memory holds stays, of which JavaScript copies the first `_kept`.
 */
export function extend(length: i32, _kept: i32): bool {
  const pages = <i32>((((<u64>length) << 3) + (1 << PAGE) - 1) >> PAGE);
  const missing = pages - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

// The engine's memory, unchecked. An address, everywhere in the core, counts doubles.

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

let arena: usize = 0;
let capacity: i32 = 0;

/**
 * Address of `count` doubles that stay where they are and what they are until they are released;
 * 16-byte aligned.
 */
export function keep(count: i32): i32 {
  return <i32>(heap.alloc((<usize>count) << 3) >> 3);
}

export function release(address: i32): void {
  heap.free((<usize>address) << 3);
}

/**
 * Address of the arena, at least `count` doubles long and 16-byte aligned. What it held is lost
 * when it has to grow. The caller has checked that `count` doubles fit into 32-bit memory.
 */
export function reserve(count: i32): i32 {
  if (count > capacity) {
    if (arena) heap.free(arena);
    arena = heap.alloc((<usize>count) << 3);
    capacity = count;
  }
  return <i32>(arena >> 3);
}

/** Linear memory as doubles, unchecked: element i stands at byte 8 i. */
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

/** The engine's memory. An address, everywhere in the core, is an index into it. */
export const doubles: Doubles = changetype<Doubles>(0);

let arena: usize = 0;
let capacity: i32 = 0;

/**
 * Address of the arena, at least `count` doubles long and 16-byte aligned. What it held is lost when it has to grow.
 * The caller has checked that `count` doubles fit into 32-bit memory.
 */
export function reserve(count: i32): i32 {
  if (count > capacity) {
    if (arena) heap.free(arena);
    arena = heap.alloc((<usize>count) << 3);
    capacity = count;
  }
  return <i32>(arena >> 3);
}

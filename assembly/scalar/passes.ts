// The passes of ../simd/passes.ts in plain arithmetic, for JavaScript engines. Addresses and lengths count doubles.

import { doubles } from "./memory";

/** out = exp(x). */
export function exp(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.exp(d[x + i]);
}

/** out = ln(x). */
export function log(x: i32, out: i32, n: i32): void {
  const d = doubles;
  for (let i = 0; i < n; i++) d[out + i] = Math.log(d[x + i]);
}

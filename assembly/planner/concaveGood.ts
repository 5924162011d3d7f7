// The planner's problem with concave utilities, exactly: it separates by good, and each good's log shadow price t solves
// ln sum_i exp(a_ij (t - ll_i - la_ij)) = ln r, ll the log weights, r the part of the good there is to give, in the units of preferences.ts.

import { logSumRoot, NONE } from "../math/logSumExp";
import { doubles } from "../simd/memory";
import { exponents } from "../simd/rows";

/**
 * Log shadow prices t (m) and log allocation ly (n m; NONE and below: nothing) at log weights ll (n). `a` and `la` are the log form of
 * preferences. t may hold guesses. `work`: 4 n + 4 doubles.
 */
export function planInLogs(n: i32, m: i32, a: i32, la: i32, ll: i32, t: i32, ly: i32, work: i32): void {
  for (let j = 0; j < m; j++) planGood(n, m, j, a, la, ll, 0, t, ly, work);
}

/**
 * One good's price and allocation, of exp(logPart) of it. A good that nobody wants has the log price NONE and is split evenly. The n
 * log amounts are also left at `work`.
 */
export function planGood(
  n: i32,
  m: i32,
  j: i32,
  a: i32,
  la: i32,
  ll: i32,
  logPart: f64,
  t: i32,
  ly: i32,
  work: i32,
): void {
  const d = doubles;
  const level = work + n;
  const zeros = work + 2 * n;
  let wanted = false;
  for (let i = 0; i < n; i++) {
    const c = i * m + j;
    d[work + i] = d[a + c];
    d[level + i] = d[ll + i] + d[la + c];
    d[zeros + i] = 0;
    if (d[la + c] > NONE) wanted = true;
  }
  const root = wanted ? logSumRoot(n, work, level, zeros, logPart, d[t + j], work + 3 * n) : NONE;
  d[t + j] = root;
  if (wanted) exponents(work, level, zeros, root, work, n);
  else for (let i = 0; i < n; i++) d[work + i] = -Math.log(n);
  for (let i = 0; i < n; i++) d[ly + i * m + j] = d[work + i];
}

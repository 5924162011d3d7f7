// The exact plan of dual.ts for many small economies at a time, LANES_COUNT of them side by side, good by good. It iterates without a
// bracket; what has not converged by the audit, and what is not concave throughout, is left to the caller to solve alone.

import { padded } from "../layout";
import { addTerms, halleySteps, startLevels, worstGaps } from "../simd/lanes";
import { doubles } from "../simd/memory";
import { exp, log } from "../simd/passes";

/** Economies side by side: even, and few enough for their fields to stay in the nearest cache at 3x3. */
export const LANES_COUNT: i32 = 64;

const MOST_PASSES = 12;
/** Where the next step of the third-order iteration is exact to rounding. */
const NEARLY: f64 = 1e-6;

/** Doubles of work that planLanes needs. */
export function lanesWork(n: i32): i32 {
  return (3 * n + 8) * LANES_COUNT + padded(LANES_COUNT);
}

/**
 * Plans of `count` economies, LANES_COUNT at most; blocks and strides as in bulk.ts. Writes allocations, prices, and to residual the
 * larger of feasibility and stationarity, recomputed from the allocation; infinity where an economy was not taken.
 */
export function planLanes(
  count: i32,
  n: i32,
  m: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  weights: i32,
  weightsStride: i32,
  totals: i32,
  totalsStride: i32,
  x: i32,
  prices: i32,
  residual: i32,
  work: i32,
): void {
  const d = doubles;
  const lanes = LANES_COUNT;
  const slopes = work;
  const levels = slopes + n * lanes;
  const terms = levels + n * lanes;
  const t = terms + n * lanes;
  const zeroth = t + lanes;
  const first = zeroth + lanes;
  const second = first + lanes;
  const logTotal = second + lanes;
  const omegas = logTotal + lanes;
  const worst = omegas + lanes;
  const spare = worst + lanes;
  for (let e = 0; e < count; e++) d[residual + e] = 0;

  for (let j = 0; j < m; j++) {
    for (let e = 0; e < lanes; e++) {
      d[logTotal + e] = e < count ? d[totals + e * totalsStride + j] : 1;
      d[worst + e] = 0;
    }
    log(logTotal, logTotal, lanes);
    // Each agent's 1 / omega and log marginal social value of the whole; the price is at least the greatest of those.
    for (let i = 0; i < n; i++) {
      const cell = i * m + j;
      const a = slopes + i * lanes;
      const l = levels + i * lanes;
      for (let e = 0; e < count; e++) {
        const want = d[alpha + e * alphaStride + cell] * d[weights + e * weightsStride + i];
        const bend = d[omega + e * omegaStride + cell];
        d[spare + e] = want;
        d[omegas + e] = bend;
        // Convex cells and cells that nobody wants are not for here.
        if (!(bend < 0 && want > 0)) d[residual + e] = Infinity;
      }
      for (let e = count; e < lanes; e++) {
        d[spare + e] = 1;
        d[omegas + e] = -1;
      }
      log(spare, spare, lanes);
      startLevels(spare, omegas, logTotal, a, l, t, i === 0 ? 1 : 0, lanes);
    }

    for (let pass = 0; pass < MOST_PASSES; pass++) {
      sumTerms(n, slopes, levels, terms, t, zeroth, first, second);
      if (halleySteps(t, zeroth, first, second, lanes) < NEARLY) break;
    }
    sumTerms(n, slopes, levels, terms, t, zeroth, first, second);

    // The audit, from the allocation: what it uses of the good, and each agent's first-order condition.
    for (let i = 0; i < n; i++) {
      const a = slopes + i * lanes;
      worstGaps(terms + i * lanes, a, levels + i * lanes, t, worst, lanes);
      const held = terms + i * lanes;
      const to = x + i * m + j;
      for (let e = 0; e < count; e++) d[to + e * n * m] = d[held + e] * d[totals + e * totalsStride + j];
    }
    for (let e = 0; e < lanes; e++) d[spare + e] = d[t + e] - d[logTotal + e];
    exp(spare, spare, lanes);
    for (let e = 0; e < count; e++) {
      d[prices + e * m + j] = d[spare + e];
      const gap = d[worst + e];
      const part = Math.max(gap < 1e-6 ? gap : Math.exp(gap) - 1, Math.abs(d[zeroth + e] - 1));
      d[residual + e] = Math.max(d[residual + e], part);
    }
  }
}

function sumTerms(n: i32, slopes: i32, levels: i32, terms: i32, t: i32, zeroth: i32, first: i32, second: i32): void {
  const d = doubles;
  for (let k = 0; k < 3 * LANES_COUNT; k++) d[zeroth + k] = 0;
  for (let i = 0; i < n; i++) {
    const at = i * LANES_COUNT;
    addTerms(slopes + at, levels + at, t, terms + at, zeroth, first, second, LANES_COUNT);
  }
}

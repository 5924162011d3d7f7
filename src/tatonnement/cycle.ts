// Tells whether prices go round in a cycle.

import { largestOf } from "../options/numbers.js";
import type { Path } from "./rungeKutta.js";

/** The evidence that prices went round in a cycle. */
export interface Cycle {
  /** The time of the earlier pass, one period before the path's last time. */
  from: number;
  /** The largest range of a ln p_j during the period. */
  amplitude: number;
  /** By how much ln p missed the earlier point, as a part of the amplitude. */
  drift: number;
  /** The minimum of max_j |z_j| / E_j during the period: no equilibrium was approached closer. */
  leastImbalance: number;
}

/** Excess demand over totals, where it was last evaluated. */
interface ExcessDemand {
  readonly excess: Float64Array;
  evaluate(logPrices: Float64Array): number;
}

/** A path of prices: `fixed` is the index of the numeraire or -1; `y` is where the path starts. */
interface Prices {
  readonly fixed: number;
  readonly y: Float64Array;
  logPrices(y: Float64Array): Float64Array;
}

/** Prices have come back if they miss the earlier point by this part of the amplitude. */
const MAX_DRIFT = 1e-6;
/** Below this amplitude prices may be at rest. */
const MIN_AMPLITUDE = 1e-6;

/**
 * Looks for a cycle while a path is followed. Over a whole period in continuous time, the excess
 * demand for each good whose price moves averages 0. So the test compares the points at which one
 * good's excess demand turns from below to above 0 (a Poincaré section). In discrete time it
 * compares every step. The point that others are compared with is renewed at the first, second,
 * fourth, eighth, ... of these points (Brent 1980).
 */
export class CycleTest {
  period: number | null = null;
  cycle: Cycle | null = null;
  readonly #market: ExcessDemand;
  readonly #prices: Prices;
  readonly #good: number;
  #before: number;
  #kept: { time: number; logPrices: Float64Array } | null = null;
  #passes = 0;
  #renewal = 1;
  #lower: Float64Array;
  #upper: Float64Array;
  #minImbalance = Number.POSITIVE_INFINITY;

  constructor(market: ExcessDemand, prices: Prices) {
    this.#market = market;
    this.#prices = prices;
    market.evaluate(prices.logPrices(prices.y));
    const size = market.excess.map((z, j) => (j === prices.fixed ? -1 : Math.abs(z)));
    this.#good = size.indexOf(largestOf(size));
    this.#before = market.excess[this.#good];
    this.#lower = prices.y.map(() => Number.POSITIVE_INFINITY);
    this.#upper = prices.y.map(() => Number.NEGATIVE_INFINITY);
  }

  /** Takes up the path's last step. The market must have been evaluated at its end. */
  pass(path: Path | Pick<Path, "time" | "y" | "step">, imbalance: number): void {
    const logPrices = this.#prices.logPrices(path.y).slice();
    this.#minImbalance = Math.min(this.#minImbalance, imbalance);
    logPrices.forEach((l, j) => {
      this.#lower[j] = Math.min(this.#lower[j], l);
      this.#upper[j] = Math.max(this.#upper[j], l);
    });
    if (!("within" in path)) {
      this.#compare(path.time, logPrices);
      return;
    }
    const now = this.#market.excess[this.#good];
    if (this.#before < 0 && now >= 0) this.#compare(...this.#crossing(path));
    this.#before = now;
  }

  /** Where the good's excess demand was 0 in the last step: time and log prices. */
  #crossing(path: Path): [number, Float64Array] {
    const y = path.y.slice();
    let lower = 0;
    let upper = 1;
    for (let k = 0; k < 50; k++) {
      const middle = 0.5 * (lower + upper);
      path.within(middle, y);
      this.#market.evaluate(this.#prices.logPrices(y));
      if (this.#market.excess[this.#good] < 0) lower = middle;
      else upper = middle;
    }
    const time = path.within(upper, y);
    return [time, this.#prices.logPrices(y).slice()];
  }

  #compare(time: number, logPrices: Float64Array): void {
    if (this.#kept) {
      const kept = this.#kept.logPrices;
      const amplitude = largestOf(this.#upper.map((u, j) => u - this.#lower[j]));
      const drift = largestOf(logPrices.map((l, j) => Math.abs(l - kept[j]))) / amplitude;
      if (amplitude > MIN_AMPLITUDE && drift <= MAX_DRIFT) {
        this.period = time - this.#kept.time;
        this.cycle = { from: this.#kept.time, amplitude, drift, leastImbalance: this.#minImbalance };
      }
    }
    this.#passes++;
    if (this.#passes < this.#renewal) return;
    this.#kept = { time, logPrices };
    this.#passes = 0;
    this.#renewal *= 2;
    this.#lower.fill(Number.POSITIVE_INFINITY);
    this.#upper.fill(Number.NEGATIVE_INFINITY);
    this.#minImbalance = Number.POSITIVE_INFINITY;
  }
}

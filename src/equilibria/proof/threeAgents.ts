// What three agents get beyond their wealth, each in units of his own utility, as a function of log relative Pareto weights (docs/solvers.md,
// "Three agents"). In units in which there is 1 of every good, logs throughout.

import type { Economy } from "../../economy/economy.js";
import { mostPriceRatios } from "./range.js";
import {
  type Box,
  FIRST_OTHER,
  PAIRS,
  ROUNDING,
  ROUNDS,
  SECOND_OTHER,
  Shares,
  System,
  sizeOf,
  WIDER,
} from "./system.js";

/** Log relative weights beyond this leave logs too few digits. */
const FARTHEST = 1e5;
/** Values below this may be made of numbers that doubles do not hold. */
const UNDERFLOW = 1e-290;

export class ThreeAgents extends System {
  readonly range: Box | undefined;
  /** m: log shadow prices. */
  readonly guesses: Float64Array;

  readonly goods: number;
  readonly logTotals: Float64Array;
  /** m 3, good j and agent i at 3 j + i: |1 / omega|, log marginal utility of all of a good, shares of endowments. */
  readonly bend: Float64Array;
  readonly level: Float64Array;
  readonly owned: Float64Array;

  /** 3: the log of the unit in which an agent's value is counted, of the size of the largest term. */
  readonly unit = new Float64Array(3);
  /** m 3, at the centre: amounts, and the errors of their logs; log ratios of pairs of agents' amounts, and their errors by good. */
  readonly logAmount: Float64Array;
  readonly amount: Float64Array;
  readonly error: Float64Array;
  readonly logRatio: Float64Array;
  readonly ratioError: Float64Array;

  /** Of one good at a time: shares in the good, and those of b y, which are the slopes of its log price; logs of amounts. */
  readonly amounts = new Shares();
  readonly pulls = new Shares();
  readonly leastLog = new Float64Array(3);
  readonly mostLog = new Float64Array(3);

  /** Takes up an economy in which three agents want all goods, in units of the weight of agent `numeraire`. */
  constructor(economy: Economy, numeraire: number) {
    super();
    const { alpha, omega, totals, goods } = economy;
    const endowments = economy.endowments as Float64Array;
    const m = goods.length;
    this.goods = m;
    const agents = [1, 2, 0].map((step) => (numeraire + step) % 3);
    const cells = Array.from({ length: 3 * m }, (_, k) => agents[k % 3] * m + Math.floor(k / 3));
    this.logTotals = totals.map(Math.log);
    this.bend = Float64Array.from(cells, (c) => -1 / omega[c]);
    this.level = Float64Array.from(cells, (c) => Math.log(alpha[c]) + (1 + omega[c]) * this.logTotals[c % m]);
    this.owned = Float64Array.from(cells, (c) => endowments[c] / totals[c % m]);
    this.guesses = new Float64Array(m);
    [this.logAmount, this.amount, this.error, this.logRatio] = [0, 0, 0, 0].map(() => new Float64Array(3 * m));
    this.ratioError = new Float64Array(m);
    for (let i = 0; i < 3; i++) {
      const top = this.level.reduce((most, level, c) => (c % 3 === i ? Math.max(most, level) : most), -Infinity);
      for (let c = i; c < 3 * m; c += 3) this.level[c] -= top;
    }
    const dearest = mostPriceRatios(economy);
    for (const [i, k] of [...PAIRS, ...PAIRS.map(([a, b]) => [b, a])]) {
      this.mostApart[3 * i + k] = this.mostWeightRatio(i, k, dearest);
    }
    this.range = this.enclose(FARTHEST);
  }

  /**
   * The most that ln(lambda_i / lambda_k) can be. Agent k spends at least an m-th of her wealth on some good j, so that she has at least
   * p_l e_kl / (m p_j) of it for every l, which bounds its shadow price from above in terms of her weight; and agent i has no more than all of it,
   * which bounds it from below in terms of his.
   */
  private mostWeightRatio(i: number, k: number, dearest: Float64Array): number {
    const { goods: m, level, owned, bend } = this;
    let most = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < m; j++) {
      let scarce = Number.POSITIVE_INFINITY;
      for (let l = 0; l < m; l++) scarce = Math.min(scarce, dearest[j * m + l] - Math.log(owned[3 * l + k]));
      const least = Math.max(0, scarce + Math.log(m)) / bend[3 * j + k];
      most = Math.max(most, level[3 * j + k] - level[3 * j + i] + least);
    }
    return most;
  }

  logPrices(x: number, y: number): Float64Array {
    this.enter({ x, y, wide: 0, high: 0 });
    this.evaluate();
    return this.guesses.map((price, j) => price - this.logTotals[j]);
  }

  protected addValues(): void {
    this.unit.fill(Number.NEGATIVE_INFINITY);
    for (let j = 0; j < this.goods; j++) this.share(j);
    for (let j = 0; j < this.goods; j++) for (let i = 0; i < 3; i++) this.trade(3 * j, i);
  }

  /** Who gets how much of good j, and how wrong that may be. */
  private share(j: number): void {
    const { at, bend, level, logAmount, amount, error, logRatio, unit } = this;
    const c = 3 * j;
    const p = bend[c];
    const q = bend[c + 1];
    const r = bend[c + 2];
    const x = p * (at[0] + level[c]);
    const y = q * (at[1] + level[c + 1]);
    const z = r * level[c + 2];
    let size = 4 + Math.abs(z);
    for (let i = 0; i < 2; i++) size += bend[c + i] * (Math.abs(at[i]) + Math.abs(level[c + i]));
    this.solve(x, y, z, p, q, r, 0, size, this.guesses[j]);
    const price = this.root;
    this.guesses[j] = price;
    logRatio[c] = x - y - (p - q) * price;
    logRatio[c + 1] = x - z - (p - r) * price;
    logRatio[c + 2] = y - z - (q - r) * price;
    let ratioError = ROUNDING * (size + 2 * Math.abs(price) * Math.max(p, q, r));
    for (let i = 0; i < 3; i++) {
      const k = c + i;
      logAmount[k] = -bend[k] * (price - at[i] - level[k]);
      amount[k] = Math.exp(logAmount[k]);
      const parts = Math.abs(price) + Math.abs(at[i]) + Math.abs(level[k]);
      error[k] = bend[k] * (this.doubt + ROUNDING * parts) + 2 * ROUNDING;
      ratioError += error[k];
      unit[i] = Math.max(unit[i], price - at[i]);
    }
    this.ratioError[j] = ratioError;
  }

  /** Adds what agent i gets of a good less what he owns, or what the others give of it, whichever loses less, at his marginal utility. */
  private trade(column: number, i: number): void {
    const { bend, owned, amount, error, level, logAmount, unit } = this;
    const c = column + i;
    const k = column + FIRST_OTHER[i];
    const l = column + SECOND_OTHER[i];
    const logValue = level[c] - logAmount[c] / bend[c];
    const value = Math.exp(logValue - unit[i]);
    const sizes = 4 + Math.abs(level[c]) + Math.abs(logAmount[c] / bend[c]) + Math.abs(unit[i]);
    const doubt = error[c] / bend[c] + ROUNDING * sizes;
    const gross = Math.max(amount[c], owned[c]);
    const others = Math.max(amount[k], owned[k]) + Math.max(amount[l], owned[l]);
    const direct = gross < others;
    const net = direct ? amount[c] - owned[c] : owned[k] - amount[k] + (owned[l] - amount[l]);
    const wrong = direct
      ? amount[c] * error[c] + 3 * ROUNDING * gross
      : amount[k] * error[k] + amount[l] * error[l] + 3 * ROUNDING * others;
    this.excess[i] += value * net;
    this.slack[i] += value * (wrong + Math.abs(net) * doubt) * (1 + WIDER) + UNDERFLOW;
  }

  protected addBounds(): void {
    for (let j = 0; j < this.goods; j++) {
      this.boundAmounts(j);
      for (let i = 0; i < 3; i++) {
        this.boundTrade(3 * j, i);
        this.boundSlopes(3 * j, i);
      }
    }
  }

  /** Bounds the slopes of good j's log price and the amounts of it. */
  private boundAmounts(j: number): void {
    const { bend, pulls, amounts, logAmount } = this;
    const c = 3 * j;
    pulls.reset();
    this.leastRatio.fill(Number.NEGATIVE_INFINITY);
    this.mostRatio.fill(Number.POSITIVE_INFINITY);
    for (let round = 0; round < ROUNDS; round++) {
      for (let pair = 0; pair < 3; pair++) this.boundRatio(j, pair);
      this.boundShares(pulls, bend[c], bend[c + 1], bend[c + 2]);
    }
    this.boundShares(amounts, 1, 1, 1);
    for (let i = 0; i < 3; i++) {
      const first = i === 0 ? pulls.mostRest[0] : pulls.most[0];
      const second = i === 1 ? pulls.mostRest[1] : pulls.most[1];
      const middle = logAmount[c + i];
      const move = bend[c + i] * (first * this.wide + second * this.high) * (1 + WIDER);
      const reach = move + this.error[c + i] + ROUNDING * Math.abs(middle);
      this.leastLog[i] = Math.max(middle - reach, Math.log(amounts.least[i]) - WIDER);
      this.mostLog[i] = Math.min(middle + reach, Math.log(amounts.most[i]) + WIDER);
    }
  }

  /** The log ratio of two agents' amounts of good j, by its slopes. */
  private boundRatio(j: number, pair: number): void {
    const { bend, pulls } = this;
    const c = 3 * j;
    const [i, k] = [PAIRS[pair][0], PAIRS[pair][1]];
    const apart = bend[c + k] - bend[c + i];
    const byFirst = i === 0 ? bend[c] : 0;
    const bySecond = i === 1 ? bend[c + 1] : k === 1 ? -bend[c + 1] : 0;
    const first = sizeOf(byFirst + apart * pulls.least[0], byFirst + apart * pulls.most[0]);
    const second = sizeOf(bySecond + apart * pulls.least[1], bySecond + apart * pulls.most[1]);
    this.narrowRatio(pair, this.logRatio[c + pair], first, second, this.ratioError[j]);
  }

  /** The log of marginal utility at a log amount, in the agent's unit. */
  private logValue(c: number, i: number, log: number): number {
    return this.level[c] - this.unit[i] - log / this.bend[c];
  }

  /** How wrong its exponential may be, relatively. */
  private spread(c: number, i: number): number {
    const { bend, leastLog, mostLog } = this;
    return (
      4 * WIDER * (1 + Math.abs(this.level[c]) + Math.abs(this.unit[i]) + sizeOf(leastLog[i], mostLog[i]) / bend[c])
    );
  }

  /** The value m (y - e) of what agent i gets beyond what he owns: rises with the amount y up to e / (1 - b), and falls beyond. */
  private boundTrade(column: number, i: number): void {
    const { owned, leastLog, mostLog } = this;
    const c = column + i;
    const b = this.bend[c];
    const own = owned[c];
    const spread = this.spread(c, i);
    const small = Math.exp(leastLog[i]) * (1 - WIDER) - own;
    const large = Math.exp(mostLog[i]) * (1 + WIDER) - own;
    const dear = Math.exp(this.logValue(c, i, leastLog[i]));
    const cheap = Math.exp(this.logValue(c, i, mostLog[i]));
    const [less, more] = [1 - spread, 1 + spread];
    const peak = b < 1 ? own / (1 - b) : Number.POSITIVE_INFINITY;
    let least = Math.min(small * dear * (small > 0 ? less : more), large * cheap * (large > 0 ? less : more));
    let most: number;
    if (large + own <= peak) most = large * cheap * (large > 0 ? more : less);
    else if (small + own >= peak) most = small * dear * (small > 0 ? more : less);
    else most = (peak - own) * Math.exp(this.logValue(c, i, Math.log(peak))) * more * more;
    // The others' side of it, which loses less where he owns and keeps most.
    const k = FIRST_OTHER[i];
    const l = SECOND_OTHER[i];
    const theirs = owned[column + k] + owned[column + l];
    const leastLeft = Math.exp(leastLog[k]) + Math.exp(leastLog[l]);
    const mostLeft = Math.exp(mostLog[k]) + Math.exp(mostLog[l]);
    const margin = WIDER * (theirs + mostLeft);
    const given = theirs - mostLeft - margin;
    const got = theirs - leastLeft + margin;
    const rounding = 4 * ROUNDING * own * dear * more;
    least = Math.max(least - rounding, given * (given > 0 ? cheap * less : dear * more));
    most = Math.min(most + rounding, got * (got > 0 ? dear * more : cheap * less));
    this.least[i] += least - WIDER * Math.abs(least) - UNDERFLOW;
    this.most[i] += most + WIDER * Math.abs(most) + UNDERFLOW;
  }

  /**
   * The part of a good in the slopes of agent i's value: m (e - (1 - b) y), which falls with y up to e / (1 - b)^2 and rises beyond, times
   * 1 where k = i, less the slope of the good's log price.
   */
  private boundSlopes(column: number, i: number): void {
    const { owned, leastLog, mostLog, pulls, leastSlope, mostSlope } = this;
    const c = column + i;
    const b = this.bend[c];
    const own = owned[c];
    const small = Math.exp(leastLog[i]);
    const large = Math.exp(mostLog[i]);
    const dear = Math.exp(this.logValue(c, i, leastLog[i]));
    const cheap = Math.exp(this.logValue(c, i, mostLog[i]));
    const keen = (own - (1 - b) * small) * dear;
    const sated = (own - (1 - b) * large) * cheap;
    const bottom = own / ((1 - b) * (1 - b));
    let least = Math.min(keen, sated);
    let size = dear * (own + Math.abs(1 - b) * small) + cheap * (own + Math.abs(1 - b) * large);
    if (bottom > small && bottom < large) {
      least = (Math.exp(this.logValue(c, i, Math.log(bottom))) * own * b) / (b - 1);
      size += Math.abs(least);
    }
    const margin = this.spread(c, i) * size + UNDERFLOW;
    least -= margin;
    const most = Math.max(keen, sated) + margin;
    for (let k = 0; k < 2; k++) {
      const leastTurn = i === k ? pulls.leastRest[k] : -pulls.most[k];
      const mostTurn = i === k ? pulls.mostRest[k] : -pulls.least[k];
      const [p, q, r, s] = [least * leastTurn, least * mostTurn, most * leastTurn, most * mostTurn];
      leastSlope[2 * i + k] += Math.min(p, q, r, s);
      mostSlope[2 * i + k] += Math.max(p, q, r, s);
    }
  }
}

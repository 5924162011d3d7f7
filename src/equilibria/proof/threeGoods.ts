// Excess demand of an economy with three goods as a function of log relative prices (docs/solvers.md, "Three goods"). In units in which there
// is 1 of every good, logs throughout.

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

/** For good 0 and good 1, the pair of the other two. */
const OTHER_PAIR = [2, 1];
/** Log relative prices beyond this make exponentials that doubles do not hold. */
const FARTHEST = 600;

export class ThreeGoods extends System {
  readonly range: Box | undefined;
  /** n: log marginal utilities of wealth. */
  readonly guesses: Float64Array;

  readonly agents: number;
  /** Good j here is this one of the economy. */
  readonly goods: number[];
  readonly logTotals: number[];
  /** n 3: |1 / omega|, log marginal utility of all of a good, shares of endowments and their logs. */
  readonly bend: Float64Array;
  readonly level: Float64Array;
  readonly owned: Float64Array;
  readonly logOwned: Float64Array;

  /** n 3, at the centre: amounts, and the errors of their logs; log ratios of what is spent on pairs of goods, and their errors by agent. */
  readonly logAmount: Float64Array;
  readonly amount: Float64Array;
  readonly error: Float64Array;
  readonly logRatio: Float64Array;
  readonly ratioError: Float64Array;

  /** Bounds of p_j / p_k, at 3 j + k. */
  readonly leastPrice = new Float64Array(9).fill(1);
  readonly mostPrice = new Float64Array(9).fill(1);
  /** Of one agent at a time: shares in wealth and in spending, amounts, and d tau / dq_k at k, 1 more at 2 + k. */
  readonly wealth = new Shares();
  readonly spending = new Shares();
  readonly leastAmount = new Float64Array(3);
  readonly mostAmount = new Float64Array(3);
  readonly leastTurn = new Float64Array(4);
  readonly mostTurn = new Float64Array(4);

  /** Takes up an economy in which all three goods are wanted by all, priced in the good `numeraire`. */
  constructor(economy: Economy, numeraire: number) {
    super();
    const { alpha, omega, totals, agents } = economy;
    const endowments = economy.endowments as Float64Array;
    const n = agents.length;
    this.agents = n;
    this.goods = [1, 2, 0].map((step) => (numeraire + step) % 3);
    this.logTotals = this.goods.map((j) => Math.log(totals[j]));
    const cells = Array.from({ length: 3 * n }, (_, c) => 3 * Math.floor(c / 3) + this.goods[c % 3]);
    this.bend = Float64Array.from(cells, (c) => -1 / omega[c]);
    this.level = Float64Array.from(cells, (c, k) => Math.log(alpha[c]) + (1 + omega[c]) * this.logTotals[k % 3]);
    this.owned = Float64Array.from(cells, (c, k) => endowments[c] / totals[this.goods[k % 3]]);
    this.logOwned = this.owned.map(Math.log);
    for (let i = 0; i < n; i++) {
      const row = this.level.subarray(3 * i, 3 * i + 3);
      const top = Math.max(...row);
      for (let j = 0; j < 3; j++) row[j] -= top;
    }
    this.guesses = new Float64Array(n);
    [this.logAmount, this.amount, this.error, this.logRatio] = [0, 0, 0, 0].map(() => new Float64Array(3 * n));
    this.ratioError = new Float64Array(n);
    const dearest = mostPriceRatios(economy);
    for (const [j, k] of [...PAIRS, ...PAIRS.map(([a, b]) => [b, a])]) {
      this.mostApart[3 * j + k] = dearest[3 * this.goods[j] + this.goods[k]];
    }
    this.range = this.enclose(FARTHEST);
  }

  logPrices(x: number, y: number): Float64Array {
    const prices = new Float64Array(3);
    [x, y, 0].forEach((q, j) => {
      prices[this.goods[j]] = q - this.logTotals[j];
    });
    return prices;
  }

  /** And the range of p_j / p_k: cut to what equilibria can have, unless that would lose the centre, which slopes are taken from. */
  protected override span(j: number, k: number, middle: number, half: number): boolean {
    if (!super.span(j, k, middle, half)) return false;
    const margin = WIDER * (1 + Math.abs(middle) + half);
    let least = middle - half - margin;
    let most = middle + half + margin;
    const floor = -this.mostApart[3 * k + j];
    const ceiling = this.mostApart[3 * j + k];
    if (middle >= floor && middle <= ceiling) {
      least = Math.max(least, floor);
      most = Math.min(most, ceiling);
    }
    this.leastPrice[3 * j + k] = Math.exp(least) * (1 - WIDER);
    this.mostPrice[3 * j + k] = Math.exp(most) * (1 + WIDER);
    this.leastPrice[3 * k + j] = Math.exp(-most) * (1 - WIDER);
    this.mostPrice[3 * k + j] = Math.exp(-least) * (1 + WIDER);
    return true;
  }

  protected addValues(): void {
    for (let i = 0; i < this.agents; i++) {
      this.spend(i);
      for (let j = 0; j < 3; j++) this.trade(3 * i, j);
    }
  }

  /** What agent i buys, and how wrong that may be. */
  private spend(i: number): void {
    const { at, bend, level, logOwned, logAmount, amount, error, logRatio } = this;
    const c = 3 * i;
    const p = bend[c];
    const q = bend[c + 1];
    const r = bend[c + 2];
    const wealth = logSum(logOwned[c] + at[0], logOwned[c + 1] + at[1], logOwned[c + 2]);
    const x = (1 - p) * at[0] + p * level[c];
    const y = (1 - q) * at[1] + q * level[c + 1];
    const z = r * level[c + 2];
    const prices = Math.abs(at[0]) * (1 + p) + Math.abs(at[1]) * (1 + q);
    const size = 4 + Math.abs(wealth) + Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) + prices;
    this.solve(x, y, z, p, q, r, wealth, size, this.guesses[i]);
    const tau = this.root;
    this.guesses[i] = tau;
    logRatio[c] = x - y - (p - q) * tau;
    logRatio[c + 1] = x - z - (p - r) * tau;
    logRatio[c + 2] = y - z - (q - r) * tau;
    let ratioError = ROUNDING * (size + 2 * Math.abs(tau) * Math.max(p, q, r));
    for (let j = 0; j < 3; j++) {
      const k = c + j;
      logAmount[k] = -bend[k] * (at[j] + tau - level[k]);
      amount[k] = Math.exp(logAmount[k]);
      const parts = Math.abs(at[j]) + Math.abs(tau) + Math.abs(level[k]);
      error[k] = bend[k] * (this.doubt + ROUNDING * parts) + 2 * ROUNDING;
      ratioError += error[k];
    }
    this.ratioError[i] = ratioError;
  }

  /** Adds what an agent buys less what she owns of good j, or what she has left from her other goods for it, whichever loses less. */
  private trade(row: number, j: number): void {
    const { at, owned, amount, error } = this;
    const c = row + j;
    const k = row + FIRST_OTHER[j];
    const l = row + SECOND_OTHER[j];
    const priceK = Math.exp(at[FIRST_OTHER[j]] - at[j]);
    const priceL = Math.exp(at[SECOND_OTHER[j]] - at[j]);
    const gross = Math.max(amount[c], owned[c]);
    const others = priceK * Math.max(amount[k], owned[k]) + priceL * Math.max(amount[l], owned[l]);
    if (gross < others) {
      this.excess[j] += amount[c] - owned[c];
      this.slack[j] += amount[c] * error[c] + 3 * ROUNDING * gross;
    } else {
      this.excess[j] += priceK * (owned[k] - amount[k]) + priceL * (owned[l] - amount[l]);
      const size = 3 + Math.abs(at[0]) + Math.abs(at[1]);
      this.slack[j] += priceK * amount[k] * error[k] + priceL * amount[l] * error[l] + 3 * ROUNDING * size * others;
    }
  }

  protected addBounds(): void {
    for (let i = 0; i < this.agents; i++) {
      this.boundSpending(i);
      for (let j = 0; j < 3; j++) this.boundAmount(3 * i, j);
      for (let j = 0; j < 3; j++) this.boundTrade(3 * i, j);
    }
  }

  /** Bounds the shares of each good in what agent i owns and spends, and the slopes of tau. */
  private boundSpending(i: number): void {
    for (let k = 0; k < 3; k++) this.boundWealth(3 * i, k);
    this.spending.reset();
    this.leastRatio.fill(Number.NEGATIVE_INFINITY);
    this.mostRatio.fill(Number.POSITIVE_INFINITY);
    for (let round = 0; round < ROUNDS; round++) {
      this.boundTurn(3 * i, 0);
      this.boundTurn(3 * i, 1);
      for (let pair = 0; pair < 3; pair++) this.boundRatio(i, pair);
      this.boundShares(this.spending, 1, 1, 1);
    }
  }

  /** The share of good k in wealth: extreme where k is dearest or cheapest in terms of both others. */
  private boundWealth(row: number, k: number): void {
    const { owned, leastPrice, mostPrice } = this;
    const l = FIRST_OTHER[k];
    const o = SECOND_OTHER[k];
    const least = owned[row + l] * leastPrice[3 * l + k] + owned[row + o] * leastPrice[3 * o + k];
    const most = owned[row + l] * mostPrice[3 * l + k] + owned[row + o] * mostPrice[3 * o + k];
    const own = owned[row + k];
    this.wealth.least[k] = (own / (own + most)) * (1 - WIDER);
    this.wealth.most[k] = (own / (own + least)) * (1 + WIDER);
    this.wealth.leastRest[k] = (least / (own + least)) * (1 - WIDER);
    this.wealth.mostRest[k] = (most / (own + most)) * (1 + WIDER);
  }

  /**
   * d tau / dq_k = ((1 - b_k) s - o) / (b_k s + (1 - s) B), o and s the shares of good k in wealth and spending, B the mean of the others' b:
   * monotone in each of the three, so that corners bound it. And 1 + that, without cancellation.
   */
  private boundTurn(row: number, k: number): void {
    const { bend, wealth, spending, leastTurn, mostTurn } = this;
    const b = bend[row + k];
    const apart = bend[row + FIRST_OTHER[k]] - bend[row + SECOND_OTHER[k]];
    const pair = OTHER_PAIR[k];
    const x = bend[row + SECOND_OTHER[k]] + apart / (1 + Math.exp(-this.leastRatio[pair]));
    const y = bend[row + SECOND_OTHER[k]] + apart / (1 + Math.exp(-this.mostRatio[pair]));
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let leastNext = Number.POSITIVE_INFINITY;
    let mostNext = Number.NEGATIVE_INFINITY;
    for (let corner = 0; corner < 4; corner++) {
      const mean = corner & 1 ? x : y;
      const spent = corner & 2 ? spending.most[k] : spending.least[k];
      const rest = corner & 2 ? spending.leastRest[k] : spending.mostRest[k];
      const per = 1 / (b * spent + mean * rest);
      const buying = (1 - b) * spent;
      const saving = (1 - mean) * rest;
      least = Math.min(least, (buying - wealth.most[k]) * per);
      most = Math.max(most, (buying - wealth.least[k]) * per);
      leastNext = Math.min(leastNext, (wealth.leastRest[k] - saving) * per);
      mostNext = Math.max(mostNext, (wealth.mostRest[k] - saving) * per);
    }
    const margin = (8 * WIDER) / Math.min(b, x, y);
    const size = wealth.most[k] + spending.most[k] * (1 + b);
    const sizeNext = wealth.mostRest[k] + spending.mostRest[k] * (1 + Math.max(x, y));
    leastTurn[k] = least - margin * size;
    mostTurn[k] = most + margin * size;
    leastTurn[2 + k] = leastNext - margin * sizeNext;
    mostTurn[2 + k] = mostNext + margin * sizeNext;
  }

  /** The log ratio of what is spent on the two goods of a pair, by its slopes. */
  private boundRatio(i: number, pair: number): void {
    const { bend, leastTurn, mostTurn } = this;
    const c = 3 * i;
    const [j, k] = [PAIRS[pair][0], PAIRS[pair][1]];
    const apart = bend[c + k] - bend[c + j];
    const byFirst = j === 0 ? 1 - bend[c] : 0;
    const bySecond = (j === 1 ? 1 : k === 1 ? -1 : 0) * (1 - bend[c + 1]);
    const first = sizeOf(byFirst + apart * leastTurn[0], byFirst + apart * mostTurn[0]);
    const second = sizeOf(bySecond + apart * leastTurn[1], bySecond + apart * mostTurn[1]);
    this.narrowRatio(pair, this.logRatio[c + pair], first, second, this.ratioError[i]);
  }

  /** What an agent buys of good j, by its slopes and by her wealth; and its part in the slopes of excess demand. */
  private boundAmount(row: number, j: number): void {
    const { owned, leastPrice, mostPrice, leastTurn, mostTurn, spending } = this;
    const b = this.bend[row + j];
    const k = FIRST_OTHER[j];
    const l = SECOND_OTHER[j];
    const first = j === 0 ? 2 : 0;
    const second = j === 1 ? 3 : 1;
    const move =
      sizeOf(leastTurn[first], mostTurn[first]) * this.wide + sizeOf(leastTurn[second], mostTurn[second]) * this.high;
    const middle = this.logAmount[row + j];
    const reach = b * move * (1 + WIDER) + this.error[row + j] + ROUNDING * Math.abs(middle);
    const poorest = owned[row + j] + owned[row + k] * leastPrice[3 * k + j] + owned[row + l] * leastPrice[3 * l + j];
    const richest = owned[row + j] + owned[row + k] * mostPrice[3 * k + j] + owned[row + l] * mostPrice[3 * l + j];
    const least = Math.max(Math.exp(middle - reach), spending.least[j] * poorest) * (1 - WIDER);
    const most = Math.min(Math.exp(middle + reach), spending.most[j] * richest) * (1 + WIDER);
    this.leastAmount[j] = least;
    this.mostAmount[j] = most;
    for (let slope = 2 * j; slope < 2 * j + 2; slope++) {
      const turn = slope === 2 * j ? first : second;
      this.leastSlope[slope] -= b * mostTurn[turn] * (mostTurn[turn] > 0 ? most : least);
      this.mostSlope[slope] -= b * leastTurn[turn] * (leastTurn[turn] > 0 ? least : most);
    }
  }

  /** What an agent buys less what she owns of good j, directly and from her budget. */
  private boundTrade(row: number, j: number): void {
    const { owned, leastPrice, mostPrice, leastAmount, mostAmount } = this;
    const own = owned[row + j];
    let leastOther = 0;
    let mostOther = 0;
    for (let other = 0; other < 2; other++) {
      const k = other === 0 ? FIRST_OTHER[j] : SECOND_OTHER[j];
      const sold = owned[row + k] - mostAmount[k];
      const kept = owned[row + k] - leastAmount[k];
      const cheap = leastPrice[3 * k + j];
      const dear = mostPrice[3 * k + j];
      const margin = 4 * ROUNDING * dear * Math.max(owned[row + k], mostAmount[k]);
      leastOther += (sold > 0 ? cheap : dear) * sold - margin;
      mostOther += (kept > 0 ? dear : cheap) * kept + margin;
    }
    const margin = 4 * ROUNDING * own;
    const least = Math.max(leastAmount[j] - own - margin, leastOther);
    const most = Math.min(mostAmount[j] - own + margin, mostOther);
    this.least[j] += least - WIDER * Math.abs(least);
    this.most[j] += most + WIDER * Math.abs(most);
  }
}

/** ln(exp x + exp y + exp z). */
function logSum(x: number, y: number, z: number): number {
  const top = Math.max(x, y, z);
  return top + Math.log(Math.exp(x - top) + Math.exp(y - top) + Math.exp(z - top));
}

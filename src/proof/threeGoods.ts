// Excess demand of an economy with three goods on a box of log relative prices: its values at the centre, and bounds of its values and slopes
// over the box (docs/solvers.md, "Three goods"). The last good's price is 1. In units in which there is 1 of every good, logs throughout.

import type { Economy } from "../economy.js";

/** The other two goods of each, in ascending order. */
export const FIRST_OTHER = [1, 0, 0];
export const SECOND_OTHER = [2, 2, 1];
/** Pairs of goods, and the place of each in the list of pairs. */
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
];
/** For good 0 and good 1, the pair of the other two. */
const OTHER_PAIR = [2, 1];

/** Bounds are moved outwards by this part, some hundred times what rounding can do to the dozen operations behind each. */
const WIDER = 1e-13;
/** The relative error of an operation, an exponential or a logarithm at the centre, with a margin. */
const ROUNDING = 4e-16;
/** Log relative prices beyond this make exponentials that doubles do not hold. */
const FARTHEST = 600;
/** More than 1 / exp x where exp x is beyond what doubles hold. */
const TINY = 1e-307;
const MOST_STEPS = 60;
/** Rounds in which bounds of the shares of spending and of their slopes narrow each other. */
const ROUNDS = 3;

/** A box of log relative prices: its centre and half its sides. */
export interface Box {
  x: number;
  y: number;
  wide: number;
  high: number;
}

export class ThreeGoods {
  readonly agents: number;
  /** The box that holds every equilibrium; undefined where an endless price cannot be ruled out or is beyond what doubles hold. */
  readonly range: Box | undefined;
  /** Each agent's log marginal utility of wealth at the centre, which serves as a guess elsewhere. */
  readonly guesses: Float64Array;
  /** Excess demand at the centre, and a bound of its rounding error. */
  readonly excess = new Float64Array(3);
  readonly slack = new Float64Array(3);
  /** Bounds of d(excess demand of good j)/d(log price k), at 2 j + k. */
  readonly leastSlope = new Float64Array(6);
  readonly mostSlope = new Float64Array(6);
  evaluations = 0;

  /** Good j here is this one of the economy. */
  readonly goods: number[];
  readonly logTotals: number[];
  /** n 3: |1 / omega|, log marginal utility of all of a good, shares of endowments and their logs. */
  readonly bend: Float64Array;
  readonly level: Float64Array;
  readonly owned: Float64Array;
  readonly logOwned: Float64Array;
  /** The most that ln(p_j / p_k) can be, at 3 j + k. */
  readonly mostRatio = new Float64Array(9);

  // At the centre.
  readonly q = new Float64Array(3);
  readonly logAmount: Float64Array;
  readonly amount: Float64Array;
  readonly error: Float64Array;
  /** ln of the ratio of what is spent on the goods of each pair, and its error by agent. */
  readonly logRatio: Float64Array;
  readonly ratioError: Float64Array;

  // Over the box; of one agent at a time but for the first six.
  private wide = 0;
  private high = 0;
  readonly least = new Float64Array(3);
  readonly most = new Float64Array(3);
  readonly leastLog = new Float64Array(9);
  readonly mostLog = new Float64Array(9);
  readonly leastPrice = new Float64Array(9);
  readonly mostPrice = new Float64Array(9);
  readonly leastOwned = new Float64Array(3);
  readonly mostOwned = new Float64Array(3);
  readonly leastRest = new Float64Array(3);
  readonly mostRest = new Float64Array(3);
  readonly leastSpent = new Float64Array(3);
  readonly mostSpent = new Float64Array(3);
  readonly leastUnspent = new Float64Array(3);
  readonly mostUnspent = new Float64Array(3);
  readonly leastSpentRatio = new Float64Array(3);
  readonly mostSpentRatio = new Float64Array(3);
  readonly leastAmount = new Float64Array(3);
  readonly mostAmount = new Float64Array(3);
  /** Bounds of d tau / dq_k at k, and of 1 + that at 2 + k. */
  readonly leastTurn = new Float64Array(4);
  readonly mostTurn = new Float64Array(4);

  /** Takes up an economy in which all three goods are wanted by all, priced in the good `numeraire`. */
  constructor({ alpha, omega, endowments, totals, agents }: Economy, numeraire: number) {
    const n = agents.length;
    this.agents = n;
    this.goods = [1, 2, 0].map((step) => (numeraire + step) % 3);
    this.logTotals = this.goods.map((j) => Math.log(totals[j]));
    const cells = Array.from({ length: 3 * n }, (_, c) => 3 * Math.floor(c / 3) + this.goods[c % 3]);
    this.bend = Float64Array.from(cells, (c) => -1 / omega[c]);
    this.level = Float64Array.from(cells, (c, k) => Math.log(alpha[c]) + (1 + omega[c]) * this.logTotals[k % 3]);
    this.owned = Float64Array.from(cells, (c, k) => (endowments as Float64Array)[c] / totals[this.goods[k % 3]]);
    this.logOwned = this.owned.map(Math.log);
    for (let i = 0; i < n; i++) {
      const row = this.level.subarray(3 * i, 3 * i + 3);
      const top = Math.max(...row);
      for (let j = 0; j < 3; j++) row[j] -= top;
    }
    this.guesses = new Float64Array(n);
    [this.logAmount, this.amount, this.error, this.logRatio] = [0, 0, 0, 0].map(() => new Float64Array(3 * n));
    this.ratioError = new Float64Array(n);
    this.range = this.findRange();
  }

  /**
   * Some agent has at least an n-th of good k and no more than all of good j, so that ln(p_j / p_k) >= la_ij - la_ik - |omega_ik| ln n for
   * that one.
   */
  private findRange(): Box | undefined {
    const { level, bend, mostRatio } = this;
    const parts = Math.log(this.agents);
    for (const [j, k] of [...PAIRS, ...PAIRS.map(([a, b]) => [b, a])]) {
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < level.length; c += 3) {
        most = Math.max(most, level[c + j] - level[c + k] + parts / bend[c + j]);
      }
      mostRatio[3 * j + k] = most + 1e-9 * (1 + Math.abs(most));
    }
    if (!mostRatio.every((most) => Math.abs(most) < FARTHEST)) return undefined;
    const [left, right, low, top] = [-mostRatio[6], mostRatio[2], -mostRatio[7], mostRatio[5]];
    return { x: (left + right) / 2, y: (low + top) / 2, wide: (right - left) / 2, high: (top - low) / 2 };
  }

  /** Log prices of the economy's goods at a point. */
  logPrices(x: number, y: number): Float64Array {
    const prices = new Float64Array(3);
    [x, y, 0].forEach((q, j) => {
      prices[this.goods[j]] = q - this.logTotals[j];
    });
    return prices;
  }

  /** The point at the economy's log prices. */
  pointOf(logPrices: ArrayLike<number>): [x: number, y: number] {
    const [first, second, last] = this.goods.map((j, k) => logPrices[j] + this.logTotals[k]);
    return [first - last, second - last];
  }

  /** Turns to a box. False where it lies outside the range of equilibrium prices, and nothing more is to be asked of it. */
  enter({ x, y, wide, high }: Box): boolean {
    this.q[0] = x;
    this.q[1] = y;
    this.wide = wide;
    this.high = high;
    if (!this.span(0, 2, x, wide) || !this.span(1, 2, y, high) || !this.span(0, 1, x - y, wide + high)) return false;
    for (let k = 0; k < 9; k++) {
      this.leastPrice[k] = Math.exp(this.leastLog[k]) * (1 - WIDER);
      this.mostPrice[k] = Math.exp(this.mostLog[k]) * (1 + WIDER);
    }
    return true;
  }

  /** The range of ln(p_j / p_k): cut to what equilibria can have, unless that would lose the centre, which slopes are taken from. */
  private span(j: number, k: number, middle: number, half: number): boolean {
    const margin = WIDER * (1 + Math.abs(middle) + half);
    let least = middle - half - margin;
    let most = middle + half + margin;
    const floor = -this.mostRatio[3 * k + j];
    const ceiling = this.mostRatio[3 * j + k];
    if (most < floor || least > ceiling) return false;
    if (middle >= floor && middle <= ceiling) {
      least = Math.max(least, floor);
      most = Math.min(most, ceiling);
    }
    this.leastLog[3 * j + k] = least;
    this.mostLog[3 * j + k] = most;
    this.leastLog[3 * k + j] = -most;
    this.mostLog[3 * k + j] = -least;
    return true;
  }

  /** Excess demand at the centre of the box. */
  evaluate(): void {
    this.evaluations++;
    this.excess.fill(0);
    this.slack.fill(0);
    for (let i = 0; i < this.agents; i++) {
      this.spend(i);
      for (let j = 0; j < 3; j++) this.trade(3 * i, j);
    }
  }

  /** What agent i buys, by Newton's method on the log of spending over wealth, which is convex in tau; and how wrong it may be. */
  private spend(i: number): void {
    const { q, bend, level, logOwned, logAmount, amount, error, logRatio } = this;
    const a = 3 * i;
    const b = a + 1;
    const c = a + 2;
    const p = bend[a];
    const r = bend[b];
    const s = bend[c];
    const wealth = logSum(logOwned[a] + q[0], logOwned[b] + q[1], logOwned[c]);
    const first = (1 - p) * q[0] + p * level[a];
    const second = (1 - r) * q[1] + r * level[b];
    const third = s * level[c];
    const size =
      4 + Math.abs(wealth) + Math.max(Math.abs(first), Math.abs(second), Math.abs(third)) + this.priceSize(p, r);
    const steepest = Math.max(p, r, s);
    let tau = Number.isFinite(this.guesses[i]) ? this.guesses[i] : 0;
    let miss = Number.POSITIVE_INFINITY;
    let slope = 1;
    let noise = 0;
    for (let step = 0; step < MOST_STEPS; step++) {
      const x = first - p * tau;
      const y = second - r * tau;
      const z = third - s * tau;
      const top = Math.max(x, y, z);
      const u = Math.exp(x - top);
      const v = Math.exp(y - top);
      const w = Math.exp(z - top);
      const sum = u + v + w;
      const value = top + Math.log(sum) - wealth;
      slope = (p * u + r * v + s * w) / sum;
      noise = ROUNDING * (size + Math.abs(tau) * steepest);
      if (Math.abs(value) <= noise) {
        miss = Math.abs(value);
        break;
      }
      tau += value / slope;
    }
    this.guesses[i] = tau;
    const doubt = (2 * (miss + noise)) / slope;
    logRatio[a] = first - second - (p - r) * tau;
    logRatio[b] = first - third - (p - s) * tau;
    logRatio[c] = second - third - (r - s) * tau;
    let ratioError = ROUNDING * (size + 2 * Math.abs(tau) * steepest);
    for (let j = 0; j < 3; j++) {
      const k = a + j;
      logAmount[k] = -bend[k] * (q[j] + tau - level[k]);
      amount[k] = Math.exp(logAmount[k]);
      const parts = Math.abs(q[j]) + Math.abs(tau) + Math.abs(level[k]);
      error[k] = bend[k] * (doubt + ROUNDING * parts) + 2 * ROUNDING;
      ratioError += error[k];
    }
    this.ratioError[i] = ratioError;
  }

  private priceSize(p: number, r: number): number {
    return Math.abs(this.q[0]) * (1 + p) + Math.abs(this.q[1]) * (1 + r);
  }

  /** Adds what an agent buys less what she owns of good j, or what she has left from her other goods for it, whichever loses less. */
  private trade(row: number, j: number): void {
    const { q, owned, amount, error } = this;
    const c = row + j;
    const k = row + FIRST_OTHER[j];
    const l = row + SECOND_OTHER[j];
    const priceK = Math.exp(q[FIRST_OTHER[j]] - q[j]);
    const priceL = Math.exp(q[SECOND_OTHER[j]] - q[j]);
    const gross = Math.max(amount[c], owned[c]);
    const others = priceK * Math.max(amount[k], owned[k]) + priceL * Math.max(amount[l], owned[l]);
    if (gross < others) {
      this.excess[j] += amount[c] - owned[c];
      this.slack[j] += amount[c] * error[c] + 3 * ROUNDING * gross;
    } else {
      this.excess[j] += priceK * (owned[k] - amount[k]) + priceL * (owned[l] - amount[l]);
      const size = 3 + Math.abs(q[0]) + Math.abs(q[1]);
      this.slack[j] += priceK * amount[k] * error[k] + priceL * amount[l] * error[l] + 3 * ROUNDING * size * others;
    }
  }

  /** Bounds excess demand and its slopes over the box, after evaluate(). True where some good's excess demand cannot be 0. */
  excludes(): boolean {
    const { leastSlope, mostSlope, least, most, excess, slack } = this;
    leastSlope.fill(0);
    mostSlope.fill(0);
    least.fill(0);
    most.fill(0);
    for (let i = 0; i < this.agents; i++) {
      this.boundShares(i);
      for (let j = 0; j < 3; j++) this.boundAmount(3 * i, j);
      for (let j = 0; j < 3; j++) this.boundTrade(3 * i, j);
    }
    for (let j = 0; j < 3; j++) {
      const k = 2 * j;
      const move =
        Math.max(-leastSlope[k], mostSlope[k]) * this.wide + Math.max(-leastSlope[k + 1], mostSlope[k + 1]) * this.high;
      const reach = slack[j] + move * (1 + WIDER);
      if (least[j] > 0 || most[j] < 0 || excess[j] > reach || excess[j] < -reach) return true;
    }
    return false;
  }

  /** Bounds the shares of each good in what agent i owns and spends, and the slopes of tau. */
  private boundShares(i: number): void {
    const { leastSpent, mostSpent, leastUnspent, mostUnspent } = this;
    for (let k = 0; k < 3; k++) this.boundOwned(3 * i, k);
    leastSpent.fill(0);
    mostSpent.fill(1);
    leastUnspent.fill(0);
    mostUnspent.fill(1);
    this.leastSpentRatio.fill(Number.NEGATIVE_INFINITY);
    this.mostSpentRatio.fill(Number.POSITIVE_INFINITY);
    for (let round = 0; round < ROUNDS; round++) {
      this.boundTurn(3 * i, 0);
      this.boundTurn(3 * i, 1);
      for (let pair = 0; pair < 3; pair++) this.boundRatio(i, pair);
      this.boundSpent();
    }
  }

  /** The share of good k in wealth, and of the rest: extreme where k is dearest or cheapest in terms of both others. */
  private boundOwned(row: number, k: number): void {
    const { owned, leastPrice, mostPrice, leastOwned, mostOwned, leastRest, mostRest } = this;
    const l = FIRST_OTHER[k];
    const o = SECOND_OTHER[k];
    const own = owned[row + k];
    const least = (owned[row + l] * leastPrice[3 * l + k] + owned[row + o] * leastPrice[3 * o + k]) * (1 - WIDER);
    const most = (owned[row + l] * mostPrice[3 * l + k] + owned[row + o] * mostPrice[3 * o + k]) * (1 + WIDER);
    leastOwned[k] = (own / (own + most)) * (1 - WIDER);
    mostOwned[k] = (own / (own + least)) * (1 + WIDER);
    leastRest[k] = (least / (own + least)) * (1 - WIDER);
    mostRest[k] = (most / (own + most)) * (1 + WIDER);
  }

  /**
   * d tau / dq_k = ((1 - b_k) s - o) / (b_k s + (1 - s) B), o and s the shares of good k in wealth and spending, B the mean of the others' b:
   * monotone in each of the three, so that corners bound it. And 1 + that, without cancellation.
   */
  private boundTurn(row: number, k: number): void {
    const { bend, leastOwned, mostOwned, leastRest, mostRest, leastTurn, mostTurn } = this;
    const b = bend[row + k];
    const one = bend[row + FIRST_OTHER[k]];
    const other = bend[row + SECOND_OTHER[k]];
    const pair = OTHER_PAIR[k];
    const x = other + (one - other) / (1 + Math.exp(-this.leastSpentRatio[pair]));
    const y = other + (one - other) / (1 + Math.exp(-this.mostSpentRatio[pair]));
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let leastNext = Number.POSITIVE_INFINITY;
    let mostNext = Number.NEGATIVE_INFINITY;
    for (let corner = 0; corner < 4; corner++) {
      const mean = corner & 1 ? x : y;
      const spent = corner & 2 ? this.mostSpent[k] : this.leastSpent[k];
      const unspent = corner & 2 ? this.leastUnspent[k] : this.mostUnspent[k];
      const per = 1 / (b * spent + mean * unspent);
      const buying = (1 - b) * spent;
      const saving = (1 - mean) * unspent;
      least = Math.min(least, (buying - mostOwned[k]) * per);
      most = Math.max(most, (buying - leastOwned[k]) * per);
      leastNext = Math.min(leastNext, (leastRest[k] - saving) * per);
      mostNext = Math.max(mostNext, (mostRest[k] - saving) * per);
    }
    const lowest = Math.min(x, y);
    const margin = (4 * WIDER) / Math.min(b, lowest);
    const size = mostOwned[k] + this.mostSpent[k] * (1 + b);
    const sizeNext = mostRest[k] + this.mostUnspent[k] * (1 + Math.max(x, y));
    leastTurn[k] = least - margin * size;
    mostTurn[k] = most + margin * size;
    leastTurn[2 + k] = leastNext - margin * sizeNext;
    mostTurn[2 + k] = mostNext + margin * sizeNext;
  }

  /** The log ratio of what is spent on the two goods of a pair: by its slopes, from the centre. */
  private boundRatio(i: number, pair: number): void {
    const { bend, leastTurn, mostTurn } = this;
    const [j, k] = PAIRS[pair];
    const apart = bend[3 * i + k] - bend[3 * i + j];
    const byFirst = j === 0 ? 1 - bend[3 * i] : 0;
    const bySecond = (j === 1 ? 1 : k === 1 ? -1 : 0) * (1 - bend[3 * i + 1]);
    const alongFirst = Math.max(Math.abs(byFirst + apart * leastTurn[0]), Math.abs(byFirst + apart * mostTurn[0]));
    const alongSecond = Math.max(Math.abs(bySecond + apart * leastTurn[1]), Math.abs(bySecond + apart * mostTurn[1]));
    const middle = this.logRatio[3 * i + pair];
    const move = alongFirst * this.wide + alongSecond * this.high;
    const reach = move + this.ratioError[i] + WIDER * (1 + move + Math.abs(middle));
    this.leastSpentRatio[pair] = Math.max(this.leastSpentRatio[pair], middle - reach);
    this.mostSpentRatio[pair] = Math.min(this.mostSpentRatio[pair], middle + reach);
  }

  /** The shares of spending, from the ratios. */
  private boundSpent(): void {
    const low = this.leastSpentRatio;
    const top = this.mostSpentRatio;
    this.boundShare(0, Math.exp(-top[0]) + Math.exp(-top[1]), Math.exp(-low[0]) + Math.exp(-low[1]));
    this.boundShare(1, Math.exp(low[0]) + Math.exp(-top[2]), Math.exp(top[0]) + Math.exp(-low[2]));
    this.boundShare(2, Math.exp(low[1]) + Math.exp(low[2]), Math.exp(top[1]) + Math.exp(top[2]));
  }

  /** Good k's share, where what is spent on the others is `least` to `most` times what is spent on it. */
  private boundShare(k: number, least: number, most: number): void {
    this.leastSpent[k] = (1 - WIDER) / (1 + most);
    this.mostSpent[k] = (1 + WIDER) / (1 + least) + TINY;
    this.leastUnspent[k] = (1 - WIDER) / (1 + 1 / least);
    this.mostUnspent[k] = (1 + WIDER) / (1 + 1 / most);
  }

  /** What an agent buys of good j, by its slopes and by her wealth; and the slopes' part in those of excess demand. */
  private boundAmount(row: number, j: number): void {
    const { owned, leastPrice, mostPrice, leastTurn, mostTurn } = this;
    const b = this.bend[row + j];
    const first = j === 0 ? 2 : 0;
    const second = j === 1 ? 3 : 1;
    const move =
      Math.max(-leastTurn[first], mostTurn[first]) * this.wide +
      Math.max(-leastTurn[second], mostTurn[second]) * this.high;
    const middle = this.logAmount[row + j];
    const reach = b * move * (1 + WIDER) + this.error[row + j] + ROUNDING * Math.abs(middle);
    const k = FIRST_OTHER[j];
    const l = SECOND_OTHER[j];
    const leastWealth =
      owned[row + j] + owned[row + k] * leastPrice[3 * k + j] + owned[row + l] * leastPrice[3 * l + j];
    const mostWealth = owned[row + j] + owned[row + k] * mostPrice[3 * k + j] + owned[row + l] * mostPrice[3 * l + j];
    const least = Math.max(Math.exp(middle - reach), this.leastSpent[j] * leastWealth) * (1 - WIDER);
    const most = Math.min(Math.exp(middle + reach), this.mostSpent[j] * mostWealth) * (1 + WIDER);
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
    this.least[j] += least - 4 * ROUNDING * Math.abs(least);
    this.most[j] += most + 4 * ROUNDING * Math.abs(most);
  }
}

/** ln(exp x + exp y + exp z). */
function logSum(x: number, y: number, z: number): number {
  const top = Math.max(x, y, z);
  return top + Math.log(Math.exp(x - top) + Math.exp(y - top) + Math.exp(z - top));
}

// What proofs over relative prices of three goods and over relative weights of three agents share: a function of two unknowns, its values at
// the centre of a box and bounds over the box.

/** The other two of three, in ascending order. */
export const FIRST_OTHER = [1, 0, 0];
export const SECOND_OTHER = [2, 2, 1];
/** Pairs of three. */
export const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
];

/** Bounds are moved outwards by this part, some hundred times what rounding can do to the dozen operations behind each. */
export const WIDER = 1e-13;
/** The relative error of an operation, an exponential or a logarithm at the centre, with a margin. */
export const ROUNDING = 4e-16;
/** Rounds in which bounds of shares and of slopes narrow each other. */
export const ROUNDS = 3;
/** More than 1 / exp x where exp x is beyond what doubles hold. */
const TINY = 1e-307;
const MOST_STEPS = 60;

/** A box of two unknowns: its centre and half its sides. */
export interface Box {
  x: number;
  y: number;
  wide: number;
  high: number;
}

/**
 * Three values, one for each of three parts (goods, or agents), as a function of the parts' logs (log prices, or log weights), of which the
 * last is 0. Weighted by numbers above 0 they add up to 0 everywhere; an equilibrium is where all are 0.
 */
export abstract class System {
  /** The box that holds every zero; undefined where none is proved to, or what doubles hold does not suffice. */
  abstract readonly range: Box | undefined;
  /** What evaluations begin their inner iterations with, and leave behind. */
  abstract readonly guesses: Float64Array;
  /** The values at the centre, and bounds of their rounding errors. */
  readonly excess = new Float64Array(3);
  readonly slack = new Float64Array(3);
  /** Bounds of the values over the box. */
  readonly least = new Float64Array(3);
  readonly most = new Float64Array(3);
  /** Bounds of the slope of value j along unknown k, at 2 j + k. */
  readonly leastSlope = new Float64Array(6);
  readonly mostSlope = new Float64Array(6);
  evaluations = 0;

  /** The unknowns at the centre, and half the sides of the box. */
  protected readonly at = new Float64Array(3);
  protected wide = 0;
  protected high = 0;
  /** The most that the difference of unknowns j and k can be, at 3 j + k. */
  protected readonly mostApart = new Float64Array(9);
  /** Of one term at a time: bounds of the log ratios of the three parts' shares, by pair. */
  protected readonly leastRatio = new Float64Array(3);
  protected readonly mostRatio = new Float64Array(3);
  /** What solve() found, and how wrong it may be. */
  protected root = 0;
  protected doubt = 0;

  /** Turns to a box. False where it lies outside the range of zeros, and nothing more is to be asked of it. */
  enter({ x, y, wide, high }: Box): boolean {
    this.at[0] = x;
    this.at[1] = y;
    this.wide = wide;
    this.high = high;
    return this.span(0, 2, x, wide) && this.span(1, 2, y, high) && this.span(0, 1, x - y, wide + high);
  }

  /** Whether unknowns j and k can be as far apart as they are in the box. */
  protected span(j: number, k: number, middle: number, half: number): boolean {
    const margin = WIDER * (1 + Math.abs(middle) + half);
    return middle + half + margin >= -this.mostApart[3 * k + j] && middle - half - margin <= this.mostApart[3 * j + k];
  }

  /** The values at the centre. */
  evaluate(): void {
    this.evaluations++;
    this.excess.fill(0);
    this.slack.fill(0);
    this.addValues();
    // Each term's slack is above ten times what adding it may cost.
    for (let j = 0; j < 3; j++) this.slack[j] *= 1 + this.guesses.length / 8;
  }

  /** Bounds values and slopes over the box, after evaluate(). True where some value cannot be 0. */
  excludes(): boolean {
    const { leastSlope, mostSlope, least, most, excess, slack } = this;
    leastSlope.fill(0);
    mostSlope.fill(0);
    least.fill(0);
    most.fill(0);
    this.addBounds();
    for (let j = 0; j < 3; j++) {
      const k = 2 * j;
      const move =
        Math.max(-leastSlope[k], mostSlope[k]) * this.wide + Math.max(-leastSlope[k + 1], mostSlope[k + 1]) * this.high;
      const reach = slack[j] + move * (1 + WIDER);
      if (least[j] > 0 || most[j] < 0 || excess[j] > reach || excess[j] < -reach) return true;
    }
    return false;
  }

  /** Log prices of the economy's goods at a point. */
  abstract logPrices(x: number, y: number): Float64Array;
  protected abstract addValues(): void;
  protected abstract addBounds(): void;

  /** The box around the differences that mostApart allows, widened by rounding; undefined where they reach `farthest`. */
  protected enclose(farthest: number): Box | undefined {
    const { mostApart } = this;
    for (let k = 0; k < 9; k++) mostApart[k] += k % 4 === 0 ? 0 : 1e-9 * (1 + Math.abs(mostApart[k]));
    if (!mostApart.every((most) => Math.abs(most) < farthest)) return undefined;
    const [left, right, low, top] = [-mostApart[6], mostApart[2], -mostApart[7], mostApart[5]];
    return { x: (left + right) / 2, y: (low + top) / 2, wide: (right - left) / 2, high: (top - low) / 2 };
  }

  /**
   * The root t of ln(exp(x - p t) + exp(y - q t) + exp(z - r t)) = target, by Newton's method on a convex function. `size`: that of all that
   * went into the numbers.
   */
  protected solve(
    x: number,
    y: number,
    z: number,
    p: number,
    q: number,
    r: number,
    target: number,
    size: number,
    guess: number,
  ): void {
    const steepest = Math.max(p, q, r);
    this.root = Number.isFinite(guess) ? guess : 0;
    this.doubt = Number.POSITIVE_INFINITY;
    for (let step = 0; step < MOST_STEPS; step++) {
      const a = x - p * this.root;
      const b = y - q * this.root;
      const c = z - r * this.root;
      const top = Math.max(a, b, c);
      const u = Math.exp(a - top);
      const v = Math.exp(b - top);
      const w = Math.exp(c - top);
      const sum = u + v + w;
      const value = top + Math.log(sum) - target;
      const slope = (p * u + q * v + r * w) / sum;
      const noise = ROUNDING * (size + Math.abs(this.root) * steepest);
      if (Math.abs(value) <= noise) {
        this.doubt = (2 * (Math.abs(value) + noise)) / slope;
        return;
      }
      this.root += value / slope;
    }
  }

  /** Narrows a log ratio to what slopes of at most `first` and `second` in size make of its value at the centre. */
  protected narrowRatio(pair: number, middle: number, first: number, second: number, error: number): void {
    const move = first * this.wide + second * this.high;
    const reach = move + error + WIDER * (1 + move + Math.abs(middle));
    this.leastRatio[pair] = Math.max(this.leastRatio[pair], middle - reach);
    this.mostRatio[pair] = Math.min(this.mostRatio[pair], middle + reach);
  }

  /** The three parts' shares and their complements, from the log ratios; weighted by p, q and r. */
  protected boundShares(shares: Shares, p: number, q: number, r: number): void {
    const { leastRatio: low, mostRatio: top } = this;
    const qp = q / p;
    const rp = r / p;
    const rq = r / q;
    shares.bound(0, qp * Math.exp(-top[0]) + rp * Math.exp(-top[1]), qp * Math.exp(-low[0]) + rp * Math.exp(-low[1]));
    shares.bound(1, Math.exp(low[0]) / qp + rq * Math.exp(-top[2]), Math.exp(top[0]) / qp + rq * Math.exp(-low[2]));
    shares.bound(2, Math.exp(low[1]) / rp + Math.exp(low[2]) / rq, Math.exp(top[1]) / rp + Math.exp(top[2]) / rq);
  }
}

/** Bounds of three shares that add up to 1, and of what each leaves, in full precision where that is little. */
export class Shares {
  readonly least = new Float64Array(3);
  readonly most = new Float64Array(3);
  readonly leastRest = new Float64Array(3);
  readonly mostRest = new Float64Array(3);

  /** Nothing is known. */
  reset(): void {
    this.least.fill(0);
    this.most.fill(1);
    this.leastRest.fill(0);
    this.mostRest.fill(1);
  }

  /** Share k, where the other two together are from `least` to `most` times as much. */
  bound(k: number, least: number, most: number): void {
    this.least[k] = (1 - 2 * WIDER) / (1 + most);
    this.most[k] = (1 + 2 * WIDER) / (1 + least) + TINY;
    this.leastRest[k] = (1 - 2 * WIDER) / (1 + 1 / least);
    this.mostRest[k] = (1 + 2 * WIDER) / (1 + 1 / most);
  }
}

/** The larger size of a number between `least` and `most`. */
export function sizeOf(least: number, most: number): number {
  return Math.max(Math.abs(least), Math.abs(most));
}

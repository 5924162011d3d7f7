// Whether a list of equilibria is complete, for three goods: branch and bound over log relative prices. A box is dropped where bounds exclude
// an equilibrium or prove that it holds one that is listed and no other, else narrowed or divided (docs/solvers.md, "Three goods").

import type { Economy } from "./economy.js";
import { type Engine, tellProgress } from "./engine.js";
import type { ControlOptions } from "./options.js";
import { NewtonTest } from "./proof/newton.js";
import { type Box, FIRST_OTHER, SECOND_OTHER, ThreeGoods } from "./proof/threeGoods.js";

const MOST_BOXES = 100_000;
/** Boxes between two calls of onStep. */
const STRIDE = 64;
/** Not the middle: where the economy is symmetric there is an equilibrium just there. */
const DIVISION = 0.4871;
/** Boxes with sides below this are divided no more. */
const SMALLEST = 1e-7;
/** A proof that leaves more boxes than this open is given up. */
const MOST_OPEN = 64;
/** Half the side of the smallest and of the largest box around an equilibrium that is tried. */
const LEAST_REACH = 1e-11;
const MOST_REACH = 32;
const GROWTH = 4;
/** The box on which slopes for Newton's method are taken. */
const POINT = 1e-10;

/** An equilibrium that is proved to exist. */
export interface ProvedEquilibrium {
  /** 3, ln p_j up to a constant. */
  logPrices: Float64Array;
  /** +1 or -1. */
  index: -1 | 1;
}

/** A region of prices of which nothing is proved. */
export interface OpenBox {
  /** The good whose price is 1. */
  numeraire: number;
  /** 3: the least and the greatest price of each good. */
  least: Float64Array;
  greatest: Float64Array;
}

export interface Proof {
  /** Whether `found` is proved to have every equilibrium, up to rounding of the data. */
  complete: boolean;
  /** Every equilibrium that is proved to exist. */
  found: ProvedEquilibrium[];
  /** Empty where the proof is complete. */
  unresolved: OpenBox[];
  /** Boxes examined. */
  boxes: number;
  /** How often demand was evaluated. */
  evaluations: number;
}

export interface ProofOptions extends ControlOptions {
  /** The most boxes to examine, 1 to 1e9; default 100000. */
  maxIntervals?: number;
}

/** A box to examine, with the marginal utilities of wealth at the centre of the one it is part of. */
interface Open extends Box {
  guesses: Float64Array;
}

/** An equilibrium, the smallest box in which it is proved and the largest in which it is proved to be the only one. */
interface Root {
  x: number;
  y: number;
  index: -1 | 1;
  least: number;
  most: number;
}

/**
 * Finds every equilibrium of a connected economy with three goods, all wanted by all, every omega below 0, and proves that there is no
 * other. `known`: log prices of equilibria that are known, which are then not looked for. Calls `onStep` every 64 boxes, its residual the
 * part of the area of prices that is left. Undefined for other economies, and where prices are beyond what doubles hold.
 */
export function proveComplete(
  engine: Engine,
  economy: Economy,
  known: readonly ArrayLike<number>[],
  options: ProofOptions = {},
): Proof | undefined {
  if (economy.goods.length !== 3 || economy.alpha.some((a) => a === 0)) return undefined;
  const most = options.maxIntervals ?? MOST_BOXES;
  let first: Proof | undefined;
  let boxes = 0;
  let evaluations = 0;
  // Goods that are hardly traded for others make a bad numeraire: then another one may tell more.
  for (const numeraire of [2, 0, 1]) {
    const market = new ThreeGoods(economy, numeraire);
    if (!market.range) return undefined;
    const search = new Search(market, market.range);
    for (const prices of known) search.prove(...market.pointOf(prices));
    search.run(engine, most - boxes, options);
    boxes += search.boxes;
    evaluations += market.evaluations;
    const proof = { ...search.proof(numeraire), boxes, evaluations };
    if (!first || proof.complete) first = proof;
    if (proof.complete || boxes >= most || options.signal?.aborted) break;
  }
  return first && { ...first, boxes, evaluations };
}

class Search {
  boxes = 0;
  readonly test = new NewtonTest();
  readonly roots: Root[] = [];
  readonly stack: Open[];
  readonly open: Box[] = [];
  readonly area: number;

  constructor(
    readonly market: ThreeGoods,
    range: Box,
  ) {
    this.area = range.wide * range.high;
    this.stack = [{ ...range, guesses: market.guesses.slice() }];
  }

  run(engine: Engine, most: number, { onStep, signal }: ControlOptions): void {
    while (this.stack.length > 0 && this.boxes < most && this.open.length <= MOST_OPEN && !signal?.aborted) {
      this.examine(this.stack.pop() as Open);
      if (!onStep || this.boxes % STRIDE > 0) continue;
      const left = this.stack.reduce((sum, { wide, high }) => sum + wide * high, 0) / this.area;
      tellProgress(engine, onStep, { iteration: this.boxes, method: "enumeration", residual: left });
    }
  }

  private examine(box: Open): void {
    const { market, test } = this;
    this.boxes++;
    if (!market.enter(box) || this.roots.some((root) => holds(root, root.most, box))) return;
    market.guesses.set(box.guesses);
    market.evaluate();
    if (market.excludes()) return;
    test.run(market, box);
    if (test.excluded) return;
    const { rest } = test;
    const guesses = market.guesses.slice();
    if (test.regular && this.settles(box, rest)) return;
    if (Math.max(rest.wide, rest.high) < SMALLEST) this.open.push(rest);
    else if (rest.wide * rest.high < 0.25 * box.wide * box.high) this.stack.push({ ...rest, guesses });
    else this.divide(rest, guesses);
  }

  /** Whether the equilibrium next to a box that has one at most is in it, or is the only one in a larger box. */
  private settles(box: Box, rest: Box): boolean {
    const root = this.prove(rest.x, rest.y);
    if (!root) return false;
    const { x, y, least, most } = root;
    const inside = Math.abs(x - box.x) + least < box.wide && Math.abs(y - box.y) + least < box.high;
    return inside || holds(root, most, rest);
  }

  /** The equilibrium that Newton's method finds from a point, with the boxes it is proved in. */
  prove(x: number, y: number): Root | undefined {
    const point = this.approach(x, y);
    if (!point) return undefined;
    const near = (root: Root, reach: number) => holds(root, reach, { ...point, wide: 0, high: 0 });
    const same = this.roots.find((root) => near(root, root.most));
    if (same) return same;
    const root = this.surround(point);
    if (root) this.roots.push(root);
    return root;
  }

  private approach(x: number, y: number): { x: number; y: number } | undefined {
    const { market } = this;
    for (let step = 0; step < 30; step++) {
      if (!market.enter({ x, y, wide: POINT, high: POINT })) return undefined;
      market.evaluate();
      market.excludes();
      const [right, up] = newtonStep(market);
      const size = Math.abs(right) + Math.abs(up);
      if (!(size < 50)) return undefined;
      x += right;
      y += up;
      if (size < 1e-12 * (1 + Math.abs(x) + Math.abs(y))) break;
    }
    return { x, y };
  }

  private surround({ x, y }: { x: number; y: number }): Root | undefined {
    const { market, test } = this;
    let root: Root | undefined;
    for (let reach = LEAST_REACH; reach < MOST_REACH; reach *= GROWTH) {
      const box = { x, y, wide: reach, high: reach };
      if (!market.enter(box)) return root;
      market.evaluate();
      market.excludes();
      test.run(market, box);
      const proved = test.proved && !test.excluded;
      if (proved) root = { x, y, index: test.index, least: root?.least ?? reach, most: reach };
      else if (root) return root;
    }
    return root;
  }

  private divide({ x, y, wide, high }: Box, guesses: Float64Array): void {
    const half = Math.max(wide, high);
    // A trifle more, so that rounding leaves no gap.
    const margin = 1e-15 * (Math.abs(x) + Math.abs(y) + half);
    const first = DIVISION * half;
    const part = (from: number, size: number) =>
      wide > high
        ? { x: x + from, y, wide: size + margin, high, guesses }
        : { x, y: y + from, wide, high: size + margin, guesses };
    this.stack.push(part(first - half, first), part(first, half - first));
  }

  /** What is proved, and what is not. */
  proof(numeraire: number): Pick<Proof, "complete" | "found" | "unresolved"> {
    const { market } = this;
    const left = joined([...this.open, ...this.stack]);
    const prices = (x: number, y: number) => {
      const logs = market.logPrices(x, y);
      return logs.map((log) => Math.exp(log - logs[numeraire]));
    };
    return {
      complete: left.length === 0,
      found: this.roots.map(({ x, y, index }) => ({ logPrices: market.logPrices(x, y), index })),
      unresolved: left.map(({ x, y, wide, high }) => ({
        numeraire,
        least: prices(x - wide, y - high),
        greatest: prices(x + wide, y + high),
      })),
    };
  }
}

/** Whether a box lies in the square of this reach around a root. */
function holds({ x, y }: Root, reach: number, box: Box): boolean {
  return Math.abs(box.x - x) + box.wide < reach && Math.abs(box.y - y) + box.high < reach;
}

/** Newton's step at the centre of a small box, from the two goods whose slopes are least alike. */
function newtonStep({ excess, leastSlope, mostSlope }: ThreeGoods): [right: number, up: number] {
  const slope = (j: number, k: number) => 0.5 * (leastSlope[2 * j + k] + mostSlope[2 * j + k]);
  let best = 0;
  let step: [number, number] = [Number.NaN, Number.NaN];
  for (let left = 0; left < 3; left++) {
    const j = FIRST_OTHER[left];
    const k = SECOND_OTHER[left];
    const [a, b, c, d] = [slope(j, 0), slope(j, 1), slope(k, 0), slope(k, 1)];
    const det = a * d - b * c;
    const angle = Math.abs(det) / (Math.hypot(a, b) * Math.hypot(c, d));
    if (!(angle > best)) continue;
    best = angle;
    step = [(b * excess[k] - d * excess[j]) / det, (c * excess[j] - a * excess[k]) / det];
  }
  return step;
}

/** Boxes that touch, as the smallest boxes around them that do not. */
function joined(boxes: readonly Box[]): Box[] {
  const apart: Box[] = [];
  for (let box of boxes) {
    for (let k = apart.length - 1; k >= 0; k--) {
      if (!touch(box, apart[k])) continue;
      box = around(box, apart[k]);
      apart.splice(k, 1);
      // It may touch what it did not before.
      k = apart.length;
    }
    apart.push(box);
  }
  return apart;
}

function touch(a: Box, b: Box): boolean {
  const near = 1 + 1e-9;
  return Math.abs(a.x - b.x) <= (a.wide + b.wide) * near && Math.abs(a.y - b.y) <= (a.high + b.high) * near;
}

function around(a: Box, b: Box): Box {
  const left = Math.min(a.x - a.wide, b.x - b.wide);
  const right = Math.max(a.x + a.wide, b.x + b.wide);
  const low = Math.min(a.y - a.high, b.y - b.high);
  const top = Math.max(a.y + a.high, b.y + b.high);
  return { x: (left + right) / 2, y: (low + top) / 2, wide: (right - left) / 2, high: (top - low) / 2 };
}

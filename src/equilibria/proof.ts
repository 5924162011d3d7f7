// Every equilibrium of an economy with three goods or three agents, and the proof that there is no other: branch and bound over log relative
// prices or weights. A box is dropped where bounds exclude an equilibrium, or prove that it holds one that is listed and no other; else it is
// narrowed or divided (docs/solvers.md, "Three goods or three agents").

import type { Economy } from "../economy/economy.js";
import { type Engine, tellProgress } from "../engine/engine.js";
import type { ControlOptions } from "../options/options.js";
import { NewtonTest } from "./proof/newton.js";
import { type Box, FIRST_OTHER, SECOND_OTHER, type System } from "./proof/system.js";
import { ThreeAgents } from "./proof/threeAgents.js";
import { ThreeGoods } from "./proof/threeGoods.js";

const MOST_BOXES = 100_000;
/** Boxes between two calls of onStep. */
const STRIDE = 64;
/** Not the middle: where the economy is symmetric there is an equilibrium just there. */
const DIVISION = 0.4871;
/** Terms of a sum, agents or goods, up to which the margins of bounds cover its rounding. */
const MOST_TERMS = 500;
/** Boxes with sides below this are divided no more. */
const SMALLEST = 1e-7;
/** A proof that leaves more boxes than this open is given up. */
const MOST_OPEN = 64;
/** Half the side of the smallest and of the largest box around an equilibrium that is tried. */
const LEAST_REACH = 1e-11;
const MOST_REACH = 32;
const GROWTH = 4;
/** Newton's method towards an equilibrium: its steps, how far one may go, and how short the last is. */
const MOST_STEPS = 30;
const LONGEST_STEP = 50;
const SHORTEST_STEP = 1e-12;
/** The box on which slopes for Newton's method are taken. */
const POINT = 1e-10;

/** An equilibrium that is proved to exist. */
export interface ProvedEquilibrium {
  /** m: ln p_j up to a constant. */
  logPrices: Float64Array;
  /** +1 or -1. */
  index: -1 | 1;
}

/** A region of which nothing is proved. */
export interface OpenBox {
  /** Log prices at its corners, each up to a constant: 4 rows of m. */
  logPrices: Float64Array[];
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
 * Finds every equilibrium of a connected economy with three goods or three agents (up to 500 of the others), all goods wanted by all, every
 * omega below 0, and proves that there is no other. Calls `onStep` every 64 boxes, its residual the part of the range's area that is left.
 * Undefined for other economies, and where prices or weights are beyond what doubles hold.
 */
export function proveComplete(engine: Engine, economy: Economy, options: ProofOptions = {}): Proof | undefined {
  const most = options.maxIntervals ?? MOST_BOXES;
  let answer: Proof | undefined;
  let boxes = 0;
  let evaluations = 0;
  for (const [Kind, numeraire] of systemsOf(economy)) {
    const system = new Kind(economy, numeraire);
    if (!system.range) continue;
    const search = new Search(system, system.range);
    search.run(engine, most - boxes, boxes, options);
    boxes += search.boxes;
    evaluations += system.evaluations;
    const { complete, found, unresolved } = search.proof();
    if (!answer || complete) answer = { complete, found, unresolved, boxes, evaluations };
    if (complete || boxes >= most || options.signal?.aborted) break;
  }
  return answer && { ...answer, boxes, evaluations };
}

/** Ways to put an economy: a good or agent hardly traded with makes a bad numeraire, and then another one may tell more. */
function systemsOf({ goods, agents, alpha }: Economy): [typeof ThreeGoods | typeof ThreeAgents, numeraire: number][] {
  if (alpha.some((a) => a === 0) || Math.max(goods.length, agents.length) > MOST_TERMS) return [];
  const kinds = [...(goods.length === 3 ? [ThreeGoods] : []), ...(agents.length === 3 ? [ThreeAgents] : [])];
  return kinds.flatMap((kind) => [2, 0, 1].map((numeraire): [typeof kind, number] => [kind, numeraire]));
}

class Search {
  boxes = 0;
  readonly test = new NewtonTest();
  readonly roots: Root[] = [];
  readonly stack: Open[];
  readonly open: Box[] = [];
  readonly area: number;

  constructor(
    readonly system: System,
    range: Box,
  ) {
    this.area = range.wide * range.high;
    this.stack = [{ ...range, guesses: system.guesses.slice() }];
  }

  /** Examines up to `most` boxes, after `before` that others have examined. */
  run(engine: Engine, most: number, before: number, { onStep, signal }: ControlOptions): void {
    while (this.stack.length > 0 && this.boxes < most && this.open.length <= MOST_OPEN && !signal?.aborted) {
      this.examine(this.stack.pop() as Open);
      if (!onStep || this.boxes % STRIDE > 0) continue;
      const left = this.stack.reduce((sum, { wide, high }) => sum + wide * high, 0) / this.area;
      tellProgress(engine, onStep, { iteration: before + this.boxes, method: "enumeration", residual: left });
    }
  }

  private examine(box: Open): void {
    const { system, test } = this;
    this.boxes++;
    if (!system.enter(box) || this.roots.some((root) => holds(root, root.most, box))) return;
    system.guesses.set(box.guesses);
    system.evaluate();
    if (system.excludes()) return;
    test.run(system, box);
    if (test.excluded) return;
    const { rest } = test;
    const guesses = system.guesses.slice();
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
    const { system } = this;
    for (let step = 0; step < MOST_STEPS; step++) {
      if (!system.enter({ x, y, wide: POINT, high: POINT })) return undefined;
      system.evaluate();
      system.excludes();
      const [right, up] = newtonStep(system);
      const size = Math.abs(right) + Math.abs(up);
      if (!(size < LONGEST_STEP)) return undefined;
      x += right;
      y += up;
      if (size < SHORTEST_STEP * (1 + Math.abs(x) + Math.abs(y))) break;
    }
    return { x, y };
  }

  private surround({ x, y }: { x: number; y: number }): Root | undefined {
    const { system, test } = this;
    let root: Root | undefined;
    for (let reach = LEAST_REACH; reach < MOST_REACH; reach *= GROWTH) {
      const box = { x, y, wide: reach, high: reach };
      if (!system.enter(box)) return root;
      system.evaluate();
      system.excludes();
      test.run(system, box);
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
  proof(): Pick<Proof, "complete" | "found" | "unresolved"> {
    const { system } = this;
    const left = joined([...this.open, ...this.stack]);
    return {
      // The indices of all equilibria add up to 1 (Dierker 1972): a proof that says otherwise is none.
      complete: left.length === 0 && this.roots.reduce((sum, { index }) => sum + index, 0) === 1,
      found: this.roots.map(({ x, y, index }) => ({ logPrices: system.logPrices(x, y), index })),
      unresolved: left.map(({ x, y, wide, high }) => ({
        logPrices: [-1, 1].flatMap((a) => [-1, 1].map((b) => system.logPrices(x + a * wide, y + b * high))),
      })),
    };
  }
}

/** Whether a box lies in the square of this reach around a root. */
function holds({ x, y }: Root, reach: number, box: Box): boolean {
  return Math.abs(box.x - x) + box.wide < reach && Math.abs(box.y - y) + box.high < reach;
}

/** Newton's step at the centre of a small box, from the two goods whose slopes are least alike. */
function newtonStep({ excess, leastSlope, mostSlope }: System): [right: number, up: number] {
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

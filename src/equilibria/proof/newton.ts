// The interval Newton test of a box: what the slopes of excess demand allow of it to hold a zero, whether it can hold more than one, and
// whether it does hold one. Hansen & Sengupta 1981, "Bounding solutions of systems of equations using interval analysis"; Neumaier 1990,
// Interval methods for systems of equations, chapter 5.

import { type Box, FIRST_OTHER, SECOND_OTHER, type System } from "./system.js";

/** Products of bounds are moved outwards by this part of their terms. */
const WIDER = 1e-14;
/** Rows more alike than this are no basis. */
const SINGULAR = 1e-12;

export class NewtonTest {
  /** Whether the box holds no zero. */
  excluded = false;
  /** Whether it holds one at most. */
  regular = false;
  /** Whether it holds exactly one. */
  proved = false;
  /** The index of a zero in a regular box: the sign of the determinant of the slopes, which -dz/dp shares. */
  index: -1 | 1 = 1;
  /** Where zeros can be. */
  rest: Box = { x: 0, y: 0, wide: 0, high: 0 };

  private sign = 1;
  readonly slack = [0, 0];
  readonly value = [0, 0];
  /** Bounds of the slopes times the inverse of their middle: near the identity. */
  readonly least = [0, 0, 0, 0];
  readonly most = [0, 0, 0, 0];
  /** The remaining range of each coordinate, from the centre. */
  readonly from = [0, 0];
  readonly to = [0, 0];
  /** Half the sides of the box. */
  readonly half = [0, 0];

  /** Tests the box whose values and slopes `market` holds, by each two of the three goods, as Walras' law says the same of the third. */
  run(market: System, { x, y, wide, high }: Box): void {
    const { from, to } = this;
    this.excluded = this.regular = this.proved = false;
    from[0] = -wide;
    to[0] = wide;
    from[1] = -high;
    to[1] = high;
    for (let left = 0; left < 3 && !this.excluded; left++) {
      this.half[0] = wide;
      this.half[1] = high;
      if (this.precondition(market, left)) this.test();
    }
    this.rest = {
      x: x + (from[0] + to[0]) / 2,
      y: y + (from[1] + to[1]) / 2,
      wide: (to[0] - from[0]) / 2 + 1e-15 * (Math.abs(x) + wide),
      high: (to[1] - from[1]) / 2 + 1e-15 * (Math.abs(y) + high),
    };
  }

  /** Values and slopes of all goods but `left`, times the inverse of the slopes' middle. False where that is singular. */
  private precondition({ excess, slack, leastSlope, mostSlope }: System, left: number): boolean {
    const first = 2 * FIRST_OTHER[left];
    const second = 2 * SECOND_OTHER[left];
    const middle = (k: number) => 0.5 * (leastSlope[k] + mostSlope[k]);
    const scaleA = 1 / (Math.abs(middle(first)) + Math.abs(middle(first + 1)));
    const scaleB = 1 / (Math.abs(middle(second)) + Math.abs(middle(second + 1)));
    const a = middle(first) * scaleA;
    const b = middle(first + 1) * scaleA;
    const c = middle(second) * scaleB;
    const d = middle(second + 1) * scaleB;
    const det = a * d - b * c;
    if (!(Math.abs(det) > SINGULAR)) return false;
    // Without good 1 the two rows have come in the other order than Walras' law gives them.
    this.sign = left === 1 ? -Math.sign(det) : Math.sign(det);
    for (let row = 0; row < 2; row++) {
      const u = ((row === 0 ? d : -c) / det) * scaleA;
      const v = ((row === 0 ? -b : a) / det) * scaleB;
      this.value[row] = u * excess[first >> 1] + v * excess[second >> 1];
      this.slack[row] = Math.abs(u) * slack[first >> 1] + Math.abs(v) * slack[second >> 1];
      this.slack[row] += WIDER * (Math.abs(u * excess[first >> 1]) + Math.abs(v * excess[second >> 1]));
      for (let k = 0; k < 2; k++) {
        const p = leastSlope[first + k];
        const q = mostSlope[first + k];
        const r = leastSlope[second + k];
        const s = mostSlope[second + k];
        const margin = WIDER * (Math.abs(u) * Math.max(-p, q) + Math.abs(v) * Math.max(-r, s));
        this.least[2 * row + k] = u * (u > 0 ? p : q) + v * (v > 0 ? r : s) - margin;
        this.most[2 * row + k] = u * (u > 0 ? q : p) + v * (v > 0 ? s : r) + margin;
      }
    }
    return true;
  }

  private size(k: number): number {
    return Math.max(Math.abs(this.least[k]), Math.abs(this.most[k]));
  }

  private test(): void {
    const { value, slack, half, least } = this;
    for (let row = 0; row < 2; row++) {
      const reach = this.size(2 * row) * half[0] + this.size(2 * row + 1) * half[1];
      if (Math.abs(value[row]) - slack[row] > reach * (1 + WIDER)) this.excluded = true;
    }
    const regular = least[0] > 0 && least[3] > 0 && least[0] * least[3] > this.size(1) * this.size(2) * (1 + WIDER);
    if (regular) {
      this.regular = true;
      this.index = this.sign > 0 ? 1 : -1;
    }
    const first = this.narrow(0);
    const second = this.narrow(1);
    if (regular && first && second) this.proved = true;
  }

  /** Narrows one coordinate by its row. True where what is left is inside the box. */
  private narrow(row: number): boolean {
    const { value, slack, half, least, most, from, to } = this;
    const diagonal = least[3 * row];
    if (!(diagonal > 0)) return false;
    const other = 1 - row;
    const doubt = this.size(2 * row + other) * half[other] * (1 + WIDER) + slack[row];
    const low = -value[row] - doubt;
    const top = -value[row] + doubt;
    let start = low / (low < 0 ? diagonal : most[3 * row]);
    let end = top / (top > 0 ? diagonal : most[3 * row]);
    start -= WIDER * Math.abs(start);
    end += WIDER * Math.abs(end);
    const inside = start > -half[row] && end < half[row];
    if (start > from[row]) from[row] = start;
    if (end < to[row]) to[row] = end;
    if (from[row] > to[row]) this.excluded = true;
    const reach = Math.max(Math.abs(start), Math.abs(end));
    if (reach < half[row]) half[row] = reach;
    return inside;
  }
}

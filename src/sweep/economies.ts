// The economies of some rows, as the flat arrays that bulk calls take. Row i is a function of the
// specification, the seed and i alone.

import { Uniforms } from "./random.js";
import type { BlockName, CellTarget, CheckedSweep } from "./specification.js";

/** Numbers of some rows: one economy's, used for all, or economy by economy. */
export interface RowsBlock {
  readonly values: Float64Array;
  /** The distance from one economy's numbers to the next: 0 where all share them. */
  readonly stride: number;
}

/** The economies of some rows, and where they are on the axes. */
export interface RowEconomies {
  readonly first: number;
  readonly count: number;
  readonly blocks: Readonly<Partial<Record<BlockName, RowsBlock>>>;
  /** The values of the axes' columns, each `count` numbers. */
  readonly axes: readonly Float64Array[];
}

/** Makes the economies of rows of a sweep. */
export class RowMaker {
  readonly #sweep: CheckedSweep;
  readonly #uniforms: Uniforms;
  /** The economy's numbers, by block. */
  readonly #base: Partial<Record<BlockName, Float64Array>>;
  /** The blocks that are not the same in all rows. */
  readonly #own: ReadonlySet<BlockName>;

  constructor(sweep: CheckedSweep) {
    const { alpha, omega, endowments, totals, weights } = sweep.economy;
    this.#sweep = sweep;
    this.#uniforms = new Uniforms(sweep.seed);
    this.#base = { alpha, omega, ...(endowments ? { endowments } : { totals }), weights };
    const targets = [
      ...sweep.draws.map(({ target }) => target),
      ...sweep.axes.flatMap(({ moves }) => moves.map(({ target }) => target)),
    ];
    this.#own = new Set(targets.flatMap((target) => ("block" in target ? [target.block] : [])));
  }

  /** The economies of rows `first` to `first + count - 1`. */
  make(first: number, count: number): RowEconomies {
    const { axes, draws, drawn, common } = this.#sweep;
    const blocks: Partial<Record<BlockName, RowsBlock>> = {};
    for (const [name, values] of Object.entries(this.#base) as [BlockName, Float64Array][]) {
      const own = this.#own.has(name);
      blocks[name] = own ? { values: repeated(values, count), stride: values.length } : { values, stride: 0 };
    }
    const moves = axes.flatMap(({ moves }, axis) => moves.map((move) => ({ ...move, axis })));
    const columns = moves.map(() => new Float64Array(count));
    const points = new Int32Array(axes.length);
    const parameters = draws.map(({ distribution }) => Float64Array.from(distribution.values));
    const numbers = draws.map(({ target }) => new Float64Array(target.cells.length));
    for (let e = 0; e < count; e++) {
      const row = first + e;
      let rest = Math.floor(row / drawn);
      for (let a = axes.length - 1; a >= 0; a--) {
        points[a] = rest % axes[a].count;
        rest = Math.floor(rest / axes[a].count);
      }
      for (let k = 0; k < moves.length; k++) {
        const { axis, target, values } = moves[k];
        const value = values[points[axis]];
        columns[k][e] = value;
        if ("draw" in target) parameters[target.draw][target.parameter] = value;
      }
      for (let d = 0; d < draws.length; d++) {
        const { target, distribution } = draws[d];
        const out = numbers[d];
        this.#uniforms.fill(out, common ? row % drawn : row, d);
        // Parameters that an axis has made impossible make the economy invalid.
        if (distribution.accepts(parameters[d])) {
          for (let k = 0; k < out.length; k++) out[k] = distribution.quantile(out[k], parameters[d]);
        } else out.fill(Number.NaN);
        place(blocks, target, e, out);
      }
      for (let k = 0; k < moves.length; k++) {
        const { target } = moves[k];
        if ("block" in target) place(blocks, target, e, columns[k][e]);
      }
    }
    return { first, count, blocks, axes: columns };
  }
}

/** Gives the cells of economy e their numbers, or one number for all. */
function place(
  blocks: Partial<Record<BlockName, RowsBlock>>,
  { block, cells, sign, factor }: CellTarget,
  e: number,
  given: Float64Array | number,
): void {
  const { values, stride } = blocks[block] as RowsBlock;
  for (let k = 0; k < cells.length; k++) {
    const value = sign * (typeof given === "number" ? given : given[k]);
    const at = e * stride + cells[k];
    values[at] = factor ? values[at] * value : value;
  }
}

function repeated(values: Float64Array, count: number): Float64Array {
  const all = new Float64Array(values.length * count);
  for (let e = 0; e < count; e++) all.set(values, e * values.length);
  return all;
}

// Comparative statics in a pool: how matrices are divided by rows. The point at which derivatives are
// taken stays in the workers (staticsPieces.ts).

import type { Economy } from "../economy/economy.js";
import type { MarketOutcome, MarketParameter } from "../statics/equilibriumStatics.js";
import type { PlanOutcome, PlanParameter } from "../statics/planStatics.js";
import type { Blocks, Given } from "../statics/point.js";
import {
  checkMatrices,
  type EquilibriumStatics,
  type MatricesOptions,
  newRows,
  type Rows,
  shapesOf,
  sizeOf,
  totalOf,
} from "../statics/statics.js";
import { canShare, sharedMemory } from "./economies.js";

/**
 * Statics whose products are promises.
 * @example
 * import { loadPool } from "walras/pool";
 *
 * const pool = await loadPool({ workers: 2 });
 * const economy = pool.economy({
 *   goods: ["bread", "wine"],
 *   agents: ["Ada", "Ben"],
 *   alpha: [[3, 1], [1, 2]],
 *   omega: -2,
 *   endowments: [[1, 4], [5, 1]],
 * });
 * const statics = await pool.statics(economy, await pool.equilibrium(economy));
 */
export interface PooledStatics<Parameter extends string, Outcome extends string> {
  /**
   * Statics.forward.
   * @example
   * const { prices } = await statics.forward({ endowments: [1, 0, 0, 0] });
   * prices; // -0.106331, 0.0879476
   */
  forward(direction: Given<Parameter>): Promise<Blocks<Outcome>>;
  /**
   * Statics.adjoint.
   * @example
   * const { endowments } = await statics.adjoint({ utilities: [1, 0] });
   * endowments; // 0.352938, 0.0607759, 0.184208, -0.143223
   */
  adjoint(cotangent: Given<Outcome>): Promise<Blocks<Parameter>>;
  /**
   * Statics.matrices, by rows in all workers. An aborted signal rejects it with its reason.
   * @example
   * const { prices } = await statics.matrices({ of: ["prices"], by: ["endowments"] });
   * prices.endowments.subarray(4); // 0.0879476, -0.167496, 0.137841, -0.107172
   */
  matrices<O extends Outcome = Outcome, P extends Parameter = Parameter>(
    options?: MatricesOptions<P, O>,
  ): Promise<Record<O, Record<P, Float64Array>>>;
  /**
   * Gives back what the workers keep. Without this call, that happens when nothing refers to it.
   * @example
   * statics.dispose();
   */
  dispose(): void;
}

/** Comparative statics of an equilibrium in a pool. */
export type PooledEquilibriumStatics = PooledStatics<MarketParameter, MarketOutcome> &
  Pick<EquilibriumStatics, "numeraire" | "singular" | "index" | "smallestPivot" | "condition">;

/** Comparative statics of a plan in a pool. */
export type PooledPlanStatics = PooledStatics<PlanParameter, PlanOutcome>;

/** Numbers of a piece of matrices, about: they take some milliseconds. */
const PIECE_NUMBERS = 2 ** 16;

/** Which rows make up the matrices asked for, in pieces of one outcome each, and where to put them. */
export function rowsAsked(economy: Economy, ofPlan: boolean, options: MatricesOptions<string, string>) {
  const { parameters, outcomes } = shapesOf(economy, ofPlan);
  const { of, by } = checkMatrices(parameters, outcomes, options);
  const each = Math.max(1, Math.floor(PIECE_NUMBERS / Math.max(1, totalOf(by, parameters))));
  const pieces = of.flatMap((outcome) => {
    const length = sizeOf(outcomes[outcome]);
    return Array.from({ length: Math.ceil(length / each) }, (_, k): Rows => {
      const first = k * each;
      return { outcome, first, count: Math.min(each, length - first), by };
    });
  });
  const matrices = Object.fromEntries(
    of.map((outcome) => [outcome, newRows(parameters, { by, count: sizeOf(outcomes[outcome]) }, sharedMemory)]),
  );
  const placesOf = ({ outcome, first, count }: Rows): Record<string, Float64Array> =>
    Object.fromEntries(
      by.map((name) => {
        const size = sizeOf(parameters[name]);
        return [name, matrices[outcome][name].subarray(first * size, (first + count) * size)];
      }),
    );
  /** What a piece gets: rows, and their places in the matrices where workers can write to them. */
  const given = (rows: Rows): object => ({ rows, ...(canShare() ? { into: placesOf(rows) } : {}) });
  /** Takes the rows of a piece, where the worker has not written them. */
  const take = (rows: Rows, answer: Record<string, Float64Array> | undefined) => {
    if (!answer) return;
    for (const [name, place] of Object.entries(placesOf(rows))) place.set(answer[name]);
  };
  return { pieces, matrices, given, take, total: totalOf(of, outcomes) };
}

// The sweep as an async iterator.

import { Findings, OptionError } from "../violations.js";
import { blockOf, RowSolver, type SweepRows, type SweepSolver } from "./solve.js";
import { checkSweep, type SweepSpecification } from "./specification.js";

/** Which rows of a sweep to solve, and when to stop. */
export interface SweepOptions {
  /** The number of the first economy; default 0. */
  first?: number;
  /** How many economies; default all that follow. */
  count?: number;
  /** Once it is aborted, the iterator throws its reason. */
  signal?: AbortSignal;
}

/** Blocks that are at work, or wait for it, for each worker of a pool. */
const AHEAD = 2;

/**
 * Solves a sweep, and yields its rows in order, a block of some hundreds or thousands at a time. With
 * a pool, all workers are kept busy; memory stays flat however long the sweep is. Row i is the same
 * whatever the rows that are asked for, the number of workers, and the host.
 * @param solver what load() or loadPool() returns
 * @param specification as an object or as JSON text
 * @throws OptionError for a wrong specification or rows that it does not have; EconomyError for a
 *   wrong base economy
 * @example
 * import { load } from "walras";
 * import { sweep } from "walras/sweep";
 *
 * const walras = await load(); // or loadPool() of walras/pool, for all cores
 * const statuses = [];
 * const rows = sweep(walras, {
 *   economy: { goods: ["bread", "wine"], alpha: [[3, 1], [1, 2]], omega: -2, endowments: [[1, 4], [5, 1]] },
 *   vary: [{ parameter: "gamma", values: [1, 2, 4] }],
 *   draw: {
 *     economies: 100,
 *     seed: 7,
 *     parameters: [{ parameter: "endowments", distribution: "lognormal", sigma: 0.2, factor: true }],
 *   },
 *   solve: "equilibrium",
 *   keep: { fields: ["row", "gamma", "price[bread]"] },
 * });
 * for await (const block of rows) {
 *   const [row, gamma, price] = block.columns.map(({ values }) => values);
 *   statuses.push([block.first, block.rows, block.statuses, row[0], gamma[0], price[0]]);
 * }
 * statuses; // [[0, 300, { converged: 300 }, 0, 1, 0.438191]]
 */
export async function* sweep(
  solver: SweepSolver,
  specification: SweepSpecification | string,
  options: SweepOptions = {},
): AsyncGenerator<SweepRows, void, undefined> {
  const checked = checkSweep(specification);
  const findings = new Findings();
  const { first = 0, count, signal } = findings.keys(options, ["first", "count", "signal"]);
  const { economies } = checked;
  findings.number("first", first, 0, economies - 1, true);
  findings.throwIfAny(OptionError);
  findings.number("count", count, 1, economies - first, true);
  findings.throwIfAny(OptionError);
  const end = first + (count ?? economies - first);
  const block = blockOf(checked);
  const rows = new RowSolver(checked);
  const ahead = "workers" in solver ? AHEAD * solver.workers : 1;
  const waiting: Promise<SweepRows>[] = [];
  for (let next = first; next < end || waiting.length > 0; ) {
    signal?.throwIfAborted();
    while (next < end && waiting.length < ahead) {
      // Up to the next multiple of the block.
      const some = Math.min(block - (next % block), end - next);
      const solving = rows.solve(solver, next, some);
      next += some;
      // A failure is told when its turn comes.
      solving.catch(() => {});
      waiting.push(solving);
    }
    yield await (waiting.shift() as Promise<SweepRows>);
  }
}

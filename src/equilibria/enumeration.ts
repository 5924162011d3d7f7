// Lists of economies with two goods or two agents: runs the core's enumeration, and says in words
// and in the users' units what it has proved.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Group } from "../economy/groups.js";
import type { Engine } from "../engine/engine.js";
import { polishGroup } from "../market/session.js";
import { largestOf } from "../options/numbers.js";
import type { EquilibriaOptions } from "../options/options.js";
import type { Unresolved } from "../solution.js";
import { type List, simplex } from "./list.js";

const MAX_INTERVALS = 100_000;
/** Intervals between two calls of onStep. */
const STRIDE = 16;

/**
 * Finds every equilibrium of a group with two goods or two agents, as `merged`, by interval
 * bisection with proof. The answers are polished in the group's own economy. Undefined where flows
 * are beyond what doubles hold, so that no range can be proved.
 */
export function enumerate(
  engine: Engine,
  group: Group,
  own: Economy,
  merged: Economy,
  options: EquilibriaOptions,
): List | undefined {
  const { kernels, read, value } = engine;
  const m = merged.goods.length;
  const twoGoods = m === 2;
  const at = engine.open(merged, protocol.Solver.ENUMERATION, { logPrices: m, entry: protocol.FOUND_SIZE });
  kernels.startEnumeration(twoGoods ? 1 : 0, at.workspace);
  const code = runEnumeration(engine, at.report, options);
  const entries = Array.from({ length: value(at.report + protocol.FOUND) }, (_, k) => {
    kernels.readEntry(k, at.entry);
    return read(at.entry, protocol.FOUND_SIZE);
  });
  if (entries[0]?.[protocol.FOUND_FROM] === Number.NEGATIVE_INFINITY) return undefined;
  const pricesAt = (t: number) => {
    kernels.readPoint(t, at.logPrices, -1);
    return read(at.logPrices, m);
  };
  const intervals = value(at.report + protocol.INTERVALS);
  const evaluations = value(at.report + protocol.NODES);
  const roots = entries.flatMap((entry) => {
    const point = entry[protocol.FOUND_POINT];
    const index = entry[protocol.FOUND_ROOT] * entry[protocol.FOUND_INDEX];
    return Number.isNaN(point) ? [] : [{ logPrices: pricesAt(point), index }];
  });
  const hidden = entries.filter((entry) => entry[protocol.FOUND_ROOT] === 0);
  const unresolved = hidden.map((entry) => {
    const ends = [entry[protocol.FOUND_FROM], entry[protocol.FOUND_TO]].map((t) => ({ t, logPrices: pricesAt(t) }));
    return unresolvedBetween(group, twoGoods, merged, ends, entry[protocol.FOUND_INDEX]);
  });
  const parts = roots.map(({ logPrices, index }) => polishGroup(engine, own, logPrices, index));
  return {
    parts,
    intervals,
    evaluations,
    complete: code === protocol.CONVERGED && hidden.length === 0,
    indexSum: entries.reduce((sum, entry) => sum + entry[protocol.FOUND_INDEX], 0),
    unresolved,
    searched: describe(group, twoGoods, merged, { code, intervals, roots: roots.length, hidden: hidden.length }),
  };
}

/**
 * Runs the enumeration just started to its end, or until the signal is aborted. Returns the
 * kernel's code.
 */
function runEnumeration(engine: Engine, report: number, options: EquilibriaOptions): number {
  const { kernels, value } = engine;
  const { onStep, signal, maxIntervals = MAX_INTERVALS } = options;
  const budget = onStep || signal ? STRIDE : maxIntervals + 1;
  let code: number = protocol.RUNNING;
  while (code === protocol.RUNNING) {
    // An aborted run is told that it has had its intervals, so that it accounts for the rest.
    code = kernels.stepEnumeration(budget, signal?.aborted ? 0 : maxIntervals);
    kernels.reportEnumeration(report);
    if (onStep && code === protocol.RUNNING) {
      onStep({
        iteration: value(report + protocol.INTERVALS),
        method: "enumeration",
        residual: value(report + protocol.REMAINDER),
      });
    }
  }
  return code;
}

/** An unresolved interval in terms that users know. */
function unresolvedBetween(
  group: Group,
  twoGoods: boolean,
  economy: Economy,
  ends: { t: number; logPrices: Float64Array }[],
  index: number,
): Unresolved {
  const { totals } = economy;
  // The solver's prices are of all there is of a good. Its weights are of utilities whose greatest
  // marginal value of all of a good is 1.
  const unit = twoGoods ? Math.log(totals[1] / totals[0]) : topValue(economy, 1) - topValue(economy, 0);
  const bound = (t: number) => Math.exp(t + unit);
  return {
    group,
    quantity: twoGoods ? "price" : "weight",
    least: bound(ends[0].t),
    greatest: bound(ends[1].t),
    prices: [simplex(ends[0].logPrices), simplex(ends[1].logPrices)],
    index: index as -1 | 0 | 1,
  };
}

/** The greatest of ln(marginal utility at all of a good times all of it) of agent i. */
function topValue({ alpha, omega, totals }: Economy, i: number): number {
  const m = totals.length;
  return largestOf(totals.map((total, j) => Math.log(alpha[i * m + j]) + (1 + omega[i * m + j]) * Math.log(total)));
}

function describe(
  group: Group,
  twoGoods: boolean,
  merged: Economy,
  { code, intervals, roots, hidden }: { code: number; intervals: number; roots: number; hidden: number },
): string {
  const what = twoGoods ? "the relative price of two goods" : "the relative Pareto weight of two agents";
  const fewer = group.agents.length - merged.agents.length;
  const cut = code !== protocol.CONVERGED;
  return [
    `Enumeration with proof over ${what}: ${intervals} intervals.`,
    ...(fewer > 0
      ? [
          `Agents of the same homothetic preferences count as one, ${merged.agents.length} instead of ${group.agents.length}.`,
        ]
      : []),
    cut
      ? "It was ended before the whole range was searched; the rest is an unresolved interval."
      : hidden === 0
        ? `There ${roots === 1 ? "is 1 equilibrium" : `are ${roots} equilibria`} and no other: proved, up to rounding, by bounds on every interval of the range and monotonicity beyond it.`
        : `Outside ${hidden} unresolved interval${hidden > 1 ? "s" : ""} the list is proved complete. Inside, equilibria (none or 2 at index 0, 1 or 3 at index 1 or -1) are indistinguishable in double precision: the economy is critical, or next to it.`,
    ...(merged.alpha.some((a) => a === 0) ? ["Wants of 0 are covered by the proof."] : []),
  ].join(" ");
}

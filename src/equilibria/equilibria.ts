// All equilibria of an economy: which groups allow a proof that the list is complete, and the list of the whole from those of its groups.

import * as layout from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import { type Group, grossSubstitutes, isTrivial, marketGroups, subEconomy } from "../economy/groups.js";
import { type Engine, tellProgress } from "../engine/engine.js";
import { assembleEquilibrium, joinedPrices, logSum, methodsOf } from "../market/equilibrium.js";
import { demandAt, type Part, polishGroup, solveGroup } from "../market/session.js";
import { checkEquilibriaOptions, type EquilibriaOptions } from "../options/options.js";
import type { Equilibria, Unresolved } from "../solution.js";
import { blockEconomy, weakBlocks } from "./blocks.js";
import { search } from "./multistart.js";
import { type Proof, proveComplete } from "./proof.js";

/** Equilibria of the whole listed at most, where groups that do not trade make a product of their lists. */
const MOST_EQUILIBRIA = 4096;
const MOST_INTERVALS = 100_000;
/** How far Newton's steps may move the log prices of an equilibrium proved to be in a box. */
const SETTLING_CAP = 1;
/** Intervals between two calls of onStep. */
const STRIDE = 16;
/** Curvatures for which the bounds' arithmetic is proved not to overflow. */
const MOST_OMEGA = 1e6;

/** What is known of one group's equilibria. */
interface List {
  parts: Part[];
  complete: boolean;
  indexSum: number;
  unresolved: Unresolved[];
  searched: string;
  intervals: number;
  evaluations: number;
}

/** Walras.equilibria. */
export function equilibria(engine: Engine, economy: Economy, options: EquilibriaOptions = {}): Equilibria {
  const good = checkEquilibriaOptions(economy, options);
  const groups = marketGroups(economy);
  const lists = groups.map((group) => listOf(engine, economy, group, options));
  const counts = lists.map(({ parts }) => parts.length);
  const size = counts.reduce((product, count) => product * count, 1);
  const proved = lists.every((list) => list.complete) && size <= MOST_EQUILIBRIA;
  const unique = proved && groups.length === 1 && size === 1;
  const found = Array.from({ length: Math.min(size, MOST_EQUILIBRIA) }, (_, k) =>
    assembleEquilibrium(engine, economy, groups, choice(lists, k), good, options, unique),
  );
  // What is proved to exist may have prices that no double holds.
  const complete = proved && found.every(({ converged }) => converged);
  return {
    equilibria: found.sort((a, b) => a.prices[0] - b.prices[0]),
    complete,
    indexSum: lists.reduce((product, { indexSum }) => product * indexSum, 1),
    unresolved: lists.flatMap(({ unresolved }) => unresolved),
    searched: `${sentence(economy, groups, lists, size)}${proved && !complete ? " Not all of them could be computed in double precision." : ""}`,
    iterations: lists.reduce((sum, { intervals }) => sum + intervals, 0),
    evaluations: lists.reduce((sum, { evaluations }) => sum + evaluations, 0),
    engine: engine.name,
  };
}

/** One part of each list: combination k of the product. */
function choice(lists: readonly List[], k: number): Part[] {
  let rest = k;
  return lists.map(({ parts }) => {
    const part = parts[rest % parts.length];
    rest = Math.floor(rest / parts.length);
    return part;
  });
}

function sentence(economy: Economy, groups: readonly Group[], lists: readonly List[], size: number): string {
  if (lists.length === 1) return lists[0].searched;
  const each = lists.map(
    ({ searched }, g) => `Group ${g + 1} (${names(economy.agents, groups[g].agents)}): ${searched}`,
  );
  return [
    `The economy falls into ${lists.length} groups that do not trade with each other; relative prices between them are arbitrary, and every combination of their equilibria is one of the whole.`,
    ...each,
    ...(size > MOST_EQUILIBRIA ? [`The first ${MOST_EQUILIBRIA} of ${size} combinations are listed.`] : []),
  ].join(" ");
}

/** The equilibria of one group, by the method that proves most. */
function listOf(engine: Engine, economy: Economy, group: Group, options: EquilibriaOptions): List {
  const { onStep, signal, maxIntervals } = options;
  const own = subEconomy(economy, group);
  const alone = (reason: string): List => {
    const part = solveGroup(engine, own, undefined, { onStep, signal }, grossSubstitutes(own), true);
    const complete = part.code === layout.CONVERGED;
    // The only one has the whole of the sum.
    const index = complete ? 1 : part.index;
    return {
      ...counted([{ ...part, index }]),
      complete,
      indexSum: index,
      unresolved: [],
      searched: complete ? `One equilibrium: ${reason}.` : `One equilibrium (${reason}), not found.`,
    };
  };
  if (isTrivial(group)) return alone(`${group.agents.length === 1 ? "one agent" : "one good"}, in closed form`);
  if (grossSubstitutes(own)) return alone("every omega is from -1 to below 0, so goods are gross substitutes");
  const merged = mergeIdentical(own);
  const n = merged.agents.length;
  const m = merged.goods.length;
  if (n === 1) return alone("all agents have the same homothetic preferences, so they demand as one does");
  const tame = own.omega.every((w, c) => own.alpha[c] === 0 || (w >= -MOST_OMEGA && w <= -1 / MOST_OMEGA));
  const oneNumber = n === 2 || m === 2;
  const list = oneNumber && tame ? enumerate(engine, group, own, merged, options) : undefined;
  if (list) return list;
  const first = solveGroup(engine, own, undefined, { onStep, signal }, false, true);
  const blocks = first.code === layout.CONVERGED ? weakBlocks(own, first) : [];
  if (blocks.length > 1) return acrossBlocks(engine, own, blocks, options);
  const proof = proveComplete(engine, merged, { onStep, signal, maxIntervals });
  if (proof?.complete) return provedBy(engine, own, merged, proof);
  const { parts, critical, searched, ...sums } = search(engine, own, first, options);
  const beyond = oneNumber ? "Curvatures or flows are beyond what an enumeration in double precision can bound. " : "";
  const why = proof
    ? `Branch and bound over ${proof.boxes} boxes leaves ${proof.unresolved.length} of them open: the economy is critical or next to it, or its curvatures are extreme. `
    : beyond;
  const unresolved = critical ? [unresolvedAround(group, critical, 1 - sums.indexSum)] : [];
  const indexSum = unresolved.length > 0 ? 1 : sums.indexSum;
  return { ...counted(parts), complete: false, indexSum, unresolved, searched: why + searched };
}

/** The list that branch and bound proved complete. */
function provedBy(engine: Engine, own: Economy, merged: Economy, { found, boxes, evaluations }: Proof): List {
  const parts = found.map(({ logPrices, index }) => polishGroup(engine, own, logPrices, index, SETTLING_CAP));
  const count = parts.length;
  return {
    parts,
    intervals: boxes,
    evaluations,
    complete: true,
    indexSum: found.reduce((sum, { index }) => sum + index, 0),
    unresolved: [],
    searched: `Branch and bound with proof over the relative ${merged.goods.length === 3 ? "prices of three goods" : "weights of three agents"}: ${boxes} boxes. There ${count === 1 ? "is 1 equilibrium" : `are ${count} equilibria`} and no other: proved, up to rounding.`,
  };
}

/** Every combination of equilibria of blocks that trade next to nothing with each other, at price levels that are arbitrary between them. */
function acrossBlocks(engine: Engine, own: Economy, blocks: Group[], options: EquilibriaOptions): List {
  const m = own.goods.length;
  const lists = blocks.map((block) => {
    const alone = blockEconomy(own, block);
    const everything = { agents: [...alone.agents.keys()], goods: [...alone.goods.keys()] };
    return listOf(engine, alone, everything, options);
  });
  const size = lists.reduce((product, { parts }) => product * parts.length, 1);
  const parts = Array.from({ length: Math.min(size, MOST_EQUILIBRIA) }, (_, k) => {
    const chosen = choice(lists, k);
    const logPrices = joinedPrices(m, blocks, chosen);
    const allocation = demandAt(engine, own, logPrices.map(Math.exp));
    return {
      code: Math.max(...chosen.map(({ code }) => code)),
      stable: Math.min(...chosen.map(({ stable }) => stable)),
      index: chosen.reduce((product, { index }) => product * index, 1),
      iterations: chosen.reduce((sum, { iterations }) => sum + iterations, 0),
      evaluations: chosen.reduce((sum, { evaluations }) => sum + evaluations, 0),
      method: methodsOf(chosen),
      answer: { logPrices, allocation },
    };
  });
  return {
    ...counted(parts),
    complete: false,
    indexSum: lists.reduce((product, { indexSum }) => product * indexSum, 1),
    unresolved: lists.flatMap(({ unresolved }) => unresolved),
    searched: [
      `${blocks.length} blocks trade with each other next to nothing, less than 1e-9 of any good's flow: relative prices between them are not determined in double precision, and are arbitrary here. Every combination of their equilibria is listed${size > MOST_EQUILIBRIA ? `, the first ${MOST_EQUILIBRIA} of ${size}` : ""}.`,
      ...lists.map(({ searched }, b) => `Block ${b + 1} (${names(own.goods, blocks[b].goods)}): ${searched}`),
    ].join(" "),
  };
}

function names(all: readonly string[], some: readonly number[]): string {
  return some.map((k) => all[k]).join(", ");
}

/** Where a search stood almost still: within ten of its last steps may be a critical equilibrium, or a pair too close to tell apart. */
function unresolvedAround(
  group: Group,
  { logPrices, step }: { logPrices: Float64Array; step: number },
  index: number,
): Unresolved {
  const at = (move: number) => logPrices.map((p, j) => (j === 0 ? p + move : p));
  const [low, high] = [at(-10 * step), at(10 * step)];
  return {
    group,
    quantity: "price",
    least: Math.exp(low[0] - low[1]),
    greatest: Math.exp(high[0] - high[1]),
    prices: [simplex(low), simplex(high)],
    index: Math.max(-1, Math.min(index, 1)) as -1 | 0 | 1,
  };
}

function simplex(logPrices: Float64Array): Float64Array {
  const sum = logSum(logPrices);
  return logPrices.map((p) => Math.exp(p - sum));
}

function counted(parts: Part[]): Pick<List, "parts" | "intervals" | "evaluations"> {
  return {
    parts,
    intervals: parts.reduce((sum, { iterations }) => sum + iterations, 0),
    evaluations: parts.reduce((sum, { evaluations }) => sum + evaluations, 0),
  };
}

/**
 * The economy in which agents with proportional alpha and one and the same omega for all goods are one, who owns what they own: their
 * demands add up to that agent's (Gorman 1953), so that prices are the same.
 */
export function mergeIdentical(economy: Economy): Economy {
  const { alpha, omega } = economy;
  const endowments = economy.endowments as Float64Array;
  const m = economy.goods.length;
  const leaders: number[] = [];
  const owned: Float64Array[] = [];
  const byPreferences = new Map<string, number>();
  economy.agents.forEach((_, i) => {
    const row = i * m;
    const wants = alpha.subarray(row, row + m);
    const first = wants.find((a) => a > 0) as number;
    const wanted = Array.from(wants.keys()).filter((j) => wants[j] > 0);
    const bend = omega[row + wanted[0]];
    const homothetic = wanted.every((j) => omega[row + j] === bend);
    // Fifteen digits: proportional up to rounding.
    const key = homothetic ? `${bend}:${Array.from(wants, (a) => (a / first).toPrecision(15)).join()}` : `${i}`;
    const place = byPreferences.get(key);
    if (place === undefined) {
      byPreferences.set(key, leaders.length);
      leaders.push(i);
      owned.push(endowments.slice(row, row + m));
    } else for (let j = 0; j < m; j++) owned[place][j] += endowments[row + j];
  });
  if (leaders.length === economy.agents.length) return economy;
  const goods = economy.goods.map((_, j) => j);
  return {
    ...subEconomy(economy, { agents: leaders, goods }),
    endowments: Float64Array.from(owned.flatMap((row) => [...row])),
    totals: economy.totals,
  };
}

/**
 * Every equilibrium of a group with two goods or two agents, as `merged`, by interval bisection with proof. The answers are settled in the
 * group's own economy. Undefined where flows are beyond what doubles hold, so that no range can be proved.
 */
function enumerate(
  engine: Engine,
  group: Group,
  own: Economy,
  merged: Economy,
  options: EquilibriaOptions,
): List | undefined {
  const { kernels, lay, read, value } = engine;
  const n = merged.agents.length;
  const m = merged.goods.length;
  const family = m === 2 ? layout.TWO_GOODS : layout.TWO_AGENTS;
  const at = lay({
    alpha: merged.alpha,
    omega: merged.omega,
    endowments: merged.endowments as Float64Array,
    totals: merged.totals,
    logPrices: m,
    entry: layout.FOUND_SIZE,
    header: layout.REPORT_SIZE,
    work: kernels.enumerationWork(family, n, m),
  });
  kernels.startEnumeration(family, n, m, at.alpha, at.omega, at.endowments, at.totals, at.work);
  const code = runEnumeration(engine, at.header, options);
  const entries = Array.from({ length: value(at.header + layout.FOUND) }, (_, k) => {
    kernels.takeFound(k, at.entry);
    return read(at.entry, layout.FOUND_SIZE);
  });
  if (entries[0]?.[layout.FOUND_FROM] === Number.NEGATIVE_INFINITY) return undefined;
  const pricesAt = (t: number) => {
    kernels.takePoint(t, at.logPrices, -1, at.totals);
    return read(at.logPrices, m);
  };
  const intervals = value(at.header + layout.INTERVALS);
  const evaluations = value(at.header + layout.NODES);
  const roots = entries.flatMap((entry) => {
    const point = entry[layout.FOUND_POINT];
    const index = entry[layout.FOUND_ROOT] * entry[layout.FOUND_INDEX];
    return Number.isNaN(point) ? [] : [{ logPrices: pricesAt(point), index }];
  });
  const hidden = entries.filter((entry) => entry[layout.FOUND_ROOT] === 0);
  const unresolved = hidden.map((entry) => {
    const ends = [entry[layout.FOUND_FROM], entry[layout.FOUND_TO]].map((t) => ({ t, logPrices: pricesAt(t) }));
    return unresolvedBetween(group, family, merged, ends, entry[layout.FOUND_INDEX]);
  });
  const parts = roots.map(({ logPrices, index }) => polishGroup(engine, own, logPrices, index));
  return {
    parts,
    intervals,
    evaluations,
    complete: code === layout.CONVERGED && hidden.length === 0,
    indexSum: entries.reduce((sum, entry) => sum + entry[layout.FOUND_INDEX], 0),
    unresolved,
    searched: enumerated(group, family, merged, { code, intervals, roots: roots.length, hidden: hidden.length }),
  };
}

/** Runs the enumeration just started to its end, or until the signal is aborted; returns the kernel's code. */
function runEnumeration(engine: Engine, header: number, options: EquilibriaOptions): number {
  const { kernels, value } = engine;
  const { onStep, signal, maxIntervals = MOST_INTERVALS } = options;
  const budget = onStep || signal ? STRIDE : maxIntervals + 1;
  let code: number = layout.RUNNING;
  while (code === layout.RUNNING) {
    // An aborted run is told that it has had its intervals, so that it accounts for the rest.
    code = kernels.stepEnumeration(budget, signal?.aborted ? 0 : maxIntervals);
    kernels.reportEnumeration(header);
    if (onStep && code === layout.RUNNING) {
      tellProgress(engine, onStep, {
        iteration: value(header + layout.INTERVALS),
        method: "enumeration",
        residual: value(header + layout.REMAINDER),
      });
    }
  }
  return code;
}

/** An unresolved interval in terms that users know. */
function unresolvedBetween(
  group: Group,
  family: number,
  economy: Economy,
  ends: { t: number; logPrices: Float64Array }[],
  index: number,
): Unresolved {
  const twoGoods = family === layout.TWO_GOODS;
  const { totals } = economy;
  // The solver's prices are of all there is of a good; its weights, of utilities whose greatest marginal value of all of a good is 1.
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
  return Math.max(...totals.map((total, j) => Math.log(alpha[i * m + j]) + (1 + omega[i * m + j]) * Math.log(total)));
}

function enumerated(
  group: Group,
  family: number,
  merged: Economy,
  { code, intervals, roots, hidden }: { code: number; intervals: number; roots: number; hidden: number },
): string {
  const what =
    family === layout.TWO_GOODS ? "the relative price of two goods" : "the relative Pareto weight of two agents";
  const fewer = group.agents.length - merged.agents.length;
  const cut = code !== layout.CONVERGED;
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

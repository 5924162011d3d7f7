// All equilibria of an economy: which groups allow a proof that the list is complete, and the list
// of the whole from those of its groups.

import * as protocol from "../../assembly/protocol.js";
import { auditMarket } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import { type Group, type Market, type MarketGroup, marketGroups, singleGroup } from "../economy/groups.js";
import { mergeIdentical } from "../economy/identical.js";
import type { Engine } from "../engine/engine.js";
import type { Work } from "../engine/work.js";
import { assembleEquilibrium, joinedPrices, methodsOf } from "../market/equilibrium.js";

import { demandAt, largestSolver, type Part, polishGroup, requireMarketRoom, solveGroup } from "../market/session.js";
import type { CheckedEquilibriaOptions, EquilibriaOptions } from "../options/options.js";

import type { Equilibria, Unresolved } from "../solution.js";
import { escaped } from "../violations.js";
import { blockEconomy, weakBlocks } from "./blocks.js";
import { enumerate } from "./enumeration.js";
import { type List, simplex, withCounts } from "./list.js";
import { isTame, search } from "./multistart.js";
import { type Proof, proveComplete } from "./proof.js";

/**
 * Equilibria of the whole listed at most, where groups that do not trade make a product of their
 * lists.
 */
const MAX_EQUILIBRIA = 4096;
/** Residuals of an equilibrium, at most. */
const TOLERANCE = 1e-10;
/** How far Newton's steps may move the log prices of an equilibrium proved to be in a box. */
const POLISHING_CAP = 1;

/** Walras.equilibria. */
export function* equilibria(
  engine: Engine,
  economy: Economy,
  { options, good }: CheckedEquilibriaOptions,
): Work<Equilibria> {
  const groups = marketGroups(economy);
  const lists: List[] = [];
  for (const group of groups) lists.push(yield* listOf(engine, group, options));
  const counts = lists.map(({ parts }) => parts.length);
  const size = counts.reduce((product, count) => product * count, 1);
  const proved = lists.every((list) => list.complete) && size <= MAX_EQUILIBRIA;
  const unique = proved && groups.length === 1 && size === 1;
  const found = Array.from({ length: Math.min(size, MAX_EQUILIBRIA) }, (_, k) =>
    assembleEquilibrium(engine, economy, groups, choice(lists, k), good, options, unique),
  );
  // What is proved to exist may have prices that no double holds.
  const complete = proved && found.every(({ converged }) => converged);
  return {
    equilibria: found.sort((a, b) => a.prices[0] - b.prices[0]),
    complete,
    indexSum: lists.reduce((product, { indexSum }) => product * indexSum, 1),
    unresolved: lists.flatMap(({ unresolved }) => unresolved),
    searched: `${describe(economy, groups, lists, size)}${proved && !complete ? " Not all of them could be computed in double precision." : ""}`,
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

function describe(economy: Economy, groups: readonly Group[], lists: readonly List[], size: number): string {
  if (lists.length === 1) return lists[0].searched;
  const each = lists.map(
    ({ searched }, g) => `Group ${g + 1} (${names(economy.agents, groups[g].agents)}): ${searched}`,
  );
  return [
    `The economy falls into ${lists.length} groups that do not trade with each other; relative prices between them are arbitrary, and every combination of their equilibria is one of the whole.`,
    ...each,
    ...(size > MAX_EQUILIBRIA ? [`The first ${MAX_EQUILIBRIA} of ${size} combinations are listed.`] : []),
  ].join(" ");
}

/** The equilibria of one group, by the method that proves most. */
function* listOf(engine: Engine, market: MarketGroup, options: EquilibriaOptions): Work<List> {
  const { onStep, signal, maxIntervals } = options;
  const { economy: own, substitutes, agents, goods } = market;
  // Unresolved intervals carry their group: its agents and goods alone.
  const group: Group = { agents, goods };
  const singleEquilibrium = (reason: string): List => {
    const part = solveGroup(engine, own, undefined, { onStep, signal }, substitutes, true);
    const complete = part.code === protocol.CONVERGED;
    // The only one has the whole of the sum.
    const index = complete ? 1 : part.index;
    return {
      ...withCounts([{ ...part, index }]),
      complete,
      indexSum: index,
      unresolved: [],
      searched: complete ? `One equilibrium: ${reason}.` : `One equilibrium (${reason}), not found.`,
    };
  };
  if (market.trivial) return singleEquilibrium(`${agents.length === 1 ? "one agent" : "one good"}, in closed form`);
  if (substitutes) return singleEquilibrium("every omega is from -1 to below 0, so goods are gross substitutes");
  // Whatever lists the equilibria, one of these polishes them. To merge agents takes long.
  requireMarketRoom(engine, own, largestSolver(own));
  const merged = mergeIdentical(own);
  const n = merged.agents.length;
  const m = merged.goods.length;
  if (n === 1) return singleEquilibrium("all agents have the same homothetic preferences, so they demand as one does");
  const tame = isTame(own);
  const oneNumber = n === 2 || m === 2;
  // Within these curvatures the arithmetic of bounds does not overflow.
  const list = oneNumber && tame ? enumerate(engine, group, own, merged, options) : undefined;
  if (list) return list;
  const first = solveGroup(engine, own, undefined, { onStep, signal }, false, true);
  const blocks = first.code === protocol.CONVERGED ? weakBlocks(own, first) : [];
  if (blocks.length > 1) {
    const list = yield* acrossBlocks(engine, own, blocks, options);
    // If the blocks do not trade, markets clear at any price level between them.
    if (list.parts.every((part) => clears(engine, own, part))) return list;
  }
  const proof = tame ? yield* proveComplete(engine, merged, { onStep, signal, maxIntervals }) : undefined;
  if (proof?.complete) return provedBy(engine, own, merged, proof);
  const known = proof?.found.map(({ logPrices }) => logPrices) ?? [];
  const { parts, critical, searched, ...sums } = yield* search(engine, own, first, known, options);
  const beyond = oneNumber ? "Curvatures or flows are beyond what an enumeration in double precision can bound. " : "";
  const why = proof
    ? `Branch and bound over ${proof.boxes} boxes leaves ${proof.unresolved.length} of them open: the economy is critical or next to it, or its curvatures are extreme. `
    : beyond;
  const unresolved = critical ? [unresolvedAround(group, critical, 1 - sums.indexSum)] : [];
  const indexSum = unresolved.length > 0 ? 1 : sums.indexSum;
  return { ...withCounts(parts), complete: false, indexSum, unresolved, searched: why + searched };
}

/** Whether all markets clear at a part's prices, by the audit. */
function clears(engine: Engine, economy: Economy, { answer }: Part): boolean {
  const { residuals } = auditMarket(engine, economy, simplex(answer.logPrices), answer.allocation);
  return Object.values(residuals).every((residual) => residual <= TOLERANCE);
}

/** The list that branch and bound proved complete. */
function provedBy(engine: Engine, own: Economy, merged: Economy, { found, boxes, evaluations }: Proof): List {
  const parts = found.map(({ logPrices, index }) => polishGroup(engine, own, logPrices, index, POLISHING_CAP));
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

/**
 * Every combination of equilibria of blocks that trade next to nothing with each other, at price
 * levels that are arbitrary between them.
 */
function* acrossBlocks(engine: Engine, own: Market, blocks: Group[], options: EquilibriaOptions): Work<List> {
  const m = own.goods.length;
  const lists: List[] = [];
  for (const block of blocks) lists.push(yield* listOf(engine, singleGroup(blockEconomy(own, block)), options));
  const size = lists.reduce((product, { parts }) => product * parts.length, 1);
  const parts = Array.from({ length: Math.min(size, MAX_EQUILIBRIA) }, (_, k) => {
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
    ...withCounts(parts),
    complete: false,
    indexSum: lists.reduce((product, { indexSum }) => product * indexSum, 1),
    unresolved: lists.flatMap(({ unresolved }) => unresolved),
    searched: [
      `${blocks.length} blocks trade with each other next to nothing, less than 1e-9 of any good's flow: relative prices between them are not determined in double precision, and are arbitrary here. Every combination of their equilibria is listed${size > MAX_EQUILIBRIA ? `, the first ${MAX_EQUILIBRIA} of ${size}` : ""}.`,
      ...lists.map(({ searched }, b) => `Block ${b + 1} (${names(own.goods, blocks[b].goods)}): ${searched}`),
    ].join(" "),
  };
}

function names(all: readonly string[], some: readonly number[]): string {
  return escaped(some.map((k) => all[k]).join(", "));
}

/**
 * Where a search stood almost still: within ten of its last steps may be a critical equilibrium, or
 * a pair too close to tell apart.
 */
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

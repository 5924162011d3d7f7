// The planner's problem, exactly: opens an economy, lets the core plan it, and returns a plan that
// the audit has judged.

import { CONVERGED, goodsPerPart, Solver } from "../../assembly/protocol.js";
import { auditPlan } from "../audit.js";
import { checkedEconomy, type Economy } from "../economy/economy.js";
import { type Addresses, copyOf, type Engine, type EngineName, type Layout, type Range } from "../engine/engine.js";
import { addressOf, isPrepared, type PreparedEconomy } from "../engine/prepared.js";
import { largestOf } from "../options/numbers.js";
import { checkPlanOptions, type PlanOptions } from "../options/options.js";
import { type ExactPlan, finish, judge, lostUtility, MIN_NORMAL, type Plan } from "../solution.js";

/** Residuals up to which the tiles have found the plan. */
const TRUSTED = 1e-11;

/** Walras.plan. */
export function plan(engine: Engine, target: Economy | PreparedEconomy, given: PlanOptions = {}): ExactPlan {
  const prepared = isPrepared(target) ? target : undefined;
  const economy = checkedEconomy(prepared ? prepared.economy : (target as Economy));
  const { options, weights } = checkPlanOptions(economy, given);
  const tiles = planTiles(engine, economy, weights, prepared ? addressOf(engine, prepared) : -1);
  const found = (tiles && fromTiles(economy, weights, tiles)) ?? planWhole(engine, economy, weights);
  return answerOf(engine.name, economy, options, weights, found);
}

/** What a method found, with residuals that it has recomputed. */
export type Found = Pick<
  ExactPlan,
  "residuals" | "allocation" | "shadowPrices" | "utilities" | "welfare" | "gap" | "ties"
>;

/** The answer that a plan found is. */
export function answerOf(
  engine: EngineName,
  economy: Economy,
  options: PlanOptions,
  weights: Float64Array,
  found: Found,
): ExactPlan {
  const { status, converged, message } = judge(
    CONVERGED,
    found.residuals,
    options.tolerance ?? 1e-10,
    Number.isNaN(found.welfare),
  );
  const lost = lostPrice(economy, found.shadowPrices);
  // Spelt out: spreading takes longer than a small plan.
  return finish(options, {
    status,
    converged,
    message:
      lost < 0
        ? message + lostUtility(economy, found.utilities)
        : `The shadow price of ${economy.goods[lost]} is beyond what a double holds, so no residuals can bear the plan out; other units of the good, or other weights, may help.`,
    iterations: 0,
    evaluations: 1,
    residuals: found.residuals,
    method: "exact",
    engine,
    allocation: found.allocation,
    shadowPrices: found.shadowPrices,
    weights: copyOf(weights),
    utilities: found.utilities,
    welfare: found.welfare,
    gap: found.gap,
    ties: found.ties,
  });
}

/** An allocation (n m) and shadow prices (m), not judged yet. */
export interface Standing {
  allocation: Float64Array;
  shadowPrices: Float64Array;
}

/** A plan of goods side by side. */
export interface Tiles extends Standing {
  residuals: { feasibility: number; stationarity: number };
  /** For each part (goodsPerPart) n sums over its goods, weighted by the agents' weights. */
  utilities: Float64Array;
}

/** How planTiles() lays an economy, and one whose preferences the engine has already. */
const TILES = layoutOf({});
const PREPARED_TILES = layoutOf({ alpha: 0, omega: 0 });

function layoutOf(preferences: { alpha?: 0; omega?: 0 }): Layout<"residuals" | "utilities"> {
  return {
    solver: Solver.TILES,
    blocks: (n, m) => ({ ...preferences, endowments: 0, residuals: 2, utilities: sumsOf(n, m) }),
  };
}

/** How many sums over goods the tiles write. */
function sumsOf(n: number, m: number): number {
  return n * Math.ceil(m / goodsPerPart(n));
}

/** Plans goods side by side; undefined where the economy is not one for that. */
function planTiles(engine: Engine, economy: Economy, weights: Float64Array, prepared: number): Tiles | undefined {
  const found = runTiles(engine, economy, weights, prepared);
  if (!found) return undefined;
  const { read } = engine;
  const { at, residuals, utilities } = found;
  const m = economy.goods.length;
  return { allocation: read(at.x, weights.length * m), shadowPrices: read(at.prices, m), residuals, utilities };
}

/**
 * Lets the core plan goods side by side, for concave utilities of everything: all of them or a range.
 * The tiles audit their own answer, which lies at `at.x` and `at.prices`. Undefined where the economy is
 * not one for them.
 */
export function runTiles(
  engine: Engine,
  economy: Economy,
  weights: Float64Array,
  prepared: number,
  range?: Range,
): (Omit<Tiles, keyof Standing> & { at: Addresses<"x" | "prices"> }) | undefined {
  const { kernels, read, value } = engine;
  const at = engine.enter(economy, prepared < 0 ? TILES : PREPARED_TILES, weights, range);
  kernels.planTiles(prepared, at.prices, at.x, at.residuals, at.utilities, at.workspace);
  const residuals = { feasibility: value(at.residuals), stationarity: value(at.residuals + 1) };
  if (!(residuals.feasibility <= TRUSTED && residuals.stationarity <= TRUSTED)) return undefined;
  const sums = sumsOf(weights.length, range?.count ?? economy.goods.length);
  return { at, residuals, utilities: read(at.utilities, sums) };
}

/** The plan that tiles found; undefined where it is not to be trusted. */
export function fromTiles(economy: Economy, weights: Float64Array, tiles: Tiles): Found | undefined {
  const { allocation, shadowPrices, residuals } = tiles;
  const n = weights.length;
  const utilities = tiles.utilities.length === n ? tiles.utilities : tiles.utilities.slice(0, n);
  for (let c = n; c < tiles.utilities.length; c++) utilities[c % n] += tiles.utilities[c];
  let welfare = 0;
  for (let i = 0; i < n; i++) {
    welfare += utilities[i];
    utilities[i] /= weights[i];
  }
  if (!Number.isFinite(welfare) || lostPrice(economy, shadowPrices) >= 0) return undefined;
  const ties = new Int32Array(shadowPrices.length);
  for (let j = 0; j < ties.length; j++) ties[j] = 1;
  return { residuals, allocation, shadowPrices, utilities, welfare, gap: 0, ties };
}

/** A plan of one good after the other, not audited yet. */
export interface Goods extends Standing {
  /** m: how many agents tie for each good. */
  ties: Float64Array;
  /** m: by how much the welfare of a good may fall short; and m: the part of it that this is. */
  gaps: [Float64Array, Float64Array];
}

/**
 * Plans goods `first` to `end` - 1, good by good, whatever the curvatures. The answer has the places
 * of all goods; those of the others mean nothing.
 */
export function planGoods(engine: Engine, economy: Economy, weights: Float64Array, first: number, end: number): Goods {
  const { kernels, read } = engine;
  const m = economy.goods.length;
  const at = engine.open(economy, Solver.PLAN, { endowments: 0, weights, ties: m, gaps: 2 * m });
  kernels.plan(first, end, at.prices, at.x, at.ties, at.gaps, at.workspace);
  return {
    allocation: read(at.x, economy.alpha.length),
    shadowPrices: read(at.prices, m),
    ties: read(at.ties, m),
    gaps: [read(at.gaps, m), read(at.gaps + m, m)],
  };
}

/** Audits a plan of goods. */
export function fromGoods(engine: Engine, economy: Economy, weights: Float64Array, goods: Goods): Found {
  const { allocation, shadowPrices, ties, gaps } = goods;
  const audited = auditAllocation(engine, economy, weights, allocation, shadowPrices);
  const optimality = largestOf(gaps[1]);
  return {
    ...audited,
    residuals: { ...audited.residuals, ...(isConcave(economy) ? {} : { optimality }) },
    gap: gaps[0].reduce((sum, gap) => sum + gap, 0),
    ties: Int32Array.from(ties),
  };
}

function planWhole(engine: Engine, economy: Economy, weights: Float64Array): Found {
  return fromGoods(engine, economy, weights, planGoods(engine, economy, weights, 0, economy.goods.length));
}

/** Audits an allocation and shadow prices as a plan, whoever found them. */
export function auditAllocation(
  engine: Engine,
  economy: Economy,
  weights: Float64Array,
  allocation: Float64Array,
  shadowPrices: Float64Array,
) {
  const at = engine.open(economy, Solver.AUDIT, { endowments: 0, weights, x: allocation, prices: shadowPrices });
  return auditPlan(engine, economy, { ...at, audit: at.workspace as number });
}

/**
 * The first good whose shadow price is more or less than a double holds with all its digits, or -1.
 * The price of a good that nobody wants is 0.
 */
function lostPrice(economy: Economy, shadowPrices: Float64Array): number {
  const m = shadowPrices.length;
  for (let j = 0; j < m; j++) {
    if (shadowPrices[j] >= MIN_NORMAL && shadowPrices[j] < Infinity) continue;
    if (isWanted(economy, j)) return j;
  }
  return -1;
}

function isWanted({ alpha, goods }: Economy, j: number): boolean {
  for (let c = j; c < alpha.length; c += goods.length) if (alpha[c] > 0) return true;
  return false;
}

/**
 * Adds by what part welfare falls short of the maximum, where an omega is 0 or more: first-order
 * conditions do not tell it there.
 */
export function withOptimality<A extends { residuals: Plan["residuals"]; welfare: number; weights: Float64Array }>(
  engine: Engine,
  economy: Economy,
  answer: A,
): A {
  if (isConcave(economy)) return answer;
  const { welfare, residuals } = plan(engine, economy, { weights: answer.weights });
  const shortfall = Math.max(0, welfare - answer.welfare) / Math.abs(welfare);
  const optimality = shortfall + (residuals.optimality ?? 0);
  return { ...answer, residuals: { ...answer.residuals, optimality } };
}

/** Whether every utility of a good that an agent wants is concave. */
function isConcave({ alpha, omega }: Economy): boolean {
  return omega.every((w, c) => w < 0 || alpha[c] === 0);
}

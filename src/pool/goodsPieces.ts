// What workers do of planner's problems that are divided by goods (goods.ts).

import { DIVERGED, MAX_ITERATIONS } from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import { type Engine, exclusive, type Range } from "../engine/engine.js";
import { addressOf, type PreparedEconomy, prepare } from "../engine/prepared.js";
import { startEngine } from "../engine/start.js";
import { ALL_KERNELS } from "../load.js";
import { AdamRun, type AdamSettings, judgeAdam, STRIDE, startOf } from "../planner/adam.js";
import { type Found, fromGoods, type Goods, planGoods, runTiles, type Standing, type Tiles } from "../planner/plan.js";
import { type Into, type Part, putRange } from "./goods.js";
import { keep } from "./kept.js";

/** Columns of a matrix of m columns. */
function columns(values: Float64Array, m: number, { first, count }: Range): Float64Array {
  if (count === m) return values;
  const out = new Float64Array((values.length / m) * count);
  for (let from = first, to = 0; to < out.length; from += m, to += count) {
    out.set(values.subarray(from, from + count), to);
  }
  return out;
}

/** The economy of some goods alone, without endowments. */
function partOf(economy: Economy, range: Range): Economy {
  const { first, count } = range;
  const m = economy.goods.length;
  return {
    agents: economy.agents,
    goods: economy.goods.slice(first, first + count),
    alpha: columns(economy.alpha, m, range),
    omega: columns(economy.omega, m, range),
    totals: economy.totals.slice(first, first + count),
    weights: economy.weights,
  };
}

interface PartGiven extends Into {
  economy: Economy;
  range: Range;
  weights: Float64Array;
  /** Of a prepared economy: what its parts are kept under. */
  key?: number;
}

/** Keeps some goods of an economy prepared. */
async function preparedPart(engine: Engine, { economy, range, key }: PartGiven & { key: number }) {
  return await keep(
    key,
    String(range.first),
    () => exclusive(engine, () => prepare(engine, partOf(economy, range))),
    (prepared: PreparedEconomy) => prepared.dispose(),
  );
}

/** Plans some goods side by side; undefined where they are not for that. */
async function tilesOf(engine: Engine, given: PartGiven): Promise<Part<Tiles> | undefined> {
  const { economy, range, weights, key, into } = given;
  const prepared = key === undefined ? undefined : await preparedPart(engine, { ...given, key });
  const address = prepared ? addressOf(engine, prepared) : -1;
  return exclusive(engine, () => {
    const found = runTiles(engine, economy, weights, address, range);
    if (!found) return undefined;
    const { at, ...facts } = found;
    const { first, count } = range;
    const n = weights.length;
    if (!into)
      return { ...facts, allocation: engine.read(at.x, n * count), shadowPrices: engine.read(at.prices, count) };
    const m = into.shadowPrices.length;
    for (let i = 0; i < n; i++) engine.copyTo(into.allocation, i * m + first, at.x + i * count, count);
    engine.copyTo(into.shadowPrices, first, at.prices, count);
    return facts;
  });
}

/** Plans some goods one by one, as parts of the whole: agents' scales depend on all of them. */
function goodsOf(engine: Engine, given: PartGiven): Part<Goods> {
  const { economy, range, weights } = given;
  const { first, count } = range;
  const m = economy.goods.length;
  const all = exclusive(engine, () => planGoods(engine, economy, weights, first, first + count));
  const some = (values: Float64Array) => values.slice(first, first + count);
  const part = {
    allocation: columns(all.allocation, m, range),
    shadowPrices: some(all.shadowPrices),
    ties: some(all.ties),
    gaps: [some(all.gaps[0]), some(all.gaps[1])] as Goods["gaps"],
  };
  return placed(part, given);
}

/** Writes the numbers of some goods where they belong, if it can; returns what is left to be sent. */
function placed<T extends Standing>(part: T, { into, range }: PartGiven): Part<T> {
  if (!into) return part;
  putRange(into, range, part);
  const { allocation, shadowPrices, ...others } = part;
  return others;
}

interface AdamGiven extends PartGiven {
  key: number;
  settings: AdamSettings;
  /** An allocation to start from. */
  start?: Float64Array;
  /** The step to go to from the last one, or from the beginning in a worker that does not have it. */
  to: number;
  /** Whether the residual is asked for. */
  looks: boolean;
}

/** Goes on with the run of some goods. */
async function adamSteps(engine: Engine, given: AdamGiven) {
  const run = await adamRun(engine, given);
  const { settings, to } = given;
  let status: number = MAX_ITERATIONS;
  while (run.done < to && status !== DIVERGED)
    status = run.step(Math.min(to, strideOf(settings, run.done)) - run.done, settings.tolerance);
  return { status, done: run.done, ...(given.looks ? { stationarity: run.look().stationarity } : {}) };
}

/** A run, on an engine of its own, which holds its state. */
async function adamRun(engine: Engine, { economy, range, weights, key, settings, start }: AdamGiven): Promise<AdamRun> {
  return await keep(key, String(range.first), async () => {
    const own = await startEngine({ engine: engine.name }, ALL_KERNELS);
    const m = economy.goods.length;
    const all = startOf(own, economy, settings, start);
    return new AdamRun(own, partOf(economy, range), weights, settings, columns(all, m, range));
  });
}

/** The step up to which a run goes on its own from step `done` on. */
function strideOf({ formulation, maxSteps }: AdamSettings, done: number): number {
  return formulation === "shares" ? Math.min(maxSteps, done + STRIDE) : maxSteps;
}

/** The pieces that a worker knows, beside those of src/pieces.ts. */
export const GOODS_PIECES = {
  prepareGoods: async (engine: Engine, given: PartGiven & { key: number }): Promise<void> => {
    await preparedPart(engine, given);
  },
  planTiles: tilesOf,
  planGoods: goodsOf,
  auditGoods: (engine: Engine, given: { economy: Economy; weights: Float64Array; goods: Goods }): Found =>
    exclusive(engine, () => fromGoods(engine, given.economy, given.weights, given.goods)),
  adamSteps,
  adamRead: async (engine: Engine, given: AdamGiven): Promise<Part<Standing>> => {
    await adamSteps(engine, given);
    return placed((await adamRun(engine, given)).read(), given);
  },
  adamJudge: (engine: Engine, given: { economy: Economy; weights: Float64Array; form: number; standing: Standing }) =>
    exclusive(engine, () => judgeAdam(engine, given.economy, given.weights, given.form, given.standing)),
};

// Planner's problems by goods, which nothing ties to each other: plans, prepared economies and runs of
// Adam. How goods are divided, and how answers are put together; goodsPieces.ts is what workers do.

import { adamTileWidth, goodsPerPart } from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { EngineName } from "../engine/engine.js";
import type { AdamSettings, Standing } from "../planner/adam.js";
import type { Goods, Tiles } from "../planner/plan.js";

/** Goods next to each other. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** Cells from which on a plan is worth dividing. */
const MIN_CELLS = 2 ** 17;
/** Cells times steps from which on a run of Adam is. */
const MIN_STEPS = 2 ** 22;

/** The goods of an economy in up to `most` ranges; undefined where dividing does not pay. */
export function rangesOf({ agents, goods }: Economy, most: number): Range[] | undefined {
  const n = agents.length;
  const m = goods.length;
  const parts = Math.ceil(m / goodsPerPart(n));
  if (n * m < MIN_CELLS || parts < 2) return undefined;
  return cuts(m, goodsPerPart(n), most);
}

/** The same for a run of Adam, whose tiles are narrower. */
export function adamRangesOf(
  { agents, goods }: Economy,
  { single, maxSteps }: AdamSettings,
  engine: EngineName,
  most: number,
): Range[] | undefined {
  const n = agents.length;
  const m = goods.length;
  const lanes = engine === "js" ? 1 : single ? 4 : 2;
  const width = adamTileWidth(n, lanes);
  const tiles = Math.ceil(m / width);
  if (n * m * maxSteps < MIN_STEPS || tiles < 2) return undefined;
  return cuts(m, width, most);
}

/** Cuts m goods into up to `most` ranges of about the same length, of whole tiles or parts this wide. */
function cuts(m: number, width: number, most: number): Range[] {
  const tiles = Math.ceil(m / width);
  const ranges = Math.min(tiles, most);
  const at = (k: number) => Math.min(Math.round((k * tiles) / ranges) * width, m);
  return Array.from({ length: ranges }, (_, k) => ({ first: at(k), count: at(k + 1) - at(k) }));
}

/** Puts columns into a matrix of m columns. */
function putColumns(all: Float64Array, m: number, { first, count }: Range, part: Float64Array): void {
  for (let to = first, from = 0; from < part.length; to += m, from += count) {
    all.set(part.subarray(from, from + count), to);
  }
}

/** Puts allocations and shadow prices of ranges together. */
export function joinGoods(n: number, m: number, ranges: readonly Range[], parts: readonly Standing[]): Standing {
  const allocation = new Float64Array(n * m);
  const shadowPrices = new Float64Array(m);
  parts.forEach((part, k) => {
    putColumns(allocation, m, ranges[k], part.allocation);
    shadowPrices.set(part.shadowPrices, ranges[k].first);
  });
  return { allocation, shadowPrices };
}

export function joinTiles(n: number, m: number, ranges: readonly Range[], parts: readonly Tiles[]): Tiles {
  const utilities = new Float64Array(n * Math.ceil(m / goodsPerPart(n)));
  let at = 0;
  for (const part of parts) {
    utilities.set(part.utilities, at);
    at += part.utilities.length;
  }
  const worst = (name: keyof Tiles["residuals"]) =>
    parts.reduce((most, part) => Math.max(most, part.residuals[name]), 0);
  const residuals = { feasibility: worst("feasibility"), stationarity: worst("stationarity") };
  return { ...joinGoods(n, m, ranges, parts), residuals, utilities };
}

export function joinByGoods(n: number, m: number, ranges: readonly Range[], parts: readonly Goods[]): Goods {
  const all = (of: (part: Goods) => Float64Array) => {
    const out = new Float64Array(m);
    parts.forEach((part, k) => {
      out.set(of(part), ranges[k].first);
    });
    return out;
  };
  return {
    ...joinGoods(n, m, ranges, parts),
    ties: all(({ ties }) => ties),
    gaps: [all(({ gaps }) => gaps[0]), all(({ gaps }) => gaps[1])],
  };
}

// Planner's problems by goods, which nothing ties to each other: plans, prepared economies and runs of
// Adam. How goods are divided, and how answers are put together; goodsPieces.ts is what workers do.

import { adamTileWidth, goodsPerPart } from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import { doublesIn, type EngineName, type Range } from "../engine/engine.js";
import type { AdamSettings } from "../planner/adam.js";
import type { Goods, Standing, Tiles } from "../planner/plan.js";
import { canShare, sharedMemory } from "./economies.js";

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

/** What a piece gets: the arrays of the whole answer, where workers can write to them. */
export interface Into {
  into?: Standing;
}

/** The numbers of some goods: all of a part, or those that are not in the arrays of the whole. */
export type Part<T extends Standing> = Omit<T, keyof Standing> & Partial<Standing>;

/** The allocation and shadow prices of all goods, which workers write where they can. */
export class Whole {
  readonly standing: Standing;

  constructor({ agents, goods }: Economy) {
    const [n, m] = [agents.length, goods.length];
    this.standing = { allocation: doublesIn(sharedMemory, n * m), shadowPrices: doublesIn(sharedMemory, m) };
  }

  /** What a piece gets. */
  get given(): Into {
    return canShare() ? { into: this.standing } : {};
  }

  /** Takes the numbers of some goods, where the worker has not written them. */
  take(range: Range, { allocation, shadowPrices }: Partial<Standing>): void {
    if (allocation && shadowPrices) putRange(this.standing, range, { allocation, shadowPrices });
  }
}

/** Puts the numbers of some goods among those of all. */
export function putRange(into: Standing, { first, count }: Range, { allocation, shadowPrices }: Standing): void {
  const m = into.shadowPrices.length;
  for (let to = first, from = 0; from < allocation.length; to += m, from += count) {
    into.allocation.set(allocation.subarray(from, from + count), to);
  }
  into.shadowPrices.set(shadowPrices, first);
}

export function joinTiles({ standing }: Whole, parts: readonly Part<Tiles>[]): Tiles {
  const utilities = new Float64Array(parts.reduce((sum, part) => sum + part.utilities.length, 0));
  let at = 0;
  for (const part of parts) {
    utilities.set(part.utilities, at);
    at += part.utilities.length;
  }
  const worst = (name: keyof Tiles["residuals"]) =>
    parts.reduce((most, part) => Math.max(most, part.residuals[name]), 0);
  const residuals = { feasibility: worst("feasibility"), stationarity: worst("stationarity") };
  return { ...standing, residuals, utilities };
}

export function joinByGoods({ standing }: Whole, ranges: readonly Range[], parts: readonly Part<Goods>[]): Goods {
  const all = (of: (part: Part<Goods>) => Float64Array) => {
    const out = new Float64Array(standing.shadowPrices.length);
    parts.forEach((part, k) => {
      out.set(of(part), ranges[k].first);
    });
    return out;
  };
  return {
    ...standing,
    ties: all(({ ties }) => ties),
    gaps: [all(({ gaps }) => gaps[0]), all(({ gaps }) => gaps[1])],
  };
}

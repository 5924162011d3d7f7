// Prepared economies: the part of an economy that does not depend on weights, kept in the engine's
// memory for many plans.

import { Solver } from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import { EconomyError } from "../violations.js";
import type { Engine } from "./engine.js";

/**
 * An economy whose logs and reciprocals stay in the engine. `Walras.prepare` makes it and
 * `Walras.plan` plans it.
 * @example
 * import { load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({ alpha: [[3, 1], [1, 2]], omega: -2, totals: [6, 5] });
 * const prepared = walras.prepare(economy);
 * walras.plan(prepared, { weights: [2, 1] }).welfare; // -3.58316
 */
export interface PreparedEconomy {
  /** The economy that was prepared. */
  readonly economy: Economy;
  /**
   * Gives its memory back at once, also from within a callback. Without this call, the memory is
   * given back when nothing refers to the object any more. A second call does nothing.
   * @example
   * prepared.dispose();
   */
  dispose(): void;
}

/**
 * Where a prepared economy lies: an address, or -1 where a utility is not concave and the economy
 * is planned like any other.
 */
interface Place {
  readonly engine: Engine;
  readonly address: number;
  disposed: boolean;
}

const places = new WeakMap<PreparedEconomy, Place>();
const forgotten = new FinalizationRegistry<Place>(free);

/** Walras.prepare. */
export function prepare(engine: Engine, economy: Economy): PreparedEconomy {
  const { kernels } = engine;
  const address = engine.keep(engine.workspaceFor(Solver.PREPARED, economy.agents.length, economy.goods.length));
  let concave = false;
  try {
    engine.open(economy, Solver.NONE, { endowments: 0, totals: 0, weights: 0, x: 0, prices: 0 });
    concave = kernels.prepare(address) === 1;
  } finally {
    if (!concave) kernels.release(address);
  }
  const place: Place = { engine, address: concave ? address : -1, disposed: false };
  const prepared: PreparedEconomy = {
    economy,
    dispose() {
      forgotten.unregister(place);
      free(place);
    },
  };
  places.set(prepared, place);
  forgotten.register(prepared, place, place);
  return prepared;
}

/** Whether prepare() made this value. */
export function isPrepared(value: unknown): value is PreparedEconomy {
  return typeof value === "object" && value !== null && places.has(value as PreparedEconomy);
}

/**
 * Where a prepared economy lies in this engine; not to be asked before all options have been read,
 * as their getters could dispose of it.
 * @throws EconomyError where it has been disposed of, or is another engine's
 */
export function addressOf(engine: Engine, prepared: PreparedEconomy): number {
  const place = places.get(prepared) as Place;
  if (place.disposed) refuse("must not have been disposed of");
  if (place.engine !== engine) refuse("must not belong to another engine");
  return place.address;
}

function refuse(requirement: string): never {
  throw new EconomyError([{ path: "the economy", requirement, value: "a prepared economy" }]);
}

function free(place: Place): void {
  if (!place.disposed && place.address >= 0) place.engine.kernels.release(place.address);
  place.disposed = true;
}

// Prepared economies: the part of an economy that does not depend on weights, kept in the engine's
// memory for many plans.

import { Solver } from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import { OptionError } from "../violations.js";
import { type Engine, MAX_DOUBLES } from "./engine.js";

/**
 * An economy whose logs and reciprocals stay in the engine. `Walras.prepare` makes it and
 * `Walras.plan` plans it.
 */
export interface PreparedEconomy {
  readonly economy: Economy;
  /**
   * Gives its memory back at once. Without this call, the memory is given back when nothing refers
   * to the object any more. A second call does nothing.
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
  if (engine.solving) throw new Error("onStep must not call the engine that is solving; load() another");
  const { kernels } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  // Three numbers per cell, and as many again while they are made.
  if (8 * n * m > MAX_DOUBLES) {
    throw new OptionError([
      { path: "the economy", requirement: "must leave room to be prepared in 4 GiB", value: n * m },
    ]);
  }
  const address = kernels.keep(engine.workspaceFor(Solver.PREPARED, n, m));
  engine.open(economy, Solver.NONE, { endowments: 0, totals: 0, weights: 0, x: 0, prices: 0 });
  const concave = kernels.prepare(address) === 1;
  if (!concave) kernels.release(address);
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
 * Where a prepared economy lies in this engine.
 * @throws Error where it has been disposed of, or is another engine's
 */
export function addressOf(engine: Engine, prepared: PreparedEconomy): number {
  const place = places.get(prepared) as Place;
  if (place.disposed) throw new Error("this prepared economy has been disposed of");
  if (place.engine !== engine) throw new Error("this prepared economy belongs to another engine");
  return place.address;
}

function free(place: Place): void {
  if (!place.disposed && place.address >= 0) place.engine.kernels.release(place.address);
  place.disposed = true;
}

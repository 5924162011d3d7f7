// The package in its workers, and how the page asks it.

import { signal } from "@preact/signals";
import { loadPool, type Pool } from "walras/pool";
import type { Sheet } from "./presets.js";

/** What computes: set once the workers are there. */
export const pool = signal<Pool | null>(null);
/** Why nothing computes, if workers cannot be started. */
export const engineProblem = signal("");

/** More workers than this make the page start later, and no box faster. */
const MOST_WORKERS = 4;

export async function start() {
  try {
    const workers = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency ?? 1));
    pool.value = await loadPool({ workers });
  } catch (error) {
    engineProblem.value = `The solver could not be started in this browser: ${messageOf(error)}`;
  }
}

/** An error's text for the reader; places of a sheet by the names of their agents and goods. */
export function messageOf(error: unknown, sheet?: Sheet): string {
  const text = error instanceof Error ? error.message : String(error);
  if (!sheet) return text;
  return text.replace(/\b(alpha|omega|endowments|weights)\[(\d+|\*)\](?:\[(\d+)\])?/g, (_, field, i, j) => {
    const name = SYMBOLS[field] ?? field;
    const agent = i === "*" ? "" : ` of ${sheet.agents[i]}`;
    return `${name}${agent}${j === undefined ? "" : ` for ${sheet.goods[j]}`}`;
  });
}

const SYMBOLS: Readonly<Record<string, string>> = { alpha: "α", omega: "ω" };

/** The economy of a sheet, checked. @throws EconomyError with all that is wrong */
export function economyOf(on: Pool, sheet: Sheet) {
  const { agents, goods } = sheet;
  const size = { agents: agents.length, goods: goods.length };
  const { alpha, omega, endowments, weights } = sheet;
  return on.economy({
    ...{ agents, goods, size, weights },
    ...{ alpha: Float64Array.from(alpha), omega: Float64Array.from(omega) },
    endowments: Float64Array.from(endowments),
  });
}

/**
 * Runs a work for the newest of the inputs that come while it is busy, and skips those between: the
 * page asks for no more than the workers can do.
 */
export function newest<Input>(work: (input: Input) => Promise<void>) {
  let busy = false;
  let waiting: { input: Input } | undefined;
  return async function ask(input: Input) {
    waiting = { input };
    if (busy) return;
    busy = true;
    try {
      while (waiting) {
        const { input } = waiting;
        waiting = undefined;
        await work(input);
      }
    } finally {
      busy = false;
    }
  };
}

/** Whether an error says that the reader, or a newer question, has cancelled the work. */
export const isCancelled = (error: unknown) => error instanceof Error && error.name === "AbortError";

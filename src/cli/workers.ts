// Which commands run on all cores.

import { Option } from "commander";
import { load } from "../load.js";
import { loadPool, type Pool } from "../pool/pool.js";
import type { Walras } from "../walras.js";
import { type CommonFlags, wholeNumber } from "./options.js";

export interface WorkersFlags extends CommonFlags {
  workers?: number;
}

/** Makes --workers. */
export function workersOption(): Option {
  return new Option(
    "--workers <count>",
    "threads that share the work (default: all cores if it is large, else none of its own)",
  ).argParser(wholeNumber);
}

/**
 * Does work with an engine in this thread; or, where it is large or --workers asks for it, with a
 * pool, whose answers are the same. To start one takes longer than small work.
 */
export async function withWorkers<T>(
  { engine, workers }: WorkersFlags,
  isLarge: boolean,
  work: (walras: Walras | Pool) => Promise<T>,
): Promise<T> {
  if (workers === undefined && !isLarge) return await work(await load({ engine }));
  const pool = await loadPool({ engine, ...(workers === undefined ? {} : { workers }) });
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

// The measurements of the race.

import { loadPool, type Pool } from "walras/pool";
import { numbersOf, TABLES } from "./presets.js";

/** One line of the results; times in milliseconds. */
export interface Measured {
  readonly task: string;
  /** The number of agents and of goods; 0 for many economies at once. */
  readonly size: number;
  readonly engine: "wasm" | "js";
  readonly on: "one" | "all";
  readonly workers: number;
  readonly cold: number;
  readonly warm: number;
  readonly calls: number;
}

export interface RaceResult {
  readonly browser: string;
  readonly userAgent: string;
  readonly cores: number;
  readonly isolated: boolean;
  /** How long the workers took to start, by engine and number. */
  readonly starts: Readonly<Record<string, number>>;
  readonly rows: readonly Measured[];
}

const SIZES = [2, 10, 30, 100];
/** Economies of the bulk call: enough to keep all cores busy. */
const MANY = 20_000;
/** A task is repeated until this much time has gone by, and at least so often. */
const ENOUGH = { milliseconds: 150, calls: 5 };

/** The browser by its own name. */
export function browserName(): string {
  const brands = (navigator as { userAgentData?: { brands: { brand: string; version: string }[] } }).userAgentData
    ?.brands;
  const known =
    brands?.find(({ brand }) => !/not.?a.?brand/i.test(brand) && brand !== "Chromium") ??
    brands?.find(({ brand }) => brand === "Chromium");
  if (known) return `${known.brand} ${known.version}`;
  const [, name = "this browser", version = ""] =
    /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/.exec(navigator.userAgent) ?? [];
  return `${name === "Version" ? "Safari" : name} ${version}`.trim();
}

/** Runs all tasks on both engines, and tells after each. */
export async function race(signal: AbortSignal, tell: (so: RaceResult, text: string) => void) {
  const cores = Math.max(1, Math.min(8, navigator.hardwareConcurrency ?? 1));
  const rows: Measured[] = [];
  const starts: Record<string, number> = {};
  const so = (): RaceResult => ({
    ...{ browser: browserName(), userAgent: navigator.userAgent, cores, isolated: crossOriginIsolated },
    ...{ starts: { ...starts }, rows: [...rows] },
  });
  for (const engine of ["wasm", "js"] as const) {
    for (const on of cores === 1 ? (["one"] as const) : (["one", "all"] as const)) {
      signal.throwIfAborted();
      const workers = on === "one" ? 1 : cores;
      tell(so(), `Starting ${workers} ${workers === 1 ? "worker" : "workers"}…`);
      const begun = performance.now();
      let pool: Pool;
      try {
        pool = await loadPool({ engine, workers });
      } catch (error) {
        // A page that forbids WebAssembly has a race of one.
        if (engine === "wasm") continue;
        throw error;
      }
      starts[`${engine}, ${workers}`] = performance.now() - begun;
      try {
        for (const [task, size, call] of tasksOf(pool, signal)) {
          tell(
            so(),
            `${engine === "wasm" ? "WebAssembly" : "JavaScript"}, ${workers === 1 ? "one worker" : `${workers} workers`}: ${task}…`,
          );
          rows.push({ task, size, engine, on, workers, ...(await timesOf(call, signal)) });
        }
      } finally {
        await pool.close();
      }
      tell(so(), "");
    }
  }
}

type Task = readonly [task: string, size: number, call: () => Promise<unknown>];

function tasksOf(pool: Pool, signal: AbortSignal): Task[] {
  const tasks = SIZES.map((size): Task => {
    const next = numbersOf(size);
    const matrix = (low: number, high: number) =>
      Float64Array.from({ length: size * size }, () => low + (high - low) * next());
    const economy = pool.economy({
      ...{ size: { agents: size, goods: size }, alpha: matrix(0.2, 2), omega: matrix(-2, -0.3) },
      endowments: matrix(0.1, 10),
    });
    return [`${size} × ${size}`, size, () => pool.equilibrium(economy, { signal })];
  });
  const { alpha, omega } = TABLES["village"];
  const next = numbersOf(1);
  const endowments = Float64Array.from({ length: 9 * MANY }, () => 0.1 + 10 * next());
  const many = { agents: 3, goods: 3, count: MANY, alpha: [...alpha], omega: [...omega], endowments, signal };
  return [...tasks, [`${MANY.toLocaleString("en")} of 3 × 3`, 0, () => pool.equilibriumMany(many)]];
}

async function timesOf(call: () => Promise<unknown>, signal: AbortSignal) {
  const times: number[] = [];
  const begun = performance.now();
  while (times.length <= ENOUGH.calls || performance.now() - begun < ENOUGH.milliseconds) {
    signal.throwIfAborted();
    const from = performance.now();
    await call();
    times.push(performance.now() - from);
  }
  const [cold, ...rest] = times;
  rest.sort((a, b) => a - b);
  return { cold, warm: rest[Math.floor(rest.length / 2)], calls: times.length };
}

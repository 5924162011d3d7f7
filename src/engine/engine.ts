// An engine: lays blocks into the memory of its kernels, and copies results out.

import { MAX_DOUBLES, padded, REPORT_SIZE, type Solver } from "../../assembly/protocol.js";
import type { Block, Kernels } from "../../build/kernels.js";
import type { Economy } from "../economy/economy.js";
import { BusyError, MemoryError } from "./errors.js";

/** An engine: "wasm", WebAssembly with 128-bit SIMD, or "js", JavaScript. */
export type EngineName = "wasm" | "js";

export type { Kernels } from "../../build/kernels.js";

/** Values of a block to be laid, or the length of one that is left uninitialised. */
export type BlockData = ArrayLike<number> | number;

/** Addresses of blocks, by their names. Kernels take a block by the name of its parameter. */
export type Addresses<Names extends string> = { readonly [Name in Names]: Block<Name> };

/** The blocks that open() lays: those of the economy, an answer, a report and the workspace. */
export type OpenBlocks =
  | "alpha"
  | "omega"
  | "endowments"
  | "totals"
  | "weights"
  | "x"
  | "prices"
  | "report"
  | "workspace";

/** Goods next to each other. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** The blocks of open() and others, as a method always lays them; see Engine.enter(). */
export interface Layout<Names extends string> {
  readonly solver: Solver;
  /**
   * The lengths of further blocks for n agents and m goods. One of these takes the place of a block of
   * the same name; a length of 0 leaves out what the solver has no use for.
   */
  readonly blocks: (n: number, m: number, kernels: Kernels) => Record<Names, number>;
}

/** Where the blocks of a layout lie for the size of economies that it came with last. */
interface Frame {
  readonly lengths: Record<OpenBlocks, number>;
  readonly at: Record<string, number>;
  readonly total: number;
}

export interface Engine {
  readonly name: EngineName;
  /** Why "auto" took JavaScript. */
  readonly reason?: string;
  readonly kernels: Kernels;
  /**
   * Lays blocks one behind the other into the arena and returns their addresses under the same
   * names. An array is copied in; a number n makes a block of n numbers that is left uninitialised.
   * All that the arena held before is given up.
   * @throws MemoryError where the blocks do not fit; the arena is then as it was
   */
  lay<Names extends string>(blocks: Record<Names, BlockData>): Addresses<Names>;
  /**
   * Lays an economy and makes it the open one. Beside it come the allocation `x` (n m), `prices`
   * (m), the `report` and the `workspace` of a solver, uninitialised, and further `blocks`. One of
   * these takes the place of a block of the same name: values to begin with, or the length 0 of
   * what the solver has no use for.
   * @throws MemoryError where the blocks do not fit; the arena is then as it was
   */
  open<Names extends string = never>(
    economy: Economy,
    solver: Solver,
    blocks?: Record<Names, BlockData>,
  ): Addresses<OpenBlocks | Names>;
  /**
   * Does what open() does for blocks that are always laid alike, in less time: it keeps where they lie
   * for the size of economy that came last. All but the economy's own blocks are uninitialised. With a
   * range, the economy of these goods alone.
   * @throws MemoryError where the blocks do not fit; the arena is then as it was
   */
  enter<Names extends string>(
    economy: Economy,
    layout: Layout<Names>,
    weights?: Float64Array,
    range?: Range,
  ): Addresses<OpenBlocks | Names>;
  /** Doubles that a solver's workspace takes for `economies` economies of this size, default 1. */
  workspaceFor(solver: Solver, agents: number, goods: number, economies?: number): number;
  /**
   * Refuses a call that needs so many doubles at a time, before any work; nothing changes. That
   * the host has them is not known before they are laid.
   * @throws MemoryError where they do not fit
   */
  requireRoom(doubles: number): void;
  /** Whether so many doubles fit into the arena, which is made as large as that if they do. */
  fits(doubles: number): boolean;
  /**
   * Address of so many doubles that stay where they are and what they are until `kernels.release`.
   * All that the arena held before is given up.
   * @throws MemoryError where they do not fit
   */
  keep(doubles: number): number;
  /** A copy of `count` doubles from `address`. */
  read(address: number, count: number): Float64Array;
  /** Copies `count` doubles from `address` into an array, from its element `offset` on. */
  copyTo(target: Float64Array, offset: number, address: number, count: number): void;
  /** Copies an array in, to the block at `address`. */
  write(address: number, values: Float64Array): void;
  /** One double. */
  value(address: number): number;
  /** The size of the engine's memory, in bytes. */
  memory(): number;
  /** A number that changes whenever blocks are laid, or what a solver was working on is given up. */
  generation(): number;
  /** Whether a call is at work: see exclusive(). */
  busy: boolean;
}

/**
 * Blocks up to these lengths are copied in a loop, in and out: for them the built-in copies take longer
 * to start than to run. One that makes an array takes longest.
 */
const SHORT_IN = 12;
const SHORT_OUT = 64;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Makes an engine of kernels and their memory; `reason` says why it is not WebAssembly. */
export function engineOf(name: EngineName, kernels: Kernels, doubles: () => Float64Array, reason?: string): Engine {
  /** Of a call that needs so many: there never are, or the host has no more than there are. */
  const refusal = (count: number): MemoryError => {
    const room = kernels.room(MAX_DOUBLES);
    const limit = count > room ? room : kernels.room(doubles().length);
    return new MemoryError(count * BYTES, limit * BYTES);
  };
  let generation = 0;
  const frames = new Map<Layout<string>, Frame>();
  /** Where blocks of these lengths lie, one behind the other. */
  const locate = (lengths: Record<string, number>) => {
    let total = 0;
    for (const key in lengths) total += padded(lengths[key]);
    let address = kernels.reserve(total);
    if (address < 0) throw refusal(total);
    const at: Record<string, number> = {};
    for (const key in lengths) {
      at[key] = address;
      address += padded(lengths[key]);
    }
    return { at, total };
  };
  /** The lengths of open()'s blocks, where no others take their places. */
  const lengthsFor = (solver: Solver, n: number, m: number) => ({
    alpha: n * m,
    omega: n * m,
    endowments: n * m,
    totals: m,
    weights: n,
    x: n * m,
    prices: m,
    report: REPORT_SIZE,
    workspace: kernels.workspaceFor(solver, n, m, 1),
  });
  /** Lays blocks. */
  const place = (blocks: Record<string, BlockData>): Record<string, number> => {
    generation++;
    const lengths: Record<string, number> = {};
    for (const key in blocks) lengths[key] = lengthOf(blocks[key]);
    const { at } = locate(lengths);
    const view = doubles();
    for (const key in blocks) {
      const block = blocks[key];
      if (typeof block !== "number") fill(view, at[key], block);
    }
    return at;
  };
  /** Makes the economy open that lies there. */
  const take = (n: number, m: number, at: Addresses<OpenBlocks>) =>
    kernels.layEconomies(n, m, 1, at.alpha, 0, at.omega, 0, at.endowments, 0, at.totals, 0, at.weights, 0);
  const self: Engine = {
    name,
    reason,
    kernels,
    busy: false,
    lay(blocks) {
      return place(blocks) as Addresses<keyof typeof blocks>;
    },
    open<Names extends string>(economy: Economy, solver: Solver, blocks?: Record<Names, BlockData>) {
      const n = economy.agents.length;
      const m = economy.goods.length;
      const { alpha, omega, endowments = 0, totals, weights } = economy;
      const at = place({ ...lengthsFor(solver, n, m), alpha, omega, endowments, totals, weights, ...blocks });
      take(n, m, at as Addresses<OpenBlocks>);
      return at as Addresses<OpenBlocks | Names>;
    },
    enter<Names extends string>(economy: Economy, layout: Layout<Names>, weights = economy.weights, range?: Range) {
      const { alpha, omega, endowments, totals } = economy;
      const n = weights.length;
      const m = range?.count ?? totals.length;
      generation++;
      let frame = frames.get(layout);
      // The first of the blocks is alpha.
      const isSame = frame?.lengths.weights === n && frame.lengths.totals === m;
      if (!isSame || kernels.reserve((frame as Frame).total) !== (frame as Frame).at.alpha) {
        const lengths = { ...lengthsFor(layout.solver, n, m), ...layout.blocks(n, m, kernels) };
        frame = { lengths, ...locate(lengths) };
        frames.set(layout, frame);
      }
      const { at, lengths } = frame as Frame;
      const view = doubles();
      if (lengths.alpha > 0) fillRange(view, at.alpha, alpha, n, range);
      if (lengths.omega > 0) fillRange(view, at.omega, omega, n, range);
      if (lengths.endowments > 0) fillRange(view, at.endowments, endowments as Float64Array, n, range);
      fillRange(view, at.totals, totals, 1, range);
      fill(view, at.weights, weights);
      take(n, m, at as Addresses<OpenBlocks>);
      return at as Addresses<OpenBlocks | Names>;
    },
    workspaceFor(solver, agents, goods, economies = 1) {
      generation++;
      return kernels.workspaceFor(solver, agents, goods, economies);
    },
    requireRoom(count) {
      if (count > kernels.room(MAX_DOUBLES)) throw refusal(count);
    },
    fits(count) {
      generation++;
      return kernels.reserve(count) >= 0;
    },
    keep(count) {
      generation++;
      const address = kernels.keep(count);
      if (address < 0) throw refusal(count);
      return address;
    },
    read(address, count) {
      const view = doubles();
      if (count > SHORT_OUT) return view.slice(address, address + count);
      const copy = new Float64Array(count);
      for (let k = 0; k < count; k++) copy[k] = view[address + k];
      return copy;
    },
    copyTo(target, offset, address, count) {
      target.set(doubles().subarray(address, address + count), offset);
    },
    write(address, values) {
      fill(doubles(), address, values);
    },
    value: (address) => doubles()[address],
    memory: () => doubles().byteLength,
    generation: () => generation,
  };
  return self;
}

/**
 * Runs one call of the engine from its entry to its end. What the call calls back, getters of
 * options among it, cannot call the engine: a solver's state would be lost.
 * @throws BusyError where the engine is at work already; nothing of that call changes
 */
export function exclusive<T>(engine: Engine, call: () => T): T {
  if (engine.busy) throw new BusyError();
  engine.busy = true;
  try {
    return call();
  } finally {
    engine.busy = false;
  }
}

/** Where the arrays of an answer get their memory: it has so many bytes, all of them 0. */
export type Allocate = (bytes: number) => ArrayBufferLike;

/** Memory of one thread. */
export const ordinaryMemory: Allocate = (bytes) => new ArrayBuffer(bytes);

/** An array of `length` zeros in memory of its own. */
export function doublesIn(memory: Allocate, length: number): Float64Array {
  return new Float64Array(memory(length * BYTES));
}

/** A copy of an array. */
export function copyOf(values: Float64Array): Float64Array {
  if (values.length > SHORT_OUT) return values.slice();
  const copy = new Float64Array(values.length);
  for (let k = 0; k < copy.length; k++) copy[k] = values[k];
  return copy;
}

/** Copies a matrix with n rows to an address, or the columns of some goods. */
function fillRange(view: Float64Array, address: number, values: Float64Array, n: number, range?: Range): void {
  if (!range) {
    fill(view, address, values);
    return;
  }
  const { first, count } = range;
  const m = values.length / n;
  view[address + padded(n * count) - 1] = 0;
  for (let i = 0; i < n; i++) view.set(values.subarray(i * m + first, i * m + first + count), address + i * count);
}

/** Copies a block in, with a 0 where it is padded. */
function fill(view: Float64Array, address: number, block: ArrayLike<number>): void {
  const { length } = block;
  if (length === 0) return;
  view[address + padded(length) - 1] = 0;
  if (length > SHORT_IN) view.set(block, address);
  else for (let k = 0; k < length; k++) view[address + k] = block[k];
}

function lengthOf(block: ArrayLike<number> | number): number {
  return typeof block === "number" ? block : block.length;
}

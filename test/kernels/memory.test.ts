// The memory in which kernels work: kept blocks, the arena behind them, and the sizes that solvers
// ask for.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DOUBLES, Solver } from "../../assembly/protocol.js";
import { MemoryError } from "../../src/index.js";
import { engines } from "../support/engines.js";

for (const [name, , engine] of engines) {
  const { kernels, keep, lay, read, value, write } = engine;

  describe(`memory on ${name}`, () => {
    it("keeps what is in kept blocks, whatever is kept, released and laid besides", () => {
      const step = fc.oneof(
        fc.record({ keep: fc.integer({ min: 0, max: 300 }) }),
        fc.record({ release: fc.nat() }),
        fc.record({ lay: fc.integer({ min: 0, max: 3000 }) }),
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const room = kernels.room(MAX_DOUBLES);
          const kept: { address: number; values: Float64Array }[] = [];
          let number = 0;
          for (const step of steps) {
            if ("keep" in step) {
              const address = keep(step.keep);
              const values = Float64Array.from({ length: step.keep }, () => number++);
              write(address, values);
              kept.push({ address, values });
            } else if ("release" in step) {
              const [block] = kept.splice(step.release % (kept.length + 1), 1);
              if (block) kernels.release(block.address);
            } else {
              const { block } = lay({ block: new Array(step.lay).fill(Number.NaN) });
              expect(block % 2).toBe(0);
            }
            for (const { address, values } of kept) {
              expect(address % 2).toBe(0);
              expect(read(address, values.length)).toEqual(values);
            }
          }
          for (const { address } of kept) kernels.release(address);
          // All that was kept has been joined again and given back.
          expect(kernels.room(MAX_DOUBLES)).toBe(room);
        }),
        { numRuns: 300 },
      );
    });

    it("takes the place of released blocks again, in whatever order they were released", () => {
      const room = kernels.room(MAX_DOUBLES);
      const blocks = Array.from({ length: 100 }, () => keep(50));
      const full = kernels.room(MAX_DOUBLES);
      const others = blocks.filter((_, k) => k % 2 === 0);
      for (const address of others) kernels.release(address);
      const again = others.map(() => keep(50));
      expect([...again].sort((a, b) => a - b)).toEqual(others);
      expect(kernels.room(MAX_DOUBLES)).toBe(full);
      // Two neighbours make one block, which may be divided.
      kernels.release(blocks[10]);
      kernels.release(blocks[11]);
      expect(keep(100)).toBe(blocks[10]);
      kernels.release(blocks[10]);
      expect([keep(20), keep(20)]).toEqual([blocks[10] + 22, blocks[10]].sort((a, b) => a - b));
      expect(kernels.room(MAX_DOUBLES)).toBe(full);
      for (const address of [...blocks.slice(12), blocks[10] + 22, blocks[10], ...blocks.slice(0, 10).reverse()]) {
        kernels.release(address);
      }
      expect(kernels.room(MAX_DOUBLES)).toBe(room);
    });

    it("lets the arena into what is free between kept blocks, where there is no more behind them", () => {
      const [first, middle, last] = [keep(10), keep(1000), keep(10)];
      write(first, new Float64Array(10).fill(1));
      write(last, new Float64Array(10).fill(3));
      kernels.release(middle);
      // As if memory ended here: behind the blocks there is nothing, in the gap 998 + 4 - 4.
      expect(kernels.room(last + 10)).toBe(998);
      kernels.release(first);
      expect(kernels.room(last + 10)).toBe(998 + 12);
      kernels.release(last);
    });

    it("refuses more than 4 GiB, and what is no number, before anything changes", () => {
      const { block } = lay({ block: [1, 2, 3] });
      const before = engine.memory();
      for (const count of [MAX_DOUBLES, 2 ** 31, 2 ** 32, 2 ** 32 + 8, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN]) {
        expect(kernels.reserve(count)).toBe(-1);
        expect(kernels.keep(count)).toBe(-1);
        expect(engine.fits(count)).toBe(false);
      }
      const room = kernels.room(MAX_DOUBLES);
      expect(() => engine.keep(room + 1)).toThrow(new MemoryError(8 * (room + 1), 8 * room));
      expect(() => lay({ one: 2 ** 31, two: 2 ** 31 })).toThrow(new MemoryError(2 ** 35, 8 * room));
      expect(() => engine.requireRoom(room + 1)).toThrow(MemoryError);
      engine.requireRoom(room);
      expect(engine.memory()).toBe(before);
      expect([0, 1, 2].map((k) => value(block + k))).toEqual([1, 2, 3]);
    });

    it("copies next to nothing when a block is kept", () => {
      // A copy of all for each block would move 5000 times 20 MB.
      const blocks = Array.from({ length: 5000 }, () => keep(500));
      const sizes = new Set<number>();
      for (let k = 0; k < 5000; k++) {
        blocks.push(keep(500));
        sizes.add(engine.memory());
      }
      if (name === "js") expect(sizes.size).toBeLessThan(5);
      for (const address of blocks) kernels.release(address);
    });
  });
}

describe("sizes of workspaces", () => {
  // An i32 that wraps does so in WebAssembly alone.
  const solvers = Object.entries(Solver).filter(([, solver]) => typeof solver === "number" && solver !== Solver.NONE);
  const sizes = [
    ...[[2 ** 20, 64], [64, 2 ** 20], [2 ** 13, 2 ** 13], [2 ** 20, 2], [2, 2 ** 20], [2, 300_000], [1, 2 ** 20]],
    ...[[2 ** 20, 1], [3, 2 ** 20], [2 ** 20, 3]],
  ]; // biome-ignore format: pairs
  it.each(solvers)("are the same on both engines up to the largest economies: %s", (_, solver) => {
    for (const [n, m] of sizes) {
      const [wasm, js] = engines.map(([, , engine]) => engine.workspaceFor(solver as Solver, n, m));
      // Adam's rows have a few vectors to spare, which are longer in WebAssembly.
      const spare = solver === Solver.ADAM || solver === Solver.ADAM_SINGLE ? 2 ** 24 : 0;
      expect(Math.abs(wasm - js)).toBeLessThanOrEqual(spare);
      expect(wasm).toBeGreaterThan(0);
    }
  });

  it("are those of the matrices where these exceed 2^31 doubles", () => {
    const m = 2 ** 20;
    for (const [, , engine] of engines) {
      expect(engine.workspaceFor(Solver.SHARES, 2, m)).toBeGreaterThan(m * m);
      expect(engine.workspaceFor(Solver.MARKET_DENSE, 2, m)).toBeGreaterThan(2 * m * m);
      expect(engine.workspaceFor(Solver.MARKET, 3, m)).toBeGreaterThan(2 * m * m);
    }
  });

  it("of a market of two agents grow with their goods, not with the square", () => {
    for (const [, , engine] of engines) {
      const [few, many] = [1000, 10_000].map((m) => engine.workspaceFor(Solver.MARKET, 2, m));
      expect(many / few).toBeLessThan(10);
      expect(many).toBeLessThan(60 * 10_000);
    }
  });
});

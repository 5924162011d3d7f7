// Kernels with random numbers in their blocks, between canaries: `npm run bench:canaries` does the
// same at length.

import { describe, expect, it } from "vitest";
import { runOnce, SUBJECTS, startKernels } from "../../bench/canaries.js";

/** Milliseconds of processor time that the kernels of one run may take. */
const PATIENCE = 10_000;

for (const name of ["wasm", "js"]) {
  const engine = await startKernels(name);

  describe(`kernels between canaries on ${name}`, () => {
    it.each(Object.keys(SUBJECTS))("neither trap, nor write elsewhere, nor take long: %s", (subject) => {
      for (let seed = 1000; seed < 1010; seed++) expect(runOnce(engine, subject, seed)).toBeLessThan(PATIENCE);
    });

    it("are seen to write elsewhere, where they do", () => {
      const { kernels } = engine;
      const astray = (move: number) => {
        const call = kernels.exp as (x: number, out: number, n: number) => void;
        const exp = (x: number, out: number, n: number) => call(x, out + move, n);
        return { ...engine, kernels: { ...kernels, exp } };
      };
      const run = (move: number) => () => runOnce(astray(move), "passes", 7);
      expect(run(0)).not.toThrow();
      for (const move of [-1, 60, 2 ** 17]) expect(run(move)).toThrow(/outside all blocks was changed/);
    });

    it("are all called, but for those of the memory", () => {
      const called = new Set<string>();
      const watched = new Proxy(engine.kernels, {
        get(kernels, key) {
          called.add(String(key));
          return kernels[key as never];
        },
      });
      for (const subject of Object.keys(SUBJECTS)) {
        for (let seed = 0; seed < 20; seed++) runOnce({ ...engine, kernels: watched }, subject, seed);
      }
      const functions = Object.entries(engine.kernels).filter(
        ([key, value]) => typeof value === "function" && !key.startsWith("__"),
      );
      const missing = functions.map(([key]) => key).filter((key) => !called.has(key));
      expect(missing.sort()).toEqual(["keep", "release", "room"]);
    });
  });
}

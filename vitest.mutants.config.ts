// The tests that try the mutants of src/ (stryker.config.json): those of the interface, on one
// engine, as both run the same src/, all in one thread, and slow files last.

import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import base from "./vitest.config.js";

const SLOW = ["frontier", "equilibrium", "engine", "tatonnement", "statics", "edgeworth", "search", "equilibria"];
const order = ({ moduleId }: TestSpecification) => SLOW.indexOf(basename(moduleId, ".test.ts"));

class SlowLast extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return files.toSorted((a, b) => order(a) - order(b));
  }
}

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/api/**/*.test.ts"],
    exclude: ["test/api/package.test.ts"],
    setupFiles: ["test/support/oneEngine.ts"],
    isolate: false,
    // Code with all its mutants in it takes many times as long; a mutant has a limit of its own.
    testTimeout: 600_000,
    fileParallelism: false,
    sequence: { sequencer: SlowLast },
  },
});

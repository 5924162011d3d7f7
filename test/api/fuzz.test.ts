// Generated and mutated input of every kind: `npm run bench:fuzz` does the same at length.

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { startCommands } from "../../bench/commands.js";
import { commandLines, kindsOf } from "../../bench/fuzzing.js";
import * as library from "../../src/index.js";
import { engines } from "../support/engines.js";

const kinds = kindsOf(
  library,
  engines.map(([, walras]) => walras),
);

describe("every input ends in an answer, a status or one of the package's errors:", () => {
  it.each(Object.entries(kinds))("%s", (_, { arbitrary, run }) => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<never>, (input) => {
        ends.add(run(input));
      }),
      { numRuns: 1000, seed: 1 },
    );
    // Neither kind of end is missing.
    expect(ends).toContain("refused");
    expect(ends.size).toBeGreaterThan(1);
  });

  const commands = startCommands();
  afterAll(async () => {
    await commands.end();
  });

  it("command lines", async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(commandLines, async (input) => {
        ends.add(await commands.run(input));
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(ends).toContain("exit status 0");
    expect(ends).toContain("exit status 2");
  });
});

// Both engines export the same kernels, and tests call every one of them.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { engines } from "../support/engines.js";

/**
 * Kernels that no test of this folder calls, by the test of the API that enters them. The list must
 * not grow.
 */
const ENTERED_BY_THE_API = {
  "equilibria.test.ts": ["equilibriaMany", "polishMarket"],
  "every test": ["workspaceFor"],
  "proof.test.ts": ["stepProof", "reportProof", "readRoot", "readOpenBox"],
  "work.test.ts": ["addRow", "clearProof", "readRow"],
  "search.test.ts": ["startBetween", "readStart", "listCandidate", "startTrace", "stepTrace"],
};

/** The names that the tests of this folder call as `kernels.NAME(`, comments left out. */
function calledHere(): Set<string> {
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
  const code = files.map((file) => readFileSync(new URL(file, folder), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, ""));
  return new Set(code.flatMap((text) => [...text.matchAll(/\bkernels\.(\w+)\(/g)].map(([, kernel]) => kernel)));
}

describe("the two engines", () => {
  it("export the same kernels, each of them entered by a test", () => {
    const [wasm, js] = engines.map(([, , { kernels }]) =>
      Object.keys(kernels).filter((key) => typeof kernels[key as never] === "function" && !key.startsWith("__")),
    );
    expect([...js].sort()).toEqual([...wasm].sort());
    const entered = new Set([...calledHere(), ...Object.values(ENTERED_BY_THE_API).flat()]);
    expect([...entered].sort()).toEqual([...js].sort());
  });
});

// What the benchmarks make of figures; nothing here is timed.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compare } from "../bench/compare.js";

const environment = { node: "v20.20.2", cpu: "a processor", arch: "x64" };
const result = (work: string, nsPerCell: number, suite = "plan") => ({
  ...{ suite, work, engine: "wasm", nsPerCell, least: 0.9 * nsPerCell, most: 1.1 * nsPerCell },
});
const run = (results: ReturnType<typeof result>[], changes = {}) => ({
  environment: { ...environment, ...changes },
  results,
});

describe("comparing two runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "walras-bench-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it("gives the ratio of medians, and whether the spreads overlap, whatever the order of works", () => {
    const a = run([result("3x3", 10), result("10x10", 10)]);
    const b = run([result("10x10", 11), result("3x3", 5)], { node: "v20.1.0" });
    expect(compare(a, b).map(({ work, ratio, apart }) => [work, ratio, apart])).toEqual([
      ["3x3", 0.5, true],
      ["10x10", 1.1, false],
    ]);
  });

  it("refuses unlike runs in one message that names every difference", () => {
    const a = run([result("3x3", 10), result("1", 1, "kernels")]);
    const b = run([result("3x3", 10)], { node: "v24.0.0", cpu: "another", arch: "arm64" });
    expect(() => compare(a, b)).toThrow(
      "these runs are unlike: Node's major version is v20 in the first and v24 in the second; " +
        "the processor is a processor in the first and another in the second; " +
        "the architecture is x64 in the first and arm64 in the second; the suite kernels is missing in the second",
    );
    expect(() => compare(run([]), run([]))).toThrow("neither measured anything");
    expect(() => compare(run([result("3x3", 10)]), run([result("10x10", 10)]))).toThrow(
      "the work plan: 3x3, wasm is missing in the second; the work plan: 10x10, wasm is missing in the first",
    );
  });

  it("prints a table and exits with 0, or a message and 2", () => {
    const a = file("a.json", JSON.stringify(run([result("3x3", 10)])));
    const b = file("b.json", JSON.stringify(run([result("3x3", 20)])));
    const table = execFileSync(process.execPath, ["bench/compare.js", a, b], { encoding: "utf8" });
    expect(table).toMatch(/plan .* 3x3 .* wasm .* 10\.00 .* 20\.00 .* 2\.00 .* apart/);
    const unlike = file("unlike.json", JSON.stringify(run([result("3x3", 20)], { arch: "arm64" })));
    for (const [files, message] of [
      [[a, unlike], /the architecture is x64 in the first and arm64/],
      [[a], /two files are needed/],
      [[a, file("bad.json", "{}")], /bad\.json: must be the JSON of npm run bench/],
      [[a, join(folder, "none.json")], /none\.json/],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, ["bench/compare.js", ...files], { encoding: "utf8" });
      expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });
});

describe("hashes of answers", () => {
  const bits = (...args: string[]) =>
    spawnSync(process.execPath, ["bench/studies/bits.js", ...args, "--count", "5"], { encoding: "utf8" });

  it("are the same for the same build, and of no two solvers", () => {
    const { status, stdout, stderr } = bits("dist/index.js", "dist/index.js");
    expect([status, stderr]).toEqual([0, ""]);
    const { results } = JSON.parse(stdout);
    expect(new Set(results.map(({ engine }: { engine: string }) => engine))).toEqual(new Set(["wasm", "js"]));
    for (const { hashes } of results) expect(hashes).toEqual([hashes[0], hashes[0]]);
    const ofWasm = results.filter(({ engine }: { engine: string }) => engine === "wasm");
    expect(new Set(ofWasm.map(({ hashes }: { hashes: string[] }) => hashes[0])).size).toBe(ofWasm.length);
  });

  it("exit with 2 and say how they are called if that is wrong", () => {
    expect(bits("--near", "wide")).toMatchObject({ status: 2, stderr: expect.stringMatching(/^usage: /) });
  });
});

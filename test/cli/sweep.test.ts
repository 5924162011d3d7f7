// walras sweep and merge, as a user runs them.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { csvParse } from "d3-dsv";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { load } from "../../src/index.js";
import { arrayExpression, shardOf } from "../../src/parts/shards.js";
import { type SweepSpecification, sweep } from "../../src/sweep/index.js";
import { file, folder, onTerminal, PAIR, walras } from "./../support/cli.js";

const SPECIFICATION: SweepSpecification = {
  economy: PAIR,
  vary: [{ parameter: "alpha[Ada,bread]", from: 0.5, to: 2, count: 5 }],
  draw: { economies: 60, seed: 3, parameters: [{ parameter: "endowments", distribution: "uniform", min: 1, max: 2 }] },
  solve: "equilibrium",
  part: 40,
};
const specification = file(SPECIFICATION);
let folders = 0;
const newFolder = (extension = "") => join(folder, `sweep-${folders++}${extension}`);
const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Runs a sweep and merges its parts; returns the path of the one file. */
function merged(given: string, flags: string[] = [], extension = "parquet"): string {
  const [parts, whole] = [newFolder(), newFolder(`.${extension}`)];
  expect(walras(["sweep", given, "-o", parts, "--format", extension, ...flags]).status).toBe(0);
  expect(walras(["merge", parts, "-o", whole]).stderr).toBe("");
  return whole;
}

/** The rows of the same sweep by the API. */
async function expectedRows() {
  const rows: Record<string, unknown>[] = [];
  for await (const block of sweep(await load(), SPECIFICATION)) {
    for (let r = 0; r < block.rows; r++) {
      rows.push(Object.fromEntries(block.columns.map(({ name, values }) => [name, values[r]])));
    }
  }
  return rows;
}

describe("walras sweep", () => {
  it("writes the rows of the API in every format", async () => {
    const expected = await expectedRows();
    expect(expected).toHaveLength(300);
    const parquet = await parquetReadObjects({ file: await asyncBufferFromFile(merged(specification)) });
    expect(parquet.map((row) => ({ ...row, row: Number(row["row"]) }))).toEqual(expected);
    const csv = csvParse(readFileSync(merged(specification, [], "csv"), "utf8"));
    expect(csv.map((row) => ({ ...row }))).toEqual(
      expected.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]))),
    );
    const lines = readFileSync(merged(specification, [], "ndjson"), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
  });

  it("has missing numbers in every format, and columns of every type", async () => {
    const given = file({
      economy: { ...PAIR, alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }, // biome-ignore format: rows
      vary: [{ parameter: "alpha[Ada,0]", values: [1024, -1] }],
      solve: "equilibria",
    });
    const [parquet, csv, ndjson] = ["parquet", "csv", "ndjson"].map((format) => merged(given, [], format));
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatchObject({
      row: 0n,
      count: 3,
      complete: true,
      equilibrium: 2,
      index: -1,
      status: "converged",
    });
    expect(rows[3]).toEqual({
      ...{ row: 1n, "alpha[Ada,0]": -1, count: 0, complete: false, equilibrium: 0, index: 0, status: "invalid" },
      ...{ "price[bread]": Number.NaN, "price[wine]": Number.NaN },
    });
    expect(readFileSync(csv, "utf8").trimEnd().split("\n")[4]).toBe("1,-1,0,0,0,0,,,invalid");
    const last = JSON.parse(readFileSync(ndjson, "utf8").trimEnd().split("\n")[3]);
    expect(last).toMatchObject({ complete: false, "price[bread]": null, status: "invalid" });
  });

  it("is the same with any number of workers, in any number of shards, byte for byte", () => {
    const whole = hashOf(merged(specification, ["--workers", "1"]));
    expect(hashOf(merged(specification, ["--workers", "3"]))).toBe(whole);
    const parts = newFolder();
    for (const k of [3, 1, 2])
      expect(walras(["sweep", specification, "-o", parts, "--shard", `${k}/3`]).status).toBe(0);
    walras(["merge", parts, "-o", join(parts, "all.parquet")]);
    expect(hashOf(join(parts, "all.parquet"))).toBe(whole);
  });

  it("has the same rows in parts of another size", () => {
    const whole = readFileSync(merged(specification, [], "csv"), "utf8");
    for (const part of ["1", "7", "299", "1000"]) {
      expect(readFileSync(merged(specification, ["--part", part], "csv"), "utf8")).toBe(whole);
    }
  });

  it("keeps what is whole, and makes anew what is damaged", () => {
    const parts = newFolder();
    walras(["sweep", specification, "-o", parts]);
    const before = walras(["sweep", specification, "-o", parts]);
    expect(before.stdout).toMatch(/300 economies in 8 parts, 8 of them were there before/);
    const target = join(parts, "all.parquet");
    walras(["merge", parts, "-o", target]);
    const hash = hashOf(target);
    rmSync(join(parts, "part-0000002.json"));
    truncateSync(join(parts, "part-0000004.parquet"), 100);
    rmSync(join(parts, "part-0000005.parquet"));
    const missing = walras(["merge", parts, "-o", target]);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toMatch(/3 parts of 8 missing, 120 economies\n.*run the sweep again/);
    expect(walras(["sweep", specification, "-o", parts]).stdout).toMatch(/8 parts, 5 of them were there before/);
    walras(["merge", parts, "-o", target]);
    expect(hashOf(target)).toBe(hash);
    // Of the right length, and with other bytes.
    const path = join(parts, "part-0000003.parquet");
    const bytes = readFileSync(path);
    bytes[100] ^= 1;
    writeFileSync(path, bytes);
    const damaged = walras(["merge", parts, "-o", target]);
    expect([damaged.status, damaged.stderr]).toEqual([
      2,
      expect.stringMatching(/part 3 is damaged: delete .*part-0000003/),
    ]);
    expect(hashOf(target)).toBe(hash);
  });

  it("refuses a folder of another sweep, and says what differs", () => {
    const parts = newFolder();
    walras(["sweep", specification, "-o", parts]);
    const told = (...flags: string[]) => walras(["sweep", specification, "-o", parts, ...flags]);
    expect(told("--seed", "4")).toMatchObject({ status: 2, stderr: expect.stringMatching(/another specification\)/) });
    expect(told("--engine", "js").stderr).toMatch(/another engine\)/);
    expect(told("--format", "csv").stderr).toMatch(/another format\)/);
    expect(walras(["merge", parts, "-o", join(parts, "all.csv")]).stderr).toMatch(/must end with \.parquet/);
    expect(walras(["merge", folder, "-o", join(parts, "all.csv")]).stderr).toMatch(/it has no manifest\.json/);
    writeFileSync(join(parts, "manifest.json"), "{}");
    expect(told().stderr).toMatch(/is not the manifest of a sweep/);
  });

  it("killed three times, goes on, and gives the same bytes", async () => {
    // Large enough to be killed in the middle of, on a busy machine too.
    const long = file({ ...SPECIFICATION, draw: { ...SPECIFICATION.draw, economies: 12_000 }, part: 2000 });
    const undisturbed = hashOf(merged(long));
    const parts = newFolder();
    let killed = 0;
    for (let after = 2; killed < 3; after += 6) {
      const child = spawn(process.execPath, ["dist/cli.js", "sweep", long, "-o", parts, "-q"], { stdio: "ignore" });
      const ended = new Promise<string | null>((done) => child.on("exit", (_, signal) => done(signal)));
      const whole = () =>
        existsSync(parts) ? readdirSync(parts).filter((name) => /part.*json$/.test(name)).length : 0;
      while (whole() < after && child.exitCode === null) await new Promise((done) => setTimeout(done, 2));
      child.kill("SIGKILL");
      expect(await ended).toBe("SIGKILL");
      expect(whole()).toBeLessThan(30);
      killed++;
    }
    // What a process that was killed has left half-written.
    writeFileSync(join(parts, readdirSync(parts).find((name) => name.endsWith(".tmp")) ?? ".walras.none.1.x.tmp"), "x");
    expect(walras(["sweep", long, "-o", parts]).stdout).toMatch(/60000 economies in 30 parts, \d+ of them were there/);
    expect(walras(["merge", parts, "-o", `${parts}.parquet`]).status).toBe(0);
    expect(hashOf(`${parts}.parquet`)).toBe(undisturbed);
  });

  it("takes an economy and flags in the place of a specification", () => {
    const economy = file(PAIR);
    const parts = newFolder(".csv");
    const flags = ["--vary", "alpha[Ada,bread]=1:4:3:log", "--vary", "omega=-0.5,-2", "--draw", "2", "--seed", "5"];
    const random = ["--random", "endowments=lognormal:2:0.1", "--keep", "vary,endowments[Ada,bread],price", "--filter", "omega < -1"]; // biome-ignore format: one line
    const { stdout } = walras(["sweep", economy, "-o", parts, ...flags, ...random]);
    expect(stdout).toMatch(/12 economies in 1 part; 6 rows/);
    const rows = csvParse(readFileSync(join(parts, "part-0000000.csv"), "utf8"));
    expect(rows.columns).toEqual(["alpha[Ada,bread]", "omega", "endowments[Ada,bread]", "price[bread]", "price[wine]"]);
    expect(rows.map((row) => Number(row["alpha[Ada,bread]"]))).toEqual([1, 1, 2, 2, 4, 4]);
    const manifest = JSON.parse(readFileSync(join(parts, "manifest.json"), "utf8"));
    expect(manifest.specification.draw).toEqual({
      economies: 2,
      parameters: [{ parameter: "endowments", distribution: "lognormal", median: 2, sigma: 0.1 }],
      seed: 5,
    });
  });

  it("counts equilibria, of those that are not kept too", () => {
    const economy = file({ ...PAIR, alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }); // biome-ignore format: rows
    const flags = ["--solve", "equilibria", "--vary", "endowments[Ada,bread]=12:1000:20", "--filter", "count > 1"];
    const { lines } = walras(["sweep", economy, "-o", newFolder(), ...flags]);
    const counts = lines.flatMap((line) => {
      const [, equilibria, economies] = /^│\s+(\d+) │\s+(\d+) │$/.exec(line) ?? [];
      return equilibria ? [[Number(equilibria), Number(economies)]] : [];
    });
    expect(counts.map(([equilibria]) => equilibria)).toEqual([1, 3]);
    expect(counts.reduce((sum, [, economies]) => sum + economies, 0)).toBe(20);
    expect(lines[0]).toMatch(new RegExp(`20 economies in 1 part; ${3 * counts[1][1]} rows`));
  });

  it("shows how far it is on a terminal, and a line every few seconds elsewhere", () => {
    const long = ["sweep", specification, "--draw", "200000", "--part", "20000"];
    expect(onTerminal([...long, "-o", newFolder()])).toMatch(
      /\[#*\.*\] \d+\.\d %, \d+ of 1000000, \d+ a second, \d+ s left/,
    );
    expect(onTerminal([...long, "-o", newFolder(), "-q"])).not.toMatch(/a second/);
  });

  it("names what is wrong", () => {
    const told = (...args: string[]) => walras(["sweep", specification, "-o", newFolder(), ...args]);
    expect(told("--vary", "alpha")).toMatchObject({ status: 2, stderr: expect.stringMatching(/--vary must be like PARAMETER=VALUES/) }); // biome-ignore format: one line
    expect(told("--vary", "alpha=1:2").stderr).toMatch(/--vary must be like alpha=0.5:2:50/);
    expect(told("--random", "alpha=uniform:1").stderr).toMatch(/uniform takes min:max/);
    expect(told("--shard", "9/8").stderr).toMatch(/must be a shard from 1 to N/);
    expect(told("--draw", "0.5").stderr).toMatch(/whole number above 0/);
    expect(told("--part", "1", "--draw", "1e10").stderr).toMatch(/parts, and may have 10000000/);
    expect(walras(["sweep", specification, "-o", join(specification, "x")])).toMatchObject({ status: 74 });
    expect(walras(["sweep", file("{"), "-o", newFolder()])).toMatchObject({ status: 2 });
    const wrong = walras(["sweep", file({ ...SPECIFICATION, solve: "solve" }), "-o", newFolder()]);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringMatching(/solve must be plan or equilibrium or/)]);
  });
});

describe("shards", () => {
  it("come from a flag or from a scheduler's variables, whole or not at all", () => {
    expect(shardOf(undefined, {})).toBeUndefined();
    expect(shardOf("3/8", { SLURM_ARRAY_TASK_ID: "1", SLURM_ARRAY_TASK_COUNT: "2" })).toEqual({ number: 3, of: 8 });
    expect(shardOf(undefined, { SLURM_ARRAY_TASK_ID: "1", SLURM_ARRAY_TASK_COUNT: "8" })).toEqual({ number: 1, of: 8 });
    expect(shardOf(undefined, { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "8" })).toEqual({ number: 1, of: 8 }); // biome-ignore format: one line
    expect(shardOf("/8", { JOB_COMPLETION_INDEX: "7" })).toEqual({ number: 8, of: 8 });
    const told = (flag: string | undefined, environment: Record<string, string>) => {
      try {
        return shardOf(flag, environment);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(told(undefined, { JOB_COMPLETION_INDEX: "7" })).toMatch(/nothing says of how many: give --shard \/N/);
    expect(told(undefined, { SLURM_ARRAY_TASK_ID: "1" })).toMatch(/nothing says of how many/);
    expect(told(undefined, { AWS_BATCH_JOB_ARRAY_SIZE: "8" })).toMatch(/AWS_BATCH_JOB_ARRAY_INDEX is not/);
    expect(told(undefined, { SLURM_ARRAY_TASK_COUNT: "8" })).toMatch(/SLURM_ARRAY_TASK_ID is not/);
    expect(told("/8", {})).toMatch(/needs the number of the task/);
    expect(told(undefined, { SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_COUNT: "8" })).toMatch(/shard from 1 to N/);
    expect(told(undefined, { SLURM_ARRAY_TASK_ID: "x", SLURM_ARRAY_TASK_COUNT: "8" })).toMatch(/whole number; got x/);
    // The tasks that are run again after `merge` has named them.
    const again = { SLURM_ARRAY_TASK_ID: "2", SLURM_ARRAY_TASK_COUNT: "2", SLURM_ARRAY_TASK_MIN: "2", SLURM_ARRAY_TASK_MAX: "5" }; // biome-ignore format: one line
    expect(told(undefined, again)).toMatch(/go from 2 to 5 and are 2/);
    expect(told("/8", again)).toEqual({ number: 2, of: 8 });
  });

  it("that are missing are named as an array", () => {
    expect(arrayExpression([2, 5, 6, 7, 9])).toBe("2,5-7,9");
    const parts = newFolder();
    const run = (id: number) =>
      spawnSync(process.execPath, ["dist/cli.js", "sweep", specification, "-o", parts], {
        encoding: "utf8",
        env: { ...process.env, SLURM_ARRAY_TASK_ID: `${id}`, SLURM_ARRAY_TASK_COUNT: "6" },
      });
    expect(run(2).stdout).toMatch(/^shard 2 of 6: 60 economies in 2 parts; 60 rows/);
    run(4);
    const { stderr } = walras(["merge", parts, "-o", `${parts}.parquet`]);
    expect(stderr).toMatch(
      /5 parts of 8 missing, 200 economies\n.*the shards --array=1,3,5-6 of 6 again, with --shard \/6/,
    );
    for (const id of [1, 3, 5, 6]) run(id);
    expect(walras(["merge", parts, "-o", `${parts}.parquet`]).status).toBe(0);
  });

  it("that have no part of a short sweep do nothing", () => {
    expect(walras(["sweep", specification, "-o", newFolder(), "--shard", "9/20"]).stdout).toMatch(
      /0 economies in 0 parts/,
    );
  });
});

// walras sweep --queue and walras worker, with a real Redis, as users on several machines run them.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Queue, Worker } from "bullmq";
import { Redis as Client } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { type Manifest, type PartNote, readManifest, readNote, rowsFile } from "../../src/parts/manifest.js";
import { mergeParts } from "../../src/parts/merge.js";
import { partsOfShard, surveyOf } from "../../src/parts/run.js";
import { addressOf, saidBy } from "../../src/queue/address.js";
import { checkAnswer } from "../../src/queue/answers.js";
import { partJobOf } from "../../src/queue/queues.js";
import type { SweepSpecification } from "../../src/sweep/index.js";
import { file, folder, PAIR, walras } from "../support/cli.js";
import { Redis } from "../support/redis.js";

const SPECIFICATION: SweepSpecification = {
  economy: PAIR,
  draw: { economies: 24_000, seed: 3, parameters: [{ parameter: "endowments", distribution: "uniform", min: 1, max: 2 }] },
  solve: "equilibrium",
  part: 1000,
}; // biome-ignore format: one distribution
const PARTS = 24;
const specification = file(SPECIFICATION);
let undisturbed = "";
let redis: Redis;
const started: ChildProcess[] = [];
let names = 0;
const newName = (what: string) => join(folder, `${what}-${names++}`);
const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const wholeIn = (parts: string) =>
  existsSync(parts) ? readdirSync(parts).filter((name) => /^part.*json$/.test(name)).length : 0;

beforeAll(async () => {
  redis = await Redis.start(newName("redis"));
  const parts = newName("undisturbed");
  walras(["sweep", specification, "-o", parts]);
  undisturbed = mergedHash(parts);
}, 60_000);
afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  const client = new Client(redis.url);
  await client.flushall();
  client.disconnect();
});
afterAll(() => redis?.stop());

/** The hash of what `walras merge` writes. */
function mergedHash(parts: string): string {
  const manifest = readManifest(parts) as Manifest;
  const { notes } = surveyOf(parts, manifest, partsOfShard(manifest, undefined));
  expect(notes).toHaveLength(PARTS);
  mergeParts(parts, manifest, notes, `${parts}.parquet`);
  return hashOf(`${parts}.parquet`);
}

/** Starts a command; `said` is what it has written so far. */
function start(args: string[], variables: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["dist/cli.js", ...args], { env: { ...process.env, ...variables } });
  started.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
  const ended = new Promise<number | string | null>((done) =>
    child.on("close", (code, signal) => done(code ?? signal)),
  );
  return { child, ended, said: () => said };
}
const worker = (url: string, ...flags: string[]) => start(["worker", "--queue", url, "--lock", "1", ...flags]);
const collector = (url: string, parts: string, ...flags: string[]) =>
  start(["sweep", specification, "-o", parts, "-q", "--queue", url, ...flags]);

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 10));
}

async function withParts<T>(work: (parts: Queue, sweeps: Queue) => Promise<T>, server = redis): Promise<T> {
  const connection = new Client(server.url, { maxRetriesPerRequest: null });
  const queues = ["parts", "sweeps"].map((name) => new Queue(`walras-${name}-${version}`, { connection }));
  try {
    return await work(queues[0], queues[1]);
  } finally {
    for (const queue of queues) await queue.close();
    connection.disconnect();
  }
}

describe("a sweep over a queue", () => {
  it("gives the bytes of a run on one machine, through the queue and through a folder", async () => {
    const [through, shared] = [newName("through"), newName("shared")];
    worker(redis.url, "--workers", "1");
    worker(redis.url, "--workers", "1", "-o", shared);
    for (const parts of [through, shared]) {
      const run = collector(redis.url, parts);
      expect([await run.ended, run.said()]).toEqual([0, expect.stringMatching(/^24000 economies in 24 parts; 24000/)]);
      expect(mergedHash(parts)).toBe(undisturbed);
    }
    // Nothing is left in the queue.
    await withParts(async (parts, sweeps) => {
      expect([await parts.getJobCounts(), await sweeps.getJobCounts()].flatMap(Object.values)).toEqual(
        Array(14).fill(0),
      );
    });
    const again = collector(redis.url, shared);
    expect([await again.ended, again.said()]).toEqual([0, expect.stringMatching(/24 of them were there before/)]);
  }, 60_000);

  it("survives a worker that is killed, and another that comes and goes", async () => {
    const parts = newName("killed");
    const run = collector(redis.url, parts);
    const killed = worker(redis.url, "--workers", "2");
    await until(() => wholeIn(parts) >= 4);
    // In the middle of a part: it is halted until it has one.
    await withParts((queue) =>
      until(async () => {
        killed.child.kill("SIGSTOP");
        if ((await queue.getActiveCount()) > 0) return true;
        killed.child.kill("SIGCONT");
        return false;
      }),
    );
    killed.child.kill("SIGKILL");
    await killed.ended;
    const brief = worker(redis.url, "--workers", "1");
    const before = wholeIn(parts);
    await until(() => /waits for parts/.test(brief.said()) && wholeIn(parts) >= before + 2);
    brief.child.kill("SIGTERM");
    expect([await brief.ended, brief.said()]).toEqual([0, expect.stringMatching(/\d+ parts? made/)]);
    expect(wholeIn(parts)).toBeLessThan(PARTS);
    const last = worker(redis.url, "--workers", "1", "--idle", "2");
    expect([await run.ended, run.said()]).toEqual([0, expect.stringMatching(/24000 economies in 24 parts/)]);
    expect(mergedHash(parts)).toBe(undisturbed);
    expect([await last.ended, last.said()]).toEqual([0, expect.stringMatching(/\d+ parts? made/)]);
  }, 60_000);

  it.each(["file", "nothing"] as const)(
    "survives a Redis that stops and starts, having kept %s",
    async (keeping) => {
      const server = await Redis.start(newName("redis"), keeping);
      try {
        const parts = newName("restarted");
        const run = collector(server.url, parts);
        const serving = worker(server.url, "--workers", "1");
        await until(() => wholeIn(parts) >= 4);
        await server.stop();
        await until(() => /does not answer/.test(run.said()) && /does not answer/.test(serving.said()));
        const whole = wholeIn(parts);
        expect(whole).toBeLessThan(PARTS);
        await server.restart();
        expect([await run.ended, run.said()]).toEqual([0, expect.stringMatching(/answers again\n/)]);
        expect(run.said()).toMatch(/24000 economies in 24 parts/);
        if (keeping === "nothing") expect(run.said()).toMatch(/the queue has lost \d+ parts?; asked for again/);
        expect(mergedHash(parts)).toBe(undisturbed);
      } finally {
        await server.stop();
      }
    },
    60_000,
  );

  it("finishes what is at work at ^C, hands it back at a second one, and takes back what waits", async () => {
    const parts = newName("interrupted");
    const long = file({ ...SPECIFICATION, draw: { ...SPECIFICATION.draw, economies: 4e6 }, part: 1e6 });
    const slow = worker(redis.url, "--workers", "1");
    const run = start(["sweep", long, "-o", parts, "--queue", redis.url]);
    await withParts(async (queue) => {
      await until(async () => (await queue.getActiveCount()) === 1);
      slow.child.kill("SIGINT");
      await until(() => /finishing the parts at work/.test(slow.said()));
      slow.child.kill("SIGINT");
      expect([await slow.ended, slow.said()]).toEqual([0, expect.stringMatching(/0 parts made/)]);
      expect([await queue.getActiveCount(), await queue.getWaitingCount()]).toEqual([0, 4]);
      run.child.kill("SIGINT");
      expect([await run.ended, run.said()]).toEqual(["SIGINT", expect.stringMatching(/goes on with what is missing/)]);
      expect(await queue.getWaitingCount()).toBe(0);
    });
    const rest = newName("finished");
    const other = collector(redis.url, rest);
    const polite = worker(redis.url, "--workers", "1");
    await until(() => wholeIn(rest) >= 2);
    polite.child.kill("SIGINT");
    expect(await polite.ended).toBe(0);
    const made = Number(/(\d+) parts made/.exec(polite.said())?.[1]);
    await until(() => wholeIn(rest) === made);
    worker(redis.url, "--workers", "2");
    expect(await other.ended).toBe(0);
    expect(mergedHash(rest)).toBe(undisturbed);
  }, 60_000);

  it("asks again for parts that a worker has written elsewhere, or answered wrongly", async () => {
    const parts = newName("forged");
    const connection = new Client(redis.url, { maxRetriesPerRequest: null });
    let answers = 0;
    const forger = new Worker(
      `walras-parts-${version}`,
      async ({ data }) => {
        answers++;
        return { note: { part: data.part, sweep: data.sweep }, bytes: "AAAA" };
      },
      { connection, name: "forger" },
    );
    const run = collector(redis.url, parts);
    expect([await run.ended, run.said()]).toEqual([
      2,
      expect.stringMatching(/part \d+ failed on forger: .*the number of economies; that was the 4th time/),
    ]);
    expect([answers >= 4, wholeIn(parts)]).toEqual([true, 0]);
    await forger.close();
    connection.disconnect();
    // A worker whose folder has the same manifest, and is another one.
    const [here, there] = [newName("here"), newName("there")];
    const next = collector(redis.url, here);
    await until(() => existsSync(join(here, "manifest.json")));
    mkdirSync(there);
    copyFileSync(join(here, "manifest.json"), join(there, "manifest.json"));
    worker(redis.url, "--workers", "2", "-o", there);
    expect(await next.ended).toBe(0);
    expect(next.said()).toMatch(/writes to another folder: from now on rows come by the queue/);
    expect(mergedHash(here)).toBe(undisturbed);
  }, 60_000);
});

describe("a worker", () => {
  it("refuses jobs that are no parts, and specifications that are not what they are called", async () => {
    const parts = newName("source");
    walras(["sweep", specification, "-o", parts, "--shard", "1/24"]);
    const manifest = readManifest(parts) as Manifest;
    const serving = worker(redis.url, "--workers", "1");
    await withParts(async (queue, sweeps) => {
      const reasonOf = async (data: unknown) => {
        const { id } = await queue.add("part", data);
        await until(async () => (await queue.getJobState(id as string)) === "failed");
        return (await queue.getJob(id as string))?.failedReason;
      };
      const { hash } = manifest;
      expect(await reasonOf({ sweep: "../x", part: 0 })).toMatch(/the job is not a part of a sweep/);
      expect(await reasonOf({ sweep: hash, part: -1 })).toMatch(/the job is not a part of a sweep/);
      expect(await reasonOf({ sweep: hash, part: 0 })).toMatch(/does not have the sweep's specification/);
      const put = async (forged: unknown) => {
        await sweeps.remove(`sweep-${hash}`);
        await sweeps.add("sweep", { manifest: JSON.stringify(forged) }, { jobId: `sweep-${hash}` });
      };
      await put({ ...manifest, specification: { ...SPECIFICATION, part: 1 } });
      expect(await reasonOf({ sweep: hash, part: 0 })).toMatch(/does not have its hash/);
      await put({ ...manifest, specification: { ...SPECIFICATION, part: 1e9 } });
      expect(await reasonOf({ sweep: hash, part: 0 })).toMatch(/part must be/);
      await put({ ...manifest, engine: "../engine" });
      expect(await reasonOf({ sweep: hash, part: 0 })).toMatch(/no engine or no format/);
      // What else a manifest says counts for nothing: it is made anew.
      await put({ ...manifest, parts: 1e9, part: 1, folder: "/" });
      expect(await reasonOf({ sweep: hash, part: 24 })).toMatch(/the sweep has 24 parts, and no part 24/);
    });
    expect(serving.said()).toMatch(/part 24 failed: the sweep has 24 parts/);
  }, 60_000);

  it("ends when it cannot write, and hands its part back", async () => {
    const parts = newName("unwritable");
    const run = collector(redis.url, parts);
    await until(() => existsSync(join(parts, "manifest.json")));
    const copy = newName("copy");
    mkdirSync(copy);
    copyFileSync(join(parts, "manifest.json"), join(copy, "manifest.json"));
    // A folder where the file of a part should be.
    for (let part = 0; part < PARTS; part++) mkdirSync(rowsFile(copy, readManifest(parts) as Manifest, part));
    const failing = worker(redis.url, "--workers", "1", "-o", copy);
    expect([await failing.ended, failing.said()]).toEqual([74, expect.stringMatching(/cannot write .*copy/)]);
    worker(redis.url, "--workers", "2", "-o", parts);
    expect([await run.ended, run.said()]).toEqual([0, expect.stringMatching(/part \d+ failed on .*; asked for again/)]);
    expect(mergedHash(parts)).toBe(undisturbed);
  }, 60_000);
});

describe("the queue's address", () => {
  it("is a URL, whose password is never printed", async () => {
    const message = "--queue must be a URL like redis://127.0.0.1:6379, rediss://HOST:PORT or postgres://HOST/DATABASE";
    for (const url of ["http://:secret@host", "redis:secret", "secret", "redis://", "file:///secret"])
      expect(() => addressOf(url)).toThrow(message);
    expect(walras(["worker", "--queue", "http://:secret@host"])).toMatchObject({
      ...{ status: 2, stderr: `walras: ${message}\n` },
    });
    expect(walras(["worker", "--queue"]).stderr).toMatch(/or the variable WALRAS_QUEUE must/);
    const server = await Redis.start(newName("redis"), "nothing", "s3cret");
    try {
      const wrong = server.url.replace("s3cret", "wr0ng");
      const refused = walras(["worker", "--queue", wrong]);
      expect([refused.status, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/cannot reach redis:\/\/127.0.0.1:\d+: .*(WRONGPASS|NOAUTH)/),
      ]);
      expect(refused.stderr).not.toMatch(/wr0ng/);
      const parts = newName("secret");
      const serving = start(["worker", "--workers", "1"], { WALRAS_QUEUE: server.url });
      const run = start(["sweep", specification, "-o", parts, "--queue"], { WALRAS_QUEUE: server.url });
      expect(await run.ended).toBe(0);
      expect(mergedHash(parts)).toBe(undisturbed);
      expect(serving.said()).toMatch(/waits for parts at redis:\/\/127.0.0.1:\d+\n/);
      expect(run.said() + serving.said()).not.toMatch(/s3cret/);
    } finally {
      await server.stop();
    }
    const address = addressOf("redis://me:p%40ss@host:1/0");
    expect(address.shown).toBe("redis://host:1/0");
    expect(saidBy(new Error("no redis://me:p%40ss@host:1/0 (p@ss, p%40ss)"), address)).toBe("no … (…, …)");
  }, 60_000);

  it("must answer, at first and for as long as the patience says", async () => {
    const server = await Redis.start(newName("redis"));
    const parts = newName("lost");
    const run = collector(server.url, parts, "--patience", "1");
    const serving = worker(server.url, "--patience", "1");
    await until(() => wholeIn(parts) >= 1 && /waits for parts/.test(serving.said()));
    await server.stop();
    for (const { ended, said } of [run, serving])
      expect([await ended, said()]).toEqual([2, expect.stringMatching(/has not answered for 1 seconds: /)]);
    expect(walras(["worker", "--queue", server.url])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/cannot reach redis:\/\/127.0.0.1:\d+: connect ECONNREFUSED/),
    });
  }, 60_000);

  it("needs packages, which are asked for by name", () => {
    const copy = newName("alone");
    mkdirSync(copy);
    copyFileSync("dist/cli.js", join(copy, "cli.js"));
    writeFileSync(join(copy, "package.json"), '{"type":"module"}');
    const { status, stderr } = spawnSync(process.execPath, [join(copy, "cli.js"), "worker", "--queue", redis.url], { encoding: "utf8", timeout: 30_000 }); // biome-ignore format: one call
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/needs the package bullmq, which is not installed: npm install bullmq ioredis\n/),
    ]);
  });

  it("does not go together with shards and threads", () => {
    for (const flags of [
      ["--shard", "1/2"],
      ["--workers", "2"],
    ]) {
      const { status, stderr } = walras(["sweep", specification, "-o", newName("x"), "--queue", redis.url, ...flags]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/cannot be used with option/)]);
    }
  });
});

describe("an answer", () => {
  it("is checked: its note, and the number, hash and format of its bytes", () => {
    for (const format of ["parquet", "csv", "ndjson"]) {
      const parts = newName(format);
      walras(["sweep", specification, "-o", parts, "--format", format, "--shard", "1/24"]);
      const manifest = readManifest(parts) as Manifest;
      const note = readNote(parts, manifest, 0) as PartNote;
      const bytes = readFileSync(rowsFile(parts, manifest, 0));
      const told = (given: Buffer, changes: object = {}) => {
        const about = { bytes: given.length, sha256: createHash("sha256").update(given).digest("hex") };
        try {
          const answer = { note: { ...note, ...about, ...changes }, bytes: given.toString("base64") };
          return checkAnswer(answer, manifest, 0);
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(told(bytes, { more: 1 })).toEqual({ note, bytes });
      expect(told(bytes, { part: 1 })).toMatch(/another part/);
      expect(told(bytes, { economies: 999 })).toMatch(/number of economies/);
      expect(told(bytes, { rows: 1.5 })).toMatch(/number of rows or bytes/);
      expect(told(bytes, { rows: 7 })).toMatch(/another number of rows/);
      expect(told(bytes, { bytes: 8 })).toMatch(/number of bytes/);
      expect(told(bytes, { sha256: "x" })).toMatch(/the hash/);
      expect(told(bytes, { sha256: "0".repeat(64) })).toMatch(/do not have their hash/);
      expect(told(bytes, { statuses: { converged: 1 } })).toMatch(/the statuses/);
      expect(told(bytes, { statuses: { "\u001b[2J": 1000 } })).toMatch(/the statuses/);
      expect(told(bytes, { counts: { 1: 1001 } })).toMatch(/numbers of equilibria/);
      expect(told(Buffer.from("rows"), { rows: 0 })).toMatch(/no Parquet|other columns|another number of rows/);
      const other = Buffer.from(bytes);
      if (format === "parquet") other.write("residua7", other.indexOf("residual"));
      else if (format === "csv") other.write("ROW", 0);
      else other[other.length - 1] = 32;
      expect(told(other)).toMatch(/other columns|number of rows/);
      expect(() => checkAnswer(null, manifest, 0)).toThrow(/no note/);
    }
    expect(() => partJobOf(null)).toThrow(/not a part/);
  });
});

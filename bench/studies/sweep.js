// npm run bench:sweep [-- COUNT]: a sweep of so many 3x3 equilibria, a million by default, to Parquet.
// With one and with two workers it prints the rate and, over time, the resident memory. Then the same
// sweep is made in four ways that do it harm: killed three times by SIGKILL and begun again; in four
// shards; and over a queue, where one worker is killed and Redis is killed and started again. The
// merged files must be equal byte for byte. Last, a sweep of ten times as many tells whether its second
// half needs more memory than its first. The exit status is 1 if it needs more than a tenth more, if
// the files differ, or if a reader finds other rows.
// Needs redis-server (or REDIS_SERVER). DuckDB reads the file back too, where @duckdb/node-api is
// installed: `npm install --no-save @duckdb/node-api`.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from "hyparquet";
import { environment, tableOf } from "../harness.js";

const COUNT = Number(process.argv[2] ?? 1_000_000);
const PART = Math.min(20_480, Math.ceil(COUNT / 20));
/** Milliseconds between two looks at the memory. */
const LOOK_EVERY = 100;

const folder = mkdtempSync(join(tmpdir(), "walras-bench-sweep-"));
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
const specification = specified("sweep.json", COUNT);

/** Writes the specification of so many economies to a file. */
function specified(name, economies) {
  const path = join(folder, name);
  const text = JSON.stringify({
    economy: {
      ...{ alpha: [[3, 1, 2], [1, 2, 1], [1, 1, 3]], omega: -0.5 },
      endowments: [[20, 5, 5], [5, 20, 5], [5, 5, 20]],
    },
    draw: {
      ...{ economies, seed: 14 },
      parameters: ["alpha", "endowments"].map((parameter) => ({
        ...{ parameter, distribution: "lognormal", sigma: 0.5, factor: true },
      })),
    },
    ...{ solve: "equilibrium", keep: { fields: ["row", "price", "residual", "status"] }, part: PART },
  }); // biome-ignore format: rows
  writeFileSync(path, text);
  return path;
}

const problems = [];
const rows = [];

/** Starts a program; `ended` is how it ended and what it said. */
function start(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
  const ended = new Promise((done) =>
    child.on("close", (code, signal) => {
      running.delete(child);
      done({ code, signal, said });
    }),
  );
  return { child, ended };
}

const walras = (...args) => start(process.execPath, ["dist/cli.js", ...args]);

async function run(...args) {
  const { code, said } = await walras(...args).ended;
  if (code !== 0) throw new Error(`walras ${args.join(" ")}: ${said}`);
}

async function sha256(path) {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path)) hash.update(bytes);
  return hash.digest("hex");
}

async function merged(parts) {
  await run("merge", parts, "-o", `${parts}.parquet`);
  return await sha256(`${parts}.parquet`);
}

/** The resident memory of a process in MiB; undefined once it has ended, or where there is no /proc. */
function residentOf({ pid }) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

const wholeIn = (parts) =>
  existsSync(parts) ? readdirSync(parts).filter((name) => /^part.*json$/.test(name)).length : 0;

/** Runs a sweep without disturbing it: how long it took, and its memory over time. */
async function watched(given, parts, workers) {
  const begun = performance.now();
  const { child, ended } = walras("sweep", given, "-o", parts, "-q", "--workers", `${workers}`);
  const memory = [];
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await Promise.race([sleep(LOOK_EVERY), ended]);
    const resident = residentOf(child);
    if (resident) memory.push(resident);
  }
  const { code, said } = await ended;
  if (code !== 0) throw new Error(said);
  return { seconds: (performance.now() - begun) / 1000, memory };
}

const fifths = (memory) =>
  [0.2, 0.4, 0.6, 0.8, 1]
    .map((part) => memory[Math.min(memory.length - 1, Math.floor(part * memory.length))]?.toFixed(0))
    .join(" ");

async function timed(workers) {
  const parts = join(folder, `workers-${workers}`);
  const { seconds, memory } = await watched(specification, parts, workers);
  const mergeBegun = performance.now();
  const hash = await merged(parts);
  const mergeSeconds = (performance.now() - mergeBegun) / 1000;
  const bytes = statSync(`${parts}.parquet`).size;
  rows.push([
    ...[workers, seconds.toFixed(1), Math.round(COUNT / seconds), mergeSeconds.toFixed(1), (bytes / COUNT).toFixed(2)],
    fifths(memory),
  ]);
  return hash;
}

/** A sweep of ten times as many, which is not over before its memory has settled. */
async function long() {
  const parts = join(folder, "long");
  const { seconds, memory } = await watched(specified("long.json", 10 * COUNT), parts, 2);
  rmSync(parts, { recursive: true });
  console.log(`${10 * COUNT} economies, two workers: ${seconds.toFixed(1)} seconds, ${fifths(memory)} MiB over time`);
  // The first fifth is the start of threads and engines.
  const most = (from, to) => Math.max(...memory.slice(Math.floor(from * memory.length), Math.ceil(to * memory.length)));
  if (most(0.6, 1) > 1.1 * most(0.2, 0.6)) problems.push("memory grows");
}

/** Kills a run three times, each at a random moment before it is done. */
async function killed() {
  const parts = join(folder, "killed");
  const total = Math.ceil(COUNT / PART);
  for (let k = 1; k <= 3; k++) {
    const { child, ended } = walras("sweep", specification, "-o", parts, "-q");
    const until = wholeIn(parts) + 1 + Math.floor((Math.random() * total) / 5);
    while (wholeIn(parts) < until && child.exitCode === null) await sleep(5);
    await sleep(50 * Math.random());
    child.kill("SIGKILL");
    const { signal } = await ended;
    if (signal !== "SIGKILL") problems.push("a run was over before it was killed");
    console.log(`killed with ${wholeIn(parts)} of ${total} parts`);
  }
  await run("sweep", specification, "-o", parts, "-q");
  return await merged(parts);
}

async function sharded() {
  const parts = join(folder, "sharded");
  const begun = performance.now();
  await Promise.all(
    [1, 2, 3, 4].map((k) => run("sweep", specification, "-o", parts, "-q", "--workers", "1", "--shard", `${k}/4`)),
  );
  const seconds = (performance.now() - begun) / 1000;
  console.log(`four shards of one worker each, at once: ${Math.round(COUNT / seconds)} economies a second`);
  return await merged(parts);
}

async function startRedis(port, data) {
  const keeping = ["--dir", data, "--appendonly", "yes", "--save", ""];
  const { child } = start(process.env.REDIS_SERVER ?? "redis-server", ["--bind", "127.0.0.1", "--port", port, ...keeping]); // biome-ignore format: one call
  await new Promise((done, failed) => {
    child.on("error", failed);
    child.stdout.on("data", (bytes) => `${bytes}`.includes("Ready to accept") && done());
  });
  return child;
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return `${port}`;
}

/** Over a queue; `harm` kills a worker and Redis. */
async function queued(harm) {
  const parts = join(folder, harm ? "queue-harmed" : "queue");
  const port = await freePort();
  let redis = await startRedis(port, folder);
  const url = `redis://127.0.0.1:${port}`;
  const work = (...flags) => walras("worker", "--queue", url, "--workers", "1", "--lock", "5", ...flags);
  const begun = performance.now();
  const collector = walras("sweep", specification, "-o", parts, "-q", "--queue", url);
  const workers = [work(), work()];
  if (harm) {
    const total = Math.ceil(COUNT / PART);
    const isOver = () => collector.child.exitCode !== null;
    while (wholeIn(parts) < 0.2 * total && !isOver()) await sleep(5);
    workers[0].child.kill("SIGKILL");
    console.log(`a worker killed with ${wholeIn(parts)} of ${total} parts`);
    while (wholeIn(parts) < 0.5 * total && !isOver()) await sleep(5);
    redis.kill("SIGKILL");
    console.log(`Redis killed with ${wholeIn(parts)} of ${total} parts, for three seconds`);
    await sleep(3000);
    redis = await startRedis(port, folder);
    if (isOver()) problems.push("the queue was done before it was harmed");
    workers.push(work());
  }
  const { code, said } = await collector.ended;
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(said);
  for (const { child } of workers) child.kill("SIGTERM");
  await Promise.all(workers.map(({ ended }) => ended));
  redis.kill("SIGTERM");
  if (!harm)
    console.log(`two workers over a queue, rows by the queue: ${Math.round(COUNT / seconds)} economies a second`);
  return await merged(parts);
}

/** Reads a file back with two other programs' code: how many rows, and the mean of the first price. */
async function readBack(path) {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let count = 0;
  let sum = 0;
  await parquetRead({
    ...{ file, metadata, columns: ["price[good 1]"] },
    onChunk: ({ columnData }) => {
      count += columnData.length;
      for (const value of columnData) sum += value;
    },
  });
  console.log(`hyparquet: ${count} rows, mean price of good 1 ${(sum / count).toPrecision(12)}`);
  if (count !== COUNT) problems.push(`hyparquet reads ${count} rows`);
  const duckdb = await import("@duckdb/node-api").catch(() => undefined);
  if (!duckdb) {
    console.log("DuckDB: not installed (npm install --no-save @duckdb/node-api)");
    return;
  }
  const connection = await (await duckdb.DuckDBInstance.create(":memory:")).connect();
  const query = `select count(*), avg("price[good 1]"), count(distinct "row") from read_parquet('${path}')`;
  const [[rowsRead, mean, distinct]] = (await connection.runAndReadAll(query)).getRows();
  console.log(`DuckDB: ${rowsRead} rows, ${distinct} of them distinct, mean price of good 1 ${mean.toPrecision(12)}`);
  const isSame = Number(rowsRead) === COUNT && Number(distinct) === COUNT && Math.abs(mean - sum / count) < 1e-12;
  if (!isSame) problems.push("DuckDB reads other rows");
}

console.log(JSON.stringify(environment()));
const hashes = { "one worker": await timed(1), "two workers": await timed(2) };
const head = ["workers", "seconds", "economies a second", "merge, seconds", "bytes a row", "resident MiB over time"];
console.log(tableOf(head, rows));
hashes["killed three times"] = await killed();
hashes["four shards"] = await sharded();
hashes["queue"] = await queued(false);
hashes["queue, a worker and Redis killed"] = await queued(true);
console.log(tableOf(["run", "sha256 of the merged file"], Object.entries(hashes)));
if (new Set(Object.values(hashes)).size > 1) problems.push("the merged files differ");
await readBack(join(folder, "workers-1.parquet"));
await long();
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

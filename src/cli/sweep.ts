// walras sweep SPEC -o FOLDER: many economies, in parts that are written as they are made.

import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { EngineName } from "../engine/engine.js";
import { load } from "../load.js";
import { CrewError } from "../parts/crew.js";
import { FORMATS, type Format } from "../parts/formats.js";
import { FolderError, type Manifest, manifestOf, removeLeftovers, writeManifest, writeShards } from "../parts/manifest.js"; // biome-ignore format: one line
import { type RunProgress, type RunSummary, runParts, type Shard } from "../parts/run.js";
import { ShardError, shardOf } from "../parts/shards.js";
import { type Address, QueueError } from "../queue/address.js";
import { CALLS, checkSweep } from "../sweep/specification.js";
import { plural } from "../violations.js";
import { CommandError, OutputError, reasonOf } from "./errors.js";
import { readEconomy, readJson } from "./input.js";
import { number, wholeNumber, withLimits } from "./options.js";
import { print, warn } from "./output.js";
import { eraseProgress, sayLine, showProgress } from "./progress.js";
import { addressIn, PATIENCE, patienceOption, queueOption, SIGNALS } from "./queue.js";
import { type SpecificationFlags, specificationOf } from "./sweepFlags.js";
import { table } from "./table.js";
import { shown } from "./terminal.js";

/** What the commands on folders of parts have in common. */
export interface RunFlags {
  workers?: number;
  quiet?: boolean;
}

interface Flags extends SpecificationFlags, RunFlags {
  folder: string;
  format?: Format;
  shard?: string;
  queue?: string | true;
  patience?: number;
  engine: EngineName | "auto";
  maxBytes?: number;
  maxCells?: number;
}

export function sweepCommand(): Command {
  const list = (text: string, before: string[] = []) => [...before, text];
  return withLimits(
    new Command("sweep")
      .description("solve many economies, given by a specification or by an economy and flags")
      .argument("[file]", 'a specification or an economy; standard input if left out or "-"'),
  )
    .requiredOption("-o, --folder <folder>", "folder of the parts; what is there and whole is kept")
    .addOption(
      new Option("--format <format>", "format of the parts (default: the folder's extension, else parquet)").choices(
        FORMATS,
      ),
    )
    .option("--vary <parameter=values>", "an axis, like alpha[Ada,bread]=0.5:2:50; repeat for several", list)
    .option("--draw <count>", "economies to draw at each point", count)
    .option("--random <parameter=distribution>", "what is drawn, like alpha=lognormal:1:0.5; repeat for several", list)
    .option("--seed <integer>", "seed of the draws", number)
    .addOption(new Option("--solve <call>", "what is computed (default: equilibrium)").choices([...CALLS]))
    .option("--by <parameter>", "statics: what is differentiated by, like endowments[Ada,bread]")
    .option("--keep <fields>", "fields to keep, with commas between them")
    .option("--filter <condition>", 'rows to keep, like "count > 1"')
    .option("--part <count>", "economies in a part", count)
    .addOption(queueOption("have the parts made by `walras worker` at this server").conflicts(["shard", "workers"]))
    .addOption(patienceOption())
    .option("--shard <k/N>", "make every N-th part, from the k-th on; /N takes k from an array of jobs")
    .option("--workers <count>", "threads (default: all cores)", wholeNumber)
    .option("-q, --quiet", "show no progress; mistakes are still reported")
    .addOption(new Option("--engine <name>", "engine to use").choices(["auto", "wasm", "js"]).default("auto"))
    .action(async (file: string | undefined, flags: Flags) => {
      const { folder, quiet } = flags;
      const { manifest } = await begin(file, flags);
      await withFolder(folder, async () => {
        const address = flags.queue === undefined ? undefined : addressIn(flags.queue);
        const shard = address ? undefined : shardOf(flags.shard, process.env);
        prepare(folder, manifest, shard);
        const workers = flags.workers ?? availableParallelism();
        const watch = watchRun(quiet);
        const summary = address
          ? await collect(manifest, address, flags, watch.tell)
          : await runParts({ manifest, folder, shard, workers }, watch.tell);
        print(describeRun(summary, watch.seconds(), shard));
      });
    });
}

/** Has the parts made by workers; ^C takes back what waits in the queue. */
async function collect(
  manifest: Manifest,
  address: Address,
  { folder, patience = PATIENCE }: Flags,
  onProgress: (progress: RunProgress) => void,
): Promise<RunSummary> {
  const { collectParts } = await import("../queue/collect.js");
  const stop = new AbortController();
  let received: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals) => {
    received ??= signal;
    stop.abort(new CommandError("stopped; the same command goes on with what is missing"));
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    return await collectParts({ manifest, folder, address, patience, signal: stop.signal, say: sayLine }, onProgress);
  } catch (error) {
    if (!received) throw error;
    warn([(error as Error).message]);
    process.kill(process.pid, received);
    throw error;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, end);
  }
}

/** Reads and checks the specification. */
export async function begin(file: string | undefined, flags: Flags): Promise<{ manifest: Manifest }> {
  const isCsv = file?.toLowerCase().endsWith(".csv");
  const { economyToJson } = await import("../json.js");
  const given = isCsv ? economyToJson(await readEconomy(file, flags)) : await readJson(file ?? "-", flags);
  const sweep = checkSweep(specificationOf(given, flags));
  const extension = extname(flags.folder).slice(1).toLowerCase() as Format;
  const format = flags.format ?? (FORMATS.includes(extension) ? extension : "parquet");
  const { engine } = await load({ engine: flags.engine });
  return { manifest: manifestOf(sweep, engine, format) };
}

/** Makes the folder, with its manifest. */
export function prepare(folder: string, manifest: Manifest, shard: Shard | undefined): void {
  mkdirSync(folder, { recursive: true });
  writeManifest(folder, manifest);
  removeLeftovers(folder);
  if (shard) writeShards(folder, shard.of);
}

/** Says in the words of commands what went wrong with a folder. */
export async function withFolder<T>(folder: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const place = shown(folder, 200);
    if (error instanceof FolderError) throw new CommandError(`${place}: ${error.message}`);
    if (error instanceof ShardError || error instanceof CrewError || error instanceof QueueError)
      throw new CommandError(error.message);
    if ((error as NodeJS.ErrnoException).syscall !== undefined)
      throw new OutputError(`cannot write ${place}: ${reasonOf(error, "no such folder")}`);
    throw error;
  }
}

/** Milliseconds between two lines where there is no terminal, and between two changes of a line on one. */
const LINE_EVERY = 5000;
const SHOW_EVERY = 100;

/** Tells how far a run is, how fast it goes and how long it will take. */
export function watchRun(quiet: boolean | undefined): { tell: (progress: RunProgress) => void; seconds: () => number } {
  const onTerminal = process.stderr.isTTY && process.env["TERM"] !== "dumb";
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  let next = begin + (onTerminal ? SHOW_EVERY : LINE_EVERY);
  const tell = ({ done, total, solved }: RunProgress) => {
    const now = performance.now();
    if (quiet || now < next) return;
    next = now + (onTerminal ? SHOW_EVERY : LINE_EVERY);
    const rate = solved / seconds();
    const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : "";
    const part = ((100 * done) / total).toFixed(1);
    const text = `${part} %, ${done} of ${total}, ${rounded(rate)} a second${left}`;
    if (onTerminal) showProgress(`${bar(done / total)} ${text}`);
    else process.stderr.write(`walras: ${text}\n`);
  };
  return { tell, seconds };
}

/** What a run has made. */
export function describeRun(summary: RunSummary, seconds: number, shard: Shard | undefined): string[] {
  eraseProgress();
  const { parts, kept, economies, rows, bytes, statuses, counts } = summary;
  const of = shard ? `shard ${shard.number} of ${shard.of}: ` : "";
  const found = kept > 0 ? `, ${kept} of them were there before` : "";
  return [
    `${of}${economies} economies in ${plural(parts, "part")}${found}; ${plural(rows, "row")}, ${bytes} bytes`,
    ...(kept < parts ? [`${seconds.toFixed(2)} seconds`] : []),
    ...table(["status", "economies"], Object.entries(statuses)),
    ...(Object.keys(counts).length > 0
      ? table(
          ["equilibria", "economies"],
          Object.entries(counts)
            .map(([k, some]) => [Number(k), some])
            .sort(([a], [b]) => a - b),
        )
      : []),
  ];
}

function bar(part: number): string {
  const length = 10;
  const full = Math.round(length * part);
  return `[${"#".repeat(full)}${".".repeat(length - full)}]`;
}

function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function duration(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  return `${(s / 3600).toFixed(1)} h`;
}

/** Reads a count, which may be written as 1e6. */
function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}

// Which shard of a sweep this process is, by a flag or by what a scheduler has set.

import type { Shard } from "./run.js";

/** A shard that is half known, or impossible. */
export class ShardError extends Error {
  override readonly name = "ShardError";
}

const MAX_SHARDS = 1e6;

/** Where schedulers say which of how many tasks this is. */
const SCHEDULERS = [
  { name: "SLURM", number: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", from: 1 },
  { name: "Kubernetes", number: "JOB_COMPLETION_INDEX", count: undefined, from: 0 },
  { name: "AWS Batch", number: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", from: 0 },
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The shard that `k/N` names, or `/N` with the number from the environment, or the environment alone;
 * undefined where neither says anything: the whole sweep.
 * @throws ShardError where only half is known, or the two do not go together
 */
export function shardOf(flag: string | undefined, environment: Environment): Shard | undefined {
  if (flag !== undefined) {
    const [, number, of] = /^(\d{0,7})\/(\d{1,7})$/.exec(flag) ?? [];
    if (of === undefined) throw new ShardError(`--shard must be like 3/8, or /8 within an array of jobs; got ${flag}`);
    if (number !== "") return checked(Number(number), Number(of), `--shard ${flag}`);
    const task = taskOf(environment);
    if (task === undefined)
      throw new ShardError(
        `--shard ${flag} needs the number of the task: ${SCHEDULERS.map((s) => s.number).join(", ")}`,
      );
    return checked(task.number, Number(of), `--shard ${flag} and ${task.variable}`);
  }
  const task = taskOf(environment);
  if (!task) {
    const orphan = SCHEDULERS.find(({ count }) => count !== undefined && environment[count] !== undefined);
    if (orphan) throw new ShardError(`${orphan.count} is set and ${orphan.number} is not: give --shard k/N`);
    return undefined;
  }
  if (task.of === undefined)
    throw new ShardError(`${task.variable} is set, and nothing says of how many: give --shard /N`);
  if (task.variable === "SLURM_ARRAY_TASK_ID") requireFirstToLast(environment, task.of);
  return checked(task.number, task.of, `${task.variable} and the number of tasks`);
}

function taskOf(environment: Environment): { number: number; of: number | undefined; variable: string } | undefined {
  for (const { name, number: variable, count, from } of SCHEDULERS) {
    const text = environment[variable];
    if (text === undefined) continue;
    const number = wholeOf(text, variable) + 1 - from;
    if (name === "Kubernetes" || environment[count] === undefined) return { number, of: undefined, variable };
    const of = wholeOf(environment[count], count);
    return { number, of, variable };
  }
  return undefined;
}

/**
 * SLURM counts the tasks of this submission: of a sweep that is completed with `--array=2,5` that are
 * two, and not the eight that its shards were.
 */
function requireFirstToLast(environment: Environment, of: number): void {
  const { SLURM_ARRAY_TASK_MIN: min = "1", SLURM_ARRAY_TASK_MAX: max = String(of) } = environment;
  if (min === "1" && max === String(of)) return;
  throw new ShardError(`the array's tasks go from ${min} to ${max} and are ${of}, not 1 to N: give --shard /N`);
}

function wholeOf(text: string, variable: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new ShardError(`${variable} must be a whole number; got ${text.slice(0, 40)}`);
  return Number(text);
}

function checked(number: number, of: number, source: string): Shard {
  if (of >= 1 && of <= MAX_SHARDS && number >= 1 && number <= of) return { number, of };
  throw new ShardError(`${source} must be a shard from 1 to N, with N from 1 to ${MAX_SHARDS}; got ${number}/${of}`);
}

/** Numbers as an expression of SLURM's --array: "2,5-7". */
export function arrayExpression(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join();
}

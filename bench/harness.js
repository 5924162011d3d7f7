// Shared by all benchmarks: warmed-up rounds by tinybench, one Math.exp as the unit, medians with
// their spread, and the report.

import os from "node:os";
import Table from "cli-table3";
import { Bench } from "tinybench";

let sink = 0;

/** Uses a result, so that no compiler can leave the work out. */
export function use(value) {
  sink += value;
}

const numbers = Float64Array.from({ length: 1024 }, (_, k) => (k / 1024) * 10 - 7);

/**
 * The unit in which times of two machines can be compared: one V8 Math.exp, in a loop over 1024
 * numbers, timed in every round.
 */
const UNIT = {
  name: "Math.exp",
  cells: 1024,
  run() {
    let sum = 0;
    for (let k = 0; k < 1024; k++) sum += Math.exp(numbers[k]);
    use(sum);
  },
};

/**
 * Times tasks `{ name, cells, run, ...labels }`, where a run works on `cells` cells, in rounds that
 * interleave the tasks and the unit. Returns nanoseconds per cell, as the median of the rounds'
 * medians with the smallest and largest of them, and the median ratio to the unit. A round takes
 * `time` milliseconds per task, or `iterations` runs if those take longer. With `isAsync`, tasks
 * return promises, which are waited for. `now` is another clock, in milliseconds.
 */
export async function measure(
  suite,
  tasks,
  { time = 150, rounds = 3, iterations = 3, warmup = true, isAsync = false, now } = {},
) {
  const medians = [];
  for (let round = 0; round < rounds; round++) {
    const warm = { warmup, warmupTime: round === 0 ? 100 : 20, warmupIterations: round === 0 ? iterations : 1 };
    const bench = new Bench({ name: suite, time, iterations, ...warm, ...(now && { now }) });
    for (const task of [UNIT, ...tasks]) bench.add(task.name, task.run, { async: isAsync && task !== UNIT });
    await bench.run();
    medians.push(
      bench.tasks.map((task, k) => {
        if (task.result.error) throw task.result.error;
        return (task.result.latency.p50 * 1e6) / [UNIT, ...tasks][k].cells;
      }),
    );
  }
  return tasks.map(({ run, ...labels }, k) => {
    const [least, nsPerCell, most] = spread(medians.map((figures) => figures[k + 1]));
    const [, perExp] = spread(medians.map((figures) => figures[k + 1] / figures[0]));
    return { suite, ...labels, nsPerCell, least, most, perExp };
  });
}

/** The smallest, the median and the largest. */
export function spread(figures) {
  const sorted = figures.toSorted((a, b) => a - b);
  return [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
}

/** The machine and the versions that figures belong to. */
export function environment() {
  return {
    node: process.version,
    v8: process.versions.v8,
    cpu: os.cpus()[0].model,
    arch: process.arch,
    date: new Date().toISOString(),
  };
}

/**
 * Prints results as a table to standard error and as JSON to standard output. A result other than a
 * time has a `figure` in a `unit` of its own, and may have a remark, `said`; `failed` says why there is none. A `residual` is
 * shown beside the time.
 */
export function report(results, versions = {}) {
  console.error(`${table(results)}`);
  const all = { environment: { ...environment(), ...versions }, results, sink: Number.isFinite(sink) };
  console.log(JSON.stringify(all, null, 2));
}

/** A table as text. */
export function tableOf(head, rows) {
  const lines = new Table({ head, style: { head: [], compact: true } });
  lines.push(...rows);
  return `${lines}`;
}

/** How often each value occurs, by value. */
export function countsOf(values) {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The same as text: "1: 20, 3: 4". */
export function countsText(counts) {
  return Object.entries(counts)
    .map(([value, count]) => `${value}: ${count}`)
    .join(", ");
}

function table(results) {
  const judged = results.some((r) => "residual" in r);
  const head = ["suite", "work", "engine", "ns per cell", "spread", "Math.exp per cell"];
  const lines = new Table({
    head: judged ? [...head, "residual"] : head,
    style: { head: [], border: [], compact: true },
  });
  for (const r of results) {
    const range = r.failed ? "" : `${r.least.toFixed(2)} to ${r.most.toFixed(2)}`;
    const figure =
      r.failed ?? (r.unit === undefined ? r.nsPerCell.toFixed(2) : `${r.figure.toFixed(2)} ${r.said ?? r.unit}`);
    const line = [r.suite, r.work, r.engine, figure, range, r.perExp?.toFixed(2) ?? ""];
    lines.push(judged ? [...line, r.residual?.toExponential(1) ?? ""] : line);
  }
  return lines;
}

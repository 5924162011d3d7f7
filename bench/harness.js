// What every benchmark shares: warmed-up rounds by tinybench, the unit of one Math.exp, medians with their spread, a sink, and the report.

import os from "node:os";
import Table from "cli-table3";
import { Bench } from "tinybench";

let sink = 0;

/** Keeps a result alive, so that no engine may leave the work out. */
export function use(value) {
  sink += value;
}

/** Nanoseconds of one V8 Math.exp in a loop over 1024 numbers, the unit that survives a change of machine: measure it first. */
export async function measureUnit() {
  const x = Float64Array.from({ length: 1024 }, (_, k) => (k / 1024) * 10 - 7);
  const [unit] = await measure("unit", [
    {
      name: "Math.exp",
      cells: 1024,
      run() {
        let sum = 0;
        for (let k = 0; k < 1024; k++) sum += Math.exp(x[k]);
        use(sum);
      },
    },
  ]);
  return unit.nsPerCell;
}

/**
 * Times tasks `{ name, cells, run, ...labels }`, where a run does work on `cells` cells, in three rounds that interleave the tasks.
 * Figures are nanoseconds per cell: the median of the rounds' medians, and the least and greatest of them.
 */
export async function measure(suite, tasks, { time = 150, rounds = 3 } = {}) {
  const medians = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const warmup = { warmupTime: round === 0 ? 100 : 20, warmupIterations: round === 0 ? 3 : 1 };
    const bench = new Bench({ name: suite, time, iterations: 3, ...warmup });
    for (const { name, run } of tasks) bench.add(name, run);
    await bench.run();
    bench.tasks.forEach((task, k) => {
      if (task.result.error) throw task.result.error;
      medians[k].push((task.result.latency.p50 * 1e6) / tasks[k].cells);
    });
  }
  return tasks.map(({ run, ...labels }, k) => {
    const sorted = medians[k].toSorted((a, b) => a - b);
    return { suite, ...labels, nsPerCell: sorted[rounds >> 1], least: sorted[0], most: sorted[rounds - 1] };
  });
}

/** The machine and versions that figures belong to. */
export function environment() {
  return {
    node: process.version,
    v8: process.versions.v8,
    cpu: os.cpus()[0].model,
    arch: process.arch,
    date: new Date().toISOString(),
  };
}

/** A table of results on standard error, and everything as JSON on standard output. */
export function report(unit, results) {
  const table = new Table({
    head: ["suite", "work", "engine", "ns per cell", "spread", "Math.exp per cell"],
    style: { head: [], compact: true },
  });
  for (const r of results) {
    const spread = `${r.least.toFixed(2)} to ${r.most.toFixed(2)}`;
    table.push([r.suite, r.work, r.engine, r.nsPerCell.toFixed(2), spread, (r.nsPerCell / unit).toFixed(2)]);
  }
  console.error(`${table}\nOne Math.exp took ${unit.toFixed(2)} ns.`);
  console.log(JSON.stringify({ environment: environment(), unit, results, sink: Number.isFinite(sink) }, null, 2));
}

// npm run bench:pages: whether a page that uses a pool can do other things meanwhile. Each work is done
// again and again for some seconds. Two figures are printed: the longest task of the page's thread in
// milliseconds of processor time, and the longest gap between two ticks of that thread by the clock,
// which is to be trusted only on a machine at rest. Neither should reach 20 ms.

import { fileURLToPath } from "node:url";
import { ISOLATED, openBrowser, serve, visit } from "./browser.js";
import { environment, spread, tableOf } from "./harness.js";

/** Categories of the browser's trace: tasks of its threads, and the marks of a page. */
export const TASKS = ["toplevel", "blink.user_timing"];

/**
 * For each run between the marks of bench/pages/work.js, the number of tasks of the page's thread and
 * the longest of them in milliseconds: of processor time, which does not count the time that other
 * processes had the processor, or of the clock where that is less. Processor time may be counted in
 * coarse ticks, and then a short task is said to be long now and then; one that is long is so in
 * every run.
 * @returns {{ count: number, longest: number }[]}
 */
export function tasksOf(events) {
  const timesOf = (mark) => events.filter(({ name }) => name === mark).map(({ ts }) => ts);
  const { pid, tid } = events.find(({ name }) => name === "work begins");
  const tasks = events.filter((event) => event.pid === pid && event.tid === tid && event.name.endsWith("RunTask"));
  const ends = timesOf("run ends").sort((a, b) => a - b);
  return ends.map((end, k) => {
    const begin = k === 0 ? timesOf("work begins")[0] : ends[k - 1];
    const own = tasks.filter(({ ts }) => ts >= begin && ts < end);
    // Of some tasks the browser gives no processor time.
    const longest = own.reduce((most, { dur = 0, tdur = dur }) => Math.max(most, Math.min(tdur, dur)), 0);
    return { count: own.length, longest: longest / 1000 };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await openBrowser();
  const rows = [];
  for (const [isolation, headers] of [
    ["isolated", ISOLATED],
    ["not isolated", {}],
  ]) {
    const site = await serve(fileURLToPath(new URL("..", import.meta.url)), { headers });
    for (const work of ["search", "plan", "planWithAdam", "planMany"]) {
      const address = `${site.origin}/page?/bench/pages/work.js&work=${work}`;
      const { events } = await visit(browser, address, { trace: TASKS });
      const { text } = await visit(browser, `${address}&ticks=1`);
      const runs = tasksOf(events);
      const [, longest] = spread(runs.map(({ longest }) => longest));
      rows.push([work, isolation, runs.length, longest.toFixed(1), JSON.parse(text).gap.toFixed(1)]);
      process.stderr.write(`measured ${work}, ${isolation}\n`);
    }
    await site.close();
  }
  console.error(tableOf(["work", "page", "runs", "longest task (median of runs), ms", "longest gap, ms"], rows));
  console.log(JSON.stringify({ environment: { ...environment(), browser: browser.version() }, rows }, null, 2));
  await browser.close();
}

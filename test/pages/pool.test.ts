// Pools in a page, with dist/ served as it is: answers, other work meanwhile, cancelling, content
// security policies, and workers that cannot be loaded. Each case is a program in programs/.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "walras";
import { ISOLATED, openBrowser, serve, visit } from "../../bench/browser.js";
import { TASKS, tasksOf } from "../../bench/pages.js";
import { relativeDifference } from "../support/engines.js";
import { headersOf } from "./documented.js";
import { answersOf } from "./programs/calls.js";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

interface Served {
  headers?: Record<string, string>;
  missing?: string[];
}

/** What a program writes, and which violations of a content security policy the browser reports. */
async function run(program: string, served: Served = {}, trace?: string[]) {
  const site = await serve(".", served);
  const folder = program.startsWith("work.js") ? "bench/pages" : "test/pages/programs";
  try {
    const address = `${site.origin}/page?/${folder}/${program}`;
    const { text, events, complaints } = await visit(browser, address, trace ? { trace } : {});
    return { ...JSON.parse(text), events, complaints, reported: site.violations };
  } finally {
    await site.close();
  }
}

const isolation = [
  ["isolated from other origins", headersOf("isolation"), true],
  ["not isolated", {}, false],
] as const;

describe.each(isolation)("a pool in a page that is %s", (_, headers, isShared) => {
  it.each(["wasm", "js"] as const)("answers as Walras does there and in Node, on %s", async (engine) => {
    const page = await run(`answers.js&engine=${engine}`, { headers });
    expect([page.engine, page.shared, page.complaints]).toEqual([engine, isShared, []]);
    expect(page.answers).toEqual(page.alone);
    // Math.exp and its like differ in their last bits from one version of V8 to another; what is all
    // computed in WebAssembly does not.
    const { answers, numbers } = await answersOf(await load({ engine }));
    if (engine === "wasm") for (const name of ["plan", "planMany"]) expect(page.answers[name]).toBe(answers[name]);
    for (const [name, own] of Object.entries(numbers) as [string, number[]][]) {
      expect(own.length, name).toBeGreaterThan(20);
      expect(relativeDifference(page.numbers[name], own), name).toBeLessThan(1e-9);
    }
  });

  it("rejects cancelled calls at once, and works on", async () => {
    const { shared, cancelled, counts, started } = await run("cancelled.js", { headers });
    expect(shared).toBe(isShared);
    expect(cancelled.map(({ reason }: { reason: string }) => reason)).toEqual([0, 1, 2, 3].map((k) => `reason ${k}`));
    // Of four, so that the test does not fail where another process had the processor.
    const quickest = Math.min(...cancelled.map(({ milliseconds }: { milliseconds: number }) => milliseconds));
    expect(quickest).toBeLessThan(50);
    expect(counts).toEqual([7, 15, 31]);
    // Where memory is shared, workers see that they are cancelled. One that is not seen to stop in
    // time is replaced there too, but not each.
    if (shared) expect(started).toBeLessThan(2 + 4);
    else expect(started).toBeGreaterThanOrEqual(2 + 4);
  });
});

describe("a page", () => {
  it("is never held up by a search in a pool", async () => {
    // Five seconds of searches. Of each, the longest task of the page's own thread, in processor time:
    // the clock, and the browser's "long tasks" with it, say little where other processes are at work.
    // A task that is always long is so in the best run too. `npm run bench:pages` measures by the clock.
    const { runs, events } = await run("work.js&work=search&seconds=5", { headers: ISOLATED }, TASKS);
    const tasks = tasksOf(events);
    expect([tasks.length, runs > 0]).toEqual([runs, true]);
    expect(Math.min(...tasks.map(({ count }) => count))).toBeGreaterThan(5);
    expect(Math.min(...tasks.map(({ longest }) => longest))).toBeLessThan(20);
    // The measure sees a page that searches in its own thread.
    const alone = tasksOf((await run("work.js&work=searchAlone&seconds=0.01", {}, TASKS)).events);
    expect(Math.min(...alone.map(({ longest }) => longest))).toBeGreaterThan(20);
  });

  it("may have a strict content security policy", async () => {
    const { "Content-Security-Policy": documented } = headersOf("policy");
    const policy = (from = "", to = "") => ({
      headers: { "Content-Security-Policy": `${documented.replace(from, to)}; report-uri /violations` },
    });
    const forbidden = policy(" 'wasm-unsafe-eval'");
    const wasm = await run("answers.js", policy());
    expect(wasm).toMatchObject({ engine: "wasm", violations: [], reported: [], complaints: [] });
    expect(wasm.answers).toEqual(wasm.alone);
    const js = await run("answers.js&engine=js", forbidden);
    expect(js).toMatchObject({ engine: "js", violations: [], reported: [], complaints: [] });
    expect(js.answers).toEqual(js.alone);
    // "auto" has to try: the browser reports that it was refused WebAssembly, and nothing else.
    const auto = await run("answers.js", forbidden);
    expect([auto.engine, auto.violations]).toEqual(["js", []]);
    expect(auto.answers).toEqual(js.answers);
    const blocked = auto.reported.map((report: never) => report["csp-report"]["blocked-uri"]);
    expect(new Set(blocked)).toEqual(new Set(["wasm-eval"]));
  });

  it("is told why workers cannot be loaded", async () => {
    const absent = await run("refused.js&from=/dist/pool.js", { missing: ["/dist/pool-worker.js"] });
    expect(absent).toMatchObject({
      isPoolError: true,
      message: "a worker could not be started: its file, pool-worker.js, could not be loaded",
    });
    const other = await serve(".", { headers: { "Access-Control-Allow-Origin": "*" } });
    const foreign = await run(`refused.js&from=${other.origin}/dist/pool.js`);
    await other.close();
    expect(foreign).toMatchObject({
      isPoolError: true,
      message: expect.stringMatching(/^a worker could not be started: .*dist\/pool-worker\.js/),
    });
  });
});

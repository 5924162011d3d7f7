// npm run bench:playground: how the page of playground/ keeps up. The endowment is dragged round the box for 300
// frames, and three figures are printed: the time from frame to frame, the time that scripts of the page take in a
// frame, and the longest task of the page's thread. Then how long the page takes until it has computed a box, what its
// first load weighs, and how long a change of a thirty by thirty table takes until its answer is shown.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPlayground } from "../playground/build.js";
import { ISOLATED, openBrowser, serve } from "./browser.js";
import { environment, tableOf } from "./harness.js";

const FRAMES = 300;

const folder = await buildPlayground();
const site = await serve(folder, { headers: ISOLATED });
const browser = await openBrowser();

const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.floor(part * (values.length - 1))];

/** The time until the first box is shown, in milliseconds, and the paths of what was loaded. */
async function firstLoad() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const paths = new Set();
  page.on("request", (request) => paths.add(new URL(request.url()).pathname));
  await page.goto(`${site.origin}/index.html`);
  await page.waitForFunction(() => document.querySelector("svg .equilibrium"), null, { polling: "raf" });
  const interactive = await page.evaluate(() => performance.now());
  await page.close();
  return { interactive, paths: [...paths].filter((path) => path !== "/favicon.ico") };
}

/** Drags the endowment round the box, one step a frame. */
async function drag(hash) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${site.origin}/index.html${hash}`);
  await page.waitForFunction(() => document.querySelector("svg .equilibrium"));
  await page.waitForTimeout(1500);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const metric = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration").value * 1000;
  };
  const before = await metric();
  const measured = await page.evaluate(async (count) => {
    const handle = document.querySelector(".handle");
    const { left, top, width, height } = document.querySelector(".frame").getBoundingClientRect();
    const ring = document.querySelector(".handle .ring").getBoundingClientRect();
    const fire = (type, x, y) => {
      const at = { clientX: x, clientY: y, pointerId: 1, pointerType: "mouse", isPrimary: true, bubbles: true };
      handle.dispatchEvent(new PointerEvent(type, at));
    };
    // A pointer that no device has cannot be captured, so what the page asks of the browser is answered here.
    handle.setPointerCapture = () => {};
    handle.hasPointerCapture = () => true;
    const tasks = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: "longtask" });
    // The budget line follows the endowment in every answer.
    let answers = 0;
    const watcher = new MutationObserver(() => answers++);
    watcher.observe(document.querySelector(".board .budget"), { attributes: true });
    fire("pointerdown", ring.x + 9, ring.y + 9);
    const gaps = [];
    let latest = await new Promise(requestAnimationFrame);
    for (let k = 0; k < count; k++) {
      const angle = (2 * Math.PI * k) / 120;
      fire("pointermove", left + width * (0.6 + 0.25 * Math.cos(angle)), top + height * (0.6 + 0.25 * Math.sin(angle)));
      const now = await new Promise(requestAnimationFrame);
      gaps.push(now - latest);
      latest = now;
    }
    fire("pointerup", 0, 0);
    observer.disconnect();
    return { gaps, longest: Math.max(0, ...tasks), answers };
  }, FRAMES);
  const script = ((await metric()) - before) / FRAMES;
  await page.close();
  return { ...measured, script };
}

/** From a keystroke in a table of thirty by thirty to the frame that shows its answer, in frames. */
async function typing() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${site.origin}/index.html#1&view=table&table=crowd`);
  await page.getByText("First theorem holds").waitFor();
  const times = await page.evaluate(async () => {
    const input = document.querySelector("[data-cell='0']");
    const price = () => document.querySelector("[aria-label='market: price'] td").textContent;
    const times = [];
    for (let k = 0; k < 40; k++) {
      await new Promise((rested) => setTimeout(rested, 120));
      const from = await new Promise(requestAnimationFrame);
      const before = price();
      input.focus();
      input.value = `${5 + 40 * (k % 2) + k}`;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      let now = from;
      while (price() === before && now - from < 2000) now = await new Promise(requestAnimationFrame);
      times.push(now - from);
    }
    return times.slice(10);
  });
  await page.close();
  return times;
}

const loads = [];
for (let k = 0; k < 5; k++) loads.push(await firstLoad());
const sizeOf = (path) => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length;
const weight = loads[0].paths.reduce((sum, path) => sum + sizeOf(path), 0);
const rows = [];
for (const [name, hash] of [
  ["bread and wine", ""],
  ["all layers", "#1&show=indifference,lens,contract,core,offers,budgets,at,planner"],
  ["Mas-Colell, Whinston & Green 15.B.6", "#1&box=mwg&show=indifference,lens,contract,core,offers,budgets,planner"],
]) {
  const { gaps, script, longest, answers } = await drag(hash);
  const number = (value) => value.toFixed(1);
  rows.push([
    name,
    number(quantile(gaps, 0.5)),
    number(quantile(gaps, 0.95)),
    number(script),
    number(longest),
    answers,
  ]);
}
const times = await typing();
const interactive = quantile(
  loads.map(({ interactive }) => interactive),
  0.5,
);
console.error(
  tableOf(
    [
      "drag of 300 frames",
      "frame, median ms",
      "95 % ms",
      "script a frame, ms",
      "longest task over 50 ms",
      "changes shown",
    ],
    rows,
  ),
);
console.error(
  `first load: ${weight} bytes compressed; a box is shown after ${interactive.toFixed(0)} ms (median of 5)`,
);
console.error(
  `a change of a 30 by 30 table is shown after ${quantile(times, 0.5).toFixed(1)} ms (median of 30), 95 % within ${quantile(times, 0.95).toFixed(1)} ms`,
);
console.log(
  JSON.stringify(
    { environment: { ...environment(), browser: browser.version() }, rows, weight, interactive, times },
    null,
    2,
  ),
);
await browser.close();
await site.close();

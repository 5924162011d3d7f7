// Access: axe-core finds nothing, at desktop and phone width and in both themes; what is clicked is large enough; and
// the first load is small.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESK, equilibria, PHONE, Site } from "./page.js";

const site = new Site();
beforeAll(() => site.start(), 60_000);
afterAll(() => site.stop());

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What each view shows once it is ready, and buttons with what they lead to. */
const READY: readonly (readonly [hash: string, text: string, buttons?: Readonly<Record<string, string>>])[] = [
  ["#1&box=gift&show=indifference,lens,contract,core,offers,budgets,at,planner&pick=1", "3 equilibria, proved"],
  ["#1&box.e=x", "This link cannot be read"],
  [
    "#1&view=table&table=seven",
    "First theorem holds",
    {
      "Find all equilibria": "7 equilibria, proved to be all",
      "Draw the frontier": "One dot for each allocation",
      "Compute derivatives": "d ln price of bread",
      "Run Adam": "steps welfare is",
    },
  ],
  ["#1&view=notebook", "569.2876", { Run: "The objective ends at" }],
  ["#1&view=learn&lesson=4", "Several equilibria"],
  ["#1&view=race", "Start the race"],
];

async function show(page: Page, hash: string, text: string, buttons: Readonly<Record<string, string>> = {}) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, hash);
  const main = page.locator("main");
  await main.getByText(text).first().waitFor();
  for (const [name, leadsTo] of Object.entries(buttons)) {
    await page.getByRole("button", { name }).click();
    await main.getByText(leadsTo).first().waitFor();
  }
}

describe.each([
  ["desktop", DESK],
  ["phone", PHONE],
] as const)("at the width of a %s", (_, viewport) => {
  it.each(["light", "dark"] as const)("nothing keeps anyone out, in %s", async (colorScheme) => {
    await site.visit({ viewport, colorScheme }, async (page) => {
      await page.evaluate(axe);
      for (const [hash, text, buttons] of READY) {
        await show(page, hash, text, buttons);
        for (const summary of await page.locator("summary:visible").all()) {
          if ((await summary.innerText()) !== "Share") await summary.click();
        }
        const found = await page.evaluate(async () => {
          const axe = (window as unknown as { axe: typeof import("axe-core") }).axe;
          const { violations } = await axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
        });
        expect(found).toEqual([]);
      }
    });
  });
});

it("what is touched is at least 44 pixels in both directions", async () => {
  await site.visit({ viewport: PHONE, hasTouch: true, isMobile: true }, async (page) => {
    for (const [hash, text, buttons] of READY) {
      await show(page, hash, text, buttons);
      const small = await page.evaluate(() => {
        const sizeOf = (element: Element) => {
          const target = element.closest("label") ?? element;
          const { width, height } = target.getBoundingClientRect();
          return Math.min(width, height);
        };
        const all = document.querySelectorAll(
          "button, select, summary, input[type=range], input[type=text], input[type=radio], input[type=checkbox], .handle",
        );
        return [...all]
          .filter(
            (element) => element.getClientRects().length > 0 && !element.matches(".skip") && sizeOf(element) < 43.5,
          )
          .map((element) => element.outerHTML.slice(0, 100));
      });
      expect(small).toEqual([]);
    }
  });
});

describe("the first load", () => {
  it("is at most 200 kB, compressed, with the WebAssembly in it", async () => {
    const loaded: string[] = [];
    await site.visit({ address: "embed.html" }, async (page, origin) => {
      page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
      await page.goto(`${origin}/index.html`);
      await page.getByText("Computed in this browser, in WebAssembly").waitFor();
      await page.getByText("One equilibrium, proved to be the only one").first().waitFor();
    });
    const files = new Set(loaded.filter((path) => path !== "/favicon.ico"));
    expect(files).toContain("/pool-worker.js");
    const sizeOf = (path: string) => gzipSync(readFileSync(join(site.folder, path)), { level: 9 }).length;
    const total = [...files].reduce((sum, path) => sum + sizeOf(path), 0);
    expect(total).toBeLessThanOrEqual(200_000);
    // The JavaScript engine and the other views wait until they are wanted.
    expect([...files].filter((path) => /kernels|View/.test(path))).toEqual([]);
  });

  it("is shown after half a second of work of the page's own thread", async () => {
    await site.visit({ address: "embed.html" }, async (page, origin) => {
      const session = await page.context().newCDPSession(page);
      // Processor time: by the clock it is npm run bench:playground that tells, on a machine at rest.
      await session.send("Performance.enable", { timeDomain: "threadTicks" });
      const worked = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "TaskDuration")!.value;
      };
      const before = await worked();
      await page.goto(`${origin}/index.html`);
      await equilibria(page, 1);
      const after = await worked();
      expect(after).toBeGreaterThan(before);
      expect(after - before).toBeLessThan(0.5);
    });
  });

  it("needs no address of its own: every path is relative", () => {
    for (const name of readdirSync(site.folder).filter((file) => /\.(html|css)$/.test(file))) {
      const text = readFileSync(join(site.folder, name), "utf8");
      expect(text.match(/(?:src|href)="(?!data:)(?:\/|\w+:)[^"]*"|url\(/g)).toBe(null);
    }
  });
});

it("npm run playground serves the page to this machine alone, and nothing outside of its folder", async () => {
  const server = spawn(process.execPath, ["playground/build.js", "--serve", "--port", "0"]);
  try {
    const [line] = await once(server.stdout, "data");
    const origin = `${line}`.trim();
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(origin);
    expect(await page.text()).toContain("<title>walras</title>");
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    for (const path of [
      "..%2fbuild.js",
      "%2e%2e/build.js",
      "nothing.js",
      "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    ]) {
      expect((await fetch(origin + path)).status).toBe(404);
    }
  } finally {
    server.kill();
    await once(server, "exit");
  }
}, 60_000);

// Access: axe-core finds nothing, at desktop and phone width and in both themes; what is clicked is large enough; and
// the first load is small.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESK, PHONE, Site } from "./page.js";

const site = new Site();
beforeAll(() => site.start(), 60_000);
afterAll(() => site.stop());

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What each view shows once it is ready. */
const READY: readonly (readonly [hash: string, text: string])[] = [
  ["#1&box=gift&show=indifference,lens,contract,core,offers,budgets,at,planner&pick=1", "3 equilibria, proved"],
  ["#1&view=table", "First theorem holds"],
  ["#1&view=notebook", "569.2876"],
  ["#1&view=learn&lesson=4", "Several equilibria"],
  ["#1&view=race", "Start the race"],
];

describe.each([
  ["desktop", DESK],
  ["phone", PHONE],
] as const)("at the width of a %s", (_, viewport) => {
  it.each(["light", "dark"] as const)("nothing keeps anyone out, in %s", async (colorScheme) => {
    await site.visit({ viewport, colorScheme }, async (page) => {
      await page.evaluate(axe);
      for (const [hash, text] of READY) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, hash);
        await page.locator("main").getByText(text).first().waitFor();
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
    for (const [hash, text] of READY) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, hash);
      await page.locator("main").getByText(text).first().waitFor();
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

  it("needs no address of its own: every path is relative", () => {
    for (const name of readdirSync(site.folder).filter((file) => /\.(html|css)$/.test(file))) {
      const text = readFileSync(join(site.folder, name), "utf8");
      expect(text.match(/(?:src|href)="(?!data:)(?:\/|\w+:)[^"]*"|url\(/g)).toBe(null);
    }
  });
});

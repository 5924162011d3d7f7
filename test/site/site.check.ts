// The site of the documentation in a browser: every live example of every page runs, can be edited and stopped, formulas
// have their fonts, nothing comes from elsewhere, and no page is wider than a phone.

import { readdirSync, readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, serve } from "../../bench/browser.js";

const SITE = "docs/.vitepress/dist";
const PHONE = { width: 375, height: 800 };

const pages = readdirSync(SITE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".html") && !/^(404\.html$|examples\/[\w-]+\.html$)/.test(name))
  .concat("examples/index.html");
const ofReference = (name: string) => name.startsWith("api/");
const written = [...new Set(pages)].filter((name) => !ofReference(name)).sort();
/** The pages of the reference that have examples of calls. */
const called = pages.filter(
  (name) => ofReference(name) && /class="live[ "]/.test(readFileSync(`${SITE}/${name}`, "utf8")),
);

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  browser = await openBrowser();
  site = await serve(SITE);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a page of the site, which may complain about nothing and load nothing from elsewhere. */
async function visit(name: string, use: (page: Page) => Promise<void>, viewport = { width: 1280, height: 900 }) {
  const page = await browser.newPage({ viewport });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/warning|error/.test(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(site.origin) && !/^(data|blob):/.test(address)) complaints.push(`loads ${address}`);
  });
  try {
    await page.goto(`${site.origin}/${name}`);
    await use(page);
  } finally {
    await page.close();
  }
  expect(complaints).toEqual([]);
}

/** Runs an example and returns what it shows, line by line. */
async function output(page: Page, number: number): Promise<string[]> {
  const example = page.locator(".live").nth(number);
  await example.locator(".live-run").click();
  await example.locator('.live-output[aria-busy="false"] > div').first().waitFor({ timeout: 30_000 });
  return await example.locator(".live-output > div").allInnerTexts();
}

it("has the written pages and the reference of both modules", () => {
  for (const name of ["index", "quick-start", "guide", "methods/planner", "examples/index"])
    expect(written).toContain(`${name}.html`);
  const reference = pages.filter(ofReference);
  for (const name of ["functions/load", "pool/functions/loadPool", "interfaces/Walras", "interfaces/Equilibrium"])
    expect(reference).toContain(`api/walras/${name}.html`);
});

it("has an example for every call of the reference", () => {
  expect(called.length).toBeGreaterThan(15);
  for (const name of ["interfaces/Walras", "pool/interfaces/Pool", "sweep/functions/sweep"])
    expect(called).toContain(`api/walras/${name}.html`);
});

describe.each([...written, ...called])("%s", (name) => {
  it("runs its live examples without an error", async () => {
    await visit(name, async (page) => {
      await page.locator(".VPContent").waitFor();
      const count = await page.locator(".live").count();
      if (count > 0) await page.locator(".live-run").first().waitFor();
      for (let k = 0; k < count; k++) {
        await output(page, k);
        expect(await page.locator(".live").nth(k).locator(".live-error").allInnerTexts()).toEqual([]);
      }
    });
  });

  it("is no wider than a phone", async () => {
    await visit(
      name,
      async (page) => {
        await page.locator(".VPContent").waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
      },
      PHONE,
    );
  });
});

describe("a live example", () => {
  it("shows the values of its statements, after those above it have run", async () => {
    await visit("guide.html", async (page) => {
      await page.locator(".live-run").first().waitFor();
      const examples = await page.locator(".live").allInnerTexts();
      const plan = examples.findIndex((text) => text.includes("walras.plan(economy, { weights: [0.9, 1.1, 1] })"));
      const lines = (await output(page, plan)).join("\n");
      expect(lines).toMatch(/plan\.welfare\s+57\.718906454\d*/);
      expect(lines).toMatch(/plan\.shadowPrices\s+\[0\.32062958898\d*, 0\.25745549777\d*, 0\.38389668749\d*\]/);
      // Those of the examples above do not show theirs.
      expect(lines).not.toContain("violations");
    });
  });

  it("can be edited, stopped in an endless loop, and reset", async () => {
    await visit("index.html", async (page) => {
      const example = page.locator(".live").first();
      await example.getByRole("button", { name: "Edit" }).click();
      const area = example.locator("textarea");
      const original = await area.inputValue();
      await area.fill(original.replace("omega: -0.5", "omega: -1"));
      await area.press("Control+Enter");
      const changed = example.locator(".live-output").filter({ hasText: "market.prices" });
      await changed.waitFor();
      expect(await changed.innerText()).not.toContain("0.79607369");

      await area.fill("let k = 0;\nfor (;;) k++;");
      await example.getByRole("button", { name: "Run" }).click();
      await example.getByRole("button", { name: "Stop" }).click();
      await example.getByText("Stopped.").waitFor();

      for (const [code, message] of [
        ["const = 1;", "Unexpected token"],
        ['import "elsewhere";', '"elsewhere" cannot be imported here'],
        ["nobody;", "nobody is not defined"],
        ['import { load } from "walras";\n(await load()).economy({ alpha: 1 });', "EconomyError"],
        ["setTimeout(() => {}, 0); await Promise.reject(new Error('late'));", "late"],
      ]) {
        await area.fill(code);
        await area.press("Control+Enter");
        await example.locator(".live-error").filter({ hasText: message }).waitFor();
      }

      await example.getByRole("button", { name: "Reset" }).click();
      expect((await output(page, 0)).join("\n")).toContain("0.7960736981");
    });
  });
});

it("formulas are set with fonts of the site", async () => {
  await visit("model.html", async (page) => {
    await page.locator(".katex").first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    const loaded = await page.evaluate(() =>
      [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family.replaceAll('"', "")),
    );
    expect(loaded).toEqual(expect.arrayContaining(["KaTeX_Main", "KaTeX_Math"]));
  });
});

it("the search finds a word of a page", async () => {
  await visit("index.html", async (page) => {
    await page.locator("#local-search button").click();
    await page.locator(".search-input").fill("Negishi");
    await page.locator(".VPLocalSearchBox .result").first().waitFor();
    const results = await page
      .locator(".VPLocalSearchBox .result")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(results.some((href) => href?.includes("results.html"))).toBe(true);
  });
});

it("the Edgeworth box of the examples is followed to, and draws itself", async () => {
  await visit("examples/index.html", async (page) => {
    await page.getByRole("link", { name: "edgeworth-box.html" }).click();
    await page.locator(".equilibrium").first().waitFor();
  });
});

it("no page of the site is made from the address it is asked for with", () => {
  // Code in a link would be somebody else's: examples take theirs from the page alone.
  const theme = readdirSync("docs/.vitepress/theme").map((file) =>
    readFileSync(`docs/.vitepress/theme/${file}`, "utf8"),
  );
  for (const text of theme) expect(text).not.toMatch(/location\.(search|hash)|URLSearchParams/);
});

// Pages of reports, opened in a browser.

import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, expect } from "vitest";

export const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] }); // biome-ignore format: one line
afterAll(() => browser.close());

/** What a browser says of a page: its headings and figures, and everything that it complains of. */
export async function opened(path: string, { colorScheme = "light" as "light" | "dark", width = 1280 } = {}) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(path).href);
  const headings = await page.locator("h1, h2").allTextContents();
  const figures = await page.locator("figure").evaluateAll((all) =>
    all.map((element) => {
      const svg = element.querySelector("svg") as SVGSVGElement;
      const scale = svg.getScreenCTM()?.a ?? 0;
      const box = svg.getBoundingClientRect();
      const letters = [...svg.querySelectorAll("text")].map((text) => ({
        size: scale * Number.parseFloat(getComputedStyle(text).fontSize),
        box: text.getBoundingClientRect(),
      }));
      return {
        label: svg.getAttribute("aria-label"),
        description: svg.getAttribute("aria-description"),
        width: box.width,
        colour: getComputedStyle(svg).color,
        smallest: Math.min(...letters.map(({ size }) => size)),
        outside: letters.filter(({ box: { left, right } }) => left < box.left - 1 || right > box.right + 1).length,
        isBelowTitle: box.top >= (element.querySelector("figcaption")?.getBoundingClientRect().bottom ?? 1e9),
      };
    }),
  );
  const aligned = await page
    .locator("td:not(.word)")
    .evaluateAll((all) => [...new Set(all.map((cell) => getComputedStyle(cell).textAlign))]);
  const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
  const links = await page
    .locator("nav a")
    .evaluateAll((all) =>
      all.map((a) => document.querySelector(a.getAttribute("href") as string)?.querySelector("h2")?.textContent),
    );
  const text = await page.locator("main").innerText();
  await page.close();
  return { complaints, headings, figures, text, aligned, scrolled, links };
}

/** Opens a page in the light and in the dark, wide and on a phone, and expects what holds of all pages. */
export async function expectReadable(path: string) {
  const colours = new Set<string>();
  for (const width of [1280, 375]) {
    for (const colorScheme of ["light", "dark"] as const) {
      const { complaints, figures, aligned, scrolled } = await opened(path, { colorScheme, width });
      expect(complaints).toEqual([]);
      expect(scrolled).toBeLessThanOrEqual(width);
      expect(aligned.filter((side) => side !== "right")).toEqual([]);
      for (const { label, description, smallest, outside, isBelowTitle, width: drawn, colour } of figures) {
        expect(description?.length, `${label}`).toBeGreaterThan(20);
        expect(smallest, `${label}`).toBeGreaterThan(10);
        expect(outside, `${label}: texts beside the figure`).toBe(0);
        expect(isBelowTitle, `${label}`).toBe(true);
        expect(drawn, `${label}`).toBeGreaterThan(300);
        colours.add(colour);
      }
    }
  }
  expect(colours.size).toBe(2);
}

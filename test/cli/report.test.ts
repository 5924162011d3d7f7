// walras report, opened in a browser.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { CONVEX, file, folder, walras } from "./../support/cli.js";
import { caseNamed } from "../support/fixtures.js";

const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] }); // biome-ignore format: one line
afterAll(() => browser.close());

/** What a browser says of a page: its headings and figures, and everything that it complains of. */
async function opened(path: string, colorScheme: "light" | "dark" = "light") {
  const page = await browser.newPage({ colorScheme });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(path).href);
  const headings = await page.locator("h1, h2").allTextContents();
  const figures = await page.locator("figure svg").evaluateAll((all) =>
    all.map((svg) => ({
      label: svg.getAttribute("aria-label"),
      description: svg.getAttribute("aria-description"),
      width: svg.getBoundingClientRect().width,
      colour: getComputedStyle(svg).color,
    })),
  );
  const text = await page.locator("main").innerText();
  await page.close();
  return { complaints, headings, figures, text };
}

describe("walras report", () => {
  it("shows an economy with three equilibria", async () => {
    const { economy } = caseNamed("mwg-15-b-6");
    const [path, svgs] = [join(folder, "report.html"), join(folder, "figures")];
    expect(walras(["report", file({ ...economy, name: "<b>Box & more</b>" }), "-o", path, "--svg", svgs]).stderr).toBe(
      "",
    );
    const { complaints, headings, figures, text } = await opened(path);
    expect(complaints).toEqual([]);
    expect(headings.slice(0, 4)).toEqual(["<b>Box & more</b>", "The economy", "The plan", "The 3 equilibria"]);
    expect(text).toContain("The list is proved to be complete.");
    const labels = figures.map(({ label }) => label);
    for (const label of [
      "Adam against the exact plan",
      "Lorenz curve of incomes",
      "Edgeworth box",
      "What endowments do to prices",
    ]) {
      expect(labels).toContain(label);
    }
    for (const { description, width } of figures) {
      expect(description?.length).toBeGreaterThan(20);
      expect(width).toBeGreaterThan(200);
    }
    expect(readdirSync(svgs)).toHaveLength(figures.length);
    expect(readFileSync(join(svgs, "edgeworth-box.svg"), "utf8")).toMatch(
      /^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/,
    );
    const dark = await opened(path, "dark");
    expect(dark.figures[0].colour).not.toBe(figures[0].colour);
  });

  it("says that there is no market where there is none", async () => {
    const path = join(folder, "convex.html");
    expect(walras(["report", file(CONVEX), "-o", path]).status).toBe(0);
    const { complaints, text } = await opened(path);
    expect(complaints).toEqual([]);
    expect(text).toContain("There is no market to solve: endowments must be given");
  });

  it.each(["parquet", "csv", "ndjson"])(
    "shows a sweep in %s, with a map of the number of equilibria",
    async (format) => {
      const economy = { alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }; // biome-ignore format: rows
      const [parts, path] = [join(folder, `map.${format}`), join(folder, `map-${format}.html`)];
      const axes = ["--vary", "endowments[0,0]=6:20:12", "--vary", "gamma=2:8:12"];
      const keep = ["--solve", "equilibria", "--keep", "vary,count,price"];
      expect(walras(["sweep", file(economy), "-o", parts, ...axes, ...keep]).status).toBe(0);
      expect(walras(["report", parts, "-o", path]).status).toBe(0);
      const { complaints, figures, text } = await opened(path);
      expect(complaints).toEqual([]);
      expect(text).toMatch(/144 of 144 economies, \d+ rows in 1 of 1 parts/);
      const map = figures.find(({ label }) => label === "Number of equilibria over endowments[0,0] and gamma");
      expect(map?.description).toMatch(/^Counts: 1, 3\. Lines are folds/);
      expect(figures.map(({ label }) => label)).toContain("Distribution of price[good 1]");
    },
  );

  it("refuses a folder that is no sweep's", () => {
    expect(walras(["report", folder])).toMatchObject({ status: 2, stderr: expect.stringMatching(/has no manifest/) });
  });
});

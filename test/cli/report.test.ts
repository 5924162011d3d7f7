// walras report, opened in a browser.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { CONVEX, file, folder, walras } from "./../support/cli.js";
import { caseNamed } from "../support/fixtures.js";
import { browser, expectReadable, opened } from "../support/reports.js";

// Some open a dozen pages.
vi.setConfig({ testTimeout: 180_000 });

describe("walras report", () => {
  it("shows an economy with three equilibria", async () => {
    const { economy } = caseNamed("mwg-15-b-6");
    const [path, svgs] = [join(folder, "report.html"), join(folder, "figures")];
    expect(walras(["report", file({ ...economy, name: "<b>Box & more</b>" }), "-o", path, "--svg", svgs]).stderr).toBe(
      "",
    );
    await expectReadable(path);
    const { headings, figures, text, links } = await opened(path);
    expect(headings.slice(0, 4)).toEqual(["<b>Box & more</b>", "The economy", "The plan", "The 3 equilibria"]);
    expect(links).toEqual(headings.slice(1));
    expect(text).toContain("The list is proved to be complete.");
    const labels = figures.map(({ label }) => label);
    for (const label of [
      "Adam against the exact plan",
      "Lorenz curve of incomes",
      "Edgeworth box",
      "Net trades",
      "What endowments do to prices",
    ]) {
      expect(labels).toContain(label);
    }
    expect(readdirSync(svgs)).toHaveLength(figures.length);
    expect(readFileSync(join(svgs, "edgeworth-box.svg"), "utf8")).toMatch(
      /^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/,
    );
  });

  it.each([
    "kehoe-1024",
    "symmetric-3x3-seven-equilibria",
    "zero-endowments-4x5",
    "notebook-sibling-10x10",
    "one-good",
  ])("shows %s, wide and on a phone", async (name) => {
    const path = join(folder, `${name}.html`);
    expect(walras(["report", file(caseNamed(name).economy), "-o", path])).toMatchObject({ status: 0, stderr: "" });
    await expectReadable(path);
  });

  it("shows names that are long, and numbers of very different size", async () => {
    const path = join(folder, "long.html");
    const agents = ["A", "Bartholomew the elder of the far isles", "C".repeat(60)];
    const goods = ["wheat & barley", "x", "goods that were named at great length"];
    const [alpha, endowments] = [[[1, 1e-9, 3], [2, 1e6, 1], [1, 1, 1]], [[1, 2e5, 3], [1e-7, 2, 1], [0, 0, 7]]]; // biome-ignore format: rows
    expect(walras(["report", file({ agents, goods, alpha, omega: -0.5, endowments }), "-o", path]).status).toBe(0);
    await expectReadable(path);
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path).href);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.close();
  });

  it("says that there is no market where there is none", async () => {
    const path = join(folder, "convex.html");
    expect(walras(["report", file(CONVEX), "-o", path]).status).toBe(0);
    await expectReadable(path);
    const { text } = await opened(path);
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
      await expectReadable(path);
      const { figures, text } = await opened(path);
      expect(text).toMatch(/144 of 144 economies, \d+ rows in 1 of 1 parts/);
      const map = figures.find(({ label }) => label === "Number of equilibria over endowments[0,0] and gamma");
      expect(map?.description).toMatch(/^Counts: 1, 3\. Lines are folds/);
      expect(figures.map(({ label }) => label)).toContain("Distribution of price[good 1]");
    },
  );

  it("shows a sweep along one axis as a line, or as dots where there are several equilibria", async () => {
    const pair = { alpha: [[1024, 1], [1, 1024]], omega: -5, endowments: [[12, 1], [1, 12]] }; // biome-ignore format: rows
    const [parts, path] = [join(folder, "axis"), join(folder, "axis.html")];
    const keep = ["--solve", "equilibria", "--keep", "vary,count,price[good 1],index"];
    expect(walras(["sweep", file(pair), "-o", parts, "--vary", "alpha[0,0]=200:3000:30", ...keep]).status).toBe(0);
    expect(walras(["report", parts, "-o", path]).status).toBe(0);
    await expectReadable(path);
    expect(readFileSync(path, "utf8")).toMatch(/index \+1.*index −1/s);

    const [plans, page] = [join(folder, "plans"), join(folder, "plans.html")];
    const axis = ["--vary", "weights[0]=0.1:10:20:log", "--solve", "plan", "--keep", "vary,utility"];
    expect(walras(["sweep", file(pair), "-o", plans, ...axis]).status).toBe(0);
    expect(walras(["report", plans, "-o", page]).status).toBe(0);
    await expectReadable(page);
    const { headings, figures, text } = await opened(page);
    expect(headings).toContain("Along weights[0]");
    expect(figures.map(({ label }) => label)).toEqual([0, 1].map((i) => `utility[agent ${i + 1}] along weights[0]`));
    expect(text).toMatch(/weights\[0\]\s+0.1\s+10\s+20\s+log/);
  });

  it("shows random draws, and a map of what is kept over two axes", async () => {
    const pair = { alpha: [[2, 1], [1, 2]], omega: -0.5, endowments: [[3, 0], [0, 3]] }; // biome-ignore format: rows
    const [drawn, path] = [join(folder, "drawn"), join(folder, "drawn.html")];
    expect(walras(["sweep", file(pair), "-o", drawn, "--draw", "500", "--seed", "7"]).status).toBe(0);
    expect(walras(["report", drawn, "-o", path]).status).toBe(0);
    await expectReadable(path);
    expect((await opened(path)).text).toContain("What is drawn, with seed 7");

    const [grid, map] = [join(folder, "grid"), join(folder, "grid.html")];
    const axes = ["--vary", "alpha[0,0]=1:10:9:log", "--vary", "omega=-2:-0.5:9", "--keep", "vary,price[good 1]"];
    expect(walras(["sweep", file(pair), "-o", grid, ...axes]).status).toBe(0);
    expect(walras(["report", grid, "-o", map]).status).toBe(0);
    await expectReadable(map);
    expect((await opened(map)).figures[0].label).toBe("price[good 1] over alpha[0,0] and omega");
  });

  it("refuses a folder that is no sweep's", () => {
    expect(walras(["report", folder])).toMatchObject({ status: 2, stderr: expect.stringMatching(/has no manifest/) });
  });
});

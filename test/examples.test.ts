// The programs and pages of examples/: each is run as its reader runs it, and its answer compared with a definition.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { csvParseRows } from "d3-dsv";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, serve } from "../bench/browser.js";
import { type Economy, load, parseEconomy, parseEconomyCsv } from "../src/index.js";

const run = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [`examples/${name}`, ...args], { encoding: "utf8" });

/** What a program prints; it may complain about nothing. */
function printed(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(name, ...args);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

const textOf = (name: string) => readFileSync(`examples/${name}`, "utf8");
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

/** That prices and rows of amounts are an equilibrium, by its definition: budgets, markets and marginal utilities. */
function expectEquilibrium({ alpha, omega, endowments, totals, goods }: Economy, prices: number[], x: number[][]) {
  const m = goods.length;
  x.forEach((bundle, i) => {
    const owned = Array.from(endowments!.subarray(i * m, (i + 1) * m));
    const value = (amounts: number[]) => sum(amounts.map((amount, j) => prices[j] * amount));
    expect(value(bundle) / value(owned)).toBeCloseTo(1, 9);
    const perMoney = bundle.map((amount, j) => (alpha[i * m + j] * amount ** omega[i * m + j]) / prices[j]);
    for (const marginal of perMoney) expect(marginal / perMoney[0]).toBeCloseTo(1, 9);
  });
  totals.forEach((total, j) => {
    expect(sum(x.map((bundle) => bundle[j])) / total).toBeCloseTo(1, 9);
  });
}

describe("programs", () => {
  it("market.js prints an equilibrium", () => {
    const economy = parseEconomy(textOf("economy.json"));
    const { prices, allocation } = JSON.parse(printed("market.js"));
    expectEquilibrium(economy, prices, allocation);
    expect(JSON.parse(printed("market.js", "examples/economy.json")).prices).toEqual(prices);
  });

  it("csv.js reads names in quotes and writes net trades and prices of an equilibrium", () => {
    const economy = parseEconomyCsv(textOf("village.csv"));
    const [head, ...rows] = csvParseRows(printed("csv.js"));
    expect(head).toEqual(["agent", "bread", "wine", "cheese, aged"]);
    expect(rows.map(([name]) => name)).toEqual(["Ada", 'Ben "the baker"', "Cem", "price"]);
    const numbers = rows.map(([, ...values]) => values.map(Number));
    const trades = numbers.slice(0, 3);
    const bought = trades.map((row, i) => row.map((trade, j) => trade + economy.endowments![i * 3 + j]));
    expectEquilibrium(economy, numbers[3], bought);
  });

  it("fisher.js prints prices at which budgets are spent and shelves are empty", () => {
    const { prices, buys } = JSON.parse(printed("fisher.js"));
    // Cobb-Douglas: the money spent on a good, over its amount.
    const spends = [
      [0.5, 0.3, 0.2],
      [0.2, 0.2, 0.6],
      [0.1, 0.7, 0.2],
    ];
    const budgets = [10, 20, 30];
    const goods = ["tea", "rice", "salt"];
    [1, 2, 4].forEach((amount, j) => {
      const spent = sum(budgets.map((budget, i) => budget * spends[i][j]));
      expect(prices[goods[j]]).toBeCloseTo(spent / amount, 10);
    });
    ["Ada", "Ben", "Cem"].forEach((name, i) => {
      goods.forEach((good, j) => {
        expect(buys[name][j]).toBeCloseTo((budgets[i] * spends[i][j]) / prices[good], 10);
      });
    });
  });

  it("securities.js prices consumption by everybody's marginal rate of substitution", () => {
    const { securities, riskFreeRate, stock, consumption, portfolios, riskNeutralProbabilities } = JSON.parse(
      printed("securities.js"),
    );
    const prices: number[] = Object.values(securities);
    const agents = [
      { patience: 0.95, beliefs: [0.3, 0.5, 0.2], today: 4, tomorrow: [5, 4, 2] },
      { patience: 0.97, beliefs: [0.3, 0.5, 0.2], today: 3, tomorrow: [3, 3, 3] },
      { patience: 0.9, beliefs: [0.6, 0.3, 0.1], today: 3, tomorrow: [2, 3, 4] },
    ];
    agents.forEach(({ patience, beliefs, today, tomorrow }, i) => {
      const [now, ...later]: number[] = consumption[i].amounts;
      const holds: number[] = Object.values(portfolios[i].holds);
      later.forEach((amount, s) => {
        expect(prices[s]).toBeCloseTo(patience * beliefs[s] * (amount / now) ** -3, 10);
        expect(tomorrow[s] + holds[s]).toBeCloseTo(amount, 10);
      });
      // What today's consumption saves pays for the portfolio.
      expect(today - now).toBeCloseTo(sum(holds.map((amount, s) => amount * prices[s])), 10);
    });
    [10, 10, 9].forEach((total, s) => {
      expect(sum(agents.map((_, i) => consumption[i].amounts[s + 1]))).toBeCloseTo(total, 10);
    });
    expect(1 / (1 + riskFreeRate)).toBeCloseTo(sum(prices), 12);
    expect(stock).toBeCloseTo(10 * prices[0] + 10 * prices[1] + 9 * prices[2], 10);
    expect(sum(Object.values(riskNeutralProbabilities))).toBeCloseTo(1, 12);
  });

  it("notebook.js brackets what the notebook printed, below the optima", () => {
    const lines = printed("notebook.js")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(6);
    // A convex planner gives every good to the one agent that values all of it most.
    const alike = (n: number, counted: number) => (counted * n * 30 ** 1.5) / 1.5;
    expect(lines[0].optimum).toBeCloseTo(alike(3, 3), 8);
    expect(lines[2].optimum).toBeCloseTo(alike(10, 1), 8);
    for (const { printed, seeds, optimum } of lines.slice(0, 4)) {
      // Seeds end on both sides of where the notebook's did, and all below the optimum.
      expect(Math.min(...seeds)).toBeLessThan(printed);
      expect(Math.max(...seeds)).toBeGreaterThan(printed);
      expect(Math.max(...seeds)).toBeLessThan(optimum);
    }
    for (const { printed, prices, marketClearing } of lines.slice(4)) {
      printed.forEach((price: number, j: number) => {
        expect(prices[j]).toBeCloseTo(price, 7);
      });
      expect(marketClearing).toBeLessThan(1e-10);
    }
  });

  it("thread.js has all seven equilibria from another thread, or says that time is up", () => {
    const { complete, prices } = JSON.parse(printed("thread.js"));
    expect(complete).toBe(true);
    expect(prices).toHaveLength(7);
    // The economy is the same for all three, so prices in any order are prices of another one of the seven.
    const nearest = (p: number[]) =>
      Math.min(...prices.map((q: number[]) => Math.max(...q.map((price, j) => Math.abs(price - p[j])))));
    for (const [a, b, c] of prices) {
      expect(a + b + c).toBeCloseTo(1, 12);
      expect(nearest([b, c, a])).toBeLessThan(1e-10);
    }
    const late = run("thread.js", "0");
    expect([late.status, late.stdout, late.stderr]).toEqual([1, "", "no answer within 0 ms\n"]);
  });
});

describe("pages", () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    browser = await openBrowser();
    site = await serve(".");
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Does something in a page, which may not complain. */
  async function visit(name: string, use: (page: Page) => Promise<void>) {
    // Tall enough that nothing has to be scrolled.
    const page = await browser.newPage({ viewport: { width: 800, height: 1200 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    try {
      await page.goto(`${site.origin}/examples/${name}`);
      await use(page);
    } finally {
      await page.close();
    }
    expect(complaints).toEqual([]);
  }

  it("page-worker.html finds all equilibria, says what is wrong, and stops", async () => {
    await visit("page-worker.html", async (page) => {
      const answer = page.locator("#answer");
      const answered = async (pattern: RegExp) => {
        await answer.filter({ hasText: pattern }).waitFor();
        return (await answer.textContent()) ?? "";
      };
      await page.click("#run");
      const text = await answered(/These are all: that is proved\./);
      const walras = await load();
      const pair = {
        alpha: [
          [1024, 1],
          [1, 1024],
        ],
        omega: -5,
        endowments: [
          [12, 1],
          [1, 12],
        ],
      };
      const lines = walras.equilibria(walras.economy(pair)).equilibria.map(({ index }) => index);
      expect([...text.matchAll(/index (-?\d)/g)].map(([, index]) => Number(index))).toEqual(lines);
      const first = [...text.matchAll(/prices ([\d.]+), /g)].map(([, price]) => Number(price));
      for (const [k, price] of [0.112923847128, 0.5, 0.887076152872].entries()) expect(first[k]).toBeCloseTo(price, 10);

      await page.fill("#economy", '{ "alpha": 1 }');
      await page.click("#run");
      expect(await answered(/must/)).toContain("omega");

      // A search that takes long is ended.
      const hard = {
        alpha: Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i === j ? 4e7 : 1))),
      };
      const economy = { ...hard, omega: -12, endowments: hard.alpha.map((row) => row.map((a) => (a > 1 ? 50 : 1))) };
      await page.fill("#economy", JSON.stringify(economy));
      await page.click("#run");
      await page.click("#stop");
      expect(await answered(/stopped/)).toBe("stopped");
      expect(await page.locator("#run").isEnabled()).toBe(true);
    });
  });

  it("edgeworth-box.html draws the equilibrium of the endowment, wherever it is dragged", async () => {
    await visit("edgeworth-box.html", async (page) => {
      const dot = page.locator("#endowment");
      const circle = page.locator(".equilibrium");
      await circle.first().waitFor();
      const numberOf = async (id: string, name: string) => Number(await page.locator(id).getAttribute(name));
      /** Compares what is drawn with the definition of an equilibrium of the endowment that is drawn. */
      const judge = async (gammas: number[]) => {
        const amounts = async (selector: string) => {
          const [x, y] = [await numberOf(selector, "cx"), await numberOf(selector, "cy")];
          return [(x / 400) * 10, (1 - y / 400) * 10];
        };
        const owned = await amounts("#endowment");
        const got = await amounts(".equilibrium");
        const rest = ([a, b]: number[]) => [10 - a, 10 - b];
        const rates = [got, rest(got)].map(([a, b], i) => {
          const [alpha, beta] = [
            [2, 1],
            [1, 2],
          ][i];
          return (alpha * a ** -gammas[i]) / (beta * b ** -gammas[i]);
        });
        // Both value bread alike in wine, and at that price Ada's bundle costs what she owns.
        expect(rates[0] / rates[1]).toBeCloseTo(1, 8);
        expect(rates[0] * (got[0] - owned[0]) + got[1] - owned[1]).toBeCloseTo(0, 8);
        return owned;
      };
      expect(await judge([2, 2])).toEqual([8, expect.closeTo(2, 10)]);

      const box = (await dot.boundingBox())!;
      const frame = (await page.locator("#box").boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 - (frame.width / 460) * 200, box.y + box.height / 2, { steps: 5 });
      await page.mouse.up();
      const [bread, wine] = await judge([2, 2]);
      expect(bread).toBeCloseTo(3, 1);
      expect(wine).toBeCloseTo(2, 1);

      await dot.press("ArrowUp");
      await dot.press("ArrowRight");
      expect(await judge([2, 2])).toEqual([expect.closeTo(bread + 0.1, 9), expect.closeTo(wine + 0.1, 9)]);

      await page.locator("#gamma1").fill("0.5");
      await judge([0.5, 2]);
      // It cannot be dragged out of the box, in which both own something.
      await dot.hover();
      await page.mouse.down();
      await page.mouse.move(2, 2);
      await page.mouse.up();
      expect(await judge([0.5, 2])).toEqual([expect.closeTo(0.1, 9), expect.closeTo(9.9, 9)]);
    });
  });
});

it("every example is named in examples/README.md, which names no other", () => {
  const named = [...textOf("README.md").matchAll(/\]\(([^)]+)\)/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(
    readdirSync("examples")
      .filter((name) => name !== "README.md")
      .sort(),
  );
});

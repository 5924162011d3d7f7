// The other views in a browser: tables, the notebook, lessons, the race, files, and the page in another page.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changed, equilibria, PHONE, prices, Site } from "./page.js";

const site = new Site();
beforeAll(() => site.start(), 60_000);
afterAll(() => site.stop());

describe("the table", () => {
  it("solves as one types, and checks both welfare theorems", async () => {
    await site.visit({ address: "index.html#1&view=table" }, async (page) => {
      const price = page.getByRole("region", { name: "market: price" }).locator("td").first();
      await price.filter({ hasText: "0.3333" }).waitFor();
      await page.getByText("No other prices clear these markets: that is proved.").waitFor();
      await page.getByText("First theorem holds:").waitFor();
      await page.getByText("Second theorem holds:").waitFor();
      expect(await page.getByRole("region", { name: "planner: transfer" }).innerText()).toContain("−2.041");
      await page.getByLabel("Ada, bread").fill("60");
      await price.filter({ hasNotText: "0.3333" }).waitFor();
      await page.waitForFunction(() => location.hash === "#1&view=table&table.e=0:60");
      await page.keyboard.press("Tab");
      await page.getByRole("button", { name: "Undo" }).click();
      await price.filter({ hasText: "0.3333" }).waitFor();
      expect(await page.getByLabel("Ada, bread").inputValue()).toBe("30");
    });
  });

  it("takes thirty by thirty numbers from a spreadsheet, and says what it cannot take", async () => {
    await site.visit({ address: "index.html#1&view=table" }, async (page) => {
      const cell = page.getByLabel("Ada, bread");
      const paste = async (text: string) => {
        await cell.focus();
        await cell.evaluate((element, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }, text);
      };
      const rows = Array.from({ length: 30 }, (_, i) =>
        Array.from({ length: 30 }, (_, j) => 1 + ((7 * i + 11 * j) % 13)),
      );
      await paste(rows.map((row) => row.join("\t")).join("\r\n"));
      await page.locator(".sheet-table tbody tr").nth(29).waitFor();
      await page.waitForFunction(() => document.querySelectorAll(".sheet-table [data-cell]").length === 900);
      await page.getByText("First theorem holds:").waitFor();
      const names = page.getByRole("region", { name: "market: income" }).locator("th[scope=col]");
      await page.waitForFunction(() => document.querySelectorAll("[aria-label='market: income'] td").length === 30);
      expect(await names.count()).toBe(31);
      await page.waitForFunction(() => location.hash.length > 3000);
      // The address holds all of it.
      const { hash } = new URL(page.url());
      await page.goto("about:blank");
      await page.goBack();
      await page.getByText("First theorem holds:").waitFor();
      expect(new URL(page.url()).hash).toBe(hash);
      await paste("1\tmuch");
      await page.getByRole("alert").filter({ hasText: "row 1, column 2 must be a number" }).waitFor();
    });
  });

  it("has names, agents and goods that can be changed", async () => {
    await site.visit({ address: "index.html#1&view=table" }, async (page) => {
      const prices = page.getByRole("region", { name: "market: price" });
      const name = page.getByLabel("Name of good 2");
      await name.fill("tea");
      await name.press("Tab");
      await prices.getByText("tea").waitFor();
      await name.fill("bread");
      await name.press("Tab");
      await page.getByRole("alert").filter({ hasText: "A name must differ from the others." }).waitFor();
      expect(await name.inputValue()).toBe("tea");
      await page.getByRole("button", { name: "Add an agent" }).click();
      await page.getByLabel("agent 1, tea").fill("7");
      await page.getByRole("button", { name: "Remove good" }).click();
      // Cem owned cloth and nothing else.
      await page.getByText("There is no market for these numbers: endowments of Cem must have").waitFor();
      await page.getByLabel("Cem, tea").fill("5");
      await page.waitForFunction(() => document.querySelectorAll("[aria-label='market: price'] td").length === 2);
      await page.waitForFunction(() => /table\.e=30,0,0,30,0,5,1,7&/.test(location.hash));
      expect(await page.getByText("An economy of your own.").count()).toBe(1);
    });
  });

  it("shows the answer to a change of thirty by thirty numbers within two frames, once warm", async () => {
    await site.visit({ address: "index.html#1&view=table&table=crowd" }, async (page) => {
      await page.getByText("First theorem holds:").waitFor();
      const frames = await page.evaluate(async () => {
        const input = document.querySelector<HTMLInputElement>("[data-cell='0']")!;
        const price = () => document.querySelector("[aria-label='market: price'] td")!.textContent;
        const counts: number[] = [];
        for (let k = 0; k < 30; k++) {
          await new Promise((rested) => setTimeout(rested, 100));
          await new Promise(requestAnimationFrame);
          const before = price();
          input.focus();
          input.value = `${5 + 40 * (k % 2) + k}`;
          input.dispatchEvent(new InputEvent("input", { bubbles: true }));
          let count = 0;
          for (; price() === before && count < 100; count++) await new Promise(requestAnimationFrame);
          counts.push(count);
        }
        return counts.slice(10).sort((a, b) => a - b);
      });
      // On a machine that has other work most of them may wait for it, but not all.
      expect(frames[Math.floor(frames.length / 4)]).toBeLessThanOrEqual(2);
    });
  });

  it("draws the frontier of two agents as a line", async () => {
    await site.visit({ address: "index.html#1&view=table&table=pair" }, async (page) => {
      await page.getByRole("button", { name: "Draw the frontier" }).click();
      const figure = page.locator("figure").filter({ hasText: "Pareto frontier" });
      await figure.locator("path.core").waitFor();
      await figure.locator("summary").click();
      const rows = await figure.locator("tbody tr").allInnerTexts();
      // From nearly nothing for one to that for the other, and better together than with half of everything each.
      const points = rows.map((row) => row.split(/\s+/).map(Number));
      for (const end of [points[0], points.at(-1)!]) expect(Math.min(...end)).toBeLessThan(0.02);
      expect(points.some(([x, y]) => x > 0.5 && y > 0.5)).toBe(true);
    });
  });

  it("finds all equilibria, the frontier, derivatives and the path of Adam on demand", async () => {
    await site.visit({ address: "index.html#1&view=table&table=seven" }, async (page) => {
      await page.getByRole("button", { name: "Find all equilibria" }).click();
      await page.getByText("7 equilibria, proved to be all. Indices add up to 1.").waitFor();
      expect(await page.getByRole("region", { name: "All equilibria" }).locator("tbody tr").count()).toBe(7);
      await page.getByRole("button", { name: "Draw the frontier" }).click();
      await page.locator(".frontier-dot").first().waitFor();
      expect(await page.locator(".frontier-dot").count()).toBe(253);
      await page.getByRole("button", { name: "Compute derivatives" }).click();
      await page.locator("figcaption").filter({ hasText: "d ln price of bread, by one unit more" }).waitFor();
      await page.getByRole("button", { name: "Run Adam" }).click();
      await page.getByText(/After \d+ steps welfare is/).waitFor();
      // Of another economy nothing of it is true.
      await page.getByRole("button", { name: "Add a good" }).click();
      await page.getByText("7 equilibria").waitFor({ state: "detached" });
      expect(await page.locator(".frontier-dot").count()).toBe(0);
    });
  });

  it("cancels a long search within 100 ms", async () => {
    // Twenty specialists that hardly replace one good by another: a search of seconds.
    const size = 20;
    const all = (number: (c: number) => number | string) =>
      Array.from({ length: size * size }, (_, c) => number(c)).join();
    const own = (c: number) => c % (size + 1) === 0;
    const nearly = (c: number) => 1 + (((c * 7) % 11) - 5) / 50;
    const names = Array.from({ length: size }, (_, k) => `n${k}`).join();
    const address = [
      `index.html#1&view=table&table.agents=${names}&table.goods=${names}`,
      `table.a=${all((c) => ((own(c) ? 4000 : 1) * nearly(c)).toFixed(2))}`,
      `table.w=${all((c) => (-30 * nearly(c)).toFixed(2))}`,
      `table.e=${all((c) => ((own(c) ? 50 : 1) * nearly(c)).toFixed(2))}`,
      `table.l=${Array(size).fill(1).join()}`,
    ].join("&");
    await site.visit({ address }, async (page) => {
      await page.getByText("Market", { exact: true }).waitFor();
      const cancel = async () => {
        await page.getByRole("button", { name: "Find all equilibria" }).click();
        await page.getByText("Computing…").waitFor();
        await page.waitForTimeout(300);
        return await page.evaluate(
          () =>
            new Promise<number>((done) => {
              const button = [...document.querySelectorAll("button")].find((one) => one.textContent === "Cancel")!;
              const from = performance.now();
              const look = () => {
                const said = [...document.querySelectorAll(".task [role=status]")].map((one) => one.textContent);
                if (said.includes("Cancelled.")) done(performance.now() - from);
                else setTimeout(look, 1);
              };
              button.click();
              look();
            }),
        );
      };
      // On a machine that has other work some of them may wait for it, but not all.
      const took = Math.min(await cancel(), await cancel(), await cancel());
      expect(took).toBeLessThan(100);
      // The workers go on with other things.
      const incomes = page.getByRole("region", { name: "market: income" });
      const before = await incomes.innerText();
      await page.getByLabel("n0, n0", { exact: true }).fill("50");
      await page.waitForFunction(
        (before) => document.querySelector("[aria-label='market: income']")?.textContent !== before,
        before,
      );
      expect(await incomes.innerText()).not.toBe(before);
    });
  });
});

it("the notebook shows what was printed and what is true, and runs again", async () => {
  await site.visit({ address: "index.html#1&view=notebook" }, async (page) => {
    await page.getByText("569.2876").first().waitFor();
    await page.getByText("328.6335").first().waitFor();
    await page.getByRole("button", { name: "Run" }).click();
    // The same figure as that of the same run in the table.
    await page.getByText("The objective ends at 569.2932").waitFor();
    await page.getByRole("button", { name: "Experiment 6" }).click();
    await page.getByText("1.24103, 0.758973, 1.47234").first().waitFor();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("Prices 1.241027, 0.7589727, 1.472338").waitFor();
    await page.waitForFunction(() => location.hash === "#1&view=notebook&experiment=6");
  });
});

it("lessons have a question, a box and a reason, and keep what one predicted", async () => {
  await site.visit({}, async (page) => {
    await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Learn" }).click();
    await page.getByRole("heading", { name: "1. Gains from trade" }).waitFor();
    await page.getByLabel("In the lens between the two curves").check();
    for (const [lesson, count] of [
      [2, 1],
      [3, 1],
      [4, 3],
      [5, 3],
    ]) {
      await page.getByRole("button", { name: `Lesson ${lesson}` }).click();
      await page.getByRole("heading", { name: new RegExp(`^${lesson}\\. `) }).waitFor();
      await equilibria(page, count);
      expect(await page.locator("article:visible").count()).toBe(1);
    }
    // The gift of the fifth lesson: at the middle equilibrium Ada ends up with less, at the first with more.
    const gets = async (row: number) => {
      const text = await page.locator(".equilibria tbody tr").nth(row).locator("td").nth(1).innerText();
      return text.split(", ").map(Number);
    };
    const [first, middle] = [await gets(0), await gets(1)];
    const [before] = await prices(page);
    await page.getByRole("slider", { name: "Endowment" }).focus();
    await page.keyboard.press("ArrowRight");
    await changed(page, before);
    await equilibria(page, 3);
    expect((await gets(1)).every((amount, j) => amount < middle[j])).toBe(true);
    expect((await gets(0)).every((amount, j) => amount > first[j])).toBe(true);
    // The planner of the third lesson moves with the weight.
    await page.getByRole("button", { name: "Lesson 3" }).click();
    const planner = page.locator(".board .planner");
    await planner.waitFor();
    const place = await planner.getAttribute("x");
    await page.getByLabel("Pareto weight of the first agent over the second", { exact: true }).fill("2");
    await page.waitForFunction((old) => document.querySelector(".board .planner")?.getAttribute("x") !== old, place);
    await page.getByRole("button", { name: "Lesson 1" }).click();
    expect(await page.getByLabel("In the lens between the two curves").isChecked()).toBe(true);
    await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Box" }).click();
    expect(await page.locator("article:visible").count()).toBe(0);
  });
});

it("the race names the browser, runs both engines, and its results can be copied", async () => {
  await site.visit({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.getByRole("button", { name: "Race" }).click();
    await page.getByText(/Both run here, in (Headless)?Chrom\w+ \d+/).waitFor();
    await page.getByRole("button", { name: "Start the race" }).click();
    await page.getByText("Done.").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Copy results as JSON" }).click();
    await page.getByText("Results copied as JSON.").waitFor();
    const result = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    const seen = new Set(result.rows.map(({ engine, on }: { engine: string; on: string }) => `${engine} ${on}`));
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(seen.size).toBe(cores === 1 ? 2 : 4);
    for (const { cold, warm, calls } of result.rows) {
      expect(cold).toBeGreaterThan(0);
      expect(warm).toBeGreaterThan(0);
      expect(calls).toBeGreaterThan(5);
    }
  });
});

describe("shared", () => {
  it("a link, a file in both forms, and a picture", async () => {
    await site.visit({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await equilibria(page, 1);
      await page.getByRole("slider", { name: "Endowment" }).press("ArrowLeft");
      const menu = page.locator(".menu summary");
      await menu.click();
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByText("Link copied").waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/index\.html#1&box\.e=0:7\.9;2:2\.1$/);
      await page.getByRole("button", { name: "Copy code to embed" }).click();
      await page.getByText("Code copied").waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
        /^<iframe src="http:[^"]*\/embed\.html#1&amp;box\.e=0:7\.9;2:2\.1" /,
      );
      const saved = async (click: () => Promise<void>) => {
        const [download] = await Promise.all([page.waitForEvent("download"), click()]);
        return readFileSync((await download.path())!, "utf8");
      };
      const json = await saved(() => page.getByRole("button", { name: "Save as JSON" }).click());
      expect(JSON.parse(json).endowments).toEqual([
        [7.9, 2],
        [2.1, 8],
      ]);
      const csv = await saved(() => page.getByRole("button", { name: "Save as CSV" }).click());
      expect(csv.split("\n")[1]).toBe("Ada,1,1,2,-1,-1,7.9,2");
      const map = await saved(() => page.getByRole("button", { name: "Save “Number of equilibria" }).click());
      expect(map).toMatch(/<image href="data:image\/png;base64,[^"]{200}/);
      expect(map).toContain("Ada: bread →");
      const svg = await saved(() => page.getByRole("button", { name: "Save “Edgeworth box” as SVG" }).click());
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).toContain('stroke="rgb(10, 95, 174)"');
      expect(svg).not.toContain("class=");

      const file = page.getByLabel("A file with an economy");
      const give = (text: string) =>
        file.setInputFiles({ name: "e.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
      await give(csv.replace("7.9", "5"));
      await page.waitForFunction(() => location.hash.includes("box.e=0:5;2:2.1"));
      await give('{"alpha": [[1, "x"]]}');
      await page.getByRole("alert").filter({ hasText: "This file cannot be read" }).waitFor();
      await give('{"alpha": 1, "omega": -1, "endowments": [[1, 0, 2], [0, 1, 1]]}');
      await page.waitForFunction(() => location.hash.includes("view=table"));
      await page.getByText("First theorem holds:").waitFor();
      const heat = await saved(() => page.getByRole("button", { name: "Save “Net trades” as SVG" }).click());
      expect(heat.match(/<rect /g)).toHaveLength(1 + 6 + 6);
      expect(heat).toMatch(/<text [^>]*>good 3<\/text>/);
    });
  });

  it("in a frame, which is as tall as it says", async () => {
    writeFileSync(join(site.folder, "host.html"), "<!doctype html><title>another page</title>");
    await site.visit({ address: "host.html" }, async (page, origin) => {
      await page.evaluate((address) => {
        const frame = document.createElement("iframe");
        addEventListener("message", ({ data, source }) => {
          if (source === frame.contentWindow && data?.type === "walras:height") frame.height = data.height;
        });
        frame.src = address;
        document.body.append(frame);
      }, `${origin}/embed.html#1&box=gift`);
      const frame = page.frames()[1];
      await frame.waitForFunction(() => document.querySelectorAll("svg .equilibrium").length === 3);
      expect(await frame.locator("header").count()).toBe(0);
      const own = frame.getByRole("link", { name: "Open this in a page of its own" });
      expect(await own.getAttribute("href")).toBe("index.html#1&box=gift");
      await page.waitForFunction(() => {
        const frame = document.querySelector("iframe");
        const inner = frame?.contentDocument?.documentElement;
        return inner && Number(frame.height) > 1000 && inner.scrollHeight - Number(frame.height) <= 2;
      });
    });
  });
});

it("a lesson can be embedded, with its text", async () => {
  await site.visit({ address: "embed.html#1&view=learn&lesson=3" }, async (page) => {
    await page.getByRole("heading", { name: "3. The two welfare theorems" }).waitFor();
    await equilibria(page, 1);
    expect(await page.locator("article:visible").count()).toBe(1);
    await page.getByRole("button", { name: "Next lesson" }).click();
    await page.getByRole("heading", { name: "4. Several equilibria" }).waitFor();
    await equilibria(page, 3);
  });
});

it("fits a phone, in all views", async () => {
  await site.visit({ viewport: PHONE, isMobile: true, hasTouch: true }, async (page) => {
    await equilibria(page, 1);
    for (const view of ["Box", "n × m", "Notebook", "Learn", "Race"]) {
      await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: view }).click();
      await page.waitForFunction((title) => document.title.startsWith(title), view);
      await page.waitForTimeout(150);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    }
  });
});

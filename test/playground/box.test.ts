// The box in a browser: it is moved by mouse, finger and keys, shows every equilibrium, and keeps its state in the
// address.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changed, equilibria, PHONE, prices, Site } from "./page.js";

const site = new Site();
beforeAll(() => site.start(), 60_000);
afterAll(() => site.stop());

const hashOf = (address: string) => address.slice(address.indexOf("#"));

describe("the endowment is moved", () => {
  it("by mouse, from where it is and from elsewhere, and taken back with one undo", async () => {
    await site.visit({}, async (page) => {
      await equilibria(page, 1);
      const [before] = await prices(page);
      expect(before).toBe(1);
      const ring = await page.locator(".handle .ring").boundingBox();
      await page.mouse.move(ring!.x + 9, ring!.y + 9);
      await page.mouse.down();
      await page.mouse.move(ring!.x - 60, ring!.y + 20, { steps: 6 });
      await page.mouse.up();
      await changed(page, before);
      const [after] = await prices(page);
      expect(after).toBeGreaterThan(1.02);
      await page.waitForFunction(() => location.hash.includes("box.e="));

      const frame = await page.locator(".frame").boundingBox();
      await page.mouse.click(frame!.x + frame!.width * 0.5, frame!.y + frame!.height * 0.25);
      await changed(page, after);
      await page.waitForFunction(() => /box\.e=5,7\.5,5,2\.5/.test(location.hash));

      await page.getByRole("button", { name: "Undo" }).click();
      await page.keyboard.press("Control+z");
      await page.waitForFunction(() => location.hash === "#1");
      await changed(page, (await prices(page))[0] === before ? after : (await prices(page))[0]);
      expect(await prices(page)).toEqual([before]);
      await page.keyboard.press("Control+Shift+Z");
      await page.waitForFunction(() => location.hash.includes("box.e="));
    });
  });

  it("by keys, in steps of a hundredth", async () => {
    await site.visit({}, async (page) => {
      await equilibria(page, 1);
      const handle = page.getByRole("slider", { name: "Endowment" });
      await handle.focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowUp");
      await page.waitForFunction(() => location.hash === "#1&box.e=8.1,3,1.9,7");
      expect(await handle.getAttribute("aria-valuetext")).toBe("Ada owns 8.1 bread and 3 wine; Ben the rest");
      await changed(page, 1);
    });
  });

  it("by a finger, which scrolls the page beside the ring", async () => {
    await site.visit({ viewport: PHONE, hasTouch: true, isMobile: true }, async (page) => {
      await equilibria(page, 1);
      const session = await page.context().newCDPSession(page);
      const drag = async (x: number, y: number, dx: number, dy: number) => {
        const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: object[]) =>
          session.send("Input.dispatchTouchEvent", { type, touchPoints: points as { x: number; y: number }[] });
        await touch("touchStart", [{ x, y }]);
        for (let k = 1; k <= 8; k++) await touch("touchMove", [{ x: x + (dx * k) / 8, y: y + (dy * k) / 8 }]);
        await touch("touchEnd", []);
      };
      const ring = await page.locator(".handle .ring").boundingBox();
      await drag(ring!.x + 9, ring!.y + 9, -50, -60);
      await changed(page, 1);
      expect(await page.evaluate(() => scrollY)).toBe(0);
      await page.waitForFunction(() => location.hash.includes("box.e="));
      // The address follows a moment after the finger.
      await page.waitForTimeout(500);
      const hash = hashOf(page.url());

      const frame = await page.locator(".frame").boundingBox();
      await drag(frame!.x + 20, frame!.y + 150, 0, -120);
      await page.waitForFunction(() => scrollY > 50);
      expect(hashOf(page.url())).toBe(hash);
    });
  });

  it("never out of the box, and never so that somebody owns nothing", async () => {
    await site.visit({}, async (page) => {
      await equilibria(page, 1);
      const ring = await page.locator(".handle .ring").boundingBox();
      const frame = await page.locator(".frame").boundingBox();
      await page.mouse.move(ring!.x + 9, ring!.y + 9);
      await page.mouse.down();
      await page.mouse.move(frame!.x - 40, frame!.y + frame!.height + 40, { steps: 5 });
      await page.mouse.up();
      await page.waitForFunction(() => location.hash === "#1&box.e=0.01,0.01,9.99,9.99");
      await changed(page, 1);
      expect(await page.locator(".problem").count()).toBe(0);
    });
  });
});

describe("equilibria", () => {
  it("of Mas-Colell, Whinston & Green 15.B.6 are three, and one once the endowment has moved inwards", async () => {
    await site.visit({ address: "index.html#1&box=mwg&zoom=100" }, async (page) => {
      await equilibria(page, 3);
      expect(await prices(page)).toEqual([0.4219, 1, 2.37]);
      const rows = await page.locator(".equilibria tbody tr").allInnerTexts();
      expect(rows.map((row) => row.split(/\s+/).slice(-2).join(" "))).toEqual([
        "+1 stable",
        "−1 unstable",
        "+1 stable",
      ]);
      await page.getByText("3 equilibria, proved to be all. Indices add up to 1.").first().waitFor();
      await page.getByRole("slider", { name: "Endowment" }).focus();
      for (let k = 0; k < 5; k++) {
        await page.keyboard.press("Shift+ArrowLeft");
        await page.keyboard.press("Shift+ArrowUp");
      }
      // On the way there is one equilibrium, too, but at another price.
      await page.waitForFunction(() => document.querySelector(".equilibria tbody td")?.textContent === "1");
      await equilibria(page, 1);
      expect(await prices(page)).toEqual([1]);
    });
  });

  it("are picked in the box, in the table and by keys", async () => {
    await site.visit({ address: "index.html#1&box=gift" }, async (page) => {
      await equilibria(page, 3);
      await page.locator("svg .equilibrium").nth(1).click();
      await page.waitForFunction(() => location.hash.includes("pick=2"));
      expect(await page.locator(".equilibria tr.picked").innerText()).toContain("unstable");
      await page.getByRole("button", { name: "Equilibrium 3", exact: true }).click();
      await page.waitForFunction(() => location.hash.includes("pick=3"));
      await page.locator("svg .equilibrium").first().focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => location.hash.includes("pick=1"));
    });
  });

  it("are read aloud and are in the tables of the figures", async () => {
    await site.visit({ address: "index.html#1&box=mwg" }, async (page) => {
      await equilibria(page, 3);
      await page
        .getByRole("status")
        .filter({ hasText: "3 equilibria, proved to be all. Indices add up to 1. Price of bread: 0.4219, 1, 2.37." })
        .waitFor();
      await page.locator("summary").filter({ hasText: "Edgeworth box" }).click();
      const table = page.getByRole("region", { name: "Numbers of “Edgeworth box”" });
      expect(await table.innerText()).toContain("0.634286");
      await page.locator("summary").filter({ hasText: "Excess demand" }).click();
      const rows = page.getByRole("region", { name: "Numbers of “Excess demand for bread”" }).locator("tr");
      // The table is made after the click; count() alone does not wait for it.
      await rows.first().waitFor();
      expect(await rows.count()).toBe(82);
    });
  });

  it("are counted over endowments", async () => {
    await site.visit({ address: "index.html#1&box=mwg&zoom=100" }, async (page) => {
      await page.locator(".key li").nth(1).waitFor();
      await page.waitForFunction(() => /3 equilibria, 2\.\d %/.test(document.querySelector(".key")?.textContent ?? ""));
      const map = page.locator(".map canvas");
      const colours = await map.evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
        const at = (x: number, y: number) => data.slice(4 * (y * width + x), 4 * (y * width + x) + 4).join();
        return [at(5, 5), at(width - 4, height - 4)];
      });
      expect(colours[0]).not.toBe(colours[1]);
      // A click in the map moves the endowment, finely.
      const place = await map.boundingBox();
      await map.click({ position: { x: place!.width / 2, y: place!.height / 2 } });
      await page.waitForFunction(() => location.hash.includes("box.e=0.995,0.005,0.005,0.995"));
      await equilibria(page, 1);
    });
  });
});

it("curves can be switched off and on, and the planner's point follows the weight", async () => {
  await site.visit({}, async (page) => {
    await equilibria(page, 1);
    await page.locator(".board .contract").waitFor({ state: "attached" });
    expect(await page.locator(".board .contract").count()).toBe(1);
    await page.getByLabel("Contract curve").uncheck();
    await page.locator(".board .contract").waitFor({ state: "detached" });
    await page.getByLabel("Offer curves").check();
    await page.locator(".board .offer").first().waitFor({ state: "attached" });
    expect(await page.locator(".board .offer").count()).toBe(2);
    await page.getByLabel("The planner’s allocation").check();
    const place = () => page.locator(".board .planner").getAttribute("x");
    const before = await place();
    await page.getByLabel("Pareto weight of the first agent over the second", { exact: true }).fill("3");
    await page.waitForFunction(
      (before) => document.querySelector(".board .planner")?.getAttribute("x") !== before,
      before,
    );
    expect(Number(await place())).toBeGreaterThan(Number(before));
  });
});

it("data can be typed and slid, and what is no number is marked and not taken", async () => {
  await site.visit({}, async (page) => {
    await equilibria(page, 1);
    const field = page.getByLabel("α: how much Ada likes bread", { exact: true });
    await field.fill("4");
    await changed(page, 1);
    await field.fill("much");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await page.waitForFunction(() => location.hash === "#1&box.a=0:4");
    await field.blur();
    expect(await field.inputValue()).toBe("4");
    const [before] = await prices(page);
    await page.getByLabel("ω of Ben for wine, slider").focus();
    await page.keyboard.press("ArrowRight");
    await changed(page, before);
  });
});

it("what was changed is reset to the preset, and says when it is no longer one", async () => {
  await site.visit({ address: "index.html#1&box=gift" }, async (page) => {
    await equilibria(page, 3);
    const reset = page.getByRole("button", { name: "Reset" });
    expect(await reset.isDisabled()).toBe(true);
    await page.getByRole("slider", { name: "Endowment" }).press("Shift+ArrowLeft");
    await equilibria(page, 1);
    await reset.click();
    await equilibria(page, 3);
    await page.waitForFunction(() => location.hash === "#1&box=gift&zoom=10");
    await page.evaluate(() => {
      location.hash = "#1&box.goods=tea,sugar";
    });
    await page.getByText("An economy of your own.").waitFor();
  });
});

it("prices and Adam move, step by step where motion is unwelcome", async () => {
  await site.visit({ reducedMotion: "reduce" }, async (page) => {
    await equilibria(page, 1);
    await page.getByRole("button", { name: "Play tâtonnement" }).click();
    await page.getByText("The markets clear.").waitFor();
    await page.getByRole("button", { name: "Step back" }).click();
    await page.locator(".moving-line").waitFor();
    await page.getByRole("button", { name: "Play Adam" }).click();
    await page.getByText(/After \d+ steps marginal utilities differ/).waitFor();
    await page.locator(".board .planner").waitFor();
    // The path ends at the planner's allocation.
    const [dot, plan] = await page.evaluate(() =>
      [".moving", ".board .planner"].map((name) => {
        const { left, right, top, bottom } = document.querySelector(name)!.getBoundingClientRect();
        return [(left + right) / 2, (top + bottom) / 2];
      }),
    );
    expect(Math.hypot(dot[0] - plan[0], dot[1] - plan[1])).toBeLessThan(3);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.locator(".moving").waitFor({ state: "detached" });
  });
  await site.visit({ reducedMotion: "reduce" }, async (page) => {
    await equilibria(page, 1);
    await page.getByLabel("first price of bread, in wine").fill("0.2");
    await page.getByRole("button", { name: "Play tâtonnement" }).click();
    await page.getByText("The markets clear.").waitFor();
    // From below prices rise to the equilibrium, and from above they fall.
    const often = (times: number) =>
      page.getByRole("button", { name: "Step back" }).evaluate((button: HTMLElement, times) => {
        for (let k = 0; k < times; k++) button.click();
      }, times);
    await often(60);
    await page.getByText("Too little bread at this price, which rises.").waitFor();
    await page.getByRole("img", { name: /^Excess demand/ }).click({ position: { x: 420, y: 100 } });
    await page.getByText("The markets clear.").waitFor();
    await often(60);
    await page.getByText("Too much bread at this price, which falls.").waitFor();
  });
  await site.visit({}, async (page) => {
    await equilibria(page, 1);
    await page.getByRole("button", { name: "Play tâtonnement" }).click();
    await page.getByText("The markets clear.").waitFor();
  });
});

describe("a link", () => {
  it("that cannot be read is said to be, once, and the page goes on", async () => {
    await site.visit({ address: "index.html#1&box.e=1,2,<img src=x onerror=alert(1)>,4" }, async (page) => {
      await equilibria(page, 1);
      const alert = page.getByRole("alert");
      expect(await alert.count()).toBe(1);
      expect(await alert.innerText()).toBe(
        "This link cannot be read: box.e must have numbers from 0 to 1000000000, and has “%3Cimg%20src=x%20onerror=alert…”. The page shows its usual economy.",
      );
      await page.getByRole("slider", { name: "Endowment" }).press("ArrowLeft");
      await alert.waitFor({ state: "detached" });
    });
  });

  it("that is put into the address is followed", async () => {
    await site.visit({}, async (page) => {
      await equilibria(page, 1);
      await page.evaluate(() => {
        location.hash = "#1&box=gift";
      });
      await equilibria(page, 3);
      await page.getByRole("button", { name: "Undo" }).click();
      await equilibria(page, 1);
    });
  });

  it("holds names of strangers as text", async () => {
    const name = encodeURIComponent("<img src=x onerror=alert(1)>");
    await site.visit({ address: `index.html#1&box.agents=${name},Ben` }, async (page) => {
      await equilibria(page, 1);
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.locator("legend").filter({ hasText: "<img src=x" }).count()).toBe(1);
    });
  });
});

describe("under a stricter policy", () => {
  it("the JavaScript engine computes, and the page says so", async () => {
    const headers = { "Content-Security-Policy": "script-src 'self'; worker-src 'self'" };
    await site.visit({ headers, allowed: /WebAssembly|wasm|violates/i }, async (page) => {
      await equilibria(page, 1);
      await page.getByText("Computed in this browser by the JavaScript engine").waitFor();
      expect(await prices(page)).toEqual([1]);
    });
  });
});

it("has something to read before scripts run", async () => {
  await site.visit({ javaScriptEnabled: false }, async (page) => {
    await page.getByText("At which prices does nobody want more than there is").waitFor();
    expect(await page.locator("article h2").count()).toBe(5);
    await page.locator("summary").first().click();
    await page.getByText("These points form the contract curve").waitFor();
  });
});

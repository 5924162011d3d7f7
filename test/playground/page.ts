// Opens the page in a real Chromium, for tests and for the bench. It is built anew, into a folder of its own.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { ISOLATED, openBrowser, serve } from "../../bench/browser.js";
import { buildPlayground } from "../../playground/build.js";

export const DESK = { width: 1280, height: 900 };
export const PHONE = { width: 375, height: 800 };

/** How long the page may take for anything, on a machine that has other work, in milliseconds. */
const PATIENCE = 10_000;

/** How a page is opened. */
export interface Opening extends BrowserContextOptions {
  /** The file, and the hash behind it. */
  address?: string;
  /** Headers of every file; default those that isolate a page. */
  headers?: Record<string, string>;
  /** What the console may say. */
  allowed?: RegExp;
}

/** A browser with the page, for a file of tests. */
export class Site {
  #browser!: Browser;
  #folder!: string;

  get folder(): string {
    return this.#folder;
  }

  async start() {
    this.#folder = mkdtempSync(join(tmpdir(), "playground-"));
    await buildPlayground(this.#folder);
    this.#browser = await openBrowser();
  }

  async stop() {
    await this.#browser?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Uses the page, which may complain about nothing and load nothing from elsewhere. */
  async visit(opening: Opening, use: (page: Page, origin: string) => Promise<void>) {
    const { address = "index.html", headers = ISOLATED, allowed = /^$/, ...options } = opening;
    const site = await serve(this.#folder, { headers });
    const context = await this.#browser.newContext({ viewport: DESK, ...options });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const complaints: string[] = [];
    const complain = (text: string) => {
      if (!allowed.test(text)) complaints.push(text);
    };
    page.on("console", (message) => complain(message.text()));
    page.on("pageerror", (error) => complain(`${error.stack}`));
    page.on("request", (request) => {
      const address = request.url();
      if (!address.startsWith(site.origin) && !/^(data|blob):/.test(address)) complain(`loads ${address}`);
    });
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`violates ${event.violatedDirective}: ${event.blockedURI}`);
      });
    });
    try {
      await page.goto(`${site.origin}/${address}`);
      await use(page, site.origin);
    } finally {
      await context.close();
      await site.close();
    }
    expect(complaints).toEqual([]);
  }
}

/** Waits until the box shows this many equilibria. */
export async function equilibria(page: Page, count: number) {
  await page.waitForFunction((count) => document.querySelectorAll("svg .equilibrium").length === count, count);
}

/** The prices in the table of equilibria. */
export async function prices(page: Page): Promise<number[]> {
  const texts = await page.locator(".equilibria tbody tr td:nth-of-type(1)").allInnerTexts();
  return texts.map(Number);
}

/** Waits until the first price is another than before. */
export async function changed(page: Page, before: number) {
  await page.waitForFunction(
    (before) => Number(document.querySelector(".equilibria tbody td")?.textContent) !== before,
    before,
  );
}

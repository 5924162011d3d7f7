// A browser and pages for it: a Chromium without a window, and servers of files on 127.0.0.1. Of the
// bench of pages and of their tests.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

/** The browser: Debian's, unless the environment names another. */
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".map": "application/json" };

/** The headers that isolate a page from pages of other origins: it then has SharedArrayBuffer. */
export const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Starts the browser; `close()` ends it. */
export async function openBrowser() {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `pages are tested in Chromium, and there is no ${CHROMIUM}: install it ` +
        "(apt-get install --no-install-recommends chromium), or give its path in the variable CHROMIUM",
    );
  }
  return await chromium.launch({ executablePath: CHROMIUM });
}

/**
 * Serves the files of a folder, all with the same headers, but for the paths in `missing`. The path
 * /page?PROGRAM is a page that runs a program, a module of that folder. What browsers report to
 * /violations is collected.
 * @param {string} folder
 * @param {{ headers?: Record<string, string>, missing?: string[] }} options
 */
export async function serve(folder, { headers = {}, missing = [] } = {}) {
  const violations = [];
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url, "http://127.0.0.1");
    const answer = (status, type = "text/plain", body = "") => {
      response.writeHead(status, { ...headers, "Content-Type": type, "Cache-Control": "no-store" });
      response.end(body);
    };
    if (pathname === "/violations") {
      let report = "";
      request.on("data", (text) => {
        report += text;
      });
      request.on("end", () => {
        violations.push(JSON.parse(report));
        answer(204);
      });
      return;
    }
    if (pathname === "/favicon.ico") {
      answer(204);
      return;
    }
    if (pathname === "/page") {
      const [program] = search.slice(1).split("&");
      answer(200, "text/html", `<!doctype html><script type="module" src="${program}"></script>`);
      return;
    }
    const path = join(folder, decodeURIComponent(pathname));
    if (missing.includes(pathname) || !statSync(path, { throwIfNoEntry: false })?.isFile()) {
      answer(404, "text/plain", "there is no such file");
    } else answer(200, TYPES[extname(path)] ?? "application/octet-stream", readFileSync(path));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    violations,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

/** Milliseconds that a page has to write something. */
const PATIENCE = 40_000;

/**
 * What a page writes into its body, and what it complains about on the console. An error that the
 * page does not catch is thrown here. With `trace`, a list of categories, also the events of the
 * browser meanwhile.
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @param {{ trace?: string[] }} options
 */
export async function visit(browser, address, { trace } = {}) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  try {
    if (trace) await browser.startTracing(page, { categories: trace });
    const failure = new Promise((_, failed) => {
      page.on("pageerror", failed);
      page.on("crash", () => failed(new Error("the page crashed")));
    });
    const written = async () => {
      await page.goto(address);
      return await page.locator("body:not(:empty)").textContent({ timeout: PATIENCE });
    };
    const text = await Promise.race([written(), failure]);
    const events = trace && JSON.parse(`${await browser.stopTracing()}`).traceEvents;
    return { text, complaints, events };
  } catch (error) {
    throw complaints.length === 0 ? error : new Error(`${error.message}; ${complaints.join("; ")}`, { cause: error });
  } finally {
    await page.close();
  }
}

// Pages made as docs/pool.md says, from the files that it shows: without a bundler, and with four.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { createServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import webpack from "webpack";
import { openBrowser, serve, visit } from "../../bench/browser.js";
import { snippetsOf } from "../support/snippets.js";
import { fileOf, files, text } from "./documented.js";

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), "walras-pages-"));
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const shown = new Set<string>();

/** A project that has installed the package, with these files of the document. */
function project(name: string, ...names: string[]): string {
  const root = join(folder, name);
  install(join(root, "node_modules/walras"));
  for (const tool of ["vite", "esbuild", "rollup", "@rollup"]) {
    symlinkSync(resolve("node_modules", tool), join(root, "node_modules", tool));
  }
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  for (const file of names) {
    shown.add(file);
    writeFileSync(join(root, file), fileOf(file));
  }
  return root;
}

/** The package as it is installed, without its types. */
function install(target: string): void {
  mkdirSync(target, { recursive: true });
  cpSync("package.json", join(target, "package.json"));
  cpSync("dist", join(target, "dist"), { recursive: true, filter: (path) => !/types|cli/.test(path) });
}

function page(root: string, script: string): void {
  writeFileSync(join(root, "index.html"), `<!doctype html>${script}`);
}

/** A page with a script as the document says. */
function documentedPage(root: string, script: string): void {
  expect(text).toContain(`\`${script}\``);
  page(root, script);
}

function runNode(root: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect([status, stderr], stdout).toEqual([0, expect.not.stringMatching(/warn/i)]);
}

/** What a page writes; it may not complain about anything. */
async function written(root: string, path: string): Promise<string> {
  const site = await serve(root);
  try {
    return await writtenAt(site.origin + path);
  } finally {
    await site.close();
  }
}

async function writtenAt(address: string): Promise<string> {
  const { text, complaints } = await visit(browser, address);
  expect(complaints).toEqual([]);
  return text;
}

const PRICES = /^1,0\.79607369818\d*,1\.2042071004\d*$/;

describe("a page runs a pool", () => {
  it("without a bundler", async () => {
    const root = project("plain", "plain.html");
    const [readme] = snippetsOf(readFileSync("README.md", "utf8")).filter(({ language }) => language === "html");
    writeFileSync(join(root, "readme.html"), readme.text);
    install(join(root, "walras"));
    expect(await written(root, "/plain.html")).toBe("computing in wasm");
    expect(await written(root, "/readme.html")).toBe("computing in wasm");
  });

  it.each([
    ["", []],
    [", with the JavaScript engine in a file of its own", ["vite.config.js"]],
  ])("from Vite%s", async (_, config) => {
    const root = project(`vite${config.length}`, "app.js", ...config);
    page(root, '<script type="module" src="./app.js"></script>');
    runNode(root, "node_modules/vite/bin/vite.js", "build");
    const assets = readdirSync(join(root, "dist/assets")).map((name) => name.replace(/-[\w-]{8}\.js$/, ""));
    expect(assets.sort()).toEqual(config.length > 0 ? ["index", "kernels", "pool-worker"] : ["index", "pool-worker"]);
    expect(await written(join(root, "dist"), "/index.html")).toMatch(PRICES);
  });

  it("from Vite's server for development", async () => {
    const root = project("vite-server", "app.js");
    page(root, '<script type="module" src="./app.js"></script>');
    const server = await createServer({ root, logLevel: "silent", server: { host: "127.0.0.1", port: 0 } });
    try {
      await server.listen();
      const [address] = server.resolvedUrls?.local ?? [];
      const { text } = await visit(browser, address);
      expect(text).toMatch(PRICES);
    } finally {
      await server.close();
    }
  });

  it("from webpack", async () => {
    const root = project("webpack", "app.js", "webpack.config.js");
    const { default: config } = await import(join(root, "webpack.config.js"));
    // Minimizing what has been minified takes longer than all the rest.
    const stats = await new Promise<webpack.Stats>((done, failed) =>
      webpack(
        { ...config, context: root, output: { path: join(root, "dist") }, optimization: { minimize: false } },
        (error, stats) => (stats ? done(stats) : failed(error)),
      ),
    );
    const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true });
    // That files are large is not for us to say.
    const others = warnings.filter(({ message }) => !/size limit|performance/.test(message));
    expect([errors, others]).toEqual([[], []]);
    // The app, the worker and the JavaScript engine, each once.
    expect(readdirSync(join(root, "dist"))).toHaveLength(3);
    documentedPage(root, '<script defer src="dist/main.js"></script>');
    expect(await written(root, "/index.html")).toMatch(PRICES);
  });

  it.each([
    ["esbuild", "build.js", ["build.js"]],
    ["Rollup", "rollup.config.js", ["node_modules/rollup/dist/bin/rollup", "--config", "--silent"]],
  ])("from %s", async (name, config, command) => {
    const root = project(name, "app.js", config);
    runNode(root, ...command);
    expect(
      readdirSync(join(root, "out"))
        .map((name) => name.replace(/-[\w-]{8}\.js$/, ".js"))
        .sort(),
    ).toEqual(["app.js", "kernels.js", "pool-worker.js"]);
    documentedPage(root, '<script type="module" src="out/app.js"></script>');
    expect(await written(root, "/index.html")).toMatch(PRICES);
  });

  it("whose workers lie elsewhere", async () => {
    const root = project("elsewhere", "elsewhere.js");
    mkdirSync(join(root, "static"));
    for (const file of ["pool-worker.js", "kernels.js"]) cpSync(join("dist", file), join(root, "static", file));
    // As any tool that does not know of workers.
    const entry = { absWorkingDir: root, entryPoints: ["elsewhere.js"], outfile: "out/app.js" };
    await build({ ...entry, bundle: true, format: "esm", logLevel: "silent" });
    page(root, '<script type="module" src="out/app.js"></script>');
    expect(await written(root, "/index.html")).toBe("wasm");
  });

  it("whose workers come from another origin", async () => {
    const root = project("origin", "origin.js");
    install(join(folder, "cdn/walras"));
    const other = await serve(join(folder, "cdn"), { headers: { "Access-Control-Allow-Origin": "*" } });
    try {
      for (const engine of ["wasm", "js"]) {
        const chosen = engine === "js" ? 'loadPool({ engine: "js", ' : "loadPool({ ";
        const code = fileOf("origin.js").replaceAll("https://cdn.example", other.origin).replace("loadPool({ ", chosen);
        writeFileSync(join(root, "origin.js"), code);
        page(root, '<script type="module" src="origin.js"></script>');
        expect(await written(root, "/index.html")).toBe(engine);
      }
    } finally {
      await other.close();
    }
  });

  it("as every file says that the document shows", () => {
    expect([...shown].sort()).toEqual(
      Object.keys(files)
        .filter((name) => /\.\w+$/.test(name))
        .sort(),
    );
  });
});

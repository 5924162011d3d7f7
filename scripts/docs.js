// Builds the site of the documentation, docs/.vitepress/dist, from dist/ and docs/: `node scripts/docs.js`. With
// --serve it is served on 127.0.0.1 afterwards. The site's tools are a package of their own, docs/package.json, which
// is installed where it is missing.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { serve } = parseArgs({ options: { serve: { type: "boolean", default: false } } }).values;
const root = fileURLToPath(new URL("..", import.meta.url));
const docs = join(root, "docs");
const site = join(docs, ".vitepress/dist");

/** Runs a command in docs/. What it prints is shown, unless it is `quiet` and succeeds without a warning. */
function run(command, args, { quiet = false } = {}) {
  const stdio = quiet ? "pipe" : "inherit";
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: docs, stdio, encoding: "utf8" });
  const printed = `${stdout ?? ""}${stderr ?? ""}`;
  if (status === 0 && !(quiet && /warn/i.test(printed))) return;
  console.error(printed);
  console.error(`${[command, ...args].join(" ")} ${status === 0 ? "warns" : "failed"}`);
  process.exit(1);
}

/** Under which path the site is served. */
const base = process.env["DOCS_BASE"] ?? "/";

const tool = (path) => join(docs, "node_modules", path);

if (!existsSync(tool("vitepress"))) run("npm", ["ci", "--no-audit", "--no-fund"]);

// The reference of all exported names, docs/api/. A name without a comment is an error.
rmSync(join(docs, "api"), { recursive: true, force: true });
run(process.execPath, [tool("typedoc/bin/typedoc")], { quiet: true });

// The package, for live examples, and the examples that are pages.
const OF_COMMANDS = /^(cli|report|sweep-worker)\.js$/;
const files = join(docs, "public/dist");
rmSync(join(docs, "public"), { recursive: true, force: true });
mkdirSync(files, { recursive: true });
cpSync(join(root, "examples"), join(docs, "public/examples"), { recursive: true });
for (const name of readdirSync(join(root, "dist"))) {
  if (/\.(js|wasm)$/.test(name) && !OF_COMMANDS.test(name)) cpSync(join(root, "dist", name), join(files, name));
}

run(process.execPath, [tool("vitepress/bin/vitepress.js"), "build"], { quiet: true });

// VitePress has looked for dead links between pages; here are links to headings and to other files as well.
const pages = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
const htmlOf = new Map(pages.map((name) => [name, readFileSync(join(site, name), "utf8")]));
const dead = pages.flatMap((name) =>
  linksOf(name)
    .filter((link) => !leads(link, name))
    .map((link) => `${name}: ${link}`),
);

/** The links of a page to places of the site. */
function linksOf(name) {
  return [...htmlOf.get(name).matchAll(/<a [^>]*?href="(?!\w+:)([^"]*)"/g)].map(([, link]) => link);
}

function leads(link, name) {
  const { pathname, hash } = new URL(link, `http://site${base}${name}`);
  if (!pathname.startsWith(base)) return false;
  const path = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, "$1index.html");
  if (!htmlOf.has(path)) return existsSync(join(site, path));
  return hash === "" || htmlOf.get(path).includes(` id="${decodeURIComponent(hash.slice(1))}"`);
}

if (dead.length > 0) {
  console.error(`links that lead nowhere:\n${[...new Set(dead)].join("\n")}`);
  process.exit(1);
}
console.log(`${pages.length} pages in docs/.vitepress/dist`);

if (serve) run(process.execPath, [tool("vite/bin/vite.js"), "preview", "--host", "127.0.0.1", "--outDir", site]);

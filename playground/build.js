// Builds the page: `node playground/build.js` writes playground/dist, a folder of files with relative paths that any
// host can serve. With --serve it is served on 127.0.0.1 as well. It needs the package's own dist/ first.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");

/** The notebook's experiments as the command line prints them: they take seconds, and never change. */
const notebook = {
  name: "notebook",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^walras:notebook$/ }, ({ path }) => ({ path, namespace: "notebook" }));
    onLoad({ filter: /.*/, namespace: "notebook" }, () => ({
      contents: execFileSync(process.execPath, [join(root, "dist/cli.js"), "reproduce", "--json"], {
        encoding: "utf8",
      }),
      loader: "json",
    }));
  },
};

/** Builds the page into a folder. */
export async function buildPlayground(folder = join(here, "dist")) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { app: "playground/src/main.tsx", "pool-worker": "walras/pool-worker.js" },
    outdir: folder,
    bundle: true,
    metafile: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [notebook],
    logLevel: "warning",
    // Of the package's entry, which has no side effects.
    logOverride: { "ignored-bare-import": "silent" },
  });
  const lessons = readFileSync(join(here, "lessons.html"), "utf8");
  // What the page's script imports is asked for together with it, and not after it.
  const [, { imports }] = Object.entries(metafile.outputs).find(([path]) => path.endsWith("/app.js"));
  const early = imports
    .filter(({ kind }) => kind === "import-statement")
    .map(({ path }) => `<link rel="modulepreload" href="${basename(path)}">\n`);
  const page = readFileSync(join(here, "index.html"), "utf8")
    .replace("<!-- lessons -->", () => lessons)
    .replace("</head>", () => `${early.join("")}</head>`);
  writeFileSync(join(folder, "index.html"), page);
  writeFileSync(join(folder, "embed.html"), page.replace("<html ", "<html data-embed "));
  copyFileSync(join(here, "style.css"), join(folder, "style.css"));
  copyFileSync(join(root, "dist/THIRD_PARTY_LICENSES"), join(folder, "THIRD_PARTY_LICENSES"));
  return folder;
}

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript" };

/** Serves a folder on 127.0.0.1, compressed, and isolated so that a long search can be cancelled at once. */
async function serve(folder, port) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const path = join(folder, normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    let body;
    try {
      if (!path.startsWith(folder)) throw new Error("outside of the folder");
      body = readFileSync(path);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("there is no such file");
      return;
    }
    const isolated = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Resource-Policy": "cross-origin",
    };
    const type = TYPES[extname(path)] ?? "text/plain";
    response.writeHead(200, { ...isolated, "Content-Type": type, "Content-Encoding": "gzip" }).end(gzipSync(body));
  });
  await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  console.log(`http://127.0.0.1:${server.address().port}/`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { serve: { type: "boolean", default: false }, port: { type: "string", default: "8137" } };
  const { values } = parseArgs({ options });
  const folder = await buildPlayground();
  if (values.serve) await serve(folder, Number(values.port));
}

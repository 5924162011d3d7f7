// The hosts that the package is tried on. Each is given a folder in which `walras` is installed, and
// says what the probe found there.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createSocket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build } from "esbuild";
import { rollup } from "rollup";
import { build as viteBuild } from "vite";
import webpack from "webpack";
import { serve, visit } from "../../bench/browser.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const tool = (path) => join(here, "node_modules", path);

/** The program of a command line: prints what the probe finds. */
const PROGRAM = `import { load } from "walras";
import { probe } from "./probe.js";
console.log(JSON.stringify(await probe(load)));
`;

/** The program of a page. */
const PAGE = `import { load } from "walras";
import { probe } from "./probe.js";
document.body.textContent = JSON.stringify(await probe(load));
`;

const IN_THREAD = `import { once } from "node:events";
import { Worker } from "node:worker_threads";
const worker = new Worker(\`import("./program.js")\`, { eval: true, stdout: true });
worker.stdout.pipe(process.stdout);
await once(worker, "exit");
`;

const MODULE_WORKER = `const worker = new Worker("./worker.js", { type: "module" });
worker.onmessage = ({ data }) => { document.body.textContent = data; };
`;

/** The page of a bundler: it calls one solver, so that its size is that of one. */
const SMALL = `import { load } from "walras";
const walras = await load();
const economy = walras.economy({ alpha: 1, omega: -0.5, endowments: [[1, 2], [2, 1]] });
document.body.textContent = [...walras.equilibrium(economy).prices].join();
`;

const OPEN = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const CLOSED = "default-src 'none'; script-src 'self'; connect-src 'self'";

/** Lays the programs into a folder in which `walras` is installed. */
export async function layPrograms(folder) {
  // The economies must be the same on every host, too, and are drawn with ** and Math.exp: the first
  // build turns ** into Math.pow, the second puts functions of our own in the place of both.
  const { outputFiles } = await build({
    ...{ entryPoints: [join(here, "probe.js")], bundle: true, format: "esm", write: false },
    supported: { "exponent-operator": false },
  });
  await build({
    stdin: { contents: outputFiles[0].text },
    inject: [join(here, "powers.js"), fileURLToPath(new URL("../elementary.js", import.meta.url))],
    ...{ outfile: join(folder, "probe.js"), bundle: true, format: "esm" },
  });
  const files = { "program.js": PROGRAM, "thread.js": IN_THREAD, "page.js": PAGE, "small.js": SMALL };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}

/** Every host by name: a function that returns what the probe found in it. */
export function hostsOf(folder, browser) {
  return {
    [`Node ${process.versions.node}`]: () => run(process.execPath, ["program.js"]),
    ...Object.fromEntries(
      [22, 24, 26].map((version) => {
        const node = tool(`node${version}/bin/node`);
        return [`Node ${version}`, () => run(node, ["program.js"])];
      }),
    ),
    "worker thread": () => run(process.execPath, ["thread.js"]),
    Bun: () => run(tool("@oven/bun-linux-x64-baseline/bin/bun"), ["program.js"]),
    Deno: () => run(tool("@deno/linux-x64-glibc/deno"), ["run", "--allow-read", "--allow-env", "program.js"]),
    "workerd, module given": () => inWorkerd(true),
    "workerd, no module": () => inWorkerd(false),
    "Chromium page, no bundler": () => inPage("plain", plainPage),
    "Chromium module worker": () => inPage("worker", workerPage),
    "page, CSP with wasm-unsafe-eval": () => inPage("open", plainPage, OPEN),
    "page, CSP without": () => inPage("closed", plainPage, CLOSED),
    "page by esbuild": () => inPage("esbuild", byEsbuild),
    "page by Vite": () => inPage("vite", byVite),
    "page by webpack": () => inPage("webpack", byWebpack),
    "page by Rollup": () => inPage("rollup", byRollup),
  };

  function run(command, args) {
    return JSON.parse(execFileSync(command, args, { cwd: folder, encoding: "utf8", timeout: 120_000 }));
  }

  /** A page in a folder of its own, made by `make`; it may complain of nothing but what its policy forbids. */
  async function inPage(name, make, policy) {
    const root = join(folder, `pages-${name}`);
    mkdirSync(root, { recursive: true });
    await make(root, "page.js");
    const site = await serve(root, policy ? { headers: { "Content-Security-Policy": policy } } : {});
    try {
      const { text, complaints } = await visit(browser, `${site.origin}/index.html`);
      if (policy !== CLOSED && complaints.length > 0) throw new Error(complaints.join("\n"));
      return { ...JSON.parse(text), size: sizeOf(root) };
    } finally {
      await site.close();
    }
  }

  /** The gzipped bytes of all scripts in a folder. */
  function sizeOf(root) {
    const scripts = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
    return scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(root, name)), { level: 9 }).length, 0);
  }

  function html(root, script) {
    writeFileSync(join(root, "index.html"), `<!doctype html><script type="module" src="./${script}"></script>`);
  }

  /** Bundles `walras` alone and the probe beside it, as a page without a bundler has them. */
  function layPlain(root) {
    for (const name of readdirSync(join(folder, "node_modules/walras/dist"))) {
      if (name.endsWith(".js") && name !== "cli.js") {
        copyFileSync(join(folder, "node_modules/walras/dist", name), join(root, name));
      }
    }
    copyFileSync(join(folder, "probe.js"), join(root, "probe.js"));
  }

  function plainPage(root) {
    layPlain(root);
    writeFileSync(join(root, "page.js"), PAGE.replace('"walras"', '"./index.js"'));
    html(root, "page.js");
  }

  function workerPage(root) {
    layPlain(root);
    const program = PAGE.replace('"walras"', '"./index.js"').replace("document.body.textContent = ", "const text = ");
    writeFileSync(join(root, "worker.js"), `${program}postMessage(text);\n`);
    writeFileSync(join(root, "page.js"), MODULE_WORKER);
    html(root, "page.js");
  }

  async function byEsbuild(root, entry) {
    await build({
      entryPoints: [join(folder, entry)],
      outdir: join(root, "out"),
      bundle: true,
      minify: true,
      format: "esm",
      splitting: true,
      logLevel: "error",
    });
    html(root, `out/${entry}`);
  }

  async function byVite(root, entry) {
    writeFileSync(join(folder, "index.html"), `<!doctype html><script type="module" src="./${entry}"></script>`);
    await viteBuild({
      root: folder,
      base: "./",
      build: { outDir: root, emptyOutDir: true, target: "es2022" },
      logLevel: "error",
    });
  }

  async function byWebpack(root, entry) {
    await new Promise((done, failed) =>
      webpack(
        {
          ...{ context: folder, entry: `./${entry}`, mode: "production", performance: false },
          output: { path: root, filename: "out.js" },
        },
        (error, stats) => (error || stats.hasErrors() ? failed(error ?? new Error(stats.toString())) : done()),
      ),
    );
    html(root, "out.js");
  }

  async function byRollup(root, entry) {
    const bundle = await rollup({ input: join(folder, entry), plugins: [nodeResolve()] });
    await bundle.write({ dir: root, entryFileNames: "out.js" });
    await bundle.close();
    html(root, "out.js");
  }

  /** An edge worker, which may compile nothing: its module is compiled when it is deployed. */
  async function inWorkerd(given) {
    const root = join(folder, given ? "workerd-given" : "workerd-bare");
    mkdirSync(root, { recursive: true });
    const port = await freePort();
    writeFileSync(
      join(root, "entry.js"),
      `import { load } from "walras";
import { probe } from "../probe.js";
${given ? 'import module from "./walras.wasm";' : ""}
export default {
  async fetch() {
    return Response.json(await probe(load, ${given ? "{ module }" : "{}"}));
  },
};
`,
    );
    await build({
      entryPoints: [join(root, "entry.js")],
      outfile: join(root, "worker.js"),
      bundle: true,
      format: "esm",
      external: ["./walras.wasm"],
    });
    copyFileSync(join(folder, "node_modules/walras/dist/walras.wasm"), join(root, "walras.wasm"));
    writeFileSync(
      join(root, "config.capnp"),
      `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "./walras.wasm", wasm = embed "walras.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
`,
    );
    const child = spawn(tool("@cloudflare/workerd-linux-64/bin/workerd"), ["serve", "config.capnp"], { cwd: root });
    let errors = "";
    child.stderr.on("data", (text) => {
      errors += text;
    });
    const ended = once(child, "exit").then(() => {
      throw new Error(`workerd has ended: ${errors}`);
    });
    try {
      return await Promise.race([ended, answerAt(`http://127.0.0.1:${port}/`)]);
    } finally {
      ended.catch(() => {});
      child.kill();
    }
  }
}

/** What a server answers, as soon as it is there. */
async function answerAt(url) {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return await response.json();
    } catch (error) {
      if (tries >= 100 || !(error instanceof TypeError)) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

async function freePort() {
  const socket = createSocket().listen(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

/** The sizes, gzipped, of the files that an app loads at once which calls `equilibrium` alone. */
export async function sizesOf(folder) {
  const apps = {
    walras: "load",
    "walras/solvers": "load",
    "walras/js": "load",
    "walras/js, loadSolvers": "loadSolvers",
  };
  const sizes = {};
  for (const [name, load] of Object.entries(apps)) {
    const entry = join(folder, "sized.js");
    writeFileSync(
      entry,
      SMALL.replace("{ load }", `{ ${load} as load }`).replace('"walras"', `"${name.replace(/,.*/, "")}"`),
    );
    const { outputFiles } = await build({
      ...{ entryPoints: [entry], outdir: join(folder, "sized"), bundle: true, minify: true, format: "esm" },
      ...{ splitting: true, write: false, logLevel: "error" },
    });
    const app = outputFiles.find(({ path }) => path.endsWith("sized.js"));
    sizes[name] = gzipSync(app.contents, { level: 9 }).length;
  }
  return sizes;
}

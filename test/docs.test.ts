// README and docs: every snippet runs and gives what it says, links lead somewhere, lines are short.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import Ajv from "ajv";
import { transformSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import schema from "../economy.schema.json";
import manifest from "../package.json";
import * as walrasModule from "../src/index.js";
import {
  anchorOf,
  type Command,
  commandsOf,
  difference,
  instrumented,
  LANGUAGES,
  outputPattern,
  proseOf,
  type Snippet,
  snippetsOf,
} from "./support/snippets.js";

const documents = [
  "README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  ...["docs", "examples"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      // Not what is installed and generated for the site.
      .filter((name) => name.endsWith(".md") && !/^(node_modules|api|public|\.vitepress)\//.test(name))
      .map((name) => `${folder}/${name}`)
      .sort(),
  ),
];
/** The address of a file of the repository, without its path. */
const PAGES = `${/https:.*(?=\.git$)/.exec(manifest.repository.url)}/blob/main/`;
const textOf = (document: string) => readFileSync(document, "utf8");
/** Snippets to be run here. Files of pages are run in a browser, by test/pages/bundlers.test.ts. */
const ofLanguage = (snippets: Snippet[], ...languages: string[]) =>
  snippets.filter(
    ({ language, notRun, file }) =>
      languages.includes(language) && notRun === undefined && !(file && /\.(js|html)$/.test(file)),
  );

const folder = mkdtempSync(join(tmpdir(), "walras-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder whose command `walras` is the one that was built. */
const commands = join(folder, "bin");
mkdirSync(commands);
writeFileSync(join(commands, "walras"), `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/cli.js")}" "$@"\n`);
writeFileSync(join(commands, "npx"), '#!/bin/sh\nexec "$@"\n');
for (const name of readdirSync(commands)) chmodSync(join(commands, name), 0o755);

describe.each(documents)("%s", (document) => {
  const markdown = textOf(document);
  const snippets = snippetsOf(markdown);
  const prose = proseOf(markdown);

  it("has snippets only in languages that this test knows", () => {
    expect(LANGUAGES).toEqual(expect.arrayContaining(snippets.map(({ language }) => language)));
    // A page needs a browser, so it must be a file or say that it is not run.
    expect(ofLanguage(snippets, "html")).toEqual([]);
  });

  it("prints in its code what the code gives", async () => {
    expect(await runCode(ofLanguage(snippets, "ts", "js"))).toEqual([]);
  });

  it("gives economies that are valid", async () => {
    const walras = await walrasModule.load();
    const validate = new Ajv().compile(schema);
    for (const { language, text } of ofLanguage(snippets, "json", "csv")) {
      if (language === "csv") walrasModule.parseEconomyCsv(text);
      else if ("alpha" in JSON.parse(text)) {
        walras.economy(text);
        expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
      }
    }
  });

  it("has commands that do what it says", () => {
    const here = join(folder, document.replace(/\W/g, "-"));
    mkdirSync(here);
    for (const { file, text } of snippets) if (file) writeFileSync(join(here, file), text);
    for (const command of ofLanguage(snippets, "sh", "console").flatMap(commandsOf)) run(command, here);
  });

  it("names scripts and files that exist", () => {
    const scripts = [...markdown.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name);
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(scripts));
    const paths = [...markdown.matchAll(/`((?:src|assembly|test|bench|scripts|docs)\/[\w./-]+)`/g)].map(
      ([, path]) => path,
    );
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("has links that lead somewhere", () => {
    const text = prose.join("\n");
    const links = [...text.matchAll(/(?:\]\(|^\[[\w-]+\]: )([^)\s]+)/gm)].map(([, link]) => link);
    const inFolders = links.filter((link) => !/^https?:/.test(link)).map((link) => [link, document] as const);
    // Pages of the repository by their full address.
    const inRepository = links.flatMap((link) => (link.startsWith(PAGES) ? [[link.slice(PAGES.length), "."]] : []));
    const dead = [...inFolders, ...inRepository].filter(([link, from]) => {
      const [path, anchor] = link.split("#");
      const target = path === "" ? from : join(dirname(from), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
    expect(dead).toEqual([]);
    const defined = [...text.matchAll(/^\[([\w-]+)\]: /gm)].map(([, name]) => name);
    const named = [...text.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(defined.sort());
  });

  it("ends its lines at 100 columns, tables excepted", () => {
    const long = prose.filter((line) => [...line].length > 100 && !/^\s*\|/.test(line));
    expect(long).toEqual([]);
  });
});

describe("all documents together", () => {
  const all = documents.map((document) => ({ document, snippets: snippetsOf(textOf(document)) }));

  it("have code whose types are right", () => {
    const project = "build/snippets";
    rmSync(project, { recursive: true, force: true });
    mkdirSync(project, { recursive: true });
    for (const { document, snippets } of all) {
      const code = ofLanguage(snippets, "ts", "js");
      if (code.length > 0) writeFileSync(join(project, `${document.replace(/\W/g, "-")}.ts`), atTheirLines(code));
    }
    const compilerOptions = {
      rootDir: "../..",
      noEmit: true,
      noUnusedLocals: false,
      paths: {
        walras: ["../../src/index.ts"],
        "walras/pool": ["../../src/pool/index.ts"],
        "walras/sweep": ["../../src/sweep/index.ts"],
        "walras/solvers": ["../../src/entries/solvers.ts"],
        "walras/js": ["../../src/entries/js.ts"],
      },
    };
    const include = ["*.ts", "../../src/engine/assets.d.ts"];
    writeFileSync(
      join(project, "tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include }),
    );
    const tsc = ["node_modules/typescript/bin/tsc", "--project", project, "--pretty", "false"];
    const { stdout, status } = spawnSync(process.execPath, tsc, { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it("run all snippets but these", () => {
    const notRun = all.flatMap(({ document, snippets }) =>
      snippets.filter((s) => s.notRun !== undefined).map((s) => `${document}: ${s.notRun}`),
    );
    // scripts/slurm.sh and test/cli/queue.test.ts run what these show.
    expect(notRun).toEqual([
      "docs/scaling.md: needs a cluster",
      "docs/scaling.md: shows what merge prints of a cluster",
      "docs/scaling.md: needs a Redis and other machines",
    ]);
  });

  it("of the package link only to what is in it, or to full addresses", () => {
    const packed = ["README.md", "LICENSE", ...manifest.files];
    for (const document of ["README.md", ...manifest.files.filter((name) => name.endsWith(".md"))]) {
      const links = [...textOf(document).matchAll(/\]\((?!https:|#)([^)#]+)/g)].map(([, path]) => path);
      expect(packed, document).toEqual(expect.arrayContaining(links));
    }
  });

  it("name the project's two commands in the README", () => {
    const lines = ofLanguage(snippetsOf(textOf("README.md")), "sh").map(({ text }) => text);
    expect(lines).toEqual(expect.arrayContaining(["npm ci && npm start", "npm cit"]));
  });

  it("have snippets of each kind", () => {
    const languages = new Set(all.flatMap(({ snippets }) => snippets.map(({ language }) => language)));
    for (const language of ["ts", "json", "csv", "sh", "console"]) expect(languages).toContain(language);
  });
});

describe("the check of snippets", () => {
  const code = (text: string) => runCode([{ language: "ts", text, line: 1 }]);

  it("reports a value that differs in a printed digit", async () => {
    expect(await code("const x = [1, 2 / 3]; // 1, 0.667: two thirds")).toEqual([]);
    expect(await code("const x = 1;\n[x, 2 / 3]; // 1, 0.666")).toEqual(["line 2: it is [1,0.6666666666666666]"]);
    expect(await code("3.0001; // 3")).toEqual(["line 1: it is 3.0001"]);
  });

  it("reads lists, objects and texts, whole or in part", async () => {
    expect(await code("[[1, 2], [3, 4]]; // [[1, 2], [3, 4]]")).toEqual([]);
    expect(await code('({ a: "bread", b: [1, 2, 3] }); // { a: "br…", b: [1, …] }')).toEqual([]);
    expect(await code("({ a: 1, b: 2 }); // { a: 1, … }")).toEqual([]);
    expect(await code("({ a: 1, b: 2 }); // { a: 1 }")).toEqual(['line 1: it is {"a":1,"b":2}']);
    expect(await code("({ a: 1e-15, b: [2e-15] }); // all below 1e-14")).toEqual([]);
    expect(await code("({ a: 1e-15, b: [2e-13] }); // all below 1e-14")).toHaveLength(1);
  });

  it("refuses names that nobody defined, and comments that only begin like a value", async () => {
    await expect(code("prices; // 1")).rejects.toThrow("prices is not defined");
    await expect(code("1; // 1 of 2")).rejects.toThrow("cannot be read");
  });

  it("knows what may stand in a fence", () => {
    const [snippet] = snippetsOf("text\n\n<!-- file: a.json -->\n```json\n{}\n```\n");
    expect(snippet).toEqual({ language: "json", text: "{}", line: 5, file: "a.json" });
    expect(LANGUAGES).not.toContain("");
    expect(() => snippetsOf("```ts\nlet x;\n")).toThrow("not closed");
    expect("price 1.25\nrest\nof it\n").toMatch(outputPattern("price …\n…"));
    expect("price 1.25\n").not.toMatch(outputPattern("price 1,25"));
  });
});

/** Runs snippets as one program, against the sources. Returns what is different from what they state. */
async function runCode(snippets: Snippet[]): Promise<string[]> {
  if (snippets.length === 0) return [];
  const { code } = transformSync(snippets.map(instrumented).join("\n"), { loader: "ts", target: "es2022" });
  const differences: string[] = [];
  const compare = (line: number, value: unknown, comment: string) => {
    const said = difference(value, comment);
    if (said !== undefined) differences.push(`line ${line}: ${said}`);
  };
  const load = async (name: string) => (name === "walras" ? walrasModule : await import(name));
  const AsyncFunction = (async () => {}).constructor as new (
    ...texts: string[]
  ) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction("$load", "$compare", code)(load, compare);
  return differences;
}

/** Snippets as one module, each line where it is in the document, so that the compiler's messages name that. */
function atTheirLines(snippets: Snippet[]): string {
  const lines: string[] = [];
  for (const { text, line } of snippets) {
    while (lines.length < line - 1) lines.push("");
    lines.push(...text.split("\n"));
  }
  return [...lines, "export {};", ""].join("\n");
}

/** Runs a command of walras; of others, checks that there is what they call. */
function run({ text, line, status, output }: Command, here: string): void {
  const place = `line ${line}: ${text}`;
  if (!/^(npx walras|walras|cat [\w.-]+ \| walras) /.test(text)) {
    for (const part of text.split(" && ")) checkOther(part, place);
    return;
  }
  const env = { ...process.env, PATH: `${commands}:${process.env["PATH"]}` };
  const ran = spawnSync("/bin/sh", ["-c", text], { cwd: here, env, encoding: "utf8" });
  expect(ran.status, `${place}\n${ran.stderr}`).toBe(status);
  if (output !== undefined) expect(ran.stdout + ran.stderr, place).toMatch(outputPattern(output));
}

function checkOther(command: string, place: string): void {
  const { scripts, name, version } = manifest;
  const [tool, verb, ...rest] = command.split(" ");
  if (tool === "node") {
    expect(existsSync(verb), place).toBe(true);
    return;
  }
  expect(tool, place).toBe("npm");
  if (verb === "run") expect(scripts, place).toHaveProperty([rest.filter((word) => word !== "--silent")[0]]);
  else if (verb === "start" || verb === "test") expect(scripts, place).toHaveProperty(verb);
  else if (verb === "install")
    expect(rest.join(" "), place).toMatch(new RegExp(`^${name}$|(^|/)${name}-${version}\\.tgz$`));
  else expect(["ci", "cit", "pack"], place).toContain(verb);
}

function anchorsOf(markdown: string): string[] {
  return proseOf(markdown)
    .flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? [])
    .map(anchorOf);
}

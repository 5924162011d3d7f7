// What the command line writes: all or nothing, and an exit status that says which.

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asNobody, file, folder, PAIR, SCARF, shell, walras } from "../support/cli.js";

const ECONOMY = file(PAIR);
/** Its JSON takes more than a megabyte. */
const LONG = file({ alpha: 1, omega: -1, totals: [1], size: { agents: 30_000, goods: 1 } });
/** It would take hours. */
const ENDLESS = ["plan", "--method", "adam", "--formulation", "penalty", "--max-steps", "1000000000", file(SCARF)];

let folders = 0;
/** A new, empty folder. */
function newFolder(): string {
  const path = join(folder, `out${folders++}`);
  mkdirSync(path);
  return path;
}

describe("--output", () => {
  it.each([
    ["plan", []],
    ["plan", ["--json"]],
    ["equilibrium", []],
    ["equilibria", ["--csv"]],
    ["frontier", ["--csv"]],
    ["box", []],
    ["statics", []],
    ["transfers", []],
    ["transfer-paradox", []],
    ["tatonnement", ["--csv"]],
    ["welfare", ["--json"]],
  ])("gets what standard output would get: %s %s", (command, options) => {
    const path = join(newFolder(), "result");
    const { status, stdout, stderr } = walras([command, ECONOMY, ...options, "-o", path]);
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
    expect(readFileSync(path, "utf8")).toBe(walras([command, ECONOMY, ...options]).stdout);
  });

  it("leaves nothing beside the file, and keeps its permissions", () => {
    const here = newFolder();
    const path = join(here, "result");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    const { ino } = statSync(path);
    expect(walras(["plan", ECONOMY, "--output", path]).status).toBe(0);
    expect(readdirSync(here)).toEqual(["result"]);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    // It is a new file that took the old one's place, not the old one rewritten.
    expect(statSync(path).ino).not.toBe(ino);
  });

  it("follows a link to a file", () => {
    const here = newFolder();
    const path = file("old");
    symlinkSync(path, join(here, "link"));
    expect(walras(["plan", ECONOMY, "-o", join(here, "link")]).status).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("converged");
    expect(readdirSync(here)).toEqual(["link"]);
  });

  it("writes to devices and pipes in place", () => {
    expect(walras(["plan", ECONOMY, "-o", "/dev/null"]).status).toBe(0);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(shell(`walras plan ${ECONOMY} -o >(cat >&2)`).stderr).toContain("converged");
    expect(walras(["plan", ECONOMY, "-o", "-"]).stdout).toContain("converged");
  });

  it("is not touched by bad input, nor by an answer that cannot be given", () => {
    const path = file("old");
    expect(walras(["plan", "no-such-file", "-o", path]).status).toBe(2);
    expect(walras(["plan", file({ alpha: 1 }), "-o", path]).status).toBe(2);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it.each([
    ["a folder", ".", "it is a folder"],
    ["in no folder", "no/such/folder/x", "no such folder"],
    ["below a file", "package.json/x", "not a directory"],
    ["a full device", "/dev/full", "no space left on device"],
  ])("that is %s: one line, and exit status 74", (_, path, reason) => {
    const { status, stdout, stderr } = walras(["plan", ECONOMY, "-o", path]);
    expect([status, stdout, stderr]).toEqual([74, "", `walras: cannot write ${path}: ${reason}\n`]);
  });

  it("that may not be written is not written, though its folder would let it be replaced", () => {
    const here = newFolder();
    chmodSync(here, 0o777);
    const path = join(here, "result");
    writeFileSync(path, "old", { mode: 0o444 });
    const { status, stderr } = asNobody(["plan", "-o", path], ECONOMY);
    expect([status, stderr]).toEqual([74, `walras: cannot write ${path}: permission denied\n`]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("cannot be made in a folder that may not be written", () => {
    const here = newFolder();
    chmodSync(here, 0o555);
    const { status, stderr } = asNobody(["plan", "-o", join(here, "result")], ECONOMY);
    expect([status, stderr]).toEqual([74, `walras: cannot write ${join(here, "result")}: permission denied\n`]);
    expect(readdirSync(here)).toEqual([]);
  });

  it("is refused before a long computation", () => {
    expect(walras([...ENDLESS, "-o", "no/such/folder/x"]).status).toBe(74);
  });

  it("keeps the old file if there is no room for the new one", () => {
    const here = newFolder();
    const path = join(here, "result");
    writeFileSync(path, "old");
    const { stdout } = shell(`ulimit -f 64; walras plan --json ${LONG} -o ${path} 2>&1; echo $?`);
    expect(stdout).toBe(`walras: cannot write ${path}: file too large\n74\n`);
    expect(readdirSync(here)).toEqual(["result"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});

describe("standard output", () => {
  it.each(["plan --json", "plan", "equilibrium", "equilibria --csv"])(
    "that is full: one line, and exit status 74: %s",
    (command) => {
      const { status, stderr } = shell(`walras ${command} ${ECONOMY} > /dev/full`);
      expect([status, stderr]).toEqual([74, "walras: cannot write standard output: no space left on device\n"]);
    },
  );

  it("that is full for help and version: the same", () => {
    expect(shell("walras --help > /dev/full").status).toBe(74);
    expect(shell("walras --version > /dev/full").status).toBe(74);
  });

  it("that fills up midway: one line, and exit status 74", () => {
    const path = join(newFolder(), "result");
    const { stdout } = shell(`ulimit -f 64; (walras plan --json ${LONG} > ${path}) 2>&1; echo $?`);
    expect(stdout).toBe("walras: cannot write standard output: file too large\n74\n");
    expect(statSync(path).size).toBe(64 * 1024);
  });

  it("that is closed by its reader is no error, whatever the answer is", () => {
    const converged = shell(`walras plan --json ${LONG} | head -1; echo \${PIPESTATUS[0]}`);
    expect([converged.stdout, converged.stderr]).toEqual(["{\n0\n", ""]);
    const stopped = shell(`walras plan --method adam --max-steps 1 ${LONG} --json | head -1; echo \${PIPESTATUS[0]}`);
    expect([stopped.stdout, stopped.stderr]).toEqual(["{\n1\n", ""]);
  });

  it("gets all of a long result through a slow pipe", () => {
    const { stdout } = shell(`walras plan --json ${LONG} | (sleep 1; cat)`);
    expect(JSON.parse(stdout).agents).toHaveLength(30_000);
  });

  it("gets a table of many rows or columns without its middle", () => {
    const { status, stdout } = walras(["plan"], {
      alpha: 1,
      omega: -1,
      totals: [1],
      size: { agents: 130_000, goods: 1 },
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /agent 1 .*agent 196 .*… .*agent 130000 .*shadow price .*\n199 of 130001 rows; --csv and --json print all\./s,
    );
    const wide = walras(["plan"], {
      alpha: 1,
      omega: -1,
      totals: Array(5000).fill(1),
      size: { agents: 2, goods: 5000 },
    });
    expect(wide.stdout).toMatch(/good 45 │ +… │ good 4999 │ good 5000 │ +utility/);
    expect(wide.stdout).toContain("49 of 5002 columns; --csv and --json print all.");
  });
});

describe("a message", () => {
  it("that cannot be written changes nothing", () => {
    expect(shell("walras plan no-such-file 2> /dev/full").status).toBe(2);
    expect(shell("walras plan --fast 2> /dev/full").status).toBe(2);
    expect(shell("walras 2> /dev/full").status).toBe(2);
  });
});

describe("a signal", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends a long command at once, and nothing is written",
    async (signal) => {
      const here = newFolder();
      const child = spawn(process.execPath, ["dist/cli.js", ...ENDLESS, "-o", join(here, "result")]);
      let written = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (written += data));
      await new Promise((done) => setTimeout(done, 1500));
      expect(child.exitCode).toBe(null);
      const sent = performance.now();
      child.kill(signal);
      const [status, name] = await new Promise<unknown[]>((done) => child.on("close", (...ended) => done(ended)));
      // A shell calls this 128 and the signal's number: 130 for SIGINT, 143 for SIGTERM.
      expect([status, name, written]).toEqual([null, signal, ""]);
      expect(performance.now() - sent).toBeLessThan(5000);
      expect(readdirSync(here)).toEqual([]);
    },
  );

  it("is 130 to the shell for Ctrl-C", () => {
    const { stdout } = shell(
      `timeout --preserve-status -s INT 2 "${process.execPath}" dist/cli.js ${ENDLESS.join(" ")}; echo $?`,
    );
    expect(stdout).toBe("130\n");
  });

  it("removes a file half-written", async () => {
    const here = newFolder();
    const large = file({ alpha: 1, omega: -1, totals: [1], size: { agents: 500_000, goods: 1 } });
    const child = spawn(process.execPath, ["dist/cli.js", "plan", "--json", large, "-o", join(here, "result")]);
    const ended = new Promise<unknown[]>((done) => child.on("close", (...how) => done(how)));
    while (child.exitCode === null && readdirSync(here).length === 0) await new Promise((done) => setImmediate(done));
    expect(readdirSync(here)).toEqual([expect.stringMatching(/^\.walras-.*\.tmp$/)]);
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(readdirSync(here)).toEqual([]);
  });
});

/** Runs a script of the shell in which `walras` first loads this code. */
function withCode(code: string, script: string) {
  return shell(`export NODE_OPTIONS='--import data:text/javascript,${encodeURIComponent(code)}'; ${script}`);
}

describe("a mistake of the program itself", () => {
  // Code that runs while the command does.
  const onceReady = `const onceReady = (code) =>
    process.on("newListener", (name) => name === "uncaughtException" && setImmediate(code));`;
  it.each([
    ["JSON.stringify = () => { throw new TypeError('a.b is no function\\nat x') }"],
    ["onceReady(() => { throw new TypeError('a.b is no function\\nat x') })"],
    ["onceReady(() => Promise.reject(new TypeError('a.b is no function\\nat x')))"],
  ])("is called one, without a stack trace: %s", (code) => {
    const { status, stdout, stderr } = withCode(onceReady + code.replaceAll("'", '"'), `walras plan --json ${ECONOMY}`);
    expect([status, stdout]).toEqual([70, ""]);
    expect(stderr).toMatch(
      /^walras: internal error: a\.b is no function\\nat x\n {8}This is a bug of walras [\d.]+; please report it .*\n$/,
    );
  });
});

it("an economy for which there is too little memory is refused in one line", () => {
  // The economy has four cells.
  const code = `globalThis.Float64Array = new Proxy(Float64Array, { construct(Kind, given) {
    if (given[0] === 4) throw new RangeError("Array buffer allocation failed");
    return new Kind(...given);
  } })`;
  const { status, stdout, stderr } = withCode(code, `walras plan ${ECONOMY}`);
  expect([status, stdout, stderr]).toEqual([2, "", "walras: this economy needs more memory than there is\n"]);
});

it("a result that is too long for one text is refused in one line", () => {
  const code = 'JSON.stringify = () => { throw new RangeError("Invalid string length") }';
  const { status, stdout, stderr } = withCode(code, `walras plan --json ${ECONOMY}`);
  expect([status, stdout]).toEqual([74, ""]);
  expect(stderr).toBe("walras: cannot write the result: it is longer than a text can be here, 512 MiB\n");
});

describe("every command", () => {
  it("says in its help what the exit status means, and takes the common options", () => {
    expect(walras(["--help"]).stdout).toMatch(/0 {2}for a solved problem\n +1 .*\n( {6}.*\n)* +2 .*\n +70 .*\n +74 /);
    for (const command of ["plan", "check", "reproduce", "equilibria"]) {
      expect(walras([command, "--help"]).stdout).toMatch(/--output <file>.*--quiet/s);
    }
  });

  it("tells of a mistake of usage in one line", () => {
    expect(walras(["pln"]).stderr).toBe("walras: unknown command 'pln' (Did you mean plan?)\n");
    expect(walras(["plan", "--fast"]).stderr).toBe("walras: unknown option '--fast'\n");
  });
});

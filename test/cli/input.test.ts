// What the command line reads: files, pipes and devices, and what they may hold.

import { execFileSync, spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asNobody, file, folder, PAIR, shell, TRADE, walras } from "../support/cli.js";

const ECONOMY = file(PAIR);
const TEXT = JSON.stringify(PAIR);

describe("standard input", () => {
  it("waits for a slow writer", () => {
    const { status, stdout, stderr } = shell(`(sleep 1; cat ${ECONOMY}) | walras plan`);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("converged");
  });

  it("reads what comes in pieces", async () => {
    const child = spawn(process.execPath, ["dist/cli.js", "plan"]);
    const ended = new Promise((done) => child.on("close", done));
    for (const piece of [TEXT.slice(0, 7), TEXT.slice(7, 8), TEXT.slice(8)]) {
      child.stdin.write(piece);
      await new Promise((done) => setTimeout(done, 150));
    }
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  it("may be a file, and be named by a dash", () => {
    expect(shell(`walras plan < ${ECONOMY}`).status).toBe(0);
    expect(shell(`walras plan - < ${ECONOMY}`).status).toBe(0);
  });

  it.each([
    [
      "a device without end",
      "walras plan < /dev/zero",
      /^walras: cannot read standard input: it is longer than 268435456 bytes/,
    ],
    ["nothing", "walras plan < /dev/null", /^walras: cannot read standard input: it is empty$/m],
    ["a closed descriptor", "walras plan <&-", /^walras: cannot read standard input: it is empty$/m],
    ["a folder", "walras plan < .", /^walras: cannot read standard input: it is a folder$/m],
    [
      "two documents",
      `walras check - - < ${ECONOMY}`,
      /^walras: cannot read standard input: it can be read only once$/m,
    ],
    ["more than the limit", `walras plan --max-bytes 20 < ${ECONOMY}`, /it is longer than 20 bytes; --max-bytes sets/],
    ["more than the limit through a pipe", `cat ${ECONOMY} | walras plan --max-bytes 20`, /it is longer than 20 bytes/],
  ])("refuses %s in one line", (_, script, message) => {
    const { status, stdout, stderr } = shell(script);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("an input", () => {
  it("may have a byte order mark, and lines that end in CR LF", () => {
    expect(walras(["plan", file(`\uFEFF${TEXT}`)]).status).toBe(0);
    expect(walras(["plan", file("agent,alpha:a,omega:a,endowment:a\r\n\r\nx,1,-1,1\r\n", "csv")]).status).toBe(0);
    expect(walras(["plan"], "\uFEFFagent,alpha:a,omega:a,endowment:a\nx,1,-1,1\n").status).toBe(0);
  });

  it("may come from a named pipe or a substituted process", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(shell(`cat ${ECONOMY} > ${pipe} & walras plan ${pipe}`).status).toBe(0);
    expect(shell(`walras plan <(cat ${ECONOMY})`).status).toBe(0);
  });

  it("may be as long as --max-bytes says", () => {
    expect(walras(["plan", ECONOMY, "--max-bytes", String(TEXT.length)]).status).toBe(0);
    expect(walras(["plan", ECONOMY, "--max-bytes", String(TEXT.length - 1)]).status).toBe(2);
    expect(walras(["plan", ECONOMY, "--max-bytes", "0"]).stderr).toMatch(/must be a whole number above 0/);
  });

  const utf16 = (text: string, mark = "") => Buffer.from(mark + text, "utf16le");
  it.each<[string, string | Uint8Array, RegExp]>([
    ["empty", "", /it is empty$/m],
    ["blank", " \n\t\n", /it is empty$/m],
    ["UTF-16", utf16(TEXT, "\uFEFF"), /it is in UTF-16; save it in UTF-8$/m],
    ["UTF-16, high bytes first", utf16(TEXT, "\uFEFF").swap16(), /it is in UTF-16; save it in UTF-8$/m],
    ["UTF-16 without a mark", utf16(TEXT), /it has NUL bytes: it is binary, or in UTF-16 instead of UTF-8$/m],
    ["UTF-16 without a mark, high bytes first", utf16(TEXT).swap16(), /it has NUL bytes/],
    ["binary", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1), /it has NUL bytes/],
    ["in Latin-1", Buffer.from('{"goods": ["Brötchen"]}', "latin1"), /it is not in UTF-8$/m],
    ["cut in the middle of a character", Buffer.from('{"name": "ö').subarray(0, -1), /it is not in UTF-8$/m],
    ["a quote without an end", '{"alpha', /must be JSON/],
  ])("that is %s is refused in one line", (_, content, message) => {
    for (const args of [
      ["plan", file(content)],
      ["check", ECONOMY, file(content)],
    ]) {
      const { status, stdout, stderr } = walras(args);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^walras: [^\n]+\n$/);
    }
  });

  it.each([
    ["missing", "no-such-file.json", "no such file"],
    ["a folder", "src", "it is a folder"],
    ["a device without end", "/dev/zero", "it is longer than 268435456 bytes; --max-bytes sets the limit"],
    ["below a file", "package.json/x", "not a directory"],
    ["of too long a name", "x".repeat(300), "name too long"],
  ])("that is %s is refused in one line", (_, path, reason) => {
    const { status, stderr } = walras(["plan", path]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^walras: cannot read [^\n]+\n$/);
    expect(stderr).toContain(reason);
  });

  it("that may not be read is refused in one line", () => {
    const path = file(TRADE);
    chmodSync(path, 0);
    const { status, stderr } = asNobody(["plan", path]);
    expect([status, stderr]).toEqual([2, `walras: cannot read ${path}: permission denied\n`]);
  });
});

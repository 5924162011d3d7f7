// Reading CSV of any size: in linear time, and with every column looked at.

import { csvParseRows } from "d3-dsv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEconomyCsv } from "../../src/economy/csv.js";
import { rowsOf } from "../../src/economy/rows.js";
import { EconomyError } from "../../src/violations.js";

/** Seconds of the processor that reading may take; what takes quadratic time takes 10 and more. */
const SOON = process.env["MUTANTS"] ? 40 : 4;
/** Characters of the longest texts. Code with all its mutants in it is slower, and gets shorter ones. */
const LONG = process.env["MUTANTS"] ? 1e5 : 1e7;

/** Returns what reading gives, or the violations that it finds; it must be done soon. */
function soon(text: string) {
  const start = process.cpuUsage();
  let found: { size?: [number, number]; violations?: EconomyError["violations"] } = {};
  try {
    const { agents, goods } = parseEconomyCsv(text);
    found = { size: [agents.length, goods.length] };
  } catch (error) {
    if (!(error instanceof EconomyError)) throw error;
    found = { violations: error.violations };
  }
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(SOON);
  return found;
}

const COUNT = 26_667;
const KINDS = ["alpha", "omega", "endowment"];
const HEAD = KINDS.flatMap((kind) => Array.from({ length: COUNT }, (_, j) => `${kind}:good ${j}`));
const ONES = HEAD.map((name) => (name.startsWith("omega") ? -1 : 1)).join();

describe("reading CSV", () => {
  it("takes 80 000 columns", () => {
    expect(soon(`${HEAD.join()}\n${ONES}\n${ONES}\n`).size).toEqual([2, COUNT]);
  });

  it("finds the one column of 80 000 that is there twice, and the one that is missing", () => {
    const head = HEAD.with(2 * COUNT + 7, "omega:good 3");
    expect(soon(`${head.join()}\n${ONES}\n`).violations).toEqual([
      {
        path: `column ${2 * COUNT + 8}`,
        requirement: "must differ from all columns before it",
        value: "omega:good 3",
      },
      { path: "column endowment:good 7", requirement: "must be given", value: undefined },
    ]);
  });

  it("finds every column that is there twice, of any kind", () => {
    const text = "agent,weight,income,alpha:a,omega:a,agent,weight, income ,alpha:a,omega:a\n";
    const { violations } = soon(`${text}x,1,1,1,-1,x,1,1,1,-1\n`);
    expect(violations?.map(({ path }) => path)).toEqual([6, 7, 8, 9, 10].map((c) => `column ${c}`));
  });

  it("finds unknown columns among 80 000, and lists 100 of them", () => {
    expect(soon(`${HEAD.map((name) => `x${name}`).join()}\n${ONES}\n`).violations).toHaveLength(100);
  });

  it.each([
    ["LF", "\n".repeat(LONG)],
    ["CR LF", "\r\n".repeat(LONG / 2)],
    ["blanks and LF", "   \n".repeat(LONG / 4)],
    ["commas", `${",".repeat(LONG / 10)}\n`.repeat(3)],
  ])("takes megabytes of blank lines: %s", (_, blank) => {
    expect(soon(`agent,alpha:a,omega:a,endowment:a\n${blank}x,1,-1,1\n`).size).toEqual([1, 1]);
    expect(soon(blank).violations?.[0].requirement).toBe("must have a head and one row per agent, and is empty");
  });

  it("refuses more rows or columns than an economy can have, before it makes cells of them", () => {
    expect(soon(`agent,alpha:a\n${"1,1\n".repeat(2 ** 20 + 1)}`).violations).toEqual([
      { path: "the economy", requirement: "may have 1048577 rows at most", value: "1048578 or more" },
    ]);
    expect(soon(`agent${",".repeat(3 * 2 ** 20 + 3)}`).violations).toEqual([
      { path: "the economy", requirement: "may have 3145731 columns at most", value: "3145732 or more" },
    ]);
  });

  it.each<[string, string, string]>([
    ["semicolons", "agent;alpha:a;omega:a\nAda;1,5;-1\n", "line 1 must have commas between its cells, not semicolons"],
    [
      "semicolons and commas",
      "agent;alpha:a, b;omega:a\n",
      "line 1 must have commas between its cells, not semicolons",
    ],
    ["tabs behind a blank line", "\n\nagent\talpha:a\nAda\t1\n", "line 3 must have commas between its cells, not tabs"],
    [
      "semicolons in a row",
      'agent,"alpha:a\nb"\n\nAda;1\n',
      "line 4 must have 2 cells, as the head has, with commas between them, not semicolons",
    ],
  ])("tells of %s in the place of commas, and of nothing else", (_, text, message) => {
    expect(() => parseEconomyCsv(text)).toThrow(new RegExp(`^${message}; got "[^"]*"$`));
  });

  it("takes a semicolon in the name of a good", () => {
    const text = "alpha:red; dry,omega:red; dry,endowment:red; dry\n1,-1,1\n";
    expect(parseEconomyCsv(text).goods).toEqual(["red; dry"]);
  });

  it.each([
    ["quotes that do not end", 'alpha:a,omega:a,endowment:a\n1,"-1,1\n', '"\\"-1,1\\n"'],
    ["quotes that end before their cell", 'alpha:a,omega:a,endowment:a\n1,"-"1,1\n', '"\\"-\\"1,1\\n"'],
  ])("refuses %s, and names the line", (_, text, value) => {
    expect(() => parseEconomyCsv(text)).toThrow(
      `line 2 must end a cell in quotes with a quote, and a comma or a line break behind it; got ${value}`,
    );
  });

  const piece = fc.constantFrom("a", "b c", '"', '""', ",", ";", " ", "é");
  const cell = fc
    .array(fc.oneof(piece, fc.constantFrom("\n", "\r", "\r\n")), { maxLength: 6 })
    .map((all) => all.join(""));
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  it("finds the cells that were written, and the lines that they are in", () => {
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    const breaks = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(rows, breaks, fc.boolean(), (rows, lineBreak, ends) => {
        const lines = rows.map((cells) => cells.map(quoted).join());
        const text = lines.join(lineBreak) + (ends ? lineBreak : "");
        const read = [...rowsOf(text, 10)] as { line: number; cells: string[] }[];
        const full = [...rows.keys()].filter((k) => lines[k] !== "");
        const linesBefore = (k: number) =>
          lines
            .slice(0, k)
            .map((line) => line + lineBreak)
            .join("")
            .match(/\r\n?|\n/g);
        expect(read).toEqual(full.map((k) => ({ line: 1 + (linesBefore(k)?.length ?? 0), cells: rows[k] })));
      }),
    );
  });

  it("reads plain text as another reader does", () => {
    const texts = fc.array(fc.oneof(piece, fc.constantFrom("\n", "\r\n")), { maxLength: 30 });
    fc.assert(
      fc.property(texts, (all) => {
        const text = all.join("");
        const read = [...rowsOf(text, 100)];
        fc.pre(read.every((row) => typeof row === "object" && "cells" in row));
        expect(read.map((row) => (row as { cells: string[] }).cells)).toEqual(
          csvParseRows(text).filter((cells) => cells.length > 1 || cells[0] !== ""),
        );
      }),
    );
  });

  it("refuses what is no text", () => {
    for (const text of [undefined, null, 7, ["agent"]]) {
      expect(() => parseEconomyCsv(text as unknown as string)).toThrow("the economy must be CSV text");
    }
  });
});

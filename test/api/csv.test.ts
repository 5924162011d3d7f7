// Reading CSV of any size: in linear time, and with every column looked at.

import { describe, expect, it } from "vitest";
import { parseEconomyCsv } from "../../src/economy/csv.js";
import { EconomyError } from "../../src/violations.js";

/** Seconds of the processor that reading may take; what takes quadratic time takes 10 and more. */
const SOON = 4;

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
    ["LF", "\n".repeat(1e7)],
    ["CR LF", "\r\n".repeat(5e6)],
    ["blanks and LF", "   \n".repeat(2.5e6)],
    ["commas", `${",".repeat(1e6)}\n`.repeat(3)],
  ])("takes 10 MB of blank lines: %s", (_, blank) => {
    expect(soon(`agent,alpha:a,omega:a,endowment:a\n${blank}x,1,-1,1\n`).size).toEqual([1, 1]);
    expect(soon(blank).violations?.[0].requirement).toBe("must have a head and one row per agent");
  });

  it("refuses more rows or columns than an economy can have, before it makes cells of them", () => {
    expect(soon(`agent,alpha:a\n${"1,1\n".repeat(2 ** 20 + 1)}`).violations).toEqual([
      { path: "the economy", requirement: "may have 1048577 rows at most", value: "1048578 or more" },
    ]);
    expect(soon(`agent${",".repeat(3 * 2 ** 20 + 3)}`).violations).toEqual([
      { path: "the economy", requirement: "may have 3145731 columns at most", value: "3145732 or more" },
    ]);
  });

  it("refuses what is no text", () => {
    for (const text of [undefined, null, 7, ["agent"]]) {
      expect(() => parseEconomyCsv(text as unknown as string)).toThrow("the economy must be CSV text");
    }
  });
});

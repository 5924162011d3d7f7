// What is pasted into the table, how it grows and shrinks, and what is saved of it.

import { describe, expect, it } from "vitest";
import { messageOf } from "../../playground/src/engine.js";
import { shortOf } from "../../playground/src/fields.js";
import { problemOfSheet, toCsv } from "../../playground/src/files.js";
import { format, powerOfTen, signed, ticksOf } from "../../playground/src/format.js";
import { BOXES, TABLES } from "../../playground/src/presets.js";
import { pasted, resized, without } from "../../playground/src/sheets.js";
import { shownOf } from "../../playground/src/state.js";
import { load, parseEconomyCsv } from "../../src/index.js";

const village = shownOf(TABLES, "village");

describe("cells that are pasted", () => {
  it("go where they are put, and the table grows", () => {
    const sheet = pasted(village, "endowments", 2, 2, "1\t2\n3\t4\r\n");
    expect([sheet.agents, sheet.goods].map(({ length }) => length)).toEqual([4, 4]);
    expect(sheet.endowments).toEqual([30, 0, 0, 1, 0, 30, 0, 1, 0, 0, 1, 2, 1, 1, 3, 4]);
    expect(sheet.agents).toEqual(["Ada", "Ben", "Cem", "agent 1"]);
    expect(sheet.omega[15]).toBe(-1);
  });

  it("may have names, a decimal comma, and gaps", () => {
    const sheet = pasted(village, "alpha", 0, 0, "\tsalt\toil\nEve\t1,5\t2\nFay\t\t3\n");
    expect(sheet.goods).toEqual(["salt", "oil", "cloth"]);
    expect(sheet.agents).toEqual(["Eve", "Fay", "Cem"]);
    expect(sheet.alpha.slice(0, 5)).toEqual([1.5, 2, 1.2, 1.1, 3]);
  });

  it.each([
    ["1\t2\n3\ty", "row 2, column 2 must be a number from 0 to 1000000000, and is “y”"],
    ["1\tmuch", "row 1, column 2 must be a number"],
    ["1\t-2", "row 1, column 2 must be a number from 0 to 1000000000, and is “-2”"],
    [`${"1\t".repeat(40)}1`, "at most 30 agents and 30 goods, not 3 and 41"],
    ["1\n".repeat(31), "at most 30 agents and 30 goods, not 31 and 3"],
    ["a\ta\n1\t2", "must differ"],
    ["1".repeat(1_000_001), "at most 1000000 characters"],
  ])("are refused as a whole, case %#", (text, message) => {
    expect(() => pasted(village, "endowments", 0, 0, text)).toThrow(message);
  });
});

it("agents and goods come and go", () => {
  const larger = resized(village, 4, 5);
  expect(larger.alpha).toHaveLength(20);
  expect(without(without(without(larger, "goods", 4), "goods", 3), "agents", 3)).toEqual(village);
  const rest = without(village, "agents", 0);
  expect(rest.endowments).toEqual([0, 30, 0, 0, 0, 30]);
  expect(rest.weights).toEqual([1.1, 1]);
});

it("what is saved as CSV is what the package reads", () => {
  const named = { ...village, agents: ['A "1"', "B,C", "D\nE"] };
  const economy = parseEconomyCsv(toCsv(named));
  expect(economy.agents).toEqual(named.agents);
  for (const key of ["alpha", "omega", "endowments", "weights"] as const)
    expect([...economy[key]!]).toEqual(named[key]);
});

it("what the page cannot show is refused with the place and the bound", () => {
  expect(problemOfSheet(village)).toBe("");
  expect(problemOfSheet({ ...village, omega: village.omega.map(() => 0.5) })).toBe(
    "omega: this page takes numbers from -100 to -0.01, not 0.5",
  );
  expect(problemOfSheet(resized(village, 3, 3))).toBe("");
  expect(problemOfSheet(resized(village, 31, 3))).toBe("agents: this page shows 1 to 30, not 31");
});

it("an error names agents and goods, and not their numbers", () => {
  const said = (text: string) => messageOf(new Error(text), village);
  expect(said("endowments[1] must have an entry above 0; got 0")).toBe(
    "endowments of Ben must have an entry above 0; got 0",
  );
  expect(said("alpha[2][0] must be …\nendowments[*][1] must …")).toBe(
    "α of Cem for bread must be …\nendowments for wine must …",
  );
  expect(messageOf("alpha[0]")).toBe("alpha[0]");
});

it("every preset is an economy that can be solved", async () => {
  const walras = await load();
  for (const preset of [...Object.values(BOXES), ...Object.values(TABLES)]) {
    expect(problemOfSheet(preset)).toBe("");
    const { agents, goods, alpha, omega, endowments } = preset;
    const size = { agents: agents.length, goods: goods.length };
    const flat = (numbers: readonly number[]) => Float64Array.from(numbers);
    const economy = walras.economy({
      ...{ size, alpha: flat(alpha), omega: flat(omega), endowments: flat(endowments) },
    });
    expect(walras.equilibrium(economy).converged).toBe(true);
  }
});

it("numbers are short, with signs that can be read", () => {
  expect([0, 1, -1.5, 1234.56, 123456, 1e-7, 2.5e9, 0.1 + 0.2].map((value) => format(value))).toEqual([
    "0",
    "1",
    "−1.5",
    "1235",
    "123456",
    "1 · 10⁻⁷",
    "2.5 · 10⁹",
    "0.3",
  ]);
  expect([Number.NaN, Infinity, -Infinity].map((value) => format(value))).toEqual(["–", "∞", "−∞"]);
  expect([-15, -3, 0, 4, 6].map(powerOfTen)).toEqual(["10⁻¹⁵", "0.001", "1", "10000", "10⁶"]);
  expect([0.5, -0.5].map((value) => signed(value))).toEqual(["+0.5", "−0.5"]);
  expect([8, 12 ** 3 / 37 ** 3, 1e9, 1e-9, 123456.789, -0.00001234567].map(shortOf)).toEqual([
    ...["8", "0.0341145", "1e9", "1e-9", "123456.8", "-1.235e-5"],
  ]);
  expect(ticksOf(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
});

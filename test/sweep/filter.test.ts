// The language of filters, and references.

import { describe, expect, it } from "vitest";
import { parseFilter } from "../../src/sweep/filter.js";
import { parseReference } from "../../src/sweep/reference.js";
import { Findings } from "../../src/violations.js";

const FIELDS: Record<string, number | string> = {
  count: 3,
  "price[bread]": 0.25,
  status: "converged",
  nan: Number.NaN,
};

function verdict(text: string): boolean {
  const findings = new Findings();
  const filter = parseFilter(text, "filter", findings);
  expect(findings.violations).toEqual([]);
  if (!filter) throw new Error("no filter");
  return filter.keeps(
    filter.fields.map((field) => [FIELDS[field]]),
    0,
  );
}

function mistake(text: unknown): string {
  const findings = new Findings();
  expect(parseFilter(text, "filter", findings)).toBeUndefined();
  return findings.violations[0].requirement;
}

describe("filters", () => {
  it.each([
    ["count > 1", true],
    ["count>=3 and price[bread]<.5", true],
    ["count > 3 or price[bread] == 2.5e-1", true],
    ["not count > 3", true],
    ['not (count > 1 and status == "converged")', false],
    ['count > 5 or count < 2 and status != "x"', false],
    ["(count > 1 or count > 5) and count != 3", false],
    ["price[bread] > -1", true],
    ["nan < 1 or nan >= 1", false],
    ["nan", false],
    ["count", true],
    ['status == "and"', false],
  ])("%s is %s", (text, expected) => {
    expect(verdict(text)).toBe(expected);
  });

  it("says where it cannot be read", () => {
    expect(mistake("count >")).toBe("needs a field, a number or a text at character 8");
    expect(mistake("count 1")).toBe("needs an operator or the end at character 7");
    expect(mistake("(count > 1")).toBe('needs ")" at character 11');
    expect(mistake("count; process.exit()")).toBe("cannot be read from character 6 on");
    expect(mistake("and")).toMatch(/needs a field/);
    expect(mistake("- status")).toMatch(/needs a number/);
    expect(mistake("")).toMatch(/1 to 1000 characters/);
    expect(mistake(7)).toMatch(/must be text/);
    expect(mistake("(".repeat(1001))).toMatch(/1 to 1000 characters/);
  });

  it("nests as deep as its length allows", () => {
    expect(verdict(`${"(".repeat(490)}count > 1${")".repeat(490)}`)).toBe(true);
    expect(mistake("(".repeat(1000))).toMatch(/needs a field/);
    expect(verdict(`${"not ".repeat(200)}count > 1`)).toBe(true);
  });
});

describe("references", () => {
  it("have keys by comma, in quotes where they need them", () => {
    expect(parseReference("alpha")).toEqual({ field: "alpha", keys: undefined });
    expect(parseReference(" alpha [ Ada , bread ] ")).toEqual({ field: "alpha", keys: ["Ada", "bread"] });
    expect(parseReference('alpha["A,d]a",*]')).toEqual({ field: "alpha", keys: ["A,d]a", "*"] });
    expect(parseReference("alpha[,bread]")).toEqual({ field: "alpha", keys: ["", "bread"] });
    expect(parseReference("draw.alpha.sigma")).toEqual({ field: "draw.alpha.sigma", keys: undefined });
    for (const wrong of ["", "1a", "alpha[", "alpha]", 'alpha["x]', "a b", "alpha[a]b", "a".repeat(1001)]) {
      expect(parseReference(wrong), wrong).toBeUndefined();
    }
  });
});

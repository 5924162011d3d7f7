// The list of seeded faults (scripts/faults.js) is one of texts that the core has.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Listed {
  file: string;
  faults: { breaks: string; text: string; fault: string }[];
}

const modules = await Promise.all(
  ["answers", "equilibria", "market", "math", "planner", "proof"].map((name) => import(`./faults/${name}.js`)),
);
const lists: Listed[] = modules.flatMap((module) => Object.values(module as Record<string, Listed[]>)).flat();

describe("seeded faults", () => {
  it.each(lists)("of $file change a text that is there once", ({ file, faults }) => {
    const source = readFileSync(`assembly/${file}`, "utf8");
    const times = faults.map(({ breaks, text }) => [breaks, source.split(text).length - 1]);
    expect(times).toEqual(faults.map(({ breaks }) => [breaks, 1]));
    for (const { text, fault } of faults) expect(fault).not.toBe(text);
  });
});

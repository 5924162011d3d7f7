// walras study: its numbers, and its page in a browser.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tablesOf, withTables } from "../../scripts/studyTables.js";
import type { Study } from "../../src/study/study.js";
import { folder, walras } from "../support/cli.js";
import { expectReadable, opened } from "../support/reports.js";

const [page, svgs, numbers] = ["study.html", "svgs", "numbers.json"].map((name) => join(folder, name));
const run = walras(["study", "--quick", "--seed", "3", "--svg", svgs, "--numbers", numbers, "-o", page]);
const study: Study = JSON.parse(readFileSync(numbers, "utf8"));

describe("a quick study", () => {
  it("is whole, and says where it was made", () => {
    expect(run.status).toBe(0);
    expect(study).toMatchObject({ seed: 3, isQuick: true, isWhole: true, host: { node: process.version } });
    expect(study.curves).toHaveLength(4);
  });

  it("counts more steps to smaller errors, and times that follow them", () => {
    const counted = [...study.rates, ...study.sizes.flatMap(({ adam }) => adam)];
    expect(counted).toHaveLength(4 * 4 + 2 * 4);
    for (const { steps, least, maxSteps } of counted) {
      const known = steps.map((count) => count ?? Number.POSITIVE_INFINITY);
      expect(known).toEqual([...known].sort((a, b) => a - b));
      // What was reached was on the way, and what was not was not.
      for (const [t, target] of [1e-3, 1e-6, 1e-9].entries()) expect(steps[t] !== null).toBe(least <= target);
      for (const count of steps) expect(count ?? 0).toBeLessThan(maxSteps);
    }
    for (const { plan, equilibrium, adam } of study.sizes) {
      for (const { low, median, high, samples } of [plan, equilibrium, ...adam.map(({ step }) => step)]) {
        expect(low).toBeGreaterThan(0);
        expect(median).toBeGreaterThanOrEqual(low);
        expect(high).toBeGreaterThanOrEqual(median);
        expect(samples).toBeGreaterThanOrEqual(3);
      }
      for (const { steps, times, step } of adam) {
        steps.forEach((count, t) => {
          if (count === null) expect(times[t]).toBeNull();
          else expect((times[t] as number) / (count * step.median)).toBeCloseTo(1, 2);
        });
      }
    }
  });

  it("finds that shares come to the exact plan, and single precision not as near", () => {
    const at = (formulation: string, precision: string) =>
      study.rates.filter((rate) => rate.formulation === formulation && rate.precision === precision);
    for (const rate of at("shares", "double")) {
      expect(rate.steps.every((count) => count !== null)).toBe(true);
      expect(rate.least).toBeLessThan(1e-12);
    }
    for (const rate of at("penalty", "double")) expect(rate.least).toBeGreaterThan(1e-6);
    expect(Math.min(...study.curves.filter((c) => c.formulation === "penalty").map(({ last }) => last))).toBeGreaterThan(1e-6); // biome-ignore format: one line
  });

  it("finds nothing unequal among agents who are alike, and more the more they differ", () => {
    for (const row of study.spreads.filter(({ spread }) => spread === 0)) {
      for (const key of ["planInequality", "marketInequality", "shadowPrices", "prices", "planUtilities", "marketUtilities"] as const) // biome-ignore format: one line
        expect(Math.abs(row[key].high)).toBeLessThan(1e-12);
    }
    for (const row of study.spreads) {
      expect(row.unsolved).toBe(0);
      expect(row.adamMissed).toBeLessThanOrEqual(row.adamDraws);
      for (const { low, median, high } of [row.planInequality, row.prices, row.adamSteps]) {
        expect(low).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(high);
      }
      // No good can be divided less equally than by giving it to one of three.
      for (const { high } of [row.planInequality, row.marketInequality]) expect(high).toBeLessThanOrEqual(2 / 3);
    }
    const of = (what: string) => study.spreads.filter((row) => row.what === what);
    for (const what of ["alpha", "omega", "all"]) {
      const medians = of(what).map(({ marketInequality }) => marketInequality.median);
      expect(medians).toEqual([...medians].sort((a, b) => a - b));
      expect(medians[2]).toBeGreaterThan(0.1);
    }
    // Pareto weights are nothing to a market, nor who owns what to a planner.
    for (const row of of("lambda")) expect(row.marketInequality.high).toBeLessThan(1e-12);
    for (const row of of("endowments")) expect(row.planInequality.high).toBeLessThan(1e-12);
  });

  it("finds one equilibrium where agents are alike, and odd numbers everywhere", () => {
    expect(study.counts.length).toBeGreaterThan(20);
    for (const { counts, draws, several, spreads, proved } of study.counts) {
      expect(Object.values(counts).reduce((sum, some) => sum + some, 0)).toBe(draws);
      if (proved === draws) for (const count of Object.keys(counts)) expect(Number(count) % 2).toBe(1);
      expect(several).toBeCloseTo(1 - (counts[1] ?? 0) / draws, 3);
      if (Object.values(spreads).every((spread) => spread === 0)) expect(counts).toEqual({ 1: draws });
    }
    expect(new Set(study.plane.map(({ count }) => count))).toEqual(new Set([1, 3]));
    for (const { taste, gamma, count } of study.plane) if (taste === 0 || gamma === 1) expect(count).toBe(1);
  });

  it("is a page that can be read, with its figures as small files", async () => {
    await expectReadable(page);
    const { headings, figures, links } = await opened(page);
    expect(links).toEqual(headings.slice(1));
    expect(figures.length).toBeGreaterThanOrEqual(12);
    const names = readdirSync(svgs);
    expect(names).toHaveLength(figures.length);
    for (const name of names) expect(statSync(join(svgs, name)).size).toBeLessThan(40_000);
  });

  it("is stopped by an interrupt, and then says what it has", async () => {
    const path = join(folder, "stopped.html");
    const child = spawn(process.execPath, ["dist/cli.js", "study", "-o", path], { stdio: ["ignore", "ignore", "pipe"] }); // biome-ignore format: one line
    let messages = "";
    child.stderr.on("data", (text) => {
      messages += text;
      // Its first line comes when it has begun.
      if (!messages.includes("stopping")) child.kill("SIGINT");
    });
    const status = await new Promise((ended) => child.on("close", ended));
    expect([status, messages]).toEqual([0, expect.stringContaining("stopping after the measurement under way")]);
    expect(readFileSync(path, "utf8")).toContain("The study was stopped before its end");
  });

  it("takes whole numbers as seeds", () => {
    expect(walras(["study", "--quick", "--seed", "-1"])).toMatchObject({ status: 2, stderr: expect.stringMatching(/--seed must be/) }); // biome-ignore format: one line
  });
});

describe("docs/study.md", () => {
  it("has the numbers and the figures of the study that was made last", () => {
    const text = readFileSync("docs/study.md", "utf8");
    const known = JSON.parse(readFileSync("docs/images/study/numbers.json", "utf8"));
    expect(known).toMatchObject({ isQuick: false, isWhole: true });
    const tables = tablesOf(known);
    expect([...text.matchAll(/<!-- numbers: (\w+) -->/g)].map(([, name]) => name)).toEqual(Object.keys(tables));
    expect(withTables(text, tables)).toBe(text);
    const shown = [...text.matchAll(/\]\(\.\/images\/study\/([\w-]+\.svg)\)/g)].map(([, name]) => name);
    const made = readdirSync("docs/images/study").filter((name) => name.endsWith(".svg"));
    expect(shown.sort()).toEqual(made.sort());
  });
});

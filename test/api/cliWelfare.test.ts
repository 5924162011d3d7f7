// walras box, welfare and transfers, as a user runs them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { caseNamed } from "../support/fixtures.js";

const folder = mkdtempSync(join(tmpdir(), "walras-"));
afterAll(() => rmSync(folder, { recursive: true }));

function walras(args: string[], input: unknown) {
  const options = { input: JSON.stringify(input), encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], options);
  return { status, stdout, stderr, rows: stdout.trimEnd().split("\n").map((line) => line.split(",")) }; // biome-ignore format: a line
}

let files = 0;
function file(content: unknown): string {
  const path = join(folder, `${files++}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const NAMES = { goods: ["bread", "wine"], agents: ["Ada", "Ben"] };
const KEHOE = { ...NAMES, ...caseNamed("kehoe-1024").economy };
/** Its equilibrium has a relative price of some e^-1000. */
const STEEP = { ...NAMES, alpha: [[1, 2], [2, 1]], omega: -900, endowments: [[3, 0], [1, 1]] }; // biome-ignore format: rows
const CRITICAL = caseNamed("critical-triple-root").economy;
/** Both spend half of their income on each good. */
const ALIKE = { ...NAMES, alpha: 1, omega: -1, endowments: [[3, 3], [1, 1]] }; // biome-ignore format: rows

describe("walras box", () => {
  it("prints the endowment, the ends of the core, the second crossing and every equilibrium", () => {
    const { status, stdout } = walras(["box"], KEHOE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/│ endowment +│ +12 │ +1 │ +1 │ +12 │/);
    // The economy is symmetric, and so are both ends and the point where the curves meet again.
    const amounts = (label: string) => {
      const line = stdout.split("\n").find((text) => text.includes(label)) as string;
      return [...line.matchAll(/│ +([\d.e-]+) (?=│)/g)].map(([, figure]) => Number(figure));
    };
    const [one, two, three, four] = amounts("Ada gains nothing");
    expect(amounts("Ben gains nothing")).toEqual([four, three, two, one]);
    const [x, y, ...rest] = amounts("second crossing");
    expect([x + y, rest]).toEqual([expect.closeTo(13, 5), [y, x]]);
    expect(stdout).toMatch(/equilibrium 1 .*│ +0\.1272989 │ +1 │ yes/);
    expect(stdout).toMatch(/equilibrium 2 .*│ +10\.4 │ +2\.6 │ +2\.6 │ +10\.4 │ +1 │ +-1 │ no/);
    expect(stdout).toContain("complete: yes, proved; sum of indices 1");
    expect(walras(["box"], ALIKE).stdout).toMatch(/second crossing +│ +none/);
  });

  it("prints every point of every curve as CSV", () => {
    const { status, rows } = walras(["box", "--csv"], KEHOE);
    expect([status, rows[0]]).toEqual([0, ["curve", "piece", "good1", "good2"]]);
    const curve = (name: string, piece = 1) =>
      rows.filter(([c, p]) => c === name && Number(p) === piece).map(([, , x, y]) => [Number(x), Number(y)]);
    expect(new Set(rows.slice(1).map(([name]) => name))).toEqual(
      new Set([
        ...["endowment", "contract", "core", "second crossing", "budget", "equilibrium"],
        ...NAMES.agents.flatMap((agent) => [`indifference:${agent}`, `offer:${agent}`]),
      ]),
    );
    expect([curve("endowment"), curve("contract")[0], curve("contract").pop()]).toEqual([[[12, 1]], [0, 0], [13, 13]]);
    // u = -(1024 x^-4 + y^-4) / 4 of Ada; Ben's the other way round, of what is left.
    const utilities = ([x, y]: number[]) => [-1024 * x ** -4 - y ** -4, -((13 - x) ** -4) - 1024 * (13 - y) ** -4];
    const home = utilities([12, 1]);
    NAMES.agents.forEach((agent, i) => {
      for (const point of [...curve(`indifference:${agent}`), ...curve("second crossing")]) {
        expect(utilities(point)[i] / home[i]).toBeCloseTo(1, 10);
      }
      for (const point of curve("core")) expect(utilities(point)[i]).toBeGreaterThan(home[i] * (1 + 1e-10));
    });
    for (const piece of [1, 2, 3]) {
      const [[[x, y]], [from, to]] = [curve("equilibrium", piece), curve("budget", piece)];
      const price = -(to[1] - from[1]) / (to[0] - from[0]);
      expect(price * (x - 12) + (y - 1)).toBeCloseTo(0, 10);
      expect((1024 * x ** -5) / y ** -5 / price).toBeCloseTo(1, 10);
      expect((13 - x) ** -5 / (1024 * (13 - y) ** -5) / price).toBeCloseTo(1, 10);
    }
  });

  it.each(["wasm", "js"])("prints JSON with the same points, from %s", (engine) => {
    const { status, stdout } = walras(["box", "--json", "--engine", engine, "--points", "9", "--bend", "0.1"], KEHOE);
    const box = JSON.parse(stdout);
    expect([status, box.goods, box.complete]).toEqual([0, NAMES.goods, true]);
    expect(box.contract.points.length).toBeLessThanOrEqual(11);
    expect(box.contract.parameter[0]).toBe("-Infinity");
    expect(box.budgets.map(({ prices }: { prices: number[] }) => prices)).toEqual(
      box.equilibria.map(({ prices }: { prices: number[] }) => prices),
    );
    const [[offer]] = box.offers;
    const { rows } = walras(["box", "--csv", "--engine", engine, "--points", "9", "--bend", "0.1"], KEHOE);
    const offers = rows.filter(([curve, piece]) => curve === "offer:Ada" && piece === "1");
    expect(offers.map(([, , x, y]) => [Number(x), Number(y)])).toEqual(offer.points);
  });

  it("draws no budget line where a relative price is beyond a double", () => {
    const { status, rows } = walras(["box", "--csv"], STEEP);
    // Nor are such prices exact enough to count as an equilibrium.
    expect([status, rows.filter(([curve]) => curve === "budget")]).toEqual([1, []]);
    expect(rows.filter(([curve]) => curve === "equilibrium")).toHaveLength(1);
    expect(walras(["box"], STEEP).stdout).toMatch(/equilibrium 1 stalled: .*\ncomplete: not proved/);
  });

  it("refuses other sizes, and options out of range", () => {
    const three = caseNamed("scarf-1960-cycle").economy;
    expect(walras(["box"], three)).toMatchObject({ status: 2, stderr: expect.stringContaining("2 goods for a box") });
    const { status, stderr } = walras(["box", "--points", "1", "--bend", "2"], KEHOE);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/points must be .*\n +bend must be/)]);
    expect(walras(["box", "--csv", "--json"], KEHOE).status).toBe(2);
  });
});

describe("walras welfare", () => {
  it("says of the equilibrium who envies whom and who gains", () => {
    // Prices are equal, and equal tastes want proportional bundles, worth 3 and 1: no trade.
    const { status, stdout } = walras(["welfare"], ALIKE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ +0\.75 │ +(?:0|\d.*e-1\d) │ +0 │ Ben +│ +-2 │/);
    expect(stdout).toMatch(/Ben +│ +0\.25 │ +(?:0|\d.*e-1\d) │ +0 │ Ada +│ +2 │/);
    expect(stdout).toContain("envy-free: no; largest envy: Ben of Ada, 2");
    expect(stdout).toContain("index 1; unique: yes, proved");
    const fair = walras(["welfare", "--json"], { ...KEHOE, endowments: [[1, 2], [1, 2]] }); // biome-ignore format: rows
    expect(JSON.parse(fair.stdout)).toMatchObject({ envyFree: true, largest: null });
  });

  it("prints CSV, and JSON whose envy has a row an agent", () => {
    const { rows } = walras(["welfare", "--csv"], ALIKE);
    expect(rows[0]).toEqual(["agent", "share", "gain", "gainShare", "envy:Ada", "envy:Ben"]);
    expect(rows[2].map((cell, c) => (c === 0 ? cell : Math.round(Number(cell) * 1e9) / 1e9))).toEqual([
      ...["Ben", 0.25, 0, 0, 2, 0],
    ]);
    const { envy, prices } = JSON.parse(walras(["welfare", "--json"], ALIKE).stdout);
    expect(prices).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
    expect(envy).toEqual([[0, expect.closeTo(-2, 12)], [expect.closeTo(2, 12), 0]]); // biome-ignore format: rows
  });

  it("takes a solution as --json prints it, of an equilibrium or of a plan without endowments", () => {
    const path = file(KEHOE);
    const solution = walras(["equilibrium", path, "--json"], "").stdout;
    const given = walras(["welfare", "-", file(solution), "--json"], KEHOE);
    expect([given.status, given.stdout]).toEqual([0, walras(["welfare", path, "--json"], "").stdout]);
    const planned = file({ ...KEHOE, endowments: undefined, totals: [13, 13] });
    const plan = file(walras(["plan", planned, "--json"], "").stdout);
    expect(JSON.parse(walras(["welfare", planned, plan, "--json"], "").stdout)).toMatchObject({ gains: null });
    expect(walras(["welfare", planned, plan], "").stdout).toMatch(/│ not known +│ not known +│/);
    expect(walras(["welfare", planned, plan, "--csv"], "").rows[1].slice(2, 4)).toEqual(["", ""]);
  });

  it("values a change at the prices before and after", () => {
    // The cheapest way to u costs 2 (p1 p2 x1 x2)^(1/2); what has no wine is worth nothing.
    const before = file({ prices: [1, 1], allocation: [[1, 1], [1, 1]] }); // biome-ignore format: rows
    const after = file({ shadowPrices: [1, 4], allocation: [2, 2, 1, 0] });
    const args = ["welfare", file(ALIKE), before, after];
    const comparison = JSON.parse(walras([...args, "--json"], "").stdout);
    expect(comparison).toMatchObject({ agents: NAMES.agents, gains: [1, -1] });
    expect(comparison.equivalentVariation).toEqual([expect.closeTo(2, 12), expect.closeTo(-2, 12)]);
    expect(comparison.compensatingVariation).toEqual([expect.closeTo(4, 12), expect.closeTo(-4, 12)]);
    expect(comparison.utilityChange).toEqual([expect.closeTo(2 * Math.log(2), 12), "-Infinity"]);
    const { rows } = walras([...args, "--csv"], "");
    expect(rows[0]).toEqual(["agent", "equivalentVariation", "compensatingVariation", "utilityChange", "gains"]);
    expect(rows[1].slice(1, 4).map(Number)).toEqual([2, 4, 2 * Math.log(2)].map((v) => expect.closeTo(v, 12)));
    const { status, stdout } = walras(args, "");
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ +2 │ +4 │ +1\.386294 │ gains/);
    expect(stdout).toMatch(/Ben +│ +-2 │ +-4 │ +-Infinity │ loses/);
    expect(walras(["welfare", file(ALIKE), before, before], "").stdout).toMatch(/Ben +│ +0 │ +0 │ +0 │ neither/);
  });

  const good = { prices: [1, 1], allocation: [[1, 1], [1, 1]] }; // biome-ignore format: rows
  it.each<[what: string, solutions: unknown[], message: RegExp]>([
    ["nothing", [null], /solution must have an allocation, and prices or shadowPrices; got null/],
    ["a list", [[good, good]], /solution must have an allocation/],
    ["two kinds of prices", [{ ...good, shadowPrices: [1, 1] }], /prices or shadowPrices/],
    ["prices alone", [{ prices: [1, 1] }], /solution\.allocation must be 2 rows of 2 numbers; got nothing/],
    ["another size", [{ prices: [1], allocation: [[1], [2]] }], /solution\.allocation .*\n +solution\.prices must be/],
    ["ragged rows", [{ ...good, allocation: [[1, 1], [1]] }], /solution\.allocation must be 2 rows/], // biome-ignore format: rows
    [
      "words for numbers",
      [{ prices: ["1", 1], allocation: good.allocation }],
      /solution\.prices\[0\] must be a finite/,
    ],
    ["a negative amount", [good, { ...good, allocation: [[1, 1], [1, -1]] }], /after\.allocation\[1\]\[1\] must be/], // biome-ignore format: rows
    ["a price of 0", [{ ...good, prices: [0, 1] }, good], /before\.prices\[0\] must be above 0: somebody wants/],
    ["three solutions", [good, good, good], /solutions must be two at most, before and after; got 3/],
    ["no JSON", ["allocation"], /must be JSON/],
  ])("refuses %s for a solution", (_, solutions, message) => {
    const { status, stdout, stderr } = walras(["welfare", file(ALIKE), ...solutions.map(file)], "");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("refuses a market that is none, and a file that is not there", () => {
    expect(walras(["welfare"], { ...ALIKE, omega: 0.5 })).toMatchObject({ status: 2, stdout: "" });
    const { status, stderr } = walras(["welfare", file(ALIKE), "no-such-file.json"], "");
    expect([status, stderr]).toEqual([2, expect.stringContaining("no-such-file.json must be a file")]);
  });
});

describe("walras transfers", () => {
  /** Agents who spend very different parts of their incomes on good 1, which nothing takes the place of. */
  const THREE = {
    alpha: [[9 ** 10, 1], [1, 1], [1, 9 ** 10]],
    gamma: 10,
    endowments: [[0, 10], [27, 0], [0, 45]],
  }; // biome-ignore format: rows

  it("prints that at index -1 both gifts between two agents are strong paradoxes, by hand", () => {
    // At equal prices incomes are 13/2, spending shares 0.8 and 0.2, trades -0.8 and 0.8 in value, elasticity 1/5: a gift moves
    // the log price by 0.6 / (2 (13/2) 0.16/5 - 0.64 + 0.16) = -9.375, which is worth 7.5 to the giver.
    const { status, stdout } = walras(["transfers"], KEHOE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Ada +│ Ben +│ strong +│ +6\.5 │ +-6\.5 │/);
    expect(stdout).toMatch(/Ben +│ Ada +│ strong +│ +6\.5 │ +-6\.5 │/);
    expect(stdout).toContain("paradoxes: 2 strong (giver gains, receiver loses), 0 weak (one of the two), of 2 pairs");
    expect(stdout).toContain("index -1");
  });

  it.each(["wasm", "js"])("prints CSV with paradoxes first, and JSON with gifts, from %s", (engine) => {
    const { status, rows } = walras(["transfers", "--csv", "--engine", engine], THREE);
    expect([status, rows[0]]).toEqual([0, ["giver", "receiver", "kind", "giverGain", "receiverGain"]]);
    expect(rows.slice(1).map(([, , kind]) => kind)).toEqual(["strong", "strong", "weak", "weak", "none", "none"]);
    for (const [, , kind, giver, receiver] of rows.slice(1)) {
      const paradoxes = [Number(giver) > 0, Number(receiver) < 0].filter(Boolean).length;
      expect(kind).toBe(["none", "weak", "strong"][paradoxes]);
    }
    const found = JSON.parse(walras(["transfers", "--json", "--engine", engine], THREE).stdout);
    expect(found.giverGains.map((row: unknown[]) => row.length)).toEqual([3, 3, 3]);
    expect([found.giverGains[0][0], found.index]).toEqual(["NaN", -1]);
    expect(found.giverGains[1][2]).toBe(Number(rows[1][3]));
    expect(found.paradoxes).toHaveLength(4);
    expect(found.paradoxes[0].gifts[0]).toMatchObject({ good: expect.any(Number) });
  });

  it("prints that nobody can gain by giving where goods are gross substitutes of two agents", () => {
    const { status, rows } = walras(["transfers", "--csv"], { ...ALIKE, alpha: [[1, 2], [2, 1]] }); // biome-ignore format: rows
    expect([status, rows.slice(1).map(([, , kind]) => kind)]).toEqual([0, ["none", "none"]]);
  });

  it("lists only pairs who trade, and on a terminal the first 25", () => {
    const apart = { alpha: [[1, 2, 0], [2, 1, 0], [0, 0, 1]], omega: -2, endowments: [[1, 2, 0], [2, 1, 0], [0, 0, 1]] }; // biome-ignore format: rows
    const { rows } = walras(["transfers", "--csv"], apart);
    expect(rows.slice(1).map(([giver, receiver]) => `${giver}, ${receiver}`)).toEqual([
      "agent 1, agent 2",
      "agent 2, agent 1",
    ]);
    const six = { alpha: [1, 2], omega: -2, endowments: Array.from({ length: 6 }, (_, i) => [1, 1 + i]) };
    expect(walras(["transfers"], six).stdout).toContain("25 of 30 pairs; --json and --csv print all.");
    const one = { alpha: [[1, 2]], omega: -2, endowments: [[1, 1]] };
    expect(walras(["transfers"], one)).toMatchObject({ status: 0, stdout: expect.stringContaining("of 0 pairs") });
  });

  it("says that at a critical equilibrium nothing can be said, with exit status 1", () => {
    const { status, stdout, stderr } = walras(["transfers"], CRITICAL);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^walras: Prices have no derivatives at a critical equilibrium: .* a pivot of [\d.e-]+/);
  });

  it.each(["welfare", "transfers"])(
    "walras %s says so where there is no equilibrium to a double's precision",
    (name) => {
      const { status, stdout, stderr } = walras([name], STEEP);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^walras: stalled: The residuals are above the tolerance/);
    },
  );

  it("refuses more agents than can be listed in pairs", () => {
    const many = { alpha: [1, 2], omega: -2, endowments: Array.from({ length: 2049 }, () => [1, 1]) };
    const { status, stderr } = walras(["transfers"], many);
    expect([status, stderr]).toEqual([2, "walras: agents must be 2048 at most for a list of all pairs; got 2049\n"]);
  });
});

// walras box, as a user runs it.

import { describe, expect, it } from "vitest";
import { ALIKE, KEHOE, NAMES, SCARF, STEEP, walras } from "../support/cli.js";

describe("walras box", () => {
  it("prints the endowment, the ends of the core, the second crossing and every equilibrium", () => {
    const { status, stdout } = walras(["box"], KEHOE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/│ endowment +│ +12 │ +1 │ +1 │ +12 │/);
    // The economy is symmetric, so both ends and the second crossing are too.
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
    // Ada's utility is -(1024 x^-4 + y^-4) / 4; Ben's is the same with goods exchanged, of the
    // rest.
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
    const { status, stdout } = walras(
      ["box", "--json", "--engine", engine, "--points", "9", "--chord-tolerance", "0.1"],
      KEHOE,
    );
    const box = JSON.parse(stdout);
    expect([status, box.goods, box.complete]).toEqual([0, NAMES.goods, true]);
    expect(box.contract.points.length).toBeLessThanOrEqual(11);
    expect(box.contract.parameter[0]).toBe("-Infinity");
    expect(box.budgets.map(({ prices }: { prices: number[] }) => prices)).toEqual(
      box.equilibria.map(({ prices }: { prices: number[] }) => prices),
    );
    const [[offer]] = box.offers;
    const { rows } = walras(["box", "--csv", "--engine", engine, "--points", "9", "--chord-tolerance", "0.1"], KEHOE);
    const offers = rows.filter(([curve, piece]) => curve === "offer:Ada" && piece === "1");
    expect(offers.map(([, , x, y]) => [Number(x), Number(y)])).toEqual(offer.points);
  });

  it("prints no budget line if a relative price is beyond a double", () => {
    const { status, rows } = walras(["box", "--csv"], STEEP);
    // Such prices are not exact enough to count as an equilibrium either.
    expect([status, rows.filter(([curve]) => curve === "budget")]).toEqual([1, []]);
    expect(rows.filter(([curve]) => curve === "equilibrium")).toHaveLength(1);
    expect(walras(["box"], STEEP).stdout).toMatch(/equilibrium 1 stalled: .*\ncomplete: not proved/);
  });

  it("refuses other sizes, and options out of range", () => {
    const three = SCARF;
    expect(walras(["box"], three)).toMatchObject({ status: 2, stderr: expect.stringContaining("2 goods for a box") });
    const { status, stderr } = walras(["box", "--points", "1", "--chord-tolerance", "2"], KEHOE);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/points must be .*\n +chordTolerance must be/)]);
    expect(walras(["box", "--csv", "--json"], KEHOE).status).toBe(2);
  });

  it("draws what is asked for, and indifference curves through further points", () => {
    const drawn = (...options: string[]) => {
      const { status, rows } = walras(["box", "--csv", ...options], KEHOE);
      expect(status).toBe(0);
      return rows.slice(1);
    };
    const names = (rows: string[][]) => [...new Set(rows.map(([name, piece]) => `${name} ${piece}`))];
    const fixed = [
      "endowment 1",
      "budget 1",
      "budget 2",
      "budget 3",
      "equilibrium 1",
      "equilibrium 2",
      "equilibrium 3",
    ];
    expect(names(drawn("--curves", "core,offers"))).toEqual(
      expect.arrayContaining([...fixed, "core 1", "offer:Ada 1", "offer:Ben 1"]),
    );
    expect(names(drawn("--curves", "core,offers"))).toHaveLength(10);
    const through = drawn("--curves", "indifference", "--through", "3,4", "--through", "5,6");
    expect(names(through).filter((name) => name.startsWith("indifference:Ada"))).toEqual(
      [1, 2, 3].map((k) => `indifference:Ada ${k}`),
    );
    const utility = (x: number, y: number) => 1024 * x ** -4 + y ** -4;
    for (const [name, piece, x, y] of through) {
      if (name === "indifference:Ada" && piece === "2") expect(utility(+x, +y) / utility(3, 4)).toBeCloseTo(1, 10);
    }
    const json = JSON.parse(walras(["box", "--json", "--through", "3,4"], KEHOE).stdout);
    expect(json.through[0].point).toEqual([3, 4]);
    expect(json.through[0].indifference[0].points[0]).toHaveLength(2);
    expect(walras(["box", "--curves", "corn"], KEHOE).stderr).toMatch(/curves must be some of contract, core/);
    expect(walras(["box", "--through", "3,40"], KEHOE).stderr).toMatch(
      /through\[0\]\[1\] must be the total 13 at most/,
    );
    expect(walras(["box", "--curves", "core"], KEHOE).status).toBe(0);
  });
});

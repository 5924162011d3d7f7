// Tables that fit the terminal, the same numbers as CSV, and help.

import { csvParseRows } from "d3-dsv";
import { describe, expect, it } from "vitest";
import { file, folder, KEHOE, NAMES, onTerminal, PAIR, SCARF, walras } from "../support/cli.js";

/** Twelve goods and three agents: more columns than most terminals have. */
const GOODS = Array.from({ length: 12 }, (_, j) => `good ${j + 1}`);
const WIDE = {
  name: "wide",
  agents: ["Ada", "Ben", "Cem"],
  goods: GOODS,
  alpha: [0, 1, 2].map((i) => GOODS.map((_, j) => 1 + ((i + j) % 5) / 7)),
  omega: -0.5,
  endowments: [0, 1, 2].map((i) => GOODS.map((_, j) => 1 + ((2 * i + j) % 3))),
};
const PATH = file(WIDE);
/** How to call every command that prints a table, on a file. */
const COMMANDS = [
  ["plan"],
  ["equilibrium"],
  ["equilibria"],
  ["statics"],
  ["transfers"],
  ["transfer-paradox"],
  ["tatonnement"],
  ["welfare"],
  ["frontier", "--from", "1,1,1", "--to", "1,2,3", "--points", "5"],
];
const ruled = (text: string) => text.split(/\r?\n/).filter((line) => /^[┌│├└]/.test(line));
const widest = (text: string) => Math.max(...ruled(text).map((line) => line.length));

describe("tables", () => {
  it.each(COMMANDS)("of %s fit the width, and say how many columns there are and how to see them", (...command) => {
    const free = walras([...command, PATH]);
    expect(free.stdout).not.toContain("columns;");
    for (const width of [60, 80, 132]) {
      const { status, stdout } = walras([...command, PATH], "", { COLUMNS: String(width) });
      expect([status, widest(stdout) <= width]).toEqual([0, true]);
      // What is shown is what stands in the whole table, and the first column is always there.
      const cells = (text: string) => ruled(text).filter((l) => l.startsWith("│")).map((l) => l.split("│").slice(1, -1).map((c) => c.trim())); // biome-ignore format: a chain
      const [all, some] = [cells(free.stdout), cells(stdout)];
      expect(some.map(([first]) => first)).toEqual(all.map(([first]) => first));
      some.forEach((row, r) => {
        let from = 0;
        for (const cell of row.filter((c) => c !== "…")) {
          const at = all[r].indexOf(cell, from);
          expect([cell, at >= from]).toEqual([cell, true]);
          from = at;
        }
      });
      for (const [, shown, total] of stdout.matchAll(
        /(\d+) of (\d+) columns; --csv and --json print all; more fit a wider terminal\./g,
      )) {
        expect(Number(shown)).toBeLessThan(Number(total));
      }
      expect(/of \d+ columns; --csv/.test(stdout)).toBe(widest(free.stdout) > width);
    }
  });

  it("keep the last columns, and fill up from the left", () => {
    const { lines } = walras(["plan", PATH], "", { COLUMNS: "70" });
    const head = lines.find((line) => line.startsWith("│")) as string;
    expect(head.split("│").map((cell) => cell.trim())).toEqual([
      ...["", "agent", "good 1", "…", "good 11", "good 12", "utility", ""],
    ]);
    expect(lines).toContain("5 of 14 columns; --csv and --json print all; more fit a wider terminal.");
  });

  it("are whole in pipes and files, and cut on a terminal unless it is wide", () => {
    const wide = widest(walras(["plan", PATH]).stdout);
    const path = `${folder}/table`;
    expect(walras(["plan", PATH, "-o", path], "", { COLUMNS: "60" }).status).toBe(0);
    expect(widest(walras(["plan", PATH], "", { COLUMNS: "no number" }).stdout)).toBe(wide);
    expect(widest(onTerminal(["plan", PATH], wide))).toBe(wide);
    const cut = onTerminal(["plan", PATH], wide - 1);
    expect(widest(cut)).toBeLessThan(wide);
    expect(cut).toMatch(/13 of 14 columns|12 of 14 columns/);
  });

  it("show one column at least, however narrow", () => {
    const { status, stdout } = walras(["plan", PATH], "", { COLUMNS: "1" });
    expect(status).toBe(0);
    expect(stdout).toMatch(/│ agent +│ … │/);
    expect(stdout).toContain("1 of 14 columns");
  });
});

describe("CSV", () => {
  const parsed = (args: string[], input: unknown = "") => {
    const { status, stdout, stderr } = walras(args, input);
    expect([status, stderr]).toEqual([0, ""]);
    return csvParseRows(stdout.trimEnd());
  };

  it("of plan and equilibrium has one row per agent and good, with all digits", () => {
    const json = (command: string) => JSON.parse(walras([command, PATH, "--json"]).stdout);
    const plan = json("plan");
    expect(parsed(["plan", PATH, "--csv"])).toEqual([
      ["agent", "good", "amount", "shadowPrice", "weight", "utility"],
      ...WIDE.agents.flatMap((agent, i) =>
        GOODS.map((good, j) => [
          ...[agent, good],
          ...[plan.allocation[i][j], plan.shadowPrices[j], plan.weights[i], plan.utilities[i]].map(String),
        ]),
      ),
    ]);
    const market = json("equilibrium");
    expect(parsed(["equilibrium", PATH, "--csv"])).toEqual([
      ["agent", "good", "amount", "netTrade", "price", "income", "utility", "weight"],
      ...WIDE.agents.flatMap((agent, i) =>
        GOODS.map((good, j) => [
          ...[agent, good],
          ...[market.allocation[i][j], market.netTrades[i][j], market.prices[j]].map(String),
          ...[market.incomes[i], market.utilities[i], market.weights[i]].map(String),
        ]),
      ),
    ]);
  });

  it("of plan has the trace of Adam, if there is one", () => {
    const rows = parsed(["plan", "--method", "adam", "--trace", "100", "--csv"], PAIR);
    expect(rows[0]).toEqual(["step", "objective", "welfare", "stationarity", "feasibility"]);
    expect(rows[1][0]).toBe("99");
    expect(parsed(["plan", "--method", "adam", "--csv"], PAIR)[0][0]).toBe("agent");
  });

  it("of the share demand has incomes", () => {
    const shares = { ...NAMES, alpha: [[1, 2], [2, 1]], omega: -1, totals: [3, 3], incomes: [3, 3] }; // biome-ignore format: rows
    const rows = parsed(["equilibrium", "--demand", "shares", "--csv"], shares);
    expect(rows[0]).toEqual(["agent", "good", "amount", "price", "income"]);
    expect(rows).toHaveLength(5);
  });

  it("of check has the residuals, and the exit status is the verdict", () => {
    const market = file(walras(["equilibrium", file(KEHOE), "--json"]).stdout);
    const rows = parsed(["check", file(KEHOE), market, "--csv"]);
    expect(rows[0]).toEqual(["residual", "value"]);
    expect(rows.slice(1).map(([name]) => name)).toEqual(expect.arrayContaining(["marketClearing", "stationarity"]));
    expect(walras(["check", file(SCARF), file({ prices: [1, 2, 3] }), "--csv"]).status).toBe(1);
  });

  it("of reproduce has every figure that was printed beside the one computed here", () => {
    const rows = parsed(["reproduce", "--csv"]);
    expect(rows[0]).toEqual(["experiment", "figure", "printed", "computed"]);
    expect(new Set(rows.slice(1).map(([id]) => id)).size).toBe(6);
    for (const [, , printed, computed] of rows.slice(1)) {
      expect([Number.isFinite(Number(printed)), Number.isFinite(Number(computed))]).toEqual([true, true]);
    }
  });

  it("does not go with --json", () => {
    expect(walras(["plan", PATH, "--csv", "--json"]).status).toBe(2);
  });
});

describe("help", () => {
  const names = [...walras(["--help"]).stdout.matchAll(/^ {2}([a-z-]+) (?:\[|<)/gm)].map(([, name]) => name);

  it("is found for every command", () => {
    expect(names).toEqual(expect.arrayContaining(["plan", "check", "export", "reproduce", "transfer-paradox"]));
    expect(names.length).toBeGreaterThanOrEqual(13);
  });

  it.each(["", ...names])("of '%s' fits 80 columns, and fewer if there are fewer", (name) => {
    for (const [width, variables] of [
      [80, {}],
      [75, { COLUMNS: "75" }],
    ] as const) {
      const { status, lines } = walras([...(name ? [name] : []), "--help"], "", variables);
      expect([status, lines.filter((line) => line.length > width)]).toEqual([0, []]);
    }
  });
});

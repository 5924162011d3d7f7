// What foreign text may do to a terminal, a table and a spreadsheet: nothing.

import { csvParseRows } from "d3-dsv";
import { describe, expect, it } from "vitest";
import { file, onTerminal, PAIR, shell, TRADE, walras } from "../support/cli.js";

/** ESC, BEL, a C1 control, marks of direction, zero-width characters, separators, half a pair. */
const HOSTILE = "\x1b]0;x\x07\x9b2J\u202e\u2066\u200b\u00ad\u2028\u2029\ufeff\x7f\r\n\t\ud800\u{e0041}";
const ESCAPED =
  "\\u001b]0;x\\u0007\\u009b2J\\u202e\\u2066\\u200b\\u00ad\\u2028\\u2029\\ufeff\\u007f\\r\\n\\t\\ud800\\udb40\\udc41";
/** Everything that HOSTILE holds, but the line feed that ends a line. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** A name of 10 000 characters. */
const LENGTHY = `first${"x".repeat(9990)}last`;

const COMMANDS = [
  "plan",
  "equilibrium",
  "equilibria",
  "frontier",
  "box",
  "statics",
  "transfers",
  "transfer-paradox",
  "tatonnement",
  "welfare",
];
const hostile = {
  ...TRADE,
  name: `economy ${HOSTILE}`,
  goods: [`good ${HOSTILE}`, "wine"],
  agents: [`agent ${HOSTILE}`, "Ben"],
};
const lengthy = { ...TRADE, name: LENGTHY, goods: [LENGTHY, `${LENGTHY}2`], agents: [LENGTHY, `${LENGTHY}2`] };

describe("names", () => {
  it.each(COMMANDS)("are escaped in what %s prints for people, one row each", (command) => {
    const { status, stdout, stderr } = walras([command], hostile);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).not.toMatch(UNSAFE);
    expect(stdout).toMatch(/\\u001b\]0;x\\u0007\\u009b2J/);
    const lines = (text: string) => text.split("\n").length;
    expect(lines(stdout)).toBe(lines(walras([command], { ...TRADE, name: "economy" }).stdout));
  });

  it("are escaped in full, and stay what they are if they are harmless", () => {
    expect(walras(["plan"], { ...TRADE, goods: [HOSTILE, "wine"] }).stdout).toContain(ESCAPED.slice(0, 39));
    const goods = ["Brötchen – 面包", "خبز"];
    const { stdout } = walras(["plan"], { ...TRADE, goods });
    for (const good of goods) expect(stdout).toContain(good);
  });

  it.each(COMMANDS)("are shortened in what %s prints for people", (command) => {
    const { status, lines } = walras([command], lengthy);
    expect(status).toBe(0);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1300);
    expect(lines.join("\n")).toMatch(/firstx+…x+last/);
  });

  it.each(COMMANDS)("are the same names in the JSON of %s, which has no unsafe character either", (command) => {
    const { stdout } = walras([command, "--json"], hostile);
    expect(stdout).not.toMatch(UNSAFE);
    expect(JSON.parse(stdout)).toMatchObject({ goods: hostile.goods, agents: hostile.agents });
    expect(JSON.parse(walras([command, "--json"], lengthy).stdout).goods).toEqual(lengthy.goods);
  });

  it("are escaped as a numeraire", () => {
    for (const command of ["equilibrium", "equilibria", "tatonnement", "statics"]) {
      const { status, stdout } = walras([command, "--numeraire", "0"], hostile);
      expect(status).toBe(0);
      expect(stdout).toContain("numeraire: good \\u001b]0;x");
      const long = walras([command, "--numeraire", "0"], lengthy).stdout;
      expect(long).toMatch(/numeraire: firstx{10,50}…x{10,30}last/);
    }
  });

  it("are escaped in CSV on a terminal, and left alone in a file", () => {
    const economy = file({ ...TRADE, agents: ["\x1b[31mAda\x9b", "Ben"] });
    expect(onTerminal(["transfers", economy, "--csv"])).toContain("\\u001b[31mAda\\u009b,1,");
    expect(walras(["transfers", economy, "--csv"]).stdout).toContain("\x1b[31mAda\x9b,1,");
  });
});

describe("messages", () => {
  const bad = (extra: object) => ({ ...PAIR, ...extra });
  it.each<[string, string[], unknown]>([
    ["a key", ["plan"], bad({ [HOSTILE]: 1 })],
    ["a value", ["plan"], bad({ omega: HOSTILE })],
    ["a key within a value", ["plan"], bad({ omega: { [HOSTILE]: HOSTILE } })],
    ["a name given twice", ["plan"], bad({ goods: [HOSTILE, HOSTILE] })],
    ["the nearest name", ["equilibrium", "--numeraire", "wina"], bad({ goods: [`wine${HOSTILE}`, "bread"] })],
    ["an unknown name", ["equilibrium", "--numeraire", "a\x1bb\nc"], PAIR],
    ["text that is no JSON", ["plan"], `{"a": tr${HOSTILE}`],
    ["a column", ["plan"], `agent,"alpha:${HOSTILE}","x${HOSTILE}"\n1,2,3\n`],
    ["a missing column", ["plan"], `agent,"alpha:a\u202e",omega:b\n1,2,3\n`],
    ["a file", ["plan", "no\nsuch\x1b[31m\u202efile"], ""],
    ["a file to write", ["plan", "-o", "no\nsuch\x1b[31m\u202e/file"], PAIR],
    ["a command", ["pl\x1b[31m\nan"], ""],
    ["an option", ["plan", "--fa\x1b[31m\nst"], ""],
    ["an argument", ["plan", "--engine", "fa\x1b[31m\nst"], ""],
    ["a superfluous argument", ["plan", "a", "fa\x1b[31m\nst"], ""],
  ])("escape %s, in one line per mistake", (_, args, input) => {
    const { status, stdout, stderr } = walras(args, input);
    expect([2, 74]).toContain(status);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(UNSAFE);
    // The first line begins with the name of the program, and those after it with blanks.
    expect(stderr).toMatch(/^walras: \S.*\n( {8}\S.*\n)*$/);
  });

  it("shorten keys, names, values and arguments", () => {
    const cases: [string[], unknown][] = [
      [["plan"], bad({ [LENGTHY]: LENGTHY })],
      [["plan"], bad({ goods: [LENGTHY, LENGTHY] })],
      [["plan"], `agent,${LENGTHY}\n1,2\n`],
      [["equilibrium", "--numeraire", LENGTHY], PAIR],
      [["equilibrium", "--numeraire", "wine"], bad({ goods: [LENGTHY, `${LENGTHY}2`] })],
      [[LENGTHY], ""],
      [["plan", `--${LENGTHY}`], ""],
      [["plan", LENGTHY], ""],
      [["plan", "--engine", LENGTHY], ""],
    ];
    for (const [args, input] of cases) {
      const { status, stderr } = walras(args, input);
      expect(status).toBe(2);
      for (const line of stderr.split("\n")) expect(line.length).toBeLessThan(800);
    }
  });
});

describe("CSV", () => {
  const FORMULAS = ["=1+1|cmd", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1"];
  const agents = [...FORMULAS, "Ada", "O'Hara", "a=b"];
  const economy = {
    goods: ["=1", "b"],
    agents,
    alpha: agents.map((_, i) => [1 + i, 2]),
    omega: -0.5,
    endowments: agents.map(() => [1, 2]),
  };

  it("has an apostrophe before names that a spreadsheet would take for formulas, and no other", () => {
    const rows = csvParseRows(walras(["transfers", "--csv"], economy).stdout.trimEnd());
    expect(rows[0]).toEqual(["agent", "weight", "transfer"]);
    expect(rows.slice(1).map(([agent]) => agent)).toEqual([
      ...FORMULAS.map((name) => `'${name}`),
      "Ada",
      "O'Hara",
      "a=b",
    ]);
  });

  it("has numbers as they are, those below 0 too", () => {
    const rows = csvParseRows(walras(["transfers", "--csv"], economy).stdout.trimEnd()).slice(1);
    const transfers = rows.map(([, , transfer]) => Number(transfer));
    expect(transfers.some((transfer) => transfer < 0)).toBe(true);
    const { transfers: exact } = JSON.parse(walras(["transfers", "--json"], economy).stdout);
    expect(transfers).toEqual(exact);
  });

  const ends = ["--from", agents.map(() => 1).join(), "--to", agents.map((_, i) => i + 1).join()];
  it.each<[string, string[]]>([
    ["statics", []],
    ["transfer-paradox", []],
    ["welfare", []],
    ["frontier", ends],
    ["equilibria", []],
    ["tatonnement", []],
  ])("of %s has no cell that begins as a formula, but numbers", (command, options) => {
    const { stdout, status } = walras([command, "--csv", ...options], economy);
    expect(status).toBe(0);
    for (const cell of csvParseRows(stdout).flat()) {
      expect(/^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)) ? cell : "").toBe("");
    }
  });
});

it("a shell's own newline in an argument makes no second message", () => {
  expect(shell("walras plan $'x\\nwalras: forged'").stderr).toBe(
    "walras: cannot read x\\nwalras: forged: no such file\n",
  );
});

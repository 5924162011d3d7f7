// walras export: programs that solve the same economy without walras, and LaTeX. Python with NumPy
// and SciPy must be installed; the variable PYTHON may hold the path of one that has them.

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type EconomyData, load } from "../../src/index.js";
import { file, NAMES, PAIR, SCARF, walras } from "../support/cli.js";
import { relativeDifference } from "../support/engines.js";
import { caseNamed } from "../support/fixtures.js";

/** Quotes, comments, escapes, substitutions and invisible characters of all four languages. */
const HOSTILE = [
  "'); import os; os.abort() #",
  '"""\n\\',
  "$(exit(3)) $name",
  "%gams.user1% 'x' $abort",
  "\\end{document}\\input{x} #1 ~^_&",
  "*\r\n$exit",
  "\ud800\u202e\u2028\u{e0041}\x1b[31m",
  "Brötchen 面包 😀",
];
/** Eight agents and eight goods with hostile names. */
const hostile: EconomyData = {
  name: HOSTILE.join(" "),
  agents: HOSTILE,
  goods: HOSTILE,
  alpha: HOSTILE.map((_, i) => HOSTILE.map((_, j) => 1 + ((i + 2 * j) % 5))),
  omega: -2,
  endowments: HOSTILE.map((_, i) => HOSTILE.map((_, j) => (i === j ? 3 : 0.1))),
};
/** The same without owners, with goods that some or all do not want. */
const unowned: EconomyData = {
  alpha: [[1, 0.8, 0], [0, 0.9, 0], [0.9, 1e-7, 0]],
  omega: [[-0.5, -1, 0], [-2, -0.2, 3], [-3, -1, -1]],
  totals: [10, 3e21, 4],
  weights: [1, 2, 0.5],
}; // biome-ignore format: rows

const exported = (economy: unknown, language: string) => {
  const { status, stdout, stderr } = walras(["export", "--to", language], economy);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
};

/** Runs a Python program, and returns the JSON that it prints. */
function run(program: string) {
  const { status, stdout, stderr, error } = spawnSync(process.env.PYTHON ?? "python3", ["-"], {
    input: program,
    encoding: "utf8",
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
  });
  expect([error, stderr, status]).toEqual([undefined, "", 0]);
  return JSON.parse(stdout);
}

describe("walras export --to scipy", () => {
  it.each([
    "kehoe-1024", // Kehoe (1985, 1991)
    "mwg-15-b-6", // Mas-Colell, Whinston & Green (1995), exercise 15.B.6
    "scarf-5x10-ces", // Scarf (1967), Scarf & Hansen (1973)
    "quantecon-arrow-securities", // QuantEcon, ge_arrow
    "notebook-sibling-10x10", // ECON 714, homework 1
    "scarf-1960-cycle", // Scarf (1960)
    "extreme-curvature-4x4",
    "zero-endowments-4x5",
  ])("writes a program that finds one of the known equilibria of %s", (name) => {
    const { economy, expected } = caseNamed(name);
    const found = run(exported(economy, "scipy"));
    const distances = (expected.equilibria ?? []).map(({ prices, allocation }) =>
      Math.max(
        relativeDifference(found.prices, prices),
        relativeDifference(found.allocation.flat(), allocation.flat()),
      ),
    );
    expect(Math.min(...distances)).toBeLessThan(1e-8);
    const verdict = walras(["check", file(economy), file(found)]);
    expect(verdict.stdout).toContain("accepted");
  });

  it("writes one that starts again where its method gets stuck", async () => {
    // From the first start it ends with a residual of 0.2.
    const hard = {
      alpha: [[0.265, 0.682, 29.5], [0.471, 0.0224, 0.911]],
      omega: [[-9.75, -6.1, -1.4], [-8.97, -0.13, -7.32]],
      endowments: [[0.411, 0.625, 1.62], [1.65, 9.89, 0.362]],
    }; // biome-ignore format: rows
    const found = run(exported(hard, "scipy"));
    const engine = await load();
    expect(relativeDifference(found.prices, engine.equilibrium(engine.economy(hard)).prices)).toBeLessThan(1e-8);
  });

  it("writes one that finds the plan if there are only totals", async () => {
    const engine = await load();
    const { endowments: _, ...planner } = caseNamed("notebook-sibling-planner-asymmetric").economy;
    const totals = engine.economy(caseNamed("notebook-sibling-planner-asymmetric").economy).totals;
    for (const economy of [{ ...planner, totals: [...totals] }, unowned]) {
      const found = run(exported(economy, "scipy"));
      const plan = engine.plan(engine.economy(economy));
      const m = found.goods.length;
      expect(relativeDifference(found.shadowPrices, plan.shadowPrices.slice(0, m))).toBeLessThan(1e-8);
      const allocation = plan.allocation.filter((_, c) => c % plan.shadowPrices.length < m);
      expect(relativeDifference(found.allocation.flat(), allocation)).toBeLessThan(1e-8);
    }
  });

  it("keeps names, whatever stands in them", async () => {
    const found = run(exported(hostile, "scipy"));
    expect([found.name, found.agents, found.goods]).toEqual([hostile.name, HOSTILE, HOSTILE]);
    const engine = await load();
    const { prices } = engine.equilibrium(engine.economy(hostile));
    expect(relativeDifference(found.prices, prices)).toBeLessThan(1e-8);
  });
});

/** The numbers between a beginning and the next end of a text. */
const numbersIn = (text: string, start: string, end: string) =>
  (
    text
      .split(start)[1]
      .split(end)[0]
      .match(/-?\d[\d.]*(e[+-]?\d+)?/g) ?? []
  ).map(Number);

describe("walras export --to julia", () => {
  it("writes all numbers with all digits", () => {
    const { economy } = caseNamed("scarf-5x10-ces");
    const program = exported(economy, "julia");
    for (const key of ["alpha", "omega", "endowments"] as const) {
      const written = numbersIn(program, `const ${key} = permutedims(reshape(Float64[`, "]");
      expect(written).toEqual((economy[key] as number[][]).flat());
    }
  });

  it("has names as literals that neither end, nor interpolate, nor hide", () => {
    const program = exported(hostile, "julia");
    expect(program).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    const literals = program.match(/const goods = \[\n(.*?),\n\]/s)?.[1].match(/"(\\.|[^"\\])*"/g) ?? [];
    expect(literals).toHaveLength(HOSTILE.length);
    for (const literal of literals) expect(literal).not.toMatch(/(^|[^\\])(\\\\)*\$/);
    // The escapes of JSON are Julia's, but for those of `$` and of more than four digits.
    const read = literals.map((text) =>
      JSON.parse(
        text
          .replaceAll("\\$", "$")
          .replace(/\\U([0-9a-f]{8})/g, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16))),
      ),
    );
    expect(read).toEqual(HOSTILE.map((name) => name.replace(/\p{Cs}/gu, "\ufffd")));
  });
});

describe("walras export --to gams", () => {
  it("writes all numbers with all digits, by agent and good", () => {
    const { economy } = caseNamed("scarf-5x10-ces");
    const program = exported(economy, "gams");
    for (const [key, given] of [
      ["alpha", economy.alpha],
      ["omega", economy.omega],
      ["endowment", economy.endowments],
    ]) {
      const part = program.split(`${key}(a,g) '`)[1].split("/")[1];
      const written = [...part.matchAll(/a(\d+)\.g(\d+) (\S+)/g)].map(([, i, j, v]) => [+i, +j, +v]);
      expect(written).toEqual((given as number[][]).flatMap((row, i) => row.map((v, j) => [i + 1, j + 1, v])));
    }
    expect(program).toContain("$offDigit");
    expect(program).toContain("model exchange 'competitive equilibrium' / market.p, budget.mu, choice.x /;");
    expect(program).toContain("solve exchange using mcp;");
  });

  it("leaves out what an agent does not want, and writes the plan's conditions if there are only totals", () => {
    const program = exported(unowned, "gams");
    expect(program.split("alpha(a,g) '")[1].split("/")[1].trim().split(/\s*\n\s*/)).toEqual([
      "a1.g1 1", "a1.g2 0.8", "a2.g2 0.9", "a3.g1 0.9", "a3.g2 1e-7",
    ]); // biome-ignore format: rows
    expect(program).toContain("solve planner using mcp;");
    expect(program).toContain("g2 3e+21 /");
  });

  it("has names as texts that neither end nor substitute, one on a line", () => {
    const program = exported(hostile, "gams");
    const sets = program.split("sets\n")[1].split("alias")[0];
    const lines = sets.trimEnd().split("\n");
    expect(lines).toHaveLength(2 + 2 * HOSTILE.length);
    for (const line of lines) expect(line).toMatch(/^ {3,6}[ag]\d* '[^'"%$\\\p{C}\p{Zl}\p{Zp}]{0,60}'( \/;?)?$/u);
    expect(program).not.toContain("%");
    const long = exported({ ...PAIR, agents: ["x".repeat(500), "y"] }, "gams");
    expect(long).toMatch(/a1 'x{59}\?'\n/);
  });
});

/** Refuses LaTeX whose braces or environments do not close, or with a special character in text. */
function requireBalanced(text: string) {
  const open: string[] = [];
  let mathematics = false;
  const tokens = text.replace(/^%.*$/gm, "").match(/\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\([a-zA-Z]+|.)|[^\\]/gsu) ?? [];
  for (const token of tokens) {
    const inEquation = mathematics || open.some((part) => part.startsWith("equation"));
    if (token.startsWith("\\begin{")) open.push(token.slice(7, -1));
    else if (token.startsWith("\\end{")) expect(open.pop()).toBe(token.slice(5, -1));
    else if (token === "{") open.push("{");
    else if (token === "}") expect(open.pop()).toBe("{");
    else if (token === "$") mathematics = !mathematics;
    else if (/^[_^]$/.test(token)) expect([token, inEquation]).toEqual([token, true]);
    else if (token === "&") expect(open.at(-1)).toBe("tabular");
    else expect(token).not.toMatch(/^[#%"<>|]$|[\p{Cs}\p{Cf}]|(?!\n)\p{Cc}/u);
  }
  expect([open, mathematics]).toEqual([[], false]);
}

describe("walras export --to latex", () => {
  it("writes formulas and tables of the data and the equilibrium", () => {
    const text = exported({ ...SCARF, ...{ name: "Scarf's economy" } }, "latex");
    requireBalanced(text);
    expect(text).toContain("\\subsection*{Scarf's economy}");
    expect(text.match(/\\begin\{table\}/g)).toHaveLength(5);
    expect(text).toContain("{price} & {$0.3333333$} & {$0.3333333$} & {$0.3333333$} \\\\");
    expect(text).toContain("Prices add up to $1$.");
  });

  it("writes the plan if there are only totals, and long numbers as powers of ten", () => {
    const text = exported(unowned, "latex");
    requireBalanced(text);
    expect(text).toContain("{$1 \\times 10^{-7}$}");
    expect(text).toContain("{total} & {$10$} & {$3 \\times 10^{21}$} & {$4$} \\\\");
    expect(text).toContain("\\lambda_i u_i(x_i)");
  });

  it("cuts tables that are too wide or too long for a page", () => {
    const text = exported({ size: { agents: 50, goods: 7 }, alpha: 1, omega: -1, totals: Array(7).fill(1) }, "latex");
    requireBalanced(text);
    expect(text).toContain("(part 4 of 4)");
    for (const [columns] of text.matchAll(/\\begin\{tabular\}\{\w+\}/g)) expect(columns.length).toBeLessThan(24);
  });

  it("escapes names", () => {
    const text = exported(hostile, "latex");
    requireBalanced(text);
    expect(text).toContain("{\\textbackslash{}end\\{document\\}\\textbackslash{}input\\{x\\} \\#1");
    expect(text).toContain("Brötchen 面包 😀");
  });
});

describe("walras export", () => {
  it("needs a language that it knows", () => {
    expect(walras(["export"], PAIR).stderr).toBe("walras: required option '--to <language>' not specified\n");
    expect(walras(["export", "--to", "matlab"], PAIR)).toMatchObject({ status: 2, stdout: "" });
  });

  it.each(["scipy", "julia", "gams"])("refuses what --to %s cannot solve, in one line", (language) => {
    const refused = (economy: unknown) => walras(["export", "--to", language], economy);
    const apart = { ...NAMES, alpha: [[1, 0], [0, 1]], omega: -1, endowments: [[1, 0], [0, 1]] }; // biome-ignore format: rows
    const cases: [unknown, RegExp][] = [
      [{ alpha: 1, omega: 0.5, totals: [1, 1], size: { agents: 2, goods: 2 } }, /omega(\[0\]\[0\])? must be below 0/],
      [{ ...PAIR, omega: 0.5 }, /omega(\[0\]\[0\])? must be below 0/],
      [apart, /alpha must connect all agents for a program.*2 groups/],
      [{ alpha: 1, omega: -1, totals: [1], size: { agents: 3000, goods: 1 } }, /size may have 2000 agents and goods/],
    ];
    for (const [economy, message] of cases) {
      const { status, stdout, stderr } = refused(economy);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr.split("\n")[0]).toMatch(message);
    }
  });

  it("refuses to print very large tables", () => {
    const large = { alpha: 1, omega: -1, totals: [1], size: { agents: 500, goods: 1 } };
    expect(walras(["export", "--to", "latex"], large).stderr).toMatch(/size may have 500 agents and goods together/);
  });
});

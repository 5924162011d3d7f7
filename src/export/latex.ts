// An economy and its solution as a part of a LaTeX document: formulas and tables.

import type { Economy } from "../economy/economy.js";
import type { Equilibrium, ExactPlan } from "../solution.js";
import { EconomyError } from "../violations.js";

/** The most agents and goods together; larger tables are for programs to read. */
const MAX_SIZE = 500;
/** The most columns of numbers that stand side by side, and the most rows on a page. */
const MAX_COLUMNS = 5;
const MAX_ROWS = 40;

/**
 * Checks that an economy is small enough for tables on paper.
 * @throws EconomyError
 */
export function requirePrintable({ agents, goods }: Economy): void {
  const size = agents.length + goods.length;
  if (size <= MAX_SIZE) return;
  const requirement = `may have ${MAX_SIZE} agents and goods together at most for LaTeX`;
  throw new EconomyError([{ path: "size", requirement, value: size }]);
}

/**
 * Returns a part of a document, for `\input`, that states an economy and its equilibrium or plan:
 * formulas, and tables of the data and of the solution. It needs amsmath and booktabs. Numbers have
 * seven significant digits. Names are text: whatever LaTeX could obey is escaped, and what cannot
 * be seen is left out.
 * @throws EconomyError if it is too large to print
 */
export function toLatex(economy: Economy, solution: Equilibrium | ExactPlan): string {
  requirePrintable(economy);
  const { agents, goods, alpha, omega, endowments, totals, name } = economy;
  const m = goods.length;
  const names = agents.map(textOf);
  const heads = goods.map(textOf);
  const rowsOf = (values: Float64Array) =>
    names.map((agent, i) => ({ head: agent, cells: Array.from(values.subarray(i * m, (i + 1) * m), numberOf) }));
  const row = (head: string, values: Float64Array) => ({ head, cells: Array.from(values, numberOf) });
  const market = "prices" in solution;
  const data = [
    table("How much each agent likes each good: $\\alpha_{ij}$", heads, rowsOf(alpha)),
    table("Elasticities of marginal utility: $\\omega_{ij}$", heads, rowsOf(omega)),
    endowments
      ? table("What each agent owns: $e_{ij}$", heads, [...rowsOf(endowments), row("total", totals)])
      : table("What there is of each good: $E_j$", heads, [row("total", totals)]),
  ];
  const answer = market
    ? [
        table("Equilibrium prices and allocation: $p_j$ and $x_{ij}$", heads, [
          row("price", solution.prices),
          ...rowsOf(solution.allocation),
        ]),
        table(
          "Incomes and utilities in equilibrium",
          ["income", "utility"],
          names.map((head, i) => ({ head, cells: [solution.incomes[i], solution.utilities[i]].map(numberOf) })),
        ),
        `${numeraireOf(solution)} The largest residual is ${numberOf(largest(solution.residuals))}${
          solution.uniqueness === "proved" ? ", and no other relative prices clear the markets" : ""
        }.`,
      ]
    : [
        table("Shadow prices and allocation of the plan: $p_j$ and $x_{ij}$", heads, [
          row("shadow price", solution.shadowPrices),
          ...rowsOf(solution.allocation),
        ]),
        table(
          "Pareto weights and utilities",
          ["weight", "utility"],
          names.map((head, i) => ({ head, cells: [solution.weights[i], solution.utilities[i]].map(numberOf) })),
        ),
        `Welfare is ${numberOf(solution.welfare)}. The largest residual is ${numberOf(largest(solution.residuals))}.`,
      ];
  return [
    "% Written by walras export --to latex. It needs, in the preamble of a document,",
    "%   \\usepackage{amsmath,booktabs}",
    `\\subsection*{${textOf(name ?? "An exchange economy")}}`,
    `Agents $i = 1, \\dots, ${agents.length}$ divide goods $j = 1, \\dots, ${m}$ among themselves. From an amount`,
    "$x_{ij}$ of each good, agent~$i$ has the utility",
    "\\begin{equation*}",
    "  u_i(x_i) = \\sum_{j} \\alpha_{ij} \\, \\frac{x_{ij}^{1+\\omega_{ij}}}{1+\\omega_{ij}},",
    "\\end{equation*}",
    "in which the term of a good with $\\omega_{ij} = -1$ is $\\alpha_{ij} \\ln x_{ij}$.",
    market ? MARKET : PLAN,
    ...data,
    ...answer,
    "",
  ].join("\n");
}

const MARKET = `Agent~$i$ owns $e_{ij}$ of good~$j$. In a competitive equilibrium each agent chooses, at prices~$p$,
\\begin{equation*}
  x_i \\in \\arg\\max \\Bigl\\{ u_i(x) : \\sum_{j} p_j x_j \\le \\sum_{j} p_j e_{ij},\\; x \\ge 0 \\Bigr\\},
\\end{equation*}
and all markets clear:
\\begin{equation*}
  \\sum_{i} x_{ij} = \\sum_{i} e_{ij} \\quad \\text{for every good $j$ that somebody wants.}
\\end{equation*}`;

const PLAN = `The plan solves, with Pareto weights $\\lambda_i$,
\\begin{equation*}
  \\max_{x \\ge 0} \\; \\sum_{i} \\lambda_i u_i(x_i) \\quad \\text{subject to} \\quad
  \\sum_{i} x_{ij} \\le E_j \\quad \\text{for every good $j$.}
\\end{equation*}
The shadow price $p_j$ is what one more unit of good~$j$ would add to welfare.`;

interface Row {
  head: string;
  cells: string[];
}

/** Returns a table with a caption, cut into parts that fit on a page. */
function table(caption: string, heads: readonly string[], rows: readonly Row[]): string {
  const parts: string[] = [];
  for (let top = 0; top < rows.length; top += MAX_ROWS) {
    for (let left = 0; left < heads.length; left += MAX_COLUMNS) {
      parts.push(tabular(rows.slice(top, top + MAX_ROWS), heads, left));
    }
  }
  return parts
    .map((part, k) => {
      const more = parts.length > 1 ? ` (part ${k + 1} of ${parts.length})` : "";
      return `\\begin{table}[htbp]\n\\centering\n\\caption{${caption}${more}}\n${part}\n\\end{table}`;
    })
    .join("\n");
}

function tabular(rows: readonly Row[], heads: readonly string[], left: number): string {
  const columns = heads.slice(left, left + MAX_COLUMNS);
  // A name in braces is no option of the line break before it.
  const line = (cells: readonly string[]) => `  ${cells.map((cell) => `{${cell}}`).join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{l${"r".repeat(columns.length)}}`,
    "  \\toprule",
    line(["", ...columns]),
    "  \\midrule",
    ...rows.map(({ head, cells }) => line([head, ...cells.slice(left, left + MAX_COLUMNS)])),
    "  \\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

function numeraireOf({ numeraire, prices }: Equilibrium): string {
  if (numeraire === "simplex") return `Prices add up to ${numberOf(prices.reduce((sum, price) => sum + price, 0))}.`;
  return `Prices are in units of ${textOf(numeraire)}.`;
}

function largest(residuals: object): number {
  return Math.max(...Object.values(residuals).filter((value): value is number => typeof value === "number"));
}

/** Returns a number in mathematics, with seven significant digits. */
function numberOf(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "--" : value > 0 ? "$\\infty$" : "$-\\infty$";
  const rounded = Number(value.toPrecision(7));
  const size = Math.abs(rounded);
  if (size === 0 || (size >= 1e-5 && size < 1e7)) return `$${rounded}$`;
  const [digits, exponent] = rounded.toExponential().split("e");
  return `$${digits} \\times 10^{${Number(exponent)}}$`;
}

/** What stands for a character that LaTeX could obey, or that its first fonts do not have. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  _: "\\_",
  "%": "\\%",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "''",
};

/** Returns a name as text for LaTeX. */
function textOf(name: string): string {
  return name
    .replace(/[\p{Zl}\p{Zp}\t\n\r]/gu, " ")
    .replace(/\p{C}/gu, "")
    .replace(/[\\{}$&#_%^~<>|"]/g, (character) => ESCAPES[character]);
}

// walras reproduce: the six experiments of the notebook that this project began as.

import { Command } from "commander";
import { load } from "../load.js";
import { type MarketFigures, type PlannerFigures, type Reproduction, reproduce, SEEDS } from "../notebook/reproduce.js";
import { csv } from "./csv.js";
import { type CommonFlags, csvOption, withCommonOptions } from "./options.js";
import { print, printJson, printRaw } from "./output.js";
import { table } from "./table.js";
import { digits } from "./terminal.js";

export function reproduceCommand(): Command {
  const command = new Command("reproduce")
    .description(
      "compute the six experiments of the homework notebook that this project began as, beside the figures it printed",
    )
    .addOption(csvOption("one row per figure that the notebook printed"));
  return withCommonOptions(command).action(async (flags: CommonFlags & { csv?: boolean }) => {
    const walras = await load({ engine: flags.engine });
    if (flags.json) printJson({ experiments: [...reproduce(walras)] });
    else if (flags.csv)
      printRaw(csv(["experiment", "figure", "printed", "computed"], [...reproduce(walras)].flatMap(rowsOf)));
    else for (const experiment of reproduce(walras)) print(show(experiment));
  });
}

/** Returns the objectives or the prices that the notebook printed, each with the one computed here. */
function rowsOf({ id, printed, computed }: Reproduction): (string | number)[][] {
  if (!("objective" in computed)) {
    const { prices } = printed as { prices: number[] };
    return prices.map((price, j) => [id, `price of good ${j + 1}`, price, computed.prices[j]]);
  }
  const { objective, objectives } = printed as { objective: number; objectives: number[] };
  const steps = computed.objectives.map(({ step, objective: value }, k) => [id, `step ${step}`, objectives[k], value]);
  return [...steps.slice(0, -1), [id, "the last step", objective, computed.objective]];
}

function show(experiment: Reproduction): string[] {
  const { title, id, optimum, findings } = experiment;
  return [
    "",
    `${title}   [${id}]`,
    "=".repeat(title.length),
    ...("objective" in experiment.computed
      ? showPlanner(
          experiment.printed as { objective: number; objectives: number[]; allocation?: number[][]; note?: string },
          experiment.computed,
        )
      : showMarket(experiment.printed as { prices: number[] }, experiment.computed)),
    `The planner's true optimum for these data: welfare ${digits(optimum.welfare)}, ${holders(optimum)}.`,
    "What is true of these figures:",
    ...findings.map((finding) => `  - ${finding}`),
    ...showProper(experiment.proper),
  ];
}

function showPlanner(
  printed: { objective: number; objectives: number[]; allocation?: number[][]; note?: string },
  computed: PlannerFigures,
): string[] {
  const rows: (string | number)[][] = computed.objectives.map(({ step, objective }, k) => [
    `step ${step}`,
    printed.objectives[k],
    objective,
    "",
  ]);
  rows[rows.length - 1] = [
    "the last step",
    printed.objective,
    computed.objective,
    computed.objectiveRange.map(digits).join(" to "),
  ];
  const matrix = (x: number[][]) =>
    x.length > 3 ? "" : x.map((row) => `(${row.map((v) => v.toFixed(4)).join(", ")})`).join(" ");
  return [
    ...table(["objective", "printed", "here, seed 0", `over ${SEEDS} seeds`], rows),
    `Allocation printed: ${printed.allocation ? matrix(printed.allocation) : printed.note}`,
    ...(computed.allocation.length > 3
      ? allocationTable(computed.allocation)
      : [`Allocation here:    ${matrix(computed.allocation)}`]),
  ];
}

function allocationTable(allocation: number[][]): string[] {
  return table(
    ["agent", ...allocation[0].map((_, j) => `good ${j + 1}`)],
    allocation.map((row, i) => [String(i + 1), ...row.map((v) => v.toFixed(3))]),
  );
}

function showMarket(printed: { prices: number[] }, computed: MarketFigures): string[] {
  return [
    ...table(
      ["prices", ...computed.prices.map((_, j) => `good ${j + 1}`), "worst |z|/E"],
      [
        ["printed", ...printed.prices, ""],
        [`here, ${computed.numeraire}`, ...computed.prices, computed.residual],
      ],
    ),
    "Along the curve of roots:",
    ...table(
      ["normalisation", ...computed.prices.map((_, j) => `good ${j + 1}`), "worst |z|/E"],
      computed.curve.map(({ numeraire, prices, residual }) => [numeraire, ...prices, residual]),
    ),
  ];
}

function showProper({ plan, equilibrium, residual }: Reproduction["proper"]): string[] {
  const list = (values: number[]) => values.map(digits).join(", ");
  const small = plan.allocation.length <= 3;
  return [
    "The answer to the question asked, with ω below 0 and every good owned in equal parts:",
    `  planner's welfare ${digits(plan.welfare)}${small ? `, allocation ${plan.allocation.map((row) => `(${list(row)})`).join(" ")}` : ""}`,
    `  equilibrium prices ${list(equilibrium.prices)} (${equilibrium.numeraire} = 1), ${equilibrium.unique ? "proved to be the only ones" : "uniqueness not known"}`,
    `  largest residual of both: ${digits(residual)}`,
  ];
}

function holders({ allocation, ties }: Reproduction["optimum"]): string {
  if (Math.max(...ties) > 1) return `each good whole to any one of ${Math.max(...ties)} agents`;
  const owners = new Set(ties.map((_, j) => allocation.findIndex((row) => row[j] > 0) + 1));
  return owners.size === 1
    ? `everything to agent ${[...owners][0]}`
    : `each good whole to one of agents ${[...owners].sort().join(", ")}`;
}

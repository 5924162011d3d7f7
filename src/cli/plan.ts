// walras plan FILE: a Pareto-efficient allocation.

import { Option } from "commander";
import type { Economy } from "../economy/economy.js";
import { load } from "../load.js";
import type { AdamOptions } from "../options/options.js";
import type { AdamPlan, Plan } from "../solution.js";
import { plural } from "../violations.js";
import { readEconomy } from "./input.js";
import {
  type CsvFlags,
  cellRows,
  csvOption,
  economyCommand,
  number,
  numbers,
  printSolution,
  type Rows,
  refuseIf,
  withCommonOptions,
} from "./options.js";
import { withProgress } from "./progress.js";
import { table, title } from "./table.js";
import { digits } from "./terminal.js";

/** Flags that only Adam takes, and the options they set. */
const ADAM_FLAGS = {
  formulation: "--formulation",
  precision: "--precision",
  learningRate: "--learning-rate",
  maxSteps: "--max-steps",
  seed: "--seed",
  trace: "--trace",
} as const;
type AdamFlag = keyof typeof ADAM_FLAGS;
const ADAM_KEYS = Object.keys(ADAM_FLAGS) as AdamFlag[];

interface Flags extends CsvFlags, Pick<AdamOptions, "weights" | "tolerance" | AdamFlag> {
  method: "exact" | "adam";
}

export function planCommand() {
  const command = economyCommand("plan", "compute the planner's optimum, a Pareto-efficient allocation")
    .addOption(
      new Option("--method <name>", "exact: the optimum itself; adam: approach it by the iteration Adam")
        .choices(["exact", "adam"])
        .default("exact"),
    )
    .addOption(
      new Option(
        "--formulation <name>",
        "adam: divide each good in shares, or penalise overuse (default: shares)",
      ).choices(["shares", "penalty"]),
    )
    .addOption(
      new Option("--precision <name>", "adam: precision of the arithmetic (default: double)").choices([
        "double",
        "single",
      ]),
    )
    .option("--learning-rate <number>", "adam: step size (default: 0.05; penalty 0.01)", number)
    .option("--max-steps <count>", "adam: greatest number of steps (default: 10000; penalty 1000)", number)
    .option("--seed <number>", "adam: seed of the random start (default: 0)", number)
    .option("--trace <k>", "adam: print every k-th step", number)
    .option("--weights <list>", "Pareto weights, separated by commas (default: the economy's)", numbers)
    .option(
      "--tolerance <number>",
      "residuals at which the plan counts as converged (default: 1e-10; adam 1e-6, in single precision 1e-4)",
      number,
    );
  command.addOption(csvOption("one row per agent and good; with --trace one per step"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const exactly = flags.method === "exact";
    refuseIf(ADAM_KEYS.map((key) => [exactly && flags[key] !== undefined, `${ADAM_FLAGS[key]} needs --method adam`]));
    const economy = await readEconomy(file, flags);
    const walras = await load({ engine: flags.engine });
    const { weights, tolerance } = flags;
    const exact = walras.plan(economy, { weights, ...(exactly ? { tolerance } : {}) });
    let plan: Plan = exact;
    if (!exactly) {
      const adam = Object.fromEntries(ADAM_KEYS.map((key) => [key, flags[key]])) as AdamOptions;
      plan = walras.planWithAdam(economy, { weights, tolerance, ...adam, ...withProgress(flags) });
      plan.message += ` ${distanceToOptimum(plan, exact)}`;
    }
    printSolution(
      plan,
      economy,
      flags,
      () => rowsOf(plan, economy),
      () => showPlan(plan, economy),
    );
  });
}

/** Says how far an iteration stopped from the exact optimum. */
function distanceToOptimum(plan: Plan, exact: Plan): string {
  const m = plan.shadowPrices.length;
  const totals = Float64Array.from({ length: m }, (_, j) =>
    exact.allocation.reduce((s, x, c) => (c % m === j ? s + x : s), 0),
  );
  const distance = plan.allocation.reduce(
    (worst, x, c) => Math.max(worst, Math.abs(x - exact.allocation[c]) / totals[c % m]),
    0,
  );
  const gap = exact.welfare - plan.welfare;
  const beyond = gap < 0 ? "above (the plan uses more than the totals)" : "below";
  return `Welfare is ${digits(Math.abs(gap))} ${beyond} the exact optimum's ${digits(exact.welfare)}; amounts differ from the optimum's by at most ${digits(distance)} of a good's total.`;
}

/** What is printed of every step of a trace. */
const TRACE = ["step", "objective", "welfare", "stationarity", "feasibility"] as const;

/** Returns one row of numbers per step of the trace; none if there is no trace. */
function traceRows(plan: Plan): number[][] {
  const trace = "trace" in plan ? (plan as AdamPlan).trace : [];
  return trace.map((step) => TRACE.map((key) => step[key]));
}

function rowsOf(plan: Plan, economy: Economy): Rows {
  const trace = traceRows(plan);
  if (trace.length > 0) return [[...TRACE], trace];
  const { allocation: amount, shadowPrices: shadowPrice, weights: weight, utilities: utility } = plan;
  return cellRows(economy, { amount }, { shadowPrice }, { weight, utility });
}

function showPlan(plan: Plan, { agents, goods, name }: Economy): string[] {
  const m = goods.length;
  const trace = traceRows(plan);
  return [
    ...title(name),
    ...(trace.length > 0 ? table([...TRACE], trace) : []),
    ...table(
      ["agent", ...goods, "utility"],
      [
        ...agents.map((agent, i) => [agent, ...plan.allocation.subarray(i * m, (i + 1) * m), plan.utilities[i]]),
        ["shadow price", ...plan.shadowPrices, ""],
      ],
    ),
    `welfare ${digits(plan.welfare)}`,
    `residuals: feasibility ${digits(plan.residuals.feasibility)}, stationarity ${digits(plan.residuals.stationarity)}`,
    `${plan.status} (${plan.method}, ${plural(plan.iterations, "iteration")}, ${plan.engine}): ${plan.message}`,
  ];
}

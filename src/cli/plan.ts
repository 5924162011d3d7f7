// walras plan FILE: a Pareto-efficient allocation.

import { Command, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import type { AdamOptions } from "../options/options.js";
import type { AdamPlan, Plan } from "../solution.js";
import { OptionError } from "../violations.js";
import { load } from "../walras.js";
import { readEconomy } from "./io.js";
import { type CommonFlags, number, numbers, printSolution, withCommonOptions } from "./options.js";
import { digits, table } from "./table.js";

/** Flags that only Adam takes. */
const ADAM_FLAGS = ["formulation", "precision", "learningRate", "maxSteps", "seed", "trace"] as const;

interface Flags extends CommonFlags, Pick<AdamOptions, "weights" | "tolerance" | (typeof ADAM_FLAGS)[number]> {
  method: "exact" | "adam";
}

export function planCommand(): Command {
  const command = new Command("plan")
    .description("a Pareto-efficient allocation: the planner's problem")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(new Option("--method <name>", "how to solve").choices(["exact", "adam"]).default("exact"))
    .addOption(
      new Option("--formulation <name>", "adam: divide each good, or penalise overuse (default: shares)").choices([
        "shares",
        "penalty",
      ]),
    )
    .addOption(new Option("--precision <name>", "adam: default double").choices(["double", "single"]))
    .option("--learning-rate <number>", "adam: default 0.05, penalty 0.01", number)
    .option("--max-steps <count>", "adam: default 10000, penalty 1000", number)
    .option("--seed <number>", "adam: of the random start, default 0", number)
    .option("--trace <k>", "adam: show every k-th step", number)
    .option("--weights <list>", "Pareto weights, separated by commas; default the economy's", numbers)
    .option("--tolerance <number>", "default 1e-10; adam 1e-6, single 1e-4", number);
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { weights, tolerance } = flags;
    const useless = ADAM_FLAGS.find((flag) => flags[flag] !== undefined);
    if (flags.method === "exact" && useless) {
      throw new OptionError([{ path: useless, requirement: "goes with --method adam", value: flags[useless] }]);
    }
    const exact = walras.plan(economy, { weights, ...(flags.method === "exact" ? { tolerance } : {}) });
    let plan: Plan = exact;
    if (flags.method === "adam") {
      const adam = Object.fromEntries(ADAM_FLAGS.map((flag) => [flag, flags[flag]])) as AdamOptions;
      plan = walras.planWithAdam(economy, { weights, tolerance, ...adam });
      plan.message += ` ${distance(plan, exact)}`;
    }
    printSolution(plan, economy, flags, (solution) => showPlan(solution, economy));
  });
}

/** How far an iteration stopped from the exact optimum. */
function distance(plan: Plan, exact: Plan): string {
  const m = plan.shadowPrices.length;
  const totals = Float64Array.from({ length: m }, (_, j) =>
    exact.allocation.reduce((s, x, c) => (c % m === j ? s + x : s), 0),
  );
  const apart = plan.allocation.reduce(
    (worst, x, c) => Math.max(worst, Math.abs(x - exact.allocation[c]) / totals[c % m]),
    0,
  );
  const gap = exact.welfare - plan.welfare;
  const beyond = gap < 0 ? "above (it uses more than there is)" : "below";
  return `Welfare is ${digits(Math.abs(gap))} ${beyond} the exact optimum's ${digits(exact.welfare)}; no amount is more than ${digits(apart)} of a good's total from its own there.`;
}

function showPlan(plan: Plan, { agents, goods, name }: Economy): string {
  const m = goods.length;
  const trace = "trace" in plan ? (plan as AdamPlan).trace : [];
  return [
    ...(name ? [name] : []),
    ...(trace.length > 0
      ? [
          table(
            ["step", "objective", "welfare", "stationarity", "feasibility"],
            trace.map((t) => [t.step, t.objective, t.welfare, t.stationarity, t.feasibility]),
          ),
        ]
      : []),
    table(
      ["agent", ...goods, "utility"],
      [
        ...agents.map((agent, i) => [agent, ...plan.allocation.subarray(i * m, (i + 1) * m), plan.utilities[i]]),
        ["shadow price", ...plan.shadowPrices, ""],
      ],
    ),
    `welfare ${digits(plan.welfare)}`,
    `residuals: feasibility ${digits(plan.residuals.feasibility)}, stationarity ${digits(plan.residuals.stationarity)}`,
    `${plan.status} (${plan.method}, ${plan.iterations} iterations, ${plan.engine}): ${plan.message}`,
  ].join("\n");
}

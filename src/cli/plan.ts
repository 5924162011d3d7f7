// walras plan FILE: a Pareto-efficient allocation.

import { Command, Option } from "commander";
import type { Economy } from "../economy.js";
import { digits, table } from "../report/table.js";
import type { AdamPlan, Plan } from "../solution.js";
import { type AdamOptions, load } from "../walras.js";
import { readEconomy } from "./io.js";
import { type CommonFlags, number, printSolution, withCommonOptions } from "./options.js";

interface Flags extends CommonFlags, Pick<AdamOptions, "formulation" | "learningRate" | "maxSteps" | "seed" | "trace"> {
  method: "exact" | "adam";
}

export function planCommand(): Command {
  const command = new Command("plan")
    .description("a Pareto-efficient allocation: the planner's problem")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(new Option("--method <name>", "how to solve").choices(["exact", "adam"]).default("exact"))
    .addOption(new Option("--formulation <name>", "adam: what it climbs (default: penalty)").choices(["penalty"]))
    .option("--learning-rate <number>", "adam: default 0.01", number)
    .option("--max-steps <count>", "adam: default 1000", number)
    .option("--seed <number>", "adam: of the random start, default 0", number)
    .option("--trace <k>", "adam: show every k-th step", number);
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { formulation, learningRate, maxSteps, seed, trace } = flags;
    const plan: Plan =
      flags.method === "adam"
        ? walras.planWithAdam(economy, { formulation, learningRate, maxSteps, seed, trace })
        : walras.plan(economy);
    printSolution(plan, economy, flags, (solution) => showPlan(solution, economy));
  });
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

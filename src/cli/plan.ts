// walras plan FILE: a Pareto-efficient allocation.

import { Command, Option } from "commander";
import type { Economy } from "../economy.js";
import type { AdamOptions } from "../options.js";
import { digits, table } from "../report/table.js";
import type { AdamPlan, Plan } from "../solution.js";
import { load } from "../walras.js";
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
    .addOption(
      new Option("--formulation <name>", "adam: divide each good, or penalise overuse (default: shares)").choices([
        "shares",
        "penalty",
      ]),
    )
    .option("--learning-rate <number>", "adam: default 0.05, penalty 0.01", number)
    .option("--max-steps <count>", "adam: default 10000, penalty 1000", number)
    .option("--seed <number>", "adam: of the random start, default 0", number)
    .option("--trace <k>", "adam: show every k-th step", number);
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { formulation, learningRate, maxSteps, seed, trace } = flags;
    const exact = walras.plan(economy);
    let plan: Plan = exact;
    if (flags.method === "adam") {
      plan = walras.planWithAdam(economy, { formulation, learningRate, maxSteps, seed, trace });
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

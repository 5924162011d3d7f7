// walras transfers FILE: the income transfers that support a plan as an equilibrium.

import type { Economy } from "../economy/economy.js";
import { analysisToJson } from "../json.js";
import { load } from "../load.js";
import type { ExactPlan } from "../solution.js";
import { plural } from "../violations.js";
import { csv } from "./csv.js";
import { priceTable } from "./equilibrium.js";
import { readEconomy } from "./input.js";
import { type CsvFlags, csvOption, economyCommand, number, numbers, withCommonOptions } from "./options.js";
import { print, printJson, printRaw } from "./output.js";
import { table, title } from "./table.js";
import { digits } from "./terminal.js";

interface Flags extends CsvFlags {
  weights?: number[];
  tolerance?: number;
}

export function transfersCommand() {
  const command = economyCommand(
    "transfers",
    "compute the planner's optimum and the income transfers that make it an equilibrium",
  )
    .option("--weights <list>", "Pareto weights, separated by commas (default: the economy's)", numbers)
    .option("--tolerance <number>", "residuals at which the plan counts as converged (default: 1e-10)", number)
    .addOption(csvOption("one row per agent"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = await readEconomy(file, flags);
    const walras = await load({ engine: flags.engine });
    const plan = walras.plan(economy, { weights: flags.weights, tolerance: flags.tolerance });
    const transfers = walras.transfers(economy, plan);
    if (flags.json) {
      const { status, converged, message, weights, shadowPrices, allocation, residuals, engine } = plan;
      const found = { status, converged, message, weights, shadowPrices, transfers, allocation, residuals, engine };
      printJson(analysisToJson(found, economy, { allocation: economy.goods.length }));
    } else if (flags.csv) printRaw(csv(["agent", "weight", "transfer"], rowsOf(plan, transfers, economy)));
    else print(show(plan, transfers, economy));
    process.exitCode = plan.converged ? 0 : 1;
  });
}

function rowsOf({ weights }: ExactPlan, transfers: Float64Array, { agents }: Economy): (string | number)[][] {
  return agents.map((agent, i) => [agent, weights[i], transfers[i]]);
}

function show(plan: ExactPlan, transfers: Float64Array, economy: Economy): string[] {
  const { feasibility, stationarity } = plan.residuals;
  return [
    ...title(economy.name),
    ...priceTable(plan.shadowPrices, economy, "shadow price"),
    ...table(["agent", "Pareto weight", "transfer"], rowsOf(plan, transfers, economy)),
    "transfer: the value at these prices of what the plan gives the agent, less that of its endowment; below 0 the agent pays",
    `residuals: feasibility ${digits(feasibility)}, stationarity ${digits(stationarity)}`,
    `${plan.status} (${plan.method}, ${plural(plan.iterations, "iteration")}, ${plan.engine}): ${plan.message}`,
  ];
}

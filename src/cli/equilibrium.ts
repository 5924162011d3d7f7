// walras equilibrium FILE: prices that clear the markets.

import { Command, Option } from "commander";
import type { Economy } from "../economy.js";
import { digits, table } from "../report/table.js";
import type { ShareEquilibrium } from "../solution.js";
import { load } from "../walras.js";
import { readEconomy } from "./io.js";
import { type CommonFlags, number, printSolution, withCommonOptions } from "./options.js";

interface Flags extends CommonFlags {
  demand: "shares";
  numeraire: string;
  maxIterations?: number;
  tolerance?: number;
}

export function equilibriumCommand(): Command {
  const command = new Command("equilibrium")
    .description("prices that clear the markets, allocation and residuals")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(
      new Option("--demand <system>", "whose demand: the notebook's spending shares")
        .choices(["shares"])
        .makeOptionMandatory(),
    )
    .option("--numeraire <good>", 'a good\'s name or index, "simplex", or "none"', "simplex")
    .option("--max-iterations <count>", "default 100", number)
    .option("--tolerance <number>", "default 1e-10", number);
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { demand, maxIterations, tolerance } = flags;
    const numeraire =
      economy.goods.includes(flags.numeraire) || !/^\d+$/.test(flags.numeraire)
        ? flags.numeraire
        : Number(flags.numeraire);
    const solution = walras.equilibrium(economy, { demand, numeraire, maxIterations, tolerance });
    printSolution(solution, economy, flags, (s) => showEquilibrium(s, economy));
  });
}

function showEquilibrium(solution: ShareEquilibrium, { agents, goods, name }: Economy): string {
  const m = goods.length;
  return [
    ...(name ? [name] : []),
    table(
      ["agent", ...goods, "income"],
      [
        ...agents.map((agent, i) => [agent, ...solution.allocation.subarray(i * m, (i + 1) * m), solution.incomes[i]]),
        ["price", ...solution.prices, ""],
      ],
    ),
    `numeraire: ${solution.numeraire}`,
    `residuals: market clearing ${digits(solution.residuals.marketClearing)}`,
    `${solution.status} (${solution.method}, ${solution.iterations} iterations, ${solution.engine}): ${solution.message}`,
  ].join("\n");
}

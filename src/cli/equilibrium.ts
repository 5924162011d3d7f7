// walras equilibrium FILE: market-clearing prices.

import { Option } from "commander";
import type { Economy } from "../economy/economy.js";
import { load } from "../load.js";
import type { Equilibrium, ShareEquilibrium } from "../solution.js";
import { plural } from "../violations.js";
import { readEconomy } from "./input.js";
import {
  type CsvFlags,
  cellRows,
  csvOption,
  economyCommand,
  goodOrIndex,
  number,
  numbers,
  printSolution,
  withCommonOptions,
} from "./options.js";
import { withProgress } from "./progress.js";
import { stabilityInWords, table, title } from "./table.js";
import { digits, shown } from "./terminal.js";

interface Flags extends CsvFlags {
  demand: "utility" | "shares";
  numeraire: string;
  maxIterations?: number;
  tolerance?: number;
  start?: number[];
}

export function equilibriumCommand() {
  const command = economyCommand("equilibrium", "compute market-clearing prices, the allocation and the net trades")
    .addOption(
      new Option("--demand <system>", "utility-maximising demand, or the share demand of the notebook (see reproduce)")
        .choices(["utility", "shares"])
        .default("utility"),
    )
    .option(
      "--numeraire <good>",
      'good whose price is 1, by name or index; "simplex": prices add up to 1; for shares also "none"',
      "simplex",
    )
    .option(
      "--start <list>",
      "prices to start from, separated by commas; another start may find another equilibrium",
      numbers,
    )
    .option("--max-iterations <count>", "greatest number of iterations (default: 5000; for shares 100)", number)
    .option("--tolerance <number>", "residuals at which the answer counts as converged (default: 1e-10)", number);
  command.addOption(csvOption("one row per agent and good"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = await readEconomy(file, flags);
    const walras = await load({ engine: flags.engine });
    const { demand, maxIterations, tolerance, start } = flags;
    const options = { numeraire: goodOrIndex(economy, flags.numeraire), start, maxIterations, tolerance };
    if (demand === "shares") {
      const solution = walras.equilibrium(economy, { demand, ...options });
      const { allocation: amount, prices: price, incomes: income } = solution;
      printSolution(
        solution,
        economy,
        flags,
        () => cellRows(economy, { amount }, { price }, { income }),
        () => showShares(solution, economy),
      );
    } else {
      const solution = walras.equilibrium(economy, { ...options, ...withProgress(flags) });
      const { allocation: amount, netTrades: netTrade, prices: price } = solution;
      const { incomes: income, utilities: utility, weights: weight } = solution;
      printSolution(
        solution,
        economy,
        flags,
        () => cellRows(economy, { amount, netTrade }, { price }, { income, utility, weight }),
        () => showEquilibrium(solution, economy),
      );
    }
  });
}

function showEquilibrium(solution: Equilibrium, economy: Economy): string[] {
  const { agents, goods, name } = economy;
  const m = goods.length;
  const row = (values: Float64Array, i: number) => [...values.subarray(i * m, (i + 1) * m)];
  const { marketClearing, netFlow, budget, stationarity } = solution.residuals;
  return [
    ...title(name),
    ...priceTable(solution.prices, economy),
    "Allocation",
    ...table(
      ["agent", ...goods, "income", "utility", "Negishi weight"],
      agents.map((agent, i) => [
        agent,
        ...row(solution.allocation, i),
        solution.incomes[i],
        solution.utilities[i],
        solution.weights[i],
      ]),
    ),
    "Net trades",
    ...table(
      ["agent", ...goods],
      agents.map((agent, i) => [agent, ...row(solution.netTrades, i)]),
    ),
    nature(solution),
    `residuals: market clearing ${digits(marketClearing)}, net flow ${digits(netFlow)}, budget ${digits(budget)}, stationarity ${digits(stationarity)}`,
    `${solution.status} (${solution.method}, ${plural(solution.iterations, "iteration")}, ${solution.engine}): ${solution.message}`,
  ];
}

/** Formats prices as a table of one line. */
export function priceTable(prices: ArrayLike<number>, { goods }: Economy, label = "price"): string[] {
  return table(["", ...goods], [[label, ...Array.from(prices)]]);
}

/** Says in one line which prices are fixed, and whether the equilibrium is unique and stable. */
export function nature({ numeraire, index, uniqueness, stability }: Equilibrium): string {
  return `numeraire: ${shown(numeraire)}; index ${index}; unique: ${uniqueness === "proved" ? "yes, proved" : "not known"}; stable under tâtonnement: ${stabilityInWords(stability)}`;
}

function showShares(solution: ShareEquilibrium, { agents, goods, name }: Economy): string[] {
  const m = goods.length;
  return [
    ...title(name),
    ...table(
      ["agent", ...goods, "income"],
      [
        ...agents.map((agent, i) => [agent, ...solution.allocation.subarray(i * m, (i + 1) * m), solution.incomes[i]]),
        ["price", ...solution.prices, ""],
      ],
    ),
    `numeraire: ${shown(solution.numeraire)}`,
    `residuals: market clearing ${digits(solution.residuals.marketClearing)}`,
    `${solution.status} (${solution.method}, ${plural(solution.iterations, "iteration")}, ${solution.engine}): ${solution.message}`,
  ];
}

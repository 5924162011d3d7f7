// walras equilibrium FILE: prices that clear the markets.

import { Command, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import type { Equilibrium, ShareEquilibrium } from "../solution.js";
import { load } from "../walras.js";
import { readEconomy } from "./io.js";
import { type CommonFlags, goodOrIndex, number, numbers, printSolution, withCommonOptions } from "./options.js";
import { digits, stability, table } from "./table.js";

interface Flags extends CommonFlags {
  demand: "utility" | "shares";
  numeraire: string;
  maxIterations?: number;
  tolerance?: number;
  start?: number[];
}

export function equilibriumCommand(): Command {
  const command = new Command("equilibrium")
    .description("prices that clear the markets, allocation, trades and residuals")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(
      new Option("--demand <system>", "the consumers' own, or the notebook's spending shares")
        .choices(["utility", "shares"])
        .default("utility"),
    )
    .option("--numeraire <good>", 'a good\'s name or index, or "simplex"; for shares also "none"', "simplex")
    .option(
      "--start <list>",
      "prices to start from, separated by commas: other starts may find other equilibria",
      numbers,
    )
    .option("--max-iterations <count>", "default 5000; 100 for shares", number)
    .option("--tolerance <number>", "default 1e-10", number);
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { demand, maxIterations, tolerance, start } = flags;
    const options = { numeraire: goodOrIndex(economy, flags.numeraire), start, maxIterations, tolerance };
    if (demand === "shares") {
      const solution = walras.equilibrium(economy, { demand, ...options });
      printSolution(solution, economy, flags, (s) => showShares(s, economy));
    } else {
      printSolution(walras.equilibrium(economy, options), economy, flags, (s) => showEquilibrium(s, economy));
    }
  });
}

function showEquilibrium(solution: Equilibrium, economy: Economy): string {
  const { agents, goods, name } = economy;
  const m = goods.length;
  const row = (values: Float64Array, i: number) => [...values.subarray(i * m, (i + 1) * m)];
  const { marketClearing, netFlow, budget, stationarity } = solution.residuals;
  return [
    ...(name ? [name] : []),
    priceTable(solution.prices, economy),
    "Allocation",
    table(
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
    table(
      ["agent", ...goods],
      agents.map((agent, i) => [agent, ...row(solution.netTrades, i)]),
    ),
    nature(solution),
    `residuals: market clearing ${digits(marketClearing)}, net flow ${digits(netFlow)}, budget ${digits(budget)}, stationarity ${digits(stationarity)}`,
    `${solution.status} (${solution.method}, ${solution.iterations} iterations, ${solution.engine}): ${solution.message}`,
  ].join("\n");
}

/** Prices as a table of one line. */
export function priceTable(prices: ArrayLike<number>, { goods }: Economy): string {
  return table(["", ...goods], [["price", ...Array.from(prices)]]);
}

/** What kind of equilibrium it is, in a line. */
export function nature({ numeraire, index, unique, stable }: Equilibrium): string {
  return `numeraire: ${numeraire}; index ${index}; unique: ${unique === true ? "yes, proved" : "not known"}; stable under tâtonnement: ${stability(stable)}`;
}

function showShares(solution: ShareEquilibrium, { agents, goods, name }: Economy): string {
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

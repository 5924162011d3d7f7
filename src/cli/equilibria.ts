// walras equilibria FILE: every equilibrium that can be found, and whether the list is proved complete.

import { Command, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import { equilibriaToJson, toJsonText } from "../json.js";
import type { Equilibria, Unresolved } from "../solution.js";
import { load } from "../walras.js";
import { csv } from "./csv.js";
import { print, readEconomy } from "./io.js";
import { type CommonFlags, goodOrIndex, number, withCommonOptions } from "./options.js";
import { digits, stability, table } from "./table.js";

interface Flags extends CommonFlags {
  csv?: boolean;
  numeraire: string;
  maxIntervals?: number;
  maxStarts?: number;
  seed?: number;
  tolerance?: number;
}

export function equilibriaCommand(): Command {
  const command = new Command("equilibria")
    .description("every equilibrium that can be found, and whether the list is proved complete")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .option("--numeraire <good>", 'a good\'s name or index, or "simplex"', "simplex")
    .option("--max-intervals <count>", "of an enumeration with proof; default 100000", number)
    .option("--max-starts <count>", "of a search without proof; default 200000", number)
    .option("--seed <integer>", "what a search draws its starts from; default 0", number)
    .option("--tolerance <number>", "default 1e-10", number)
    .addOption(new Option("--csv", "print prices as CSV, an equilibrium a row").conflicts("json"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { maxIntervals, maxStarts, seed, tolerance } = flags;
    const numeraire = goodOrIndex(economy, flags.numeraire);
    const found = walras.equilibria(economy, { numeraire, maxIntervals, maxStarts, seed, tolerance });
    if (flags.json) print(toJsonText(equilibriaToJson(found, economy)));
    else print(flags.csv ? rows(found, economy) : show(found, economy));
    process.exitCode = allConverged(found) ? 0 : 1;
  });
}

/** Whether equilibria were found, and each has converged. */
export function allConverged({ equilibria }: Equilibria): boolean {
  return equilibria.length > 0 && equilibria.every(({ converged }) => converged);
}

/** What is known of how many there are. */
export function completeness({ complete, indexSum }: Equilibria): string {
  return `complete: ${complete ? "yes, proved" : "not proved"}; sum of indices ${indexSum}`;
}

function rows({ equilibria }: Equilibria, { goods }: Economy): string {
  const head = ["equilibrium", "index", "stable", ...goods.map((good) => `price:${good}`)];
  return csv(
    head,
    equilibria.map(({ index, stable, prices }, k) => [k + 1, index, stable, ...prices]),
  );
}

function show(found: Equilibria, { name, agents, goods }: Economy): string {
  return [
    ...(name ? [name] : []),
    table(
      ["equilibrium", ...goods.map((good) => `price of ${good}`), "index", "stable", "status"],
      found.equilibria.map((e, k) => [k + 1, ...e.prices, e.index, stability(e.stable), e.status]),
    ),
    ...found.unresolved.map((interval) => unresolved(interval, agents, goods)),
    `${completeness(found)}; numeraire: ${found.equilibria[0]?.numeraire ?? "none"}`,
    `${found.searched} (${found.engine})`,
  ].join("\n");
}

function unresolved(
  { group, quantity, least, greatest, index }: Unresolved,
  agents: readonly string[],
  goods: readonly string[],
): string {
  const what =
    quantity === "price"
      ? `the price of ${goods[group.goods[0]]} in ${goods[group.goods[1]]}`
      : `the Pareto weight of ${agents[group.agents[0]]} over ${agents[group.agents[1]]}'s`;
  return `unresolved: ${what} from ${digits(least)} to ${digits(greatest)}, net index ${index}`;
}

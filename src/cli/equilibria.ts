// walras equilibria FILE: all equilibria that can be found, and whether the list is proved
// complete.

import type { Economy } from "../economy/economy.js";
import { equilibriaToJson } from "../json.js";
import type { Equilibria, Unresolved } from "../solution.js";
import { csv } from "./csv.js";
import { readEconomy } from "./input.js";
import { type CsvFlags, csvOption, economyCommand, goodOrIndex, number, withCommonOptions } from "./options.js";
import { print, printJson, printRaw, warn } from "./output.js";
import { withProgress } from "./progress.js";
import { stabilityInWords, table, title } from "./table.js";
import { digits, shown } from "./terminal.js";
import { type WorkersFlags, withWorkers, workersOption } from "./workers.js";

/** Cells from which on a search or a proof takes longer than to start workers. */
const MANY_CELLS = 30;

interface Flags extends CsvFlags, WorkersFlags {
  numeraire: string;
  maxIntervals?: number;
  maxStarts?: number;
  seed?: number;
  tolerance?: number;
}

export function equilibriaCommand() {
  const command = economyCommand("equilibria", "find all equilibria, and say whether the list is proved to be complete")
    .option("--numeraire <good>", 'good whose price is 1, by name or index; "simplex": prices add up to 1', "simplex")
    .option(
      "--max-intervals <count>",
      "greatest number of intervals or boxes that a proof examines (default: 100000)",
      number,
    )
    .option("--max-starts <count>", "greatest number of starts of a search without proof (default: 200000)", number)
    .option("--seed <integer>", "seed of the random starts (default: 0)", number)
    .option("--tolerance <number>", "residuals at which an equilibrium counts as converged (default: 1e-10)", number)
    .addOption(workersOption())
    .addOption(csvOption("one row per equilibrium"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = await readEconomy(file, flags);
    const { maxIntervals, maxStarts, seed, tolerance } = flags;
    const numeraire = goodOrIndex(economy, flags.numeraire);
    const options = { numeraire, maxIntervals, maxStarts, seed, tolerance, ...withProgress(flags) };
    const large = Math.min(economy.agents.length, economy.goods.length) > 2 && economy.alpha.length >= MANY_CELLS;
    const found = await withWorkers(flags, large, async (walras) => await walras.equilibria(economy, options));
    if (flags.json) printJson(equilibriaToJson(found, economy));
    else if (flags.csv) printRaw(rows(found, economy));
    else print(show(found, economy));
    process.exitCode = exitStatus(found);
  });
}

/**
 * Returns the exit status of a list: 0 if each equilibrium has converged and their indices add up
 * to 1, else 1, after a message that says why.
 */
export function exitStatus({ equilibria, indexSum }: Equilibria): number {
  const open = equilibria.filter(({ converged }) => !converged).length;
  const problems = [
    ...(equilibria.length === 0 ? ["no equilibrium was found"] : []),
    ...(open > 0 ? [`of ${equilibria.length} equilibria, ${open} did not converge`] : []),
    ...(indexSum === 1
      ? []
      : [
          `the indices add up to ${indexSum}, but those of all equilibria add up to 1: some are missing, or too close to critical to tell`,
        ]),
  ];
  if (problems.length > 0) warn(problems);
  return problems.length > 0 ? 1 : 0;
}

/** Says what is known about the number of equilibria. */
export function completeness({ complete, indexSum }: Equilibria): string {
  return `complete: ${complete ? "yes, proved" : "not proved"}; sum of indices ${indexSum}`;
}

function rows({ equilibria }: Equilibria, { goods }: Economy): string {
  const head = ["equilibrium", "index", "stability", ...goods.map((good) => `price:${good}`)];
  return csv(
    head,
    equilibria.map(({ index, stability, prices }, k) => [k + 1, index, stability, ...prices]),
  );
}

function show(found: Equilibria, { name, agents, goods }: Economy): string[] {
  return [
    ...title(name),
    ...table(
      ["equilibrium", ...goods.map((good) => `price of ${good}`), "index", "stable", "status"],
      found.equilibria.map((e, k) => [k + 1, ...e.prices, e.index, stabilityInWords(e.stability), e.status]),
    ),
    ...found.unresolved.map((interval) => unresolved(interval, agents, goods)),
    `${completeness(found)}; numeraire: ${shown(found.equilibria[0]?.numeraire ?? "none")}`,
    `${found.searched} (${found.engine})`,
  ];
}

function unresolved(
  { group, quantity, least, greatest, index }: Unresolved,
  agents: readonly string[],
  goods: readonly string[],
): string {
  const bounded =
    quantity === "price"
      ? `the price of ${shown(goods[group.goods[0]])} in ${shown(goods[group.goods[1]])}`
      : `the Pareto weight of ${shown(agents[group.agents[0]])} over that of ${shown(agents[group.agents[1]])}`;
  return `unresolved: ${bounded} from ${digits(least)} to ${digits(greatest)}, net index ${index}`;
}

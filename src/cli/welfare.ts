// walras welfare FILE [SOLUTION...]: who envies whom and who gains from trade; with two solutions,
// the value of the change to each agent.

import type { Economy } from "../economy/economy.js";
import { analysisToJson } from "../json.js";
import { load } from "../load.js";
import type { Equilibrium } from "../solution.js";
import type { Walras } from "../walras.js";
import type { Comparison, Fairness, Priced } from "../welfare/welfare.js";
import { csv } from "./csv.js";
import { nature, priceTable } from "./equilibrium.js";
import { CommandError } from "./errors.js";
import { readEconomy, readJson } from "./input.js";
import { type CsvFlags, csvOption, economyCommand, goodOrIndex, refuseIf, withCommonOptions } from "./options.js";
import { print, printJson, printRaw } from "./output.js";
import { table, title } from "./table.js";
import { digits, shown } from "./terminal.js";

interface Flags extends CsvFlags {
  numeraire?: string;
}

export function welfareCommand() {
  const command = economyCommand(
    "welfare",
    "measure envy, income shares and gains from trade; with two solutions, the value of the change to each agent",
  )
    .argument(
      "[solutions...]",
      "JSON with an allocation, and prices or shadowPrices; two are before and after (default: the equilibrium)",
    )
    .option(
      "--numeraire <good>",
      'two solutions: unit of both variations, a good by name or index, "simplex", or "given" for each solution\'s own (default: that of the first solution; if it is a plan, that of the second)',
    )
    .addOption(csvOption("one row per agent"));
  return withCommonOptions(command).action(async (file: string | undefined, solutions: string[], flags: Flags) => {
    if (solutions.length > 2) {
      throw new CommandError(`there can be two solutions at most, before and after; got ${solutions.length}`);
    }
    refuseIf([[flags.numeraire !== undefined && solutions.length < 2, "--numeraire needs two solutions"]]);
    const economy = await readEconomy(file, flags);
    const numeraire = flags.numeraire === undefined ? undefined : goodOrIndex(economy, flags.numeraire);
    const given: Priced[] = [];
    for (const solution of solutions) given.push((await readJson(solution, flags)) as Priced);
    const walras = await load({ engine: flags.engine });
    if (given.length === 2) printComparison(walras.compare(economy, given[0], given[1], { numeraire }), economy, flags);
    else printFairness(walras, economy, given[0], flags);
  });
}

/** What is said of units that are no goods. */
const UNITS: Record<string, string> = {
  simplex: "one of each good",
  given: "that of the prices, each solution's own",
};

function printComparison(comparison: Comparison, economy: Economy, flags: CsvFlags): void {
  const { equivalentVariation, compensatingVariation, utilityChange, gains } = comparison;
  const head = ["agent", "equivalentVariation", "compensatingVariation", "utilityChange", "gains"];
  const rows = economy.agents.map((agent, i) => [
    agent,
    equivalentVariation[i],
    compensatingVariation[i],
    utilityChange[i],
    gains[i],
  ]);
  if (flags.json) printJson(analysisToJson(comparison, economy, {}));
  else if (flags.csv) printRaw(csv(head, rows));
  else {
    print(title(economy.name));
    const outcome = (gain: number) => (gain > 0 ? "gains" : gain < 0 ? "loses" : "neither");
    print(
      table(
        ["agent", "equivalent variation", "compensating variation", "utility change", "outcome"],
        rows.map((row, i) => [...row.slice(0, 4), outcome(gains[i])]),
      ),
    );
    print([
      "equivalent variation: in money at the prices before; compensating variation: at the prices after",
      `unit: ${UNITS[comparison.numeraire] ?? shown(comparison.numeraire)}`,
    ]);
  }
}

function printFairness(walras: Walras, economy: Economy, given: Priced | undefined, flags: CsvFlags): void {
  const computed = given === undefined ? walras.equilibrium(economy, { throwOnFailure: true }) : undefined;
  const solution = (computed ?? given) as Priced;
  const fairness = walras.fairness(economy, solution);
  const prices = (solution.prices ?? solution.shadowPrices) as ArrayLike<number>;
  if (flags.json) {
    const found = { prices: Float64Array.from(prices), ...fairness };
    printJson(analysisToJson(found, economy, { envy: economy.agents.length }));
  } else if (flags.csv) printRaw(fairnessCsv(fairness, economy));
  else print(showFairness(fairness, prices, computed, economy));
}

function fairnessCsv({ envy, shares, gains, gainShares }: Fairness, { agents }: Economy): string {
  const n = agents.length;
  const head = ["agent", "share", "gain", "gainShare", ...agents.map((agent) => `envy:${agent}`)];
  return csv(
    head,
    agents.map((agent, i) => {
      const gain = gains && gainShares ? [gains[i], gainShares[i]] : ["", ""];
      return [agent, shares[i], ...gain, ...envy.subarray(i * n, (i + 1) * n)];
    }),
  );
}

function showFairness(
  { envy, largest, shares, gains, gainShares }: Fairness,
  prices: ArrayLike<number>,
  computed: Equilibrium | undefined,
  economy: Economy,
): string[] {
  const { agents, name } = economy;
  return [
    ...title(name),
    ...priceTable(prices, economy),
    ...table(
      ["agent", "share of income", "gain from trade", "share of gains", "best of the others' bundles", "envy"],
      agents.map((agent, i) => {
        const other = favourite(envy, i, agents.length);
        return [
          agent,
          shares[i],
          ...(gains && gainShares ? [gains[i], gainShares[i]] : ["not known", "not known"]),
          ...(other === undefined ? ["", ""] : [agents[other], envy[i * agents.length + other]]),
        ];
      }),
    ),
    "envy: the extra income, at the prices above, that would be worth as much to the agent as the other's bundle; below 0 its own is better",
    largest
      ? `envy-free: no; largest envy: ${shown(agents[largest.agent])} of ${shown(agents[largest.of])}, ${digits(largest.amount)}`
      : "envy-free: yes",
    ...(computed ? [nature(computed)] : []),
  ];
}

/** Returns the other agent whose bundle agent i likes best. */
function favourite(envy: Float64Array, i: number, n: number): number | undefined {
  let best: number | undefined;
  for (let k = 0; k < n; k++) {
    if (k !== i && (best === undefined || envy[i * n + k] > envy[i * n + best])) best = k;
  }
  return best;
}

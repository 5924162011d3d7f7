// walras transfer-paradox FILE: the effects of small gifts between agents on both, paradoxes first.

import type { Economy } from "../economy/economy.js";
import { analysisToJson } from "../json.js";
import { load } from "../load.js";
import type { Equilibrium } from "../solution.js";
import type { TransferAnalysis } from "../statics/transferParadox.js";
import { EconomyError, plural } from "../violations.js";
import { csv } from "./csv.js";
import { nature, priceTable } from "./equilibrium.js";
import { readEconomy } from "./input.js";
import { type CsvFlags, csvOption, economyCommand, withCommonOptions } from "./options.js";
import { print, printJson, printRaw } from "./output.js";
import { table, title } from "./table.js";

/** The most agents whose pairs are listed. */
const MAX_AGENTS = 2048;
/** The most lines of the table on a terminal. */
const MAX_LINES = 25;
const KINDS = ["strong", "weak", "none"];

/** A gift between two agents of one group of traders. */
type Row = [giver: string, receiver: string, kind: string, giverGain: number, receiverGain: number];

export function transferParadoxCommand() {
  const command = economyCommand(
    "transfer-paradox",
    "find gifts between two agents that, through prices, help the giver or hurt the receiver",
  ).addOption(csvOption("one row per giver and receiver"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: CsvFlags) => {
    const economy = await readEconomy(file, flags);
    const n = economy.agents.length;
    if (n > MAX_AGENTS) {
      const requirement = `must be ${MAX_AGENTS} at most for a list of all pairs`;
      throw new EconomyError([{ path: "agents", requirement, value: n }]);
    }
    const walras = await load({ engine: flags.engine });
    const solution = walras.equilibrium(economy, { throwOnFailure: true });
    const found = walras.transferParadox(economy, solution);
    if (flags.json) {
      const { prices, numeraire, index, uniqueness, stability } = solution;
      const facts = { prices, numeraire, index, uniqueness, stability };
      printJson(analysisToJson({ ...facts, ...found }, economy, { giverGains: n, receiverGains: n }));
    } else if (flags.csv) {
      printRaw(csv(["giver", "receiver", "kind", "giverGain", "receiverGain"], rowsOf(found, economy)));
    } else print(show(rowsOf(found, economy), solution, economy));
  });
}

/**
 * Returns strong paradoxes, then weak ones, then all other gifts, each ordered by giver and
 * receiver.
 */
function rowsOf({ giverGains, receiverGains, paradoxes }: TransferAnalysis, { agents }: Economy): Row[] {
  const n = agents.length;
  const kinds = new Map(paradoxes.map(({ giver, receiver, kind }) => [giver * n + receiver, kind as string]));
  const rows: Row[] = [];
  giverGains.forEach((gain, c) => {
    if (Number.isNaN(gain)) return;
    rows.push([agents[Math.floor(c / n)], agents[c % n], kinds.get(c) ?? "none", gain, receiverGains[c]]);
  });
  return rows.sort((a, b) => KINDS.indexOf(a[2]) - KINDS.indexOf(b[2]));
}

function show(rows: Row[], solution: Equilibrium, economy: Economy): string[] {
  const shown = rows.slice(0, MAX_LINES);
  const count = (kind: string) => rows.filter((row) => row[2] === kind).length;
  return [
    ...title(economy.name),
    ...priceTable(solution.prices, economy),
    ...table(["giver", "receiver", "paradox", "giver gains", "receiver gains"], shown),
    ...(shown.length < rows.length ? [`${shown.length} of ${rows.length} pairs; --json and --csv print all.`] : []),
    "gains: the rise of utility, in value at these prices, per unit of value given; at fixed prices they would be -1 and 1",
    `paradoxes: ${count("strong")} strong (giver gains, receiver loses), ${count("weak")} weak (one of the two), of ${plural(rows.length, "pair")} that trade`,
    nature(solution),
  ];
}

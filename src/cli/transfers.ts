// walras transfers FILE: what small gifts between agents do to both, by way of prices; paradoxes first.

import { Command, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import { analysisToJson, toJsonText } from "../json.js";
import type { Equilibrium } from "../solution.js";
import type { TransferAnalysis } from "../statics/transferParadox.js";
import { EconomyError } from "../violations.js";
import { load } from "../walras.js";
import { csv } from "./csv.js";
import { nature, priceTable } from "./equilibrium.js";
import { print, readEconomy } from "./io.js";
import { type PointFlags, withCommonOptions } from "./options.js";
import { table } from "./table.js";

/** Agents up to which the list of all pairs can be written. */
const MOST_AGENTS = 2048;
/** Lines of the table on a terminal. */
const MOST_LINES = 25;
const KINDS = ["strong", "weak", "none"];

/** A gift between two who trade in one group. */
type Row = [giver: string, receiver: string, kind: string, giverGain: number, receiverGain: number];

export function transfersCommand(): Command {
  const command = new Command("transfers")
    .description("what small gifts between agents do to giver and receiver at the equilibrium: transfer paradoxes")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(new Option("--csv", "print CSV, a row a giver and receiver").conflicts("json"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: PointFlags) => {
    const economy = readEconomy(file);
    const n = economy.agents.length;
    if (n > MOST_AGENTS) {
      const requirement = `must be ${MOST_AGENTS} at most for a list of all pairs`;
      throw new EconomyError([{ path: "agents", requirement, value: n }]);
    }
    const walras = await load({ engine: flags.engine });
    const solution = walras.equilibrium(economy, { throwOnFailure: true });
    const found = walras.transferParadox(economy, solution);
    if (flags.json) {
      const { prices, numeraire, index, unique, stable } = solution;
      const facts = { prices, numeraire, index, unique, stable };
      print(toJsonText(analysisToJson({ ...facts, ...found }, economy, { giverGains: n, receiverGains: n })));
    } else if (flags.csv) {
      print(csv(["giver", "receiver", "kind", "giverGain", "receiverGain"], rowsOf(found, economy)));
    } else print(show(rowsOf(found, economy), solution, economy));
  });
}

/** Strong paradoxes, then weak ones, then the rest, each by giver and receiver. */
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

function show(rows: Row[], solution: Equilibrium, economy: Economy): string {
  const shown = rows.slice(0, MOST_LINES);
  const count = (kind: string) => rows.filter((row) => row[2] === kind).length;
  return [
    ...(economy.name ? [economy.name] : []),
    priceTable(solution.prices, economy),
    table(["giver", "receiver", "paradox", "giver gains", "receiver gains"], shown),
    ...(shown.length < rows.length ? [`${shown.length} of ${rows.length} pairs; --json and --csv print all.`] : []),
    "gains: what utility rises by, in value at these prices, per unit of value given: -1 and 1 were prices to stay as they are",
    `paradoxes: ${count("strong")} strong (giver gains, receiver loses), ${count("weak")} weak (one of the two), of ${rows.length} pairs who trade`,
    nature(solution),
  ].join("\n");
}

// walras tatonnement FILE: the path of prices that rise with excess demand.

import { Option } from "commander";
import type { Economy } from "../economy/economy.js";
import { load } from "../load.js";
import type { Tatonnement, TatonnementOptions } from "../tatonnement/tatonnement.js";
import { plural } from "../violations.js";
import { readEconomy } from "./input.js";
import {
  type CsvFlags,
  csvOption,
  economyCommand,
  goodOrIndex,
  number,
  numbers,
  printSolution,
  someOf,
  withCommonOptions,
} from "./options.js";
import { withProgress } from "./progress.js";
import { table, title } from "./table.js";
import { digits, shown as safe } from "./terminal.js";

/** The most lines of the table on a terminal. */
const MAX_LINES = 25;

interface Flags
  extends CsvFlags,
    Omit<TatonnementOptions, "numeraire" | "start" | "throwOnFailure" | "onStep" | "signal"> {
  numeraire: string;
  start?: number[];
}

export function tatonnementCommand() {
  const command = economyCommand(
    "tatonnement",
    "follow prices that rise with excess demand: do they reach an equilibrium, or go round?",
  )
    .addOption(
      new Option(
        "--form <name>",
        "logarithmic: d ln p / dt = z / total; linear: dp / dt = z (default: logarithmic)",
      ).choices(["logarithmic", "linear"]),
    )
    .option("--start <list>", "prices to start from, separated by commas (default: all totals worth the same)", numbers)
    .option("--numeraire <good>", 'good whose price stays 1, by name or index; "none": all prices move', "none")
    .option("--speeds <list>", "speed of each good's price, separated by commas (default: 1)", numbers)
    .option("--step <length>", "move in discrete steps of this length (default: continuous time)", number)
    .option("--duration <time>", "time at which to stop (default: 1000)", number)
    .option("--max-steps <count>", "greatest number of steps (default: 100000)", number)
    .option("--points <count>", "greatest number of points that are kept (default: 1000)", number)
    .option("--accuracy <number>", "continuous time: greatest error per step (default: 1e-10)", number)
    .option(
      "--tolerance <number>",
      "excess demand over its total at which markets count as cleared (default: 1e-8)",
      number,
    )
    .addOption(csvOption("one row per point"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = await readEconomy(file, flags);
    const walras = await load({ engine: flags.engine });
    const { form, start, speeds, step, duration, maxSteps, points, accuracy, tolerance } = flags;
    const numeraire = goodOrIndex(economy, flags.numeraire);
    const limits = { duration, maxSteps, points, accuracy, tolerance };
    const path = walras.tatonnement(economy, {
      form,
      start,
      numeraire,
      speeds,
      step,
      ...limits,
      ...withProgress(flags),
    });
    const { goods } = economy;
    const head = ["time", ...goods.map((g) => `price:${g}`), ...goods.map((g) => `excess:${g}`)];
    const m = goods.length;
    const rows = Array.from(path.time, (time, k) => [
      time,
      ...path.prices.subarray(k * m, (k + 1) * m),
      ...path.excessDemand.subarray(k * m, (k + 1) * m),
    ]);
    printSolution(
      path,
      economy,
      flags,
      () => [head, rows],
      () => show(path, rows, economy),
    );
  });
}

function show(path: Tatonnement, rows: number[][], { goods, name }: Economy): string[] {
  const shown = someOf(rows, MAX_LINES);
  return [
    ...title(name),
    ...table(["time", ...goods.map((g) => `price of ${g}`), ...goods.map((g) => `excess demand for ${g}`)], shown),
    ...(shown.length < path.iterations + 1
      ? [`${plural(shown.length, "point")} of ${plural(path.iterations, "step")}; --json and --csv print more.`]
      : []),
    ...(path.period === null ? [] : [`period ${digits(path.period)}`]),
    `${path.form}, numeraire: ${safe(path.numeraire)}; largest excess demand over its total at the end: ${digits(path.residuals.marketClearing)}`,
    `${path.status} (${path.method}, ${plural(path.iterations, "step")}, ${path.engine}): ${path.message}`,
  ];
}

// walras tatonnement FILE: the path of prices that follow excess demand.

import { Command, Option } from "commander";
import type { Economy } from "../economy/economy.js";
import type { Tatonnement, TatonnementOptions } from "../tatonnement/tatonnement.js";
import { load } from "../walras.js";
import { readEconomy } from "./io.js";
import { number, numbers, type PointFlags, printPoints, someOf, withCommonOptions } from "./options.js";
import { digits, table } from "./table.js";

/** Lines of the table on a terminal. */
const MOST_LINES = 25;

interface Flags
  extends PointFlags,
    Omit<TatonnementOptions, "numeraire" | "start" | "throwOnFailure" | "onStep" | "signal"> {
  numeraire: string;
  start?: number[];
}

export function tatonnementCommand(): Command {
  const command = new Command("tatonnement")
    .description("the path of prices that follow excess demand: does it reach an equilibrium?")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(
      new Option("--form <name>", "d ln p / dt = z / total, or dp / dt = z (default: logarithmic)").choices([
        "logarithmic",
        "linear",
      ]),
    )
    .option("--start <list>", "prices to start from, separated by commas", numbers)
    .option("--numeraire <good>", 'a good\'s name or index, whose price stays 1, or "none"', "none")
    .option("--speeds <list>", "of each good's price, separated by commas; default ones", numbers)
    .option("--step <length>", "in discrete steps of this length; default in continuous time", number)
    .option("--duration <time>", "default 1000", number)
    .option("--max-steps <count>", "default 100000", number)
    .option("--points <count>", "of the path to keep, at most: default 1000", number)
    .option("--accuracy <number>", "continuous time: error allowed a step, default 1e-10", number)
    .option("--tolerance <number>", "of excess demand over the total: default 1e-8", number)
    .option("--csv", "print CSV, a row a point");
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { form, start, speeds, step, duration, maxSteps, points, accuracy, tolerance } = flags;
    const byIndex = !economy.goods.includes(flags.numeraire) && /^\d+$/.test(flags.numeraire);
    const numeraire = byIndex ? Number(flags.numeraire) : flags.numeraire;
    const limits = { duration, maxSteps, points, accuracy, tolerance };
    const path = walras.tatonnement(economy, { form, start, numeraire, speeds, step, ...limits });
    const { goods } = economy;
    const head = ["time", ...goods.map((g) => `price:${g}`), ...goods.map((g) => `excess:${g}`)];
    const m = goods.length;
    const rows = Array.from(path.time, (time, k) => [
      time,
      ...path.prices.subarray(k * m, (k + 1) * m),
      ...path.excessDemand.subarray(k * m, (k + 1) * m),
    ]);
    printPoints(path, economy, flags, head, rows, (solution) => show(solution, rows, economy));
  });
}

function show(path: Tatonnement, rows: number[][], { goods, name }: Economy): string {
  const shown = someOf(rows, MOST_LINES);
  return [
    ...(name ? [name] : []),
    table(["time", ...goods.map((g) => `price of ${g}`), ...goods.map((g) => `excess demand for ${g}`)], shown),
    ...(shown.length < path.iterations + 1
      ? [`${shown.length} points of ${path.iterations} steps; --json and --csv print more.`]
      : []),
    ...(path.period === null ? [] : [`period ${digits(path.period)}`]),
    `${path.form}, numeraire: ${path.numeraire}; largest excess demand over its total at the end ${digits(path.residuals.marketClearing)}`,
    `${path.status} (${path.method}, ${path.iterations} steps, ${path.engine}): ${path.message}`,
  ].join("\n");
}

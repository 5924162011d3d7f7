// walras frontier FILE: utilities and allocations along Pareto weights.

import { Command } from "commander";
import type { Economy } from "../economy/economy.js";
import type { Frontier, FrontierOptions } from "../frontier/frontier.js";
import { load } from "../walras.js";
import { readEconomy } from "./io.js";
import { number, numbers, type PointFlags, printPoints, someOf, withCommonOptions } from "./options.js";
import { digits, table } from "./table.js";

/** Lines of the table on a terminal. */
const MOST_LINES = 25;

type Flags = PointFlags & Pick<FrontierOptions, "from" | "to" | "points" | "bend" | "divisions" | "tolerance">;

export function frontierCommand(): Command {
  const command = new Command("frontier")
    .description("the Pareto frontier: plans along weights")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .option("--from <list>", "weights to start from, separated by commas, with --to", numbers)
    .option("--to <list>", "weights to end at", numbers)
    .option("--points <count>", "of a curve, at most: default 257", number)
    .option("--bend <part>", "of a curve, between points: default 0.001", number)
    .option("--divisions <count>", "three agents: of a side of the triangle, default 16", number)
    .option("--tolerance <number>", "default 1e-10", number)
    .option("--csv", "print CSV, a row a point");
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const { from, to, points, bend, divisions, tolerance } = flags;
    const frontier = walras.frontier(economy, { from, to, points, bend, divisions, tolerance });
    const [head, rows] = columns(frontier, economy);
    printPoints(frontier, economy, flags, head, rows, (solution) => show(solution, economy));
  });
}

/** Everything about each point in a row. */
function columns(frontier: Frontier, { agents, goods }: Economy): [string[], number[][]] {
  const { count, weights, utilities, equivalents, allocation, shadowPrices, residual } = frontier;
  const parts: [string[], Float64Array][] = [
    [agents.map((a) => `weight:${a}`), weights],
    [agents.map((a) => `utility:${a}`), utilities],
    [agents.map((a) => `equivalent:${a}`), equivalents],
    [agents.flatMap((a) => goods.map((g) => `${a}:${g}`)), allocation],
    [goods.map((g) => `price:${g}`), shadowPrices],
    [["residual"], residual],
  ];
  const rows = Array.from({ length: count }, (_, k) =>
    parts.flatMap(([names, values]) => [...values.subarray(k * names.length, (k + 1) * names.length)]),
  );
  return [parts.flatMap(([names]) => names), rows];
}

function show(frontier: Frontier, { agents, name }: Economy): string {
  const n = agents.length;
  const of = (values: Float64Array, k: number) => [...values.subarray(k * n, (k + 1) * n)];
  const rows = Array.from({ length: frontier.count }, (_, k) => [
    ...of(frontier.weights, k),
    ...of(frontier.utilities, k),
    ...of(frontier.equivalents, k),
  ]);
  const head = ["weight", "utility", "equivalent"].flatMap((what) => agents.map((agent) => `${what} ${agent}`));
  const shown = someOf(rows, MOST_LINES);
  return [
    ...(name ? [name] : []),
    table(head, shown),
    ...(shown.length < rows.length
      ? [`${shown.length} of ${rows.length} points; --json and --csv print all, with allocations and shadow prices.`]
      : []),
    "equivalent: the part of all there is that would make the agent as well off",
    `worst residual ${digits(frontier.residuals.worst)}; bend between points ${digits(frontier.bend)}`,
    `${frontier.status} (${frontier.method}, ${frontier.count} points, ${frontier.engine}): ${frontier.message}`,
  ].join("\n");
}

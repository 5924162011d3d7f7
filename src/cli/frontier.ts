// walras frontier FILE: utilities and allocations along a path or a grid of Pareto weights.

import type { Economy } from "../economy/economy.js";
import type { Frontier } from "../frontier/frontier.js";
import { plural } from "../violations.js";
import { readEconomy } from "./input.js";
import {
  type CurveFlags,
  csvOption,
  economyCommand,
  number,
  numbers,
  printSolution,
  type Rows,
  refuseIf,
  someOf,
  withCommonOptions,
  withCurveOptions,
} from "./options.js";
import { withProgress } from "./progress.js";
import { table, title } from "./table.js";
import { digits } from "./terminal.js";
import { type WorkersFlags, withWorkers, workersOption } from "./workers.js";

/** The most lines of the table on a terminal. */
const MAX_LINES = 25;

/** Points times cells from which on plans take longer than to start workers. */
const MANY_CELLS = 2 ** 20;

interface Flags extends CurveFlags, WorkersFlags {
  from?: number[];
  to?: number[];
  divisions?: number;
  tolerance?: number;
}

export function frontierCommand() {
  const command = economyCommand(
    "frontier",
    "compute the Pareto frontier: plans along a path of Pareto weights, or of three agents over a grid",
  )
    .option("--from <list>", "Pareto weights where the path starts, separated by commas; needs --to", numbers)
    .option("--to <list>", "Pareto weights where the path ends; needs --from", numbers)
    .option(
      "--divisions <count>",
      "three agents without --from: parts of each side of the triangle of weights (default: 16)",
      number,
    )
    .option("--tolerance <number>", "residual at which a plan counts as converged (default: 1e-10)", number)
    .addOption(workersOption())
    .addOption(csvOption("one row per point"));
  return withCommonOptions(withCurveOptions(command)).action(async (file: string | undefined, flags: Flags) => {
    const { from, to, points, chordTolerance, bend, divisions, tolerance } = flags;
    refuseIf([
      [from !== undefined && to === undefined, "--from needs --to"],
      [to !== undefined && from === undefined, "--to needs --from"],
      [divisions !== undefined && (from ?? to) !== undefined, "--divisions does not go with --from and --to"],
    ]);
    const economy = await readEconomy(file, flags);
    const options = { from, to, points, chordTolerance, bend, divisions, tolerance, ...withProgress(flags) };
    const large = (points ?? 257) * economy.alpha.length >= MANY_CELLS;
    const frontier = await withWorkers(flags, large, async (walras) => await walras.frontier(economy, options));
    printSolution(
      frontier,
      economy,
      flags,
      () => columns(frontier, economy),
      () => show(frontier, economy),
    );
  });
}

/** Returns the names of all columns, and one row of numbers per point. */
function columns(frontier: Frontier, { agents, goods }: Economy): Rows {
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

function show(frontier: Frontier, { agents, name }: Economy): string[] {
  const n = agents.length;
  const of = (values: Float64Array, k: number) => [...values.subarray(k * n, (k + 1) * n)];
  const rows = Array.from({ length: frontier.count }, (_, k) => [
    ...of(frontier.weights, k),
    ...of(frontier.utilities, k),
    ...of(frontier.equivalents, k),
  ]);
  const head = ["weight", "utility", "equivalent"].flatMap((name) => agents.map((agent) => `${name} ${agent}`));
  const shown = someOf(rows, MAX_LINES);
  return [
    ...title(name),
    ...table(head, shown),
    ...(shown.length < rows.length
      ? [`${shown.length} of ${rows.length} points; --json and --csv print all, with allocations and shadow prices.`]
      : []),
    "equivalent: the part of all totals that would make the agent as well off",
    `worst residual ${digits(frontier.residuals.worst)}; largest distance from a chord ${digits(frontier.chordDistance)}`,
    `${frontier.status} (${frontier.method}, ${plural(frontier.count, "point")}, ${frontier.engine}): ${frontier.message}`,
  ];
}

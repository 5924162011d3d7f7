// walras statics FILE: the derivatives of prices, allocation and utilities by the data.

import { Option } from "commander";
import type { Economy } from "../economy/economy.js";
import type { Pool } from "../pool/pool.js";
import type { Solution } from "../solution.js";
import type { Walras } from "../walras.js";
import { csv } from "./csv.js";
import { readEconomy } from "./input.js";
import {
  type CsvFlags,
  csvOption,
  economyCommand,
  goodOrIndex,
  numbers,
  refuseIf,
  withCommonOptions,
} from "./options.js";
import { print, printJson, printRaw, warn } from "./output.js";
import { withProgress } from "./progress.js";
import { table, title } from "./table.js";
import { digits, shown } from "./terminal.js";
import { type WorkersFlags, withWorkers, workersOption } from "./workers.js";

const PARAMETERS = {
  alpha: "ln alpha",
  omega: "omega",
  endowments: "endowment",
  totals: "total",
  weights: "ln weight",
} as const;
const OUTCOMES = {
  prices: "ln price",
  allocation: "amount",
  logAllocation: "ln amount",
  utilities: "utility",
  welfare: "welfare",
} as const;

/** The labels of the facts about a solution. */
const FACTS: Record<string, string> = {
  numeraire: "numeraire",
  index: "index",
  smallestPivot: "smallest pivot",
  condition: "condition",
  weights: "weights",
};

type Parameter = keyof typeof PARAMETERS;
type Outcome = keyof typeof OUTCOMES;

/** Derivatives times cells from which on matrices take longer than to start workers. */
const MANY_PRODUCTS = 2 ** 24;

interface Flags extends CsvFlags, WorkersFlags {
  by?: Parameter;
  of: Outcome;
  plan?: boolean;
  weights?: number[];
  numeraire?: string;
}

export function staticsCommand() {
  const command = economyCommand(
    "statics",
    "compute comparative statics: derivatives of prices, allocation and utilities by the data",
  )
    .addOption(new Option("--of <outcome>", "the outcome").choices(Object.keys(OUTCOMES)).default("prices"))
    .addOption(
      new Option("--by <parameter>", "the parameter (default: endowments; with --plan totals)").choices(
        Object.keys(PARAMETERS),
      ),
    )
    .option("--plan", "of the planner's optimum, instead of the equilibrium")
    .option("--weights <list>", "with --plan: Pareto weights, separated by commas (default: the economy's)", numbers)
    .option(
      "--numeraire <good>",
      'good whose price stays 1, by name or index; "simplex": prices add up to 1 (default: simplex)',
    )
    .addOption(workersOption())
    .addOption(csvOption("one row per derivative"));
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    checkFlags(flags);
    const economy = await readEconomy(file, flags);
    const by = flags.by ?? (flags.plan ? "totals" : "endowments");
    const size = (block: Parameter | Outcome) => labels(economy, block).length;
    const large = size(flags.of) * size(by) * economy.alpha.length >= MANY_PRODUCTS;
    const found = await withWorkers(flags, large, (walras) =>
      flags.plan ? ofPlan(walras, economy, by, flags) : ofEquilibrium(walras, economy, by, flags),
    );
    process.exitCode = found.failure ? 1 : 0;
    if (found.failure) warn([found.failure]);
    else show(economy, by, flags, found);
  });
}

function checkFlags({ by, of, plan, weights, numeraire }: Flags): void {
  refuseIf([
    [!plan && (by === "totals" || by === "weights"), `--by ${by} needs --plan`],
    [plan === true && by === "endowments", "--by endowments does not go with --plan; use --by totals"],
    [!plan && of === "welfare", "--of welfare needs --plan"],
    [!plan && weights !== undefined, "--weights needs --plan"],
    [plan === true && numeraire !== undefined, "--numeraire does not go with --plan"],
  ]);
}

/**
 * The derivatives of each outcome (rows) by each parameter, flat, with facts about the solution; or
 * why there are none.
 */
interface Derivatives {
  failure?: string;
  derivatives: Float64Array;
  facts: Record<string, unknown>;
}

async function ofEquilibrium(
  walras: Walras | Pool,
  economy: Economy,
  by: Parameter,
  flags: Flags,
): Promise<Derivatives> {
  const solution = await walras.equilibrium(economy, {
    numeraire: goodOrIndex(economy, flags.numeraire ?? "simplex"),
    ...withProgress(flags),
  });
  if (!solution.converged) return failed(solution);
  const point = await walras.statics(economy, solution);
  const { numeraire, singular, index, smallestPivot, condition } = point;
  const facts = { numeraire, index, smallestPivot, condition };
  if (singular) {
    const failure = `the equilibrium is critical (smallest pivot ${digits(smallestPivot)}, condition ${digits(condition)}): prices have no derivatives there`;
    return { failure, derivatives: new Float64Array(), facts };
  }
  const of = flags.of as "prices";
  const parameter = by as "endowments";
  const matrices = await point.matrices({ of: [of], by: [parameter], ...withProgress(flags) });
  return { derivatives: matrices[of][parameter], facts };
}

async function ofPlan(walras: Walras | Pool, economy: Economy, by: Parameter, flags: Flags): Promise<Derivatives> {
  const solution = await walras.plan(economy, { weights: flags.weights });
  if (!solution.converged) return failed(solution);
  const point = await walras.statics(economy, solution);
  const of = (flags.of === "prices" ? "shadowPrices" : flags.of) as "shadowPrices";
  const parameter = by as "totals";
  const facts = { weights: Array.from(solution.weights) };
  const matrices = await point.matrices({ of: [of], by: [parameter], ...withProgress(flags) });
  return { derivatives: matrices[of][parameter], facts };
}

function failed({ message, status }: Solution): Derivatives {
  return { failure: `${status}: ${message}`, derivatives: new Float64Array(), facts: {} };
}

function show(economy: Economy, by: Parameter, flags: Flags, { derivatives, facts }: Derivatives): void {
  const outcomes = labels(economy, flags.of);
  const parameters = labels(economy, by);
  const value = (o: number, p: number) => derivatives[o * parameters.length + p];
  if (flags.csv) {
    const lines = outcomes.flatMap((outcome, o) => parameters.map((parameter, p) => [outcome, parameter, value(o, p)]));
    printRaw(csv(["outcome", "parameter", "derivative"], lines));
  } else if (flags.json) {
    const { name, agents, goods } = economy;
    const rows = outcomes.map((_, o) => parameters.map((_, p) => value(o, p)));
    const kind = flags.plan ? "plan" : "equilibrium";
    printJson({ name, agents, goods, kind, of: flags.of, by, outcomes, parameters, derivatives: rows, ...facts });
  } else {
    print(title(economy.name));
    print(
      table(
        [`d ${OUTCOMES[flags.of]} / d ${PARAMETERS[by]}`, ...outcomes],
        parameters.map((parameter, p) => [parameter, ...outcomes.map((_, o) => value(o, p))]),
      ),
    );
    for (const [fact, held] of Object.entries(facts)) {
      const text = Array.isArray(held) ? held.map(digits).join(", ") : typeof held === "number" ? digits(held) : held;
      print([`${FACTS[fact]}: ${fact === "numeraire" ? shown(String(held)) : text}`]);
    }
  }
}

/** Returns the name of each element of an outcome or a parameter. */
function labels({ agents, goods }: Economy, block: Parameter | Outcome): string[] {
  if (block === "welfare") return ["welfare"];
  if (block === "prices" || block === "totals") return [...goods];
  if (block === "utilities" || block === "weights") return [...agents];
  return agents.flatMap((agent) => goods.map((good) => `${agent}: ${good}`));
}

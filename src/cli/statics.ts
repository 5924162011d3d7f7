// walras statics FILE: how prices, allocation and utilities move with the data.

import { Command, Option } from "commander";
import { csvFormatRows } from "d3-dsv";
import type { Economy } from "../economy/economy.js";
import { toJsonText } from "../json.js";
import type { Solution } from "../solution.js";
import { OptionError } from "../violations.js";
import { load, type Walras } from "../walras.js";
import { print, readEconomy, warn } from "./io.js";
import { type CommonFlags, goodOrIndex, numbers, withCommonOptions } from "./options.js";
import { digits, table } from "./table.js";

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

type Parameter = keyof typeof PARAMETERS;
type Outcome = keyof typeof OUTCOMES;

interface Flags extends CommonFlags {
  by?: Parameter;
  of: Outcome;
  plan?: boolean;
  weights?: number[];
  numeraire?: string;
  csv?: boolean;
}

export function staticsCommand(): Command {
  const command = new Command("statics")
    .description("comparative statics: derivatives of prices, allocation and utilities by the data")
    .argument("[file]", "an economy, JSON or CSV; standard input if left out")
    .addOption(
      new Option("--by <parameter>", "what moves; default endowments, of a plan totals").choices(
        Object.keys(PARAMETERS),
      ),
    )
    .addOption(new Option("--of <outcome>", "what answers").choices(Object.keys(OUTCOMES)).default("prices"))
    .option("--plan", "of the planner's optimum instead of the equilibrium")
    .option("--weights <list>", "with --plan: Pareto weights, separated by commas; default the economy's", numbers)
    .option("--numeraire <good>", 'a good\'s name or index, or "simplex", the default')
    .option("--csv", "print a line outcome, parameter, derivative each");
  return withCommonOptions(command).action(async (file: string | undefined, flags: Flags) => {
    checkFlags(flags);
    const economy = readEconomy(file);
    const walras = await load({ engine: flags.engine });
    const by = flags.by ?? (flags.plan ? "totals" : "endowments");
    const found = flags.plan ? ofPlan(walras, economy, by, flags) : ofEquilibrium(walras, economy, by, flags);
    process.exitCode = found.failure ? 1 : 0;
    if (found.failure) warn(`walras: ${found.failure}`);
    else show(economy, by, flags, found);
  });
}

function checkFlags({ by, of, plan, weights, numeraire, csv, json }: Flags): void {
  const rules: [path: string, requirement: string, value: unknown, broken: boolean][] = [
    ["by", "goes with --plan", by, !plan && (by === "totals" || by === "weights")],
    ["by", "goes without --plan, which takes totals", by, plan === true && by === "endowments"],
    ["of", "goes with --plan", of, !plan && of === "welfare"],
    ["weights", "goes with --plan", weights, !plan && weights !== undefined],
    ["numeraire", "goes without --plan", numeraire, plan === true && numeraire !== undefined],
    ["csv", "must not be given beside json", csv, csv === true && json === true],
  ];
  const violations = rules
    .filter((rule) => rule[3])
    .map(([path, requirement, value]) => ({ path, requirement, value }));
  if (violations.length > 0) throw new OptionError(violations);
}

/** Derivatives of each outcome (rows) by each parameter, flat, and facts to tell with them; or why there are none. */
interface Found {
  failure?: string;
  derivatives: Float64Array;
  facts: Record<string, unknown>;
}

function ofEquilibrium(walras: Walras, economy: Economy, by: Parameter, flags: Flags): Found {
  const solution = walras.equilibrium(economy, { numeraire: goodOrIndex(economy, flags.numeraire ?? "simplex") });
  if (!solution.converged) return failed(solution);
  const point = walras.statics(economy, solution);
  const { numeraire, singular, index, smallestPivot, condition } = point;
  const facts = { numeraire, index, smallestPivot, condition };
  if (singular) {
    const failure = `the equilibrium is critical (smallest pivot ${digits(smallestPivot)}, condition ${digits(condition)}): prices have no derivatives there`;
    return { failure, derivatives: new Float64Array(), facts };
  }
  const of = flags.of as "prices";
  const parameter = by as "endowments";
  return { derivatives: point.matrices({ of: [of], by: [parameter] })[of][parameter], facts };
}

function ofPlan(walras: Walras, economy: Economy, by: Parameter, flags: Flags): Found {
  const solution = walras.plan(economy, { weights: flags.weights });
  if (!solution.converged) return failed(solution);
  const point = walras.statics(economy, solution);
  const of = (flags.of === "prices" ? "shadowPrices" : flags.of) as "shadowPrices";
  const parameter = by as "totals";
  const facts = { weights: Array.from(solution.weights) };
  return { derivatives: point.matrices({ of: [of], by: [parameter] })[of][parameter], facts };
}

function failed({ message, status }: Solution): Found {
  return { failure: `${status}: ${message}`, derivatives: new Float64Array(), facts: {} };
}

function show(economy: Economy, by: Parameter, flags: Flags, { derivatives, facts }: Found): void {
  const outcomes = labels(economy, flags.of);
  const parameters = labels(economy, by);
  const value = (o: number, p: number) => derivatives[o * parameters.length + p];
  if (flags.csv) {
    const lines = outcomes.flatMap((outcome, o) =>
      parameters.map((parameter, p) => [outcome, parameter, String(value(o, p))]),
    );
    print(csvFormatRows([["outcome", "parameter", "derivative"], ...lines]));
  } else if (flags.json) {
    const { name, agents, goods } = economy;
    const rows = outcomes.map((_, o) => parameters.map((_, p) => value(o, p)));
    const kind = flags.plan ? "plan" : "equilibrium";
    print(
      toJsonText({ name, agents, goods, kind, of: flags.of, by, outcomes, parameters, derivatives: rows, ...facts }),
    );
  } else {
    if (economy.name) print(economy.name);
    print(
      table(
        [`d ${OUTCOMES[flags.of]} / d ${PARAMETERS[by]}`, ...outcomes],
        parameters.map((parameter, p) => [parameter, ...outcomes.map((_, o) => value(o, p))]),
      ),
    );
    for (const [fact, what] of Object.entries(facts)) {
      const shown = Array.isArray(what) ? what.map(digits).join(", ") : typeof what === "number" ? digits(what) : what;
      print(`${fact}: ${shown}`);
    }
  }
}

/** What each element of an outcome or a parameter is called. */
function labels({ agents, goods }: Economy, what: Parameter | Outcome): string[] {
  if (what === "welfare") return ["welfare"];
  if (what === "prices" || what === "totals") return [...goods];
  if (what === "utilities" || what === "weights") return [...agents];
  return agents.flatMap((agent) => goods.map((good) => `${agent}: ${good}`));
}

// walras box FILE: the Edgeworth box of two agents and two goods, as a table or as curves to draw.

import type { Economy } from "../economy/economy.js";
import { BOX_PARTS, type BoxPart, type EdgeworthBox, requireBox } from "../frontier/edgeworth.js";
import { analysisToJson, equilibriaToJson } from "../json.js";
import { load } from "../load.js";
import type { Equilibria } from "../solution.js";
import { csv } from "./csv.js";
import { completeness, exitStatus } from "./equilibria.js";
import { readEconomy } from "./input.js";
import { type CurveFlags, csvOption, economyCommand, numbers, withCommonOptions, withCurveOptions } from "./options.js";
import { print, printJson, printRaw } from "./output.js";
import { withProgress } from "./progress.js";
import { stabilityInWords, table, title } from "./table.js";

interface Flags extends CurveFlags {
  curves?: BoxPart[];
  through?: number[][];
}

export function boxCommand() {
  const command = economyCommand(
    "box",
    "compute the Edgeworth box of two agents and two goods: contract curve, core, indifference and offer curves",
  )
    .option("--curves <list>", `some of ${BOX_PARTS.join(", ")}, separated by commas (default: all)`, (text) =>
      text.split(","),
    )
    .option(
      "--through <amounts>",
      "draw indifference curves also through this bundle of the first agent; may be repeated",
      (text: string, before: number[][] = []) => [...before, numbers(text)],
    )
    .addOption(csvOption("one row per point of every curve"));
  return withCommonOptions(withCurveOptions(command)).action(async (file: string | undefined, flags: Flags) => {
    const economy = await readEconomy(file, flags);
    requireBox(economy);
    const walras = await load({ engine: flags.engine });
    const found = walras.equilibria(economy, withProgress(flags));
    // If a relative price is beyond the range of a double, one price is 0 and there is no budget
    // line.
    const prices = found.equilibria.map((e) => e.prices).filter((pair) => pair.every((price) => price > 0));
    const { points, chordTolerance, bend, curves, through } = flags;
    const box = walras.edgeworthBox(economy, { points, chordTolerance, bend, curves, through, prices });
    if (flags.json) printJson({ ...equilibriaToJson(found, economy), ...boxToJson(box, economy) });
    else if (flags.csv) printRaw(csv(["curve", "piece", "good1", "good2"], rows(box, found, economy)));
    else print(show(box, found, economy));
    process.exitCode = exitStatus(found);
  });
}

function boxToJson(box: EdgeworthBox, economy: Economy): Record<string, unknown> {
  return analysisToJson(box, economy, { points: 2, line: 2, demand: 2 });
}

/**
 * Returns one row per point of every curve: the curve, the number of its piece, and agent 1's
 * amounts. A single point counts as a curve. The first indifference curve is that through the
 * endowment.
 */
function rows(box: EdgeworthBox, { equilibria }: Equilibria, { agents }: Economy): (string | number)[][] {
  const none = new Float64Array();
  const lineAt = (prices: Float64Array) => box.budgets.find((budget) => budget.prices.every((p, j) => p === prices[j]));
  const curves: [curve: string, pieces: (Float64Array | undefined)[]][] = [
    ["endowment", [box.endowment]],
    ["contract", [box.contract.points]],
    ["core", [box.core.points]],
    ["second crossing", [box.secondCrossing ?? none]],
    ["budget", equilibria.map(({ prices }) => lineAt(prices)?.line)],
    ["equilibrium", equilibria.map(({ allocation }) => allocation.subarray(0, 2))],
  ];
  agents.forEach((agent, i) => {
    const indifference = [box, ...box.through].map((each) => each.indifference[i].points);
    curves.push([`indifference:${agent}`, indifference]);
    curves.push([`offer:${agent}`, box.offers[i].map(({ points }) => points)]);
  });
  return curves.flatMap(([curve, pieces]) =>
    pieces.flatMap((flat = none, k) =>
      Array.from({ length: flat.length / 2 }, (_, c) => [curve, k + 1, flat[2 * c], flat[2 * c + 1]]),
    ),
  );
}

function show(box: EdgeworthBox, found: Equilibria, { agents, goods, name }: Economy): string[] {
  const { totals, core, secondCrossing } = box;
  const shared = (x: Float64Array) => [...x, ...totals.map((total, j) => Math.max(0, total - x[j]))];
  const head = ["", ...agents.flatMap((agent) => goods.map((good) => `${agent}: ${good}`))];
  return [
    ...title(name),
    ...table(
      [...head, `price of ${goods[0]} in ${goods[1]}`, "index", "stable"],
      [
        ["endowment", ...shared(box.endowment)],
        ...(core.points.length > 0
          ? [
              [`core: ${agents[0]} gains nothing`, ...shared(core.points.subarray(0, 2))],
              [`core: ${agents[1]} gains nothing`, ...shared(core.points.subarray(-2))],
            ]
          : []),
        ["second crossing", ...(secondCrossing ? shared(secondCrossing) : ["none", "", "", ""])],
      ]
        .map((row) => [...row, "", "", ""])
        .concat(
          found.equilibria.map(({ allocation, prices, index, stability }, k) => [
            `equilibrium ${k + 1}`,
            ...allocation,
            prices[0] / prices[1],
            index,
            stabilityInWords(stability),
          ]),
        ),
    ),
    "second crossing: where the indifference curves through the endowment meet again; --json and --csv print all curves",
    ...found.equilibria.flatMap(({ converged, status, message }, k) =>
      converged ? [] : [`equilibrium ${k + 1} ${status}: ${message}`],
    ),
    completeness(found),
    `${found.searched} (${found.engine})`,
  ];
}

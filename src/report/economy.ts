// The report of an economy.

import * as Plot from "@observablehq/plot";
import type { Economy } from "../economy/economy.js";
import type { BoxCurve } from "../frontier/edgeworth.js";
import type { Equilibria, Equilibrium, ExactPlan } from "../solution.js";
import type { EconomyError } from "../violations.js";
import type { Walras } from "../walras.js";
import { COLOURS, type Figure, figure, heatMap, MAGNITUDES } from "./figures.js";
import type { Section, Table } from "./page.js";

/** Steps of Adam that are drawn. */
const ADAM_STEPS = 3000;
/** Cells up to which all equilibria are looked for, derivatives are taken, and Adam runs. */
const MAX_LISTED = 400;
const MAX_DERIVED = 400;
const MAX_ADAM = 1e4;

/** What a report says of an economy: its data, plan, equilibria and what follows from them. */
export function economySections(walras: Walras, economy: Economy): Section[] {
  const plan = walras.plan(economy);
  return [dataSection(economy), planSection(walras, economy, plan), ...marketSections(walras, economy)];
}

function matrix(caption: string, { agents, goods }: Economy, values: ArrayLike<number>): Table {
  const m = goods.length;
  const rows = agents.map((agent, i) => [agent, ...goods.map((_, j) => values[i * m + j])]);
  return { caption, head: ["agent", ...goods], rows };
}

function dataSection(economy: Economy): Section {
  const { agents, goods, alpha, omega, endowments, totals, weights } = economy;
  return {
    title: "The economy",
    text: [`${agents.length} agents and ${goods.length} goods.`],
    tables: [
      matrix("α: how much agents like goods", economy, alpha),
      matrix("ω: the elasticity of marginal utility", economy, omega),
      ...(endowments ? [matrix("Endowments", economy, endowments)] : []),
      { caption: "Totals", head: ["", ...goods], rows: [["total", ...totals]] },
      { caption: "Pareto weights", head: ["", ...agents], rows: [["weight", ...weights]] },
    ],
  };
}

function planSection(walras: Walras, economy: Economy, plan: ExactPlan): Section {
  const { agents, goods } = economy;
  return {
    title: "The plan",
    text: [`Welfare is ${digits(plan.welfare)}. ${plan.message}`],
    tables: [
      { caption: "Shadow prices", head: ["", ...goods], rows: [["shadow price", ...plan.shadowPrices]] },
      matrix("Allocation", economy, plan.allocation),
      { caption: "Utilities", head: ["", ...agents], rows: [["utility", ...plan.utilities]] },
    ],
    figures: economy.alpha.length <= MAX_ADAM ? [adamFigure(walras, economy, plan)] : [],
  };
}

/** How Adam comes near the exact plan. */
function adamFigure(walras: Walras, economy: Economy, plan: ExactPlan): Figure {
  const { trace } = walras.planWithAdam(economy, { maxSteps: ADAM_STEPS, trace: 10, tolerance: 0 });
  const scale = Math.max(Math.abs(plan.welfare), Number.MIN_VALUE);
  const points = trace.flatMap(({ step, welfare, stationarity }) => [
    { step: step + 1, value: Math.abs(plan.welfare - welfare) / scale, what: "welfare that is missing, as a part" },
    { step: step + 1, value: stationarity, what: "error of the first-order conditions" },
  ]);
  const last = trace[trace.length - 1];
  const missing = Math.abs(plan.welfare - last.welfare) / scale;
  return figure(
    "adam",
    "Adam against the exact plan",
    `After ${last.step + 1} steps Adam misses ${digits(missing)} of welfare, and its first-order conditions err by ${digits(last.stationarity)}.`, // biome-ignore format: one sentence
    {
      marginTop: 50,
      x: { type: "log", label: "step" },
      y: { ...MAGNITUDES, label: "error" },
      color: { legend: false, domain: [...new Set(points.map(({ what }) => what))] },
      marks: [
        Plot.line(
          points.filter(({ value }) => value > 0),
          { x: "step", y: "value", stroke: "what" },
        ),
        ...legend([...new Set(points.map(({ what }) => what))]),
      ],
    },
  );
}

/** The names of lines above a figure, in their colours. */
export function legend(names: readonly string[]) {
  return names.map((name, k) =>
    Plot.text([name], {
      ...{ frameAnchor: "top-right", text: (text: string) => text, fill: COLOURS[k % COLOURS.length] },
      ...{ dy: 14 * k - 14 * names.length - 4, fontWeight: "bold" },
    }),
  );
}

function marketSections(walras: Walras, economy: Economy): Section[] {
  let found: { list: Equilibria | undefined; all: readonly Equilibrium[] };
  try {
    const first = walras.equilibrium(economy);
    const list = economy.alpha.length <= MAX_LISTED ? walras.equilibria(economy) : undefined;
    found = { list, all: list && list.equilibria.length > 0 ? list.equilibria : [first] };
  } catch (error) {
    if (!isEconomyError(error)) throw error;
    return [{ title: "The market", text: [`There is no market to solve: ${error.violations[0].path} ${error.violations[0].requirement}.`] }]; // biome-ignore format: one line
  }
  const { list, all } = found;
  const { agents, goods } = economy;
  const overview: Section = {
    title: all.length > 1 ? `The ${all.length} equilibria` : "The equilibrium",
    text: list ? [`${list.searched}${list.complete ? " The list is proved to be complete." : ""}`] : [],
    tables: [
      {
        caption: "Prices",
        head: ["equilibrium", ...goods, "index", "stability"],
        rows: all.map((e, k) => [`${k + 1}`, ...e.prices, e.index, e.stability]),
      },
      {
        caption: "Utilities",
        head: ["equilibrium", ...agents],
        rows: all.map((e, k) => [`${k + 1}`, ...e.utilities]),
      },
    ],
    figures: [
      lorenzFigure(economy, all),
      ...(goods.length === 2 && agents.length === 2 ? boxFigures(walras, economy, all) : []),
    ],
  };
  const each = all.slice(0, 9).map((e, k): Section => {
    const of = all.length > 1 ? ` ${k + 1}` : "";
    return {
      title: `Allocation and trades of equilibrium${of}`,
      tables: [
        matrix("Allocation", economy, e.allocation),
        { caption: "Incomes", head: ["", ...agents], rows: [["income", ...e.incomes]] },
      ],
      figures: [
        heatMap(
          `net-trades-${k + 1}`,
          `Net trades${of && ` of equilibrium${of}`}`,
          "What each agent buys (above 0) or sells (below 0) of each good.",
          { rows: agents, columns: goods, values: e.netTrades },
        ),
        ...(economy.alpha.length <= MAX_DERIVED ? staticsFigures(walras, economy, e, k + 1) : []),
      ],
    };
  });
  return [overview, ...each];
}

/** Incomes from the poorest to the richest, summed, as parts of all. */
function lorenzFigure({ agents }: Economy, all: readonly Equilibrium[]): Figure {
  const points = all.flatMap(({ incomes }, k) => {
    const sorted = [...incomes].sort((a, b) => a - b);
    const total = sorted.reduce((sum, income) => sum + income, 0);
    let sum = 0;
    const rest = sorted.map((income, i) => {
      sum += income;
      return { agents: (i + 1) / agents.length, income: sum / total, equilibrium: `equilibrium ${k + 1}` };
    });
    return [{ agents: 0, income: 0, equilibrium: `equilibrium ${k + 1}` }, ...rest];
  });
  const ginis = all.map(({ incomes }) => gini(incomes));
  const names = all.map((_, k) => `equilibrium ${k + 1}`);
  return figure(
    "lorenz",
    "Lorenz curve of incomes",
    `The Gini coefficient of incomes is ${ginis.map(digits).join(", ")}${all.length > 1 ? " in the equilibria in their order" : ""}; 0 is equality.`, // biome-ignore format: one sentence
    {
      ...{ width: 420, height: 400 },
      x: { label: "part of the agents, from the poorest on", domain: [0, 1] },
      y: { label: "part of all income", domain: [0, 1], grid: true },
      color: { legend: false, domain: names },
      marks: [
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: "currentColor", strokeDasharray: "4 4", strokeOpacity: 0.6 },
        ),
        Plot.line(points, { x: "agents", y: "income", stroke: "equilibrium", marker: agents.length <= 30 }),
      ],
    },
  );
}

function gini(incomes: ArrayLike<number>): number {
  const sorted = Array.from(incomes).sort((a, b) => a - b);
  const n = sorted.length;
  const total = sorted.reduce((sum, income) => sum + income, 0);
  return sorted.reduce((sum, income, i) => sum + (2 * (i + 1) - n - 1) * income, 0) / (n * total);
}

function boxFigures(walras: Walras, economy: Economy, equilibria: readonly Equilibrium[]): Figure[] {
  let box: ReturnType<Walras["edgeworthBox"]>;
  try {
    box = walras.edgeworthBox(economy);
  } catch (error) {
    if (isEconomyError(error)) return [];
    throw error;
  }
  const { agents, goods, totals } = economy;
  const of = (name: string, { points }: BoxCurve) =>
    Array.from({ length: points.length / 2 }, (_, k) => ({ name, x: points[2 * k], y: points[2 * k + 1] }));
  const offers = box.offers.flatMap((pieces, i) => pieces.map((piece) => of(`offer curve of ${agents[i]}`, piece)));
  const indifference = box.indifference.map((curve, i) => of(`indifference curve of ${agents[i]}`, curve));
  const lines = [of("contract curve", box.contract), ...offers, ...indifference];
  const points = lines.flat();
  const names = [...new Set(points.map(({ name }) => name))];
  return [
    figure(
      "edgeworth-box",
      "Edgeworth box",
      `${agents[0]}'s amounts are measured from the lower left, ${agents[1]}'s from the upper right. Offer curves cross at the endowment and at ${equilibria.length} equilibria.`, // biome-ignore format: one sentence
      {
        ...{ width: 480, height: 520, marginTop: 90 },
        x: { label: `${goods[0]} of ${agents[0]}`, domain: [0, totals[0]] },
        y: { label: `${goods[1]} of ${agents[0]}`, domain: [0, totals[1]] },
        color: { legend: false, domain: names },
        marks: [
          Plot.frame(),
          Plot.line(points, { x: "x", y: "y", stroke: "name", clip: true }),
          Plot.dot([box.endowment], { x: (e) => e[0], y: (e) => e[1], symbol: "square", fill: "currentColor" }),
          Plot.dot(equilibria, { x: (e) => e.allocation[0], y: (e) => e.allocation[1], r: 5, fill: "currentColor" }),
          ...legend(names),
        ],
      },
    ),
  ];
}

/** How prices answer to endowments. */
function staticsFigures(walras: Walras, economy: Economy, equilibrium: Equilibrium, number: number): Figure[] {
  const point = walras.statics(economy, equilibrium);
  if (point.singular) return [];
  const { agents, goods } = economy;
  const { endowments } = point.matrices({ of: ["prices"], by: ["endowments"] }).prices;
  const columns = agents.flatMap((agent) => goods.map((good) => `${agent}: ${good}`));
  if (columns.length > 40) return [];
  return [
    heatMap(
      `statics-${number}`,
      "What endowments do to prices",
      `The change of a good's log price (columns; prices add up to 1) per unit more of an endowment (rows).`,
      {
        rows: columns,
        columns: goods,
        values: columns.flatMap((_, c) => goods.map((_, j) => endowments[j * columns.length + c])),
      },
    ),
  ];
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Reports are a bundle of their own, so that the engine's errors are not of the same class. */
function isEconomyError(error: unknown): error is EconomyError {
  return error instanceof Error && error.name === "EconomyError";
}

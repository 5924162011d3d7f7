// The report of an economy.

import * as Plot from "@observablehq/plot";
import type { Economy } from "../economy/economy.js";
import type { BoxCurve } from "../frontier/edgeworth.js";
import type { Equilibria, Equilibrium, ExactPlan } from "../solution.js";
import { gini } from "../study/measure.js";
import type { EconomyError } from "../violations.js";
import type { Walras } from "../walras.js";
import { COLOURS, DASHES, digits, type Figure, figure, heatMap, type LegendItem, magnitudes } from "./figures.js";
import type { Section, Table } from "./page.js";

/** Steps of Adam that are drawn. */
const ADAM_STEPS = 3000;
/** What Adam's steps are counted to. */
const TARGETS = [1e-3, 1e-6, 1e-9];
/** Cells up to which all equilibria are looked for, derivatives are taken, and Adam runs. */
const MAX_LISTED = 400;
const MAX_DERIVED = 400;
const MAX_ADAM = 1e4;
/** Rows of the heat map of derivatives. */
const MAX_DERIVATIVES = 40;
/** Equilibria that have a section of their own, and lines of a figure. */
const MAX_SHOWN = 8;

/** What a report says of an economy: its data, plan, equilibria and what follows from them. */
export function economySections(walras: Walras, economy: Economy): Section[] {
  const plan = walras.plan(economy);
  return [dataSection(economy), planSection(walras, economy, plan), ...marketSections(walras, economy)];
}

type Row = readonly (string | number)[];

function matrix(caption: string, { agents, goods }: Economy, values: ArrayLike<number>, foot: Row[] = []): Table {
  const m = goods.length;
  const rows = agents.map((agent, i) => [agent, ...goods.map((_, j) => values[i * m + j])]);
  return { caption, head: ["agent", ...goods], rows, foot };
}

function dataSection(economy: Economy): Section {
  const { agents, goods, alpha, omega, endowments, totals, weights } = economy;
  const same = (values: Float64Array) => values.every((value) => value === values[0]);
  const constants = [
    ...(same(alpha) ? [`α is ${digits(alpha[0])} for everybody and every good.`] : []),
    ...(same(omega) ? [`ω is ${digits(omega[0])} for everybody and every good.`] : []),
    ...(same(weights) ? [] : ["The planner weighs agents by Pareto weights."]),
  ];
  const kind = omega.every((w) => w < 0) ? "concave" : omega.every((w) => w > 0) ? "convex" : "of several kinds";
  return {
    title: "The economy",
    text: [
      `${number(agents.length, "agent")} and ${number(goods.length, "good")}. Agent i's utility is Σ αᵢⱼ xᵢⱼ^(1+ωᵢⱼ)/(1+ωᵢⱼ) over goods j; here it is ${kind}.${constants.map((text) => ` ${text}`).join("")}`,
    ],
    tables: [
      ...(same(alpha) ? [] : [matrix("α: how much agents like goods", economy, alpha)]),
      ...(same(omega) ? [] : [matrix("ω: the elasticity of marginal utility", economy, omega)]),
      ...(endowments
        ? [matrix("Endowments", economy, endowments, [["total", ...totals]])]
        : [{ caption: "Totals", head: ["good", "total"], rows: goods.map((good, j) => [good, totals[j]]) }]),
      ...(same(weights)
        ? []
        : [{ caption: "Pareto weights", head: ["agent", "weight"], rows: agents.map((agent, i) => [agent, weights[i]]) }]), // biome-ignore format: one choice
    ],
  };
}

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function planSection(walras: Walras, economy: Economy, plan: ExactPlan): Section {
  const { agents } = economy;
  const gap = plan.gap > 0 ? ` It may fall short of the greatest welfare by ${digits(plan.gap)}.` : "";
  return {
    title: "The plan",
    text: [
      `The planner divides what there is so that the weighted sum of utilities is greatest. It is ${digits(plan.welfare)}.${gap} ${plan.message}`,
    ],
    tables: [
      matrix("Allocation", economy, plan.allocation, [["shadow price", ...plan.shadowPrices]]),
      {
        caption: "Utilities",
        head: ["agent", "weight", "utility"],
        rows: agents.map((agent, i) => [agent, plan.weights[i], plan.utilities[i]]),
      },
    ],
    figures: economy.alpha.length <= MAX_ADAM ? [adamFigure(walras, economy, plan)] : [],
  };
}

/** How Adam comes near the exact plan. */
function adamFigure(walras: Walras, economy: Economy, plan: ExactPlan): Figure {
  const { trace } = walras.planWithAdam(economy, { maxSteps: ADAM_STEPS, trace: 10, tolerance: 0 });
  const scale = Math.max(Math.abs(plan.welfare), Number.MIN_VALUE);
  const errors = trace.map(({ step, welfare, stationarity }) => {
    return { step: step + 1, missing: Math.abs(plan.welfare - welfare) / scale, stationarity };
  });
  const reached = TARGETS.map((target) => errors.find(({ missing }) => missing <= target));
  const words = reached
    .map(
      (at, k) => `less than ${digits(TARGETS[k])} ${at ? `after ${at.step} steps` : `in none of ${ADAM_STEPS} steps`}`,
    )
    .join(", ");
  const last = errors[errors.length - 1];
  const legend: LegendItem[] = [
    { name: "welfare that is missing, as a part", colour: COLOURS[0] },
    { name: "error of the first-order conditions", colour: COLOURS[1], dashes: DASHES[1] },
  ];
  const line = (key: "missing" | "stationarity", k: number) =>
    Plot.line(
      errors.filter((error) => error[key] > 0),
      { x: "step", y: key, stroke: legend[k].colour, strokeDasharray: legend[k].dashes },
    );
  return figure(
    "adam",
    "Adam against the exact plan",
    `The part of welfare that Adam misses is first ${words}. At the end it misses ${digits(last.missing)}, and its first-order conditions err by ${digits(last.stationarity)}.`, // biome-ignore format: one sentence
    {
      legend,
      x: { ...magnitudes([10, ADAM_STEPS], { isTight: true }), grid: false, label: "step" },
      y: { ...magnitudes(errors.flatMap(({ missing, stationarity }) => [missing, stationarity])), label: "error" },
      marks: [line("stationarity", 1), line("missing", 0)],
    },
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
    const { path, requirement } = error.violations[0];
    return [{ title: "The market", text: [`There is no market to solve: ${path} ${requirement}.`] }];
  }
  const { list, all } = found;
  const isTwoByTwo = economy.goods.length === 2 && economy.agents.length === 2;
  const figures = [lorenzFigure(economy, all), ...(isTwoByTwo ? boxFigures(walras, economy, all) : [])];
  const text = list ? [`${list.searched}${list.complete ? " The list is proved to be complete." : ""}`] : [];
  if (all.length === 1) {
    const [only] = all;
    const known = `Its index is ${only.index}; as prices adjust, it is ${only.stability === "unknown" ? "not known whether it is stable" : only.stability}. ${only.message}`;
    const { tables, figures: own } = oneEquilibrium(walras, economy, only, 1);
    return [{ title: "The equilibrium", text: [...text, known], tables, figures: [...own, ...figures] }];
  }
  const { agents, goods } = economy;
  const overview: Section = {
    title: `The ${all.length} equilibria`,
    text,
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
    figures,
  };
  const each = all.slice(0, MAX_SHOWN).map((e, k): Section => {
    return { title: `Equilibrium ${k + 1}`, ...oneEquilibrium(walras, economy, e, k + 1) };
  });
  return [overview, ...each];
}

/** The tables and figures of one equilibrium. */
function oneEquilibrium(walras: Walras, economy: Economy, e: Equilibrium, k: number) {
  const { agents, goods } = economy;
  const tables: Table[] = [
    matrix("Allocation", economy, e.allocation, [["price", ...e.prices]]),
    {
      caption: "Incomes, utilities and Negishi weights",
      head: ["agent", "income", "utility", "weight"],
      rows: agents.map((agent, i) => [agent, e.incomes[i], e.utilities[i], e.weights[i]]),
    },
  ];
  const figures = [
    heatMap(`net-trades-${k}`, "Net trades", "What each agent buys (above 0) or sells (below 0) of each good.", {
      ...{ rows: agents, columns: goods, values: e.netTrades },
    }),
    ...(economy.alpha.length <= MAX_DERIVED ? staticsFigures(walras, economy, e, k) : []),
  ];
  return { tables, figures };
}

/** Incomes from the poorest to the richest, summed, as parts of all. */
function lorenzFigure({ agents }: Economy, all: readonly Equilibrium[]): Figure {
  const curves = all.slice(0, MAX_SHOWN).map(({ incomes }) => {
    const sorted = [...incomes].sort((a, b) => a - b);
    const total = sorted.reduce((sum, income) => sum + income, 0);
    let sum = 0;
    const rest = sorted.map((income, i) => {
      sum += income;
      return { agents: (i + 1) / agents.length, income: sum / total };
    });
    return [{ agents: 0, income: 0 }, ...rest];
  });
  const ginis = all.map(({ incomes }) => gini(incomes).toFixed(3));
  const one = `The Gini coefficient of incomes is ${ginis[0]}; 0 is equality.`;
  const several = `The Gini coefficients of incomes are ${ginis.slice(0, MAX_SHOWN).join(", ")} in the equilibria in their order; 0 is equality.`;
  const names = curves.map((_, k) => (all.length > 1 ? `equilibrium ${k + 1}` : "incomes"));
  const style = (k: number) => ({ colour: COLOURS[k % COLOURS.length], dashes: DASHES[k % DASHES.length] });
  return figure("lorenz", "Lorenz curve of incomes", all.length > 1 ? several : one, {
    ...{ height: 400, marginRight: 24 },
    legend: [
      ...names.map((name, k) => ({ name, ...style(k) })),
      { name: "equality", colour: "currentColor", dashes: "1 3" },
    ],
    x: { label: "part of the agents, from the poorest on", domain: [0, 1], ticks: 5 },
    y: { label: "part of all income", domain: [0, 1], grid: true, ticks: 5 },
    marks: [
      Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: "currentColor", strokeDasharray: "1 3" }),
      ...curves.map((points, k) =>
        Plot.line(points, {
          ...{ x: "agents", y: "income", stroke: style(k).colour, strokeDasharray: style(k).dashes, strokeWidth: 2 },
        }),
      ),
    ],
  });
}

function boxFigures(walras: Walras, economy: Economy, equilibria: readonly Equilibrium[]): Figure[] {
  let box: ReturnType<Walras["edgeworthBox"]>;
  try {
    box = walras.edgeworthBox(economy, { prices: equilibria.map(({ prices }) => prices) });
  } catch (error) {
    if (isEconomyError(error)) return [];
    throw error;
  }
  const { agents, goods, totals } = economy;
  const pointsOf = ({ points }: BoxCurve) =>
    Array.from({ length: points.length / 2 }, (_, k) => [points[2 * k], points[2 * k + 1]]);
  const styles = {
    contract: { name: "contract curve", colour: COLOURS[2] },
    offers: agents.map((agent, i) => ({ name: `offer curve of ${agent}`, colour: COLOURS[i] })),
    indifference: agents.map((agent, i) => {
      return { name: `indifference curve of ${agent}`, colour: COLOURS[i], dashes: "5 4" };
    }),
    budget: { name: "budget lines in equilibrium", colour: "currentColor", dashes: "1 3" },
  };
  const draw = (curve: BoxCurve, { colour, dashes }: LegendItem) =>
    Plot.line(pointsOf(curve), { stroke: colour, strokeDasharray: dashes, strokeWidth: 1.75, clip: true });
  const hasIndifference = box.indifference.map(({ points }) => points.length > 0);
  /** Ticks of agent 2, whose amounts are measured from the other corner. */
  const other = (j: number) => {
    const step = niceStep(totals[j] / 5);
    const ticks = Array.from({ length: Math.floor(totals[j] / step + 1e-9) + 1 }, (_, k) => k * step);
    return { ticks: ticks.map((amount) => totals[j] - amount), tickFormat: (at: number) => digits(Number((totals[j] - at).toPrecision(6))) }; // biome-ignore format: one line
  };
  const alternative = `Amounts of ${agents[0]} are measured from the lower left, those of ${agents[1]} from the upper right. The square is the endowment; the offer curves cross there and at the ${equilibria.length === 1 ? "equilibrium" : `${equilibria.length} equilibria`}, the dots, on the contract curve.`; // biome-ignore format: one text
  return [
    figure("edgeworth-box", "Edgeworth box", alternative, {
      ...{ height: 402, marginTop: 52, marginRight: 58 },
      legend: [
        styles.contract,
        ...styles.offers,
        ...styles.indifference.filter((_, i) => hasIndifference[i]),
        styles.budget,
        { name: "equilibria", colour: "currentColor", mark: "dot" },
      ],
      x: { domain: [0, totals[0]], label: null, axis: null },
      y: { domain: [0, totals[1]], label: null, axis: null },
      marks: [
        Plot.frame(),
        Plot.axisX({ ticks: 5, label: `${goods[0]} of ${agents[0]}` }),
        Plot.axisY({ ticks: 5, label: `${goods[1]} of ${agents[0]}`, labelAnchor: "center" }),
        Plot.axisX({ ...other(0), anchor: "top", label: `${goods[0]} of ${agents[1]}`, labelArrow: "left", labelAnchor: "center" }), // biome-ignore format: one line
        Plot.axisY({ ...other(1), anchor: "right", label: `${goods[1]} of ${agents[1]}`, labelArrow: "down", labelAnchor: "center" }), // biome-ignore format: one line
        ...box.budgets.map(({ line: [x1, y1, x2, y2] }) =>
          Plot.link([0], { x1, y1, x2, y2, stroke: "currentColor", strokeDasharray: "1 3" }),
        ),
        ...box.indifference.map((curve, i) => draw(curve, styles.indifference[i])),
        draw(box.contract, styles.contract),
        ...box.offers.flatMap((pieces, i) => pieces.map((piece) => draw(piece, styles.offers[i]))),
        Plot.dot([box.endowment], { x: (e) => e[0], y: (e) => e[1], symbol: "square", r: 5, fill: "currentColor" }),
        Plot.dot(equilibria, { x: (e) => e.allocation[0], y: (e) => e.allocation[1], r: 4.5, fill: "currentColor" }),
      ],
    }),
  ];
}

/** A round number near `value`: 1, 2 or 5 times a power of ten. */
function niceStep(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * (value < 1.5 * unit ? 1 : value < 3.5 * unit ? 2 : value < 7.5 * unit ? 5 : 10);
}

/** How prices answer to endowments. */
function staticsFigures(walras: Walras, economy: Economy, equilibrium: Equilibrium, k: number): Figure[] {
  const { agents, goods } = economy;
  const cells = agents.flatMap((agent) => goods.map((good) => `${agent}: ${good}`));
  if (cells.length > MAX_DERIVATIVES) return [];
  const point = walras.statics(economy, equilibrium);
  if (point.singular) return [];
  const { endowments } = point.matrices({ of: ["prices"], by: ["endowments"] }).prices;
  return [
    heatMap(
      `statics-${k}`,
      "What endowments do to prices",
      "The change of the logarithm of a good's price (columns; prices add up to 1) per unit more of an endowment (rows).",
      {
        ...{ rows: cells, columns: goods },
        values: cells.flatMap((_, c) => goods.map((_, j) => endowments[j * cells.length + c])),
      },
    ),
  ];
}

/** Reports are a bundle of their own, so that the engine's errors are not of the same class. */
function isEconomyError(error: unknown): error is EconomyError {
  return error instanceof Error && error.name === "EconomyError";
}

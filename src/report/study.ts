// The report of a study.

import { FORMS, type Form, type Quartiles, type Rate, type Size, SPREAD_STEPS, type Spread, type Study, TARGETS, WHATS, type What } from "../study/study.js"; // biome-ignore format: one line
import { COLOURS, DASHES, digits, type Figure, lines, magnitudes, type Series } from "./figures.js";
import type { Section, Table } from "./page.js";
import { mapFigure } from "./sweep.js";

const [POWER_3, POWER_6, POWER_9] = TARGETS.map((target) => digits(target));
const TARGET_NAMES = [POWER_3, POWER_6, POWER_9] as const;

/** What a study says; parts that were not measured are left out. */
export function studySections(study: Study): Section[] {
  const { host, isQuick } = study;
  const whole = isQuick ? " This is a quick run, with few draws and small sizes." : "";
  return [
    {
      title: "What was asked",
      text: [
        `Adam, a method of gradient ascent, is compared with the exact plan, and economies of agents who are alike with economies of agents who differ more and more. Processor: ${host.processor}; Node ${host.node}; engine ${host.engine}.${whole}`,
        "Adam's error is the part of welfare that it misses, or the part by which it overuses or leaves over a good, whichever is larger. Its shares form moves the shares in which each good is divided; its penalty form moves amounts, and pays 1000 for squared overuse.",
      ],
    },
    ...waySections(study),
    ...rateSections(study),
    ...sizeSections(study),
    ...spreadSections(study),
    ...countSections(study),
  ];
}

const nameOf = ({ formulation, precision }: Form) => `${formulation}, ${precision}`;

function waySections({ curves }: Study): Section[] {
  if (curves.length === 0) return [];
  const series = curves.map((curve): Series => {
    const k = FORMS.findIndex((form) => nameOf(form) === nameOf(curve));
    const points = curve.errors.map(({ step, error }) => ({ x: step, y: error > 0 ? error : null }));
    return { name: `${nameOf(curve)} precision`, colour: COLOURS[k >> 1], dashes: DASHES[k & 1], points, hasDots: false }; // biome-ignore format: one line
  });
  const all = series.flatMap(({ points }) => points);
  const words = curves.map((curve) => `${nameOf(curve)}: ${digits(curve.last)}`).join("; ");
  return [
    {
      title: "Adam's way to the plan",
      hasFiguresFirst: true,
      text: [
        "The notebook's economy of three different agents and three goods, with ω below 0, at each form's default learning rate. The largest error around each step is drawn, since errors rise and fall.",
      ],
      figures: [
        lines("adam-way", "Error of Adam by step", `Error after the last step: ${words}.`, series, {
          x: { ...magnitudes(all.map(({ x }) => Math.max(1, x)), { isTight: true }), grid: false, label: "step" }, // biome-ignore format: one line
          y: { ...magnitudes(all.map(({ y }) => y ?? 0)), label: "error" },
        }),
      ],
    },
  ];
}

const steps = (count: number | null) => count ?? "–";

function rateSections({ rates }: Study): Section[] {
  if (rates.length === 0) return [];
  const of = (form: Form) => rates.filter((rate) => nameOf(rate) === nameOf(form));
  const scale = (values: readonly number[]) => magnitudes(values, { isTight: true });
  const x = { ...scale(rates.map(({ learningRate }) => learningRate)), grid: false, label: "learning rate" };
  const shares = FORMS.slice(0, 2).flatMap((form) =>
    TARGETS.map((_, t): Series => {
      const points = of(form).map((rate) => ({ x: rate.learningRate, y: rate.steps[t] }));
      return { name: `to ${TARGET_NAMES[t]}, ${form.precision}`, colour: COLOURS[t], dashes: DASHES[form.precision === "single" ? 1 : 0], points }; // biome-ignore format: one line
    }),
  );
  const best = [...of(FORMS[0])].filter((rate) => rate.steps[1] !== null).sort((a, b) => (a.steps[1] ?? 0) - (b.steps[1] ?? 0))[0] as Rate | undefined; // biome-ignore format: one line
  const ends = FORMS.filter(({ precision }) => precision === "double").flatMap((form, k) =>
    (["least", "last"] as const).map((key): Series => {
      const points = of(form).map((rate) => ({ x: rate.learningRate, y: Math.max(rate[key], 1e-16) }));
      return { name: `${form.formulation}, ${key === "least" ? "least on the way" : "after the last step"}`, colour: COLOURS[k], dashes: DASHES[key === "least" ? 1 : 0], points }; // biome-ignore format: one line
    }),
  );
  const figures: Figure[] = [
    lines(
      "adam-rates",
      "Steps of Adam's shares form by learning rate",
      best ? `Fewest steps to ${POWER_6}: ${best.steps[1]}, at rate ${digits(best.learningRate)}. A point is missing where the error is not reached.` : `No rate came to ${POWER_6}.`, // biome-ignore format: one choice
      shares,
      { x, y: { ...magnitudes(shares.flatMap(({ points }) => points.map(({ y }) => y ?? 0))), label: "steps" } },
    ),
    lines(
      "adam-ends",
      "Errors that Adam comes to, by learning rate",
      `In double precision, within ${rates[0].maxSteps} steps. Below 10⁻¹⁵ errors are rounding.`,
      ends,
      { x, y: { ...magnitudes(ends.flatMap(({ points }) => points.map(({ y }) => y ?? 0))), label: "error" } },
    ),
  ];
  const rows = (kind: Rate["formulation"]) =>
    of({ formulation: kind, precision: "double" }).map((rate, k) => {
      const single = of({ formulation: kind, precision: "single" })[k] as Rate | undefined;
      const cells = [...rate.steps, ...(single?.steps ?? [])].map(steps);
      return [digits(rate.learningRate), ...cells, digits(rate.least), digits(rate.last)];
    });
  const head = ["rate", ...TARGET_NAMES.map((name) => `to ${name}`), ...TARGET_NAMES.map((name) => `single, to ${name}`), "least error", "last error"]; // biome-ignore format: one line
  return [
    {
      title: "Adam and its learning rate",
      hasFiguresFirst: true,
      text: [
        `The same economy. Steps are counted to the first that comes so near; Adam may leave again. A dash stands where it did not come there in ${rates[0].maxSteps} steps.`,
      ],
      tables: [
        { caption: "Shares: steps", head, rows: rows("shares") },
        { caption: "Penalty: steps", head, rows: rows("penalty") },
      ],
      figures,
    },
  ];
}

function sizeSections({ sizes }: Study): Section[] {
  if (sizes.length === 0) return [];
  const adamOf = (size: Size, form: Form) => size.adam.find((adam) => nameOf(adam) === nameOf(form));
  const [shares, single, penalty] = FORMS;
  const x = { ...magnitudes(sizes.map(({ size }) => size), { isTight: true }), grid: false, label: "agents and goods" }; // biome-ignore format: one line
  const bySize = (y: (size: Size) => number | null | undefined) =>
    sizes.map((size) => ({ x: size.size, y: y(size) ?? null }));
  const stepSeries = TARGETS.map((_, t): Series => {
    const points = bySize((size) => adamOf(size, shares)?.steps[t]);
    return { name: `to ${TARGET_NAMES[t]}`, colour: COLOURS[t], points };
  });
  const timeSeries: Series[] = [
    ...TARGETS.map((_, t): Series => {
      const points = bySize((size) => adamOf(size, shares)?.times[t]);
      return { name: `Adam to ${TARGET_NAMES[t]}`, colour: COLOURS[t], points };
    }),
    { name: "the exact plan", colour: COLOURS[3], dashes: DASHES[1], points: bySize(({ plan }) => plan.median) },
    {
      ...{ name: "the equilibrium", colour: COLOURS[5], dashes: DASHES[2] },
      points: bySize(({ equilibrium }) => equilibrium.median),
    },
  ];
  const last = sizes[sizes.length - 1];
  const ratio = (adamOf(last, shares)?.times[1] ?? Number.NaN) / last.plan.median;
  const rows = sizes.map((size) => {
    const [double, lone] = [adamOf(size, shares), adamOf(size, single)];
    return [
      `${size.size}×${size.size}`,
      ...(double?.steps ?? []).map(steps),
      ...(double?.times ?? []).map(milliseconds),
      milliseconds(lone?.times[1] ?? null),
      ...[size.plan.median, size.equilibrium.median].map(milliseconds),
    ];
  });
  const penalties = sizes.flatMap((size) => {
    const found = adamOf(size, penalty);
    return found ? [[`${size.size}×${size.size}`, found.maxSteps, steps(found.steps[0]), digits(found.least), milliseconds(found.step.median * found.maxSteps)]] : []; // biome-ignore format: one line
  });
  const spreads = sizes.map(({ size, plan, equilibrium, adam }) => [
    `${size}×${size}`,
    ...[plan, equilibrium, ...adam.slice(0, 1).map(({ step }) => step)].map(
      ({ low, high, samples }) => `${milliseconds(low)} to ${milliseconds(high)} (${samples})`,
    ),
  ]);
  return [
    {
      title: "Sizes and times",
      hasFiguresFirst: true,
      text: [
        "Economies of so many agents and goods, who differ a little (spread 0.3 in α and ω, 0.1 in λ). Times are milliseconds of the processor, which other programs disturb little: medians of repeated samples. The time to an error is that of a step, times the steps.",
      ],
      tables: [
        {
          caption: "Adam's shares form in double precision, the exact plan and the equilibrium",
          head: ["size", ...TARGET_NAMES.map((name) => `steps to ${name}`), ...TARGET_NAMES.map((name) => `ms to ${name}`), `single, ms to ${POWER_6}`, "plan, ms", "equilibrium, ms"], // biome-ignore format: one line
          rows,
        },
        {
          caption: "Adam's penalty form in double precision",
          head: ["size", "steps made", `steps to ${POWER_3}`, "least error", "ms for all steps"],
          rows: penalties,
        },
        {
          caption: "Quartiles of times in ms (samples)",
          head: ["size", "plan", "equilibrium", "a step"],
          rows: spreads,
        },
      ],
      figures: [
        lines(
          "sizes-steps",
          "Steps of Adam's shares form by size",
          `At ${last.size}×${last.size} it takes ${(adamOf(last, shares)?.steps ?? []).map(steps).join(", ")} steps to ${TARGET_NAMES.join(", ")}.`,
          stepSeries,
          { x, y: { label: "steps", domain: [0, Math.max(10, ...stepSeries.flatMap(({ points }) => points.map(({ y }) => y ?? 0)))], grid: true, ticks: 5 } }, // biome-ignore format: one line
        ),
        lines(
          "sizes-times",
          "Time by size",
          `At ${last.size}×${last.size} Adam takes ${digits(ratio)} times as long to ${POWER_6} as the exact plan.`,
          timeSeries,
          { x, y: { ...magnitudes(timeSeries.flatMap(({ points }) => points.map(({ y }) => y ?? 0))), label: "ms" } },
        ),
      ],
    },
  ];
}

/** Milliseconds with three digits. */
function milliseconds(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(3)));
}

const WHAT_NAMES: Readonly<Record<What, string>> = {
  ...{ alpha: "α", omega: "ω", lambda: "λ (Pareto weights)", endowments: "endowments", all: "all four" },
};

function spreadSections({ spreads }: Study): Section[] {
  if (spreads.length === 0) return [];
  type Key = { [K in keyof Spread]: Spread[K] extends Quartiles ? K : never }[keyof Spread];
  const drawn = (
    id: string,
    title: string,
    key: Key,
    what: readonly What[],
    label: string,
    words: string,
    isLog = false,
  ) => {
    // biome-ignore format: one line
    const series = what.map((name): Series => {
      const k = WHATS.indexOf(name);
      const points = spreads.filter((row) => row.what === name).map((row) => ({ x: row.spread, y: row[key].median }));
      return { name: WHAT_NAMES[name], colour: COLOURS[k], dashes: DASHES[k], points };
    });
    const values = series.flatMap(({ points }) => points.map(({ y }) => y ?? 0));
    const y = isLog ? magnitudes(values) : { grid: true, ticks: 5, domain: [0, Math.max(...values, 1e-3)] };
    return lines(id, title, words, series, { x: { label: "spread", ticks: 5 }, y: { ...y, label } });
  };
  const plans: What[] = ["alpha", "omega", "lambda", "all"];
  const markets: What[] = ["alpha", "omega", "endowments", "all"];
  const keys: [Key, string][] = [
    ...([["planInequality", "plan: inequality of allocations"], ["marketInequality", "market: the same"], ["shadowPrices", "plan: dispersion of shadow prices"], ["prices", "market: dispersion of prices"], ["planUtilities", "plan: Gini of utilities"], ["marketUtilities", "market: the same"], ["marketEvaluations", "market: evaluations"], ["adamSteps", `Adam: steps to ${POWER_6}`]] as [Key, string][]), // biome-ignore format: one line
  ];
  const tables = WHATS.map((what): Table => {
    const rows = spreads.filter((row) => row.what === what);
    return {
      caption: `Spread in ${WHAT_NAMES[what]}: medians`,
      head: ["", ...rows.map(({ spread }) => `${spread}`)],
      rows: [
        ...keys.map(([key, name]) => [name, ...rows.map((row) => fixed(row[key].median))]),
        [`Adam not there after ${SPREAD_STEPS} steps`, ...rows.map((row) => `${row.adamMissed} of ${row.adamDraws}`)],
      ],
    };
  });
  const { draws, adamDraws } = spreads[0];
  const unsolved = spreads.reduce((sum, row) => sum + row.unsolved, 0);
  return [
    {
      title: "What differences between agents do",
      hasFiguresFirst: true,
      text: [
        `Economies of 3 agents and 3 goods around α = 1, ω = −0.5, λ = 1 and endowments of 20 of the own good and 5 of the others. Each number is multiplied by e^(spread·z), with z standard normal: a spread of 0.7 doubles or halves it in a typical case. Medians of ${draws} draws, the same ones for all spreads, of ${adamDraws} for Adam.`,
        `Inequality is the part of all goods that would have to change hands to make everybody's part equal. Utilities are compared as the parts of everything that would be as good to the agent. Of all these economies ${unsolved === 0 ? "none was left" : `${unsolved} were left`} unsolved by the exact methods.`,
      ],
      tables: tables.filter(({ rows }) => rows[0].length > 1),
      figures: [
        drawn("spread-allocations", "Inequality of the plan's allocations", "planInequality", plans, "inequality", "0 is equal parts; 0.67 would give each good to one of three agents."), // biome-ignore format: one line
        drawn("spread-market", "Inequality of the market's allocations", "marketInequality", markets, "inequality", "0 is equal parts; 0.67 would give each good to one of three agents."), // biome-ignore format: one line
        drawn("spread-prices", "Dispersion of equilibrium prices", "prices", markets, "deviation of ln p", "The standard deviation of the logarithm of prices; 0 where all are equal."), // biome-ignore format: one line
        drawn("spread-utilities", "Inequality of utilities in the plan", "planUtilities", plans, "Gini coefficient", "The Gini coefficient of utilities; 0 where all are equal."), // biome-ignore format: one line
        drawn("spread-market-utilities", "Inequality of utilities in the market", "marketUtilities", markets, "Gini coefficient", "The Gini coefficient of utilities; 0 where all are equal."), // biome-ignore format: one line
        drawn("spread-evaluations", "Work of the market's solver", "marketEvaluations", markets, "evaluations", "How often the equations are evaluated until the equilibrium is found."), // biome-ignore format: one line
        drawn("spread-adam", `Steps of Adam to ${POWER_6}`, "adamSteps", plans, "steps", `The shares form at its default rate. Runs that are not there after ${SPREAD_STEPS} steps count as ${SPREAD_STEPS}.`, true), // biome-ignore format: one line
      ],
    },
  ];
}

/** A number with three digits, or fewer decimals. */
function fixed(value: number): string {
  if (Math.abs(value) < 5e-4) return "0";
  return Number.isInteger(value) || value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 3);
}

function countSections({ counts, plane }: Study): Section[] {
  if (counts.length === 0 && plane.length === 0) return [];
  const pairs = counts.filter(({ size }) => size === 2);
  const gammas = [...new Set(pairs.map(({ gamma }) => gamma))];
  const spreadOf = ({ spreads }: Study["counts"][number]) => Math.max(...Object.values(spreads));
  const kindOf = ({ spreads }: Study["counts"][number]): What => {
    const keys = Object.keys(spreads) as What[];
    return keys.length > 1 ? "all" : keys[0];
  };
  const percent = (rows: Study["counts"]) => rows.map((row) => ({ x: spreadOf(row), y: 100 * row.several }));
  const most = gammas[gammas.length - 1];
  const ofGamma = (gamma: number, what: What) => pairs.filter((row) => row.gamma === gamma && kindOf(row) === what);
  const byGamma = gammas.map((gamma, k): Series => {
    return { name: `γ = ${gamma}`, colour: COLOURS[k], dashes: DASHES[k], points: percent(ofGamma(gamma, "all")) };
  });
  const byWhat = (["alpha", "omega", "endowments", "all"] as const).map((what): Series => {
    const k = WHATS.indexOf(what);
    return { name: WHAT_NAMES[what], colour: COLOURS[k], dashes: DASHES[k], points: percent(ofGamma(most, what)) };
  });
  const scale = (series: readonly Series[]) => {
    const top = Math.max(1, ...series.flatMap(({ points }) => points.map(({ y }) => y ?? 0)));
    return { x: { label: "spread", ticks: 5 }, y: { label: "% with several", grid: true, ticks: 5, domain: [0, top] } };
  };
  const groups = [...new Set(counts.map((row) => `${row.size}×${row.size}, γ = ${row.gamma}, ${WHAT_NAMES[kindOf(row)]}`))]; // biome-ignore format: one line
  const spreads = [...new Set(counts.map(spreadOf))];
  const rows = groups.map((group) => {
    const of = counts.filter((row) => `${row.size}×${row.size}, γ = ${row.gamma}, ${WHAT_NAMES[kindOf(row)]}` === group); // biome-ignore format: one line
    return [group, ...spreads.map((spread) => { const row = of.find((one) => spreadOf(one) === spread); return row ? (100 * row.several).toFixed(1) : "–"; })]; // biome-ignore format: one line
  });
  const all = counts.reduce((sum, { draws }) => sum + draws, 0);
  const proved = counts.reduce((sum, row) => sum + row.proved, 0);
  const greatest = Math.max(0, ...counts.flatMap((row) => Object.keys(row.counts).map(Number)));
  const map = mapFigure(
    plane.map(({ taste, gamma, count }) => ({ "taste for the own good, ln α": taste, γ: gamma, count })),
    [{ name: "taste for the own good, ln α", isLog: false }, { name: "γ", isLog: true }], // biome-ignore format: one line
  );
  const words = "The percentage of drawn economies of two agents and two goods that have several equilibria.";
  return [
    {
      title: "How many equilibria there are",
      hasFiguresFirst: true,
      text: [
        "Economies of agents who own 12 of their own good and 1 of each other one, and have α = 1 and one γ = −ω before differences are drawn. All equilibria are listed." +
          ` Of ${all} lists ${proved === all ? "all" : proved} are proved to be complete; the longest has ${greatest} equilibria.`,
        "The map has two agents without anything random: each likes the good that it owns most more than the other by the factor α.",
      ],
      figures: [
        ...(pairs.length > 0
          ? [
              lines("several-gamma", "Several equilibria by spread in all four, and γ", words, byGamma, scale(byGamma)),
              lines("several-what", `Several equilibria by what differs, γ = ${most}`, words, byWhat, scale(byWhat)),
            ]
          : []),
        ...(map ? [{ ...map, id: "several-map" }] : []),
      ],
      tables: [
        {
          caption: "Percentage of economies with several equilibria, by spread",
          head: ["economies", ...spreads.map(String)],
          rows,
        },
      ],
    },
  ];
}

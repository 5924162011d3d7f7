// The study: the homework's questions, answered by measurements. How does Adam perform, and what does
// it change if agents differ?

import { arch, cpus, platform } from "node:os";
import { version } from "../../package.json";
import type { Economy } from "../economy/economy.js";
import { EXPERIMENTS } from "../notebook/experiments.js";
import type { Walras } from "../walras.js";
import { type Base, DIFFERENCES, type Difference, drawnEconomy, type Spreads } from "./draws.js";
import {
  type Approach,
  approach,
  dispersion,
  equivalents,
  gini,
  inequality,
  quartiles,
  TARGETS,
  type Time,
  thinned,
  timed,
} from "./measure.js";

type Formulation = "shares" | "penalty";
type Precision = "double" | "single";

/** A form of Adam. */
export interface Form {
  readonly formulation: Formulation;
  readonly precision: Precision;
}

export const FORMS: readonly Form[] = [
  { formulation: "shares", precision: "double" },
  { formulation: "shares", precision: "single" },
  { formulation: "penalty", precision: "double" },
  { formulation: "penalty", precision: "single" },
];

/** Adam's way at its default learning rate. */
export interface Curve extends Form {
  readonly learningRate: number;
  readonly errors: Approach["errors"];
  readonly last: number;
}

/** Adam at a learning rate. */
export interface Rate extends Form {
  readonly learningRate: number;
  readonly maxSteps: number;
  readonly steps: Approach["steps"];
  readonly least: number;
  readonly last: number;
}

/** Adam, the exact plan and the equilibrium at a size. */
export interface Size {
  readonly size: number;
  readonly plan: Time;
  readonly equilibrium: Time;
  readonly adam: readonly (Form & {
    readonly maxSteps: number;
    readonly steps: Approach["steps"];
    readonly least: number;
    /** Milliseconds a step. */
    readonly step: Time;
    /** Milliseconds to each target: steps times the time of a step. */
    readonly times: readonly (number | null)[];
  })[];
}

export type What = Difference | "all";
export const WHATS: readonly What[] = [...DIFFERENCES, "all"];

/** The middle half of the draws. */
export type Quartiles = ReturnType<typeof quartiles>;

/** What agents' differences do, over many draws. */
export interface Spread {
  readonly what: What;
  readonly spread: number;
  readonly draws: number;
  /** Of the plan and of the equilibrium: how far allocations are from equal parts, 0 to 1. */
  readonly planInequality: Quartiles;
  readonly marketInequality: Quartiles;
  /** The standard deviation of the logarithm of prices. */
  readonly shadowPrices: Quartiles;
  readonly prices: Quartiles;
  /** The Gini coefficient of utilities, as parts of everything that would be as good. */
  readonly planUtilities: Quartiles;
  readonly marketUtilities: Quartiles;
  /** How often the equations of the market were evaluated. */
  readonly marketEvaluations: Quartiles;
  readonly unsolved: number;
  /** Steps of Adam to an error of 1e-6, over fewer draws; where it did not come there, the most steps. */
  readonly adamSteps: Quartiles;
  readonly adamDraws: number;
  readonly adamMissed: number;
}

/** How many economies have several equilibria. */
export interface Count {
  readonly size: number;
  readonly gamma: number;
  readonly spreads: Spreads;
  readonly draws: number;
  /** Economies by their number of equilibria. */
  readonly counts: Readonly<Record<number, number>>;
  /** Economies whose list is proved to be complete. */
  readonly proved: number;
  /** The part of economies with several. */
  readonly several: number;
}

/** Two agents: how much more each likes its own good, ln alpha; gamma; and how many equilibria there are. */
export interface Polar {
  readonly taste: number;
  readonly gamma: number;
  readonly count: number;
}

/** All that was measured. */
export interface Study {
  readonly seed: number;
  readonly isQuick: boolean;
  /** Whether it was stopped before its end. */
  readonly isWhole: boolean;
  readonly host: Readonly<Record<"processor" | "platform" | "node" | "engine" | "walras", string>> & { cores: number };
  readonly curves: Curve[];
  readonly rates: Rate[];
  readonly sizes: Size[];
  readonly spreads: Spread[];
  readonly counts: Count[];
  /** Numbers of equilibria of two agents who each like the good that they own most. */
  readonly plane: Polar[];
}

export interface StudyOptions {
  readonly seed: number;
  readonly isQuick: boolean;
  /** Told before each measurement. */
  readonly onProgress?: (progress: { done: number; total: number; what: string }) => void;
  /** Ends the study after the measurement under way. */
  readonly signal?: AbortSignal;
}

/** Default learning rates of Adam's forms. */
const RATES: Readonly<Record<Formulation, number>> = { shares: 0.05, penalty: 0.01 };
/** The economy around which others are drawn: everybody owns most of one good. */
export const BASE: Base = { size: 3, gamma: 0.5, own: 20, others: 5 };
/** How much agents differ where sizes are compared. */
const MILD: Spreads = { alpha: 0.3, omega: 0.3, lambda: 0.1 };
/** The most steps of Adam where spreads are compared. */
export const SPREAD_STEPS = 5000;
/** Where equilibria are counted agents own little of other goods, since there are several hardly ever otherwise. */
export const COUNTED = { own: 12, others: 1 } as const;
/** The greatest taste for the own good and the range of gamma on the map. */
const MOST_TASTE = 12;
const PLANE_GAMMAS = [1, 16] as const;
/** Steps times cells from which on Adam's penalty form is left out. */
const MAX_WORK = 1e8;

/** What is measured, for the whole study and for a quick one. */
function settings(isQuick: boolean) {
  const whole = {
    ...{ curveSteps: 20_000, rateSteps: 20_000, rates: 13, sizes: [3, 10, 30, 100, 300, 1000], budget: 400 },
    ...{ spreads: [0, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2], draws: 200, adamDraws: 25 },
    ...{ gammas: [1, 2, 4, 8], pairs: 1000, triples: 150, plane: [61, 41] },
  };
  const quick = {
    ...{ curveSteps: 2000, rateSteps: 2000, rates: 4, sizes: [3, 10], budget: 10 },
    ...{ spreads: [0, 0.5, 2], draws: 10, adamDraws: 3, gammas: [1, 8], pairs: 50, triples: 5, plane: [7, 5] },
  };
  return isQuick ? quick : whole;
}

/** The notebook's heterogeneous economy with the sign of omega that the model asks for. */
export function notebookEconomy(walras: Walras): Economy {
  const experiment = EXPERIMENTS.find(({ id }) => id === "planner-heterogeneous-3x3") as (typeof EXPERIMENTS)[number];
  const omega = (experiment.economy.omega as number[][]).map((row) => row.map((w) => -w));
  return walras.economy({ ...experiment.economy, omega });
}

interface Task {
  readonly what: string;
  readonly run: () => void;
}

/** Measures everything, one thing after the other; between two of them it looks at the signal. */
export async function measureStudy(walras: Walras, options: StudyOptions): Promise<Study> {
  const { seed, isQuick, onProgress, signal } = options;
  const study = {
    ...{ seed, isQuick, host: hostOf(walras) },
    ...{ curves: [], rates: [], sizes: [], spreads: [], counts: [], plane: [] },
  } as Omit<Study, "isWhole">;
  const tasks = tasksOf(walras, study);
  let done = 0;
  for (const { what, run } of tasks) {
    onProgress?.({ done, total: tasks.length, what });
    // Lets signals in.
    await new Promise((ready) => setImmediate(ready));
    if (signal?.aborted) break;
    run();
    done++;
  }
  return { ...study, isWhole: done === tasks.length };
}

function hostOf(walras: Walras): Study["host"] {
  const { engine } = walras;
  const processor = cpus()[0]?.model.trim() ?? "an unknown processor";
  return { processor, cores: cpus().length, platform: `${platform()} ${arch()}`, node: process.version, engine, walras: version }; // biome-ignore format: one line
}

function tasksOf(walras: Walras, study: Omit<Study, "isWhole">): Task[] {
  const { seed, isQuick, curves, rates, sizes, spreads, counts, plane } = study;
  const set = settings(isQuick);
  const notebook = notebookEconomy(walras);
  const exact = walras.plan(notebook);
  const learningRates = Array.from({ length: set.rates }, (_, k) => 10 ** (-3 + (3 * k) / (set.rates - 1)));
  const counting = ["alpha", "omega", "endowments", "all"] as const;
  return [
    ...FORMS.map((form) => ({
      what: `Adam's way, ${form.formulation}, ${form.precision}`,
      run() {
        const learningRate = RATES[form.formulation];
        const settings = { ...form, learningRate, maxSteps: set.curveSteps, trace: 1, seed: 0 };
        const { errors, last } = approach(walras, notebook, exact, settings);
        curves.push({ ...form, learningRate, errors: thinned(errors), last });
      },
    })),
    ...FORMS.flatMap((form) =>
      learningRates.map((learningRate) => ({
        what: `Adam at rate ${learningRate.toPrecision(2)}, ${form.formulation}, ${form.precision}`,
        run() {
          const maxSteps = set.rateSteps;
          const found = approach(walras, notebook, exact, { ...form, learningRate, maxSteps, trace: 1, seed: 0 });
          const { steps, least, last } = found;
          rates.push({ ...form, learningRate, maxSteps, steps, least, last });
        },
      })),
    ),
    ...set.sizes.map((size) => ({
      what: `times at ${size}x${size}`,
      run: () => sizes.push(measureSize(walras, size, seed, set.budget)),
    })),
    ...WHATS.flatMap((what) =>
      set.spreads.map((spread) => ({
        what: `differences in ${what}, spread ${spread}`,
        run: () => spreads.push(measureSpread(walras, what, spread, seed, set.draws, set.adamDraws)),
      })),
    ),
    ...set.gammas.flatMap((gamma) =>
      counting.flatMap((what) =>
        set.spreads.map((spread) => ({
          what: `equilibria of 2x2, gamma ${gamma}, ${what} ${spread}`,
          run: () => counts.push(countEquilibria(walras, 2, gamma, spreadsOf(what, spread), seed, set.pairs)),
        })),
      ),
    ),
    ...set.spreads.map((spread) => ({
      what: `equilibria of 3x3, spread ${spread}`,
      run: () => counts.push(countEquilibria(walras, 3, 4, spreadsOf("all", spread), seed, set.triples)),
    })),
    {
      what: "equilibria of 2x2 by taste and gamma",
      run: () => plane.push(...polarEconomies(walras, set.plane[0], set.plane[1])),
    },
  ];
}

/** Counts equilibria over a grid of tastes and gammas. */
function polarEconomies(walras: Walras, tastes: number, gammas: number): Polar[] {
  const [least, most] = PLANE_GAMMAS;
  const { own, others } = COUNTED;
  const endowments = [[own, others], [others, own]]; // biome-ignore format: rows
  return Array.from({ length: tastes * gammas }, (_, c) => {
    const taste = (MOST_TASTE * (c % tastes)) / (tastes - 1);
    const gamma = least * (most / least) ** (Math.floor(c / tastes) / (gammas - 1));
    const liked = Math.exp(taste);
    const economy = walras.economy({ alpha: [[liked, 1], [1, liked]], gamma, endowments }); // biome-ignore format: rows
    const { equilibria } = walras.equilibria(economy);
    return { taste, gamma, count: equilibria.length };
  });
}

function spreadsOf(what: What, spread: number): Spreads {
  return Object.fromEntries((what === "all" ? DIFFERENCES : [what]).map((key) => [key, spread]));
}

function measureSize(walras: Walras, size: number, seed: number, budget: number): Size {
  const economy = walras.economy(drawnEconomy({ ...BASE, size }, MILD, seed, 0));
  const exact = walras.plan(economy);
  const cells = size * size;
  const adam = FORMS.flatMap((form) => {
    const maxSteps = form.formulation === "penalty" ? 10_000 : 1000;
    if (form.formulation === "penalty" && maxSteps * cells > MAX_WORK) return [];
    const shorter = cells >= 1e6 ? 400 : maxSteps;
    // Judging a step costs about as much as making one.
    const trace = size <= 10 ? 1 : size <= 100 ? 5 : 10;
    const common = { ...form, learningRate: RATES[form.formulation], seed: 0 };
    const { steps, least } = approach(walras, economy, exact, { ...common, maxSteps: shorter, trace });
    // So many steps that starting and judging the answer take a small part of the time.
    const some = Math.max(20, Math.min(1000, Math.ceil(2e7 / cells)));
    const time = timed(() => walras.planWithAdam(economy, { ...common, maxSteps: some, tolerance: 0 }), budget);
    const step = { ...time, low: time.low / some, median: time.median / some, high: time.high / some };
    return [{ ...form, maxSteps: shorter, steps, least, step, times: steps.map((n) => n && n * step.median) }];
  });
  const plan = timed(() => walras.plan(economy), budget);
  const equilibrium = timed(() => walras.equilibrium(economy), budget);
  return { size, plan, equilibrium, adam };
}

function measureSpread(
  walras: Walras,
  what: What,
  spread: number,
  seed: number,
  draws: number,
  adamDraws: number,
): Spread {
  const rows = Array.from({ length: draws }, (_, number) => {
    const economy = walras.economy(drawnEconomy(BASE, spreadsOf(what, spread), seed, number));
    const plan = walras.plan(economy);
    const market = walras.equilibrium(economy);
    const isAdam = number < adamDraws;
    const adam = isAdam ? approach(walras, economy, plan, { maxSteps: SPREAD_STEPS, trace: 1, seed: 0 }) : undefined;
    return {
      planInequality: inequality(economy, plan.allocation),
      marketInequality: inequality(economy, market.allocation),
      shadowPrices: dispersion(plan.shadowPrices),
      prices: dispersion(market.prices),
      planUtilities: gini(equivalents(economy, plan.allocation)),
      marketUtilities: gini(equivalents(economy, market.allocation)),
      marketEvaluations: market.evaluations,
      solved: plan.converged && market.converged,
      adam: adam?.steps[1],
    };
  });
  const known = rows.flatMap(({ adam }) => (adam === undefined ? [] : [adam]));
  type Key = Exclude<keyof (typeof rows)[number], "solved" | "adam">;
  const of = (key: Key) => quartiles(rows.map((row) => row[key]));
  return {
    ...{ what, spread, draws },
    ...{ planInequality: of("planInequality"), marketInequality: of("marketInequality") },
    ...{ shadowPrices: of("shadowPrices"), prices: of("prices") },
    ...{ planUtilities: of("planUtilities"), marketUtilities: of("marketUtilities") },
    ...{ marketEvaluations: of("marketEvaluations") },
    unsolved: rows.filter(({ solved }) => !solved).length,
    adamSteps: quartiles(known.map((steps) => steps ?? SPREAD_STEPS)),
    adamDraws: known.length,
    adamMissed: known.filter((steps) => steps === null).length,
  };
}

function countEquilibria(
  walras: Walras,
  size: number,
  gamma: number,
  spreads: Spreads,
  seed: number,
  draws: number,
): Count {
  const counts: Record<number, number> = {};
  let proved = 0;
  for (let number = 0; number < draws; number++) {
    const economy = walras.economy(drawnEconomy({ ...COUNTED, size, gamma }, spreads, seed, number));
    const { equilibria, complete } = walras.equilibria(economy);
    counts[equilibria.length] = (counts[equilibria.length] ?? 0) + 1;
    if (complete) proved++;
  }
  const one = (counts[1] ?? 0) + (counts[0] ?? 0);
  return { size, gamma, spreads, draws, counts, proved, several: (draws - one) / draws };
}

export { TARGETS };
